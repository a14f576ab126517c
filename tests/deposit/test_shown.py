"""Films as an officer sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.deposit.shown import film_shown, films_shown
from schemas.ids import ItemId
from schemas.refusal import RefusedError
from tests.deposit.world import CHANNEL, COMPANY, COMPANY_SLUG, NOW, PAGE, SHOWN, File, World, cues, days
from tests.films import SRT, make


def rows(world: World, *, every: bool = False) -> list[dict[str, Any]]:
    """What is shown after a search."""
    world.scan()
    with world.open() as home:
        return films_shown(home, every=every)


def test_one_film_with_all_there_is_to_know(world: World) -> None:
    """Title, channels with addresses, the clock, captions, files and a proposal."""
    one = world.film(b"film", captions=[cues()], at=SHOWN)
    two = world.film(b"film", account=PAGE, text="Annan\nrubrik", at=SHOWN - days(2))
    (row,) = rows(world)
    assert (row["number"], row["standing"], row["title"], row["role"]) == (1, "candidate", "Annan", "video")
    assert [(one["item"], one["account"], one["platform"], one["joined"]) for one in row["channels"]] == [
        (two, PAGE, "facebook", "first"),
        (one, "nyheter", "mastodon", "bytes"),
    ]
    assert all(one["url"].startswith("https://test/") for one in row["channels"])
    assert (row["last_day"], row["days_left"], row["overdue"], row["stopped"]) == ("2026-04-10", 85, False, False)
    assert row["captions"] == {"present": True, "languages": ["sv"], "missing": False}
    assert row["file"] == {"platform": True, "original": False, "originals": 0, "playable": False}
    assert row["decision"] is None
    assert row["proposal"]["reasons"][0]["text"].startswith("Lagen nämner")


def test_the_last_day_that_comes_first_is_at_the_top(world: World) -> None:
    """An overdue one before all others."""
    world.film(b"1", at=SHOWN)
    world.scan()
    world.film(b"2", at=SHOWN - days(200))
    world.film(b"3", at=SHOWN - days(50))
    found = rows(world)
    assert [one["number"] for one in found] == [2, 3, 1]
    assert [one["overdue"] for one in found] == [True, False, False]


def test_closed_films_are_shown_when_asked_for(world: World) -> None:
    """Declined ones only with every; those outside that nobody has judged always, with their reason."""
    world.settings(f'[deposit]\ncompanies = ["{COMPANY_SLUG}"]\n')
    item, company = world.film(b"1"), world.film(b"2", account=COMPANY)
    world.scan()
    world.stand(world.film_of(item).id, standing="declined", decided=NOW, person="Kim")
    (row,) = rows(world)
    assert (row["channels"][0]["item"], row["ground"], row["proposal"]["answer"]) == (company, "L102", "no")
    assert row["stopped"]
    assert len(rows(world, every=True)) == 2
    world.stand(world.film_of(company).id, decided=NOW, person="Kim", standing="declined")
    assert rows(world) == []


def test_a_film_without_a_file_asks_for_the_original(world: World) -> None:
    """YouTube hands out none."""
    world.film(account=CHANNEL)
    (row,) = rows(world)
    assert (row["file"]["platform"], row["file"]["playable"], row["duration"]) == (False, None, 61_000)
    assert "L111" in [one["code"] for one in row["proposal"]["reasons"]]


def test_captions_inside_the_file_count(world: World, tmp_path: Any) -> None:
    """A track in the film is captions; nothing is asked of the platform."""
    world.film(make(tmp_path / "film.mp4", captions=SRT).read_bytes())
    (row,) = rows(world)
    assert row["captions"]["present"]
    assert row["captions"]["languages"]
    assert row["file"]["playable"]


@pytest.mark.parametrize("data", [b"", b"text", b"\x00\x00\x00\x18ftypmp42" + bytes(40)])
def test_files_that_are_no_films(world: World, data: bytes) -> None:
    """Empty, of another sort, cut: told, and asked about."""
    world.film(data)
    (row,) = rows(world)
    assert row["file"]["playable"] is False
    assert row["proposal"]["answer"] == "ask"
    assert "L115" in [one["code"] for one in row["proposal"]["reasons"]]


def test_a_new_version_may_still_change(world: World) -> None:
    """Two weeks without a new version: finished."""
    item = world.film(b"film", at=SHOWN - days(30))
    world.edition(item, File(b"film", origin=world.newest(item).media[0].origin), at=NOW - days(13))
    (row,) = rows(world)
    assert (row["finished"], row["proposal"]["answer"]) == (False, "ask")
    world.later(days=2)
    assert rows(world)[0]["finished"]


def test_a_new_edition_says_what_it_may_replace(world: World) -> None:
    """The number of the film that stood there before."""
    item = world.film(b"1", at=SHOWN - days(60))
    world.scan()
    world.edition(item, File(b"2"), at=SHOWN - days(20))
    found = {row["number"]: row for row in rows(world)}
    assert (found[1]["may_replace"], found[2]["may_replace"], found[2]["replaces"]) == (None, 1, None)
    assert "L116" in [one["code"] for one in found[2]["proposal"]["reasons"]]
    world.stand(world.films()[1].id, replaces=world.films()[0].id)
    found = {row["number"]: row for row in rows(world)}
    assert found[2]["replaces"] == 1
    assert "L116" not in [one["code"] for one in found[2]["proposal"]["reasons"]]


def test_hostile_titles_are_one_plain_line(world: World) -> None:
    """What turns the direction or moves the cursor never reaches the list."""
    world.film(text="\u202e\x1b[31m<script>\u2066alert\x07\n" + "x" * 100_000)
    (row,) = rows(world)
    assert row["title"] == "[31m<script> alert"


def test_a_film_whose_rows_are_gone_is_still_shown(world: World) -> None:
    """Culled items leave numbers and days; no title, no address."""
    item = world.film()
    world.scan()
    film = world.film_of(item)
    with world.open() as home, home.ground.state.writing() as books:
        books.films.enter([replace(one, item=ItemId(one.item[:-1] + "z")) for one in books.films.members(film.id)])
    with world.open() as home:
        row = film_shown(home, "1")
    assert (row["title"], row["channels"][0]["url"], row["channels"][0]["archived"]) == ("", None, False)


def test_asking_for_what_there_is_not(world: World) -> None:
    """A number that nobody has is refused."""
    with world.open() as home, pytest.raises(RefusedError):
        film_shown(home, "7")
