"""The numbers of a month, by responsible unit: what they are and how they are added. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from flows.oversee.watch.questions_open import Answer, Asked, deadline, resolve
from schemas.oversight import OversightSettings
from schemas.workdays import office_time

NO_UNIT: Final = "Utan enhet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A month's numbers of one unit, one account, or all.

    Attributes:
        questions: visitors' questions that the month brought; those taken away again without an answer are left out.
        answered, in_time, late, waiting: answered at all; answered within the ambition; not within it, answered or not;
            not answered yet and still in time.
        answers: office time of each answer whose time is known.
        removals: clause → how many were taken away or hidden, empty clause = nobody has said why.
        films, films_bare, pictures, pictures_bare: own films and pictures of the month; those without captions or alt text.
        nights, whole, partly: nights that could have been harvested; those that were, wholly and in part.
        due: items due for culling now. asks: items for a person to decide on. open: code → what is open now.
    """

    questions: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0
    waiting: int = 0
    answers: tuple[timedelta, ...] = ()
    removals: Mapping[str, int] = field(default_factory=dict)
    films: int = 0
    films_bare: int = 0
    pictures: int = 0
    pictures_bare: int = 0
    nights: int = 0
    whole: int = 0
    partly: int = 0
    due: int = 0
    asks: int = 0
    open: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Numbers) -> Numbers:
        """Both together."""
        return Numbers(**{one.name: _sum(getattr(self, one.name), getattr(other, one.name)) for one in fields(Numbers)})

    @property
    def median(self) -> timedelta | None:
        """Median of the answers' office time; None without any."""
        return timedelta(seconds=median(one.total_seconds() for one in self.answers)) if self.answers else None

    @property
    def judged(self) -> int:
        """Questions whose ambition was kept or was not."""
        return self.in_time + self.late

    def as_json(self) -> dict[str, Any]:
        """Counts; the median in minutes of office time, or null."""
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(Numbers) if one.name != "answers"}
        middle = self.median
        return {
            **values,
            "removals": dict(sorted(self.removals.items())),
            "open": dict(sorted(self.open.items())),
            "median_minutes": None if middle is None else round(middle.total_seconds() / 60),
        }


def together(numbers: Iterable[Numbers]) -> Numbers:
    """All of them added."""
    total = Numbers()
    for one in numbers:
        total = total.plus(one)
    return total


def answering(
    asked: Sequence[Asked],
    answers: Sequence[Answer],
    below: Mapping[str, tuple[str, str]],
    gone: frozenset[str],
    now: datetime,
    settings: OversightSettings,
) -> dict[str, Numbers]:
    """Questions and how long their answers took, by account.

    Args:
        asked: the month's questions. answers, below: as ``resolve`` wants them. gone: questions that are not shown any more.
    """
    resolved = resolve(asked, answers, below)
    still = {one.item for one, _ in resolved.open}
    first: dict[str, datetime] = {}
    for answer in answers:
        question = resolved.answering.get(answer.item)
        if question is not None:
            first[question] = min(answer.at, first.get(question, answer.at))
    found: dict[str, Numbers] = {}
    for one in asked:
        if one.item in still and one.item in gone:
            continue
        at = None if one.item in still else first.get(one.item)
        numbers = _question(one, at, now, settings, answered=one.item not in still)
        found[one.account] = found.get(one.account, Numbers()).plus(numbers)
    return found


def _question(
    one: Asked, at: datetime | None, now: datetime, settings: OversightSettings, *, answered: bool
) -> Numbers:
    until = deadline(one.at, settings)
    if answered and at is None:
        # Answered by what answers a later question too: that it was is known, when is not.
        return Numbers(questions=1, answered=1)
    if at is not None:
        took = office_time(one.at, at, settings.opens, settings.closes)
        kept = at <= until
        return Numbers(questions=1, answered=1, in_time=int(kept), late=int(not kept), answers=(took,))
    return Numbers(questions=1, late=int(now > until), waiting=int(now <= until))


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping):
        return dict(Counter(one) + Counter(other))
    return one + other
