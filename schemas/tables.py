"""Rows as Arrow columns: the written schema of the holdings, and row <-> column conversion.

One schema for all three kinds of rows, so that one piece of code reads, compacts and culls them. Content columns are
plain strings without statistics: a culled text must not live on in a file's footer. Each file carries 32 random
bytes in its metadata (``bevara.salt``), so that its name, the digest of its bytes, is salted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.record import MediaRef, Row

SCHEMA_VERSION = "1"
INSTANT = pa.timestamp("us", "UTC")
_NAME = pa.dictionary(pa.int16(), pa.string())

MEDIA = pa.list_(
    pa.struct(
        [
            pa.field("role", pa.string(), nullable=False),
            pa.field("origin", pa.string(), nullable=False),
            pa.field("media_type", pa.string(), nullable=False),
            pa.field("alt", pa.string()),
            pa.field("language", pa.string(), nullable=False),
            pa.field("digest", pa.string()),
            pa.field("size", pa.int64()),
        ]
    )
)
COUNTS = pa.list_(
    pa.struct([pa.field("name", pa.string(), nullable=False), pa.field("value", pa.int64(), nullable=False)])
)

HOLDINGS: pa.Schema = pa.schema(
    [
        pa.field("row", _NAME, nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("authority", _NAME, nullable=False),
        pa.field("platform", _NAME, nullable=False),
        pa.field("account", _NAME, nullable=False),
        pa.field("kind", _NAME, nullable=False),
        pa.field("own", pa.bool_(), nullable=False),
        pa.field("native", pa.string(), nullable=False),
        pa.field("author", pa.string()),
        pa.field("author_native", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("thread", pa.string(), nullable=False),
        pa.field("parent_native", pa.string()),
        pa.field("thread_native", pa.string()),
        pa.field("published", INSTANT),
        pa.field("clock", _NAME, nullable=False),
        pa.field("stated", INSTANT),
        pa.field("platform_time", INSTANT),
        pa.field("edited", INSTANT),
        pa.field("observed", INSTANT, nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("state", _NAME, nullable=False),
        pa.field("complete", pa.bool_()),
        pa.field("evidence", _NAME),
        pa.field("text", pa.string()),
        pa.field("language", pa.string()),
        pa.field("links", pa.list_(pa.string()), nullable=False),
        pa.field("visibility", _NAME),
        pa.field("media", MEDIA, nullable=False),
        pa.field("counts", COUNTS, nullable=False),
        pa.field("identity", pa.string()),
        pa.field("payload", pa.string()),
        pa.field("batch", pa.string(), nullable=False),
    ]
)
"""Columns of ``holdings/``; meaning of each: ``schemas.record.Row``. ``version`` numbers an item's versions from 1;
on a sighting or an observation it is the version it was seen at."""

DICTIONARY = [field.name for field in HOLDINGS if pa.types.is_dictionary(field.type)]
"""Columns with few different values, none of them content; only these have a dictionary."""

STATISTICS = ["published", "observed"]
"""Columns with statistics in the file's footer: times alone, never content or names."""

ROW_GROUP = 65_536


def to_table(rows: Sequence[Row]) -> pa.Table:
    """Rows as a table, in the order given."""
    columns = [[getattr(row, name) for row in rows] for name in HOLDINGS.names]
    return table_of_columns(dict(zip(HOLDINGS.names, columns, strict=True)))


def table_of_columns(columns: dict[str, list[Any]]) -> pa.Table:
    """A table from Python lists, one per column of ``HOLDINGS``; media and counts as in ``Row``."""
    arrays = []
    for field in HOLDINGS:
        values: list[Any] = columns[field.name]
        if field.name == "media":
            values = [[_media(one) for one in media] for media in values]
        elif field.name == "counts":
            values = [[{"name": name, "value": value} for name, value in counts] for counts in values]
        if pa.types.is_dictionary(field.type):
            arrays.append(pa.array(values, pa.string()).dictionary_encode().cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=HOLDINGS)


def _media(one: MediaRef) -> dict[str, Any]:
    return {
        "role": one.role,
        "origin": one.origin,
        "media_type": one.media_type,
        "alt": one.alt,
        "language": one.language,
        "digest": one.digest,
        "size": one.size,
    }


def to_rows(table: pa.Table) -> Iterator[Row]:
    """The rows of a table with all columns of ``HOLDINGS``. Column by column: twice as fast as row by row."""
    for batch in table.to_batches(max_chunksize=1024):
        columns = [_values(name, batch.column(name)) for name in HOLDINGS.names]
        for values in zip(*columns, strict=True):
            yield Row(**dict(zip(HOLDINGS.names, values, strict=True)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _values(name: str, column: Any) -> list[Any]:
    """A column's values as ``Row`` has them."""
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.int64()).to_pylist()
        return [None if one is None else _EPOCH + timedelta(microseconds=one) for one in micros]
    if pa.types.is_dictionary(column.type):
        words = column.dictionary.to_pylist()
        return [None if at is None else words[at] for at in column.indices.to_pylist()]
    values: list[Any] = column.to_pylist()
    if name == "links":
        return [tuple(one) for one in values]
    if name == "media":
        return [tuple(MediaRef(**one) for one in media) for media in values]
    if name == "counts":
        return [tuple((one["name"], one["value"]) for one in counts) for counts in values]
    return values


def sort(table: pa.Table) -> pa.Table:
    """Rows in the order of the holdings: account, published, item, observed, version, row."""
    names = ("account", "published", "item", "observed", "version", "row")
    # Dictionary columns cannot be sorted by value; their plain strings can.
    keys = pa.table(
        {
            name: table[name].cast(pa.string())
            if pa.types.is_dictionary(table.schema.field(name).type)
            else table[name]
            for name in names
        }
    )
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]))


def to_parquet(table: pa.Table, *, salt: bytes, batch: str, source: str) -> bytes:
    """One holdings file: zstd 3, dictionary and statistics only where no content is, salted metadata.

    Args:
        table: rows in the order of ``sort``.
        salt: 32 random bytes.
        batch: opaque batch id.
        source: which act wrote it (``harvest``, ``compact``, ``cull``).
    """
    metadata = {
        "bevara.schema": SCHEMA_VERSION,
        "bevara.batch": batch,
        "bevara.source": source,
        "bevara.salt": salt.hex(),
    }
    sink = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata(metadata),
        sink,
        compression="zstd",
        compression_level=3,
        use_dictionary=DICTIONARY,
        write_statistics=STATISTICS,
        row_group_size=ROW_GROUP,
        store_schema=True,
    )
    return sink.getvalue()
