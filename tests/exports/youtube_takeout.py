"""A Google Takeout of a YouTube channel with Swedish folder names, packed as a zip."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from tests.servers.world import World

BASE = "Takeout/YouTube och YouTube Music"


def make(folder: Path, world: World) -> Path:
    """Our own videos with a film for each that has one, and our own comments in both forms of the text."""
    videos, comments = io.StringIO(newline=""), io.StringIO(newline="")
    shown = csv.writer(videos)
    shown.writerow(["Video ID", "Approx Duration (ms)", "Video Audio Language", "Video Category",
                    "Video Description (Original)", "Channel ID", "Tag 1", "Video Title (Original)", "Privacy",
                    "Video State", "Video Create Timestamp", "Video Publish Timestamp"])  # fmt: skip
    said = csv.writer(comments)
    said.writerow(["Comment ID", "Channel ID", "Comment Create Timestamp", "Price", "Parent Comment ID", "Post ID",
                   "Video ID", "Comment Text", "Top-Level Comment ID"])  # fmt: skip
    films: dict[str, bytes] = {}
    for number, item in enumerate(world.shown("post", "comment")):
        if item.author is None or item.author.id != world.own.id:
            continue
        at = item.created.isoformat()
        title, _, description = item.text_now(world.now).partition("\n\n")
        if item.kind == "post":
            shown.writerow([video(item.id), "61000", "sv", "Nonprofits & Activism", description, world.own.id, "bro",
                            title, "Public", "Processed", at, at])  # fmt: skip
            film = next((one for one in item.media if one.role == "video"), None)
            if film:
                films[f"{BASE}/videor/{title.replace('?', '_').replace('/', '_')}.mp4"] = film.data
        else:
            text = json.dumps({"text": item.text_now(world.now)}, ensure_ascii=False)
            if number % 2:
                text = json.dumps({"takeoutSegments": [json.loads(text)]}, ensure_ascii=False)
            parent = "" if item.parent == item.root else video(item.parent or "")
            said.writerow([video(item.id), world.own.id, at, "0", parent, "", video(item.root or ""), text, ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "takeout-20261101T080000Z-001.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{BASE}/videometadata/videor.csv", videos.getvalue())
        archive.writestr(f"{BASE}/kommentarer/kommentarer.csv", comments.getvalue())
        for name, data in films.items():
            archive.writestr(name, data)
    return path


def video(item_id: str) -> str:
    """An id of YouTube's length."""
    return f"yt-{item_id}".ljust(11, "0")
