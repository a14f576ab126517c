"""Cadence, light passes, waiting as a platform asks, and terms that ask for deletion."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.home import open_home, platform_names
from connectors.home import platform as module
from flows.harvest.act import Order, harvest
from flows.harvest.decide import light_due, tiers_of, window
from flows.harvest.follow import FollowOrder, follow
from flows.harvest.tally import Tally
from flows.oversee.accounts.account_command import read_account
from flows.oversee.accounts.register import add_account
from schemas.account import Account, Cadence, account_from
from schemas.finding import Finding
from schemas.ground import Home
from schemas.neighbours import (
    Capture,
    Health,
    ListingEnd,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    PlatformError,
    Window,
)
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError
from tests.harvest.test_harvest import make_home, rows
from tests.servers.recordings import write_account, write_recording

NIGHT = datetime(2026, 3, 2, 1, 15, tzinfo=UTC)
VALUES = {"name": "sidan", "platform": "sample", "handle": "sidan", "authority": "kommunstyrelsen"}


class Platform:
    """A platform in memory: items by native id, what it shows tonight, and how it fails."""

    def __init__(self, items: Sequence[Seen]) -> None:
        self.items = {one.native: one for one in items}
        self.ends: list[ListingEnd] = [ListingEnd(listing="posts", scope="", complete=True)]
        self.answers: dict[str, Lookup] = {}
        self.error: PlatformError | None = None
        self.asked = 0
        self.windows: list[Window] = []
        self.said: dict[str, str] = {}

    def health(self) -> Health:
        """The account is ``us``."""
        self.asked += 1
        return Health(native="us")

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Capture | ListingEnd | Finding]:
        """Everything in one answer, then the ends of the listings."""
        self.windows.append(window)
        yield Capture(endpoint="all", parameters={}, status=200, at=window.now, body=None, listing="posts")
        if self.error is not None:
            raise self.error
        yield from self.ends
        list(threads)

    def parse(self, capture: Capture) -> Parsed:
        """The items as they are."""
        return Parsed(items=list(self.items.values()))

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """As set, else not found."""
        for native in natives:
            yield self.answers.get(native, Lookup(native=native, outcome="not_found"))

    def remember(self) -> Mapping[str, str]:
        """As set."""
        return self.said

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """There are no attachments."""
        raise MediaError("H118")

    def close(self) -> None:
        """Nothing is held."""


def seen(native: str, kind: Any = "post", **more: Any) -> Seen:
    """An item written an hour before the night."""
    return Seen(
        native=native, kind=kind, author="Vi", author_native=more.pop("by", "us"), text=native,
        platform_time=NIGHT - timedelta(hours=1), payload="{}", identity=native.ljust(64, "0")[:64], **more,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A rehearsal home with an account that the tests' own platform answers for."""
    recording = write_recording(tmp_path / "sida", [])
    path = make_home(tmp_path, recording)
    with open_home(path, at=NIGHT) as opened:
        add_account(opened.ground, read_account(write_account(tmp_path / "konto.toml", recording, name="sidan")))
        yield opened


def night(home: Home, platform: Platform, *, days: int = 0, **order: Any) -> Tally:
    """One run, some days after the first."""
    with home.ground.state.reading() as books:
        account = books.accounts.get("sidan")
    assert account is not None
    account = replace(account, terms=order.pop("terms", "keep"))
    with open_home(home.path, at=NIGHT + timedelta(days=days)) as later:
        return harvest(later.ground, platform, Order(account=account, secret_key=home.native_key(), **order))


def states(home: Home) -> dict[str, tuple[str, str | None]]:
    """Native id → latest state with what it rests on."""
    found: dict[str, tuple[str, str | None]] = {}
    for row in sorted(rows(home.path), key=lambda row: (row.observed, row.row != "version")):
        if row.row != "observation":
            found[row.native] = (row.state, row.evidence)
    return found


def switch_on_messages(home: Home) -> None:
    """The account's file asks for private messages."""
    with home.ground.state.writing() as books:
        account = books.accounts.get("sidan")
        assert account is not None
        books.accounts.put(replace(account, harvest=Cadence(messages=True)))


@pytest.mark.parametrize("kind", ["message", "mention", "visitor_post", "story"])
def test_every_kind_that_can_vanish_is_missed(home: Home, kind: Any) -> None:
    """What a complete listing of its kind does not show is looked up and gone; without such a listing it stays."""
    platform = Platform([seen("a"), seen("b", kind, by="v")])
    switch_on_messages(home)
    night(home, platform)
    gone = platform.items.pop("b")
    night(home, platform, days=1)
    assert states(home)["b"][0] == "seen"
    platform.ends.append(ListingEnd(listing="others", scope="", complete=True, kinds=(gone.kind,)))
    tally = night(home, platform, days=2)
    assert states(home)["b"] == ("gone", "listing-complete-lookup-not-found")
    assert tally.gone == 1


@pytest.mark.parametrize(
    ("cause", "evidence"),
    [("us", "removed-by-us"), ("author", "removed-by-author"), ("platform", "removed-by-platform"),
     ("account", "account-gone"), ("expired", "expired"), ("", "listing-complete-lookup-not-found")],
)  # fmt: skip
def test_who_took_it_away_is_what_the_platform_tells(home: Home, cause: Any, evidence: str) -> None:
    """The sighting rests on the platform's word; where it says nothing, nobody is named."""
    platform = Platform([seen("a")])
    night(home, platform)
    platform.items.clear()
    platform.answers["a"] = Lookup(native="a", outcome="not_found", cause=cause)
    night(home, platform, days=1)
    assert states(home)["a"] == ("gone", evidence)


def test_who_hid_it_is_told_apart(home: Home) -> None:
    """A hidden item says by whom, from its first version or from a later sighting."""
    platform = Platform([seen("a"), seen("b", hidden=True, hidden_by="platform")])
    night(home, platform)
    platform.items["a"] = seen("a", hidden=True, hidden_by="us")
    night(home, platform, days=1)
    assert states(home) == {"a": ("hidden", "hidden-by-us"), "b": ("hidden", "hidden-by-platform")}


def test_a_platform_that_asks_us_to_wait_is_left_alone(home: Home) -> None:
    """Runs before the instant that the platform named ask nothing; the first one after it goes on."""
    platform = Platform([seen("a")])
    platform.error = PlatformError("H105", until=NIGHT + timedelta(days=1, hours=12))
    assert not night(home, platform).complete
    platform.error, asked = None, platform.asked
    waiting = night(home, platform, days=1)
    assert (waiting.complete, [one.code for one in waiting.findings]) == (False, ["H142"])
    assert platform.asked == asked
    assert night(home, platform, days=2).complete


def test_what_a_session_remembers_comes_back(home: Home) -> None:
    """Facts under ``platform.`` are handed back in the next window, also after a failed run; others are not kept."""
    platform = Platform([])
    platform.said = {"platform.units": "17", "pass.full": "never"}
    platform.error = PlatformError("H106")
    night(home, platform)
    night(home, platform, days=1)
    assert platform.windows[1].memory["platform.units"] == "17"
    assert "pass.full" not in platform.windows[1].memory


def test_a_light_pass_reads_a_day_and_counts_for_no_tier(home: Home) -> None:
    """The light pass reads the last day; the next night still reads everything it would have read."""
    platform = Platform([seen("a")])
    night(home, platform, light=True)
    assert platform.windows[0].since == NIGHT - timedelta(hours=24)
    night(home, platform, days=1)
    assert platform.windows[1].since is None


def test_light_passes_are_due_by_the_hour() -> None:
    """An account is due when its hours have gone by since any run; 0 hours is never."""
    ran = {"ran": NIGHT.isoformat()}
    assert light_due(6, {}, NIGHT)
    assert not light_due(6, ran, NIGHT + timedelta(hours=5))
    assert light_due(6, ran, NIGHT + timedelta(hours=6))
    assert not light_due(0, {}, NIGHT)


def test_an_account_has_its_own_reaches() -> None:
    """The account file's days decide how far back each tier looks."""
    own = tiers_of(Cadence(daily_days=2, weekly_days=30, monthly_days=60))
    since = window(
        {"pass.full": NIGHT.isoformat(), "pass.daily": NIGHT.isoformat()}, NIGHT, full=False, tiers=own
    ).since
    assert since == NIGHT - timedelta(days=60)


def test_terms_that_ask_for_deletion_delete_nothing(home: Home) -> None:
    """What is gone on the platform is kept and told of as a number, or each by its opaque id when terms = review."""
    platform = Platform([seen("a"), seen("b")])
    night(home, platform)
    platform.items.pop("a")
    (kept,) = [one for one in night(home, platform, days=1, deletion_terms=True).findings if one.code == "H147"]
    assert (kept.severity, kept.subject, kept.parameters) == ("info", "sidan", (("count_items", 1),))
    platform.items.pop("b")
    tally = night(home, platform, days=2, deletion_terms=True, terms="review")
    (named,) = [one for one in tally.findings if one.code == "H147"]
    assert (named.severity, named.subject) == ("warning", tally.gone_items[0])
    assert set(states(home)) >= {"a", "b"}


@pytest.mark.parametrize(
    "more",
    [
        {"harvest": {"requests": "many"}},
        {"harvest": {"requests": -1}},
        {"harvest": {"messages": 1}},
        {"harvest": {"daily_days": 9, "weekly_days": 3}},
        {"harvest": {"light_hours": 25}},
        {"harvest": {"unknown": 1}},
        {"harvest": 1},
        {"options": {"route": 1}},
        {"options": ["route"]},
        {"terms": "delete"},
        {"terms": True},
    ],
)
def test_bad_cadence_is_refused_by_name(more: dict[str, Any]) -> None:
    """A setting that cannot be used is refused with the file, the field and a remedy."""
    with pytest.raises(RefusedError) as refused:
        account_from({**VALUES, **more}, "konto.toml")
    assert refused.value.field.startswith("konto.toml: ")
    assert next(iter(more)) in refused.value.field
    assert refused.value.remedy


def test_settings_of_an_account_survive_the_register(home: Home) -> None:
    """Cadence, options and terms are what the register gives back."""
    account = account_from(
        {**VALUES, "terms": "review", "harvest": {"requests": 9, "messages": True}, "options": {"b": "2", "a": "1"}},
        "k",
    )
    with home.ground.state.writing() as books:
        books.accounts.put(replace(account, name="andra"))
    with home.ground.state.reading() as books:
        back = books.accounts.get("andra")
    assert back == replace(account, name="andra")
    assert back is not None
    assert (back.option("a"), back.option("c", "3")) == ("1", "3")


def test_an_unknown_option_is_refused(home: Home) -> None:
    """An option that the platform does not have is refused, without its value."""
    account = Account(**VALUES, options=(("token", "hemlig"),))  # type: ignore[arg-type] # texts throughout
    with pytest.raises(RefusedError) as refused:
        home.check_account(account)
    assert "hemlig" not in str(refused.value)


def test_a_capped_listing_is_not_read_anew_every_night(home: Home) -> None:
    """A platform's cap is told of, makes nothing gone, and counts as a pass: the next night reads its own window."""
    platform = Platform([seen("a"), seen("b")])
    platform.ends = [ListingEnd(listing="posts", scope="", complete=False, reason="H148")]
    first = night(home, platform)
    assert (first.complete, "H148" in {one.code for one in first.findings}) == (False, True)
    platform.items.pop("a")
    night(home, platform, days=1)
    assert platform.windows[1].since is not None
    assert states(home)["a"][0] == "seen"


def test_private_messages_need_the_accounts_word(home: Home) -> None:
    """Unless the account file asks for them, private messages that a platform shows are left, and that is said."""
    platform = Platform([seen("a"), seen("b", "message", by="v")])
    tally = night(home, platform)
    assert states(home).keys() == {"a"}
    assert [one.count for one in tally.findings if one.code == "H140"] == [1]
    switch_on_messages(home)
    night(home, platform, days=1)
    assert states(home).keys() == {"a", "b"}


def test_every_example_account_file_is_taken() -> None:
    """The examples in infra/accounts are what ``account add`` takes: no unknown field, no unknown option."""
    files = sorted((Path(__file__).parents[2] / "infra" / "accounts").glob("*.example.toml"))
    assert len(files) >= len(platform_names()) - 1
    for file in files:
        account = read_account(file)
        assert {name for name, _ in account.options} <= set(module(account.platform).OPTIONS)


def test_what_lies_in_our_thread_is_a_comment_however_it_is_shown(home: Home) -> None:
    """A listing of mentions shows answers in our threads too: they are comments, and what answers them as well."""
    platform = Platform([seen("a"), seen("b", "comment", by="v", parent_native="a", thread_native="a")])
    night(home, platform)
    platform.items["b"] = seen("b", "mention", by="v", counts=(("likes", 1),))
    platform.items["c"] = seen("c", "mention", by="w", parent_native="b")
    platform.items["d"] = seen("d", "mention", by="w")
    night(home, platform, days=1)
    kinds = {row.native: row.kind for row in sorted(rows(home.path), key=lambda row: row.observed)}
    assert kinds == {"a": "post", "b": "comment", "c": "comment", "d": "mention"}


def test_an_empty_listing_of_posts_that_are_there_is_no_complete_night(home: Home) -> None:
    """A listing that shows no post while a look-up finds known ones is told of, and its pass does not count."""
    platform = Platform([seen("a"), seen("b")])
    night(home, platform)
    platform.answers = {native: Lookup(native=native, outcome="found") for native in ("a", "b")}
    platform.items.clear()
    tally = night(home, platform, days=1)
    (told,) = [one for one in tally.findings if one.code == "H145"]
    assert (tally.complete, dict(told.parameters)["count_stated"]) == (False, 2)
    assert {state for state, _ in states(home).values()} == {"seen"}


@pytest.mark.parametrize(("code", "told"), [("H103", "H118"), ("H109", "H118"), ("H119", "H119"), ("H129", "H129")])
def test_a_missing_file_is_told_as_a_missing_file(home: Home, code: str, told: str) -> None:
    """What fails while an attachment is fetched is a finding about the attachment, not about the account."""
    platform = Platform([seen("a", media=(MediaRef(role="picture", origin="bild"),))])

    def fail(reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        raise MediaError(code)

    platform.fetch_media = fail  # type: ignore[method-assign] # the platform of this test fails in its own way
    assert [one.code for one in night(home, platform).findings if one.code in (code, told)] == [told]


def test_a_listing_that_was_not_empty_last_time_is_not_believed_when_it_is(home: Home) -> None:
    """Nothing is due and the listing is empty: unless it was asked for what is new only, the night is not complete."""
    platform = Platform([seen("a")])
    night(home, platform)
    platform.items.clear()
    filtered = ListingEnd(listing="posts", scope="", complete=True, since=NIGHT + timedelta(days=30))
    platform.ends = [filtered]
    assert night(home, platform, days=31).complete
    platform.items["b"] = seen("b")
    night(home, platform, days=32)
    platform.items.clear()
    platform.ends = [replace(filtered, unfiltered=True)]
    doubted = night(home, platform, days=33)
    assert (doubted.complete, [one.code for one in doubted.findings if one.code == "H145"]) == (False, ["H145"])


def test_look_ups_that_fail_make_no_pass_and_lose_nothing(home: Home) -> None:
    """What the look-ups told before they failed is stored and counted; the pass is not made; the wait is kept."""
    platform = Platform([seen("a"), seen("b"), seen("c")])
    night(home, platform)
    platform.items.clear()

    def fail(natives: Sequence[str]) -> Iterator[Lookup]:
        yield Lookup(native=natives[0], outcome="not_found")
        raise PlatformError("H105", until=NIGHT + timedelta(days=2))

    platform.look_up = fail  # type: ignore[method-assign] # the platform of this test fails in its own way
    tally = night(home, platform, days=1, full=True)
    assert (tally.gone, sorted(state for state, _ in states(home).values())) == (1, ["gone", "unknown", "unknown"])
    with home.ground.state.reading() as books:
        memory = books.accounts.memory("sidan")
    assert memory["pass.full"] == NIGHT.isoformat()
    assert memory["parked"] == (NIGHT + timedelta(days=2)).isoformat()


def test_a_wait_of_years_ends_after_two_days(home: Home) -> None:
    """However long a platform asks us to stay away, or whatever a wrong clock noted, two days later we ask again."""
    platform = Platform([seen("a")])
    platform.error = PlatformError("H105", until=NIGHT + timedelta(days=4000))
    night(home, platform)
    platform.error = None
    assert not night(home, platform, days=1).complete
    assert night(home, platform, days=3).complete


class Told(Platform):
    """The same platform, telling of events while it is listened to."""

    def __init__(self, events: Sequence[tuple[datetime, Seen]]) -> None:
        super().__init__([])
        self.events = list(events)

    def follow(self, stopped: Any, memory: Mapping[str, str]) -> Iterator[Capture]:
        """Every event once, then nothing until the end."""
        for at, one in self.events:
            yield Capture(endpoint="event", parameters={}, status=200, at=at, body=one, listing="event")
        while not stopped():
            time.sleep(0.01)

    def parse(self, capture: Capture) -> Parsed:
        """An event's item."""
        return Parsed(items=[capture.body] if isinstance(capture.body, Seen) else list(self.items.values()))


def test_a_stream_played_again_makes_no_version(home: Home) -> None:
    """An event that waited while the night stored something later, or comes twice, does not bring old texts back."""
    first, second = seen("a"), replace(seen("a"), text="ändrad", identity="b" * 64)
    night(home, Platform([first]))
    night(home, Platform([second]), days=1)
    with home.ground.state.reading() as books:
        account = books.accounts.get("sidan")
    assert account is not None
    told = Told([(NIGHT, first), (NIGHT + timedelta(hours=1), second), (NIGHT, first)])
    ends = time.monotonic() + 2
    order = FollowOrder(account=account, secret_key=home.native_key(), every=0.1)
    with open_home(home.path, at=NIGHT + timedelta(days=1, hours=1)) as later:
        follow(later.ground, lambda: told, order, lambda: time.monotonic() > ends)
    versions = [(row.version, row.text) for row in rows(home.path) if row.row == "version"]
    assert sorted(versions) == [(1, "a"), (2, "ändrad")]
