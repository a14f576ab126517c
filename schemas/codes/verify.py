"""Finding codes of verification: V101–V128, with Swedish and English sentences.

The subject of a finding is an object's key, the store's place or ``ledger``. A key under ``media/`` is the digest of
content: it is shown to the person who verifies and goes into no ledger and no log.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "V101": (
        "Filen med poster saknas i lagret. Återställ den från en säkerhetskopia.",
        "The file of records is missing from the store. Restore it from a backup.",
    ),
    "V102": (
        "Filen med poster är {found} byte stor men ska vara {expected}. Återställ den från en säkerhetskopia.",
        "The file of records has {found} bytes and should have {expected}. Restore it from a backup.",
    ),
    "V103": (
        (
            "Innehållet i filen med poster har ändrats: kontrollsumman stämmer inte med namnet. Återställ den från en "
            "säkerhetskopia."
        ),
        "The file of records has been changed: its checksum is not its name. Restore it from a backup.",
    ),
    "V104": (
        "Bilagan saknas i lagret fast minst en post hänvisar till den. Återställ den från en säkerhetskopia.",
        "The attachment is missing from the store although an item refers to it. Restore it from a backup.",
    ),
    "V105": (
        "Bilagan är {found} byte stor men ska vara {expected}. Återställ den från en säkerhetskopia.",
        "The attachment has {found} bytes and should have {expected}. Restore it from a backup.",
    ),
    "V106": (
        (
            "Innehållet i bilagan har ändrats: kontrollsumman stämmer inte med namnet. Återställ den från en "
            "säkerhetskopia."
        ),
        "The attachment has been changed: its checksum is not its name. Restore it from a backup.",
    ),
    "V107": (
        "Den framställda filen saknas i lagret fast den är registrerad. Återställ den från en säkerhetskopia.",
        "The derived file is missing from the store although it is registered. Restore it from a backup.",
    ),
    "V108": (
        (
            "Innehållet i den framställda filen har ändrats: kontrollsumman stämmer inte med namnet. Återställ den "
            "från en säkerhetskopia."
        ),
        "The derived file has been changed: its checksum is not its name. Restore it from a backup.",
    ),
    "V109": (
        (
            "Objektet ligger i lagret men finns inte i något register. Det tas aldrig bort automatiskt; ta reda på "
            "varifrån det kommer."
        ),
        (
            "The object lies in the store and no register knows it. It is never removed unasked; find out where it "
            "came from."
        ),
    ),
    "V110": (
        "En skrivning har påbörjats men inte avslutats, och ingen har anmält den. Ta reda på varifrån den kommer.",
        "Writing was begun and not finished, and nobody has announced it. Find out where it came from.",
    ),
    "V111": (
        (
            "{found:sak|saker} i lagret kan inte vara objekt (länkar, dolda filer eller otillåtna namn). Flytta ut dem "
            "ur "
            "lagret."
        ),
        (
            "{found:thing|things} in the store cannot be objects (links, hidden files or unsafe names). Move them out "
            "of it."
        ),
    ),
    "V112": (
        (
            "Liggarens kedja är bruten vid länk {seq}: något har ändrats eller tagits bort i efterhand. Jämför med de "
            "exporterade segmenten."
        ),
        (
            "The ledger's chain is broken at link {seq}: something was changed or removed afterwards. Compare the "
            "exported segments."
        ),
    ),
    "V113": (
        (
            "De exporterade segmenten av liggaren hänger inte ihop vid länk {seq}: en del saknas eller överlappar en "
            "annan."
        ),
        "The ledger's exported segments do not join at link {seq}: one is missing or overlaps another.",
    ),
    "V114": (
        "Segmentet skiljer sig från liggaren i databasen vid länk {seq}. Ett av dem har ändrats; granska båda.",
        "The segment differs from the ledger in the database at link {seq}. One of them was changed; examine both.",
    ),
    "V115": (
        "{found:länk|länkar} i liggaren har ännu inte exporterats. Det sker vid nästa nattkörning.",
        "The ledger has {found:link that is|links that are} not exported yet. The next nightly run does it.",
    ),
    "V116": (
        "{found:fil|filer} har bytts ut men ännu inte tagits bort ur lagret. Det sker vid nästa körning.",
        "{found:file has been|files have been} replaced and not yet removed from the store. The next run does it.",
    ),
    "V117": (
        "{found:avbruten skrivning|avbrutna skrivningar} väntar på att städas bort. Det sker vid nästa körning.",
        "{found:interrupted writing waits|interrupted writings wait} to be cleared away. The next run does it.",
    ),
    "V118": (
        "Objektet kunde inte läsas ({reason}). Kontrollera disken och rättigheterna.",
        "The object could not be read ({reason}). Check the disk and the rights.",
    ),
    "V119": (
        "Ytterligare {found} fynd med koden {code} visas inte.",
        "{found:more finding is|more findings are} left out here, with the code {code}.",
    ),
    "V120": (
        "Skydd mot återläsning av gallrade uppgifter saknas: ingen andra plats är inställd.",
        "Protection against restoring what was culled is missing: no second place is configured.",
    ),
    "V121": (
        "En registrerad fil har ett namn som inte följer lagrets ordning. Granska registret över framställda filer.",
        "A registered file has a name that does not follow the store's order. Examine the register of derived files.",
    ),
    "V122": (
        (
            "{found:gallrad handling|gallrade handlingar} finns kvar i filen. Om lagret har återställts från en "
            "säkerhetskopia ska även "
            "databasen återställas från samma kopia och bevara restore köras."
        ),
        (
            "{found:culled item is|culled items are} still in the file. If the store was restored from a backup, "
            "restore the state "
            "database from the same backup too and run bevara restore."
        ),
    ),
    "V123": (
        "{found:gallring|gallringar} har påbörjats men inte avslutats. Nattkörningen fortsätter.",
        "{found:culling has|cullings have} begun and not been finished. The nightly run goes on.",
    ),
    "V124": (
        "{found:länk|länkar} i liggaren finns ännu inte på den andra platsen. Det sker vid nästa nattkörning.",
        (
            "{found:link of the ledger is|links of the ledger are} not in the second place yet. The next nightly run "
            "does it."
        ),
    ),
    "V125": (
        "Den andra platsens liggare skiljer sig från databasens vid länk {seq}. En av dem har ändrats; granska båda.",
        "The second place's ledger differs from the database's at link {seq}. One of them was changed; examine both.",
    ),
    "V126": (
        "Det som gallrats enligt {found} beslut finns ännu inte på den andra platsen. Det sker vid nästa nattkörning.",
        "What was culled under {found:order|orders} is not in the second place yet. The next nightly run does it.",
    ),
    "V127": (
        (
            "{found} objekt i speglingen finns inte i något register. Det kan röra sig om kopior av sådant som tagits "
            "bort; "
            "ta reda på varifrån de kommer och rensa speglingen."
        ),
        (
            "{found:object in the mirror is|objects in the mirror are} in no register. What has gone may be there; "
            "find out where "
            "they came from and clear the mirror."
        ),
    ),
    "V128": (
        "Platsen kunde inte läsas ({reason}), så inget kan sägas om den. Kontrollera att den är ansluten.",
        "The place could not be read ({reason}), so nothing can be said of it. Check that it is connected.",
    ),
}
"""Code → (Swedish, English)."""
