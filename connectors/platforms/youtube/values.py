"""Reading single values out of JSON that may hold anything, and telling what could not be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.scrubbing import without_secrets
from connectors.unknown import paths
from schemas.finding import Finding, Severity
from schemas.payload import UnreadableError
from schemas.text import visible

_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_NATIVE = re.compile(r"[!-~]{1,200}")
_WEB = re.compile(r"https?://[!-~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,2000}")
_LINK = re.compile(r"https?://[^\s<>\"\u201d]{1,2000}")
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_SIGNING = frozenset({"sqp", "rs"})
"""Parameters by which YouTube signs addresses of pictures."""
_DEPTH = 100
_LARGEST = 2**63


def id_of(value: object, name: str = "id") -> str | None:
    """An id field, as text; None when it is missing or unusable."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if type(found) is int:
        found = str(found) if 0 <= found < _LARGEST else None
    return found if isinstance(found, str) and _NATIVE.fullmatch(found) else None


def inner(value: object, name: str) -> Mapping[str, Any]:
    """An object inside an object; empty when it is missing or anything else."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}


def objects(value: object, name: str) -> list[dict[str, Any]]:
    """The objects of a list inside an object."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def moment(value: object) -> datetime | None:
    """An ISO 8601 time with zone, UTC; None when it is anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def number(value: object) -> int | None:
    """A count: YouTube writes the large ones as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 <= value < _LARGEST else None


def links(text: str) -> tuple[str, ...]:
    """Web addresses in a plain text, in order and without repetition."""
    return tuple(dict.fromkeys(visible(found.rstrip(".,;:!?)]}'")) for found in _LINK.findall(text)))


def unsigned(address: str) -> str:
    """An address without what signs it."""
    clean = without_secrets(address)
    try:
        parts = urlsplit(clean)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return clean
    kept = [(name, value) for name, value in pairs if name not in _SIGNING]
    return clean if len(kept) == len(pairs) else urlunsplit(parts._replace(query=urlencode(kept)))


def kept(value: Any, without: frozenset[str] = frozenset(), above: str = "", depth: int = 0) -> Any:
    """The value without the named paths, addresses of pictures without signatures.

    Raises:
        UnreadableError: nested too deep.
    """
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        return {
            name: kept(one, without, f"{above}{name}.", depth + 1)
            for name, one in value.items()
            if f"{above}{name}" not in without
        }
    if isinstance(value, list):
        return [kept(one, without, above, depth + 1) for one in value]
    if isinstance(value, str) and _is_picture(above):
        return unsigned(value)
    return value


def _is_picture(path: str) -> bool:
    return ".thumbnails." in path or path.startswith("brandingSettings.image.") or path == "snippet.imageUrl."


class Notes:
    """Findings of one capture, counted by code and parameters.

    Attributes:
        at: when the capture came; later times are implausible.
    """

    def __init__(self, subject: str, at: datetime) -> None:
        self.at = at
        self._subject = subject
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        """Note one."""
        self._found[code, severity, tuple(parameters.items())] += 1

    def findings(self) -> list[Finding]:
        """All of them."""
        return [
            Finding(code=code, severity=severity, subject=self._subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        """Name the fields that nobody knows (H121)."""
        for path in paths(value, known):
            self.note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def string(self, value: Mapping[str, Any], field: str) -> str:
        """A text, as it is; empty when there is none."""
        found = value.get(field)
        if isinstance(found, str):
            return found
        if found is not None:
            self.note("H126", "info", field=field)
        return ""

    def address(self, value: Mapping[str, Any], field: str) -> str:
        """A web address, or nothing."""
        found = visible(self.string(value, field))
        if not found or _WEB.fullmatch(found):
            return found
        self.note("H126", "warning", field=field)
        return ""

    def time(self, value: Mapping[str, Any], field: str, *, needed: bool) -> datetime | None:
        """A time, told of when it is missing although needed, unreadable or in the future."""
        found = value.get(field)
        if found is None and not needed:
            return None
        read = moment(found)
        if read is None:
            zoneless = isinstance(found, str) and len(found) <= 40 and moment(f"{found}Z") is not None
            self.note("H123", "warning", field=field, problem="without zone" if zoneless else "unreadable")
        elif read > self.at + _EARLY:
            # Told and handed on: it may be our clock that is wrong, and a future trigger never leads to culling.
            self.note("H123", "warning", field=field, problem="in the future")
        return read

    def counts(self, value: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
        """Counters under our names."""
        found = []
        for field, name in names.items():
            count = number(value.get(field))
            if count is not None:
                found.append((name, count))
            elif value.get(field) is not None:
                self.note("H126", "info", field=field)
        return tuple(found)
