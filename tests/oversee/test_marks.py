"""Marks: by a named person, single or in bulk; all or nothing; no word of theirs outside the archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.home import open_home
from flows.__main__ import run
from flows.keep.found import Sought, authorities_of, items_with
from flows.keep.own import read_own
from flows.oversee.marks import mark_items
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.order import Tombstone
from schemas.refusal import GuardError, RefusedError
from tests.oversee.archive import ALONE, AT, BELOW, BESIDE, DUE, FIRST, OTHER, POST, Archive


def marks(archive: Archive) -> list[Mark]:
    """All marks."""
    with archive.ground.state.reading() as books:
        return list(books.marks.all())


def command(archive: Archive, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """The answer of a command with ``--json``."""
    assert run(["--home", str(archive.path), "--at", AT.isoformat(), "--json", *arguments]) == code
    return json.loads(capsys.readouterr().out)


def test_a_secrecy_mark_names_provision_day_and_authority(archive: Archive) -> None:
    """Without another word the authority is the one that each item belongs to; the time is when it was made."""
    assert mark_items(archive.ground, [FIRST, OTHER], "sekretess", "Kim Al", provision="OSL 21:1") == 2
    found = {mark.item: mark for mark in marks(archive)}
    assert (found[FIRST].authority, found[OTHER].authority) == ("arvika-ks", "arvika-bn")
    assert (found[FIRST].provision, found[FIRST].person, found[FIRST].at) == ("OSL 21:1", "Kim Al", AT)
    mark_items(archive.ground, [FIRST], "sekretess", "Kim Al", provision="OSL 21:1", authority="Polismyndigheten")
    assert {mark.item: mark.authority for mark in marks(archive)}[FIRST] == "Polismyndigheten"


def test_an_ended_role_marks_nothing(archive: Archive) -> None:
    """G-MANDATE on the day after the role's last, and no mark is there."""
    with pytest.raises(GuardError, match="G-MANDATE"):
        mark_items(archive.ground, [FIRST], "ringa", "Ulf Sten")
    assert marks(archive) == []


def test_a_culled_item_is_not_marked(archive: Archive) -> None:
    """Refused with a clear text, and the other items of the same bulk are not marked either."""
    gone = ItemId("202006-bbbbbbbbbbbbbbbb")
    stone = Tombstone(
        item=gone, parent=None, thread=gone, kind="comment", rule="r", edition="1", order="0", culled=AT, salt=bytes(32)
    )
    with archive.ground.state.writing() as books:
        books.tombstones.add([stone])
    with pytest.raises(RefusedError, match=f"culled.*{gone}"):
        mark_items(archive.ground, [FIRST, gone], "ringa", "Eva Ek")
    assert marks(archive) == []


def test_a_comment_lies_in_the_archive_alone(archive: Archive) -> None:
    """The receipt names the item that holds it; neither database nor ledger has a word of it."""
    mark_items(archive.ground, [FIRST, BELOW], "granskad-bevara", "Eva Ek", comment="Ovanligkommentar om grannen")
    (receipt,) = [json.loads(line) for line in archive.ledger().splitlines() if '"mark.add"' in line]
    row = read_own(archive.ground, receipt["evidence"]["record"])
    assert row is not None
    assert (row.kind, row.account, row.authority) == ("decision", "bevara", "arvika-ks")
    assert "Ovanligkommentar" in (row.text or "")
    assert json.loads(row.payload or "")["mark"]["items"] == [FIRST, BELOW]
    assert receipt["subjects"] == [FIRST, BELOW]
    assert b"Ovanligkommentar" not in archive.database()
    assert "Ovanligkommentar" not in archive.ledger()


def test_a_list_marks_all_it_names(archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Comments, empty lines and repeats are fine; a dry run changes nothing."""
    path = tmp_path / "lista.txt"
    path.write_text(f"# att gallra\n{FIRST}  # den första\n\n{BESIDE}\r\n{FIRST}\n", encoding="utf-8")
    arguments = ("mark", "inaktuell", "--from-list", str(path), "--as", "Eva Ek")
    shown = command(archive, capsys, *arguments, "--dry-run")
    assert shown == {"kind": "inaktuell", "would_mark": 2, "items": [FIRST, BESIDE]}
    assert marks(archive) == []
    assert command(archive, capsys, *arguments) == {"kind": "inaktuell", "marked": 2}
    assert {mark.item for mark in marks(archive)} == {FIRST, BESIDE}


def test_every_bad_line_of_a_list_is_named(archive: Archive, tmp_path: Path) -> None:
    """No id, another id's form, an item that is not there: nothing is marked."""
    path = tmp_path / "lista.txt"
    path.write_text(f"{FIRST}\nfel\n{BESIDE}\n202013-aaaaaaaaaaaaaaaa\n", encoding="utf-8")
    home = ["--home", str(archive.path), "mark", "ringa", "--as", "Eva Ek", "--from-list"]
    with pytest.raises(RefusedError, match="line 2, 4"):
        run([*home, str(path)])
    missing = ("202006-zzzzzzzzzzzzzzzz", "202107-zzzzzzzzzzzzzzzz")
    path.write_text("\n".join([FIRST, *missing]), encoding="utf-8")
    with pytest.raises(RefusedError, match=f"{missing[0]}, {missing[1]}"):
        run([*home, str(path)])
    for content in (b"", b"# bara en kommentar\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(RefusedError):
            run([*home, str(path)])
    with pytest.raises(RefusedError, match="readable"):
        run([*home, str(tmp_path)])
    assert marks(archive) == []


def test_a_search_marks_what_search_shows(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """The latest text counts, filters narrow, and what is marked is what the command search lists."""
    cases: list[tuple[tuple[str, ...], set[str]]] = [
        (("--search", "HÄCK"), set()),
        (("--search", "glöm"), {FIRST}),
        (("--search", "a", "--account", "bygga-bo"), {ALONE}),
        (("--search", "", "--kind", "visitor_post"), {ALONE, OTHER}),
        (("--search", "", "--from", "2020-07-01"), {BELOW, ALONE}),
        (("--search", "", "--to", "2019-12-31", "--account", "skolan"), {OTHER}),
    ]
    for arguments, expected in cases:
        shown = command(archive, capsys, "mark", "urval", *arguments, "--as", "Eva Ek", "--dry-run")
        assert set(shown["items"]) == expected, arguments
        text, rest = arguments[1], arguments[2:]
        assert run(["--home", str(archive.path), "--json", "search", text, *rest]) == 0
        assert {json.loads(line)["item"] for line in capsys.readouterr().out.splitlines()} == expected
    assert command(archive, capsys, "mark", "urval", "--search", "finns inte", "--as", "Eva Ek")["marked"] == 0
    assert command(archive, capsys, "mark", "urval", "--search", "", "--kind", "comment", "--as", "Eva Ek") == {
        "kind": "urval",
        "marked": 3,
    }
    assert {mark.item for mark in marks(archive)} == {FIRST, BELOW, BESIDE}


def test_ways_of_naming_items_are_not_mixed(archive: Archive, tmp_path: Path) -> None:
    """Items, a list or a search; an empty search without filter would mark everything and is refused."""
    home = ["--home", str(archive.path), "mark"]
    for arguments in (
        [FIRST, "ringa", "--search", "x"],
        ["ringa", "--search", "x", "--from-list", str(tmp_path / "lista")],
        ["ringa", "--search", ""],
        ["ringa", "--account", "skolan"],
        ["ringa"],
        [FIRST, "ringa", "--closed"],
        [FIRST, "ringa", "--authority", "KS"],
    ):
        with pytest.raises(RefusedError):
            run([*home, *arguments, "--as", "Eva Ek"])
    assert marks(archive) == []


def test_a_matter_is_opened_and_closed(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """An open matter has no day; ``--closed`` closes it today or on the day given."""
    arguments = ("mark", FIRST, "i-arende", "--dnr", "KS 2025/7", "--as", "Eva Ek")
    command(archive, capsys, *arguments)
    assert [mark.on for mark in marks(archive)] == [None]
    assert FIRST not in archive.culled()
    command(archive, capsys, *arguments, "--closed")
    assert [str(mark.on) for mark in marks(archive)] == ["2026-01-02"]
    command(archive, capsys, *arguments, "--closed", "--on", "2025-12-01")
    assert [str(mark.on) for mark in marks(archive)] == ["2025-12-01"]


def test_where_items_are(archive: Archive) -> None:
    """Authorities of those that are there, nothing about others; an empty search finds every item once."""
    found = authorities_of(archive.ground, [POST, OTHER, ItemId("202006-zzzzzzzzzzzzzzzz")])
    assert found == {POST: "arvika-ks", OTHER: "arvika-bn"}
    everything = list(items_with(archive.ground, Sought()))
    assert sorted(everything) == sorted({POST, *DUE})


def test_marks_made_by_command_need_no_second_look(archive: Archive) -> None:
    """A mark is read again from the home by the next run."""
    mark_items(archive.ground, [FIRST], "urval", "Eva Ek")
    with open_home(archive.path, at=AT) as home, home.ground.state.reading() as books:
        assert [mark.kind for mark in books.marks.of([FIRST])] == ["urval"]
