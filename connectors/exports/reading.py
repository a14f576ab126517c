"""Reading one item of an export: fields by name, times, what is not known, and attachments that lie in the bundle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.exports.naming import inside
from schemas.finding import Finding
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError
from schemas.record import MediaRef, MediaRole, Seen
from schemas.text import visible

_EARLIEST = 946_684_800
"""1 January 2000: before any of these platforms."""
_LATEST = 4_102_444_800
"""1 January 2100."""
_DEPTH = 60
_PLAIN = re.compile(r"[A-Za-z_@][A-Za-z0-9_-]{0,63}")
"""Names of fields that are told; any other key may be what somebody wrote."""
_ROLES: dict[str, MediaRole] = {
    "mp4": "video", "mov": "video", "m4v": "video", "avi": "video", "mkv": "video", "webm": "video", "3gp": "video",
    "mp3": "audio", "m4a": "audio", "aac": "audio", "wav": "audio", "ogg": "audio", "opus": "audio",
    "srt": "caption", "vtt": "caption",
    "pdf": "document", "docx": "document", "xlsx": "document", "txt": "document",
}  # fmt: skip
_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mp3": "audio/mpeg",
    "m4a": "audio/mp4", "wav": "audio/wav", "srt": "application/x-subrip", "vtt": "text/vtt", "pdf": "application/pdf",
}  # fmt: skip


@dataclass(slots=True)
class Reading:
    """Findings while one item is read.

    Attributes:
        kind: what the finding calls the item. findings: what was odd.
    """

    kind: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, name: str, **more: str) -> None:
        """A finding about a field."""
        parameters = (("field", visible(name)[:80]), ("kind", self.kind), *more.items())
        self.findings.append(Finding(code=code, severity="warning", subject=self.kind, parameters=parameters))

    def malformed(self) -> Finding:
        """The finding of a group that is no list."""
        return Finding(code="H128", severity="error", subject=self.kind, parameters=(("kind", self.kind),))

    def text(self, value: Mapping[str, Any], name: str) -> str:
        """A string field, made storable; empty when it is missing, H126 when it is none."""
        found = value.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.note("H126", name)
            return ""
        return visible(found)

    def dicts(self, value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """A list of objects; H126 for whatever else stands there."""
        found = value.get(name)
        if found is None:
            return []
        if isinstance(found, dict):
            return [found]
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.note("H126", name)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def moment(self, value: Mapping[str, Any], name: str, *, per_second: int = 1) -> datetime | None:
        """A time as seconds (or ``per_second`` parts of it) since 1970; H123 when it is no such thing."""
        found = value.get(name)
        if found is None or found == 0:
            return None
        seconds = found // per_second if type(found) is int else None
        if seconds is None or not _EARLIEST <= seconds < _LATEST:
            self.note("H123", name, problem="unreadable" if seconds is None else "implausible")
            return None
        return datetime.fromtimestamp(seconds, UTC)

    def unknown(self, value: Any, known: frozenset[str], above: str = "", depth: int = 0) -> None:
        """H121 for every field whose path is not known; ``name.*`` covers what is in it."""
        if depth > _DEPTH or not isinstance(value, dict):
            return
        for name, inner in value.items():
            path = f"{above}{name}"
            if f"{path}.*" in known:
                continue
            if path not in known:
                self.note("H121", path if _PLAIN.fullmatch(name) else f"{above}?")
                continue
            for one in inner if isinstance(inner, list) else [inner]:
                self.unknown(one, known, f"{path}.", depth + 1)


def attachment(path: str, folder: str, alt: str | None) -> MediaRef | None:
    """An attachment that lies in the bundle below ``folder``; None when the path is an address or names nothing."""
    if not path or "://" in path:
        return None
    ending = path.rpartition(".")[2].lower()
    return MediaRef(
        role=_ROLES.get(ending, "picture"),
        origin=inside(visible(folder + path)),
        media_type=_TYPES.get(ending, ""),
        alt=alt or None,
    )


def without_twins(found: Iterator[MediaRef | None]) -> tuple[MediaRef, ...]:
    """The attachments, each file once, in order."""
    by_origin: dict[str, MediaRef] = {}
    for one in found:
        if one is not None:
            by_origin.setdefault(one.origin, one)
    return tuple(by_origin.values())


def each(capture: Capture, item: Callable[[Any, Reading], Seen | None]) -> Parsed:
    """Items and findings of one group, entry by entry; one that is nested too deep is lost and told of (H122)."""
    if not isinstance(capture.body, list):
        return Parsed(items=(), findings=(Reading(capture.listing).malformed(),))
    items: list[Seen] = []
    findings: list[Finding] = []
    for one in capture.body:
        reading = Reading(capture.listing)
        try:
            seen = item(one, reading)
        except (UnreadableError, RecursionError):
            reading.note("H122", "nesting")
            seen = None
        if seen is not None:
            items.append(seen)
        findings.extend(reading.findings)
    return Parsed(items=items, findings=findings)
