"""Requests of a restored backup: what the ledger knows of them and the backup does not, is held.

A request that came after the backup gets its number and a hold back, and what was written of it is to be written again; its hold
has no words, so it binds everything. One whose hold was changed since is held in the same way, and one that was decided or appealed
since stands open again, so that nobody closes it by what it was before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from flows.keep.holds import hold_receipt
from schemas.books import Books
from schemas.receipt import Receipt
from schemas.request import Request

RESTORED: Final = "request.restored"
_OPENED, _CLOSED, _APPEALED = "request.open", "request.close", "request.appealed"
_BINDING: Final = frozenset(
    {
        "request.decided",
        "request.withhold",
        "request.unpublish",
        "request.restrict",
        "request.served",
        _APPEALED,
        "request.late",
        "request.forwarded",
        "request.ruling",
        "request.reopened",
    }
)
"""Acts after which a request may not be closed as it could be before."""


def restore_requests(books: Books, bodies: Iterable[str], at: datetime) -> int:
    """Hold what requests after the backup were about; safe to run again. Returns how many requests are to be looked at.

    Args:
        bodies: receipts of the links that the backup did not have, in order.
    """
    acts: dict[int, list[Mapping[str, Any]]] = {}
    for body in bodies:
        value = json.loads(body)
        if str(value["act"]).startswith("request.") and isinstance(number := value["evidence"].get("request"), int):
            acts.setdefault(number, []).append(value)
    return sum(_restored(books, number, some, at) for number, some in sorted(acts.items()))


def _restored(books: Books, number: int, some: list[Mapping[str, Any]], at: datetime) -> bool:
    """Whether the request is not as it was."""
    names = [one["act"] for one in some]
    since = names[len(names) - names[::-1].index(_CLOSED) :] if _CLOSED in names else names
    closed = _CLOSED in names and _APPEALED not in since
    row = books.requests.get(number)
    if row is None:
        if names[0] != _OPENED:
            return False
        row = _row(number, some[0])
        if closed:
            books.requests.put(replace(row, standing="closed", closed=at, changed=at))
            return False
    elif closed or not ({"request.hold"} | _BINDING) & set(names):
        return False
    hold = next((one for one in books.holds.in_force() if one.number == row.hold), None)
    if hold is None:
        hold = books.holds.set("request", str(number), row.person, at)
        hold_receipt(books, "hold.set", hold, row.person, at)
    elif hold.record is not None and "request.hold" in names:
        hold = books.holds.change(hold.number, None)
        hold_receipt(books, "hold.change", hold, row.person, at)
    opens = row.standing == "closed" or bool(_BINDING & set(names))
    after = replace(row, hold=hold.number, standing="open" if opens else row.standing, closed=None)
    if after != books.requests.get(number):
        after = replace(after, changed=at)
        books.requests.put(after)
        evidence = {"request": number, "standing": after.standing, "hold": hold.number}
        books.ledger.append(Receipt(act=RESTORED, at=at, actor="bevara", subjects=(after.subject,), evidence=evidence))
    return True


def _row(number: int, opened: Mapping[str, Any]) -> Request:
    evidence, at = opened["evidence"], datetime.fromisoformat(opened["at"])
    return Request(
        number=number,
        kind=evidence["kind"],
        standing="open",
        authority=evidence["authority"],
        channel=evidence["channel"],
        received=datetime.fromisoformat(evidence["received"]),
        opened=at,
        changed=at,
        person=opened["actor"],
        hold=None,
    )
