"""A LinkedIn member archive: ``Shares.csv`` with a byte-order mark and ``Comments.csv``, packed as a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from tests.servers.world import World


def make(folder: Path, world: World) -> Path:
    """Our own posts and comments."""
    shares, comments = io.StringIO(newline=""), io.StringIO(newline="")
    posts = csv.writer(shares)
    posts.writerow(["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"])
    answers = csv.writer(comments)
    answers.writerow(["Date", "Link", "Message"])
    for item in world.shown("post", "comment"):
        if item.author is None or item.author.id != world.own.id:
            continue
        at = f"{item.created:%Y-%m-%d %H:%M:%S}"
        text = item.text_now(world.now)
        digits = "".join(one for one in item.id if one.isdigit()) or "1"
        if item.kind == "post":
            link = f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7{digits}"
            posts.writerow([at, link, text, "https://alvsjobro.example/nyhet", "", "MEMBER_NETWORK"])
        else:
            root = "".join(one for one in (item.root or "1") if one.isdigit())
            answers.writerow([at, f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7{root}", text])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "Basic_LinkedInDataExport.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Shares.csv", "\ufeff" + shares.getvalue())
        archive.writestr("Comments.csv", comments.getvalue())
        archive.writestr("Connections.csv", "Notes:\nsee the help page\n\nFirst Name,Last Name\n")
    return path
