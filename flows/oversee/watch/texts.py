"""What a text says that needs a person's eye: hits by code and clause, never its words. Pure.

``judge`` is for one text, ``judge_many`` for a column of them. Both read what ``schemas.watch_words`` holds and the settings
(own site, signature). A hit is a proposal: how sure it is stands in it, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from flows.oversee.watch.contacts import emails, phones, street
from flows.oversee.watch.identity_numbers import identity_numbers
from flows.oversee.watch.links import as_letters
from flows.oversee.watch.names import named
from flows.oversee.watch.own_texts import marketing, unsigned
from flows.oversee.watch.questions import question
from flows.oversee.watch.reading import Reading, blanked
from flows.oversee.watch.terms import terms_of
from flows.oversee.watch.visitors import Visitor
from schemas.oversight import OversightSettings
from schemas.record import Kind
from schemas.watch import Certainty
from schemas.watch_words import CODES, WatchWords

_DIGIT: Final = re.compile(r"\d")
_MOST: Final = 9_999
"""A hit's count at most: numbers stay readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that a text seems to say.

    Attributes:
        code: ``W103``, ``W105``, ``W106``, ``W111``-``W124`` or ``W133``. clause: ``R…`` of the page's rules, ``P…`` where the
            settings' clauses name the code, else empty.
        certainty: ``sure`` for what is counted (a checksum holds, a host is listed), ``likely``, ``uncertain``.
        count: how many times. parameters: codes and numbers for the sentence, never words of the text: ``missing`` of
            ``W103`` (``all``, ``greeting``, ``wording``, ``name``, ``unit``), ``kind`` of ``W116`` (``phone``, ``email``,
            ``address``), ``coordination`` of ``W115`` (how many are coordination numbers).
    """

    code: str
    clause: str
    certainty: Certainty
    count: int = 1
    parameters: tuple[tuple[str, str | int], ...] = ()


def judge(text: str, words: WatchWords, settings: OversightSettings, *, own: bool, kind: Kind) -> tuple[Hit, ...]:
    """Hits of one text, by code; at most one for each code.

    Args:
        text: as it was written; of any length and any characters.
        own: the municipality wrote it: then ``W103`` (kind ``reply``) and ``W133`` (kinds ``post`` and ``story``) alone are looked for;
            else ``W105``, ``W106`` and ``W111``-``W124``.
    """
    return next((hits for _, hits in judge_many([text], words, settings, own=own, kind=kind)), ())


def judge_many(
    texts: Sequence[str | None], words: WatchWords, settings: OversightSettings, *, own: bool, kind: Kind
) -> Iterator[tuple[int, tuple[Hit, ...]]]:
    """Places in ``texts`` with their hits, in order; only those that have some. None and empty texts have none."""
    judging = _Judging(words, settings)
    for at, text in enumerate(texts):
        if text:
            hits = judging.own(text, kind) if own else judging.visitor(text)
            if hits:
                yield at, hits


def asks(text: str, words: WatchWords) -> Certainty | None:
    """Whether a visitor's text asks for an answer: ``likely``, ``uncertain`` (rhetorical, quoted, aside), or None."""
    return question(text, words)


class _Judging:
    """Words and settings made ready for a column of texts."""

    def __init__(self, words: WatchWords, settings: OversightSettings) -> None:
        self._terms = terms_of(words)
        self._clauses = _clauses(settings)
        self._own_hosts = frozenset({settings.site.lower(), *as_letters(words.words("egna-adresser"))})
        self._listed = as_letters(words.words("listade-sidor"))
        self._short = as_letters(words.words("korta-adresser"))
        self._numbers = words.words("egna-nummer")
        self._signature = settings.signature
        self._names = frozenset(one.lstrip("=") for one in words.words("fornamn"))
        self._groups: dict[str, list[tuple[str, Certainty]]] = {}
        for name, group in words.groups.items():
            if group.code:
                self._groups.setdefault(group.code, []).append((name, group.certainty))

    def own(self, text: str, kind: Kind) -> tuple[Hit, ...]:
        reading = Reading(text)
        found = self._terms.find(reading)
        if kind == "reply":
            lacks = unsigned(reading, self._signature, found)
            return () if lacks is None else (self._hit("W103", lacks[0], parameters=(("missing", lacks[1]),)),)
        if kind in ("post", "story"):
            certainty = marketing(reading, found, self._own_hosts)
            return () if certainty is None else (self._hit("W133", certainty),)
        return ()

    def visitor(self, text: str) -> tuple[Hit, ...]:
        reading = Reading(text)
        found = self._terms.find(reading)
        visitor = Visitor(
            reading,
            found,
            own=self._own_hosts,
            listed=self._listed,
            short=self._short,
            groups=self._groups,
            names=self._names,
        )
        hits = [self._hit(code, certainty, count) for code, certainty, count in visitor.told()]
        advert = any(one.code == "W120" and one.certainty == "likely" for one in hits)
        hits += self._personal(reading, advert=advert)
        return tuple(sorted(hits, key=lambda one: one.code)) if len(hits) > 1 else tuple(hits)

    def _personal(self, reading: Reading, *, advert: bool) -> Iterator[Hit]:
        """Identity numbers and how a person is reached; addresses of the web are not looked through.

        Args:
            advert: the text is an advertisement, whose number is seldom a private one's.
        """
        text = reading.masked
        if _DIGIT.search(text) is not None:
            numbers = list(identity_numbers(text))
            if numbers:
                best = max((one.certainty for one in numbers), key=_RANK.__getitem__)
                shared = sum(one.coordination for one in numbers)
                yield self._hit("W115", best, len(numbers), (("coordination", min(shared, _MOST)),))
                text = blanked(text, ((one.start, one.end) for one in numbers if one.certainty != "uncertain"))
        for way, certainty in self._reached(reading, text):
            if certainty is not None:
                least = "uncertain" if advert and way != "address" else certainty
                yield self._hit("W116", least, parameters=(("kind", way),))
                return

    def _reached(self, reading: Reading, text: str) -> Iterator[tuple[str, Certainty | None]]:
        """How a person may be reached, way by way; text: without identity numbers and links."""
        numbered = _DIGIT.search(text) is not None
        if numbered:
            yield "phone", phones(text, self._numbers)
        if reading.links:
            yield "email", emails(reading.links, tuple(self._own_hosts))
        if numbered:
            people = named(reading, self._names)
            bounds = [*reading.bounds, len(text)]
            sentences = [text[start:end] for start, end in pairwise(bounds)]
            yield "address", street(sentences, [number + 1 in people for number in range(len(sentences))])

    def _hit(
        self, code: str, certainty: Certainty, count: int = 1, parameters: tuple[tuple[str, str | int], ...] = ()
    ) -> Hit:
        return Hit(
            code=code,
            clause=self._clauses.get(code, ""),
            certainty=certainty,
            count=min(count, _MOST),
            parameters=parameters,
        )


_RANK: Final[Mapping[Certainty, int]] = {"uncertain": 1, "likely": 2, "sure": 3}


def _clauses(settings: OversightSettings) -> dict[str, str]:
    """The clause of each code: the page's rules as fixed, others from the settings' clauses."""
    found = {
        "W115": "R05",
        "W116": "R05",
        "W121": "R09",
        "W122": "R10",
        **{code: rule for code, rule in CODES.items() if rule},
    }
    for clause in settings.clauses.values():
        for code in clause.codes:
            found.setdefault(code, clause.id)
    return found
