"""Which questions are open, and when each should have been answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.oversee.watch.questions_open import Answer, Asked, deadline, resolve, waited
from schemas.oversight import OversightSettings
from schemas.workdays import office_time

HERE = ZoneInfo("Europe/Stockholm")
RULES = OversightSettings()
YEARS = datetime(2024, 1, 1, tzinfo=UTC)
START = datetime(2026, 2, 2, 8, tzinfo=UTC)


def local(text: str) -> datetime:
    """Civil time in Sweden."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-02-03 10:00", "2026-02-04 10:00"),  # an ordinary Tuesday: a day later
        ("2026-02-03 20:00", "2026-02-04 20:00"),  # in the evening: the next day's work, and 24 hours at the least
        ("2026-02-04 05:00", "2026-02-05 05:00"),  # before the office opens
        ("2026-02-06 15:00", "2026-02-09 15:00"),  # a Friday: the weekend does not count
        ("2026-02-07 12:00", "2026-02-09 16:00"),  # a Saturday: the whole of Monday
        ("2026-04-02 15:00", "2026-04-07 15:00"),  # Maundy Thursday: Good Friday to Easter Monday
        ("2026-12-23 10:00", "2026-12-28 10:00"),  # the day before Christmas Eve
        ("2026-12-24 12:00", "2026-12-28 16:00"),  # Christmas Eve
        ("2026-12-30 15:00", "2027-01-04 15:00"),  # over New Year's Eve, New Year's Day and a weekend
        ("2026-06-18 12:00", "2026-06-22 12:00"),  # the day before Midsummer Eve
        ("2026-03-27 12:00", "2026-03-30 12:00"),  # over the night when the clock goes forward
        ("2026-10-23 12:00", "2026-10-26 12:00"),  # and back
    ],
)
def test_deadline(asked: str, due: str) -> None:
    """24 hours are one office day of work, and nights, weekends, holidays and eves do not count."""
    assert deadline(local(asked), RULES) == local(due)


@given(st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: YEARS + timedelta(minutes=minutes)), st.integers(1, 96))
@settings(max_examples=150, deadline=None)
def test_deadline_is_the_first_instant_when_enough_was_worked(asked: datetime, hours: int) -> None:
    """At the deadline the office time is worked and the hours are over; a minute before, one of them is not."""
    rules = OversightSettings(answer_hours=hours)
    quota = timedelta(hours=8.5) * hours / 24
    due = deadline(asked, rules)

    def over(at: datetime) -> bool:
        slack = timedelta(seconds=1)
        worked = office_time(asked, at, rules.opens, rules.closes)
        return worked >= quota - slack and at - asked >= timedelta(hours=hours) - slack

    assert over(due)
    assert not over(due - timedelta(minutes=1))


def test_waited() -> None:
    """Hours are told by the calendar and in office time; a question from the future has waited for none."""
    asked = local("2026-02-06 15:00")
    assert waited(asked, local("2026-02-09 09:30"), RULES) == (66, 3)
    assert waited(asked, asked - timedelta(hours=3), RULES) == (0, 0)


def question(item: str, hour: float, *, parent: str = "p", thread: str = "p", author: int | None = None) -> Asked:
    """A question so many hours after the start."""
    return Asked(
        item=item, account="a", authority="x", version=1, at=START + timedelta(hours=hour), parent=parent, thread=thread,
        author=hash(item) if author is None else author, certainty="likely",
    )  # fmt: skip


def answer(item: str, hour: float, *, parent: str = "p", thread: str = "p") -> Answer:
    """An item of ours."""
    return Answer(item=item, parent=parent, thread=thread, at=START + timedelta(hours=hour))


def still(
    asked: list[Asked], answers: list[Answer], below: dict[str, tuple[str, str]] | None = None
) -> dict[str, bool]:
    """Open questions, and whether somebody may have answered them."""
    return {one.item: maybe for one, maybe in resolve(asked, answers, below or {}).open}


def test_an_answer_below_ends_it() -> None:
    """Directly below, or below another visitor's words below it; what stands below another question does not."""
    below = {"r": ("q", "p"), "v": ("q", "p"), "deep": ("v", "p")}
    assert still([question("q", 0)], [answer("r", 1, parent="q")], below) == {}
    assert still([question("q", 0)], [answer("deep", 1, parent="v")], below) == {}
    assert still([question("q", 0), question("other", 0)], [answer("r", 1, parent="q")], below) == {"other": False}


def test_another_visitor_answers_nothing() -> None:
    """Without an item of ours the question is open, however much others wrote."""
    assert still([question("q", 0)], [], {"v": ("q", "p")}) == {"q": False}


def test_a_visitors_own_thread() -> None:
    """A post on our page is answered by an item of ours anywhere in its thread."""
    post = Asked(
        item="q", account="a", authority="x", version=1, at=START, parent=None, thread="q", author=1, certainty="likely"
    )
    assert still([post], [answer("r", 1, parent="q", thread="q")]) == {}
    assert still([post], [answer("r", 1, parent="c", thread="q")], {"r": ("c", "q")}) == {}
    assert still([post], []) == {"q": False}


def test_flat_thread() -> None:
    """Where answers stand beside: the nearest question before is answered, with its writer's; others are uncertain."""
    asked = [question("old", 0), question("again", 1, author=7), question("near", 2, author=7), question("late", 5)]
    assert still(asked, [answer("r", 3)]) == {"old": True, "late": False}
    assert still(asked, [answer("r", 3), answer("r2", 4)]) == {"late": False}
    found = resolve(asked, [answer("r", 3)], {})
    assert found.answering == {"r": "again"}


def test_beside_counts_for_nothing_where_people_answer_below() -> None:
    """In a thread where items stand below others, our comment to our own post answers nobody's question."""
    below = {"v": ("q", "p")}
    assert still([question("q", 0)], [answer("r", 3)], below) == {"q": False}
    # On the level that the platform nests no further, it does.
    nested = {"q": ("c", "p"), "r": ("c", "p")}
    assert still([question("q", 0, parent="c")], [answer("r", 3, parent="c")], nested) == {}


def test_circles_end() -> None:
    """Items that name each other as what they answer do not keep the watch for ever."""
    below = {"a": ("b", "p"), "b": ("a", "p")}
    assert still([question("q", 0)], [answer("a", 1, parent="b")], below) == {"q": False}
