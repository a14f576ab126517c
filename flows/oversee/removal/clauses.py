"""The page's rules that something may be taken away under: from the policy's table, or those that every home knows."""

from __future__ import annotations

from dataclasses import dataclass

from flows.oversee.removal.decide import UNLAWFUL
from schemas.notice_texts import built_in
from schemas.oversight import OversightSettings
from schemas.refusal import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the page: its clause, its title, what a visitor is told of it, and whether the law says the same."""

    clause: str
    title: str
    told: str
    unlawful: bool


def rule_of(settings: OversightSettings, clause: str) -> Rule:
    """The rule of that clause. Raises RefusedError with the clauses that there are."""
    rules = rules_of(settings)
    if clause not in rules:
        raise RefusedError("--clause", clause, f"the page's rules are {', '.join(sorted(rules))}")
    return rules[clause]


def rules_of(settings: OversightSettings) -> dict[str, Rule]:
    """Every rule by clause."""
    named = {
        one.id: Rule(clause=one.id, title=one.title, told=one.notice, unlawful=one.unlawful)
        for one in settings.clauses.values()
        if one.removal
    }
    if named:
        return named
    return {
        name: Rule(clause=name, title=text, told=text, unlawful=name in UNLAWFUL)
        for name, text in built_in().rule.items()
        if name != "other"
    }
