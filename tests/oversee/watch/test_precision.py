"""How often the watch is right: precision and recall on texts that its rules were never tuned on.

``python -m tests.oversee.watch.test_precision`` writes the table that ``infra/runbooks/tillsyn.md`` states.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from flows.oversee.watch.texts import asks, judge
from schemas.oversight import OversightSettings
from schemas.policy_clauses import built_in
from schemas.watch import Certainty
from schemas.watch_words import WatchWords, built_in_words, read_words

RUNBOOK: Final = Path(__file__).parents[3] / "infra" / "runbooks" / "tillsyn.md"
BEGIN: Final = "<!-- mätt: python -m tests.oversee.watch.test_precision -->\n"
END: Final = "<!-- slut på det mätta -->\n"
SET: Final = Path(__file__).parents[1] / "labelled" / "held_out.jsonl"
LISTED: Final = """
[group.listade-sidor]
add = ["sanningsbladet.example", "vaccinloftet.example", "5g-faran.example", "dolda-arkivet.example"]
"""
"""A municipality's own list of sites: none is built in."""
FLOORS: Final[dict[str, tuple[int, int]]] = {
    "W103": (95, 78),
    "W105": (70, 58),
    "W106": (76, 58),
    "W111": (76, 56),
    "W112": (95, 48),
    "W113": (95, 52),
    "W114": (90, 75),
    "W115": (95, 95),
    "W116": (95, 70),
    "W117": (95, 72),
    "W118": (81, 67),
    "W119": (91, 82),
    "W120": (78, 64),
    "W121": (95, 47),
    "W122": (95, 87),
    "W123": (60, 54),
    "W124": (90, 62),
    "W133": (85, 37),
    "questions": (78, 89),
    "all": (86, 65),
}
"""Per cent of precision and recall, of what is shown as sure or likely, that a change of words may not go below."""
FIRM: Final[frozenset[Certainty]] = frozenset({"sure", "likely"})
EVERY: Final[frozenset[Certainty]] = FIRM | {"uncertain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Counts for a code: rightly given, given without ground, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was given that was right; 1 when nothing was given."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what was to be found that was found; 1 when there was nothing."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of the set and what the watch says of it: code → certainty, and whether it asks."""

    id: str
    labels: frozenset[str]
    question: bool
    own: bool
    given: Mapping[str, Certainty] = field(default_factory=dict)
    asked: Certainty | None = None


def rows() -> list[dict[str, Any]]:
    """The labelled texts as they stand."""
    return [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


@cache
def judged() -> tuple[Text, ...]:
    """Every text with what the watch says of it."""
    words = read_words(LISTED, "held-out", built_in_words())
    settings = OversightSettings(words=words)
    return tuple(_judged(one, words, settings) for one in rows())


def _judged(one: Mapping[str, Any], words: WatchWords, settings: OversightSettings) -> Text:
    own = one.get("own", False)
    hits = judge(one["text"], words, settings, own=own, kind=one.get("kind", "comment"))
    given: dict[str, Certainty] = {}
    for hit in hits:
        if given.get(hit.code) not in FIRM:
            given[hit.code] = hit.certainty
    return Text(
        id=one["id"],
        labels=frozenset(one["labels"]),
        question=one["question"],
        own=own,
        given=given,
        asked=None if own else asks(one["text"], words),
    )


def measures(counted: frozenset[Certainty]) -> dict[str, Measure]:
    """By code, over all texts; hits of other certainties are not counted as given."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one in judged():
        given = {code for code, certainty in one.given.items() if certainty in counted}
        right.update(given & one.labels)
        wrong.update(given - one.labels)
        missed.update(one.labels - given)
    codes = sorted({*right, *wrong, *missed})
    return {code: Measure(right=right[code], wrong=wrong[code], missed=missed[code]) for code in codes}


def questions(counted: frozenset[Certainty]) -> Measure:
    """The same for visitors' questions."""
    found = Counter((one.question, one.asked in counted) for one in judged() if not one.own)
    return Measure(right=found[True, True], wrong=found[False, True], missed=found[True, False])


def together(each: Mapping[str, Measure], *codes: str) -> Measure:
    """All codes' counts as one, or those of the codes that are named."""
    those = [one for code, one in each.items() if not codes or code in codes]
    return Measure(
        right=sum(one.right for one in those),
        wrong=sum(one.wrong for one in those),
        missed=sum(one.missed for one in those),
    )


def clean(counted: frozenset[Certainty]) -> tuple[int, int]:
    """How many texts need nobody's look, and how many of them are shown all the same."""
    those = [one for one in judged() if not one.labels]
    return len(those), sum(any(certainty in counted for certainty in one.given.values()) for one in those)


def seen(counted: frozenset[Certainty]) -> tuple[int, int]:
    """How many texts need a look, and how many of them are shown, be it under another code than the right one."""
    those = [one for one in judged() if one.labels]
    return len(those), sum(any(certainty in counted for certainty in one.given.values()) for one in those)


def table() -> Iterator[str]:
    """The measures as the runbook states them, in Swedish."""
    firm, every = measures(FIRM), measures(EVERY)
    yield "| kod | texter | precision | träffas | precision med osäkra | träffas med osäkra |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    lines = [
        *((code, firm.get(code, Measure()), every[code]) for code in every),
        ("alla koder", together(firm), together(every)),
        ("frågor", questions(FIRM), questions(EVERY)),
    ]
    for name, one, other in lines:
        shares = (one.precision, one.recall, other.precision, other.recall)
        cells = " | ".join(f"{round(share * 100)} %" for share in shares)
        yield f"| {name} | {other.right + other.missed} | {cells} |"
    number, shown = clean(FIRM)
    _, also = clean(EVERY)
    needed, found = seen(FIRM)
    _, more = seen(EVERY)
    yield ""
    yield f"Av {needed} texter som någon behöver se visas {found} under någon kod, och {more} om de osäkra räknas."
    yield f"Av {number} texter som ingen behöver se visas {shown}, och {also} om de osäkra räknas."


def stated(page: str) -> str:
    """The runbook with the table as it is measured now. Raises ValueError when the marks are not there."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the runbook has lost the marks around the table")
    return before + BEGIN + "\n" + "\n".join(table()) + "\n\n" + end + after


@pytest.mark.parametrize("code", FLOORS)
def test_a_code_is_as_right_as_it_was(code: str) -> None:
    """What is shown as sure or likely: neither more that nobody needs to see, nor more that is missed."""
    precision, recall = FLOORS[code]
    found = {**measures(FIRM), "questions": questions(FIRM), "all": together(measures(FIRM))}[code]
    assert found.precision * 100 >= precision, found
    assert found.recall * 100 >= recall, found


def test_every_code_of_the_set_has_a_floor() -> None:
    """None gets worse unseen."""
    assert set(FLOORS) == {code for one in judged() for code in one.labels} | {"questions", "all"}


def test_hits_name_a_clause_that_asks_for_them() -> None:
    """With the policy's table and without: a visitor's break of a rule names the rule, and the table knows the code there."""
    clauses = built_in()
    for settings in (OversightSettings(), OversightSettings(clauses=clauses)):
        for one in rows():
            for hit in judge(one["text"], settings.words, settings, own=one.get("own", False), kind="reply"):
                assert not hit.clause or hit.code in clauses[hit.clause].codes
                assert (hit.clause[:1] == "R") == ("W111" <= hit.code <= "W125"), hit.code


def test_what_is_clean_is_left_alone() -> None:
    """Of texts that nobody needs to see at most one in fifteen is shown, and one in ten with the uncertain ones."""
    number, shown = clean(FIRM)
    _, also = clean(EVERY)
    assert shown <= number / 15
    assert also <= number / 10


def test_what_is_uncertain_is_less_often_right() -> None:
    """The word means something: hits that are shown as uncertain are right less often than the others."""
    firm, every = together(measures(FIRM)), together(measures(EVERY))
    right, wrong = every.right - firm.right, every.wrong - firm.wrong
    assert right + wrong > 0
    assert right / (right + wrong) < firm.precision


def test_the_runbook_states_what_is_measured() -> None:
    """``python -m tests.oversee.watch.test_precision`` writes it anew."""
    page = RUNBOOK.read_text("utf-8")
    assert page == stated(page)


def test_measures_are_reckoned_right() -> None:
    """Shares of small counts by hand, and of nothing."""
    one = Measure(right=3, wrong=1, missed=2)
    assert (one.precision, one.recall) == (0.75, 0.6)
    assert (Measure().precision, Measure().recall) == (1.0, 1.0)
    assert together({"a": one, "b": Measure(right=1)}) == Measure(right=4, wrong=1, missed=2)
    assert together({"a": one, "b": Measure(right=1)}, "b") == Measure(right=1)
    with pytest.raises(ValueError, match="marks"):
        stated("a page without them")


if __name__ == "__main__":
    RUNBOOK.write_text(stated(RUNBOOK.read_text("utf-8")), "utf-8")
