"""What the morning letter calls each sign: one, several, and what a person can do about it. Plain Swedish, no reproach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.codes import texts


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a code. ``one``, ``several``: after the count. ``hint``: what to do; ``{hours}`` is the ambition."""

    one: str
    several: str
    hint: str


_READ: Final = "Läs och bedöm i sitt sammanhang. Strider det mot sidans regler: 'bevara oversee remove'."
SAID: Final[dict[str, Said]] = {
    "W101": Said(
        "fråga har väntat längre än ambitionen",
        "frågor har väntat längre än ambitionen",
        "Ambitionen är svar inom {hours} timmar. Svara på sidan, eller hänvisa till den som vet.",
    ),
    "W102": Said("fråga väntar på svar, ännu i tid", "frågor väntar på svar, ännu i tid", "Svara på sidan i dag."),
    "W103": Said(
        "svar saknar underskrift", "svar saknar underskrift", "Lägg till underskriften med namn och verksamhet."
    ),
    "W104": Said(
        "svar ser ut att komma från ett privat konto",
        "svar ser ut att komma från privata konton",
        "Svara från kommunens konto i stället.",
    ),
    "W105": Said("felanmälan att hänvisa", "felanmälningar att hänvisa", "Hänvisa till felanmälan på webbplatsen."),
    "W106": Said("synpunkt att hänvisa", "synpunkter att hänvisa", "Hänvisa till synpunkter på webbplatsen."),
    "W111": Said(
        "inlägg kan vara kränkande eller ett personangrepp",
        "inlägg kan vara kränkande eller personangrepp",
        _READ,
    ),
    "W112": Said("inlägg kan vara hets eller trakasseri", "inlägg kan vara hets eller trakasserier", _READ),
    "W113": Said("inlägg kan visa våld eller pornografi", "inlägg kan visa våld eller pornografi", _READ),
    "W114": Said("inlägg kan vara hot eller uppmana till brott", "inlägg kan vara hot eller uppmana till brott", _READ),
    "W115": Said("inlägg verkar ha ett personnummer", "inlägg verkar ha personnummer", _READ),
    "W116": Said("inlägg verkar ha någons kontaktuppgifter", "inlägg verkar ha kontaktuppgifter till personer", _READ),
    "W117": Said("inlägg kan röra sekretess", "inlägg kan röra sekretess", _READ),
    "W118": Said("inlägg kan vara någon annans verk", "inlägg kan vara andras verk", _READ),
    "W119": Said("inlägg har grova ord", "inlägg har grova ord", _READ),
    "W120": Said("inlägg kan vara reklam", "inlägg kan vara reklam", _READ),
    "W121": Said("inlägg kan gälla ett partis möte", "inlägg kan gälla partiers möten", _READ),
    "W122": Said("inlägg länkar till en sida på listan", "inlägg länkar till sidor på listan", _READ),
    "W123": Said("inlägg kan avvika från ämnet", "inlägg kan avvika från ämnet", _READ),
    "W124": Said(
        "inlägg kan gälla ett enskilt ärende",
        "inlägg kan gälla enskilda ärenden",
        "Hänvisa till verksamheten. Hör det till ett ärende ska det diarieföras.",
    ),
    "W125": Said("avsändare har skrivit ovanligt mycket", "avsändare har skrivit ovanligt mycket", _READ),
    "W131": Said("egen film saknar undertexter", "egna filmer saknar undertexter", "Lägg till undertexter."),
    "W132": Said("egen bild saknar alternativtext", "egna bilder saknar alternativtext", "Lägg till alternativtext."),
    "W133": Said(
        "eget inlägg kan vara extern marknadsföring",
        "egna inlägg kan vara extern marknadsföring",
        "Läs och bedöm. Ändra inlägget om det behövs.",
    ),
    "W134": Said(
        "nyhet saknar länk till webbplatsen",
        "nyheter saknar länk till webbplatsen",
        "Lägg till länken till sidan på webbplatsen.",
    ),
    "W135": Said(
        "konto gillar sidor utanför den godkända listan",
        "konton gillar sidor utanför den godkända listan",
        "Hör sidan till verksamheten: för in den på listan. Annars: sluta gilla eller följa den.",
    ),
    "W136": Said(
        "konto vars gillade sidor inte går att läsa",
        "konton vars gillade sidor inte går att läsa",
        "Titta själv på plattformen vilka sidor kontot gillar eller följer.",
    ),
    "W137": Said(
        "konto har luckor i kontoregistret",
        "konton har luckor i kontoregistret",
        "För in det som saknas. Det här står i brevet en gång i veckan.",
    ),
    "W138": Said(
        "registerpost enligt artikel 30 stämmer inte längre",
        "registerposter enligt artikel 30 stämmer inte längre",
        "Skriv den på nytt, och för över den till kommunens registerförteckning.",
    ),
    "W141": Said(
        "anslutning behöver en hand",
        "anslutningar behöver en hand",
        "'bevara oversee health' visar steg för steg vad du gör.",
    ),
    "W142": Said(
        "lucka i hämtningen",
        "luckor i hämtningen",
        "Se 'bevara oversee coverage', och förnya anslutningen om det behövs.",
    ),
    "W151": Said(
        "inlägg har försvunnit från sidan utan att vi vet varför",
        "inlägg har försvunnit från sidan utan att vi vet varför",
        "Vem tog bort det, och varför? Anteckna med 'bevara oversee removed'.",
    ),
    "W152": Said(
        "blockering ska ses över",
        "blockeringar ska ses över",
        "Behövs den fortfarande? 'bevara oversee blocks' visar beslutet.",
    ),
    "W153": Said(
        "borttagning är inte klar", "borttagningar är inte klara", "'bevara oversee removals' visar vad som återstår."
    ),
    "W154": Said(
        "begäran om att ta bort en bild väntar på beslut",
        "begäranden om att ta bort bilder väntar på beslut",
        "Besluta med 'bevara oversee picture decide'.",
    ),
    "W155": Said(
        "besökare har inte fått veta att något togs bort",
        "besökare har inte fått veta att något togs bort",
        "Meddela besökaren, eller anteckna att det inte går.",
    ),
}
"""By code. Others are told of by their own sentences (``schemas.codes``), which name accounts of ours alone."""

_FIRST: Final = ("W112", "W113", "W114")
_NEXT: Final = ("W101", "W141", "W153")


def rank(code: str, *, unlawful: bool) -> tuple[int, str]:
    """Where a code stands in a letter: what may be against the law first, then what is late, then the rest."""
    if unlawful or code in _FIRST:
        return 0, code
    return (1 if code in _NEXT else 2), code


def known(code: str) -> bool:
    """Whether there are words for the code."""
    return code in SAID or code in texts()
