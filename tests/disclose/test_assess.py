"""Officers assess and mask what is listed: record by record, with a provision, told in the ledger without words."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows.disclose.find.listing import freeze
from flows.keep.read import partitions
from flows.keep.renditions import rows_of_items
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.record import Row
from schemas.request import Assessment, Mask
from schemas.tables import HOLDINGS, to_rows
from tests.disclose.world import COLLEAGUE, OFFICER, Desk, File
from tests.pictures import png

HEALTH, CARE = "OSL 21:1", "OSL 25:1"


@pytest.fixture(scope="module")
def listed(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with one request, number 1, whose list holds every version of it."""
    root = tmp_path_factory.mktemp("listad") / "allt"
    shutil.copytree(desk_template / "allt", root)
    desk = Desk(root)
    desk.sample()
    assert desk.ask() == 1
    _list(desk, 1)
    return root


@pytest.fixture
def desk(listed: Path, tmp_path: Path) -> Desk:
    """A copy of it."""
    return Desk(Path(shutil.copytree(listed, tmp_path / "allt")), made=100)


@pytest.fixture
def number() -> int:
    """The request's number."""
    return 1


def _versions(desk: Desk) -> list[Row]:
    """Everything that was harvested."""
    with desk.open() as home:
        return [
            row
            for _, _, table in partitions(home.ground.state, home.ground.store, HOLDINGS.names)
            for row in to_rows(table)
            if row.row == "version" and row.platform != "bevara"
        ]


def _list(desk: Desk, number: int, *, but: str = "") -> None:
    """Freeze a list of everything that was harvested but for one version."""
    lines = [(row.item, row.version) for row in _versions(desk) if f"{row.item}@{row.version}" != but]
    items, versions = zip(*lines, strict=True)
    table = pa.table({"item": pa.array(items, pa.string()), "version": pa.array(versions, pa.int32())})
    with desk.open() as home:
        freeze(home, desk.kept(number), table, {}, {}, OFFICER)


def _line(desk: Desk, text: str) -> str:
    """The listed version with that text, as the command line names it."""
    return next(f"{row.item}@{row.version}" for row in _versions(desk) if text in (row.text or ""))


def _of(desk: Desk, number: int, line: str) -> Assessment | None:
    item, _, version = line.partition("@")
    return next((one for one in desk.assessments(number) if (one.item, str(one.version)) == (item, version)), None)


def _codes(answer: dict[str, Any]) -> dict[str, int]:
    return {one["code"]: one["count"] for one in answer["findings"]}


def _shown(desk: Desk, number: int, *arguments: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = desk.command("request", "assessed", str(number), *arguments)["lines"]
    return lines


def test_everything_that_is_left_is_given_at_once(desk: Desk, number: int) -> None:
    """``--all`` leaves what is decided alone; a refusal has its provision; one receipt a month tells of the rest."""
    water = _line(desk, "Vattenläckan")
    assert desk.assess(number, "refuse", water, provision="osl 21:1")["lines"] == 1
    total = desk.kept(number).items
    done = desk.assess(number, "give")
    assert (done["lines"], done["left"]) == (total - 1, 0)
    assert desk.assess(number, "give")["lines"] == 0
    one = _of(desk, number, water)
    assert one is not None
    assert (one.verdict, one.provision, one.person) == ("refuse", HEALTH, OFFICER)
    told = [each["evidence"] for each in desk.receipts(f"request:{number}") if each["act"] == "request.assessed"]
    assert (told[0]["item"], told[0]["verdict"], told[0]["provisions"]) == (one.item, "refuse", HEALTH)
    assert sum(one["lines"] for one in told[1:]) == total - 1
    assert {one["verdict"] for one in told[1:]} == {"give"}
    assert len(told) == 3


def test_what_does_not_go_together_is_refused(desk: Desk, number: int) -> None:
    """A refusal without provision, a provision without refusal, unknown records, persons, provisions, verdicts."""
    water = _line(desk, "Vattenläckan")
    n = str(number)
    assert "--provision" in desk.refused("assess", n, water, "refuse", code=2)
    assert "--provision" in desk.refused("assess", n, water, "give", "--provision", HEALTH, code=2)
    assert "did you mean" in desk.refused("assess", n, water, "refuse", "--provision", "OSL 21:111", code=2)
    assert "ITEM" in desk.refused("assess", n, f"{water[:-1]}7", "give", code=2)
    assert "ITEM" in desk.refused("assess", n, "give", code=2)
    assert "mask" in desk.refused("assess", n, water, "partly", code=2)
    assert "--all" in desk.refused("assess", n, "--all", "partly", code=2)
    desk.refused("assess", n, water, "give", person="Nobody Known", code=2)
    assert desk.assessments(number) == []


def test_only_an_open_request_with_a_list_is_assessed(desk: Desk) -> None:
    """Nothing listed: G-REQUEST; not open: G-CHANGED."""
    number = desk.ask()
    assert "G-REQUEST" in desk.refused("assess", str(number), "--all", "give")
    _list(desk, number)
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.put(replace(desk.kept(number), standing="answered"))
    assert "G-CHANGED" in desk.refused("assess", str(number), "--all", "give")
    assert "G-CHANGED" in desk.refused("mask", str(number), "--words", "vatten", "--provision", HEALTH)


def test_of_two_officers_the_last_wins_and_both_are_told(desk: Desk, number: int) -> None:
    """The ledger has both; what the first had masked is gone when the second gives it whole."""
    water = _line(desk, "Vattenläckan")
    desk.mask(number, water, "--words", "Ågatan")
    desk.later(minutes=5)
    desk.request("assess", str(number), water, "give", person=COLLEAGUE)
    one = _of(desk, number, water)
    assert one is not None
    assert (one.verdict, one.masks, one.person, one.at) == ("give", (), COLLEAGUE, desk.at)
    told = [
        each for each in desk.receipts(f"request:{number}") if each["act"] in {"request.masked", "request.assessed"}
    ]
    assert [each["actor"] for each in told] == [OFFICER, COLLEAGUE]
    assert told[0]["evidence"]["masks"] == 1


def test_a_list_that_was_made_anew_meanwhile_stops_the_act(
    desk: Desk, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing somebody searched again: nothing is entered."""
    water = _line(desk, "Vattenläckan")

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        _list(desk, number, but=water)
        return rows_of_items(*given)

    monkeypatch.setattr("flows.disclose.assess.masking.rows_of_items", meanwhile)
    said = desk.refused("mask", str(number), "--words", "vatten", "--provision", HEALTH)
    assert "G-CHANGED" in said
    assert desk.assessments(number) == []


def test_what_went_out_is_not_assessed_again_by_mistake(desk: Desk, number: int) -> None:
    """G-ASSESSED, unless ``--again`` is said; then it is to be answered anew, and its copy counts no longer."""
    water = _line(desk, "Vattenläckan")
    desk.assess(number, "give", water)
    with desk.open() as home, home.ground.state.writing() as books:
        (one,) = books.requests.assessed(number)
        books.requests.assess([replace(one, portion=1, copy=one.item)])
    for what in (("assess", str(number), water, "refuse"), ("mask", str(number), water, "--words", "Ågatan")):
        assert "G-ASSESSED" in desk.refused(*what, "--provision", HEALTH)
    assert _codes(desk.mask(number, "--words", "Ågatan"))["Q156"] == 1
    desk.request("assess", str(number), water, "refuse", "--provision", HEALTH, "--again")
    again = _of(desk, number, water)
    assert again is not None
    assert (again.verdict, again.portion, again.copy) == ("refuse", 0, None)


def test_words_are_masked_in_the_whole_list(desk: Desk, number: int) -> None:
    """Every listed version, text, names and alt texts; the ledger and the state have none of the words."""
    done = desk.mask(number, "--words", "åsa öberg")
    masked = {one.item: one for one in desk.assessments(number)}
    found = {mask.where for one in masked.values() for mask in one.masks}
    assert {"text", "author", "alt:0"} <= found
    assert all(one.verdict == "partly" for one in masked.values())
    assert done["lines"] == len(masked) == 5
    assert _codes(done)["Q163"] == 2
    first = _of(desk, number, _line(desk, "har rätt, det läcker."))
    assert first is not None
    receipts = json.dumps(desk.receipts(f"request:{number}"), ensure_ascii=False).casefold()
    assert "öberg" not in receipts
    assert desk.mask(number, "--words", "Åsa Öberg")["lines"] == 0
    missed = desk.mask(number, "--words", "finns inte alls", "Ågatan")
    assert _codes(missed)["Q165"] == 1
    assert _codes(desk.mask(number, "--words", "finns inte alls"))["Q151"] == 1


def test_captions_are_searched_and_masked(desk: Desk, number: int) -> None:
    """A hit in a caption file is a span on that file."""
    desk.mask(number, "--words", "tre steg")
    one = _of(desk, number, _line(desk, "Så renas ditt vatten"))
    assert one is not None
    assert [(mask.sort, mask.where) for mask in one.masks] == [("span", "media:0")]


def test_a_name_is_masked_with_its_handles_and_hints_are_told(desk: Desk, number: int) -> None:
    """Author, text and handle; the first name alone is told, not masked."""
    desk.publish("Hej Åsa! @asaoberg, ring.", author="Kalle", kind="comment")
    _list(desk, number)
    done = desk.mask(number, "--name", "Åsa Öberg", "--stand-in")
    hers = _of(desk, number, _line(desk, "Nu är det torrt"))
    assert hers is not None
    assert [(one.where, one.pseudonym) for one in hers.masks if one.where == "author"] == [("author", True)]
    other = _of(desk, number, _line(desk, "@asaoberg, ring"))
    assert other is not None
    assert [(one.where, one.start) for one in other.masks] == [("text", 9)]
    assert _codes(done)["Q153"] == 1


def test_namesakes_are_told(desk: Desk, number: int) -> None:
    """Two accounts under one name: both are masked, and the officer is told that they are two."""
    desk.publish("Jag heter likadant", author="Åsa Öberg", handle="https://other.test/@asa2", kind="comment")
    _list(desk, number)
    assert _codes(desk.mask(number, "--name", "åsa öberg"))["Q160"] == 2
    one = _of(desk, number, _line(desk, "likadant"))
    assert one is not None
    assert [mask.where for mask in one.masks] == ["author"]


def test_other_records_by_the_same_person_are_told(desk: Desk, number: int) -> None:
    """Masking the author of one record names the others that she wrote, by their ids."""
    done = desk.mask(number, _line(desk, "Det rinner"), "--field", "author")
    (finding,) = [one for one in done["findings"] if one["code"] == "Q155"]
    assert _line(desk, "Nu är det torrt") in finding["sv"]


def test_a_refused_record_is_not_opened_by_masking(desk: Desk, number: int) -> None:
    """A search for words leaves the refusal; named, it is refused."""
    asa = _line(desk, "Det rinner")
    desk.assess(number, "refuse", asa, provision=HEALTH)
    assert _codes(desk.mask(number, "--words", "åsa öberg"))["Q152"] == 1
    one = _of(desk, number, asa)
    assert one is not None
    assert one.verdict == "refuse"
    assert "G-ASSESSED" in desk.refused("mask", str(number), asa, "--field", "author", "--provision", HEALTH)


def test_masks_add_up_and_are_taken_away_one_by_one(desk: Desk, number: int) -> None:
    """Two provisions on one place both stay; without any mask the record is to be assessed anew."""
    water = _line(desk, "Vattenläckan")
    desk.mask(number, water, "--span", "text:0-12", "--field", "address")
    desk.mask(number, water, "--span", "text:4-8", provision=CARE)
    (shown,) = _shown(desk, number, water)
    assert [(one["number"], one["where"], one["provision"]) for one in shown["masks"]] == [
        (1, "address", HEALTH),
        (2, "text", HEALTH),
        (3, "text", CARE),
    ]
    assert "masks 1 to 3" in desk.refused("unmask", str(number), water, "--number", "4", code=2)
    desk.request("unmask", str(number), water, "--number", "1")
    one = _of(desk, number, water)
    assert one is not None
    assert len(one.masks) == 2
    left = desk.kept(number).items
    assert desk.request("unmask", str(number), water, "--all")["left"] == left
    assert _of(desk, number, water) is None
    assert desk.acts(number)[-1] == "request.unmasked"


def test_what_was_masked_stays_so_when_partly_is_said(desk: Desk, number: int) -> None:
    """``assess partly`` confirms the masks, and says that somebody has looked."""
    water = _line(desk, "Vattenläckan")
    desk.mask(number, water, "--words", "Ågatan")
    desk.later(minutes=1)
    desk.request("assess", str(number), water, "partly", person=COLLEAGUE)
    one = _of(desk, number, water)
    assert one is not None
    assert (len(one.masks), one.person) == (1, COLLEAGUE)


def test_a_masked_picture_takes_its_alt_text_along(desk: Desk, number: int) -> None:
    """Region, with the alt text; a region outside of the picture, or of what is no picture, is refused."""
    water = _line(desk, "Vattenläckan")
    n = str(number)
    done = desk.mask(number, water, "--region", "0:10,10,20,20")
    assert _codes(done)["Q158"] == 1
    one = _of(desk, number, water)
    assert one is not None
    assert {(mask.sort, mask.where) for mask in one.masks} == {("region", "media:0"), ("field", "alt:0")}
    assert "48 by 32" in desk.refused("mask", n, water, "--region", "0:40,10,20,20", "--provision", HEALTH, code=2)
    film = _line(desk, "Så renas")
    assert "no picture" in desk.refused("mask", n, film, "--region", "0:0,0,2,2", "--provision", HEALTH, code=2)
    assert "no film" in desk.refused("mask", n, film, "--sound", "0:1-2", "--provision", HEALTH, code=2)


def test_attachments_are_taken_away_apart(desk: Desk, number: int) -> None:
    """A whole attachment, with its alt text unless that is kept; one that is not there is refused."""
    water = _line(desk, "Vattenläckan")
    desk.mask(number, water, "--file", "0", "--keep-alt")
    one = _of(desk, number, water)
    assert one is not None
    assert one.masks == (Mask(sort="file", where="media:0", provision=HEALTH),)
    assert "1 attachments" in desk.refused("mask", str(number), water, "--file", "1", "--provision", HEALTH, code=2)


def test_places_need_a_record_and_something_must_be_said(desk: Desk, number: int) -> None:
    """A span in the whole list means nothing; nor does a mask of nothing, or a stand-in for a picture."""
    n = str(number)
    water = _line(desk, "Vattenläckan")
    for arguments in (
        ("--span", "text:0-3"),
        (),
        (water,),
        (water, "--file", "0", "--stand-in"),
        (water, "--field", "text", "--stand-in"),
        ("--words", "\u200b"),
        (water, "--span", "text:0-9999"),
    ):
        desk.refused("mask", n, *arguments, "--provision", HEALTH, code=2)
    assert desk.assessments(number) == []


def test_marks_of_secrecy_are_hints_alone(desk: Desk, number: int) -> None:
    """They are shown with provision and day; giving such a record is possible, and told."""
    water = _line(desk, "Vattenläckan")
    item = ItemId(water.partition("@")[0])
    with desk.open() as home, home.ground.state.writing() as books:
        books.marks.add(Mark(item=item, kind="sekretess", person=OFFICER, at=desk.at, provision=CARE))
    (shown,) = _shown(desk, number, water)
    assert [(one["provision"], one["day"]) for one in shown["hints"]] == [(CARE, "2026-01-15")]
    assert shown["verdict"] is None
    done = desk.assess(number, "give", water)
    assert _codes(done) == {"Q164": 1}


def test_what_came_after_is_told(desk: Desk, number: int) -> None:
    """A newer version, and attachments that nobody has looked at; a search for words does not count as a look."""
    water = _line(desk, "Vattenläckan")
    item = ItemId(water.partition("@")[0])
    desk.assess(number, "give", water)
    desk.later(hours=1)
    desk.observed(item, files=[File(data=png(4, 4, seed=9), origin="later")])
    desk.edit(item, "Vattenläckan är lagad.")
    assert _shown(desk, number, water)[0]["changed"] == ["newer-version", "later-files"]
    desk.later(hours=1)
    assert _codes(desk.mask(number, "--words", "Ågatan"))["Q159"] == 1
    assert "later-files" in _shown(desk, number, water)[0]["changed"]
    desk.request("assess", str(number), water, "partly")
    assert _shown(desk, number, water)[0]["changed"] == ["newer-version"]


def test_what_is_left_is_listed_for_people_too(desk: Desk, number: int) -> None:
    """Swedish lines with verdicts, masks and attachments; ``--left`` shows only what is to be assessed."""
    water = _line(desk, "Vattenläckan")
    desk.mask(number, water, "--words", "Ågatan")
    left = desk.kept(number).items - 1
    assert len(_shown(desk, number, "--left")) == left
    text = desk.say("request", "assessed", str(number), water)
    assert "lämnas ut delvis" in text
    assert "mask 1: text, span" in text
    assert "bilaga 0: picture image/png, alternativtext" in text
    assert f"{left} handlingar kvar att pröva." in text
    assert "Ågatan" not in desk.say("request", "assessed", str(number))
