"""The month sheet of a real small archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.keep.own import own_file, read_own
from flows.oversee.letters.counting import NO_UNIT
from flows.oversee.letters.sheet import FILE, SORT, Sheet, write_sheet
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import RefusedError
from schemas.removal import Removal
from tests.disclose.published import File
from tests.disclose.world import CHANNEL, OFFICER, PAGE, Desk
from tests.pictures import png

SECRET = "Grävlingsvägen"
JANUARY = datetime(2026, 1, 9, 9, tzinfo=UTC)
"""A Friday, 10 o'clock."""


@contextmanager
def _units(desk: Desk) -> Iterator[Home]:
    with desk.open() as home:
        with home.ground.state.writing() as books:
            for one in books.accounts.all():
                if one.name in (PAGE, CHANNEL):
                    books.accounts.put(replace(one, unit="Informationsenheten"))
        yield home


@pytest.fixture
def month(desk: Desk) -> dict[str, ItemId]:
    """A January: a question answered the same day, one not, a picture and a film without texts."""
    put = desk.publish
    found = {"post": put("Ny lekplats!", account=PAGE, at=JANUARY, files=[File(data=png(8, 8, seed=1))])}
    for name, hours in (("asked", 1), ("open", 2)):
        found[name] = put(
            f"När öppnar lekplatsen på {SECRET}?",
            account=PAGE,
            kind="comment",
            author=f"Besökare {name}",
            at=JANUARY.replace(hour=9 + hours),
            below=found["post"],
        )
    found["reply"] = put(
        "På måndag! Med vänlig hälsning Anna, Gatuenheten",
        account=PAGE,
        kind="reply",
        at=JANUARY.replace(hour=12),
        below=found["asked"],
    )
    film = File(data=None, role="video", media_type="video/mp4")
    found["film"] = put("En film", account=CHANNEL, at=JANUARY, files=[film])
    return found


def _sheet(desk: Desk, month: str = "2026-01", folder: Path | None = None) -> Sheet:
    with _units(desk) as home:
        return write_sheet(home, month, folder)


def test_the_months_numbers_are_those_of_the_archive(desk: Desk, month: dict[str, ItemId]) -> None:
    """Questions, answers, removals, pictures and films of the month, by unit; another month's are not in it."""
    with desk.open() as home, home.ground.state.writing() as books:
        for number, (clause, done) in enumerate(((("R01", JANUARY)), ("R01", JANUARY.replace(year=2025))), 1):
            books.duties.put_removal(
                Removal(
                    number=number,
                    kind="removal",
                    standing="removed",
                    item=month["open"],
                    account=PAGE,
                    authority="arvika-ks",
                    clause=clause,
                    person=OFFICER,
                    opened=done,
                    changed=done,
                    done=done,
                )
            )
    sheet = _sheet(desk)
    ours = sheet.units["Informationsenheten"]
    assert (ours.questions, ours.answered, ours.in_time, ours.late) == (2, 1, 1, 1)
    assert ours.removals == {"R01": 1}
    assert (ours.pictures, ours.pictures_bare, ours.films, ours.films_bare) == (1, 1, 1, 1)
    assert list(sheet.units)[-1] == NO_UNIT
    assert [one.code for one in sheet.findings] == ["W259"]
    before = _sheet(desk, "2025-11").units["Informationsenheten"]
    assert (before.questions, before.pictures, before.removals) == (0, 0, {})


def test_the_sheet_is_kept_and_written_once(desk: Desk, month: dict[str, ItemId], tmp_path: Path) -> None:
    """It is an item of ours that the paper names; nothing new: the same one; something new: another; no word in it."""
    assert month
    first = _sheet(desk, folder=tmp_path)
    assert first.written
    assert (tmp_path / "manadsblad-2026-01.html").read_bytes() == first.page
    with desk.open() as home:
        row = read_own(home.ground, first.item)
        assert row is not None
        assert row.kind == "statistics"
        assert own_file(home.ground, row, FILE) == first.page
        assert SECRET not in (row.payload or "") + first.page.decode()
        with home.ground.state.reading() as books:
            paper = books.duties.paper(SORT, "", "2026-01")
            assert paper is not None
            assert paper.item == first.item
            assert all(SECRET not in link.body for link in books.ledger.about(first.item))
    desk.later(minutes=5)
    same = _sheet(desk)
    assert (same.written, same.item, same.page) == (False, first.item, first.page)
    desk.publish("Var?", account=PAGE, kind="comment", at=JANUARY.replace(hour=13), below=month["post"])
    desk.publish("Ännu en bild", account=PAGE, at=JANUARY, files=[File(data=png(8, 8, seed=2), alt="En gunga i solen")])
    later = _sheet(desk)
    assert later.written
    assert later.item != first.item
    ours = later.units["Informationsenheten"]
    assert (ours.pictures, ours.pictures_bare) == (2, 1)


@pytest.mark.parametrize("wrong", ["2026-13", "januari", "2026-02", "9999-01"])
def test_months_that_are_none_or_to_come_are_refused(desk: Desk, wrong: str) -> None:
    """No month, and one that has not begun, are refused; nothing is written."""
    with pytest.raises(RefusedError):
        _sheet(desk, wrong)
    with desk.open() as home, home.ground.state.reading() as books:
        assert books.duties.papers(SORT) == []


def test_the_command_writes_the_file(desk: Desk, month: dict[str, ItemId], tmp_path: Path) -> None:
    """``oversee sheet`` says in JSON what it wrote; without a month it is the last whole one; a folder that is not there: 2."""
    assert month
    file = tmp_path / "blad.html"
    told = desk.command("oversee", "sheet", "--month", "2026-01", "--out", str(file))
    assert told["written"]
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert told["units"][NO_UNIT]["questions"] == 2
    assert desk.command("oversee", "sheet")["month"] == "2025-12"
    desk.say("oversee", "sheet", "--out", str(tmp_path / "ingen" / "x.html"), codes=(2,))
