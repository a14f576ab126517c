"""Secret marks, and who gives them out: ten capital letters that occur nowhere else and can be read from a picture.

The fate of a mark: ``given``, ``masked``, or ``never``: it stands where nothing is given from (the platform's raw answer,
names of files).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Final, Literal

from schemas.record import MediaRole, Row
from tests.disclose.published import File

LETTERS: Final = "ABCDEFGHKLMNPRTUVWXY"
LENGTH: Final = 10
Fate = Literal["given", "masked", "never"]
Seat = Literal["text", "file", "pixels"]
"""Where a given mark is to be found: in the data and the documents, in the bytes of an attachment, or in its pixels."""
PROVISIONS: Final = ("OSL 21:1", "OSL 21:3", "OSL 23:1", "OSL 25:1")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. ``place``: what it stands in, for whoever reads a failure."""

    word: str
    fate: Fate
    seat: Seat
    place: str


@dataclass(slots=True)
class Marked:
    """The records.

    Attributes:
        rows: with their attachments, in the order in which they come in. marks: by word.
        masks: arguments of ``request mask N``. refused: records that are refused whole, each with its version.
        versions: every version there is, as the commands name it (``ITEM@VERSION``).
    """

    rows: list[tuple[Row, list[File]]] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    masks: list[tuple[str, ...]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)

    def words(self, fate: Fate, *seats: Seat) -> set[str]:
        """Marks of a fate; in these seats or in any."""
        return {one.word for one in self.marks.values() if one.fate == fate and (not seats or one.seat in seats)}


class Marks:
    """Gives out marks, and notes what the officer says to mask them; the same seed gives the same ones."""

    def __init__(self, seed: str) -> None:
        """Nothing is made yet."""
        self.random = Random(f"marked/{seed}")
        self.made = Marked()
        self.everywhere: dict[str, list[str]] = {}
        self._used: set[str] = set()
        self._turn = cycle(range(1, 9))

    def word(self, fate: Fate, seat: Seat, place: str) -> str:
        """A new mark."""
        while True:
            word = "".join(self.random.sample(LETTERS, LENGTH))
            if all(word[at : at + 4] not in self._used for at in range(LENGTH - 3)):
                break
        self._used.update(word[at : at + 4] for at in range(LENGTH - 3))
        self.made.marks[word] = Mark(word, fate, seat, place)
        return word

    def mask(self, *arguments: str) -> None:
        """Tell what the officer masks, under one provision after the other."""
        provision = PROVISIONS[sum(map(ord, arguments[-1])) % len(PROVISIONS)]
        self.made.masks.append((*arguments, "--provision", provision))

    def file(
        self, data: bytes, media_type: str, *, alt: Fate | None = None, role: MediaRole = "picture", language: str = ""
    ) -> File:
        """One attachment, with marks in its alt text and its own name."""
        told = None if alt is None else f"Bilden visar {self.word(alt, 'text', 'alt')} på torget"
        ending = media_type.rpartition("/")[2]
        origin = f"filer/{self.word('never', 'text', 'file name')}.{ending}"
        return File(data=data, role=role, media_type=media_type, alt=told, language=language, origin=origin)

    def turn(self) -> int:
        """The next EXIF orientation."""
        return next(self._turn)
