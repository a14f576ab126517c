"""Facebook through its session alone, against a fake Graph API in a process of its own: every trap by name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.clock import FixedClock
from connectors.home import init_home, open_home
from connectors.http import Budget, HttpError
from connectors.platforms.facebook.reading import BASIC, UNASKED
from connectors.platforms.facebook.session import FacebookSession
from flows.harvest.command import harvest_accounts
from flows.keep.accounts import accounts_named
from flows.oversee.accounts.register import add_account
from schemas.account import Account, Cadence, account_from
from schemas.finding import Finding
from schemas.neighbours import Capture, ConnectionRefusedByPlatformError, ListingEnd, Lookup, MediaError, Window
from schemas.record import MediaRef, Seen
from tests.servers.world_client import RunningFake

NOW = datetime(2026, 9, 20, 0, 15, tzinfo=UTC)
QUICK = Budget(attempts=2, first_pause=0.001, connect=1, quiet=2, longest=5)
ALL = Window(since=None, now=NOW)
WEEK = Window(since=NOW - timedelta(days=7), now=NOW, horizon_name="daily")
LIGHT = Window(since=NOW - timedelta(days=1), now=NOW, horizon_name="light")
OWN = "900100200"
Fakes = Callable[..., RunningFake]
Open = Callable[..., FacebookSession]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningFake]:
    """One fake page for the tests that need no way of its own."""
    with RunningFake("facebook") as one:
        yield one


@pytest.fixture
def fake(running: RunningFake) -> RunningFake:
    """An empty page that behaves."""
    running.reset()
    running.clock(NOW)
    return running


@pytest.fixture
def fakes(request: pytest.FixtureRequest) -> Iterator[Fakes]:
    """Starts pages that behave in a way of their own."""
    started: list[RunningFake] = []

    def start(**options: str) -> RunningFake:
        one = RunningFake("facebook", options=options).start()
        started.append(one)
        one.clock(NOW)
        return one

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def waits() -> list[float]:
    """The waits that were asked for."""
    return []


@pytest.fixture
def session(waits: list[float]) -> Iterator[Open]:
    """Opens sessions of the municipality's page."""
    opened: list[FacebookSession] = []

    def open_one(fake: RunningFake, handle: str = "alvsjobro", secret: str = "", **more: Any) -> FacebookSession:
        values = {"name": "sida", "platform": "facebook", "authority": "ks", "api_base": fake.base, **more}
        account = Account(handle=handle, **values)
        token = secret or fake.history()["token"]
        one = FacebookSession(account, token, FixedClock(NOW), budget=QUICK, sleep=waits.append)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()


class Night:
    """What one fetch gave; an error that ended it is kept."""

    def __init__(self, session: FacebookSession, window: Window = ALL, threads: tuple[str, ...] = ()) -> None:
        self.items: list[Seen] = []
        self.findings: dict[str, Finding] = {}
        self.ends: dict[str, ListingEnd] = {}
        self.order: list[str] = []
        self.error: HttpError | None = None
        try:
            for step in session.fetch(window, iter(threads)):
                if isinstance(step, Capture):
                    assert "secret" not in json.dumps(dict(step.parameters))
                    parsed = session.parse(step)
                    self.items.extend(parsed.items)
                    self.findings.update({one.code: one for one in parsed.findings})
                    self.order.append(step.listing)
                elif isinstance(step, ListingEnd):
                    name = step.scope.rpartition("_")[2] or step.listing
                    assert name not in self.ends or step.listing == "thread"
                    self.ends[name] = step
                else:
                    self.findings[step.code] = step
        except HttpError as error:
            self.error = error

    def of(self, *kinds: str) -> dict[str, Seen]:
        """Items of those kinds by the last part of their native id."""
        return {one.native.rpartition("_")[2]: one for one in self.items if one.kind in kinds}


def _day(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def _post(fake: RunningFake, name: str, days: float = 1, **more: Any) -> str:
    return str(fake.act("post", id=name, text=f"Inlägg {name}", at=_day(days), **more)["native"])


def _comment(fake: RunningFake, name: str, parent: str, days: float = 0.5, **more: Any) -> str:
    return str(fake.act("comment", id=name, parent=parent, text=f"Fråga {name}", at=_day(days), **more)["native"])


def _refusal(session: FacebookSession) -> str:
    with pytest.raises(ConnectionRefusedByPlatformError) as caught:
        session.health()
    return caught.value.finding.code


# -- who we are


@pytest.mark.parametrize(
    "handle", ["alvsjobro", "@Alvsjobro", OWN, "Älvsjöbro kommun", "https://facebook.com/alvsjobro"]
)
def test_the_page_is_known_by_any_of_its_names(fake: RunningFake, session: Open, handle: str) -> None:
    """Id, user name, name and address name the same page."""
    assert session(fake, handle).health().native == OWN


@pytest.mark.parametrize("handle", ["grannkommunen", "123", "Annan sida"])
def test_another_pages_token_is_refused(fake: RunningFake, session: Open, handle: str) -> None:
    """Wrong page: nothing is fetched with a token that belongs to another page than the file's."""
    assert _refusal(session(fake, handle)) == "H116"


def test_an_expired_token_is_refused(fake: RunningFake, session: Open) -> None:
    """Expired token: the refusal names the remedy; nothing raises that would stop other accounts."""
    fake.misbehave(expired=True)
    assert _refusal(session(fake)) == "H101"
    assert _refusal(session(fake, secret="fel-nyckel")) == "H101"


def test_a_persons_token_is_changed_for_the_pages(fakes: Fakes, session: Open) -> None:
    """With a person's token comments come back empty, so the page's own token is asked for and used."""
    fake = fakes(login="user")
    post = _post(fake, "1")
    _comment(fake, "2", "1")
    one = session(fake)
    assert one.health().native == OWN
    night = Night(one)
    assert list(night.of("comment")) == ["2"]
    assert night.ends["1"].complete
    assert post == f"{OWN}_1"


def test_a_token_is_sent_as_a_parameter_where_that_is_the_only_way(fakes: Fakes, session: Open) -> None:
    """A server that does not see the header is asked with the parameter."""
    fake = fakes(token="query")
    _post(fake, "1")
    assert list(Night(session(fake)).of("post")) == ["1"]


def test_the_tokens_end_is_told(fake: RunningFake, session: Open) -> None:
    """The end that the debug endpoint states is handed on."""
    fake.token(expires=NOW + timedelta(days=5))
    assert session(fake).health().token_expires == NOW + timedelta(days=5)


def test_a_version_near_its_end_is_told_and_used(fake: RunningFake, session: Open) -> None:
    """Version sunset: 60 days before and after the end it is reported, and asked while the server still answers."""
    account = Account(name="s", platform="facebook", handle=OWN, authority="ks", api_base=f"{fake.base}/v20.0")
    for moment, codes in (
        (datetime(2026, 7, 26, tzinfo=UTC), []),
        (datetime(2026, 7, 27, tzinfo=UTC), ["H138"]),
        (datetime(2026, 9, 25, tzinfo=UTC), ["H139"]),
    ):
        one = FacebookSession(account, fake.history()["token"], FixedClock(moment), budget=QUICK)
        assert [found.code for found in one.health().findings] == codes
        one.close()
    assert session(fake, options=(("api_version", "v26.0"),)).health().findings == []


# -- posts


def test_a_ranked_listing_is_read_to_its_end(fake: RunningFake, session: Open) -> None:
    """Ranked listing: pages in nobody's order, one of them empty, with old posts first: every post is found."""
    for number in range(1, 12):
        _post(fake, str(number), days=number * 20 - 19)
    night = Night(session(fake), WEEK)
    assert set(night.of("post")) == {str(number) for number in range(1, 12)}
    end = night.ends["posts"]
    assert (end.complete, end.kinds, end.since) == (True, ("post",), WEEK.since)


def _knowing(items: dict[str, Seen]) -> Window:
    """A week's window of an archive that has these posts."""
    on_record = {one.native: one.identity for one in items.values()}
    return replace(WEEK, known=lambda natives: {one: on_record[one] for one in natives if one in on_record})


@pytest.mark.parametrize("updated", ["always", "never"])
def test_an_older_posts_edit_is_a_version_the_same_night(fakes: Fakes, session: Open, updated: str) -> None:
    """Edited where it is older than the night's reach, a post has a new identity; untouched ones keep theirs."""
    fake = fakes(updated=updated)
    media = [_medium("picture", b"en", alt="En bro"), _medium("video", b"film", media_type="video/mp4")]
    for name in ("1", "2"):
        _post(fake, name, days=145, media=media)
    first = Night(session(fake)).of("post")
    fake.act("edit", id="1", text="Ändrad långt efteråt", at=_day(0.1))
    night = Night(session(fake), _knowing(first)).of("post")
    assert night["1"].text == "Ändrad långt efteråt"
    assert (night["1"].identity != first["1"].identity, night["1"].secondary) == (True, False)
    assert [(ref.role, ref.alt) for ref in night["1"].media] == [("picture", "En bro"), ("video", None)]
    assert (night["2"].identity, night["2"].secondary) == (first["2"].identity, False)
    again = Night(session(fake), _knowing(night)).of("post")
    assert {name: one.identity for name, one in again.items()} == {name: one.identity for name, one in night.items()}


def test_nothing_is_asked_beside_older_posts_that_are_unchanged(fake: RunningFake, session: Open) -> None:
    """Alternative texts of an older post on record are asked for no more; a half-known one's still are."""
    _post(fake, "1", days=40, media=[_medium("picture", b"en", alt="En bro")])
    first = Night(session(fake)).of("post")
    known = Night(session(fake), _knowing(first)).of("post")["1"]
    half = {"1": replace(first["1"], identity=first["1"].identity[BASIC] + UNASKED)}
    asked = Night(session(fake), _knowing(half)).of("post")["1"]
    assert [ref.alt for one in (first["1"], known, asked) for ref in one.media] == ["En bro", None, "En bro"]
    assert len({first["1"].identity, known.identity, asked.identity}) == 1


def test_older_threads_are_read_when_asked_for(fake: RunningFake, session: Open) -> None:
    """A post older than the night's reach tells its counters; its thread is not read unless it is asked for."""
    _post(fake, "1", days=40)
    _comment(fake, "2", "1")
    _post(fake, "3", days=2)
    night = Night(session(fake), WEEK, threads=(f"{OWN}_1",))
    assert dict(night.of("post")["1"].counts)["comments"] == 1
    assert set(night.ends) >= {"1", "3"}
    assert "1" not in Night(session(fake), WEEK).ends


def test_a_capped_listing_is_told_of(fakes: Fakes, session: Open) -> None:
    """Capped listing: what it leaves out is found when asked for, is not gone, and is reported from then on."""
    fake = fakes(cap="2", order="time")
    natives = [_post(fake, str(number), days=number) for number in range(1, 5)]
    one = session(fake)
    night = Night(one)
    assert set(night.of("post")) == {"1", "2"}
    found = list(one.look_up(natives[2:]))
    assert [answer.outcome for answer in found] == ["found", "found"]
    memory = one.remember()
    assert memory["platform.unlisted"] == "2"
    again = Window(since=None, now=NOW, memory=memory)
    assert Night(session(fake), again).findings["H144"].severity == "warning"
    assert "H144" not in night.findings


def test_an_empty_listing_that_states_posts(fakes: Fakes, session: Open) -> None:
    """Posts that are counted and not shown are withheld: the listing is incomplete."""
    fake = fakes(cap="0", total="on", stated="3")
    night = Night(session(fake))
    assert (night.ends["posts"].complete, night.ends["posts"].reason) == (False, "H145")
    assert dict(night.findings["H145"].parameters) == {"count_stated": 3}


def test_a_post_that_no_listing_shows_is_read_by_itself(fakes: Fakes, session: Open) -> None:
    """A thread of a post that the listing leaves out is read with the post itself, so that its edits are seen."""
    fake = fakes(cap="1", order="time")
    _post(fake, "1", days=1)
    old = _post(fake, "2", days=90)
    night = Night(session(fake), WEEK, threads=(old,))
    assert night.of("post")["2"].secondary is False
    assert night.ends["2"].complete
    # Not as what the listing showed: one that shows nothing must be seen to.
    assert (night.order.count("posts"), night.order.count("post")) == (1, 1)


def test_the_light_pass_stops_at_an_older_page(fakes: Fakes, session: Open) -> None:
    """The hourly pass reads until a page is older altogether, and asks for no profile, mentions or reactions."""
    fake = fakes(order="time")
    for number in range(12):
        _post(fake, str(number), days=number + 0.2)
    fake.act("mention", id="90", text="Hej", at=_day(0.2))
    night = Night(session(fake), LIGHT)
    assert 3 <= len(night.of("post")) < 12
    assert set(night.order) <= {"posts", "thread", "visitor_posts"}
    assert "H140" not in night.findings
    assert set(dict(night.of("post")["0"].counts)) == {"comments"}
    assert night.ends["posts"].complete


def test_hidden_posts_and_their_counters(fake: RunningFake, session: Open) -> None:
    """A post hidden from the page is hidden, by nobody knows whom; reactions are counted by kind."""
    post = _post(fake, "1")
    fake.acts([{"op": "hide", "id": "1"}, {"op": "like", "id": "1", "count": 4}])
    seen = Night(session(fake)).of("post")["1"]
    assert (seen.hidden, seen.hidden_by, seen.native) == (True, "", post)
    assert dict(seen.counts) == {
        "comments": 0,
        "likes": 4,
        **dict.fromkeys(("love", "wow", "haha", "sorry", "angry", "care"), 0),
    }


def test_an_edit_changes_identity_and_states_no_time(fake: RunningFake, session: Open) -> None:
    """Comments and posts have no edit time: a new text is a new identity, a new comment's moved time is none."""
    _post(fake, "1")
    _comment(fake, "2", "1")
    before = Night(session(fake))
    fake.act("edit", id="2", text="Ändrad fråga")
    _comment(fake, "3", "1", days=0.1)
    after = Night(session(fake))
    assert before.of("comment")["2"].identity != after.of("comment")["2"].identity
    assert after.of("comment")["2"].edited is None
    assert before.of("post")["1"].identity == after.of("post")["1"].identity
    assert '"updated_time"' in after.of("post")["1"].payload


# -- attachments


def _medium(role: str, data: bytes, **more: Any) -> dict[str, Any]:
    return {"role": role, "data": base64.b64encode(data).decode(), **more}


def test_attachments_come_with_alternative_texts_and_captions(fake: RunningFake, session: Open) -> None:
    """An album's pictures with alternative texts, its film and the film's captions are all there to fetch."""
    media = [
        _medium("picture", b"en", alt="En bro"),
        _medium("picture", b"tva"),
        _medium("video", b"film", media_type="video/mp4"),
        _medium("caption", b"1\n00:00 Hej", media_type="application/x-subrip", language="sv_SE"),
    ]
    _post(fake, "1", media=media)
    one = session(fake)
    seen = Night(one).of("post")["1"]
    assert [(ref.role, ref.alt, ref.language) for ref in seen.media] == [
        ("picture", "En bro", ""),
        ("picture", "Kanske en bild på en bro", ""),
        ("video", None, ""),
        ("caption", None, "sv_SE"),
    ]
    fetched = [one.fetch_media(ref, None, 1000) for ref in seen.media]
    assert [file.file.read() for file in fetched] == [b"en", b"tva", b"film", b"1\n00:00 Hej"]
    for file in fetched:
        file.file.close()
    for secret in fake.history()["secrets"]:
        assert secret not in seen.payload
        assert not [ref for ref in seen.media if secret in ref.origin]


def test_a_withheld_film_is_told_of(fakes: Fakes, session: Open) -> None:
    """A film whose file the platform withholds is reported; its still picture is kept."""
    fake = fakes(source="off")
    _post(fake, "1", media=[_medium("video", b"film", media_type="video/mp4")])
    night = Night(session(fake))
    assert [ref.role for ref in night.of("post")["1"].media] == ["thumbnail"]
    assert "H143" in night.findings


def test_what_could_not_be_asked_for_is_no_change(fake: RunningFake, session: Open) -> None:
    """A post whose alternative texts could not be read tonight makes no version without them."""
    _post(fake, "1", media=[_medium("picture", b"en", alt="En bro")])
    before = Night(session(fake)).of("post")["1"]
    one = session(fake)
    one.health()
    # The profile and the first page are answered, and nothing after that.
    fake.misbehave(failing=1000, after=2)
    after = Night(one)
    assert after.of("post")["1"].secondary
    assert before.secondary is False


def test_optional_requests_may_be_refused(fakes: Fakes, session: Open) -> None:
    """A server without alternative texts, reactions or batches is read all the same, and it is said."""
    fake = fakes(refuse="alt_text,alt_text_custom,reactions,is_private", batches="off")
    _post(fake, "1", media=[_medium("picture", b"en", alt="En bro")])
    _post(fake, "2", media=[_medium("picture", b"tva")])
    _comment(fake, "3", "1")
    night = Night(session(fake))
    assert [len(one.media) for one in night.of("post").values()] == [1, 1]
    assert list(night.of("comment")) == ["3"]
    assert "H225" in night.findings
    assert all(end.complete for end in night.ends.values())


def test_refused_particulars_of_attachments_are_told_of(fakes: Fakes, session: Open) -> None:
    """What the platform will not tell of a picture is named as that, not as a listing."""
    fake = fakes(refuse="images")
    _post(fake, "1", media=[_medium("picture", b"en", alt="En bro")])
    night = Night(session(fake))
    assert dict(night.findings["H226"].parameters) == {"part": "photo"}
    assert "H223" not in night.findings


# -- threads


def test_every_level_of_a_thread_is_read(fake: RunningFake, session: Open) -> None:
    """Comments and answers at every level come by one listing, our own as replies, each with what it answers."""
    post = _post(fake, "1")
    first = _comment(fake, "2", "1", days=0.9)
    _comment(fake, "3", "2", days=0.8, author="own")
    for number in range(4, 9):
        _comment(fake, str(number), "1", days=0.7 - number / 100)
    fake.act("hide", id="4")
    night = Night(session(fake))
    assert list(night.of("comment")) == ["2", "4", "5", "6", "7", "8"]
    reply = night.of("reply")["3"]
    assert (reply.parent_native, reply.thread_native) == (first, post)
    assert night.of("comment")["4"].hidden
    assert night.of("comment")["2"].parent_native == post
    end = night.ends["1"]
    assert (end.complete, end.kinds) == (True, ("comment", "reply"))
    assert "Fråga 2" not in reply.payload


def test_answers_are_asked_for_where_the_filter_is_unknown(fakes: Fakes, session: Open) -> None:
    """A server that shows the top level only is asked for the answers below each comment."""
    fake = fakes(stream="off")
    _post(fake, "1")
    first = _comment(fake, "2", "1")
    _comment(fake, "3", "2", days=0.3)
    night = Night(session(fake))
    assert set(night.of("comment")) == {"2", "3"}
    assert night.of("comment")["3"].parent_native == first
    assert night.of("comment")["3"].thread_native == f"{OWN}_1"


def test_an_empty_answer_is_not_believed(fake: RunningFake, session: Open) -> None:
    """Empty 200: no comments where the platform states some is a lack of permission, and nothing is called gone."""
    _post(fake, "1")
    comment = _comment(fake, "2", "1")
    _post(fake, "3")
    fake.misbehave(empty=True)
    one = session(fake)
    night = Night(one)
    assert (night.ends["1"].complete, night.ends["1"].reason) == (False, "H145")
    assert dict(night.findings["H145"].parameters) == {"count_stated": 1}
    assert night.ends["3"].complete
    fake.act("delete", id="2")
    assert list(one.look_up([comment])) == [Lookup(native=comment, outcome="unclear")]


def test_a_thread_that_stays_empty_is_believed_at_last(fakes: Fakes, session: Open) -> None:
    """A thread that states comments and shows none is believed the second night, if other comments can be read."""
    fake = fakes(nobody="2")
    _post(fake, "1", days=1)
    _comment(fake, "2", "1")
    _post(fake, "3", days=2)
    _comment(fake, "4", "3")
    one = session(fake)
    first = Night(one)
    assert (first.ends["1"].complete, first.ends["1"].reason) == (False, "H145")
    again = Window(since=None, now=NOW, memory=one.remember())
    second = Night(session(fake), again)
    assert second.ends["1"].complete
    assert dict(second.findings["H132"].parameters) == {"count_shown": 0, "count_stated": 1}
    fake.misbehave(empty=True)
    third = Night(session(fake), again)
    assert [third.ends[name].reason for name in ("1", "3")] == ["H145", "H145"]


def test_comments_without_ids_are_a_lack_of_permission(fakes: Fakes, session: Open) -> None:
    """Without the task MODERATE comments have no ids: the thread is incomplete and says why."""
    fake = fakes(ids="off")
    _post(fake, "1")
    _comment(fake, "2", "1")
    night = Night(session(fake))
    assert (night.ends["1"].complete, night.ends["1"].reason) == (False, "H102")
    assert "H122" in night.findings


def test_withheld_names_are_counted(fakes: Fakes, session: Open) -> None:
    """A comment whose writer is withheld is kept without a name, and counted."""
    fake = fakes(names="off")
    _post(fake, "1")
    _comment(fake, "2", "1")
    _comment(fake, "3", "1")
    night = Night(session(fake))
    assert [(one.author, one.author_native) for one in night.of("comment").values()] == [(None, None)] * 2
    assert dict(night.findings["H146"].parameters) == {"count_hidden": 2}


def test_a_thread_that_is_gone_counts_as_read(fake: RunningFake, session: Open) -> None:
    """A thread whose first item is gone ends with the platform's word for it."""
    night = Night(session(fake), threads=(f"{OWN}_404",))
    assert (night.ends["404"].complete, night.ends["404"].reason) == (False, "H103")


def test_the_newest_threads_are_read_first(fake: RunningFake, session: Open) -> None:
    """Threads are read from the newest post down, so that a starved budget hits the oldest."""
    for number, days in enumerate((9, 1, 5)):
        _post(fake, str(number), days=days)
    ends = [name for name in Night(session(fake)).ends if name.isdigit()]
    assert ends == ["1", "2", "0"]


# -- what others write


def test_visitors_and_mentions(fake: RunningFake, session: Open) -> None:
    """Visitors' posts and mentions elsewhere are of their own kinds; visitors' threads are read, mentions' are not."""
    fake.act("visitor_post", id="1", text="Lampan är trasig", at=_day(1))
    fake.act("mention", id="2", text="Tack kommunen", at=_day(1))
    _comment(fake, "3", "1")
    night = Night(session(fake))
    assert night.of("visitor_post")["1"].text == "Lampan är trasig"
    assert list(night.of("mention")) == ["2"]
    assert list(night.of("comment")) == ["3"]
    assert night.ends["visitor_posts"].kinds == ("visitor_post",)
    assert night.ends["mentions"].kinds == ("mention",)
    assert "2" not in night.ends


def test_messages_are_off_unless_the_account_file_asks(fake: RunningFake, session: Open) -> None:
    """Without the setting no message is asked for, and every night says so."""
    fake.act("message", id="1", text="Hej", at=_day(1))
    night = Night(session(fake))
    assert not night.of("message")
    assert "H140" in night.findings
    assert not [path for path, _ in fake.history()["asked"] if "conversations" in path]


def test_messages_are_read_in_full(fake: RunningFake, session: Open) -> None:
    """A conversation is read beyond the messages that stand in it, the oldest first, which names the thread."""
    for number in range(1, 9):
        fake.act("message", id=str(number), text=f"Brev {number}", author="700100101", at=_day(2 - number / 10))
    fake.act("message", id="20", text="Annat", author="700100102", at=_day(30))
    one = session(fake, harvest=Cadence(messages=True))
    night = Night(one)
    messages = night.of("message")
    assert set(messages) == {*map(str, range(1, 9)), "20"}
    assert {name: one.thread_native for name, one in messages.items() if one.thread_native} == {
        str(number): "m_1" for number in range(2, 9)
    }
    assert "@facebook.com" not in "".join(one.payload for one in messages.values())
    assert night.ends["messages"].kinds == ("message",)
    assert set(Night(one, WEEK).of("message")) == set(map(str, range(1, 9)))


def test_messages_may_be_refused(fakes: Fakes, session: Open) -> None:
    """A token without the permission for messages is reported; the rest of the night goes on."""
    fake = fakes(messages="off")
    _post(fake, "1")
    night = Night(session(fake, harvest=Cadence(messages=True)))
    assert night.findings["H141"].severity == "warning"
    assert "messages" not in night.ends
    assert night.ends["1"].complete


def test_the_profile_is_an_item_of_its_own(fake: RunningFake, session: Open) -> None:
    """A profile is a record of its own, without others' names, and keeps no token."""
    night = Night(session(fake))
    (profile,) = night.of("profile").values() or [one for one in night.items if one.kind == "profile"]
    assert profile.native == f"{OWN}#profile"
    assert profile.text.startswith("Älvsjöbro kommun\n\nVi svarar vardagar")
    assert dict(profile.counts) == {"followers": 4890, "fans": 4211}
    assert [ref.role for ref in profile.media] == ["picture", "picture"]


# -- limits and failures


def test_throttled_is_never_retried_and_ends_the_run(fake: RunningFake, session: Open, waits: list[float]) -> None:
    """Throttled in the middle: one refusal, no further request, and the time until which to stay away."""
    for number in range(6):
        _post(fake, str(number), days=number + 1)
    one = session(fake)
    one.health()
    asked = len(fake.history()["asked"])
    fake.misbehave(throttle=1000, after=6)
    night = Night(one, threads=(f"{OWN}_77",))
    assert night.error is not None
    assert (night.error.code, night.error.until) == ("H105", NOW + timedelta(minutes=37))
    assert int(dict(night.findings["H194"].parameters)["count_threads"]) > 0
    with pytest.raises(HttpError):
        list(one.look_up([f"{OWN}_1"]))
    assert len(fake.history()["asked"]) == asked + 7
    assert waits == []


def test_usage_headers_slow_the_night_down(fakes: Fakes, session: Open, waits: list[float]) -> None:
    """Usage headers: at 80 % every request waits and all is read; at 90 % the run ends."""
    fake = fakes(usage="80")
    _post(fake, "1")
    night = Night(session(fake))
    assert night.ends["1"].complete
    assert len(waits) >= 5
    full = fakes(usage="90")
    with pytest.raises(HttpError) as caught:
        session(full).health()
    assert caught.value.until == NOW + timedelta(minutes=60)


def test_a_cut_listing_is_not_complete(fake: RunningFake, session: Open) -> None:
    """A listing that fails in the middle ends as incomplete, once, before any thread."""
    for number in range(9):
        _post(fake, str(number), days=number + 1)
    one = session(fake)
    one.health()
    fake.misbehave(cut=1000, after=2)
    night = Night(one)
    assert (night.ends["posts"].complete, night.ends["posts"].reason) == (False, "H108")
    assert night.of("post")


def test_a_loop_is_not_complete(fake: RunningFake, session: Open) -> None:
    """A listing that goes in a circle ends as incomplete."""
    for number in range(9):
        _post(fake, str(number), days=number + 1)
    fake.misbehave(loop=1)
    night = Night(session(fake))
    assert (night.ends["posts"].complete, night.ends["posts"].reason) == (False, "H114")


@pytest.mark.parametrize("relay", ["meta", "name"])
def test_next_pages_on_another_host_are_asked_for_at_ours(fakes: Fakes, session: Open, relay: str) -> None:
    """Where next pages name Meta's host or a relay's other name, their cursors are asked for where the file says."""
    fake = fakes(relay=relay, order="time")
    for number in range(9):
        _post(fake, str(number), days=number + 1)
    assert len(Night(session(fake)).of("post")) == 9


# -- look-ups


def test_gone_hidden_and_unclear(fake: RunningFake, session: Open) -> None:
    """Only the platform's "does not exist" is gone; hidden is told; a server in trouble is unclear."""
    post = _post(fake, "1")
    kept, hidden, gone = (_comment(fake, name, "1") for name in ("2", "3", "4"))
    fake.acts([{"op": "hide", "id": "3"}, {"op": "delete", "id": "4"}])
    one = session(fake)
    assert {(answer.native, answer.outcome, answer.hidden) for answer in one.look_up([post, kept, hidden, gone])} == {
        (post, "found", False),
        (kept, "found", False),
        (hidden, "found", True),
        (gone, "not_found", False),
    }
    fake.misbehave(failing=1000)
    assert [answer.outcome for answer in one.look_up([kept])] == ["unclear"]


def test_an_item_that_code_100_denies_is_gone(fakes: Fakes, session: Open) -> None:
    """Graph's code 100 without a subcode, for an item asked for by its id alone, is its word that there is none."""
    fake = fakes(absent="plain")
    post = _post(fake, "1")
    comment = _comment(fake, "2", "1")
    fake.act("delete", id="1")
    one = session(fake)
    assert [answer.outcome for answer in one.look_up([post, comment])] == ["not_found", "not_found"]
    assert Night(one, threads=(post,)).ends["1"].reason == "H103"


def test_a_message_is_looked_up_without_the_fields_it_lacks(fake: RunningFake, session: Open) -> None:
    """Objects of other types are asked for by their id alone."""
    native = fake.act("message", id="1", text="Hej", at=_day(1))["native"]
    comment_free = _post(fake, "2")
    answers = list(session(fake).look_up([native, comment_free, "m_404"]))
    assert [answer.outcome for answer in answers] == ["found", "found", "not_found"]


def test_media_of_an_unknown_address_is_an_error_with_a_code(fake: RunningFake, session: Open) -> None:
    """An attachment whose signature has run out is a coded error."""
    with pytest.raises(MediaError) as caught:
        session(fake).fetch_media(MediaRef(role="picture", origin=f"{fake.base}/media/1"), None, 100)
    assert caught.value.code == "H102"


# -- beside other accounts


def test_an_expired_token_stops_no_other_account(
    fake: RunningFake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expired token: its account is refused with the remedy, the others are harvested, and nobody keeps the token."""
    _post(fake, "1", media=[_medium("picture", b"en", alt="En bro")])
    _comment(fake, "2", "1")
    monkeypatch.setenv("GOOD", fake.history()["token"])
    monkeypatch.setenv("BAD", "EAAutgangen-nyckel-987654")
    init_home(tmp_path / "hem", rehearsal=True, seed="x", key_file=None)
    with open_home(tmp_path / "hem", at=NOW) as home:
        for name, variable in (("a-bad", "BAD"), ("b-good", "GOOD")):
            values = {"name": name, "platform": "facebook", "handle": OWN, "authority": "ks", "api_base": fake.base}
            add_account(home.ground, account_from(values | {"credentials_env": variable}, "konto.toml"))
        bad, good = harvest_accounts(home, accounts_named(home.ground.state, []), full=False)
    assert (bad.complete, [one.code for one in bad.findings]) == (False, ["H101"])
    assert (good.complete, good.new, good.failed) == (True, 3, 0)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "hem").rglob("*") if path.is_file())
    assert not [one for one in (*fake.history()["secrets"], "EAAutgangen-nyckel-987654") if one.encode() in kept]
