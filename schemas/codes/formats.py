"""Codes of single export formats: Google Takeout, a Bluesky repository."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "I150": (
        "En filmfil i exporten kan inte knytas till en video: ingen eller flera har den titeln. Lägg in den för hand "
        "med 'bevara import --by-hand'.",
        "A film file of the export cannot be tied to a video: none or several bear its title. Take it in by hand with "
        "'bevara import --by-hand'.",
    ),
    "I151": (
        "Exporten innehåller poster av slag som inte är handlingar här (till exempel gilla-markeringar). De lämnades.",
        "The export holds records of kinds that are no records here (likes, for example). They were left alone.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"I150"})
