"""Benchmark ``search``: a complete scan for a request against a bare pyarrow scan of the same columns and files.

Run ``python -m tests.benchmarks.search --json [--items 10000000]``. The baseline reads the same columns
of the same files and looks for the word in the text alone, case ignored; it compares neither spellings nor names, links
and alt texts, and lists nothing. Both are timed by turns, the better of each counts. Ratio = our rate / the baseline's.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.home import init_home, open_home
from flows.disclose.find.scan import Scanner, scan
from flows.disclose.find.wanted import Wanted
from schemas.books import LiveFile
from schemas.ground import Ground
from schemas.ids import Month
from tests.benchmarks.report import report, say
from tests.benchmarks.synthetic import archive

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
WORD = "plogning väg"
"""Two words of the synthetic texts beside each other: in some texts, not in most."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--word", default=WORD)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "hem"
        init_home(home, rehearsal=True, seed="", key_file=None)
        begin = time.perf_counter()
        rows = archive(home / "store", args.items)
        say(f"{args.items} items, {rows} rows, made in {time.perf_counter() - begin:.0f} s")
        with open_home(home, at=NOW) as opened:
            register(opened.ground, home / "store")
            _measure(opened.ground, home / "store", rows, args.word, args.times)


def register(ground: Ground, store: Path) -> None:
    """Enter the files that lie in the store into the manifest."""
    with ground.state.writing() as books:
        for file in sorted((store / "holdings").glob("*/*/*.parquet")):
            books.manifest.add(
                LiveFile(
                    key=file.relative_to(store).as_posix(),
                    authority=file.parent.parent.name,
                    month=Month(file.parent.name),
                    rows=pq.ParquetFile(file).metadata.num_rows,
                    size=file.stat().st_size,
                    batch="synthetic",
                    made=NOW,
                )
            )


def bare(store: Path, columns: tuple[str, ...], word: str) -> int:
    """What a person would write: how many texts have the word."""
    count = 0
    for file in sorted((store / "holdings").glob("*/*/*.parquet")):
        table = pq.ParquetFile(file).read(columns=list(columns))
        count += pc.sum(pc.match_substring(table["text"], word, ignore_case=True)).as_py() or 0
    return count


def _measure(ground: Ground, store: Path, rows: int, word: str, times: int) -> None:
    wanted = Wanted(texts=(word,))
    columns = Scanner(wanted).columns
    found = scan(ground, wanted).found.num_rows
    hits = bare(store, columns, word)
    say(f"found {found} versions of {rows} rows; the bare scan {hits} rows, sightings among them")
    ours_s = baseline_s = ours_cpu = baseline_cpu = float("inf")
    for _ in range(times):
        seconds, cpu = _timed(lambda: bare(store, columns, word))
        baseline_s, baseline_cpu = min(baseline_s, seconds), min(baseline_cpu, cpu)
        seconds, cpu = _timed(lambda: scan(ground, wanted).found.num_rows)
        ours_s, ours_cpu = min(ours_s, seconds), min(ours_cpu, cpu)
        say(f"bare {baseline_s:.2f} s (cpu {baseline_cpu:.2f}), ours {ours_s:.2f} s (cpu {ours_cpu:.2f})")
    report(
        "search",
        ratio=baseline_s / ours_s,
        baseline_s=baseline_s,
        ours_s=ours_s,
        cpu_ratio=baseline_cpu / ours_cpu,
        found=float(found),
    )


def _timed(run: Callable[[], int]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
