# ruff: noqa: N999 - a benchmark has the name by which it is asked for
"""Import of a 1 GB export of 200,000 items against bare JSON parsing of the same bytes.

``python -m tests.benchmarks.import --json [--items 200000]``: an X archive in its real layout (posts with links,
mentions and, four times of five, a described picture; its data files in parts as X makes them), as a folder. The baseline is
``json.loads`` of each part, its script prefix cut off. Every thousandth picture's file is there: the benchmark is of
items, not of copying. ``peak_mib`` is the sum of the importing process and of the one that reads for it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.home import init_home, open_home
from flows.harvest.intake.act import ImportOrder, take_in
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from tests.benchmarks.report import peak_mib, report, say
from tests.exports.x_archive import data, number_at, tweet
from tests.servers.world import OWN, PEOPLE, Medium

PART = 20_000
"""Posts in a data file: about 100 MB, as in X's own archives."""
SPACING = timedelta(minutes=26)
"""Between posts: 200,000 cover ten years."""
LAST = datetime(2026, 11, 1, 12, tzinfo=UTC)
_TEXT = (
    "I dag {n} öppnar vi den nya gång- och cykelvägen mellan Älvsjöbro och Björkhult. Tack till alla som har haft "
    "tålamod under bygget! Läs mer om hur vi går vidare med etapp två och lämna gärna synpunkter på vår webbplats. "
)


def post(number: int) -> tuple[str, dict[str, Any]]:
    """One post with what a post has in the archive; the newest is number 0."""
    created = LAST - number * SPACING
    native = number_at(created, number)
    media = [Medium(id=f"bild{number:09d}", role="picture", media_type="image/jpeg")] if number % 5 else []
    answers = number_at(LAST - (number + 3) * SPACING, number + 3) if number % 10 == 0 else ""
    found = tweet(native, created, _TEXT.format(n=number), media=media, answers=answers, likes=number % 90)
    found["entities"]["user_mentions"] = [
        {"name": one.name, "screen_name": one.handle, "indices": ["3", "12"], "id_str": one.id, "id": one.id}
        for one in PEOPLE[: 3 + number % 3]
    ]
    found["entities"]["hashtags"] = [
        {"text": word, "indices": ["20", "30"]} for word in ("cykel", "etapp2", "byggnytt")
    ]
    found["entities"]["urls"] = [
        {
            "url": f"https://t.co/a{number}b{count}",
            "expanded_url": f"https://www.alvsjobro.example/nyheter/{number}/{count}/gang-och-cykelvag",
            "display_url": f"alvsjobro.example/nyheter/{number}…",
            "indices": ["0", "23"],
        }
        for count in range(4)
    ]
    return native, found


def generate(folder: Path, items: int) -> int:
    """Write the archive; returns the bytes of its posts' files."""
    base = folder / "arkiv" / "data"
    (base / "tweets_media").mkdir(parents=True)
    account = {"username": OWN.handle, "accountId": OWN.id, "accountDisplayName": OWN.name}
    (base / "account.js").write_bytes(data("account", 0, [{"account": account}]))
    size = 0
    for part, begin in enumerate(range(0, items, PART)):
        rows = []
        for number in range(begin, min(items, begin + PART)):
            native, found = post(number)
            rows.append({"tweet": found})
            if number % 1000 == 1:
                (base / "tweets_media" / f"{native}-bild{number:09d}.jpg").write_bytes(b"\xff\xd8" + native.encode())
        written = data("tweets", part, rows)
        (base / ("tweets.js" if part == 0 else f"tweets-part{part}.js")).write_bytes(written)
        size += len(written)
    return size


def bare(folder: Path) -> tuple[int, float]:
    """Decode every posts' file whole; returns (items, seconds)."""
    begin = time.perf_counter()
    count = 0
    for path in sorted((folder / "arkiv" / "data").glob("tweets*.js")):
        text = path.read_bytes()
        count += len(json.loads(text[text.index(b"[") :]))
    return count, time.perf_counter() - begin


def ours(folder: Path) -> tuple[int, float]:
    """Import the same archive into a new home; returns (new items, seconds)."""
    home_path = folder / "home"
    init_home(home_path, rehearsal=True, seed="", key_file=None)
    with open_home(home_path, at=LAST + timedelta(days=1)) as home:
        account = Account(name="kommun", platform="x", handle=OWN.handle, authority="ks")
        add_account(home.ground, account)
        begin = time.perf_counter()
        with home.open_export(account, folder / "arkiv") as export:
            tally = take_in(home.ground, export, ImportOrder(account=account, secret_key=home.native_key()))
        seconds = time.perf_counter() - begin
    assert tally.complete, tally.as_json()
    return tally.new, seconds


def alone(step: str, folder: Path, items: int) -> dict[str, float]:
    """One step in a process of its own, so that its memory is its own; what it counted."""
    command = [sys.executable, "-m", "tests.benchmarks.import", "--step", step, "--folder", str(folder)]
    told = subprocess.run([*command, "--items", str(items)], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def step(name: str, folder: Path, items: int) -> dict[str, float]:
    """What such a process does. Peak memory is that of it and of the process that reads for it."""
    if name == "generate":
        return {"size": generate(folder, items)}
    count, seconds = ours(folder) if name == "import" else bare(folder)
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"items": count, "seconds": seconds, "peak_mib": peak_mib() + reader}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--step", choices=("generate", "import", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        print(json.dumps(step(args.step, args.folder, args.items)))
        return
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        size = alone("generate", folder, args.items)["size"]
        say(f"archive: {args.items} items, {size / 1024**2:.0f} MiB of JSON")
        found = alone("import", folder, args.items)
        say(f"import: {found['items']} new items in {found['seconds']:.2f} s, {found['peak_mib']:.0f} MiB")
        plain = alone("bare", folder, args.items)
        say(f"json.loads: {plain['items']} items in {plain['seconds']:.2f} s")
    assert found["items"] == plain["items"] == args.items
    report(
        "import",
        ratio=plain["seconds"] / found["seconds"],
        baseline_s=plain["seconds"],
        ours_s=found["seconds"],
        peak_mib=found["peak_mib"],
        mib=size / 1024**2,
        items=float(args.items),
    )


if __name__ == "__main__":
    main()
