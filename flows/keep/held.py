"""What holds bind: holds by words, days, matter or request become holds on items, accounts or authorities.

The words of a hold stand in its record, an archive item; what they cover is found by reading every version of every
item, once for all holds together. Where anything of that fails, the hold binds everything: nothing is culled because a
hold could not be read. What lies below a held item in its thread is added by the judgement itself.

A hold for a request binds the whole thread of everything that it finds, also what lies above and beside: who asks for a
record shall be able to have what it answers and what was answered, whichever account, authority or month that lies in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions, rows_of_item
from schemas.books import State
from schemas.covered import Predicate, UnreadablePredicateError, covered, predicate_from, predicate_of_period
from schemas.hold import Hold, HoldScope, Mark
from schemas.ids import ItemId
from schemas.neighbours import Reading
from schemas.payload import read
from schemas.record import Row

DIRECT: frozenset[HoldScope] = frozenset({"item", "thread", "account", "authority"})
"""Scopes whose subject says all."""
MOST = 100_000
"""Items that one hold is spelled out into; one that covers more binds everything, or memory would not suffice."""
_MATTER = frozenset({"i-arende", "registrerad"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A hold with what it is about. ``predicate`` is None when it cannot be known: then it binds everything."""

    hold: Hold
    predicate: Predicate | None


def resolve(
    state: State,
    store: Reading,
    holds: Iterable[Hold],
    marks: Sequence[Mark],
    *,
    since: datetime | None = None,
) -> list[Hold]:
    """What the holds bind, as holds on items, threads, accounts and authorities; each keeps its number.

    Every hold given counts, also one that has been lifted. The records of holds are bound too: a hold whose record
    were culled would bind everything.

    Args:
        marks: all of them; a hold by matter binds the items that are marked with its diary number.
        since: a hold that was narrowed at this instant or later binds what it bound before, too.
    """
    found: list[Hold] = []
    scanned: list[Words] = []
    everything: list[Hold] = []
    scopes: dict[int, HoldScope] = {}
    for given in holds:
        hold = replace(given, lifted_by=None, lifted_at=None)
        scopes[hold.number] = hold.scope
        if hold.record is not None:
            found.append(replace(hold, scope="item", subject=hold.record))
        if hold.scope in DIRECT:
            found.append(hold)
            continue
        for words in [read_words(state, store, hold), *_earlier(state, store, hold, since)]:
            simple = _without_scan(words, marks)
            if words.predicate is None or words.predicate.all:
                everything.append(hold)
            elif simple is None:
                scanned.append(words)
            else:
                found += simple
    wide = [one for one in found if one.scope in {"account", "authority"}]
    requests = frozenset(number for number, scope in scopes.items() if scope == "request")
    try:
        found += _scan(state, store, scanned, marks) if scanned else []
        found += _shared(state, store, wide, requests) if wide else []
    except Exception:  # noqa: BLE001 - whatever failed, nothing may be culled because of it
        everything += [*(words.hold for words in scanned), *wide]
    return found + [one for hold in everything for one in _everything(state, hold)]


def bound_by(state: State, store: Reading, words: Words, marks: Sequence[Mark]) -> list[Hold]:
    """What one hold would bind with these words; as ``resolve``, but what fails is raised."""
    if words.predicate is None or words.predicate.all:
        return _everything(state, words.hold)
    simple = _without_scan(words, marks)
    found = _scan(state, store, [words], marks) if simple is None else simple
    wide = [one for one in found if one.scope in {"account", "authority"}]
    requests = frozenset({words.hold.number} if words.hold.scope == "request" else ())
    return found + (_shared(state, store, wide, requests) if wide else [])


def read_words(state: State, store: Reading, hold: Hold) -> Words:
    """What a hold is about. Never raises for what lies in the archive: what cannot be read covers everything."""
    try:
        if hold.record is not None:
            return Words(hold=hold, predicate=predicate_of(record_of(state, store, hold.record)))
        if hold.scope == "matter" and hold.subject:
            return Words(hold=hold, predicate=Predicate(dnr=hold.subject))
        if hold.scope == "period":
            return Words(hold=hold, predicate=predicate_of_period(hold.subject))
    except Exception:  # noqa: BLE001 - unreadable for whatever reason: it covers everything
        return Words(hold=hold, predicate=None)
    return Words(hold=hold, predicate=None)


def _earlier(state: State, store: Reading, hold: Hold, since: datetime | None) -> list[Words]:
    """What a hold was about before it was changed at ``since`` or later; a changed record lies below the one before."""
    found: list[Words] = []
    now = hold
    while since is not None and now.record is not None:
        try:
            row = record_of(state, store, now.record)
        except Exception:  # noqa: BLE001 - unreadable for whatever reason: it covers everything
            return [*found, Words(hold=hold, predicate=None)]
        made = row.published or row.observed
        if made < since or made <= hold.set_at:
            break
        now = replace(hold, record=row.parent)
        found.append(read_words(state, store, now))
    return found


def record_of(state: State, store: Reading, record: ItemId) -> Row:
    """The newest version of a hold's record. Raises UnreadablePredicateError when there is none."""
    rows = [row for row in rows_of_item(state, store, record) if row.row == "version"]
    if not rows or (rows[-1].platform, rows[-1].kind) != ("bevara", "decision"):
        raise UnreadablePredicateError("there is no such record")
    return rows[-1]


def values_of(row: Row) -> Mapping[str, Any]:
    """What a hold's record says of it (title, mandate, description, predicate). Raises UnreadablePredicateError."""
    try:
        values = read((row.payload or "").encode())["hold"]
    except (ValueError, KeyError, TypeError):
        raise UnreadablePredicateError("the record says nothing of a hold") from None
    if not isinstance(values, Mapping):
        raise UnreadablePredicateError("the record says nothing of a hold")
    return values


def predicate_of(row: Row) -> Predicate:
    """The predicate in a hold's record. Raises UnreadablePredicateError."""
    return predicate_from(values_of(row).get("predicate"))


def matter_items(marks: Iterable[Mark], dnr: str) -> frozenset[ItemId]:
    """Items that are marked as belonging to a matter."""
    return frozenset(mark.item for mark in marks if mark.kind in _MATTER and _same(mark.dnr, dnr))


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _without_scan(words: Words, marks: Sequence[Mark]) -> list[Hold] | None:
    """What a hold binds where that can be said without reading the archive, else None."""
    hold, predicate = words.hold, words.predicate
    if predicate is None:
        return None
    bound = _bound(hold)
    listed = [replace(hold, scope=bound, subject=item) for item in predicate.items]
    alone = replace(predicate, items=())
    if not alone.narrows:
        return listed
    if alone == Predicate(accounts=alone.accounts):
        return listed + [replace(hold, scope="account", subject=name) for name in alone.accounts]
    if alone == Predicate(authorities=alone.authorities):
        return listed + [replace(hold, scope="authority", subject=name) for name in alone.authorities]
    if alone == Predicate(dnr=alone.dnr):
        items = sorted(matter_items(marks, alone.dnr))
        return listed + [replace(hold, scope=bound, subject=item) for item in items]
    return None


def _bound(hold: Hold) -> Literal["item", "thread"]:
    """What a hold binds of an item that it finds: the item with what lies below it, or its whole thread."""
    return "thread" if hold.scope == "request" else "item"


def _everything(state: State, hold: Hold) -> list[Hold]:
    """The hold on every authority that has anything in the archive."""
    with state.reading() as books:
        names = sorted({authority for authority, _, _ in books.manifest.partitions()})
    return [replace(hold, scope="authority", subject=name) for name in names]


def _scan(state: State, store: Reading, scanned: Sequence[Words], marks: Sequence[Mark]) -> list[Hold]:
    """One pass over the archive for all of them."""
    pairs = [(one.hold, one.predicate) for one in scanned if one.predicate is not None]
    matters = {one.dnr: matter_items(marks, one.dnr) for _, one in pairs if one.dnr}
    columns = dict.fromkeys(name for _, one in pairs for name in one.columns)
    columns |= dict.fromkeys(_bound(hold) for hold, _ in pairs)
    # Every thread that any row of an item ever placed it in: the judgement follows each of them to its beginning.
    subjects: list[set[str]] = [set() for _ in pairs]
    for _, _, table in partitions(state, store, tuple(columns)):
        for some, (hold, predicate) in zip(subjects, pairs, strict=True):
            if len(some) <= MOST:
                hits = table[_bound(hold)].filter(covered(table, predicate, matters.get(predicate.dnr, ())))
                some.update(pc.unique(hits).to_pylist())
    found: list[Hold] = []
    for (hold, _), some in zip(pairs, subjects, strict=True):
        # Binding whole authorities instead would lose what lies below in another one's thread.
        spelled = [replace(hold, scope=_bound(hold), subject=one) for one in sorted(some)]
        found += spelled if len(spelled) <= MOST else _everything(state, hold)
    return found


def _shared(state: State, store: Reading, wide: Sequence[Hold], requests: frozenset[int]) -> list[Hold]:
    """Holds on accounts and authorities, as holds on their items in threads that they share with others.

    What lies below such an item may belong to another account or authority (one of ours answering another of ours),
    and is bound all the same. Of holds with the numbers ``requests`` those threads are bound whole.
    """
    accounts = pa.array([hold.subject for hold in wide if hold.scope == "account"], pa.string())
    authorities = {hold.subject for hold in wide if hold.scope == "authority"}
    pairs = []
    for authority, _, table in partitions(state, store, ("thread", "account")):
        names = table["account"].cast(pa.string())
        owner = pc.binary_join_element_wise(names, authority, "/")
        pairs.append(pa.table({"thread": table["thread"], "owner": owner}).group_by(["thread", "owner"]).aggregate([]))
    if not pairs:
        return []
    joined = pa.concat_tables(pairs).group_by("thread").aggregate([("owner", "count_distinct")])
    shared = joined["thread"].filter(pc.greater(joined["owner_count_distinct"], 1)).combine_chunks()
    if not len(shared):
        return []
    found: dict[tuple[HoldScope, str], set[str]] = {}
    asked = {_by(hold, requests) for hold in wide}
    for authority, _, table in partitions(state, store, ("item", "thread", "account")):
        names = table["account"].cast(pa.string())
        ours = pa.repeat(pa.scalar(True), table.num_rows)
        if authority not in authorities:
            ours = pc.is_in(names, value_set=accounts)
        hit = pc.and_(ours, pc.is_in(table["thread"], value_set=shared))
        of = names.filter(hit).to_pylist()
        for scope in asked:
            for one, name in zip(table[scope].filter(hit).to_pylist(), of, strict=True):
                found.setdefault((scope, one), set()).update((f"account:{name}", f"authority:{authority}"))
    return [
        replace(hold, scope=scope, subject=one)
        for hold in wide
        for (scope, one), owners in found.items()
        if scope == _by(hold, requests) and f"{hold.scope}:{hold.subject}" in owners
    ]


def _by(hold: Hold, requests: frozenset[int]) -> Literal["item", "thread"]:
    return "thread" if hold.number in requests else "item"
