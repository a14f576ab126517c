"""An archive with three real films that are decided to be delivered, and a folder that stands in for KB's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from flows.deposit.decide import decide
from flows.deposit.pack.act import package
from flows.deposit.pack.build import Built
from flows.deposit.pack.status import known
from schemas.deposit import Film, StoredDelivery, Told
from schemas.ids import ItemId
from tests.cull.archive import ACCOUNT
from tests.deposit.world import COMMUNICATOR, File, World, cues
from tests.films import film_files

__all__ = ["Dock", "dock", "dock_template", "film_files"]

AGREEMENT = "http://www.kb.se/namespace/digark/submissionagreement/31-KB999-2013"
HAND = f'[deposit]\nagreement = "{AGREEMENT}"\n'
"""Settings without a receiver."""
RECEIVER = '[deposit.receiver]\nkind = "folder"\npath = "../kb"\n'
SETTINGS = HAND + RECEIVER
REASON = "En avslutad informationsfilm till allmänheten"
_NAMES = ("plain.mp4", "vertical.mp4", "voice.mp3")


class Dock(World):
    """The archive. Films 1, 2 and 3 are decided; the first has captions."""

    @property
    def kb(self) -> Path:
        """The receiver's folder."""
        return self.root / "kb"

    @property
    def items(self) -> list[ItemId]:
        """The films' items, by the films' numbers."""
        return [one.item for film in self.films() for one in self.members(film.id)]

    def fill(self, files: Mapping[str, Path]) -> None:
        """Publish, find and decide."""
        self.begin(SETTINGS)
        self.kb.mkdir()
        for number, name in enumerate(_NAMES):
            data = files[name].read_bytes()
            own = [File(data, "audio", "audio/mpeg")] if name.endswith(".mp3") else [File(data)]
            captions = [cues()] if not number else []
            text = f"Film nummer {number + 1}"
            self.film(None, account=ACCOUNT, text=text, files=own, captions=captions)
            self.scan()
        for film in self.films():
            self.decide(film.number)

    def decide(self, *numbers: int, answer: bool = True, way: str = "fgs-publ", replaces: str = "") -> None:
        """Decide of films, each with a page of its own."""
        for number in numbers:
            told = Told(page=f"https://www.arvika.se/film/{number}") if answer else Told()
            with self.open() as home:
                decide(home, [str(number)], answer, REASON, COMMUNICATOR, told, way if answer else "", replaces)

    def pack(self, *numbers: int, status: str = "") -> Built:
        """Package films."""
        with self.open() as home:
            return package(home, [str(one) for one in numbers], COMMUNICATOR, status)  # type: ignore[arg-type]

    def numbered(self, number: int) -> Film:
        """A film by its number."""
        return self.films()[number - 1]

    def standings(self) -> list[str]:
        """Where the films stand, by number."""
        return [one.standing for one in self.films()]

    def delivery(self, named: str = "1") -> StoredDelivery:
        """A delivery."""
        with self.open() as home:
            return known(home.ground, named)

    def built(self, named: str = "1") -> bytes:
        """The bytes of a built delivery."""
        with self.open() as home, closing(home.ground.store.open(known(home.ground, named).key)) as source:
            return source.read()

    def lying(self) -> list[str]:
        """Keys of derived objects of deliveries."""
        with self.open() as home:
            return [one.key for one in home.ground.store.list("work/deliveries/")]


def copied(template: Path, root: Path) -> Dock:
    """A copy of a dock that was filled before: quicker than to fill it anew."""
    shutil.copytree(template, root)
    dock = Dock(root)
    dock.made = 100  # rows that come later have names of their own
    return dock


def codes(findings: Sequence[object]) -> list[str]:
    """Codes of findings, in order."""
    return [str(getattr(one, "code", one)) for one in findings]


@pytest.fixture(scope="session")
def dock_template(tmp_path_factory: pytest.TempPathFactory, film_files: Mapping[str, Path]) -> Path:
    """A dock from which others are copied."""
    root = tmp_path_factory.mktemp("kaj")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        Dock(root / "allt").fill(film_files)
    return root / "allt"


@pytest.fixture
def dock(dock_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dock:
    """Three films decided, nothing packaged yet."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    return copied(dock_template, tmp_path / "allt")
