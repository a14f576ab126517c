"""What an item's thread says about it: what goes down a thread, and when the thread was last alive.

Holds, open matters and pending deliveries always go down the thread; a *bevara* row goes down it unless its reach is
the item alone. A reply lies in another month than what it answers, so a first pass over all partitions is needed,
but only where a rule, a hold or a mark asks for it. What is kept in memory is bounded by the threads concerned, not
by the number of items.

In doubt, below: where the chain from an item up to the thread's beginning is broken (something in between is not in
the archive), the item counts as lying below everything in that thread that reaches down.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.calendar import local_days
from schemas.hold import Hold
from schemas.plan.cells import Marks, limits, place_items
from schemas.plan.fold import BATCH_ROWS, Items, Partition, batches, columns_for, fold, later, whole
from schemas.plan.judge import matches
from schemas.plan.model import Plan, Rule
from schemas.tables import INSTANT

Partitions = Callable[[Sequence[str]], Iterator[Partition]]
"""Every partition with all its rows and the columns asked for, in a fixed order; may be called several times."""


@dataclass(frozen=True, slots=True)
class Label:
    """What reaches an item from itself or from above."""

    kept: bool = False
    matter: bool = False
    pending: bool = False
    holds: frozenset[int] = frozenset()

    def __or__(self, other: Label) -> Label:
        """Both together."""
        return Label(
            kept=self.kept or other.kept,
            matter=self.matter or other.matter,
            pending=self.pending or other.pending,
            holds=self.holds | other.holds,
        )

    def parts(self) -> list[Label]:
        """It, taken apart into labels that say one thing each."""
        found = [Label(kept=True)] if self.kept else []
        found += [Label(matter=True)] if self.matter else []
        found += [Label(pending=True)] if self.pending else []
        return found + [Label(holds=frozenset({number})) for number in sorted(self.holds)]

    def on_itself(self) -> Label:
        """What the item that it comes from gets: a rule and a matter of its own are judged there already."""
        return Label(pending=self.pending, holds=self.holds)


NOTHING = Label()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What threads say about items.

    Attributes:
        items: labels by item id (the sources themselves and what lies below a source within a thread).
        threads: labels by thread id, for everything in the thread but its first item.
        kept: thread ids whose first item is preserved with everything below (Arrow strings).
        ids, instants: last activity by thread id, or None where no rule counts from it.
        authority_holds, account_holds: numbers of holds by name.
        read: every item by authority, where they are so few that the first pass could keep them; else None.
    """

    items: Mapping[str, Label] = field(default_factory=dict)
    threads: Mapping[str, Label] = field(default_factory=dict)
    kept: Any = None
    ids: Any = None
    instants: Any = None
    authority_holds: Mapping[str, frozenset[int]] = field(default_factory=dict)
    account_holds: Mapping[str, frozenset[int]] = field(default_factory=dict)
    read: Sequence[tuple[str, Items]] | None = None

    @property
    def needs_thread(self) -> bool:
        """Whether the thread of an item has to be read."""
        return bool(self.threads) or self.ids is not None or self.kept is not None

    def label(self, item: str, thread: str) -> Label:
        """What reaches one item through its thread."""
        found = self.items.get(item, NOTHING)
        if thread != item:
            found |= self.threads.get(thread, NOTHING)
            if self.kept is not None and pc.index(self.kept, thread).as_py() >= 0:
                found |= Label(kept=True)
        return found

    def activity(self, thread: str) -> Any:
        """Last activity of a thread, or None."""
        at = -1 if self.ids is None else pc.index(self.ids, thread).as_py()
        return self.instants[at].as_py() if at >= 0 else None


def counts_activity(plan: Plan | None) -> bool:
    """Whether any rule counts from the thread's last activity."""
    return plan is not None and any(rule.trigger == "thread_activity" for rule in plan.rules if rule.action != "bevara")


def matches_media(plan: Plan | None) -> bool:
    """Whether any rule looks at attachments."""
    return plan is not None and any(name == "media" for rule in plan.rules for name, _ in rule.match.columns)


def context(
    partitions: Partitions,
    plan: Plan | None,
    marks: Marks,
    holds: Iterable[Hold],
    as_of: date,
    *,
    pending: Iterable[str] = (),
) -> Context:
    """Gather what threads say. Reads the archive only where something can go down a thread."""
    accounts: dict[str, frozenset[int]] = defaultdict(frozenset)
    authorities: dict[str, frozenset[int]] = defaultdict(frozenset)
    sources: dict[str, Label] = defaultdict(Label)
    threads: dict[str, Label] = defaultdict(Label)
    for hold in holds:
        if hold.lifted_at is not None:
            continue
        number = frozenset({hold.number})
        if hold.scope == "account":
            accounts[hold.subject] |= number
        elif hold.scope == "authority":
            authorities[hold.subject] |= number
        elif hold.scope == "thread":
            sources[hold.subject] |= Label(holds=number)
            threads[hold.subject] |= Label(holds=number)
        else:
            sources[hold.subject] |= Label(holds=number)
    for item, is_open in zip(marks.by_item, marks.open.to_pylist(), strict=True):
        if is_open:
            sources[item] |= Label(matter=True)
    for item in pending:
        sources[item] |= Label(pending=True)
    keeping = () if plan is None else tuple(rule for rule in plan.rules if rule.keeps_thread)
    survey = _Survey(plan, marks, as_of, keeping, activity=counts_activity(plan))
    if not (keeping or survey.activity or sources):
        return Context(account_holds=accounts, authority_holds=authorities)
    survey.read(partitions, sources)
    return _spread(partitions, survey, sources, threads, accounts, authorities)


class _Survey:
    """The first pass: which items reach down, where the sources lie, how threads are linked, who was active when."""

    def __init__(
        self, plan: Plan | None, marks: Marks, as_of: date, keeping: Sequence[Rule], *, activity: bool
    ) -> None:
        self.plan, self.marks, self.as_of, self.keeping, self.activity = plan, marks, as_of, keeping, activity
        self.kept: list[Any] = []
        """Thread ids whose first item is kept with all below it."""
        self.inner: dict[str, str] = {}
        """Items within a thread that are kept with all below them, and their thread."""
        self.thread_of: dict[str, set[str]] = defaultdict(set)
        """Threads of the sources."""
        self.lost: set[str] = set()
        """Thread ids that do not begin their own thread: the item is not there, or lies in another thread."""
        self.ids: Any = None
        self.instants: Any = None
        self.items: list[tuple[str, Items]] | None = []
        """All items while they are few."""

    def read(self, partitions: Partitions, sources: Mapping[str, Label]) -> None:
        """Read every partition once."""
        full = bool(self.keeping) or self.activity
        columns = columns_for(media=matches_media(self.plan), thread=True)
        rows = 0
        begun: list[Any] = []
        named: list[Any] = []
        active: list[pa.Table] = []
        wanted = pa.array(list(sources), pa.string())
        for authority, table in batches(partitions(columns if full else ("item", "thread"))):
            items = fold(table) if full else None
            rows += table.num_rows
            self._remember(authority, items, rows)
            ids = items.item if items is not None else whole(table["item"])
            threads = items.thread if items is not None else whole(table["thread"])
            encoded = pc.dictionary_encode(threads)
            first = pc.equal(ids, threads)
            if items is None:
                # Rows, not items: an item that any row places in another's thread does not begin one.
                first = pc.and_(first, pc.invert(pc.is_in(ids, value_set=ids.filter(pc.invert(first)))))
            named.append(encoded.dictionary)
            begun.append(ids.filter(first))
            if len(wanted):
                hit = pc.is_in(ids, value_set=wanted)
                for item, thread in zip(ids.filter(hit).to_pylist(), threads.filter(hit).to_pylist(), strict=True):
                    self.thread_of[item].add(thread)
            if items is not None and self.keeping:
                self._keepers(items, authority, first)
            if items is not None and self.activity:
                latest = later(pc.coalesce(items.published, items.first), items.edit)
                found = pa.table({"thread": pc.cast(encoded.indices, pa.int64()), "at": latest})
                found = found.group_by("thread", use_threads=False).aggregate([("at", "max")])
                active.append(
                    pa.table({"thread": encoded.dictionary.take(whole(found["thread"])), "at": found["at_max"]})
                )
        if named:
            missing = pc.invert(pc.is_in(pa.chunked_array(named), value_set=whole(pa.chunked_array(begun))))
            self.lost = set(pa.chunked_array(named).filter(missing).to_pylist())
        if self.activity:
            self._activity(active)

    def _remember(self, authority: str, items: Items | None, rows: int) -> None:
        if self.items is None:
            return
        if items is None or rows > BATCH_ROWS:
            self.items = None
        else:
            self.items.append((authority, items))

    def _keepers(self, items: Any, authority: str, first: Any) -> None:
        cuts = limits(self.plan)
        placed = place_items(items, authority, self.marks, cuts, local_days(items.published) if cuts else None)
        keeps = pa.array(
            [any(matches(rule, cell, day, self.as_of) for rule in self.keeping) for cell, day in placed.cells],
            pa.bool_(),
        ).take(placed.index)
        self.kept.append(items.item.filter(pc.and_(keeps, first)))
        within = pc.and_(keeps, pc.invert(first))
        self.inner.update(
            zip(items.item.filter(within).to_pylist(), items.thread.filter(within).to_pylist(), strict=True)
        )

    def uncovered(self, kept: Any) -> dict[str, str]:
        """Those of ``inner`` whose whole thread is not kept already."""
        if kept is None or not self.inner:
            return self.inner
        covered = pc.is_in(pa.array(list(self.inner.values()), pa.string()), value_set=kept).to_pylist()
        return {item: thread for (item, thread), done in zip(self.inner.items(), covered, strict=True) if not done}

    def _activity(self, active: Sequence[pa.Table]) -> None:
        empty = pa.table({"thread": pa.array([], pa.string()), "at": pa.array([], INSTANT)})
        joined = pa.concat_tables([empty, *active]).group_by("thread", use_threads=False).aggregate([("at", "max")])
        self.ids, self.instants = whole(joined["thread"]), whole(joined["at_max"])


def _spread(
    partitions: Partitions,
    survey: _Survey,
    sources: Mapping[str, Label],
    thread_holds: Mapping[str, Label],
    accounts: Mapping[str, frozenset[int]],
    authorities: Mapping[str, frozenset[int]],
) -> Context:
    """Let every source reach what lies below it."""
    kept = whole(pa.chunked_array(survey.kept, pa.string())) if survey.keeping else None
    threads: dict[str, Label] = defaultdict(Label, thread_holds)
    items: dict[str, Label] = {item: label.on_itself() for item, label in sources.items()}
    within: dict[str, Label] = defaultdict(Label)
    concerned = set(survey.lost)
    for item, label in sources.items():
        threads[item] |= label
        for thread in survey.thread_of.get(item, ()):
            if thread_holds.get(item):
                threads[thread] |= thread_holds[item]
                items[thread] = items.get(thread, NOTHING) | thread_holds[item]
            if thread != item:
                within[item] |= label
                concerned.add(thread)
    for item, thread in survey.uncovered(kept).items():
        within[item] |= Label(kept=True)
        concerned.add(thread)
    if concerned:
        links = _Links(partitions, concerned)
        for item, label in thread_holds.items():
            for thread in links.roots(item):
                threads[thread] |= label
                items[thread] = items.get(thread, NOTHING) | label
        links.reach(within, threads, set() if kept is None else links.those_of(kept), items)
        if survey.activity:
            survey.ids, survey.instants = links.join_activity(survey.ids, survey.instants)
    return Context(
        items={item: label for item, label in items.items() if label != NOTHING},
        threads={thread: label for thread, label in threads.items() if label != NOTHING},
        kept=kept,
        ids=survey.ids,
        instants=survey.instants,
        authority_holds=authorities,
        account_holds=accounts,
        read=survey.items,
    )


class _Links:
    """Who answers whom within the threads concerned: every link that any row ever stated."""

    def __init__(self, partitions: Partitions, concerned: set[str]) -> None:
        self.children: dict[str, set[str]] = defaultdict(set)
        self.threads: dict[str, set[str]] = defaultdict(set)
        """Threads of each item read, its own name excepted."""
        self.present: set[str] = set()
        concerned = set(concerned)
        while True:
            self._read(partitions, concerned)
            # A thread that turned out to lie in another is only whole together with that one.
            outer = {thread for item in self.present for thread in self.roots(item)} - concerned
            if not outer:
                return
            concerned |= outer

    def _read(self, partitions: Partitions, concerned: set[str]) -> None:
        wanted = pa.array(sorted(concerned), pa.string())
        for _, table in batches(partitions(("item", "parent", "thread"))):
            hit = pc.or_(pc.is_in(table["thread"], value_set=wanted), pc.is_in(table["item"], value_set=wanted))
            for row in table.filter(hit).to_pylist():
                item, parent, thread = row["item"], row["parent"], row["thread"]
                self.present.add(item)
                if parent is not None and parent != item:
                    self.children[parent].add(item)
                if thread != item:
                    self.threads[item].add(thread)

    def those_of(self, kept: Any) -> set[str]:
        """Those of the kept threads that anything read here names."""
        named = pa.array(sorted({one for threads in self.threads.values() for one in threads}), pa.string())
        return set(named.filter(pc.is_in(named, value_set=kept)).to_pylist())

    def roots(self, item: str) -> set[str]:
        """Every thread an item lies in, through threads that lie in others."""
        seen: set[str] = set()
        todo = [item]
        while todo:
            for thread in self.threads.get(todo.pop(), ()):
                if thread not in seen:
                    seen.add(thread)
                    todo.append(thread)
        return seen

    def _below(self, starts: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        todo = list(starts)
        while todo:
            for child in self.children.get(todo.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    todo.append(child)
        return seen

    def reach(
        self, within: Mapping[str, Label], threads: dict[str, Label], kept: set[str], items: dict[str, Label]
    ) -> None:
        """Give each item the labels of what lies above it; where the chain is broken, of all in its threads."""
        by_part: dict[Label, list[str]] = defaultdict(list)
        for source, label in within.items():
            for part in label.parts():
                by_part[part].append(source)
        for part, starts in by_part.items():
            for item in self._below(starts):
                items[item] = items.get(item, NOTHING) | part
        for root in kept:
            threads[root] = threads.get(root, NOTHING) | Label(kept=True)
        roots = {item: self.roots(item) for item in self.present}
        for item in self.present:
            label = NOTHING
            for root in roots[item]:
                label |= threads.get(root, NOTHING)
            if label != NOTHING:
                items[item] = items.get(item, NOTHING) | label
        self._reach_loose(within, roots, items)

    def _reach_loose(self, within: Mapping[str, Label], roots: Mapping[str, set[str]], items: dict[str, Label]) -> None:
        """Items whose chain to the thread's beginning is broken get what any other source in their threads has."""
        begun = {item for item in self.present if not self.threads.get(item)}
        broken = self.present - begun - self._below(begun)
        if not broken:
            return
        sources: dict[str, Counter[Label]] = defaultdict(Counter)
        for source, label in within.items():
            for root in roots.get(source, ()):
                sources[root].update(label.parts())
        for item in broken:
            own = Counter(within.get(item, NOTHING).parts())
            label = NOTHING
            for root in roots[item]:
                for part, times in sources.get(root, own).items():
                    label |= part if times > own[part] else NOTHING
            if label != NOTHING:
                items[item] = items.get(item, NOTHING) | label

    def join_activity(self, ids: Any, instants: Any) -> tuple[Any, Any]:
        """Threads that lie in other threads share the latest activity of all of them."""
        group: dict[str, str] = {}

        def leader_of(thread: str) -> str:
            while group.get(thread, thread) != thread:
                thread = group[thread]
            return thread

        for item in self.present:
            roots = sorted(self.roots(item))
            for root in roots[1:]:
                first, second = leader_of(roots[0]), leader_of(root)
                group[second] = group[first] = first
        group = {thread: leader_of(thread) for thread in group}
        if not group:
            return ids, instants
        named = pa.array(list(group), pa.string())
        alias = pa.array(list(group.values()), pa.string())
        leader = pc.coalesce(alias.take(pc.index_in(ids, value_set=named)), ids)
        joined = pa.table({"leader": leader, "at": instants}).group_by("leader").aggregate([("at", "max")])
        shared = whole(joined["at_max"]).take(pc.index_in(leader, value_set=whole(joined["leader"])))
        return ids, shared
