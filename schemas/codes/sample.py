"""Finding code of the recorded platform: H149. The others it uses are the connection's (``schemas.codes.harvest``)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H149": (
        "Inspelningen kan inte läsas, felet finns i {place}. Rättelse: {remedy}.",
        "The recording cannot be read, the fault is in {place}. Remedy: {remedy}.",
    ),
}
"""Code to (Swedish, English)."""
