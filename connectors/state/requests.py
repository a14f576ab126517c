"""Requests for records, and what was decided of each record.

What keeps records from being culled is the request's hold: only that raises the revision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

from sqlalchemy import and_, delete, func, select

from connectors.state.tables import ASSESSMENT, REQUEST
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId, item_id
from schemas.request import Assessment, Request, RequestStanding, Verdict, mask_from

_REQUEST = [one.name for one in fields(Request)]
_ITEMS = ("record", "contact", "listed", "decision")
_ASSESSMENT = [one.name for one in fields(Assessment)]
_TOGETHER = 5_000
"""Rows that are written with one statement."""


class Requests:
    """Requests and assessments (port ``RequestBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def number(self) -> int:
        """The running number that the next request gets."""
        highest = self._transaction.connection.scalar(select(func.coalesce(func.max(REQUEST.c.number), 0)))
        return int(highest or 0) + 1

    def put(self, request: Request) -> None:
        """Enter or replace a request."""
        self._transaction.put(REQUEST, [{name: getattr(request, name) for name in _REQUEST}])

    def get(self, number: int) -> Request | None:
        """One request."""
        row = self._transaction.connection.execute(select(REQUEST).where(REQUEST.c.number == number)).first()
        return None if row is None else _request(row)

    def all(self, standing: RequestStanding | None = None) -> Sequence[Request]:
        """Requests by number; of one standing or of all."""
        query = select(REQUEST).order_by(REQUEST.c.number)
        if standing is not None:
            query = query.where(REQUEST.c.standing == standing)
        return [_request(row) for row in self._transaction.connection.execute(query).all()]

    def assess(self, assessments: Iterable[Assessment]) -> None:
        """Enter or replace assessments, by request, item and version."""
        rest = iter(assessments)
        while some := list(islice(rest, _TOGETHER)):
            self._transaction.put(ASSESSMENT, [_spelled(one) for one in some])

    def assessed(self, request: int, items: Sequence[ItemId] | None = None) -> Iterator[Assessment]:
        """Assessments of a request by item and version; of these items or of all."""
        query = select(ASSESSMENT).where(ASSESSMENT.c.request == request)
        query = query.order_by(ASSESSMENT.c.item, ASSESSMENT.c.version)
        if items is None:
            for row in self._transaction.stream(query):
                yield _assessment(row)
            return
        for some in chunks(sorted(set(items))):
            among = query.where(self._transaction.among(ASSESSMENT.c.item, some))
            for row in self._transaction.connection.execute(among).all():
                yield _assessment(row)

    def counts(self, request: int) -> Mapping[Verdict, int]:
        """How many of each verdict; those that there are none of are left out."""
        query = select(ASSESSMENT.c.verdict, func.count()).where(ASSESSMENT.c.request == request)
        rows = self._transaction.connection.execute(query.group_by(ASSESSMENT.c.verdict)).all()
        return {verdict: int(count) for verdict, count in rows}

    def forget(self, request: int, pairs: Iterable[tuple[ItemId, int]]) -> None:
        """Take assessments of these (item, version) pairs away; repeats are harmless."""
        for item, version in pairs:
            this = and_(ASSESSMENT.c.request == request, ASSESSMENT.c.item == item, ASSESSMENT.c.version == version)
            self._transaction.connection.execute(delete(ASSESSMENT).where(this))


def _request(row: Any) -> Request:
    values = {name: getattr(row, name) for name in _REQUEST}
    values.update({name: ItemId(values[name]) for name in _ITEMS if values[name] is not None})
    return Request(**values)


def _spelled(one: Assessment) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in _ASSESSMENT}
    masks = [mask.as_json() for mask in one.masks]
    item_id(one.item)
    values["masks"] = json.dumps(masks, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return values


def _assessment(row: Any) -> Assessment:
    values = {name: getattr(row, name) for name in _ASSESSMENT}
    values["item"] = ItemId(values["item"])
    values["copy"] = None if values["copy"] is None else ItemId(values["copy"])
    values["masks"] = tuple(mask_from(one) for one in json.loads(values["masks"]))
    return Assessment(**values)
