"""Removal in every place: the store, folder mirrors and buckets with versions and locks; attachments by reference."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from connectors.chance import SeededChance
from connectors.clock import FixedClock
from connectors.state import Database
from connectors.storage.folder import FolderStore
from connectors.storage.s3 import S3Store
from flows.keep.append import append
from flows.keep.derived import LEASE, remove_retired
from flows.keep.media import remove_free
from flows.keep.recover import recover
from flows.keep.removal import Removed
from schemas.books import Copy
from schemas.ground import Ground
from schemas.neighbours import Store
from schemas.shelf import medium
from tests.keep.test_keep import AT, DIGEST, addition, item
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

KEYS = [f"archive/ks/records/kommun/2024-03/{number:064d}.xml" for number in range(3)]


@pytest.fixture
def ground(sqlite_state: Database, tmp_path: Path) -> Ground:
    """A folder store with a folder mirror."""
    for name in ("store", "mirror"):
        (tmp_path / name).mkdir()
    return Ground(
        state=sqlite_state,
        store=FolderStore(tmp_path / "store", "test"),
        clock=FixedClock(AT),
        chance=SeededChance("test"),
        mirrors=(FolderStore(tmp_path / "mirror", "spegel"),),
    )


def _retired(ground: Ground, keys: Sequence[str] = KEYS) -> None:
    """Copies in every place that wait to be removed."""
    for place in (ground.store, *ground.mirrors):
        for key in keys:
            place.put_new(key, b"innehall")
    with ground.state.writing() as books:
        for key in keys:
            books.copies.add(Copy(key=key, kind="record-xml", made=AT))
        books.copies.retire(keys)


def _remove(ground: Ground) -> Removed:
    return remove_retired(ground.state, ground.store, AT, ground.mirrors)


def _waiting(ground: Ground) -> list[str]:
    with ground.state.reading() as books:
        return list(books.copies.retired())


def _receipts(ground: Ground) -> list[tuple[str, int]]:
    with ground.state.reading() as books:
        bodies = [json.loads(one.body) for one in books.ledger.after(0)]
    return [
        (one["evidence"]["place"], one["evidence"]["observed_absent"]) for one in bodies if one["act"] == "keep.removed"
    ]


def _absent(ground: Ground, keys: Sequence[str] = KEYS) -> bool:
    return all(place.remains(key).absent for place in (ground.store, *ground.mirrors) for key in keys)


def test_a_retired_file_goes_in_every_place(ground: Ground) -> None:
    """Retired copies are absent in the store and the mirror, forgotten, and told once for each place."""
    _retired(ground)
    done = _remove(ground)
    assert (done.removed, done.left, done.busy) == (3, 0, False)
    assert [(one.place, one.absent, one.left, one.reason) for one in done.places] == [
        ("folder:test", 3, 0, ""),
        ("folder:spegel", 3, 0, ""),
    ]
    assert _absent(ground)
    assert _waiting(ground) == []
    assert _receipts(ground) == [("folder:test", 3), ("folder:spegel", 3)]
    assert _remove(ground) == Removed()


def test_an_unreachable_mirror_is_finished_later(ground: Ground, tmp_path: Path) -> None:
    """A mirror that is not there leaves the keys on the list and does not stop the others; later they go there too."""
    _retired(ground)
    (tmp_path / "mirror").rename(tmp_path / "away")
    done = _remove(ground)
    assert (done.removed, done.left) == (0, 3)
    assert [(one.absent, one.left, one.reason) for one in done.places] == [(3, 0, ""), (0, 3, "R-UNREACHABLE")]
    assert _waiting(ground) == KEYS
    assert _receipts(ground) == []
    (tmp_path / "away").rename(tmp_path / "mirror")
    assert _remove(ground).removed == 3
    assert _absent(ground)
    assert _receipts(ground) == [("folder:test", 3), ("folder:spegel", 3)]


def test_one_bad_object_does_not_stop_the_others(ground: Ground, tmp_path: Path) -> None:
    """Where a link lies in a file's place the key stays with its reason; the other keys go everywhere."""
    _retired(ground)
    bad = tmp_path / "mirror" / KEYS[1]
    bad.unlink()
    bad.symlink_to(tmp_path)
    done = _remove(ground)
    assert (done.removed, done.left) == (2, 1)
    assert [one.reason for one in done.places] == ["", "R-REFUSED"]
    assert _waiting(ground) == [KEYS[1]]
    assert tmp_path.is_dir()


def test_versions_and_governance_locks_in_mirrors(
    ground: Ground,
    make_bucket: Callable[..., str],
    make_s3_store: Callable[..., S3Store],
    moto_client: S3Client,
) -> None:
    """Every version goes in a versioned mirror, and under a governance lock only with the right to bypass it."""
    versioned, locked = make_bucket(versioned=True), make_bucket(lock=True)
    ground = replace(ground, mirrors=(make_s3_store(versioned, "hem"), make_s3_store(locked, "hem")))
    _retired(ground)
    moto_client.put_object(Bucket=versioned, Key=f"hem/{KEYS[0]}", Body=b"en version till")
    moto_client.delete_object(Bucket=versioned, Key=f"hem/{KEYS[1]}")
    moto_client.put_object_retention(
        Bucket=locked,
        Key=f"hem/{KEYS[2]}",
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)},
    )
    done = _remove(ground)
    assert (done.removed, done.left) == (2, 1)
    assert [(one.absent, one.reason) for one in done.places] == [(3, ""), (3, ""), (2, "G-LOCK")]
    assert _waiting(ground) == [KEYS[2]]
    bypassing = make_s3_store(locked, "hem", bypass_governance=True)
    ground = replace(ground, mirrors=(ground.mirrors[0], bypassing))
    assert _remove(ground).removed == 1
    for bucket in (versioned, locked):
        listed = moto_client.list_object_versions(Bucket=bucket)
        assert not listed.get("Versions")
        assert not listed.get("DeleteMarkers")


def test_many_keys_go_side_by_side(ground: Ground) -> None:
    """Many keys are removed by several threads with the same outcome as one by one."""
    keys = [f"archive/ks/records/kommun/2024-03/{number:064d}.xml" for number in range(60)]
    _retired(ground, keys)
    assert _remove(ground).removed == 60
    assert _absent(ground, keys)


def test_one_run_removes_at_a_time(ground: Ground) -> None:
    """While somebody removes, another run tries nothing and says how much is left."""
    _retired(ground)
    with ground.state.hold_lease(LEASE):
        assert _remove(ground) == Removed(left=3, busy=True)
    assert _remove(ground).removed == 3


def test_removal_is_finished_wherever_it_was_stopped(ground: Ground) -> None:
    """Stopped at any write, a key is forgotten only when it is absent everywhere, and the next run finishes."""
    point = 0
    while True:
        point += 1
        keys = [f"archive/ks/records/kommun/2024-03/{point * 10 + number:064d}.xml" for number in range(2)]
        _retired(ground, keys)
        counter = Counter(point)
        try:
            remove_retired(
                StoppingState(ground.state, counter),
                cast("Store", StoppingStore(ground.store, counter)),
                AT,
                [cast("Store", StoppingStore(mirror, counter)) for mirror in ground.mirrors],
            )
        except StoppedError:
            pass
        assert _absent(ground, [key for key in keys if key not in _waiting(ground)])
        _remove(ground)
        assert _absent(ground, keys)
        assert _waiting(ground) == []
        if counter.points < point:
            break
    assert point > 8


def test_an_orphan_goes_in_mirrors_too(ground: Ground, tmp_path: Path) -> None:
    """An object nobody registered, copied by a mirror meanwhile, goes in both; until then its intent stays."""
    key = "archive/ks/records/kommun/2024-03/" + "f" * 64 + ".xml"
    with ground.state.hold_lease("account:kommun") as lease, ground.state.writing() as books:
        books.intents.open(key, lease, AT)
    for place in (ground.store, *ground.mirrors):
        place.put_new(key, b"innehall")
    (tmp_path / "mirror").rename(tmp_path / "away")
    assert recover(ground.state, ground.store, AT, ground.mirrors).removed == 0
    (tmp_path / "away").rename(tmp_path / "mirror")
    assert recover(ground.state, ground.store, AT, ground.mirrors).removed == 1
    assert _absent(ground, [key])


def test_no_removal_forgets_the_mirrors() -> None:
    """Every call in the flows that removes retired files hands over the mirrors."""
    names = {"recover", "remove_retired", "rewrite", "compact"}
    forgetful = []
    for path in sorted((Path(__file__).parents[2] / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                given = [ast.unparse(one) for one in (*node.args, *(keyword.value for keyword in node.keywords))]
                if not any(one.endswith("mirrors") for one in given):
                    forgetful.append(f"{path.name}:{node.lineno}")
    assert forgetful == []


# Attachments


def _harvest(ground: Ground, *numbers: int) -> None:
    with ground.state.hold_lease("account:kommun") as lease:
        append(ground.state, ground.store, lease, addition(*numbers, media=True), chance=ground.chance, at=AT)


def _mirror(tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "store", tmp_path / "mirror", dirs_exist_ok=True)


def test_an_attachment_goes_with_its_last_reference(ground: Ground, tmp_path: Path) -> None:
    """An attachment that something refers to stays; without any it goes everywhere, and no digest is in the ledger."""
    _harvest(ground, 1, 2)
    _mirror(tmp_path)
    with ground.state.writing() as books:
        books.media.unrefer([item(1)])
    assert remove_free(ground) == Removed()
    with ground.state.writing() as books:
        books.media.unrefer([item(2)])
    done = remove_free(ground)
    assert (done.removed, done.left) == (1, 0)
    assert _absent(ground, [medium(DIGEST)])
    with ground.state.reading() as books:
        assert books.media.free() == []
        assert books.media.size(DIGEST) is None
        assert not any(DIGEST in one.body for one in books.ledger.after(0))
    assert _receipts(ground) == [("folder:test", 1), ("folder:spegel", 1)]


def test_an_attachment_left_in_a_mirror_is_not_forgotten(ground: Ground, tmp_path: Path) -> None:
    """While a mirror is away the attachment stays on the list, and goes there when it is back."""
    _harvest(ground, 1)
    _mirror(tmp_path)
    with ground.state.writing() as books:
        books.media.unrefer([item(1)])
    (tmp_path / "mirror").rename(tmp_path / "away")
    assert [(one.absent, one.reason) for one in remove_free(ground).places] == [(1, ""), (0, "R-UNREACHABLE")]
    with ground.state.reading() as books:
        assert books.media.free() == [DIGEST]
    (tmp_path / "away").rename(tmp_path / "mirror")
    assert remove_free(ground).removed == 1
    assert _absent(ground, [medium(DIGEST)])


def test_an_attachment_that_is_wanted_again_is_put_again(ground: Ground, tmp_path: Path) -> None:
    """Referred to anew before or after it was removed, an attachment is there and is not removed again."""
    _harvest(ground, 1)
    with ground.state.writing() as books:
        books.media.unrefer([item(1)])
    remove_free(ground)
    _harvest(ground, 2)
    assert remove_free(ground) == Removed()
    assert ground.store.get(medium(DIGEST)) == b"bild"


def test_an_announced_attachment_is_left_alone(ground: Ground) -> None:
    """An attachment that a harvest at work has announced is left, and told as left."""
    _harvest(ground, 1)
    with ground.state.writing() as books:
        books.media.unrefer([item(1)])
    with ground.state.hold_lease("account:annan") as lease:
        with ground.state.writing() as books:
            books.intents.open(medium(DIGEST), lease, AT)
        done = remove_free(ground)
        assert (done.removed, done.left) == (0, 1)
        assert ground.store.head(medium(DIGEST)) is not None


def test_attachments_are_finished_wherever_it_was_stopped(ground: Ground, tmp_path: Path) -> None:
    """Stopped at any write, an attachment is forgotten only when absent everywhere, and the next run finishes."""
    point = 0
    while True:
        point += 1
        _harvest(ground, point)
        _mirror(tmp_path)
        with ground.state.writing() as books:
            books.media.unrefer([item(point)])
        counter = Counter(point)
        stopping = replace(
            ground,
            state=StoppingState(ground.state, counter),
            store=cast("Store", StoppingStore(ground.store, counter)),
            mirrors=tuple(cast("Store", StoppingStore(mirror, counter)) for mirror in ground.mirrors),
        )
        try:
            remove_free(stopping)
        except StoppedError:
            pass
        with ground.state.reading() as books:
            forgotten = books.media.free() == []
        assert _absent(ground, [medium(DIGEST)]) or not forgotten
        remove_free(ground)
        assert _absent(ground, [medium(DIGEST)])
        if counter.points < point:
            break
    assert point > 5
