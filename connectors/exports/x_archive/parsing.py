"""Reading the archive's items: pure, the same capture always gives the same items and findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.exports.naming import inside
from connectors.exports.x_archive import fields
from schemas.finding import Finding, Severity
from schemas.near import unnamed
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError, canonical, digest
from schemas.record import Kind, MediaRef, MediaRole, Seen
from schemas.text import visible

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_REPOST = re.compile(r"RT @\w{1,50}")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_EARLY = timedelta(days=1)
_FIRST = datetime(2006, 3, 1, tzinfo=UTC)
"""X did not exist before."""
_EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 at which X's numbers begin to tell the time."""
_TELLS = 30_000_000_000
"""Ids below this are older than that."""
_MOST = 2**63


@dataclass(slots=True)
class _Notes:
    """What was odd in one capture, counted: code and parameters; never content."""

    at: datetime
    counted: Counter[tuple[str, Severity, tuple[tuple[str, str], ...]]] = field(default_factory=Counter)

    def add(self, code: str, severity: Severity = "warning", **parameters: str) -> None:
        self.counted[code, severity, tuple(parameters.items())] += 1

    def unknown(self, names: set[str], kind: str, above: str = "") -> None:
        for name in sorted(names):
            shown = name if _NAME.fullmatch(name) else "?"
            self.add("H121", "info", field=above + shown, kind=kind)


def parse(capture: Capture) -> Parsed:
    """Pure: the items of one capture, and what was odd in it.

    Listings: ``posts`` and ``deleted`` (entries with ``tweet``, and perhaps ``files`` and ``note_tweet``), ``notes``
    (long texts whose post is not there), ``messages``.

    Findings: H121 an unknown field; H122 an item that cannot be read; H123 an unusable time; H126 an unusable value.
    """
    notes = _Notes(capture.at)
    read: Callable[[dict[str, Any]], Seen | None] = {
        "messages": lambda entry: _message(entry, capture.context, notes),
        "notes": lambda entry: _note_alone(entry, capture.context, notes),
    }.get(capture.listing, lambda entry: _post(entry, capture.context, capture.listing, notes))
    items: list[Seen] = []
    if not isinstance(capture.body, list):
        notes.add("H128", "error", kind=capture.listing)
    for entry in capture.body if isinstance(capture.body, list) else ():
        if not isinstance(entry, dict):
            notes.add("H122", "error", field="item")
            continue
        try:
            found = read(entry)
        except (UnreadableError, RecursionError):
            notes.add("H122", "error", field="depth")
            continue
        if found is not None:
            items.append(found)
    findings = [
        Finding(code=code, severity=severity, subject=fields.NAME, count=count, parameters=parameters)
        for (code, severity, parameters), count in notes.counted.items()
    ]
    return Parsed(items=items, findings=findings)


def history_of(post: Mapping[str, Any]) -> list[str]:
    """The ids of a post's edit chain, oldest first; none when it was never edited."""
    info = post.get("edit_info")
    if not isinstance(info, dict):
        return []
    edit, first, found = info.get("edit"), None, info.get("initial")
    if isinstance(edit, dict):
        found = edit.get("editControlInitial")
        first = edit.get("initialTweetId")
    ids = found.get("editTweetIds") if isinstance(found, dict) else None
    chain = [one for one in ids if isinstance(one, str) and _NUMBER.fullmatch(one)] if isinstance(ids, list) else []
    if isinstance(first, str) and _NUMBER.fullmatch(first) and first not in chain:
        chain.insert(0, first)
    chain.sort(key=int)
    return chain


def _post(entry: Mapping[str, Any], context: Mapping[str, str], listing: str, notes: _Notes) -> Seen | None:
    post = entry.get("tweet")
    number = (_id(post, "id_str") or _id(post, "id")) if isinstance(post, dict) else None
    if number is None or not isinstance(post, dict):
        notes.add("H122", "error", field="tweet" if not isinstance(post, dict) else "id_str")
        return None
    if not post.keys() <= fields.KNOWN:
        notes.unknown(post.keys() - fields.KNOWN, "tweet")
    native, made, edited = _chain(post, number, notes)
    shown = _text(post, notes)
    repost = _REPOST.match(shown)
    part = _reposted(post, repost[0]) if repost else _written(post, entry, shown, notes)
    return Seen(
        native=native,
        kind=part.kind,
        author=context.get("handle") or None,
        author_native=visible(context.get("own", "")) or None,
        parent_native=part.parent,
        platform_time=made,
        edited=edited,
        text=part.text,
        language=_language(post, notes),
        links=part.links,
        media=part.media,
        counts=() if repost else _counts(post, notes),
        payload=canonical(part.kept),
        identity=digest({"text": part.text, "media": part.keys, "parent": part.parent, "kind": part.kind}),
        removed_by="us" if _removed(entry, post, number, listing) else None,
    )


def _removed(entry: Mapping[str, Any], post: Mapping[str, Any], number: str, listing: str) -> bool:
    """The post is listed as deleted, in its last version, and stands nowhere among the posts."""
    if entry.get("standing") is True or (listing != "deleted" and post.get("deleted_at") is None):
        return False
    chain = history_of(post) if "edit_info" in post else []
    return not chain or number == chain[-1]


def _chain(post: Mapping[str, Any], number: str, notes: _Notes) -> tuple[str, datetime | None, datetime | None]:
    """Under which id the post is known, when its first text was written, and when this one was, if it is a later one."""
    made = _time(post, "created_at", number, notes)
    chain = history_of(post) if "edit_info" in post else []
    if len(chain) < 2 or number not in chain or number == chain[0]:
        return number, made, None
    return chain[0], _time_of_id(chain[0]) or made, made


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a post is the account's own."""

    kind: Kind
    text: str
    parent: str | None
    links: tuple[str, ...]
    keys: Sequence[str]
    media: tuple[MediaRef, ...]
    kept: dict[str, Any]


def _reposted(post: Mapping[str, Any], whose: str) -> _Part:
    """Of a repost: that it was made, and whose it is of. Its text, links and files are somebody else's."""
    kept = {name: value for name, value in post.items() if name in fields.BOOST_KEPT}
    kept["full_text"] = whose
    return _Part("boost", whose, None, (), (), (), kept)


def _written(post: Mapping[str, Any], entry: Mapping[str, Any], text: str, notes: _Notes) -> _Part:
    kept = {name: value for name, value in post.items() if name not in fields.OUR_VIEW}
    if "note_tweet" in entry:
        note = _note(entry["note_tweet"], notes)
        if note is not None:
            kept["note_tweet"], text = entry["note_tweet"], note
    parent = _id(post, "in_reply_to_status_id_str", notes) or _id(post, "in_reply_to_status_id")
    answers = parent is not None or _id(post, "in_reply_to_user_id_str") is not None
    keys, media = _media(post, entry.get("files"), notes)
    return _Part("reply" if answers else "post", text, parent, _links(post, notes), keys, media, kept)


def _counts(post: Mapping[str, Any], notes: _Notes) -> tuple[tuple[str, int], ...]:
    found = ((name, _count(post, key, notes)) for key, name in fields.COUNTERS)
    return tuple((name, count) for name, count in found if count is not None)


def _text(post: Mapping[str, Any], notes: _Notes) -> str:
    text = post.get("full_text", post.get("text"))
    if not isinstance(text, str):
        if text is not None:
            notes.add("H126", field="full_text")
        return ""
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text if text.isascii() else visible(text)


def _note(note: object, notes: _Notes) -> str | None:
    if note is None:
        return None
    core = note.get("core") if isinstance(note, dict) else None
    text = core.get("text") if isinstance(core, dict) else None
    if not isinstance(note, dict) or not isinstance(core, dict) or not isinstance(text, str):
        notes.add("H126", field="note_tweet")
        return None
    notes.unknown(note.keys() - fields.KNOWN_NOTE, "note_tweet")
    notes.unknown(core.keys() - fields.KNOWN_CORE, "note_tweet", "core.")
    return visible(text)


def _note_alone(entry: Mapping[str, Any], context: Mapping[str, str], notes: _Notes) -> Seen | None:
    """A long text whose post the archive does not have. Its id is its own, not the post's."""
    note = entry.get("note_tweet")
    text = _note(note, notes)
    if text is None or not isinstance(note, dict):
        notes.add("H122", "error", field="note_tweet")
        return None
    made = _iso(note, "createdAt", notes)
    return Seen(
        native=unnamed("post", made, text),
        kind="post",
        author=context.get("handle") or None,
        author_native=visible(context.get("own", "")) or None,
        platform_time=made,
        text=text,
        payload=canonical(note),
        identity=digest({"text": text}),
    )


def _message(entry: Mapping[str, Any], context: Mapping[str, str], notes: _Notes) -> Seen | None:
    message = entry.get("message")
    made = message.get("messageCreate") if isinstance(message, dict) else None
    if isinstance(message, dict) and made is None:
        # Somebody joined or left the conversation, or it was renamed: no message.
        notes.add("I112", "info")
        return None
    number = _id(made, "id") if isinstance(made, dict) else None
    if number is None or not isinstance(made, dict):
        notes.add("H122", "error", field="message")
        return None
    notes.unknown(made.keys() - fields.KNOWN_MESSAGE, "message")
    text = made.get("text")
    if text is not None and not isinstance(text, str):
        notes.add("H126", field="message.text")
    sender = _id(made, "senderId", notes)
    files = _names(entry.get("files"))
    plain = visible(text) if isinstance(text, str) else ""
    return Seen(
        native=fields.MESSAGE + number,
        kind="message",
        author=(context.get("handle") or None) if sender == context.get("own") else None,
        author_native=sender,
        platform_time=_iso(made, "createdAt", notes),
        text=plain,
        media=tuple(MediaRef(role=_role(name), origin=inside(name)) for name in files),
        payload=canonical(made),
        identity=digest({"text": plain, "media": [_base(name) for name in files]}),
    )


def _id(values: Mapping[str, Any], name: str, notes: _Notes | None = None) -> str | None:
    value = values.get(name)
    if value is None:
        return None
    if type(value) is int and 0 <= value < 10**20:
        value = str(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return value
    if notes is not None:
        notes.add("H126", field=name)
    return None


def _count(post: Mapping[str, Any], name: str, notes: _Notes) -> int | None:
    value = post.get(name)
    if value is None:
        return None
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is int and 0 <= value < _MOST:
        return value
    notes.add("H126", "info", field=name)
    return None


def _language(post: Mapping[str, Any], notes: _Notes) -> str:
    language = post.get("lang")
    if isinstance(language, str):
        return visible(language) if len(language) <= 40 else ""
    if language is not None:
        notes.add("H126", "info", field="lang")
    return ""


def _links(post: Mapping[str, Any], notes: _Notes) -> tuple[str, ...]:
    entities = _table(post, "entities", notes)
    if not entities.keys() <= fields.KNOWN_ENTITIES:
        notes.unknown(entities.keys() - fields.KNOWN_ENTITIES, "tweet", "entities.")
    found: dict[str, None] = {}
    for one in _rows(entities, "urls", notes):
        if not one.keys() <= fields.KNOWN_URL:
            notes.unknown(one.keys() - fields.KNOWN_URL, "tweet", "entities.urls.")
        link = one.get("expanded_url") or one.get("url")
        if isinstance(link, str):
            found[visible(link)] = None
        elif link is not None:
            notes.add("H126", field="entities.urls")
    return tuple(found)


def _media(post: Mapping[str, Any], files: object, notes: _Notes) -> tuple[list[str], tuple[MediaRef, ...]]:
    """What the post has attached: keys that make it what it is, and the files in the archive."""
    entities = _table(post, "extended_entities", notes) or _table(post, "entities", notes)
    described = _rows(entities, "media", notes)
    left = _names(files)
    if not described and not left:
        return [], ()
    keys: list[str] = []
    media: list[MediaRef] = []
    for one in described:
        if not one.keys() <= fields.KNOWN_MEDIA:
            notes.unknown(one.keys() - fields.KNOWN_MEDIA, "tweet", "extended_entities.media.")
        addresses = _addresses(one, notes)
        keys.append(_id(one, "id_str") or (_base(addresses[0]) if addresses else ""))
        bases = {_base(address) for address in addresses}
        name = next((name for name in left if _base(name).partition("-")[2] in bases), None)
        if name is None and len(described) == len(left) == 1:
            name = left[0]
        if name is not None:
            left.remove(name)
        alt = one.get("ext_alt_text")
        role: MediaRole = "picture" if one.get("type", "photo") == "photo" else "video"
        if name is None and not addresses:
            notes.add("H126", field="extended_entities.media")
            continue
        media.append(
            MediaRef(
                role=role,
                # Not among the files: then the import says so, under the name it should have.
                origin=inside(visible(name) if name is not None else f"{post.get('id_str')}-{_base(addresses[0])}"),
                alt=visible(alt) if isinstance(alt, str) and alt else None,
            )
        )
    media.extend(MediaRef(role=_role(name), origin=inside(visible(name))) for name in left)
    return keys, tuple(media)


def _addresses(one: Mapping[str, Any], notes: _Notes) -> list[str]:
    """Where the attachment lay, the films before their still: the archive's file is named after one of them."""
    found: list[str] = []
    info = one.get("video_info")
    for variant in _rows(_table(one, "video_info", notes), "variants", notes) if info is not None else ():
        address = variant.get("url")
        if isinstance(address, str) and variant.get("content_type") == "video/mp4":
            found.append(visible(address))
    for name in ("media_url_https", "media_url"):
        address = one.get(name)
        if isinstance(address, str) and address:
            found.append(visible(address))
        elif address is not None:
            notes.add("H126", field=f"extended_entities.media.{name}")
    return found


def _base(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


def _names(files: object) -> list[str]:
    return [one for one in files if isinstance(one, str) and one] if isinstance(files, list) else []


def _role(name: str) -> MediaRole:
    ending = name.rpartition(".")[2].lower()
    if ending in ("mp4", "mov", "m4v", "webm"):
        return "video"
    return "picture" if ending in ("jpg", "jpeg", "png", "gif", "webp") else "document"


def _table(values: Mapping[str, Any], name: str, notes: _Notes) -> Mapping[str, Any]:
    value = values.get(name)
    if isinstance(value, dict):
        return value
    if value is not None:
        notes.add("H126", field=name)
    return {}


def _rows(values: Mapping[str, Any], name: str, notes: _Notes) -> Sequence[dict[str, Any]]:
    value = values.get(name)
    if value is None:
        return ()
    rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(rows) != len(value):
        notes.add("H126", field=name)
    return rows


def _time(post: Mapping[str, Any], name: str, number: str, notes: _Notes) -> datetime | None:
    """The post's time; where it cannot be, the time that its id tells."""
    moment = moment_of(post.get(name))
    if moment is not None and _FIRST <= moment <= notes.at + _EARLY:
        return moment
    told = _time_of_id(number)
    problem = "missing or unreadable" if moment is None else "out of reason"
    notes.add("H123", "info" if told is not None else "warning", field=name, problem=problem)
    return told if told is not None and told <= notes.at + _EARLY else None


def moment_of(value: object) -> datetime | None:
    """``Wed Jan 06 18:40:40 +0000 2021``, or an ISO 8601 time with zone; UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        if len(value) == 30 and value[20:25] == "+0000":
            return datetime(
                int(value[26:]),
                _MONTHS[value[4:7]],
                int(value[8:10]),
                int(value[11:13]),
                int(value[14:16]),
                int(value[17:19]),
                tzinfo=UTC,
            )
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, KeyError, OverflowError):
        return None


def _iso(values: Mapping[str, Any], name: str, notes: _Notes) -> datetime | None:
    moment = moment_of(values.get(name))
    if moment is None or not _FIRST <= moment <= notes.at + _EARLY:
        notes.add("H123", field=name, problem="missing or unreadable" if moment is None else "out of reason")
        return None
    return moment


def _time_of_id(number: str) -> datetime | None:
    value = int(number)
    if not _TELLS < value < _MOST:
        return None
    return datetime.fromtimestamp(((value >> 22) + _EPOCH) // 1000, UTC)
