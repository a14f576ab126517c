"""Finding codes of the record documents: A101–A119, with Swedish and English sentences.

The subject of a finding is an account's name, ``authority/month`` or a document's key.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A101": (
        "Handlingsdokumentet för {month} kunde inte skrivas ({reason}). Posterna ligger kvar; nästa körning tar vid.",
        "The record document of {month} could not be written ({reason}). The rows are kept; the next run tries again.",
    ),
    "A102": (
        (
            "Det skrivna handlingsdokumentet för {month} stämde inte när det lästes tillbaka ({reason}). Det är inte "
            "registrerat; kontrollera lagret. Nästa körning försöker igen."
        ),
        (
            "The record document written for {month} was not right when it was read back ({reason}). It is not "
            "registered; check the store. The next run tries again."
        ),
    ),
    "A103": (
        (
            "Ett tidigare handlingsdokument för {month} kan inte läsas ({reason}). Återställ det från en annan kopia. "
            "Inget har ersatts."
        ),
        (
            "An earlier record document of {month} cannot be read ({reason}). Restore it from another copy. Nothing "
            "was replaced."
        ),
    ),
    "A104": (
        "Månaden {month} bearbetas av en annan körning; dess handlingsdokument skrivs vid nästa.",
        "Another run is working on the month {month}; its record documents are written by the next one.",
    ),
}
