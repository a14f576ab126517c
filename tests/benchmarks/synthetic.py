"""A synthetic archive for benchmarks: monthly holdings files with threads, visitors' comments, edits and sightings.

Made column by column, so that two million items take well under a minute. Same seed, same archive.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.books import LiveFile
from schemas.calendar import local_month
from schemas.ground import Ground
from schemas.ids import ItemId, Month
from schemas.shelf import holding
from schemas.tables import COUNTS, HOLDINGS, INSTANT, MEDIA, sort, to_parquet

AUTHORITY = "arvika-ks"
SHARES = {"nyheter": 40, "bygga-bo": 20, "kultur": 15, "skola": 15, "raddning": 10}
KINDS = {"post": 10, "reply": 7, "comment": 80, "visitor_post": 3}
_PLATFORM = {
    "nyheter": "bluesky",
    "bygga-bo": "bluesky",
    "kultur": "mastodon",
    "skola": "mastodon",
    "raddning": "bluesky",
}
_WORDS = [
    "snö",
    "plogning",
    "väg",
    "bibliotek",
    "skola",
    "öppet",
    "stängt",
    "beslut",
    "nämnd",
    "vatten",
    "el",
    "mötet",
    "idag",
    "kväll",
    "barn",
    "park",
    "bad",
    "älv",
]
_EDITED, _SIGHTED, _PICTURED = 0.03, 0.02, 0.08


def months(count: int, last: str = "2025-12") -> list[Month]:
    """The last ``count`` months up to and including ``last``, oldest first."""
    year, month = int(last[:4]), int(last[5:])
    found = []
    for _ in range(count):
        found.append(Month(f"{year:04d}-{month:02d}"))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


def archive(folder: Path, items: int, *, seed: int = 1, spread: int = 144, files: int = 1) -> int:
    """Write an archive of about ``items`` items below ``folder`` (keys as in ``schemas.shelf``); returns its rows.

    Args:
        spread: months it covers. files: files per month.
    """
    random = Random(seed)
    per = -(-items // spread)
    left = items
    before: list[str] = []
    rows = 0
    for month in months(spread):
        count = min(per, left)
        left -= count
        if count <= 0:
            break
        table, before = month_table(random, month, count, before)
        rows += table.num_rows
        target = folder / "holdings" / AUTHORITY / month
        target.mkdir(parents=True)
        step = -(-table.num_rows // files)
        for start in range(0, table.num_rows, step):
            part = sort(table.slice(start, step))
            data = to_parquet(part, salt=random.randbytes(32), batch="synthetic", source="harvest")
            (target / f"{sha256(data).hexdigest()}.parquet").write_bytes(data)
    return rows


def partitions(folder: Path, columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
    """The archive's partitions in order, with the columns asked for."""
    for authority in sorted((folder / "holdings").iterdir()):
        for month in sorted(authority.iterdir()):
            tables = [pq.read_table(file, columns=list(columns)) for file in sorted(month.glob("*.parquet"))]
            yield authority.name, Month(month.name), pa.concat_tables(tables).select(list(columns))


def fill(
    ground: Ground,
    *,
    items: int,
    monthly: int,
    authority: str,
    account: str,
    last: datetime,
    hash_of: Callable[[str], bytes],
    seed: int = 1,
    kinds_of: Mapping[str, int] = KINDS,
) -> None:
    """Fill a home with older months of equal volume, up to the month before ``last``: files, manifest, native ids.

    Args:
        hash_of: the keyed hash of a native id. kinds_of: weight of each kind.
    """
    random = Random(seed)
    spread = -(-items // monthly)
    before: list[str] = []
    for number, month in enumerate(months(spread + 1, local_month(last))[:-1]):
        count = min(monthly, items - number * monthly)
        table, before = month_table(
            random, month, count, before, authority=authority, shares={account: 1}, kinds_of=kinds_of
        )
        data = to_parquet(sort(table), salt=random.randbytes(32), batch="synthetic", source="harvest")
        key = holding(authority, month, sha256(data).hexdigest())
        ground.store.put_new(key, data)
        firsts = table.slice(0, count)
        natives = [
            (hash_of(native), ItemId(item))
            for native, item in zip(firsts["native"].to_pylist(), firsts["item"].to_pylist(), strict=True)
        ]
        with ground.state.writing() as books:
            file = LiveFile(
                key=key,
                authority=authority,
                month=month,
                rows=table.num_rows,
                size=len(data),
                batch="synthetic",
                made=last,
            )
            books.manifest.add(file)
            books.natives.add(natives)


def ids(random: Random, month: str, count: int) -> list[str]:
    """Opaque ids of a month."""
    drawn = base64.b32encode(random.randbytes(10 * count)).decode("ascii").lower()
    prefix = month[:4] + month[5:] + "-"
    return [prefix + drawn[at : at + 16] for at in range(0, 16 * count, 16)]


def month_table(
    random: Random,
    month: Month,
    count: int,
    before: Sequence[str],
    *,
    authority: str = AUTHORITY,
    shares: Mapping[str, int] = SHARES,
    kinds_of: Mapping[str, int] = KINDS,
) -> tuple[pa.Table, list[str]]:
    """Rows of one month's items, and the ids of its posts; a tenth of the comments answer the month before.

    Args:
        before: ids of the posts of the month before. shares: weight of each account. kinds_of: of each kind.
    """
    start = int(datetime(int(month[:4]), int(month[5:]), 1, 1, tzinfo=UTC).timestamp() * 1_000_000)
    names = ids(random, month, count)
    kinds = random.choices(list(kinds_of), list(kinds_of.values()), k=count)
    kinds[0] = "post"
    accounts = random.choices(list(shares), list(shares.values()), k=count)
    places = sorted(random.choices(range(27 * 86_400), k=count))
    posts: list[str] = []
    parents: list[str | None] = []
    threads: list[str] = []
    last: tuple[str, str] | None = None
    for name, kind, draw in zip(names, kinds, random.choices(range(10), k=count), strict=True):
        if kind in ("post", "visitor_post"):
            posts.append(name)
            parents.append(None)
            threads.append(name)
            continue
        if draw == 0 and before:
            root = parent = before[len(posts) % len(before)]
        elif draw < 4 and last is not None:
            parent, root = last
        else:
            parent = root = posts[-1]
        parents.append(parent)
        threads.append(root)
        last = (name, root)
    published = [start + place * 1_000_000 for place in places]
    again = random.choices(range(100_000), k=count)
    edited = [at for at, draw in enumerate(again) if draw < _EDITED * 100_000]
    sighted = [at for at, draw in enumerate(again) if draw >= (1 - _SIGHTED) * 100_000]
    order = [*range(count), *edited, *sighted]
    rows = len(order)
    late = rows - count
    observed = [published[at] + 3_600_000_000 * (1 if row < count else 40) for row, at in enumerate(order)]
    pictured = [row < count + len(edited) and again[at] % 100 < _PICTURED * 100 for row, at in enumerate(order)]
    texts = [" ".join(random.choices(_WORDS, k=12)) for _ in range(997)]
    text = [texts[(again[at] + row) % 997] for row, at in enumerate(order)]
    seen_kinds = [kinds[at] for at in order]
    own = [kind in ("post", "reply") for kind in seen_kinds]
    of_account = [accounts[at] for at in order]
    row_kinds = ["version"] * (count + len(edited)) + ["sighting"] * len(sighted)
    values: dict[str, Any] = {
        "row": row_kinds,
        "item": [names[at] for at in order],
        "authority": pa.repeat(authority, rows),
        "platform": [_PLATFORM.get(one, "mastodon") for one in of_account],
        "account": of_account,
        "kind": seen_kinds,
        "own": own,
        "native": [f"at://did:plc:{names[at][7:]}/app.bsky.feed.post/{at}" for at in order],
        "author": [
            one if mine else f"besökare {at % 5000}" for one, mine, at in zip(of_account, own, order, strict=True)
        ],
        "author_native": pa.nulls(rows, pa.string()),
        "parent": [parents[at] for at in order],
        "thread": [threads[at] for at in order],
        "parent_native": pa.nulls(rows, pa.string()),
        "thread_native": pa.nulls(rows, pa.string()),
        "published": pa.array([published[at] for at in order], INSTANT),
        "clock": pa.repeat("stated", rows),
        "stated": pa.array([published[at] for at in order], INSTANT),
        "platform_time": pa.array([published[at] + 1_000_000 for at in order], INSTANT),
        "edited": pa.nulls(rows, INSTANT),
        "observed": pa.array(observed, INSTANT),
        "version": [1] * count + [2] * len(edited) + [1] * len(sighted),
        "state": ["seen"] * (count + len(edited)) + random.choices(("gone", "hidden", "unknown"), k=len(sighted)),
        "complete": pa.nulls(rows, pa.bool_()),
        "evidence": pa.nulls(rows, pa.string()),
        "text": text,
        "language": pa.repeat("sv", rows),
        "links": pa.ListArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows + 1), pa.array([], pa.string())),
        "visibility": pa.repeat("", rows),
        "media": _pictures(pictured),
        "counts": pa.ListArray.from_arrays(
            pa.repeat(pa.scalar(0, pa.int32()), rows + 1), pa.array([], COUNTS.value_type)
        ),
        "identity": [f"{again[at]:064x}" for at in order],
        "payload": [f'{{"text":"{one}","n":{again[at]}}}' for one, at in zip(text, order, strict=True)],
        "batch": pa.repeat("synthetic", rows),
    }
    assert late == len(edited) + len(sighted)
    return pa.table([_column(values[field.name], field.type) for field in HOLDINGS], schema=HOLDINGS), posts


def _column(values: Any, kind: pa.DataType) -> Any:
    if pa.types.is_dictionary(kind):
        plain = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
        return plain.dictionary_encode().cast(kind)
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)


def _pictures(pictured: Sequence[bool]) -> Any:
    offsets = [0]
    for one in pictured:
        offsets.append(offsets[-1] + one)
    count = offsets[-1]
    picture = {
        "role": "picture",
        "origin": "blob",
        "media_type": "image/jpeg",
        "alt": "en bild",
        "language": "",
        "digest": None,
        "size": 100_000,
    }
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array([picture] * count, MEDIA.value_type))
