"""Which questions nobody of ours has answered, and until when each should be. Pure.

An answer is an item of our own account that is still shown:

* below the question, however deep; another visitor's answer is none;
* or, where answers stand beside what they answer (a flat row of comments, or a level that the platform nests no further),
  a later one in the same row: it answers the nearest question before it that has no answer, and everything its writer
  asked in that row before. Older questions of others in the row stay open, as uncertain: it may have been meant for them.

The ambition is counted in office time. With 24 hours and an office day of 8.5 hours, a question is to be answered before
one office day has been worked since it was asked, and never before 24 hours have passed: asked on a Friday at 15, it is
due on Monday at 15; asked on a Tuesday at 20, on Wednesday at 20; nights, weekends, public holidays and the three eves do
not count, since the page promises staff then no more than the law does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.calendar import ZONE, local_day
from schemas.oversight import OversightSettings
from schemas.watch import Certainty
from schemas.workdays import is_workday, office_time

_DAY_HOURS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something of a visitor's that an answer ends.

    Attributes:
        item, account, authority, version: as ``Sign``'s. at: when it was asked. parent, thread: opaque ids; the thread is
            the item itself where it begins one. author: what tells its writer from others, in this run alone.
        certainty: that it asks; None: it asks nothing (a fault report or suggestion). hits: other signs that an answer ends:
            code, certainty.
    """

    item: str
    account: str
    authority: str
    version: int
    at: datetime
    parent: str | None
    thread: str
    author: int
    certainty: Certainty | None
    hits: tuple[tuple[str, Certainty], ...] = ()

    @property
    def row(self) -> str:
        """What it stands directly below; itself, where it begins a thread."""
        return self.parent or self.thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An item of our own below something. ``item`` to ``at`` as ``Asked``'s."""

    item: str
    parent: str | None
    thread: str
    at: datetime

    @property
    def row(self) -> str:
        """What it stands directly below."""
        return self.parent or self.thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What is answered and what is not.

    Attributes:
        open: unanswered ones by time, with whether a later answer beside may have been meant. answering: of our own items
            that answer a question: item → the question.
    """

    open: tuple[tuple[Asked, bool], ...]
    answering: Mapping[str, str] = field(default_factory=dict)


def resolve(asked: Sequence[Asked], answers: Sequence[Answer], below: Mapping[str, tuple[str, str]]) -> Resolved:
    """Say of each whether it is answered.

    Args:
        asked: in any order. answers: our own items that are shown. below: of items that answer another than their thread's
            first one: item → (what it answers, thread); those of threads without an answer may be left out.
    """
    answered, answering = _in_chains({one.item for one in asked}, answers, below)
    nested = {below[parent][0] if parent in below else thread for parent, thread in below.values()}
    beside: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.item not in answering and answer.row not in nested:
            beside[answer.row].append(answer)
    rows: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.item not in answered and one.row != one.item and one.row in beside:
            rows[one.row].append(one)
    maybe: set[str] = set()
    for row, those in rows.items():
        for question, by in _beside(those, beside[row]):
            answered.add(question)
            answering.setdefault(by, question)
        last = max(one.at for one in beside[row])
        maybe.update(one.item for one in those if one.at < last)
    still = sorted((one for one in asked if one.item not in answered), key=lambda one: (one.at, one.item))
    return Resolved(open=tuple((one, one.item in maybe) for one in still), answering=answering)


def _in_chains(
    wanted: set[str], answers: Sequence[Answer], below: Mapping[str, tuple[str, str]]
) -> tuple[set[str], dict[str, str]]:
    """Questions that an answer stands below, and answer → the nearest question above it."""
    answered: set[str] = set()
    answering: dict[str, str] = {}
    for answer in answers:
        at: str | None = answer.parent or answer.thread
        seen = {answer.item}
        while at is not None and at not in seen:
            seen.add(at)
            if at in wanted:
                answered.add(at)
                answering.setdefault(answer.item, at)
            # What answers the thread's first item directly is not in ``below``.
            after = below.get(at)
            at = after[0] if after is not None else answer.thread if at != answer.thread else None
    return answered, answering


def _beside(asked: Sequence[Asked], answers: Sequence[Answer]) -> Iterator[tuple[str, str]]:
    """(question, answer) in one row, by time."""
    waiting: list[Asked] = []
    events: list[tuple[datetime, int, str, Asked | Answer]] = [
        *((one.at, 0, one.item, one) for one in asked),
        *((one.at, 1, one.item, one) for one in answers),
    ]
    for _, _, _, one in sorted(events, key=lambda event: event[:3]):
        if isinstance(one, Asked):
            waiting.append(one)
        elif waiting:
            writer = waiting[-1].author
            for question in waiting:
                if question.author == writer:
                    yield question.item, one.item
            waiting = [question for question in waiting if question.author != writer]


def deadline(asked: datetime, settings: OversightSettings) -> datetime:
    """The instant (UTC) by which the ambition is kept: so much office time later, and so many hours later at the least."""
    left = settings.answer_hours / _DAY_HOURS * _office_day(settings)
    day, at = local_day(asked), asked.timestamp()
    while True:
        if is_workday(day):
            opens = max(at, datetime.combine(day, settings.opens, tzinfo=ZONE).timestamp())
            open_for = datetime.combine(day, settings.closes, tzinfo=ZONE).timestamp() - opens
            if open_for >= left:
                worked = datetime.fromtimestamp(opens + left, UTC)
                return max(worked, asked.astimezone(UTC) + timedelta(hours=settings.answer_hours))
            left -= max(0.0, open_for)
        day += timedelta(days=1)


def waited(asked: datetime, now: datetime, settings: OversightSettings) -> tuple[int, int]:
    """Whole hours since it was asked, by the calendar and in office time."""
    worked = office_time(asked, now, settings.opens, settings.closes)
    return int(max(timedelta(0), now - asked) // timedelta(hours=1)), int(worked // timedelta(hours=1))


def _office_day(settings: OversightSettings) -> float:
    """Seconds."""
    opens, closes = settings.opens, settings.closes
    return float((closes.hour - opens.hour) * 3600 + (closes.minute - opens.minute) * 60 + closes.second - opens.second)
