"""Handing packages on: delivery seen at the receiver's, receipts, refusals, fetching by hand, withdrawal, the commands."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main
from flows.archive.pack.act import night, package
from flows.archive.pack.build import known
from flows.archive.pack.deliver import deliver, fetch, receipt, withdraw
from flows.archive.pack.status import STANDINGS, line, next_step
from flows.keep.proofs import proofs_for
from schemas.delivery import PACKAGE_STANDINGS, StoredPackage
from schemas.plan.read import read_plan
from schemas.refusal import GuardError, RefusedError
from tests.archive.pack.dock import ACCOUNT, AT, CLERK, PERSON, WISH, Dock, gather, item

_ROW = """
id = "p"
title = "p"
edition = "1"
authorities = ["arvika-ks"]
[[rule]]
id = "r"
type = "r"
action = "gallra"
trigger = "inaktuell"
conditions = ["e-arkiv"]
"""
HAND = replace(WISH, profile="hand")


def _standing(dock: Dock, named: str = "1") -> StoredPackage:
    with dock.open() as home:
        return known(home.ground, named)


def _acts(dock: Dock) -> list[str]:
    with dock.open() as home, home.ground.state.reading() as books:
        return [json.loads(link.body)["act"] for link in books.ledger.after(0) if '"archive.' in link.body]


def _bound(dock: Dock) -> int:
    with dock.open() as home, home.ground.state.reading() as books:
        return len(books.packages.waiting())


@pytest.fixture
def built(dock: Dock) -> Dock:
    """A home with package 1, built."""
    assert dock.package().done
    return dock


# --- delivery ----------------------------------------------------------------------------------------------------


def test_delivered_means_seen_at_the_receivers(built: Dock) -> None:
    """The file lies there with the package's bytes, and the ledger says what was observed."""
    with built.open() as home:
        done = deliver(home, "1")
    there = built.receiver / done.package.name
    assert hashlib.sha256(there.read_bytes()).hexdigest() == done.package.sha256
    assert (done.package.standing, done.package.tries, done.findings) == ("delivered", 1, ())
    assert done.arrival is not None
    assert not done.arrival.already
    with built.open() as home, home.ground.state.reading() as books:
        last = json.loads(books.ledger.about(done.package.intent.id)[-1].body)
    assert last["act"] == "archive.delivered"
    assert last["evidence"]["size"] == done.package.size
    assert last["evidence"]["sha256"] == done.package.sha256
    assert last["evidence"]["place"] == "folder:mottagare"
    assert _bound(built) == 3, "nothing of it may be culled before the receipt"


def test_delivered_again_it_is_only_looked_at(built: Dock) -> None:
    """A second delivery finds the package there and changes no byte."""
    with built.open() as home:
        deliver(home, "1")
        there = built.receiver / known(home.ground, "1").name
        before = there.stat()
        again = deliver(home, "1")
    assert again.arrival is not None
    assert again.arrival.already
    assert again.package.standing == "delivered"
    assert (there.stat().st_ino, there.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_receiver_that_refuses_leaves_it_begun(built: Dock) -> None:
    """Another file of that name at the receiver's: told, nothing overwritten, still bound, and tried again later."""
    name = _standing(built).name
    (built.receiver / name).write_bytes(b"nagot annat")
    with built.open() as home:
        done = deliver(home, "1")
    assert [one.code for one in done.findings] == ["A231"]
    assert (done.package.standing, done.unreachable) == ("delivering", False)
    assert (built.receiver / name).read_bytes() == b"nagot annat"
    assert _bound(built) == 3
    (built.receiver / name).unlink()
    with built.open() as home:
        assert deliver(home, "1").package.standing == "delivered"


def test_a_receiver_that_is_away_is_asked_again_by_the_night(built: Dock) -> None:
    """Not reached: begun and told; the night tells it too, and delivers when the receiver is back."""
    away = built.root / "borta"
    built.receiver.rename(away)
    with built.open() as home:
        done = deliver(home, "1")
        assert ([one.code for one in done.findings], done.unreachable) == (["A212"], True)
        tried = night(home)
        assert (tried.delivered, [one.code for one in tried.findings]) == (0, ["A212"])
    away.rename(built.receiver)
    with built.open() as home:
        tried = night(home)
        assert (tried.delivered, tried.findings) == (1, ())
    assert (_standing(built).standing, _standing(built).tries) == ("delivered", 3)


def test_a_night_builds_what_is_planned_and_delivers_nothing_unasked(dock: Dock) -> None:
    """A planned package is built at night; whether it is delivered is a person's decision."""

    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    with dock.open() as home, pytest.raises(KeyboardInterrupt):
        package(home, WISH, PERSON, gather=stopped)
    with dock.open() as home:
        done = night(home, gather=gather)
        assert (done.built, done.delivered, done.findings) == (1, 0, ())
        assert night(home, gather=gather).built == 0
    assert _standing(dock).standing == "packaged"
    assert list(dock.receiver.iterdir()) == []


def test_a_damaged_package_is_not_delivered(built: Dock) -> None:
    """The built file has other bytes, or is gone: told, and nothing stands at the receiver's under its name."""
    stored = _standing(built)
    path = built.root / "hem" / "store" / stored.key
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"\1")
    with built.open() as home:
        assert [one.code for one in deliver(home, "1").findings] == ["A210"]
    path.unlink()
    with built.open() as home:
        assert [one.code for one in deliver(home, "1").findings] == ["A210"]
    assert not (built.receiver / stored.name).exists()
    assert _standing(built).standing == "delivering"


# --- receipts ----------------------------------------------------------------------------------------------------


def test_a_file_that_waits_to_be_removed_leaves_no_more(built: Dock, tmp_path: Path) -> None:
    """Culling has struck the built file out and was stopped before the store lost it: it is neither sent nor fetched."""
    key = _standing(built).key
    with built.open() as home, home.ground.state.writing() as books:
        books.copies.retire([key])
    with built.open() as home:
        done = deliver(home, "1")
        with pytest.raises(GuardError, match="G-FETCH"):
            fetch(home, "1", tmp_path)
    assert [one.code for one in done.findings if one.severity == "error"]
    assert done.arrival is None


def test_an_accepted_package_leaves_the_store(built: Dock) -> None:
    """The receiver has it: the built file goes, the items are free and proven to be in the e-archive."""
    with built.open() as home:
        deliver(home, "1")
        done = receipt(home, "1", "accepted", "MB-2026/17", PERSON)
        assert (done.standing, done.reference, done.key) == ("accepted", "MB-2026/17", "")
        assert list(home.ground.store.list("work/")) == []
        proven = proofs_for(home.ground, read_plan(_ROW, "1"))["e-arkiv"]
        assert all(item(number) in proven for number in (1, 2, 3))
        with home.ground.state.reading() as books:
            assert not books.packages.waiting()
            assert not books.copies.find(kind="package")
        with pytest.raises(GuardError, match="G-DELIVER"):
            deliver(home, "1")
        with pytest.raises(GuardError, match="G-FETCH"):
            fetch(home, "1", built.root)


def test_a_profile_may_keep_the_built_file(dock: Dock, tmp_path: Path) -> None:
    """``keep``: after the receipt the file stays, registered with its items, and can be fetched again."""
    with dock.open() as home:
        package(home, HAND, PERSON, gather=gather)
        (tmp_path / "ut").mkdir()
        fetch(home, "1", tmp_path / "ut")
        done = receipt(home, "1", "accepted", "R1", PERSON)
        assert done.key
        with home.ground.state.reading() as books:
            assert list(books.copies.naming([item(2)])) == [done.key]
        (tmp_path / "igen").mkdir()
        _, file = fetch(home, "1", tmp_path / "igen")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == done.sha256
        assert known(home.ground, "1").standing == "accepted"


def test_the_same_receipt_twice_changes_nothing(built: Dock) -> None:
    """Repeated, it is one receipt in the ledger; another answer or reference is refused."""
    with built.open() as home:
        deliver(home, "1")
        first = receipt(home, "1", "accepted", "R1", PERSON)
        assert receipt(home, "1", "accepted", "R1", PERSON) == first
        for answer, reference in (("rejected", "R1"), ("accepted", "R2"), ("rejected", "R2")):
            with pytest.raises(GuardError, match="G-RECEIPT"):
                receipt(home, "1", answer, reference, PERSON)  # type: ignore[arg-type] # two words
        assert known(home.ground, "1") == first
    assert _acts(built).count("archive.receipt") == 1


def test_nobody_accepts_what_was_not_handed_over(built: Dock) -> None:
    """A receipt for a package that was only built is refused, as is one by somebody without mandate."""
    with built.open() as home:
        with pytest.raises(GuardError, match="G-RECEIPT"):
            receipt(home, "1", "accepted", "R1", PERSON)
        deliver(home, "1")
        with pytest.raises(GuardError, match="G-MANDATE"):
            receipt(home, "1", "accepted", "R1", CLERK)
        assert known(home.ground, "1").standing == "delivered"


@pytest.mark.parametrize("reference", ["", " ", "Anna Andersson", "anna@arkivet.se", "R\n1", "x" * 101, "R\u202e1"])
def test_a_reference_is_a_code_and_no_text(reference: str, built: Dock) -> None:
    """It stands in the ledger for ever: names, addresses, control characters and long texts are refused."""
    with built.open() as home, pytest.raises(RefusedError, match="--reference"):
        receipt(home, "1", "accepted", reference, PERSON)


def test_a_rejected_package_is_replaced(built: Dock) -> None:
    """Rejected: its items are free; the next one says what it replaces, and takes the old file's place."""
    with built.open() as home:
        deliver(home, "1")
        old = receipt(home, "1", "rejected", "FEL-3", PERSON)
        assert _bound(built) == 0
        assert "--replaces 1" in next_step(old, is_replaced=False)
        done = package(home, replace(WISH, replaces="1"), PERSON, gather=gather)
        assert done.done
        assert done.package.intent.replaces == old.intent.id
        keys = [info.key for info in home.ground.store.list("work/")]
        with home.ground.state.reading() as books:
            retired = list(books.copies.retired())
        assert set(keys) - set(retired) == {done.package.key}
        assert known(home.ground, "1").key == ""
        with home.package_files(home.ground.store.open(done.package.key), "p.tar") as files:
            assert b'RECORDSTATUS="REPLACEMENT"' in files.open("METS.xml").read()
    assert _bound(built) == 3


def test_what_may_still_arrive_is_not_replaced(built: Dock) -> None:
    """A package that was built or delivered has to be answered or withdrawn before another replaces it."""
    with built.open() as home, pytest.raises(GuardError, match="G-REPLACES"):
        package(home, replace(WISH, replaces="1"), PERSON, gather=gather)


# --- withdrawal and fetching -------------------------------------------------------------------------------------


def test_withdrawn_it_frees_its_items(built: Dock) -> None:
    """Not handed to anybody: the file goes, the items are free, and it is never delivered."""
    with built.open() as home:
        with pytest.raises(GuardError, match="G-MANDATE"):
            withdraw(home, "1", CLERK)
        done = withdraw(home, "1", PERSON)
        assert withdraw(home, "1", PERSON) == done
        assert list(home.ground.store.list("work/")) == []
        with pytest.raises(GuardError, match="G-DELIVER"):
            deliver(home, "1")
    assert _bound(built) == 0


def test_what_was_delivered_is_not_withdrawn(built: Dock) -> None:
    """It may have arrived: only the receiver's answer ends it."""
    with built.open() as home:
        deliver(home, "1")
        with pytest.raises(GuardError, match="G-WITHDRAW"):
            withdraw(home, "1", PERSON)


def test_a_profile_without_receiver_is_fetched(dock: Dock, tmp_path: Path) -> None:
    """Fetched, it counts as being delivered; the copy is whole, a repeat leaves it, another file there is refused."""
    with dock.open() as home:
        package(home, HAND, PERSON, gather=gather)
        with pytest.raises(GuardError, match="G-RECEIVER"):
            deliver(home, "1")
        stored, file = fetch(home, "1", tmp_path)
        assert stored.standing == "delivering"
        with zipfile.ZipFile(file) as whole:
            assert whole.testzip() is None
        assert fetch(home, "1", tmp_path)[1] == file
        assert sorted(path.name for path in tmp_path.glob("*.zip")) == [file.name]
        assert night(home).findings == (), "only a person knows whether it has arrived"
        file.write_bytes(b"annat")
        with pytest.raises(RefusedError, match="--out"):
            fetch(home, "1", tmp_path)
        file.unlink()
        file.symlink_to(tmp_path / "ingenstans")
        with pytest.raises(RefusedError, match="--out"):
            fetch(home, "1", tmp_path)
        with pytest.raises(RefusedError, match="--out"):
            fetch(home, "1", tmp_path / "finns-inte")


# --- the commands ------------------------------------------------------------------------------------------------


def _say(dock: Dock, *arguments: str) -> tuple[int, str, str]:
    """Run a command as the entry point does; returns exit code and what was said."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["bevara", "--home", str(dock.root / "hem"), "--at", AT, *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def test_the_commands_speak_json_and_swedish(built: Dock) -> None:
    """Status, delivery and receipt by the command line: one JSON object each, or what to do next in Swedish."""
    code, out, _ = _say(built, "--json", "archive", "status")
    (one,) = json.loads(out)["packages"]
    assert (code, one["standing"], one["days"], one["items"], one["account"]) == (0, "packaged", 0, 3, ACCOUNT)
    assert json.loads(out)["counts"] == {name: int(name == "packaged") for name in PACKAGE_STANDINGS}
    assert "archive deliver 1" in _say(built, "archive", "status")[1]
    code, out, _ = _say(built, "--json", "archive", "deliver")
    assert code == 0
    (delivery,) = json.loads(out)["deliveries"]
    assert (delivery["package"]["standing"], delivery["arrival"]["already"]) == ("delivered", False)
    assert _say(built, "archive", "deliver")[1] == "Inga byggda paket väntar på leverans.\n"
    code, out, _ = _say(built, "--json", "archive", "receipt", "1", "accepted", "--reference", "R1", "--as", PERSON)
    assert (code, json.loads(out)["package"]["reference"]) == (0, "R1")
    assert "mottaget av e-arkivet" in _say(built, "archive", "status")[1]


def test_exit_codes_tell_refusals_apart(built: Dock) -> None:
    """10 when the receiver is away, 3 when it refuses, 4 when a guard does, 2 for a package that is not there."""
    away = built.root / "borta"
    built.receiver.rename(away)
    assert _say(built, "archive", "deliver", "1")[0] == 10
    away.rename(built.receiver)
    name = _standing(built).name
    (built.receiver / name).write_bytes(b"annat")
    code, out, _ = _say(built, "archive", "deliver", "1")
    assert (code, "A231" in out) == (3, True)
    code, _, err = _say(built, "archive", "withdraw", "1", "--as", PERSON)
    assert (code, "G-WITHDRAW" in err) == (4, True)
    code, _, err = _say(built, "archive", "receipt", "9", "accepted", "--reference", "R1", "--as", PERSON)
    assert (code, "archive status" in err) == (2, True)


def test_a_dry_run_counts_and_stores_nothing(dock: Dock) -> None:
    """Counts by row of the plan alone; no intent, no object."""
    options = ("--from", "2025-01", "--to", "2025-12", "--profile", "arkiv", "--as", PERSON)
    code, out, _ = _say(dock, "--json", "archive", "package", ACCOUNT, *options, "--dry-run")
    assert (code, json.loads(out)) == (0, {"records": 0, "culled": 0, "threads": 0, "months": 0, "rules": {}})
    with dock.open() as home, home.ground.state.reading() as books:
        assert not books.packages.all()


def test_every_standing_has_words_and_a_next_step(built: Dock) -> None:
    """A reader is told where each package stands; the commands that are named exist."""
    stored = _standing(built)
    with built.open() as home:
        now = home.ground.clock.now()
    assert set(STANDINGS) == set(PACKAGE_STANDINGS)
    for standing in PACKAGE_STANDINGS:
        text = line(replace(stored, standing=standing), now, is_replaced=False)
        assert STANDINGS[standing] in text
        assert "{" not in text
