"""Suspected abuse material: never copied, locked where it lies, reported, and away from the page at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.storage.locked import LockedStore
from schemas.neighbours import MissingError
from schemas.shelf import medium
from tests.oversee.removal.page import DISA, EVA, Page
from tests.pictures import png


def _digest(page: Page) -> str:
    return next(one.digest for row in page.rows() if row.item == page.ids["insult"] for one in row.media if one.digest)


def test_nothing_is_fetched_and_it_goes_at_once(page: Page) -> None:
    """No read of the page but the look at the one item; removed; nobody is told; the police report waits."""
    before = len(page.fake.history()["asked"])
    told = page.remove("insult", "--locked", clause="R03")
    assert (told["standing"], told["secured"], told["noticed"], told["police"]) == ("removed", "locked", "none", True)
    assert {"W243", "W248"} <= {one["code"] for one in told["findings"]}
    asked = [line for line, _ in page.fake.history()["asked"][before:]]
    assert not any("/media/" in line or "comments" in line for line in asked), asked
    assert page.performed("notify") == []


def test_the_archives_copy_is_handed_to_nobody(page: Page) -> None:
    """The store does not read it, for any item that has the same bytes; that it is there can still be proven."""
    digest = _digest(page)
    with page.open() as home:
        assert isinstance(home.ground.store, LockedStore)
        assert home.ground.store.get(medium(digest))
    page.remove("insult", "--locked", clause="R03")
    with page.open() as home:
        for read in (home.ground.store.get, home.ground.store.open):
            with pytest.raises(MissingError):
                read(medium(digest))
        assert home.ground.store.checksum(medium(digest)) == digest
    page.say("verify", "--deep", codes=(0, 3))


def test_it_is_held_until_somebody_lifts_it(page: Page) -> None:
    """A hold of its own keeps it for the police; whoever may lift holds lifts it."""
    page.remove("insult", "--locked", clause="R03")
    with page.open() as home, home.ground.state.reading() as books:
        (hold,) = books.holds.in_force()
    assert (hold.scope, hold.subject) == ("item", page.ids["insult"])
    page.say("hold", "lift", str(hold.number), "--as", EVA)


def test_a_new_version_brings_no_bytes(page: Page) -> None:
    """It is not taken away yet; the next night sees an edit and does not fetch the picture again."""
    page.fake.misbehave(acting="denied")
    page.remove("insult", "--locked", clause="R03", codes=(5,))
    page.fake.misbehave()
    item = page.natives["insult"].rpartition("_")[2]
    page.later(days=1)
    media = [{"media_type": "image/png", "data": "aGVtbGln"}]
    page.fake.act("edit", id=item, text="Ändrat")
    page.fake.act("attach", id=item, media=media)
    before = len(page.fake.history()["asked"])
    page.harvest()
    asked = [line for line, _ in page.fake.history()["asked"][before:]]
    assert not any("/media/" in line for line in asked), asked
    assert max(row.version for row in page.rows() if row.item == page.ids["insult"]) == 2
    page.later(days=1)
    page.harvest()
    asked = [line for line, _ in page.fake.history()["asked"][before:]]
    assert not any("/media/" in line for line in asked), asked


def test_no_screenshot_is_taken_of_it(page: Page, tmp_path: Path) -> None:
    """Refused before anything is written; nor may one be brought afterwards."""
    shot = tmp_path / "x.png"
    shot.write_bytes(png(2, 2))
    asked = ("remove", page.ids["insult"], "--clause", "R03", "--why", "x")
    assert "G-LOCKED" in page.refused(*asked, "--locked", "--screenshot", str(shot))
    page.fake.misbehave(acting="denied")
    page.remove("insult", "--locked", clause="R03", codes=(5,))
    assert "G-LOCKED" in page.refused(*asked, "--screenshot", str(shot))


def test_nothing_that_is_handed_out_has_it(page: Page, tmp_path: Path) -> None:
    """An open export and an answer to a request: the locked bytes are in no file of theirs, the others are."""
    page.remove("insult", "--locked", clause="R03")
    page.say("archive", "export", str(tmp_path / "ut"), "--as", EVA, codes=(3,))
    page.say("request", "open", "--text", "Allt", "--as", EVA)
    page.say("request", "find", "1", "--account", "sidan", "--as", EVA, codes=(0, 3))
    page.say("request", "assess", "1", "--all", "give", "--as", EVA, codes=(0, 3))
    page.say("request", "answer", "1", "--out", str(tmp_path / "svar"), "--as", EVA, codes=(0, 3))
    found = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "sida" not in path.parts]
    assert png(8, 8, seed=3) not in found
    assert any(b"Hemskaordet" in data for data in found)


def test_what_is_locked_and_shown_again_is_not_fetched(page: Page) -> None:
    """It came back after the removal: taken away anew without ``--locked``, it is locked all the same."""
    item = page.natives["insult"].rpartition("_")[2]
    page.remove("insult", "--locked", "--hide", clause="R03")
    page.later(days=1)
    page.fake.act("unhide", id=item)
    page.harvest()
    before = len(page.fake.history()["asked"])
    told = page.remove("insult", clause="R03")
    assert (told["number"], told["secured"], told["noticed"], told["police"]) == (2, "locked", "none", True)
    asked = [line for line, _ in page.fake.history()["asked"][before:]]
    assert not any("/media/" in line or "comments" in line for line in asked), asked


def test_a_picture_request_about_what_is_locked_fetches_nothing(page: Page) -> None:
    """Its removal is secured by the lock that stands."""
    page.fake.misbehave(acting="denied")
    page.remove("insult", "--locked", clause="R03", codes=(5,))
    with page.open() as home, home.ground.state.writing() as books:
        row = books.duties.removal(1)
        assert row is not None
        books.duties.put_removal(replace(row, number=2, kind="picture", standing="begun", secured=""))
    page.fake.misbehave()
    before = len(page.fake.history()["asked"])
    told = page.oversee("removal", "2", "again")
    assert (told["secured"], told["standing"]) == ("locked", "removed")
    asked = [line for line, _ in page.fake.history()["asked"][before:]]
    assert not any("/media/" in line or "comments" in line for line in asked), asked


def test_a_message_that_waits_is_not_given_any_longer(page: Page) -> None:
    """It turned out afterwards what it shows: the message that waited to be pasted waits no more."""
    page.fake.misbehave(acting="lost")
    page.remove("insult", clause="R03")
    assert page.removal().noticed == "to-paste"
    page.remove("insult", "--locked", clause="R03")
    assert (page.removal().noticed, page.removal().police) == ("none", True)
    told = page.oversee("removal", "1", "again")
    assert (told["notice_text"], told["noticed"]) == ("", "none")


def test_a_decision_lifts_the_lock(page: Page) -> None:
    """Its reason stands in the record alone; the picture is read again, the hold stays, nobody is told, it stays gone."""
    digest = _digest(page)
    page.remove("insult", "--locked", clause="R03")
    told = page.oversee("removal", "1", "unlock", "--why", "Polisen: inget brott", person=DISA)
    assert (told["standing"], told["secured"], told["noticed"]) == ("removed", "unlocked", "none")
    assert [one["code"] for one in told["findings"]] == ["W250"]
    with page.open() as home:
        assert home.ground.store.get(medium(digest))
        with home.ground.state.reading() as books:
            assert len(books.holds.in_force()) == 1
            bodies = [link.body for link in books.ledger.about("removal:1")]
    assert any('"act":"removal.unlocked"' in body for body in bodies)
    assert not any("Polisen" in body for body in bodies)
    assert "NUMBER" in page.refused("removal", "1", "unlock", "--why", "x", person=DISA, code=2)


def test_what_was_not_gone_yet_begins_anew(page: Page) -> None:
    """Nothing was copied while it was locked: with the lock lifted a copy comes first, and its writer is told."""
    page.fake.misbehave(acting="denied")
    page.remove("insult", "--locked", clause="R03", codes=(5,))
    page.fake.misbehave()
    told = page.oversee("removal", "1", "unlock", "--why", "Fel handling", person=DISA, codes=(5,))
    assert (told["standing"], told["secured"]) == ("begun", "")
    done = page.oversee("removal", "1", "again")
    assert (done["standing"], done["secured"], done["noticed"]) == ("removed", "fresh", "sent")
    assert len(page.performed("notify")) == 1


def test_who_may_lift_a_lock(page: Page) -> None:
    """A delegate with a reason: nobody else, and not without one."""
    page.remove("insult", "--locked", clause="R03")
    assert "G-DELEGATION" in page.refused("removal", "1", "unlock", "--why", "x")
    assert "--why" in page.refused("removal", "1", "unlock", "--why", " ", person=DISA, code=2)
    page.remove("thanks")
    assert "locks nothing" in page.refused("removal", "2", "unlock", "--why", "x", person=DISA, code=2)
    with page.open() as home, home.ground.state.reading() as books:
        assert books.duties.locked() == (page.ids["insult"],)
