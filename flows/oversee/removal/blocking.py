"""A visitor is blocked from a page: a decision by delegation, with its reason, its day of review, and the way back.

Who is blocked stands in the decision alone. The decision comes first; then the platform is asked, where it can be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from flows.keep.delegation import delegated_for, delegation_words
from flows.keep.found import refuse_culled
from flows.keep.own import PLATFORM, read_own, revision_first, write_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.decide import newest_version
from flows.oversee.removal.platform import moderating
from flows.oversee.watch.undone import AHEAD
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.notice_texts import spoken
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Block
from schemas.text import visible

LONGEST: Final = timedelta(days=366)
"""A block is looked at again within a year."""
_WORDS: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """What came of it.

    Attributes:
        block: the decision's row. outcome: the platform's answer (``Moderated.outcome``), or ``by-hand`` where it cannot
            be asked. existed: the visitor was blocked by an earlier decision; the platform was asked again.
            stands: that decision holds as it was, so the reason and the day that were given now stand nowhere.
    """

    block: Block
    outcome: str
    existed: bool = False
    stands: bool = False


def block(home: Home, item: str, why: str, review: date, person: str) -> Blocked:
    """Block the author of an item from the page that it stands on; a block that is due for review is decided anew.

    Raises:
        RefusedError: an unknown item, person or account; no reason; a review day that has been or is more than a year
            ahead. GuardError: no mandate (G-MANDATE), no delegation (G-DELEGATION); our own item (G-OURS).
        LeaseTakenError: somebody else is at it.
    """
    at = home.ground.clock.now()
    today = local_day(at)
    if not today < review <= today + LONGEST:
        raise RefusedError("--review", review.isoformat(), "write a day after today, at most a year ahead")
    if not why.strip() or len(why) > _WORDS:
        raise RefusedError("--why", "…", f"say why in 1 to {_WORDS} characters; it stands in the decision alone")
    with home.ground.state.reading() as books:
        delegated_for(books, person, "moderate", at)
    row = _by_visitor(home, item_id(item))
    with home.ground.state.reading() as books:
        account = books.accounts.get(row.account)
    if account is None:
        raise RefusedError("account", row.account, "the account is not registered any longer")
    with home.ground.state.hold_lease(f"block:{account.name}"):
        before = _blocked_before(home, row)
        due = before is not None and before.review <= today + AHEAD
        found = before
        if found is None or due:
            found = _decided(home, row, account, visible(why), review, person, before)
        outcome = _asked(home, account, row, found, person)
    return Blocked(block=found, outcome=outcome, existed=before is not None, stands=before is not None and not due)


def unblock(home: Home, decision: str, person: str) -> Block:
    """Lift a block; on the platform a person does it. Raises as ``block``; RefusedError: no such block in force."""
    at = home.ground.clock.now()
    item = item_id(decision)
    with home.ground.state.writing() as books:
        delegated_for(books, person, "moderate", at)
        books.revision(lock=True)
        found = next((one for one in books.duties.blocks() if one.item == item), None)
        if found is None or found.standing != "active":
            raise RefusedError(
                "DECISION", item, "name a decision to block that is in force; see 'bevara oversee blocks'"
            )
        return _lift(books, found, person, at)


def _lift(books: Books, block: Block, person: str, at: datetime) -> Block:
    found = replace(block, standing="lifted", changed=at)
    books.duties.put_block(found)
    evidence = {"account": found.account}
    books.ledger.append(Receipt(act="block.lifted", at=at, actor=person, subjects=(found.item,), evidence=evidence))
    return found


def _by_visitor(home: Home, item: ItemId) -> Row:
    with home.ground.state.reading() as books:
        refuse_culled(books, [item])
    row = newest_version(rows_of_item(home.ground.state, home.ground.store, item))
    if row is None:
        raise RefusedError("ITEM", item, "not in the archive; look it up with 'bevara search'")
    if row.own or row.platform == PLATFORM:
        raise GuardError("G-OURS", "this is the municipality's own", "name an item that a visitor wrote")
    return row


def _blocked_before(home: Home, row: Row) -> Block | None:
    """A block in force of the same author on the same page."""
    with home.ground.state.reading() as books:
        some = [one for one in books.duties.blocks() if one.standing == "active" and one.account == row.account]
    for one in some:
        decision = read_own(home.ground, one.item)
        said = {} if decision is None else json.loads(decision.payload or "{}").get("block", {})
        if row.author_native is not None and said.get("author_native") == row.author_native:
            return one
    return None


def _decided(
    home: Home, row: Row, account: Account, why: str, review: date, person: str, before: Block | None
) -> Block:
    at = home.ground.clock.now()
    contact = account.duties.contact or home.oversight().report or home.organisation.name or "kommunen"
    kept: list[Block] = []

    def enter(books: Books, item: ItemId) -> None:
        delegated_for(books, person, "moderate", at)
        found = Block(
            item=item, account=account.name, authority=row.authority, person=person, at=at, review=review, changed=at
        )
        books.duties.put_block(found)
        if before is not None:
            _lift(books, before, person, at)
        evidence = {"account": account.name, "authority": row.authority, "review": review.isoformat()}
        books.ledger.append(Receipt(act="block.decided", at=at, actor=person, subjects=(item,), evidence=evidence))
        kept.append(found)

    with home.ground.state.reading() as books:
        who = delegated_for(books, person, "moderate", at)
    text = (
        f"Beslut att blockera {row.author or 'besökaren'} från {account.handle}. Skäl: {why}\n"
        f"Beslutat av {person} med stöd av delegation: {delegation_words(who)}.\n"
        f"Blockeringen prövas igen senast {spoken(review)}. Den som är blockerad kan begära att den tas bort genom att höra "
        f"av sig till {contact}."
    )
    write_own(
        home.ground,
        kind="block_decision",
        authority=row.authority,
        text=text,
        payload={
            "block": {
                "account": account.name,
                "author": row.author,
                "author_native": row.author_native,
                "item": row.item,
                "review": review.isoformat(),
                "why": why,
            }
        },
        at=at,
        act="block.record",
        actor=person,
        first=revision_first,
        also=enter,
    )
    return kept[-1]


def _asked(home: Home, account: Account, row: Row, found: Block, person: str) -> str:
    with moderating(home, account) as moderator:
        if moderator is None or row.author_native is None or "block" not in moderator.may(own=False):
            return "by-hand"
        _receipt(home, found, "block.asked", person)
        answer = moderator.act("block", row.native, author=row.author_native)
    _receipt(home, found, "block.answered", "bevara", outcome=answer.outcome, code=answer.code)
    return answer.outcome


def _receipt(home: Home, found: Block, act: str, actor: str, **evidence: str) -> None:
    at = home.ground.clock.now()
    with home.ground.state.writing() as books:
        books.ledger.append(
            Receipt(
                act=act, at=at, actor=actor, subjects=(found.item,), evidence={"account": found.account, **evidence}
            )
        )
