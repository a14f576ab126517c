"""Identity numbers, telephone numbers and addresses in texts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.oversee.watch.identity_numbers import checksum, identity_numbers
from flows.oversee.watch.texts import judge
from schemas.oversight import OversightSettings
from schemas.watch_words import built_in_words

WORDS = built_in_words()


def _certainty(text: str, code: str) -> str | None:
    found = judge(text, WORDS, OversightSettings(), own=False, kind="comment")
    return next((one.certainty for one in found if one.code == code), None)


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("811218-9876", "sure"),
        ("19811218-9876", "sure"),
        ("198112189876", "sure"),
        ("1981-12-18-9876", "sure"),
        ("121212+1212", "sure"),
        ("701063-2391", "sure"),
        ("640823–3234", "sure"),
        ("6408233234", "likely"),
        ("personnummer 640823 3234", "likely"),
        ("personnummer 811218-9875", "uncertain"),
        ("811218-9875", None),
        ("OCR 6408233234", None),
        ("556016-0680", None),
        ("811318-9876", None),
        ("0701234567", None),
        ("KS 2024-000123", None),
        ("kl 2024-05-12 1830", None),
        ("1 234 567 890 kr", None),
        ("pris 640823-32345", None),
        ("https://exempel.se/640823-3234", None),
    ],
)
def test_identity_numbers(text: str, certainty: str | None) -> None:
    """Real dates with a checksum that holds are found in every way of writing; what only looks so is not."""
    assert _certainty(text, "W115") == certainty


def test_a_coordination_number_is_told_as_one() -> None:
    """Sixty added to the day."""
    (found,) = identity_numbers("701063-2391")
    assert found.coordination


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2040, 12, 31)), st.integers(0, 999), st.booleans())
def test_every_number_with_a_right_check_digit_is_found(day: date, serial: int, coordination: bool) -> None:  # noqa: FBT001
    """Whatever the day and the serial number; and none of the nine other check digits is."""
    shown = f"{day:%y%m}{int(f'{day:%d}') + 60 * coordination:02d}"
    right = [last for last in range(10) if checksum(f"{shown}{serial:03d}{last}")]
    assert len(right) == 1
    for last in range(10):
        found = list(identity_numbers(f"se {shown}-{serial:03d}{last}."))
        assert [one.certainty for one in found] == (["sure"] if last == right[0] else [])


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("070-123 45 67", "likely"),
        ("+46 70 123 45 67", "likely"),
        ("0046701234567", "likely"),
        ("+46 (0)70 123 45 67", "likely"),
        ("Ring mig på 0570-123 45", "likely"),
        ("0570-123 45", "uncertain"),
        ("0570-816 00", None),
        ("+46 570 816 00", None),
        ("112 eller 1177", None),
        ("2024-05-12", None),
        ("anna.ek@mejl.example", "likely"),
        ("anna.ek@arvika.se", None),
        ("info@bolaget.example", "uncertain"),
        ("Hon bor på Storgatan 12 B", "likely"),
        ("Storgatan 12 B, 671 30 Arvika", "likely"),
        ("Anna Ek, Storgatan 12", "likely"),
        ("Något hände på Storgatan 12", "uncertain"),
        ("Lampan utanför Storgatan 12", None),
        ("Vi gick 12 km på vägen", None),
    ],
)
def test_how_a_person_is_reached(text: str, certainty: str | None) -> None:
    """Numbers and addresses of people are told, the municipality's own and public places are not."""
    assert _certainty(text, "W116") == certainty
