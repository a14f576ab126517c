"""The reasons of ``schemas.codes.decide`` as they are said of many records in a protocol, in Swedish.

A sentence of one record names its rule, its day or its hold. Said of a count of records it cannot; so every code has a
second sentence here that names none.
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "E101": "Ingen dokumenthanteringsplan är antagen; utan plan gallras ingenting.",
    "E102": "Planutgåvan gäller inte den dag som bedömningen avser.",
    "E103": "En namngiven person har granskat handlingarna och beslutat att de ska bevaras (märkning granskad-bevara).",
    "E104": "Planen är inte beslutad för handlingarnas arkivbildare.",
    "E105": "Planen omfattar inte handlingar från den tid då dessa publicerades.",
    "E106": "Publiceringsdagen är okänd, så det går inte att avgöra om planen eller raden omfattar handlingarna.",
    "E107": "Handlingarna har en egenskap som planen inte känner till.",
    "E110": "Ingen rad i planen passar handlingarna.",
    "E111": "Flera rader i planen passar samma handling. Exakt en ska göra det.",
    "E112": "Handlingarna hör till ärenden, men planens rader är inte skrivna för ärendehandlingar.",
    "E113": "Planen säger att handlingarna ska granskas av en person.",
    "E120": "Planen säger att handlingarna ska bevaras.",
    "E121": "En handling högre upp i tråden bevaras med allt som ligger under den.",
    "E122": "Handlingarna ingår i det urval som bevaras enligt planen.",
    "E123": "En annan lag eller förordning går före planens rad; inget gallras.",
    "E130": "Gallringsstopp råder för handlingarna eller för något de ligger under.",
    "E131": "Handlingarna ingår i ärenden som inte är avslutade.",
    "E132": "En handling högre upp i tråden ingår i ett ärende som inte är avslutat.",
    "E133": "Handlingarna, eller något de ligger under, väntar på en leverans som inte är kvitterad, eller på att tas bort från sidan.",
    "E134": "Handlingarna ska registreras enligt planen men är inte märkta som registrerade.",
    "E135": "Handlingarna är sekretessmärkta men inte märkta som registrerade.",
    "E136": "Filmer i handlingarna väntar på beslut, leverans eller kvittens om e-plikt.",
    "E141": "Villkoret att handlingarna är registrerade är inte uppfyllt.",
    "E142": "Villkoret att en läsbar ögonblicksbild av kontot finns bevarad är inte uppfyllt.",
    "E143": "Villkoret att e-arkivet har kvitterat mottagandet är inte uppfyllt.",
    "E144": "Villkoret att KB har kvitterat e-pliktleveransen är inte uppfyllt.",
    "E149": "Planen har ett villkor som inte kan prövas maskinellt; det räknas som inte uppfyllt.",
    "E150": "Planens rad säger inte vad gallringsfristen räknas från.",
    "E151": "Publiceringstiden är okänd, så fristen kan inte räknas.",
    "E152": "Tiden för senaste ändring är okänd, så fristen kan inte räknas.",
    "E153": "Trådens senaste aktivitet är okänd, så fristen kan inte räknas.",
    "E154": "Handlingarna är inte märkta som borttagna av oss, så fristen har inte börjat.",
    "E155": "Ingen person har märkt handlingarna som inaktuella; ålder ensam räcker inte.",
    "E156": "Handlingarna är inte märkta med ett avslutat ärende, så fristen har inte börjat.",
    "E157": "Dagen som fristen räknas från ligger efter den dag som bedömningen avser.",
    "E158": "Planens rad anger ingen gallringsfrist.",
    "E160": "Handlingarna får gallras först senare.",
    "E170": "Gallringsfristen har löpt ut, och handlingarna får gallras enligt planen.",
    "E180": "Fristen räknas från den senaste ändringen, inte från publiceringen.",
    "E181": "Avsändarens egen tidsuppgift godtogs inte; plattformens tid räknas.",
    "E182": "Handlingstypen har upphört; äldre handlingar bedöms fortfarande enligt dess rad i planen.",
}
"""Code → what is said of many records."""


def sentence(code: str) -> str:
    """The sentence of a code said of many records; an unknown code as itself."""
    return SENTENCES.get(code, code)
