"""Which texts of a column have what is looked for: exact by ``spelling.key``, at the cost of one regular expression. Pure.

One pass of RE2 finds every text that either has one of the words, written in plain characters, or has a character that
is not plain. Of the few that remain, those of plain characters alone are found for certain; the others are compared by
their keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.expressions import compiled
from flows.disclose.find.spelling import bare, is_word, key, plain, unmarked
from flows.disclose.find.wanted import Wanted
from schemas.refusal import RefusedError

Sort = Literal["part", "word", "start"]
_ASCII: Final = r"\x{0}-\x{7f}"
_ESCAPE: Final = r"\x{5c}"
_SHORT: Final = 200
"""Characters of the longest text that is remembered. ``_REMEMBERED``: how many of them."""
_REMEMBERED: Final = 20_000


class Matcher:
    """Looks for several words and expressions at once; any of them will do."""

    def __init__(self, words: Sequence[tuple[Sort, str]], regexes: Sequence[str] = (), *, fold: bool = False) -> None:
        """Compile them.

        Args:
            words: how each is meant, and the word as written. regexes: as officers write them.
            fold: marks on letters do not count.

        Raises:
            RefusedError: an expression cannot be used.
        """
        self._fold = fold
        self._known: dict[str, bool] = {}  # names come again every month
        keyed = [(sort, key(word, fold=fold)) for sort, word in words]
        # A word has no space beside it; a part of a text may.
        self._words = [(sort, word if sort == "part" else word.strip()) for sort, word in keyed]
        known = plain(fold=fold).known
        self._odd = f"[^{known}]"
        written = [one for sort, word in self._words if (one := _written(sort, word, fold=fold))]
        self._fast = "|".join([*written, self._odd]) if words else ""
        self._regexes = [compiled(one, number, fold=fold) for number, one in enumerate(regexes, 1)]
        # Of folded texts nothing can be said before they are folded, but for those of ASCII.
        self._strange = f"[^{_ASCII}]" if fold else self._odd
        try:
            pc.match_substring_regex(pa.array([""]), self._fast)
        except pa.ArrowInvalid:
            raise RefusedError("find", len(words), "these are too many or too long words at once; use fewer") from None

    @property
    def anything(self) -> bool:
        """Whether anything is looked for."""
        return bool(self._words or self._regexes)

    @property
    def words_alone(self) -> bool:
        """Whether no expression is looked for: what stands inside of a text is then found in the whole text, too."""
        return not self._regexes

    def candidates(self, values: Any) -> Any:
        """Of texts that hold others in JSON: those in which one may be found. For ``words_alone``."""
        return pc.fill_null(pc.match_substring_regex(values, f"{self._fast}|{_ESCAPE}"), False)

    def hits(self, values: Any) -> Any:
        """Which of the texts have it.

        Args:
            values: an array of strings, nulls allowed.

        Returns:
            Booleans without nulls, one per text.
        """
        if pa.types.is_dictionary(values.type):
            some = self.hits(values.dictionary)
            if not pc.any(some).as_py():
                return pa.repeat(pa.scalar(False), len(values))
            return some.take(values.indices).fill_null(False)
        found = self._by_words(values) if self._words else None
        for regex in self._regexes:
            one = self._by_regex(values, regex)
            found = one if found is None else pc.or_(found, one)
        return pa.repeat(pa.scalar(False), len(values)) if found is None else found

    def _by_words(self, values: Any) -> Any:
        maybe = pc.fill_null(pc.match_substring_regex(values, self._fast), False)
        if not pc.any(maybe).as_py():
            return maybe
        some = values.filter(maybe)
        odd = pc.match_substring_regex(some, self._odd)
        if not pc.any(odd).as_py():
            return maybe
        coded = some.filter(odd).dictionary_encode()  # what is odd is often written many times
        compared = pa.array([self._compare(one) for one in coded.dictionary.to_pylist()], pa.bool_())
        sure = pc.replace_with_mask(pc.invert(odd), odd, compared.take(coded.indices))
        return pc.replace_with_mask(maybe, maybe, sure)

    def _compare(self, text: str) -> bool:
        known = self._known.get(text)
        if known is None:
            keyed = key(text, fold=self._fold)
            known = any(_LOOKING[sort](keyed, word) for sort, word in self._words)
            if len(text) <= _SHORT and len(self._known) < _REMEMBERED:
                self._known[text] = known
        return known

    def _by_regex(self, values: Any, regex: str) -> Any:
        found = pc.fill_null(pc.match_substring_regex(values, regex), False)
        odd = pc.fill_null(pc.match_substring_regex(values, self._strange), False)
        if not pc.any(odd).as_py():
            return found
        coded = values.filter(odd).dictionary_encode()
        prepared = [bare(one) for one in coded.dictionary.to_pylist()]
        if self._fold:
            prepared = [unmarked(one) for one in prepared]
        again = pc.match_substring_regex(pa.array(prepared, pa.string()), regex)
        return pc.replace_with_mask(found, odd, again.take(coded.indices))


def matcher_of(wanted: Wanted) -> Matcher:
    """Looks for what is wanted."""
    words: list[tuple[Sort, str]] = [("part", one) for one in wanted.texts]
    words += [("word", one) for one in wanted.words]
    words += [("start", one) for one in wanted.starts]
    return Matcher(words, wanted.regexes, fold=wanted.fold)


def excluder_of(wanted: Wanted) -> Matcher:
    """Looks for what takes away."""
    return Matcher([("part", one) for one in wanted.without], fold=wanted.fold)


def _written(sort: Sort, word: str, *, fold: bool) -> str:
    """The word as an expression over plain characters; empty if it cannot be written with them."""
    known = plain(fold=fold)
    parts = []
    for one in word:
        if one == " ":
            parts.append(f"[{known.space}]+")
        elif one in known.spellings:
            parts.append(f"[{known.spellings[one]}]")
        else:
            return ""
    before = "" if sort == "part" else f"(?:^|[^{known.words}])"
    after = f"(?:$|[^{known.words}])" if sort == "word" else ""
    return f"{before}{''.join(parts)}{after}"


def _places(text: str, word: str) -> list[tuple[int, int]]:
    return [(match.start(), match.start() + len(word)) for match in re.finditer(f"(?={re.escape(word)})", text)]


def _begins(text: str, at: int) -> bool:
    return at == 0 or not is_word(text[at - 1])


def _word(text: str, word: str) -> bool:
    return any(_begins(text, at) and (to == len(text) or not is_word(text[to])) for at, to in _places(text, word))


_LOOKING: Final[dict[Sort, Callable[[str, str], bool]]] = {
    "part": lambda text, word: word in text,
    "word": _word,
    "start": lambda text, word: any(_begins(text, at) for at, _ in _places(text, word)),
}
