"""Export formats of Meta, Mastodon, LinkedIn, YouTube and Bluesky: what is read from a generated export, and the traps."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.dagcbor import BrokenEncodingError, decode_car, records
from connectors.exports.bundle import Limits, open_bundle
from connectors.exports.meta import clean, repaired
from connectors.exports.opening import formats, open_export
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.near import named_by_us
from schemas.neighbours import Capture
from schemas.record import Seen
from schemas.refusal import RefusedError
from tests.servers.world import BEGINNING, Item, Medium, World

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
FORMATS = (
    "facebook_export",
    "instagram_export",
    "mastodon_export",
    "linkedin_export",
    "youtube_takeout",
    "bluesky_car",
)
PNG = Medium("m1", "picture", "image/png", alt="Bron över älven", data=b"\x89PNG bro")
FILM = Medium("m2", "video", "video/mp4", data=b"film")


def world() -> World:
    """Two posts of ours, one with a picture and a film, a visitor's question and our answer; two months."""
    found = World(now=AT)
    own, visitor = found.own, found.people[0]
    day = timedelta(days=1)
    for one in (
        Item("101", "post", own, "Växjövägen är öppen igen 🚧\n\nVälkomna!", BEGINNING, media=[PNG]),
        Item("102", "post", own, "Filmen från invigningen", BEGINNING + day, media=[FILM]),
        Item("201", "comment", visitor, "När öppnar badet?", BEGINNING + 2 * day, parent="101", root="101"),
        Item("301", "comment", own, 'Badet öppnar i juni. Ägg & "smör"', BEGINNING + 3 * day, parent="201", root="101"),
    ):
        found.items[one.id] = one
    return found


def read(name: str, path: Path, *, messages: bool = False) -> tuple[list[Seen], list[Finding]]:
    """Everything that the format's module reads from a bundle."""
    export = formats()[name]
    account = Account(
        name="konto",
        platform=export.PLATFORMS[0],
        handle="alvsjobro",
        authority="ks",
        harvest=Cadence(messages=messages),
    )
    items: list[Seen] = []
    findings: list[Finding] = []
    with open_bundle(path, Limits()) as bundle:
        assert export.recognise(bundle)
        for one in export.read(bundle, account, own="own", at=AT):
            if isinstance(one, Finding):
                findings.append(one)
            else:
                parsed = export.parse(one)
                items += parsed.items
                findings += parsed.findings
    return items, findings


def made(name: str, folder: Path) -> Path:
    """A generated export."""
    path: Path = importlib.import_module(f"tests.exports.{name}").make(folder, world())
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_posts_and_answers_come_out_as_written(name: str, tmp_path: Path) -> None:
    """Every post and answer of ours is there once with its text, its second and no visitor's words."""
    items, findings = read(name, made(name, tmp_path))
    texts = [one.text for one in items]
    for item in world().items.values():
        found = [one for one in items if one.text == item.text and one.kind != "profile"]
        if item.author is not None and item.author.id != world().own.id:
            assert not found
            continue
        assert len(found) == 1, (item.text, texts)
        (one,) = found
        assert (one.stated or one.platform_time) == item.created
        assert one.kind == ("post" if item.kind == "post" else "reply")
        assert one.author_native in ("own", "did:plc:alvsjobro0000000000000000")
    assert not {"H121", "H122", "H123", "H126", "H128"} & {one.code for one in findings}


@pytest.mark.parametrize("name", FORMATS)
def test_only_its_own_export_is_recognised(name: str, tmp_path: Path) -> None:
    """Each generated export is recognised by one format and no other."""
    with open_bundle(made(name, tmp_path), Limits()) as bundle:
        assert [one for one, export in formats().items() if export.recognise(bundle)] == [name]


@pytest.mark.parametrize("name", ["facebook_export", "instagram_export"])
def test_items_without_ids_have_a_stable_name(name: str, tmp_path: Path) -> None:
    """What has no id is named by what it shows: the same in two exports, another for another text."""
    first, _ = read(name, made(name, tmp_path / "a"))
    second, _ = read(name, made(name, tmp_path / "b"))
    assert [one.native for one in first] == [one.native for one in second]
    assert all(named_by_us(one.native) for one in first)
    assert len({one.native for one in first}) == len(first)


def test_mojibake_is_repaired_only_where_it_is_one() -> None:
    """Strings taken apart into bytes are put together; those written rightly stay, also beside them."""
    assert repaired("V\u00c3\u00a4xj\u00c3\u00b6") == "Växjö"
    assert repaired("caf\u00e9") == "café"
    assert repaired("\u00f0\u009f\u0098\u0080") == "😀"
    assert repaired("Växjö 😀") == "Växjö 😀"
    assert clean({"Medie\u00c3\u00a4gare": ["\u00c3\u00a5", 1, None]}) == {"Medieägare": ["å", 1, None]}


def test_attachments_lie_in_the_bundle(tmp_path: Path) -> None:
    """An attachment is named by its place in the bundle, with its alt text, and its bytes can be opened there."""
    path = made("facebook_export", tmp_path)
    items, _ = read("facebook_export", path)
    (picture,) = next(one for one in items if one.text.startswith("Växjö")).media
    assert (picture.alt, picture.media_type, picture.role) == ("Bron över älven", "image/png", "picture")
    with open_bundle(path, Limits()) as bundle, bundle.open(picture.origin.removeprefix("export:")) as stream:
        assert stream.read() == PNG.data


def test_album_photos_that_no_post_shows_are_posts(tmp_path: Path) -> None:
    """A photo of an album is taken once: with the post that shows it, or by itself."""
    items, _ = read("facebook_export", made("facebook_export", tmp_path))
    assert [one.text for one in items if "extra" in "".join(medium.origin for medium in one.media)] == ["Ån i januari"]


@pytest.mark.parametrize("name", ["facebook_export", "mastodon_export"])
def test_messages_are_behind_the_setting(name: str, tmp_path: Path) -> None:
    """Private messages are not read unless the account's file says so; that they were left is said."""
    path = made(name, tmp_path)
    items, findings = read(name, path)
    assert "Hemlig" not in json.dumps([one.payload for one in items])
    assert [one.code for one in findings].count("H140") == 1
    items, findings = read(name, path, messages=True)
    assert [one.text[:6] for one in items if one.kind == "message"] == ["Hemlig"]
    assert "H140" not in {one.code for one in findings}


def test_archived_posts_are_hidden_by_us(tmp_path: Path) -> None:
    """What the account has archived on Instagram is hidden, by us."""
    there = world()
    there.items["102"].hidden.append((BEGINNING + timedelta(days=5), True))
    module = importlib.import_module("tests.exports.instagram_export")
    items, _ = read("instagram_export", module.make(tmp_path, there))
    assert {(one.text[:6], one.hidden, one.hidden_by) for one in items if one.kind == "post"} == {
        ("Växjöv", False, ""), ("Filmen", True, "us")
    }  # fmt: skip


def test_mastodon_ids_are_the_statuses_addresses(tmp_path: Path) -> None:
    """A status is known by its address, a boost by its own and only the address of what it passes on."""
    items, _ = read("mastodon_export", made("mastodon_export", tmp_path))
    by_kind = {one.kind: one for one in items}
    assert by_kind["reply"].native == "https://social.alvsjobro.example/users/alvsjobro/statuses/301"
    assert by_kind["reply"].parent_native == "https://social.alvsjobro.example/users/alvsjobro/statuses/201"
    assert by_kind["boost"].links == ("https://annan.example/users/lan/statuses/1",)
    assert formats()["mastodon_export"].PLATFORMS == ("mastodon",)
    with open_bundle(made("mastodon_export", tmp_path / "b"), Limits()) as bundle:
        assert formats()["mastodon_export"].owner(bundle).native == "https://social.alvsjobro.example/@alvsjobro"


def test_a_film_belongs_to_the_video_of_its_title_or_to_none(tmp_path: Path) -> None:
    """Takeout's film goes with the one video that bears its name; with two such videos it is reported, not guessed."""
    items, findings = read("youtube_takeout", made("youtube_takeout", tmp_path / "a"))
    assert [one.text for one in items if one.media] == ["Filmen från invigningen"]
    assert not findings
    there = world()
    there.items["103"] = replace(there.items["102"], id="103", media=[], edits=[])
    module = importlib.import_module("tests.exports.youtube_takeout")
    items, findings = read("youtube_takeout", module.make(tmp_path / "b", there))
    assert not [one for one in items if one.media]
    assert [(one.code, one.count) for one in findings] == [("I150", 1)]


def test_a_long_title_is_compared_whole(tmp_path: Path) -> None:
    """Films of meetings whose titles differ at their ends are told apart; a name that is cut before that is reported."""
    titles = (
        "Kommunfullmäktiges sammanträde måndagen den 3 februari 2025",
        "Kommunfullmäktiges sammanträde måndagen den 2 december 2024",
    )
    table = "Video ID,Video Title (Original)\n" + "".join(f"video{n:06},{title}\n" for n, title in enumerate(titles))
    for cut, expected in ((100, 2), (50, 2), (39, 0)):
        folder = tmp_path / str(cut) / "Takeout"
        folder.mkdir(parents=True)
        (folder / "videor.csv").write_text(table)
        for title in titles:
            (folder / f"{title[:cut]}.mp4").write_bytes(b"film")
        items, findings = read("youtube_takeout", folder.parent)
        assert len([one for one in items if one.media]) == expected
        assert sum(one.code == "I150" for one in findings) == (expected == 0)


def test_messages_of_two_conversations_are_two(tmp_path: Path) -> None:
    """The same words of one author and second in two conversations, or two milliseconds, are different messages."""
    for name, root in (("facebook_export", "posts/profile_posts_1.json"), ("instagram_export", "media/posts_1.json")):
        folder = tmp_path / name
        for talk, times in (("anna_1", [123]), ("bo_2", [123, 900])):
            file = folder / "messages" / "inbox" / talk / "message_1.json"
            file.parent.mkdir(parents=True)
            one = {"sender_name": "Kommunen", "content": "Tack, vi återkommer."}
            file.write_text(json.dumps({"messages": [{**one, "timestamp_ms": 1_700_000_000_000 + n} for n in times]}))
        (folder / root).parent.mkdir()
        (folder / root).write_text("[]")
        items, _ = read(name, folder, messages=True)
        assert len({one.native for one in items}) == len(items) == 3


def test_a_file_of_one_post_is_read_as_one(tmp_path: Path) -> None:
    """An object that is an item is no object of lists: caption and pictures stay together; other parts are told (I109)."""
    media = [{"uri": f"media/posts/{n}.jpg", "creation_timestamp": 1_700_000_000} for n in (1, 2)]
    file = tmp_path / "a" / "media" / "posts_1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"media": media, "title": "Bildtexten", "creation_timestamp": 1_700_000_000}))
    (post,), findings = read("instagram_export", tmp_path / "a")
    assert (post.text, len(post.media), findings) == ("Bildtexten", 2, [])
    file = tmp_path / "b" / "posts" / "profile_posts_1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"timestamp": 1_700_000_000, "data": [{"post": "Ett inlägg"}]}))
    assert [one.text for one in read("facebook_export", tmp_path / "b")[0]] == ["Ett inlägg"]
    file.write_text(json.dumps({"poster": [{"timestamp": 1_700_000_000, "data": [{"post": "Ett"}]}], "annat": {}}))
    items, findings = read("facebook_export", tmp_path / "b")
    assert ([one.text for one in items], [one.code for one in findings]) == (["Ett"], ["I109"])


def test_names_of_unknown_fields_are_no_free_text(tmp_path: Path) -> None:
    """A key that is no plain name is told as ``?``, and only so many different ones are named."""
    file = tmp_path / "posts" / "profile_posts_1.json"
    file.parent.mkdir(parents=True)
    odd = {"Anna Andersson, Storgatan 1, 070-123456": 1, **{f"nytt_{number}": 1 for number in range(150)}}
    file.write_text(json.dumps([{"timestamp": 1_700_000_000, "data": [{"post": "x"}], **odd}]))
    account = Account(name="konto", platform="facebook", handle="a", authority="ks")
    with open_export(account, tmp_path, Limits()) as export:
        told = [one for group in export.read(own="1", at=AT) for one in group.findings]
    names = {dict(one.parameters)["field"] for one in told}
    assert len(told) == 151
    assert "?" in names
    assert len(names) == 100
    assert not [one for one in names if "Anna" in str(one)]


def test_a_tree_that_meets_itself_is_refused() -> None:
    """A repository's node is walked once and its keys grow: a few blocks cannot make records without end."""
    leaf: dict[str, Any] = {"l": None, "e": [{"p": 0, "k": b"a/1", "v": b"v", "t": None}]}
    blocks: dict[bytes, Any] = {b"v": {}, b"0": leaf}
    for level in range(1, 40):
        below = str(level - 1).encode()
        blocks[str(level).encode()] = {
            "l": below,
            "e": [{"p": 0, "k": b"b/%d" % level, "v": b"v", "t": below}],
        }
    with pytest.raises(BrokenEncodingError):
        list(records(b"39", blocks))
    blocks[b"x"] = {"l": None, "e": [{"p": 0, "k": key, "v": b"v", "t": None} for key in (b"b", b"a")]}
    with pytest.raises(BrokenEncodingError):
        list(records(b"x", blocks))
    assert [key for key, _, _ in records(b"0", blocks)] == ["a/1"]


def test_a_bluesky_repository_gives_what_the_harvest_gives(tmp_path: Path) -> None:
    """Posts, answers, boosts and the profile come with their addresses; likes are counted and left."""
    items, findings = read("bluesky_car", made("bluesky_car", tmp_path))
    assert sorted(one.kind for one in items) == ["boost", "post", "post", "profile", "reply"]
    answer = next(one for one in items if one.kind == "reply")
    assert answer.native == "at://did:plc:alvsjobro0000000000000000/app.bsky.feed.post/3k301"
    assert answer.thread_native == "at://did:plc:alvsjobro0000000000000000/app.bsky.feed.post/3k101"
    assert [(one.code, one.count) for one in findings] == [("I151", 1)]


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.97])
def test_a_cut_repository_is_refused_by_name(kept: float, tmp_path: Path) -> None:
    """A CAR file that ends too early is refused with a remedy, never read as a shorter repository."""
    path = made("bluesky_car", tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(RefusedError) as refused:
        read("bluesky_car", path)
    assert "fetch it anew" in refused.value.remedy


def test_hostile_bytes_are_no_car() -> None:
    """Whatever the bytes: a CAR or the one error, and no other exception."""
    for data in (b"", b"\xff" * 50, b"\x05abcde", b"\x0a\xa1\x65roots\x81\x00", bytes(range(256)) * 4):
        with pytest.raises(BrokenEncodingError):
            decode_car(data)


def test_linkedin_multiline_and_marks(tmp_path: Path) -> None:
    """A byte-order mark, quoted line breaks and the post's number in its encoded link are read."""
    items, _ = read("linkedin_export", made("linkedin_export", tmp_path))
    post = next(one for one in items if one.text.startswith("Växjö"))
    assert post.native == "urn:li:share:7101"
    answer = next(one for one in items if one.kind == "reply")
    assert answer.thread_native == "urn:li:share:7101"


HOSTILE: tuple[Any, ...] = (
    None, True, -1, 10**400, "", "\ud800⟦", "x" * 100_000, [], {}, [None, 1], {"uri": 1}, [[[]]], "9999-99-99", 1e300,
)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_values_never_raise(name: str, tmp_path: Path) -> None:
    """Whatever stands in a field of an item, parse gives items that can be stored, or findings."""
    export = formats()[name]
    account = Account(name="konto", platform=export.PLATFORMS[0], handle="alvsjobro", authority="ks")
    with open_bundle(made(name, tmp_path), Limits()) as bundle:
        captures = [one for one in export.read(bundle, account, own="own", at=AT) if isinstance(one, Capture)]
    for capture in captures:
        for place in _places(capture.body):
            for hostile in HOSTILE:
                body = json.loads(json.dumps(capture.body))
                _put(body, place, hostile)
                parsed = export.parse(replace(capture, body=body))
                for one in parsed.items:
                    assert one.native
                    "".join((one.text, one.payload, one.native, *one.links)).encode("utf-8")
    shutil.rmtree(tmp_path)


def _places(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [above] if above else []
    if isinstance(value, Mapping):
        for name, one in value.items():
            found += _places(one, (*above, name))
    elif isinstance(value, list):
        for number, one in enumerate(value[:2]):
            found += _places(one, (*above, number))
    return found


def _put(body: Any, place: tuple[str | int, ...], value: Any) -> None:
    for step in place[:-1]:
        body = body[step]
    body[place[-1]] = value
