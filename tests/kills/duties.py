"""The account register that is killed: a decision, the published list and a routine that is kept, each once and whole."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from flows.oversee.accounts.checking import keep_routine
from flows.oversee.accounts.deciding import Decision, decide
from flows.oversee.accounts.publishing import publish
from schemas.ground import Home
from schemas.ids import item_id
from schemas.neighbours import WebPage
from tests.cull.archive import NOW
from tests.kills.acts import Act, _recover, _verified, opened
from tests.oversee.accounts.desk import WHO, Registry
from tests.stopping import Counter

_ROUTINE = WebPage(
    address="https://a.test/rutin", status=200, text="Sidans syfte", main="Sidans syfte", data=b"<p>x</p>"
)
_ACTS = ("account.decided", "account.published", "account.routine")
_NAMES = ("konton.csv", "konton.html", "konton.json")


def build(root: Path) -> None:
    """An account and a folder with an older list. Its keys lie beside it: two runners make the same home at a time."""
    os.environ["BEVARA_KEYS"] = str(root / "nycklar")
    Registry(root).begin()
    (root / "webb").mkdir()
    for name in _NAMES:
        (root / "webb" / name).write_text("förra listan", "utf-8")
    (root / "at").write_text(NOW.isoformat(), "ascii")
    (root.parent / "known.json").write_text("{}", "utf-8")


def act(home: Home, _: Any) -> None:
    """Recover, then decide, publish and keep the routine; every file that takes its place is a point, too."""
    _recover(home)
    counter: Counter = home.ground.state._counter  # type: ignore[attr-defined] # of tests.kills.killing

    def moved(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename" and Path(str(arguments[1])).name in _NAMES:
            counter.point()

    sys.addaudithook(moved)
    with home.ground.state.reading() as books:
        (account,) = books.accounts.all()
    decision = Decision(what="start", by="Alex Al", role="chef", on=account.duties.decided or NOW.date())
    decide(home, account.name, decision, WHO)
    publish(home, home.path / ".." / "webb", WHO)
    keep_routine(home.ground, account, _ROUTINE)


def check(root: Path, _: Any) -> list[str]:
    """One record and one receipt of each, its paper, three files of one list, and nothing beside them."""
    problems = list[str]()
    with opened(root) as home, home.ground.state.reading() as books:
        told = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
        items = {one: books.duties.paper(one, subject) for one, subject in _PAPERS}
        errands = [one.subject for one in books.outbox.waiting("register")]
    problems += [f"not one receipt: {one}" for one in _ACTS if told.count(one) != 1]
    problems += [f"no paper: {one}" for one, paper in items.items() if paper is None]
    start = items["account-start"]
    if start is None or errands != [item_id(start.item)]:
        problems.append(f"waits to be registered: {errands}")
    if sorted(one.name for one in (root / "webb").iterdir()) != list(_NAMES):
        problems.append("something lies beside the files")
    if any("förra" in (root / "webb" / name).read_text("utf-8") for name in _NAMES):
        problems.append("a file of the list before is there")
    return problems + _verified(root)


_PAPERS = (("account-start", "nyheter"), ("public-list", ""), ("routine", "nyheter"))
DUTIES = {"duties": Act(build, act, check)}
