"""A search over a million items finds exactly what an independent reading of the files finds.

The independent reading is Python's own: ``pq.ParquetFile``, ``unicodedata``, ``re``, ``zoneinfo``; nothing of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.home import init_home, open_home
from flows.disclose.find.finding import find
from flows.disclose.find.listing import listed
from flows.disclose.find.scan import scan
from flows.disclose.find.wanted import Wanted
from flows.disclose.intake.opening import Opening, open_request
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.tables import sort, to_parquet
from tests.benchmarks.search import register
from tests.benchmarks.synthetic import AUTHORITY, SHARES, month_table, months

ITEMS, MONTHS, POOL = 1_000_000, 24, 2_000
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
OFFICER = "Ulla Handläggare"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
_WORDS = (
    *("snö", "SNÖ", "sno", "plogning", "vägen", "Ågatan", "älv", "Älvsborg", "kafé", "café", "naïv", "façade", "Ærø"),
    *("straße", "STRASSE", "İstanbul", "istanbul", "ıslak", "vatten", "Vattenläcka", "nämnd", "idé", "el", "elev"),
    *(
        "😀",
        "❤️",
        "❤",
        "👩\u200d💻",
        "👩",
        "👨\u200d👩\u200d👧\u200d👦",
        "👍🏽",
        "🇸🇪",
        "1️⃣",
        "שלום",
        "مرحبا",
        "Привет",
        "Σίσυφος",
    ),
    *(
        "\u212bngström",
        "ﬁnans",
        "do\u00adld",
        "te\u200bst",
        "\u202eTACK\u202c",
        "x\u0301y",
        "100 %",
        "[a-z]",
        "§ 12",
        "a_b",
    ),
)
_BETWEEN = (" ", " ", " ", "  ", "\n", "\u00a0", ", ", "-", "")


_USUAL = (
    "snö",
    "SNÖ",
    "plogning",
    "vägen",
    "Ågatan",
    "älv",
    "kafé",
    "vatten",
    "nämnd",
    "el",
    "elev",
    "😀",
    "❤️",
    "100 %",
)


def _text(random: Random) -> str:
    if random.random() < 0.6:  # most of what people write
        return " ".join(random.choices(_USUAL, k=random.randrange(1, 12)))
    text = ""
    for _ in range(random.randrange(1, 12)):
        word = random.choice(_WORDS)
        draw = random.randrange(8)
        if draw == 0:
            word = unicodedata.normalize("NFD", word)
        elif draw == 1:
            word = word.upper()
        text += word + random.choice(_BETWEEN)
    return text


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a million items of many texts, names and alt texts; edits and sightings among their rows."""
    random = Random(11)
    home = tmp_path_factory.mktemp("million") / "hem"
    init_home(home, rehearsal=True, seed="complete", key_file=None)
    pool = pa.array(["", *(_text(random) for _ in range(POOL))], pa.string())
    before: list[str] = []
    for month in months(MONTHS):
        table, before = month_table(random, month, -(-ITEMS // MONTHS), before)
        rows = table.num_rows
        for name, among in (("text", POOL + 1), ("author", 500)):
            numbers = pa.array(random.choices(range(among), k=rows), pa.int32())
            table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), pool.take(numbers))
        at = [None if draw < 0.01 else one for draw, one in zip(
            (random.random() for _ in range(rows)), table["published"].cast(pa.int64()).to_pylist(), strict=True
        )]  # fmt: skip
        place = table.schema.get_field_index("published")
        table = table.set_column(
            place, table.schema.field("published"), pa.array(at, table.schema.field("published").type)
        )
        data = to_parquet(sort(table), salt=random.randbytes(32), batch="synthetic", source="harvest")
        folder = home / "store" / "holdings" / AUTHORITY / month
        folder.mkdir(parents=True)
        (folder / f"{sha256(data).hexdigest()}.parquet").write_bytes(data)
    with open_home(home, at=NOW) as opened:
        for name in SHARES:
            add_account(opened.ground, Account(name=name, platform="mastodon", handle=name, authority=AUTHORITY))
        add_person(opened.ground, OFFICER, "handläggare")
        register(opened.ground, home / "store")
    return home


# --- the independent reading -------------------------------------------------------------------------------------

_GONE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_STROKES = {"ø": "o", "æ": "ae", "ı": "i", "ł": "l", "đ": "d", "ð": "d", "œ": "oe", "þ": "th", "ħ": "h", "ŧ": "t"}


def same(text: str, *, fold: bool) -> str:
    """What is the same to a search, as it is documented."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", _GONE.sub("", text)).casefold())
    text = text.replace("i\u0307", "i")
    if fold:
        letters = unicodedata.normalize("NFD", text)
        letters = re.sub(
            "[^\ufe00-\ufe0f]", lambda one: "" if unicodedata.category(one[0]) == "Mn" else one[0], letters
        )
        text = unicodedata.normalize("NFC", "".join(_STROKES.get(one, one) for one in letters))
    return re.sub(r"\s+", " ", text)


@dataclass(frozen=True, slots=True)
class Question:
    """A search as the independent reading is asked it."""

    wanted: Wanted

    def has(self, text: str) -> bool:
        """Whether a text has any of the words."""
        fold = self.wanted.fold
        keyed = same(text, fold=fold)
        if any(same(one, fold=fold) in keyed for one in self.wanted.texts):
            return True
        for words, ends in ((self.wanted.words, True), (self.wanted.starts, False)):
            for one in words:
                word = same(one, fold=fold).strip()
                for found in re.finditer(f"(?={re.escape(word)})", keyed):
                    begin, end = found.start(), found.start() + len(word)
                    if not _letter(keyed[begin - 1 : begin]) and not (ends and _letter(keyed[end : end + 1])):
                        return True
        plain = unicodedata.normalize("NFC", _GONE.sub("", text))
        return any(re.search(one, plain, re.IGNORECASE) for one in self.wanted.regexes)

    def lacks(self, text: str) -> bool:
        """Whether a text has what takes away."""
        keyed = same(text, fold=self.wanted.fold)
        return any(same(one, fold=self.wanted.fold) in keyed for one in self.wanted.without)


def _letter(one: str) -> bool:
    return one == "_" or (one != "" and unicodedata.category(one)[0] in "LNM" and not "\ufe00" <= one <= "\ufe0f")


@dataclass(slots=True)  # a million of them are made
class Read:
    """A row: whether it is a version, item and version, account, kind, local day, its texts."""

    version: bool
    pair: tuple[str, int]
    account: str
    kind: str
    day: date | None
    texts: tuple[str | None, ...]

    def passes(self, wanted: Wanted) -> bool:
        """Whether the filters let a version through."""
        if wanted.accounts and self.account not in wanted.accounts:
            return False
        if wanted.kinds and self.kind not in wanted.kinds:
            return False
        if self.day is None:
            return not wanted.dated
        return (wanted.first or date.min) <= self.day <= (wanted.last or date.max)


def rows_of(home: Path) -> Iterator[Read]:
    """Every row of every file."""
    names = ["row", "item", "version", "account", "kind", "published", "text", "author", "links"]
    for file in sorted((home / "store" / "holdings").glob("*/*/*.parquet")):
        table = pq.ParquetFile(file).read(columns=[*names, "media.list.element.alt"])
        table = table.set_column(names.index("published"), "published", table["published"].cast(pa.int64()))
        days: dict[int | None, date | None] = {None: None}
        for row, item, version, account, kind, at, text, author, links, media in zip(
            *(table[name].to_pylist() for name in (*names, "media")), strict=True
        ):
            hour = None if at is None else at // 3_600_000_000
            if hour is not None and hour not in days:
                days[hour] = datetime.fromtimestamp(hour * 3600, STOCKHOLM).date()
            is_version = row == "version"
            fields = (text, author, *links) if is_version else (author,)
            texts = (*fields, *(one["alt"] for one in media)) if media else fields
            yield Read(is_version, (item, version), account, kind, days[hour], texts)


def by_reading(home: Path, questions: list[Question]) -> list[tuple[set[tuple[str, int]], set[tuple[str, int]]]]:
    """For each question what is found and what is taken away."""
    known: dict[str | None, tuple[int, int]] = {None: (0, 0)}
    told: dict[tuple[str, int], tuple[int, int]] = {}
    versions: dict[tuple[str, int], Read] = {}
    newest: dict[str, int] = {}
    for read in rows_of(home):
        has = lacks = 0
        for text in read.texts:
            if text not in known:
                bits = [(one.has(text or "") << n, one.lacks(text or "") << n) for n, one in enumerate(questions)]
                known[text] = sum(one for one, _ in bits), sum(one for _, one in bits)
            has, lacks = has | known[text][0], lacks | known[text][1]
        if read.version:
            versions[read.pair] = read
            newest[read.pair[0]] = max(read.pair[1], newest.get(read.pair[0], 0))
        if has or lacks:
            before = told.get(read.pair, (0, 0))
            told[read.pair] = before[0] | has, before[1] | lacks
    answers: list[tuple[set[tuple[str, int]], set[tuple[str, int]]]] = [(set(), set()) for _ in questions]
    for pair, (has, lacks) in told.items():
        read = versions[pair]
        for n, one in enumerate(questions):
            is_newest = newest[pair[0]] == pair[1]
            if has >> n & 1 and (is_newest or not one.wanted.latest) and read.passes(one.wanted):
                answers[n][lacks >> n & 1].add(pair)
    return answers


# --- questions ---------------------------------------------------------------------------------------------------


def question(random: Random) -> Question:
    """A random search: words as they may stand in the archive, written otherwise; filters now and then."""

    def word() -> str:
        text = random.choice([random.choice(_WORDS), _text(random)])
        low = random.randrange(len(text))
        some = text[low : low + random.randrange(2, 9)]
        some = random.choice([some, some.upper(), some.lower(), unicodedata.normalize("NFD", some)])
        return some if same(some, fold=False).strip() else "å"

    words = tuple(word() for _ in range(random.randrange(1, 3)))
    wanted = Wanted(fold=random.random() < 0.3, latest=random.random() < 0.2)
    draw = random.randrange(6)
    if draw == 0:
        wanted = replace(
            wanted, regexes=(random.choice(["v[aä]tt.n", "n[äa].nd", "^ǻ?Å", "t..n", "l[^åäö]"]),), fold=False
        )
    else:
        ways: dict[str, Any] = {("texts", "texts", "words", "starts", "starts")[draw - 1]: words}
        wanted = replace(wanted, **ways)
    if random.random() < 0.3:
        wanted = replace(wanted, without=(word(),))
    if random.random() < 0.3:
        first = date(2024, random.randrange(1, 13), random.randrange(1, 28))
        wanted = replace(wanted, first=first, last=date(2025, 6, 1), dated=random.random() < 0.5)
    if random.random() < 0.2:
        wanted = replace(wanted, accounts=("kultur", "skola"), kinds=("comment", "post"))
    return Question(wanted)


def compared(home: Path, count: int, seed: int) -> None:
    """Ask both the same questions."""
    random = Random(seed)
    questions = [question(random) for _ in range(count)]
    expected = by_reading(home, questions)
    assert sum(bool(found) for found, _ in expected) > count * 0.3, "the questions find something"
    with open_home(home, at=NOW) as opened:
        for one, (found, away) in zip(questions, expected, strict=True):
            scanned = scan(opened.ground, one.wanted)
            for table, pairs in ((scanned.found, found), (scanned.excluded, away)):
                got = set(zip(table["item"].to_pylist(), table["version"].to_pylist(), strict=True))
                assert got == pairs, (one.wanted, len(got - pairs), len(pairs - got))
                assert table.num_rows == len(pairs)


def test_search_equals_an_independent_reading(archive: Path) -> None:
    """Twenty random searches over a million items find exactly what the independent reading does."""
    compared(archive, 20, seed=1)


@pytest.mark.soak
def test_many_searches_equal_an_independent_reading(archive: Path) -> None:
    """Two thousand random searches over a million items find exactly what the independent reading does."""
    for seed in range(40):
        compared(archive, 50, seed=100 + seed)


def test_everything_is_a_list_too(archive: Path) -> None:
    """A request for everything there is freezes a list of more than a million lines and reads it back."""
    with open_home(archive, at=NOW) as opened:
        request = open_request(opened, Opening(wording="Allt"), OFFICER)
        found = find(opened, request.number, Wanted(everything=True), OFFICER)
        assert found.request.items > ITEMS
        assert listed(opened.ground, found.request).num_rows == found.request.items
        assert {one.code for one in found.warnings} == {"Q143"}
