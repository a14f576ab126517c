"""What two editions of a plan differ in, and what would have to happen for another outcome: pure answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.codes.decide import TEXTS
from schemas.plan.judge import Judgement
from schemas.plan.model import Mandate, Match, Plan, Rule, Sample

EXAMPLES = 5
"""Items shown as examples of each change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs: the rule's id (or ``plan``), the field, and both values as shown."""

    rule: str
    field: str
    old: str
    new: str


def differences(old: Plan, new: Plan) -> list[Difference]:
    """Field by field what differs between two editions; rules are told apart by their ids."""
    found = [*_fields("plan", old, new, leave_out=("rules",))]
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            there, gone = ("ny rad", "") if one is None else ("", "borttagen rad")
            found.append(Difference(rule=name, field="rule", old=gone, new=there))
        else:
            found += _fields(name, one, other, leave_out=("id",))
    return found


def _fields(name: str, old: Plan | Rule, new: Plan | Rule, *, leave_out: tuple[str, ...]) -> Iterator[Difference]:
    for one in fields(old):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if one.name not in leave_out and before != after:
            yield Difference(rule=name, field=one.name, old=shown(before), new=shown(after))


def shown(value: object) -> str:
    """A field's value in words."""
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return _part(value)


def _part(value: object) -> str:
    if isinstance(value, Match):
        return match_text(value)
    if isinstance(value, Sample):
        return f"1 per {value.one_in}" if value.one_in else "urval"
    if isinstance(value, Mandate):
        return f"{value.body} {value.date} {value.paragraph} {value.dnr}".strip()
    return str(value)


def match_text(match: Match) -> str:
    """Which items a rule covers, in words."""
    parts = [f"{name}: {values}" for name, values in match.columns]
    parts += [f"med {mark}" for mark in sorted(match.required)]
    parts += [f"utan {mark}" for mark in sorted(match.forbidden)]
    return "; ".join(parts) or "alla"


@dataclass(slots=True, kw_only=True)
class Effect:
    """What a new edition would do to today's holdings.

    Attributes:
        counts, examples: number of items, and some ids, per (old outcome, new outcome).
        before, after: items that are due to be culled under the old and the new edition, by the rule that says so.
        begins: items that would become due at once, by their new rule.
        ceases: items that are due and would be no longer, by their old rule.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    begins: Counter[str] = field(default_factory=Counter)
    ceases: Counter[str] = field(default_factory=Counter)

    @property
    def rules(self) -> list[str]:
        """Rules under which something is due in either edition, by name."""
        return sorted({*self.before, *self.after})

    def add(self, old: pa.Table, new: pa.Table) -> None:
        """Compare two tables of decisions about the same items in the same order."""
        before, after = old["outcome"].cast(pa.string()), new["outcome"].cast(pa.string())
        pairs = pc.binary_join_element_wise(before, after, " ")
        for one in pc.value_counts(pairs).to_pylist():
            first, second = one["values"].split(" ")
            self.counts[first, second] += one["counts"]
            if first != second and len(self.examples[first, second]) < EXAMPLES:
                items = old["item"].filter(pc.equal(pairs, one["values"]))
                wanted = EXAMPLES - len(self.examples[first, second])
                self.examples[first, second] += items.slice(0, wanted).to_pylist()
        was, will = pc.equal(before, "cull"), pc.equal(after, "cull")
        _by_rule(self.before, old, was)
        _by_rule(self.after, new, will)
        _by_rule(self.begins, new, pc.and_(will, pc.invert(was)))
        _by_rule(self.ceases, old, pc.and_(was, pc.invert(will)))


def _by_rule(counter: Counter[str], table: pa.Table, mask: Any) -> None:
    for one in pc.value_counts(table["rule"].filter(mask).cast(pa.string())).to_pylist():
        counter[one["values"] or ""] += one["counts"]


def effect(old: Iterable[pa.Table], new: Iterable[pa.Table]) -> Effect:
    """The effect of one edition after another; both judged from the same partitions in the same order.

    Raises:
        RuntimeError: the holdings changed between the two readings.
    """
    found = Effect()
    for before, after in zip(old, new, strict=True):
        if not before["item"].equals(after["item"]):
            raise RuntimeError("the holdings changed while they were compared; run the command again")
        found.add(before, after)
    return found


_INSTEAD: Mapping[str, tuple[str, str]] = {
    "E101": ("En dokumenthanteringsplan antas.", "A document management plan is adopted."),
    "E102": ("En planutgåva som är i kraft antas.", "An edition that is in force is adopted."),
    "E103": ("Märkningen granskad-bevara tas bort.", "The mark granskad-bevara is taken away."),
    "E104": ("Planen beslutas också för {authority}.", "The plan is decided for {authority} too."),
    "E105": ("Planen utvidgas till handlingar från {published_day}.", "The plan is extended to {published_day}."),
    "E106": ("Publiceringstiden blir känd.", "The time of publication becomes known."),
    "E107": ("Verktyget eller planen får ett värde för {unknown}.", "The tool or plan gets a value for {unknown}."),
    "E110": ("En rad som omfattar handlingen förs in i planen.", "A rule that covers the record enters the plan."),
    "E111": ("Raderna {rules} avgränsas så att bara en passar.", "Rules {rules} are limited so that one matches."),
    "E112": ("En rad för ärendehandlingar förs in i planen.", "A rule for records of matters enters the plan."),
    "E113": (
        "En person granskar handlingen och märker den (granskad-bevara, eller det en gallringsrad kräver).",
        "A person reviews the record and marks it (granskad-bevara, or what a culling rule requires).",
    ),
    "E120": ("En ny planutgåva säger gallra.", "A new edition says that the record is to be culled."),
    "E121": ("Bevaranderaden högre upp i tråden ändras.", "The preserving rule higher up in the thread changes."),
    "E122": ("Urvalet i raden {rule} ändras.", "The sample of rule {rule} changes."),
    "E123": (
        "Frågan avgörs enligt {other_law}, eller en ny planutgåva säger att den inte går före.",
        "It is decided under {other_law}, or a new edition says that it does not go first.",
    ),
    "E130": ("Gallringsstopp nr {holds} hävs.", "Hold no. {holds} is lifted."),
    "E131": ("Ärendet avslutas och märkningen får en dag.", "The matter is closed and the mark gets a day."),
    "E132": ("Ärendet högre upp i tråden avslutas.", "The matter higher up in the thread is closed."),
    "E133": ("Leveransen kvitteras.", "The delivery is confirmed."),
    "E134": ("Handlingen registreras och märks registrerad.", "The record is registered and marked so."),
    "E135": ("Handlingen registreras och märks registrerad.", "The record is registered and marked so."),
    "E136": (
        "E-plikten beslutas, och det som ska lämnas levereras och kvitteras ('bevara deposit films').",
        "Legal deposit is decided, and what is to be handed in is delivered and confirmed ('bevara deposit films').",
    ),
    "E141": ("Handlingen registreras och märks registrerad.", "The record is registered and marked so."),
    "E142": ("En ögonblicksbild tas och bevaras.", "A snapshot is taken and preserved."),
    "E143": ("E-arkivet kvitterar mottagandet.", "The e-archive confirms receipt."),
    "E144": ("KB kvitterar e-pliktleveransen.", "The National Library confirms the legal deposit."),
    "E149": ("Villkoret {conditions} skrivs om så att det kan prövas.", "Condition {conditions} is made testable."),
    "E150": ("Raden {rule} får ett startläge för fristen.", "Rule {rule} says what the period is counted from."),
    "E151": ("Publiceringstiden blir känd.", "The time of publication becomes known."),
    "E152": ("Tiden för senaste ändring blir känd.", "The time of the latest edit becomes known."),
    "E153": ("Trådens senaste aktivitet blir känd.", "The thread's latest activity becomes known."),
    "E154": ("Handlingen tas bort av oss och märks med dagen.", "We remove the record and mark the day."),
    "E155": ("En namngiven person märker handlingen inaktuell.", "A named person marks the record as inaktuell."),
    "E156": ("Ärendet avslutas och märkningen får en dag.", "The matter is closed and the mark gets a day."),
    "E157": ("Dagen {trigger} passeras och fristen löper ut.", "The day {trigger} passes and the period runs out."),
    "E158": ("Raden {rule} får en gallringsfrist.", "Rule {rule} gets a period."),
    "E160": ("Den {due} har kommit.", "The day {due} has come."),
}
_KEPT = (
    "Ett gallringsstopp, ett öppet ärende, märkningen granskad-bevara eller en ny planutgåva skulle behålla den.",
    "A hold, an open matter, the mark granskad-bevara or a new edition of the plan would keep it.",
)


def other_outcome(judgement: Judgement) -> list[tuple[str, str]]:
    """What would have to happen, all of it, for another outcome; Swedish and English."""
    if judgement.decision.outcome == "cull":
        return [_KEPT]
    values: dict[str, str] = defaultdict(lambda: "–", judgement.parameters)
    found = []
    for code in judgement.decision.reasons:
        if code in _INSTEAD and TEXTS[code][0] in ("stop", "ask", "keep"):
            swedish, english = _INSTEAD[code]
            pair = (swedish.format_map(values), english.format_map(values))
            if pair not in found:
                found.append(pair)
    return found
