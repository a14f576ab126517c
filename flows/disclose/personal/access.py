"""What a person who asks for their own data is told beside the copy (GDPR 15.1): the letter ``gdpr-tillgang``.

Purposes and recipients are those of the archive; the categories are read from what the list holds; the periods are the
rows of the records management plan that the listed records fall under today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.listing import listed
from flows.disclose.letters import Written, write_letter
from flows.disclose.standing import LIVE, known_request, request_in
from flows.keep.judged import decisions, standing
from flows.keep.mandates import mandated
from flows.keep.read import partitions
from flows.keep.renditions import PLATFORMS
from schemas.books import Books
from schemas.calendar import local_day
from schemas.codes.words import value
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.plan.model import Rule, Trigger
from schemas.refusal import GuardError, RefusedError

PURPOSES: Final = (
    "Kommunen publicerar information och för dialog med allmänheten i sociala medier. Det som skrivs där är allmänna handlingar. "
    "Uppgifterna behandlas för att handlingarna ska kunna bevaras, sökas, lämnas ut till den som begär det och gallras i rätt tid. "
    "Den rättsliga grunden är rättslig förpliktelse och uppgift av allmänt intresse (artikel 6.1 c och e i EU:s "
    "dataskyddsförordning; tryckfrihetsförordningen, offentlighets- och sekretesslagen och arkivlagen)."
)
"""Purposes and legal ground of the archive (retention rules, 1.1–1.5 and 7)."""
RECIPIENTS: Final = (
    "Allmänheten, som kan läsa det som är publicerat på kommunens sidor.\n"
    "Den som begär att få ta del av allmänna handlingar, om inte sekretess hindrar det.\n"
    "Den plattform där uppgifterna publicerades. Den ansvarar själv för sin behandling, som kan ske utanför EU.\n"
    "Kommunens arkiv och diarium, Kungliga biblioteket (filmer) samt Polisen och andra myndigheter när lagen säger det."
)
"""Categories of recipients (GDPR 15.1 c), a line each."""
_UNDECIDED: Final = "Tiden är ännu inte bestämd. Inget gallras förrän kommunen har beslutat om det."
_FROM: Final[dict[Trigger, str]] = {
    "published": "publiceringen",
    "last_edit": "den senaste ändringen",
    "thread_activity": "den senaste aktiviteten i tråden",
    "removed": "den dag då vi tog bort handlingen",
    "inaktuell": "den dag då handlingen märktes som inaktuell",
    "matter_closed": "den dag då ärendet avslutades",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The letter, how many records it is about, and what to think of."""

    letter: Written
    items: int
    findings: tuple[Finding, ...]


def access(home: Home, number: str | int, person: str) -> Access:
    """Write the letter with the information of GDPR 15.1 for a request of kind ``tillgang``; it goes with the copies.

    Raises:
        RefusedError: no such request or person, or a request of another kind. GuardError: G-MANDATE; G-REQUEST: nothing
            has been searched for; G-CHANGED: the request is closed, or its list was changed meanwhile.
    """
    ground = home.ground
    at = ground.clock.now()
    request = known_request(ground, number)
    if request.kind != "tillgang":
        raise RefusedError("REQUEST", request.number, f"it is of kind {request.kind}; this is for kind tillgang")
    if request.standing not in LIVE:
        raise GuardError("G-CHANGED", f"request {request.number} is {request.standing}", "open a new one")
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    items = pc.unique(listed(ground, request)["item"].combine_chunks()) if request.listed is not None else None
    if items is None:
        raise GuardError(
            "G-REQUEST", f"request {request.number} has no list", f"search with 'bevara request find {request.number}'"
        )
    periods, planned = _periods(ground, items)
    fields = {
        "antal": str(len(items)),
        "andamal": PURPOSES,
        "kategorier": "\n".join(_categories(ground, items)),
        "mottagare": RECIPIENTS,
        "lagring": "\n".join(periods) or _UNDECIDED,
    }

    def also(books: Books, _item: ItemId) -> None:
        if request_in(books, request.number).digest != request.digest:
            raise GuardError("G-CHANGED", "the list of the request was changed just now", "look at it, and write again")

    letter = write_letter(home, request, "gdpr-tillgang", person, at, fields, also=also)
    findings = [Finding(code="Q216", severity="info", subject=request.subject)]
    if not planned:
        findings.append(Finding(code="Q215", severity="info", subject=request.subject))
    return Access(letter=letter, items=len(items), findings=tuple(findings))


def _periods(ground: Ground, items: pa.Array) -> tuple[list[str], bool]:
    """A line for each row of the plan that listed records fall under, and whether there is a plan."""
    day = local_day(ground.clock.now())
    base = standing(ground, day, holds=False)
    if base.plan is None:
        return [], False
    rules: Mapping[str, Rule] = {rule.id: rule for rule in base.plan.rules}
    met: dict[str, None] = {}
    open_ones = False
    for table in decisions(ground, base, day):
        found = table.filter(pc.is_in(table["item"], value_set=items))
        for name in found["rule"].cast(pa.string()).unique().to_pylist():
            if name is None:
                open_ones = True
            else:
                met[name] = None
    lines = [f"{rules[name].type}: {rule_words(rules[name])}." for name in rules if name in met]
    if open_ones:
        lines.append("Övriga handlingar: bevaras tills kommunen har beslutat om dem.")
    return lines, True


def rule_words(rule: Rule) -> str:
    """What a row of the plan says of how long a record is kept, in a Swedish clause."""
    if rule.action == "bevara":
        return "bevaras för alltid"
    if rule.action == "granska" or rule.trigger is None:
        return "bevaras tills kommunen har prövat om de ska gallras"
    if rule.period is None:
        return "gallras när de inte längre behövs"
    return f"gallras tidigast {rule.period} efter {_FROM[rule.trigger]}"


def _categories(ground: Ground, items: pa.Array) -> Iterator[str]:
    """What sorts of data the listed records hold: from their kinds, platforms and attachments."""
    kinds: dict[str, None] = {}
    platforms: dict[str, None] = {}
    files = False
    for _, _, table in partitions(ground.state, ground.store, ("row", "item", "kind", "platform", "media")):
        some = table.filter(pc.and_(pc.equal(table["row"], "version"), pc.is_in(table["item"], value_set=items)))
        kinds |= dict.fromkeys(some["kind"].cast(pa.string()).unique().to_pylist())
        platforms |= dict.fromkeys(some["platform"].cast(pa.string()).unique().to_pylist())
        files = files or bool(some.num_rows and pc.any(pc.greater(pc.list_value_length(some["media"]), 0)).as_py())
    yield "Namn och konto, så som de visas på plattformen."
    if kinds:
        yield f"Det som har skrivits: {', '.join(value(one, 'sv') for one in sorted(kinds))}."
    if files:
        yield "Bilder, filmer och annat som är bifogat, med beskrivningar."
    yield "När och var något publicerades eller ändrades, och antal reaktioner."
    if platforms:
        yield f"Uppgifterna finns från: {', '.join(PLATFORMS.get(one, one) for one in sorted(platforms))}."
