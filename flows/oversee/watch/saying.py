"""What a person says of a sign: that it is nothing, or that it is done. Why, where it is said, stands in an item of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from flows.keep.mandates import mandated
from flows.keep.own import write_own
from flows.keep.read import rows_of_item
from flows.oversee.watch.signs import ACTED, QUESTIONS
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.watch import Notice

Word = Literal["dismissed", "done"]
_ACTS: Final[dict[Word, str]] = {"dismissed": "watch.dismiss", "done": "watch.done"}
_TITLES: Final[dict[Word, str]] = {"dismissed": "Avfärdad", "done": "Åtgärdad"}
_LONGEST: Final = 4000


def say(home: Home, subject: str, code: str, word: Word, person: str, *, why: str = "") -> Notice:
    """Enter what a named person says; the sign comes back only when the item has another version.

    A question is dismissed whether it is in time or late.

    Args:
        why: kept in a decision of ours, beside the item it is about; empty = nothing is kept but who and when.

    Raises:
        RefusedError: nothing of the sort is open, or only an act of its own ends it. GuardError: no mandate (G-MANDATE).
            LeaseTakenError: a watch is at work.
    """
    ground = home.ground
    at = ground.clock.now()
    if code in ACTED:
        raise RefusedError("CODE", code, ACTED[code])
    if len(why) > _LONGEST:
        raise RefusedError("--why", "…", f"write at most {_LONGEST} characters")

    with ground.state.hold_lease("watch") as lease:
        with ground.state.reading() as books:
            mandated(books, person, "moderate", at)
            before = _open(books, subject, code)

        def enter(books: Books) -> None:
            books.leases.check(lease)
            if _open(books, subject, code) != before:
                raise GuardError(
                    "G-CHANGED", "the sign has changed meanwhile", "look again with 'bevara oversee watch'"
                )
            for one in QUESTIONS if code in QUESTIONS else (code,):
                books.duties.note([replace(before, code=one, standing=word, person=person, changed=at)])
            books.ledger.append(
                Receipt(
                    act=_ACTS[word],
                    at=at,
                    actor=person,
                    subjects=(subject,),
                    evidence={"code": code, "version": before.version},
                )
            )

        if not why.strip():
            with ground.state.writing() as books:
                enter(books)
        else:
            write_own(
                ground,
                kind="duty_record",
                authority=before.authority,
                text=f"{_TITLES[word]} ({code}): {why.strip()}",
                payload={"about": subject, "code": code, "clause": before.clause, "said": word, "why": why.strip()},
                at=at,
                act="watch.reason",
                actor=person,
                about=_row(home, subject),
                also=lambda books, _: enter(books),
            )
    return replace(before, standing=word, person=person, changed=at)


def _open(books: Books, subject: str, code: str) -> Notice:
    found = books.duties.notice(subject, code)
    if found is None or found.standing != "open":
        raise RefusedError(
            "SUBJECT CODE", f"{subject} {code}", "nothing such is open; 'bevara oversee watch' shows what is"
        )
    return found


def _row(home: Home, subject: str) -> Row | None:
    try:
        item: ItemId = item_id(subject, "SUBJECT")
    except RefusedError:
        return None  # an account's name
    rows = rows_of_item(home.ground.state, home.ground.store, item)
    return rows[-1] if rows else None
