"""The pure half: from an answer of the Mastodon API to items and findings.

A status is known by its ``uri``: ids are a server's own, and one server changes them at every edit. What belongs to
others (a boosted or quoted status, the preview of a linked page, a visitor's profile) is cut out of the payload and
its address left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.markup import plain
from connectors.platforms.mastodon import fields
from connectors.scrubbing import without_secrets
from connectors.unknown import paths
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to our account's address to name how it presents itself."""
_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_NATIVE = re.compile(r"[!-~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,2000}")
"""No space, no control character, no lone surrogate."""
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_DEPTH = 100
_ROLES: dict[str, MediaRole] = {"image": "picture", "gifv": "video", "video": "video", "audio": "audio"}


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (our account), ``posts`` (a page of our statuses) or
    ``thread`` (ancestors and descendants of one status; only the descendants are read). ``capture.context`` has
    ``account`` (its name, for findings) and ``own`` (our id on the server); for ``posts`` also ``parent:<id>`` and
    ``thread:<uri>``, the uri of the status with that id and of the thread's first; for ``thread`` also ``root_id``
    and ``root`` (the status asked about) and ``thread`` (the first item of the thread).
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.findings())


def uri_of(status: object) -> str | None:
    """A status's uri when it can serve as a native id."""
    uri = status.get("uri") if isinstance(status, dict) else None
    return uri if isinstance(uri, str) and _NATIVE.fullmatch(uri) else None


def id_of(value: object, name: str = "id") -> str | None:
    """An id field, as text; None when it is missing or unusable."""
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is int:
        found = str(found)
    return found if isinstance(found, str) and _NATIVE.fullmatch(found) and len(found) <= 200 else None


def account_native(account: Mapping[str, Any]) -> str | None:
    """An account's id among all servers: its address, which every answer about it has; else the server's own id."""
    return uri_of({"uri": account.get("url")}) or uri_of(account) or id_of(account)


def bare(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status itself; the boosted one where a server shows a boost in its place, as snac does in threads."""
    inner = status.get("reblog")
    return inner if isinstance(inner, dict) and uri_of(inner) else status


def moment(value: object) -> datetime | None:
    """An ISO 8601 time with zone, UTC; None when it is anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


class _Reader:
    """One capture being read; gathers findings by code and parameters."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._context = capture.context
        self._own = capture.context.get("own")
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def findings(self) -> list[Finding]:
        subject = self._context.get("account", "")
        return [
            Finding(code=code, severity=severity, subject=subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def items(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        if listing == "profile":
            yield from self._guarded(body, self._profile)
        elif listing == "posts" and isinstance(body, list):
            for status in body:
                yield from self._guarded(status, self._listed)
        elif listing == "thread" and isinstance(body, dict) and isinstance(body.get("descendants"), list):
            places = self._places(body)
            for status in body["descendants"]:
                yield from self._guarded(status, lambda one: self._threaded(one, places))
        else:
            self._note("H128", "error", kind=listing if _FIELD.fullmatch(listing) else "?")

    def _note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        self._found[code, severity, tuple(parameters.items())] += 1

    def _guarded(self, value: object, read: Callable[[dict[str, Any]], Iterator[Seen]]) -> Iterator[Seen]:
        if not isinstance(value, dict):
            self._note("H122", "warning", field="status")
            return
        try:
            yield from list(read(value))
        except (RecursionError, UnreadableError):
            self._note("H122", "warning", field="nesting")

    def _places(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Id to uri of every status in the answer, and of the one asked about."""
        found = {}
        for part in ("ancestors", "descendants"):
            statuses = body.get(part)
            for status in statuses if isinstance(statuses, list) else ():
                if isinstance(status, dict):
                    name, uri = id_of(bare(status)), uri_of(bare(status))
                    if name and uri:
                        found[name] = uri
        if "root_id" in self._context and "root" in self._context:
            found[self._context["root_id"]] = self._context["root"]
        return found

    def _listed(self, status: dict[str, Any]) -> Iterator[Seen]:
        author = id_of(status.get("account"))
        if author is not None and author != self._own:
            self._note("H125", "warning")
            return
        uri = self._native(status)
        if uri is None:
            return
        parent = self._context.get(f"parent:{id_of(status, 'in_reply_to_id')}")
        thread = self._context.get(f"thread:{uri}")
        yield self._seen(status, uri, own=True, parent=parent, thread=thread, secondary=False)

    def _threaded(self, shown: dict[str, Any], places: Mapping[str, str]) -> Iterator[Seen]:
        status = dict(bare(shown))
        if isinstance(status.get("reblog"), dict):
            self._note("H122", "warning", field="reblog.uri")
        boost = uri_of(shown) if uri_of(shown) != uri_of(status) else None
        if boost and id_of(shown.get("account")) == self._own:
            yield self._seen(shown, boost, own=True, parent=None, thread=None, secondary=True)
        uri = self._native(status)
        if uri is None:
            return
        thread = self._context.get("thread")
        parent = places.get(id_of(status, "in_reply_to_id") or "")
        if parent is None:
            self._note("H134", "info")
        own = self._own is not None and id_of(status.get("account")) == self._own
        yield self._seen(status, uri, own=own, parent=parent, thread=None if thread == uri else thread, secondary=own)

    def _native(self, status: Mapping[str, Any]) -> str | None:
        uri = uri_of(status)
        if uri is None:
            self._note("H122", "warning", field="uri")
        return uri

    def _seen(
        self, status: dict[str, Any], uri: str, *, own: bool, parent: str | None, thread: str | None, secondary: bool
    ) -> Seen:
        self._unknown(status, fields.KNOWN, "status")
        kind = _kind(status, own=own)
        boosted = uri_of(status.get("reblog"))
        text, links = ("", (boosted,) if boosted else ()) if kind == "boost" else self._text(status)
        media = () if kind == "boost" else self._media(status)
        author, author_native = self._author(status)
        language = self._string(status, "language")
        visibility = self._string(status, "visibility")
        visibility = "" if visibility == "public" else visibility
        return Seen(
            native=uri,
            kind=kind,
            author=author,
            author_native=author_native,
            parent_native=parent,
            thread_native=thread,
            platform_time=self._time(status, "created_at", needed=True),
            edited=self._time(status, "edited_at", needed=False),
            text=text,
            language=language,
            links=links,
            visibility=visibility,
            media=media,
            counts=self._counts(status),
            payload=canonical(_own_part(status)),
            identity=digest(
                {
                    "text": text,
                    "links": list(links),
                    "sensitive": status.get("sensitive") is True,
                    "visibility": visibility,
                    "language": language,
                    "media": [] if kind == "boost" else _media_identity(status),
                }
            ),
            secondary=secondary,
        )

    def _unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        for path in paths(value, known):
            self._note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def _author(self, status: Mapping[str, Any]) -> tuple[str | None, str | None]:
        account = status.get("account")
        author = self._string(account, "acct") or self._string(account, "username") if isinstance(account, dict) else ""
        if not isinstance(account, dict) or not author:
            self._note("H124", "warning")
        if not isinstance(account, dict):
            return None, None
        return author or None, account_native(account)

    def _text(self, status: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """Warning, text and a poll's options as plain text, and the links."""
        text, links = plain(self._string(status, "content", raw=True))
        poll = status.get("poll")
        options = poll.get("options") if isinstance(poll, dict) else None
        titles = (
            [self._string(one, "title", raw=True) for one in options or () if isinstance(one, dict)]
            if isinstance(options, list)
            else []
        )
        parts = [self._string(status, "spoiler_text", raw=True), text, "\n".join(f"○ {title}" for title in titles)]
        return visible("\n\n".join(part for part in parts if part)), tuple(visible(link) for link in links)

    def _media(self, status: Mapping[str, Any]) -> tuple[MediaRef, ...]:
        found = []
        for one in self._list(status, "media_attachments"):
            address = self._address(one, "url") or self._address(one, "remote_url")
            if not address:
                self._note("H126", "warning", field="media_attachments.url")
                continue
            alt = one.get("description")
            found.append(
                MediaRef(
                    role=_ROLES.get(str(one.get("type")), "document"),
                    origin=without_secrets(address),
                    alt=visible(alt) if isinstance(alt, str) else None,
                )
            )
        return tuple(found)

    def _counts(
        self, status: Mapping[str, Any], names: Mapping[str, str] = fields.COUNTERS
    ) -> tuple[tuple[str, int], ...]:
        found = []
        for field, name in names.items():
            value = status.get(field)
            if type(value) is int and 0 <= value < 2**63:
                found.append((name, value))
            elif value is not None:
                self._note("H126", "info", field=field)
        poll = status.get("poll")
        votes = poll.get("votes_count") if isinstance(poll, dict) else None
        if type(votes) is int and 0 <= votes < 2**63:
            found.append(("votes", votes))
        return tuple(found)

    def _time(self, status: Mapping[str, Any], field: str, *, needed: bool) -> datetime | None:
        value = status.get(field)
        if value is None and not needed:
            return None
        read = moment(value)
        if read is None:
            zoneless = isinstance(value, str) and len(value) <= 40 and moment(f"{value}Z") is not None
            self._note("H123", "warning", field=field, problem="without zone" if zoneless else "unreadable")
        elif read > self._capture.at + _EARLY:
            # Told and handed on: it may be our clock that is wrong, and a future trigger never leads to culling.
            self._note("H123", "warning", field=field, problem="in the future")
        return read

    def _string(self, value: Any, field: str, *, raw: bool = False) -> str:
        found = value.get(field)
        if isinstance(found, str):
            return found if raw else visible(found)
        if found is not None:
            self._note("H126", "info", field=field)
        return ""

    def _address(self, value: Mapping[str, Any], field: str) -> str:
        """A web address, or nothing."""
        found = self._string(value, field)
        if not found or (_NATIVE.fullmatch(found) and found.startswith(("https://", "http://"))):
            return found
        self._note("H126", "warning", field=field)
        return ""

    def _list(self, value: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
        found = value.get(field)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self._note("H126", "warning", field=field)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _profile(self, account: dict[str, Any]) -> Iterator[Seen]:
        """How our own account presents itself; never a visitor's."""
        native = account_native(account)
        if native is None:
            self._note("H122", "warning", field="url")
            return
        self._unknown(account, fields.PROFILE_KNOWN, "account")
        note, links = plain(self._string(account, "note", raw=True))
        rows = []
        for one in self._list(account, "fields"):
            value, more = plain(self._string(one, "value", raw=True))
            rows.append(f"{self._string(one, 'name', raw=True)}: {value}")
            links += more
        shown = [self._string(account, "display_name", raw=True), note, "\n".join(rows)]
        text = visible("\n\n".join(part for part in shown if part))
        media = tuple(
            MediaRef(
                role="picture",
                origin=without_secrets(address),
                alt=self._string(account, f"{name}_description") or None,
            )
            for name in ("avatar", "header")
            if (address := self._address(account, name))
        )
        flags = {name: account.get(name) is True for name in ("locked", "bot", "discoverable")}
        yield Seen(
            native=f"{native}{PROFILE}",
            kind="profile",
            author=self._string(account, "acct") or None,
            author_native=native,
            text=text,
            links=tuple(visible(link) for link in links),
            media=media,
            counts=self._counts(account, fields.PROFILE_COUNTERS),
            payload=canonical(_without_others(account, 0)),
            identity=digest(
                {"text": text, "media": [one.origin for one in media], "alt": [one.alt for one in media], **flags}
            ),
        )


def _kind(status: Mapping[str, Any], *, own: bool) -> Kind:
    if isinstance(status.get("reblog"), dict):
        return "boost"
    if status.get("visibility") == "direct":
        return "message"
    if not own:
        return "comment"
    answers = status.get("in_reply_to_id") is not None or status.get("in_reply_to_account_id") is not None
    return "reply" if answers else "post"


def _media_identity(status: Mapping[str, Any]) -> list[list[Any]]:
    """What makes attachments other attachments: id, type and alt text. Addresses move with the server's storage."""
    media = status.get("media_attachments")
    return [
        [id_of(one) or one.get("url"), one.get("type"), one.get("description")]
        for one in (media if isinstance(media, list) else ())
        if isinstance(one, dict)
    ]


def _own_part(status: Mapping[str, Any]) -> dict[str, Any]:
    """The status without what is another's."""
    kept: dict[str, Any] = {}
    for name, value in status.items():
        if name == "account" and isinstance(value, dict):
            kept[name] = {key: value[key] for key in fields.AUTHOR_KEPT if isinstance(value.get(key), str | int)}
        elif name == "reblog" and isinstance(value, dict):
            kept[name] = _address(value)
        elif name == "card" and isinstance(value, dict):
            kept[name] = {key: value[key] for key in ("url", "type") if isinstance(value.get(key), str)}
        elif name == "media_attachments":
            kept[name] = _without_signatures(_without_others(value, 1))
        else:
            kept[name] = _without_others(value, 1)
    return kept


def _without_signatures(media: Any) -> Any:
    """Attachments whose addresses carry no secret parameters."""
    if not isinstance(media, list):
        return media
    return [
        {
            name: without_secrets(value) if isinstance(value, str) and name.endswith("url") else value
            for name, value in one.items()
        }
        if isinstance(one, dict)
        else one
        for one in media
    ]


def _without_others(value: Any, depth: int) -> Any:
    """The value with every status inside it reduced to its address, under whatever name it stands."""
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        if depth and "content" in value and ("account" in value or "uri" in value):
            return _address(value)
        return {name: _without_others(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_others(one, depth + 1) for one in value]
    return value


def _address(status: Mapping[str, Any]) -> dict[str, Any]:
    return {name: status[name] for name in ("id", "uri", "url") if isinstance(status.get(name), str)}
