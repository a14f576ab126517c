"""The frozen list of a request: written once as an item of ours, named by the digest of its lines, read back and proven.

A line is ``<item> <version>``; lines stand by item (code points), then by version as a number, each once, each ended by
a line feed; the digest is their SHA-256. The list itself is opaque ids and numbers; the words that it was found by stand
in the item's payload.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.disclose.find.fields import named_pairs, one_array
from flows.disclose.find.scan import PAIRS, ordered
from flows.disclose.standing import change_request
from flows.disclose.thread_items import RECORDED, root_of
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, own_file, read_own, revision_first, write_own
from schemas.books import Books
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.payload import fields_of
from schemas.refusal import GuardError
from schemas.request import Request

FILE: Final = "lista.parquet"
"""The list. ``EXCLUDED``: what was taken away by ``--not``."""
EXCLUDED: Final = "uteslutna.parquet"
FOUND: Final = "request.found"
"""Act of the receipt about the request."""
_PARQUET: Final = "application/vnd.apache.parquet"
_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A list that was frozen.

    Attributes:
        request: as it stands now. forgotten: assessments of versions that are listed no longer.
    """

    request: Request
    forgotten: int


def digest_of(table: pa.Table) -> str:
    """SHA-256 (hexadecimal) of a list in order (``PAIRS``)."""
    found = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=_ROWS):
        lines = pc.binary_join_element_wise(batch["item"], batch["version"].cast(pa.string()), " ")
        found.update("".join(f"{one}\n" for one in lines.to_pylist()).encode("ascii"))
    return found.hexdigest()


def listed(ground: Ground, request: Request) -> pa.Table:
    """The list of a request (``PAIRS``, in order), proven against its digest.

    Raises:
        GuardError: nothing has been searched for yet (G-REQUEST). MissingError: the list cannot be read, or is not
            the one that the request names.
    """
    if request.listed is None:
        number = request.number
        raise GuardError("G-REQUEST", f"request {number} has no list", f"search with 'bevara request find {number}'")
    table = _read(ground, request.listed, FILE)
    if digest_of(table) != request.digest or table.num_rows != request.items:
        raise MissingError(f"the list {request.listed} is not the one that request {request.number} names")
    return table


def excluded(ground: Ground, request: Request) -> pa.Table:
    """What ``--not`` took away when the list was made (``PAIRS``). Raises as ``listed``."""
    return _read(ground, request.listed, EXCLUDED) if request.listed is not None else PAIRS.empty_table()


def query_of(ground: Ground, request: Request) -> dict[str, Any]:
    """What the list's payload says of how it was made: ``wanted`` (words!), ``told``, ``digest``; empty without list."""
    row = None if request.listed is None else read_own(ground, request.listed)
    values = fields_of(row.payload if row is not None else None).get("find")
    return values if isinstance(values, dict) else {}


def freeze(
    home: Home,
    request: Request,
    table: pa.Table,
    query: Mapping[str, object],
    told: Mapping[str, object],
    person: str,
    *,
    away: pa.Table | None = None,
    text: str = "",
) -> Frozen:
    """Freeze a list: it replaces the one before; assessments of what it does not have are forgotten.

    What has gone out is never forgotten while the archive has it: a list without it is refused.

    Args:
        request: as it was when the search began. table: ``PAIRS``. query: the search (``Wanted.as_json``).
        told: what the result says besides. away: what ``--not`` took away. text: what a person reads of it.

    Raises:
        GuardError: no mandate (G-MANDATE); the request is not open, or somebody else has searched or answered meanwhile
            (G-CHANGED); it was never entered to the end (G-REQUEST). RefusedError: no such person.
    """
    ground = home.ground
    root = read_own(ground, root_of(request))
    if root is None:
        raise MissingError(f"the record {request.record} of request {request.number} cannot be read")
    table, away = ordered(table), ordered(PAIRS.empty_table() if away is None else away)
    digest, at = digest_of(table), ground.clock.now()
    done: list[Frozen] = []

    def enter(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)

        def change(now: Request) -> Request:
            if (now.listed, now.digest) != (request.listed, request.digest):
                raise GuardError(
                    "G-CHANGED",
                    f"somebody else has searched for request {now.number} meanwhile",
                    f"look at 'bevara request show {now.number}'",
                )
            return replace(now, listed=item, digest=digest, items=table.num_rows, changed=at)

        forgotten = _forget(books, request.number, table)
        evidence = {
            "list": item,
            "digest": digest,
            "items": table.num_rows,
            "excluded": away.num_rows,
            "forgotten": forgotten,
        }
        changed = change_request(books, request.number, {"open"}, change, act=FOUND, actor=person, evidence=evidence)
        done.append(Frozen(request=changed, forgotten=forgotten))

    write_own(
        ground,
        kind="request_log",
        authority=request.authority,
        text=text or f"Sökning för begäran {request.number}: {table.num_rows} versioner listade.",
        payload={"find": {"request": request.number, "wanted": dict(query), "told": dict(told), "digest": digest}},
        at=at,
        act=RECORDED,
        actor=person,
        evidence={"items": table.num_rows, "excluded": away.num_rows},
        files=[
            OwnFile(name=name, media_type=_PARQUET, data=_bytes(some))
            for name, some in ((FILE, table), (EXCLUDED, away))
        ],
        about=root,
        first=revision_first,
        also=enter,
    )
    return done[-1]


def _forget(books: Books, number: int, table: pa.Table) -> int:
    """Take assessments of versions that are listed no longer away.

    Raises:
        GuardError: some of them went out since the search began (G-CHANGED).
    """
    portions = {(one.item, one.version): one.portion for one in books.requests.assessed(number)}
    lost = _lines(without(_pairs(portions), table))
    out = {line[0] for line in lost if portions[line]}
    if out - books.tombstones.known(sorted(out)):
        raise GuardError(
            "G-CHANGED",
            f"an answer of request {number} went out since the search began",
            f"search again with 'bevara request find {number}'",
        )
    books.requests.forget(number, lost)
    return len(lost)


def given(ground: Ground, request: Request) -> pa.Table:
    """What has gone out of a request's list (``PAIRS``, in order), but for what has been culled since."""
    with ground.state.reading() as books:
        lines = [(one.item, one.version) for one in books.requests.assessed(request.number) if one.portion]
        culled = books.tombstones.known(sorted({item for item, _ in lines}))
    return ordered(_pairs(line for line in lines if line[0] not in culled))


def without(table: pa.Table, others: pa.Table) -> pa.Table:
    """Pairs of the first table that the other one does not have."""
    if not (table.num_rows and others.num_rows):
        return table
    near = others.filter(pc.is_in(others["item"], value_set=one_array(table["item"])))
    return table.filter(pc.invert(pc.is_in(named_pairs(table), value_set=named_pairs(near))))


def _pairs(lines: Iterable[tuple[ItemId, int]]) -> pa.Table:
    some = list(lines)
    columns = [pa.array([one[at] for one in some], PAIRS.field(at).type) for at in (0, 1)]
    return pa.table(columns, schema=PAIRS)


def _lines(table: pa.Table) -> list[tuple[ItemId, int]]:
    names = (ItemId(one) for one in table["item"].to_pylist())
    return list(zip(names, table["version"].to_pylist(), strict=True))


def _bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    # Ids are random: neither dictionary nor statistics would save anything.
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    return sink.getvalue()


def _read(ground: Ground, item: ItemId, name: str) -> pa.Table:
    row = read_own(ground, item)
    if row is None or row.kind != "request_log":
        raise MissingError(f"the list {item} cannot be read")
    try:
        table = pq.read_table(io.BytesIO(own_file(ground, row, name)))
        return table.select(PAIRS.names).cast(PAIRS)
    except (pa.ArrowInvalid, KeyError):
        raise MissingError(f"the list {item} cannot be read") from None
