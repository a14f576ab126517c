"""The log of a request: every act has its Swedish sentence, nothing is left out, and nobody but officers is named."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.disclose.log.log import Entry, entries, lines_of, log_lines, together, unknown_acts
from flows.disclose.log.log_words import ACTS, CHANNELS, GROUPED, KINDS, RULINGS, VERDICTS, WORDED, said
from flows.disclose.thread_items import RECORDED
from schemas.ids import ItemId
from schemas.receipt import Link, Receipt, Scalar, link
from schemas.request import CHANNELS as CHANNEL_CODES
from schemas.request import REQUEST_KINDS
from schemas.request import VERDICTS as VERDICT_CODES
from tests.disclose.world import COLLEAGUE, OFFICER, Desk

AT = datetime(2026, 1, 15, 9, 0, 30, tzinfo=UTC)
_ACT = re.compile(r"request\.[a-z][a-z-]*")


def _written() -> set[str]:
    """Acts that stand as texts in the modules that write receipts; a restore writes one too."""
    found = set()
    for path in (*Path("flows/disclose").rglob("*.py"), Path("flows/restore/requests.py")):
        if path.name not in {"log_words.py", "figures.py", "log.py"}:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ACT.fullmatch(node.value):
                    found.add(node.value)
    return found - {RECORDED}


def test_every_act_that_is_written_has_its_sentence_and_no_other() -> None:
    """Whoever adds an act to a module must say in Swedish what it means; a sentence for no act is dead."""
    assert _written() == set(ACTS)
    assert set(ACTS) >= GROUPED | set(WORDED)


def test_every_code_has_its_word() -> None:
    """Kinds, channels, verdicts and rulings are said in Swedish in full."""
    assert set(KINDS) == set(REQUEST_KINDS)
    assert set(CHANNELS) == set(CHANNEL_CODES)
    assert set(VERDICTS) == set(VERDICT_CODES)
    assert set(RULINGS) == {"upheld", "changed", "remitted", "withdrawn", "late"}


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("odd", [None, 7, "", "\u202e{x}", True])
def test_a_sentence_is_total(act: str, odd: Any) -> None:
    """Evidence that lacks what is expected, or holds something strange, never stops a log from being shown."""
    names = ("item", "kind", "channel", "received", "hold", "list", "verdict", "provisions", "masks", "amount", "how")
    assert said(act, {})
    assert said(act, dict.fromkeys(names, odd))
    assert said("request.unheard-of", {}) == "request.unheard-of."


def _entry(minute: int, act: str = "request.assessed", person: str = "Ulla", **evidence: Any) -> Entry:
    at = AT + timedelta(minutes=minute)
    return Entry(at=at, until=at, act=act, person=person, evidence=evidence)


def test_many_records_that_are_assessed_alike_are_told_as_one() -> None:
    """The same officer, verdict and provision in a row; another verdict or officer begins a new line."""
    some = [_entry(number, item=f"i{number}", version=1, verdict="give", masks=0) for number in range(3)]
    some += [_entry(3, item="i3", version=1, verdict="refuse", provisions="OSL 21:1, OSL 21:3 a", masks=0)]
    some += [
        _entry(4, person="Karl", item="i4", version=1, verdict="refuse", provisions="OSL 21:1, OSL 21:3 a", masks=0)
    ]
    some += [_entry(5, lines=40, verdict="give", provisions="", masks=0)]
    assert list(lines_of(some)) == [
        "2026-01-15 10.00–10.02  Prövning av 3 versioner: lämnas ut (Ulla)",
        "2026-01-15 10.03  Prövning av i3 version 1: lämnas inte ut, enligt OSL 21:1, OSL 21:3 a (Ulla)",
        "2026-01-15 10.04  Prövning av i4 version 1: lämnas inte ut, enligt OSL 21:1, OSL 21:3 a (Karl)",
        "2026-01-15 10.05  Prövning av 40 versioner: lämnas ut (Ulla)",
    ]
    assert [one.count for one in together(some)] == [3, 1, 1, 1]


def test_masks_are_summed_and_a_night_between_is_shown() -> None:
    """What is told together has the masks of all of it, and both ends of its time."""
    some = [_entry(0, "request.masked", item="a", version=1, masks=2, provisions="OSL 21:1", verdict="partly")]
    some += [_entry(24 * 60, "request.masked", item="b", version=2, masks=3, provisions="OSL 21:1", verdict="partly")]
    (line,) = lines_of(some)
    assert line == ("2026-01-15 10.00–2026-01-16 10.00  Maskning i 2 versioner: 5 maskningar, enligt OSL 21:1 (Ulla)")


def test_only_receipts_about_the_request_are_in_its_log() -> None:
    """Those about its items, its hold or another request are not."""
    receipts = [
        Receipt(act="request.open", at=AT, actor="Ulla", subjects=("request:1",), evidence={"hold": 1}),
        Receipt(act="request.record", at=AT, actor="Ulla", subjects=("202601-x",)),
        Receipt(act="hold.set", at=AT, actor="Ulla", subjects=("request:1",)),
        Receipt(act="request.open", at=AT, actor="Ulla", subjects=("request:11",)),
    ]
    links = [
        Link(seq=number, body=one.body(), previous=b"", hash=link(b"", one.body()))
        for number, one in enumerate(receipts, 1)
    ]
    assert [one.act for one in entries(links, "request:1")] == ["request.open"]


def test_words_are_set_in_below_their_line_and_nowhere_else() -> None:
    """Only for acts whose words the log may show; a contact's item and a letter's are never looked up."""
    words = {ItemId("x"): "En rad\n\nEn till"}
    some = [_entry(0, "request.worded", item="x"), _entry(1, "request.contact", item="x")]
    some += [_entry(2, "request.letter", item="x", letter="avgift")]
    lines = list(lines_of(some, words))
    assert lines[1:4] == ["    En rad", "", "    En till"]
    assert len(lines) == 6
    assert not {"request.contact", "request.letter", "request.answered", "request.refused"} & set(WORDED)


def test_the_log_of_a_real_request_is_whole_and_lean(desk: Desk) -> None:
    """Each receipt is told with time and officer; no contact, no name, no words, unless words are asked for."""
    found = desk.sample()
    wording = "Allt av Åsa Öberg om läckan"
    number = desk.ask(wording, "--contact", "Per Begär, per@example.se", "--channel", "telefon")
    desk.later(minutes=5)
    desk.request("amend", str(number), "--text", "Bara Åsa Öbergs kommentarer")
    desk.find(number, "--author", "Åsa Öberg")
    desk.later(minutes=5)
    desk.mask(number, found["asa"], "--words", "Ågatan 5")
    desk.request("assess", str(number), found["asa2"], "give", person=COLLEAGUE)
    with desk.open() as home:
        request = desk.kept(number)
        lines = log_lines(home.ground, request)
        spoken = "\n".join(log_lines(home.ground, request, words=True))
    text = "\n".join(lines)
    assert len(lines) == len(together(_of(desk, number)))
    assert not unknown_acts(_of(desk, number))
    assert "…" not in text
    for phrase in (
        "genom telefon",
        "Sökning: 2 versioner",
        "Maskning i",
        "OSL 21:1",
        "lämnas ut (Karl Kollega)",
        OFFICER,
    ):
        assert phrase in text
    for secret in ("Åsa", "Öberg", "Ågatan", "Per Begär", "per@example.se", "läckan"):
        assert secret not in text
    assert wording in spoken
    assert "per@example.se" not in spoken


def _of(desk: Desk, number: int) -> list[Entry]:
    with desk.open() as home, home.ground.state.reading() as books:
        subject = f"request:{number}"
        return entries(books.ledger.about(subject), subject)


def test_the_command_prints_the_log_and_writes_it_as_a_document(desk: Desk) -> None:
    """``request log``: lines, JSON as its contract says, and PDF/A; an existing file is left alone."""
    number = desk.ask("Vad som helst")
    out = desk.root / "logg.pdf"
    text = desk.say("request", "log", str(number), "--words")
    assert text.startswith(f"Logg över begäran {number} (allmänna handlingar)\n")
    assert "Vad som helst" in text
    answer = desk.command("request", "log", str(number), "--out", str(out))
    assert set(answer) == {"request", "log", "out", "findings"}
    assert [set(one) for one in answer["log"]] == len(answer["log"]) * [
        {"at", "until", "act", "person", "count", "sv", "evidence"}
    ]
    assert "Vad som helst" not in json.dumps(answer)
    assert b"pdfaid:part" in out.read_bytes() or out.read_bytes().startswith(b"%PDF")
    desk.say("request", "log", str(number), "--out", str(out), codes=(2,))
    desk.say("request", "log", str(number), "--out", str(desk.root / "logg.txt"), codes=(2,))
    desk.say("request", "log", "99", codes=(2,))


def test_an_answer_is_said_with_how_and_how_much() -> None:
    """The package, the portion, what is left, and what an officer accepted although it was warned of."""
    evidence: dict[str, Scalar] = {
        "how": "package",
        "portion": 2,
        "records": 12,
        "partly": 1,
        "refused": 2,
        "left": 30,
        "accepted": 1,
    }
    assert said("request.answered", evidence) == (
        "Svar lämnades som paket, omgång 2: 12 versioner, varav 1 delvis, 2 inte alls, 30 återstår; "
        "1 godtagna trots varning"
    )
    assert "på stället" in said("request.answered", {**evidence, "how": "on-the-spot"})


def test_a_request_that_is_answered_and_closed_has_no_gap_in_its_log(desk: Desk) -> None:
    """Every receipt from opening to closing is a whole sentence, and the closing item holds the same lean lines."""
    found = desk.sample()
    number = desk.ask("Badhuset", "--letter")
    desk.find(number, "--item", found["facebook"])
    desk.assess(number, "give")
    desk.answer(number, "--on-the-spot")
    desk.request("fee", str(number), "--waive", "Allmänt intresse", codes=(0, 3, 4))
    desk.later(days=1)
    desk.request("close", str(number))
    log = desk.command("request", "log", str(number))["log"]
    acts = [one["act"] for one in log]
    assert acts[0] == "request.open"
    assert acts[-1] == "request.close"
    assert {"request.found", "request.assessed", "request.answered"} <= set(acts)
    assert [one["sv"] for one in log if "…" in one["sv"]] == []
