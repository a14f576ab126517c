"""What culling is late, waits or runs: counts, days and digests of orders, for the night to report.

Culling is a duty as much as keeping is: what has been due for longer than the home's limit is told every night until
somebody proposes it. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.act import Counts
from flows.keep.judged import decisions, standing
from schemas.books import Books
from schemas.calendar import add_months, local_day
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What is overdue of one account under one plan row: how many, and the earliest day on which one fell due."""

    account: str
    rule: str
    items: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What a night has to tell about culling.

    Attributes:
        counts: items by outcome today, or None without a plan.
        late: what is overdue, by account and rule.
        orders: findings about lists, approvals and executions.
    """

    counts: Counts | None
    late: tuple[Late, ...] = ()
    orders: tuple[Finding, ...] = ()

    @property
    def overdue(self) -> int:
        """Items that should have been culled long ago."""
        return sum(one.items for one in self.late)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of it: what is late first."""
        late = (
            _finding("K101", "warning", one.account, one.items, items=one.items, rule=one.rule, since=one.since)
            for one in self.late
        )
        return (*late, *self.orders)


def overdue(home: Home, as_of: date) -> Duties:
    """Judge everything once: how much is due, how much of it is late, and where the orders stand.

    An item is overdue when it was due more than ``Limits.overdue_months`` before ``as_of``, as in a proposal.
    """
    ground = home.ground
    with ground.state.reading() as books:
        orders = tuple(_orders(books, ground.clock.now()))
    base = standing(ground, as_of)
    if base.plan is None:
        return Duties(counts=None, orders=orders)
    before = add_months(as_of, -home.limits.overdue_months)
    counts = Counts()
    late: dict[tuple[str, str], Late] = {}
    for table in decisions(ground, base, as_of):
        counts = counts.plus(table)
        for one in _late(table, before):
            known = late.get((one.account, one.rule))
            late[one.account, one.rule] = one if known is None else _together(known, one)
    return Duties(counts=counts, late=tuple(late[key] for key in sorted(late)), orders=orders)


def _late(table: pa.Table, before: date) -> Iterator[Late]:
    culls = pc.equal(table["outcome"].cast(pa.string()), "cull")
    found = table.filter(pc.and_(culls, pc.fill_null(pc.less(table["due"], pa.scalar(before, pa.date32())), False)))
    if not found.num_rows:
        return
    groups = (
        pa.table({"account": _names(found, "account"), "rule": _names(found, "rule"), "due": found["due"]})
        .group_by(["account", "rule"], use_threads=False)
        .aggregate([("due", "count"), ("due", "min")])
    )
    for one in groups.to_pylist():
        yield Late(account=one["account"], rule=one["rule"] or "", items=one["due_count"], since=one["due_min"])


def _names(table: pa.Table, name: str) -> Any:
    return table[name].cast(pa.string())


def _together(one: Late, other: Late) -> Late:
    return Late(account=one.account, rule=one.rule, items=one.items + other.items, since=min(one.since, other.since))


def _orders(books: Books, now: datetime) -> Iterator[Finding]:
    """Where each order stands that somebody has to do something about, oldest first; of drafts the newest list alone."""
    orders = books.orders.all()
    for order in orders:
        if order is orders[-1] and order.standing == "draft":
            yield _of(order, "K106", "info", since=local_day(order.made))
        elif order.standing == "signed":
            signed = _signed(books, order, "propose")
            yield _of(order, "K102", "info", since=local_day(order.made if signed is None else signed[0]))
        elif order.standing == "approved":
            yield from _approved(books, order, now)
        elif order.standing in ("quarantined", "open"):
            yield from _running(books, order)


def _approved(books: Books, order: Order, now: datetime) -> Iterator[Finding]:
    signed = _signed(books, order, "approve")
    expires = None if signed is None else signed[1]
    if expires is None:
        return
    if expires <= now:
        yield _of(order, "K107", "warning", until=local_day(expires))
    else:
        yield _of(order, "K103", "info", until=local_day(expires))


def _running(books: Books, order: Order) -> Iterator[Finding]:
    operation = books.orders.operation(order.digest)
    begun = order.made if operation is None else operation.begun
    if order.standing == "open" or operation is None or operation.until is None:
        yield _of(order, "K104", "warning", since=local_day(begun))
    else:
        yield _of(order, "K105", "info", until=local_day(operation.until))


def _signed(books: Books, order: Order, act: str) -> tuple[datetime, datetime | None] | None:
    """When the order was signed so, and until when that holds."""
    found = [one for one in books.orders.signatures(order.digest) if one.act == act]
    return (found[-1].at, found[-1].expires) if found else None


def _of(order: Order, code: str, severity: Severity, **parameters: date) -> Finding:
    return _finding(code, severity, order.digest, 1, items=order.cull, **parameters)


def _finding(code: str, severity: Severity, subject: str, count: int, **parameters: object) -> Finding:
    return Finding(
        code=code, severity=severity, subject=subject, count=count, parameters=tuple(_plain(parameters.items()))
    )


def _plain(values: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str | int]]:
    for name, value in values:
        yield name, value if isinstance(value, int) else str(value)
