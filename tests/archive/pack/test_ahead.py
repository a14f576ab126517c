"""Answers asked for ahead: each question once, errors told to whoever waits, no thread left behind."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from flows.archive.pack.ahead import Ahead
from schemas.package import Format


def _gone(before: int) -> bool:
    for _ in range(200):
        if threading.active_count() <= before:
            return True
        time.sleep(0.01)
    return False


def test_each_question_is_asked_once() -> None:
    """The same key twice is one question; what was never asked has no answer."""
    asked: list[int] = []

    def question() -> Format:
        asked.append(1)
        return Format(puid="fmt/43")

    ahead = Ahead()
    ahead.ask("a", question)
    ahead.ask("a", question)
    assert ahead.answer("a") == Format(puid="fmt/43")
    assert ahead.answer("b") is None
    assert len(asked) == 1
    ahead.end()


def test_an_error_is_told_to_whoever_waits() -> None:
    """An error does not stop what is asked later."""

    def broken() -> Format:
        raise RuntimeError("trasig")

    ahead = Ahead()
    ahead.ask("a", broken)
    ahead.ask("b", Format)
    with pytest.raises(RuntimeError, match="trasig"):
        ahead.answer("a")
    assert ahead.answer("b") == Format()
    ahead.end()


def test_no_thread_is_left_when_nobody_can_ask() -> None:
    """Ended, or forgotten without a word after an error elsewhere: the thread is gone."""
    before = threading.active_count()
    for end in (True, False):
        ahead = Ahead()
        ahead.ask("a", Format)
        assert ahead.answer("a") == Format()
        if end:
            ahead.end()
        del ahead
        gc.collect()
        assert _gone(before)
