"""Copy to the second place what a restored backup would have to be brought to: the ledger and what was culled."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from schemas.books import Lease
from schemas.ground import Ground
from schemas.neighbours import AlreadyThereError, Store
from schemas.receipt import GENESIS, Link, Receipt
from schemas.refusal import GuardError
from schemas.second import Identity, Listed, culled_key, newest, read_link, relation, synced_setting, written
from schemas.segments import SYNC_ACT, Span, first_break, gaps, second_span, segment, worth_exporting
from schemas.shelf import SECOND_CULLED, SECOND_IDENTITY, SECOND_LEDGER, second_culled, second_segment

LEASE = "second"
"""Lease of whoever copies to the second place; one run does at a time."""

FORGOTTEN_ACT = "cull.suppression-forgotten"
"""Act of the receipt that suppression entries were forgotten; then they go from the second place too."""

_IN_MEMORY = 8 << 20
_LINKS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a copying did.

    Attributes:
        place: the second place, or empty when there is none.
        links: links written. through: number of the last link that lies there. orders: lists of orders written.
    """

    place: str = ""
    links: int = 0
    through: int = 0
    orders: int = 0


def sync(ground: Ground) -> Synced:
    """Write to the second place what is missing there. Repeating it is harmless, and so is a stop anywhere.

    What was culled goes first, then the links that tell of it: whoever knows a link has its tombstones too. When
    nothing is new but receipts of such copyings and of exports, nothing is written.

    Raises:
        LeaseTakenError: another run is copying. LeaseLostError: another run has taken over.
        UnreachableError, OSError: the second place cannot be reached or is full; the next run goes on.
        GuardError: the ledger's chain is broken (``G-CHAIN``), or the second place is another home's (``G-SECOND``).
    """
    second = ground.second
    if second is None:
        return Synced()
    with ground.state.hold_lease(LEASE) as lease:
        return _sync(ground, second, lease)


def _sync(ground: Ground, second: Store, lease: Lease) -> Synced:
    with ground.state.reading() as books:
        head, _ = books.ledger.head()
        first = books.ledger.after(0, 1)
        check = books.setting("key_check") or ""
        before = int(books.setting(synced_setting(second.place)) or 0)
    if not first:
        return Synced(place=second.place)
    spans = [one for info in second.list(SECOND_LEDGER) if (one := second_span(info.key)) is not None]
    _refuse_other_history(ground, second, spans)
    missing = _worth(ground, gaps(spans, head))
    orders = _missing_lists(ground, second, before)
    if missing or orders:
        _put(second, SECOND_IDENTITY, Identity(check=check, first=first[0].hash.hex()).text())
    for listed in orders:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            _write_order(ground, listed.order, file)
            file.seek(0)
            _put_stream(second, second_culled(listed.order, listed.tombstones, listed.suppressed), file)
    _clear_superseded(second)
    for one in missing:
        _put(second, second_segment(one.first, one.last), segment(_links(ground, one)))
    through = max((one.last for one in (*spans, *missing)), default=0)
    links = sum(one.last - one.first + 1 for one in missing)
    if missing or orders or through > before:
        _tell(ground, second, lease, links, through, len(orders))
    return Synced(place=second.place, links=links, through=through, orders=len(orders))


def _refuse_other_history(ground: Ground, second: Store, spans: Sequence[Span]) -> None:
    """The home may have been opened while the second place was away: never mix two histories there."""
    last = max(spans, key=lambda one: one.last, default=None)
    if last is None:
        return
    try:
        known = read_link(second.get(second_segment(last.first, last.last)).rstrip(b"\n").rpartition(b"\n")[2])
    except ValueError:
        raise GuardError(
            "G-SECOND", f"{second.place} holds a segment that cannot be read", "compare it with its own backup"
        ) from None
    with ground.state.reading() as books:
        head, _ = books.ledger.head()
        same = books.ledger.after(known.seq - 1, 1)
    if relation(head, known, same[0].hash if same else None) != "level":
        raise GuardError(
            "G-RESTORED",
            "the archive is older than what its second place knows",
            "run 'bevara restore' before all else",
        )


def _worth(ground: Ground, missing: Sequence[Span]) -> list[Span]:
    """The gaps without a last one that has nothing to tell."""
    if not missing:
        return []
    kept = list(missing)
    with ground.state.reading() as books:
        last = kept[-1]
        if not worth_exporting(books.ledger.after(last.first - 1, last.last - last.first + 1)):
            kept.pop()
    return kept


def _missing_lists(ground: Ground, second: Store, before: int) -> list[Listed]:
    """Orders with more tombstones than the second place has, or with entries that have been forgotten since."""
    there = newest(info.key for info in second.list(SECOND_CULLED))
    forgotten = _forgotten_since(ground, before)
    missing: list[Listed] = []
    with ground.state.reading() as books:
        for order, tombstones in books.tombstones.orders().items():
            known = there.get(order)
            if known is not None and tombstones <= known.tombstones and not forgotten:
                continue
            suppressed = sum(1 for _ in books.natives.suppressed(order))
            here = Listed(order=order, tombstones=tombstones, suppressed=suppressed)
            if known is None or here.supersedes(known):
                missing.append(here)
    return missing


def _forgotten_since(ground: Ground, seq: int) -> bool:
    """Whether suppression entries were forgotten after that link, because their own retention had run out."""
    while True:
        with ground.state.reading() as books:
            links = books.ledger.after(seq, _LINKS)
        if not links:
            return False
        if any(f'"{FORGOTTEN_ACT}"' in one.body and json.loads(one.body)["act"] == FORGOTTEN_ACT for one in links):
            return True
        seq = links[-1].seq


def _clear_superseded(second: Store) -> None:
    """Remove lists that a newer one has replaced; one that a lock keeps stays, and is passed over when reading."""
    keys = [info.key for info in second.list(SECOND_CULLED)]
    valid = {second_culled(one.order, one.tombstones, one.suppressed) for one in newest(keys).values()}
    for key in keys:
        if culled_key(key) is not None and key not in valid:
            with suppress(GuardError):
                second.destroy(key)


def _write_order(ground: Ground, order: str, file: IO[bytes]) -> None:
    def lines() -> Iterator[str]:
        with ground.state.reading() as books:
            for tombstone in books.tombstones.all(order):
                yield written(tombstone)
            for entry in books.natives.suppressed(order):
                yield written(entry)

    for line in lines():
        file.write(line.encode("utf-8"))


def _links(ground: Ground, wanted: Span) -> Sequence[Link]:
    """The links of a span, checked to follow the one before it."""
    with ground.state.reading() as books:
        before = books.ledger.after(wanted.first - 2, 1) if wanted.first > 1 else ()
        links = books.ledger.after(wanted.first - 1, wanted.last - wanted.first + 1)
    broken = first_break(links, wanted.first - 1, before[0].hash if before else GENESIS)
    if broken is None and (not links or links[-1].seq != wanted.last):
        broken = wanted.first + len(links)
    if broken is not None:
        raise GuardError(
            "G-CHAIN",
            f"the ledger's chain in the database is broken at link {broken}",
            "run bevara verify and compare with the exported segments and a backup",
        )
    return links


def _put(second: Store, key: str, data: bytes) -> None:
    try:
        second.put_new(key, data)
    except AlreadyThereError:
        if second.get(key) != data:
            raise GuardError(
                "G-SECOND",
                f"{second.place} holds another {key.partition('/')[0]} than this home would write",
                "give every home a second place of its own in bevara.toml",
            ) from None


def _put_stream(second: Store, key: str, file: IO[bytes]) -> None:
    try:
        second.put_new(key, file)  # type: ignore[arg-type] # a spooled file reads as any binary file does
    except AlreadyThereError:
        pass  # a run that was stopped wrote it; the tombstones of an order never change, only their number does


def _tell(ground: Ground, second: Store, lease: Lease, links: int, through: int, orders: int) -> None:
    with ground.state.writing() as books:
        books.leases.check(lease)
        books.set_setting(synced_setting(second.place), str(through))
        books.ledger.append(
            Receipt(
                act=SYNC_ACT,
                at=ground.clock.now(),
                actor="bevara",
                subjects=("second",),
                evidence={"place": second.place, "links": links, "through": through, "orders": orders},
            )
        )
