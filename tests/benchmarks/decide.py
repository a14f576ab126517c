"""Benchmark ``decide``: judging a whole archive against hand-written pyarrow for the same plan and files.

Run ``python -m tests.benchmarks.decide --json [--items 2000000]``. The baseline is what a person would write for this
one plan: it reads the same files, folds edited and sighted items, and gives rule, outcome and due day, but no
reasons, no trace and no safety. Both answers are compared item by item. Ratio = our rate / the baseline's rate.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.plan.evaluate import evaluate
from schemas.plan.read import read_plan
from tests.benchmarks.report import report, say
from tests.benchmarks.synthetic import archive, partitions

AS_OF = date(2026, 1, 15)

PLAN = """
id = "prestanda"
title = "Plan för mätning"
edition = "1"
authorities = ["arvika-ks"]

[[rule]]
id = "eget-kort"
type = "Eget inlägg"
action = "gallra"
period = "2 år"
trigger = "published"
match = { kind = ["post"], account = ["nyheter", "kultur"], state = ["seen", "unknown"] }
[[rule]]
id = "eget-langt"
type = "Eget inlägg"
action = "gallra"
period = "5 år"
trigger = "published"
match = { kind = ["post"], account = { not = ["nyheter", "kultur"] }, state = ["seen", "unknown"] }
[[rule]]
id = "eget-borta"
type = "Eget inlägg som inte syns"
action = "granska"
match = { kind = ["post"], state = ["gone", "hidden"] }
[[rule]]
id = "svar"
type = "Eget svar"
action = "gallra"
period = "2 år"
trigger = "last_edit"
match = { kind = ["reply"] }
[[rule]]
id = "kommentar-inaktuell"
type = "Kommentar, inaktuell"
action = "gallra"
trigger = "inaktuell"
match = { kind = ["comment"], marks = { required = ["inaktuell"] } }
[[rule]]
id = "kommentar-bluesky"
type = "Kommentar"
action = "gallra"
period = "18 månader"
trigger = "published"
match = { kind = ["comment"], platform = ["bluesky"], state = ["seen", "unknown"], marks = { forbidden = ["inaktuell"] } }
[[rule]]
id = "kommentar-ovriga"
type = "Kommentar"
action = "gallra"
period = "400 dagar"
counting = "day"
trigger = "published"
match = { kind = ["comment"], platform = { not = ["bluesky"] }, state = ["seen", "unknown"], marks = { forbidden = ["inaktuell"] } }
[[rule]]
id = "kommentar-borta"
type = "Kommentar som försvunnit"
action = "gallra"
period = "1 år"
trigger = "published"
match = { kind = ["comment"], state = ["gone"], marks = { forbidden = ["inaktuell"] } }
[[rule]]
id = "kommentar-dold"
type = "Dold kommentar"
action = "bevara"
reach = "item"
match = { kind = ["comment"], state = ["hidden"], marks = { forbidden = ["inaktuell"] } }
[[rule]]
id = "besokare-nyheter"
type = "Besökares inlägg"
action = "bevara"
reach = "item"
match = { kind = ["visitor_post"], account = ["nyheter"] }
[[rule]]
id = "besokare"
type = "Besökares inlägg"
action = "gallra"
period = "6 månader"
counting = "day"
trigger = "published"
match = { kind = ["visitor_post"], account = { not = ["nyheter"] } }
[[rule]]
id = "protokoll"
type = "Gallringsprotokoll"
action = "bevara"
reach = "item"
match = { kind = ["certificate"] }
"""


# --- the baseline: this plan by hand -----------------------------------------------------------------------------


def by_hand(folder: Path, marked: pa.Array, days: pa.Array) -> Iterator[pa.Table]:
    """Rule, outcome and due day of every item, for this plan alone."""
    columns = ["row", "item", "platform", "account", "kind", "state", "published", "edited", "observed", "version"]
    for file in sorted((folder / "holdings").glob("*/*/*.parquet")):
        yield _judge_by_hand(_fold_by_hand(pq.read_table(file, columns=columns)), marked, days)


def _fold_by_hand(table: pa.Table) -> pa.Table:
    for name in ("row", "platform", "account", "kind", "state"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    first = pc.and_(pc.equal(table["row"], "version"), pc.equal(table["version"], 1))
    changed = pc.is_in(table["item"], value_set=pc.unique(table["item"].filter(pc.invert(first))))
    single = table.filter(pc.invert(changed)).drop(["row", "observed", "version"])
    several = table.filter(changed).sort_by([("item", "ascending"), ("observed", "ascending")])
    late = pc.and_(pc.equal(several["row"], "version"), pc.greater(several["version"], 1))
    edited = pc.coalesce(several["edited"], pc.if_else(late, several["observed"], None))
    several = several.drop(["row", "observed", "version", "edited"]).append_column("edited", edited)
    folded = several.group_by("item", use_threads=False).aggregate(
        [(name, "max" if name == "edited" else "last") for name in (*single.column_names[1:],)]
    )
    folded = folded.rename_columns([name.rsplit("_", 1)[0] for name in folded.column_names])
    return pa.concat_tables([single, folded.select(single.column_names).cast(single.schema)])


def _day(instants: Any) -> Any:
    local = pc.local_timestamp(instants.cast(pa.timestamp("us", "Europe/Stockholm")))
    return local.cast(pa.timestamp("s"), safe=False).cast(pa.date32(), safe=False)


def _date(year: Any, month: Any, day: Any) -> Any:
    """Days from civil, in the usual integer arithmetic with years that begin in March."""
    january = pc.cast(pc.less_equal(month, 2), pa.int64())
    year = pc.subtract(year, january)
    century = pc.subtract(pc.divide(year, 4), pc.subtract(pc.divide(year, 100), pc.divide(year, 400)))
    from_march = pc.divide(pc.add(pc.multiply(pc.add(month, pc.subtract(pc.multiply(january, 12), 3)), 153), 2), 5)
    total = pc.add(pc.add(pc.add(pc.multiply(year, 365), century), from_march), day)
    return pc.subtract(total, 719_469).cast(pa.int32()).cast(pa.date32())


def _year_end(days: Any, months: int) -> Any:
    total = pc.add(pc.multiply(pc.add(pc.year(days), 1), 12), months)
    year = pc.divide(total, 12)
    return _date(year, pc.add(pc.subtract(total, pc.multiply(year, 12)), 1), 1)


def _half_year(days: Any) -> Any:
    total = pc.add(pc.add(pc.multiply(pc.year(days), 12), pc.subtract(pc.month(days), 1)), 6)
    year = pc.divide(total, 12)
    month = pc.add(pc.subtract(total, pc.multiply(year, 12)), 1)
    lengths = pa.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], pa.int64())
    leap = pc.or_(
        pc.and_(_divides(year, 4), pc.invert(_divides(year, 100))),
        _divides(year, 400),
    )
    length = pc.add(lengths.take(pc.subtract(month, 1)), pc.cast(pc.and_(leap, pc.equal(month, 2)), pa.int64()))
    end = _date(year, month, pc.min_element_wise(pc.day(days), length))
    return pc.add(end.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())


def _divides(year: Any, by: int) -> Any:
    return pc.equal(pc.multiply(pc.divide(year, by), by), year)


def _judge_by_hand(table: pa.Table, marked: pa.Array, days: pa.Array) -> pa.Table:
    table = table.combine_chunks()
    item, kind, state = table["item"].chunk(0), table["kind"].chunk(0), table["state"].chunk(0)
    account, platform = table["account"].chunk(0), table["platform"].chunk(0)
    published, edited = table["published"].chunk(0), table["edited"].chunk(0)
    day = _day(published)
    changed = pc.max_element_wise(published.cast(pa.int64()), edited.cast(pa.int64())).cast(published.type)
    last = _day(changed)
    mark = pc.index_in(item, value_set=marked)
    news = pc.is_in(account, value_set=pa.array(["nyheter", "kultur"]))
    shown = pc.is_in(state, value_set=pa.array(["seen", "unknown"]))
    post, comment, visitor = (pc.equal(kind, name) for name in ("post", "comment", "visitor_post"))
    unmarked = pc.and_(comment, pc.is_null(mark))
    open_comment = pc.and_(unmarked, shown)
    bluesky = pc.equal(platform, "bluesky")
    none = pa.nulls(len(item), pa.date32())
    ends = {months: _year_end(last, months) for months in (12, 18, 24, 60)}
    rule = pc.case_when(
        pc.make_struct(
            pc.and_(pc.and_(post, shown), news),
            pc.and_(post, shown),
            post,
            pc.equal(kind, "reply"),
            pc.and_(comment, pc.is_valid(mark)),
            pc.and_(open_comment, bluesky),
            open_comment,
            pc.and_(unmarked, pc.equal(state, "gone")),
            unmarked,
            pc.and_(visitor, pc.equal(account, "nyheter")),
            visitor,
            pc.equal(kind, "certificate"),
        ),
        *(pa.scalar(number) for number in range(12)),
    )
    names = [
        "eget-kort",
        "eget-langt",
        "eget-borta",
        "svar",
        "kommentar-inaktuell",
        "kommentar-bluesky",
        "kommentar-ovriga",
        "kommentar-borta",
        "kommentar-dold",
        "besokare-nyheter",
        "besokare",
        "protokoll",
    ]
    due = pc.choose(
        rule,
        ends[24],
        ends[60],
        none,
        ends[24],
        days.take(mark),
        ends[18],
        pc.add(last.cast(pa.int32()), pa.scalar(401, pa.int32())).cast(pa.date32()),
        ends[12],
        none,
        none,
        _half_year(last),
        none,
    )
    over = pc.fill_null(pc.less_equal(due, pa.scalar(AS_OF)), False)
    outcome = pc.if_else(over, "cull", pc.if_else(pc.equal(rule, 2), "ask", "keep"))
    assert day is not None
    return pa.table({"item": item, "rule": pa.array(names).take(rule), "outcome": outcome, "due": due})


# --- measuring ---------------------------------------------------------------------------------------------------


def _timed(run: Callable[[], Iterator[pa.Table]]) -> tuple[float, int]:
    start = time.perf_counter()
    rows = sum(table.num_rows for table in run())
    return time.perf_counter() - start, rows


def _same(ours: Iterator[pa.Table], theirs: Iterator[pa.Table]) -> None:
    names = ["item", "rule", "outcome", "due"]
    schema = pa.schema([("item", pa.string()), ("rule", pa.string()), ("outcome", pa.string()), ("due", pa.date32())])
    one = pa.concat_tables(table.select(names).cast(schema) for table in ours).sort_by("item")
    other = pa.concat_tables(table.select(names).cast(schema) for table in theirs).sort_by("item")
    assert one.equals(other), "the two judgements differ"


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the archive, judge it both ways, compare, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the answer on standard output (the default)")
    parser.add_argument("--items", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each; the best counts")
    parser.add_argument("--folder", type=Path, help="an archive made before, for repeated runs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "holdings").exists():
            say(f"building an archive of {options.items} items")
            archive(folder, options.items)
        measure(folder, options.rounds)


def measure(folder: Path, rounds: int) -> None:
    """Judge an archive both ways."""
    plan = read_plan(PLAN, "benchmark plan")
    marks = _marks(folder)
    marked = pa.array([mark.item for mark in marks], pa.string())
    days = pa.array([mark.on for mark in marks], pa.date32())
    ours = partial(evaluate, partial(partitions, folder), plan, marks, (), AS_OF)
    theirs = partial(by_hand, folder, marked, days)
    say("comparing the two judgements item by item")
    _same(ours(), theirs())
    best = {"ours": float("inf"), "baseline": float("inf")}
    rows = 0
    for number in range(rounds):
        for name, run in (("baseline", theirs), ("ours", ours)):
            seconds, rows = _timed(run)
            best[name] = min(best[name], seconds)
            say(f"round {number + 1}: {name} {seconds:.2f} s, {rows / seconds:,.0f} items/s")
    say(f"{rows} items: ours {rows / best['ours']:,.0f} rows/s, baseline {rows / best['baseline']:,.0f} rows/s")
    report(
        "decide",
        ratio=best["baseline"] / best["ours"],
        baseline_s=best["baseline"],
        ours_s=best["ours"],
        rows_per_s=round(rows / best["ours"]),
    )


def _marks(folder: Path) -> list[Mark]:
    """Some ten thousand comments (in two million items) marked as no longer needed, the same ones every time."""
    random = Random(7)
    marks = []
    for _, _, table in partitions(folder, ["item", "kind"]):
        comments = table.filter(pc.equal(table["kind"].cast(pa.string()), "comment"))["item"]
        for item in random.sample(comments.to_pylist(), len(comments) // 200):
            at = datetime(2025, 6, 1, tzinfo=UTC)
            marks.append(Mark(item=ItemId(item), kind="inaktuell", person="eva", at=at, on=date(2025, 6, 1)))
    return list({mark.item: mark for mark in marks}.values())


if __name__ == "__main__":
    main()
