"""The contract of every moderator: acts once, believes no answer, says for certain only what is certain."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from connectors import moderating
from connectors.clock import FixedClock
from connectors.home import init_home, open_home
from schemas.account import Account, account_from
from schemas.codes import texts
from schemas.neighbours import MODERATION_ACTS, ConnectionRefusedByPlatformError, ModerationAct, Moderator
from tests.servers.world_client import RunningFake
from tests.servers.world_items import BEGINNING

WORDS = "Grönköpings-hemligheten 4711"
NOTICE = "Hej! Din kommentar har tagits bort: klausul 7-alfa."
HOSTILE = (
    "",
    ".",
    "..",
    "../../x",
    "1/../../2",
    "me",
    "a?b=c",
    "a\nb",
    "å" * 5_000,
    "at://x",
    "urn:li:x:\u202e",
    "%2e%2e",
)

BODIES = (
    "null",
    "[]",
    "{}",
    "17",
    '"true"',
    '{"success": "yes", "data": {"deleted": "true", "hidden": 1}, "blocking": "ja", "message_id": ""}',
    '{"success": [], "data": [], "items": 3, "error": {"code": "x"}}',
    '{"data": null, "id": {}, "items": [1, null], "message": [], "blocking": {}}',
)


@dataclass(frozen=True, slots=True)
class Way:
    """One implementation and the fake it is tried on.

    Attributes:
        shown: whether the platform tells that something is hidden.
    """

    name: str
    fake: str
    platform: str
    path: str = ""
    options: dict[str, str] = field(default_factory=dict)
    shown: bool = True


WAYS = (
    Way("facebook", "facebook", "facebook"),
    Way("facebook-person", "facebook", "facebook", options={"login": "user"}),
    Way("facebook-query", "facebook", "facebook", options={"token": "query"}),
    Way("instagram", "instagram", "instagram"),
    Way("linkedin", "linkedin", "linkedin", options={"route": "community"}),
    Way("x", "x", "x", shown=False),
    Way("youtube", "youtube", "youtube", path="/youtube/v3"),
    Way("mastodon", "world_mastodon", "mastodon"),
)


@dataclass(slots=True)
class Page:
    """A page with a post, a visitor's comment and our own answer."""

    way: Way
    fake: RunningFake
    account: Account
    post: str = ""
    comment: str = ""
    answer: str = ""
    visitor: str = ""
    opened: list[Moderator] = field(default_factory=list)

    def begin(self) -> None:
        """An empty world with the three items."""
        self.fake.reset()
        self.fake.clock(BEGINNING + timedelta(hours=2))
        post = self.fake.act("post", text="Nytt bibliotek")
        comment = self.fake.act("comment", parent=post["id"], text=WORDS)
        answer = self.fake.act("comment", parent=comment["id"], text="Tack!", author="own")
        self.post, self.comment, self.answer = (one["native"] for one in (post, comment, answer))
        self.visitor = next(one["author"] for one in self.fake.history()["items"] if one["native"] == self.comment)
        self.fake.clock(BEGINNING + timedelta(hours=3))

    def moderator(self, secret: str | None = None) -> Moderator:
        """The implementation, as a home opens it."""
        given = self.fake.history()["moderating"] if secret is None else secret
        clock = FixedClock(BEGINNING + timedelta(hours=3))
        module: Any = importlib.import_module(f"connectors.platforms.{self.way.platform}")
        opened: Moderator = module.moderate(self.account, given, clock)
        self.opened.append(opened)
        return opened

    def target(self, act: ModerationAct, *, own: bool) -> dict[str, str]:
        """Arguments of an act."""
        more = {"text": NOTICE} if act == "notify" else {}
        return {"native": self.answer if own else self.comment, "author": self.visitor, **more}

    def acts(self) -> list[tuple[ModerationAct, bool]]:
        """Everything that the moderator says it may, each with whose item."""
        one = self.moderator()
        return [(act, own) for own in (True, False) for act in MODERATION_ACTS if act in one.may(own=own)]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way.name)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[Way, RunningFake]]:
    """The platform's fake as a process of its own."""
    way: Way = request.param
    with RunningFake(way.fake, options=way.options) as fake:
        yield way, fake


@pytest.fixture
def page(running: tuple[Way, RunningFake], monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page of its own for each test; whoever is late is waited for a fifth of a second."""
    way, fake = running
    monkeypatch.setattr(moderating, "BUDGET", replace(moderating.BUDGET, quiet=0.2, first_pause=0.01, max_wait=0.1))
    values = {
        "name": "sidan",
        "platform": way.platform,
        "handle": fake.history()["handle"],
        "authority": "kommunstyrelsen",
        "api_base": fake.base + way.path,
        "credentials_env": "READING",
        "moderation_env": "MODERATING",
        "options": {name: value for name, value in way.options.items() if name == "route"},
    }
    one = Page(way, fake, account_from(values, "konto.toml"))
    one.begin()
    yield one
    for opened in one.opened:
        opened.close()


def test_what_it_may_it_does(page: Page) -> None:
    """Every act that ``may`` names is done on the platform, once, and seen afterwards where the platform tells."""
    for act, own in page.acts():
        page.begin()
        one, target = page.moderator(), page.target(act, own=own)
        assert one.act(act, **target).outcome == "done", (act, own)
        log = page.fake.moderated()
        assert [entry["act"] for entry in log] == [act], (act, own)
        found = one.look_up(target["native"])
        if act == "remove":
            assert found.outcome == "not_found", (act, own)
        elif act in ("remove", "hide"):
            assert (found.outcome, found.hidden) == ("found", page.way.shown), (act, own)
        elif act == "notify":
            assert NOTICE in log[0]["text"]
            assert found.outcome == "found"


def test_what_it_may_not_is_left_to_people(page: Page) -> None:
    """An act that the platform does not offer is refused with the words for doing it by hand, and nothing is sent."""
    one = page.moderator()
    never = set(MODERATION_ACTS) - one.may(own=True) - one.may(own=False)
    for act in never:
        assert one.act(act, page.comment, author=page.visitor, text=NOTICE) == moderating.BY_HAND
    assert page.fake.moderated() == []
    assert {"remove"} <= one.may(own=True)


def test_the_reading_secret_only_reads(page: Page) -> None:
    """With the harvest's secret, or none that is valid, every act is refused for certain and nothing has happened."""
    for act, own in page.acts():
        said = page.moderator(page.fake.history()["token"]).act(act, **page.target(act, own=own))
        assert (said.outcome, said.code) == ("refused", "W234"), (act, own)
    act, own = page.acts()[0]
    bad = page.moderator("ogiltig-nyckel")
    assert bad.act(act, **page.target(act, own=own)).code == "W235"
    assert bad.look_up(page.comment).outcome == "unclear"
    assert page.fake.moderated() == []


def test_a_missing_permission(page: Page) -> None:
    """A secret without the permission is told of, and nothing has happened."""
    page.fake.misbehave(acting="denied")
    for act, own in page.acts():
        assert page.moderator().act(act, **page.target(act, own=own)).code == "W234"
    assert page.fake.moderated() == []


@pytest.mark.parametrize("manner", ["lost", "late", "lies-error", "garbled"])
def test_done_without_a_word_is_unclear(page: Page, manner: str) -> None:
    """What was done but not answered so is unclear, is asked for once alone, and is found out by looking."""
    for act, own in page.acts():
        page.begin()
        one, target = page.moderator(), page.target(act, own=own)
        page.fake.misbehave(acting=manner, seconds=0.3)
        said = one.act(act, **target)
        page.fake.misbehave()
        assert (said.outcome, said.code) == ("unclear", "W232"), (act, own)
        assert [entry["done"] for entry in page.fake.moderated()] == ["yes"], (act, own)
        if act == "remove" and own:
            assert one.look_up(target["native"]).outcome == "not_found"


def test_a_lie_is_found_out(page: Page) -> None:
    """A platform that says done and did nothing is seen through by looking."""
    for act, own in page.acts():
        if act not in ("remove", "hide"):
            continue
        page.begin()
        one, target = page.moderator(), page.target(act, own=own)
        page.fake.misbehave(acting="lies-done")
        assert one.act(act, **target).outcome == "done"
        found = one.look_up(target["native"])
        assert (found.outcome, found.hidden) == ("found", False), (act, own)


def test_an_answer_that_comes_twice(page: Page) -> None:
    """A second answer on the same connection is never taken for the answer to what is asked next."""
    one = page.moderator()
    page.fake.misbehave(acting="twice")
    assert one.act("remove", page.answer).outcome == "done"
    page.fake.misbehave(acting="lost")
    said = one.act("remove", page.post if page.way.platform not in ("instagram", "youtube") else page.answer)
    assert said.outcome != "done"


def test_again_is_harmless(page: Page) -> None:
    """What was taken away already is said to be so, and asking again does nothing more."""
    one = page.moderator()
    assert one.act("remove", page.answer).outcome == "done"
    again = one.act("remove", page.answer)
    assert (again.outcome, again.code) == ("already", "W231")
    assert len(page.fake.moderated()) == 1


def test_nothing_can_be_asked(page: Page) -> None:
    """A platform that is throttling, down or not there is refused for certain: nothing has happened."""
    for switches in ({"throttle": 10_000}, {"failing": 10_000}):
        page.fake.misbehave(**switches)
        said = page.moderator().act("remove", page.answer)
        assert said.outcome == "refused", switches
        assert said.code in ("W236", "W237"), switches
    page.fake.misbehave()
    page.account = replace(page.account, api_base=f"http://127.0.0.1:9{page.way.path}")
    assert page.moderator("x").act("remove", page.answer).code == "W237"
    assert page.fake.moderated() == []


def test_hostile_ids_do_nothing(page: Page) -> None:
    """No id, however it is made, raises anything or changes anything."""
    one = page.moderator()
    for act in MODERATION_ACTS:
        for native in HOSTILE:
            said = one.act(act, native, author=native, text=NOTICE)
            assert said.outcome in ("refused", "already"), (act, native)
            assert said.code in texts()
    assert page.fake.moderated() == []


@pytest.mark.parametrize("body", BODIES)
def test_hostile_answers(page: Page, body: str) -> None:
    """An answer of any shape raises nothing, and is no "done" unless it says so."""
    for act, own in page.acts():
        page.begin()
        page.fake.misbehave(acting="says", says=body)
        said = page.moderator().act(act, **page.target(act, own=own))
        assert said.outcome in ("unclear", "refused"), (act, own)


@pytest.mark.parametrize("name", sorted({way.platform for way in WAYS} | {"bluesky"}))
def test_a_server_that_is_none(name: str, nonsense: str) -> None:
    """A server that answers everything with nonsense is refused for certain, whatever is asked of it."""
    base = {"facebook": "alvsjobro", "linkedin": "900100200", "bluesky": "did:plc:abc"}
    account = Account(
        name="sidan",
        platform=name,
        handle=base.get(name, "alvsjobro"),
        authority="ks",
        api_base=nonsense,
        plc_base=nonsense,
    )
    module: Any = importlib.import_module(f"connectors.platforms.{name}")
    for _ in BODIES:
        one: Moderator = module.moderate(account, "hemlig", FixedClock(BEGINNING))
        for native in ("1", "at://did:plc:abc/app.bsky.feed.post/1", "urn:li:share:1", "Ugx1"):
            assert one.act("remove", native).outcome != "done"
            assert one.look_up(native).outcome == "unclear"
        one.close()


@pytest.fixture(scope="module")
def nonsense() -> Iterator[str]:
    """A server whose every answer is the next of ``BODIES``."""
    bodies = cycle(BODIES)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = next(bodies).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_silence_about_people_and_secrets(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    """No log has the secret, the item's id or words, its writer, or what was said to the writer."""
    caplog.set_level(logging.DEBUG)
    secret = page.fake.history()["moderating"]
    for manner in ("", "lost", "lies-error", "denied"):
        for act, own in page.acts():
            page.begin()
            page.fake.misbehave(acting=manner)
            page.moderator().act(act, **page.target(act, own=own))
    said = caplog.text
    for hidden in (secret, WORDS, NOTICE, page.comment, page.answer, page.visitor):
        assert hidden not in said


@pytest.mark.parametrize("name", sorted({way.platform for way in WAYS} | {"bluesky"}))
def test_how_a_second_secret_is_made(name: str) -> None:
    """Every platform says which permissions the second secret needs, and how a person makes it."""
    module: Any = importlib.import_module(f"connectors.platforms.{name}")
    assert module.MODERATION_SCOPES
    assert any("moderation_env" in step for step in module.MODERATION_RECONNECT)


def test_a_home_opens_it_with_the_second_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``moderation_env``, or where nothing can be taken away, there is none; a missing secret is told by name."""
    init_home(tmp_path / "hem", rehearsal=True, seed="x", key_file=None)
    values = {"name": "sidan", "handle": "kommunen", "authority": "ks", "credentials_env": "READING"}
    second = {**values, "moderation_env": "BEVARA_TEST_SECOND"}
    monkeypatch.delenv("BEVARA_TEST_SECOND", raising=False)
    with open_home(tmp_path / "hem") as home:
        assert home.moderator(account_from({**values, "platform": "facebook"}, "a.toml")) is None
        assert home.moderator(account_from({**second, "platform": "feed"}, "a.toml")) is None
        account = account_from({**second, "platform": "facebook"}, "a.toml")
        with pytest.raises(ConnectionRefusedByPlatformError) as raised:
            home.moderator(account)
        assert raised.value.finding.code == "H187"
        monkeypatch.setenv("BEVARA_TEST_SECOND", "hemlig")
        one = home.moderator(account)
        assert one is not None
        one.close()
        assert home.facts(account).moderation_reconnect
