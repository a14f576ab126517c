"""What the rules say of a film before anybody decides: yes, no, or ask, with the reasons as codes. Pure.

A proposal is never a decision. The act names memoranda, reports, inquiries, guides "or other similar publications"
(14 §), and no films; KB's reading and the municipality's own policy go further. So a named person decides each film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from schemas.calendar import local_day
from schemas.deposit import FilmRole

Answer = Literal["yes", "no", "ask"]

NOT_PUBLIC: Final = "L101"
COMPANY: Final = "L102"
BEFORE: Final = "L103"
FILM: Final = "L104"
DOCUMENT: Final = "L105"
SOUND: Final = "L106"
LIVE: Final = "L107"
CHANGING: Final = "L108"
STORY: Final = "L109"
WAS_LIVE: Final = "L110"
NO_FILE: Final = "L111"
STREAM: Final = "L112"
NO_CAPTIONS: Final = "L113"
SEVERAL_ORIGINALS: Final = "L114"
UNPLAYABLE: Final = "L115"
NEW_VERSION: Final = "L116"
SHARED_CAPTIONS: Final = "L117"

FIRST_DAY: Final = date(2015, 1, 1)
"""The act applies to what was made available after 31 December 2014 (transitional provisions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``yes``, ``no`` or ``ask`` (a person has to judge something that no rule can), and why: codes in fixed order."""

    answer: Answer
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a proposal rests on.

    Attributes:
        role: what sort of publication. ground: why it stands outside (``outside``), or empty.
        live: it is being broadcast now. was_live: it is a recorded broadcast.
        changing: a new version has come within the last two weeks. story: it was shown as a story alone (24 hours).
        files: the platform's file is here. playable: a file that is here can be played; None: no file, or not looked at.
        originals: how many of the owner's files are here. captions: there are captions, or none are needed.
        shared_captions: captions of an item with several films. newer: it may be a new version of another film.
    """

    role: FilmRole
    ground: str = ""
    live: bool = False
    was_live: bool = False
    changing: bool = False
    story: bool = False
    files: bool = True
    playable: bool | None = None
    originals: int = 0
    captions: bool = True
    shared_captions: bool = False
    newer: bool = False


def outside(*, public: bool, authority: str, available: datetime, companies: Sequence[str]) -> str:
    """Code of why the act does not reach a film, or empty: it does.

    Args:
        public: it was open to the public at some time, somewhere. authority: slug of whose it is.
        available: first public availability. companies: slugs of what is no authority (``[deposit] companies``).
    """
    if not public:
        return NOT_PUBLIC
    if authority in companies:
        return COMPANY
    return BEFORE if local_day(available) < FIRST_DAY else ""


def propose(known: Known) -> Proposal:
    """What the rules say of one film."""
    if known.ground:
        return Proposal(answer="no", reasons=(known.ground, *_told(known)))
    waits = [
        code
        for code, holds in (
            (LIVE, known.live),
            (CHANGING, known.changing),
            (STORY, known.story),
            (DOCUMENT, known.role == "document"),
            (UNPLAYABLE, known.playable is False),
        )
        if holds
    ]
    speaks = () if known.role == "document" else (FILM if known.role == "video" else SOUND,)
    return Proposal(answer="ask" if waits else "yes", reasons=(*speaks, *waits, *_told(known)))


def _told(known: Known) -> tuple[str, ...]:
    """What a person should know whatever the answer is."""
    return tuple(
        code
        for code, holds in (
            (WAS_LIVE, known.was_live),
            (NO_FILE, not known.files and not known.originals),
            (STREAM, known.files and not known.originals and known.role == "video"),
            (SEVERAL_ORIGINALS, known.originals > 1),
            (NO_CAPTIONS, not known.captions and known.role == "video"),
            (SHARED_CAPTIONS, known.shared_captions),
            (NEW_VERSION, known.newer),
        )
        if holds
    )
