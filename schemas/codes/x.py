"""Finding codes of the connection to X: H250–H259, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H250": (
        "Gränsen för läsning på X är nådd (reads_per_day eller cost_cap_usd_per_month i kontofilen). Det nyaste lästes "
        "först; resten hämtas när gränsen börjar om eller höjs.",
        "The bound on reading from X is reached (reads_per_day or cost_cap_usd_per_month in the account file). The "
        "newest was read first; the rest is fetched when the bound starts anew or is raised.",
    ),
    "H251": (
        "{count_threads} trådar äldre än sju dagar har svar. X söker bara i de senaste sju dagarna; äldre svar hämtas "
        "endast där de nämner kontot.",
        "{count_threads} threads older than seven days have answers. X searches the last seven days only; older "
        "answers are had only where they mention the account.",
    ),
    "H252": (
        "Det har gått {days} dagar sedan allt senast lästes. Svar från tiden dessförinnan som inte nämner kontot kan "
        "inte längre hämtas från X.",
        "It is {days} days since everything was last read. Answers from before the last seven days that do not mention "
        "the account can no longer be had from X.",
    ),
    "H253": (
        "X kunde inte lämna ut en del av svaret ({kind}). Det som kom är sparat.",
        "X could not give a part of the answer ({kind}). What came is kept.",
    ),
    "H254": (
        "Krediten hos X är förbrukad eller abonnemanget saknas. Fyll på den i utvecklarkonsolen; nästa körning fortsätter.",
        "The credit at X is used up, or there is no subscription. Top it up in the developer console; the next run "
        "goes on.",
    ),
    "H255": (
        "En listning visade något som inte är ett inlägg eller svar ({kind}). Det hämtades inte.",
        "A listing showed something that is neither a post nor an answer ({kind}). It was not taken.",
    ),
    "H256": (
        "X ger inte tillgång till {what} med den här åtkomstnyckeln eller det här abonnemanget. Det som bara visas där "
        "hämtas inte.",
        "X does not give access to {what} with this token or subscription. What is shown only there is not harvested.",
    ),
    "H257": (
        "X uppger att kontot har {count_stated} inlägg men visade {count_shown}. Jämför med kontots export.",
        "X says that the account has {count_stated} posts but showed {count_shown}. Compare with the account's export.",
    ),
    "H258": (
        "X godtar inte att Bevara frågar efter {what}. De uppgifterna saknas i det som hämtas; uppdatera Bevara.",
        "X does not accept that Bevara asks for {what}. That is missing in what is harvested; update Bevara.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"H250", "H251", "H252", "H253", "H254", "H256", "H257", "H258"})
"""Codes that say that something is not in the archive."""
