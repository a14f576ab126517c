"""The smallest fake there can be: a listing of posts with comments, as a model for the others and to test the base."""

from __future__ import annotations

from typing import Any

from tests.servers.world import Fake, Item, Reply, Request

CAPABILITIES = frozenset({"edit_post", "delete_post", "hide_comment", "media"})


class ExampleFake(Fake):
    """``/posts?after=``, ``/posts/{id}``, ``/posts/{id}/comments`` and ``/media/{id}``."""

    def answer(self, request: Request) -> Reply:
        """One of four paths."""
        first, *rest = request.path.strip("/").split("/")
        if first == "media" and (medium := self.world.medium(rest[0])):
            return Reply(200, {"Content-Type": medium.media_type}, medium.data)
        if request.bearer != self.world.token:
            return self.unauthorized()
        if first == "posts" and not rest:
            return self._listing(self.world.shown("post"), request)
        if first == "posts" and (item := self.world.get(rest[0])):
            return self._listing(self.world.below(item.id), request) if rest[1:] else Reply.json(self._shown(item))
        return Reply.json({"error": "not found"}, 404)

    def _listing(self, items: list[Item], request: Request) -> Reply:
        if self.misbehaviour.empty:
            return Reply.json({"data": []})
        asked = request.first("after")
        begin = int(asked or 0)
        following = str(begin + self.page) if begin + self.page < len(items) else ""
        data = [self._shown(item) for item in items[begin : begin + self.page]]
        return Reply.json({"data": data, "next": self.cursor(asked, following)})

    def _shown(self, item: Item) -> dict[str, Any]:
        now = self.world.now
        media = [self.signed(f"/media/{one.id}") for one in item.media]
        return {"id": self.native(item), "text": item.text_now(now), "hidden": item.is_hidden(now), "media": media}

    def throttled(self) -> Reply:
        """The plain way."""
        return Reply.json({"error": "slow down"}, 429, {"Retry-After": "1"})

    def unauthorized(self) -> Reply:
        """The plain way."""
        return Reply.json({"error": "who are you?"}, 401)


FAKE = ExampleFake


def native(item: Item) -> str:
    """As the example knows it."""
    return f"p{item.id}"
