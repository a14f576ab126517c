"""LinkedIn through its session, against the fake on a real socket: both routes, and every trap by name."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.platforms.linkedin.session import MARK, LinkedinSession
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Vanished, Window
from schemas.record import Seen
from schemas.refusal import RefusedError
from tests.servers.world_client import RunningFake

NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
TOKEN = "hemlig-nyckel-0123456789abcdef"
QUICK = Budget(attempts=2, first_pause=0.001, connect=1, quiet=2, longest=5)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW)
NUMBER = "900100200"
OWN = f"urn:li:organization:{NUMBER}"
ROUTES = ("community", "portability")
EVERY_ROUTE = pytest.mark.parametrize("route", ROUTES)

Server = Callable[..., RunningFake]


@pytest.fixture(scope="module")
def started() -> Iterator[dict[tuple[tuple[str, str], ...], RunningFake]]:
    """Fakes by their options, each started once."""
    running: dict[tuple[tuple[str, str], ...], RunningFake] = {}
    yield running
    for fake in running.values():
        fake.stop()


@pytest.fixture
def server(started: dict[tuple[tuple[str, str], ...], RunningFake]) -> Server:
    """A fake with such options, two elements a page, in an empty world."""

    def give(**options: str) -> RunningFake:
        key = tuple(sorted(options.items()))
        if key not in started:
            started[key] = RunningFake("linkedin", page=2, options=options).start()
        started[key].reset()
        started[key].clock(NOW)
        return started[key]

    return give


@pytest.fixture
def opened() -> Iterator[Callable[..., LinkedinSession]]:
    """Opens sessions and closes them."""
    sessions: list[LinkedinSession] = []

    def open_one(base: str, handle: str = NUMBER, *, now: datetime = NOW, secret: str = TOKEN, **more: Any) -> Any:
        options = tuple((name, value) for name, value in more.items() if isinstance(value, str))
        account = Account(
            name="sidan",
            platform="linkedin",
            handle=handle,
            authority="ks",
            api_base=base,
            options=options,
            harvest=more.get("harvest", Cadence()),
        )
        sessions.append(LinkedinSession(account, secret, FixedClock(now), budget=QUICK, sleep=lambda _: None))
        return sessions[-1]

    yield open_one
    for one in sessions:
        one.close()


Open = Callable[..., LinkedinSession]


class Run:
    """What one fetch gave."""

    def __init__(self, session: LinkedinSession, window: Window = ALL, threads: tuple[str, ...] = ()) -> None:
        self.items: dict[str, Seen] = {}
        self.findings: list[Finding] = list(session.health().findings)
        self.ends: list[ListingEnd] = []
        self.captures: list[Capture] = []
        for step in session.fetch(window, iter(threads)):
            if isinstance(step, Capture):
                self.captures.append(step)
                parsed = session.parse(step)
                self.items.update((one.native, one) for one in parsed.items)
                self.findings += parsed.findings
            elif isinstance(step, ListingEnd):
                self.ends.append(step)
            else:
                self.findings.append(step)

    @property
    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {one.code for one in self.findings}

    def told(self, code: str) -> dict[str, Any]:
        """Parameters of the finding with that code."""
        return dict(next(one.parameters for one in self.findings if one.code == code))

    def end(self, listing: str) -> ListingEnd:
        """How a listing ended; it ended once."""
        (end,) = [one for one in self.ends if one.listing == listing]
        return end


def days(number: float) -> str:
    """So many days ago."""
    return (NOW - timedelta(days=number)).isoformat()


def keep_ends(steps: Iterator[object], ends: list[ListingEnd]) -> None:
    """Keep how listings end, also when the fetch fails in the middle."""
    for step in steps:
        if isinstance(step, ListingEnd):
            ends.append(step)  # noqa: PERF401  # kept also when the fetch fails


def refusal(session: LinkedinSession) -> Finding:
    """With what the health check is refused."""
    with pytest.raises(ConnectionRefusedByPlatformError) as caught:
        session.health()
    return caught.value.finding


def populated(fake: RunningFake) -> dict[str, str]:
    """Five posts; below the newest two comments, an answer of ours and an answer to that. Natives by name."""
    names: dict[str, str] = {}
    posts = fake.acts([{"op": "post", "text": f"Nyhet {n} (se #kartan)", "at": days(6 - n)} for n in range(5)])
    names.update((f"post{n}", post["native"]) for n, post in enumerate(posts))
    below = posts[4]["id"]
    first = fake.act("comment", parent=below, text="Vad kostar det?", author="700100101", at=days(1.5))
    second = fake.act("comment", parent=below, text="Fint!", author="700100104", at=days(1.4))
    answer = fake.act("comment", parent=first["id"], text="Ingenting.", author="own", at=days(1.3))
    names.update(first=first["native"], second=second["native"], answer=answer["native"])
    return names


# -- which interface, and who we are


def test_the_portability_route_comes_first(server: Server, opened: Open) -> None:
    """Where both interfaces are there and none is named, Pages Data Portability is used, and it is said."""
    run = Run(opened(server().base))
    assert run.told("H242") == {"route": "Pages Data Portability"}
    assert run.end("posts").complete


def test_community_management_when_the_first_is_refused(server: Server, opened: Open) -> None:
    """A token of the other product is refused by the first interface; then the second is used, and it is said."""
    fake = server(route="community")
    names = populated(fake)
    run = Run(opened(fake.base))
    assert run.told("H242") == {"route": "Community Management"}
    assert set(names.values()) <= run.items.keys()


def test_a_named_route_is_the_only_one(server: Server, opened: Open) -> None:
    """With ``route`` in the account file the other interface is not tried."""
    assert refusal(opened(server(route="community").base, route="portability")).code == "H102"


@EVERY_ROUTE
@pytest.mark.parametrize(
    "handle",
    [NUMBER, OWN, "alvsjobro", "@alvsjobro", "https://www.linkedin.com/company/alvsjobro/", f"company/{NUMBER}"],
)
def test_the_page_is_found_by_any_of_its_names(server: Server, opened: Open, route: str, handle: str) -> None:
    """Number, URN, vanity name and address all name the same page."""
    session = opened(server(route=route).base + "/rest/", handle)
    assert session.health().native == OWN


@EVERY_ROUTE
def test_an_unknown_name_asks_for_the_number(server: Server, opened: Open, route: str) -> None:
    """A vanity name that LinkedIn does not resolve is refused with the remedy: write the number."""
    assert refusal(opened(server(route=route).base, "nagonannan")).code == "H240"


@EVERY_ROUTE
def test_another_page_is_refused(server: Server, opened: Open, route: str) -> None:
    """The token may not read the page that the account file names."""
    assert refusal(opened(server(route=route).base, "123456")).code == "H102"


def test_a_page_with_others_posts_alone_is_another_account(httpserver: HTTPServer, opened: Open) -> None:
    """What is shown as ours is somebody else's: nothing is taken."""
    page = {"elements": [{"id": "urn:li:share:1", "author": "urn:li:organization:77", "createdAt": 1}], "paging": {}}
    httpserver.expect_request("/rest/posts").respond_with_json(page)
    assert refusal(opened(httpserver.url_for(""), route="community")).code == "H116"


def test_an_expired_token_is_refused(server: Server, opened: Open) -> None:
    """401 names the remedy; nothing else is asked."""
    fake = server()
    assert refusal(opened(fake.base, secret="en-gammal-nyckel")).code == "H101"
    assert len(fake.history()["asked"]) == 1


def test_a_token_lives_sixty_days(server: Server, opened: Open) -> None:
    """From the day in the account file the end is known; without it nobody guesses."""
    base = server().base
    assert opened(base, token_issued="2026-09-01").health().token_expires == datetime(2026, 10, 31, tzinfo=UTC)
    assert opened(base).health().token_expires is None


@pytest.mark.parametrize(
    "option",
    [
        {"route": "marketing"},
        {"api_version": "v26"},
        {"api_version_ends": "snart"},
        {"token_issued": "igår"},
        {"finder_seconds": "en minut"},
    ],
)
def test_a_bad_option_is_refused_by_name(opened: Open, option: dict[str, str]) -> None:
    """The message names the option; no request is made."""
    with pytest.raises(RefusedError) as caught:
        opened("http://127.0.0.1:9", **option)
    assert caught.value.field == f"options.{next(iter(option))}"


# -- versions


def test_a_sunset_is_told_sixty_days_before(server: Server, opened: Open) -> None:
    """202601 ends on 15 January 2027: quiet 60 days before, told on the next."""
    base = server().base
    quiet = opened(base, api_version="202601", now=datetime(2026, 11, 16, 1, tzinfo=UTC)).health()
    assert "H138" not in {one.code for one in quiet.findings}
    told = opened(base, api_version="202601", now=datetime(2026, 11, 17, 1, tzinfo=UTC)).health()
    (finding,) = [one for one in told.findings if one.code == "H138"]
    assert dict(finding.parameters) == {"version": "202601", "days": 59, "ends": "2027-01-15"}


def test_an_unknown_sunset_is_a_year_after_the_month(server: Server, opened: Open) -> None:
    """What LinkedIn has not announced is reckoned, and the account file may tell another day."""
    base = server().base
    late = datetime(2027, 9, 1, tzinfo=UTC)
    told = {one.code: dict(one.parameters) for one in opened(base, now=late).health().findings}
    assert told["H138"]["ends"] == "2027-09-15"
    moved = opened(base, now=late, api_version_ends="2028-01-01").health()
    assert "H138" not in {one.code for one in moved.findings}


def test_a_version_past_its_day_that_answers_is_told(server: Server, opened: Open) -> None:
    """The calendar says it has ended, the server answers: harvested, and told."""
    session = opened(server().base, api_version="202603", now=datetime(2027, 4, 1, tzinfo=UTC))
    assert "H241" in {one.code for one in session.health().findings}


def test_426_is_the_end_of_a_version(server: Server, opened: Open) -> None:
    """A version that LinkedIn has switched off refuses the account, naming version and day."""
    november = datetime(2026, 11, 1, tzinfo=UTC)
    finding = refusal(opened(server().base, api_version="202510", now=november))
    assert (finding.code, dict(finding.parameters)) == ("H139", {"version": "202510", "ends": "2026-10-15"})


def test_426_before_the_day_names_no_day(httpserver: HTTPServer, opened: Open) -> None:
    """Versions that LinkedIn refuses before they should end are named, without a day that is yet to come."""
    httpserver.expect_request("/rest/posts").respond_with_data("{}", 426, content_type="application/json")
    finding = refusal(opened(httpserver.url_for(""), route="community"))
    assert (finding.code, dict(finding.parameters)) == ("H247", {"versions": "202609, 202607"})


def test_426_tries_the_other_known_version(httpserver: HTTPServer, opened: Open) -> None:
    """Without a version in the account file, a server that knows the older one alone is asked with that."""

    def answer(request: Request) -> Response:
        known = request.headers["LinkedIn-Version"] == "202607"
        return Response('{"elements": []}' if known else "{}", 200 if known else 426, mimetype="application/json")

    httpserver.expect_request("/rest/posts").respond_with_handler(answer)
    assert opened(httpserver.url_for(""), route="community").health().native == OWN


# -- listings and threads


@EVERY_ROUTE
def test_everything_is_read(server: Server, opened: Open, route: str) -> None:
    """Posts over several pages, comments, our own answers, in their places; the listings say what they show."""
    fake = server(route=route)
    names = populated(fake)
    run = Run(opened(fake.base, route=route))
    assert set(names.values()) <= run.items.keys()
    kinds = {name: run.items[native].kind for name, native in names.items()}
    assert kinds == {**dict.fromkeys(names, "post"), "first": "comment", "second": "comment", "answer": "reply"}
    assert run.items[names["answer"]].parent_native == names["first"]
    assert run.items[names["first"]].parent_native == names["post4"]
    assert run.items[names["answer"]].thread_native == names["post4"]
    assert run.items[names["answer"]].author_native == OWN
    assert run.items[names["post0"]].text == "Nyhet 0 (se #kartan)"
    end = run.end("posts")
    assert (end.complete, end.kinds) == (True, ("post", "boost"))
    assert {(one.complete, one.kinds) for one in run.ends if one.listing == "thread"} == {(True, ("comment", "reply"))}
    assert run.items[f"{OWN}#profile"].text == "Älvsjöbro kommun"


@pytest.mark.parametrize("spelling", ["paginationCursorMetdata", "paginationCursorMetadata", "plain"])
def test_the_misspelt_cursor(server: Server, opened: Open, spelling: str) -> None:
    """The cursor is found under LinkedIn's misspelling and under both other names."""
    fake = server(route="portability", cursor=spelling)
    names = populated(fake)
    run = Run(opened(fake.base))
    assert {names[f"post{n}"] for n in range(5)} <= run.items.keys()
    assert run.end("posts").complete


@EVERY_ROUTE
def test_a_window_ends_the_listing(server: Server, opened: Open, route: str) -> None:
    """A page that is older altogether is the last; the end says how far back."""
    fake = server(route=route)
    posts = fake.acts([{"op": "post", "text": f"nr {n}", "at": days(30 - n)} for n in range(10)])
    new = fake.act("post", text="ny", at=days(1))
    run = Run(opened(fake.base), WEEK)
    assert new["native"] in run.items
    assert posts[0]["native"] not in run.items
    assert run.end("posts").since == WEEK.since


def test_an_edit_of_an_older_post_is_seen(server: Server, opened: Open) -> None:
    """Community Management lists by last change, so an edit outside the window shows."""
    fake = server(route="community")
    posts = fake.acts([{"op": "post", "text": f"nr {n}", "at": days(30 - n)} for n in range(6)])
    fake.act("edit", id=posts[0]["id"], text="ändrad", at=days(1))
    seen = Run(opened(fake.base), WEEK).items[posts[0]["native"]]
    assert (seen.text, seen.edited) == ("ändrad", NOW - timedelta(days=1))


@EVERY_ROUTE
def test_a_loop_is_no_end(server: Server, opened: Open, route: str) -> None:
    """A page that comes again leaves the listing incomplete."""
    fake = server(route=route)
    fake.acts([{"op": "post", "text": f"nr {n}", "at": days(6 - n)} for n in range(6)])
    fake.misbehave(loop=1)
    end = Run(opened(fake.base)).end("posts")
    assert (end.complete, end.reason) == (False, "H114")


@EVERY_ROUTE
def test_an_empty_thread_that_states_comments(server: Server, opened: Open, route: str) -> None:
    """Nothing shown where comments are counted is a missing permission, never "all gone"."""
    fake = server(route=route)
    names = populated(fake)
    fake.misbehave(empty=True)
    run = Run(opened(fake.base))
    (end,) = [one for one in run.ends if one.scope == names["post4"]]
    assert (end.complete, end.reason) == (False, "H145")
    assert run.told("H145") == {"count_stated": 3}


@EVERY_ROUTE
def test_an_empty_older_thread_that_states_comments(server: Server, opened: Open, route: str) -> None:
    """The same of a thread whose post tonight's listing does not show: its counters are asked for."""
    fake = server(route=route)
    old = fake.act("post", text="gammal", at=days(90))
    fake.act("comment", parent=old["id"], text="Hej", at=days(2))
    fake.acts([{"op": "post", "text": f"nr {n}", "at": days(50 - n)} for n in range(6)])
    fake.misbehave(empty=True)
    run = Run(opened(fake.base), WEEK, threads=(old["native"],))
    assert old["native"] not in run.items
    (end,) = [one for one in run.ends if one.scope == old["native"]]
    assert (end.complete, end.reason) == (False, "H145")
    assert run.told("H145") == {"count_stated": 1}


@EVERY_ROUTE
@pytest.mark.parametrize("listing", ["posts", "comments"])
def test_an_empty_list_that_states_a_total(httpserver: HTTPServer, opened: Open, route: str, listing: str) -> None:
    """A list that shows nothing and says that it holds something is incomplete, and nothing in it is gone."""
    post = "urn:li:share:7100000000000000001"

    def answer(request: Request) -> Response:
        asked = unquote(request.full_path)
        body: dict[str, Any] = {"elements": [], "paging": {"total": 0}}
        below = "/comments" in asked or "commentsOnEntity" in asked
        if ("posts?" in asked or "postsByAuthor" in asked or below) and below == (listing == "comments"):
            body["paging"] = {"total": 8}
        elif "posts?" in asked or "postsByAuthor" in asked:
            body["elements"] = [{"id": post, "author": OWN}]
        elif "dmaPosts" in asked:
            body = {"results": {post: {"id": post, "author": OWN}}}
        elif "repostsByReposter" not in asked:
            return Response("{}", 404, mimetype="application/json")
        return Response(json.dumps(body), mimetype="application/json")

    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    run = Run(opened(httpserver.url_for(""), route=route))
    ends = {one.listing: one.reason for one in run.ends}
    assert ends["thread" if listing == "comments" else "posts"] == "H145"
    assert run.told("H145") == {"count_stated": 8}


@pytest.mark.parametrize(
    ("route", "counts"),
    [*((route, counts) for route in ROUTES for counts in ("summary", "post")), ("portability", "social")],
)
def test_answers_are_read_when_any_count_says_so(server: Server, opened: Open, route: str, counts: str) -> None:
    """A comment's answers are asked for where its summary, its counters or its post's total tells of some."""
    fake = server(route=route, lagging=",".join({"summary", "social", "post"} - {counts}))
    names = populated(fake)
    assert names["answer"] in Run(opened(fake.base)).items


@EVERY_ROUTE
def test_counters_are_a_help_only(server: Server, opened: Open, route: str) -> None:
    """Without counters everything is read all the same, and it is told."""
    fake = server(route=route, counters="no")
    names = populated(fake)
    run = Run(opened(fake.base))
    assert set(names.values()) <= run.items.keys()
    assert "H245" in run.codes
    assert run.end("posts").complete


@EVERY_ROUTE
def test_counters_are_taken(server: Server, opened: Open, route: str) -> None:
    """Comments and reactions of a post are counted."""
    fake = server(route=route)
    names = populated(fake)
    fake.act("like", id=names["post4"].rpartition(":")[2], count=7)
    counts = dict(Run(opened(fake.base)).items[names["post4"]].counts)
    assert counts == {"comments": 3, "like": 7}


def test_names_of_those_who_let_linkedin_tell(server: Server, opened: Open) -> None:
    """Portability gives names; who does not let LinkedIn tell is nobody, and is counted (H146)."""
    fake = server(route="portability")
    names = populated(fake)
    run = Run(opened(fake.base))
    assert run.items[names["first"]].author == "Åsa Lindqvist"
    hidden = run.items[names["second"]]
    assert (hidden.author, hidden.author_native, hidden.text) == (None, None, "Fint!")
    assert run.told("H146") == {"count_hidden": 1}


def test_community_management_gives_no_names(server: Server, opened: Open) -> None:
    """There it is ids alone, and it is told how many."""
    fake = server(route="community")
    names = populated(fake)
    run = Run(opened(fake.base))
    assert run.items[names["first"]].author is None
    assert run.items[names["first"]].author_native == "urn:li:person:p700100101"
    assert run.told("H146") == {"count_hidden": 2}


def test_portability_may_be_two_days_late(server: Server, opened: Open) -> None:
    """What is younger than the delay comes a later night; it is told, and the listing is complete all the same."""
    fake = server(route="portability", late="48")
    old, new = (fake.act("post", text="x", at=days(age))["native"] for age in (3, 1))
    run = Run(opened(fake.base))
    assert (old in run.items, new in run.items) == (True, False)
    assert "H244" in run.codes
    later = NOW + timedelta(days=2)
    fake.clock(later)
    assert new in Run(opened(fake.base, now=later), replace(WEEK, now=later)).items


def test_a_batch_that_withholds_is_told(httpserver: HTTPServer, opened: Open) -> None:
    """A post that is listed and then not given leaves the listing incomplete, with the number."""
    listed = {"elements": [{"id": "urn:li:share:1"}, {"id": "urn:li:share:2"}, {"id": "urn:li:share:3"}]}
    refused = {"urn:li:share:2": {"status": 403}, "urn:li:share:3": {"status": 404}}
    batch = {
        "results": {"urn%3Ali%3Ashare%3A1": {"commentary": "hej", "publishedAt": 1763452800000}},
        "errors": refused,
    }

    def feed(request: Request) -> Response:
        finder = request.args["q"] == "postsByAuthor"
        return Response(json.dumps(listed if finder else {}), 200 if finder else 400, mimetype="application/json")

    httpserver.expect_request("/rest/dmaFeedContentsExternal").respond_with_handler(feed)
    httpserver.expect_request("/rest/dmaPosts").respond_with_json(batch)
    run = Run(opened(httpserver.url_for(""), route="portability"))
    assert run.items["urn:li:share:1"].text == "hej"
    assert (run.end("posts").reason, run.told("H246")) == ("H246", {"count_withheld": 1})


# -- limits


@EVERY_ROUTE
def test_the_days_limit_ends_the_run_until_midnight(server: Server, opened: Open, route: str) -> None:
    """429 with the day's limit: nothing more is asked, every thread is told as unread, and we stay away till 00 UTC."""
    fake = server(route=route)
    populated(fake)
    session = opened(fake.base)
    session.health()
    fake.misbehave(throttle=5_000, after=4)
    ends: list[ListingEnd] = []
    with pytest.raises(HttpError) as caught:
        keep_ends(session.fetch(ALL, iter(["urn:li:share:1"])), ends)
    assert (caught.value.code, caught.value.until) == ("H105", datetime(2026, 10, 2, tzinfo=UTC))
    assert (ends[-1].scope, ends[-1].complete, ends[-1].reason) == ("urn:li:share:1", False, "H105")
    assert [status for _, status in fake.history()["asked"]].count(429) == 1


def test_the_days_limit_at_the_first_request(server: Server, opened: Open) -> None:
    """Also then the time until which we stay away is handed on."""
    fake = server()
    fake.misbehave(throttle=5_000)
    with pytest.raises(HttpError) as caught:
        opened(fake.base).health()
    assert caught.value.until == datetime(2026, 10, 2, tzinfo=UTC)


@EVERY_ROUTE
def test_a_short_limit_is_waited_for(server: Server, opened: Open, route: str) -> None:
    """429 without a word of the day: paced and gone on, nothing lost. No header is needed for that."""
    fake = server(route=route)
    names = populated(fake)
    fake.misbehave(throttle=3, after=3)
    run = Run(opened(fake.base))
    assert set(names.values()) <= run.items.keys()
    assert all(one.complete for one in run.ends)


def test_a_limit_that_stays_is_told(server: Server, opened: Open) -> None:
    """429 again and again: the posts are incomplete, and the threads are not asked for."""
    fake = server(route="community")
    populated(fake)
    session = opened(fake.base)
    session.health()
    fake.misbehave(throttle=500)
    run = Run(session)
    assert (run.end("posts").complete, run.end("posts").reason) == (False, "H105")


def test_a_failing_thread_leaves_the_others(server: Server, opened: Open) -> None:
    """5xx while one thread is read: that one is incomplete, the others are read."""
    fake = server(route="community")
    names = populated(fake)
    session = opened(fake.base)
    session.health()
    steps = session.fetch(ALL, iter(()))
    ends = []
    for step in steps:
        if isinstance(step, ListingEnd):
            if step.listing == "posts":
                fake.misbehave(failing=2, after=2)  # after the notifications
            ends.append(step)  # kept also when the fetch fails
    threads = {one.scope: one.reason for one in ends if one.listing == "thread"}
    assert sorted(threads.values()) == ["", "", "", "", "H106"]
    assert set(threads) == {names[f"post{n}"] for n in range(5)}


# -- look-ups


@EVERY_ROUTE
def test_look_ups_tell_what_is_gone(server: Server, opened: Open, route: str) -> None:
    """404 is gone, an answer is there; of a refusal nothing is known."""
    fake = server(route=route)
    names = populated(fake)
    for name in ("post1", "second"):
        fake.act("delete", id=names[name].rpartition(",")[2].rpartition(":")[2].rstrip(")"))
    session = opened(fake.base)
    Run(session)
    wanted = [names[name] for name in ("post0", "post1", "first", "second")]
    outcomes = {one.native: one.outcome for one in session.look_up([*wanted, f"{OWN}#profile"])}
    assert [outcomes[one] for one in wanted] == ["found", "not_found", "found", "not_found"]
    fake.misbehave(failing=100)
    assert {one.outcome for one in session.look_up(wanted)} == {"unclear"}


def test_a_batchs_silence_needs_a_proof(httpserver: HTTPServer, opened: Open) -> None:
    """A batch that says nothing of an item proves its absence only when it shows something else that is there."""
    shown = {"urn:li:share:1": {"id": "urn:li:share:1", "publishedAt": 1763452800000}}
    listed = httpserver.expect_request("/rest/dmaFeedContentsExternal")
    listed.respond_with_json({"elements": [{"id": "urn:li:share:1"}]})
    batch = httpserver.expect_request("/rest/dmaPosts")
    batch.respond_with_json({"results": shown})
    session = opened(httpserver.url_for(""), route="portability")
    Run(session)
    assert [one.outcome for one in session.look_up(["urn:li:share:2"])] == ["not_found"]
    batch.respond_with_json({"results": {}})
    assert [one.outcome for one in session.look_up(["urn:li:share:2"])] == ["unclear"]


# -- attachments


@EVERY_ROUTE
def test_attachments_are_asked_for_when_needed(server: Server, opened: Open, route: str) -> None:
    """A picture is known by its URN; its signed address is asked for when the bytes are fetched, and kept nowhere."""
    fake = server(route=route)
    picture = {"data": base64.b64encode(b"bild").decode(), "alt": "En bro"}
    post = fake.act("post", text="bild", media=[picture], at=days(2))
    comment = fake.act("comment", parent=post["id"], text="min bild", media=[picture], at=days(1))
    session = opened(fake.base)
    run = Run(session)
    seen = run.items[post["native"]]
    assert [(one.role, one.alt) for one in seen.media] == [("picture", "En bro")]
    assert seen.media[0].origin.startswith("urn:li:image:")
    for item in (seen, run.items[comment["native"]]):
        with session.fetch_media(item.media[0], None, 1_000).file as file:
            assert file.read() == b"bild"
        assert not [one for one in fake.history()["secrets"] if one in item.payload + item.media[0].origin]
    with pytest.raises(MediaError) as caught:
        session.fetch_media(replace(seen.media[0], origin="urn:li:image:borta"), None, 1_000)
    assert caught.value.code == "H143"


# -- notifications and messages


def test_notifications_name_older_threads(server: Server, opened: Open) -> None:
    """A comment below a post that is older than the window is found by LinkedIn's notification of it."""
    fake = server(route="community")
    old = fake.act("post", text="gammal", at=days(40))
    fake.acts([{"op": "post", "text": f"nr {n}", "at": days(30 - n)} for n in range(4)])
    session = opened(fake.base)
    Run(session)
    assert session.remember() == {}
    first = fake.act("comment", parent=old["id"], text="då", at=days(20))
    session = opened(fake.base)
    Run(session)
    memory = session.remember()
    second = fake.act("comment", parent=old["id"], text="nu", at=days(1))
    run = Run(opened(fake.base), replace(WEEK, memory=memory))
    assert {first["native"], second["native"]} <= run.items.keys()
    assert memory == {MARK: str(int((NOW - timedelta(days=20)).timestamp() * 1000))}
    quiet = Run(opened(fake.base), replace(WEEK, memory={MARK: str(int(NOW.timestamp() * 1000))}))
    assert first["native"] not in quiet.items


def test_the_follower_pulls_notifications(server: Server, opened: Open) -> None:
    """New, changed and removed comments are told between two nights; what is still there is never told as gone."""
    fake = server(route="community")
    post = fake.act("post", text="hej", at=days(3))
    kept = fake.act("comment", parent=post["id"], text="fråga", at=days(2))
    gone = fake.act("comment", parent=post["id"], text="hatfullt", at=days(2))
    fake.act("edit", id=kept["id"], text="ändrad", at=days(1))
    fake.act("delete", id=gone["id"], at=days(1))
    session = opened(fake.base)
    told: list[object] = []
    memory = {MARK: str(int((NOW - timedelta(days=10)).timestamp() * 1000))}
    for step in session.follow(lambda: len(told) >= 3, memory):
        told.append(step)  # noqa: PERF402  # its length is looked at meanwhile
    vanished = [one.native for one in told if isinstance(one, Vanished)]
    texts = [one.text for step in told if isinstance(step, Capture) for one in session.parse(step).items]
    assert (vanished, texts) == ([gone["native"]], ["ändrad", "ändrad"])
    assert session.remember()[MARK] == str(int((NOW - timedelta(days=1)).timestamp() * 1000))


def test_messages_are_harvested_when_switched_on(server: Server, opened: Open) -> None:
    """Page messages come by the portability route, thread by thread; switched off they are told as missing."""
    fake = server(route="portability")
    first = fake.act("message", author="700100101", text="Hej, bygglov?", at=days(2))
    later = fake.act("message", author="700100101", text="Någon där?", at=days(1))
    on = Run(opened(fake.base, harvest=Cadence(messages=True)))
    assert on.items[first["native"]].kind == "message"
    assert on.items[later["native"]].thread_native == first["native"]
    assert on.end("messages").complete
    off = Run(opened(fake.base))
    assert first["native"] not in off.items
    assert "H140" in off.codes


def test_community_management_has_no_messages(server: Server, opened: Open) -> None:
    """Switched on, they are told as not to be had."""
    run = Run(opened(server(route="community").base, harvest=Cadence(messages=True)))
    assert "H141" in run.codes


def test_the_light_pass_leaves_out_what_is_dear(server: Server, opened: Open) -> None:
    """The hourly pass asks for neither counters, the profile nor messages."""
    fake = server(route="community")
    names = populated(fake)
    light = Window(since=NOW - timedelta(days=3), now=NOW, horizon_name="light")
    run = Run(opened(fake.base), light)
    assert {names["post4"], names["first"]} <= run.items.keys()
    assert not [path for path, _ in fake.history()["asked"] if "socialMetadata" in path or "/organizations" in path]
