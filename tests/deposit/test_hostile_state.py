"""Films found, opened, joined and parted in unlucky orders: none is lost, no number is given twice, no clock is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.deposit.decide import decide, join, split
from flows.keep.films import kept
from schemas.ids import ItemId
from tests.cull.archive import OLD
from tests.deposit.world import CHANNEL, COMMUNICATOR, COMPANY, COMPANY_SLUG, PAGE, SHOWN, File, World, days


def test_an_exported_youtube_film_without_any_file_is_kept(world: World) -> None:
    """Google's export hands out neither film nor thumbnail; until somebody has searched, the item stays."""
    row = world.row(
        "post",
        OLD,
        platform="youtube",
        account=CHANNEL,
        payload='{"video id": "vid00000001", "video title (original)": "Så sorterar du"}',
        identity="0" * 64,
        links=(),
    )
    item = world.store(replace(row, native="vid00000001"))
    with world.open() as home:
        assert kept(home.ground) == {item}
    assert world.scan().films == 1


@pytest.mark.parametrize("how", ["joined", "half gone"])
def test_a_held_film_that_is_opened_to_the_public_becomes_a_candidate(world: World, how: str) -> None:
    """Nobody has decided it: what was never public and is public now has a clock, whoever put it together."""
    one = world.film(b"1", visibility="private", at=SHOWN - days(60))
    two = world.film(b"2", account=PAGE, visibility="private", at=SHOWN - days(61))
    world.scan()
    if how == "joined":
        with world.open() as home:
            join(home, str(world.film_of(one).number), str(world.film_of(two).number), COMMUNICATOR)
    else:
        _without_rows(world, world.film_of(one).id)
    assert world.film_of(one).ground == "L101"
    world.edition(one, File(b"1", origin=world.newest(one).media[0].origin), at=SHOWN, visibility="public")
    world.scan()
    after = world.film_of(one)
    assert (after.standing, after.ground, after.available) == ("candidate", "", SHOWN)


def _without_rows(world: World, film: str) -> None:
    """Give the film a place whose rows are in the archive no longer, as a culling leaves it."""
    (member,) = world.members(film)
    gone = replace(member, id="f" * 32, item=ItemId(f"{member.item[:-1]}{'a' if member.item[-1] != 'a' else 'b'}"))
    with world.open() as home, home.ground.state.writing() as books:
        books.films.enter([gone])


def test_a_running_number_is_given_once(world: World) -> None:
    """What is split off gets no number that a film had before it was joined to another."""
    one, two = world.film(b"1"), world.film(b"2", account=PAGE)
    world.scan()
    with world.open() as home:
        join(home, "1", "2", COMMUNICATOR)
        (other,) = (member for member in world.members() if member.id != world.film_of(one).id)
        assert other.item in (two, one)
        assert split(home, other.id, COMMUNICATOR).number == 3
    world.film(b"3")
    world.scan()
    assert [film.number for film in world.films()] == [1, 3, 4]


def test_a_place_nobody_could_see_starts_no_clock_when_films_are_joined(world: World, tmp_path: Path) -> None:
    """A private upload of 2014 and the same film made public in 2026 are one: the act reaches it, from 2026 on."""
    private = world.film(b"1", visibility="private", at=SHOWN.replace(year=2014))
    public = world.film(b"2", account=PAGE, at=SHOWN)
    world.scan()
    for first, second in ((public, private), (private, public)):
        copy = World(shutil.copytree(world.root, tmp_path / str(first)))
        with copy.open() as home:
            after = join(home, str(copy.film_of(first).number), str(copy.film_of(second).number), COMMUNICATOR)
        assert (after.standing, after.ground, after.available) == ("candidate", "", SHOWN)
        copy.scan()
        assert (copy.film_of(public).standing, copy.film_of(public).available) == ("candidate", SHOWN)


def test_joined_with_a_companys_public_film_the_ground_is_the_companys(world: World) -> None:
    """A film that was open somewhere is not said to have been closed everywhere; it follows the settings."""
    world.settings(f'[deposit]\ncompanies = ["{COMPANY_SLUG}"]\n')
    private = world.film(b"1", account=COMPANY, visibility="private")
    public = world.film(b"2", account=COMPANY)
    world.scan()
    with world.open() as home:
        after = join(home, str(world.film_of(private).number), str(world.film_of(public).number), COMMUNICATOR)
    assert after.ground == "L102"
    world.settings()
    world.scan()
    assert world.film_of(public).standing == "candidate"


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_an_absurd_day_stops_no_search_and_no_list(world: World, at: datetime) -> None:
    """The ends of the calendar: the film is entered, shown and counted like any other."""
    world.film(b"1", published=at)
    ordinary = world.film(b"2")
    world.scan()
    assert world.film_of(ordinary).standing == "candidate"
    assert len(world.command("deposit", "films", "--all")["films"]) == 2


def test_a_place_nobody_could_see_starts_no_clock_when_another_is_split_off(world: World) -> None:
    """Of what is left only places that were open count: the film does not become one of 2014."""
    world.film(b"1", visibility="private", at=SHOWN.replace(year=2014))
    first = world.film(b"1", account=PAGE, at=SHOWN - days(3))
    later = world.film(b"1", account=PAGE, at=SHOWN)
    world.scan()
    before = world.film_of(first)
    assert (before.standing, before.available) == ("candidate", SHOWN - days(3))
    (place,) = (one.id for one in world.members() if one.item == later)
    with world.open() as home:
        split(home, place, COMMUNICATOR)
    world.scan()
    assert {film.standing for film in world.films()} == {"candidate"}
    assert world.film_of(first).available == SHOWN - days(3)


@pytest.mark.parametrize(
    ("told", "opened"),
    [
        ({"published": SHOWN - days(2)}, SHOWN - days(2)),
        ({"published": SHOWN - days(60), "edited": SHOWN - days(55)}, SHOWN),
        ({"published": SHOWN - days(60), "edited": SHOWN - days(1)}, SHOWN - days(1)),
        ({"published": SHOWN + days(9), "edited": None}, SHOWN),
    ],
)
def test_a_scheduled_film_counts_from_the_hour_it_was_published(
    world: World, told: dict[str, Any], opened: datetime
) -> None:
    """Not from the night we saw it: the platform's new day of publication counts; never a day on which it was closed."""
    item = world.film(b"1", account=CHANNEL, visibility="private", at=SHOWN - days(60), observed=SHOWN - days(50))
    world.edition(item, at=SHOWN, visibility="", **{"edited": SHOWN, **told})
    (slot,) = world.slots(item)
    assert (slot.public, slot.available) == (True, opened)


def test_what_was_parted_stays_parted_when_one_of_them_changes(world: World) -> None:
    """The same bytes in two places are two films because a person said so; a new version of one joins them not."""
    one, two = world.film(b"1"), world.film(b"1", account=PAGE, at=SHOWN + days(1))
    world.scan()
    (place,) = (member.id for member in world.members() if member.item == two)
    with world.open() as home:
        split(home, place, COMMUNICATOR)
    for item in (one, two):
        world.edition(item, File(b"1", origin=world.newest(item).media[0].origin))
        world.scan()
    assert [film.number for film in world.films()] == [1, 2]
    assert world.together() == {frozenset({one}), frozenset({two})}


def test_declined_while_it_was_closed_and_opened_later_it_is_asked_again(world: World) -> None:
    """A no to what nobody could see is no answer to what is public; a no to what was open stands."""
    closed = world.film(b"1", visibility="private", at=SHOWN - days(60))
    public = world.film(b"2", at=SHOWN - days(60))
    world.scan()
    with world.open() as home:
        decide(home, ["1", "2"], False, "Bara för personalen", COMMUNICATOR)
    for item in (closed, public):
        at = world.at + days(1)
        world.edition(item, File(origin=world.newest(item).media[0].origin, data=None), at=at, visibility="public")
    told = world.scan()
    after = world.film_of(closed)
    assert (after.standing, after.decided, after.person, after.available) == ("candidate", None, "", world.at + days(1))
    assert world.film_of(public).standing == "declined"
    assert [one.code for one in told.findings] == ["L124"]
    assert closed in _kept(world)


def test_decided_while_it_was_closed_the_clock_counts_from_the_opening(world: World) -> None:
    """A yes stands; its clock never ran from a private upload's day (of 2014, when there was no act yet)."""
    item = world.film(b"1", visibility="private", at=SHOWN.replace(year=2014), observed=SHOWN - days(3))
    world.scan()
    with world.open() as home:
        decide(home, ["1"], True, "Släpps i januari", COMMUNICATOR)
    world.edition(item, File(origin=world.newest(item).media[0].origin, data=None), at=SHOWN, visibility="public")
    world.scan()
    after = world.film_of(item)
    assert (after.standing, after.available) == ("decided", SHOWN)
    assert world.command("deposit", "films")["films"][0]["stopped"] is False


def test_a_film_that_a_person_joined_and_nobody_decided_is_not_called_decided(world: World) -> None:
    """One more place of it is no decided film's one more place."""
    one, two = world.film(b"1"), world.film(b"2", account=PAGE)
    world.scan()
    with world.open() as home:
        join(home, str(world.film_of(one).number), str(world.film_of(two).number), COMMUNICATOR)
    world.film(b"1", at=SHOWN + days(1))
    assert world.scan().findings == []


@pytest.mark.parametrize("answer", [True, False])
def test_what_only_looks_like_a_decided_film(world: World, *, answer: bool) -> None:
    """Next week's film of the same title and length goes under a yes, told aloud (L125), and never under a no."""
    first = world.film(account=CHANNEL, text="Veckan i kommunen")
    world.scan()
    with world.open() as home:
        decide(home, ["1"], answer, "Bara den veckan", COMMUNICATOR)
    row = world.newest(first)
    other = replace(row, item=ItemId(f"{row.item[:-1]}q"), native="vid99999999", account=PAGE, batch="q" * 20)
    world.store(replace(other, published=SHOWN + days(7), observed=SHOWN + days(7), media=()))
    told = world.scan()
    assert ("L125" in {one.code for one in told.findings if one.severity == "warning"}) is answer
    standing = [one["standing"] for one in world.command("deposit", "films", "--all")["films"]]
    assert sorted(standing) == (["decided"] if answer else ["candidate", "declined"])


def _kept(world: World) -> frozenset[ItemId]:
    with world.open() as home:
        return kept(home.ground)
