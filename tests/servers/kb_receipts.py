"""A fake of KB's receipts API: HTTP on loopback, in threads of its own, saying what a test has told it.

KB's address and form are not public. This one answers as ``schemas.deposit.ReceiptSettings`` presumes:
``GET /api/deliveries/<delivery id>/receipt``. A delivery that nobody has spoken of is 404. Wrong answers are a test's
own (``answer``) or one of these faults (``fail``):

* ``status-NNN``: that status, with a JSON body that says so. ``html``: a page. ``cut``: the body ends too early.
* ``drop``: the line is closed without an answer. ``slow``: nothing comes until the server stops.
* ``huge``: a body without end. ``deep``: JSON nested 100,000 deep. ``elsewhere``: a redirect to another host.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from schemas.deposit import ReceiptSettings

USER = "arvika"
PASSWORD = "hemligt-prov"
TOKEN = "bevis-prov"
_MUCH = b" " * (1 << 20)


@dataclass(slots=True)
class KbReceipts:
    """The API as tests see it.

    Attributes:
        url: its address, without a slash at the end. asked: delivery ids in the order they were asked for.
        login: what must be in ``Authorization``; empty = nobody is turned away.
    """

    url: str = ""
    asked: list[str] = field(default_factory=list)
    login: str = ""
    _said: dict[str, dict[str, Any]] = field(default_factory=dict)
    _raw: dict[str, bytes] = field(default_factory=dict)
    _fault: str = ""
    _over: threading.Event = field(default_factory=threading.Event)

    def settings(self, **more: Any) -> ReceiptSettings:
        """Settings that read receipts here, as they stand in ``[deposit.receipts]``."""
        return ReceiptSettings(**{"address": f"{self.url}/api/deliveries/{{delivery}}/receipt", **more})

    def say(self, delivery: str, status: str, *, reference: str = "", message: str = "") -> None:
        """KB says this of the whole delivery from now on; what it says of its packages stays."""
        before = self._said.get(delivery, {})
        self._said[delivery] = {
            "delivery": delivery,
            "status": status,
            "reference": reference,
            "message": message,
            "packages": before.get("packages", []),
        }

    def say_of(self, delivery: str, objid: str, status: str, *, reference: str = "", message: str = "") -> None:
        """KB says this of one package of the delivery from now on; of the whole it has at least received it."""
        if delivery not in self._said:
            self.say(delivery, "received")
        others = [one for one in self._said[delivery]["packages"] if one["objid"] != objid]
        own = {"objid": objid, "status": status, "reference": reference, "message": message}
        self._said[delivery]["packages"] = [*others, own]

    def answer(self, delivery: str, body: object) -> None:
        """The answer about the delivery is this from now on: bytes as they are, everything else as JSON."""
        self._raw[delivery] = body if isinstance(body, bytes) else json.dumps(body).encode()

    def ask_login(self, kind: str) -> None:
        """Let in who shows the user's password (``basic``) or the token (``bearer``) alone; empty = everybody."""
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode("ascii")
        self.login = {"basic": f"Basic {pair}", "bearer": f"Bearer {TOKEN}", "": ""}[kind]

    def fail(self, fault: str) -> None:
        """What goes wrong from now on; empty = nothing."""
        self._fault = fault

    def clear(self) -> None:
        """Forget everything that was said and asked."""
        self.asked.clear()
        self._said.clear()
        self._raw.clear()
        self.login = self._fault = ""


@pytest.fixture(scope="session")
def _kb_receipts_server() -> Iterator[KbReceipts]:
    api = KbReceipts()

    class Handler(_Handler):
        """Requests of this server."""

        kb = api

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api._over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def kb_receipts(_kb_receipts_server: KbReceipts) -> Iterator[KbReceipts]:
    """A running receipts API to which nobody has said anything."""
    _kb_receipts_server.clear()
    yield _kb_receipts_server
    _kb_receipts_server.clear()


class _Handler(BaseHTTPRequestHandler):
    """Answers as it is told."""

    kb: KbReceipts
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def do_GET(self) -> None:
        """One question about one delivery."""
        parts = urlsplit(self.path).path.split("/")
        delivery = unquote(parts[3]) if parts[1:3] == ["api", "deliveries"] and parts[4:] == ["receipt"] else ""
        self.kb.asked.append(delivery)
        if self.kb._fault:
            self._fail(self.kb._fault)
        elif self.kb.login and self.headers.get("Authorization") != self.kb.login:
            self._send(401, {"error": "unauthorized"})
        elif delivery in self.kb._raw:
            self._send(200, self.kb._raw[delivery])
        elif delivery in self.kb._said:
            self._send(200, self.kb._said[delivery])
        else:
            self._send(404, {"error": "not found"})

    def _send(self, status: int, body: object, kind: str = "application/json", *, length: int | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def _fail(self, fault: str) -> None:
        self.close_connection = True
        if fault.startswith("status-"):
            self._send(int(fault[7:]), {"error": fault})
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><title>Logga in</title>", "text/html")
        elif fault == "cut":
            self._send(200, b'{"status": "acc', length=1000)
        elif fault == "slow":
            self.kb._over.wait(60)
        elif fault == "deep":
            self._send(200, b'{"status":' * 100_000)
        elif fault == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif fault == "huge":
            self._flood()

    def _flood(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while not self.kb._over.is_set():
                self.wfile.write(_MUCH)
        except OSError:
            return
