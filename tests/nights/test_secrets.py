"""No token, cookie or signature is left anywhere after nights with every misbehaviour, nor by a night under Prefect."""

from __future__ import annotations

import base64
import gzip
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.home import init_home, open_home
from flows.harvest.command import as_text, harvest_accounts
from flows.keep.accounts import accounts_named
from flows.oversee.accounts.register import add_account
from schemas.account import account_from
from tests.nights.secrets import Search
from tests.nights.simulate import Way, account_values, fast_folder, quick, started, ways
from tests.nights.story import Night, story
from tests.servers.world_client import RunningFake

TROUBLES: tuple[dict[str, int | bool], ...] = (
    {},
    {"throttle": 100_000, "after": 3},
    {"failing": 100_000, "after": 4},
    {},
    {"cut": 100_000, "after": 2},
    {"loop": 2},
    {"expired": True},
    {"failing": 1, "cut": 1, "throttle": 1, "after": 2},
    {},
)
_HEARD = "somebody listens"
_PROGRAM = """
import sys
from pathlib import Path
from flows.nightly.serve import prepare
prepare(Path(sys.argv[1]))
from flows.nightly.flow import nightly
print(nightly(home=sys.argv[1], at=sys.argv[2]))
"""


@dataclass(slots=True)
class Everything:
    """A home with an account on every fake, what was said meanwhile, and the secrets there were."""

    home: Path
    nights: dict[str, int] = field(default_factory=dict)
    said: str = ""
    prefect: str = ""
    secrets: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def everything() -> Iterator[Everything]:
    """All accounts of one home through every misbehaviour, then one night under Prefect."""
    with ExitStack() as held, pytest.MonkeyPatch.context() as patch:
        folder = held.enter_context(fast_folder())
        home = folder / "hem"
        init_home(home, rehearsal=True, seed="secrets", key_file=None)
        result = Everything(home)
        playing: list[tuple[RunningFake, list[Night]]] = []
        with open_home(home) as opened:
            for number, way in enumerate(ways()):
                fake = held.enter_context(started(way))
                fake.token(f"hemlig-nyckel-{number}-{way.name}-0123456789abcdef")
                patch.setenv(f"NIGHTS_TOKEN_{number}", fake.history()["token"])
                # The same items come by several ways of one platform: an authority of its own takes all of them in.
                values = account_values(
                    way, fake, name=f"konto-{number}", authority=f"namnd-{number}", variable=f"NIGHTS_TOKEN_{number}"
                )
                add_account(opened.ground, account_from(values, "konto.toml"))
                playing.append((fake, _troubled(way)))
        records = held.enter_context(_listening())
        with quick():
            for turn in range(len(TROUBLES)):
                _play(result, playing, turn)
        logging.getLogger("connectors").debug(_HEARD)
        result.said = "\n".join(records)
        last = _begin_night(playing, len(TROUBLES) - 1, timedelta(days=1))
        done = _under_prefect(home, last)
        assert done.returncode == 0, done.stderr[-2000:]
        result.prefect = done.stdout + done.stderr
        for fake, _ in playing:
            result.secrets.update(fake.history()["secrets"])
        yield result


def _troubled(way: Way) -> list[Night]:
    nights = story(1, way.capabilities)[: len(TROUBLES)]
    return [replace(night, switches=switches) for night, switches in zip(nights, TROUBLES, strict=True)]


class _listening:  # noqa: N801 - used like a function
    """Everything that any logger says, however quietly."""

    def __enter__(self) -> list[str]:
        records: list[str] = []

        class Keep(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                records.append(self.format(record))

        self._handler = Keep(level=logging.NOTSET)
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.DEBUG)
        return records

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._handler)
        logging.getLogger().setLevel(self._level)


def _begin_night(playing: list[tuple[RunningFake, list[Night]]], turn: int, later: timedelta) -> Night:
    at = playing[0][1][turn].at + later
    for fake, nights in playing:
        fake.clock(at)
        fake.misbehave(**({} if later else nights[turn].switches))
    return replace(playing[0][1][turn], at=at)


def _play(result: Everything, playing: list[tuple[RunningFake, list[Night]]], turn: int) -> None:
    for fake, nights in playing:
        fake.acts(nights[turn].operations)
    night = _begin_night(playing, turn, timedelta())
    with open_home(result.home, at=night.at) as home:
        tallies = harvest_accounts(home, accounts_named(home.ground.state, []), full=turn == 3)
    for tally in tallies:
        result.nights[tally.account] = result.nights.get(tally.account, 0) + tally.new
        sys.stdout.write(as_text(tally) + "\n")


def _under_prefect(home: Path, night: Night) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(home), night.at.isoformat()],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_secrets_are_nowhere(everything: Everything) -> None:
    """Files, columns, tables, Prefect's database, logs and output hold items of every account, and no secret."""
    assert set(everything.nights) == {f"konto-{number}" for number in range(len(ways()))}
    assert all(everything.nights.values()), everything.nights
    assert len(everything.secrets) > 2 * len(everything.nights)
    assert (everything.home / "prefect" / "prefect.db").stat().st_size > 0
    assert _HEARD in everything.said
    search = Search(everything.secrets)
    found = search.in_folder(everything.home.parent)
    found += search.in_bytes(everything.said.encode(), "logs")
    found += search.in_bytes(everything.prefect.encode(), "output under Prefect")
    assert not found, "\n".join(found[:40])


def test_output_has_no_secret(everything: Everything, capfd: pytest.CaptureFixture[str]) -> None:
    """What the command says of every account's night has no secret."""
    with open_home(everything.home) as home, home.ground.state.reading() as books:
        rows = books.notes.coverage()
        for row in rows:
            sys.stdout.write(f"{row}\n")
    out, err = capfd.readouterr()
    assert len(rows) >= len(everything.nights)
    assert Search(everything.secrets).in_bytes((out + err).encode(), "output") == []


@pytest.mark.parametrize("place", ["plain", "packed", "column", "row", "utf-16", "base64", "name"])
def test_the_search_finds(tmp_path: Path, place: str) -> None:
    """A secret put anywhere is found, so that finding none means something."""
    secret = "en-hemlig-nyckel-9876543210"
    if place == "plain":
        (tmp_path / "a.xml").write_text(f"<a>{secret}</a>", "utf-8")
    elif place == "packed":
        (tmp_path / "a.gz").write_bytes(gzip.compress(f"<a>{secret}</a>".encode()))
    elif place == "column":
        # The packing writes it as two references to what stands before.
        table = pa.table({"text": pa.array([f"{secret[:17]}!", f"?{secret[17:]}", secret])})
        pq.write_table(table, tmp_path / "a.parquet", compression="zstd", use_dictionary=False, write_statistics=False)
        assert secret.encode() not in (tmp_path / "a.parquet").read_bytes()
    elif place == "row":
        with sqlite3.connect(tmp_path / "a.db") as database:
            database.execute("create table t (v text)")
            database.execute("insert into t values (?)", (secret,))
        database.close()
    elif place == "utf-16":
        (tmp_path / "a.bin").write_bytes(secret.encode("utf-16-le"))
    elif place == "base64":
        (tmp_path / "a.bin").write_bytes(base64.b64encode(b"x" + secret.encode()))
    else:
        (tmp_path / secret).touch()
    assert Search([secret]).in_folder(tmp_path)
    assert Search(["nagot-helt-annat"]).in_folder(tmp_path) == []


def test_the_search_knows_secrets_by_name(tmp_path: Path) -> None:
    """A secret parameter is found whatever its value; one that was taken out is not."""
    (tmp_path / "a").write_text("https://a.test/x?width=3&oh=00_AfBcdEfGh&oe=6f", "utf-8")
    assert Search([]).in_folder(tmp_path)
    (tmp_path / "a").write_text("https://a.test/x?width=3&access_token=[removed]&oe=6f", "utf-8")
    assert Search([]).in_folder(tmp_path) == []
    shutil.rmtree(tmp_path)
