"""Mastodon through its session alone: pages, threads, look-ups and media on real sockets."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.markup import plain
from connectors.platforms.mastodon.session import MastodonSession
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Window
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError
from tests.connectors.mastodon_server import TOKEN, MastodonServer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Budget(attempts=2, first_pause=0.001, connect=1, quiet=0.3, longest=2, body=2_000_000)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW)


@pytest.fixture
def server(httpserver: HTTPServer) -> MastodonServer:
    """An empty server."""
    return MastodonServer(httpserver, NOW)


Open = Callable[..., MastodonSession]


@pytest.fixture
def session(server: MastodonServer) -> Iterator[Open]:
    """Opens sessions of the municipality's account on the server."""
    opened: list[MastodonSession] = []

    def open_one(
        handle: str = "kommun",
        secret: str | None = TOKEN,
        page_cap: int = 50,
        budget: Budget = QUICK,
        *,
        messages: bool = True,
    ) -> MastodonSession:
        account = Account(
            name="arvika",
            platform="mastodon",
            handle=handle,
            authority="ks",
            api_base=server.base,
            harvest=Cadence(messages=messages),
        )
        one = MastodonSession(account, secret, FixedClock(NOW), budget=budget, page_cap=page_cap, sleep=lambda _: None)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


class Night:
    """What one fetch gave."""

    def __init__(self, session: MastodonSession, window: Window = ALL, threads: tuple[str, ...] = ()) -> None:
        self.items: list[Seen] = []
        self.codes: list[str] = []
        self.ends: dict[tuple[str, str], ListingEnd] = {}
        self.captures: list[Capture] = []
        for step in session.fetch(window, iter(threads)):
            if isinstance(step, Capture):
                self.captures.append(step)
                parsed = session.parse(step)
                self.items.extend(parsed.items)
                self.codes.extend(one.code for one in parsed.findings if one.code != "H121")
            elif isinstance(step, ListingEnd):
                self.ends[step.listing, step.scope.rpartition("/")[2]] = step
            elif isinstance(step, Finding):
                self.codes.append(step.code)

    def natives(self, *kinds: str) -> list[str]:
        """Last parts of native ids of first-hand items, in order."""
        return [one.native.rpartition("/")[2] for one in self.items if one.kind in kinds and not one.secondary]

    @property
    def reason(self) -> str:
        """Why the own listing is not complete, or nothing."""
        end = self.ends["posts", ""]
        assert end.complete == (not end.reason)
        return end.reason


# -- who we are


def test_health_tells_our_account(session: Open) -> None:
    """The token's account is named by its address; the same address is the author of its statuses."""
    for handle in ("kommun", "@kommun", "Kommun@localhost", "kommun@a-domain-of-its-own.test"):
        health = session(handle).health()
        assert health.native.endswith("/@kommun")
        assert not health.findings


@pytest.mark.parametrize(
    ("handle", "secret", "code"), [("kommun", "wrong", "H101"), ("annan", TOKEN, "H116"), ("annan", None, "H103")]
)
def test_a_wrong_token_or_account_is_refused(session: Open, handle: str, secret: str | None, code: str) -> None:
    """A wrong token, and a token of another account, are refused before anything is fetched."""
    with pytest.raises(ConnectionRefusedByPlatformError, match=code) as caught:
        session(handle, secret).health()
    assert caught.value.finding.subject == "arvika"
    with pytest.raises(ConnectionRefusedByPlatformError, match=code):
        next(session(handle, secret).fetch(ALL, ()))


def test_without_a_token_the_public_is_read(server: MastodonServer, session: Open) -> None:
    """Without a token the listing is read and H133 says what is not seen."""
    server.add(1)
    night = Night(session(secret=None))
    assert (night.natives("post"), night.codes, night.reason) == (["1"], ["H133"], "")


def test_the_server_must_be_known() -> None:
    """An account file with neither api_base nor a server in the handle is refused; a handle's server is used."""
    account = Account(name="a", platform="mastodon", handle="kommun", authority="ks")
    with pytest.raises(RefusedError, match="api_base"):
        MastodonSession(account, None, FixedClock(NOW))
    MastodonSession(replace(account, handle="@kommun@social.test"), None, FixedClock(NOW)).close()


# -- our own listing


@pytest.mark.parametrize("linked", [True, False])
def test_every_page_is_read(server: MastodonServer, session: Open, linked: bool) -> None:  # noqa: FBT001
    """All statuses come once and in order, by Link or, where the server sends none, by max_id with H130."""
    server.linked, server.page = linked, 40
    for number in range(1, 131):
        server.add(number, days=300 - number)
    night = Night(session())
    assert night.natives("post") == [str(number) for number in range(130, 0, -1)]
    assert (night.reason, night.codes) == ("", [] if linked else ["H130"])
    assert night.items[0].kind == "profile"
    assert "elsewhere" not in "".join(server.asked)


def test_a_server_that_knows_no_cursor(server: MastodonServer, session: Open) -> None:
    """One that repeats its only page has shown all, unless its own count says otherwise: then H137."""
    server.linked = server.knows_cursor = False
    server.page = 99
    for number in range(1, 64):
        server.add(number, days=100 - number)  # each at a time of its own: the page that comes again is no broken order
    night = Night(session())
    assert (len(night.natives("post")), night.reason, night.codes) == (63, "", ["H130"])
    server.page, server.statuses_count = 20, 63
    assert Night(session()).reason == "H137"


def test_the_window_ends_after_a_whole_old_page(server: MastodonServer, session: Open) -> None:
    """An old status among new ones does not end the listing; a page that is old altogether does."""
    server.page = 4
    for number in range(1, 41):
        server.add(number, days=41 - number)
    server.add(99, days=900)
    night = Night(session(), WEEK)
    assert night.natives("post") == ["99", *[str(number) for number in range(40, 29, -1)]]
    assert server.pages == 3
    assert (night.reason, night.codes) == ("", [])


def test_reordered_pages_are_read_to_the_end(server: MastodonServer, session: Open) -> None:
    """Once the order is broken, an old page does not end the listing: H115, and nothing is lost."""
    server.page = 4
    for number in range(1, 41):
        server.add(number, days=41 - number if number > 8 else 0.5)
    night = Night(session(), replace(WEEK, since=NOW - timedelta(days=30)))
    assert {str(number) for number in range(1, 41)} == set(night.natives("post"))
    assert "H115" in night.codes


def _page(value: str) -> Callable[[Response], Response]:
    def tamper(answer: Response) -> Response:
        answer.set_data(value)
        return answer

    return tamper


def _link(value: str) -> Callable[[Response], Response]:
    def tamper(answer: Response) -> Response:
        answer.headers["Link"] = value
        return answer

    return tamper


def _status(code: int) -> Callable[[Response], Response]:
    return lambda _: Response("", status=code)


@pytest.mark.parametrize(
    ("tampered", "reason", "found"),
    [
        ({2: _link('<https://x.test/?limit=40&max_id=71>; rel="next"')}, "H114", 80),
        ({2: _page("[]")}, "", 70),
        ({2: _page('{"error": 1}')}, "H128", 40),
        ({2: _page('[{"id": "1", "uri')}, "", 110),
        ({2: _page("[1"), 3: _page("[1")}, "H108", 40),
        ({2: _status(503)}, "", 110),
        ({2: _status(503), 3: _status(500)}, "H106", 40),
        ({2: _status(401)}, "H101", 40),
        ({2: _status(403)}, "H102", 40),
        ({2: _status(410)}, "H104", 40),
        ({2: _status(429), 3: _status(429)}, "H105", 40),
        ({2: _page("[" + " " * 2_000_000 + "]")}, "H107", 40),
        ({2: lambda _: Response("<html>", content_type="text/html")}, "H108", 40),
        ({2: lambda _: Response("", status=302, headers={"Location": "https://elsewhere.test/"})}, "H112", 40),
    ],
    ids=[
        "loop",
        "empty",
        "object",
        "cut-once",
        "cut",
        "503-once",
        "5xx",
        "401",
        "403",
        "410",
        "429",
        "large",
        "html",
        "away",
    ],
)
def test_a_bad_second_page(
    server: MastodonServer,
    session: Open,
    tampered: dict[int, Callable[[Response], Response]],
    reason: str,
    found: int,
) -> None:
    """What was read before a failure stays, and the listing says by its code that it is not complete."""
    for number in range(1, 111):
        server.add(number, days=300 - number)
    server.tampered = tampered
    night = Night(session())
    assert (night.reason, len(night.natives("post"))) == (reason, found)


def test_repeated_pages_end(server: MastodonServer, session: Open) -> None:
    """A server that gives ever new cursors to the same page is left after three: H114, one copy of each item."""
    for number in range(1, 41):
        server.add(number)
    server.tampered = {
        number: _link(f'<https://x.test/?max_id={1000 + number}>; rel="next"') for number in range(1, 20)
    }
    night = Night(session())
    assert (len(night.natives("post")), night.reason) == (40, "H114")
    assert "H115" in night.codes
    assert server.pages == 4


def test_caps_are_reported(server: MastodonServer, session: Open) -> None:
    """A page cap and a used-up budget leave the listing incomplete with their own codes; threads are not claimed."""
    for number in range(1, 111):
        server.add(number)
    night = Night(session(page_cap=2))
    assert (night.reason, "H113" in night.codes) == ("H113", True)
    night = Night(session(budget=replace(QUICK, requests=3)))
    assert night.reason == "H110"
    assert not any(end.complete for end in night.ends.values())


def test_items_of_others_in_our_listing_are_not_ours(server: MastodonServer, session: Open) -> None:
    """A status of another account in our own listing is reported and not taken."""
    server.add(1)
    server.statuses.append({**server.add(2), "account": server.account("999", "annan"), "uri": f"{server.base}/x"})
    night = Night(session())
    assert night.natives("post") == ["2", "1"]
    assert "H125" in night.codes


# -- threads


def test_threads_in_full_depth(server: MastodonServer, session: Open) -> None:
    """Answers of others come with parent and thread, ours come first and then only by the way."""
    server.add(1)
    server.add(2, above=1, by="7")
    server.add(3, above=2)
    server.add(4, above=3, by="8")
    night = Night(session())
    assert night.natives("post", "reply", "comment") == ["3", "1", "2", "4"]
    by_native = {one.native.rpartition("/")[2]: one for one in night.items if not one.secondary}
    parents = {
        key: (one.parent_native or "").rpartition("/")[2] for key, one in by_native.items() if one.kind != "profile"
    }
    assert parents == {"1": "", "2": "1", "3": "2", "4": "3"}
    assert {(one.thread_native or "").rpartition("/")[2] for key, one in by_native.items() if key in "234"} == {"1"}
    assert night.ends["thread", "1"].complete
    assert night.codes == []


def test_a_server_that_shows_direct_answers_only(server: MastodonServer, session: Open) -> None:
    """Deeper answers are asked for one by one, and H131 says so."""
    server.depth = 1
    server.add(1)
    for number in range(2, 9):
        server.add(number, above=number - 1, by="7")
    night = Night(session())
    assert night.natives("comment") == [str(number) for number in range(2, 9)]
    assert {one.thread_native for one in night.items if one.kind == "comment"} == {
        f"{server.base}/users/kommun/statuses/1"
    }
    assert night.codes == ["H131"]


def test_withheld_answers_are_counted(server: MastodonServer, session: Open) -> None:
    """Answers that are stated but not shown are told by number (H132); the thread still counts as read."""
    server.add(1)
    server.add(2, above=1, by="7")["replies_count"] = 3
    night = Night(session())
    assert night.codes == ["H132"]
    assert night.ends["thread", "1"].complete


def test_our_answer_in_anothers_thread(server: MastodonServer, session: Open) -> None:
    """In a thread of somebody else's we keep what lies below our own first answer, and nothing above it."""
    server.below["0"] = []
    other = server.add(50, by="7", above=0)
    other["in_reply_to_id"] = None
    server.add(51, above=50)
    server.add(52, above=51, by="8")
    server.add(53, above=52)
    night = Night(session())
    assert night.natives("reply", "comment") == ["53", "51", "52"]
    answers = {one.native.rpartition("/")[2]: one for one in night.items}
    assert answers["51"].parent_native == other["uri"]
    assert answers["51"].thread_native is None
    assert {answers[one].thread_native for one in ("52", "53")} == {answers["51"].native}
    assert list(night.ends) == [("posts", ""), ("thread", "51")]


def test_older_threads_are_read_when_asked_for(server: MastodonServer, session: Open) -> None:
    """A thread older than the window is read by its native id; quiet old statuses are not asked about."""
    for number in (1, 2):
        server.add(number, days=30)
    server.add(5, above=1, by="7")
    server.add(9, days=1)
    night = Night(session(), WEEK, (f"{server.base}/users/kommun/statuses/1",))
    assert night.natives("comment") == ["5"]
    assert [end.complete for (listing, _), end in night.ends.items() if listing == "thread"] == [True, True]
    assert not any("statuses/2/" in asked for asked in server.asked)


def test_a_thread_that_cannot_be_read_is_not_complete(server: MastodonServer, session: Open) -> None:
    """A root that is gone, or a server that fails, leaves the thread incomplete with the code."""
    server.add(1)
    gone = f"{server.base}/users/kommun/statuses/404"
    night = Night(session(), ALL, (gone,))
    assert night.ends["thread", "1"].complete
    assert night.ends["thread", "404"].reason == "H103"
    server.http.clear()
    server.http.expect_request("/api/v1/accounts/verify_credentials").respond_with_json(server.account())
    server.http.expect_request("/api/v1/accounts/101/statuses").respond_with_json(
        [{**server.statuses[0], "id": str(number), "uri": f"{server.base}/{number}"} for number in range(9)]
    )
    server.http.expect_request(re.compile(".*")).respond_with_data(status=500)
    night = Night(session())
    assert [end.complete for (listing, _), end in night.ends.items() if listing == "thread"] == [False] * 9
    assert night.codes.count("H136") == 1
    assert len([1 for request, _ in server.http.log if "context" in request.path]) == 6


def test_concurrent_prefetch(server: MastodonServer, session: Open) -> None:
    """A fetch may run in another thread than the look-ups after it."""
    server.add(1)
    one, nights = session(), list[Night]()
    worker = threading.Thread(target=lambda: nights.append(Night(one)))
    worker.start()
    worker.join()
    assert [answer.outcome for answer in one.look_up([nights[0].items[1].native])] == ["found"]


# -- look-ups and media


def test_look_up_never_guesses(server: MastodonServer, session: Open) -> None:
    """Found, not found by id or by a search that works, unclear for other servers and when nothing proves it."""
    server.add(1)
    kept = server.add(2, above=1, by="7")
    one = session()
    own = f"{server.base}/users/kommun/statuses"
    odd, remote = f"{server.base}/p/77", "https://elsewhere.test/users/x/statuses/5"
    asked = [f"{own}/1", f"{own}/404", kept["uri"], f"{server.base}/@kommun#profile", odd, remote, "http://[::1"]
    answers = list(one.look_up(asked))
    outcomes = [answer.outcome for answer in answers]
    assert outcomes == ["found", "not_found", "found", "found", "unclear", "unclear", "unclear"]
    assert {answer.cause for answer in answers} == {""}  # a server says that a status is gone, never who removed it
    server.searches = True
    assert [answer.outcome for answer in session().look_up([odd, remote])] == ["not_found", "unclear"]
    server.http.clear()
    server.http.expect_request("/api/v1/accounts/verify_credentials").respond_with_json(server.account())
    server.http.expect_request(re.compile(".*")).respond_with_data(status=503)
    assert [answer.outcome for answer in session().look_up([f"{own}/1"])] == ["unclear"]
    with pytest.raises(HttpError, match="H110"):
        list(session(budget=replace(QUICK, requests=1)).look_up([f"{own}/1"]))


def test_signed_media_are_fetched_but_not_kept(server: MastodonServer, session: Open) -> None:
    """A signed address is kept without its secret, and opened with it in the same run."""
    signed = f"{server.base}/media/a.png?v=2&X-Amz-Signature=hemligt"
    server.add(1, media_attachments=[{"id": "5", "type": "image", "url": signed, "description": "En bild"}])
    server.http.expect_request("/media/a.png", query_string="v=2&X-Amz-Signature=hemligt").respond_with_data(b"bild")
    one = session()
    night = Night(one)
    (medium,) = night.items[1].media
    assert (medium.origin, medium.alt, medium.role) == (f"{server.base}/media/a.png?v=2", "En bild", "picture")
    assert "hemligt" not in night.items[1].payload
    with one.fetch_media(medium, None, 100).file as file:
        assert file.read() == b"bild"
    with pytest.raises(MediaError, match="H119"):
        one.fetch_media(medium, None, 3)
    with pytest.raises(MediaError, match="H129"):
        one.fetch_media(MediaRef(role="picture", origin="http://169.254.169.254/x"), None, 3)


# -- markup


@pytest.mark.parametrize(
    ("source", "text", "links"),
    [
        ("<p>Hej &lt;b&gt; &amp; åäö 🎉</p><p>två<br />tre</p>", "Hej <b> & åäö 🎉\n\ntvå\ntre", ()),
        ("ren text < 3 och > 2", "ren text < 3 och > 2", ()),
        (
            '<a href="https://a.test/?x=1&amp;y=2">här</a> <a class="u-url mention" href="https://b.test">@b</a>',
            "här @b",
            ("https://a.test/?x=1&y=2",),
        ),
        ("<ul><li>ett</li><li>två</li></ul>", "• ett\n• två", ()),
        ("a\u0000b\ud800c<br>", "a\u0000b\ud800c", ()),
        ("<div>" * 5_000 + "djupt", "djupt", ()),
        ("&#" + "9" * 5_000, "&#" + "9" * 5_000, ()),
    ],
)
def test_markup_becomes_text(source: str, text: str, links: tuple[str, ...]) -> None:
    """HTML becomes plain text and link targets; what is no tag stays."""
    assert plain(source) == (text, links)


def test_markup_takes_linear_time() -> None:
    """Hostile megabytes are read as fast as others."""
    for hostile in (
        "<b" * 500_000,
        "<!--" * 250_000,
        "<a href=" * 120_000,
        "&" * 1_000_000,
        "<p>" * 300_000,
        "\n" * 1_000_000,
        "<a" + " b" * 500_000,
    ):
        plain(hostile)


def test_switched_off_messages_are_told_of_every_night(
    server: MastodonServer, session: Callable[..., MastodonSession]
) -> None:
    """Unless the account file asks for private messages, every night's coverage says that they are not harvested."""
    assert "H140" in Night(session(messages=False)).codes
    assert "H140" not in Night(session()).codes
