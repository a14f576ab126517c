"""The settings of oversight: ``[oversight]`` of a home's ``bevara.toml`` and the tables that it names. No secret stands there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from connectors.disclosure_settings import known_fields, office_hours, own_table
from schemas.notice_texts import NoticeTexts, read_notices
from schemas.oversight import OversightSettings, UnitSettings
from schemas.policy_clauses import built_in as bevaras_clauses
from schemas.policy_clauses import read_clauses
from schemas.refusal import RefusedError
from schemas.routine_page import read_routine
from schemas.watch_words import read_words

Types = dict[str, type | tuple[type, ...]]

FIELDS: Final[Types] = {
    "site": str,
    "listed_at": str,
    "faults": str,
    "suggestions": str,
    "privacy": str,
    "report": str,
    "opens": str,
    "closes": str,
    "answer_hours": int,
    "question_days": int,
    "signature": str,
    "approved": list,
    "units": dict,
    "fallback": str,
    "vat": (str, int, float),
    "officer": str,
    "controller": str,
    "security": str,
    "third_country": str,
    "links": str,
    "policy": str,
    "words": str,
    "notices": str,
    "routine": str,
}
_UNIT: Final[Types] = {"email": str, "cost_centre": str}
_TEXTS: Final = (
    "site",
    "listed_at",
    "faults",
    "suggestions",
    "privacy",
    "report",
    "signature",
    "fallback",
    "officer",
    "controller",
    "security",
    "third_country",
    "links",
)

_WITH_SITE: Final = ("faults", "suggestions", "privacy")
"""Addresses of the municipality whose site it is; those of another one must never be shown."""


def read_oversight(values: Mapping[str, Any], home: Path, file: str) -> OversightSettings:
    """Read the table; what is not written is the usual.

    Args:
        home: the home folder; files are relative to it. file: the settings' name, for refusals.

    Raises:
        RefusedError: a setting, a file or a row of a table is not usable; names the place and the remedy.
    """
    table = f"{file}: oversight"
    known_fields(table, values, FIELDS)
    usual = OversightSettings()
    opens, closes = office_hours(table, values, usual)
    texts = {name: values[name].strip() for name in _TEXTS if name in values}
    if texts.get("listed_at") and "://" not in texts["listed_at"]:
        # As people write addresses, and as the other settings are written.
        texts["listed_at"] = f"https://{texts['listed_at']}"
    found = OversightSettings(
        opens=opens,
        closes=closes,
        answer_hours=_number(f"{table}.answer_hours", values.get("answer_hours", usual.answer_hours), 24 * 31),
        question_days=_number(f"{table}.question_days", values.get("question_days", usual.question_days), 3660),
        approved=_approved(f"{table}.approved", values.get("approved", [])),
        units=_units(f"{table}.units", values.get("units", {})),
        vat=_vat(f"{table}.vat", values.get("vat", "")),
        clauses=read_clauses(*own_table(table, "policy", values, home), bevaras_clauses()),
        words=read_words(*own_table(table, "words", values, home), usual.words) if values.get("words") else usual.words,
        notices=_notices(*own_table(table, "notices", values, home)),
        routine=read_routine(*own_table(table, "routine", values, home), usual.routine),
        **texts,
    )
    if found.site.casefold() != usual.site:
        for name in _WITH_SITE:
            if name not in texts:
                raise RefusedError(
                    f"{table}.{name}", "", f"write it where site is not {usual.site}: visitors are referred there"
                )
    return found


def _notices(text: str, file: str) -> NoticeTexts:
    try:
        return read_notices(tomllib.loads(text), file)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(file, str(error)[:100], "write valid TOML in UTF-8") from None


def _number(field: str, value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise RefusedError(field, value, f"write a number from 1 to {most}")
    return value


def _approved(field: str, values: list[object]) -> tuple[str, ...]:
    if not all(isinstance(one, str) and one.strip() for one in values):
        raise RefusedError(field, "…", "write a list of names or addresses of pages")
    return tuple(str(one).strip() for one in values)


def _units(field: str, values: Mapping[str, Any]) -> dict[str, UnitSettings]:
    found = {}
    for name, one in values.items():
        if not isinstance(one, Mapping):
            raise RefusedError(f"{field}.{name}", "…", f'write it as a table: [oversight.units."{name}"]')
        known_fields(f"{field}.{name}", one, _UNIT)
        found[name] = UnitSettings(name=name, email=one.get("email", ""), cost_centre=one.get("cost_centre", ""))
    return found


def _vat(field: str, value: str | float) -> Decimal | None:
    if value == "":
        return None
    try:
        found = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 100:
        raise RefusedError(field, value, 'write per cent, for example "25"')
    return found
