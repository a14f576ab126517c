"""Whether a sentence names a person: given names of a list, and what is written as given name and family name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from typing import Final

from flows.oversee.watch.reading import Reading

_GREETED: Final = frozenset(
    ["hej", "tack", "mvh", "hälsar", "hälsningar", "hejsan", "med", "hälsning", "vänliga", "grattis", "hilsen"]
)
_SURNAME: Final = re.compile(
    r"\b[A-ZÅÄÖ][a-zåäöé]{1,20}(?:-[A-ZÅÄÖ][a-zåäöé]+)? [A-ZÅÄÖ][a-zåäöé]{1,20}(?:sson|berg|ström|lund|gren|kvist|qvist|stedt|dahl|holm|feldt|blom|mark|gård|ius|én|in|man|ell|åker|bäck|stad)s?\b"
)


def named(reading: Reading, names: Collection[str]) -> set[int]:
    """Numbers of the sentences that name a person (greetings and signatures are none).

    Args:
        names: given names, in lower case.
    """
    numbers = set()
    for at, word in enumerate(reading.words):
        if word not in names and not (word.endswith("s") and word[:-1] in names):
            continue
        start = reading.starts[at]
        before = reading.words[at - 1] if at else ""
        if (
            not reading.shown[start].isupper()
            or before in _GREETED
            or reading.shown[max(0, start - 2) : start].strip().endswith(("/", "@"))
        ):
            continue
        numbers.add(reading.sentences[at])
    for found in _SURNAME.finditer(reading.shown):
        at = bisect_left(reading.starts, found.start())
        if at < len(reading.starts):
            numbers.add(reading.sentences[at])
    return numbers
