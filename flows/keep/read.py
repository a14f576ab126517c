"""Read the holdings: whole partitions column by column, or the rows of one item."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.books import LiveFile, State
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import MissingError, Reading
from schemas.record import Row
from schemas.tables import HOLDINGS, to_rows

_WORTH_THREADS = 50_000


def read_file(store: Reading, key: str, columns: Sequence[str]) -> pa.Table:
    """The columns of one Parquet file, in the order asked for. Raises MissingError."""
    with store.open(key) as stream:
        file = pq.ParquetFile(stream)
        # Threads cost more than they gain until there is something to share out.
        table = file.read(columns=list(columns), use_threads=file.metadata.num_rows > _WORTH_THREADS)
        return table.select(list(columns)).replace_schema_metadata(None)


def read_files(store: Reading, files: Sequence[LiveFile], columns: Sequence[str]) -> pa.Table:
    """The columns of several files as one table; an empty table for no files."""
    name = (store.place, tuple(file.key for file in files), tuple(columns))
    known = _REMEMBERED.get(name)
    if known is not None:
        return known
    schema = pa.schema([HOLDINGS.field(name) for name in columns])
    tables = [_one(store, file.key, columns, schema) for file in files]
    table = pa.concat_tables(tables).unify_dictionaries() if tables else schema.empty_table()
    _REMEMBERED.put(name, table)
    return table


def _one(store: Reading, key: str, columns: Sequence[str], schema: pa.Schema) -> pa.Table:
    """One file's columns. Remembered by itself: a night adds files to a month, and the others stay what they were."""
    name = (store.place, key, tuple(columns))
    known = _REMEMBERED.get(name)
    if known is None:
        known = read_file(store, key, columns).cast(schema)
        _REMEMBERED.put(name, known)
    return known


def read_live(state: State, store: Reading, authority: str, month: Month, columns: Sequence[str]) -> pa.Table:
    """All rows of a partition. A file that was replaced between asking and reading is asked for again."""
    for _ in range(_AGAIN):
        with state.reading() as books:
            files = books.manifest.live(authority, month)
        try:
            return read_files(store, files, columns)
        except MissingError:
            with state.reading() as books:
                if {file.key for file in files} <= {file.key for file in books.manifest.live(authority, month)}:
                    raise  # still live and yet not there: a loss, not a replacement
    return read_files(store, files, columns)


_AGAIN = 5
"""How often a partition is asked for again when it is replaced while it is being read."""


class _Remembered:
    """Small tables read lately.

    Files never change under their name, so what was read stays true; which files are live is asked of the manifest
    each time, so a destroyed file is never asked for again.

    In a small archive a night reads the same few rows of the same months again and again; opening the file costs a
    hundred times the reading.
    """

    def __init__(self, *, each: int, together: int) -> None:
        """``each``: bytes of the largest table kept. ``together``: bytes of all of them."""
        self._each = each
        self._together = together
        self._size = 0
        self._tables: OrderedDict[tuple[object, ...], pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: tuple[object, ...]) -> pa.Table | None:
        """The table of that name, if it is still here."""
        with self._lock:
            table = self._tables.get(name)
            if table is not None:
                self._tables.move_to_end(name)
            return table

    def put(self, name: tuple[object, ...], table: pa.Table) -> None:
        """Remember a table if it is small."""
        size: int = table.nbytes
        if size > self._each:
            return
        with self._lock:
            if name not in self._tables:
                self._tables[name] = table
                self._size += size
            while self._size > self._together:
                self._size -= self._tables.popitem(last=False)[1].nbytes


_REMEMBERED = _Remembered(each=256 * 1024, together=48 * 1024**2)


def partitions(
    state: State, store: Reading, columns: Sequence[str], *, authority: str | None = None, month: Month | None = None
) -> Iterator[tuple[str, Month, pa.Table]]:
    """Every partition with all its rows, one after the other: memory is that of the largest one.

    Yields:
        (authority, month, table with ``columns``), ordered by authority and month.
    """
    with state.reading() as books:
        live = books.manifest.live(authority, month)
    at = 0
    while at < len(live):
        end = at
        while end < len(live) and (live[end].authority, live[end].month) == (live[at].authority, live[at].month):
            end += 1
        try:
            table = read_files(store, live[at:end], columns)
        except MissingError:
            table = read_live(state, store, live[at].authority, live[at].month, columns)
        yield live[at].authority, live[at].month, table
        at = end


def rows_of_item(state: State, store: Reading, item: ItemId) -> list[Row]:
    """All rows of one item, oldest observation first; empty when there is none. The month is in the id."""
    for _ in range(_AGAIN):
        with state.reading() as books:
            live = books.manifest.live(None, month_of(item))
        try:
            return _rows_of_item(store, live, item)
        except MissingError:
            with state.reading() as books:
                if {file.key for file in live} <= {file.key for file in books.manifest.live(None, month_of(item))}:
                    raise
    return _rows_of_item(store, live, item)


def _rows_of_item(store: Reading, live: Sequence[LiveFile], item: ItemId) -> list[Row]:
    rows: list[Row] = []
    for file in live:
        ids = read_file(store, file.key, ["item"])["item"]
        if pc.any(pc.equal(ids, item)).as_py():
            table = read_file(store, file.key, HOLDINGS.names)
            rows.extend(to_rows(table.filter(pc.equal(table["item"], item))))
    rows.sort(key=lambda row: (row.observed, row.version, row.row != "version"))
    return rows
