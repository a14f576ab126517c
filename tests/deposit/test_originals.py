"""Original files: matched to their film by name, length or bytes, taken into the archive, moved aside; never guessed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from flows.deposit import lying, originals
from flows.deposit.items import ORIGINAL
from flows.deposit.originals import TakenIn, bring, take_in
from flows.keep.read import rows_of_item
from flows.keep.recover import recover
from schemas.books import State
from schemas.ids import ItemId
from schemas.neighbours import Store
from schemas.record import MediaRef
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from tests.cull.archive import ACCOUNT, OFFICER
from tests.deposit.world import CHANNEL, COMMUNICATOR, PAGE, File, World, youtube
from tests.films import VTT, make, pdf
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore


@pytest.fixture
def folder(world: World) -> Path:
    """The watched folder of the archive's settings."""
    world.settings('[deposit]\noriginals = "original"\n')
    path = world.root / "hem" / "original"
    path.mkdir()
    return path


def _lay(folder: Path, name: str, data: bytes | Path) -> Path:
    """Lay a file there, as if some time ago."""
    path = folder / name
    path.write_bytes(data.read_bytes() if isinstance(data, Path) else data)
    before = time.time() - 3600
    os.utime(path, (before, before))
    return path


def _run(world: World, person: str = "") -> TakenIn:
    with world.open() as home:
        return take_in(home, person)


def _codes(found: TakenIn) -> list[str]:
    return [one.code for one in found.findings]


def _owned(world: World, item: ItemId) -> list[MediaRef]:
    """The owner's files of an item, as its newest attachments have them; their bytes lie in the store."""
    with world.open() as home:
        rows = rows_of_item(home.ground.state, home.ground.store, item)
        latest = max(rows, key=lambda row: (row.observed, len(row.media)))
        found = [one for one in latest.media if one.origin.startswith(ORIGINAL)]
        for one in found:
            assert one.digest is not None
            assert home.ground.store.checksum(medium(one.digest)) == one.digest
    return found


def _youtube(world: World, seconds: int = 2, text: str = "Badplatserna öppnar") -> ItemId:
    return world.film(account=CHANNEL, text=text, payload=youtube(text, seconds=seconds))


def test_a_file_is_matched_by_its_length_and_becomes_an_attachment(
    world: World, folder: Path, film_files: Mapping[str, Path]
) -> None:
    """The one film of that length gets the file with its captions; both are moved aside, and nothing is deleted."""
    item = _youtube(world)
    _youtube(world, seconds=61, text="En annan")
    world.scan()
    _lay(folder, "badplats å ä ö.mp4", film_files["plain.mp4"])
    _lay(folder, "badplats å ä ö.sv.vtt", VTT.encode())
    done = _run(world, COMMUNICATOR)
    assert (done.taken, done.left, done.findings) == (2, 0, ())
    film, captions = _owned(world, item)
    assert (film.role, film.media_type, film.size) == ("video", "video/mp4", film_files["plain.mp4"].stat().st_size)
    assert film.origin.endswith(":badplats å ä ö.mp4")
    assert (captions.role, captions.media_type, captions.language) == ("caption", "text/vtt", "swe")
    assert sorted(one.name for one in (folder / "inlagda").iterdir()) == ["badplats å ä ö.mp4", "badplats å ä ö.sv.vtt"]
    assert world.acts(world.film_of(item).id)[-1] == "deposit.original"
    (slot,) = world.slots(item)
    assert {one.digest for one in slot.originals} == {film.digest, captions.digest}
    assert world.rows(item)[-1].media[0].role == "thumbnail"
    world.scan()
    assert len(world.films()) == 2


def test_the_ledger_and_the_database_know_no_names(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """A file's name is content: it stands in the archive's row alone."""
    item = _youtube(world)
    world.scan()
    _lay(folder, "5ec1e70aORIGINAL.mp4", film_files["plain.mp4"])
    done = _run(world)
    assert done.taken == 1
    assert "5ec1e70aORIGINAL" not in repr(done.findings)
    assert b"5ec1e70aORIGINAL" not in (world.root / "hem" / "state" / "bevara.db").read_bytes()
    assert "5ec1e70aORIGINAL" in _owned(world, item)[0].origin


def test_a_name_names_its_film(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """``film-12`` takes a file of any length; ``12_`` one that fits; a number that is none of a film's does not."""
    one, two, three = (_youtube(world, seconds, f"Film {seconds}") for seconds in (2, 2, 90))
    world.scan()
    number = {item: world.film_of(item).number for item in (one, two, three)}
    _lay(folder, f"{number[one]}_sommar.mp4", film_files["plain.mp4"])
    _lay(folder, f"Film {number[three]} - klippt.webm", film_files["film.webm"])
    done = _run(world)
    assert (done.taken, done.left) == (2, 0)
    assert [len(_owned(world, item)) for item in (one, two, three)] == [1, 0, 1]
    # A year is no film's number, and the length decides then; a wrong number named outright is told.
    _lay(folder, f"{number[three]} regler.mp4", film_files["silent.mp4"])
    _lay(folder, "film-999.mp4", film_files["old.webm"])
    done = _run(world)
    assert (done.taken, done.left, _codes(done)) == (1, 1, ["L146"])
    assert len(_owned(world, two)) == 1


def test_nothing_is_guessed(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """Two films of one length, two files for one film, and a file that fits nothing stay where they are."""
    one, two = _youtube(world), _youtube(world, text="Lika lång")
    _youtube(world, seconds=3, text="Tre sekunder")
    world.scan()
    _lay(folder, "vilken.mp4", film_files["plain.mp4"])
    _lay(folder, "a.mp4", film_files["vertical.mp4"])
    _lay(folder, "b.mp4", make(folder.parent / "b.mp4", seconds=3, colour="green"))
    _lay(folder, "lang.mp3", film_files["voice.mp3"])
    done = _run(world)
    assert (done.taken, done.left) == (0, 4)
    assert {(one.code, one.count) for one in done.findings} == {("L140", 1), ("L141", 1), ("L145", 2)}
    assert dict(done.files) == {"vilken.mp4": "L141", "a.mp4": "L145", "b.mp4": "L145", "lang.mp3": "L140"}
    assert not (folder / "inlagda").exists()
    # When a person names it, it is clear.
    (folder / "vilken.mp4").rename(folder / f"film-{world.film_of(two).number}.mp4")
    assert _run(world).taken == 1
    assert (len(_owned(world, two)), world.slots(one)[0].originals) == (1, ())


def test_what_is_no_film_stays_and_is_told(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """Empty, cut, and foreign files are told of by code; hidden and unfinished ones, links and folders are let be."""
    _youtube(world)
    world.scan()
    whole = film_files["vertical.mp4"].read_bytes()
    _lay(folder, "tom.mp4", b"")
    _lay(folder, "text.mp4", b"detta \xff\x00 ar ingen film" * 20)
    _lay(folder, "kapad.mp4", whole[:200])
    _lay(folder, ".dold.mp4", film_files["plain.mp4"])
    _lay(folder, "film.mp4.part", film_files["plain.mp4"])
    (folder / "nyss.mp4").write_bytes(film_files["plain.mp4"].read_bytes())
    (folder / "lank.mp4").symlink_to(film_files["plain.mp4"])
    (folder / "mapp.mp4").mkdir()
    os.mkfifo(folder / "ror.mp4")
    done = _run(world)
    assert done.taken == 0
    assert {(one.code, one.count) for one in done.findings} == {("L142", 2), ("L143", 1)}
    assert done.left == 5
    assert (folder / "nyss.mp4").exists()


def test_a_file_beyond_the_limit_is_brought_by_hand(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """The folder keeps the limit of attachments; a person who brings a file has chosen."""
    item = _youtube(world)
    world.scan()
    settings = world.root / "hem" / "bevara.toml"
    settings.write_text(settings.read_text("utf-8").replace("media_limit_mb = 2048", "media_limit_mb = 1"), "utf-8")
    big = film_files["plain.mp4"].read_bytes() + b"\0\0\0\0free" + bytes(2 << 20)
    path = _lay(folder, f"film-{world.film_of(item).number}.mp4", big)
    assert _codes(_run(world)) == ["L144"]
    with world.open() as home:
        done = bring(home, path, str(world.film_of(item).number), COMMUNICATOR)
    assert done.taken == 1
    assert not path.exists()
    assert _owned(world, item)[0].size == len(big)


def test_bringing_by_hand_asks_for_a_mandate_and_a_file_of_the_sort(
    world: World, tmp_path: Path, film_files: Mapping[str, Path]
) -> None:
    """A person names film and file; the file stays where it is, and the same again adds nothing."""
    item = _youtube(world)
    world.scan()
    film = world.film_of(item)
    with world.open() as home:
        with pytest.raises(GuardError):
            bring(home, film_files["plain.mp4"], film.id, OFFICER)
        for bad in (film_files["voice.mp3"], tmp_path, tmp_path / "saknas.mp4", _lay(tmp_path, "tom.mp4", b"")):
            with pytest.raises(RefusedError, match="PATH"):
                bring(home, bad, film.id, COMMUNICATOR)
        with pytest.raises(RefusedError):
            bring(home, film_files["plain.mp4"], "999", COMMUNICATOR)
        assert bring(home, film_files["plain.mp4"], str(film.number), COMMUNICATOR).taken == 1
        assert bring(home, film_files["plain.mp4"], str(film.number), COMMUNICATOR).taken == 0
        assert bring(home, film_files["vertical.mp4"], str(film.number), COMMUNICATOR).taken == 1
    assert film_files["plain.mp4"].exists()
    assert len(_owned(world, item)) == 2


def test_the_platforms_own_file_is_no_original(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """The same bytes as the platform's are in the archive already: the file is moved aside and that is told."""
    data = film_files["plain.mp4"].read_bytes()
    item = world.film(data)
    world.film(
        account=PAGE,
        files=[File(pdf(folder.parent / "rapport.pdf").read_bytes(), "document", "application/pdf")],
        data=None,
        text="Rapport",
    )
    world.scan()
    _lay(folder, "hemifran.mp4", data)
    _lay(folder, "rapporten.pdf", folder.parent / "rapport.pdf")
    done = _run(world)
    assert (done.taken, done.left) == (0, 0)
    assert _codes(done) == ["L147", "L147"]
    assert _owned(world, item) == []
    assert len(list((folder / "inlagda").iterdir())) == 2


def test_repeating_after_a_stop_is_harmless(
    world: World, folder: Path, film_files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between archive and folder, the next run only moves the file; the archive has it once."""
    item = _youtube(world)
    world.scan()
    path = _lay(folder, "film.mp4", film_files["plain.mp4"])

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(originals, "_aside", stopped)
        with pytest.raises(KeyboardInterrupt):
            _run(world)
    assert path.exists()
    rows = len(world.rows(item))
    done = _run(world)
    assert (done.taken, done.left, done.findings) == (0, 0, ())
    assert not path.exists()
    assert len(world.rows(item)) == rows
    _lay(folder, "film.mp4", film_files["plain.mp4"])
    _run(world)
    assert sorted(one.name for one in (folder / "inlagda").iterdir()) == ["film-2.mp4", "film.mp4"]


def test_a_file_that_changes_while_it_is_read_is_not_stored(
    world: World, folder: Path, film_files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are others at the second reading never lie in the store under the first reading's name."""
    item = _youtube(world)
    world.scan()
    path = _lay(folder, "film.mp4", film_files["plain.mp4"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    hashed = lying.digest_of

    def then_changed(file: object) -> str:
        found = hashed(file)  # type: ignore[arg-type] # handed on
        facts = path.stat()
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(originals, "digest_of", then_changed)
        done = _run(world)
    assert (done.taken, _codes(done)) == (0, ["L149"])
    with world.open() as home:
        assert home.ground.store.head(medium(digest)) is None
    assert path.exists()
    assert _run(world).taken == 1
    assert len(_owned(world, item)) == 1


def test_an_account_that_is_harvested_is_waited_for(
    world: World, folder: Path, film_files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a harvest holds the account nothing is written beside it; the next night takes the file."""
    _youtube(world)
    world.scan()
    _lay(folder, "film.mp4", film_files["plain.mp4"])
    monkeypatch.setattr("flows.keep.patience._TRIES", 1)
    with world.open() as home, home.ground.state.hold_lease(f"account:{CHANNEL}"):
        done = take_in(home)
    assert (done.taken, done.left, _codes(done)) == (0, 1, ["L148"])
    assert _run(world).taken == 1


def test_captions_alone_need_the_films_number(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """Captions that come later are taken when their name names the film; broken ones too, empty ones not."""
    item = world.film(film_files["plain.mp4"].read_bytes(), account=ACCOUNT)
    world.scan()
    number = world.film_of(item).number
    _lay(folder, f"film-{number}.en.srt", b"1\n00:00:05,000 --> 00:00:01,000\nBackwards\n")
    _lay(folder, "nagot.vtt", VTT.encode())
    _lay(folder, f"film-{number}.vtt", b"")
    done = _run(world)
    assert (done.taken, done.left) == (1, 2)
    assert set(_codes(done)) == {"L140", "L143"}
    (captions,) = _owned(world, item)
    assert (captions.role, captions.language) == ("caption", "eng")


def test_a_closed_film_takes_no_file_by_its_length(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """What is declined or has its original is not matched again; a new original for it is named by hand."""
    item = _youtube(world)
    world.scan()
    world.stand(world.film_of(item).id, standing="declined")
    _lay(folder, "film.mp4", film_files["plain.mp4"])
    assert _codes(_run(world)) == ["L140"]
    world.stand(world.film_of(item).id, standing="candidate")
    assert _run(world).taken == 1
    _lay(folder, "nyare.mp4", film_files["silent.mp4"])
    assert _codes(_run(world)) == ["L140"]
    (folder / "nyare.mp4").rename(folder / f"film-{world.film_of(item).number}.mp4")
    assert _run(world).taken == 1
    assert len(_owned(world, item)) == 2


def test_a_film_of_twenty_gigabytes_is_never_in_memory(
    world: World, tmp_path: Path, film_files: Mapping[str, Path]
) -> None:
    """A file is read in pieces of a megabyte at most, whatever its size; a sparse one stands for it here."""
    item = _youtube(world)
    world.scan()
    path = tmp_path / "stor.mp4"
    data = film_files["plain.mp4"].read_bytes()
    size = 100 << 20
    with path.open("wb") as file:
        file.write(data + (size - len(data)).to_bytes(4, "big") + b"free")
        file.truncate(size)
    with world.open() as home:
        tracemalloc.start()
        try:
            assert bring(home, path, world.film_of(item).id, COMMUNICATOR).taken == 1
            assert tracemalloc.get_traced_memory()[1] < 16 << 20
        finally:
            tracemalloc.stop()
    assert _owned(world, item)[0].size == size


def test_a_folder_that_is_gone_is_told_and_hinders_nothing(world: World) -> None:
    """A disk that is not there tonight is a finding; without a folder in the settings nothing happens."""
    assert _run(world) == TakenIn()
    world.settings('[deposit]\noriginals = "/finns/inte"\n')
    assert _codes(_run(world)) == ["L149"]
    with pytest.raises(GuardError):
        _run(world, OFFICER)


def test_a_clock_that_is_wrong_keeps_no_file_out(tmp_path: Path) -> None:
    """A file dated into the future is whole all the same; one changed a moment ago is waited for."""
    (tmp_path / "a.mp4").write_bytes(b"x")
    now = (tmp_path / "a.mp4").stat().st_mtime
    assert [len(lying.look_around(tmp_path, now + by)[0]) for by in (1, 59, 61, -7200)] == [0, 0, 1, 1]


def test_stopped_at_any_write_the_next_run_ends_it(world: World, folder: Path, film_files: Mapping[str, Path]) -> None:
    """Killed before or after any write, a repetition leaves one original, one receipt and nothing lost or left over."""
    item = _youtube(world)
    world.scan()
    film = world.film_of(item)
    data = film_files["plain.mp4"].read_bytes()
    ended, stop_at = False, 0
    while not ended:
        stop_at += 1
        _lay(folder, f"film-{film.number}.mp4", data + b"\0\0\0\x0cfree" + stop_at.to_bytes(4, "big"))
        counter = Counter(stop_at)
        with world.open() as home:
            ground = replace(
                home.ground,
                store=cast("Store", StoppingStore(home.ground.store, counter)),
                state=cast("State", StoppingState(home.ground.state, counter)),
            )
            with contextlib.suppress(StoppedError):
                take_in(replace(home, ground=ground))
        ended = counter.points < stop_at
        done = _run(world)
        assert (done.left, done.findings) == (0, ())
        assert len(_owned(world, item)) == stop_at
        assert world.acts(film.id).count("deposit.original") == stop_at
    assert stop_at > 6
    with world.open() as home:
        recover(home.ground.state, home.ground.store, world.at)
        with home.ground.state.reading() as books:
            known = {medium(digest) for digest, _ in books.media.all()}
        assert {one.key for one in home.ground.store.list("media/")} == known
