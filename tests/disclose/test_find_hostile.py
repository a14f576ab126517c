"""A search for a request when what is looked for, what lies there or what happens meanwhile is odd."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows.disclose.find.finding import find
from flows.disclose.find.listing import freeze, listed
from flows.disclose.find.matching import Matcher
from flows.disclose.find.scan import PAIRS, Scanner, count_items
from flows.disclose.find.wanted import Wanted, check
from schemas.ids import ItemId, Month
from schemas.neighbours import MissingError
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment
from schemas.tables import HOLDINGS
from tests.disclose.test_find import codes, looked, opened, pairs
from tests.disclose.world import OFFICER, Desk


def one(regex: str, text: str) -> bool:
    """Whether an expression finds a text when marks do not count."""
    return bool(Matcher([], [regex], fold=True).hits(pa.array([text], pa.string()))[0].as_py())


@pytest.mark.parametrize(
    ("regex", "place"),
    [
        ("[å-ö]", "character 2"),
        ("x[^a-ö]", "character 4"),
        (r"[\x{e5}-\x{f6}]", "character 2"),
        (r"[\345-\366]", "character 2"),
        (r"[\xe5-ö]", "character 2"),
        ("[×-Ͽ]", "character 2"),
        ("[aæ]", "character 3"),
        ("[\u0301]", "character 2"),
    ],
)
def test_ranges_that_folding_changes_are_refused(regex: str, place: str) -> None:
    """With folded marks a range of marked letters would lose words in silence; it is refused with its place."""
    with pytest.raises(RefusedError) as refused:
        one(regex, "")
    assert place in refused.value.value
    Matcher([], [regex])


@pytest.mark.parametrize(
    ("regex", "text", "found"),
    [
        ("[a-zåäö]+d", "värd", True),
        ("^[åäö-]$", "-", True),
        (r"^v\x{e5}g$", "väg", True),
        (r"^v\xe5g$", "VÄG", True),
        ("^æ+r$", "ææær", True),
        ("^[^å]$", "ä", False),
        (r"[^\x00-\x7f]", "å", False),
        ("[😀-😂]", "😁", True),
    ],
)
def test_expressions_are_folded_as_texts_are(regex: str, text: str, *, found: bool) -> None:
    """Letters, escapes and joined letters of an expression lose their marks as those of the texts do."""
    assert one(regex, text) is found


def test_invisible_characters_of_an_expression_do_not_count() -> None:
    """A soft hyphen that came along with a pasted word hides nothing."""
    assert Matcher([], ["kom\u00admun"]).hits(pa.array(["kommun", "kom\u00admun"])).to_pylist() == [True, True]


@pytest.mark.parametrize("name", ["texts", "words", "starts", "regexes", "without", "authors"])
@pytest.mark.parametrize("text", ["", "\u200b", "\udce5", "x" * 1_000_000])
def test_what_is_no_text_is_refused(name: str, text: str) -> None:
    """Nothing, nothing that can be seen, bytes that are no text and a megabyte are refused, and never quoted."""
    changes: dict[str, Any] = {name: (text,)}
    wanted = replace(Wanted(items=(ItemId("202401-aaaaaaaaaaaaaaaa"),)), **changes)
    with pytest.raises(RefusedError) as refused:
        check(wanted, [])
    assert len(str(refused.value)) < 200
    assert "\udce5" not in str(refused.value)


def test_a_month_that_went_away_meanwhile_is_empty() -> None:
    """A month whose last rows were culled while the scan was on its way has nothing to find, and stops nothing."""
    for wanted in (Wanted(texts=("a",), latest=True, without=("b",)), Wanted(everything=True), Wanted(regexes=("a",))):
        scanner = Scanner(wanted)
        table = pa.schema([HOLDINGS.field(name) for name in scanner.columns]).empty_table()
        scanner.take(Month("2024-01"), table, lambda: pa.array([], pa.string()))
        assert scanner.result().found.num_rows == 0


def test_items_are_counted_over_chunks() -> None:
    """An item whose versions lie in two chunks of a list counts once."""
    a, b = "202401-aaaaaaaaaaaaaaaa", "202401-baaaaaaaaaaaaaaa"
    table = pa.Table.from_pylist(
        [{"item": item, "version": number} for item, number in ((a, 1), (a, 2), (b, 1), (b, 2))], schema=PAIRS
    )
    for cut in range(5):
        assert count_items(pa.concat_tables([table.slice(0, cut), table.slice(cut)])) == 2


def test_odd_records_are_found_by_their_words_alone(desk: Desk) -> None:
    """A language is no text; an encoded link is read as it is meant; no text is no hit."""
    linked = desk.publish("Se här", links=("https://arvika.example/Sj%C3%B6bo%20by", "https://x.example/100%"))
    desk.publish("")
    english = desk.publish("Thanks", language="eng")
    opened(desk)
    assert pairs(looked(desk, texts=("sjöbo by",))) == [(linked, 1)]
    assert pairs(looked(desk, texts=("100%",))) == [(linked, 1)]
    assert pairs(looked(desk, texts=("eng",))) == []
    found = looked(desk, texts=("thanks",))
    assert pairs(found) == [(english, 1)]
    assert found.as_json()["searched"]["fields"] == ["text", "author", "links", "alt"]


def assess(desk: Desk, items: list[ItemId], portion: int) -> None:
    """Give the first versions; portion 0: they have not gone out."""
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.assess(
            Assessment(request=1, item=item, version=1, verdict="give", person=OFFICER, at=desk.at, portion=portion)
            for item in items
        )


def test_what_has_gone_out_is_never_forgotten(desk: Desk) -> None:
    """A later search that does not find what was given keeps it listed and assessed, says so, and gives it no second time."""
    names = desk.sample()
    opened(desk)
    looked(desk, dry=False, texts=("torrt", "badhuset"))
    assess(desk, [names["facebook"]], 1)
    assess(desk, [names["asa2"]], 0)
    found = looked(desk, dry=False, texts=("smakar",))
    assert codes(found.growing)["Q147"] == codes(found.growing)["Q136"] == {"items": 1}
    assert (names["facebook"], 1) in pairs(found)
    assert [(one.item, one.portion) for one in desk.assessments(1)] == [(names["facebook"], 1)]
    away = looked(desk, dry=False, texts=("badhuset", "smakar"), without=("badhuset",))
    assert (names["facebook"], 1) in pairs(away)
    assert (names["facebook"], 1) not in {(one["item"], one["version"]) for one in away.scanned.excluded.to_pylist()}
    with desk.open() as home:
        assert listed(home.ground, desk.kept(1)).num_rows == desk.kept(1).items == len(pairs(away))


def test_an_answer_between_search_and_list_is_not_forgotten(desk: Desk) -> None:
    """What goes out while a colleague searches stops the list that would forget it, and nothing changes."""
    names = desk.sample()
    opened(desk)
    looked(desk, dry=False, texts=("badhuset",))
    kept = desk.kept(1)
    other = looked(desk, texts=("smakar",)).scanned.found
    assess(desk, [names["facebook"]], 1)
    with desk.open() as home, pytest.raises(GuardError) as refused:
        freeze(home, kept, other, {}, {}, OFFICER)
    assert refused.value.code == "G-CHANGED"
    assert (desk.kept(1), len(desk.assessments(1))) == (kept, 1)


def test_a_list_whose_bytes_were_changed_is_refused(desk: Desk) -> None:
    """Whoever changes the list in the store is found out when it is read; a new search says so."""
    desk.sample()
    opened(desk)
    looked(desk, dry=False, texts=("badhuset",))
    changed = [path for path in (desk.root / "hem" / "store" / "media").rglob("*") if _is_list(path)]
    for path in changed:
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-5] + b"x" * 5)
    assert changed
    with desk.open() as home:
        with pytest.raises(MissingError):
            listed(home.ground, desk.kept(1))
        found = find(home, 1, Wanted(texts=("badhuset",)), OFFICER, dry=True)
    assert codes(found.growing)["Q148"] == {"number": 1}


def _is_list(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:4] == b"PAR1"
