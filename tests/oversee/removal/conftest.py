"""Fixtures of the removals' tests: one fake page and two harvested homes a module, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.oversee.removal.page import ACTS, READS, Page
from tests.servers.world_client import RunningFake

Start = Callable[[Path, bool], Page]


@pytest.fixture(scope="module")
def facebook() -> Iterator[RunningFake]:
    """One fake page for all tests of a module."""
    with RunningFake("facebook") as fake:
        yield fake


@pytest.fixture(scope="module")
def start(facebook: RunningFake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Gives copies of the harvested home; the page is played again for each."""
    folder, made = tmp_path_factory.mktemp("sidor"), dict[bool, Page]()
    with pytest.MonkeyPatch.context() as patch:
        world = facebook.history()
        patch.setenv(READS, world["token"])
        patch.setenv(ACTS, world["moderating"])

        def copy(root: Path, moderated: bool) -> Page:  # noqa: FBT001 - a fixture of two kinds
            if moderated not in made:
                made[moderated] = Page(folder / str(moderated), facebook).begin(moderated=moderated)
            else:
                made[moderated].play()
            first = made[moderated]
            shutil.copytree(first.root, root, dirs_exist_ok=True)
            return Page(root, facebook, ids=dict(first.ids), natives=dict(first.natives))

        yield copy


@pytest.fixture
def page(start: Start, tmp_path: Path) -> Page:
    """The page, harvested once."""
    return start(tmp_path / "sida", True)


@pytest.fixture
def unmoderated(start: Start, tmp_path: Path) -> Page:
    """The same without a secret for moderating: a person does it."""
    return start(tmp_path / "sida", False)
