"""Play the demonstration: an invented municipality, many nights over several years, no network."""

from __future__ import annotations

import shutil
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from connectors.home import init_home, open_home
from connectors.settings import FILE, read_settings
from flows.harvest.tally import Tally
from flows.nightly.act import Night, run_night
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from flows.oversee.marks import mark_items
from flows.oversee.persons import add_person
from flows.plan.act import adopt_plan
from schemas.ground import Home
from schemas.ids import ItemId, native_hash
from schemas.refusal import RefusedError

SEED = "bevara-demo"
"""Makes ids repeat, so that what the README shows stays true."""

_ROOT = Path(__file__).resolve().parents[2] / "infra"
RECORDING = _ROOT / "demo"
PLAN = _ROOT / "plans" / "arvika-exempel.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One night that was played."""

    at: datetime
    note: str
    night: Night


@dataclass(slots=True, kw_only=True)
class Year:
    """The nights of one calendar year in counts."""

    nights: int = 0
    new: int = 0
    edited: int = 0
    hidden: int = 0
    gone: int = 0
    failed: int = 0
    incomplete: int = 0
    cull: int = 0
    ask: int = 0
    keep: int = 0

    def add(self, night: Night) -> None:
        """Count one more night; what is due is that of the year's last night."""
        self.nights += 1
        for tally in night.tallies:
            self._add(tally)
        if night.due is not None:
            self.cull, self.ask, self.keep = night.due.cull, night.due.ask, night.due.keep

    def _add(self, tally: Tally) -> None:
        self.new += tally.new
        self.edited += tally.edited
        self.hidden += tally.hidden
        self.gone += tally.gone
        self.failed += tally.failed
        self.incomplete += not tally.complete


@dataclass(slots=True, kw_only=True)
class Story:
    """What the demonstration showed."""

    home: Path
    last: datetime
    years: dict[int, Year] = field(default_factory=lambda: defaultdict(Year))
    notable: list[Played] = field(default_factory=list)
    persons: dict[str, str] = field(default_factory=dict)
    explained: ItemId | None = None


def play(home_path: Path, *, progress: Callable[[int, int, str], None] = lambda _done, _all, _note: None) -> Story:
    """Make the demo home anew and play every night.

    Args:
        home_path: the home to make; an earlier demo home there is replaced, anything else is refused.
        progress: called before each night with its number, their count and the night's note.
    """
    _clear(home_path)
    init_home(home_path, rehearsal=True, seed=SEED, key_file=None)
    script = tomllib.loads((RECORDING / "nights.toml").read_text(encoding="utf-8"))
    nights: list[dict[str, Any]] = script["night"]
    waiting: list[dict[str, Any]] = sorted(script.get("mark", []), key=lambda mark: mark["after"])
    with open_home(home_path, at=nights[0]["at"]) as home:
        _prepare(home, script)
    persons = {person["role"]: person["name"] for person in script["person"]}
    story = Story(home=home_path, last=nights[-1]["at"], persons=persons)
    for number, one in enumerate(nights):
        progress(number, len(nights), one["note"])
        at: datetime = one["at"]
        with open_home(home_path, at=at) as home:
            night = run_night(home)
            while waiting and waiting[0]["after"] <= at:
                _mark(home, waiting.pop(0))
        story.years[at.year].add(night)
        story.notable.append(Played(at=at, note=one["note"], night=night))
    progress(len(nights), len(nights), "")
    return story


def _clear(home_path: Path) -> None:
    key = home_path.resolve().parent / f"{home_path.resolve().name}.key"
    if not home_path.exists():
        if key.exists():
            raise RefusedError(
                "--home", str(home_path), f"{key.name} lies beside it; remove it or choose another folder"
            )
        return
    if not (home_path / FILE).exists() or read_settings(home_path).seed != SEED:
        raise RefusedError("--home", str(home_path), "it is no demo home and is not replaced; choose another folder")
    shutil.rmtree(home_path)
    key.unlink(missing_ok=True)


def _prepare(home: Home, script: dict[str, Any]) -> None:
    for person in script["person"]:
        add_person(home.ground, person["name"], person["role"])
    for path in sorted((RECORDING / "accounts").glob("*.toml")):
        add_account(home.ground, read_account(path))
    adopt_plan(home, PLAN, script["person"][1]["name"])


def item_of(home: Home, account: str, native: str) -> ItemId:
    """The item that stands for a platform's id."""
    with home.ground.state.reading() as books:
        known = books.accounts.get(account)
        if known is None:
            raise RefusedError("account", account, "name an account of the demonstration")
        key = native_hash(home.native_key(), known.authority, known.platform, native)
        item = books.natives.find([key]).get(key)
    if item is None:
        raise RefusedError("native", native, "the item has not been harvested")
    return item


def _mark(home: Home, mark: dict[str, Any]) -> None:
    on: date | None = mark.get("on")
    mark_items(
        home.ground,
        [item_of(home, mark["account"], mark["native"])],
        mark["kind"],
        mark["by"],
        on=on,
        dnr=mark.get("dnr", ""),
        provision=mark.get("provision", ""),
    )


def years(story: Story) -> Iterator[tuple[int, Year]]:
    """The years in order."""
    yield from sorted(story.years.items())
