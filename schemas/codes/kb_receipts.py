"""Codes of KB's receipts as they are read: L241–L249, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L241": (
        (
            "KB:s svar om leveransen går inte att förstå. Ingenting har förts in. Kontrollera adress, nycklar och ord i "
            "[deposit.receipts] tillsammans med KB, eller för in kvittot med 'bevara deposit receipt'."
        ),
        (
            "KB's answer about the delivery cannot be understood. Nothing was recorded. Check address, keys and words in "
            "[deposit.receipts] together with KB, or record the receipt by 'bevara deposit receipt'."
        ),
    ),
    "L242": (
        (
            "KB:s svar handlar om en annan leverans än den som efterfrågades. Ingenting har förts in. Kontrollera adressen "
            "i [deposit.receipts] och fråga KB."
        ),
        (
            "KB's answer is about another delivery than the one asked for. Nothing was recorded. Check the address in "
            "[deposit.receipts] and ask KB."
        ),
    ),
    "L243": (
        (
            "KB släpper inte in oss till kvittona. Kontrollera användare, lösenord eller nyckel i [deposit.receipts] "
            "tillsammans med KB."
        ),
        "KB does not let us in to the receipts. Check user, password or token in [deposit.receipts] together with KB.",
    ),
    "L244": (
        (
            "KB:s beteckning på {count:kvitto|kvitton} har en form som inte får stå i liggaren och har utelämnats. Svaret "
            "gäller ändå."
        ),
        (
            "KB's mark on {count:receipt|receipts} has a form that must not stand in the ledger, and was left out. The "
            "answer holds all the same."
        ),
    ),
}
"""Code to (Swedish, English)."""
