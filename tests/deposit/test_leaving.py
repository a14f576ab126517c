"""What must not leave the house, or must not be lost on its way: half films, secret films, films twice, visitors' names."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.deposit import filed, lying, originals
from flows.deposit.decide import decide
from flows.deposit.describe import describe, own_words
from flows.deposit.originals import bring, take_in
from flows.deposit.pack.build import build
from flows.deposit.pack.deliver import deliver, fetch
from flows.deposit.pack.receipts import receipt
from flows.keep.append import append
from schemas.deposit import Told
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.xml.kb_feed import own
from tests.deposit.dock import REASON, Dock, dock, dock_template, film_files
from tests.deposit.world import CHANNEL, COMMUNICATOR, File, World, cues, youtube
from tests.films import make

__all__ = ["dock", "dock_template", "film_files"]


def _half(path: Path, tmp_path: Path) -> bytes:
    """A film whose index comes first, cut in the middle: it opens, and claims its whole length."""
    data = make(tmp_path / path, late=False).read_bytes()
    return data[: len(data) // 2]


@pytest.fixture
def folder(world: World) -> Path:
    """The watched folder."""
    world.settings('[deposit]\noriginals = "original"\n')
    path = world.root / "hem" / "original"
    path.mkdir()
    return path


def _lay(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    before = time.time() - 3600
    os.utime(path, (before, before))
    return path


def _waiting(world: World) -> ItemId:
    item = world.film(account=CHANNEL, text="Badplatserna", payload=youtube("Badplatserna", seconds=2))
    world.scan()
    return item


# --- half films -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.mov"])
def test_half_a_film_is_no_original(world: World, folder: Path, tmp_path: Path, name: str) -> None:
    """A film that was cut in the middle claims its whole length: it stays in the folder, by name and by hand too."""
    half = _half(Path(name), tmp_path)
    _waiting(world)
    path = _lay(folder, name, half)
    with world.open() as home:
        done = take_in(home)
        assert (done.taken, [one.code for one in done.findings]) == (0, ["L142"])
        with pytest.raises(RefusedError):
            bring(home, path, "1", COMMUNICATOR)
    assert path.exists()


def test_half_an_original_gives_way_and_half_a_film_is_never_described(
    world: World, film_files: Mapping[str, Path], tmp_path: Path
) -> None:
    """KB is handed whole films: a cut original gives way to the platform's file, a cut platform's file asks for one."""
    half = _half(Path("film.mp4"), tmp_path)
    item = world.film(film_files["plain.mp4"].read_bytes())
    world.found_later(item, File(half, origin="original:halv.mp4"))
    world.film(_half(Path("film.webm"), tmp_path), text="En annan")
    world.scan()
    found: list[Any] = []
    with world.open() as home:
        for film in world.films():
            decided = decide(home, [str(film.number)], True, REASON, COMMUNICATOR, Told(page="https://a.se/f"), "")[0]
            at = home.ground.clock.now()
            found.append(describe(home, decided, made=at, through=at, delivery="", status="NEW"))
    assert [one.source for one in found[0].resource.parts] == ["platform"]
    assert [one.code for one in found[0].findings] == ["L153"]
    assert (found[1].resource, [one.code for one in found[1].findings]) == (None, ["L153"])


# --- files that are others than they were -----------------------------------------------------------------------------


def test_a_file_that_took_its_place_meanwhile_is_not_moved_aside(
    world: World, folder: Path, film_files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A corrected film laid over the one that is being taken in stays in the folder, and the next run looks at it."""
    _waiting(world)
    path = _lay(folder, "film-1.mp4", film_files["plain.mp4"].read_bytes())
    corrected = film_files["vertical.mp4"].read_bytes()

    def then_replaced(*args: Any, **more: Any) -> None:
        append(*args, **more)
        beside = folder / ".ny"
        beside.write_bytes(corrected)
        before = time.time() - 1800
        os.utime(beside, (before, before))
        beside.replace(path)

    with monkeypatch.context() as patched:
        patched.setattr(filed, "append", then_replaced)
        with world.open() as home:
            done = take_in(home)
    assert path.read_bytes() == corrected
    assert ([one.code for one in done.findings], done.left) == (["L149"], 1)
    with world.open() as home:
        assert take_in(home).taken == 1, "the corrected one is an original too, and the newer one"
    assert not path.exists()


def test_a_link_that_took_its_place_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """Between the look around and the reading somebody lays a link of the same size and time: it is not read."""
    path = _lay(folder, "film.mp4", b"film")
    other = _lay(tmp_path, "annat.mp4", b"hem!")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    (one,), _ = lying.look_around(folder)
    path.unlink()
    path.symlink_to(other)
    with pytest.raises(OSError), lying.opened(one):  # noqa: PT011 - whatever the system says
        pass


def test_a_link_that_a_person_names_is_the_file_behind_it(
    world: World, folder: Path, film_files: Mapping[str, Path], tmp_path: Path
) -> None:
    """By hand a link may be named; the file is taken in, and in the watched folder it is the file that is moved."""
    _waiting(world)
    behind = _lay(folder, "film.mp4", film_files["plain.mp4"].read_bytes())
    link = tmp_path / "genväg.mp4"
    link.symlink_to(behind)
    with world.open() as home:
        assert bring(home, link, "1", COMMUNICATOR).taken == 1
    assert link.is_symlink()
    assert [one.name for one in (folder / originals.ASIDE).iterdir()] == ["film.mp4"]


# --- secrecy ----------------------------------------------------------------------------------------------------------


def _secret(dock: Dock, item: ItemId) -> None:
    with dock.open() as home, home.ground.state.writing() as books:
        at = home.ground.clock.now()
        books.marks.add(Mark(item=item, kind="sekretess", person=COMMUNICATOR, at=at, provision="OSL 21:1"))


def test_an_old_delivery_with_a_film_that_is_secret_by_now_is_not_fetched(dock: Dock, tmp_path: Path) -> None:
    """Its film has gone into another delivery meanwhile; its bytes lie in the old one all the same."""
    dock.pack(1, 2)
    with dock.open() as home:
        deliver(home, "1")
        receipt(home, "1", "", "rejected", "KB-1", COMMUNICATOR)
    assert dock.pack(1).done
    _secret(dock, dock.items[0])
    assert dock.delivery("1").key, "film 2 still waits, so the old file is kept"
    with dock.open() as home, pytest.raises(GuardError) as refused:
        fetch(home, "1", tmp_path)
    assert refused.value.code == "G-SECRET"
    assert not list(tmp_path.glob("*.tar"))


# --- twice ------------------------------------------------------------------------------------------------------------


def test_a_film_that_kb_has_is_not_new_because_an_addition_was_rejected(dock: Dock) -> None:
    """KB accepted the film and rejected a SUPPLEMENT: delivering it as NEW would have it there twice."""

    def answered(named: str, answer: Any) -> None:
        with dock.open() as home:
            deliver(home, named)
            receipt(home, named, "", answer, "KB-1", COMMUNICATOR)

    dock.pack(1)
    answered("1", "accepted")
    dock.later(days=1)
    dock.found_later(dock.items[0], File(cues("Sent"), "caption", "text/vtt", "fi", "https://test/fi.vtt"))
    dock.later(minutes=1)
    assert dock.pack(1, status="SUPPLEMENT").done
    answered("2", "rejected")
    with pytest.raises(GuardError) as refused:
        dock.pack(1)
    assert refused.value.code == "G-PACKAGED"
    assert dock.pack(1, status="SUPPLEMENT").done


# --- visitors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (".@anna_b tack för frågan", ". tack för frågan"),
        ("@@anna_b tack", "tack"),
        ("Tack @\u2068anna_b\u2069!", "Tack !"),
        ("(@anna_b)", "()"),
        ("info@arvika.se, https://medium.com/@arvika", "info@arvika.se, https://medium.com/@arvika"),
        ("klockan 12 @ torget", "klockan 12 @ torget"),
    ],
)
def test_whoever_is_addressed_is_not_named(text: str, left: str) -> None:
    """Names that a text addresses are taken out however they are written: after a full stop, doubled, isolated."""
    assert own_words(text) == left


def test_a_visitor_in_a_platforms_title_is_not_named(world: World, film_files: Mapping[str, Path]) -> None:
    """What a platform has as the film's title may address somebody too."""
    item = world.film(account=CHANNEL, payload=youtube("Svar till @anna_b om badet"))
    world.found_later(item, File(film_files["plain.mp4"].read_bytes(), origin="original:a.mp4"))
    world.scan()
    with world.open() as home:
        film = decide(home, ["1"], True, REASON, COMMUNICATOR, Told(page="https://a.se/f"), "")[0]
        at = home.ground.clock.now()
        found = describe(home, film, made=at, through=at, delivery="", status="NEW").resource
    assert found is not None
    assert "anna" not in repr(found)
    assert found.title == "Svar till om badet"


# --- social media -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://video.twimg.com/ext_tw_video/1/vid/720x1280/a.mp4",
        "https://video-arn2-1.xx.fbcdn.net/v/t42/a.mp4",
        "https://scontent.cdninstagram.com/v/a.mp4",
        "https://dms.licdn.com/playlist/vid/a.mp4",
        "https://rr1---sn-5go7ynl6.googlevideo.com/videoplayback",
        "https://social.arvika.se/users/kommunen/statuses/109876543210",
        "https://social.arvika.se/@kommunen/109876543210",
    ],
)
def test_what_social_platforms_hand_out_is_no_own_address(address: str) -> None:
    """Files on a platform's servers, which vanish in days, and a post by its other address never stand in the feed."""
    assert not own(address)


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_a_rebuild_has_the_same_bytes_whatever_came_since(
    dock: Dock, film_files: Mapping[str, Path], tmp_path: Path
) -> None:
    """Captions, a counter, an owner's original and a new edition that came later change nothing of a lost delivery."""
    first = dock.pack(1, 2).delivery
    item = dock.items[0]
    dock.later(seconds=1)
    dock.found_later(item, File(cues("Ny"), "caption", "text/vtt", "fi", "https://test/fi.vtt"))
    dock.found_later(item)
    dock.later(minutes=1)
    with dock.open() as home:
        assert bring(home, make(tmp_path / "film.mp4", size="640x360"), "1", COMMUNICATOR).taken == 1
    dock.later(minutes=1)
    dock.edition(item, File(film_files["vertical.mp4"].read_bytes()))
    dock.scan()
    with dock.open() as home:
        home.ground.store.destroy(first.key)
    with dock.open() as home:
        again = build(home, "1")
    assert (again.findings, again.delivery.sha256) == ((), first.sha256)


def test_a_file_that_waits_to_be_removed_leaves_no_more(dock: Dock, tmp_path: Path) -> None:
    """Culling has struck the built file out and was stopped before the store lost it: it is neither sent nor fetched."""
    stored = dock.pack(1).delivery
    with dock.open() as home, home.ground.state.writing() as books:
        books.copies.retire([stored.key])
    with dock.open() as home:
        done = deliver(home, "1")
        with pytest.raises(GuardError, match="G-FETCH"):
            fetch(home, "1", tmp_path)
    assert [one.code for one in done.findings] == ["L179"]
    assert not list(dock.kb.iterdir())
