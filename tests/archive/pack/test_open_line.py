"""Packages handed on by FTP: the profile names it, the delivery arrives, and that the line is open is told each time."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from flows.__main__ import main
from tests.archive.pack.dock import Dock
from tests.servers.ftp import PASSWORD, USER, FtpServer


def _deliver(dock: Dock) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr("sys.argv", ["bevara", "--home", str(dock.root / "hem"), "--json", "archive", "deliver"])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), json.loads(out.getvalue())["deliveries"][0]


@pytest.mark.parametrize(("kind", "codes"), [("ftp", ["A238"]), ("ftps", [])])
def test_an_open_line_is_told_and_used(
    dock: Dock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str, codes: list[str]
) -> None:
    """A package goes by FTP or FTPS to the profile's folder; plain FTP adds a warning, and is done all the same."""
    server: FtpServer = request.getfixturevalue(f"{kind}_server")
    monkeypatch.setenv("ARKIV_ORD", PASSWORD)
    folder = server.below(f"arkiv-{dock.root.parent.name}")
    assert dock.package().done
    dock.profile("arkiv", 'form = "eark"')
    profile = dock.root / "hem" / "profiles" / "arkiv.toml"
    receiver = {"kind": kind, "host": server.host, "path": folder.name, "user": USER, "password_env": "ARKIV_ORD"}
    if server.ca_file:
        receiver["ca_file"] = str(server.ca_file)
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in receiver.items()]
    profile.write_text(f"{profile.read_text('utf-8')}[receiver]\nport = {server.port}\n{''.join(lines)}", "utf-8")

    code, seen = _deliver(dock)

    assert (code, [one["code"] for one in seen["findings"]]) == (0, codes)
    assert (seen["package"]["standing"], seen["arrival"]["place"]) == ("delivered", f"{kind}:127.0.0.1")
    there = folder / seen["arrival"]["name"]
    assert hashlib.sha256(there.read_bytes()).hexdigest() == seen["arrival"]["sha256"]
