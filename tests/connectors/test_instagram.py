"""Instagram through its session alone, against the fake of the Graph API as a process and scripted answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.platforms.instagram.session import InstagramSession
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, Lookup, MediaError, Window
from schemas.record import MediaRef, Seen
from tests.contracts.platform_captures import samples
from tests.servers.world import RunningFake

NOW = datetime(2026, 10, 20, 2, tzinfo=UTC)
TOKEN = "hemlig-nyckel-0123456789abcdef"
QUICK = Budget(attempts=2, first_pause=0.001, connect=1, quiet=1, longest=3)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW)
LIGHT = Window(since=NOW - timedelta(hours=24), now=NOW, horizon_name="light")
OWN = "900100200"
JPEG = base64.b64encode(b"picture").decode()
Open = Callable[..., InstagramSession]
Scripted = Callable[[dict[str, Any]], str]


def ago(hours: float) -> str:
    """An instant so long before the run, as the fake takes it."""
    return (NOW - timedelta(hours=hours)).isoformat()


@pytest.fixture(scope="module")
def page_fake() -> Iterator[RunningFake]:
    """A Page's token, three objects a page."""
    with RunningFake("instagram") as running:
        yield running


@pytest.fixture(scope="module")
def capped_fake() -> Iterator[RunningFake]:
    """A person's token; comments without a next page, films without a file, a version without alt texts."""
    options = {"login": "user", "paging": "none", "audio": "off", "refuse": "alt_text"}
    with RunningFake("instagram", page=100, options=options) as running:
        yield running


@pytest.fixture
def fake(page_fake: RunningFake) -> RunningFake:
    """The usual one, empty."""
    page_fake.reset()
    page_fake.clock(NOW)
    return page_fake


@pytest.fixture
def capped(capped_fake: RunningFake) -> RunningFake:
    """The odd one, empty."""
    capped_fake.reset()
    capped_fake.clock(NOW)
    return capped_fake


@pytest.fixture
def session() -> Iterator[Open]:
    """Opens sessions of the municipality's account."""
    opened: list[InstagramSession] = []

    def open_one(
        base: str, handle: str = "@alvsjobro", *, at: datetime = NOW, secret: str | None = TOKEN, **more: Any
    ) -> InstagramSession:
        cap = more.pop("media_cap", 10_000)
        budget = more.pop("budget", QUICK)
        account = Account(name="alvsjobro", platform="instagram", handle=handle, authority="ks", api_base=base, **more)
        one = InstagramSession(account, secret, FixedClock(at), budget=budget, media_cap=cap, sleep=lambda _: None)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def scripted(httpserver: HTTPServer) -> Scripted:
    """A server that answers each path with a fixed body, or what a function makes of the request.

    Paths are below the version; where they begin with an exclamation mark the server knows no versions.
    """

    def start(answers: dict[str, Any]) -> str:
        def handle(request: Request) -> Response:
            path = request.path.removeprefix("/v26.0/").removeprefix("/")
            if "!me/accounts" in answers:
                if request.path.startswith("/v26.0/"):
                    return Response("no such page", 404, content_type="text/plain")
                path = f"!{path}"
            found = answers.get(path)
            if callable(found):
                found = found(request)
            if found is None:
                error = {
                    "message": "Unsupported get request.",
                    "type": "GraphMethodException",
                    "code": 100,
                    "error_subcode": 33,
                }
                return Response(json.dumps({"error": error}), 400, content_type="application/json")
            status = 400 if "error" in found else 200
            return Response(json.dumps(found), status, content_type="application/json")

        httpserver.expect_request(_Anything()).respond_with_handler(handle)
        return httpserver.url_for("").rstrip("/")

    return start


class _Anything(str):
    """Matches every path."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return super().__new__(cls, "/")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    __hash__ = str.__hash__


ME = {"id": "300", "instagram_business_account": {"id": OWN, "username": "alvsjobro"}}


def error(code: int, message: str = "x", subcode: int = 0) -> dict[str, Any]:
    """An error answer."""
    return {"error": {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}}


class Night:
    """What one fetch gave."""

    def __init__(self, session: InstagramSession, window: Window = ALL, threads: tuple[str, ...] = ()) -> None:
        self.items: list[Seen] = []
        self.findings: list[Finding] = []
        self.ends: dict[tuple[str, str], ListingEnd] = {}
        self.captures: list[Capture] = []
        self.error: HttpError | None = None
        try:
            for step in session.fetch(window, iter(threads)):
                self._take(session, step)
        except HttpError as failed:
            self.error = failed

    def _take(self, session: InstagramSession, step: object) -> None:
        if isinstance(step, Capture):
            self.captures.append(step)
            parsed = session.parse(step)
            self.items.extend(parsed.items)
            self.findings.extend(parsed.findings)
        elif isinstance(step, ListingEnd):
            assert (step.listing, step.scope) not in self.ends
            self.ends[step.listing, step.scope] = step
        elif isinstance(step, Finding):
            self.findings.append(step)

    @property
    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {one.code for one in self.findings}

    def natives(self, *kinds: str) -> list[str]:
        """Native ids of first-hand items of those kinds, in order, each once."""
        return list(dict.fromkeys(one.native for one in self.items if one.kind in kinds and not one.secondary))

    def item(self, native: str) -> Seen:
        """The item as last shown."""
        return next(one for one in reversed(self.items) if one.native == native)

    def finding(self, code: str) -> dict[str, str | int]:
        """Parameters of the one finding with that code."""
        (found,) = [one for one in self.findings if one.code == code]
        return dict(found.parameters)


# -- who we are


@pytest.mark.parametrize("handle", ["@alvsjobro", "Alvsjobro", OWN, "https://www.instagram.com/alvsjobro/"])
def test_a_pages_token_leads_to_its_account(fake: RunningFake, session: Open, handle: str) -> None:
    """The account linked to the token's Page is ours, by name or number, whatever version the address names."""
    assert session(fake.base, handle).health().native == OWN
    assert session(f"{fake.base}/v25.0/", handle).health().native == OWN


def test_a_persons_token_leads_through_its_pages(capped: RunningFake, session: Open) -> None:
    """With several Pages, the one whose account has the file's name is taken."""
    assert session(capped.base).health().native == OWN
    assert session(capped.base, "grannkommunen").health().native == "800500"


def test_a_token_of_instagrams_own_log_in(fakes: Callable[..., RunningFake], session: Open) -> None:
    """Instagram Login knows no Pages: the account is its own user id, and its posts are our own."""
    fake = fakes("instagram", options={"login": "instagram"})
    fake.clock(NOW)
    post = fake.act("post", text="Hej", at=ago(5))["id"]
    night = Night(one := session(fake.base))
    assert one.health().native == OWN
    assert (night.natives("post"), night.natives("profile")) == ([post], [f"{OWN}#profile"])
    assert night.item(post).author_native == OWN


def test_the_account_can_be_named_by_number(scripted: Scripted, session: Open) -> None:
    """The option ig_user is asked for directly; nothing else is looked for."""
    base = scripted({OWN: {"id": int(OWN), "username": "alvsjobro"}})
    assert session(base, options=(("ig_user", OWN),)).health().native == OWN


def test_an_account_that_only_lists_media(scripted: Scripted, session: Open) -> None:
    """A number as handle is enough where the server tells nothing of the account itself."""
    assert session(scripted({f"{OWN}/media": {"data": []}}), OWN).health().native == OWN


def test_wrong_accounts_and_tokens_are_refused(fake: RunningFake, scripted: Scripted, session: Open) -> None:
    """Another account's token, a wrong token, and a token without any account are refused, each with its code."""
    for code, one in (
        ("H116", session(fake.base, "grannkommunen")),
        ("H116", session(fake.base, "123456")),
        ("H101", session(fake.base, secret="fel")),
        ("H230", session(scripted({"me": {"id": "300"}, "me/accounts": {"data": [{"id": "301"}]}}))),
    ):
        with pytest.raises(ConnectionRefusedByPlatformError, match=code) as caught:
            one.health()
        assert caught.value.finding.subject == "alvsjobro"
        with pytest.raises(ConnectionRefusedByPlatformError, match=code):
            next(one.fetch(ALL, ()))


def test_the_token_s_end_is_told(fake: RunningFake, session: Open) -> None:
    """The vendor's debug endpoint says when the token ends; without one it is not known."""
    assert session(fake.base).health().token_expires is None
    fake.token(expires=NOW + timedelta(days=9))
    assert session(fake.base).health().token_expires == NOW + timedelta(days=9)


def test_a_version_near_its_end_is_told(fake: RunningFake, session: Open) -> None:
    """A version that has ended is named before anything else fails because of it."""
    health = session(f"{fake.base}/v20.0").health()
    assert [one.code for one in health.findings] == ["H139"]


# -- our own media


def test_the_whole_listing_is_read(fake: RunningFake, session: Open) -> None:
    """Pages are followed to the end, and the token that stands in paging.next is in no item and no capture's name."""
    posts = [fake.act("post", text=f"nr {hour}", at=ago(hour))["id"] for hour in range(8, 0, -1)]
    night = Night(session(fake.base))
    assert night.natives("post") == posts[::-1]
    end = night.ends["posts", ""]
    assert (end.complete, end.since, end.kinds, end.reason) == (True, None, ("post",), "")
    assert any(TOKEN in json.dumps(one.body) for one in night.captures)
    assert not [one for one in night.items if TOKEN in repr(one)]
    assert not [one for one in night.captures if TOKEN in f"{one.endpoint}{one.parameters}{one.context}"]
    assert dict(night.item(posts[0]).counts)["comments"] == 0


def test_a_short_window_ends_early(fake: RunningFake, session: Open) -> None:
    """Reading stops after a page that is older altogether; older threads are read only when asked for."""
    old = [fake.act("post", text="gammal", at=ago(24 * day))["id"] for day in range(60, 20, -1)]
    new = fake.act("post", text="ny", at=ago(3))["id"]
    question = fake.act("comment", parent=old[0], text="sen fråga", at=ago(1))["id"]
    night = Night(session(fake.base), WEEK, (old[0], new))
    assert len(night.natives("post")) <= 7
    assert night.ends["posts", ""] == ListingEnd(
        listing="posts", scope="", complete=True, since=WEEK.since, kinds=("post",), unfiltered=True
    )
    assert {scope for listing, scope in night.ends if listing == "thread"} == {new, old[0]}
    assert (night.natives("comment"), night.item(old[0]).kind) == ([question], "post")


def test_a_listing_out_of_order_is_read_on(scripted: Scripted, session: Open) -> None:
    """Where the order is broken, an old page does not end the listing."""

    def media(request: Request) -> dict[str, Any]:
        at = int(request.args.get("after", 0))
        days = ([30, 2], [40, 50], [1])[at]
        data = [
            {
                "id": f"{at}{day}",
                "media_type": "IMAGE",
                "media_url": "http://127.0.0.1/x",
                "timestamp": (NOW - timedelta(days=day)).isoformat(),
            }
            for day in days
        ]
        return {"data": data, **({"paging": {"next": f"{request.base_url}?after={at + 1}"}} if at < 2 else {})}

    empty: dict[str, Any] = {"data": []}
    base = scripted({"me": ME, f"{OWN}/media": media, f"{OWN}/stories": empty, f"{OWN}/tags": empty})
    night = Night(session(base), WEEK)
    assert "21" in night.natives("post")
    assert "H115" in night.codes


def test_the_ten_thousand_newest(fake: RunningFake, session: Open) -> None:
    """A listing that is over at the platform's cap, while the account states more, is not all (H144)."""
    for hour in range(7):
        fake.act("post", text="x", at=ago(hour + 1))
    night = Night(session(fake.base, media_cap=6))
    assert (night.ends["posts", ""].complete, night.ends["posts", ""].reason) == (True, "")
    night = Night(session(fake.base, media_cap=5))
    assert (night.ends["posts", ""].complete, night.ends["posts", ""].reason) == (False, "H144")


def test_an_empty_listing_with_a_count_is_a_permission_fault(scripted: Scripted, session: Open) -> None:
    """Our own listing empty while the profile states posts: H145, incomplete, and no look-up says gone."""
    profile = {"id": OWN, "username": "alvsjobro", "media_count": 40}
    empty: dict[str, Any] = {"data": []}
    base = scripted({"me": ME, OWN: profile, f"{OWN}/media": empty, f"{OWN}/stories": empty, f"{OWN}/tags": empty})
    for window in (ALL, LIGHT):
        one = session(base)
        night = Night(one, window)
        assert night.ends["posts", ""].reason == "H145"
        assert night.finding("H145") == {"count_stated": 40}
        assert list(one.look_up(["77"])) == [Lookup(native="77", outcome="unclear")]


def test_a_carousel_has_all_its_parts(fake: RunningFake, session: Open) -> None:
    """Every part with its alt text and thumbnail, fetched by its signed address; no signature is kept."""
    parts = [
        {"role": "picture", "media_type": "image/jpeg", "alt": "Torget", "data": JPEG},
        {"role": "video", "media_type": "video/mp4", "data": JPEG},
    ]
    post = fake.act("post", text="två", media=parts, at=ago(2))["id"]
    one = session(fake.base)
    seen = Night(one).item(post)
    assert [(ref.role, ref.alt) for ref in seen.media] == [("picture", "Torget"), ("video", None), ("thumbnail", None)]
    secrets = fake.history()["secrets"]
    assert not [secret for secret in secrets if secret in repr(seen)]
    found = one.fetch_media(seen.media[0], OWN, 1000)
    assert (found.file.read(), found.media_type) == (b"picture", "image/jpeg")
    found.file.close()
    with pytest.raises(MediaError, match="H102"):
        session(fake.base).fetch_media(seen.media[0], OWN, 1000)


def test_parts_that_are_not_inline_are_asked_for(scripted: Scripted, session: Open) -> None:
    """A carousel without its parts gets them from the edge; while that fails for tonight the post waits."""
    part = {"id": "61", "media_type": "IMAGE", "media_url": "https://cdn.example/a.jpg?oh=hemligt", "alt_text": "a"}
    album = {"id": "60", "media_type": "CAROUSEL_ALBUM", "timestamp": ago(3), "comments_count": 0}
    answers: dict[str, Any] = {"me": ME, f"{OWN}/media": {"data": [album]}, "60/children": {"data": [part]}}
    base = scripted(answers)
    assert [ref.origin for ref in Night(session(base)).item("60").media] == ["https://cdn.example/a.jpg"]
    answers["60/children"] = error(2, "transient")
    night = Night(session(base))
    assert (night.natives("post"), night.ends["posts", ""].reason) == ([], "H106")
    answers["60/children"] = error(10, "permission")
    night = Night(session(base))
    assert (night.natives("post"), night.ends["posts", ""].complete) == (["60"], True)
    assert "H233" in night.codes


def test_a_film_without_a_file(capped: RunningFake, session: Open) -> None:
    """A film whose sound is licensed has no media_url: H143, the thumbnail is taken and the link kept."""
    film = [{"role": "video", "media_type": "video/mp4", "data": JPEG}]
    post = capped.act("post", text="Valborg", media=film, at=ago(2))["id"]
    night = Night(session(capped.base))
    assert "H143" in night.codes
    assert [ref.role for ref in night.item(post).media] == ["thumbnail"]
    assert night.item(post).links == (f"https://www.instagram.example/p/C{post}/",)


def test_a_version_that_knows_fewer_fields(capped: RunningFake, session: Open) -> None:
    """A field that a version does not know is left out, told by H231, and nothing else is lost."""
    post = capped.act("post", text="Text", media=[{"data": JPEG}], at=ago(2))["id"]
    night = Night(session(capped.base))
    assert night.finding("H231") == {"kind": "media"}
    assert (night.item(post).text, len(night.item(post).media)) == ("Text", 1)


def test_an_edited_caption_is_another_version(fake: RunningFake, session: Open) -> None:
    """Captions can be edited: the same item with another identity; likes change only the counters."""
    post = fake.act("post", text="Öppet", at=ago(9))["id"]
    before = Night(session(fake.base)).item(post)
    fake.act("like", id=post, count=3)
    liked = Night(session(fake.base)).item(post)
    fake.act("edit", id=post, text="Stängt", at=ago(1))
    after = Night(session(fake.base)).item(post)
    assert (liked.identity == before.identity, liked.counts == before.counts) == (True, False)
    assert (after.native, after.text, after.identity != before.identity) == (post, "Stängt", True)


# -- comments


def test_all_answers_are_read(fake: RunningFake, session: Open) -> None:
    """Comments on several pages, and answers beyond those that stand in the comment, each in its place."""
    post = fake.act("post", text="Fråga på", at=ago(20))["id"]
    tops = [fake.act("comment", parent=post, text=f"nr {number}", at=ago(19 - number))["id"] for number in range(7)]
    below = [
        fake.act("comment", parent=tops[2], text=f"svar {number}", at=ago(9 - number))["id"] for number in range(8)
    ]
    own = fake.act("comment", parent=tops[2], author="own", text="Hej, vi svarar.", at=ago(0.5))["id"]
    night = Night(session(fake.base))
    assert set(night.natives("comment")) == {*tops, *below}
    assert night.natives("reply") == [own]
    assert {night.item(native).parent_native for native in (*below, own)} == {tops[2]}
    assert {night.item(native).parent_native for native in tops} == {post}
    assert {one.thread_native for one in night.items if one.kind in ("comment", "reply")} == {post}
    end = night.ends["thread", post]
    assert (end.complete, end.kinds) == (True, ("comment", "reply"))
    assert night.item(own).author_native == OWN
    assert not {"H132", "H145", "H148"} & night.codes


def test_hidden_comments_are_marked(fake: RunningFake, session: Open) -> None:
    """A hidden comment is shown to the owner with hidden = true; who hid it is not told."""
    post = fake.act("post", text="x", at=ago(9))["id"]
    comment = fake.act("comment", parent=post, text="fult", at=ago(8))["id"]
    fake.act("hide", id=comment, at=ago(7))
    seen = Night(session(fake.base)).item(comment)
    assert (seen.hidden, seen.hidden_by, seen.visibility) == (True, "", "")


def test_fifty_comments_without_a_next_page(capped: RunningFake, session: Open) -> None:
    """A full page of 50 with no next is not all while more are stated (H148); 50 of 50 are all."""
    post = capped.act("post", text="Populärt", at=ago(90))["id"]
    capped.acts([{"op": "comment", "parent": post, "text": f"nr {n}", "at": ago(80 - n)} for n in range(50)])
    end = Night(session(capped.base)).ends["thread", post]
    assert (end.complete, end.reason) == (True, "")
    capped.act("comment", parent=post, text="en till", at=ago(1))
    night = Night(session(capped.base))
    assert (night.ends["thread", post].complete, night.ends["thread", post].reason) == (False, "H148")
    assert night.finding("H148") == {"limit": 50}
    assert len(night.natives("comment")) == 50


def test_fifty_answers_without_a_next_page(capped: RunningFake, session: Open) -> None:
    """The same holds for the answers to one comment."""
    post = capped.act("post", text="Populärt", at=ago(90))["id"]
    top = capped.act("comment", parent=post, text="nr 0", at=ago(85))["id"]
    capped.acts([{"op": "comment", "parent": top, "text": f"nr {n}", "at": ago(80 - n)} for n in range(60)])
    night = Night(session(capped.base))
    assert night.ends["thread", post].reason == "H148"


def test_an_empty_answer_where_comments_are_stated(fake: RunningFake, session: Open) -> None:
    """200 and an empty list while the count says otherwise: H145, the thread is not complete, nothing is gone."""
    post = fake.act("post", text="x", at=ago(9))["id"]
    fake.act("comment", parent=post, text="finns", at=ago(8))
    fake.misbehave(empty=True)
    one = session(fake.base)
    night = Night(one)
    assert (night.ends["thread", post].complete, night.ends["thread", post].reason) == (False, "H145")
    assert night.finding("H145") == {"count_stated": 1}
    assert list(one.look_up(["55"])) == [Lookup(native="55", outcome="unclear")]


def test_answers_are_asked_for_where_none_stand_inside(scripted: Scripted, session: Open) -> None:
    """A server that shows no answers inside comments is asked for each comment's, when fewer are shown than stated."""
    post = {
        "id": 60,
        "media_type": "IMAGE",
        "media_url": "http://127.0.0.1/a",
        "timestamp": ago(3),
        "comments_count": 3,
    }
    answers = {
        "me": {"id": 300, "instagram_business_account": {"id": int(OWN)}},
        OWN: {"id": int(OWN), "username": "alvsjobro"},
        f"{OWN}/media": {"data": [post]},
        "60/comments": {"data": [{"id": 61, "text": "a", "timestamp": ago(2), "username": "anna"}]},
        "61/replies": {"data": [{"id": 62, "text": "b", "timestamp": ago(1), "username": "alvsjobro"}]},
    }
    night = Night(session(scripted(answers)))
    assert (night.natives("comment"), night.natives("reply")) == (["61"], ["62"])
    assert night.item("62").parent_native == "61"
    assert night.finding("H132") == {"count_shown": 2, "count_stated": 3}
    assert night.ends["thread", "60"].complete


def test_answers_cut_without_a_word_are_found(scripted: Scripted, session: Open) -> None:
    """A comment that shows one answer and names no next page is asked again when more are stated."""
    post = {
        "id": "60",
        "media_type": "IMAGE",
        "media_url": "http://127.0.0.1/a",
        "timestamp": ago(3),
        "comments_count": 3,
    }
    answers = [{"id": f"7{n}", "text": "b", "timestamp": ago(1), "username": "anna"} for n in (1, 2)]
    comment = {"id": "61", "text": "a", "timestamp": ago(2), "username": "anna", "replies": {"data": answers[:1]}}
    base = scripted(
        {
            "me": ME,
            f"{OWN}/media": {"data": [post]},
            "60/comments": {"data": [comment]},
            "61/replies": {"data": answers},
        }
    )
    night = Night(session(base))
    assert (night.natives("comment"), "H132" in night.codes) == (["61", "71", "72"], False)


def test_a_comment_whose_parent_is_gone_is_read_by_itself(fake: RunningFake, session: Open) -> None:
    """Named as a thread, a comment is recognised, read with what lies below it, and keeps its place."""
    post = fake.act("post", text="x", at=ago(900))["id"]
    top = fake.act("comment", parent=post, text="fråga", at=ago(800))["id"]
    below = fake.act("comment", parent=top, text="svar", at=ago(700))["id"]
    for number in range(9):
        fake.act("post", text=f"nr {number}", at=ago(600 - number))
    night = Night(session(fake.base), WEEK, (top, "4711"))
    assert night.natives("comment") == [top, below]
    assert (night.item(top).thread_native, night.item(below).parent_native) == (post, top)
    assert night.ends["thread", top].complete
    assert night.ends["thread", "4711"].reason == "H103"


def test_names_that_are_withheld_are_counted(scripted: Scripted, session: Open) -> None:
    """Comments without a writer are stored all the same, and their number is told."""
    post = {
        "id": "60",
        "media_type": "IMAGE",
        "media_url": "http://127.0.0.1/a",
        "timestamp": ago(3),
        "comments_count": 2,
    }
    comments = [{"id": f"6{n}", "text": "a", "timestamp": ago(2)} for n in (1, 2)]
    base = scripted({"me": ME, f"{OWN}/media": {"data": [post]}, "60/comments": {"data": comments}})
    night = Night(session(base))
    assert (night.natives("comment"), night.finding("H146")) == (["61", "62"], {"count_hidden": 2})


# -- stories


def test_stories_are_read_in_daytime_too(fake: RunningFake, session: Open) -> None:
    """The light pass reads live stories and the newest posts, and leaves out what is dear."""
    story = fake.act("story", text="Fika", media=[{"data": JPEG}], at=ago(3))["id"]
    fake.act("mention", text="@alvsjobro", at=ago(2))
    post = fake.act("post", text="ny", at=ago(1))["id"]
    night = Night(session(fake.base), LIGHT)
    assert (night.natives("story"), night.natives("post"), night.natives("mention", "profile")) == ([story], [post], [])
    assert night.ends["stories", ""] == ListingEnd(listing="stories", scope="", complete=True, kinds=("story",))
    assert len(night.item(story).media) == 1


def test_an_expired_story_is_told_from_a_removed_one(fake: RunningFake, session: Open) -> None:
    """A story that is gone after its day has expired; one that is gone before was removed, nobody tells by whom."""
    old = fake.act("story", text="gammal", at=ago(5))["id"]
    young = fake.act("story", text="ung", at=ago(1))["id"]
    first = session(fake.base)
    Night(first, LIGHT)
    memory = dict(first.remember())
    assert list(memory) == ["platform.stories"]
    assert not [one for one in (old, young, TOKEN) if one in memory["platform.stories"]]
    later = NOW + timedelta(hours=20)
    fake.clock(later)
    fake.act("delete", id=young, by="us")
    second = session(fake.base, at=later)
    night = Night(second, Window(since=None, now=later, memory=memory))
    assert night.natives("story") == []
    assert list(second.look_up([old, young])) == [
        Lookup(native=old, outcome="not_found", cause="expired"),
        Lookup(native=young, outcome="not_found", cause=""),
    ]
    assert second.remember() == {"platform.stories": ""}


# -- mentions and messages


def test_media_that_tag_us_are_mentions(fake: RunningFake, session: Open) -> None:
    """Posts of others in which we are tagged are kept as theirs; their absence proves nothing."""
    mention = fake.act("mention", text="Fint i kommunen", at=ago(5))["id"]
    night = Night(session(fake.base))
    assert (night.natives("mention"), night.item(mention).author) == ([mention], "asa.lindqvist")
    assert night.ends["mentions", ""].kinds == ()


def test_optional_listings_may_be_missing(scripted: Scripted, session: Open) -> None:
    """A server without stories and tags is harvested all the same; H232 names each."""
    post = {"id": "60", "media_type": "IMAGE", "media_url": "http://127.0.0.1/a", "timestamp": ago(3)}
    night = Night(session(scripted({"me": ME, f"{OWN}/media": {"data": [post]}, "60/comments": {"data": []}})))
    assert sorted(str(dict(one.parameters)["listing"]) for one in night.findings if one.code == "H232") == [
        "mentions",
        "stories",
    ]
    assert "H235" in night.codes
    assert [end.complete for end in night.ends.values()] == [True, True]
    assert night.error is None


def test_messages_are_off_unless_wanted(fake: RunningFake, session: Open) -> None:
    """Without the setting H140 says every night that they are off; with it conversations are read in full."""
    messages = [fake.act("message", text=f"nr {number}", at=ago(9 - number))["id"] for number in range(7)]
    night = Night(session(fake.base))
    assert (night.natives("message"), "H140" in night.codes) == ([], True)
    night = Night(session(fake.base, harvest=Cadence(messages=True)))
    assert set(night.natives("message")) == set(messages)
    assert (night.ends["messages", ""].complete, "H140" in night.codes) == (True, False)


def test_messages_that_are_not_given(scripted: Scripted, session: Open) -> None:
    """A token without the permission gives H141 and the rest of the run is good."""
    denied = error(190, "(#190) This method must be called with a Page Access Token")
    base = scripted({"me": ME, f"{OWN}/media": {"data": []}, "300/conversations": denied})
    night = Night(session(base, harvest=Cadence(messages=True)))
    assert "H141" in night.codes
    assert (night.error, ("messages", "") in night.ends) == (None, False)


def test_messages_named_by_id_only(scripted: Scripted, session: Open) -> None:
    """Where a conversation names ids, each message is asked for; those not given any more make it incomplete."""
    conversation = {"id": "t1", "messages": {"data": [{"id": "m1"}, {"id": "m2"}]}}
    message = {"id": "m1", "created_time": ago(2), "from": {"id": "7", "username": "anna"}, "message": "Hej"}
    answers = {"me": ME, f"{OWN}/media": {"data": []}, "300/conversations": {"data": [{"id": "t1"}]}}
    base = scripted({**answers, "t1": conversation, "m1": message})
    night = Night(session(base, harvest=Cadence(messages=True)))
    assert (night.natives("message"), night.item("m1").thread_native) == (["m1"], "t1")
    assert night.ends["messages", ""].reason == "H148"


def test_items_are_told_from_others_items() -> None:
    """Another account's media in our listing is told and not stored; our own among the mentions comes by the way."""
    (post,) = [one for one in samples("instagram") if one.name == "post"]
    assert isinstance(post.capture.body, dict)
    foreign = post.parse({**post.capture.body, "owner": {"id": "1"}, "username": "annan"})
    assert (foreign.items, [one.code for one in foreign.findings]) == ([], ["H125"])
    (mentions,) = [one for one in samples("instagram") if one.name == "mentions"]
    assert [(one.kind, one.secondary) for one in mentions.parse().items] == [("mention", False), ("post", True)]


# -- look-ups and misbehaviour


def test_only_a_plain_answer_says_gone(scripted: Scripted, session: Open) -> None:
    """Gone is what the platform does not know (100/33, 404); any other error leaves it open."""
    answers: dict[str, Any] = {
        "me": ME,
        OWN: {"id": OWN, "username": "alvsjobro"},
        "1": {"id": "1"},
        "3": error(100, "Invalid parameter"),
        "4": error(10, "permission"),
    }
    one = session(scripted(answers))
    found = {answer.native: answer.outcome for answer in one.look_up(["1", "2", "3", "4", f"{OWN}#profile"])}
    assert found == {
        "1": "found",
        "2": "not_found",
        "3": "unclear",
        "4": "unclear",
        f"{OWN}#profile": "found",
    }


def test_look_ups_that_fail_are_told(scripted: Scripted, session: Open) -> None:
    """A server that fails on the way leaves those items open, and the run learns of it; a dead one is not asked on."""
    answers: dict[str, Any] = {"me": ME, "1": error(2), "2": {"id": "2"}, **{f"9{n}": error(2) for n in range(9)}}
    one = session(scripted(answers))
    for natives, outcomes in ((["1", "2"], ["unclear", "found"]), ([f"9{n}" for n in range(9)], ["unclear"] * 3)):
        asked = one.look_up(natives)
        assert [next(asked).outcome for _ in outcomes] == outcomes
        with pytest.raises(HttpError, match="H106"):
            next(asked)


def test_nothing_is_gone_while_we_ourselves_are_not_found(scripted: Scripted, session: Open) -> None:
    """When the platform does not find any more what is surely there, its word is not taken."""
    post = {"id": "60", "media_type": "IMAGE", "media_url": "http://127.0.0.1/a", "timestamp": ago(3)}
    listing = {"me": ME, f"{OWN}/media": {"data": [post]}, "60/comments": {"data": []}}
    answers: dict[str, Any] = {}
    base = scripted(answers)
    for more, outcome in (({}, "unclear"), ({"60": {"id": "60"}}, "not_found"), ({OWN: {"id": OWN}}, "not_found")):
        answers.clear()
        answers |= {**listing, **more}
        one = session(base)
        Night(one)
        assert next(one.look_up(["2"])).outcome == outcome


def test_throttling_ends_the_run(fake: RunningFake, session: Open) -> None:
    """A throttled account is not asked again: the listing is incomplete and the run ends with the time to stay away."""
    fake.act("post", text="x", at=ago(3))
    one = session(fake.base)
    one.health()
    fake.misbehave(throttle=1000)
    asked = len(fake.history()["asked"])
    night = Night(one)
    assert night.error is not None
    assert (night.error.code, night.error.until) == ("H105", NOW + timedelta(minutes=25))
    assert len(fake.history()["asked"]) == asked + 1
    with pytest.raises(HttpError, match="H105"):
        list(one.look_up(["1"]))


def test_a_short_budget_hits_the_oldest_threads(fake: RunningFake, session: Open) -> None:
    """When the requests are used up, the newest threads have been read and H194 counts the others."""
    posts = [fake.act("post", text="x", at=ago(hour))["id"] for hour in range(1, 10)]
    night = Night(session(fake.base, budget=replace(QUICK, requests=9)))
    assert night.error is not None
    assert night.error.code == "H110"
    read = [scope for (listing, scope), end in night.ends.items() if listing == "thread" and end.complete]
    assert read == posts[: len(read)]
    assert 0 < len(read) < 9
    assert night.finding("H194") == {"count_threads": 9 - len(read) - 1}


def test_a_broken_listing_never_ends_as_complete(fake: RunningFake, session: Open) -> None:
    """A repeated cursor, a cut answer and a failing server leave the listing incomplete, each with its code."""
    for hour in range(8):
        fake.act("post", text="x", at=ago(hour + 1))
    for code, switches in (
        ("H114", {"loop": 1}),
        ("H106", {"failing": 999, "after": 5}),
        ("H108", {"cut": 999, "after": 5}),
    ):
        fake.misbehave(**switches)
        end = Night(session(fake.base)).ends["posts", ""]
        assert (end.complete, end.reason) == (False, code)


def test_threads_stop_when_the_server_is_down(fake: RunningFake, session: Open) -> None:
    """After three failed threads in a row the others are not tried, and none counts as read."""
    posts = [fake.act("post", text="x", at=ago(hour))["id"] for hour in range(1, 7)]
    fake.misbehave(failing=999, after=5)
    night = Night(session(fake.base))
    assert night.codes >= {"H136"}
    ends = [night.ends["thread", post] for post in posts]
    assert [end.reason for end in ends] == ["H106"] * 3 + ["H136"] * 3
    assert not any(end.complete for end in ends)


@pytest.mark.parametrize("versioned", [True, False])
def test_the_plainest_server_is_enough(scripted: Scripted, session: Open, versioned: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Numbers as ids, no paging object, no optional field, no version in the path, unknown fields: all is read."""
    post = {
        "id": 60,
        "caption": "Hej",
        "media_type": "IMAGE",
        "timestamp": ago(30),
        "username": "alvsjobro",
        "ny": {"a": 1},
    }
    comment = {"id": 61, "text": "Fråga", "timestamp": ago(20), "username": "anna"}
    answers = {
        "me/accounts": {"data": [{"id": 300, "instagram_business_account": {"id": int(OWN)}}]},
        OWN: {"id": int(OWN), "username": "Alvsjobro"},
        f"{OWN}/media": {"data": [post]},
        "60/comments": {"data": [comment]},
        f"{OWN}/stories": {"data": []},
    }
    night = Night(session(scripted(answers if versioned else {f"!{name}": body for name, body in answers.items()})))
    assert (night.natives("post"), night.natives("comment")) == (["60"], ["61"])
    assert (night.item("60").author_native, night.item("61").author) == (OWN, "anna")
    assert {"H121", "H143"} <= night.codes
    assert night.error is None


def test_media_on_another_host_get_no_token(session: Open, fake: RunningFake, httpserver: HTTPServer) -> None:
    """A file on a foreign host is fetched without the account's authorisation."""
    asked: list[str | None] = []

    def give(request: Request) -> Response:
        asked.append(request.headers.get("Authorization"))
        return Response(b"bytes", content_type="image/jpeg")

    httpserver.expect_request("/bild.jpg").respond_with_handler(give)
    reference = MediaRef(role="picture", origin=httpserver.url_for("/bild.jpg"))
    found = session(fake.base).fetch_media(reference, OWN, 1000)
    assert (found.file.read(), asked) == (b"bytes", [None])
    found.file.close()
