"""Requests of a person about their own data: more time, information, decisions; never anything that lets a record go."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pypdf import PdfReader

from flows.disclose.find.listing import freeze
from flows.disclose.find.scan import PAIRS
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.personal.access import access, rule_words
from flows.disclose.personal.gdpr import extend, last_day, restrict, unpublish, withhold
from flows.disclose.personal.gdpr_clock import due_day, due_findings
from flows.keep.own import own_file, read_own
from flows.keep.recover import recover
from schemas.calendar import Period
from schemas.codes import sentence
from schemas.ids import ItemId
from schemas.plan.model import Rule
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestKind
from tests.disclose.world import CLERK, DELEGATE, NOW, OFFICER, Desk
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

WHY = "Skälet är 5ec1e7GDPR: uppgifterna är inaktuella."
CONTACT = "Åsa Öberg, asa@example.se"


def _ask(desk: Desk, kind: RequestKind, **more: Any) -> Request:
    with desk.open() as home:
        return open_request(home, Opening(wording="Det gäller mig", kind=kind, contact=CONTACT, **more), OFFICER)


def _list(desk: Desk, request: Request, *items: ItemId) -> None:
    pairs = sorted((row.item, row.version) for item in items for row in desk.rows(item) if row.row == "version")
    names, versions = zip(*pairs, strict=True)
    with desk.open() as home:
        freeze(home, desk.kept(request.number), pa.table([names, versions], schema=PAIRS), {}, {}, OFFICER)


def _text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _row(kind: RequestKind, received: datetime) -> Request:
    return Request(
        number=1,
        kind=kind,
        standing="open",
        authority="a",
        channel="brev",
        received=received,
        opened=received,
        changed=received,
        person="x",
        hold=1,
    )


@pytest.mark.parametrize(
    ("received", "extended", "last"),
    [
        (datetime(2026, 1, 15, 9, tzinfo=UTC), False, date(2026, 2, 16)),  # 15 February 2026 is a Sunday
        (datetime(2026, 1, 31, 9, tzinfo=UTC), False, date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (datetime(2024, 1, 31, 9, tzinfo=UTC), False, date(2024, 2, 29)),  # leap year, a Thursday
        (datetime(2025, 11, 24, 9, tzinfo=UTC), False, date(2025, 12, 29)),  # Christmas Eve, and what follows
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), False, date(2026, 4, 7)),  # 3 March in Sweden; Good Friday to Easter
        (datetime(2026, 1, 15, 9, tzinfo=UTC), True, date(2026, 4, 15)),
        (datetime(2026, 2, 6, 9, tzinfo=UTC), True, date(2026, 5, 6)),
    ],
)
def test_the_month_ends_on_the_day_that_the_regulation_says(received: datetime, extended: bool, last: date) -> None:  # noqa: FBT001
    """Local days, clipped to the month, moved past Saturdays, Sundays and holidays; two months more when prolonged."""
    assert due_day(_row("radering", received), extended=extended) == last
    assert due_day(_row("handlingar", received), extended=extended) is None


def test_the_night_tells_of_a_day_that_is_near_or_past() -> None:
    """Seven days before, and every night after; not of records, not of what is answered or prolonged."""
    request = _row("tillgang", NOW)

    def codes(day: date, *extended: int, of: Request = request) -> list[str]:
        return [one.code for one in due_findings([of], frozenset(extended), day)]

    assert codes(date(2026, 2, 8)) == []
    assert codes(date(2026, 2, 9)) == ["Q214"]
    assert codes(date(2026, 2, 16)) == ["Q214"]
    assert codes(date(2026, 2, 17)) == ["Q213"]
    assert codes(date(2026, 2, 17), 1) == []
    assert codes(date(2026, 2, 17), of=_row("handlingar", NOW)) == []
    (found,) = due_findings([request], frozenset(), date(2026, 2, 18))
    assert "2 dagar sedan" in sentence(found.code, "sv", dict(found.parameters))


def test_nobody_is_asked_for_their_own_data_without_a_way_to_reach_them(desk: Desk) -> None:
    """Who wants records need not say who they are; who wants their data must be reachable (GDPR 12.6)."""
    with desk.open() as home, pytest.raises(RefusedError, match="contact"):
        open_request(home, Opening(wording="Det gäller mig", kind="tillgang"), OFFICER)


def test_time_is_prolonged_once_and_in_time(desk: Desk) -> None:
    """The letter says the new day and why; the ledger has the day alone; a second time, or too late, is refused."""
    request = _ask(desk, "tillgang")
    with desk.open() as home:
        assert last_day(home.ground, request) == date(2026, 2, 16)
        letter, until = extend(home, request.number, WHY, OFFICER)
        assert until == date(2026, 4, 15)
        assert last_day(home.ground, request) == until
        with pytest.raises(GuardError, match="G-LATE"):
            extend(home, request.number, WHY, OFFICER)
    assert until.isoformat() in letter.text
    assert "5ec1e7GDPR" in letter.text
    receipts = desk.receipts(request.subject)
    assert [one["evidence"]["until"] for one in receipts if one["act"] == "request.extend"] == ["2026-04-15"]
    assert "5ec1e7" not in json.dumps(receipts)
    late = _ask(desk, "tillgang")
    desk.later(days=40)
    with desk.open() as home, pytest.raises(GuardError, match="G-LATE"):
        extend(home, late.number, WHY, OFFICER)


def test_erasure_ends_in_a_decision_on_unpublishing_and_deletes_nothing(desk: Desk) -> None:
    """What is listed has its addresses in the decision alone; every record is there afterwards, unmarked and held."""
    found = desk.sample()
    request = _ask(desk, "radering")
    _list(desk, request, found["asa"], found["asa2"], found["facebook"])
    before = desk.stored()
    with desk.open() as home:
        done = unpublish(home, request.number, WHY, DELEGATE, answer=True, items=[found["asa"], found["asa2"]])
    after = desk.kept(request.number)
    assert (after.standing, after.outcome, after.decision, after.served) == (
        "decided",
        "unpublish",
        done.item,
        None,
    )
    assert [one.item for one in done.unpublish] == [found["asa"], found["asa2"]]
    assert all(one.address.startswith("https://test/") for one in done.unpublish)
    assert before <= desk.stored()
    with desk.open() as home, home.ground.state.reading() as books:
        assert not list(books.marks.all())
        assert any(one.number == after.hold for one in books.holds.in_force())
        assert [one.subject for one in books.outbox.waiting("register")] == [done.item]
        receipts = [json.loads(link.body) for link in books.ledger.after(0)]
    told = json.dumps(receipts, ensure_ascii=False)
    assert all(word not in told for word in ("5ec1e7", "https://", "Åsa", "inaktuella"))
    with desk.open() as home:
        row = read_own(home.ground, done.item)
        assert row is not None
        files = {ref.origin: own_file(home.ground, row, str(ref.origin)) for ref in row.media}
    assert set(files) == {"beslut.pdf", "beslut.txt", "overklagande.pdf", "overklagande.txt", "avpublicering.txt"}
    assert done.unpublish[0].address in files["avpublicering.txt"].decode()
    assert done.unpublish[0].address not in files["beslut.txt"].decode()
    assert row.thread == after.record


def test_the_decision_on_erasure_says_why_the_archive_keeps_and_how_to_appeal(desk: Desk) -> None:
    """Plain Swedish: TF and arkivlagen, GDPR 17.3; who decided; to förvaltningsrätten within three weeks, via the municipality."""
    found = desk.sample()
    request = _ask(desk, "radering")
    _list(desk, request, found["asa"])
    with desk.open() as home:
        done = unpublish(home, request.number, WHY, DELEGATE, answer=True)
        row = read_own(home.ground, done.item)
        assert row is not None
        decision = own_file(home.ground, row, "beslut.txt").decode()
        how = own_file(home.ground, row, "overklagande.txt").decode()
        pdf = _text_of(done.pdf)
    for phrase in (
        "raderas inte ur kommunens arkiv",
        "2 kap. 23 § tryckfrihetsförordningen",
        "arkivlagen",
        "artikel 17.3",
        "Disa Delegat",
        "Kommunstyrelsen 2024-12-03 § 14",
        "Integritetsskyddsmyndigheten",
        "7 kap. 2 § dataskyddslagen",
    ):
        assert phrase in decision
    assert "raderas inte ur kommunens arkiv" in " ".join(pdf.split())
    for phrase in ("Förvaltningsrätten", "inom tre veckor", "fick del av beslutet", "Arvika kommun", "671 81 Arvika"):
        assert phrase in how
    assert "Kammarrätten" not in decision + how


def test_no_to_erasure_and_both_answers_to_restriction_are_decisions_too(desk: Desk) -> None:
    """Each has its outcome and its letter; a granted restriction says what it means here and leaves the hold alone."""
    found = desk.sample()
    erasure = _ask(desk, "radering")
    with desk.open() as home:
        done = unpublish(home, erasure.number, WHY, DELEGATE, answer=False)
        assert (done.request.outcome, done.unpublish) == ("no-unpublish", ())
    for answer, outcome, phrase in (
        (True, "restrict", "Uppgifterna lagras"),
        (False, "no-restrict", "att inte begränsa"),
    ):
        request = _ask(desk, "begransning")
        with desk.open() as home:
            decided = restrict(home, request.number, WHY, DELEGATE, answer=answer)
            row = read_own(home.ground, decided.item)
            assert row is not None
            assert phrase in own_file(home.ground, row, "beslut.txt").decode()
        after = desk.kept(request.number)
        assert (after.standing, after.outcome) == ("decided", outcome)
        assert after.hold == request.hold
    assert found


def test_only_a_delegate_decides_about_personal_data(desk: Desk) -> None:
    """An officer without a whole delegation writes no decision; nothing is changed by the attempt."""
    request = _ask(desk, "begransning")
    for person in (OFFICER, CLERK):
        with desk.open() as home, pytest.raises(GuardError, match="G-DELEGATION"):
            restrict(home, request.number, WHY, person, answer=True)
    assert desk.kept(request.number).standing == "open"


def test_a_decision_is_made_once_and_of_the_right_kind(desk: Desk) -> None:
    """A second decision, another kind of request, no list, a strange item, no reason: each is refused by name."""
    found = desk.sample()
    restriction, erasure, records = _ask(desk, "begransning"), _ask(desk, "radering"), _ask(desk, "handlingar")
    with desk.open() as home:
        restrict(home, restriction.number, WHY, DELEGATE, answer=True)
        with pytest.raises(GuardError, match="G-CHANGED"):
            restrict(home, restriction.number, WHY, DELEGATE, answer=False)
        for wrong in (
            lambda: restrict(home, erasure.number, WHY, DELEGATE, answer=True),
            lambda: extend(home, records.number, WHY, OFFICER),
            lambda: access(home, erasure.number, OFFICER),
            lambda: unpublish(home, erasure.number, WHY, DELEGATE, answer=True),
            lambda: unpublish(home, erasure.number, " ", DELEGATE, answer=False),
            lambda: unpublish(home, erasure.number, WHY, DELEGATE, answer=False, items=[found["asa"]]),
        ):
            with pytest.raises(RefusedError):
                wrong()
    _list(desk, erasure, found["asa"])
    with desk.open() as home, pytest.raises(RefusedError, match="list"):
        unpublish(home, erasure.number, WHY, DELEGATE, answer=True, items=[found["spam"]])


def test_what_is_gone_or_has_no_address_is_told(desk: Desk) -> None:
    """The communicator sees the state of each record, and where an address is missing."""
    found = desk.sample()
    desk.gone(found["asa"])
    request = _ask(desk, "radering")
    _list(desk, request, found["asa"], found["film"])
    with desk.open() as home:
        done = unpublish(home, request.number, WHY, DELEGATE, answer=True)
    assert {one.item: one.state for one in done.unpublish}[found["asa"]] == "gone"
    assert {one.code for one in done.findings} >= {"Q212", "Q216", "Q218"}


def test_access_tells_all_that_the_regulation_asks_for(desk: Desk) -> None:
    """Purposes, categories, recipients, periods as the plan's rows, rights, source, complaint (GDPR 15.1)."""
    found = desk.sample()
    request = _ask(desk, "tillgang")
    with desk.open() as home, pytest.raises(GuardError, match="G-REQUEST"):
        access(home, request.number, OFFICER)
    _list(desk, request, found["asa"], found["asa2"], found["edited"])
    with desk.open() as home:
        done = access(home, request.number, OFFICER)
    assert done.items == 3
    for phrase in (
        "har hittat med uppgifter som rör dig: 3",
        "artikel 6.1 c och e",
        "kommentar",
        "Mastodon",
        "Inlägg och kommentarer: gallras tidigast 2 år efter publiceringen",
        "Allmänheten",
        "rättas, raderas",
        "Integritetsskyddsmyndigheten",
        "kommunens egna konton",
        "Arvika kommunstyrelse är personuppgiftsansvarig",
        "automatiserade beslut",
    ):
        assert phrase in done.letter.text
    assert "Åsa" not in done.letter.text
    assert "Q216" in {one.code for one in done.findings}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(id="a", type="A", action="bevara"), "bevaras för alltid"),
        (Rule(id="a", type="A", action="granska"), "bevaras tills kommunen har prövat om de ska gallras"),
        (Rule(id="a", type="A", action="gallra", trigger="inaktuell"), "gallras när de inte längre behövs"),
        (
            Rule(id="a", type="A", action="gallra", trigger="thread_activity", period=Period(value=5, unit="year")),
            "gallras tidigast 5 år efter den senaste aktiviteten i tråden",
        ),
    ],
)
def test_a_row_of_the_plan_is_said_in_words(rule: Rule, words: str) -> None:
    """What the letter says of how long records are kept."""
    assert rule_words(rule) == words


def test_the_commands_answer_as_their_contract_says(desk: Desk) -> None:
    """``request access|extend|unpublish|restrict --json``; the screen's text names the addresses for the communicator."""
    found = desk.sample()
    request = _ask(desk, "radering")
    _list(desk, request, found["asa"])
    number = str(request.number)
    extended = desk.request("extend", number, "--reason", WHY)
    assert extended == {"request": request.number, "letter": extended["letter"], "until": "2026-04-15"}
    out = desk.root / "beslut.pdf"
    done = desk.request("unpublish", number, "yes", "--reason", WHY, "--out", str(out), person=DELEGATE)
    assert (done["standing"], done["outcome"], done["out"]) == ("decided", "unpublish", str(out))
    assert [set(one) for one in done["unpublish"]] == [{"item", "account", "published", "address", "state"}]
    assert out.read_bytes().startswith(b"%PDF")
    other = _ask(desk, "begransning")
    text = desk.say("request", "restrict", str(other.number), "no", "--reason", WHY, "--as", DELEGATE)
    assert "behandlingen begränsas inte" in text
    assert "served" in text
    asked = _ask(desk, "tillgang")
    _list(desk, asked, found["asa"])
    answer = desk.request("access", str(asked.number))
    assert set(answer) == {"request", "letter", "items", "out", "findings"}
    desk.refused("restrict", number, "yes", "--reason", WHY, person=DELEGATE, code=2)


def test_what_is_shown_of_it_has_its_last_day_and_the_next_step(desk: Desk) -> None:
    """The month, and after the prolonging the three; a request for records has no such day."""
    request = _ask(desk, "radering")
    found = desk.command("request", "show", str(request.number))["request"]
    assert found["due"] == "2026-02-16"
    assert any("request unpublish" in line for line in found["next"])
    desk.request("extend", str(request.number), "--reason", WHY)
    assert desk.command("request", "show", str(request.number))["request"]["due"] == "2026-04-15"
    assert "svar senast (GDPR 12.3): 2026-04-15" in desk.say("request", "show", str(request.number), codes=(0, 3))
    records = desk.ask("Handlingar")
    assert desk.command("request", "show", str(records))["request"]["due"] is None


def test_the_appeal_goes_the_way_of_every_decision_to_the_other_court(desk: Desk) -> None:
    """Served, appealed, handed over to förvaltningsrätten; not closed before it is final, and the hold stays."""
    desk.sample()
    request = _ask(desk, "begransning")
    number = str(request.number)
    desk.request("restrict", number, "no", "--reason", WHY, person=DELEGATE)
    desk.request("served", number, "--on", "2026-01-15")
    desk.refused("close", number)
    desk.later(days=5)
    desk.request("appeal", number, "--on", "2026-01-20")
    out = desk.root / "till-domstolen"
    desk.request("forward", number, "--out", str(out))
    text = " ".join(_text_of(path.read_bytes()) for path in out.rglob("*.pdf"))
    assert "Förvaltningsrätten" in text
    assert "Kammarrätten" not in text
    desk.request("ruling", number, "upheld", "--on", "2026-01-20", "--final", "2026-01-20")
    desk.later(days=1)
    desk.request("close", number)
    assert desk.kept(request.number).standing == "closed"
    assert not _acts_unknown(desk, request.number)


def _acts_unknown(desk: Desk, number: int) -> list[str]:
    return [one["sv"] for one in desk.command("request", "log", str(number))["log"] if "…" in one["sv"]]


def test_not_all_data_are_given_by_a_decision_that_can_be_appealed(desk: Desk) -> None:
    """What is assessed as secret is refused a person too, by a delegate, with the provision; after what may be given was given."""
    found = desk.sample()
    request = _ask(desk, "tillgang")
    number = str(request.number)
    _list(desk, request, found["asa"], found["asa2"])
    desk.assess(request.number, "refuse", found["asa"], provision="OSL 26:1")
    with desk.open() as home, pytest.raises(GuardError, match="G-ASSESSED"):
        withhold(home, number, WHY, DELEGATE)
    desk.assess(request.number, "give", found["asa2"])
    with desk.open() as home, pytest.raises(GuardError, match="G-ASSESSED"):
        withhold(home, number, WHY, DELEGATE)
    desk.answer(request.number, "--on-the-spot")
    first = desk.kept(request.number).answered
    desk.later(days=1)
    with desk.open() as home:
        done = withhold(home, number, WHY, DELEGATE)
        row = read_own(home.ground, done.item)
        assert row is not None
        text = own_file(home.ground, row, "beslut.txt").decode()
    after = desk.kept(request.number)
    assert (after.standing, after.outcome, after.answered) == ("decided", "partly", first)
    for phrase in ("26 kap. 1 § OSL", "helt 1, delvis 0", "5 kap. 1 § dataskyddslagen", "Förvaltningsrätten"):
        assert phrase in text
    excessive = _ask(desk, "tillgang")
    answer = desk.request("withhold", str(excessive.number), "--reason", WHY, person=DELEGATE)
    assert (answer["outcome"], answer["unpublish"]) == ("refused", [])


def test_two_delegates_at_once_write_one_decision(desk: Desk) -> None:
    """Who comes second finds that the request is decided; a list that changed meanwhile stops the decision too."""
    found = desk.sample()
    request = _ask(desk, "radering")
    _list(desk, request, found["asa"])
    with desk.open() as home:
        inner = home.typesetter
        done: list[bool] = []

        class Meddling:
            """The real typesetter; before its first document somebody else searches again."""

            def render(self, rendering: Any) -> Any:
                if not done:
                    done.append(True)
                    _list(desk, request, found["asa"], found["asa2"])
                return inner.render(rendering)

            def pdf(self, *values: Any, **more: Any) -> Any:
                return inner.pdf(*values, **more)

        with pytest.raises(GuardError, match="G-CHANGED"):
            unpublish(replace(home, typesetter=Meddling()), request.number, WHY, DELEGATE, answer=True)
    assert desk.kept(request.number).standing == "open"
    desk.at += timedelta(minutes=1)
    with desk.open() as home:
        assert len(unpublish(home, request.number, WHY, DELEGATE, answer=True).unpublish) == 2


def test_killed_at_any_write_a_decision_stands_whole_or_not_at_all(desk: Desk) -> None:
    """Decision, row and errand come in one transaction; run again, it is made once; the database has none of its words."""
    desk.sample()
    request = _ask(desk, "begransning")
    point = 0
    with desk.open() as home:
        ground = home.ground
        while True:
            point += 1
            counter = Counter(point)
            stopped = replace(
                ground,
                store=StoppingStore(ground.store, counter),  # type: ignore[arg-type]
                state=StoppingState(ground.state, counter),
            )
            with contextlib.suppress(StoppedError):
                restrict(replace(home, ground=stopped), request.number, WHY, DELEGATE, answer=True)
            now = desk.kept(request.number)
            with ground.state.reading() as books:
                errands = [one.subject for one in books.outbox.waiting("register")]
                acts = desk.acts(request.number)
            assert errands == ([now.decision] if now.decision else [])
            assert acts.count("request.restrict") == len(errands)
            if now.standing == "decided":
                break
            recover(ground.state, ground.store, ground.clock.now() + timedelta(days=1))
        assert now.decision is not None
        assert read_own(ground, now.decision) is not None
    assert point > 4
    assert b"5ec1e7" not in (desk.root / "hem" / "state" / "bevara.db").read_bytes()
