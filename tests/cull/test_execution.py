"""What an approved order destroys, what it never does, and what remains of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.cull.act import propose
from flows.cull.approval import withdraw
from flows.cull.execute import Executed, execute, resume
from flows.cull.listing import Scope
from flows.keep.holds import lift_hold, set_hold
from flows.keep.own import own_file, read_own
from flows.keep.read import partitions
from flows.keep.rewrite import compact
from flows.oversee.marks import mark_items
from flows.oversee.persons import change_person
from schemas.codes.checks import CODES
from schemas.ids import ItemId, month_of, native_hash
from schemas.refusal import GuardError
from schemas.tables import HOLDINGS, to_rows
from schemas.xml.protocol import read_certificate
from tests.cull.archive import (
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
    """Four old posts in two months that are due, five young ones, and a kept thread with a comment."""
    rows = [small.row(), small.row(), small.row(published=OLD + timedelta(days=60)), small.row()]
    rows += [small.row(published=YOUNG) for _ in range(5)]
    thread = small.row("visitor_post", own=False)
    rows += [thread, small.row("comment", parent=thread.item, thread=thread.item)]
    return small, small.put(rows)


def _execute(small: Small, digest: str) -> Executed:
    with small.open() as home:
        return execute(home, digest)


def _rows(small: Small) -> dict[ItemId, list[str]]:
    found: dict[ItemId, list[str]] = {}
    with small.open() as home:
        for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names):
            for row in to_rows(table):
                found.setdefault(row.item, []).append(repr(row))
    return found


def test_what_was_approved_goes_and_nothing_else(filled: tuple[Small, list[ItemId]]) -> None:
    """After = before − culled: none of the culled is left, every other row is as it was."""
    small, items = filled
    before = _rows(small)
    digest = small.propose()
    small.approve(digest)
    found = _execute(small, digest)
    after = _rows(small)
    assert (found.standing, found.culled, found.kept, found.left) == ("done", 4, 0, {})
    assert all(place.removed == place.verified_absent for place in found.places)
    assert not after.keys() & set(items[:4])
    assert {item: after[item] for item in items[4:]} == {item: before[item] for item in items[4:]}


def test_a_tombstone_remains_and_says_nothing(filled: tuple[Small, list[ItemId]]) -> None:
    """Of each item remain opaque ids, kind, rule, edition, order and time; they can be listed by order and thread."""
    small, items = filled
    digest = small.propose()
    small.approve(digest)
    _execute(small, digest)
    with small.open() as home, home.ground.state.reading() as books:
        stones = list(books.tombstones.all(digest))
        of_thread = books.tombstones.below(items[0])
    assert sorted(one.item for one in stones) == sorted(items[:4])
    assert {(one.kind, one.rule, one.edition, one.order, one.culled) for one in stones} == {
        ("post", "inlagg", "1", digest, small.at)
    }
    assert len({one.salt for one in stones}) == 4
    assert {len(one.salt) for one in stones} == {32}
    assert [one.item for one in of_thread] == [items[0]]


def test_the_certificate_says_what_went_and_who_decided(filled: tuple[Small, list[ItemId]]) -> None:
    """Authority, type, decision, counts, persons, places and one leaf per item, without an id of any; it is kept."""
    small, items = filled
    digest = small.propose()
    small.approve(digest)
    done = _execute(small, digest)
    assert done.certificate is not None
    with small.open() as home:
        row = read_own(home.ground, done.certificate)
        assert row is not None
        document = own_file(home.ground, row, "gallringsprotokoll.xml")
        found = read_certificate(document)
        with home.ground.state.reading() as books:
            waiting = books.outbox.waiting("register")
    assert (found.order, found.culled, found.kept, found.authorities) == (digest, 4, 0, (AUTHORITY,))
    assert [(one.rule, one.items, one.legal) for one in found.totals] == [("inlagg", 4, "Gallringsbeslut KS 2024/99")]
    assert (found.mandate.body, found.mandate.paragraph, found.mandate.dnr) == (
        "Kommunstyrelsen",
        "§ 201",
        "KS 2024/99",
    )
    assert (found.proposal.person, found.approval.person) == (PROPOSER, APPROVER)
    assert (len(set(found.leaves)), found.checks) == (4, CODES)
    assert not [item for item in items[:4] if item.encode() in document]
    assert [one.subject for one in waiting] == [done.certificate]


def test_every_destruction_is_in_the_ledger(filled: tuple[Small, list[ItemId]]) -> None:
    """Begun, swapped, removed and certified: each with its order, in this order, and the chain is whole."""
    small, _ = filled
    digest = small.propose()
    small.approve(digest)
    _execute(small, digest)
    with small.open() as home, home.ground.state.reading() as books:
        bodies = [json.loads(link.body) for link in books.ledger.after(0)]
    acts = [body["act"] for body in bodies]
    begun, first, certified = (acts.index(act) for act in ("cull.begun", "cull.swapped", "cull.certified"))
    assert begun < first < certified
    assert "keep.removed" in acts[first:certified]
    swapped = [body for body in bodies if body["act"] == "cull.swapped"]
    assert sum(body["evidence"]["items"] for body in swapped) == 4
    assert all(digest in body["subjects"] for body in swapped)


def test_executing_again_changes_nothing(filled: tuple[Small, list[ItemId]]) -> None:
    """An order that is done stays done, with the same certificate."""
    small, _ = filled
    digest = small.propose()
    small.approve(digest)
    first = _execute(small, digest)
    before = _rows(small)
    small.later(days=1)
    again = _execute(small, digest)
    assert (again.standing, again.certificate, again.culled) == ("done", first.certificate, 4)
    assert _rows(small) == before


def _nothing_went(small: Small, items: list[ItemId], digest: str, code: str) -> None:
    with pytest.raises(GuardError, match=code):
        _execute(small, digest)
    assert small.stored() >= set(items)
    with small.open() as home, home.ground.state.reading() as books:
        assert books.tombstones.count() == 0


def test_without_approval_nothing_goes(filled: tuple[Small, list[ItemId]]) -> None:
    """An unsigned, a signed, a withdrawn and an expired order are refused."""
    small, items = filled
    with small.open() as home:
        draft = propose(home, AS_OF, Scope()).digest
    _nothing_went(small, items, draft, "G-UNAPPROVED")
    digest = small.propose()
    _nothing_went(small, items, digest, "G-UNAPPROVED")
    small.approve(digest)
    small.later(days=30, seconds=1)
    _nothing_went(small, items, digest, "G-EXPIRED")
    with small.open() as home:
        withdraw(home, digest, PROPOSER)
    _nothing_went(small, items, digest, "G-UNAPPROVED")


def test_a_list_for_a_day_to_come_waits(filled: tuple[Small, list[ItemId]]) -> None:
    """A list made for a later day is not executed before that day."""
    small, items = filled
    digest = small.propose(as_of=date(2026, 1, 20))
    small.approve(digest)
    _nothing_went(small, items, digest, "G-EARLY")
    small.later(days=5)
    assert _execute(small, digest).culled == 4


def _hold(small: Small, items: list[ItemId]) -> None:
    with small.open() as home:
        set_hold(home.ground, "item", items[0], OFFICER)


def _account_hold(small: Small, items: list[ItemId]) -> None:
    with small.open() as home:
        set_hold(home.ground, "account", "nyheter", OFFICER)


def _lifted(small: Small, items: list[ItemId]) -> None:
    with small.open() as home:
        lift_hold(home.ground, set_hold(home.ground, "item", items[0], OFFICER).number, OFFICER)


def _mark(small: Small, items: list[ItemId]) -> None:
    with small.open() as home:
        mark_items(home.ground, [items[0]], "granskad-bevara", OFFICER)


def _edition(small: Small, items: list[ItemId]) -> None:
    small.adopt(plan_text(edition="2", period="30 år"))


def _edit(small: Small, items: list[ItemId]) -> None:
    edited = replace(small.row(), item=items[0], thread=items[0], version=2, observed=small.at, edited=small.at)
    small.put([edited], new=False)


def _fired(small: Small, items: list[ItemId]) -> None:
    with small.open() as home:
        change_person(home.ground, APPROVER, {"role": "handläggare"})


CHANGES: list[Callable[[Small, list[ItemId]], None]] = [_hold, _account_hold, _lifted, _mark, _edition, _edit, _fired]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_after_approval_stops_it(
    filled: tuple[Small, list[ItemId]], change: Callable[[Small, list[ItemId]], None]
) -> None:
    """A hold, a lifted hold, a mark, an edition, an edit or a lost role after the approval: nothing is destroyed."""
    small, items = filled
    digest = small.propose()
    small.approve(digest)
    small.later(hours=1)
    change(small, items)
    small.later(hours=1)
    _nothing_went(small, items, digest, r"G-STALE|G-SIGNATURE")


def test_guards_are_passed_by_name_alone(small: Small) -> None:
    """More than the share of an account, or nothing left of a type: only an approval that names the guards passes."""
    items = small.put([small.row() for _ in range(3)])
    digest = small.propose()
    small.approve(digest, accept=())
    _nothing_went(small, items, digest, r"G-REMAIN|G-SHARE")
    small.approve(digest, accept=("G-SHARE",))
    _nothing_went(small, items, digest, "G-REMAIN")
    small.approve(digest, accept=("G-SHARE", "G-REMAIN"))
    assert _execute(small, digest).culled == 3


def test_quarantine_comes_first_where_the_plan_says_so(small: Small) -> None:
    """Executed, everything is still there and can be withdrawn; when the time is over it goes by itself."""
    items = small.put([*(small.row() for _ in range(2)), *(small.row(published=YOUNG) for _ in range(3))])
    small.adopt(plan_text(edition="2", settings='quarantine = "30 dagar"'))
    first = small.propose()
    small.approve(first)
    assert _execute(small, first).standing == "quarantined"
    assert small.stored() >= set(items)
    with small.open() as home:
        withdraw(home, first, PROPOSER)
    _nothing_went(small, items, first, "G-UNAPPROVED")
    second = small.propose()
    small.approve(second)
    waiting = _execute(small, second)
    assert waiting.until == small.at + timedelta(days=30)
    small.later(days=29)
    assert _execute(small, second).standing == "quarantined"
    assert small.stored() >= set(items)
    small.later(days=1, seconds=1)
    with small.open() as home:
        (done,) = resume(home)
    assert (done.standing, done.culled) == ("done", 2)
    assert not small.stored() & set(items[:2])


def test_a_hold_set_in_quarantine_keeps(small: Small) -> None:
    """After the quarantine every check is made again: what a hold binds by then is kept and counted."""
    items = small.put([*(small.row() for _ in range(2)), *(small.row(published=YOUNG) for _ in range(3))])
    small.adopt(plan_text(edition="2", settings='quarantine = "30 dagar"'))
    digest = small.propose()
    small.approve(digest)
    _execute(small, digest)
    small.later(days=10)
    with small.open() as home:
        set_hold(home.ground, "item", items[0], OFFICER)
    small.later(days=21)
    done = _execute(small, digest)
    assert (done.standing, done.culled, done.kept) == ("done", 1, 1)
    assert items[0] in small.stored()
    assert items[1] not in small.stored()


def test_one_damaged_file_does_not_stop_the_rest(filled: tuple[Small, list[ItemId]]) -> None:
    """A partition that cannot be read stays and is told; the others go; once mended, the order is finished."""
    small, items = filled
    digest = small.propose()
    small.approve(digest)
    with small.open() as home, home.ground.state.reading() as books:
        file = next(one for one in books.manifest.live(AUTHORITY, month_of(items[2])))
    path = next((small.root / "hem").rglob(file.key.rpartition("/")[2]))
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole.replace(b"bevara.salt", b"bevara.salT"))
    first = _execute(small, digest)
    assert first.standing == "open"
    assert first.certificate is None
    assert (first.culled, first.left["damaged"]) == (0, 1)
    assert items[2] in small.stored()
    path.write_bytes(whole)
    done = _execute(small, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert not small.stored() & set(items[:4])


def test_what_is_culled_is_not_taken_in_again(filled: tuple[Small, list[ItemId]]) -> None:
    """The keyed hash of what was destroyed stays and names no item; that of what is kept still does."""
    small, items = filled
    digest = small.propose()
    small.approve(digest)
    _execute(small, digest)
    with small.open() as home:
        key = home.native_key()
        hashes = [native_hash(key, AUTHORITY, "mastodon", f"https://test/{number}") for number in (1, 5)]
        with home.ground.state.reading() as books:
            entries = list(books.natives.suppressed(digest))
    assert hashes[0] in {one.hash for one in entries}
    assert hashes[1] not in {one.hash for one in entries}
    assert items[4] in small.stored()


def test_compaction_is_no_culling(filled: tuple[Small, list[ItemId]]) -> None:
    """Rewriting files destroys no record: no tombstone, no order, every row as before."""
    small, _ = filled
    small.put([small.row(published=YOUNG) for _ in range(2)])
    before = _rows(small)
    with small.open() as home:
        ground = home.ground
        assert compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1) == 1
        with ground.state.reading() as books:
            assert books.tombstones.count() == 0
            acts = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
    assert "keep.compact" in acts
    assert not [act for act in acts if act.startswith("cull.")]
    assert _rows(small) == before


def test_a_thread_is_kept_while_a_comment_in_it_goes(filled: tuple[Small, list[ItemId]]) -> None:
    """A comment marked inaktuell goes although what it answers is preserved; its place in the thread is remembered."""
    small, items = filled
    thread, comment = items[9], items[10]
    with small.open() as home:
        mark_items(home.ground, [comment], "inaktuell", OFFICER, on=AS_OF)
    digest = small.propose()
    small.approve(digest)
    _execute(small, digest)
    with small.open() as home, home.ground.state.reading() as books:
        (stone,) = books.tombstones.below(thread)
        marks = [mark.item for mark in books.marks.all()]
    assert (stone.item, stone.parent, stone.kind, stone.rule) == (comment, thread, "comment", "kommentar")
    assert thread in small.stored()
    assert comment not in marks


def test_a_record_and_our_notice_about_it_stay_together(small: Small) -> None:
    """A post about which we made a notice that is preserved is kept; when the notice goes too, both go."""
    post, other = small.row(), small.row()
    notice = small.row("removal_notice", platform="bevara", account="bevara", parent=post.item, thread=post.item)
    young = [small.row(published=YOUNG) for _ in range(3)]
    small.put([post, other, notice, *young])
    with small.open() as home:
        found = propose(home, AS_OF, Scope())
    assert [(one.code, one.items) for one in found.draft.exceptions] == [("C11", 1)]
    digest = small.propose()
    small.approve(digest)
    assert _execute(small, digest).culled == 1
    assert small.stored() >= {post.item, notice.item}
    assert other.item not in small.stored()
    both = plan_text(edition="2").replace('kind = ["post", "reply"]', 'kind = ["post", "reply", "removal_notice"]')
    small.adopt(both.replace('not = ["post"', 'not = ["removal_notice", "post"'))
    digest = small.propose()
    small.approve(digest)
    assert _execute(small, digest).culled == 2
    assert not small.stored() & {post.item, notice.item}
