"""What is doubtful in a search before it is made: selections of persons by sensitive data, and other compilations. Pure.

Dataskyddslagen (2018:218) 3 ch. 3 §: searching in order to get a selection of persons by sensitive data is forbidden.
Whether a search does so is for an officer to say; a search whose words call for it waits for that. Whatever else is
doubtful is told with the provision, and the officer goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import pyarrow as pa

from flows.disclose.find.matching import Matcher
from flows.disclose.find.spelling import is_word, key
from flows.disclose.find.wanted import OWN_KINDS, Wanted
from schemas.disclosure import SensitiveWords
from schemas.finding import Finding

LARGE: Final = 10_000
"""Versions from which on a list counts as very large."""
LONG: Final = timedelta(days=365)
"""Days from which on all that one person wrote counts as gathered over a long time."""
_PART: Final = 4
"""Letters from which on a part of a sensitive word counts as that word."""
_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+\u2010-\u2015\u2212 ]?\d{4}(?!\d)")
_SCHOOL: Final = (
    *("skola", "skolan", "skolor", "skolba", "skolel", "skolkla", "grundskol", "förskol", "gymnasi", "fritids"),
    *("elev", "barn", "dagis", "minderårig", "ungdom", "vårdnad", "rektor", "lärare"),
)
_NEUTRAL: Final = ("vatten", "snöröjning", "bibliotek", "2024-05-01", "öppettider", "x", "parkering kväll")
"""An expression that finds these too is not about what else it finds."""


def sensitive(wanted: Wanted, words: SensitiveWords) -> tuple[str, ...]:
    """Groups of sensitive data that the search may select persons by; empty = it does not.

    A search for named items alone, or in our own posts alone, selects no persons.

    Args:
        words: beginnings of words by group.
    """
    if not wanted.seeks or (wanted.kinds and set(wanted.kinds) <= OWN_KINDS):
        return ()
    terms = [key(one) for one in (*wanted.texts, *wanted.words, *wanted.starts)]
    folded = [key(one, fold=True) for one in terms]
    found = []
    for group, beginnings in words.groups.items():
        plain = [key(one) for one in beginnings if one.strip()]
        marks = [key(one, fold=True) for one in plain]
        hit = any(_touches(term, one) for term, one in _pairs(terms, plain))
        # Without its marks a word is as sensitive as with them.
        hit = hit or any(_touches(term, one) for term, one in _pairs(folded, marks))
        hit = hit or any(_expressed(one, plain, fold=wanted.fold) for one in wanted.regexes)
        if hit:
            found.append(group)
    return tuple(found)


def doubts(wanted: Wanted, *, versions: int, groups: tuple[str, ...], today: date) -> tuple[Finding, ...]:
    """What the officer is told of, with the provision.

    Args:
        versions: how many were found. groups: of sensitive data, whose ground has been recorded.
    """
    found = []
    if groups:
        found.append(_told("Q141", groups=", ".join(groups)))
    span = (wanted.last or today) - (wanted.first or date.min)
    if wanted.authors and span > LONG:
        found.append(_told("Q142", provision="2 kap. 7 § TF"))
    if versions >= LARGE:
        found.append(_told("Q143", items=versions, provision="21 kap. 7 § OSL"))
    written = (*wanted.texts, *wanted.words, *wanted.starts, *wanted.regexes, *wanted.authors)
    if any(_NUMBER.search(_digits(one)) for one in written):
        found.append(_told("Q144", provision="3 kap. 10 § lagen 2018:218"))
    terms = [key(one) for one in (*wanted.texts, *wanted.words, *wanted.starts)]
    if any(_touches(term, one) for term, one in _pairs(terms, _SCHOOL)) or any(
        _expressed(one, _SCHOOL, fold=wanted.fold) for one in wanted.regexes
    ):
        found.append(_told("Q145", provision="23 kap. OSL"))
    return tuple(found)


def _pairs(terms: Iterable[str], beginnings: Iterable[str]) -> Iterable[tuple[str, str]]:
    known = list(beginnings)
    return ((term, one) for term in terms for one in known)


def _touches(term: str, beginning: str) -> bool:
    """A word of the term begins so, or the term is so much of it that little else is meant."""
    words = "".join(one if is_word(one) else " " for one in term).split()
    if any(word.startswith(beginning) for word in words) or (" " in beginning and beginning in term):
        return True
    alone = term.strip()
    return len(alone) >= _PART and alone in beginning


def _expressed(expression: str, beginnings: Iterable[str], *, fold: bool) -> bool:
    """The expression finds such a word, and does not find everything."""
    matcher = Matcher([], [expression], fold=fold)
    if any(matcher.hits(pa.array(_NEUTRAL, pa.string())).to_pylist()):
        return any(one in key(expression) for one in beginnings)
    known = list(beginnings)
    tried = pa.array([*known, *(f"en {one}a " for one in known)], pa.string())
    return any(matcher.hits(tried).to_pylist()) or any(one in key(expression) for one in known)


def _digits(text: str) -> str:
    """The text with digits of any script as ASCII ones."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _told(code: str, **parameters: str | int) -> Finding:
    return Finding(code=code, severity="warning", subject="find", parameters=tuple(parameters.items()))
