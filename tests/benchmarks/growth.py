"""A nightly harvest of 1,000 new items in archives of 0.1, 1 and 5 million: time and memory must stay flat.

``python -m tests.benchmarks.growth --json [--sizes 100000,1000000,5000000]``. The archives grow by older months of
equal volume. Baseline: the smallest archive in the same run; ratio = its time / the largest one's. Each night runs in
a process of its own, so that peak memory is that night's alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from connectors.home import init_home, open_home
from flows.harvest.act import Order, harvest
from flows.harvest.decide import passes_after
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.ids import native_hash
from tests.benchmarks.report import peak_mib, report, say
from tests.benchmarks.synthetic import fill
from tests.servers.statuses import ORIGIN, serving

MONTHLY = 20_000
KNOWN, NEW = 2_000, 1_000
SPACING = 60


def _night(home_path: Path, address: str, posts: int) -> tuple[int, float]:
    at = ORIGIN + timedelta(seconds=SPACING * posts + 3600)
    with open_home(home_path, at=at) as home:
        account = Account(name="kommun", platform="mastodon", handle="kommun", authority="ks", api_base=address)
        add_account(home.ground, account)
        begin = time.perf_counter()
        session = home.open_session(account)
        tally = harvest(home.ground, session, Order(account=account, secret_key=home.native_key()))
        session.close()
        assert tally.complete, tally.as_json()
        return tally.new, time.perf_counter() - begin


def _measured(size: int, folder: Path) -> dict[str, float]:
    """Fill an archive, harvest the first night, then measure the second in a process of its own."""
    home_path = folder / f"home-{size}"
    init_home(home_path, rehearsal=True, seed="", key_file=None)
    with open_home(home_path, at=ORIGIN) as home:
        key = home.native_key()
        fill(
            home.ground,
            items=size,
            monthly=MONTHLY,
            authority="ks",
            account="kommun",
            last=ORIGIN - timedelta(days=62),  # older than any thread that tonight reads again
            hash_of=lambda native: native_hash(key, "ks", "mastodon", native),
        )
        add_account(home.ground, Account(name="kommun", platform="mastodon", handle="kommun", authority="ks"))
        with home.ground.state.writing() as books:
            # The older months have been read before: these are ordinary nights, not a first one.
            books.accounts.remember("kommun", passes_after("full", ORIGIN))
    with serving(KNOWN, 0, SPACING) as address:
        _night(home_path, address, KNOWN)
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--night", str(home_path)]
    with serving(KNOWN + NEW, 0, SPACING) as address:
        answer = subprocess.run([*command, address], stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(answer.stdout)
    assert measured["new"] == NEW, measured
    return measured


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", default="100000,1000000,5000000")
    parser.add_argument("--night", nargs=2, metavar=("HOME", "ADDRESS"))
    args = parser.parse_args()
    if args.night:
        new, seconds = _night(Path(args.night[0]), args.night[1], KNOWN + NEW)
        print(json.dumps({"new": new, "seconds": seconds, "peak_mib": peak_mib()}))
        return
    sizes = [int(text) for text in args.sizes.split(",")]
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found[size] = _measured(size, Path(folder))
        say(f"{size:>9} stored: {found[size]['seconds']:.2f} s, {found[size]['peak_mib']:.0f} MiB")
    times = [one["seconds"] for one in found.values()]
    memory = [one["peak_mib"] for one in found.values()]
    report(
        "growth",
        ratio=times[0] / times[-1],
        baseline_s=times[0],
        ours_s=times[-1],
        peak_mib=max(memory),
        time_spread=max(times) / min(times),
        memory_spread=max(memory) / min(memory),
    )


if __name__ == "__main__":
    main()
