"""Threads as documents: what a reader finds there, what is left out, and the same bytes in every rebuild."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from connectors.typesetting import TypstTypesetter
from flows.keep.covers import APART, NEUTRAL_SUBJECT
from flows.keep.renditions import (
    MADE_OF_DATA,
    SecrecyMark,
    by_thread,
    cover_rendering,
    pictures_of,
    renderings_of,
    rows_of_items,
    shown_items,
    thread_pdf,
    thread_rendering,
)
from flows.keep.thread import order_of, read_thread
from flows.oversee.marks import mark_items
from schemas.ground import Organisation
from schemas.ids import ItemId
from schemas.order import Tombstone
from schemas.record import MediaRef, Row
from schemas.refusal import RefusedError
from schemas.rendering import Block, Rendering
from schemas.shelf import medium
from tests.archive.world import item, row
from tests.cull.archive import AUTHORITY, OFFICER, Small
from tests.pictures import JPEG, png
from tests.small_home import small, small_template

__all__ = ["small", "small_template"]
TYPESETTER = TypstTypesetter()
MADE = datetime(2024, 12, 1, 8, tzinfo=UTC)
SEEN = "2024-11-10T13:00+00:00"
ARVIKA = Organisation(name="Arvika kommun", code="ORG:212000-1892", authorities={"ks": "Kommunstyrelsen"})
MARK = SecrecyMark(provision="OSL 21:1", day=date(2024, 11, 12), authority="Arvika kommunstyrelse")


def _at(hour: int) -> datetime:
    return datetime(2024, 11, 10, hour, tzinfo=UTC)


def _reply(number: int, parent: int, hour: int, **fields: Any) -> Row:
    values: dict[str, Any] = {
        "kind": "comment",
        "own": False,
        "author": f"Besökare {number}",
        "thread": item(1),
        "parent": item(parent),
        "published": _at(hour),
        "text": f"Kommentar nummer {number}.",
        **fields,
    }
    return row(number, SEEN, **values)


def _thread() -> list[Row]:
    """A post; a comment to it with our reply; another comment; a comment to the first comment."""
    return [
        row(1, SEEN, published=_at(8), text="Vårt inlägg."),
        _reply(2, 1, 9),
        _reply(3, 2, 10, kind="reply", own=True, author="arvika", text="Vårt svar."),
        _reply(4, 1, 11),
        _reply(5, 2, 12),
    ]


def _grouped(rows: Sequence[Row]) -> dict[ItemId, list[Row]]:
    found: dict[ItemId, list[Row]] = {}
    for one in rows:
        found.setdefault(one.item, []).append(one)
    return found


def _render(rows: Sequence[Row], tombs: Sequence[Tombstone] = (), **arguments: Any) -> Rendering:
    grouped = _grouped(rows)
    given: dict[str, Any] = {
        "rows": grouped,
        "order": order_of(grouped, tombs),
        "focus": None,
        "organisation": ARVIKA,
        "pictures": lambda _: None,
        "made": MADE,
        **arguments,
    }
    return thread_rendering(**given)


def _blocks(one: Rendering) -> list[Block]:
    return [block for section in one.sections for block in section.blocks]


def _lines(one: Rendering) -> list[str]:
    return [block.text or block.stub for block in _blocks(one)]


def test_a_thread_stands_in_reading_order_with_who_when_and_what() -> None:
    """Answers stand under what they answer; times are Swedish; the name stands last; it says that it is made of data."""
    one = _render(_thread())
    assert _lines(one) == [
        "Vårt inlägg.",
        "Kommentar nummer 2.",
        "Vårt svar.",
        "Kommentar nummer 5.",
        "Kommentar nummer 4.",
    ]
    assert [block.depth for block in _blocks(one)] == [0, 1, 2, 2, 1]
    assert _blocks(one)[1].head == "2024-11-10 10.00 · kommentar · Besökare 2"
    assert one.title == "Tråd på Mastodon 2024-11-10"
    assert ("Myndighet", "Arvika kommun, Kommunstyrelsen") in one.fields
    assert ("I tråden", "5 handlingar") in one.fields
    assert ("Trådens adress", "https://social.example/1") in one.fields
    assert MADE_OF_DATA in one.sections[0].paragraphs
    assert "Id i Bevara: " + item(2) in _blocks(one)[1].notes
    assert shown_items(one) == (item(1), item(2), item(3), item(5), item(4))


def test_only_what_is_needed_of_others_is_shown() -> None:
    """Around a comment: what it answers up to the beginning and our own answer; the others are stubs without a name."""
    one = _render(_thread(), focus=item(2), around="needed")
    assert _lines(one) == [
        "Vårt inlägg.",
        "Kommentar nummer 2.",
        "Vårt svar.",
        "[2 andra besökares kommentarer visas inte här]",
    ]
    assert [block.focus for block in _blocks(one)] == [False, True, False, False]
    assert shown_items(one) == (item(2), item(1), item(3))
    assert "Besökare 4" not in repr(one)
    assert "Besökare 5" not in repr(one)
    alone = _render(_thread(), focus=item(5), around="needed")
    assert _lines(alone) == [
        "Vårt inlägg.",
        "Kommentar nummer 2.",
        "[eget svar visas inte här]",
        "Kommentar nummer 5.",
        "[annan besökares kommentar visas inte här]",
    ]


def test_of_a_post_our_own_direct_answers_are_needed() -> None:
    """What visitors wrote below it is one stub."""
    rows = [*_thread(), _reply(6, 1, 13, kind="reply", own=True, author="arvika", text="Tillägg.")]
    one = _render(rows, focus=item(1), around="needed")
    assert _lines(one) == ["Vårt inlägg.", "[4 andra handlingar i tråden visas inte här]", "Tillägg."]


def test_what_is_needed_needs_something_it_is_about() -> None:
    """No focus, or one that is not there, is a fault of the caller."""
    with pytest.raises(ValueError, match="about"):
        _render(_thread(), around="needed")
    with pytest.raises(ValueError, match="about"):
        _render(_thread(), focus=item(99))
    with pytest.raises(ValueError, match="nothing"):
        _render([])


def test_what_was_culled_or_never_came_is_a_stub() -> None:
    """The stub tells kind, day and plan row of a culled one; what nobody took in is said not to be in the archive."""
    stone = Tombstone(
        item=item(2),
        order="a" * 64,
        rule="kommentar-ringa",
        edition="1",
        salt=b"s" * 32,
        parent=item(1),
        thread=item(1),
        kind="comment",
        culled=datetime(2025, 2, 1, 23, 30, tzinfo=UTC),
    )
    rows = [one for one in _thread() if one.item != item(2)]
    rows.append(_reply(7, 8, 14))
    one = _render(rows, [stone])
    assert "[gallrad 2025-02-02: kommentar, planrad kommentar-ringa]" in _lines(one)
    assert "[finns inte i arkivet]" in _lines(one)
    assert ("I tråden", "6 handlingar, varav 1 gallrad; 1 finns inte i arkivet") in one.fields
    assert item(2) not in shown_items(one)


def test_edits_and_states_are_told_in_words() -> None:
    """The latest lydelse is shown; earlier ones, hidden and gone are told with times; counts and links stand there."""
    first = _reply(2, 1, 9, text="Första.", counts=(("likes", 1),))
    second = replace(
        first,
        version=2,
        text="Andra.",
        observed=datetime(2024, 11, 12, 3, tzinfo=UTC),
        edited=_at(20),
        links=("https://exempel.se/a",),
        visibility="private",
    )
    hidden = replace(
        second,
        row="sighting",
        state="hidden",
        evidence="hidden-by-us",
        observed=datetime(2024, 11, 13, 3, tzinfo=UTC),
        text=None,
        links=(),
        counts=(),
    )
    counted = replace(hidden, row="observation", evidence=None, counts=(("likes", 3), ("wows", 1)))
    one = _render([*_thread()[:1], counted, hidden, second, first])
    block = _blocks(one)[1]
    assert block.text == "Andra."
    assert block.notes[:5] == (
        "Ändrad enligt plattformen 2024-11-10 21.00",
        "Lydelse 2 av 2, iakttagen 2024-11-12 04.00; tidigare lydelser iakttagna 2024-11-10 14.00",
        "Dold för besökare (dold av oss), iakttaget 2024-11-13 04.00",
        "Synlighet enligt plattformen: private",
        "Länkar: https://exempel.se/a",
    )
    assert "Räknat 2024-11-13 04.00: gillamarkeringar 3, wows 1" in block.notes
    gone = replace(hidden, state="gone", evidence="removed-by-author", observed=datetime(2024, 11, 14, 3, tzinfo=UTC))
    later = _blocks(_render([*_thread()[:1], first, second, hidden, gone]))[1]
    assert "Borta från plattformen (borttagen av avsändaren), iakttaget 2024-11-14 04.00" in later.notes


def test_what_was_observed_later_is_not_in_it() -> None:
    """A rebuild through the same instant gives the same rendering, whatever has come since."""
    through = datetime(2024, 11, 10, 13, tzinfo=UTC)
    before = _render(_thread(), through=through)
    late = datetime(2024, 11, 20, tzinfo=UTC)
    edited = replace(_thread()[1], version=2, text="Ändrad.", observed=late)
    more = replace(_reply(9, 1, 13), observed=late)
    rows = [*_thread(), edited, more]
    assert _render(rows, through=through) == before
    assert _render(rows) != before
    assert "Det som iakttagits till och med 2024-11-10 14.00 är med." in before.sections[0].paragraphs[1]


def test_pictures_films_and_what_is_missing() -> None:
    """A picture is shown with its digest and alt text; a film, a caption file and what was never fetched are lines."""
    digest = hashlib.sha256(JPEG).hexdigest()
    media = (
        MediaRef(role="picture", origin="a", media_type="image/jpeg", alt="Badet", digest=digest, size=len(JPEG)),
        MediaRef(role="video", origin="b", media_type="video/mp4", digest="b" * 64, size=10**10),
        MediaRef(role="caption", origin="c", language="sv", media_type="text/vtt", digest="c" * 64, size=9),
        MediaRef(role="picture", origin="d", alt="Borta"),
        MediaRef(role="picture", origin="e", digest="e" * 64, size=5),
    )
    later = replace(
        row(1, "2024-11-11T00:00+00:00"),
        row="observation",
        media=(MediaRef(role="thumbnail", origin="f", digest=digest, size=len(JPEG)),),
    )
    one = _blocks(_render([row(1, SEEN, media=media), later], pictures={digest: JPEG}.get))[0]
    assert [(image.name, image.alt) for image in one.images] == [
        (f"bild 1 (SHA-256 {digest})", "Badet"),
        (f"förhandsbild 1 (SHA-256 {digest})", ""),
    ]
    assert [(file.name, file.size, file.sha256, file.about) for file in one.files] == [
        ("film 1", 10**10, "b" * 64, "video/mp4"),
        ("undertexter 1", 9, "c" * 64, "text/vtt, språk sv"),
        ("bild 2", None, "", "bild, filen kunde inte hämtas"),
        ("bild 3", 5, "e" * 64, "bild, visas inte här"),
    ]
    assert "Alternativtext till bild 2: Borta" in one.notes


def test_an_attachment_that_came_later_or_went_with_an_edit() -> None:
    """One that a later night fetched counts as fetched; one of an earlier lydelse is listed as such, not shown."""
    digest = hashlib.sha256(JPEG).hexdigest()
    old = MediaRef(role="picture", origin="old", media_type="image/jpeg", digest="d" * 64, size=3)
    waiting = MediaRef(role="picture", origin="new", media_type="image/jpeg")
    first = row(1, SEEN, media=(old,))
    second = row(1, "2024-11-11T00:00+00:00", version=2, media=(waiting,))
    found = replace(
        second,
        row="observation",
        observed=datetime(2024, 11, 12, tzinfo=UTC),
        media=(replace(waiting, digest=digest, size=9),),
    )
    one = _blocks(_render([first, second, found], pictures={digest: JPEG}.get))[0]
    assert [image.data for image in one.images] == [JPEG]
    assert [(file.sha256, file.about) for file in one.files] == [("d" * 64, "image/jpeg, i en tidigare lydelse")]


def test_pictures_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the room of a document a picture is a line with its digest; the same picture twice counts once."""
    monkeypatch.setattr("flows.keep.renditions.PICTURES_TOGETHER", 2 * len(JPEG))
    data = {f"{at:064d}": JPEG for at in range(4)}
    media = tuple(MediaRef(role="picture", origin=one, digest=one, size=len(JPEG)) for one in data)
    rows = [row(1, SEEN, media=media), row(2, SEEN, media=media[:1], thread=item(1), parent=item(1))]
    blocks = _blocks(_render(rows, pictures=data.get))
    assert [len(block.images) for block in blocks] == [2, 1]
    assert [file.about for file in blocks[0].files] == ["bild, visas inte här"] * 2


def test_secret_items_are_withheld_and_a_mark_is_framed() -> None:
    """Withheld ones are stubs without name; the mark has provision, day and authority (OSL 5:5)."""
    one = _render(_thread(), withheld=frozenset({item(2)}))
    assert _lines(one)[1] == "[sekretessmarkerad handling visas inte här]"
    assert "Besökare 2" not in repr(one)
    assert "nummer 2" not in repr(one)
    assert item(2) not in shown_items(one)
    marked = _render(_thread(), secrecy=MARK)
    assert marked.notice.splitlines() == [
        "SEKRETESSMARKERING (5 kap. 5 § OSL)",
        "Bestämmelse: OSL 21:1",
        "Datum: 2024-11-12",
        "Myndighet: Arvika kommunstyrelse",
    ]


HOSTILE = "#panic(1) <b>&amp;</b> \x00\x1b[31m \u202eevil \U0001f600 *x*"


def test_hostile_names_and_texts_are_only_text() -> None:
    """The document stands, the text is in it as text, and its controls are visible."""
    one = _render([row(1, SEEN, author=HOSTILE, text=HOSTILE, account="arvika", links=(HOSTILE,), visibility=HOSTILE)])
    made = TYPESETTER.render(one)
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages)
    assert "#panic(1) <b>&amp;</b> ⟦U+0000⟧⟦U+001B⟧[31m ⟦U+202E⟧evil ⟦U+1F600⟧ *x*" in " ".join(said.split())
    assert {one.split()[0] for one in made.replaced} == {"⟦U+0000⟧", "⟦U+001B⟧", "⟦U+202E⟧", "⟦U+1F600⟧"}


def _stored(small: Small) -> list[ItemId]:
    """A post with a comment in a later month, our answer, and a stranger's thread beside."""
    published = datetime(2025, 11, 28, 10, tzinfo=UTC)
    post = small.row("post", published, text="Vårt inlägg.")
    comment = small.row(
        "comment",
        published + timedelta(days=5),
        thread=post.item,
        parent=post.item,
        text="Hemlig kommentar.",
        author="Anna",
    )
    answer = small.row("reply", published + timedelta(days=6), thread=post.item, parent=comment.item, text="Vårt svar.")
    other = small.row("post", published, text="Annat inlägg.")
    return small.put([post, comment, answer, other])


def _said(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_thread_of_the_archive_becomes_a_pdf(small: Small) -> None:
    """Any item of it names it; replies of later months are found; the same arguments give the same bytes."""
    post, comment, answer, _ = _stored(small)
    with small.open() as home:
        made, rendering = thread_pdf(home, comment, None, through=None, made=MADE)
        again, _ = thread_pdf(home, post, None, through=None, made=MADE)
    assert made.pdf == again.pdf
    assert shown_items(rendering) == (post, comment, answer)
    said = _said(made.pdf)
    assert all(words in said for words in ("Vårt inlägg.", "Hemlig kommentar.", "Vårt svar."))
    assert "Annat inlägg." not in said


def test_a_secret_item_is_not_in_an_open_document(small: Small) -> None:
    """The mark keeps it out, the focus included; the secret form shows it."""
    _, comment, answer, _ = _stored(small)
    with small.open() as home:
        mark_items(home.ground, [comment], "sekretess", OFFICER, provision="OSL 21:1", authority=AUTHORITY)
        for focus in (comment, answer):
            made, rendering = thread_pdf(home, focus, focus, through=None, made=MADE, around="needed")
            assert "Hemlig" not in _said(made.pdf)
            assert "Anna" not in _said(made.pdf)
            assert comment not in shown_items(rendering)
        secret, _ = thread_pdf(home, comment, comment, through=None, made=MADE, around="needed", secrecy=MARK)
    assert "Hemlig kommentar." in _said(secret.pdf)
    assert "Bestämmelse: OSL 21:1" in _said(secret.pdf)


def test_another_provision_is_not_shown_under_this_one(small: Small) -> None:
    """What is secret under the same provision is context; under another one it needs a mark that is not there: a stub."""
    _, comment, answer, _ = _stored(small)
    for provision, shown in (("OSL 21:1", True), ("OSL 26:1", False)):
        with small.open() as home:
            mark_items(home.ground, [comment], "sekretess", OFFICER, provision=provision, authority=AUTHORITY)
            secret, rendering = thread_pdf(home, answer, answer, through=None, made=MADE, around="needed", secrecy=MARK)
        assert ("Hemlig kommentar." in _said(secret.pdf)) == shown
        assert (comment in shown_items(rendering)) == shown
        assert answer in shown_items(rendering)


def test_an_item_that_nobody_knows_is_refused(small: Small) -> None:
    """Neither rows nor a tombstone."""
    with small.open() as home, pytest.raises(RefusedError):
        thread_pdf(home, item(77), None, through=None, made=MADE)


def test_many_threads_from_rows_at_hand_are_as_those_that_are_read(small: Small) -> None:
    """Grouped rows give the same rendering as reading the archive; threads come by id; what is too new is passed over."""
    post, _, _, other = _stored(small)
    with small.open() as home:
        ground = home.ground
        nodes = [node for one in (post, other) for node in read_thread(ground, one)]
        rows = [
            one for some in rows_of_items(ground, [node.item for node in nodes if node.item]).values() for one in some
        ]
        grouped = by_thread(rows)
        assert list(grouped) == sorted([post, other])
        made = dict(renderings_of(home, grouped.items(), made=MADE))
        _, read = thread_pdf(home, post, None, through=None, made=MADE)
        assert made[post] == read
        assert set(made) == {post, other}
        assert list(renderings_of(home, grouped.items(), made=MADE, through=datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_only_proven_pictures_of_a_bearable_size_are_shown(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are not what their name says, missing ones and too large ones are not given."""
    good, large = png(), png(90, 90)
    names = [hashlib.sha256(one).hexdigest() for one in (good, large)]
    with small.open() as home:
        store = home.ground.store
        store.put_new(medium(names[0]), good)
        store.put_new(medium(names[1]), large)
        store.put_new(medium("a" * 64), good)
        monkeypatch.setattr("flows.keep.renditions._PICTURE", len(good))
        give = pictures_of(home.ground)
        assert [give(one) for one in (*names, "a" * 64, "b" * 64)] == [good, None, None, None]


COVER: dict[str, Any] = {
    "organisation": ARVIKA,
    "authority": "ks",
    "received_or_made": datetime(2024, 11, 10, 23, 30, tzinfo=UTC),
    "direction": "incoming",
    "sender": "Anna Åberg",
    "recipient": "Arvika kommun",
    "subject": "Klagomål på snöröjning",
    "secrecy": None,
    "matter": "KS 2024/12",
    "item": item(1),
    "made": MADE,
    "neutral": False,
}


def test_the_cover_has_what_the_register_shall_show() -> None:
    """OSL 5:2: the local day it came, the number to be set, sender and recipient, briefly what it is about."""
    one = cover_rendering(**COVER, contents=(("handling.pdf", "Handlingen"),))
    fields = dict(one.fields)
    assert one.title == "Försättsblad"
    assert fields["Datum då handlingen kom in"] == "2024-11-11"
    assert fields["Diarienummer"] == "Sätts vid registreringen"
    assert (fields["Avsändare"], fields["Mottagare"]) == ("Anna Åberg", "Arvika kommun")
    assert fields["Handlingen rör"] == "Klagomål på snöröjning"
    assert fields["Hör till ärende"] == "KS 2024/12"
    assert one.notice == ""
    ours = dict(
        cover_rendering(**{**COVER, "direction": "outgoing", "number_line": "KS 2024/13", "matter": None}).fields
    )
    assert ours["Datum då handlingen upprättades"] == "2024-11-11"
    assert ours["Diarienummer"] == "KS 2024/13"
    assert "Hör till ärende" not in ours


def test_a_neutral_cover_says_nothing_of_who_and_what() -> None:
    """Neither in the rendering nor in the PDF; the register's other fields stay."""
    one = cover_rendering(**{**COVER, "neutral": True}, contents=(("handling.pdf", "Klagomål"),))
    pdf = TYPESETTER.render(one).pdf
    for text in (repr(one), _said(pdf)):
        assert not any(word in text for word in ("Anna", "Åberg", "Klagomål", "snöröjning"))
        assert NEUTRAL_SUBJECT in text
        assert APART in text
        assert "2024-11-11" in text


def test_a_secret_cover_has_its_mark_framed() -> None:
    """Provision, day and authority on its face, and what such a mark means."""
    pdf = TYPESETTER.render(cover_rendering(**{**COVER, "secrecy": MARK})).pdf
    said = _said(pdf)
    assert (
        "SEKRETESSMARKERING (5 kap. 5 § OSL) Bestämmelse: OSL 21:1 Datum: 2024-11-12 Myndighet: Arvika kommunstyrelse"
        in said
    )
    assert "ny prövning görs varje gång" in said
