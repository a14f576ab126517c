"""The Bluesky module alone against a whole network on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from connectors.clock import SystemClock
from connectors.platforms import bluesky as module
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import (
    Capture,
    ConnectionRefusedByPlatformError,
    ListingEnd,
    MediaError,
    Session,
    Window,
)
from schemas.payload import canonical
from schemas.record import Seen
from tests.servers.bluesky_people import CAPTIONS, Network, Person, Ref, film, picture

HOSTILE = "\u202eVänd text\u202c \ufdfa 🏳️\u200d🌈 <script>&amp;</script> åäö ÅÄÖ"


@dataclass(slots=True)
class Night:
    """What one fetch gave."""

    items: dict[str, Seen] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    secondary: list[Seen] = field(default_factory=list)
    ends: dict[tuple[str, str], ListingEnd] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {one.code for one in self.findings}


@dataclass(frozen=True, slots=True)
class Town:
    """The municipality, two visitors, and what they wrote."""

    kommun: Person
    anna: Person
    bo: Person
    password: str
    post: Ref
    question: Ref
    answer: Ref
    thanks: Ref
    spam: Ref
    film: Ref


@contextmanager
def session(network: Network, handle: str, password: str | None) -> Iterator[Session]:
    """A session as the harvest opens it."""
    account = Account(
        name="kommun",
        platform="bluesky",
        handle=handle,
        authority="kommunstyrelsen",
        api_base=network.pds,
        plc_base=network.plc,
        credentials_env="BLUESKY_PASSWORD",
    )
    opened = module.open(account, password, SystemClock())
    try:
        yield opened
    finally:
        opened.close()


def harvest(opened: Session, threads: Iterable[str] = ()) -> Night:
    """One full fetch, parsed."""
    night = Night()
    for step in opened.fetch(Window(since=None, now=SystemClock().now()), threads):
        if isinstance(step, ListingEnd):
            night.ends[step.listing, step.scope] = step
        elif isinstance(step, Finding):
            night.findings.append(step)
        else:
            night.captures.append(step)
            parsed = opened.parse(step)
            night.findings.extend(parsed.findings)
            for seen in parsed.items:
                if seen.secondary:
                    night.secondary.append(seen)
                else:
                    night.items[seen.native] = seen
                    night.order.append(seen.native)
    return night


@pytest.fixture(scope="module")
def town(bluesky: Network) -> Town:
    """A thread three deep by three people, a film, a picture, a hidden reply, a quote and a repost."""
    kommun, anna, bo = (bluesky.person(name) for name in ("live-kommun", "live-anna", "live-bo"))
    kommun.present("Arvika kommun", "Här svarar vi på vardagar.", picture((0, 80, 160)))
    post = kommun.post(
        "Älvgatan är avstängd 🚧 läs https://arvika.example/väg",
        images=[(picture(), "Röd skylt vid älven")],
        links=["https://arvika.example/väg"],
    )
    question = anna.reply(post, HOSTILE)
    answer = kommun.reply(question, "Till fredag.")
    thanks = bo.reply(answer, "Tack! 🙏", images=[(picture((9, 9, 9)), "")])
    spam = bo.reply(post, "Köp klockor")
    elsewhere = anna.post("Min egen tråd")
    kommun.reply(elsewhere, "Vi hjälper gärna till")
    kommun.post("Läs vad Anna skriver", quote=elsewhere)
    bo.reply(post, "Så sa Anna", quote=elsewhere)
    kommun.repost(elsewhere)
    moving = kommun.post("Film", film=(film(), "Biblioteket", CAPTIONS))
    anna.like(post)
    kommun.hide(post, [spam])
    bluesky.wait_until_indexed()
    return Town(kommun, anna, bo, kommun.app_password(), post, question, answer, thanks, spam, moving)


def test_everything_that_belongs_is_returned(bluesky: Network, town: Town) -> None:
    """A full fetch gives exactly the records that belong in the archive, with their kinds, texts and JSON values."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    expected = bluesky.belonging_to(town.kommun.did)
    assert set(night.items) == set(expected)
    for uri, one in expected.items():
        seen = night.items[uri]
        assert (seen.kind, seen.author_native) == (one.kind, one.did)
        assert canonical(one.value) in seen.payload
        if "text" in one.value:
            assert seen.text == one.value["text"]
    assert night.codes == set()
    assert all(end.complete for end in night.ends.values())


def test_threads_are_complete_and_in_order(bluesky: Network, town: Town) -> None:
    """Own posts come before the comments below them, each comment after what it answers, with parent and thread."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    places = [night.order.index(one.uri) for one in (town.post, town.question, town.thanks)]
    assert places == sorted(places)
    thanks = night.items[town.thanks.uri]
    assert (thanks.parent_native, thanks.thread_native) == (town.answer.uri, town.post.uri)
    assert night.items[town.spam.uri].hidden
    assert not night.items[town.question.uri].hidden
    assert night.ends["thread", town.post.uri].complete


def test_the_same_post_has_one_identity(bluesky: Network, town: Town) -> None:
    """A post of ours met in a thread or by its counters has the identity and payload of the listing."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    assert town.answer.uri in {seen.native for seen in night.secondary}
    for seen in night.secondary:
        first = night.items[seen.native]
        assert (seen.identity, seen.payload, seen.kind) == (first.identity, first.payload, first.kind)
        assert (seen.text, seen.media, seen.parent_native) == (first.text, first.media, first.parent_native)
    counted = next(seen for seen in night.secondary if seen.native == town.post.uri)
    assert dict(counted.counts)["likes"] == 1


def test_no_payload_holds_anothers_words(bluesky: Network, town: Town) -> None:
    """Quoted, answered and passed-on posts are in a payload by their address alone."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    for seen in night.items.values():
        assert "Min egen tråd" not in seen.payload
        assert seen.native == town.thanks.uri or "Tack!" not in seen.payload


def test_blobs_are_equal(bluesky: Network, town: Town) -> None:
    """Every attachment's bytes are those on the server, a visitor's too, and a wrong id is refused."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
        roles = set[str]()
        for seen in night.items.values():
            for reference in seen.media:
                did, _, cid = reference.origin.rpartition("/")
                with opened.fetch_media(reference, seen.author_native, 1_000_000).file as file:
                    assert file.read() == bluesky.blob(did, cid)
                roles.add(reference.role)
        assert roles == {"picture", "video", "caption"}
        shown = night.items[town.post.uri].media[0]
        assert shown.alt == "Röd skylt vid älven"
        with pytest.raises(MediaError, match="H119"):
            opened.fetch_media(shown, town.kommun.did, 10)


def test_an_edit_changes_the_identity(bluesky: Network, town: Town) -> None:
    """After an edit the same address comes with the new text and another identity."""
    with session(bluesky, town.kommun.handle, town.password) as opened:
        before = harvest(opened).items
        note = town.kommun.post("Öppet till 16")
        reply = town.anna.reply(note, "Bra")
        bluesky.wait_until_indexed()
        first = harvest(opened).items
        town.kommun.edit(note, text="Öppet till 17")
        town.anna.edit(reply, text="Bättre")
        bluesky.wait_until_indexed()
        second = harvest(opened).items
    assert set(first) - set(before) == {note.uri, reply.uri}
    changed = {uri for uri in first if first[uri].identity != second[uri].identity}
    assert changed == {note.uri, reply.uri}
    assert (second[note.uri].text, second[reply.uri].text) == ("Öppet till 17", "Bättre")


def test_what_is_gone_is_told_apart(bluesky: Network, town: Town) -> None:
    """A look-up says found, found but hidden, not found, or unclear; an orphaned reply of ours is still read."""
    post = town.kommun.post("Tillfälligt")
    between = town.anna.reply(post, "Strax borta")
    own = town.kommun.reply(between, "Vi svarade")
    below = town.bo.reply(own, "Och jag med")
    lost = town.kommun.post("Borttaget inlägg")
    bluesky.wait_until_indexed()
    town.anna.delete(between)
    town.kommun.delete(lost)
    bluesky.wait_until_indexed()
    nobody = "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3n2v3mwl7qs2v"
    asked = [town.post.uri, town.question.uri, town.spam.uri, between.uri, lost.uri, nobody, "inte en adress"]
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
        answers = {one.native: (one.outcome, one.hidden, one.cause) for one in opened.look_up(asked)}
    assert list(answers.values()).count(("found", False, "")) == 2
    assert answers[town.spam.uri] == ("found", True, "us")
    assert night.items[town.spam.uri].hidden_by == "us"
    assert answers[between.uri] == ("not_found", False, "author")
    assert answers[lost.uri] == ("not_found", False, "us")
    assert answers[nobody] == answers["inte en adress"] == ("unclear", False, "")
    assert len(answers) == len(asked)
    assert {own.uri, below.uri} <= set(night.items)
    assert not {between.uri, lost.uri} & set(night.items)
    assert night.codes == {"H160"}


def test_accounts_that_are_gone_are_told_apart(bluesky: Network, town: Town) -> None:
    """Replies of an account that was closed or deleted by its owner, or taken down by the platform, say which."""
    root = town.kommun.post("Innan kontona försvinner")
    people = {name: bluesky.person(f"live-{name}") for name in ("vilar", "raderad", "avstangd")}
    replies = {name: one.reply(root, f"Svar av {name}") for name, one in people.items()}
    bluesky.wait_until_indexed()
    people["vilar"].call("com.atproto.server.deactivateAccount", {})
    bluesky.admin("com.atproto.admin.deleteAccount", {"did": people["raderad"].did})
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": people["avstangd"].did}
    bluesky.admin("com.atproto.admin.updateSubjectStatus", {"subject": subject, "takedown": {"applied": True}})
    for one in people.values():
        del bluesky.people[one.did]
    with session(bluesky, town.kommun.handle, town.password) as opened:
        for _ in range(40):
            answers = {
                one.native: (one.outcome, one.cause) for one in opened.look_up([one.uri for one in replies.values()])
            }
            if not {"found", "unclear"} & {outcome for outcome, _ in answers.values()}:
                break
            time.sleep(0.25)  # the AppView shows them until it has heard
    town.kommun.delete(root)
    assert {name: answers[one.uri] for name, one in replies.items()} == {
        "vilar": ("not_found", "account"),
        "raderad": ("not_found", "account"),
        "avstangd": ("not_found", "platform"),
    }


def test_a_deep_thread_is_read_to_the_end(bluesky: Network, town: Town) -> None:
    """A thread deeper than one answer is read on from where the answer ends."""
    start = town.kommun.post("Djup tråd")
    last = start
    chain = []
    for number in range(130):
        last = (town.anna, town.bo)[number % 2].reply(last, f"Nivå {number}")
        chain.append(last.uri)
    bluesky.wait_until_indexed()
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    assert set(chain) <= set(night.items)
    parts = [one for one in night.captures if one.context.get("root") == start.uri]
    assert len(parts) == 2
    assert night.ends["thread", start.uri].complete
    town.kommun.delete(start)


def test_a_blocked_visitor_makes_the_thread_incomplete(bluesky: Network, town: Town) -> None:
    """A reply by somebody who blocks us is not shown; the thread says so and is not called complete."""
    eva = bluesky.person("live-eva")
    post = town.kommun.post("Fråga oss")
    eva.reply(post, "Jag blockerar er sedan")
    bluesky.wait_until_indexed()
    eva.create("app.bsky.graph.block", {"subject": town.kommun.did})
    with session(bluesky, town.kommun.handle, town.password) as opened:
        for _ in range(20):
            night = harvest(opened)
            if night.codes & {"H132", "H153"}:
                break
    end = night.ends["thread", post.uri]
    assert not end.complete
    assert end.reason in {"H132", "H153"}
    town.kommun.delete(post)


def test_a_post_the_view_cannot_hold_is_kept(bluesky: Network, town: Town) -> None:
    """A post of ours with U+0000, which this AppView cannot store, is archived from our server; its thread says so."""
    post = town.kommun.post("Noll \x00 tecken")
    # Until the AppView has heard of it, our own server answers in its place, as if it were stored; it hears in order.
    later = town.kommun.post("Efter nollan")
    bluesky.wait_until_indexed()
    with session(bluesky, town.kommun.handle, town.password) as opened:
        night = harvest(opened)
    town.kommun.delete(post)
    town.kommun.delete(later)
    assert night.items[post.uri].text == "Noll \x00 tecken"
    assert night.ends["posts", ""].complete
    assert night.ends["thread", post.uri].reason == "H151"


def test_without_a_password_only_our_own_is_read(bluesky: Network, town: Town) -> None:
    """Without an app password our own repository is complete, and every thread says that it is not."""
    with session(bluesky, town.kommun.handle, None) as opened:
        assert opened.health().native == town.kommun.did
        night = harvest(opened)
    assert {seen.kind for seen in night.items.values()} == {"profile", "post", "reply", "boost"}
    assert night.ends["posts", ""].complete
    assert {end.reason for (name, _), end in night.ends.items() if name == "thread"} == {"H133"}


def test_a_wrong_password_or_account_is_refused(bluesky: Network, town: Town) -> None:
    """A wrong app password and an unknown handle are refused by codes whose sentences name the remedy."""
    for handle, code in ((town.kommun.handle, "H156"), ("finns-inte.test", "H156")):
        with (
            session(bluesky, handle, "fel-losenord") as opened,
            pytest.raises(ConnectionRefusedByPlatformError) as refused,
        ):
            opened.health()
        assert refused.value.finding.code == code
    with session(bluesky, "finns-inte.test", None) as opened, pytest.raises(ConnectionRefusedByPlatformError) as gone:
        opened.health()
    assert gone.value.finding.code == "H158"
