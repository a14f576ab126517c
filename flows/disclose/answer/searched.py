"""What a letter says of a search that found nothing: where was looked, and what could not be, for whoever asked.

Nothing of the words that were looked for stands in it, nor of what only officers can do about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.codes.words import value

_NOT_SEARCHED: Final = frozenset(
    {"Q122", "Q123", "Q124", "Q125", "Q126", "Q128", "Q129", "Q130", "Q132", "Q133", "Q134", "Q139", "Q146"}
)
_OPTION: Final = re.compile(r" \(--[a-z-]+\)| med --[a-z-]+(?=\.)")
_SENTENCE: Final = re.compile(r"(?<=[.)]) (?=[A-ZÅÄÖ])")
_FIELDS: Final = {
    "text": "texter",
    "author": "avsändare",
    "links": "länkar",
    "alt": "bilders alternativtexter",
    "payload": "plattformarnas övriga uppgifter",
    "captions": "undertexter",
}


def searched(found: Mapping[str, Any]) -> tuple[str, str]:
    """Where was looked, and what could not be looked through: lines of Swedish, the second empty when there is nothing.

    Args:
        found: the list's ``find`` (``flows.disclose.find.listing.query_of``); empty = nothing is known of the search.
    """
    wanted, told = (one if isinstance(one := found.get(name), Mapping) else {} for name in ("wanted", "told"))
    there = told.get("searched")
    where = [*_where(wanted, there if isinstance(there, Mapping) else {})]
    not_there = told.get("not_searched")
    missed = [*_missed(not_there if isinstance(not_there, list) else [])]
    return "\n".join(where), "\n".join(missed)


def _where(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    versions = there.get("versions")
    looked = f": {versions} handlingar, med varje lydelse för sig" if isinstance(versions, int) else ""
    accounts = ", ".join(_texts(wanted.get("accounts")))
    if wanted.get("items") and not any(
        wanted.get(name) for name in ("texts", "words", "starts", "regexes", "everything")
    ):
        yield "De handlingar som begäran pekar ut."
    else:
        yield f"Vårt arkiv över sociala medier{looked}."
    if accounts:
        yield f"Konton: {accounts}."
    first, last = wanted.get("first"), wanted.get("last")
    if first or last:
        yield f"Tid: {first or 'från början'} till {last or 'i dag'}."
    if kinds := [value(one, "sv") for one in _texts(wanted.get("kinds"))]:
        yield f"Slag av handlingar: {', '.join(kinds)}."
    if fields := [_FIELDS[one] for one in _texts(there.get("fields")) if one in _FIELDS]:
        yield f"Genomsökt i dem: {', '.join(fields)}."


def _missed(told: list[Any]) -> Iterator[str]:
    for one in told:
        if isinstance(one, Mapping) and one.get("code") in _NOT_SEARCHED:
            said = [each for each in _SENTENCE.split(_OPTION.sub("", str(one.get("sv", "")))) if "--" not in each]
            if said:
                yield " ".join(said)


def _texts(values: object) -> list[str]:
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
