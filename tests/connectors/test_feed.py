"""Feeds from a real web server: found wherever they lie, read to their end, never believed further than they show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.home import init_home, open_home
from connectors.http import Budget
from connectors.platforms import feed as module
from connectors.platforms.feed.decoding import decoded
from connectors.platforms.feed.reading import moment
from connectors.platforms.feed.session import FeedSession
from flows.harvest.command import harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.keep.read import read_live, rows_of_item
from schemas.account import Account
from schemas.finding import Finding
from schemas.ids import ItemId
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Window
from schemas.record import MediaRef, Row, Seen
from schemas.refusal import RefusedError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Budget(attempts=2, first_pause=0.001, quiet=5, longest=5)
LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


@dataclass
class Post:
    """One post of the blog; ``guid`` empty = none."""

    number: int
    days: float
    text: str = ""
    guid: str | None = None
    more: str = ""
    updated: datetime | None = None

    @property
    def path(self) -> str:
        """Of its article."""
        return f"/inlagg/{self.number}"


@dataclass
class Blog:
    """A blog: its posts newest first, how many the feed shows, and what else its pages say."""

    server: HTTPServer
    posts: list[Post] = field(default_factory=list)
    shown: int = 10
    channel: str = ""
    prologue: str = ""
    atom: bool = False
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    feed_path: str = "/blogg/feed.xml"
    numbered: bool = False

    def __post_init__(self) -> None:
        """Answer everything."""
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self.answer)

    @property
    def base(self) -> str:
        """Address without a slash."""
        return self.server.url_for("").rstrip("/")

    def answer(self, request: Request) -> Response:
        """A page set by the test, the feed, an article, or 404."""
        self.asked.append(request.full_path.rstrip("?"))
        if request.path in self.pages:
            status, kind, data = self.pages[request.path]
            return Response(data, status=status, content_type=kind)
        if request.path == self.feed_path:
            page = int(request.args.get("sida", "0"))
            if self.numbered:
                page = int(request.args.get("paged", "1")) - 1
            if page and not self.posts[page * self.shown :]:
                return Response("", status=404)
            return Response(self.feed(page), content_type="application/xml")
        article = next((one for one in self.posts if one.path == request.path), None)
        if article is None:
            return Response("<p>saknas</p>", status=404, content_type="text/html")
        return Response(f"<html><body>{escape(article.text)}</body></html>", content_type="text/html")

    def feed(self, page: int = 0) -> bytes:
        """A page of the feed."""
        posts = self.posts[page * self.shown : (page + 1) * self.shown]
        channel = self.channel.replace("{following}", f"{self.feed_path}?sida={page + 1}")
        if self.atom:
            entries = "".join(self._entry(one) for one in posts)
            return (
                '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv"><title>Bloggen</title>'
                f"<id>{self.base}</id>{channel}{entries}</feed>"
            ).encode()
        items = "".join(self._item(one) for one in posts)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>{self.prologue}<rss version="2.0" '
            'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
            'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:fh="http://purl.org/syndication/history/1.0">'
            f"<channel><title>Bloggen</title><link>{self.base}</link><description>Om kommunen</description>"
            f"{channel}{items}</channel></rss>"
        ).encode()

    def _item(self, post: Post) -> str:
        guid = f"tag:blogg,2026:{post.number}" if post.guid is None else post.guid
        return (
            f"<item><title>Inlägg {post.number}</title><link>{self.base}{post.path}</link>"
            + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
            + f"<pubDate>{format_datetime(NOW - timedelta(days=post.days))}</pubDate>"
            + f"<description>{escape(post.text)}</description>{post.more}</item>"
        )

    def _entry(self, post: Post) -> str:
        published = NOW - timedelta(days=post.days)
        return (
            f'<entry><id>tag:blogg,2026:{post.number}</id><title>Inlägg {post.number}</title><link href="{post.path}"/>'
            f"<published>{published.isoformat()}</published><updated>{(post.updated or published).isoformat()}</updated>"
            f'<content type="html">{escape(post.text)}</content>{post.more}</entry>'
        )


@pytest.fixture
def blog(httpserver: HTTPServer) -> Blog:
    """A blog with three posts."""
    return Blog(httpserver, [Post(number, number, f"Text {number}") for number in (1, 2, 3)])


def opened(blog: Blog, *, path: str | None = None, handle: str = "Bloggen", **options: str) -> FeedSession:
    """A session on the blog."""
    account = Account(
        name="bloggen",
        platform="feed",
        handle=handle,
        authority="ks",
        api_base=blog.base + (blog.feed_path if path is None else path),
        options=tuple(options.items()),
    )
    return FeedSession(account, None, FixedClock(NOW), budget=QUICK, pages=20)


@dataclass
class Run:
    """What a fetch gave."""

    items: dict[str, Seen] = field(default_factory=dict)
    ends: dict[tuple[str, str], ListingEnd] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    @property
    def end(self) -> ListingEnd:
        """The end of the own listing."""
        return self.ends["posts", ""]

    @property
    def texts(self) -> list[str]:
        """Texts of the posts."""
        return [one.text for one in self.items.values() if one.kind == "post"]


def run(
    session: FeedSession,
    since: float | None = None,
    threads: Iterable[str] = (),
    *,
    horizon: str = "",
    known: Iterable[str] = (),
    **memory: str,
) -> Run:
    """Fetch and parse; ``horizon`` empty = ``full`` where everything is read, else ``daily``."""
    done = Run()
    window = Window(
        since=None if since is None else NOW - timedelta(days=since),
        now=NOW,
        horizon_name=horizon or ("full" if since is None else "daily"),
        memory={f"platform.{name}": value for name, value in memory.items()},
        known=lambda natives: {one: "x" for one in natives if one in known},
    )
    for step in session.fetch(window, threads):
        if isinstance(step, ListingEnd):
            done.ends[step.listing, step.scope] = step
        elif isinstance(step, Finding):
            done.codes.add(step.code)
        else:
            assert isinstance(step, Capture)
            parsed = session.parse(step)
            done.codes.update(one.code for one in parsed.findings)
            done.items.update((one.native, one) for one in parsed.items)
    return done


PAGE = b'<html><link rel="stylesheet" href="/x"><link rel="alternate" type="application/rss+xml" href="/kommentarer/comments/feed">'
PAGE += b"<link href='/blogg/feed.xml' type='application/rss+xml' title='Nyheter' rel='alternate'></html>"


@pytest.mark.parametrize(
    ("path", "handle", "options"),
    [
        ("/blogg/feed.xml", "Bloggen", {}),
        ("", "/blogg/feed.xml", {}),
        ("", "blogg/feed.xml", {}),
        ("", "https://blogg.kommunen.example/blogg/feed.xml", {}),
        ("", "blogg.kommunen.example/blogg/feed.xml", {}),
        ("", "Bloggen", {"feed": "/blogg/feed.xml"}),
        ("/start", "Bloggen", {}),
        ("", "Bloggen", {}),
        ("/blogg", "Bloggen", {}),
    ],
)
def test_the_feed_is_found(blog: Blog, path: str, handle: str, options: dict[str, str]) -> None:
    """By its address, by a path or address as handle, by the option, by what a page names, or where feeds lie."""
    if path in ("/start", ""):
        blog.pages[path or "/"] = (200, "text/html", PAGE)
    session = opened(blog, path=path, handle=handle, **options)
    assert session.health().native == f"{blog.base}/blogg/feed.xml"
    assert run(session).texts == [f"Inlägg {number}\n\nText {number}" for number in (1, 2, 3)]
    assert not [one for one in blog.asked if "kommentarer" in one]


def test_where_there_is_no_feed(blog: Blog) -> None:
    """A site without a feed, a refusing one and a feed that leads to another host are refused, each by its code."""
    for path, page, code in (
        ("/", (200, "text/html", b"<html>hej</html>"), "H270"),
        ("/nej", (403, "text/html", b""), "H102"),
        ("/nej", (503, "text/html", b""), "H106"),
    ):
        blog.feed_path = "/ingenstans"
        blog.pages = {path: page, **({"/": page} if path != "/" else {})}
        with pytest.raises(ConnectionRefusedByPlatformError) as refused:
            opened(blog, path=path).health()
        assert refused.value.finding.code == code
    with pytest.raises(RefusedError):
        module.open(Account(name="b", platform="feed", handle="Bloggen", authority="ks"), None, FixedClock(NOW))


def test_a_feed_elsewhere_is_not_followed(blog: Blog) -> None:
    """A redirect of the feed to another host is refused, so that nobody else's feed is taken for ours."""
    with HTTPServer() as other:
        other.expect_request("/feed").respond_with_data("<rss/>")
        blog.server.clear()
        blog.server.expect_request("/feed").respond_with_response(
            Response(status=302, headers={"Location": other.url_for("/feed")})
        )
        with pytest.raises(ConnectionRefusedByPlatformError):
            opened(blog, path="/feed").health()
        assert not other.log


@pytest.mark.parametrize("atom", [False, True])
def test_a_feed_proves_nothing_of_what_is_older(blog: Blog, atom: bool) -> None:  # noqa: FBT001
    """Each night the listing is complete down to the oldest entry shown, and no further."""
    blog.atom = atom
    done = run(opened(blog), since=300)
    assert done.end.complete
    assert done.end.since == NOW - timedelta(days=3)
    assert done.end.kinds == ("post",)
    assert "H271" in done.codes
    assert run(opened(blog), since=2).end.since == NOW - timedelta(days=2)
    assert run(opened(blog), since=30).end.since == NOW - timedelta(days=3)


def test_what_the_feed_shows_no_longer_is_asked_for_on_deeper_passes(blog: Blog) -> None:
    """Weekly and deeper, everything in the window is claimed, so that what is not shown is looked up by its address."""
    for horizon in ("weekly", "monthly"):
        done = run(opened(blog), since=30, horizon=horizon)
        assert done.end.complete
        assert done.end.since == NOW - timedelta(days=30)
        assert "H271" in done.codes
    assert run(opened(blog)).end.since is None
    assert "H271" not in run(opened(blog), since=2).codes
    assert run(opened(blog), since=30, horizon="light").end.since == NOW - timedelta(days=3)


def test_fewer_entries_than_before_are_all_there_are(blog: Blog) -> None:
    """When the feed shows less than it has shown, nothing was pushed out: what is missing is looked up."""
    assert run(opened(blog), since=30, most="4").end.since == NOW - timedelta(days=30)
    assert run(opened(blog), since=30, most="3").end.since == NOW - timedelta(days=3)
    session = opened(blog)
    run(session, since=30, most="2")
    assert session.remember()["platform.most"] == "3"


def test_a_feed_that_says_it_is_complete_is(blog: Blog) -> None:
    """``fh:complete`` (RFC 5005) means that there are no other entries."""
    blog.channel = "<fh:complete/>"
    assert run(opened(blog)).end.since is None


@pytest.mark.parametrize("relation", ["next", "prev-archive"])
def test_older_pages_are_followed(blog: Blog, relation: str) -> None:
    """A paged feed is read to its end, or to the window's."""
    blog.posts = [Post(number, number, f"Text {number}") for number in range(1, 8)]
    blog.shown = 2
    blog.channel = f'<atom:link rel="{relation}" href="{{following}}"/>'
    feed = blog.feed

    def last_without_link(page: int = 0) -> bytes:
        data = feed(page)
        return data if page < 3 else data.replace(relation.encode(), b"via")

    blog.feed = last_without_link  # type: ignore[method-assign]  # the last page has no next one
    done = run(opened(blog))
    assert len(done.texts) == 7
    assert done.end.complete
    assert done.end.since is None
    assert len(run(opened(blog), since=3).texts) == 4


def test_the_pages_of_wordpress_are_numbered(blog: Blog) -> None:
    """WordPress names no older page, but has them: all are read; one that only calls itself so shows what it shows."""
    blog.posts = [Post(number, number, f"Text {number}") for number in range(1, 8)]
    blog.shown = 3
    blog.channel = "<generator>https://wordpress.org/?v=6.8</generator>"
    done = run(opened(blog))
    assert len(done.texts) == 3
    assert run(opened(blog), since=30).end.since == NOW - timedelta(days=3)
    blog.numbered = True
    done = run(opened(blog))
    assert len(done.texts) == 7
    assert done.end.complete
    assert done.end.since is None
    assert len(run(opened(blog), since=2).texts) == 3


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((404, "text/html", b""), "H103"),
        ((503, "text/html", b""), "H106"),
        ((200, "text/html", b"<html>"), "H273"),
        ((200, "application/xml", b"<rss><channel><item><title>x"), "H273"),
    ],
)
def test_a_bad_second_page_ends_an_incomplete_listing(blog: Blog, page: tuple[int, str, bytes], code: str) -> None:
    """Whatever is wrong with an older page, the listing is not called complete."""
    blog.channel = '<atom:link rel="next" href="/andra"/>'
    blog.pages["/andra"] = page
    done = run(opened(blog))
    assert not done.end.complete
    assert done.end.reason == code
    assert len(done.texts) == 3


def test_pages_in_a_loop_end(blog: Blog) -> None:
    """Pages that lead round in a loop are noticed."""
    blog.channel = f'<atom:link rel="next" href="{blog.feed_path}"/>'
    done = run(opened(blog))
    assert done.end.reason == "H114"


def test_posts_lost_between_two_nights_are_told(blog: Blog) -> None:
    """When everything shown is newer than the newest of last time, something in between may be lost."""
    session = opened(blog)
    assert run(session, since=7, newest=(NOW - timedelta(days=2)).isoformat()).end.complete
    assert session.remember()["platform.newest"] == (NOW - timedelta(days=1)).isoformat()
    done = run(session, since=7, newest=(NOW - timedelta(days=5)).isoformat())
    assert done.end.reason == "H274"
    assert "H274" in done.codes


def test_a_cut_feed_keeps_what_is_whole(blog: Blog) -> None:
    """A document that ends too early gives its whole entries and an incomplete listing."""
    whole = blog.feed()
    blog.pages[blog.feed_path] = (200, "application/xml", whole[: whole.rindex(b"Text 3") + 3])
    done = run(opened(blog))
    assert done.texts == ["Inlägg 1\n\nText 1", "Inlägg 2\n\nText 2"]
    assert done.end.reason == "H273"


def test_no_entity_is_expanded(blog: Blog) -> None:
    """Entities that a document declares are neither expanded nor fetched; what refers to them stays as written."""
    blog.prologue = LAUGHS
    blog.posts[0].more = "<category>&b;&c;</category>"
    blog.posts[0].text = "vanlig text"
    blog.posts[1].text = "&amp;b;"
    done = run(opened(blog))
    assert "H272" in done.codes
    assert len(done.texts) == 3
    assert not any("haha" in one.payload or "root:" in one.payload for one in done.items.values())


def test_a_wrong_encoding_is_told_and_read(blog: Blog) -> None:
    """A feed in Latin-1 that calls itself UTF-8 is read with its letters, and says so."""
    blog.pages[blog.feed_path] = (200, "application/xml", blog.feed().decode().encode("latin-1"))
    done = run(opened(blog))
    assert done.texts[0].startswith("Inlägg 1")
    assert "H272" in done.codes


@pytest.mark.parametrize(
    "data",
    [
        b"<rss><channel>" + b"<a>" * 5_000,
        b"<rss><channel><item>" * 500,
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"&" * 50_000,
        b"\xff\xfe<\0r\0s\0s\0>\0",
        b"<rss>\0\x01\x02",
        b"<rdf:RDF><![CDATA[",
    ],
    ids=["deep", "items", "ampersands", "utf-16", "control", "cdata"],
)
def test_hostile_documents_give_findings(blog: Blog, data: bytes) -> None:
    """Whatever stands in a feed: no crash, and no listing that is called complete."""
    assert decoded(data, "https://x.example/")["problem"]
    blog.pages[blog.feed_path] = (200, "application/xml", data)
    done = run(opened(blog))
    assert not done.end.complete
    assert done.codes & {"H272", "H273"}


def test_entries_are_known_by_guid_or_address(blog: Blog) -> None:
    """The guid, else the address; a mere number is told apart by the account's name."""
    blog.posts[1].guid = ""
    blog.posts[2].guid = "17"
    done = run(opened(blog))
    posts = [native for native, one in done.items.items() if one.kind == "post"]
    assert posts == ["tag:blogg,2026:1", f"{blog.base}/inlagg/2", "bloggen:17"]
    assert "H275" in done.codes


def test_secret_parameters_are_used_and_not_kept(blog: Blog) -> None:
    """A signed address is fetched as it is, and kept without its signature."""
    address = f"{blog.base}/fil.mp3?sig=hemligt&amp;v=1"
    blog.posts[0].more = f'<enclosure url="{address}" type="audio/mpeg" length="3"/>'
    blog.posts[0].text = f'<a href="{address}">ljud</a><img src="/bild.png?token=hemligt" alt="B">'
    blog.pages["/fil.mp3"] = (200, "audio/mpeg", b"ljud")
    session = opened(blog)
    seen = run(session).items["tag:blogg,2026:1"]
    assert "hemligt" not in repr(seen)
    audio = next(one for one in seen.media if one.role == "audio")
    assert audio.origin == f"{blog.base}/fil.mp3?v=1"
    with session.fetch_media(audio, None, 100).file as file:
        assert file.read() == b"ljud"
    assert any("sig=hemligt" in one for one in blog.asked)


def test_media_are_told_by_role(blog: Blog) -> None:
    """The article's page, pictures of the text with alt text, attached files; a counting pixel is none of them."""
    blog.posts[0].text = '<p>Se <img src="/b.png" alt="En b&aring;t"><img src="/p.gif" width="1" height="1"></p>'
    blog.posts[0].more = f'<enclosure url="{blog.base}/f.mp4" type="video/mp4" length="1"/>'
    media = run(opened(blog)).items["tag:blogg,2026:1"].media
    assert [(one.role, one.origin.removeprefix(blog.base), one.alt) for one in media] == [
        ("document", "/inlagg/1", None),
        ("video", "/f.mp4", None),
        ("picture", "/b.png", "En båt"),
    ]
    session = opened(blog, articles="no")
    assert [one.role for one in run(session).items["tag:blogg,2026:1"].media] == ["video", "picture"]
    with pytest.raises(MediaError):
        session.fetch_media(MediaRef(role="document", origin="http://169.254.169.254/latest"), None, 100)


def test_look_up_asks_for_the_article(blog: Blog) -> None:
    """404 and 410 are not found, an answer is found, whatever else is unclear; an id that is no address needs one."""
    blog.pages["/borta"] = (410, "text/html", b"")
    blog.pages["/trasig"] = (500, "text/html", b"")
    blog.pages["/k"] = (200, "text/html", b'<li id="comment-3">')
    session = opened(blog)
    run(session)
    session.addressed({"tag:x": f"{blog.base}/saknas"})
    asked = [*(f"{blog.base}{path}" for path in ("/inlagg/1", "/borta", "/trasig", "/k#comment-3", "/k#comment-4"))]
    answers = {one.native.removeprefix(blog.base): one.outcome for one in session.look_up([*asked, "tag:x", "urn:y"])}
    assert answers == {
        "/inlagg/1": "found",
        "/borta": "not_found",
        "/trasig": "unclear",
        "/k#comment-3": "found",
        "/k#comment-4": "unclear",
        "tag:x": "not_found",
        "urn:y": "unclear",
    }


def test_a_404_counts_where_other_articles_are_found(blog: Blog) -> None:
    """When even articles that the feed shows are answered by 404, nothing is gone; 410 is said of the article itself."""
    blog.pages["/borta"] = (410, "text/html", b"")
    for post in blog.posts:
        blog.pages[post.path] = (404, "text/html", b"")
    session = opened(blog)
    run(session)
    asked = [f"{blog.base}/saknas", f"{blog.base}/borta"]
    assert [one.outcome for one in session.look_up(asked)] == ["unclear", "not_found"]
    del blog.pages["/inlagg/2"]
    session = opened(blog)
    run(session)
    assert [one.outcome for one in session.look_up(asked)] == ["not_found", "not_found"]


def test_an_empty_feed_takes_nothing_away(blog: Blog) -> None:
    """A valid feed without entries that had some is told, and a 404 proves nothing that night; 410 does."""
    blog.posts.clear()
    blog.pages["/borta"] = (410, "text/html", b"")
    session = opened(blog)
    assert "H278" in run(session, since=7, most="3").codes
    asked = [f"{blog.base}/inlagg/1", f"{blog.base}/borta"]
    assert [one.outcome for one in session.look_up(asked)] == ["unclear", "not_found"]
    assert "H278" not in run(opened(blog), since=7).codes


def test_an_id_is_no_path(blog: Blog) -> None:
    """An id that is no address is never asked for as if it were one on the feed's host."""
    session = opened(blog)
    session.health()
    assert [one.outcome for one in session.look_up(["inlagg-12", "inlagg/1"])] == ["unclear", "unclear"]
    assert not [one for one in blog.asked if "inlagg" in one]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((404, "text/html", b""), "H270"),
        ((410, "text/html", b""), "H270"),
        ((200, "text/html", PAGE), "H270"),
        ((503, "text/html", b""), "H106"),
    ],
)
@pytest.mark.parametrize("path", ["/nyheter.xml", "/", "/start"])
def test_a_feed_that_was_found_is_searched_for_nowhere_else(
    blog: Blog, path: str, page: tuple[int, str, bytes], code: str
) -> None:
    """Once its address is remembered, no other feed of the host is taken for the account's, however it failed."""
    blog.feed_path = "/nyheter.xml"
    blog.pages["/start"] = blog.pages["/"] = (200, "text/html", PAGE.replace(b"/blogg/feed.xml", b"/nyheter.xml"))
    session = opened(blog, path=path)
    session.health()
    memory = dict(session.remember())
    blog.pages["/nyheter.xml"] = page
    blog.feed_path = "/feed"
    blog.asked.clear()
    again = opened(blog, path=path)
    again.recall(memory)
    with pytest.raises(ConnectionRefusedByPlatformError) as refused:
        again.health()
    assert refused.value.finding.code == code
    assert set(blog.asked) == {"/nyheter.xml"}
    moved = opened(blog, path="/feed")
    moved.recall(memory)
    assert moved.health().native == f"{blog.base}/feed"


def test_a_secret_in_the_feeds_address_is_not_remembered(blog: Blog) -> None:
    """What is remembered of a feed's address has no secret parameters; the account file's own has them still."""
    session = opened(blog, path="", feed="/blogg/feed.xml?token=hemligt")
    session.health()
    memory = dict(session.remember())
    assert "hemligt" not in repr(memory)
    again = opened(blog, path="", feed="/blogg/feed.xml?token=hemligt")
    again.recall(memory)
    again.health()
    assert blog.asked[-1] == "/blogg/feed.xml?token=hemligt"


def test_a_damaged_night_leaves_the_profile_alone(blog: Blog) -> None:
    """Where the document is damaged, what the feed says of itself makes no new version of what is known."""
    blog.channel = '<atom:link rel="self" href="/eget"/>'
    session = opened(blog)
    (profile,) = [one for one in run(session).items if one.endswith("#profile")]
    memory = dict(session.remember())
    whole = blog.feed()
    damaged = whole.replace(b"<title>", "<title>Å & B &nbsp; <b>".encode(), 1).replace(b"/eget", b"")
    for data in (damaged, whole[: len(whole) // 2]):
        blog.pages[blog.feed_path] = (200, "application/xml", data)
        again = opened(blog)
        again.recall(memory)
        assert again.health().native + "#profile" == profile
        assert profile not in run(again, known=[profile]).items
        assert profile in run(again).items
        assert "platform.own" not in again.remember()


def test_a_file_that_is_not_there_is_not_asked_for_again(blog: Blog) -> None:
    """A picture that answers 404 is gone from its address (H195); an article's page may come yet."""
    session = opened(blog)
    for reference, code in (
        (MediaRef(role="picture", origin=f"{blog.base}/bild.png"), "H195"),
        (MediaRef(role="document", origin=f"{blog.base}/artikel", media_type="text/html"), "H103"),
    ):
        with pytest.raises(MediaError) as failed:
            session.fetch_media(reference, None, 100)
        assert failed.value.code == code


def comments(*numbers: int) -> bytes:
    """A comments' feed."""
    items = "".join(
        f"<item><title>Av: Nils</title><guid>https://x.example/?p=1#comment-{one}</guid><author>Nils {one}</author>"
        f"<link>https://x.example/a#comment-{one}</link><pubDate>{format_datetime(NOW)}</pubDate>"
        f"<description>Svar {one}</description></item>"
        for one in numbers
    )
    return f'<rss version="2.0"><channel><title>K</title>{items}</channel></rss>'.encode()


def test_comments_are_read_where_a_feed_names_them(blog: Blog) -> None:
    """Comments lie below their post; a listing with fewer than stated is no proof, one without a number none either."""
    for post, stated in zip(
        blog.posts, ("<slash:comments>2</slash:comments>", "<slash:comments>5</slash:comments>", ""), strict=True
    ):
        post.more = f"<wfw:commentRss>{blog.base}/k/{post.number}</wfw:commentRss>{stated}"
        blog.pages[f"/k/{post.number}"] = (200, "application/xml", comments(post.number * 10, post.number * 10 + 1))
    done = run(opened(blog))
    found = [one for one in done.items.values() if one.kind == "comment"]
    assert [(one.text, one.author) for one in found][:2] == [("Svar 10", "Nils 10"), ("Svar 11", "Nils 11")]
    assert {one.thread_native for one in found} == {f"tag:blogg,2026:{number}" for number in (1, 2, 3)}
    assert done.ends["thread", "tag:blogg,2026:1"].complete
    assert done.ends["thread", "tag:blogg,2026:2"].reason == "H132"
    assert ("thread", "tag:blogg,2026:3") not in done.ends
    assert "H277" in done.codes
    few = run(opened(blog), since=0.5, threads=["tag:blogg,2026:2", "tag:blogg,2026:99"])
    assert {one.thread_native for one in few.items.values() if one.kind == "comment"} == {"tag:blogg,2026:2"}
    assert "H276" in few.codes


def test_times_need_a_zone() -> None:
    """A time without zone is believed only in the zone that the account file names."""
    assert moment("Sun, 22 Nov 2026 09:00:00 +0100")[0] == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert moment("2026-11-22T09:00:00Z")[0] == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert moment("Sun, 22 Nov 2026 09:00:00 -0000")[0] == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert moment("2026-11-22 09:00") == (None, "without zone")
    assert moment("2026-11-22 09:00", "Europe/Stockholm")[0] == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert moment("i går") == (None, "unreadable")
    account = Account(
        name="b", platform="feed", handle="b.example", authority="ks", options=(("zone", "Mars/Olympus"),)
    )
    with pytest.raises(RefusedError):
        module.open(account, None, FixedClock(NOW))


def test_an_edit_time_alone_makes_a_version(blog: Blog) -> None:
    """An article may change where the feed shows its beginning alone: a new edit time is a new version, ``now`` is not."""
    blog.atom = True
    before = run(opened(blog)).items["tag:blogg,2026:1"]
    blog.posts[0].updated = NOW
    assert run(opened(blog)).items["tag:blogg,2026:1"].identity == before.identity
    blog.posts[0].updated = NOW - timedelta(hours=3)
    after = run(opened(blog)).items["tag:blogg,2026:1"]
    assert after.identity != before.identity
    assert after.edited == NOW - timedelta(hours=3)


def harvested(home: Path, at: datetime) -> tuple[Tally, list[Row]]:
    """Harvest, and every row."""
    with open_home(home, at=at) as one:
        (tally,) = harvest_accounts(one, accounts_named(one.ground.state, []), full=False)
        with one.ground.state.reading() as books:
            months = [month for _, month, _ in books.manifest.partitions()]
        items = [
            ItemId(item)
            for month in months
            for item in read_live(one.ground.state, one.ground.store, "ks", month, ["item"])["item"].to_pylist()
        ]
        rows = [row for item in dict.fromkeys(items) for row in rows_of_item(one.ground.state, one.ground.store, item)]
        return tally, rows


def test_nights_with_a_blog(blog: Blog, tmp_path: Path) -> None:
    """An edited post is a new version with its page as it is then; a removed one is gone; what is older is left alone."""
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="feed", key_file=None)
    account = Account(
        name="bloggen", platform="feed", handle="Bloggen", authority="ks", api_base=blog.base + blog.feed_path
    )
    with open_home(home, at=NOW) as one, one.ground.state.writing() as books:
        books.accounts.put(account)
    tally, rows = harvested(home, NOW)
    assert tally.complete, tally.findings
    assert tally.new == 4
    assert all(one.digest for row in rows for one in row.media)

    blog.posts[0].text = "Text 1 ändrad"
    del blog.posts[1]
    tally, rows = harvested(home, NOW + timedelta(days=1))
    assert (tally.new, tally.edited, tally.gone) == (0, 1, 1)
    versions = {row.version: row for row in rows if row.native == "tag:blogg,2026:1" and row.row == "version"}
    assert versions[1].media[0].origin == versions[2].media[0].origin
    assert versions[1].media[0].digest != versions[2].media[0].digest
    assert [row.evidence for row in rows if row.state == "gone"] == ["listing-complete-lookup-not-found"]
    tally, _ = harvested(home, NOW + timedelta(days=2))
    assert (tally.new, tally.edited, tally.gone) == (0, 0, 0)

    blog.shown = 1
    blog.pages["/inlagg/3"] = (410, "text/html", b"")
    nights = [harvested(home, NOW + timedelta(days=day))[0] for day in range(3, 10)]
    assert sum(tally.gone for tally in nights) == 1, "noticed once a week, when it is asked for by its address"


def test_a_gap_is_told_once_and_whole(blog: Blog, tmp_path: Path) -> None:
    """What the coverage says of posts that may be lost between two nights has its number."""
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="feed", key_file=None)
    account = Account(
        name="bloggen", platform="feed", handle="Bloggen", authority="ks", api_base=blog.base + blog.feed_path
    )
    with open_home(home, at=NOW) as one, one.ground.state.writing() as books:
        books.accounts.put(account)
    harvested(home, NOW)
    blog.posts = [Post(number, -number / 10, f"Text {number}") for number in (13, 12, 11)]
    tally, _ = harvested(home, NOW + timedelta(days=2))
    assert not tally.complete
    assert [dict(one.parameters) for one in tally.findings if one.code == "H274"] == [{"count_shown": 3}]
