"""Marks: 16 hexadecimal digits that occur nowhere else, and whose each of them is."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from tests.canary.scan import DIGITS


class Marks:
    """Gives out marks and remembers who carries each: names of items, several for a shared attachment."""

    def __init__(self, seed: str) -> None:
        """Same seed, same marks."""
        self._random = Random(f"marks/{seed}")
        self.carriers: defaultdict[str, set[str]] = defaultdict(set)

    def words(self, *carriers: str) -> str:
        """A few words with a new mark in them."""
        return f"kanariefågel-{self.word(*carriers)}"

    def word(self, *carriers: str) -> str:
        """A new mark alone, for a name of a file or an address."""
        mark = f"{self._random.getrandbits(4 * DIGITS):0{DIGITS}x}"
        self.carriers[mark].update(carriers)
        return mark

    def of_none_but(self, names: set[str]) -> frozenset[str]:
        """Marks that only these carry."""
        return frozenset(mark for mark, carriers in self.carriers.items() if carriers <= names)
