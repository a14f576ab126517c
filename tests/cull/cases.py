"""A case that every check lets go, and for each code one that fails exactly that check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flows.cull.checks import Basis, Case, Said
from schemas.calendar import Period
from schemas.order import Guard, Signature, SigningAct
from schemas.person import Person
from schemas.plan.model import Mandate, Match, Plan, Rule, Sample, Span, Values

AUTHORITY = "arvika-ks"
TODAY = date(2026, 1, 10)
AS_OF = date(2026, 1, 2)
BEGUN = datetime(2026, 1, 10, 9, tzinfo=UTC)
PLACES = ("file:archive", "s3:mirror", "sqlite")

POSTS = Rule(
    id="own-post",
    type="Eget inlägg",
    action="gallra",
    match=Match(columns=(("kind", Values(values=frozenset({"post", "reply"}))),)),
    period=Period(value=2, unit="year"),
    trigger="published",
)
COMMENTS = Rule(
    id="comment",
    type="Kommentar av tillfällig betydelse",
    action="gallra",
    match=Match(columns=(("kind", Values(values=frozenset({"comment"}))),)),
    trigger="inaktuell",
)
PLAN = Plan(
    id="arvika",
    title="Dokumenthanteringsplan",
    edition="2025:1",
    authorities=(AUTHORITY,),
    mandate=Mandate(body="Kommunstyrelsen", date=date(2024, 12, 3), paragraph="§ 201", dnr="KS 2024/99"),
    force=Span(first=date(2025, 1, 1)),
    rules=(POSTS, COMMENTS),
)
PERSONS = {
    "eva": Person(name="eva", role="arkivredogörare", added=datetime(2024, 1, 1, tzinfo=UTC)),
    "per": Person(name="per", role="arkivansvarig", added=datetime(2024, 1, 1, tzinfo=UTC)),
    "ulla": Person(name="ulla", role="handläggare", added=datetime(2024, 1, 1, tzinfo=UTC)),
}


def signature(act: SigningAct, person: str, key: str, accepted: tuple[Guard, ...] = ()) -> Signature:
    """A signature as it is stored; whether it is genuine is not its own to say."""
    at = datetime(2026, 1, 3 if act == "propose" else 5, 8, tzinfo=UTC)
    return Signature(
        order="ab" * 32,
        act=act,
        person=person,
        role=PERSONS[person].role,
        key=key * 32,
        at=at,
        expires=None if act == "propose" else at + timedelta(days=30),
        accepted=accepted,
        statement="{}",
        signature="cd" * 64,
    )


BASIS = Basis(
    stage="execution",
    as_of=AS_OF,
    today=TODAY,
    plan=PLAN,
    persons=PERSONS,
    list_intact=True,
    proposal=signature("propose", "eva", "0e"),
    approval=signature("approve", "per", "0f"),
    genuine=True,
    begun=BEGUN,
    revision_judged=7,
    revision_now=7,
    places=PLACES,
    unknown_places=False,
    provable=True,
)
GOOD = Case(
    basis=BASIS,
    authority=AUTHORITY,
    account="nyheter",
    kind="post",
    rule="own-post",
    outcome="cull",
    published=date(2023, 5, 17),
    trigger=date(2023, 5, 17),
    due=date(2026, 1, 1),
    reasons=("E170",),
    month="2023-05",
)
"""Every check lets it go."""
INAKTUELL = replace(
    GOOD,
    kind="comment",
    rule="comment",
    trigger=date(2025, 11, 3),
    due=date(2025, 11, 3),
    marks=(Said(kind="inaktuell", person="ulla", day=date(2025, 11, 3), made=date(2025, 11, 4)),),
)
"""So is this one, *vid inaktualitet*."""


def on(case: Case = GOOD, **changes: object) -> Case:
    """The case on another basis."""
    return replace(case, basis=replace(case.basis, **changes))  # type: ignore[arg-type] # the test names fields


def under(rule: Rule, case: Case = GOOD) -> Case:
    """The case under a plan in which its rule is another."""
    plan = replace(PLAN, rules=tuple(rule if one.id == rule.id else one for one in PLAN.rules))
    return on(case, plan=plan)


def marked(kind: str, day: date | None = date(2025, 6, 1), *, case: Case = GOOD, person: str = "ulla") -> Case:
    """The case with one more mark."""
    said = Said(kind=kind, person=person, day=day, made=date(2025, 6, 1))  # type: ignore[arg-type] # a mark's name
    return replace(case, marks=(*case.marks, said))


FIXTURES: dict[str, Callable[[], Case]] = {
    "C01": lambda: on(plan=replace(PLAN, mandate=None)),
    "C02": lambda: on(plan=replace(PLAN, rules=(*PLAN.rules, Rule(id="all", type="Allt", action="bevara")))),
    "C03": lambda: under(replace(POSTS, action="granska")),
    "C04": lambda: under(replace(POSTS, other_law="patientdatalagen (2008:355)")),
    "C05": lambda: replace(GOOD, due=date(2025, 12, 31)),
    "C06": lambda: replace(INAKTUELL, marks=()),
    "C07": lambda: under(replace(POSTS, conditions=("e-arkiv",))),
    "C08": lambda: marked("i-arende", date(2025, 6, 1)),
    "C09": lambda: marked("sekretess"),
    "C10": lambda: replace(GOOD, held=True),
    "C11": lambda: replace(GOOD, tied=True),
    "C12": lambda: replace(under(replace(POSTS, sample=Sample(one_in=10))), drawn=True),
    "C13": lambda: on(damaged=frozenset({f"{AUTHORITY}/2023-05"})),
    "C14": lambda: on(approval=signature("approve", "per", "0e")),
    "C15": lambda: on(revision_now=8),
    "C16": lambda: on(unknown_places=True),
    "C17": lambda: replace(GOOD, opaque=False),
    "C18": lambda: on(provable=False),
    "C19": lambda: replace(GOOD, destroyed=True),
    "C20": lambda: replace(GOOD, released=True),
}
"""Code → a case that fails that check and no other."""
