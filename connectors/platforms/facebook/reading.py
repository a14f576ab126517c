"""The pure half: from an answer of the Graph API to items and findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from connectors.platforms.facebook import fields
from connectors.platforms.facebook.attachments import Files, files_of
from connectors.platforms.facebook.notes import Notes, id_of, stated
from connectors.platforms.facebook.payloads import payload_of
from connectors.scrubbing import without_secrets
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, digest
from schemas.record import Kind, MediaRef, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to our page's id to name how it presents itself."""
BASIC = slice(0, 32)
"""Of an identity: the part of the item's own answer."""
BESIDE = slice(32, 64)
"""Of an identity: the part of what is asked for beside the item."""
UNASKED = "0" * 32
"""Stands in an identity for what was not asked for."""
_OURS = ("posts", "post")
"""Our own listing, and a post of ours that was asked for by itself."""
_POSTS: dict[str, Kind] = {**dict.fromkeys(_OURS, "post"), "visitor_posts": "visitor_post", "mentions": "mention"}
"""Listing to the kind of what others wrote in it; what we wrote is a post."""
_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (our page), ``posts``, ``visitor_posts`` or ``mentions`` (a
    page of posts), ``post`` (a page of one that was asked for by itself), ``thread`` (a page of comments at every level) or ``messages`` (a page of one conversation).
    ``capture.context`` has ``account`` (its name, for findings) and ``own`` (our page's id); for posts also
    ``known:<id>`` (the identity on record of one whose own answer has not changed, so that nothing was asked for
    beside it), ``partial:<id>`` (what belongs to it could not be read: it makes no version), and what
    ``attachments.files_of`` takes; for comments ``root`` and, below another comment, ``below``; for messages
    ``thread``.
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.notes.findings())


class _Reader:
    """One capture being read."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._context = capture.context
        self._own = capture.context.get("own")
        self.notes = Notes(self._context.get("account", ""), capture.at)

    def items(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        data = body.get("data") if isinstance(body, dict) else None
        if listing == "profile":
            yield from self._guarded(body, self._profile)
        elif listing in (*_POSTS, "thread", "messages") and isinstance(data, list):
            read = {"thread": self._comment, "messages": self._message}.get(listing, self._post)
            for one in data:
                yield from self._guarded(one, read)
        else:
            self.notes.note("H128", "error", kind=listing if _FIELD.fullmatch(listing) else "?")

    def _guarded(self, value: object, read: Callable[[dict[str, Any]], Iterator[Seen]]) -> Iterator[Seen]:
        if not isinstance(value, dict):
            self.notes.note("H122", "warning", field="item")
            return
        try:
            yield from list(read(value))
        except (RecursionError, UnreadableError):
            self.notes.note("H122", "warning", field="nesting")

    def _native(self, value: Mapping[str, Any]) -> str | None:
        native = id_of(value)
        if native is None:
            self.notes.note("H122", "warning", field="id")
        return native

    # -- posts

    def _post(self, post: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(post)
        if native is None:
            return
        listing = self._capture.listing
        author, author_native = self.notes.author(post)
        own = author_native == self._own if author_native else listing in _OURS
        if listing in _OURS and not own:
            self.notes.note("H125", "warning")
            return
        if own:
            author_native = self._own
        notes = self.notes
        notes.unknown(post, fields.KNOWN, "post")
        created = notes.time(post, "created_time")
        files = files_of(post, notes, self._context)
        text = visible(notes.string(post, "message") or notes.string(post, "story"))
        visibility = self._visibility(post)
        partial = f"partial:{native}" in self._context
        identity = _identity(text, visibility, files)
        if partial:
            identity = identity[BASIC] + UNASKED
        known = self._context.get(f"known:{native}", "")
        if known[BASIC] == identity[BASIC]:
            identity = known
        yield Seen(
            native=native,
            kind="post" if own else _POSTS[listing],
            author=author,
            author_native=author_native,
            platform_time=created,
            text=text,
            links=files.links,
            visibility=visibility,
            hidden=notes.flag(post, "is_hidden") is True or post.get("timeline_visibility") == "hidden",
            media=files.media,
            counts=self._post_counts(post),
            payload=payload_of(post),
            identity=identity,
            # By the way only: its attachments could not be asked for, or it is ours in another's listing.
            secondary=partial or (own and listing not in _OURS),
        )

    def _visibility(self, post: Mapping[str, Any]) -> str:
        """The platform's word for who may see it; empty = everybody."""
        if self.notes.flag(post, "is_published") is False:
            return "unpublished"
        if self.notes.flag(post, "is_expired") is True:
            return "expired"
        privacy = post.get("privacy")
        value = self.notes.string(privacy, "value") if isinstance(privacy, dict) else ""
        return "" if value in ("", "EVERYONE") else visible(value.lower())

    def _post_counts(self, post: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
        shares = post.get("shares")
        found = {
            "comments": stated(post.get("comments")),
            "shares": self.notes.number(shares, "count") if isinstance(shares, dict) else None,
            "likes": stated(post.get("reactions_like")),
            "reactions": stated(post.get("reactions")),
        }
        if found["likes"] is None:
            found["likes"] = stated(post.get("likes"))
        for name in fields.REACTIONS[1:]:
            found[name.lower()] = stated(post.get(f"reactions_{name.lower()}"))
        return tuple((name, count) for name, count in found.items() if count is not None)

    # -- comments

    def _comment(self, comment: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(comment)
        if native is None:
            return
        notes = self.notes
        notes.unknown(comment, fields.COMMENT_KNOWN, "comment")
        author, author_native = notes.author(comment)
        own = author_native is not None and author_native == self._own
        root = self._context.get("root")
        parent = comment.get("parent")
        if parent is not None and id_of(parent) is None:
            notes.note("H126", "warning", field="parent")
        files = files_of(comment, notes, self._context, whole=True)
        text = visible(notes.string(comment, "message"))
        visibility = "private" if notes.flag(comment, "is_private") else ""
        counts = (("likes", notes.number(comment, "like_count")), ("replies", notes.number(comment, "comment_count")))
        yield Seen(
            native=native,
            kind="reply" if own else "comment",
            author=author,
            author_native=author_native,
            parent_native=id_of(parent) or self._context.get("below") or root,
            thread_native=root,
            platform_time=notes.time(comment, "created_time"),
            text=text,
            links=files.links,
            visibility=visibility,
            hidden=notes.flag(comment, "is_hidden") is True,
            media=files.media,
            counts=tuple((name, count) for name, count in counts if count is not None),
            payload=payload_of(comment),
            identity=_identity(text, visibility, files),
        )

    # -- messages

    def _message(self, message: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(message)
        if native is None:
            return
        notes = self.notes
        notes.unknown(message, fields.MESSAGE_KNOWN, "message")
        author, author_native = notes.author(message)
        media = tuple(self._message_media(message))
        text = visible(notes.string(message, "message"))
        thread = self._context.get("thread")
        yield Seen(
            native=native,
            kind="message",
            author=author,
            author_native=author_native,
            thread_native=None if thread == native else thread,
            platform_time=notes.time(message, "created_time"),
            text=text,
            visibility="private",
            media=media,
            payload=payload_of(message),
            identity=_identity(text, "private", Files(media=media, links=(), identity=[[_path(one)] for one in media])),
        )

    def _message_media(self, message: Mapping[str, Any]) -> Iterator[MediaRef]:
        edge = message.get("attachments")
        data = edge.get("data") if isinstance(edge, dict) else None
        for one in data if isinstance(data, list) else ():
            if not isinstance(one, dict):
                self.notes.note("H126", "warning", field="attachments")
                continue
            for field, role in (("image_data", "picture"), ("video_data", "video")):
                inner = one.get(field)
                address = inner.get("url") if isinstance(inner, dict) else None
                if _is_address(address):
                    yield MediaRef(role="picture" if role == "picture" else "video", origin=without_secrets(address))
                    break
            else:
                address = one.get("file_url")
                if _is_address(address):
                    audio = str(one.get("mime_type")).startswith("audio")
                    yield MediaRef(role="audio" if audio else "document", origin=without_secrets(address))
                else:
                    self.notes.note("H143", "warning")

    # -- how we present ourselves

    def _profile(self, page: dict[str, Any]) -> Iterator[Seen]:
        native = self._native(page)
        if native is None:
            return
        notes = self.notes
        notes.unknown({name: one for name, one in page.items() if name != "access_token"}, fields.PROFILE_KNOWN, "page")
        texts = [notes.string(page, name) for name in fields.PROFILE_TEXTS]
        for name in fields.PROFILE_LINES:
            value = page.get(name)
            lines = value if isinstance(value, list) else [value]
            texts.extend(one for one in lines if isinstance(one, str))
        text = visible("\n\n".join(dict.fromkeys(one for one in texts if one)))
        media = tuple(_profile_pictures(page))
        counts = {name: notes.number(page, field) for field, name in fields.PROFILE_COUNTERS.items()}
        published = notes.flag(page, "is_published")
        yield Seen(
            native=f"{native}{PROFILE}",
            kind="profile",
            author=visible(notes.string(page, "name")) or None,
            author_native=native,
            text=text,
            visibility="unpublished" if published is False else "",
            media=media,
            counts=tuple((name, count) for name, count in counts.items() if count is not None),
            payload=payload_of({name: value for name, value in page.items() if name not in ("perms", "tasks")}),
            identity=digest(
                {"text": text, "media": [_path(one) for one in media], "published": published is not False}
            ),
        )


def _profile_pictures(page: Mapping[str, Any]) -> Iterator[MediaRef]:
    for name, field in (("picture", "url"), ("cover", "source")):
        value = page.get(name)
        inner = value.get("data", value) if isinstance(value, dict) else value
        address = inner.get(field) if isinstance(inner, dict) else None
        if _is_address(address):
            yield MediaRef(role="picture", origin=without_secrets(address))


def _is_address(value: object) -> TypeGuard[str]:
    return (
        isinstance(value, str)
        and value.startswith(("https://", "http://"))
        and len(value) < 10_000
        and visible(value) == value
        and not any(one.isspace() or ord(one) < 0x20 for one in value)
    )


def _path(medium: MediaRef) -> str:
    """The address without host and query, which move with the platform's storage."""
    try:
        return urlsplit(medium.origin).path
    except ValueError:
        return medium.origin


def _identity(text: str, visibility: str, files: Files) -> str:
    own = {"text": text, "visibility": visibility, "links": list(files.links), "attachments": files.identity}
    return digest(own)[BASIC] + digest({"beside": files.beside})[BASIC]
