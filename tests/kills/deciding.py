"""Decisions about persons that are killed: a request about a picture, carried out, and a block. Each is made once."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from flows.harvest.refresh import refresh
from flows.oversee.pictures.asked import ask
from flows.oversee.pictures.decided import decide
from flows.oversee.removal.act import again
from flows.oversee.removal.blocking import block
from schemas.ground import Home
from schemas.ids import item_id
from tests.kills.acts import Act, _recover, _verified, opened
from tests.kills.removing import _page, around, build
from tests.oversee.pictures.conftest import OFFICE
from tests.oversee.removal.page import DISA, KIM, NOW, Page

_REVIEW = date(2026, 9, 1)


def build_office(root: Path) -> None:
    """The same, with the office that papers name."""
    build(root)
    file = root / "hem" / "bevara.toml"
    file.write_text(file.read_text("utf-8") + OFFICE, encoding="utf-8")


def act_picture(home: Home, known: Any) -> None:
    """Recover, take the request in, decide on it and carry it out, or go on where it was left."""
    _recover(home)
    item = item_id(known["item"])
    with home.ground.state.reading() as books:
        rows = books.duties.removals(item)
    number = rows[0].number if rows else ask(home, [item], "Det är jag", KIM).rows[0].number
    if not rows or rows[0].record is None:
        decide(home, [number], "Hon syns tydligt", DISA, unpublish=True)
    with home.ground.state.reading() as books:
        row = books.duties.removal(number)
    if row is not None and row.unfinished:
        if _asked("remove") and not row.secured:
            raise AssertionError("asked before a copy was secured")
        again(home, number, KIM, partial(refresh, home))


def check_picture(root: Path, known: Any) -> list[str]:
    """One request, one decision with its papers, one removal that is done, after its copy."""
    problems, item = list[str](), item_id(known["item"])
    with opened(root) as home, home.ground.state.reading() as books:
        rows = books.duties.removals()
        marks = [one.kind for one in books.marks.of([item])]
        told = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
    if [(one.kind, one.secured) for one in rows] != [("picture", "fresh")] or (not rows[0].gone and rows[0].unfinished):
        problems.append(f"removals: {[(one.kind, one.standing, one.secured) for one in rows]}")
    if not _asked("remove"):
        problems.append("nothing was taken away")
    if "borttagen-av-oss" not in marks:
        problems.append(f"marks: {marks}")
    problems += _records(root, ["decision", "letter"])
    once = ("picture.opened", "picture.decided", "removal.secured", "removal.done")
    problems += [f"not one receipt: {one}" for one in once if told.count(one) != 1]
    return problems + _verified(root)


def act_block(home: Home, known: Any) -> None:
    """Recover, then block; asked for again it is the same decision."""
    _recover(home)
    with home.ground.state.reading() as books:
        before = len(books.duties.blocks())
    if _asked("block") and not before:
        raise AssertionError("the platform was asked before the decision stood")
    block(home, known["item"], "Upprepade hot", _REVIEW, DISA)


def check_block(root: Path, _: Any) -> list[str]:
    """One decision, in force, and the platform was asked."""
    problems = list[str]()
    with opened(root) as home, home.ground.state.reading() as books:
        blocks = [(one.standing, one.person) for one in books.duties.blocks()]
        told = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
    if blocks != [("active", DISA)]:
        problems.append(f"blocks: {blocks}")
    if not _asked("block"):
        problems.append("nobody was blocked")
    if told.count("block.decided") != 1 or "block.answered" not in told:
        problems.append(f"receipts: {told}")
    return problems + _records(root, ["block_decision"]) + _verified(root)


def _asked(act: str) -> bool:
    return any(one["act"] == act for one in _page().moderated())


def _records(root: Path, wanted: list[str]) -> list[str]:
    kinds = sorted(row.kind for row in Page(root, _page(), at=NOW).rows() if row.platform == "bevara")
    return [] if [one for one in kinds if one != "removal_notice"] == wanted else [f"records: {kinds}"]


DECIDING = {
    "picture": Act(build_office, act_picture, check_picture, around),
    "block": Act(build, act_block, check_block, around),
}
