"""LinkedIn over the invented world, by both interfaces: Community Management and Pages Data Portability.

Built from LinkedIn's documented facts: Rest.li's headers and encoding, ``start``/``count`` pages, the misspelt cursor,
batches with ``results``, ``statuses`` and ``errors``, little text, and the daily limit until midnight UTC.

Options of a variant: ``route`` (``community``, ``portability``; none = both), ``cursor`` (how the cursor is spelled),
``late`` (hours by which what is shown lies behind), ``counters`` (``no``: they are not given), ``lagging`` (which
counters leave out answers: ``summary`` of a comment, ``social`` metadata of one, those of a ``post``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.servers.world import Fake, Item, Person, Reply, Request

PLATFORM = "linkedin"
CAPABILITIES = frozenset(
    {
        "edit_post",
        "edit_comment",
        "nested",
        "own_answers",
        "delete_post",
        "delete_comment",
        "message",
        "media",
        "likes",
    }
)
VARIANTS: list[dict[str, Any]] = [{"options": {"route": "community"}}, {"options": {"route": "portability"}}]

_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")
_HASHTAG = re.compile(r"#(\w+)")
_ENDED = frozenset({"202510", "202511"})
_WITHHELD = "700100104"
"""A member who does not let LinkedIn tell anything."""
_UNNAMED = "700100103"
"""A member whose name LinkedIn does not tell."""
_MOST = 100
_LONG = 1_000
"""So many refusals to come mean that the day's limit is used up."""
_MEMORY = timedelta(days=60)


class LinkedinFake(Fake):
    """What Bevara asks of LinkedIn, for a page that the token's owner administers."""

    def answer(self, request: Request) -> Reply:
        """Files, then the interface with its headers."""
        path = request.path.removeprefix("/")
        if path.startswith("dms/") and (medium := self.world.medium(path.rpartition("/")[2])):
            return Reply(200, {"Content-Type": medium.media_type}, medium.data)
        if request.bearer not in (self.world.token, self.world.moderating):
            return self.unauthorized()
        version = request.headers.get("linkedin-version", "")
        if not re.fullmatch(r"\d{6}", version):
            return _refused(400, "VERSION_MISSING", "A version must be present. Please specify a version.")
        if version in _ENDED:
            return _refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            return _refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        first, *rest = path.removeprefix("rest/").split("/")
        route = self.options.get("route", "")
        wrong = bool(route) and (route == "portability") != first.startswith("dma")
        if not path.startswith("rest/") or (wrong and first not in ("images", "videos", "documents")):
            return _refused(403, "ACCESS_DENIED", f"Not enough permissions to access: {first}")
        if request.method != "GET":
            return self._changed(first, rest, request)
        doing: dict[str, Callable[[Request, list[str]], Reply]] = {
            "posts": self._posts,
            "socialActions": self._social_actions,
            "socialMetadata": self._social_metadata,
            "organizations": self._organization,
            "organizationalEntityNotifications": self._notifications,
            "images": self._image,
            "videos": self._image,
            "dmaOrganizations": self._organization,
            "dmaFeedContentsExternal": self._feed,
            "dmaPosts": lambda asked, _: self._batch(asked, self._post_named, self._dma_post),
            "dmaComments": lambda asked, _: self._batch(asked, self._comment_named, self._comment),
            "dmaSocialMetadata": lambda asked, _: self._batch(asked, self._named, self._counted),
            "dmaPeople": self._people,
            "dmaPageMessagingThreads": self._threads,
            "dmaPageMessagingMessages": self._messages,
        }
        if first not in doing or ("Metadata" in first and self.options.get("counters") == "no"):
            return _refused(404, "RESOURCE_NOT_FOUND", f"No virtual resource found for: {first}")
        now = self.world.now
        self.world.now = now - timedelta(hours=int(self.options.get("late", "0")))
        try:
            return doing[first](request, rest)
        finally:
            self.world.now = now

    # -- names

    @property
    def organization(self) -> str:
        """Our page's URN."""
        return f"urn:li:organization:{self.world.own.id}"

    def native(self, item: Item) -> str:
        """A share, a comment below the share's activity, or a message."""
        if item.kind == "comment":
            return f"urn:li:comment:(urn:li:activity:{item.root}9,{item.id})"
        return f"urn:li:{'message' if item.kind == 'message' else 'share'}:{item.id}"

    def shows(self, item: Item, at: datetime) -> bool:
        """Messages are shown by the portability interface alone."""
        if item.kind == "message":
            return item.is_there(at) and self.options.get("route") == "portability"
        return super().shows(item, at)

    def _named(self, urn: str) -> Item | None:
        return self._comment_named(urn) or self._post_named(urn)

    def _post_named(self, urn: str) -> Item | None:
        kind, _, number = urn.removeprefix("urn:li:").partition(":")
        item = self.world.get(number.removesuffix("9") if kind == "activity" else number)
        return item if item is not None and item.kind == "post" and kind in ("share", "activity") else None

    def _comment_named(self, urn: str) -> Item | None:
        found = re.fullmatch(r"urn:li:comment:\(.*,(\d+)\)", urn)
        item = self.world.get(found[1]) if found else None
        return item if item is not None and item.kind == "comment" else None

    def _person(self, person: Person | None) -> str | None:
        if person is None or (person.id == _WITHHELD and self.options.get("route") == "portability"):
            return None
        return self.organization if person == self.world.own else f"urn:li:person:p{person.id}"

    # -- what may be changed (the second token)

    def _changed(self, first: str, rest: list[str], request: Request) -> Reply:
        if not self.may_act(request.bearer):
            return _refused(403, "ACCESS_DENIED", f"Not enough permissions to access: {first}.DELETE")
        if request.method != "DELETE" or request.headers.get("x-restli-method") != "DELETE":
            return _refused(400, "ILLEGAL_ARGUMENT", "unknown method")
        item = self._post_named(rest[0]) if first == "posts" else None
        if first == "socialActions" and rest[1:2] == ["comments"] and len(rest) == 3:
            if request.first("actor") != self.organization:
                return _refused(403, "ACCESS_DENIED", "the actor is not ours")
            item = self._comment_named(f"urn:li:comment:({rest[0]},{rest[2]})")
        if item is None:
            return _missing(rest[0] if rest else first)
        gone = item
        return self.perform("remove", self.native(item), lambda: self.remove(gone), Reply(204))

    # -- Community Management

    def _posts(self, request: Request, rest: list[str]) -> Reply:
        if rest:
            item = self._post_named(rest[0])
            return Reply.json(self._post(item)) if item else _missing(rest[0])
        if request.headers.get("x-restli-method") not in (None, "FINDER") or request.first("q") != "author":
            return _refused(400, "PARAM_INVALID", "unknown finder")
        if request.first("author") != self.organization:
            return _refused(403, "ACCESS_DENIED", "Not enough permissions to access: posts")
        items = self.world.shown("post")
        if request.first("sortBy", "LAST_MODIFIED") == "LAST_MODIFIED":
            items.sort(key=lambda item: item.last_changed(self.world.now))
        return self._counted_page(request, [self._post(item) for item in reversed(items)])

    def _social_actions(self, request: Request, rest: list[str]) -> Reply:
        above = self._named(rest[0])
        if above is None or rest[1:2] != ["comments"]:
            return _missing(rest[0])
        if rest[2:]:
            item = self.world.get(rest[2])
            there = item is not None and above.id in (item.root, item.parent)
            return Reply.json(self._comment(item)) if item and there else _missing(rest[2])
        below = [] if self.misbehaviour.empty else self.world.below(above.id)
        return self._counted_page(request, [self._comment(one) for one in below])

    def _social_metadata(self, _: Request, rest: list[str]) -> Reply:
        item = self._named(rest[0]) if rest else None
        if not rest:
            return _refused(400, "ILLEGAL_ARGUMENT", "the key is missing")
        return Reply.json(self._counted(item)) if item else _missing(rest[0])

    def _notifications(self, request: Request, _: list[str]) -> Reply:
        now = self.world.now
        told: list[tuple[datetime, str, Item]] = []
        for item in self.world.items.values():
            if item.kind != "comment" or item.created > now:
                continue
            told.append((item.created, "ADMIN_COMMENT" if item.author == self.world.own else "COMMENT", item))
            told += [(at, "COMMENT_EDIT", item) for at, _ in item.edits if at <= now]
            if item.deleted is not None and item.deleted <= now:
                told.append((item.deleted, "COMMENT_DELETE", item))
        wanted = re.findall(r"\w+", request.first("actions").removeprefix("List"))
        kept = [one for one in told if now - one[0] <= _MEMORY and (not wanted or one[1] in wanted)]
        elements = [
            {
                "notificationId": int(item.id) + number,
                "organizationalEntity": self.organization,
                "action": action,
                "sourcePost": f"urn:li:share:{item.root}",
                "generatedActivity": self.native(item),
                "lastModifiedAt": _stamp(at),
            }
            for number, (at, action, item) in enumerate(sorted(kept, key=lambda one: one[0], reverse=True))
        ]
        return self._counted_page(request, elements)

    def _counted_page(self, request: Request, elements: Sequence[dict[str, Any]]) -> Reply:
        start, count = int(request.first("start", "0")), min(int(request.first("count", "10")), self.page, _MOST)
        following = start + count if start + count < len(elements) else 0
        if start and self.cursor(str(start), str(following or "")) == str(start) and following:
            # The same page again.
            start -= count
        links = [{"type": "application/json", "rel": "next", "href": f"{request.path}?start={following}&count={count}"}]
        paging = {"start": start, "count": count, "total": len(elements), "links": links if following else []}
        return Reply.json({"paging": paging, "elements": elements[start : start + count]})

    # -- Pages Data Portability

    def _feed(self, request: Request, _: list[str]) -> Reply:
        if request.headers.get("x-restli-method") not in (None, "FINDER"):
            return _refused(400, "ILLEGAL_ARGUMENT", "wrong method")
        finder = request.first("q")
        if finder == "postsByAuthor":
            if request.first("author") != self.organization:
                return _refused(403, "ACCESS_DENIED", "Not enough permissions")
            items = list(reversed(self.world.shown("post")))
        elif finder == "commentsOnEntity":
            above = self._named(request.first("entity"))
            if above is None:
                return _missing(request.first("entity"))
            items = [] if self.misbehaviour.empty else self.world.below(above.id)
        else:
            return _refused(400, "PARAM_INVALID", "unknown finder")
        return self._cursor_page(request, [{"id": self.native(item)} for item in items])

    def _cursor_page(self, request: Request, elements: Sequence[dict[str, Any]]) -> Reply:
        count = min(int(request.first("maxPaginationCount", "10")), self.page, _MOST)
        asked = request.first("paginationCursor")
        begin = int(asked.removeprefix("c-") or 0)
        following = f"c-{begin + count}" if begin + count < len(elements) else ""
        given = {"nextPaginationCursor": self.cursor(asked, following)}
        spelling = self.options.get("cursor", "paginationCursorMetdata")
        metadata = given if spelling == "plain" else {spelling: given}
        return Reply.json(
            {"elements": elements[begin : begin + count], "metadata": metadata, "paging": {"count": count}}
        )

    def _batch(
        self, request: Request, find: Callable[[str], Item | None], show: Callable[[Item], dict[str, Any]]
    ) -> Reply:
        if request.headers.get("x-restli-method") not in (None, "BATCH_GET"):
            return _refused(400, "ILLEGAL_ARGUMENT", "wrong method")
        answer: dict[str, dict[str, Any]] = {"results": {}, "statuses": {}, "errors": {}}
        for urn in _listed(request.first("ids")):
            item = find(urn)
            if item is None:
                answer["errors"][urn] = {"status": 404, "code": "NOT_FOUND", "message": "no such entity"}
            else:
                answer["results"][urn] = show(item)
                answer["statuses"][urn] = 200
        return Reply.json(answer)

    def _people(self, request: Request, _: list[str]) -> Reply:
        results = {}
        for urn in _listed(request.first("ids")):
            person = self.world.person(urn.removeprefix("urn:li:person:p"))
            if person is not None and person.id not in (_UNNAMED, _WITHHELD):
                first, last = person.name.split(" ", 1)
                results[urn] = {"id": f"p{person.id}", "localizedFirstName": first, "localizedLastName": last}
        return Reply.json({"results": results, "statuses": {}, "errors": {}})

    def _threads(self, request: Request, _: list[str]) -> Reply:
        people = dict.fromkeys(item.author.id for item in self.world.shown("message") if item.author)
        return self._cursor_page(request, [{"id": f"urn:li:messageThread:t{one}"} for one in people])

    def _messages(self, request: Request, _: list[str]) -> Reply:
        person = request.first("thread").removeprefix("urn:li:messageThread:t")
        items = [item for item in self.world.shown("message") if item.author and item.author.id == person]
        shown = [
            {
                "id": self.native(item),
                "author": self._person(item.author),
                "body": {"text": item.text_now(self.world.now)},
                "createdAt": _stamp(item.created),
                **({"attachments": [self._attached(one.id) for one in item.media]} if item.media else {}),
            }
            for item in reversed(items)
        ]
        return self._cursor_page(request, shown)

    # -- what is shown

    def _organization(self, request: Request, rest: list[str]) -> Reply:
        own = self.world.own
        shown = {"id": int(own.id), "vanityName": own.handle, "localizedName": own.name}
        if rest:
            return Reply.json(shown) if rest[0] == own.id else _missing(rest[0])
        return Reply.json({"elements": [shown] if request.first("vanityName") == own.handle else []})

    def _post(self, item: Item) -> dict[str, Any]:
        now = self.world.now
        edited = item.edited_at(now)
        content: dict[str, Any] = {}
        media = [{"id": f"urn:li:{_kind(one.role)}:{one.id}", "altText": one.alt or ""} for one in item.media]
        if len(media) == 1:
            content = {"content": {"media": media[0]}}
        elif media:
            content = {"content": {"multiImage": {"images": media}}}
        return {
            "id": self.native(item),
            "author": self.organization,
            "commentary": _little(item.text_now(now)),
            "visibility": "PUBLIC",
            "lifecycleState": "PUBLISHED",
            "lifecycleStateInfo": {"isEditedByAuthor": edited is not None},
            "createdAt": _stamp(item.created),
            "publishedAt": _stamp(item.created),
            "lastModifiedAt": _stamp(edited or item.created),
            "distribution": {"feedDistribution": "MAIN_FEED", "thirdPartyDistributionChannels": []},
            "isReshareDisabledByAuthor": False,
            **content,
        }

    def _dma_post(self, item: Item) -> dict[str, Any]:
        """The portability interface has times as audit stamps."""
        post = self._post(item)
        created, changed = post.pop("createdAt"), post.pop("lastModifiedAt")
        stamps = {"created": {"actor": self.organization, "time": created}}
        return {**post, **stamps, "lastModified": {"actor": self.organization, "time": changed}}

    def _comment(self, item: Item) -> dict[str, Any]:
        now = self.world.now
        author = self._person(item.author)
        actor = {} if author is None else {"actor": author}
        parent = self.world.items[item.parent or ""]
        below = len(self.world.below(item.id))
        told = 0 if self._lags("summary") else below
        return {
            "id": item.id,
            "commentUrn": self.native(item),
            "object": f"urn:li:activity:{item.root}9",
            **actor,
            "message": {"text": item.text_now(now), "attributes": []},
            **({"parentComment": self.native(parent)} if parent.kind == "comment" else {}),
            "created": {**actor, "time": _stamp(item.created)},
            "lastModified": {**actor, "time": _stamp(item.edited_at(now) or item.created)},
            "likesSummary": {"selectedLikes": [], "aggregatedTotalLikes": item.likes, "totalLikes": item.likes},
            **({"commentsSummary": {"aggregatedTotalComments": told, "selectedComments": []}} if below else {}),
            **({"content": [self._attached(one.id) for one in item.media]} if item.media else {}),
        }

    def _counted(self, item: Item) -> dict[str, Any]:
        post = item.kind == "post"
        direct = self.world.below(item.id) if post or not self._lags("social") else []
        below = self.world.thread(item.id) if post and not self._lags("post") else direct
        return {
            "entity": self.native(item),
            "commentsState": "OPEN",
            "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": item.likes}} if item.likes else {},
            "commentSummary": {"count": len(below), "topLevelCount": len(direct)},
        }

    def _lags(self, counter: str) -> bool:
        return counter in self.options.get("lagging", "").split(",")

    def _attached(self, medium: str) -> dict[str, Any]:
        """A picture as a comment or message has it: with an address that opens it."""
        address = self.signed(f"/dms/image/{medium}", e="1", t=self.secret(f"t{medium}"))
        return {"type": "IMAGE", "entity": {"image": f"urn:li:image:{medium}"}, "url": address}

    def _image(self, _: Request, rest: list[str]) -> Reply:
        number = rest[0].rpartition(":")[2] if rest else ""
        if self.world.medium(number) is None:
            return _missing(number)
        address = self.signed(f"/dms/image/{number}", e="1", t=self.secret(f"t{number}"))
        until = _stamp(self.world.now + timedelta(days=1))
        shown = {"id": rest[0], "status": "AVAILABLE", "downloadUrl": address, "downloadUrlExpiresAt": until}
        return Reply.json({**shown, "owner": self.organization})

    # -- refusals

    def throttled(self) -> Reply:
        """No header tells how long; when the day's limit is used up, the message does."""
        span = "DAY" if self.misbehaviour.throttle > _LONG else "MINUTE"
        message = f"Resource level throttle MEMBER {span} limit for calls to this resource is reached."
        return _refused(429, "TOO_MANY_REQUESTS", message)

    def unauthorized(self) -> Reply:
        """A token that has expired."""
        return _refused(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired")


FAKE = LinkedinFake


def _little(text: str) -> str:
    """As LinkedIn writes a commentary."""
    parts, at = [], 0
    for found in _HASHTAG.finditer(text):
        parts.append(_RESERVED.sub(lambda sign: f"\\{sign[0]}", text[at : found.start()]))
        parts.append(f"{{hashtag|\\#|{_RESERVED.sub(lambda sign: chr(92) + sign[0], found[1])}}}")
        at = found.end()
    return "".join([*parts, _RESERVED.sub(lambda sign: f"\\{sign[0]}", text[at:])])


def _listed(ids: str) -> list[str]:
    """The members of ``List(a,b)``; commas inside a comment's URN do not part them."""
    inner = ids.removeprefix("List(").removesuffix(")")
    return re.findall(r"urn:li:comment:\([^()]*\)|[^,]+", inner)


def _kind(role: str) -> str:
    return "video" if role == "video" else "image"


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _refused(status: int, code: str, message: str) -> Reply:
    return Reply.json({"status": status, "serviceErrorCode": 100, "code": code, "message": message}, status)


def _missing(name: str) -> Reply:
    return _refused(404, "NOT_FOUND", f"Could not find entity {name}")
