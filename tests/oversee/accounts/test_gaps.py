"""What an account lacks: each thing that the policy asks for, one by one; a perfect account lacks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flows.oversee.accounts.gaps import AccountFacts, gaps
from schemas.account import Account, account_from
from schemas.codes import texts
from schemas.codes.account import TEXTS
from schemas.oversight import Clause, OversightSettings
from tests.oversee.accounts.site import perfect

DAY = date(2026, 1, 15)
SETTINGS = OversightSettings(approved=("Räddningstjänsten",), site="alvsjobro.test")
KNOWN = AccountFacts(papers=frozenset({"account-start"}), on_list=True, lacks=(), list_address="https://a.test/lista")
KIM = {"name": "Kim Ek", "decided": "2023-12-01", "trained": "2023-12-10", "since": "2024-01-08"}
ROBIN = {**KIM, "name": "Robin Ask"}
BOSS = {**KIM, "name": "Bo Boss", "manager": True}
PERSONAL: dict[str, Any] = {
    "ownership": "tjansteperson",
    "owner": "Kim Ek",
    "need": "Föräldrar når fältaren direkt",
    "administrators": [KIM, BOSS],
}


def account(unit: str = "Kommunikation", platform: str = "facebook", **changes: Any) -> Account:
    """The perfect account with changes of its ``[duties]``."""
    values = {**perfect(**{name: one for name, one in changes.items() if name != "names"})}
    values |= {"unit": unit, "platform": platform, "administrators": changes.get("names", [])}
    return account_from(values, "konto.toml")


def codes(one: Account, facts: AccountFacts = KNOWN, settings: OversightSettings = SETTINGS) -> list[str]:
    """The codes of what it lacks on the day."""
    return [sign.code for sign in gaps(one, facts, settings, DAY)]


LACKING: list[tuple[str, dict[str, Any]]] = [
    ("W161", {"decided": None}),
    ("W161", {"decided_by": None}),
    ("W163", {"analysis": {"on": "2023-11-01", "purpose": "Dialog"}}),
    ("W164", {"administrators": [KIM]}),
    ("W164", {"administrators": [KIM, {**ROBIN, "left": "2026-01-14"}]}),
    ("W164", {"administrators": [KIM, {**ROBIN, "since": "2026-01-16"}]}),
    ("W165", {"administrators": [KIM, {**ROBIN, "trained": ""}]}),
    ("W165", {"administrators": [KIM, {**ROBIN, "trained": "2026-02-01"}]}),
    ("W166", {"administrators": [KIM, {**ROBIN, "trained": "2024-01-09"}]}),
    ("W166", {"administrators": [KIM, {**ROBIN, "trained": "2025-06-01", "since": "2025-05-01"}]}),
    ("W167", {"administrators": [KIM, {**ROBIN, "decided": ""}]}),
    ("W168", {"administrators": [KIM, ROBIN, {**BOSS, "left": "2025-06-01"}], "names": ["Bo Boss"]}),
    ("W169", {"names": ["Bara Namn"]}),
    ("W170", {"resources": None}),
    ("W171", {"consulted": None}),
    ("W171", {"consulted": "2024-01-03"}),
    ("W172", {"unit": " "}),
    ("W173", {**PERSONAL, "owner": ""}),
    ("W174", {**PERSONAL, "need": ""}),
    ("W175", {**PERSONAL, "administrators": [KIM, ROBIN]}),
    ("W175", {**PERSONAL, "administrators": [KIM, ROBIN, {**BOSS, "left": "2025-01-01"}]}),
    ("W176", {**PERSONAL, "administrators": [ROBIN, BOSS]}),
    ("W177", {"routine": None}),
    ("W180", {"processing": {}}),
    ("W181", {"processing": {"reference": "B-17"}}),
    ("W181", {"processing": {"reference": "B-17", "updated": "2025-01-15"}}),
    ("W184", {"blog": True}),
    ("W187", {"contact": None}),
    ("W189", {"address": None}),
]


def test_perfect() -> None:
    """An account that has everything lacks nothing, whether its own or a personal official's."""
    assert codes(account()) == []
    assert codes(account(**PERSONAL)) == []
    assert codes(account(), replace(KNOWN, on_list=None, lacks=None)) == []


@pytest.mark.parametrize(("code", "changes"), LACKING)
def test_each_gap(code: str, changes: Mapping[str, Any]) -> None:
    """One thing taken away is one sign, which the account's name and a whole sentence go with."""
    (sign,) = gaps(account(**_days(changes)), KNOWN, SETTINGS, DAY)
    assert (sign.code, sign.subject, sign.account, sign.authority) == (code, "nyheter", "nyheter", "arvika-ks")
    for language in (0, 1):
        text = texts()[code][language]
        assert all("{" + name in text or name == "account" for name, _ in sign.parameters)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("W162", {"papers": frozenset({"administrators"})}),
        ("W178", {"lacks": ("sidans syfte",)}),
        ("W179", {"on_list": False}),
        ("W182", {"unmatched": ("kommentarer",)}),
    ],
)
def test_each_gap_outside(code: str, facts: dict[str, Any]) -> None:
    """What the archive, the pages and the plan say is asked for too."""
    assert codes(account(), replace(KNOWN, **facts)) == [code]


def test_closed() -> None:
    """A closed account is asked for its closing alone: decided, down on the platform, and off the list."""
    closed = account(closed="2025-12-31", closed_by="Alex Al", administrators=[], analysis={}, routine=None)
    done = AccountFacts(papers=frozenset({"account-close"}), on_list=False, harvested=date(2025, 12, 31))
    assert codes(closed, done) == []
    still = AccountFacts(on_list=True, list_address="https://a.test", harvested=date(2026, 1, 14))
    assert codes(closed, still) == ["W185", "W186", "W188"]
    assert codes(account(closed="2026-01-16", closed_by="Alex Al"), KNOWN) == [], "it is open until its day"


def test_what_came_too_late_is_explained_once() -> None:
    """A course or a question that came too late, which nothing can undo, is told until somebody writes why; never before."""
    late, why = {"trained": "2024-01-09"}, {"late": "Vikarie från samma dag"}
    assert codes(account(**_days({"administrators": [KIM, {**ROBIN, **late}]}))) == ["W166"]
    assert codes(account(**_days({"administrators": [KIM, {**ROBIN, **late, **why}]}))) == []
    assert codes(account(**_days({"administrators": [KIM, {**ROBIN, "trained": "", **why}]}))) == ["W165"]
    assert codes(account(consulted="2024-01-03", **why)) == []
    assert codes(account(consulted=None, **why)) == ["W171"]


def test_blog_on_own_site() -> None:
    """A blog on the municipality's site is where it should be; one on somebody else's host or a platform is not."""
    own: dict[str, Any] = {"blog": True, "address": "https://blogg.alvsjobro.test/hej"}
    assert codes(account(platform="feed", **own)) == []
    assert codes(account(platform="feed", **{**own, "address": "https://alvsjobro.test.evil.example/"})) == ["W184"]
    assert codes(account(platform="facebook", **own)) == ["W184"]


def test_likes_where_there_are_some() -> None:
    """A list of pages to like is asked for on platforms where pages are liked; the account's own list is one."""
    none = replace(SETTINGS, approved=())
    assert codes(account(), KNOWN, none) == ["W183"]
    assert codes(account(approved=["Biblioteket"]), KNOWN, none) == []
    assert codes(account(platform="feed"), KNOWN, none) == []


def test_several_at_once_count_people() -> None:
    """Administrators are counted, never named: their names are in the register alone."""
    changes = _days({"administrators": [{**KIM, "trained": "", "decided": ""}, {**ROBIN, "trained": ""}]})
    found = {sign.code: dict(sign.parameters) for sign in gaps(account(**changes), KNOWN, SETTINGS, DAY)}
    assert found["W165"]["count"] == 2
    assert found["W167"]["count"] == 1
    assert "Kim" not in repr(found)


def test_nothing_known() -> None:
    """An account file with the least is told all that it lacks, and nothing breaks."""
    least = {"name": "n", "platform": "facebook", "handle": "n", "authority": "a"}
    found = codes(account_from(least, "x"), AccountFacts())
    assert found[:4] == ["W161", "W162", "W163", "W164"]
    assert {"W170", "W171", "W172", "W177", "W180", "W187", "W189"} <= set(found)


def test_clauses_are_those_of_the_table() -> None:
    """A sign names the clause that says it is checked by the code."""
    clause = Clause(
        id="P10", section="Inför medverkan", title="Två administratörer", treatment="check", codes=("W164",)
    )
    settings = replace(SETTINGS, clauses={"P10": clause})
    (sign,) = gaps(account(administrators=[KIM]), KNOWN, settings, DAY)
    assert sign.clause == "P10"


def test_every_code_is_tried() -> None:
    """Every gap that has a sentence is among these tests."""
    tried = {code for code, _ in LACKING} | {"W162", "W178", "W179", "W182", "W183", "W185", "W186", "W188"}
    assert tried == {code for code in TEXTS if code < "W190"}


def _days(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Without the days that are empty texts."""
    found = dict(changes)
    if "administrators" in found:
        found["administrators"] = [{k: v for k, v in one.items() if v != ""} for one in found["administrators"]]
    return found
