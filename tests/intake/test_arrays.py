"""Reading JSON arrays and CSV tables of any size item by item."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.exports import arrays, sheets
from connectors.exports.arrays import items, whole
from schemas.payload import canonical
from schemas.refusal import RefusedError


class Drops(io.RawIOBase):
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, size: int) -> None:
        """``size``: bytes at a time."""
        self._data = io.BytesIO(data)
        self._size = size

    def read(self, size: int = -1) -> bytes:
        """A few bytes."""
        return self._data.read(self._size)


def read(
    text: str | bytes, size: int = 7, *, largest: int = 10_000, keys: set[str] | None = None
) -> tuple[list[object], list[str]]:
    """Items and codes of what was lost, with the text arriving in small drops."""
    lost: list[str] = []
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    found = list(items(cast("BinaryIO", Drops(data, size)), largest=largest, keys=keys, lost=lost.append))
    return found, lost


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None)
@given(
    values=st.lists(_JSON, max_size=8), size=st.integers(1, 40), indent=st.sampled_from([None, 1]), wrap=st.booleans()
)
def test_any_array_comes_back_however_it_is_cut(
    values: list[object], size: int, indent: int | None, *, wrap: bool
) -> None:
    """Whatever the items are and wherever the stream is cut, they are those that json.loads gives."""
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    if wrap:
        text = f"window.YTD.tweets.part0 = {text}"
    found, lost = read(text, size)
    assert [str(one) for one in found] == [str(one) for one in json.loads(json.dumps(values))]
    assert not lost


def test_the_three_forms_are_read() -> None:
    """A bare array, an object of arrays and a script that assigns one, with byte order mark and white space."""
    assert read('\ufeff [ {"a":1} , {"a":2} ] ')[0] == [{"a": 1}, {"a": 2}]
    assert read('window.YTD.deleted_tweets.part12 = [\n {"tweet": {}}\n]')[0] == [{"tweet": {}}]
    assert read('{"ig_stories": [{"a": 1}], "annat": {"x": [1]}, "mer": [2]}', keys={"ig_stories"}) == (
        [{"a": 1}],
        [],
    )
    assert read('{"ig_stories": {"a": 1}}', keys={"ig_stories"}) == ([], ["I109"])
    assert read('{"x": [1], "annat": {"x": [1]}, "tal": 2}') == ([1], ["I109", "I109"])
    assert read('{"comments_v2": [1, 2], "b": [3]}')[0] == [1, 2, 3]
    assert read("")[0] == []
    assert read("[]")[0] == []


def test_too_large_and_damaged_items_are_passed_over() -> None:
    """An item beyond the limit, or with an error in it, is told of by its code, and the next one is read."""
    large = json.dumps({"text": 'å"[{' * 9_000, "inre": [[1, {"b": "}"}]]}, ensure_ascii=False)
    assert read(f'[{{"a":1}}, {large}, {{"a":2}}]', 400) == ([{"a": 1}, {"a": 2}], ["I107"])
    assert read('[{"a":1}, {"a": \\x, "b": [1]}, {"a":2}]') == ([{"a": 1}, {"a": 2}], ["I108"])
    assert read('[{"a":NaN}, {"a":2}]') == ([{"a": 2}], ["I108"])
    deep = "[" * 100_000 + "]" * 100_000
    assert read(f"[{deep}, 1]", 5_000, largest=1_000_000) == ([1], ["I108"])


def test_odd_numbers_and_letters_are_kept() -> None:
    """A number of thousands of digits, a lone surrogate and bytes that are no UTF-8 come through and can be stored."""
    digits = "9" * 5_000
    found, lost = read(f'[{{"n": {digits}, "s": "\\ud800", "d": 1.10}}]', 100)
    assert canonical(found[0]) == f'{{"d":1.10,"n":{digits},"s":"\\ud800"}}'
    assert not lost
    bad, _ = read(b'["\xff\xfe"]')
    assert canonical(bad[0]) == '"\\udcff\\udcfe"'


@pytest.mark.parametrize(
    "text",
    ['[{"a":1}', '[{"a":1},', '{"a":[1]', '{"a":', '{"a"', '[{"a":"x', '[1, "\\', "<html>", '"x"', "[}]"],
)
def test_a_cut_file_is_refused(text: str) -> None:
    """A file that ends too early, or is no array at all, is refused with a remedy after what came before."""
    with pytest.raises(RefusedError, match="anew"):
        read(text)


def test_memory_is_flat() -> None:
    """Reading a ten megabytes takes no more memory than reading one."""
    one = json.dumps({"text": "x" * 5_000, "list": list(range(100))}).encode()

    class Endless(io.RawIOBase):
        left = 2_000
        begun = False

        def read(self, size: int = -1) -> bytes:
            if not self.begun:
                self.begun = True
                return b"["
            if self.left == 0:
                self.left = -1
                return b"1]"
            if self.left < 0:
                return b""
            self.left -= 100
            return (one + b",") * 100

    tracemalloc.start()
    count = sum(1 for _ in items(cast("BinaryIO", Endless())))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2_001
    assert peak < 6 * 1024**2


def test_a_small_file_is_read_whole() -> None:
    """An object file is one value; one that is too large or no JSON is None."""
    assert whole(io.BytesIO(b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}
    assert whole(io.BytesIO(b'window.__THAR_CONFIG = {"a": 1}')) == {"a": 1}
    assert whole(io.BytesIO(b"{")) is None
    assert whole(io.BytesIO(b"[1, 2]"), largest=3) is None


def table(text: str, required: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a CSV."""
    return list(sheets.rows(io.BytesIO(text.encode()), required))


def test_tables_are_read_by_their_header() -> None:
    """Notes before the header, a byte order mark, any order and case of columns, and quotes over lines."""
    text = '\ufeffNotes:\n"När du exporterar, tänk på"\n\nDate, SHARELINK ,Text\r\n2024-01-01,l1,"två\nrader, ""citat"""\n,,\n2,l2\n3,l3,x,y\n'
    rows = table(text, ("date", "sharelink"))
    assert rows[0] == {"date": "2024-01-01", "sharelink": "l1", "text": 'två\nrader, "citat"'}
    assert rows[1] == {"date": "2", "sharelink": "l2", "text": ""}
    assert rows[2][""] == "y"


def test_a_table_without_its_columns_is_refused() -> None:
    """No header with the required columns: refused, and the columns named."""
    with pytest.raises(RefusedError, match="sharelink"):
        table("a,b\n1,2\n", ("sharelink",))


def test_a_field_of_absurd_size_is_passed_over() -> None:
    """A field beyond the limit loses its row, and says so."""
    lost: list[str] = []
    text = "a,b\n1,2\n1," + "x" * (sheets.LARGEST + 10) + "\n3,4\n"
    rows = list(sheets.rows(io.BytesIO(text.encode()), ("a",), lost=lost.append))
    assert next(row["a"] for row in rows) == "1"
    assert lost
    assert arrays.LARGEST == sheets.LARGEST
