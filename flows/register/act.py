"""What a registrar decides: to register a record, or to decline it. Words go into a record of ours, never further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flows.keep.found import existing, refuse_culled
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from flows.register.decide import Facts, candidate
from flows.register.facts import DECLINED, ERRAND, RECORDED, TOLD, gather
from flows.register.guards import (
    refuse_declining,
    refuse_other_provision,
    refuse_sent,
    refuse_showing,
    takes_secrecy,
)
from flows.register.said import KEY
from schemas.books import Books
from schemas.codes.words import records
from schemas.diary import diary_number
from schemas.diary import provision as checked_provision
from schemas.ground import Ground, Home
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError
from schemas.registration import Registration, RegistrySettings
from schemas.text import one_line

WORDS: Final = 4000
"""Characters of a reason."""
SUBJECT: Final = 300
"""Characters of a subject: it is one line of the register (OSL 5:2 point 4)."""
_SUBJECTS = 1000
"""Items that one receipt names."""
_DECISIVE: Final[tuple[MarkKind, ...]] = ("sekretess", "registrerad", "ringa")
"""Marks that say whether a record is registered, and which way it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a registrar says about what is sent.

    Attributes:
        subject: briefly what it is about, or empty: then its kind and account say it.
        provision: it is secret under this provision (``OSL 21:1``), or empty: then its mark says so.
        matter: diary number of the matter that it belongs to, or empty: then its mark, or the year's collected matter.
    """

    subject: str = ""
    provision: str = ""
    matter: str = ""


NOTHING: Final = Telling()


def parcel_name(item: ItemId, version: int) -> str:
    """The stable name of what is sent of a version of a record."""
    return f"bevara-{item}-v{version}"


def decide_to_register(
    home: Home, items: Sequence[str], person: str, registry: str, telling: Telling = NOTHING
) -> tuple[ItemId, ...]:
    """Decide that records are to be registered; nothing is sent yet. Returns those that are to be sent now.

    A record that was decided already for the same registry and has not been sent stays as it was, unless something new
    is told. One record of ours per authority (what is secret apart) holds the decision's words; what is told in the ledger are ids and codes.

    Raises:
        RefusedError: an unknown person, item or registry, or a value that cannot be used. GuardError: no mandate
        (G-MANDATE), a registry that cannot take secrecy (G-SECRET), a record that is registered already or on its way
        elsewhere (G-REGISTERED). Then nothing is decided.
    """
    ground = home.ground
    at = ground.clock.now()
    names = tuple(dict.fromkeys(item_id(text) for text in items))
    settings = _registry(home, registry)
    told = _checked(telling)
    with ground.state.reading() as books:
        mandated(books, person, "diary", at)
    existing(ground, names)
    facts = _facts(ground, names)
    fresh = [one for one in facts if told != NOTHING or not _decided(one, registry)]
    for one in fresh:
        refuse_sent(home, one, secret=one.secret or bool(told.provision))
        refuse_other_provision(one, told.provision)
        if (one.secret or told.provision) and not takes_secrecy(home, settings):
            raise GuardError(
                "G-SECRET",
                f"the registry {registry} has no folder for what is secret",
                "set secret_path or secret_folder in bevara.toml, or choose another registry",
            )
        refuse_showing(ground, one, told.provision)
    for (authority, _), some in _apart(fresh).items():
        _decide(ground, authority, some, person, registry, told, at)
    return names


def decline(home: Home, items: Sequence[str], person: str, reason: str) -> tuple[ItemId, ...]:
    """Decide that records are not registered: they are kept in order instead, or are of minor importance (OSL 5:1).

    Secret records may only be declined when they are marked *ringa*: they must not merely be kept in order.

    Raises:
        RefusedError: an unknown person or item, no reason. GuardError: no mandate (G-MANDATE), a record that has been
        sent or is registered (G-REGISTERED), a secret record that is not of minor importance (G-SECRET).
    """
    ground = home.ground
    at = ground.clock.now()
    names = tuple(dict.fromkeys(item_id(text) for text in items))
    words = reason.strip()
    if not words or len(words) > WORDS:
        raise RefusedError("--reason", reason, f"write why, in at most {WORDS} characters; it is kept in the archive")
    with ground.state.reading() as books:
        mandated(books, person, "diary", at)
    existing(ground, names)
    # What stands as declined, with nothing new about it, is not declined once more.
    facts = [one for one in _facts(ground, names) if not _stands_declined(one)]
    for one in facts:
        refuse_declining(one)
    for (authority, _), some in _apart(facts).items():
        _decline(ground, authority, some, person, words, at)
    return names


def ask_again(home: Home, items: Sequence[str], person: str) -> tuple[ItemId, ...]:
    """A registrar says that the registry has lost what it was sent; who said so is told in the ledger.

    Raises:
        RefusedError: an unknown person, or a record that was not sent. GuardError: no mandate (G-MANDATE).
    """
    at = home.ground.clock.now()
    names = tuple(dict.fromkeys(item_id(text) for text in items))
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "diary", at)
        for item in names:
            way = books.registrations.get(item)
            if way is None or way.standing != "sent":
                raise RefusedError("ITEM", item, "name records that were sent; 'bevara register status' lists them")
        _tell(books, "register.again", names, person, at, {"asked": len(names)})
    return names


def _registry(home: Home, name: str) -> RegistrySettings:
    found = home.registries.get(name)
    if found is None:
        known = ", ".join(home.registries) or "none"
        raise RefusedError("--registry", name, f"name a [[registry]] of bevara.toml; known: {known}")
    return found


def _checked(telling: Telling) -> Telling:
    subject = one_line(telling.subject)
    if len(subject) > SUBJECT:
        raise RefusedError("--subject", subject, f"write one line of at most {SUBJECT} characters")
    if telling.subject and not subject:
        raise RefusedError("--subject", telling.subject, "write a few words, or leave it out")
    if telling.provision:
        checked_provision(telling.provision, "--secret")
    if telling.matter:
        diary_number(telling.matter, "--matter")
    return replace(telling, subject=subject)


def _facts(ground: Ground, names: Sequence[ItemId]) -> list[Facts]:
    wanted = frozenset(names)
    found = {one.item: one for one in gather(ground, names) if one.item in wanted}
    missing = [item for item in names if item not in found]
    if missing:
        raise RefusedError("ITEM", missing[0], "not in the archive; look items up with 'bevara search'")
    return [found[item] for item in names]


def _apart(facts: Sequence[Facts]) -> dict[tuple[str, bool], list[Facts]]:
    """By authority, and what is secret apart: a decision about secret records is marked as they are."""
    found: dict[tuple[str, bool], list[Facts]] = defaultdict(list)
    for one in facts:
        found[one.authority, one.secret].append(one)
    return dict(sorted(found.items()))


def _stands_declined(facts: Facts) -> bool:
    return facts.way is not None and facts.way.standing == "declined" and candidate(facts) is None


def _decided(facts: Facts, registry: str) -> bool:
    """It stands as decided for this registry: nothing to decide again."""
    way = facts.way
    return way is not None and way.standing in {"decided", "sending"} and way.registry == registry


def _decide(
    ground: Ground, authority: str, facts: Sequence[Facts], person: str, registry: str, told: Telling, at: datetime
) -> None:
    names = [one.item for one in facts]

    def also(books: Books, record: ItemId) -> None:
        mandated(books, person, "diary", at)
        _refuse_moved(books, facts)
        marked = [one.item for one in facts if told.provision and not one.secret]
        for item in marked:
            books.marks.add(_secrecy(item, authority, person, at, told.provision))
        _follow(books, record, authority, person, at, told.provision or _provision(facts))
        for one in facts:
            _drop_parcel(books, one)
            books.registrations.put(_registration(one, registry, person, record, at, secret=bool(told.provision)))
        secret = {"kind": "sekretess", "provision": told.provision, "marked": len(marked)}
        _tell(books, "mark.add", marked, person, at, secret)
        evidence = {"registry": registry, "record": record, "decided": len(names), "secret": bool(told.provision)}
        _tell(books, "register.decided", names, person, at, evidence)

    # What a secret record is about is not shown wherever the decision is.
    shown = "" if told.provision or any(one.secret for one in facts) else told.subject
    write_own(
        ground,
        kind="decision",
        authority=authority,
        text=f"Beslut att registrera {records(len(names))}. {shown}".strip(),
        payload={
            KEY: {
                "decision": "register",
                "registry": registry,
                "subject": told.subject,
                "provision": told.provision,
                "matter": told.matter,
                "items": [{"item": one.item, "version": one.version, "reasons": _codes(one)} for one in facts],
            }
        },
        at=at,
        act=RECORDED,
        actor=person,
        first=revision_first,
        also=also,
    )


def _registration(
    facts: Facts, registry: str, person: str, record: ItemId, at: datetime, *, secret: bool
) -> Registration:
    return Registration(
        item=facts.item,
        standing="decided",
        registry=registry,
        secret=secret or facts.secret,
        version=facts.version,
        message=parcel_name(facts.item, facts.version),
        # The version that was judged is the one that is sent, whichever machine's clock it was observed by.
        decided=max(at, facts.versioned),
        changed=at,
        person=person,
        record=record,
    )


def _decline(ground: Ground, authority: str, facts: Sequence[Facts], person: str, reason: str, at: datetime) -> None:
    names = [one.item for one in facts]

    def also(books: Books, record: ItemId) -> None:
        mandated(books, person, "diary", at)
        _refuse_moved(books, facts)
        _follow(books, record, authority, person, at, _provision(facts))
        for one in facts:
            _drop_parcel(books, one)
            books.registrations.put(_declined(one, person, record, at))
        close_errands(books, names, at)
        reasons: dict[tuple[str, ...], list[ItemId]] = defaultdict(list)
        for one in facts:
            reasons[tuple(_codes(one))].append(one.item)
        for codes, some in sorted(reasons.items()):
            _tell(books, DECLINED, some, person, at, {TOLD: ",".join(codes), "record": record})

    write_own(
        ground,
        kind="decision",
        authority=authority,
        text=f"Beslut att inte registrera {records(len(names))}. {reason}",
        payload={
            KEY: {
                "decision": "decline",
                "reason": reason,
                "items": [{"item": one.item, "version": one.version, "reasons": _codes(one)} for one in facts],
            }
        },
        at=at,
        act=RECORDED,
        actor=person,
        first=revision_first,
        also=also,
    )


def _secrecy(item: ItemId, authority: str, person: str, at: datetime, provision: str) -> Mark:
    return Mark(item=item, kind="sekretess", person=person, at=at, provision=provision, authority=authority)


def _provision(facts: Sequence[Facts]) -> str:
    """The provision of the first secret record among them, or empty."""
    return next((one.marks["sekretess"].provision for one in facts if one.secret), "")


def _follow(books: Books, record: ItemId, authority: str, person: str, at: datetime, provision: str) -> None:
    """What is said about a secret record is secret with it: the decision's own record is marked as that one is."""
    if provision:
        books.marks.add(_secrecy(record, authority, person, at, provision))
        _tell(books, "mark.add", [record], person, at, {"kind": "sekretess", "provision": provision, "marked": 1})


def _drop_parcel(books: Books, facts: Facts) -> None:
    """What was built under an earlier decision is not sent any more."""
    if facts.way is not None and facts.way.key:
        books.copies.retire([facts.way.key])


def _declined(facts: Facts, person: str, record: ItemId, at: datetime) -> Registration:
    """What has a number keeps it and its parcel's name: only the new version was declined."""
    new = _registration(facts, "", person, record, at, secret=facts.secret)
    if not facts.registered:
        return replace(new, standing="declined", message="")
    way = facts.way
    registry, message = ("", "") if way is None else (way.registry, way.message)
    return replace(new, standing="confirmed", registry=registry, message=message)


def close_errands(books: Books, items: Sequence[ItemId], at: datetime) -> None:
    """Close the outbox's errands about these records."""
    names = frozenset(items)
    for errand in books.outbox.waiting(ERRAND):
        if errand.subject in names:
            books.outbox.close(errand.number, at)


def _codes(facts: Facts) -> list[str]:
    found = candidate(facts)
    return sorted(found.codes) if found is not None else []


def _refuse_moved(books: Books, facts: Sequence[Facts]) -> None:
    """What was judged must still stand: the revision is locked now. Raises RefusedError."""
    names = [one.item for one in facts]
    refuse_culled(books, names)
    marks = {(one.item, one.kind): one for one in books.marks.of(names)}
    for one in facts:
        marked = any(marks.get((one.item, kind)) != one.marks.get(kind) for kind in _DECISIVE)
        if marked or books.registrations.get(one.item) != one.way:
            raise RefusedError("ITEM", one.item, "somebody else has decided about it meanwhile; look again")


def _tell(
    books: Books, act: str, items: Sequence[ItemId], person: str, at: datetime, evidence: Mapping[str, Any]
) -> None:
    for start in range(0, len(items), _SUBJECTS):
        subjects = tuple(items[start : start + _SUBJECTS])
        books.ledger.append(Receipt(act=act, at=at, actor=person, subjects=subjects, evidence=evidence))
