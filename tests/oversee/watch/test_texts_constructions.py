"""Constructions: the same words are a sign only where they stand together as one."""

from __future__ import annotations

import pytest

from flows.oversee.watch.texts import asks, judge
from schemas.oversight import OversightSettings
from schemas.watch_words import built_in_words

WORDS, SETTINGS = built_in_words(), OversightSettings()


def _firm(text: str, *, own: bool = False) -> set[str]:
    hits = judge(text, WORDS, SETTINGS, own=own, kind="post" if own else "comment")
    return {hit.code for hit in hits if hit.certainty != "uncertain"}


@pytest.mark.parametrize(
    ("code", "sign", "none"),
    [
        ("W114", "Någon borde spränga masterna", "De ska spränga berget vid masterna"),
        ("W114", "Krossa kamerorna!", "Ungdomar krossar kamerorna varje helg"),
        ("W114", "Hoppas chefen blir påkörd", "Hoppas ingen blir påkörd här"),
        ("W118", "Lägger ut hela novellen här, varsågoda", "Vi läste hela novellen på lektionen"),
        ("W120", "Säljer en gräsklippare", "Säljer ni gräsklippare på återbruket"),
        ("W124", "Min sons ansökan ligger kvar hos er", "Min son skrev en fin uppsats"),
    ],
)
def test_words_count_where_they_are_put_together(code: str, sign: str, none: str) -> None:
    """A call for a deed, a work given away, an offer, a matter that waits; not the words alone."""
    assert code in _firm(sign)
    assert code not in _firm(none)


def test_an_own_post_markets_where_a_seller_and_a_call_to_buy_meet() -> None:
    """Somebody else's shop with a price and a call; not our own tickets, nor a shop that is only told of."""
    assert _firm("Handla skor hos Petterssons Skobutik, nu 399 kr", own=True) == {"W133"}
    assert _firm("Köp biljetter till simhallen, 60 kr", own=True) == set()
    assert _firm("Skobutiken på hörnet får nytt bygglov", own=True) == set()


@pytest.mark.parametrize(
    "text", ["Blir det sol kommer vi till badet", "Vilken fin park ni byggt!", "Hur tänkte ni här?"]
)
def test_conditions_exclamations_and_rhetoric_ask_for_no_answer(text: str) -> None:
    """They are shown as uncertain at most."""
    assert asks(text, WORDS) != "likely"
