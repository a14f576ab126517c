"""A text made ready to be judged: hidden characters out, letters told from look-alikes, cut into words and sentences."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Final

_HIDDEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e0fff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""What takes no place on a screen: zero-width and direction marks, soft hyphens, variation selectors, control characters."""
_LINES: Final = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\u00a0": " "})
_ALIKE: Final = str.maketrans(
    "аеорсухіјѕԁһӏнкмтвАЕОРСУХІЈЅНКМТВοαεικνρτυχ", "aeopcyxijsdhlhkmtbAEOPCYXIJSHKMTBoaeiknptux"
)
_MIXED: Final = re.compile("[a-zA-ZåäöÅÄÖ][Ͱ-ӿ]|[Ͱ-ӿ][a-zA-ZåäöÅÄÖ]")
_OTHERS: Final = re.compile("[Ͱ-ӿ]")
_WORDS: Final = re.compile(r"[^\W\d_][^\W_]*(?:[@$*#€|_0-9]{1,3}[^\W_]+)*|[@$][^\W_]+|[0-9]+(?:[^\W\d_][^\W_]*)?")
_SPELLED: Final = re.compile(r"(?<![^\W_])[^\W\d_](?:(?:[ ._*\-]|\. )[^\W\d_]){3,30}(?![^\W_])")
_ENDS: Final = re.compile(r"[.!?]+(?=\s|$)|\n+|[!?]+")
_QUOTED: Final = re.compile("[“”\"„»«][^“”\"„»«\n]{1,600}[“”\"„»«]|(?<![^\\W_])['‘’][^'‘’\n]{3,300}['‘’](?![^\\W_])")
_ADDRESSES: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”»]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
    r"|(?<![\w@./-])(?:[\w-]{1,63}\.){1,5}(?:se|com|nu|net|org|eu|info|io|ly|me|no|fi|dk|ru|de|uk|biz|shop|site|online|xyz|top|example)(?![\w-])(?:/[^\s<>\"”»]{0,2000})?",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """The text with what cannot be seen taken out, one form for every character, and letters that only look Latin as Latin."""
    if text.isascii():
        return _HIDDEN.sub("", text.translate(_LINES)) if not text.isprintable() else text
    text = _HIDDEN.sub("", text.translate(_LINES))
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text.replace("´", "'").replace("…", " … "))
    if _OTHERS.search(text) and _MIXED.search(text):
        text = text.translate(_ALIKE)
    return text


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text, of the same length, with spaces for the spans; these are in order and do not overlap."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join((*parts, text[at:])) if parts else text


class Reading:
    """One text and what is known of it; costly parts are made when they are asked for.

    Attributes:
        shown: cleaned, in the writer's own case. lower: the same in lower case, of the same length.
        links: addresses of the web and of e-mail as they stand. starts, ends: of each word in ``lower``; words: in lower case.
        swedish_letters: å, ä or ö is written, so that the writer has those keys.
    """

    __slots__ = ("__dict__", "ends", "links", "lower", "shown", "starts", "swedish_letters", "words")

    def __init__(self, text: str) -> None:
        """Read the text once: linear in its length."""
        self.shown = cleaned(text)
        lower = self.shown.lower()
        if len(lower) != len(self.shown):
            self.shown = lower
        self.lower = lower
        self.links: list[str] = []
        self._link_spans: list[tuple[int, int]] = []
        looked = lower
        if "." in lower:
            looked = _ADDRESSES.sub(self._link, lower)
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        spelled = [(one.start(), one.end()) for one in _SPELLED.finditer(looked)]
        at = 0
        for start, end in spelled:
            self._cut(looked, at, start)
            self._add("".join(one for one in looked[start:end] if one.isalpha()), start, end)
            at = end
        self._cut(looked, at, len(looked))
        self.swedish_letters = "å" in lower or "ä" in lower or "ö" in lower

    def _link(self, found: re.Match[str]) -> str:
        self.links.append(self.shown[found.start() : found.end()])
        self._link_spans.append(found.span())
        return " " * (found.end() - found.start())

    def _cut(self, looked: str, start: int, end: int) -> None:
        for one in _WORDS.finditer(looked, start, end):
            self._add(one[0], one.start(), one.end())

    def _add(self, word: str, start: int, end: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)

    @cached_property
    def masked(self) -> str:
        """``shown`` with addresses of the web and of e-mail blank."""
        return blanked(self.shown, self._link_spans)

    @cached_property
    def bounds(self) -> list[int]:
        """Where sentences begin, ascending from 0."""
        return [0, *(one.end() for one in _ENDS.finditer(self.lower))]

    @cached_property
    def sentences(self) -> list[int]:
        """Number of the sentence that each word stands in."""
        return [bisect_right(self.bounds, start) for start in self.starts]

    @cached_property
    def quoted(self) -> list[tuple[int, int]]:
        """Spans between quotation marks."""
        return [(one.start(), one.end()) for one in _QUOTED.finditer(self.lower)]

    def in_quotes(self, start: int, end: int) -> bool:
        """Whether a span of characters stands between quotation marks."""
        at = bisect_right(self.quoted, (start, len(self.lower))) - 1
        return at >= 0 and end <= self.quoted[at][1]

    def sentence_text(self, word: int) -> str:
        """The sentence that a word stands in, in the writer's case."""
        number = self.sentences[word]
        bounds = [*self.bounds, len(self.shown)]
        return self.shown[bounds[number - 1] : bounds[number]]
