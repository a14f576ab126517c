"""What is kept of threads as columns tells of questions and answers what all of it would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pyarrow as pa
import pytest

from flows.oversee.watch.below import Below
from flows.oversee.watch.questions_open import Answer, Asked, resolve

START = datetime(2026, 2, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(120))
def test_below(seed: int) -> None:
    """Any threads: deep, flat, with parts that are not there, and running in circles."""
    random = Random(seed)
    names = [f"i{number}" for number in range(random.choice([1, 3, 8, 25]))]
    rows = {
        name: {
            "item": name,
            "parent": random.choice([None, "p", "q", *names]),
            "thread": random.choice(["p", "q", name]),
        }
        for name in names
    }
    below = Below()
    every: dict[str, tuple[str, str]] = {}
    for some in (names[::2], names[1::2]):
        # As the holdings have them: an item always has an id.
        schema = pa.schema([(name, pa.string(), name != "item") for name in ("item", "parent", "thread")])
        below.add(pa.Table.from_pylist([rows[name] for name in some], schema))
        for name in some:
            parent, thread = rows[name]["parent"], rows[name]["thread"] or name
            if parent is not None and parent != thread:
                every[name] = (parent, thread)
    asked, answers = [], []
    for hour, name in enumerate(names):
        at, parent, thread = START + timedelta(hours=hour), rows[name]["parent"], rows[name]["thread"] or name
        if random.random() < 0.3:
            answers.append(Answer(item=name, parent=parent, thread=thread, at=at))
        elif random.random() < 0.7:
            asked.append(
                Asked(
                    item=name,
                    account="a",
                    authority="x",
                    version=1,
                    at=at,
                    parent=parent,
                    thread=thread,
                    author=random.randrange(3),
                    certainty="likely",
                )
            )
    kept = below.of(answers)
    assert kept.items() <= every.items()
    assert resolve(asked, answers, kept) == resolve(asked, answers, every)
