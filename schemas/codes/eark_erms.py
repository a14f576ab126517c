"""Rules that the text of CITS ERMS has and its schema has not, by their ids there."""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

RULES: Final[tuple[tuple[str, Level, str, str], ...]] = (
    (
        "ERMS135",
        "MUST",
        "Handlingen (record) saknar datum av slaget created.",
        "The record has no date of the type created.",
    ),
    (
        "ERMS204",
        "MUST",
        "Aggregationen (ärendet) saknar datum av slaget created.",
        "The aggregation has no date of the type created.",
    ),
    (
        "ERMS199",
        "MUST",
        "Aggregationens eller handlingens systemIdentifier är inget UUID.",
        "The aggregation's or record's systemIdentifier is no UUID.",
    ),
)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification asks for it."""
