"""What a request's hold covers: whole threads, wherever their parts lie; narrowed and widened by officers, never lifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.disclose.intake.holding import cover, covered_by
from flows.disclose.intake.opening import Opening, open_request
from flows.keep import held
from flows.keep.holds import change_hold, lift_hold, set_hold
from flows.keep.judged import decisions, standing
from schemas.calendar import local_day
from schemas.covered import Predicate
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from tests.cull.interference import OddState, with_state
from tests.disclose.world import ACCOUNT, COLLEAGUE, OFFICER, PAGE, SCHOOL, Desk

OLD = datetime(2022, 5, 3, 10, tzinfo=UTC)
LATER = OLD + timedelta(days=70)
"""Another month."""


def culled(desk: Desk, since: datetime | None = None) -> set[str]:
    """What the plan would let go today, with holds."""
    with desk.open() as home:
        base = standing(home.ground, local_day(desk.at), since=since)
        return {
            one["item"]
            for table in decisions(home.ground, base, local_day(desk.at))
            for one in table.select(["item", "outcome"]).to_pylist()
            if one["outcome"] == "cull"
        }


def thread(desk: Desk) -> dict[str, ItemId]:
    """A thread of two years ago: root, two comments, a reply to one by another authority in another month, and a lonely post.

    Everything is due for culling.
    """
    found = {"root": desk.publish("Rot", at=OLD)}
    found["hit"] = desk.publish("Träffen", kind="comment", author="Åsa", at=OLD, below=found["root"])
    found["beside"] = desk.publish("Bredvid", kind="comment", author="Bo", at=LATER, below=found["root"])
    found["below"] = desk.publish(
        "Under", kind="reply", account=SCHOOL, at=LATER + timedelta(days=40), below=found["hit"]
    )
    found["alone"] = desk.publish("Ensam", account=PAGE, at=OLD)
    return found


NARROWED = [
    ("hit", Predicate(authors=("Åsa",))),
    ("beside", Predicate(texts=("bredvid",))),
    ("below", Predicate(accounts=(SCHOOL,))),
    ("below", Predicate(authorities=("barn-utbildning",))),
    ("below", Predicate(kinds=("reply",))),
    ("root", Predicate(texts=("rot",), accounts=(ACCOUNT,))),
    ("beside", Predicate(first=LATER.date(), last=LATER.date())),
]


@pytest.mark.parametrize(("name", "predicate"), NARROWED)
def test_the_whole_thread_of_a_hit_is_held(desk: Desk, name: str, predicate: Predicate) -> None:
    """What lies above, beside and below, in other months, accounts and authorities; what is elsewhere goes."""
    items = thread(desk)
    assert culled(desk) == set(items.values())
    with desk.open() as home:
        request = open_request(home, Opening(wording="Vad som helst"), OFFICER)
        assert culled(desk) == set()
        cover(home.ground, request.number, predicate, OFFICER)
    assert culled(desk) == {items["alone"]}, name


def test_a_named_item_holds_its_thread(desk: Desk) -> None:
    """One item in the middle, named by its id, without anything being read through."""
    items = thread(desk)
    with desk.open() as home:
        request = open_request(home, Opening(wording="x"), OFFICER)
        cover(home.ground, request.number, Predicate(items=(items["below"],)), OFFICER)
    assert culled(desk) == {items["alone"]}


def test_other_holds_bind_what_lies_below_alone(desk: Desk) -> None:
    """A hold by author or account keeps the item and what answers it, as before."""
    items = thread(desk)
    with desk.open() as home:
        hold = set_hold(home.ground, "author", "Åsa", OFFICER)
        assert culled(desk) == {items["root"], items["beside"], items["alone"]}
        lift_hold(home.ground, hold.number, OFFICER)
        set_hold(home.ground, "account", SCHOOL, OFFICER)
    assert culled(desk) == set(items.values()) - {items["below"]}


def test_a_thread_that_turned_out_to_lie_in_another_is_held_whole(desk: Desk) -> None:
    """A comment whose parent was found later: it, what was below it then, and the thread that it lies in."""
    items = thread(desk)
    lost = desk.publish("Löst", kind="comment", author="Cia", at=LATER)
    under = desk.publish("Under löst", kind="comment", author="Dan", at=LATER, below=lost)
    row = desk.newest(lost)
    desk.store(
        replace(row, row="observation", observed=desk.at, parent=items["hit"], thread=items["root"], text=None,
                payload=None, identity=None),
        new=False,
    )  # fmt: skip
    for who in ("Dan", "Bo"):
        with desk.open() as home:
            request = open_request(home, Opening(wording="x"), OFFICER)
            cover(home.ground, request.number, Predicate(authors=(who,)), OFFICER)
        assert culled(desk) == {items["alone"]}, who
        desk.say("request", "withdraw", str(request.number), "--as", OFFICER)
        desk.say("request", "close", str(request.number), "--as", OFFICER)
        assert {lost, under} <= culled(desk)


def test_more_than_can_be_spelled_out_binds_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads are counted, the request's own too, and not items: at one more than the bound everything is held."""
    items = thread(desk)
    with desk.open() as home:
        request = open_request(home, Opening(wording="x"), OFFICER)
        cover(home.ground, request.number, Predicate(kinds=("comment", "reply")), OFFICER)
    monkeypatch.setattr(held, "MOST", 2)
    assert culled(desk) == {items["alone"]}
    with desk.open() as home:
        cover(home.ground, request.number, Predicate(kinds=("comment", "post")), OFFICER)
    assert culled(desk) == set()


def test_the_own_thread_is_always_held(desk: Desk) -> None:
    """However it is narrowed: what was written about the request stays until it is closed."""
    with desk.open() as home:
        request = open_request(home, Opening(wording="x", accounts=(PAGE,)), OFFICER)
        for one in (Predicate(texts=("ingenting",)), Predicate(accounts=(ACCOUNT,))):
            cover(home.ground, request.number, one, OFFICER)
            found = covered_by(home.ground, request)
            assert found is not None
            assert request.record in found.items
        base = standing(home.ground, local_day(desk.at))
    assert ("thread", request.record) in {(one.scope, one.subject) for one in base.holds}


def test_a_request_for_accounts_leaves_other_orders_alone(desk: Desk) -> None:
    """What was proposed before goes on where the accounts named do not reach; everything else was held all the time."""
    items = thread(desk)
    before = desk.at
    desk.later(minutes=5)
    with desk.open() as home:
        open_request(home, Opening(wording="x", accounts=(PAGE,)), OFFICER)
    assert culled(desk, since=before) == set(items.values()) - {items["alone"]}


def test_a_narrowed_request_still_counts_for_what_was_proposed_before(desk: Desk) -> None:
    """What it held before it was narrowed needs a new proposal."""
    items = thread(desk)
    with desk.open() as home:
        request = open_request(home, Opening(wording="x"), OFFICER)
    desk.later(hours=1)
    with desk.open() as home:
        cover(home.ground, request.number, Predicate(accounts=(PAGE,)), OFFICER)
    assert culled(desk) == set(items.values()) - {items["alone"]}
    assert culled(desk, since=desk.at) == set()
    assert culled(desk, since=desk.at + timedelta(seconds=1)) == set(items.values()) - {items["alone"]}


def test_two_officers_do_not_write_over_each_other(desk: Desk) -> None:
    """Who narrowed it without having seen the other's words is refused; those of the other stand."""
    with desk.open() as home, desk.open() as other:
        request = open_request(home, Opening(wording="x"), OFFICER)
        done: list[int] = []

        def meanwhile(name: str) -> None:
            if name.startswith("own:") and not done:
                done.append(1)
                cover(other.ground, request.number, Predicate(accounts=(PAGE,)), COLLEAGUE)

        odd = with_state(home, OddState(home.ground.state, at_lease=meanwhile))
        with pytest.raises(GuardError) as refused:
            cover(odd.ground, request.number, Predicate(accounts=(ACCOUNT,)), OFFICER)
        assert refused.value.code == "G-CHANGED"
        found = covered_by(home.ground, request)
    assert found is not None
    assert found.accounts == (PAGE,)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--account", "okänt"),
        ("--kind", "okänt"),
        ("--everything", "--account", PAGE),
        ("--from", "2025-02-01", "--to", "2025-01-01"),
        ("--search", "x" * 1001),
    ],
)
def test_what_would_hold_nothing_is_refused(desk: Desk, options: tuple[str, ...]) -> None:
    """A mistyped name, nothing at all, or two things that contradict each other; the hold stays as it was."""
    number = desk.ask()
    before = desk.hold_of(number)
    desk.say("request", "hold", str(number), *options, "--as", OFFICER, codes={2})
    assert desk.hold_of(number) == before


def _refusals(home: Home, number: int) -> None:
    with pytest.raises(GuardError) as lifted:
        lift_hold(home.ground, number, OFFICER)
    with pytest.raises(GuardError) as changed:
        change_hold(home.ground, number, Predicate(accounts=(PAGE,)), OFFICER)
    assert lifted.value.code == changed.value.code == "G-REQUEST"


def test_a_requests_hold_is_not_lifted_by_another_way(desk: Desk) -> None:
    """Neither lifted nor narrowed by ``hold``, in any standing but closed; a hold set by hand for a request is."""
    number = desk.ask()
    hold = desk.kept(number).hold
    assert hold is not None
    with desk.open() as home:
        _refusals(home, hold)
        by_hand = set_hold(home.ground, "request", str(number), OFFICER)
        lift_hold(home.ground, by_hand.number, OFFICER)
    desk.say("hold", "lift", str(hold), "--as", OFFICER, codes={4})
    desk.say("request", "withdraw", str(number), "--as", OFFICER)
    with desk.open() as home:
        _refusals(home, hold)
    desk.say("request", "close", str(number), "--as", OFFICER)
    with desk.open() as home, pytest.raises(RefusedError):
        lift_hold(home.ground, hold, OFFICER)


def test_a_closed_request_is_not_held_again(desk: Desk) -> None:
    """Neither narrowed, amended nor given another contact once it is closed."""
    number = desk.ask()
    desk.say("request", "withdraw", str(number), "--as", OFFICER)
    desk.say("request", "close", str(number), "--as", OFFICER)
    for one in (("hold", str(number), "--everything"), ("amend", str(number), "--text", "x"),
                ("contact", str(number), "--text", "x"), ("ask", str(number), "--text", "x"),
                ("withdraw", str(number)), ("close", str(number))):  # fmt: skip
        desk.refused(*one)


def test_a_request_that_was_stopped_is_not_narrowed(desk: Desk) -> None:
    """Before its wording is there its hold stays on everything; ``amend`` may name accounts then, and only then."""
    thread(desk)

    def refuse(name: str) -> None:
        if name.startswith("own:"):
            raise OSError("no")

    with desk.open() as home:
        odd = with_state(home, OddState(home.ground.state, at_lease=refuse))
        with pytest.raises(GuardError):
            open_request(odd, Opening(wording="x", accounts=(PAGE,)), OFFICER)
    desk.refused("hold", "1", "--account", PAGE)
    desk.refused("contact", "1", "--text", "x")
    assert culled(desk) == set()
    desk.request("amend", "1", "--text", "x", "--account", PAGE)
    assert len(culled(desk)) == 4
    desk.refused("amend", "1", "--text", "y", "--account", ACCOUNT, code=2)
