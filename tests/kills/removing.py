"""A removal that is killed: never is anything taken off the page before its copy is secured, and it ends whole, once."""

from __future__ import annotations

import http.client
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from flows.harvest.refresh import refresh
from flows.oversee.removal.act import look_again, remove
from flows.oversee.removal.asked import Asked
from schemas.ground import Home
from schemas.ids import item_id
from tests.kills.acts import Act, _recover, _verified, opened
from tests.oversee.removal.page import ACTS, KIM, NOW, READS, Page
from tests.servers.world_client import RunningFake

_RUNNING: list[RunningFake] = []
"""The page of this process, which only forks; it ends with it."""


def around(folder: Path | None) -> None:
    """Start the page; or let it be as it was when it was harvested."""
    if not _RUNNING:
        fake = RunningFake("facebook").start()
        _RUNNING.append(fake)
        world = fake.history()
        os.environ.update({READS: world["token"], ACTS: world["moderating"]})
    if folder is not None:
        Page(folder, _RUNNING[0]).play()


def _page() -> RunningFake:
    """The same page from a forked child, over a connection of its own."""
    fake = RunningFake("facebook")
    fake.port = _RUNNING[0].port
    fake._connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=30)
    return fake


def build(root: Path) -> None:
    """A harvested page with an insult."""
    page = Page(root, _page()).begin()
    (root / "at").write_text(NOW.isoformat(), "ascii")
    (root.parent / "known.json").write_text(json.dumps({"item": page.ids["insult"]}), "utf-8")


def act_remove(home: Home, known: Any) -> None:
    """Recover, look whether the page was asked for more than was secured, then remove, or go on with it."""
    _recover(home)
    item = item_id(known["item"])
    asked = [one["act"] for one in _page().moderated()]
    with home.ground.state.reading() as books:
        before = books.duties.removals(item)
    if asked and not any(one.secured == "fresh" for one in before):
        raise AssertionError(f"asked before a copy was secured: {asked}, {[one.standing for one in before]}")
    remove(home, Asked(item=item, clause="R01", why="x", person=KIM), partial(refresh, home))
    look_again(home)


def check_removed(root: Path, known: Any) -> list[str]:
    """One removal with one record, one message, one mark; gone from the page; the message went out once at most."""
    fake, item, problems = _page(), item_id(known["item"]), list[str]()
    acts = [one["act"] for one in fake.moderated()]
    with opened(root) as home, home.ground.state.reading() as books:
        rows = books.duties.removals()
        marks = [one.kind for one in books.marks.of([item])]
        bodies = [json.loads(link.body) for link in books.ledger.after(0)]
        errands = [one.subject for one in books.outbox.waiting("register")]
    kinds = [row.kind for row in Page(root, fake, at=NOW).rows() if row.platform == "bevara"]
    told = [one["act"] for one in bodies]
    if [(one.standing, one.secured) for one in rows] != [("removed", "fresh")]:
        problems.append(f"removals: {[(one.standing, one.secured) for one in rows]}")
    elif rows[0].noticed not in ("sent", "to-paste"):
        problems.append(f"message: {rows[0].noticed}")
    if "remove" not in acts or acts.count("notify") > 1:
        problems.append(f"asked of the page: {acts}")
    if acts.count("notify") == 0 and rows and rows[0].noticed == "sent":
        problems.append("the message is said to be sent and is not")
    if sorted(kinds) != ["duty_record", "removal_notice"]:
        problems.append(f"records: {kinds}")
    if marks != ["borttagen-av-oss"] or errands != [item]:
        problems.append(f"marks: {marks}, errands: {errands}")
    once = ("removal.begun", "removal.secured", "removal.notice", "removal.done", "mark.add")
    problems += [f"not one receipt: {one}" for one in once if told.count(one) != 1]
    order = [
        told.index(one) for one in ("removal.begun", "removal.secured", "removal.asked", "removal.done") if one in told
    ]
    if order != sorted(order) or len(order) != 4:
        problems.append(f"receipts in another order: {told}")
    return problems + _verified(root)


REMOVING = {"remove": Act(build, act_remove, check_removed, around)}
