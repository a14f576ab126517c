"""Ways round the secured copy that are none: words without a word, files that are no pictures, copies locked afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.books import Copy
from schemas.neighbours import MissingError
from schemas.shelf import medium
from tests.oversee.removal.page import Page
from tests.pictures import png


@pytest.mark.parametrize("words", [" ", "\n\t", "\u200b\u2060", "\ufeff."])
def test_a_description_has_words(page: Page, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks and what nobody can see describe nothing: refused before anything is written."""
    monkeypatch.setenv("TEST_READS", "fel")
    page.forget_media("insult")
    asked = ("remove", page.ids["insult"], "--clause", "R01", "--why", "x", "--emergency", words)
    assert "--emergency" in page.refused(*asked, code=2)
    assert page.fake.moderated() == []


@pytest.mark.parametrize(
    "data",
    [b"RIFF\x24\x00\x00\x00WAVEfmt ", b"\x89PNG\r\n\x1a\n", png(2, 2)[:40], b"\xff\xd8\xff", b"%PDF-"],
)
def test_a_screenshot_can_be_looked_at(page: Page, tmp_path: Path, data: bytes) -> None:
    """Sound, and the mere beginning of a picture or PDF, are no copy of anything."""
    shot = tmp_path / "x.png"
    shot.write_bytes(data)
    asked = ("remove", page.ids["insult"], "--clause", "R01", "--why", "x", "--screenshot", str(shot))
    assert "--screenshot" in page.refused(*asked, code=2)


def test_a_screenshot_from_before_the_lock_is_locked(page: Page, tmp_path: Path) -> None:
    """Somebody brought a screenshot, and then it turned out what it shows: that copy is handed to nobody either."""
    page.fake.misbehave(acting="denied")
    shot = tmp_path / "x.png"
    shot.write_bytes(png(5, 5, seed=9))
    page.remove("insult", "--screenshot", str(shot), clause="R03", codes=(5,))
    (digest,) = {one.digest for row in page.rows() if row.kind == "duty_record" for one in row.media if one.digest}
    page.remove("insult", "--locked", clause="R03", codes=(5,))
    with page.open() as home, pytest.raises(MissingError):
        home.ground.store.get(medium(digest))


def test_what_somebody_else_hid_may_still_be_taken_away(page: Page) -> None:
    """Hidden without us and explained, it can be removed by a removal of its own."""
    page.fake.act("hide", id=page.natives["insult"].rpartition("_")[2])
    page.later(days=1)
    page.harvest()
    page.oversee("removed", page.ids["insult"], "--by", "unknown", "--why", "Ingen vet")
    told = page.remove("insult")
    assert (told["number"], told["standing"]) == (2, "removed")


def test_what_was_made_of_equal_bytes_is_locked(page: Page) -> None:
    """A rendition that was made for another item with the same picture is not read either; one of other items is."""
    page.remove("insult", "--locked", clause="R03")
    same, other = "work/renditions/a", "work/renditions/b"
    with page.open() as home:
        (digest,) = {one.digest for row in page.rows() if row.item == page.ids["insult"] for one in row.media}
        assert digest is not None
        with home.ground.state.writing() as books:
            books.media.refer([(page.ids["thanks"], digest)], {})
            for key, item in ((same, page.ids["thanks"]), (other, page.ids["advert"])):
                made = Copy(key=key, kind="rendition", items=(item,), made=page.at)
                books.copies.add(made)
        for key in (same, other):
            home.ground.store.put_new(key, b"x")
        with pytest.raises(MissingError):
            home.ground.store.get(same)
        assert home.ground.store.get(other) == b"x"
