"""Which document of ours stands for what: replaced only by somebody who has seen the one that stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from schemas.books import Books
from schemas.calendar import local_month
from schemas.ground import Home
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError
from schemas.removal import Paper


def put_paper(books: Books, paper: Paper, before: Paper | None) -> None:
    """Let a paper stand in the place of the one that was read before; GuardError (G-MEANWHILE) when that one stands no longer."""
    now = books.duties.paper(paper.sort, paper.subject, paper.period)
    if (None if now is None else now.item) != (None if before is None else before.item):
        raise GuardError("G-MEANWHILE", "somebody else wrote the same document meanwhile", "run the command again")
    books.duties.put_paper(paper)


def once_over(home: Home, standing: Paper, now: datetime, person: str) -> None:
    """A report taken in before its month was over, and just as it was after: it is of the whole month."""
    if local_month(standing.at) > standing.period or local_month(now) <= standing.period:
        return
    with home.ground.state.writing() as books:
        put_paper(books, replace(standing, at=now), standing)
        evidence: dict[str, Scalar] = {"period": standing.period}
        subjects = (standing.subject, standing.item)
        books.ledger.append(Receipt(act="costs.whole", at=now, actor=person, subjects=subjects, evidence=evidence))
