"""Defects to be put into a good connector, each changing one thing, to prove that the judge notices it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schemas.finding import Finding
from schemas.neighbours import (
    Capture,
    Health,
    ListingEnd,
    Lookup,
    MediaBytes,
    MediaError,
    Parsed,
    PlatformError,
    Session,
    Window,
)
from schemas.record import MediaRef, Seen

Step = Capture | ListingEnd | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What is wrong with a connector; by default nothing.

    Attributes:
        items: what is made of an answer's items. steps: of a fetch. look_up: of the answers to a look-up.
        media: whether attachments can be fetched.
    """

    items: Callable[[Sequence[Seen], Capture], Iterable[Seen]] = lambda items, _: items
    steps: Callable[[Iterator[Step], Window], Iterator[Step]] = lambda steps, _: steps
    look_up: Callable[[Iterator[Lookup]], Iterator[Lookup]] = lambda answers: answers
    media: bool = True

    def into(self, session: Session) -> Session:
        """The session with this defect."""
        return _Defective(session, self)


class _Defective:
    def __init__(self, session: Session, defect: Defect) -> None:
        self._session = session
        self._defect = defect

    def health(self) -> Health:
        return self._session.health()

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Step]:
        return self._defect.steps(self._session.fetch(window, threads), window)

    def parse(self, capture: Capture) -> Parsed:
        parsed = self._session.parse(capture)
        return replace(parsed, items=list(self._defect.items(parsed.items, capture)))

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        return self._defect.look_up(self._session.look_up(natives))

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        if not self._defect.media:
            raise MediaError("H118")
        return self._session.fetch_media(reference, author_native, limit)

    def remember(self) -> Mapping[str, str]:
        return self._session.remember()

    def close(self) -> None:
        self._session.close()


def _changed(**values: Any) -> Defect:
    return Defect(items=lambda items, _: [replace(one, **values) for one in items])


def _claims_all(steps: Iterator[Step], window: Window) -> Iterator[Step]:
    """What was cut short counts as complete."""
    ended = False
    try:
        for step in steps:
            ended = ended or (isinstance(step, ListingEnd) and step.listing == "posts")
            yield replace(step, complete=True, reason="") if isinstance(step, ListingEnd) else step
    except PlatformError:
        if not ended:
            yield ListingEnd(listing="posts", scope="", complete=True, since=window.since)


def _blames_others(steps: Iterator[Step], _: Window) -> Iterator[Step]:
    """The reason given is not the true one."""
    try:
        for step in steps:
            if isinstance(step, Finding):
                yield replace(step, code="H107")
            else:
                yield replace(step, reason="H107") if isinstance(step, ListingEnd) and step.reason else step
    except PlatformError:
        raise PlatformError("H107") from None


def _blames_others_too(answers: Iterator[Lookup]) -> Iterator[Lookup]:
    """As above, of a look-up."""
    try:
        yield from answers
    except PlatformError:
        raise PlatformError("H107") from None


DEFECTS: dict[str, tuple[Defect, str]] = {
    "drops items": (
        Defect(items=lambda items, _: [one for one in items if not one.native.endswith("5")]),
        "lacks a",
    ),
    "changes text": (
        Defect(items=lambda items, _: [replace(one, text=one.text.replace("Å", "A")) for one in items]),
        "but it says",
    ),
    "overlooks edits": (_changed(identity="always the same"), "the latest text is"),
    "renames items": (
        Defect(items=lambda items, at: [replace(one, native=f"{one.native}?{at.at:%d}") for one in items]),
        "that never was",
    ),
    "loses places": (_changed(parent_native=None), "answers None"),
    "never says gone": (
        Defect(look_up=lambda answers: (replace(one, outcome="found") for one in answers)),
        "night left a",
    ),
    "says gone of what is there": (
        Defect(
            items=lambda items, at: [] if at.listing == "thread" and at.at.day % 3 == 0 else items,
            look_up=lambda answers: (replace(one, outcome="not_found") for one in answers),
        ),
        "stored as gone, but it is",
    ),
    "claims all": (Defect(steps=_claims_all), "unknown, but it is"),
    "claims nothing": (
        Defect(
            steps=lambda steps, _: (
                replace(one, complete=False, reason="H106") if isinstance(one, ListingEnd) else one for one in steps
            )
        ),
        "incomplete on a good night",
    ),
    "blames others": (Defect(steps=_blames_others, look_up=_blames_others_too), "but the coverage says"),
    "skips attachments": (Defect(media=False), "attachments are missing"),
}
"""Name → the defect and words that the judge must say of it."""
