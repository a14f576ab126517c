"""Stopped at any write, a watch and a person's word have either been entered whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from flows.keep.recover import recover
from flows.oversee.watch.act import watch
from flows.oversee.watch.saying import say
from schemas.ground import Home
from schemas.neighbours import Store
from schemas.watch import Notice
from tests.oversee.watch.world import OFFICER, Page
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

FRIDAY = datetime(2026, 1, 30, 14, tzinfo=UTC)


def stopping(home: Home, counter: Counter) -> Home:
    """The home, whose writes are counted."""
    ground = home.ground
    store = cast("Store", StoppingStore(ground.store, counter))
    return replace(home, ground=replace(ground, state=StoppingState(ground.state, counter), store=store))


def notices(page: Page) -> list[Notice]:
    """Everything that is remembered."""
    with page.open() as home, home.ground.state.reading() as books:
        return list(books.duties.notices())


def test_watch_stopped(page: Page) -> None:
    """Before the commit nothing of it is there, after it everything; the next watch says the same as an undisturbed one."""
    page.question(FRIDAY)
    page.question(FRIDAY, "Hur söker man förskoleplats?")
    seen = []
    for stop in range(1, 10):
        counter = Counter(stop)
        with page.open() as home:
            try:
                watch(stopping(home, counter), light=True)
            except StoppedError:
                seen.append(len(notices(page)))
                continue
            break
    else:
        pytest.fail("the watch has more writes than that")
    whole = len(notices(page))
    assert seen == [0, whole]
    assert len(page.signs("W101")) == 2


def test_word_stopped(page: Page, tmp_path: Path) -> None:
    """With a reason: the item, the notice and the receipt come together or not at all, and saying it again is done once."""
    asked = page.question(FRIDAY)
    page.look()
    before = len(page.stored())
    points = 0
    while True:
        points += 1
        copy = Page(tmp_path / f"kopia{points}", at=page.at)
        shutil.copytree(page.root, copy.root)
        with copy.open() as home:
            try:
                say(stopping(home, Counter(points)), asked, "W101", "done", OFFICER, why="Ringde upp")
            except StoppedError:
                recover(home.ground.state, home.ground.store, copy.at, home.ground.mirrors)
            else:
                break
        notice = copy.notice(asked, "W101")
        assert notice is not None
        entered = notice.standing == "done"
        assert len(copy.stored()) == before + entered
        if not entered:
            with copy.open() as home:
                say(home, asked, "W101", "done", OFFICER, why="Ringde upp")
        assert len(copy.stored()) == before + 1
        shutil.rmtree(copy.root)
    assert points > 3
