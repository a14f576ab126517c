"""A restored backup is refused until it has been brought to what its second place knows; then nothing culled is left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from connectors.home import open_home
from flows.__main__ import run
from flows.cull.execute import execute
from flows.keep.append import Addition, TakenInError, append
from flows.keep.media import remove_free
from flows.keep.recover import recover
from flows.keep.second import sync
from flows.restore.act import restore
from flows.verify.act import export_ledger, verify
from schemas.ground import Ground
from schemas.ids import month_of, native_hash
from schemas.neighbours import Store
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.second import RESTORING
from schemas.shelf import proposal
from schemas.tables import to_table
from tests.canary.scan import Scan
from tests.cull.archive import ACCOUNT, AUTHORITY
from tests.restore.world import World
from tests.servers.moto import ACCESS_KEY, REGION, SECRET_KEY
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore


def _culled_and_put_back(world: World) -> None:
    """The backup is made, four items are culled, and the backup takes the home's place."""
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    assert world.cull().culled == 4
    assert world.scan() & world.of(*world.old) == frozenset()
    world.put_back()
    assert world.of(*world.old) <= world.scan()


def _opens(world: World) -> bool:
    try:
        with world.small.open():
            return True
    except GuardError as error:
        return error.code != "G-RESTORED"


def _verified(ground: Ground, *, deep: bool = False) -> bool:
    report = verify(ground.state, ground.store, deep=deep, mirrors=ground.mirrors, second=ground.second)
    assert [one for one in report.findings if one.severity != "info"] == []
    return report.clean


def test_every_command_refuses_a_restored_backup(world: World) -> None:
    """An archive older than its second place opens for no command but restore (exit 4)."""
    _culled_and_put_back(world)
    home = ["--home", str(world.home), "--at", world.small.at.isoformat()]
    for command in (["account", "list"], ["search", "x"], ["verify"], ["nightly"], ["cull", "list"], ["harvest"]):
        with pytest.raises(GuardError, match="G-RESTORED"):
            run([*home, *command])
    assert run([*home, "--json", "restore"]) in (0, 3)
    assert run([*home, "account", "list"]) == 0


def test_restore_destroys_what_was_culled(world: World) -> None:
    """After the restore no byte of the culled items is in the home, the others are, and the ledger is whole."""
    _culled_and_put_back(world)
    with world.restoring() as home:
        done = restore(home)
        assert (done.items, done.tombstones, done.needed) == (4, 4, True)
        assert done.suppressed >= 4
        assert done.links > 0
        assert [one.code for one in done.findings] == ["K203"]
    assert world.scan() & world.of(*world.old) == frozenset()
    assert world.of(*world.young) <= world.scan()
    assert world.marks.of_none_but({"shared"}) <= world.scan()
    assert world.small.stored() >= set(world.young)
    with world.small.open() as home:
        ground = home.ground
        export_ledger(ground.state, ground.store, ground.clock)
        sync(ground)
        assert _verified(ground, deep=True)
        with ground.state.reading() as books:
            assert books.tombstones.known(world.old) == frozenset(world.old)
            assert books.setting(RESTORING) == ""
            assert [json.loads(one.body)["act"] for one in books.ledger.about("second")][-2:] == [
                "restore.replayed",
                "second.synced",
            ]
    with world.restoring() as home:
        assert not restore(home).needed


def test_harvest_takes_nothing_back(world: World) -> None:
    """Every culled item's platform id is suppressed after the restore, and appending one of them is refused."""
    _culled_and_put_back(world)
    with world.restoring() as home:
        restore(home)
    with world.small.open() as home:
        key = home.native_key()
        natives = [native_hash(key, AUTHORITY, "mastodon", f"https://test/{number}") for number in range(1, 7)]
        ground = home.ground
        with ground.state.reading() as books:
            found = books.natives.find(natives)
        assert [found[one] is None for one in natives] == [True] * 4 + [False] * 2
        row = replace(world.small.row(), item=world.old[0])
        with ground.state.hold_lease(f"account:{ACCOUNT}") as lease, pytest.raises(TakenInError):
            append(
                ground.state,
                ground.store,
                lease,
                Addition(
                    batch="b",
                    tables={(AUTHORITY, month_of(row.item)): to_table([row])},
                    act="harvest.batch",
                    subject=ACCOUNT,
                ),
                chance=ground.chance,
                at=world.small.at,
            )


def _stopped(world: World, point: int) -> bool:
    """A restore that is stopped at the point; False when it was done before."""
    counter = Counter(point)
    with world.restoring() as home:
        ground = replace(
            home.ground,
            state=StoppingState(home.ground.state, counter),
            store=cast("Store", StoppingStore(home.ground.store, counter)),
        )
        try:
            restore(replace(home, ground=ground))
        except StoppedError:
            return True
    return False


def test_restore_ends_the_same_wherever_it_was_stopped(world: World) -> None:
    """Stopped at any write, or twice, the archive stays shut, and the next run brings it to the same end."""
    _culled_and_put_back(world)
    # Just after one write and just before the next is the same state.
    for point in range(1, 1_000, 2):
        world.put_back()
        if not _stopped(world, point):
            break
        if point % 8 == 1 and not _opens(world):
            _stopped(world, point * 7 % 30 + 1)  # and once more in the run that was to finish it
        open_again = _opens(world)
        with world.restoring() as home:
            assert restore(home).needed != open_again
        assert world.scan() & world.of(*world.old) == frozenset()
        with world.small.open() as home:
            ground = home.ground
            with ground.state.reading() as books:
                assert books.tombstones.known(world.old) == frozenset(world.old)
                assert books.manifest.retired() == []
                assert books.media.free() == []
            assert _verified(ground)
    assert point > 20


def test_a_bucket_is_a_second_place_too(
    world: World, make_bucket: Callable[..., str], moto_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the second place in a versioned bucket a restored backup is refused and restored as with a folder."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    settings = world.home / "bevara.toml"
    bucket = (
        f'kind = "s3"\nbucket = "{make_bucket(versioned=True)}"\nprefix = "hem"\nendpoint_url = "{moto_url}"\n'
        f'region = "{REGION}"\n'
    )
    settings.write_text(settings.read_text("utf-8").replace('path = "../andra"', bucket), "utf-8")
    _culled_and_put_back(world)
    assert not _opens(world)
    with world.restoring() as home:
        assert restore(home).items == 4
    assert world.scan() & world.of(*world.old) == frozenset()
    assert _opens(world)


def test_another_homes_second_place_is_refused(world: World) -> None:
    """A second place that was written for another home is refused by every command and by restore."""
    with world.small.open() as home:
        sync(home.ground)
    identity = world.second / "identity.json"
    identity.write_text(identity.read_text("utf-8").replace('"check": "', '"check": "0'), "utf-8")
    with pytest.raises(GuardError, match="G-SECOND"), world.small.open():
        pass
    with world.restoring() as home, pytest.raises(GuardError, match="G-SECOND"):
        restore(home)


def test_a_fork_is_refused(world: World) -> None:
    """A restored archive that went on by itself is refused, and restore says that a person decides."""
    _culled_and_put_back(world)
    settings = world.home / "bevara.toml"
    protected = settings.read_text("utf-8")
    settings.write_text(protected.replace('[second]\npath = "../andra"', ""), "utf-8")
    world.small.put([world.small.row(), world.small.row()])
    settings.write_text(protected, "utf-8")
    with pytest.raises(GuardError, match="G-RESTORED"), world.small.open():
        pass
    before = world.scan()
    with world.restoring() as home, pytest.raises(GuardError, match="G-FORK"):
        restore(home)
    assert world.scan() == before


def test_what_was_lost_is_told(world: World) -> None:
    """Harvests, holds and unfinished orders that the backup does not have or that must be made anew are counted."""
    digest = world.small.propose()
    world.small.approve(digest)
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    world.small.put([world.small.row()])
    home_at = ["--home", str(world.home), "--at", world.small.at.isoformat()]
    hold = ["hold", "set", "--account", ACCOUNT, "--as", "Arne Ansvarig", "--title", "Revision", "--mandate", "§ 1"]
    assert run([*home_at, *hold]) == 0  # which copies it, and the harvest before it, to the second place
    world.put_back()
    assert not _opens(world)
    with world.restoring() as home:
        done = restore(home)
        told = {one.code: dict(one.parameters) for one in done.findings}
        with home.ground.state.reading() as books:
            order = books.orders.get(digest)
    assert told["K201"] == {"batches": 1, "rows": 1}
    assert told["K202"] == {"found": 1}
    assert told["K205"] == {"found": 1}
    assert order is not None
    assert order.standing == "withdrawn"


def test_an_order_carried_out_after_the_backup_is_done(world: World) -> None:
    """An order that the backup knows as approved and that was carried out since is done, its list gone with its items."""
    digest = world.small.propose()
    world.small.approve(digest)
    world.back_up()
    with world.small.open() as home:
        done = execute(home, digest)
        assert (done.standing, done.culled) == ("done", 4)
    world.put_back()
    with world.restoring() as home:
        assert restore(home).withdrawn == 0
        ground = home.ground
        with ground.state.reading() as books:
            order, operation = books.orders.get(digest), books.orders.operation(digest)
            assert books.orders.keys(digest) == []
        assert ground.store.head(proposal(digest)) is None
        assert execute(home, digest).standing == "done"
    assert order is not None
    assert operation is not None
    assert (order.standing, operation.culled, operation.certificate) == ("done", 4, done.certificate)
    assert world.scan() & world.of(*world.old) == frozenset()


def test_a_mirror_that_is_away_is_told_and_finished_later(world: World) -> None:
    """A mirror that is away does not keep the archive shut: it is told, and what it holds goes when it is back."""
    mirror, away = world.small.root / "spegel", world.small.root / "borta"
    shutil.copytree(world.home / "store", mirror)
    world.protect('[[mirror]]\nname = "spegel"\npath = "../spegel"\n')
    _culled_and_put_back(world)
    shutil.rmtree(away, ignore_errors=True)
    shutil.copytree(mirror, away)
    shutil.copytree(world.home / "store", away, dirs_exist_ok=True)
    shutil.rmtree(mirror)
    with world.restoring() as home:
        done = restore(home)
    told = {one.code: dict(one.parameters) for one in done.findings}
    assert told["K206"]["place"] == "folder:spegel"
    assert world.scan() & world.of(*world.old) == frozenset()
    away.rename(mirror)
    with world.small.open() as home:
        ground = home.ground
        assert recover(ground.state, ground.store, world.small.at, ground.mirrors).finished > 0
        assert remove_free(ground).left == 0
    scan = Scan(list(world.marks.carriers))
    scan.folder("spegel", mirror)
    assert scan.found & world.of(*world.old) == frozenset()


def test_restore_needs_a_second_place(world: World) -> None:
    """Without a second place there is nothing to restore from, which is said."""
    settings = world.home / "bevara.toml"
    settings.write_text(settings.read_text("utf-8").replace('[second]\npath = "../andra"', ""), "utf-8")
    with world.restoring() as home, pytest.raises(RefusedError, match="second"):
        restore(home)


def test_a_second_place_out_of_reach_stops_all_but_an_execution(world: World) -> None:
    """A second place that cannot be reached refuses every command; one that passes it over is opened."""
    with world.small.open() as home:
        sync(home.ground)
    world.second.rename(world.second.parent / "borta")
    with pytest.raises(UnreachableError), world.small.open():
        pass
    with open_home(world.home, at=world.small.at, without_second=True) as home:
        assert home.ground.second is not None
        with pytest.raises(UnreachableError):
            sync(home.ground)


def test_a_damaged_second_place_changes_nothing(world: World) -> None:
    """A second place with a cut list or a missing segment is refused before anything is changed."""
    _culled_and_put_back(world)
    lists = sorted((world.second / "culled").iterdir())
    segments = sorted((world.second / "ledger").iterdir())
    for file, cut in ((lists[0], True), (segments[1], False)):
        kept = file.read_bytes()
        if cut:
            file.write_bytes(kept[:-20])
        else:
            file.unlink()
        before = world.scan()
        with world.restoring() as home, pytest.raises(GuardError, match="G-SECOND"):
            restore(home)
        assert world.scan() == before
        with world.restoring() as home, home.ground.state.reading() as books:
            assert not books.setting(RESTORING)
        file.write_bytes(kept)
    with world.restoring() as home:
        assert restore(home).items == 4


def test_an_emptied_second_place_is_not_begun_anew(world: World) -> None:
    """A second place that has lost everything (its disk is not mounted) is refused, not filled as a new one."""
    with world.small.open() as home:
        sync(home.ground)
    shutil.rmtree(world.second)
    world.second.mkdir()
    with pytest.raises(GuardError, match="G-SECOND"), world.small.open():
        pass
