"""Which known item an export's item without id is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from schemas.ids import ItemId
from schemas.near import PICTURED, normalised
from schemas.record import Kind


@dataclass(slots=True)
class Candidate:
    """A known item of one account and second.

    Attributes:
        kind: what it is. texts: every text it ever had, normalised. digests: of every attachment it ever had.
        files: how many attachments its versions had.
    """

    item: ItemId
    kind: Kind = "post"
    texts: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    files: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sought:
    """What an export shows of an item: kind, text, number of attachments, and how many like it are beside it.

    Attributes:
        alike: items of the same second, kind, text and number of attachments in the export, this one among them.
    """

    kind: Kind
    text: str
    files: int = 0
    alike: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that an item is like; ``sure``: it is the first of them. Not sure: nobody can say which."""

    items: tuple[ItemId, ...] = ()
    sure: bool = False


def choose(sought: Sought, digests: Callable[[], frozenset[str]], candidates: Iterable[Candidate]) -> Choice:
    """Which of the candidates the item is.

    The same text at the same second is the same item; of several with the same text and nothing beside it, any is any,
    as long as the export shows as many. An item whose text is another, or which has none, is known by an attachment that is the same to the
    byte; so are several with the same text told apart. One without text that is alone of its kind on both sides, with
    as many attachments, is the same: platforms pack pictures anew.
    """
    here = list(candidates)
    if not here:
        return Choice()
    wanted = normalised(sought.text)
    same = [one for one in here if wanted in one.texts] if wanted else []
    if len(same) == 1 or (same and not sought.files and len(same) <= sought.alike):
        return Choice((same[0].item,), sure=True)
    found = digests()
    shown = [one for one in same or here if one.digests & found]
    if same or shown:
        return Choice(tuple(one.item for one in shown or same), sure=len(shown) == 1)
    if wanted or not sought.files or sought.kind not in PICTURED:
        return Choice()
    alone = [one for one in here if one.kind == sought.kind and one.texts == {""} and sought.files in one.files]
    return Choice(tuple(one.item for one in alone), sure=len(alone) == sought.alike == 1)


def another_form(sought: Sought, candidates: Iterable[Candidate]) -> bool:
    """Exactly one candidate is of the item's kind, and it has another text: perhaps an earlier or later form."""
    same = [one for one in candidates if one.kind == sought.kind]
    return len(same) == 1 and normalised(sought.text) not in same[0].texts
