"""Diary numbers: given by a person or read back from a hot folder; what waits, what is late; nothing is overwritten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.keep.own import write_own
from flows.keep.recover import recover
from flows.register.nightly import night
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import registration
from tests.cull.archive import AUTHORITY
from tests.register.world import ASKED, REGISTRAR, World


def answer(world: World, name: str, data: str, side: str = "diariet") -> Path:
    """A file that the registry's system writes."""
    folder = world.root / side / "kvitto"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(data, encoding="utf-8")
    return folder / name


def sent(world: World, *arguments: str) -> ItemId:
    """A record that was sent."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    world.command("register", "send", item, "--as", REGISTRAR, *arguments)
    return item


def codes(world: World, code: int = 0) -> list[str]:
    """Read answers back; the findings' codes."""
    return [one["code"] for one in world.command("register", "collect", code=code)["findings"]]


def test_a_number_from_a_person_ends_the_waiting(world: World) -> None:
    """Mark, standing, errand and receipt in one; the parcel in our store is taken away; twice is harmless."""
    with world.open() as home:
        item = write_own(
            home.ground, kind="certificate", authority=AUTHORITY, text="x", payload={}, at=world.at, act="test.made"
        )
        with home.ground.state.writing() as books:
            books.outbox.put("register", item, world.at)
    world.command("register", "send", item, "--as", REGISTRAR)
    key = world.way(item).key
    assert key.startswith(f"work/registrations/{item}/")
    world.later(days=1)
    arguments = ("register", "confirm", item, "KS 2026/31", "--as", REGISTRAR, "--on", "2026-01-15")
    assert world.command(*arguments) == {"item": item, "dnr": "KS 2026/31", "confirmed": True}
    assert world.command(*arguments) == {"item": item, "dnr": "KS 2026/31", "confirmed": False}
    mark = world.marks(item)["registrerad"]
    assert (mark.dnr, str(mark.on), mark.person) == ("KS 2026/31", "2026-01-15", REGISTRAR)
    assert world.way(item).standing == "confirmed"
    assert world.candidates() == {}
    assert world.acts(item).count("register.confirmed") == 1
    with world.open() as home:
        with home.ground.state.reading() as books:
            assert books.outbox.waiting("register") == []
            assert books.copies.find(kind="registration") == []
        recover(home.ground.state, home.ground.store, world.at)
        assert home.ground.store.head(key) is None


def test_another_number_is_never_written_over_the_first(world: World) -> None:
    """From a person it is refused (G-DNR), from a registry it is told of (J117) and left there; the mark stays."""
    item = sent(world)
    world.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    with pytest.raises(GuardError, match="G-DNR"):
        world.command("register", "confirm", item, "KS 2026/2", "--as", REGISTRAR)
    file = answer(world, "svar.txt", f"namn: bevara-{item}-v1\ndnr: KS 2026/3\n")
    assert codes(world, 3) == ["J117"]
    assert file.exists()
    assert world.marks(item)["registrerad"].dnr == "KS 2026/1"


@pytest.mark.parametrize("day", ["2027-01-01", "2026-01-16"])
def test_bad_numbers_and_days_are_refused(world: World, day: str) -> None:
    """A sentence is no number, a day to come is no day; nothing is entered."""
    item = sent(world)
    for arguments in (("Kalle ringde", "--as", REGISTRAR), ("KS 2026/1", "--as", REGISTRAR, "--on", day)):
        with pytest.raises(RefusedError):
            world.command("register", "confirm", item, *arguments)
    with pytest.raises(RefusedError):
        world.command("register", "confirm", "202601-zzzzzzzzzzzzzzzz", "KS 2026/1", "--as", REGISTRAR)
    assert world.way(item).standing == "sent"


def test_answers_are_read_back_from_both_folders(world: World) -> None:
    """Text, JSON and XML, open and secret: numbers are entered, answers moved aside, once; twice changes nothing."""
    items = [sent(world), sent(world), sent(world, "--secret", "OSL 26:1")]
    first, second, third = (f"bevara-{item}-v1" for item in items)
    answer(world, "a.txt", f"namn: {first}\ndnr: KS 2026/11\ndatum: 2026-01-15\n")
    answer(world, "b.json", json.dumps({"namn": second, "diarienummer": "KS 2026/12"}))
    answer(world, "c.xml", f"<svar><namn>{third}</namn><dnr>KS 2026/13</dnr></svar>", "skyddat")
    told = world.command("register", "collect")
    assert told == {"answers": 3, "confirmed": items, "findings": []}
    assert [world.marks(item)["registrerad"].dnr for item in items] == [f"KS 2026/1{one}" for one in (1, 2, 3)]
    assert world.marks(items[0])["registrerad"].person == "bevara"
    assert [path.name for path in (world.root / "diariet" / "kvitto").iterdir()] == ["hanterade"]
    assert world.command("register", "collect") == {"answers": 0, "confirmed": [], "findings": []}


def test_answers_that_fit_nothing_are_told_of_and_left(world: World) -> None:
    """Strangers (J116), unreadable ones (J132), unusable numbers (J118), a declined record (J119): all stay there."""
    item = sent(world)
    (declined,) = world.add([world.row("message", ASKED, own=False)])
    with world.open() as home, home.ground.state.writing() as books:
        way = books.registrations.get(item)
        assert way is not None
    world.command("register", "decline", declined, "--as", REGISTRAR, "--reason", "ringa")
    answer(world, "1.txt", "namn: bevara-202601-zzzzzzzzzzzzzzzz-v1\ndnr: KS 2026/1\n")
    answer(world, "2.txt", "namn: Anna Andersson\n")
    answer(world, "3.txt", f"namn: bevara-{item}-v1\ndnr: Kalle ringde 2 gånger i går\n")
    answer(world, "4.txt", f"namn: bevara-{item}-v1\ndnr: KS 2026/5\ndatum: 2031-01-01\n")
    assert codes(world, 3) == ["J132", "J118", "J118", "J116"]
    assert len(list((world.root / "diariet" / "kvitto").iterdir())) == 4
    assert world.way(item).standing == "sent"
    told = json.dumps(world.command("register", "collect", code=3))
    assert "Anna" not in told
    assert "Kalle" not in told


def test_a_mark_set_by_hand_is_taken_in(world: World) -> None:
    """Registered by 'bevara mark' meanwhile, it waits no longer after the next look."""
    item = sent(world)
    world.later(hours=1)
    world.mark(item, "registrerad", dnr="KS 2026/77")
    assert world.command("register", "collect")["confirmed"] == [item]
    assert world.way(item).standing == "confirmed"
    assert world.marks(item)["registrerad"].dnr == "KS 2026/77"


def test_what_was_registered_elsewhere_can_be_confirmed(world: World) -> None:
    """A record that was never sent, and one that was declined, get their number from a person."""
    (first,) = world.add([world.row("message", ASKED, own=False)])
    (second,) = world.add([world.row("message", ASKED, own=False)])
    world.command("register", "decline", second, "--as", REGISTRAR, "--reason", "ringa")
    for item in (first, second):
        world.command("register", "confirm", item, "KS 2026/5", "--as", REGISTRAR)
        assert world.way(item).standing == "confirmed"
    assert world.candidates() == {}


def test_open_ones_are_reminded_of_and_secret_ones_the_same_day(world: World) -> None:
    """Three days are borne by default, a fourth is not; a secret record at once; the night tells the same."""
    plain, secret = sent(world), sent(world, "--secret", "OSL 26:1")
    told = world.command("register", "status", code=3)
    assert [(one["item"], one["late"]) for one in told["open"]] == [(secret, True), (plain, False)]
    assert [one["code"] for one in told["findings"]] == ["J112"]
    world.later(days=4)
    told = world.command("register", "status", code=3)
    assert {one["subject"]: one["code"] for one in told["findings"]} == {secret: "J112", plain: "J111"}
    assert told["counts"]["sent"] == 2
    world.add([world.row("message", ASKED, own=False)])
    with world.open() as home:
        done = night(home)
    assert (done.sent, done.waiting, done.confirmed, done.candidates, done.urgent) == (0, 0, 0, 1, 0)
    assert sorted(one.code for one in done.findings) == ["J111", "J112", "J120"]
    assert "FÖR LÄNGE" in world.text("register", "status")


def test_undecided_secret_ones_are_told_of_every_night(world: World) -> None:
    """J121 with their number, as long as nobody has decided."""
    _, comment, _ = world.thread()
    world.mark(comment, "sekretess", provision="OSL 26:1")
    with world.open() as home:
        found = {one.code: dict(one.parameters) for one in night(home).findings}
    assert found["J121"] == {"items": 1, "since": "2026-01-15"}


def test_what_waits_is_pending_and_what_is_registered_is_not(world: World) -> None:
    """From the decision to the number the record is among those that no culling may take."""
    item = sent(world)
    with world.open() as home, home.ground.state.reading() as books:
        before = books.revision()
        assert item in books.registrations.waiting()
    world.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    with world.open() as home, home.ground.state.reading() as books:
        assert item not in books.registrations.waiting()
        assert books.revision() > before


def test_show_tells_the_whole_way(world: World) -> None:
    """Standing, reasons, marks, the decision's words and every receipt; an id nobody knows is refused."""
    item = sent(world, "--subject", "Fråga om snö", "--secret", "OSL 26:1")
    told = world.command("register", "show", item)
    assert told["registration"]["standing"] == "sent"
    assert told["decision"]["subject"] == "Fråga om snö"
    assert told["marks"][0]["provision"] == "OSL 26:1"
    assert [one["act"] for one in told["acts"]] == [
        "register.decided",
        "register.packed",
        "register.sending",
        "register.sent",
    ]
    assert "Fråga om snö" in world.text("register", "show", item)
    with pytest.raises(RefusedError):
        world.command("register", "show", "202601-zzzzzzzzzzzzzzzz")


def test_the_key_of_a_parcel_names_the_record_alone() -> None:
    """work/registrations/<item>/<digest>.zip."""
    assert (
        registration("202601-aaaaaaaaaaaaaaaa", "0" * 64)
        == f"work/registrations/202601-aaaaaaaaaaaaaaaa/{'0' * 64}.zip"
    )


def test_an_answer_that_cannot_be_taken_in_stops_no_other(world: World) -> None:
    """A month that cannot be read: told of by kind (J129), the file stays, and the other number is entered."""
    (old,) = world.add([world.row("comment", ASKED - timedelta(days=60), own=False)])
    world.command("register", "send", old, "--as", REGISTRAR)
    new = sent(world)
    first = answer(world, "a.txt", f"namn: bevara-{old}-v1\ndnr: KS 2026/1\n")
    answer(world, "b.txt", f"namn: bevara-{new}-v1\ndnr: KS 2026/2\n")
    with world.open() as home:
        for one in list(home.ground.store.list(f"holdings/{AUTHORITY}/{old[:4]}-{old[4:6]}/")):
            home.ground.store.destroy(one.key)
    assert codes(world, 3) == ["J129"]
    assert first.exists()
    assert world.marks(new)["registrerad"].dnr == "KS 2026/2"
    assert world.way(old).standing == "sent"


def test_what_has_its_number_already_is_not_sent_once_more(world: World) -> None:
    """Killed after handing over, taken by the diary and answered: the answer is read before anything is repeated."""
    item = sent(world)
    with world.open() as home, home.ground.state.writing() as books:
        books.registrations.put(replace(world.way(item), standing="sending"))
    (world.root / "diariet" / f"bevara-{item}-v1").rename(world.root / "inlast")
    answer(world, "svar.txt", f"namn: bevara-{item}-v1\ndnr: KS 2026/1\n")
    with world.open() as home:
        done = night(home)
    assert (done.sent, done.confirmed) == (0, 1)
    assert world.handed() == {}
    assert world.marks(item)["registrerad"].dnr == "KS 2026/1"
