"""X through its session alone: spellings, edits, listings with caps, conversations, look-ups, costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.platforms.x.session import XSession
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Window
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError
from tests.connectors.x_server import XServer
from tests.servers import x_rules
from tests.servers.world import Medium, Reply

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Budget(attempts=2, first_pause=0.001, max_wait=1000, connect=1, quiet=1, longest=2)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW, horizon_name="daily")
OWN = "900100200"
TWEETS, SEARCH, MENTIONS, LOOKUP = (
    f"/2/users/{OWN}/tweets",
    "/2/tweets/search/recent",
    f"/2/users/{OWN}/mentions",
    "/2/tweets",
)


class Night:
    """What one fetch gave."""

    def __init__(self, session: XSession, window: Window = ALL, threads: tuple[str, ...] = ()) -> None:
        self.items: list[Seen] = []
        self.ends: list[ListingEnd] = []
        self.findings: list[Finding] = []
        for step in session.fetch(window, iter(threads)):
            if isinstance(step, Capture):
                parsed = session.parse(step)
                self.items.extend(parsed.items)
                self.findings.extend(parsed.findings)
            elif isinstance(step, ListingEnd):
                self.ends.append(step)
            else:
                self.findings.append(step)

    @property
    def codes(self) -> set[str]:
        """Codes of the findings that are more than a note."""
        return {one.code for one in self.findings if one.severity != "info"}

    def end(self, listing: str, scope: str = "") -> ListingEnd:
        """The one end of a listing."""
        (found,) = [one for one in self.ends if (one.listing, one.scope) == (listing, scope)]
        return found

    def of(self, native: str) -> list[Seen]:
        """What was shown of one item, in order."""
        return [one for one in self.items if one.native == native]

    def kinds(self) -> dict[str, str]:
        """Last words of a text → kind."""
        return {one.text.rpartition(" ")[2]: one.kind for one in self.items if one.kind != "profile"}


Open = Callable[..., XSession]
Serve = Callable[..., XServer]


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Starts X."""
    return lambda **options: XServer(httpserver, NOW, **options)


@pytest.fixture
def connect() -> Iterator[Open]:
    """Opens sessions of our account."""
    opened: list[XSession] = []

    def one(
        server: XServer,
        *,
        handle: str = "@Alvsjobro",
        base: str = "",
        token: str | None = None,
        waits: list[float] | None = None,
        messages: bool = False,
        **options: str,
    ) -> XSession:
        account = Account(
            name="konto",
            platform="x",
            handle=handle,
            authority="ks",
            api_base=server.base + base,
            harvest=Cadence(messages=messages),
            options=tuple(options.items()),
        )
        sleep = waits.append if waits is not None else lambda _: None
        token = server.fake.world.token if token is None else token
        opened.append(XSession(account, token, FixedClock(NOW), budget=QUICK, sleep=sleep))
        return opened[-1]

    yield one
    for session in opened:
        session.close()


# -- who we are


@pytest.mark.parametrize("base", ["", "/", "/2", "/2/"])
def test_the_address_may_name_the_version(serve: Serve, connect: Open, base: str) -> None:
    """The address may end in /2 or not."""
    assert connect(serve(), base=base).health().native == OWN


def test_an_app_token_stands_for_nobody(serve: Serve, connect: Open) -> None:
    """With the app's own token the account is found by its handle, and all that is public is read."""
    server = serve(auth="app")
    server.add(1, "Bron", days=1)
    night = Night(connect(server, messages=True))
    assert night.kinds() == {"Bron": "post"}
    assert night.end("posts").complete
    assert night.codes == {"H141"}


def test_another_accounts_token_is_refused(serve: Serve, connect: Open) -> None:
    """A token of another account than the file's gives nothing but the refusal."""
    with pytest.raises(ConnectionRefusedByPlatformError, match="H116"):
        connect(serve(), handle="grannkommunen").health()


@pytest.mark.parametrize(
    ("options", "more", "code"),
    [
        ({"auth": "app"}, {"handle": "ingen"}, "H103"),
        ({}, {"token": "fel-nyckel"}, "H101"),
        ({"credit": "no"}, {}, "H254"),
    ],
)
def test_what_cannot_be_used_is_named(
    serve: Serve, connect: Open, options: dict[str, str], more: dict[str, Any], code: str
) -> None:
    """A handle that is not there, a bad token and a used-up credit are three different refusals."""
    with pytest.raises(ConnectionRefusedByPlatformError, match=code):
        connect(serve(**options), **more).health()


# -- spelling


@pytest.mark.parametrize(("understood", "asked"), [("post", "tweet"), ("tweet", "post"), ("post", "post")])
def test_the_spelling_is_changed_once_where_x_refuses_it(
    serve: Serve, connect: Open, understood: str, asked: str
) -> None:
    """A server of either vocabulary is read whole; what it refused once is never asked for again."""
    server = serve(fields=understood)
    post = server.add(1, "En fråga om bron", days=1)
    server.add(2, "Ja", days=0.5, by=0, below=post)
    night = Night(connect(server, fields=asked))
    assert night.kinds() == {"bron": "post", "Ja": "comment"}
    assert night.items[1].counts[0] == ("likes", 0)
    refused = [path for (path, _), status in zip(server.asked, server.statuses, strict=True) if status == 400]
    assert refused == [path for path in refused if path == TWEETS]
    assert len(refused) <= 2
    assert not night.codes


def test_a_server_that_passes_over_what_it_does_not_know(serve: Serve, connect: Open) -> None:
    """Where X shows none of the fields asked for, they are asked for in the other spelling."""
    server = serve(fields="post", ignore="yes")
    server.add(1, "Bron", days=1)
    night = Night(connect(server))
    assert {one.platform_time for one in night.items if one.kind == "post"} == {NOW - timedelta(days=1)}
    assert "H123" not in night.codes


def test_a_start_time_that_is_refused_is_left_out(serve: Serve, connect: Open) -> None:
    """Without it the listing is read until a page is older than what is wanted."""
    server = serve(start="no", page=1)
    for number in range(6):
        server.add(number, f"Inlägg {number}", days=2 * number)
    night = Night(connect(server), WEEK)
    assert night.end("posts").complete
    assert len(server.paths(TWEETS)) == 1 + 5
    assert [query for query in server.paths(TWEETS) if "start_time" in query] == server.paths(TWEETS)[:1]


def test_no_spelling_is_accepted(serve: Serve, connect: Open) -> None:
    """When X refuses every spelling, the listing is incomplete and says that the interface has changed."""
    server = serve()
    server.fake._spelled = set  # type: ignore[method-assign]  # the server knows none of the parameters
    server.add(1, "Bron", days=1)
    night = Night(connect(server))
    assert (night.end("posts").complete, night.end("posts").reason) == (False, "H127")


def refusing(*values: str, words: bool = True) -> Callable[[dict[str, list[str]]], Reply | None]:
    """Refuses these values of parameters, by name or without a word about them."""

    def answer(query: dict[str, list[str]]) -> Reply | None:
        for name, written in query.items():
            for value in (one for each in written for one in each.split(",") if one in values):
                return x_rules.not_one_of(name, value, ["id"]) if words else Reply.json({"title": "Invalid"}, 400)
        return None

    return answer


REFERENCES = ("referenced_posts", "referenced_posts.id", "referenced_tweets.id")


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("known", REFERENCES)
def test_an_expansion_has_more_than_one_name(serve: Serve, connect: Open, known: str, words: bool) -> None:  # noqa: FBT001
    """In the new vocabulary what is answered is asked for by each of its names until X takes one; nothing is missing."""
    server = serve(fields="post")
    server.fake.options["ignore"] = "yes"
    unknown = {*REFERENCES, "tweet.fields"} - {known}
    for path in (MENTIONS, SEARCH, LOOKUP, TWEETS):
        server.instead[path] = lambda query: (
            x_rules.unknown("tweet.fields", query["tweet.fields"][0], ["post.fields"])
            if "tweet.fields" in query
            else refusing(*unknown, words=words)(query)
        )
    post = server.add(1, "Bron", days=3)
    server.add(2, "Varför", days=2, by=0, below=post)
    night = Night(connect(server))
    assert night.kinds() == {"Bron": "post", "Varför": "comment"}
    assert night.end("mentions").complete
    assert night.end("thread", server.native(post)).complete
    assert not night.codes


@pytest.mark.parametrize(
    ("refused", "told"), [(("article",), "article"), (("attachments.poll_ids", "geo"), "attachments.poll_ids, geo")]
)
def test_what_x_does_not_know_is_left_out(serve: Serve, connect: Open, refused: tuple[str, ...], told: str) -> None:
    """Fields and expansions that X names as unknown are left out, the rest is read, and what is lacking is told."""
    server = serve()
    for path in (MENTIONS, SEARCH, LOOKUP, TWEETS):
        server.instead[path] = refusing(*refused)
    post = server.add(1, "Bron", days=3)
    server.add(2, "Varför", days=2, by=0, below=post)
    night = Night(connect(server))
    assert night.kinds() == {"Bron": "post", "Varför": "comment"}
    assert night.end("posts").complete
    assert [dict(one.parameters) for one in night.findings if one.code == "H258"] == [{"what": told}]


def test_without_expansions_where_none_is_accepted(serve: Serve, connect: Open) -> None:
    """Mentions that X gives only without expansions are read without them, and that is told."""
    server = serve()
    server.instead[MENTIONS] = lambda query: Reply.json({}, 400) if "expansions" in query else None
    server.add(1, "Bron", days=1)
    server.add(2, "Skyltarna", days=1, by=0, kind="mention")
    night = Night(connect(server))
    assert night.kinds() == {"Bron": "post", "Skyltarna": "mention"}
    assert "H258" in night.codes


def test_a_request_that_is_not_understood_is_no_lack_of_access(serve: Serve, connect: Open) -> None:
    """Where X refuses mentions and search as malformed whatever is asked, both are incomplete; few requests are made."""
    server = serve()
    server.instead = dict.fromkeys((MENTIONS, SEARCH), lambda _: Reply.json({"detail": "One or more is invalid"}, 400))
    for number in range(8):
        server.add(number * 2, "Bron", days=1 + number / 4)
    night = Night(connect(server))
    assert "H256" not in night.codes
    assert (night.end("mentions").complete, night.end("mentions").reason) == (False, "H127")
    assert {one.reason for one in night.ends if one.listing == "thread"} == {"H127"}
    assert server.statuses.count(400) < 12


def test_an_option_that_cannot_be_is_refused(serve: Serve, connect: Open) -> None:
    """A wrong spelling or amount is refused when the session is opened, naming the option."""
    server = serve()
    for name, value in (("fields", "x"), ("reads_per_day", "många"), ("cost_cap_usd_per_month", "NaN")):
        with pytest.raises(RefusedError, match=name):
            connect(server, **{name: value})


# -- our own listing


def test_pages_are_followed_to_the_end(serve: Serve, connect: Open) -> None:
    """Every page is read, also after one that is empty and has a next; sizes are within X's bounds."""
    server = serve(page=2)
    for number in range(7):
        server.add(number, f"Inlägg {number}", days=30 + number)
    emptied: list[object] = []

    def empty_once(body: dict[str, Any]) -> dict[str, Any]:
        if body["meta"].get("next_token") and not emptied:
            emptied.append(body.pop("data"))
        return body

    server.changes[TWEETS] = empty_once
    night = Night(connect(server))
    assert len([one for one in night.items if one.kind == "post"]) == 5
    assert night.end("posts").complete
    assert {query["max_results"][0] for query in server.paths(TWEETS)} == {"100"}


def test_a_cursor_that_repeats_is_no_end(serve: Serve, connect: Open) -> None:
    """A listing whose pages go round in a loop is incomplete."""
    server = serve(page=1)
    for number in range(4):
        server.add(number, f"Inlägg {number}", days=1 + number)
    server.fake.misbehaviour.loop = 1
    night = Night(connect(server))
    assert (night.end("posts").complete, night.end("posts").reason) == (False, "H114")


def test_an_empty_answer_is_doubted(serve: Serve, connect: Open) -> None:
    """When nothing is shown of an account that has posts, the newest few tell whether that can be."""
    server = serve()
    server.add(1, "Gammalt", days=40)
    quiet = Night(connect(server), WEEK)
    assert quiet.end("posts").complete
    assert not quiet.end("posts").unfiltered
    server.changes[TWEETS] = lambda _: {"meta": {"result_count": 0}}
    for window in (ALL, WEEK):
        night = Night(connect(server), window)
        assert (night.end("posts").complete, night.end("posts").reason) == (False, "H145")


def test_a_full_listing_is_not_all(serve: Serve, connect: Open) -> None:
    """At 3,200 posts the listing is full: it is incomplete, and complete back to its oldest post alone."""
    server = serve()
    server.add(1, "Bron", days=100)

    template: list[dict[str, Any]] = []

    def many(body: dict[str, Any]) -> dict[str, Any]:
        begin = int(server.asked[-1][1].get("pagination_token", ["0"])[0][-7:])
        template.extend(body.get("data", ()))
        numbers = range(begin, begin + 100)
        body["data"] = [{**template[0], "id": str(9_000 - one), "edit_history_tweet_ids": None} for one in numbers]
        body["meta"] = {"next_token": f"7140dibdnow9c7btw{begin + 100:07}"} if begin < 3_100 else {}
        return body

    def stated(body: dict[str, Any]) -> dict[str, Any]:
        body["data"]["public_metrics"]["tweet_count"] = 5_000
        return body

    server.changes |= {TWEETS: many, "/2/users/me": stated}
    night = Night(connect(server))
    end, newest = night.end("posts"), night.end("newest_posts")
    assert (end.complete, end.reason) == (False, "H144")
    assert newest.complete
    assert newest.since == NOW - timedelta(days=100)
    assert [dict(one.parameters) for one in night.findings if one.code == "H148"] == [{"limit": 3_200}]


def test_more_new_posts_than_were_shown(serve: Serve, connect: Open) -> None:
    """When our account has got more posts since the last run than X lists, some are lost: told, and incomplete."""
    server = serve(page=100)
    server.add(1, "Gammalt", days=9)
    session = connect(server)
    Night(session)
    memory = dict(session.remember())
    memory["platform.stated"] = f"1 {(NOW - timedelta(days=1)).isoformat()}"
    for number in range(5):
        server.add(10 + number, "Nytt", days=0.1 + number / 10)
    daily = Window(since=WEEK.since, now=NOW, horizon_name="daily", memory=memory)
    assert Night(connect(server), daily).end("posts").complete

    def capped(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "data": body["data"][:3]}

    server.changes[TWEETS] = capped
    night = Night(connect(server), daily)
    assert (night.end("posts").complete, night.end("posts").reason) == (False, "H144")
    assert [one.code for one in night.findings if one.code == "H257"] == ["H257"]


def test_mentions_are_full_at_800(serve: Serve, connect: Open) -> None:
    """At 800 mentions the listing is full, and what is older is no absence."""
    server = serve(page=100)
    for number in range(810):
        server.add(number, "Hej", days=10 + number / 100, by=0, kind="mention")
    night = Night(connect(server))
    assert (night.end("mentions").complete, night.end("mentions").reason) == (False, "H144")
    assert night.end("newest_mentions").kinds == ("mention", "comment")


def test_somebody_elses_post_in_our_listing(serve: Serve, connect: Open) -> None:
    """A post of another account in our own listing is not stored as ours."""
    server = serve()
    server.add(1, "Bron", days=1)

    def foreign(body: dict[str, Any]) -> dict[str, Any]:
        body["data"][0]["author_id"] = "1"
        return body

    server.changes[TWEETS] = foreign
    night = Night(connect(server))
    assert not [one for one in night.items if one.kind == "post"]
    assert "H125" in night.codes


# -- edits


def test_an_edit_is_a_version_of_the_first_id(serve: Serve, connect: Open) -> None:
    """Every edit has a new id; all are the item with the first, each text a version, the latest last."""
    server = serve()
    post = server.add(1, "Badet öppnar kl 9", days=2)
    server.edit(post, "Badet öppnar kl 10", minutes=5)
    server.edit(post, "Badet öppnar kl 11", minutes=9)
    shown = Night(connect(server)).of(server.native(post))
    of_posts = [one for one in shown if not one.secondary]
    assert [one.text[-2:] for one in of_posts] == [" 9", "10", "11"]
    assert [one.superseded for one in of_posts] == [True, True, False]
    assert {one.platform_time for one in of_posts} == {post.created}
    assert of_posts[-1].edited == post.edits[-1][0]
    assert len({one.identity for one in of_posts}) == 3


def test_an_answer_to_an_edited_text(serve: Serve, connect: Open) -> None:
    """What answers a later text of an edited post answers the item, whoever wrote either."""
    server = serve(page=10)
    post = server.add(1, "Bron stängs", days=3)
    server.edit(post, "Bron stängs i dag", minutes=5)
    question = server.add(2, "När då", days=2, by=0, below=post)
    server.edit(question, "Hur länge då", minutes=5)
    answer = server.add(3, "Till kvällen", days=1, below=question)
    session = connect(server)
    night = Night(session)
    assert {one.parent_native for one in night.of(server.native(question))} == {server.native(post)}
    assert {one.parent_native for one in night.of(server.native(answer))} == {server.native(question)}
    assert {one.thread_native for one in night.of(server.native(answer))} == {server.native(post)}
    known = Window(since=None, now=NOW, known=lambda natives: dict.fromkeys(natives, "x"))
    asked = len(server.paths(LOOKUP))
    Night(connect(server), known)
    assert len(server.paths(LOOKUP)) == asked, "what is on record is not asked for again"


def test_an_older_id_is_still_the_item(serve: Serve, connect: Open) -> None:
    """Asked for by its first id, X shows the first text: it is no new version; gone is gone for the whole chain."""
    server = serve()
    post = server.add(1, "Badet öppnar kl 9", days=20)
    server.edit(post, "Badet öppnar kl 10", minutes=5)
    native = server.native(post)
    night = Night(connect(server), WEEK, (native,))
    assert [(one.text[-2:], one.superseded, one.secondary) for one in night.of(native)] == [("10", False, True)]
    assert [one.outcome for one in connect(server).look_up([native])] == ["found"]
    server.delete(post)
    assert [one.outcome for one in connect(server).look_up([native])] == ["not_found"]


# -- what others wrote


def test_conversations_and_mentions(serve: Serve, connect: Open) -> None:
    """Answers by others are comments, ours replies; what names us elsewhere is a mention, in our threads a comment."""
    server = serve(page=2)
    post = server.add(1, "Bron", days=5)
    first = server.add(2, "Varför", days=4, by=0, below=post)
    ours = server.add(3, "Rost", days=3.9, below=first)
    server.add(4, "Jaså", days=3.8, by=1, below=ours)
    server.add(5, "Tack", days=3.7, by=2, below=first)
    server.add(7, "Skyltningen", days=2, by=1, kind="mention")
    night = Night(connect(server))
    wanted = {"Bron": "post", "Varför": "comment", "Rost": "reply", "Jaså": "comment", "Tack": "comment"}
    assert night.kinds() == wanted | {"Skyltningen": "mention"}
    end = night.end("thread", server.native(post))
    assert end.complete
    assert night.end("mentions").kinds == ("mention", "comment")
    assert {one.secondary for one in night.of(server.native(ours))} == {False, True}
    assert not night.codes


def test_a_mention_deep_in_a_thread_of_ours_is_a_comment(serve: Serve, connect: Open) -> None:
    """Whose a conversation is, is asked once where it is not known: the root of an older thread is ours."""
    server = serve(page=10)
    post = server.add(1, "Bron", days=30)
    first = server.add(2, "Varför", days=29, by=0, below=post)
    deep = server.add(4, "Märkligt", days=1, by=1, below=first)
    night = Night(connect(server), WEEK)
    assert [one.kind for one in night.of(server.native(deep))] == ["comment"]
    assert [query["ids"] for query in server.paths(LOOKUP)] == [[server.native(post)]]


def test_a_mention_in_a_thread_that_is_gone(serve: Serve, connect: Open) -> None:
    """Where the first post is gone, the thread is ours if we have that on record, and nobody's that we know otherwise."""
    server = serve(page=10)
    post = server.add(1, "Bron", days=30)
    first = server.add(2, "Varför", days=29, by=0, below=post)
    deep = server.add(4, "Märkligt", days=1, by=1, below=first)
    server.delete(post)
    on_record = Window(since=WEEK.since, now=NOW, known=lambda natives: dict.fromkeys(natives, "x"))
    for window, kind in ((WEEK, "mention"), (on_record, "comment")):
        assert [one.kind for one in Night(connect(server), window).of(server.native(deep))] == [kind]


@pytest.mark.parametrize("token", ["next", "pagination"])
def test_search_takes_either_name_for_the_next_page(serve: Serve, connect: Open, token: str) -> None:
    """Where one name has no effect, the other is used, and nothing is lost."""
    server = serve(page=2, token=token)
    post = server.add(3, "Bron", days=5)
    for number in range(4, 12):
        server.add(number * 3, f"Svar {number}", days=4 - number / 10, by=0, below=post)
    server.changes[MENTIONS] = lambda _: {"meta": {"result_count": 0}}
    night = Night(connect(server))
    assert len({one.native for one in night.items if one.kind == "comment"}) == 8
    assert night.end("thread", server.native(post)).complete


def test_an_older_thread_is_no_proof(serve: Serve, connect: Open) -> None:
    """The search shows a week: an older thread's end names no kinds, and the gap is told as a number."""
    server = serve()
    post = server.add(1, "Bron", days=30)
    server.add(2, "Varför", days=29, by=0, below=post)
    night = Night(connect(server))
    assert not [one for one in night.ends if one.listing == "thread"]
    assert night.end("recent_replies", server.native(post)).kinds == ()
    assert [dict(one.parameters) for one in night.findings if one.code == "H251"] == [{"count_threads": 1}]


def test_an_outage_of_more_than_a_week_is_told(serve: Serve, connect: Open) -> None:
    """When everything was last read more than seven days ago, the coverage says that answers may be lost."""
    server = serve()
    session = connect(server)
    Night(session)
    memory = dict(session.remember())
    assert memory["platform.read"] == NOW.isoformat()
    assert "H252" not in Night(connect(server), Window(since=None, now=NOW, memory=memory)).codes
    memory["platform.read"] = (NOW - timedelta(days=9)).isoformat()
    assert "H252" in Night(connect(server), Window(since=None, now=NOW, memory=memory)).codes


def test_what_the_subscription_lacks_is_a_finding(serve: Serve, connect: Open) -> None:
    """Without search the night goes on with mentions; nothing is claimed of threads."""
    server = serve(search="no")
    post = server.add(1, "Bron", days=2)
    server.add(2, "Varför", days=1, by=0, below=post)
    night = Night(connect(server))
    assert night.kinds() == {"Bron": "post", "Varför": "comment"}
    assert night.codes == {"H256"}
    assert not [one for one in night.ends if one.listing == "thread"]


def test_the_light_pass_leaves_out_what_is_dear(serve: Serve, connect: Open) -> None:
    """The hourly pass searches only conversations that state answers, and no older ones."""
    server = serve()
    server.add(1, "Tyst", days=0.5)
    post = server.add(3, "Livligt", days=0.4)
    server.add(5, "Svar", days=0.3, by=0, below=post)
    Night(connect(server), Window(since=NOW - timedelta(hours=24), now=NOW, horizon_name="light"))
    assert [query["query"] for query in server.paths(SEARCH)[:1]] == [[f"conversation_id:{server.native(post)}"]]
    assert len({query["query"][0] for query in server.paths(SEARCH)}) == 1


# -- look-ups


def test_look_ups_tell_gone_from_closed(serve: Serve, connect: Open) -> None:
    """One answer may hold posts and problems: not found is gone, not authorised is unclear, withheld is hidden."""
    server = serve()
    here, gone = server.add(1, "Bron", days=1), server.add(2, "Borta", days=2)
    server.delete(gone)
    natives = [server.native(here), server.native(gone)]
    found = {one.native: one for one in connect(server).look_up([*natives, f"{OWN}#profile", "dm:1"])}
    assert [found[one].outcome for one in natives] == ["found", "not_found"]
    assert found[natives[1]].cause == ""
    assert (found[f"{OWN}#profile"].outcome, found["dm:1"].outcome) == ("found", "unclear")
    server.fake.options["lookup"] = "closed"
    assert [one.outcome for one in connect(server).look_up(natives)] == ["found", "unclear"]

    def withheld(body: dict[str, Any]) -> dict[str, Any]:
        body["data"][0]["withheld"] = {"copyright": True, "country_codes": ["XY"]}
        return body

    server.changes[LOOKUP] = withheld
    (one,) = connect(server).look_up(natives[:1])
    assert (one.outcome, one.hidden, one.cause) == ("found", True, "platform")


def test_an_id_that_is_passed_over_is_asked_for_alone(serve: Serve, connect: Open) -> None:
    """A server that leaves deleted ids out of a joint answer is asked for each by itself."""
    server = serve(silent="yes")
    gone = server.add(2, "Borta", days=2)
    server.delete(gone)
    assert [one.outcome for one in connect(server).look_up([server.native(gone)])] == ["not_found"]
    server.changes["/2/tweets/.*"] = lambda _: {}
    assert [one.outcome for one in connect(server).look_up([server.native(gone)])] == ["unclear"]


@pytest.mark.parametrize(
    ("body", "kind", "outcome"),
    [
        (b"<h1>404</h1>", "text/html", "not_found"),
        (b'{"title": "Not Found", "type": "about:blank", "status": 404}', "application/problem+json", "unclear"),
        (
            b'{"title": "Not Found Error", "type": "https://api.x.com/2/problems/resource-not-found"}',
            "application/problem+json",
            "not_found",
        ),
    ],
)
def test_a_404_alone_says_little(serve: Serve, connect: Open, body: bytes, kind: str, outcome: str) -> None:
    """A 404 means gone in X's own words, or without any where a listed post is found the same way; else it is unclear."""
    server = serve(silent="yes")
    here, gone = server.add(1, "Bron", days=1), server.add(2, "Borta", days=2)
    server.delete(gone)
    native = server.native(gone)
    server.instead[f"{LOOKUP}/{native}"] = lambda _: Reply(404, {"Content-Type": kind}, body)
    session = connect(server)
    Night(session)
    assert [one.outcome for one in session.look_up([native])] == [outcome]
    wordless = outcome == "not_found" and kind == "text/html"
    fresh = connect(server)
    assert [one.outcome for one in fresh.look_up([native])] == ["unclear" if wordless else outcome]
    shaken = connect(server)
    Night(shaken)
    server.instead[LOOKUP] = lambda _: Reply(503, {}, b"")
    with pytest.raises(HttpError):
        list(shaken.look_up([server.native(here)]))
    del server.instead[LOOKUP]
    assert [one.outcome for one in shaken.look_up([native])] == ["unclear" if wordless else outcome]
    server.instead[f"{LOOKUP}/.*"] = server.instead.pop(f"{LOOKUP}/{native}")
    blind = connect(server)
    Night(blind)
    assert [one.outcome for one in blind.look_up([native])] == ["unclear" if wordless else outcome]


def test_a_failed_look_up_is_no_answer(serve: Serve, connect: Open) -> None:
    """When X cannot be asked, nothing is said of any post: the failure is handed on."""
    server = serve()
    session = connect(server)
    session.health()
    server.fake.misbehaviour.failing = 100
    with pytest.raises(HttpError, match="H106"):
        list(session.look_up([server.native(server.add(1, "Bron", days=1))]))


def test_look_ups_are_asked_by_the_hundred(serve: Serve, connect: Open) -> None:
    """250 posts are three requests; an id that X does not accept spoils nobody else's answer."""
    server = serve()
    natives = [server.native(server.add(number, "Bron", days=number + 1)) for number in range(250)]
    assert {one.outcome for one in connect(server).look_up(natives)} == {"found"}
    assert [len(query["ids"][0].split(",")) for query in server.paths(LOOKUP)] == [100, 100, 50]
    found = {one.native: one.outcome for one in connect(server).look_up([natives[0], "inte-ett-nummer"])}
    assert found == {natives[0]: "found", "inte-ett-nummer": "unclear"}


# -- limits and costs


def test_a_limit_is_waited_for(serve: Serve, connect: Open) -> None:
    """429 without Retry-After: the reset in seconds since 1970 says how long, and then the listing goes on."""
    server = serve()
    server.add(1, "Bron", days=1)
    waits: list[float] = []
    session = connect(server, waits=waits)
    session.health()
    server.fake.misbehaviour.throttle = 1
    night = Night(session)
    assert night.end("posts").complete
    assert len(waits) == 1
    assert 0 <= waits[0] <= 3


def test_reads_of_a_day_are_bounded(serve: Serve, connect: Open) -> None:
    """The newest is read first; at the bound the rest is named as missing, and the next run of the day knows it."""
    server = serve(page=5)
    for number in range(20):
        server.add(number, f"Inlägg {number}", days=1 + number / 10)
    session = connect(server, reads_per_day="12")
    night = Night(session)
    assert (night.end("posts").complete, night.end("posts").reason) == (False, "H250")
    assert night.end("mentions").reason == "H250"
    assert [one.text for one in night.items[1:3]] == ["Inlägg 0", "Inlägg 1"]
    memory = session.remember()
    assert memory["platform.reads"].startswith("2026-11-22 ")
    assert "platform.read" not in memory
    again = Night(connect(server, reads_per_day="12"), Window(since=None, now=NOW, memory=memory))
    assert again.kinds() == {}
    tomorrow = {"platform.reads": "2026-11-21 500", "platform.cost": "2026-11 0"}
    assert Night(connect(server, reads_per_day="12"), Window(since=None, now=NOW, memory=tomorrow)).kinds()
    with pytest.raises(HttpError, match="H250"):
        list(connect(server, reads_per_day="0").look_up(["1"]))


def test_the_cost_of_a_month_is_bounded(serve: Serve, connect: Open) -> None:
    """Posts are priced by where they are read, and a month's sum stops reading."""
    server = serve(page=100)
    for number in range(10):
        server.add(number, f"Inlägg {number}", days=20 + number)
    session = connect(server, cost_cap_usd_per_month="0.5")
    assert Night(session).end("posts").complete
    assert session.remember()["platform.cost"] == "2026-11 20000", "ten of ours and one user"
    spent = {"platform.cost": "2026-11 499000"}
    night = Night(connect(server, cost_cap_usd_per_month="0.5"), Window(since=None, now=NOW, memory=spent))
    assert night.end("posts").reason == "H250"


# -- messages and attachments


def test_messages_are_harvested_where_asked_for(serve: Serve, connect: Open) -> None:
    """Switched off, they are named in every night's findings; switched on, both sides of the talk are read."""
    server = serve()
    server.add(1, "Var anmäler jag", days=1, by=0, kind="message")
    server.add(2, "På webben", days=0.9, kind="message")
    off = Night(connect(server))
    assert [one.code for one in off.findings if one.code == "H140"] == ["H140"]
    for words in ("tweet", "post"):
        server.fake.options["fields"] = words
        night = Night(connect(server, messages=True))
        assert [(one.kind, one.text, one.author) for one in night.items if one.kind == "message"] == [
            ("message", "På webben", "alvsjobro"),
            ("message", "Var anmäler jag", "asa.lindqvist"),
        ]


def test_attachments_are_fetched_by_their_signed_address(serve: Serve, connect: Open) -> None:
    """The best film, its still and the alt text; the signature is in no item and yet used for the download."""
    server = serve()
    film = Medium(id="7_1", role="video", media_type="video/mp4", alt="Bron i storm", data=b"film")
    server.add(1, "Se", days=1, media=[film])
    session = connect(server)
    night = Night(session)
    (post,) = [one for one in night.items if one.kind == "post" and not one.secondary]
    assert [(one.role, one.alt) for one in post.media] == [("video", "Bron i storm"), ("thumbnail", None)]
    for secret in (*server.fake.secrets, server.fake.world.token):
        assert secret not in repr(night.items)
    with session.fetch_media(post.media[0], OWN, 1_000).file as stream:
        assert stream.read() == b"film"
    server.instead["/media/saknas"] = lambda _: Reply(404, {}, b"")
    with pytest.raises(MediaError, match="H195"):
        session.fetch_media(MediaRef(role="picture", origin=f"{server.base}/media/saknas"), OWN, 1_000)
