"""The port Receipts, on a fake of KB's API over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors.depositories.receipts import BUDGET, MOST_PACKAGES, RestReceipts, open_receipts
from schemas.codes import sentence
from schemas.deposit import KbReceipt, ReceiptSettings
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError
from tests.servers.kb_receipts import PASSWORD, TOKEN, USER, KbReceipts

DELIVERY = "bevara-2026-0017"
FIRST, SECOND = "b1f6a1f0-0000-4000-8000-000000000001", "b1f6a1f0-0000-4000-8000-000000000002"
QUICK = replace(BUDGET, attempts=2, first_pause=0.01, quiet=0.3, longest=2.0)


def _reader(kb: KbReceipts, **more: Any) -> RestReceipts:
    return RestReceipts(kb.settings(**more), budget=QUICK)


def _secret(values: dict[str, str]) -> Callable[[str], str | None]:
    return values.get


def _code(kb: KbReceipts, **more: Any) -> str:
    with pytest.raises(ReceiverRefusedError) as refused:
        _reader(kb, **more).ask(DELIVERY)
    assert str(refused.value) == f"http:127.0.0.1: {refused.value.code}"
    return refused.value.code


def test_what_nobody_knows_is_no_answer(kb_receipts: KbReceipts) -> None:
    """A delivery that KB does not know yet has no receipts, and is no fault."""
    reader = _reader(kb_receipts)
    assert reader.ask(DELIVERY) == ()
    assert kb_receipts.asked == [DELIVERY]
    assert (reader.place, reader.findings) == ("http:127.0.0.1", ())
    kb_receipts.fail("status-204")
    assert reader.ask(DELIVERY) == ()


def test_the_delivery_and_its_packages_are_told_apart(kb_receipts: KbReceipts) -> None:
    """What is said of the whole comes first, then each package with its own answer, mark and words."""
    kb_receipts.say(DELIVERY, "ERROR", reference="KB-4711")
    kb_receipts.say_of(DELIVERY, FIRST, "ok", reference="KB-4711-1")
    kb_receipts.say_of(DELIVERY, SECOND, "Rejected ", message="Filen går inte\u202e att\nläsa\x00.")
    assert _reader(kb_receipts).ask(DELIVERY) == (
        KbReceipt(delivery=DELIVERY, answer="rejected", reference="KB-4711"),
        KbReceipt(delivery=DELIVERY, package=FIRST, answer="accepted", reference="KB-4711-1"),
        KbReceipt(delivery=DELIVERY, package=SECOND, answer="rejected", reason="Filen går inte att läsa ."),
    )


def test_another_form_of_answer_is_a_matter_of_settings(kb_receipts: KbReceipts) -> None:
    """Keys with dots and words of their own read an answer of another form; numbers and true count as words."""
    kb_receipts.answer(
        DELIVERY,
        {
            "leverans": {"id": DELIVERY, "mottagen": True, "nr": 17},
            "lista": {"paket": [{"id": FIRST, "läge": {"kod": 2}, "text": "för kort"}]},
        },
    )
    reader = _reader(
        kb_receipts,
        delivery="leverans.id",
        answer="leverans.mottagen",
        reference="leverans.nr",
        packages="lista.paket",
        package="id",
        package_answer="läge.kod",
        package_reason="text",
        accepted=("1",),
        rejected=("2",),
        waiting=("true",),
    )
    assert reader.ask(DELIVERY) == (
        KbReceipt(delivery=DELIVERY, answer="waiting", reference="17"),
        KbReceipt(delivery=DELIVERY, package=FIRST, answer="rejected", reason="för kort"),
    )


@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_secrets_let_us_in(kb_receipts: KbReceipts, kind: str) -> None:
    """A password or a token from the environment lets us in; a wrong one, or none, is L243, and is not told."""
    kb_receipts.say(DELIVERY, "accepted")
    kb_receipts.ask_login(kind)
    more = {"user": USER, "password_env": "HEMLIGT"} if kind == "basic" else {"token_env": "HEMLIGT"}
    settings = kb_receipts.settings(**more)
    right = {"HEMLIGT": PASSWORD if kind == "basic" else TOKEN}
    assert open_receipts(settings, _secret(right)).ask(DELIVERY)[0].answer == "accepted"
    with pytest.raises(ReceiverRefusedError) as refused:
        open_receipts(settings, _secret({"HEMLIGT": "felaktigt"})).ask(DELIVERY)
    assert refused.value.code == "L243"
    assert "felaktigt" not in str(refused.value)
    assert _code(kb_receipts) == "L243"
    kb_receipts.fail("status-403")
    assert _code(kb_receipts) == "L243"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"accepted"',
        b"null",
        b"{}",
        b'{"status": "acc\xff"}',
        b'{"status": NaN}',
        {"status": "mottagen"},
        {"status": ""},
        {"status": {"accepted": True}},
        {"status": ["accepted"]},
        {"packages": []},
        {"packages": "accepted"},
        {"status": "accepted", "packages": {FIRST: "accepted"}},
        {"status": "accepted", "packages": ["accepted"]},
        {"status": "accepted", "packages": [{"status": "accepted"}]},
        {"status": "accepted", "packages": [{"objid": "", "status": "accepted"}]},
        {"status": "accepted", "packages": [{"objid": "a\u202eb", "status": "accepted"}]},
        {"status": "accepted", "packages": [{"objid": "x" * 201, "status": "accepted"}]},
        {"status": "accepted", "packages": [{"objid": FIRST}]},
        {"status": "accepted", "packages": [{"objid": FIRST, "status": "accepted"}, {"objid": FIRST, "status": "OK"}]},
        {"packages": [{"objid": str(number), "status": "OK"} for number in range(MOST_PACKAGES + 1)]},
    ],
    ids=lambda body: str(body)[:50],
)
def test_what_cannot_be_understood_is_no_answer(kb_receipts: KbReceipts, body: object) -> None:
    """An answer of another form, or with one word that nobody has given a meaning, is refused whole (L241)."""
    kb_receipts.answer(DELIVERY, body)
    assert _code(kb_receipts) == "L241"


@pytest.mark.parametrize("fault", ["html", "huge", "deep", "elsewhere", "status-400", "status-410"])
def test_hostile_answers_are_bounded(kb_receipts: KbReceipts, fault: str) -> None:
    """A page, a flood, nesting without end and a redirect elsewhere are L241, soon, and with nothing of them told."""
    kb_receipts.fail(fault)
    begun = time.monotonic()
    assert _code(kb_receipts) == "L241"
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("fault", ["status-500", "status-503", "status-429", "drop", "slow"])
def test_a_server_in_trouble_is_asked_again_later(kb_receipts: KbReceipts, fault: str) -> None:
    """A server that fails, is too busy, hangs up or says nothing is unreachable after some tries, not an answer."""
    kb_receipts.fail(fault)
    with pytest.raises(UnreachableError) as error:
        _reader(kb_receipts).ask(DELIVERY)
    assert DELIVERY not in str(error.value)
    assert kb_receipts.asked == [DELIVERY] * QUICK.attempts
    kb_receipts.fail("")
    kb_receipts.say(DELIVERY, "accepted")
    assert _reader(kb_receipts).ask(DELIVERY)[0].answer == "accepted"


def test_an_answer_that_is_cut_off_is_not_believed(kb_receipts: KbReceipts) -> None:
    """A body that ends too early is asked for again, and then refused (L241)."""
    kb_receipts.fail("cut")
    assert _code(kb_receipts) == "L241"
    assert len(kb_receipts.asked) == QUICK.attempts


def test_nobody_there_is_unreachable() -> None:
    """A port that nobody listens at is unreachable."""
    reader = RestReceipts(ReceiptSettings(address="http://127.0.0.1:9/{delivery}"), budget=QUICK)
    with pytest.raises(UnreachableError):
        reader.ask(DELIVERY)


@pytest.mark.parametrize("named", ["bevara-2026-0018", "BEVARA-2026-0017", 18, 18.5, 10**40, ["x"], " "])
def test_a_receipt_for_another_delivery_is_refused(kb_receipts: KbReceipts, named: object) -> None:
    """An answer that names another delivery than the one asked for is not taken (L242)."""
    kb_receipts.answer(DELIVERY, {"delivery": named, "status": "accepted"})
    assert _code(kb_receipts) == "L242"


@pytest.mark.parametrize(
    "body", [{"status": "OK"}, {"delivery": {"x": 1}, "status": "OK"}, {"delivery": None, "status": "OK"}]
)
def test_an_answer_that_names_no_delivery_is_believed(kb_receipts: KbReceipts, body: object) -> None:
    """Where the answer names no delivery, its address was enough."""
    kb_receipts.answer(DELIVERY, body)
    assert _reader(kb_receipts).ask(DELIVERY) == (KbReceipt(delivery=DELIVERY, answer="accepted"),)


@pytest.mark.parametrize(
    "reference", ["Anna Andersson", "Vi har tagit emot leveransen 17 nu", "<b>1</b>", "1\n2", "x" * 101, "\u202e17"]
)
def test_a_mark_that_may_be_words_is_left_out_and_said(kb_receipts: KbReceipts, reference: str) -> None:
    """What is no number or code does not become a mark in the ledger; the answer holds, and L244 says so."""
    kb_receipts.say(DELIVERY, "accepted", reference=reference)
    kb_receipts.say_of(DELIVERY, FIRST, "accepted", reference="KB 2026/17")
    reader = _reader(kb_receipts)
    assert [one.reference for one in reader.ask(DELIVERY)] == ["", "KB 2026/17"]
    (finding,) = reader.findings
    assert (finding.code, finding.subject) == ("L244", DELIVERY)
    assert "1 kvitto" in sentence(finding.code, "sv", dict(finding.parameters))
    kb_receipts.clear()
    assert reader.ask(DELIVERY) == ()
    assert reader.findings == ()


def test_words_of_a_rejection_are_bounded(kb_receipts: KbReceipts) -> None:
    """A reason of a megabyte is cut, and lone surrogates in it can be written down."""
    kb_receipts.answer(DELIVERY, b'{"status": "rejected", "message": "\\ud800' + b"x" * 1_000_000 + b'"}')
    (receipt,) = _reader(kb_receipts).ask(DELIVERY)
    assert len(receipt.reason) == 2_000
    assert receipt.reason.startswith("⟦U+D800⟧x")
    receipt.reason.encode()


@pytest.mark.parametrize("delivery", ["../../x", "a/b", "a?b", "a#b", "", "..", "a b", "å"])
def test_only_plain_ids_are_asked_for(kb_receipts: KbReceipts, delivery: str) -> None:
    """An id that is not one plain segment leads nowhere: nothing is asked."""
    with pytest.raises(RefusedError):
        _reader(kb_receipts).ask(delivery)
    assert kb_receipts.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "{delivery}",
        "ftp://kb.example/{delivery}",
        "https://kb.example/",
        "https://{delivery}.kb.example/",
        "https://user:hemligt@kb.example/{delivery}",
        "https://kb.example:99999/{delivery}",
        "https://kb.example/{delivery}/{delivery}",
        "https://kb.example/#{delivery}",
        "https://[kb/{delivery}",
    ],
)
def test_addresses_that_cannot_be_asked_are_refused(address: str) -> None:
    """An address without the delivery's place, with a user in it, or of another kind is refused and not repeated."""
    with pytest.raises(RefusedError) as refused:
        RestReceipts(ReceiptSettings(address=address))
    assert "hemligt" not in str(refused.value)


def test_a_password_goes_over_no_open_line() -> None:
    """With a password or a token, an address with http:// that is not this machine's own is refused."""
    settings = ReceiptSettings(address="http://kb.example/{delivery}", token_env="T")
    with pytest.raises(RefusedError):
        open_receipts(settings, _secret({"T": TOKEN}))
    RestReceipts(ReceiptSettings(address="http://kb.example/{delivery}"))


@pytest.mark.parametrize("token", [None, "", "två ord", "rad\nbrytning"])
def test_unusable_variables_are_named_and_not_shown(kb_receipts: KbReceipts, token: str | None) -> None:
    """A variable that is not set, or cannot be a token, is refused by its name."""
    settings = kb_receipts.settings(token_env="BEVIS")
    with pytest.raises(RefusedError) as refused:
        open_receipts(settings, _secret({} if token is None else {"BEVIS": token}))
    assert refused.value.value == "BEVIS"


@pytest.mark.parametrize("code", ["L241", "L242", "L243", "L244"])
def test_codes_have_sentences(code: str) -> None:
    """Every code of a receipt has a Swedish and an English sentence."""
    assert sentence(code, "sv") != sentence(code, "en") != code
