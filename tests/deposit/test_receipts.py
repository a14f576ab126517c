"""KB's receipts: by hand and read, per film and per delivery; words that stay in the archive; old answers that change nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.deposit.pack.act import night
from flows.deposit.pack.deliver import deliver
from flows.deposit.pack.receipts import Read, read_receipts, receipt
from flows.deposit.pack.told import Answer, accepted_in, answered, packaged, words_of
from flows.keep.own import read_own
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import OFFICER
from tests.deposit.dock import SETTINGS, Dock, codes, dock, dock_template, film_files
from tests.deposit.world import COMMUNICATOR
from tests.servers.kb_receipts import KbReceipts

__all__ = ["dock", "dock_template", "film_files"]

WORDS = "Filmen saknar ljud efter 00:12 <b>kontrollera</b> Åsa"


@pytest.fixture
def sent(dock: Dock) -> Dock:
    """Films 1 and 2 in delivery 1, delivered."""
    _send(dock, 1, 2)
    return dock


def _send(dock: Dock, *films: int) -> str:
    named = dock.pack(*films).delivery.intent.id
    with dock.open() as home:
        assert deliver(home, named).delivery.standing == "delivered"
    return named


def _answer(
    dock: Dock, film: int | str, answer: Answer, reference: str = "KB-1", *, named: str = "1", reason: str = ""
) -> list[str]:
    with dock.open() as home:
        return codes(receipt(home, named, str(film), answer, reference, COMMUNICATOR, reason).findings)


# --- by hand -----------------------------------------------------------------------------------------------------------


def test_accepted_ends_the_way_of_delivery_and_films(sent: Dock) -> None:
    """The films are accepted under KB's mark, the built file goes from here, and culling no longer waits for them."""
    assert _answer(sent, "", "accepted", "KB 2026/17") == ["L181", "L181"]
    stored = sent.delivery()
    assert (stored.standing, stored.reference, stored.key) == ("accepted", "KB 2026/17", "")
    assert sent.standings() == ["accepted", "accepted", "decided"]
    assert [one.reference for one in sent.films()] == ["KB 2026/17", "KB 2026/17", ""]
    assert sent.lying() == []
    with sent.open() as home, home.ground.state.reading() as books:
        assert books.films.waiting() == {sent.items[2]}
        assert not books.copies.find(kind="delivery")


def test_kept_by_the_settings_it_stays_until_it_is_culled(dock: Dock) -> None:
    """``keep = true``: the file stays, registered under its items, so that a culling of one finds it."""
    dock.settings(SETTINGS.replace("[deposit]", "[deposit]\nkeep = true", 1))
    _send(dock, 1, 2)
    _answer(dock, "", "accepted")
    assert dock.lying() == [dock.delivery().key]
    with dock.open() as home, home.ground.state.reading() as books:
        assert books.copies.naming([dock.items[0]]) == [dock.delivery().key]


def test_each_film_may_be_answered_by_itself(sent: Dock) -> None:
    """While one waits the delivery waits; one rejection makes it rejected, and the other film is accepted all the same."""
    assert _answer(sent, 1, "accepted") == ["L181"]
    assert (sent.delivery().standing, sent.standings()[:2]) == ("delivered", ["accepted", "delivered"])
    assert _answer(sent, 2, "rejected", "KB-2", reason=WORDS) == ["L182"]
    assert (sent.delivery().standing, sent.standings()[:2]) == ("rejected", ["accepted", "rejected"])
    assert sent.lying(), "what was rejected may be looked at until another one is built"


def test_the_words_of_a_rejection_stand_in_an_archive_item_alone(sent: Dock) -> None:
    """A letter of ours holds them; the state database, its journal and the ledger do not."""
    _answer(sent, 2, "rejected", reason=WORDS)
    with sent.open() as home:
        with home.ground.state.reading() as books:
            (item,) = words_of(books, sent.numbered(2).id)
            said = "".join(link.body for link in books.ledger.after(0))
        row = read_own(home.ground, item)
    assert row is not None
    assert (row.kind, row.text, row.authority) == ("letter", WORDS, "arvika-ks")
    assert '"answer":"rejected"' in (row.payload or "")
    assert "saknar ljud" not in said
    for file in (sent.root / "hem" / "state").iterdir():
        assert b"saknar ljud" not in file.read_bytes(), file.name


def test_a_rejected_film_goes_in_a_new_delivery(sent: Dock) -> None:
    """Under a new id; the old delivery stays rejected, and its file goes when the new one is built."""
    _answer(sent, 1, "accepted")
    _answer(sent, 2, "rejected", "KB-2")
    new = _send(sent, 2)
    assert new != sent.delivery("1").intent.id
    assert (sent.delivery("1").standing, sent.delivery("1").key) == ("rejected", "")
    _answer(sent, "", "accepted", "KB-3", named="2")
    assert sent.standings() == ["accepted", "accepted", "decided"]
    assert (sent.delivery("1").standing, sent.delivery("2").standing) == ("rejected", "accepted")
    with sent.open() as home, home.ground.state.reading() as books:
        assert accepted_in(books, sent.numbered(2).id) == [new]


def test_an_answer_on_an_old_delivery_changes_nothing_in_a_newer_one(sent: Dock) -> None:
    """KB changes its mind about the old one: refused, and the film waits in the new one as before."""
    _answer(sent, 2, "rejected", "KB-2")
    _send(sent, 2)
    for film, answer in (("2", "accepted"), ("2", "rejected")):
        with pytest.raises(GuardError) as refused:
            _answer(sent, film, answer, "KB-9")  # type: ignore[arg-type] # one of two words
        assert refused.value.code == "G-RECEIPT"
    assert sent.standings()[1] == "delivered"
    _answer(sent, "", "accepted", "KB-3")
    assert sent.standings() == ["accepted", "delivered", "decided"], "the whole answers on what waits in it alone"


def test_the_same_answer_again_changes_nothing(sent: Dock) -> None:
    """Per film and as a whole; another mark or answer is refused."""
    _answer(sent, 1, "accepted", "KB-1")
    _answer(sent, 2, "accepted", "KB-1")
    before = sent.acts(sent.delivery().intent.id)
    assert _answer(sent, "", "accepted", "KB-1") == []
    assert _answer(sent, 2, "accepted", "KB-1") == []
    assert sent.acts(sent.delivery().intent.id) == before
    for film, answer, mark in (("", "accepted", "KB-2"), ("", "rejected", "KB-1"), ("1", "rejected", "KB-1")):
        with pytest.raises(GuardError, match="G-RECEIPT"):
            _answer(sent, film, answer, mark)  # type: ignore[arg-type] # one of two words


def test_what_was_never_handed_over_has_no_receipt(dock: Dock) -> None:
    """A built delivery that lies here still cannot be accepted."""
    dock.pack(1)
    with pytest.raises(GuardError, match="G-RECEIPT"):
        _answer(dock, "", "accepted")
    assert dock.standings()[0] == "packaged"


@pytest.mark.parametrize(
    ("film", "reference", "reason", "field"),
    [
        ("3", "KB-1", "", "--film"),
        ("99", "KB-1", "", "FILM"),
        ("", "Åsa Larsson ringde", "", "--reference"),
        ("", "", "", "--reference"),
        ("", "KB-1\n", "", "--reference"),
        ("", "K" * 101, "", "--reference"),
        ("", "KB-1", "x" * 4001, "--reason"),
        ("", "KB-1", "bra", "--reason"),
    ],
)
def test_receipts_that_cannot_be_used_are_refused(
    sent: Dock, film: str, reference: str, reason: str, field: str
) -> None:
    """A film of another delivery, an unknown one, a sentence or a name as mark, too many words, words on a yes."""
    with pytest.raises(RefusedError) as refused:
        _answer(sent, film, "accepted", reference, reason=reason)
    assert refused.value.field == field
    assert sent.standings()[:2] == ["delivered", "delivered"]


def test_only_a_mandated_person_records_receipts(sent: Dock) -> None:
    """Somebody else changes nothing, and no person is called what the unattended act is called."""
    with sent.open() as home:
        with pytest.raises(GuardError, match="G-MANDATE"):
            receipt(home, "1", "", "accepted", "KB-1", OFFICER)
        with pytest.raises(RefusedError, match="--as"):
            receipt(home, "1", "", "accepted", "KB-1", "bevara")
    assert sent.standings()[0] == "delivered"


# --- read -------------------------------------------------------------------------------------------------------------


def _settings(dock: Dock, kb: KbReceipts) -> None:
    dock.settings(f'{SETTINGS}[deposit.receipts]\naddress = "{kb.settings().address}"\n')


def _objids(dock: Dock, named: str) -> dict[int, str]:
    with dock.open() as home, home.ground.state.reading() as books:
        found = {one.number: packaged(books, one.id, named) for one in dock.films()}
        return {number: str(seen["package"]) for number, seen in found.items() if seen is not None}


def _read(dock: Dock) -> Read:
    with dock.open() as home:
        return read_receipts(home)


def test_receipts_are_read_per_package(sent: Dock, kb_receipts: KbReceipts) -> None:
    """KB says one thing of each package; the whole's word answers on none that it spoke of by itself."""
    named = sent.delivery().intent.id
    _settings(sent, kb_receipts)
    assert _read(sent) == Read(asked=1), "KB does not know it yet"
    ids = _objids(sent, named)
    kb_receipts.say(named, "accepted", reference="KB-0")
    kb_receipts.say_of(named, ids[1], "waiting")
    kb_receipts.say_of(named, ids[2].upper(), "rejected", reference="KB-2", message=WORDS)
    done = _read(sent)
    assert (done.answered, codes(done.findings)) == (1, ["L182"])
    assert sent.standings()[:2] == ["delivered", "rejected"]
    kb_receipts.say_of(named, ids[1], "accepted", reference="KB-1")
    with sent.open() as home:
        assert night(home).answered == 1
    assert (sent.standings()[:2], sent.delivery().standing) == (["accepted", "rejected"], "rejected")
    with sent.open() as home, home.ground.state.reading() as books:
        (item,) = words_of(books, sent.numbered(2).id)
        seen = answered(books, sent.numbered(1).id, named)
        row = read_own(home.ground, item)
    assert row is not None
    assert WORDS in (row.text or "")
    assert seen is not None
    assert seen["reference"] == "KB-1"
    assert _read(sent) == Read(), "what is answered is not asked about"


def test_a_word_on_the_whole_answers_on_every_film(sent: Dock, kb_receipts: KbReceipts) -> None:
    """Where KB speaks of no package, the delivery's answer is each film's."""
    _settings(sent, kb_receipts)
    kb_receipts.say(sent.delivery().intent.id, "accepted", reference="KB-7")
    assert _read(sent).answered == 2
    assert (sent.standings()[:2], sent.delivery().reference) == (["accepted", "accepted"], "KB-7")


def test_packages_that_are_not_ours_are_told_and_change_nothing(sent: Dock, kb_receipts: KbReceipts) -> None:
    """A receipt for another delivery's package, and one that contradicts what is recorded."""
    named = sent.delivery().intent.id
    _settings(sent, kb_receipts)
    _answer(sent, 1, "accepted")
    kb_receipts.say_of(named, "11111111-2222-3333-4444-555555555555", "rejected")
    kb_receipts.say_of(named, _objids(sent, named)[1], "rejected")
    done = _read(sent)
    assert (done.answered, sorted(codes(done.findings))) == (0, ["L184", "L186"])
    assert sent.standings()[:2] == ["accepted", "delivered"]


def test_a_receipts_service_that_fails_stops_nothing(sent: Dock, kb_receipts: KbReceipts) -> None:
    """Nonsense is told by its code and the next delivery is asked about; a refusal of the address is told by the night."""
    second = _send(sent, 3)
    _settings(sent, kb_receipts)
    kb_receipts.answer(sent.delivery("1").intent.id, b"<html>")
    kb_receipts.say(second, "accepted", reference="KB-3")
    done = _read(sent)
    assert (done.answered, done.asked) == (1, 2)
    assert codes(done.findings)[0].startswith("L24")
    assert sent.standings() == ["delivered", "delivered", "accepted"]


def test_a_mark_that_is_a_sentence_is_not_kept(sent: Dock, kb_receipts: KbReceipts) -> None:
    """The answer counts; what might name somebody never reaches the ledger."""
    _settings(sent, kb_receipts)
    kb_receipts.say(sent.delivery().intent.id, "accepted", reference="Handläggare Åsa Larsson tog emot den i dag")
    done = _read(sent)
    assert done.answered == 2
    assert [one.reference for one in sent.films()[:2]] == ["", ""]
    with sent.open() as home, home.ground.state.reading() as books:
        assert "Larsson" not in "".join(link.body for link in books.ledger.after(0))


def test_an_unreachable_service_is_told_once(sent: Dock) -> None:
    """Nobody answers: told, nothing changes, a receipt by hand is taken all the same."""
    _send(sent, 3)
    sent.settings(f'{SETTINGS}[deposit.receipts]\naddress = "http://127.0.0.1:9/{{delivery}}"\n')
    done = _read(sent)
    assert (codes(done.findings), done.unreachable, done.answered) == (["L183"], True, 0)
    _answer(sent, "", "accepted")
    assert sent.standings()[0] == "accepted"


def test_what_was_seen_in_libris_before_the_receipt_ends_all_the_same(sent: Dock, kb_receipts: KbReceipts) -> None:
    """Nobody waits in the delivery any longer: KB's word ends it; a rejection of such a film is told and changes nothing."""
    named = sent.delivery().intent.id
    _settings(sent, kb_receipts)
    for number in (1, 2):
        sent.stand(sent.numbered(number).id, standing="seen", libris="abc123")
    kb_receipts.say_of(named, _objids(sent, named)[1], "rejected", reference="KB-2")
    assert codes(_read(sent).findings) == ["L186"]
    assert (sent.delivery().standing, sent.standings()[:2]) == ("rejected", ["seen", "seen"])


def test_a_receipt_by_hand_ends_a_delivery_that_nobody_waits_in(sent: Dock) -> None:
    """Both films were seen in Libris; the receipt that comes later is the delivery's alone."""
    for number in (1, 2):
        sent.stand(sent.numbered(number).id, standing="seen", libris="abc123")
    assert _answer(sent, "", "accepted") == []
    assert (sent.delivery().standing, sent.delivery().reference, sent.lying()) == ("accepted", "KB-1", [])
    assert sent.standings()[:2] == ["seen", "seen"]


def test_a_film_that_stands_elsewhere_is_not_touched(sent: Dock) -> None:
    """A film whose row was changed by hand meanwhile is left, and the receipt answers on the others."""
    sent.stand(sent.numbered(1).id, standing="declined")
    assert _answer(sent, "", "accepted") == ["L181"]
    assert sent.standings()[:2] == ["declined", "accepted"]


def test_the_file_stays_when_the_row_says_another_key(sent: Dock, tmp_path: Path) -> None:
    """A copy in a folder is not of the archive: what was accepted goes from the store alone."""
    kept = sorted(one.name for one in sent.kb.iterdir())
    _answer(sent, "", "accepted")
    assert sorted(one.name for one in sent.kb.iterdir()) == kept
    assert replace(sent.delivery(), key="") == sent.delivery()
