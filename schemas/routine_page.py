"""What an account's routine must tell its followers, and whether a page says it.

The table built in lies in ``duty_tables/routine.toml``; a municipality's own file replaces sections of the same name and adds
others. Reading is pure: text in, values or one refusal out, which names file, section and remedy.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from schemas.refusal import RefusedError

PLACEHOLDERS: Final = ("unit", "contact", "privacy")
"""What phrases and titles may name in braces."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_WORD: Final = re.compile(r"[^\W_]+")
_MOST: Final = 200
_LONGEST: Final = 200
_SHORTEST: Final = 3
"""Letters and digits that a phrase has at least: a shorter one would be found everywhere."""
_FIELDS: Final = frozenset({"title", "phrases", "links"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Something that a routine must say.

    Attributes:
        name: of the section. title: what it is, in Swedish, as a continuation of "Lägg till: …".
        phrases: beginnings of words, any of which says it. links: addresses, a link to any of which says it.
    """

    name: str
    title: str
    phrases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


_NOTHING: Mapping[str, Requirement] = MappingProxyType({})


@cache
def built_in() -> Mapping[str, Requirement]:
    """The table that comes with Bevara."""
    text = (files("schemas") / "duty_tables" / "routine.toml").read_text(encoding="utf-8")
    return MappingProxyType(read_routine(text, "routine.toml"))


def read_routine(text: str, file: str, base: Mapping[str, Requirement] = _NOTHING) -> dict[str, Requirement]:
    """Requirements by name, in the order of the file, after those of ``base`` that it does not replace.

    Args:
        text: TOML, a table per requirement. file: its name, for refusals. base: what is added to.

    Raises:
        RefusedError: names file, section and remedy.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(file, str(error)[:100], "write valid TOML") from None
    if len(values) > _MOST:
        raise RefusedError(file, len(values), f"write at most {_MOST} sections")
    return {**base, **{name: _requirement(f"{file}: {name}", name, one) for name, one in values.items()}}


def lacking(
    text: str, links: Iterable[str], required: Iterable[Requirement], words: Mapping[str, str]
) -> tuple[Requirement, ...]:
    """What a page does not say, in the order of the table.

    Args:
        text: the page's visible text. links: whole addresses that it leads to.
        words: what stands for each of ``PLACEHOLDERS``; empty = nothing does.
    """
    spelled = _Spelled(text)
    targets = {same_address(one) for one in links}
    return tuple(one for one in required if not _said(one, spelled, targets, words))


def titled(one: Requirement, words: Mapping[str, str]) -> str:
    """The requirement's title with its placeholders filled in."""
    return _filled(one.title, words) or one.name


def same_address(address: str) -> str:
    """What two ways of writing one web address have in common: ``arvika.se/dataskydd``; empty for none.

    Scheme, ``www.``, ``m.``, upper case of the host, a slash at the end, query and fragment do not count, but for a query on
    a page that is told by its query alone (``…/profile.php?id=…``). ``mailto:`` gives the mail address.
    """
    text = address.strip()
    if text.lower().startswith("mailto:"):
        return text[7:].partition("?")[0].casefold()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").casefold()
        port = parts.port
    except ValueError:
        return ""
    for prefix in ("www.", "m.", "mobile."):
        host = host.removeprefix(prefix)
    if not host:
        return ""
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/").casefold()
    told = f"?{parts.query}" if parts.query and path.endswith((".php", ".asp", ".aspx")) else ""
    # A user before the host is how mail addresses are read here.
    user = f"{parts.username}@" if parts.username else ""
    number = f":{port}" if port not in {None, 80, 443} else ""
    return f"{user}{host}{number}{path}{told}"


class _Spelled:
    """A text by its letters and digits alone, which knows where words begin."""

    def __init__(self, text: str) -> None:
        words = _words(text)
        self._letters = "".join(words)
        self._starts = [0, *accumulate(len(one) for one in words)]

    def says(self, phrase: str) -> bool:
        """Whether it has the phrase, beginning where a word begins."""
        wanted = "".join(_words(phrase))
        if len(wanted) < _SHORTEST:
            return False
        at = self._letters.find(wanted)
        while at >= 0:
            if self._starts[bisect_left(self._starts, at)] == at:
                return True
            at = self._letters.find(wanted, at + 1)
        return False


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold())


def _said(one: Requirement, spelled: _Spelled, targets: set[str], words: Mapping[str, str]) -> bool:
    phrases = (_filled(phrase, words) for phrase in one.phrases)
    links = (same_address(_filled(link, words)) for link in one.links)
    return any(phrase and spelled.says(phrase) for phrase in phrases) or any(link and link in targets for link in links)


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders; empty when nothing stands for one of them."""
    named = _BRACES.findall(text)
    if any(not words.get(name) for name in named):
        return ""
    return _BRACES.sub(lambda found: words[found[1]], text)


def _requirement(place: str, name: str, values: object) -> Requirement:
    if not _NAME.fullmatch(name):
        raise RefusedError(place, name, "name the section by a-z, 0-9 and hyphens")
    if not isinstance(values, Mapping):
        raise RefusedError(place, "…", f"write it as a table: [{name}]")
    for key in values:
        if key not in _FIELDS:
            raise RefusedError(f"{place}.{key}", "…", f"the known keys are {', '.join(sorted(_FIELDS))}")
    title = values.get("title", "")
    if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST:
        raise RefusedError(f"{place}.title", "…", "say in a few words what the routine must tell")
    _check_braces(f"{place}.title", title)
    phrases = _texts(f"{place}.phrases", values.get("phrases", []))
    links = _texts(f"{place}.links", values.get("links", []))
    if not phrases and not links:
        raise RefusedError(place, "…", "write phrases or links that say it")
    return Requirement(name=name, title=title.strip(), phrases=phrases, links=links)


def _texts(place: str, values: object) -> tuple[str, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > _MOST:
        raise RefusedError(place, "…", f"write a list of at most {_MOST} texts")
    found = []
    for one in values:
        if not isinstance(one, str) or not one.strip() or len(one) > _LONGEST:
            raise RefusedError(place, "…", f"write texts of 1 to {_LONGEST} characters")
        _check_braces(place, one)
        if not _BRACES.search(one) and len("".join(_words(one))) < _SHORTEST:
            raise RefusedError(place, one, f"write at least {_SHORTEST} letters; fewer are found everywhere")
        found.append(one.strip())
    return tuple(found)


def _check_braces(place: str, text: str) -> None:
    for name in _BRACES.findall(text):
        if name not in PLACEHOLDERS:
            raise RefusedError(place, text, f"the known placeholders are {', '.join(PLACEHOLDERS)}")
