"""Decisions: who may decide, what is kept of it and where, and what keeps a film from being decided of."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from flows.deposit.decide import decide, join, seen, split
from flows.deposit.said import said_of
from flows.keep.own import read_own
from flows.oversee.marks import mark_items
from schemas.deposit import DeliveryIntent, Film, Told
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import AUTHORITY, OFFICER
from tests.deposit.world import CHANNEL, COMMUNICATOR, COMPANY, PAGE, SHOWN, World

WHY = "Informationsfilm till allmänheten, färdig. 5ec1e70aDECIDE"


def _decided(
    world: World, *films: str, answer: bool = True, why: str = WHY, told: Told | None = None, **more: Any
) -> tuple[Film, ...]:
    with world.open() as home:
        return decide(home, films, answer, why, more.pop("person", COMMUNICATOR), told or Told(), **more)


def _two(world: World) -> tuple[Film, Film]:
    one, two = world.film(b"ett", text="Ett"), world.film(b"tva", text="Två", account=PAGE)
    world.scan()
    return world.film_of(one), world.film_of(two)


def test_a_yes_stands_with_its_words_in_the_archive_alone(world: World) -> None:
    """A decision's reason and what is told are read back from its record; database and ledger hold none of it."""
    film, _ = _two(world)
    told = Told(title="Så här sorterar du", page="https://www.arvika.se/film", language="swe", genre="Videorecording")
    (after,) = _decided(world, str(film.number), told=told)
    assert (after.standing, after.person, after.way) == ("decided", COMMUNICATOR, "fgs-publ")
    with world.open() as home:
        said = said_of(home.ground, after)
        assert after.record is not None
        row = read_own(home.ground, after.record)
        with home.ground.state.reading() as books:
            links = [link.body for link in books.ledger.about(film.id)]
    assert (said.reason, said.answer, said.told.title, said.told.genre) == (WHY, True, told.title, "videorecording")
    assert row is not None
    assert row.kind == "decision"
    assert json.loads(row.payload or "")["films"] == [film.number]
    assert WHY in (row.text or "")
    assert "5ec1e70aDECIDE" not in "".join(links)
    assert "sorterar" not in "".join(links)
    assert b"5ec1e70aDECIDE" not in (world.root / "hem" / "state" / "bevara.db").read_bytes()


def test_the_same_decision_again_changes_nothing(world: World) -> None:
    """Deciding the same in the same words writes no record; other words do."""
    film, _ = _two(world)
    (first,) = _decided(world, str(film.number))
    world.later(days=1)
    (again,) = _decided(world, film.id)
    assert again == first
    (other,) = _decided(world, film.id, why="Ett annat skäl")
    assert other.record != first.record
    assert world.acts(film.id).count("deposit.decided") == 2


def test_what_was_said_then_is_read_when_it_is_decided_anew(world: World) -> None:
    """A delivery that is built once more finds the words that held when it was planned."""
    film, _ = _two(world)
    _decided(world, film.id, told=Told(title="Första"))
    then = world.at
    world.later(days=2)
    (after,) = _decided(world, film.id, told=Told(title="Andra"))
    with world.open() as home:
        assert said_of(home.ground, after, then).told.title == "Första"
        assert said_of(home.ground, after).told.title == "Andra"
        assert not said_of(home.ground, after, then - timedelta(days=1)).known


def test_several_films_get_one_record_and_two_authorities_two(world: World) -> None:
    """One record holds a decision of several films; another authority's films get one of their own."""
    one, two = _two(world)
    company = world.film(b"bolag", account=COMPANY, text="Bostadsbolaget")
    world.scan()
    three = world.film_of(company)
    after = _decided(world, one.id, str(two.number), three.id, one.id, answer=False)
    assert [film.standing for film in after] == ["declined"] * 3
    assert after[0].record == after[1].record != after[2].record
    assert {film.way for film in after} == {""}


def test_what_stands_outside_may_be_decided_all_the_same(world: World) -> None:
    """A person may decide yes of a film that the law does not reach; its ground is gone then."""
    film, _ = _two(world)
    world.stand(film.id, standing="outside", ground="L104")
    (after,) = _decided(world, film.id)
    assert (after.standing, after.ground) == ("decided", "")


def test_a_rejected_film_is_decided_anew(world: World) -> None:
    """KB's rejection reopens the decision, and a no closes it."""
    film, _ = _two(world)
    _decided(world, film.id)
    world.stand(film.id, standing="rejected", delivery="bevara-1")
    (after,) = _decided(world, film.id, answer=False)
    assert (after.standing, after.delivery) == ("declined", "bevara-1")


@pytest.mark.parametrize("standing", ["packaged", "delivering", "delivered", "accepted", "seen"])
def test_what_is_packaged_is_not_decided_anew(world: World, standing: str) -> None:
    """Once packaged a film's decision stands until the delivery is withdrawn or answered."""
    film, _ = _two(world)
    world.stand(film.id, standing=standing, delivery="bevara-1")
    for answer in (True, False):
        with pytest.raises(GuardError) as refused:
            _decided(world, film.id, answer=answer)
        assert refused.value.code == "G-PACKAGED"


def test_what_a_planned_delivery_names_is_not_decided_anew(world: World) -> None:
    """A no must not slip in between the plan of a delivery and its package; the other film is not decided either."""
    film, other = _two(world)
    _decided(world, film.id)
    with world.open() as home, home.ground.state.writing() as books:
        books.deliveries.plan(
            DeliveryIntent(
                id="bevara-7",
                number=7,
                films=(film.id,),
                authority=AUTHORITY,
                made=world.at,
                through=world.at,
                person=COMMUNICATOR,
            )
        )
    with pytest.raises(GuardError, match="bevara-7"):
        _decided(world, other.id, film.id, answer=False)
    assert {one.id: one.standing for one in world.films()} == {film.id: "decided", other.id: "candidate"}


def test_only_a_mandated_person_with_a_reason_decides(world: World) -> None:
    """Without mandate, a known film or a reason nothing is decided."""
    film, _ = _two(world)
    with pytest.raises(GuardError) as refused:
        _decided(world, film.id, person=OFFICER)
    assert refused.value.code == "G-MANDATE"
    for why in ("", "  \n", "x" * 4001):
        with pytest.raises(RefusedError, match="--reason"):
            _decided(world, film.id, why=why)
    for name in ("999", "", "../x", "12; drop"):
        with pytest.raises(RefusedError):
            _decided(world, film.id, name)
    with pytest.raises(RefusedError):
        _decided(world)
    with pytest.raises(RefusedError):
        _decided(world, film.id, person="Ingen")
    assert {one.standing for one in world.films()} == {"candidate"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", "ftp://arvika.se/film"),
        ("page", "javascript:alert(1)"),
        ("page", "https://anna:hemligt@arvika.se/film"),
        ("page", "https://arvika.se/film?access_token=abc123"),
        ("page", "https://arvika.se/å"),
        ("page", "https://arvika.se/a b"),
        ("page", "https://arvika.se/\u202egpj"),
        ("page", "https://[::1/film"),
        ("page", "https://arvika.se:port/film"),
        ("page", "https://arvika.se/" + "a" * 2000),
        ("file", 'https://arvika.se/"><script>'),
        ("licence", "CC BY 4.0"),
        ("language", "sv"),
        ("language", "sve"),
        ("language", "deu"),
        ("language", "SWE"),
        ("genre", "något eget"),
        ("access", "öppet"),
        ("title", "\u202e\n"),
        ("title", "x" * 301),
        ("password", "x" * 201),
        ("related", ("https://arvika.se", "ingenting")),
        ("related", ("https://arvika.se",) * 21),
    ],
)
def test_what_is_told_is_looked_at(world: World, field: str, value: Any) -> None:
    """Addresses, languages and words that KB could not use are refused with the option's name."""
    film, _ = _two(world)
    with pytest.raises(RefusedError, match=f"--{field}"):
        _decided(world, film.id, told=Told(**{field: value}))
    assert world.film_of(world.members(film.id)[0].item).standing == "candidate"


def test_a_title_becomes_one_line(world: World) -> None:
    """Line breaks and characters that turn the direction do not come into the record."""
    film, _ = _two(world)
    (after,) = _decided(world, film.id, told=Told(title=" Så\tsorterar\u202e du\x00 \n här "))
    with world.open() as home:
        assert said_of(home.ground, after).told.title == "Så sorterar du här"


def test_one_films_own_facts_are_told_of_one_film(world: World) -> None:
    """A title, page, file or password for several films at a time is refused, and a no takes none of them."""
    one, two = _two(world)
    for told in (Told(title="T"), Told(page="https://a.se/1"), Told(file="https://a.se/1.mp4"), Told(password="p")):
        with pytest.raises(RefusedError, match="one film at a time"):
            _decided(world, one.id, two.id, told=told)
    with pytest.raises(RefusedError, match="not delivered"):
        _decided(world, one.id, answer=False, told=Told(language="swe"))
    both = _decided(world, one.id, two.id, told=Told(language="fin"))
    assert {film.standing for film in both} == {"decided"}


def test_the_feed_needs_a_page_or_file_and_to_be_set_up(world: World) -> None:
    """KB fetches what the feed names, so a film without an own address does not go that way."""
    film, _ = _two(world)
    with pytest.raises(RefusedError, match="feed"):
        _decided(world, film.id, way="feed", told=Told(page="https://arvika.se/film"))
    with pytest.raises(RefusedError, match="--way"):
        _decided(world, film.id, way="duva")
    (after,) = _decided(world, film.id, way="form")
    assert after.way == "form"


def test_a_new_version_replaces_what_kb_has(world: World) -> None:
    """Only another film of the same authority that KB has is replaced."""
    one, two = _two(world)
    for bad in (str(two.number), str(one.number), "999"):
        with pytest.raises(RefusedError):
            _decided(world, str(two.number), replaces=bad)
    world.stand(one.id, standing="accepted", delivery="bevara-1")
    (after,) = _decided(world, two.id, replaces=str(one.number))
    assert after.replaces == one.id


def test_two_films_become_one_and_the_clock_starts_at_the_earliest(world: World) -> None:
    """Joining moves the places, keeps the first's number and decision, and forgets the other."""
    early = world.film(b"ett", account=PAGE, at=SHOWN - timedelta(days=40), text="Tidig")
    late = world.film(b"tva", text="Sen")
    world.scan()
    first, second = world.film_of(late), world.film_of(early)
    _decided(world, first.id)
    with world.open() as home:
        after = join(home, str(first.number), str(second.number), COMMUNICATOR)
    assert after.available == second.available
    assert after.standing == "decided"
    assert [one.id for one in world.films()] == [first.id]
    assert {one.item for one in world.members(first.id)} == {early, late}
    assert "deposit.forgotten" in world.acts(second.id)
    with world.open() as home, pytest.raises(RefusedError, match="already"):
        join(home, first.id, second.id, COMMUNICATOR)


def test_a_film_that_is_decided_otherwise_is_not_swallowed(world: World) -> None:
    """What was decided of the other film must not vanish with it; nor may a film in a delivery change."""
    one, two = _two(world)
    _decided(world, two.id, answer=False)
    with world.open() as home, pytest.raises(GuardError) as refused:
        join(home, one.id, two.id, COMMUNICATOR)
    assert refused.value.code == "G-JOIN"
    world.stand(one.id, standing="packaged", delivery="bevara-1")
    with world.open() as home, pytest.raises(GuardError) as refused:
        join(home, two.id, one.id, COMMUNICATOR)
    assert refused.value.code == "G-PACKAGED"
    company = world.film(b"bolag", account=COMPANY, text="Bostadsbolaget")
    world.scan()
    with world.open() as home, pytest.raises(RefusedError, match="authority"):
        join(home, two.id, world.film_of(company).id, COMMUNICATOR)
    with world.open() as home, pytest.raises(GuardError):
        join(home, two.id, one.id, OFFICER)


def test_a_candidate_brings_what_stood_outside_back(world: World) -> None:
    """A film that was also published where the law reaches is a candidate, whichever is named first."""
    one, two = _two(world)
    world.stand(one.id, standing="outside", ground="L104")
    with world.open() as home:
        after = join(home, one.id, two.id, COMMUNICATOR)
    assert (after.standing, after.ground) == ("candidate", "")


def test_parting_makes_a_candidate_of_its_own(world: World) -> None:
    """A place that was joined wrongly is another film again, undecided, with the clock of its own publication."""
    one, two = _two(world)
    _decided(world, one.id)
    (moved,) = world.members(two.id)
    with world.open() as home:
        join(home, one.id, two.id, COMMUNICATOR)
        after = split(home, moved.id, COMMUNICATOR)
        assert (after.standing, after.available) == ("candidate", moved.available)
        assert after.number > one.number
        for bad in (one.id, moved.id, "ffff", ""):
            with pytest.raises(RefusedError):
                split(home, bad, COMMUNICATOR)
    assert {film.standing for film in world.films()} == {"decided", "candidate"}
    assert world.scan().films == 0


def test_only_what_kb_has_is_seen_in_libris(world: World) -> None:
    """A film is seen after it was delivered, under an id of Libris; the same again changes nothing."""
    film, other = _two(world)
    world.stand(film.id, standing="accepted")
    with world.open() as home:
        for bad in ("", "<b>", "https://example.org/bib/1234567", "a b", "x" * 40):
            with pytest.raises(RefusedError, match="--libris"):
                seen(home, film.id, bad, COMMUNICATOR)
        after = seen(home, film.id, "https://libris.kb.se/katalogisering/m5z2w4lz3m2zxpk#it", COMMUNICATOR)
        assert (after.standing, after.libris) == ("seen", "m5z2w4lz3m2zxpk")
        assert seen(home, film.id, "m5z2w4lz3m2zxpk", COMMUNICATOR) == after
        with pytest.raises(GuardError):
            seen(home, other.id, "1234567", COMMUNICATOR)
        with pytest.raises(GuardError):
            seen(home, film.id, "1234567", OFFICER)
    assert world.acts(film.id).count("deposit.seen") == 1


def test_a_test_delivery_is_not_seen_in_libris(world: World) -> None:
    """What was only sent as a test proves nothing, whatever somebody believes to have seen."""
    film, _ = _two(world)
    with world.open() as home, home.ground.state.writing() as books:
        intent = DeliveryIntent(
            id="bevara-9",
            number=9,
            films=(film.id,),
            authority=AUTHORITY,
            status="TEST",
            made=world.at,
            through=world.at,
            person=COMMUNICATOR,
        )
        stored = books.deliveries.plan(intent)
        books.deliveries.change(type(stored)(intent=intent, standing="delivered", changed=world.at))
    world.stand(film.id, standing="delivered", delivery="bevara-9")
    with world.open() as home, pytest.raises(GuardError, match="G-TEST"):
        seen(home, film.id, "1234567", COMMUNICATOR)


def test_a_youtube_film_is_decided_like_any_other(world: World) -> None:
    """A film whose file the platform keeps is decided of too: its original may come later."""
    item = world.film(account=CHANNEL, text="På kanalen")
    world.scan()
    (after,) = _decided(world, world.film_of(item).id)
    assert after.standing == "decided"


def test_what_is_secret_is_not_handed_over(world: World) -> None:
    """A yes to a film in a record that is marked with secrecy is refused; a no is not."""
    film, _ = _two(world)
    with world.open() as home:
        mark_items(home.ground, [world.members(film.id)[0].item], "sekretess", OFFICER, provision="OSL 21:1")
    with pytest.raises(GuardError, match="G-SECRET"):
        _decided(world, film.id)
    assert _decided(world, film.id, answer=False)[0].standing == "declined"
