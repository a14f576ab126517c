"""What legal deposit keeps from being culled, and what it proves.

A film that is not closed keeps its items. So does one that nobody has looked for yet: rows that came in since films were
last searched for (``flows.deposit.find``) keep their items when they may have films. Which files of the holdings have
been searched stands in the state database, file by file, so that what a judgement costs follows what is new.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.books import Books, LiveFile, State
from schemas.deposit import CLOSED
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import MissingError, Reading
from schemas.plan.proven import Proven

SEARCHED: Final = "deposit.searched.1"
"""Setting: live files of the holdings in which films have been searched for, by the beginnings of their names. When the
search comes to find more than it did (a platform tells of its films), raise the number: everything is searched anew."""
KINDS: Final = ("post", "reply", "story")
"""Kinds of own items that may have films."""
_ROLES: Final = ("video", "audio", "document", "thumbnail", "caption")
"""Attachments that a film is, or has where the platform hands out no file of it."""
_FILMS_THEMSELVES: Final = ("youtube",)
"""Platforms whose posts are films, though nothing may be attached to them (an export hands out no thumbnail either)."""
_NAME: Final = 12
"""Hexadecimal digits that tell a file of the holdings from all others: 48 bits of its name, a salted digest."""
_AGAIN: Final = 5
_MOST: Final = 2000
_REMEMBERED: OrderedDict[tuple[str, str], frozenset[ItemId]] = OrderedDict()
"""Of files read lately. A file never changes under its name; whether it is live is asked of the manifest each time."""


def unsearched(books: Books) -> list[LiveFile]:
    """Live files of the holdings in which nobody has searched for films."""
    seen = _seen(books)
    return [file for file in books.manifest.live() if _name(file.key) not in seen]


def note_searched(books: Books, files: Iterable[LiveFile]) -> None:
    """Films were searched for in these files; what is live no longer is forgotten."""
    live = {_name(file.key) for file in books.manifest.live()}
    names = (_seen(books) | {_name(file.key) for file in files}) & live
    books.set_setting(SEARCHED, "".join(sorted(names)))


def carry_searched(books: Books, before: Sequence[str], after: str) -> None:
    """A file took the place of others and holds none but their rows: searched when all of them were.

    Args:
        before: keys of the files replaced. after: key of the new one.
    """
    seen = _seen(books)
    if before and {_name(key) for key in before} <= seen and _name(after) not in seen:
        books.set_setting(SEARCHED, "".join(sorted({*seen, _name(after)})))


def kept(ground: Ground) -> frozenset[ItemId]:
    """Items that legal deposit keeps: of films that are not closed, and of what may have films nobody has looked for."""
    for left in reversed(range(_AGAIN)):
        with ground.state.reading() as books:
            waiting, files = books.films.waiting(), unsearched(books)
        try:
            return waiting | with_films(ground.store, files)
        except MissingError:
            # Replaced between asking and reading; a file that is live and not there is a loss.
            if not left or _still_live(ground.state, files):
                raise
    raise AssertionError


def with_films(store: Reading, files: Iterable[LiveFile]) -> frozenset[ItemId]:
    """Own items in these files that have films, or what a film has where the platform hands out no file of it."""
    found: set[ItemId] = set()
    for file in files:
        name = (store.place, file.key)
        items = _REMEMBERED.get(name)
        if items is None:
            items = _REMEMBERED[name] = _with_films(store, file.key)
            while len(_REMEMBERED) > _MOST:
                _REMEMBERED.popitem(last=False)
        found |= items
    return frozenset(found)


def _with_films(store: Reading, key: str) -> frozenset[ItemId]:
    with store.open(key) as stream:
        # Of the attachments nothing but their roles is read.
        table = pq.ParquetFile(stream).read(["item", "own", "kind", "platform", "media.list.element.role"])
    ours = pc.and_(table["own"], pc.is_in(pc.cast(table["kind"], pa.string()), value_set=pa.array(KINDS)))
    table = table.filter(ours).combine_chunks()
    if not table.num_rows:
        return frozenset()
    (media,) = table["media"].chunks
    roles = pc.struct_field(pc.list_flatten(media), "role")
    rows = pc.list_parent_indices(media).filter(pc.is_in(roles, value_set=pa.array(_ROLES)))
    theirs = pc.and_(
        pc.is_in(pc.cast(table["platform"], pa.string()), value_set=pa.array(_FILMS_THEMSELVES)),
        pc.equal(pc.cast(table["kind"], pa.string()), "post"),
    )
    found = pa.chunked_array([*table["item"].take(rows).chunks, *table["item"].filter(theirs).chunks], pa.string())
    return frozenset(ItemId(item) for item in pc.unique(found).to_pylist())


def deposited(ground: Ground) -> Proven:
    """Items for which the condition *e-plikt* of a plan is proven: they have films, and every one is settled.

    KB has accepted it or somebody has seen it in Libris, or it need not be deposited: a named person decided so, or the act
    does not reach it, with the reason on record either way. An item without a film proves nothing. A TEST delivery
    settles no film.
    """
    with ground.state.reading() as books:
        standings = {film.id: film.standing for film in books.films.all()}
        members = books.films.members()
    if not members:
        return Proven()
    of_item: dict[ItemId, bool] = defaultdict(lambda: True)
    for one in members:
        of_item[one.item] = of_item[one.item] and standings[one.film] in CLOSED
    settled = {item for item, closed in of_item.items() if closed}
    return Proven(sorted(settled - kept(ground)))


def _seen(books: Books) -> set[str]:
    told = books.setting(SEARCHED) or ""
    return {told[at : at + _NAME] for at in range(0, len(told), _NAME)}


def _name(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0][:_NAME]


def _still_live(state: State, files: Sequence[LiveFile]) -> bool:
    with state.reading() as books:
        live = {file.key for file in books.manifest.live()}
    return {file.key for file in files} <= live
