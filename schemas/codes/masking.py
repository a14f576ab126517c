"""Codes of files that cannot be masked (Q171–Q189). What cannot be masked is not given; nothing is guessed."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "Q171": (
        "Bilden kan inte läsas: den är skadad eller av ett format som Bevara inte kan maskera.",
        "The picture cannot be read: it is damaged, or of a format that Bevara cannot mask.",
    ),
    "Q172": (
        "Bilden är för stor för att maskeras.",
        "The picture is too large to be masked.",
    ),
    "Q173": (
        "Bildfilen har flera sidor. Bevara maskerar bara filer med en bild, eller en rörlig bild.",
        "The picture file has several pages. Bevara masks files with one picture, or a moving one, alone.",
    ),
    "Q174": (
        "Det område som ska maskeras är tomt eller ligger helt utanför bilden. Kontrollera läget i bilden.",
        "The region to be masked is empty or lies wholly outside of the picture. Check its place in the picture.",
    ),
    "Q175": (
        "Maskeringen passar inte filen: ett område hör till en bild, en tid till en inspelning.",
        "The mask does not fit the file: a region belongs to a picture, a time to a recording.",
    ),
    "Q176": (
        "Den maskerade bilden kunde inte göras: det tog för lång tid eller för mycket minne, eller programmet slutade.",
        "The masked picture could not be made: it took too long or too much memory, or the program ended.",
    ),
    "Q181": (
        "Inspelningen kan inte läsas: den är skadad, krypterad eller av ett format som Bevara inte kan maskera.",
        "The recording cannot be read: it is damaged, encrypted, or of a format that Bevara cannot mask.",
    ),
    "Q182": (
        "Den tid som ska maskeras är tom eller ligger utanför inspelningen. Kontrollera tiden.",
        "The time to be masked is empty or lies outside of the recording. Check the time.",
    ),
    "Q183": (
        "Inspelningen har inget ljud, eller ingen bild, att maskera vid den tiden.",
        "The recording has no sound, or no picture, to be masked at that time.",
    ),
    "Q184": (
        "Inspelningen har flera bild- eller ljudspår, och vid granskning syns och hörs bara det första. Den lämnas inte ut.",
        "The recording has several picture or sound tracks. An officer sees and hears the first alone, so it is not given.",
    ),
    "Q185": (
        (
            "Den maskerade inspelningen kunde inte göras: den är för lång eller för stor, det tog för lång tid, eller så "
            "går den inte att läsa hela vägen."
        ),
        (
            "The masked recording could not be made: it is too long or too large, it took too long, or it cannot be read "
            "to its end."
        ),
    ),
    "Q186": (
        "Den maskerade inspelningen blev inte som den skulle när den kontrollerades. Den lämnas inte ut.",
        "The masked recording was not as it should be when it was checked. It is not given.",
    ),
}
