"""What a delivery holds: every film described, METS and MODS written, and where the files' bytes come from.

The same intent gives the same bytes: times come from it, ids are made of it, rows observed later are left out. KB's form
has no random bytes of its own, so each package's METS carries 32 bytes that are made of the home's key: a delivery's
digest may be kept without telling of its content.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, Final

from flows.deposit.describe import describe
from flows.deposit.guards import is_secret
from flows.deposit.pack.failed import NotBuiltError
from flows.deposit.pack.told import accepted_in
from flows.deposit.settled import settings_digest
from schemas.books import Books
from schemas.deposit import DeliveryIntent, Film, Member, Resource
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.refusal import RefusedError
from schemas.shelf import medium
from schemas.xml.fgs_publ import Head, write_sip

DELIVERABLE: Final = frozenset({"decided", "rejected"})
"""Standings from which a film goes into a delivery."""
LATER: Final = frozenset({"SUPPLEMENT", "REPLACEMENT", "VERSION"})
"""RECORDSTATUS of what is delivered once more: KB has taken the film in before."""
SIP: Final = "sip.xml"
"""Name of a package's METS (FGS-PUBL)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the container.

    Attributes:
        path: from the top of the tar. size: bytes. sha256: hexadecimal. open: opens the bytes anew.
    """

    path: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a delivery holds.

    Attributes:
        films: as they stood when they were described, in the delivery's order. members: theirs, by film.
        resources: one per film. files: of the container, in its order.
        items: archive items whose content is in it: culling finds the built file by them.
        findings: what a person should know; nothing of it stops the delivery.
    """

    films: tuple[Film, ...]
    members: tuple[tuple[Member, ...], ...]
    resources: tuple[Resource, ...]
    files: tuple[File, ...]
    items: tuple[ItemId, ...]
    findings: tuple[Finding, ...] = ()


def collect(home: Home, intent: DeliveryIntent, *, again: bool = False) -> Content:
    """Describe every film of the delivery and write its METS; the films' bytes stay in the store.

    Args:
        again: it was built before: its films stand in it.

    Raises:
        NotBuiltError: a film cannot be described (L160), the settings have changed since it was planned (L165), a film is
            no longer to be delivered (L166), or is marked with secrecy (L189).
    """
    if settings_digest(home.deposit, home.organisation) != intent.settings:
        raise NotBuiltError("L165")
    films, members = _films(home.ground, intent, again=again)
    found: list[Finding] = []
    wrong: list[Film] = []
    resources: list[Resource] = []
    for film in films:
        described = _described(home, film, intent)
        found.extend(described[1])
        if described[0] is None:
            wrong.append(film)
        else:
            resources.append(described[0])
    if wrong:
        raise NotBuiltError("L160", more=tuple(found), ends=True, films=_numbers(wrong))
    files = [
        file for film, resource in zip(films, resources, strict=True) for file in _package(home, intent, film, resource)
    ]
    return Content(
        films=tuple(films),
        members=tuple(members),
        resources=tuple(resources),
        files=tuple(files),
        items=_items(films, members),
        findings=tuple(found),
    )


def deliverable(film: Film, intent: DeliveryIntent) -> bool:
    """Whether a film may go into that delivery as it stands now."""
    if film.way != "fgs-publ" or film.authority != intent.authority:
        return False
    again = intent.status in LATER and film.standing in {"accepted", "seen"}
    return film.standing in DELIVERABLE or again


def members_of(books: Books, film: str) -> tuple[Member, ...]:
    """The film's members, in the order of their ids."""
    return tuple(sorted(books.films.members(film), key=lambda one: one.id))


def _films(ground: Ground, intent: DeliveryIntent, *, again: bool) -> tuple[list[Film], list[tuple[Member, ...]]]:
    with ground.state.reading() as books:
        films = [books.films.get(one) for one in intent.films]
        here = [one for one in films if one is not None]
        members = [members_of(books, one.id) for one in here]
        secret = [one for one in here if is_secret(books, one.id)]
    if secret:
        raise NotBuiltError("L189", films=_numbers(secret), ends=not again)
    moved = [one for one in here if not (one.delivery == intent.id if again else deliverable(one, intent))]
    if moved or len(here) != len(films):
        raise NotBuiltError("L166", films=_numbers(moved) or "–", ends=not again)
    return here, members


def _described(home: Home, film: Film, intent: DeliveryIntent) -> tuple[Resource | None, Sequence[Finding]]:
    """The film's record for this delivery, or None with the findings that say why there is none."""
    try:
        done = describe(home, film, made=intent.made, through=intent.through, delivery=intent.id, status=intent.status)
    except MissingError:
        raise NotBuiltError("L161", film=film.number, reason="MissingError") from None
    if done.resource is None or any(one.severity == "error" for one in done.findings):
        return None, done.findings
    if intent.status != "SUPPLEMENT":
        return done.resource, done.findings
    before = _before(home, film, intent)
    parts = tuple(one for one in done.resource.parts if one.role == "supplement" and one.digest not in before)
    if not parts:
        nothing = Finding(code="L178", severity="error", subject=film.id, parameters=(("film", film.number),))
        return None, (*done.findings, nothing)
    return replace(done.resource, parts=parts), done.findings


def _before(home: Home, film: Film, intent: DeliveryIntent) -> frozenset[str]:
    """Digests of the files that KB has accepted of the film in earlier deliveries."""
    with home.ground.state.reading() as books:
        earlier = [books.deliveries.get(one) for one in accepted_in(books, film.id)]
    digests: set[str] = set()
    for one in earlier:
        if one is None or one.intent.number >= intent.number:
            continue
        was = one.intent
        done = describe(home, film, made=was.made, through=was.through, delivery=was.id, status=was.status)
        digests.update(part.digest for part in (done.resource.parts if done.resource is not None else ()))
    return frozenset(digests)


def _package(home: Home, intent: DeliveryIntent, film: Film, resource: Resource) -> Iterator[File]:
    try:
        sip = write_sip(_head(home, intent, resource), resource, intent.made, _salt(home, intent, film))
    except RefusedError as refused:  # its value is content: the field's name alone is told
        raise NotBuiltError("L187", film=film.number, field=refused.field, ends=True) from None
    yield File(
        path=f"{resource.id}/{SIP}",
        size=len(sip),
        sha256=hashlib.sha256(sip).hexdigest(),
        open=partial(io.BytesIO, sip),
    )
    for part in resource.parts:
        yield File(
            path=f"{resource.id}/{part.name}",
            size=part.size,
            sha256=part.digest,
            open=partial(home.ground.store.open, medium(part.digest)),
        )


def _head(home: Home, intent: DeliveryIntent, resource: Resource) -> Head:
    settings = home.deposit
    return Head(
        archivist=home.organisation.authority(intent.authority),
        archivist_uri=resource.publisher_uri,
        creator=resource.publisher,
        creator_uri=resource.publisher_uri,
        system=settings.system,
        software=intent.software,
        delivery_type="DEPOSIT",
        specification=settings.specification,
        agreement=settings.agreement,
    )


def _salt(home: Home, intent: DeliveryIntent, film: Film) -> str:
    """64 hexadecimal digits that nobody without the home's key can make, the same in every rebuild."""
    said = f"deposit\x1f{intent.id}\x1f{film.id}".encode()
    return hmac.new(home.native_key(), said, hashlib.sha256).hexdigest()


def _items(films: Sequence[Film], members: Sequence[Sequence[Member]]) -> tuple[ItemId, ...]:
    """Items whose words or files are in it: where the film was published, and the decision with what a person told."""
    records = {one.record for one in films if one.record is not None}
    return tuple(sorted({one.item for some in members for one in some} | records))


def _numbers(films: Sequence[Film]) -> str:
    return ", ".join(str(one.number) for one in films)
