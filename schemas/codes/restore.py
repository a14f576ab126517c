"""Codes of what a restore tells: K201–K206, with Swedish and English sentences. Counts alone, never what it was."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "K201": (
        (
            "Efter säkerhetskopian gjordes {batches} insamlingar med {rows} rader som inte finns i den. Kör bevara "
            "harvest --full: det som plattformarna fortfarande visar och som inte är gallrat hämtas igen."
        ),
        (
            "After the backup {batches} harvests with {rows} rows were made that it does not have. Run bevara harvest "
            "--full: what the platforms still show and what is not culled is taken in again."
        ),
    ),
    "K202": (
        (
            "Efter säkerhetskopian fattades {found} beslut som inte finns i den (gallringsstopp, märkningar, plan, "
            "personer, konton). Gå igenom dem i liggaren och inför dem på nytt innan något gallras."
        ),
        (
            "After the backup {found} decisions were made that it does not have (holds, marks, plan, persons, "
            "accounts). Go through them in the ledger and enter them again before anything is culled."
        ),
    ),
    "K203": (
        (
            "Efter säkerhetskopian tillkom {found} egna handlingar som inte finns i den (förslag, gallringsprotokoll, "
            "täckningsnoter). Återställ dem från en annan kopia."
        ),
        (
            "After the backup {found} records of our own were made that it does not have (proposals, certificates, "
            "coverage notes). Restore them from another copy."
        ),
    ),
    "K204": (
        "{found} filer som säkerhetskopian räknar upp finns inte i lagret. Kör bevara verify och återställ dem.",
        "{found} files that the backup names are not in the store. Run bevara verify and restore them.",
    ),
    "K205": (
        "{found} gallringsbeslut som inte var verkställda är återkallade. Det behövs ett nytt förslag.",
        "{found} orders that had not been carried out are withdrawn. A new proposal is needed.",
    ),
    "K206": (
        "{place}: {left} objekt kunde inte tas bort. De står kvar på listan till nästa körning.",
        "{place}: {left} objects could not be removed. They stay on the list for the next run.",
    ),
}
"""Code → (Swedish, English)."""
