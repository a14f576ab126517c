"""Codes of an order's execution: K120–K129, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "K120": (
        "Handlingen hade ändrats sedan listan skrevs under.",
        "The record had changed since the list was signed.",
    ),
}
