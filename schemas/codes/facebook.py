"""Finding codes of Facebook and of the Graph API: H220–H229, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H220": (
        "Plattformen har tillfälligt spärrat åtkomstnyckeln eller programmet. Logga in på plattformen och se varför; "
        "nästa körning försöker igen.",
        "The platform has blocked the token or the app for a time. Log in there and see why; the next run tries again.",
    ),
    "H221": (
        "Åtkomstnyckeln hör till en person, inte till sidan. Skapa en åtkomstnyckel för sidan och lägg in den.",
        "The access token belongs to a person, not to the page. Make a token for the page and enter it.",
    ),
    "H222": (
        "Åtkomstnyckelns ägare saknar uppgiften MODERATE på sidan: kommentarer kan hållas undan. Ge rollen på sidan.",
        "The token's owner lacks the task MODERATE on the page: comments may be withheld. Give the role on the page.",
    ),
    "H223": (
        "Plattformen ger inte listan {listing}. Det som bara visas där hämtades inte i natt.",
        "The platform does not give the listing {listing}. What only it shows was not fetched tonight.",
    ),
    "H224": (
        "En bilaga har fler delar än plattformen visade. Resten finns i plattformens export.",
        "An attachment has more parts than the platform showed. The rest is in the platform's export.",
    ),
    "H225": (
        "Plattformen känner inte alla fält som efterfrågades. Posterna lästes med färre fält.",
        "The platform does not know all fields asked for. The items were read with fewer fields.",
    ),
    "H226": (
        "Plattformen lämnar inte ut uppgifter om bilagor ({part}). Alternativtext, filmfil eller undertext kan saknas.",
        "The platform does not give particulars of attachments ({part}). Alternative text, film or captions may lack.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H220", "H221", "H223", "H224", "H226"})
"""Codes that say that something is not in the archive."""
