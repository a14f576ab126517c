"""A plan and an explanation as people read them: plain text, aligned, in Swedish or English."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from flows.plan.act import Explained
from flows.plan.decide import match_text, other_outcome, shown
from schemas.codes import plan as plan_codes
from schemas.codes.decide import Lang
from schemas.codes.words import column, value
from schemas.finding import Finding
from schemas.plan.judge import Tried
from schemas.plan.model import Plan, Rule

TRIGGERS: Mapping[str, tuple[str, str]] = {
    "published": ("publicering", "publication"),
    "last_edit": ("senaste ändring", "latest edit"),
    "thread_activity": ("senaste aktivitet i tråden", "latest activity in the thread"),
    "removed": ("dagen vi tog bort den", "the day we removed it"),
    "inaktuell": ("dagen den märktes inaktuell", "the day it was marked inaktuell"),
    "matter_closed": ("dagen ärendet avslutades", "the day the matter was closed"),
}
_COUNTING = {
    "calendar-year": ("hela kalenderår: från den 1 januari året efter", "whole calendar years: from 1 January after"),
    "day": ("dag för dag: dagen efter fristens slut", "day by day: the day after the period's end"),
}
_OUTCOMES = {
    "keep": ("Behålls", "Kept"),
    "cull": ("I tur att gallras (inget är gallrat)", "Due for culling (nothing has been culled)"),
    "ask": ("Kräver ställningstagande; behålls tills vidare", "A person must decide; kept until then"),
}
OUTCOME_WORDS: Mapping[str, str] = {"keep": "behålls", "cull": "gallras", "ask": "kräver ställningstagande"}
"""Outcomes in a sentence, in Swedish."""
_WIDTH = 44


def outcome_text(rule: Rule) -> str:
    """The plan's column *Bevaras/Gallras*: ``Bevaras``, ``2 år efter publicering``, ``Vid inaktualitet``."""
    if rule.action == "bevara":
        return {"item": "Bevaras", "thread": "Bevaras med tråden"}.get(rule.reach or "", "Bevaras (tråden)")
    if rule.action == "granska":
        return "Granskas"
    if rule.trigger == "inaktuell" and rule.period is None:
        return "Gallras vid inaktualitet"
    after = TRIGGERS[rule.trigger][0] if rule.trigger else "okänd dag"
    return f"Gallras {rule.period or 'utan frist'} efter {after}"


def plan_table(plan: Plan) -> Iterator[str]:
    """The plan as a Swedish table."""
    yield plan.title
    force = "tills vidare" if plan.force.open else str(plan.force)
    records = "oavsett ålder" if plan.records.open else f"publicerade {plan.records}"
    yield f"Utgåva {plan.edition}, gäller {force}, handlingar {records}"
    mandate = plan.mandate
    yield f"Beslut: {shown(mandate)}" if mandate else "Beslut: saknas"
    yield f"Arkivbildare: {', '.join(plan.authorities)}"
    yield f"Räknesätt: {_COUNTING[plan.counting][0]}"
    if plan.quarantine is not None:
        yield f"Karantän innan en verkställd gallring blir slutlig: {plan.quarantine}"
    if plan.suppression is not None:
        yield f"Gallrade handlingar hämtas inte in igen under: {plan.suppression}"
    if plan.example:
        yield "OBS: Planen är ett EXEMPEL och gäller inte."
    if plan.remark:
        yield plan.remark
    yield ""
    head = ("Rad", "Handlingstyp", "Bevaras/gallras", "Diarieförs", "Urval", "Anmärkning")
    rows = [head, *(_cells(rule) for rule in plan.rules)]
    wrapped = [[textwrap.wrap(cell, _WIDTH) or [""] for cell in row] for row in rows]
    widths = [max(len(line) for row in wrapped for line in row[column]) for column in range(len(head))]
    for number, row in enumerate(wrapped):
        for line in range(max(len(cell) for cell in row)):
            parts = [cell[line] if line < len(cell) else "" for cell in row]
            yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def _cells(rule: Rule) -> tuple[str, ...]:
    registration = {"yes": "ja", "no": "nej", "by_content": "efter innehåll"}[rule.registration]
    notes = [f"under förutsättning att {one}" for one in rule.conditions]
    notes += [f"{rule.other_law} går före"] if rule.other_law else []
    notes += ["upphörd" + (f", ersatt av {rule.replaced_by}" if rule.replaced_by else "")] if rule.retired else []
    notes += [rule.remark] if rule.remark else []
    sample = shown(rule.sample) if rule.sample else ""
    return rule.id, rule.type, outcome_text(rule), registration, sample, "; ".join(notes)


def rule_json(rule: Rule) -> dict[str, object]:
    """One rule for ``plan show --json``."""
    return {
        "id": rule.id,
        "type": rule.type,
        "klassa": rule.klassa,
        "action": rule.action,
        "match": match_text(rule.match),
        "period": str(rule.period) if rule.period else None,
        "trigger": rule.trigger,
        "counting": rule.counting,
        "conditions": list(rule.conditions),
        "legal": rule.legal,
        "registration": rule.registration,
        "sample": shown(rule.sample) or None,
        "reach": rule.reach,
        "retired": rule.retired,
        "replaced_by": rule.replaced_by or None,
        "remark": rule.remark,
        "other_law": rule.other_law,
    }


def finding_line(finding: Finding) -> str:
    """One finding of ``plan check`` as a line."""
    word = {"error": "FEL", "warning": "VARNING", "info": "UPPLYSNING"}[finding.severity]
    return f"{word} {finding.code}: {plan_codes.sentence(finding.code, 'sv', finding.parameters)}"


def explanation(found: Explained, plan: Plan | None, lang: Lang) -> Iterator[str]:
    """Everything about one item's decision, in words."""
    swedish = lang == "sv"
    facts, judgement = found.facts, found.judgement
    decision = judgement.decision

    def say(sv: str, en: str) -> str:
        return sv if swedish else en

    owner = say("kommunens", "our own") if facts.own else say("en besökares", "a visitor's")
    yield f"{say('Handling', 'Record')} {found.item}"
    yield f"  {say('slag', 'kind')}: {value(facts.kind, lang)} ({owner}), {facts.platform}, {facts.account}, {facts.authority}"
    published = facts.day.isoformat() if facts.day else say("okänd dag", "unknown day")
    versions = sum(row.row == "version" for row in found.rows)
    yield (
        f"  {say('publicerad', 'published')}: {published}; {say('läge', 'state')}: {value(facts.state, lang)}; "
        f"{say('bifogat', 'attached')}: {value(facts.media, lang)}; {say('versioner', 'versions')}: {versions}"
    )
    marks = ", ".join(f"{kind} {day or ''}".strip() for kind, day in sorted(facts.marks.items()))
    yield f"  {say('märkningar', 'marks')}: {marks or say('inga', 'none')}"
    yield ""
    yield f"{say('Utfall', 'Outcome')}: {_OUTCOMES[decision.outcome][0 if swedish else 1]}"
    rule = None if plan is None or decision.rule is None else plan.rule(decision.rule)
    if rule is not None and plan is not None:
        yield f"  {say('rad', 'rule')}: {rule.id} – {rule.type} ({say('utgåva', 'edition')} {plan.edition})"
        if decision.trigger is not None:
            yield from _counted(rule, plan, decision.trigger.isoformat(), decision.due, swedish=swedish)
    for code, sv, en in judgement.sentences():
        yield f"  {code}  {sv if swedish else en}"
    yield ""
    yield say("Vad som krävs för ett annat utfall (allt nedan):", "What another outcome would take (all of it):")
    for sv, en in other_outcome(judgement):
        yield f"  - {sv if swedish else en}"
    yield ""
    yield say("Prövade rader:", "Rules tried:")
    yield from _tried(judgement.tried, lang=lang)


def _counted(rule: Rule, plan: Plan, trigger: str, due: object, *, swedish: bool) -> Iterator[str]:
    at = 0 if swedish else 1
    start = TRIGGERS[rule.trigger][at] if rule.trigger else "–"
    if rule.period is None:
        yield f"  {'räknat från' if swedish else 'counted from'} {start}, {trigger}"
    else:
        mode = _COUNTING[plan.counting_of(rule)][at]
        yield f"  {'räknat från' if swedish else 'counted from'} {start}, {trigger}: {rule.period} ({mode})"
    if due is not None:
        yield f"  {'får gallras tidigast' if swedish else 'may be culled on'} {due}"


def _tried(tried: Sequence[Tried], *, lang: Lang) -> Iterator[str]:
    """Every rule tried: those of other kinds in one line, the others with what ruled them out."""
    if not tried:
        yield "  –"
    wanted, elsewhere = ("raden kräver", "gäller andra slag") if lang == "sv" else ("wanted", "for other kinds")
    for one in tried:
        if not one.failed:
            yield f"  {one.rule.id}: {'passar' if lang == 'sv' else 'matches'}"
        elif all(name != "kind" for name, _, _ in one.failed):
            parts = [
                f"{column(name, lang)} {value(got, lang)} ({wanted}: {value(want, lang)})"
                if not name.startswith("mark ")
                else f"{column(name, lang)} {value(got, lang)}"
                for name, want, got in one.failed
            ]
            yield f"  {one.rule.id}: {'; '.join(parts)}"
    others = [one.rule.id for one in tried if any(name == "kind" for name, _, _ in one.failed)]
    if others:
        yield f"  {elsewhere}: {', '.join(others)}"
