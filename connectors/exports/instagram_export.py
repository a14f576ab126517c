"""Instagram's own export of an account, as JSON.

Source: "Download your information", format JSON; the layout as importers agree on it in 2026 (no description by the
vendor is known). Folders: ``your_instagram_activity/media`` and ``…/content``, older ``content/`` at the top, and the
files themselves in ``media/posts/YYYYMM/`` and so on.

What is read: posts (single, carousel), reels, IGTV, other content, stories, posts that the account has archived (hidden
by us), our own comments (as answers), messages if switched on.

What the export lacks, and therefore the import: shortcodes and permalinks, counts, others' comments, what was removed.
Items are known again by time and text (``schemas.near``). Strings are repaired where they were taken apart
(``connectors.exports.meta``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.exports import arrays
from connectors.exports.meta import clean, talk_of
from connectors.exports.naming import matching
from connectors.exports.onward import captures_of
from connectors.exports.reading import Reading, attachment, each, without_twins
from schemas.account import Account
from schemas.finding import Finding
from schemas.near import unnamed
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Seen

NAME = "instagram_export"
PLATFORMS = ("instagram",)
_ITEM = frozenset(
    {"media", "title", "uri", "creation_timestamp", "media_metadata", "string_map_data", "media_list_data", "timestamp"}
)
"""Fields with which an item begins: a file of one item may hold it without a list around it."""
_GROUP = 50
"""Items per capture."""

_LISTS: tuple[tuple[str, str, Kind], ...] = (
    (r"(?:media|content)/posts_\d+\.json", "posts", "post"),
    (r"(?:media|content)/reels(?:_\d+)?\.json", "reels", "post"),
    (r"(?:media|content)/igtv_videos(?:_\d+)?\.json", "igtv", "post"),
    (r"(?:media|content)/other_content(?:_\d+)?\.json", "other", "post"),
    (r"(?:media|content)/archived_posts(?:_\d+)?\.json", "archived", "post"),
    (r"(?:media|content)/stories(?:_\d+)?\.json", "stories", "story"),
    (r"comments/(?:post|reels)_comments(?:_\d+)?\.json", "comments", "reply"),
)
"""Pattern of the file's end, name of the listing, kind of its items; in the order in which they are read."""
_KINDS: dict[str, Kind] = {listing: kind for _, listing, kind in _LISTS} | {"messages": "message"}
_MESSAGES = r"messages/(?:inbox|message_requests)/[^/]+/message_\d+\.json"

_COMMENT_WORDS = ("comment", "kommentar")
"""Names of the field with a comment's text; the names are in the language of the account."""

_MEDIUM = frozenset(
    {"uri", "creation_timestamp", "title", "media_metadata.*", "cross_post_source.*", "backup_uri", "dubbing_info.*",
     "media_variants.*", "description", "interaction_info.*"}
)  # fmt: skip
IGNORED = frozenset(
    {
        "media.media_metadata.*",
        "media.cross_post_source.*",
        "media.backup_uri",
        "media.dubbing_info.*",
        "media.media_variants.*",
        "media.interaction_info.*",
        "media_metadata.*",
        "cross_post_source.*",
        "backup_uri",
        "dubbing_info.*",
        "media_variants.*",
        "interaction_info.*",
        "media_list_data.*",
        "media_map_data.*",
        "ai_stickers.*",
        "string_map_data.*",
        "string_list_data.*",
    }
)
"""Known and left in the payload alone: camera data, where else it was posted, on whose post we commented. What is in
``string_map_data`` has names in the account's language: text and time are found among them, the rest cannot be known."""
VOLATILE = frozenset({"media.media_metadata.*", "media_metadata.*"})
_KNOWN = (
    IGNORED
    | {f"media.{name}" for name in _MEDIUM}
    | {"media", "title", "creation_timestamp", "uri", "description"}
    | {"timestamp"}
)
_MESSAGE_KNOWN = frozenset(
    {"sender_name", "timestamp_ms", "content", "photos", "videos", "audio_files", "share", "share.*", "reactions.*",
     "is_geoblocked_for_viewer", "is_unsent_image_by_messenger_kid_parent", "type", "call_duration", "is_unsent"}
    | {f"{name}.{inner}" for name in ("photos", "videos", "audio_files")
       for inner in ("uri", "creation_timestamp", "backup_uri")}
)  # fmt: skip


def recognise(bundle: Bundle) -> bool:
    """A file of posts or stories in Instagram's naming, and none of Facebook's."""
    found = any(matching(bundle, pattern) for pattern, listing, _ in _LISTS if listing in ("posts", "stories", "reels"))
    return found and not matching(bundle, r"(?:profile_posts|your_posts.*)_\d+\.json")


def owner(bundle: Bundle) -> Owner:
    """The user name, where the export has its personal information; its field names are localised."""
    for name in matching(bundle, r"personal_information/(?:personal_information/)?personal_information\.json"):
        with bundle.open(name) as stream:
            value = clean(arrays.whole(stream))
        for profile in value.get("profile_user", []) if isinstance(value, dict) else []:
            fields = profile.get("string_map_data") if isinstance(profile, dict) else None
            for label, one in fields.items() if isinstance(fields, dict) else ():
                if label.casefold() in ("username", "användarnamn") and isinstance(one, dict):
                    return Owner(handle=str(one.get("value", "")))
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """Every list in its order, then messages."""

    def captures(pattern: str, listing: str, keys: set[str] | None = None) -> Iterator[Capture | Finding]:
        def entries(name: str, lost: Callable[[str], None]) -> Iterator[Any]:
            with bundle.open(name) as stream:
                yield from arrays.items(stream, keys=keys, single=_ITEM if keys is None else (), lost=lost)

        def capture(name: str, group: list[Any]) -> Capture:
            context = {"own": own, "folder": _root(name)}
            if listing == "messages":
                context |= {"handle": account.handle, "talk": talk_of(name)}
            return Capture(
                endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=group, listing=listing,
                context=context,
            )  # fmt: skip

        yield from captures_of(matching(bundle, pattern), entries, capture, size=_GROUP, subject=account.name)

    for pattern, listing, _ in _LISTS:
        yield from captures(pattern, listing)
    if account.harvest.messages:
        yield from captures(_MESSAGES, "messages", {"messages"})
    elif matching(bundle, _MESSAGES):
        yield Finding(code="H140", severity="info", subject=account.name)


def _root(name: str) -> str:
    """The folder that attachments' paths are relative to: the one that holds the activity's or ``content``'s folder."""
    parts = name.split("/")
    for number, part in enumerate(parts):
        if part in ("your_instagram_activity", "content", "media", "comments", "messages"):
            return "/".join(parts[:number]) + "/" if number else ""
    return ""


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
    reading.unknown(value, _KNOWN)
    own, folder = context.get("own", ""), context.get("folder", "")
    if listing == "comments":
        return _comment(raw, value, own, reading)
    # A story is a medium itself; everything else holds media.
    parts = reading.dicts(value, "media") if "media" in value else [value]
    media = without_twins(
        attachment(reading.text(one, "uri"), folder, reading.text(one, "description")) for one in parts
    )
    text = reading.text(value, "title")
    at = reading.moment(value, "creation_timestamp")
    if len(parts) == 1:
        # Of a single medium the caption and the time stand on the medium.
        text = text or reading.text(parts[0], "title")
        at = at or reading.moment(parts[0], "creation_timestamp")
    elif at is None:
        at = min(filter(None, (reading.moment(one, "creation_timestamp") for one in parts)), default=None)
    if at is None and not text and not media:
        reading.note("H122", "creation_timestamp")
        return None
    return _seen(_KINDS.get(listing, "post"), raw, at, text, media, own, hidden=listing == "archived")


def _comment(raw: Any, value: dict[str, Any], own: str, reading: Reading) -> Seen | None:
    found = value.get("string_map_data")
    fields = [(label, one) for label, one in found.items() if isinstance(one, dict)] if isinstance(found, dict) else []
    if not fields:
        reading.note("H122", "string_map_data")
        return None
    words = [(label, one) for label, one in fields if isinstance(one.get("value"), str)]
    chosen = next((one for label, one in words if label.casefold() in _COMMENT_WORDS), words[0][1] if words else None)
    timed = next((one for _, one in fields if one.get("timestamp") is not None), {})
    at = reading.moment(timed, "timestamp")
    text = reading.text(chosen, "value") if chosen is not None else ""
    if at is None and not text:
        reading.note("H122", "string_map_data")
        return None
    return _seen("reply", raw, at, text, (), own)


def _message(raw: Any, value: dict[str, Any], context: Mapping[str, str], reading: Reading) -> Seen | None:
    reading.unknown(value, _MESSAGE_KNOWN)
    at = reading.moment(value, "timestamp_ms", per_second=1000)
    author = reading.text(value, "sender_name") or None
    if author is None:
        reading.note("H124", "sender_name")
    media = without_twins(
        attachment(reading.text(one, "uri"), context.get("folder", ""), None)
        for name in ("photos", "videos", "audio_files")
        for one in reading.dicts(value, name)
    )
    text = reading.text(value, "content")
    if at is None and not text and not media:
        reading.note("H122", "timestamp_ms")
        return None
    beside = author or "", context.get("talk", ""), str(value.get("timestamp_ms"))
    ours = author is not None and author.casefold() == context.get("handle", "").removeprefix("@").casefold()
    native = context.get("own", "") if ours else None
    return _seen("message", raw, at, text, media, native, author=author, beside=beside)


def _seen(
    kind: Kind,
    raw: Any,
    at: datetime | None,
    text: str,
    media: tuple[MediaRef, ...],
    own: str | None,
    *,
    author: str | None = None,
    beside: tuple[str, ...] = (),
    hidden: bool = False,
) -> Seen:
    names = [one.origin for one in media]
    return Seen(
        native=unnamed(kind, at, text, names, beside=beside),
        kind=kind,
        author=author,
        author_native=own,
        platform_time=at,
        text=text,
        hidden=hidden,
        hidden_by="us" if hidden else "",
        media=media,
        payload=canonical(raw),
        identity=digest({"text": text, "media": names, "hidden": hidden}),
    )
