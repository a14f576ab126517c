"""Codes of what is said about the places: K171–K175, of the database's own files.

A remark stands in a certificate; it is part of what was observed.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "K171": (
        "Databasens ändringslogg kunde inte tömmas, eftersom någon annan läser i databasen. Det görs vid nästa körning.",
        "The database's log could not be emptied, because somebody else is reading. The next run does it.",
    ),
    "K172": (
        (
            "Databasens tabeller har skrivits om. Databasserverns egen logg och dess säkerhetskopior gallras enligt "
            "serverns inställningar; de innehåller beteckningar och kontrollsummor men inget innehåll."
        ),
        (
            "The database's tables were rewritten. The database server's own log and its backups are kept as the "
            "server is set up to; they hold names and checksums and no content."
        ),
    ),
    "K173": (
        "En tabell kunde inte skrivas om, eftersom den används eller rättigheten saknas. Det görs vid nästa körning.",
        "A table could not be rewritten, because it is in use or the right is missing. The next run does it.",
    ),
    "K174": (
        "Borttagna rader behövs ännu av någon annans pågående läsning i databasen. De tas bort vid nästa körning.",
        "Removed rows are still needed by somebody else who is reading. The next run removes them.",
    ),
    "K175": (
        "Bredvid databasen ligger en tillfällig fil från databasmotorn. Ta reda på vilket program som använder den.",
        "A temporary file of the database engine lies beside the database. Find out which program uses it.",
    ),
}
"""Code → (Swedish, English)."""
