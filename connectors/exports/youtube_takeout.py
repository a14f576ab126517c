"""Google Takeout of a YouTube channel: the only source of the films' own files.

Source: Takeout's folder "YouTube and YouTube Music" as public readers know it in 2026. Folder and file names are in
the account's language, so files are found by their columns, not by their names: ``videos.csv`` (title, description,
times, state), ``comments.csv`` (our own comments), and films lying beside them. Columns are read by name whatever
their order and case; comments.csv has had two forms (before and after June 2024).

Ids are YouTube's own. A film's file has no id in its name: it belongs to the video whose title it bears, and only
when exactly one does; where Takeout has cut the name, when one title alone begins with it. Any other file is reported
(I150), never guessed.

What Takeout lacks: comments by others, captions, counts, what was deleted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.exports import sheets
from connectors.exports.naming import inside, matching
from connectors.exports.onward import captures_of, damage, each_file
from connectors.exports.reading import Reading, each
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError
from schemas.text import visible

NAME = "youtube_takeout"
PLATFORMS = ("youtube",)
_GROUP = 100
_VIDEO = ("video id", "video title (original)")
_COMMENT = ("comment id", "comment text")
_REQUIRED = {"videos": _VIDEO, "comments": _COMMENT}
"""Listing → the columns that its tables have; in the order in which they are read."""
_FILM = r".+\.(?:mp4|mov|avi|mkv|webm|m4v|wmv|flv|3gp|mpg|mpeg)"
_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
_ID = re.compile(r"[\w.-]{5,100}", re.ASCII)
_CUT = 30
"""Letters and digits that a file's name has at least where Takeout has cut it; a shorter one is the whole title."""

IGNORED = frozenset(
    {"approx duration (ms)", "video audio language", "video category", "channel id", "price", "", "post id",
     "video recording address", "video recording address name", "video recording altitude", "video recording latitude",
     "video recording longitude", "video recording place id", "video create timestamp (original)", "live event id"}
)  # fmt: skip
VOLATILE: frozenset[str] = frozenset({"approx duration (ms)"})
_VIDEO_KNOWN = IGNORED | {
    "video id", "video title (original)", "video description (original)", "privacy", "video state",
    "video create timestamp", "video publish timestamp",
}  # fmt: skip
_COMMENT_KNOWN = IGNORED | {
    "comment id", "comment create timestamp", "parent comment id", "video id", "comment text", "top-level comment id",
}  # fmt: skip
_NUMBERED = re.compile(
    r"tag \d{1,3}|video (?:title|description) (?:\d+|language \d+).*|video title .*|video description .*"
)


def recognise(bundle: Bundle) -> bool:
    """A table with Takeout's columns for videos or comments; Swedish and other folder names are as good."""
    if not matching(bundle, r"Takeout/.*|.*YouTube.*/.*|.*\.csv"):
        return False
    tables = _tables(bundle)
    return bool(tables["videos"] or tables["comments"])


def _tables(bundle: Bundle, damaged: Callable[[RefusedError], None] = lambda _: None) -> dict[str, list[str]]:
    """Listing → the files that have its columns."""
    found: dict[str, list[str]] = {listing: [] for listing in _REQUIRED}

    def columns(name: str) -> Iterator[tuple[str, set[str]]]:
        with bundle.open(name) as stream:
            head = stream.read(4_000).decode("utf-8-sig", "replace").splitlines()[:1]
        yield name, {one.strip().strip('"').lower() for one in head[0].split(",")} if head else set()

    for name, there in each_file(matching(bundle, r".*\.csv"), columns, damaged):
        for listing, required in _REQUIRED.items():
            if there.issuperset(required):
                found[listing].append(name)
    return found


def owner(bundle: Bundle) -> Owner:
    """The channel's id, from the first row that names it."""
    for name in _tables(bundle)["videos"]:
        with bundle.open(name) as stream:
            try:
                first = next(sheets.rows(stream, _VIDEO), {})
            except RefusedError:
                continue
        if first.get("channel id"):
            return Owner(native=first["channel id"])
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """Videos with their films, then our comments."""
    damaged: list[RefusedError] = []
    tables = _tables(bundle, damaged.append)
    for error in damaged:
        yield damage(error, account.name)
    films, lone = _films(bundle, tables["videos"])
    if lone:
        yield Finding(code="I150", severity="warning", subject=account.name, count=lone)

    def captures(listing: str) -> Iterator[Capture | Finding]:
        def rows(name: str, lost: Callable[[str], None]) -> Iterator[Any]:
            with bundle.open(name) as stream:
                for row in sheets.rows(stream, _REQUIRED[listing], lost=lost):
                    film = films.get(row.get("video id", "")) if listing == "videos" else None
                    yield {"row": row, "film": film or ""}

        def capture(_: str, group: list[Any]) -> Capture:
            return Capture(
                endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=group, listing=listing,
                context={"own": own},
            )  # fmt: skip

        yield from captures_of(tables[listing], rows, capture, size=_GROUP, subject=account.name)

    for listing in _REQUIRED:
        yield from captures(listing)


def _films(bundle: Bundle, tables: list[str]) -> tuple[dict[str, str], int]:
    """Video id → the file whose name is the video's title, where it is the only one; how many files have none."""
    by_title: dict[str, list[str]] = {}
    claims: dict[str, list[str]] = {}

    def rows(name: str) -> Iterator[dict[str, str]]:
        with bundle.open(name) as stream:
            yield from sheets.rows(stream, _VIDEO)

    # Damage is told of when the table is read for its items.
    for row in each_file(tables, rows, lambda _: None):
        by_title.setdefault(_likeness(row["video title (original)"]), []).append(row["video id"])
    files: dict[str, list[str]] = {}
    for name in matching(bundle, _FILM):
        title = name.rpartition("/")[2].rpartition(".")[0]
        files.setdefault(_likeness(re.sub(r"\(\d{1,3}\)$", "", title)), []).append(name)
    titles = sorted(by_title)
    for key, names in files.items():
        title = _title_of(key, titles)
        if title and len(by_title[title]) == 1:
            claims.setdefault(by_title[title][0], []).extend(names)
    films = {video: names[0] for video, names in claims.items() if len(names) == 1}
    return films, sum(len(names) for names in files.values()) - len(films)


def _title_of(name: str, titles: list[str]) -> str:
    """The title that a file's name is, or the only one that begins with it; empty when there is none, or several."""
    at = bisect_left(titles, name)
    found = [title for title in titles[at : at + 2] if name and title.startswith(name)]
    if found and (found[0] == name or (len(found) == 1 and len(name) >= _CUT)):
        return found[0]
    return ""


def _likeness(title: str) -> str:
    """Letters and digits of a title in one case: Takeout replaces other characters in file names."""
    shown = unicodedata.normalize("NFC", title).casefold()
    return "".join(one for one in shown if one.isalnum())


def parse(capture: Capture) -> Parsed:
    """Items and findings of one group of rows; pure."""
    if capture.listing not in ("videos", "comments"):
        return Parsed(items=(), findings=(Reading(capture.listing).malformed(),))
    return each(capture, lambda one, reading: _item(one, capture, reading))


def _item(one: Any, capture: Capture, reading: Reading) -> Seen | None:
    row = one.get("row") if isinstance(one, dict) else None
    if not isinstance(row, dict):
        reading.note("H122", "row")
        return None
    if capture.listing == "videos":
        return _video(row, reading.text(one, "film"), capture.context, reading)
    return _comment(row, capture.context, reading)


def _video(row: dict[str, Any], film: str, context: Mapping[str, str], reading: Reading) -> Seen | None:
    reading.unknown({name: one for name, one in row.items() if not _NUMBERED.fullmatch(name)}, _VIDEO_KNOWN)
    native = _native(row, "video id", reading)
    if native is None:
        return None
    title, description = (reading.text(row, f"video {name} (original)") for name in ("title", "description"))
    text = "\n\n".join(part for part in (title, description) if part)
    privacy = reading.text(row, "privacy").strip().lower()
    media: tuple[MediaRef, ...] = ()
    if film:
        ending = film.rpartition(".")[2].lower()
        media = (MediaRef(role="video", origin=inside(film), media_type=_TYPES.get(ending, "")),)
    return Seen(
        native=native,
        kind="post",
        author=None,
        author_native=context.get("own"),
        platform_time=_moment(row, "video publish timestamp", reading)
        or _moment(row, "video create timestamp", reading),
        text=text,
        visibility="" if privacy in ("", "public", "offentlig") else privacy,
        media=media,
        payload=canonical({name: value for name, value in row.items() if isinstance(value, str)}),
        identity=digest({"text": text}),
    )


def _comment(row: dict[str, Any], context: Mapping[str, str], reading: Reading) -> Seen | None:
    reading.unknown(row, _COMMENT_KNOWN)
    native = _native(row, "comment id", reading)
    if native is None:
        return None
    video = reading.text(row, "video id") or None
    parent = reading.text(row, "parent comment id") or reading.text(row, "top-level comment id") or video
    text = _written(reading.text(row, "comment text"))
    return Seen(
        native=native,
        kind="reply",
        author=None,
        author_native=context.get("own"),
        parent_native=parent or None,
        thread_native=video,
        platform_time=_moment(row, "comment create timestamp", reading),
        text=text,
        payload=canonical({name: value for name, value in row.items() if isinstance(value, str)}),
        identity=digest({"text": text}),
    )


def _written(found: str) -> str:
    """A comment's text: plain, ``{"takeoutSegments":[{"text":…}]}``, or ``{"text":…},{"text":…}``."""
    shown = found.strip()
    if not shown.startswith("{"):
        return visible(found)
    try:
        value = json.loads(f"[{shown}]")
    except (ValueError, RecursionError):
        return visible(found)
    parts: list[str] = []
    for one in value:
        segments = one.get("takeoutSegments", [one]) if isinstance(one, dict) else []
        parts += [
            str(each["text"]) for each in segments if isinstance(each, dict) and isinstance(each.get("text"), str)
        ]
    return visible("".join(parts)) if parts else visible(found)


def _native(row: Mapping[str, Any], name: str, reading: Reading) -> str | None:
    found = reading.text(row, name).strip()
    if not _ID.fullmatch(found):
        reading.note("H122", name)
        return None
    return found


def _moment(row: Mapping[str, Any], name: str, reading: Reading) -> datetime | None:
    found = row.get(name)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found.strip().replace(" UTC", "+00:00")) if isinstance(found, str) else None
        if moment is not None and moment.tzinfo is not None and 2000 <= moment.year < 2100:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    reading.note("H123", name, problem="unreadable")
    return None
