"""The same nights against snac2, a sloppy Mastodon server: its oddities end in findings, never in losses or doublings."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import Archive, comparable
from tests.servers.bluesky_people import picture
from tests.servers.snac import Snac, SnacUser


def archive_at(folder: Path, snac: Snac) -> Archive:
    """A new rehearsal home with the municipality's account on the server."""
    archive = Archive(folder / "hem", {"BEVARA_TEST_TOKEN": snac.kommun.token})
    archive.init()
    archive.add_account(
        {
            "name": "kommun",
            "platform": "mastodon",
            "handle": "kommun",
            "authority": "kommunstyrelsen",
            "api_base": snac.url,
            "credentials_env": "BEVARA_TEST_TOKEN",
        }
    )
    return archive


def delivered(user: SnacUser, above: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Wait until the server shows an answer where it belongs: it delivers between its own users through a queue."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        shown = user.call("GET", f"/api/v1/statuses/{above['id']}/context")["descendants"]
        if any(one["uri"] == wanted["uri"] for one in shown):
            return
        time.sleep(0.2)
    pytest.fail("snac did not deliver in 40 s")


def test_nights_on_a_sloppy_server(snac: Snac, tmp_path: Path) -> None:
    """Posts, pictures and answers several levels deep are all kept once; edits that change ids are versions."""
    ours, visitor = snac.kommun, snac.medborgare
    mark = "resa"
    media = ours.upload(picture((9, 9, 200)), "bild.png", "Skiss av torget å ä ö")
    first = ours.post(f"Torget byggs om {mark} 🚧", media=(media,))
    plain = [ours.post(f"Protokoll {number} {mark}") for number in range(3)]
    question = visitor.post(f"@kommun När blir det klart? {mark}", reply_to=first["id"])
    answer = ours.post(f"@medborgare I augusti. {mark}", reply_to=question["id"])
    thanks = visitor.post(f"@kommun Tack! {mark}", reply_to=answer["id"])
    delivered(ours, first, question)
    delivered(ours, answer, thanks)
    archive = archive_at(tmp_path, snac)
    at = datetime.now(UTC) + timedelta(hours=1)

    def mine(*options: str) -> list[dict[str, str]]:
        return archive.lines("search", mark, *options)

    archive.at = at
    archive.harvest()
    lines = mine()
    assert len(lines) == 7
    assert len({line["native"] for line in lines}) == 7
    assert {line["native"] for line in lines} >= {first["uri"], question["uri"], answer["uri"]}
    kinds = {line["native"]: line["kind"] for line in lines}
    assert kinds[first["uri"]] == "post"
    assert kinds[question["uri"]] == "comment"
    assert kinds[answer["uri"]] == "reply"
    (row,) = [row for row in archive.rows() if row.native == first["uri"] and row.row == "version"]
    (attached,) = row.media
    assert attached.alt == "Skiss av torget å ä ö"
    assert attached.digest is not None
    assert archive.media(attached.digest)

    before = comparable(archive.rows())
    archive.at = at + timedelta(days=1)
    night = archive.harvest()
    assert (night["new"], night["edited"], night["gone"]) == (0, 0, 0), night
    assert comparable(archive.rows()) == before

    edited = ours.edit(plain[0]["id"], f"Protokoll 0 rättat {mark}")
    archive.at = at + timedelta(days=2)
    night = archive.harvest()
    assert (night["new"], night["edited"]) == (0, 1), night
    assert edited["uri"] == plain[0]["uri"]
    versions = [line["text"] for line in mine("--versions") if line["native"] == plain[0]["uri"]]
    assert versions == [f"Protokoll 0 {mark}", f"Protokoll 0 rättat {mark}"]
    assert len(mine()) == 7
    assert archive.json("verify", "--deep")["clean"]
