"""The X API v2 over the invented world, as documented: fields and expansions as asked for, edits as new ids, problems.

Options: ``fields`` = ``tweet`` (usual) or ``post``: the vocabulary that is understood and answered; ``auth`` = ``app``:
the token stands for the app and for no user; ``silent`` = ``yes``: deleted ids are left out of a look-up's ``errors``;
``token`` = ``next`` or ``pagination``: the one name under which search takes the next page; ``start`` = ``no``:
``start_time`` is refused; ``search`` = ``no``: the subscription has no search; ``credit`` = ``no``: it is used up;
``lookup`` = ``closed``: what is gone may be there and not shown; ``ignore`` = ``yes``: what is not understood is passed
over instead of refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.world import Fake, Item, Person, Reply, Request
from tests.servers.x_rules import (
    EXPANSIONS,
    FIELDS,
    MEDIA_FIELDS,
    MESSAGE_EXPANSIONS,
    MESSAGE_FIELDS,
    NEW_NAMES,
    POLL_FIELDS,
    USER_FIELDS,
    RefusedError,
    invalid,
    limits,
    missing,
    not_one_of,
    refusal,
    unknown,
)

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
        "mention",
        "message",
        "media",
        "likes",
    }
)
VARIANTS = [{"options": {"fields": "tweet"}}, {"options": {"fields": "post"}}]
OTHER = Person("800500", "Grannkommunen", "grannkommunen")
"""Somebody whose posts are in nobody's thread of ours."""

WEEK = timedelta(days=7)
TIMELINE_CAP, MENTIONS_CAP = 3_200, 800
_EPOCH = datetime.fromtimestamp(1_288_834_974.657, UTC)
_LONG = 40
"""A text longer than this is cut, and whole in the note."""
_PICTURE = b"\x89PNG\r\n\x1a\n vapen"


@dataclass(frozen=True, slots=True)
class Version:
    """One text of one item, under the id that X gave it."""

    item: Item
    number: int

    @property
    def id(self) -> str:
        """Its id: larger the later it was written."""
        since = int((self.at - _EPOCH).total_seconds() * 1000)
        return str((since << 22) + (int(self.item.id) * 7 + self.number) % (1 << 22))

    @property
    def at(self) -> datetime:
        """When it was written."""
        return self.item.created if self.number == 0 else self.item.edits[self.number - 1][0]

    @property
    def written(self) -> str:
        """What it says, without whom it answers."""
        return self.item.text if self.number == 0 else self.item.edits[self.number - 1][1]


class XFake(Fake):
    """What Bevara asks of X for one account."""

    @property
    def words(self) -> str:
        """The vocabulary: ``tweet`` or ``post``."""
        return self.options.get("fields", "tweet")

    def reset(self) -> None:
        """An empty world, of which nothing was told."""
        super().reset()
        self._listed: set[str] = set()
        self._told_of: set[str] = set()

    def respond(self, request: Request) -> tuple[Reply, bool]:
        """As usual; what was told in a whole answer was told."""
        self._listed = set()
        reply, cut = super().respond(request)
        if not cut:
            self._told_of |= self._listed
        return reply, cut

    # -- what the world is on X

    def kind(self, item: Item) -> str:
        """Where nothing above it was ever shown and is gone, a comment that names us is no more than a mention."""
        kind = super().kind(item)
        return kind if kind != "comment" or not self._names_us(item) or self._in_our_thread(item) else "mention"

    def _in_our_thread(self, item: Item) -> bool:
        """It can be told, by its conversation or by what it answers, that it stands in a thread of ours."""
        root, parent = self.world.items[item.root or ""], self.world.items[item.parent or ""]
        if parent.author == self.world.own or root.is_there(self.world.now) or root.id in self._told_of:
            return True
        return parent.id in self._told_of and self._in_our_thread(parent)

    def native(self, item: Item) -> str:
        """The first id of its edit history."""
        return f"dm:{Version(item, 0).id}" if item.kind == "message" else Version(item, 0).id

    def text(self, item: Item, at: datetime) -> str:
        """Whom it answers stands before what it says."""
        return self._before(item) + item.text_now(at)

    def shows(self, item: Item, at: datetime) -> bool:
        """Ours are listed; what names us is among the mentions; the rest is found for a week, in an answered thread."""
        if not item.is_there(at):
            return False
        if item.author == self.world.own or item.kind == "message" or self._names_us(item):
            return True
        root = self.world.items[item.root] if item.root else item
        answered = any(one.parent == root.id and one.is_there(at) for one in self.world.items.values())
        found = item.last_changed(at) > at - WEEK
        return found and root.is_there(at) and (answered or root.last_changed(at) > at - WEEK)

    def _names_us(self, item: Item) -> bool:
        if item.kind != "comment":
            return item.kind == "mention"
        parent = self.world.items[item.parent or ""]
        return parent.author == self.world.own or int(item.id) % 3 != 0

    def _before(self, item: Item) -> str:
        if item.kind == "message" or (item.kind == "post" and item.author == self.world.own):
            return ""
        if item.author != self.world.own:
            return f"@{self.world.own.handle} " if self._names_us(item) else ""
        parent = self.world.items[item.parent or ""]
        return "" if parent.author in (None, self.world.own) else f"@{parent.author.handle} "

    def versions(self, item: Item) -> list[Version]:
        """Every text so far, oldest first."""
        written = 1 + sum(at <= self.world.now for at, _ in item.edits)
        return [Version(item, number) for number in range(written)]

    def _latest(self, items: Iterable[Item]) -> list[Version]:
        """The latest text of each, newest first."""
        return sorted((self.versions(one)[-1] for one in items), key=lambda one: int(one.id), reverse=True)

    def _by_id(self, number: str) -> Version | None:
        for item in self.world.shown("post", "comment", "mention"):
            for version in self.versions(item):
                if version.id == number:
                    return version
        return None

    # -- answering

    def answer(self, request: Request) -> Reply:
        """One endpoint, with the headers of its limit."""
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] == ["media"]:
            return self._file(parts[-1], request)
        if request.bearer not in (self.world.token, self.world.moderating):
            return self.unauthorized()
        try:
            if request.method != "GET":
                return self._changed(parts, request)
            body = self._endpoint(parts, request)
        except RefusedError as refused:
            return Reply(refused.reply.status, {**refused.reply.headers, **limits()}, refused.reply.body)
        return Reply.json(self._named(body), headers=limits())

    def _changed(self, parts: list[str], request: Request) -> Reply:
        """What the second token may change: our own posts, and replies below them."""
        if not self.may_act(request.bearer):
            raise RefusedError(refusal(403, "Forbidden", ""))
        version = self._by_id(parts[2]) if parts[:2] == ["2", "tweets"] and len(parts) > 2 else None
        if version is None:
            raise RefusedError(refusal(404, "Not Found", "resource-not-found"))
        item, own = version.item, self.world.own
        if request.method == "DELETE" and len(parts) == 3 and item.author == own:
            return self.perform("remove", parts[2], lambda: self.remove(item), Reply.json({"data": {"deleted": True}}))
        root = self.world.items.get(item.root or "")
        hides = request.method == "PUT" and parts[3:] == ["hidden"] and request.sent.get("hidden") is True
        if hides and root is not None and root.author == own:
            return self.perform("hide", parts[2], lambda: self.hide(item), Reply.json({"data": {"hidden": True}}))
        raise RefusedError(refusal(403, "Forbidden", ""))

    def throttled(self) -> Reply:
        """Too many requests; when they are welcome again stands in a header, in seconds since 1970."""
        body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
        return Reply.json(body, 429, limits(remaining=0))

    def unauthorized(self) -> Reply:
        """A bad token."""
        return refusal(401, "Unauthorized", "")

    def _endpoint(self, parts: Sequence[str], request: Request) -> dict[str, Any]:
        own = self.world.own
        if self.options.get("credit") == "no":
            raise RefusedError(refusal(402, "CreditsDepleted", "credits"))
        fixed: dict[tuple[str, ...], Callable[[Request], dict[str, Any]]] = {
            ("2", "users", "me"): self._me,
            ("2", "users", own.id, "tweets"): self._timeline,
            ("2", "users", own.id, "mentions"): self._mentions,
            ("2", "tweets"): self._lookup,
            ("2", "tweets", "search", "recent"): self._search,
            ("2", "dm_events"): self._messages,
        }
        found = fixed.get(tuple(parts))
        if found is not None:
            return found(request)
        if parts[:4] == ["2", "users", "by", "username"] and len(parts) == 5:
            return self._by_name(parts[4], request)
        if parts[:2] == ["2", "tweets"] and len(parts) == 3:
            return self._one(parts[2], request)
        raise RefusedError(refusal(404, "Not Found", ""))

    def _me(self, request: Request) -> dict[str, Any]:
        self._for_users()
        self._check(request, {"user.fields", "expansions"})
        return {"data": self._profile(self.world.own, request)}

    def _by_name(self, name: str, request: Request) -> dict[str, Any]:
        self._check(request, {"user.fields", "expansions"})
        for person in (self.world.own, *self.world.people):
            if person.handle.casefold() == name.casefold():
                return {"data": self._profile(person, request)}
        return {"errors": [missing("user", "username", name)]}

    def _timeline(self, request: Request) -> dict[str, Any]:
        self._check(request, {*_PAGED, *_SPAN, "exclude", *self._spelled()})
        ours = [one for one in self.world.shown("post", "comment") if one.author == self.world.own]
        return self._listing(request, self._latest(ours)[:TIMELINE_CAP], least=5)

    def _mentions(self, request: Request) -> dict[str, Any]:
        self._check(request, {*_PAGED, *_SPAN, *self._spelled()})
        named = [
            one
            for one in self.world.shown("comment", "mention")
            if one.author != self.world.own and self._names_us(one)
        ]
        return self._listing(request, self._latest(named)[:MENTIONS_CAP], least=5)

    def _search(self, request: Request) -> dict[str, Any]:
        self._check(request, {*_PAGED, *_SPAN, "query", "next_token", "sort_order", *self._spelled()})
        if self.options.get("search") == "no":
            raise RefusedError(refusal(403, "Client Forbidden", "client-forbidden"))
        asked = re.fullmatch(r"conversation_id:(\d+)", request.first("query"))
        if asked is None:
            raise RefusedError(invalid("query", request.first("query")))
        inside = [
            one
            for one in self.world.shown("post", "comment", "mention")
            if self._conversation(one) == asked[1] and one.last_changed(self.world.now) > self.world.now - WEEK
        ]
        return self._listing(request, self._latest(inside), least=10)

    def _lookup(self, request: Request) -> dict[str, Any]:
        self._check(request, {"ids", *self._spelled()})
        ids = request.first("ids").split(",")
        wrong = [one for one in ids if not re.fullmatch(r"\d{1,19}", one)]
        if wrong or not 1 <= len(ids) <= 100:
            raise RefusedError(invalid("ids", ",".join(wrong or ids)))
        found = {one: self._by_id(one) for one in ids}
        body = self._body([one for one in found.values() if one is not None], request)
        gone = [one for one, version in found.items() if version is None]
        if gone and self.options.get("silent") != "yes":
            closed = self.options.get("lookup") == "closed"
            body.setdefault("errors", []).extend(missing(self.words, "ids", one, closed=closed) for one in gone)
        if not body["data"]:
            del body["data"]
        return body

    def _one(self, number: str, request: Request) -> dict[str, Any]:
        self._check(request, self._spelled())
        if not re.fullmatch(r"\d{1,19}", number):
            raise RefusedError(invalid("id", number))
        version = self._by_id(number)
        if version is None:
            return {"errors": [missing(self.words, "id", number)]}
        body = self._body([version], request)
        return {**body, "data": body["data"][0]}

    def _messages(self, request: Request) -> dict[str, Any]:
        self._for_users()
        self._check(
            request,
            {
                *_PAGED,
                "event_types",
                "dm_event.fields",
                "user.fields",
                "media.fields",
                f"{self.words}.fields",
                "expansions",
            },
            fields={"dm_event.fields": MESSAGE_FIELDS[self.words]},
            expansions=MESSAGE_EXPANSIONS[self.words],
        )
        recent = [one for one in self.world.shown("message") if one.created > self.world.now - timedelta(days=30)]
        page, meta = self._page(request, self._latest(recent), least=1)
        asked = {*request.first("dm_event.fields").split(","), *request.first("expansions").split(","), "id", "text"}
        asked.add("event_type")
        people = [one.item.author for one in page if one.item.author is not None]
        return {
            "data": [_only(self._message(one), asked) for one in page],
            "includes": {"users": [_person(one) for one in dict.fromkeys(people)]},
            "meta": _only(meta, ("result_count", "next_token")),
        }

    # -- rules

    def _spelled(self) -> set[str]:
        return {f"{self.words}.fields", "expansions", "media.fields", "poll.fields", "user.fields", "place.fields"}

    def _for_users(self) -> None:
        if self.options.get("auth") == "app":
            raise RefusedError(refusal(403, "Unsupported Authentication", "unsupported-authentication"))

    def _check(
        self,
        request: Request,
        known: set[str],
        *,
        fields: Mapping[str, frozenset[str]] | None = None,
        expansions: frozenset[str] | None = None,
    ) -> None:
        """Refuse parameters and values that X does not know."""
        if self.options.get("ignore") == "yes":
            return
        for name in request.query:
            if name not in known:
                raise RefusedError(unknown(name, request.first(name), known))
        allowed = {
            f"{self.words}.fields": FIELDS[self.words],
            "expansions": expansions or EXPANSIONS[self.words],
            "user.fields": USER_FIELDS,
            "media.fields": MEDIA_FIELDS,
            "poll.fields": POLL_FIELDS,
            **(fields or {}),
        }
        for name, values in allowed.items():
            for value in request.first(name).split(",") if name in request.query else ():
                if value not in values:
                    raise RefusedError(not_one_of(name, value, values))
        if "start_time" in request.query and self.options.get("start") == "no":
            raise RefusedError(invalid("start_time", request.first("start_time")))

    def _page(
        self, request: Request, versions: Sequence[Version], *, least: int
    ) -> tuple[list[Version], dict[str, Any]]:
        """A page from where the token points, and ``meta``."""
        size = request.first("max_results", "10")
        if not size.isdigit() or not least <= int(size) <= 100:
            raise RefusedError(invalid("max_results", size))
        wanted = {"next": "next_token", "pagination": "pagination_token"}.get(self.options.get("token", ""))
        names = [wanted] if wanted and "query" in request.query else ["pagination_token", "next_token"]
        asked = next((request.first(one) for one in names if request.first(one)), "")
        begin = _begin(asked)
        page = list(versions[begin : begin + min(int(size), self.page)])
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if begin + len(page) < len(versions):
            meta["next_token"] = self.cursor(asked, _token(begin + len(page)))
        return page, meta

    def _listing(self, request: Request, versions: Sequence[Version], *, least: int) -> dict[str, Any]:
        begin = request.first("start_time")
        since = datetime.fromisoformat(begin) if begin and self.options.get("start") != "no" else None
        page, meta = self._page(request, [one for one in versions if since is None or one.at >= since], least=least)
        self._listed = {one.item.id for one in page}
        body = {**self._body(page, request), "meta": meta}
        if not body["data"]:
            del body["data"]
        return body

    def _body(self, versions: Sequence[Version], request: Request) -> dict[str, Any]:
        """Posts with what was asked for, and what the expansions show."""
        asked = {one for one in request.first("expansions").split(",") if one}
        old = {new: name for name, new in NEW_NAMES.items()}
        asked = {old.get(one, one) for one in asked}
        fields = {old.get(one, one) for one in request.first(f"{self.words}.fields").split(",")}
        fields |= {"id", "text", "edit_history_tweet_ids"} | {one.partition(".")[0] for one in asked}
        if any(one.startswith("attachments.") for one in asked):
            fields.add("attachments")
        includes: dict[str, list[dict[str, Any]]] = {}
        if "attachments.media_keys" in asked:
            wanted = {"media_key", "type", *request.first("media.fields").split(",")}
            media = {one.id: one for version in versions for one in version.item.media}
            includes["media"] = [_only(self._medium(key), wanted) for key in media]
        if "author_id" in asked:
            people = dict.fromkeys(one.item.author for one in versions if one.item.author is not None)
            includes["users"] = [_person(one) for one in people]
        beside, errors = self._beside(versions, asked)
        includes["tweets"] = [_only(self._post(one), fields) for one in beside]
        body: dict[str, Any] = {"data": [_only(self._post(one), fields) for one in versions]}
        if any(includes.values()):
            body["includes"] = {name: value for name, value in includes.items() if value}
        if errors:
            body["errors"] = errors
        return body

    def _beside(self, versions: Sequence[Version], asked: set[str]) -> tuple[list[Version], list[dict[str, Any]]]:
        """Posts that the expansions show, and those that are gone."""
        beside: dict[str, Version] = {}
        errors: list[dict[str, Any]] = []
        if "edit_history_tweet_ids" in asked:
            beside |= {each.id: each for one in versions for each in self.versions(one.item)}
        if asked & {"referenced_tweets", "referenced_tweets.id"}:
            for parent in filter(None, (self._parent(one.item) for one in versions)):
                shown = self._by_id(parent.id)
                if shown is not None:
                    beside[shown.id] = shown
                else:
                    errors.append(missing(self.words, "referenced_tweets.id", parent.id))
        return list(beside.values()), errors

    # -- things

    def _parent(self, item: Item) -> Version | None:
        """The text that was answered: the latest one when the answer was written.

        Of what is gone the first is named: else nobody could tell that it is the same item.
        """
        if item.parent is None:
            return None
        parent = self.world.items[item.parent]
        if not parent.is_there(self.world.now):
            return Version(parent, 0)
        return Version(parent, sum(at <= item.created for at, _ in parent.edits))

    def _conversation(self, item: Item) -> str:
        return Version(self.world.items[item.root] if item.root else item, 0).id

    def _post(self, version: Version) -> dict[str, Any]:
        item, history = version.item, self.versions(version.item)
        whole = _escaped(self._before(item) + version.written)
        parent = self._parent(item)
        answered = self.world.items[item.parent].author if item.parent else None
        long = len(whole) > _LONG
        value: dict[str, Any] = {
            "id": version.id,
            "text": whole[: _LONG - 1] + "…" if long else whole,
            "author_id": item.author.id if item.author else None,
            "created_at": _stamp(version.at),
            "conversation_id": self._conversation(item),
            "edit_history_tweet_ids": [one.id for one in history],
            "edit_controls": {
                "edits_remaining": 5 - len(item.edits),
                "is_edit_eligible": True,
                "editable_until": _stamp(item.created + timedelta(minutes=30)),
            },
            "lang": "sv",
            "possibly_sensitive": False,
            "reply_settings": "everyone",
            "source": "X Web App",
            "public_metrics": {
                "retweet_count": item.shares,
                "reply_count": len(self.world.below(item.id)),
                "like_count": item.likes,
                "quote_count": 0,
                "bookmark_count": 0,
                "impression_count": item.likes * 10,
            },
        }
        if long:
            value["note_tweet"] = {"text": whole}
        if item.media:
            value["attachments"] = {"media_keys": [one.id for one in item.media]}
        if parent is not None:
            value["referenced_tweets"] = [{"type": "replied_to", "id": parent.id}]
        if answered is not None:
            value["in_reply_to_user_id"] = answered.id
        return {name: one for name, one in value.items() if one is not None}

    def _medium(self, key: str) -> dict[str, Any]:
        medium = self.world.medium(key)
        assert medium is not None
        address = self.signed(f"/media/{key}")
        value: dict[str, Any] = {"media_key": key, "type": "photo", "url": address, "width": 640, "height": 480}
        if medium.role == "video":
            value = {"media_key": key, "type": "video", "preview_image_url": self.signed("/media/still")}
            value["variants"] = [
                {"content_type": "application/x-mpegURL", "url": self.signed(f"/media/{key}.m3u8")},
                {"content_type": "video/mp4", "bit_rate": 256_000, "url": self.signed("/media/small")},
                {"content_type": "video/mp4", "bit_rate": 2_176_000, "url": address},
            ]
        if medium.alt is not None:
            value["alt_text"] = medium.alt
        return value

    def _message(self, version: Version) -> dict[str, Any]:
        item, own = version.item, self.world.own
        sender = item.author.id if item.author else own.id
        return {
            "id": version.id,
            "event_type": "MessageCreate",
            "text": _escaped(version.written),
            "sender_id": sender,
            "created_at": _stamp(version.at),
            "dm_conversation_id": f"{sender}-{own.id}",
        }

    def _profile(self, person: Person, request: Request) -> dict[str, Any]:
        ours = [one for one in self.world.shown("post", "comment") if one.author == person]
        metrics = {
            "followers_count": 120,
            "following_count": 4,
            "tweet_count": len(ours),
            "listed_count": 1,
        }
        value = {
            **_person(person),
            "created_at": "2022-10-12T08:00:00.000Z",
            "description": "Officiellt konto",
            "profile_image_url": self.signed("/media/vapen"),
            "protected": False,
            "public_metrics": metrics,
            "verified": True,
            "verified_type": "government",
        }
        return _only(value, {"id", "name", "username", *request.first("user.fields").split(",")})

    def _file(self, name: str, request: Request) -> Reply:
        if not request.first("sig"):
            return Reply(403, {"Content-Type": "text/plain"}, b"no")
        if name in ("vapen", "still"):
            return Reply(200, {"Content-Type": "image/png"}, _PICTURE)
        medium = self.world.medium(name)
        if medium is None:
            return Reply(404, {"Content-Type": "text/plain"}, b"not found")
        return Reply(200, {"Content-Type": medium.media_type}, medium.data)

    def _named(self, value: Any) -> Any:
        """The answer in the vocabulary of this server."""
        if self.words == "tweet":
            return value
        if isinstance(value, dict):
            return {NEW_NAMES.get(name, name): self._named(one) for name, one in value.items()}
        return [self._named(one) for one in value] if isinstance(value, list) else value


FAKE = XFake

_PAGED = ("max_results", "pagination_token")
_SPAN = ("since_id", "until_id", "start_time", "end_time")


def _only(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    wanted = set(names)
    return {name: one for name, one in value.items() if name in wanted}


def _person(person: Person) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "username": person.handle}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _token(begin: int) -> str:
    return f"7140dibdnow9c7btw{begin:07}"


def _begin(token: str) -> int:
    if not token:
        return 0
    if not re.fullmatch(r"7140dibdnow9c7btw\d{7}", token):
        raise RefusedError(invalid("pagination_token", token))
    return int(token[-7:])
