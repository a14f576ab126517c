"""Secrecy that is noted after something was made, decided or handed over: nothing of it gets into what is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flows.archive.snapshot import take_snapshot
from flows.oversee.marks import mark_items
from flows.register.dispatch import dispatch
from schemas.ids import ItemId
from schemas.neighbours import Typesetter
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering, Typeset
from tests.canary.scan import Scan
from tests.cull.archive import ACCOUNT, OFFICER
from tests.register.test_journey import BOTH, ids, mailing, own_document
from tests.register.world import MARKS, REGISTRAR, World
from tests.servers.smtp import SmtpServer

__all__ = ["mailing"]


def marks_in(folder: Path) -> frozenset[str]:
    """Marks in a folder, whatever they are packed in."""
    scan = Scan(MARKS.values())
    scan.folder("open", folder)
    return scan.found


def snapshot(world: World) -> ItemId:
    """A snapshot of the account."""
    with world.open() as home:
        return take_snapshot(home, ACCOUNT).item


def test_a_snapshot_goes_nowhere_open_when_something_on_it_became_secret(world: World) -> None:
    """G-SECRET when it is decided, J128 when the mark came after that; marked secret itself it goes the secret way."""
    _, comment, _ = world.thread()
    item, other = snapshot(world), snapshot(world)
    (world.root / "diariet").rename(world.root / "borta")
    world.command("register", "send", other, "--as", REGISTRAR, code=10)
    (world.root / "borta").rename(world.root / "diariet")
    world.mark(comment, "sekretess", provision="OSL 21:1")
    with pytest.raises(GuardError, match="G-SECRET"):
        world.command("register", "send", item, "--as", REGISTRAR)
    told = world.command("register", "dispatch", code=3)
    assert [one["code"] for one in told["findings"]] == ["J128"]
    assert marks_in(world.root / "diariet") == frozenset()
    assert world.way(other).standing == "decided"
    world.command("register", "send", item, "--secret", "OSL 21:1", "--as", REGISTRAR)
    assert marks_in(world.root / "diariet") == frozenset()
    assert marks_in(world.root / "skyddat") != frozenset()


@dataclass
class Interrupting:
    """A typesetter that lets something else happen while it works."""

    inner: Typesetter
    meanwhile: Callable[[], object]

    def pdf(self, document: bytes) -> bytes:
        """As the real one."""
        return self.inner.pdf(document)

    def render(self, rendering: Rendering) -> Typeset:
        """As the real one, after what happens meanwhile."""
        self.meanwhile()
        return self.inner.render(rendering)


@pytest.mark.parametrize("which", [0, 1])
def test_a_mark_that_is_set_while_the_parcel_is_made_counts(world: World, which: int) -> None:
    """The record itself, or the one it answers: what is handed over to the open folder shows nothing of it."""
    _, comment, reply = world.thread()
    item = (comment, reply)[which]
    (world.root / "diariet").rename(world.root / "borta")
    world.command("register", "send", item, "--as", REGISTRAR, code=10)
    (world.root / "borta").rename(world.root / "diariet")
    with world.open() as home, home.ground.state.writing() as books:
        books.copies.retire([world.way(item).key])
    done: list[int] = []
    with world.open() as home:
        ground = home.ground

        def mark() -> None:
            if not done:
                done.append(mark_items(ground, [comment], "sekretess", OFFICER, provision="OSL 21:1"))

        dispatch(replace(home, typesetter=Interrupting(home.typesetter, mark)), item)
    assert marks_in(world.root / "diariet") == frozenset()
    assert world.way(item).standing == "sent"
    assert world.way(item).secret == (which == 0)


def test_a_notice_is_another_message_than_the_record(mailing: World, smtp_server: SmtpServer) -> None:
    """Half of the parts are in the mailbox when the record is marked secret: the notice arrives under an id of its own."""
    mailing.settings(BOTH.format(port=smtp_server.port).replace("security", "limit_mb = 1\nsecurity"))
    item = own_document(mailing, *(bytes([number]) * 600_000 for number in range(3)))
    smtp_server.fail("-", "drop-unstored")
    mailing.command("register", "send", item, "--registry", "brevet", "--as", REGISTRAR, code=10)
    mailing.mark(item, "sekretess", provision="OSL 18:8")
    mailing.command("register", "dispatch", code=3)
    *parts, notice = smtp_server.messages()
    assert str(notice["Message-ID"]) not in [str(one["Message-ID"]) for one in parts]
    assert list(notice.iter_attachments()) == []
    assert mailing.way(item).standing == "sent"
    assert list(mailing.handed("skyddat")) == [f"bevara-{item}-v1"]


def test_a_server_that_finds_the_second_part_too_large_gets_a_notice_of_its_own(
    mailing: World, smtp_server: SmtpServer
) -> None:
    """552 after the first part: the package goes to the folder, and the notice is not taken for that first part."""
    mailing.settings(BOTH.format(port=smtp_server.port).replace("security", "limit_mb = 1\nsecurity"))
    item = own_document(mailing, *(bytes([number]) * 600_000 for number in range(3)))
    smtp_server.fail("-", "data-552")
    mailing.command("register", "send", item, "--registry", "brevet", "--as", REGISTRAR)
    assert len(ids(smtp_server)) == len(set(ids(smtp_server))) == 2
    assert list(mailing.handed()) == [f"bevara-{item}-v1"]


def test_a_decision_about_a_secret_record_is_secret_with_it(world: World) -> None:
    """Its record holds the subject: marked alike, no candidate itself, and registered when the record is."""
    _, comment, reply = world.thread()
    world.command("register", "send", comment, "--secret", "OSL 21:1", "--subject", "x", "--as", REGISTRAR)
    record = world.way(comment).record
    assert record is not None
    assert world.marks(record)["sekretess"].provision == "OSL 21:1"
    assert record not in world.candidates()
    world.command("register", "confirm", comment, "KS 2026/5", "--as", REGISTRAR)
    assert world.marks(record)["registrerad"].dnr == "KS 2026/5"
    world.command("register", "send", reply, "--as", REGISTRAR)
    told = world.way(reply).record
    assert told is not None
    assert world.marks(told) == {}
    world.later(days=1)
    world.mark(told, "sekretess", provision="OSL 21:1")
    assert world.candidates()[told] == ["J103"]


def test_what_lies_openly_with_the_registry_is_told_of_when_it_is_marked(world: World) -> None:
    """J130 beside the reminder, until the secret form has followed; the earlier open form cannot be taken back."""
    _, comment, _ = world.thread()
    world.command("register", "send", comment, "--as", REGISTRAR)
    world.mark(comment, "sekretess", provision="OSL 21:1")
    told = world.command("register", "status", code=3)
    assert [one["code"] for one in told["findings"]] == ["J112", "J130"]
    (world.root / "diariet" / f"bevara-{comment}-v1").rename(world.root / "flyttad")
    world.command("register", "dispatch", comment, "--again", "--as", REGISTRAR, code=3)
    assert marks_in(world.root / "diariet") == frozenset()
    assert marks_in(world.root / "skyddat") != frozenset()
    assert [one["code"] for one in world.command("register", "status", code=3)["findings"]] == ["J112"]


def test_open_and_secret_records_decided_together_both_go(world: World) -> None:
    """Decided in one breath, the secret one goes its way and the open one its own; their decisions are apart."""
    _, comment, other = world.thread()
    world.mark(comment, "sekretess", provision="OSL 21:1")
    told = world.command("register", "send", comment, other, "--as", REGISTRAR)
    assert (sorted(told["sent"]), told["findings"]) == (sorted([comment, other]), [])
    assert world.way(comment).record != world.way(other).record


def test_a_decisions_words_go_no_open_way_when_its_record_becomes_secret(world: World) -> None:
    """A decision made before the mark speaks of what is secret now: sent openly it is refused."""
    _, comment, _ = world.thread()
    world.command("register", "send", comment, "--subject", "om Kalle", "--as", REGISTRAR)
    record = world.way(comment).record
    assert record is not None
    world.mark(comment, "sekretess", provision="OSL 21:1")
    with pytest.raises(GuardError, match="G-SECRET"):
        world.command("register", "send", record, "--as", REGISTRAR)


def test_an_empty_provision_is_refused(world: World) -> None:
    """An empty --secret, as an unset variable of a script gives it, sends nothing openly: it is refused."""
    _, comment, _ = world.thread()
    with pytest.raises(RefusedError, match="--secret"):
        world.command("register", "send", comment, "--secret", "", "--as", REGISTRAR)
    assert not list((world.root / "diariet").glob("bevara-*"))


def test_declined_twice_it_stays_declined(world: World) -> None:
    """The same decision again changes nothing: the record does not come back as a candidate."""
    _, comment, _ = world.thread()
    world.mark(comment, "i-arende", dnr="KS 2026/1")
    for _ in range(2):
        world.command("register", "decline", comment, "--reason", "hålls ordnad", "--as", REGISTRAR)
        assert comment not in [one["item"] for one in world.command("register", "candidates")["candidates"]]
