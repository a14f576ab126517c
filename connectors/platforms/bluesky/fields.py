"""The fields that are known, so that every other can be reported (lexicons of ``app.bsky`` as of November 2026).

A shape is a dict (name to shape) for an object, a one-element list for a list, ``ANY`` for a value that is taken as
it is, a ``Union`` for an object whose ``$type`` says which fields it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

ANY: Final = None
_NAME = re.compile(r"[A-Za-z$][A-Za-z0-9_$-]{0,63}")
_LONGEST_LIST = 50
"""So many elements of one list are looked at: more of the same would say nothing new."""


@dataclass(frozen=True, slots=True)
class Union:
    """An object whose ``$type`` decides. A type that is not among the choices is reported as ``$type``."""

    choices: dict[str, Any]


def _typed(**fields: Any) -> dict[str, Any]:
    return {"$type": ANY, **fields}


_REF = _typed(uri=ANY, cid=ANY)
_BLOB = _typed(ref={"$link": ANY}, mimeType=ANY, size=ANY, cid=ANY)
_RATIO = _typed(width=ANY, height=ANY)
_LABEL = _typed(ver=ANY, src=ANY, uri=ANY, cid=ANY, val=ANY, neg=ANY, cts=ANY, exp=ANY, sig=ANY)
_SELF_LABELS = Union({"com.atproto.label.defs#selfLabels": _typed(values=[_typed(val=ANY)])})
_IMAGE = _typed(image=_BLOB, alt=ANY, aspectRatio=_RATIO)

IMAGES: Final = "app.bsky.embed.images"
GALLERY: Final = "app.bsky.embed.gallery"
VIDEO: Final = "app.bsky.embed.video"
EXTERNAL: Final = "app.bsky.embed.external"
RECORD: Final = "app.bsky.embed.record"
RECORD_WITH_MEDIA: Final = "app.bsky.embed.recordWithMedia"

_MEDIA: dict[str, Any] = {
    IMAGES: _typed(images=[_IMAGE]),
    GALLERY: _typed(items=[Union({"app.bsky.embed.gallery#image": _IMAGE})]),
    VIDEO: _typed(video=_BLOB, captions=[_typed(lang=ANY, file=_BLOB)], alt=ANY, aspectRatio=_RATIO, presentation=ANY),
    EXTERNAL: _typed(external=_typed(uri=ANY, title=ANY, description=ANY, thumb=_BLOB, associatedRefs=[_REF])),
}
_RECORD = _typed(record=_REF)
EMBED: Final = Union({**_MEDIA, RECORD: _RECORD, RECORD_WITH_MEDIA: _typed(record=_RECORD, media=Union(_MEDIA))})
"""What a post carries; a type outside these is reported as H150."""

_FACET = _typed(
    index=_typed(byteStart=ANY, byteEnd=ANY),
    features=[
        Union(
            {
                "app.bsky.richtext.facet#mention": _typed(did=ANY),
                "app.bsky.richtext.facet#link": _typed(uri=ANY),
                "app.bsky.richtext.facet#tag": _typed(tag=ANY),
            }
        )
    ],
)

POST: Final = _typed(
    text=ANY,
    createdAt=ANY,
    langs=[ANY],
    tags=[ANY],
    facets=[_FACET],
    entities=[_typed(index=_typed(start=ANY, end=ANY), type=ANY, value=ANY)],
    reply=_typed(root=_REF, parent=_REF),
    embed=EMBED,
    labels=_SELF_LABELS,
)
REPOST: Final = _typed(subject=_REF, createdAt=ANY, via=_REF)
THREADGATE: Final = _typed(post=ANY, allow=[ANY], createdAt=ANY, hiddenReplies=[ANY])
PROFILE: Final = _typed(
    displayName=ANY,
    description=ANY,
    pronouns=ANY,
    website=ANY,
    avatar=_BLOB,
    banner=_BLOB,
    labels=_SELF_LABELS,
    joinedViaStarterPack=_REF,
    pinnedPost=_REF,
    createdAt=ANY,
)

RECORD_OF_OURS: Final = {"uri": ANY, "cid": ANY}
"""One entry of ``com.atproto.repo.listRecords`` beside its ``value``."""

AUTHOR_KEPT: Final = ("did", "handle", "displayName", "avatar", "labels")
"""Of a visitor: what is shown beside the comment. Their profile is not ours to keep."""

COUNTERS: Final = {
    "likeCount": "likes",
    "replyCount": "replies",
    "repostCount": "reposts",
    "quoteCount": "quotes",
    "bookmarkCount": "bookmarks",
}

IGNORED: Final = frozenset(
    {
        "post.viewer",
        "post.threadgate",
        "post.debug",
        "post.author.viewer",
        "post.author.associated",
        "post.author.createdAt",
        "post.author.verification",
        "post.author.status",
        "post.author.pronouns",
        "post.author.debug",
        "threadContext",
        "parent",
    }
)
"""Known and left out of the payload: our own view of things, other records, and the visitor's profile."""

POST_VIEW: Final = {
    "$type": ANY,
    "uri": ANY,
    "cid": ANY,
    "record": ANY,
    "embed": ANY,
    "indexedAt": ANY,
    "labels": [_LABEL],
    "author": dict.fromkeys((*AUTHOR_KEPT, "$type"), ANY),
    **dict.fromkeys(COUNTERS, ANY),
}
NODE: Final = {"$type": ANY, "post": POST_VIEW, "replies": ANY}


def unknown(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Paths of fields that the shape does not know, as ``embed.images.focus``; no values.

    A name that is no plain word could itself carry content and stands as ``?``.

    Args:
        value: decoded JSON of any form; what has another form than the shape is left to the reader.
        shape: what is known. path: where the value stands; empty at the top.
    """
    if isinstance(shape, Union):
        if not isinstance(value, dict):
            return
        choice = shape.choices.get(str(value.get("$type")))
        if choice is None:
            yield f"{path}.$type" if path else "$type"
            return
        shape = choice
    if isinstance(shape, list) and isinstance(value, list):
        for one in value[:_LONGEST_LIST]:
            yield from unknown(one, shape[0], path)
    elif isinstance(shape, dict) and isinstance(value, dict):
        for name, inner in value.items():
            shown = name if _NAME.fullmatch(name) else "?"
            below = f"{path}.{shown}" if path else shown
            if name in shape:
                yield from unknown(inner, shape[name], below)
            elif below not in IGNORED:
                yield below
