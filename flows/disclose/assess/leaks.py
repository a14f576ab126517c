"""What is masked in one record and stands open in another that is given: found before anything goes out. Pure.

The strings looked for are held in memory alone; what is told are ids and places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from flows.disclose.assess.attachments import attachments
from flows.disclose.assess.folded import (
    SHORTEST,
    alone,
    fold,
    letters,
    readings,
    size,
    stands_together,
    worth_looking_for,
)
from flows.disclose.assess.identities import revealing
from flows.disclose.assess.redact import covered_texts, places_of, version_row
from schemas.finding import Finding
from schemas.ids import ItemId
from schemas.record import Row
from schemas.request import Assessment, Given

OPEN: Final = "Q161"
SAME_FILE: Final = "Q162"

_INSIDE: Final = 5
"""From this many letters on, a string is found inside other words; a shorter one says too little there (anna, annan)."""
_LONG: Final = 8
"""From this many letters on, a string is found however white space is strewn into it."""
_WHOLE: Final = 20
"""Characters that a whole text must have to be looked for elsewhere: a refused "Tack!" says nothing of another one."""
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A place of something given where what is masked elsewhere stands open.

    Attributes:
        item, version: the record that is given. where: as ``Mask.where``: ``text``, ``links:0``, ``media:2`` …
        code: finding code: Q161 words, Q162 the same file.
    """

    item: ItemId
    version: int
    where: str
    code: str


class Sought:
    """Strings that must not be found, ready to be looked for in many texts: time goes with the text, not their number."""

    def __init__(self, strings: Iterable[str]) -> None:
        """Fold the strings; those that say nothing (``worth_looking_for``) are left out."""
        self._by_start: dict[str, list[str]] = {}
        self._long: dict[str, list[str]] = {}
        self._words: dict[str, list[str]] = {}
        for plain in sorted({fold(one) for one in strings}):
            if not worth_looking_for(plain):
                continue
            if size(plain) < _INSIDE and not stands_together(plain):
                self._words.setdefault(plain[:SHORTEST], []).append(plain)
                continue
            self._by_start.setdefault(plain[:SHORTEST], []).append(plain)
            tight = letters(plain)
            if len(tight) >= _LONG:
                self._long.setdefault(tight[:SHORTEST], []).append(tight)

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._by_start or self._words)

    def found_in(self, text: str, *, address: bool = False) -> bool:
        """Whether any of the strings stands in the text.

        Case, composition, unseen characters, letters spelled one by one and percent encoding do not hide it; nor does
        white space strewn into a long one. One of fewer than five letters is found as a word of its own (``Liv``,
        ``Livs``), not inside another. ``address``: a plus sign may be a space.
        """
        if not self:
            return False
        for one in readings(text, address=address):
            if self._words and _any_at(one, self._words, whole=True):
                return True
            if _any_at(one, self._by_start) or (self._long and _any_at(letters(one), self._long)):
                return True
        return False


def masked_strings(rows: Sequence[Row], assessment: Assessment) -> frozenset[str]:
    """What is masked or refused of words in one version, as it stands there. For memory alone: it is never stored or told.

    Everything that spans cover; a masked author's name, handle and id; masked links. Of a text or an alt text that is
    masked or refused whole, the whole where it is long enough to be known again.
    """
    if assessment.verdict == "give":
        return _NOTHING
    row = version_row(rows, assessment.version)
    if assessment.verdict == "refuse":
        return frozenset(_long_enough([row.text or ""]))
    found: set[str] = set()
    for where, text in places_of(row, attachments(rows, assessment.version, at=assessment.at)):
        masks = [one for one in assessment.masks if one.where == where]
        if not masks:
            continue
        if where == "author":
            found.update(revealing(row.author, row.author_native), covered_texts(text, masks))
        elif all(one.sort == "span" for one in masks) or where.startswith("links:"):
            found.update(covered_texts(text, masks))
        else:
            found.update(_long_enough([text]))
            found.update(covered_texts(text, [one for one in masks if one.sort == "span"]))
    return frozenset(one for one in found if worth_looking_for(fold(one)))


def masked_files(rows: Sequence[Row], assessment: Assessment) -> frozenset[str]:
    """Digests of the version's files that are masked or not given; of all, where the whole record is refused."""
    if assessment.verdict == "give":
        return _NOTHING
    media = attachments(rows, assessment.version, at=assessment.at)
    masked = {one.where for one in assessment.masks}
    return frozenset(
        one.digest
        for number, one in enumerate(media)
        if one.digest is not None and (assessment.verdict == "refuse" or f"media:{number}" in masked)
    )


def leaks(
    givens: Iterable[Given],
    strings: Iterable[str],
    digests: AbstractSet[str] = _NOTHING,
    shown: re.Pattern[str] | None = None,
) -> Iterator[Leak]:
    """Places where something that is masked somewhere stands open, in any record that is given.

    Args:
        givens: everything that is to be given. strings: of ``masked_strings``, of all records together.
        digests: of ``masked_files``: files that are masked or not given somewhere.
        shown: finds labels (``flows.disclose.assess.provisions.labels_in``), which are no leaks.

    Yields:
        Each place once, in the order of the records.
    """
    sought = Sought(strings)
    for given in givens:
        if given.verdict == "refuse":
            continue
        for where, text in _texts(given):
            plain = text if shown is None else shown.sub("\n\n", text)
            if plain and sought.found_in(plain, address=where == "address" or where.startswith("links:")):
                yield Leak(item=given.item, version=given.version, where=where, code=OPEN)
        for file in given.files:
            if file.state == "whole" and file.digest in digests:
                yield Leak(item=given.item, version=given.version, where=f"media:{file.number}", code=SAME_FILE)


def leak_findings(found: Iterable[Leak]) -> list[Finding]:
    """Leaks as findings: ids and places, never what stands there."""
    return [
        Finding(
            code=one.code,
            severity="error",
            subject=one.item,
            parameters=(("version", one.version), ("where", one.where)),
        )
        for one in found
    ]


def _texts(given: Given) -> Iterator[tuple[str, str]]:
    yield "text", given.text
    yield "author", given.author or ""
    yield "address", given.address
    for number, link in enumerate(given.links):
        yield f"links:{number}", link
    for file in given.files:
        yield f"alt:{file.number}", file.alt or ""


def _long_enough(texts: Iterable[str]) -> list[str]:
    return [one for one in texts if len(fold(one)) >= _WHOLE]


def _any_at(text: str, strings: dict[str, list[str]], *, whole: bool = False) -> bool:
    return any(
        text.startswith(one, place) and (not whole or alone(text, place, place + len(one)))
        for place in range(len(text) - SHORTEST + 1)
        for one in strings.get(text[place : place + SHORTEST], ())
    )
