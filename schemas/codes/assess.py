"""What an officer is told while records are assessed and masked. ``{places}`` is a count."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "Q151": (
        "Det som söktes finns inte i de listade handlingarnas text, namn, länkar, alternativtexter eller undertexter. Inget är maskat.",
        "What was looked for is not in the listed records' text, names, links, alt texts or captions. Nothing is masked.",
    ),
    "Q152": (
        "Orden finns också i {places:handling|handlingar} som inte lämnas ut alls. Det beslutet står kvar.",
        "The words are in {places:record|records} that are refused whole, too. That decision stands.",
    ),
    "Q153": (
        "Delar av namnet (för- eller efternamn för sig) finns på {places:ställe|ställen} till. De är inte maskade: avgör själv om de syftar på personen.",
        "Parts of the name (first or last name alone) are in {places:place|places} more. They are not masked: decide whether they mean that person.",
    ),
    "Q154": (
        "Namnet finns inuti andra ord på {places:ställe|ställen}. De är inte maskade; maska dem med --words om det är namnet.",
        "The name is inside other words in {places:place|places}. They are not masked; use --words if it is the name.",
    ),
    "Q155": (
        "Samma person har skrivit {places:listad handling|listade handlingar} till, där namnet inte är maskat: {items}",
        "The same person wrote {places:listed record|listed records} more, where the name is not masked: {items}",
    ),
    "Q156": (
        "Orden finns också i {places:handling|handlingar} som redan har lämnats ut. De är inte ändrade.",
        "The words are in {places:record|records} that went out already, too. Those are left as they are.",
    ),
    "Q157": (
        "{places:undertextfil|undertextfiler} kunde inte läsas och är inte genomsökta.",
        "{places:caption file|caption files} could not be read and were not searched.",
    ),
    "Q158": (
        "Alternativtext, undertexter eller miniatyrbilder som kan visa det maskade tas också bort: {places:ställe|ställen}.",
        "Alt text, captions or thumbnails that may show what is masked are taken out, too: {places:place|places}.",
    ),
    "Q159": (
        "{places:handling|handlingar} har fått bilagor sedan de prövades. Pröva dem på nytt.",
        "{places:record|records} got attachments after they were assessed. Assess them anew.",
    ),
    "Q160": (
        "{places:person|olika personer} skriver under det namnet. Allas namn är maskade.",
        "{places:person|different persons} write under that name. The names of all of them are masked.",
    ),
    "Q161": (
        "Ord som är maskade på annat ställe står öppet här: version {version}, {where}.",
        "Words that are masked elsewhere stand open here: version {version}, {where}.",
    ),
    "Q162": (
        "En fil som är maskad eller inte lämnas ut på annat ställe lämnas ut hel här: version {version}, {where}.",
        "A file that is masked or not given elsewhere is given whole here: version {version}, {where}.",
    ),
    "Q165": (
        "Av {of} sökta ord finns {places} inte i de listade handlingarna: nummer {numbers} i den ordning de skrevs (namnet sist).",
        "Of {of} words looked for, {places} are not in the listed records: number {numbers} as they were written (the name last).",
    ),
    "Q164": (
        "{places:handling|handlingar} som lämnas ut har en sekretessmarkering. Den är bara en erinran, men se på dem en gång till.",
        "{places:record|records} that are given have a mark of secrecy. It is a reminder alone, but look at them once more.",
    ),
    "Q163": (
        "Bilder, filmer och ljud är inte genomsökta efter orden: {places:fil|filer}. Se på dem själv.",
        "Pictures, films and sound were not searched for the words: {places:file|files}. Look at them yourself.",
    ),
}
