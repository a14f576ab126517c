"""Where a text has the words of which group: words are looked up once each, so that a column of texts costs little."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flows.oversee.watch.reading import Reading
from schemas.watch_words import WatchWords

_GAP: Final = 4
"""Words that ``…`` may stand for at most."""
_REMEMBERED: Final = 200_000
"""Different words that are remembered; a flood of invented ones begins anew."""
_LONGEST: Final = 60
"""Letters of a word that are looked at."""
_LEET: Final = str.maketrans(
    {
        "4": "a",
        "3": "e",
        "1": "i",
        "0": "o",
        "5": "s",
        "$": "s",
        "@": "a",
        "€": "e",
        "7": "t",
        "|": "l",
        "_": None,
        "#": None,
    }
)
_RUN: Final = re.compile(r"(.)\1{2,}")
_TWICE: Final = re.compile(r"([aeiouyåäö])\1+")
_BARE: Final = str.maketrans("åäö", "aao")
_PLAIN: Final = 5
"""Letters that a word has at least to be known without its rings and dots (``jävla`` as ``javla``; ``får`` is never ``far``)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A term in a text: words ``first`` to ``last`` (both included) of its reading."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Term:
    group: str
    parts: tuple[int, ...]
    gaps: tuple[bool, ...]


class Terms:
    """All groups compiled; ``find`` is pure."""

    def __init__(self, words: WatchWords) -> None:
        """Compile once per set of words."""
        self._ids: dict[tuple[str, str], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._begin: dict[str, list[int]] = {}
        self._end: dict[str, list[int]] = {}
        self._inside: list[tuple[str, int]] = []
        self._loose: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        self._hidden: set[int] = set()
        self._single: dict[int, list[str]] = {}
        self._row: dict[int, list[_Term]] = {}
        self._memo: tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]] = ({}, {})
        for name, group in words.groups.items():
            if group.sort == "words":
                for word in words.words(name):
                    self._enter(name, word, hidden=group.disguised)
        self._lengths = sorted({len(one) for one in (*self._begin, *self._loose[1])})
        self._endings = sorted({len(one) for one in self._end})

    def find(self, reading: Reading) -> dict[str, list[Found]]:
        """Groups with their places in the text, in order."""
        memo = self._memo[0 if reading.swedish_letters else 1]
        found: dict[str, list[Found]] = {}
        kinds: list[tuple[int, ...]] = []
        rows = False
        for word in reading.words:
            ids = memo.get(word)
            if ids is None:
                ids = self._look_up(word, memo, loose=not reading.swedish_letters)
            kinds.append(ids)
            rows = rows or bool(ids)
        if not rows:
            return found
        for at, ids in enumerate(kinds):
            for one in ids:
                for group in self._single.get(one, ()):
                    found.setdefault(group, []).append(Found(at, at))
                for term in self._row.get(one, ()):
                    last = _follows(term, kinds, at)
                    if last is not None:
                        found.setdefault(term.group, []).append(Found(at, last))
        return found

    def _enter(self, group: str, word: str, *, hidden: bool) -> None:
        parts: list[int] = []
        gaps: list[bool] = []
        gap = False
        written = word.split()
        for one in written:
            if one == "…":
                gap = True
                continue
            *before, final = one.split("-") if "-" in one.strip("-") else [one]
            pieces = [f"={piece.lstrip('=')}" for piece in before]
            pieces.append(f"={final}" if before and one.startswith("=") else final)
            for piece in pieces:
                parts.append(self._part(piece, alone=len(written) == 1 and not before, hidden=hidden))
                gaps.append(gap)
                gap = False
        if len(parts) == 1:
            groups = self._single.setdefault(parts[0], [])
            if group not in groups:
                groups.append(group)
        else:
            self._row.setdefault(parts[0], []).append(_Term(group, tuple(parts), tuple(gaps)))

    def _part(self, written: str, *, alone: bool, hidden: bool) -> int:
        mode = (
            "exact"
            if written.startswith("=")
            else "inside"
            if written.startswith("*") and written.endswith("*")
            else "end"
            if written.startswith("*")
            else "begin"
        )
        stem = written.strip("=*").replace("'", "").replace("’", "")
        key = (mode + ("" if alone else "+") + ("~" if hidden else ""), stem)
        if key in self._ids:
            return self._ids[key]
        number = self._ids[key] = len(self._ids)
        if hidden:
            self._hidden.add(number)
        if mode == "inside":
            self._inside.append((stem, number))
        else:
            {"exact": self._exact, "begin": self._begin, "end": self._end}[mode].setdefault(stem, []).append(number)
        if mode in {"exact", "begin"} and stem.translate(_BARE) != stem and (len(stem) >= _PLAIN or not alone):
            table = self._loose[0 if mode == "exact" else 1]
            for spelled in {stem.translate(_BARE), stem.replace("å", "aa").replace("ä", "ae").replace("ö", "oe")}:
                table.setdefault(spelled, []).append(number)
        return number

    def _look_up(self, word: str, memo: dict[str, tuple[int, ...]], *, loose: bool) -> tuple[int, ...]:
        short = word[:_LONGEST]
        found = set(self._plain(short, loose=loose))
        for other in _undisguised(short):
            found.update(one for one in self._plain(other, loose=loose) if one in self._hidden)
        if "*" in short or "#" in short:
            found.update(self._starred(short))
        if len(memo) >= _REMEMBERED:
            memo.clear()
        ids = memo[word] = tuple(sorted(found))
        return ids

    def _plain(self, word: str, *, loose: bool) -> list[int]:
        found = list(self._exact.get(word, ()))
        if loose:
            found += self._loose[0].get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            start = word[:length]
            found += self._begin.get(start, ())
            if loose:
                found += self._loose[1].get(start, ())
        for length in self._endings:
            if length > len(word):
                break
            found += self._end.get(word[-length:], ())
        found += [number for stem, number in self._inside if stem in word]
        return found

    def _starred(self, word: str) -> list[int]:
        """A word with stars for letters: each star is one letter."""
        letters = [re.escape(one) if one not in "*#" else r"[^\W\d_]" for one in word]
        found = []
        whole = re.compile("".join(letters))
        for stem, numbers in self._exact.items():
            if len(stem) > 3 and whole.fullmatch(stem):
                found += [one for one in numbers if one in self._hidden]
        for length in self._lengths:
            if 3 < length <= len(letters):
                begins = re.compile("".join(letters[:length]))
                for stem, numbers in self._begin.items():
                    if len(stem) == length and begins.fullmatch(stem):
                        found += [one for one in numbers if one in self._hidden]
        return found


def _follows(term: _Term, kinds: list[tuple[int, ...]], at: int) -> int | None:
    """The place of the term's last word, or None; a gap takes the nearest that fits."""
    for number in range(1, len(term.parts)):
        for place in range(at + 1, min(len(kinds), at + 2 + (_GAP if term.gaps[number] else 0))):
            if term.parts[number] in kinds[place]:
                at = place
                break
        else:
            return None
    return at


def _undisguised(word: str) -> set[str]:
    """What a word may be meant as: digits as letters, runs of one letter as one or two."""
    found = set()
    if not word.isalpha() and any(one.isalpha() for one in word):
        word = word.translate(_LEET)
        found.add(word)
    if _RUN.search(word):
        found |= {_RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word), _TWICE.sub(r"\1", _RUN.sub(r"\1\1", word))}
    elif _TWICE.search(word):
        found.add(_TWICE.sub(r"\1", word))
    return found


@lru_cache(maxsize=8)
def terms_of(words: WatchWords) -> Terms:
    """Compiled words; the same object for the same reading of the tables."""
    return Terms(words)


def places(found: Mapping[str, list[Found]], *groups: str) -> list[Found]:
    """Places of several groups together, in order."""
    return sorted((one for group in groups for one in found.get(group, ())), key=lambda one: (one.first, one.last))
