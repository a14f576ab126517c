"""A request for records from the question to the last day, once for each way that it may end; by the command line.

What is looked at in each: that nothing asked for is culled while it lives, which papers there are when it is over, that the
days are right across holidays, and that the log holds every act.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.ids import ItemId
from tests.disclose.world import CLERK, COLLEAGUE, DELEGATE, OFFICER, Desk
from tests.journeys.asking import (
    asked,
    cull,
    desk,
    due,
    filled,
    letters,
    log_complete,
    nobody_named,
    on,
    only_then_culled,
    papers,
    sample,
)
from tests.journeys.commands import Archive
from tests.servers.postgres import NewDatabase

__all__ = ["desk", "filled", "sample"]
PROVISION = "OSL 21:1"


def test_given(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """Found, assessed, given whole as a package; the hold ends when an officer closes it, and what was due is culled."""
    number = asked(desk)
    desk.refused("answer", str(number), "--out", str(tmp_path / "svar"))  # nothing is assessed
    desk.assess(number, "give")
    desk.later(minutes=40)
    desk.answer(number, "--out", str(tmp_path / "svar"))
    row = desk.kept(number)
    assert (row.standing, row.outcome) == ("answered", "given")
    assert due(desk) == 0, "an answered request still holds"
    names = {path.name for path in (tmp_path / "svar").rglob("*") if path.is_file()}
    assert names >= {
        "las-mig.txt",
        "handlingar.csv",
        "handlingar.json",
        "handlingar-001.pdf",
        "kontrollsummor.sha256",
        "svar.pdf",
    }
    desk.request("close", str(number))
    assert desk.kept(number).standing == "closed"
    assert desk.hold_of(number).lifted_by == OFFICER
    assert letters(desk, number) == ["svar-helt"]
    log_complete(desk, number)
    nobody_named(desk, number, "Ågatan", "Åsa")
    only_then_culled(desk, sample)
    desk.command("request", "show", str(number))


def test_partly_given(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """A name is masked, the original is untouched, and the masked copy is a record of its own with its own period."""
    partly_given(desk, sample, tmp_path)


def test_partly_given_on_postgresql(
    new_postgres: NewDatabase, postgres_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with the state in PostgreSQL."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    desk = Desk(tmp_path / "allt").begin(database=new_postgres(postgres_template))
    partly_given(desk, desk.sample(), tmp_path)


def partly_given(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """The journey, whatever the archive lies in."""
    number = asked(desk, "--contact", "anna@post.example")
    desk.mask(number, "--name", "Eva Lind")
    desk.assess(number, "give")
    desk.answer(number, "--out", str(tmp_path / "svar"))
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("answered", "partly")
    everything = b"".join(path.read_bytes() for path in sorted((tmp_path / "svar").rglob("*")) if path.is_file())
    assert b"Eva Lind" not in everything
    assert "[maskat: 21 kap. 1 § OSL]".encode() in everything
    assert desk.newest(sample["below_old"]).author == "Eva Lind"
    (masked,) = [one for one in desk.assessments(number) if one.verdict == "partly"]
    assert masked.item == sample["below_old"]
    desk.request("close", str(number))
    assert letters(desk, number) == ["svar-delvis"]
    log_complete(desk, number)
    nobody_named(desk, number, "Eva", "Lind", "anna@post.example")
    only_then_culled(desk, sample)
    assert masked.copy in desk.stored(), "the masked copy is not culled with the original"
    on(desk, "2028-12-31")
    assert due(desk) == 0
    on(desk, "2029-01-01")
    assert masked.copy in cull(desk), "its own row of the plan lets it go after two whole years"


def refused_by_employee(desk: Desk) -> int:
    """Everything is refused by the officer who handles it."""
    number = asked(desk)
    desk.assess(number, "refuse", provision=PROVISION)
    desk.request("refuse", str(number), "--reason", "Uppgifterna rör en enskilds hälsa.")
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("refused", "refused")
    return number


def test_refused_by_an_employee(desk: Desk, sample: Mapping[str, ItemId]) -> None:
    """The answer says that a decision can be had; nobody asks for one; an officer closes."""
    number = refused_by_employee(desk)
    assert letters(desk, number) == ["avslag"]
    assert due(desk) == 0
    desk.later(days=5)
    assert due(desk) == 0, "time alone ends nothing"
    desk.request("close", str(number), person=COLLEAGUE)
    log_complete(desk, number)
    nobody_named(desk, number, "hälsa")
    only_then_culled(desk, sample)


@pytest.mark.parametrize(
    ("decided", "served", "last", "first_open"),
    [
        ("2025-12-02", "2025-12-04", "2025-12-29", "2025-12-30"),  # Christmas Day, a Friday after it, a weekend
        ("2025-12-09", "2025-12-10", "2026-01-02", "2026-01-03"),  # New Year's Eve, New Year's Day
        ("2025-12-15", "2025-12-16", "2026-01-07", "2026-01-08"),  # Epiphany
        ("2026-03-12", "2026-03-13", "2026-04-07", "2026-04-08"),  # Good Friday to Easter Monday
        ("2026-05-28", "2026-05-29", "2026-06-22", "2026-06-23"),  # Midsummer Eve
        ("2026-03-02", "2026-03-05", "2026-03-26", "2026-03-27"),  # an ordinary Thursday
    ],
)
def test_refused_by_decision(
    desk: Desk, sample: Mapping[str, ItemId], decided: str, served: str, last: str, first_open: str
) -> None:
    """A delegate decides in writing; the appeal time runs from the recorded receipt, over the holidays, and not before."""
    on(desk, decided)
    number = refused_by_employee(desk)
    reason = ("--reason", "Det kan antas att den enskilde lider betydande men.")
    for nobody in (OFFICER, CLERK):
        assert "G-DELEGATION" in desk.refused("decide", str(number), *reason, person=nobody)
    desk.request("decide", str(number), *reason, person=DELEGATE)
    row = desk.kept(number)
    assert (row.standing, row.served, row.final) == ("decided", None, None)
    on(desk, "2026-07-31")
    assert "G-APPEAL" in desk.refused("close", str(number)), "without a day of receipt it never ends by itself"
    on(desk, served, 12)
    desk.request("served", str(number), "--on", served)
    assert desk.command("request", "show", str(number))["request"]["last_day"] == last
    on(desk, last, 20)
    assert "G-APPEAL" in desk.refused("close", str(number))
    assert due(desk) == 0
    on(desk, first_open, 9)
    desk.request("close", str(number))
    assert papers(desk, number)[("decision", "beslut.pdf", "overklagande.pdf")] == 1
    log_complete(desk, number)
    nobody_named(desk, number, "hälsa", "betydande men")
    only_then_culled(desk, sample)


def test_appealed_and_changed_by_the_court(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """Appealed in time, forwarded, changed by the court: assessed and answered anew; the hold stays all the time."""
    on(desk, "2026-03-02")
    number = refused_by_employee(desk)
    desk.request("decide", str(number), "--reason", "Sekretess.", person=DELEGATE)
    on(desk, "2026-03-05", 12)
    desk.request("served", str(number), "--on", "2026-03-05")
    on(desk, "2026-03-26", 14)
    appeal = tmp_path / "overklagande.txt"
    appeal.write_text("Jag överklagar. Handlingarna är offentliga.", encoding="utf-8")
    desk.request("appeal", str(number), "--on", "2026-03-26", "--text-file", str(appeal))
    assert desk.kept(number).standing == "appealed"
    desk.later(hours=2)
    desk.request("forward", str(number))
    assert desk.kept(number).forwarded is not None
    on(desk, "2026-06-10")
    assert "G-APPEAL" in desk.refused("close", str(number)), "the court has said nothing yet"
    desk.request("ruling", str(number), "changed", "--on", "2026-06-09")
    row = desk.kept(number)
    assert (row.standing, row.ruling) == ("open", "changed")
    assert due(desk) == 0
    for one in {f"{one.item}@{one.version}" for one in desk.assessments(number)}:
        desk.assess(number, "give", one)
    desk.answer(number, "--out", str(tmp_path / "svar"))
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("answered", "given")
    assert "G-APPEAL" in desk.refused("close", str(number)), "whether the ruling stands is not known yet"
    desk.request("ruling", str(number), "changed", "--on", "2026-06-09", "--final", "2026-07-01")
    assert (desk.kept(number).standing, due(desk)) == ("answered", 0)
    on(desk, "2026-06-30")
    assert "G-APPEAL" in desk.refused("close", str(number))
    on(desk, "2026-07-01")
    desk.request("close", str(number))
    assert letters(desk, number) == ["avslag", "overlamnande", "svar-helt"]
    assert papers(desk, number)[("decision", "beslut.pdf", "overklagande.pdf")] == 1
    log_complete(desk, number)
    nobody_named(desk, number, "överklagar", "offentliga")
    only_then_culled(desk, sample)


def test_appealed_and_upheld(desk: Desk, sample: Mapping[str, ItemId]) -> None:
    """The court agrees with us: the hold stays until its ruling is final, and that day has passed."""
    on(desk, "2026-03-02")
    number = refused_by_employee(desk)
    desk.request("decide", str(number), "--reason", "Sekretess.", person=DELEGATE)
    desk.request("served", str(number), "--on", "2026-03-02")
    on(desk, "2026-03-10")
    desk.request("appeal", str(number), "--on", "2026-03-10")
    desk.request("forward", str(number))
    on(desk, "2026-05-04")
    desk.request("ruling", str(number), "upheld", "--on", "2026-05-04", "--final", "2026-05-25")
    on(desk, "2026-05-24", 12)
    assert "G-APPEAL" in desk.refused("close", str(number))
    assert due(desk) == 0
    on(desk, "2026-05-25", 9)
    desk.request("close", str(number))
    log_complete(desk, number)
    only_then_culled(desk, sample)


def test_withdrawn(desk: Desk, sample: Mapping[str, ItemId]) -> None:
    """Taken back by who asked: the hold stays until an officer closes it."""
    number = asked(desk)
    desk.request("withdraw", str(number))
    assert due(desk) == 0
    desk.request("close", str(number))
    log_complete(desk, number)
    only_then_culled(desk, sample)


def test_by_processes(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """The same as an officer runs it, one process after the other, in Swedish on the screen."""
    archive = Archive(desk.root / "hem", at=desk.at)
    who = ("--as", OFFICER)
    said = archive.run("request", "open", "--text", "Allt om Storgatan", "--channel", "besok", *who, codes=(0, 3))
    assert "Begäran 1" in said
    archive.run("request", "find", "1", "--text", "storgatan", *who, codes=(0, 3))
    assert archive.json("cull", "propose")["counts"]["cull"] == 0
    archive.run("request", "assess", "1", sample["old"], "give", *who, codes=(0, 3))
    archive.run("request", "answer", "1", "--out", str(tmp_path / "svar"), *who, codes=(0, 3))
    assert "Vattnet stängs av på Storgatan" in (tmp_path / "svar" / "handlingar.csv").read_text("utf-8-sig")
    archive.run("request", "close", "1", *who, codes=(0, 3))
    log = archive.run("request", "log", "1")
    assert OFFICER in log
    assert "Storgatan" not in log, "the log is lean"
    archive.at = desk.at + timedelta(minutes=5)
    assert archive.json("cull", "propose")["counts"]["cull"] == 2


def test_nothing_is_found(desk: Desk, tmp_path: Path) -> None:
    """A search without a hit is answered too: what was searched and that there is nothing."""
    number = desk.ask("Allt om flygplatsen")
    assert desk.find(number, "--text", "flygplats")["items"] == 0
    desk.answer(number, "--out", str(tmp_path / "svar"))
    assert (desk.kept(number).standing, desk.kept(number).outcome) == ("answered", "nothing")
    assert letters(desk, number) == ["svar-inget"]
    desk.request("close", str(number))
    log_complete(desk, number)
