"""What is decided of each listed version, for officers: ids, counts, codes and days; never words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flows.disclose.answer.chosen import Line, assessed, batches
from flows.disclose.assess.attachments import attachments, found_since, seen_as
from flows.disclose.assess.changing import chosen_lines
from flows.disclose.find.listing import listed
from flows.disclose.standing import known_request
from flows.keep.renditions import rows_of_items
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.hold import Mark
from schemas.ids import ItemId, rfc3339
from schemas.record import Row
from schemas.request import Assessment, Request

GONE: Final = "gone"
"""The archive has no rows of it: it cannot be so while the request's hold is in force. ``NEWER``: it has a version now
that the list does not have. ``LATER``: attachments came after it was assessed."""
NEWER: Final = "newer-version"
LATER: Final = "later-files"


def assessed_lines(
    home: Home, number: int | str, said: Sequence[str] = (), *, left: bool = False
) -> Iterator[dict[str, Any]]:
    """One object per listed version, in list order; read while they are asked for, refused at once.

    ``{"item", "version", "kind", "day", "verdict", "provision", "masks": [{"number", "sort", "where", "provision", …}],
    "files": [{"number", "role", "media_type", "size", "there", "alt"}], "hints": [{"provision", "day", "authority"}],
    "changed": […], "portion", "copy", "person", "at"}``; ``verdict`` null = not assessed; days are local.

    Args:
        said: records, as of ``assess``; empty = the whole list. left: only what nothing is decided of.

    Raises:
        RefusedError: unknown request or record. GuardError: it has no list (G-REQUEST).
    """
    request = known_request(home.ground, number)
    table = listed(home.ground, request)
    some = iter([chosen_lines(table, said)]) if said else batches(table)
    return (one for lines in some for one in _of_lines(home.ground, request, lines, left=left))


def _of_lines(ground: Ground, request: Request, lines: Sequence[Line], *, left: bool) -> Iterator[dict[str, Any]]:
    with ground.state.reading() as books:
        known = assessed(books, request.number, lines)
        wanted = [line for line in lines if not (left and line in known)]
        items = list(dict.fromkeys(item for item, _ in wanted))
        hints: dict[ItemId, list[Mark]] = {}
        for mark in books.marks.of(items):
            if mark.kind == "sekretess":
                hints.setdefault(mark.item, []).append(mark)
    newest: dict[ItemId, int] = {}
    for item, version in lines:
        newest[item] = max(version, newest.get(item, 0))
    rows = rows_of_items(ground, items)
    for line in wanted:
        item = line[0]
        yield _line(line, rows.get(item, ()), known.get(line), hints.get(item, ()), newest[item])


def _line(
    line: Line, rows: Sequence[Row], one: Assessment | None, hints: Sequence[Mark], newest: int
) -> dict[str, Any]:
    item, version = line
    row = next((row for row in rows if row.row == "version" and row.version == version), None)
    media = attachments(rows, version)
    changed = [GONE] if row is None else []
    if any(other.row == "version" and other.version > newest for other in rows):
        changed.append(NEWER)
    unseen = one is not None and one.verdict != "refuse" and seen_as(rows, version, one.at) != one.seen
    if one is not None and (unseen or found_since(rows, version, one.at)):
        changed.append(LATER)
    return {
        "item": item,
        "version": version,
        "kind": None if row is None else row.kind,
        "day": None if row is None or row.published is None else local_day(row.published).isoformat(),
        "verdict": None if one is None else one.verdict,
        "provision": "" if one is None else one.provision,
        "masks": [{"number": at, **mask.as_json()} for at, mask in enumerate(() if one is None else one.masks, 1)],
        "files": [
            {
                "number": number,
                "role": file.role,
                "media_type": file.media_type,
                "size": file.size,
                "there": file.digest is not None,
                "alt": file.alt is not None,
            }
            for number, file in enumerate(media)
        ],
        "hints": [
            {"provision": mark.provision, "day": local_day(mark.at).isoformat(), "authority": mark.authority}
            for mark in hints
        ],
        "changed": changed,
        "portion": 0 if one is None else one.portion,
        "copy": None if one is None else one.copy,
        "person": None if one is None else one.person,
        "at": None if one is None else rfc3339(one.at),
    }
