"""Platforms that answer late, twice, in riddles or not the truth: what is so is looked up, and nothing is asked for before a copy."""

from __future__ import annotations

import pytest

from connectors import moderating
from connectors.http import Budget
from flows.oversee.removal.act import look_again
from tests.oversee.removal.page import Page


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would wait half a minute waits a moment: the bounds of a connection, not what is done within them."""
    monkeypatch.setattr(moderating, "BUDGET", Budget(attempts=1, first_pause=0.01, quiet=0.4, longest=0.8))


@pytest.mark.parametrize("manner", ["lost", "twice", "garbled", "lies-error"])
def test_it_is_gone_whatever_the_platform_answers(page: Page, manner: str) -> None:
    """No answer, two, nonsense, an error: it was done, it is seen to be gone, and it counts as done, once."""
    page.fake.misbehave(acting=manner)
    told = page.remove("insult")
    assert (told["standing"], told["tries"]) == ("removed", 1), told
    assert len(page.performed("remove")) == 1
    assert "borttagen-av-oss" in page.marks("insult")


def test_it_says_done_and_is_still_there(page: Page) -> None:
    """Its word is not taken: unclear, no mark; a person's word neither; asked again it is done."""
    page.fake.misbehave(acting="lies-done")
    told = page.remove("insult")
    assert (told["standing"], told["answer"]) == ("unclear", "W224")
    assert page.marks("insult") == {}
    assert "G-STILL-THERE" in page.refused("removal", "1", "done")
    with page.open() as home:
        assert look_again(home).still == 1
    page.fake.misbehave()
    told = page.oversee("removal", "1", "again")
    assert (told["standing"], told["tries"]) == ("removed", 2)


def test_it_is_done_after_we_stopped_waiting(page: Page) -> None:
    """Unclear at first, not asked a second time; the next look sees it gone and everything follows."""
    page.fake.misbehave(acting="late", seconds=2.0)
    told = page.remove("insult")
    assert told["standing"] in ("unclear", "removed")
    page.fake.misbehave()
    with page.open() as home:
        look_again(home)
    assert page.removal().standing == "removed"
    assert page.removal().tries == 1
    assert len(page.performed("remove")) == 1
    assert "borttagen-av-oss" in page.marks("insult")


def test_a_message_of_unknown_fate_is_never_sent_twice(page: Page) -> None:
    """The answer is lost: it may have gone, so it waits to be pasted, whoever goes on."""
    page.fake.misbehave(acting="lost")
    told = page.remove("thanks", clause="R11")
    assert told["noticed"] == "to-paste"
    assert "W245" in [one["code"] for one in told["findings"]]
    page.fake.misbehave()
    page.oversee("remove", page.ids["advert"], "--clause", "R08", "--why", "x")
    with page.open() as home:
        look_again(home)
    natives = [one["native"] for one in page.performed("notify")]
    assert natives.count(page.natives["thanks"]) == 1


def test_nothing_can_be_had_so_it_is_hidden_and_described(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """No whole copy: hidden for the time being, never removed; a signed description lets it be removed."""
    monkeypatch.setenv("TEST_READS", "fel")
    _lose_picture(page)
    told = page.remove("insult", codes=(5,))
    assert (told["standing"], told["secured"]) == ("begun", "")
    assert {"W222", "W223", "W230"} <= {one["code"] for one in told["findings"]}
    assert [one["act"] for one in page.fake.moderated()] == ["hide"]
    assert "G-UNSECURED" in page.refused("removal", "1", "done")
    told = page.remove("insult", "--emergency", "Ovanligbeskrivning av en bild")
    assert (told["standing"], told["secured"], told["number"]) == ("removed", "emergency", 1)
    assert page.acts().index("removal.secured") < page.acts().index("removal.asked")
    assert b"Ovanligbeskrivning" not in page.database()


def test_a_screenshot_goes_before_a_description(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Brought later to a removal that waits, in a second record: the first one's words count too."""
    page.fake.misbehave(expired=True)
    _lose_picture(page)
    told = page.remove("insult", codes=(5,))
    assert told["standing"] == "begun"
    shot = tmp_path_factory.mktemp("bild") / "bild.pdf"
    shot.write_bytes(b"%PDF-1.7 prov %%EOF")
    page.fake.misbehave()
    # It is to be had again by now, but the fresh copy is whole only if the picture is; the page gives it.
    told = page.remove("insult", "--screenshot", str(shot))
    assert told["standing"] == "removed"
    assert told["secured"] in ("fresh", "screenshot")
    assert told["record"] != page.receipts()[0].get("record")


def _lose_picture(page: Page) -> None:
    """The archive never had the picture: the item's only version names it and has no bytes."""
    page.forget_media("insult")
