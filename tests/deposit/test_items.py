"""Films of an item: where they stand, since when, in which edition, with which files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.deposit.items import is_public, member_id, title_of
from schemas.ids import ItemId
from tests.deposit.world import CHANNEL, PAGE, SHOWN, File, World, cues, days


def test_a_film_is_available_from_its_publication(world: World) -> None:
    """The platform's time counts, though it was seen an hour later."""
    (slot,) = world.slots(world.film())
    assert (slot.available, slot.version, slot.public, slot.title) == (SHOWN, 1, True, "Så sorterar du")


def test_without_a_time_of_publication_the_first_sight_counts(world: World) -> None:
    """A platform that gives no time: when we first saw it."""
    (slot,) = world.slots(world.film(published=None, at=SHOWN))
    assert slot.available == SHOWN + timedelta(hours=1)


def test_a_film_added_to_an_old_post_is_available_from_the_edit(world: World) -> None:
    """The clock of what came in version 2 starts when the post was edited, not when it was published."""
    item = world.film(None, files=[File(b"bild", "picture", "image/png")], at=SHOWN - days(40))
    assert world.slots(item) == []
    world.edition(item, File(b"film"), at=SHOWN)
    (slot,) = world.slots(item)
    assert (slot.available, slot.version) == (SHOWN, 2)


def test_private_first_and_public_later_counts_from_when_it_was_opened(world: World) -> None:
    """What nobody could see was not made available."""
    item = world.film(account=CHANNEL, visibility="private", at=SHOWN - days(30))
    (closed,) = world.slots(item)
    assert not closed.public
    world.edition(item, at=SHOWN, visibility="", text="Så sorterar du")
    # The fake edition has no thumbnail and YouTube's own words are kept: it is the same film.
    (opened,) = world.slots(item)
    assert (opened.public, opened.available, opened.member) == (True, SHOWN, closed.member)


def test_hidden_and_gone_were_public_once(world: World) -> None:
    """A film that was taken away again was available all the same."""
    item = world.film()
    row = world.newest(item)
    gone = replace(row, row="sighting", state="gone", observed=SHOWN + days(1), media=(), text=None, payload=None)
    world.store(gone, new=False)
    (slot,) = world.slots(item)
    assert slot.public


@pytest.mark.parametrize(
    ("word", "open_to_all"),
    [
        ("", True),
        ("public", True),
        ("unlisted", True),
        ("LOGGED_IN", True),
        ("withheld:DE", True),
        (None, True),
        ("private", False),
        ("direct", False),
        ("unpublished", False),
        ("connections", False),
        ("PUBLISH_FAILED", False),
        ("friends_of_friends", False),
        ("olistad", True),
        ("något nytt", True),
    ],
)
def test_words_for_visibility(word: str | None, *, open_to_all: bool) -> None:
    """Whoever has the address or registers may see it: public. A word that nobody knows hides no film."""
    assert is_public(word) is open_to_all


def test_other_bytes_in_a_new_version_are_another_film(world: World) -> None:
    """Each edition counts for itself: the same place with another file is a new film from the edit on."""
    place = "https://test/media/rapport.pdf"
    item = world.film(None, files=[File(b"%PDF 1", "document", "application/pdf", origin=place)])
    (first,) = world.slots(item)
    world.edition(item, File(b"%PDF 2", "document", "application/pdf", origin=place), at=SHOWN + days(2))
    before, after = world.slots(item)
    assert before.member == first.member != after.member
    assert (after.version, after.available, after.ref and after.ref.size) == (2, SHOWN + days(2), 6)


def test_an_edited_text_leaves_the_film_what_it_was(world: World) -> None:
    """A new version with the same file is the same film."""
    item = world.film(b"film", files=())
    world.edition(item, File(b"film", origin=world.newest(item).media[0].origin), text="Ny text")
    (slot,) = world.slots(item)
    assert (slot.version, slot.row.version, slot.title) == (1, 2, "Ny text")


def test_a_file_that_was_fetched_later_belongs_to_the_film(world: World) -> None:
    """The bytes come in an observation; the film stands where it stood."""
    item = world.film(None)
    (before,) = world.slots(item)
    world.found_later(item, File(b"film", origin=world.newest(item).media[0].origin))
    (after,) = world.slots(item)
    assert before.member == after.member
    assert before.digests == frozenset()
    assert len(after.digests) == 1


def test_an_owners_file_is_no_film_of_its_own(world: World) -> None:
    """An original belongs to the film that its origin names, captions beside."""
    item = world.film(b"a", files=[File(b"b")])
    one, other = world.slots(item)
    world.found_later(
        item,
        File(b"original", origin=f"original:{other.member}:film.mov", media_type="video/quicktime"),
        File(cues(), "caption", "text/vtt", origin=f"original:{other.member}:film.vtt"),
    )
    first, second = world.slots(item)
    assert (first.member, first.originals) == (one.member, ())
    assert [ref.role for ref in second.originals] == ["video", "caption"]
    assert len(second.digests) == 2
    assert len(second.files) == 2


def test_captions_go_with_every_film_of_the_post(world: World) -> None:
    """Several films in one post: their captions are not told apart, and it is said how many there are."""
    item = world.film(b"a", files=[File(b"b")], captions=[cues()])
    assert [(len(slot.captions), slot.together) for slot in world.slots(item)] == [(1, 2), (1, 2)]


@pytest.mark.parametrize("kind", ["comment", "message", "visitor_post", "boost", "mention"])
def test_what_others_sent_and_passed_on_has_no_films(world: World, kind: str) -> None:
    """Only our own posts, replies and stories count."""
    assert world.slots(world.film(kind=kind)) == []  # type: ignore[arg-type] # all kinds are tried


@pytest.mark.parametrize("payload", ["", "{", "[1]", "null", '{"a":' * 400, '"text"'])
def test_odd_payloads_are_no_obstacle(world: World, payload: str) -> None:
    """A payload that cannot be read leaves the attachments to tell."""
    item = world.film()
    row = world.newest(item)
    world.store(replace(row, version=2, payload=payload, observed=SHOWN + days(1), edited=SHOWN), new=False)
    assert len(world.slots(item)) == 1


def test_titles_are_one_plain_line() -> None:
    """Direction marks, control characters and empty lines do not reach a list."""
    assert title_of("\n \u202e\n<b>Av\x00fall\u2066</b>\tnu\r\nmer") == "<b>Av fall </b> nu"
    assert title_of("") == title_of("\u200b\n\x07") == ""


def test_ids_are_keyed() -> None:
    """Another key gives another id; the same words give the same."""
    item = ItemId("202601-aaaaaaaaaaaaaaaa")
    assert member_id(b"k", item, "film") == member_id(b"k", item, "film")
    assert len({member_id(key, item, slot) for key in (b"k", b"l") for slot in ("film", "\ud800", "x" * 9999)}) == 6


def test_the_same_on_two_platforms(world: World) -> None:
    """Ids of one film at two items differ."""
    (one,) = world.slots(world.film())
    (two,) = world.slots(world.film(account=PAGE))
    assert one.member != two.member
    assert one.digests == two.digests
