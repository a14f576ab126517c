"""Approve a signed proposal as another person, judge an order anew, or withdraw it. Nothing here destroys anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pyarrow as pa

from flows.cull.act import known_order, scope_of, signing, stale
from flows.cull.checks import CHECKS, Stage
from flows.cull.decide import guards
from flows.cull.judging import Judging
from flows.cull.listing import Stamp, freeze, read_list
from flows.cull.mandate import Hand, genuine, sign, unlock
from flows.keep.links import told_of
from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.ground import Ground, Home
from schemas.order import Guard, Order, Signature
from schemas.receipt import Receipt
from schemas.refusal import GuardError

LEASE = "cull"
"""One culling at a time, in the whole home; nothing is withdrawn beside one."""


def unchanged_since_approval(books: Books, order: Order) -> bool:
    """Whether nothing that a judgement rests on was written since the approval judged everything.

    What culling, upkeep and exports write changes no judgement; anything else makes it be made anew.
    """
    approvals = [body for _, body in told_of(books, order.digest) if body["act"] == "cull.approved"]
    if not approvals:
        return False
    evidence = approvals[-1]["evidence"]
    if books.revision() != evidence.get("judged_revision"):
        return False
    at, head = int(evidence["judged_head"]), books.ledger.head()[0]
    if head - at > _LOOKED_THROUGH:
        return False
    later = books.ledger.after(at, _LOOKED_THROUGH)
    return all(is_neutral(json.loads(link.body)["act"]) for link in later)


def is_neutral(act: str) -> bool:
    """Whether an act changes nothing that a judgement rests on: upkeep, exports, and the signing of orders."""
    return act in _WRITTEN_OUT or (act.partition(".")[0] in _NEUTRAL and act not in _CHANGING)


_NEUTRAL = frozenset({"cull", "keep", "ledger", "second"})
_WRITTEN_OUT = frozenset({"archive.document"})
"""Renderings of rows that are there already; they come in great numbers beside a culling."""
_CHANGING = frozenset({"cull.swapped"})
_LOOKED_THROUGH = 10_000
"""Links; with more than these everything is judged anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approval: the order, the signature, and guards that will stop it all the same."""

    order: Order
    signature: Signature
    stopped_by: tuple[Guard, ...]


def approve(home: Home, digest: str, hand: Hand, *, accept: tuple[Guard, ...] = ()) -> Approved:
    """Approve a signed proposal as another person; the whole judgement is made anew first.

    Raises:
        GuardError: no signed proposal (G-UNSIGNED), the same person (G-SELF), no mandate (G-MANDATE), stale
            (G-STALE, also when a check keeps an item by now), a signature that is not genuine (G-SIGNATURE), an altered
            list (G-LIST), a wrong key.
    """
    ground = home.ground
    at = ground.clock.now()
    order = known_order(ground, digest)
    with ground.state.reading() as books:
        person = mandated(books, hand.person, "approve", at)
        signatures = books.orders.signatures(order.digest)
    if order.standing not in ("signed", "approved"):
        begun = order.standing in ("quarantined", "open", "done")
        raise GuardError(
            "G-UNSIGNED",
            f"the order is not a signed proposal ({order.standing})",
            "it needs no approval any longer"
            if begun
            else "sign it with 'bevara cull propose --as PERSON --draft DIGEST'",
        )
    proposed = [one for one in signatures if one.act == "propose"]
    if any(one.person == person.name for one in proposed):
        raise GuardError(
            "G-SELF", "the same person may not propose and approve", "let another person with the mandate approve"
        )
    signer = unlock(home, hand)
    if any(one.key == signer.public for one in proposed):
        raise GuardError("G-SELF", "the key is the one that signed the proposal", "let another person approve")
    checked = check_order(home, order, proposed, stage="approval", approver=person.name)
    expires = at + timedelta(days=home.limits.approval_days)
    signature = sign(signer, "approve", order, person, at, expires=expires, accepted=accept, guards=checked.guards)
    with ground.state.writing() as books:
        now = books.orders.get(order.digest)
        if now is None or now.standing not in ("signed", "approved") or now.made != order.made:
            raise stale()
        books.orders.sign(signature)
        books.orders.stand(order.digest, "approved")
        judged = {"judged_revision": checked.judging.base.revision, "judged_head": checked.judging.head}
        books.ledger.append(signing("cull.approved", order, signature, judged))
    left = tuple(guard for guard in checked.guards if guard not in accept)
    return Approved(order=replace(order, standing="approved"), signature=signature, stopped_by=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An order judged anew: the judgement, the items to be culled, and the guards that stop it."""

    judging: Judging
    listed: pa.Table
    guards: tuple[Guard, ...]


def check_order(
    home: Home, order: Order, signatures: Sequence[Signature], *, stage: Stage, approver: str = ""
) -> Checked:
    """Judge everything anew, compare with the frozen list, and run every check on every listed item.

    Raises:
        GuardError: G-SIGNATURE, G-LIST, G-STALE.
    """
    ground = home.ground
    check_signatures(home, order, signatures, approved=stage == "execution")
    listed, due = _read(ground, order)
    judging = Judging(ground, order.as_of, since=order.made)
    if judging.base.digest != order.plan_digest:
        raise stale()
    begun = ground.clock.now() if stage == "execution" else None
    stamp = Stamp(stage=stage, signatures=signatures, approver=approver, begun=begun)
    # An item that a check keeps at this stage is not in the list made anew: the two differ.
    frozen = freeze(judging, scope_of(order), stamp=stamp)
    if frozen.due != due:
        failed = sorted(code for code in frozen.totals.reasons.get("except", {}) if code in CHECKS)
        raise stale(failed)
    return Checked(judging=judging, listed=listed, guards=guards(frozen.whole, home.limits))


def check_signatures(home: Home, order: Order, signatures: Sequence[Signature], *, approved: bool) -> None:
    """Refuse signatures that are missing or not genuine. Raises GuardError (G-SIGNATURE)."""
    with home.ground.state.reading() as books:
        sound = genuine(books, home.keyring, order, signatures)
    needed = {"propose", "approve"} if approved else {"propose"}
    sound = sound and {one.act for one in signatures} == needed
    if not sound:
        raise GuardError(
            "G-SIGNATURE",
            "a signature is missing or not genuine, or its key does not belong to the person",
            "make a new proposal; tell the archive authority if nobody knows why",
        )


def frozen_list(ground: Ground, order: Order) -> pa.Table:
    """The items to be culled of an order's list, proven against its digest. Raises GuardError (G-LIST)."""
    return _read(ground, order)[0]


def _read(ground: Ground, order: Order) -> tuple[pa.Table, str]:
    header = (order.as_of, order.edition, order.plan_digest, scope_of(order))
    return read_list(ground.store, order.digest, header)


def withdraw(home: Home, digest: str, person: str) -> Order:
    """Withdraw an order that has destroyed nothing yet. Raises GuardError (G-STANDING, G-MANDATE)."""
    ground = home.ground
    at = ground.clock.now()
    order = known_order(ground, digest)
    with ground.state.hold_lease(LEASE), ground.state.writing() as books:
        mandated(books, person, "propose", at)
        now = books.orders.get(order.digest)
        if now is None or now.standing in ("open", "done"):
            raise GuardError(
                "G-STANDING",
                "destruction has begun or is done; it cannot be withdrawn",
                "finish it: 'bevara cull execute'",
            )
        books.orders.stand(order.digest, "withdrawn")
        books.ledger.append(Receipt(act="cull.withdrawn", at=at, actor=person, subjects=(order.digest,)))
    return replace(order, standing="withdrawn")
