"""What holds of every candidate, whatever the facts are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.register.decide import Facts, candidate, candidates
from schemas.hold import MARK_KINDS, Mark, MarkKind
from schemas.ids import ItemId
from schemas.registration import REGISTRATION_STANDINGS, WAITING, Registration

ITEM = ItemId("202601-aaaaaaaaaaaaaaaa")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 30).map(lambda days: BEGAN + timedelta(days=days))


@st.composite
def marks(draw: st.DrawFn) -> dict[MarkKind, Mark]:
    """Some marks, each at some time."""
    kinds: list[MarkKind] = draw(st.lists(st.sampled_from(MARK_KINDS), unique=True))
    return {kind: Mark(item=ITEM, kind=kind, person="P", at=draw(instants), dnr="KS 1") for kind in kinds}


@st.composite
def ways(draw: st.DrawFn) -> Registration:
    """A registration in some standing."""
    at = draw(instants)
    return Registration(
        item=ITEM,
        standing=draw(st.sampled_from(REGISTRATION_STANDINGS)),
        registry="r",
        secret=draw(st.booleans()),
        version=draw(st.integers(1, 3)),
        decided=at,
        changed=at,
        person="P",
    )


facts: st.SearchStrategy[Facts] = st.builds(
    Facts,
    item=st.just(ITEM),
    authority=st.just("ks"),
    account=st.just("nyheter"),
    platform=st.sampled_from(("mastodon", "bevara")),
    kind=st.sampled_from(("comment", "post", "certificate")),
    own=st.booleans(),
    rule=st.just("rad"),
    registration=st.sampled_from((None, "yes", "no", "by_content")),
    for_removed=st.booleans(),
    marks=marks(),
    version=st.integers(1, 3),
    since=instants,
    versioned=instants,
    hidden=st.none() | instants,
    waits=st.none() | instants,
    way=st.none() | ways(),
    declined_for=st.frozensets(st.sampled_from(("J101", "J102", "J103", "J105"))),
)


@settings(max_examples=300)
@given(facts)
def test_what_is_decided_waits_for_no_decision(one: Facts) -> None:
    """Nothing on its way is a candidate; what has a number comes back with a new version alone, with that reason."""
    found = candidate(one)
    if one.way is not None and one.way.standing in WAITING:
        assert found is None
    elif one.registered:
        assert (found is not None) == one.renewed
        assert found is None or found.codes == {"J109"}


@settings(max_examples=300)
@given(facts)
def test_a_secret_record_without_a_number_is_always_asked_about(one: Facts) -> None:
    """Unless it is on its way or was declined as it stands: urgent, with the reason, however minor it is."""
    secret = {**one.marks, "sekretess": Mark(item=ITEM, kind="sekretess", person="P", at=BEGAN, provision="OSL 21:1")}
    values: dict[str, Any] = {name: getattr(one, name) for name in Facts.__dataclass_fields__}
    found = candidate(Facts(**{**values, "marks": secret, "way": None}))
    if "registrerad" not in one.marks:
        assert found is not None
        assert found.urgent
        assert "J103" in found.codes


@settings(max_examples=300)
@given(facts)
def test_a_candidate_declined_for_its_reasons_does_not_come_back(one: Facts) -> None:
    """Declined as it stands, nothing is asked; every candidate has reasons, in order, and the earliest day of them."""
    found = candidate(one)
    if found is None:
        return
    codes = [reason.code for reason in found.reasons]
    assert codes == sorted(set(codes))
    assert found.since == min(reason.since for reason in found.reasons)
    assert all("…" not in reason.as_json()["text"] for reason in found.reasons)
    if one.registered:
        return
    declined = Registration(
        item=ITEM,
        standing="declined",
        registry="",
        secret=False,
        version=one.version,
        decided=BEGAN,
        changed=BEGAN,
        person="P",
    )
    values: dict[str, Any] = {name: getattr(one, name) for name in Facts.__dataclass_fields__}
    assert candidate(Facts(**{**values, "way": declined, "declined_for": found.codes})) is None


@given(st.lists(facts, max_size=5))
def test_urgent_ones_stand_first_and_then_the_oldest(some: list[Facts]) -> None:
    """The order in which a registrar reads them."""
    found = candidates(some)
    assert found == sorted(found, key=lambda one: (not one.urgent, one.since, one.item))
