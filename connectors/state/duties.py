"""What the municipality's own duties leave: signs, removals, blocks, and which document stands for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, Final

from sqlalchemy import String, cast, delete, func, literal, select, union

from connectors.state.revision import raise_revision
from connectors.state.tables import ASSESSMENT, BLOCK, NOTICE, PAPER, REMOVAL
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId
from schemas.removal import LOCKED_COPY, SUBJECT, UNFINISHED, Block, Paper, Removal, RemovalStanding
from schemas.watch import Notice, NoticeStanding

_NOTICE: Final = [one.name for one in fields(Notice)]
_REMOVAL: Final = [one.name for one in fields(Removal)]
_BLOCK: Final = [one.name for one in fields(Block)]
_PAPER: Final = [one.name for one in fields(Paper)]
_TOGETHER: Final = 5_000
"""Rows that are written with one statement."""


class DutyRows:
    """The port ``DutyBook``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def note(self, notices: Iterable[Notice]) -> None:
        """Enter or replace notices, by subject and code."""
        rest = iter(notices)
        while some := list(islice(rest, _TOGETHER)):
            self._transaction.put(NOTICE, [_spelled(one, _NOTICE) for one in some])

    def notices(self, standing: NoticeStanding | None = None, account: str | None = None) -> Iterator[Notice]:
        """Notices by subject and code; of one standing, of one account, or all."""
        query = select(NOTICE).order_by(NOTICE.c.subject, NOTICE.c.code)
        if standing is not None:
            query = query.where(NOTICE.c.standing == standing)
        if account is not None:
            query = query.where(NOTICE.c.account == account)
        for row in self._transaction.stream(query):
            yield Notice(**_values(row, _NOTICE))

    def notice(self, subject: str, code: str) -> Notice | None:
        """One notice."""
        query = select(NOTICE).where(NOTICE.c.subject == subject, NOTICE.c.code == code)
        row = self._transaction.connection.execute(query).first()
        return None if row is None else Notice(**_values(row, _NOTICE))

    def forget(self, subjects: Iterable[str]) -> None:
        """Take away notices about these subjects (items that were culled); repeats are harmless."""
        for some in chunks(sorted(set(subjects))):
            self._transaction.connection.execute(delete(NOTICE).where(self._transaction.among(NOTICE.c.subject, some)))

    def removal_number(self) -> int:
        """The running number that the next removal gets."""
        highest = self._transaction.connection.scalar(select(func.coalesce(func.max(REMOVAL.c.number), 0)))
        return int(highest or 0) + 1

    def put_removal(self, removal: Removal) -> None:
        """Enter or replace a removal; what waits may not be culled, so the revision is raised."""
        raise_revision(self._transaction)
        self._transaction.put(REMOVAL, [_spelled(removal, _REMOVAL)])

    def removal(self, number: int) -> Removal | None:
        """One removal."""
        row = self._transaction.connection.execute(select(REMOVAL).where(REMOVAL.c.number == number)).first()
        return None if row is None else _removal(row)

    def removals(self, item: ItemId | None = None, standing: RemovalStanding | None = None) -> Sequence[Removal]:
        """Removals by number; of one item, of one standing, or all."""
        query = select(REMOVAL).order_by(REMOVAL.c.number)
        if item is not None:
            query = query.where(REMOVAL.c.item == item)
        if standing is not None:
            query = query.where(REMOVAL.c.standing == standing)
        return [_removal(row) for row in self._transaction.connection.execute(query).all()]

    def waiting(self) -> frozenset[ItemId]:
        """Items whose removal is not over, or waits for a decision (``schemas.removal.UNFINISHED``)."""
        query = select(REMOVAL.c.item).where(REMOVAL.c.standing.in_(sorted(UNFINISHED)))
        return frozenset(ItemId(one) for one in self._transaction.connection.scalars(query))

    def locked(self) -> tuple[ItemId, ...]:
        """Items that a removal has locked, and records with screenshots or masked copies of them, in order."""
        itself = select(REMOVAL.c.item).where(REMOVAL.c.secured == "locked")
        masked = select(ASSESSMENT.c.copy).where(ASSESSMENT.c.item.in_(itself), ASSESSMENT.c.copy.is_not(None))
        locking = select(literal(SUBJECT) + cast(REMOVAL.c.number, String)).where(REMOVAL.c.secured == "locked")
        shots = select(PAPER.c.item).where(PAPER.c.sort == LOCKED_COPY, PAPER.c.subject.in_(locking))
        query = union(itself, shots, masked)
        return tuple(sorted(ItemId(one) for one in self._transaction.connection.scalars(query)))

    def put_block(self, block: Block) -> None:
        """Enter or replace a block, by its decision."""
        self._transaction.put(BLOCK, [_spelled(block, _BLOCK)])

    def blocks(self) -> Sequence[Block]:
        """Blocks by review day and decision."""
        query = select(BLOCK).order_by(BLOCK.c.review, BLOCK.c.item)
        return [
            Block(**{**_values(row, _BLOCK), "item": ItemId(row.item)})
            for row in self._transaction.connection.execute(query).all()
        ]

    def put_paper(self, paper: Paper) -> None:
        """Enter or replace which document stands for (sort, subject, period)."""
        self._transaction.put(PAPER, [_spelled(paper, _PAPER)])

    def paper(self, sort: str, subject: str = "", period: str = "") -> Paper | None:
        """The document that stands for it."""
        query = select(PAPER).where(PAPER.c.sort == sort, PAPER.c.subject == subject, PAPER.c.period == period)
        row = self._transaction.connection.execute(query).first()
        return None if row is None else _paper(row)

    def papers(self, sort: str) -> Sequence[Paper]:
        """All of a sort, by subject and period."""
        query = select(PAPER).where(PAPER.c.sort == sort).order_by(PAPER.c.subject, PAPER.c.period)
        return [_paper(row) for row in self._transaction.connection.execute(query).all()]


def _spelled(one: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _removal(row: Any) -> Removal:
    values = _values(row, _REMOVAL)
    values["item"] = ItemId(values["item"])
    for name in ("record", "notice"):
        values[name] = None if values[name] is None else ItemId(values[name])
    return Removal(**values)


def _paper(row: Any) -> Paper:
    return Paper(**{**_values(row, _PAPER), "item": ItemId(row.item)})
