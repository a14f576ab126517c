"""What the rules say before anybody decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.deposit.propose import Known, outside, propose
from schemas.codes import sentence, texts

PLAIN = Known(role="video", originals=1)


def test_a_finished_film_is_proposed() -> None:
    """With KB's reading as the reason; a proposal is no decision."""
    found = propose(PLAIN)
    assert (found.answer, found.reasons) == ("yes", ("L104",))
    assert propose(replace(PLAIN, role="audio")).reasons == ("L106",)


@pytest.mark.parametrize(
    ("changes", "answer", "code"),
    [
        ({"live": True}, "ask", "L107"),
        ({"changing": True}, "ask", "L108"),
        ({"story": True}, "ask", "L109"),
        ({"role": "document"}, "ask", "L105"),
        ({"playable": False}, "ask", "L115"),
        ({"was_live": True}, "yes", "L110"),
        ({"files": False, "originals": 0}, "yes", "L111"),
        ({"originals": 0}, "yes", "L112"),
        ({"captions": False}, "yes", "L113"),
        ({"originals": 2}, "yes", "L114"),
        ({"newer": True}, "yes", "L116"),
        ({"shared_captions": True}, "yes", "L117"),
        ({"ground": "L101"}, "no", "L101"),
        ({"ground": "L102"}, "no", "L102"),
        ({"ground": "L103"}, "no", "L103"),
    ],
)
def test_each_reason(changes: dict[str, object], answer: str, code: str) -> None:
    """Each by itself, with its sentence in both languages."""
    found = propose(replace(PLAIN, **changes))  # type: ignore[arg-type] # a test's few values
    assert found.answer == answer
    assert code in found.reasons
    assert all(sentence(one, lang) != one for one in found.reasons for lang in ("sv", "en"))


def test_what_is_outside_is_never_proposed() -> None:
    """Whatever else speaks for it: the reason stands first."""
    found = propose(replace(PLAIN, ground="L102", live=True, captions=False))
    assert (found.answer, found.reasons) == ("no", ("L102", "L113"))


def test_grounds_in_their_order() -> None:
    """Never public comes before whose it is, and that before when."""
    old, new = datetime(2014, 12, 31, 22, 59, tzinfo=UTC), datetime(2014, 12, 31, 23, tzinfo=UTC)
    common = {"authority": "bolaget", "companies": ("bolaget",)}
    assert outside(public=False, available=old, **common) == "L101"  # type: ignore[arg-type] # as above
    assert outside(public=True, available=old, **common) == "L102"  # type: ignore[arg-type] # as above
    assert outside(public=True, authority="ks", available=old, companies=()) == "L103"
    assert outside(public=True, authority="ks", available=new, companies=()) == ""


def test_every_code_says_something_of_its_own() -> None:
    """No two sentences alike, both languages there."""
    own = {code: pair for code, pair in texts().items() if "L101" <= code <= "L139"}
    assert len({pair[0] for pair in own.values()}) == len({pair[1] for pair in own.values()}) == len(own)
