"""The words of what is said of many records: reasons, checks, guards, counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.cull.decide import NAMED, Share, Totals, general_text, guard_counts
from schemas.codes import checks, many, sentence, texts
from schemas.codes.decide import TEXTS
from schemas.ground import Limits
from tests.cull.cases import AUTHORITY, PLAN

LIMITS = Limits(share=0.5, approval_days=30, overdue_months=12)
EMPTY = Totals(as_of=date(2026, 1, 2), overdue_before=date(2025, 1, 2))


def test_every_reason_has_its_own_sentence_for_many() -> None:
    """The same codes, no gaps, and where the sentence of one record names a value, another sentence."""
    assert list(many.SENTENCES) == list(TEXTS)
    for code, (_, swedish, _) in TEXTS.items():
        said = general_text(code)
        assert said.endswith(".")
        assert "{" not in said
        assert ("{" in swedish) <= (said != swedish)
    assert general_text("E160") == "Handlingarna får gallras först senare."
    assert general_text("E130").startswith("Gallringsstopp råder")
    assert general_text("X1") == "X1"


def test_every_check_has_words_for_what_held() -> None:
    """Twenty different sentences, none of which is the one that refuses."""
    assert tuple(checks.PASSED) == checks.CODES
    assert len(set(checks.PASSED.values())) == 20
    assert not set(checks.PASSED.values()) & {swedish for swedish, _ in checks.TEXTS.values()}


def test_guards_name_accounts_and_types() -> None:
    """The account with its numbers, and the plan's row with its type and number; not those that do not stop."""
    totals = replace(
        EMPTY,
        accounts={(AUTHORITY, "nyheter"): Share(items=50, cull=36), (AUTHORITY, "bygga-bo"): Share(items=4, cull=2)},
        types={(AUTHORITY, "comment"): Share(items=12, cull=12), (AUTHORITY, "own-post"): Share(items=9, cull=8)},
    )
    rule = PLAN.rule("comment")
    assert rule is not None
    share, remain = guard_counts(totals, LIMITS, PLAN)
    assert share.text == "Mer än 50 % av kontots handlingar skulle gallras: nyheter (36 av 50)."
    assert remain.text == f"Ingen handling skulle finnas kvar av: comment – {rule.type} (12)."
    assert (share.items, remain.items) == (36, 12)


def test_guards_name_some_and_count_the_rest() -> None:
    """Five are named, the rest counted; long names leave the sentence short enough for the protocol."""
    accounts = {(AUTHORITY, f"{'x' * 500}{number:02d}"): Share(items=1, cull=1) for number in range(NAMED + 3)}
    [share] = guard_counts(replace(EMPTY, accounts=accounts), LIMITS)
    assert share.text.endswith("(1 av 1) och 3 till.")
    assert share.text.count("(1 av 1)") == NAMED
    assert len(share.text) < 1000


def test_a_type_of_two_archive_creators_names_whose() -> None:
    """When more than one archive creator has types, the sentence says whose would be empty."""
    types = {("ks", "comment"): Share(items=1, cull=1), ("kun", "comment"): Share(items=2, cull=1)}
    [remain] = guard_counts(replace(EMPTY, types=types), LIMITS)
    assert remain.text == "Ingen handling skulle finnas kvar av: comment hos ks (1)."


@pytest.mark.parametrize(
    "code", ["K101", "K102", "K103", "K105", "K106", "K107", "V115", "V116", "V117", "V122", "V123"]
)
def test_one_is_singular(code: str) -> None:
    """One record, link or culling is written in the singular, several in the plural, in both languages."""
    for language in ("sv", "en"):
        one, two, none = (sentence(code, language, {"items": count, "found": count}) for count in (1, 2, 0))
        assert one.replace("1 ", "2 ") != two
        assert none == two.replace("2 ", "0 ")
    assert "1 handlingar" not in sentence(code, "sv", {"items": 1, "found": 1})
    assert sentence("V123", "sv", {"found": 1}).startswith("1 gallring har")


def test_quarantine_has_one_word() -> None:
    """Screens say karantän; väntetid is no word for it anywhere among the codes of culling."""
    assert "karantän" in sentence("K105", "sv", {"items": 2, "until": "i morgon"})
    assert not [code for code, pair in texts().items() if code.startswith("K") and "väntetid" in pair[0]]
