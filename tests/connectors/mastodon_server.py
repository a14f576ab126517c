"""A Mastodon server for one test: statuses, threads and pages on a real socket, with switches for misbehaviour."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN = "hemlig-nyckel-123"
OWN = "101"


@dataclass
class MastodonServer:
    """What the server has and how it behaves.

    Attributes:
        http: the socket. statuses: ours, newest first. below: answers by id of what they answer.
        page: statuses per page. linked: sends Link headers. knows_cursor: obeys ``max_id``.
        depth: levels of a thread in one answer; 0 = all.
        tampered: changes a page's answer, by number from 1.
        asked: paths with queries, in order.
    """

    http: HTTPServer
    now: datetime
    statuses: list[dict[str, Any]] = field(default_factory=list)
    below: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page: int = 40
    linked: bool = True
    knows_cursor: bool = True
    depth: int = 0
    searches: bool = False
    statuses_count: int = 0
    tampered: dict[int, Callable[[Response], Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    pages: int = 0

    def __post_init__(self) -> None:
        """Answer every request."""
        for path, handler in {
            "/api/v1/accounts/verify_credentials": self._me,
            "/api/v1/accounts/lookup": self._lookup,
            f"/api/v1/accounts/{OWN}/statuses": self._listing,
            "/api/v2/search": self._search,
        }.items():
            self.http.expect_request(path).respond_with_handler(handler)
        self.http.expect_request(re.compile(r"/api/v1/statuses/.*")).respond_with_handler(self._status)

    @property
    def base(self) -> str:
        """Address without a slash."""
        return self.http.url_for("").rstrip("/")

    def account(self, number: str = OWN, name: str = "kommun") -> dict[str, Any]:
        """An account."""
        return {
            "id": number,
            "username": name,
            "acct": name,
            "display_name": name.title(),
            "note": "<p>Om oss</p>",
            "url": f"{self.base}/@{name}",
            "uri": f"{self.base}/users/{name}",
            "avatar": "",
            "fields": [],
            "statuses_count": self.statuses_count,
        }

    def add(
        self, number: int, *, days: float = 0, above: int | None = None, by: str = OWN, **more: Any
    ) -> dict[str, Any]:
        """A status: ours into the listing; with ``above`` also below what it answers."""
        name = "kommun" if by == OWN else f"person{by}"
        status = {
            "id": str(number),
            "uri": f"{self.base}/users/{name}/statuses/{number}",
            "url": f"{self.base}/@{name}/{number}",
            "created_at": (self.now - timedelta(days=days)).isoformat(),
            "account": self.account(by, name),
            "content": f"<p>nummer {number}</p>",
            "visibility": "public",
            "in_reply_to_id": None if above is None else str(above),
            "replies_count": 0,
            "media_attachments": [],
            **more,
        }
        if by == OWN:
            self.statuses.append(status)
            self.statuses.sort(key=lambda one: int(one["id"]), reverse=True)
        if above is not None:
            self.below.setdefault(str(above), []).append(status)
            for one in [*self.statuses, *(one for many in self.below.values() for one in many)]:
                if one["id"] == str(above):
                    one["replies_count"] = len(self.below[str(above)])
        return status

    def _me(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _json({"error": "The access token is invalid"}, 401)
        return _json(self.account())

    def _lookup(self, request: Request) -> Response:
        if request.args["acct"].partition("@")[0].lower() != "kommun":
            return _json({"error": "Record not found"}, 404)
        return _json(self.account())

    def _listing(self, request: Request) -> Response:
        self.pages += 1
        self.asked.append(request.full_path)
        below = request.args.get("max_id")
        shown = [one for one in self.statuses if below is None or not self.knows_cursor or int(one["id"]) < int(below)]
        shown = shown[: self.page]
        answer = _json(shown)
        if self.linked and shown:
            # The address a server behind a proxy would write: another host, the cursor is what counts.
            answer.headers["Link"] = (
                f'<https://elsewhere.test/x?limit=40&max_id={shown[-1]["id"]}>; rel="next", <https://x.test>; rel="prev"'
            )
        tamper = self.tampered.get(self.pages)
        return answer if tamper is None else tamper(answer)

    def _status(self, request: Request) -> Response:
        self.asked.append(request.path)
        _, _, rest = request.path.partition("/api/v1/statuses/")
        number, _, what = rest.partition("/")
        every = [*self.statuses, *(one for many in self.below.values() for one in many)]
        found = next((one for one in every if one["id"] == number), None)
        if found is None:
            return _json({"error": "Record not found"}, 404)
        if what == "context":
            return _json({"ancestors": self._above(found, every), "descendants": self._under(number, 1)})
        return _json(found)

    def _above(self, status: dict[str, Any], every: list[dict[str, Any]]) -> list[dict[str, Any]]:
        parent = next((one for one in every if one["id"] == status["in_reply_to_id"]), None)
        return [] if parent is None else [*self._above(parent, every), parent]

    def _under(self, number: str, level: int) -> list[dict[str, Any]]:
        found = []
        for one in self.below.get(number, ()):
            found.append(one)
            if not self.depth or level < self.depth:
                found.extend(self._under(one["id"], level + 1))
        return found

    def _search(self, request: Request) -> Response:
        every = [*self.statuses, *(one for many in self.below.values() for one in many)]
        found = [one for one in every if self.searches and one["uri"] == request.args["q"]]
        return _json({"accounts": [], "statuses": found, "hashtags": []})


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, content_type="application/json")
