"""Instagram's Graph API over the invented world, as Meta documents it: fields as asked for, edges, cursors, errors.

Options: ``login`` = ``page`` (a Page's token, usual), ``user`` (a person's, with ``/me/accounts``) or ``instagram``
(Instagram's own log-in); ``paging`` = ``none``: comments come without a next page, the newest 50; ``audio`` = ``off``:
films have no file; ``refuse``: names of fields that this version does not know, with commas.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.servers.world import Fake, Item, Medium, Person, Reply, Request

CAPABILITIES = frozenset(
    {
        "edit_post",
        "hide_comment",
        "nested",
        "own_answers",
        "delete_post",
        "delete_comment",
        "story",
        "mention",
        "message",
        "media",
        "likes",
        "empty",
    }
)
PAGE_ID = "300100"
OTHER_PAGE_ID = "300200"
OTHER = Person("800500", "Grannkommunen", "grannkommunen")
COMMENTS_AT_MOST = 50
REPLIES_INSIDE = 2
_VERSION = re.compile(r"v\d+\.\d+")
_PICTURE = b"\x89PNG\r\n\x1a\n none"

Fields = dict[str, "Fields"]
Values = Mapping[str, Callable[[], Any]]


class RefusedError(Exception):
    """An error answer of the Graph API."""

    def __init__(self, code: int, message: str, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.reply = _error(code, message, subcode, status)


class InstagramFake(Fake):
    """What Bevara asks of the Graph API for one Instagram business account."""

    def answer(self, request: Request) -> Reply:
        """Nodes and edges below an optional version, and the files."""
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] == ["media"]:
            return self._file(parts[-1], request)
        if parts and _VERSION.fullmatch(parts[0]):
            parts = parts[1:]
        token = request.first("access_token") or request.bearer
        if token not in (self.world.token, self.world.moderating):
            return self.unauthorized()
        try:
            if request.method != "GET":
                return self._changed(parts, request, token)
            body = (
                self._node(parts[0], request) if len(parts) == 1 else self._edge(parts[0], "/".join(parts[1:]), request)
            )
        except RefusedError as fault:
            return fault.reply
        return Reply.json(body, headers=_usage(12))

    def throttled(self) -> Reply:
        """Business Use Case limit of Instagram; access comes back after 25 minutes."""
        reply = _error(80002, "(#80002) There have been too many calls to this Instagram account.", 2446079)
        return Reply(reply.status, {**reply.headers, **_usage(100, 25)}, reply.body)

    def unauthorized(self) -> Reply:
        """An expired token."""
        return _error(190, "Error validating access token: Session has expired.", 463, 401)

    # -- what may be changed (the second token)

    def _changed(self, parts: list[str], request: Request, token: str) -> Reply:
        if not self.may_act(token):
            raise RefusedError(10, "(#10) Application does not have permission for this action", status=403)
        sent = request.sent
        if parts == ["me", "messages"]:
            return self._replied(sent)
        item = self.world.get(parts[0]) if len(parts) == 1 else None
        if item is None or item.kind != "comment":
            raise _absent(parts[0])
        done = Reply.json({"success": True})
        if request.method == "DELETE":
            return self.perform("remove", item.id, lambda: self.remove(item), done)
        if sent.get("hide") == "true" and item.author != self.world.own:
            return self.perform("hide", item.id, lambda: self.hide(item), done)
        raise RefusedError(100, "(#100) Invalid parameter")

    def _replied(self, sent: dict[str, Any]) -> Reply:
        """A private reply: once for each comment."""
        native = str(sent.get("recipient", {}).get("comment_id"))
        if self.world.get(native) is None:
            raise _absent(native)
        if any(one["act"] == "notify" and one["native"] == native for one in self.moderated):
            raise RefusedError(10900, "(#10900) Activity already replied to")
        answer = Reply.json({"recipient_id": "1", "message_id": "m_1"})
        return self.perform("notify", native, lambda: None, answer, text=str(sent.get("message", {}).get("text", "")))

    # -- nodes

    def _node(self, name: str, request: Request) -> Any:
        asked = _fields(request.first("fields", "id"))
        world = self.world
        login = self.options.get("login", "page")
        if name == "debug_token":
            expires = 0 if world.expires is None else int(world.expires.timestamp())
            return {"data": {"app_id": "1", "type": "PAGE", "is_valid": True, "expires_at": expires}}
        if name == "me" and login == "instagram":
            own = self._account(world.own)
            return self._pick(
                {**own, "id": lambda: "17" + world.own.id, "user_id": lambda: world.own.id}, asked, "User"
            )
        if name in ("me", PAGE_ID) and login == "page":
            return self._pick(self._linked(PAGE_ID, world.own), asked, "Page")
        if name == "me":
            return self._pick({"id": lambda: "100200", "name": lambda: "Systemanvändare"}, asked, "User")
        if name == world.own.id:
            return self._pick(self._account(world.own), asked, "IGUser")
        if name.startswith("t_"):
            return self._pick(self._conversation(name, request), asked, "Conversation")
        item = world.get(name)
        if item is None or item.kind == "mention":
            raise _absent(name)
        values, kind = self._values(item, request)
        return self._pick(values, asked, kind, item=item, request=request)

    def _linked(self, page: str, person: Person) -> Values:
        return {
            "id": lambda: page,
            "name": lambda: person.name,
            "instagram_business_account": lambda: {"id": person.id, "username": person.handle},
        }

    def _account(self, person: Person) -> Values:
        return {
            "id": lambda: person.id,
            "ig_id": lambda: int(person.id),
            "username": lambda: person.handle,
            "name": lambda: person.name,
            "biography": lambda: "Officiellt konto",
            "website": lambda: "https://alvsjobro.example/",
            "profile_picture_url": lambda: self.signed(f"/media/profil-{person.id}.png"),
            "followers_count": lambda: 1204,
            "follows_count": lambda: 17,
            "media_count": lambda: len(self.world.shown("post")),
        }

    def _values(self, item: Item, request: Request) -> tuple[Values, str]:
        if item.kind == "comment":
            return self._comment(item), "IGComment"
        if item.kind == "message":
            return self._message(item), "Message"
        return self._media(item), "IGMedia"

    def _media(self, item: Item) -> Values:
        now, author = self.world.now, item.author or self.world.own
        own = author == self.world.own
        kind = "CAROUSEL_ALBUM" if len(item.media) > 1 else "VIDEO" if _is_film(item.media[:1]) else "IMAGE"
        first = item.media[0] if item.media else Medium(id=f"none-{item.id}", role="picture", media_type="image/png")
        below = self.world.thread(item.id)
        values: dict[str, Callable[[], Any]] = {
            "id": lambda: item.id,
            "ig_id": lambda: int(item.id),
            "shortcode": lambda: f"C{item.id}",
            "permalink": lambda: f"https://www.instagram.example/p/C{item.id}/",
            "caption": lambda: item.text_now(now),
            "media_type": lambda: kind,
            "media_product_type": lambda: "STORY" if item.kind == "story" else "REELS" if kind == "VIDEO" else "FEED",
            "timestamp": lambda: _stamp(item.created),
            "username": lambda: author.handle,
            "like_count": lambda: item.likes,
            "comments_count": lambda: len(below),
            "is_comment_enabled": lambda: True,
            "is_shared_to_feed": lambda: True,
        }
        values |= {f"total_{name}_count": lambda: item.likes for name in ("like", "comments", "views")}
        values |= {f"{name}_count": lambda: item.shares for name in ("view", "shares", "saved", "reposts")}
        values |= {"is_ai_generated": lambda: False, "video_title": lambda: None, "children": list}
        values |= {name: value for name, value in self._file_values(first).items() if name != "id"}
        values["owner"] = lambda: {"id": author.id} if own else None
        return values

    def _file_values(self, medium: Medium) -> dict[str, Callable[[], Any]]:
        film = medium.role == "video"
        values: dict[str, Callable[[], Any]] = {"id": lambda: medium.id, "alt_text": lambda: medium.alt}
        values["media_url"] = lambda: self.signed(f"/media/{medium.id}", stp="dst-jpg_e35")
        values["thumbnail_url"] = lambda: self.signed(f"/media/bild-{medium.id}") if film else None
        if film and self.options.get("audio") == "off":
            values["media_url"] = lambda: None
        return values

    def _comment(self, item: Item) -> Values:
        now, author = self.world.now, item.author
        values: dict[str, Callable[[], Any]] = {
            "id": lambda: item.id,
            "text": lambda: item.text_now(now),
            "timestamp": lambda: _stamp(item.created),
            "like_count": lambda: item.likes,
            "hidden": lambda: item.is_hidden(now),
            "media": lambda: {"id": item.root},
            "parent_id": lambda: item.parent if item.parent != item.root else None,
            "username": lambda: None if author is None else author.handle,
            "from": lambda: None if author is None else {"id": author.id, "username": author.handle},
            "user": lambda: {"id": author.id} if author == self.world.own and author is not None else None,
            "replies": list,
        }
        return values

    def _message(self, item: Item) -> Values:
        author = item.author or self.world.people[0]
        return {
            "id": lambda: item.id,
            "created_time": lambda: _stamp(item.created),
            "from": lambda: {"id": author.id, "username": author.handle},
            "to": lambda: {"data": [{"id": self.world.own.id, "username": self.world.own.handle}]},
            "message": lambda: item.text_now(self.world.now),
            "attachments": lambda: None,
            "shares": lambda: None,
            "story": lambda: None,
            "is_unsupported": lambda: None,
        }

    def _conversation(self, name: str, request: Request) -> Values:
        messages = [one for one in self.world.shown("message") if _conversation_of(one) == name]
        if not messages:
            raise _absent(name)
        return {
            "id": lambda: name,
            "updated_time": lambda: _stamp(messages[-1].created),
            "messages": lambda: (messages[::-1], f"{name}/messages"),
        }

    # -- edges

    def _edge(self, name: str, edge: str, request: Request) -> Any:
        world, asked = self.world, _fields(request.first("fields", "id"))
        if (name, edge) == ("me", "accounts") and self.options.get("login") == "user":
            pages = [self._linked(OTHER_PAGE_ID, OTHER), self._linked(PAGE_ID, world.own)]
            return {"data": [self._pick(one, asked, "Page") for one in pages]}
        if edge == "conversations" and name in (PAGE_ID, "me"):
            names = sorted({_conversation_of(one) for one in world.shown("message")})
            shown = [self._pick(self._conversation(one, request), asked, "Conversation") for one in names]
            return {"data": shown}
        if edge == "messages":
            found = [one for one in world.shown("message") if _conversation_of(one) == name]
            return self._page(found[::-1], asked, request)
        if name == world.own.id and edge in ("media", "stories", "tags"):
            kind = {"media": "post", "stories": "story", "tags": "mention"}[edge]
            return self._page(world.shown(kind)[::-1], asked, request)  # type: ignore[arg-type]  # one of the kinds
        item = world.get(name)
        if item is None:
            raise _absent(name)
        if edge == "children" and len(item.media) > 1:
            return {"data": [self._pick(self._file_fields(one, item), asked, "IGMedia") for one in item.media]}
        if edge in ("comments", "replies"):
            if self.misbehaviour.empty:
                return {"data": []}
            capped = self.options.get("paging") == "none"
            return self._page(world.below(item.id)[::-1], asked, request, capped=capped)
        raise RefusedError(2500, f"Unknown path components: /{edge}", status=400)

    def _file_fields(self, medium: Medium, item: Item) -> Values:
        return {
            **self._file_values(medium),
            "media_type": lambda: "VIDEO" if medium.role == "video" else "IMAGE",
            "permalink": lambda: f"https://www.instagram.example/p/C{medium.id}/",
            "timestamp": lambda: _stamp(item.created),
        }

    def _page(self, items: list[Item], asked: Fields, request: Request, *, capped: bool = False) -> dict[str, Any]:
        limit = int(request.first("limit", "25"))
        if capped:
            return {"data": [self._shown(one, asked, request) for one in items[: min(limit, COMMENTS_AT_MOST)]]}
        size = min(limit, self.page)
        after = request.first("after")
        begin = int(base64.urlsafe_b64decode(after).removeprefix(b"at:")) if after else 0
        data = [self._shown(one, asked, request) for one in items[begin : begin + size]]
        following = _cursor(begin + size) if begin + size < len(items) else ""
        return {"data": data, **self._paging(request.path, request.query, begin, self.cursor(after, following))}

    def _paging(self, path: str, query: Mapping[str, list[str]], begin: int, following: str) -> dict[str, Any]:
        kept = {name: values[0] for name, values in query.items() if name not in ("after", "access_token")}
        paging: dict[str, Any] = {"cursors": {"before": _cursor(begin), "after": following or _cursor(begin + 1)}}
        if following:
            parameters = {"access_token": self.world.token, **kept, "after": following}
            paging["next"] = f"{self.base}{path}?{urlencode(parameters)}"
        return {"paging": paging}

    def _shown(self, item: Item, asked: Fields, request: Request) -> Any:
        values, kind = self._values(item, request)
        return self._pick(values, asked, kind, item=item, request=request)

    def _pick(
        self, values: Values, asked: Fields, kind: str, *, item: Item | None = None, request: Request | None = None
    ) -> dict[str, Any]:
        """The fields that were asked for; absent ones are left out, unknown ones are an error."""
        refused = self.options.get("refuse", "").split(",")
        found: dict[str, Any] = {}
        for name, inner in {**asked, "id": {}}.items():
            if name not in values or name in refused:
                raise RefusedError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
            value = values[name]()
            if name == "replies" and item is not None:
                value = self._inside(item, inner)
            elif name == "children" and item is not None and len(item.media) > 1:
                value = {"data": [self._pick(self._file_fields(one, item), inner, "IGMedia") for one in item.media]}
            elif isinstance(value, tuple):
                messages, path = value
                value = self._inline(messages, inner, path)
            if value not in (None, [], ""):
                found[name] = value
        return found

    def _inside(self, item: Item, asked: Fields) -> Any:
        below = self.world.below(item.id)
        if not below or self.misbehaviour.empty:
            return None
        return self._inline(below, asked, f"{item.id}/replies")

    def _inline(self, items: list[Item], asked: Fields, path: str) -> dict[str, Any]:
        request = Request("GET", f"/v26.0/{path}", {"fields": [_written(asked)]}, {})
        data = [self._shown(one, asked, request) for one in items[:REPLIES_INSIDE]]
        following = _cursor(REPLIES_INSIDE) if len(items) > REPLIES_INSIDE else ""
        return {"data": data, **self._paging(request.path, request.query, 0, following)}

    def _file(self, name: str, request: Request) -> Reply:
        if not request.first("oh") or not request.first("_nc_ohc"):
            return Reply(403, {"Content-Type": "text/plain"}, b"URL signature mismatch")
        medium = self.world.medium(name)
        if medium is None:
            return Reply(200, {"Content-Type": "image/png"}, _PICTURE + name.encode())
        return Reply(200, {"Content-Type": medium.media_type}, medium.data)


FAKE = InstagramFake


def native(item: Item) -> str:
    """The object's number."""
    return item.id


def _fields(text: str) -> Fields:
    """``a,b{c,d}`` as names within names; modifiers such as ``.limit(3)`` are left."""
    found: Fields = {}
    stack = [found]
    last: Fields = found
    for name, sign in re.findall(r"([a-z_]*)(?:\.[a-z]+\(\w+\))*([,{}]|$)", text):
        if name:
            last = stack[-1].setdefault(name, {})
        if sign == "{":
            stack.append(last)
        elif sign == "}":
            stack.pop()
    return found


def _written(asked: Fields) -> str:
    return ",".join(f"{name}{{{_written(inner)}}}" if inner else name for name, inner in asked.items())


def _cursor(begin: int) -> str:
    return base64.urlsafe_b64encode(f"at:{begin}".encode()).decode()


def _conversation_of(message: Item) -> str:
    return f"t_{message.author.id if message.author else 0}"


def _is_film(media: list[Medium]) -> bool:
    return bool(media) and media[0].role == "video"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _absent(name: str) -> RefusedError:
    return RefusedError(
        100,
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation.",
        33,
    )


def _error(code: int, message: str, subcode: int = 0, status: int = 400) -> Reply:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCd"}
    if subcode:
        error["error_subcode"] = subcode
    return Reply.json({"error": error}, status)


def _usage(percent: int, minutes: int = 0) -> dict[str, str]:
    numbers = f'"call_count":{percent},"total_cputime":{percent},"total_time":{percent}'
    usage = f'{{"900100200":[{{"type":"instagram",{numbers},"estimated_time_to_regain_access":{minutes}}}]}}'
    return {"X-Business-Use-Case-Usage": usage}
