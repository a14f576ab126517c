"""Reading the recorded platform's answers: pure, the same answer always gives the same items and findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.platforms.sample import fields
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EARLY = timedelta(days=1)
"""How far the platform's clock may be ahead of ours before a time counts as unusable."""
_MOST = 2**63 - 1


@dataclass(slots=True)
class _Notes:
    """What was odd in one answer, counted: code and parameters; never content."""

    at: datetime
    counted: Counter[tuple[str, Severity, tuple[tuple[str, str], ...]]] = field(default_factory=Counter)

    def add(self, code: str, severity: Severity = "warning", **parameters: str) -> None:
        self.counted[code, severity, tuple(parameters.items())] += 1

    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(code=code, severity=severity, subject=fields.NAME, count=count, parameters=parameters)
            for (code, severity, parameters), count in self.counted.items()
        )


def parse(capture: Capture) -> Parsed:
    """Pure: items of one answer in its order, each once, and what was odd in it.

    Findings: H115 an item repeated in the answer; H121 an unknown field (kept in the payload); H122 an item that
    cannot be read; H123 an unusable time; H124 an item without author; H125 somebody else's item in our own listing
    (not taken); H126 a field with an unusable value (kept in the payload alone); H128 an answer of another form.
    """
    notes = _Notes(capture.at)
    items: dict[str, Seen] = {}
    for seen in _items(capture, notes):
        if seen.native in items:
            notes.add("H115", "info")
        items.setdefault(seen.native, seen)
    return Parsed(items=list(items.values()), findings=notes.findings())


def _items(capture: Capture, notes: _Notes) -> Iterator[Seen]:
    body = capture.body
    if capture.status != 200:
        if capture.status != 404:
            notes.add(fields.STATUS_CODES.get(capture.status, "H106"), "error")
        return
    if not isinstance(body, dict) or (capture.listing != "profile" and not isinstance(body.get("items"), list)):
        notes.add("H128", "error", kind=capture.listing)
        return
    if capture.listing == "profile":
        found = [_profile(body, notes)]
    else:
        root = [body["root"]] if body.get("root") is not None else []
        found = [_item(one, capture, notes) for one in (*root, *body["items"])]
    yield from (one for one in found if one is not None)


def _item(item: object, capture: Capture, notes: _Notes) -> Seen | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
        notes.add("H122", "error", field="id")
        return None
    _unknown(item, fields.KNOWN, "item", notes)
    own, native = capture.context["own"], item["id"]
    author: dict[str, Any] = {}
    if item.get("author") is not None and _is(item["author"], dict, "author", notes):
        author = item["author"]
    elif item.get("author") is None:
        notes.add("H124", "info")
    author_native = _text(author, "id", notes, "author.id") or None
    ours = author_native == visible(own)
    if capture.listing == "posts" and not ours:
        notes.add("H125")
        return None
    kept = {name: value for name, value in item.items() if name not in fields.IGNORED}
    boost = item.get("boost")
    if isinstance(boost, dict):
        kept["boost"] = {"id": boost.get("id")}  # the boosted item's content is somebody else's record
    try:
        payload = canonical(kept)
    except UnreadableError:
        notes.add("H122", "error", field="depth")
        return None
    parent = _text(item, "in_reply_to", notes) or None
    thread = _text(item, "thread", notes) or visible(capture.context.get("root", "")) or None
    kind: Kind = "comment" if not ours else "boost" if boost is not None else "reply" if parent is not None else "post"
    return Seen(
        native=visible(native),
        kind=kind,
        author=_text(author, "name", notes, "author.name") or None,
        author_native=author_native,
        parent_native=parent,
        thread_native=None if thread == visible(native) else thread,
        stated=_time(item, "stated_at", notes),
        platform_time=_time(item, "created_at", notes),
        edited=_time(item, "edited_at", notes),
        text=_text(item, "text", notes),
        language=_text(item, "language", notes),
        links=tuple(visible(link) for link in _list(item, "links", notes) if _is(link, str, "links", notes)),
        visibility=_text(item, "visibility", notes),
        hidden=item.get("hidden") is True,
        media=_media(_list(item, "attachments", notes), notes),
        counts=_counts(item.get("counts"), notes),
        payload=payload,
        identity=digest({**{name: item.get(name) for name in fields.AUTHOR_SET}, "boost": kept.get("boost")}),
        secondary=capture.listing == "thread" and ours,
    )


def _profile(body: Mapping[str, Any], notes: _Notes) -> Seen | None:
    native = body.get("id")
    if not isinstance(native, str) or not native:
        notes.add("H122", "error", field="id")
        return None
    _unknown(body, fields.KNOWN_PROFILE, "profile", notes)
    website = _text(body, "website", notes)
    try:
        payload, identity = canonical(body), digest({name: body.get(name) for name in fields.PROFILE_SET})
    except UnreadableError:
        notes.add("H122", "error", field="depth")
        return None
    return Seen(
        native=visible(native) + fields.PROFILE,
        kind="profile",
        author=_text(body, "name", notes) or None,
        author_native=visible(native),
        platform_time=_time(body, "created_at", notes),
        edited=_time(body, "edited_at", notes),
        text=_text(body, "description", notes),
        links=(website,) if website else (),
        media=_media([body["picture"]] if body.get("picture") is not None else [], notes),
        counts=_counts(body.get("counts"), notes),
        payload=payload,
        identity=identity,
    )


def _unknown(item: Mapping[str, Any], known: frozenset[str], kind: str, notes: _Notes) -> None:
    for name in sorted(item.keys() - known):
        notes.add("H121", field=_safe(name), kind=kind)
    for name, inside in fields.KNOWN_INSIDE.items():
        value = item.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                for inner in sorted(one.keys() - inside):
                    notes.add("H121", field=f"{name}.{_safe(inner)}", kind=kind)


def _safe(name: str) -> str:
    """A field's name as a finding may show it; a name that is none may be content."""
    return name if _FIELD.fullmatch(name) else "?"


def _is(value: object, wanted: type, name: str, notes: _Notes) -> bool:
    if isinstance(value, wanted):
        return True
    notes.add("H126", field=name)
    return False


def _text(values: Mapping[str, Any], name: str, notes: _Notes, path: str = "") -> str:
    value = values.get(name)
    if value is None:
        return ""
    return visible(value) if _is(value, str, path or name, notes) else ""


def _list(values: Mapping[str, Any], name: str, notes: _Notes) -> list[Any]:
    value = values.get(name)
    return value if value is not None and _is(value, list, name, notes) else []


def _time(values: Mapping[str, Any], name: str, notes: _Notes) -> datetime | None:
    value = values.get(name)
    moment = moment_of(value)
    problem = ""
    if value is not None and moment is None:
        problem = "unreadable or without zone"
    elif moment is not None and moment > notes.at + _EARLY:
        moment, problem = None, "in the future"
    if problem:
        notes.add("H123", field=name, problem=problem)
    return moment


def _counts(value: object, notes: _Notes) -> tuple[tuple[str, int], ...]:
    if value is None or not _is(value, dict, "counts", notes):
        return ()
    counts = []
    for name, number in sorted(value.items()) if isinstance(value, dict) else ():
        if type(number) is int and 0 <= number <= _MOST:
            counts.append((visible(name), number))
        else:
            notes.add("H126", field=f"counts.{_safe(name)}")
    return tuple(counts)


def _media(attachments: Sequence[object], notes: _Notes) -> tuple[MediaRef, ...]:
    media = []
    for one in attachments:
        if not isinstance(one, dict) or not isinstance(one.get("url"), str) or not one["url"]:
            notes.add("H126", field="attachments.url")
            continue
        media_type = _text(one, "type", notes, "attachments.type")
        alt = one.get("alt")
        media.append(
            MediaRef(
                role=_role(media_type),
                origin=visible(one["url"]),
                media_type=media_type,
                alt=_text(one, "alt", notes, "attachments.alt") if isinstance(alt, str) else None,
                language=_text(one, "language", notes, "attachments.language"),
            )
        )
    return tuple(media)


def _role(media_type: str) -> MediaRole:
    kind = media_type.partition("/")[0]
    if media_type in ("text/vtt", "application/x-subrip"):
        return "caption"
    roles: dict[str, MediaRole] = {"image": "picture", "video": "video", "audio": "audio"}
    return roles.get(kind, "document")


def moment_of(value: object) -> datetime | None:
    """An instant as the platform writes it, UTC; None when there is no zone, or no time at all."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
