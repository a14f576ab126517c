"""Why an item is kept, culled or asked about: codes E1xx in their fixed order, with Swedish and English sentences.

The order of ``TEXTS`` is the order of the reasons in every decision. A sentence may hold ``{names}``; what they stand
for is given by ``schemas.plan.judge.parameters``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["sv", "en"]
Weight = Literal["stop", "ask", "keep", "due", "note"]
"""``stop``: kept, whatever else holds. ``ask``: a person must decide. ``keep``: kept. ``due``: speaks for culling.
``note``: tells how something was counted, weighs nothing."""

TEXTS: dict[str, tuple[Weight, str, str]] = {
    "E101": (
        "stop",
        "Ingen dokumenthanteringsplan är antagen; utan plan gallras ingenting.",
        "No document management plan is adopted; nothing is culled without one.",
    ),
    "E102": (
        "stop",
        "Planutgåvan {edition} gäller inte den {as_of} (giltig {plan_force}).",
        "Edition {edition} of the plan is not in force on {as_of} (valid {plan_force}).",
    ),
    "E103": (
        "stop",
        "En namngiven person har granskat handlingen och beslutat att den ska bevaras (märkning granskad-bevara).",
        "A named person has reviewed the record and decided to keep it (mark granskad-bevara).",
    ),
    "E104": (
        "ask",
        "Planen är inte beslutad för arkivbildaren {authority}.",
        "The plan is not decided for the archive creator {authority}.",
    ),
    "E105": (
        "ask",
        "Planen omfattar inte handlingar från den {published_day} (planen omfattar {plan_records}).",
        "The plan does not cover records of {published_day} (it covers {plan_records}).",
    ),
    "E106": (
        "ask",
        "Publiceringsdagen är okänd, så det går inte att avgöra om planen eller raden omfattar handlingen.",
        "The day of publication is unknown, so it cannot be told whether the plan or the rule covers the record.",
    ),
    "E107": (
        "ask",
        "Handlingen har en egenskap som planen inte känner till ({unknown}).",
        "The record has a property that the plan does not know ({unknown}).",
    ),
    "E110": (
        "ask",
        "Ingen rad i planen passar handlingen.",
        "No rule of the plan matches the record.",
    ),
    "E111": (
        "ask",
        "Flera rader i planen passar handlingen: {rules}. Exakt en ska göra det.",
        "Several rules of the plan match the record: {rules}. Exactly one must.",
    ),
    "E112": (
        "ask",
        "Handlingen hör till ett ärende, men raden {rule} är inte skriven för ärendehandlingar.",
        "The record belongs to a matter, but rule {rule} is not written for records of matters.",
    ),
    "E113": (
        "ask",
        "Raden {rule} säger att handlingen ska granskas av en person.",
        "Rule {rule} says that a person must review the record.",
    ),
    "E120": (
        "keep",
        "Raden {rule} säger att handlingen ska bevaras.",
        "Rule {rule} says that the record is to be preserved.",
    ),
    "E121": (
        "keep",
        "En handling högre upp i tråden bevaras med allt som ligger under den.",
        "A record higher up in the thread is preserved together with everything below it.",
    ),
    "E122": (
        "keep",
        "Handlingen ingår i det urval som bevaras enligt raden {rule} ({sample}).",
        "The record is in the sample that rule {rule} keeps ({sample}).",
    ),
    "E123": (
        "keep",
        "Raden {rule} gäller handlingar som en annan lag eller förordning går före för ({other_law}); inget gallras.",
        "Rule {rule} is for records where another law or ordinance goes first ({other_law}); nothing is culled.",
    ),
    "E130": (
        "keep",
        "Gallringsstopp råder för handlingen eller för något den ligger under (stopp nr {holds}).",
        "A hold binds the record or something it lies below (hold no. {holds}).",
    ),
    "E131": (
        "keep",
        "Handlingen ingår i ett ärende som inte är avslutat.",
        "The record is part of a matter that is not closed.",
    ),
    "E132": (
        "keep",
        "En handling högre upp i tråden ingår i ett ärende som inte är avslutat.",
        "A record higher up in the thread is part of a matter that is not closed.",
    ),
    "E133": (
        "keep",
        "Handlingen, eller något den ligger under, väntar på en leverans som inte är kvitterad, eller på att tas bort från sidan.",
        "The record, or something it lies below, waits for a delivery that is not confirmed, or to be taken off its page.",
    ),
    "E134": (
        "keep",
        "Handlingen ska registreras enligt raden {rule} men är inte märkt som registrerad.",
        "Rule {rule} requires registration, but the record is not marked as registered.",
    ),
    "E135": (
        "keep",
        "Handlingen är sekretessmärkt men inte märkt som registrerad.",
        "The record has a secrecy mark but is not marked as registered.",
    ),
    "E136": (
        "keep",
        "En film i handlingen väntar på beslut, leverans eller kvittens om e-plikt, eller är inte eftersökt än.",
        "A film of the record waits for decision, delivery or receipt in legal deposit, or was not searched for yet.",
    ),
    "E141": (
        "keep",
        "Villkoret att handlingen är registrerad är inte uppfyllt.",
        "The condition that the record is registered is not met.",
    ),
    "E142": (
        "keep",
        "Villkoret att en läsbar ögonblicksbild av kontot finns bevarad är inte uppfyllt.",
        "The condition that a readable snapshot of the account is preserved is not met.",
    ),
    "E143": (
        "keep",
        "Villkoret att e-arkivet har kvitterat mottagandet är inte uppfyllt.",
        "The condition that the e-archive has confirmed receipt is not met.",
    ),
    "E144": (
        "keep",
        "Villkoret att KB har kvitterat e-pliktleveransen är inte uppfyllt.",
        "The condition that the National Library has confirmed the legal deposit is not met.",
    ),
    "E149": (
        "keep",
        "Raden {rule} har ett villkor som inte kan prövas maskinellt ({conditions}); det räknas som inte uppfyllt.",
        "Rule {rule} has a condition that cannot be tested by machine ({conditions}); it counts as not met.",
    ),
    "E150": (
        "keep",
        "Raden {rule} säger inte vad gallringsfristen räknas från.",
        "Rule {rule} does not say what the period is counted from.",
    ),
    "E151": (
        "keep",
        "Publiceringstiden är okänd, så fristen kan inte räknas.",
        "The time of publication is unknown, so the period cannot be counted.",
    ),
    "E152": (
        "keep",
        "Tiden för senaste ändring är okänd, så fristen kan inte räknas.",
        "The time of the latest edit is unknown, so the period cannot be counted.",
    ),
    "E153": (
        "keep",
        "Trådens senaste aktivitet är okänd, så fristen kan inte räknas.",
        "The latest activity of the thread is unknown, so the period cannot be counted.",
    ),
    "E154": (
        "keep",
        "Handlingen är inte märkt som borttagen av oss, så fristen har inte börjat.",
        "The record is not marked as removed by us, so the period has not begun.",
    ),
    "E155": (
        "keep",
        "Ingen person har märkt handlingen som inaktuell; ålder ensam räcker inte.",
        "No person has marked the record as inaktuell (no longer needed); age alone is not enough.",
    ),
    "E156": (
        "keep",
        "Handlingen är inte märkt med ett avslutat ärende, så fristen har inte börjat.",
        "The record is not marked with a closed matter, so the period has not begun.",
    ),
    "E157": (
        "keep",
        "Dagen som fristen räknas från ({trigger}) ligger efter den {as_of}.",
        "The day the period is counted from ({trigger}) lies after {as_of}.",
    ),
    "E158": (
        "keep",
        "Raden {rule} anger ingen gallringsfrist.",
        "Rule {rule} states no period.",
    ),
    "E160": (
        "keep",
        "Handlingen får gallras tidigast den {due}.",
        "The record may be culled on {due} at the earliest.",
    ),
    "E170": (
        "due",
        "Gallringsfristen har löpt ut: från den {due} får handlingen gallras enligt raden {rule}.",
        "The period has run out: from {due} the record may be culled under rule {rule}.",
    ),
    "E180": (
        "note",
        "Fristen räknas från den senaste ändringen, inte från publiceringen.",
        "The period is counted from the latest edit, not from the publication.",
    ),
    "E181": (
        "note",
        "Avsändarens egen tidsuppgift godtogs inte; plattformens tid räknas.",
        "The author's own statement of time was not accepted; the platform's time counts.",
    ),
    "E182": (
        "note",
        "Handlingstypen i raden {rule} har upphört; äldre handlingar bedöms fortfarande enligt raden.",
        "The type of rule {rule} is retired; older records are still judged by it.",
    ),
}

CODES: tuple[str, ...] = tuple(TEXTS)
"""All codes in the order in which decisions list them."""

OF_CONDITION: dict[str, str] = {
    "registrerad": "E141",
    "ogonblicksbild": "E142",
    "e-arkiv": "E143",
    "e-plikt": "E144",
}
"""Code that says a condition is not met; any other condition gives E149."""

OF_TRIGGER: dict[str, str] = {
    "published": "E151",
    "last_edit": "E152",
    "thread_activity": "E153",
    "removed": "E154",
    "inaktuell": "E155",
    "matter_closed": "E156",
}
"""Code that says a trigger has not happened or is not known."""


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentence(code: str, lang: Lang = "sv", parameters: Mapping[str, str] | None = None) -> str:
    """The sentence of a code; a parameter that is not given is shown as a dash, an unknown code as itself."""
    if code not in TEXTS:
        return code
    _, swedish, english = TEXTS[code]
    return (swedish if lang == "sv" else english).format_map(_Gaps(parameters or {}))
