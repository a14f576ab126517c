"""Benchmark ``watch``: the whole daily watch over 100,000 comments against the judging of the same texts alone.

Run ``python -m tests.benchmarks.watch --json [--items 100000]``. Ours is ``flows.oversee.watch.act.watch`` in a process of its own:
names and texts read from the archive, every comment judged, questions held against answers, notices entered in the state
database; a second run then finds them all again. The baseline has the same texts in memory and asks of each what it says
(``judge_many``) and whether it asks (``asks``), nothing else: what no watch with these words can do without. Half as many items
are measured too, for how memory grows. Ratio = our time / the baseline's: 1 would be no cost beside the words. What is
asked for is less than 60 seconds on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.home import init_home, open_home
from flows.oversee.accounts.register import add_account
from flows.oversee.watch.act import watch
from flows.oversee.watch.texts import asks, judge_many
from schemas.account import Account
from schemas.books import LiveFile
from schemas.ground import Ground
from schemas.ids import Month
from schemas.oversight import OversightSettings
from schemas.shelf import holding
from schemas.tables import sort, to_parquet
from schemas.watch_words import built_in_words
from tests.benchmarks.report import peak_mib, report, say
from tests.benchmarks.synthetic import month_table

AUTHORITY, ACCOUNT = "arvika-ks", "nyheter"
NOW = datetime(2025, 12, 29, 6, 45, tzinfo=UTC)
"""All of the archive's month is younger than ``question_days`` then."""
WANTED = 60.0
"""Seconds that the watch may take at most."""
_KINDS = {"post": 2, "reply": 8, "comment": 86, "visitor_post": 4}
_BATCHES = 10

_PLACES = [
    "Storgatan",
    "Kyrkogatan",
    "biblioteket",
    "simhallen",
    "torget",
    "ishallen",
    "skolan",
    "parken",
    "stationen",
    "badplatsen",
    "bron",
]
_THINGS = ["lampan", "gungan", "skylten", "papperskorgen", "bänken", "brunnen", "hissen", "toaletten"]
_TIMES = ["i morse", "i går", "förra veckan", "sedan i måndags", "hela helgen", "i flera veckor"]
_PLAIN = (
    "Så fint det har blivit vid {place}, vi var där {time} med barnen",
    "Tack för en trevlig stund vid {place}!",
    "Vi bodde nära {place} på sjuttiotalet, mycket har hänt sedan dess men jag känner igen mig",
    "Grattis till alla som vann {time}, väl kämpat",
    "Det snöade {time} och nu är det riktigt vackert runt {place}",
    "Håller med om det mesta, men {place} är finast på hösten",
    "👍❤️",
    "Jag minns när {place} öppnade, farfar var med och byggde",
    "Ja precis så var det {time}",
    "Hoppas att det blir av, ser fram emot att komma till {place}",
)
_ASKING = (
    "När öppnar ni vid {place}?",
    "Undrar om det går att boka lokalen vid {place} nästa vecka",
    "Hej, hur gör man för att anmäla sig till det där vid {place}?",
    "Någon som vet varför det var stängt {time}",
)
_REFERRED = (
    "{thing} vid {place} är trasig {time}",
    "Det är hål i vägen utanför {place}, någon kommer att köra sönder bilen",
    "Ni borde sätta upp fler bänkar vid {place}",
    "Förslag: öppna {place} tidigare på lördagar",
)
_RULES = (
    "Vilka idioter som stängde {place}",
    "Jävla skit att det alltid ska vara stängt {time}",
    "Ring mig på 070-123 45 {number}",
    "Mitt personnummer är 811218-9876, kolla mitt ärende",
    "Rösta bort sossarna så blir det ordning vid {place}",
    "Köp min webbshop, rabattkod {number}, 20 % rabatt: https://butik{number}.example.com/",
    "Läs sanningen på https://falska-nyheter.example/{number}",
)
_ANSWERS = (
    "Hej! Vi öppnar klockan tio vid {place}.\nMed vänlig hälsning\nAnna Ek\nKommunikation",
    "Hej! Det går bra att boka på webben.",
)
_POSTS = ("Välkommen till {place} i helgen. Läs mer på www.arvika.se/{number}",)


def texts(random: Random, own: Sequence[bool], kinds: Sequence[str]) -> list[str]:
    """A text for each row, as people write on a municipality's page: three in four need nothing."""
    found = []
    some: Sequence[str]
    for mine, kind in zip(own, kinds, strict=True):
        if mine:
            some = _ANSWERS if kind == "reply" else _POSTS
        else:
            some = random.choices((_PLAIN, _ASKING, _REFERRED, _RULES), (75, 14, 7, 4))[0]
        first = random.choice(some).format(
            place=random.choice(_PLACES),
            thing=random.choice(_THINGS),
            time=random.choice(_TIMES),
            number=random.randrange(10, 100),
        )
        more = "" if mine or random.random() < 0.6 else " " + random.choice(_PLAIN).format(place="stan", time="i fjol")
        found.append(f"{first}{more}{'' if mine else ' ' + 'x' * (random.randrange(40) == 0)}".strip())
    return found


def build(home: Path, items: int) -> None:
    """Make a home whose archive has that many items of one month, in ten files as after ten nights."""
    init_home(home, rehearsal=True, seed="", key_file=None)
    with open_home(home, at=NOW) as opened:
        add_account(opened.ground, Account(name=ACCOUNT, platform="bluesky", handle=ACCOUNT, authority=AUTHORITY))
        random = Random(1)
        before: list[str] = []
        for _ in range(_BATCHES):
            table, before = month_table(
                random,
                Month("2025-12"),
                items // _BATCHES,
                before,
                authority=AUTHORITY,
                shares={ACCOUNT: 1},
                kinds_of=_KINDS,
            )
            written = texts(random, table["own"].to_pylist(), table["kind"].cast(pa.string()).to_pylist())
            place = table.schema.get_field_index("text")
            table = table.set_column(
                place, table.schema.field(place), pa.array(written, table.schema.field(place).type)
            )
            _put(opened.ground, table, random)


def _put(ground: Ground, table: pa.Table, random: Random) -> None:
    data = to_parquet(sort(table), salt=random.randbytes(32), batch="synthetic", source="harvest")
    key = holding(AUTHORITY, Month("2025-12"), sha256(data).hexdigest())
    ground.store.put_new(key, data)
    with ground.state.writing() as books:
        books.manifest.add(
            LiveFile(
                key=key,
                authority=AUTHORITY,
                month=Month("2025-12"),
                rows=table.num_rows,
                size=len(data),
                batch="synthetic",
                made=NOW,
            )
        )


def ours(home: Path) -> dict[str, Any]:
    """The watch without asking any platform, and the same again with its notices there; seconds, how many were judged, peak memory."""
    with open_home(home, at=NOW) as opened:
        begun = time.perf_counter()
        first = watch(opened, light=True)
        middle = time.perf_counter()
        again = watch(opened, light=True)
        ended = time.perf_counter()
    if dict(first.counts) != dict(again.counts):
        raise RuntimeError("the second watch does not see what the first one saw")
    return {
        "first_s": middle - begun,
        "again_s": ended - middle,
        "judged": first.looked,
        "told": sum(first.counts.values()),
        "cpu_s": time.process_time(),
        "peak_mib": peak_mib(),
    }


def baseline(home: Path) -> float:
    """The visitors' texts judged, and nothing else done; seconds."""
    words, settings = built_in_words(), OversightSettings()
    texts: list[str] = []
    for file in sorted((home / "store" / "holdings").glob("*/*/*.parquet")):
        table = pq.read_table(file, columns=["row", "own", "text"])
        theirs = pc.and_(pc.equal(table["row"].cast(pa.string()), "version"), pc.invert(table["own"]))
        texts += (one or "" for one in table["text"].filter(theirs).to_pylist())
    begun = time.perf_counter()
    deque(judge_many(texts, words, settings, own=False, kind="comment"), maxlen=0)
    deque((asks(one, words) for one in texts), maxlen=0)
    return time.perf_counter() - begun


def _apart(home: Path) -> dict[str, Any]:
    """Ours in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.watch", "--ours", str(home)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Build the archives, measure both sizes, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only the answer on standard output (the default)")
    parser.add_argument("--items", type=int, default=115_000, help="of these nine in ten are comments")
    parser.add_argument("--ours", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        print(json.dumps(ours(options.ours)))
        return
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, items in (("half", options.items // 2), ("whole", options.items)):
            parent = Path(folder) / name
            parent.mkdir()
            os.environ["BEVARA_KEYS"] = str(parent / "keys")
            build(parent / "home", items)
            bare = baseline(parent / "home")
            one = found[name] = {**_apart(parent / "home"), "baseline_s": bare}
            say(
                f"{name}: {one['judged']} judged, {one['told']} told; words alone {bare:.2f} s, watch {one['first_s']:.2f} s, "
                f"again {one['again_s']:.2f} s, {one['peak_mib']:.0f} MiB"
            )
    whole, half = found["whole"], found["half"]
    report(
        "watch",
        ratio=whole["first_s"] / whole["baseline_s"],
        baseline_s=whole["baseline_s"],
        ours_s=whole["first_s"],
        peak_mib=whole["peak_mib"],
        seconds=whole["first_s"],
        again_s=whole["again_s"],
        items=options.items,
        judged=whole["judged"],
        told=whole["told"],
        half_s=half["first_s"],
        half_peak_mib=half["peak_mib"],
        bytes_each=(whole["peak_mib"] - half["peak_mib"]) * 1024**2 / max(1, whole["judged"] - half["judged"]),
        cpu_s=whole["cpu_s"],
        within_time=str(max(whole["first_s"], whole["again_s"]) < WANTED),
    )


if __name__ == "__main__":
    main()
