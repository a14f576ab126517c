"""Imports and harvests of the same account: never double, nothing lost, nothing made older, whichever came first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from flows.archive.coverage import month_note
from flows.harvest.intake.decide import changes_by_export
from flows.harvest.intake.gather import filled, left_open
from flows.harvest.intake.match import Candidate, Choice, Sought, another_form, choose
from schemas.finding import Finding
from schemas.ground import Ground
from schemas.ids import ItemId, Month
from schemas.near import likeness, named_by_us, normalised, sort_of, unnamed
from schemas.neighbours import Owner, Store
from schemas.record import EXPORTED, MediaRef
from schemas.refusal import RefusedError
from tests.intake.listed import Listed, Place, codes, shown
from tests.journeys.commands import comparable
from tests.servers.recordings import item, write_recording
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

NIGHT = datetime(2024, 3, 10, 2, 15, tzinfo=UTC)
PICTURE = b"\x89PNG bild"
OTHER = b"\x89PNG en annan bild"


def recorded(folder: Path) -> Path:
    """Two posts with text, one with a picture alone, and an answer."""
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "bild.png").write_bytes(PICTURE)
    return write_recording(
        folder,
        [
            item("p1", "2024-03-01T08:00:00+01:00", "Vägen är  avstängd"),
            item(
                "p2",
                "2024-03-02T09:00:00+01:00",
                "Bild på bron",
                attachments=[{"file": "media/bild.png", "type": "image/png"}],
            ),
            item("p3", "2024-03-03T09:00:00+01:00", "", attachments=[{"file": "media/bild.png", "type": "image/png"}]),
            item("r1", "2024-03-03T10:00:00+01:00", "Svar", parent="p2", thread="p2"),
        ],
    )


def exported() -> Listed:
    """The same posts as an export shows them, and an older one that no harvest has seen; newest first."""
    return Listed(
        [
            shown("2024-03-03T08:00:00Z", "", files=["m/c.png"]),
            shown("2024-03-02T08:00:00Z", "Bild på bron", files=["m/b.png"]),
            shown("2024-03-01T07:00:00Z", "Vägen är avstängd "),
            shown("2019-05-01T07:00:00Z", "Från förr"),
        ],
        {"m/b.png": OTHER, "m/c.png": PICTURE},
    )


def test_import_after_harvest_adds_only_what_was_missing(tmp_path: Path) -> None:
    """What was harvested is known by time and text, or by its picture; only the older post is new, once."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    assert place.harvest(NIGHT).new == 5
    before = place.rows()
    first = place.take(exported(), NIGHT + timedelta(hours=1))
    assert (first.returned, first.new, first.inferred, first.matched, first.edited) == (4, 1, 3, 0, 0)
    assert codes(first) == {"I130": 3}
    added = [row for row in place.rows() if row not in before]
    assert [(row.text, row.evidence, row.item[:6]) for row in added] == [("Från förr", EXPORTED, "201905")]
    second = place.take(exported(), NIGHT + timedelta(hours=2))
    assert (second.new, second.inferred, second.matched, second.media) == (0, 0, 4, 0)
    assert len(place.rows()) == len(before) + 1


def test_harvest_after_import_knows_what_was_imported(tmp_path: Path) -> None:
    """What the harvest shows with ids is what the import brought in without: no item comes twice."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    first = place.take(exported(), NIGHT)
    assert (first.new, first.media, first.complete) == (4, 2, True)
    night = place.harvest(NIGHT + timedelta(hours=1))
    assert night.new == 2  # the answer and the profile
    assert codes(night)["I132"] == 3
    assert night.edited == 0
    posts = place.posts()
    assert len(posts) == 5
    known = [rows for rows in posts.values() if any(named_by_us(row.native) for row in rows) and len(rows) > 1]
    assert len(known) == 3
    for rows in known:
        assert [row.version for row in rows] == [1, 2]
        assert (rows[0].evidence, rows[1].evidence) == (EXPORTED, None)
        assert not named_by_us(rows[1].native)
    answer = next(rows[0] for rows in posts.values() if rows[0].kind == "reply")
    assert answer.parent in posts
    # Further nights and imports change nothing, and nothing without an id is looked up or called gone.
    count = len(place.rows())
    for hours in (24, 48):
        later = place.harvest(NIGHT + timedelta(hours=hours), full=True)
        assert (later.new, later.edited, later.gone, later.complete) == (0, 0, 0, True)
    assert (place.take(exported(), NIGHT + timedelta(days=3)).new, len(place.rows())) == (0, count)


def test_an_import_before_the_first_harvest_costs_a_harvest_without_imports_nothing(tmp_path: Path) -> None:
    """An account without imports has no flag in its memory, so that its harvest asks for no likeness."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    place.harvest(NIGHT)
    with place._opened(NIGHT) as home, home.ground.state.reading() as books:
        assert "imported" not in books.accounts.memory("kommunen")
        entries = books.natives.count()
    assert entries == 5
    place.take(exported(), NIGHT)
    with place._opened(NIGHT) as home, home.ground.state.reading() as books:
        assert "imported" in books.accounts.memory("kommunen")


def test_two_posts_of_one_second_and_text_stay_two(tmp_path: Path) -> None:
    """An export that shows the same text twice in one second, with different pictures, has two items, now and again."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    twins = [
        shown("2020-01-01T12:00:00Z", "Album", files=["m/b.png"]),
        shown("2020-01-01T12:00:00Z", "Album", files=["m/c.png"]),
        shown("2020-01-01T12:00:00Z", "Album", files=["m/c.png"]),
    ]
    export = Listed(twins, {"m/b.png": OTHER, "m/c.png": PICTURE}, group=1)
    assert place.take(export, NIGHT).new == 2
    assert place.take(export, NIGHT + timedelta(hours=1)).new == 0
    assert len(place.posts()) == 2


def test_what_is_like_several_is_told_of_and_kept(tmp_path: Path) -> None:
    """When two harvested posts fit and nothing tells them apart, the export's is kept as its own, and that is told."""
    folder = tmp_path / "konto"
    write_recording(folder, [item(name, "2024-03-01T08:00:00+01:00", "Samma") for name in ("a", "b")])
    place = Place(tmp_path, folder)
    place.harvest(NIGHT)
    tally = place.take(Listed([shown("2024-03-01T07:00:00Z", "Samma")]), NIGHT)
    assert (tally.new, codes(tally)) == (1, {"I133": 1})
    assert place.take(Listed([shown("2024-03-01T07:00:00Z", "Samma")]), NIGHT).new == 0


def test_what_was_destroyed_is_not_taken_in_again(tmp_path: Path) -> None:
    """An imported item that was suppressed is not taken from an export, nor from the platform under an id of its own."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    place.take(exported(), NIGHT)
    gone = [ItemId(name) for name, rows in place.posts().items() if rows[0].text == "Bild på bron"]
    with place._opened(NIGHT) as home, home.ground.state.writing() as books:
        assert books.natives.suppress(gone, "o" * 64, datetime(2026, 1, 31, 12, tzinfo=UTC)) == 2
    again = place.take(exported(), NIGHT + timedelta(hours=1))
    assert (again.new, again.suppressed) == (0, 1)
    other = Listed([shown("2024-03-02T08:00:00Z", "Bild  på bron", files=["m/annan.png"])], {"m/annan.png": PICTURE})
    near = place.take(other, NIGHT + timedelta(hours=2))
    assert (near.new, near.suppressed, codes(near)["I131"]) == (0, 1, 1)
    night = place.harvest(NIGHT + timedelta(hours=3))
    assert night.suppressed >= 1
    assert codes(night)["I131"] >= 1
    assert len([rows for rows in place.posts().values() if rows[-1].text == "Bild på bron"]) == 1


def test_an_export_makes_nothing_older(tmp_path: Path) -> None:
    """A known item gets no version, state or counter from an export, unless the export's own edit is the later."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    place.harvest(NIGHT)
    before = len(place.rows())
    old = shown("2024-03-01T07:00:00Z", "Väg avstängd", native="p1", counts=(("likes", 3),), hidden=True)
    assert place.take(Listed([old]), NIGHT + timedelta(hours=1)).edited == 0
    stale = replace(old, edited=NIGHT - timedelta(hours=1))
    assert place.take(Listed([stale]), NIGHT + timedelta(hours=2)).edited == 0
    assert len(place.rows()) == before
    late = replace(old, edited=NIGHT + timedelta(hours=2), hidden=False)
    assert place.take(Listed([late]), NIGHT + timedelta(hours=3)).edited == 1
    rows = [row for row in place.rows() if row.native == "p1"]
    assert [(row.version, row.text) for row in rows] == [(1, "Vägen är  avstängd"), (2, "Väg avstängd")]


def test_what_an_export_lists_as_removed_is_gone(tmp_path: Path) -> None:
    """A removed item is there with its text and a sighting that says who took it away; one that is known gets that alone."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    place.harvest(NIGHT)
    listed = [
        shown("2024-03-01T07:00:00Z", "Vägen är avstängd", native="p1", removed_by="us"),
        shown("2024-03-04T07:00:00Z", "Aldrig sett", removed_by=""),
    ]
    tally = place.take(Listed(listed), NIGHT + timedelta(hours=1))
    assert (tally.new, tally.gone) == (1, 2)
    told = [(row.native == "p1", row.row, row.state, row.evidence) for row in place.rows() if row.state == "gone"]
    assert sorted(told) == [(False, "sighting", "gone", EXPORTED), (True, "sighting", "gone", "removed-by-us")]
    assert place.take(Listed(listed), NIGHT + timedelta(hours=2)).gone == 0


def test_attachments_that_were_lacking_are_added(tmp_path: Path) -> None:
    """A picture that the harvest could not have comes from the export, as an observation; one that it had does not."""
    folder = tmp_path / "konto"
    recording = recorded(folder)
    (folder / "media" / "bild.png").unlink()
    place = Place(tmp_path, recording)
    assert place.harvest(NIGHT).failed
    tally = place.take(exported(), NIGHT + timedelta(hours=1))
    assert (tally.inferred, tally.media) == (3, 2)
    rows = [row for row in place.rows() if row.native == "p2"]
    assert [row.row for row in rows] == ["version", "observation"]
    assert [one.digest is None for row in rows for one in row.media] == [True, False]
    assert rows[0].media[0].origin == rows[1].media[0].origin
    assert place.take(exported(), NIGHT + timedelta(hours=2)).media == 0


def test_parents_that_come_after_their_children_are_linked(tmp_path: Path) -> None:
    """An export that runs backwards, in groups smaller than its threads, ends with every answer in its thread."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    chain = [
        shown(
            f"2020-01-01T12:00:0{number}Z",
            f"Del {number}",
            native=f"t{number}",
            parent_native=f"t{number - 1}" if number else None,
        )
        for number in range(5)
    ]
    lone = shown("2020-01-02T12:00:00Z", "Till någon annan", native="u1", parent_native="annans")
    from flows.harvest.intake.gather import ExportGatherer  # noqa: PLC0415 - its batch is made small here

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExportGatherer, "batch", 2)
        tally = place.take(Listed([lone, *reversed(chain)], group=1), NIGHT)
    assert tally.new == 6
    posts = place.posts()
    names = {rows[0].native: name for name, rows in posts.items()}
    for number in range(1, 5):
        latest = posts[names[f"t{number}"]][-1]
        assert (latest.parent, latest.thread) == (names[f"t{number - 1}"], names["t0"])
    assert [row.parent for row in posts[names["u1"]]] == [None]
    count = len(place.rows())
    place.take(Listed([lone, *reversed(chain)], group=1), NIGHT + timedelta(hours=1))
    assert len(place.rows()) == count


def test_stopped_at_every_write(tmp_path: Path) -> None:
    """An import stopped before or after any one write, recovered and repeated, ends in the same rows as a calm one."""
    recording = recorded(tmp_path / "konto")
    calm = Place(tmp_path / "calm", recording)
    calm.harvest(NIGHT)
    calm.take(exported(), NIGHT)
    expected = comparable(calm.rows())
    point = 0
    while True:
        point += 1
        place = Place(tmp_path / f"stopped{point}", recording)
        place.harvest(NIGHT)
        counter = Counter(point)

        def stopping(ground: Ground, counter: Counter = counter) -> Ground:
            # The wrapper hands everything else through; mypy cannot see that through __getattr__.
            store = cast("Store", StoppingStore(ground.store, counter))
            return replace(ground, state=StoppingState(ground.state, counter), store=store)

        try:
            place.take(exported(), NIGHT, ground=stopping)
        except StoppedError:
            pass
        assert place.take(exported(), NIGHT).complete
        assert comparable(place.rows()) == expected
        if counter.points < point:
            break
    assert point > 8


def test_a_file_that_is_cut_ends_in_a_finding_and_loses_nothing(tmp_path: Path) -> None:
    """What came before the cut is stored; the coverage row is incomplete and says what to do; it is no night."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    export = exported()
    export.breaks = RefusedError("PATH", "…", "fetch it anew")
    tally = place.take(export, NIGHT)
    assert (tally.new, tally.complete) == (4, False)
    assert [(one.severity, dict(one.parameters)["remedy"]) for one in tally.findings if one.code == "I103"] == [
        ("error", "fetch it anew")
    ]
    with place._opened(NIGHT) as home, home.ground.state.reading() as books:
        assert [(one.horizon, one.complete) for one in books.notes.coverage("kommunen")] == [("import", False)]
        receipts = [link.body for link in books.ledger.after(0)]
    assert not [body for body in receipts if "Vägen" in body or "export:" in body]


def test_an_import_is_no_night(tmp_path: Path) -> None:
    """In a month's note an import is a run among others: it makes no night complete, and none before the first harvest."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    place.take(exported(), NIGHT)
    place.harvest(NIGHT + timedelta(days=2))
    place.take(exported(), NIGHT + timedelta(days=3))
    with place._opened(NIGHT) as home, home.ground.state.reading() as books:
        coverages = books.notes.coverage("kommunen")
    note = month_note("kommunen", Month("2024-03"), coverages)
    assert (note.nights, note.complete, len(note.runs)) == (20, 1, 3)
    assert "2024-03-13" in note.missing
    alone = month_note("kommunen", Month("2024-03"), coverages[:1])
    assert (alone.nights, alone.missing) == (0, ())


def test_a_flood_of_findings_is_told_as_one(tmp_path: Path) -> None:
    """A file with a different error in every item does not fill the coverage row: after a thousand they are one number."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    odd = [
        Finding(code="H121", severity="info", subject="x", parameters=(("field", f"f{number}"), ("kind", "post")))
        for number in range(1_500)
    ]
    tally = place.take(Listed([shown("2020-01-01T12:00:00Z", "x")], odd=odd), NIGHT)
    assert (len(tally.findings), codes(tally)["I123"]) == (1_001, 500)


def test_another_accounts_export_is_refused(tmp_path: Path) -> None:
    """By the id once it is known, before that by the handle; nothing is stored."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    with pytest.raises(RefusedError, match="another account"):
        place.take(replace(exported(), whose=Owner(handle="@nagonannan")), NIGHT)
    place.take(replace(exported(), whose=Owner(native="kommun", handle="@KOMMUNEN")), NIGHT)
    with pytest.raises(RefusedError, match="another account"):
        place.take(replace(exported(), whose=Owner(native="17", handle="kommunen")), NIGHT)
    with pytest.raises(RefusedError, match="another account"):
        place.take(replace(exported(), whose=Owner(native="https://annan.example/@kommunen", handle="kommunen")), NIGHT)
    # The same id under a new handle is the same account.
    assert place.take(replace(exported(), whose=Owner(native="kommun", handle="nyttnamn")), NIGHT).complete


def test_whose_an_export_is(tmp_path: Path) -> None:
    """A handle with its server is the one without; an export that says nothing is taken, and told of (I106)."""
    place = Place(tmp_path, recorded(tmp_path / "konto"))
    assert place.take(replace(exported(), whose=Owner(handle="kommunen@social.example")), NIGHT).complete
    tally = place.take(replace(exported(), whose=Owner()), NIGHT)
    assert [(one.code, one.severity) for one in tally.findings] == [("I106", "info")]


def test_likeness_is_account_second_and_text() -> None:
    """White space and composition make no difference; account, second and words do; without any of them nothing is like it."""
    at = datetime(2024, 1, 1, 12, 0, 0, 900_000, tzinfo=UTC)
    same = likeness("a", "post", at, "Bro\u0308n  är\n öppen")
    assert same == likeness("a", "post", at.replace(microsecond=0), " Br\u00f6n är öppen ")
    others = [("b", "post", at), ("a", "answer", at), ("a", "post", at + timedelta(seconds=1))]
    assert len({same, *(likeness(*other, "Brön är öppen") for other in others)}) == 4
    assert likeness("a", "post", None, "x") == likeness("a", "post", at, " ") == likeness("a", "", at, "x") == ""
    assert likeness("a", "post", at, "", ["2", "1"]) == likeness("a", "post", at, "", ["1", "2", "1"]) != ""
    assert [sort_of(kind, "Anna") for kind in ("comment", "visitor_post", "mention", "profile")] == [""] * 4
    assert sort_of("post", "Anna") == sort_of("boost", None) != sort_of("story", None)
    assert sort_of("message", " ANNA ") == sort_of("message", "Anna") != sort_of("message", "Bo")
    assert unnamed("post", at, "x") != unnamed("comment", at, "x")
    assert normalised("a\u00a0b") == "a b"


def test_choosing_among_candidates() -> None:
    """Text first, then attachments; several that nothing tells apart are all named."""
    a = Candidate(ItemId("a"), "post", {"x"}, {"1"}, {1})
    b = Candidate(ItemId("b"), "post", {"x", "y"}, {"2"}, {1})

    def chosen_of(text: str, digests: set[str], *, files: int = 1, alike: int = 1) -> tuple[tuple[str, ...], bool]:
        found = choose(Sought("post", text, files, alike), lambda: frozenset(digests), [a, b])
        return found.items, found.sure

    assert chosen_of("y", set()) == (("b",), True)
    assert chosen_of("x", {"1"}) == (("a",), True)
    assert chosen_of("x", set()) == (("a", "b"), False)
    assert chosen_of("x", set(), files=0) == (("a", "b"), False)
    assert chosen_of("x", set(), files=0, alike=2) == (("a",), True)
    assert chosen_of("z", {"2"}) == (("b",), True)
    assert chosen_of("z", set()) == ((), False)
    assert chosen_of("", {"1"}) == (("a",), True)


def test_what_is_alone_of_its_second_needs_no_bytes() -> None:
    """Without text, one of its kind with as many attachments on both sides is the same; with two nobody can say."""
    bare = Candidate(ItemId("a"), "post", {""}, {"1"}, {1})
    album = Candidate(ItemId("b"), "post", {""}, {"2"}, {3})
    texted = Candidate(ItemId("c"), "post", {"", "x"}, {"3"}, {1})
    there = [bare, album, texted]
    assert choose(Sought("post", "", 1), frozenset, there) == Choice((ItemId("a"),), sure=True)
    assert choose(Sought("post", "", 3), frozenset, there) == Choice((ItemId("b"),), sure=True)
    assert choose(Sought("post", "", 1, alike=2), frozenset, there) == Choice((ItemId("a"),))
    assert choose(Sought("post", "", 1), frozenset, [*there, replace(bare, item=ItemId("d"))]).sure is False
    for other in (Sought("story", "", 1), Sought("post", "", 2), Sought("post", "", 0), Sought("message", "", 1)):
        assert choose(other, frozenset, there) == Choice()


def test_another_form_is_one_of_the_same_kind_with_another_text() -> None:
    """It takes exactly one known item of the kind, and one whose text never was this one."""
    one = Candidate(ItemId("a"), "post", {"x"})
    assert another_form(Sought("post", "y"), [one])
    assert not another_form(Sought("post", "x"), [one])
    assert not another_form(Sought("reply", "y"), [one])
    assert not another_form(Sought("post", "y"), [one, replace(one, item=ItemId("b"))])


def test_filling_in_keeps_what_is_there() -> None:
    """Files take the places of their roles that lacked one; what is there stays, and no other packing is put beside it."""
    there = MediaRef(role="picture", origin="u1", digest="1", size=1)
    lacking = MediaRef(role="video", origin="u2")
    film = MediaRef(role="video", origin="export:f", digest="9", size=9)
    picture = MediaRef(role="picture", origin="export:p", digest="8", size=8)
    assert filled((there, lacking), (picture, film)) == (there, replace(lacking, digest="9", size=9))
    assert filled((there,), (picture,)) == (there,)
    assert filled((), (picture, film)) == (picture, film)
    assert filled((there, lacking), (replace(film, digest=None),)) == (there, lacking)


def test_filling_in_adds_what_the_record_has_fewer_of() -> None:
    """A role that the record lacks is added, so are further files of a role; never bytes that the item ever had."""
    there = MediaRef(role="picture", origin="u1", digest="1", size=1)
    still = MediaRef(role="thumbnail", origin="u2", digest="2", size=1)
    film = MediaRef(role="video", origin="export:f", digest="9", size=9)
    same = replace(there, origin="export:a")
    other = MediaRef(role="picture", origin="export:b", digest="8", size=8)
    assert filled((still,), (film, replace(film, origin="export:f2"))) == (still, film)
    assert filled((still,), (film,), {"9"}) == (still,)
    assert filled((there,), (same, other)) == (there, other)
    third = replace(other, origin="export:c", digest="7")
    assert filled((there,), (other, third)) == (there, other, third)
    assert filled((there, other), (replace(there, digest=None, origin="export:b"), third)) == (there, other)


def test_the_wrong_file_is_never_filled_in() -> None:
    """A lacking attachment is filled by its place or as the only one left; where neither is certain it is left, and told."""
    first = MediaRef(role="picture", origin="u1", alt="ett", digest="1", size=1)
    second = MediaRef(role="picture", origin="u2", alt="två")
    files = [MediaRef(role="picture", origin=f"export:{name}", digest=name, size=9) for name in ("1x", "2x", "3x")]
    assert filled((first, second), tuple(files[:2])) == (first, replace(second, digest="2x", size=9))
    assert not left_open(filled((first, second), tuple(files[:2])), files[:2], {"1x"})
    same = replace(first, origin="export:1")
    assert filled((first, second), (files[1], same)) == (first, replace(second, digest="2x", size=9))
    for shown_files in ((files[0],), tuple(files)):
        assert filled((first, second), shown_files) == (first, second)
        assert left_open((first, second), shown_files, ())
    assert not left_open((first, second), (same,), ())


def test_an_unknown_item_is_always_new() -> None:
    """Whatever else an export says of an item, one that is not known is taken."""
    assert changes_by_export(shown("2020-01-01T12:00:00Z", "x", removed_by="us"), None, parent=None) == ("new", "gone")
