"""Answers that are about to go out: put on record before they do, so that one whose run was killed is not forgotten.

A package that has its name, or a message that was sent, cannot be taken back. The receipt before it says that it may be
out there; the receipt of the answer, or of its failing, ends that.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Final

from flows.disclose.answer.chosen import ANSWERED, RECEIPTS, Chosen
from flows.disclose.standing import request_in, told
from schemas.books import Books
from schemas.ground import Ground
from schemas.refusal import GuardError
from schemas.request import Request

BEGUN: Final = "request.answering"
"""Act of the receipt: this answer is handed out next."""
FAILED: Final = "request.unanswered"
"""Act of the receipt: it was surely not handed out."""


def begin(books: Books, chosen: Chosen, how: str, person: str, at: datetime) -> None:
    """In a transaction before it goes out."""
    _tell(books, chosen, BEGUN, how, person, at)


def failed(ground: Ground, chosen: Chosen, how: str, person: str, at: datetime) -> None:
    """Nothing went out after all."""
    with ground.state.writing() as books:
        books.revision(lock=True)
        _tell(books, chosen, FAILED, how, person, at)


def refuse_begun(books: Books, request: Request, *, again: bool) -> None:
    """Refuse to answer once more while an answer may have gone out that is not on record.

    Raises:
        GuardError: G-SENT.
    """
    last: dict[str, object] = {}
    for link in books.ledger.about(request.subject, RECEIPTS):
        body = json.loads(link.body)
        if body["act"] in {BEGUN, FAILED, ANSWERED}:
            last = body
    if last.get("act") != BEGUN or again:
        return
    evidence = last["evidence"] if isinstance(last["evidence"], dict) else {}
    raise GuardError(
        "G-SENT",
        f"answer {evidence.get('portion')} on request {request.number} was begun ({evidence.get('how')}, {last['at']}) and never "
        "put on record: it may have gone out",
        "look for the package, or ask whoever asked; say --again to answer once more",
    )


def _tell(books: Books, chosen: Chosen, act: str, how: str, person: str, at: datetime) -> None:
    now = replace(request_in(books, chosen.request.number), changed=at)
    told(books, now, act, person, {"portion": chosen.portion, "how": how, "records": chosen.size})
