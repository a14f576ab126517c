"""The scanner finds a mark in every form it could hide in, and only where it is."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typst

from tests.canary.scan import Scan

MARK = "5f0e3a9bd1c27784"
TEXT = f"Hälsningar från kanariefågel-{MARK}, och så vidare."
PLAIN = TEXT.encode()


def _zip(*, listed: bool = True) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
    whole = sink.getvalue()
    return whole if listed else whole[: whole.index(b"PK\x01\x02")]


def _parquet(values: list[object], kind: pa.DataType) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(values, kind)}), sink, compression="zstd", write_statistics=False)
    return sink.getvalue()


def _unused() -> bytes:
    """Parquet whose dictionary page holds a value that no row refers to."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int16()), pa.array(["b", TEXT]))
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": column}), sink, compression="zstd", write_statistics=False)
    return sink.getvalue()


def _footer() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": ["b"]}).replace_schema_metadata({"x": TEXT}), sink)
    return sink.getvalue()


def _arrow() -> bytes:
    sink = io.BytesIO()
    table = pa.table({"a": [TEXT * 20]})
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _pdf() -> bytes:
    return bytes(typst.compile(f"#set page(width: 60mm)\n= Rubrik\n{TEXT}".encode(), pdf_standards="a-3b"))


def _zstd() -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(PLAIN * 20)
    return bytes(sink.getvalue())


FORMS: dict[str, Callable[[], bytes]] = {
    "plain": lambda: b"\0\xff" + PLAIN + b"\xff",
    "latin-1": lambda: TEXT.encode("latin-1"),
    "utf-16-le": lambda: TEXT.encode("utf-16-le"),
    "utf-16-be": lambda: TEXT.encode("utf-16-be"),
    "json": lambda: json.dumps({"text": TEXT}).encode(),
    "between-digits": lambda: b"aa" + MARK.encode() + b"00",
    "base64": lambda: b"x" + base64.b64encode(b"ab" + PLAIN) + b"<",
    "base64-url": lambda: base64.urlsafe_b64encode(b"\xff\xfe\xfd" * 9 + PLAIN),
    "base64-lines": lambda: b"<d>" + base64.encodebytes(PLAIN * 3) + b"</d>",
    "base64-of-gzip": lambda: base64.b64encode(gzip.compress(PLAIN * 9)),
    "hex": lambda: b'{"a":"' + PLAIN.hex().encode() + b'"}',
    "gzip": lambda: gzip.compress(PLAIN * 9),
    "gzip-inside": lambda: b"before" + gzip.compress(PLAIN * 9) + b"after",
    "zlib": lambda: zlib.compress(PLAIN * 9),
    "bz2": lambda: bz2.compress(PLAIN),
    "xz": lambda: lzma.compress(PLAIN),
    "zstd": _zstd,
    "zip": _zip,
    "zip-unlisted": lambda: _zip(listed=False),
    "zip-in-zip": lambda: _packed(_zip()),
    "parquet": lambda: _parquet([None, TEXT * 9], pa.string()),
    "parquet-binary": lambda: _parquet([PLAIN * 9], pa.binary()),
    "parquet-list": lambda: _parquet([["a", TEXT]], pa.list_(pa.string())),
    "parquet-nested": lambda: _parquet([[{"b": TEXT}]], pa.list_(pa.struct([("b", pa.string())]))),
    "parquet-unused": _unused,
    "parquet-footer": _footer,
    "arrow": _arrow,
    "pdf": _pdf,
}


def _packed(data: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", data)
    return sink.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_mark_is_found_in_every_form(form: str) -> None:
    """A mark is found in this form, and a mark that is not there is not."""
    scan = Scan([MARK, "0123456789abcdef"])
    scan.data("place", FORMS[form]())
    assert scan.found == {MARK}


def test_mark_is_found_in_names_and_databases(tmp_path: Path) -> None:
    """A mark is found in a file's name, in a database's page and in a write-ahead log that was not emptied."""
    (tmp_path / f"{MARK}.txt").write_bytes(b"")
    (tmp_path / "link").symlink_to(f"/nowhere/{MARK}")
    other = "a" * 8 + "1" * 8
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table a (b text)")
    connection.execute("insert into a values (?)", [other])
    connection.commit()
    scan = Scan([MARK, other])
    scan.folder("here", tmp_path)
    connection.close()
    assert scan.found == {MARK, other}
    assert {place.rpartition("/")[2] for place in scan.places[other]} == {"a.db-wal"}
    assert len(scan.places[MARK]) == 2


def test_removed_row_is_seen_until_it_is_overwritten(tmp_path: Path) -> None:
    """A row that was deleted without overwriting is still found: the scan reads pages, not tables."""
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("pragma secure_delete=off")
    connection.execute("create table a (b text)")
    connection.execute("insert into a values (?)", [TEXT])
    connection.commit()
    connection.execute("delete from a")
    connection.commit()
    connection.close()
    scan = Scan([MARK])
    scan.folder("here", tmp_path)
    assert scan.found == {MARK}
