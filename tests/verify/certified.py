"""A true certificate with its ledger and keys, made with real Ed25519 keys; and what a forger would make of it.

``Case`` holds everything apart, so that a test can change one thing and have the rest follow it or not: a certificate
whose own ledger names it (``follow``) is refused only for what is wrong in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.merkle import leaf, root
from schemas.order import Guard, Order, Signature, SigningAct, statement
from schemas.protocol import Certificate, Count, Mandate, PlaceSeen, Signatory, TypeTotal
from schemas.receipt import GENESIS, Link, Receipt, Scalar, link
from schemas.segments import segment
from schemas.xml.protocol import write_certificate

BEGUN = datetime(2026, 1, 20, 8, 0, 0, 250, tzinfo=UTC)
ORDER = hashlib.sha256(b"the frozen list").hexdigest()
PROPOSER, APPROVER, OTHER = "Åsa Öberg", "Per ⟦af⟧ Ek", "Kim Ås"
ROLES = {PROPOSER: "arkivredogörare", APPROVER: "arkivansvarig", OTHER: "arkivansvarig"}
ITEMS = tuple(f"2024{month:02d}-aaaaaaaaaaaaaa{letter}{letter}" for month in range(1, 4) for letter in "bcdef")[:11]
CERTIFICATE_ITEM = "202601-zzzzzzzzzzzzzzzz"


@cache
def private(person: str) -> Ed25519PrivateKey:
    """The key of a person, the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(person.encode()).digest())


def public(person: str) -> str:
    """Its public half in hexadecimal."""
    return private(person).public_key().public_bytes_raw().hex()


def salt(item: str) -> bytes:
    """The salt of an item."""
    return hashlib.sha256(f"salt of {item}".encode()).digest()


def sign(
    act: SigningAct,
    person: str,
    role: str,
    at: datetime,
    *,
    order: Order,
    key: str = "",
    expires: datetime | None = None,
    accepted: tuple[Guard, ...] = (),
    guards: tuple[Guard, ...] = (),
) -> Signature:
    """A genuine signature; ``key`` names the person whose key is used."""
    said = statement(act, order, person=person, role=role, at=at, expires=expires, accepted=accepted, guards=guards)
    return Signature(
        order=order.digest,
        act=act,
        person=person,
        role=role,
        key=public(key or person),
        at=at,
        expires=expires,
        accepted=accepted,
        statement=said,
        signature=private(key or person).sign(said.encode()).hex(),
    )


def order_of(count: int = len(ITEMS) + 1) -> Order:
    """The order that the certificate is of."""
    return Order(
        digest=ORDER,
        as_of=date(2026, 1, 15),
        made=BEGUN - timedelta(days=4),
        edition="2026:1",
        plan_digest="d" * 64,
        revision=3,
        cull=count,
        keep=5,
        ask=1,
    )


def proposal(*, person: str = PROPOSER, role: str = "arkivredogörare", key: str = "") -> Signature:
    """The proposer's signature."""
    return sign("propose", person, role, BEGUN - timedelta(days=3), order=order_of(), key=key, guards=("G-SHARE",))


def approval(
    *,
    person: str = APPROVER,
    role: str = "arkivansvarig",
    key: str = "",
    at: datetime = BEGUN - timedelta(days=2),
    days: int = 30,
    accepted: tuple[Guard, ...] = ("G-SHARE", "G-REMAIN"),
    guards: tuple[Guard, ...] = ("G-SHARE",),
) -> Signature:
    """The approver's signature, which expires after ``days``."""
    return sign(
        "approve",
        person,
        role,
        at,
        order=order_of(),
        key=key,
        expires=at + timedelta(days=days),
        accepted=accepted,
        guards=guards,
    )


def certificate() -> Certificate:
    """The true certificate; its head of the ledger is filled in by ``Case``."""
    leaves = tuple(sorted(leaf(salt(item), item) for item in ITEMS))
    shared = {"first": date(2024, 1, 1), "last": date(2024, 3, 31), "due_first": None, "due_last": date(2026, 1, 1)}
    return Certificate(
        order=ORDER,
        as_of=date(2026, 1, 15),
        authorities=("kommunstyrelsen", "kulturnamnden"),
        accounts=("facebook-ks",),
        types=(),
        mandate=Mandate(
            title="Dokumenthanteringsplan för sociala medier",
            edition="2026:1",
            digest="d" * 64,
            body="Kommunstyrelsen",
            decided=date(2025, 12, 1),
            paragraph="§ 214",
            dnr="KS 2025/00123",
        ),
        begun=BEGUN,
        finished=BEGUN + timedelta(minutes=4),
        totals=(
            TypeTotal(
                authority="kommunstyrelsen",
                rule="kommentar-ringa",
                type="Kommentarer av ringa betydelse",
                klassa="1.4.2",
                legal="RA-FS 1997:6",
                trigger="publicering",
                period="2 år",
                items=8,
                **shared,  # type: ignore[arg-type]  # days
            ),
            TypeTotal(authority="kulturnamnden", rule="tips", type="Tips", items=3, **shared),  # type: ignore[arg-type]  # days
        ),
        culled=11,
        kept=1,
        exceptions=(Count(code="C10", text="Ett gallringsstopp gäller.", items=1),),
        rows=27,
        bytes=123_456_789,
        places=(PlaceSeen(place="folder:prov", removed=9, verified_absent=9),),
        method="Filerna skrevs om utan handlingarna.\nDe gamla filerna togs bort på varje plats.",
        proposal=proposal(),
        approval=approval(),
        checks=tuple(f"C{number:02d}" for number in range(1, 21)),
        verified=(("Inget av det gallrade finns kvar i någon fil.", True),),
        restore_protection=True,
        ledger_seq=0,
        ledger_hash="0" * 64,
        leaves=leaves,
        root=root(leaves),
        persons=(
            Signatory(
                person=PROPOSER,
                role="arkivredogörare",
                valid_from=date(2026, 1, 1),
                valid_to=date(2026, 12, 31),
                body="Kommunstyrelsen",
                decided=date(2026, 1, 1),
                paragraph="§ 1",
            ),
            Signatory(
                person=APPROVER, role="arkivansvarig", body="Kulturnämnden", decided=date(2025, 11, 3), paragraph="§ 7"
            ),
        ),
    )


def receipts(one: Certificate) -> list[Receipt]:
    """What the ledger says before the certificate is made."""
    proposed, approved = one.proposal, one.approval

    def said(act: str, actor: str, at: datetime, subjects: tuple[str, ...], **evidence: Scalar) -> Receipt:
        return Receipt(act=act, actor=actor, at=at, subjects=subjects, evidence=evidence)

    def signed(part: Signature) -> dict[str, Scalar]:
        return {"key": part.key, "statement_sha256": hashlib.sha256(part.statement.encode()).hexdigest()}

    early = BEGUN - timedelta(days=100)
    return [
        *(said("person.add", person, early, (person,), role=role) for person, role in ROLES.items()),
        *(said("person.key", person, early, (person,), key=public(person)) for person in ROLES),
        said("cull.proposed", "bevara", BEGUN - timedelta(days=4), (one.order,), cull=12, keep=5, ask=1),
        said("cull.signed", proposed.person, proposed.at, (one.order,), **signed(proposed)),
        said(
            "cull.approved",
            approved.person,
            approved.at,
            (one.order,),
            **signed(approved),
            expires=None if approved.expires is None else approved.expires.isoformat().replace("+00:00", "Z"),
        ),
        said("cull.begun", "bevara", one.begun, (one.order,), culling=True),
        said("cull.destroyed", "bevara", one.begun, (one.order, *ITEMS[:2]), rows=4),
    ]


def chained(told: list[Receipt]) -> list[Link]:
    """The receipts as the ledger's links."""
    links: list[Link] = []
    previous = GENESIS
    for seq, receipt in enumerate(told, start=1):
        own = link(previous, receipt.body())
        links.append(Link(seq=seq, body=receipt.body(), previous=previous, hash=own))
        previous = own
    return links


@dataclass(slots=True)
class Case:
    """Certificate, keys and ledger as files would hold them."""

    data: bytes
    told: list[Receipt]
    keys: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def links(self) -> list[Link]:
        """The ledger's links."""
        return chained(self.told)

    @property
    def ledger(self) -> bytes:
        """The exported segments, joined."""
        return segment(self.links)

    @property
    def written_keys(self) -> bytes:
        """The public keys, one per line."""
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.keys).encode()


def certified(told: list[Receipt], data: bytes, one: Certificate) -> Receipt:
    """The receipt that names the certificate."""
    return Receipt(
        act="cull.certified",
        actor="bevara",
        at=told[-1].at + timedelta(minutes=5),
        subjects=(one.order, CERTIFICATE_ITEM),
        evidence={
            "certificate_sha256": hashlib.sha256(data).hexdigest(),
            "root": one.root,
            "culled": one.culled,
            "kept": one.kept,
        },
    )


def follow(one: Certificate, told: list[Receipt] | None = None, data: bytes | None = None) -> Case:
    """The case whose ledger names this certificate, whatever is wrong in it."""
    told = receipts(one) if told is None else told
    head = chained(told)[-1]
    one = replace(one, ledger_seq=head.seq, ledger_hash=head.hash.hex())
    data = write_certificate(one) if data is None else data
    added = (BEGUN - timedelta(days=100)).isoformat()
    keys: list[dict[str, str | None]] = [
        {"person": person, "role": role, "key": public(person), "added": added, "ended": None}
        for person, role in ROLES.items()
    ]
    end = Receipt(act="ledger.export", actor="bevara", at=BEGUN + timedelta(days=1), subjects=("x",))
    return Case(data=data, told=[*told, certified(told, data, one), end], keys=keys)


def true_case() -> Case:
    """The true certificate with its ledger and keys."""
    return follow(certificate())
