"""Finding codes of imports: I100–I199, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "I100": (
        "Arkivfilen har poster vars namn pekar utanför den eller inte kan skrivas. De lästes inte.",
        "The archive file has entries whose names lead out of it or cannot be written. They were not read.",
    ),
    "I101": (
        "Exporten har länkar eller enheter i stället för filer. De lästes inte.",
        "The export has links or devices in place of files. They were not read.",
    ),
    "I102": (
        "Arkivfilen har flera filer med samma namn. Den första lästes.",
        "The archive file has several files of one name. The first was read.",
    ),
    "I103": (
        "Exporten kunde inte läsas till slutet ({place}): {remedy}. Det som lästes före felet är lagrat.",
        "The export could not be read to its end ({place}): {remedy}. What was read before is stored.",
    ),
    "I104": (
        "Exporten har arkivfiler i sig. De öppnades inte; packa upp dem och importera dem var för sig.",
        "The export has archive files inside it. They were not opened; unpack and import each by itself.",
    ),
    "I105": (
        "En datafil i exporten är skadad ({remedy}). Det som stod före skadan och de andra filerna lästes.",
        "A data file of the export is damaged ({remedy}). What stood before the damage and the other files were read.",
    ),
    "I106": (
        "Exporten säger inte vems den är. Kontrollera att det är kontots egen; den lästes som det.",
        "The export does not say whose it is. See to it that it is the account's own; it was read as that.",
    ),
    "I107": (
        "En post i en datafil är orimligt stor och lästes inte.",
        "An item of a data file is absurdly large and was not read.",
    ),
    "I108": (
        "En post i en datafil är skadad och lästes inte.",
        "An item of a data file is damaged and was not read.",
    ),
    "I109": (
        "En datafil har en del som inte känns igen. Den lästes inte.",
        "A data file has a part that is not known. It was not read.",
    ),
    "I110": (
        "Exporten har {count_files} datafiler som inte hör till det som arkiveras. De lästes inte.",
        "The export has {count_files} data files that are no part of what is archived. They were not read.",
    ),
    "I111": (
        "Exporten har fler redigerade inlägg än vad som kan ordnas. Alla lästes, men några i fel ordning.",
        "The export has more edited posts than can be put in order. All were read, some out of order.",
    ),
    "I112": (
        "En händelse i en konversation är inget meddelande (någon anslöt eller lämnade) och arkiverades inte.",
        "An event in a conversation is no message (somebody joined or left) and was not archived.",
    ),
    "I113": (
        "En lång text kunde inte föras till något inlägg: inget, eller flera, från samma sekund börjar som den. Den "
        "lagrades som en egen post.",
        "A long text could not be told to be any post's: none or several of its second begin as it does. It was stored "
        "as an item of its own.",
    ),
    "I115": (
        "Exporten visar samma ord från samma sekund mer än en gång i en lista. De togs som olika poster; det kan vara "
        "samma post visad två gånger.",
        "The export shows the same words of the same second more than once in a list. They were taken as different "
        "items; it may be one item shown twice.",
    ),
    "I120": (
        "En bilaga som exporten nämner finns inte i den.",
        "An attachment that the export names is not in it.",
    ),
    "I121": (
        "En bilaga i exporten är skadad och kunde inte läsas.",
        "An attachment in the export is damaged and could not be read.",
    ),
    "I122": (
        "Importen avbröts av ett fel i programmet ({error} i {place}). Det som lästes före felet är lagrat.",
        "The import was ended by an error of the program ({error} in {place}). What was read before is stored.",
    ),
    "I123": (
        "Exporten har fler olika fel än vad som redovisas ett för ett. Filen är troligen inte vad den ser ut att vara.",
        "The export has more different errors than are told one by one. The file is probably not what it seems to be.",
    ),
    "I125": (
        "En post saknar en bilaga, och det går inte att säga vilken av exportens filer det är. Inget fylldes i.",
        "An item lacks an attachment, and nobody can say which of the export's files it is. Nothing was filled in.",
    ),
    "I130": (
        "Poster utan id kändes igen på tid och text, eller på bilagan. De togs inte in en gång till.",
        "Items without an id were known by time and text, or by the attachment. They were not taken in again.",
    ),
    "I131": (
        "En post liknar en som har gallrats (samma tid och text). Den togs inte in.",
        "An item is like one that was destroyed (same time and text). It was not taken in.",
    ),
    "I132": (
        "Poster som bara var kända ur en export har nu setts på plattformen. Båda lydelserna är bevarade.",
        "Items known from an export alone were now seen on the platform. Both forms are kept.",
    ),
    "I133": (
        "En post liknar andra från samma sekund och kunde inte säkert föras till någon. Den lagrades som en egen post.",
        "An item is like others of its second and could not be told to be any. It was stored as one of its own.",
    ),
    "I134": (
        "En post från samma sekund har en annan text; den kan vara en tidigare eller senare lydelse. Exportens lagrades "
        "som en egen post.",
        "An item of the same second has another text; it may be an earlier or later form. The export's was stored as "
        "one of its own.",
    ),
    "I140": (
        "Ingen tid angavs (--when). Posten saknar publiceringstid och gallras därför inte av sig själv.",
        "No time was given (--when). The item has no time of publication, so it is never culled by itself.",
    ),
    "I141": (
        "Ingen plats angavs (--where).",
        "No place was given (--where).",
    ),
    "I142": (
        "Filen är redan inlämnad med samma tid och plats. Inget nytt lagrades.",
        "The file was brought in before with the same time and place. Nothing new was stored.",
    ),
}
"""Code to (Swedish, English)."""
MISSING = frozenset({"I100", "I101", "I103", "I104", "I105", "I107", "I108", "I120", "I121", "I122", "I125"})
"""Codes that say that something is not in the archive."""
