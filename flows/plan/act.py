"""What can be done with a plan: adopt an edition, write all decisions, compare two editions, explain one item."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.keep.judged import Standing, decisions, standing
from flows.keep.read import partitions, rows_of_item
from flows.plan.decide import Effect, effect
from schemas.books import AdoptedPlan
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId, Month
from schemas.plan.check import check, has_errors
from schemas.plan.evaluate import COLUMNS, DECISIONS, facts_of, plain
from schemas.plan.facts import Facts
from schemas.plan.judge import Judgement, explain
from schemas.plan.model import Plan
from schemas.plan.read import read_plan
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.refusal import GuardError, PersonNeededError, RefusedError
from schemas.tables import to_table

WRITTEN = ("item", "kind", "rule", "outcome", "published", "trigger", "due", "reasons")
"""Columns of the decisions file."""

_LARGEST = 4 * 1024 * 1024
"""Bytes a plan file may have."""


def plan_file(path: Path) -> tuple[Plan, str]:
    """Read a plan from a file; returns it with the file's text.

    Raises:
        RefusedError: not readable, too large. PlanProblemsError: with every problem in it.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise RefusedError("FILE", str(path), f"name a readable plan file ({error.strerror})") from None
    if len(data) > _LARGEST:
        raise RefusedError("FILE", path.name, "a plan file has at most 4 MiB")
    plan = read_plan(data, path.name)
    return plan, data.decode("utf-8-sig")


def check_in_home(ground: Ground, plan: Plan) -> list[Finding]:
    """Check a plan against the home's account register and today's date."""
    with ground.state.reading() as books:
        accounts = books.accounts.all()
    names = {account.name for account in accounts}
    platforms = {account.platform for account in accounts}
    today = local_day(ground.clock.now())
    return check(plan, as_of=today, accounts=names or None, platforms=platforms or None)


NOBODY = "övning"
"""Who adopts a plan in a practice home when nobody is named."""


def adopt_plan(home: Home, path: Path, person: str | None) -> AdoptedPlan:
    """Adopt the edition in a file: its text is kept, with a receipt by a registered person.

    Args:
        person: a registered person; may be left out in a practice home alone.

    Raises:
        PersonNeededError: nobody is named and the home is real.
        RefusedError: an unknown person, an unreadable file, or the edition's name is taken by another text.
        GuardError: the plan has errors (G-PLAN), or is an example and the home is no practice home (G-EXAMPLE).
    """
    if person is None and not home.rehearsal:
        raise PersonNeededError("--as: a plan is adopted by a named person; add '--as PERSON'")
    plan, text = plan_file(path)
    found = check_in_home(home.ground, plan)
    if has_errors(found):
        codes = ", ".join(sorted({one.code for one in found if one.severity == "error"}))
        raise GuardError("G-PLAN", f"the plan has errors ({codes})", "run 'bevara plan check FILE' and correct them")
    if plan.example and not home.rehearsal:
        raise GuardError(
            "G-EXAMPLE",
            "the plan is marked as an example",
            "adopt it in a home made by 'bevara init HOME --rehearsal', or have it decided and remove 'example'",
        )
    ground = home.ground
    at = ground.clock.now()
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    actor = person or NOBODY
    adopted = AdoptedPlan(edition=plan.edition, text=text, digest=digest, person=actor, adopted=at)
    with ground.state.writing() as books:
        if person is not None and books.persons.get(person) is None:
            raise RefusedError("--as", person, "name a registered person; add one with 'bevara person add'")
        books.plans.adopt(adopted)
        books.ledger.append(
            Receipt(
                act="plan.adopt",
                at=at,
                actor=actor,
                subjects=(plan.id, plan.edition),
                evidence={
                    "digest": digest,
                    "rules": len(plan.rules),
                    "example": plan.example,
                    "authorities": ",".join(plan.authorities),
                },
            )
        )
    return adopted


def base_of(ground: Ground, as_of: date, path: Path | None = None) -> Standing:
    """What decisions rest on; with ``path``, another plan is tried instead of the adopted one."""
    base = standing(ground, as_of)
    if path is None:
        return base
    plan, text = plan_file(path)
    return replace(base, plan=plan, digest=hashlib.sha256(text.encode("utf-8")).hexdigest())


def write_decisions(ground: Ground, base: Standing, as_of: date, out: Path) -> int:
    """Write a decision for every item as Parquet; returns how many. An existing file is replaced when all is done."""
    schema = pa.schema([DECISIONS.field(name) for name in WRITTEN])
    beside = out.with_name(f".{out.name}.{os.getpid()}.part")
    rows = 0
    try:
        with pq.ParquetWriter(beside, schema, compression="zstd", store_schema=True) as writer:
            for table in decisions(ground, base, as_of):
                writer.write_table(plain(table).select(list(WRITTEN)))
                rows += table.num_rows
        beside.replace(out)
    except OSError as error:
        raise RefusedError("--out", str(out), f"name a file that can be written ({error.strerror})") from None
    finally:
        beside.unlink(missing_ok=True)
    return rows


def compare(ground: Ground, old: Plan, new: Plan, as_of: date) -> Effect:
    """What a new edition would do to today's holdings."""
    base = standing(ground, as_of)
    before = decisions(ground, replace(base, plan=old), as_of)
    after = decisions(ground, replace(base, plan=new), as_of)
    return effect(before, after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One item with everything its decision rests on.

    Attributes:
        rows: its rows, oldest first. facts: what was judged. judgement: the decision with its trace.
        receipts: links of the ledger about it: number and decoded body.
    """

    item: ItemId
    rows: Sequence[Row]
    facts: Facts
    judgement: Judgement
    receipts: Sequence[tuple[int, dict[str, Any]]]


def explain_item(ground: Ground, item: ItemId, base: Standing, as_of: date) -> Explained:
    """Gather everything about one item. Raises RefusedError when the archive has no such item."""
    rows = rows_of_item(ground.state, ground.store, item)
    if not rows:
        raise RefusedError("ITEM", item, "name an item that is in the archive; 'bevara search' lists them")

    def read(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
        return partitions(ground.state, ground.store, columns)

    table = to_table(rows).select(list(COLUMNS))
    own = (rows[0].authority, table)
    facts = facts_of(
        read,
        item,
        base.plan,
        base.marks,
        base.holds,
        as_of,
        rows=own,
        proofs=base.proofs,
        pending=base.pending,
        films=base.films,
    )
    if facts is None:
        raise RefusedError("ITEM", item, "the item has no rows that can be judged; run 'bevara verify --deep'")
    return Explained(
        item=item,
        rows=rows,
        facts=facts,
        judgement=explain(facts, base.plan, as_of),
        receipts=_receipts(ground, item, rows),
    )


def _receipts(ground: Ground, item: ItemId, rows: Sequence[Row]) -> list[tuple[int, dict[str, Any]]]:
    """Links that name the item, and those of the batches that brought its rows."""
    batches = {row.batch for row in rows}
    with ground.state.reading() as books:
        links = {link.seq: link for link in books.ledger.about(item)}
        for account in {row.account for row in rows}:
            for link in books.ledger.about(account, limit=100_000):
                if any(batch in link.body for batch in batches):
                    links[link.seq] = link
    return [(seq, json.loads(links[seq].body)) for seq in sorted(links)]
