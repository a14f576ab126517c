"""Propose culling: list what is due and what a person is asked about. Nothing here destroys anything."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.keep.derived import write_derived
from flows.keep.judged import Standing, decisions, standing
from schemas.books import Copy
from schemas.ground import Ground
from schemas.plan.evaluate import DECISIONS, plain
from schemas.receipt import Receipt
from schemas.shelf import proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many items have each outcome; every item has exactly one."""

    cull: int = 0
    keep: int = 0
    ask: int = 0

    def plus(self, table: pa.Table) -> Counts:
        """With the outcomes of one more table of decisions."""
        found = {
            one["values"]: one["counts"] for one in pc.value_counts(table["outcome"].cast(pa.string())).to_pylist()
        }
        return Counts(
            cull=self.cull + found.get("cull", 0),
            keep=self.keep + found.get("keep", 0),
            ask=self.ask + found.get("ask", 0),
        )

    def as_json(self) -> dict[str, int]:
        """The ``counts`` of ``cull propose --json``."""
        return {"cull": self.cull, "keep": self.keep, "ask": self.ask}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A frozen list: its digest, the day it was judged for, and counts."""

    digest: str
    as_of: date
    edition: str | None
    counts: Counts


def count_due(ground: Ground, as_of: date) -> Counts | None:
    """Counts of what is due on a day under the newest adopted edition; None when there is no plan."""
    base = standing(ground.state, as_of)
    if base.plan is None:
        return None
    counts = Counts()
    for table in decisions(ground, base, as_of):
        counts = counts.plus(table)
    return counts


def propose(ground: Ground, as_of: date) -> Proposal:
    """Judge every item and freeze the list of what is due and what is asked.

    The list is an unsigned draft: it names items by opaque ids, holds no content and destroys nothing. Its digest
    is the SHA-256 of a canonical text: one header line, then one line per listed item in order of authority, month
    and id, so that the same facts always give the same digest.
    """
    base = standing(ground.state, as_of)
    with tempfile.TemporaryFile() as buffer:
        file = cast("BinaryIO", buffer)
        digest, counts = _freeze(ground, base, as_of, file)
        found = Proposal(digest=digest, as_of=as_of, edition=base.edition, counts=counts)
        with ground.state.reading() as books:
            known = books.copies.known([proposal(digest)])
        if not known:
            file.seek(0)
            _keep(ground, base, found, file)
    return found


def _freeze(ground: Ground, base: Standing, as_of: date, file: BinaryIO) -> tuple[str, Counts]:
    hasher = hashlib.sha256(f"bevara proposal 1\t{as_of}\t{base.edition or ''}\t{base.digest or ''}\n".encode())
    counts = Counts()
    with pq.ParquetWriter(file, DECISIONS, compression="zstd", write_statistics=False) as writer:
        for judged in decisions(ground, base, as_of):
            counts = counts.plus(judged)
            table = plain(judged.filter(pc.not_equal(judged["outcome"].cast(pa.string()), "keep")))
            table = table.sort_by([("authority", "ascending"), ("item", "ascending")])
            columns = [table[name].to_pylist() for name in ("item", "outcome", "rule", "trigger", "due", "reasons")]
            for item, outcome, rule, trigger, due, reasons in zip(*columns, strict=True):
                line = f"{item}\t{outcome}\t{rule or ''}\t{trigger or ''}\t{due or ''}\t{','.join(reasons)}\n"
                hasher.update(line.encode())
            writer.write_table(table)
    return hasher.hexdigest(), counts


def _keep(ground: Ground, base: Standing, found: Proposal, file: BinaryIO) -> None:
    at = ground.clock.now()
    with ground.state.hold_lease("proposals") as lease:
        copy = Copy(key=proposal(found.digest), kind="proposal", made=at)
        receipt = Receipt(
            act="cull.proposed",
            at=at,
            actor="bevara",
            subjects=(found.digest,),
            evidence={
                "as_of": found.as_of.isoformat(),
                "edition": found.edition,
                "revision": base.revision,
                "cull": found.counts.cull,
                "keep": found.counts.keep,
                "ask": found.counts.ask,
            },
        )
        write_derived(ground.state, ground.store, lease, copy, file, receipt)
