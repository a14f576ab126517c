"""Finding codes of LinkedIn: H240–H249, with Swedish and English sentences. Form as in ``schemas.codes.harvest``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H240": (
        "LinkedIn säger inte vilket nummer sidan har. Skriv sidans nummer som handle i kontofilen; det står i "
        "adressen när sidans administratör är inloggad (linkedin.com/company/NUMMER/admin).",
        "LinkedIn does not tell the page's number. Write it as the handle in the account file; it stands in the "
        "address when the page's administrator is logged in (linkedin.com/company/NUMBER/admin).",
    ),
    "H241": (
        "Gränssnittets version {version} skulle ha upphört {ends} men svarar ännu. Ange en nyare i kontofilen "
        "(options.api_version).",
        "Version {version} of the interface should have ended on {ends} but still answers. Name a newer one in the "
        "account file (options.api_version).",
    ),
    "H242": (
        "Kontot lästes genom LinkedIns gränssnitt {route}.",
        "The account was read through LinkedIn's interface {route}.",
    ),
    "H243": (
        "LinkedIn uppger {count_stated} inlägg men visade {count_shown}. Vad som inte visades har inte kunnat hämtas.",
        "LinkedIn states {count_stated} posts but showed {count_shown}. What was not shown could not be fetched.",
    ),
    "H244": (
        "LinkedIns portabilitetsgränssnitt kan släpa upp till 48 timmar: det allra senaste hämtas en senare natt.",
        "LinkedIn's portability interface may be up to 48 hours late: the very latest is fetched a later night.",
    ),
    "H245": (
        "LinkedIn lämnar inte ut räknare (reaktioner och kommentarer) för kontots inlägg.",
        "LinkedIn does not give the counters (reactions and comments) of the account's posts.",
    ),
    "H246": (
        "LinkedIn räknar upp {count_withheld} poster som det sedan inte lämnar ut. Nästa körning försöker igen.",
        "LinkedIn lists {count_withheld} items that it then does not give. The next run tries again.",
    ),
    "H247": (
        "LinkedIn vägrar gränssnittets version ({versions}). Ange en nyare i kontofilen (options.api_version).",
        "LinkedIn refuses the interface's version ({versions}). Name a newer one in the account file "
        "(options.api_version).",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H240", "H243", "H244", "H245", "H246", "H247"})
"""Codes that say that something is not in the archive."""
