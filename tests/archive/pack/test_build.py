"""Building a package: the same bytes from the same intent, whole or not at all, bound and listed when it is there."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from flows.archive.pack.act import Wish, counted, night, package
from flows.archive.pack.assemble import SUMS, assemble
from flows.archive.pack.build import Built, build
from flows.archive.pack.content import Content
from flows.archive.pack.deliver import withdraw
from flows.keep.recover import recover
from flows.keep.spool import sweep
from schemas.delivery import Intent, Profile
from schemas.ground import Home
from schemas.ids import Month
from schemas.order import Tombstone
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from tests.archive.pack.dock import CLERK, MEDIA, PERSON, WISH, Dock, copied, gather, item, lies
from tests.standards import faults

LATER = "2026-04-01T23:00:00+00:00"
FILM = hashlib.sha256(MEDIA[1]).hexdigest()


class _KilledError(BaseException):
    """The process is thought of as gone."""


def _killed(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
    gather(home, intent, profile, folder)
    raise _KilledError


def _planned(dock: Dock) -> str:
    """An intent is stored, and the building is stopped; returns the package's id."""
    with dock.open() as home, pytest.raises(_KilledError):
        package(home, WISH, PERSON, gather=_killed)
    with dock.open() as home, home.ground.state.reading() as books:
        (found,) = books.packages.all()
    assert found.standing == "planned"
    return found.intent.id


def _codes(built: Built) -> list[str]:
    return [one.code for one in built.findings]


def _nothing_there(dock: Dock) -> None:
    """Nothing looks like a package: no object, no copy, nothing bound, nothing in the spool."""
    with dock.open() as home:
        recover(home.ground.state, home.ground.store, home.ground.clock.now())
        assert [info.key for info in home.ground.store.list("work/")] == []
        assert list(home.ground.store.unfinished("")) == []
        with home.ground.state.reading() as books:
            assert not books.copies.find(kind="package")
            assert not books.packages.waiting()
    assert not list((dock.root / "hem" / "spool").glob("*"))


# --- what is built -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["arkiv", "hand", "gammal"])
def test_the_same_intent_gives_the_same_bytes(profile: str, dock: Dock, tmp_path: Path) -> None:
    """Built now, or later on another day in a copy of the home: byte for byte the same container, tar or zip."""
    wish = replace(WISH, profile=profile)
    with dock.open() as home, pytest.raises(_KilledError):
        package(home, wish, PERSON, gather=_killed)
    other = copied(dock.root, tmp_path / "annan")
    other.at = LATER
    keys, whole = [], []
    for one in (dock, other):
        with one.open() as home:
            with home.ground.state.reading() as books:
                (planned,) = books.packages.all()
            built = build(home, planned.intent.id, gather=gather)
            assert built.done
            keys.append(built.package.key)
            whole.append(lies(home, built.package.key))
            assert hashlib.sha256(whole[-1]).hexdigest() == built.package.sha256
    assert keys[0] == keys[1]
    assert whole[0] == whole[1]


def test_a_reader_verifies_it_with_tar_and_sha256sum(dock: Dock, tmp_path: Path) -> None:
    """Unpacked by a plain tar, one folder named as the package; its list of digests holds for every content file."""
    built = dock.package()
    with dock.open() as home, tarfile.open(fileobj=io.BytesIO(lies(home, built.package.key))) as tar:
        names = tar.getnames()
        tar.extractall(tmp_path, filter="data")
    root = tmp_path / "torget-2025-01-2025-12-1"
    assert names[0] == f"{root.name}/METS.xml", "METS comes first"
    assert names[1:] == sorted(names[1:])
    done = subprocess.run(["sha256sum", "-c", "--strict", SUMS], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = {line.split("  ", 1)[1] for line in (root / SUMS).read_text("ascii").splitlines()}
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert {path for path in there - listed if not path.endswith(("METS.xml", "premis.xml"))} == {SUMS}
    assert (root / "METS.xml").stat().st_size < 32 << 10


def test_its_documents_are_valid_by_the_official_schemas(dock: Dock) -> None:
    """METS of the package and of each representation, PREMIS and ERMS; the older form's METS and PREMIS too."""
    for profile, root in (("arkiv", "METS.xml"), ("gammal", "sip.xml")):
        wish = replace(WISH, profile=profile)
        with dock.open() as home:
            built = package(home, wish, PERSON, gather=gather)
            assert built.done
            with home.package_files(io.BytesIO(lies(home, built.package.key)), built.package.name) as files:
                data = {name: files.open(name).read() for name in files.names() if name.endswith(".xml")}
        mets = [name for name in data if name.rpartition("/")[2] in {"METS.xml", "sip.xml"}]
        assert root in mets
        assert len(mets) == (3 if profile == "arkiv" else 1)
        for name in mets:
            assert faults("mets-eark" if profile == "arkiv" else "mets-fgs12", data[name]) == [], name
        told = [name for name in data if name.endswith("premis.xml")]
        assert len(told) == len(mets)
        for name in told:
            assert faults("premis", data[name]) == [], name


def test_events_stand_where_their_files_are(dock: Dock) -> None:
    """An event about files of a representation stands in its PREMIS; what is about the package stands in the root's."""
    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=gather)
        with home.package_files(io.BytesIO(lies(home, built.package.key)), "p.tar") as files:
            inside = files.open("representations/original/metadata/preservation/premis.xml").read()
            other = files.open("representations/preservation/metadata/preservation/premis.xml").read()
            root = files.open("metadata/preservation/premis.xml").read()
    assert b">capture<" in inside
    assert b">capture<" not in other + root
    assert b">packaging<" in root
    assert b">packaging<" not in inside + other


def test_it_is_bound_registered_and_listed(dock: Dock) -> None:
    """A built package binds its items, raises the revision, and is a copy that culling finds by each of them."""
    with dock.open() as home, home.ground.state.reading() as books:
        before = books.revision()
    built = dock.package()
    items = [item(number) for number in (1, 2, 3)]
    with dock.open() as home, home.ground.state.reading() as books:
        assert books.revision() > before
        assert sorted(books.packages.waiting()) == items
        assert list(books.packages.items(built.package.intent.id)) == items
        for one in items:
            assert books.copies.naming([one]) == [built.package.key]
        assert not books.intents.known([built.package.key])
        bodies = [json.loads(link.body) for link in books.ledger.about(built.package.intent.id)]
    acts = [body["act"] for body in bodies]
    assert acts == ["archive.planned", "archive.packaged", "archive.packaged.items"]
    assert bodies[0]["actor"] == bodies[1]["actor"] == PERSON
    assert bodies[1]["evidence"]["sha256"] == built.package.sha256
    assert bodies[2]["subjects"][1:] == items


def test_the_ledger_names_thousands_of_items_a_thousand_at_a_time(dock: Dock) -> None:
    """Of 2,500 items each is named once in the ledger, at most a thousand subjects to a link."""
    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=partial(gather, items=28))
        many = replace(WISH, rules=("allt",))
        content: list[Content] = []

        def lots(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
            found = replace(gather(home, intent, profile, folder), items=tuple(item(n) for n in range(1, 2_501)))
            content.append(found)
            return found

        built = package(home, many, PERSON, gather=lots)
        assert built.package.items == 2_500
        with home.ground.state.reading() as books:
            links = [json.loads(link.body) for link in books.ledger.about(built.package.intent.id)]
    parts = [link["subjects"] for link in links if link["act"] == "archive.packaged.items"]
    assert all(len(subjects) <= 1_000 and subjects[0] == built.package.intent.id for subjects in parts)
    assert sorted(one for subjects in parts for one in subjects[1:]) == sorted(content[0].items)


def test_the_ledger_and_the_database_hold_no_names(dock: Dock) -> None:
    """Titles, texts and file names of the content stand in the package alone."""
    dock.package()
    with dock.open() as home, home.ground.state.reading() as books:
        bodies = "".join(link.body for link in books.ledger.after(0))
    stored = b"".join(path.read_bytes() for path in (dock.root / "hem" / "state").iterdir())
    for word in ("Åsnan", "märken", "Inlägg 1", "bild-1"):
        assert word not in bodies
        assert word.encode() not in stored


# --- what goes wrong ---------------------------------------------------------------------------------------------


def test_a_damaged_attachment_stops_it_and_a_mended_one_lets_it_pass(dock: Dock) -> None:
    """Bytes that are not those the attachment is named by: nothing is built; restored, the same package is."""
    path = dock.root / "hem" / "store" / medium(FILM)
    path.chmod(0o644)
    good = path.read_bytes()
    path.write_bytes(b"X" + good[1:])
    built = dock.package()
    assert (built.package.standing, _codes(built)) == ("planned", ["A203"])
    assert dict(built.findings[0].parameters)["place"] == item(1)
    _nothing_there(dock)
    path.write_bytes(good)
    again = dock.package()
    assert again.done
    assert again.package.intent == built.package.intent, "it is the same package, not a second one"


def test_a_lost_attachment_stops_it(dock: Dock) -> None:
    """An attachment that was there when the content was collected and is gone when it is read: A202, nothing built."""

    def lost(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
        content = gather(home, intent, profile, folder)
        home.ground.store.destroy(medium(FILM))
        return content

    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=lost)
    assert (built.package.standing, _codes(built)) == ("planned", ["A202"])
    _nothing_there(dock)


def test_what_is_culled_meanwhile_is_in_no_registered_package(dock: Dock) -> None:
    """An item that becomes a tombstone while the package is being built: it is thrown away, and built again without."""

    def culled(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
        content = gather(home, intent, profile, folder)
        with home.ground.state.writing() as books:
            books.tombstones.add([_stone()])
        return content

    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=culled)
    assert (built.package.standing, _codes(built)) == ("planned", ["A208"])
    _nothing_there(dock)


def _stone() -> Tombstone:
    return Tombstone(
        item=item(2),
        parent=None,
        thread=item(2),
        kind="post",
        rule="allt",
        edition="1",
        order="0" * 64,
        culled=datetime(2026, 3, 2, tzinfo=UTC),
        salt=b"s" * 32,
    )


def test_a_package_that_fails_the_check_does_not_count(dock: Dock) -> None:
    """What breaks a rule of the specification is removed again, and the rule is named."""

    def wrong(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
        content = gather(home, intent, profile, folder)
        stray = replace(content.sources[0], path="representations/original/data/ingen-har-listat-mig.xml")
        return replace(content, sources=(*content.sources, stray))

    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=wrong)
    assert (built.package.standing, _codes(built)) == ("planned", ["A209"])
    assert "BV-FILE-UNLISTED" in str(dict(built.findings[0].parameters)["rules"])
    _nothing_there(dock)


def test_an_object_that_nobody_knows_is_left_and_told(dock: Dock) -> None:
    """Something else lies under the package's key: nothing is written over, nothing is registered."""
    package_id = _planned(dock)
    key = f"work/packages/{package_id}/torget-2025-01-2025-12-1.tar"
    with dock.open() as home:
        home.ground.store.put_new(key, b"frammande")
        built = build(home, package_id, gather=gather)
        assert _codes(built) == ["A206"]
        assert home.ground.store.get(key) == b"frammande"


def test_a_changed_profile_is_another_package(dock: Dock) -> None:
    """The planned one is not built by another profile's text; restored text builds it."""
    package_id = _planned(dock)
    path = dock.root / "hem" / "profiles" / "arkiv.toml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n", "utf-8")
    with dock.open() as home:
        assert _codes(build(home, package_id, gather=gather)) == ["A207"]
    path.write_text(text, "utf-8")
    with dock.open() as home:
        assert build(home, package_id, gather=gather).done


def test_nothing_chosen_makes_no_package(dock: Dock) -> None:
    """No items: told, withdrawn, and no night tries again."""

    def empty(home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
        return replace(gather(home, intent, profile, folder), items=())

    with dock.open() as home:
        built = package(home, WISH, PERSON, gather=empty)
        assert (built.package.standing, built.done, _codes(built)) == ("withdrawn", False, ["A201"])
        done = night(home)
        assert (done.built, done.findings) == (0, ())
    _nothing_there(dock)


def test_a_killed_build_is_taken_up_by_the_same_wish(dock: Dock) -> None:
    """Asked for again, the planned package is built under its number; what the first one spooled is gone."""
    package_id = _planned(dock)
    (dock.root / "hem" / "spool" / package_id).mkdir(parents=True)
    (dock.root / "hem" / "spool" / package_id / "000001").write_bytes(b"innehall")
    built = dock.package()
    assert built.package.intent.id == package_id
    assert built.done
    assert not list((dock.root / "hem" / "spool").iterdir())


def test_the_spool_of_one_at_work_is_left_alone(dock: Dock) -> None:
    """Only folders whose package nobody is building are swept."""
    package_id = _planned(dock)
    folder = dock.root / "hem" / "spool" / package_id
    folder.mkdir(parents=True)
    with dock.open() as home:
        with home.ground.state.hold_lease(f"package:{package_id}"):
            assert sweep(home) == 0
            assert folder.is_dir()
        assert sweep(home) == 1
    assert not folder.exists()


# --- what is refused ---------------------------------------------------------------------------------------------


def test_an_equal_package_is_not_made_twice(dock: Dock) -> None:
    """Account, period, profile and rules of a package that stands: refused; withdrawn, it may be made again."""
    first = dock.package().package
    with pytest.raises(GuardError, match="G-PACKAGED"):
        dock.package()
    with dock.open() as home:
        withdraw(home, first.intent.id, PERSON)
    second = dock.package().package
    assert second.intent.number == 2
    assert second.intent.id != first.intent.id


@pytest.mark.parametrize(
    ("wish", "person", "error", "says"),
    [
        (WISH, CLERK, GuardError, "G-MANDATE"),
        (WISH, "Ingen", RefusedError, "--as"),
        (replace(WISH, account="okand"), PERSON, RefusedError, "ACCOUNT"),
        (replace(WISH, first=Month("2025-12"), last=Month("2025-01")), PERSON, RefusedError, "--from"),
        (replace(WISH, last=Month("2026-04")), PERSON, RefusedError, "--to"),
        (replace(WISH, profile="okand"), PERSON, RefusedError, "--profile"),
        (replace(WISH, rules=("okand",)), PERSON, RefusedError, "--rule"),
        (replace(WISH, replaces="77"), PERSON, RefusedError, "PACKAGE"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_before_anything_is_stored(
    wish: Wish, person: str, error: type[Exception], says: str, dock: Dock
) -> None:
    """Mandate, account, period, profile, rule, replaced package: told by name, and no intent is stored."""
    with dock.open() as home:
        for act in (partial(package, gather=gather), counted):
            with pytest.raises(error, match=says):
                act(home, wish, person)
        with home.ground.state.reading() as books:
            assert not books.packages.all()


def test_a_period_that_is_not_over_is_told(dock: Dock) -> None:
    """The running month may be packaged, and it is said that what comes later is not in it."""
    built = dock.package(replace(WISH, last=Month("2026-03")))
    assert built.done
    assert _codes(built) == ["A215"]


def test_assembling_lists_every_file_once(dock: Dock, tmp_path: Path) -> None:
    """METS first, then by path, no path twice, and every source is opened anew each time."""
    package_id = _planned(dock)
    with dock.open() as home:
        with home.ground.state.reading() as books:
            stored = books.packages.get(package_id)
        assert stored is not None
        profile, _ = home.profile("arkiv")
        folder = tmp_path / "spool"
        folder.mkdir()
        members = assemble(gather(home, stored.intent, profile, folder), profile, stored.intent)
        paths = [one.path for one in members]
        assert paths[0] == "METS.xml"
        assert paths[1:] == sorted(set(paths[1:]))
        for one in members:
            for _ in range(2):
                with one.open() as source:
                    data = source.read()
                assert (len(data), hashlib.sha256(data).hexdigest()) == (one.size, one.sha256)
        shutil.rmtree(folder)
