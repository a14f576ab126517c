"""A removal begins: who, what, by which clause and why are on record before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flows.keep.found import refuse_culled
from flows.keep.locked import is_locked
from flows.keep.mandates import mandated
from flows.keep.own import PLATFORM, OwnFile, revision_first, write_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.asked import Asked, checked, screenshot
from flows.oversee.removal.clauses import Rule, rule_of
from flows.oversee.removal.decide import last_seen
from flows.oversee.removal.rows import lease_of, records
from flows.oversee.removal.sealing import copies_of, keep_secret, lock
from flows.oversee.removal.words import emergency_text, record_text
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Removal, untold
from schemas.text import visible


def begin(home: Home, asked: Asked) -> Removal:
    """Enter the removal and its record, in one transaction; returns its row. The caller holds the item's lease.

    Where one of the same item has begun and is not over, that one goes on: what the person brings now (a screenshot, a
    description) is written into a new record, and the clause stays what it was.

    Raises:
        RefusedError: no such item, person, account or clause, a culled item, or a file that is no screenshot.
        GuardError: no mandate (G-MANDATE); G-OURS, a record that Bevara itself made stands on no page; G-GONE, it is gone
            already; G-CLAUSE, it is being taken away under another clause; G-LOCKED, a copy of what is locked.
    """
    at = home.ground.clock.now()
    asked = checked(asked)
    with home.ground.state.reading() as books:
        mandated(books, asked.person, "moderate", at)
    rule = rule_of(home.oversight(), asked.clause)
    files = () if asked.screenshot is None else (screenshot(asked.screenshot, home.media_limit),)
    if not asked.item:
        return _unknown(home, asked, rule, files, at)
    item = item_id(asked.item)
    row = _row_of(home, item)
    if _is_locked(home, item):
        if asked.screenshot is not None:
            raise GuardError("G-LOCKED", "no copy is taken of what is locked", "leave --screenshot out")
        asked = replace(asked, locked=True)  # it is shown again: it is still not to be fetched
    over = _over(home, row, asked)
    if over is not None:
        return _write(home, asked, rule, files, at, row=row, before=over) if _brings_more(asked, over) else over
    if row.state == "gone":
        raise GuardError(
            "G-GONE",
            "it is gone from the page already",
            f"say who took it away: 'bevara oversee removed {item} --by … --why … --as NAME'",
        )
    before = _going_on(home, item, asked)
    if before is not None and not _brings_more(asked, before):
        return before
    return _write(home, asked, rule, files, at, row=row, before=before)


def subject_of(asked: Asked) -> str:
    """What the lease of a removal is called: the item, or the account for what has no id yet."""
    return lease_of(item_id(asked.item) if asked.item else asked.account)


def _brings_more(asked: Asked, before: Removal) -> bool:
    """Something that is not on record of the removal yet."""
    flags = (asked.police and not before.police, asked.register and not before.register)
    locks = asked.locked and before.secured != "locked"
    return bool(asked.screenshot or asked.emergency or locks or any(flags) or (asked.secrecy and not before.secrecy))


def _goes_on(one: Removal) -> bool:
    """It is not over; a request about a picture is helped on by a copy once somebody has decided that it goes."""
    return one.unfinished and (one.kind == "removal" or (one.kind == "picture" and one.record is not None))


def _is_locked(home: Home, item: ItemId) -> bool:
    with home.ground.state.reading() as books:
        return is_locked(books, item)


def _over(home: Home, row: Row, asked: Asked) -> Removal | None:
    """A removal of it that is done, unless it was seen on the page again since, or more than hiding is wanted now."""
    with home.ground.state.reading() as books:
        done = [one for one in books.duties.removals(row.item) if one.done is not None]
    if not done or done[-1].done is None:
        return None
    seen_since = row.state not in ("gone", "hidden") and row.observed > done[-1].done
    said = next((one.get("wanted") for one in records(home.ground, done[-1])), None)
    wished = done[-1].wanted if done[-1].kind == "seen" else said
    return None if seen_since or (wished == "hide" and not asked.hide) else done[-1]


def _going_on(home: Home, item: ItemId, asked: Asked) -> Removal | None:
    with home.ground.state.reading() as books:
        refuse_culled(books, [item])
        found = [one for one in books.duties.removals(item) if _goes_on(one)]
    if not found:
        return None
    before = found[-1]
    if before.kind == "removal" and before.clause != asked.clause:
        raise GuardError(
            "G-CLAUSE",
            f"removal {before.number} of it has begun under clause {before.clause}",
            f"go on with it: 'bevara oversee removal {before.number} again --as NAME'",
        )
    return before


def _row_of(home: Home, item: ItemId) -> Row:
    ground = home.ground
    with ground.state.reading() as books:
        refuse_culled(books, [item])
    rows = rows_of_item(ground.state, ground.store, item)
    row = last_seen(rows)
    if row is not None and row.platform != PLATFORM:
        with ground.state.reading() as books:
            if books.accounts.get(row.account) is None:
                raise RefusedError(
                    "account", row.account, "the account is not registered any longer; register it again"
                )
    if row is None:
        raise RefusedError(
            "ITEM", item, "not in the archive; look it up with 'bevara search', or give --account and --address"
        )
    if row.platform == PLATFORM:
        raise GuardError("G-OURS", "this record is Bevara's own and stands on no page", "name what stands on the page")
    return row


def _unknown(home: Home, asked: Asked, rule: Rule, files: tuple[OwnFile, ...], at: datetime) -> Removal:
    with home.ground.state.reading() as books:
        account = books.accounts.get(asked.account)
    if account is None:
        raise RefusedError("--account", asked.account, "name a registered account; see 'bevara account list'")
    if not asked.address:
        raise RefusedError("--address", "", "give the address at which it stands")
    if not files and not asked.emergency and not asked.locked:
        raise RefusedError(
            "--screenshot", "", "nothing of it is on record: bring a screenshot, or describe it: --emergency"
        )
    return _write(home, asked, rule, files, at, authority=account.authority)


def _write(
    home: Home,
    asked: Asked,
    rule: Rule,
    files: tuple[OwnFile, ...],
    at: datetime,
    *,
    row: Row | None = None,
    before: Removal | None = None,
    authority: str = "",
) -> Removal:
    account = asked.account if row is None else row.account
    text = record_text(
        item="ett inlägg" if row is None else row.item,
        account=account,
        clause=rule.clause,
        title=rule.title,
        why=asked.why,
        person=asked.person,
        hide=asked.hide,
    )
    if asked.emergency:
        text = f"{text} {emergency_text(asked.emergency)}"
    copies = copies_of(home, row.item) if asked.locked and row is not None else ()
    kept: list[Removal] = []

    def enter(books: Books, record: ItemId) -> None:
        mandated(books, asked.person, "moderate", at)
        if before is None:
            number = books.duties.removal_number()
            standing = _first(asked, rule, account, authority if row is None else row.authority, at, number)
            standing = replace(standing, item=record if row is None else row.item, record=record)
        else:
            now = books.duties.removal(before.number)
            if now is None or (not now.unfinished and now.done is None):
                raise GuardError("G-GONE", "somebody else has ended it meanwhile", "look at 'bevara oversee removals'")
            standing = _more(books, now, asked, record, at)
        if asked.locked:
            noticed = untold(standing.noticed)  # a message to its writer is for the police to decide
            standing = replace(standing, secured="locked", standing=_after_lock(standing), police=True, noticed=noticed)
            lock(books, standing, copies, asked.person, at)
        if asked.secrecy and row is not None:
            keep_secret(books, row, asked, at)
            standing = replace(standing, secrecy=True)
        books.duties.put_removal(standing)
        act = "removal.begun" if before is None else "removal.more"
        books.ledger.append(_receipt(act, standing, asked, files, copies, at))
        kept.append(standing)

    write_own(
        home.ground,
        kind="duty_record",
        authority=authority if row is None else row.authority,
        text=text,
        payload={"removal": _payload(asked, row, before)},
        at=at,
        act="removal.record",
        actor=asked.person,
        files=files,
        about=row,
        first=revision_first,
        also=enter,
    )
    return kept[-1]


def _first(asked: Asked, rule: Rule, account: str, authority: str, at: datetime, number: int) -> Removal:
    return Removal(
        number=number,
        kind="removal",
        standing="begun",
        item=ItemId(""),
        account=account,
        authority=authority,
        clause=rule.clause,
        person=asked.person,
        opened=at,
        changed=at,
        wanted="hide" if asked.hide else "remove",
        police=asked.police,
        register=asked.register or rule.unlawful,
    )


def _more(books: Books, now: Removal, asked: Asked, record: ItemId, at: datetime) -> Removal:
    """What a person adds to a removal that has begun, or is done: then it waits for what was added."""
    register = asked.register and not now.register
    after = replace(
        now, record=record, changed=at, police=now.police or asked.police, register=now.register or asked.register
    )
    if now.done is None:
        return after
    if register:
        books.outbox.put("register", now.item, at)
    waits = now.standing == "closed" and (after.police or after.register or asked.locked)
    return replace(after, standing="hidden" if now.wanted == "hide" else "removed") if waits else after


def _after_lock(standing: Removal) -> Any:
    return "secured" if standing.standing == "begun" else standing.standing


def _receipt(
    act: str, standing: Removal, asked: Asked, files: tuple[OwnFile, ...], copies: Sequence[ItemId], at: datetime
) -> Receipt:
    return Receipt(
        act=act,
        at=at,
        actor=asked.person,
        subjects=(standing.subject, standing.item),
        evidence={
            "account": standing.account,
            "authority": standing.authority,
            "clause": standing.clause,
            "copies": " ".join(copies),
            "kind": standing.kind,
            "locked": standing.secured == "locked",
            "number": standing.number,
            "police": standing.police,
            "record": standing.record,
            "register": standing.register,
            "screenshot": bool(files),
            "described": bool(asked.emergency),
            "wanted": standing.wanted,
        },
    )


def _payload(asked: Asked, row: Row | None, before: Removal | None) -> dict[str, Any]:
    return {
        "account": asked.account if row is None else row.account,
        "address": visible(asked.address),
        "clause": asked.clause,
        "emergency": visible(asked.emergency),
        "item": None if row is None else row.item,
        "locked": asked.locked,
        "more_to": None if before is None else before.record,
        "wanted": "hide" if asked.hide else "remove",
        "why": visible(asked.why),
    }
