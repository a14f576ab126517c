"""Handing deliveries on: seen at the receiver's, never sent twice, fetched by hand, withdrawn, and the night."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from flows.deposit.pack.act import night, package, plan
from flows.deposit.pack.build import build
from flows.deposit.pack.deliver import deliver, fetch, withdraw
from flows.deposit.pack.receipts import receipt
from flows.deposit.pack.status import STANDINGS, deliveries, described, known, line, next_step
from schemas.deposit import DELIVERY_STANDINGS
from schemas.hold import Mark
from schemas.neighbours import Store
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import OFFICER
from tests.deposit.dock import HAND, SETTINGS, Dock, codes, copied, dock, dock_template, film_files
from tests.deposit.world import COMMUNICATOR
from tests.servers.ftp import PASSWORD, USER, FtpServer
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

__all__ = ["dock", "dock_template", "film_files"]


@pytest.fixture
def built(dock: Dock) -> Dock:
    """Films 1 and 2 in delivery 1, built."""
    assert dock.pack(1, 2).done
    return dock


# --- delivery --------------------------------------------------------------------------------------------------------


def test_delivered_means_seen_at_the_receivers(built: Dock) -> None:
    """The file lies there with the delivery's bytes; its films are delivered, and their clock stands still."""
    with built.open() as home:
        done = deliver(home, "1")
    there = built.kb / done.delivery.name
    assert hashlib.sha256(there.read_bytes()).hexdigest() == done.delivery.sha256
    assert (done.delivery.standing, done.delivery.tries, done.findings) == ("delivered", 1, ())
    assert built.standings() == ["delivered", "delivered", "decided"]
    acts = built.acts(done.delivery.intent.id)
    assert acts[-2:] == ["deposit.delivery.delivering", "deposit.delivery.delivered"]
    with built.open() as home, home.ground.state.reading() as books:
        last = json.loads(books.ledger.about(done.delivery.intent.id)[-1].body)["evidence"]
    assert (last["place"], last["size"], last["sha256"]) == ("folder:kb", done.delivery.size, done.delivery.sha256)


def test_what_was_seen_there_is_never_sent_again(built: Dock) -> None:
    """KB has taken it out of the folder: a second delivery under the same id sends nothing, and says so."""
    with built.open() as home:
        first = deliver(home, "1").delivery
    for file in built.kb.iterdir():
        file.unlink()
    with built.open() as home:
        again = deliver(home, "1")
    assert (codes(again.findings), again.findings[0].severity) == (["L170"], "info")
    assert again.delivery == first
    assert not list(built.kb.iterdir())


def test_another_file_of_that_name_is_never_written_over(built: Dock) -> None:
    """The receiver refuses it: told, begun, the films' clock goes on, and tried again when it is gone."""
    stranger = built.kb / built.delivery().name
    stranger.write_bytes(b"nagot annat")
    with built.open() as home:
        done = deliver(home, "1")
    assert codes(done.findings) == ["A231"]
    assert (done.delivery.standing, built.standings()[0]) == ("delivering", "delivering")
    assert stranger.read_bytes() == b"nagot annat"
    stranger.unlink()
    with built.open() as home:
        assert deliver(home, "1").delivery.standing == "delivered"


def test_a_receiver_that_is_away_is_asked_again_by_the_night(built: Dock) -> None:
    """Not reached: begun and told; the night tells it too, and delivers when the receiver is back."""
    away = built.root / "borta"
    built.kb.rename(away)
    with built.open() as home:
        done = deliver(home, "1")
        assert (codes(done.findings), done.unreachable) == (["L172"], True)
        assert (night(home).delivered, codes(night(home).findings)) == (0, ["L172"])
    away.rename(built.kb)
    with built.open() as home:
        tried = night(home)
    assert (tried.delivered, tried.findings) == (1, ())
    assert (built.delivery().standing, built.delivery().tries) == ("delivered", 4)


def test_a_file_that_the_store_has_lost_is_built_again_and_delivered(built: Dock) -> None:
    """Told at the delivery; building it again gives the same bytes, and then it goes."""
    first = built.delivery()
    with built.open() as home:
        home.ground.store.destroy(first.key)
    with built.open() as home:
        assert codes(deliver(home, "1").findings) == ["L179"]
        assert build(home, "1").done
        assert deliver(home, "1").delivery.standing == "delivered"
    assert hashlib.sha256((built.kb / first.name).read_bytes()).hexdigest() == first.sha256


def test_a_night_that_finds_the_file_lost_builds_and_delivers_it(built: Dock) -> None:
    """Begun while the receiver was away, and then lost from the store: the night brings the same bytes."""
    stored = built.delivery()
    built.kb.rename(built.root / "borta")
    with built.open() as home:
        assert deliver(home, "1").unreachable
        home.ground.store.destroy(stored.key)
    (built.root / "borta").rename(built.kb)
    with built.open() as home:
        done = night(home)
    assert (done.delivered, done.findings) == (1, ())
    assert hashlib.sha256((built.kb / stored.name).read_bytes()).hexdigest() == stored.sha256


def test_nothing_leaves_when_a_film_of_it_was_taken_back(built: Dock) -> None:
    """A film that is no longer in it stops the whole delivery before anything is sent."""
    built.stand(built.numbered(2).id, standing="declined")
    with built.open() as home, pytest.raises(GuardError) as refused:
        deliver(home, "1")
    assert refused.value.code == "G-CHANGED"
    assert not list(built.kb.iterdir())
    with built.open() as home:
        withdraw(home, "1", COMMUNICATOR)
    assert built.standings() == ["decided", "declined", "decided"]


def test_what_is_marked_secret_meanwhile_never_leaves(dock: Dock, tmp_path: Path) -> None:
    """A mark of secrecy after the decision: not packaged; after the building: neither delivered nor fetched."""
    dock.pack(1)

    def secret(number: int) -> None:
        with dock.open() as home, home.ground.state.writing() as books:
            item = books.films.members(dock.numbered(number).id)[0].item
            at = home.ground.clock.now()
            books.marks.add(Mark(item=item, kind="sekretess", person=COMMUNICATOR, at=at, provision="OSL 21:1"))

    with dock.open() as home:
        named = plan(home, ["2"], COMMUNICATOR).id
    for number in (1, 2, 3):
        secret(number)
    with dock.open() as home:
        assert codes(night(home).findings) == ["L189"]
        assert known(home.ground, named).standing == "withdrawn"
        for refused in (
            lambda: deliver(home, "1"),
            lambda: fetch(home, "1", tmp_path),
            lambda: package(home, ["3"], COMMUNICATOR),
        ):
            with pytest.raises(GuardError, match="G-SECRET"):
                refused()
    assert not list(dock.kb.iterdir())
    assert not list(tmp_path.glob("*.tar"))


def test_what_is_not_built_or_ended_is_not_delivered(built: Dock) -> None:
    """Withdrawn: refused. Unknown: refused by name. Without receiver: fetched by hand."""
    with built.open() as home:
        with pytest.raises(RefusedError, match="DELIVERY"):
            deliver(home, "7")
        withdraw(home, "1", COMMUNICATOR)
        with pytest.raises(GuardError, match="G-DELIVER"):
            deliver(home, "1")
    built.pack(1)
    built.settings(HAND)
    with built.open() as home, pytest.raises(GuardError, match="G-RECEIVER"):
        deliver(home, "2")


def test_a_trial_leaves_the_clock_running(dock: Dock) -> None:
    """TEST: the delivery is seen there, its films stay begun, and the answer sends them back to decided."""
    dock.settings(SETTINGS.replace("[deposit]", "[deposit]\ntest = true", 1))
    dock.pack(1)
    with dock.open() as home:
        assert deliver(home, "1").delivery.standing == "delivered"
        assert dock.standings()[0] == "delivering"
        done = receipt(home, "1", "", "accepted", "KB-1", COMMUNICATOR)
    assert codes(done.findings) == ["L180"]
    assert (done.delivery.standing, dock.numbered(1).standing, dock.numbered(1).reference) == (
        "accepted",
        "decided",
        "",
    )
    dock.settings(SETTINGS)
    assert dock.pack(1).delivery.intent.status == "NEW", "nothing was proven: it is new still"


def test_by_ftp_it_is_resumed_after_a_cut_and_warned_of(
    built: Dock, ftp_server: FtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KB's own route: the line breaks at 99 %, the night goes on from there, and says each time that FTP is open."""
    monkeypatch.setenv("KB_PASSWORD", PASSWORD)
    there = ftp_server.below("plikt")
    built.settings(
        f'{HAND}[deposit.receiver]\nkind = "ftp"\nhost = "{ftp_server.host}"\nport = {ftp_server.port}\n'
        f'path = "plikt"\nuser = "{USER}"\npassword_env = "KB_PASSWORD"\n'
    )
    stored = built.delivery()
    ftp_server.fail(f"cut-{stored.size * 99 // 100}")
    try:
        with built.open() as home:
            cut = deliver(home, "1")
    finally:
        ftp_server.fail("")
    assert (codes(cut.findings), cut.delivery.standing, cut.unreachable) == (["A238", "L172"], "delivering", True)
    assert not (there / stored.name).exists(), "half of it never has its name"
    with built.open() as home:
        done = night(home)
    assert (done.delivered, codes(done.findings)) == (1, ["A238"])
    assert hashlib.sha256((there / stored.name).read_bytes()).hexdigest() == stored.sha256
    assert built.standings()[:2] == ["delivered", "delivered"]


@pytest.mark.parametrize("fault", ["taken", ""])
def test_what_kb_takes_at_once_is_not_sent_night_after_night(
    built: Dock, ftp_server: FtpServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A server that takes a whole ``.tar`` in at once, and nothing else, has it once; KB is handed the ``.tar`` alone."""
    monkeypatch.setenv("KB_PASSWORD", PASSWORD)
    there = ftp_server.below(f"plikt-{fault or 'ligger'}")
    built.settings(
        f'{HAND}[deposit.receiver]\nkind = "ftp"\nhost = "{ftp_server.host}"\nport = {ftp_server.port}\n'
        f'path = "{there.name}"\nuser = "{USER}"\npassword_env = "KB_PASSWORD"\n'
    )
    ftp_server.fail(fault)
    try:
        with built.open() as home:
            done = deliver(home, "1")
            night(home)
    finally:
        ftp_server.fail("")
    assert (codes(done.findings), done.delivery.standing) == (["A238"], "delivered")
    assert len(list(there.iterdir())) == 1


# --- by hand ------------------------------------------------------------------------------------------------------------


def test_fetched_by_hand_it_counts_as_begun(built: Dock, tmp_path: Path) -> None:
    """Without a receiver the fetching is the delivery; a second time changes nothing, another file there is refused."""
    built.settings(HAND)
    with built.open() as home:
        stored, file = fetch(home, "1", tmp_path)
        assert (stored.standing, stored.tries, built.standings()[:2]) == ("delivering", 1, ["delivering", "delivering"])
        assert hashlib.sha256(file.read_bytes()).hexdigest() == stored.sha256
        assert fetch(home, "1", tmp_path)[0].tries == 1
        file.write_bytes(b"annat")
        with pytest.raises(RefusedError, match="another file"):
            fetch(home, "1", tmp_path)
        with pytest.raises(RefusedError, match="--out"):
            fetch(home, "1", tmp_path / "ingen")
        with pytest.raises(GuardError, match="G-WITHDRAW"):
            withdraw(home, "1", COMMUNICATOR)
        assert receipt(home, "1", "", "accepted", "KB-9", COMMUNICATOR).delivery.standing == "accepted"


def test_a_copy_beside_a_receiver_changes_nothing(built: Dock, tmp_path: Path) -> None:
    """With a receiver a fetched copy is only a copy."""
    with built.open() as home:
        assert fetch(home, "1", tmp_path)[0].standing == "packaged"
    assert built.standings()[:2] == ["packaged", "packaged"]


def test_withdrawn_films_stand_where_they_stood(built: Dock) -> None:
    """The file goes, the films are decided again, withdrawing twice is harmless, and the id is never used again."""
    with built.open() as home:
        with pytest.raises(GuardError, match="G-MANDATE"):
            withdraw(home, "1", OFFICER)
        assert built.delivery().standing == "packaged"
        first = withdraw(home, "1", COMMUNICATOR)
        assert withdraw(home, "1", COMMUNICATOR) == first
    assert (built.lying(), built.standings(), built.numbered(1).delivery) == ([], ["decided"] * 3, "")
    assert built.pack(1, 2).delivery.intent.id != first.intent.id


# --- the night -----------------------------------------------------------------------------------------------------------


def test_a_night_delivers_nothing_unasked_and_tells_what_waits(built: Dock) -> None:
    """A built delivery is a person's to send; after thirty days the night says that it waits."""
    with built.open() as home:
        assert night(home).findings == ()
    built.at += timedelta(days=31)
    with built.open() as home:
        told = night(home)
    assert (told.delivered, codes(told.findings)) == (0, ["L177"])
    assert dict(told.findings[0].parameters) == {"days": 31, "number": 1}
    assert built.delivery().standing == "packaged"


def test_a_delivery_for_a_reader(built: Dock) -> None:
    """Number, id, count, size, where it stands and what to do next, in Swedish, for every standing."""
    with built.open() as home:
        stored = known(home.ground, built.delivery().intent.id)
        assert known(home.ground, "1") == known(home.ground, "001") == stored
        (shown,) = deliveries(home.ground)
        now = home.ground.clock.now()
    text = line(shown, now)
    assert text.startswith("1. bevara-2026-01-15-00001 (2 filmer, ")
    assert "byggd, inte levererad i dag. Leverera den med 'bevara deposit deliver 1'" in text
    assert set(STANDINGS) == set(DELIVERY_STANDINGS)
    for standing in DELIVERY_STANDINGS:
        assert ("{" in next_step(replace(shown, standing=standing))) is False
    values = described(shown)
    assert (values["number"], values["stored"], values["films"]) == (1, True, list(shown.intent.films))
    assert json.loads(json.dumps(values)) == values


def test_stopped_at_any_write_it_is_delivered_once(dock_template: Path, tmp_path: Path) -> None:
    """Stopped before and after every write of delivery and receipt, and gone on with: one file, accepted once."""
    template = copied(dock_template, tmp_path / "byggd")
    template.pack(1, 2)
    digest = template.delivery().sha256

    def go_on(dock: Dock, counter: Counter) -> None:
        with dock.open() as home:
            ground = home.ground
            stepped = replace(
                ground,
                store=cast("Store", StoppingStore(ground.store, counter)),
                state=StoppingState(ground.state, counter),
            )
            inside = replace(home, ground=stepped)
            if dock.delivery().standing in {"packaged", "delivering"}:
                deliver(inside, "1")
            receipt(inside, "1", dock.numbered(1).id, "accepted", "KB-1", COMMUNICATOR)
            receipt(inside, "1", "2", "rejected", "KB-2", COMMUNICATOR, "Filen går inte att spela")

    counter = Counter()
    go_on(copied(template.root, tmp_path / "0"), counter)
    assert counter.points >= 8
    for number in range(1, counter.points + 1):
        dock = copied(template.root, tmp_path / str(number))
        with pytest.raises(StoppedError):
            go_on(dock, Counter(number))
        go_on(dock, Counter())
        stored = dock.delivery()
        assert (stored.standing, stored.reference) == ("rejected", "KB-2"), number
        assert dock.standings() == ["accepted", "rejected", "decided"], number
        there = sorted(one.name for one in dock.kb.iterdir())
        assert there == [stored.name, f"{stored.name}.sha256"], number
        assert hashlib.sha256((dock.kb / stored.name).read_bytes()).hexdigest() == digest, number
        acts = dock.acts(stored.intent.id)
        assert acts.count("deposit.delivery.answered") == 2, number
