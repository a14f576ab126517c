"""Play one seed's month against a fake platform through the real harvest, and judge every night of it.

By hand: ``python -m tests.nights.simulate facebook 3`` plays seed 3 and prints what is wrong.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from connectors import home, http
from connectors.home import init_home, open_home
from connectors.state import Database, open_database
from flows.harvest.command import harvest_accounts
from flows.harvest.decide import TIERS
from flows.keep.accounts import accounts_named
from flows.keep.read import read_file
from flows.keep.rewrite import compact
from flows.oversee.accounts.register import add_account
from schemas.account import account_from
from schemas.ground import Ground
from schemas.neighbours import Session
from tests.nights.judge import Archived, Judge, Truth, fold
from tests.nights.story import Night, story
from tests.servers.world_client import RunningFake

VARIABLE = "NIGHTS_TOKEN"
COLUMNS = (
    "row",
    "item",
    "kind",
    "own",
    "native",
    "parent",
    "parent_native",
    "observed",
    "published",
    "version",
    "state",
    "evidence",
    "text",
    "media",
)
_REACH = {tier.name: tier.reach for tier in TIERS}
_PARKED = timedelta(hours=24)
"""No limit lasts longer than a day."""
_ENOUGH = 25
"""Problems after which a month is given up."""
PLATFORMS = ("facebook", "instagram", "linkedin", "x", "youtube")
FAKES = (*PLATFORMS, "world_mastodon")
"""Modules under ``tests.servers`` with a fake over the invented world."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to harvest one fake platform.

    Attributes:
        fake: module under ``tests.servers``. platform: the connector. account: further values of the account file.
        capabilities: what can happen there. path: what follows the host in ``api_base``.
    """

    name: str
    fake: str
    platform: str
    account: Mapping[str, Any]
    capabilities: frozenset[str]
    path: str

    @property
    def options(self) -> dict[str, str]:
        """The platform's own options of this way, for the fake."""
        return dict(self.account.get("options", {}))


def ways() -> list[Way]:
    """Every way there is: one per fake, or one per variant of it."""
    found: list[Way] = []
    here = Path(importlib.import_module("tests.servers").__path__[0])
    for fake in FAKES:
        if (here / f"{fake}.py").exists() or (here / fake).is_dir():
            found.extend(ways_of(importlib.import_module(f"tests.servers.{fake}")))
    return found


def ways_of(module: ModuleType) -> list[Way]:
    """The ways of one fake."""
    fake = module.__name__.rpartition(".")[2]
    platform = getattr(module, "PLATFORM", fake)
    variants: Sequence[Mapping[str, Any]] = getattr(module, "VARIANTS", [{}])
    return [
        Way(
            name="-".join([platform, *map(str, variant.get("options", {}).values())]),
            fake=fake,
            platform=platform,
            account=variant,
            capabilities=frozenset(module.CAPABILITIES),
            path=getattr(module, "API_PATH", ""),
        )
        for variant in variants
    ]


def started(way: Way, *, page: int = 3) -> RunningFake:
    """The way's fake, not running yet."""
    return RunningFake(way.fake, page=page, options=way.options)


def make_home(folder: Path, way: Way, fake: RunningFake) -> Path:
    """A rehearsal home with the account of that way."""
    path = folder / "hem"
    init_home(path, rehearsal=True, seed="nights", key_file=None)
    with open_home(path) as opened:
        add_account(opened.ground, account_from(account_values(way, fake), "konto.toml"))
    return path


def account_values(
    way: Way, fake: RunningFake, *, name: str = "konto", authority: str = "alvsjobro", variable: str = VARIABLE
) -> dict[str, Any]:
    """What stands in the account file of that way."""
    values = {
        "name": name,
        "platform": way.platform,
        "handle": fake.history()["handle"],
        "authority": authority,
        "api_base": fake.base + way.path,
        "credentials_env": variable,
        **way.account,
    }
    if "message" in way.capabilities:
        values["harvest"] = {**values.get("harvest", {}), "messages": True}
    return values


_TRUSTED = httpx2.create_ssl_context()
"""Read once: each client of its own would read the machine's certificates anew, which takes longer than a night."""


class _KeptOpen:
    """A state database that stays open when a night ends; the next night finds its statements compiled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def close(self) -> None:
        pass


@contextmanager
def quick() -> Iterator[None]:
    """What costs time and proves nothing is left out: the environment of the test, not the code under test.

    The HTTP client does not sleep (what it would have waited still counts against its budget), the machine's
    certificates are read once, and a home's database stays open from night to night.
    """
    kept: dict[str, Database] = {}
    make_client = http.Http.__init__

    def init(self: http.Http, *args: Any, **named: Any) -> None:
        quickly = {"sleep": lambda _seconds: None, "transport": httpx2.HTTPTransport(verify=_TRUSTED)}
        make_client(self, *args, **{**named, **quickly})

    def opened(url: str) -> Any:
        if url not in kept:
            kept[url] = open_database(url)
        return _KeptOpen(kept[url])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http.Http, "__init__", init)
        patch.setattr(home, "open_database", opened)
        try:
            yield
        finally:
            for database in kept.values():
                database.close()


@contextmanager
def token(value: str) -> Iterator[None]:
    """The account's secret in the environment."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


@dataclass(slots=True)
class Shelf:
    """The rows of a home, each file read once. Files come and go when months are compacted; rows may not."""

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    known: set[tuple[object, ...]] = field(default_factory=set)

    def new(self, ground: Ground) -> list[dict[str, Any]]:
        """Rows that were not there before."""
        with ground.state.reading() as books:
            live = [file.key for file in books.manifest.live()]
        read = {key: read_file(ground.store, key, COLUMNS).to_pylist() for key in live if key not in self.files}
        fresh = [row for rows in read.values() for row in rows if _name(row) not in self.known]
        self.files = {key: read.get(key) or self.files.get(key, []) for key in live}
        self.known.update(map(_name, fresh))
        return fresh

    def archive(self) -> dict[str, Archived]:
        """Every item as it stands."""
        return fold(row for rows in self.files.values() for row in rows)


def _name(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["item"], row["row"], row["version"], row["observed"], row["state"], row["evidence"]


@dataclass(slots=True)
class Month:
    """One home and one fake, night after night.

    Attributes:
        distort: a defect to be put into the connector, to prove that it is noticed.
        spent: seconds that the harvests took. throttled: when the server last asked us to wait.
    """

    path: Path
    fake: RunningFake
    judge: Judge = field(default_factory=Judge)
    shelf: Shelf = field(default_factory=Shelf)
    distort: Callable[[Session], Session] = lambda session: session
    spent: float = 0.0
    throttled: datetime | None = None

    def play(self, nights: Sequence[Night]) -> list[str]:
        """All nights and the last, faultless, full one; gives what is wrong."""
        for night in nights:
            self.night(night)
            if len(self.judge.problems) > _ENOUGH:
                self.judge.problems.append("… and more: the rest of the month was not played")
                return self.judge.problems
        self.night(Night(nights[-1].at + timedelta(days=2), []), full=True)
        return self.judge.problems

    def night(self, night: Night, *, full: bool = False) -> None:
        """Let the world go on, harvest, and judge."""
        if night.operations:
            self.fake.acts(night.operations)
        self.fake.clock(night.at)
        self.fake.misbehave(**night.switches)
        began = time.perf_counter()
        with open_home(self.path, at=night.at) as opened:
            ground, open_session = opened.ground, opened.open_session
            tonight = replace(opened, open_session=lambda account: self.distort(open_session(account)))
            harvest_accounts(tonight, accounts_named(tonight.ground.state, []), full=full, light=night.light)
            self.spent += time.perf_counter() - began
            if not night.light:
                compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock)
            with ground.state.reading() as books:
                coverage = max(books.notes.coverage(), key=lambda one: one.started)
            new = self.shelf.new(ground)
        truth = Truth(self.fake.history())
        codes = {finding.code for finding in coverage.findings}
        if night.trouble.startswith("throttle"):
            self.throttled = night.at
        parked = "H142" in codes and self.throttled is not None and night.at - self.throttled < _PARKED
        trouble = "parked" if parked else night.trouble
        for finding in coverage.findings:
            if finding.code in ("H189", "H190"):
                self.judge.say(night.at, f"{finding.code} {dict(finding.parameters)}")
        self.judge.rows(truth, new)
        archive = self.shelf.archive()
        reach = _REACH.get(coverage.horizon)
        self.judge.night(truth, archive, coverage, None if reach is None else night.at - reach, trouble)
        if full:
            self.judge.end(truth, archive, coverage)


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: a home's every commit waits for its disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="nights-") as folder:
        yield Path(folder)


def play(way: Way, fake: RunningFake, template: Path, folder: Path, seed: int) -> Month:
    """One seed's month in a copy of the template home, judged."""
    fake.reset()
    place = folder / str(seed)
    shutil.copytree(template.parent, place)
    try:
        with token(fake.history()["token"]), quick():
            month = Month(place / template.name, fake)
            month.play(story(seed, way.capabilities))
            return month
    finally:
        shutil.rmtree(place)


def main(arguments: Sequence[str]) -> None:
    """Play seeds by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.nights.simulate")
    parser.add_argument("way", help=", ".join(way.name for way in ways()))
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--counts", action="store_true", help="say what there was to judge")
    wanted = parser.parse_args(arguments)
    for way in ways():
        if not way.name.startswith(wanted.way):
            continue
        with fast_folder() as folder, started(way) as fake:
            template = make_home(folder / "mall", way, fake)
            for seed in wanted.seeds:
                began = time.perf_counter()
                month = play(way, fake, template, folder, seed)
                problems, took = month.judge.problems, time.perf_counter() - began
                sys.stdout.write(f"{way.name} seed {seed}: {len(problems)} wrong, {took:.1f} s")
                sys.stdout.write(f" ({month.spent:.1f} s of it harvest)\n")
                sys.stdout.writelines(f"  {problem}\n" for problem in problems)
                if wanted.counts:
                    sys.stdout.writelines(f"  {count:5} {what}\n" for what, count in sorted(month.judge.met.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
