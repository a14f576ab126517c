"""The pure half, continued: comment threads and comments.

What a page of threads embeds are items of their own: the first comment and a few of its answers. None of them stands
in another's payload. Of who wrote a comment, the name as shown and the channel's id are kept.

``capture.context`` has ``video`` where all comments lie below one, ``parent`` where all answer one comment, ``status``
(which moderation status was asked for) and ``shown`` (ids of the page that tonight's public listing showed too).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from connectors.platforms.youtube import fields
from connectors.platforms.youtube.values import Notes, id_of, inner, kept, links, number, unsigned
from schemas.neighbours import Capture
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Seen
from schemas.text import visible

PUBLIC = "published"
HELD = ("heldForReview", "likelySpam", "rejected")
"""Statuses of comments that visitors do not see. What the platform holds back, and what we have turned down."""
HIDDEN_BY: dict[str, Literal["platform", "us"]] = {
    "heldForReview": "platform",
    "likelySpam": "platform",
    "rejected": "us",
}
_PROFILE = frozenset({"snippet.authorChannelUrl", "snippet.authorProfileImageUrl"})


def thread(one: dict[str, Any], capture: Capture, notes: Notes) -> Iterator[Seen]:
    """The first comment of a thread, and the answers that the page embeds."""
    snippet, top = inner(one, "snippet"), inner(one, "snippet").get("topLevelComment")
    notes.unknown(one, fields.THREAD, "commentThread")
    if not isinstance(top, dict):
        notes.note("H122", "warning", field="snippet.topLevelComment")
        return
    video = id_of(snippet, "videoId") or id_of(inner(top, "snippet"), "videoId") or capture.context.get("video")
    replies = number(snippet.get("totalReplyCount"))
    yield from _comment(top, capture, notes, video=video, parent=None, replies=replies)
    first = id_of(top)
    embedded = inner(one, "replies").get("comments", [])
    if not isinstance(embedded, list):
        notes.note("H126", "warning", field="replies.comments")
        return
    for reply in embedded:
        if isinstance(reply, dict):
            yield from _comment(reply, capture, notes, video=video, parent=first)
        else:
            notes.note("H122", "warning", field="replies.comments")


def listed(one: dict[str, Any], capture: Capture, notes: Notes) -> Iterator[Seen]:
    """A comment in a list of answers, or one that was asked for by its id."""
    snippet = inner(one, "snippet")
    video = id_of(snippet, "videoId") or capture.context.get("video")
    parent = id_of(snippet, "parentId") or capture.context.get("parent")
    yield from _comment(one, capture, notes, video=video, parent=parent)


def _comment(
    comment: dict[str, Any],
    capture: Capture,
    notes: Notes,
    *,
    video: str | None,
    parent: str | None,
    replies: int | None = None,
) -> Iterator[Seen]:
    native = id_of(comment)
    if native is None:
        notes.note("H122", "warning", field="id")
        return
    snippet = inner(comment, "snippet")
    notes.unknown(comment, fields.COMMENT, "comment")
    own_parent = id_of(snippet, "parentId")
    parent = own_parent if own_parent not in (None, native) else parent
    author = visible(notes.string(snippet, "authorDisplayName"))
    if not author:
        notes.note("H124", "warning")
    author_native = id_of(inner(snippet, "authorChannelId"), "value") or id_of(snippet, "authorChannelId")
    written = notes.string(snippet, "textOriginal") or notes.string(snippet, "textDisplay")
    published = notes.time(snippet, "publishedAt", needed=True)
    updated = notes.time(snippet, "updatedAt", needed=False)
    picture = notes.address(snippet, "imageUrl")
    status = _status(snippet, native, capture, notes, first=parent is None)
    likes = notes.counts(snippet, {"likeCount": "likes"})
    counts = likes if replies is None else (*likes, ("replies", replies))
    own = author_native is not None and author_native == capture.context.get("own")
    yield Seen(
        native=native,
        kind=_kind(own=own, alone=video is None and parent is None),
        author=author or None,
        author_native=author_native,
        parent_native=parent or video,
        thread_native=video or parent,
        platform_time=published,
        edited=updated if updated is not None and (published is None or updated > published) else None,
        text=visible(written),
        links=links(written),
        hidden=status != PUBLIC,
        hidden_by=HIDDEN_BY.get(status, ""),
        media=(MediaRef(role="picture", origin=unsigned(picture)),) if picture else (),
        counts=counts,
        payload=canonical(kept(comment, _PROFILE)),
        identity=digest({"text": visible(written), "picture": unsigned(picture)}),
    )


def _kind(*, own: bool, alone: bool) -> Kind:
    if alone:
        # A comment on the channel itself begins a thread of its own.
        return "post" if own else "visitor_post"
    return "reply" if own else "comment"


def _status(snippet: Mapping[str, Any], native: str, capture: Capture, notes: Notes, *, first: bool) -> str:
    """The comment's moderation status: as it says itself, else as the listing it begins a thread in."""
    stated = snippet.get("moderationStatus")
    if stated in (PUBLIC, *HELD):
        return str(stated)
    if stated is not None:
        notes.note("H126", "info", field="moderationStatus")
    asked = capture.context.get("status", PUBLIC)
    # A listing of held threads also has those of which only an answer is held.
    public = not first or asked not in HELD or native in capture.context.get("shown", "").split()
    return PUBLIC if public else asked
