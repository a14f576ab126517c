"""Whether a text asks for an answer: question marks, question words with the verb after them, ways of wondering."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile
from typing import Final

from flows.oversee.watch.reading import Reading
from flows.oversee.watch.terms import Found, terms_of
from schemas.watch import Certainty
from schemas.watch_words import WatchWords

_TAGS: Final = re.compile(
    r"(?:eller hur|eller|va|väl|inte sant|right|not|ok|okej|hm+|vadå|va då|jaså|hallå|seriöst|jo|ja|nej|nähä|jaha|oj|kul va|visst|eller vad|eller inte|what|lol)\s*[?!]+\s*$"
)

_OF_THINGS: Final = frozenset(["är", "finns", "får", "har"])
"""Verbs that begin a question of a thing: *Är skolan stängd*."""
_DEFINITE: Final = ("en", "et", "an", "na", "yn", "ar", "or")
_BINDS: Final = frozenset(["och", "eller", "om", "hur", "när", "var", "vad", "som", "att", "där", "men"])
"""Words that a clause of its own begins with, so that what stands before is no condition."""
_NAMED: Final = re.compile(r"@[^\W\d_]|,\s[A-ZÅÄÖ][a-zåäö]{2,20}\s*[?!]+\s*$")
"""Somebody else than the page is spoken to."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    """Words that questions are built of, from the groups ``fraga-…``.

    Attributes:
        asking: question words. verbs: that follow them. whom: what a verb is said of. inverted: verbs that begin a question.
        conditions: those that may begin a condition too (*Är du ensam kan du …*). openings: greetings before it.
        of: nouns after *vilken*. wondering: words that a phrase of wondering begins with.
    """

    asking: frozenset[str]
    verbs: frozenset[str]
    whom: frozenset[str]
    inverted: frozenset[str]
    conditions: frozenset[str]
    openings: frozenset[str]
    of: frozenset[str]
    wondering: frozenset[str]


@lru_cache(maxsize=8)
def _grammar(words: WatchWords) -> _Grammar:
    def group(name: str) -> frozenset[str]:
        return frozenset(one.lstrip("=") for one in words.words(f"fraga-{name}"))

    return _Grammar(
        asking=group("borjan"),
        verbs=group("verb"),
        whom=group("vem"),
        inverted=group("omvand"),
        conditions=group("villkor"),
        openings=group("inledning"),
        of=group("om"),
        wondering=group("undran"),
    )


def question(text: str, words: WatchWords) -> Certainty | None:
    """``likely`` for a question, ``uncertain`` for one that may be rhetorical, quoted or a tag, None for none."""
    reading = Reading(text)
    grammar = _grammar(words)
    if not reading.words:
        return None
    found = terms_of(words).find(reading)
    marked = "?" in reading.masked
    begins = any(group in found for group in ("frageord", "fragor"))
    if not marked and not begins and grammar.inverted.isdisjoint(reading.words):
        return None
    best = _best(reading, found, grammar)
    return "uncertain" if best is None and marked else best


def _best(reading: Reading, found: Mapping[str, list[Found]], grammar: _Grammar) -> Certainty | None:
    """The surest of the sentences."""
    rhetorical = {reading.sentences[one.first] for one in found.get("retoriska", ())}
    others = {reading.sentences[one.first] for one in found.get("fraga-andra", ())}
    asking = {reading.sentences[one.first] for one in found.get("frageord", ())}
    wonders: dict[int, list[Found]] = {}
    for one in found.get("fragor", ()):
        wonders.setdefault(reading.sentences[one.first], []).append(one)
    by_sentence: dict[int, list[int]] = {}
    for at, number in enumerate(reading.sentences):
        by_sentence.setdefault(number, []).append(at)
    best: Certainty | None = None
    for number, places in by_sentence.items():
        words = [reading.words[at] for at in places]
        quoted = reading.in_quotes(reading.starts[places[0]], reading.ends[places[-1]])
        told: Certainty | None
        if "?" in (written := reading.sentence_text(places[0]).lower()):
            aside = _TAGS.search(written) is not None and number not in asking and number not in wonders
            alone = len(words) <= 1 and number not in asking
            unmeant = number in rhetorical or number in others or _NAMED.search(reading.sentence_text(places[0]))
            told = "uncertain" if alone or aside or quoted or unmeant else "likely"
        elif number in rhetorical or number in others:
            continue
        else:
            told = _unmarked(
                words,
                _commas(reading, places),
                [one.first - places[0] for one in wonders.get(number, ())],
                grammar,
                exclaimed="!" in written,
            )
            told = "uncertain" if told and quoted else told
        if told == "likely":
            return told
        best = told or best
    return best


def _commas(reading: Reading, places: list[int]) -> list[int]:
    """Places among a sentence's first words that a comma stands before."""
    return [
        number
        for number, at in enumerate(places[:6])
        if number and "," in reading.lower[reading.ends[at - 1] : reading.starts[at]]
    ]


def _unmarked(
    words: list[str], commas: list[int], wonders: list[int], grammar: _Grammar, *, exclaimed: bool
) -> Certainty | None:
    """A question written without its mark.

    Args:
        wonders: places in ``words`` where a phrase of wondering begins. exclaimed: the sentence ends with an exclamation mark.
    """
    for start in (0, *commas):
        found = _inverted(list(dropwhile(grammar.openings.__contains__, words[start:])), grammar)
        if found is not None:
            return "uncertain" if exclaimed or _conditional(words[start:], grammar) else found
    if any(words[at] in grammar.wondering for at in wonders):
        return "likely" if len(words) > 2 else "uncertain"
    return None


def _conditional(words: list[str], grammar: _Grammar) -> bool:
    """Whether what begins like a question is a condition: *Blir det regn går vi in*, *Går det så går det*."""
    if not words or words[0] not in grammar.inverted:
        return False
    return any(
        (verb in grammar.verbs or verb in grammar.inverted) and whom in grammar.whom and before not in _BINDS
        for before, verb, whom in zip(words[2:], words[3:], words[4:], strict=False)
    )


def _inverted(words: list[str], grammar: _Grammar) -> Certainty | None:
    """Words that begin with a question word and its verb, or with a verb and what it is said of."""
    if len(words) < 3:
        return None
    first, second = words[:2]
    if first in grammar.asking and second not in grammar.whom:
        if second in grammar.verbs:
            return "likely"
        later = not grammar.verbs.isdisjoint(words[2:4])
        if later and (first in {"hur", "vad"} or second in grammar.of):
            return "likely"
        return "uncertain" if later and first.startswith("vil") and words[-1] not in grammar.verbs else None
    if first in _OF_THINGS and len(second) > 3 and second.endswith(_DEFINITE):
        return "likely"
    said = second in grammar.whom and (
        first not in grammar.conditions or second in {"ni", "det", "man", "någon", "jag"}
    )
    return "likely" if first in grammar.inverted and said else None
