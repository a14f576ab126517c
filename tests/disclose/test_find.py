"""A search for a request: what is found, what is said of the rest, and what is frozen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.disclose.find.finding import Found, find, has_ground, record_ground
from flows.disclose.find.listing import excluded, freeze, listed, query_of
from flows.disclose.find.wanted import Wanted
from flows.disclose.intake.holding import cover
from flows.disclose.intake.opening import Opening, open_request
from flows.keep.own import read_own
from schemas.books import Coverage
from schemas.covered import Predicate
from schemas.finding import Finding
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.order import Tombstone
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Request
from tests.disclose.world import ACCOUNT, COLLEAGUE, OFFICER, PAGE, Desk, File


def opened(desk: Desk, **changes: Any) -> Request:
    """A request, entered; two minutes go."""
    with desk.open() as home:
        request = open_request(home, Opening(wording="Allt om vattnet, tack", **changes), OFFICER)
    desk.later(minutes=2)
    return request


def looked(desk: Desk, *, dry: bool = True, number: int = 1, **wanted: Any) -> Found:
    """What a search finds."""
    desk.later(seconds=1)
    with desk.open() as home:
        return find(home, number, Wanted(**wanted), OFFICER, dry=dry)


def pairs(found: Found) -> list[tuple[str, int]]:
    """Item and version of what was found."""
    return [(one["item"], one["version"]) for one in found.scanned.found.to_pylist()]


def named(found: Found, names: dict[str, ItemId]) -> set[str]:
    """Names of the sample's records that were found."""
    items = {item for item, _ in pairs(found)}
    return {name for name, item in names.items() if item in items}


def codes(findings: Sequence[Finding]) -> dict[str, dict[str, str | int]]:
    """Codes with their parameters."""
    return {one.code: dict(one.parameters) for one in findings}


def test_every_field_of_every_version_is_searched(desk: Desk) -> None:
    """Text, author, alt text and link of any version are found; deep, the platform's values and captions too."""
    names = desk.sample()
    linked = desk.publish("Se här", links=("https://arvika.example/Dricksvatten",))
    later = desk.publish("Bild på väg")
    desk.observed(later, files=[File(data=b"bild", alt="Kartan över Rackstad")])
    opened(desk)
    assert named(looked(desk, texts=("åsa öberg",)), names) == {"water", "asa", "asa2", "reply", "edited"}
    assert pairs(looked(desk, texts=("DRICKSVATTEN",))) == [(linked, 1)]
    assert pairs(looked(desk, texts=("rackstad",))) == [(later, 1)]
    assert (names["edited"], 1) in pairs(looked(desk, texts=("öberg har",)))
    assert named(looked(desk, texts=("öberg har",), latest=True), names) == set()
    assert named(looked(desk, words=("grannen",), latest=True), names) == {"edited"}
    assert named(looked(desk, texts=("per åkesson",)), names) == {"edited"}
    assert named(looked(desk, texts=("tre steg",)), names) == set()
    assert named(looked(desk, texts=("tre  steg",), deep=True), names) == {"film"}
    odd = desk.publish("tyst", payload={"djupt": [{"nere": 'en "dold"\nrad å\u0308'}]})
    assert pairs(looked(desk, texts=('"dold" rad',), deep=True)) == [(odd, 1)]
    assert pairs(looked(desk, regexes=("^en .dold",), deep=True)) == [(odd, 1)]
    assert pairs(looked(desk, texts=('"dold"',))) == []


def test_ways_of_looking_widen_and_filters_narrow(desk: Desk) -> None:
    """Any word of any way is enough; accounts, kinds, authors and days narrow; named items come whatever is said."""
    names = desk.sample()
    opened(desk)
    assert named(looked(desk, starts=("badhus",), words=("smakar",), regexes=("rena[ds]",)), names) == {
        "facebook",
        "school",
        "film",
    }
    assert named(looked(desk, texts=("vatten",), accounts=(PAGE,)), names) == {"spam"}
    assert named(looked(desk, texts=("vattn",), kinds=("visitor_post",)), names) == {"school"}
    assert named(looked(desk, authors=("ÅSA ÖBERG",)), names) == {"asa", "asa2"}
    assert named(looked(desk, authors=("https://test/@layla",)), names) == {"rtl"}
    assert named(looked(desk, texts=("vattn",), last=date(2022, 5, 3)), names) == {"old", "below_old"}
    assert named(looked(desk, texts=("badhuset",), items=(names["old"],)), names) == {"old", "facebook"}
    assert named(looked(desk, items=(names["edited"],)), names) == {"edited"}
    assert len(pairs(looked(desk, items=(names["edited"],)))) == 2
    assert named(looked(desk, everything=True), names) == set(names)


def test_nothing_without_a_date_is_missed_in_silence(desk: Desk) -> None:
    """An undated hit is included where days are asked for, and told of; left out when the officer says so, told too."""
    dated = desk.publish("vatten", at=datetime(2025, 3, 31, 22, 30, tzinfo=UTC))
    undated = desk.publish("vatten utan dag", published=None, clock="none")
    opened(desk)
    found = looked(desk, texts=("vatten",), first=date(2025, 4, 1), last=date(2025, 4, 1))
    assert {item for item, _ in pairs(found)} == {dated, undated}, "22.30 in UTC is the day after in Sweden"
    assert codes(found.findings)["Q127"] == {"items": 1}
    found = looked(desk, texts=("vatten",), first=date(2025, 4, 1), dated=True)
    assert pairs(found) == [(dated, 1)]
    assert codes(found.findings)["Q128"] == {"items": 1}


def test_what_is_taken_away_is_listed_apart(desk: Desk) -> None:
    """What --not takes away is counted, told of and frozen beside the list; a named item is never taken away."""
    names = desk.sample()
    request = opened(desk)
    found = looked(desk, dry=False, texts=("vatt",), without=("skola", "ÅGATAN"), items=(names["school"],))
    away = {one["item"] for one in found.scanned.excluded.to_pylist()}
    assert away == {names["water"]}
    assert names["school"] in {item for item, _ in pairs(found)}
    assert codes(found.findings)["Q129"] == {"items": 1}
    with desk.open() as home:
        kept = desk.kept(request.number)
        assert excluded(home.ground, kept).to_pylist() == found.scanned.excluded.to_pylist()
        again = find(home, 1, Wanted(texts=("vatt",), without=("ågatan",), threads=True), OFFICER, dry=True)
        assert names["water"] not in {item for item, _ in pairs(again)}, "near material brings nothing back"


def test_threads_bring_what_lies_near(desk: Desk) -> None:
    """With threads everything in the threads of the hits is found, every version, and nothing of others."""
    names = desk.sample()
    opened(desk)
    found = looked(desk, texts=("torrt",), threads=True)
    assert named(found, names) == {"water", "asa", "reply", "asa2", "rtl", "emoji", "edited"}
    assert (names["edited"], 1) in pairs(found)
    assert (names["edited"], 1) not in pairs(looked(desk, texts=("torrt",), threads=True, latest=True))


def test_the_requests_own_records_are_never_found(desk: Desk) -> None:
    """What Bevara made is found, also other requests' records, but never those of the request itself."""
    desk.sample()
    first, second = opened(desk), opened(desk)
    for wanted in ({"texts": ("vattnet, tack",)}, {"everything": True}, {"items": (second.record,)}):
        items = {item for item, _ in pairs(looked(desk, number=2, **wanted))}
        assert second.record not in items
    assert first.record in {item for item, _ in pairs(looked(desk, number=2, texts=("vattnet, tack",)))}
    found = looked(desk, number=2, everything=True, own=False)
    assert first.record not in {item for item, _ in pairs(found)}
    assert "Q133" in codes(found.findings)


def test_a_list_is_frozen_and_proven(desk: Desk) -> None:
    """The frozen list is what was found; the words stand in its item alone, never in state database or ledger."""
    desk.sample()
    request = opened(desk)
    found = looked(desk, dry=False, texts=("vattnet",), first=date(2020, 1, 1))
    kept = desk.kept(1)
    assert (kept.digest, kept.items, kept.listed) == (found.digest, len(pairs(found)), found.request.listed)
    with desk.open() as home:
        assert listed(home.ground, kept).to_pylist() == found.scanned.found.to_pylist()
        assert query_of(home.ground, kept)["wanted"]["texts"] == ["vattnet"]
        row = read_own(home.ground, kept.listed or ItemId(""))
        assert row is not None
        assert (row.thread, row.kind) == (request.record, "request_log")
        with pytest.raises(MissingError):
            listed(home.ground, replace(kept, digest="0" * 64))
    receipts = desk.receipts("request:1")
    assert receipts[-1]["act"] == "request.found"
    assert receipts[-1]["evidence"]["items"] == kept.items
    for path in (desk.root / "hem" / "state").iterdir():
        assert b"vattnet" not in path.read_bytes()


def test_a_request_without_list_says_so(desk: Desk) -> None:
    """Before the first search there is no list to read."""
    opened(desk)
    with desk.open() as home, pytest.raises(GuardError) as refused:
        listed(home.ground, desk.kept(1))
    assert refused.value.code == "G-REQUEST"


def test_a_new_search_replaces_the_list(desk: Desk) -> None:
    """Assessments of what is listed no longer are forgotten and told of; the others stay; new and lost lines are told."""
    names = desk.sample()
    opened(desk)
    looked(desk, dry=False, texts=("torrt", "badhuset"))
    at = desk.at
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.assess(
            Assessment(request=1, item=names[name], version=1, verdict="give", person=OFFICER, at=at)
            for name in ("asa2", "facebook")
        )
    found = looked(desk, dry=False, texts=("torrt", "smakar"))
    assert [one.item for one in desk.assessments(1)] == [names["asa2"]]
    told = codes(found.growing)
    assert told["Q136"] == told["Q137"] == told["Q138"] == {"items": 1}
    assert desk.receipts("request:1")[-1]["evidence"]["forgotten"] == 1


def test_two_officers_cannot_both_freeze(desk: Desk) -> None:
    """Whoever searched on the ground of a list that somebody replaced meanwhile is refused, and nothing changes."""
    desk.sample()
    before = opened(desk)
    found = looked(desk, dry=False, texts=("vattnet",))
    with desk.open() as home, pytest.raises(GuardError) as refused:
        freeze(home, before, found.scanned.found, {}, {}, COLLEAGUE)
    assert refused.value.code == "G-CHANGED"
    assert desk.kept(1) == found.request
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.put(replace(desk.kept(1), standing="answered"))
    with pytest.raises(GuardError) as refused:
        looked(desk, dry=False, texts=("vattnet",))
    assert refused.value.code == "G-CHANGED"


def test_sensitive_searches_wait_for_a_ground(desk: Desk) -> None:
    """A selection of persons by sensitive data is refused until an officer has said why; then it is warned about."""
    item = desk.publish("Muslimer i Arvika", kind="comment")
    opened(desk)
    some: list[dict[str, Any]] = [{"starts": ("muslim",)}, {"texts": ("MUSL",)}, {"regexes": ("m[uy]sl.m",)}]
    for wanted in some:
        with pytest.raises(GuardError) as refused:
            looked(desk, **wanted)
        assert refused.value.code == "G-SENSITIVE"
        assert "muslim" not in str(refused.value).casefold()
    assert pairs(looked(desk, items=(item,))) == [(item, 1)]
    looked(desk, starts=("muslim",), kinds=("post",))
    with desk.open() as home:
        assert not has_ground(home.ground, desk.kept(1))
        with pytest.raises(RefusedError):
            record_ground(home, 1, " ", OFFICER)
        ground = record_ground(home, 1, "Forskning som är godkänd", OFFICER)
    assert desk.newest(ground).thread == desk.kept(1).record
    assert desk.acts(1)[-1] == "request.ground"
    found = looked(desk, starts=("muslim",))
    assert pairs(found) == [(item, 1)]
    assert "Q141" in codes(found.warnings)


def test_what_the_hold_does_not_cover_is_told_loudly(desk: Desk) -> None:
    """Hits outside of a hold that was narrowed are an error with the remedy; whole threads of it count as covered."""
    names = desk.sample()
    opened(desk)
    assert looked(desk, texts=("vatt",)).outside == 0
    with desk.open() as home:
        cover(home.ground, 1, Predicate(texts=("torrt",)), OFFICER)
    found = looked(desk, texts=("ågatan",))
    assert (found.outside, found.as_json()["held"]) == (0, True), "the whole thread is bound"
    found = looked(desk, texts=("ågatan", "badhuset", "smakar"))
    assert found.outside == 2
    assert codes(found.warnings)["Q121"] == {"items": 2, "number": 1}
    assert {one.severity for one in found.warnings if one.code == "Q121"} == {"error"}
    assert desk.say("request", "find", "1", "--text", "badhuset", "--dry", codes=(3,)).count("request hold 1") == 1
    with desk.open() as home:
        cover(home.ground, 1, Predicate(accounts=(PAGE,), items=(names["school"],)), OFFICER)
    assert looked(desk, texts=("badhuset", "smakar")).outside == 0


def test_gaps_are_told(desk: Desk) -> None:
    """Nights without a complete reading, accounts never read and what was culled are told, within what was asked for."""
    item = desk.publish("vatten")
    gone = ItemId("202405-aaaaaaaaaaaaaaaz")
    with desk.open() as home, home.ground.state.writing() as books:
        for day, complete in ((1, True), (2, False), (5, True)):
            books.notes.cover(_coverage(date(2025, 6, day), complete=complete))
        books.tombstones.add([_tombstone(gone)])
    opened(desk)
    span: dict[str, Any] = {"first": date(2025, 6, 1), "last": date(2025, 6, 5)}
    found = looked(desk, texts=("vatten",), accounts=(ACCOUNT,), **span)
    assert [(night.day, standing) for _, night, standing in found.gaps.nights] == [
        (2, "partial"),
        (3, "none"),
        (4, "none"),
    ]
    assert codes(found.findings)["Q124"]["nights"] == 3
    assert "Q126" not in codes(found.findings), "what was culled lies in other months"
    found = looked(desk, texts=("vatten",))
    assert codes(found.findings)["Q126"] == {"items": 1, "orders": 1}
    assert found.as_json()["culled"] == [{"month": "2024-05", "count": 1}]
    assert sum(one.code == "Q125" for one in found.findings) == 3
    assert codes(found.findings)["Q139"] == {"account": ACCOUNT, "begun": "2025-06-01"}
    found = looked(desk, items=(item, gone, ItemId("202405-aaaaaaaaaaaaaaay")))
    assert pairs(found) == [(item, 1)]
    assert codes(found.findings)["Q134"]["day"] == "2025-12-01"
    assert codes(found.findings)["Q146"] == {"subject": "202405-aaaaaaaaaaaaaaay"}


def test_what_was_culled_since_the_last_list_is_told(desk: Desk) -> None:
    """A line of the list before whose item has been culled meanwhile is told of when the list is made anew."""
    item = desk.publish("vatten")
    opened(desk)
    gone = ItemId("202405-aaaaaaaaaaaaaaaz")
    first = looked(desk, dry=False, items=(item,))
    table = first.scanned.found
    both = table.from_pylist([{"item": gone, "version": 1}, *table.to_pylist()], schema=table.schema)
    with desk.open() as home:
        freeze(home, first.request, both, {}, {}, OFFICER)
        with home.ground.state.writing() as books:
            books.tombstones.add([_tombstone(gone)])
    assert codes(looked(desk, items=(item,)).growing)["Q135"] == {"items": 1}


def test_captions_that_cannot_be_read_are_told(desk: Desk) -> None:
    """A caption file that is no text, or missing, was not searched, and that is said."""
    desk.publish("film", files=[File(data=b"\x00\x01", role="caption", media_type="text/vtt")])
    opened(desk)
    assert codes(looked(desk, texts=("vatten",), deep=True).findings)["Q130"] == {"items": 1}
    assert "Q130" not in codes(looked(desk, texts=("vatten",)).findings)


def test_who_may_search(desk: Desk) -> None:
    """Freezing takes a registered person; looking takes none; an unknown request is refused."""
    desk.sample()
    opened(desk)
    with desk.open() as home:
        for person in ("", "Okänd"):
            with pytest.raises(RefusedError):
                find(home, 1, Wanted(everything=True), person)
        find(home, 1, Wanted(everything=True), "", dry=True)
        with pytest.raises(RefusedError):
            find(home, 7, Wanted(everything=True), OFFICER)


def test_the_command_keeps_its_contract(desk: Desk) -> None:
    """``find --json`` has the documented fields and no words; people are shown the hits without tricks in them."""
    names = desk.sample()
    opened(desk)
    values = json.loads(desk.say("--json", "request", "find", "1", "--text", "tack", "--as", OFFICER, codes=(3,)))
    assert list(values) == [
        *("request", "dry", "digest", "items", "versions", "excluded", "searched", "not_searched", "culled"),
        *("gaps", "held", "outside", "growing", "warnings"),
    ]
    assert "tack" not in json.dumps({name: values[name] for name in values if name not in {"not_searched", "warnings"}})
    assert values["digest"] == desk.kept(1).digest
    shown = desk.say("request", "find", "1", "--text", "tack", "--not", "torrt", "--dry", codes=(3,))
    assert names["rtl"] in shown
    assert "\u202e" not in shown
    assert "Uteslutet:" in shown
    refused = desk.say("request", "find", "1", "--regex", "(hemligt", "--dry", codes=(2,))
    assert "hemligt" not in refused
    ground = json.loads(desk.say("--json", "request", "ground", "1", "--text", "Skäl", "--as", OFFICER))
    assert ground["request"] == 1


def _coverage(night: date, *, complete: bool) -> Coverage:
    at = datetime(night.year, night.month, night.day, 2, tzinfo=UTC)
    return Coverage(
        run=f"r{night}",
        account=ACCOUNT,
        night=night.isoformat(),
        horizon="daily",
        started=at,
        ended=at + timedelta(minutes=1),
        asked=1,
        returned=1,
        new=0,
        edited=0,
        hidden=0,
        gone=0,
        failed=0,
        complete=complete,
        findings=(),
    )


def _tombstone(item: ItemId) -> Tombstone:
    return Tombstone(
        item=item,
        parent=None,
        thread=item,
        kind="comment",
        rule="kommentar",
        edition="1",
        order="a" * 64,
        culled=datetime(2025, 12, 1, 12, tzinfo=UTC),
        salt=bytes(32),
    )
