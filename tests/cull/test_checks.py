"""The twenty checks: each keeps what it is there for, and none lets go what it does not understand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from flows.cull.checks import CHECKS, COLUMNS, Basis, Case, examine, failed, passes
from schemas.codes import texts
from schemas.codes.checks import CODES, REASONS, TEXTS, sentence
from schemas.codes.decide import TEXTS as JUDGED
from schemas.hold import Mark
from schemas.ids import ItemId, Month, new_item_id
from schemas.plan.evaluate import DECISIONS
from schemas.plan.model import Sample, Span
from schemas.plan.proven import Proven
from tests.cull.cases import (
    AUTHORITY,
    BASIS,
    BEGUN,
    COMMENTS,
    FIXTURES,
    GOOD,
    INAKTUELL,
    PERSONS,
    PLAN,
    POSTS,
    marked,
    on,
    signature,
    under,
)

ITEM = "202305-k3j5h2ga4l6mnqrs"


def test_there_are_twenty() -> None:
    """Codes, functions, sentences and fixtures are the same twenty."""
    assert [f"C{number:02d}" for number in range(1, 21)] == list(CODES) == list(CHECKS) == list(FIXTURES)
    assert all(sentence(code, "sv") and sentence(code, "en") for code in CODES)
    assert len({text for pair in TEXTS.values() for text in pair}) == 40
    assert texts()["C01"] == TEXTS["C01"]


def test_what_nothing_speaks_against_may_go() -> None:
    """A record whose every fact is in order passes all twenty."""
    assert failed(GOOD) == failed(INAKTUELL) == ()


@pytest.mark.parametrize("code", CODES)
def test_each_check_keeps_alone(code: str) -> None:
    """Each fixture fails the check it is named by and no other."""
    assert failed(FIXTURES[code]()) == (code,)


def test_every_reason_against_belongs_to_one_check() -> None:
    """Every reason of a judgement that does not speak for culling is refused by exactly the check it belongs to."""
    against = {code for code, (weight, _, _) in JUDGED.items() if weight in ("stop", "ask", "keep")}
    assert set(REASONS) == against
    for reason in against:
        assert failed(replace(GOOD, reasons=(reason, "E170"))) == (REASONS[reason],), reason


def test_an_unknown_reason_keeps() -> None:
    """A reason that no check knows, and no reason at all, keep the record."""
    assert failed(replace(GOOD, reasons=("E170", "E999"))) == ("C02",)
    assert "C05" in failed(replace(GOOD, reasons=()))


def test_an_error_keeps() -> None:
    """A check that raises, or answers anything but yes, has failed."""

    def broken(_: Case) -> bool:
        raise RuntimeError("disk")

    assert not passes(broken, GOOD)
    assert not passes(lambda _: 1, GOOD)  # type: ignore[arg-type,return-value] # no answer of the right kind
    assert not passes(lambda _: None, GOOD)  # type: ignore[arg-type,return-value] # as above


@pytest.mark.parametrize("name", ["authority", "kind", "rule", "outcome", "published", "trigger", "due", "reasons"])
def test_a_missing_fact_keeps(name: str) -> None:
    """Without any one of its facts a record is kept."""
    nothing: object = () if name == "reasons" else None
    assert failed(replace(GOOD, **{name: nothing}))  # type: ignore[arg-type] # a fact that is missing


@pytest.mark.parametrize(
    "name",
    [
        "plan",
        "persons",
        "list_intact",
        "proposal",
        "approval",
        "genuine",
        "begun",
        "revision_judged",
        "revision_now",
        "places",
        "unknown_places",
        "provable",
    ],
)
def test_a_missing_neighbour_keeps(name: str) -> None:
    """Whatever the basis does not say counts as not known, and keeps."""
    default = next(one for one in fields(Basis) if one.name == name)
    empty: object = {} if name == "persons" else (None if name == "plan" else default.default)
    assert failed(on(GOOD, **{name: empty}))
    assert failed(GOOD) == ()


@pytest.mark.parametrize(
    ("code", "case"),
    [
        ("C01", on(plan=replace(PLAN, force=Span(first=date(2026, 1, 3))))),
        ("C01", on(plan=replace(PLAN, force=Span(first=date(2025, 1, 1), last=date(2026, 1, 5))))),
        ("C01", on(plan=replace(PLAN, authorities=("other",)))),
        ("C01", on(plan=replace(PLAN, records=Span(last=date(2020, 12, 31))))),
        ("C01", on(plan=replace(PLAN, mandate=replace(PLAN.mandate, paragraph=" ")))),  # type: ignore[type-var]
        ("C01", on(plan=replace(PLAN, mandate=replace(PLAN.mandate, date=date(2026, 2, 1))))),  # type: ignore[type-var]
        ("C02", replace(GOOD, listed=2)),
        ("C02", replace(GOOD, kind="hologram")),
        ("C02", replace(GOOD, kind="comment")),
        ("C02", on(plan=replace(PLAN, rules=(POSTS, POSTS, COMMENTS)))),
        ("C02", under(replace(POSTS, match=replace(POSTS.match, required=frozenset({"ringa"}))))),
        (
            "C02",
            marked("ringa", case=under(replace(POSTS, match=replace(POSTS.match, forbidden=frozenset({"ringa"}))))),
        ),
        ("C02", under(replace(POSTS, records=Span(last=date(2020, 1, 1))))),
        ("C02", under(replace(POSTS, force=Span(last=date(2025, 1, 1))))),
        ("C03", marked("granskad-bevara")),
        ("C03", replace(GOOD, outcome="ask")),
        ("C05", replace(GOOD, trigger=date(2022, 5, 17))),
        ("C05", replace(GOOD, trigger=date(1970, 1, 1), published=date(1970, 1, 1), due=date(1973, 1, 1))),
        ("C05", replace(GOOD, trigger=date(2026, 1, 9), published=date(2026, 1, 9), due=date(2029, 1, 1))),
        ("C05", on(today=date(2025, 12, 31))),
        ("C05", under(replace(POSTS, counting="day"))),
        ("C05", under(replace(POSTS, period=None))),
        ("C05", under(replace(POSTS, trigger=None))),
        ("C05", under(replace(POSTS, trigger="removed"))),
        ("C05", replace(GOOD, reasons=("E170", "E180"))),
        ("C06", replace(INAKTUELL, marks=tuple(replace(one, person="nobody") for one in INAKTUELL.marks))),
        ("C06", replace(INAKTUELL, marks=tuple(replace(one, day=None) for one in INAKTUELL.marks))),
        ("C06", replace(INAKTUELL, marks=tuple(replace(one, day=date(2026, 1, 5)) for one in INAKTUELL.marks))),
        ("C06", replace(INAKTUELL, marks=tuple(replace(one, made=date(2026, 3, 5)) for one in INAKTUELL.marks))),
        ("C07", under(replace(POSTS, conditions=("registrerad",)))),
        ("C07", replace(under(replace(POSTS, conditions=("annat",))), proven=frozenset({"annat"}))),
        ("C08", marked("i-arende", None)),
        ("C08", marked("i-arende", date(2026, 6, 1))),
        ("C09", under(replace(POSTS, registration="yes"))),
        ("C12", marked("urval")),
        ("C13", on(list_intact=False)),
        ("C13", on(damaged=frozenset({"2023-05"}))),
        ("C14", on(approval=signature("approve", "eva", "0f"))),
        ("C14", on(approval=signature("approve", "ulla", "0f"))),
        ("C14", on(proposal=signature("propose", "ulla", "0e"))),
        ("C14", on(approval=replace(signature("approve", "per", "0f"), order="ef" * 32))),
        ("C14", on(begun=BEGUN + timedelta(days=30))),
        ("C14", on(begun=datetime(2026, 1, 4, tzinfo=UTC))),
        ("C14", on(approval=replace(signature("approve", "per", "0f"), expires=None))),
        ("C14", on(persons={**PERSONS, "per": replace(PERSONS["per"], valid_to=date(2026, 1, 4))})),
        ("C14", on(persons={name: one for name, one in PERSONS.items() if name != "eva"})),
        ("C16", on(places=("file:archive", " "))),
        ("C17", on(plan=replace(PLAN, edition="Det här är en hel mening om vad någon skrev på sidan"))),
    ],
)
def test_a_check_keeps_in_other_ways_too(code: str, case: Case) -> None:
    """Each check keeps for every fact that it stands on."""
    assert code in failed(case)


def test_what_a_person_said_lets_go() -> None:
    """Registered, in a closed matter under its own rule, proven: the same facts in order pass."""
    assert failed(marked("registrerad", case=marked("sekretess"))) == ()
    assert failed(marked("registrerad", case=under(replace(POSTS, conditions=("registrerad",))))) == ()
    assert failed(replace(under(replace(POSTS, conditions=("e-arkiv",))), proven=frozenset({"e-arkiv"}))) == ()
    matter = replace(POSTS, match=replace(POSTS.match, required=frozenset({"i-arende"})))
    assert failed(marked("i-arende", case=under(matter))) == ()
    edited = replace(GOOD, reasons=("E170", "E180"), published=date(2022, 1, 1))
    assert failed(edited) == ()


def test_stages_ask_for_what_there_is() -> None:
    """A proposal needs no signature, an approval the proposer's and another person, an execution both."""
    proposal = on(stage="proposal", list_intact=None, proposal=None, approval=None, genuine=False, begun=None)
    assert failed(proposal) == failed(on(proposal, revision_now=None)) == ()
    approval = on(stage="approval", approval=None, begun=None, approver="per")
    assert failed(approval) == ()
    assert failed(on(approval, approver="")) == ("C14",)
    assert failed(on(approval, approver="eva")) == ("C14",)
    assert failed(on(approval, approver="ulla")) == ("C14",)
    assert failed(on(approval, genuine=False)) == ("C14",)
    assert failed(on(approval, list_intact=None)) == ("C13",)
    assert failed(on(stage="execution", approval=None)) == ("C14",)


def _listed(rows: Sequence[dict[str, object]]) -> pa.Table:
    schema = DECISIONS.append(pa.field("parent", pa.string())).append(pa.field("thread", pa.string()))
    base: dict[str, object] = {
        "item": ITEM,
        "kind": "post",
        "rule": "own-post",
        "outcome": "cull",
        "published": datetime(2023, 5, 17, 12, tzinfo=UTC),
        "trigger": date(2023, 5, 17),
        "due": date(2026, 1, 1),
        "reasons": ["E170"],
        "account": "nyheter",
        "authority": AUTHORITY,
        "parent": None,
        "thread": ITEM,
    }
    return pa.Table.from_pylist([{**base, **row} for row in rows], schema=schema)


def _id(letter: str) -> str:
    return ITEM[:-1] + letter


def test_rows_are_examined_in_order() -> None:
    """Each row gets the codes that its own facts give, in the order of the rows."""
    rows: list[dict[str, object]] = [
        {"item": _id("a"), "thread": _id("a")},
        {"item": _id("b"), "due": date(2025, 1, 1)},
        {"item": _id("c"), "reasons": ["E130", "E170"]},
        {"item": _id("d"), "parent": "at://did:plc:x/app.bsky.feed.post/1"},
        {"item": _id("e"), "rule": None},
        {"item": _id("f")},
        {"item": _id("g")},
        {"item": _id("g")},
        {"item": _id("h"), "thread": None},
        {"item": _id("i"), "published": datetime(2022, 12, 31, 23, 30, tzinfo=UTC), "trigger": date(2023, 1, 1)},
        {"item": None},
        {"item": ITEM + "\n"},
    ]
    basis = replace(BASIS, held=frozenset({_id("f")}))
    found = examine(_listed(rows), basis)
    assert found[:4] == [(), ("C05",), ("C10",), ("C17",)]
    assert {"C02", "C03", "C05", "C17"} <= set(found[4])
    assert found[5:10] == [("C10",), ("C02",), ("C02",), ("C17",), ()]
    assert "C17" in found[10]
    assert found[11] == ("C17",)
    assert examine(_listed([]), BASIS) == []


@pytest.mark.parametrize(
    ("name", "code"), [("held", "C10"), ("released", "C20"), ("tied", "C11"), ("destroyed", "C19")]
)
def test_sets_of_items_bind_those_items_alone(name: str, code: str) -> None:
    """An item in a set of the basis is kept by its check, its neighbour is not."""
    basis = replace(BASIS, **{name: frozenset({_id("a"), "202001-aaaaaaaaaaaaaaaa"})})  # type: ignore[arg-type]
    assert examine(_listed([{"item": _id("a")}, {"item": _id("b")}]), basis) == [(code,), ()]


def test_marks_and_proofs_are_the_items_own() -> None:
    """Marks and proofs count for the item they are about; of two marks of one kind the later counts."""
    early, late = datetime(2025, 3, 1, 23, 30, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)

    def mark(item: str, kind: str, at: datetime, day: date | None, person: str = "ulla") -> Mark:
        return Mark(item=ItemId(item), kind=kind, person=person, at=at, on=day)  # type: ignore[arg-type]

    marks = {
        _id("a"): [mark(_id("a"), "inaktuell", late, date(2025, 4, 1)), mark(_id("a"), "inaktuell", early, None)],
        _id("b"): [mark(_id("b"), "inaktuell", early, None)],
        _id("c"): [mark(_id("c"), "inaktuell", early, None, "nobody")],
        _id("d"): [mark(_id("d"), "inaktuell", early, None), mark(_id("d"), "sekretess", late, None)],
    }
    plan = replace(PLAN, rules=(POSTS, replace(COMMENTS, conditions=("e-plikt",))))
    basis = replace(BASIS, plan=plan, marks=marks, proofs={"e-plikt": Proven(map(_id, "abcde")), "annat": Proven()})
    comment: dict[str, object] = {"kind": "comment", "rule": "comment"}
    first, second = (
        {"trigger": date(2025, 4, 1), "due": date(2025, 4, 1)},
        {
            "trigger": date(2025, 3, 2),
            "due": date(2025, 3, 2),
        },
    )
    rows = [
        {**comment, **first, "item": _id("a")},
        {**comment, **second, "item": _id("b")},
        {**comment, **second, "item": _id("c")},
        {**comment, **second, "item": _id("d")},
        {**comment, **second, "item": _id("e")},
        {**comment, **second, "item": _id("b")[:-1] + "z"},
    ]
    found = examine(_listed(rows), basis)
    assert found == [(), (), ("C06",), ("C09",), ("C06",), ("C06", "C07")]


def test_the_sample_is_drawn_anew() -> None:
    """The check draws the sample from the ids itself: every item when one in one is kept, some when one in two."""
    rows: list[dict[str, object]] = [{"item": _id(letter)} for letter in "abcdefgh"]
    for one_in, kept in ((1, 8), (2, 4), (0, 0)):
        plan = replace(PLAN, rules=(replace(POSTS, sample=Sample(one_in=one_in)), COMMENTS))
        found = examine(_listed(rows), replace(BASIS, plan=plan))
        assert [one for one in found if one == ("C12",)] == [("C12",)] * kept


def test_what_cannot_be_read_keeps_everything() -> None:
    """Facts of a wrong sort keep every row by every check; a missing column is refused."""
    broken = replace(BASIS, held=frozenset({3}))  # type: ignore[arg-type] # a wrong sort on purpose
    assert examine(_listed([{}, {"item": _id("a")}]), broken) == [CODES, CODES]
    with pytest.raises(ValueError, match="thread"):
        examine(_listed([{}]).drop_columns(["thread"]), BASIS)
    assert COLUMNS[-2:] == ("parent", "thread")


def test_a_hundred_thousand_rows_take_about_a_second() -> None:
    """The checks are made once per distinct set of facts, so that a large partition is examined at once."""
    rows = 100_000
    ids = [new_item_id(Month("2023-05"), number.to_bytes(10, "big")) for number in range(rows)]
    listed = _listed([{}]).take([0] * rows)
    days = [date(2023, 5, 1 + number % 31) for number in range(rows)]
    instants = [datetime(2023, 5, 1 + number % 31, 12, tzinfo=UTC) for number in range(rows)]
    listed = listed.set_column(0, DECISIONS.field("item"), pa.array(ids))
    listed = listed.set_column(4, DECISIONS.field("published"), pa.array(instants, DECISIONS.field("published").type))
    listed = listed.set_column(5, DECISIONS.field("trigger"), pa.array(days, pa.date32()))
    at = datetime(2025, 1, 1, tzinfo=UTC)
    marks = {str(one): [Mark(item=one, kind="ringa", person="eva", at=at)] for one in ids[::2]}
    basis = replace(BASIS, held=frozenset(ids[:5000]), marks=marks)
    begun = time.perf_counter()
    found = examine(listed, basis)
    assert time.perf_counter() - begun < 4
    assert found.count(()) == rows - 5000
