"""What an officer says becomes masks in every place where it stands, whole characters, each once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from flows.disclose.assess.marking import (
    fitted,
    marked,
    merged,
    needles_of_name,
    needles_of_words,
    protections,
)
from flows.disclose.assess.places import field_mask, line_of, media_mask, region_mask, span_mask, time_mask
from flows.disclose.assess.provisions import labelling, labels_in, provision_of
from schemas.graphemes import boundaries, widened, widened_all
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.request import Mask
from tests.disclose.rowmaker import CODE, ITEM, PROVISIONS, SECOND, field, file, given, partly, span, version

ASA = ("Åsa Öberg", "https://test/@asaoberg")


def _words(row: Row, *words: str) -> set[str]:
    """Places of the masks that words get, spans with what they cover."""
    found = marked(row, row.media, needles_of_words(words), CODE).masks
    text = row.text or ""
    return {text[one.start : one.end] if one.where == "text" else one.where for one in found}


def test_words_are_found_everywhere() -> None:
    """Text, author, address, links and alt texts; links and addresses whole."""
    row = version(
        text="Ring Åsa Öberg. ÅSA\nÖBERGS hus, a\u030asa\u200b o\u0308berg!",
        links=("https://x.test/fine", "https://x.test/%C3%A5sa%20%C3%B6berg"),
        media=(file("a", alt="Fru Åsa Öberg"), file("b", alt="Torget")),
        native="https://test/%C3%85sa%20%C3%96berg/1",
    )
    assert _words(row, "åsa öberg") == {
        "Åsa Öberg",
        "ÅSA\nÖBERG",
        "a\u030asa\u200b o\u0308berg",
        "author",
        "links:1",
        "alt:0",
        "address",
    }


def test_words_in_an_address_in_a_text_are_found_encoded() -> None:
    """The span covers the encoded letters whole."""
    assert _words(version(text="se https://x.test/q=%C3%85sa%20%C3%96berg&x"), "Åsa Öberg") == {
        "%C3%85sa%20%C3%96berg",
        "author",
    }


def test_an_accent_hides_nothing_and_dots_make_another_letter() -> None:
    """A mark after the last letter is part of the hit; Kalla is not in Kallå."""
    row = version(text="MARKD\u0301! M\u0301ARKD Kallå", author=None)
    assert _words(row, "markd", "kalla") == {"MARKD\u0301", "M\u0301ARKD"}


def test_what_cannot_be_placed_hides_the_whole_text() -> None:
    """Encoded twice: found, but nobody can say where."""
    text = "se https://x.test/%25C3%2585sa"
    assert text in _words(version(text=text), "åsa")


def test_captions_have_spans_on_their_file() -> None:
    """A caption file with a hit is masked, not removed."""
    found = marked(version(), (), needles_of_words(["åsa"]), CODE, captions={2: "WEBVTT\n\n- Hej Åsa!"})
    assert [(one.sort, one.where, one.start, one.end) for one in found.masks if one.where != "author"] == [
        ("span", "media:2", 14, 17)
    ]


@pytest.mark.parametrize(("text", "word"), [("Bra 👨\u200d👩\u200d👧!", "👩"), ("e\u0301x", "é"), ("🇸🇪🇳🇴", "🇸🇪")])
def test_a_hit_is_widened_to_whole_characters(text: str, word: str) -> None:
    """Part of an emoji sequence takes the sequence."""
    row = version(text=text, author=None)
    (one,) = marked(row, (), needles_of_words([word]), CODE).masks
    assert (one.start, one.end) == widened(text, one.start, one.end)
    assert word not in given([row], partly(one)).text


def test_a_name_is_found_with_the_handles_of_who_writes_under_it() -> None:
    """Name, id and handle; the author's field whole; first and last names are only told."""
    row = version(
        author="Bo",
        author_native="b",
        text="Öberg, Åsa: Åsa Öberg, @asaoberg, Åsa-Öberg, asaoberg, Åsa, Öbergs",
        links=("https://test/@asaoberg",),
    )
    found = marked(row, (), needles_of_name("Åsa Öberg", [ASA, ("Bo", "b")]), CODE)
    text = row.text or ""
    assert {text[one.start : one.end] for one in found.masks if one.where == "text"} == {
        "Åsa Öberg",
        "@asaoberg",
        "Åsa-Öberg",
        "Öberg, Åsa",
    }
    assert [one.where for one in found.masks if one.where != "text"] == ["links:0"]
    assert found.parts == 2
    hers = marked(version(author="Å. Ö."), (), needles_of_name("Åsa Öberg", [ASA, ("Å. Ö.", ASA[1])]), CODE)
    assert [one.where for one in hers.masks] == ["author"]


def test_a_short_name_inside_other_words_is_only_told() -> None:
    """Liv is no part of livsmedel; the genitive is hers."""
    row = version(author=None, text="Liv köper livsmedel i Livs butik, @liv! kliv")
    found = marked(row, (), needles_of_name("Liv", []), CODE)
    text = row.text or ""
    assert [text[one.start : one.end] for one in found.masks] == ["Liv", "Liv", "@liv"]
    assert found.inside == 2


def test_nothing_to_look_for_is_refused() -> None:
    """Empty words, unseen characters, a name without letters; the message repeats none of them."""
    for words in ([""], ["\u200b"], ["fint", "  "]):
        with pytest.raises(RefusedError, match="--words"):
            needles_of_words(words)
    with pytest.raises(RefusedError, match="--name"):
        needles_of_name("- -", [])


def test_a_mask_on_an_attachment_takes_what_else_shows_it_along() -> None:
    """Alt text, captions and thumbnails, unless the officer keeps them; metadata shows nothing."""
    media = (file("a", alt="x"), file("b", role="caption"), file("c", role="thumbnail", alt="z"), file("d", alt="y"))
    mask = Mask(sort="region", where="media:0", provision=CODE, width=1, height=1)
    found = protections([mask], media)
    assert [(one.sort, one.where) for one in found] == [
        ("field", "alt:0"),
        ("file", "media:1"),
        ("file", "media:2"),
        ("field", "alt:2"),
    ]
    assert not protections([mask], media, keep_alt=True, keep_captions=True, keep_thumbnails=True)
    assert not protections([Mask(sort="metadata", where="media:0", provision=CODE), span("text", 0, 1)], media)


def test_masks_that_overlap_are_one_and_provisions_stay() -> None:
    """One sort, place and provision: joined; another provision or place: both stay."""
    masks = [
        span("text", 4, 9),
        span("text", 0, 5),
        span("text", 0, 5),
        span("text", 2, 7, SECOND),
        span("author", 0, 5),
    ]
    assert merged(masks) == (span("author", 0, 5), span("text", 0, 9), span("text", 2, 7, SECOND))
    touching = [span("text", 0, 3, pseudonym=True), span("text", 3, 6, pseudonym=True)]
    assert len(merged(touching)) == 2
    times = [Mask(sort="sound", where="media:0", provision=CODE, start=at, end=at + 50) for at in (0, 20, 90)]
    assert [(one.start, one.end) for one in merged(times)] == [(0, 70), (90, 140)]
    assert merged(merged(masks)) == merged(masks)


def test_a_placed_mask_must_fit_its_record() -> None:
    """No such field, too long, no such attachment: refused; a span is widened."""
    row = version(text="x👩\u200d👧y", links=("https://a.test",), author=None, media=(file("a", alt="alt"),))
    fit = fitted(span("text", 2, 3), row, row.media)
    assert (fit.start, fit.end) == (1, 4)
    for mask in (
        span("text", 0, 6),
        field("author"),
        field("links:1"),
        field("alt:1"),
        Mask(sort="file", where="media:1", provision=CODE),
    ):
        with pytest.raises(RefusedError):
            fitted(mask, row, row.media)
    assert fitted(field("address"), row, row.media) == field("address")


def test_places_are_read_strictly() -> None:
    """As the command line has them; anything else is refused with the form."""
    assert line_of(ITEM) == (ITEM, None)
    assert line_of(f"{ITEM}@2") == (ITEM, 2)
    assert span_mask("alt:00:1-3", CODE) == span("alt:0", 1, 3)
    assert field_mask("links:1", CODE).where == "links:1"
    assert region_mask("0:10,20,200,80", CODE).width == 200
    assert time_mask("sound", "1:1:02:03.5-3724", CODE).start == 3_723_500
    assert time_mask("picture", "0:12.5-1:03", CODE).end == 63_000
    assert media_mask("file", "2", CODE).where == "media:2"
    for call in (
        lambda: line_of(f"{ITEM}@0"),
        lambda: line_of(f"{ITEM}@x"),
        lambda: span_mask("text:5-5", CODE),
        lambda: span_mask("address:1-2", CODE),
        lambda: span_mask("text:١-٢", CODE),
        lambda: field_mask("payload", CODE),
        lambda: region_mask("0:1,2,0,4", CODE),
        lambda: region_mask("0:-1,2,3,4", CODE),
        lambda: time_mask("sound", "0:9-3", CODE),
        lambda: time_mask("sound", "0:a-b", CODE),
        lambda: media_mask("file", "-1", CODE),
    ):
        with pytest.raises(RefusedError):
            call()


def test_a_provision_is_known_by_code_or_citation() -> None:
    """Spaces and case do not count; for an unknown one near ones are named."""
    for said in ("OSL 21:1", "osl21:1", "21 kap. 1 § OSL"):
        assert provision_of(PROVISIONS, said).code == CODE
    with pytest.raises(RefusedError, match="OSL 25:1"):
        provision_of(PROVISIONS, "OSL 25:11")
    with pytest.raises(RefusedError, match="name the provision"):
        provision_of(PROVISIONS, " ")


def test_labels_are_known_again_and_nothing_else_is() -> None:
    """With one or several provisions, with a stand-in, for an attachment; text dressed up as one is none."""
    label, found = labelling(PROVISIONS), labels_in(PROVISIONS, ["OSL 99:9"])
    for text in (
        label([CODE]),
        label([CODE, SECOND, CODE]),
        label([CODE], stand_in="Person 12"),
        label([SECOND], attachment=True),
        label(["OSL 99:9"]),
    ):
        assert found.fullmatch(text)
    assert label([CODE, SECOND, CODE]) == "[maskat: 21 kap. 1 § OSL; 25 kap. 1 § OSL]"
    assert found.search("[maskat: Åsa Öberg]") is None


@given_that(st.text(max_size=30), st.data())
def test_widening_is_outwards_and_no_further_than_needed(text: str, data: st.DataObject) -> None:
    """The result holds the span, ends between characters, and is the smallest such."""
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    first, last = widened(text, start, end)
    places = boundaries(text)
    assert first <= start <= end <= last
    assert first == max(place for place in places if place <= start)
    assert last == min(place for place in places if place >= end)
    assert widened_all(text, [(start, end)]) == [(first, last)]


@given_that(st.text(max_size=30), st.text(min_size=1, max_size=5), st.text(max_size=30))
def test_what_is_searched_is_masked_out(before: str, word: str, after: str) -> None:
    """Whatever the texts: a word that stands by itself is gone from what is given."""
    row = version(text=f"{before} {word} {after}", author=None)
    try:
        needles = needles_of_words([word])
    except RefusedError:
        return
    masks = marked(row, (), needles, CODE).masks
    text = row.text or ""
    place = len(before) + 1
    hidden = [one for one in masks if one.where == "text"]
    if word.strip() == word:
        covered = {at for one in hidden for at in range(one.start, one.end)}
        seen = [at for at, one in enumerate(text) if one.isalnum() and place <= at < place + len(word)]
        assert set(seen) <= covered


def test_ten_thousand_texts_are_searched_in_a_blink() -> None:
    """Whole lists are searched: what has no hit costs little."""
    rows = [version(text=f"Vattnet på Ågatan är avstängt, nummer {number}. " * 5) for number in range(2_000)]
    needles = needles_of_words(["Åsa Öberg"])
    began = time.process_time()
    assert all(not marked(row, (), needles, CODE).parts for row in rows)
    assert time.process_time() - began < 2
