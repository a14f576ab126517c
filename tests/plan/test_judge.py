"""The judgement of one item: every reason, and that doubt keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from schemas.calendar import period
from schemas.codes.decide import CODES, TEXTS, sentence
from schemas.ids import Month, new_item_id
from schemas.plan.facts import Facts
from schemas.plan.judge import draw, drawn, explain, judge
from schemas.plan.model import Match, Plan, Rule, Sample, Span, Values
from schemas.refusal import RefusedError

AS_OF = date(2026, 1, 1)
ITEM = "202006-aaaaaaaaaaaaaaab"


def _rule(**changes: Any) -> Rule:
    values: dict[str, Any] = {
        "id": "kommentar",
        "type": "Kommentar",
        "action": "gallra",
        "match": Match(columns=(("kind", Values(values=frozenset({"comment"}))),)),
        "period": period("2 år"),
        "trigger": "published",
    }
    return Rule(**{**values, **changes})


def _plan(*rules: Rule, **changes: Any) -> Plan:
    values: dict[str, Any] = {"id": "p", "title": "P", "edition": "1", "authorities": ("ks",), "rules": rules}
    return Plan(**{**values, **changes})


def _facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "item": ITEM,
        "authority": "ks",
        "platform": "bluesky",
        "account": "nyheter",
        "kind": "comment",
        "own": False,
        "state": "seen",
        "published": datetime(2020, 6, 1, 12, tzinfo=UTC),
    }
    return Facts(**{**values, **changes})


def test_due_item_is_culled_with_its_reason() -> None:
    """An item that everything speaks for is due on 1 January after two whole years, and says so."""
    decision = judge(_facts(), _plan(_rule()), AS_OF)
    assert (decision.outcome, decision.due, decision.trigger) == ("cull", date(2023, 1, 1), date(2020, 6, 1))
    assert decision.reasons == ("E170",)


def test_due_day_is_the_first_allowed() -> None:
    """The day before the due day keeps, the due day culls."""
    plan = _plan(_rule())
    assert judge(_facts(), plan, date(2022, 12, 31)).reasons == ("E160",)
    assert judge(_facts(), plan, date(2023, 1, 1)).outcome == "cull"


@pytest.mark.parametrize(
    ("facts", "rule", "plan", "outcome", "code"),
    [
        ({}, {}, {"force": Span(first=date(2026, 1, 2))}, "keep", "E102"),
        ({"marks": {"granskad-bevara": None}}, {}, {}, "keep", "E103"),
        ({}, {}, {"authorities": ("other",)}, "ask", "E104"),
        ({}, {}, {"records": Span(first=date(2021, 1, 1))}, "ask", "E105"),
        ({"published": None}, {}, {"records": Span(first=date(2021, 1, 1))}, "ask", "E106"),
        ({"published": None}, {"records": Span(last=date(2021, 1, 1))}, {}, "ask", "E106"),
        ({"kind": "hologram"}, {"match": Match()}, {}, "ask", "E107"),
        ({"state": "odd"}, {}, {}, "ask", "E107"),
        ({"kind": "post"}, {}, {}, "ask", "E110"),
        ({}, {"force": Span(last=date(2025, 12, 31))}, {}, "ask", "E110"),
        ({"marks": {"i-arende": date(2020, 1, 1)}}, {}, {}, "ask", "E112"),
        ({}, {"action": "granska"}, {}, "ask", "E113"),
        ({}, {"action": "bevara"}, {}, "keep", "E120"),
        ({"kept_by_thread": True}, {}, {}, "keep", "E121"),
        ({}, {"sample": Sample(one_in=1)}, {}, "keep", "E122"),
        ({"marks": {"urval": None}}, {"sample": Sample()}, {}, "keep", "E122"),
        ({}, {"other_law": "patientdatalagen"}, {}, "keep", "E123"),
        ({"held": (3,)}, {}, {}, "keep", "E130"),
        ({"open_matter_above": True}, {}, {}, "keep", "E132"),
        ({"pending": True}, {}, {}, "keep", "E133"),
        ({"film": True}, {}, {}, "keep", "E136"),
        ({}, {"registration": "yes"}, {}, "keep", "E134"),
        ({"marks": {"sekretess": None}}, {}, {}, "keep", "E135"),
        ({}, {"conditions": ("registrerad",)}, {}, "keep", "E141"),
        ({}, {"conditions": ("ogonblicksbild",)}, {}, "keep", "E142"),
        ({}, {"conditions": ("e-arkiv",)}, {}, "keep", "E143"),
        ({}, {"conditions": ("e-plikt",)}, {}, "keep", "E144"),
        ({"proofs": frozenset({"om det passar"})}, {"conditions": ("om det passar",)}, {}, "keep", "E149"),
        ({}, {"trigger": None}, {}, "keep", "E150"),
        ({"published": None}, {}, {}, "keep", "E151"),
        ({"published": None}, {"trigger": "last_edit"}, {}, "keep", "E152"),
        ({}, {"trigger": "thread_activity"}, {}, "keep", "E153"),
        ({}, {"trigger": "removed"}, {}, "keep", "E154"),
        ({}, {"trigger": "inaktuell", "period": None}, {}, "keep", "E155"),
        ({}, {"trigger": "matter_closed"}, {}, "keep", "E156"),
        ({"published": datetime(2026, 1, 1, 23, 30, tzinfo=UTC)}, {}, {}, "keep", "E157"),
        ({}, {"period": None}, {}, "keep", "E158"),
    ],
)
def test_every_reason_against_culling(
    facts: dict[str, Any], rule: dict[str, Any], plan: dict[str, Any], outcome: str, code: str
) -> None:
    """Each doubt or stop alone turns a due item into one that is kept or asked about, and is named."""
    decision = judge(_facts(**facts), _plan(_rule(**rule), **plan), AS_OF)
    assert decision.outcome == outcome
    assert code in decision.reasons


def test_no_plan_keeps_everything() -> None:
    """Without a plan nothing is culled."""
    decision = judge(_facts(), None, AS_OF)
    assert (decision.outcome, decision.reasons, decision.edition) == ("keep", ("E101",), None)


def test_several_rules_ask() -> None:
    """Two rules that match are never settled by their order."""
    one, other = _rule(), _rule(id="annan", action="bevara")
    for rules in ((one, other), (other, one)):
        decision = judge(_facts(), _plan(*rules), AS_OF)
        assert (decision.outcome, decision.rule, decision.reasons) == ("ask", None, ("E111",))


def test_open_matter_keeps_and_closed_matter_counts() -> None:
    """A rule for matters counts from the day the matter was closed; an open one keeps."""
    rule = _rule(trigger="matter_closed", match=Match(required=frozenset({"i-arende"})))
    closed = judge(_facts(marks={"i-arende": date(2021, 5, 1)}), _plan(rule), AS_OF)
    assert (closed.outcome, closed.due) == ("cull", date(2024, 1, 1))
    assert "E131" in judge(_facts(marks={"i-arende": None}), _plan(rule), AS_OF).reasons
    assert "E131" in judge(_facts(marks={"i-arende": date(2026, 5, 1)}), _plan(rule), AS_OF).reasons


def test_obsolete_goes_from_the_marked_day() -> None:
    """Vid inaktualitet: a named person's day, neither before it nor by age alone."""
    plan = _plan(_rule(trigger="inaktuell", period=None))
    marked = _facts(marks={"inaktuell": date(2025, 12, 1)})
    assert judge(marked, plan, date(2025, 12, 1)).outcome == "cull"
    assert judge(marked, plan, date(2025, 11, 30)).reasons == ("E157",)


def test_edit_restarts_unless_the_plan_says_otherwise() -> None:
    """An edited item counts from its latest edit by default, and from its publication where a rule says so."""
    facts = _facts(last_edit=datetime(2024, 3, 1, tzinfo=UTC))
    restarted = judge(facts, _plan(_rule()), AS_OF)
    assert (restarted.due, restarted.reasons) == (date(2027, 1, 1), ("E160", "E180"))
    assert judge(facts, _plan(_rule(edits_restart=False)), AS_OF).due == date(2023, 1, 1)
    assert judge(facts, _plan(_rule(), edits_restart=False), AS_OF).due == date(2023, 1, 1)


def test_conditions_are_met_by_proof() -> None:
    """A condition with proof no longer keeps; registration is proven by its mark."""
    plan = _plan(_rule(conditions=("registrerad", "e-arkiv"), registration="yes"))
    proven = _facts(marks={"registrerad": None}, proofs=frozenset({"e-arkiv"}))
    assert judge(proven, plan, AS_OF).outcome == "cull"


def test_due_is_shown_where_something_else_keeps() -> None:
    """The calculation stands even when a hold keeps the item."""
    decision = judge(_facts(held=(1,)), _plan(_rule()), AS_OF)
    assert (decision.outcome, decision.due, decision.reasons) == ("keep", date(2023, 1, 1), ("E130", "E170"))


def test_retired_types_still_judge() -> None:
    """A retired type judges the older records and says that it is retired."""
    decision = judge(_facts(), _plan(_rule(retired=True)), AS_OF)
    assert (decision.outcome, decision.reasons) == ("cull", ("E170", "E182"))


def test_sample_is_even_and_stable() -> None:
    """One in ten of random ids is chosen, always the same ones; an id without a number is kept."""
    random = Random(1)
    ids = [new_item_id(Month("2020-01"), random.randbytes(10)) for _ in range(5000)]
    chosen = [item for item in ids if drawn(item, Sample(one_in=10))]
    assert 0.08 < len(chosen) / len(ids) < 0.12
    assert draw("202001-aaaaaaaaaaaaaaab") == 1
    assert drawn("odd!", Sample(one_in=10))


def test_trace_names_what_ruled_a_rule_out() -> None:
    """Every rule tried says which column, mark or day ruled it out."""
    other = _rule(id="post", match=Match(columns=(("kind", Values(values=frozenset({"post"}))),)))
    late = _rule(id="sen", records=Span(first=date(2021, 1, 1)))
    judgement = explain(_facts(), _plan(_rule(), other, late), AS_OF)
    failed = {one.rule.id: [name for name, _, _ in one.failed] for one in judgement.tried}
    assert failed == {"kommentar": [], "post": ["kind"], "sen": ["records"]}


def test_sentences_exist_in_both_languages_and_are_filled() -> None:
    """Every code has a Swedish and an English sentence; parameters are filled in."""
    assert list(CODES) == sorted(CODES)
    assert all(swedish and english and swedish != english for _, swedish, english in TEXTS.values())
    judgement = explain(_facts(held=(4, 7)), _plan(_rule()), AS_OF)
    told = {code: sv for code, sv, _ in judgement.sentences()}
    assert "4, 7" in told["E130"]
    assert "2023-01-01" in told["E170"]
    assert "–" in sentence("E130")


def test_adding_a_stop_never_adds_a_culling() -> None:
    """Whatever else holds, a hold, an open matter or a pending delivery never leads to cull."""
    plan = _plan(_rule())
    for stop in (
        {"held": (1,)},
        {"open_matter_above": True},
        {"pending": True},
        {"film": True},
        {"kept_by_thread": True},
    ):
        assert judge(replace(_facts(), **stop), plan, AS_OF).outcome == "keep"


def test_absurd_day_is_refused() -> None:
    """A day on which due days could leave the calendar is refused."""
    with pytest.raises(RefusedError, match="as_of"):
        judge(_facts(), _plan(_rule()), date(9000, 1, 1))
