"""Serve one fake platform: its own paths, and ``/_control/…`` to steer it.

``python -m tests.servers.world <platform> --port 0 [--page N] [--options JSON] [--seed N]`` prints ``{"port": …}``.

| path | body | does |
| --- | --- | --- |
| ``/_control/act`` | one operation or a list | lets things happen; gives ``{"items": […]}`` |
| ``/_control/clock`` | ``{"now": ISO}`` | sets the time |
| ``/_control/misbehave`` | fields of ``Misbehaviour`` | sets them; what is not named behaves well |
| ``/_control/token`` | ``{"token", "moderating", "expires"}`` | the tokens that are accepted, and when they end |
| ``/_control/campaigns`` | list of ``Fake.campaigns`` | what is advertised from now on |
| ``/_control/reset`` | anything | an empty world |
| ``/_control/world`` | (GET) | the whole history |
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import importlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.world import KINDS, Fake, Item, Kind, Medium, Misbehaviour, Reply, Request, Role

_CONTROL = "/_control/"
COOKIE = "session_hemlig"
"""Name of the cookie that every answer of the platform sets; nobody may keep it."""


class Operations:
    """What can happen in a world. Every operation may have ``at`` (ISO time); without it, it happens now.

    - ``post``, ``story`` (``text``, ``media``), ``visitor_post``, ``mention``, ``message`` (``author``, ``text``)
    - ``comment``, ``reply`` (``parent``, ``author``, ``text``): below an item; no author = the first of the people
    - ``edit`` (``id``, ``text``), ``hide``, ``unhide`` (``id``), ``delete`` (``id``, ``by``)
    - ``like`` (``id``, ``count``), ``attach`` (``id``, ``media``)

    ``author`` is a person's id, ``own`` for our account, or None for somebody who is not named. ``media`` is a list
    of ``{"role", "media_type", "alt", "language", "data" (base64)}``. ``id`` may be chosen when something is made.
    """

    def __init__(self, fake: Fake, capabilities: frozenset[str]) -> None:
        self._fake = fake
        self._orphans = "orphans" in capabilities

    def run(self, values: Mapping[str, Any]) -> Item:
        """Do one. Raises KeyError or ValueError on what cannot be done."""
        op = values["op"]
        at = datetime.fromisoformat(values["at"]) if "at" in values else self._fake.world.now
        if op in ("comment", "reply"):
            return self._make("comment", values, at)
        if op in KINDS:
            return self._make(cast("Kind", op), values, at)
        item = self._fake.world.items[str(values["id"])]
        if op == "edit":
            item.edits.append((at, values["text"]))
        elif op in ("hide", "unhide"):
            item.hidden.append((at, op == "hide"))
        elif op == "delete":
            self._delete(item, at, values.get("by", "author"))
        elif op == "like":
            item.likes += int(values.get("count", 1))
        elif op == "attach":
            item.media.extend(self._medium(item.id, one, len(item.media)) for one in values["media"])
        else:
            raise ValueError(f"unknown operation {op}")
        return item

    def _make(self, kind: Kind, values: Mapping[str, Any], at: datetime) -> Item:
        world = self._fake.world
        parent = world.items[str(values["parent"])] if values.get("parent") is not None else None
        author_id = values.get("author", "own" if kind in ("post", "story") else world.people[0].id)
        author = world.own if author_id == "own" else world.person(author_id) if author_id is not None else None
        if author_id is not None and author is None:
            raise ValueError(f"nobody has the id {author_id}")
        name = str(values.get("id") or 5_000_000_001 + 7 * len(world.items))
        if name in world.items:
            raise ValueError(f"there is an item {name} already")
        item = Item(
            id=name,
            kind=kind,
            author=author,
            text=values.get("text", ""),
            created=at,
            parent=None if parent is None else parent.id,
            root=None if parent is None else parent.root or parent.id,
        )
        for number, one in enumerate(values.get("media", ())):
            item.media.append(self._medium(name, one, number))
        world.items[name] = item
        return item

    def _medium(self, item_id: str, values: Mapping[str, Any], number: int) -> Medium:
        return Medium(
            id=str(values.get("id") or f"{item_id}{number:02}"),
            role=cast("Role", values.get("role", "picture")),
            media_type=values.get("media_type", "image/png"),
            alt=values.get("alt"),
            language=values.get("language", ""),
            data=base64.b64decode(values.get("data", "")),
        )

    def _delete(self, item: Item, at: datetime, by: str) -> None:
        if item.deleted is None:
            item.deleted, item.deleted_by = at, by
        if not self._orphans:
            for below in [one for one in self._fake.world.items.values() if one.parent == item.id]:
                self._delete(below, at, by)


class Control:
    """The part of a fake's server that tests talk to."""

    def __init__(self, fake: Fake, capabilities: frozenset[str]) -> None:
        self.fake = fake
        self.operations = Operations(fake, capabilities)
        self._doings: dict[str, Callable[[Any], dict[str, Any]]] = {
            "act": self._act,
            "clock": self._clock,
            "misbehave": self._misbehave,
            "token": self._token,
            "campaigns": self._campaigns,
            "reset": self._reset,
            "world": lambda _: self.fake.history(),
        }

    def answer(self, name: str, body: bytes) -> Reply:
        """Do what is asked; 400 names what cannot be done."""
        doing = self._doings.get(name)
        if doing is None:
            return Reply.json({"error": f"unknown: {name}"}, 404)
        try:
            return Reply.json(doing(json.loads(body) if body else None))
        except (KeyError, ValueError, TypeError) as error:
            return Reply.json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _act(self, values: Any) -> dict[str, Any]:
        done = [self.operations.run(one) for one in (values if isinstance(values, list) else [values])]
        return {"items": [{"id": item.id, "native": self.fake.native(item)} for item in done]}

    def _clock(self, values: Any) -> dict[str, Any]:
        self.fake.world.now = datetime.fromisoformat(values["now"])
        return {}

    def _misbehave(self, values: Any) -> dict[str, Any]:
        self.fake.misbehaviour = Misbehaviour(**values)
        return {}

    def _token(self, values: Any) -> dict[str, Any]:
        self.fake.world.token = values.get("token") or self.fake.world.token
        self.fake.world.moderating = values.get("moderating") or self.fake.world.moderating
        self.fake.world.expires = datetime.fromisoformat(values["expires"]) if values.get("expires") else None
        return {}

    def _campaigns(self, values: Any) -> dict[str, Any]:
        self.fake.campaigns = [dict(one) for one in values]
        return {}

    def _reset(self, _: Any) -> dict[str, Any]:
        self.fake.reset()
        return {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], fake: Fake, control: Control) -> None:
        super().__init__(address, _Handler)
        self.fake = fake
        self.control = control
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        # Two slashes at the front would read as a host.
        parts = urlsplit("/" + self.path.lstrip("/"))
        cut, manner, seconds = False, "", 0.0
        with self.server.lock:
            if parts.path.startswith(_CONTROL):
                reply = self.server.control.answer(parts.path.removeprefix(_CONTROL), body)
            else:
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = parse_qs(parts.query, keep_blank_values=True)
                request = Request(self.command, unquote(parts.path), query, headers, body)
                reply, cut = self.server.fake.respond(request)
                manner, seconds = self.server.fake.manner, self.server.fake.misbehaviour.seconds
                cookie = f"{COOKIE}={self.server.fake.secret('cookie')}; Path=/"
                reply = Reply(reply.status, {"Set-Cookie": cookie, **reply.headers}, reply.body)
        if manner == "lost":
            self.close_connection = True
            return
        if manner == "late":
            time.sleep(seconds)
        for _ in range(2 if manner == "twice" else 1):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._send(reply, cut=cut)

    def _send(self, reply: Reply, *, cut: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if cut else reply.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def populate(operations: Operations, seed: int) -> None:
    """A few posts with comments, to try a fake by hand."""
    chance = random.Random(seed)
    world = operations._fake.world
    for number in range(5):
        at = world.now - timedelta(days=10 - number, minutes=chance.randrange(600))
        post = operations.run({"op": "post", "text": f"Nyhet {number} från kommunen", "at": at.isoformat()})
        for step in range(chance.randrange(4)):
            when = (at + timedelta(minutes=5 + step)).isoformat()
            operations.run({"op": "comment", "parent": post.id, "text": f"Fråga {step}", "at": when})


def main(arguments: Sequence[str]) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.world")
    parser.add_argument("platform")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page", type=int, default=3)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--until-eof", action="store_true", help="end when standard input is closed")
    wanted = parser.parse_args(arguments)
    module = importlib.import_module(f"tests.servers.{wanted.platform}")
    fake: Fake = module.FAKE(page=wanted.page, options=wanted.options)
    control = Control(fake, frozenset(getattr(module, "CAPABILITIES", ())))
    if wanted.seed is not None:
        populate(control.operations, wanted.seed)
    server = _Server(("127.0.0.1", wanted.port), fake, control)
    fake.base = f"http://127.0.0.1:{server.server_port}"
    if wanted.until_eof:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


def _end_with_parent() -> None:
    """Nobody is left to stop this process when standard input is closed."""
    sys.stdin.read()
    os._exit(0)
