"""Moderators against real servers: a whole Bluesky network, and snac2, which speaks Mastodon's API in its own way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from connectors.clock import SystemClock
from connectors.platforms import bluesky as bluesky_module
from connectors.platforms import mastodon as mastodon_module
from schemas.account import Account
from schemas.neighbours import Liking, Moderator
from tests.servers.bluesky_people import THREADGATE, Network, Person, Ref
from tests.servers.snac import Snac

BLOCK = "app.bsky.graph.block"
_NUMBERS = count(1)
FOLLOW = "app.bsky.graph.follow"


def _account(network: Network, person: Person) -> Account:
    return Account(
        name="kommun",
        platform="bluesky",
        handle=person.handle,
        authority="kommunstyrelsen",
        api_base=network.pds,
        plc_base=network.plc,
        credentials_env="READING",
        moderation_env="MODERATING",
    )


Open = Callable[[Person], Moderator]


@pytest.fixture
def moderator(bluesky: Network) -> Iterator[Open]:
    """Opens a person's moderator with an app password of its own."""
    with ExitStack() as held:

        def opened(person: Person) -> Moderator:
            secret = person.app_password(f"moderering-{next(_NUMBERS)}")
            one = bluesky_module.moderate(_account(bluesky, person), secret, SystemClock())
            held.callback(one.close)
            return one

        yield opened


@pytest.fixture(scope="module")
def people(bluesky: Network) -> tuple[Person, Person, Person]:
    """The municipality and two visitors."""
    return bluesky.person("mod-kommun"), bluesky.person("mod-anna"), bluesky.person("mod-bo")


def _gate(network: Network, person: Person, root: str) -> dict[str, Any]:
    found = [one["value"] for one in network.records(person.did, THREADGATE) if one["value"]["post"] == root]
    return dict(found[0]) if found else {}


def test_our_own_post_goes(moderator: Open, people: tuple[Person, Person, Person]) -> None:
    """Our own post is taken away, and our own server says so; a visitor's cannot be."""
    kommun, anna, _ = people
    post, theirs = kommun.post("Felaktig uppgift"), anna.post("Annas eget")
    one = moderator(kommun)
    assert one.look_up(post.uri).outcome == "found"
    assert one.act("remove", post.uri).outcome == "done"
    assert one.look_up(post.uri).outcome == "not_found"
    assert one.act("remove", post.uri).outcome == "done"  # the server answers the same
    kommun.network.removed.add(post.uri)
    assert one.act("remove", theirs.uri).code == "W233"
    assert one.look_up(theirs.uri).outcome == "found"


def test_replies_are_hidden_side_by_side(
    bluesky: Network, moderator: Open, people: tuple[Person, Person, Person]
) -> None:
    """Three that hide replies of one thread at once lose none; what the thread's gate said before stays."""
    kommun, anna, bo = people
    post = kommun.post("Ny lekplats", langs=["sv"])
    rule = {"$type": "app.bsky.feed.threadgate#mentionRule"}
    replies = [anna.reply(post, "dumt 1"), bo.reply(post, "dumt 2"), anna.reply(post, "dumt 3")]
    bluesky.wait_until_indexed()  # a reply that comes after the rule is not counted
    kommun.create(THREADGATE, {"post": post.uri, "allow": [rule]}, rkey=post.rkey)
    several = [moderator(kommun) for _ in replies]
    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(lambda pair: pair[0].act("hide", pair[1].uri), zip(several, replies, strict=True)))
    assert [one.outcome for one in said] == ["done"] * 3
    gate = _gate(bluesky, kommun, post.uri)
    assert set(gate["hiddenReplies"]) == {one.uri for one in replies}
    assert gate["allow"] == [rule]
    found = several[0].look_up(replies[1].uri)
    assert (found.outcome, found.hidden, found.cause) == ("found", True, "us")
    assert several[0].act("hide", replies[1].uri).outcome == "already"


def test_a_thread_without_a_gate_gets_one(
    bluesky: Network, moderator: Open, people: tuple[Person, Person, Person]
) -> None:
    """The first hidden reply makes the thread's gate, which leaves replying open to everybody."""
    kommun, anna, bo = people
    post = kommun.post("Sophämtning")
    first = anna.reply(post, "dumt")
    deep = bo.reply(first, "ännu dummare")
    assert moderator(kommun).act("hide", deep.uri).outcome == "done"
    gate = _gate(bluesky, kommun, post.uri)
    assert gate["hiddenReplies"] == [deep.uri]
    assert "allow" not in gate
    theirs = anna.post("Annas tråd")
    assert moderator(kommun).act("hide", bo.reply(theirs, "inte vår").uri).code == "W233"


def test_a_full_gate(moderator: Open, people: tuple[Person, Person, Person]) -> None:
    """A thread with 300 hidden replies takes no more, and that is said."""
    kommun, anna, _ = people
    post = kommun.post("Full tråd")
    many = [f"at://{anna.did}/app.bsky.feed.post/3l{number:011}" for number in range(300)]
    kommun.create(THREADGATE, {"post": post.uri, "hiddenReplies": many}, rkey=post.rkey)
    assert moderator(kommun).act("hide", anna.reply(post, "en till").uri).code == "W241"


def test_a_visitor_is_blocked_once(bluesky: Network, moderator: Open, people: tuple[Person, Person, Person]) -> None:
    """A block is one record; asked for again nothing more is written."""
    kommun, _, bo = people
    post = kommun.post("Fritidsgården")
    reply = bo.reply(post, "spam")
    bluesky.wait_until_indexed()
    one = moderator(kommun)
    assert one.act("block", reply.uri, author="ingen").code == "W239"
    assert one.act("block", reply.uri, author=bo.did).outcome == "done"
    deadline = time.monotonic() + 20
    while not kommun.ask("app.bsky.actor.getProfile", {"actor": bo.did})["viewer"].get("blocking"):
        assert time.monotonic() < deadline, "the AppView never shows the block"
        time.sleep(0.1)
    assert one.act("block", reply.uri, author=bo.did).outcome == "already"
    written = bluesky.records(kommun.did, BLOCK)
    assert [record["value"]["subject"] for record in written] == [bo.did]
    kommun.delete(Ref(written[0]["uri"], written[0]["cid"]))
    bo.delete(reply)
    kommun.delete(post)
    bluesky.wait_until_indexed()


def test_a_wrong_password(bluesky: Network, people: tuple[Person, Person, Person]) -> None:
    """A password that is not valid does nothing and is said to be so."""
    one = bluesky_module.moderate(_account(bluesky, people[0]), "fel-lösenord", SystemClock())
    said = one.act("remove", f"at://{people[0].did}/app.bsky.feed.post/3l2222222222x")
    one.close()
    assert (said.outcome, said.code) == ("refused", "W235")


def test_whom_we_follow(bluesky: Network, people: tuple[Person, Person, Person]) -> None:
    """The accounts that ours follows are told by handle and address."""
    kommun, anna, bo = people
    for one in (anna, bo):
        kommun.create(FOLLOW, {"subject": one.did})
    session = bluesky_module.open(_account(bluesky, kommun), None, SystemClock())
    assert isinstance(session, Liking)
    liked = set(session.liked())
    session.close()
    assert liked == {(one.handle, f"https://bsky.app/profile/{one.handle}") for one in (anna, bo)}


def test_a_server_that_does_not_delete(snac: Snac) -> None:
    """Snac knows no deleting and says "not found": looking shows that the status is still there."""
    host = snac.url.partition("//")[2]
    named = f"medborgare@{host}"  # not the municipality's, whose listing other tests read
    account = Account(name="arvika", platform="mastodon", handle=named, authority="ks", api_base=snac.url)
    status = snac.medborgare.post("Felaktig uppgift om vägen")
    one = mastodon_module.moderate(account, snac.medborgare.token, SystemClock())
    said, found = one.act("remove", status["uri"]), one.look_up(status["uri"])
    one.close()
    assert said.outcome != "done"
    assert found.outcome == "found"
