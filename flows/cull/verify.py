"""Verify a certificate against the home: its own parts, the ledger, the signatures, the tombstones and every place."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.mandate import genuine
from flows.keep.links import told_of
from flows.keep.read import read_file
from schemas.books import Books
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.merkle import leaf, root
from schemas.neighbours import MissingError, Reading
from schemas.order import Order, Signature, Tombstone
from schemas.protocol import Certificate
from schemas.receipt import GENESIS
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.segments import first_break
from schemas.xml.protocol import DocumentRefusedError, read_certificate

_AGAIN = 5
_LINKS = 10_000
_ACTS = {"propose": "förslaget", "approve": "godkännandet"}


def verify_certificate(home: Home, data: bytes) -> tuple[Finding, ...]:
    """What does not hold of a certificate; empty = everything holds.

    Nothing is taken from the certificate that the home can tell itself, and what cannot be read counts against it.
    """
    try:
        certificate = read_certificate(data)
    except DocumentRefusedError as refused:
        line, fault = refused.faults[0]
        return (_finding("K150", "certificate", fault=fault, line=line),)
    ground = home.ground
    with ground.state.reading() as books:
        order = books.orders.get(certificate.order)
        stones = list(books.tombstones.all(certificate.order)) if order is not None else []
    findings = [*_inside(certificate), *_ledger(ground, certificate, data)]
    if order is None:
        findings.append(_finding("K151", certificate.order))
    else:
        findings += _signed(home, order, certificate)
        findings += _remains(certificate, stones)
        findings += _gone(ground, order, stones)
    return tuple(findings)


def _finding(code: str, subject: str, **parameters: str | int) -> Finding:
    return Finding(code=code, severity="error", subject=subject, parameters=tuple(sorted(parameters.items())))


def _inside(one: Certificate) -> Iterator[Finding]:
    """What the certificate says of itself."""
    if one.proposal.person == one.approval.person or one.proposal.key == one.approval.key:
        yield _finding("K155", one.order)
    times = (one.proposal.at, one.approval.at, one.begun, one.finished)
    if one.approval.expires is None or one.begun > one.approval.expires or list(times) != sorted(times):
        yield _finding("K156", one.order)
    totals = sum(each.items for each in one.totals)
    if not one.culled == len(one.leaves) == totals:
        yield _finding("K159", one.order, leaves=len(one.leaves), totals=totals, culled=one.culled)
    try:
        if root(one.leaves) != one.root:
            yield _finding("K160", one.order)
    except RefusedError:
        yield _finding("K158", one.order)


def _ledger(ground: Ground, one: Certificate, data: bytes) -> Iterator[Finding]:
    """The chain from its first link, the link that the certificate names, and the one that names the certificate."""
    digest = hashlib.sha256(data).hexdigest()
    seq, previous, named, certified = 0, GENESIS, False, False
    with ground.state.reading() as books:
        while links := books.ledger.after(seq, _LINKS):
            broken = first_break(links, seq, previous)
            if broken is not None:
                yield _finding("K169", one.order, seq=broken)
                return
            for link in links:
                if link.seq == one.ledger_seq:
                    named = link.hash.hex() == one.ledger_hash
                elif named and not certified:
                    certified = '"cull.certified"' in link.body and _certifies(json.loads(link.body), one, digest)
            seq, previous = links[-1].seq, links[-1].hash
    if not named:
        yield _finding("K157", one.order, seq=one.ledger_seq)
    if not certified:
        yield _finding("K152", one.order)


def _certifies(said: dict[str, object], one: Certificate, digest: str) -> bool:
    subjects, evidence = said["subjects"], said["evidence"]
    return (
        said["act"] == "cull.certified"
        and isinstance(subjects, list)
        and one.order in subjects
        and isinstance(evidence, dict)
        and evidence.get("certificate_sha256") == digest
        and evidence.get("root") == one.root
        and evidence.get("culled") == one.culled
    )


def _signed(home: Home, order: Order, one: Certificate) -> Iterator[Finding]:
    """Both signatures, by themselves and against what the home keeps."""
    with home.ground.state.reading() as books:
        kept: dict[str, Signature] = {each.act: each for each in books.orders.signatures(order.digest)}
        for act, given in (("propose", one.proposal), ("approve", one.approval)):
            if given.act != act or not genuine(books, home.keyring, order, [given]):
                yield _finding("K153", one.order, act=_ACTS[act])
            if kept.get(act) != given:
                yield _finding("K154", one.order, act=_ACTS[act])


def _remains(one: Certificate, stones: Sequence[Tombstone]) -> Iterator[Finding]:
    """The leaves and totals against the tombstones of the order."""
    own = {leaf(stone.salt, stone.item) for stone in stones}
    stated = set(one.leaves)
    if own != stated:
        yield _finding("K161", one.order, unknown=len(stated - own), missing=len(own - stated))
    found = Counter(stone.rule for stone in stones)
    totals: Counter[str] = Counter()
    for each in one.totals:
        totals[each.rule] += each.items
    for rule in sorted(found.keys() | totals.keys()):
        if found[rule] != totals[rule]:
            yield _finding("K162", one.order, rule=rule, stated=totals[rule], found=found[rule])


def _gone(ground: Ground, order: Order, stones: Sequence[Tombstone]) -> Iterator[Finding]:
    """Whether anything of what was culled is left: rows, objects, references."""
    with ground.state.reading() as books:
        operation = books.orders.operation(order.digest)
        keys = _keys(books, order)
        items = [stone.item for stone in stones]
        known = {item for item, _ in books.media.of(items)} | {mark.item for mark in books.marks.of(items)}
        known |= books.natives.named(items)
    if order.standing != "done" or operation is None or operation.finished is None:
        yield _finding("K167", order.digest)
    if known:
        yield _finding("K166", order.digest, items=len(known))
    try:
        rows = _rows(ground, items)
        if rows:
            yield _finding("K163", order.digest, rows=rows)
    except (MissingError, UnreachableError, OSError, RefusedError, pa.ArrowException):
        yield _finding("K168", order.digest)
    for store in (ground.store, *ground.mirrors):
        yield from _place(store, order, keys)


def _rows(ground: Ground, items: Sequence[ItemId]) -> int:
    """Rows of these items in any live file, read from the store and not from memory."""
    culled = pa.array(items, pa.string())
    again = _AGAIN
    while True:
        with ground.state.reading() as books:
            live = books.manifest.live()
        try:
            tables = (read_file(ground.store, file.key, ["item"]) for file in live)
            return sum(
                pc.sum(pc.is_in(table["item"].cast(pa.string()), value_set=culled)).as_py() or 0 for table in tables
            )
        except MissingError:
            # A file that was replaced meanwhile is no loss; one that is still live is.
            again -= 1
            with ground.state.reading() as books:
                if not again or {file.key for file in live} <= {file.key for file in books.manifest.live()}:
                    raise


def _keys(books: Books, order: Order) -> list[str]:
    """Objects that went with the order, as far as it is still known: noted ones, and those the ledger saw absent.

    From the order's first link to its certificate; a name under ``holdings`` or ``archive`` never comes back.
    """
    acts = [(seq, body["act"]) for seq, body in told_of(books, order.digest)]
    first = min((seq for seq, act in acts if act == "cull.begun"), default=None)
    last = max((seq for seq, act in acts if act == "cull.certified"), default=None)
    keys = set() if last is not None else set(books.orders.keys(order.digest))
    seq = first
    while seq is not None and last is not None and seq < last:
        links = books.ledger.after(seq, _LINKS)
        for link in links:
            if link.seq < last and '"keep.removed"' in link.body:
                keys |= {key for key in json.loads(link.body)["subjects"] if key.startswith(("holdings/", "archive/"))}
        seq = links[-1].seq if links else None
    return sorted(keys)


def _place(store: Reading, order: Order, keys: Sequence[str]) -> Iterator[Finding]:
    try:
        found = sum(not store.remains(key).absent for key in keys)
    except (GuardError, UnreachableError, OSError):
        yield _finding("K165", order.digest, place=store.place)
        return
    if found:
        yield _finding("K164", order.digest, place=store.place, objects=found)
