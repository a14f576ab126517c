"""Which films an item has: by its attachments, and by what each platform's payload tells of them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.films import clock_length, films, iso_length, milliseconds
from schemas.deposit import FilmSaid
from schemas.payload import fields_of
from schemas.record import MediaRef
from tests.contracts.platform_captures import names, samples


def _module(name: str) -> Any:
    return importlib.import_module(f"connectors.platforms.{name}")


_TELLING = [name for name in names() if hasattr(_module(name), "films")]


def _said(name: str, payload: Mapping[str, object], media: Sequence[MediaRef] = ()) -> list[FilmSaid]:
    return list(_module(name).films(payload, media))


def _captured(name: str, native: str) -> list[FilmSaid]:
    """The films of an item as the platform's recorded answer has it."""
    for sample in samples(name):
        for seen in _module(name).parse(sample.capture).items:
            if seen.native == native and seen.kind in ("post", "reply", "story"):
                return _said(name, fields_of(seen.payload), seen.media)
    raise AssertionError(native)


def _video(origin: str, **values: Any) -> MediaRef:
    return MediaRef(role="video", origin=origin, **values)


# -- by the attachments alone


def test_films_sounds_and_documents_are_films_and_nothing_else_is() -> None:
    """Pictures, captions, thumbnails and pages are no films; each origin counts once, the stored one."""
    media = [
        _video("a.mp4"),
        _video("a.mp4", digest="0" * 64, size=1),
        MediaRef(role="audio", origin="b.mp3"),
        MediaRef(role="document", origin="c.pdf", media_type="application/pdf"),
        MediaRef(role="document", origin="https://x.example/article", media_type="text/html; charset=utf-8"),
        MediaRef(role="document", origin="d.png", media_type="image/png"),
        MediaRef(role="document", origin="https://x.example/page.html?x=1.pdf"),
        MediaRef(role="picture", origin="e.jpg"),
        MediaRef(role="caption", origin="f.vtt"),
        MediaRef(role="thumbnail", origin="g.jpg"),
    ]
    assert [(one.slot, one.role, one.origin) for one in films({}, media)] == [
        ("a.mp4", "video", "a.mp4"),
        ("b.mp3", "audio", "b.mp3"),
        ("c.pdf", "document", "c.pdf"),
    ]


def test_an_owners_original_is_no_film_beside_the_film() -> None:
    """Files that owners bring lie among the item's attachments and make no candidate of their own."""
    media = [_video("original:abc:film.mov"), _video("https://x.example/film.mp4")]
    assert [one.origin for one in films({}, media)] == ["https://x.example/film.mp4"]
    for name in _TELLING:
        assert all(not one.origin.startswith("original:") for one in _said(name, {}, media))


def test_captions_of_an_item_with_one_film_are_that_films() -> None:
    """With one film a caption file answers whether there are captions; with two nobody knows whose it is."""
    caption = MediaRef(role="caption", origin="a.vtt")
    assert [one.captions for one in films({}, [_video("a"), caption])] == [True]
    assert [one.captions for one in films({}, [_video("a"), _video("b"), caption])] == [None, None]
    assert [one.captions for one in films({}, [_video("a")])] == [None]


def test_what_a_platform_calls_a_document_is_told_by_type_or_ending() -> None:
    """A film that is only known as a file is a film."""
    media = [
        MediaRef(role="document", origin="https://x.example/b.mp4"),
        MediaRef(role="document", origin="c", media_type="audio/mpeg"),
    ]
    assert [one.role for one in films({}, media)] == ["video", "audio"]


# -- lengths


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("PT4M13S", 253_000),
        ("P1DT2H", 26 * 3_600_000),
        ("PT0.5S", 500),
        ("P0D", None),
        ("PT", None),
        ("P9999DT999999H", None),
        ("PT4M13", None),
        ("pt4m", None),
        (None, None),
        (253, None),
    ],
)
def test_iso_lengths(written: object, length: int | None) -> None:
    """Lengths in days and below are read; nothing, and what no film lasts, is no length."""
    assert iso_length(written) == length


def test_other_lengths() -> None:
    """Clock times, seconds and milliseconds are read; true, negative, infinite and enormous numbers are none."""
    assert clock_length("1:02:03") == 3_723_000
    assert clock_length("2:03") == 123_000
    assert clock_length("61") == 61_000
    assert milliseconds(1832.4) == 1_832_400
    assert milliseconds("253000", 1000) == 253_000
    absurd: tuple[object, ...] = (True, -1, 0, float("inf"), float("nan"), 10**400, "1e5", "", [], None, "9" * 5000)
    assert [milliseconds(value) for value in absurd] == [None] * len(absurd)


# -- YouTube


def test_a_youtube_video_is_one_film_without_a_file() -> None:
    """Title, exact length and captions come from the payload; the slot is the item's only one."""
    assert _captured("youtube", "dQalvsjo001") == [
        FilmSaid(
            slot="film", title="Så går isvaktens arbete till", duration=253_000, live="upload", captions=True, origin=""
        )
    ]


def test_a_youtube_broadcast_is_told_from_an_upload() -> None:
    """A recorded broadcast, one that is on the air, one that is announced, and one of which nothing is said."""
    assert [one.live for one in _captured("youtube", "dQalvsjo004")] == ["was-live"]
    base: dict[str, Any] = {"kind": "youtube#video", "contentDetails": {"duration": "P0D", "caption": "false"}}
    on_air = {**base, "snippet": {"liveBroadcastContent": "live"}, "liveStreamingDetails": {"actualStartTime": "x"}}
    announced = {**base, "snippet": {"liveBroadcastContent": "upcoming"}}
    silent = {**base, "snippet": {"liveBroadcastContent": "none"}}
    shown = [_said("youtube", payload)[0] for payload in (on_air, announced, silent)]
    assert [(one.live, one.duration, one.captions) for one in shown] == [
        ("live", None, False),
        ("live", None, False),
        ("", None, False),
    ]


def test_a_youtube_film_gets_the_file_that_takeout_brought() -> None:
    """The import's file is the film's, whichever answer tells of the video; the slot stays the same."""
    file = _video("export:Videor/film.mp4", digest="1" * 64, size=9)
    listed = _said("youtube", {"kind": "youtube#video", "contentDetails": {}, "snippet": {"title": "A"}}, [file])
    exported = _said(
        "youtube", {"video id": "x", "video title (original)": "A", "approx duration (ms)": "2500"}, [file]
    )
    assert [(one.slot, one.title, one.origin) for one in (*listed, *exported)] == [("film", "A", file.origin)] * 2
    assert exported[0].duration == 2500


def test_youtube_comments_and_the_channel_are_no_films() -> None:
    """Only a video is one: neither our answer below it, from the interface or an export, nor the channel."""
    assert _captured("youtube", "UgxIsvaktA00000AaABAg.9aaa") == []
    assert _said("youtube", {"comment id": "1", "video id": "2", "comment text": "x"}) == []
    assert _said("youtube", {"kind": "youtube#channel", "contentDetails": {}}) == []


# -- Facebook


def test_facebook_films_keep_their_slot_when_addresses_change() -> None:
    """The film of a post with one is ``film``, with its title and file, at whatever address the file lies tonight."""
    (film,) = _captured("facebook", "410020030_7004")
    assert (film.slot, film.title, film.captions) == ("film", "Kommunstyrelsens sammanträde", True)
    assert film.origin.endswith("505.mp4?stp=dst-jpg_p720x720&ccb=1-7")
    part = {"media_type": "video", "type": "video_inline", "target": {"id": "5005"}, "media": {"source": "https://a/1"}}
    payload = {"id": "1_2", "attachments": {"data": [part]}}
    for origin in ("https://a/1", "https://b/2?x=3", "export:posts/media/9.mp4"):
        assert [(one.slot, one.origin) for one in _said("facebook", payload, [_video(origin)])] == [("film", origin)]


def test_facebook_albums_have_a_film_for_every_video() -> None:
    """Several films in one post are told apart by their ids; files go by their paths, without a source too."""
    parts = [
        {"media_type": "video", "type": "video", "target": {"id": "1"}, "media": {"source": "https://a/v/1.mp4?oe=1"}},
        {"media_type": "video", "type": "video", "target": {"id": "2"}},
        {"media_type": "photo", "type": "photo", "target": {"id": "3"}},
    ]
    album = {"id": "1_2", "attachments": {"data": [{"type": "album", "subattachments": {"data": parts}}]}}
    found = _said("facebook", album, [_video("https://b/v/1.mp4"), _video("https://b/old/1.mp4")])
    assert [(one.slot, one.origin) for one in found] == [("1", "https://b/v/1.mp4"), ("2", "")]


def test_facebook_tells_broadcasts_and_lengths() -> None:
    """The post's marks of a broadcast and the length among its properties are read."""
    part = {"media_type": "video", "type": "video_inline", "target": {"id": "5"}}
    post: dict[str, Any] = {
        "id": "1_2",
        "attachments": {"data": [part]},
        "properties": [{"name": "Length", "text": "1:05"}],
    }
    assert [(one.live, one.duration) for one in _said("facebook", post)] == [("", 65_000)]
    assert _said("facebook", {**post, "is_fb_live_videos": True})[0].live == "live"
    assert _said("facebook", {**post, "is_fb_live_videos": True, "was_fb_live_videos": True})[0].live == "was-live"


def test_facebook_posts_that_are_passed_on_and_linked_films_are_none() -> None:
    """Another page's film is not ours, whether its post is shared or its address is linked."""
    part = {"media_type": "video", "type": "video_inline", "target": {"id": "5"}}
    assert _said("facebook", {"id": "1_2", "parent_id": "9_9", "attachments": {"data": [part]}}) == []
    assert _said("facebook", {"id": "1_2", "attachments": {"data": [{**part, "media_type": "link"}]}}) == []


# -- the others


def test_mastodon_tells_lengths() -> None:
    """Length and id come from the attachment; an animated picture is a film; a changed address is the same film."""
    status = {
        "media_attachments": [
            {"id": "1", "type": "video", "url": "https://m/1.mp4", "meta": {"original": {"duration": 12.5}}},
            {"id": "2", "type": "gifv", "url": "https://m/2.mp4", "meta": None},
            {"id": "3", "type": "image", "url": "https://m/3.png"},
            {"id": "4", "type": "audio", "url": "https://m/4.mp3", "meta": {"length": "0:04", "duration": 4}},
        ]
    }
    media = [_video("https://cdn/1.mp4"), _video("https://m/2.mp4"), MediaRef(role="audio", origin="https://m/4.mp3")]
    assert [(one.slot, one.role, one.duration, one.origin) for one in _said("mastodon", status, media)] == [
        ("1", "video", 12_500, "https://cdn/1.mp4"),
        ("2", "video", None, "https://m/2.mp4"),
        ("4", "audio", 4_000, "https://m/4.mp3"),
    ]


def test_x_tells_lengths_and_films_that_are_playlists_only() -> None:
    """The film of the recorded post has its length and file; one without a file is a film all the same."""
    (film,) = _captured("x", "2122963014251446272")
    assert (film.slot, film.duration, film.origin) == ("film", 12_000, "https://video.example/high.mp4?tag=12")
    playlist = {"includes": {"media": [{"media_key": "7_1", "type": "video", "duration_ms": 900}, {"type": "photo"}]}}
    assert _said("x", playlist) == [FilmSaid(slot="film", duration=900)]


def test_the_x_archive_tells_the_same_films() -> None:
    """Several films have the same slots in the interface's answers and in the archive, which names the files itself."""
    address = "https://video.example/ext/720x1280/abcdefghijkl.mp4?tag=12"
    listed = {"includes": {"media": [{"media_key": f"7_{one}", "type": "video"} for one in (1, 2)]}}
    entry = {"type": "video", "video_info": {"duration_millis": "1500", "variants": [{"url": address}]}}
    archived = {"extended_entities": {"media": [{"id_str": "1", "type": "video"}, {"id_str": "2", **entry}]}}
    assert [one.slot for one in _said("x", listed)] == ["1", "2"]
    found = _said("x", archived, [_video("export:data/tweets_media/77-abcdefghijkl.mp4")])
    assert [(one.slot, one.duration, bool(one.origin)) for one in found] == [("1", None, False), ("2", 1500, True)]


def test_instagram_tells_titles_and_films_that_are_withheld() -> None:
    """A reel without a file is a film with its title; a carousel has the films among its parts."""
    assert _captured("instagram", "17900000000000003") == [FilmSaid(slot="film", title="Valborg 2026")]
    (film,) = _captured("instagram", "17900000000000002")
    assert film.origin.endswith("rundtur.mp4?stp=dst-jpg_e35")
    assert len(_captured("instagram", "17900000000000051")) == 1  # a story


def test_linkedin_tells_titles_of_films_and_documents() -> None:
    """Films and documents have their titles, by both of LinkedIn's interfaces."""
    shown = [
        *_captured("linkedin", "urn:li:share:7396400000000000003"),
        *_captured("linkedin", "urn:li:share:7396400000000000004"),
        *_captured("linkedin", "urn:li:share:7396400000000000022"),
    ]
    assert [(one.role, one.title, one.origin, one.captions) for one in shown] == [
        ("video", "Så byggs bron", "urn:li:video:C5F10AQFfilm", True),
        ("document", "Detaljplan.pdf", "urn:li:document:C4D1FAQFplan", None),
        ("video", "Filmen", "https://dms.licdn.example/vid/bokbuss.mp4", True),
    ]


def test_bluesky_tells_whether_there_are_captions() -> None:
    """A film is known by its blob; Bluesky shows every caption file there is, so none means none."""
    native = "at://did:plc:feqjov2gykebszf2i4p3fuw4/app.bsky.feed.post/3n2v4uyb25226"
    (film,) = _captured("bluesky", native)
    assert (film.slot, film.captions) == (film.origin, True)
    bare = {"value": {"embed": {"$type": "app.bsky.embed.video", "video": {}}}}
    assert _said("bluesky", bare, [_video("a/b")])[0].captions is False


def test_a_feed_tells_titles_and_lengths_and_its_pages_are_no_documents() -> None:
    """Enclosures and media contents are films with their lengths; an only one has the entry's title as plain text."""
    found = {one.origin.rpartition("/")[2]: one for one in _captured("feed", "https://blogg.arvbo.example/vattnet/")}
    assert {name: (one.role, one.duration) for name, one in found.items()} == {
        "vatten.mp3": ("audio", None),
        "vatten.mp4": ("video", 61_000),
    }
    (drawing,) = _captured("feed", "tag:arvbo.example,2026:skola/7")
    assert (drawing.role, drawing.title) == ("document", "Ritning över matsalen")
    pod = {"title": {"type": "text/html", "value": "A &amp; <b>B</b>"}, "itunes_duration": "1:02:03"}
    (said,) = _said("feed", pod, [MediaRef(role="audio", origin="https://x/p.mp3")])
    assert (said.title, said.duration) == ("A & B", 3_723_000)


# -- hostile payloads

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("attachments", "data", "media", "type", "media_type", "target", "id", "source", "subattachments"),
                    *(
                        "contentDetails",
                        "snippet",
                        "kind",
                        "duration",
                        "includes",
                        "variants",
                        "url",
                        "title",
                        "content",
                    ),
                    *("media_attachments", "meta", "original", "extended_entities", "video_info", "children", "value"),
                    *(
                        "embed",
                        "video",
                        "links",
                        "href",
                        "enclosures",
                        "media_content",
                        "itunes_duration",
                        "properties",
                    ),
                ]
            )
            | st.text(max_size=5),
            inner | st.sampled_from(["video", "VIDEO", "document", "https://x.example/a.mp4", "urn:li:video:a"]),
            max_size=4,
        )
    ),
    max_leaves=25,
)
_refs = st.lists(
    st.builds(
        MediaRef,
        role=st.sampled_from(["video", "audio", "document", "caption", "picture"]),
        origin=st.text(min_size=1, max_size=12)
        | st.sampled_from(["https://x.example/a.mp4", "http://[", "export:a.mp4"]),
        media_type=st.sampled_from(["", "video/mp4", "text/html"]),
    ),
    max_size=4,
)


@pytest.mark.parametrize("name", _TELLING)
@given(payload=st.dictionaries(st.text(max_size=5) | st.just("attachments"), _json, max_size=4) | _json, media=_refs)
def test_any_payload_is_read(name: str, payload: object, media: list[MediaRef]) -> None:
    """Whatever a payload is: nothing raises, slots are told apart, and every origin is an attachment's or empty."""
    said = _said(name, payload if isinstance(payload, dict) else {"content": payload, "attachments": payload}, media)
    assert len({one.slot for one in said}) == len(said)
    assert {one.origin for one in said} <= {"", *(one.origin for one in media)}
    assert all(one.slot and isinstance(one.title, str) for one in said)
    assert all(one.duration is None or 0 < one.duration <= 31 * 24 * 3600 * 1000 for one in said)


@pytest.mark.parametrize("name", names())
def test_recorded_items_have_films_as_their_attachments_say(name: str) -> None:
    """In every recorded answer an own item with a film among its attachments has a film, and its title is text."""
    tells = getattr(_module(name), "films", films)
    for sample in samples(name):
        for seen in _module(name).parse(sample.capture).items:
            said = tells(json.loads(seen.payload), seen.media)
            if any(one.role == "video" for one in seen.media):
                assert any(one.origin for one in said if one.role == "video")
