"""Reading single fields of unknown shape: what is odd becomes a finding, and nothing raises."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.unknown import paths
from schemas.finding import Finding, Severity
from schemas.text import visible

_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_ID = re.compile(r"[!-~]{1,300}")
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_EPOCH_FROM = 1_000_000_000


def id_of(value: object, name: str = "id") -> str | None:
    """An id field, as text; None when it is missing or unusable. Some servers write ids as numbers."""
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is int and found >= 0:
        found = str(found) if found < 10**30 else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def moment(value: object) -> datetime | None:
    """A time with zone as Graph writes it (``2026-11-20T10:00:00+0000``, or seconds), UTC; None otherwise."""
    try:
        if type(value) is int and _EPOCH_FROM <= value < 10**11:
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str) or len(value) > 40:
            return None
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def listed(value: object) -> list[dict[str, Any]]:
    """The objects of an edge, ``{"data": […]}``, or of a plain list; nothing for anything else."""
    found = value.get("data") if isinstance(value, dict) else value
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def stated(edge: object) -> int | None:
    """The number an edge states in its summary; None without."""
    summary = edge.get("summary") if isinstance(edge, dict) else None
    total = summary.get("total_count") if isinstance(summary, dict) else None
    return total if type(total) is int and 0 <= total < 2**63 else None


class Notes:
    """Findings of one capture by code and parameters, and the reading of fields that leads to them."""

    def __init__(self, subject: str, at: datetime) -> None:
        self._subject = subject
        self._at = at
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def findings(self) -> list[Finding]:
        """What was odd, each with how often."""
        return [
            Finding(code=code, severity=severity, subject=self._subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        """Count a finding."""
        self._found[code, severity, tuple(parameters.items())] += 1

    def unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        """Name the fields that nobody knows."""
        for path in paths(value, known):
            self.note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def string(self, value: Mapping[str, Any], field: str) -> str:
        """A text field as it is; empty when it is missing."""
        found = value.get(field)
        if isinstance(found, str):
            return found
        if found is not None:
            self.note("H126", "info", field=field)
        return ""

    def flag(self, value: Mapping[str, Any], field: str) -> bool | None:
        """A yes or no; None when it is missing."""
        found = value.get(field)
        if found is not None and not isinstance(found, bool):
            self.note("H126", "info", field=field)
        return found if isinstance(found, bool) else None

    def number(self, value: Mapping[str, Any], field: str) -> int | None:
        """A counter; None when it is missing."""
        found = value.get(field)
        if type(found) is int and 0 <= found < 2**63:
            return found
        if found is not None:
            self.note("H126", "info", field=field)
        return None

    def time(self, value: Mapping[str, Any], field: str) -> datetime | None:
        """A time that has to be there."""
        found = value.get(field)
        read = moment(found)
        if read is None:
            zoneless = isinstance(found, str) and len(found) <= 40 and moment(f"{found}Z") is not None
            self.note("H123", "warning", field=field, problem="without zone" if zoneless else "unreadable")
        elif read > self._at + _EARLY:
            self.note("H123", "warning", field=field, problem="in the future")
        return read

    def author(self, value: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Name and id of who wrote it; both None where the platform withholds them."""
        person = value.get("from")
        if not isinstance(person, dict):
            if person is not None:
                self.note("H126", "warning", field="from")
            return None, None
        name = self.string(person, "name") or self.string(person, "username")
        return visible(name) or None, id_of(person)
