"""Codes of answers to requests: Q191–Q198, with Swedish and English sentences.

The subject is an item's opaque id; ``version`` and ``file`` (from 1) say where in it.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "Q191": (
        "Filens slag kan inte maskeras på det sättet.",
        "A file of this sort cannot be masked in that way.",
    ),
    "Q192": (
        "Bilaga {file} till version {version} skulle ha maskerats men kunde inte det ({reason}). Den lämnas inte ut alls.",
        "Attachment {file} of version {version} was to be masked and could not be ({reason}). It is not given at all.",
    ),
    "Q193": (
        "Bilaga {file} till version {version} finns inte eller är skadad i arkivet och är inte med. Kör 'bevara verify --deep'.",
        "Attachment {file} of version {version} is missing or damaged in the archive and is left out. Run 'bevara verify --deep'.",
    ),
    "Q194": (
        "Den maskerade kopian har ingen sådan fil: den kunde inte maskeras när kopian gjordes.",
        "The masked copy has no such file: it could not be masked when the copy was made.",
    ),
    "Q195": (
        "I bilagan {where} till version {version}, som lämnas ut hel, står ord som är maskerade på annat håll (till exempel i "
        "filens metadata eller undertexter). Maska metadata eller filen.",
        "In attachment {where} of version {version}, which is given whole, stand words that are masked elsewhere (in its "
        "metadata or captions, for example). Mask its metadata or the file.",
    ),
    "Q196": (
        "Version {version} har fått en bilaga sedan den prövades. Bilagan är inte med; pröva handlingen på nytt om den ska vara det.",
        "Version {version} got an attachment after it was assessed. It is left out; assess the record anew to include it.",
    ),
    "Q197": (
        "Ord söks i filer byte för byte. I en lång fil kan en följd av tecken vara en slump; titta på filen och svara med --accept "
        "om inget står där.",
        "Words are looked for in files byte by byte. In a long file a run of characters may be chance; look at the file, and "
        "answer with --accept if nothing stands there.",
    ),
    "Q198": (
        "{lines:rad är inte prövad|rader är inte prövade} och är inte med i utkastet.",
        "{lines:line is not assessed|lines are not assessed} and left out of the draft.",
    ),
}
