"""Holds: every scope stops the culling of what it covers and of what lies below; no word of them leaves the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.clock import FixedClock
from connectors.home import open_home
from flows.keep import held
from flows.keep.held import resolve
from flows.keep.holds import NOTHING, Told, change_hold, lift_hold, rendered, set_hold
from flows.keep.judged import standing
from flows.oversee.marks import mark_items
from schemas.covered import Predicate
from schemas.hold import HOLD_SCOPES
from schemas.ids import ItemId
from schemas.order import Tombstone
from schemas.refusal import GuardError, RefusedError
from tests.oversee.archive import (
    ALONE,
    AS_OF,
    AT,
    BELOW,
    BESIDE,
    DUE,
    FIRST,
    OTHER,
    POST,
    Archive,
    put,
    rows,
)

SCOPES: list[tuple[str, str, Predicate, frozenset[str]]] = [
    ("item", FIRST, NOTHING, frozenset({FIRST, BELOW})),
    ("item", POST, NOTHING, frozenset({FIRST, BELOW, BESIDE})),
    ("thread", POST, NOTHING, frozenset({FIRST, BELOW, BESIDE})),
    ("account", "bygga-bo", NOTHING, frozenset({ALONE})),
    ("authority", "arvika-bn", NOTHING, frozenset({OTHER})),
    ("author", "anna björk", NOTHING, frozenset({FIRST, BELOW})),
    ("author", "DID:ANNA", NOTHING, frozenset({FIRST, BELOW})),
    ("author", "Anna", NOTHING, frozenset()),
    ("author", "Dan", Predicate(accounts=("nyheter",)), frozenset()),
    ("period", "2020-07-01..2020-12-31", NOTHING, frozenset({BELOW, ALONE})),
    ("period", "..2019-12-31", NOTHING, frozenset({OTHER})),
    ("period", "2020-01-01/", Predicate(kinds=("visitor_post",)), frozenset({ALONE})),
    ("search", "häck", NOTHING, frozenset({FIRST, BELOW})),
    ("search", "Ha\u0308CK", NOTHING, frozenset({FIRST, BELOW})),
    ("matter", "KS 2025/7", NOTHING, frozenset({BESIDE})),
    ("request", "12", NOTHING, DUE),
    ("request", "12", Predicate(authorities=("arvika-bn",)), frozenset({OTHER})),
    ("request", "12", Predicate(accounts=("bygga-bo",)), frozenset({ALONE})),
    ("request", "12", Predicate(authors=("Bo", "@Eli")), frozenset({FIRST, BELOW, BESIDE, OTHER})),
    ("request", "12", Predicate(texts=("vatten",), items=(OTHER,)), frozenset({ALONE, OTHER})),
    ("request", "12", Predicate(texts=("glöm",), authors=("Anna Björk",)), frozenset({FIRST, BELOW, BESIDE})),
]


@pytest.mark.parametrize(("scope", "subject", "narrowed", "stopped"), SCOPES)
def test_every_scope_stops_what_it_covers_and_what_lies_below(
    archive: Archive, scope: str, subject: str, narrowed: Predicate, stopped: frozenset[str]
) -> None:
    """Before: all that is due is culled. With the hold: all but what it covers; lifted: all again."""
    mark_items(archive.ground, [BESIDE], "registrerad", "Eva Ek", dnr="KS 2025/7")
    assert archive.culled() == DUE
    hold = set_hold(archive.ground, scope, subject, "Eva Ek", narrowed=narrowed)
    assert archive.culled() == DUE - stopped
    lift_hold(archive.ground, hold.number, "Eva Ek")
    assert archive.culled() == DUE


def test_every_scope_is_tried() -> None:
    """The table above leaves none out."""
    assert {scope for scope, *_ in SCOPES} == set(HOLD_SCOPES)


def test_a_lifted_hold_still_counts_for_what_was_proposed_before(archive: Archive) -> None:
    """Judged since an instant before the lifting, what it bound is kept; since one after it, no longer."""
    hold = set_hold(archive.ground, "search", "vatten", "Eva Ek")
    lift_hold(archive.ground, hold.number, "Eva Ek")
    assert archive.culled(since=AT - timedelta(days=1)) == DUE - {ALONE}
    assert archive.culled(since=AT) == DUE - {ALONE}
    assert archive.culled(since=AT + timedelta(seconds=1)) == DUE


@pytest.mark.parametrize(
    ("scope", "subject"), [("request", "12"), ("author", "Cia"), ("period", "2020-06-01..2020-06-30")]
)
def test_a_narrowed_hold_still_counts_for_what_was_proposed_before(archive: Archive, scope: str, subject: str) -> None:
    """What a hold bound before it was narrowed, once or twice, needs a new proposal, as if it had been lifted."""
    hold = set_hold(archive.ground, scope, subject, "Eva Ek")
    bound = DUE - archive.culled()
    assert BESIDE in bound
    for number, name in enumerate(("Dan", "Eli"), start=1):
        later = AT + timedelta(hours=number)
        changed = replace(archive.ground, clock=FixedClock(later))
        change_hold(changed, hold.number, Predicate(authors=(name,)), "Eva Ek")
    assert archive.culled() == DUE - {OTHER}
    assert archive.culled(since=AT) == DUE - bound - {ALONE, OTHER}
    assert archive.culled(since=AT + timedelta(hours=2)) == DUE - {ALONE, OTHER}
    assert archive.culled(since=AT + timedelta(hours=3)) == DUE - {OTHER}


def test_a_hold_never_ends_by_itself(archive: Archive) -> None:
    """A hundred years later it binds what it bound, though the person who set it has no role any longer."""
    set_hold(archive.ground, "author", "Cia", "Eva Ek")
    far = date(2126, 1, 1)
    base = standing(archive.ground, far)
    assert BESIDE in {hold.subject for hold in base.holds}


def _lose_object(archive: Archive, record: ItemId) -> None:
    """The object that the record lies in is gone."""
    with archive.ground.state.reading() as books:
        (file,) = [one for one in books.manifest.live(None, None) if one.month == "2026-01"]
    archive.ground.store.destroy(file.key)


def _garble(payload: str) -> Callable[[Archive, ItemId], None]:
    def break_it(archive: Archive, record: ItemId) -> None:
        later = AT + timedelta(hours=1)
        own = rows()[0]
        put(
            archive.ground,
            [
                replace(
                    own, item=record, thread=record, platform="bevara", kind="decision", payload=payload, observed=later
                )
            ],
        )

    return break_it


@pytest.mark.parametrize(
    "broken",
    [
        _lose_object,
        _garble("{"),
        _garble("{}"),
        _garble('{"hold":{"predicate":{}}}'),
        _garble('{"hold":{"predicate":{"texts":["x"]}}}'),
    ],
)
def test_a_record_that_cannot_be_read_covers_everything(
    archive: Archive, broken: Callable[[Archive, ItemId], None]
) -> None:
    """Lost or damaged in any way: nothing at all is culled until the hold is lifted."""
    hold = set_hold(archive.ground, "search", "finns inte", "Eva Ek")
    assert hold.record is not None
    assert archive.culled() == DUE
    broken(archive, hold.record)
    with archive.ground.state.reading() as books:
        holds, marks = books.holds.in_force(), list(books.marks.all())
    bound = resolve(archive.ground.state, archive.ground.store, holds, marks)
    assert {one.subject for one in bound if one.scope == "authority"} == {"arvika-ks", "arvika-bn"}
    assert rendered(archive.ground, hold)["readable"] is False


def test_a_hold_that_the_database_alone_knows_covers_everything(archive: Archive) -> None:
    """An author or search without a record, a request, a period or matter that says nothing: all is kept."""
    for scope, subject in (("author", ""), ("search", ""), ("request", "7"), ("period", "i fjol"), ("matter", "")):
        with archive.ground.state.writing() as books:
            hold = books.holds.set(scope, subject, "Eva Ek", AT)  # type: ignore[arg-type] # one of the scopes
        assert archive.culled() == frozenset(), scope
        with archive.ground.state.writing() as books:
            books.holds.lift(hold.number, "Eva Ek", AT)


def test_a_failing_scan_covers_everything(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while the archive is read for holds, nothing may be culled because of it."""
    set_hold(archive.ground, "author", "Cia", "Eva Ek")

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(held, "covered", fail)
    assert archive.culled() == frozenset()


def test_a_hold_on_very_much_binds_everything(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit nothing is left out: everything is bound."""
    set_hold(archive.ground, "period", "2020-01-01..2020-12-31", "Eva Ek")
    assert archive.culled() == {OTHER}
    monkeypatch.setattr(held, "MOST", 1)
    assert archive.culled() == frozenset()


@pytest.mark.parametrize(("scope", "subject"), [("account", "nyheter"), ("authority", "arvika-ks")])
def test_a_hold_goes_down_into_what_belongs_to_others(archive: Archive, scope: str, subject: str) -> None:
    """What another of our accounts wrote below what is held is kept with it; its other items are not."""
    other = replace(
        rows()[4],
        item=ItemId("202006-eeeeeeeeeeeeeeee"),
        authority="arvika-bn",
        account="skolan",
        parent=FIRST,
        thread=POST,
    )
    put(archive.ground, [other])
    assert archive.culled() == DUE | {other.item}
    set_hold(archive.ground, scope, subject, "Eva Ek")
    assert archive.culled() == {OTHER} | ({ALONE} if scope == "account" else set())


def test_the_record_of_a_hold_is_bound_too(archive: Archive) -> None:
    """Otherwise the culling of the record would let the hold bind everything."""
    hold = set_hold(archive.ground, "author", "Cia", "Eva Ek")
    told = set_hold(archive.ground, "account", "skolan", "Eva Ek", told=Told(title="Tvist"))
    subjects = {one.subject for one in standing(archive.ground, AS_OF).holds if one.scope == "item"}
    assert {hold.record, told.record} <= subjects


def test_only_persons_with_a_mandate_set_change_and_lift(archive: Archive) -> None:
    """A role without mandate and a role that has ended: G-MANDATE, and everything stays as it was."""
    hold = set_hold(archive.ground, "author", "Cia", "Eva Ek")
    for person in ("Kim Al", "Ulf Sten"):
        with pytest.raises(GuardError, match="G-MANDATE"):
            set_hold(archive.ground, "account", "skolan", person)
        with pytest.raises(GuardError, match="G-MANDATE"):
            change_hold(archive.ground, hold.number, Predicate(texts=("x",)), person)
        with pytest.raises(GuardError, match="G-MANDATE"):
            lift_hold(archive.ground, hold.number, person)
    with archive.ground.state.reading() as books:
        assert books.holds.all() == [hold]


def test_no_word_of_a_hold_is_in_database_or_ledger(archive: Archive) -> None:
    """Author, search, title, mandate and description stand in the record alone, and are shown from there."""
    words = ("Gudrun Okänd", "ovanligtsökord", "Ovanligrubrik", "Ovanliggrund", "Ovanligbeskrivning")
    told = Told(title=words[2], mandate=words[3], description=words[4])
    for scope, word in (("author", words[0]), ("search", words[1])):
        hold = set_hold(archive.ground, scope, word, "Eva Ek", told=told)
        shown = rendered(archive.ground, hold)
        assert (shown["subject"], shown["title"], shown["mandate"]) == ("", words[2], words[3])
        assert word in str(shown["covers"])
    lift_hold(archive.ground, 1, "Eva Ek")
    data = archive.database()
    for word in words:
        assert word.encode() not in data
        assert word not in archive.ledger()


def test_a_hold_is_narrowed_and_widened(archive: Archive) -> None:
    """The record is replaced, title and number stay, the revision is raised, the old record lies above the new."""
    hold = set_hold(archive.ground, "request", "12", "Eva Ek", told=Told(title="Begäran"))
    assert archive.culled() == frozenset()
    before = standing(archive.ground, AS_OF).revision
    changed = change_hold(archive.ground, hold.number, Predicate(authors=("Dan",)), "Eva Ek")
    assert (changed.number, changed.subject) == (hold.number, "12")
    assert changed.record != hold.record
    assert standing(archive.ground, AS_OF).revision > before
    assert archive.culled() == DUE - {ALONE}
    assert rendered(archive.ground, changed)["title"] == "Begäran"
    for predicate in (NOTHING, Predicate(accounts=("finns-inte",))):
        with pytest.raises(RefusedError):
            change_hold(archive.ground, hold.number, predicate, "Eva Ek")
    change_hold(archive.ground, hold.number, Predicate(everything=True), "Eva Ek")
    assert archive.culled() == frozenset()
    lift_hold(archive.ground, hold.number, "Eva Ek")
    with pytest.raises(RefusedError):
        change_hold(archive.ground, hold.number, Predicate(authors=("Dan",)), "Eva Ek")


def test_a_damaged_record_is_mended_by_a_new_one(archive: Archive) -> None:
    """A hold that binds everything because its record is lost can be given another."""
    hold = set_hold(archive.ground, "author", "Cia", "Eva Ek")
    assert hold.record is not None
    _garble("{")(archive, hold.record)
    assert archive.culled() == frozenset()
    change_hold(archive.ground, hold.number, Predicate(authors=("Cia",)), "Eva Ek")
    assert archive.culled() == DUE - {BESIDE}


BAD: list[tuple[str, str, Predicate]] = [
    ("item", "202006-zzzzzzzzzzzzzzzz", NOTHING),
    ("item", "inte-ett-id", NOTHING),
    ("thread", "202006-zzzzzzzzzzzzzzzz", NOTHING),
    ("account", "finns-inte", NOTHING),
    ("authority", "finns-inte", NOTHING),
    ("author", "  ", NOTHING),
    ("author", "x" * 1001, NOTHING),
    ("search", "", NOTHING),
    ("search", "x", Predicate(texts=("y",))),
    ("period", "2020", NOTHING),
    ("period", "..", NOTHING),
    ("period", "2021-01-01..2020-01-01", NOTHING),
    ("period", "2020-01-01..", Predicate(first=date(2020, 1, 1))),
    ("matter", "ärendet om grannens häck 3", NOTHING),
    ("request", "tolv", NOTHING),
    ("request", "12", Predicate(kinds=("okänt",))),
    ("request", "12", Predicate(first=date(2021, 1, 1), last=date(2020, 1, 1))),
    ("item", FIRST, Predicate(kinds=("comment",))),
    ("okänt", FIRST, NOTHING),
]


def test_a_hold_that_would_bind_nothing_is_refused(archive: Archive) -> None:
    """Mistyped names, days, numbers and filters: refused, nothing is written."""
    before = archive.ledger()
    for scope, subject, narrowed in BAD:
        with pytest.raises(RefusedError):
            set_hold(archive.ground, scope, subject, "Eva Ek", narrowed=narrowed)
        assert archive.ledger() == before, (scope, subject)


def test_a_culled_item_is_not_held_but_its_thread_is(archive: Archive) -> None:
    """The thread of a culled first item still has what lies below it."""
    stone = Tombstone(
        item=ItemId("202006-bbbbbbbbbbbbbbbb"),
        parent=None,
        thread=ItemId("202006-bbbbbbbbbbbbbbbb"),
        kind="visitor_post",
        rule="r",
        edition="1",
        order="0" * 64,
        culled=AT,
        salt=bytes(32),
    )
    with archive.ground.state.writing() as books:
        books.tombstones.add([stone])
    orphan = replace(rows()[4], item=ItemId("202006-cccccccccccccccc"), parent=stone.item, thread=stone.item)
    put(archive.ground, [orphan])
    assert orphan.item in archive.culled()
    with pytest.raises(RefusedError, match="culled"):
        set_hold(archive.ground, "item", stone.item, "Eva Ek")
    set_hold(archive.ground, "thread", stone.item, "Eva Ek")
    assert archive.culled() == DUE


def test_rows_that_come_later_are_bound(archive: Archive) -> None:
    """A hold by words has no list of its own: what is taken in after it was set is covered by the next judgement."""
    late = replace(rows()[4], item=ItemId("202006-dddddddddddddddd"), author="gudrun")
    set_hold(archive.ground, "author", "Gudrun", "Eva Ek")
    assert archive.culled() == DUE
    put(archive.ground, [late])
    assert archive.culled() == DUE


def test_a_stopped_setting_leaves_no_hold(archive: Archive) -> None:
    """Record and hold are one transaction: a hold that cannot be entered leaves no record that counts."""
    before = archive.database()
    with pytest.raises(RefusedError):
        set_hold(archive.ground, "account", "finns-inte", "Eva Ek", told=Told(title="x"))
    with archive.ground.state.reading() as books:
        assert books.holds.all() == []
        assert all(file.month != "2026-01" for file in books.manifest.live())
    assert len(before) > 0


def test_holds_outlive_the_process(archive: Archive) -> None:
    """What was set is read again from the home by the next run."""
    set_hold(archive.ground, "author", "Cia", "Eva Ek")
    with open_home(archive.path, at=datetime(2027, 1, 2, tzinfo=UTC)) as home:
        again = Archive(path=archive.path, ground=home.ground)
        assert again.culled() == DUE - {BESIDE}
