"""Facebook's own export of a Page (new Pages experience) or a profile, as JSON.

Source: "Download your information" of the Page or profile, format JSON; the layout as importers agree on it in 2026
(no description by the vendor is known). Both kinds of folder names are read: ``this_profile's_activity_across_facebook``
and ``your_facebook_activity``, the older ``posts/`` at the top, localised names above them.

What is read: posts with their attachments, alt texts where the export has them; albums, single photos and films that no
post shows (each as a post of its own); our own comments (as answers); messages, if switched on.

What the export lacks, and therefore the import: ids and permalinks of posts, comments by others, counts, and what was
hidden or removed. An export may cover a chosen period only. Items are therefore known again by time and text
(``schemas.near``). Strings are repaired where they were taken apart (``connectors.exports.meta``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.exports import arrays
from connectors.exports.meta import clean, talk_of
from connectors.exports.naming import above, matching
from connectors.exports.onward import captures_of
from connectors.exports.reading import Reading, attachment, each, without_twins
from schemas.account import Account
from schemas.finding import Finding
from schemas.near import unnamed
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Seen
from schemas.text import visible

NAME = "facebook_export"
PLATFORMS = ("facebook",)

_POSTS = r"(?:profile_posts_\d+|your_posts(?:__check_ins__photos_and_videos)?_\d+)\.json"
_ALBUMS = r"posts/album/\d+\.json"
_SINGLE = r"posts/(?:your_uncategorized_photos|your_photos|your_videos|videos|uncategorized_photos)\.json"
_COMMENTS = r"comments_and_reactions/comments\.json|comments/comments\.json"
_MESSAGES = r"messages/(?:inbox|archived_threads|filtered_threads|message_requests)/[^/]+/message_\d+\.json"
_INBOX = r"messages/.*"
_ITEM = frozenset({"timestamp", "data", "attachments", "title", "tags", "uri", "creation_timestamp", "media_metadata"})
"""Fields with which an item begins: a file of one item may hold it without a list around it."""
_GROUP = 50
"""Items per capture."""

_MEDIA_KNOWN = frozenset(
    {
        "uri",
        "creation_timestamp",
        "media_metadata.*",
        "title",
        "description",
        "thumbnail",
        "thumbnail.uri",
        "thumbnail.creation_timestamp",
        "thumbnail.media_metadata.*",
        "dubbing_info.*",
        "media_variants.*",
        "backup_uri",
        "cross_post_source.*",
        "comments.*",
    }
)
IGNORED = frozenset(
    {
        "attachments.data.media.media_metadata.*",
        "attachments.data.media.dubbing_info.*",
        "attachments.data.media.media_variants.*",
        "attachments.data.media.backup_uri",
        "attachments.data.media.cross_post_source.*",
        "attachments.data.media.comments.*",
        "attachments.data.place.*",
        "attachments.data.event.*",
        "attachments.data.fundraiser.*",
        "attachments.data.poll.*",
        "attachments.data.for_sale_item.*",
        "attachments.data.life_event.*",
        "attachments.data.name",
        "attachments.data.external_context.name",
        "attachments.data.external_context.source",
        "data.backdated_timestamp",
        "data.comment.group",
        "tags.*",
        "title",
        "fbid",
        "photo.*",
        "name",
    }
)
"""Known and left in the payload alone; ``title`` is Facebook's sentence about the item, with other persons' names."""
VOLATILE = frozenset({"attachments.data.media.media_metadata.*", "data.update_timestamp"})
_KNOWN = (
    IGNORED
    | VOLATILE
    | {f"attachments.data.media.{name}" for name in _MEDIA_KNOWN}
    | {
        "timestamp",
        "data",
        "data.post",
        "data.update_timestamp",
        "data.comment",
        "data.comment.timestamp",
        "data.comment.comment",
        "data.comment.author",
        "attachments",
        "attachments.data",
        "attachments.data.media",
        "attachments.data.text",
        "attachments.data.external_context",
        "attachments.data.external_context.url",
    }
)
_MESSAGE_KNOWN = frozenset(
    {"sender_name", "timestamp_ms", "content", "photos", "videos", "audio_files", "files", "gifs", "sticker", "share",
     "share.link", "share.share_text", "reactions.*", "type", "is_geoblocked_for_viewer", "is_unsent", "call_duration",
     "is_unsent_image_by_messenger_kid_parent", "bumped_message_metadata.*", "thread"}
    | {f"{name}.{inner}" for name in ("photos", "videos", "audio_files", "files", "gifs", "sticker")
       for inner in ("uri", "creation_timestamp", "thumbnail.*", "ai_stickers.*", "backup_uri")}
)  # fmt: skip


def recognise(bundle: Bundle) -> bool:
    """A file of posts in Facebook's naming."""
    return bool(matching(bundle, _POSTS)) and not matching(bundle, r"your_instagram_activity/.*")


def owner(bundle: Bundle) -> Owner:  # noqa: ARG001 - the port's
    """The export tells no id of the Page."""
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """Posts, then what albums and lists of photos hold beside them, our comments, and messages."""
    shown: set[int] = set()

    def captures(pattern: str, listing: str, keys: set[str] | None = None) -> Iterator[Capture | Finding]:
        def entries(name: str, lost: Callable[[str], None]) -> Iterator[Any]:
            with bundle.open(name) as stream:
                for one in arrays.items(stream, keys=keys, single=_ITEM if keys is None else (), lost=lost):
                    if listing == "photos" and not _new(one, shown):
                        continue
                    if listing == "posts":
                        _remember(one, shown)
                    yield one

        def capture(name: str, group: list[Any]) -> Capture:
            context = {"own": own, "folder": _root(name)}
            if listing == "messages":
                context |= {"handle": account.handle, "talk": talk_of(name)}
            return Capture(
                endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=group, listing=listing,
                context=context,
            )  # fmt: skip

        yield from captures_of(matching(bundle, pattern), entries, capture, size=_GROUP, subject=account.name)

    yield from captures(_POSTS, "posts")
    yield from captures(_ALBUMS, "photos", {"photos"})
    yield from captures(_SINGLE, "photos")
    yield from captures(_COMMENTS, "comments")
    if account.harvest.messages:
        yield from captures(_MESSAGES, "messages", {"messages"})
    elif matching(bundle, _MESSAGES):
        yield Finding(code="H140", severity="info", subject=account.name)


def _root(name: str) -> str:
    """The folder that attachments' paths are relative to: where ``posts/`` or the activity's folder lies."""
    parts = name.split("/")
    for number, part in enumerate(parts):
        if part.startswith(("this_profile", "your_facebook_activity")) or part in ("posts", "messages", "comments"):
            return "/".join(parts[:number]) + "/" if number else ""
    return above(name, 2)


def _uris(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, list):
        for one in value:
            yield from _uris(one, depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name == "uri" and isinstance(one, str):
                yield one
            elif name in ("attachments", "data", "media"):
                yield from _uris(one, depth + 1)


def _remember(one: Any, shown: set[int]) -> None:
    # Hashes, not paths: of a page with 200,000 pictures they take some megabytes.
    shown.update(hash(uri) for uri in _uris(one))


def _new(photo: Any, shown: set[int]) -> bool:
    uri = photo.get("uri") if isinstance(photo, dict) else None
    if not isinstance(uri, str):
        return True
    known = hash(uri) in shown
    shown.add(hash(uri))
    return not known


def parse(capture: Capture) -> Parsed:
    """Items and findings of one group; pure."""
    return each(capture, lambda one, reading: _item(one, capture.listing, capture.context, reading))


def _item(raw: Any, listing: str, context: Mapping[str, str], reading: Reading) -> Seen | None:
    if not isinstance(raw, dict):
        reading.note("H122", "item")
        return None
    value = clean(raw)
    if listing == "messages":
        return _message(raw, value, context, reading)
    folder, own = context.get("folder", ""), context.get("own", "")
    if listing == "photos":
        return _photo(raw, value, folder, own, reading)
    reading.unknown(value, _KNOWN)
    at = reading.moment(value, "timestamp")
    texts: list[str] = []
    for one in reading.dicts(value, "data"):
        if "post" in one:
            texts.append(reading.text(one, "post"))
        comment = one.get("comment")
        if isinstance(comment, dict):
            texts.append(reading.text(comment, "comment"))
            at = at or reading.moment(comment, "timestamp")
        elif comment is not None:
            reading.note("H126", "data.comment")
    media, links, more = _attached(value, folder, reading)
    text = "\n\n".join(dict.fromkeys(part for part in (*texts, *more) if part))
    if at is None and not text and not media and not links:
        reading.note("H122", "timestamp")
        return None
    return _seen("reply" if listing == "comments" else "post", raw, at, text, media, links, own)


def _attached(
    value: Mapping[str, Any], folder: str, reading: Reading
) -> tuple[tuple[MediaRef, ...], tuple[str, ...], list[str]]:
    links: dict[str, None] = {}
    texts: list[str] = []
    media: list[MediaRef | None] = []
    for outer in reading.dicts(value, "attachments"):
        for one in reading.dicts(outer, "data"):
            medium, outside = one.get("media"), one.get("external_context")
            if isinstance(medium, dict):
                media.append(attachment(reading.text(medium, "uri"), folder, reading.text(medium, "description")))
            elif medium is not None:
                reading.note("H126", "attachments.data.media")
            if isinstance(outside, dict):
                address = reading.text(outside, "url")
                if address:
                    links[address] = None
            elif outside is not None:
                reading.note("H126", "attachments.data.external_context")
            if isinstance(one.get("text"), str):
                texts.append(visible(one["text"]))
    return without_twins(iter(media)), tuple(links), texts


def _photo(raw: Any, value: dict[str, Any], folder: str, own: str, reading: Reading) -> Seen | None:
    reading.unknown(value, _MEDIA_KNOWN)
    found = attachment(reading.text(value, "uri"), folder, None)
    if found is None:
        reading.note("H122", "uri")
        return None
    at = reading.moment(value, "creation_timestamp")
    return _seen("post", raw, at, reading.text(value, "description"), (found,), (), own)


def _message(raw: Any, value: dict[str, Any], context: Mapping[str, str], reading: Reading) -> Seen | None:
    reading.unknown(value, _MESSAGE_KNOWN)
    at = reading.moment(value, "timestamp_ms", per_second=1000)
    author = reading.text(value, "sender_name") or None
    if author is None:
        reading.note("H124", "sender_name")
    names = ("photos", "videos", "audio_files", "files", "gifs", "sticker")
    media = without_twins(
        attachment(reading.text(one, "uri"), context.get("folder", ""), None)
        for name in names
        for one in reading.dicts(value, name)
    )
    share = value.get("share")
    link = reading.text(share, "link") if isinstance(share, dict) else ""
    text = reading.text(value, "content")
    if at is None and not text and not media:
        reading.note("H122", "timestamp_ms")
        return None
    beside = author or "", context.get("talk", ""), str(value.get("timestamp_ms"))
    ours = author is not None and author.casefold() == context.get("handle", "").casefold()
    native = context.get("own", "") if ours else None
    return _seen("message", raw, at, text, media, (link,) if link else (), native, author=author, beside=beside)


def _seen(
    kind: Kind,
    raw: Any,
    at: datetime | None,
    text: str,
    media: tuple[MediaRef, ...],
    links: tuple[str, ...],
    own: str | None,
    *,
    author: str | None = None,
    beside: tuple[str, ...] = (),
) -> Seen:
    names = [one.origin for one in media]
    return Seen(
        native=unnamed(kind, at, text, names, beside=beside),
        kind=kind,
        author=author,
        author_native=own,
        platform_time=at,
        text=text,
        links=links,
        media=media,
        payload=canonical(raw),
        identity=digest({"text": text, "media": names, "links": list(links)}),
    )
