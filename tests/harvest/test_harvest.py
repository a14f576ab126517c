"""The act of harvesting on the recorded platform: stopped, refused, full, and the same in every kind of home."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow.parquet as pq
import pytest

from connectors.clock import FixedClock
from connectors.home import init_home, open_home
from flows.harvest.command import harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.keep.recover import recover
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.ground import Home
from schemas.neighbours import ObjectInfo, Store
from schemas.record import Row
from schemas.refusal import GuardError
from schemas.tables import to_rows
from tests.journeys.commands import comparable
from tests.servers.postgres import NewDatabase
from tests.servers.recordings import item, write_account, write_recording
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

FIRST = datetime(2024, 3, 2, 2, 15, tzinfo=UTC)
VISITOR = {"id": "v1", "name": "En besökare"}


def recorded(folder: Path) -> Path:
    """Two posts, an answered question, a picture, and a later edit, deletion and answer."""
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "bild.png").write_bytes(b"\x89PNG bild")
    return write_recording(
        folder,
        [
            item("p1", "2024-03-01T08:00:00+01:00", "Vägen är avstängd", edits=[
                {"at": "2024-03-02T09:00:00+01:00", "text": "Vägen är öppen"}]),
            item("p2", "2024-03-01T09:00:00+01:00", "Bild", attachments=[
                {"file": "media/bild.png", "type": "image/png", "alt": "En bild"}]),
            item("c1", "2024-03-01T10:00:00+01:00", "När?", author=VISITOR, parent="p1", thread="p1"),
            item("r1", "2024-03-01T11:00:00+01:00", "I morgon", parent="c1", thread="p1"),
            item("c2", "2024-03-01T12:00:00+01:00", "Tack", author=VISITOR, parent="r1", thread="p1",
                 deleted_at="2024-03-02T10:00:00+01:00"),
            item("c3", "2024-03-02T11:00:00+01:00", "Fint!", author=VISITOR, parent="p2", thread="p2"),
        ],
    )  # fmt: skip


def make_home(folder: Path, recording: Path, *, settings: Sequence[tuple[str, str]] = ()) -> Path:
    """A rehearsal home with the recorded account."""
    path = folder / "hem"
    init_home(path, rehearsal=True, seed="harvest", key_file=None)
    file = path / "bevara.toml"
    text = file.read_text("utf-8")
    for old, new in settings:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return path


def night(path: Path, recording: Path, at: datetime, *, home: Home | None = None, full: bool = False) -> Tally:
    """One night."""
    if home is not None:
        return harvest_accounts(home, accounts_named(home.ground.state, []), full=full)[0]
    with open_home(path, at=at) as opened:
        add_account(opened.ground, read_account(write_account(path / "konto.toml", recording)))
        recover(opened.ground.state, opened.ground.store, at)
        return harvest_accounts(opened, accounts_named(opened.ground.state, []), full=full)[0]


def rows(path: Path) -> list[Row]:
    """Every live row of a home, whatever its store."""
    with open_home(path) as home, home.ground.state.reading() as books:
        files = books.manifest.live()
        return [row for file in files for row in to_rows(pq.read_table(home.ground.store.open(file.key)))]


def play(path: Path, recording: Path) -> list[str]:
    """Three nights; the rows without what chance gave."""
    for days in range(3):
        assert night(path, recording, FIRST + timedelta(days=days)).complete
    return comparable(rows(path))


def test_nights_tell_what_happened(tmp_path: Path) -> None:
    """New, edited, gone and unchanged are counted as they were."""
    recording = recorded(tmp_path / "konto")
    path = make_home(tmp_path, recording)
    first, second, third = (night(path, recording, FIRST + timedelta(days=days)) for days in range(3))
    assert (first.new, first.edited, first.gone) == (6, 0, 0)
    assert (second.new, second.edited, second.gone) == (1, 1, 1)
    assert (third.new, third.edited, third.gone) == (0, 0, 0)


def test_stopped_at_every_write(tmp_path: Path) -> None:
    """A night stopped before or after any one write, recovered and repeated, ends in the same rows as a calm one."""
    recording = recorded(tmp_path / "konto")
    calm = make_home(tmp_path / "calm", recording)
    night(calm, recording, FIRST)
    expected = comparable(rows(calm))
    point = 0
    while True:
        point += 1
        path = make_home(tmp_path / f"stopped{point}", recording)
        with open_home(path, at=FIRST) as home:
            add_account(home.ground, read_account(write_account(path / "konto.toml", recording)))
            counter = Counter(point)
            ground = replace(
                home.ground,
                state=StoppingState(home.ground.state, counter),
                # The wrapper hands everything else through; mypy cannot see that through __getattr__.
                store=cast("Store", StoppingStore(home.ground.store, counter)),
            )
            try:
                night(path, recording, FIRST, home=replace(home, ground=ground))
            except StoppedError:
                pass
        assert night(path, recording, FIRST, full=True).complete
        assert comparable(rows(path)) == expected
        with open_home(path, at=FIRST) as home, home.ground.state.reading() as books:
            assert {file.key for file in books.manifest.live()} == {
                info.key for info in home.ground.store.list("holdings/")
            }
        if counter.points < point:
            break
    assert point > 10


@pytest.mark.soak
def test_stopped_at_every_pair_of_writes(tmp_path: Path) -> None:
    """Stopped at any write and stopped again at any write of the next run, a night still ends in the same rows."""
    recording = recorded(tmp_path / "konto")
    calm = make_home(tmp_path / "calm", recording)
    night(calm, recording, FIRST)
    expected = comparable(rows(calm))
    points = 40
    for first in range(1, points):
        for second in range(1, points):
            path = make_home(tmp_path / f"stopped-{first}-{second}", recording)
            for point in (first, second):
                with open_home(path, at=FIRST) as home:
                    add_account(home.ground, read_account(write_account(path / "konto.toml", recording)))
                    counter = Counter(point)
                    ground = replace(
                        home.ground,
                        state=StoppingState(home.ground.state, counter),
                        store=cast("Store", StoppingStore(home.ground.store, counter)),
                    )
                    stopping = replace(home, ground=ground)
                    try:
                        recover(ground.state, ground.store, FIRST)
                        night(path, recording, FIRST, home=stopping, full=True)
                    except StoppedError:
                        pass
            assert night(path, recording, FIRST, full=True).complete
            assert comparable(rows(path)) == expected


def test_full_disk_is_a_finding_and_the_next_night_converges(tmp_path: Path) -> None:
    """A store without space leaves what is stored untouched; with space again the same night ends complete."""

    class FullStore(StoppingStore):
        def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
            raise OSError(errno.ENOSPC, "no space left")

    recording = recorded(tmp_path / "konto")
    path = make_home(tmp_path, recording)
    with open_home(path, at=FIRST) as home:
        add_account(home.ground, read_account(write_account(path / "konto.toml", recording)))
        ground = replace(home.ground, store=cast("Store", FullStore(home.ground.store, Counter())))
        tally = night(path, recording, FIRST, home=replace(home, ground=ground))
    assert not tally.complete
    assert [finding.code for finding in tally.findings] == ["H190"]
    assert rows(path) == []
    assert night(path, recording, FIRST).complete
    assert {row.native for row in rows(path)} >= {"p1", "p2", "c1", "r1", "c2"}


def test_missing_or_wrong_key_refuses(tmp_path: Path) -> None:
    """Without the native-id key, or with another one, nothing is harvested."""
    recording = recorded(tmp_path / "konto")
    path = make_home(tmp_path, recording)
    key = tmp_path / "hem.key"
    right = key.read_text("ascii")
    for wrong in ("00" * 32, "no key at all", ""):
        key.write_text(wrong, "ascii")
        with pytest.raises(GuardError, match="G-KEY"):
            night(path, recording, FIRST)
    key.unlink()
    with pytest.raises(GuardError, match="G-KEY"):
        night(path, recording, FIRST)
    assert rows(path) == []
    key.write_text(right, "ascii")
    assert night(path, recording, FIRST).complete


def test_one_broken_account_does_not_stop_the_others(tmp_path: Path) -> None:
    """An account whose recording is broken is incomplete with a finding; the other one is harvested."""
    good, broken = recorded(tmp_path / "konto"), tmp_path / "trasigt"
    broken.mkdir()
    (broken / "recording.json").write_text("{", "utf-8")
    path = make_home(tmp_path, good)
    with open_home(path, at=FIRST) as home:
        for name, folder in (("a-trasigt", broken), ("b-helt", good)):
            add_account(home.ground, read_account(write_account(tmp_path / f"{name}.toml", folder, name=name)))
        tallies = harvest_accounts(home, accounts_named(home.ground.state, []), full=False)
    assert [(tally.account, tally.complete) for tally in tallies] == [("a-trasigt", False), ("b-helt", True)]
    assert tallies[0].findings


def test_a_missing_folder_leaves_a_coverage_row(tmp_path: Path) -> None:
    """An account whose recording is not there is incomplete, with a coverage row, and stops nobody else."""
    good, away = recorded(tmp_path / "konto"), recorded(tmp_path / "borta")
    path = make_home(tmp_path, good)
    with open_home(path, at=FIRST) as home:
        for name, folder in (("a-borta", away), ("b-helt", good)):
            add_account(home.ground, read_account(write_account(tmp_path / f"{name}.toml", folder, name=name)))
        away.rename(tmp_path / "annorstades")
        tallies = harvest_accounts(home, accounts_named(home.ground.state, []), full=False)
        with home.ground.state.reading() as books:
            covered = {row.account: row.complete for row in books.notes.coverage()}
    assert [tally.complete for tally in tallies] == [False, True]
    assert covered == {"a-borta": False, "b-helt": True}


def test_numbers_of_versions_never_repeat(tmp_path: Path) -> None:
    """With the clock set back between edits, every version has a number of its own and the newest text is the latest."""
    recording = recorded(tmp_path / "konto")
    path = make_home(tmp_path, recording)
    for at in (FIRST, FIRST + timedelta(days=2), FIRST - timedelta(hours=1), FIRST + timedelta(days=3)):
        night(path, recording, at, full=True)
    versions = [(row.native, row.version) for row in rows(path) if row.row == "version"]
    assert len(versions) == len(set(versions))
    texts = {row.version: row.text for row in rows(path) if row.native == "p1" and row.row == "version"}
    assert texts[max(texts)] == "Vägen är öppen"


def test_two_accounts_at_once_take_an_item_in_once(tmp_path: Path) -> None:
    """Two accounts of one authority that show the same items, harvested at the same time, make no doubles."""
    recording = recorded(tmp_path / "konto")
    path = make_home(tmp_path, recording)
    with open_home(path, at=FIRST) as home:
        for name in ("ett", "tva"):
            add_account(home.ground, read_account(write_account(tmp_path / f"{name}.toml", recording, name=name)))

        def harvest_one(name: str) -> Tally:
            return harvest_accounts(home, accounts_named(home.ground.state, [name]), full=True)[0]

        with ThreadPoolExecutor(2) as pool:
            tallies = list(pool.map(harvest_one, ["ett", "tva"]))
    assert all(tally.complete for tally in tallies), [tally.as_json() for tally in tallies]
    versions = [(row.native, row.version) for row in rows(path) if row.row == "version" and row.kind != "profile"]
    assert sorted(versions) == sorted({(native, 1) for native, _ in versions})


def test_real_home_refuses_rehearsal(tmp_path: Path) -> None:
    """A real home refuses an instant passed in."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=False, seed="", key_file=None)
    with pytest.raises(GuardError, match="G-AT"), open_home(path, at=FIRST):
        pass
    with open_home(path) as home:
        assert not isinstance(home.ground.clock, FixedClock)


def test_same_rows_on_postgres_and_s3(
    tmp_path: Path,
    new_postgres: NewDatabase,
    make_bucket: Callable[..., str],
    moto_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A home on PostgreSQL and S3 ends with the same rows as one on SQLite and a folder."""
    recording = recorded(tmp_path / "konto")
    plain = play(make_home(tmp_path / "a", recording), recording)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = make_bucket()
    s3 = f'kind = "s3"\nbucket = "{bucket}"\nprefix = "arkiv"\nendpoint_url = "{moto_url}"\nregion = "us-east-1"'
    path = make_home(
        tmp_path / "b",
        recording,
        settings=[('kind = "folder"\npath = "store"', s3)],
    )
    with open_home(path) as home, home.ground.state.reading() as books:
        check = books.setting("key_check")
    url = new_postgres("template1")
    file = path / "bevara.toml"
    file.write_text(file.read_text("utf-8").replace("sqlite:///state/bevara.db", url), "utf-8")
    with open_home(path) as home, home.ground.state.writing() as books:
        assert check is not None
        books.set_setting("key_check", check)
    assert play(path, recording) == plain
