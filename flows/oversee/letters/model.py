"""A letter as values, before it is text or HTML: both are made of the same statements, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where something can be seen: the words of the link, and its address."""

    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that needs a hand, in one sentence."""

    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one kind at one account: heading with their number, why and what to do, the first of them."""

    heading: str
    notes: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One account: its name, its page, what it has."""

    heading: str
    link: Link | None = None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The letter to one responsible unit.

    Attributes:
        id: stable for the unit and the day; the e-mail's Message-ID is made of it. unit: its name, empty = the fallback's.
        to: e-mail address as the settings have it. subject: of the e-mail; also the heading.
        count: how many things it tells of. lead: paragraphs before, foot: after, in Swedish.
    """

    id: str
    unit: str
    to: str
    subject: str
    count: int
    lead: tuple[str, ...]
    parts: tuple[Part, ...]
    foot: tuple[str, ...]
