"""Lists are frozen, signed and approved by two persons with a mandate, and go stale with anything they rest on."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest

from flows.cull.act import propose
from flows.cull.approval import approve, withdraw
from flows.cull.listing import Scope
from flows.keep.holds import lift_hold, set_hold
from flows.oversee.marks import mark_items
from flows.oversee.persons import change_person, countersigner, give_key
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import proposal
from tests.cull.archive import (
    ACCOUNT,
    APPROVER,
    AS_OF,
    AUTHORITY,
    OFFICER,
    OLD,
    PROPOSER,
    YOUNG,
    Small,
    plan_text,
)


@pytest.fixture
def filled(small: Small) -> tuple[Small, list[ItemId]]:
    """Four old posts that are due, five young ones, two comments and a page."""
    rows = [small.row() for _ in range(4)] + [small.row(published=YOUNG) for _ in range(5)]
    rows += [small.row("comment"), small.row("comment"), small.row("visitor_post", own=False)]
    return small, small.put(rows)


def _list(small: Small, digest: str) -> list[dict[str, object]]:
    with small.open() as home:
        found: list[dict[str, object]] = pq.read_table(io.BytesIO(home.ground.store.get(proposal(digest)))).to_pylist()
    return found


def test_the_list_says_what_is_due_and_why(filled: tuple[Small, list[ItemId]]) -> None:
    """Every due item stands in the list with rule, trigger, due day and reasons; nothing of its content does."""
    small, items = filled
    with small.open() as home:
        found = propose(home, AS_OF, Scope())
    listed = _list(small, found.digest)
    assert [row["item"] for row in listed] == sorted(items[:4])
    assert {(row["rule"], row["trigger"], row["due"], tuple(row["reasons"])) for row in listed} == {  # type: ignore[arg-type]
        ("inlagg", OLD.date(), date(2025, 1, 1), ("E170",))
    }
    assert found.counts.as_json() == {"cull": 4, "keep": 8, "ask": 0}
    assert (found.signature, found.draft.signature, found.draft.cull) == (None, None, 4)
    assert [(one.rule, one.items) for one in found.draft.totals] == [("inlagg", 4)]
    assert "Text nummer" not in json.dumps(listed, default=str)
    assert small.stored() >= set(items)


def test_the_list_can_be_limited(filled: tuple[Small, list[ItemId]]) -> None:
    """By account, type and archive creator; each selection is another list with another digest."""
    small, _ = filled
    with small.open() as home:
        whole = propose(home, AS_OF, Scope())
        again = propose(home, AS_OF, Scope())
        typed = propose(home, AS_OF, Scope(types=("inlagg",)))
        accounts = propose(home, AS_OF, Scope(accounts=(ACCOUNT,)))
        nobody = propose(home, AS_OF, Scope(authorities=("annan",)))
        later = propose(home, AS_OF - timedelta(days=1), Scope())
    assert whole.digest == again.digest
    assert len({one.digest for one in (whole, typed, accounts, nobody, later)}) == 5
    assert (typed.order.cull, typed.order.keep, accounts.order.cull, nobody.order.cull) == (4, 5, 4, 0)
    assert {typed.draft.totals[0].authority} == {AUTHORITY}


def test_what_a_person_must_decide_is_listed_too(filled: tuple[Small, list[ItemId]]) -> None:
    """Items of an unplanned sort of matter are asked about: a second part of the list, with the question."""
    small, items = filled
    with small.open() as home:
        mark_items(home.ground, [items[0]], "i-arende", OFFICER, on=date(2025, 1, 1), dnr="KS 2025/7")
        found = propose(home, AS_OF, Scope())
    asked = [row for row in _list(small, found.digest) if row["outcome"] == "ask"]
    assert [(row["item"], "E112" in row["reasons"]) for row in asked] == [(items[0], True)]  # type: ignore[operator]
    assert [(one.code, one.items) for one in found.draft.asked] == [("E112", 1)]


def test_a_decision_is_changed_by_marks_and_a_new_list(filled: tuple[Small, list[ItemId]]) -> None:
    """Whoever opens a listed record can have it kept or culled: a mark by a named person changes the next list."""
    small, items = filled
    with small.open() as home:
        before = propose(home, AS_OF, Scope())
        mark_items(home.ground, [items[0]], "granskad-bevara", OFFICER)
        mark_items(home.ground, [items[9]], "inaktuell", OFFICER, on=AS_OF)
        found = propose(home, AS_OF, Scope())
    assert before.digest != found.digest
    assert [row["item"] for row in _list(small, found.digest)] == sorted([*items[1:4], items[9]])


def test_overdue_and_guards_are_told(filled: tuple[Small, list[ItemId]]) -> None:
    """The draft says what is due since long, and which guards an approval must name."""
    small, items = filled
    with small.open() as home:
        mark_items(home.ground, items[9:11], "inaktuell", OFFICER, on=AS_OF)
        found = propose(home, AS_OF, Scope())
        late = propose(home, date(2026, 1, 15), Scope())
    assert found.draft.overdue == 4
    assert found.order.guards == ("G-REMAIN",)
    assert [(one.code, one.items) for one in late.draft.guards] == [("G-REMAIN", 2)]


def test_two_persons_with_mandate_sign(filled: tuple[Small, list[ItemId]]) -> None:
    """One proposes, another approves; both signatures stand with name, role and key, and in the ledger."""
    small, _ = filled
    digest = small.propose()
    small.approve(digest)
    with small.open() as home, home.ground.state.reading() as books:
        order = books.orders.get(digest)
        signed = books.orders.signatures(digest)
        acts = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
    assert order is not None
    assert order.standing == "approved"
    assert [(one.act, one.person, one.role) for one in signed] == [
        ("propose", PROPOSER, "arkivredogörare"),
        ("approve", APPROVER, "arkivansvarig"),
    ]
    assert signed[1].expires == small.at + timedelta(days=30)
    assert acts[-1] == "cull.approved"
    assert {"cull.proposed", "cull.signed"} <= set(acts)


def test_nobody_else_signs(filled: tuple[Small, list[ItemId]]) -> None:
    """Without the role nobody proposes or approves, and nobody does both."""
    small, items = filled
    for nobody in (OFFICER, "Okänd Person"):
        with pytest.raises((GuardError, RefusedError), match=r"G-MANDATE|registered person"):
            small.propose(nobody)
    digest = small.propose(APPROVER)
    with pytest.raises(GuardError, match="G-SELF"):
        small.approve(digest, APPROVER)
    for nobody in (OFFICER, PROPOSER):
        with pytest.raises(GuardError, match="G-MANDATE"):
            small.approve(digest, nobody)
    assert small.stored() >= set(items)


def test_a_role_that_has_ended_signs_nothing(filled: tuple[Small, list[ItemId]]) -> None:
    """A mandate holds between its days alone; a proposer who has lost the role makes the approval fail."""
    small, _ = filled
    digest = small.propose()
    with small.open() as home:
        change_person(home.ground, APPROVER, {"valid_to": date(2026, 1, 1)})
    with pytest.raises(GuardError, match="G-MANDATE"):
        small.approve(digest)
    with small.open() as home:
        change_person(home.ground, APPROVER, {"valid_to": None})
        change_person(home.ground, PROPOSER, {"role": "handläggare"})
    with pytest.raises(GuardError, match=r"G-STALE.*C14"):
        small.approve(digest)


def test_an_unsigned_list_is_not_approved(filled: tuple[Small, list[ItemId]]) -> None:
    """A scheduled draft needs a person's signature first; the draft's digest is the signed order's."""
    small, _ = filled
    with small.open() as home:
        draft = propose(home, AS_OF, Scope()).digest
    with pytest.raises(GuardError, match="G-UNSIGNED"):
        small.approve(draft)
    with small.open() as home:
        signed = propose(home, date(2030, 1, 1), Scope(), hand=small.hand(PROPOSER), draft=draft)
    assert signed.digest == draft
    small.approve(draft)


def test_a_withdrawn_list_is_not_approved(filled: tuple[Small, list[ItemId]]) -> None:
    """What a person has withdrawn is never approved; the same list can be proposed anew."""
    small, _ = filled
    digest = small.propose()
    with small.open() as home:
        with pytest.raises(GuardError, match="G-MANDATE"):
            withdraw(home, digest, OFFICER)
        withdraw(home, digest, PROPOSER)
    with pytest.raises(GuardError, match="G-UNSIGNED"):
        small.approve(digest)
    assert small.propose() == digest
    small.approve(digest)


def _hold(small: Small, item: ItemId) -> None:
    with small.open() as home:
        set_hold(home.ground, "item", item, OFFICER)


def _hold_and_lift(small: Small, item: ItemId) -> None:
    with small.open() as home:
        lift_hold(home.ground, set_hold(home.ground, "item", item, OFFICER).number, OFFICER)


def _mark(small: Small, item: ItemId) -> None:
    with small.open() as home:
        mark_items(home.ground, [item], "granskad-bevara", OFFICER)


def _edition(small: Small, item: ItemId) -> None:
    small.adopt(plan_text(edition="2", period="1 år"))


def _edit(small: Small, item: ItemId) -> None:
    edited = small.row(published=OLD)
    small.put([replace(edited, item=item, thread=item, version=2, observed=small.at, edited=small.at)], new=False)


CHANGES: list[Callable[[Small, ItemId], None]] = [_hold, _hold_and_lift, _mark, _edition, _edit]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_makes_the_list_stale(
    filled: tuple[Small, list[ItemId]], change: Callable[[Small, ItemId], None]
) -> None:
    """A hold set, or set and lifted, a mark, an edition, a later version: the draft is not signed, the list not approved."""
    small, items = filled
    with small.open() as home:
        draft = propose(home, AS_OF, Scope()).digest
    digest = small.propose()
    small.later(hours=1)
    change(small, items[0])
    small.later(hours=1)
    with pytest.raises(GuardError, match=r"G-STALE"):
        small.approve(digest)
    if change is not _hold_and_lift:
        with pytest.raises(GuardError, match="G-STALE"), small.open() as home:
            propose(home, AS_OF, Scope(), hand=small.hand(PROPOSER), draft=draft)
    assert small.stored() >= set(items)


def test_an_altered_list_is_not_approved(filled: tuple[Small, list[ItemId]]) -> None:
    """A list that is changed in the store, or gone, is not the one that was signed."""
    small, _ = filled
    digest = small.propose()
    file = next((small.root / "hem").rglob(proposal(digest).rpartition("/")[2]))
    whole = file.read_bytes()
    table = pq.read_table(io.BytesIO(whole))
    sink = io.BytesIO()
    pq.write_table(table.slice(0, 3), sink)
    for data in (sink.getvalue(), whole[:-1], b""):
        file.chmod(0o600)
        file.write_bytes(data)
        with pytest.raises(GuardError, match="G-LIST"):
            small.approve(digest)
    file.unlink()
    with pytest.raises(GuardError, match="G-LIST"):
        small.approve(digest)


def test_a_foreign_key_signs_nothing(filled: tuple[Small, list[ItemId]]) -> None:
    """A key that is not the person's registered one is refused, also when it was until now."""
    small, _ = filled
    digest = small.propose()
    with small.open() as home:
        public, file = home.keyring.make("En annan", None, small.root / "frasen")
        with pytest.raises(GuardError, match="G-FOREIGNKEY"):
            approve(home, digest, replace(small.hand(APPROVER), key_file=file))
        own = countersigner(home, APPROVER, None, small.root / "frasen")
        give_key(home.ground, APPROVER, public, countersigned=own)
        with pytest.raises(GuardError, match="G-FOREIGNKEY"):
            approve(home, digest, small.hand(APPROVER))


def test_a_replayed_or_changed_signature_is_found(filled: tuple[Small, list[ItemId]]) -> None:
    """A signature of another list, and one whose fields say more than was signed, are not genuine."""
    small, _ = filled
    other = small.propose(as_of=AS_OF - timedelta(days=1))
    digest = small.propose()
    with small.open() as home:
        with home.ground.state.reading() as books:
            (foreign,) = books.orders.signatures(other)
            (own,) = books.orders.signatures(digest)
        for forged in (
            replace(foreign, order=digest),
            replace(own, signature=foreign.signature),
            replace(own, at=own.at + timedelta(days=1)),
            replace(own, person=APPROVER, role="arkivansvarig"),
            replace(own, role="arkivansvarig"),
            replace(own, signature="00" * 64),
            replace(own, signature="x"),
        ):
            with home.ground.state.writing() as books:
                books.orders.sign(forged)
            with pytest.raises(GuardError, match=r"G-SIGNATURE|G-SELF"):
                approve(home, digest, small.hand("Agda Ansvarig"))
        with home.ground.state.writing() as books:
            books.orders.sign(own)
        approve(home, digest, small.hand("Agda Ansvarig"))


def test_no_plan_lists_nothing(small: Small) -> None:
    """Under an edition that is not in force that day nothing is due, and there is nothing to sign."""
    items = small.put([small.row()])
    with small.open() as home, pytest.raises(GuardError, match="G-NOTHING"):
        propose(home, date(2024, 6, 1), Scope(), hand=small.hand(PROPOSER))
    assert small.stored() >= set(items)


@pytest.mark.parametrize(("reach", "listed"), [("item", 1), ("thread", 0)])
def test_what_is_preserved_with_its_thread_keeps_what_lies_below(small: Small, reach: str, listed: int) -> None:
    """A row that reaches the thread keeps a comment that would go by its own row; one that reaches the item does not."""
    small.adopt(plan_text(edition="2").replace('reach = "item"', f'reach = "{reach}"'))
    thread = small.row("visitor_post", own=False)
    comment = small.row("comment", parent=thread.item, thread=thread.item)
    small.put([thread, comment])
    with small.open() as home:
        mark_items(home.ground, [comment.item], "inaktuell", OFFICER, on=AS_OF)
        found = propose(home, AS_OF, Scope())
    assert found.order.cull == listed
    assert [one.code for one in found.draft.exceptions] == ([] if listed else ["E121"])


def test_a_review_ends_with_a_decision_alone(small: Small) -> None:
    """A row that says *granska* asks list after list, until a person marks what is to be kept; nothing goes by waiting."""
    text = plan_text(edition="2").replace('action = "gallra"\nperiod = "2 år"', 'action = "granska"\nperiod = "2 år"')
    small.adopt(text)
    items = small.put([small.row(), small.row()])
    for _ in range(2):
        with small.open() as home:
            found = propose(home, AS_OF, Scope())
        assert (found.order.cull, found.order.ask) == (0, 2)
        small.later(days=200)
    with small.open() as home:
        mark_items(home.ground, items[:1], "granskad-bevara", OFFICER, comment="Visar hur frågan besvarades.")
        found = propose(home, AS_OF, Scope())
    assert [row["item"] for row in _list(small, found.digest)] == items[1:]
    assert found.order.ask == 1
