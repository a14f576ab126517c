"""The tables that disclosure goes by, read from TOML: provisions on secrecy, tariffs, words that call for care.

Those built in lie beside this module in ``disclosure_tables``; a municipality's own file adds to them and replaces what has
the same code, name or group. Reading is pure: text in, values or one refusal out, which names file, key and remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from schemas.disclosure import Provision, SensitiveWords, Tariff, Test
from schemas.refusal import RefusedError

TABLES: Final = ("provisions", "tariffs", "sensitive")
"""Names of the tables built in that are read here."""
TESTS: Final[tuple[Test, ...]] = get_args(Test)

_CODE = re.compile(r"([A-ZÅÄÖ]{2,10}) ([1-9][0-9]{0,2}):([1-9][0-9]{0,2})(?: ([a-z]))?")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LINE = 300
_NOTE = 2_000
_MOST = 1_000
"""Rows, or words of a group."""
_WORD = 2
"""Letters that a beginning of a word has at least: a shorter one would be found everywhere."""
_MONEY = Decimal(100_000)
_UNITS = 100_000
_PROVISION: Final = frozenset({"code", "title", "test", "note"})
_TARIFF: Final = frozenset({"title", "unit", "free", "base_units", "base", "step", "electronic", "vat", "exempt"})
_NO_PROVISIONS: Mapping[str, Provision] = MappingProxyType({})
_NO_TARIFFS: Mapping[str, Tariff] = MappingProxyType({})


def built_in(table: str) -> str:
    """The TOML text of a table that comes with Bevara: one of ``TABLES``."""
    return (files("schemas") / "disclosure_tables" / f"{table}.toml").read_text(encoding="utf-8")


def citation(code: str, field: str = "code") -> str:
    """A provision's code as letters write it: ``OSL 21:3 a`` is ``21 kap. 3 a § OSL``. Raises RefusedError."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise RefusedError(field, code, "write law, chapter and section as in 'OSL 21:1' or 'OSL 21:3 a'")
    law, chapter, section, letter = found.groups()
    return f"{chapter} kap. {section}{f' {letter}' if letter else ''} § {law}"


def read_provisions(text: str, file: str, base: Mapping[str, Provision] = _NO_PROVISIONS) -> dict[str, Provision]:
    """Provisions by code, in the order of chapters and sections.

    Args:
        text: TOML: ``[[provision]]`` with ``code``, ``title``, ``test`` and perhaps ``note``. file: its name, for refusals.
        base: provisions that are added to.

    Raises:
        RefusedError: names the place and the remedy.
    """
    found: dict[str, Provision] = {}
    for number, one in enumerate(_tables(text, file, "provision"), 1):
        place = f"{file}: provision[{number}]"
        _known(place, one, _PROVISION)
        code = _line(f"{place}.code", one.get("code"))
        cited = citation(code, f"{place}.code")
        if code in found:
            raise RefusedError(f"{place}.code", code, "the provision stands there twice; keep one of them")
        test = _line(f"{place}.test", one.get("test"))
        if test not in TESTS:
            raise RefusedError(f"{place}.test", test, f"write one of {', '.join(TESTS)}")
        found[code] = Provision(
            code=code,
            citation=cited,
            title=_line(f"{place}.title", one.get("title")),
            test=test,
            note=_line(f"{place}.note", one["note"], _NOTE) if one.get("note") else "",
        )
    return dict(sorted({**base, **found}.items(), key=lambda pair: _order(pair[0])))


def read_tariffs(text: str, file: str, base: Mapping[str, Tariff] = _NO_TARIFFS) -> dict[str, Tariff]:
    """Tariffs by name: TOML tables ``[tariff.<name>]``. Amounts are in kronor, written as texts or whole numbers.

    Raises:
        RefusedError: names the place and the remedy.
    """
    found: dict[str, Tariff] = {}
    values = _parsed(text, file)
    _known(file, values, frozenset({"tariff"}))
    tables = values.get("tariff", {})
    if not isinstance(tables, dict):
        raise RefusedError(f"{file}: tariff", "…", "begin each tariff with a line [tariff.name]")
    for name, one in tables.items():
        place = f"{file}: tariff.{name[:40]}"
        if not _NAME.fullmatch(name) or not isinstance(one, dict):
            raise RefusedError(place, "…", "begin each tariff with a line [tariff.name]: a-z, 0-9 and '-'")
        found[name] = _tariff(place, one)
    return {**base, **found}


def read_sensitive(text: str, file: str, base: SensitiveWords | None = None) -> SensitiveWords:
    """Words by group: TOML ``[groups]`` with a list of beginnings of words for each; a file's group replaces the one built in.

    Raises:
        RefusedError: names the place and the remedy.
    """
    values = _parsed(text, file)
    _known(file, values, frozenset({"groups"}))
    groups = values.get("groups", {})
    if not isinstance(groups, dict):
        raise RefusedError(f"{file}: groups", "…", "begin with a line [groups]")
    found: dict[str, tuple[str, ...]] = {}
    for name, words in groups.items():
        place = f"{file}: groups.{name[:40]}"
        if not _NAME.fullmatch(name) or not isinstance(words, list) or len(words) > _MOST:
            raise RefusedError(place, "…", f"name a group a-z, 0-9 and '-' and write at most {_MOST} words: [\"sjuk\"]")
        folded = [_word(place, word) for word in words]
        found[name] = tuple(sorted(set(folded)))
    return SensitiveWords(groups={**(base.groups if base else {}), **found})


def _tariff(place: str, one: Mapping[str, Any]) -> Tariff:
    _known(place, one, _TARIFF)
    unit = one.get("unit", "sida")
    if unit not in {"sida", "handling"}:
        raise RefusedError(f"{place}.unit", str(unit), 'write "sida" or "handling"')
    electronic = one.get("electronic", "same")
    if electronic not in {"same", "free"}:
        raise RefusedError(f"{place}.electronic", str(electronic), 'write "same" or "free"')
    free = _count(f"{place}.free", one.get("free"), 0)
    base_units = _count(f"{place}.base_units", one.get("base_units"), 0)
    if base_units < free:
        raise RefusedError(f"{place}.base_units", base_units, "write a number that is not below free")
    exempt = one.get("exempt", [])
    if not isinstance(exempt, list):
        raise RefusedError(f"{place}.exempt", "…", 'write a list of texts: ["massmedier"]')
    return Tariff(
        name=_line(f"{place}.title", one.get("title")),
        unit=cast('Literal["sida", "handling"]', unit),
        free=free,
        base_units=base_units,
        base=_money(f"{place}.base", one.get("base")),
        step=_money(f"{place}.step", one.get("step")),
        electronic=cast('Literal["same", "free"]', electronic),
        vat=_share(f"{place}.vat", one.get("vat", 0)),
        exempt=tuple(_line(f"{place}.exempt", word) for word in exempt),
    )


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(file, str(error), "write valid TOML in UTF-8") from None


def _tables(text: str, file: str, name: str) -> list[Mapping[str, Any]]:
    values = _parsed(text, file)
    _known(file, values, frozenset({name}))
    found = values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RefusedError(f"{file}: {name}", "…", f"begin each one with a line [[{name}]]")
    if len(found) > _MOST:
        raise RefusedError(f"{file}: {name}", len(found), f"write at most {_MOST}")
    return cast("list[Mapping[str, Any]]", found)


def _known(place: str, values: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in values:
        if key not in known:
            raise RefusedError(f"{place}.{key[:40]}", "…", f"known here: {', '.join(sorted(known))}")


def _line(field: str, value: object, longest: int = _LINE) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        raise RefusedError(
            field, value if isinstance(value, str) else "…", f"write one line of up to {longest} characters"
        )
    return value.strip()


def _count(field: str, value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _UNITS:
        raise RefusedError(
            field, "…" if value is None else str(value), f"write a whole number from {least} to {_UNITS}"
        )
    return value


def _money(field: str, value: object) -> Decimal:
    found = _decimal(value)
    if found is None or not 0 <= found <= _MONEY or found.as_tuple().exponent not in {0, -1, -2}:
        raise RefusedError(field, "…" if value is None else str(value), 'write kronor, such as 50 or "2.50"')
    return found


def _share(field: str, value: object) -> Decimal:
    found = _decimal(value)
    if found is None or not 0 <= found <= 100:
        raise RefusedError(field, str(value), "write per cent from 0 to 100")
    return found


def _decimal(value: object) -> Decimal | None:
    """A whole number or a text; a TOML float has lost what was written."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _word(field: str, value: object) -> str:
    word = value.strip().casefold() if isinstance(value, str) else ""
    if not _WORD < len(word) <= _LINE or not word.replace("-", "").isalpha():
        raise RefusedError(
            field, value if isinstance(value, str) else "…", "write beginnings of words, three letters or more"
        )
    return word


def _order(code: str) -> tuple[str, int, int, str]:
    found = _CODE.fullmatch(code)
    if found is None:
        return code, 0, 0, ""
    law, chapter, section, letter = found.groups()
    return law, int(chapter), int(section), letter or ""
