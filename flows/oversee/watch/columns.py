"""Signs kept as columns until all are seen: a flood of them is some tens of bytes each instead of a kilobyte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from schemas.watch import CERTAINTIES, Certainty, Notice, Sign

_TOGETHER: Final = 4096
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_Kind = tuple[str, str, str, str, Certainty, tuple[tuple[str, str | int], ...]]
"""Code, clause, account, authority, certainty, parameters: few of them, however many signs there are."""
_SCHEMA: Final = pa.schema(
    [("subject", pa.string()), ("kind", pa.int32()), ("version", pa.int64()), ("since", pa.int64())]
)


class Signs:
    """Signs by subject and code, the surest of each and of those the first that came."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        """Take them in, one after the other."""
        kinds: dict[_Kind, int] = {}
        table = pa.Table.from_batches(_batches(signs, kinds), _SCHEMA).combine_chunks()
        self._kinds: Sequence[_Kind] = tuple(kinds)
        order = [("subject", "ascending"), ("code", "ascending"), ("rank", "ascending"), ("at", "ascending")]
        keys = pa.table(
            {
                "subject": table["subject"],
                "code": self._of_kind(table, [one[0] for one in self._kinds], pa.string()),
                "rank": self._of_kind(table, [CERTAINTIES.index(one[4]) for one in self._kinds], pa.int8()),
                "at": pa.array(range(table.num_rows), pa.int64()),
            }
        )
        place = pc.sort_indices(keys, sort_keys=order)
        keys, table = keys.select(["subject", "code"]).take(place), table.take(place)
        again = pc.and_(
            *(
                pc.equal(keys[name].slice(1), keys[name].slice(0, max(0, keys.num_rows - 1)))
                for name in keys.schema.names
            )
        )
        first = pa.chunked_array(
            [pa.array([True] * min(1, keys.num_rows), pa.bool_()), *pc.invert(again).chunks], pa.bool_()
        )
        self._table = table.filter(first).combine_chunks()

    def __iter__(self) -> Iterator[Sign]:
        """By subject and code, each made when it is asked for."""
        for batch in self._table.to_batches(max_chunksize=_TOGETHER):
            columns = (batch.column(name).to_pylist() for name in _SCHEMA.names)
            for subject, number, version, since in zip(*columns, strict=True):
                code, clause, account, authority, certainty, parameters = self._kinds[number]
                yield Sign(
                    code=code,
                    subject=subject,
                    clause=clause,
                    account=account,
                    authority=authority,
                    certainty=certainty,
                    version=version,
                    since=None if since is None else instant(since),
                    parameters=parameters,
                )

    def drop(self, notices: Iterable[Notice], settled: Callable[[Sign, Notice], bool]) -> None:
        """Take away those that a notice of the same subject and code settles.

        Args:
            notices: by subject and code.
        """
        pairs = self.beside(notices)
        kept = [one is None or not settled(sign, one) for sign, one in pairs if sign is not None]
        self._table = self._table.filter(pa.array(kept, pa.bool_()))

    def beside(self, notices: Iterable[Notice]) -> Iterator[tuple[Sign | None, Notice | None]]:
        """Signs and notices (by subject and code) side by side; None where the other has none of that subject and code."""
        rest = iter(notices)
        one = next(rest, None)
        for sign in self:
            key = sign.subject, sign.code
            while one is not None and (one.subject, one.code) < key:
                yield None, one
                one = next(rest, None)
            if one is not None and (one.subject, one.code) == key:
                yield sign, one
                one = next(rest, None)
            else:
                yield sign, None
        while one is not None:
            yield None, one
            one = next(rest, None)

    def _of_kind(self, table: pa.Table, values: Sequence[Any], type_: pa.DataType) -> Any:
        return pa.array(values, type_).take(table["kind"].combine_chunks())


def micros(at: datetime) -> int:
    """An instant as microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """The instant (UTC) of ``micros``."""
    return _EPOCH + at * _MICROSECOND


def _batches(signs: Iterable[Sign], kinds: dict[_Kind, int]) -> Iterator[pa.RecordBatch]:
    rows: list[tuple[str, int, int, int | None]] = []
    for one in signs:
        kind = one.code, one.clause, one.account, one.authority, one.certainty, one.parameters
        since = None if one.since is None else micros(one.since)
        rows.append((one.subject, kinds.setdefault(kind, len(kinds)), one.version, since))
        if len(rows) == _TOGETHER:
            yield _batch(rows)
            rows = []
    yield _batch(rows)


def _batch(rows: Sequence[tuple[str, int, int, int | None]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ((),) * len(_SCHEMA.names)
    return pa.record_batch(
        [pa.array(list(one), type_) for one, type_ in zip(columns, _SCHEMA.types, strict=True)], _SCHEMA
    )
