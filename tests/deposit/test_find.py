"""Films found in the archive: entered once, grouped, judged; cheap, repeatable, safe to stop."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.home import open_home
from flows.deposit.find import scan
from flows.keep.films import unsearched
from flows.keep.rewrite import compact
from schemas.books import LeaseTakenError
from schemas.ids import ItemId
from tests.cull.archive import ACCOUNT, AUTHORITY
from tests.deposit.world import CHANNEL, COMPANY, COMPANY_SLUG, PAGE, SHOWN, File, World, days
from tests.films import make
from tests.stopping import Counter, StoppedError, StoppingState


def codes(world: World) -> list[str]:
    """Codes of what a search tells."""
    return [one.code for one in world.scan().findings]


def test_every_film_is_found_once(world: World) -> None:
    """Films, documents and sound of posts, replies and stories; looking again enters nothing."""
    items = [
        world.film(b"1"),
        world.film(b"2", kind="reply"),
        world.film(b"3", kind="story"),
        world.film(None, files=[File(b"%PDF", "document", "application/pdf"), File(b"bild", "picture", "image/png")]),
        world.film(None, files=[File(b"ljud", "audio", "audio/mpeg")]),
        world.film(account=CHANNEL),
    ]
    world.film(b"4", kind="comment")
    world.film(None, files=[File(b"bild", "picture", "image/png")])
    found = world.scan()
    assert (found.films, found.members) == (6, 6)
    assert {one.item for one in world.members()} == set(items)
    assert [one.number for one in world.films()] == [1, 2, 3, 4, 5, 6]
    before = world.films(), world.members()
    again = world.scan()
    assert (again.films, again.members, again.updated, again.findings) == (0, 0, 0, [])
    assert (world.films(), world.members()) == before


def test_looking_again_raises_no_revision_and_tells_nothing(world: World) -> None:
    """A night with nothing new leaves approved cullings as they were, and the ledger."""
    world.film()
    world.scan()
    world.film(None, files=[File(b"bild", "picture", "image/png")])

    def stands() -> tuple[int, int]:
        with world.open() as home, home.ground.state.reading() as books:
            return books.revision(), books.ledger.head()[0]

    before = stands()
    world.scan()
    assert stands() == before


def test_the_same_bytes_on_two_channels_are_one_film(world: World) -> None:
    """The clock counts from the earliest channel; another authority's film is its own."""
    late = world.film(b"film", at=SHOWN)
    early = world.film(b"film", account=PAGE, at=SHOWN - days(20), text="Annan titel")
    world.film(b"film", account=COMPANY)
    world.scan()
    film = world.film_of(late)
    assert (film, film.available) == (world.film_of(early), SHOWN - days(20))
    assert {one.item: one.joined for one in world.members(film.id)} == {early: "first", late: "bytes"}
    assert [one.authority for one in world.films()] == [AUTHORITY, COMPANY_SLUG]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, bytes]:
    """One film coded twice, and one of another length."""
    folder = tmp_path_factory.mktemp("filmer")
    made = (make(folder / "a.mp4"), make(folder / "a.webm"), make(folder / "b.mp4", seconds=3))
    one, two, three = (path.read_bytes() for path in made)
    return one, two, three


def test_recoded_on_another_channel_is_one_film(world: World, films: tuple[bytes, bytes, bytes]) -> None:
    """Other bytes, same title and length, within two weeks: one film; another length is another."""
    one = world.film(films[0], text="Så sorterar du")
    two = world.film(films[1], account=PAGE, text="SÅ SORTERAR DU!\nLäs mer", at=SHOWN + days(1))
    other = world.film(films[2], account=PAGE, text="Så sorterar du", at=SHOWN + days(2))
    world.scan()
    assert world.together() == {frozenset({one, two}), frozenset({other})}
    (first, second) = world.members(world.film_of(one).id)
    assert (first.joined, second.joined) == ("first", "likeness")
    assert first.duration is not None
    assert (first.width, first.height) == (320, 180)


def test_a_film_that_is_decided_keeps_its_decision(world: World) -> None:
    """The same film on another channel later is decided too; the clock goes to the earlier day, and it is said."""
    one = world.film(b"film")
    world.scan()
    film = world.film_of(one)
    world.stand(film.id, standing="declined", decided=world.at, person="Kim")
    two = world.film(b"film", account=PAGE, at=SHOWN - days(5))
    assert codes(world) == ["L120"]
    after = world.film_of(two)
    assert (after.id, after.standing, after.available) == (film.id, "declined", SHOWN - days(5))
    assert codes(world) == []


def test_a_new_edition_is_a_new_candidate(world: World) -> None:
    """Another file in a later version is not covered by what was decided of the first."""
    item = world.film(b"one")
    world.scan()
    world.stand(world.film_of(item).id, standing="accepted", decided=world.at)
    world.edition(item, File(b"two"), at=SHOWN + days(30))
    assert world.scan().films == 1
    first, second = world.films()
    assert (first.standing, second.standing, second.available) == ("accepted", "candidate", SHOWN + days(30))


def test_what_the_act_does_not_reach_stands_outside(world: World) -> None:
    """Never public; a company's; before 2015 in Swedish time."""
    world.settings(f'[deposit]\ncompanies = ["{COMPANY_SLUG}"]\n')
    cases = {
        world.film(b"1", visibility="private"): "L101",
        world.film(b"2", account=COMPANY): "L102",
        world.film(b"3", at=SHOWN.replace(year=2014, month=12, day=31, hour=22, minute=59)): "L103",
        world.film(b"4", at=SHOWN.replace(year=2014, month=12, day=31, hour=23)): "",
    }
    assert world.scan().outside == 3
    assert {item: world.film_of(item).ground for item in cases} == cases
    assert [one.standing for one in world.films()].count("outside") == 3


def test_a_company_named_later_and_named_no_more(world: World) -> None:
    """Films that nobody has decided follow the settings; decided ones stand."""
    undecided, decided = world.film(b"1", account=COMPANY), world.film(b"2", account=COMPANY)
    world.scan()
    world.stand(world.film_of(decided).id, standing="decided", decided=world.at)
    world.settings(f'[deposit]\ncompanies = ["{COMPANY_SLUG}"]\n')
    assert world.scan().outside == 1
    assert (world.film_of(undecided).ground, world.film_of(decided).standing) == ("L102", "decided")
    world.settings()
    world.scan()
    assert (world.film_of(undecided).standing, world.film_of(undecided).ground) == ("candidate", "")


def test_opened_to_the_public_later_it_becomes_a_candidate(world: World) -> None:
    """What stood outside since nobody could see it, counts from the day it was opened."""
    item = world.film(visibility="private", at=SHOWN - days(60))
    world.scan()
    assert world.film_of(item).ground == "L101"
    world.edition(item, File(b"film", origin=world.newest(item).media[0].origin), at=SHOWN, visibility="public")
    world.scan()
    after = world.film_of(item)
    assert (after.standing, after.ground, after.available) == ("candidate", "", SHOWN)


def test_a_file_that_came_later_gives_the_length(world: World, films: tuple[bytes, bytes, bytes]) -> None:
    """A member entered without bytes gets its length when they come."""
    item = world.film(None)
    world.scan()
    assert world.members()[0].duration is None
    world.found_later(item, File(films[0], origin=world.newest(item).media[0].origin))
    assert world.scan().updated == 1
    assert world.members()[0].duration is not None
    assert world.scan().updated == 0


def test_an_original_joins_two_channels(world: World, films: tuple[bytes, bytes, bytes]) -> None:
    """The owner's file at both: the same bytes. The film that goes leaves its number unused."""
    one, two = world.film(b"a", text="Ett"), world.film(b"b", account=PAGE, text="Två", at=SHOWN + days(1))
    world.scan()
    assert [one.number for one in world.films()] == [1, 2]
    world.found_later(one, File(films[0], origin="original::film.mov"))
    world.found_later(two, File(films[0], origin="original::film.mov"))
    assert "L123" in codes(world)
    assert world.together() == {frozenset({one, two})}
    world.film(b"c")
    world.scan()
    assert [one.number for one in world.films()] == [1, 3]


def test_a_film_that_is_lost_from_the_store_is_told(world: World) -> None:
    """The length cannot be read; the film is a candidate all the same."""
    item = world.film(b"film")
    digest = world.newest(item).media[0].digest
    (path,) = (path for path in (world.root / "hem").rglob(str(digest)))
    path.unlink()
    assert codes(world) == ["L121", "L122"]
    assert world.film_of(item).standing == "candidate"


def test_in_two_halves_as_at_once(world: World, films: tuple[bytes, bytes, bytes], tmp_path: Path) -> None:
    """Whatever order the nights bring films in, they end as the same films with the same clocks."""
    halves = World(tmp_path / "halvor")
    shutil.copytree(world.root, halves.root)
    steps: list[Callable[[World], ItemId]] = [
        lambda w: w.film(films[0], text="Så sorterar du", at=SHOWN + days(4)),
        lambda w: w.film(films[1], account=PAGE, text="Så sorterar du", at=SHOWN + days(1)),
        lambda w: w.film(films[0], account=PAGE, text="Igen", at=SHOWN + days(20)),
        lambda w: w.film(films[2], text="Så sorterar du", at=SHOWN),
        lambda w: w.film(films[1][:-1], text="Så sorterar du", at=SHOWN + days(2)),
        lambda w: w.film(account=CHANNEL, text="Så sorterar du", payload={"contentDetails": {"duration": "PT2S"}}),
    ]
    for step in steps:
        step(world)
    world.scan()
    for step in steps:
        step(halves)
        halves.scan()

    def told(some: World) -> set[tuple[frozenset[str], str]]:
        members = some.members()
        return {
            (frozenset(one.id for one in members if one.film == film.id), film.available.isoformat())
            for film in some.films()
        }

    assert told(world) == told(halves)
    assert {one.id: one.duration for one in world.members()} == {one.id: one.duration for one in halves.members()}


def test_stopped_at_any_point_and_run_again(world: World, tmp_path: Path) -> None:
    """At every commit: what was entered is whole, and the next run completes it to the same."""
    for number in range(2):
        world.film(f"film {number}".encode(), text=f"Film {number}", at=SHOWN + days(number))
    world.film(b"film 1", account=PAGE, at=SHOWN - days(40))
    point = 0
    ends = []
    while True:
        point += 1
        root = tmp_path / f"punkt{point}"
        shutil.copytree(world.root, root)
        copy = World(root)
        counter = Counter(point)
        try:
            with copy.open() as home:
                state = StoppingState(home.ground.state, counter)
                scan(replace(home, ground=replace(home.ground, state=state)))
            stopped = False
        except StoppedError:
            stopped = True
        with copy.open() as home:
            with home.ground.state.reading() as books:
                assert {one.film for one in books.films.members()} == {one.id for one in books.films.all()}
            scan(home)
            with home.ground.state.reading() as books:
                ends.append((books.films.all(), books.films.members()))
                assert unsearched(books) == []
        if not stopped:
            break
    assert point > 4
    assert all(end == ends[0] for end in ends)


def test_two_who_look_at_once(world: World) -> None:
    """The second waits a little and is refused; nothing is entered twice."""
    world.film()
    with (
        world.open() as home,
        home.ground.state.hold_lease("deposit:films"),
        open_home(home.path, at=world.at) as other,
        pytest.raises(LeaseTakenError),
    ):
        scan(other)


def test_what_is_stored_says_nothing_of_content(world: World) -> None:
    """No title, address, file name or digest of content in the state database or the ledger."""
    item = world.film(b"5ec1e70a1b2c3d4e film", text="Hemlig titel 5ec1e7")
    world.edition(item, File(b"5ec1e70a1b2c3d4e film"), text="Hemlig titel 5ec1e7")
    row = world.newest(item)
    world.scan()
    with world.open() as home, home.ground.state.reading() as books:
        told = [link.body for link in books.ledger.after(0) if '"deposit.' in link.body]
    stored = json.dumps([str(one) for one in (*world.films(), *world.members(), *told)])
    for secret in ("Hemlig", "5ec1e7", "https://", str(row.media[0].digest), row.native):
        assert secret not in stored
    assert ACCOUNT in stored


def test_a_month_written_anew(world: World, tmp_path: Path) -> None:
    """It is not searched again when all of it was searched; a file with something new in it is."""

    def compacted(some: World) -> int:
        with some.open() as home:
            ground = home.ground
            assert compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1) == 1
            with ground.state.reading() as books:
                return len(unsearched(books))

    for number in range(2):
        world.film(f"{number}".encode())
    world.scan()
    copy = World(tmp_path / "kopia")
    shutil.copytree(world.root, copy.root)
    assert compacted(copy) == 0
    world.film(b"ny")
    assert compacted(world) == 1
    assert world.scan().films == 1
