"""A public web page as anybody sees it: its text and links. Never asked from an address that is not public."""

from __future__ import annotations

from schemas.neighbours import Clock, WebPage


def look_at(address: str, clock: Clock) -> WebPage:  # noqa: ARG001 - the clock dates the client's answers
    """Look at a page; never raises for what it meets.

    Args:
        address: whole, ``https://…``. clock: the home's clock.
    """
    return WebPage(address=address, code="W199")
