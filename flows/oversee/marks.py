"""Marks: what a named person says about items, one by one, from a list or from a search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.keep.found import existing, refuse_culled
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.diary import diary_number
from schemas.diary import provision as checked_provision
from schemas.ground import Ground
from schemas.hold import MARK_KINDS, Mark, MarkKind
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt
from schemas.refusal import RefusedError

_AUTHORITY = re.compile(r"[\w][\w .&/:-]{0,99}")
_LIST_LIMIT = 64 * 1024**2
_COMMENT = 4000
_SUBJECTS = 1000
"""Items that one receipt names; a bulk of more leaves several, in one transaction."""


def mark_items(
    ground: Ground,
    items: Sequence[str],
    kind: str,
    person: str,
    *,
    on: date | None = None,
    dnr: str = "",
    provision: str = "",
    authority: str = "",
    comment: str = "",
    remove: bool = False,
) -> int:
    """Set or take away a mark on items; returns on how many.

    Args:
        on: the day it holds from; on ``i-arende``, the day the matter was closed.
        authority: who made a secrecy mark; empty = the authority that the item belongs to.
        comment: why, in words: kept in an archive item that the receipt names.

    Raises:
        RefusedError: an unknown kind, person or item, a culled item, or a mark that lacks what it must say. Then
            nothing is marked. GuardError: the person has no mandate (G-MANDATE).
    """
    known = _checked(kind, dnr, provision, authority, comment, remove=remove)
    at = ground.clock.now()
    names = tuple(dict.fromkeys(item_id(text) for text in items))
    with ground.state.reading() as books:
        mandated(books, person, "mark", at)
    homes = existing(ground, names)
    done = 0

    def enter(books: Books, record: ItemId | None) -> None:
        nonlocal done
        mandated(books, person, "mark", at)
        refuse_culled(books, names)
        for item in names:
            if remove:
                done += books.marks.remove(item, known)
                continue
            day = on or (local_day(at) if known == "inaktuell" else None)
            who = (authority or homes[item]) if known == "sekretess" else ""
            books.marks.add(
                Mark(item=item, kind=known, person=person, at=at, on=day, dnr=dnr, provision=provision, authority=who)
            )
            done += 1
        evidence: dict[str, Any] = {
            "kind": kind,
            "on": on.isoformat() if on else None,
            "dnr": dnr or None,
            "provision": provision or None,
            "marked": done,
            **({"authority": authority} if authority else {}),
            **({"record": record} if record else {}),
        }
        act = "mark.remove" if remove else "mark.add"
        for start in range(0, len(names), _SUBJECTS):
            subjects = names[start : start + _SUBJECTS]
            books.ledger.append(Receipt(act=act, at=at, actor=person, subjects=subjects, evidence=evidence))

    if not comment:
        with ground.state.writing() as books:
            enter(books, None)
        return done
    word = "tagits bort från" if remove else "satts på"
    count = f"{len(names)} {'handling' if len(names) == 1 else 'handlingar'}"
    write_own(
        ground,
        kind="decision",
        authority=homes[names[0]],
        text=f"Märkningen {kind} har {word} {count} av {person}. {comment}",
        payload={"mark": {"kind": kind, "items": list(names), "comment": comment, "removed": remove}},
        at=at,
        first=revision_first,
        act="mark.record",
        actor=person,
        also=enter,
    )
    return done


def mark_kind(text: str) -> MarkKind:
    """The kind of mark of that name."""
    return next(kind for kind in MARK_KINDS if kind == text)


def listed_items(path: Path) -> list[ItemId]:
    """The item ids in a file: one per line; ``#`` begins a comment.

    Raises:
        RefusedError: the file cannot be read, holds no id, or has bad lines; every one of them is named.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LIST_LIMIT + 1)
        lines = data.decode("utf-8-sig").splitlines() if len(data) <= _LIST_LIMIT else None
    except OSError as error:
        raise RefusedError("--from-list", path.name, f"name a readable file ({error.strerror})") from None
    except UnicodeDecodeError:
        raise RefusedError("--from-list", path.name, "write the list as text in UTF-8") from None
    if lines is None:
        raise RefusedError("--from-list", path.name, f"a list has at most {_LIST_LIMIT // 1024**2} MiB")
    found: list[ItemId] = []
    bad: list[int] = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            found.append(item_id(text))
        except RefusedError:
            bad.append(number)
    if bad:
        named = ", ".join(map(str, bad))
        raise RefusedError(f"{path.name}: line {named}", lines[bad[0] - 1], "write one item id per line")
    if not found:
        raise RefusedError("--from-list", path.name, "write at least one item id")
    return found


def _checked(kind: str, dnr: str, provision: str, authority: str, comment: str, *, remove: bool) -> MarkKind:
    if kind not in MARK_KINDS:
        raise RefusedError("KIND", kind, f"the kinds of marks are {', '.join(MARK_KINDS)}")
    if kind in ("i-arende", "registrerad") and not dnr and not remove:
        raise RefusedError("--dnr", dnr, f"a mark {kind} needs the diary number")
    if kind == "sekretess" and not provision and not remove:
        raise RefusedError("--provision", provision, "name the provision, for example 'OSL 21:1' (OSL 5:5)")
    if dnr:
        diary_number(dnr)
    if provision:
        checked_provision(provision)
    if authority and (kind != "sekretess" or not _AUTHORITY.fullmatch(authority)):
        raise RefusedError("--authority", authority, "name the authority that made the secrecy mark, in a few words")
    if len(comment) > _COMMENT:
        raise RefusedError("--comment", comment, f"write at most {_COMMENT} characters")
    return mark_kind(kind)
