"""Removals and blocks of a restored backup: what the ledger knows of them and the backup does not is entered again.

What was taken off a page since the backup stays marked so, what was locked is locked again before anybody may read it, and
what was being asked of a platform stands as unclear until somebody has looked. The words are lost with the backup's records;
a person goes through them (W246).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from flows.keep.locked import hold_item, lock_copies
from schemas.books import Books
from schemas.calendar import local_day
from schemas.hold import Mark
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt
from schemas.removal import REMOVAL_STANDINGS, SECURED, Block, Removal, untold

RESTORED: Final = "removal.restored"
_BEGINS: Final = ("removal.begun", "removal.explained", "picture.opened")
_GONE: Final = ("removal.done", "removal.said")
_OF_RECORDS: Final = ("removal.record", "removal.notice_record", "picture.record", "block.record")
_UNSURE: Final = ("secured", "acting")
"""Standings in which somebody was at it: what became of it has to be looked at."""

Told = Mapping[str, Any]
"""A receipt, decoded."""


def speaks(body: str) -> bool:
    """Whether a receipt is about a removal or a block."""
    return any(f'"act":"{one}.' in body for one in ("removal", "picture", "block"))


def restore_removals(books: Books, bodies: Iterable[str], at: datetime) -> int:
    """Enter them again; safe to run again. Returns how many are to be looked at.

    Args:
        bodies: receipts of the links that the backup did not have, in order.
    """
    removals: dict[int, list[Told]] = {}
    blocks: dict[str, list[Told]] = {}
    for body in bodies:
        value = json.loads(body)
        act, evidence = str(value["act"]), value["evidence"]
        if act in _OF_RECORDS or act == RESTORED:
            continue
        if act.startswith(("removal.", "picture.")) and isinstance(number := evidence.get("number"), int):
            removals.setdefault(number, []).append(value)
        elif act.startswith("block.") and value["subjects"]:
            blocks.setdefault(value["subjects"][0], []).append(value)
    known = {one.item: one for one in books.duties.blocks()}
    return sum(_removal(books, number, some, at) for number, some in sorted(removals.items())) + sum(
        _block(books, item, some, known.get(item_id(item))) for item, some in sorted(blocks.items())
    )


def _removal(books: Books, number: int, some: Sequence[Told], at: datetime) -> bool:
    before = books.duties.removal(number)
    row = before
    if row is None:
        if some[0]["act"] not in _BEGINS:
            return False
        row = _begun(number, some[0])
    for one in some:
        row = _after(row, one)
    if row.standing in _UNSURE:
        row = replace(row, standing="unclear", answer="W226")
    if before == row:
        return False
    books.duties.put_removal(row)
    if not books.tombstones.known([row.item]):
        _follow(books, row, some, at)
    evidence = {"number": number, "standing": row.standing, "locked": row.secured == "locked"}
    books.ledger.append(
        Receipt(act=RESTORED, at=at, actor="bevara", subjects=(row.subject, row.item), evidence=evidence)
    )
    return True


def _begun(number: int, told: Told) -> Removal:
    evidence, at = told["evidence"], datetime.fromisoformat(told["at"])
    seen = told["act"] == "removal.explained"
    ours = seen and evidence.get("by") == "us"
    locked = bool(evidence.get("locked"))
    return Removal(
        number=number,
        kind="picture" if told["act"] == "picture.opened" else evidence["kind"],
        standing="secured" if locked else "begun",
        item=_item_of(told),
        account=evidence["account"],
        authority=evidence["authority"],
        clause=evidence["clause"],
        person=told["actor"],
        opened=at,
        changed=at,
        secured="locked" if locked else "archived" if seen else "",
        wanted=evidence.get("wanted", "remove"),
        done=at if seen else None,
        noticed="" if ours or not seen else "none",
        police=bool(evidence.get("police")),
        register=bool(evidence.get("register")),
    )


def _item_of(told: Told) -> ItemId:
    return next(item_id(one) for one in told["subjects"] if not one.startswith("removal:"))


def _after(row: Removal, told: Told) -> Removal:
    act, evidence = told["act"], told["evidence"]
    changes: dict[str, Any] = {"changed": datetime.fromisoformat(told["at"])}
    if evidence.get("standing") in REMOVAL_STANDINGS:
        changes["standing"] = evidence["standing"]
    if evidence.get("locked"):
        changes |= {"secured": "locked", "police": True, "noticed": untold(row.noticed)}
    if act == "removal.secured" and evidence.get("how") in SECURED:
        # A version that the backup does not have is no copy that anybody has.
        changes |= {"secured": evidence["how"], "version": 0}
    elif act == "removal.unlocked" and evidence.get("secured") in SECURED:
        changes["secured"] = evidence["secured"]
        if changes.get("standing") == "begun" and row.noticed == "none":
            changes["noticed"] = ""
    elif act == "removal.asked":
        changes |= {"tries": row.tries + 1, "wanted": evidence.get("way", row.wanted)}
    elif act in _GONE:
        changes |= {"done": changes["changed"], "answer": evidence.get("answer") or ""}
    return replace(row, **changes, **_seen_to(act, evidence))


def _seen_to(act: str, evidence: Told) -> dict[str, Any]:
    """What somebody said or did beside the removal itself."""
    if act in _GONE and evidence.get("silent"):
        return {"noticed": "none"}
    if act == "picture.decided" and not evidence["unpublish"]:
        return {"standing": "declined"}
    if act == "removal.notice":
        return {"noticed": "to-paste"}
    if act == "removal.noticed":
        return {"noticed": evidence["how"]}
    if act == "removal.reported":
        return {"police": False}
    return {"register": False} if act == "removal.closed" else {}


def _follow(books: Books, row: Removal, some: Sequence[Told], at: datetime) -> None:
    """What goes with it: the mark, the lock's hold, the registrar's errand."""
    others = any(one["act"] == "removal.explained" and one["evidence"].get("by") != "us" for one in some)
    if row.done is not None and not others:
        marked = {one.kind for one in books.marks.of([row.item])}
        if "borttagen-av-oss" not in marked:
            books.marks.add(
                Mark(item=row.item, kind="borttagen-av-oss", person=row.person, at=at, on=local_day(row.done))
            )
    if row.register:
        books.outbox.put("register", row.item, at)
    if row.secured == "locked":
        hold_item(books, row.item, row.person, at)
        copies = {item_id(name) for one in some for name in str(one["evidence"].get("copies") or "").split()}
        lock_copies(books, row, sorted(copies), at)


def _block(books: Books, item: str, some: Sequence[Told], before: Block | None) -> bool:
    row = before
    if row is None:
        if some[0]["act"] != "block.decided":
            return False
        evidence, when = some[0]["evidence"], datetime.fromisoformat(some[0]["at"])
        row = Block(
            item=item_id(item),
            account=evidence["account"],
            authority=evidence["authority"],
            person=some[0]["actor"],
            at=when,
            review=date.fromisoformat(evidence["review"]),
            changed=when,
        )
    lifted = [one for one in some if one["act"] == "block.lifted"]
    if lifted:
        row = replace(row, standing="lifted", changed=datetime.fromisoformat(lifted[-1]["at"]))
    if row == before:
        return False
    books.duties.put_block(row)
    return True
