"""The settings of disclosure: ``[disclosure]`` of a home's ``bevara.toml`` and the tables that it names.

No secret stands there: ``mail.password_env`` names an environment variable. What may be one is not repeated in a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any, Final, Literal, cast

from schemas.disclosure import DisclosureSettings, LetterText, MailSettings, Tariff
from schemas.disclosure_read import built_in, read_provisions, read_sensitive, read_tariffs
from schemas.ids import slug
from schemas.letter_texts import built_in as bevaras_letters
from schemas.letter_texts import read_letters
from schemas.oversight import OversightSettings
from schemas.refusal import RefusedError

Types = dict[str, type | tuple[type, ...]]

FIELDS: Final[Types] = {
    "office": list,
    "court": str,
    "gdpr_court": str,
    "opens": str,
    "closes": str,
    "remind_days": int,
    "due_days": int,
    "registry": str,
    "provisions": str,
    "tariff": str,
    "tariff_name": str,
    "sensitive": str,
    "letters": str,
    "ffmpeg": str,
    "mail": dict,
}
_MAIL: Final[Types] = {
    "host": str,
    "port": int,
    "sender": str,
    "user": str,
    "password_env": str,
    "security": str,
    "limit_mb": int,
}
TARIFF: Final = "arvika"
"""The tariff built in that holds where the home names none."""
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3])[:.]([0-5][0-9])")
_LONGEST = 300
_LINES = 12
_DAYS = 3_660
_REMIND = 60
_PORTS = 65_535
_MOST_MB = 1_000
_MB = 1024 * 1024
_TABLE_SIZE = 2 * _MB


def read_disclosure(values: Mapping[str, Any], home: Path, file: str) -> DisclosureSettings:
    """Read the table; what is not written is the usual. Types of the outermost fields have been looked at.

    Args:
        home: the home folder; files are relative to it. file: the settings' name, for refusals.

    Raises:
        RefusedError: a setting, a file or a row of a table is not usable; names the place and the remedy.
    """
    table = f"{file}: disclosure"
    known_fields(table, values, FIELDS)
    usual = DisclosureSettings()
    opens, closes = office_hours(table, values, usual)
    return DisclosureSettings(
        office=_office(f"{table}.office", values.get("office", ())),
        court=values.get("court", "").strip() or usual.court,
        gdpr_court=values.get("gdpr_court", "").strip() or usual.gdpr_court,
        opens=opens,
        closes=closes,
        remind_days=_days(f"{table}.remind_days", values.get("remind_days", usual.remind_days), _REMIND),
        due_days=_days(f"{table}.due_days", values.get("due_days", usual.due_days), _DAYS),
        registry=slug(values["registry"], f"{table}.registry") if values.get("registry") else "",
        provisions=read_provisions(
            *own_table(table, "provisions", values, home), read_provisions(built_in("provisions"), "provisions.toml")
        ),
        tariff=_tariff(table, values, home),
        sensitive=read_sensitive(
            *own_table(table, "sensitive", values, home), read_sensitive(built_in("sensitive"), "sensitive.toml")
        ),
        letters=_letters(table, values, home),
        mail=_mail(f"{table}.mail", values["mail"]) if "mail" in values else None,
        ffmpeg=_program(f"{table}.ffmpeg", values["ffmpeg"], home) if values.get("ffmpeg") else None,
    )


def own_table(table: str, name: str, values: Mapping[str, Any], home: Path) -> tuple[str, str]:
    """The text of the municipality's own file that a setting names, and the file's name; no text when it names none.

    Args:
        table: the settings' place, for refusals. name: of the setting. home: the folder that files are relative to.

    Raises:
        RefusedError: the file cannot be read, is no UTF-8, or is larger than 2 MiB.
    """
    named = values.get(name, "")
    if not named:
        return "", name
    field, path = f"{table}.{name}", home / named
    try:
        with path.open("rb") as stream:
            data = stream.read(_TABLE_SIZE + 1)
        if len(data) > _TABLE_SIZE:
            raise RefusedError(field, named, f"name a file of at most {_TABLE_SIZE // _MB} MiB")
        return data.decode("utf-8-sig"), named
    except (OSError, ValueError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError(field, named, "name a readable TOML file in UTF-8, relative to the home") from None


def _tariff(table: str, values: Mapping[str, Any], home: Path) -> Tariff:
    known = read_tariffs(built_in("tariffs"), "tariffs.toml")
    text, file = own_table(table, "tariff", values, home)
    own = read_tariffs(text, file)
    name = values.get("tariff_name", "")
    if not name and len(own) > 1:
        raise RefusedError(f"{table}.tariff_name", "", f"choose one of {', '.join(own)}; the file has several tariffs")
    name = name or next(iter(own), TARIFF)
    every = {**known, **own}
    if name not in every:
        raise RefusedError(f"{table}.tariff_name", name, f"name one of {', '.join(every)}")
    return every[name]


def _letters(table: str, values: Mapping[str, Any], home: Path) -> Mapping[str, LetterText]:
    own = read_letters(*own_table(table, "letters", values, home)) if values.get("letters") else {}
    return {**bevaras_letters(), **own}


def _office(field: str, lines: Sequence[object]) -> tuple[str, ...]:
    if len(lines) > _LINES:
        raise RefusedError(field, len(lines), f"write at most {_LINES} lines: name, address, e-mail, telephone")
    for one in lines:
        if not isinstance(one, str) or not one.strip():
            raise RefusedError(
                field, "…", 'write lines of text: ["Kommunstyrelsen", "Storgatan 1", "kommun@example.se"]'
            )
        _line(field, one)
    return tuple(str(one).strip() for one in lines)


def office_hours(
    table: str, values: Mapping[str, Any], usual: DisclosureSettings | OversightSettings
) -> tuple[time, time]:
    """When the office opens and closes. Raises RefusedError: no times of day, or they do not follow each other."""
    opens = _clock_time(f"{table}.opens", values.get("opens"), usual.opens)
    closes = _clock_time(f"{table}.closes", values.get("closes"), usual.closes)
    if opens >= closes:
        raise RefusedError(f"{table}.closes", f"{closes:%H:%M}", "write a time after opens, on the same day")
    return opens, closes


def _clock_time(field: str, value: str | None, usual: time) -> time:
    if value is None:
        return usual
    found = _CLOCK.fullmatch(value)
    if found is None:
        raise RefusedError(field, value, 'write a time of day as "07:30"')
    return time(int(found[1]), int(found[2]))


def _days(field: str, value: int, most: int) -> int:
    if not 0 <= value <= most:
        raise RefusedError(field, value, f"write a number of days from 0 to {most}")
    return value


def _program(field: str, value: str, home: Path) -> Path:
    """A program of its own, named with its path; never looked for along PATH."""
    path = home / value
    if value.startswith("~") or not path.is_file():
        raise RefusedError(field, value, "name the program with its whole path, or leave it out")
    return path


def _mail(table: str, values: Mapping[str, Any]) -> MailSettings:
    known_fields(table, values, _MAIL)
    for name in ("host", "sender"):
        if not values.get(name):
            raise RefusedError(f"{table}.{name}", "", "answers by e-mail need it")
    if not _HOST.fullmatch(values["host"]):
        raise RefusedError(f"{table}.host", "…", "write the mail server's name alone")
    if not _ADDRESS.fullmatch(values["sender"]):
        raise RefusedError(f"{table}.sender", values["sender"], "write one plain address, name@domain")
    security = values.get("security", "starttls")
    if security not in {"starttls", "tls", "none"}:
        raise RefusedError(f"{table}.security", security, 'write "starttls", "tls" or "none"')
    port = values.get("port", 465 if security == "tls" else 587)
    if not 1 <= port <= _PORTS:
        raise RefusedError(f"{table}.port", port, f"write a port from 1 to {_PORTS}")
    limit = values.get("limit_mb", MailSettings(host="", port=0, sender="").limit // _MB)
    if not 1 <= limit <= _MOST_MB:
        raise RefusedError(f"{table}.limit_mb", limit, f"write megabytes from 1 to {_MOST_MB}")
    user, variable = values.get("user", ""), values.get("password_env", "")
    if variable and not _VARIABLE.fullmatch(variable):
        # The value is not shown: it may be the secret itself.
        raise RefusedError(f"{table}.password_env", "…", "write the name of an environment variable, never a secret")
    if bool(user) != bool(variable):
        raise RefusedError(f"{table}.user", "…", "write user and password_env together, or neither")
    return MailSettings(
        host=values["host"],
        port=port,
        sender=values["sender"],
        user=user,
        password_env=variable,
        security=cast('Literal["starttls", "tls", "none"]', security),
        limit=limit * _MB,
    )


def known_fields(table: str, values: Mapping[str, Any], known: Types) -> None:
    """Refuse unknown keys and wrong types; what is unknown may be a password and is not shown."""
    for key, value in values.items():
        expected = known.get(key)
        if expected is None:
            raise RefusedError(f"{table}.{key[:40]}", "…", f"the keys are: {', '.join(known)}; no secret stands here")
        if not isinstance(value, expected) or (expected is not bool and isinstance(value, bool)):
            names: dict[object, str] = {str: "text", int: "a whole number", list: "a list", dict: "a table"}
            raise RefusedError(f"{table}.{key}", "…", f"write {names.get(expected, 'a number, or text')}")
        if isinstance(value, str):
            _line(f"{table}.{key}", value)


def _line(field: str, value: str) -> None:
    if len(value) > _LONGEST or not value.isprintable():
        raise RefusedError(field, "…", f"write one line of at most {_LONGEST} printable characters")
