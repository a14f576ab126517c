"""Sending: what earlier tries leave, what is culled meanwhile, what somebody else is sending, what a night does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from flows.cull.execute import execute
from flows.register.act import decide_to_register
from flows.register.dispatch import before, lease_of
from flows.register.flow import send_and_collect
from flows.register.nightly import dispatch_all
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
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
