"""The certificate of a culling: made of what was observed, kept as a record of ours, and waiting to be registered."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.act import mandate_of
from flows.cull.checks import CHECKS, examine
from flows.cull.decide import Totals, general_text, type_totals
from flows.cull.judging import Judging, signed, with_places
from flows.cull.signatories import signatories
from flows.keep.links import told_of
from flows.keep.own import OwnFile, write_own
from flows.keep.read import read_file
from schemas.books import Books, Lease, Scrubbed
from schemas.codes import sentence
from schemas.codes.words import records
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.merkle import leaf, root
from schemas.neighbours import MissingError
from schemas.order import Operation, Order, Signature
from schemas.plan.evaluate import DECISIONS
from schemas.plan.model import Plan
from schemas.plan.read import read_plan
from schemas.protocol import Certificate, Count, PlaceSeen
from schemas.receipt import Receipt
from schemas.shelf import proposal
from schemas.xml.protocol import write_certificate

METHOD = (
    "Filer med handlingarna skrevs om utan dem eller togs bort. Originalfiler, arkivdokument och andra kopior som bara "
    "hörde till dem togs bort på varje plats, med alla versioner. Att de är borta har iakttagits, inte antagits."
)
XML_NAME = "gallringsprotokoll.xml"
PDF_NAME = "gallringsprotokoll.pdf"
TO_REGISTER = "register"
"""Errand that a certificate waits with: it is to be registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was observed after the destruction.

    Attributes:
        seen: every place. rows: rows of culled items found in live files by the proof scan.
        scrubbed: the database's own files. second: a second place holds the ledger and the tombstones.
    """

    seen: tuple[PlaceSeen, ...]
    rows: int
    scrubbed: Scrubbed
    second: bool


def certify(
    home: Home,
    order: Order,
    operation: Operation,
    signatures: Sequence[Signature],
    listed: pa.Table,
    evidence: Evidence,
    lease: Lease,
) -> tuple[ItemId, tuple[PlaceSeen, ...]]:
    """Write the certificate and call the order done, in one transaction; returns its item and the places."""
    ground = home.ground
    at = ground.clock.now()
    certificate = _certificate(home, order, operation, signatures, listed, evidence, at)
    document = write_certificate(certificate)
    digest = hashlib.sha256(document).hexdigest()
    overtaken = _overtaken(ground, order)

    def also(books: Books, item: ItemId) -> None:
        books.leases.check(lease)
        books.orders.operate(replace(operation, finished=at, certificate=item))
        books.orders.stand(order.digest, "done")
        books.orders.drop_keys(order.digest)
        # The lists name items with their days; what remains of those that went are tombstones.
        _retire_lists(books, {order.digest, *overtaken})
        for other in overtaken:
            books.orders.stand(other, "withdrawn")
            books.ledger.append(Receipt(act="cull.withdrawn", at=at, actor="bevara", subjects=(other,)))
        books.outbox.put(TO_REGISTER, item, at)
        books.ledger.append(
            Receipt(
                act="cull.certified",
                at=at,
                actor="bevara",
                subjects=(order.digest, item),
                evidence={
                    "certificate_sha256": digest,
                    "root": certificate.root,
                    "culled": certificate.culled,
                    "kept": certificate.kept,
                    "restore_protection": certificate.restore_protection,
                },
            )
        )

    item = write_own(
        ground,
        kind="certificate",
        authority=min(certificate.authorities),
        text=(
            f"Gallringsprotokoll {order.digest[:12]}: {records(certificate.culled)} gallrade, "
            f"{certificate.kept} behållna vid den sista kontrollen."
        ),
        payload={"order": order.digest, "root": certificate.root, "culled": certificate.culled, "sha256": digest},
        at=at,
        act="cull.record",
        files=(
            OwnFile(name=XML_NAME, media_type="application/xml", data=document),
            OwnFile(name=PDF_NAME, media_type="application/pdf", data=home.typesetter.pdf(document)),
        ),
        also=also,
    )
    return item, certificate.places


_LISTS = ("proposal", "proposal-xml", "proposal-pdf")


def _retire_lists(books: Books, orders: set[str]) -> None:
    books.copies.retire([copy.key for kind in _LISTS for copy in books.copies.find(kind=kind) if copy.part in orders])


def _overtaken(ground: Ground, order: Order) -> list[str]:
    """Other orders, not begun, whose lists name items that went under this one: none of them can be executed now."""
    with ground.state.reading() as books:
        gone = pa.array(books.tombstones.items(order.digest), pa.string())
        others = [
            one.digest
            for one in books.orders.all()
            if one.standing in ("draft", "signed", "approved", "withdrawn") and one.digest != order.digest
        ]
        kept = books.copies.known([proposal(other) for other in others])
    found = []
    for other in others:
        if proposal(other) not in kept:
            continue
        try:
            items = read_file(ground.store, proposal(other), ["item"])["item"]
        except (MissingError, OSError, pa.ArrowException):
            continue
        if pc.any(pc.is_in(items, value_set=gone)).as_py():
            found.append(other)
    return found


def _certificate(
    home: Home,
    order: Order,
    operation: Operation,
    signatures: Sequence[Signature],
    listed: pa.Table,
    evidence: Evidence,
    at: datetime,
) -> Certificate:
    ground = home.ground
    by_act = {one.act: one for one in signatures}
    with ground.state.reading() as books:
        persons = signatories(books, [by_act["propose"], by_act["approve"]])
        stones = books.tombstones.salts(order.digest)
        seq, head = books.ledger.head()
        plan = _plan(books, order)
        rows, size = _volume(books, order.digest)
    leaves = tuple(sorted(leaf(salt, item) for item, salt in stones))
    items = pa.array([item for item, _ in stones], pa.string())
    gone = pc.is_in(listed["item"], value_set=items)
    totals = Totals(as_of=order.as_of, overdue_before=order.as_of).plus(listed.filter(gone).select(DECISIONS.names))
    authorities = order.authorities or tuple(sorted(set(listed["authority"].to_pylist())))
    return Certificate(
        order=order.digest,
        as_of=order.as_of,
        authorities=authorities,
        accounts=order.accounts,
        types=order.types,
        mandate=mandate_of(plan, order.plan_digest),
        begun=operation.begun,
        finished=at,
        totals=tuple(replace(one, samples=()) for one in type_totals(totals, plan)),
        culled=operation.culled,
        kept=operation.kept,
        exceptions=_exceptions(ground, order, signatures, operation, listed.filter(pc.invert(gone))),
        rows=rows,
        bytes=size,
        places=(
            *evidence.seen,
            PlaceSeen(
                place=evidence.scrubbed.place,
                removed=len(stones),
                verified_absent=_forgotten(ground, [item for item, _ in stones]),
            ),
        ),
        method=METHOD,
        proposal=by_act["propose"],
        approval=by_act["approve"],
        persons=persons,
        checks=tuple(CHECKS),
        verified=_verified(evidence),
        restore_protection=evidence.second,
        ledger_seq=seq,
        ledger_hash=head.hex(),
        leaves=leaves,
        root=root(leaves),
    )


def _plan(books: Books, order: Order) -> Plan:
    text = next(one.text for one in books.plans.adopted() if one.digest == order.plan_digest)
    return read_plan(text, order.edition or "")


def _volume(books: Books, order: str) -> tuple[int, int]:
    """Rows and bytes that the order took away, from the receipts of its swaps."""
    rows = size = 0
    for _, body in told_of(books, order):
        if body["act"] == "cull.swapped":
            rows += body["evidence"]["rows"]
            size += body["evidence"]["bytes"]
    return rows, size


def _forgotten(ground: Ground, items: Sequence[ItemId]) -> int:
    """How many of the items the state database knows by nothing but their tombstone."""
    with ground.state.reading() as books:
        known = {item for item, _ in books.media.of(items)} | {mark.item for mark in books.marks.of(items)}
        known |= books.natives.named(items)
    return len(items) - len(known)


def _exceptions(
    ground: Ground, order: Order, signatures: Sequence[Signature], operation: Operation, kept: pa.Table
) -> tuple[Count, ...]:
    """Why listed items were kept: what the judgement and the checks say of them now."""
    if not kept.num_rows:
        return ()
    judging = Judging(ground, order.as_of, since=order.made)
    counted: Counter[str] = Counter()
    for table in judging.run.tables():
        mine = table.filter(pc.is_in(table["item"], value_set=kept["item"].combine_chunks())).cast(DECISIONS)
        if not mine.num_rows:
            continue
        due = pc.equal(mine["outcome"], "cull")
        for reasons in mine.filter(pc.invert(due))["reasons"].to_pylist():
            counted.update(code for code in reasons if not code.startswith(("E17", "E18")))
        left = with_places(ground, mine.filter(due))
        basis = signed(
            judging.basis("execution", left), signatures, genuine=True, list_intact=True, begun=operation.begun
        )
        for codes in examine(left, basis):
            counted.update(codes or ("K120",))
    return tuple(
        Count(code=code, text=_text(code), items=items)
        for code, items in sorted(counted.items(), key=lambda one: one[0])
    )


def _text(code: str) -> str:
    return sentence(code, "sv") if code.startswith("K") else general_text(code)


def _verified(evidence: Evidence) -> tuple[tuple[str, bool], ...]:
    everywhere = all(one.removed == one.verified_absent for one in evidence.seen)
    return (
        ("Varje objekt som hörde till handlingarna har iakttagits vara borta på varje plats.", everywhere),
        ("Ingen rad av någon gallrad handling finns i arkivets levande filer.", evidence.rows == 0),
        ("Databasens egna filer har tömts på det som togs bort.", evidence.scrubbed.emptied),
    )
