"""Words that the daily watch looks for, in groups: those built in, and the municipality's own file that adds and takes away.

A group with a code is looked for by itself; one without is what a rule needs (names of parties, words of irony, hosts).
How a term is written:

* ``idiot`` – a word that begins so (*idioter*, *idiotiskt*); ``=fan`` – that word alone; ``*gatan`` – a word that ends so;
  ``*möte*`` – a word that has it anywhere.
* ``slå ihjäl`` – words in a row, each written as above; ``slå … ihjäl`` – up to four other words may stand between.

Reading is pure: text in, values or one refusal out, which names file, key and remedy. Letters are compared in lower case.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from schemas.refusal import RefusedError
from schemas.watch import CERTAINTIES, Certainty

Sort = Literal["words", "hosts", "phones"]
"""``words``: terms as above. ``hosts``: names of web or mail hosts, subdomains are meant too. ``phones``: beginnings of
telephone numbers, digits alone."""

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "W105": "",
        "W106": "",
        "W111": "R01",
        "W112": "R02",
        "W113": "R03",
        "W114": "R04",
        "W117": "R05",
        "W118": "R06",
        "W119": "R07",
        "W120": "R08",
        "W123": "R11",
        "W124": "R11",
    }
)
"""Codes that a group of words may have, and the page's rule that each belongs to; empty = a clause of the policy. Other codes
need more than words of one group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Words that mean the same to the watch.

    Attributes:
        name: a-z, 0-9 and '-'. words: terms, hosts or digits, sorted. sort: see above.
        code: what a word of it is a sign of, or empty for a group that a rule needs. certainty: of a word found alone.
        disguised: spellings meant to hide the word are looked through as well (digits for letters, stars, repetition).
        off: the municipality does not want it: it has no words.
    """

    name: str
    words: tuple[str, ...]
    sort: Sort = "words"
    code: str = ""
    certainty: Certainty = "likely"
    disguised: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class WatchWords:
    """All groups by name. Compared by identity: rules are compiled once for each reading."""

    groups: Mapping[str, Group]

    def words(self, name: str) -> tuple[str, ...]:
        """Words of a group; none when there is no such group or it is off."""
        group = self.groups.get(name)
        return () if group is None or group.off else group.words


_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_PART: Final = re.compile(r"=?[^\W_]+(?:['’.-][^\W_]+)*|\*[^\W_]{2,}\*?")
_HOST: Final = re.compile(r"(?=.{4,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_]{2,63}")
_PHONE: Final = re.compile(r"[+0-9][0-9]{2,15}")
_GAP: Final = "…"
_MOST: Final = 2_000
_GROUPS: Final = 100
_LONGEST: Final = 100
_PARTS: Final = 8
_NEW: Final = ("words", "sort", "code", "certainty", "disguised")
_CHANGE: Final = ("add", "remove", "off")


@cache
def built_in_words() -> WatchWords:
    """The groups that come with Bevara."""
    text = (files("schemas") / "duty_tables" / "words.toml").read_text(encoding="utf-8")
    return read_words(text, "words.toml")


def read_words(text: str, file: str, base: WatchWords | None = None) -> WatchWords:
    """Groups of a TOML file, laid on those of ``base``.

    Args:
        text: TOML. A group that ``base`` has is changed by ``[group.NAME]`` with ``add``, ``remove`` and ``off``; one that
            it has not is written whole: ``words``, and perhaps ``code``, ``certainty``, ``sort`` and ``disguised``.
        file: its name, for refusals.
        base: groups that are changed; None = the file is whole in itself.

    Raises:
        RefusedError: names the place and the remedy.
    """
    known = dict(base.groups) if base else {}
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(file, str(error), "write valid TOML in UTF-8") from None
    _keys(file, values, ("group",))
    tables = values.get("group", {})
    if not isinstance(tables, dict):
        raise RefusedError(f"{file}: group", "…", "begin each group with a line [group.NAME]")
    for name, one in tables.items():
        place = f"{file}: group.{name[:40]}"
        if not _NAME.fullmatch(name) or not isinstance(one, dict):
            raise RefusedError(place, "…", "begin each group with a line [group.NAME]: a-z, 0-9 and '-'")
        known[name] = _changed(place, known[name], one) if name in known else _new(place, name, one)
    if len(known) > _GROUPS:
        raise RefusedError(f"{file}: group", len(known), f"write at most {_GROUPS} groups")
    return WatchWords(MappingProxyType(known))


def _new(place: str, name: str, one: Mapping[str, Any]) -> Group:
    if any(key in one for key in _CHANGE):
        raise RefusedError(place, "…", "there is no group of this name to change; write 'words', or correct the name")
    _keys(place, one, _NEW)
    sort = _one_of(f"{place}.sort", one.get("sort", "words"), get_args(Sort))
    code = one.get("code", "")
    if code != "":
        code = _one_of(f"{place}.code", code, tuple(CODES))
    return Group(
        name=name,
        words=_terms(f"{place}.words", one.get("words"), cast("Sort", sort)),
        sort=cast("Sort", sort),
        code=code,
        certainty=cast("Certainty", _one_of(f"{place}.certainty", one.get("certainty", "likely"), CERTAINTIES)),
        disguised=_flag(f"{place}.disguised", one.get("disguised", False)),
    )


def _changed(place: str, before: Group, one: Mapping[str, Any]) -> Group:
    _keys(place, one, _CHANGE)
    add = _terms(f"{place}.add", one.get("add", []), before.sort)
    remove = _terms(f"{place}.remove", one.get("remove", []), before.sort)
    for word in remove:
        if word not in before.words:
            raise RefusedError(
                f"{place}.remove", word, "the group has no such word; write it exactly as it stands there"
            )
    words = tuple(sorted({*before.words, *add} - set(remove)))
    if len(words) > _MOST:
        raise RefusedError(place, len(words), f"write at most {_MOST} words")
    return replace(before, words=words, off=_flag(f"{place}.off", one.get("off", False)))


def _terms(place: str, values: object, sort: Sort) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > _MOST:
        raise RefusedError(place, "…", f"write a list of at most {_MOST} texts")
    return tuple(sorted({_term(place, one, sort) for one in values}))


def _term(place: str, value: object, sort: Sort) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RefusedError(place, "…", f"write texts of at most {_LONGEST} characters")
    term = unicodedata.normalize("NFC", value).lower().strip()
    if sort == "hosts":
        good = _HOST.fullmatch(term) is not None
        remedy = "write a host's name alone, such as exempel.se"
    elif sort == "phones":
        term = re.sub(r"[\s-]", "", term)
        good, remedy = _PHONE.fullmatch(term) is not None, "write the beginning of a telephone number, such as 0570-81"
    else:
        parts = term.split()
        good = (
            0 < len(parts) <= _PARTS
            and _GAP not in (parts[0], parts[-1])
            and all(one == _GAP or _PART.fullmatch(one) for one in parts)
            and not (len(parts) == 1 and not parts[0].startswith("=") and len(parts[0].strip("*")) < 3)
        )
        term, remedy = " ".join(parts), "write words of letters: 'idiot', '=fan', '*möte*' or 'slå … ihjäl'"
    if not good:
        raise RefusedError(place, value, remedy)
    return term


def _keys(place: str, values: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in values:
        if key not in known:
            raise RefusedError(f"{place}.{key[:40]}", "…", f"known here: {', '.join(known)}")


def _one_of(place: str, value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise RefusedError(place, value if isinstance(value, str) else "…", f"write one of {', '.join(known)}")
    return value


def _flag(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RefusedError(place, "…", "write true or false")
    return value
