"""One invented world for every fake platform: people, items, time, and how a server misbehaves.

A fake platform is a module ``tests.servers.<platform>`` with a subclass of ``Fake``, named by its constant ``FAKE``.
``python -m tests.servers.world <platform> --port 0`` serves it (``tests.servers.world_process``), a test steers it by
``RunningFake`` (``tests.servers.world_client``). The module may also have

- ``CAPABILITIES``: operations that make sense there (see ``OPERATIONS``);
- ``VARIANTS``: list of account file values, each a way of its own to harvest the platform (``{"options": {…}}``);
- ``API_PATH``: what follows the host in ``api_base``;
- ``PLATFORM``: name of the connector, where it is not the module's name.

A function of the module named like one of ``Fake.native``, ``text``, ``kind``, ``states`` or ``shows`` is used instead
of that method.
"""

from __future__ import annotations

import hashlib
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.servers.world_client import RunningFake
from tests.servers.world_items import (
    BEGINNING,
    KINDS,
    OWN,
    PEOPLE,
    STORY_LIVES,
    Item,
    Kind,
    Medium,
    Person,
    Role,
    World,
    by_time,
)

__all__ = (
    "BEGINNING",
    "KINDS",
    "OPERATIONS",
    "OWN",
    "PEOPLE",
    "STORY_LIVES",
    "Fake",
    "Item",
    "Kind",
    "Medium",
    "Misbehaviour",
    "Person",
    "Reply",
    "Request",
    "Role",
    "RunningFake",
    "World",
)

OPERATIONS = frozenset(
    {
        "edit_post",
        "edit_comment",
        "hide_post",
        "hide_comment",
        "nested",
        "deep",
        "own_answers",
        "orphans",
        "delete_post",
        "delete_comment",
        "story",
        "visitor_post",
        "mention",
        "message",
        "media",
        "likes",
        "empty",
    }
)
"""What a fake may name in its ``CAPABILITIES``.

``nested``: a comment may answer a comment; ``deep``: to any depth, else two levels. ``orphans``: what lies below a
deleted item stays (else it goes with it). ``own_answers``: the account itself comments. ``empty``: a missing permission
reads as an empty list (``Misbehaviour.empty``).
"""


@dataclass(slots=True)
class Misbehaviour:
    """How the server misbehaves.

    Attributes:
        throttle: so many next requests get the platform's own throttling answer.
        failing: so many next requests get 503.
        cut: so many next answers end in the middle of the body.
        loop: so many next listing pages point to themselves (``Fake.cursor``).
        empty: 200 with an empty list where a permission is missing (the subclass asks for it).
        expired: every request is refused as unauthorized.
        after: so many requests are answered well before ``throttle``, ``failing`` and ``cut`` begin.
        acting: what goes wrong when something is to be taken away, hidden, blocked or said (``Fake.perform``): ``late``
            (it is done, and answered after ``seconds``), ``lost`` (it is done, and the connection ends without an
            answer), ``twice`` (it is done, and the answer comes twice), ``garbled`` (it is done, and the answer is no
            JSON), ``lies-done`` (nothing is done and it says done), ``lies-error`` (it is done and it says that the
            server failed), ``denied`` (the permission is missing), ``says`` (it is done, and the answer is ``says``).
        seconds: how late. says: the answer's body.
    """

    throttle: int = 0
    failing: int = 0
    cut: int = 0
    loop: int = 0
    empty: bool = False
    expired: bool = False
    after: int = 0
    acting: str = ""
    seconds: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request: headers have lower-case names."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""

    def first(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    @property
    def sent(self) -> dict[str, Any]:
        """The body, a form or JSON, as names and values; empty when there is none."""
        if not self.body:
            return {}
        if "json" in self.headers.get("content-type", ""):
            value = json.loads(self.body)
            return value if isinstance(value, dict) else {}
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, or empty."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def json(cls, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
        """An answer in JSON."""
        body = json.dumps(value, ensure_ascii=False).encode()
        return cls(status, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}, body)


class Fake(ABC):
    """A platform's server. A subclass renders the world; it keeps no state that outlives ``reset``.

    Attributes:
        page: items per page. base: own address, without a slash. options: which variant is played.
        asked: what was asked for, in order ("GET /path"), with the status given.
        secrets: values that must never be written down by whoever asks.
        moderated: what was asked to be taken away, hidden, blocked or said, in order: ``act``, ``native``, ``done``
            (``yes`` or ``no``) and what more the platform got.
        campaigns: what is advertised: ``id``, ``name``, ``days`` (ISO day to amount, a text), ``adverts`` (native ids).
        manner: how the answer to this request is to be sent: ``late``, ``lost``, ``twice``, or empty.
    """

    OWN: Person = OWN
    PEOPLE: tuple[Person, ...] = PEOPLE

    def __init__(self, *, page: int = 3, options: Mapping[str, str] | None = None) -> None:
        self.page = page
        self.options = dict(options or {})
        self.base = ""
        self.reset()

    def reset(self) -> None:
        """An empty world and good behaviour."""
        self.world = World(own=self.OWN, people=list(self.PEOPLE))
        self.misbehaviour = Misbehaviour()
        self.asked: list[tuple[str, int]] = []
        self.secrets: set[str] = set()
        self.moderated: list[dict[str, str]] = []
        self.campaigns: list[dict[str, Any]] = []
        self.manner = ""

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """What the platform says."""

    @abstractmethod
    def throttled(self) -> Reply:
        """What the platform says to somebody who asks too often."""

    @abstractmethod
    def unauthorized(self) -> Reply:
        """What the platform says to a token that has expired."""

    def failed(self) -> Reply:
        """What the platform says when it is out of order."""
        return Reply(503, {"Content-Type": "text/plain"}, b"Service Unavailable")

    def native(self, item: Item) -> str:
        """The id by which a connector is to know the item."""
        return str(self._own_rule("native", item, default=item.id))

    def text(self, item: Item, at: datetime) -> str:
        """The item's text as plain text, as the platform shows it."""
        return str(self._own_rule("text", item, at, default=item.text_now(at)))

    def kind(self, item: Item) -> str:
        """The kind under which the archive is to know the item."""
        own = item.author is not None and item.author.id == self.world.own.id
        return str(self._own_rule("kind", item, default="reply" if own and item.kind == "comment" else item.kind))

    def states(self, item: Item, at: datetime) -> list[str]:
        """The states that the archive may rightly have for the item after a complete night at that instant."""
        state = ("hidden" if item.is_hidden(at) else "seen") if item.is_there(at) else "gone"
        return list(self._own_rule("states", item, at, default=[state]))

    def shows(self, item: Item, at: datetime) -> bool:
        """Whether the platform shows the item to its owner at that instant in any listing or thread."""
        above: Item | None = item
        while above is not None and above.is_there(at):
            above = self.world.items[above.parent] if above.parent is not None else None
        return bool(self._own_rule("shows", item, at, default=above is None))

    def _own_rule(self, name: str, *arguments: object, default: Any) -> Any:
        function = getattr(sys.modules[type(self).__module__], name, None)
        return function(*arguments) if callable(function) else default

    # -- taking away, hiding, blocking, saying

    def may_act(self, token: str) -> bool:
        """The token is the one for moderating, and its permission is not missing."""
        return token == self.world.moderating and self.misbehaviour.acting != "denied"

    def perform(self, act: str, native: str, change: Callable[[], None], done: Reply, **more: str) -> Reply:
        """Do it, or do not, as ``Misbehaviour.acting`` says; the answer that is to be believed is ``done``."""
        manner = self.misbehaviour.acting
        if manner != "lies-done":
            change()
        self.moderated.append({"act": act, "native": native, "done": "no" if manner == "lies-done" else "yes", **more})
        if manner == "lies-error":
            return self.failed()
        if manner == "says":
            return Reply(200, {"Content-Type": "application/json"}, self.misbehaviour.says.encode())
        if manner == "garbled":
            return Reply(200, {"Content-Type": "text/html"}, b"<html>Tack</html>")
        self.manner = manner if manner in ("late", "lost", "twice") else ""
        return done

    def remove(self, item: Item) -> None:
        """We take it away now, and what lies below it where that goes with it."""
        if item.deleted is None:
            item.deleted, item.deleted_by = self.world.now, "us"
        if "orphans" not in getattr(sys.modules[type(self).__module__], "CAPABILITIES", ()):
            for below in self.world.below(item.id):
                self.remove(below)

    def hide(self, item: Item) -> None:
        """We hide it now."""
        item.hidden.append((self.world.now, True))

    def cursor(self, asked: str, following: str) -> str:
        """The cursor to give with a page that was asked for with ``asked``: itself again when a loop is due.

        Only in the middle of a listing: an empty cursor would read as the end.
        """
        if asked and following and self.misbehaviour.loop > 0:
            self.misbehaviour.loop -= 1
            return asked
        return following

    def secret(self, name: str) -> str:
        """A value, always the same for one name, that whoever asks must not write down."""
        value = "hemligsignatur" + hashlib.sha256(name.encode()).hexdigest()[:20]
        self.secrets.add(value)
        return value

    def signed(self, path: str, **more: str) -> str:
        """An address on this host with parameters of a signature, as media addresses have."""
        until = format(int(self.world.now.timestamp()) + 86_400, "x")
        signature = {name: self.secret(f"{name}{path}{until}") for name in ("oh", "_nc_ohc", "sig")}
        return f"{self.base}{path}?{urlencode({**more, '_nc_cat': '104', **signature, 'oe': until})}"

    def respond(self, request: Request) -> tuple[Reply, bool]:
        """The answer with all misbehaviour, and whether its body is to be cut."""
        bad = self.misbehaviour
        cut = False
        self.manner = ""
        if bad.expired:
            reply = self.unauthorized()
        elif bad.after > 0:
            bad.after -= 1
            reply = self.answer(request)
        elif bad.throttle > 0:
            bad.throttle -= 1
            reply = self.throttled()
        elif bad.failing > 0:
            bad.failing -= 1
            reply = self.failed()
        else:
            reply = self.answer(request)
            if bad.cut > 0 and len(reply.body) > 1:
                bad.cut -= 1
                cut = True
        self.asked.append((f"{request.method} {request.path}", reply.status))
        return reply, cut

    def history(self) -> dict[str, Any]:
        """The whole world as JSON, with native ids and texts as the platform shows them."""
        world = self.world
        return {
            "now": world.now.isoformat(),
            "own": world.own.id,
            "handle": world.own.handle,
            "token": world.token,
            "moderating": world.moderating,
            "moderated": self.moderated,
            "secrets": sorted(self.secrets | {world.token, world.moderating}),
            "asked": self.asked,
            "items": [self._told(item) for item in sorted(world.items.values(), key=by_time)],
        }

    def _told(self, item: Item) -> dict[str, Any]:
        items = self.world.items
        moments = [item.created, *(when for when, _ in item.edits)]
        return {
            "id": item.id,
            "native": self.native(item),
            "kind": item.kind,
            "archive_kind": self.kind(item),
            "states": self.states(item, self.world.now),
            "shows": self.shows(item, self.world.now),
            "author": None if item.author is None else item.author.id,
            "own": item.author is not None and item.author.id == self.world.own.id,
            "created": item.created.isoformat(),
            "parent": item.parent,
            "parent_native": self.native(items[item.parent]) if item.parent in items else None,
            "root": item.root,
            "texts": [[at.isoformat(), self.text(item, at)] for at in moments],
            "hidden": [[at.isoformat(), hidden] for at, hidden in item.hidden],
            "deleted": None if item.deleted is None else item.deleted.isoformat(),
            "deleted_by": item.deleted_by,
            "media": [[one.id, one.role, hashlib.sha256(one.data).hexdigest()] for one in item.media],
            "likes": item.likes,
        }


if __name__ == "__main__":
    from tests.servers.world_process import main

    main(sys.argv[1:])
