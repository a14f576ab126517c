"""The daily watch by the command line, over what was harvested from a real Bluesky network and from a fake Facebook.

A question that waits over a weekend and public holidays, a film without captions, and a page liked outside of the list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.journeys.commands import Archive
from tests.journeys.test_bluesky import archive_at
from tests.servers.bluesky_people import CAPTIONS, Network, film
from tests.servers.world_client import RunningFake

MAUNDY_THURSDAY = datetime(2026, 4, 2, 13, tzinfo=UTC)
"""15 o'clock in Sweden; then come Good Friday, the weekend and Easter Monday."""
TUESDAY = datetime(2026, 4, 7, 4, 45, tzinfo=UTC)
WEDNESDAY = datetime(2026, 4, 8, 4, 45, tzinfo=UTC)
ASKED = "När öppnar återvinningscentralen efter påsk?"


def watched(archive: Archive, *more: str) -> dict[str, list[dict[str, Any]]]:
    """Open signs by code."""
    answer = archive.json("oversee", "watch", *more, codes=(0, 3))
    found: dict[str, list[dict[str, Any]]] = {}
    for one in answer["signs"]:
        found.setdefault(one["code"], []).append(one)
    return found


def test_on_a_real_network(bluesky: Network, tmp_path: Path) -> None:
    """Asked before Easter, in time on Tuesday morning, late on Wednesday, and over when it is answered."""
    ours, visitor = bluesky.person("tillsyn"), bluesky.person("fragvis")
    post = ours.post("Glad påsk! Vi har stängt över helgen.", createdAt="2026-04-02T09:00:00Z")
    asked = visitor.reply(post, ASKED, createdAt="2026-04-02T13:00:00Z")
    visitor.reply(post, "Tack, detsamma!", createdAt="2026-04-02T13:05:00Z")
    ours.post(
        "Så sorterar du", film=(film(b"sortera"), "En film om sortering", CAPTIONS), createdAt="2026-04-02T09:00:00Z"
    )
    neighbour = bluesky.person("grannen")
    ours.create("app.bsky.graph.follow", {"subject": neighbour.did})
    bluesky.wait_until_indexed()
    archive = archive_at(tmp_path, bluesky, ours, ours.app_password())
    archive.at = TUESDAY
    archive.harvest()
    signs = watched(archive)
    (waits,) = signs["W102"]
    assert waits["parameters"]["deadline"] == "2026-04-07 kl. 15.00"
    assert "W131" not in signs
    (likes,) = signs["W135"]
    assert (likes["subject"], likes["parameters"]["pages"]) == ("kommunen", 1)
    assert neighbour.handle in archive.run("oversee", "likes", codes=(3,))
    archive.at = WEDNESDAY
    signs = watched(archive, "--light")
    (late,) = signs["W101"]
    assert late["subject"] == waits["subject"]
    assert "W135" not in signs
    told = archive.run("oversee", "watch", "--light", codes=(3,))
    assert ASKED not in told
    assert visitor.handle not in told
    ours.reply(asked, "På onsdag klockan 10. Med vänlig hälsning Eva, Teknik", createdAt="2026-04-08T04:30:00Z")
    bluesky.wait_until_indexed()
    archive.harvest()
    signs = watched(archive, "--light")
    assert not {"W101", "W102", "W103"} & set(signs)


def test_on_facebook(fakes: Callable[..., RunningFake], tmp_path: Path) -> None:
    """A film without captions, an unanswered question, abuse, and likes; ``morning`` harvests and tells the same."""
    fake = fakes("facebook", page=10)
    fake.clock(MAUNDY_THURSDAY)
    post = fake.act("post", text="Glad påsk!")
    fake.act("post", text="Se vår film", media=[{"role": "video", "media_type": "video/mp4", "data": "AAAA"}])
    fake.act("comment", parent=post["id"], text=ASKED)
    fake.act("comment", parent=post["id"], text="Din jävla idiot, hoppas du dör i fan")
    fake.clock(WEDNESDAY)
    world = fake.history()
    archive = Archive(tmp_path / "hem", {"BEVARA_TEST_TOKEN": world["token"]}, at=WEDNESDAY)
    archive.init()
    archive.add_account(
        {
            "name": "sidan",
            "platform": "facebook",
            "handle": world["handle"],
            "authority": "kommunstyrelsen",
            "api_base": fake.base,
            "credentials_env": "BEVARA_TEST_TOKEN",
        }
    )
    morning = archive.json("morning", "--no-letter", codes=(0, 3))
    assert {"W101", "W111", "W131", "W135"} <= set(morning["codes"])
    assert morning["letters"] is None
    assert fake.moderated() == []
    signs = watched(archive)
    assert len(signs["W101"]) == 1
    assert signs["W131"][0]["parameters"] == {"films": 1}
    again = archive.json("morning", "--no-letter", codes=(0, 3))
    assert (again["codes"], again["new"]) == (morning["codes"], 0)
