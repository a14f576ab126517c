"""What lies in the second place is believed only as far as its own ledger explains it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from connectors.chance import SeededChance
from flows.keep.second import sync
from flows.restore.act import restore
from flows.restore.explain import Checking, ContradictionError, Said, Swap, chosen, said
from schemas.ids import Month, new_item_id
from schemas.merkle import leaf, root
from schemas.neighbours import Store
from schemas.order import Tombstone
from schemas.refusal import GuardError
from schemas.second import RESTORING, Listed, written
from schemas.shelf import second_culled
from tests.cull.archive import NOW
from tests.restore.world import World
from tests.stopping import Counter, StoppedError, StoppingStore

ORDER = hashlib.sha256(b"order").hexdigest()
Forged = Callable[[list[bytes]], list[bytes]]


def _line(line: bytes, **changes: object) -> bytes:
    value = {**json.loads(line), **changes}
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _rewritten(file: Path, lines: list[bytes], *, renamed: bool, beside: bool = False) -> None:
    """Put a list in the place of the true one, or beside it, under the same name or under one that fits its lines."""
    tombstones = sum(b'"tombstone"' in line for line in lines)
    name = second_culled(file.name[:64], tombstones, len(lines) - tombstones).removeprefix("culled/")
    if not beside:
        file.unlink()
    (file.parent / (name if renamed else file.name)).write_bytes(b"".join(lines))


def _culled(world: World) -> Path:
    """Four items are culled after the backup, which takes the home's place; the list in the second place."""
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    assert world.cull().culled == 4
    world.put_back()
    (file,) = (world.second / "culled").iterdir()
    return file


def test_no_list_is_believed_that_the_ledger_does_not_explain(world: World) -> None:
    """Lines added, taken away or altered, under the old name or a fitting one, are refused before anything is changed."""
    file = _culled(world)
    true = file.read_bytes().splitlines(keepends=True)
    kept, stone = world.young[0], true[0]
    another = _line(stone, item=kept, thread=kept, salt="00" * 32)
    fewer = [line for line in true if world.old[0].encode() not in line]
    forgeries: dict[str, tuple[list[bytes], bool]] = {
        "a kept item is added": ([another, *true], False),
        "a kept item is added, and the name fits": ([another, *true], True),
        "an item is missing": (fewer, False),
        "an item is missing, and the name fits": (fewer, True),
        "suppression is missing": (true[:-1], False),
        "suppression is missing, and the name fits": (true[:-1], True),
        "a kept item is named instead": ([another, *true[1:]], False),
        "another platform id is suppressed instead": ([*true[:-1], _line(true[-1], hash="00" * 32)], False),
        "the salt is another": ([_line(stone, salt="00" * 32), *true[1:]], False),
        "a line names another order": ([*true[:-1], _line(true[-1], order=ORDER)], False),
        "an item is none": ([_line(stone, item="namn"), *true[1:]], False),
        "a line is twice there": ([stone, stone, *true[2:]], False),
    }
    before = world.scan()
    for what, (lines, renamed) in forgeries.items():
        _rewritten(file, lines, renamed=renamed)
        with world.restoring() as home:
            with pytest.raises(GuardError, match=r"G-SECOND.*nothing was changed"):
                restore(home)
            with home.ground.state.reading() as books:
                assert (books.setting(RESTORING) or "", books.tombstones.count()) == ("", 0), what
        shutil.rmtree(file.parent)
        file.parent.mkdir()
        file.write_bytes(b"".join(true))
    file.unlink()
    with world.restoring() as home, pytest.raises(GuardError, match="missing"):
        restore(home)
    file.write_bytes(b"".join(true))
    _rewritten(file, [another, *true], renamed=True, beside=True)
    with world.restoring() as home, pytest.raises(GuardError, match="more items"):
        restore(home)
    assert world.scan() == before
    shutil.rmtree(file.parent)
    file.parent.mkdir()
    file.write_bytes(b"".join(true))
    with world.restoring() as home:
        assert restore(home).items == 4
    assert world.of(*world.young) <= world.scan()


def test_a_list_of_nothing_known_is_passed_over(world: World) -> None:
    """A list of an order that the ledger knows no culling of destroys nothing, and is told as an error."""
    file = _culled(world)
    true = file.read_bytes().splitlines(keepends=True)
    kept = world.young[0]
    forged = _line(true[0], item=kept, thread=kept, order=ORDER)
    (file.parent / Path(second_culled(ORDER, 1, 0)).name).write_bytes(forged)
    with world.restoring() as home:
        done = restore(home)
    assert done.items == 4
    assert {one.code: dict(one.parameters) for one in done.findings}["K209"] == {"found": 1}
    assert world.small.stored() >= set(world.young)


def test_a_copying_that_was_stopped_never_shuts_the_archive(world: World) -> None:
    """The copying after a culling is stopped at any write: the backup can be restored, with all of it or with none."""
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    digest = world.small.propose()
    world.small.approve(digest)
    kept = world.second.parent / "fore"
    shutil.copytree(world.second, kept)
    with world.small.open() as home:
        # As an execution does without the copying at its end.
        from flows.cull.execute import execute  # noqa: PLC0415 - beside its only use

        execute(replace(home, ground=replace(home.ground, second=None)), digest)
    after = world.second.parent / "efter"
    world.home.rename(after)
    outcomes = set()
    for point in range(1, 100):
        shutil.rmtree(world.home, ignore_errors=True)
        shutil.copytree(after, world.home)
        shutil.rmtree(world.second)
        shutil.copytree(kept, world.second)
        counter = Counter(point)
        with world.small.open() as home:
            assert home.ground.second is not None
            stopping = cast("Store", StoppingStore(home.ground.second, counter))
            try:
                sync(replace(home.ground, second=stopping))
            except StoppedError:
                pass
            else:
                break
        world.put_back()
        with world.restoring() as home:
            done = restore(home)
        gone = not world.scan() & world.of(*world.old)
        assert gone == (done.tombstones == 4)
        assert gone or world.of(*world.old) <= world.scan()
        outcomes.add(gone)
    assert outcomes == {True, False}


def _stones(*numbers: int, month: str = "2024-03", later: int = 0) -> list[Tombstone]:
    chance = SeededChance(f"{month} {numbers}")
    return [
        Tombstone(
            item=(item := new_item_id(Month(month), number.to_bytes(10, "big"))),
            parent=None,
            thread=item,
            kind="post",
            rule="inlagg",
            edition="1",
            order=ORDER,
            culled=NOW + timedelta(seconds=later),
            salt=chance.bytes(32),
        )
        for number in numbers
    ]


def _root(stones: list[Tombstone]) -> str:
    return root(sorted(leaf(one.salt, one.item) for one in stones))


def _check(stones: list[Tombstone], known: Said) -> None:
    checking = Checking(Listed(order=ORDER, tombstones=len(stones), suppressed=0), known)
    for one in stones:
        checking.add(written(one).encode())
    checking.end()


def _swap(stones: list[Tombstone], month: str = "2024-03") -> Swap:
    return Swap(month=Month(month), items=len(stones), root=_root(stones))


def test_leaves_are_proven_partition_by_partition() -> None:
    """Without a checksum the roots of partitions and of the certificate say which items were culled."""
    march, also, april = _stones(1, 2), _stones(3, later=1), _stones(4, 5, 6, month="2024-04")
    swaps = [_swap(march), _swap(also), _swap(april, "2024-04")]
    every = [*march, *also, *april]
    _check(every, Said(swaps=swaps))
    _check(every, Said(swaps=swaps, certified=_root(every)))
    _check(every, Said(swaps=[replace(one, root=None) for one in swaps]))
    # Two partitions of a month that were culled at one instant: their number alone can be told.
    same = _stones(1, 2, 3)
    _check(same, Said(swaps=[_swap(same[:2]), _swap(same[2:])]))
    for wrong, known in (
        ([*_stones(1, 7), *also, *april], Said(swaps=swaps)),
        ([*march, *also, *_stones(4, 5, 7, month="2024-04")], Said(swaps=swaps)),
        ([*march, *also, *_stones(8), *april[1:]], Said(swaps=[replace(one, root=None) for one in swaps])),
        ([*march, *also, *april[1:], april[1]], Said(swaps=swaps)),
        (every, Said(swaps=swaps, certified=_root(march))),
        (every, Said(swaps=swaps[:2])),
    ):
        with pytest.raises(ContradictionError):
            _check(wrong, known)


def test_which_list_is_read() -> None:
    """The one that the ledger speaks for; else one with as many items as it says; a certified order has no other."""
    two, three = (Listed(order=ORDER, tombstones=number, suppressed=9) for number in (2, 3))
    known = Said(swaps=[Swap(month=Month("2024-03"), items=2, root=None)])
    assert chosen(ORDER, [three, two], known) == two
    assert chosen(ORDER, [three], Said()) is None
    assert chosen(ORDER, [], Said()) is None
    shorter = replace(two, suppressed=1)
    assert chosen(ORDER, [shorter, two], replace(known, listed=two)) == two
    for there, say in (
        ([three], known),
        ([], known),
        ([shorter], replace(known, listed=two)),
        ([three, two], replace(known, certified="00" * 32)),
    ):
        with pytest.raises(ContradictionError):
            chosen(ORDER, there, say)


def test_receipts_that_cannot_be_read_are_refused() -> None:
    """A link that says that it is of a culling and is not written like one is refused."""
    assert said(['{"act":"harvest.batch","subjects":[],"evidence":{}}']) == {}
    for bad in ('{"act":"cull.swapped"', '{"act":"cull.swapped","subjects":[],"evidence":{}}', '["cull.swapped"]'):
        with pytest.raises(ValueError, match=r".*"):
            said([bad])
