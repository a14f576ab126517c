"""Holds (*gallringsstopp*) and marks: what a named person has said about items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from schemas.ids import ItemId

HoldScope = Literal["item", "thread", "account", "authority", "author", "period", "search", "matter", "request"]
HOLD_SCOPES: tuple[HoldScope, ...] = get_args(HoldScope)

MarkKind = Literal[
    "inaktuell",
    "ringa",
    "sekretess",
    "i-arende",
    "registrerad",
    "urval",
    "borttagen-av-oss",
    "granskad-bevara",
]
"""``inaktuell``: no longer needed (with the day). ``ringa``: of minor importance. ``sekretess``: secrecy noted.
``i-arende``: part of a matter (dnr; closed when ``on`` is set). ``registrerad``: registered (dnr). ``urval``: chosen
for the kept sample. ``borttagen-av-oss``: removed by us from the platform (with the day). ``granskad-bevara``:
reviewed and to be kept."""

MARK_KINDS: tuple[MarkKind, ...] = get_args(MarkKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stop to every way to destruction, until a person lifts it.

    Attributes:
        number: running number in the home.
        scope: what ``subject`` names; what a hold binds also binds everything below it in its thread.
        subject: an item id, an account's or authority's name, a period (``2020-01-01/2020-12-31``, either day may be
            missing), a diary number, a request's number; empty for an author or a search: those words are content and
            stand in ``record`` alone.
        record: the archive item (platform ``bevara``, kind ``decision``) with title, mandate, description and
            predicate (``schemas.covered.Predicate``), or None where the subject says all.
        set_by: registered person. set_at: UTC.
        lifted_by, lifted_at: None while it is in force.
    """

    number: int
    scope: HoldScope
    subject: str
    set_by: str
    set_at: datetime
    record: ItemId | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a named person has said about one item.

    Attributes:
        item: the item. kind: what is said. person: who said it. at: when, UTC.
        on: the day it holds from (inaktuell, removed; ``i-arende``: the day the matter was closed), or None.
        dnr: diary number, or empty.
        provision: provision of a secrecy mark, for example ``OSL 21:1``, or empty.
        authority: who made a secrecy mark (OSL 5:5 point 3), or empty.
    """

    item: ItemId
    kind: MarkKind
    person: str
    at: datetime
    on: date | None = None
    dnr: str = ""
    provision: str = ""
    authority: str = ""
