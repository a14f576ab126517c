"""Facebook's Graph API for one Page over the invented world, as Meta documents it: fields as asked for, edges, errors.

Options, none of them needed:

- ``order`` = ``time``: posts come newest first; else ranked, that is, in nobody's order;
- ``cap``: how many posts the listing shows at most; the others are there when asked for directly;
- ``login`` = ``user``: the token is a person's, and ``/me/accounts`` gives the Page's own;
- ``token`` = ``query``: a token in a header is not seen;
- ``batches`` = ``off``: ``?ids=`` is unknown; ``stream`` = ``off``: so is ``filter=stream``;
- ``names`` = ``off``: comments do not say who wrote them; ``ids`` = ``off``: they have no id;
- ``refuse``: names of fields and edges that this version does not know, with commas;
- ``messages`` = ``off``: the token has no permission for the inbox;
- ``nobody``: ids of comments that are counted and never shown; ``absent`` = ``plain``: errors have no subcode;
- ``usage``: the percentage that the usage header states; ``relay``: next pages name Meta's own host (``meta``) or
  another name of this one (``name``);
- ``ads`` = ``off``: the token may not read the advertisement account; ``currency``: another than SEK;
- ``updated`` = ``never``: a post's change moves no time; ``total`` = ``on``: a page tells how many there are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tests.servers.world import Fake, Item, Medium, Person, Reply, Request

CAPABILITIES = frozenset(
    {
        "edit_post",
        "edit_comment",
        "hide_post",
        "hide_comment",
        "nested",
        "own_answers",
        "delete_post",
        "delete_comment",
        "visitor_post",
        "mention",
        "message",
        "media",
        "likes",
        "empty",
    }
)

PERSON = Person("600500400", "Kommunikatör", "")
AD_ACCOUNT = "act_778899"
OTHER_PAGE = {"id": "900100999", "name": "Grannkommunen"}
_VERSION = re.compile(r"v\d+\.\d+")
_REACTIONS = ("LIKE", "LOVE", "WOW", "HAHA", "SORRY", "ANGRY", "CARE")

Fields = dict[str, tuple[str, dict[str, str], "Fields"]]
"""Alias → (name, modifiers, fields inside)."""
Values = Mapping[str, Callable[[], Any]]


class RefusedError(Exception):
    """An error answer of the Graph API."""

    def __init__(self, code: int, message: str, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.reply = _error(code, message, subcode, status)


class FacebookFake(Fake):
    """What is documented of the Graph API for one Page."""

    def answer(self, request: Request) -> Reply:
        """Nodes and edges below an optional version, and the files."""
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] == ["media"]:
            return self._file(parts[-1], request)
        if parts and _VERSION.fullmatch(parts[0]):
            parts = parts[1:]
        token = request.first("access_token") or (request.bearer if self.options.get("token") != "query" else "")
        if token not in self._tokens():
            return self.unauthorized()
        try:
            if request.method != "GET":
                return self._changed(parts, request, token)
            body = self._routed(parts, request, token)
        except RefusedError as fault:
            return fault.reply
        return Reply.json(body, headers=_usage(int(self.options.get("usage", 12))))

    def throttled(self) -> Reply:
        """Business Use Case limit of Pages; access comes back after 37 minutes."""
        reply = _error(80001, "(#80001) There have been too many calls to this Page account.", 2446079)
        return Reply(reply.status, {**reply.headers, **_usage(100, 37)}, reply.body)

    def unauthorized(self) -> Reply:
        """The token has expired."""
        return _error(190, "Error validating access token: Session has expired.", 463, 401)

    # -- ways

    def _tokens(self) -> dict[str, str]:
        if self.options.get("login") == "user":
            pages = {self.secret("page token"): "page", self._moderating: "page"}
            return {self.world.token: "user", self.world.moderating: "user", **pages}
        return {self.world.token: "page", self.world.moderating: "page"}

    @property
    def _moderating(self) -> str:
        """The page's token with which it may be moderated."""
        return self.secret("moderating page token") if self.options.get("login") == "user" else self.world.moderating

    def _routed(self, parts: list[str], request: Request, token: str) -> Any:
        if parts == ["debug_token"]:
            return {"data": self._debugged()}
        if not parts:
            return self._together(request)
        fields = _parsed(request.first("fields", "id"))
        if parts[0] == "me" and self._tokens()[token] == "user":
            if parts[1:] == ["accounts"]:
                return self._page_of(self._accounts(token), request, fields)
            person = {"id": lambda: PERSON.id, "name": lambda: PERSON.name}
            return self._chosen(person, fields, "User")
        if parts[0].startswith("act_"):
            return self._advertised(parts, request, fields)
        native = self.world.own.id if parts[0] == "me" else parts[0]
        if len(parts) == 1:
            return self._node(native, fields)
        return self._edge(native, parts[1], request, fields, token)

    def _debugged(self) -> dict[str, Any]:
        expires = self.world.expires
        return {
            "app_id": "123456",
            "type": "PAGE",
            "is_valid": True,
            "expires_at": 0 if expires is None else int(expires.timestamp()),
            "data_access_expires_at": int((self.world.now + timedelta(days=88)).timestamp()),
            "scopes": ["pages_show_list", "pages_read_engagement", "pages_read_user_content"],
        }

    def _together(self, request: Request) -> dict[str, Any]:
        natives = [one for one in request.first("ids").split(",") if one]
        if not natives or self.options.get("batches") == "off":
            raise RefusedError(100, "(#100) Unsupported request.")
        fields = _parsed(request.first("fields", "id"))
        try:
            return {native: self._node(native, fields) for native in natives}
        except RefusedError:
            missing = "Some of the aliases you requested do not exist"
            raise RefusedError(803, f"(#803) {missing}: {natives[0]}", status=404) from None

    def _accounts(self, token: str) -> list[tuple[Values, str]]:
        own = self.world.own
        given = self._moderating if token == self.world.moderating else self.secret("page token")
        page = {
            "id": lambda: own.id,
            "name": lambda: own.name,
            "username": lambda: own.handle,
            "access_token": lambda: given,
            "tasks": lambda: ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MODERATE", "MESSAGING"],
        }
        other = {
            "id": lambda: OTHER_PAGE["id"],
            "name": lambda: OTHER_PAGE["name"],
            "username": lambda: "grannkommunen",
            "access_token": lambda: self.secret("other page token"),
            "tasks": lambda: ["ANALYZE"],
        }
        return [(other, "Page"), (page, "Page")]

    # -- advertisements

    def _advertised(self, parts: list[str], request: Request, fields: Fields) -> Any:
        """The advertisement account, its report by campaign, and its advertisements."""
        if parts[0] != AD_ACCOUNT or self.options.get("ads") == "off":
            raise RefusedError(200, f"(#200) Ad account owner has NOT grant ads_management or ads_read: {parts[0]}")
        if len(parts) == 1:
            currency = self.options.get("currency", "SEK")
            return self._chosen({"id": lambda: AD_ACCOUNT, "currency": lambda: currency}, fields, "AdAccount")
        if parts[1] == "ads":
            pairs = [(one, native) for one in self.campaigns for native in one.get("adverts", [])]
            return self._page_of([_advert(*pair) for pair in pairs], request, fields)
        if parts[1] != "insights" or request.first("level") != "campaign":
            raise RefusedError(2500, f"Unknown path components: /{parts[1]}")
        span = json.loads(request.first("time_range"))
        rows = [_report(one, span["since"], span["until"]) for one in self.campaigns]
        return self._page_of([(row, "Insights") for row in rows if row], request, fields)

    # -- what may be changed (the second token)

    def _changed(self, parts: list[str], request: Request, token: str) -> Reply:
        if token != self._moderating or self.misbehaviour.acting == "denied":
            raise RefusedError(200, "(#200) Requires pages_manage_engagement permission to manage the object")
        own, sent = self.world.own, request.sent
        if len(parts) == 2 and parts[0] in (own.id, own.handle, "me"):
            if parts[1] == "blocked":
                return self._blocked(json.loads(str(sent.get("psid", "[]"))))
            if parts[1] == "messages":
                return self._replied(sent)
        if len(parts) != 1:
            raise RefusedError(2500, f"Unknown path components: /{'/'.join(parts[1:])}")
        item = self._item(parts[0])
        done = Reply.json({"success": True})
        if request.method == "DELETE":
            return self.perform("remove", parts[0], lambda: self.remove(item), done)
        if request.method == "POST" and sent.get("is_hidden") == "true":
            return self.perform("hide", parts[0], lambda: self.hide(item), done)
        raise RefusedError(100, "(#100) Invalid parameter")

    def _item(self, native: str) -> Item:
        self._found(native)
        found = [one for one in self.world.shown() if self.native(one) == native]
        if not found:
            raise RefusedError(100, "(#100) Unsupported request.")
        return found[0]

    def _blocked(self, people: list[str]) -> Reply:
        if len(people) != 1 or not any(one.id == people[0] for one in self.world.people):
            raise RefusedError(100, "(#100) Param psid must be a list of valid page-scoped users")
        person = people[0]
        return self.perform("block", "", lambda: None, Reply.json({person: True}), author=person)

    def _replied(self, sent: dict[str, Any]) -> Reply:
        """A private reply: once for each comment, within seven days."""
        recipient = sent.get("recipient", {})
        native = str(recipient.get("comment_id") or recipient.get("post_id"))
        item = self._item(native)
        if any(one["act"] == "notify" and one["native"] == native for one in self.moderated):
            raise RefusedError(10900, "(#10900) Activity already replied to")
        if self.world.now - item.created > timedelta(days=7):
            raise RefusedError(10901, "(#10901) The time to reply to this activity is over")
        answer = Reply.json({"recipient_id": "1", "message_id": "m_1"})
        return self.perform("notify", native, lambda: None, answer, text=str(sent.get("message", {}).get("text", "")))

    # -- nodes

    def _node(self, native: str, fields: Fields) -> dict[str, Any]:
        values, kind = self._found(native)
        return self._chosen(values, fields, kind)

    def _found(self, native: str) -> tuple[Values, str]:
        own = self.world.own
        if native in (own.id, own.handle):
            return self._page_values(), "Page"
        for item in self.world.shown():
            if native == self.native(item):
                return self._values(item)
            for medium in item.media:
                if native == medium.id:
                    return self._medium_values(item, medium)
        if self.options.get("absent") == "plain":
            raise RefusedError(100, "(#100) Invalid parameter")
        raise RefusedError(
            100,
            f"Unsupported get request. Object with ID '{native}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation.",
            33,
        )

    def _values(self, item: Item) -> tuple[Values, str]:
        if item.kind == "comment":
            return self._comment_values(item), "Comment"
        if item.kind == "message":
            return self._message_values(item), "Message"
        return self._post_values(item), "PagePost"

    def _page_values(self) -> Values:
        own = self.world.own
        return {
            "id": lambda: own.id,
            "name": lambda: own.name,
            "username": lambda: own.handle,
            "about": lambda: "Vi svarar vardagar 8–16.",
            "description": lambda: "Älvsjöbro kommuns officiella sida.",
            "category": lambda: "Government Organization",
            "website": lambda: "https://www.alvsjobro.example",
            "phone": lambda: "+46 500 12 34 56",
            "emails": lambda: ["kommun@alvsjobro.example"],
            "link": lambda: "https://www.facebook.com/alvsjobro",
            "fan_count": lambda: 4211,
            "followers_count": lambda: 4890,
            "is_published": lambda: True,
            "verification_status": lambda: "blue_verified",
            "single_line_address": lambda: "Storgatan 1, Älvsjöbro",
            "bio": lambda: None,
            "mission": lambda: None,
            "general_info": lambda: None,
            "company_overview": lambda: None,
            "impressum": lambda: None,
            "picture": lambda: {"data": {"url": self.signed("/media/avatar"), "width": 200, "height": 200}},
            "cover": lambda: {"id": "77001", "source": self.signed("/media/cover"), "offset_x": 0, "offset_y": 50},
        }

    def _post_values(self, item: Item) -> Values:
        now = self.world.now
        thread = self.world.thread(item.id)
        native = self.native(item)

        def with_counts(name: str) -> Callable[[], Any]:
            return lambda: {"data": [], "summary": {"total_count": item.likes if name == "LIKE" else 0}}

        return {
            "id": lambda: native,
            "created_time": lambda: _time(item.created),
            # It moves with every comment, not with edits alone; on some servers with nothing.
            "updated_time": lambda: _time(
                item.created
                if self.options.get("updated") == "never"
                else max([item.last_changed(now), *(one.created for one in thread)])
            ),
            "from": lambda: _from(item.author),
            "admin_creator": lambda: {"id": PERSON.id, "name": PERSON.name},
            "application": lambda: {"id": "2915120374", "name": "Business Suite"},
            "message": lambda: item.text_now(now) or None,
            "message_tags": lambda: None,
            "story": lambda: None,
            "story_tags": lambda: None,
            "permalink_url": lambda: f"https://www.facebook.com/{native.replace('_', '/posts/')}",
            "parent_id": lambda: None,
            "status_type": lambda: "added_photos" if item.media else "mobile_status_update",
            "is_hidden": lambda: item.is_hidden(now),
            "is_published": lambda: True,
            "is_expired": lambda: False,
            "is_popular": lambda: item.likes > 10,
            "timeline_visibility": lambda: "hidden" if item.is_hidden(now) else "normal",
            "privacy": lambda: {"value": "EVERYONE", "description": "Public", "friends": "", "allow": "", "deny": ""},
            "place": lambda: None,
            "full_picture": lambda: self._still(item),
            "picture": lambda: self._still(item),
            "shares": lambda: {"count": item.shares} if item.shares else None,
            "attachments": lambda: self._attachments(item),
            "comments": lambda: None,  # see _chosen
            **{f"reactions.{name}": with_counts(name) for name in _REACTIONS},
            "reactions": lambda: {"data": [], "summary": {"total_count": item.likes}},
        }

    def _comment_values(self, item: Item) -> Values:
        now = self.world.now
        parent = self.world.items.get(item.parent or "")

        def person() -> Any:
            return None if self.options.get("names") == "off" else _from(item.author)

        def above() -> Any:
            # Only an answer to a comment has a parent; it comes whole unless fields are named.
            if parent is None or parent.kind != "comment":
                return None
            return {"id": self.native(parent), "message": parent.text_now(now), "created_time": _time(parent.created)}

        return {
            "id": lambda: None if self.options.get("ids") == "off" else self.native(item),
            "message": lambda: item.text_now(now),
            "created_time": lambda: _time(item.created),
            "from": person,
            "parent": above,
            "object": lambda: {"id": f"{self.world.own.id}_{item.root}"},
            "attachment": lambda: self._attachment(item, item.media[0]) if item.media else None,
            "message_tags": lambda: None,
            "like_count": lambda: item.likes,
            "comment_count": lambda: len(self.world.below(item.id)),
            "is_hidden": lambda: item.is_hidden(now),
            "is_private": lambda: False,
            "can_hide": lambda: True,
            "can_remove": lambda: True,
            "can_comment": lambda: True,
            "can_like": lambda: True,
            "can_reply_privately": lambda: False,
            "user_likes": lambda: False,
            "permalink_url": lambda: f"https://www.facebook.com/{item.root}?comment_id={item.id}",
        }

    def _message_values(self, item: Item) -> Values:
        return {
            "id": lambda: self.native(item),
            "created_time": lambda: _time(item.created),
            "from": lambda: {**(_from(item.author) or {}), "email": f"{item.id}@facebook.com"},
            "to": lambda: {"data": [{**(_from(self.world.own) or {}), "email": "sida@facebook.com"}]},
            "message": lambda: item.text_now(self.world.now),
            "sticker": lambda: None,
            "attachments": lambda: self._letter_files(item),
        }

    def _medium_values(self, item: Item, medium: Medium) -> tuple[Values, str]:
        address = self.signed(f"/media/{medium.id}")
        if medium.role == "video":
            return {
                "id": lambda: medium.id,
                "source": lambda: None if self.options.get("source") == "off" else address,
                "permalink_url": lambda: f"/watch/{medium.id}",
                "length": lambda: 12.5,
            }, "Video"
        return {
            "id": lambda: medium.id,
            "alt_text": lambda: "Kanske en bild på en bro",
            "alt_text_custom": lambda: medium.alt,
            "images": lambda: [
                {"source": address, "width": 1200, "height": 800},
                {"source": self.signed(f"/media/{medium.id}", stp="dst-jpg_p130x130"), "width": 130, "height": 87},
            ],
            "name": lambda: item.text_now(self.world.now),
            "created_time": lambda: _time(item.created),
        }, "Photo"

    # -- attachments

    def _still(self, item: Item) -> str | None:
        pictures = [one for one in item.media if one.role in ("picture", "video")]
        return self.signed(f"/media/{pictures[0].id}", stp="dst-jpg_s720x720") if pictures else None

    def _attachments(self, item: Item) -> Any:
        shown = [self._attachment(item, one) for one in item.media if one.role in ("picture", "video")]
        if not shown:
            return None
        if len(shown) == 1:
            return {"data": shown}
        first = shown[0]
        album = {
            "media_type": "album",
            "type": "album",
            "title": "Foton från Älvsjöbro kommuns inlägg",
            "url": f"https://www.facebook.com/{item.id}",
            "target": {"id": f"8{item.id}", "url": f"https://www.facebook.com/{item.id}"},
            "media": first["media"],
            "subattachments": {"data": shown},
        }
        return {"data": [album]}

    def _attachment(self, item: Item, medium: Medium) -> dict[str, Any]:
        image = {"src": self.signed(f"/media/{medium.id}", stp="dst-jpg_s720x720"), "width": 720, "height": 480}
        address = f"https://www.facebook.com/photo.php?fbid={medium.id}&set=a.1"
        shown: dict[str, Any] = {
            "media_type": "photo",
            "type": "photo",
            "description": item.text_now(self.world.now),
            "url": address,
            "target": {"id": medium.id, "url": address},
            "media": {"image": image},
        }
        if medium.role == "video":
            shown |= {"media_type": "video", "type": "video_inline"}
            if self.options.get("source") != "off":
                shown["media"] = {"image": image, "source": self.signed(f"/media/{medium.id}")}
        return shown

    def _letter_files(self, item: Item) -> Any:
        files = [
            {
                "id": one.id,
                "mime_type": one.media_type,
                "name": f"{one.id}.png",
                "size": len(one.data),
                "image_data": {"url": self.signed(f"/media/{one.id}"), "width": 10, "height": 10},
            }
            for one in item.media
        ]
        return {"data": files} if files else None

    # -- edges

    def _edge(self, native: str, edge: str, request: Request, fields: Fields, token: str) -> Any:
        world = self.world
        if native in (world.own.id, world.own.handle):
            if edge in ("published_posts", "posts"):
                return self._page_of([self._values(one) for one in self._ranked()], request, fields, gap=True)
            if edge in ("visitor_posts", "tagged"):
                items = world.shown("visitor_post" if edge == "visitor_posts" else "mention")
                return self._page_of([self._values(one) for one in reversed(items)], request, fields)
            if edge == "likes":
                return self._page_of([_liked(one) for one in world.people], request, fields)
            if edge == "conversations":
                return self._page_of(self._conversations(request, fields), request, fields)
            raise RefusedError(2500, f"Unknown path components: /{edge}")
        if edge == "messages" and native.startswith("t_"):
            letters = [(self._message_values(one), "Message") for one in self._letters(native.removeprefix("t_"))]
            return self._page_of(letters, request, fields)
        values, kind = self._found(native)
        if edge == "comments" and kind in ("PagePost", "Comment"):
            return self._comments(values, request, fields, token)
        if edge == "captions" and kind == "Video":
            return self._page_of(self._captions(native), request, fields)
        raise RefusedError(2500, f"Unknown path components: /{edge}")

    def _ranked(self) -> list[Item]:
        posts = list(reversed(self.world.shown("post")))
        cap = int(self.options.get("cap", len(posts)))
        posts = posts[:cap]
        if self.options.get("order") == "time":
            return posts
        return sorted(posts, key=lambda one: hashlib.sha256(one.id.encode()).digest())

    def _comments(self, values: Values, request: Request, fields: Fields, token: str) -> Any:
        native = values["id"]()
        item = next(one for one in self.world.shown() if self.native(one) == native)
        stream = request.first("filter") == "stream" and self.options.get("stream") != "off"
        found = self._below(item) if stream else self.world.below(item.id)
        if request.first("order") == "reverse_chronological":
            found = found[::-1]
        empty = self.misbehaviour.empty or self._tokens()[token] == "user"
        nobody = self.options.get("nobody", "").split(",")
        shown = [] if empty else [one for one in found if one.id not in nobody]
        page = self._page_of([self._values(one) for one in shown], request, fields)
        if request.first("summary") == "true":
            page["summary"] = {"order": "chronological", "total_count": len(found), "can_comment": True}
        return page

    def _below(self, item: Item) -> list[Item]:
        if item.root is None:
            return self.world.thread(item.id)
        return self.world.below(item.id)

    def _captions(self, video: str) -> list[tuple[Values, str]]:
        item = next(one for one in self.world.shown() for medium in one.media if medium.id == video)

        def values(caption: Medium) -> Values:
            return {
                "locale": lambda: caption.language or "sv_SE",
                "locale_name": lambda: "Svenska",
                "is_auto_generated": lambda: False,
                "uri": lambda: self.signed(f"/media/{caption.id}"),
            }

        return [(values(one), "VideoCaption") for one in item.media if one.role == "caption"]

    def _letters(self, person: str) -> list[Item]:
        """The newest message first, as the inbox has it."""
        found = [one for one in self.world.shown("message") if one.author is not None and one.author.id == person]
        return found[::-1]

    def _conversations(self, request: Request, fields: Fields) -> list[tuple[Values, str]]:
        if self.options.get("messages") == "off":
            raise RefusedError(10, "(#10) This endpoint requires the 'pages_messaging' permission.", status=403)

        def values(person: Person) -> Values:
            letters = self._letters(person.id)

            def inside() -> Any:
                name, _, inner = next(one for one in fields.values() if one[0] == "messages")
                shown = [self._chosen(self._message_values(one), inner, "Message") for one in letters[: self.page]]
                paging: dict[str, Any] = {"cursors": {"before": "b", "after": _cursor(self.page)}}
                if len(letters) > self.page:
                    paging["next"] = self._next(f"t_{person.id}/{name}", request, _cursor(self.page))
                return {"data": shown, "paging": paging}

            return {
                "id": lambda: f"t_{person.id}",
                "updated_time": lambda: _time(letters[0].created),
                "message_count": lambda: len(letters),
                "messages": inside,
            }

        people = [one for one in self.world.people if self._letters(one.id)]
        people.sort(key=lambda one: self._letters(one.id)[0].created, reverse=True)
        return [(values(one), "UnifiedThread") for one in people]

    # -- the form of answers

    def _page_of(
        self, nodes: list[tuple[Values, str]], request: Request, fields: Fields, *, gap: bool = False
    ) -> dict[str, Any]:
        asked = request.first("after")
        begin, jumped = _position(asked)
        limit = min(int(request.first("limit", "25")), self.page)
        empty = gap and begin == limit and not jumped and begin < len(nodes)
        end = begin if empty else begin + limit
        shown = nodes[begin:end]
        data = [self._chosen(values, fields, kind) for values, kind in shown]
        page: dict[str, Any] = {"data": data}
        if self.options.get("total") == "on":
            page["summary"] = {"total_count": int(self.options.get("stated", len(nodes)))}
        following = self.cursor(asked, _cursor(end, jumped=empty or jumped)) if end < len(nodes) else ""
        if shown or following:
            page["paging"] = {"cursors": {"before": _cursor(begin), "after": _cursor(end, jumped=empty or jumped)}}
        if following:
            page["paging"]["next"] = self._next(request.path.strip("/"), request, following)
        return page

    def _next(self, path: str, request: Request, cursor: str) -> str:
        """The next page's address, with the access token in it, as Meta gives it."""
        hosts = {"meta": "https://graph.facebook.com", "name": self.base.replace("127.0.0.1", "localhost")}
        host = hosts.get(self.options.get("relay", ""), self.base)
        kept = {name: values[0] for name, values in request.query.items() if name not in ("after", "access_token")}
        return f"{host}/{path}?{urlencode({'access_token': self.world.token, **kept, 'after': cursor})}"

    def _chosen(self, values: Values, fields: Fields, kind: str) -> dict[str, Any]:
        refused = self.options.get("refuse", "").split(",")
        shown: dict[str, Any] = {}
        for alias, (name, modifiers, inner) in {"id": ("id", {}, {}), **fields}.items():
            if name == "id" and "id" not in values:
                continue
            if name not in values or name in refused:
                raise RefusedError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
            if name == "comments" and kind == "PagePost":
                value = self._stated(values["id"](), modifiers)
            elif name == "reactions" and "type" in modifiers:
                value = values[f"reactions.{modifiers['type']}"]()
            else:
                value = values[name]()
            if value is not None:
                shown[alias] = _narrowed(value, inner)
        return shown

    def _stated(self, native: str, modifiers: dict[str, str]) -> Any:
        """The comments edge inside a post: with ``limit(0)`` only its summary."""
        item = next(one for one in self.world.shown() if self.native(one) == native)
        stream = modifiers.get("filter") == "stream"
        found = self._below(item) if stream else self.world.below(item.id)
        most = int(modifiers.get("limit", "25"))
        if self.misbehaviour.empty:
            most = 0
        data = [self._chosen(self._comment_values(one), _parsed("id,message,from"), "Comment") for one in found[:most]]
        return {"data": data, "summary": {"order": "ranked", "total_count": len(found), "can_comment": True}}

    def _file(self, name: str, request: Request) -> Reply:
        if not request.first("oh") or not request.first("oe"):
            return Reply(403, {"Content-Type": "text/plain"}, b"Bad URL signature")
        medium = self.world.medium(name)
        if medium is not None:
            return Reply(200, {"Content-Type": medium.media_type}, medium.data)
        if name in ("avatar", "cover"):
            return Reply(200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + name.encode())
        return Reply(404, {"Content-Type": "text/plain"}, b"Not found")


FAKE = FacebookFake


def native(item: Item) -> str:
    """As the platform numbers things: posts below the page or person, comments below the post."""
    if item.kind == "comment":
        return f"{item.root}_{item.id}"
    if item.kind == "message":
        return f"m_{item.id}"
    if item.kind == "mention" and item.author is not None:
        return f"{item.author.id}_{item.id}"
    return f"{FacebookFake.OWN.id}_{item.id}"


def _advert(campaign: dict[str, Any], native: str) -> tuple[Values, str]:
    return {
        "id": lambda: f"7{campaign['id']}",
        "campaign_id": lambda: str(campaign["id"]),
        "creative": lambda: {"id": "1", "effective_object_story_id": native},
    }, "Ad"


def _report(campaign: dict[str, Any], since: str, until: str) -> Values:
    """Empty where nothing was spent between the days. Amounts are texts, as is every number."""
    spent = [Decimal(amount) for day, amount in campaign["days"].items() if since <= day <= until]
    if not spent:
        return {}
    total = campaign.get("spend", str(sum(spent)))
    return {
        "campaign_id": lambda: str(campaign["id"]),
        "campaign_name": lambda: campaign["name"],
        "spend": lambda: total,
        "impressions": lambda: str(100 * len(spent)),
        "clicks": lambda: str(len(spent)),
        "account_currency": lambda: campaign.get("currency", "SEK"),
        "date_start": lambda: since,
        "date_stop": lambda: until,
    }


def _liked(person: Person) -> tuple[Values, str]:
    """A page that ours likes."""
    return {
        "id": lambda: person.id,
        "name": lambda: person.name,
        "link": lambda: f"https://www.facebook.com/{person.handle}",
        "username": lambda: person.handle,
    }, "Page"


def _from(person: Person | None) -> dict[str, str] | None:
    return None if person is None else {"name": person.name, "id": person.id}


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _cursor(position: int, *, jumped: bool = False) -> str:
    return base64.b64encode(f"{'e' if jumped else 'p'}{position}".encode()).decode()


def _position(cursor: str) -> tuple[int, bool]:
    if not cursor:
        return 0, False
    text = base64.b64decode(cursor).decode()
    return int(text[1:]), text[0] == "e"


def _usage(percent: int, minutes: int = 0) -> dict[str, str]:
    numbers = f'"call_count":{percent},"total_cputime":9,"total_time":10'
    stated = f'{{"type":"pages",{numbers},"estimated_time_to_regain_access":{minutes}}}'
    return {"X-Business-Use-Case-Usage": f'{{"112233":[{stated}]}}'}


def _error(code: int, message: str, subcode: int = 0, status: int = 400) -> Reply:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf"}
    if subcode:
        error["error_subcode"] = subcode
    return Reply.json({"error": error}, status)


def _parsed(text: str) -> Fields:
    """``a,b{c,d},e.type(X).limit(0).as(f)`` as a tree."""
    fields: Fields = {}
    for part in _split(text):
        head, _, inner = part.partition("{")
        name, *modifiers = re.findall(r"[a-z_]+(?:\([^)]*\))?", head)
        given = {one.partition("(")[0]: one.partition("(")[2].rstrip(")") for one in modifiers}
        fields[given.get("as", name)] = (name, given, _parsed(inner[:-1]) if inner else {})
    return fields


def _split(text: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for position, sign in enumerate(text):
        depth += (sign in "{(") - (sign in "})")
        if sign == "," and depth == 0:
            parts.append(text[begin:position])
            begin = position + 1
    return [part for part in [*parts, text[begin:]] if part]


def _narrowed(value: Any, inner: Fields) -> Any:
    """Only the fields that were named inside, where any were."""
    if not inner:
        return value
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return {**value, "data": [_narrowed(one, inner) for one in value["data"]]}
    if isinstance(value, dict) and set(value) == {"data"}:
        return {"data": _narrowed(value["data"], inner)}
    if isinstance(value, dict):
        chosen = {alias: _narrowed(value[name], below) for alias, (name, _, below) in inner.items() if name in value}
        return chosen | ({"id": value["id"]} if "id" in value else {})
    if isinstance(value, list):
        return [_narrowed(one, inner) for one in value]
    return value
