"""A removal: the copy first, then the platform, then marks, message and registration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.keep.own import read_own
from flows.oversee.removal.act import look_again
from schemas.order import Tombstone
from tests.oversee.removal.page import DISA, EVA, INSULT, KIM, NAME, Page
from tests.pictures import png


def test_an_insult_is_secured_told_removed_marked_and_registered(page: Page) -> None:
    """One command does all of it in that order, and the plan's row for removed content takes the item over."""
    told = page.remove("insult")
    assert (told["standing"], told["secured"], told["noticed"]) == ("removed", "fresh", "sent")
    assert page.acts() == [
        "removal.begun",
        "removal.secured",
        "removal.notice",
        "removal.noticed",
        "removal.asked",
        "removal.done",
    ]
    assert [one["native"] for one in page.performed("remove")] == [page.natives["insult"]]
    assert page.marks("insult")["borttagen-av-oss"].on == page.at.date()
    assert page.plan_row("insult") == "borttaget-krankande"
    with page.open() as home, home.ground.state.reading() as books:
        assert [one.subject for one in books.outbox.waiting("register")] == [page.ids["insult"]]


def test_the_message_says_what_and_why_and_nothing_of_what_was_written(page: Page) -> None:
    """Day, page, rule and contact; it lies in the item's thread, and went out before the item did."""
    page.remove("insult")
    (sent,) = page.performed("notify")
    assert "den 4 mars 2026" in sent["text"]
    assert "kränkande" in sent["text"]
    assert INSULT not in sent["text"]
    assert [one["act"] for one in page.fake.moderated()] == ["notify", "remove"]
    with page.open() as home:
        notice = read_own(home.ground, page.removal().notice or page.ids["insult"])
    assert notice is not None
    assert (notice.kind, notice.parent, notice.text) == ("removal_notice", page.ids["insult"], sent["text"])


def test_words_stand_in_items_alone(page: Page) -> None:
    """Neither the reason nor what was written is in the database or the ledger; the record has the reason."""
    page.remove("insult")
    for word in ("Skälordet", "Hemskaordet"):
        assert word.encode() not in page.database()
        assert word not in json.dumps(page.receipts(), ensure_ascii=False)
    with page.open() as home:
        record = read_own(home.ground, page.removal().record or page.ids["insult"])
    assert record is not None
    assert "Skälordet" in (record.text or "")
    assert KIM in (record.text or "")


def test_the_next_night_sees_it_gone_and_the_copy_stays(page: Page) -> None:
    """The harvest notes that it is gone; text and picture are still in the archive."""
    page.remove("insult")
    page.later(days=1)
    page.harvest()
    assert page.states("insult") == ["seen", "gone"]
    (version,) = [row for row in page.rows() if row.item == page.ids["insult"] and row.row == "version"]
    assert version.text == INSULT
    assert all(one.digest for one in version.media)


def test_advertising_is_of_minor_importance(page: Page) -> None:
    """R08 sets ringa as well, so that the plan's own row for it takes over; nothing is registered."""
    told = page.remove("advert", clause="R08")
    assert set(page.marks("advert")) == {"borttagen-av-oss", "ringa"}
    assert page.plan_row("advert") == "borttaget-reklam"
    assert told["standing"] == "closed"


def test_flags_wait_until_they_are_seen_to(page: Page) -> None:
    """Police and registration keep it open; reported, and marked registered, it is closed by the next look."""
    page.remove("advert", "--police", "--register", "--secrecy", "OSL 21:1", clause="R07")
    assert page.marks("advert")["sekretess"].provision == "OSL 21:1"
    assert page.removal().standing == "removed"
    page.oversee("removal", "1", "reported")
    assert page.removal().standing == "removed"
    page.say("mark", page.ids["advert"], "registrerad", "--dnr", "KS 2026/7", "--as", EVA)
    with page.open() as home:
        assert look_again(home).closed == 1
    assert (page.removal().standing, page.removal().police) == ("closed", False)


def test_an_edit_since_last_night_is_in_the_copy(page: Page) -> None:
    """What is secured is what stands there now, not what stood there last night."""
    page.fake.act("edit", id=page.natives["thanks"].rpartition("_")[2], text="Nu är det ett hot")
    told = page.remove("thanks", clause="R04")
    assert (told["secured"], told["version"]) == ("fresh", 2)
    rows = [row for row in page.rows() if row.item == page.ids["thanks"] and row.row == "version"]
    assert {row.version: row.text for row in rows} == {1: "Tack!", 2: "Nu är det ett hot"}


def test_without_a_fresh_look_the_archived_version_is_the_copy(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading connection is broken: the newest version on record, with its picture, is whole."""
    monkeypatch.setenv("TEST_READS", "fel")
    told = page.remove("insult")
    assert (told["standing"], told["secured"], told["version"]) == ("removed", "archived", 1)
    assert "W221" in [one["code"] for one in told["findings"]]


def test_without_a_secret_a_person_does_it(unmoderated: Page) -> None:
    """The link is handed over, the copy is secured before; the person's word ends it, and the message is to be pasted."""
    page = unmoderated
    told = page.remove("insult", codes=(5,))
    assert (told["standing"], told["secured"]) == ("by-hand", "fresh")
    assert told["link"].startswith("https://")
    assert page.fake.moderated() == []
    told = page.oversee("removal", "1", "done")
    assert (told["standing"], told["noticed"]) == ("removed", "to-paste")
    assert told["notice_text"].startswith("Hej!")
    shown = json.loads(page.say("--json", "oversee", "removal", "1"))
    assert (shown["notice_text"], [one["code"] for one in shown["findings"]]) == (told["notice_text"], ["W245", "W244"])
    assert page.oversee("removal", "1", "noticed", "--pasted")["noticed"] == "pasted"
    assert "borttagen-av-oss" in page.marks("insult")


def test_what_was_done_by_hand_is_noticed_by_the_harvest(unmoderated: Page) -> None:
    """A person removed it and said nothing: the night saw it go, and the next look ends the removal."""
    page = unmoderated
    page.remove("insult", codes=(5,))
    page.fake.act("delete", id=page.natives["insult"].rpartition("_")[2], by="own")
    with page.open() as home:
        assert look_again(home).still == 1
    page.later(days=1)
    page.harvest()
    with page.open() as home:
        assert look_again(home).gone == 1
    assert page.removal().standing == "removed"


def test_what_was_said_to_be_done_and_is_not_is_asked_for_again(unmoderated: Page) -> None:
    """A person says that it is gone, and the next night sees it: the removal is open again; when a night sees it go, it ends."""
    page = unmoderated
    page.remove("insult", codes=(5,))
    page.oversee("removal", "1", "done")
    with page.open() as home:
        assert look_again(home).back == 0  # no night has looked since
    page.later(days=1)
    page.harvest()
    with page.open() as home:
        assert look_again(home).back == 1
    assert (page.removal().standing, page.removal().done) == ("by-hand", None)
    page.fake.act("delete", id=page.natives["insult"].rpartition("_")[2], by="own")
    page.later(days=1)
    page.harvest()
    with page.open() as home:
        assert look_again(home).gone == 1
        assert look_again(home).back == 0


def test_what_is_hidden_is_not_asked_for_again(unmoderated: Page) -> None:
    """A person says that it is hidden: a night that shows it to us says nothing against that."""
    page = unmoderated
    page.remove("insult", codes=(5,))
    page.oversee("removal", "1", "done", "--hidden")
    page.later(days=1)
    page.harvest()
    with page.open() as home:
        assert look_again(home).back == 0
    assert page.removal().gone


def test_a_missing_permission_goes_to_a_person(page: Page) -> None:
    """The platform refuses: nothing is done, and it stands as a person's work with the link."""
    page.fake.misbehave(acting="denied")
    told = page.remove("insult", codes=(5,))
    assert (told["standing"], told["tries"] > 0) == ("by-hand", True)
    assert "W227" in [one["code"] for one in told["findings"]]
    page.fake.misbehave()
    assert page.oversee("removal", "1", "again")["standing"] == "removed"


def test_hiding_is_hiding(page: Page) -> None:
    """Hidden where that is asked for; the same marks, and a message that says so."""
    told = page.remove("insult", "--hide")
    assert (told["standing"], told["wanted"]) == ("hidden", "hide")
    assert page.performed("remove") == []
    assert "dolt" in page.performed("notify")[0]["text"]
    assert "borttagen-av-oss" in page.marks("insult")


def test_our_own_post_needs_no_message(page: Page) -> None:
    """It is taken away like any other; nobody is to be told, and the plan's row for own posts stays."""
    told = page.remove("post", clause="R11")
    assert told["noticed"] == "none"
    assert page.performed("notify") == []
    assert told["standing"] == "closed"


def test_what_is_gone_already_is_to_be_explained(page: Page) -> None:
    """Gone before anything was asked for: nothing is asked, no mark says that it was us."""
    page.fake.act("delete", id=page.natives["insult"].rpartition("_")[2])
    told = page.remove("insult")
    assert (told["standing"], told["answer"], told["tries"]) == ("declined", "W228", 0)
    assert page.marks("insult") == {}
    assert page.fake.moderated() == []
    page.later(days=1)
    page.harvest()
    assert "G-GONE" in page.refused("remove", page.ids["insult"], "--clause", "R01", "--why", "x")


def test_what_was_never_harvested_is_removed_by_hand(page: Page, tmp_path: Path) -> None:
    """A screenshot and an address: a record of ours stands for it, a person does it."""
    shot = tmp_path / "skärm.png"
    shot.write_bytes(png(4, 4))
    asked = ("remove", "--account", NAME, "--address", "https://facebook.example/9", "--clause", "R02", "--why", "x")
    assert "--screenshot" in page.refused(*asked, code=2)
    told = page.oversee(*asked, "--screenshot", str(shot), codes=(5,))
    assert (told["standing"], told["secured"], told["link"]) == ("by-hand", "screenshot", "https://facebook.example/9")
    assert told["item"] == told["record"]
    assert page.oversee("removal", "1", "done")["noticed"] == "to-paste"


def test_bad_input_and_missing_rights_change_nothing(page: Page, tmp_path: Path) -> None:
    """Unknown item, clause, person, file; a culled item; a record of ours; another clause of the same item."""
    item = page.ids["insult"]
    shot = tmp_path / "x.png"
    shot.write_bytes(b"GIF89a")
    asked = ("remove", item, "--clause", "R01", "--why", "x")
    assert "R01" in page.refused("remove", item, "--clause", "R99", "--why", "x", code=2)
    assert "--why" in page.refused("remove", item, "--clause", "R01", "--why", " ", code=2)
    assert "PNG" in page.refused(*asked, "--screenshot", str(shot), code=2)
    assert "PNG" not in page.refused(*asked, "--screenshot", str(tmp_path), code=2)
    page.refused(*asked, person="Ingen Alls", code=2)
    page.refused("remove", "202603-aaaaaaaaaaaaaaaa", "--clause", "R01", "--why", "x", code=2)
    with page.open() as home, home.ground.state.writing() as books:
        gone = Tombstone(
            item=page.ids["thanks"], parent=None, thread=page.ids["post"], kind="comment", rule="r", edition="1",
            order="0", culled=page.at, salt=bytes(32),
        )  # fmt: skip
        books.tombstones.add([gone])
    assert "culled" in page.refused("remove", page.ids["thanks"], "--clause", "R01", "--why", "x", code=2)
    assert page.fake.moderated() == []
    page.fake.misbehave(acting="denied")
    page.remove("insult", codes=(5,))
    assert "G-CLAUSE" in page.refused("remove", item, "--clause", "R02", "--why", "x")
    record = page.removal().record
    assert "G-OURS" in page.refused("remove", str(record), "--clause", "R01", "--why", "x")


def test_a_hold_does_not_keep_it_on_the_page(page: Page) -> None:
    """Removal from the platform is not culling: it is done, and said."""
    page.say("hold", "set", "--item", page.ids["insult"], "--as", EVA)
    told = page.remove("insult")
    assert told["standing"] == "removed"
    assert "W247" in [one["code"] for one in told["findings"]]


def test_two_at_once_take_turns(page: Page) -> None:
    """Somebody has the item's lease: the other is refused at once, and nothing is begun."""
    with page.open() as home, home.ground.state.hold_lease(f"removal:{page.ids['insult']}"):
        answer = page.refused("remove", page.ids["insult"], "--clause", "R01", "--why", "x")
    assert "removal" in answer
    assert page.fake.moderated() == []


def test_lists_name_no_words(page: Page) -> None:
    """``removals`` shows ids, clauses and standings; the reason is shown to who asks for the one."""
    page.remove("insult")
    assert "Skälordet" not in page.say("oversee", "removals")
    assert "Skälordet" in page.say("oversee", "removal", "1")
    rows = json.loads(page.say("--json", "oversee", "removals", "--open"))["removals"]
    assert [(one["number"], one["register"]) for one in rows] == [(1, True)]
    assert DISA not in page.say("oversee", "removals")


def test_run_again_it_goes_on_and_does_nothing_twice(page: Page) -> None:
    """The same command after it is done: the same removal, no second question, message or record."""
    page.remove("insult")
    told = page.remove("insult")
    assert (told["number"], told["standing"], told["tries"]) == (1, "removed", 1)
    assert [one["act"] for one in page.fake.moderated()] == ["notify", "remove"]
    assert len(json.loads(page.say("--json", "oversee", "removals"))["removals"]) == 1


def test_what_is_added_afterwards_is_not_lost(page: Page) -> None:
    """Closed, and then found to be worse: reported, registered, locked; it waits for what was added."""
    assert page.remove("advert", clause="R08")["standing"] == "closed"
    told = page.remove("advert", "--police", "--register", clause="R08")
    assert (told["number"], told["standing"], told["police"], told["register"]) == (1, "removed", True, True)
    assert page.remove("advert", "--locked", clause="R08")["secured"] == "locked"
    assert len(page.performed("remove")) == 1


def test_what_was_hidden_may_be_taken_away_later(page: Page) -> None:
    """A second removal, with a message of its own; what was to be removed and could only be hidden is not begun again."""
    page.remove("insult", "--hide")
    told = page.remove("insult")
    assert (told["number"], told["standing"]) == (2, "removed")


def test_whoever_goes_on_stands_in_the_receipts(page: Page) -> None:
    """Begun by one, asked again by another: each receipt names who acted."""
    page.fake.misbehave(acting="denied")
    page.remove("insult", codes=(5,))
    page.fake.misbehave()
    page.oversee("removal", "1", "again", person=EVA)
    actors = [one["actor"] for one in page.receipts() if one["act"] == "removal.asked"]
    assert (actors[0], actors[-1]) == (KIM, EVA)
