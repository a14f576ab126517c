"""An abusive comment on the Bluesky network and on a Facebook page: secured, away from the page, told, registered, and gone.

On Bluesky nobody can take away what others wrote; it is hidden by the thread's gate, and the message is to be pasted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.home import open_home
from flows.oversee.persons import add_person
from tests.journeys.commands import Archive
from tests.servers.bluesky_people import Network, picture
from tests.servers.world_client import RunningFake

KIM, EVA = "Kim Kommunikatör", "Eva Ansvarig"
PLAN = Path(__file__).resolve().parents[2] / "infra" / "plans" / "arvika-exempel.toml"
INSULT = "Hemskaordet om en handläggare"


def _staffed(archive: Archive) -> None:
    """Somebody who may moderate, somebody who answers for the archive, and the example plan."""
    with open_home(archive.home, at=archive.at) as home:
        add_person(home.ground, KIM, "kommunikatör")
        add_person(home.ground, EVA, "arkivansvarig")
    archive.run("plan", "adopt", str(PLAN), "--as", EVA)


def _item(archive: Archive, text: str) -> str:
    return str(next(line["item"] for line in archive.lines("search", text)))


def _afterwards(archive: Archive, item: str, state: str) -> None:
    """What is so everywhere: marked, its plan row, on the registrar's list, kept whole; the next night asks nothing."""
    told = json.loads(archive.run("--json", "explain", item))
    assert told["decision"]["rule"] == "borttaget-krankande", told["decision"]
    waiting = archive.json("register", "candidates", codes=(0, 3))
    assert item in json.dumps(waiting)
    assert archive.at is not None
    archive.at += timedelta(days=1)
    archive.harvest()
    (line,) = archive.lines("search", INSULT)
    assert (line["item"], line["state"]) == (item, state)
    signs = archive.json("oversee", "watch", codes=(0, 3, 5))
    about = [one for one in _dicts(signs) if one.get("subject") == item]
    assert "W151" not in [one.get("code") for one in about], about
    assert INSULT not in (archive.home / "state" / "bevara.db").read_bytes().decode("utf-8", "ignore")


def _dicts(value: Any) -> list[dict[str, Any]]:
    """Every object in an answer, whatever its shape."""
    if isinstance(value, dict):
        return [value, *(found for one in value.values() for found in _dicts(one))]
    return [found for one in value for found in _dicts(one)] if isinstance(value, list) else []


def test_an_insult_on_bluesky_is_hidden(bluesky: Network, tmp_path: Path) -> None:
    """Secured with its picture, hidden in the thread, the message pasted by a person; visitors do not see it."""
    kommun, visitor = bluesky.person("borttagaren"), bluesky.person("skallaren")
    post = kommun.post("Vägen är avstängd i dag.")
    visitor.reply(post, INSULT, images=[(picture((200, 10, 10)), "")])
    bluesky.wait_until_indexed()
    secrets = {"BEVARA_TEST_READS": kommun.app_password("lasa"), "BEVARA_TEST_ACTS": kommun.app_password("andra")}
    archive = Archive(tmp_path / "hem", secrets)
    archive.init()
    archive.add_account(
        {
            "name": "kommunen",
            "platform": "bluesky",
            "handle": kommun.handle,
            "authority": "kommunstyrelsen",
            "api_base": bluesky.pds,
            "plc_base": bluesky.plc,
            "credentials_env": "BEVARA_TEST_READS",
            "moderation_env": "BEVARA_TEST_ACTS",
        }
    )
    _staffed(archive)
    archive.at = datetime.now(UTC) + timedelta(hours=1)
    archive.harvest()
    item = _item(archive, INSULT)

    asked = ("oversee", "remove", item, "--clause", "R01", "--why", "Påhopp", "--as", KIM)
    told = archive.json(*asked, codes=(0, 3))
    if told["standing"] == "unclear":
        bluesky.wait_until_indexed()
        told = archive.json("oversee", "removal", "1", "again", "--as", KIM, codes=(0, 3))
    assert (told["standing"], told["secured"], told["wanted"]) == ("hidden", "fresh", "hide"), told
    assert (told["noticed"], "dolt" in told["notice_text"]) == ("to-paste", True)
    archive.run("oversee", "removal", "1", "noticed", "--pasted", "--as", KIM, codes=(0, 3))
    bluesky.wait_until_indexed()
    _afterwards(archive, item, "hidden")


def test_an_insult_on_facebook_is_removed(fakes: Callable[..., RunningFake], tmp_path: Path) -> None:
    """Secured, told privately, removed; the page was asked for nothing before the copy was there."""
    fake = fakes("facebook")
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    fake.clock(at - timedelta(hours=2))
    post = fake.act("post", text="Vägen är avstängd i dag.")
    fake.act("comment", parent=post["id"], text=INSULT)
    world = fake.history()
    archive = Archive(tmp_path / "hem", {"TEST_READS": world["token"], "TEST_ACTS": world["moderating"]}, at=at)
    archive.at = None
    archive.init()
    archive.at = at
    archive.add_account(
        {
            "name": "sidan",
            "platform": "facebook",
            "handle": world["handle"],
            "authority": "kommunstyrelsen",
            "api_base": fake.base,
            "credentials_env": "TEST_READS",
            "moderation_env": "TEST_ACTS",
        }
    )
    _staffed(archive)
    fake.clock(at)
    archive.harvest()
    item = _item(archive, INSULT)
    told = archive.json("oversee", "remove", item, "--clause", "R01", "--why", "Påhopp", "--as", KIM, codes=(0, 3))
    assert (told["standing"], told["secured"], told["noticed"]) == ("removed", "fresh", "sent")
    assert [one["act"] for one in fake.moderated()] == ["notify", "remove"]
    fake.clock(at + timedelta(days=1))
    _afterwards(archive, item, "gone")
