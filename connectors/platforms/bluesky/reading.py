"""The pure half: from an answer of Bluesky to items and findings.

The same post is met in two forms: as a record in its author's repository (``uri``, ``cid``, ``value``) and as a view
in a thread, with counters, the author's card and whatever it quotes. Both give the same ``identity``, the digest of
the record alone. What is not the post's own (our view, the text of a quoted post) is cut out of the payload; the
record keeps the quoted post's address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.platforms.bluesky import fields
from connectors.platforms.bluesky.names import Address, address, tid_time
from connectors.platforms.bluesky.parts import EARLY, hidden_by_label, hidden_replies, moment_of, objects, own_part
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
THREADGATE = "app.bsky.feed.threadgate"
PROFILE = "app.bsky.actor.profile"

_CID = re.compile(r"[A-Za-z0-9]{8,200}")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile``, ``posts``, ``boosts``, ``threadgates``, ``counts`` or
    ``thread``. ``capture.context`` has ``own`` (our DID), ``handle`` (our handle), ``hidden`` (addresses that our
    threadgates hide, separated by spaces; absent when they could not be read), and for threads ``root`` (address of
    the thread's first post) and ``below`` (``yes``: the body lies below a post of ours).
    """
    reader = _Reader(capture)
    return Parsed(items=list(reader.items()), findings=reader.findings())


def nodes(tree: object, own: str, *, below: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every node of a thread in reading order, each with whether a post of ours lies above it.

    Deep threads are normal input, so this does not recurse.

    Args:
        tree: the node to begin with. own: our DID. below: a post of ours lies above ``tree`` or is its thread's first.
    """
    stack: list[tuple[object, bool]] = [(tree, below)]
    while stack:
        node, under = stack.pop()
        if not isinstance(node, dict):
            continue
        yield node, under
        post = node.get("post")
        place = address(post.get("uri")) if isinstance(post, dict) else None
        under = under or (place is not None and place.did == own)
        replies = node.get("replies")
        if isinstance(replies, list):
            stack.extend((one, under) for one in reversed(replies))


def stated_number(value: object) -> int | None:
    """A counter as the platform gave it, or None when it is no plain number."""
    return value if type(value) is int and 0 <= value < 2**63 else None


class _Reader:
    """One capture being read; gathers findings by code and parameters."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._own = capture.context.get("own", "")
        self._handle = capture.context.get("handle") or None
        hidden = capture.context.get("hidden")
        self._hidden = None if hidden is None else frozenset(hidden.split())
        self._found: Counter[tuple[str, Severity, tuple[tuple[str, str | int], ...]]] = Counter()
        self._given: set[str] = set()

    def findings(self) -> list[Finding]:
        """What was met, each kind once with its count."""
        return [
            Finding(code=code, severity=severity, subject="bluesky", count=count, parameters=parameters)
            for (code, severity, parameters), count in self._found.items()
        ]

    def items(self) -> Iterator[Seen]:
        """The items in the order of the answer, each once."""
        for seen in self._all():
            if seen.native in self._given:
                self._note("H115", "info")
                continue
            self._given.add(seen.native)
            yield seen

    def _all(self) -> Iterator[Seen]:
        body, listing = self._capture.body, self._capture.listing
        if not isinstance(body, dict):
            self._note("H128", "error", kind=listing)
        elif listing == "profile":
            yield from self._own_record(body, fields.PROFILE, PROFILE, "profile")
        elif listing in ("posts", "boosts", "threadgates"):
            yield from self._records(body, listing)
        elif listing == "counts":
            yield from self._counts(body)
        elif listing == "thread":
            yield from self._thread(body)
        else:
            self._note("H128", "error", kind=listing)

    # -- our own repository

    def _records(self, body: Mapping[str, Any], listing: str) -> Iterator[Seen]:
        records = body.get("records")
        if not isinstance(records, list):
            self._note("H128", "error", kind=listing)
            return
        for entry in records:
            if listing == "posts":
                yield from self._own_record(entry, fields.POST, POST, "post")
            elif listing == "boosts":
                yield from self._own_record(entry, fields.REPOST, REPOST, "boost")
            elif isinstance(entry, dict):
                self._unknown(entry.get("value"), fields.THREADGATE, "threadgate")

    def _own_record(self, entry: Any, shape: Any, collection: str, kind: Kind) -> Iterator[Seen]:
        place = address(entry.get("uri")) if isinstance(entry, dict) else None
        if place is None or place.collection != collection:
            self._note("H122", "error", field="uri")
            return
        if place.did != self._own:
            self._note("H125", "warning")
            return
        record = entry.get("value")
        if not isinstance(record, dict):
            self._note("H122", "error", field="value")
            return
        self._unknown({**entry, "value": None}, {**fields.RECORD_OF_OURS, "value": None}, kind)
        yield from self._made(lambda: self._ours(place, entry.get("cid"), record, shape, kind))

    def _ours(self, place: Address, cid: Any, record: dict[str, Any], shape: Any, kind: Kind) -> Seen:
        """An item of ours from its record; its payload has one form wherever it was met."""
        self._unknown(record, shape, kind)
        native = str(place)
        payload = {"uri": native, "cid": cid, "value": record}
        parent = thread = None
        if kind == "post" and "reply" in record:
            kind = "reply"
            parent, thread = self._reply(record)
        text, links, media = self._profile(place, record) if kind == "profile" else self._content(place, record)
        return Seen(
            native=native,
            kind=kind,
            author=self._handle,
            author_native=place.did,
            parent_native=parent,
            thread_native=thread,
            # A profile and only a profile may be without a time; that is no fault.
            stated=self._moment(record, "createdAt") if kind != "profile" or "createdAt" in record else None,
            text=text,
            language=self._language(record),
            links=links,
            hidden=self._hidden is not None and native in self._hidden,
            hidden_by="us" if self._hidden is not None and native in self._hidden else "",
            media=media,
            payload=canonical(payload),
            identity=digest({"record": record}),
        )

    def _profile(self, place: Address, record: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[MediaRef, ...]]:
        lines = [self._string(record, name) for name in ("displayName", "description")]
        media = [self._blob(place, record[name], "picture", name) for name in ("avatar", "banner") if name in record]
        website = self._string(record, "website")
        return "\n\n".join(line for line in lines if line), (website,) if website else (), _there(media)

    # -- views

    def _counts(self, body: Mapping[str, Any]) -> Iterator[Seen]:
        views = body.get("posts")
        if not isinstance(views, list):
            self._note("H128", "error", kind="counts")
            return
        for view in views:
            place = self._place(view)
            if place is not None and place.did == self._own:
                yield from self._made(lambda: self._own_view(place, view))  # noqa: B023  # called at once

    def _thread(self, body: Mapping[str, Any]) -> Iterator[Seen]:
        root = self._capture.context.get("root", "")
        start = address(root)
        ours = start is not None and start.did == self._own
        if self._hidden is None:
            self._hidden = self._hidden_by(body.get("threadgate"))
        tree = body.get("thread")
        if not isinstance(tree, dict):
            self._note("H128", "error", kind="thread")
            return
        below = ours or self._capture.context.get("below") == "yes"
        for node, under in nodes(tree, self._own, below=below):
            place = self._node(node)
            if place is None:
                continue
            if place.did == self._own:
                yield from self._made(lambda: self._own_view(place, node["post"]))  # noqa: B023  # called at once
            elif under:
                yield from self._made(lambda: self._visitor(place, node["post"], root))  # noqa: B023  # as above

    def _node(self, node: dict[str, Any]) -> Address | None:
        """The post's address, or None for a node that stands in for a post that is not shown."""
        if node.get("blocked") is True:
            self._note("H153", "info")
        elif node.get("notFound") is True:
            self._note("H154", "info")
        elif not isinstance(node.get("post"), dict):
            self._note("H128", "warning", kind="thread")
        else:
            self._unknown({**node, "post": None, "replies": None}, {**fields.NODE, "post": None}, "thread")
            return self._place(node["post"])
        return None

    def _place(self, view: Any) -> Address | None:
        place = address(view.get("uri")) if isinstance(view, dict) else None
        if place is None or place.collection != POST:
            self._note("H122", "error", field="uri")
            return None
        if not isinstance(view.get("record"), dict):
            self._note("H122", "error", field="record")
            return None
        return place

    def _made(self, make: Callable[[], Seen]) -> Iterator[Seen]:
        """The item, unless its JSON is nested deeper than can be written again."""
        try:
            yield make()
        except UnreadableError:
            self._note("H122", "error", field="record")

    def _own_view(self, place: Address, view: dict[str, Any]) -> Seen:
        seen = self._ours(place, view.get("cid"), view["record"], fields.POST, "post")
        seen.counts = self._counters(view)
        seen.platform_time = self._moment(view, "indexedAt") if "indexedAt" in view else None
        seen.secondary = True
        self._unknown({**view, "record": None}, fields.POST_VIEW, "post", "post")
        return seen

    def _visitor(self, place: Address, view: dict[str, Any], root: str) -> Seen:
        record = view["record"]
        self._unknown(record, fields.POST, "comment")
        self._unknown({**view, "record": None}, fields.POST_VIEW, "comment", "post")
        parent, thread = self._reply(record)
        if thread is not None and thread != root:
            self._note("H155", "info")
        author = view.get("author")
        handle = author.get("handle") if isinstance(author, dict) else None
        if not isinstance(handle, str) or not handle:
            self._note("H124", "info")
            handle = None
        elif isinstance(author, dict) and author.get("did") != place.did:
            self._note("H126", "warning", field="author.did")
        text, links, media = self._content(place, record)
        native = str(place)
        by_us = native in (self._hidden or ())
        by_label = hidden_by_label(view.get("labels"))
        return Seen(
            native=native,
            kind="comment",
            author=visible(handle) if handle else None,
            author_native=place.did,
            parent_native=parent or root,
            thread_native=root,
            stated=self._moment(record, "createdAt"),
            platform_time=self._arrival(place, view),
            text=text,
            language=self._language(record),
            links=links,
            hidden=by_us or by_label,
            hidden_by="us" if by_us else "platform" if by_label else "",
            media=media,
            counts=self._counters(view),
            payload=canonical(own_part(view)),
            identity=digest({"record": record}),
        )

    def _arrival(self, place: Address, view: Mapping[str, Any]) -> datetime | None:
        """The platform's own time of a visitor's post: the later of the view's and the one in the record's key.

        The view's ``indexedAt`` follows a back-dated ``createdAt``; the key, which the visitor's server makes, does
        not. A key in the future is not believed.
        """
        indexed = self._moment(view, "indexedAt")
        made = tid_time(place.rkey)
        if made is None or made > self._capture.at + EARLY:
            return indexed
        return made if indexed is None else max(indexed, made)

    def _hidden_by(self, gate: Any) -> frozenset[str]:
        """What a threadgate of ours hides, as the view shows it; for want of our own repository's word."""
        place = address(gate.get("uri")) if isinstance(gate, dict) else None
        record = gate.get("record") if isinstance(gate, dict) else None
        if place is None or place.did != self._own or not isinstance(record, dict):
            return frozenset()
        return frozenset(hidden_replies(record))

    # -- parts of a record

    def _reply(self, record: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Addresses of the post answered and of the thread's first post."""
        reply = record.get("reply")
        found: list[str | None] = []
        for name in ("parent", "root"):
            reference = reply.get(name) if isinstance(reply, dict) else None
            place = address(reference.get("uri")) if isinstance(reference, dict) else None
            if place is None:
                self._note("H126", "warning", field=f"reply.{name}")
            found.append(str(place) if place else None)
        return found[0], found[1]

    def _content(self, place: Address, record: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[MediaRef, ...]]:
        """Text, link targets and attachments of a post; a repost has none of them."""
        if place.collection != POST:
            return "", (), ()
        if not isinstance(record.get("text"), str):
            self._note("H126", "warning", field="text")
        links = list(self._links(record))
        media: list[MediaRef | None] = []
        embed = record.get("embed")
        if isinstance(embed, dict):
            if embed.get("$type") == fields.RECORD_WITH_MEDIA:
                embed = embed.get("media")
            media.extend(self._attachments(place, embed))
            external = embed.get("external") if isinstance(embed, dict) else None
            if isinstance(external, dict) and isinstance(external.get("uri"), str):
                links.append(visible(external["uri"]))
        elif embed is not None:
            self._note("H126", "warning", field="embed")
        return self._string(record, "text"), tuple(dict.fromkeys(links)), _there(media)

    def _links(self, record: Mapping[str, Any]) -> Iterator[str]:
        for facet in objects(record.get("facets")):
            for feature in objects(facet.get("features")):
                uri = feature.get("uri")
                if feature.get("$type") == "app.bsky.richtext.facet#link" and isinstance(uri, str):
                    yield visible(uri)
        for entity in objects(record.get("entities")):
            if entity.get("type") == "link" and isinstance(entity.get("value"), str):
                yield visible(entity["value"])

    def _attachments(self, place: Address, embed: Any) -> Iterator[MediaRef | None]:
        if not isinstance(embed, dict):
            return
        kind = embed.get("$type")
        if kind in (fields.IMAGES, fields.GALLERY):
            for image in objects(embed.get("images" if kind == fields.IMAGES else "items")):
                yield self._blob(place, image.get("image"), "picture", "embed.images", alt=image.get("alt"))
        elif kind == fields.VIDEO:
            yield self._blob(place, embed.get("video"), "video", "embed.video", alt=embed.get("alt"))
            for caption in objects(embed.get("captions")):
                language = caption.get("lang")
                yield self._blob(
                    place,
                    caption.get("file"),
                    "caption",
                    "embed.captions",
                    language=language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else "",
                )
        elif kind == fields.EXTERNAL:
            external = embed.get("external")
            if isinstance(external, dict) and "thumb" in external:
                yield self._blob(place, external["thumb"], "thumbnail", "embed.external.thumb")

    def _blob(
        self, place: Address, blob: Any, role: MediaRole, field: str, *, alt: Any = None, language: str = ""
    ) -> MediaRef | None:
        """A reference to a blob, in today's form or in the one of before 2023 (``cid`` and ``mimeType`` alone)."""
        if isinstance(blob, dict):
            reference = blob.get("ref")
            cid = reference.get("$link") if isinstance(reference, dict) else blob.get("cid")
            if isinstance(cid, str) and _CID.fullmatch(cid):
                kind = blob.get("mimeType")
                return MediaRef(
                    role=role,
                    origin=f"{place.did}/{cid}",
                    media_type=visible(kind) if isinstance(kind, str) else "",
                    alt=visible(alt) if isinstance(alt, str) else None,
                    language=language,
                )
        self._note("H126", "warning", field=field)
        return None

    def _language(self, record: Mapping[str, Any]) -> str:
        langs = record.get("langs")
        if not isinstance(langs, list):
            return ""
        return ",".join(one for one in langs if isinstance(one, str) and _LANGUAGE.fullmatch(one))

    def _string(self, record: Mapping[str, Any], name: str) -> str:
        value = record.get(name)
        return visible(value) if isinstance(value, str) else ""

    def _counters(self, view: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
        found = ((short, stated_number(view.get(name))) for name, short in fields.COUNTERS.items())
        return tuple((short, number) for short, number in found if number is not None)

    def _moment(self, record: Mapping[str, Any], field: str) -> datetime | None:
        """A time, or None: what has no zone or another form is not guessed at. Anything odd is a finding."""
        moment, problem = moment_of(record.get(field), self._capture.at if field == "createdAt" else None)
        if problem:
            self._note("H123", "warning", field=field, problem=problem)
        return moment

    def _unknown(self, value: Any, shape: Any, kind: str, path: str = "") -> None:
        for field in fields.unknown(value, shape, path):
            if field in ("embed.$type", "embed.media.$type"):
                self._note("H150", "warning")
            else:
                self._note("H121", "warning", field=field, kind=kind)

    def _note(self, code: str, severity: Severity, **parameters: str | int) -> None:
        self._found[(code, severity, tuple(parameters.items()))] += 1


def _there(media: Iterable[MediaRef | None]) -> tuple[MediaRef, ...]:
    return tuple(one for one in media if one is not None)
