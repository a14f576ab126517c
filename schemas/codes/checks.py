"""The twenty checks of a correct culling: codes C01–C20 in their fixed order, with Swedish and English sentences.

Each sentence says what is *not* met when the check fails. The sentences take no parameters, so that the same words can
stand beside one item and beside a count of items in a protocol. ``REASONS`` says which reasons of a judgement
(``schemas.codes.decide``) each check refuses.
"""

from __future__ import annotations

from typing import Literal

Lang = Literal["sv", "en"]

TEXTS: dict[str, tuple[str, str]] = {
    "C01": (
        "Ingen beslutad och gällande plan omfattar handlingen och dess arkivbildare.",
        "No decided plan in force covers the record and its archive creator.",
    ),
    "C02": (
        "Det är inte säkert att exakt en rad i planen passar handlingen.",
        "It is not certain that exactly one rule of the plan matches the record.",
    ),
    "C03": (
        "Planens rad eller en persons granskning säger inte att handlingen ska gallras.",
        "The plan's rule, or a person's review, does not say that the record is to be culled.",
    ),
    "C04": (
        "En annan lag eller förordning går före planens rad (arkivlagen 10 §).",
        "Another law or ordinance goes before the plan's rule (Archives Act, section 10).",
    ),
    "C05": (
        "Gallringsfristen är inte säkert utlöpt: utgångsdagen saknas, är orimlig eller ger en annan dag vid omräkning.",
        "The period has not surely run out: its start is missing, implausible, or gives another day when recounted.",
    ),
    "C06": (
        "Ingen registrerad person har märkt handlingen som inaktuell med en dag som har inträffat.",
        "No registered person has marked the record as inaktuell (no longer needed) with a day that has come.",
    ),
    "C07": (
        "Ett villkor för gallringen är inte bevisat uppfyllt.",
        "A condition of the culling is not proven to be met.",
    ),
    "C08": (
        "Handlingen hör till ett ärende som är öppet eller som planens rad inte är skriven för.",
        "The record belongs to a matter that is open, or that the plan's rule is not written for.",
    ),
    "C09": (
        "Handlingen ska vara registrerad innan den gallras men är inte märkt som registrerad.",
        "The record must be registered before it is culled but is not marked as registered.",
    ),
    "C10": (
        "Gallringsstopp råder.",
        "A hold is in force.",
    ),
    "C11": (
        "Något som bevaras hänger ihop med handlingen och skulle mista sitt sammanhang.",
        "Something that is kept hangs together with the record and would lose its context.",
    ),
    "C12": (
        "Handlingen ingår i det urval som bevaras.",
        "The record is in the sample that is kept.",
    ),
    "C13": (
        "Den frysta listan eller arkivets filer stämmer inte, eller kunde inte kontrolleras.",
        "The frozen list or the archive's files are not as they were, or could not be checked.",
    ),
    "C14": (
        "Två behöriga personers giltiga underskrifter finns inte.",
        "There are no valid signatures of two persons with mandate.",
    ),
    "C15": (
        "Plan, märkningar eller gallringsstopp har ändrats sedan handlingen bedömdes.",
        "The plan, the marks or the holds have changed since the record was judged.",
    ),
    "C16": (
        "Det är inte känt var alla kopior ligger.",
        "It is not known where all copies lie.",
    ),
    "C17": (
        "Det som ska stå kvar efter gallringen kan inte skrivas utan risk att innehåll följer med.",
        "What is to remain after the culling cannot be written without risk of content in it.",
    ),
    "C18": (
        "Det går inte att visa på varje plats att inget är kvar.",
        "It cannot be shown in every place that nothing is left.",
    ),
    "C19": (
        "Handlingen är redan gallrad här; att den syns eller saknas på plattformen ändrar ingenting.",
        "The record has already been culled here; that the platform shows or lacks it changes nothing.",
    ),
    "C20": (
        "Ett gallringsstopp har hävts sedan förslaget gjordes; det krävs ett nytt förslag.",
        "A hold has been lifted since the proposal was made; a new proposal is needed.",
    ),
}
"""Code to (Swedish, English)."""

CODES: tuple[str, ...] = tuple(TEXTS)
"""The codes in order."""

PASSED: dict[str, str] = {
    "C01": "En beslutad och gällande plan omfattar handlingen och dess arkivbildare.",
    "C02": "Exakt en rad i planen passar handlingen.",
    "C03": "Planens rad säger att handlingen ska gallras, och ingen person har beslutat något annat.",
    "C04": "Ingen annan lag eller förordning går före planens rad (arkivlagen 10 §).",
    "C05": "Gallringsfristen har löpt ut, också när den räknas om.",
    "C06": "Där planen kräver det har en registrerad person märkt handlingen som inaktuell.",
    "C07": "Varje villkor för gallringen är bevisat uppfyllt.",
    "C08": "Handlingen hör inte till något öppet ärende eller till ett ärende som planens rad inte är skriven för.",
    "C09": "Handlingen är registrerad, om den ska vara det innan den gallras.",
    "C10": "Inget gallringsstopp råder.",
    "C11": "Inget som bevaras mister sitt sammanhang.",
    "C12": "Handlingen ingår inte i ett urval som bevaras.",
    "C13": "Den frysta listan och arkivets filer är oförändrade.",
    "C14": "Två behöriga personer har skrivit under, och underskrifterna är giltiga.",
    "C15": "Plan, märkningar och gallringsstopp är desamma som när handlingen bedömdes.",
    "C16": "Det är känt var alla kopior ligger.",
    "C17": "Det som ska stå kvar kan skrivas utan att innehåll följer med.",
    "C18": "Det går att visa på varje plats att inget är kvar.",
    "C19": "Handlingen var inte redan gallrad, och vad plattformen visar har inte påverkat bedömningen.",
    "C20": "Inget gallringsstopp har hävts sedan förslaget gjordes.",
}
"""What holds of a record that a check lets go, in Swedish: the certificate lists the checks with these words."""

REASONS: dict[str, str] = {
    "E101": "C01",
    "E102": "C01",
    "E104": "C01",
    "E105": "C01",
    "E106": "C01",
    "E107": "C02",
    "E110": "C02",
    "E111": "C02",
    "E103": "C03",
    "E113": "C03",
    "E120": "C03",
    "E123": "C04",
    "E150": "C05",
    "E151": "C05",
    "E152": "C05",
    "E153": "C05",
    "E154": "C05",
    "E156": "C05",
    "E157": "C05",
    "E158": "C05",
    "E160": "C05",
    "E155": "C06",
    "E133": "C07",
    "E136": "C07",
    "E141": "C07",
    "E142": "C07",
    "E143": "C07",
    "E144": "C07",
    "E149": "C07",
    "E112": "C08",
    "E131": "C08",
    "E132": "C08",
    "E134": "C09",
    "E135": "C09",
    "E130": "C10",
    "E121": "C11",
    "E122": "C12",
}
"""Reason against culling → the one check that refuses it. A reason that is neither here nor speaks for culling is not
understood and is refused by C02."""


def sentence(code: str, lang: Lang = "sv") -> str:
    """The sentence of a check; a code that is not one of the twenty is shown as itself."""
    pair = TEXTS.get(code)
    return code if pair is None else pair[0 if lang == "sv" else 1]
