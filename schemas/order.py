"""A culling from the frozen list to what remains after it: proposal, signatures, operation, tombstones.

One culling is named by the digest of its frozen list all the way: the list is proposed, signed, approved, executed
and certified under that name, which is also called the order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from schemas.ids import ItemId, rfc3339

Standing = Literal["draft", "signed", "approved", "quarantined", "open", "done", "withdrawn"]
"""``draft``: unsigned list. ``signed``: proposed by a person. ``approved``: by another. ``quarantined``: executed, but
nothing has been destroyed yet and the order can be withdrawn. ``open``: destruction has begun and must be finished.
``done``: certified. ``withdrawn``: will never be executed."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)

SigningAct = Literal["propose", "approve"]

Guard = Literal["G-SHARE", "G-REMAIN"]
"""Guards that an approval can pass by naming them. ``G-SHARE``: more than the allowed share of an account's items
would go. ``G-REMAIN``: nothing would remain of a type of record."""
GUARDS: tuple[Guard, ...] = get_args(Guard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A frozen list and where it stands.

    Attributes:
        digest: SHA-256 of the list's canonical text; the order's name.
        as_of: civil day of the judgement. made: when the list was frozen, UTC.
        edition, plan_digest: the plan it was judged under; None without a plan.
        revision: of holds, marks and plan when it was judged.
        accounts, types, authorities: what it was limited to (empty = everything); ``types`` are ids of plan rules.
        cull, keep, ask: counts of outcomes. guards: guards that would stop it unless an approval names them.
        record: the archive item that holds the signed proposal, or None.
    """

    digest: str
    as_of: date
    made: datetime
    edition: str | None
    plan_digest: str | None
    revision: int
    accounts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    cull: int
    keep: int
    ask: int
    guards: tuple[Guard, ...] = ()
    standing: Standing = "draft"
    record: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A person's signature over a statement about an order.

    Attributes:
        order: digest of the list. act: what was signed.
        person, role: who, as registered when it was signed. key: the public key, 64 hexadecimal digits.
        at: when, UTC. expires: until when an approval may be executed; None for a proposal.
        accepted: guards that the approval passes.
        statement: the text that was signed (``statement``), UTF-8. signature: Ed25519, 128 hexadecimal digits.
    """

    order: str
    act: SigningAct
    person: str
    role: str
    key: str
    at: datetime
    expires: datetime | None = None
    accepted: tuple[Guard, ...] = ()
    statement: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The execution of an order.

    Attributes:
        begun: when it was first executed, UTC. until: end of the quarantine, or None without one.
        finished: when it was certified, or None.
        culled, kept: listed items that were destroyed, and that a check kept.
        certificate: the archive item that holds the certificate, or None.
    """

    order: str
    begun: datetime
    until: datetime | None = None
    finished: datetime | None = None
    culled: int = 0
    kept: int = 0
    certificate: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What remains of a culled item: no content, no personal data (OSL 4:1 second paragraph).

    Attributes:
        item, parent, thread: opaque ids. kind: what it was. rule, edition: the plan row and edition it went under.
        order: the order. culled: when, UTC. salt: 32 random bytes of its leaf in the certificate's tree.
    """

    item: ItemId
    parent: ItemId | None
    thread: ItemId
    kind: str
    rule: str
    edition: str
    order: str
    culled: datetime
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Something that waits to be sent or registered: ``kind`` (``register``), the item it is about, since when."""

    number: int
    kind: str
    subject: str
    made: datetime
    done: datetime | None = None


def statement(
    act: SigningAct,
    order: Order,
    *,
    person: str,
    role: str,
    at: datetime,
    expires: datetime | None = None,
    accepted: tuple[Guard, ...] = (),
    guards: tuple[Guard, ...] = (),
) -> str:
    """The text that a person signs: one line of canonical JSON (keys sorted, no spaces, UTF-8).

    ``guards``: those that the judgement at signing found to stop the order; ``accepted``: those that are passed.
    """
    values: Mapping[str, object] = {
        "accepted": sorted(accepted),
        "act": f"cull.{act}",
        "as_of": order.as_of.isoformat(),
        "at": rfc3339(at),
        "cull": order.cull,
        "edition": order.edition,
        "expires": None if expires is None else rfc3339(expires),
        "guards": sorted(guards),
        "list": order.digest,
        "person": person,
        "plan": order.plan_digest,
        "role": role,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stated_guards(signature: Signature) -> tuple[Guard, ...]:
    """The guards that the signed statement names; a statement that cannot be read names all of them."""
    try:
        named = json.loads(signature.statement)["guards"]
    except (ValueError, KeyError, TypeError):
        return GUARDS
    return tuple(guard for guard in GUARDS if guard in named)
