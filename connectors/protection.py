"""The restore guard: an archive that is older than what its second place knows is opened for nothing but a restore."""

from __future__ import annotations

import io
from typing import NoReturn

from schemas.books import State
from schemas.neighbours import MissingError, Reading
from schemas.receipt import Link
from schemas.refusal import GuardError, UnreachableError
from schemas.second import RESTORING, Identity, read_identity, read_link, relation, synced_setting
from schemas.segments import Span, second_span
from schemas.shelf import SECOND_IDENTITY, SECOND_LEDGER, second_segment

_TAIL = 64 * 1024
"""Bytes at a segment's end that are read for its last line; longer lines are rare and found in the whole segment."""


def refuse_restored(state: State, second: Reading | None, *, may_be_away: bool = False) -> None:
    """Compare the ledger with the second place: one listing and the end of one object.

    Args:
        second: the second place, or None when there is none.
        may_be_away: a second place that cannot be reached is passed over.

    Raises:
        GuardError: a restore has begun and is not finished, or the archive is older than its second place or has
            another history (``G-RESTORED``); the second place is another home's or has lost what it had
            (``G-SECOND``).
        UnreachableError: the second place cannot be reached.
    """
    with state.reading() as books:
        restoring = books.setting(RESTORING)
    if restoring:
        raise GuardError("G-RESTORED", "a restore has begun and is not finished", "run 'bevara restore' again")
    if second is None:
        return
    try:
        _compare(state, second)
    except UnreachableError:
        if not may_be_away:
            raise


def _compare(state: State, second: Reading) -> None:
    known = read_head(second)
    with state.reading() as books:
        head, _ = books.ledger.head()
        first = books.ledger.after(0, 1)
        check = books.setting("key_check")
        synced = int(books.setting(synced_setting(second.place)) or 0)
        same = books.ledger.after(known.seq - 1, 1) if known is not None else ()
    refuse_other_home(second, known, check, first[0].hash if first else None)
    if known is None and synced:
        raise GuardError(
            "G-SECOND",
            f"{second.place} holds nothing although the ledger was copied there",
            "mount its disk or correct its address; a new second place gets another name in bevara.toml",
        )
    stands = relation(head, known, same[0].hash if same else None)
    if stands == "older":
        raise GuardError(
            "G-RESTORED",
            "the archive is older than what its second place knows",
            "run 'bevara restore' before all else",
        )
    if stands == "apart":
        raise GuardError(
            "G-RESTORED",
            "the archive has another history than its second place",
            "run 'bevara restore', which says where they part; a person decides which one is true",
        )


def refuse_other_home(second: Reading, known: Link | None, check: str | None, first: bytes | None) -> None:
    """Refuse a second place that is another home's (``G-SECOND``)."""
    found = _identity(second)
    if found is None and known is None:
        return
    if found is None or not found.is_of(check, first):
        raise GuardError(
            "G-SECOND",
            f"{second.place} is the second place of another home",
            "give every home a second place of its own in bevara.toml",
        )


def read_head(second: Reading) -> Link | None:
    """The last link that the second place holds, or None when it holds none."""
    last = max(_spans(second), key=lambda one: one.last, default=None)
    if last is None:
        return None
    key = second_segment(last.first, last.last)
    try:
        with second.open(key) as stream:
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(0, size - _TAIL))
            tail = stream.read()
            if len(tail) < size and tail.count(b"\n") < 2:
                stream.seek(0)
                tail = stream.read()
        found = read_link(tail.rstrip(b"\n").rpartition(b"\n")[2])
    except (MissingError, ValueError):
        _damaged(second)
    if found.seq != last.last:
        _damaged(second)
    return found


def _spans(second: Reading) -> list[Span]:
    found = (second_span(info.key) for info in second.list(SECOND_LEDGER))
    return [one for one in found if one is not None]


def _identity(second: Reading) -> Identity | None:
    try:
        return read_identity(second.get(SECOND_IDENTITY))
    except MissingError:
        return None
    except ValueError:
        _damaged(second)


def _damaged(second: Reading) -> NoReturn:
    raise GuardError(
        "G-SECOND",
        f"{second.place} holds a file that cannot be read",
        "compare it with its own backup, or name a new second place in bevara.toml",
    )
