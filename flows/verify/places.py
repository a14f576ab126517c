"""Verify what was culled: not in any live file, not in a mirror, and known to the second place. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import read_file
from flows.verify.decide import Notebook
from flows.verify.known import batches, known_keys
from schemas.books import State
from schemas.ids import ItemId
from schemas.neighbours import Reading
from schemas.refusal import RefusedError, UnreachableError
from schemas.second import newest
from schemas.segments import first_difference, gaps, second_span, worth_exporting
from schemas.shelf import SECOND_CULLED, SECOND_LEDGER, second_segment


def verify_culled(state: State, store: Reading, strangers: Sequence[str], notes: Notebook) -> None:
    """Look for culled items in every live file, and in files of records that no register knows."""
    with state.reading() as books:
        if not books.tombstones.orders():
            return
        files = [file.key for file in books.manifest.live()]
    for key in (*files, *(key for key in strangers if key.startswith("holdings/"))):
        try:
            column = read_file(store, key, ["item"])["item"]
        except (OSError, RefusedError, pa.ArrowException):
            continue  # missing, replaced since, or damaged: told by the other checks
        items = [ItemId(item) for item in pc.unique(column).to_pylist()]
        with state.reading() as books:
            there = books.tombstones.known(items)
            live = bool(books.manifest.known([key])) or key in strangers
        if there and live:
            notes.add("V122", key, found=len(there))


def verify_operations(state: State, notes: Notebook) -> None:
    """Tell orders whose execution has begun and is not certified."""
    with state.reading() as books:
        found = sum(order.standing == "open" for order in books.orders.all())
    if found:
        notes.add("V123", "cull", found=found)


def verify_mirrors(state: State, mirrors: Sequence[Reading], notes: Notebook) -> None:
    """Look for objects in mirrors that no register knows: a copy made of something that has gone since, perhaps."""
    for mirror in mirrors:
        found = 0
        try:
            for some in batches(info.key for info in mirror.list("")):
                with state.reading() as books:
                    known = known_keys(books, some)
                found += sum(key not in known and mirror.head(key) is not None for key in some)
        except (UnreachableError, OSError, RefusedError) as error:
            notes.add("V128", mirror.place, reason=type(error).__name__)
        if found:
            notes.add("V127", mirror.place, found=found)


def verify_second(state: State, second: Reading | None, notes: Notebook, *, deep: bool, place: str) -> None:
    """What the second place lacks; with ``deep`` also whether its links are the ledger's."""
    if second is None:
        notes.add("V120", place)
        return
    try:
        spans = [one for info in second.list(SECOND_LEDGER) if (one := second_span(info.key)) is not None]
        there = newest(info.key for info in second.list(SECOND_CULLED))
        if deep:
            for one in spans:
                with state.reading() as books:
                    links = books.ledger.after(one.first - 1, one.last - one.first + 1)
                different = first_difference(second.get(second_segment(one.first, one.last)), links)
                if different is not None:
                    notes.add("V125", second.place, seq=different)
    except (UnreachableError, OSError, RefusedError) as error:
        notes.add("V128", second.place, reason=type(error).__name__)
        return
    with state.reading() as books:
        head, _ = books.ledger.head()
        missing = gaps(spans, head)
        lacking = sum(
            one.last - one.first + 1
            for one in missing
            if worth_exporting(books.ledger.after(one.first - 1, one.last - one.first + 1))
        )
        orders = [
            order
            for order, count in books.tombstones.orders().items()
            if order not in there or count > there[order].tombstones
        ]
    if lacking:
        notes.add("V124", second.place, found=lacking)
    if orders:
        notes.add("V126", second.place, found=len(orders))


def unknown(state: State, keys: Sequence[str]) -> Iterator[str]:
    """Those of the keys that no register knows."""
    for some in batches(keys):
        with state.reading() as books:
            known = known_keys(books, some)
        yield from (key for key in some if key not in known)
