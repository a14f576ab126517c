"""Records as CSV and JSON: exact in JSON, harmless in a spreadsheet, and nothing but what is given."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from flows.disclose.answer.data import BOM, COLUMNS, DataFiles, csv_cells, guarded, json_object
from flows.disclose.answer.document import Room, block
from flows.disclose.answer.entry import Entry, FileOut, Labels, ending, file_name
from schemas.ids import ItemId
from schemas.request import Given, GivenFile, Mask, Verdict

LABELS = Labels({"OSL 21:1": "21 kap. 1 § OSL"})
DIGEST = "ab" * 32
ITEM = ItemId("202601-aaaaaaaaaaaaaaab")


def entry(text: str = "Hej", *, verdict: Verdict = "give", files: tuple[GivenFile, ...] = (), number: int = 1) -> Entry:
    """A record by a visitor."""
    given = Given(
        item=ITEM,
        version=2,
        verdict=verdict,
        kind="comment",
        platform="mastodon",
        account="nyheter",
        own=False,
        published=datetime(2026, 1, 1, 23, 30, tzinfo=UTC),
        edited=None,
        state="seen",
        author="Åsa",
        text=text,
        address="https://test/1",
        links=("https://a", "https://b"),
        counts=(("likes", 3),),
        files=files,
        provisions=() if verdict == "give" else ("OSL 21:1",),
    )
    return Entry(number=number, given=given)


def file(state: str, number: int = 0) -> GivenFile:
    """An attachment."""
    return GivenFile(
        number=number,
        role="picture",
        media_type="image/png",
        language="",
        digest=DIGEST,
        size=77,
        alt="Bild",
        state=state,  # type: ignore[arg-type] # said by the tests
        masks=(Mask(sort="region", where="media:0", provision="OSL 21:1", x=4711, width=8, height=8),),
        provision="OSL 21:1",
    )


def written(*entries: Entry) -> tuple[bytes, bytes]:
    """Both files."""
    table, values = io.BytesIO(), io.BytesIO()
    data = DataFiles(table, values, LABELS)
    for one in entries:
        data.add(one)
    data.end()
    return table.getvalue(), values.getvalue()


def cells(table: bytes) -> list[list[str]]:
    """The CSV read back."""
    assert table.startswith(BOM)
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\u00a0@", "'"])
def test_a_cell_that_would_be_worked_out_gets_an_apostrophe(sign: str) -> None:
    """Signs, control characters, their wide forms, and spaces before them; taking it away gives the text back."""
    assert guarded(f"{sign}HYPERLINK()") == f"'{sign}HYPERLINK()"
    assert guarded("vanlig = text") == "vanlig = text"


@examples(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_comes_back_exactly(texts: list[str]) -> None:
    """JSON gives the very text; the CSV gives it behind at most one apostrophe, in as many lines and cells."""
    table, values = written(*(entry(text, number=number) for number, text in enumerate(texts, start=1)))
    read = json.loads(values)
    assert [one["text"] for one in read] == texts
    at = [name for name, _ in COLUMNS].index("text")
    lines = cells(table)[1:]
    assert [len(line) for line in lines] == [len(COLUMNS)] * len(texts)
    assert [line[at] for line in lines] == [guarded(text) for text in texts]
    assert len(values.decode("utf-8").split("\n{")) == len(texts) + 1


def test_each_object_stands_on_a_line_of_its_own() -> None:
    """So that a large file can be read line by line; an empty one is an empty array."""
    _, values = written(entry("a\nb"), entry("c", number=2))
    assert [json.loads(line.rstrip(","))["text"] for line in values.decode().splitlines()[1:-1]] == ["a\nb", "c"]
    assert json.loads(written()[1]) == []


def test_nothing_of_masks_or_originals_is_told() -> None:
    """No coordinates, and no digest or size of a file that is not given as it is."""
    one = entry(verdict="partly", files=(file("removed"), file("missing", 1)))
    text = json.dumps(json_object(one)) + ";".join(csv_cells(one, LABELS))
    assert "4711" not in text
    assert DIGEST not in text
    assert "77" not in text
    assert "[bilaga lämnas inte ut: 21 kap. 1 § OSL]\n[bild finns inte i arkivet]" in csv_cells(one, LABELS)


def test_a_file_that_goes_out_has_its_new_name_digest_and_type() -> None:
    """What is told is of the bytes that go out."""
    made = GivenFile(
        number=0,
        role="picture",
        media_type="image/jpeg",
        language="",
        digest="c" * 64,
        size=5,
        alt=None,
        state="masked",
    )
    out = FileOut(given=made, name="bilagor/0001-1.jpg", path=Path("x"), size=5, sha256="c" * 64)
    one = Entry(number=1, given=entry(files=(file("masked"),)).given, files=(out,))
    (told,) = json_object(one)["files"]
    assert (told["name"], told["size"], told["sha256"], told["media_type"]) == (
        "bilagor/0001-1.jpg",
        5,
        "c" * 64,
        "image/jpeg",
    )


def test_a_refused_record_is_a_line_with_its_provision_alone() -> None:
    """The text's cell holds the label."""
    found = dict(zip((name for name, _ in COLUMNS), csv_cells(entry("", verdict="refuse"), LABELS), strict=True))
    assert found["text"] == "[handlingen lämnas inte ut: 21 kap. 1 § OSL]"
    assert found["publicerad"] == "2026-01-02T00:30:00+01:00"


def test_names_of_files_are_numbers_with_harmless_endings() -> None:
    """By the media type; one that is not known, or could run, is ``bin``."""
    assert file_name(12, 0, "image/jpeg") == "bilagor/0012-1.jpg"
    assert [ending(one) for one in ("text/vtt; charset=utf-8", "IMAGE/PNG", "text/html", "", "../x")] == [
        "vtt",
        "png",
        "bin",
        "bin",
        "bin",
    ]


def test_counters_have_swedish_names_where_people_read_them() -> None:
    """Table and page say gillamarkeringar; the data for programs keep the platform's name."""
    one = entry()
    assert "gillamarkeringar 3" in csv_cells(one, LABELS)
    assert "Räknat: gillamarkeringar 3" in block(one, LABELS, Room(0)).notes
    assert json_object(one)["counts"] == {"likes": 3}
