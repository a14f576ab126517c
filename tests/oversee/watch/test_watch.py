"""The watch over a real archive: what it tells, what it remembers, and what a person's word does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.oversee.watch.notices import MOST
from flows.oversee.watch.saying import say
from tests.disclose.published import File
from tests.disclose.setting import PAGE
from tests.oversee.watch.world import ACCOUNT, OFFICER, TUESDAY, Page
from tests.pictures import png

FRIDAY = datetime(2026, 1, 30, 14, tzinfo=UTC)
"""15 o'clock in Sweden."""
ABUSE = "Du är en jävla idiot och borde skämmas, din äckliga kommunpolitiker"
SECRET = "HEMLIGTMARKORD"


def codes(page: Page) -> dict[str, list[str]]:
    """Open codes by subject; connections left out."""
    found: dict[str, list[str]] = {}
    for one in page.signs():
        found.setdefault(one.subject, []).append(one.code)
    return found


def test_question_over_a_weekend(page: Page) -> None:
    """Asked on Friday at 15 it is in time on Monday morning and late on Tuesday morning; answered, it is over."""
    asked = page.question(FRIDAY)
    page.at = datetime(2026, 2, 2, 5, 45, tzinfo=UTC)
    (early,) = page.signs("W101", "W102")
    assert (early.code, early.subject, early.clause) == ("W102", asked, "P22")
    assert dict(early.parameters)["deadline"] == "2026-02-02 kl. 15.00"
    page.at = TUESDAY
    (late,) = page.signs("W101", "W102")
    assert (late.code, dict(late.parameters)["hours"]) == ("W101", 87)
    ended = page.notice(asked, "W102")
    assert ended is not None
    assert ended.standing == "gone"
    page.publish(
        "Kl. 10. Med vänlig hälsning Kim, Fritid", kind="reply", at=TUESDAY - timedelta(minutes=5), below=asked
    )
    page.later(minutes=10)
    assert page.signs("W101", "W102") == []
    over = page.notice(asked, "W101")
    assert over is not None
    assert over.standing == "gone"


def test_answers_that_are_none(page: Page) -> None:
    """Another visitor's answer, and one of ours that was taken away, leave the question open."""
    asked = page.question(FRIDAY)
    page.publish("Kl. 10 tror jag.", kind="comment", at=FRIDAY + timedelta(hours=1), below=asked)
    ours = page.publish("Kl. 10!", kind="reply", at=FRIDAY + timedelta(hours=2), below=asked)
    assert page.signs("W101") == []
    page.sighted(ours, "gone", "removed-by-us")
    assert [one.subject for one in page.signs("W101")] == [asked]


@pytest.mark.parametrize("state", ["gone", "hidden"])
def test_a_question_taken_back_is_none(page: Page, state: str) -> None:
    """What is not shown any longer waits for no answer."""
    asked = page.question(FRIDAY)
    page.look()
    page.sighted(asked, state, "removed-by-author" if state == "gone" else "hidden-by-us")
    assert page.signs("W101") == []
    notice = page.notice(asked, "W101")
    assert notice is not None
    assert notice.standing == "gone"


def test_old_questions_are_told_of_no_longer(page: Page) -> None:
    """After the days that the municipality set, a question is left to the month sheet, and is not said to be answered."""
    asked = page.question(FRIDAY)
    page.look()
    page.later(days=31)
    assert page.signs("W101", "W102") == []
    notice = page.notice(asked, "W101")
    assert notice is not None
    assert notice.standing == "open"


def test_referrals_end_with_an_answer(page: Page) -> None:
    """A fault report is to be referred until somebody of ours has answered."""
    post = page.publish("Vi sandar gångvägarna.", at=FRIDAY)
    fault = page.publish(
        "Gatlyktan utanför skolan på Storgatan är trasig och lyser inte", kind="comment", at=FRIDAY, below=post
    )
    (sign,) = page.signs("W105")
    assert (sign.subject, dict(sign.parameters)["address"]) == (fault, "arvika.se/felanmalan")
    page.publish("Anmäl på arvika.se/felanmalan, tack!", kind="reply", at=TUESDAY, below=fault)
    page.later(minutes=5)
    assert page.signs("W105") == []


def test_own_media(page: Page) -> None:
    """A film without captions and a picture without alt text are told of; with them they are not."""
    film = page.publish("Se filmen", files=[File(data=None, role="video", media_type="video/mp4")])
    page.publish(
        "Textad film",
        files=[
            File(data=None, role="video", media_type="video/mp4"),
            File(data=b"WEBVTT\n", role="caption", media_type="text/vtt", language="sv"),
        ],
    )
    picture = page.publish(
        "Se bilden", files=[File(data=png(8, 8, seed=1)), File(data=png(8, 8, seed=2), alt="Torget i snö")]
    )
    found = {(one.subject, one.code): dict(one.parameters) for one in page.signs("W131", "W132")}
    assert found == {(film, "W131"): {"films": 1}, (picture, "W132"): {"pictures": 1}}
    page.later(hours=1)
    page.observed(film, files=[File(data=b"WEBVTT\n", role="caption", media_type="text/vtt", language="sv")])
    assert [one.subject for one in page.signs("W131")] == []


def test_answers_are_signed(page: Page) -> None:
    """An answer to a question is to be signed; thanks for praise, and a comment to our own post, need not be."""
    asked = page.question(FRIDAY)
    answer = page.publish(
        "Simhallen öppnar klockan tio på lördag och stänger klockan fyra.", kind="reply", at=FRIDAY, below=asked
    )
    praise = page.publish("Vad fint det blev!", kind="comment", at=FRIDAY, below=page.newest(asked).thread)
    page.publish("Tack för de fina orden om vår simhall och personalen!", kind="reply", at=FRIDAY, below=praise)
    assert [one.subject for one in page.signs("W103")] == [answer]
    page.later(hours=1)
    page.edit(answer, "Klockan tio. Med vänlig hälsning Kim, Fritid")
    assert page.signs("W103") == []


def test_staff_from_a_private_account(page: Page) -> None:
    """A comment by a handle that the register knows, or signed as the unit signs, is told of and asks us nothing."""
    asked = page.question(FRIDAY)
    known = page.publish("Kl. 10", kind="comment", author="Kim", handle="kim.privat@test", at=FRIDAY, below=asked)
    signed = page.publish(
        "Kl. 10, visst? Med vänlig hälsning Kim, Informationsenheten",
        kind="comment",
        author="K",
        at=FRIDAY,
        below=asked,
    )
    found = {one.subject: one.certainty for one in page.signs("W104")}
    assert found == {known: "likely", signed: "uncertain"}
    assert {one.subject for one in page.signs("W101")} == {asked}


def test_news_without_a_link(page: Page) -> None:
    """A news account's post with the words of what the site published that day, and no link to it."""
    at = TUESDAY - timedelta(days=1)
    page.publish("Kallelse till fullmäktige i Arvika februari", account="sidan", at=at)
    page.store(
        page.row(
            "post", at, platform="feed", account="webben", text="Arvika teater visar höstens sista föreställning\nKom!",
            identity="0" * 64, author="Arvika kommun", author_native="x",
        )
    )  # fmt: skip
    told = page.publish("Arvika teater visar höstens sista föreställning på fredag, kom!", at=at)
    page.publish("Arvika teater visar höstens sista föreställning", at=at, links=("https://arvika.se/teater",))
    assert [(one.subject, one.certainty) for one in page.signs("W134")] == [(told, "likely")]


def test_vanished_without_us(page: Page) -> None:
    """What we or nobody-knows-who took away is asked about; the author's own removal, and what lies below it, is not."""
    post = page.publish("Ett inlägg", at=FRIDAY)
    mine, theirs, unknown, below = (
        page.publish(text, kind="comment", at=FRIDAY, below=post) for text in ("Ett", "Två", "Tre", "Fyra")
    )
    under = page.publish("Under", kind="comment", at=FRIDAY, below=unknown)
    assert below
    page.look()
    page.sighted(mine, "hidden", "hidden-by-us")
    page.sighted(theirs, "gone", "removed-by-author")
    page.sighted(unknown, "gone", "listing-complete-lookup-not-found")
    page.sighted(under, "gone", "listing-complete-lookup-not-found")
    found = {one.subject: one.certainty for one in page.signs("W151")}
    assert found == {mine: "sure", unknown: "likely"}
    with page.open() as home:
        say(home, mine, "W151", "done", OFFICER, why="Dubblett")
    assert {one.subject for one in page.signs("W151")} == {unknown}


def test_a_vanished_thread_is_one_sign(page: Page) -> None:
    """When the first item of a thread goes, the comments that went with it are not asked about one by one."""
    post = page.publish("Ett inlägg", at=FRIDAY)
    below = page.many([f"Kommentar {number}" for number in range(5)], below=post)
    for item in (post, *below):
        page.sighted(item, "gone", "listing-complete-lookup-not-found")
    assert [one.subject for one in page.signs("W151")] == [post]


def test_flood(page: Page) -> None:
    """Thousands of comments in a night are all counted and remembered, and few are handed on; their writer is told of once."""
    post = page.publish("Ett inlägg", at=TUESDAY - timedelta(hours=12))
    items = page.many([f"{ABUSE} {number}" for number in range(700)], below=post, author="Troll")
    watched = page.look()
    assert watched.looked == 701
    assert watched.counts[ACCOUNT, "W111"] == 700
    assert sum(one.code == "W111" for one in watched.signs) == MOST
    (flood,) = [one for one in watched.signs if one.code == "W125"]
    assert (flood.subject, dict(flood.parameters)["count"]) == (items[0], 700)
    again = page.look()
    assert (again.counts, sum(again.new.values())) == (watched.counts, 0)


def test_an_old_comment_edited_into_abuse(page: Page) -> None:
    """An item far older than the watch's days is looked at when it was edited lately, and stays told of."""
    post = page.publish("Gammalt", at=FRIDAY - timedelta(days=400))
    old = page.publish("Fint!", kind="comment", at=FRIDAY - timedelta(days=399), below=post)
    assert page.signs("W111") == []
    page.edit(old, ABUSE)
    assert [one.subject for one in page.signs("W111")] == [old]
    page.later(days=40)
    assert [one.subject for one in page.signs("W111")] == [old]


def test_connections_and_gaps(page: Page) -> None:
    """An account that was never harvested, and nights without a harvest; a closed account is left alone."""
    for day in (29, 30, 31):
        page.covered(PAGE, datetime(2026, 1, day, tzinfo=UTC).date())
    found = {(one.account, one.code): dict(one.parameters) for one in page.look().signs if one.code.startswith("W14")}
    assert found[ACCOUNT, "W141"]["standing"] == "har aldrig hämtats i sin helhet"
    assert (PAGE, "W141") not in found
    assert found[PAGE, "W142"] == {"missed": 2, "partial": 0}
    with page.open() as home, home.ground.state.reading() as books:
        account = books.accounts.get(ACCOUNT)
    assert account is not None
    page.change(ACCOUNT, duties=replace(account.duties, closed=TUESDAY.date()))
    assert (ACCOUNT, "W141") not in {(one.account, one.code) for one in page.look().signs}
