"""What YouTube, and Google Takeout, tell of a film: the item is one. Pure and total.

No interface hands out the film's file; one that an import brought is its only attachment of that kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.films import SINGLE, Live, Told, inside, iso_length, milliseconds, told_films, words
from schemas.deposit import FilmSaid
from schemas.record import MediaRef

_ROUNDED = 2_000
"""Milliseconds by which the video's length, in whole seconds, and the uploaded file's may differ and be the same."""
_MORE = ("fileDetails", "processingDetails", "localizations", "recordingDetails", "paidProductPlacementDetails")
"""Parts that are asked for together with those of a broadcast: one of them tells that there was none."""


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """The one film of a video; none of a comment (``schemas.neighbours.FilmsOf``)."""
    if "video id" in payload and "comment id" not in payload:
        return told_films([_exported(payload)], media)
    if payload.get("kind", "youtube#video") == "youtube#video" and "contentDetails" in payload:
        return told_films([_listed(payload)], media)
    return told_films([], media)


def _listed(video: Mapping[str, object]) -> Told:
    details = inside(video, "contentDetails")
    captions = str(details.get("caption")).lower()
    known: bool | None = {"true": True, "false": False}.get(captions)
    if video.get("captions"):
        known = True
    return Told(
        key=SINGLE,
        title=words(inside(video, "snippet").get("title")),
        duration=_length(video),
        live=_live(video),
        captions=known,
    )


def _exported(row: Mapping[str, object]) -> Told:
    return Told(
        key=SINGLE,
        title=words(row.get("video title (original)")),
        duration=milliseconds(row.get("approx duration (ms)"), 1000),
    )


def _length(video: Mapping[str, object]) -> int | None:
    """The video's own, to the millisecond where the uploaded file says the same."""
    stated = iso_length(inside(video, "contentDetails").get("duration"))
    exact = milliseconds(inside(video, "fileDetails").get("durationMs"), 1000)
    if stated is not None and exact is not None and abs(stated - exact) <= _ROUNDED:
        return exact
    return stated


def _live(video: Mapping[str, object]) -> Live:
    """A broadcast that has not begun is none that is over: it is ``live`` until it has ended.

    A film that was shown for the first time at an announced hour (a premiere) has the same marks as a broadcast.
    """
    now = inside(video, "snippet").get("liveBroadcastContent")
    times = inside(video, "liveStreamingDetails")
    if now in ("live", "upcoming") and "actualEndTime" not in times:
        return "live"
    if times:
        return "was-live"
    return "upload" if now == "none" and any(name in video for name in _MORE) else ""
