"""Reading a recorded folder: every fault is refused with file, place and remedy.

A recording with a fault is refused as a whole. Half a timeline would look like a platform that lost items.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.recording.timeline import Change, Outage, Recording, Span, Told
from schemas.payload import UnreadableError, read
from schemas.refusal import RefusedError

FORMAT = "bevara-recording/1"
MAX_FILE = 64 * 1024 * 1024
"""Bytes of one recording file that are read at most; a recording is a small thing for demonstration and tests."""

_AUTHOR_SET = ("text", "language", "attachments", "links", "visibility", "stated_at")
_KNOWN = {
    "file": ("format", "account", "tokens", "outages", "profile", "items"),
    "account": ("id", "handle", "opened"),
    "token": ("issued", "expires"),
    "outage": ("from", "to", "answer", "after"),
    "span": ("from", "to"),
    "profile": ("at", "name", "description", "website", "picture"),
    "author": ("id", "name"),
    "attachment": ("file", "type", "alt", "language", "unavailable"),
    "counts": ("at", "likes", "shares"),
    "boost": ("id", "author", "text"),
    "edits": ("at", *_AUTHOR_SET),
    "item": (
        *("id", "author", "created", "parent", "thread", *_AUTHOR_SET, "boost", "edits", "counts"),
        *("hidden_at", "shown_again_at", "deleted_at", "unavailable", "extra"),
    ),
}
_TIME = "give the time with its zone, for example 2024-05-31T12:00:00+02:00"


def read_folder(folder: Path) -> Recording:
    """Read ``recording.json`` and ``recording-*.json`` of one account.

    Raises:
        RefusedError: no recording there, or a fault in one; names file, place and remedy.
    """
    paths = sorted(folder.glob("recording.json")) + sorted(folder.glob("recording-*.json"))
    if not paths:
        raise RefusedError(folder.name, "no recording", "put recording.json, or recording-*.json, in the folder")
    draft = _Draft()
    for path in paths:
        draft.take(path)
    return draft.finish(paths[0].name)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One recording file while it is read: takes values apart and names file and place of a fault."""

    name: str

    def refuse(self, place: str, value: object, remedy: str) -> RefusedError:
        """Make the refusal. Numbers are shown; of anything else only its type, for it may be content."""
        shown = value if isinstance(value, (int, float, type(None))) else type(value).__name__
        return RefusedError(f"{self.name}: {place.lstrip('.') or 'the whole'}", shown, remedy)

    def table(self, value: object, place: str, shape: str, required: Iterable[str] = ()) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(place, value, "write an object in braces")
        for name in value:
            if name not in _KNOWN[shape]:
                remedy = f"the known fields are {', '.join(_KNOWN[shape])}"
                raise self.refuse(f"{place}.{name[:40]!a}", value[name], remedy)
        for name in required:
            if name not in value:
                raise self.refuse(f"{place}.{name}", None, "the field is required")
        return value

    def listed(self, values: Mapping[str, Any], name: str, place: str) -> list[tuple[str, Any]]:
        value = values.get(name, [])
        if not isinstance(value, list):
            raise self.refuse(f"{place}.{name}", value, "write a list in brackets")
        return [(f"{place}.{name}[{number}]".lstrip("."), one) for number, one in enumerate(value)]

    def text(self, values: Mapping[str, Any], name: str, place: str, *, needed: bool = False) -> str:
        value = values.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.refuse(f"{place}.{name}", value, "write a text in quotation marks")
        return value

    def instant(self, values: Mapping[str, Any], name: str, place: str) -> datetime | None:
        value = values.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise self.refuse(f"{place}.{name}", value, _TIME)
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, RefusedError):
                raise
            raise self.refuse(f"{place}.{name}", value, _TIME) from None

    def when(self, values: Mapping[str, Any], name: str, place: str) -> datetime:
        moment = self.instant(values, name, place)
        if moment is None:
            raise self.refuse(f"{place}.{name}", None, f"the time is required; {_TIME}")
        return moment

    def span(self, value: object, place: str, shape: str = "span") -> Span:
        values = self.table(value, place, shape, ("from",))
        return self.between(values, "from", "to", place)

    def between(self, values: Mapping[str, Any], first: str, last: str, place: str) -> Span:
        begin, end = self.when(values, first, place), self.instant(values, last, place)
        if end is not None and end <= begin:
            raise self.refuse(f"{place}.{last}", values[last], f"write a time after `{first}`, or leave it out")
        return Span(begin, end)

    def author(self, value: object, place: str) -> dict[str, Any] | None:
        if value is None:
            return None
        values = self.table(value, place, "author", ("id",))
        self.text(values, "id", place, needed=True)
        self.text(values, "name", place)
        return values

    def outage(self, value: object, place: str) -> Outage:
        span, values = self.span(value, place, "outage"), value if isinstance(value, dict) else {}
        status, after = values.get("answer", 503), values.get("after", 0)
        if type(status) is not int or not (status in (401, 403, 410, 429) or 500 <= status <= 599):
            raise self.refuse(f"{place}.answer", status, "write 401, 403, 410, 429 or 500 to 599")
        if type(after) is not int or after < 0:
            raise self.refuse(f"{place}.after", after, "write how many requests are answered first, 0 or more")
        return Outage(span, status, after)


@dataclass(slots=True)
class _Draft:
    """What has been read of the account's files so far."""

    account: dict[str, Any] | None = None
    opened: datetime | None = None
    tokens: list[tuple[datetime, datetime]] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    profile: list[Change] = field(default_factory=list)
    items: dict[str, Told] = field(default_factory=dict)
    places: dict[str, tuple[_Reader, str]] = field(default_factory=dict)
    withheld: dict[str, list[Span]] = field(default_factory=dict)

    def take(self, path: Path) -> None:
        """Read one file and add what it tells."""
        reader = _Reader(path.name)
        try:
            decoded = read(_bytes(path))
        except UnreadableError as error:
            raise RefusedError(path.name, str(error), "repair the JSON there, or record the account anew") from None
        values = reader.table(decoded, "", "file", ("format",))
        if values["format"] != FORMAT:
            raise reader.refuse("format", values["format"], f'write "{FORMAT}"')
        if "account" in values:
            self._take_account(reader, values["account"])
        for place, one in reader.listed(values, "tokens", ""):
            token = reader.between(reader.table(one, place, "token", _KNOWN["token"]), "issued", "expires", place)
            self.tokens.append((token.begin, reader.when(one, "expires", place)))
        for place, one in reader.listed(values, "outages", ""):
            self.outages.append(reader.outage(one, place))
        for place, one in reader.listed(values, "profile", ""):
            self.profile.append(self._profile(reader, one, place))
        for place, one in reader.listed(values, "items", ""):
            told = self._item(reader, one, place)
            if told.native in self.items:
                raise reader.refuse(f"{place}.id", told.native, "the same id is there twice; every item has its own")
            self.items[told.native] = told
            self.places[told.native] = (reader, place)

    def finish(self, name: str) -> Recording:
        """Check what only the whole shows (threads, order of the profile) and give the recording."""
        if self.account is None or self.opened is None:
            raise RefusedError(f"{name}: account", "nothing", "describe the account with id, handle and opened")
        for native in self.items:
            self._check_parent(native)
        return Recording(
            own=self.account["id"],
            handle=self.account["handle"],
            opened=self.opened,
            tokens=self.tokens,
            outages=self.outages,
            profile=sorted(self.profile, key=lambda state: state.at),
            items=self.items,
            withheld=self.withheld,
        )

    def _take_account(self, reader: _Reader, value: object) -> None:
        account = reader.table(value, "account", "account", _KNOWN["account"])
        for name in ("id", "handle"):
            reader.text(account, name, "account", needed=True)
        self.opened = reader.when(account, "opened", "account")
        if self.account is not None and account != self.account:
            raise reader.refuse("account", account, "keep one account in a folder; give another its own folder")
        self.account = account

    def _check_parent(self, native: str) -> None:
        told = self.items[native]
        reader, place = self.places[native]
        own = self.account is not None and told.author is not None and told.author["id"] == self.account["id"]
        if told.parent is None:
            if not own:
                raise reader.refuse(f"{place}.parent", None, "name what it answers; only the account begins threads")
            if told.thread != native:
                raise reader.refuse(f"{place}.thread", told.thread, "leave it out; the item begins its own thread")
            return
        above = self.items.get(told.parent)
        if above is None:
            if told.thread == native or not own:
                remedy = "name an item of the recording, or, for an own answer elsewhere, give `thread` too"
                raise reader.refuse(f"{place}.parent", told.parent, remedy)
            return
        if above.created >= told.created:
            raise reader.refuse(f"{place}.created", "time", "let an answer come after what it answers")
        if above.boost is not None:
            raise reader.refuse(f"{place}.parent", told.parent, "answer a post, not a boost")

    def _profile(self, reader: _Reader, value: object, place: str) -> Change:
        values = reader.table(value, place, "profile", ("at", "name"))
        for name in ("name", "description", "website"):
            reader.text(values, name, place)
        if values.get("picture") is not None:
            self._attachments(reader, {"attachments": [values["picture"]]}, place)
        return Change(reader.when(values, "at", place), {key: values[key] for key in values if key != "at"})

    def _item(self, reader: _Reader, value: object, place: str) -> Told:
        values = reader.table(value, place, "item", ("id", "author", "created"))
        native = reader.text(values, "id", place, needed=True)
        created = reader.when(values, "created", place)
        first = Change(created, self._content(reader, values, place))
        boost = values.get("boost")
        if boost is not None:
            boost = reader.table(boost, f"{place}.boost", "boost", ("id",))
            reader.text(boost, "id", f"{place}.boost", needed=True)
            reader.text(boost, "text", f"{place}.boost")
            reader.author(boost.get("author"), f"{place}.boost.author")
        hidden = None
        if values.get("hidden_at") is not None:
            hidden = reader.between(values, "hidden_at", "shown_again_at", place)
        extra = values.get("extra", {})
        if not isinstance(extra, dict):
            raise reader.refuse(f"{place}.extra", extra, "write an object in braces")
        return Told(
            native=native,
            author=reader.author(values["author"], f"{place}.author"),
            created=created,
            parent=reader.text(values, "parent", place) or None,
            thread=reader.text(values, "thread", place) or native,
            states=self._changes(reader, values, "edits", place, first),
            counts=self._changes(reader, values, "counts", place, Change(created, {"likes": 0, "shares": 0})),
            boost=boost,
            hidden=hidden,
            deleted=reader.instant(values, "deleted_at", place),
            unavailable=[reader.span(one, spot) for spot, one in reader.listed(values, "unavailable", place)],
            extra=extra,
        )

    def _content(self, reader: _Reader, values: Mapping[str, Any], place: str) -> dict[str, Any]:
        """The fields that an author sets, at creation or in an edit, as far as they are there."""
        for name in ("text", "language", "visibility", "stated_at"):
            reader.text(values, name, place)
        for spot, link in reader.listed(values, "links", place):
            if not isinstance(link, str):
                raise reader.refuse(spot, link, "write an address in quotation marks")
        self._attachments(reader, values, place)
        return {name: values[name] for name in _AUTHOR_SET if name in values}

    def _attachments(self, reader: _Reader, values: Mapping[str, Any], place: str) -> None:
        for spot, one in reader.listed(values, "attachments", place):
            table = reader.table(one, spot, "attachment", ("file", "type"))
            file = reader.text(table, "file", spot, needed=True)
            reader.text(table, "type", spot, needed=True)
            reader.text(table, "language", spot)
            if table.get("alt") is not None:
                reader.text(table, "alt", spot)
            for inner, span in reader.listed(table, "unavailable", spot):
                self.withheld.setdefault(file, []).append(reader.span(span, inner))

    def _changes(
        self, reader: _Reader, values: Mapping[str, Any], name: str, place: str, first: Change
    ) -> list[Change]:
        """Dated changes; each state is the one before with the given fields replaced."""
        states = [first]
        for spot, one in reader.listed(values, name, place):
            table = reader.table(one, spot, name, ("at",))
            at = reader.when(table, "at", spot)
            if at < states[-1].at:
                raise reader.refuse(f"{spot}.at", "time", "write the changes in order of time, after the creation")
            fresh = self._content(reader, table, spot) if name == "edits" else _counters(reader, table, spot)
            states.append(Change(at, {**states[-1].fields, **fresh}))
        return states


def _counters(reader: _Reader, table: Mapping[str, Any], place: str) -> dict[str, int]:
    counters = {name: table[name] for name in table if name != "at"}
    for name, value in counters.items():
        if type(value) is not int or value < 0:
            raise reader.refuse(f"{place}.{name}", value, "write a whole number, 0 or more")
    return counters


def _bytes(path: Path) -> bytes:
    """The file's bytes; links and special files are refused, and a pipe does not make the run wait."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise RefusedError(path.name, error.strerror or "unreadable", "put a readable, ordinary file there") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RefusedError(path.name, "special file", "put an ordinary file there")
        if status.st_size > MAX_FILE:
            raise RefusedError(path.name, status.st_size, f"keep it under {MAX_FILE} bytes; split it in several files")
        return file.read()
