"""The pure half: from an answer of the Data API to items and findings. Videos and the channel; see ``comments``.

A video's identity has three parts, so that what was not asked for tonight can be taken from the archive's: what the
basic parts say (32 hexadecimal digits), what further parts say (16), the caption tracks (16). A part that nobody knows
yet is ``UNASKED``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.platforms.youtube import comments, fields
from connectors.platforms.youtube.values import Notes, id_of, inner, kept, links, objects, unsigned
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import MediaRef, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to the channel's id to name how it presents itself."""
CAPTION = "captions/"
"""How the origin of a caption file begins; the track's id and the time of its last change follow."""
UNASKED = "0" * 16
_BASIC = slice(0, 32)
_MORE = slice(32, 48)
_TRACKS = slice(48, 64)
_THREADS = frozenset({"newest", "thread", "held"})
_COMMENTS = frozenset({"replies", "comments"})


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (channels), ``uploads`` (entries of the playlist, which hold
    no item of their own), ``posts`` (videos), ``captions`` (tracks, which come back in ``context``), ``newest``,
    ``thread``, ``held`` (comment threads), ``replies``, ``comments`` (comments). ``capture.context`` has ``account``
    (its name, for findings) and ``own`` (the channel's id); for videos also ``parts``, ``known:<id>`` (identity on
    record) and ``tracks:<id>`` (caption tracks, JSON); for comments see ``comments``.
    """
    notes = Notes(capture.context.get("account", ""), capture.at)
    return Parsed(items=list(_items(capture, notes)), findings=notes.findings())


def has_captions(video: Mapping[str, Any]) -> bool:
    """The video has captions that somebody made."""
    return str(inner(video, "contentDetails").get("caption")).lower() == "true"


def wants_captions(video: Mapping[str, Any], known: str | None) -> bool:
    """The video's caption tracks are to be asked for: it is new or changed, or they could not be asked for before.

    Args:
        known: identity on record; None = the video is not known.
    """
    if not has_captions(video) or known == "":
        return False
    return known is None or known[_TRACKS] == UNASKED or known[_BASIC] != _basic(video)


def _items(capture: Capture, notes: Notes) -> Iterator[Seen]:
    body, listing = capture.body, capture.listing
    several = body.get("items", []) if isinstance(body, dict) else None
    if not isinstance(several, list):
        known = {*_THREADS, *_COMMENTS, "profile", "uploads", "posts", "captions"}
        notes.note("H128", "error", kind=listing if listing in known else "?")
        return
    readers: dict[str, Callable[[dict[str, Any]], Iterator[Seen]]] = {
        "profile": lambda one: _profile(one, capture, notes),
        "posts": lambda one: _video(one, capture, notes),
        "uploads": lambda one: _told(one, notes, fields.UPLOAD, "playlistItem"),
        "captions": lambda one: _told(one, notes, fields.TRACK, "caption"),
        **dict.fromkeys(_THREADS, lambda one: comments.thread(one, capture, notes)),
        **dict.fromkeys(_COMMENTS, lambda one: comments.listed(one, capture, notes)),
    }
    read = readers.get(listing)
    if read is None:
        notes.note("H128", "error", kind="?")
        return
    for one in several:
        if not isinstance(one, dict):
            notes.note("H122", "warning", field="items")
            continue
        try:
            yield from list(read(one))
        except (RecursionError, UnreadableError):
            notes.note("H122", "warning", field="nesting")


def _told(one: dict[str, Any], notes: Notes, known: frozenset[str], kind: str) -> Iterator[Seen]:
    """No item: only fields that nobody knows are told."""
    notes.unknown(one, known, kind)
    yield from ()


# -- videos


def _video(video: dict[str, Any], capture: Capture, notes: Notes) -> Iterator[Seen]:
    native, own = id_of(video), capture.context.get("own", "")
    if native is None:
        notes.note("H122", "warning", field="id")
        return
    snippet, status = inner(video, "snippet"), inner(video, "status")
    author = id_of(snippet, "channelId")
    if author not in (None, own):
        notes.note("H125", "warning")
        return
    notes.unknown(video, fields.VIDEO, "video")
    tracks = _tracks(capture, native)
    title, description = notes.string(snippet, "title"), notes.string(snippet, "description")
    text = visible("\n\n".join(part for part in (title, description) if part))
    privacy = visible(notes.string(status, "privacyStatus"))
    rejected = status.get("uploadStatus") == "rejected"
    payload = kept(video)
    if tracks:
        payload["captions"] = tracks
    yield Seen(
        native=native,
        kind="post",
        author=visible(notes.string(snippet, "channelTitle")) or None,
        author_native=own or author,
        platform_time=notes.time(snippet, "publishedAt", needed=True),
        text=text,
        language=visible(notes.string(snippet, "defaultAudioLanguage") or notes.string(snippet, "defaultLanguage")),
        links=links(description),
        visibility="" if privacy == "public" else privacy,
        hidden=rejected,
        hidden_by="platform" if rejected else "",
        media=(*_thumbnail(snippet, notes), *(_caption(one) for one in tracks or ())),
        counts=notes.counts(inner(video, "statistics"), fields.COUNTERS),
        payload=canonical(payload),
        identity=_identity(video, tracks, capture, native),
    )


def _identity(video: dict[str, Any], tracks: list[dict[str, Any]] | None, capture: Capture, native: str) -> str:
    known = capture.context.get(f"known:{native}", "")
    basic, more, captions = _basic(video), known[_MORE] or UNASKED, UNASKED
    if capture.context.get("parts", "all") == "all":
        named = ("localizations", "recordingDetails", "paidProductPlacementDetails")
        more = _short({name: video.get(name) for name in named})
    if tracks is not None or not has_captions(video):
        captions = _short([[name, str(one.get(name))] for one in tracks or () for name in sorted(one)])
    elif known[_BASIC] == basic:
        captions = known[_TRACKS]
    return basic + more + captions


def _basic(video: Mapping[str, Any]) -> str:
    snippet, status, details = (inner(video, name) for name in ("snippet", "status", "contentDetails"))
    authored = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
    chosen = (
        "privacyStatus",
        "publishAt",
        "license",
        "embeddable",
        "madeForKids",
        "selfDeclaredMadeForKids",
        "containsSyntheticMedia",
    )
    value = {
        "snippet": {name: snippet.get(name) for name in authored},
        "status": {name: status.get(name) for name in chosen},
        "captions": has_captions(video),
        "duration": details.get("duration"),
        "thumbnail": _largest(snippet)[0],
    }
    return digest(value)[_BASIC]


def _short(value: Any) -> str:
    return digest(value)[:16]


def _tracks(capture: Capture, native: str) -> list[dict[str, Any]] | None:
    """The caption tracks as they were asked for tonight; None when they were not."""
    written = capture.context.get(f"tracks:{native}")
    return json.loads(written) if written is not None else None


def _caption(track: dict[str, Any]) -> MediaRef:
    return MediaRef(
        role="caption",
        origin=f"{CAPTION}{track['id']}?lastUpdated={track.get('lastUpdated', '')}",
        media_type="text/vtt",
        alt=track.get("name") or None,
        language=track.get("language", ""),
    )


def track_of(track: Mapping[str, Any]) -> dict[str, str] | None:
    """What is kept of a caption track; None when it has no id."""
    native = id_of(track)
    if native is None:
        return None
    snippet = inner(track, "snippet")
    names = ("language", "lastUpdated", "name", "trackKind", "audioTrackType")
    found = {name: visible(value) for name in names if isinstance(value := snippet.get(name), str) and value}
    flags = {name: "true" for name in ("isCC", "isDraft", "isEasyReader", "isLarge") if snippet.get(name) is True}
    return {"id": native, **found, **flags}


def _largest(snippet: Mapping[str, Any]) -> tuple[str, str]:
    """Address of the largest picture, without and with its signature; both empty when there is none."""
    sizes = inner(snippet, "thumbnails")
    for size in fields.THUMBNAILS:
        address = inner(sizes, size).get("url")
        if isinstance(address, str) and address:
            return unsigned(visible(address)), address
    return "", ""


def picture_addresses(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Addresses of a video's or channel's pictures: as kept, and as they can be asked for in this run."""
    yield _largest(inner(resource, "snippet"))
    banner = inner(inner(resource, "brandingSettings"), "image").get("bannerExternalUrl")
    if isinstance(banner, str):
        yield unsigned(visible(banner)), banner


def _thumbnail(snippet: Mapping[str, Any], notes: Notes) -> tuple[MediaRef, ...]:
    sizes = inner(snippet, "thumbnails")
    for size in fields.THUMBNAILS:
        address = notes.address(inner(sizes, size), "url")
        if address:
            return (MediaRef(role="thumbnail", origin=unsigned(address)),)
    return ()


# -- the channel


def _profile(channel: dict[str, Any], capture: Capture, notes: Notes) -> Iterator[Seen]:
    native, own = id_of(channel), capture.context.get("own")
    if native is None:
        notes.note("H122", "warning", field="id")
        return
    if native != own:
        notes.note("H125", "warning")
        return
    notes.unknown(channel, fields.CHANNEL, "channel")
    snippet, branding = inner(channel, "snippet"), inner(channel, "brandingSettings")
    title, description = notes.string(snippet, "title"), notes.string(snippet, "description")
    keywords = notes.string(inner(branding, "channel"), "keywords")
    text = visible("\n\n".join(part for part in (title, description, keywords) if part))
    banner = notes.address(inner(branding, "image"), "bannerExternalUrl")
    pictures = (*_thumbnail(snippet, notes), *([MediaRef(role="picture", origin=unsigned(banner))] if banner else ()))
    address = visible(notes.string(snippet, "customUrl"))
    country = snippet.get("country") if isinstance(snippet.get("country"), str) else None
    yield Seen(
        native=f"{native}{PROFILE}",
        kind="profile",
        author=address or visible(title) or None,
        author_native=native,
        platform_time=notes.time(snippet, "publishedAt", needed=False),
        text=text,
        links=links(description),
        media=pictures,
        counts=notes.counts(inner(channel, "statistics"), fields.CHANNEL_COUNTERS),
        payload=canonical(kept(channel)),
        identity=digest(
            {"text": text, "pictures": [one.origin for one in pictures], "address": address, "country": country}
        ),
    )


def channels(body: object) -> list[dict[str, Any]]:
    """The channels of an answer."""
    return objects(body, "items")
