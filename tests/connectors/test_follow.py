"""Following against real loopback servers: what is heard is what the night would have read, and nothing is lost."""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import libipld
import pytest
from pytest_httpserver import HTTPServer
from websockets import Request, Response
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.sync.server import Server, ServerConnection, serve

from connectors.clock import FixedClock
from connectors.home import init_home, open_home
from connectors.http import HttpError
from connectors.platforms import bluesky, mastodon
from connectors.platforms.bluesky.firehose import Event, Firehose
from connectors.websocket import Socket
from flows.archive.coverage import month_note
from flows.harvest.command import follow_accounts, harvest_accounts
from flows.harvest.follow import FollowOrder, follow
from flows.harvest.tally import Tally
from flows.keep.read import read_live
from schemas.account import Account
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import Month
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, Follower, Vanished
from tests.connectors.mastodon_server import TOKEN, MastodonServer
from tests.connectors.test_bluesky import OTHER, OWN, POST, Fake

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Stream:
    """A WebSocket server: what is put into it is sent to whoever is connected; None hangs up."""

    sent: queue.Queue[bytes | str | None] = field(default_factory=queue.Queue)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    server: Server | None = None

    def __enter__(self) -> Self:
        """Begin to listen."""
        self.server = serve(self._serve, "127.0.0.1", 0, process_request=self._refuse)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        assert self.server is not None
        self.sent.put(None)
        self.server.shutdown()

    @property
    def address(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}"

    def _refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        status = request.path.strip("/").partition("?")[0]
        if not status.isdigit():
            return None
        refused = connection.respond(HTTPStatus(int(status)), "nej")
        refused.headers["Location"] = f"{self.address}/annan"
        return refused

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.asked.append((connection.request.path, dict(connection.request.headers.raw_items())))
        while _open(connection):
            try:
                message = self.sent.get(timeout=0.05)
            except queue.Empty:
                continue
            if message is None:
                if not _open(connection):
                    self.sent.put(None)
                return
            try:
                connection.send(message)
            except ConnectionClosed:
                self.sent.put(message)


def _open(connection: ServerConnection) -> bool:
    return connection.state is State.OPEN


@pytest.fixture
def fake(httpserver: HTTPServer) -> Fake:
    """A personal data server."""
    made = Fake(httpserver)
    httpserver.expect_request(re.compile(r"/.*")).respond_with_handler(made.answer)
    return made


@pytest.fixture
def stream() -> Iterator[Stream]:
    """A stream that nobody listens to yet."""
    with Stream() as made:
        yield made


def until(check: Callable[[], bool], seconds: float = 8) -> Callable[[], bool]:
    """Stop when it is so, or after so many seconds."""
    deadline = time.monotonic() + seconds
    return lambda: check() or time.monotonic() > deadline


def heard(session: Follower, count: int, memory: dict[str, str] | None = None) -> list[Capture | Vanished | Finding]:
    """The first events that a follower hands over."""
    events: list[Capture | Vanished | Finding] = []
    ends = until(lambda: len(events) >= count)
    for event in session.follow(ends, memory or {}):
        events.append(event)
        if len(events) >= count:
            break
    return events


# -- the AT Protocol's stream


def link(data: bytes) -> bytes:
    """The CID of a DAG-CBOR block, as bytes (its digest is not checked by anybody here)."""
    return b"\x01\x71\x12\x20" + (data * 32)[:32]


def tagged(value: bytes) -> bytes:
    """A link in DAG-CBOR: tag 42."""
    return b"\xd8\x2a\x58" + bytes([len(value) + 1]) + b"\x00" + value


def frame(seq: int, did: str, *ops: tuple[str, str, dict[str, Any] | None], kind: str = "#commit") -> bytes:
    """A message of the stream: header and body, with the records in a CAR."""
    blocks = b""
    shown = []
    for number, (action, path, record) in enumerate(ops):
        cid = None
        if record is not None:
            data = libipld.encode_dag_cbor(record)
            cid = link(bytes([number + 1]))
            blocks += bytes([*_varint(len(cid) + len(data))]) + cid + data
        shown.append((action, path, cid))
    root = link(b"\xff")
    head = b"\xa2\x65roots\x81" + tagged(root) + b"\x67version\x01"
    car = bytes([*_varint(len(head))]) + head + blocks
    text = libipld.encode_dag_cbor
    listed = b"".join(
        b"\xa3"
        + text("cid")
        + (tagged(cid) if cid else b"\xf6")
        + text("path")
        + text(path)
        + text("action")
        + text(action)
        for action, path, cid in shown
    )
    body = b"\xa5" + text("ops") + bytes([0x80 + len(shown)]) + listed + text("seq") + text(seq)
    body += text("repo") + text(did) + text("time") + text("2026-12-01T00:00:00.000Z") + text("blocks") + text(car)
    return bytes(text({"t": kind, "op": 1}) + body)


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number


def answer(text: str, root: str, parent: str = "") -> dict[str, Any]:
    """A record that answers."""
    reply = {"root": {"uri": root, "cid": "bafyx"}, "parent": {"uri": parent or root, "cid": "bafyx"}}
    return {"$type": POST, "text": text, "createdAt": "2026-11-30T23:59:00Z", "reply": reply}


def follower(fake: Fake, stream: Stream, seq: str = "") -> tuple[Follower, dict[str, str]]:
    """A Bluesky session that listens to the stream."""
    account = Account(
        name="kommun",
        platform="bluesky",
        handle="kommun.test",
        authority="ks",
        api_base=fake.base,
        plc_base=fake.base,
        options=(("firehose", stream.address),),
    )
    return bluesky.open(account, "hemlig-1", FixedClock(NOW)), {"platform.firehose": seq} if seq else {}


ROOT = f"at://{OWN}/{POST}/3kaaaaaaaaa2a"


def test_bluesky_events_are_read_as_the_night_reads_them(fake: Fake, stream: Stream) -> None:
    """Answers to us and our own records are handed over as the nightly captures are, with the same identity."""
    fake.handlers[OTHER] = lambda _: (200, {"alsoKnownAs": ["at://nils.test"], "service": []})
    own = {"$type": POST, "text": "Eget", "createdAt": "2026-11-30T23:59:00Z"}
    for message in (
        frame(
            7, OTHER, ("create", f"{POST}/3kbbbbbbbbb2b", answer("Inget om oss", f"at://{OTHER}/{POST}/3kccccccccc2c"))
        ),
        frame(8, OTHER, ("create", f"{POST}/3kddddddddd2d", answer("Fråga", ROOT))),
        frame(
            9,
            OWN,
            ("create", f"{POST}/3keeeeeeeee2e", own),
            ("update", "app.bsky.actor.profile/self", {"displayName": "K"}),
        ),
        frame(10, OTHER, ("delete", f"{POST}/3kddddddddd2d", None), ("delete", "app.bsky.feed.like/3k", None)),
        frame(11, OWN, ("delete", f"{POST}/3keeeeeeeee2e", None)),
    ):
        stream.sent.put(message)
    session, memory = follower(fake, stream, "6")
    events = heard(session, 5, memory)
    shown = [session.parse(one).items[0] for one in events if isinstance(one, Capture)]
    assert [(one.kind, one.text, one.author) for one in shown] == [
        ("comment", "Fråga", "nils.test"),
        ("post", "Eget", "kommun.test"),
        ("profile", "K", "kommun.test"),
    ]
    assert (shown[0].parent_native, shown[0].thread_native) == (ROOT, ROOT)
    listed = {"uri": shown[1].native, "cid": "bafyother", "value": own}
    night = Capture(
        endpoint="x",
        parameters={},
        status=200,
        at=NOW,
        body={"records": [listed]},
        listing="posts",
        context={"own": OWN},
    )
    assert session.parse(night).items[0].identity == shown[1].identity
    gone = [one for one in events if isinstance(one, Vanished)]
    assert [(one.native, one.cause) for one in gone] == [(shown[0].native, "author"), (shown[1].native, "us")]
    assert stream.asked[0][0].endswith("subscribeRepos?cursor=6")
    assert "Authorization" not in stream.asked[0][1]
    session.close()


def test_the_position_is_that_of_the_last_whole_message(fake: Fake, stream: Stream) -> None:
    """What was not read to its end is told again."""
    for seq in (21, 22):
        stream.sent.put(frame(seq, OWN, ("delete", f"{POST}/3ka{seq}", None), ("delete", f"{POST}/3kb{seq}", None)))
    session, _ = follower(fake, stream)
    events = session.follow(until(lambda: False), {})
    seen = []
    for _ in range(4):
        next(events)
        seen.append(session.remember().get("platform.firehose"))
    assert seen == [None, None, "21", "21"]
    session.close()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff\xff",
        libipld.encode_dag_cbor({"op": 1, "t": "#commit"}),
        libipld.encode_dag_cbor({"op": 1, "t": "#commit"}) + libipld.encode_dag_cbor({"seq": 1, "repo": 4, "ops": {}}),
        libipld.encode_dag_cbor([1]) + libipld.encode_dag_cbor("x"),
        "text",
        b"\x81" * 5_000,
    ],
    ids=["empty", "no-cbor", "no-body", "odd-body", "odd-header", "text", "deep"],
)
def test_a_hostile_message_is_skipped_and_told(fake: Fake, stream: Stream, message: bytes | str) -> None:
    """Whatever the stream carries, the next message is read, and what was skipped is counted."""
    stream.sent.put(message)
    stream.sent.put(frame(31, OWN, ("delete", f"{POST}/3kaaaaaaaaa2a", None)))
    session, _ = follower(fake, stream)
    events = heard(session, 2)
    assert [one.code for one in events if isinstance(one, Finding)] == ["H281"]
    assert [one.native for one in events if isinstance(one, Vanished)] == [ROOT]
    session.close()


def test_a_position_the_server_does_not_know(fake: Fake, stream: Stream) -> None:
    """A position of another server is dropped and told; one that is too old is told, and reading goes on."""
    stream.sent.put(libipld.encode_dag_cbor({"op": -1}) + libipld.encode_dag_cbor({"error": "FutureCursor"}))
    session, memory = follower(fake, stream, "999")
    events = session.follow(until(lambda: False), memory)
    first = next(events)
    assert isinstance(first, Finding)
    assert first.code == "H280"
    stream.sent.put(None)
    with pytest.raises(HttpError):
        next(events)
    assert stream.asked[1][0].endswith("subscribeRepos")
    old = libipld.encode_dag_cbor({"op": 1, "t": "#info"}) + libipld.encode_dag_cbor({"name": "OutdatedCursor"})
    stream.sent.put(old)
    stream.sent.put(frame(40, OWN, ("delete", f"{POST}/3kaaaaaaaaa2a", None)))
    assert [one.code for one in heard(session, 2, {"platform.firehose": "1"}) if isinstance(one, Finding)] == ["H280"]
    session.close()


def test_the_networks_posts_are_read_without_being_decoded() -> None:
    """A post that does not name us costs a search in its bytes: a relay's thousand a second are no burden."""
    data = frame(1, OTHER, ("create", f"{POST}/3kbbbbbbbbb2b", answer("x" * 200, f"at://{OTHER}/{POST}/3kccccccccc2c")))
    firehose = Firehose("http://x.test", OWN, None)
    begun = time.perf_counter()
    events: list[Event] = []
    for _ in range(5_000):
        events.extend(firehose._message(data))
    assert not events
    assert time.perf_counter() - begun < 2.5


def test_a_socket_tells_codes_and_no_addresses(stream: Stream) -> None:
    """A refusal, a redirect and a dead host end in their codes; no message holds the address."""
    for place, code in (
        (f"{stream.address}/401", "H101"),
        (f"{stream.address}/403", "H102"),
        (f"{stream.address}/302", "H112"),
        (f"{stream.address}/503", "H106"),
        ("http://127.0.0.1:9/", "H109"),
        ("ftp://x.test/", "H112"),
    ):
        with pytest.raises(HttpError) as error:
            Socket(place, endpoint="stream", parameters={"access_token": "hemligt"})
        assert error.value.code == code
        assert "hemligt" not in str(error.value)
        assert "127" not in str(error.value)
    assert not stream.asked


# -- Mastodon's stream


@pytest.fixture
def server(httpserver: HTTPServer, stream: Stream) -> MastodonServer:
    """A Mastodon server whose stream lies on another port, as it says."""
    made = MastodonServer(httpserver, NOW)
    told = {"configuration": {"urls": {"streaming": stream.address.replace("127.0.0.1", "localhost")}}}
    httpserver.expect_request("/api/v2/instance").respond_with_json(told)
    return made


def told(event: str, payload: Any) -> str:
    """A message of the stream."""
    return json.dumps(
        {"stream": ["user"], "event": event, "payload": payload if event == "delete" else json.dumps(payload)}
    )


def mastodon_account(server: MastodonServer, secret: str | None = TOKEN) -> tuple[Account, Follower]:
    """The account and a session."""
    account = Account(name="mast", platform="mastodon", handle="kommun", authority="ks", api_base=server.base)
    return account, mastodon.open(account, secret, FixedClock(NOW))


def test_mastodon_events_are_read_as_the_night_reads_them(server: MastodonServer, stream: Stream) -> None:
    """Our statuses and the answers below them come with parent and thread; what is not ours is left alone."""
    root = server.add(1)
    question = server.add(2, above=1, by="201")
    own = server.add(3, above=2)
    elsewhere = server.add(9, by="202")
    server.below["7"] = [server.add(8, by="202")]
    edited = {**question, "content": "<p>ändrad</p>", "edited_at": NOW.isoformat()}
    for message in (
        told("update", root),
        told("notification", {"type": "mention", "status": question}),
        told("notification", {"type": "favourite", "status": root}),
        told("update", elsewhere),
        told("update", {**elsewhere, "id": "11", "in_reply_to_id": "8"}),
        told("update", own),
        told("status.update", edited),
        told("delete", "2"),
        told("delete", "77"),
        '{"event": "filters_changed"}',
        "inte json",
    ):
        stream.sent.put(message)
    _, session = mastodon_account(server)
    events = heard(session, 7)
    items = [session.parse(one).items[0] for one in events if isinstance(one, Capture)]
    assert [(one.kind, one.text) for one in items] == [
        ("post", "nummer 1"),
        ("comment", "nummer 2"),
        ("reply", "nummer 3"),
        ("comment", "ändrad"),
    ]
    assert [(one.parent_native, one.thread_native) for one in items[1:3]] == [
        (root["uri"], root["uri"]),
        (question["uri"], root["uri"]),
    ]
    gone = [one.native.rpartition("/")[2] for one in events if isinstance(one, Vanished)]
    assert gone == ["2", "77"]
    assert [one.code for one in events if isinstance(one, Finding)] == ["H281"]
    path, headers = stream.asked[0]
    assert path == "/api/v1/streaming?stream=user"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    session.close()


def test_the_token_goes_to_no_other_domain(httpserver: HTTPServer, server: MastodonServer, stream: Stream) -> None:
    """A stream that is said to lie in another domain is not asked; without a token nothing is."""
    httpserver.clear()
    made = MastodonServer(httpserver, NOW)
    httpserver.expect_request("/api/v2/instance").respond_with_json(
        {"configuration": {"urls": {"streaming": stream.address}}}  # 127.0.0.1, while we ask localhost
    )
    _, session = mastodon_account(made)
    with pytest.raises(HttpError):
        heard(session, 1)
    assert not stream.asked
    session.close()
    _, session = mastodon_account(made, None)
    with pytest.raises(ConnectionRefusedByPlatformError) as refused:
        heard(session, 1)
    assert refused.value.finding.code == "H283"


# -- the act


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A rehearsal home at one instant."""
    init_home(tmp_path / "hem", rehearsal=True, seed="follow", key_file=None)
    with open_home(tmp_path / "hem", at=NOW) as opened:
        yield opened


def followed(home: Home, server: MastodonServer, ended: Callable[[], bool], every: float = 0.2) -> Tally:
    """Follow the Mastodon account until it is so."""
    account, _ = mastodon_account(server)
    with home.ground.state.writing() as books:
        books.accounts.put(account)
    order = FollowOrder(account=account, secret_key=home.native_key(), every=every)
    return follow(home.ground, lambda: mastodon_account(server)[1], order, ended)


def states(home: Home) -> dict[str, list[tuple[str, str, str | None]]]:
    """Rows of each item by the end of its native id: row, state, evidence."""
    columns = ["native", "row", "state", "evidence", "observed", "version"]
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    with home.ground.state.reading() as books:
        months = [month for _, month, _ in books.manifest.partitions()]
    for month in months:
        table = read_live(home.ground.state, home.ground.store, "ks", month, columns)
        for row in table.to_pylist():
            found.setdefault(row["native"].rpartition("/")[2], []).append((row["row"], row["state"], row["evidence"]))
    return found


def test_what_lives_a_moment_is_archived_and_gone(home: Home, server: MastodonServer, stream: Stream) -> None:
    """An answer that was written and removed while we listened is stored with its removal, and covered."""
    root = server.add(1)
    brief = server.add(2, above=1, by="201")
    for message in (
        told("update", root),
        told("notification", {"type": "mention", "status": brief}),
        told("delete", "2"),
    ):
        stream.sent.put(message)
    tally = followed(home, server, until(lambda: "2" in states(home), 6))
    assert (tally.new, tally.gone) == (2, 1)
    assert sorted(states(home)["2"], reverse=True) == [("version", "seen", None), ("sighting", "gone", "event-removed")]
    with home.ground.state.reading() as books:
        coverages = books.notes.coverage("mast")
    assert [(one.horizon, one.new, one.gone) for one in coverages] == [("follow", 2, 1)]
    note = month_note("mast", Month("2026-12"), coverages)
    assert note.complete == 0
    server.below["1"].clear()
    (night,) = harvest_accounts(home_with_token(home, server), accounts_of(home), full=False)
    assert (night.new, night.edited, night.gone) == (1, 0, 0), night.as_json()  # the profile alone is new


def accounts_of(home: Home) -> list[Account]:
    """Every account."""
    with home.ground.state.reading() as books:
        return list(books.accounts.all())


def home_with_token(home: Home, server: MastodonServer) -> Home:
    """The home, whose sessions have the token."""
    return replace(home, open_session=lambda _: mastodon_account(server)[1])


def test_events_wait_while_somebody_else_has_the_account(home: Home, server: MastodonServer, stream: Stream) -> None:
    """While the lease is taken nothing is stored and nothing is lost; afterwards all is."""
    server.add(1)
    stream.sent.put(told("update", server.statuses[0]))
    seen: list[bool] = []

    def release_later() -> None:
        with home.ground.state.hold_lease("account:mast"):
            time.sleep(1.2)
            seen.append("1" in states(home))

    other = threading.Thread(target=release_later)
    other.start()
    tally = followed(home, server, until(lambda: "1" in states(home)))
    other.join()
    assert seen == [False]
    assert tally.new == 1


def test_the_night_waits_for_a_follower(home: Home, server: MastodonServer) -> None:
    """A harvest that meets a follower storing what it heard begins a moment later, and is not left out."""
    server.add(1)
    account, _ = mastodon_account(server)
    with home.ground.state.writing() as books:
        books.accounts.put(account)
    begun = threading.Event()

    def hold() -> None:
        with home.ground.state.hold_lease("account:mast"):
            begun.set()
            time.sleep(0.7)

    other = threading.Thread(target=hold)
    other.start()
    begun.wait()
    (tally,) = harvest_accounts(home_with_token(home, server), [account], full=False)
    other.join()
    assert tally.complete, tally.as_json()
    assert tally.new == 2


def test_a_broken_connection_is_opened_anew(home: Home, server: MastodonServer, stream: Stream) -> None:
    """After a break the next connection goes on, what was heard before it is stored, and the break is told."""
    first, second = server.add(1), server.add(2)
    for message in (told("update", first), None, told("update", second)):
        stream.sent.put(message)
    tally = followed(home, server, until(lambda: {"1", "2"} <= states(home).keys(), 12))
    assert tally.new == 2
    assert {one.code for one in tally.findings} == {"H282"}
    assert len(stream.asked) == 2


def test_an_account_that_cannot_be_followed_says_why(home: Home, server: MastodonServer) -> None:
    """A wrong token ends the account's following with its finding; nothing else is tried."""
    account, _ = mastodon_account(server)
    order = FollowOrder(account=account, secret_key=home.native_key())
    tally = follow(home.ground, lambda: mastodon_account(server, "fel")[1], order, until(lambda: False, 3))
    assert not tally.complete
    assert [one.code for one in tally.findings] == ["H101"]
    assert follow_accounts(home, [], seconds=0) == []
