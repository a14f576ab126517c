"""From the request to the page: taken in, decided by a delegate, taken away with a copy kept, answered with papers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.keep.judged import standing
from flows.keep.own import read_own
from flows.oversee.pictures.asked import SORT
from flows.oversee.pictures.decided import decide
from schemas.calendar import local_day
from schemas.ids import ItemId
from schemas.record import Row
from tests.oversee.removal.page import DISA, KIM, Page
from tests.pictures import png

WHY, CONTACT, REASON = "Det är Grävlingsordet på bilden", "asa.oberg@post.example", "Bilden visar Skälordet"


def _open(page: Page, *names: str) -> list[int]:
    items = [page.ids[one] for one in names]
    told = page.oversee("picture", "open", *items, "--why", WHY, "--contact", CONTACT)
    return [one["number"] for one in told["rows"]]


def _decide(page: Page, number: int, way: str, *more: str, codes: tuple[int, ...] = (0, 3)) -> Any:
    return page.oversee("picture", "decide", str(number), way, "--reason", REASON, *more, person=DISA, codes=codes)


def _item(page: Page, item: str) -> Row:
    with page.open() as home:
        row = read_own(home.ground, ItemId(item))
    assert row is not None
    return row


def test_nothing_is_taken_away_before_the_decision(page: Page) -> None:
    """Taken in, it waits: nothing was asked of the platform, and going on with the removal is refused (G-UNDECIDED)."""
    (number,) = _open(page, "insult")
    (waiting,) = json.loads(page.say("--json", "oversee", "picture", "list"))["rows"]
    assert (waiting["number"], waiting["standing"], waiting["decision"]) == (number, "begun", None)
    assert "G-UNDECIDED" in page.refused("removal", str(number), "again")
    assert "G-UNSECURED" in page.refused("removal", str(number), "done")
    assert page.fake.moderated() == []


def test_a_picture_is_unpublished_with_its_copy_kept(page: Page, tmp_path: Path) -> None:
    """Decided, it is secured, taken away and marked; the archive has it still; the papers are written out."""
    (number,) = _open(page, "insult")
    out = tmp_path / "beslut.pdf"
    told = _decide(page, number, "--unpublish", "--out", str(out))
    (row,) = told["rows"]
    assert row["standing"] in ("removed", "closed")
    assert row["decision"] == told["decision"]
    assert out.read_bytes().startswith(b"%PDF-")
    assert out.with_name("beslut-overklagande.pdf").read_bytes().startswith(b"%PDF-")
    assert page.performed("remove")[0]["native"] == page.natives["insult"]
    assert page.removal().secured in ("fresh", "archived")
    assert "borttagen-av-oss" in page.marks("insult")
    assert any(one.item == page.ids["insult"] and one.row == "version" for one in page.rows())
    assert json.loads(page.say("--json", "oversee", "picture", "list"))["rows"] == []


def test_the_decision_says_why_by_whom_and_how_to_appeal(page: Page) -> None:
    """Reasons, delegation, court; that the archive keeps it; it lies below the wording and waits to be registered."""
    (number,) = _open(page, "insult")
    decision = _item(page, _decide(page, number, "--keep")["decision"])
    text = decision.text or ""
    for part in (
        REASON,
        DISA,
        "Kommunstyrelsen 2024-12-03 § 14",
        "Förvaltningsrätten i Karlstad",
        f"B{number}",
        "inte radera",
    ):
        assert part in text
    assert [one.origin for one in decision.media] == [
        "beslut.pdf",
        "beslut.txt",
        "overklagande.pdf",
        "overklagande.txt",
    ]
    with page.open() as home, home.ground.state.reading() as books:
        paper = books.duties.paper(SORT, f"removal:{number}")
        assert paper is not None
        assert decision.parent == paper.item
        assert decision.item in [one.subject for one in books.outbox.waiting("register")]
    assert page.removal().standing == "declined"
    assert page.fake.moderated() == []
    decided = page.refused("picture", "decide", str(number), "--unpublish", "--reason", "x", person=DISA, code=2)
    assert "decided already" in decided


def test_only_a_delegate_decides(page: Page) -> None:
    """Somebody without a whole delegation is refused (G-DELEGATION), and the request waits as before."""
    (number,) = _open(page, "insult")
    said = page.refused("picture", "decide", str(number), "--unpublish", "--reason", "x", person=KIM)
    assert "G-DELEGATION" in said
    assert page.removal().record is None
    assert page.fake.moderated() == []


def test_words_stand_in_items_alone(page: Page) -> None:
    """What the person said, how they are reached and why it was decided are in no row and no receipt; contact lies apart."""
    (number,) = _open(page, "insult")
    _decide(page, number, "--keep")
    for word in ("Grävlingsordet", "asa.oberg", "Skälordet"):
        assert word.encode() not in page.database()
        assert word not in json.dumps(page.receipts(), ensure_ascii=False)
    found = [row for row in page.rows() if CONTACT in f"{row.text}{row.payload}"]
    assert [row.kind for row in found] == ["request_log"]
    assert all(WHY not in f"{row.text}{row.payload}" for row in found)


def test_our_own_post_goes_without_a_message_to_anybody(page: Page) -> None:
    """A picture that we published ourselves: taken away, and nobody waits to be told as a visitor."""
    (number,) = _open(page, "post")
    told = _decide(page, number, "--unpublish")
    assert told["rows"][0]["standing"] in ("removed", "closed")
    assert page.removal().noticed == "none"
    assert page.performed("notify") == []


def test_a_request_about_several_is_decided_item_by_item(page: Page) -> None:
    """Each item has its row; one may go and the other stay; two requests are not decided together."""
    first, second = _open(page, "insult", "thanks")
    _decide(page, first, "--keep")
    _decide(page, second, "--unpublish")
    standings = {
        row["number"]: row["standing"]
        for row in json.loads(page.say("--json", "oversee", "picture", "list", "--all"))["rows"]
    }
    assert standings[first] == "declined"
    assert standings[second] in ("removed", "closed")
    (third,), (fourth,) = _open(page, "advert"), _open(page, "advert")
    assert "several" in page.refused(
        "picture", "decide", str(third), str(fourth), "--keep", "--reason", "x", person=DISA, code=2
    )


@pytest.mark.parametrize("item", ["202603-aaaaaaaaaaaaaaaa", "inget-id"])
def test_what_is_not_in_the_archive_is_refused(page: Page, item: str) -> None:
    """An item that is not there, and something that is no item, are refused, and nothing is written."""
    page.refused("picture", "open", page.ids["insult"], item, "--why", WHY, code=2)
    assert json.loads(page.say("--json", "oversee", "picture", "list"))["rows"] == []


def test_what_is_gone_already_is_told(page: Page) -> None:
    """What the page does not show any longer needs no decision (G-GONE)."""
    page.remove("insult")
    page.later(hours=1)
    page.harvest()
    assert "G-GONE" in page.refused("picture", "open", page.ids["insult"], "--why", WHY)


def test_stopped_after_the_decision_it_goes_on(page: Page) -> None:
    """Ended between the decision and the act, nothing is gone yet, and ``removal N again`` does what was decided."""
    (number,) = _open(page, "insult")
    with page.open() as home:
        decide(home, [number], REASON, DISA, unpublish=True)
    assert page.fake.moderated() == []
    assert page.oversee("removal", str(number), "again")["standing"] in ("removed", "closed")
    assert len(page.performed("remove")) == 1


def test_a_second_request_about_what_is_gone_is_closed(page: Page) -> None:
    """Two people ask about one picture: the second decision finds it gone, and the platform is asked once."""
    (first,), (second,) = _open(page, "insult"), _open(page, "insult")
    _decide(page, first, "--unpublish")
    told = _decide(page, second, "--unpublish")
    assert told["rows"][0]["standing"] == "closed"
    assert len(page.performed("remove")) == 1


def test_without_an_office_nothing_is_decided(page: Page) -> None:
    """A decision that could not say where it is appealed is not written, and the request waits."""
    (number,) = _open(page, "insult")
    file = page.root / "hem" / "bevara.toml"
    file.write_text(file.read_text("utf-8").partition("[disclosure]")[0], encoding="utf-8")
    said = page.refused("picture", "decide", str(number), "--unpublish", "--reason", "x", person=DISA, code=2)
    assert "disclosure.office" in said
    assert page.removal().record is None
    assert page.fake.moderated() == []


def test_papers_that_could_not_be_written_stop_the_decision(page: Page, tmp_path: Path) -> None:
    """``--out`` to a file that is there is refused before anything is decided."""
    (number,) = _open(page, "insult")
    out = tmp_path / "beslut.pdf"
    out.write_bytes(b"kvar")
    more = ("--reason", "x", "--out", str(out))
    page.refused("picture", "decide", str(number), "--keep", *more, person=DISA, code=2)
    assert out.read_bytes() == b"kvar"
    assert page.removal().record is None


def test_how_somebody_is_reached_can_be_noted_later(page: Page) -> None:
    """What was left out, or lost by a stop, is noted by itself below the wording; a number that is no request is refused."""
    opened = page.oversee("picture", "open", page.ids["insult"], "--why", WHY)
    number = opened["rows"][0]["number"]
    noted = page.oversee("picture", "contact", str(number), "--contact", CONTACT)
    row = _item(page, noted["contact"])
    assert (row.kind, row.parent) == ("request_log", opened["request"])
    page.refused("picture", "contact", "99", "--contact", CONTACT, code=2)


def test_it_is_not_culled_while_somebody_waits(page: Page) -> None:
    """From the request until the page is rid of it, the plan lets the item stay (E133); then it decides as before."""

    def waits() -> bool:
        with page.open() as home:
            return page.ids["insult"] in standing(home.ground, local_day(page.at)).pending

    (number,) = _open(page, "insult")
    assert waits()
    page.fake.misbehave(acting="denied")
    _decide(page, number, "--unpublish", codes=(5,))
    assert waits()
    page.fake.misbehave()
    page.oversee("removal", str(number), "again")
    with page.open() as home, home.ground.state.reading() as books:
        assert books.duties.waiting() == frozenset()


def test_what_lacks_its_picture_is_helped_by_a_screenshot(page: Page, tmp_path: Path) -> None:
    """Decided but no whole copy: what a person brings goes to the same removal, which goes on."""
    page.forget_media("insult")
    (number,) = _open(page, "insult")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_READS", "fel")
        _decide(page, number, "--unpublish", codes=(5,))
        assert page.removal(number).standing == "begun"
        shot = tmp_path / "bild.png"
        shot.write_bytes(png(3, 3))
        told = page.remove("insult", "--screenshot", str(shot), clause="R05")
    assert (told["number"], told["secured"]) == (number, "screenshot")
    assert told["standing"] in ("removed", "closed")


def test_a_request_whose_words_are_lost_is_taken_in_again(page: Page) -> None:
    """After a backup the row may stand without its wording: a new request takes its place, and the old one waits no more."""
    (first,) = _open(page, "insult")
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.put_removal(replace(page.removal(first), number=7))  # as a restore enters it: no paper
    (second,) = _open(page, "insult")
    assert (page.removal(7).standing, page.removal(first).standing, second) == ("declined", "begun", 8)
