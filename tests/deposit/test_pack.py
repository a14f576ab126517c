"""Packaging: what a delivery holds, who may be in it, the same bytes in every rebuild, and what goes wrong on the way."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from lxml import etree

from connectors.packages import open_package
from flows.deposit.check.examine import check_deposit
from flows.deposit.pack.act import night, package, plan, take_up
from flows.deposit.pack.build import build
from flows.deposit.pack.deliver import deliver, withdraw
from flows.deposit.pack.receipts import receipt
from flows.keep.container import MemberError, Packed
from schemas.ground import Home
from schemas.neighbours import ObjectInfo, Store
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from tests.cull.archive import OFFICER
from tests.deposit.dock import HAND, SETTINGS, Dock, codes, dock, dock_template, film_files
from tests.deposit.world import CHANNEL, COMMUNICATOR, COMPANY, File, cues
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

__all__ = ["dock", "dock_template", "film_files"]

_METS = {"m": "http://www.loc.gov/METS/", "mods": "http://www.loc.gov/mods/v3"}


def _members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        found = {one.name: tar.extractfile(one) for one in tar.getmembers()}
        return {name: file.read() for name, file in found.items() if file is not None}


def _sips(data: bytes) -> list[Any]:
    return [etree.fromstring(one) for name, one in _members(data).items() if name.endswith("/sip.xml")]


def _planned(dock: Dock, *numbers: int) -> str:
    with dock.open() as home:
        return plan(home, [str(one) for one in numbers], COMMUNICATOR).id


# --- what a delivery holds ---------------------------------------------------------------------------------------


def test_a_delivery_is_a_tar_of_one_folder_for_every_film(dock: Dock) -> None:
    """At its top stand the packages' folders, named by their OBJID, each with ``sip.xml`` and the film's bytes."""
    built = dock.pack(1, 2)
    assert built.done, built.findings
    data = dock.built()
    members = _members(data)
    sips = _sips(data)
    tops = list(dict.fromkeys(name.partition("/")[0] for name in members))
    assert [one.get("OBJID") for one in sips] == tops
    assert len(tops) == 2
    assert all("/" in name and ".." not in name for name in members)
    digests = {hashlib.sha256(one).hexdigest() for one in members.values()}
    with dock.open() as home, home.ground.state.reading() as books:
        films = {digest for _, digest in books.media.of(dock.items[:2])}
    assert films <= digests, "both films and the first one's captions, as they lie in the archive"
    assert (built.delivery.name, built.delivery.size) == (f"{built.delivery.intent.id}.tar", len(data))
    assert built.delivery.sha256 == hashlib.sha256(data).hexdigest()


def test_a_delivery_passes_our_own_check(dock: Dock, tmp_path: Path) -> None:
    """What was built is valid as somebody who is handed the file sees it."""
    built = dock.pack(1, 2, 3)
    assert built.done, built.findings
    file = tmp_path / built.delivery.name
    file.write_bytes(dock.built())
    with open_package(file) as files:
        checked = check_deposit(files, None)
    assert checked.valid, checked.findings
    assert not [one for one in checked.findings if one.severity == "error"]


def test_the_films_and_the_register_of_derived_files_know_of_it(dock: Dock) -> None:
    """The films stand packaged in it; a culling finds the file by their items and by the decision's record."""
    dock.pack(2, 1)
    assert dock.standings() == ["packaged", "packaged", "decided"]
    delivery = dock.delivery()
    assert [one.number for film in delivery.intent.films for one in dock.films() if one.id == film] == [2, 1]
    with dock.open() as home, home.ground.state.reading() as books:
        (copy,) = books.copies.find(kind="delivery")
        records = {one.record for one in dock.films()[:2]}
    assert copy.key == delivery.key
    assert set(copy.items) == {*dock.items[:2], *(one for one in records if one is not None)}
    assert [one.delivery for one in dock.films()] == [delivery.intent.id, delivery.intent.id, ""]


def test_the_delivery_id_is_prefix_day_and_number(dock: Dock) -> None:
    """The civil day in Stockholm counts, and the number is never given twice, not after a withdrawal either."""
    dock.at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert dock.pack(1).delivery.intent.id == "bevara-2026-03-02-00001"
    with dock.open() as home:
        withdraw(home, "1", COMMUNICATOR)
    assert dock.pack(1).delivery.intent.id == "bevara-2026-03-02-00002"


# --- the same bytes -----------------------------------------------------------------------------------------------


def test_a_lost_file_is_built_again_with_the_same_bytes(dock: Dock) -> None:
    """The built file vanishes; built again, on another day, it has the same digest and nothing else has changed."""
    first = dock.pack(1, 2).delivery
    films = dock.films()
    with dock.open() as home:
        home.ground.store.destroy(first.key)
    dock.at += timedelta(days=9)
    with dock.open() as home:
        again = build(home, "1")
    assert again.done, again.findings
    assert replace(again.delivery, changed=first.changed) == first
    assert hashlib.sha256(dock.built()).hexdigest() == first.sha256
    assert dock.films() == films


def test_what_comes_later_is_not_in_a_rebuild(dock: Dock) -> None:
    """Captions that came after the intent was stored are not in it, now or in a rebuild."""
    first = dock.pack(2).delivery
    dock.at += timedelta(hours=1)
    dock.found_later(dock.items[1], File(cues("Senare"), "caption", "text/vtt", "sv", "https://test/senare.vtt"))
    with dock.open() as home:
        home.ground.store.destroy(first.key)
    with dock.open() as home:
        assert build(home, "1").delivery.sha256 == first.sha256


def test_every_package_carries_what_only_this_home_can_make(dock: Dock) -> None:
    """64 digits made of the home's key stand in METS, others for each film and delivery: a digest tells of no content."""
    dock.pack(1, 2)
    first = [one.findtext("m:metsHdr/m:metsDocumentID", "", _METS) for one in _sips(dock.built())]
    with dock.open() as home:
        withdraw(home, "1", COMMUNICATOR)
    dock.pack(1, 2)
    second = [one.findtext("m:metsHdr/m:metsDocumentID", "", _METS) for one in _sips(dock.built("2"))]
    assert len({*first, *second}) == 4
    assert all(re.fullmatch(r".*[0-9a-f]{64}", one) for one in (*first, *second))


def test_the_container_needs_no_folder_of_its_own(dock: Dock) -> None:
    """Without a root the members' own folders stand at the top; a path trick is refused as before."""

    @dataclass(frozen=True)
    class One:
        path: str
        size: int = 1
        sha256: str = hashlib.sha256(b"x").hexdigest()
        open: Callable[[], BinaryIO] = lambda: io.BytesIO(b"x")

    at = datetime(2026, 1, 1, tzinfo=UTC)
    with Packed([One("a/sip.xml"), One("b/sip.xml")], container="tar", root="", made=at) as packed:
        assert list(_members(packed.read())) == ["a/sip.xml", "b/sip.xml"]
    for path in ("/a", "../a", "a//b", ""):
        with pytest.raises(MemberError):
            Packed([One(path)], container="tar", root="", made=at)


# --- who may be in it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"standing": "candidate"}, "G-DECIDED"),
        ({"standing": "declined"}, "G-DECIDED"),
        ({"standing": "outside"}, "G-DECIDED"),
        ({"standing": "accepted"}, "G-PACKAGED"),
        ({"standing": "seen"}, "G-PACKAGED"),
        ({"standing": "delivered"}, "G-PACKAGED"),
        ({"way": "feed"}, "G-WAY"),
        ({"way": ""}, "G-WAY"),
    ],
)
def test_only_what_is_decided_for_packages_is_packaged(dock: Dock, changes: dict[str, str], code: str) -> None:
    """Another standing or way refuses the whole delivery; nothing is planned."""
    dock.stand(dock.numbered(2).id, **changes)
    with pytest.raises(GuardError) as refused:
        dock.pack(1, 2)
    assert refused.value.code == code
    with dock.open() as home, home.ground.state.reading() as books:
        assert not books.deliveries.all()


def test_bad_requests_are_refused_with_a_remedy(dock: Dock) -> None:
    """No film, an unknown one, somebody without mandate, an unknown status, settings without agreement."""
    with pytest.raises(RefusedError, match="at least one"):
        dock.pack()
    with pytest.raises(RefusedError, match="FILM"):
        dock.pack(99)
    with pytest.raises(RefusedError, match="--status"):
        dock.pack(1, status="OTHER")
    with dock.open() as home:
        with pytest.raises(RefusedError, match="--as"):
            package(home, ["1"], "Ingen Alls")
        with pytest.raises(GuardError, match="G-MANDATE"):
            package(home, ["1"], OFFICER)
        with pytest.raises(RefusedError, match="FILM"):
            package(home, ["../1"], COMMUNICATOR)
    dock.settings("[deposit]\n")
    with pytest.raises(RefusedError, match="agreement"):
        dock.pack(1)
    assert dock.standings() == ["decided"] * 3


def test_films_of_two_authorities_are_not_mixed(dock: Dock) -> None:
    """A municipal company's film, though a person decided yes, goes in a delivery of its own."""
    dock.film(b"bolagets film", account=COMPANY)
    dock.scan()
    dock.stand(dock.numbered(4).id, standing="decided", way="fgs-publ")
    with pytest.raises(RefusedError, match="one authority"):
        dock.pack(1, 4)


def test_at_most_fifty_films_in_one_delivery(dock: Dock) -> None:
    """The fifty-first is refused before anything is stored."""
    with dock.open() as home, home.ground.state.writing() as books:
        film = books.films.numbered(1)
        assert film is not None
        for number in range(4, 52):
            books.films.put(replace(film, id=f"{number:064x}", number=number))
    with pytest.raises(RefusedError, match="at most 50"):
        dock.pack(*range(1, 52))


def test_a_film_is_in_one_delivery_at_a_time(dock: Dock) -> None:
    """A planned delivery keeps its films; asking for the same again gives the same one."""
    first = _planned(dock, 1, 2)
    assert _planned(dock, 1, 2) == first
    with pytest.raises(GuardError) as refused:
        dock.pack(2, 3)
    assert refused.value.code == "G-PACKAGED"
    built = dock.pack(1, 2)
    assert (built.done, built.delivery.intent.id) == (True, first)
    with pytest.raises(GuardError) as refused:
        dock.pack(2)
    assert refused.value.code == "G-PACKAGED"


def test_a_film_named_twice_is_packaged_once(dock: Dock) -> None:
    """By its number and by its id."""
    with dock.open() as home:
        film = dock.films()[0]
        assert package(home, ["1", film.id, "1"], COMMUNICATOR).delivery.intent.films == (film.id,)


# --- RECORDSTATUS -----------------------------------------------------------------------------------------------------


def _accept(dock: Dock, named: str, answer: str = "accepted") -> None:
    with dock.open() as home:
        deliver(home, named)
        receipt(home, named, "", answer, f"KB-{named}", COMMUNICATOR)  # type: ignore[arg-type] # one of two words


def test_trial_settings_make_trial_packages(dock: Dock) -> None:
    """With ``test = true`` every package says TEST, and another status is refused rather than ignored."""
    dock.settings(SETTINGS.replace("[deposit]", "[deposit]\ntest = true", 1))
    with pytest.raises(RefusedError, match="--status"):
        dock.pack(1, status="NEW")
    dock.pack(1)
    assert [one.find("m:metsHdr", _METS).get("RECORDSTATUS") for one in _sips(dock.built())] == ["TEST"]


def test_a_new_version_of_what_kb_has_is_a_version(dock: Dock) -> None:
    """Decided to replace an accepted film, a film goes as VERSION; with films that are new it is refused."""
    dock.pack(1)
    _accept(dock, "1")
    dock.decide(2, replaces="1")
    with pytest.raises(RefusedError, match="delivery of its own"):
        dock.pack(2, 3)
    assert dock.pack(2).delivery.intent.status == "VERSION"
    assert [one.find("m:metsHdr", _METS).get("RECORDSTATUS") for one in _sips(dock.built("2"))] == ["VERSION"]


def test_adding_to_what_kb_never_had_is_refused(dock: Dock) -> None:
    """SUPPLEMENT, REPLACEMENT and VERSION need something before them."""
    for status in ("SUPPLEMENT", "REPLACEMENT", "VERSION"):
        with pytest.raises(GuardError) as refused:
            dock.pack(1, status=status)
        assert refused.value.code == "G-EARLIER"


def test_a_supplement_holds_only_what_was_not_delivered(dock: Dock) -> None:
    """Captions that came after the accepted delivery go alone; a second time there is nothing left to add."""
    dock.pack(1)
    _accept(dock, "1")
    dock.at += timedelta(days=1)
    nothing = dock.pack(1, status="SUPPLEMENT")
    assert codes(nothing.findings)[-2:] == ["L178", "L160"]
    assert (nothing.delivery.standing, dock.numbered(1).standing) == ("withdrawn", "accepted")
    late = cues("En rad som kom senare")
    dock.found_later(dock.items[0], File(late, "caption", "text/vtt", "fi", "https://test/fi.vtt"))
    dock.at += timedelta(minutes=1)
    built = dock.pack(1, status="SUPPLEMENT")
    assert built.done, built.findings
    members = _members(dock.built(str(built.delivery.intent.number)))
    assert [one for name, one in members.items() if not name.endswith("/sip.xml")] == [late]
    assert dock.numbered(1).standing == "packaged", "its items wait for KB's answer again"
    with dock.open() as home:
        withdraw(home, str(built.delivery.intent.number), COMMUNICATOR)
    assert (dock.numbered(1).standing, dock.numbered(1).delivery) == ("accepted", "bevara-2026-01-15-00001")


# --- what goes wrong ----------------------------------------------------------------------------------------------------


def test_one_film_that_cannot_be_described_stops_the_delivery_and_no_other_film(dock: Dock) -> None:
    """YouTube hands out no file: told with the film's number, withdrawn, and the others go without it."""
    dock.film(account=CHANNEL, text="Utan fil")
    dock.scan()
    dock.decide(4)
    built = dock.pack(1, 4)
    assert not built.done
    last = built.findings[-1]
    assert (last.code, dict(last.parameters)["films"]) == ("L160", "4")
    assert len(built.findings) > 1, "why is said beside"
    assert (built.delivery.standing, dock.lying()) == ("withdrawn", [])
    assert dock.standings() == ["decided"] * 4
    assert dock.pack(1).done


def test_changed_settings_are_told_until_they_are_restored(dock: Dock) -> None:
    """A planned delivery is built under the settings it was planned with, and by the night when they are back."""
    named = _planned(dock, 1)
    dock.settings(SETTINGS.replace("31-KB999", "32-KB999"))
    with dock.open() as home:
        assert codes(night(home).findings) == ["L165"]
        assert not build(home, named).done
    dock.settings(SETTINGS)
    with dock.open() as home:
        done = night(home)
    assert (done.built, done.findings) == (1, ())


def test_a_damaged_file_in_the_archive_is_never_delivered(dock: Dock) -> None:
    """The store holds other bytes than the film's digest says: nothing is built, nothing stays."""
    with dock.open() as home, home.ground.state.reading() as books:
        digests = [digest for _, digest in books.media.of([dock.items[1]])]
    key = medium(digests[0])
    with dock.open() as home:
        size = len(home.ground.store.get(key))
        home.ground.store.destroy(key)
        home.ground.store.put_new(key, bytes(size))
    built = dock.pack(2)
    assert not built.done
    assert any(one.severity == "error" for one in built.findings)
    assert (dock.standings()[1], dock.lying()) == ("decided", [])


class _Meanwhile:
    """A store during whose writing of a delivery something else happens."""

    def __init__(self, inner: Store, happens: Callable[[], object]) -> None:
        self._inner, self._happens = inner, happens

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store."""
        info = self._inner.put_new(key, data)
        if key.startswith("work/deliveries/"):
            self._happens()
        return info


def _with_store(home: Home, store: object) -> Home:
    return replace(home, ground=replace(home.ground, store=store))  # type: ignore[arg-type] # it answers as one


def test_a_film_that_changes_while_it_is_packaged_is_not_in_it(dock: Dock) -> None:
    """Its decision goes back in the midst of building: nothing is registered and no file stays."""
    film = dock.numbered(2).id
    with dock.open() as home:
        busy = _with_store(home, _Meanwhile(home.ground.store, lambda: dock.stand(film, standing="declined")))
        named = plan(home, ["1", "2"], COMMUNICATOR).id
        built = build(busy, named)
    assert codes(built.findings)[-1] == "L167"
    assert dict(built.findings[-1].parameters)["films"] == "2"
    assert (dock.delivery().standing, dock.standings()[:2], dock.lying()) == ("planned", ["decided", "declined"], [])
    with dock.open() as home:
        built = take_up(home, named)
    assert codes(built.findings) == ["L166"]
    assert built.delivery.standing == "withdrawn", "it could never be built as it was planned"


def test_an_object_that_nobody_knows_is_left_alone(dock: Dock) -> None:
    """A stranger's file under the delivery's key is no delivery."""
    named = _planned(dock, 1)
    with dock.open() as home:
        home.ground.store.put_new(f"work/deliveries/{named}/{named}.tar", b"nagot annat")
        built = build(home, named)
    assert codes(built.findings)[-1] == "L164"
    assert dock.delivery().standing == "planned"


def test_stopped_at_any_write_one_whole_delivery_comes_of_it(dock_template: Path, tmp_path: Path) -> None:
    """Stopped before and after every write, and packaged again: the same bytes, once, and nothing beside them."""
    from tests.deposit.dock import copied  # noqa: PLC0415

    def once(number: int) -> tuple[Dock, Counter, bool]:
        dock = copied(dock_template, tmp_path / str(number))
        counter = Counter(number or None)
        with dock.open() as home:
            ground = home.ground
            stepped = replace(
                ground,
                store=cast("Store", StoppingStore(ground.store, counter)),
                state=StoppingState(ground.state, counter),
            )
            try:
                package(replace(home, ground=stepped), ["1"], COMMUNICATOR)
            except StoppedError:
                return dock, counter, True
        return dock, counter, False

    whole, counter, _ = once(0)
    digest = whole.delivery().sha256
    assert counter.points >= 7
    for number in range(1, counter.points + 1):
        dock, _, stopped = once(number)
        assert stopped
        with dock.open() as home:
            if dock.standings()[0] != "packaged":
                package(home, ["1"], COMMUNICATOR)
        assert dock.delivery().sha256 == digest, number
        assert dock.standings() == ["packaged", "decided", "decided"], number
        assert dock.lying() == [dock.delivery().key], number
        with dock.open() as home, home.ground.state.reading() as books:
            acts = [json.loads(link.body)["act"] for link in books.ledger.after(0)]
            assert len(books.deliveries.all()) == 1
        assert acts.count("deposit.delivery.packaged") == 1, number
        assert acts.count("deposit.packaged") == 1, number


def test_without_a_receiver_it_is_built_all_the_same(dock: Dock) -> None:
    """Where deliveries go may change while one waits: its bytes stay the same."""
    dock.settings(HAND)
    first = dock.pack(1).delivery.sha256
    dock.settings(SETTINGS)
    with dock.open() as home:
        home.ground.store.destroy(dock.delivery().key)
    with dock.open() as home:
        assert build(home, "1").delivery.sha256 == first
