"""YouTube through the whole harvest: captions that are asked for once, left over, and had on a later night."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.home import init_home, open_home
from flows.harvest.command import harvest_accounts
from flows.keep.accounts import accounts_named
from flows.keep.read import read_live
from flows.oversee.accounts.register import add_account
from schemas.account import account_from
from tests.servers.world_client import RunningFake

NIGHT = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)
_TEXT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHej\n"


@pytest.fixture
def fake() -> Iterator[RunningFake]:
    """A channel on a server of its own."""
    with RunningFake("youtube", page=50) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, fake: RunningFake, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the channel's account and nothing but what an account needs."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="film", key_file=None)
    history = fake.history()
    monkeypatch.setenv("FILM_TOKEN", history["token"])
    values = {
        "name": "film",
        "platform": "youtube",
        "handle": history["handle"],
        "authority": "alvsjobro",
        "api_base": fake.base,
        "credentials_env": "FILM_TOKEN",
    }
    with open_home(path) as opened:
        add_account(opened.ground, account_from(values, "film.toml"))
    return path


def _night(home: Path, fake: RunningFake, at: datetime, *, units: int = 10_000) -> dict[str, Any]:
    fake.clock(at)
    with open_home(home, at=at) as opened:
        with opened.ground.state.writing() as books:
            # What was used earlier in the day leaves so many.
            used = {"platform.units.day": (at - timedelta(hours=8)).date().isoformat()}
            books.accounts.remember("film", {**used, "platform.units.used": str(10_000 - units)})
        (tally,) = harvest_accounts(opened, accounts_named(opened.ground.state, []), full=False)
    return tally.as_json()


def _media(home: Path) -> list[tuple[int, str, str | None]]:
    """Version, role and digest of every attachment in the archive, in the order they came."""
    with open_home(home) as opened:
        ground = opened.ground
        with ground.state.reading() as books:
            months = [month for _, month, _ in books.manifest.partitions()]
        tables = [
            read_live(ground.state, ground.store, "alvsjobro", month, ("row", "kind", "version", "media", "observed"))
            for month in months
        ]
        rows = sorted((row for one in tables for row in one.to_pylist()), key=lambda row: row["observed"])
    return [
        (row["version"], medium["role"], medium["digest"])
        for row in rows
        if row["kind"] == "post"
        for medium in row["media"]
        if medium["role"] == "caption"
    ]


def _asked(fake: RunningFake) -> list[str]:
    return [path.removeprefix("GET /youtube/v3/") for path, _ in fake.history()["asked"] if "/captions" in path]


def _post(fake: RunningFake, at: datetime) -> None:
    caption = {"role": "caption", "media_type": "text/vtt", "language": "sv", "data": base64.b64encode(_TEXT).decode()}
    fake.act("post", text="Film", id="1", at=at.isoformat(), media=[caption])


def test_captions_are_asked_for_once(home: Path, fake: RunningFake) -> None:
    """A new video costs a list and a file; an unchanged one nothing; a changed one a list, and no file it has."""
    digest = hashlib.sha256(_TEXT).hexdigest()
    _post(fake, NIGHT - timedelta(hours=5))
    first = _night(home, fake, NIGHT)
    assert (first["complete"], first["new"]) == (True, 2)
    assert _asked(fake) == ["captions", "captions/AUieDa100"]
    assert _media(home) == [(1, "caption", digest)]
    assert _night(home, fake, NIGHT + timedelta(days=1))["edited"] == 0
    assert len(_asked(fake)) == 2
    fake.act("edit", id="1", text="Film med ny rubrik", at=(NIGHT + timedelta(days=1, hours=1)).isoformat())
    assert _night(home, fake, NIGHT + timedelta(days=2))["edited"] == 1
    assert _asked(fake)[2:] == ["captions"]
    assert _media(home) == [(1, "caption", digest), (2, "caption", digest)]


def test_captions_left_over_come_on_a_later_night(home: Path, fake: RunningFake) -> None:
    """A night without units for captions stores the video and says so; the next adds them as a version of their own."""
    _post(fake, NIGHT - timedelta(days=20))
    first = _night(home, fake, NIGHT, units=700)
    assert first["complete"]
    assert "H261" in {one["code"] for one in first["findings"]}
    assert _media(home) == []
    second = _night(home, fake, NIGHT + timedelta(days=1))
    assert (second["edited"], "H261" in {one["code"] for one in second["findings"]}) == (1, False)
    assert _media(home) == [(2, "caption", hashlib.sha256(_TEXT).hexdigest())]
    _night(home, fake, NIGHT + timedelta(days=2))
    assert len(_asked(fake)) == 2


def test_a_day_that_is_used_up_parks_the_account(home: Path, fake: RunningFake) -> None:
    """When nothing is left the run says H260, and those before midnight in California ask nothing."""
    _post(fake, NIGHT)
    first = _night(home, fake, NIGHT, units=1)
    assert "H260" in {one["code"] for one in first["findings"]}
    before = len(fake.history()["asked"])
    second = _night(home, fake, NIGHT + timedelta(hours=6))
    assert {one["code"] for one in second["findings"]} == {"H142"}
    assert len(fake.history()["asked"]) == before
    assert _night(home, fake, NIGHT + timedelta(hours=7))["complete"]
