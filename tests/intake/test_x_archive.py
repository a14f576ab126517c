"""X's archive, from its real layout to rows: everything in it that is the account's own, once, and told as it was."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.exports.bundle import Limits
from connectors.exports.opening import OpenedExport, ReadingError, frames, open_export
from connectors.exports.x_archive.parsing import parse
from schemas.account import Account, Cadence
from schemas.neighbours import Capture, Parsed
from schemas.record import EXPORTED, Row, Seen
from tests.exports.sample_world import LONG, NOW, sample_world
from tests.exports.x_archive import data, files, make, number, tweet
from tests.journeys.commands import Archive
from tests.servers.world import OWN

ACCOUNT = Account(name="kommun", platform="x", handle="alvsjobro", authority="ks", harvest=Cadence(messages=True))


def parsed(*tweets: Any, listing: str = "posts", at: datetime = NOW) -> Parsed:
    """What is made of entries."""
    body = [one if isinstance(one, dict) and "tweet" in one else {"tweet": one} for one in tweets]
    return parse(
        Capture(
            endpoint="export:x_archive",
            parameters={},
            status=200,
            at=at,
            body=body,
            listing=listing,
            context={"own": OWN.id, "handle": "alvsjobro"},
        )
    )


def one(value: dict[str, Any], **more: Any) -> Seen:
    """The one item of a post."""
    (seen,) = parsed(value, **more).items
    return seen


WRITTEN = datetime(2021, 1, 6, 18, 40, 40, tzinfo=UTC)
PLAIN = tweet("1346889436626259968", WRITTEN, "Bron & vägen <stängda>")


def test_a_post_is_read_as_it_was_written() -> None:
    """Text without HTML's escapes, time, counts, links; the id as X's own interface gives it."""
    seen = one(PLAIN)
    assert (seen.native, seen.kind, seen.text) == (PLAIN["id_str"], "post", "Bron & vägen <stängda>")
    assert (seen.platform_time, seen.edited, seen.author) == (WRITTEN, None, "alvsjobro")
    assert seen.counts == (("likes", 0), ("reposts", 0))
    assert seen.links == ("https://www.alvsjobro.example/nyheter",)


def test_two_archives_of_one_post_are_one_version() -> None:
    """Counters, editing time left and our own view of it may differ between archives: the identity does not."""
    other = {
        **PLAIN,
        "favorite_count": "17",
        "retweeted": True,
        "edit_info": {"initial": {"editTweetIds": [PLAIN["id_str"]], "editsRemaining": "0"}},
    }
    assert one(other).identity == one(PLAIN).identity
    assert one(other).counts != one(PLAIN).counts


def test_an_edit_chain_is_one_item() -> None:
    """Each text of a chain has the first one's id and time, and the later one its own as edit time."""
    later = str(int(PLAIN["id_str"]) + (180_000 << 22))
    chain = [PLAIN["id_str"], later]
    first = one(tweet(chain[0], WRITTEN, "Månadg", chain=chain))
    second = one(tweet(later, WRITTEN + timedelta(minutes=3), "Måndag", chain=chain))
    assert first.native == second.native == chain[0]
    assert (first.platform_time, first.edited) == (WRITTEN, None)
    assert second.edited == WRITTEN + timedelta(minutes=3)
    assert abs((second.platform_time or NOW) - WRITTEN) < timedelta(seconds=2)
    assert first.identity != second.identity


@pytest.mark.parametrize(
    "written", ["Wed Jan 06 18:40:40 +0000 50210", "Wed Jan 06 18:40:40 +0000 0001", "", None, 17, "igår"]
)
def test_an_absurd_year_is_told_and_the_id_tells_the_time(written: object) -> None:
    """Where the time cannot be, the id's own is taken and H123 says so."""
    found = parsed({**PLAIN, "created_at": written})
    assert [one.code for one in found.findings] == ["H123"]
    assert abs((found.items[0].platform_time or NOW) - WRITTEN) < timedelta(seconds=2)


def test_an_old_id_tells_no_time() -> None:
    """Before the end of 2010 ids tell nothing: then there is no time, and it is told."""
    found = parsed({**PLAIN, "id_str": "1234567", "id": "1234567", "edit_info": {}, "created_at": "aldrig"})
    assert found.items[0].platform_time is None
    assert [(one.code, one.severity) for one in found.findings] == [("H123", "warning")]


def test_a_repost_keeps_nothing_of_what_it_is_of() -> None:
    """Of a repost: that it was made and whose it is of; neither text, links, files nor counters of the other's post."""
    found = tweet("1346889436626259968", WRITTEN, "RT @nagonannan: Deras egna ord och inga andras")
    seen = one({"tweet": found, "files": ["data/tweets_media/1346889436626259968-x.jpg"]})
    assert (seen.kind, seen.text, seen.links, seen.media, seen.counts) == ("boost", "RT @nagonannan", (), (), ())
    assert "Deras" not in seen.payload
    assert "alvsjobro.example" not in seen.payload


def test_replies_know_what_they_answer() -> None:
    """A reply has its parent's id; one whose parent is unknown is a reply all the same."""
    seen = one(tweet("1346889436626259968", WRITTEN, "@a Tack", answers="1346889436626259000", answers_whom="7"))
    assert (seen.kind, seen.parent_native) == ("reply", "1346889436626259000")
    assert one(tweet("1346889436626259968", WRITTEN, "@a Tack", answers_whom="7")).kind == "reply"


def test_attachments_are_found_by_the_files_names() -> None:
    """Pictures by their own name, films by any of their variants', and a file nobody describes is taken too."""
    world = sample_world()
    item = world.items["p5"]
    native = number(item)
    described = tweet(native, item.created, "Två", media=item.media)
    names = [f"data/tweets_media/{native}-{name}" for name in ("bro1.jpg", "film3-h.mp4", "okand.mp4")]
    seen = one({"tweet": described, "files": names})
    assert [(ref.role, ref.origin) for ref in seen.media] == [
        ("video", f"export:{names[1]}"),
        ("picture", f"export:{names[0]}"),
        ("video", f"export:{names[2]}"),
    ]
    assert [ref.origin for ref in one(described).media] == [f"export:{native}-film3-l.mp4", f"export:{native}-bro1.jpg"]


def archive(tmp_path: Path, account: str = "") -> Archive:
    """A rehearsal home with one account on X."""
    made = Archive(tmp_path / "hem")
    made.init()
    made.at = NOW + timedelta(days=1)
    file = tmp_path / "konto.toml"
    file.write_text(
        account or 'name="kommun"\nplatform="x"\nhandle="@alvsjobro"\nauthority="ks"\n[harvest]\nmessages=true\n'
    )
    made.run("account", "add", str(file))
    return made


def fails(home: Archive, *arguments: str) -> str:
    """The one line that a refused command tells."""
    with home.start(*arguments) as process:
        _, told = process.communicate(timeout=120)
    assert process.returncode == 2
    assert len(told.strip().splitlines()) == 1
    return told


def test_the_whole_way_by_the_command_line(tmp_path: Path) -> None:
    """A generated archive, imported and searched: every own item with its history, files and removal; twice adds nothing."""
    world = sample_world()
    path = make(tmp_path / "export", world)
    home = archive(tmp_path)
    told = home.json("import", "kommun", str(path))
    assert {name: told[name] for name in ("account", "format", "read", "new", "matched", "inferred", "media")} == {
        "account": "kommun",
        "format": "x_archive",
        "read": 11,
        "new": 10,
        "matched": 0,
        "inferred": 0,
        "media": 3,
    }
    assert {one["severity"] for one in told["findings"]} == {"info"}
    by_native: dict[str, list[Row]] = {}
    for row in sorted(home.rows(), key=lambda row: (row.observed, row.version, row.row != "version")):
        by_native.setdefault(row.native, []).append(row)
    own = [item for item in world.items.values() if item.author == OWN and item.kind in ("post", "comment")]
    for item in own:
        rows = by_native[number(item)]
        texts = [row.text for row in rows if row.row == "version"]
        assert texts == [item.text, *(text for _, text in item.edits)]
        assert {row.published for row in rows} == {item.created}
        assert {row.evidence for row in rows if row.row == "version"} == {EXPORTED}
        assert len(rows[-1].media if rows[-1].row == "version" else rows[0].media) == len(item.media)
        assert all(ref.digest for row in rows for ref in row.media)
        assert ("gone" in [row.state for row in rows]) == (item.deleted is not None)
    assert by_native[number(world.items["p4"])][0].text == LONG
    removed = by_native[number(world.items["d1"])][-1]
    assert (removed.row, removed.evidence) == ("sighting", "removed-by-us")
    answer = by_native[number(world.items["r2"])][-1]
    assert answer.parent == by_native[number(world.items["p1"])][0].item
    assert by_native[f"dm:{number(world.items['m1'])}"][0].kind == "message"
    again = home.json("import", "kommun", str(path))
    assert (again["new"], again["matched"], again["media"]) == (0, 10, 0)
    assert len(home.rows()) == sum(map(len, by_native.values()))
    home.run("verify")


def test_messages_stay_out_unless_switched_on(tmp_path: Path) -> None:
    """Without the switch no message is stored, and the import says so."""
    home = archive(tmp_path, 'name="kommun"\nplatform="x"\nhandle="alvsjobro"\nauthority="ks"\n')
    told = home.json("import", "kommun", str(make(tmp_path, sample_world())))
    assert "H140" in {one["code"] for one in told["findings"]}
    assert "message" not in {row.kind for row in home.rows()}


def test_what_is_wrong_is_refused_in_one_line(tmp_path: Path) -> None:
    """No export, another platform's, another account's: exit 2 with the remedy, and nothing stored."""
    home = archive(tmp_path, 'name="kommun"\nplatform="x"\nhandle="grannkommunen"\nauthority="ks"\n')
    path = make(tmp_path, sample_world())
    assert "another account" in fails(home, "import", "kommun", str(path))
    (tmp_path / "tom").mkdir()
    assert "no known export" in fails(home, "import", "kommun", str(tmp_path / "tom"))
    assert "registered accounts" in fails(home, "import", "annat", str(path))
    assert "--by-hand" in fails(home, "import", "kommun", str(path), "--as", "Anna Ek")
    file = tmp_path / "fb.toml"
    file.write_text('name="sida"\nplatform="facebook"\nhandle="alvsjobro"\nauthority="ks"\n')
    home.run("account", "add", str(file))
    assert "of x" in fails(home, "import", "sida", str(path))
    assert home.rows() == []


def large(tmp_path: Path) -> Path:
    """An archive that is large enough to be read by a process of its own."""
    found = files(sample_world())
    filler = {"tweet": {**PLAIN, "full_text": "å" * 200_000}}
    posts = [{"tweet": {**filler["tweet"], "id_str": str(1346889436626259968 + at), "id": "1"}} for at in range(40)]
    found["data/tweets-part2.js"] = data("tweets", 2, posts)
    path = tmp_path / "stor.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in found.items():
            packed.writestr(name, content)
    return path


def natives(export: OpenedExport) -> list[str]:
    """Ids in the order they come."""
    return [seen.native for group in export.read(own=OWN.id, at=NOW) for seen in group.items]


def test_read_apart_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large archive, read by another process, gives the same items in the same order as read here."""
    path = large(tmp_path)
    with open_export(ACCOUNT, path, Limits()) as export:
        apart = natives(export)
        monkeypatch.setattr("connectors.exports.opening.APART", 1 << 60)
        assert natives(export) == apart
    assert len(apart) == 51


def test_damage_met_apart_is_told_here(tmp_path: Path) -> None:
    """A file that is cut is told of by a finding when another process reads it, after what came before the cut."""
    path = large(tmp_path)
    unpacked = tmp_path / "uppackad"
    with zipfile.ZipFile(path) as packed:
        packed.extractall(unpacked)
    file = unpacked / "data" / "tweets-part2.js"
    file.write_bytes(file.read_bytes()[:-9_000_000])
    with open_export(ACCOUNT, unpacked, Limits()) as export:
        groups = list(export.read(own=OWN.id, at=NOW))
    found = [seen for group in groups for seen in group.items]
    (told,) = [one for group in groups for one in group.findings if one.severity == "error"]
    assert told.code == "I105"
    assert "too early" in str(told.parameters)
    # All of the sample's posts and those of the last file before the cut, one edit chain twice.
    assert len(found) >= 12


def test_a_reader_that_dies_is_told(tmp_path: Path) -> None:
    """When the other process ends without saying that it is done, that is an error, never an end."""
    empty = tmp_path / "tom"
    empty.write_bytes(b"")
    with empty.open("rb") as stream:
        (last,) = frames(stream)
    assert isinstance(last, ReadingError)


def test_an_earlier_version_that_was_deleted_takes_nothing_away(tmp_path: Path) -> None:
    """A post is gone only if its last version is listed as deleted and it is not among the posts."""
    ids = ["1346889436626259968", "1346889436626259970"]
    info = {"edit_info": {"initial": {"editTweetIds": ids, "editableUntil": "", "editsRemaining": "4"}}}
    versions = [{**tweet(name, WRITTEN, f"Text {name}"), **info} for name in ids]
    lone = tweet("1346889436626259990", WRITTEN, "Borttaget")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "account.js").write_bytes(data("account", 0, []))

    def gone(live: list[Any], deleted: list[Any]) -> dict[str, bool]:
        for name, found in (("tweets", live), ("deleted_tweets", deleted)):
            (folder / f"{name.replace('_', '-')}.js").write_bytes(data(name, 0, [{"tweet": one} for one in found]))
        with open_export(ACCOUNT, tmp_path, Limits()) as export:
            items = [seen for group in export.read(own=OWN.id, at=NOW) for seen in group.items]
        return {seen.text: seen.removed_by == "us" for seen in items}

    first, last = (one["full_text"] for one in versions)
    assert gone([versions[1]], [versions[0], lone]) == {first: False, last: False, "Borttaget": True}
    assert gone([], versions) == {first: False, last: True}
    assert gone([lone], [lone]) == {"Borttaget": False}


def test_odd_lists_lose_nothing_in_silence(tmp_path: Path) -> None:
    """Entries that are no posts are told of one by one, and the others are read."""
    found = files(sample_world())
    found["data/tweets-part2.js"] = b'window.YTD.tweets.part2 = [17, {"tweet": null}, {"tweet": {"id_str": "x"}}, ' + (
        json.dumps({"tweet": PLAIN}).encode() + b"]"
    )
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in found.items():
            packed.writestr(name, content)
    with open_export(ACCOUNT, path, Limits()) as export:
        read = list(export.read(own=OWN.id, at=NOW))
    codes = [(one.code, one.count) for group in read for one in group.findings if one.severity == "error"]
    assert sum(count for code, count in codes if code == "H122") == 3
    assert PLAIN["id_str"] in [seen.native for group in read for seen in group.items]
