"""How far back a night looks, which time counts, and what a sighting changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.harvest.decide import Head, changes, lost, passes_after, published, window
from schemas.neighbours import Lookup
from schemas.record import EVIDENCE, Cause, Seen, State

NOW = datetime(2025, 6, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def seen(*, identity: str = "a", hidden: bool = False, counts: int = 0, secondary: bool = False) -> Seen:
    """A sighting."""
    return Seen(
        native="n",
        kind="post",
        author="a",
        author_native="a",
        payload="{}",
        identity=identity,
        hidden=hidden,
        counts=(("likes", counts),),
        secondary=secondary,
    )


def test_first_night_reads_everything() -> None:
    """Until a pass over everything was complete, every night reads to the beginning."""
    assert window({}, NOW, full=False).since is None
    assert window({"pass.daily": NOW.isoformat()}, NOW, full=False).since is None
    assert window(passes_after("full", NOW, ()), NOW, full=True).since is None


def test_each_tier_in_its_turn() -> None:
    """A week is read every night, a quarter every week, two years every month."""
    memory = passes_after("full", NOW)
    counts = {"daily": 0, "weekly": 0, "monthly": 0}
    for night in range(1, 61):
        now = NOW + night * DAY
        asked = window(memory, now, full=False)
        assert asked.since is not None
        counts[asked.horizon_name] += 1
        memory |= passes_after(asked.horizon_name, now)
    assert counts == {"daily": 50, "weekly": 8, "monthly": 2}


def test_a_missed_week_leaves_no_hole() -> None:
    """After nights without a complete pass, the next one reads back beyond the last complete one."""
    memory = passes_after("full", NOW) | {"pass.weekly": (NOW + 19 * DAY).isoformat()}
    asked = window(memory, NOW + 20 * DAY, full=False)
    assert asked.horizon_name == "daily"
    assert asked.since == NOW - DAY


def test_a_pass_under_a_wrong_clock_counts_for_nothing() -> None:
    """A pass noted in the future is not believed: the night reads everything again."""
    assert window(passes_after("full", NOW + 4000 * DAY), NOW, full=False).since is None


@pytest.mark.parametrize(
    ("own", "stated", "platform", "at", "clock", "finding"),
    [
        (True, -400, 0, -400, "stated", None),
        (False, -400, 0, 0, "platform", "H181"),
        (False, -0.5, 0, -0.5, "stated", None),
        (False, 400, 0, 0, "platform", "H180"),
        (True, 400, 0, 0, "platform", "H180"),
        (False, 400, None, None, "none", "H180"),
        (True, 400, None, 400, "stated", "H182"),
        (False, None, 400, 400, "platform", "H182"),
        (False, None, None, None, "none", "H183"),
        (False, -3, None, -3, "stated", None),
    ],
)
def test_which_time_counts(
    *, own: bool, stated: float | None, platform: float | None, at: float | None, clock: str, finding: str | None
) -> None:
    """Days from now: our own past is trusted, a visitor's past and anybody's future is not; doubts are findings."""

    def moment(days: float | None) -> datetime | None:
        return None if days is None else NOW + days * DAY

    found = published(own=own, stated=moment(stated), platform=moment(platform), now=NOW)
    assert (found.at, found.clock, found.finding) == (moment(at), clock, finding)


def test_what_a_sighting_changes() -> None:
    """New content is a version, visibility a sighting, counters an observation, and the same again nothing."""
    head = Head(version=2, identity="a", counts={"likes": 1})
    assert changes(seen(), None, parent=None) == ("new",)
    assert changes(seen(identity="b", counts=9), head, parent=None) == ("edited",)
    assert changes(seen(hidden=True, counts=1), head, parent=None) == ("hidden",)
    assert changes(seen(counts=5), head, parent=None) == ("counts",)
    assert changes(seen(counts=1), head, parent=None) == ()
    assert changes(seen(counts=1), head, parent="p") == ("parent",)
    assert changes(seen(counts=1), Head(version=1, identity="a", state="gone", counts={"likes": 1}), parent=None) == (
        "shown",
    )


def test_shown_by_the_way_makes_no_version() -> None:
    """An item shown by the way with other content makes no version, and does not unhide what its listing hides."""
    head = Head(version=1, identity="a", state="hidden")
    assert changes(seen(identity="b", secondary=True), head, parent=None) == ()
    assert changes(seen(identity="b", secondary=True), None, parent=None) == ("new",)


@given(
    outcome=st.sampled_from(["found", "not_found", "unclear"]),
    hidden=st.booleans(),
    cause=st.sampled_from(get_args(Cause)),
    known=st.sampled_from(["seen", "hidden", "unknown"]),
)
def test_gone_needs_the_platforms_word(*, outcome: str, hidden: bool, cause: Cause, known: State) -> None:
    """Whatever was known before, an item is called gone exactly when the direct look-up said that it is not there."""
    answer = lost(Lookup(native="n", outcome=outcome, hidden=hidden, cause=cause), known=known)
    assert answer is None or answer[1] in EVIDENCE
    assert (answer is not None and answer[0] == "gone") == (outcome == "not_found")
