"""Propose a culling and sign it. Nothing here destroys anything."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.decide import guard_counts, guards, reason_counts, type_totals
from flows.cull.judging import Judging
from flows.cull.listing import Frozen, Scope, freeze
from flows.cull.mandate import Hand, sign, unlock
from flows.cull.signatories import signatories
from flows.keep.derived import write_derived
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, write_own
from schemas.books import Books, Copy, Lease
from schemas.codes.words import records
from schemas.ground import Ground, Home
from schemas.ids import ItemId, rfc3339
from schemas.order import Order, Signature
from schemas.plan.model import Plan
from schemas.protocol import Draft, Mandate
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import proposal, proposal_document
from schemas.xml.protocol import write_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many items have each outcome; every item has exactly one."""

    cull: int = 0
    keep: int = 0
    ask: int = 0

    def plus(self, table: pa.Table) -> Counts:
        """With the outcomes of one more table of decisions."""
        found = {
            one["values"]: one["counts"] for one in pc.value_counts(table["outcome"].cast(pa.string())).to_pylist()
        }
        return Counts(
            cull=self.cull + found.get("cull", 0),
            keep=self.keep + found.get("keep", 0),
            ask=self.ask + found.get("ask", 0),
        )

    def as_json(self) -> dict[str, int]:
        """The ``counts`` of ``cull propose --json``."""
        return {"cull": self.cull, "keep": self.keep, "ask": self.ask}


_NOTHING: Mapping[str, Scalar] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A frozen list as it stands, with the draft protocol of it."""

    order: Order
    draft: Draft
    signature: Signature | None

    @property
    def digest(self) -> str:
        """The list's digest, the order's name."""
        return self.order.digest

    @property
    def counts(self) -> Counts:
        """Counts of outcomes."""
        return Counts(cull=self.order.cull, keep=self.order.keep, ask=self.order.ask)


def propose(home: Home, as_of: date, scope: Scope, *, hand: Hand | None = None, draft: str | None = None) -> Proposal:
    """Judge every item, freeze the list of what is due and what is asked, and sign it if a person does.

    Args:
        scope: what the list is limited to. hand: who signs; None = an unsigned draft.
        draft: digest of the draft to sign; refused when the list is another one by now.

    Raises:
        GuardError: the draft is stale (G-STALE), the person has no mandate (G-MANDATE), nothing is due (G-NOTHING),
            the order stands where it cannot be proposed again (G-STANDING), or the key is wrong.
    """
    ground = home.ground
    at = ground.clock.now()
    signer = person = None
    if hand is not None:
        with ground.state.reading() as books:
            person = mandated(books, hand.person, "propose", at)
        signer = unlock(home, hand)
    if draft is not None:
        as_of, scope = _of_draft(ground, draft)
    judging = Judging(ground, as_of)
    with tempfile.TemporaryFile() as buffer:
        file = cast("BinaryIO", buffer)
        frozen = freeze(judging, scope, sink=file, overdue_months=home.limits.overdue_months)
        if draft is not None and frozen.digest != draft:
            raise stale()
        order = _order(judging, scope, frozen, home, at)
        _refuse_standing(ground, order.digest)
        shown = _draft(judging, order, frozen, home)
        _keep(home, order, shown, file)
    if signer is None or person is None:
        return Proposal(order=order, draft=shown, signature=None)
    if not order.cull:
        raise GuardError("G-NOTHING", "nothing in the list is due to be culled", "there is nothing to sign")
    signature = sign(signer, "propose", order, person, at, guards=order.guards)
    with ground.state.reading() as books:
        persons = signatories(books, [signature])
    return _signed(home, order, replace(shown, signature=signature, persons=persons), signature)


def _of_draft(ground: Ground, digest: str) -> tuple[date, Scope]:
    order = known_order(ground, digest)
    return order.as_of, scope_of(order)


def known_order(ground: Ground, digest: str) -> Order:
    """The order with that digest, or the only one whose digest begins so (8 characters at least). RefusedError."""
    with ground.state.reading() as books:
        order = books.orders.get(digest)
        if order is None and len(digest) >= _SHORTEST:
            found = [one for one in books.orders.all() if one.digest.startswith(digest)]
            order = found[0] if len(found) == 1 else None
    if order is None:
        raise RefusedError("DIGEST", digest, "name an order by its digest; 'bevara cull list' shows them")
    return order


_SHORTEST = 8


def scope_of(order: Order) -> Scope:
    """What the order's list was limited to."""
    return Scope(accounts=order.accounts, types=order.types, authorities=order.authorities)


def _order(judging: Judging, scope: Scope, frozen: Frozen, home: Home, at: datetime) -> Order:
    return Order(
        digest=frozen.digest,
        as_of=judging.as_of,
        made=at,
        edition=judging.base.edition,
        plan_digest=judging.base.digest,
        revision=judging.base.revision,
        accounts=scope.accounts,
        types=scope.types,
        authorities=scope.authorities,
        cull=frozen.totals.cull,
        keep=frozen.totals.keep,
        ask=frozen.totals.ask,
        guards=guards(frozen.whole, home.limits),
    )


def _refuse_standing(ground: Ground, digest: str) -> None:
    with ground.state.reading() as books:
        before = books.orders.get(digest)
    if before is not None and before.standing in ("quarantined", "open", "done"):
        raise GuardError(
            "G-STANDING",
            f"this list is an order that is being executed or has been ({before.standing})",
            "look at it with 'bevara cull show DIGEST'",
        )


def stale(failed: Sequence[str] = ()) -> GuardError:
    """The refusal of a list that would be judged otherwise now; ``failed``: checks that keep items of it."""
    kept = f" (checks that keep items now: {', '.join(failed)})" if failed else ""
    return GuardError(
        "G-STALE",
        f"the plan, a hold, a mark or an item has changed since the list was made{kept}",
        "make a new proposal with 'bevara cull propose'",
    )


def mandate_of(plan: Plan, digest: str | None) -> Mandate:
    """The decision behind an edition."""
    decided = plan.mandate
    return Mandate(
        title=plan.title,
        edition=plan.edition,
        digest=digest or "",
        body=decided.body if decided else "",
        decided=decided.date if decided else None,
        paragraph=decided.paragraph if decided else "",
        dnr=decided.dnr if decided else "",
    )


def _draft(judging: Judging, order: Order, frozen: Frozen, home: Home) -> Draft:
    plan, totals = judging.base.plan, frozen.totals
    return Draft(
        order=order.digest,
        as_of=order.as_of,
        made=order.made,
        authorities=order.authorities or tuple(sorted({authority for authority, _ in totals.accounts})),
        accounts=order.accounts,
        types=order.types,
        mandate=None if plan is None else mandate_of(plan, judging.base.digest),
        cull=order.cull,
        keep=order.keep,
        ask=order.ask,
        totals=() if plan is None else type_totals(totals, plan),
        reasons=reason_counts(totals, "cull"),
        exceptions=reason_counts(totals, "except"),
        asked=reason_counts(totals, "ask"),
        overdue=totals.overdue,
        guards=guard_counts(frozen.whole, home.limits, plan),
    )


def _keep(home: Home, order: Order, shown: Draft, file: BinaryIO) -> None:
    """Keep the list and its draft protocol as derived files, and enter the order; an order known already is renewed."""
    ground = home.ground
    with ground.state.reading() as books:
        known = books.copies.known([proposal(order.digest)])
    if known:
        with ground.state.writing() as books:
            _enter(books, order)
        return
    document = write_draft(shown)
    files: list[tuple[str, str, bytes | BinaryIO]] = [
        (proposal_document(order.digest, "xml"), "proposal-xml", document),
        (proposal_document(order.digest, "pdf"), "proposal-pdf", home.typesetter.pdf(document)),
        (proposal(order.digest), "proposal", file),
    ]
    file.seek(0)
    with ground.state.hold_lease("proposals") as lease:
        for key, kind, data in files:
            last = kind == "proposal"
            _write(ground, lease, order, key, kind, data, receipt=_proposed(order) if last else None)


def _write(
    ground: Ground, lease: Lease, order: Order, key: str, kind: str, data: bytes | BinaryIO, *, receipt: Receipt | None
) -> None:
    copy = Copy(key=key, kind=kind, part=order.digest, made=order.made)

    def also(books: Books) -> None:
        if receipt is not None:
            _enter(books, order)

    write_derived(ground.state, ground.store, lease, copy, data, receipt, also=also)


def _enter(books: Books, order: Order) -> None:
    if books.orders.add(order):
        return
    before = books.orders.get(order.digest)
    if before is not None and before.standing in ("draft", "withdrawn"):
        books.orders.renew(order)
        books.orders.stand(order.digest, "draft")


def _proposed(order: Order) -> Receipt:
    return Receipt(
        act="cull.proposed",
        at=order.made,
        actor="bevara",
        subjects=(order.digest,),
        evidence={
            "as_of": order.as_of.isoformat(),
            "edition": order.edition,
            "revision": order.revision,
            "cull": order.cull,
            "keep": order.keep,
            "ask": order.ask,
        },
    )


def _signed(home: Home, order: Order, shown: Draft, signature: Signature) -> Proposal:
    """Keep the signed protocol as a record of ours; the signature counts when that is written."""
    document = write_draft(shown)
    authority = _authority(shown.authorities)

    def also(books: Books, item: ItemId) -> None:
        books.orders.renew(order)
        books.orders.sign(signature)
        books.orders.stand(order.digest, "signed")
        books.orders.record(order.digest, item)
        # The unsigned draft's documents say that nobody has signed; the record has the signed ones.
        books.copies.retire([proposal_document(order.digest, form) for form in ("xml", "pdf")])
        books.ledger.append(signing("cull.signed", order, signature))

    item = write_own(
        home.ground,
        kind="proposal",
        authority=authority,
        text=f"Gallringsförslag {order.digest[:12]}: {records(order.cull)} per den {order.as_of}.",
        payload={"order": order.digest, "as_of": order.as_of.isoformat(), "cull": order.cull, "ask": order.ask},
        at=signature.at,
        act="cull.record",
        actor=signature.person,
        files=(
            OwnFile(name=SIGNED["xml"], media_type="application/xml", data=document),
            OwnFile(name=SIGNED["pdf"], media_type="application/pdf", data=home.typesetter.pdf(document)),
        ),
        also=also,
    )
    return Proposal(order=replace(order, standing="signed", record=item), draft=shown, signature=signature)


SIGNED = {"xml": "gallringsforslag.xml", "pdf": "gallringsforslag.pdf"}
"""Names of a signed proposal's files, by form."""


def _authority(authorities: Sequence[str]) -> str:
    """The archive creator under whom a record about several is kept: the first by name."""
    return min(authorities)


def signing(act: str, order: Order, signature: Signature, more: Mapping[str, Scalar] = _NOTHING) -> Receipt:
    """The receipt of a signature: key, digest of the statement and the signature itself, so that the ledger proves it."""
    return Receipt(
        act=act,
        at=signature.at,
        actor=signature.person,
        subjects=(order.digest,),
        evidence={
            "role": signature.role,
            "key": signature.key,
            "statement_sha256": hashlib.sha256(signature.statement.encode("utf-8")).hexdigest(),
            "signature": signature.signature,
            "expires": None if signature.expires is None else rfc3339(signature.expires),
            "accepted": ",".join(signature.accepted) or None,
            **more,
        },
    )
