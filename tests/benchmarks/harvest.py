"""Whole harvest against a bare fetch-and-parse loop on the same local server, every page after 20 ms.

``python -m tests.benchmarks.harvest --json [--posts 20000]``: ratio = our posts per second / the loop's. The loop
fetches ahead in one thread and decodes in another, as the harvest does.
"""

from __future__ import annotations

import argparse
import json
import queue
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from connectors.home import init_home, open_home
from flows.harvest.act import Order, harvest
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from tests.benchmarks.report import report, say
from tests.servers.statuses import ORIGIN, serving

SPACING = 5_400
"""Seconds between posts: 20,000 posts cover three and a half years."""


def bare(address: str) -> tuple[int, float]:
    """Fetch and decode every page; returns (posts, seconds)."""
    pages: queue.Queue[bytes | None] = queue.Queue(4)

    def fetch() -> None:
        with httpx2.Client() as client:
            url: str | None = f"{address}/api/v1/accounts/1/statuses?limit=40"
            while url:
                answer = client.get(url)
                pages.put(answer.content)
                url = answer.links.get("next", {}).get("url")
        pages.put(None)

    begin = time.perf_counter()
    thread = threading.Thread(target=fetch)
    thread.start()
    count = 0
    while (page := pages.get()) is not None:
        posts: list[dict[str, Any]] = json.loads(page)
        count += len([(post["uri"], post["content"], post["created_at"]) for post in posts])
    thread.join()
    return count, time.perf_counter() - begin


def ours(address: str, folder: Path, posts: int) -> tuple[int, float]:
    """Harvest the same account into a new home; returns (new items, seconds)."""
    home_path = folder / "home"
    init_home(home_path, rehearsal=True, seed="", key_file=None)
    with open_home(home_path, at=ORIGIN + timedelta(seconds=SPACING * posts + 3600)) as home:
        account = Account(name="kommun", platform="mastodon", handle="kommun", authority="ks", api_base=address)
        add_account(home.ground, account)
        begin = time.perf_counter()
        session = home.open_session(account)
        tally = harvest(home.ground, session, Order(account=account, secret_key=home.native_key()))
        session.close()
        seconds = time.perf_counter() - begin
    assert tally.complete, tally.as_json()
    return tally.new, seconds


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--posts", type=int, default=20_000)
    args = parser.parse_args()
    with serving(args.posts, 20, SPACING) as address, tempfile.TemporaryDirectory() as folder:
        posts, baseline = bare(address)
        say(f"bare loop: {posts} posts in {baseline:.2f} s")
        new, seconds = ours(address, Path(folder), args.posts)
        say(f"harvest: {new} new items in {seconds:.2f} s")
    assert posts == args.posts
    assert new >= posts
    report("harvest", ratio=(new / seconds) / (posts / baseline), baseline_s=baseline, ours_s=seconds)


if __name__ == "__main__":
    main()
