"""What a request is about, as a value: words, filters, items. Pure.

The four ways of writing a word (part of a text, whole word, beginning of a word, regular expression) widen: a version
is found when any of them is in any of its fields. Filters narrow. Items that are named are found whatever the rest says,
as in a hold's predicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from flows.disclose.find.expressions import compiled
from flows.disclose.find.spelling import bare, key
from schemas.ids import ItemId, item_id
from schemas.record import KINDS, Kind
from schemas.refusal import RefusedError

LONGEST: Final = 1000
"""Characters of one text."""
MOST: Final = 500
"""Texts of one sort, so that what is looked for can be compiled; items may be more."""
OWN_KINDS: Final[frozenset[Kind]] = frozenset(KINDS) - {"comment", "visitor_post", "mention", "message"}
"""Kinds of which no item is another person's."""
_OPTIONS: Final = {"texts": "--text", "words": "--word", "starts": "--start", "regexes": "--regex", "without": "--not"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for.

    Attributes:
        texts: parts of a text. words: whole words. starts: beginnings of words. regexes: RE2 (``expressions``).
        without: parts of a text that take away what has them; what they took away is listed apart.
        fold: marks on letters do not count.
        first, last: local civil days of publication, both included.
        dated: with days: items without a date are left out; otherwise they are included, and told of.
        accounts, kinds: names. authors: names as shown or ids on the platform, whole.
        items: found whatever else is said, every version.
        threads: everything in the threads of what was found is found too.
        latest: each item's newest version alone. deep: the platform's own values and caption files too.
        own: what Bevara itself makes is looked in too. everything: no words and no filters are meant.
    """

    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fold: bool = False
    first: date | None = None
    last: date | None = None
    dated: bool = False
    accounts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    items: tuple[ItemId, ...] = ()
    threads: bool = False
    latest: bool = False
    deep: bool = False
    own: bool = True
    everything: bool = False

    @property
    def seeks(self) -> bool:
        """Whether any word is looked for."""
        return bool(self.texts or self.words or self.starts or self.regexes)

    @property
    def filters(self) -> bool:
        """Whether anything but words and items narrows."""
        return bool(self.first or self.last or self.accounts or self.kinds or self.authors)

    @property
    def named_alone(self) -> bool:
        """Whether it asks for named items and nothing else."""
        return bool(self.items) and not (self.seeks or self.filters or self.everything)

    def as_json(self) -> dict[str, Any]:
        """Its JSON values, as the list's item keeps them."""
        values: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, date):
                value = value.isoformat()
            values[one.name] = value
        return values


def check(wanted: Wanted, accounts: Sequence[str]) -> None:
    """Refuse what cannot be meant. A mistyped name would find nothing, and nobody would see it.

    Args:
        accounts: names of the registered accounts.

    Raises:
        RefusedError: nothing is said, too much is said, an unknown name, an expression that cannot be used.
    """
    if not (wanted.seeks or wanted.filters or wanted.items or wanted.everything):
        raise RefusedError("find", "", "say what is looked for, or --everything")
    if wanted.everything and (wanted.seeks or wanted.filters or wanted.items):
        raise RefusedError("--everything", "", "leave it out beside words, filters or items; they would narrow nothing")
    for name, option in _OPTIONS.items():
        _check_texts(option, getattr(wanted, name), fold=wanted.fold, keyed=name != "regexes")
    _check_texts("--author", wanted.authors, fold=False, keyed=True)
    for number, one in enumerate(wanted.regexes, 1):
        compiled(one, number, fold=wanted.fold)
    _known("--account", wanted.accounts, [*accounts, "bevara"])
    _known("--kind", wanted.kinds, KINDS)
    for item in wanted.items:
        item_id(item, "--item")
    if wanted.first and wanted.last and wanted.last < wanted.first:
        raise RefusedError("--to", wanted.last.isoformat(), "the last day is not before the first")
    if wanted.dated and not (wanted.first or wanted.last):
        raise RefusedError("--dated", "", "give it beside --from or --to; it leaves out what has no date")


def _check_texts(option: str, texts: Sequence[str], *, fold: bool, keyed: bool) -> None:
    if len(texts) > MOST:
        raise RefusedError(option, len(texts), f"give at most {MOST}; search more than once and name the items")
    for number, one in enumerate(texts, 1):
        if not 0 < len(one) <= LONGEST:
            raise RefusedError(option, f"number {number}", f"write 1 to {LONGEST} characters")
        if any("\ud800" <= sign <= "\udfff" for sign in one):
            raise RefusedError(option, f"number {number}", "it is no text: some of its bytes are not UTF-8")
        if not bare(one):
            raise RefusedError(option, f"number {number}", "it has no character that can be seen; write one")
        if keyed and not key(one, fold=fold).strip():
            raise RefusedError(option, f"number {number}", "it has no character that can be seen; write one")


def _known(option: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise RefusedError(option, name, f"known here: {', '.join(sorted(known))}")
