"""What an officer is told when something was masked: what was met, what was left alone, what is still to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from flows.disclose.answer.chosen import Line, assessed
from flows.disclose.assess.writers import Wrote, namesakes, writers_of
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.request import Assessment, Mask, Request

NOTHING: Final = "Q151"
REFUSED: Final = "Q152"
PARTS: Final = "Q153"
INSIDE: Final = "Q154"
SAME_WRITER: Final = "Q155"
WENT_OUT: Final = "Q156"
UNREAD: Final = "Q157"
TOGETHER_WITH: Final = "Q158"
LATER: Final = "Q159"
NAMESAKES: Final = "Q160"
NOT_SEARCHED: Final = "Q163"
SOME_NOT: Final = "Q165"
_SHOWN: Final = 20
"""Records that a finding names."""
_TOLD: Final[dict[str, Severity]] = {
    TOGETHER_WITH: "info",
    INSIDE: "info",
    PARTS: "info",
    NOT_SEARCHED: "info",
    REFUSED: "info",
    WENT_OUT: "warning",
    UNREAD: "warning",
    LATER: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be masked, read already.

    Attributes:
        words: looked for as they are. name: a person's name, looked for with the handles of who writes under it.
        places: masks that the officer placed. provision: what all of them rest on. stand_in: give people stand-ins.
        keep_alt, keep_captions, keep_thumbnails: leave what else tells of a masked attachment as it is.
    """

    provision: str
    words: tuple[str, ...] = ()
    name: str = ""
    places: tuple[Mask, ...] = ()
    stand_in: bool = False
    keep_alt: bool = False
    keep_captions: bool = False
    keep_thumbnails: bool = False


@dataclass(slots=True)
class Work:
    """What has been found so far, while one command masks.

    Attributes:
        whole: in the whole list.
        found: counts by finding code. met: numbers of words (the name last) that were found. persons: whose name is masked.
    """

    home: Home
    request: Request
    wish: Wish
    whole: bool
    found: Counter[str] = field(default_factory=Counter)
    met: set[int] = field(default_factory=set)
    persons: set[tuple[str, str]] = field(default_factory=set)

    @property
    def ground(self) -> Ground:
        """The home's ground."""
        return self.home.ground


def mask_findings(work: Work, table: pa.Table, writers: Sequence[Wrote]) -> Iterator[Finding]:
    """What the officer should know: counts and ids, never the words.

    Args:
        table: the frozen list. writers: who wrote it, where that was read already.
    """
    found, request = work.found, work.request
    sought = len(work.wish.words) + bool(work.wish.name.strip())
    missed = sorted(set(range(1, sought + 1)) - work.met)
    several = namesakes(writers, work.wish.name) if writers else 0

    def one(code: str, severity: Severity, count: int, **more: str | int) -> Finding:
        parameters = (("places", count), *more.items())
        return Finding(code=code, severity=severity, subject=request.subject, count=count, parameters=parameters)

    if sought and len(missed) == sought:
        yield one(NOTHING, "warning", 1)
    elif missed:
        yield one(SOME_NOT, "warning", len(missed), numbers=", ".join(map(str, missed)), of=sought)
    if several > 1:
        yield one(NAMESAKES, "warning", several)
    for code, severity in _TOLD.items():
        if found[code]:
            yield one(code, severity, found[code])
    if not work.whole and (others := _others(work, table, writers)):
        some = ", ".join(f"{item}@{version}" for item, version in others[:_SHOWN])
        yield one(SAME_WRITER, "info", len(others), items=some if len(others) <= _SHOWN else f"{some} …")


def _others(work: Work, table: pa.Table, writers: Sequence[Wrote]) -> list[Line]:
    """Other listed versions by somebody whose name was masked now, where it is not masked."""
    if not work.persons:
        return []
    theirs = sorted(one.line for one in writers or writers_of(work.ground, table) if one.person in work.persons)
    with work.ground.state.reading() as books:
        known = assessed(books, work.request.number, theirs)
    return [line for line in theirs if not (line in known and _hides_author(known[line]))]


def _hides_author(one: Assessment) -> bool:
    return one.verdict == "refuse" or any(mask.where == "author" for mask in one.masks)
