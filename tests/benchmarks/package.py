"""Benchmark ``package``: one large SIP against ``sha256sum`` and ``cp`` of the same media, and small packages per hour.

Run ``python -m tests.benchmarks.package --json [--gb 5] [--records 50000]``. Films make up the media (2,000 files), so
that renditions do not hold them a second time. Plan, intent and PDF/A renditions are made before the clock starts.

Ours is the whole building of the package in a process of its own: choosing, record documents, ERMS, formats, PREMIS,
METS, every file and the container digested, one durable write, structure and METS checked as they lie in the store,
items registered and listed in the ledger. The baseline is ``sha256sum`` over the media files and ``cp`` of them into an
empty folder, nothing else, not even ``sync``. Files are warm for both. Ratio = our time / the baseline's.

The small ones are an account's months, each package with everything made anew (renditions too), validated by the
official schemas where they are configured, and then checked once more with all digests, as a receiver would.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from connectors.home import init_home, open_home
from connectors.profiles import EARK_PROFILE
from flows.archive.check.examine import check_package
from flows.archive.pack.act import Wish, package, plan
from flows.archive.pack.build import build, known, profile_as_planned
from flows.archive.pack.content import prepare
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.books import AdoptedPlan, LiveFile
from schemas.ground import Home
from schemas.ids import ItemId, Month, native_hash
from schemas.person import Person
from schemas.shelf import holding, medium
from schemas.tables import MEDIA, sort, to_parquet
from tests.benchmarks.report import peak_mib, report, say
from tests.benchmarks.synthetic import month_table, months

AUTHORITY, ACCOUNT, PERSON = "arvika-ks", "nyheter", "Eva"
FILES = 2_000
"""Media files of the large package at most."""
MEMORY = 500
"""MiB that our process may take."""
RATIO = 1.3
HOURLY = 1_000
"""Small packages that are to be made in an hour at least."""
_SMALL, _SMALL_RECORDS, _SMALL_FILES, _SMALL_BYTES = 24, 25, 3, 200_000
_AT = "2026-02-01T12:00:00Z"
_KINDS = {"post": 1, "reply": 4, "comment": 94, "visitor_post": 1}
_MVHD = (108).to_bytes(4, "big") + b"mvhd" + bytes(100)
_FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + (8 + len(_MVHD)).to_bytes(4, "big") + b"moov" + _MVHD
_BLOCK = 1 << 20
_PLAN = """
id = "matning"
title = "Plan för mätning"
edition = "1"
authorities = ["arvika-ks"]
[mandate]
body = "Kommunstyrelsen"
date = 2020-01-01
paragraph = "§ 1"
[[rule]]
id = "bevaras"
type = "Allt bevaras"
action = "bevara"
reach = "item"
"""
_PROFILE = f"""
form = "eark"
profile = "{EARK_PROFILE}"
agreement = "KA 2025/17;2025-09-01"
[[agent]]
role = "archival-creator"
name = "Arvika kommunstyrelse"
code = "ORG:212000-1892"
[[agent]]
role = "submitter"
name = "Arvika kommun"
code = "ORG:212000-1892"
"""


class _Film:
    """A film's bytes, told apart by its number: read once, never held."""

    def __init__(self, number: int, size: int, block: bytes) -> None:
        rest = (size - len(_FILM)).to_bytes(4, "big")
        self._head = _FILM + rest + b"mdat" + number.to_bytes(8, "big")
        self._left = size
        self._block = block

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        wanted = min(self._left, len(self._block) if size < 0 else size)
        some = (self._head + self._block[len(self._head) :])[:wanted] if self._head else self._block[:wanted]
        self._head = b""
        self._left -= len(some)
        return some


def _media(home: Home, count: int, size: int) -> list[tuple[str, int]]:
    """Put films into the store; their digests with their bytes."""
    block = Random(7).randbytes(_BLOCK)
    found = []
    for number in range(count):
        digest = hashlib.sha256()
        reading = _Film(number, size, block)
        while chunk := reading.read(_BLOCK):
            digest.update(chunk)
        home.ground.store.put_new(medium(digest.hexdigest()), cast("BinaryIO", _Film(number, size, block)))
        found.append((digest.hexdigest(), size))
    return found


def _with_media(
    table: pa.Table, films: Iterator[tuple[str, int]], every: int
) -> tuple[pa.Table, list[tuple[str, str]]]:
    """The table with a film on every n-th of its items, and nothing on the others; (item, digest) pairs."""
    given: dict[str, tuple[str, int]] = {}
    for number, item in enumerate(pc.unique(table["item"]).to_pylist()):
        if number % every == 0 and (film := next(films, None)) is not None:
            given[item] = film
    values = [
        [
            {
                "role": "video",
                "origin": f"film {given[item][0][:6]}.mp4",
                "media_type": "video/mp4",
                "alt": "en film",
                "language": "",
                "digest": given[item][0],
                "size": given[item][1],
            }
        ]
        if item in given and row == "version"
        else []
        for item, row in zip(table["item"].to_pylist(), table["row"].to_pylist(), strict=True)
    ]
    at = table.schema.get_field_index("media")
    media = pa.array(values, MEDIA)
    return table.set_column(at, table.schema.field(at), media), [(item, film[0]) for item, film in given.items()]


def make(path: Path, *, spread: Sequence[Month], records: int, files: int, size: int) -> None:
    """A home with an account, its records of those months and their films."""
    init_home(path, rehearsal=True, seed="matning", key_file=None)
    (path / "profiles").mkdir()
    (path / "profiles" / "arkiv.toml").write_text(_PROFILE, "utf-8")
    random = Random(1)
    with open_home(path, at=datetime.fromisoformat(_AT)) as home:
        ground, key = home.ground, home.native_key()
        at = ground.clock.now()
        add_account(ground, Account(name=ACCOUNT, platform="mastodon", handle=ACCOUNT, authority=AUTHORITY))
        with ground.state.writing() as books:
            books.persons.add(Person(name=PERSON, role="arkivredogörare", added=at))
            digest = hashlib.sha256(_PLAN.encode()).hexdigest()
            books.plans.adopt(AdoptedPlan(edition="1", text=_PLAN, digest=digest, person=PERSON, adopted=at))
        films = iter(_media(home, files, size))
        monthly = -(-records // len(spread))
        before: list[str] = []
        for number, month in enumerate(spread):
            count = min(monthly, records - number * monthly)
            table, before = month_table(
                random, month, count, before, authority=AUTHORITY, shares={ACCOUNT: 1}, kinds_of=_KINDS
            )
            firsts = table.slice(0, count)
            table, references = _with_media(table, films, max(1, records // max(files, 1)))
            data = to_parquet(sort(table), salt=random.randbytes(32), batch="synthetic", source="harvest")
            name = holding(AUTHORITY, month, hashlib.sha256(data).hexdigest())
            ground.store.put_new(name, data)
            natives = [
                (native_hash(key, AUTHORITY, "mastodon", native), ItemId(item))
                for native, item in zip(firsts["native"].to_pylist(), firsts["item"].to_pylist(), strict=True)
            ]
            with ground.state.writing() as books:
                books.manifest.add(
                    LiveFile(
                        key=name,
                        authority=AUTHORITY,
                        month=month,
                        rows=table.num_rows,
                        size=len(data),
                        batch="synthetic",
                        made=datetime(2026, 1, 5, tzinfo=UTC),
                    )
                )
                books.natives.add(natives)
                pairs = [(ItemId(item), digest) for item, digest in references]
                books.media.refer(pairs, {digest: size for _, digest in pairs})


def ours(path: Path, package_id: str) -> dict[str, Any]:
    """Build the planned package; seconds, counts and this process's peak memory."""
    with open_home(path, at=datetime.fromisoformat(_AT)) as home:
        began, processor = time.perf_counter(), time.process_time()
        built = build(home, package_id)
        seconds = time.perf_counter() - began
        if not built.done:
            raise RuntimeError(f"not built: {[(one.code, one.parameters) for one in built.findings]}")
        return {
            "seconds": seconds,
            "cpu_s": time.process_time() - processor,
            "peak_mib": peak_mib(),
            "records": built.package.items,
            "bytes": built.package.size,
            "findings": [one.code for one in built.findings],
        }


def baseline(path: Path, beside: Path) -> dict[str, float]:
    """``sha256sum`` over the media and ``cp`` of them; seconds of each."""
    files = sorted(str(one) for one in (path / "store" / "media").rglob("*") if one.is_file())
    beside.mkdir()
    listed = "\0".join(files).encode()
    began = time.perf_counter()
    subprocess.run(["xargs", "-0", "sha256sum"], input=listed, stdout=subprocess.DEVNULL, check=True)
    summed = time.perf_counter()
    subprocess.run(["xargs", "-0", "cp", "-t", str(beside)], input=listed, check=True)
    ended = time.perf_counter()
    shutil.rmtree(beside)
    return {"sha256sum_s": summed - began, "cp_s": ended - summed}


def small(path: Path) -> float:
    """Small packages per hour, each checked."""
    spread = months(_SMALL)
    make(path, spread=spread, records=_SMALL * _SMALL_RECORDS, files=_SMALL * _SMALL_FILES, size=_SMALL_BYTES)
    with open_home(path, at=datetime.fromisoformat(_AT)) as home:
        began = time.perf_counter()
        for month in spread:
            built = package(home, Wish(account=ACCOUNT, first=month, last=month, profile="arkiv"), PERSON)
            if not built.done:
                raise RuntimeError(f"not built: {[(one.code, one.parameters) for one in built.findings]}")
            _checked(home, built.package.intent.id)
        return _SMALL * 3600 / (time.perf_counter() - began)


def _checked(home: Home, package_id: str) -> None:
    stored = known(home.ground, package_id)
    with (
        closing(home.ground.store.open(stored.key)) as source,
        home.package_files(source, stored.name) as files,
    ):
        checked = check_package(files, home.schemas_dir)
    if not checked.valid:
        raise RuntimeError(f"not valid: {sorted({one.code for one in checked.findings if one.severity == 'error'})}")


def _warm(path: Path) -> None:
    for one in (path / "store").rglob("*"):
        if one.is_file():
            with one.open("rb") as source:
                for _ in iter(partial(source.read, _BLOCK), b""):
                    pass


def _apart(*arguments: str) -> Any:
    """Run a part of this module in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.package", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--gb", type=float, default=5.0, help="media, in billions of bytes")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--folder", type=Path, help="where the archives are made (three times the media must fit)")
    parser.add_argument("--build", nargs=2, metavar=("HOME", "ID"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        print(json.dumps(ours(Path(options.build[0]), options.build[1])))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        began = time.perf_counter()
        files = min(FILES, options.records)
        spread = months(12)
        make(
            folder / "large",
            spread=spread,
            records=options.records,
            files=files,
            size=int(options.gb * 1_000_000_000 / files),
        )
        say(f"{options.records} records, {files} files: {time.perf_counter() - began:.1f} s")
        with open_home(folder / "large", at=datetime.fromisoformat(_AT)) as home:
            wish = Wish(account=ACCOUNT, first=spread[0], last=spread[-1], profile="arkiv")
            intent = plan(home, wish, PERSON)
            made = prepare(home, intent, profile_as_planned(home, intent))
        say(f"{made} renditions made ahead: {time.perf_counter() - began:.1f} s")
        os.sync()
        _warm(folder / "large")
        bare = baseline(folder / "large", folder / "copy")
        bare_s = bare["sha256sum_s"] + bare["cp_s"]
        os.sync()
        found = _apart("--build", str(folder / "large"), intent.id)
        say(
            f"baseline {bare_s:.2f} s (sha256sum {bare['sha256sum_s']:.2f}, cp {bare['cp_s']:.2f}), ours "
            f"{found['seconds']:.2f} s ({found['cpu_s']:.2f} of the processors), {found['peak_mib']:.0f} MiB, "
            f"{found['bytes'] / 1e9:.2f} GB, findings: {sorted(set(found['findings']))}"
        )
        shutil.rmtree(folder / "large")
        hourly = small(folder / "small")
        say(f"{hourly:.0f} small packages an hour")
    report(
        "package",
        ratio=found["seconds"] / bare_s,
        baseline_s=bare_s,
        ours_s=found["seconds"],
        peak_mib=found["peak_mib"],
        records=float(found["records"]),
        small_per_hour=hourly,
    )


if __name__ == "__main__":
    main()
