"""X's «Your archive»: a zip with ``data/*.js``, as its owner gets it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.servers.world import Item, Medium, World

EDITED_AFTER = timedelta(minutes=5)


def number(item: Item) -> str:
    """The id of the item, in X's way: grows with time, and tells it."""
    return number_at(item.created, sum(ord(sign) for sign in item.id))


def number_at(moment: datetime, salt: int) -> str:
    """An id of that instant."""
    return str(((int(moment.timestamp() * 1000) - 1_288_834_974_657) << 22) + salt % 4_000_000)


def when(moment: datetime) -> str:
    """As X writes a time."""
    return moment.strftime("%a %b %d %H:%M:%S +0000 %Y")


def data(name: str, part: int, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One data file: a script that assigns an array, as X's own page reads it."""
    body = json.dumps(list(rows), ensure_ascii=False, indent=2)
    return f"window.YTD.{name}.part{part} = {body}".encode()


def tweet(
    native: str,
    created: datetime,
    text: str,
    *,
    media: Iterable[Medium] = (),
    chain: Iterable[str] = (),
    answers: str = "",
    answers_whom: str = "",
    likes: int = 0,
) -> dict[str, Any]:
    """A post as the archive has it."""
    ids = [*chain] or [native]
    control = {
        "editTweetIds": ids,
        "editableUntil": (created + timedelta(minutes=30)).isoformat().replace("+00:00", ".000Z"),
        "editsRemaining": "5",
        "isEditEligible": True,
    }
    info = (
        {"initial": control}
        if ids[0] == native
        else {"edit": {"initialTweetId": ids[0], "editControlInitial": control}}
    )
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found: dict[str, Any] = {
        "edit_info": info,
        "retweeted": False,
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": {
            "hashtags": [],
            "symbols": [],
            "user_mentions": [],
            "urls": [
                {
                    "url": "https://t.co/abc123",
                    "expanded_url": "https://www.alvsjobro.example/nyheter",
                    "display_url": "alvsjobro.example/nyheter",
                    "indices": ["0", "23"],
                }
            ],
        },
        "display_text_range": ["0", str(len(text))],
        "favorite_count": str(likes),
        "id_str": native,
        "truncated": False,
        "retweet_count": "0",
        "id": native,
        "possibly_sensitive": False,
        "created_at": when(created),
        "favorited": False,
        "full_text": escaped,
        "lang": "sv",
    }
    if answers:
        found |= {"in_reply_to_status_id": answers, "in_reply_to_status_id_str": answers}
    if answers_whom:
        found |= {"in_reply_to_user_id": answers_whom, "in_reply_to_user_id_str": answers_whom}
    described = [_described(native, one) for one in media]
    if described:
        found["entities"]["media"] = described[:1]
        found["extended_entities"] = {"media": described}
    return found


def _described(native: str, one: Medium) -> dict[str, Any]:
    film = one.role == "video"
    found: dict[str, Any] = {
        "expanded_url": f"https://twitter.com/alvsjobro/status/{native}/photo/1",
        "indices": ["0", "23"],
        "url": "https://t.co/def456",
        "media_url": f"http://pbs.twimg.com/media/{one.id}.jpg",
        "id_str": str(int.from_bytes(one.id.encode()[:7], "big")),
        "id": str(int.from_bytes(one.id.encode()[:7], "big")),
        "media_url_https": f"https://pbs.twimg.com/media/{one.id}.jpg",
        "sizes": {
            "thumb": {"w": "150", "h": "150", "resize": "crop"},
            "large": {"w": "1200", "h": "800", "resize": "fit"},
        },
        "type": "video" if film else "photo",
        "display_url": "pic.twitter.com/def456",
    }
    if film:
        found["video_info"] = {
            "aspect_ratio": ["16", "9"],
            "duration_millis": "9000",
            "variants": [
                {"content_type": "application/x-mpegURL", "url": f"https://video.twimg.com/v/{one.id}/pl/a.m3u8?tag=1"},
                {
                    "bitrate": "832000",
                    "content_type": "video/mp4",
                    "url": f"https://video.twimg.com/v/{one.id}-l.mp4?tag=1",
                },
                {
                    "bitrate": "2176000",
                    "content_type": "video/mp4",
                    "url": f"https://video.twimg.com/v/{one.id}-h.mp4?tag=1",
                },
            ],
        }
    return found


def file_name(native: str, one: Medium) -> str:
    """What the archive calls an attachment's file."""
    return f"{native}-{one.id}-h.mp4" if one.role == "video" else f"{native}-{one.id}.jpg"


def files(world: World) -> dict[str, bytes]:
    """Every file of the archive, by name."""
    posts: list[dict[str, Any]] = []
    deleted: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    found: dict[str, bytes] = {}
    for item in sorted(world.items.values(), key=lambda one: one.created, reverse=True):
        if item.author is None or item.author.id != world.own.id or item.created > world.now:
            continue
        if item.kind not in ("post", "comment"):
            continue
        gone = item.deleted is not None and item.deleted <= world.now
        entries = versions(world, item)
        if gone:
            for one in entries:
                one["deleted_at"] = when(item.deleted or item.created)
        (deleted if gone else posts).extend({"tweet": one} for one in reversed(entries))
        folder = "deleted_tweets_media" if gone else "tweets_media"
        for medium in item.media:
            found[f"data/{folder}/{file_name(number(item), medium)}"] = medium.data
        text = item.text_now(world.now)
        if len(text) > 280:
            notes.append(note(item, text))
    half = len(posts) // 2
    found |= {
        "Your archive.html": b"<!doctype html>",
        "data/README.txt": b"x",
        "data/manifest.js": b"window.__THAR_CONFIG = {}",
        "data/account.js": data("account", 0, [{"account": account(world)}]),
        "data/tweets.js": data("tweets", 0, posts[:half]),
        "data/tweets-part1.js": data("tweets", 1, posts[half:]),
        "data/deleted-tweets.js": data("deleted_tweets", 0, deleted),
        "data/note-tweet.js": data("note_tweet", 0, notes),
        "data/community-tweet.js": data("community_tweet", 0, []),
        "data/like.js": data("like", 0, [{"like": {"tweetId": "1", "fullText": "Någon annans ord"}}]),
        "data/direct-messages.js": data("direct_messages", 0, messages(world)),
    }
    return found


def account(world: World) -> dict[str, str]:
    """What ``account.js`` says."""
    return {
        "email": "hemlig@alvsjobro.example",
        "createdVia": "web",
        "username": world.own.handle,
        "accountId": world.own.id,
        "createdAt": "2012-01-01T00:00:00.000Z",
        "accountDisplayName": world.own.name,
    }


def versions(world: World, item: Item) -> list[dict[str, Any]]:
    """The post and each of its edits, which are posts of their own, oldest first."""
    edits = [(at, text) for at, text in item.edits if at <= world.now]
    chain = [number(item), *(number_at(at, 7) for at, _ in edits)]
    parent = world.items.get(item.parent) if item.parent else None
    found = []
    for native, at, text in zip(
        chain, [item.created, *(at for at, _ in edits)], [item.text, *(text for _, text in edits)], strict=True
    ):
        found.append(
            tweet(
                native,
                at,
                text if len(text) <= 280 else f"{text[:270]}… https://t.co/long",
                media=item.media,
                chain=chain,
                answers=number(parent) if parent else "",
                answers_whom=parent.author.id if parent and parent.author else "",
                likes=item.likes,
            )
        )
    return found


def note(item: Item, text: str) -> dict[str, Any]:
    """A long text, which has an id of its own."""
    return {
        "noteTweet": {
            "noteTweetId": str(int(number(item)) - 1_000_000),
            "updatedAt": item.created.isoformat().replace("+00:00", ".000Z"),
            "lifecycle": {"value": "Stable", "name": "Stable", "originalName": "Stable", "annotations": {}},
            "createdAt": item.created.isoformat().replace("+00:00", ".000Z"),
            "core": {"styletags": [], "urls": [], "text": text, "mentions": [], "cashtags": [], "hashtags": []},
        }
    }


def messages(world: World) -> list[dict[str, Any]]:
    """One conversation with everything that is a message."""
    found = [
        {
            "messageCreate": {
                "recipientId": world.own.id,
                "reactions": [],
                "urls": [],
                "text": item.text_now(world.now),
                "mediaUrls": [],
                "senderId": item.author.id,
                "id": number(item),
                "createdAt": item.created.isoformat().replace("+00:00", ".000Z"),
                "editHistory": [],
            }
        }
        for item in world.shown("message")
        if item.author is not None
    ]
    joined = {"joinConversation": {"initiatingUserId": "1", "participantsSnapshot": ["1"], "createdAt": "2020-01-01"}}
    return [{"dmConversation": {"conversationId": "1-2", "messages": [*found, joined]}}]


def make(folder: Path, world: World) -> Path:
    """A zip with everything."""
    path = folder / "twitter-2026-11-20-abc.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(world).items():
            archive.writestr(name, content)
    return path
