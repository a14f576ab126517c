"""The Graph API as a protocol, on real sockets: versions, tokens, errors, limits and pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.graph import ENDS, VERSION, Graph, GraphError, Listing, cursor_of, version_findings
from connectors.http import Budget, HttpError
from schemas.account import Account
from schemas.neighbours import MediaError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "EAAhemlig-nyckel-123"
QUICK = Budget(attempts=2, first_pause=0.001, connect=1, quiet=1, longest=3, body=1_000_000)
Say = Callable[[Request], Response]
Open = Callable[..., Graph]


class Server:
    """Answers every request by one function and remembers what was asked."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.say: Say = lambda _: _json({"id": "1"})
        self.asked: list[Request] = []
        self._server = httpserver
        httpserver.expect_request(re.compile(".*"), method="GET").respond_with_handler(self._handle)

    @property
    def base(self) -> str:
        """Address without a slash."""
        return self._server.url_for("").rstrip("/")

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [one.path for one in self.asked]

    def _handle(self, request: Request) -> Response:
        self.asked.append(request)
        return self.say(request)


@pytest.fixture
def server(httpserver: HTTPServer) -> Server:
    """A server that says what the test wants."""
    return Server(httpserver)


@pytest.fixture
def waits() -> list[float]:
    """The waits that were asked for."""
    return []


@pytest.fixture
def graph(server: Server, waits: list[float]) -> Iterator[Open]:
    """Opens connections to the server."""
    opened: list[Graph] = []

    def open_one(path: str = "", secret: str | None = TOKEN, **options: str) -> Graph:
        account = Account(
            name="sida",
            platform="facebook",
            handle="torneby",
            authority="ks",
            api_base=server.base + path,
            options=tuple(options.items()),
        )
        one = Graph(account, secret, FixedClock(NOW), budget=QUICK, sleep=waits.append)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, content_type="application/json")


def _error(code: int, *, subcode: int = 0, status: int = 400, message: str = "x", **more: Any) -> Response:
    headers = more.pop("headers", None)
    return _json({"error": {"code": code, "error_subcode": subcode, "message": message, **more}}, status, headers)


def _failed(graph: Graph, path: str = "me") -> HttpError:
    with pytest.raises(HttpError) as caught:
        graph.get(path, endpoint="x")
    assert TOKEN not in str(caught.value)
    return caught.value


def _usage(percent: int, minutes: int = 0) -> dict[str, str]:
    told = {"call_count": 3, "total_cputime": percent, "total_time": 1, "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({"77": [{"type": "pages", **told}]})}


@pytest.mark.parametrize(
    ("path", "options", "asked"),
    [
        ("", {}, f"/{VERSION}/me"),
        ("/v25.0", {}, "/v25.0/me"),
        ("/v25.0/", {"api_version": "v24.0"}, "/v24.0/me"),
        ("/gate", {"api_version": "23.0"}, "/gate/v23.0/me"),
    ],
)
def test_the_version_stands_in_the_path(
    server: Server, graph: Open, path: str, options: dict[str, str], asked: str
) -> None:
    """The version comes from the option, else from the address, else it is the one tried."""
    graph(path, **options).get("me", endpoint="x")
    assert server.paths == [asked]


def test_a_version_that_ends_is_reported_sixty_days_before() -> None:
    """H138 from the sixtieth day, H139 when it has ended, nothing for one without an end."""
    ends = ENDS["v21.0"]
    assert ends == date(2027, 1, 21)
    assert version_findings("v21.0", ends - timedelta(days=60), "k") == []
    (soon,) = version_findings("v21.0", ends - timedelta(days=59), "k")
    assert (soon.code, dict(soon.parameters)["days"]) == ("H138", 59)
    assert [one.code for one in version_findings("v21.0", ends, "k")] == ["H138"]
    assert [one.code for one in version_findings("v21.0", ends + timedelta(days=1), "k")] == ["H139"]
    assert [one.code for one in version_findings("v3.1", NOW.date(), "k")] == ["H139"]
    assert [version_findings(one, NOW.date(), "k") for one in (VERSION, "v31.0", "trunk")] == [[], [], []]


def test_the_token_goes_into_the_header(server: Server, graph: Open) -> None:
    """The token is a header, never a part of the address."""
    graph().first("me", endpoint="x")
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "access_token" not in server.asked[0].args


def test_a_server_that_knows_only_the_parameter_is_asked_so(server: Server, graph: Open) -> None:
    """A refused first call is made once more with the token as a parameter, and so is everything after it."""
    server.say = lambda request: _json({"id": "1"}) if request.args.get("access_token") == TOKEN else _error(190)
    one = graph()
    one.first("me", endpoint="x")
    one.get("me/accounts", endpoint="x")
    assert [("access_token" in request.args, "Authorization" in request.headers) for request in server.asked] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_a_refused_token_is_refused_after_two_ways(server: Server, graph: Open) -> None:
    """A token that no way is accepted is asked about twice, not more."""
    server.say = lambda _: _error(190, subcode=463, status=401)
    with pytest.raises(GraphError) as caught:
        graph().first("me", endpoint="x")
    assert caught.value.code == "H101"
    assert len(server.asked) == 2


def test_a_host_without_versions_is_asked_without(server: Server, graph: Open) -> None:
    """A host of the account file's choosing that knows no version in the path is asked without one."""
    server.say = lambda request: Response("", 404) if request.path.startswith("/v") else _json({"id": "1"})
    one = graph()
    one.first("me", endpoint="x")
    one.get("1/feed", endpoint="x")
    assert server.paths == [f"/{VERSION}/me", "/me", "/1/feed"]


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80002])
def test_throttled_is_never_asked_again(server: Server, graph: Open, waits: list[float], code: int) -> None:
    """A throttling error ends the run with the time that the platform states; nothing more is asked, nor waited for."""
    server.say = lambda _: _error(code, status=403, headers=_usage(100, 37))
    one = graph()
    error = _failed(one)
    assert (error.code, error.until) == ("H105", NOW + timedelta(minutes=37))
    assert _failed(one, "other").until == error.until
    assert len(server.asked) == 1
    assert waits == []


def test_throttled_a_file_of_the_same_host_is_not_asked_for(server: Server, graph: Open) -> None:
    """While the platform wants us away its host is not asked for files either."""
    server.say = lambda _: _error(32)
    one = graph()
    _failed(one)
    with pytest.raises(MediaError) as caught:
        one.download("media/1", 100)
    assert caught.value.code == "H105"
    assert len(server.asked) == 1


def test_throttled_without_a_time_means_an_hour(server: Server, graph: Open) -> None:
    """Where the platform names no time, we stay away for an hour."""
    server.say = lambda _: _error(4, is_transient=True)
    assert _failed(graph()).until == NOW + timedelta(minutes=60)


def test_a_gateway_that_names_seconds_is_waited_for(server: Server, graph: Open, waits: list[float]) -> None:
    """A bare 429 with Retry-After is waited for; without one nothing more is asked."""
    answers = iter([Response("", 429, {"Retry-After": "7"}), _json({"id": "1"})])
    server.say = lambda _: next(answers)
    assert graph().get("me", endpoint="x").body == {"id": "1"}
    assert waits == [7.0]
    server.say = lambda _: Response("", 429)
    assert _failed(graph()).until == NOW + timedelta(minutes=60)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("code", "subcode", "status", "finding"),
    [
        (190, 460, 400, "H101"),
        (102, 0, 400, "H101"),
        (104, 0, 400, "H101"),
        (2500, 0, 400, "H101"),
        (10, 0, 403, "H102"),
        (200, 0, 403, "H102"),
        (299, 0, 500, "H102"),
        (100, 33, 400, "H103"),
        (803, 0, 404, "H103"),
        (100, 0, 400, "H127"),
        (368, 0, 400, "H220"),
        (1705, 0, 400, "H221"),
        (0, 0, 401, "H101"),
        (0, 0, 403, "H102"),
        (0, 0, 404, "H103"),
        (12345, 0, 403, "H127"),
    ],
)
def test_errors_are_told_apart_by_their_code(
    server: Server, graph: Open, code: int, subcode: int, status: int, finding: str
) -> None:
    """Graph's code counts before the HTTP status; none of these is asked again."""
    server.say = lambda _: _error(code, subcode=subcode, status=status)
    error = _failed(graph())
    assert error.code == finding
    assert len(server.asked) == 1
    assert isinstance(error, GraphError)
    assert error.absent == (finding == "H103")


@pytest.mark.parametrize("error", [{"code": 1}, {"code": 2, "status": 500}, {"code": 77, "is_transient": True}])
def test_the_transient_is_asked_again(server: Server, graph: Open, waits: list[float], error: dict[str, Any]) -> None:
    """What the platform calls transient is tried again after growing pauses, and given up in the end."""
    answers = iter([_error(**error), _error(**error), _json({"id": "1"})])
    server.say = lambda _: next(answers)
    assert graph().get("me", endpoint="x").body == {"id": "1"}
    assert waits == sorted(waits)
    assert len(waits) == 2
    server.say = lambda _: _error(**error)
    assert _failed(graph()).code == "H106"
    assert len(server.asked) == 7


def test_usage_from_three_quarters_slows_down(server: Server, graph: Open, waits: list[float]) -> None:
    """Below 75 % nothing is waited for; from there on every request waits, the longer the fuller."""
    one = graph()
    for percent in (74, 75, 85):
        server.say = lambda _, percent=percent: _json({"id": "1"}, headers=_usage(percent))  # type: ignore[misc]  # bound now
        one.get("me", endpoint="x")
    one.get("me", endpoint="x")
    assert len(waits) == 2
    assert 0 < waits[0] < waits[1]


@pytest.mark.parametrize("name", ["X-Business-Use-Case-Usage", "X-App-Usage"])
def test_usage_from_ninety_percent_stops(server: Server, graph: Open, name: str) -> None:
    """The answer that says 90 % is taken; after it nothing is asked until the platform has had time."""
    usage = {"call_count": 90, "total_cputime": 1, "total_time": 1}
    told = {"1": [usage | {"estimated_time_to_regain_access": 9}]} if name.startswith("X-B") else usage
    server.say = lambda _: _json({"id": "1"}, headers={name: json.dumps(told)})
    one = graph()
    assert one.get("me", endpoint="x").body == {"id": "1"}
    error = _failed(one)
    assert (error.code, error.until) == ("H105", NOW + timedelta(minutes=9 if "Business" in name else 60))
    assert len(server.asked) == 1


def test_odd_usage_headers_are_no_news(server: Server, graph: Open, waits: list[float]) -> None:
    """A usage header that is no JSON, or holds no numbers, changes nothing."""
    for odd in ("", "{", "[]", '{"1":[{"call_count":"99"}]}', '{"call_count":true}', "null"):
        server.say = lambda _, odd=odd: _json({"id": "1"}, headers={"X-App-Usage": odd})  # type: ignore[misc]  # bound now
        one = graph()
        one.get("me", endpoint="x")
        one.get("me", endpoint="x")
    assert waits == []


def _pages(server: Server, *pages: dict[str, Any]) -> None:
    """Pages in order, reached by ``after``; each next address carries the token."""

    def say(request: Request) -> Response:
        number = int(request.args.get("after", "0"))
        page = dict(pages[number])
        if number + 1 < len(pages):
            page["paging"] = {"next": f"{server.base}/v1.0/1/posts?access_token={TOKEN}&after={number + 1}&limit=9"}
        return _json(page)

    server.say = say


def _listing(graph: Graph, **more: Any) -> Listing:
    return Listing(graph, "1/posts", {"fields": "id"}, endpoint="posts", limit=more.pop("limit", 100), **more)


def test_paging_next_carries_the_token_and_is_not_followed(server: Server, graph: Open) -> None:
    """Of the next page's address only the cursor is taken: the token stands in no address that we ask."""
    _pages(server, {"data": [1]}, {"data": []}, {"data": [2]})
    listing = _listing(graph())
    assert [one.body["data"] for one in listing.read()] == [[1], [], [2]]
    assert listing.reason == ""
    assert [parse_qs(one.query_string.decode()).get("after") for one in server.asked] == [None, ["1"], ["2"]]
    assert {one.path for one in server.asked} == {f"/{VERSION}/1/posts"}
    assert not [one for one in server.asked if TOKEN in one.url]
    assert {one.args["limit"] for one in server.asked} == {"100"}


def test_an_empty_page_with_a_next_one_is_not_the_end(server: Server, graph: Open) -> None:
    """Only an absent next ends a listing; a page without any items does not."""
    _pages(server, {"data": []}, {"data": []}, {"data": [7]})
    assert sum(len(one.body["data"]) for one in _listing(graph()).read()) == 1


def test_a_loop_is_noticed(server: Server, graph: Open) -> None:
    """A next page that was read before ends the listing as incomplete."""
    next_page = f"{server.base}/1/posts?after=same"
    server.say = lambda _: _json({"data": [1], "paging": {"next": next_page}})
    listing = _listing(graph())
    assert len(list(listing.read())) == 2
    assert listing.reason == "H114"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/x?after=2", "//evil.example/x?after=2", "http://localhost:1/x?after=2", "http://[::1", "x"],
)
def test_a_next_page_on_another_host_is_asked_for_at_ours(server: Server, graph: Open, address: str) -> None:
    """Wherever the next page is said to be, our own host alone is asked, with its cursor or the one beside it."""
    paging = {"next": address, "cursors": {"after": "2"}}
    server.say = lambda asked: _json({"data": [1]} if "after" in asked.args else {"data": [1], "paging": paging})
    listing = _listing(graph())
    assert len(list(listing.read())) == 2
    assert listing.reason == ""
    assert [(one.path, one.args.get("after")) for one in server.asked] == [
        (f"/{VERSION}/1/posts", None),
        (f"/{VERSION}/1/posts", "2"),
    ]


def test_a_next_page_without_a_place_is_no_end(server: Server, graph: Open) -> None:
    """A next page that nothing tells the place of leaves the listing incomplete."""
    server.say = lambda _: _json({"data": [1], "paging": {"next": f"{server.base}/x?limit=9"}})
    listing = _listing(graph())
    assert len(list(listing.read())) == 1
    assert listing.reason == "H114"


def test_of_a_next_address_only_the_place_is_taken() -> None:
    """Token, proof, fields and whatever carries the token are dropped; without a next address there is no next page."""
    next_page = f"https://graph.facebook.com/v26.0/1/x?access_token={TOKEN}&appsecret_proof=p&after=a&__paging_token=t"
    assert cursor_of({"next": next_page}) == {"after": "a", "__paging_token": "t"}
    assert cursor_of({"cursors": {"after": "a"}}) is None
    assert cursor_of({"next": f"/x?since={TOKEN}&after=1&fields=id"}, TOKEN) == {"after": "1"}


def test_too_much_data_halves_the_page(server: Server, graph: Open) -> None:
    """Asked to reduce the amount of data, the same page is asked for with half as many items."""
    message = "Please reduce the amount of data you're asking for, then retry your request"

    def say(request: Request) -> Response:
        if int(request.args["limit"]) > 25:
            return _error(1, message=message, status=500)
        return _json({"data": [1]})

    server.say = say
    listing = _listing(graph())
    assert len(list(listing.read())) == 1
    assert [one.args["limit"] for one in server.asked] == ["100", "50", "25"]
    server.say = lambda _: _error(1, message=message, status=500)
    listing = _listing(graph(), limit=2)
    assert (list(listing.read()), listing.reason) == ([], "H106")


def test_a_page_of_another_form_is_told_of(server: Server, graph: Open) -> None:
    """What is no page ends the listing as unreadable."""
    bodies: list[Any] = [{}, [], {"data": {}}, {"data": None}]
    for body in bodies:
        server.say = lambda _, body=body: _json(body)  # type: ignore[misc]  # bound now
        listing = _listing(graph())
        assert (list(listing.read()), listing.reason) == ([], "H128")


def test_unknown_fields_are_left_out(server: Server, graph: Open) -> None:
    """A server that knows fewer fields is asked for fewer, once and for all."""

    def say(request: Request) -> Response:
        if "fancy" in request.args["fields"]:
            return _error(100, message="(#100) Tried accessing nonexisting field (fancy) on node type (Page)")
        return _json({"data": [1]})

    one = graph()
    server.say = lambda _: _json({"data": []})
    assert len(list(Listing(one, "0/posts", {}, endpoint="posts", limit=5, fields=("id,fancy", "id")).read())) == 1
    server.say = say
    for _ in range(2):
        listing = Listing(one, "1/posts", {}, endpoint="posts", limit=5, fields=("id,fancy", "id"))
        assert len(list(listing.read())) == 1
    assert [one.args["fields"] for one in server.asked] == ["id,fancy", "id,fancy", "id", "id"]
    assert one.plainer == 1


def test_an_object_that_lacks_a_field_changes_nothing_for_the_others(server: Server, graph: Open) -> None:
    """A list of fields that was answered stays the first that is asked for; one object alone is read with fewer."""

    def say(request: Request) -> Response:
        if request.path.endswith("/2") and "fancy" in request.args["fields"]:
            return _error(100, message="(#100) Tried accessing nonexisting field (fancy)")
        return _json({"id": "1"})

    server.say = say
    one = graph()
    for native in "123":
        one.get_fields(native, ("id,fancy", "id"), endpoint="x")
    assert [one.args["fields"] for one in server.asked] == ["id,fancy", "id,fancy", "id", "id,fancy"]
    assert one.plainer == 0


def test_objects_are_read_together_or_one_by_one(server: Server, graph: Open) -> None:
    """Many objects are one request; where one of them is missing each is asked for by itself."""

    def say(request: Request) -> Response:
        wanted = request.args["ids"].split(",") if "ids" in request.args else [request.path.rpartition("/")[2]]
        if "3" in wanted:
            return _error(803 if len(wanted) > 1 else 100, subcode=33, status=404)
        found = {one: {"id": one} for one in wanted}
        return _json(found if len(wanted) > 1 else found[wanted[0]])

    server.say = say
    one = graph()
    assert [found for _, found in one.objects(["1", "2"], ("id",), endpoint="x")] == [{"id": "1"}, {"id": "2"}]
    assert len(server.asked) == 1
    found = dict(one.objects(["1", "2", "3"], ("id",), endpoint="x"))
    assert found["1"] == {"id": "1"}
    assert isinstance(found["3"], GraphError)
    assert found["3"].absent
    assert len(server.asked) == 5


def test_the_token_calendar(server: Server, graph: Open) -> None:
    """The nearer of the token's two ends counts; 0 is none, and a server without the endpoint says nothing."""
    ends = int((NOW + timedelta(days=9)).timestamp())
    told = {"expires_at": 0, "data_access_expires_at": ends, "is_valid": True}
    server.say = lambda _: _json({"data": told})
    assert graph().token_ends() == NOW + timedelta(days=9)
    server.say = lambda _: _json({"data": told | {"expires_at": ends - 60}})
    assert graph().token_ends() == NOW + timedelta(days=9, minutes=-1)
    for odd in (_error(100), _error(190), Response("", 404), _json([]), _json({"data": {"expires_at": "x"}})):
        server.say = lambda _, odd=odd: odd  # type: ignore[misc]  # bound now
        assert graph().token_ends() is None
    assert graph(secret=None).token_ends() is None
