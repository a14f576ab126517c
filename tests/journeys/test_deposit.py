"""Legal deposit from the camera to Libris: films on four channels, decided, packaged, delivered, answered.

Everything is done by the command line. The neighbours are real or stand-ins in processes of their own: a Bluesky network, a
YouTube channel, a Facebook Page, a Mastodon server, OpenSSH, and KB's receipts.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import struct
import tarfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.films import VTT
from tests.journeys.commands import Archive
from tests.servers.bluesky_people import PASSWORD, Network
from tests.servers.kb_receipts import KbReceipts
from tests.servers.sftp import SftpServer
from tests.servers.world_client import RunningFake
from tests.servers.youtube import LENGTH

WHO = "Kim Kommunikatör"
LARGE = 40 << 20
"""Bytes of the film whose transfer is cut; enough for the test to see it come."""
TITLES = {
    "plain.mp4": "Så sorterar du ditt avfall",
    "vertical.mp4": "Invigning av badhuset",
    "captions.mp4": "Badplatserna öppnar",
    "turned.mp4": "Så plogar vi i vinter",
    "silent.mp4": "Tyst rundtur i arkivet",
    "film.webm": "Biblioteket visar runt",
    "old.webm": "Hundra år med vattentornet",
    "voice.mp3": "Lyssna på budgeten",
    "voice.m4a": "Kommunpodden, avsnitt ett",
    "voice.ogg": "Fågelsång från reservatet",
}
_SETTINGS = """
[organisation]
name = "Älvsjöbro kommun"
code = "ORG:212000-1892"

[deposit]
agreement = "http://www.kb.se/namespace/digark/submissionagreement/31-KB999-2013"
originals = "original"

[deposit.receiver]
kind = "sftp"
host = "{host}"
port = {port}
user = "{user}"
path = "{path}"
host_key = "{host_key}"
key_env = "KB_KEY"

[deposit.receipts]
address = "{receipts}/api/deliveries/{{delivery}}/receipt"
"""


def medium(path: Path, role: str, media_type: str) -> dict[str, str]:
    """An attachment as the fakes take it."""
    return {"role": role, "media_type": media_type, "data": base64.b64encode(path.read_bytes()).decode()}


def captioned(text: str) -> dict[str, str]:
    """A caption file as the fakes take it."""
    return {
        "role": "caption",
        "media_type": "text/vtt",
        "language": "sv",
        "data": base64.b64encode(text.encode()).decode(),
    }


def padded(source: Path, target: Path) -> Path:
    """The same film with an unused box behind it (ISO 14496-12: ``free``), so that it is large."""
    noise = bytes(range(256)) * (LARGE // 256)
    target.write_bytes(source.read_bytes() + struct.pack(">I4s", len(noise) + 8, b"free") + noise)
    return target


class Municipality:
    """The archive with its accounts, and where everything is published."""

    def __init__(self, archive: Archive, files: Mapping[str, Path], receiver: Path) -> None:
        self.archive = archive
        self.files = files
        self.receiver = receiver

    def publish(self, fakes: Callable[..., RunningFake], bluesky: Network, now: datetime) -> None:
        """Ten films, two of them on two channels, and posts without films."""
        files, told = self.files, TITLES
        youtube, facebook, mastodon = fakes("youtube"), fakes("facebook"), fakes("world_mastodon")
        for fake in (youtube, facebook, mastodon):
            fake.clock(now)
        at = (now - timedelta(days=9)).isoformat()
        youtube.acts(
            [
                {"op": "post", "at": at, "text": f"{told['plain.mp4']}\n{LENGTH}PT2S"},
                {"op": "post", "at": at, "text": f"{told['vertical.mp4']}\n{LENGTH}PT3S", "media": [captioned(VTT)]},
                {"op": "post", "at": at, "text": f"{told['captions.mp4']}\n{LENGTH}PT2S"},
            ]
        )
        facebook.acts(
            [
                {
                    "op": "post",
                    "at": at,
                    "text": told[name],
                    "media": [medium(files[name], "video", "video/webm" if name.endswith("webm") else "video/mp4")],
                }
                for name in ("captions.mp4", "turned.mp4", "silent.mp4", "film.webm")
            ]
        )
        facebook.acts([{"op": "post", "at": at, "text": f"Nyhet {number}"} for number in range(3)])
        mastodon.acts(
            [
                {"op": "post", "at": at, "text": told[name], "media": [medium(files[name], role, media_type)]}
                for name, role, media_type in (
                    ("old.webm", "video", "video/webm"),
                    ("voice.mp3", "audio", "audio/mpeg"),
                    ("voice.m4a", "audio", "audio/mp4"),
                    ("voice.ogg", "audio", "audio/ogg"),
                )
            ]
        )
        person = bluesky.person("filmerna")
        person.post(told["silent.mp4"], film=(files["silent.mp4"].read_bytes(), "Arkivet", VTT.encode()))
        person.post("Ett inlägg utan film")
        token = "hemlig-nyckel-0123456789abcdef"
        self.archive.environment.update({"TOKEN": token, "BSKY": PASSWORD})
        for name, platform, fake, path in (
            ("kanalen", "youtube", youtube, "/youtube/v3"),
            ("sidan", "facebook", facebook, ""),
            ("tuta", "mastodon", mastodon, ""),
        ):
            self.add(name, platform, fake.history()["handle"], "TOKEN", api_base=fake.base + path)
        self.add("himlen", "bluesky", person.handle, "BSKY", api_base=bluesky.pds, plc_base=bluesky.plc)

    def add(self, name: str, platform: str, handle: str, variable: str, **more: str) -> None:
        """One account of the municipality's board."""
        values = {"name": name, "platform": platform, "handle": handle, "authority": "kommunstyrelsen"}
        self.archive.add_account({**values, "credentials_env": variable, **more})

    def films(self) -> dict[str, dict[str, Any]]:
        """Every film by its title."""
        return {one["title"]: one for one in self.archive.json("deposit", "films", "--all", codes=(0, 3))["films"]}


@pytest.fixture
def municipality(
    openssh_server: SftpServer, kb_receipts: KbReceipts, film_files: Mapping[str, Path], tmp_path: Path
) -> Municipality:
    """A home that delivers to OpenSSH and reads receipts, with nothing published."""
    archive = Archive(tmp_path / "hem", {"KB_KEY": str(openssh_server.key_file)})
    archive.init()
    there = openssh_server.below(f"kb-{time.monotonic_ns()}")
    with (archive.home / "bevara.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            _SETTINGS.format(
                host=openssh_server.host,
                port=openssh_server.port,
                user=openssh_server.user,
                path=f"{openssh_server.path}/{there.name}",
                host_key=openssh_server.host_key,
                receipts=kb_receipts.url,
            )
        )
    (archive.home / "original").mkdir()
    archive.run("person", "add", WHO, "kommunikatör")
    return Municipality(archive, film_files, there)


def killed_in_transfer(archive: Archive, folder: Path, delivery: str) -> Path:
    """Start a delivery, SIGKILL it while the file is coming, and say what it left behind."""
    with archive.start("deposit", "deliver", delivery) as child:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and child.poll() is None:
            coming = [one for one in folder.iterdir() if one.name.endswith(".part") and one.stat().st_size > 2 << 20]
            if coming:
                child.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    (left,) = [one for one in folder.iterdir() if one.name.endswith(".part")]
    return left


def packages_in(tar: Path) -> dict[int, str]:
    """Film number → OBJID, read from a delivery as it lies at the receiver's."""
    found = {}
    with tarfile.open(tar) as opened:
        for member in opened:
            if member.name.endswith("/sip.xml"):
                stream = opened.extractfile(member)
                assert stream is not None
                number = re.search(rb"film-(\d+)", stream.read())
                assert number is not None
                found[int(number[1])] = member.name.partition("/")[0]
    return found


def test_ten_films_reach_the_library(
    municipality: Municipality,
    fakes: Callable[..., RunningFake],
    bluesky: Network,
    kb_receipts: KbReceipts,
    tmp_path: Path,
) -> None:
    """Harvested, proposed, decided, packaged, delivered in spite of a kill, one rejected and sent anew, all closed."""
    archive, receiver = municipality.archive, municipality.receiver
    municipality.publish(fakes, bluesky, datetime.now(UTC))
    answer = archive.json("harvest", codes=(0, 3))
    assert [one["name"] for one in answer["accounts"] if not one["complete"]] == []

    # Found: ten films in eleven or more places, posts without films are none.
    films = municipality.films()
    assert set(films) == set(TITLES.values())
    shown = {title: sorted(one["account"] for one in film["channels"]) for title, film in films.items()}
    assert shown[TITLES["captions.mp4"]] == ["kanalen", "sidan"]
    assert shown[TITLES["silent.mp4"]] == ["himlen", "sidan"]
    assert all(film["proposal"]["answer"] in {"yes", "no", "ask"} for film in films.values())
    assert all(film["days_left"] > 0 and not film["overdue"] for film in films.values())
    number = {name: str(films[title]["number"]) for name, title in TITLES.items()}

    # The owners' files: one by its number; one fits several films and is not guessed, but brought by hand.
    originals = archive.home / "original"
    padded(municipality.files["plain.mp4"], originals / f"film-{number['plain.mp4']}.mp4")
    shutil.copy(municipality.files["vertical.mp4"], originals / "DSC_0001.mp4")
    old = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    for one in originals.iterdir():
        os.utime(one, (old, old))
    taken = archive.json("deposit", "originals", "--as", WHO, codes=(3,))
    assert (taken["taken"], [one["name"] for one in taken["files"]]) == (1, ["DSC_0001.mp4"])
    by_hand = ("deposit", "original", str(originals / "DSC_0001.mp4"), number["vertical.mp4"], "--as", WHO)
    assert archive.json(*by_hand)["taken"] == 1
    assert archive.json("deposit", "show", number["vertical.mp4"])["film"]["file"]["original"]

    # Decided by a named person: two are not delivered, and that stops their clock.
    yes = [number[name] for name in TITLES if name not in {"voice.m4a", "voice.ogg"}]
    no = [number["voice.m4a"], number["voice.ogg"]]
    archive.json("deposit", "decide", *yes, "yes", "--reason", "Informationsfilmer, avslutade", "--as", WHO)
    declined = archive.json("deposit", "decide", *no, "no", "--reason", "Inga publikationer", "--as", WHO)
    assert all(one["standing"] == "declined" and one["stopped"] for one in declined["films"])

    # Packaged: the same intent gives the same bytes, in another copy of the home too.
    archive.at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    twin = tmp_path / "tvilling"
    shutil.copytree(archive.home, twin / "hem")
    shutil.copy(archive.home.parent / "hem.key", twin / "hem.key")
    built = archive.json("deposit", "package", *yes, "--as", WHO)["delivery"]
    again = replace(archive, home=twin / "hem").json("deposit", "package", *yes, "--as", WHO)["delivery"]
    assert (built["standing"], built["sha256"], built["size"]) == ("packaged", again["sha256"], again["size"])
    assert built["size"] > LARGE

    # Delivered: killed in mid-transfer, and taken up where it was cut.
    left = killed_in_transfer(archive, receiver, built["id"])
    begun = left.stat()
    assert 0 < begun.st_size < built["size"]
    assert archive.json("deposit", "status")["deliveries"][0]["standing"] == "delivering"
    (done,) = archive.json("deposit", "deliver")["deliveries"]
    assert (done["delivery"]["standing"], done["arrival"]["sha256"]) == ("delivered", built["sha256"])
    lies = receiver / built["name"]
    assert lies.stat().st_ino == begun.st_ino  # the part that had come became the file
    assert archive.json("deposit", "check", str(lies))["valid"]

    # Answered: one is rejected, opened again and delivered in another delivery; then KB has them all.
    objids = packages_in(lies)
    assert sorted(objids) == sorted(int(one) for one in yes)
    refused = int(number["turned.mp4"])
    for film, objid in objids.items():
        kind = "rejected" if film == refused else "accepted"
        kb_receipts.say_of(built["id"], objid, kind, reference=f"KB-{film}", message="Fel i bilden")
    archive.json("deposit", "receipts", codes=(0, 3))
    standing = {one["number"]: one["standing"] for one in municipality.films().values()}
    assert {standing[int(one)] for one in yes if int(one) != refused} == {"accepted"}
    assert standing[refused] == "rejected"
    second = archive.json("deposit", "package", str(refused), "--as", WHO)["delivery"]
    assert second["id"] != built["id"]
    archive.json("deposit", "deliver")
    kb_receipts.say(second["id"], "accepted", reference="KB-2")
    archive.json("deposit", "receipts", codes=(0, 3))
    assert archive.json("deposit", "films")["films"] == []
    seen = archive.json("deposit", "seen", str(refused), "--libris", "8qtl61l15zxsq7b", "--as", WHO)["films"]
    assert seen[0]["standing"] == "seen"

    # What was told stands in the archive alone.
    state = (archive.home / "state" / "bevara.db").read_bytes()
    assert not [title for title in TITLES.values() if title.encode() in state]
    assert b"Fel i bilden" not in state


def test_the_night_keeps_the_clock(municipality: Municipality, fakes: Callable[..., RunningFake]) -> None:
    """Undecided films are told with their days, overdue ones aloud; a decision no stops it; nothing is culled meanwhile."""
    archive = municipality.archive
    facebook = fakes("facebook")
    made = datetime(2025, 11, 30, 12, tzinfo=UTC)
    facebook.clock(made + timedelta(hours=1))
    facebook.act("post", at=made.isoformat(), text=TITLES["turned.mp4"], media=[_facebook(municipality)])
    archive.environment["TOKEN"] = "hemlig-nyckel-0123456789abcdef"
    municipality.add("sidan", "facebook", facebook.history()["handle"], "TOKEN", api_base=facebook.base)
    told = {}
    for day in (
        datetime(2025, 12, 1, 2, tzinfo=UTC),
        datetime(2026, 2, 21, 2, tzinfo=UTC),
        datetime(2026, 3, 1, 2, tzinfo=UTC),
    ):
        archive.at = day
        facebook.clock(day)
        night = archive.json("nightly", codes=(0, 3))
        told[day.date().isoformat()] = {
            one["code"]: one for one in night["findings"] if one["code"] in {"L220", "L221", "L222", "L223"}
        }
        counts = night["deposited"]
    assert set(told["2025-12-01"]) == {"L223"}
    assert told["2026-02-21"]["L222"]["parameters"] == {"count": 1, "films": "1", "worst": 1, "days": 7, "within": 7}
    assert told["2026-03-01"]["L221"]["severity"] == "error"
    assert (counts["undecided"], counts["overdue"]) == (1, 1)
    (film,) = archive.json("deposit", "films", codes=(0, 3))["films"]
    assert (film["last_day"], film["days_left"]) == ("2026-02-28", -1)
    archive.json("deposit", "decide", "1", "no", "--reason", "Kort klipp, ingen publikation", "--as", WHO)
    quiet = archive.json("nightly", codes=(0, 3))
    assert not {"L221", "L222", "L223"} & {one["code"] for one in quiet["findings"]}
    shown = archive.json("deposit", "show", "1")["film"]
    assert "Kort klipp" in json.dumps(shown, ensure_ascii=False)


def _facebook(municipality: Municipality) -> dict[str, str]:
    return medium(municipality.files["turned.mp4"], "video", "video/mp4")
