"""The invented world that every fake platform shows: people, items with everything that happened to them, and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["post", "comment", "story", "visitor_post", "mention", "message"]
KINDS: tuple[Kind, ...] = ("post", "comment", "story", "visitor_post", "mention", "message")
Role = Literal["picture", "video", "audio", "caption"]

STORY_LIVES = timedelta(hours=24)
BEGINNING = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: str
    name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Medium:
    """An attachment."""

    id: str
    role: Role
    media_type: str
    alt: str | None = None
    language: str = ""
    data: bytes = b""


@dataclass(slots=True)
class Item:
    """One thing somebody wrote, with everything that ever happened to it.

    Attributes:
        text: as first written; ``edits`` has what came later.
        parent: id of what it answers directly. root: id of the thread's first item; None = it is that itself.
        hidden: when it was hidden (True) and shown again (False). deleted_by: ``us``, ``author``, ``platform``.
    """

    id: str
    kind: Kind
    author: Person | None
    text: str
    created: datetime
    parent: str | None = None
    root: str | None = None
    edits: list[tuple[datetime, str]] = field(default_factory=list)
    hidden: list[tuple[datetime, bool]] = field(default_factory=list)
    deleted: datetime | None = None
    deleted_by: str = ""
    media: list[Medium] = field(default_factory=list)
    likes: int = 0
    shares: int = 0

    def text_now(self, at: datetime) -> str:
        """The text as it was at that instant."""
        return next((text for when, text in reversed(self.edits) if when <= at), self.text)

    def edited_at(self, at: datetime) -> datetime | None:
        """When it was last edited before that instant, or None."""
        return next((when for when, _ in reversed(self.edits) if when <= at), None)

    def is_hidden(self, at: datetime) -> bool:
        """Hidden from visitors at that instant."""
        return next((hidden for when, hidden in reversed(self.hidden) if when <= at), False)

    def is_there(self, at: datetime) -> bool:
        """Created, not deleted, and (a story) not yet a day old."""
        if self.kind == "story" and at >= self.created + STORY_LIVES:
            return False
        return self.created <= at and (self.deleted is None or self.deleted > at)

    def last_changed(self, at: datetime) -> datetime:
        """When it was written or last edited."""
        return self.edited_at(at) or self.created


OWN = Person("900100200", "Älvsjöbro kommun", "alvsjobro")
PEOPLE = (
    Person("700100101", "Åsa Lindqvist", "asa.lindqvist"),
    Person("700100102", "Örjan Holm", "orjanholm"),
    Person("700100103", "Märta Ek", "marta_ek"),
    Person("700100104", "Yusuf Demir", "yusufd"),
    Person("700100105", "Ingvar Öst", "ingvar.ost"),
)


@dataclass(slots=True)
class World:
    """What there is on a platform around one account of ours."""

    own: Person = OWN
    people: list[Person] = field(default_factory=lambda: list(PEOPLE))
    items: dict[str, Item] = field(default_factory=dict)
    now: datetime = BEGINNING
    token: str = "hemlig-nyckel-0123456789abcdef"
    moderating: str = "hemlig-modereringsnyckel-0123456789abcdef"
    expires: datetime | None = None

    def shown(self, *kinds: Kind) -> list[Item]:
        """Items of those kinds (none named = all) that are there now, oldest first; hidden ones too."""
        wanted = kinds or KINDS
        found = [item for item in self.items.values() if item.kind in wanted and item.is_there(self.now)]
        return sorted(found, key=by_time)

    def below(self, item_id: str) -> list[Item]:
        """What answers that item directly and is there now, oldest first."""
        found = [item for item in self.items.values() if item.parent == item_id and item.is_there(self.now)]
        return sorted(found, key=by_time)

    def thread(self, root_id: str) -> list[Item]:
        """Everything at any depth below a thread's first item that is there now, oldest first."""
        found = [item for item in self.items.values() if item.root == root_id and item.is_there(self.now)]
        return sorted(found, key=by_time)

    def get(self, item_id: str) -> Item | None:
        """The item if it is there now."""
        item = self.items.get(item_id)
        return item if item is not None and item.is_there(self.now) else None

    def person(self, person_id: str) -> Person | None:
        """Our own account or somebody else."""
        return next((one for one in (self.own, *self.people) if one.id == person_id), None)

    def medium(self, medium_id: str) -> Medium | None:
        """An attachment of anything that is there now."""
        return next((one for item in self.shown() for one in item.media if one.id == medium_id), None)


def by_time(item: Item) -> tuple[datetime, int, str]:
    """Order of a listing, oldest first; at one instant by id."""
    return item.created, len(item.id), item.id
