"""Plan files: every field wrong in turn, hostile files, and the example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.plan.check import check, has_errors
from schemas.plan.read import MATCH_KEYS, PLAN_KEYS, RULE_KEYS, PlanProblemsError, read_plan
from schemas.record import KINDS

_PLANS = Path(__file__).parents[2] / "infra" / "plans"

HEAD = """
id = "p"
title = "Plan"
edition = "1"
authorities = ["ks"]
valid_from = 2026-01-01
counting = "calendar-year"
[mandate]
body = "KS"
date = 2025-12-01
paragraph = "§ 1"
dnr = "KS 2025/1"
"""
RULE = """
[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "2 år"
trigger = "published"
match = { kind = ["comment"], account = { not = ["bygga"] }, marks = { required = ["ringa"], forbidden = ["urval"] } }
"""


def test_a_whole_rule_is_read() -> None:
    """A file with every part of a rule gives that rule."""
    plan = read_plan(HEAD + RULE, "plan.toml")
    rule = plan.rules[0]
    assert (str(rule.period), rule.trigger, rule.action) == ("2 år", "published", "gallra")
    assert [name for name, _ in rule.match.columns] == ["account", "kind"]
    assert (sorted(rule.match.required), sorted(rule.match.forbidden)) == (["ringa"], ["urval"])
    assert plan.mandate is not None
    assert plan.mandate.date == date(2025, 12, 1)
    assert plan.force.first == date(2026, 1, 1)


def test_settings_of_culling_are_read() -> None:
    """Waiting time and the suppression's own retention belong to the edition, a law that goes first to a row."""
    head = HEAD.replace("[mandate]", 'quarantine = "30 dagar"\nsuppression = "10 år"\n[mandate]')
    plan = read_plan(head + RULE + 'other_law = "patientdatalagen"\n', "plan.toml")
    assert (str(plan.quarantine), str(plan.suppression)) == ("30 dagar", "10 år")
    assert plan.rules[0].other_law == "patientdatalagen"
    plain = read_plan(HEAD + RULE, "plan.toml")
    assert (plain.quarantine, plain.suppression, plain.rules[0].other_law) == (None, None, "")


def _wrong() -> list[tuple[str, str, str]]:
    """(what stands in a good file, what is put there, part of the place that must be named)."""
    head = [
        ('id = "p"', "id = 3", "plan.toml: id"),
        ('id = "p"', 'id = "Å/../x"', "plan.toml: id"),
        ('title = "Plan"', 'title = ""', "plan.toml: title"),
        ('edition = "1"', "edition = 1", "plan.toml: edition"),
        ('authorities = ["ks"]', "authorities = []", "plan.toml: authorities"),
        ('authorities = ["ks"]', 'authorities = "ks"', "plan.toml: authorities"),
        ('authorities = ["ks"]', 'authorities = ["KS!"]', "plan.toml: authorities"),
        ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "plan.toml: valid_from"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01T00:00:00Z", "plan.toml: valid_from"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "plan.toml: valid_to"),
        ("valid_from = 2026-01-01", "records_from = 7", "plan.toml: records_from"),
        ("valid_from = 2026-01-01", "records_to = true", "plan.toml: records_to"),
        ("valid_from = 2026-01-01", 'timezone = "UTC"', "plan.toml: timezone"),
        ("valid_from = 2026-01-01", 'edits_restart = "ja"', "plan.toml: edits_restart"),
        ("valid_from = 2026-01-01", "example = 1", "plan.toml: example"),
        ("valid_from = 2026-01-01", "remark = []", "plan.toml: remark"),
        ("valid_from = 2026-01-01", "mandat = 1", "plan.toml: mandat"),
        ("valid_from = 2026-01-01", "quarantine = 30", "plan.toml: quarantine"),
        ("valid_from = 2026-01-01", 'quarantine = "ett tag"', "plan.toml: quarantine"),
        ("valid_from = 2026-01-01", 'suppression = "för alltid"', "plan.toml: suppression"),
        ('counting = "calendar-year"', 'counting = "kalender"', "plan.toml: counting"),
        ('body = "KS"', "", "plan.toml: mandate: body"),
        ("date = 2025-12-01", 'date = "1 dec"', "plan.toml: mandate: date"),
        ('paragraph = "§ 1"', "", "plan.toml: mandate: paragraph"),
        ('dnr = "KS 2025/1"', "dnr = 5", "plan.toml: mandate: dnr"),
        ('dnr = "KS 2025/1"', 'nr = "5"', "plan.toml: mandate: nr"),
    ]
    where = "plan.toml: rule 1 (kommentar): "
    rule = [
        ('id = "kommentar"', "id = 5", "plan.toml: rule 1: id"),
        ('type = "Kommentar"', "", where + "type"),
        ('action = "gallra"', "", where + "action"),
        ('action = "gallra"', 'action = "slänga"', where + "action"),
        ('period = "2 år"', "period = 2", where + "period"),
        ('period = "2 år"', 'period = "när det passar"', where + "period"),
        ('trigger = "published"', "", where + "trigger"),
        ('trigger = "published"', 'trigger = "publicerad"', where + "trigger"),
        ('["comment"]', '["komentar"]', where + "match: kind"),
        ('["comment"]', "[]", where + "match: kind"),
        ('["comment"]', '"comment"', where + "match: kind"),
        ('{ not = ["bygga"] }', '{ inte = ["bygga"] }', where + "match: account"),
        ('{ not = ["bygga"] }', '["../x"]', where + "match: account"),
        ('["ringa"]', '["ringar"]', where + "match: marks: required"),
        ('["urval"]', '["ringa"]', where + "match: marks"),
        ('kind = ["comment"]', 'kinds = ["comment"]', where + "match: kinds"),
        ('type = "Kommentar"', 'type = "K"\nklass = "1"', where + "klass"),
    ]
    for key, value in (
        ("klassa", "1.5"),
        ("counting", '"veckor"'),
        ("edits_restart", '"nej"'),
        ("conditions", '"registrerad"'),
        ("legal", "1"),
        ("registration", '"ja"'),
        ("secrecy", "true"),
        ("medium", "[]"),
        ("delivery", "5"),
        ("sample", '"ibland"'),
        ("sample", '"1 per 0"'),
        ("remark", "{}"),
        ("retired", '"ja"'),
        ("replaced_by", "3"),
        ("reach", '"alla"'),
        ("valid_from", '"2026"'),
        ("valid_to", "2"),
        ("records_from", "1.5"),
        ("records_to", "[]"),
        ("other_law", "true"),
    ):
        rule.append(('type = "Kommentar"', f'type = "K"\n{key} = {value}', where + key))
    return head + rule


@pytest.mark.parametrize(("good", "bad", "place"), _wrong())
def test_every_field_wrong_in_turn(good: str, bad: str, place: str) -> None:
    """Each wrong field is named by file, rule and key, with its value and a remedy."""
    text = HEAD + RULE
    assert good in text
    with pytest.raises(PlanProblemsError) as caught:
        read_plan(text.replace(good, bad, 1), "plan.toml")
    told = [problem for problem in caught.value.problems if problem.place.startswith(place)]
    assert told, [problem.place for problem in caught.value.problems]
    assert told[0].remedy


def test_all_problems_are_told_at_once() -> None:
    """A file with three wrong fields in two rules gives three problems."""
    text = HEAD + RULE.replace("2 år", "ibland") + RULE.replace("gallra", "kasta").replace('"Kommentar"', '""')
    with pytest.raises(PlanProblemsError) as caught:
        read_plan(text, "plan.toml")
    places = [problem.place for problem in caught.value.problems]
    assert [place.rsplit(": ", 1)[1] for place in places] == ["period", "action", "type", "id"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"id = ",
        b"rule = 3",
        b"[[rule]]\nid='a'\n[[rule]]\nid='a'",
        b"\x00",
        b"a = " + b"[" * 5000 + b"]" * 5000,
        'id = "\u202e"'.encode(),
        b'id = "\\ud800"',
    ],
)
def test_hostile_files_are_refused(data: bytes) -> None:
    """Files that are no plan end in named problems, never in another error."""
    with pytest.raises(PlanProblemsError):
        read_plan(data, "plan.toml")


def test_example_plan_has_no_errors_and_no_gaps() -> None:
    """The example for Arvika is marked as one, and covers every kind without overlap or gap."""
    plan = read_plan((_PLANS / "arvika-exempel.toml").read_bytes(), "arvika-exempel.toml")
    found = check(plan)
    assert plan.example
    assert not has_errors(found)
    assert not [one for one in found if one.code in ("P101", "P102", "P103")]
    named = {
        kind for rule in plan.rules for name, values in rule.match.columns if name == "kind" for kind in values.values
    }
    assert named == set(KINDS)


def test_every_key_is_documented() -> None:
    """The table of keys names every key that a plan file may have."""
    text = (_PLANS / "README.md").read_text(encoding="utf-8")
    for key in {*PLAN_KEYS, *RULE_KEYS, *MATCH_KEYS, "required", "forbidden", "body", "date", "paragraph", "dnr"}:
        assert f"`{key}`" in text, key
