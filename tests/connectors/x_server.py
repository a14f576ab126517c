"""X for one test: the fake of the nights on a real socket in this process, with changes to single answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from tests.servers.world import Item, Medium, Person, Reply, Request
from tests.servers.x import XFake

Change = Callable[[dict[str, Any]], dict[str, Any]]


class XServer:
    """A world with what is asked of it.

    Attributes:
        fake: the server. asked: path and query of every request, in order.
        changes: path (pattern) → what becomes of the answer's JSON.
        instead: path (pattern) → an answer in its place, or None for the usual one.
    """

    def __init__(self, http: HTTPServer, now: datetime, *, page: int = 3, **options: str) -> None:
        self.fake = XFake(page=page, options=options)
        self.fake.world.now = now
        self.fake.base = http.url_for("").rstrip("/")
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.statuses: list[int] = []
        self.changes: dict[str, Change] = {}
        self.instead: dict[str, Callable[[dict[str, list[str]]], Reply | None]] = {}
        http.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @property
    def base(self) -> str:
        """Address without a slash."""
        return self.fake.base

    def paths(self, pattern: str) -> list[Mapping[str, list[str]]]:
        """Queries of the requests whose whole path matches."""
        return [query for path, query in self.asked if re.fullmatch(pattern, path)]

    def add(
        self,
        number: int,
        text: str,
        *,
        days: float,
        below: Item | None = None,
        by: int | None = None,
        kind: Any = None,
        media: list[Medium] | None = None,
    ) -> Item:
        """Something written so many days ago: by us, or by one of the people."""
        author: Person = self.fake.world.own if by is None else self.fake.world.people[by]
        item = Item(
            id=str(number),
            kind=kind or ("comment" if below else "post"),
            author=author,
            text=text,
            created=self.fake.world.now - timedelta(days=days),
            parent=below.id if below else None,
            root=(below.root or below.id) if below else None,
            media=media or [],
        )
        self.fake.world.items[item.id] = item
        return item

    def edit(self, item: Item, text: str, *, minutes: float) -> None:
        """It was edited so long after it was written."""
        item.edits.append((item.created + timedelta(minutes=minutes), text))

    def delete(self, item: Item) -> None:
        """It is gone a moment ago."""
        item.deleted = self.fake.world.now - timedelta(minutes=1)

    def native(self, item: Item) -> str:
        """The id by which it is known."""
        return self.fake.native(item)

    def _answer(self, asked: Asked) -> Response:
        query = {name: asked.args.getlist(name) for name in asked.args}
        self.asked.append((asked.path, query))
        headers = {name.lower(): value for name, value in asked.headers.items()}
        reply, cut = self.fake.respond(Request(asked.method, asked.path, query, headers, asked.get_data()))
        for pattern, answer in self.instead.items():
            if re.fullmatch(pattern, asked.path) and (other := answer(query)) is not None:
                reply = other
        body = reply.body
        for pattern, change in self.changes.items():
            if re.fullmatch(pattern, asked.path) and reply.status == 200:
                body = json.dumps(change(json.loads(body))).encode()
        self.statuses.append(reply.status)
        return Response(body[: len(body) // 2] if cut else body, reply.status, dict(reply.headers))
