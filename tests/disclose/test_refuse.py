"""An employee's no: only of what is assessed, with provision and reasons, and never of what is to be given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.disclose.refuse.refuse import refuse
from flows.disclose.refuse.refused import LISTED, as_csv, check_refusable, cited, described, summed
from flows.keep.own import own_file, read_own
from schemas.disclosure import Provision
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Mask, Verdict
from tests.disclose.deciding import FIRST, WHY, asked, given, meanwhile, template
from tests.disclose.test_letters import REQUEST
from tests.disclose.world import COLLEAGUE, OFFICER, Desk

HEALTH = Provision(code="OSL 21:1", citation="21 kap. 1 § OSL", title="Hälsa och sexualliv", test="rakt")
PLACE = Provision(code="OSL 21:3", citation="21 kap. 3 § OSL", title="Adress", test="rakt")
TABLE = {one.code: one for one in (HEALTH, PLACE)}
AT = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with one assessed request."""
    return template(tmp_path_factory, asked)


def _assessment(number: int, verdict: Verdict, *codes: str, portion: int = 0) -> Assessment:
    masks = tuple(Mask(sort="field", where="author", provision=code) for code in codes) if verdict == "partly" else ()
    return Assessment(
        request=7,
        item=ItemId(f"202601-{number:016d}"),
        version=1,
        verdict=verdict,
        provision=codes[0] if verdict == "refuse" else "",
        masks=masks,
        person=OFFICER,
        at=AT,
        portion=portion,
    )


def test_a_refusal_is_a_letter_with_what_provision_and_why(desk: Desk) -> None:
    """The letter names records by number and id alone, cites the provision, and says how to get a decision."""
    number = FIRST
    folder = desk.root / "ut"
    done = desk.request("refuse", str(number), "--reason", WHY, "--out", str(folder))
    assert (done["standing"], done["outcome"], done["decision"]) == ("refused", "refused", None)
    assert done["files"] == ["avslag.pdf"]
    after = desk.kept(number)
    assert (after.standing, after.answered, after.hold is not None) == ("refused", desk.at, True)
    with desk.open() as home:
        row = read_own(home.ground, done["item"])
        assert row is not None
        assert own_file(home.ground, row, "avslag.pdf") == (folder / "avslag.pdf").read_bytes()
    text = row.text or ""
    for said in ("Nr 3 (", "21 kap. 1 § OSL", WHY, "6 kap. 3 §", "Antal som inte lämnas ut: 3"):
        assert said in text
    assert "läcka" not in text.lower()


def test_the_ledger_has_numbers_and_codes_of_a_refusal_alone(desk: Desk) -> None:
    """The receipt names letter, list, provisions and counts; no word of the reasons."""
    number = FIRST
    desk.request("refuse", str(number), "--reason", WHY)
    (receipt,) = [one for one in desk.receipts(f"request:{number}") if one["act"] == "request.refused"]
    evidence = receipt["evidence"]
    assert (evidence["provisions"], evidence["records"], evidence["refused"]) == ("OSL 21:1", 3, 3)
    assert "hälsa" not in str(desk.receipts(f"request:{number}"))


def test_what_is_not_assessed_or_is_to_be_given_is_not_refused(desk: Desk) -> None:
    """A list with something left, or with something to give, is not answered by a no (G-ASSESSED); nothing is written."""
    number = given(desk)
    before = desk.acts(number)
    assert "G-ASSESSED" in desk.refused("refuse", str(number), "--reason", WHY)
    assert "G-ASSESSED" in desk.refused("refuse", str(number), "--reason", WHY, "--provision", "OSL 21:1")
    other = desk.ask("Något annat")
    assert "--provision" in desk.refused("refuse", str(other), "--reason", WHY)
    desk.find(other, "--text", "läcka")
    # The first request's own wording speaks of it too: a public record like any other.
    assert "4 of 4" in desk.refused("refuse", str(other), "--reason", WHY)
    assert desk.acts(number) == before


def test_a_request_as_a_whole_is_refused_on_a_named_provision(desk: Desk) -> None:
    """Without a list a named provision is enough; an unknown one is refused with near ones named."""
    number = desk.ask("Allt om alla")
    assert "OSL" in desk.refused("refuse", str(number), "--reason", WHY, "--provision", "OSL 21:11", code=2)
    done = desk.request("refuse", str(number), "--reason", WHY, "--provision", "osl 21:7")
    assert done["standing"] == "refused"
    with desk.open() as home:
        row = read_own(home.ground, done["item"])
    assert row is not None
    assert "Alla handlingar som begäran gäller." in (row.text or "")
    assert "21 kap. 7 § OSL" in (row.text or "")


def test_a_second_refusal_and_bad_words_are_refused_clearly(desk: Desk) -> None:
    """Once refused it is not open any longer (G-CHANGED); no reason or an endless one is bad input."""
    number = FIRST
    for bad in ("  ", "x" * 20_001):
        desk.refused("refuse", str(number), "--reason", bad, code=2)
    desk.refused("refuse", "99", "--reason", WHY, code=2)
    desk.request("refuse", str(number), "--reason", WHY)
    before = desk.acts(number)
    assert "G-CHANGED" in desk.refused("refuse", str(number), "--reason", WHY)
    assert desk.acts(number) == before


def test_another_officer_who_assesses_anew_stops_the_refusal(desk: Desk) -> None:
    """What was assessed anew between reading and writing is not refused on what was read (G-CHANGED)."""
    number = FIRST
    item = desk.assessments(number)[0].item

    def other() -> None:
        desk.request("assess", str(number), item, "give", person=COLLEAGUE)

    with meanwhile(desk, other) as home, pytest.raises(GuardError, match="G-CHANGED"):
        refuse(home, number, WHY, OFFICER)
    assert desk.kept(number).standing == "open"
    assert "request.letter" not in desk.acts(number)


def test_another_officer_who_refuses_first_stops_the_second(desk: Desk) -> None:
    """Two officers refuse at once: one letter goes out, the other is told."""
    number = FIRST

    def other() -> None:
        desk.request("refuse", str(number), "--reason", "Andra skäl", person=COLLEAGUE)

    with meanwhile(desk, other) as home, pytest.raises(GuardError, match="G-CHANGED"):
        refuse(home, number, WHY, OFFICER)
    assert desk.acts(number).count("request.letter") == 1


def test_a_request_about_personal_data_is_not_refused_this_way(desk: Desk) -> None:
    """It is decided under another law and by other commands."""
    number = desk.ask("Radera mig", "--kind", "radering", "--contact", "a@b.example")
    assert "unpublish" in desk.refused("refuse", str(number), "--reason", WHY, "--provision", "OSL 21:1", code=2)


def test_assessments_are_summed_in_list_order_with_each_provision_once() -> None:
    """Numbers are places in the list; masks and refusals bring their provisions; any change changes the seal."""
    some = [
        _assessment(1, "give", portion=1),
        _assessment(2, "partly", "OSL 21:3", "OSL 21:1", "OSL 21:3", portion=1),
        _assessment(3, "refuse", "OSL 21:1"),
    ]
    found = summed("d", some)
    assert (found.assessed, found.whole, found.masked, found.waiting) == (3, 1, 1, 0)
    assert found.codes == ("OSL 21:3", "OSL 21:1")
    assert [(one.number, one.places) for one in found.lines] == [(2, 3), (3, 0)]
    assert summed("d", some).seal == found.seal
    for changed in (
        some[:2],
        [*some[:2], replace(some[2], provision="OSL 21:3")],
        [replace(some[0], verdict="refuse"), *some[1:]],
    ):
        assert summed("d", changed).seal != found.seal
    assert summed("e", some).seal != found.seal


def test_long_lists_are_named_in_a_file_and_cut_in_the_letter() -> None:
    """A letter names the first records and counts the rest; the list has every one, with citations."""
    many = [_assessment(number, "refuse", "OSL 21:1") for number in range(1, LISTED + 51)]
    found = summed("d", many)
    text = described(replace(REQUEST, items=LISTED + 50), found, TABLE)
    assert text.count("\nNr ") == LISTED
    assert "50 till" in text
    lines = as_csv(many, TABLE).decode("utf-8-sig").splitlines()
    assert len(lines) == LISTED + 51
    assert lines[1] == "1;202601-0000000000000001;1;lämnas inte ut;0;21 kap. 1 § OSL"


def test_provisions_are_cited_and_lost_ones_are_refused() -> None:
    """A code that the table no longer has cannot be cited; nothing is written with it."""
    assert cited(["OSL 21:1", "OSL 21:3"], TABLE) == "21 kap. 1 § OSL (Hälsa och sexualliv)\n21 kap. 3 § OSL (Adress)"
    with pytest.raises(RefusedError, match="OSL 40:2"):
        cited(["OSL 40:2"], TABLE)


def test_a_no_without_anything_refused_is_none() -> None:
    """Everything given and out: only a named provision, or that nothing was found, lets a no be written."""
    request = replace(REQUEST, items=1)
    found = summed("d", [_assessment(1, "give", portion=1)])
    with pytest.raises(GuardError, match="nothing of request"):
        check_refusable(request, found, said=False)
    check_refusable(request, found, said=True)
    check_refusable(replace(REQUEST, items=0), summed("d", []), said=False, nothing=True)
