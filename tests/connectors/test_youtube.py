"""YouTube through its session alone: uploads, comments of every status, captions, look-ups, and the day's quota."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer

from connectors.clock import FixedClock
from connectors.http import Budget, HttpError
from connectors.platforms.youtube import open as open_youtube
from connectors.platforms.youtube.quota import Quota, next_midnight
from connectors.platforms.youtube.session import YouTubeSession
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, MediaError, Window
from schemas.record import MediaRef, Seen
from schemas.refusal import RefusedError
from tests.connectors.youtube_server import YouTubeServer, body_of
from tests.servers.world import Reply, Request
from tests.servers.youtube import DISABLED, LIVE, STATUSES, refusal

NOW = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)
QUICK = Budget(attempts=3, first_pause=0.001, connect=1, quiet=0.5, longest=2, body=2_000_000)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW, horizon_name="daily")
HANDLE = "@alvsjobro"

Open = Callable[..., YouTubeSession]


@pytest.fixture
def server(httpserver: HTTPServer) -> YouTubeServer:
    """An empty channel."""
    return YouTubeServer(httpserver, NOW)


@pytest.fixture
def session(server: YouTubeServer) -> Iterator[Open]:
    """Opens sessions of the municipality's channel."""
    opened: list[YouTubeSession] = []

    def open_one(
        handle: str = HANDLE,
        secret: str | None = None,
        *,
        path: str = "",
        units: int = 10_000,
        at: datetime = NOW,
        page_cap: int = 50,
        budget: Budget = QUICK,
    ) -> YouTubeSession:
        account = Account(
            name="film",
            platform="youtube",
            handle=handle,
            authority="ks",
            api_base=server.fake.base + path,
            options=(("units", str(units)),),
        )
        server.fake.world.now = at
        one = YouTubeSession(
            account, secret or server.token, FixedClock(at), budget=budget, page_cap=page_cap, sleep=lambda _: None
        )
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


class Night:
    """What one fetch gave."""

    def __init__(self, session: YouTubeSession, window: Window = ALL, threads: Sequence[str] = ()) -> None:
        self.items: list[Seen] = []
        self.found: dict[str, dict[str, str | int]] = {}
        self.ends: list[ListingEnd] = []
        self.captures: list[Capture] = []
        self.error: HttpError | None = None
        try:
            for step in session.fetch(window, iter(threads)):
                self._take(session, step)
        except HttpError as error:
            self.error = error

    def _take(self, session: YouTubeSession, step: Capture | ListingEnd | Finding) -> None:
        if isinstance(step, Capture):
            self.captures.append(step)
            parsed = session.parse(step)
            self.items.extend(parsed.items)
            self.found |= {one.code: dict(one.parameters) for one in parsed.findings}
        elif isinstance(step, ListingEnd):
            self.ends.append(step)
        else:
            self.found[step.code] = dict(step.parameters)

    def texts(self, *kinds: str) -> list[str]:
        """Texts of items of those kinds, each item once."""
        return list(dict.fromkeys(one.text for one in self.items if one.kind in kinds))

    def item(self, text: str) -> Seen:
        """The last item with that text."""
        return next(one for one in reversed(self.items) if one.text == text)

    def complete(self) -> list[str]:
        """Native ids of threads that were read completely."""
        return [one.scope for one in self.ends if one.listing == "thread" and one.complete]

    def reasons(self) -> dict[str, str]:
        """Native id of a thread that was not read → why."""
        return {one.scope: one.reason for one in self.ends if one.listing == "thread" and not one.complete}


def _media(role: str, data: bytes, **more: str) -> dict[str, str]:
    kind = {"caption": "text/vtt", "picture": "image/png"}[role]
    return {"role": role, "media_type": kind, "data": base64.b64encode(data).decode(), **more}


def _memory(session: YouTubeSession, window: Window, **more: object) -> Window:
    return replace(window, memory={**window.memory, **session.remember()}, **more)  # type: ignore[arg-type]  # fields


# -- who we are


@pytest.mark.parametrize(
    "handle",
    ["@alvsjobro", "alvsjobro", "ALVSJOBRO", "UCalvsjobro0000000000kom", "Älvsjöbro kommun", "youtube.com/@alvsjobro"],
)
def test_health_tells_our_channel(session: Open, handle: str) -> None:
    """The file's handle may be the channel's id, its address or its title, in any case."""
    assert session(handle).health().native == "UCalvsjobro0000000000kom"


@pytest.mark.parametrize(("handle", "secret", "code"), [("@annan", None, "H116"), (HANDLE, "wrong", "H101")])
def test_a_wrong_token_or_channel_is_refused(session: Open, handle: str, secret: str | None, code: str) -> None:
    """A wrong token, and a token of another channel, are refused before anything is fetched."""
    with pytest.raises(ConnectionRefusedByPlatformError, match=code):
        session(handle, secret).health()


@pytest.mark.parametrize(("path", "root"), [("", "/youtube/v3"), ("/youtube/v3", "/youtube/v3"), ("", "")])
def test_api_base_with_and_without_its_path(server: YouTubeServer, session: Open, path: str, root: str) -> None:
    """The interface is found below api_base, whether that names Google's path, leaves it out, or has none."""
    server.root = root
    server.act("post", text="Film")
    assert Night(session(path=path)).texts("post") == ["Film"]


def test_units_must_be_a_number() -> None:
    """An account file whose option units is no number is refused with a remedy."""
    account = Account(name="a", platform="youtube", handle="x", authority="ks", options=(("units", "många"),))
    with pytest.raises(RefusedError, match="units"):
        open_youtube(account, None, FixedClock(NOW))


# -- uploads


def test_every_upload_with_its_visibility(server: YouTubeServer, session: Open) -> None:
    """All pages are read, private videos too; the listing claims our posts and nothing else."""
    for number in range(7):
        native = server.act("post", text=f"Film {number}\nOm den", days=20 - number)
    server.act("hide", id=next(reversed(server.fake.world.items)))
    night = Night(session())
    assert night.texts("post") == [f"Film {number}\n\nOm den" for number in range(6, -1, -1)]
    assert (night.items[0].kind, night.items[0].counts[-1]) == ("profile", ("videos", 6))
    newest = night.item("Film 6\n\nOm den")
    assert (newest.native, newest.visibility, newest.hidden) == (native, "private", False)
    (posts,) = [one for one in night.ends if one.listing == "posts"]
    assert (posts.complete, posts.kinds, posts.since) == (True, ("post",), None)
    assert night.found["H264"] == {"count_films": 7}
    assert "H121" not in night.found


def test_only_what_is_due_is_read_again(server: YouTubeServer, session: Open) -> None:
    """The playlist has no time filter and is read to its end; videos older than the window are not asked for."""
    for number in range(9):
        server.act("post", text=f"Film {number}", days=30 - 3.5 * number)
    night = Night(session(), WEEK)
    assert night.texts("post") == ["Film 8", "Film 7"]
    assert len(server.methods("playlistItems")) == 3


def test_a_channel_without_a_video(server: YouTubeServer, session: Open) -> None:
    """A channel whose playlist does not exist yet has an empty and complete listing."""

    def change(request: Request, _: Reply) -> Reply | None:
        return refusal(404, "playlistNotFound") if request.path.endswith("/playlistItems") else None

    server.change = change
    night = Night(session())
    assert night.ends[0].complete
    assert not night.texts("post")


def test_signatures_are_not_kept(server: YouTubeServer, session: Open) -> None:
    """Addresses of pictures are kept without what signs them, and can still be fetched in the same run."""
    server.act("post", text="Film", media=[_media("picture", b"bild")])
    one = session()
    film = Night(one).item("Film")
    (picture,) = film.media
    assert (picture.role, "?" in picture.origin) == ("thumbnail", False)
    assert not [secret for secret in server.fake.secrets if secret in film.payload]
    with one.fetch_media(picture, None, 1000).file as file:
        assert file.read() == b"bild"


def test_refused_parts_are_left_out(server: YouTubeServer, session: Open) -> None:
    """Where a part is refused the basic parts are read, with H266, and that alone makes no new version."""
    server.act("post", text="Film")
    before = Night(session()).item("Film").identity

    def change(request: Request, _: Reply) -> Reply | None:
        refused = request.path.endswith("/videos") and "fileDetails" in request.first("part")
        return refusal(403, "forbidden") if refused else None

    server.change = change
    night = Night(session(), replace(ALL, known=lambda natives: dict.fromkeys(natives, before)))
    assert "H266" in night.found
    assert night.item("Film").identity == before


def test_a_listing_that_goes_in_circles(server: YouTubeServer, session: Open) -> None:
    """A page token that comes a second time ends the listing as incomplete, with H114."""
    for number in range(9):
        server.act("post", text=f"Film {number}")
    server.fake.misbehaviour.loop = 1
    night = Night(session())
    assert (night.ends[0].complete, night.ends[0].reason) == (False, "H114")


# -- comments


def test_answers_beyond_the_few_that_are_embedded(server: YouTubeServer, session: Open) -> None:
    """Where a thread states more answers than it shows they are listed, page by page; our own are replies."""
    film = server.act("post", text="Film", id="1")
    server.act("comment", parent="1", text="Fråga", id="2")
    for number in range(7):
        server.act("comment", parent="2", text=f"Svar {number}", id=str(10 + number), author="own" if number else None)
    night = Night(session(), WEEK)
    assert set(night.texts("comment", "reply")) == {"Fråga", *(f"Svar {number}" for number in range(7))}
    answer = night.item("Svar 3")
    assert (answer.kind, answer.parent_native, answer.thread_native) == ("reply", night.item("Fråga").native, film)
    assert night.complete() == [film]
    assert ("replies", 7) in night.item("Fråga").counts


def test_no_answers_are_asked_for_that_are_shown(server: YouTubeServer, session: Open) -> None:
    """A thread that shows all its answers costs no further unit."""
    server.act("post", text="Film", id="1")
    server.act("comment", parent="1", text="Fråga", id="2")
    server.act("comment", parent="2", text="Svar", id="3")
    assert Night(session()).texts("comment") == ["Fråga", "Svar"]
    assert not server.methods("comments")


def test_an_edited_comment(server: YouTubeServer, session: Open) -> None:
    """A comment whose updatedAt is later than publishedAt was edited then; an unedited one has no such time."""
    server.act("post", text="Film", id="1", days=2)
    server.act("comment", parent="1", text="Förut", id="2", days=1)
    server.act("comment", parent="1", text="Orörd", id="3", days=1)
    server.act("edit", id="2", text="Nu")
    night = Night(session())
    assert (night.item("Nu").edited, night.item("Orörd").edited) == (NOW, None)


def test_four_moderation_statuses(server: YouTubeServer, session: Open) -> None:
    """What is held for review or taken for spam is hidden by the platform, what is rejected by us."""
    server.act("post", text="Film", id="1")
    for number in range(2, 30):
        server.act("comment", parent="1", text=f"Kommentar {number}", id=str(number))
        if number % 2:
            server.act("hide", id=str(number))
    night = Night(session())
    by = {"heldForReview": "platform", "likelySpam": "platform", "rejected": "us", "published": ""}
    seen = {item.text: (item.hidden, item.hidden_by) for item in night.items if item.kind == "comment"}
    stated = {
        f"Kommentar {number}": server.fake._status(server.fake.world.items[str(number)]) for number in range(2, 30)
    }
    assert seen == {text: (status != "published", by[status]) for text, status in stated.items()}
    assert set(stated.values()) == set(by)
    assert {one.get("moderationStatus") for one in server.methods("commentThreads")} == {None, *STATUSES}


def test_a_hidden_answer_below_a_public_comment(server: YouTubeServer, session: Open) -> None:
    """A listing of held threads also has those of which only an answer is held: the first comment stays public."""
    server.act("post", text="Film", id="1")
    server.act("comment", parent="1", text="Fråga", id="2")
    server.act("comment", parent="2", text="Svar", id="3")
    server.act("hide", id="3")
    night = Night(session())
    assert [(one.text, one.hidden) for one in night.items if one.kind == "comment"][-2:] == [
        ("Fråga", False),
        ("Svar", True),
    ]


def test_statuses_that_may_not_be_read_prove_nothing(server: YouTubeServer, session: Open) -> None:
    """Where held comments are refused, H263 says so, and no thread claims that what it lacks is gone."""
    server.act("post", text="Film", id="1")
    server.act("comment", parent="1", text="Fråga", id="2")

    def change(request: Request, _: Reply) -> Reply | None:
        return refusal(403, "forbidden") if request.first("moderationStatus") else None

    server.change = change
    night = Night(session())
    assert "H263" in night.found
    assert (night.complete(), night.reasons(), night.texts("comment")) == ([], {}, ["Fråga"])


def test_comments_switched_off(server: YouTubeServer, session: Open) -> None:
    """CommentsDisabled is an answer, no failure of the night; nothing is claimed of comments that were there before."""
    film = server.act("post", text=f"Film\n{DISABLED}")
    night = Night(session())
    assert film
    assert (night.complete(), night.reasons()) == ([], {})
    assert not {"H102", "H127", "H145"} & set(night.found)


def test_comments_that_the_token_may_not_read(server: YouTubeServer, session: Open) -> None:
    """Without the permission for comments the videos are harvested all the same, and H269 names the permission."""
    film = server.act("post", text="Film")

    def change(request: Request, _: Reply) -> Reply | None:
        return refusal(403, "insufficientPermissions") if "/comment" in request.path else None

    server.change = change
    night = Night(session())
    assert (night.texts("post"), night.reasons()) == (["Film"], {film: "H102"})
    assert "H269" in night.found


def test_new_comments_have_no_time_filter(server: YouTubeServer, session: Open) -> None:
    """The channel's newest comments are read down to the watermark only, and lead to the old video they lie below."""
    for number in range(1, 4):
        server.act("post", text=f"Film {number}", id=str(number), days=100)
    for number in range(4, 30):
        server.act("comment", parent=str(1 + number % 2), text=f"Gammal {number}", id=str(number), days=60 - number)
    server.act("comment", parent="3", text="Ny", id="40", days=1)
    night = Night(session(), WEEK)
    pages = [one for one in server.methods("commentThreads") if "allThreadsRelatedToChannelId" in one]
    assert len([one for one in pages if "moderationStatus" not in one]) == 2
    assert all(one["order"] == "time" for one in pages)
    assert "Ny" in night.texts("comment")
    assert night.complete() == [server.fake.native(server.fake.world.items["3"])]
    assert not [one for one in night.ends if one.listing == "newest"]


def test_threads_that_are_named(server: YouTubeServer, session: Open) -> None:
    """Old threads named by the caller are read; a comment without its video, and a video that is gone, too."""
    old = server.act("post", text="Gammal", id="1", days=300)
    server.act("comment", parent="1", text="Sen fråga", id="2", days=250)
    lone = server.fake.native(server.fake.world.items["2"])
    night = Night(session(), WEEK, [old, lone, "v0000000099"])
    assert sorted(night.complete()) == sorted([old, lone, "v0000000099"])
    assert night.texts("comment") == ["Sen fråga"]


def test_a_server_that_lists_no_single_video(server: YouTubeServer, session: Open) -> None:
    """Where comments of one video cannot be listed, all of the channel's are read, once."""
    films = [server.act("post", text=f"Film {number}", id=str(number), days=number) for number in range(1, 5)]
    for number in range(1, 5):
        server.act("comment", parent=str(number), text=f"Om {number}", id=str(10 + number))

    def change(request: Request, _: Reply) -> Reply | None:
        return refusal(400, "missingRequiredParameter") if "videoId" in request.query else None

    server.change = change
    night = Night(session())
    assert sorted(night.complete()) == sorted(films)
    assert sorted(night.texts("comment")) == [f"Om {number}" for number in range(1, 5)]


def test_an_empty_answer_is_not_believed(server: YouTubeServer, session: Open) -> None:
    """A list that is empty although comments are stated is incomplete (H145), and look-ups prove nothing."""
    film = server.act("post", text="Film", id="1")
    comment = server.act("comment", parent="1", text="Fråga", id="2")
    server.fake.misbehaviour.empty = True
    one = session()
    night = Night(one)
    assert (night.reasons(), night.found["H145"]) == ({film: "H145"}, {"count_stated": 1})
    assert [found.outcome for found in one.look_up([comment])] == ["unclear"]


def test_the_light_pass_leaves_out_what_is_dear(server: YouTubeServer, session: Open) -> None:
    """The hourly pass reads new videos and comments, no captions, nothing that is held, and claims no absence."""
    server.act("post", text="Film", id="1", days=0.2, media=[_media("caption", b"WEBVTT")])
    server.act("comment", parent="1", text="Fråga", id="2")
    one = session()
    night = Night(one, Window(since=NOW - timedelta(hours=24), now=NOW, horizon_name="light"))
    assert (night.texts("post"), night.texts("comment"), night.complete()) == (["Film"], ["Fråga"], [])
    assert not server.methods("captions")
    assert not [query for query in server.methods("commentThreads") if "moderationStatus" in query]
    assert {name for name, value in one.remember().items() if value} == {"platform.units.day", "platform.units.used"}


# -- look-ups


def test_a_shorter_list_says_what_is_gone(server: YouTubeServer, session: Open) -> None:
    """Videos and comments that a direct list leaves out are not found; YouTube does not say who removed them."""
    film, gone = server.act("post", text="Film", id="1"), server.act("post", text="Borta", id="2")
    comment, removed = (server.act("comment", parent="1", text="x", id=str(number)) for number in (3, 4))
    for number in ("2", "4"):
        server.act("delete", id=number, by="us")
    answers = {one.native: (one.outcome, one.cause) for one in session().look_up([film, gone, comment, removed])}
    assert answers == {
        film: ("found", ""),
        gone: ("not_found", ""),
        comment: ("found", ""),
        removed: ("not_found", ""),
    }


def test_a_rejected_video_was_hidden_by_the_platform(server: YouTubeServer, session: Open) -> None:
    """A video that YouTube has rejected is still shown to its owner: hidden, and by whom."""
    film = server.act("post", text="Film", id="1")

    def change(request: Request, reply: Reply) -> Reply | None:
        if not request.path.endswith("/videos"):
            return None
        body = body_of(reply)
        body["items"][0]["status"]["uploadStatus"] = "rejected"
        return Reply.json(body)

    server.change = change
    one = session()
    item = Night(one).item("Film")
    assert (item.hidden, item.hidden_by) == (True, "platform")
    (found,) = one.look_up([film])
    assert (found.outcome, found.hidden, found.cause) == ("found", True, "platform")


def test_a_failing_look_up_says_nothing(server: YouTubeServer, session: Open) -> None:
    """Where the platform cannot be asked, a look-up ends in an error, never in not found."""
    film = server.act("post", text="Film", id="1")
    one = session()
    one.health()
    server.fake.misbehaviour.failing = 100
    with pytest.raises(HttpError, match="H106"):
        list(one.look_up([film]))


# -- captions


def _captioned(server: YouTubeServer, count: int) -> list[str]:
    return [
        server.act(
            "post",
            text=f"Film {number}",
            id=str(number),
            days=number,
            media=[_media("caption", b"WEBVTT %d" % number, language="sv")],
        )
        for number in range(1, count + 1)
    ]


def _knowing(night: Night) -> Callable[[Sequence[str]], Mapping[str, str]]:
    identities = {one.native: one.identity for one in night.items}
    return lambda natives: {native: identities[native] for native in natives if native in identities}


def test_captions_only_when_new_or_changed(server: YouTubeServer, session: Open) -> None:
    """Caption tracks are asked for when a video is new, not when it is as it was, and again when it has changed."""
    _captioned(server, 2)
    first = Night(session())
    assert len(server.methods("captions")) == 2
    caption = first.item("Film 1").media[-1]
    assert (caption.role, caption.language, caption.media_type) == ("caption", "sv", "text/vtt")
    again = Night(session(), replace(ALL, known=_knowing(first)))
    assert len(server.methods("captions")) == 2
    assert again.item("Film 1").identity == first.item("Film 1").identity
    assert "H264" not in again.found
    server.act("edit", id="1", text="Film 1 med ny rubrik")
    changed = Night(session(), replace(ALL, known=_knowing(first)))
    assert len(server.methods("captions")) == 3
    assert changed.item("Film 1 med ny rubrik").media[-1] == caption


def test_a_caption_file(server: YouTubeServer, session: Open) -> None:
    """A caption file is fetched as VTT; where that cannot be made, as SRT; each costs 200 units."""
    _captioned(server, 1)
    one = session()
    caption = Night(one).item("Film 1").media[-1]
    used = int(one.remember()["platform.units.used"])
    with one.fetch_media(caption, None, 1000).file as file:
        assert file.read() == b"WEBVTT 1"
    assert int(one.remember()["platform.units.used"]) == used + 200
    assert sum(server.fake.units.values()) == used + 200

    def change(request: Request, _: Reply) -> Reply | None:
        return refusal(400, "couldNotConvert") if request.first("tfmt") == "vtt" else None

    server.change = change
    one.fetch_media(caption, None, 1000).file.close()
    assert server.asked[-1][1] == {"tfmt": "srt"}


def test_a_caption_file_that_is_withheld(server: YouTubeServer, session: Open) -> None:
    """A refused caption file is withheld (H143), unless it is the quota that is used up (H262)."""
    _captioned(server, 1)
    one = session()
    caption = Night(one).item("Film 1").media[-1]
    server.change = lambda request, _: refusal(403, "forbidden") if "/captions/" in request.path else None
    with pytest.raises(MediaError, match="H143"):
        one.fetch_media(caption, None, 1000)
    server.change = lambda request, _: refusal(403, "quotaExceeded") if request.path[-4:] != "/vi/" else None
    with pytest.raises(MediaError, match="H262"):
        one.fetch_media(caption, None, 1000)
    server.asked.clear()
    with pytest.raises(MediaError, match="H262"):
        one.fetch_media(caption, None, 1000)
    assert not server.asked


def test_a_list_of_captions_that_is_refused(server: YouTubeServer, session: Open) -> None:
    """A video whose list of captions is refused is stored without them, with H268, and not asked every night."""
    _captioned(server, 1)
    server.change = lambda request, _: refusal(403, "forbidden") if request.path.endswith("/captions") else None
    first = Night(session())
    assert (first.texts("post"), first.found["H268"]) == (["Film 1"], {"count_films": 1})
    Night(session(), replace(ALL, known=_knowing(first)))
    assert len(server.methods("captions")) == 1


def test_captions_left_over_are_had_later(server: YouTubeServer, session: Open) -> None:
    """Captions that the quota does not suffice for are left with H261; a later night goes on with the older ones."""
    _captioned(server, 5)
    one = session(units=700)
    first = Night(one)
    assert first.found["H261"] == {"count_films": 3}
    assert [len(first.item(f"Film {number}").media) for number in range(1, 6)] == [2, 2, 1, 1, 1]
    assert not [name for name, value in one.remember().items() for item in first.items if item.native in value]
    later = NOW + timedelta(days=20)
    two = session(units=10_000, at=later)
    window = _memory(one, Window(since=later - timedelta(days=7), now=later, horizon_name="daily"))
    second = Night(two, replace(window, known=_knowing(first)))
    assert second.texts("post") == ["Film 3", "Film 4", "Film 5"]
    assert all(second.item(f"Film {number}").media[-1].role == "caption" for number in range(3, 6))
    assert second.item("Film 3").identity != first.item("Film 3").identity
    assert two.remember()["platform.captions.before"] == ""


def test_a_broadcast_is_told_of(server: YouTubeServer, session: Open) -> None:
    """New videos that were broadcast live are counted once, since their chat cannot be had."""
    server.act("post", text=f"Fullmäktige\n{LIVE}")
    first = Night(session())
    assert first.found["H265"] == {"count_films": 1}
    assert "H265" not in Night(session(), replace(ALL, known=_knowing(first))).found


# -- the quota


def test_the_quota_is_split_over_the_nights(server: YouTubeServer, session: Open) -> None:
    """What the units do not suffice for is left from the oldest on, told of, and read in the following nights."""
    server.fake.page = 100
    films = [server.act("post", text=f"Film {number}", id=str(number), days=20 + number) for number in range(1, 31)]
    for number in range(1, 31):
        server.act("comment", parent=str(number), text=f"Om {number}", id=str(100 + number), days=15)
    read: list[str] = []
    window = ALL
    for night_number in range(5):
        at = NOW + timedelta(days=night_number)
        one = session(units=25, at=at)
        night = Night(one, replace(window, now=at))
        assert night.error is None
        assert max(server.fake.units.values()) <= 25
        read += night.complete()
        window = _memory(one, ALL, known=_knowing(night))
        if not night.reasons():
            break
        assert set(night.reasons().values()) == {"H110"}
        assert one.remember()["platform.threads.before"] > "2026"
        # The newest were read, the oldest were left.
        assert films[-1] in night.reasons()
    assert read == films
    assert night_number >= 2
    assert one.remember()["platform.threads.before"] == ""


def test_a_cut_pass_goes_on_on_ordinary_nights(server: YouTubeServer, session: Open) -> None:
    """Threads left by a full pass are read by a daily one, which would not have reached so far back."""
    server.fake.page = 100
    films = [server.act("post", text=f"Film {number}", id=str(number), days=30 * number) for number in range(1, 20)]
    for number in range(1, 20):
        server.act("comment", parent=str(number), text=f"Om {number}", id=str(100 + number), days=15)
    one = session(units=25)
    first = Night(one)
    left = list(first.reasons())
    assert left == films[-len(left) :]
    later = NOW + timedelta(days=1)
    daily = Window(since=later - timedelta(days=7), now=later, horizon_name="daily")
    second = Night(session(at=later), _memory(one, daily))
    assert second.complete() == left


def test_units_are_counted_over_the_day(server: YouTubeServer, session: Open) -> None:
    """Units of an earlier run of the same day count, those of the day before do not; the fake counts the same."""
    server.act("post", text="Film")
    one = session()
    Night(one)
    used = int(one.remember()["platform.units.used"])
    two = session(at=NOW + timedelta(hours=2))
    Night(two, _memory(one, ALL))
    assert int(two.remember()["platform.units.used"]) == 2 * used == sum(server.fake.units.values())
    three = session(at=NOW + timedelta(hours=8))
    Night(three, _memory(two, ALL))
    assert (three.remember()["platform.units.day"], int(three.remember()["platform.units.used"])) == (
        "2026-11-22",
        used,
    )


def test_a_run_that_was_refused_forgets_nothing(session: Open) -> None:
    """A run that ended before it was told of earlier ones remembers nothing in their place."""
    one = session("@annan")
    with pytest.raises(ConnectionRefusedByPlatformError):
        one.health()
    assert one.remember() == {}


@pytest.mark.parametrize("after", [0, 1, 2, 4])
def test_quota_exceeded_parks_until_midnight_in_california(server: YouTubeServer, session: Open, after: int) -> None:
    """QuotaExceeded ends the run with the time of renewal, nothing more is asked, and every listing says why."""
    film = server.act("post", text="Film")
    one = session()
    one.health()
    asked = []

    def change(request: Request, _: Reply) -> Reply | None:
        asked.append(request.path)
        return refusal(403, "quotaExceeded") if len(asked) > after else None

    server.change = change
    night = Night(one)
    assert night.error is not None
    assert (night.error.code, night.error.until) == ("H260", datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert len(asked) == after + 1
    assert "H260" in night.found
    assert sum(end.listing == "posts" for end in night.ends) == 1
    assert film not in night.complete()
    with pytest.raises(HttpError, match="H260"):
        list(one.look_up([film]))
    assert len(asked) == after + 1


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z"),
        ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z"),
        ("2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z"),
        ("2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"),
    ],
)
def test_midnight_in_california(now: str, midnight: str) -> None:
    """The day ends at local midnight, also on the days when the clocks there are changed."""
    assert next_midnight(datetime.fromisoformat(now)) == datetime.fromisoformat(midnight)


def test_a_day_that_is_used_up_asks_nothing(server: YouTubeServer, session: Open) -> None:
    """A run that begins when our own count says that nothing is left parks at once."""
    one = session()
    one.health()
    server.asked.clear()
    memory = {"platform.units.day": "2026-11-21", "platform.units.used": "10000"}
    night = Night(one, replace(ALL, memory=memory))
    assert night.error is not None
    assert night.error.until == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert not server.asked


def test_a_project_that_has_fewer_units(server: YouTubeServer, session: Open) -> None:
    """Where the platform refused early the next day is planned with fewer units: comments first, captions later."""
    server.fake.page = 100
    server.fake.options["units"] = "900"
    _captioned(server, 30)
    for number in range(1, 31):
        server.act("comment", parent=str(number), text=f"Om {number}", id=str(100 + number))
    one = session()
    first = Night(one)
    assert first.error is not None
    assert not first.complete()
    assert len(first.texts("post")) == 30
    later = NOW + timedelta(days=1)
    two = session(at=later)
    second = Night(two, _memory(one, replace(ALL, now=later), known=_knowing(first)))
    assert (second.error, len(second.complete())) == (None, 30)
    assert int(one.remember()["platform.units.met"]) <= 1000
    assert two.remember()["platform.units.met"] == ""


@pytest.mark.parametrize("memory", [{}, {"platform.units.day": "2026-11-21", "platform.units.used": "många"}])
def test_memory_that_cannot_be_read(memory: dict[str, str]) -> None:
    """What was remembered and cannot be read counts as nothing."""
    quota = Quota(100, FixedClock(NOW))
    quota.resume(memory)
    assert quota.left() == 100


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded"])
def test_too_many_requests_a_minute(server: YouTubeServer, session: Open, reason: str) -> None:
    """A rate limit is waited for a bounded number of times; then the run ends with H105 and is not parked."""
    server.act("post", text="Film")
    left = [2]

    def change(request: Request, _: Reply) -> Reply | None:
        left[0] -= 1
        return refusal(403, reason) if left[0] >= 0 else None

    server.change = change
    night = Night(session())
    assert (night.texts("post"), night.ends[0].complete) == (["Film"], True)
    one = session()
    one.health()
    left[0] = 1000
    server.asked.clear()
    night = Night(one)
    assert (night.error, night.ends[0].reason, len(server.asked)) == (None, "H105", QUICK.attempts)


def test_a_night_that_fails_in_the_middle(server: YouTubeServer, session: Open) -> None:
    """A thread that could not be read is incomplete with its reason; the others are read."""
    films = [server.act("post", text=f"Film {number}", id=str(number), days=number) for number in range(1, 4)]

    def change(request: Request, _: Reply) -> Reply | None:
        return Reply(500) if request.first("videoId") == films[1] else None

    server.change = change
    night = Night(session())
    assert (sorted(night.complete()), night.reasons()) == (sorted([films[0], films[2]]), {films[1]: "H106"})


def test_nothing_secret_is_handed_over(server: YouTubeServer, session: Open) -> None:
    """Neither the token nor a signature stands in any item, finding or memory."""
    server.act("post", text="Film", id="1", media=[_media("picture", b"bild"), _media("caption", b"WEBVTT")])
    server.act("comment", parent="1", text="Fråga", id="2")
    one = session()
    night = Night(one)
    shown = json.dumps([repr(night.items), night.found, dict(one.remember())], default=str)
    assert not [secret for secret in {server.token, *server.fake.secrets} if secret in shown]
    assert "yt3.ggpht.com" not in night.item("Fråga").payload


def test_an_unknown_picture_is_refused(session: Open) -> None:
    """A caption's origin that is no track's id is not asked for."""
    with pytest.raises(MediaError, match="H118"):
        session().fetch_media(MediaRef(role="caption", origin="captions/../channels?x=1"), None, 100)
