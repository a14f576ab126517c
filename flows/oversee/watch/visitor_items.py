"""What visitors wrote: signs that one of the page's rules may be broken, questions, and what is to be referred."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.oversee.watch.questions_open import Asked
from flows.oversee.watch.scan import Part, contents
from flows.oversee.watch.signs import REFERRED, Rules
from flows.oversee.watch.texts import asks, judge_many
from schemas.calendar import local_days
from schemas.ground import Home
from schemas.record import Kind
from schemas.watch import Certainty, Sign

KINDS: Final[tuple[Kind, ...]] = ("comment", "visitor_post", "mention")
_ON_OUR_PAGE: Final = ("comment", "visitor_post")
"""Kinds that the page's rules are for; what somebody writes elsewhere may ask us something all the same."""
FLOOD: Final = 20
"""Items by one writer to one account in a civil day that make a flood."""
_ROW: Final = (
    "item",
    "account",
    "kind",
    "author",
    "author_native",
    "parent",
    "thread",
    "published",
    "changed",
    "version",
)
_NAME: Final = 4
"""Letters that a unit's name has at the least: shorter ones are words of any sentence."""
_END: Final = 400
"""Characters at the end of a comment in which a signature is looked for."""


@dataclass(slots=True, kw_only=True)
class VisitorItems:
    """Reads visitors' items, part by part.

    Attributes:
        signs: of single items and of floods. asked: for ``questions_open.resolve``. looked: how many were judged.
    """

    home: Home
    rules: Rules
    signs: list[Sign] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    looked: int = 0
    _sender: re.Pattern[str] | None = None
    _handles: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what tells staff from visitors."""
        self._sender = _sender(self.home, self.rules)
        self._handles = {
            name: frozenset(_handle(one) for person in account.everybody() for one in person.handles) - {""}
            for name, account in self.rules.accounts.items()
        }

    def read(self, part: Part, items: pa.Table) -> None:
        """Judge these items of the part (rows of ``part.items``)."""
        items = items.filter(pc.is_in(items["kind"], value_set=pa.array(KINDS))).combine_chunks()
        if not items.num_rows:
            return
        self.looked += items.num_rows
        self.signs += _floods(self.rules, part, items)
        names = items.select(list(_ROW))
        ids = items["item"].combine_chunks()
        for table in contents(self.home.ground, part, items, ("text",)):
            rows = names.take(pc.index_in(table["item"], value_set=ids)).to_pylist()
            pairs = list(zip(rows, (text or "" for text in table["text"].to_pylist()), strict=True))
            for kind in KINDS:
                self._judge(part, kind, [pair for pair in pairs if pair[0]["kind"] == kind])

    def _judge(self, part: Part, kind: Kind, some: list[tuple[dict[str, Any], str]]) -> None:
        rules = self.rules
        hits = dict(judge_many([text for _, text in some], rules.words, rules.settings, own=False, kind=kind))
        ours = kind in _ON_OUR_PAGE
        for at, (row, text) in enumerate(some):
            private = self._private(row, text) if ours else None
            if private is not None:
                # What staff write from an account of their own asks us nothing.
                self.signs.append(rules.of_row("W104", row, part.authority, certainty=private))
            found = hits.get(at, ())
            referred = tuple((hit.code, hit.certainty) for hit in found if hit.code in REFERRED)
            if ours:
                self.signs += [rules.of_hit(hit, row, part.authority) for hit in found if hit.code not in REFERRED]
            certainty = asks(text, rules.words)
            if private is None and (certainty is not None or referred):
                self.asked.append(_asked(part, row, certainty, referred))

    def _private(self, row: Mapping[str, Any], text: str) -> Certainty | None:
        """Whether it seems to be an answer of staff's: by a handle that the register knows, or signed as we sign."""
        handles = self._handles.get(row["account"])
        if handles and {_handle(row["author"]), _handle(row["author_native"])} & handles:
            return "likely"
        if row["kind"] == "comment" and self._sender is not None and self._sender.search(text[-_END:]):
            return "uncertain"
        return None


def _asked(
    part: Part, row: Mapping[str, Any], certainty: Certainty | None, hits: tuple[tuple[str, Certainty], ...]
) -> Asked:
    # Names that many items have are kept once.
    return Asked(
        item=row["item"],
        account=intern(row["account"]),
        authority=part.authority,
        version=row["version"],
        at=row["published"] or row["changed"],
        parent=row["parent"] and intern(row["parent"]),
        thread=intern(row["thread"]),
        author=hash((row["author_native"], row["author"])),
        certainty=certainty,
        hits=hits,
    )


def _floods(rules: Rules, part: Part, items: pa.Table) -> Iterator[Sign]:
    """W125 about the first item of each flood; a civil day never lies in two partitions."""
    some = items.filter(pc.is_in(items["kind"], value_set=pa.array(_ON_OUR_PAGE)))
    some = some.filter(pc.and_(pc.is_valid(some["author_native"]), pc.is_valid(some["published"])))
    if some.num_rows < FLOOD:
        return
    keys = ["account", "author_native", "day"]
    some = some.append_column("day", local_days(some["published"])).select([*keys, "item", "version", "published"])
    many = some.group_by(keys).aggregate([("item", "count")])
    for key in many.filter(pc.greater_equal(many["item_count"], FLOOD)).to_pylist():
        same = (pc.equal(some[name], pa.scalar(key[name])) for name in keys)
        those = some.filter(pc.and_(pc.and_(next(same), next(same)), next(same))).sort_by(
            [("published", "ascending"), ("item", "ascending")]
        )
        first = {**those.slice(0, 1).to_pylist()[0], "changed": None}
        yield rules.of_row("W125", first, part.authority, {"count": key["item_count"]}, clause="R11")


def _handle(value: str | None) -> str:
    return (value or "").strip().casefold().removeprefix("@")


def _sender(home: Home, rules: Rules) -> re.Pattern[str] | None:
    """The greeting that answers end with, followed by the municipality's name or a unit's."""
    names = {home.organisation.name, *(one.unit for one in rules.accounts.values()), *rules.settings.units}
    some = "|".join(sorted(re.escape(name.strip()) for name in names if len(name.strip()) >= _NAME))
    greeting = re.escape(rules.settings.signature.strip())
    return re.compile(rf"{greeting}.{{0,150}}?\b(?:{some})\b", re.IGNORECASE | re.DOTALL) if some and greeting else None
