"""S3 over a line that breaks: answers that are lost or cut, between a real server and the store."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from connectors.storage.s3 import S3Store
from schemas.neighbours import AlreadyThereError, Remains
from schemas.refusal import UnreachableError
from tests.servers.moto import ACCESS_KEY, REGION, SECRET_KEY

KEY = "media/aa/" + "a" * 64
DATA = b"content " * 100_000


@dataclass(slots=True)
class Line:
    """What the line does with the next answers to a method: ``lost`` (nothing comes back) or ``cut`` (half the body)."""

    url: str = ""
    faults: dict[str, list[str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def line(moto_url: str) -> Iterator[Line]:
    """A proxy on loopback before the moto server that does what ``Line.faults`` says, once for each entry."""
    state = Line()
    target = urlsplit(moto_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _pass_on(self) -> None:
            state.requests.append(self.command)
            if self.headers.get("Expect"):
                self.send_response_only(100)
                self.end_headers()
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server = http.client.HTTPConnection(target, timeout=30)
            # The signature covers the Host header, so it goes on as it came; moto does not look at it.
            server.request(self.command, self.path, body, {**self.headers, "Host": self.headers["Host"]})
            answer = server.getresponse()
            data = answer.read()
            server.close()
            fault = (state.faults.get(self.command) or [""]).pop(0)
            self.close_connection = bool(fault)
            if fault == "lost":
                return
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length", str(len(data))) if self.command == "HEAD" else str(len(data))
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if fault == "cut" else data)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815  # names that http.server calls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(line: Line, make_bucket: Callable[..., str]) -> S3Store:
    """A store behind the line."""
    return S3Store(
        make_bucket(), endpoint_url=line.url, region=REGION, access_key=ACCESS_KEY, secret_key=SECRET_KEY, attempts=3
    )


def test_a_put_whose_answer_was_lost_is_ours(line: Line, store: S3Store) -> None:
    """The repeated request meets our own object: that is a success, told as one, and there is one version."""
    line.faults["PUT"] = ["lost"]
    assert store.put_new(KEY, DATA).size == len(DATA)
    assert line.requests.count("PUT") == 2
    assert store.get(KEY) == DATA
    assert store.remains(KEY) == Remains(versions=1, markers=0, uploads=0)
    with pytest.raises(AlreadyThereError):
        store.put_new(KEY, DATA)


def test_a_put_that_never_gets_an_answer_is_an_error(line: Line, store: S3Store) -> None:
    """When every answer is lost the place counts as unreachable, although the object may be there."""
    line.faults["PUT"] = ["lost"] * 3
    with pytest.raises(UnreachableError):
        store.put_new(KEY, DATA)


def test_a_cut_answer_is_read_again(line: Line, store: S3Store) -> None:
    """An answer that breaks off is asked for anew, for whole objects, checksums and ranges; half is never taken."""
    store.put_new(KEY, DATA)
    reads: list[Callable[[], bool]] = [
        lambda: store.get(KEY) == DATA,
        lambda: store.checksum(KEY) == hashlib.sha256(DATA).hexdigest(),
        lambda: store.open(KEY).read() == DATA,
    ]
    for read in reads:
        line.faults["GET"] = ["cut"]
        assert read()
        assert line.faults["GET"] == []


def test_answers_that_are_always_cut_are_an_error(line: Line, store: S3Store) -> None:
    """A place that never sends the whole object is unreachable: a checksum of half of it is not given."""
    store.put_new(KEY, DATA)
    line.faults["GET"] = ["cut"] * 20
    with pytest.raises(UnreachableError):
        store.checksum(KEY)
    line.faults["GET"] = ["cut"] * 20
    with pytest.raises(UnreachableError):
        store.get(KEY)


def test_a_removal_whose_answer_was_lost_is_seen(line: Line, store: S3Store) -> None:
    """After lost answers to removals, ``destroy`` still ends with observed absence."""
    store.put_new(KEY, DATA)
    line.faults["DELETE"] = ["lost"]
    assert store.destroy(KEY).versions == 1
    assert store.remains(KEY).absent
