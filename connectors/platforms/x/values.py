"""Taking single values out of an answer, noting what is odd: names and numbers only, never what stands there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.scrubbing import without_secrets
from connectors.unknown import paths
from schemas.finding import Finding, Severity
from schemas.payload import UnreadableError
from schemas.text import visible

_ID = re.compile(r"[A-Za-z0-9_:.-]{1,64}")
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_ADDRESS = re.compile(r"https?://[!-~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,2000}")
_LARGEST_ID = 10**30
_MOST = 2**63
_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 at which X's numbers begin."""
_SHIFT = 22
_AGREE = timedelta(seconds=2)
_DEPTH = 100


def id_of(value: object, name: str = "id") -> str | None:
    """An id field as text, whether it came as text or as a number; None when it is missing or unusable."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return plain_id(found)


def plain_id(found: object) -> str | None:
    """An id as text; None when it is none."""
    if type(found) is int and 0 <= found < _LARGEST_ID:
        found = str(found)
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def either(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The field under whichever of its names it stands."""
    return next((value[name] for name in names if value.get(name) is not None), None)


def moment(value: object) -> datetime | None:
    """An ISO 8601 time with zone, UTC; None when it is anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def moment_of_id(number: str, known: str, at: datetime | None) -> datetime | None:
    """When the post with an id was made, where ids tell: checked against another post's id and time."""
    told, check = _told(number), _told(known)
    if told is None or check is None or at is None or abs(check - at) > _AGREE:
        return None
    return told


def _told(number: str) -> datetime | None:
    if not number.isascii() or not number.isdigit() or len(number) > 19:
        return None
    return datetime.fromtimestamp(((int(number) >> _SHIFT) + _EPOCH) / 1000, UTC)


def unescaped(text: str) -> str:
    """Text as typed: X writes three characters as HTML does, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rows(value: object) -> list[dict[str, Any]]:
    """The objects in a list; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def scrubbed(value: Any, depth: int = 0) -> Any:
    """The value with every address free of secret parameters."""
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        return {name: scrubbed(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [scrubbed(one, depth + 1) for one in value]
    if isinstance(value, str) and "?" in value and value.startswith(("https://", "http://")):
        return without_secrets(value)
    return value


class Notes:
    """What was odd in one answer, counted by code and parameters, and the getters that notice it."""

    def __init__(self, subject: str, at: datetime) -> None:
        """Nothing was odd yet."""
        self._subject = subject
        self._at = at
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def findings(self) -> list[Finding]:
        """Each once, with how often it was met."""
        return [
            Finding(code=code, severity=severity, subject=self._subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def add(self, code: str, severity: Severity, **parameters: str | int) -> None:
        """Note one."""
        self._found[code, severity, tuple(parameters.items())] += 1

    def unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        """Fields that nobody knew (H121)."""
        for path in paths(value, known):
            self.add("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def string(self, value: Mapping[str, Any], field: str, name: str = "") -> str:
        """A text, or nothing."""
        found = value.get(field)
        if isinstance(found, str):
            return found
        if found is not None:
            self.add("H126", "info", field=name or field)
        return ""

    def shown(self, value: Mapping[str, Any], field: str, name: str = "") -> str:
        """A text that can be encoded, or nothing."""
        return visible(self.string(value, field, name))

    def time(self, value: Mapping[str, Any], field: str) -> datetime | None:
        """A time that should be there."""
        found = value.get(field)
        read = moment(found)
        if read is None:
            zoneless = isinstance(found, str) and len(found) <= 40 and moment(f"{found}Z") is not None
            self.add("H123", "warning", field=field, problem="without zone" if zoneless else "unreadable")
        elif read > self._at + _EARLY:
            # Told and handed on: it may be our clock that is wrong, and a future trigger never leads to culling.
            self.add("H123", "warning", field=field, problem="in the future")
        return read

    def address(self, value: Mapping[str, Any], field: str) -> str:
        """A web address, or nothing."""
        found = self.string(value, field)
        if not found or _ADDRESS.fullmatch(found):
            return found
        self.add("H126", "warning", field=field)
        return ""

    def table(self, value: Mapping[str, Any], field: str) -> Mapping[str, Any]:
        """An object, or an empty one."""
        found = value.get(field)
        if found is not None and not isinstance(found, dict):
            self.add("H126", "info", field=field)
        return found if isinstance(found, dict) else {}

    def objects(self, value: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
        """A list of objects, or an empty one."""
        found = value.get(field)
        kept = rows(found)
        if found is not None and (not isinstance(found, list) or len(kept) != len(found)):
            self.add("H126", "warning", field=field)
        return kept

    def ids(self, value: Mapping[str, Any], field: str) -> list[str]:
        """A list of ids, or an empty one."""
        found = value.get(field)
        kept = [one for each in found if (one := plain_id(each))] if isinstance(found, list) else []
        if found is not None and (not isinstance(found, list) or len(kept) != len(found)):
            self.add("H126", "warning", field=field)
        return kept

    def counts(self, metrics: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
        """Counters under our names."""
        kept: dict[str, int] = {}
        for field, name in names.items():
            value = metrics.get(field)
            if type(value) is int and 0 <= value < _MOST:
                kept[name] = value
            elif value is not None:
                self.add("H126", "info", field=field)
        return kept
