"""YouTube's Data API v3 over the invented world, as its published description (revision 2026-11-04) has it.

It counts units and refuses when the day in California has none left (option ``units``), refuses parameters and parts
that the description does not know, has no time filter, embeds two answers of a thread, and shows what is held for
review, taken for spam or rejected only to whoever asks for that status.

A post is a video: its first line the title, the rest the description. A picture is its thumbnail, a caption its caption
file. A hidden post is private. Words in the text make special videos: see ``DISABLED``, ``LIVE`` and ``LENGTH``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
        "media",
        "likes",
        "empty",
    }
)
API_PATH = "/youtube/v3"
DISABLED = "#utankommentarer"
"""In a video's text: its comments are switched off."""
LIVE = "#direktsändning"
"""In a video's text: it was broadcast live."""
LENGTH = "#längd="
"""In a video's text, before an ISO 8601 duration: how long it is."""
STATUSES = ("heldForReview", "likelySpam", "rejected")
_PUBLISHED = "published"
_EMBEDDED = 2
_PACIFIC = ZoneInfo("America/Los_Angeles")
_COSTS = {"captions": 50, "download": 200}
_LIST = frozenset({"part", "maxResults", "pageToken"})
_PARAMETERS = {
    "channels": _LIST | {"mine", "id", "forHandle", "forUsername", "managedByMe", "hl"},
    "playlistItems": _LIST | {"playlistId", "videoId", "id"},
    "videos": _LIST | {"id", "chart", "myRating", "hl", "regionCode", "videoCategoryId"},
    "commentThreads": _LIST
    | {"allThreadsRelatedToChannelId", "channelId", "id", "moderationStatus", "order", "searchTerms", "textFormat"}
    | {"videoId"},
    "comments": _LIST | {"id", "parentId", "textFormat"},
    "subscriptions": _LIST | {"mine", "channelId", "forChannelId", "order"},
    "captions": frozenset({"part", "videoId", "id"}),
    "download": frozenset({"tfmt", "tlang"}),
}
_PARTS = {
    "channels": frozenset(
        [
            "auditDetails",
            "brandingSettings",
            "contentDetails",
            "contentOwnerDetails",
            "id",
            "localizations",
            "snippet",
            "statistics",
            "status",
            "topicDetails",
        ]
    ),
    "playlistItems": frozenset({"contentDetails", "id", "snippet", "status"}),
    "videos": frozenset(
        [
            "contentDetails",
            "fileDetails",
            "id",
            "liveStreamingDetails",
            "localizations",
            "paidProductPlacementDetails",
            "player",
            "processingDetails",
            "recordingDetails",
            "snippet",
            "statistics",
            "status",
            "suggestions",
            "topicDetails",
        ]
    ),
    "commentThreads": frozenset({"id", "replies", "snippet"}),
    "comments": frozenset({"id", "snippet"}),
    "captions": frozenset({"id", "snippet"}),
    "subscriptions": frozenset({"contentDetails", "id", "snippet", "subscriberSnippet"}),
}
_MOST = {"channels": 50, "playlistItems": 50, "videos": 50, "commentThreads": 100, "comments": 100, "subscriptions": 50}


class RefusalError(Exception):
    """An error answer: status, reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class YouTubeFake(Fake):
    """Channels, playlistItems, videos, commentThreads, comments, captions and pictures."""

    OWN = Person("UCalvsjobro0000000000kom", "Älvsjöbro kommun", "@alvsjobro")

    def reset(self) -> None:
        """An empty world whose quota is untouched."""
        super().reset()
        self.units: Counter[str] = Counter()

    @property
    def today(self) -> str:
        """The quota's day."""
        return self.world.now.astimezone(_PACIFIC).date().isoformat()

    def answer(self, request: Request) -> Reply:
        """A picture, or one of the methods."""
        if request.path.startswith("/vi/"):
            return self._picture(request.path.split("/")[2])
        method, _, rest = request.path.removeprefix(API_PATH).strip("/").partition("/")
        if request.bearer not in (self.world.token, self.world.moderating):
            return self.unauthorized()
        name = "download" if method == "captions" and rest else method
        changes = request.method != "GET" and method == "comments"
        if method not in _PARTS or (rest and name != "download" and not changes):
            return Reply.json({"error": {"code": 404, "message": "Not Found", "status": "NOT_FOUND"}}, 404)
        limit = int(self.options.get("units", "10000"))
        if self.units[self.today] >= limit:
            return refusal(403, "quotaExceeded", "youtube.quota")
        if request.method != "GET":
            self.units[self.today] += 50
            return self._changed(method, rest, request)
        try:
            self._check(name, request)
            reply = self._caption(rest, request) if name == "download" else getattr(self, f"_{method}")(request)
        except RefusalError as error:
            self.units[self.today] += 1
            return refusal(error.status, error.reason)
        self.units[self.today] += _COSTS.get(name, 1)
        assert isinstance(reply, Reply)
        return reply

    def throttled(self) -> Reply:
        """Too many requests a minute."""
        return refusal(403, "rateLimitExceeded", "usageLimits")

    def unauthorized(self) -> Reply:
        """The token is not accepted."""
        return refusal(401, "authError", "global")

    def _check(self, name: str, request: Request) -> None:
        if unknown := request.query.keys() - _PARAMETERS[name]:
            raise RefusalError(400, f"unknownParameter{len(unknown)}")
        if name == "download":
            return
        parts = set(",".join(request.query.get("part", [])).split(","))
        if not parts or parts - _PARTS[name]:
            raise RefusalError(400, "unknownPart")
        most = request.first("maxResults", "1")
        if not (most.isdigit() and 1 <= int(most) <= _MOST.get(name, 1)):
            raise RefusalError(400, "invalidParameter")

    # -- what may be changed (the second token)

    def _changed(self, method: str, what: str, request: Request) -> Reply:
        if not self.may_act(request.bearer):
            return refusal(403, "insufficientPermissions", "global")
        native, own = request.first("id"), self.world.own
        found = [one for one in self.world.shown("comment") if self.native(one) == native]
        if method != "comments" or not found:
            return refusal(404, "commentNotFound")
        item = found[0]
        if (request.method, what) == ("DELETE", "") and item.author == own:
            return self.perform("remove", native, lambda: self.remove(item), Reply(204))
        status = request.first("moderationStatus")
        if (request.method, what) == ("POST", "setModerationStatus") and item.author != own and status in STATUSES:
            banned = request.first("banAuthor") == "true" and status == "rejected"
            return self.perform("block" if banned else "hide", native, lambda: self.hide(item), Reply(204))
        return refusal(403, "forbidden")

    # -- lists

    def _page(
        self, name: str, found: Sequence[Any], render: Callable[[Any], dict[str, Any]], request: Request
    ) -> Reply:
        asked = request.first("pageToken")
        if asked and not asked.startswith("CAo"):
            raise RefusalError(400, "invalidPageToken")
        begin = int(asked.removeprefix("CAo") or 0)
        size = min(self.page, int(request.first("maxResults", "5")))
        following = f"CAo{begin + size}" if begin + size < len(found) else ""
        token = self.cursor(asked, following)
        parts = {"kind", "etag", "id", *",".join(request.query["part"]).split(",")}
        items = [
            {key: value for key, value in render(one).items() if key in parts} for one in found[begin : begin + size]
        ]
        return Reply.json(
            {
                "kind": f"youtube#{name}ListResponse",
                "etag": _etag(items),
                **({"nextPageToken": token} if token else {}),
                "pageInfo": {"totalResults": len(found), "resultsPerPage": size},
                "items": items,
            }
        )

    def _whole(self, name: str, items: list[dict[str, Any]], request: Request) -> Reply:
        parts = {"kind", "etag", "id", *",".join(request.query["part"]).split(",")}
        shown = [{key: value for key, value in one.items() if key in parts} for one in items]
        info = {"totalResults": len(shown), "resultsPerPage": len(shown)}
        return Reply.json(
            {"kind": f"youtube#{name}ListResponse", "etag": _etag(shown), "pageInfo": info, "items": shown}
        )

    # -- channel and videos

    def _subscriptions(self, request: Request) -> Reply:
        if request.first("mine") != "true":
            raise RefusalError(400, "missingRequiredParameter")
        people = [one for one in self.world.people if one.id.startswith("UC")] or self.world.people
        return self._page("subscription", people, self._subscribed, request)

    @staticmethod
    def _subscribed(person: Person) -> dict[str, Any]:
        named = {"kind": "youtube#channel", "channelId": person.id}
        return {
            "kind": "youtube#subscription",
            "id": f"S{person.id}",
            "snippet": {"title": person.name, "resourceId": named},
        }

    def _channels(self, request: Request) -> Reply:
        if request.first("mine") != "true":
            raise RefusalError(400, "missingRequiredParameter")
        own = self.world.own
        channel = {
            "kind": "youtube#channel",
            "etag": _etag([len(self.world.items)]),
            "id": own.id,
            "snippet": {
                "title": own.name,
                "description": "Film från kommunen.",
                "customUrl": own.handle,
                "publishedAt": "2014-03-03T08:00:00Z",
                "thumbnails": self._thumbnails("kanal"),
                "localized": {"title": own.name, "description": "Film från kommunen."},
                "country": "SE",
            },
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": _uploads(own.id)}},
            "statistics": {
                "viewCount": "12345",
                "subscriberCount": "456",
                "hiddenSubscriberCount": False,
                "videoCount": str(sum(not one.is_hidden(self.world.now) for one in self.world.shown("post"))),
            },
            "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "longUploadsUnspecified"},
            "brandingSettings": {"channel": {"title": own.name, "keywords": "kommun"}},
        }
        return self._whole("channel", [channel], request)

    def _playlistItems(self, request: Request) -> Reply:  # noqa: N802 - the method's name
        if request.first("playlistId") != _uploads(self.world.own.id):
            raise RefusalError(404, "playlistNotFound")
        return self._page("playlistItem", self.world.shown("post")[::-1], self._entry, request)

    def _entry(self, item: Item) -> dict[str, Any]:
        native, own = self.native(item), self.world.own
        title, description = _parted(item.text_now(self.world.now))
        return {
            "kind": "youtube#playlistItem",
            "etag": _etag(native),
            "id": f"UUx{native}",
            "snippet": {
                "publishedAt": _time(item.created),
                "channelId": own.id,
                "title": title,
                "description": description,
                "thumbnails": self._thumbnails(native),
                "channelTitle": own.name,
                "playlistId": _uploads(own.id),
                "position": 0,
                "resourceId": {"kind": "youtube#video", "videoId": native},
                "videoOwnerChannelTitle": own.name,
                "videoOwnerChannelId": own.id,
            },
            "contentDetails": {"videoId": native, "videoPublishedAt": _time(item.created)},
            "status": {"privacyStatus": self._privacy(item)},
        }

    def _videos(self, request: Request) -> Reply:
        ids = _ids(request)
        if not ids:
            raise RefusalError(400, "missingRequiredParameter")
        found = {self.native(one): one for one in self.world.shown("post")}
        return self._whole("video", [self._video(found[one]) for one in ids if one in found], request)

    def _video(self, item: Item) -> dict[str, Any]:
        native, own, now = self.native(item), self.world.own, self.world.now
        text = item.text_now(now)
        title, description = _parted(text)
        video = {
            "kind": "youtube#video",
            "etag": _etag([native, text, item.likes]),
            "id": native,
            "snippet": {
                "publishedAt": _time(item.created),
                "channelId": own.id,
                "title": title,
                "description": description,
                "thumbnails": self._thumbnails(native),
                "channelTitle": own.name,
                "tags": ["kommun", "Älvsjöbro"],
                "categoryId": "25",
                "liveBroadcastContent": "none",
                "localized": {"title": title, "description": description},
                "defaultAudioLanguage": "sv",
            },
            "contentDetails": {
                "duration": _length(text),
                "dimension": "2d",
                "definition": "hd",
                "caption": "true" if _captions(item) else "false",
                "licensedContent": False,
                "contentRating": {},
                "projection": "rectangular",
                "hasCustomThumbnail": False,
            },
            "status": {
                "uploadStatus": "processed",
                "privacyStatus": self._privacy(item),
                "license": "youtube",
                "embeddable": True,
                "publicStatsViewable": True,
                "madeForKids": False,
                "selfDeclaredMadeForKids": False,
            },
            "statistics": {
                "viewCount": str(100 + 7 * item.likes),
                "likeCount": str(item.likes),
                "dislikeCount": "0",
                "favoriteCount": "0",
            },
            "recordingDetails": {},
            "paidProductPlacementDetails": {"hasPaidProductPlacement": False},
            "fileDetails": {"fileName": f"{native}.mp4", "fileSize": "1048576", "fileType": "video"},
            "processingDetails": {"processingStatus": "succeeded"},
        }
        if DISABLED not in text:
            video["statistics"]["commentCount"] = str(self._count(item))  # type: ignore[index]  # an object
        if LIVE in text:
            video["liveStreamingDetails"] = {"actualStartTime": _time(item.created)}
        return video

    def _count(self, video: Item) -> int:
        tops = [one for one in self.world.below(video.id) if self._status(one) == _PUBLISHED]
        below = [two for one in tops for two in self.world.below(one.id) if self._status(two) == _PUBLISHED]
        return len(tops) + len(below)

    def _privacy(self, item: Item) -> str:
        return "private" if item.is_hidden(self.world.now) else "public"

    def _thumbnails(self, native: str) -> dict[str, Any]:
        sizes = {"default": (120, 90), "medium": (320, 180), "high": (480, 360)}
        return {
            name: {"url": self.signed(f"/vi/{native}/{name}.jpg", sqp="x", rs="AOn4"), "width": wide, "height": high}
            for name, (wide, high) in sizes.items()
        }

    def _picture(self, native: str) -> Reply:
        for item in self.world.shown("post"):
            if self.native(item) == native:
                pictures = [one for one in item.media if one.role == "picture"]
                if pictures:
                    return Reply(200, {"Content-Type": pictures[0].media_type}, pictures[0].data)
        return Reply(200, {"Content-Type": "image/jpeg"}, b"\xff\xd8\xff" + native.encode())

    # -- comments

    def _commentThreads(self, request: Request) -> Reply:  # noqa: N802 - the method's name
        filters = {"videoId", "allThreadsRelatedToChannelId", "channelId", "id"} & request.query.keys()
        if len(filters) != 1 or filters & {"id", "channelId"}:
            raise RefusalError(400, "missingRequiredParameter")
        status = request.first("moderationStatus", _PUBLISHED)
        if status not in (_PUBLISHED, *STATUSES):
            raise RefusalError(400, "invalidParameter")
        videos = self.world.shown("post")
        if "videoId" in filters:
            videos = [one for one in videos if self.native(one) == request.first("videoId")]
            if not videos:
                raise RefusalError(404, "videoNotFound")
            if DISABLED in videos[0].text_now(self.world.now):
                raise RefusalError(403, "commentsDisabled")
        elif request.first("allThreadsRelatedToChannelId") != self.world.own.id:
            raise RefusalError(403, "forbidden")
        videos = [one for one in videos if DISABLED not in one.text_now(self.world.now)]
        tops = [one for video in videos for one in self.world.below(video.id) if self._belongs(one, status)]
        newest = sorted(tops, key=lambda one: (one.created, one.id), reverse=True)
        if self.misbehaviour.empty:
            newest = []
        return self._page("commentThread", newest, lambda one: self._thread(one, status), request)

    def _belongs(self, top: Item, status: str) -> bool:
        """The thread stands in that status's list: for its first comment's sake, or (not published) an answer's."""
        if self._status(top) == status:
            return True
        return status != _PUBLISHED and any(self._status(one) == status for one in self.world.below(top.id))

    def _thread(self, top: Item, status: str) -> dict[str, Any]:
        answers = self.world.below(top.id)
        public = [one for one in answers if self._status(one) == _PUBLISHED]
        held = [one for one in answers if status != _PUBLISHED and self._status(one) == status]
        embedded = [*public[-_EMBEDDED:], *held]
        thread = {
            "kind": "youtube#commentThread",
            "etag": _etag(self.native(top)),
            "id": self.native(top),
            "snippet": {
                "channelId": self.world.own.id,
                "videoId": self._video_of(top),
                "topLevelComment": self._comment(top),
                "canReply": True,
                "totalReplyCount": len(public),
                "isPublic": self._status(top) == _PUBLISHED,
            },
        }
        if embedded:
            thread["replies"] = {"comments": [self._comment(one) for one in embedded]}
        return thread

    def _comments(self, request: Request) -> Reply:
        ids = _ids(request)
        comments = {self.native(one): one for one in self.world.shown("comment")}
        if ids:
            found = [self._comment(comments[one], by_id=True) for one in ids if one in comments]
            return self._whole("comment", [] if self.misbehaviour.empty else found, request)
        top = comments.get(request.first("parentId"))
        if top is None:
            raise RefusalError(404, "commentNotFound")
        answers = [one for one in self.world.below(top.id) if self._status(one) == _PUBLISHED]
        if self.misbehaviour.empty:
            answers = []
        return self._page("comment", answers[::-1], self._comment, request)

    def _comment(self, item: Item, *, by_id: bool = False) -> dict[str, Any]:
        now = self.world.now
        author = item.author or Person("", "", "")
        name = author.handle if author.handle.startswith("@") else f"@{author.handle}"
        text = item.text_now(now)
        snippet = {
            "channelId": self.world.own.id,
            "videoId": self._video_of(item),
            "textDisplay": text,
            "textOriginal": text,
            "authorDisplayName": name,
            "authorProfileImageUrl": f"https://yt3.ggpht.com/ytc/{author.id}=s48",
            "authorChannelUrl": f"http://www.youtube.com/{name}",
            "authorChannelId": {"value": author.id},
            "canRate": True,
            "viewerRating": "none",
            "likeCount": item.likes,
            "publishedAt": _time(item.created),
            "updatedAt": _time(item.edited_at(now) or item.created),
        }
        if not by_id:
            snippet["moderationStatus"] = self._status(item)
        if item.parent != item.root and item.parent is not None:
            snippet["parentId"] = self.native(self.world.items[item.parent])
        return {"kind": "youtube#comment", "etag": _etag(text), "id": self.native(item), "snippet": snippet}

    def _status(self, item: Item) -> str:
        if not item.is_hidden(self.world.now):
            return _PUBLISHED
        return STATUSES[int(hashlib.sha256(item.id.encode()).hexdigest(), 16) % len(STATUSES)]

    def _video_of(self, item: Item) -> str:
        return self.native(self.world.items[item.root or item.id])

    # -- captions

    def _captions(self, request: Request) -> Reply:
        videos = [one for one in self.world.shown("post") if self.native(one) == request.first("videoId")]
        if not videos:
            raise RefusalError(404, "videoNotFound")
        tracks = [
            {
                "kind": "youtube#caption",
                "etag": _etag(one.id),
                "id": f"AUieDa{one.id}",
                "snippet": {
                    "videoId": self.native(videos[0]),
                    "lastUpdated": _time(videos[0].created),
                    "trackKind": "standard",
                    "language": one.language or "sv",
                    "name": one.alt or "",
                    "audioTrackType": "primary",
                    "isCC": False,
                    "isLarge": False,
                    "isEasyReader": False,
                    "isDraft": False,
                    "isAutoSynced": False,
                    "status": "serving",
                },
            }
            for one in _captions(videos[0])
        ]
        return self._whole("caption", tracks, request)

    def _caption(self, track: str, request: Request) -> Reply:
        medium = self.world.medium(track.removeprefix("AUieDa"))
        if medium is None or medium.role != "caption":
            raise RefusalError(404, "captionNotFound")
        if request.first("tfmt") not in ("vtt", "srt", "sbv", ""):
            raise RefusalError(400, "couldNotConvert")
        return Reply(200, {"Content-Type": "text/vtt; charset=UTF-8"}, medium.data)

    def history(self) -> dict[str, Any]:
        """The whole world, and how many units were used on which day."""
        return {**super().history(), "units": dict(self.units)}


FAKE = YouTubeFake


def native(item: Item) -> str:
    """Eleven signs for a video, ``Ug…`` for a comment, and both with a dot for an answer to a comment."""
    if item.kind == "post":
        return f"v{int(item.id):010}"[-11:]
    if item.parent == item.root:
        return f"Ugx{item.id}AaABAg"
    return f"Ugx{item.parent}AaABAg.9{item.id}"


def text(item: Item, at: datetime) -> str:
    """A video's title, an empty line, its description."""
    written = item.text_now(at)
    return written if item.kind != "post" else "\n\n".join(part for part in _parted(written) if part)


def states(item: Item, at: datetime) -> list[str]:
    """A private video is there, with its visibility."""
    if item.is_there(at):
        return ["hidden" if item.is_hidden(at) and item.kind != "post" else "seen"]
    return ["gone"]


def refusal(status: int, reason: str, domain: str = "youtube.parameter") -> Reply:
    """An error in Google's form."""
    error = {"message": f"Refused: {reason}", "domain": domain, "reason": reason}
    return Reply.json({"error": {"code": status, "message": error["message"], "errors": [error]}}, status)


def _parted(text: str) -> tuple[str, str]:
    title, _, description = text.partition("\n")
    return title, description.strip("\n")


def _length(text: str) -> str:
    return next((one.removeprefix(LENGTH) for one in text.split() if one.startswith(LENGTH)), "PT3M20S")


def _captions(item: Item) -> list[Medium]:
    return [one for one in item.media if one.role == "caption"]


def _ids(request: Request) -> list[str]:
    return [one for several in request.query.get("id", []) for one in several.split(",") if one]


def _uploads(channel: str) -> str:
    return f"UU{channel[2:]}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _etag(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:27]
