"""What is handed out holds nothing of what is masked, and everything else as it was."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given as given_that
from hypothesis import settings
from hypothesis import strategies as st

from flows.disclose.assess.folded import fold
from flows.disclose.assess.redact import masked_text, redact
from flows.disclose.assess.stand_ins import stand_ins
from schemas.request import Assessment, Mask
from tests.disclose.rowmaker import (
    AT,
    CODE,
    ITEM,
    LABEL,
    MASKED,
    SECOND,
    field,
    file,
    given,
    observed,
    of_word,
    partly,
    span,
    version,
)

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("aÅé\u0301\u200b\u200d👩👧🏽🇸🇪\u202e\u202c\u2066\u2069\u2067\n]["),
    ),
    max_size=40,
)


def test_labels_stand_in_the_place_of_spans_with_their_provision() -> None:
    """The text around is as it was; adjacent and overlapping spans have one label with all provisions."""
    rows = [version(text="Ring Åsa på 070-12 i dag")]
    found = given(
        rows, partly(of_word("text", rows[0].text or "", "Åsa"), of_word("text", rows[0].text or "", "070-12"))
    )
    assert found.text == f"Ring {MASKED} på {MASKED} i dag"
    assert found.provisions == (CODE,)
    both = given(rows, partly(span("text", 5, 8), span("text", 7, 12, SECOND)))
    assert both.text == "Ring [maskat: 21 kap. 1 § OSL; 25 kap. 1 § OSL]070-12 i dag"
    assert both.provisions == (CODE, SECOND)


def test_only_that_version_is_given() -> None:
    """Text, links and attachments of other versions are not in it; counters are the newest up to it."""
    rows = [
        version(text="ett", links=("https://a.test",), counts=(("likes", 1),), media=(file("a"),)),
        observed(days=0.5, counts=(("likes", 2),)),
        version(number=2, text="två", links=("https://b.test",), counts=(("likes", 9),), media=(file("b"),)),
    ]
    found = given(rows, Assessment(request=1, item=ITEM, version=1, verdict="give", person="x", at=AT))
    assert (found.text, found.links, found.counts) == ("ett", ("https://a.test",), (("likes", 2),))
    assert len(found.files) == 1
    with pytest.raises(ValueError, match="no such version"):
        given(rows, partly(number=3))


def test_what_was_observed_after_the_assessment_is_not_given() -> None:
    """An attachment that nobody has looked at stays here."""
    rows = [version(), observed(days=99, media=(file("a", "1" * 64),), counts=(("likes", 3),))]
    found = given(rows, partly(field("author")))
    assert found.files == ()
    assert found.counts == ()


@pytest.mark.parametrize("mask", [field("author"), span("author", 0, 3), field("address")])
def test_a_masked_author_takes_the_address_along(mask: Mask) -> None:
    """The address on the platform shows who wrote."""
    rows = [version(native="https://test/@asaoberg/1")]
    assert given(rows, partly()).address == "https://test/@asaoberg/1"
    found = given(rows, partly(mask))
    assert found.address == ""


@pytest.mark.parametrize(
    "link",
    [
        "https://test/åsa-öberg",
        "https://test/%C3%85sa%20%C3%96berg",
        "https://test/?q=%25C3%2585sa+%25C3%2596berg",
        "https://test/A%CC%8Asa_O%CC%88berg",
        "https://ÅSAÖBERG.test/x",
        "https://xn--sa-berg-5wa1n.test/".replace("xn--sa-berg-5wa1n", "åsa-öberg".encode("idna").decode()),
        "https://social.test/@asaoberg/followers",
    ],
)
def test_a_link_that_shows_what_is_masked_is_masked(link: str) -> None:
    """However it is written: encoded, twice, decomposed, as a host name, by the author's handle."""
    rows = [version(text="Se Åsa Öberg", links=(link, "https://test/fine"))]
    for mask in (of_word("text", "Se Åsa Öberg", "Åsa Öberg"), field("author")):
        if "@asaoberg" in link and mask.where == "text":
            continue
        assert given(rows, partly(mask)).links == (MASKED, "https://test/fine")


def test_an_address_that_shows_a_masked_word_of_the_text_is_not_given() -> None:
    """Addresses are made of titles."""
    rows = [version(text="Familjen Kvist", native="https://test/nyheter/familjen-kvist")]
    assert given(rows, partly(of_word("text", "Familjen Kvist", "Familjen Kvist"))).address == ""


def test_of_what_is_refused_only_the_frame_is_told() -> None:
    """Kind, account, platform and day, and the provision."""
    rows = [version(text="hemligt", links=("https://a.test",), counts=(("likes", 1),), media=(file("a", "1" * 64),))]
    found = given(rows, partly(verdict="refuse", provision=CODE))
    assert (found.kind, found.account, found.platform, found.provisions) == ("post", "nyheter", "bluesky", (CODE,))
    assert (found.text, found.author, found.links, found.files, found.counts) == ("", None, (), (), ())
    assert (found.own, found.edited, found.state, found.address) == (False, None, "", "")


def test_attachments_are_whole_masked_removed_or_missing() -> None:
    """Each says what is given of it, and what a removal rests on."""
    media = (file("a", "1" * 64, alt="Åsa vid torget"), file("b", "2" * 64), file("c"), file("d", "4" * 64))
    masks = (
        of_word("alt:0", "Åsa vid torget", "Åsa"),
        Mask(sort="region", where="media:1", provision=CODE, width=2, height=2),
        Mask(sort="file", where="media:3", provision=SECOND),
    )
    files = given([version(media=media)], partly(*masks)).files
    assert [one.state for one in files] == ["whole", "masked", "missing", "removed"]
    assert files[0].alt == f"{MASKED} vid torget"
    assert files[3].provision == SECOND
    assert files[1].masks == (masks[1],)


def test_a_label_stands_by_itself_in_text_that_runs_from_right_to_left() -> None:
    """It is isolated, and what would turn it or has lost its partner is left out."""
    text = "شكرا \u202eTACK Åsa\u202c för \u2067vattnet"
    found = masked_text(text, [span("text", text.index("Åsa"), text.index("Åsa") + 4)], LABEL)
    assert f"\u2066{MASKED}\u2069" in found
    assert "\u202e" not in found
    assert "\u2067" not in found
    balanced = "\u202eTACK\u202c hej Åsa"
    found = masked_text(balanced, [of_word("text", balanced, "Åsa")], LABEL)
    assert found == f"\u202eTACK\u202c hej \u2066{MASKED}\u2069"


def test_controls_within_each_other_without_end_swallow_no_label() -> None:
    """Deeper than any real text they are left out altogether."""
    text = "\u202e" * 200 + "Åsa" + "\u202c" * 200
    assert masked_text(text, [of_word("text", text, "Åsa")], LABEL) == f"\u2066{MASKED}\u2069"


def test_a_mask_that_does_not_fit_hides_the_whole_text() -> None:
    """Rather too much than too little."""
    for mask in (span("text", 2, 99), span("text", 5, 5), span("text", -4, 2), field("text")):
        assert masked_text("kort", [mask], LABEL) == MASKED


def test_spans_never_cut_a_character_in_two() -> None:
    """Half of a family emoji, of a decomposed letter or of a written surrogate takes the whole."""
    for text, start in (("x👨\u200d👩\u200d👧y", 2), ("xA\u030ay", 2), ("x⟦U+D83D⟧y", 4), ("x🇸🇪y", 1)):
        assert masked_text(text, [span("text", start, start + 1)], LABEL) == f"x{MASKED}y"


def test_stand_ins_are_shown_with_their_provision() -> None:
    """An author and their name in a text have one stand-in; a name of nobody in the list has its own."""
    text = "Åsa Öberg talade med Eva"
    row = version(text=text)
    people = stand_ins([(row.platform, row.author_native, row.author)], ["Eva"])
    masks = [field("author", pseudonym=True)]
    masks += [of_word("text", text, word, pseudonym=True) for word in ("Åsa Öberg", "Eva")]
    found = redact([row], partly(*masks), LABEL, people)
    first, second = (f"[Person {number}, maskat: 21 kap. 1 § OSL]" for number in (1, 2))
    assert found.author == first
    assert found.text == f"{first} talade med {second}"


@settings(max_examples=150)
@given_that(st.data())
def test_nothing_masked_is_left_and_the_rest_is_complete(data: st.DataObject) -> None:
    """Whatever the text: cut at the labels, it is the unmasked parts in order, and what a span held is gone."""
    text = data.draw(HOSTILE)
    places = st.integers(0, len(text))
    pairs = [sorted((data.draw(places), data.draw(places))) for _ in range(data.draw(st.integers(1, 3)))]
    masks = [span("text", start, end) for start, end in pairs if start < end]
    out = given([version(text=text, author=None)], partly(*masks)).text
    kept, labels, before = "", 0, False
    for match in regex.finditer(r"\X", text):
        hidden = any(one.start < match.end() and match.start() < one.end for one in masks)
        labels += hidden and not before
        kept += "" if hidden else match[0]
        before = hidden
    if masks:
        assert out.count(MASKED) == labels
    pieces = out.replace(f"\u2066{MASKED}\u2069", "").replace(MASKED, "")
    assert _plain(pieces) == _plain(kept)
    if pieces != kept:
        assert labels
        assert _plain(kept) != kept


@settings(max_examples=100)
@given_that(
    HOSTILE,
    HOSTILE,
    HOSTILE,
    HOSTILE,
    st.lists(st.sampled_from(["text", "author", "address", "links:0", "alt:0", "media:0", "x"])),
)
def test_redaction_never_fails(text: str, author: str, link: str, alt: str, places: list[str]) -> None:
    """Whatever stands in a record, and wherever masks are put."""
    row = version(text=text, author=author, links=(link,), media=(file("a", alt=alt),))
    masks = [make(where) for where in places for make in (field, lambda where: span(where, 1, 3))]
    found = given([row], partly(*masks))
    if "text" in places:
        assert found.text == MASKED
    if not masks:
        assert (found.text, found.author, found.links) == (text, author, (link,))


@given_that(HOSTILE)
def test_the_length_of_a_label_says_nothing(text: str) -> None:
    """One character or forty: the same label."""
    if text:
        assert masked_text(text, [field("text")], LABEL) in {MASKED, f"\u2066{MASKED}\u2069"}


def _plain(text: str) -> str:
    """Without what turns the direction, which may be left out."""
    return "".join(one for one in text if unicodedata.bidirectional(one) not in _TURNS)


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_folding_forgets_how_it_is_written() -> None:
    """Case, composition, width and unseen characters do not count; other letters do."""
    for text in ("ÅSA", "A\u030asa", "å\u200bs\u00ada", "\uff21\u030asa", "𝐀\u030a𝐬𝐚", "Å\u0336s\u0336a"):
        assert fold(text) == fold("Åsa")
    assert fold("André\u0301") == fold("Andre")
    for text, other in (("Asa", "Åsa"), ("Ostlund", "Östlund"), ("Sara", "Särä")):
        assert fold(text) != fold(other)
