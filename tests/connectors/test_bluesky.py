"""Bluesky against a server that misbehaves: pages, log-ins, threads and blobs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.http import Budget
from connectors.platforms.bluesky.names import blob_cid
from connectors.platforms.bluesky.session import BlueskySession
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Window
from schemas.record import MediaRef

NOW = datetime(2026, 12, 1, tzinfo=UTC)
OWN = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
POST = "app.bsky.feed.post"
QUICK = Budget(attempts=2, first_pause=0.001, quiet=5, longest=5)
Answer = tuple[int, Any]
Handler = Callable[[Request], Answer]
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def tid(moment: datetime) -> str:
    """The record key of a moment."""
    number = int(moment.timestamp() * 1_000_000) << 10
    return "".join(DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def entry(days: float, *, did: str = OWN, stated: float | None = None) -> dict[str, Any]:
    """A post made so many days ago, as a listing gives it; ``stated`` when its author says another time."""
    created = NOW - timedelta(days=days if stated is None else stated)
    return {
        "uri": f"at://{did}/{POST}/{tid(NOW - timedelta(days=days))}",
        "cid": "bafyx",
        "value": {"$type": POST, "text": f"{days}", "createdAt": created.isoformat()},
    }


@dataclass(slots=True)
class Fake:
    """A personal data server whose answers a test sets by endpoint."""

    server: HTTPServer
    asked: Counter[str] = field(default_factory=Counter)
    handlers: dict[str, Handler] = field(default_factory=dict)
    pages: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Its address."""
        return self.server.url_for("").rstrip("/")

    def answer(self, request: Request) -> Response:
        """The test's answer, or the plain one."""
        name = request.path.rpartition("/")[2]
        self.asked[name] += 1
        status, body = self.handlers.get(name, self.plain)(request)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        return Response(data, status=status, content_type=kind)

    def plain(self, request: Request) -> Answer:
        """What a well-behaved server with no records answers; ``pages`` holds the own listing's pages."""
        name = request.path.rpartition("/")[2]
        if name in ("com.atproto.server.createSession", "com.atproto.server.refreshSession"):
            return 200, {
                "accessJwt": "jwt-a",
                "refreshJwt": "jwt-r",
                "did": OWN,
                "handle": "kommun.test",
                "active": True,
            }
        if name == "com.atproto.identity.resolveHandle":
            return 200, {"did": OWN}
        if name == "com.atproto.repo.listRecords":
            return 200, self.page(request)
        if name == "com.atproto.repo.getRecord":
            return 400, {"error": "RecordNotFound", "message": "x"}
        if name == "app.bsky.feed.getPosts":
            return 200, {"posts": [{"uri": uri, "replyCount": 0} for uri in request.args.getlist("uris")]}
        return 404, {"error": "NotFound", "message": "x"}

    def page(self, request: Request) -> Any:
        """The page a cursor points to; like the real server, a cursor with the last page that has records."""
        pages = self.pages.get(request.args["collection"], [])
        number = int(request.args.get("cursor", "0"))
        if number >= len(pages):
            return {"records": []}
        return (
            pages[number] if isinstance(pages[number], dict) else {"records": pages[number], "cursor": str(number + 1)}
        )


@pytest.fixture
def fake(httpserver: HTTPServer) -> Fake:
    """A fake server of this test alone."""
    made = Fake(httpserver)
    httpserver.expect_request(re.compile(r"/.*")).respond_with_handler(made.answer)
    return made


def opened(fake: Fake, secret: str | None = "hemlig-1", pages: int = 50) -> BlueskySession:
    """A session with the fake server."""
    account = Account(
        name="kommun",
        platform="bluesky",
        handle="@kommun.test",
        authority="ks",
        api_base=fake.base,
        plc_base=fake.base,
        credentials_env="BLUESKY_PASSWORD",
    )
    return BlueskySession(account, secret, FixedClock(NOW), budget=QUICK, pages=pages)


@dataclass(slots=True)
class Run:
    """What a fetch gave."""

    items: list[str] = field(default_factory=list)
    ends: dict[tuple[str, str], ListingEnd] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    @property
    def end(self) -> ListingEnd:
        """The end of the own listing."""
        return self.ends["posts", ""]


def run(session: BlueskySession, since: float | None = None, threads: Iterable[str] = ()) -> Run:
    """Fetch and parse."""
    done = Run()
    window = Window(since=None if since is None else NOW - timedelta(days=since), now=NOW)
    for step in session.fetch(window, threads):
        if isinstance(step, ListingEnd):
            done.ends[step.listing, step.scope] = step
        elif isinstance(step, Finding):
            done.codes.add(step.code)
        else:
            assert isinstance(step, Capture)
            parsed = session.parse(step)
            done.items.extend(seen.native for seen in parsed.items)
            done.codes |= {one.code for one in parsed.findings}
    session.close()
    return done


def test_every_page_is_read(fake: Fake) -> None:
    """A cursor with the last page that has records, and an empty page after it, end a complete listing."""
    entries = [entry(day) for day in range(250)]
    fake.pages[POST] = [entries[:100], entries[100:200], entries[200:]]
    done = run(opened(fake))
    assert [uri for uri in done.items if uri in {one["uri"] for one in entries}] == [one["uri"] for one in entries]
    assert (done.end.complete, done.end.since) == (True, None)


def test_reading_stops_after_a_page_wholly_older(fake: Fake) -> None:
    """One old post does not end the reading, nor a page whose authors state old times; a wholly old page does."""
    fake.pages[POST] = [
        [entry(1), entry(40), entry(41)],
        [entry(42), entry(43, stated=2)],
        [entry(50), entry(51)],
        [entry(60)],
    ]
    done = run(opened(fake), since=30)
    assert entry(50)["uri"] in done.items
    assert entry(60)["uri"] not in done.items
    assert done.end.complete
    assert done.end.since == NOW - timedelta(days=30)
    assert {scope for name, scope in done.ends if name == "thread"} == {entry(1)["uri"], entry(43)["uri"]}


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([[entry(1)], {"records": [entry(2)], "cursor": "1"}], "H114"),
        ([[entry(1)], {"records": [entry(1)], "cursor": "2"}, [entry(3)]], "H114"),
        ([{"records": [], "cursor": "1"}, {"records": [], "cursor": "2"}, {"records": [], "cursor": "3"}], "H114"),
        ([[entry(1)], {"cursor": "2"}], "H128"),
        ([["no", "entries", 7], {"records": "cut"}], "H128"),
        ([[entry(number)] for number in range(60)], "H113"),
    ],
    ids=["cursor-loops", "page-repeats", "empty-pages", "records-missing", "records-odd", "too-many-pages"],
)
def test_bad_pages_end_in_an_incomplete_listing(fake: Fake, pages: list[Any], code: str) -> None:
    """Cursors that loop, repeated, endless, cut and odd pages: what came is kept, and the listing is not complete."""
    fake.pages[POST] = pages
    done = run(opened(fake))
    assert (done.end.complete, done.end.reason) == (False, code)
    assert code in done.codes


def test_reordered_pages_are_read_to_the_end(fake: Fake) -> None:
    """When a page is out of order an old page is no proof of the end, so everything is read."""
    fake.pages[POST] = [[entry(50), entry(1)], [entry(60)], [entry(2)]]
    done = run(opened(fake), since=30)
    assert entry(2)["uri"] in done.items
    assert done.end.complete
    assert "H115" in done.codes


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, {}, "H106"),
        (429, {}, "H105"),
        (403, {}, "H102"),
        (200, b"<html>", "H108"),
        (404, {}, "H128"),
        (400, {"error": "RepoTakendown"}, "H128"),
    ],
)
def test_failing_pages_never_count_as_the_end(fake: Fake, status: int, body: Any, code: str) -> None:
    """A page that fails is a finding and leaves the listing incomplete; the other listings go on."""
    fake.handlers["com.atproto.repo.listRecords"] = lambda request: (
        (status, body) if request.args["collection"] == POST else (200, {"records": []})
    )
    done = run(opened(fake))
    assert not done.end.complete
    assert done.codes >= {code}


def test_an_expired_login_is_renewed_once(fake: Fake) -> None:
    """An expired access token is renewed with the refresh token, and the request is repeated."""
    fake.pages[POST] = [[entry(1)]]

    def list_records(request: Request) -> Answer:
        if fake.asked["com.atproto.server.refreshSession"]:
            return 200, fake.page(request)
        return 400, {"error": "ExpiredToken", "message": "Token has expired"}

    fake.handlers["com.atproto.repo.listRecords"] = list_records
    done = run(opened(fake))
    assert done.end.complete
    assert fake.asked["com.atproto.server.createSession"] == fake.asked["com.atproto.server.refreshSession"] == 1


def test_a_login_that_cannot_be_renewed_is_told(fake: Fake) -> None:
    """When renewal is refused, every listing is incomplete with the code of a refused log-in."""
    fake.handlers["com.atproto.repo.listRecords"] = lambda _: (400, {"error": "ExpiredToken"})
    fake.handlers["com.atproto.server.refreshSession"] = lambda _: (401, {"error": "ExpiredToken"})
    done = run(opened(fake))
    assert (done.end.complete, done.end.reason) == (False, "H101")


@pytest.mark.parametrize(
    ("endpoint", "status", "body", "code"),
    [
        ("com.atproto.server.createSession", 401, {"error": "AuthenticationRequired"}, "H156"),
        ("com.atproto.server.createSession", 401, {"error": "AccountTakedown"}, "H157"),
        ("com.atproto.server.createSession", 200, {"active": False}, "H157"),
        ("com.atproto.server.createSession", 200, {"did": OWN}, "H128"),
        ("com.atproto.server.createSession", 500, {}, "H106"),
        ("com.atproto.identity.resolveHandle", 200, {"did": OTHER}, "H116"),
        ("com.atproto.identity.resolveHandle", 400, {"error": "HandleNotFound"}, "H158"),
    ],
)
def test_an_account_that_cannot_be_read_is_refused(
    fake: Fake, endpoint: str, status: int, body: Any, code: str
) -> None:
    """A refused password, a closed account, another's account and an unknown handle stop the account with a code."""
    fake.handlers[endpoint] = lambda _: (status, body)
    session = opened(fake)
    with pytest.raises(ConnectionRefusedByPlatformError) as refused:
        session.health()
    assert refused.value.finding.code == code
    assert "hemlig" not in str(refused.value)
    session.close()


def node(rkey: str, *replies: Any, count: int | None = None, did: str = OTHER) -> dict[str, Any]:
    """A node of a thread; ``count`` when the platform counts other replies than it shows."""
    uri = f"at://{did}/{POST}/{rkey}"
    record = {
        "text": rkey,
        "createdAt": "2026-11-01T00:00:00Z",
        "reply": {"root": {"uri": uri}, "parent": {"uri": uri}},
    }
    post = {"uri": uri, "cid": "bafyx", "author": {"did": did, "handle": "bo.test"}, "record": record}
    return {"post": {**post, "replyCount": len(replies) if count is None else count}, "replies": list(replies)}


def test_replies_that_an_answer_leaves_out_are_asked_for(fake: Fake) -> None:
    """Where more replies are counted than shown, that post's own thread is read; what is still missing is told."""
    start = entry(1)
    root = start["uri"].rpartition("/")[2]
    fake.pages[POST] = [[start]]
    fake.handlers["app.bsky.feed.getPosts"] = lambda _: (200, {"posts": [{"uri": start["uri"], "replyCount": 1}]})
    deep = {"b": node("b", node("c", count=2))}
    fake.handlers["app.bsky.feed.getPostThread"] = lambda request: (
        200,
        {
            "thread": {
                root: node(root, node("b", count=1), did=OWN),
                **deep,
                "c": node("c", node("d"), count=2),
            }[request.args["uri"].rpartition("/")[2]]
        },
    )
    done = run(opened(fake))
    assert {uri.rpartition("/")[2] for uri in done.items} == {root, "b", "c", "d"}
    assert done.ends["thread", start["uri"]].reason == "H132"
    assert fake.asked["app.bsky.feed.getPostThread"] == 3


def test_threads_without_replies_are_not_asked_for(fake: Fake) -> None:
    """Where the platform counts no replies the thread is complete without a request; an older one, too."""
    fake.pages[POST] = [[entry(1), entry(2)]]
    older = f"at://{OWN}/{POST}/{tid(NOW - timedelta(days=400))}"
    done = run(opened(fake), threads=[older, older])
    assert fake.asked["app.bsky.feed.getPostThread"] == 0
    assert {scope: end.complete for (name, scope), end in done.ends.items() if name == "thread"} == {
        entry(1)["uri"]: True,
        entry(2)["uri"]: True,
        older: True,
    }


def test_a_thread_that_fails_leaves_the_others_alone(fake: Fake) -> None:
    """One thread's server error makes that thread incomplete, and the next is read."""
    first, second = entry(1), entry(2)
    fake.pages[POST] = [[first, second]]
    fake.handlers["app.bsky.feed.getPosts"] = lambda _: (503, {})
    key = second["uri"].rpartition("/")[2]
    fake.handlers["app.bsky.feed.getPostThread"] = lambda request: (
        (500, {}) if request.args["uri"] == first["uri"] else (200, {"thread": node(key, node("x"), did=OWN)})
    )
    done = run(opened(fake))
    assert done.ends["thread", first["uri"]].reason == "H106"
    assert done.ends["thread", second["uri"]].complete
    assert f"at://{OTHER}/{POST}/x" in done.items


def test_a_blob_must_match_its_id(fake: Fake) -> None:
    """Bytes that do not give the blob's id are refused; the right ones are taken from the author's own server."""
    data = b"\x89PNG"
    digest = "0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d7540d2c248543"
    fake.handlers["com.atproto.sync.getBlob"] = lambda _: (200, data)
    service = {"id": "#atproto_pds", "serviceEndpoint": fake.base}
    fake.handlers[OTHER] = lambda _: (200, {"id": OTHER, "service": [service]})
    session = opened(fake)
    good = MediaRef(role="picture", origin=f"{OTHER}/{blob_cid(digest)}")
    with session.fetch_media(good, OTHER, 100).file as file:
        assert file.read() == data
    for origin, code in ((f"{OTHER}/{blob_cid('00' * 32)}", "H120"), ("skräp", "H118")):
        with pytest.raises(MediaError, match=code):
            session.fetch_media(MediaRef(role="picture", origin=origin), None, 100)
    assert fake.asked[OTHER] == 1
    session.close()


GONE = {"error": "RecordNotFound"}


@pytest.mark.parametrize(
    ("document", "record", "commit", "outcome"),
    [
        ((404, {}), (400, GONE), (200, {}), ("unclear", "")),
        ((200, {"service": "odd"}), (400, GONE), (200, {}), ("unclear", "")),
        ((200, None), (400, GONE), (200, {"rev": "3x"}), ("not_found", "author")),
        ((200, None), (400, GONE), (404, {}), ("not_found", "")),
        ((200, None), (400, GONE), (500, {}), ("not_found", "")),
        ((200, None), (400, GONE), (400, {"error": "RepoDeactivated"}), ("not_found", "account")),
        ((200, None), (400, GONE), (400, {"error": "RepoTakendown"}), ("not_found", "platform")),
        ((200, None), (400, {"error": "RepoNotFound"}), (200, {}), ("not_found", "account")),
        ((200, None), (400, {"error": "AccountTakedown"}), (200, {}), ("not_found", "platform")),
        ((200, None), (400, {"error": "InvalidRequest"}), (200, {}), ("unclear", "")),
        ((200, None), (200, {"value": {}}), (200, {}), ("unclear", "")),
        ((200, None), (500, {}), (200, {}), ("unclear", "")),
        ((500, {}), (400, GONE), (200, {}), ("unclear", "")),
    ],
)
def test_not_found_needs_the_authors_own_server(
    fake: Fake, document: Answer, record: Answer, commit: Answer, outcome: tuple[str, str]
) -> None:
    """A post that the AppView does not show is gone only when its author's own server says so, and why only as it says."""
    service = {"id": f"{OTHER}#atproto_pds", "serviceEndpoint": fake.base}
    status, body = document
    fake.handlers[OTHER] = lambda _: (status, {"service": [service]} if body is None else body)
    fake.handlers["app.bsky.feed.getPosts"] = lambda _: (200, {"posts": []})
    fake.handlers["com.atproto.repo.getRecord"] = lambda _: record
    fake.handlers["com.atproto.sync.getLatestCommit"] = lambda _: commit
    session = opened(fake)
    (answer,) = session.look_up([f"at://{OTHER}/{POST}/x"])
    assert (answer.outcome, answer.cause) == outcome
    session.close()
