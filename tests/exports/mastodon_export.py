"""A Mastodon archive: outbox, actor and attachments, packed as ``tar.gz``."""

from __future__ import annotations

import html
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from tests.servers.world import Item, World

SERVER = "https://social.alvsjobro.example"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def address(item: Item | str) -> str:
    """The status's own address, its id everywhere."""
    return f"{SERVER}/users/alvsjobro/statuses/{item if isinstance(item, str) else item.id}"


def make(folder: Path, world: World) -> Path:
    """Everything of ours, one boost, and one private mention."""
    path = folder / "archive-20261101.tar.gz"
    activities = []
    files: dict[str, bytes] = {}
    for item in world.shown("post", "comment"):
        if item.author is None or item.author.id != world.own.id:
            continue
        attachments = []
        for medium in item.media:
            where = f"media_attachments/files/{medium.id}.{medium.media_type.rpartition('/')[2]}"
            files[where] = medium.data
            attachments.append(
                {"type": "Document", "mediaType": medium.media_type, "url": f"/{where}", "name": medium.alt}
            )
        activities.append(_create(item, item.text_now(world.now), [PUBLIC], attachments, world))
    activities.append(
        {
            "id": f"{address('900')}/activity",
            "type": "Announce",
            "actor": f"{SERVER}/users/alvsjobro",
            "published": "2026-09-02T08:00:00Z",
            "to": [PUBLIC],
            "cc": [],
            "object": "https://annan.example/users/lan/statuses/1",
        }
    )
    private = Item("901", "message", world.own, "Hemligt svar", world.now)
    activities.append(_create(private, private.text, ["https://annan.example/users/asa"], [], world))
    values: dict[str, Any] = {
        "outbox.json": {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "outbox.json",
            "type": "OrderedCollection",
            "totalItems": len(activities),
            "orderedItems": activities,
        },
        "actor.json": {
            "id": f"{SERVER}/users/alvsjobro",
            "type": "Person",
            "preferredUsername": "alvsjobro",
            "url": f"{SERVER}/@alvsjobro",
        },
        "likes.json": {"type": "OrderedCollection", "orderedItems": []},
    }
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, value in values.items():
            _add(tar, name, json.dumps(value, ensure_ascii=False).encode("utf-8"))
        for name, data in files.items():
            _add(tar, name, data)
    return path


def _create(item: Item, text: str, to: list[str], attachments: list[Any], world: World) -> dict[str, Any]:
    note = {
        "id": address(item),
        "type": "Note",
        "summary": None,
        "inReplyTo": address(item.parent) if item.parent else None,
        "published": f"{item.created:%Y-%m-%dT%H:%M:%SZ}",
        "url": f"{SERVER}/@alvsjobro/{item.id}",
        "attributedTo": f"{SERVER}/users/alvsjobro",
        "to": to,
        "cc": [],
        "sensitive": False,
        "content": "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n")),
        "contentMap": {"sv": f"<p>{html.escape(text)}</p>"},
        "attachment": attachments,
        "tag": [],
    }
    edited = item.edited_at(world.now)
    if edited:
        note["updated"] = f"{edited:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": f"{address(item)}/activity",
        "type": "Create",
        "actor": f"{SERVER}/users/alvsjobro",
        "published": note["published"],
        "to": to,
        "cc": [],
        "object": note,
    }


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
