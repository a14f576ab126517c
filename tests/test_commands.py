"""The command line as users meet it: codes, refusals, registers, and nothing written by reading."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from connectors.home import open_home
from flows import exits
from flows.__main__ import run
from schemas.refusal import GuardError, PersonNeededError, RefusedError
from tests.journeys.commands import Archive
from tests.servers.recordings import item, write_account, write_recording

AT = "2024-03-02T02:15:00+01:00"
EXAMPLE = Path(__file__).parents[1] / "infra" / "plans" / "arvika-exempel.toml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A rehearsal home with one harvested post."""
    folder = write_recording(tmp_path / "konto", [item("p1", "2024-03-01T08:00:00+01:00", "Hej")])
    path = tmp_path / "hem"
    assert run(["init", str(path), "--rehearsal", "--seed", "x"]) == exits.DONE
    assert run(["--home", str(path), "account", "add", str(write_account(tmp_path / "k.toml", folder))]) == exits.DONE
    assert run(["--home", str(path), "--at", AT, "harvest"]) == exits.DONE
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """The JSON lines that a command prints."""
    capsys.readouterr()
    run(["--json", *arguments])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def snapshot(home: Path) -> dict[str, bytes]:
    """Every file of the store."""
    return {str(path): path.read_bytes() for path in sorted((home / "store").rglob("*")) if path.is_file()}


def test_options_may_stand_anywhere(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--home``, ``--at`` and ``--json`` mean the same before and after the verb."""
    before = answer(capsys, "--home", str(home), "--at", AT, "cull", "propose")
    capsys.readouterr()
    run(["cull", "propose", "--home", str(home), "--at", AT, "--json"])
    assert json.loads(capsys.readouterr().out) == before[0]


def test_a_proposal_repeats_and_destroys_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same facts give the same digest, another day another one; every row stays; without a plan all is kept."""
    first, again, later = (
        answer(capsys, "--home", str(home), "--at", AT, "cull", "propose", "--as-of", day)[0]
        for day in ("2030-01-01", "2030-01-01", "2030-01-02")
    )
    assert first == again
    assert first["proposal"] != later["proposal"]
    assert first["counts"] == {"cull": 0, "keep": 2, "ask": 0}
    assert len(answer(capsys, "--home", str(home), "search", "")) == 2


def test_reading_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands that only read leave every file of the store as it was."""
    before = snapshot(home)
    (line, *_) = answer(capsys, "--home", str(home), "search", "")
    for arguments in (["search", ""], ["explain", str(line["item"])], ["verify", "--deep"], ["account", "list"]):
        run(["--home", str(home), *arguments])
    assert snapshot(home) == before


def test_a_real_home_wants_a_person_and_a_decided_plan(tmp_path: Path) -> None:
    """In a real home nobody adopts a plan unnamed, and nobody adopts an example."""
    real = tmp_path / "riktig"
    run(["init", str(real)])
    with pytest.raises(PersonNeededError):
        run(["--home", str(real), "plan", "adopt", str(EXAMPLE)])
    run(["--home", str(real), "person", "add", "Eva", "arkivansvarig"])
    with pytest.raises(GuardError, match="G-EXAMPLE"):
        run(["--home", str(real), "plan", "adopt", str(EXAMPLE), "--as", "Eva"])


def test_practice_adopts_the_example(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rehearsal home adopts the example without a name, and then something is due one day."""
    assert run(["--home", str(home), "plan", "adopt", str(EXAMPLE)]) == exits.DONE
    (found,) = answer(capsys, "--home", str(home), "--at", AT, "cull", "propose", "--as-of", "2040-01-01")
    assert sum(found["counts"].values()) == 2  # type: ignore[attr-defined] # the contract's counts


def test_holds_and_marks_by_named_persons(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Marks and holds are taken from registered persons alone, say who, and stand in the ledger."""
    (line, *_) = answer(capsys, "--home", str(home), "search", "Hej")
    one = str(line["item"])
    with pytest.raises(RefusedError, match="registered person"):
        run(["--home", str(home), "mark", one, "inaktuell", "--as", "Ingen"])
    run(["--home", str(home), "person", "add", "Eva", "--role", "arkivredogörare"])
    assert answer(capsys, "--home", str(home), "mark", one, "inaktuell", "--as", "Eva") == [
        {"kind": "inaktuell", "marked": 1}
    ]
    (hold,) = answer(capsys, "--home", str(home), "hold", "set", one, "--as", "Eva")
    assert (hold["scope"], hold["subject"], hold["lifted_by"]) == ("item", one, None)
    (lifted,) = answer(capsys, "--home", str(home), "hold", "lift", str(hold["hold"]), "--as", "Eva")
    assert lifted["lifted_by"] == "Eva"
    (explained,) = answer(capsys, "--home", str(home), "explain", one)
    acts = [receipt["act"] for receipt in explained["receipts"]]  # type: ignore[attr-defined] # the contract
    assert acts[-3:] == ["mark.add", "hold.set", "hold.lift"]


def test_a_mark_holds_from_the_local_day(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Marked half an hour before midnight UTC on New Year's Eve, an item is inaktuell from New Year's Day."""
    (line, *_) = answer(capsys, "--home", str(home), "search", "Hej")
    run(["--home", str(home), "person", "add", "Eva", "arkivredogörare"])
    run(["--home", str(home), "--at", "2024-12-31T23:30:00Z", "mark", str(line["item"]), "inaktuell", "--as", "Eva"])
    with open_home(home) as opened, opened.ground.state.reading() as books:
        (mark,) = books.marks.all()
    assert mark.on == date(2025, 1, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["mark", "202403-aaaaaaaaaaaaaaaa", "okänt", "--as", "Eva"],
        ["mark", "inte-ett-id", "ringa", "--as", "Eva"],
        ["mark", "190001-aaaaaaaaaaaaaaaa", "ringa", "--as", "Eva"],
        ["mark", "ringa", "--as", "Eva"],
        ["mark", "202403-aaaaaaaaaaaaaaaa", "sekretess", "--as", "Eva"],
        [
            "mark",
            "202403-aaaaaaaaaaaaaaaa",
            "sekretess",
            "--provision",
            "OSL 21:1 om en namngiven person",
            "--as",
            "Eva",
        ],
        ["mark", "202403-aaaaaaaaaaaaaaaa", "i-arende", "--dnr", "ärendet om grannens häck 3", "--as", "Eva"],
        ["hold", "set", "--account", "finns-inte", "--as", "Eva"],
        ["hold", "lift", "99", "--as", "Eva"],
        ["person", "add", "Eva", "arkivansvarig"],
        ["person", "add", "Kim", "kung"],
        ["person", "add", "\x1b[31mKim", "arkivansvarig"],
        ["harvest", "finns-inte"],
        ["explain", "202403-aaaaaaaaaaaaaaaa"],
        ["search", "x", "--kind", "okänt"],
        ["account", "add", "finns-inte.toml"],
    ],
)
def test_bad_input_names_place_and_remedy(home: Path, arguments: list[str]) -> None:
    """Each bad input is refused with the field, the value and what to write instead, and changes nothing."""
    run(["--home", str(home), "person", "add", "Eva", "arkivansvarig"])
    before = snapshot(home)
    with pytest.raises(RefusedError) as refused:
        run(["--home", str(home), *arguments])
    assert refused.value.field
    assert refused.value.remedy
    assert snapshot(home) == before


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("name", "Stora Namnet", "name"),
        ("platform", "myspace", "platform"),
        ("handle", " ", "handle"),
        ("authority", "../ks", "authority"),
        ("api_base", "ftp://x", "api_base"),
        ("api_base", "https://user:pass@example.test", "api_base"),
        ("credentials_env", "hemligt lösenord", "credentials_env"),
        ("okänd", "x", "okänd"),
    ],
)
def test_account_files_are_checked(home: Path, tmp_path: Path, name: str, value: str, field: str) -> None:
    """Each wrong field of an account file is refused by its name."""
    values = {"name": "k", "platform": "bluesky", "handle": "k.test", "authority": "ks", name: value}
    path = tmp_path / "fel.toml"
    path.write_text("\n".join(f"{json.dumps(key)} = {json.dumps(text)}" for key, text in values.items()), "utf-8")
    with pytest.raises(RefusedError) as refused:
        run(["--home", str(home), "account", "add", str(path)])
    assert field in refused.value.field


def test_exit_codes_and_one_line_errors(home: Path) -> None:
    """A refusal is one line on standard error and exit 2; a guard exits 4; no home exits 2."""
    archive = Archive(home)
    archive.run("explain", "nonsens", codes=(exits.USAGE,))
    Archive(home.parent / "ingen").run("search", "", codes=(exits.USAGE,))
    (home.parent / "hem.key").unlink()
    with archive.start("harvest") as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == exits.REFUSED
    assert said.startswith("bevara: G-KEY")
    assert said.count("\n") == 1


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "infra" / "accounts").glob("*.toml")))
def test_example_accounts_are_taken(home: Path, path: Path) -> None:
    """Every example account file under infra/accounts is taken as it is."""
    assert run(["--home", str(home), "account", "add", str(path)]) == exits.DONE
