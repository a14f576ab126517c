"""Benchmark ``cull``: a whole culling of 5 % of an archive against a bare pyarrow read, filter and write of its files.

Run ``python -m tests.benchmarks.cull --json [--items 2000000]``. Two cases: ``oldest`` 5 %, where whole months go, and
``random`` 5 %, where every file is written anew. Ours is the whole operation by the command line in a process of its
own: propose and sign, approve, execute with checks, destruction, proof and certificate. The baseline reads the files
that hold what goes, leaves out the same rows and writes the rest with the same settings: no order, no checks, nothing
observed. Ratio = our time / the baseline's, for ``random``. Each case begins with the same archive and warm files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.home import init_home, open_home
from flows.__main__ import run
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.ids import native_hash
from schemas.tables import DICTIONARY, ROW_GROUP, STATISTICS
from tests.benchmarks.report import peak_mib, report, say
from tests.benchmarks.synthetic import fill, months

AUTHORITY, ACCOUNT = "arvika-ks", "nyheter"
SPREAD = 144
"""Months that the archive covers; the last one is December 2025."""
SHARE = 0.05
MEMORY = 1024
"""MiB that our process may take at most."""
_AT = "2026-02-01T12:00:00Z"
_LAST = datetime(2026, 1, 5, tzinfo=UTC)
_KINDS = {"post": 10, "reply": 7, "comment": 75, "visitor_post": 3, "mention": 5}
_PEOPLE = (("Eva", "arkivredogörare"), ("Arne", "arkivansvarig"))
_PASSPHRASE = "ett hemligt lösenord"

_HEAD = """
id = "matning"
title = "Plan för mätning"
edition = "1"
authorities = ["arvika-ks"]
edits_restart = false
[mandate]
body = "Kommunstyrelsen"
date = 2020-01-01
paragraph = "§ 1"
"""
_ROWS = """
[[rule]]
id = "gallras"
type = "Det som gallras"
action = "gallra"
period = "{days} dagar"
counting = "day"
trigger = "published"
registration = "no"
match = {{ kind = {going} }}
[[rule]]
id = "bevaras"
type = "Det som bevaras"
action = "bevara"
reach = "item"
match = {{ kind = {staying} }}
"""
_OURS = '["proposal", "certificate"]'
CASES = {
    # Days after the publication, kinds that go, kinds that stay.
    "oldest": (0, f"{{ not = {_OURS} }}", _OURS),
    "random": (1, '["mention"]', '{ not = ["mention"] }'),
}


def _plan(case: str) -> str:
    days, going, staying = CASES[case]
    if case == "oldest":
        first = months(SPREAD)[0]
        begin = date(int(first[:4]), int(first[5:]), 1)
        days = (date.fromisoformat(_AT[:10]) - begin).days - round(SPREAD * 365.25 / 12 * SHARE) - 1
    return _HEAD + _ROWS.format(days=days, going=going, staying=staying)


def build(home: Path, items: int) -> None:
    """Make a home with an archive, its native ids and two persons with keys."""
    init_home(home, rehearsal=True, seed="", key_file=None)
    (home.parent / "passphrase").write_text(_PASSPHRASE, "utf-8")
    with open_home(home, at=datetime.fromisoformat(_AT)) as opened:
        key = opened.native_key()
        add_account(opened.ground, Account(name=ACCOUNT, platform="bluesky", handle=ACCOUNT, authority=AUTHORITY))
        fill(
            opened.ground,
            items=items,
            monthly=-(-items // SPREAD),
            authority=AUTHORITY,
            account=ACCOUNT,
            last=_LAST,
            hash_of=lambda native: native_hash(key, AUTHORITY, "bluesky", native),
            kinds_of=_KINDS,
        )
    for name, role in _PEOPLE:
        _command(home, "person", "add", name, "--role", role, *_signing(home))


def _signing(home: Path) -> tuple[str, str]:
    return "--passphrase-file", str(home.parent / "passphrase")


def _command(home: Path, *arguments: str) -> str:
    out = StringIO()
    with redirect_stdout(out):
        code = run(["--home", str(home), "--at", _AT, "--json", *arguments])
    if code:
        raise RuntimeError(f"{arguments[:2]}: exit code {code}\n{out.getvalue()}")
    return out.getvalue()


def ours(home: Path) -> dict[str, Any]:
    """Propose, approve and execute; seconds of each, how many items went, and this process's peak memory."""
    began = time.perf_counter()
    proposed = json.loads(_command(home, "cull", "propose", "--as", _PEOPLE[0][0], *_signing(home)))
    digest: str = proposed["proposal"]
    at_proposal = time.perf_counter()
    with open_home(home, at=datetime.fromisoformat(_AT)) as opened, opened.ground.state.reading() as books:
        order = books.orders.get(digest)
    accepted = [part for guard in order.guards for part in ("--accept", guard)] if order else []
    _command(home, "cull", "approve", digest, "--as", _PEOPLE[1][0], *_signing(home), *accepted)
    at_approval = time.perf_counter()
    answer = json.loads(_command(home, "cull", "execute", digest))
    ended = time.perf_counter()
    return {
        "propose_s": at_proposal - began,
        "approve_s": at_approval - at_proposal,
        "execute_s": ended - at_approval,
        "culled": answer["culled"],
        "kept": answer["kept"],
        "cpu_s": time.process_time(),
        "peak_mib": peak_mib(),
    }


def baseline(home: Path, going: pa.Array, target: Path) -> float:
    """Read the files that hold what goes, leave those rows out, write the rest; seconds."""
    with_some = {item[:4] + "-" + item[4:6] for item in pc.unique(pc.utf8_slice_codeunits(going, 0, 6)).to_pylist()}
    files = [
        file for file in sorted((home / "store" / "holdings").glob("*/*/*.parquet")) if file.parts[-2] in with_some
    ]
    target.mkdir()
    began = time.perf_counter()
    for file in files:
        table = pq.read_table(file)
        kept = table.filter(pc.invert(pc.is_in(table["item"], value_set=going)))
        if kept.num_rows:
            pq.write_table(
                kept,
                target / file.name,
                compression="zstd",
                compression_level=3,
                use_dictionary=DICTIONARY,
                write_statistics=STATISTICS,
                row_group_size=ROW_GROUP,
            )
    seconds = time.perf_counter() - began
    shutil.rmtree(target)
    return seconds


def _going(home: Path, case: str) -> pa.Array:
    """Items that the case's plan lets go, found without Bevara."""
    found = []
    for file in sorted((home / "store" / "holdings").glob("*/*/*.parquet")):
        table = pq.read_table(file, columns=["item", "kind", "published"])
        if case == "random":
            mask = pc.equal(table["kind"].cast(pa.string()), "mention")
        else:
            days = int(_plan(case).partition('period = "')[2].partition(" ")[0])
            last = date.fromisoformat(_AT[:10]) - timedelta(days=days + 1)
            local = pc.local_timestamp(table["published"].cast(pa.timestamp("us", "Europe/Stockholm")))
            mask = pc.less_equal(local.cast(pa.timestamp("s"), safe=False).cast(pa.date32(), safe=False), last)
        found.append(pc.unique(table["item"].filter(mask)))
    return pa.concat_arrays(found)


def _apart(*arguments: str) -> Any:
    """Run a part of this module in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.cull", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(folder: Path, case: str, rounds: int) -> dict[str, Any]:
    """One case from a fresh copy of the archive; files are linked, since none is ever written over."""
    home = folder / "case" / "home"
    home.parent.mkdir()
    shutil.copytree(folder / "home" / "store", home / "store", copy_function=os.link)
    shutil.copytree(folder / "home" / "state", home / "state")
    for name in ("home.key", "passphrase"):
        shutil.copy2(folder / name, home.parent / name)
    shutil.copy2(folder / "home" / "bevara.toml", home / "bevara.toml")
    plan = home.parent / "plan.toml"
    plan.write_text(_plan(case), "utf-8")
    _command(home, "plan", "adopt", str(plan), "--as", _PEOPLE[1][0])
    going = _going(home, case)
    pq.write_table(pa.table({"item": going}), home.parent / "going.parquet")
    bare = min((_apart("--baseline", str(home)) for _ in range(rounds)), key=lambda one: one["seconds"])
    found = _apart("--ours", str(home))
    if (found["culled"], found["kept"]) != (len(going), 0):
        raise RuntimeError(f"{case}: {len(going)} items were to go, but {found}")
    shutil.rmtree(home.parent)
    seconds = found["propose_s"] + found["approve_s"] + found["execute_s"]
    say(
        f"{case}: baseline {bare['seconds']:.2f} s ({bare['cpu_s']:.2f} of the processors), ours {seconds:.2f} s (propose {found['propose_s']:.2f}, approve "
        f"{found['approve_s']:.2f}, execute {found['execute_s']:.2f}), {found['culled']} items, "
        f"{found['peak_mib']:.0f} MiB, {found['cpu_s']:.2f} of the processors"
    )
    return {**found, "baseline_s": bare["seconds"], "baseline_cpu_s": bare["cpu_s"], "ours_s": seconds}


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the archive, measure both cases, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the answer on standard output (the default)")
    parser.add_argument("--items", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=2, help="runs of the baseline; the best counts")
    parser.add_argument("--folder", type=Path, help="an archive made before, for repeated runs")
    parser.add_argument("--cases", default=",".join(CASES), help="which cases to measure")
    parser.add_argument("--baseline", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    parser.add_argument("--ours", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.ours:
        os.environ["BEVARA_KEYS"] = str(options.ours.parents[1] / "keys")
        print(json.dumps(ours(options.ours)))
        return
    if options.baseline:
        going = pq.read_table(options.baseline.parent / "going.parquet")["item"].combine_chunks()
        seconds = baseline(options.baseline, going, options.baseline.parent / "bare")
        print(json.dumps({"seconds": seconds, "cpu_s": time.process_time()}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        os.environ["BEVARA_KEYS"] = str(folder / "keys")
        if not (folder / "home").exists():
            say(f"building an archive of {options.items} items")
            folder.mkdir(parents=True, exist_ok=True)
            build(folder / "home", options.items)
        found = {case: measure(folder, case, options.rounds) for case in options.cases.split(",")}
    _report(found, options.items)


def _report(found: dict[str, dict[str, Any]], items: int) -> None:
    last = found.get("random") or next(iter(found.values()))
    more: dict[str, float | str] = {"items": items}
    for case, one in found.items():
        more |= {f"{case}_{name}": value for name, value in one.items()}
        more[f"{case}_ratio"] = one["ours_s"] / one["baseline_s"]
        more[f"{case}_execute_ratio"] = one["execute_s"] / one["baseline_s"]
        more[f"{case}_items_per_h"] = round(items / one["ours_s"] * 3600)
        more[f"{case}_culled_per_h"] = round(one["culled"] / one["ours_s"] * 3600)
    peak = max(one["peak_mib"] for one in found.values())
    report(
        "cull",
        ratio=last["ours_s"] / last["baseline_s"],
        baseline_s=last["baseline_s"],
        ours_s=last["ours_s"],
        peak_mib=peak,
        within_memory=str(peak < MEMORY),
        **more,
    )


if __name__ == "__main__":
    main()
