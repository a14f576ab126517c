"""Thirty nights against every fake: the archive equals the server's history, or the coverage says truly why not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from tests.nights.simulate import PLATFORMS, ways
from tests.nights.workers import playing

SEEDS = 10
"""Per fake; one that can be harvested in several ways is so in turn."""
FEWER = 3
"""Of what is here to try the harness itself."""
MANY = range(1000)
Playing = dict[tuple[str, int], "Future[list[str]]"]


@pytest.fixture(scope="module")
def months(request: pytest.FixtureRequest) -> Iterator[Playing]:
    """Every month that a chosen test asks for, being played already."""
    chosen = [getattr(item, "callspec", None) for item in request.session.items if "months" in _fixtures(item)]
    tasks = [(spec.params["way"], spec.params["seed"]) for spec in chosen if spec is not None]
    with playing(tasks) as running:
        yield running


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))


def _few() -> list[tuple[str, int]]:
    of_fake: dict[str, list[str]] = {}
    for way in ways():
        of_fake.setdefault(way.fake, []).append(way.name)
    return [
        (names[seed % len(names)], seed)
        for fake, names in of_fake.items()
        for seed in range(SEEDS if fake in PLATFORMS else FEWER)
    ]


@pytest.mark.parametrize(("way", "seed"), _few())
def test_a_month_of_nights(months: Playing, way: str, seed: int) -> None:
    """After thirty nights with every misbehaviour the archive equals the history, as far as it could be seen."""
    problems = months[way, seed].result()
    assert not problems, f"python -m tests.nights.simulate {way} {seed}\n" + "\n".join(problems)


@pytest.mark.soak
@pytest.mark.parametrize("way", [way.name for way in ways()])
def test_very_many_months(way: str) -> None:
    """The same for a thousand seeds."""
    with playing([(way, seed) for seed in MANY]) as running:
        wrong = {seed: problems for (_, seed), future in running.items() if (problems := future.result())}
    assert not wrong, "\n".join(f"{way} seed {seed}: {len(said)}: {said[0]}" for seed, said in wrong.items())
