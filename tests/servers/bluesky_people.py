"""People on the test network: what they write, and what of it belongs in an archive."""

from __future__ import annotations

import base64
import json
import struct
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
LIKE = "app.bsky.feed.like"
THREADGATE = "app.bsky.feed.threadgate"
PROFILE = "app.bsky.actor.profile"
PASSWORD = "invented-password-1"


class XrpcError(RuntimeError):
    """The server answered with an error; ``name`` is the protocol's."""

    def __init__(self, status: int, name: str, message: str) -> None:
        """Keep the parts."""
        self.status = status
        self.name = name
        super().__init__(f"{status} {name}: {message}")


def xrpc(
    base: str,
    name: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    data: bytes | None = None,
    token: str = "",
    media_type: str = "application/json",
    authorization: str = "",
) -> Any:
    """One call: GET without ``data``, else POST. Gives decoded JSON, or bytes when the answer is none."""
    query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
    request = urllib.request.Request(f"{base}/xrpc/{name}{query}", data=data)
    if token or authorization:
        request.add_header("Authorization", authorization or f"Bearer {token}")
    if data:
        request.add_header("Content-Type", media_type)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
            return json.loads(body) if answer.headers.get_content_type() == "application/json" else body
    except urllib.error.HTTPError as error:
        body = error.read()
        told = json.loads(body) if body.startswith(b"{") else {}
        raise XrpcError(error.code, str(told.get("error", "")), str(told.get("message", ""))) from None


@dataclass(frozen=True, slots=True)
class Ref:
    """A record as others point to it; ``root`` is the thread's first post when it is a reply."""

    uri: str
    cid: str
    root: Ref | None = None

    @property
    def strong(self) -> dict[str, str]:
        """The reference as records hold it."""
        return {"uri": self.uri, "cid": self.cid}

    @property
    def rkey(self) -> str:
        """The record's key."""
        return self.uri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Belonging:
    """A record that must be in the archive of an account.

    Attributes:
        kind: the kind it must have there. did: its author. value: the record as the server gives it.
    """

    kind: str
    did: str
    uri: str
    cid: str
    value: dict[str, Any]


@dataclass(slots=True)
class Network:
    """A running network. ``pds``, ``plc`` and ``appview`` are addresses."""

    pds: str
    plc: str
    appview: str
    people: dict[str, Person] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def person(self, name: str) -> Person:
        """A new account with the handle ``<name>.test``."""
        body = {"handle": f"{name}.test", "email": f"{name}@example.test", "password": PASSWORD}
        made = xrpc(self.pds, "com.atproto.server.createAccount", data=json.dumps(body).encode())
        person = Person(network=self, handle=made["handle"], did=made["did"], token=made["accessJwt"])
        self.people[person.did] = person
        return person

    def admin(self, name: str, body: Mapping[str, Any]) -> Any:
        """A procedure for those who run the server."""
        secret = "Basic " + base64.b64encode(b"admin:admin-pass").decode()
        return xrpc(self.pds, name, data=json.dumps(body).encode(), authorization=secret)

    def records(self, did: str, collection: str) -> list[dict[str, Any]]:
        """Every record of one collection, newest first: ``uri``, ``cid``, ``value``."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            parameters = {"repo": did, "collection": collection, "limit": "100"}
            if cursor:
                parameters["cursor"] = cursor
            page = xrpc(self.pds, "com.atproto.repo.listRecords", parameters)
            found.extend(page["records"])
            cursor = page.get("cursor", "")
            if not cursor or not page["records"]:
                return found

    def posts(self) -> dict[str, dict[str, Any]]:
        """Every post on the server by its address."""
        return {one["uri"]: one for did in self.people for one in self.records(did, POST)}

    def belonging_to(self, did: str) -> dict[str, Belonging]:
        """Everything on the server that belongs in this account's archive, by address.

        Own: profile, posts, replies, reposts. Others': what lies below an own post, through posts that exist.
        """
        posts = self.posts()
        own = [*self.records(did, PROFILE), *self.records(did, REPOST)]
        kinds = {PROFILE: "profile", REPOST: "boost"}
        found = {
            one["uri"]: Belonging(kinds[one["uri"].split("/")[3]], did, one["uri"], one["cid"], one["value"])
            for one in own
        }
        for uri, one in posts.items():
            author = uri.split("/")[2]
            if author == did:
                kind = "reply" if "reply" in one["value"] else "post"
            elif any(above.startswith(f"at://{did}/") for above in _above(uri, posts)):
                kind = "comment"
            else:
                continue
            found[uri] = Belonging(kind, author, uri, one["cid"], one["value"])
        return found

    def blob(self, did: str, cid: str) -> bytes:
        """A blob's bytes."""
        return bytes(xrpc(self.pds, "com.atproto.sync.getBlob", {"did": did, "cid": cid}))

    def wait_until_indexed(self, seconds: float = 30) -> None:
        """Wait until the AppView shows what the servers hold: newest records, counters, nothing removed."""
        deadline = time.monotonic() + seconds
        while (behind := self._behind()) and time.monotonic() < deadline:
            time.sleep(0.15)
        if behind:
            raise TimeoutError(f"the AppView is still behind after {seconds} s: {behind[:5]}")

    def _behind(self) -> list[str]:
        # The AppView keeps posts in PostgreSQL, which takes no U+0000: such posts never reach it.
        posts = {uri: one for uri, one in self.posts().items() if "\0" not in one["value"]["text"]}
        expected = {uri: [one["cid"], 0, 0, 0] for uri, one in posts.items()}
        for one in posts.values():
            _add(expected, one["value"].get("reply", {}).get("parent", {}).get("uri"), 1)
        for did in self.people:
            for number, collection in ((2, LIKE), (3, REPOST)):
                for one in self.records(did, collection):
                    _add(expected, one["value"]["subject"]["uri"], number)
        shown: dict[str, list[Any]] = {}
        asked = [*posts, *self.removed]
        for start in range(0, len(asked), 25):
            views = xrpc(self.appview, "app.bsky.feed.getPosts", {"uris": asked[start : start + 25]})["posts"]
            for view in views:
                shown[view["uri"]] = [view["cid"], view["replyCount"], view["likeCount"], view["repostCount"]]
        return sorted(uri for uri in {*expected, *shown} if expected.get(uri) != shown.get(uri))


@dataclass(slots=True)
class Person:
    """An account on the network and what it can do."""

    network: Network
    handle: str
    did: str
    token: str

    def app_password(self, name: str = "arkiv") -> str:
        """A new app password, as the archive uses it."""
        return str(self.call("com.atproto.server.createAppPassword", {"name": name})["password"])

    def call(self, name: str, body: Mapping[str, Any]) -> Any:
        """A procedure of the own server."""
        return xrpc(self.network.pds, name, data=json.dumps(body).encode(), token=self.token)

    def ask(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """A query of the own server, which passes ``app.bsky`` on to the AppView."""
        return xrpc(self.network.pds, name, parameters, token=self.token)

    def upload(self, data: bytes, media_type: str) -> dict[str, Any]:
        """Store a blob; the reference to it."""
        made = xrpc(self.network.pds, "com.atproto.repo.uploadBlob", data=data, token=self.token, media_type=media_type)
        return dict(made["blob"])

    def create(self, collection: str, record: Mapping[str, Any], rkey: str = "") -> Ref:
        """Write a record."""
        body: dict[str, Any] = {
            "repo": self.did,
            "collection": collection,
            "record": {"$type": collection, "createdAt": now(), **record},
        }
        if rkey:
            body["rkey"] = rkey
        made = self.call("com.atproto.repo.createRecord", body)
        return Ref(made["uri"], made["cid"])

    def post(
        self,
        text: str,
        *,
        langs: Sequence[str] = ("sv",),
        images: Sequence[tuple[bytes, str]] = (),
        film: tuple[bytes, str, bytes] | None = None,
        links: Sequence[str] = (),
        quote: Ref | None = None,
        to: Ref | None = None,
        **more: Any,
    ) -> Ref:
        """Write a post.

        Args:
            text: what it says. langs: its languages.
            images: PNG bytes and alt text. film: MP4 bytes, alt text, and WebVTT bytes in Swedish.
            links: addresses that stand in the text and are marked as links.
            quote: a post quoted. to: the post answered.
            more: further fields of the record.
        """
        record: dict[str, Any] = {"text": text, "langs": list(langs), **more}
        if links:
            record["facets"] = [_link(text, link) for link in links]
        embed = self._embed(images, film)
        if quote is not None:
            quoted = {"$type": "app.bsky.embed.record", "record": quote.strong}
            embed = {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": embed} if embed else quoted
        if embed:
            record["embed"] = embed
        root = None
        if to is not None:
            root = to.root or to
            record["reply"] = {"root": root.strong, "parent": to.strong}
        made = self.create(POST, record)
        return Ref(made.uri, made.cid, root)

    def _embed(self, images: Sequence[tuple[bytes, str]], film: tuple[bytes, str, bytes] | None) -> dict[str, Any]:
        if film is not None:
            data, alt, captions = film
            return {
                "$type": "app.bsky.embed.video",
                "video": self.upload(data, "video/mp4"),
                "alt": alt,
                "captions": [{"lang": "sv", "file": self.upload(captions, "text/vtt")}],
            }
        if images:
            return {
                "$type": "app.bsky.embed.images",
                "images": [{"alt": alt, "image": self.upload(data, "image/png")} for data, alt in images],
            }
        return {}

    def reply(self, to: Ref, text: str, **more: Any) -> Ref:
        """Answer a post."""
        return self.post(text, to=to, **more)

    def repost(self, what: Ref) -> Ref:
        """Pass a post on."""
        return self.create(REPOST, {"subject": what.strong})

    def like(self, what: Ref) -> Ref:
        """Like a post."""
        return self.create(LIKE, {"subject": what.strong})

    def edit(self, what: Ref, **changes: Any) -> Ref:
        """Change fields of a record under the same address."""
        collection = what.uri.split("/")[3]
        key = {"repo": self.did, "collection": collection, "rkey": what.rkey}
        old = xrpc(self.network.pds, "com.atproto.repo.getRecord", key)
        body = {**key, "record": {**old["value"], **changes}, "swapRecord": old["cid"]}
        made = self.call("com.atproto.repo.putRecord", body)
        return Ref(made["uri"], made["cid"], what.root)

    def delete(self, what: Ref) -> None:
        """Remove a record."""
        collection = what.uri.split("/")[3]
        self.call("com.atproto.repo.deleteRecord", {"repo": self.did, "collection": collection, "rkey": what.rkey})
        if collection == POST:
            self.network.removed.add(what.uri)

    def hide(self, root: Ref, replies: Iterable[Ref]) -> None:
        """Hide these replies below an own post, and no others."""
        record = {
            "$type": THREADGATE,
            "post": root.uri,
            "createdAt": now(),
            "hiddenReplies": [one.uri for one in replies],
        }
        key = {"repo": self.did, "collection": THREADGATE, "rkey": root.rkey}
        self.call("com.atproto.repo.putRecord", {**key, "record": record})

    def present(self, name: str, about: str, avatar: bytes | None = None) -> Ref:
        """Write or change the own profile."""
        record: dict[str, Any] = {"$type": PROFILE, "displayName": name, "description": about}
        if avatar is not None:
            record["avatar"] = self.upload(avatar, "image/png")
        key = {"repo": self.did, "collection": PROFILE, "rkey": "self"}
        made = self.call("com.atproto.repo.putRecord", {**key, "record": record})
        return Ref(made["uri"], made["cid"])


def now() -> str:
    """The present instant as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def picture(colour: tuple[int, int, int] = (200, 30, 30), side: int = 4) -> bytes:
    """A small PNG of one colour."""
    rows = (b"\0" + bytes(colour) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def film(mark: bytes = b"film") -> bytes:
    """Bytes with the outline of an MP4 file; enough for a server that stores and a harvester that compares."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + struct.pack(">I", len(mark) + 8) + b"mdat" + mark


CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nVälkommen till biblioteket.\n".encode()


def _link(text: str, link: str) -> dict[str, Any]:
    """A facet; positions count bytes of UTF-8."""
    start = len(text[: text.index(link)].encode())
    return {
        "index": {"byteStart": start, "byteEnd": start + len(link.encode())},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": link}],
    }


def _above(uri: str, posts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The posts above a post, as far as they exist."""
    while (uri := posts[uri]["value"].get("reply", {}).get("parent", {}).get("uri", "")) in posts:
        yield uri


def _add(expected: dict[str, list[Any]], uri: str | None, number: int) -> None:
    if uri in expected:
        expected[uri][number] += 1
