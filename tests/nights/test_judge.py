"""A harness that cannot fail proves nothing: every defect put into a good connector is noticed and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.nights.defects import DEFECTS, Defect
from tests.nights.simulate import Month, Way, fast_folder, make_home, quick, started, token, ways
from tests.nights.story import story
from tests.servers.world_client import RunningFake

NIGHTS = 9
SEED = 29
"""A month whose first nights have a failing and a cut server and a light pass."""
Stage = tuple[Way, RunningFake, Path, Path]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A running Mastodon fake and an empty home for it."""
    way = next(one for one in ways() if one.platform == "mastodon")
    with ExitStack() as held:
        folder = held.enter_context(fast_folder())
        fake = held.enter_context(started(way))
        yield way, fake, make_home(folder / "mall", way, fake), folder


def problems_with(stage: Stage, defect: Defect, place: Path) -> list[str]:
    """What the judge says of a few nights with that defect."""
    way, fake, template, folder = stage
    fake.reset()
    copy = folder / place.name
    shutil.copytree(template.parent, copy)
    with token(fake.history()["token"]), quick():
        return Month(copy / template.name, fake, distort=defect.into).play(story(SEED, way.capabilities)[:NIGHTS])


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_noticed(stage: Stage, tmp_path: Path, name: str) -> None:
    """A connector with one defect leaves an archive that the judge objects to, and says why."""
    defect, words = DEFECTS[name]
    problems = problems_with(stage, defect, tmp_path)
    assert any(words in problem for problem in problems), problems


def test_no_defect_no_objection(stage: Stage, tmp_path: Path) -> None:
    """The same nights with the connector as it is: nothing to object to."""
    assert problems_with(stage, Defect(), tmp_path) == []
