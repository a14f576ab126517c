"""What texts say: disguised words, doubts, links, hostile input, the batch form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.oversee.watch.texts import Hit, asks, judge, judge_many
from schemas.oversight import Clause, OversightSettings
from schemas.watch_words import CODES, WatchWords, built_in_words, read_words

WORDS = built_in_words()
SETTINGS = OversightSettings()


def _codes(text: str, words: WatchWords = WORDS) -> dict[str, str]:
    return {hit.code: hit.certainty for hit in judge(text, words, SETTINGS, own=False, kind="comment")}


@pytest.mark.parametrize(
    "text",
    [
        "Idioter!",
        "1d10ter",
        "idiooooter",
        "i.d.i.o.t",
        "i d i o t e r",
        "idi\u200boter",
        "ID\u00adIOTER",
        "іԁіоter",
        "ｉｄｉｏｔｅｒ",
        "id*oter",
        "𝐢𝐝𝐢𝐨𝐭𝐞𝐫",
    ],
)
def test_a_disguised_word_is_seen(text: str) -> None:
    """Digits, stars, repetition, spaced letters, hidden and look-alike characters do not hide a word."""
    assert _codes(text).get("W111") == "likely"


@pytest.mark.parametrize("text", ["javla vag", "jaevla vaeg", "Jävla väg", "JÄVLA", "ja\u0308vla vag"])
def test_letters_may_lack_their_rings_and_dots(text: str) -> None:
    """A writer without å, ä and ö is understood, however they are written instead."""
    assert _codes(text)["W119"] == "likely"


def test_rings_and_dots_tell_words_apart() -> None:
    """A word is not taken for another that differs in them when the writer has those letters: *hära* is not *hora*."""
    assert _codes("Får, far och får på en hårig äng") == {}


@pytest.mark.parametrize(
    "text",
    [
        "Han kallade mig idiot på bussen",
        "De ropade ”idioter” efter oss",
        "Ni är verkligen inga idioter",
        "Jag var en idiot som glömde det",
        "Vilka idioter 😉",
        "You are all idiots and this is the end of it",
    ],
)
def test_what_speaks_against_a_hit_makes_it_uncertain(text: str) -> None:
    """Quotation, saying, negation, oneself, irony and another language leave it to a person."""
    assert _codes(text).get("W111", "uncertain") == "uncertain"


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("https://falska-nyheter.example/a?b=1", "sure"),
        ("se NYHET.Falska-Nyheter.EXAMPLE.", "sure"),
        ("https://user:pw@falska-nyheter.example:8080/x", "sure"),
        ("https://bit.ly/abc", "uncertain"),
        ("https://inte-falska-nyheter.example", None),
        ("https://arvika.se/?u=falska-nyheter.example", None),
    ],
)
def test_listed_sites_are_known_by_host(text: str, certainty: str | None) -> None:
    """Hosts and subdomains count, however the address is written; a host that only looks alike or stands in a query does not."""
    assert _codes(text).get("W122") == certainty


def test_international_hosts_are_one_with_their_coded_form() -> None:
    """A listed name with å, ä, ö is found as ``xn--`` too."""
    words = read_words('[group.listade-sidor]\nadd = ["påhittat.example"]', "egna.toml", WORDS)
    coded = "påhittat.example".encode("idna").decode("ascii")
    assert _codes(f"https://{coded}/x", words)["W122"] == "sure"


def test_clauses_are_the_rules_or_those_that_name_the_code() -> None:
    """A rule of the page is fixed; other codes take the clause of the settings that names them."""
    clause = Clause(id="P12", section="s", title="t", treatment="check", codes=("W105",))
    found = judge(
        "Vilken idiot, lampan är trasig", WORDS, OversightSettings(clauses={"P12": clause}), own=False, kind="comment"
    )
    assert [(one.code, one.clause) for one in found] == [("W105", "P12"), ("W111", "R01")]


def test_hits_hold_nothing_of_the_text() -> None:
    """Parameters are codes and numbers."""
    found = judge("Idioten Anna Ek, ring 070-123 45 67 eller 811218-9876", WORDS, SETTINGS, own=False, kind="comment")
    assert {one.code for one in found} >= {"W111", "W115", "W116"}
    for one in found:
        for name, value in one.parameters:
            assert (name, value) in {("kind", "phone"), ("coordination", 0)}


def test_the_batch_gives_what_the_single_form_gives() -> None:
    """Places and hits are the same; empty and missing texts have none."""
    texts = ["Hej", None, "", "Din idiot", "Lampan är trasig"]
    found = dict(judge_many(texts, WORDS, SETTINGS, own=False, kind="comment"))
    assert found == {
        3: judge("Din idiot", WORDS, SETTINGS, own=False, kind="comment"),
        4: judge("Lampan är trasig", WORDS, SETTINGS, own=False, kind="comment"),
    }


def test_a_group_of_ones_own_is_looked_for_with_its_certainty() -> None:
    """The municipality's own group and its changes work at once."""
    words = read_words(
        '[group.lokalt]\ncode = "W119"\ncertainty = "uncertain"\nwords = ["=attans"]\n[group.personangrepp]\nremove = ["fjant"]\n[group.svordomar]\noff = true',
        "egna.toml",
        WORDS,
    )
    assert _codes("Attans fjanter") == {"W111": "likely"}
    assert _codes("Attans fjanter", words) == {"W119": "uncertain"}
    assert "W119" not in _codes("jävla helvete", words)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Hej! Vi öppnar klockan tio i morgon.", ("sure", "all")),
        ("Hej! Vi öppnar klockan tio. /Anna", ("likely", "greeting")),
        ("Hej! Vi öppnar tio. Med vänlig hälsning", ("likely", "name")),
        ("Hej! Vi öppnar tio. Med vänlig hälsning Arvika kommun", ("likely", "name")),
        ("Hej! Vi öppnar tio. Med vänlig hälsning Anna", ("likely", "unit")),
        ("Hej! Vi öppnar tio. Mvh Anna, biblioteket", ("uncertain", "wording")),
    ],
)
def test_an_answer_says_what_its_signature_lacks(text: str, missing: tuple[str, str]) -> None:
    """Greeting, name and unit are each looked for."""
    (hit,) = judge(text, WORDS, SETTINGS, own=True, kind="reply")
    assert (hit.code, hit.certainty, hit.parameters) == ("W103", missing[0], (("missing", missing[1]),))


@pytest.mark.parametrize(
    "text", ["Tack!", "👍", "Vad roligt, tack!", "Hej! Vi öppnar tio.\nMed vänlig hälsning\nAnna Ek\nBiblioteket"]
)
def test_a_signed_answer_or_a_thanks_is_well(text: str) -> None:
    """A whole signature, or a few words that answer nothing, give no hit."""
    assert judge(text, WORDS, SETTINGS, own=True, kind="reply") == ()


def test_our_own_texts_are_not_held_to_the_visitors_rules() -> None:
    """A post of ours that warns of a fault or swears by mistake is not a visitor's."""
    assert judge("Lampan är trasig, jävla otur!", WORDS, SETTINGS, own=True, kind="post") == ()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "a." * 150_000,
        "7" * 300_000,
        "07 " * 60_000,
        "0570-123 45 " * 20_000,
        "811218-9876 " * 20_000,
        "“a” " * 60_000,
        "@a" * 150_000,
        "a@b.se " * 40_000,
        "http://a.se?" * 20_000,
        "slå " * 50_000,
        "du korkad lampa sönder " * 10_000,
        "inte idiot jag är ”” " * 10_000,
        "*" * 300_000 + "a",
        "1" + "-1" * 100_000,
        "j*vl" * 60_000,
        "Anna Ek " * 40_000,
        "?!." * 100_000,
        "Åsgatan " * 30_000,
    ],
    ids=lambda text: text[:6],
)
def test_a_long_text_of_anything_is_judged_in_linear_time(text: str) -> None:
    """Nothing grows with the square of the length: no pattern, no looking for one word beside every other."""
    begun = time.process_time()
    judge(text, WORDS, SETTINGS, own=False, kind="comment")
    judge(text, WORDS, SETTINGS, own=True, kind="reply")
    asks(text, WORDS)
    assert time.process_time() - begun < 6


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    """No characters make it fail, surrogates, controls and right-to-left among them; certainty is always one of three."""
    for own in (False, True):
        for hit in judge(text, WORDS, SETTINGS, own=own, kind="reply"):
            assert isinstance(hit, Hit)
            assert hit.certainty in {"sure", "likely", "uncertain"}
    assert asks(text, WORDS) in {None, "likely", "uncertain"}


@pytest.mark.parametrize(
    "text", ["\u202eretoidi", "\x00\x01\x02", "\ud800", "İİİ i̇diot", "ß" * 50, "מה שלומך", "⟦U+D800⟧"]
)
def test_hostile_characters_do_no_harm(text: str) -> None:
    """Direction marks, controls, lone surrogates and letters whose case changes their number pass."""
    judge(text, WORDS, SETTINGS, own=False, kind="comment")
    asks(text, WORDS)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_group_of_ones_own_may_have_every_code_that_is_let(code: str) -> None:
    """No code that a file may write is passed over by the rules."""
    words = read_words(f'[group.lokalt]\ncode = "{code}"\nwords = ["zyxord"]', "egna.toml", WORDS)
    assert _codes("Här står zyxordet", words) == {code: "likely"}
