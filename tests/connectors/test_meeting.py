"""A place is known again by its mark: an empty mount point, a swapped disk or another home's place proves nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.home import init_home, open_home
from connectors.settings import FILE
from connectors.storage.marked import MarkedStore
from connectors.storage.s3 import S3Store
from flows.keep.known_places import known_places, retire_place, unknown_places
from flows.oversee.persons import add_person
from schemas.known_place import Mark, read_mark
from schemas.neighbours import MissingError, Store
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.shelf import place_mark

KEY = place_mark("spegel")


def made(root: Path, name: str = "hem") -> Path:
    """A home with a mirror in the folder ``spegel`` beside it."""
    path = root / name
    init_home(path, rehearsal=True, seed=name, key_file=None)
    with (path / FILE).open("a", encoding="utf-8") as stream:
        stream.write(f'\n[[mirror]]\nname = "spegel"\npath = "{root / "spegel"}"\n')
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home; its mirror's folder is there."""
    (tmp_path / "spegel").mkdir()
    return made(tmp_path)


QUESTIONS: list[Callable[[Store], object]] = [
    lambda store: store.remains("media/aa/x"),
    lambda store: store.destroy("media/aa/x"),
    lambda store: store.head("media/aa/x"),
    lambda store: store.get("media/aa/x"),
    lambda store: store.open("media/aa/x"),
    lambda store: store.checksum("media/aa/x"),
    lambda store: list(store.list("")),
    lambda store: list(store.unfinished("")),
    lambda store: store.strangers(),
    lambda store: store.put_new("media/aa/y", b"y") and store.destroy("media/aa/y"),
]


def ask_all(store: Store, *, raises: bool) -> None:
    """Ask everything that could be answered by nothing being there."""
    for question in QUESTIONS:
        if raises:
            with pytest.raises(UnreachableError, match="mount its disk or correct"):
                question(store)
        else:
            with suppress(MissingError):
                question(store)


def test_an_empty_mount_point_is_unreachable(home: Path) -> None:
    """The disk taken away in the middle, another one in its place: no answer of absence; back again, all is as before."""
    with open_home(home) as opened:
        (mirror,) = opened.ground.mirrors
        ask_all(mirror, raises=False)
        disk, mount = home.parent / "disk", home.parent / "spegel"
        mount.rename(disk)
        mount.mkdir()
        ask_all(mirror, raises=True)
        with open_home(home) as later:
            ask_all(later.ground.mirrors[0], raises=True)
        assert list(mount.iterdir()) == []
        mount.rmdir()
        disk.rename(mount)
        ask_all(mirror, raises=False)
        assert list(mirror.list("")) == []


def test_a_mirror_is_marked_once(home: Path) -> None:
    """The mark is written when the place is first reached, stays the same, and is this home's."""
    shutil.rmtree(home.parent / "spegel")
    with open_home(home) as opened:
        assert {one.place: one.standing for one in known_places(opened.ground)} == {
            "folder:hem": "met",
            "folder:spegel": "new",
        }
        ask_all(opened.ground.mirrors[0], raises=True)
    (home.parent / "spegel").mkdir()
    marks = []
    for _ in range(2):
        with open_home(home) as opened:
            marks.append((home.parent / "spegel" / KEY).read_bytes())
            assert read_mark(marks[-1]) == Mark(
                home=_check(home), mark=next(one.mark for one in known_places(opened.ground) if one.mark)
            )
            ask_all(opened.ground.mirrors[0], raises=False)
    assert marks[0] == marks[1]


def _check(home: Path) -> str:
    with open_home(home) as opened, opened.ground.state.reading() as books:
        return books.setting("key_check") or ""


def test_another_homes_mirror_is_not_ours(home: Path) -> None:
    """Its mark stays as it is, and it counts as unreachable."""
    with open_home(home):
        before = (home.parent / "spegel" / KEY).read_bytes()
    other = made(home.parent, "annat")
    with open_home(other) as opened:
        ask_all(opened.ground.mirrors[0], raises=True)
    assert (home.parent / "spegel" / KEY).read_bytes() == before


def test_a_restored_database_knows_its_mirror(home: Path) -> None:
    """A database from before the mirror was met takes over the mark of this home that lies there."""
    saved = home.parent / "saved"
    shutil.copytree(home / "state", saved)
    with open_home(home):
        mark = (home.parent / "spegel" / KEY).read_bytes()
    shutil.rmtree(home / "state")
    shutil.copytree(saved, home / "state")
    with open_home(home) as opened:
        ask_all(opened.ground.mirrors[0], raises=False)
    assert (home.parent / "spegel" / KEY).read_bytes() == mark


def test_a_damaged_mark_is_none(home: Path) -> None:
    """Whatever else lies under the mark's name, the place is not the one that was known."""
    with open_home(home) as opened:
        file = home.parent / "spegel" / KEY
        for data in (b"", b"{}", b"[]", b'{"home":"a","mark":"b"}', b"\xff"):
            file.write_bytes(data)
            ask_all(opened.ground.mirrors[0], raises=True)


def test_a_place_taken_out_of_the_settings_is_remembered(home: Path) -> None:
    """It is unknown until an arkivansvarig says that nothing is left there; named again, it is met anew."""
    file = home / FILE
    with_mirror = file.read_text("utf-8")
    with open_home(home) as opened:
        assert unknown_places(opened.ground) == ()
        add_person(opened.ground, "Eva", "arkivansvarig")
        add_person(opened.ground, "Kim", "registrator")
    file.write_text(with_mirror.partition("\n[[mirror]]")[0], "utf-8")
    with open_home(home) as opened:
        ground = opened.ground
        assert unknown_places(ground) == ("folder:spegel",)
        with pytest.raises(GuardError, match="G-MANDATE"):
            retire_place(ground, "folder:spegel", "Kim")
        with pytest.raises(GuardError, match="G-PLACE"):
            retire_place(ground, ground.store.place, "Eva")
        for name in ("spegel", ""):
            with pytest.raises(RefusedError):
                retire_place(ground, name, "Eva")
        assert retire_place(ground, "folder:spegel", "Eva").standing == "retired"
        assert unknown_places(ground) == ()
        with pytest.raises(RefusedError):
            retire_place(ground, "folder:spegel", "Eva")
        with ground.state.reading() as books:
            assert '"act":"place.retired","actor":"Eva"' in books.ledger.after(0)[-1].body
    file.write_text(with_mirror, "utf-8")
    (home.parent / "spegel" / KEY).unlink()
    with open_home(home) as opened:
        ask_all(opened.ground.mirrors[0], raises=False)
        assert {one.standing for one in known_places(opened.ground)} == {"met"}


def test_a_buckets_mark_is_believed_for_a_while(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store]
) -> None:
    """Within the span one reading of the mark serves many answers; without it none is served by an old one."""
    bucket = make_s3_store(make_bucket())
    bucket.put_new(KEY, Mark(home="hem", mark="ab" * 16).data())
    patient, strict = (MarkedStore(bucket, KEY, "ab" * 16, fresh=span) for span in (60.0, 0.0))
    ask_all(patient, raises=False)
    ask_all(strict, raises=False)
    bucket.destroy(KEY)
    ask_all(patient, raises=False)
    ask_all(strict, raises=True)
