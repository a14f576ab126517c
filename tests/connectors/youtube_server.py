"""The fake YouTube in the test's own process, on a real socket, so that single answers can be changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request as WebRequest
from werkzeug import Response

from tests.servers.world import Reply, Request
from tests.servers.world_process import Operations
from tests.servers.youtube import CAPABILITIES, YouTubeFake

Change = Callable[[Request, Reply], Reply | None]


class YouTubeServer:
    """A fake and the socket it answers on.

    Attributes:
        fake: the fake. asked: method names with their parameters, in order. change: may change an answer.
        root: what paths begin with, in place of ``/youtube/v3``.
    """

    def __init__(self, http: HTTPServer, now: datetime, *, page: int = 3) -> None:
        self.fake = YouTubeFake(page=page)
        self.fake.base = http.url_for("").rstrip("/")
        self.fake.world.now = now
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.change: Change = lambda _, __: None
        self.root = "/youtube/v3"
        self._operations = Operations(self.fake, CAPABILITIES)
        http.expect_request(re.compile(r"/.*")).respond_with_handler(self._answer)

    @property
    def token(self) -> str:
        """The token that is accepted."""
        return self.fake.world.token

    def act(self, op: str, *, days: float = 0, **values: Any) -> str:
        """Let something happen so many days ago; gives the native id of what it happened to."""
        at = self.fake.world.now - timedelta(days=days)
        return self.fake.native(self._operations.run({"op": op, "at": at.isoformat(), **values}))

    def methods(self, name: str) -> list[dict[str, str]]:
        """Parameters of every request for that method."""
        return [query for method, query in self.asked if method == name]

    def _answer(self, web: WebRequest) -> Response:
        query = {name: web.args.getlist(name) for name in web.args}
        path = web.path
        if not path.startswith("/vi/"):
            if not path.startswith(f"{self.root}/"):
                return Response("nothing here", 404)
            path = "/youtube/v3" + path.removeprefix(self.root)
        headers = {name.lower(): value for name, value in web.headers.items()}
        request = Request(web.method, path, query, headers)
        reply, _ = self.fake.respond(request)
        reply = self.change(request, reply) or reply
        self.asked.append((path.removeprefix("/youtube/v3/"), {name: values[0] for name, values in query.items()}))
        return Response(reply.body, reply.status, dict(reply.headers))


def body_of(reply: Reply) -> Any:
    """The answer's JSON."""
    return json.loads(reply.body)
