"""The labelled set itself: large enough, well formed, invented, and kept apart from what the rules were tuned on."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final

from tests.oversee.watch.test_precision import rows

TUNING: Final = Path(__file__).parents[1] / "labelled" / "tuning.jsonl"
ALIKE: Final = 0.5
"""Share of the shorter text's runs of three words from which two texts count as the same."""
FICTION: Final = re.compile(r"(?:0|46|0046)(?:7017406\d\d|8465004\d\d|313900[67]\d\d|3139006\d\d|9803192\d\d)")
"""Telephone numbers that Post- och telestyrelsen keeps for fiction."""
OURS: Final = "057081600"


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}


def test_the_set_is_large_balanced_and_well_formed() -> None:
    """At least 600 texts, nearly half of them clean, every code in several, no text twice."""
    every = rows()
    assert len(every) >= 600
    assert len({one["id"] for one in every}) == len({one["text"] for one in every}) == len(every)
    assert sum(not one["labels"] for one in every) / len(every) >= 0.45
    assert sum(one["question"] for one in every) >= 80
    found = Counter(code for one in every for code in one["labels"])
    rules = {"W103", "W105", "W106", *(f"W{number}" for number in range(111, 125)), "W133"}
    assert set(found) == rules
    assert min(found.values()) >= 8
    for one in every:
        assert set(one) <= {"id", "text", "labels", "question", "note", "own", "kind"}
        assert one["labels"] == sorted(set(one["labels"]))
        assert one.get("kind", "") in ({"reply", "post"} if one.get("own") else {""})
        assert set(one["labels"]) <= ({"W103", "W133"} if one.get("own") else rules - {"W103", "W133"})


def test_nothing_in_the_set_is_in_the_tuning_texts() -> None:
    """Not word for word, and none that is half the same."""
    if not TUNING.is_file():
        raise AssertionError("the tuning texts are not there, so that nobody can tell that the two are kept apart")
    tuned = [json.loads(line)["text"] for line in TUNING.read_text("utf-8").splitlines() if line.strip()]
    where: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    sizes = []
    for number, text in enumerate(tuned):
        runs = _runs(text)
        sizes.append(len(runs))
        for run in runs:
            where[run].add(number)
    for one in rows():
        runs = _runs(one["text"])
        shared = Counter(number for run in runs for number in where.get(run, ()))
        same = [number for number, count in shared.items() if count / min(len(runs), sizes[number]) >= ALIKE]
        assert not [number for number in same if len(runs) > 2 and sizes[number] > 2], one["id"]
        assert not any(tuned[number].strip().lower() == one["text"].strip().lower() for number in same), one["id"]


def _valid(digits: str) -> bool:
    total = sum(sum(divmod(int(one) * (2 - at % 2), 10)) for at, one in enumerate(digits))
    return total % 10 == 0


def _numbers(one: dict[str, Any]) -> list[str]:
    found = re.findall(r"(?<!\d)(?:\d{8}|\d{6}|\d{4}-\d\d-\d\d)[-+ ]?\d{4}(?!\d)", one["text"])
    return [re.sub(r"\D", "", number)[-10:] for number in found]


def test_personal_numbers_are_nobodys() -> None:
    """Every valid one has a serial number kept for tests (980-999), and stands in a text labelled W115."""
    seen = 0
    for one in rows():
        real = [
            number
            for number in _numbers(one)
            if _valid(number) and 1 <= int(number[2:4]) <= 12 and 1 <= (int(number[4:6]) - 1) % 60 + 1 <= 31
        ]
        seen += len(real)
        assert bool(real) == ("W115" in one["labels"]), one["id"]
        assert all(980 <= int(number[6:9]) <= 999 for number in real), one["id"]
    assert seen >= 16


def test_telephones_and_addresses_are_nobodys() -> None:
    """Numbers are those kept for fiction or the municipality's switchboard; hosts end in example or are public ones."""
    for one in rows():
        for number in re.findall(r"(?<![\d-])\+?0?0?(?:46|0)[\d -]{7,14}\d", one["text"]):
            digits = re.sub(r"\D", "", number)
            assert FICTION.fullmatch(digits) or digits == OURS, (one["id"], number)
        for host in re.findall(r"@([\w.-]+\.\w+)", one["text"]):
            assert host.startswith("example.") or host == "arvika.se", one["id"]
