"""A Facebook Page export (new Pages experience), JSON with every byte of UTF-8 written by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.servers.world import Item, World

ROOT = "this_profile's_activity_across_facebook"


def taken_apart(value: Any) -> bytes:
    r"""JSON as the export writes it: every byte of every string's UTF-8 as ``\u00XX``."""

    def apart(one: Any) -> Any:
        if isinstance(one, str):
            return one.encode("utf-8").decode("latin-1")
        if isinstance(one, dict):
            return {apart(name): apart(inner) for name, inner in one.items()}
        return [apart(inner) for inner in one] if isinstance(one, list) else one

    return json.dumps(apart(value), indent=2).encode("ascii")


def seconds(item: Item) -> int:
    """When it was written, seconds since 1970."""
    return int(item.created.timestamp())


def make(folder: Path, world: World) -> Path:
    """Posts with their files, an album with one photo more, our own comments, and a conversation."""
    base = folder / "facebook-alvsjobro"
    posts, comments = [], []
    for item in world.shown():
        if item.author is None or item.author.id != world.own.id:
            continue
        if item.kind == "comment":
            text = item.text_now(world.now)
            inner = {"timestamp": seconds(item), "comment": text, "author": world.own.name}
            comments.append(
                {
                    "timestamp": seconds(item),
                    "data": [{"comment": inner}],
                    "title": f"{world.own.name} svarade på Åsa Lindqvists kommentar.",
                }
            )
        elif item.kind == "post":
            posts.append(_post(base, item, world))
    album = base / ROOT / "posts" / "media" / "album" / "extra.png"
    album.parent.mkdir(parents=True, exist_ok=True)
    album.write_bytes(b"\x89PNG extra")
    photo = {
        "uri": f"{ROOT}/posts/media/album/extra.png",
        "creation_timestamp": 1_767_225_600,
        "title": "Tidslinjefoton",
        "description": "Ån i januari",
    }
    files: dict[str, Any] = {
        "posts/profile_posts_1.json": posts,
        "posts/album/0.json": {"name": "Tidslinjefoton", "photos": [photo], "last_modified_timestamp": 1_767_225_600},
        "comments_and_reactions/comments.json": {"comments_v2": comments},
        "messages/inbox/asalindqvist_1/message_1.json": {
            "participants": [{"name": "Åsa Lindqvist"}, {"name": world.own.name}],
            "messages": [
                {"sender_name": "Åsa Lindqvist", "timestamp_ms": 1_767_225_600_123, "content": "Hemlig fråga"}
            ],
            "title": "Åsa Lindqvist",
        },
    }
    for name, value in files.items():
        path = base / ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(taken_apart(value))
    return base


def _post(base: Path, item: Item, world: World) -> dict[str, Any]:
    post: dict[str, Any] = {
        "timestamp": seconds(item),
        "data": [{"post": item.text_now(world.now)}, {"update_timestamp": seconds(item)}],
        "title": f"{world.own.name} uppdaterade sin status.",
    }
    data = []
    for medium in item.media:
        uri = f"{ROOT}/posts/media/{item.id}/{medium.id}.{medium.media_type.rpartition('/')[2]}"
        path = base / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(medium.data)
        inner = {"uri": uri, "creation_timestamp": seconds(item), "media_metadata": {}, "title": "Tidslinjefoton"}
        data.append({"media": inner | ({"description": medium.alt} if medium.alt else {})})
    if data:
        post["attachments"] = [{"data": data}]
    return post
