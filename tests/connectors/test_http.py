"""The HTTP client against real sockets: what it takes, what it tries again, what it refuses, and what it never says."""

from __future__ import annotations

import gzip
import hashlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.addresses import ForbiddenAddressError, checked
from connectors.clock import FixedClock
from connectors.http import Budget, Http, HttpError
from connectors.pacing import courtesy, retry_after
from connectors.scrubbing import scrub, without_secrets
from schemas.neighbours import MediaError
from schemas.refusal import RefusedError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "hemlig-nyckel-123"
QUICK = Budget(attempts=3, first_pause=0.001, connect=1, quiet=0.3, longest=2, body=100_000)


@pytest.fixture
def waits() -> list[float]:
    """The waits a client asked for."""
    return []


@pytest.fixture
def client(httpserver: HTTPServer, waits: list[float]) -> Iterator[Http]:
    """A client of the local server with a token, small bounds and waits that are only noted."""
    with Http(httpserver.url_for("/"), name="test", clock=FixedClock(NOW), budget=QUICK, sleep=waits.append) as http:
        http.authorize(SECRET)
        yield http


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another origin."""
    with HTTPServer() as server:
        yield server


@pytest.fixture
def raw() -> Iterator[Callable[[bytes, float], str]]:
    """Servers that send given bytes, then wait, then hang up, for every connection."""
    listening: list[socket.socket] = []

    def serve(data: bytes, hold: float) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(data)
                    time.sleep(hold)

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield serve
    for listener in listening:
        listener.close()


def test_get_reads_json_headers_and_links(httpserver: HTTPServer, client: Http) -> None:
    """An answer carries body, headers, links, time and size; the token is sent, cookies are not."""
    link = '</a?max_id=3>; rel="next", <https://x.test/b>; rel=prev'
    httpserver.expect_ordered_request(
        "/a", query_string="q=%C3%A5&id%5B%5D=1&id%5B%5D=2", headers={"Authorization": f"Bearer {SECRET}"}
    ).respond_with_data('{"n": 1.50}', content_type="application/json", headers={"Link": link, "Set-Cookie": "a=b"})
    httpserver.expect_ordered_request("/b").respond_with_handler(
        lambda request: Response(f'"{request.headers.get("Cookie", "none")}"', content_type="application/json")
    )
    answer = client.get("/a", {"q": "å", "id[]": ["1", "2"]}, endpoint="a")
    assert (answer.status, answer.body["n"].written, answer.at, answer.size) == (200, "1.50", NOW, 11)
    assert answer.links == {"next": "/a?max_id=3", "prev": "https://x.test/b"}
    assert "set-cookie" not in answer.headers
    assert client.get("b", endpoint="b").body == "none"


@pytest.mark.parametrize(
    ("status", "code"), [(400, "H127"), (401, "H101"), (403, "H102"), (404, "H103"), (410, "H104"), (501, "H106")]
)
def test_refusals_are_final_and_coded(httpserver: HTTPServer, client: Http, status: int, code: str) -> None:
    """A refusal is one request, one code, and says neither address nor body."""
    httpserver.expect_request("/x").respond_with_json({"error": "Kalle Svensson"}, status=status)
    with pytest.raises(HttpError) as caught:
        client.get("x", {"access_token": SECRET}, endpoint="statuses")
    assert (str(caught.value), caught.value.retryable) == (f"{code} statuses {status}", False)
    assert len(httpserver.log) == 1


def test_statuses_asked_for_are_answers(httpserver: HTTPServer, client: Http) -> None:
    """A status named in ``ok`` comes back, with its JSON if it is JSON."""
    httpserver.expect_ordered_request("/x").respond_with_json({"error": "RecordNotFound"}, status=400)
    httpserver.expect_ordered_request("/x").respond_with_data("<html>", status=404, content_type="text/html")
    httpserver.expect_ordered_request("/x", method="POST", json={"a": 1}).respond_with_data(status=204)
    assert client.get("x", endpoint="x", ok=(200, 400)).body == {"error": "RecordNotFound"}
    assert client.get("x", endpoint="x", ok=(200, 404)).body is None
    assert client.post("x", {"a": 1}, endpoint="x", ok=(204,)).body is None


def test_too_many_requests_waits_as_asked(httpserver: HTTPServer, client: Http, waits: list[float]) -> None:
    """After 429 the client waits what the platform says, then goes on."""
    httpserver.expect_ordered_request("/x").respond_with_data("", status=429, headers={"Retry-After": "7"})
    httpserver.expect_ordered_request("/x").respond_with_json([1])
    assert client.get("x", endpoint="x").body == [1]
    assert waits == [7.0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 60.0),
        ({"ratelimit-reset": "1795348830", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 30.0),
        ({"ratelimit-reset": "1795348830"}, 30.0),
        ({"ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-reset": "2026-11-22T12:00:20.500Z", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 20.5),
        ({"x-rate-limit-reset": "1795348801", "retry-after": "odd"}, 1.0),
    ],
)
def test_every_spelling_of_a_wait_is_read(headers: dict[str, str], expected: float) -> None:
    """Seconds, HTTP dates, epochs and ISO times all give the same kind of wait, counted from the server's own date."""
    now = NOW if "date" not in headers else datetime(2040, 1, 1, tzinfo=UTC)
    assert retry_after(headers, now) == expected


def test_server_errors_are_tried_again(httpserver: HTTPServer, client: Http, waits: list[float]) -> None:
    """Two 5xx answers and then a good one is a good one, with growing pauses."""
    for status in (503, 500):
        httpserver.expect_ordered_request("/x").respond_with_data("", status=status)
    httpserver.expect_ordered_request("/x").respond_with_json([1])
    assert client.get("x", endpoint="x").body == [1]
    assert 0 < waits[0] <= 0.001 < waits[1] <= 0.002


def test_attempts_end(httpserver: HTTPServer, client: Http) -> None:
    """A server that never recovers costs the permitted attempts and gives a retryable error."""
    httpserver.expect_request("/x").respond_with_data("", status=502)
    with pytest.raises(HttpError, match=r"^H106 x 502$") as caught:
        client.get("x", endpoint="x")
    assert caught.value.retryable
    assert client.requests == 3


def test_waits_are_bounded(httpserver: HTTPServer, waits: list[float]) -> None:
    """A wait too long is H105, waits too long together H111, too many requests H110; none is silent."""
    httpserver.expect_request("/long").respond_with_data("", status=429, headers={"Retry-After": "901"})
    httpserver.expect_request("/short").respond_with_data("", status=429, headers={"Retry-After": "40"})
    httpserver.expect_request("/fine").respond_with_json(1)

    def attempt(path: str, budget: Budget, times: int = 1) -> str:
        with Http(httpserver.url_for("/"), name="t", clock=FixedClock(NOW), budget=budget, sleep=waits.append) as http:
            for _ in range(times):
                try:
                    http.get(path, endpoint="x")
                except HttpError as error:
                    return error.code
        return "fine"

    assert attempt("long", Budget()) == "H105"
    assert attempt("short", Budget(total_wait=90)) == "H111"
    assert attempt("short", Budget(attempts=2)) == "H105"
    assert attempt("fine", Budget(requests=3), times=3) == "fine"
    assert attempt("fine", Budget(requests=3), times=4) == "H110"
    assert waits == [40.0, 40.0, 40.0]


def test_low_limit_slows_down(httpserver: HTTPServer, client: Http, waits: list[float]) -> None:
    """When the limit is nearly used up, requests are spread over the time that is left."""
    low = {"RateLimit-Limit": "300", "RateLimit-Remaining": "9", "RateLimit-Reset": "50"}
    httpserver.expect_request("/x").respond_with_json(1, headers=low)
    client.get("x", endpoint="x")
    client.get("x", endpoint="x")
    assert waits == [5.0]


def test_headers_without_sense_are_ignored() -> None:
    """Rate-limit headers that cannot be read neither wait nor fail."""
    for value in ("", "soon", "-5", "1e999", "²", "9" * 400, "Thu, 99 Foo 2026"):
        headers = {"retry-after": value, "ratelimit-remaining": value, "ratelimit-reset": value, "date": value}
        assert retry_after(headers, NOW) is None
        assert courtesy(headers, NOW) == 0.0
    past = {"retry-after": format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)}
    assert retry_after(past, NOW) == 0.0


def test_cut_body_is_tried_again_then_named(raw: Callable[[bytes, float], str]) -> None:
    """A body shorter than announced is H108 after all attempts, never a shorter answer."""
    base = raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{"id": "1"}]', 0)
    with Http(base, name="t", clock=FixedClock(NOW), budget=QUICK) as http, pytest.raises(HttpError, match="H108 x"):
        http.get("x", endpoint="x")


def test_time_out_in_mid_page(raw: Callable[[bytes, float], str]) -> None:
    """A server that falls silent in the middle of a page is H109."""
    base = raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{"id"', 1.0)
    budget = Budget(attempts=2, first_pause=0.001, quiet=0.1)
    with Http(base, name="t", clock=FixedClock(NOW), budget=budget) as http:
        with pytest.raises(HttpError, match="H109 x"):
            http.get("x", endpoint="x")
        assert http.requests == 2


def test_a_body_that_never_ends_is_stopped(httpserver: HTTPServer, waits: list[float]) -> None:
    """A server that drips bytes is left after the permitted time."""

    def drip(_: Request) -> Response:
        def body() -> Iterator[bytes]:
            for _ in range(60):
                yield b" "
                time.sleep(0.02)

        return Response(body(), content_type="application/json")

    httpserver.expect_request("/x").respond_with_handler(drip)
    budget = Budget(attempts=1, longest=0.1)
    with (
        Http(httpserver.url_for("/"), name="t", clock=FixedClock(NOW), budget=budget) as http,
        pytest.raises(HttpError, match="H108"),
    ):
        http.get("x", endpoint="x")


def test_unreachable() -> None:
    """Nobody listening is H109 and retryable."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        Http(f"http://127.0.0.1:{port}", name="t", clock=FixedClock(NOW), budget=QUICK) as http,
        pytest.raises(HttpError, match="H109 x 0") as caught,
    ):
        http.get("x", endpoint="x")
    assert caught.value.retryable


def test_connection_closed_between_requests(raw: Callable[[bytes, float], str]) -> None:
    """A server that closes kept connections unannounced costs nothing but another attempt."""
    base = raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", 0.01)
    with Http(base, name="t", clock=FixedClock(NOW), budget=QUICK) as http:
        for _ in range(5):
            assert http.get("x", endpoint="x").body == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [("<html>", "text/html"), ('{"a": 1', "application/json"), ("", "application/json"), ("[NaN]", "application/json")],
)
def test_what_is_no_json_is_refused(httpserver: HTTPServer, client: Http, data: str, kind: str) -> None:
    """A 200 that is not JSON is H108."""
    httpserver.expect_request("/x").respond_with_data(data, content_type=kind)
    with pytest.raises(HttpError, match="H108 x 200"):
        client.get("x", endpoint="x")


def test_too_large_is_never_loaded(httpserver: HTTPServer, client: Http) -> None:
    """50 MB are refused, whether announced, streamed without length, or packed small."""
    huge = b'"' + b"x" * 50_000_000 + b'"'
    httpserver.expect_request("/stated").respond_with_data(huge, content_type="application/json")
    httpserver.expect_request("/streamed").respond_with_handler(
        lambda _: Response(iter([huge[:65536]] * 100), content_type="application/json")
    )
    httpserver.expect_request("/packed").respond_with_data(
        gzip.compress(huge[:2_000_000]), content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    for path in ("stated", "streamed", "packed"):
        with pytest.raises(HttpError, match="H107 x 200") as caught:
            client.get(path, endpoint="x")
        assert not caught.value.retryable


def test_redirect_elsewhere_is_refused(httpserver: HTTPServer, elsewhere: HTTPServer, client: Http) -> None:
    """A redirect to another origin is not followed: the other host never hears of us."""
    elsewhere.expect_request("/x").respond_with_json(1)
    httpserver.expect_request("/x").respond_with_data("", status=302, headers={"Location": elsewhere.url_for("/x")})
    with pytest.raises(HttpError, match="H112 x"):
        client.get("x", endpoint="x")
    assert elsewhere.log == []


def test_redirect_within_the_host_is_followed(httpserver: HTTPServer, client: Http) -> None:
    """A redirect on the same origin keeps the token; a loop of them ends."""
    httpserver.expect_request("/x").respond_with_data("", status=301, headers={"Location": "/y?z=1"})
    httpserver.expect_request(
        "/y", query_string="z=1", headers={"Authorization": f"Bearer {SECRET}"}
    ).respond_with_json(2)
    httpserver.expect_request("/loop").respond_with_data("", status=302, headers={"Location": "/loop"})
    assert client.get("x", {"q": "1"}, endpoint="x").body == 2
    with pytest.raises(HttpError, match="H112 x"):
        client.get("loop", endpoint="x")


def test_addresses_of_other_hosts_are_refused(client: Http, elsewhere: HTTPServer) -> None:
    """A Link to another origin is never asked, whatever it looks like."""
    for address in (
        elsewhere.url_for("/a"),
        "https://x.test/a",
        "//x.test/a",
        "file:///etc/passwd",
        "http://[::1",
        "http://a:b@localhost/",
    ):
        with pytest.raises(HttpError, match=r"^H112 x 0$"):
            client.get(address, endpoint="x")
    assert elsewhere.log == []


def test_an_address_of_our_own_origin_is_taken(httpserver: HTTPServer, client: Http) -> None:
    """A Link to our own origin keeps its query."""
    httpserver.expect_request("/a", query_string="max_id=3").respond_with_json(3)
    assert client.get(httpserver.url_for("/a?max_id=3"), endpoint="x").body == 3


def test_a_path_in_the_base_is_kept(httpserver: HTTPServer) -> None:
    """An api_base with a path (a version) stands before every request."""
    httpserver.expect_request("/v26.0/me").respond_with_json(1)
    with Http(httpserver.url_for("/v26.0"), name="t", clock=FixedClock(NOW)) as http:
        assert http.get("/me", endpoint="x").body == 1


def test_download_counts_and_digests(httpserver: HTTPServer, client: Http) -> None:
    """A file comes with digest, size and type, at position 0; one byte too many is H119 and a missing file H103."""
    httpserver.expect_request("/m").respond_with_data(b"bild" * 1000, content_type="image/png; x=1")
    httpserver.expect_request("/none").respond_with_data("", status=404)
    with (media := client.download("m", endpoint="media", limit=4000)).file:
        assert media.file.read() == b"bild" * 1000
    assert (media.size, media.media_type) == (4000, "image/png")
    assert media.digest == hashlib.sha256(b"bild" * 1000).hexdigest()
    for path, limit, code in (("m", 3999, "H119"), ("none", 1, "H103")):
        with pytest.raises(MediaError, match=code):
            client.download(path, endpoint="media", limit=limit)


def test_media_elsewhere_get_no_token(httpserver: HTTPServer, elsewhere: HTTPServer, client: Http) -> None:
    """Another host, also behind a redirect, is asked without any of the account's headers."""
    elsewhere.expect_request("/m").respond_with_data(b"1")
    httpserver.expect_request("/m").respond_with_data("", status=302, headers={"Location": elsewhere.url_for("/m")})
    client.download(elsewhere.url_for("/m"), endpoint="media", limit=9).file.close()
    client.download("m", endpoint="media", limit=9).file.close()
    assert ["Authorization" in request.headers for request, _ in elsewhere.log] == [False, False]
    assert "Authorization" in httpserver.log[0][0].headers
    with pytest.raises(MediaError, match="H112"):
        client.download(elsewhere.url_for("/m"), endpoint="media", limit=9, same_host=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/m",
        "https://127.0.0.1/m",
        "https://localhost/m",
        "https://10.1.2.3/m",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:10.0.0.1]/m",
        "https://[fe80::1]/m",
        "https://0.0.0.0/m",
        "https://100.64.0.1/m",
        "file:///etc/passwd",
        "https://user:pass@192.0.2.1/m",
        "https://[::1",
        "https://a:99999999/m",
    ],
)
def test_media_in_our_own_network_are_refused(url: str) -> None:
    """A public platform's media address cannot make us ask inside our own network, or in the clear."""
    with Http("https://192.0.43.8/", name="t", clock=FixedClock(NOW), budget=QUICK) as http:
        with pytest.raises(MediaError) as caught:
            http.download(url, endpoint="media", limit=9)
        assert caught.value.code in {"H112", "H118", "H129"}
        assert http.requests == 0


def test_link_local_is_refused_even_inside() -> None:
    """The cloud's metadata address is never asked, not even by a platform on our own network."""
    with pytest.raises(ForbiddenAddressError):
        checked("http", "169.254.169.254", 80, private_allowed=True)
    assert checked("http", "127.0.0.1", 80, private_allowed=True) == ["127.0.0.1"]
    assert checked("https", "192.0.43.8", 443, private_allowed=False) == ["192.0.43.8"]


def test_bad_base_is_refused() -> None:
    """A base that is no web address is refused with the remedy and without its password."""
    for base in ("ftp://x.test", "x.test", "https://u:hemligt@x.test", "http://[::1"):
        with pytest.raises(RefusedError, match="api_base") as caught:
            Http(base, name="t", clock=FixedClock(NOW))
        assert "hemligt" not in str(caught.value)


def test_threads_share_one_budget(httpserver: HTTPServer) -> None:
    """Requests of several threads are counted together."""
    httpserver.expect_request("/x").respond_with_json(1)
    with Http(httpserver.url_for("/"), name="t", clock=FixedClock(NOW), budget=Budget(requests=12)) as http:
        outcomes: list[str] = []

        def work() -> None:
            for _ in range(5):
                try:
                    http.get("x", endpoint="x")
                    outcomes.append("fine")
                except HttpError as error:
                    outcomes.append(error.code)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (outcomes.count("fine"), outcomes.count("H110")) == (12, 8)


def test_scrub_removes_secrets_and_keeps_the_rest(client: Http) -> None:
    """Known secrets, tokens, signatures and users in addresses go; ordinary words and parameters stay."""
    address = f"https://u:p@graph.test/me?access_token={SECRET}&after=abc&appsecret_proof=ff#x"
    assert without_secrets(address) == "https://graph.test/me?after=abc"
    assert without_secrets("https://cdn.test/a.jpg?X-Amz-Signature=1&v=2") == "https://cdn.test/a.jpg?v=2"
    assert without_secrets("https://cdn.test/a.jpg?b=%20c") == "https://cdn.test/a.jpg?b=%20c"
    for text in (
        f"fel: {SECRET}",
        f"Authorization: Bearer {SECRET}x",
        address,
        '{"accessJwt":"eyJhbGciOi.eyJzdWIiOi.c2ln"}',
    ):
        told = client.scrub(text)
        assert SECRET not in told
        assert "eyJ" not in told
    assert scrub("code: 404, after=abc, Nyckeln sitter i dörren") == "code: 404, after=abc, Nyckeln sitter i dörren"
    begun = time.monotonic()
    for hostile in (
        "token" * 200_000,
        "a=" * 500_000,
        "=" * 1_000_000,
        "a" + " " * 1_000_000,
        "http://" + "a" * 1_000_000,
    ):
        scrub(hostile)
        without_secrets(hostile)
    assert time.monotonic() - begun < 20


def test_no_address_is_logged_whatever_configures_logging() -> None:
    """Another library that configures logging in the same process does not make the HTTP library talk again."""
    script = (
        "import logging, logging.config, connectors.http\n"
        "logging.config.dictConfig({'version': 1, 'disable_existing_loggers': False, 'root': {'level': 'DEBUG'}})\n"
        "names = ('httpx2', 'httpcore2')\n"
        "print([name for name in names if logging.getLogger(name).isEnabledFor(logging.ERROR)])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_change_is_asked_for_once(httpserver: HTTPServer, client: Http, status: int) -> None:
    """Something that may have been done is never asked for again by itself, whatever the answer."""
    httpserver.expect_request("/1", method="DELETE").respond_with_data("", status=status)
    with pytest.raises(HttpError) as raised:
        client.once("DELETE", "1", endpoint="delete")
    assert (raised.value.status, raised.value.unsent, len(httpserver.log)) == (status, False, 1)


def test_a_change_follows_no_redirect(httpserver: HTTPServer, client: Http) -> None:
    """A redirected change is not made anywhere else."""
    httpserver.expect_request("/1", method="PUT").respond_with_data("", 307, {"Location": "/2"})
    with pytest.raises(HttpError) as raised:
        client.once("PUT", "1", json={"hidden": True}, endpoint="hide")
    assert (raised.value.code, len(httpserver.log)) == ("H112", 1)


def test_a_change_that_never_left() -> None:
    """Where no connection could be made, it is certain that nothing was done."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        Http(f"http://127.0.0.1:{port}/", name="test", clock=FixedClock(NOW), budget=QUICK) as http,
        pytest.raises(HttpError) as raised,
    ):
        http.once("DELETE", "1", endpoint="delete")
    assert (raised.value.code, raised.value.unsent) == ("H109", True)


def test_a_second_answer_is_not_the_changes() -> None:
    """What an earlier request's connection still holds is never read as the answer to a change."""
    body = b'{"success":true}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            first, _ = listener.accept()
            with first:
                first.recv(65536)
                first.sendall((head + body) * 2)
                second, _ = listener.accept()
                second.recv(65536)
                second.close()

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with Http(address, name="test", clock=FixedClock(NOW), budget=QUICK) as http:
            http.get("me", endpoint="me")
            with pytest.raises(HttpError) as raised:
                http.once("DELETE", "1", endpoint="delete")
        server.join(2)
    assert (raised.value.code, raised.value.unsent) == ("H109", False)


def test_a_second_answer_is_not_the_next_requests() -> None:
    """A server that answers one request twice has its second answer read by nobody: the connection is not kept."""

    def answer(body: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    told = [answer(b'"first"') + answer(b'"wrong"'), answer(b'"second"'), answer(b'"third"')]
    connections = list[int]()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while told:
                connection, _ = listener.accept()
                connections.append(1)
                with connection:
                    while told and connection.recv(65536):
                        connection.sendall(told.pop(0))

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with Http(address, name="test", clock=FixedClock(NOW), budget=QUICK) as http:
            got = [http.get(path, endpoint="x").body for path in "abc"]
        server.join(2)
    assert got == ["first", "second", "third"]
    assert len(connections) == 2, "a connection with one answer for one request is kept"
