"""Items without ids that time and text alone do not tell: pictures packed anew, other forms of a text, repetitions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.exports.bundle import Limits
from connectors.exports.opening import open_export
from connectors.home import open_home
from flows.keep.accounts import accounts_named
from flows.keep.likeness import remember_destroyed
from flows.keep.rewrite import rewrite
from schemas.account import Account
from schemas.books import Books
from schemas.ids import month_of, native_hash
from schemas.near import again
from schemas.neighbours import Owner
from schemas.record import Row
from tests.intake.listed import Listed, Place, codes, shown
from tests.servers.recordings import item, write_recording

NIGHT = datetime(2024, 3, 10, 2, 15, tzinfo=UTC)
WHEN = "2024-03-01T08:00:00+01:00"
SAME = "2024-03-01T07:00:00Z"
OURS = Owner(native="kommun", handle="Kommunen")
PACKED, ORIGINAL = b"\x89PNG omkodad", b"\x89PNG original"


def place(folder: Path, *posts: tuple[str, str, int]) -> Place:
    """An account whose posts (id, text, number of pictures) are all of one second."""
    recording = folder / "konto"
    (recording / "media").mkdir(parents=True)
    items: list[dict[str, Any]] = []
    for name, text, files in posts:
        attached = [{"file": f"media/{name}{number}.png", "type": "image/png"} for number in range(files)]
        for one in attached:
            (recording / one["file"]).write_bytes(PACKED + one["file"].encode())
        items.append(item(name, WHEN, text, **({"attachments": attached} if attached else {})))
    return Place(folder, write_recording(recording, items))


def pictures(*names: str, text: str = "") -> Listed:
    """An export of posts of that second with one picture each, in the bytes that were uploaded."""
    return Listed(
        [shown(SAME, text, files=[name]) for name in names], {name: ORIGINAL + name.encode() for name in names}
    )


def posts(there: Place) -> list[list[Row]]:
    """Rows of each post."""
    return list(there.posts().values())


def test_a_picture_without_text_that_was_packed_anew_is_the_same(tmp_path: Path) -> None:
    """The only one of its second without text is known again whatever its bytes, and nothing is put beside it; twice."""
    there = place(tmp_path, ("a", "", 1), ("b", "Text", 1))
    there.harvest(NIGHT)
    first = there.take(pictures("m/1.jpg"), NIGHT + timedelta(hours=1))
    assert (first.new, first.inferred, first.media, codes(first)) == (0, 1, 0, {"I130": 1})
    second = there.take(pictures("m/1.jpg"), NIGHT + timedelta(hours=2))
    assert (second.new, second.matched, second.media, codes(second)) == (0, 1, 0, {})
    assert len(posts(there)) == 2


def test_the_same_the_other_way_round(tmp_path: Path) -> None:
    """What an export brought in without text is known when the platform shows it with an id and other bytes."""
    there = place(tmp_path, ("a", "", 1))
    assert there.take(pictures("m/1.jpg"), NIGHT).new == 1
    night = there.harvest(NIGHT + timedelta(hours=1))
    assert (night.new, codes(night)["I132"]) == (1, 1)  # the profile
    assert [[row.version for row in rows] for rows in posts(there)] == [[1, 2]]
    assert there.take(pictures("m/1.jpg"), NIGHT + timedelta(hours=2)).new == 0


def test_of_several_pictures_nobody_can_say_which(tmp_path: Path) -> None:
    """Two in the export or two on record: each is kept as its own, and told of (I133); also the other way round."""
    there = place(tmp_path / "a", ("a", "", 1))
    there.harvest(NIGHT)
    tally = there.take(pictures("m/1.jpg", "m/2.jpg"), NIGHT)
    assert (tally.new, codes(tally)) == (2, {"I133": 2})
    there = place(tmp_path / "b", ("a", "", 1), ("b", "", 1))
    there.harvest(NIGHT)
    tally = there.take(pictures("m/1.jpg"), NIGHT)
    assert (tally.new, codes(tally)) == (1, {"I133": 1})
    there = place(tmp_path / "c", ("a", "", 1))
    there.take(pictures("m/1.jpg", "m/2.jpg"), NIGHT)
    assert there.harvest(NIGHT).new == 2  # and the profile
    assert len(posts(there)) == 3


def test_an_album_is_no_single_picture(tmp_path: Path) -> None:
    """Another number of attachments is another item."""
    there = place(tmp_path, ("a", "", 2))
    there.harvest(NIGHT)
    assert there.take(pictures("m/1.jpg"), NIGHT).new == 1


def test_another_text_of_the_same_second_is_told_and_kept(tmp_path: Path) -> None:
    """Never matched, never lost: an item of its own, told of once (I134)."""
    there = place(tmp_path, ("a", "Efter ändringen", 0))
    there.harvest(NIGHT)
    export = Listed([shown(SAME, "Före ändringen")])
    first = there.take(export, NIGHT)
    assert (first.new, first.inferred, codes(first)) == (1, 0, {"I134": 1})
    assert [(one.severity, one.subject) for one in first.findings] == [("warning", "kommunen")]
    assert first.complete
    assert codes(there.take(export, NIGHT)) == {}
    assert sorted(row.text or "" for rows in posts(there) for row in rows) == ["Efter ändringen", "Före ändringen"]


def test_a_known_item_that_has_its_own_is_no_other_form(tmp_path: Path) -> None:
    """What the export shows as it is on record does not become another form of its neighbour."""
    there = place(tmp_path, ("a", "Ena", 0))
    there.harvest(NIGHT)
    tally = there.take(Listed([shown(SAME, "Andra"), shown(SAME, "Ena")]), NIGHT)
    assert (tally.new, tally.inferred, codes(tally)) == (1, 1, {"I130": 1})


def twice(number: int = 2) -> Listed:
    """The same words in the same second, as ``open_export`` names them."""
    one = shown(SAME, "Samma ord")
    names = [one.native, *(again(one.native, count) for count in range(2, number + 1))]
    return Listed([shown(SAME, "Samma ord", native=name) for name in names])


def test_repetitions_are_as_many_as_there_are(tmp_path: Path) -> None:
    """Two alike stay two, whichever came first, the harvest or the import, and however often each comes again."""
    there = place(tmp_path / "a", ("a", "Samma ord", 0), ("b", "Samma ord", 0))
    there.harvest(NIGHT)
    first = there.take(twice(), NIGHT)
    assert (first.new, first.inferred, codes(first)) == (0, 2, {"I130": 2})
    assert there.take(twice(), NIGHT).new == 0
    assert there.take(twice(3), NIGHT).new == 1
    there = place(tmp_path / "b", ("a", "Samma ord", 0), ("b", "Samma ord", 0))
    assert there.take(twice(), NIGHT).new == 2
    assert there.take(twice(), NIGHT).new == 0
    there.harvest(NIGHT + timedelta(hours=1))
    assert sorted(len({row.native for row in rows}) for rows in posts(there)) == [2, 2]
    assert there.take(twice(), NIGHT + timedelta(hours=2)).new == 0


def test_a_visitors_words_are_never_ours(tmp_path: Path) -> None:
    """Our answer and a visitor's comment of one second and text stay two, whichever came first, also when ours is gone."""
    anna = {"id": "anna", "name": "Anna"}
    answer = Listed([shown(SAME, "Tack!", kind="reply")], whose=OURS)
    for order in ("export", "harvest", "destroyed"):
        folder = tmp_path / order
        there = Place(
            folder,
            write_recording(
                folder / "konto",
                [
                    item("p", "2024-02-01T08:00:00+01:00", "Annat"),
                    item("c", WHEN, "Tack!", parent="p", thread="p", author=anna),
                ],
            ),
        )
        if order == "harvest":
            there.harvest(NIGHT)
        assert there.take(answer, NIGHT).new == 1
        if order == "destroyed":
            destroy(there, "Tack!")
        there.harvest(NIGHT + timedelta(hours=1))
        found = [{(row.kind, row.own) for row in rows} for rows in posts(there) if rows[0].text == "Tack!"]
        both = [{("comment", False)}, {("reply", True)}]
        assert sorted(found, key=str) == (both if order != "destroyed" else both[:1])


def test_a_post_is_no_story_of_the_same_second(tmp_path: Path) -> None:
    """One picture as a story and as a post in the same second are two."""
    there = place(tmp_path, ("a", "Samma", 0))
    there.harvest(NIGHT)
    assert there.take(Listed([shown(SAME, "Samma", kind="story")]), NIGHT).new == 1
    assert there.harvest(NIGHT + timedelta(hours=1)).new == 0


def destroy(there: Place, text: str) -> None:
    """What culling does: the rows go, and in the same transaction the ids and the likeness become suppressions."""
    mine = [rows for rows in posts(there) if rows[0].text == text and rows[0].own]
    items, rows = [one[0].item for one in mine], [row for one in mine for row in one]
    with open_home(there.path, at=NIGHT) as home:
        ground, account, month = home.ground, accounts_named(home.ground.state, [])[0], month_of(items[0])
        key = home.native_key()

        def also(books: Books) -> None:
            remember_destroyed(books, rows, lambda one: native_hash(key, account.authority, account.platform, one))
            books.natives.suppress(items, "o" * 64, datetime(2026, 1, 31, 12, tzinfo=UTC))

        with ground.state.hold_lease(f"partition:{account.authority}/{month}") as lease:
            rewrite(
                ground.state,
                ground.store,
                lease,
                account.authority,
                month,
                drop=pa.array(items, pa.string()),
                act="cull.test",
                chance=ground.chance,
                clock=ground.clock,
                also=also,
            )


def test_what_was_harvested_and_destroyed_does_not_come_back(tmp_path: Path) -> None:
    """With its likeness entered, neither a text nor a picture comes back from an export, also one in other bytes; twice."""
    there = place(tmp_path / "a", ("a", "Samma ord", 0), ("b", "Annat", 0))
    there.harvest(NIGHT)
    destroy(there, "Samma ord")
    for hours in (1, 2):
        tally = there.take(Listed([shown(SAME, "Samma  ord")]), NIGHT + timedelta(hours=hours))
        assert (tally.new, tally.suppressed, codes(tally)["I131"]) == (0, 1, 1)
    there = place(tmp_path / "b", ("a", "", 1))
    there.harvest(NIGHT)
    destroy(there, "")
    tally = there.take(pictures("m/1.jpg"), NIGHT + timedelta(hours=1))
    assert (tally.new, tally.suppressed, codes(tally)["I131"]) == (0, 1, 1)


def test_a_picture_that_an_export_brought_and_was_destroyed_stays_away(tmp_path: Path) -> None:
    """Known by nothing but its second: the platform's own bytes of it are not taken in either."""
    there = place(tmp_path, ("a", "", 1))
    there.take(replace(pictures("m/1.jpg"), whose=OURS), NIGHT)
    destroy(there, "")
    night = there.harvest(NIGHT + timedelta(hours=1))
    assert night.new == 1  # the profile
    assert codes(night)["I131"] >= 1
    assert posts(there) == []


def test_the_same_name_in_one_list_gets_a_number(tmp_path: Path) -> None:
    """Posts alike in one file are told apart, the same in every reading; what other lists or the same file show is one."""
    folder = tmp_path / "this_profile's_activity_across_facebook" / "posts"
    (folder / "album").mkdir(parents=True)
    plain = {"timestamp": 1_740_000_000, "data": [{"post": "Samma ord"}]}
    photo = {"uri": "posts/media/1.jpg", "creation_timestamp": 1_740_000_001}
    pictured = {"timestamp": 1_740_000_001, "attachments": [{"data": [{"media": photo}]}]}
    (folder / "profile_posts_1.json").write_text(json.dumps([plain, pictured, plain, pictured]))
    (folder / "profile_posts_2.json").write_text(json.dumps([plain]))
    account = Account(name="kommun", platform="facebook", handle="alvsjobro", authority="ks")
    for _ in range(2):
        with open_export(account, tmp_path, Limits()) as export:
            natives = [seen.native for group in export.read(own="1", at=NIGHT) for seen in group.items]
        first = natives[0]
        assert [one for one in natives if one.startswith(first)] == [first, again(first, 2), again(first, 3)]
        assert len(set(natives)) == 4
