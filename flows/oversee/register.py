"""Registers kept by named persons: accounts, persons, marks and holds. Every change leaves a receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc

from flows.keep.read import read_file
from schemas.account import Account
from schemas.books import Books, Person
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.hold import HOLD_SCOPES, MARK_KINDS, Hold, HoldScope, Mark, MarkKind
from schemas.ids import ItemId, item_id, month_of
from schemas.receipt import Receipt
from schemas.refusal import RefusedError

ROLES = ("arkivredogörare", "arkivansvarig", "registrator", "kommunikatör", "handläggare")
_NAME_LENGTH = 100
# Free text is content and may not stand in the ledger: a number and a provision have a form, a sentence has not.
_DNR = re.compile(r"(?=.*[0-9])[\w./:-]{1,30}( [\w./:-]{1,30})?")
_PROVISION = re.compile(r"[A-ZÅÄÖ]{2,6} [0-9]{1,2}(:| kap\.? ?)[0-9]{1,3}( ?[a-z])?( ?§)?( [0-9] st\.?)?")


def add_account(ground: Ground, account: Account) -> None:
    """Enter or change an account in the register.

    Raises:
        RefusedError: the account exists with another platform or authority: its items lie under the old one.
    """
    with ground.state.writing() as books:
        before = books.accounts.get(account.name)
        if before is not None and (before.platform, before.authority) != (account.platform, account.authority):
            raise RefusedError(
                "name",
                account.name,
                f"an account of that name is on {before.platform} for {before.authority}; choose another name",
            )
        books.accounts.put(account)
        act = "account.add" if before is None else "account.change"
        evidence: dict[str, str | int | bool | None] = {"platform": account.platform, "authority": account.authority}
        books.ledger.append(
            Receipt(act=act, at=ground.clock.now(), actor="bevara", subjects=(account.name,), evidence=evidence)
        )


def add_person(ground: Ground, name: str, role: str) -> Person:
    """Register a person. Raises RefusedError for an unknown role or a name that is taken."""
    if not name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
        raise RefusedError("NAME", name, "write the person's name in at most 100 printable characters")
    if role not in ROLES:
        raise RefusedError("--role", role, f"the roles are {', '.join(ROLES)}")
    at = ground.clock.now()
    person = Person(name=name, role=role, added=at)
    with ground.state.writing() as books:
        books.persons.add(person)
        books.ledger.append(Receipt(act="person.add", at=at, actor=name, subjects=(name,), evidence={"role": role}))
    return person


def known_person(books: Books, name: str) -> Person:
    """The registered person. Raises RefusedError."""
    person = books.persons.get(name)
    if person is None:
        raise RefusedError("--as", name, "name a registered person; add one with 'bevara person add'")
    return person


def mark_items(
    ground: Ground,
    items: Sequence[str],
    kind: str,
    person: str,
    *,
    on: date | None = None,
    dnr: str = "",
    provision: str = "",
    remove: bool = False,
) -> int:
    """Set or take away a mark on items; returns on how many.

    Raises:
        RefusedError: an unknown kind, person or item, or a mark that lacks what it must say. Then nothing is marked.
    """
    if kind not in MARK_KINDS:
        raise RefusedError("KIND", kind, f"the kinds of marks are {', '.join(MARK_KINDS)}")
    if kind in ("i-arende", "registrerad") and not dnr and not remove:
        raise RefusedError("--dnr", dnr, f"a mark {kind} needs the diary number")
    if kind == "sekretess" and not provision and not remove:
        raise RefusedError("--provision", provision, "name the provision, for example 'OSL 21:1' (OSL 5:5)")
    if dnr and not _DNR.fullmatch(dnr):
        raise RefusedError("--dnr", dnr, "write a diary number such as 'KS 2026/123'; words belong in the diary itself")
    if provision and not _PROVISION.fullmatch(provision):
        raise RefusedError("--provision", provision, "write the provision alone, for example 'OSL 21:1'")
    known = mark_kind(kind)
    at = ground.clock.now()
    names = tuple(dict.fromkeys(item_id(text) for text in items))
    done = 0
    _must_exist(ground, names)
    with ground.state.writing() as books:
        known_person(books, person)
        for item in names:
            if remove:
                done += books.marks.remove(item, known)
            else:
                day = on or (local_day(at) if kind == "inaktuell" else None)
                books.marks.add(Mark(item=item, kind=known, person=person, at=at, on=day, dnr=dnr, provision=provision))
                done += 1
        evidence: dict[str, Any] = {
            "kind": kind,
            "on": on.isoformat() if on else None,
            "dnr": dnr or None,
            "provision": provision or None,
            "marked": done,
        }
        books.ledger.append(
            Receipt(act="mark.remove" if remove else "mark.add", at=at, actor=person, subjects=names, evidence=evidence)
        )
    return done


def mark_kind(text: str) -> MarkKind:
    """The kind of mark of that name."""
    return next(kind for kind in MARK_KINDS if kind == text)


def _must_exist(ground: Ground, items: Sequence[ItemId]) -> None:
    """Refuse an item that is not in the archive: a mistyped id would mark nothing, and nobody would see it."""
    with ground.state.reading() as books:
        files = {item: books.manifest.live(None, month_of(item)) for item in items}
    for item, live in files.items():
        if not any(pc.any(pc.equal(read_file(ground.store, one.key, ["item"])["item"], item)).as_py() for one in live):
            raise RefusedError("ITEM", item, "name an item that is in the archive; look it up with 'bevara search'")


def set_hold(ground: Ground, scope: str, subject: str, person: str) -> Hold:
    """Set a hold (*gallringsstopp*). Raises RefusedError for an unknown scope, subject or person."""
    if scope not in HOLD_SCOPES:
        raise RefusedError("scope", scope, f"the scopes are {', '.join(HOLD_SCOPES)}")
    known: HoldScope = next(one for one in HOLD_SCOPES if one == scope)
    at = ground.clock.now()
    if scope in ("item", "thread"):
        _must_exist(ground, [item_id(subject)])
    with ground.state.writing() as books:
        known_person(books, person)
        if scope == "account" and books.accounts.get(subject) is None:
            raise RefusedError("--account", subject, "name a registered account")
        if scope == "authority" and all(one.authority != subject for one in books.accounts.all()):
            raise RefusedError("--authority", subject, "name an authority that has a registered account")
        hold = books.holds.set(known, subject, person, at)
        evidence: dict[str, Any] = {"hold": hold.number, "scope": scope}
        books.ledger.append(Receipt(act="hold.set", at=at, actor=person, subjects=(subject,), evidence=evidence))
    return hold


def lift_hold(ground: Ground, number: int, person: str) -> Hold:
    """Lift a hold. A lifted hold needs a new proposal before anything is culled."""
    at: datetime = ground.clock.now()
    with ground.state.writing() as books:
        known_person(books, person)
        hold = books.holds.lift(number, person, at)
        evidence: dict[str, Any] = {"hold": hold.number, "scope": hold.scope}
        books.ledger.append(Receipt(act="hold.lift", at=at, actor=person, subjects=(hold.subject,), evidence=evidence))
    return hold
