"""A Mastodon server over the invented world: answers stay when what they answer is deleted, and lose their place."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Any

from tests.servers.world import Fake, Item, Person, Reply, Request

PLATFORM = "mastodon"
CAPABILITIES = frozenset(
    {
        "edit_post",
        "edit_comment",
        "nested",
        "deep",
        "own_answers",
        "orphans",
        "delete_post",
        "delete_comment",
        "media",
    }
)


class MastodonFake(Fake):
    """What Bevara asks of a Mastodon server, for an account that is logged in."""

    def answer(self, request: Request) -> Reply:
        """Accounts, statuses, threads and files."""
        path = request.path.removeprefix("/")
        if path.startswith("media/") and (medium := self.world.medium(path.removeprefix("media/"))):
            return Reply(200, {"Content-Type": medium.media_type}, medium.data)
        if request.bearer not in (self.world.token, self.world.moderating):
            return self.unauthorized()
        if request.method != "GET":
            return self._changed(path, request)
        own = self.world.own
        if path == f"api/v1/accounts/{own.id}/following":
            return self._following(request)
        if path == "api/v1/accounts/verify_credentials":
            return Reply.json(self._account(own))
        if path == f"api/v1/accounts/{own.id}/statuses":
            return self._listing(request)
        if path == "api/v2/search":
            wanted = [one for one in self.world.shown() if self.native(one) == request.first("q")]
            return Reply.json({"accounts": [], "statuses": [self._status(one) for one in wanted], "hashtags": []})
        number, _, what = path.removeprefix("api/v1/statuses/").partition("/")
        item = self.world.get(number)
        if item is None:
            return Reply.json({"error": "Record not found"}, 404)
        if what == "context":
            shown = {"ancestors": self._above(item), "descendants": self._under(item)}
            return Reply.json({name: [self._status(one) for one in items] for name, items in shown.items()})
        return Reply.json(self._status(item))

    def _changed(self, path: str, request: Request) -> Reply:
        """What the second token may change: our own statuses, direct mentions, blocks."""
        if not self.may_act(request.bearer):
            return Reply.json({"error": "This action is outside the authorized scopes"}, 403)
        kind, name, what = [*path.removeprefix("api/v1/").split("/"), "", ""][:3]
        if (request.method, path) == ("POST", "api/v1/statuses"):
            sent = request.sent
            text, above = str(sent.get("status", "")), str(sent.get("in_reply_to_id", ""))
            key = request.headers.get("idempotency-key", "")
            written = Reply.json({"id": "1", "uri": f"{self.base}/users/1/statuses/1", "visibility": "direct"})
            if any(one.get("key") == key for one in self.moderated):
                return written
            item = self.world.get(above)
            native = self.native(item) if item else ""
            return self.perform("notify", native, lambda: None, written, text=text, key=key)
        if request.method == "POST" and (kind, what) == ("accounts", "block") and self.world.person(name):
            return self.perform("block", "", lambda: None, Reply.json({"id": name, "blocking": True}), author=name)
        item = self.world.get(name)
        if request.method != "DELETE" or kind != "statuses" or item is None or item.author != self.world.own:
            return Reply.json({"error": "Record not found"}, 404)
        return self.perform("remove", self.native(item), lambda: self.remove(item), Reply.json(self._status(item)))

    def _following(self, request: Request) -> Reply:
        people = self.world.people
        begin = int(request.first("max_id", "0"))
        shown = [self._account(one) for one in people[begin : begin + self.page]]
        if begin + self.page >= len(people):
            return Reply.json(shown)
        following = f'<{self.base}{request.path}?max_id={begin + self.page}>; rel="next"'
        return Reply.json(shown, headers={"Link": following})

    def native(self, item: Item) -> str:
        """The status's ``uri``."""
        name = item.author.handle if item.author else "okand"
        return f"{self.base}/users/{name}/statuses/{item.id}"

    def _listing(self, request: Request) -> Reply:
        ours = [one for one in self.world.shown("post", "comment") if one.author == self.world.own]
        asked = request.first("max_id")
        newest = [one for one in reversed(ours) if not asked or int(one.id) < int(asked)]
        page = newest[: self.page]
        if not page:
            return Reply.json([])
        address = f"{self.base}{request.path}?max_id={self.cursor(asked, page[-1].id)}"
        return Reply.json([self._status(one) for one in page], headers={"Link": f'<{address}>; rel="next"'})

    def _account(self, person: Person) -> dict[str, Any]:
        page = f"{self.base}/@{person.handle}"
        uri = f"{self.base}/users/{person.handle}"
        ours = [one for one in self.world.shown() if one.author == self.world.own]
        return {
            "id": person.id,
            "username": person.handle,
            "acct": person.handle,
            "display_name": person.name,
            "note": "",
            "url": page,
            "uri": uri,
            "fields": [],
            "statuses_count": len(ours) if person == self.world.own else 0,
        }

    def _status(self, item: Item) -> dict[str, Any]:
        now = self.world.now
        parent = self.world.get(item.parent) if item.parent else None
        edited = item.edited_at(now)
        written = html.escape(item.text_now(now), quote=False).replace("\n", "<br>")
        assert item.author is not None
        return {
            "id": item.id,
            "uri": self.native(item),
            "url": f"{self.base}/@{item.author.handle}/{item.id}",
            "created_at": _stamp(item.created),
            "edited_at": _stamp(edited) if edited else None,
            "account": self._account(item.author),
            "content": f"<p>{written}</p>",
            "visibility": "public",
            "in_reply_to_id": parent.id if parent else None,
            "in_reply_to_account_id": parent.author.id if parent and parent.author else None,
            "replies_count": len(self.world.below(item.id)),
            "favourites_count": item.likes,
            "media_attachments": [
                {
                    "id": one.id,
                    "type": one.role if one.role in ("video", "audio") else "image",
                    "url": self.signed(f"/media/{one.id}"),
                    "description": one.alt,
                    "meta": {},
                }
                for one in item.media
            ],
        }

    def _above(self, item: Item) -> list[Item]:
        parent = self.world.get(item.parent) if item.parent else None
        return [] if parent is None else [*self._above(parent), parent]

    def _under(self, item: Item) -> list[Item]:
        return [one for below in self.world.below(item.id) for one in (below, *self._under(below))]

    def throttled(self) -> Reply:
        """Too many requests."""
        return Reply.json({"error": "Too many requests"}, 429, {"Retry-After": "2"})

    def unauthorized(self) -> Reply:
        """A bad token."""
        return Reply.json({"error": "The access token is invalid"}, 401)


FAKE = MastodonFake


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
