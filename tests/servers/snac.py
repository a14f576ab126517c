"""The snac2 server of the shared test servers: a real, sloppy Mastodon API with two users, started once per session.

Found by ``BEVARA_TEST_SERVERS`` (default ``../shared/servers`` beside the project). What it installs stays in
``.servers`` (kept out of git) for the next run; every start begins with an empty server. Where it cannot be
installed the tests are skipped with the reason.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[2]
_SERVERS = Path(os.environ.get("BEVARA_TEST_SERVERS") or ROOT.parent / "shared" / "servers")
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_PATIENCE = 10
"""Seconds for one request."""


@dataclass(slots=True)
class SnacUser:
    """One user of the server, with a token.

    Attributes:
        base: address of the server. handle: user name. token: access token.
    """

    base: str
    handle: str
    token: str

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """One request with the user's token; the decoded JSON. A fresh connection, since snac drops kept ones."""
        answer = requests.request(
            method,
            self.base + path,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=_PATIENCE,
            **arguments,
        )
        answer.raise_for_status()
        return answer.json()

    def post(self, text: str, *, reply_to: str = "", media: tuple[str, ...] = (), **more: str) -> dict[str, Any]:
        """Write a status; ``reply_to`` is a status id (of this moment), ``media`` ids of uploads."""
        values: dict[str, Any] = {"status": text, "visibility": "public", "media_ids[]": list(media), **more}
        if reply_to:
            values["in_reply_to_id"] = reply_to
        return dict(self.call("POST", "/api/v1/statuses", data=values))

    def edit(self, status: str, text: str) -> dict[str, Any]:
        """Change a status; its id changes with it."""
        return dict(self.call("PUT", f"/api/v1/statuses/{status}", json={"status": text}))

    def upload(self, data: bytes, name: str, description: str, kind: str = "image/png") -> str:
        """Upload an attachment with an alt text; its id, for ``post``."""
        answer = self.call(
            "POST", "/api/v1/media", files={"file": (name, data, kind)}, data={"description": description}
        )
        return str(answer["id"])

    def favourite(self, status: str) -> dict[str, Any]:
        """Like a status; 404 until the server has delivered it to this user."""
        return dict(self.call("POST", f"/api/v1/statuses/{status}/favourite"))


@dataclass(slots=True)
class Snac:
    """The running server.

    Attributes:
        url: its address. users: by user name (``kommun``, ``medborgare``).
    """

    url: str
    users: Mapping[str, SnacUser] = field(default_factory=dict)

    @property
    def kommun(self) -> SnacUser:
        """The municipality."""
        return self.users["kommun"]

    @property
    def medborgare(self) -> SnacUser:
        """A visitor."""
        return self.users["medborgare"]


@pytest.fixture(scope="session")
def snac() -> Iterator[Snac]:
    """A running, empty snac2 with a token for each user; one per session, so tests tell their own items apart."""
    start = _SERVERS / "snac" / "start.sh"
    if not start.is_file():
        pytest.skip(f"snac2: no start script in {_SERVERS.name}/snac; set BEVARA_TEST_SERVERS")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # A folder of its own per worker process would install twice; the port tells whose run it is.
    home = ROOT / ".servers"
    environment = {**os.environ, "BEVARA_SERVERS": str(home), "BEVARA_SNAC_PORT": str(port)}
    stop = [str(_SERVERS / "snac" / "stop.sh")]
    subprocess.run(stop, env=environment, capture_output=True, timeout=60, check=False)
    for _ in range(3):  # on a busy machine the script may look for its process before that has taken its name
        begun = subprocess.run([str(start)], env=environment, capture_output=True, text=True, timeout=600, check=False)
        if begun.returncode == 0:
            break
    if begun.returncode:
        pytest.skip(f"snac2 cannot be installed or started: {begun.stderr.strip().splitlines()[-1:]}")
    try:
        settings = _settings(home / "snac" / "run" / "server.env")
        url = settings["BEVARA_SNAC_URL"]
        users = {
            name: SnacUser(url, name, _token(url, name, settings[f"BEVARA_SNAC_{name.upper()}_PASSWORD"]))
            for name in ("kommun", "medborgare")
        }
        yield Snac(url, users)
    finally:
        subprocess.run(stop, env=environment, capture_output=True, timeout=60, check=False)


def _settings(path: Path) -> dict[str, str]:
    """Shell assignments, one per line."""
    words = shlex.split(path.read_text("utf-8"), comments=True)
    return dict(word.partition("=")[::2] for word in words)


def _token(url: str, user: str, password: str) -> str:
    """Log in through the OAuth form, as a person would."""
    asked = {"client_name": "test", "redirect_uris": _OUT_OF_BAND, "scopes": "read write"}
    app = requests.post(f"{url}/api/v1/apps", data=asked, timeout=_PATIENCE).json()
    wanted = {
        "client_id": app["client_id"],
        "redirect_uri": _OUT_OF_BAND,
        "response_type": "code",
        "scope": "read write",
    }
    page = requests.get(f"{url}/oauth/authorize", params=wanted, timeout=_PATIENCE).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page))
    action = re.search(r'<form method="post" action="([^"]*)"', page)
    assert action, "snac's log-in form has changed"
    # Without a redirect address the answer is the code itself.
    code = requests.post(action[1], data={**hidden, "login": user, "passwd": password}, timeout=_PATIENCE).text.strip()
    got = requests.post(
        f"{url}/oauth/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "redirect_uri": _OUT_OF_BAND,
        },
        timeout=_PATIENCE,
    ).json()
    return str(got["access_token"])
