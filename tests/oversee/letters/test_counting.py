"""A month's numbers: how questions and answers are counted, and how units are added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flows.oversee.letters.counting import Numbers, answering, together
from flows.oversee.watch.questions_open import Answer, Asked
from tests.oversee.letters.setting import item, settings

FRIDAY = datetime(2026, 3, 6, 14, tzinfo=UTC)
"""15 o'clock in Sweden; the office closes at 16."""
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
POST = item(0)


def _asked(number: int, at: datetime = FRIDAY, author: int = 1) -> Asked:
    return Asked(
        item=item(number),
        account="sidan",
        authority="ks",
        version=1,
        at=at,
        parent=POST,
        thread=POST,
        author=author,
        certainty="likely",
    )


def _answer(number: int, to: Asked, at: datetime) -> Answer:
    return Answer(item=item(number), parent=to.item, thread=POST, at=at)


def _counted(
    *asked: Asked, answers: tuple[Answer, ...] = (), gone: tuple[str, ...] = (), now: datetime = NOW
) -> Numbers:
    below = {one.item: (one.parent or POST, POST) for one in answers}
    return answering(asked, answers, below, frozenset(gone), now, settings()).get("sidan", Numbers())


def test_a_weekend_is_no_waiting() -> None:
    """Asked on Friday at 15, answered on Monday at 9: within the ambition, and two and a half hours of office time."""
    one = _asked(1)
    found = _counted(one, answers=(_answer(2, one, FRIDAY + timedelta(days=2, hours=18)),))
    assert (found.questions, found.answered, found.in_time, found.late) == (1, 1, 1, 0)
    assert found.median == timedelta(hours=2, minutes=30)


def test_a_late_answer_and_none_are_late() -> None:
    """Answered a week after, and not answered when the ambition is over: both late, one answered."""
    one, other = _asked(1), _asked(3, author=2)
    found = _counted(one, other, answers=(_answer(2, one, FRIDAY + timedelta(days=7)),))
    assert (found.questions, found.answered, found.in_time, found.late, found.waiting) == (2, 1, 0, 2, 0)


def test_what_is_still_in_time_is_neither() -> None:
    """A question of an hour ago waits; the share does not count it."""
    found = _counted(_asked(1), now=FRIDAY + timedelta(hours=1))
    assert (found.questions, found.waiting, found.judged) == (1, 1, 0)


def test_a_question_that_was_withdrawn_is_none() -> None:
    """Gone without an answer it is not counted; gone after an answer it is."""
    one, other = _asked(1), _asked(3, author=2)
    answers = (_answer(2, one, FRIDAY + timedelta(minutes=30)),)
    found = _counted(one, other, answers=answers, gone=(one.item, other.item))
    assert (found.questions, found.answered) == (1, 1)


def test_the_first_answer_counts() -> None:
    """A second answer of ours to the same question changes nothing."""
    one = _asked(1)
    found = _counted(
        one, answers=(_answer(3, one, FRIDAY + timedelta(days=7)), _answer(2, one, FRIDAY + timedelta(minutes=30)))
    )
    assert (found.in_time, found.late, found.median) == (1, 0, timedelta(minutes=30))


def test_units_are_added() -> None:
    """The whole is the sum of its parts; the median is that of all answers, not of medians."""
    one = Numbers(questions=2, answers=(timedelta(hours=1), timedelta(hours=3)), removals={"R01": 1}, open={"W101": 2})
    other = Numbers(questions=1, answers=(timedelta(hours=30),), removals={"R01": 1, "": 2}, due=4)
    both = together([one, other])
    assert (both.questions, both.due, both.removals, both.open) == (3, 4, {"R01": 2, "": 2}, {"W101": 2})
    assert both.median == timedelta(hours=3)
    assert both.as_json()["median_minutes"] == 180
    assert together([]).median is None
