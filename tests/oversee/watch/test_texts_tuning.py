"""How often the rules are right on the examples that they were made with; the measure that counts is of the set kept apart."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.oversee.watch.texts import asks, judge
from schemas.oversight import OversightSettings
from schemas.watch_words import built_in_words

_EXAMPLES = Path(__file__).parents[1] / "labelled" / "tuning.jsonl"
_PRECISION, _RECALL = 0.90, 0.85
_OVER_ALL = 0.95
_QUESTION = "fråga"


def _examples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _EXAMPLES.read_text("utf-8").splitlines()]


def _measured() -> dict[str, Counter[str]]:
    """By code: how many were told rightly, wrongly, and missed; ``uncertain`` counts as not told."""
    words, settings = built_in_words(), OversightSettings()
    measured: dict[str, Counter[str]] = {}
    for one in _examples():
        own = one.get("own", False)
        told = {
            hit.code: hit.certainty
            for hit in judge(one["text"], words, settings, own=own, kind=one.get("kind", "comment"))
        }
        wanted = set(one["labels"])
        if not own:
            certainty = asks(one["text"], words)
            if certainty:
                told[_QUESTION] = certainty
            if one["question"] is True:
                wanted.add(_QUESTION)
        firm = {code for code, certainty in told.items() if certainty != "uncertain"}
        for code in firm | wanted:
            outcome = "right" if code in firm & wanted else "wrong" if code in firm else "missed"
            measured.setdefault(code, Counter())[outcome] += 1
    return measured


@pytest.fixture(scope="module")
def measured() -> dict[str, Counter[str]]:
    """Outcomes by code."""
    return _measured()


def _rates(one: Counter[str]) -> tuple[float, float]:
    return one["right"] / max(1, one["right"] + one["wrong"]), one["right"] / max(1, one["right"] + one["missed"])


def test_every_code_keeps_its_floor(measured: dict[str, Counter[str]]) -> None:
    """Precision and recall of each code are at or above the floors, shown as a table."""
    print("kod     rätt  fel  missade  precision  täckning")  # noqa: T201 - the table is wanted
    for code, one in sorted(measured.items()):
        precision, recall = _rates(one)
        print(f"{code:<6} {one['right']:>5} {one['wrong']:>4} {one['missed']:>8} {precision:>10.2f} {recall:>9.2f}")  # noqa: T201 - as above
    below = [code for code, one in measured.items() if _rates(one)[0] < _PRECISION or _rates(one)[1] < _RECALL]
    assert below == []


def test_all_codes_together_keep_their_floor(measured: dict[str, Counter[str]]) -> None:
    """Precision and recall over all are at or above the floor."""
    total: Counter[str] = Counter()
    for one in measured.values():
        total.update(one)
    assert min(_rates(total)) >= _OVER_ALL


def test_examples_are_many_and_half_of_them_clean() -> None:
    """The set is large enough to mean something, and at least a third of its visitors' texts have nothing to tell."""
    examples = [one for one in _examples() if not one.get("own")]
    assert len(examples) >= 500
    assert sum(not one["labels"] and not one.get("uncertain") for one in examples) >= len(examples) / 3
    assert len({one["text"] for one in examples}) == len(examples)
