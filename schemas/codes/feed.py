"""Finding codes of feeds: H270–H279, with Swedish and English sentences. Form as in ``schemas.codes.harvest``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H270": (
        "Inget flöde (RSS eller Atom) hittades på adressen. Skriv flödets egen adress i kontofilens api_base eller "
        "handle.",
        "No feed (RSS or Atom) was found at the address. Write the feed's own address as api_base or handle.",
    ),
    "H271": (
        "Flödet visar bara de {count_shown} nyaste inläggen. Äldre inlägg som inte redan är arkiverade ingår inte. "
        "De arkiverade bevakas bara på sina egna adresser, vid vecko-, månads- och fullständiga genomgångar.",
        "The feed shows only the {count_shown} newest posts. Older ones that are not archived already are left out; "
        "archived ones are watched at their own addresses alone, on weekly, monthly and full passes.",
    ),
    "H272": (
        "Flödet är inte felfritt ({problem}). Det lästes ändå så långt det gick; be webbplatsens förvaltare rätta det.",
        "The feed is not faultless ({problem}). It was read as far as possible; ask the site's keepers to mend it.",
    ),
    "H273": (
        "Flödet är avkortat eller oläsligt. Det sista inlägget hoppades över och listan räknas som ofullständig.",
        "The feed is cut or unreadable. Its last entry was left out and the listing counts as incomplete.",
    ),
    "H274": (
        "Alla {count_shown} inlägg i flödet är nyare än det nyaste vid förra körningen: inlägg däremellan kan ha gått "
        "förlorade. Be förvaltaren låta flödet visa fler inlägg, eller hämta oftare.",
        "All {count_shown} posts in the feed are newer than the newest at the last run: posts in between may have been "
        "lost. Ask the site's keepers to let the feed show more posts, or harvest more often.",
    ),
    "H275": (
        "Ett inlägg saknar eget id i flödet. Dess adress används i stället; byter inlägget adress blir det ett nytt.",
        "An entry has no id of its own in the feed. Its address stands in; with another address it would be a new one.",
    ),
    "H276": (
        "Flödet visar inte kommentarerna till {count_threads} äldre inlägg. De lästes inte om.",
        "The feed does not show the comments on {count_threads} older posts. They were not read again.",
    ),
    "H277": (
        "Ett kommentarsflöde säger inte hur många kommentarer det finns: äldre än de visade kan saknas.",
        "A comments' feed does not say how many comments there are: those older than the ones shown may be missing.",
    ),
    "H278": (
        "Flödet är tomt men har tidigare visat {count_most} inlägg. Bara artiklar som webbplatsen själv uppger är "
        "borttagna (410) räknas som borttagna. Kontrollera webbplatsen.",
        "The feed is empty but has shown {count_most} posts before. Only articles that the site itself says are "
        "removed (410) count as gone. Check the site.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H270", "H271", "H273", "H274", "H276", "H277", "H278"})
"""Codes that say that something is not in the archive."""
