"""Bluesky, the pure half: recorded answers and hostile ones."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.platforms.bluesky import parse
from connectors.platforms.bluesky.names import address, blob_cid, tid_time
from connectors.platforms.bluesky.parts import moment_of
from schemas.neighbours import Capture, Parsed
from schemas.payload import Number, read
from schemas.record import Seen

CAPTURES = Path(__file__).parents[1] / "captures" / "bluesky"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
OWN = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
ROOT = f"at://{OWN}/app.bsky.feed.post/3n2v4uy46uc26"
REPLY = f"at://{OTHER}/app.bsky.feed.post/3n2v4uy46uc27"
QUOTED = {"uri": f"at://{OTHER}/app.bsky.feed.post/3n2v4uy46uc28", "cid": "bafyx"}
CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 3}


def recorded(name: str) -> Capture:
    """A recorded capture."""
    values = read((CAPTURES / f"{name}.json").read_bytes())
    return Capture(
        endpoint=values["endpoint"],
        parameters={},
        status=values["status"],
        at=NOW,
        body=values["body"],
        listing=values["listing"],
        context=values["context"],
    )


def capture(listing: str, body: object, **context: str) -> Capture:
    """A capture made here."""
    known = {"own": OWN, "handle": "kommun.test", "root": ROOT, **context}
    return Capture(endpoint="x", parameters={}, status=200, at=NOW, body=body, listing=listing, context=known)


def own(record: object, uri: str = ROOT) -> Parsed:
    """A page of the own listing with one record."""
    return parse(capture("posts", {"records": [{"uri": uri, "cid": "bafyx", "value": record}]}, hidden=""))


def record(**fields: Any) -> dict[str, Any]:
    """A post record."""
    return {"$type": "app.bsky.feed.post", "text": "Hej", "createdAt": "2026-11-22T07:00:00Z", **fields}


def view(**fields: Any) -> dict[str, Any]:
    """A visitor's reply as a thread shows it."""
    reply = {"root": {"uri": ROOT, "cid": "bafyr"}, "parent": {"uri": ROOT, "cid": "bafyr"}}
    return {
        "uri": REPLY,
        "cid": "bafyx",
        "author": {"did": OTHER, "handle": "bo.test", "viewer": {"muted": False}},
        "record": record(reply=reply),
        "indexedAt": "2026-11-22T07:00:01Z",
        **fields,
    }


def thread(*views: dict[str, Any], **context: str) -> Parsed:
    """A thread of ours with replies, one below the other."""
    node: dict[str, Any] = {}
    for one in reversed(views):
        node = {"$type": "app.bsky.feed.defs#threadViewPost", "post": one, "replies": [node] if node else []}
    top = {"post": {"uri": ROOT, "cid": "bafyr", "record": record()}, "replies": [node]}
    return parse(capture("thread", {"thread": top}, **context))


def comment(**fields: Any) -> Seen:
    """The one comment of a thread."""
    (seen,) = (one for one in thread(view(**fields)).items if one.kind == "comment")
    return seen


def codes(parsed: Parsed) -> set[str]:
    """Codes of the findings."""
    return {one.code for one in parsed.findings}


def names() -> list[str]:
    """Names of the recorded captures."""
    return sorted(path.stem for path in CAPTURES.glob("*.json"))


@pytest.mark.parametrize("name", names())
def test_recorded_answers_are_read_without_findings_and_left_alone(name: str) -> None:
    """A recorded answer is understood in full, gives the same twice, and is not changed."""
    given = recorded(name)
    before = copy.deepcopy(given.body)
    first, second = parse(given), parse(given)
    assert first == second
    assert given.body == before
    assert first.findings == []


def test_own_posts_have_their_parts() -> None:
    """Kinds, alt texts, captions, links, languages and thumbnails of the own listing."""
    items = parse(recorded("posts")).items
    assert [one.kind for one in items].count("reply") == 2
    by_text = {one.text: one for one in items}
    first = by_text["Älvgatan är avstängd 🚧 läs https://arvika.example/väg"]
    assert [one.alt for one in first.media] == ["Röd skylt vid älven", ""]
    assert first.links == ("https://arvika.example/väg",)
    moving = by_text["Film från biblioteket"]
    assert [(one.role, one.language) for one in moving.media] == [("video", ""), ("caption", "sv")]
    page = by_text["Ny sida"]
    assert ([one.role for one in page.media], page.links) == (["thumbnail"], ("https://arvika.example/bad",))
    answer = by_text["Till fredag."]
    assert answer.thread_native == first.native
    assert answer.parent_native not in (None, first.native)


def test_a_thread_gives_comments_in_order_and_what_is_hidden() -> None:
    """Comments come after what they answer; ours are secondary; what our threadgate hides is hidden."""
    items = parse(recorded("thread")).items
    places = {one.native: number for number, one in enumerate(items)}
    assert all(places[one.parent_native] < places[one.native] for one in items if one.parent_native)
    assert [one.text for one in items if one.hidden] == ["Köp klockor på https://klockor.example/"]
    assert {one.secondary for one in items if one.kind in ("post", "reply")} == {True}
    assert {one.author for one in items if one.kind == "comment"} == {"anna-exempel.test", "bo-exempel.test"}
    assert all(one.platform_time for one in items)


def test_of_anothers_thread_only_ours_is_taken() -> None:
    """In a thread that somebody else began, our reply and what lies below it is taken, nothing else."""
    assert [one.text for one in parse(recorded("thread-of-another")).items] == ["Vi hjälper gärna till"]


def test_one_post_has_one_identity_wherever_it_is_met() -> None:
    """Listing, counters and thread give the same identity and the same payload for a post of ours."""
    listed = {one.native: one for one in parse(recorded("posts")).items}
    met = [*parse(recorded("counts")).items, *parse(recorded("thread")).items]
    ours = [one for one in met if one.native in listed]
    assert len(ours) >= len(listed)
    for one in ours:
        assert (one.identity, one.payload) == (listed[one.native].identity, listed[one.native].payload)


def test_reposts_and_profile() -> None:
    """A repost has its subject's address in the payload and no text; the profile has name, text and avatar."""
    (boost,) = parse(recorded("boosts")).items
    assert (boost.kind, boost.text, boost.links, boost.media) == ("boost", "", (), ())
    assert json.loads(boost.payload)["value"]["subject"]["uri"].startswith("at://")
    (profile,) = parse(recorded("profile")).items
    assert profile.text.startswith("Arvika kommun\n\nHär svarar vi")
    assert profile.native.endswith("/app.bsky.actor.profile/self")
    assert [one.role for one in profile.media] == ["picture"]


QUOTE = {"$type": "app.bsky.embed.record#viewRecord", **QUOTED, "value": {"text": "HEMLIGT"}, "author": {"did": OTHER}}
EMBEDS: list[dict[str, Any]] = [
    {"$type": "app.bsky.embed.record#view", "record": QUOTE},
    {
        "$type": "app.bsky.embed.recordWithMedia#view",
        "record": {"record": QUOTE},
        "media": {"$type": "x", "y": "HEMLIGT"},
    },
    {"$type": "app.bsky.embed.novel#view", "post": QUOTE, "words": "HEMLIGT"},
    {
        "$type": "app.bsky.embed.external#view",
        "external": {"uri": "https://a.example", "associatedProfiles": [{"displayName": "HEMLIGT"}]},
    },
]


@pytest.mark.parametrize("embed", EMBEDS, ids=lambda one: str(one["$type"]))
def test_quoted_words_are_cut_out(embed: dict[str, Any]) -> None:
    """Whatever a view embeds of others is not in the payload; a quote's address is."""
    seen = comment(embed=embed)
    assert "HEMLIGT" not in seen.payload
    if "record" in str(embed["$type"]):
        assert QUOTED["uri"] in seen.payload


def test_our_view_and_counters_are_left_out() -> None:
    """Counters and what the platform shows to us alone change neither payload nor identity."""
    plain = comment()
    busy = comment(likeCount=3, replyCount=0, viewer={"like": "at://x"}, threadgate={"record": {"HEMLIGT": 1}})
    assert (plain.payload, plain.identity) == (busy.payload, busy.identity)
    assert dict(busy.counts) == {"likes": 3, "replies": 0}
    assert "viewer" not in plain.payload


def test_unknown_fields_are_reported_and_kept() -> None:
    """An unknown field is named with its path and stays in the payload; a name that is no word is not repeated."""
    parsed = own(record(mood="glad", embed={"$type": "app.bsky.embed.images", "images": [{"focus": 1}]}, **{"å b": 1}))
    fields = {dict(one.parameters)["field"] for one in parsed.findings if one.code == "H121"}
    assert fields == {"mood", "embed.images.focus", "?"}
    assert '"mood":"glad"' in parsed.items[0].payload
    views = thread(view(novelty=1)).findings
    assert [dict(one.parameters) for one in views] == [{"field": "post.novelty", "kind": "comment"}]


def test_an_unknown_attachment_is_reported_and_kept() -> None:
    """What a post carries of an unknown kind is a finding of its own, and the record is stored whole."""
    parsed = own(record(embed={"$type": "app.bsky.embed.hologram", "hologram": BLOB}))
    assert codes(parsed) == {"H150"}
    assert CID in parsed.items[0].payload
    assert parsed.items[0].media == ()


@pytest.mark.parametrize(
    ("written", "read_as", "problem"),
    [
        ("2026-11-22T07:26:36.734Z", datetime(2026, 11, 22, 7, 26, 36, 734000, UTC), ""),
        ("2026-11-22T09:26:36.1234567891+02:00", datetime(2026, 11, 22, 7, 26, 36, 123456, UTC), ""),
        ("2026-11-22t07:26:36z", datetime(2026, 11, 22, 7, 26, 36, tzinfo=UTC), ""),
        ("2026-11-22T07:26:36", None, "without zone"),
        ("2027-11-22T07:26:36Z", datetime(2027, 11, 22, 7, 26, 36, tzinfo=UTC), "in the future"),
        ("2026-13-22T07:26:36Z", None, "unreadable"),
        ("0001-01-01T00:00:00+14:00", None, "unreadable"),
        ("22/11/2026", None, "unreadable"),
        (1795332396, None, "unreadable"),
        (None, None, "unreadable"),
    ],
)
def test_times_are_read_or_refused(written: object, read_as: datetime | None, problem: str) -> None:
    """A time is taken only in full form with its zone, one in the future is reported; the item is kept either way."""
    assert moment_of(written, NOW) == (read_as, problem)
    parsed = own(record(createdAt=written))
    assert parsed.items[0].stated == read_as
    assert codes(parsed) == ({"H123"} if problem else set())


def test_odd_characters_survive() -> None:
    """A lone surrogate is shown in the text and kept in the payload; zero, marks and a long text pass unchanged."""
    odd = "a\ud800b\x00\u202e" + "å" * 1_000_000
    (seen,) = own(record(text=odd)).items
    assert seen.text == odd.replace("\ud800", "⟦U+D800⟧")
    assert json.loads(seen.payload)["value"]["text"] == odd
    seen.payload.encode()


def test_attachments_of_every_form() -> None:
    """A gallery, a blob in the form of before 2023, and a blob without an id."""
    old = {"cid": CID, "mimeType": "image/jpeg"}
    items = [{"$type": "app.bsky.embed.gallery#image", "image": BLOB, "alt": "ett"}]
    (gallery,) = own(record(embed={"$type": "app.bsky.embed.gallery", "items": items})).items
    assert [(one.origin, one.alt) for one in gallery.media] == [(f"{OWN}/{CID}", "ett")]
    images = {"$type": "app.bsky.embed.images", "images": [{"image": old, "alt": ""}, {"image": {"ref": 7}}]}
    parsed = own(record(embed=images))
    assert [one.media_type for one in parsed.items[0].media] == ["image/jpeg"]
    assert codes(parsed) == {"H126"}


def test_anothers_record_in_our_listing_is_not_ours() -> None:
    """A record of another account, of another collection or without an address is reported and not taken."""
    assert codes(own(record(), uri=REPLY)) == {"H125"}
    assert codes(own(record(), uri=ROOT.replace("feed.post", "feed.like"))) == {"H122"}
    assert codes(own(record(), uri="../../etc/passwd")) == {"H122"}
    assert codes(own("no record")) == {"H122"}
    assert codes(parse(capture("posts", {"records": {}}))) == {"H128"}
    assert codes(parse(capture("thread", []))) == {"H128"}


def test_a_reply_without_author_or_with_a_false_thread() -> None:
    """A missing author is a finding; the writer is who the address names; the thread is the one that shows it."""
    parsed = thread(view(author=None))
    assert codes(parsed) == {"H124"}
    assert (parsed.items[1].author, parsed.items[1].author_native) == (None, OTHER)
    false = {"root": QUOTED, "parent": {"uri": ROOT, "cid": "bafyr"}}
    parsed = thread(view(record=record(reply=false)))
    assert codes(parsed) == {"H155"}
    assert parsed.items[1].thread_native == ROOT
    parsed = thread(view(record=record(reply="x")))
    assert (codes(parsed), parsed.items[1].parent_native) == ({"H126"}, ROOT)


def test_what_hides_a_reply() -> None:
    """A reply is hidden by our threadgate, by its view for want of that, or by a moderation label; not by others'."""
    assert thread(view(), hidden=REPLY).items[1].hidden_by == "us"
    assert thread(view(), hidden=REPLY).items[1].hidden
    assert not thread(view(), hidden="").items[1].hidden
    assert comment(labels=[{"val": "!hide", "src": "did:plc:x"}]).hidden
    assert comment(labels=[{"val": "!hide", "src": "did:plc:x"}]).hidden_by == "platform"
    assert comment(labels=[{"val": "spam"}]).hidden_by == ""
    assert not comment(labels=[{"val": "!hide", "neg": True}, {"val": "spam"}]).hidden
    for owner, hidden in ((OWN, True), (OTHER, False)):
        gate = {"uri": f"at://{owner}/app.bsky.feed.threadgate/x", "record": {"hiddenReplies": [REPLY]}}
        top = {"post": {"uri": ROOT, "cid": "x", "record": record()}, "replies": [{"post": view()}]}
        parsed = parse(capture("thread", {"thread": top, "threadgate": gate}))
        assert parsed.items[1].hidden is hidden


def test_placeholders_in_a_thread_are_reported() -> None:
    """A blocked and a missing post are findings and never items; a post shown twice is taken once."""
    nodes: list[Any] = [
        {"$type": "app.bsky.feed.defs#blockedPost", "uri": REPLY, "blocked": True},
        {"$type": "app.bsky.feed.defs#notFoundPost", "uri": REPLY, "notFound": True},
        {"post": view()},
        {"post": view()},
        {"post": 7},
        7,
    ]
    top = {"post": {"uri": ROOT, "cid": "x", "record": record()}, "replies": nodes}
    parsed = parse(capture("thread", {"thread": top}))
    assert codes(parsed) == {"H153", "H154", "H115", "H128"}
    assert [one.native for one in parsed.items] == [ROOT, REPLY]


def test_depth_is_no_danger() -> None:
    """Ten thousand levels of replies are read; a record nested too deep to be written is reported, not taken."""
    views = [view(uri=f"at://{OTHER}/app.bsky.feed.post/x{number}") for number in range(10_000)]
    assert len(thread(*views).items) == 10_001
    nest: list[Any] = []
    for _ in range(5_000):
        nest = [nest]
    parsed = own(record(extra=nest))
    assert (list(parsed.items), "H122" in codes(parsed)) == ([], True)


ODD: list[Any] = [None, True, -1, Number("1.50"), "", "\ud800", "at://", "x" * 10_000, [], {}, [[]], {"uri": 7}, [7]]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key below a value."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@pytest.mark.parametrize("name", names())
def test_anything_in_any_place_gives_findings_and_no_error(name: str) -> None:
    """Whatever stands in a field instead of what belongs there, parse goes on and its texts can be encoded."""
    given = recorded(name)
    chance = random.Random(name)  # a seed per file, so that a failure comes again
    for _ in range(150):
        body = copy.deepcopy(given.body)
        for container, key in chance.sample(found := list(places(body)), min(2, len(found))):
            container[key] = chance.choice(ODD)
        broken = Capture(
            endpoint=given.endpoint,
            parameters={},
            status=200,
            at=NOW,
            body=body,
            listing=given.listing,
            context=given.context,
        )
        for one in parse(broken).items:
            texts = (one.text, one.author or "", one.payload, one.language, *one.links)
            media = (text for item in one.media for text in (item.origin, item.alt or "", item.media_type))
            "".join((*texts, *media)).encode()


def test_names_of_the_protocol() -> None:
    """A blob's id follows from its bytes' digest; a key's time from its digits; an address needs all its parts."""
    assert blob_cid("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == CID
    made = tid_time("3n2v4uy46uc26")
    assert made is not None
    assert made.date().isoformat() == "2026-11-22"
    assert tid_time("self") is tid_time("zzzzzzzzzzzzz") is None
    assert address(f"at://{OWN}/app.bsky.feed.post") is None
    assert address(f"at://{OWN}/app.bsky.feed.post/a b") is None
