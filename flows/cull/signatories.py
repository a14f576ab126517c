"""The mandates of those who signed, as the ledger told them when they signed: what the protocols say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flows.keep.links import told_of
from schemas.books import Books
from schemas.order import Signature
from schemas.protocol import Signatory

_REGISTERED = frozenset({"person.add", "person.change"})


def signatories(books: Books, signatures: Sequence[Signature]) -> tuple[Signatory, ...]:
    """Role, validity and delegation decision of each who signed, in the order of the signatures.

    What was registered after a signature is not told; a person of whom the ledger tells nothing is left out.
    """
    found = (signatory(one, (body for _, body in told_of(books, one.person))) for one in signatures)
    return tuple(one for one in found if one is not None)


def signatory(signature: Signature, told: Iterable[dict[str, Any]]) -> Signatory | None:
    """What decoded receipts about the person, in the ledger's order, told until the signature; None = nothing."""
    known = [
        body["evidence"]
        for body in told
        if body["act"] in _REGISTERED
        and signature.person in body["subjects"]
        and datetime.fromisoformat(body["at"]) <= signature.at
    ]
    if not known:
        return None
    last = known[-1]
    return Signatory(
        person=signature.person,
        role=last["role"],
        valid_from=_day(last.get("valid_from")),
        valid_to=_day(last.get("valid_to")),
        body=last.get("body") or "",
        decided=_day(last.get("decided")),
        paragraph=last.get("paragraph") or "",
    )


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
