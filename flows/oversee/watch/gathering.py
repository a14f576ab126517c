"""One pass over what the archive holds: what visitors wrote, what we wrote, what answers what, and what is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.oversee.watch.below import Below
from flows.oversee.watch.lost import KINDS, STATES, Missed, missed
from flows.oversee.watch.ours import Ours
from flows.oversee.watch.questions_open import Answer, Asked, deadline, resolve, waited
from flows.oversee.watch.scan import Part
from flows.oversee.watch.signs import Rules
from flows.oversee.watch.visitor_items import VisitorItems
from schemas.calendar import local_time
from schemas.ground import Home
from schemas.watch import Sign

_ANSWERS: Final = ("reply", "comment", "post")


class Gathering:
    """Reads parts, the oldest first; ``signs`` when all are read.

    Attributes:
        seen: of the items that were known before, those that are in the archive.
    """

    def __init__(self, home: Home, rules: Rules, *, known: Collection[str], light: bool) -> None:
        self.seen: set[str] = set()
        self._rules = rules
        self._known = pa.array(sorted(known), pa.string())
        self._visitors = VisitorItems(home=home, rules=rules)
        self._ours = Ours(home=home, rules=rules, play=not light)
        self._answers: list[Answer] = []
        self._below = Below()
        self._away: list[Missed] = []

    @property
    def looked(self) -> int:
        """How many items were judged."""
        return self._visitors.looked + self._ours.looked

    def read(self, part: Part) -> None:
        """Take one partition in."""
        items = part.items
        known = pc.is_in(items["item"], value_set=self._known)
        self.seen.update(items["item"].filter(known).to_pylist())
        gone = pc.is_in(items["state"], value_set=pa.array(STATES))
        away = items.filter(pc.and_(gone, pc.is_in(items["kind"], value_set=pa.array(KINDS))))
        names = ("item", "account", "version", "parent", "thread", "evidence", "changed")
        self._away += [Missed(authority=part.authority, **one) for one in away.select(list(names)).to_pylist()]
        shown = items.filter(pc.invert(gone))
        self._structure(shown)
        # What changed its visibility alone is not read again.
        shown = shown.filter(pc.or_(shown["fresh"], pc.is_in(shown["item"], value_set=self._known)))
        self._visitors.read(part, shown.filter(pc.invert(shown["own"])))
        self._ours.read(part, shown.filter(shown["own"]))

    def _structure(self, shown: pa.Table) -> None:
        """Which items answer which: our own answers, and what stands below another than the first of its thread."""
        self._below.add(shown)
        ours = pc.and_(shown["own"], pc.is_in(shown["kind"], value_set=pa.array(_ANSWERS)))
        ours = shown.filter(pc.and_(ours, pc.not_equal(shown["thread"], shown["item"])))
        for one in ours.select(["item", "parent", "thread", "published", "changed"]).to_pylist():
            at = one["published"] or one["changed"]
            self._answers.append(Answer(item=one["item"], parent=one["parent"], thread=one["thread"], at=at))

    def signs(self, explained: Collection[str], lately: datetime, lost: Collection[str]) -> Iterator[Sign]:
        """Everything that the pass found.

        Args:
            explained: items with a removal of ours. lately: questions and disappearances before it are told of no longer,
                but for ``lost``, which somebody was asked about.
        """
        found = resolve(self._visitors.asked, self._answers, self._below.of(self._answers))
        for asked, maybe in found.open:
            yield from _waiting(self._rules, asked, lately, maybe=maybe)
        yield from self._visitors.signs
        yield from self._ours.signs
        yield from self._ours.news()
        yield from (sign for item, sign in self._ours.unsigned.items() if item in found.answering)
        yield from missed(self._rules, self._away, explained, lately, lost)


def _waiting(rules: Rules, asked: Asked, lately: datetime, *, maybe: bool) -> Iterator[Sign]:
    """W101 or W102, W105 and W106 of what nobody has answered."""
    settings = rules.settings
    if asked.certainty is not None and asked.at >= lately:
        last = deadline(asked.at, settings)
        hours, worked = waited(asked.at, rules.now, settings)
        certainty = "uncertain" if maybe else asked.certainty
        if rules.now >= last:
            numbers: dict[str, str | int] = {"hours": hours, "office_hours": worked, "ambition": settings.answer_hours}
        else:
            numbers = {"hours": hours, "deadline": f"{local_time(last):%Y-%m-%d kl. %H.%M}"}
        yield rules.sign(
            "W101" if rules.now >= last else "W102",
            asked.item,
            asked.account,
            asked.authority,
            numbers,
            certainty=certainty,
            version=asked.version,
            since=asked.at,
        )
    addresses = {"W105": settings.faults, "W106": settings.suggestions}
    for code, certainty in asked.hits:
        yield rules.sign(
            code,
            asked.item,
            asked.account,
            asked.authority,
            {"address": addresses[code]},
            certainty="uncertain" if maybe else certainty,
            version=asked.version,
            since=asked.at,
        )
