"""An Instagram export: single posts, carousels, stories, archived posts and own comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.exports.facebook_export import seconds, taken_apart
from tests.servers.world import Item, Medium, World

ROOT = "your_instagram_activity"


def make(folder: Path, world: World) -> Path:
    """Everything of ours in its lists."""
    base = folder / "instagram-alvsjobro"
    lists: dict[str, list[Any]] = {"posts": [], "stories": [], "archived": [], "comments": []}
    for item in sorted(world.items.values(), key=lambda one: one.created):
        if item.author is None or item.author.id != world.own.id or item.created > world.now or item.deleted:
            continue
        text = item.text_now(world.now)
        media = [_medium(base, item, medium) for medium in item.media] or [
            _medium(base, item, Medium(f"{item.id}m", "picture", "image/jpeg", data=item.id.encode()))
        ]
        if item.kind == "comment":
            value = {
                "Comment": {"value": text}, "Media Owner": {"value": "alvsjobro"}, "Time": {"timestamp": seconds(item)}
            }  # fmt: skip
            lists["comments"].append({"media_list_data": [{"uri": ""}], "string_map_data": value})
        elif item.kind == "story":
            lists["stories"].append({**media[0], "title": text})
        elif item.kind == "post":
            where = lists["archived" if item.is_hidden(world.now) else "posts"]
            if len(media) == 1:
                where.append({"media": [{**media[0], "title": text}]})
            else:
                where.append({"media": media, "title": text, "creation_timestamp": seconds(item)})
    files: dict[str, Any] = {
        "media/posts_1.json": lists["posts"],
        "media/stories.json": {"ig_stories": lists["stories"]},
        "media/archived_posts.json": {"ig_archived_post_media": lists["archived"]},
        "comments/post_comments_1.json": lists["comments"],
    }
    for name, value in files.items():
        path = base / ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(taken_apart(value))
    return base


def _medium(base: Path, item: Item, medium: Medium) -> dict[str, Any]:
    uri = f"media/posts/{item.created:%Y%m}/{medium.id}.{medium.media_type.rpartition('/')[2]}"
    path = base / uri
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(medium.data)
    return {
        "uri": uri,
        "creation_timestamp": seconds(item),
        "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
        "title": "",
        "cross_post_source": {"source_app": "FB"},
    }
