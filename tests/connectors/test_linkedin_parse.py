"""LinkedIn's answers as they are read: little text, reshares, attachments, times and names, without any request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.platforms.linkedin import names, parse
from connectors.platforms.linkedin.littletext import plain
from connectors.platforms.linkedin.media import unsigned
from connectors.platforms.linkedin.paging import cursor_of
from schemas.neighbours import Capture, Parsed
from schemas.record import Seen
from tests.contracts.platform_captures import samples

OWN = "urn:li:organization:900100200"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADE = 1_763_452_800_000


def read(value: dict[str, Any], listing: str = "posts", **context: str) -> Parsed:
    """One object as the only element of a page."""
    whole = {"own": OWN, "own_name": "Älvsjöbro kommun", **context}
    return parse(
        Capture(
            endpoint="x",
            parameters={},
            status=200,
            at=AT,
            listing=listing,
            context=whole,
            body={"page": {"elements": [value]}},
        )
    )


def post(**more: Any) -> Seen:
    """A post of ours."""
    return read({"id": "urn:li:share:1", "author": OWN, "createdAt": MADE, **more}).items[0]


def captured(name: str) -> dict[str, Seen]:
    """Items of a recorded answer by the beginning of their text."""
    (sample,) = [one for one in samples("linkedin") if one.name == name]
    return {one.text[:12]: one for one in sample.parse().items}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("vanlig text", "vanlig text"),
        (r"Hej \(alla\) \<3 100 % \_säkert\_", "Hej (alla) <3 100 % _säkert_"),
        (r"{hashtag|\#|kommun} och {hashtag|\#|vägar\_2026}", "#kommun och #vägar_2026"),
        ("@[Länstrafiken Väst](urn:li:organization:7) kör", "@Länstrafiken Väst kör"),
        (r"@[A\] B](urn:li:person:x_Y-1)!", "@A] B!"),
        (r"C:\ny\\katalog \ ", r"C:\ny\katalog \ "),
        ("@[utan adress] {hashtag|utan slut", "@[utan adress] {hashtag|utan slut"),
        ("\\", "\\"),
    ],
)
def test_little_text(written: str, shown: str) -> None:
    """Escapes, mentions and hashtags become what people read; what is none of them stays."""
    assert plain(written) == shown


def test_little_text_takes_no_time() -> None:
    """A hostile text is read in a time that grows with its length alone."""
    assert plain("@[" * 50_000) == "@[" * 50_000
    assert plain("{hashtag|" * 20_000) == "{hashtag|" * 20_000


def test_a_reshare_without_words_is_a_boost() -> None:
    """Without words it is passed on by address only; with words it is a post of ours; the other's content is cut out."""
    items = captured("community-posts")
    boost, own = items[""], items["Fint initiat"]
    assert (boost.kind, boost.links) == (
        "boost",
        ("https://www.linkedin.com/feed/update/urn:li:share:7396400000000000077/",),
    )
    assert own.kind == "post"
    other = {"id": "urn:li:share:2", "commentary": "någon annans ord", "author": "urn:li:organization:7"}
    seen = post(reshareContext={"parent": "urn:li:share:2", "resolved": other, "parent~": other})
    assert "någon annans" not in seen.payload


def test_attachments_have_roles_and_alt_texts() -> None:
    """Pictures, a film with captions, a document and a carousel, in order, by URN."""
    items = captured("community-posts")
    assert [(one.role, one.alt) for one in items["Tre bilder f"].media] == [
        ("picture", "Bandet klipps"),
        ("picture", ""),
        ("picture", None),
    ]
    film = items["Film: så byg"].media
    assert [(one.role, one.origin, one.language) for one in film] == [
        ("video", "urn:li:video:C5F10AQFfilm", ""),
        ("caption", "urn:li:video:C5F10AQFfilm#caption:1", "sv"),
    ]
    assert [one.role for one in items["Hela detaljp"].media] == ["document"]
    assert items["Karusell med"].links == ("https://alvsjobro.example/simhall", "https://alvsjobro.example/ishall")
    assert items["Vi söker en "].links == ("https://alvsjobro.example/jobb/rektor",)


def test_attachments_inside_the_post() -> None:
    """The portability form gives addresses; they are kept without signature, and the captions are found."""
    media = captured("portability-posts")["Filmen om bo"].media
    assert [(one.role, one.origin) for one in media] == [
        ("video", "https://dms.licdn.example/vid/bokbuss.mp4"),
        ("caption", "https://dms.licdn.example/cap/bokbuss.vtt"),
    ]


def test_a_new_signature_is_no_new_version() -> None:
    """Tomorrow's address of the same picture leaves the version as it is."""

    def pictured(until: int) -> Seen:
        image = {"downloadUrl": f"https://m.example/a/0?e={until}&v=beta&t=s{until}", "downloadUrlExpiresAt": until}
        return post(content={"media": {"media": {"image": image}, "altText": "a"}})

    first, second = pictured(1), pictured(2)
    assert first.identity == second.identity
    assert first.media == second.media


def test_signatures_are_taken_off() -> None:
    """LinkedIn's own parameters go with a signature; other addresses keep what names them."""
    assert unsigned("https://m.example/x?id=7&e=1&v=beta&t=abc") == "https://m.example/x?id=7"
    assert unsigned("https://a.example/sida?v=2") == "https://a.example/sida?v=2"


def test_a_comments_link_is_no_attachment() -> None:
    """What a comment only refers to is a link; what it carries is an attachment."""
    items = captured("community-thread")
    assert (items["Jämför med h"].links, items["Jämför med h"].media) == (("https://grannkommunen.example/bro",), ())
    assert [one.origin for one in items["Bra bild på "].media] == ["urn:li:image:C4E22AQFkomm"]


def test_a_comment_lies_below_what_it_answers() -> None:
    """``parentComment`` says it; without one it is what the comments were asked for under."""
    items = captured("community-thread-nested")
    first = "urn:li:comment:(urn:li:activity:7396400000000000101,7396500000000000001)"
    assert items["Hej! Cyklar "].parent_native == first
    assert items["Undrar detsa"].parent_native == items["Tack för sna"].native
    assert {one.thread_native for one in items.values()} == {"urn:li:share:7396400000000000001"}


def test_a_comments_edit_is_its_later_change() -> None:
    """``lastModified`` later than ``created`` is an edit; the same time is none."""
    items = captured("community-thread")
    assert items["Vi kör linje"].edited == datetime(2025, 11, 22, 2, 0, tzinfo=UTC)
    assert items["Bra bild på "].edited is None


@pytest.mark.parametrize(
    ("more", "edited"),
    [
        ({"lastModifiedAt": MADE + 5_000}, True),
        ({"lastModifiedAt": MADE}, False),
        ({"lastModifiedAt": MADE + 5_000, "lifecycleStateInfo": {"isEditedByAuthor": False}}, False),
        ({"lastModifiedAt": MADE, "lifecycleStateInfo": {"isEditedByAuthor": True}}, True),
        ({}, False),
    ],
)
def test_a_posts_edit_is_marked(more: dict[str, Any], *, edited: bool) -> None:
    """The mark counts; without one the later change does."""
    assert (post(**more).edited is not None) is edited


def test_the_id_holds_the_time() -> None:
    """Where no time is stated, the upper bits of the id are it; a short id holds none."""
    moment = datetime(2025, 11, 18, 8, 0, tzinfo=UTC)
    number = MADE << 22
    assert names.moment_in(f"urn:li:share:{number}") == moment
    assert names.moment_in("urn:li:share:1001") is None
    seen = read({"id": f"urn:li:ugcPost:{number}", "author": OWN})
    assert seen.items[0].platform_time == moment
    assert [(one.code, one.severity) for one in seen.findings] == [("H123", "info")]


def test_a_withheld_member_is_nobody() -> None:
    """A comment without actor is kept whole, without a name; a name that is told is shown, and nothing else of them."""
    items = captured("portability-thread")
    hidden, named = items["Kan man låna"], items["Vilka tider "]
    assert (hidden.author, hidden.author_native, hidden.kind) == (None, None, "comment")
    assert (named.author, named.author_native) == ("Åsa Lindqvist", "urn:li:person:a1B2c3")
    assert items["På lördagar "].kind == "reply"


def test_who_liked_is_not_kept() -> None:
    """Counters are taken, persons' acts are not."""
    seen = captured("community-thread")["Bra bild på "]
    assert dict(seen.counts) == {"likes": 1}
    assert "selectedLikes" not in seen.payload


def test_somebody_elses_post_is_not_ours() -> None:
    """A post of another organisation in our listing is told and left out."""
    parsed = read({"id": "urn:li:share:9", "author": "urn:li:organization:7", "createdAt": MADE})
    assert (list(parsed.items), [one.code for one in parsed.findings]) == ([], ["H125"])


def test_our_page_by_its_other_urn_is_ours() -> None:
    """``organizationalPage`` with our number is our page."""
    parsed = read({"id": "urn:li:share:9", "author": "urn:li:organizationalPage:900100200", "createdAt": MADE})
    assert [one.author_native for one in parsed.items] == [OWN]


def test_a_comment_without_urn_is_named_by_its_place() -> None:
    """Number and place make the URN, whether the number is a number or a text."""
    for number in (77, "77"):
        value = {"id": number, "message": {"text": "hej"}, "created": {"time": MADE}}
        (seen,) = read(value, "thread", root="urn:li:share:1", parent="urn:li:share:1").items
        assert seen.native == "urn:li:comment:(urn:li:share:1,77)"
        assert names.comment_parts(seen.native) == ("urn:li:share:1", "77")


def test_visibility_is_the_platforms_word() -> None:
    """Public is the usual; anything else is told, and a draft is one."""
    assert post(visibility="PUBLIC", lifecycleState="PUBLISHED").visibility == ""
    assert post(visibility="CONNECTIONS").visibility == "connections"
    assert post(visibility="PUBLIC", lifecycleState="DRAFT").visibility == "draft"


def test_a_polls_votes_are_counters() -> None:
    """Question and options are text; votes are counted and make no version."""
    items = captured("community-posts")
    poll = items["Vad ska den "]
    assert poll.text == "Vad ska den nya lekplatsen heta?\n\nNamnet på lekplatsen\n\n○ Ekorren\n○ Kotten"
    assert dict(poll.counts)["votes"] == 41


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"paginationCursorMetdata": {"nextPaginationCursor": "c"}}},
        {"metadata": {"paginationCursorMetadata": {"nextPaginationCursor": "c"}}},
        {"metadata": {"nextPaginationCursor": "c"}},
    ],
)
def test_the_cursors_three_names(body: dict[str, Any]) -> None:
    """LinkedIn's misspelling, its correction, and none of them."""
    assert cursor_of(body) == "c"
    assert cursor_of({"metadata": {"paginationCursorMetdata": None}}) == ""


def test_urns_are_encoded_as_restli_wants() -> None:
    """Everything reserved inside a URN is escaped, the list's own signs are not."""
    comment = "urn:li:comment:(urn:li:activity:1,2)"
    assert names.urn_list([comment, "urn:li:share:3"]) == (
        "List(urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29,urn%3Ali%3Ashare%3A3)"
    )
