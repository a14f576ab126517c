"""Finding codes of Instagram: H230–H239, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H230": (
        "Inget Instagramkonto hör till åtkomstnyckeln. Koppla företagskontot till Facebooksidan och ge nyckeln "
        "behörigheterna, eller ange kontots nummer i kontofilen (ig_user).",
        "No Instagram account belongs to the token. Link the business account to the page and give the token its "
        "permissions, or name the account's number in the account file (ig_user).",
    ),
    "H231": (
        "Plattformen känner inte alla fält som efterfrågades för {kind}. Posterna lästes med färre fält.",
        "The platform does not know all fields asked for of {kind}. The items were read with fewer fields.",
    ),
    "H232": (
        "Plattformen ger inte listan {listing}. Det som bara visas där hämtades inte i natt.",
        "The platform does not give the listing {listing}. What only it shows was not fetched tonight.",
    ),
    "H233": (
        "Delarna i ett inlägg med flera bilder kunde inte läsas. Inlägget är lagrat; nästa körning försöker igen.",
        "The parts of a post with several pictures could not be read. The post is stored; the next run tries again.",
    ),
    "H234": (
        "Kontot uppger {count_stated} inlägg men listan visade {count_shown}. Resten visar plattformen inte här.",
        "The account states {count_stated} posts but the listing showed {count_shown}. The rest is not shown here.",
    ),
    "H235": (
        "Profilens uppgifter kunde inte läsas. Inläggen hämtas ändå.",
        "How the account presents itself could not be read. The posts are fetched all the same.",
    ),
    "H236": (
        "Ett direktmeddelande har ett innehåll som plattformen inte lämnar ut. Det finns i plattformens export.",
        "A private message has content that the platform withholds. The export has it.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H230", "H232", "H233", "H234", "H236"})
"""Codes that say that something is not in the archive."""
