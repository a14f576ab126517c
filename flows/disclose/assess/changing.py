"""The one way in which assessments of listed versions are changed: checked, entered and told in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.answer.chosen import Line, assessed
from flows.disclose.assess.places import line_of
from flows.disclose.standing import request_in, told
from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.receipt import Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Request

Decide = Callable[[Line, Assessment | None], Assessment | None]
"""From what is decided of a line to what is to be; None = nothing is decided of it any longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes assessments of which list, and when.

    Attributes:
        request: as it was when its list was read. person, at: the officer, and when, UTC.
        act: of the receipts. each: a receipt for every line; otherwise one for all, with a digest of the lines.
    """

    request: Request
    person: str
    at: datetime
    act: str
    each: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """What was entered, and of how many lines nothing is decided any longer."""

    entered: tuple[Assessment, ...] = ()
    gone: int = 0

    @property
    def lines(self) -> int:
        """How many lines are another way now."""
        return len(self.entered) + self.gone

    @property
    def masks(self) -> int:
        """How many masks they have in all."""
        return sum(len(one.masks) for one in self.entered)


def change_lines(ground: Ground, change: Change, lines: Sequence[Line], decide: Decide) -> Changed:
    """Decide of lines anew; what comes out as it was is left alone. A masked copy of what changes counts no longer.

    Raises:
        GuardError: no mandate (G-MANDATE); the request is not open, or its list is another one by now (G-CHANGED); what
        ``decide`` raises. Then nothing of these lines is changed. RefusedError: no such person.
    """
    with ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, change.person, "disclose", change.at)
        now = _open(books, change.request)
        before = assessed(books, now.number, lines)
        entered: list[Assessment] = []
        gone: list[Line] = []
        for line in lines:
            old = before.get(line)
            new = decide(line, old)
            if new is None and old is not None:
                gone.append(line)
            elif new is not None and (old is None or decided(new) != decided(old)):
                entered.append(replace(new, person=change.person, copy=None, portion=0))
        if not entered and not gone:
            return Changed()
        books.requests.assess(entered)
        books.requests.forget(now.number, gone)
        after = replace(now, changed=change.at)
        books.requests.put(after)
        _tell(books, after, change, entered, gone)
    return Changed(tuple(entered), len(gone))


def decided(one: Assessment) -> tuple[object, ...]:
    """What makes an assessment another one."""
    return one.verdict, one.provision, one.masks, one.portion, one.at


def chosen_lines(table: pa.Table, said: Sequence[str]) -> list[Line]:
    """The listed lines that are named, in list order, each once.

    Args:
        table: the frozen list. said: ``ITEM`` or ``ITEM@VERSION``.

    Raises:
        RefusedError: no such line in the list.
    """
    found: set[Line] = set()
    for one in said:
        item, version = line_of(one)
        wanted = pc.equal(table["item"], item)
        if version is not None:
            wanted = pc.and_(wanted, pc.equal(table["version"], version))
        some = table.filter(wanted)
        if not some.num_rows:
            raise RefusedError("ITEM", one, "name a record of the request's list; 'bevara request assessed N' shows it")
        found.update((ItemId(item), int(number)) for number in some["version"].to_pylist())
    return sorted(found)


def _open(books: Books, request: Request) -> Request:
    now = request_in(books, request.number)
    if now.standing != "open":
        raise GuardError(
            "G-CHANGED", f"request {now.number} is {now.standing}", f"look at 'bevara request show {now.number}'"
        )
    if (now.listed, now.digest) != (request.listed, request.digest):
        raise GuardError(
            "G-CHANGED",
            f"request {now.number} has another list by now",
            f"look at 'bevara request assessed {now.number}', and do it again",
        )
    return now


def _tell(books: Books, request: Request, change: Change, entered: Sequence[Assessment], gone: Sequence[Line]) -> None:
    if change.each:
        for one in entered:
            evidence: dict[str, Scalar] = {"item": one.item, "version": one.version, **_summary([one])}
            told(books, request, change.act, change.person, {**evidence, "list": request.digest})
        for item, version in gone:
            taken: dict[str, Scalar] = {"item": item, "version": version, "verdict": None, "list": request.digest}
            told(books, request, change.act, change.person, taken)
        return
    lines = sorted([*((one.item, one.version) for one in entered), *gone])
    digest = hashlib.sha256("".join(f"{item} {version}\n" for item, version in lines).encode("ascii")).hexdigest()
    together: dict[str, Scalar] = {"lines": len(lines), "digest": digest, **_summary(entered), "list": request.digest}
    told(books, request, change.act, change.person, together)


def _summary(entered: Sequence[Assessment]) -> dict[str, Scalar]:
    provisions = {one.provision for one in entered if one.provision}
    provisions.update(mask.provision for one in entered for mask in one.masks)
    return {
        "verdict": ", ".join(sorted({one.verdict for one in entered})),
        "provisions": ", ".join(sorted(provisions)),
        "masks": sum(len(one.masks) for one in entered),
    }
