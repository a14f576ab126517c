"""The commands of the account register in a real archive: check, show, decide, publish."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from flows.oversee.accounts.checking import unmatched
from schemas.account import account_from
from schemas.plan.read import read_plan
from tests.cull.archive import AS_OF, OFFICER, PLAN
from tests.oversee.accounts.desk import WHO, Registry, files_in
from tests.oversee.accounts.site import perfect


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """An archive with the perfect account, whose decision is entered."""
    desk = Registry(tmp_path_factory.mktemp("register") / "allt").begin()
    desk.decide()
    return desk


def test_perfect_account(register: Registry) -> None:
    """A perfect account has no gap, exit 0, and what was not looked at is not claimed."""
    assert register.gaps("nyheter")["nyheter"] == []
    text = register.say("account", "check", "nyheter", codes=(0,))
    assert "inget saknas" in text


def test_one_administrator(register: Registry) -> None:
    """An account with one administrator is told so in Swedish with the clause, and ends with exit 3."""
    people = perfect()["duties"]["administrators"][:1]
    register.account(name="ensam", handle="Ensam", administrators=people)
    text = register.say("account", "check", "ensam", codes=(3,))
    assert "W164  Kontot har 1 administratör i dag och behöver minst två." in text
    assert "Policyn, " in text
    shown = register.say("account", "show", "ensam", codes=(3,))
    assert "administratör: Kim Ek (beslutad 2023-12-01, utbildad 2023-12-10" in shown
    answer = register.command("account", "show", "ensam")
    assert [gap["code"] for gap in answer["gaps"]] == ["W162", "W164"]


def test_no_such_account(register: Registry) -> None:
    """An account that nobody registered is refused with the names of those there are."""
    assert "nyheter" in register.say("account", "check", "okänt", codes=(2,))


def test_account_file_of_any_depth(register: Registry, tmp_path: Path) -> None:
    """A file that is nested deeper than can be read is refused like any that is no TOML."""
    file = tmp_path / "djup.toml"
    file.write_text("x = " + "[" * 5000, "utf-8")
    assert "TOML" in register.say("account", "add", str(file), codes=(2,))


def test_decision_is_a_record(register: Registry, tmp_path: Path) -> None:
    """A decision with its PDF is a record that waits to be registered, and the same once more is the same record."""
    pdf = tmp_path / "beslut.pdf"
    pdf.write_bytes(b"%PDF-1.7\n...")
    register.account(name="skolan", handle="Skolan")
    first = register.decide("administrators", "--dnr", "KS 2024/2", "--file", str(pdf), account="skolan")
    again = register.decide("administrators", "--dnr", "KS 2024/2", "--file", str(pdf), account="skolan")
    assert first["new"]
    assert (again["item"], again["new"]) == (first["item"], False)
    row = register.item(first["item"])
    assert (row.kind, row.authority, len(row.media)) == ("account_decision", "arvika-ks", 1)
    assert "Kim Ek, Robin Ask" in (row.text or "")
    values = json.loads(row.payload or "")
    assert (values["by"], values["decided_by"], values["dnr"]) == (WHO, "Alex Al", "KS 2024/2")
    with register.open() as home, home.ground.state.reading() as books:
        assert first["item"] in {one.subject for one in books.outbox.waiting("register")}
    assert register.told("skolan")[-1] == "account.decided"
    another = register.decide("administrators", account="skolan")
    assert another["new"], "another number is another decision"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"--on": "2024-01-03"}, "the account file says 2024-01-02"),
        ({"--on": "2027-01-01"}, "today or before"),
        ({"--by": " "}, "--by"),
        ({"--role": "x" * 201}, "--role"),
        ({"--as": "Ingen Alls"}, "registered person"),
        ({"--file": "finns-inte.pdf"}, "readable"),
    ],
)
def test_refused_decisions(register: Registry, changes: dict[str, str], word: str) -> None:
    """A decision that cannot be meant is refused and leaves nothing."""
    values = {"--by": "Alex Al", "--role": "chef", "--on": "2024-01-02", "--as": WHO, **changes}
    before = len(register.told("nyheter"))
    options = [part for pair in values.items() for part in pair]
    assert word in register.say("account", "decide", "nyheter", "start", *options, codes=(2,))
    assert len(register.told("nyheter")) == before


def test_mandate(register: Registry, tmp_path: Path) -> None:
    """Somebody whose role has no mandate for accounts neither decides nor publishes."""
    some = ("--by", "A", "--role", "B", "--on", "2024-01-02", "--as", OFFICER)
    assert "G-MANDATE" in register.say("account", "decide", "nyheter", "start", *some, codes=(4,))
    assert "G-MANDATE" in register.say("account", "publish", str(tmp_path), "--as", OFFICER, codes=(4,))
    assert files_in(tmp_path) == []


def test_not_a_pdf(register: Registry, tmp_path: Path) -> None:
    """A file that is no PDF is refused."""
    file = tmp_path / "beslut.pdf"
    file.write_bytes(b"MZ")
    some = ("--by", "A", "--role", "B", "--on", "2024-01-02", "--as", WHO, "--file", str(file))
    assert "PDF" in register.say("account", "decide", "nyheter", "start", *some, codes=(2,))


def test_publish(register: Registry, tmp_path: Path) -> None:
    """The list is three files and one record; another day with the same accounts is no new record, a change is one."""
    first = register.command("account", "publish", str(tmp_path), "--as", WHO)
    assert files_in(tmp_path) == ["konton.csv", "konton.html", "konton.json"]
    assert first["new"]
    row = register.item(first["item"])
    assert (row.kind, len(row.media)) == ("account_list", 3)
    assert "Kim Ek" not in (row.text or "") + (row.payload or "").replace(f'"by":"{WHO}"', "")
    register.at += timedelta(days=1)
    later = register.command("account", "publish", str(tmp_path))
    assert (later["item"], later["new"]) == (first["item"], False)
    assert json.loads((tmp_path / "konton.json").read_text("utf-8"))["updated"] == "2026-01-16"
    register.account(name="ny", handle="Nytt konto", address="https://mastodon.test/@ny")
    newest = register.command("account", "publish", str(tmp_path))
    assert newest["new"]
    assert "account.published" in register.told(newest["item"])
    assert "FOLDER" in register.say("account", "publish", str(tmp_path / "saknas"), codes=(2,))


def test_plan_rows() -> None:
    """Posts and comments that no row, or several, would take are named; without a plan all of them are."""
    account = account_from(perfect(), "konto.toml")
    text = PLAN.format(edition="1", period="2 år", settings="", rule="")
    assert unmatched(account, read_plan(text, "plan"), AS_OF) == ()
    overlapping = text.replace('not = ["post", "reply", "comment"]', 'not = ["post", "reply"]')
    assert unmatched(account, read_plan(overlapping, "plan"), AS_OF) == ("kommentarer",)
    narrow = text.replace('kind = ["post", "reply"]', 'kind = ["post"], media = ["none"]')
    assert unmatched(account, read_plan(narrow, "plan"), AS_OF) == ("inlägg med bild", "inlägg med film", "svar")
    other = account_from({**perfect(), "authority": "annan"}, "konto.toml")
    assert len(unmatched(other, read_plan(text, "plan"), AS_OF)) == 5
    assert len(unmatched(account, None, AS_OF)) == 1
