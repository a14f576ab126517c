"""Stand-ins: one name, ``Person 1``, for one person throughout a request. Pure.

Who writes in a listed record is numbered in the order of the frozen list, whether a stand-in is asked for or not, so
that later assessments move no number. Names that are only spoken of follow, in the order in which they were masked.
Whoever has a number since an earlier answer keeps it, whatever the list and the masks are by now: the answer's item keeps
the numbers that it showed, by a keyed hash of the person and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from flows.disclose.assess.folded import fold, letters
from flows.disclose.assess.identities import identities
from schemas.record import Row

Writer = tuple[str, str | None, str | None]
"""Platform, author's id there, author's name as shown."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """Who is who in one request: give it a row, and the words that stand there when it is not about its author.

    ``before``, ``used``: numbers of earlier answers, and those given since, by ``mark`` of the person.
    A name that several writers share, or that no writer has, is one of its own: nobody guesses whose it is.
    """

    writers: dict[tuple[str, str], int] = field(default_factory=dict)
    spoken: dict[str, int] = field(default_factory=dict)
    names: dict[str, int | None] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    mark: Callable[[str], str] = str
    used: dict[str, int] = field(default_factory=dict)

    def __call__(self, row: Row, words: str = "") -> str:
        """``Person <n>``; empty when neither the writer nor the words were told of."""
        key = _key(row.platform, row.author_native, row.author)
        number = self._of_words(words) if words else self.writers.get(key)
        if number is None:
            return ""
        self.used[self.mark(_spoken(_plain(words)) if words else _writer(key))] = number
        return f"Person {number}"

    def _of_words(self, words: str) -> int | None:
        plain = _plain(words)
        number = self.before.get(self.mark(_spoken(plain))) if self.before else None
        number = self.names.get(plain) if number is None else number
        return number if number is not None else self.spoken.get(plain)


def stand_ins(
    writers: Iterable[Writer],
    spoken: Iterable[str] = (),
    *,
    before: Mapping[str, int] | None = None,
    mark: Callable[[str], str] = str,
) -> StandIns:
    """Number the persons of a request.

    Args:
        writers: of every listed version, in the frozen list's order.
        spoken: words that a mask with a stand-in covers, in the order in which they were masked.
        before: ``used`` of the request's earlier answers. mark: what a person is called there: a keyed hash.
    """
    found = StandIns(before=before or {}, mark=mark)
    taken = set(found.before.values())
    free = (number for number in count(1) if number not in taken)

    def number_of(person: str) -> int:
        known = found.before.get(mark(person)) if found.before else None
        return next(free) if known is None else known

    for platform, native, name in writers:
        key = _key(platform, native, name)
        if key == ("", ""):
            continue
        if key not in found.writers:
            found.writers[key] = number_of(_writer(key))
        number = found.writers[key]
        for one in identities(name, native):
            plain = _plain(one)
            if found.names.setdefault(plain, number) != number:
                found.names[plain] = None
    for words in spoken:
        plain = _plain(words)
        if plain and found.names.get(plain) is None and plain not in found.spoken:
            found.spoken[plain] = number_of(_spoken(plain))
    return found


def _writer(key: tuple[str, str]) -> str:
    return f"writer\0{key[0]}\0{key[1]}"


def _spoken(plain: str) -> str:
    return f"name\0{plain}"


def _key(platform: str, native: str | None, name: str | None) -> tuple[str, str]:
    return (platform, native) if native else ("", _plain(name or ""))


def _plain(name: str) -> str:
    return letters(name) or fold(name)
