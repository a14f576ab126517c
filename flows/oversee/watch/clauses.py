"""The policy's clauses as a table: clause → check, act or for people, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.oversight import Clause, Treatment
from schemas.policy_clauses import sections

TREATMENT: Final[dict[Treatment, str]] = {"check": "kontroll", "act": "åtgärd", "people": "för människor"}
"""A treatment in Swedish."""

_HEAD: Final = """# Policyns punkter och vad Bevara gör med var och en

Skriven av `bevara oversee clauses --markdown`; ett test faller när tabellen är en annan. *Kontroll*: Bevara ser efter och
säger till, med koden. *Åtgärd*: det finns ett kommando. *För människor*: Bevara gör ingenting, och skälet står där. Varje
mening och listpunkt i policyn (KF 2019-08-26 § 175) hör till precis en punkt här.
"""


def clauses_json(clauses: Mapping[str, Clause]) -> dict[str, Any]:
    """JSON values: ``{"clauses": [{id, section, title, treatment, codes, commands, why, removal, unlawful}], "counts"}``."""
    return {
        "clauses": [
            {
                "id": one.id,
                "section": one.section,
                "title": one.title,
                "treatment": one.treatment,
                "codes": list(one.codes),
                "commands": list(one.commands),
                "why": one.why,
                "removal": one.removal,
                "unlawful": one.unlawful,
            }
            for one in clauses.values()
        ],
        "counts": counts(clauses),
    }


def counts(clauses: Mapping[str, Clause]) -> dict[str, int]:
    """How many clauses have each treatment."""
    found = Counter(one.treatment for one in clauses.values())
    return {name: found[name] for name in TREATMENT}


def lines(clauses: Mapping[str, Clause]) -> Iterator[str]:
    """For a screen: a heading per section, two or three lines per clause, and the counts."""
    for section, those in sections(clauses).items():
        yield section
        for one in those:
            yield f"  {one.id}  {one.title}"
            yield f"       {TREATMENT[one.treatment]}{_how(one)}"
            if one.why:
                yield f"       {one.why}"
        yield ""
    yield _summary(clauses)


def markdown(clauses: Mapping[str, Clause]) -> str:
    """The runbook's page: a table per section."""
    text = [_HEAD]
    for section, those in sections(clauses).items():
        text += [
            f"## {_cell(section)}",
            "",
            "| punkt | vad den begär | hur | koder och kommandon | skäl, eller vad som inte kan ses |",
        ]
        text.append("| --- | --- | --- | --- | --- |")
        for one in those:
            parts = [*one.codes, *(f"`{command}`" for command in one.commands)]
            cells = (one.id, one.title, TREATMENT[one.treatment], ", ".join(parts), one.why)
            text.append(f"| {' | '.join(map(_cell, cells))} |")
        text.append("")
    text += [_summary(clauses), ""]
    return "\n".join(text)


def _how(one: Clause) -> str:
    parts = [", ".join(one.codes), ", ".join(f"bevara {command}" for command in one.commands)]
    said = "; ".join(part for part in parts if part)
    return f": {said}" if said else ""


def _summary(clauses: Mapping[str, Clause]) -> str:
    each = ", ".join(f"{TREATMENT[name]} {number}" for name, number in _typed(clauses))
    return f"{len(clauses)} punkter: {each}."


def _typed(clauses: Mapping[str, Clause]) -> Iterator[tuple[Treatment, int]]:
    found = counts(clauses)
    for name in TREATMENT:
        yield name, found[name]


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
