"""What follows when something is gone or hidden: marks for its plan row, the registrar's errand, the message to the visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from flows.keep.found import authorities_of
from flows.keep.own import read_own, revision_first, write_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.clauses import rules_of
from flows.oversee.removal.decide import ADVERTISING, Verdict, newest_version
from flows.oversee.removal.platform import moderating
from flows.oversee.removal.rows import changed
from flows.oversee.removal.told import Told
from schemas.account import Account
from schemas.books import Books, Lease
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId
from schemas.neighbours import Moderator
from schemas.notice_texts import Notice, written
from schemas.receipt import Receipt, Scalar
from schemas.record import Row
from schemas.refusal import GuardError
from schemas.removal import Removal, untold

SEEN_TO: Final = ("W111", "W112", "W113", "W114", "W115", "W116", "W117", "W118", "W119", "W120", "W121", "W122",
                  "W123", "W124", "W125", "W151", "W153")  # fmt: skip
"""Notices of the watch that are seen to when the item is gone."""


def finish(home: Home, lease: Lease | None, told: Told, found: Verdict, *, act: str, actor: str) -> None:
    """Commit that it is gone or hidden, with everything that follows from it, in one transaction.

    Args:
        act: ``removal.done`` where it was observed, ``removal.said`` where a person says so. actor: who.
    """
    at = home.ground.clock.now()
    there = bool(authorities_of(home.ground, [told.removal.item]))
    row = _newest(home, told.removal.item)
    # What its author gets to know of a report is for the police; and we need no message about what was ours.
    silent = told.removal.secured == "locked" or (row is not None and _is_known(row) and row.own)

    def change(books: Books, before: Removal) -> Removal:
        after = replace(
            before,
            standing=found.standing,
            wanted="hide" if found.standing == "hidden" else before.wanted,  # what is hidden is still seen by a harvest
            answer=found.code,
            done=at,
            changed=at,
            noticed=untold(before.noticed) if silent else before.noticed,
        )
        if there and _is_known(row):
            mark_removed(books, after, at)
        if after.register:
            books.outbox.put("register", after.item, at)
        see_to(books, after.item, after.person, at)
        return after

    told.removal = changed(
        home.ground,
        lease,
        told.removal.number,
        act,
        actor,
        change,
        answer=found.code,
        silent=silent,
        wanted=told.removal.wanted,
    )


def see_to(books: Books, item: ItemId, person: str, at: datetime) -> None:
    """What the watch had told of the item is seen to."""
    rows = [books.duties.notice(item, code) for code in SEEN_TO]
    open_ones = [one for one in rows if one is not None and one.standing == "open"]
    books.duties.note(replace(one, standing="done", person=person, changed=at) for one in open_ones)


def mark_removed(books: Books, removal: Removal, at: datetime) -> None:
    """Mark the item as taken away by us, and advertising that nothing else asks for as of minor importance."""
    kinds: list[MarkKind] = ["borttagen-av-oss"]
    if removal.clause == ADVERTISING and not removal.register and not removal.police:
        kinds.append("ringa")
    _mark(books, removal.item, kinds, removal.person, at)


def _mark(books: Books, item: ItemId, kinds: Sequence[MarkKind], person: str, at: datetime) -> None:
    """Set marks of today on one item, those that it does not have, each with its receipt."""
    has = {one.kind for one in books.marks.of([item])}
    day = local_day(at)
    for kind in kinds:
        if kind in has:
            continue
        on = day if kind == "borttagen-av-oss" else None
        books.marks.add(Mark(item=item, kind=kind, person=person, at=at, on=on))
        evidence: dict[str, Scalar] = {
            "kind": kind,
            "on": on.isoformat() if on else None,
            "dnr": None,
            "provision": None,
            "marked": 1,
        }
        books.ledger.append(Receipt(act="mark.add", at=at, actor=person, subjects=(item,), evidence=evidence))


def tell_first(home: Home, lease: Lease, told: Told, account: Account, row: Row, moderator: Moderator) -> None:
    """Send the message just before the item goes, where the platform can: some find its writer by the item alone.

    Not where hiding is what is wanted, and at most once: see ``tell_visitor``.
    """
    removal = told.removal
    if row.own or removal.secured == "locked" or removal.noticed or "notify" not in moderator.may(own=False):
        return
    _sent(home, lease, told, row, moderator, _write(home, lease, told, account, row))


def tell_visitor(home: Home, lease: Lease, told: Told, account: Account) -> None:
    """Write the message, and send it where the platform can; else it waits to be pasted (W245).

    It is sent at most once: one that was written before a stop is not sent by itself afterwards, for it may have gone.
    """
    removal = told.removal
    if not removal.owes_notice:
        return
    row = _newest(home, removal.item)
    if removal.notice is None:
        text = _write(home, lease, told, account, row)
        with moderating(home, account) as moderator:
            may = (
                not removal.noticed
                and moderator is not None
                and _is_known(row)
                and "notify" in moderator.may(own=False)
            )
            if may and moderator is not None and row is not None and _sent(home, lease, told, row, moderator, text):
                return
    else:
        written_before = read_own(home.ground, removal.notice)
        text = "" if written_before is None else written_before.text or ""
    told.notice = text
    told.find("W245", number=removal.number)


def _sent(home: Home, lease: Lease, told: Told, row: Row, moderator: Moderator, text: str) -> bool:
    if moderator.act("notify", row.native, author=row.author_native, text=text).outcome != "done":
        return False
    told.removal = changed(
        home.ground,
        lease,
        told.removal.number,
        "removal.noticed",
        "bevara",
        lambda _, before: replace(before, noticed="sent"),
        how="sent",
    )
    return True


def _write(home: Home, lease: Lease, told: Told, account: Account, row: Row | None) -> str:
    removal, at = told.removal, home.ground.clock.now()
    settings = home.oversight()
    rule = rules_of(settings).get(removal.clause)
    published = row.published if row is not None and _is_known(row) else None
    text = written(
        settings.notices,
        Notice(
            clause=removal.clause,
            kind=row.kind if row is not None and _is_known(row) else "other",
            day=None if published is None else local_day(published),
            page=account.handle,
            hidden=removal.standing == "hidden",
            contact=account.duties.contact or settings.report,
            office=home.organisation.name,
            rule="" if rule is None else rule.told,
        ),
    )

    def enter(books: Books, notice: ItemId) -> None:
        books.leases.check(lease)
        now = books.duties.removal(removal.number)
        if now is None or now.notice is not None:
            raise GuardError("G-NOTICE", "somebody else has written it meanwhile", "look at the removal again")
        told.removal = replace(now, notice=notice, noticed="to-paste", changed=at)
        books.duties.put_removal(told.removal)
        evidence: dict[str, Scalar] = {"number": now.number, "notice": notice}
        books.ledger.append(
            Receipt(act="removal.notice", at=at, actor="bevara", subjects=(now.subject, now.item), evidence=evidence)
        )

    write_own(
        home.ground,
        kind="removal_notice",
        authority=removal.authority,
        text=text,
        payload={"notice": {"removal": removal.number, "item": removal.item, "clause": removal.clause}},
        at=at,
        act="removal.notice_record",
        actor=removal.person,
        about=row,
        first=revision_first,
        also=enter,
    )
    return text


def _newest(home: Home, item: ItemId) -> Row | None:
    return newest_version(rows_of_item(home.ground.state, home.ground.store, item))


def _is_known(row: Row | None) -> bool:
    """It stands on a platform, as far as we know; a record of ours may stand for what was never harvested."""
    return row is not None and row.platform != "bevara"
