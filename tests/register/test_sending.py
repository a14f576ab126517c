"""Sending: what earlier tries leave, what is culled meanwhile, what somebody else is sending, what a night does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from flows.cull.execute import execute
from flows.keep.recover import recover
from flows.register.act import decide_to_register
from flows.register.dispatch import before, lease_of
from flows.register.flow import send_and_collect
from flows.register.nightly import dispatch_all, night
from schemas.ids import ItemId
from schemas.neighbours import Chance, Typesetter
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering, Typeset
from tests.canary.scan import Scan
from tests.cull.archive import OLD
from tests.register.world import ASKED, REGISTRAR, World

MAY, MAY_NOT = {"may_have_arrived": True}, {"may_have_arrived": False}


def test_receipts_tell_what_may_have_arrived() -> None:
    """A try of which nothing is told may have; one that failed says so itself; a new decision begins anew."""
    nothing: dict[str, bool] = {}
    begun, decided = ("register.sending", nothing), ("register.decided", nothing)
    assert not before([decided]).uncertain
    assert before([decided, begun]).uncertain
    assert not before([decided, begun, ("register.unsent", MAY_NOT)]).uncertain
    assert before([decided, begun, ("register.unsent", MAY), begun, ("register.unsent", MAY_NOT)]).uncertain
    assert before([decided, begun, begun, ("register.unsent", MAY_NOT)]).uncertain
    assert not before([decided, begun, decided]).uncertain
    two = ("register.unsent", {"may_have_arrived": False, "arrived": "a.1@x a.2@x"})
    assert before([decided, begun, two]).arrived == ("a.1@x", "a.2@x")
    assert before([decided, begun, two, ("register.packed", nothing), decided]).arrived == ()


def test_a_parcel_is_built_anew_when_something_in_it_is_culled(world: World) -> None:
    """The stored parcel goes with the culled post; what is sent afterwards shows nothing of it, and is sent once."""
    post = world.row("post", OLD, text="5ec1e70a1b2c3db5")
    comment = world.row("comment", ASKED, text="Frågan", own=False, thread=post.item, parent=post.item)
    world.add([post, comment, *(world.row("post", OLD + timedelta(days=one)) for one in range(3))])
    (world.root / "diariet").rename(world.root / "borta")
    world.command("register", "send", comment.item, "--as", REGISTRAR, code=10)
    key = world.way(comment.item).key
    order = world.propose()
    world.approve(order)
    with world.open() as home:
        assert execute(home, order).standing == "done"
        assert home.ground.store.head(key) is None
    assert comment.item in world.stored()
    assert post.item not in world.stored()
    (world.root / "borta").rename(world.root / "diariet")
    world.command("register", "dispatch")
    scan = Scan(["5ec1e70a1b2c3db5"])
    scan.folder("parcel", world.root / "diariet")
    assert scan.found == frozenset()
    ((_, files),) = world.handed().items()
    assert "handling.pdf" in files
    assert world.way(comment.item).key != key


def test_what_somebody_else_is_sending_is_passed_over(world: World) -> None:
    """While the record's lease is held it stands as it does, and is sent afterwards."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    with world.open() as home:
        decide_to_register(home, [item], REGISTRAR, "diariet")
        with home.ground.state.hold_lease(lease_of(item)):
            assert [one.standing for one in dispatch_all(home)] == ["decided"]
        assert [one.standing for one in dispatch_all(home)] == ["sent"]
        assert dispatch_all(home, [ItemId("202601-zzzzzzzzzzzzzzzz")])[0].standing is None


def test_deciding_again(world: World) -> None:
    """Nothing new: harmless. New words before it has arrived: decided anew. What was sent is refused (G-REGISTERED)."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    (world.root / "diariet").rename(world.root / "borta")
    arguments = ("register", "send", item, "--as", REGISTRAR)
    world.command(*arguments, code=10)
    first = world.way(item)
    world.command(*arguments, code=10)
    assert world.way(item).record == first.record
    world.command(*arguments, "--subject", "Snöröjning", code=10)
    assert world.way(item).record != first.record
    assert world.way(item).key != first.key
    (world.root / "borta").rename(world.root / "diariet")
    world.command("register", "dispatch")
    ((_, files),) = world.handed().items()
    assert "Snöröjning".encode() in files["handling.xml"]
    for again in (arguments, ("register", "decline", item, "--as", REGISTRAR, "--reason", "nej")):
        with pytest.raises(GuardError, match="G-REGISTERED"):
            world.command(*again)
    world.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    with pytest.raises(GuardError, match="G-REGISTERED"):
        world.command(*arguments)


def test_a_folder_with_other_bytes_under_the_name_is_not_written_over(world: World) -> None:
    """The registry's refusal is told with its code (J114), the stranger's file stays, and the record waits."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    strange = world.root / "diariet" / f"bevara-{item}-v1"
    strange.mkdir()
    (strange / "forsattsblad.pdf").write_bytes(b"other")
    told = world.command("register", "send", item, "--as", REGISTRAR, code=3)
    assert [one["code"] for one in told["findings"]] == ["J114"]
    assert told["findings"][0]["parameters"]["reason"].startswith("J13")
    assert (strange / "forsattsblad.pdf").read_bytes() == b"other"
    assert world.way(item).standing == "decided"


def test_all_takes_what_is_to_be_registered_alone(world: World) -> None:
    """Not what the content decides; without a registry's name the only one is taken; unknown ones are refused."""
    _, comment, _ = world.thread()
    (message,) = world.add([world.row("message", ASKED, own=False)])
    world.mark(comment, "borttagen-av-oss")
    for wrong in (("--all", "--registry", "okänt"), (comment, "--all"), ()):
        with pytest.raises(RefusedError):
            world.command("register", "send", *wrong, "--as", REGISTRAR)
    told = world.command("register", "send", "--all", "--as", REGISTRAR)
    assert told["sent"] == [comment]
    assert list(world.candidates()) == [message]
    assert world.command("register", "send", "--all", "--as", REGISTRAR)["sent"] == []


def test_a_flow_gives_counts_alone(world: World) -> None:
    """The scheduled task sends and collects; its result has no word of the records."""
    _, comment, _ = world.thread()
    with world.open() as home:
        decide_to_register(home, [comment], REGISTRAR, "diariet")
    counts = send_and_collect.fn(str(world.path))
    assert counts["sent"] == 1
    assert all(isinstance(value, int) for value in json.loads(json.dumps(counts)).values())


@pytest.mark.parametrize("standing", ["sending", "sent"])
def test_what_lies_with_a_registry_that_is_no_more_can_be_sent_elsewhere(world: World, standing: str) -> None:
    """While it can be asked, G-REGISTERED; when it is gone from the settings, another one may take the record."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    world.command("register", "send", item, "--as", REGISTRAR)
    with world.open() as home, home.ground.state.writing() as books:
        books.registrations.put(replace(world.way(item), standing=standing))  # type: ignore[arg-type] # one of them
    with pytest.raises(GuardError, match="G-REGISTERED"):
        world.command("register", "send", item, "--as", REGISTRAR, "--subject", "x")
    (world.root / "nytt").mkdir()
    world.settings('[[registry]]\nname = "nytt"\nkind = "folder"\npath = "../nytt"\n')
    assert world.command("register", "send", item, "--as", REGISTRAR)["sent"] == [item]
    assert list(world.handed("nytt")) == [f"bevara-{item}-v1"]


def test_the_version_that_was_judged_is_the_version_that_is_sent(world: World) -> None:
    """A lydelse that was observed by a clock that goes before ours is in the parcel, or it would count as registered."""
    row = world.row("comment", ASKED, text="Frågan", own=False)
    world.add([row])
    later = replace(row, version=2, text="5ec1e70a1b2c3db6", observed=world.at + timedelta(minutes=3))
    world.add([later], new=False)
    world.command("register", "send", row.item, "--as", REGISTRAR)
    scan = Scan(["5ec1e70a1b2c3db6"])
    scan.folder("parcel", world.root / "diariet")
    assert world.way(row.item).version == 2
    assert scan.found != frozenset()


@dataclass
class Failing:
    """A typesetter that fails, as nobody expects, for what is about one record."""

    inner: Typesetter
    item: ItemId

    def pdf(self, document: bytes) -> bytes:
        """As the real one."""
        return self.inner.pdf(document)

    def render(self, rendering: Rendering) -> Typeset:
        """As the real one, but for the one record."""
        if self.item in rendering.keywords:
            raise KeyError("5ec1e70a1b2c3db7")
        return self.inner.render(rendering)


def test_one_record_that_fails_stops_no_other(world: World) -> None:
    """Whatever the error is: it is told by its kind alone, that record stays, and the night sends the others."""
    items = world.add([world.row("comment", ASKED, own=False) for _ in range(2)])
    with world.open() as home:
        decide_to_register(home, items, REGISTRAR, "diariet")
        failing = Failing(home.typesetter, min(items))
        done = night(replace(home, typesetter=failing))
    assert (done.sent, done.waiting) == (1, 1)
    told = [one for one in done.findings if one.subject == min(items)]
    assert [(one.code, dict(one.parameters)) for one in told] == [("J127", {"reason": "R-UNEXPECTED-KeyError"})]


@dataclass
class Meanwhile:
    """Chance that lets something else happen before it answers for the first time."""

    inner: Chance
    act: Callable[[], object]

    def bytes(self, count: int) -> bytes:
        """As the real one."""
        return self.inner.bytes(count)

    def fork(self, name: str) -> Chance:
        """As the real one, after what happens meanwhile."""
        if name.startswith("own:"):
            self.act()
        return self.inner.fork(name)


@pytest.mark.parametrize("kind", ["registrerad", "sekretess"])
def test_a_mark_that_is_set_while_somebody_decides_stops_the_decision(world: World, kind: str) -> None:
    """What another has registered, or marked secret, a moment ago is looked at again before anything is sent."""
    (item,) = world.add([world.row("comment", ASKED, own=False)])
    said = {"registrerad": {"dnr": "KS 2026/9"}, "sekretess": {"provision": "OSL 21:1"}}[kind]

    def mark() -> None:
        world.mark(item, kind, **said)

    with world.open() as home:
        moved = replace(home, ground=replace(home.ground, chance=Meanwhile(home.ground.chance, mark)))
        with pytest.raises(RefusedError, match="meanwhile"):
            decide_to_register(moved, [item], REGISTRAR, "diariet")
        with home.ground.state.reading() as books:
            assert books.registrations.get(item) is None


def test_an_order_that_was_approved_before_the_decision_leaves_the_record(world: World) -> None:
    """It waits for its number: kept, whatever was signed; with the number it goes, and its parcel has gone before it."""
    rows = [world.row("post", OLD + timedelta(days=one), text=f"5ec1e70a1b2c3d{one:02}") for one in range(10, 16)]
    item = rows[0].item
    world.add(rows)
    order = world.propose()
    world.approve(order)
    world.command("register", "send", item, "--as", REGISTRAR)
    with world.open() as home, pytest.raises(GuardError, match="G-STALE"):
        execute(home, order)
    order = world.propose()
    world.approve(order)
    with world.open() as home:
        execute(home, order)
    assert {one.item for one in rows} & world.stored() == {item}
    world.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    world.add([world.row("post", ASKED)])
    order = world.propose()
    world.approve(order)
    with world.open() as home:
        assert execute(home, order).standing == "done"
        recover(home.ground.state, home.ground.store, world.at)
        assert list(home.ground.store.list("work/registrations/")) == []
    assert item not in world.stored()
    scan = Scan(["5ec1e70a1b2c3d10"])
    scan.folder("home", world.path)
    assert scan.found == frozenset()
