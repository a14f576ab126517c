"""Codes of what a restore tells: K201–K213, with Swedish and English sentences. Counts alone, never what it was."""

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
    "K207": (
        (
            "{found} objekt som liggaren säger är borttagna låg i lagret igen och är borttagna på nytt. Lagret är äldre "
            "än databasen: kör bevara verify --deep."
        ),
        (
            "{found} objects that the ledger says were removed lay in the store again and are removed once more. The "
            "store is older than the database: run bevara verify --deep."
        ),
    ),
    "K208": (
        (
            "{place}: {found} objekt som inget register känner till innehåller gallrade handlingar eller kan inte läsas. "
            "Ta bort dem där för hand."
        ),
        (
            "{place}: {found} objects that no register knows hold culled items or cannot be read. Remove them there by "
            "hand."
        ),
    ),
    "K209": (
        (
            "Den andra platsen har listor för {found} gallringsbeslut som liggaren där inte förklarar. De har inte "
            "använts: antingen avbröts en kopiering dit, eller så har någon ändrat där."
        ),
        (
            "The second place has lists of {found} orders that the ledger there does not explain. They were not used: "
            "either a copying was stopped, or somebody altered something there."
        ),
    ),
    "K210": (
        (
            "{found} gallringsbeslut är delvis verkställda. Slutför dem med bevara cull execute, så att det som "
            "förstörts får sitt gallringsprotokoll."
        ),
        (
            "{found} orders are partly carried out. Finish them with bevara cull execute, so that what was destroyed "
            "gets its certificate."
        ),
    ),
    "K211": (
        (
            "{found} delvis verkställda gallringsbeslut finns inte i säkerhetskopian. Handlingarna är borta och "
            "antecknade som gallrade, men gallringsprotokoll kan inte göras. Dokumentera det för hand."
        ),
        (
            "{found} partly carried out orders are not in the backup. The items are gone and noted as culled, but no "
            "certificate can be made. Document it by hand."
        ),
    ),
    "K212": (
        "{place} kunde inte gås igenom. Kör bevara restore igen när det går att nå.",
        "{place} could not be looked through. Run bevara restore again when it can be reached.",
    ),
    "K213": (
        (
            "{found} begäranden har kommit in, avgränsats, beslutats eller överklagats efter säkerhetskopian. Det de gäller är "
            "stoppat från gallring, eller allt där det inte är känt. Kör bevara request list och för in på nytt det som saknas."
        ),
        (
            "{found} requests came in, were narrowed, decided or appealed after the backup. What they are about is held, or "
            "everything where that is not known. Run bevara request list, and enter again what is missing."
        ),
    ),
}
"""Code → (Swedish, English)."""
