"""What a person reads of an order, and of what has been culled. Samples' text is shown and never kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flows.cull.approval import frozen_list
from flows.keep.read import rows_of_item
from schemas.calendar import local_day
from schemas.codes.words import records
from schemas.ground import Ground
from schemas.ids import ItemId, item_id
from schemas.order import Order, Tombstone
from schemas.protocol import Count, Draft

_SAMPLES = 20
_SHOWN = 100
"""Samples in all, and characters of each one's text on the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item of a list as a person sees it on the screen."""

    item: ItemId
    kind: str
    rule: str
    text: str


def samples(ground: Ground, order: Order) -> list[Sample]:
    """A few items of an order's list, spread over it, with the beginning of their text; those that are gone without."""
    if order.standing in ("done", "withdrawn"):
        return []
    listed = frozen_list(ground, order)
    step = max(1, listed.num_rows // _SAMPLES)
    picked = listed.take(list(range(0, listed.num_rows, step))[:_SAMPLES])
    found = []
    for item, kind, rule in zip(*(picked[name].to_pylist() for name in ("item", "kind", "rule")), strict=True):
        texts = [row.text for row in rows_of_item(ground.state, ground.store, item) if row.text]
        text = " ".join((texts[-1] if texts else "").split())[:_SHOWN]
        found.append(Sample(item=item, kind=kind, rule=rule, text=text))
    return found


def order_lines(order: Order, draft: Draft | None) -> Iterator[str]:
    """An order in Swedish."""
    if order.edition is None:
        yield "Ingen plan är antagen. Utan plan får ingenting gallras: allt bevaras tills vidare."
    yield f"Förslag {order.digest}"
    yield f"Bedömt för {order.as_of}, planutgåva {order.edition or '–'}."
    yield (f"{records(order.cull)} är i tur att gallras, {order.ask} kräver ställningstagande, {order.keep} behålls.")
    if draft is None:
        return
    for one in draft.totals:
        span = f"{one.first or '–'} – {one.last or '–'}"
        yield f"  {one.items:>8}  {one.rule:<24} {one.type} ({span})"
    if draft.overdue:
        yield f"{draft.overdue} av dem är försenade: gallring är en skyldighet."
    yield from _counts("Behålls trots att fristen löpt ut:", draft.exceptions)
    yield from _counts("Kräver ställningstagande:", draft.asked)
    for guard in draft.guards:
        yield f"{guard.code}: {guard.text} Kräver godkännande med --accept {guard.code}."


def _counts(title: str, counts: Sequence[Count]) -> Iterator[str]:
    if counts:
        yield title
        yield from (f"  {one.items:>8}  {one.code} {one.text}" for one in counts)


def culled(
    ground: Ground,
    *,
    order: str | None = None,
    first: date | None = None,
    last: date | None = None,
    rules: Sequence[str] = (),
    thread: str | None = None,
) -> Iterator[Tombstone]:
    """Tombstones by item: of an order, of a time (local days, both included), under plan rows, of a thread."""
    with ground.state.reading() as books:
        found = books.tombstones.all(order) if thread is None else iter(books.tombstones.below(item_id(thread)))
        for one in found:
            day = local_day(one.culled)
            if (
                (first is None or first <= day)
                and (last is None or day <= last)
                and (not rules or one.rule in rules)
                and (order is None or one.order == order)
            ):
                yield one
