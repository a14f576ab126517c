"""Random plans and archives, and a slow reference that gathers one item's facts from its rows and its thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pyarrow as pa

from schemas.calendar import COUNTINGS, Period, local_month
from schemas.hold import MARK_KINDS, Hold, Mark
from schemas.ids import ItemId, Month, month_of, new_item_id
from schemas.plan.facts import Facts, mark_day, media_class, open_matter
from schemas.plan.judge import matches
from schemas.plan.model import (
    CONDITIONS,
    MEDIA_CLASSES,
    TRIGGERS,
    Match,
    Plan,
    Rule,
    Sample,
    Span,
    Values,
)
from schemas.plan.proven import Proven
from schemas.record import STATES, Kind, MediaRef, MediaRole, Row
from schemas.tables import to_table

AUTHORITY = "arvika-ks"
KINDS: tuple[Kind, ...] = ("post", "reply", "comment", "visitor_post", "certificate")
ACCOUNTS = ("nyheter", "bygga-bo")
PLATFORMS = ("bluesky", "mastodon")
AS_OF = date(2026, 1, 1)


@dataclass(kw_only=True)
class World:
    """An archive, a plan, what persons have said, and what has been proven."""

    rows: list[Row]
    plan: Plan | None
    marks: list[Mark]
    holds: list[Hold]
    proofs: dict[str, Proven] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()
    films: frozenset[str] = frozenset()

    def partitions(self, columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        """The rows by authority and month, as the holdings give them."""
        places = sorted({(row.authority, month_of(row.item)) for row in self.rows})
        for authority, month in places:
            rows = [row for row in self.rows if (row.authority, month_of(row.item)) == (authority, month)]
            yield authority, month, to_table(rows).select(list(columns))


def make_row(item: str, **changes: object) -> Row:
    """A version row with plain values; ``changes`` replaces some."""
    values: dict[str, object] = {
        "row": "version",
        "item": item,
        "authority": AUTHORITY,
        "platform": "bluesky",
        "account": "nyheter",
        "kind": "post",
        "own": True,
        "native": "at://x",
        "author": "arvika",
        "author_native": None,
        "parent": None,
        "thread": item,
        "parent_native": None,
        "thread_native": None,
        "published": datetime(2020, 6, 1, 12, tzinfo=UTC),
        "clock": "stated",
        "stated": None,
        "platform_time": None,
        "edited": None,
        "observed": datetime(2020, 6, 2, 2, tzinfo=UTC),
        "version": 1,
        "state": "seen",
        "complete": None,
        "evidence": None,
        "text": "Hej",
        "language": "sv",
        "links": (),
        "visibility": "",
        "media": (),
        "counts": (),
        "identity": "0",
        "payload": "{}",
        "batch": "b",
    }
    return Row(**{**values, **changes})  # type: ignore[arg-type] # the test names fields of Row


def world(random: Random) -> World:
    """A random world of a dozen items in a few threads, with everything that can go wrong in it."""
    rows: list[Row] = []
    ids: list[str] = []
    root_of: dict[str, str] = {}
    for _ in range(random.randint(1, 12)):
        published = _instant(random) if random.random() < 0.9 else None
        month = local_month(published or _instant(random))
        item = str(new_item_id(month, random.randbytes(10)))
        parent: str | None = None
        thread = item
        if ids and random.random() < 0.65:
            parent = random.choice(ids)
            thread = root_of[parent]
            if random.random() < 0.1:
                parent = "202001-aaaaaaaaaaaaaaaa"
        if random.random() < 0.05:
            parent, thread = "202001-aaaaaaaaaaaaaaaa", "202001-bbbbbbbbbbbbbbbb"
        root_of[item] = thread
        ids.append(item)
        rows += _rows_of(random, item, parent, thread, published)
    _join_threads(random, rows, ids, root_of)
    random.shuffle(rows)
    return World(
        rows=rows,
        plan=plan(random) if random.random() < 0.97 else None,
        marks=_marks(random, ids),
        holds=_holds(random, ids),
        proofs={code: Proven(random.sample(ids, random.randint(0, len(ids)))) for code in ("e-arkiv", "e-plikt")}
        if random.random() < 0.3
        else {},
        pending=frozenset(random.sample(ids, 1)) if random.random() < 0.1 else frozenset(),
        films=_films(ids),
    )


def _films(ids: list[str]) -> frozenset[str]:
    """An item with an open film, in one world of five; drawn apart, so that the same seed makes the same world."""
    random = Random("".join(ids))
    return frozenset(random.sample(ids, 1)) if random.random() < 0.2 else frozenset()


def _join_threads(random: Random, rows: list[Row], ids: list[str], root_of: dict[str, str]) -> None:
    """Sometimes a thread's first item turns out to answer another thread's first item; its replies keep its name."""
    roots = [item for item in ids if root_of[item] == item]
    if len(roots) < 2 or random.random() > 0.3:
        return
    inner, outer = random.sample(roots, 2)
    late = max(row.observed for row in rows if row.item == inner) + timedelta(days=1)
    template = next(row for row in rows if row.item == inner)
    rows.append(
        make_row(
            inner,
            row="observation",
            parent=outer,
            thread=outer,
            observed=late,
            version=template.version,
            kind=template.kind,
            own=template.own,
            account=template.account,
            platform=template.platform,
            published=template.published,
        )
    )


def _instant(random: Random) -> datetime:
    if random.random() < 0.1:
        return datetime(2019, 12, 31, 22, 59, 59, tzinfo=UTC) + timedelta(seconds=random.randint(0, 2))
    return datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randint(0, 5_000_000))


def _rows_of(random: Random, item: str, parent: str | None, thread: str, published: datetime | None) -> list[Row]:
    kind: Kind = random.choice(KINDS)  # # some of the kinds
    own = kind not in ("comment", "visitor_post")
    common: dict[str, object] = {
        "kind": kind,
        "own": own,
        "account": random.choice(ACCOUNTS),
        "platform": "bevara" if kind == "certificate" else random.choice(PLATFORMS),
        "parent": parent,
        "thread": thread,
    }
    observed = (published or _instant(random)) + timedelta(hours=random.randint(0, 48))
    rows = []
    version = 0
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        row = "version" if version == 0 else random.choice(("version", "sighting", "observation"))
        version += row == "version"
        clock = random.choice(("stated", "stated", "platform", "none"))
        rows.append(
            make_row(
                item,
                row=row,
                version=version,
                observed=observed,
                published=published if random.random() < 0.9 or row == "version" else None,
                clock=clock,
                stated=published if random.random() < 0.7 else None,
                edited=observed - timedelta(hours=1) if row == "version" and random.random() < 0.3 else None,
                state=random.choice(STATES),
                media=_media(random) if row != "sighting" else (),
                **common,
            )
        )
        observed += timedelta(days=random.randint(0, 400))
    return rows


def _media(random: Random) -> tuple[MediaRef, ...]:
    if random.random() < 0.6:
        return ()
    roles: tuple[MediaRole, ...] = ("picture", "picture", "video", "audio", "caption", "thumbnail", "document")
    return tuple(MediaRef(role=random.choice(roles), origin="o", digest=None) for _ in range(random.randint(1, 3)))


def _marks(random: Random, ids: list[str]) -> list[Mark]:
    return [
        Mark(
            item=ItemId(item),
            kind=kind,
            person="eva",
            at=datetime(2025, 3, 1, 23, 30, tzinfo=UTC),
            on=date(2024, 1, 1) + timedelta(days=random.randint(0, 900)) if random.random() < 0.7 else None,
        )
        for item in ids
        for kind in random.sample(MARK_KINDS, random.choice((0, 0, 0, 1, 2)))
    ]


def _holds(random: Random, ids: list[str]) -> list[Hold]:
    holds = []
    for number in range(1, random.choice((1, 1, 1, 2, 3))):
        scope = random.choice(("item", "item", "thread", "account", "authority"))
        subject = {"account": random.choice(ACCOUNTS), "authority": random.choice((AUTHORITY, "other"))}.get(
            scope, random.choice(ids)
        )
        at = datetime(2025, 1, 1, tzinfo=UTC)
        lifted = at if random.random() < 0.2 else None
        holds.append(
            Hold(
                number=number,
                scope=scope,  # type: ignore[arg-type] # one of the four
                subject=subject,
                set_by="eva",
                set_at=at,
                lifted_at=lifted,
                lifted_by="eva" if lifted else None,
            )
        )
    return holds


def plan(random: Random) -> Plan:
    """A random plan; its rules may overlap and leave gaps."""
    return Plan(
        id="p",
        title="Plan",
        edition="1",
        authorities=(AUTHORITY,) if random.random() < 0.95 else ("other",),
        force=Span(first=date(2025, 1, 1), last=date(2025, 12, 31) if random.random() < 0.1 else None),
        records=Span(first=date(2019, 1, 1)) if random.random() < 0.2 else Span(),
        counting=random.choice(COUNTINGS),
        edits_restart=random.random() < 0.7,
        rules=tuple(_rule(random, number) for number in range(random.randint(0, 5))),
    )


def _rule(random: Random, number: int) -> Rule:
    columns = []
    kinds = frozenset(random.sample(KINDS, random.randint(1, 3)))
    columns.append(("kind", Values(values=kinds, negated=random.random() < 0.2)))
    if random.random() < 0.3:
        columns.append(("account", Values(values=frozenset({random.choice(ACCOUNTS)}), negated=random.random() < 0.5)))
    if random.random() < 0.2:
        columns.append(("state", Values(values=frozenset(random.sample(STATES, 2)))))
    if random.random() < 0.3:
        columns.append(("media", Values(values=frozenset(random.sample(MEDIA_CLASSES, 3)))))
    if random.random() < 0.2:
        columns.append(("own", Values(values=frozenset({random.choice(("own", "visitor"))}))))
    marks = random.sample(MARK_KINDS, 2)
    return Rule(
        id=f"r{number}",
        type="t",
        action=random.choice(("gallra", "gallra", "gallra", "bevara", "granska")),
        match=Match(
            columns=tuple(columns),  # type: ignore[arg-type] # names of columns
            required=frozenset(marks[:1]) if random.random() < 0.15 else frozenset(),
            forbidden=frozenset(marks[1:]) if random.random() < 0.2 else frozenset(),
        ),
        period=random.choice(
            (
                None,
                Period(value=2, unit="year"),
                Period(value=1, unit="year"),
                Period(value=18, unit="month"),
                Period(value=30, unit="day"),
                Period(value=6, unit="week"),
            )
        ),
        trigger=random.choice((None, "published", "published", *TRIGGERS)),
        counting=random.choice((None, *COUNTINGS)),
        edits_restart=random.choice((None, True, False)),
        conditions=tuple(random.sample([*CONDITIONS, "annat"], random.choice((0, 0, 0, 1, 2)))),
        registration="yes" if random.random() < 0.1 else "no",
        sample=Sample(one_in=random.choice((0, 1, 3))) if random.random() < 0.2 else None,
        retired=random.random() < 0.1,
        reach=random.choice((None, "item", "thread")),
        records=Span(last=date(2020, 12, 31)) if random.random() < 0.1 else Span(),
        force=Span(last=date(2025, 6, 1)) if random.random() < 0.05 else Span(),
        other_law="kameralagen" if random.random() < 0.05 else "",
    )


# --- the slow reference ------------------------------------------------------------------------------------------


def reference(world: World, item: str) -> Facts:
    """The facts of one item by the plain meaning of the words, over the whole world."""
    return Reference(world).facts(item)


class Reference:
    """Facts gathered without Arrow: rows ordered by observation, threads walked link by link."""

    def __init__(self, world: World) -> None:
        """Order the rows and read what threads say."""
        self.world = world
        self.rows: dict[str, list[Row]] = {}
        rank = {"observation": 0, "version": 1, "sighting": 2}
        for row in sorted(world.rows, key=lambda row: (row.observed, row.version, rank[row.row], row.state)):
            self.rows.setdefault(row.item, []).append(row)
        self.alone = {item: self._alone(item) for item in self.rows}
        self.children: dict[str, set[str]] = {}
        for item, rows in self.rows.items():
            for row in rows:
                if row.parent is not None:
                    self.children.setdefault(row.parent, set()).add(item)
        self.threads = {item: {row.thread for row in rows} - {item} for item, rows in self.rows.items()}

    def _alone(self, item: str) -> Facts:
        rows = self.rows[item]
        versions = [row for row in rows if row.row == "version"]
        last = versions[-1]
        edits = [row.edited or (row.observed if row.version > 1 else None) for row in versions]
        media = [row.media for row in rows if row.media]
        return Facts(
            item=item,
            authority=last.authority,
            platform=last.platform,
            account=last.account,
            kind=last.kind,
            own=last.own,
            state=[row.state for row in rows if row.row != "observation"][-1],
            media=media_class(one.role for one in media[-1]) if media else "none",
            marks={mark.kind: mark_day(mark) for mark in self.world.marks if mark.item == item},
            published=max((row.published for row in versions if row.published), default=None),
            last_edit=max((edit for edit in edits if edit), default=None),
            doubted=last.clock == "platform" and last.stated is not None,
            proofs=frozenset(code for code, items in self.world.proofs.items() if item in items),
        )

    def _below(self, start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for child in self.children.get(todo.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    todo.append(child)
        return seen

    def _roots(self, item: str) -> set[str]:
        seen: set[str] = set()
        todo = [item]
        while todo:
            for thread in self.threads.get(todo.pop(), ()):
                if thread not in seen:
                    seen.add(thread)
                    todo.append(thread)
        return seen

    def _sound(self, item: str) -> bool:
        return any(item == start or item in self._below(start) for start, roots in self.threads.items() if not roots)

    def reaches(self, source: str, item: str) -> bool:
        """Whether ``item`` lies below ``source``; in doubt yes."""
        if item == source:
            return False
        if item in self._below(source) or source in self._roots(item):
            return True
        return not self._sound(item) and bool(self._roots(source) & self._roots(item))

    def facts(self, item: str) -> Facts:
        """The facts of one item with what its thread says."""
        alone = self.alone[item]
        plan, marks = self.world.plan, self.world.marks
        rules = () if plan is None else [rule for rule in plan.rules if rule.keeps_thread]
        kept = any(
            matches(rule, other.cell(), other.day, AS_OF) and self.reaches(name, item)
            for name, other in self.alone.items()
            for rule in rules
        )
        opened = {
            mark.item for mark in marks if open_matter(self.alone[mark.item].marks, AS_OF) and mark.kind == "i-arende"
        }
        held = set()
        for hold in self.world.holds:
            if hold.lifted_at is not None:
                continue
            if self._holds(hold.scope, hold.subject, alone):
                held.add(hold.number)
        group = self._group(item)
        activity = [
            max(one for one in (found.published or self.rows[name][0].observed, found.last_edit) if one)
            for name, found in self.alone.items()
            if self._group(name) & group
        ]
        needed = plan is not None and any(
            rule.trigger == "thread_activity" and rule.action != "bevara" for rule in plan.rules
        )
        return Facts(
            **{
                name: getattr(alone, name)
                for name in Facts.__dataclass_fields__
                if name not in ("held", "kept_by_thread", "open_matter_above", "pending", "film", "thread_activity")
            },
            held=tuple(sorted(held)),
            kept_by_thread=kept,
            open_matter_above=any(self.reaches(source, item) for source in opened),
            pending=item in self.world.pending or any(self.reaches(source, item) for source in self.world.pending),
            film=item in self.world.films,
            thread_activity=max(activity) if needed else None,
        )

    def _holds(self, scope: str, subject: str, alone: Facts) -> bool:
        item = alone.item
        if scope == "account":
            return alone.account == subject
        if scope == "authority":
            return alone.authority == subject
        if item == subject or self.reaches(subject, item):
            return True
        return scope == "thread" and bool(({item} | self._roots(item)) & self.threads_folded(subject))

    def threads_folded(self, item: str) -> set[str]:
        """Every thread the item lies in, by any of its rows, its own name included."""
        return self._roots(item) | {item}

    def _group(self, item: str) -> set[str]:
        return self._roots(item) or {item}
