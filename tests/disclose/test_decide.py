"""A written decision: by a delegate alone, whole with reasons and how to appeal, for registration, and of what stands now."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from flows.disclose.refuse.decide import decide
from flows.keep.own import own_file, read_own
from flows.keep.recover import recover
from schemas.ids import ItemId
from schemas.payload import canonical
from schemas.refusal import GuardError
from tests.disclose.deciding import FIRST, WHY, answered, asked, given, meanwhile, noon, template
from tests.disclose.world import CLERK, COLLEAGUE, DELEGATE, OFFICER, Desk
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with one assessed request."""
    return template(tmp_path_factory, asked)


def _pages(data: bytes) -> str:
    return "".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)


def test_a_decision_has_all_that_the_law_asks_of_it(desk: Desk) -> None:
    """Day, what is refused, provision, reasons, who decided by which delegation, who presented, and how to appeal."""
    number = FIRST
    folder = desk.root / "ut"
    desk.at = noon("2026-01-19")
    options = ("--reason", WHY, "--presenter", COLLEAGUE, "--out", str(folder))
    done = desk.request("decide", str(number), *options, person=DELEGATE)
    assert done["files"] == ["beslut.pdf", "overklagande.pdf"]
    decision = _pages((folder / "beslut.pdf").read_bytes())
    for said in (
        "beslutar den 2026-01-19",
        "Nr 1 (",
        "21 kap. 1 § OSL",
        WHY,
        f"fattats av {DELEGATE}",
        "Kommunstyrelsen 2024-12-03 § 14",
        f"Föredragande har varit {COLLEAGUE}",
        "Kammarrätten i Göteborg",
    ):
        assert said in decision, said
    instruction = _pages((folder / "overklagande.pdf").read_bytes())
    for said in ("beslutet den 2026-01-19", "inom tre veckor", "671 81 Arvika", "Kammarrätten i Göteborg"):
        assert said in instruction, said


def test_a_decision_is_an_item_that_waits_to_be_registered(desk: Desk) -> None:
    """Item and errand come in one transaction; the payload holds codes and counts, and no name but who decided."""
    number = FIRST
    done = desk.request("decide", str(number), "--reason", WHY, "--presenter", COLLEAGUE, person=DELEGATE)
    after = desk.kept(number)
    assert (after.standing, after.outcome, after.decision, after.served) == (
        "decided",
        "refused",
        done["decision"],
        None,
    )
    assert after.decided == desk.at
    with desk.open() as home:
        with home.ground.state.reading() as books:
            assert [one.subject for one in books.outbox.waiting("register")] == [done["item"]]
        row = read_own(home.ground, ItemId(done["item"]))
        assert row is not None
        assert row.kind == "decision"
        assert row.thread == after.record
        assert own_file(home.ground, row, "beslut.pdf").startswith(b"%PDF")
        assert own_file(home.ground, row, "overklagande.pdf").startswith(b"%PDF")
    payload = json.loads(row.payload or "{}")
    assert payload["by"] == DELEGATE
    assert (payload["records"], payload["refused"], payload["masked"]) == (3, 3, 0)
    assert (payload["provisions"], payload["list"], payload["request"]) == (["OSL 21:1"], after.digest, number)
    assert COLLEAGUE not in canonical(payload)
    candidates = desk.command("register", "candidates")
    assert done["item"] in json.dumps(candidates)


def test_nobody_without_a_whole_delegation_decides(desk: Desk) -> None:
    """An officer without delegation, and one whose delegation lacks its paragraph, cannot (HFD 2012 not. 76)."""
    number = FIRST
    before = desk.acts(number)
    for person in (OFFICER, CLERK, COLLEAGUE):
        assert "G-DELEGATION" in desk.refused("decide", str(number), "--reason", WHY, person=person)
    desk.refused("decide", str(number), "--reason", WHY, person="Ingen Alls", code=2)
    desk.refused("decide", str(number), "--reason", WHY, "--presenter", "Ingen Alls", person=DELEGATE, code=2)
    assert desk.acts(number) == before


def test_a_decision_needs_no_answer_before_it_and_follows_on_one(desk: Desk) -> None:
    """On demand it is given straight away, or after an employee's no; a second one is refused (G-CHANGED)."""
    number = FIRST
    desk.request("refuse", str(number), "--reason", WHY)
    assert desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)["standing"] == "decided"
    before = desk.acts(number)
    assert "G-CHANGED" in desk.refused("decide", str(number), "--reason", WHY, person=DELEGATE)
    assert "G-CHANGED" in desk.refused("refuse", str(number), "--reason", WHY)
    assert desk.acts(number) == before


def test_what_is_to_be_given_goes_out_before_a_decision(desk: Desk) -> None:
    """A decision about the rest of a list does not keep back what is open (TF 2:15)."""
    number = FIRST
    item = desk.assessments(number)[1].item
    desk.assess(number, "give", item)
    assert "1 records" in desk.refused("decide", str(number), "--reason", WHY, person=DELEGATE)


def test_a_decision_that_nothing_is_held(desk: Desk) -> None:
    """Where nothing was found the decision says so, and rests on what an official document is (TF 2:4)."""
    number = desk.ask("Allt om drakar")
    desk.find(number, "--text", "drakar i slottet")
    answered(desk, number, "nothing")
    done = desk.request("decide", str(number), "--reason", "Handlingarna finns inte.", person=DELEGATE)
    assert (done["standing"], done["outcome"]) == ("decided", "nothing")
    with desk.open() as home:
        row = read_own(home.ground, ItemId(done["item"]))
    assert row is not None
    assert "2 kap. 4 § tryckfrihetsförordningen" in (row.text or "")


def test_a_partly_given_answer_can_be_followed_by_a_decision_and_a_given_one_cannot(desk: Desk) -> None:
    """Masks are refusals of a part: the decision lists them. Of what was given whole there is nothing to decide."""
    number = given(desk)
    item = desk.assessments(number)[0].item
    desk.mask(number, item, "--words", "torget")
    answered(desk, number, "partly")
    done = desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    assert done["outcome"] == "partly"
    with desk.open() as home:
        row = read_own(home.ground, ItemId(done["item"]))
    assert row is not None
    assert "Antal som lämnas ut med maskade uppgifter: 1" in (row.text or "")
    assert "torget" not in (row.text or "")
    other = desk.ask("Läckan")
    desk.find(other, "--text", "lagad", "--without-own")
    desk.assess(other, "give")
    answered(desk, other, "given")
    assert "nothing to decide" in desk.refused("decide", str(other), "--reason", WHY, person=DELEGATE)


def test_two_officers_on_one_decision(desk: Desk) -> None:
    """What is assessed anew while the decision is written stops it; a decision that came first stops the second."""
    number = FIRST
    line = desk.assessments(number)[0]

    def assesses() -> None:
        desk.request("assess", str(number), line.item, "refuse", "--provision", "OSL 21:3", person=COLLEAGUE)

    with meanwhile(desk, assesses) as home, pytest.raises(GuardError, match="G-CHANGED"):
        decide(home, number, WHY, DELEGATE)

    def decides() -> None:
        desk.request("decide", str(number), "--reason", "Andra skäl", person=DELEGATE)

    with meanwhile(desk, decides) as home, pytest.raises(GuardError, match="G-CHANGED"):
        decide(home, number, WHY, DELEGATE)
    assert desk.acts(number).count("request.decided") == 1
    with desk.open() as home, home.ground.state.reading() as books:
        assert len(books.outbox.waiting("register")) == 1


def test_no_decision_is_written_without_an_address_for_the_appeal(desk: Desk) -> None:
    """An instruction without where to give it in would not be whole: the settings are asked for, nothing is written."""
    number = FIRST
    file = desk.root / "hem" / "bevara.toml"
    text = file.read_text("utf-8")
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("office")), "utf-8")
    said = desk.refused("decide", str(number), "--reason", WHY, person=DELEGATE, code=2)
    assert "disclosure.office" in said
    assert desk.kept(number).standing == "open"


def test_the_ledger_has_no_word_of_a_decision(desk: Desk) -> None:
    """Receipts about the request and about the item hold ids, codes, counts and persons alone."""
    number = FIRST
    desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    item = desk.kept(number).decision
    assert item is not None
    said = str(desk.receipts(f"request:{number}")) + str(desk.receipts(item))
    assert "hälsa" not in said
    assert "OSL 21:1" in said


def test_a_decision_that_is_stopped_at_any_write_is_there_whole_or_not_at_all(desk: Desk) -> None:
    """Killed before or after each write: request, item and errand stand together, or the request is as it was."""
    stopped = 0
    for stop in range(1, 100):
        counter = Counter(stop)
        with desk.open() as home:
            ground = home.ground
            recover(ground.state, ground.store, desk.at)
            parts: dict[str, Any] = {
                "store": StoppingStore(ground.store, counter),
                "state": StoppingState(ground.state, counter),
            }
            with contextlib.suppress(StoppedError):
                decide(replace(home, ground=replace(ground, **parts)), FIRST, WHY, DELEGATE)
            with ground.state.reading() as books:
                now = books.requests.get(FIRST)
                waiting = [one.subject for one in books.outbox.waiting("register")]
            assert now is not None
            if now.standing == "open":
                stopped += 1
                assert (now.decision, waiting) == (None, [])
                continue
            assert now.decision is not None
            assert waiting == [now.decision]
            row = read_own(ground, now.decision)
            assert row is not None
            assert own_file(ground, row, "overklagande.pdf").startswith(b"%PDF")
            break
    assert stopped > 3
