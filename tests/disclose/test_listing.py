"""The frozen list: its order, its digest, and that nothing but the list that was frozen is read back."""

from __future__ import annotations

import hashlib
from random import Random

import pyarrow as pa

from flows.disclose.find.listing import _bytes, digest_of
from flows.disclose.find.scan import PAIRS, arranged, ordered
from schemas.ids import Month


def pairs(*some: tuple[str, int]) -> pa.Table:
    """A table of pairs, in the order given."""
    return pa.Table.from_pylist([{"item": item, "version": version} for item, version in some], schema=PAIRS)


def test_a_list_stands_in_one_order() -> None:
    """Whatever order pairs were found in, they stand by item and by version as a number, each once."""
    a, b = "202401-aaaaaaaaaaaaaaaa", "202401-baaaaaaaaaaaaaaa"
    found = ordered(pairs((b, 1), (a, 10), (a, 2), (b, 1), (a, 1)))
    assert [tuple(one.values()) for one in found.to_pylist()] == [(a, 1), (a, 2), (a, 10), (b, 1)]
    assert ordered(pairs()).num_rows == 0
    assert ordered(pairs((a, 1))).num_rows == 1


def test_months_stand_in_order() -> None:
    """Months of several authorities come together in the order of the ids, which begin with the month."""
    early, late = "202312-zzzzzzzzzzzzzzzz", "202401-aaaaaaaaaaaaaaaa"
    parts = {Month("2024-01"): [pairs((late, 2)), pairs((late, 1))], Month("2023-12"): [pairs((early, 1))]}
    assert [one["item"] for one in arranged(parts).to_pylist()] == [early, late, late]
    assert arranged({}).num_rows == 0


def test_the_digest_is_what_it_says() -> None:
    """The digest is SHA-256 of ``<item> <version>`` and a line feed for every line, however the table is cut."""
    random = Random(3)
    some = sorted({(f"202401-{random.randbytes(8).hex()}", number) for number in range(1, 13) for _ in range(12_000)})
    table = pairs(*some)
    expected = hashlib.sha256("".join(f"{item} {version}\n" for item, version in some).encode()).hexdigest()
    assert digest_of(table) == expected
    assert digest_of(pa.concat_tables([table.slice(0, 7), table.slice(7)])) == expected
    assert digest_of(pairs()) == hashlib.sha256(b"").hexdigest()


def test_the_same_list_is_the_same_bytes() -> None:
    """A list written twice is the same file: nothing of when or where is in it."""
    table = pairs(("202401-aaaaaaaaaaaaaaaa", 1))
    assert _bytes(table) == _bytes(table)
