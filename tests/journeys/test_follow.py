"""Following a real Bluesky network: what lives less than a minute is in the archive, and the night agrees."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.commands import Archive
from tests.journeys.test_bluesky import archive_at
from tests.servers.bluesky_people import Network, picture


def wait_for(check: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.3)


def state_of(archive: Archive) -> dict[str, str]:
    """Native id → visibility, by the newest row that tells it."""
    rows = [row for row in archive.rows() if row.row != "observation"]
    return {row.native: row.state for row in sorted(rows, key=lambda row: (row.observed, row.row == "sighting"))}


def text_of(archive: Archive, native: str) -> str:
    """The newest text of an item."""
    versions = [row for row in archive.rows() if row.native == native and row.row == "version"]
    return max(versions, key=lambda row: row.version).text or "" if versions else ""


def ended(process: Any) -> dict[str, Any]:
    """What the follower says at its end."""
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 3), err
    (account,) = json.loads(out)["accounts"]
    return dict(account)


def test_what_lives_less_than_a_minute(bluesky: Network, tmp_path: Path) -> None:
    """A reply written and deleted while we listen, or while we were away, is archived with its removal."""
    kommun, nils = bluesky.person("foljd-kommun"), bluesky.person("foljd-nils")
    root = kommun.post("Frågestund i dag")
    bluesky.wait_until_indexed()
    archive = archive_at(tmp_path / "follow", bluesky, kommun, kommun.app_password("follow"))
    assert archive.harvest()["complete"]

    with archive.start("--json", "follow", "kommunen") as process:
        probes = [kommun.post("Nu lyssnar vi")]
        while not {one.uri for one in probes} & state_of(archive).keys() and len(probes) < 30:
            time.sleep(1.5)
            probes.append(kommun.post("Lyssnar vi nu?"))
        brief = nils.reply(root, "Ett svar som ångras 🙈", images=[(picture(), "Bild")])
        kept = nils.reply(root, "Ett svar som ändras")
        edited = nils.edit(kept, text="Ett svar som har ändrats")
        nils.post("Något helt annat")
        nils.delete(brief)
        kommun.edit(root, text="Frågestund i morgon")
        wait_for(lambda: state_of(archive).get(brief.uri) == "gone" and kept.uri in state_of(archive))
        wait_for(lambda: text_of(archive, root.uri) == "Frågestund i morgon")
        process.send_signal(signal.SIGTERM)
        account = ended(process)
    assert account["gone"] == 1
    assert account["new"] >= 3
    assert text_of(archive, kept.uri) == "Ett svar som har ändrats"
    assert edited.uri == kept.uri
    rows = [row for row in archive.rows() if row.native == brief.uri]
    assert [(row.row, row.state, row.evidence) for row in rows if row.row != "observation"] == [
        ("version", "seen", None),
        ("sighting", "gone", "removed-by-author"),
    ]
    assert rows[0].author == nils.handle

    away = nils.reply(root, "Skrivet medan ingen lyssnade")
    nils.delete(away)
    known = [probe for probe in probes if probe.uri in state_of(archive)]
    for probe in probes:
        kommun.delete(probe)
    with archive.start("--json", "follow", "--for", "5") as process:
        account = ended(process)
    assert (account["new"], account["gone"]) == (1, 1 + len(known))
    assert state_of(archive)[away.uri] == "gone"

    bluesky.wait_until_indexed()
    night = archive.harvest("--full")
    assert night["complete"], night
    assert (night["new"], night["edited"], night["hidden"], night["gone"]) == (0, 0, 0, 0), night
    assert archive.json("verify", "--deep")["clean"]
