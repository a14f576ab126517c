"""What speaks against a hit by words: quotation, what others said, negation, irony, oneself, news, another language."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from flows.oversee.watch.reading import Reading
from flows.oversee.watch.terms import Found

_IRONY: Final = re.compile(r"(?:^|\s)/s(?:\s|$)|[🙄😉😜🤡🤪]|;-?\)|\bxd\b")
_NEAR: Final = 3
"""Words before a hit that a negation is looked for in."""
_TOLD: Final = 8
"""Words before a hit that a verb of saying is looked for in."""
_FEW: Final = 4
"""Words that a text has at least for its language to be told."""


class Doubts:
    """Reasons for doubt in one text, each looked at when it is asked for."""

    def __init__(self, reading: Reading, found: Mapping[str, list[Found]]) -> None:
        """Take a text that has been read and its groups."""
        self._reading = reading
        self._found = found
        self._numbers: dict[str, set[int]] = {}

    @cached_property
    def foreign(self) -> bool:
        """Whether the text seems to be in another language than Swedish."""
        count = len(self._reading.words)
        if any(one > "\u036f" and one.isalpha() and not one.islower() for one in self._reading.shown[:400]):
            other = sum(one > "\u036f" and one.isalpha() for one in self._reading.shown[:400])
            if other > 8:
                return True
        if count < _FEW:
            return False
        swedish = len({one.first for one in self._found.get("svenska", ())})
        others = len({one.first for one in self._found.get("frammande", ())})
        return others > swedish and swedish * 6 < count

    @cached_property
    def ironic(self) -> bool:
        """Whether something marks irony or a joke."""
        return "ironi" in self._found or _IRONY.search(self._reading.lower) is not None

    @cached_property
    def news(self) -> bool:
        """Whether the text tells of the police, a trial, an exhibition: of what others have done."""
        return "nyheter" in self._found

    def quoted(self, one: Found) -> bool:
        """Whether the words stand in quotation marks, or after that somebody said them."""
        reading = self._reading
        if reading.in_quotes(reading.starts[one.first], reading.ends[one.last]):
            return True
        return self._before(one, "anforing", _TOLD)

    def denied(self, one: Found) -> bool:
        """Whether a negation stands shortly before, in the same clause."""
        reading = self._reading
        return any(
            other.last < one.first and "," not in reading.lower[reading.ends[other.last] : reading.starts[one.first]]
            for other in self.near(one, "negation", _NEAR)
        )

    def of_oneself(self, one: Found) -> bool:
        """Whether the writer means himself."""
        return bool(self.near(one, "jag-sjalv", 8))

    def same_sentence(self, one: Found, group: str) -> bool:
        """Whether a word of the group stands in the same sentence."""
        if group not in self._numbers:
            self._numbers[group] = {self._reading.sentences[other.first] for other in self._found.get(group, ())}
        return self._reading.sentences[one.first] in self._numbers[group]

    def near(self, one: Found, group: str, most: int) -> list[Found]:
        """Terms of the group in the same sentence that begin at most so many words before it, or after its end."""
        some = self._found.get(group, ())
        start = bisect_left(some, one.first - most, key=_first)
        end = bisect_right(some, one.last + most, lo=start, key=_first)
        sentences = self._reading.sentences
        return [other for other in some[start:end] if sentences[other.first] == sentences[one.first]]

    def _before(self, one: Found, group: str, most: int) -> bool:
        return any(other.last < one.first for other in self.near(one, group, most))


def _first(one: Found) -> int:
    return one.first
