"""Amounts are read exactly however they are written, and what could mean two things is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.oversee.costs.amounts import LARGEST, SIGNS, Sign, decimal_sign, value, written
from flows.oversee.costs.debiting import invoice_amount
from schemas.refusal import RefusedError


def grouped(digits: str, by: str) -> str:
    """Digits in groups of three."""
    first = len(digits) % 3
    return by.join(
        part for part in (digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))) if part
    )


@settings(max_examples=150)
@given(
    st.decimals(min_value=-(LARGEST - 1), max_value=LARGEST - 1, places=2),
    st.sampled_from(SIGNS),
    st.sampled_from(["", " ", "\u00a0", "\u2009", "\u202f", "."]),
    st.sampled_from(["-", "\u2212", "\u2013", "()", "after"]),
    st.sampled_from(["{}", "{} kr", "{} SEK", "SEK {}", "{}\u00a0kr", " {} "]),
)
def test_an_amount_is_read_as_it_was_written(amount: Decimal, sign: Sign, group: str, minus: str, shape: str) -> None:
    """Separators of every kind, signs of every kind and currencies around it do not change an amount."""
    group = "," if (group, sign) == (".", ".") else group
    whole, part = f"{abs(amount):f}".split(".")
    text = f"{grouped(whole, group) if group else whole}{sign}{part}"
    if amount < 0:
        text = f"({text})" if minus == "()" else f"{text}-" if minus == "after" else f"{minus}{text}"
    if amount < 0 and minus in ("after", "()"):
        shape = "{}"
    one = written(shape.format(text))
    assert one is not None
    assert value(one, sign) == amount


@given(st.text(max_size=40))
def test_anything_else_is_refused_or_empty_and_never_crashes(text: str) -> None:
    """Whatever stands in a cell, it is an amount, empty, or refused."""
    try:
        one = written(text)
    except ValueError:
        return
    if one is not None:
        for sign in SIGNS:
            found = value(one, sign)
            assert found is None or abs(found) < LARGEST


def test_a_column_tells_its_decimal_sign() -> None:
    """One cell that can be read in one way only settles those that could be read in two."""
    cells = [(text, one) for text in ("1.234", "12,50") if (one := written(text))]
    sign = decimal_sign(cells)
    assert [value(one, sign) for _, one in cells] == [Decimal(1234), Decimal("12.50")]


@pytest.mark.parametrize("texts", [("1,234",), ("1.234", "5.678"), ("1,50", "1.50"), ("12,34,5",)])
def test_what_could_be_two_amounts_is_refused(texts: tuple[str, ...]) -> None:
    """Nothing is guessed about a column that can be read in two ways, or in none."""
    with pytest.raises(RefusedError):
        decimal_sign([(text, one) for text in texts if (one := written(text))])


@pytest.mark.parametrize("text", ["12 €", "1,234", "abc", "", "-"])
def test_an_invoice_is_in_kronor_and_in_no_doubt(text: str) -> None:
    """The invoice's total is refused in another currency, and where it could be two amounts."""
    with pytest.raises(RefusedError):
        invoice_amount(text)


def test_an_invoice_is_read_as_swedes_write_it() -> None:
    """The total has spaces, a comma and ``kr``."""
    assert invoice_amount("12\u00a0345,50 kr").total == Decimal("12345.50")
