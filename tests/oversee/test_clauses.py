"""The table of the policy's clauses: nothing of the policy is missing, and nothing in the table is made up."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from flows.__main__ import build_parser, run
from flows.oversee.watch.clauses import clauses_json, counts, lines, markdown
from schemas.codes import texts
from schemas.policy_clauses import built_in, checked_by, claims, read_clauses, removable
from schemas.refusal import RefusedError

ROOT: Final = Path(__file__).parents[2]
POLICY: Final = ROOT.parent / "shared" / "domain" / "policy_sv.md"
PAGE: Final = ROOT / "infra" / "runbooks" / "policy.md"

TECHNICAL: Final[dict[Sequence[int], str]] = {
    range(137, 138): "that the register lacks something; each gap has its own code and clause (W161-W199)",
    range(221, 231): "how a removal went on (P21, P44)",
    range(231, 243): "what a platform answered when it was asked to act (P21, P44, P45)",
    (*range(243, 251), 260): "how a removal or a block went on (P21, P44, P45)",
    range(251, 260): "letters and sheets that could not be sent or written",
}
"""Codes that say how Bevara's own work went, not whether a clause is met."""

SMALL: Final = """
[[clause]]
id = "P01"
section = "Början"
title = "Svara"
treatment = "check"
codes = ["W101"]
anchors = ["Frågor ska"]

[[clause]]
id = "R01"
section = "Slutet"
title = "Inga ovett | tack"
treatment = "act"
commands = ["oversee remove"]
removal = true
unlawful = true
notice = "innehöll ovett"
anchors = ["ovett"]
"""


def pieces(policy: str) -> list[str]:
    """Sentences and list items of a policy in Markdown; headings are left out."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", policy):
        written = [one.strip() for one in block.splitlines() if one.strip()]
        if not written or written[0].startswith("#"):
            continue
        listed = written[0].startswith("- ")
        for text in (one[2:] for one in written) if listed else (" ".join(written),):
            found += [one.strip() for one in re.split(r"(?<=[.!?])\)?\s+(?=[A-ZÅÄÖ(])", text) if one.strip()]
    return found


def commands() -> Iterator[str]:
    """Every command of the command line, ``oversee watch``."""
    pending = [("", build_parser())]
    while pending:
        name, parser = pending.pop()
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for verb, below in action.choices.items():
                    yield f"{name} {verb}".strip()
                    pending.append((f"{name} {verb}".strip(), below))


def test_every_sentence_of_the_policy_belongs_to_exactly_one_clause() -> None:
    """None is missing, none is claimed twice, and no anchor stands for nothing."""
    if not POLICY.is_file():
        pytest.skip("the customer's policy is not beside this copy")
    policy = POLICY.read_text("utf-8")
    said = pieces(policy)
    body = "\n".join(one for one in policy.splitlines() if not one.startswith("#"))
    assert re.findall(r"\w+", " ".join(said)) == re.findall(r"\w+", body)
    taken, unused = claims(built_in().values(), said)
    assert len(said) >= 85
    assert {said[number][:60]: by for number, by in taken.items() if len(by) != 1} == {}
    assert unused == ()


def test_what_is_missing_twice_or_made_up_is_found() -> None:
    """The proof above can fail: a sentence of nobody, one of two, an anchor of nothing."""
    clauses = read_clauses(SMALL.replace('["ovett"]', '["ovett", "Frågor", "aldrig"]'), "egen.toml").values()
    taken, unused = claims(clauses, ["Frågor ska besvaras.", "Något helt annat.", "ovett och annat"])
    assert taken == {0: ("P01", "R01"), 1: (), 2: ("R01",)}
    assert unused == ("aldrig",)


def test_lists_and_sentences_are_told_apart() -> None:
    """A list's items and a paragraph's sentences are each a piece; headings and hard line breaks are none."""
    policy = "# Rubrik\n\nEn mening. En till (med parentes.) Och  \nen tredje på arvika.se nu.\n\n- punkt ett\n- punkt två. Mer."
    assert pieces(policy) == [
        "En mening.",
        "En till (med parentes.",
        "Och en tredje på arvika.se nu.",
        "punkt ett",
        "punkt två.",
        "Mer.",
    ]


def test_every_code_of_the_watch_is_named_by_a_clause() -> None:
    """A sign that no clause asks for would be a reproach out of nowhere; what is technical is listed with its reason."""
    named = {code for one in built_in().values() for code in one.codes}
    technical = {f"W{number}" for numbers in TECHNICAL for number in numbers}
    assert named & technical == set()
    assert {code for code in texts() if re.fullmatch(r"W[0-9]{3}", code)} - technical - named == set()


def test_every_code_and_command_that_is_named_exists() -> None:
    """The table promises nothing that is not there."""
    known = set(commands())
    for one in built_in().values():
        assert [code for code in one.codes if code not in texts()] == [], one.id
        assert [command for command in one.commands if command not in known] == [], one.id


def test_every_command_that_a_sentence_or_the_runbook_names_exists() -> None:
    """What people are told to run is there: in the codes' sentences, and step by step in the runbook."""
    known = set(commands())
    told = [text for code, pair in texts().items() if code.startswith("W") for text in pair]
    told.append((ROOT / "infra" / "runbooks" / "tillsyn.md").read_text("utf-8"))
    named = [found.split() for text in told for found in re.findall(r"bevara ((?:[a-z0-9]+ ?)+)", text)]
    assert len(named) > 40
    verbs = {one.split()[0] for one in known}
    unknown = [" ".join(one) for one in named if one[0] in verbs and not _is_known(one, known)]
    assert unknown == []
    assert {"oversee remove", "account check", "morning"} <= {" ".join(one[:size]) for one in named for size in (1, 2)}


def test_the_runbooks_examples_are_accepted() -> None:
    """Every line of ``tillsyn.md`` that somebody may copy has arguments that the command line knows."""
    page = (ROOT / "infra" / "runbooks" / "tillsyn.md").read_text("utf-8")
    blocks = "\n".join(page.split("```")[1::2])
    examples = [shlex.split(one, comments=True)[1:] for one in blocks.splitlines() if one.startswith("bevara ")]
    assert len(examples) >= 25
    for example in examples:
        assert build_parser().parse_args(example).verb == example[0]


def _is_known(words: list[str], known: set[str]) -> bool:
    """Whether they begin with a command that has no commands below it."""
    parents = {one.rpartition(" ")[0] for one in known}
    return any(" ".join(words[:size]) in known - parents for size in range(1, len(words) + 1))


def test_every_clause_that_the_code_names_is_in_the_table() -> None:
    """Signs and removals give ids that somebody can look up."""
    clauses = built_in()
    used = {
        (found, path.name)
        for folder in ("flows", "schemas")
        for path in (ROOT / folder).rglob("*.py")
        for found in re.findall(r'"([PR][0-9]{2})"', path.read_text("utf-8"))
    }
    assert {(given, where) for given, where in used if given not in clauses} == set()


def test_the_page_is_what_the_command_writes() -> None:
    """``infra/runbooks/policy.md`` is made by ``bevara oversee clauses --markdown``."""
    assert PAGE.read_text("utf-8") == markdown(built_in())


def test_the_rules_of_the_page_can_be_removed_by() -> None:
    """R01-R11 have a notice for the visitor; the rest cannot be given as a ground."""
    clauses = built_in()
    rules = [one for one in clauses.values() if one.removal]
    assert [one.id for one in rules] == [f"R{number:02d}" for number in range(1, 12)]
    assert all(one.notice for one in rules)
    assert [one.id for one in rules if one.unlawful] == ["R01", "R02", "R03", "R04", "R05", "R06"]
    assert removable(clauses, "R07").id == "R07"
    for given in ("P22", "R99", "r01", ""):
        with pytest.raises(RefusedError, match="R01, R02"):
            removable(clauses, given)


def test_a_code_leads_back_to_its_clauses() -> None:
    """W101 checks the policy's duty to answer and the page's own promise."""
    assert [one.id for one in checked_by(built_in(), "W101")] == ["P22", "P42"]
    assert checked_by(built_in(), "W999") == ()


def test_a_municipality_replaces_and_adds() -> None:
    """A clause of the same id is replaced whole, in its place; a new one comes last."""
    own = read_clauses(SMALL.replace('"P01"', '"P22"').replace('"R01"', '"R12"'), "egen.toml", built_in())
    assert own["P22"].title == "Svara"
    assert list(own)[-1] == "R12"
    assert len(own) == len(built_in()) + 1


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('id = "P01"', 'id = "X1"', "clause[1].id"),
        ('id = "R01"', 'id = "P01"', "clause[2].id"),
        ('title = "Svara"', 'title = ""', "clause[1].title"),
        ('title = "Svara"', 'title = "a\\u001bb"', "clause[1].title"),
        ('title = "Svara"', "title = 5", "clause[1].title"),
        ('"check"', '"kanske"', "clause[1].treatment"),
        ('"check"', '"people"', "clause[1].why"),
        ('["W101"]', '["W1"]', "clause[1].codes"),
        ('["W101"]', '"W101"', "clause[1].codes"),
        ('codes = ["W101"]', "", "clause[1].treatment"),
        ('notice = "innehöll ovett"', "", "clause[2].notice"),
        ("removal = true", "removal = false", "clause[2].unlawful"),
        ("removal = true", 'removal = "ja"', "clause[2].removal"),
        ('title = "Svara"', 'title = "Svara"\nhemligt = 1', "clause[1].hemligt"),
        ("[[clause]]", "[[klausul]]", "egen.toml"),
        ("[[clause]]", "[clause", "egen.toml"),
        (SMALL, "clause = [1]", "clause[1]"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(before: str, after: str, place: str) -> None:
    """With the place that is wrong and what to write instead."""
    with pytest.raises(RefusedError) as refused:
        read_clauses(SMALL.replace(before, after), "egen.toml")
    assert place in str(refused.value)


def test_a_table_is_shown_with_its_bars_and_markup_as_text() -> None:
    """A title of a municipality's own cannot break the page or put markup into it."""
    clauses = read_clauses(SMALL.replace("Svara", "<b>Svara</b>"), "egen.toml")
    page = markdown(clauses)
    assert "| R01 | Inga ovett \\| tack | åtgärd | `oversee remove` |" in page
    assert "&lt;b>Svara" in page
    assert "2 punkter: kontroll 1, åtgärd 1, för människor 0." in page
    assert list(lines(clauses))[-1] == "2 punkter: kontroll 1, åtgärd 1, för människor 0."
    assert counts(clauses) == {"check": 1, "act": 1, "people": 0}
    assert clauses_json(clauses)["clauses"][1]["removal"] is True


def test_the_command_shows_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the screen, as JSON and as the page; with the municipality's own file when the settings name one."""
    home = tmp_path / "hem"
    assert run(["init", str(home)]) == 0
    capsys.readouterr()
    assert run(["--home", str(home), "oversee", "clauses", "--markdown"]) == 0
    assert capsys.readouterr().out == markdown(built_in())
    (home / "policy.toml").write_text(SMALL.replace('"P01"', '"P90"'), "utf-8")
    with (home / "bevara.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[oversight]\npolicy = "policy.toml"\n')
    assert run(["--home", str(home), "--json", "oversee", "clauses"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["clauses"][-1]["id"] == "P90"
    assert sum(answer["counts"].values()) == len(answer["clauses"]) == len(built_in()) + 1
    assert run(["--home", str(home), "oversee", "clauses"]) == 0
    assert "P90  Svara" in capsys.readouterr().out
