"""The policy's clauses, read from TOML: what each asks for, and what Bevara does about it.

Those built in lie beside this module in ``duty_tables/policy.toml``; a municipality's own file replaces clauses of the same
id and adds others. Reading is pure: text in, values or one refusal out, which names file, key and remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, cast

from schemas.oversight import TREATMENTS, Clause, Treatment
from schemas.refusal import RefusedError

FILE: Final = "policy.toml"
"""Name of the table built in."""

_ID = re.compile(r"[PR][0-9]{2,3}")
_CODE = re.compile(r"W[0-9]{3}")
_LINE = 400
_MOST = 300
"""Clauses of a table."""
_LISTED = 60
"""Codes, commands or anchors of a clause."""
_TEXTS: Final = frozenset({"id", "section", "title", "treatment", "why", "notice"})
_LISTS: Final = frozenset({"codes", "commands", "anchors"})
_SWITCHES: Final = frozenset({"removal", "unlawful"})
_NONE: Mapping[str, Clause] = MappingProxyType({})


def built_in() -> dict[str, Clause]:
    """The clauses that come with Bevara, by id in the policy's order."""
    return read_clauses((files("schemas") / "duty_tables" / FILE).read_text(encoding="utf-8"), FILE)


def read_clauses(text: str, file: str, base: Mapping[str, Clause] = _NONE) -> dict[str, Clause]:
    """Clauses by id: those of ``base`` in their order, then what the text adds.

    Args:
        text: TOML: ``[[clause]]`` with the fields of ``schemas.oversight.Clause``; empty adds nothing.
        file: its name, for refusals.
        base: clauses that are added to; one of the same id is replaced whole.

    Raises:
        RefusedError: names the place and the remedy.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(file, str(error)[:100], "write it as TOML: [[clause]] and a line per field") from None
    tables = values.pop("clause", [])
    if values or not isinstance(tables, list) or len(tables) > _MOST:
        raise RefusedError(file, ", ".join(list(values)[:3]) or "…", f"begin each of at most {_MOST} with [[clause]]")
    found: dict[str, Clause] = {}
    for number, one in enumerate(tables, 1):
        clause = _clause(f"{file}: clause[{number}]", one)
        if clause.id in found:
            raise RefusedError(f"{file}: clause[{number}].id", clause.id, "the clause stands there twice; keep one")
        found[clause.id] = clause
    return {**base, **found}


def removable(clauses: Mapping[str, Clause], given: str, field: str = "--clause") -> Clause:
    """The clause that somebody removes by. Raises RefusedError with the ids that may be given."""
    clause = clauses.get(given)
    if clause is None or not clause.removal:
        known = ", ".join(one.id for one in clauses.values() if one.removal)
        raise RefusedError(field, given, f"give one of the page's rules: {known}")
    return clause


def checked_by(clauses: Mapping[str, Clause], code: str) -> tuple[Clause, ...]:
    """The clauses that a finding's code checks, in order; none for a code that the table does not name."""
    return tuple(one for one in clauses.values() if code in one.codes)


def sections(clauses: Mapping[str, Clause]) -> dict[str, tuple[Clause, ...]]:
    """Clauses by section, both in the table's order."""
    found: dict[str, tuple[Clause, ...]] = {}
    for one in clauses.values():
        found[one.section] = (*found.get(one.section, ()), one)
    return found


def claims(clauses: Iterable[Clause], pieces: Sequence[str]) -> tuple[dict[int, tuple[str, ...]], tuple[str, ...]]:
    """Which clauses claim each piece of a policy's text, and which anchors claim none.

    Args:
        clauses: with their anchors. pieces: sentences and list items of the policy, in order.

    Returns:
        by the piece's place: the ids whose anchors it begins with (one, if the table is right); and unused anchors.
    """
    anchors = [(anchor, one.id) for one in clauses for anchor in one.anchors]
    taken = {
        number: tuple(owner for anchor, owner in anchors if piece.startswith(anchor))
        for number, piece in enumerate(pieces)
    }
    unused = tuple(anchor for anchor, _ in anchors if not any(piece.startswith(anchor) for piece in pieces))
    return taken, unused


def _clause(place: str, one: object) -> Clause:
    if not isinstance(one, dict):
        raise RefusedError(place, "…", "begin each clause with a line [[clause]]")
    for key in one:
        if key not in _TEXTS | _LISTS | _SWITCHES:
            known = ", ".join(sorted(_TEXTS | _LISTS | _SWITCHES))
            raise RefusedError(f"{place}.{str(key)[:40]}", "…", f"the fields are: {known}")
    texts = {name: _line(f"{place}.{name}", one.get(name, "")) for name in sorted(_TEXTS)}
    lists = {name: _list(f"{place}.{name}", one.get(name, [])) for name in sorted(_LISTS)}
    switches = {name: _switch(f"{place}.{name}", one.get(name, False)) for name in sorted(_SWITCHES)}
    _fits(place, texts, lists, switches)
    return Clause(
        id=texts["id"],
        section=texts["section"],
        title=texts["title"],
        treatment=cast("Treatment", texts["treatment"]),
        codes=lists["codes"],
        commands=lists["commands"],
        why=texts["why"],
        anchors=lists["anchors"],
        removal=switches["removal"],
        notice=texts["notice"],
        unlawful=switches["unlawful"],
    )


def _fits(
    place: str, texts: Mapping[str, str], lists: Mapping[str, Sequence[str]], switches: Mapping[str, bool]
) -> None:
    """Refuse a clause that could not be used: every treatment says what it is made of."""
    if not _ID.fullmatch(texts["id"]):
        raise RefusedError(f"{place}.id", texts["id"], "write P or R and two digits: P01, R01")
    for name in ("section", "title"):
        if not texts[name]:
            raise RefusedError(f"{place}.{name}", "", "write a few words")
    if texts["treatment"] not in TREATMENTS:
        raise RefusedError(f"{place}.treatment", texts["treatment"], f"write one of {', '.join(TREATMENTS)}")
    for code in lists["codes"]:
        if not _CODE.fullmatch(code):
            raise RefusedError(f"{place}.codes", code, "write codes like W101")
    if texts["treatment"] == "people" and not texts["why"]:
        raise RefusedError(f"{place}.why", "", "say why it is for people alone")
    if texts["treatment"] != "people" and not (lists["codes"] or lists["commands"]):
        raise RefusedError(f"{place}.treatment", texts["treatment"], "name the codes or the commands that see to it")
    _removed(place, texts["notice"], removal=switches["removal"], unlawful=switches["unlawful"])


def _removed(place: str, notice: str, *, removal: bool, unlawful: bool) -> None:
    if removal and not notice:
        raise RefusedError(f"{place}.notice", "", "write what the visitor is told that the item broke")
    if unlawful and not removal:
        raise RefusedError(
            f"{place}.unlawful", "true", "only a rule that items are removed by can be unlawful to break"
        )


def _line(place: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LINE or not value.isprintable():
        raise RefusedError(place, "…", f"write one line of at most {_LINE} printable characters")
    return value.strip()


def _list(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _LISTED:
        raise RefusedError(place, "…", f"write a list of at most {_LISTED} texts")
    return tuple(_line(place, one) for one in value)


def _switch(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RefusedError(place, "…", "write true or false")
    return value
