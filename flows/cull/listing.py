"""Freeze the list: what is due, what a person is asked about, in one fixed order, under one digest.

The digest is the SHA-256 of a canonical text: a header line (day, edition, plan's digest, what the list is limited
to), then one line per listed item. The same facts always give the same digest; a changed plan, hold, mark or item
gives another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.cull.checks import Basis, Stage, examine
from flows.cull.decide import Totals
from flows.cull.judging import Judging, families, is_following, signed, with_places
from schemas.calendar import add_months
from schemas.ids import ItemId
from schemas.neighbours import MissingError, Reading
from schemas.order import Signature
from schemas.plan.evaluate import DECISIONS, plain
from schemas.refusal import GuardError
from schemas.shelf import proposal

LISTED: pa.Schema = pa.schema(
    [
        *DECISIONS,
        pa.field("parent", pa.string()),
        pa.field("thread", pa.string()),
        pa.field("versions", pa.int64()),
    ]
)
"""Columns of a frozen list: a decision, the item's place in its thread, and how many versions were judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a list is limited to; empty = everything. ``types`` are ids of plan rules."""

    accounts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Anything is left out."""
        return bool(self.accounts or self.types or self.authorities)

    def select(self, table: pa.Table) -> pa.Table:
        """The rows of decisions within it."""
        for name, values in (("account", self.accounts), ("rule", self.types), ("authority", self.authorities)):
            if values:
                among = pc.is_in(table[name].cast(pa.string()), value_set=pa.array(values, pa.string()))
                table = table.filter(pc.fill_null(among, False))
        return table

    def __str__(self) -> str:
        """As in the header line."""
        return ";".join(",".join(sorted(values)) for values in (self.accounts, self.types, self.authorities))


@dataclass(slots=True)
class Frozen:
    """A frozen list: its digest, that of the items to be culled alone, and what it amounts to.

    Attributes:
        totals: of what is in scope. whole: of everything, in which nothing outside the scope goes: for the guards.
        limited: the scope leaves something out.
    """

    totals: Totals
    whole: Totals
    limited: bool
    digest: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the checks need beside the judgement, at the stage at which the list is made or made again.

    Attributes:
        stage: ``proposal``, ``approval`` or ``execution``. signatures: genuine ones, for the last two.
        approver: who is about to approve. begun: when execution begins.
    """

    stage: Stage = "proposal"
    signatures: Sequence[Signature] = ()
    approver: str = ""
    begun: datetime | None = None

    def on(self, basis: Basis) -> Basis:
        """The basis with all of it; at the first stage it stays as it is."""
        if self.stage == "proposal":
            return basis
        return signed(basis, self.signatures, genuine=True, list_intact=True, approver=self.approver, begun=self.begun)


_AT_PROPOSAL = Stamp()


class _FamiliesMetError(Exception):
    """Some of our own records are kept together with what they are about: begin anew with the families known."""


def freeze(
    judging: Judging,
    scope: Scope,
    *,
    sink: BinaryIO | None = None,
    overdue_months: int = 0,
    stamp: Stamp = _AT_PROPOSAL,
) -> Frozen:
    """Judge every item, run the checks on what is due, and write the list.

    Args:
        judging: the judgement. scope: what to list. sink: where the list's Parquet goes; None = the digest alone.
        overdue_months: months after its due day from which an item counts as overdue.
        stamp: the stage at which the checks are made.
    """
    try:
        return _freeze(judging, scope, sink, overdue_months, stamp, None)
    except _FamiliesMetError:
        if sink is not None:
            sink.seek(0)
            sink.truncate()
        return _freeze(judging, scope, sink, overdue_months, stamp, families(judging.ground))


def _freeze(
    judging: Judging,
    scope: Scope,
    sink: BinaryIO | None,
    overdue_months: int,
    stamp: Stamp,
    together: Mapping[str, frozenset[str]] | None,
) -> Frozen:
    base = judging.base
    before = add_months(judging.as_of, -overdue_months)
    nothing = Totals(as_of=judging.as_of, overdue_before=before)
    frozen = Frozen(totals=nothing, whole=nothing, limited=scope.limited)
    digests = _Digests(judging.as_of, base.edition, base.digest, scope)
    writer = None if sink is None else pq.ParquetWriter(sink, LISTED, compression="zstd", write_statistics=False)
    try:
        for table in _listed(judging, scope, frozen, stamp, together):
            digests.add(table)
            if writer is not None and table.num_rows:
                writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
    frozen.digest, frozen.due = digests.all, digests.due
    if not scope.limited:
        frozen.whole = frozen.totals
    return frozen


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text: days as ISO 8601, instants as microseconds since 1970, codes joined, nothing as empty."""
    if pa.types.is_list(column.type):
        return pc.fill_null(pc.binary_join(column, ","), "")
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return pc.fill_null(column.cast(pa.string()), "")


class _Digests:
    """The digest of a whole list, and that of the lines of items to be culled: new questions make no list stale."""

    def __init__(self, as_of: date, edition: str | None, plan: str | None, scope: Scope) -> None:
        header = f"bevara proposal 3\t{as_of}\t{edition or ''}\t{plan or ''}\t{scope}\n".encode()
        self._all, self._due = hashlib.sha256(header), hashlib.sha256(header)

    def add(self, table: pa.Table) -> None:
        """More rows of the list, in its order: one line each, every column of ``LISTED`` but the lists in it joined."""
        if not table.num_rows:
            return
        columns = [_written(table[name]) for name in LISTED.names]
        lines = pc.binary_join_element_wise(*columns, "\t").combine_chunks()
        due = lines.filter(pc.equal(table["outcome"], "cull").combine_chunks())
        for hasher, some in ((self._all, lines), (self._due, due)):
            if len(some):
                hasher.update(("\n".join(some.to_pylist()) + "\n").encode())

    @property
    def all(self) -> str:
        """Of every line."""
        return self._all.hexdigest()

    @property
    def due(self) -> str:
        """Of the lines of items to be culled."""
        return self._due.hexdigest()


def _listed(
    judging: Judging,
    scope: Scope,
    frozen: Frozen,
    stamp: Stamp,
    together: Mapping[str, frozenset[str]] | None,
) -> Iterator[pa.Table]:
    """Tables of the list in their order; families that belong together come last, whole or not at all."""
    members = pa.array(sorted(together or ()), pa.string())
    waiting: list[pa.Table] = []
    for judged in judging.run.tables():
        if together is None and pc.any(is_following(judged["kind"])).as_py():
            raise _FamiliesMetError
        decided = scope.select(judged)
        if decided.num_rows != judged.num_rows:
            _outside(frozen, judged, decided)
        if not decided.num_rows:
            continue
        outcome = decided["outcome"].cast(pa.string())
        due = with_places(judging.ground, plain(decided.filter(pc.equal(outcome, "cull"))))
        rest = decided.filter(pc.not_equal(outcome, "cull"))
        due, kept = _checked(judging, due, stamp, frozenset())
        frozen.totals = frozen.totals.plus(rest)
        if scope.limited:
            frozen.whole = frozen.whole.plus(rest)
        if kept.num_rows:
            _settle(frozen, kept)
        if len(members):
            mine = pc.is_in(due["item"], value_set=members)
            waiting.append(due.filter(mine))
            due = due.filter(pc.invert(mine))
        asked = plain(rest.filter(pc.equal(rest["outcome"].cast(pa.string()), "ask")))
        yield _sorted([_settle(frozen, due), _without_places(asked)])
    if waiting and together is not None:
        yield _sorted([_of_families(judging, pa.concat_tables(waiting), together, frozen, stamp)])


def _of_families(
    judging: Judging, due: pa.Table, together: Mapping[str, frozenset[str]], frozen: Frozen, stamp: Stamp
) -> pa.Table:
    items = due["item"].to_pylist()
    listed = frozenset(items)
    with judging.ground.state.reading() as books:
        gone = books.tombstones.known([ItemId(one) for item in items for one in together[item]])
    tied = frozenset(item for item in items if not together[item] <= listed | gone)
    due, kept = _checked(judging, due, stamp, tied)
    if kept.num_rows:
        _settle(frozen, kept)
    return _settle(frozen, due)


def _checked(judging: Judging, due: pa.Table, stamp: Stamp, tied: frozenset[str]) -> tuple[pa.Table, pa.Table]:
    """Those that every check lets go, and those that one keeps: outcome and reasons say so."""
    failed = examine(due, stamp.on(judging.basis(stamp.stage, due, tied)))
    if not any(failed):
        return due, due.slice(0, 0)
    stays = pa.array([bool(codes) for codes in failed], pa.bool_())
    kept = due.filter(stays)
    codes = [list(one) for one in failed if one]
    reasons = [old + new for old, new in zip(kept["reasons"].to_pylist(), codes, strict=True)]
    kept = _replace(kept, "outcome", pa.array(["keep"] * kept.num_rows, pa.string()))
    return due.filter(pc.invert(stays)), _replace(kept, "reasons", pa.array(reasons, pa.list_(pa.string())))


def _replace(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), column)


def _settle(frozen: Frozen, table: pa.Table) -> pa.Table:
    decided = table.select(DECISIONS.names)
    frozen.totals = frozen.totals.plus(decided)
    if frozen.limited:
        frozen.whole = frozen.whole.plus(decided)
    return table


def _outside(frozen: Frozen, judged: pa.Table, decided: pa.Table) -> None:
    """What is not in scope stays, whatever is said of it: shares of accounts and types are of everything there is."""
    others = judged.filter(pc.invert(pc.is_in(judged["item"], value_set=decided["item"].combine_chunks())))
    stays = pa.array(["keep"], pa.string()).take(pa.array([0] * others.num_rows, pa.int64()))
    at = others.column_names.index("outcome")
    frozen.whole = frozen.whole.plus(others.set_column(at, "outcome", stays))


def _without_places(table: pa.Table) -> pa.Table:
    nothing = pa.nulls(table.num_rows, pa.string())
    table = table.append_column("parent", nothing).append_column("thread", nothing)
    return table.append_column("versions", pa.nulls(table.num_rows, pa.int64()))


def _sorted(tables: list[pa.Table]) -> pa.Table:
    whole = pa.concat_tables([one.select(LISTED.names).cast(LISTED) for one in tables])
    return whole.sort_by([("authority", "ascending"), ("item", "ascending")])


def read_list(store: Reading, digest: str, header: tuple[date, str | None, str | None, Scope]) -> tuple[pa.Table, str]:
    """The items to be culled of a frozen list, proven against its digest, and the digest of their lines alone.

    Args:
        header: the day, the edition, the plan's digest and the scope it was made with.

    Raises:
        GuardError: the list is not in the store or not what its digest says (G-LIST).
    """
    digests = _Digests(*header)
    found: list[pa.Table] = []
    try:
        with store.open(proposal(digest)) as source:
            for batch in pq.ParquetFile(source).iter_batches():
                table = pa.Table.from_batches([batch]).cast(LISTED)
                digests.add(table)
                found.append(table.filter(pc.equal(table["outcome"], "cull")))
        whole = pa.concat_tables([LISTED.empty_table(), *found])
    except (MissingError, pa.ArrowException, KeyError, TypeError, ValueError, OverflowError):
        raise _not_intact() from None
    except OSError as error:
        if error.errno is not None:
            raise  # the place failed; without a number it is Arrow, to whom the file is no Parquet
        raise _not_intact() from None
    if digests.all != digest:
        raise _not_intact()
    return whole, digests.due


def _not_intact() -> GuardError:
    return GuardError(
        "G-LIST",
        "the frozen list in the store is not the one that was signed",
        "run 'bevara verify --deep', then propose, sign and approve again",
    )
