"""Batches: cut by what their attachments hold open, the same rows however they are cut, in order though clocks are not."""

from __future__ import annotations

import errno
import hashlib
import io
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from pytest_httpserver import HTTPServer

from connectors.clock import FixedClock
from connectors.home import open_home
from connectors.http import Http
from flows.harvest.act import Order, harvest
from flows.harvest.gather import _parents_first
from flows.harvest.media import FILES, Room, fetch_all
from flows.harvest.tally import Tally
from flows.keep.recover import recover
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.ground import Home
from schemas.near import EXPORT
from schemas.neighbours import Lookup, MediaBytes, MediaError, Store
from schemas.record import MediaRef, Row, Seen
from tests.harvest.test_cadence import NIGHT, Platform, night, seen, states
from tests.harvest.test_harvest import make_home, rows
from tests.intake.listed import Listed, Place, shown
from tests.journeys.commands import comparable
from tests.servers.recordings import item, write_account, write_recording
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

UNDER_WAY = 8
"""Attachments that may come beyond the room there was."""


class Open:
    """Counts the attachments that are open, and the most that ever were."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def count(self, change: int) -> None:
        """One more or one less."""
        with self._lock:
            self.now += change
            self.most = max(self.most, self.now)

    def medium(self, name: str, *, size: int | None = None) -> MediaBytes:
        """An attachment; ``size``: what is said of it."""
        data = name.encode()
        self.count(1)
        digest = hashlib.sha256(data).hexdigest()
        return MediaBytes(file=_Counted(data, self), digest=digest, size=size or len(data), media_type="image/png")


class _Counted(io.BytesIO):
    def __init__(self, data: bytes, opened: Open) -> None:
        super().__init__(data)
        self._opened = opened

    def close(self) -> None:
        if not self.closed:
            self._opened.count(-1)
        super().close()


class Pictured(Platform):
    """A platform whose attachments can be had, until it breaks or our machine does."""

    opened: Open
    size: int | None = None
    breaks: OSError | None = None

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """The attachment, named by its origin."""
        if self.breaks is not None and "30" in reference.origin:
            raise self.breaks
        if reference.origin.startswith("borta"):
            raise MediaError("H143")
        return self.opened.medium(reference.origin, size=self.size)


def pictured(count: int, *, each: int = 1, name: str = "bild") -> Pictured:
    """Posts with pictures, of which every seventh is answered, the answer first."""
    items: list[Seen] = []
    for number in range(count):
        media = tuple(MediaRef(role="picture", origin=f"{name}/{number}/{place}") for place in range(each))
        if number % 7 == 0:
            items.append(seen(f"c{number}", "comment", by="v", parent_native=f"p{number}", thread_native=f"p{number}"))
        items.append(seen(f"p{number}", media=media))
    platform = Pictured(items)
    platform.opened = Open()
    return platform


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A rehearsal home with an account that the tests' own platform answers for."""
    recording = write_recording(tmp_path / "sida", [])
    with open_home(make_home(tmp_path, recording), at=NIGHT) as opened:
        add_account(opened.ground, read_account(write_account(tmp_path / "konto.toml", recording, name="sidan")))
        yield opened


def batches(found: list[Row]) -> set[str]:
    """The batches of rows with attachments."""
    return {row.batch for row in found if row.media}


@pytest.mark.parametrize(("count", "each"), [(3 * FILES + 20, 1), (30, 21), (2, FILES + 50)])
def test_a_harvest_holds_few_attachments_open(home: Home, count: int, each: int) -> None:
    """However many pictures a night brings, few are open at a time (those of one post together), and all are stored."""
    platform = pictured(count, each=each)
    tally = night(home, platform)
    assert (tally.complete, tally.media) == (True, count * each)
    assert platform.opened.most <= max(FILES, each) + each + UNDER_WAY
    assert platform.opened.now == 0
    found = rows(home.path)
    assert sum(len(row.media) for row in found) == sum(bool(one.digest) for row in found for one in row.media)
    posts = {row.item: row for row in found if row.kind == "post"}
    answers = [row for row in found if row.kind == "comment"]
    assert answers
    assert all(row.parent is not None and posts[row.parent].native == row.parent_native for row in answers)


def test_large_attachments_end_a_batch_early(home: Home) -> None:
    """Attachments of 60 MB are stored a few at a time: the temporary folder never holds them all."""
    platform = pictured(40)
    platform.size = 60_000_000
    assert night(home, platform).media == 40
    assert platform.opened.most <= 5 + UNDER_WAY
    assert len(batches(rows(home.path))) >= 4


def test_missing_attachments_end_no_batch(home: Home) -> None:
    """What cannot be had takes no room: a thousand posts whose pictures are withheld are one batch."""
    tally = night(home, pictured(1_000, name="borta"))
    assert sum(one.count for one in tally.findings if one.code == "H143") == 1_000
    assert len(batches(rows(home.path))) == 1


def test_known_attachments_are_not_fetched_again(home: Home) -> None:
    """A new version of a post whose picture is stored fetches nothing; a second night stores nothing."""
    platform = pictured(FILES + 60)
    night(home, platform)
    platform.breaks = OSError(errno.EIO, "must not be asked")
    assert night(home, platform, days=1).media == 0
    platform.items["p30"].identity = "changed".ljust(64, "0")
    again = night(home, platform, days=2)
    assert (again.edited, again.media, again.complete) == (1, 0, True)
    assert all(one.digest for row in rows(home.path) for one in row.media)


def test_a_cut_run_stopped_anywhere_ends_in_the_same_rows(tmp_path: Path) -> None:
    """Stopped before or after a write in any of its batches and repeated, a run leaves the rows of a calm one."""
    count, recording = FILES + 10, write_recording(tmp_path / "sida", [])

    def run(name: str, stop_at: int | None) -> tuple[list[str], int]:
        path = make_home(tmp_path / name, recording)
        with open_home(path, at=NIGHT) as home:
            add_account(home.ground, account := read_account(write_account(path / "konto.toml", recording)))
            counter = Counter(stop_at)
            ground = home.ground
            stopping = replace(
                ground,
                state=StoppingState(ground.state, counter),
                store=cast("Store", StoppingStore(ground.store, counter)),
            )
            order = Order(account=account, secret_key=home.native_key())
            try:
                harvest(stopping, pictured(count), order)
            except StoppedError:
                recover(ground.state, ground.store, NIGHT)
                assert harvest(ground, pictured(count), order).complete
        return comparable(rows(path)), counter.points

    calm, points = run("calm", None)
    assert points > 2 * count
    for place in range(4):
        stop_at = 5 + place * (points - 10) // 3
        assert run(f"stopped{place}", stop_at)[0] == calm


class Opened(Listed):
    """An export whose attachments are counted while they are open."""

    opened: Open

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """The attachment, named by its place."""
        return self.opened.medium(reference.origin)


@pytest.mark.parametrize("text", ["Inlägg", ""])
def test_an_import_holds_few_attachments_open(tmp_path: Path, text: str) -> None:
    """An export with many pictures, with text and without, holds few of them open; imported again it adds nothing."""
    place = Place(tmp_path, write_recording(tmp_path / "konto", [item("p1", "2024-03-01T08:00:00+01:00", "Hej")]))
    begin, count = datetime(2020, 1, 1, tzinfo=UTC), 2 * FILES + 30
    # Two of every second: what is alike is looked at together.
    moments = [begin + timedelta(hours=number // 2) for number in range(count)]
    items = [
        shown(at.isoformat(), f"{text} {number}" if text else "", files=[f"{number}.png"])
        for number, at in enumerate(moments)
    ]
    export = Opened([replace(one) for one in items], group=100)
    export.opened = Open()
    tally = place.take(export, NIGHT)
    assert (tally.new, tally.media, tally.complete) == (count, count, True)
    assert export.opened.most <= FILES + UNDER_WAY + 2
    assert export.opened.now == 0
    again = place.take(export, NIGHT + timedelta(days=1))
    assert (again.new, again.media) == (0, 0)
    assert len(place.posts()) == count


def test_what_is_fetched_to_know_an_item_takes_no_more_than_the_room() -> None:
    """Beyond the room only digests are kept; nothing stays open that is not handed over."""
    opened = Open()
    export = Opened([])
    export.opened = opened
    wanted = {f"{EXPORT}{number}": (MediaRef(role="picture", origin=f"{EXPORT}{number}"), None) for number in range(50)}
    fetched = fetch_all(export, wanted, known={}, limit=1_000, room=Room(files=10))
    assert all(one.digest for one in fetched.by_origin.values())
    assert (len(fetched.by_origin), len(fetched.bytes), len(fetched.digested), opened.now) == (50, 10, 40, 10)
    fetched.close()
    assert opened.now == 0


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOSPC])
def test_an_error_of_our_own_machine_is_no_missing_attachment(home: Home, number: int) -> None:
    """Without space or descriptors the run ends with H190, no attachment is called missing, and the next night has all."""
    platform = pictured(FILES + 60)
    platform.breaks = OSError(number, "ours")
    tally = night(home, platform)
    assert [one.code for one in tally.findings if one.severity != "info"] == ["H190"]
    assert not tally.complete
    assert platform.opened.now == 0
    platform.breaks = None
    assert night(home, platform, days=1).complete
    assert all(one.digest for row in rows(home.path) for one in row.media)
    assert {row.native for row in rows(home.path)} >= set(platform.items)


def test_a_download_without_a_place_for_it_is_no_failure_of_the_platform(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no temporary file can be made, the download raises our own machine's error."""
    httpserver.expect_request("/bild").respond_with_data(b"bild", content_type="image/png")
    with Http(httpserver.url_for("/"), name="t", clock=FixedClock(NIGHT)) as http:
        http.download("bild", endpoint="media", limit=100).file.close()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "finns" / "inte"))
        with pytest.raises(OSError, match="inte"):
            http.download("bild", endpoint="media", limit=100)


def test_what_is_gone_is_found_gone_once_though_the_clock_was_set_back(home: Home) -> None:
    """Nights before the night that first saw a post find it gone once, and shown again once when it comes back."""
    platform = Platform([seen(name) for name in "abc"])
    night(home, platform)
    missing = platform.items.pop("c")
    found = []
    for hours in (-20, -10, -5):
        with open_home(home.path, at=NIGHT + timedelta(hours=hours)) as back:
            found.append(_full(back, platform).gone)
    assert found == [1, 0, 0]
    assert states(home)["c"][0] == "gone"
    platform.items["c"] = missing
    with open_home(home.path, at=NIGHT - timedelta(hours=4)) as back:
        _full(back, platform)
    platform.items["a"].identity = "later".ljust(64, "0")
    platform.items["a"].hidden = True
    for hours in (-3, -2):
        with open_home(home.path, at=NIGHT + timedelta(hours=hours)) as back:
            assert _full(back, platform).edited == (hours == -3)
    mine = sorted((row for row in rows(home.path) if row.native == "c"), key=lambda row: row.observed)
    assert [row.state for row in mine] == ["seen", "gone", "seen"]
    hidden = sorted((row for row in rows(home.path) if row.native == "a"), key=lambda row: row.observed)
    assert [(row.row, row.version, row.state) for row in hidden] == [("version", 1, "seen"), ("version", 2, "hidden")]


def _full(home: Home, platform: Platform) -> Tally:
    platform.answers = {native: Lookup(native=native, outcome="found") for native in platform.items}
    with home.ground.state.reading() as books:
        account = books.accounts.get("sidan")
    assert account is not None
    return harvest(home.ground, platform, Order(account=account, secret_key=home.native_key(), full=True))


def _natives(items: list[tuple[Seen, datetime]]) -> list[str]:
    return [one.native for one, _ in _parents_first(items)]


def test_parents_come_before_their_children() -> None:
    """Level by level, each in the order it came; looks at one item stay in order; those in a circle come last."""
    looks = [
        seen("x", parent_native="y"), seen("y", parent_native="x"), seen("c", parent_native="b"),
        seen("b", parent_native="a"), seen("e", parent_native="nobody"), seen("a"), seen("b", parent_native="a"),
        seen("s", parent_native="s"), seen("d", parent_native="a"),
    ]  # fmt: skip
    ordered = _parents_first([(one, NIGHT) for one in looks])
    assert [one.native for one, _ in ordered] == ["e", "a", "s", "b", "b", "d", "c", "x", "y"]
    assert [one for one, _ in ordered if one.native == "b"] == [looks[3], looks[6]]


def test_a_deep_chain_is_put_in_order_at_once() -> None:
    """Twenty thousand items, each answering the next, take no time that grows with their square."""
    count = 20_000
    chain = [(seen(f"n{number}", "comment", parent_native=f"n{number + 1}"), NIGHT) for number in range(count)]
    begin = time.process_time()
    assert _natives(chain) == [f"n{number}" for number in reversed(range(count))]
    assert time.process_time() - begin < 2
