"""The message to a visitor: every rule has its words, a municipality's own replace them, and nothing is put in twice."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.notice_texts import Notice, built_in, read_notices, spoken, written
from schemas.refusal import RefusedError


def _notice(**changes: object) -> Notice:
    values: dict[str, object] = {
        "clause": "R01",
        "kind": "comment",
        "day": date(2026, 3, 4),
        "page": "Arvika {regel}",
        "hidden": False,
        "contact": "info@arvika.example",
        "office": "Arvika kommun",
    }
    return Notice(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


def test_every_rule_is_said_in_words_of_its_own() -> None:
    """Eleven rules, eleven messages; each has greeting, day, page, contact and sender, and no field is left open."""
    texts = {clause: written(built_in(), _notice(clause=clause)) for clause in (f"R{n:02}" for n in range(1, 12))}
    assert len(set(texts.values())) == 11
    for text in texts.values():
        assert text.startswith("Hej!")
        assert all(part in text for part in ("den 4 mars 2026", "info@arvika.example", "Arvika kommun"))
        assert text.count("{") == 1  # the page's own name, put in as it is


def test_hidden_undated_and_unknown() -> None:
    """Hidden is said to be hidden; without a day none is named; an unknown rule gets the policy's words, or plain ones."""
    assert "dolt" in written(built_in(), _notice(hidden=True))
    assert " från " not in written(built_in(), _notice(day=None))
    assert "sidans regler" in written(built_in(), _notice(clause="P99"))
    assert "Egna ord" in written(built_in(), _notice(clause="P99", rule="Egna ord"))


def test_the_municipalitys_words_replace_ours() -> None:
    """One sentence and one rule of its own; everything else stays."""
    own = read_notices({"frame": {"greeting": "God dag!"}, "rule": {"R12": "reglerna säger så"}}, "meddelanden.toml")
    text = written(own, _notice(clause="R12"))
    assert text.startswith("God dag!")
    assert "reglerna säger så" in text
    assert own.rule["R01"] == built_in().rule["R01"]


@pytest.mark.parametrize(
    "values",
    [
        {"ram": {"greeting": "x"}},
        {"frame": {"hälsning": "x"}},
        {"frame": {"greeting": ""}},
        {"frame": {"greeting": 3}},
        {"frame": {"greeting": "x" * 1001}},
        {"frame": {"greeting": "{text}"}},
        {"frame": {"greeting": "{dag!r}"}},
        {"frame": {"greeting": "{"}},
        {"rule": {"R01": "a\x07b"}},
        {"rule": "x"},
    ],
)
def test_what_cannot_be_used_is_named(values: dict[str, object]) -> None:
    """Table, sentence and file are named; nothing is taken half."""
    with pytest.raises(RefusedError, match=r"meddelanden\.toml"):
        read_notices(values, "meddelanden.toml")


def test_days_are_spoken() -> None:
    """As people say them."""
    assert spoken(date(2026, 12, 1)) == "den 1 december 2026"
