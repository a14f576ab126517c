"""``deposit check`` on the command line: its answer in text and JSON, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import run
from flows.exits import DONE, FINDINGS, USAGE
from schemas.refusal import RefusedError
from tests.deposit.test_check_places import BOTH, laid, tar
from tests.standards import standards
from tests.xml.publications import PLAIN, packed


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No home is named, and no folder of schemas."""
    monkeypatch.delenv("BEVARA_HOME", raising=False)
    monkeypatch.delenv("BEVARA_SCHEMAS_DIR", raising=False)


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON that was printed."""
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_valid_gives_exit_0_and_the_promised_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A delivery, a package and a lone sip.xml, all good: exit 0, one object with exactly the promised keys."""
    (tmp_path / "l.tar").write_bytes(tar(BOTH))
    (tmp_path / "sip.xml").write_bytes(packed(PLAIN)["sip.xml"])
    for path in (tmp_path / "l.tar", laid(packed(PLAIN), tmp_path / "paket"), tmp_path / "sip.xml"):
        assert run(["deposit", "check", str(path), "--schemas", str(standards()), "--json"]) == DONE
        said = answer(capsys)
        assert set(said) == {"valid", "profile", "findings"}
        assert said["valid"] is True
        assert said["profile"] == "FGS-PUBL"
        assert {one["severity"] for one in said["findings"]} <= {"info"}


def test_faults_give_exit_3_with_code_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed film: exit 3, and the finding has code, severity, location and a Swedish text, as in archive check."""
    folder = laid({**packed(PLAIN), "film.mp4": b"FILM"}, tmp_path / "paket")
    assert run(["deposit", "check", str(folder), "--json"]) == FINDINGS
    said = answer(capsys)
    assert said["valid"] is False
    first = said["findings"][0]
    assert set(first) == {"code", "severity", "location", "text"}
    assert (first["code"], first["severity"]) == ("BV-DIGEST", "error")
    assert first["location"].endswith("→ film.mp4")
    assert "kontrollsumma" in first["text"]
    assert run(["deposit", "check", str(folder)]) == FINDINGS
    assert capsys.readouterr().out.startswith("paket: INTE godkänt som FGS-PUBL\n\nFEL – 1 fel\n  BV-DIGEST")


def test_what_is_no_package_gives_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A film and an empty folder: exit 2, in JSON an empty profile; nothing at the path is refused."""
    (tmp_path / "film.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    (tmp_path / "tom").mkdir()
    for name in ("film.mp4", "tom"):
        assert run(["deposit", "check", str(tmp_path / name), "--json"]) == USAGE
        said = answer(capsys)
        assert (said["valid"], said["profile"]) == (False, "")
    with pytest.raises(RefusedError, match="PATH"):
        run(["deposit", "check", str(tmp_path / "inget")])
    with pytest.raises(RefusedError, match="--schemas"):
        run(["deposit", "check", str(tmp_path / "tom"), "--schemas", str(tmp_path / "inget")])


def test_a_feed_is_checked_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An RSS file goes by the feed's rules, and has its own profile."""
    (tmp_path / "e-plikt.xml").write_bytes(b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel/></rss>')
    assert run(["deposit", "check", str(tmp_path / "e-plikt.xml"), "--json"]) == FINDINGS
    said = answer(capsys)
    assert "RSS" in said["profile"]
    assert said["findings"]


def test_archive_check_still_takes_packages_alone(tmp_path: Path) -> None:
    """A lone sip.xml is nothing to the e-archive's check."""
    (tmp_path / "sip.xml").write_bytes(packed(PLAIN)["sip.xml"])
    with pytest.raises(RefusedError, match="PATH"):
        run(["archive", "check", str(tmp_path / "sip.xml")])
