"""Stand-ins: one name, ``Person 1``, for one person throughout a request. Pure; nothing of it is stored.

Who writes in a listed record is numbered in the order of the frozen list, whether a stand-in is asked for or not, so
that later assessments move no number. Names that are only spoken of follow, in the order in which they were masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.disclose.assess.folded import fold, letters
from flows.disclose.assess.identities import identities
from schemas.record import Row

Writer = tuple[str, str | None, str | None]
"""Platform, author's id there, author's name as shown."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """Who is who in one request: give it a row, and the words that stand there when it is not about its author.

    A name that several writers share, or that no writer has, is one of its own: nobody guesses whose it is.
    """

    writers: dict[tuple[str, str], int] = field(default_factory=dict)
    spoken: dict[str, int] = field(default_factory=dict)
    names: dict[str, int | None] = field(default_factory=dict)

    def __call__(self, row: Row, words: str = "") -> str:
        """``Person <n>``; empty when neither the writer nor the words were told of."""
        number = self._of_words(words) if words else self.writers.get(_key(row.platform, row.author_native, row.author))
        return "" if number is None else f"Person {number}"

    def _of_words(self, words: str) -> int | None:
        plain = _plain(words)
        number = self.names.get(plain)
        return number if number is not None else self.spoken.get(plain)


def stand_ins(writers: Iterable[Writer], spoken: Iterable[str] = ()) -> StandIns:
    """Number the persons of a request.

    Args:
        writers: of every listed version, in the frozen list's order.
        spoken: words that a mask with a stand-in covers, in the order in which they were masked.
    """
    found = StandIns()
    for platform, native, name in writers:
        key = _key(platform, native, name)
        if key == ("", ""):
            continue
        number = found.writers.setdefault(key, len(found.writers) + 1)
        for one in identities(name, native):
            plain = _plain(one)
            if found.names.setdefault(plain, number) != number:
                found.names[plain] = None
    for words in spoken:
        plain = _plain(words)
        if plain and found.names.get(plain) is None:
            found.spoken.setdefault(plain, len(found.writers) + len(found.spoken) + 1)
    return found


def _key(platform: str, native: str | None, name: str | None) -> tuple[str, str]:
    return (platform, native) if native else ("", _plain(name or ""))


def _plain(name: str) -> str:
    return letters(name) or fold(name)
