"""The letters' templates: read from TOML and checked, before anybody writes a letter with them.

A file has one table per letter::

    [avslag]
    title = "Svar på din begäran"
    fields = ["avser", "bestammelser", "skal"]   # built-in file alone: what the letter is given beside ALWAYS
    needed = ["bestammelser"]                    # built-in file alone: what every text of it must say
    paragraphs = [
        "# En rubrik",
        "Begäran kom in den {mottagen}.",
        { text = "Skäl: {skal}", only = "skal" },   # stands when the field is not empty
    ]

A municipality's own file replaces letters whole, by name; those it lacks are the built-in ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from schemas.disclosure import LetterText
from schemas.refusal import RefusedError

BUILT_IN: Final = Path(__file__).with_name("disclosure_tables") / "letters.toml"
ALWAYS: Final = frozenset(
    {
        "kommun",
        "myndighet",
        "nummer",
        "mottagen",
        "datum",
        "handlaggare",
        "kontakt",
        "domstol",
        "handlingar",
        "personuppgifter",
    }
)
"""Fields of every letter. ``kontakt``: the office's lines. ``domstol``: the court that appeals go to. ``handlingar`` and
``personuppgifter``: ``ja`` when the request is for records, or about personal data; else empty."""
NAMES: Final = (
    "mottagen",
    "forestaende-gallring",
    "fortydligande",
    "atertagen",
    "avgift",
    "svar-helt",
    "svar-delvis",
    "svar-inget",
    "avslag",
    "beslut",
    "overklagande",
    "overlamnande",
    "for-sent",
)
"""Letters about requests for records; those about personal data are named ``gdpr-…``."""
HEADING: Final = "# "
"""How a paragraph begins that is a heading."""
_PLACE: Final = re.compile(r"\{([a-z][a-z_]{0,39})\}")
_LONGEST: Final = 8000
"""Characters of a paragraph."""


def places(paragraph: str) -> list[str]:
    """The fields that a paragraph names, in order. Raises ValueError: a brace that is not around a field's name."""
    if re.search(r"[{}]", _PLACE.sub("", paragraph)):
        raise ValueError("a brace stands alone or around something else than a field")
    return _PLACE.findall(paragraph)


def filled(paragraph: str, fields: Mapping[str, str]) -> str:
    """The paragraph with values in the places; a value is data, whatever stands in it. Raises KeyError."""
    return _PLACE.sub(lambda match: fields[match[1]], paragraph)


def standing(text: LetterText, fields: Mapping[str, str]) -> Iterator[str]:
    """The paragraphs that stand for these values, not filled in yet."""
    for number, paragraph in enumerate(text.paragraphs):
        if number not in text.only or fields.get(text.only[number], "").strip():
            yield paragraph


@cache
def built_in() -> Mapping[str, LetterText]:
    """Bevara's own letters by name. Raises RefusedError: the file is damaged."""
    found = _read(_parsed(BUILT_IN.read_text("utf-8"), BUILT_IN.name), own_fields(), BUILT_IN.name)
    for name in NAMES:
        if name not in found:
            raise RefusedError(f"{BUILT_IN.name}: {name}", "", "the letter is missing; install Bevara again")
    return MappingProxyType(found)


@cache
def own_fields() -> Mapping[str, frozenset[str]]:
    """By letter: the fields that it is given beside those that every letter has (``ALWAYS``)."""
    table = _parsed(BUILT_IN.read_text("utf-8"), BUILT_IN.name)
    return MappingProxyType({name: frozenset(one.get("fields", ())) for name, one in table.items()})


def read_letters(text: str, file: str) -> dict[str, LetterText]:
    """A municipality's own letters by name, checked.

    Args:
        text: the file. file: its name, for errors.

    Raises:
        RefusedError: no TOML, an unknown letter, key or field, a lone brace, or a text that lacks what it must say; it
            names file, letter and field.
    """
    table = _parsed(text, file)
    for name, one in table.items():
        for key in ("fields", "needed"):
            if isinstance(one, dict) and key in one:
                raise RefusedError(f"{file}: {name}.{key}", "…", "leave it out; a letter's fields are fixed")
    return _read(table, own_fields(), file)


@cache
def _needed() -> Mapping[str, tuple[str, ...]]:
    table = _parsed(BUILT_IN.read_text("utf-8"), BUILT_IN.name)
    return {name: tuple(one.get("needed", ())) for name, one in table.items()}


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedError(file, str(error), "write it as TOML") from None


def _read(table: Mapping[str, Any], known: Mapping[str, frozenset[str]], file: str) -> dict[str, LetterText]:
    found = {}
    for name, one in table.items():
        place = f"{file}: {name}"
        if name not in known:
            raise RefusedError(place, name, f"there is no such letter{_meant(name, known)}")
        found[name] = _letter(one, place, ALWAYS | known[name], _needed().get(name, ()))
    return found


def _letter(values: object, place: str, fields: frozenset[str], needed: tuple[str, ...]) -> LetterText:
    if not isinstance(values, dict):
        raise RefusedError(place, values, "write a table with title and paragraphs")
    for key in values:
        if key not in {"title", "paragraphs", "fields", "needed"}:
            raise RefusedError(f"{place}.{key}", "…", "the keys are title and paragraphs")
    title, paragraphs = values.get("title"), values.get("paragraphs")
    if not isinstance(title, str) or not title.strip():
        raise RefusedError(f"{place}.title", title, "write the heading as a text")
    if not isinstance(paragraphs, list) or not paragraphs:
        raise RefusedError(f"{place}.paragraphs", "…", "write a list of paragraphs")
    texts, only = [], {}
    for number, one in enumerate(paragraphs):
        text, condition = _paragraph(one, f"{place}.paragraphs[{number}]", fields)
        texts.append(text)
        if condition:
            only[number] = condition
    _checked(title, f"{place}.title", fields)
    said = {field for number, text in enumerate(texts) if number not in only for field in places(text)}
    for field in needed:
        if field not in said:
            raise RefusedError(place, field, f"the letter must say {{{field}}} in a paragraph that always stands")
    return LetterText(title=title, paragraphs=tuple(texts), only=only)


def _paragraph(one: Any, place: str, fields: frozenset[str]) -> tuple[str, str]:
    condition = ""
    if isinstance(one, dict):
        if set(one) != {"text", "only"} or not isinstance(one["only"], str):
            raise RefusedError(place, "…", 'write { text = "…", only = "field" }')
        one, condition = one["text"], one["only"]
        if condition not in fields:
            raise RefusedError(f"{place}.only", condition, f"no field of this letter{_meant(condition, fields)}")
    if not isinstance(one, str) or not one.strip() or len(one) > _LONGEST:
        raise RefusedError(place, "…", f"write a text of at most {_LONGEST} characters")
    _checked(one, place, fields)
    return one, condition


def _checked(text: str, place: str, fields: frozenset[str]) -> None:
    try:
        names = places(text)
    except ValueError as error:
        raise RefusedError(place, "{ }", f"{error}; write fields as {{nummer}}") from None
    for name in names:
        if name not in fields:
            raise RefusedError(place, name, f"no field of this letter{_meant(name, fields)}")


def _meant(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    found = get_close_matches(name, sorted(known))
    return f"; did you mean {', '.join(found)}?" if found else f"; there are {', '.join(sorted(known))}"
