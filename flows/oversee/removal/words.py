"""What the records say in Swedish: why something was taken away, by whom, and how its copy was secured."""

from __future__ import annotations

from typing import Final

from schemas.removal import Removal, RemovalStanding, Secured

STANDINGS: Final[dict[RemovalStanding, str]] = {
    "begun": "påbörjad, inget är borttaget",
    "secured": "kopian är säkrad",
    "acting": "plattformen tillfrågas",
    "unclear": "oklart om den är borta",
    "by-hand": "görs för hand på sidan",
    "hidden": "dold",
    "removed": "borttagen",
    "declined": "ingen åtgärd",
    "closed": "avslutad",
}
SECURED: Final[dict[Secured, str]] = {
    "": "ingen kopia än",
    "fresh": "hämtad på nytt",
    "archived": "senast hämtade versionen",
    "screenshot": "skärmbild",
    "emergency": "ingen kopia, beskrivning i akuten",
    "locked": "låst, inget kopierat",
    "unlocked": "var låst, upplåst efter prövning",
}
NOTICED: Final[dict[str, str]] = {
    "": "inte skrivet",
    "sent": "skickat",
    "to-paste": "skrivet, ska klistras in",
    "pasted": "lämnat",
    "impossible": "går inte att lämna",
    "none": "inget ska lämnas",
}


def record_text(*, item: str, account: str, clause: str, title: str, why: str, person: str, hide: bool) -> str:
    """The record of the decision to take something away."""
    verb, where = ("dölja", "på") if hide else ("ta bort", "från")
    rule = f"{clause} {title}".strip()
    return f"Beslut att {verb} {item} {where} {account}. Regel: {rule}. Beslutat av {person}. Skäl: {why}"


def emergency_text(description: str) -> str:
    """What follows where nothing but words could be kept."""
    return f"Om kopian inte kan säkras: {description}"


def line(removal: Removal) -> str:
    """One removal in a list."""
    rule = f", {removal.clause}" if removal.clause else ""
    return (
        f"{removal.number}. {removal.item} på {removal.account}{rule}: {STANDINGS[removal.standing]}; "
        f"kopia: {SECURED[removal.secured]}; besked till besökaren: {NOTICED[removal.noticed]}"
    )
