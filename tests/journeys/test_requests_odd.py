"""Requests that something is odd about: two officers, what is gone or soon due, patterns that explode."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.ids import ItemId
from tests.disclose.world import COLLEAGUE, OFFICER, Desk
from tests.journeys.asking import asked, cull, desk, due, filled, on, sample

__all__ = ["desk", "filled", "sample"]
PROVISION = "OSL 21:1"


def test_two_officers_at_one_request(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """One assesses after the other: the last word counts, both stand in the ledger, and an answer is by what stands then."""
    number = asked(desk)
    desk.assess(number, "give")
    desk.request("assess", str(number), sample["old"], "refuse", "--provision", PROVISION, person=COLLEAGUE)
    desk.answer(number, "--out", str(tmp_path / "svar"))
    assert desk.kept(number).outcome == "partly"
    told = json.loads((tmp_path / "svar" / "handlingar.json").read_text("utf-8"))
    assert "Vattnet stängs av" not in json.dumps(told, ensure_ascii=False)
    assert {one["actor"] for one in desk.receipts(f"request:{number}")} >= {OFFICER, COLLEAGUE}
    assert "G-CHANGED" in desk.refused("answer", str(number), "--out", str(tmp_path / "igen"))
    assert not (tmp_path / "igen").exists()


def test_what_was_culled_yesterday_is_told(desk: Desk, sample: Mapping[str, ItemId], tmp_path: Path) -> None:
    """What is gone cannot be given: the search says in which month how many went, and so does the answer."""
    assert cull(desk) == {sample["old"], sample["below_old"]}
    desk.later(days=1)
    number = desk.ask("Allt om Storgatan")
    found = desk.find(number, "--text", "Storgatan")
    assert found["items"] == 0
    assert {"month": "2022-05", "count": 2} in found["culled"]
    desk.answer(number, "--out", str(tmp_path / "svar"))
    assert desk.kept(number).outcome == "nothing"
    desk.request("close", str(number))


def test_what_is_due_tomorrow_is_saved(desk: Desk) -> None:
    """Due on the first of a year: the officer is told when the request is opened, and the day comes and takes nothing."""
    on(desk, "2025-12-31")
    tomorrow = desk.publish("Simhallen har öppet", at=datetime(2023, 6, 3, 10, tzinfo=UTC))
    number = desk.ask("Allt om simhallen")
    warned = desk.request("warn", str(number))["warned"]
    assert (warned["now"], warned["soon"]) == (2, 1)
    desk.later(days=2)
    assert due(desk) == 0
    desk.find(number, "--word", "simhallen")
    desk.request("withdraw", str(number))
    desk.request("close", str(number))
    assert tomorrow in cull(desk)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(9+)+$", 0),
        ("(vatten|vatte.*)*{3}", 2),
        ("(", 2),
        ("(?P<x>a)(?P=x)", 2),
        ("x{1,100000}", 2),
        ("(((a{100}){100}){100})", 2),
    ],
)
def test_a_pattern_that_explodes_does_not(desk: Desk, pattern: str, code: int) -> None:
    """Regular expressions run in linear time or are refused with the place."""
    desk.publish("9" * 50_000 + "!")
    number = desk.ask("Allt")
    began = time.process_time()
    desk.say(
        "request", "find", str(number), "--regex", pattern, "--as", OFFICER, codes=(0, 3) if code == 0 else (code,)
    )
    assert time.process_time() - began < 20
