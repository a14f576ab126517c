"""Everything a decision about one item rests on, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from schemas.calendar import local_day
from schemas.hold import Mark, MarkKind
from schemas.plan.model import COLUMNS, Column, MediaClass

_SORTS: dict[str, MediaClass] = {"picture": "picture", "video": "video", "audio": "audio", "document": "document"}
_PART = frozenset({"caption", "thumbnail"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one item.

    Attributes:
        item, authority, platform, account: names.
        kind: from the latest version. own: ours or a visitor's. state: visibility when last seen.
        media: what is attached, from the latest row that has attachments.
        marks: marks on the item and the day each holds from; ``i-arende`` without a day = the matter is open.
        published: as it counts, or None when unknown. day: its civil day.
        last_edit: latest edit, or None when never edited.
        doubted: the author's own statement of time was not accepted.
        thread_activity: latest publication or edit in the thread, or None when not known (or not needed).
        held: numbers of the holds that bind it, through what lies above it too.
        kept_by_thread: something above it is preserved with everything below.
        open_matter_above: something above it belongs to an open matter.
        pending: it, or something above it, waits for a delivery's receipt.
        film: a film of it waits for decision, delivery or receipt in legal deposit.
        proofs: codes of conditions for which there is proof (``schemas.plan.model.CONDITIONS``).
    """

    item: str
    authority: str
    platform: str
    account: str
    kind: str
    own: bool
    state: str
    media: str = "none"
    marks: Mapping[MarkKind, date | None] = field(default_factory=dict)
    published: datetime | None = None
    last_edit: datetime | None = None
    doubted: bool = False
    thread_activity: datetime | None = None
    held: tuple[int, ...] = ()
    kept_by_thread: bool = False
    open_matter_above: bool = False
    pending: bool = False
    film: bool = False
    proofs: frozenset[str] = frozenset()

    @property
    def day(self) -> date | None:
        """Civil day of publication, or None."""
        return None if self.published is None else local_day(self.published)

    def column(self, name: Column) -> str:
        """The item's value in a column that rules match on."""
        if name == "own":
            return "own" if self.own else "visitor"
        return str(getattr(self, name))

    def cell(self) -> Cell:
        """The item's place in the space that rules divide among them."""
        return Cell(columns=tuple(self.column(name) for name in COLUMNS), marks=frozenset(self.marks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One point of the space that rules divide among them: a value per column (``COLUMNS``) and the marks."""

    columns: tuple[str, ...]
    marks: frozenset[MarkKind]


def media_class(roles: Iterable[str]) -> MediaClass:
    """What attachments with these roles make the item; a role that is not known counts as several sorts."""
    sorts = {_SORTS.get(role, "mixed") for role in roles if role not in _PART}
    if not sorts:
        return "none"
    return sorts.pop() if len(sorts) == 1 else "mixed"


def mark_day(mark: Mark) -> date | None:
    """The day a mark holds from: as stated, else the day it was made; for ``i-arende`` only as stated."""
    if mark.on is not None or mark.kind == "i-arende":
        return mark.on
    return local_day(mark.at)


def open_matter(marks: Mapping[MarkKind, date | None], as_of: date) -> bool:
    """Whether a mark says that the item belongs to a matter that is not closed on that day."""
    if "i-arende" not in marks:
        return False
    closed = marks["i-arende"]
    return closed is None or closed > as_of
