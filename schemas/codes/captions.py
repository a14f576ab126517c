"""Finding codes of caption files: L250–L259, with Swedish and English sentences. The subject is the film's number.

None of them hinders a delivery: KB is handed what the public was shown.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L250": (
        "Filen med undertexter är tom, eller saknar texter med tider.",
        "The caption file is empty, or has no text with a time.",
    ),
    "L251": (
        "Filen med undertexter går inte att läsa som text, eller är större än 16 MB.",
        "The caption file cannot be read as text, or is larger than 16 MB.",
    ),
    "L252": (
        "Filen med undertexter är varken SRT eller WebVTT. Den följer med som den är, utan att tiderna har prövats.",
        "The caption file is neither SRT nor WebVTT. It goes along as it is; its times have not been examined.",
    ),
    "L253": (
        "En undertext slutar innan den börjar, eller visas ingen tid alls.",
        "A caption ends before it begins, or is shown for no time at all.",
    ),
    "L254": (
        "Undertexterna står inte i tidsordning: en börjar före den som står framför den.",
        "The captions do not stand in order of time: one begins before the one that stands in front of it.",
    ),
    "L255": (
        "En undertext ligger efter filmens slut. Hör filen till en annan version av filmen?",
        "A caption lies after the end of the film. Does the file belong to another version of the film?",
    ),
    "L256": (
        "Filen med undertexter är inte skriven i UTF-8. Tecken som å, ä och ö kan visas fel.",
        "The caption file is not written in UTF-8. Letters such as å, ä and ö may be shown wrongly.",
    ),
    "L257": (
        "En tid i filen med undertexter går inte att läsa. Den texten visas inte.",
        "A time in the caption file cannot be read. That text is not shown.",
    ),
    "L258": (
        "En undertext har en tid men ingen text.",
        "A caption has a time and no text.",
    ),
    "L259": (
        "Filen med undertexter sägs vara i ett format (SRT eller WebVTT) men är i det andra.",
        "The caption file is said to be in one form (SRT or WebVTT) and is in the other.",
    ),
}
"""Code to (Swedish, English)."""
