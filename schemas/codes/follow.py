"""Finding codes of following: H280–H289, with Swedish and English sentences. Form as in ``schemas.codes.harvest``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H280": (
        "Flödet med händelser når inte längre tillbaka till där vi slutade. Det som hände däremellan hämtas av natten.",
        "The event stream no longer reaches back to where we ended. What happened in between is left to the night.",
    ),
    "H281": (
        "En händelse kunde inte läsas och hoppades över. Natten hämtar det den gällde.",
        "An event could not be read and was skipped. The night fetches what it was about.",
    ),
    "H282": (
        "Förbindelsen bröts {count_breaks} gånger och öppnades på nytt.",
        "The connection broke {count_breaks} times and was opened anew.",
    ),
    "H283": (
        "Händelser går bara att följa med inloggning. Lägg in en åtkomstnyckel; natten hämtar kontot ändå.",
        "Events can be followed with a log-in only. Enter an access token; the night harvests the account all the same.",
    ),
    "H284": (
        "{count_waiting} händelser kunde inte lagras innan följandet slutade, eftersom kontot hämtades samtidigt. Nästa "
        "körning tar dem.",
        "{count_waiting} events could not be stored before following ended, because the account was being harvested. "
        "The next run takes them.",
    ),
    "H285": (
        "En händelse var för stor för att följa med i flödet. Natten hämtar det den gällde.",
        "An event was too large to come with the stream. The night fetches what it was about.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H284"})
"""Codes that say that something is not in the archive."""
