"""Holds (*gallringsstopp*): set, changed and lifted by persons with a mandate; they never end by themselves.

What a hold says in words (an author, a search, title, mandate, description) is content: it lies in an archive item of
kind ``decision`` that the hold names (``Hold.record``), never in the state database or the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from flows.keep.found import existing, refuse_culled
from flows.keep.held import DIRECT, record_of, values_of
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from schemas.books import Books
from schemas.covered import Predicate, UnreadablePredicateError, predicate_from, predicate_of_period
from schemas.diary import diary_number
from schemas.ground import Ground
from schemas.hold import HOLD_SCOPES, Hold, HoldScope
from schemas.ids import ItemId, item_id, rfc3339
from schemas.receipt import Receipt, Scalar
from schemas.record import KINDS, Row
from schemas.refusal import GuardError, RefusedError

_REQUEST = re.compile(r"[0-9]{1,9}")
_WORDS = 4000
_SCOPES: dict[HoldScope, str] = {
    "item": "handlingen",
    "thread": "tråden",
    "account": "kontot",
    "authority": "arkivbildaren",
    "author": "avsändaren",
    "period": "tiden",
    "search": "sökningen",
    "matter": "ärendet",
    "request": "begäran",
}
_WORDED: frozenset[HoldScope] = frozenset({"author", "search", "request"})
NOTHING = Predicate()
"""No narrowing beside the hold's own subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person says of a hold: title, mandate (what gives the right to set it) and description."""

    title: str = ""
    mandate: str = ""
    description: str = ""

    @property
    def anything(self) -> bool:
        """Whether there is a word in it."""
        return bool(self.title or self.mandate or self.description)


def set_hold(
    ground: Ground,
    scope: str,
    subject: str,
    person: str,
    *,
    narrowed: Predicate = NOTHING,
    told: Told | None = None,
) -> Hold:
    """Set a hold.

    Args:
        scope: see ``HOLD_SCOPES``. subject: what it names; the author or the words themselves for ``author`` and
            ``search`` (they go into the record alone).
        narrowed: what the hold is limited to beside its subject; not for an item, thread, account or authority.

    Raises:
        RefusedError: an unknown scope, subject, person or filter. GuardError: no mandate (G-MANDATE).
    """
    if scope not in HOLD_SCOPES:
        raise RefusedError("scope", scope, f"the scopes are {', '.join(HOLD_SCOPES)}")
    known: HoldScope = next(one for one in HOLD_SCOPES if one == scope)
    told = told or Told()
    at = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "hold", at)
        check_names(books, narrowed)
    named, predicate = _read_subject(ground, known, subject, narrowed)
    check_words(told, predicate)

    def enter(books: Books, record: ItemId | None) -> Hold:
        mandated(books, person, "hold", at)
        _check_subject(books, known, named)
        hold = books.holds.set(known, named, person, at, record=record)
        hold_receipt(books, "hold.set", hold, person, at)
        return hold

    if known not in _WORDED and not told.anything and narrowed == NOTHING:
        with ground.state.writing() as books:
            return enter(books, None)
    return _recorded(ground, known, named, predicate, told, person, at, enter)


def change_hold(ground: Ground, number: int, predicate: Predicate, person: str) -> Hold:
    """Narrow or widen a hold: its record is replaced by one with another predicate; the old one stays below it.

    Raises:
        RefusedError: no such hold in force, or an item, thread, account or authority hold (lift it, set another).
        GuardError: no mandate (G-MANDATE), or a request's own hold (G-REQUEST): 'bevara request hold' changes that one.
    """
    at = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "hold", at)
        check_names(books, predicate)
        _refuse_of_request(books, number)
        hold = next((one for one in books.holds.in_force() if one.number == number), None)
    if hold is None:
        raise RefusedError("hold", number, "give the number of a hold in force")
    if hold.scope in DIRECT:
        raise RefusedError("hold", number, "this hold binds what it names and cannot be narrowed; set another hold")
    if predicate == NOTHING:
        raise RefusedError("hold", number, "say what the hold shall cover; to end it, lift it")
    told, before = Told(), None
    if hold.record is not None:
        try:
            before = record_of(ground.state, ground.store, hold.record)
            told = told_of(values_of(before))
        except (UnreadablePredicateError, OSError):
            pass  # a record that cannot be read is what a new one mends

    def enter(books: Books, record: ItemId) -> Hold:
        mandated(books, person, "hold", at)
        changed = books.holds.change(number, record)
        hold_receipt(books, "hold.change", changed, person, at)
        return changed

    return _recorded(ground, hold.scope, hold.subject, predicate, told, person, at, enter, before=before)


def lift_hold(ground: Ground, number: int, person: str) -> Hold:
    """Lift a hold. A lifted hold needs a new proposal before anything is culled.

    Raises:
        RefusedError: no such hold in force. GuardError: no mandate (G-MANDATE), or it is the hold of a request that is not
            closed (G-REQUEST).
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        mandated(books, person, "hold", at)
        _refuse_of_request(books, number)
        hold = books.holds.lift(number, person, at)
        hold_receipt(books, "hold.lift", hold, person, at)
    return hold


def _refuse_of_request(books: Books, number: int) -> None:
    """A request's own hold is changed and lifted with the request alone. Raises GuardError (G-REQUEST)."""
    for one in books.requests.all():
        if one.hold == number:
            raise GuardError(
                "G-REQUEST",
                f"hold {number} is that of request {one.number}, which is {one.standing}",
                f"change it with 'bevara request hold {one.number}'; it ends with 'bevara request close {one.number}'",
            )


def rendered(ground: Ground, hold: Hold) -> dict[str, Any]:
    """A hold as ``hold list --json`` shows it; its words are read from its record now."""
    shown: dict[str, Any] = {
        "hold": hold.number,
        "scope": hold.scope,
        "subject": hold.subject,
        "set_by": hold.set_by,
        "lifted_by": hold.lifted_by,
        "set_at": rfc3339(hold.set_at),
        "lifted_at": rfc3339(hold.lifted_at) if hold.lifted_at else None,
        "record": hold.record,
        "readable": True,
        "title": "",
        "mandate": "",
        "description": "",
        "covers": None,
    }
    if hold.record is None:
        # Scopes whose words stand in the record alone say nothing without one, and bind everything.
        return {**shown, "readable": hold.scope not in _WORDED}
    try:
        values = values_of(record_of(ground.state, ground.store, hold.record))
        told = told_of(values)
        covers = predicate_from(values.get("predicate")).as_json()
    except Exception:  # noqa: BLE001 - a hold is shown whatever has become of its record; it binds everything then
        return {**shown, "readable": False}
    return {**shown, **{one.name: getattr(told, one.name) for one in fields(told)}, "covers": covers}


def told_of(values: Mapping[str, Any]) -> Told:
    """Title, mandate and description as a record has them."""
    found = {name: values.get(name) for name in ("title", "mandate", "description")}
    return Told(**{name: value for name, value in found.items() if isinstance(value, str)})


def _recorded(
    ground: Ground,
    scope: HoldScope,
    subject: str,
    predicate: Predicate,
    told: Told,
    person: str,
    at: datetime,
    enter: Callable[[Books, ItemId], Hold],
    *,
    before: Row | None = None,
) -> Hold:
    """Write the record and enter the hold in one transaction."""
    entered: list[Hold] = []
    values = hold_values(scope, subject, told, predicate)
    lines = [f"Gallringsstopp för {_SCOPES[scope]}{' ' + subject if subject else ''}, satt av {person}."]
    lines += [f"Ändrar {before.item}."] if before else []
    lines += [text for text in (told.title, told.mandate, told.description, *covers_lines(predicate)) if text]
    write_own(
        ground,
        kind="decision",
        authority=before.authority if before else _authority(ground, scope, subject, predicate),
        text="\n".join(lines),
        payload={"hold": values},
        at=at,
        first=revision_first,
        act="hold.record",
        actor=person,
        about=before,
        also=lambda books, record: entered.append(enter(books, record)),
    )
    return entered[0]


def hold_values(scope: HoldScope, subject: str, told: Told, predicate: Predicate) -> dict[str, Any]:
    """What a hold's record says of it, under ``hold`` in its payload (``flows.keep.held.values_of``)."""
    return {
        "scope": scope,
        "subject": subject,
        "title": told.title,
        "mandate": told.mandate,
        "description": told.description,
        "predicate": predicate.as_json(),
    }


def covers_lines(predicate: Predicate) -> list[str]:
    """The predicate in Swedish, one line per field that is set."""
    words = {
        "accounts": "Konton",
        "authorities": "Arkivbildare",
        "authors": "Avsändare",
        "texts": "Text som innehåller",
        "kinds": "Slag",
        "items": "Handlingar",
    }
    lines = [
        f"{word}: {', '.join(getattr(predicate, name))}." for name, word in words.items() if getattr(predicate, name)
    ]
    if predicate.first or predicate.last:
        lines.append(f"Tid: {predicate.first or ''}–{predicate.last or ''}.")
    if predicate.dnr:
        lines.append(f"Ärende: {predicate.dnr}.")
    if predicate.all:
        lines.append("Omfattar allt.")
    return lines


def _read_subject(ground: Ground, scope: HoldScope, subject: str, narrowed: Predicate) -> tuple[str, Predicate]:
    """What stands as the hold's subject, and what it covers."""
    if scope in DIRECT:
        return subject, _direct(ground, scope, subject, narrowed)
    if scope in {"author", "search"}:
        return "", _worded(scope, subject, narrowed)
    if scope == "period":
        if narrowed.first or narrowed.last:
            raise RefusedError("--from", "", "a hold by period has its days in --period")
        named = subject.replace("..", "/")
        try:
            found = predicate_of_period(named)
        except UnreadablePredicateError:
            raise RefusedError("--period", subject, "write it like 2020-01-01..2020-12-31") from None
        return named, replace(narrowed, first=found.first, last=found.last)
    if scope == "matter":
        return diary_number(subject), replace(narrowed, dnr=subject)
    if not _REQUEST.fullmatch(subject):
        raise RefusedError("--request", subject, "give the request's number")
    return subject, replace(narrowed, everything=narrowed == NOTHING)


def _direct(ground: Ground, scope: HoldScope, subject: str, narrowed: Predicate) -> Predicate:
    if narrowed != NOTHING:
        raise RefusedError("scope", scope, "filters narrow a hold by author, period, search, matter or request alone")
    if scope == "account":
        return Predicate(accounts=(subject,))
    if scope == "authority":
        return Predicate(authorities=(subject,))
    item = item_id(subject)
    if scope == "item":
        existing(ground, [item])
    else:
        _thread_exists(ground, item)
    return Predicate(items=(item,))


def _worded(scope: HoldScope, subject: str, narrowed: Predicate) -> Predicate:
    if not subject.strip():
        raise RefusedError(f"--{scope}", subject, "write who, or what is looked for")
    if scope == "author":
        return replace(narrowed, authors=(subject.strip(), *narrowed.authors))
    if narrowed.texts:
        # Several texts widen; a second one beside --search would not narrow, as every other filter does.
        raise RefusedError("--texts", len(narrowed.texts), "a hold by search has its words in --search")
    return replace(narrowed, texts=(subject,))


def _thread_exists(ground: Ground, thread: ItemId) -> None:
    """A thread whose first item was culled still has what lies below it."""
    with ground.state.reading() as books:
        if books.tombstones.known([thread]):
            return
    existing(ground, [thread])


def _check_subject(books: Books, scope: HoldScope, subject: str) -> None:
    if scope == "item":
        refuse_culled(books, [ItemId(subject)])
    if scope == "account" and books.accounts.get(subject) is None:
        raise RefusedError("--account", subject, "name a registered account")
    if scope == "authority" and all(one.authority != subject for one in books.accounts.all()):
        raise RefusedError("--authority", subject, "name an authority that has a registered account")


def check_names(books: Books, narrowed: Predicate) -> None:
    """A mistyped name would narrow a hold to nothing, and nobody would see it. Raises RefusedError."""
    accounts = books.accounts.all()
    _refuse_unknown("--accounts", narrowed.accounts, {one.name for one in accounts} | {"bevara"})
    _refuse_unknown("--authorities", narrowed.authorities, {one.authority for one in accounts})
    _refuse_unknown("--kinds", narrowed.kinds, set(KINDS))
    if narrowed.first and narrowed.last and narrowed.last < narrowed.first:
        raise RefusedError("--to", narrowed.last.isoformat(), "the last day is not before the first")


def _refuse_unknown(field: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise RefusedError(field, name, f"known here: {', '.join(sorted(known))}")


def check_words(told: Told, predicate: Predicate) -> None:
    """Refuse what could not be read back. Raises RefusedError."""
    for one in fields(told):
        text = getattr(told, one.name)
        if len(text) > _WORDS:
            raise RefusedError(f"--{one.name}", len(text), f"write at most {_WORDS} characters")
    # What is written is read back first: a record that cannot be read binds everything.
    try:
        predicate_from(predicate.as_json())
    except UnreadablePredicateError:
        raise RefusedError("hold", "…", "write each word or text in 1 to 1,000 characters") from None


def _authority(ground: Ground, scope: HoldScope, subject: str, predicate: Predicate) -> str:
    """Whose archive the record belongs to: that of what the hold names, else of the first registered account."""
    if scope in {"item", "thread"}:
        return next(iter(_homes(ground, ItemId(subject))), None) or first_authority(ground)
    with ground.state.reading() as books:
        accounts = [books.accounts.get(name) for name in predicate.accounts]
    named = [one.authority for one in accounts if one is not None]
    return next(iter([*predicate.authorities, *named]), None) or first_authority(ground)


def _homes(ground: Ground, item: ItemId) -> list[str]:
    try:
        return list(existing(ground, [item]).values())
    except RefusedError:
        return []


def first_authority(ground: Ground) -> str:
    """The authority of the first registered account. Raises GuardError (G-ACCOUNT): there is none."""
    with ground.state.reading() as books:
        names = [one.authority for one in books.accounts.all()] or [one for one, _, _ in books.manifest.partitions()]
    if not names:
        raise GuardError("G-ACCOUNT", "there is no authority yet to keep the record for", "register an account first")
    return names[0]


def hold_receipt(books: Books, act: str, hold: Hold, person: str, at: datetime) -> None:
    """A receipt about a hold: its number, scope and record; never its words."""
    evidence: dict[str, Scalar] = {"hold": hold.number, "scope": hold.scope}
    if hold.record is not None:
        evidence["record"] = hold.record
    subjects = tuple(one for one in (hold.subject or hold.record,) if one)
    books.ledger.append(Receipt(act=act, at=at, actor=person, subjects=subjects, evidence=evidence))
