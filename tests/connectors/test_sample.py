"""The recorded platform: what it shows at an instant, what the connector reads of it, and what it refuses."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.platforms import sample
from connectors.recording.read import read_folder
from schemas.account import Account, account_from
from schemas.finding import Finding
from schemas.neighbours import (
    Capture,
    ConnectionRefusedByPlatformError,
    ListingEnd,
    MediaError,
    Session,
    Window,
)
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError

DEMO = Path(__file__).parents[2] / "infra" / "demo"
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 10, tzinfo=UTC)
ACCOUNTS = {"alvsjobro": "Älvsjöbro kommun", "bjorkskolan": "Björkängsskolan", "biblioteket": "Älvsjöbro bibliotek"}


class At:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime) -> None:
        """Stand at the moment."""
        self.moment = moment

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment


def account(folder: Path, handle: str) -> Account:
    """A register entry for the folder."""
    return Account(name="demo", platform="sample", handle=handle, authority="kommunstyrelsen", path=str(folder))


def session(name: str, moment: datetime) -> Session:
    """A session on one of the recorded accounts."""
    return sample.open(account(DEMO / name, ACCOUNTS[name]), None, At(moment))


def everything(open_session: Session, moment: datetime, since: datetime | None = None) -> list[Any]:
    """All that one night's fetch gives."""
    return list(open_session.fetch(Window(since=since, now=moment), ()))


def items(open_session: Session, moment: datetime, since: datetime | None = None) -> dict[str, Seen]:
    """The items one night shows, by native id; shown by the way only where nowhere else."""
    found: dict[str, Seen] = {}
    for event in everything(open_session, moment, since):
        if isinstance(event, Capture):
            for seen in open_session.parse(event).items:
                if not seen.secondary or seen.native not in found:
                    found[seen.native] = seen
    return found


@cache
def recorded(name: str) -> dict[str, Any]:
    """The recording as JSON."""
    decoded: dict[str, Any] = json.loads((DEMO / name / "recording.json").read_bytes())
    return decoded


def until(recording: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The recording without anything that happens after the moment."""

    def past(value: str) -> bool:
        return datetime.fromisoformat(value) <= moment

    kept = {**recording, "profile": [one for one in recording["profile"] if past(one["at"])]}
    kept["tokens"] = [one for one in recording.get("tokens", []) if past(one["issued"])]
    kept["outages"] = [one for one in recording.get("outages", []) if past(one["from"])]
    kept["items"] = []
    for item in recording["items"]:
        if past(item["created"]):
            single = {key: value for key, value in item.items() if not key.endswith("_at") or past(value)}
            for name in ("edits", "counts"):
                single[name] = [one for one in item.get(name, []) if past(one["at"])]
            kept["items"].append(single)
    return kept


def written(folder: Path, recording: object) -> Path:
    """A folder with this recording."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recording.json").write_text(json.dumps(recording), "utf-8")
    return folder


def small(**fields: Any) -> dict[str, Any]:
    """A recording with one post and a comment, and the post's fields replaced or added."""
    post = {
        "id": "p1",
        "author": {"id": "us", "name": "Vi"},
        "created": "2024-05-01T10:00:00Z",
        "text": "Hej",
        **fields,
    }
    comment = {
        "id": "c1",
        "author": {"id": "they", "name": "De"},
        "created": "2024-05-01T11:00:00Z",
        "parent": "p1",
        "thread": "p1",
        "text": "Hallå",
    }
    return {
        "format": "bevara-recording/1",
        "account": {"id": "us", "handle": "Vi", "opened": "2024-01-01T00:00:00Z"},
        "profile": [{"at": "2024-01-01T00:00:00Z", "name": "Vi"}],
        "items": [post, comment],
    }


def opened(tmp_path: Path, recording: object, moment: str = "2024-06-01T00:00:00Z") -> Session:
    """A session on a recording written for the test."""
    return sample.open(account(written(tmp_path / "rec", recording), "Vi"), None, At(datetime.fromisoformat(moment)))


@settings(max_examples=25, deadline=None)
@given(moment=st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None)))
def test_no_future_knowledge(tmp_path_factory: pytest.TempPathFactory, moment: datetime) -> None:
    """What is shown at an instant is the same when everything after it is cut out of the recording."""
    at = moment.replace(tzinfo=UTC)
    folder = written(tmp_path_factory.mktemp("cut"), until(recorded("alvsjobro"), at))
    cut = sample.open(account(folder, ACCOUNTS["alvsjobro"]), None, At(at))
    assert everything(cut, at) == everything(session("alvsjobro", at), at)


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_everything_shown(name: str) -> None:
    """At the end every item that was not deleted is shown exactly once, and nothing is odd but the new field."""
    open_session = session(name, END)
    gone: set[str] = set()
    for item in recorded(name)["items"]:
        if "deleted_at" in item or item.get("parent") in gone:
            gone.add(item["id"])
    expected = {item["id"] for item in recorded(name)["items"]} - gone
    assert set(items(open_session, END)) - {f"{open_session.health().native}#profile"} == expected
    captures = [event for event in everything(open_session, END) if isinstance(event, Capture)]
    codes = {finding.code for one in captures for finding in open_session.parse(one).findings}
    assert codes == ({"H121"} if name == "alvsjobro" else set())


def test_texts_and_kinds() -> None:
    """Texts arrive as recorded, and kinds follow from author, parent and boost."""
    found = items(session("biblioteket", END), END)
    source = {item["id"]: item for item in recorded("biblioteket")["items"]}
    for native, seen in found.items():
        if seen.kind == "profile":
            continue
        item = source[native]
        ours = item["author"]["id"] == "biblioteket"
        kind = "boost" if "boost" in item else "post" if "parent" not in item else "reply" if ours else "comment"
        assert (seen.kind, seen.author, seen.parent_native) == (kind, item["author"]["name"], item.get("parent"))
        assert seen.text == item.get("text", "")
    assert {seen.kind for seen in found.values()} == {"post", "reply", "comment", "boost", "profile"}


def test_payload_without_other_items() -> None:
    """A boost's payload has the boosted item's id and none of its words; our own view of an item is left out."""
    found = items(session("biblioteket", END), END)
    (boost,) = (seen for seen in found.values() if seen.kind == "boost")
    assert json.loads(boost.payload)["boost"] == {"id": "bjs-p018"}
    assert "hinderbana" not in boost.payload
    assert all("viewer" not in json.loads(seen.payload) for seen in found.values())


def test_edit_makes_identity() -> None:
    """An edit changes text, edit time and identity; counters alone change neither identity nor text."""
    early, later, edited = (datetime(2020, 2, 17, 7, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 12, 24))
    one, two, three = (items(session("alvsjobro", at), at)["alv-p003"] for at in (early, later, edited))
    assert one.identity == two.identity
    assert one.counts != two.counts
    assert "UPPDATERAT" in three.text
    assert three.identity != one.identity
    assert three.edited == datetime(2020, 2, 18, 6, 40, tzinfo=UTC)


def test_hide_and_delete() -> None:
    """A hidden comment is shown as hidden; a deleted one is neither listed nor found; before, both are seen."""
    before, after = datetime(2021, 7, 15, 10, tzinfo=UTC), datetime(2021, 7, 16, tzinfo=UTC)
    (native,) = (one["id"] for one in recorded("alvsjobro")["items"] if one.get("text", "").startswith("Grannen vattn"))
    assert native in items(session("alvsjobro", before), before)
    assert native not in items(session("alvsjobro", after), after)
    assert [one.outcome for one in session("alvsjobro", after).look_up([native])] == ["not_found"]
    (hidden,) = (one["id"] for one in recorded("alvsjobro")["items"] if "påhitt" in one.get("text", ""))
    night = datetime(2020, 3, 14, tzinfo=UTC)
    assert items(session("alvsjobro", night), night)[hidden].hidden
    (answer,) = session("alvsjobro", night).look_up([hidden])
    assert (answer.outcome, answer.hidden) == ("found", True)


def test_deleted_post_takes_thread(tmp_path: Path) -> None:
    """With a deleted post its comments go; the thread is then a complete, empty answer and look-ups say not found."""
    open_session = opened(tmp_path, small(deleted_at="2024-05-20T00:00:00Z"))
    now = datetime(2024, 6, 1, tzinfo=UTC)
    events = list(open_session.fetch(Window(since=None, now=now), ["p1"]))
    assert ListingEnd(listing="thread", scope="p1", complete=True) in events
    assert [one.outcome for one in open_session.look_up(["p1", "c1", "never"])] == ["not_found"] * 3


def test_unclear_look_up() -> None:
    """An item that the platform can neither show nor deny is not listed, and its look-up is unclear."""
    at = datetime(2021, 12, 15, tzinfo=UTC)
    (native,) = (one["id"] for one in recorded("alvsjobro")["items"] if "unavailable" in one)
    assert native not in items(session("alvsjobro", at), at)
    assert [one.outcome for one in session("alvsjobro", at).look_up([native])] == ["unclear"]


def test_pages_and_window() -> None:
    """The own listing comes newest first in pages of 100 and stops after the page that passes ``since``."""
    open_session = session("alvsjobro", END)
    pages = [one for one in everything(open_session, END) if isinstance(one, Capture) and one.listing == "posts"]
    bodies: list[Any] = [one.body for one in pages]
    assert [len(body["items"]) for body in bodies[:-1]] == [100] * (len(pages) - 1)
    times = [item["created_at"] for body in bodies for item in body["items"]]
    assert times == sorted(times, reverse=True)
    since = END - timedelta(days=40)
    events = everything(session("alvsjobro", END), END, since)
    assert sum(isinstance(one, Capture) and one.listing == "posts" for one in events) == 1
    (end,) = (one for one in events if isinstance(one, ListingEnd) and one.listing == "posts")
    assert (end.complete, end.since) == (True, since)
    roots = [one.scope for one in events if isinstance(one, ListingEnd) and one.listing == "thread"]
    assert roots == ["alv-p059", "alv-p058"]


def test_threads_asked_late() -> None:
    """Further roots are asked for after the own listing, each thread once, and roots named again are not repeated."""
    since = END - timedelta(days=40)
    events: list[Any] = []

    def more() -> Iterator[str]:
        assert any(isinstance(one, ListingEnd) and one.listing == "posts" for one in events)
        yield from ("alv-p001", "alv-p059", "alv-p001")

    fetched = session("alvsjobro", END).fetch(Window(since=since, now=END), more())
    while (event := next(fetched, None)) is not None:
        events.append(event)
    roots = [one.scope for one in events if isinstance(one, ListingEnd) and one.listing == "thread"]
    assert roots == ["alv-p059", "alv-p058", "alv-p001"]


def test_long_thread_pages(tmp_path: Path) -> None:
    """A thread of 250 comments comes in three pages, every comment once, parents before answers."""
    recording = small()
    begin = datetime(2024, 5, 2, tzinfo=UTC)
    for number in range(249):
        recording["items"].append(
            {
                "id": f"x{number}",
                "author": {"id": "they"},
                "created": (begin + timedelta(minutes=number)).isoformat(),
                "parent": f"x{number - 1}" if number else "c1",
                "thread": "p1",
            }
        )
    open_session = opened(tmp_path, recording)
    pages = [
        one
        for one in everything(open_session, datetime(2024, 6, 1, tzinfo=UTC))
        if isinstance(one, Capture) and one.listing == "thread"
    ]
    found = [seen.native for page in pages for seen in open_session.parse(page).items if not seen.secondary]
    assert len(pages) == 3
    assert found == ["c1", *(f"x{number}" for number in range(249))]


def test_outages_and_token() -> None:
    """An outage or an expired token refuses the night by a finding; an outage in the midst leaves a cut listing."""
    with pytest.raises(ConnectionRefusedByPlatformError) as storm:
        session("alvsjobro", datetime(2022, 1, 30, 2, tzinfo=UTC)).health()
    assert storm.value.finding.code == "H106"
    with pytest.raises(ConnectionRefusedByPlatformError) as expired:
        session("alvsjobro", datetime(2023, 1, 2, 10, tzinfo=UTC)).health()
    assert expired.value.finding.code == "H101"
    fresh = session("alvsjobro", datetime(2023, 1, 4, tzinfo=UTC)).health()
    assert fresh.token_expires == datetime(2027, 1, 3, 9, tzinfo=UTC)
    at = datetime(2024, 6, 4, 2, tzinfo=UTC)
    open_session = session("alvsjobro", at)
    open_session.health()
    events = everything(open_session, at)
    assert any(isinstance(one, Finding) and one.code == "H106" for one in events)
    assert any(isinstance(one, Capture) and one.listing == "posts" for one in events)
    assert not any(isinstance(one, ListingEnd) and one.listing == "thread" and one.complete for one in events)
    assert {one.outcome for one in open_session.look_up(["alv-p001"])} == {"unclear"}


def test_cut_listing(tmp_path: Path) -> None:
    """An outage between two pages of the own listing leaves it incomplete, with the reason, down to nothing."""
    recording = small()
    recording["items"] += [
        {"id": f"q{number}", "author": {"id": "us"}, "created": f"2024-05-03T10:{number // 60:02}:{number % 60:02}Z"}
        for number in range(150)
    ]
    recording["outages"] = [{"from": "2024-06-01T00:00:00Z", "after": 3}]
    open_session = opened(tmp_path, recording)
    open_session.health()
    events = everything(open_session, datetime(2024, 6, 1, tzinfo=UTC))
    assert sum(isinstance(one, Capture) and one.listing == "posts" for one in events) == 1
    assert ListingEnd(listing="posts", scope="", complete=False, since=None, reason="H106") in events


def test_deterministic() -> None:
    """Two sessions at one instant give equal events, and parsing twice gives equal items and findings."""
    at = datetime(2023, 8, 8, tzinfo=UTC)
    first, second = session("alvsjobro", at), session("alvsjobro", at)
    events = everything(first, at)
    assert events == everything(second, at)
    captures = [one for one in events if isinstance(one, Capture)]
    assert [first.parse(one) for one in captures] == [second.parse(one) for one in captures]


def test_media() -> None:
    """A picture is served while an item shows it; a file that cannot be had, or not yet, is H118; a large one H119."""
    at = datetime(2020, 9, 1, tzinfo=UTC)
    reference = MediaRef(role="picture", origin="media/lekplats.png", media_type="image/png")
    fetched = session("alvsjobro", at).fetch_media(reference, "alvsjobro", 100_000)
    with fetched.file:
        assert fetched.file.read() == (DEMO / "alvsjobro" / "media" / "lekplats.png").read_bytes()
    for moment, limit, code in (
        (datetime(2020, 8, 18, tzinfo=UTC), 100_000, "H118"),
        (datetime(2020, 8, 16, tzinfo=UTC), 100_000, "H118"),
        (at, 10, "H119"),
    ):
        with pytest.raises(MediaError) as refused:
            session("alvsjobro", moment).fetch_media(reference, "alvsjobro", limit)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "origin",
    [
        *("media/../recording.json", "../rec/media/ok.png", "media//ok.png", "media", "recording.json", ""),
        *("media/link.png", "media/linked/ok.png", "media/pipe", "media/folder", "media/a\x00b", "media\\ok.png"),
        *("media/./ok.png", "media/missing.png", "media/\udc80.png", "/etc/hostname"),
    ],
)
def test_path_tricks_refused(tmp_path: Path, origin: str) -> None:
    """No file but a plain one below ``media/`` is ever served, whatever the recording says."""
    media = tmp_path / "rec" / "media"
    (media / "folder").mkdir(parents=True)
    (media / "ok.png").write_bytes(b"ok")
    (media / "link.png").symlink_to(media / "ok.png")
    (media / "linked").symlink_to(media)
    os.mkfifo(media / "pipe")
    attachments = [{"file": one, "type": "image/png"} for one in ("media/ok.png", origin or "media/x")]
    open_session = opened(tmp_path, small(attachments=attachments))
    fetched = open_session.fetch_media(MediaRef(role="picture", origin="media/ok.png"), None, 100)
    assert fetched.size == 2
    fetched.file.close()
    with pytest.raises(MediaError):
        open_session.fetch_media(MediaRef(role="picture", origin=origin), None, 100)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"created": "2024-05-01T10:00:00"}, "items[0].created"),
        ({"created": 7}, "items[0].created"),
        ({"created": "0001-01-01T00:00:00+14:00"}, "items[0].created"),
        ({"txt": "x"}, "items[0].'txt'"),
        ({"text": 3}, "items[0].text"),
        ({"id": ""}, "items[0].id"),
        ({"id": "c1"}, "items[1].id"),
        ({"author": {"name": "x"}}, "items[0].author.id"),
        ({"author": {"id": "they"}}, "items[0].parent"),
        ({"author": None}, "items[0].parent"),
        ({"parent": "nowhere"}, "items[0].parent"),
        ({"parent": "c1", "thread": "p1"}, "items[0].created"),
        ({"thread": "other"}, "items[0].thread"),
        ({"edits": [{"at": "2024-04-01T00:00:00Z"}]}, "items[0].edits[0].at"),
        ({"edits": [{"at": "2024-05-02T00:00:00Z", "texts": ""}]}, "items[0].edits[0].'texts'"),
        ({"counts": [{"at": "2024-05-02T00:00:00Z", "likes": -1}]}, "items[0].counts[0].likes"),
        ({"counts": {}}, "items[0].counts"),
        ({"attachments": [{"file": "media/x.png"}]}, "items[0].attachments[0].type"),
        ({"attachments": ["media/x.png"]}, "items[0].attachments[0]"),
        ({"hidden_at": "2024-05-02T00:00:00Z", "shown_again_at": "2024-05-01T00:00:00Z"}, "items[0].shown_again_at"),
        ({"unavailable": [{"to": "2024-05-02T00:00:00Z"}]}, "items[0].unavailable[0].from"),
        ({"boost": "p0"}, "items[0].boost"),
        ({"boost": {"id": "p0"}}, "items[1].parent"),
        ({"links": [None]}, "items[0].links[0]"),
        ({"extra": []}, "items[0].extra"),
    ],
)
def test_broken_item_named(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    """A fault in an item is refused with file, place and remedy, and shows no text of it."""
    with pytest.raises(RefusedError) as refused:
        read_folder(written(tmp_path, small(**change)))
    assert refused.value.field == f"recording.json: {place}"
    assert refused.value.remedy
    assert "Hallå" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": "other/1"}, "recording.json: format"),
        ({"account": {"id": "us"}}, "recording.json: account.handle"),
        ({"outages": [{"from": "2024-01-01T00:00:00Z", "answer": 200}]}, "recording.json: outages[0].answer"),
        ({"outages": [{"from": "2024-01-01T00:00:00Z", "after": True}]}, "recording.json: outages[0].after"),
        ({"tokens": [{"issued": "2024-01-01T00:00:00Z"}]}, "recording.json: tokens[0].expires"),
        ({"profile": [{"name": "x"}]}, "recording.json: profile[0].at"),
        ({"items": {}}, "recording.json: items"),
        ({"more": 1}, "recording.json: 'more'"),
    ],
)
def test_broken_file_named(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    """A fault beside the items is refused with file and place."""
    with pytest.raises(RefusedError) as refused:
        read_folder(written(tmp_path, {**small(), **change}))
    assert refused.value.field == place


def test_unreadable_files_named(tmp_path: Path) -> None:
    """Cut JSON, no recording, a link or a pipe in its place: each is refused by name, and a pipe is not waited for."""
    path = tmp_path / "recording.json"
    with pytest.raises(RefusedError, match="put recording"):
        read_folder(tmp_path)
    path.write_text('{"format": "bevara-rec', "utf-8")
    with pytest.raises(RefusedError, match=r"recording\.json: 'no JSON at byte"):
        read_folder(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(RefusedError, match="ordinary file"):
        read_folder(tmp_path)
    path.unlink()
    path.symlink_to(DEMO / "alvsjobro" / "recording.json")
    with pytest.raises(RefusedError, match="ordinary file"):
        read_folder(tmp_path)


def test_broken_recording_refuses_account(tmp_path: Path) -> None:
    """In a run a broken recording stops its account alone, by a finding that names place and remedy."""
    with pytest.raises(ConnectionRefusedByPlatformError) as refused:
        opened(tmp_path, small(created="yesterday")).health()
    assert refused.value.finding.code == "H149"
    assert dict(refused.value.finding.parameters)["place"] == "recording.json: items[0].created"
    with pytest.raises(ConnectionRefusedByPlatformError) as other:
        sample.open(account(written(tmp_path / "rec", small()), "Andra"), None, At(END)).health()
    assert other.value.finding.code == "H116"
    with pytest.raises(RefusedError, match="path"):
        sample.open(account(tmp_path / "none", "Vi"), None, At(END))


def test_several_files_are_one_account(tmp_path: Path) -> None:
    """``recording-*.json`` add up; a second account in the folder is refused."""
    whole = small()
    written(tmp_path, {**whole, "items": whole["items"][:1]})
    (tmp_path / "recording-2.json").write_text(json.dumps({"format": whole["format"], "items": whole["items"][1:]}))
    assert set(read_folder(tmp_path).items) == {"p1", "c1"}
    other = {**whole, "account": {**whole["account"], "id": "them"}, "items": []}
    (tmp_path / "recording-3.json").write_text(json.dumps(other))
    with pytest.raises(RefusedError, match=r"recording-3\.json: account"):
        read_folder(tmp_path)


def page(item: object, listing: str = "thread", **more: Any) -> Capture:
    """An answer as a faulty platform might give it."""
    return Capture(
        endpoint=listing,
        parameters={},
        status=200,
        at=datetime(2024, 6, 1, tzinfo=UTC),
        body={"items": [item], "cursor": None, **more},
        listing=listing,
        context={"own": "us", "root": "p1"},
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": None}, "H122"),
        ({"author": None}, "H124"),
        ({"author": "x"}, "H126"),
        ({"created_at": "2024-05-01T10:00:00"}, "H123"),
        ({"created_at": "2031-05-01T10:00:00Z"}, "H123"),
        ({"edited_at": 5}, "H123"),
        ({"text": ["x"]}, "H126"),
        ({"links": "x"}, "H126"),
        ({"links": [1]}, "H126"),
        ({"attachments": [{}]}, "H126"),
        ({"counts": {"likes": 2**70}}, "H126"),
        ({"counts": {"likes": True}}, "H126"),
        ({"mood": 1}, "H121"),
        ({"author": {"id": "they", "name": "x", "badge": 1}}, "H121"),
    ],
)
def test_parse_odd_fields(change: dict[str, Any], code: str) -> None:
    """An odd field is a finding; the item is kept with the rest, unless it cannot be named at all."""
    item = {"id": "c1", "author": {"id": "they", "name": "De"}, "in_reply_to": "p1", "thread": "p1", "text": "Hej"}
    parsed = sample.parse(page({**item, **change}))
    assert [finding.code for finding in parsed.findings] == [code]
    assert [seen.native for seen in parsed.items] == ([] if code == "H122" else ["c1"])


def test_parse_hostile_answers() -> None:
    """Foreign items in the own listing, repeats and bodies of another form are findings; characters stay exact."""
    odd = {"id": "p9", "author": {"id": "us", "name": "\u202eVi"}, "text": "a\x00\ud800<b>\u200f⟦", "thread": "p9"}
    (seen,) = sample.parse(page(odd, "posts")).items
    assert seen.text == "a\x00⟦U+D800⟧<b>\u200f⟦U+27E6⟧"
    assert "\\ud800" in seen.payload
    assert seen.author == "\u202eVi"
    foreign = sample.parse(page({**odd, "author": {"id": "they"}}, "posts"))
    assert ([one.code for one in foreign.findings], list(foreign.items)) == (["H125"], [])
    twice = sample.parse(page(odd, root=odd))
    assert ([one.code for one in twice.findings], len(twice.items)) == (["H115"], 1)
    bodies: tuple[Any, ...] = (None, [], "x", {"items": None}, {"items": {"a": 1}})
    for body in bodies:
        broken = Capture(endpoint="posts", parameters={}, status=200, at=END, body=body, listing="posts", context={})
        assert [one.code for one in sample.parse(broken).findings] == ["H128"]


def test_demo_accounts_can_be_opened() -> None:
    """Every register file of the demonstration names a recording that can be read, with its handle."""
    files = sorted((DEMO / "accounts").glob("*.toml"))
    assert len(files) == 3
    for file in files:
        one = account_from(tomllib.loads(file.read_text("utf-8")), file.name)
        assert read_folder((file.parent / one.path).resolve()).handle == one.handle


def test_demo_media_and_size() -> None:
    """Every attachment of the demonstration is there, each under 20 kB, and the whole under 600 kB."""
    for name in ACCOUNTS:
        found = items(session(name, END), END)
        origins = {one.origin for seen in found.values() for one in seen.media}
        files = {f"media/{path.name}": path for path in (DEMO / name / "media").iterdir()}
        assert origins <= files.keys()
        assert all(path.stat().st_size < 20_000 for path in files.values())
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 600_000


def test_demo_nights() -> None:
    """The nights are in order, and every mark names an item that is there on a night that is played."""
    plan = tomllib.loads((DEMO / "nights.toml").read_text("utf-8"))
    nights = [night["at"] for night in plan["night"]]
    assert nights == sorted(set(nights))
    assert {(night.month, night.day) for night in nights if night.month == 1} >= {(1, 1), (1, 2)}
    created = {
        (name, item["id"]): datetime.fromisoformat(item["created"])
        for name in ACCOUNTS
        for item in recorded(name)["items"]
    }
    for mark in plan["mark"]:
        assert mark["after"] in nights
        assert created[mark["account"], mark["native"]] < mark["after"]
        assert mark["by"] in {person["name"] for person in plan["person"]}
