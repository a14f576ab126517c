"""Which document of ours stands for what: replaced only by somebody who has seen the one that stands."""

from __future__ import annotations

from schemas.books import Books
from schemas.refusal import GuardError
from schemas.removal import Paper


def put_paper(books: Books, paper: Paper, before: Paper | None) -> None:
    """Let a paper stand in the place of the one that was read before; GuardError (G-MEANWHILE) when that one stands no longer."""
    now = books.duties.paper(paper.sort, paper.subject, paper.period)
    if (None if now is None else now.item) != (None if before is None else before.item):
        raise GuardError("G-MEANWHILE", "somebody else wrote the same document meanwhile", "run the command again")
    books.duties.put_paper(paper)
