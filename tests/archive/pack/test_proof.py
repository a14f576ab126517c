"""What the e-archive's receipt proves: what it was given, in earnest, as it is here now; and what replaces what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.archive.pack.act import Wish, night, package, plan
from flows.archive.pack.build import profile_as_planned
from flows.archive.pack.content import prepare
from flows.archive.pack.deliver import deliver, fetch, receipt, withdraw
from flows.cull.execute import execute
from flows.keep import patience
from flows.keep.judged import standing
from flows.keep.own import OwnFile, write_own
from flows.keep.spool import lease_name
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.books import LeaseTakenError
from schemas.delivery import StoredPackage
from schemas.ids import ItemId, Month
from schemas.record import Row
from schemas.refusal import RefusedError
from tests.archive.pack.filled import MAY, PICTURE, PLAN, Filled, digest, file
from tests.cull.archive import ACCOUNT, AUTHORITY, PROPOSER, Small

_REST = """
agreement = "KA 2025/17;2025-09-01"
[[agent]]
role = "archival-creator"
name = "Arvika kommunstyrelse"
code = "ORG:212000-1892"
[[agent]]
role = "submitter"
name = "Arvika kommun"
code = "ORG:212000-1892"
[receiver]
kind = "folder"
path = "../mottagare"
"""
WISH = Wish(account=ACCOUNT, first=Month("2024-05"), last=Month("2024-05"), profile="skarp")


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Filled:
    """An archive with a post and two comments that go to the e-archive before they are culled, and two profiles."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    small = Small(tmp_path / "allt")
    small.start(text=PLAN)
    found = Filled(small)
    post = small.row(published=MAY)
    rows = [post, *(_comment(small, post, minutes) for minutes in (5, 6))]
    found.put([replace(row, identity=digest(row.native.encode())) for row in rows])
    found.items = {name: row.item for name, row in zip(("post", "one", "two"), rows, strict=True)}
    with found.open() as home:
        (home.path / "profiles").mkdir()
        for name, status in (("skarp", "NEW"), ("prov", "TEST")):
            text = f'form = "eark"\nstatus = "{status}"\n{_REST}'
            (home.path / "profiles" / f"{name}.toml").write_text(text, "utf-8")
        (home.path.parent / "mottagare").mkdir()
    return found


def _comment(small: Small, post: Row, minutes: int) -> Row:
    published = MAY + timedelta(minutes=minutes)
    return small.row("comment", published=published, parent=post.item, thread=post.item)


def _accepted(filled: Filled, profile: str = "skarp", replaces: str = "") -> StoredPackage:
    """A package on its whole way."""
    with filled.open() as home:
        built = package(home, replace(WISH, profile=profile, replaces=replaces), PROPOSER)
        assert built.done, built.findings
        assert deliver(home, built.package.intent.id).package.standing == "delivered"
        return receipt(home, built.package.intent.id, "accepted", f"KV-{profile}", PROPOSER)


def _proven(filled: Filled) -> set[ItemId]:
    with filled.open() as home:
        proofs = standing(home.ground, filled.small.at.date()).proofs["e-arkiv"]
    return {item for item in filled.items.values() if item in proofs}


def _again(filled: Filled, name: str, **changes: object) -> None:
    """A row about the item that is observed now."""
    small = filled.small
    row = small.row("comment", published=MAY, parent=filled.items["post"], thread=filled.items["post"])
    values: dict[str, object] = {"item": filled.items[name], "observed": small.at, "version": 2, "text": "Ändrad."}
    filled.put([replace(row, **{**values, **changes})], {"p": PICTURE}, new=False)  # type: ignore[arg-type] # fields


def test_a_receipt_proves_the_records_of_its_package(filled: Filled) -> None:
    """What was delivered in earnest and accepted is proven."""
    _accepted(filled)
    assert _proven(filled) == set(filled.items.values())


def test_a_trial_proves_nothing(filled: Filled) -> None:
    """A package that its METS calls a test is no delivery: its receipt lets nothing be culled here."""
    assert _accepted(filled, "prov").intent.status == "TEST"
    assert _proven(filled) == set()


def test_what_was_seen_after_the_package_is_not_proven(filled: Filled) -> None:
    """A wording or a file that came later is not in the e-archive: the receipt does not let it go before it is."""
    first = _accepted(filled)
    filled.small.later(days=1)
    _again(filled, "one", identity=digest(b"ny"))
    _again(
        filled, "two", row="observation", identity=None, text=None, payload=None, media=(file(PICTURE, "https://t/p"),)
    )
    assert _proven(filled) == {filled.items["post"]}
    _accepted(filled, replaces=str(first.intent.number))
    assert _proven(filled) == set(filled.items.values())


def test_counts_seen_later_change_no_proof(filled: Filled) -> None:
    """A counter read later is no reason to deliver again."""
    _accepted(filled)
    filled.small.later(days=1)
    _again(filled, "one", row="observation", identity=None, text=None, payload=None, counts=(("likes", 4),))
    assert _proven(filled) == set(filled.items.values())


def test_what_was_culled_since_is_not_replaced_away(filled: Filled) -> None:
    """A new package replaces an accepted one; where that one holds what was culled here since, it only adds to it."""
    first = _accepted(filled)
    second = _accepted(filled, replaces=str(first.intent.number))
    assert (first.intent.status, second.intent.status) == ("NEW", "REPLACEMENT")
    filled.small.at = datetime(2027, 2, 1, 9, tzinfo=UTC)
    listed = filled.small.propose(as_of=filled.small.at.date())
    filled.small.approve(listed)
    with filled.small.open() as home:
        assert execute(home, listed).culled == 2
    filled.small.later(days=40)
    third = _accepted(filled, replaces=str(second.intent.number))
    assert (third.intent.status, third.items) == ("SUPPLEMENT", 1)


def test_a_trial_replaces_nothing_and_is_not_replaced(filled: Filled) -> None:
    """A trial stays one whatever it is said to replace, and what follows a trial is new to the e-archive."""
    first = _accepted(filled)
    trial = _accepted(filled, "prov", replaces=str(first.intent.number))
    earnest = _accepted(filled, replaces=str(trial.intent.number))
    assert (trial.intent.status, earnest.intent.status) == ("TEST", "NEW")
    with (filled.small.root / "mottagare" / earnest.name).open("rb") as file:
        data = file.read()
    assert b'RECORDSTATUS="NEW"' in data
    assert b"supplements" not in data, "nothing there says that it adds to a trial"


def test_no_package_is_planned_while_the_account_is_harvested(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a harvest has seen and not yet written would be in a rebuild and not in the package: it waits."""
    monkeypatch.setattr(patience, "_TRIES", 2)
    with filled.open() as home:
        with home.ground.state.hold_lease(f"account:{ACCOUNT}"), pytest.raises(LeaseTakenError):
            package(home, WISH, PROPOSER)
        with home.ground.state.reading() as books:
            assert not books.packages.all()
        assert package(home, WISH, PROPOSER).done


def test_renditions_made_ahead_go_with_a_withdrawn_package(filled: Filled) -> None:
    """A plan that is taken back leaves no rendition behind."""
    with filled.open() as home:
        intent = plan(home, WISH, PROPOSER)
        assert prepare(home, intent, profile_as_planned(home, intent)) == 1
        withdraw(home, intent.id, PROPOSER)
        with home.ground.state.reading() as books:
            assert not list(books.copies.find(kind="rendition"))


def test_a_lost_profile_stops_no_receipt(filled: Filled) -> None:
    """The receipt is recorded and the built file stays, although the profile was renamed meanwhile."""
    with filled.open() as home:
        built = package(home, WISH, PROPOSER)
        deliver(home, "1")
        (home.path / "profiles" / "skarp.toml").rename(home.path / "profiles" / "annan.toml")
        done = receipt(home, "1", "accepted", "KV-1", PROPOSER)
        assert (done.standing, done.key) == ("accepted", built.package.key)


def test_without_its_profile_nothing_is_fetched(filled: Filled, tmp_path: Path) -> None:
    """No copy leaves the house when it cannot be told whether that is the delivery."""
    with filled.open() as home:
        package(home, WISH, PROPOSER)
        (home.path / "profiles" / "skarp.toml").unlink()
        (tmp_path / "ut").mkdir()
        with pytest.raises(RefusedError):
            fetch(home, "1", tmp_path / "ut")
    assert not list((tmp_path / "ut").iterdir())


def test_what_the_profile_says_of_types_and_access_stands_in_the_mets(filled: Filled, tmp_path: Path) -> None:
    """TYPE and content type with their further words, and ACCESSRESTRICT, come from the profile into a valid METS."""
    said = {
        "ovrigt": 'form = "eark"\ntype = "Other"\nother_type = "Social media"\ncontent_type = "OTHER"\n'
        'other_content_type = "x-erms"\n',
        "pul": 'form = "fgs12"\naccess = "Secrecy and PuL"\n',
    }
    found = {}
    with filled.open() as home:
        for name, text in said.items():
            (home.path / "profiles" / f"{name}.toml").write_text(f"{text}{_REST}", "utf-8")
            built = package(home, replace(WISH, profile=name), PROPOSER)
            assert built.done, [(one.code, one.parameters) for one in built.findings]
            found[name] = fetch(home, built.package.intent.id, tmp_path)[1].read_bytes()
    assert b'TYPE="Other" csip:OTHERTYPE="Social media" csip:CONTENTINFORMATIONTYPE="OTHER"' in found["ovrigt"]
    assert found["ovrigt"].count(b'csip:OTHERCONTENTINFORMATIONTYPE="x-erms"') >= 3
    assert b'ext:ACCESSRESTRICT="Secrecy and PuL"' in found["pul"]


def test_a_stopped_builds_files_do_not_survive_a_culling(filled: Filled) -> None:
    """What a killed build left in the spool holds content; nothing is called culled while it lies there."""
    _accepted(filled)
    filled.small.at = datetime(2027, 2, 1, 9, tzinfo=UTC)
    listed = filled.small.propose(as_of=filled.small.at.date())
    filled.small.approve(listed)
    with filled.small.open() as home:
        left = home.path / "spool" / "0a1f8a52-9d0c-5f6e-8a11-3c4f3a1f0c11"
        left.mkdir(parents=True)
        (left / "000001").write_bytes(b"en kommentar")
        with home.ground.state.hold_lease(lease_name(left.name)):
            assert execute(home, listed).left == {"spool": 1}, "a build is at work"
        assert (execute(home, listed).standing, left.exists()) == ("done", False)


def test_what_bevara_makes_reaches_the_e_archive_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own records are packaged per archive creator, restricted, and described as what they are."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    small = Small(tmp_path / "allt")
    small.start(text=PLAN.replace('action = "granska"', 'action = "bevara"\nreach = "item"'))
    filled = Filled(small)
    with filled.open() as home:
        (home.path / "profiles").mkdir()
        for name in ("eark", "fgs12"):
            (home.path / "profiles" / f"{name}.toml").write_text(f'form = "{name}"\n{_REST}', "utf-8")
        item = write_own(
            home.ground,
            kind="snapshot",
            authority=AUTHORITY,
            text="Så såg kontot ut.",
            payload={"account": ACCOUNT},
            at=small.at,
            act="archive.snapshot",
            files=[OwnFile(name="bild.png", media_type="image/png", data=PICTURE)],
        )
        month = Month(f"{small.at:%Y-%m}")
        wish = Wish(account="bevara", first=month, last=month, profile="eark")
        for profile in ("eark", "fgs12"):
            built = package(home, replace(wish, profile=profile), PROPOSER)
            assert built.done, [(one.code, one.parameters) for one in built.findings]
            with home.ground.state.reading() as books:
                assert item in books.packages.items(built.package.intent.id)
            data = fetch(home, built.package.intent.id, tmp_path)[1].read_bytes()
            assert "Bevaras egna handlingar från".encode() in data
            assert b"sekretessmarkerade handlingar" in data
            assert "finns inte längre i registret".encode() not in data
        add_account(home.ground, Account(name="annat", platform="mastodon", handle="a@test", authority="annan"))
        with pytest.raises(RefusedError, match="annan, arvika-ks"):
            package(home, wish, PROPOSER)
        assert package(home, replace(wish, authority=AUTHORITY, rules=("ovrigt",)), PROPOSER).done
        with pytest.raises(RefusedError, match="--authority"):
            package(home, replace(WISH, profile="eark", authority="annan"), PROPOSER)


def test_a_package_that_waits_long_is_told_of(filled: Filled) -> None:
    """What binds its records is named every night from the thirtieth day on, until it is answered or withdrawn."""
    with filled.open() as home:
        package(home, WISH, PROPOSER)
        assert not night(home).findings
    for days, codes in ((29, []), (1, ["A219"])):
        filled.small.later(days=days)
        with filled.open() as home:
            assert [one.code for one in night(home).findings] == codes
    with filled.open() as home:
        withdraw(home, "1", PROPOSER)
        assert not night(home).findings
