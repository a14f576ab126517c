"""The pure half: from an answer of Instagram's Graph API to items and findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.platforms.instagram import fields
from connectors.platforms.instagram.values import NATIVE, count_of, id_of, listed, moment, own_part
from connectors.scrubbing import without_secrets
from connectors.unknown import paths
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to our account's id to name how it presents itself."""
_EARLY = timedelta(days=1)
"""So far ahead of us a clock may go before its time counts as one in the future."""
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")

Reader = Callable[[dict[str, Any]], Iterator[Seen]]


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (our account), ``post`` (one media object of ours),
    ``comment`` (one comment), or a page of ``posts``, ``stories``, ``mentions`` (media of others), ``thread``
    (comments with the answers below them), ``replies`` (answers to one comment) or ``messages``.
    ``capture.context`` has ``account`` (its name, for findings), ``own`` and ``own_name`` (our id and name); for
    ``thread``, ``replies`` and ``comment`` also ``thread`` (the media object's id), for ``replies`` ``parent``
    (the comment's), for ``messages`` ``thread`` (the conversation's).
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.findings())


class _Reader:
    """One capture being read; gathers findings by code and parameters."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._context = capture.context
        self._own = capture.context.get("own")
        self._own_name = capture.context.get("own_name", "").casefold()
        self._nameless = 0
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()

    def findings(self) -> list[Finding]:
        if self._nameless:
            self._note("H146", "info", count_hidden=self._nameless)
            self._nameless = 0
        subject = self._context.get("account", "")
        return [
            Finding(code=code, severity=severity, subject=subject, count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def items(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        single: dict[str, Reader] = {"profile": self._profile, "post": self._listed, "comment": self._commented}
        pages: dict[str, Reader] = {
            "posts": self._listed,
            "stories": self._listed,
            "mentions": self._mentioned,
            "thread": self._commented,
            "replies": self._commented,
            "messages": self._message,
        }
        if listing in single:
            yield from self._guarded(body, single[listing])
        elif listing in pages and isinstance(body, dict) and isinstance(body.get("data"), list):
            for one in body["data"]:
                yield from self._guarded(one, pages[listing])
        else:
            self._note("H128", "error", kind=listing if _FIELD.fullmatch(listing) else "?")

    def _note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        self._found[code, severity, tuple(parameters.items())] += 1

    def _guarded(self, value: object, read: Reader) -> Iterator[Seen]:
        if not isinstance(value, dict):
            self._note("H122", "warning", field="data")
            return
        try:
            yield from list(read(value))
        except (RecursionError, UnreadableError):
            self._note("H122", "warning", field="nesting")

    # -- media objects

    def _listed(self, media: dict[str, Any]) -> Iterator[Seen]:
        """Of our own listing: a post or a story."""
        native = self._native(media)
        if native is None:
            return
        if not self._is_own(media, missing=True):
            self._note("H125", "warning")
            return
        is_story = self._capture.listing == "stories" or media.get("media_product_type") == "STORY"
        yield self._media_item(media, native, "story" if is_story else "post", own=True)

    def _mentioned(self, media: dict[str, Any]) -> Iterator[Seen]:
        """Of the media in which others tagged us; our own among them are shown by the way."""
        native = self._native(media)
        if native is None:
            return
        own = self._is_own(media, missing=False)
        yield self._media_item(media, native, "post" if own else "mention", own=own)

    def _is_own(self, media: Mapping[str, Any], *, missing: bool) -> bool:
        owner = media.get("owner")
        identity, name = id_of(owner), self._string(media, "username") or self._string(owner, "username")
        if identity is None and not name:
            return missing
        if identity is not None and identity == self._own:
            return True
        return bool(name) and (name.casefold() == self._own_name if self._own_name else missing)

    def _media_item(self, media: dict[str, Any], native: str, kind: Kind, *, own: bool) -> Seen:
        self._unknown(media, fields.MEDIA_KNOWN, "media")
        author = self._string(media, "username") or self._string(media.get("owner"), "username")
        if own:
            author = author or self._context.get("own_name", "")
        if not author:
            self._note("H124", "warning")
        shown = (self._string(media, "video_title", raw=True), self._string(media, "caption", raw=True))
        text = visible("\n\n".join(part for part in shown if part))
        refs, parts, withheld = self._attachments(media)
        identity: dict[str, Any] = {"text": text, "media": parts}
        for name, usual in (("is_comment_enabled", True), ("is_ai_generated", False)):
            if isinstance(media.get(name), bool) and media[name] is not usual:
                identity[name] = media[name]
        return Seen(
            native=native,
            kind=kind,
            author=author or None,
            author_native=self._own if own else id_of(media.get("owner")),
            platform_time=self._time(media, "timestamp"),
            text=text,
            links=withheld,
            media=refs,
            counts=self._counts(media, fields.COUNTERS),
            payload=canonical(own_part(media)),
            identity=digest(identity),
            secondary=own and self._capture.listing == "mentions",
        )

    def _attachments(self, media: Mapping[str, Any]) -> tuple[tuple[MediaRef, ...], list[Any], tuple[str, ...]]:
        """The files, what makes them other files, and where those can be seen that the platform withholds."""
        children = media.get("children")
        parts = listed(children)
        if children is not None and (not isinstance(children, dict) or len(parts) != _length(children.get("data"))):
            self._note("H126", "warning", field="children")
        refs: list[MediaRef] = []
        identity: list[Any] = []
        withheld: dict[str, None] = {}
        for one in parts or [dict(media)]:
            found = self._files(one)
            refs += found
            file = any(ref.role != "thumbnail" for ref in found)
            alt = one.get("alt_text")
            identity.append([id_of(one), one.get("media_type"), alt if isinstance(alt, str) else None, file])
            if not file and (parts or self._promises_file(media)):
                self._note("H143", "warning")
                address = self._address(one, "permalink") or self._address(media, "permalink")
                if address:
                    withheld[without_secrets(address)] = None
        return tuple(refs), identity, tuple(withheld)

    @staticmethod
    def _promises_file(media: Mapping[str, Any]) -> bool:
        """Everything on Instagram is a picture or a film, so an item without a file lacks it."""
        return any(name in media for name in ("media_type", "media_product_type", "permalink", "thumbnail_url"))

    def _files(self, media: Mapping[str, Any]) -> list[MediaRef]:
        address, picture = self._address(media, "media_url"), self._address(media, "thumbnail_url")
        kind = media.get("media_type")
        is_film = kind == "VIDEO" or (kind != "IMAGE" and bool(picture))
        found = []
        if address:
            alt = media.get("alt_text")
            text = visible(alt) if isinstance(alt, str) else None
            if alt is not None and text is None:
                self._note("H126", "warning", field="alt_text")
            origin = without_secrets(address)
            found.append(MediaRef(role="video" if is_film else "picture", origin=origin, alt=text))
        if picture and picture != address:
            found.append(MediaRef(role="thumbnail", origin=without_secrets(picture)))
        return found

    # -- comments

    def _commented(self, comment: dict[str, Any]) -> Iterator[Seen]:
        """A comment, and the answers that stand in it."""
        thread = self._context.get("thread") or id_of(comment.get("media"))
        yield from self._answer(comment, thread, self._context.get("parent"))
        native = id_of(comment)
        replies = comment.get("replies")
        if replies is not None and (not isinstance(replies, dict) or not isinstance(replies.get("data"), list)):
            self._note("H126", "warning", field="replies")
            return
        for one in listed(replies):
            yield from self._answer(one, thread, native)
        if _length((replies or {}).get("data")) != len(listed(replies)):
            self._note("H122", "warning", field="replies")

    def _answer(self, comment: dict[str, Any], thread: str | None, parent: str | None) -> Iterator[Seen]:
        native = self._native(comment)
        if native is None:
            return
        self._unknown(comment, fields.COMMENT_KNOWN, "comment")
        stated = id_of(comment, "parent_id")
        if thread == native:
            thread = id_of(comment.get("media"))
        author, author_native, own = self._author(comment)
        text = visible(self._string(comment, "text", raw=True))
        hidden = comment.get("hidden")
        if hidden is not None and not isinstance(hidden, bool):
            self._note("H126", "warning", field="hidden")
        yield Seen(
            native=native,
            kind="reply" if own else "comment",
            author=author,
            author_native=author_native,
            parent_native=_other(parent, native) or _other(stated, native) or _other(thread, native),
            thread_native=thread,
            platform_time=self._time(comment, "timestamp"),
            text=text,
            hidden=hidden is True,
            counts=self._counts(comment, {"like_count": "likes"}),
            payload=canonical(own_part(comment)),
            identity=digest({"text": text}),
        )

    def _author(self, value: Mapping[str, Any]) -> tuple[str | None, str | None, bool]:
        """Name as shown, id, and whether it is we. ``user`` is stated only of what our own account wrote."""
        writer = value.get("from")
        identity = id_of(writer) or id_of(value.get("user"))
        name = self._string(value, "username") or self._string(writer, "username")
        own = (identity is not None and identity == self._own) or (
            bool(self._own_name) and name.casefold() == self._own_name
        )
        if own:
            return name or self._context.get("own_name") or None, self._own, True
        if not name and identity is None:
            self._nameless += 1
        return name or None, identity, False

    # -- messages and ourselves

    def _message(self, message: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(message)
        if native is None:
            return
        self._unknown(message, fields.MESSAGE_USED | fields.MESSAGE_IGNORED, "message")
        author, author_native, _ = self._author(message)
        text = visible(self._string(message, "message", raw=True))
        refs = []
        for one in listed(message.get("attachments")):
            files = (
                ("picture", self._address(one.get("image_data"), "url")),
                ("video", self._address(one.get("video_data"), "url")),
                ("document", self._address(one, "file_url")),
            )
            found = [MediaRef(role=role, origin=without_secrets(url)) for role, url in files if url]  # type: ignore[arg-type]  # the three are roles
            refs += found
            if not found:
                self._note("H143", "warning")
        shares = [self._address(one, "link") for one in listed(message.get("shares"))]
        links = tuple(without_secrets(one) for one in shares if one)
        if message.get("is_unsupported") is True:
            self._note("H236", "warning")
        yield Seen(
            native=native,
            kind="message",
            author=author,
            author_native=author_native,
            thread_native=self._context.get("thread"),
            platform_time=self._time(message, "created_time"),
            text=text,
            links=links,
            media=tuple(refs),
            payload=canonical(own_part(message)),
            identity=digest({"text": text, "links": list(links), "media": [[one.role, one.origin] for one in refs]}),
        )

    def _profile(self, account: dict[str, Any]) -> Iterator[Seen]:
        """How our own account presents itself; never a visitor's."""
        # Instagram Login calls the account by another number here than everywhere else.
        native = self._own or self._native(account)
        if native is None:
            return
        self._unknown(account, fields.PROFILE_KNOWN | fields.PROFILE_IGNORED, "account")
        shown = [self._string(account, name, raw=True) for name in ("name", "biography")]
        text = visible("\n\n".join(part for part in shown if part))
        website = self._string(account, "website")
        picture = self._address(account, "profile_picture_url")
        refs = (MediaRef(role="picture", origin=without_secrets(picture)),) if picture else ()
        yield Seen(
            native=f"{native}{PROFILE}",
            kind="profile",
            author=self._string(account, "username") or None,
            author_native=native,
            text=text,
            links=(without_secrets(website),) if website else (),
            media=refs,
            counts=self._counts(account, fields.PROFILE_COUNTERS),
            payload=canonical(own_part(account)),
            # The picture's address moves with the server that hands it out; its file's name does not.
            identity=digest({"text": text, "website": website, "picture": _file_name(picture)}),
        )

    # -- single fields

    def _native(self, value: Mapping[str, Any]) -> str | None:
        native = id_of(value)
        if native is None:
            self._note("H122", "warning", field="id")
        return native

    def _unknown(self, value: Mapping[str, Any], known: frozenset[str], kind: str) -> None:
        for path in paths(value, known):
            self._note("H121", "info", field=path if _FIELD.fullmatch(path) else "?", kind=kind)

    def _counts(self, value: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
        found = []
        for field, name in names.items():
            count = count_of(value, field)
            if count is not None:
                found.append((name, count))
            elif value.get(field) is not None:
                self._note("H126", "info", field=field)
        return tuple(found)

    def _time(self, value: Mapping[str, Any], field: str) -> datetime | None:
        read = moment(value.get(field))
        if read is None:
            zoneless = isinstance(value.get(field), str) and moment(f"{value[field]}Z") is not None
            self._note("H123", "warning", field=field, problem="without zone" if zoneless else "unreadable")
        elif read > self._capture.at + _EARLY:
            # Told and handed on: it may be our clock that is wrong, and a future trigger never leads to culling.
            self._note("H123", "warning", field=field, problem="in the future")
        return read

    def _string(self, value: Any, field: str, *, raw: bool = False) -> str:
        found = value.get(field) if isinstance(value, dict) else None
        if isinstance(found, str):
            return found if raw else visible(found)
        if found is not None:
            self._note("H126", "info", field=field)
        return ""

    def _address(self, value: Any, field: str) -> str:
        """A web address, or nothing."""
        found = self._string(value, field)
        if not found or (len(found) <= 8_000 and found.startswith(("https://", "http://")) and _is_plain(found)):
            return found
        self._note("H126", "warning", field=field)
        return ""


def _is_plain(address: str) -> bool:
    return all(NATIVE.fullmatch(address[at : at + 500]) for at in range(0, len(address), 500))


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _other(native: str | None, than: str) -> str | None:
    return native if native and native != than else None


def _file_name(address: str) -> str:
    return without_secrets(address).partition("?")[0].rpartition("/")[2]
