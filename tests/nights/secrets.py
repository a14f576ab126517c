"""Look for secrets in everything a home and its processes leave behind: raw, encoded, packed, in columns and rows."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

_NAMED = re.compile(
    rb"(?i)(?<![\w-])(access_token|refresh_token|client_secret|appsecret_proof|oh|sig|signature|_nc_ohc|key)"
    rb"(?:=|%3D)(?!\[removed\]|%5Bremoved%5D)(?=[\w%.~+/-]*[0-9])[\w%.~+/-]{8,}"
)
"""A secret parameter with a value, whatever the value; words alone are an example in somebody's documentation."""
_AUTHORISED = re.compile(rb"(?i)\b(?:bearer|oauth)\s+(?!\[removed\])[\w.~+/=-]{12,}")
_BEGINNING = "hemligsignatur"
_INVENTED = re.compile(rb"hemligsignatur[0-9a-f]{20}")
"""What ``Fake.secret`` makes: thousands of values, too many to look for one by one in all their forms."""
_UNPACKERS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
    (b"\x78\x9c", zlib.decompress),
)


def forms(secret: str) -> set[bytes]:
    """How a secret may look: plain, percent-encoded, UTF-16, hexadecimal and base64 at each of three alignments."""
    plain = secret.encode()
    found = {plain, quote(secret, safe="").encode(), secret.encode("utf-16-le"), plain.hex().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        # The first and last characters depend on the neighbours.
        found.add(encoded[4 if shift else 0 : -4])
    return {form for form in found if len(form) >= 8}


class Search:
    """Finds known secrets, and what looks like one, in bytes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        invented = re.compile(_INVENTED.pattern.decode())
        others = {secret for secret in secrets if not invented.fullmatch(secret)}
        known = {form for secret in others for form in forms(secret)}
        self._known = sorted(known | (forms(_BEGINNING) - {_BEGINNING.encode()}))

    def in_bytes(self, data: bytes, place: str) -> list[str]:
        """Where secrets are; the secret itself is not repeated."""
        found = [f"{place}: a known secret" for form in self._known if form in data]
        for name, pattern in (("parameter", _NAMED), ("header", _AUTHORISED), ("invented", _INVENTED)):
            if (hit := pattern.search(data)) is not None:
                found.append(f"{place}: {name} near {hit[0][:14]!r}")
        return found

    def in_folder(self, folder: Path) -> list[str]:
        """In every file, however deep."""
        return [
            said
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
            for said in self.in_file(path, str(path.relative_to(folder)))
        ]

    def in_file(self, path: Path, place: str) -> list[str]:
        """In the file's name, its bytes as they lie there, and what they hold."""
        data = path.read_bytes()
        found = [*self.in_bytes(place.encode(), f"{place} (name)"), *self.in_bytes(data, place)]
        for inner, values in _inside(path, data):
            found.extend(self.in_bytes(values, f"{place} {inner}"))
        return found


def _inside(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"PAR1"):
        yield from _columns(path)
    elif data.startswith(b"SQLite format 3\0"):
        yield from _tables(path)
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                yield f"[{name}]", bundle.read(name)
    else:
        for head, unpack in _UNPACKERS:
            if data.startswith(head):
                yield "(unpacked)", unpack(data)


def _columns(path: Path) -> Iterator[tuple[str, bytes]]:
    table = pq.read_table(path)
    for name in table.column_names:
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        yield f"[{name}]", "\n".join(map(str, column.to_pylist())).encode()
    yield "(metadata)", repr(pq.read_metadata(path).metadata).encode()


def _tables(path: Path) -> Iterator[tuple[str, bytes]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            rows = database.execute(f'select * from "{name}"')
            yield f"[{name}]", b"\n".join(_raw(value) for row in rows for value in row)
    database.close()


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
