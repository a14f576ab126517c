"""What the ledger tells of a film and its deliveries: in which it was packaged, and what KB answered in each.

A film's row says where it stands now. What became of it in an earlier delivery is told in its receipts alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from flows.keep.links import told_of
from schemas.books import Books
from schemas.ids import ItemId, item_id

Answer = Literal["accepted", "rejected"]
"""What KB says of a package."""

PACKAGED: Final = "deposit.packaged"
"""Act: a film is in a delivery that is built. Evidence: ``delivery``, ``package`` (OBJID), ``before`` (where it stood),
``earlier`` (the delivery it was in before, or null)."""
ANSWERED: Final = "deposit.answered"
"""Act: KB's answer on a film. Evidence: ``delivery``, ``answer``, ``reference``, ``words`` (archive item, or null),
``test``."""


def packaged(books: Books, film: str, delivery: str) -> Mapping[str, Any] | None:
    """Evidence of the film's packaging in that delivery; None = it never was."""
    return _last(books, PACKAGED, film, delivery)


def answered(books: Books, film: str, delivery: str) -> Mapping[str, Any] | None:
    """Evidence of KB's answer on the film in that delivery; None = there is none."""
    return _last(books, ANSWERED, film, delivery)


def accepted_in(books: Books, film: str) -> list[str]:
    """Ids of the deliveries in which KB accepted the film in earnest, in order."""
    found = [seen for act, seen in _told(books, film) if act == ANSWERED]
    return [str(one["delivery"]) for one in found if one.get("answer") == "accepted" and not one.get("test")]


def handed_in(books: Books, film: str) -> list[str]:
    """Ids of the deliveries in which KB has answered on the film in earnest, whatever it said, in order."""
    return [str(seen["delivery"]) for act, seen in _told(books, film) if act == ANSWERED and not seen.get("test")]


def words_of(books: Books, film: str) -> list[ItemId]:
    """Archive items with KB's words on rejections of the film, in order."""
    found = [seen.get("words") for act, seen in _told(books, film) if act == ANSWERED]
    return [item_id(str(one)) for one in found if one]


def _last(books: Books, act: str, film: str, delivery: str) -> Mapping[str, Any] | None:
    found = [seen for name, seen in _told(books, film) if name == act and seen.get("delivery") == delivery]
    return found[-1] if found else None


def _told(books: Books, film: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(str(body["act"]), body["evidence"]) for _, body in told_of(books, film)]
