"""Answers by e-mail, on a real mail server in a process of its own."""

from __future__ import annotations

import email
import logging
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.mailing import SmtpMailing, open_mailing
from schemas.disclosure import MailSettings
from schemas.neighbours import InterruptedHandingError, Mailing, Message, ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError
from tests.servers.smtp import SmtpServer, running

SENDER = "kommunstyrelsen@alvsjobro.example"
TO = "karin.svensson+svar@post.example"
MESSAGE = Message(
    id="begaran-12-svar-1",
    to=TO,
    subject="Svar på begäran 12",
    body="Hej!\n\n.En rad som börjar med punkt.\nÅsa Öberg\n",
    files=(
        ("svar.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\nslut"),
        ("uppgifter.csv", "text/csv", "a;b\r\nå;ö\r\n".encode()),
        ("bild-1.png", "image/png", bytes(range(256)) * 9),
    ),
    at=datetime(2026, 11, 2, 8, 15, 30, 999, tzinfo=UTC),
)


def _mailing(server: SmtpServer, **more: Any) -> Mailing:
    values: dict[str, Any] = {"security": "none", "limit": 1 << 20}
    own = {key: more.pop(key) for key in ("context", "answer_timeout", "pauses", "connect_timeout") if key in more}
    settings = MailSettings(host=server.host, port=server.port, sender=SENDER, **{**values, **more})
    return SmtpMailing(settings, **{"pauses": (0.01, 0.01), **own})


def test_a_message_arrives_as_it_was_written(smtp_server: SmtpServer) -> None:
    """Sender, recipient, id, date, text and files are what was asked for, byte for byte; there is nothing else."""
    _mailing(smtp_server).send(MESSAGE)
    (message,) = smtp_server.messages()
    assert sorted(message.keys()) == ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert message["From"] == SENDER
    assert message["To"] == TO
    assert message["Message-ID"] == "<begaran-12-svar-1@alvsjobro.example>"
    assert message["Date"] == "Mon, 02 Nov 2026 08:15:30 +0000"
    assert message["Subject"] == MESSAGE.subject
    body, *files = message.iter_parts()
    assert body.get_content() == MESSAGE.body.replace("\n", "\r\n")
    got = [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in files]
    assert got == list(MESSAGE.files)


def test_a_repeat_is_the_same_message_byte_for_byte(smtp_server: SmtpServer) -> None:
    """Sent twice, a message is the same bytes under the same id, so that a mail system can tell."""
    mailing = _mailing(smtp_server)
    mailing.send(MESSAGE)
    mailing.send(MESSAGE)
    first, second = smtp_server.raw()
    assert first == second


def test_without_a_time_the_message_is_not_dated(smtp_server: SmtpServer) -> None:
    """No time is invented: a message without one has no date of ours."""
    _mailing(smtp_server).send(replace(MESSAGE, at=None))
    assert smtp_server.messages()[0]["Date"] is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "karin",
        "@post.example",
        "karin@",
        "karin@post.example\r\nBcc: annan@annan.example",
        "karin@post.example\n",
        "karin@post.example, annan@annan.example",
        "karin@post.example;annan@annan.example",
        "Karin <karin@post.example>",
        "<karin@post.example>",
        "karin@post.example> SIZE=1",
        '"karin"@post.example',
        "karin..svensson@post.example",
        ".karin@post.example",
        "karin.@post.example",
        "kårin@post.example",
        "karin@pöst.example",
        "karin\u200b@post.example",
        "karin\u202e@post.example",
        "karin@post．example",
        "karin@[127.0.0.1]",
        "karin@post..example",
        "karin@post.example@annan.example",
        "k" * 65 + "@post.example",
        "karin@" + "a.example." * 30 + "example",
        " karin@post.example",
        "\x00karin@post.example",
    ],
)
def test_only_one_plain_address_is_written_to(
    smtp_server: SmtpServer, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What is not one plain address is refused before anything is sent, and is repeated nowhere."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RefusedError) as refused:
        _mailing(smtp_server).send(replace(MESSAGE, to=address))
    assert refused.value.field == "message.to"
    assert "karin" not in f"{refused.value!r} {refused.value.value} {caplog.text}"
    assert smtp_server.raw() == []


@pytest.mark.parametrize(
    "text",
    [
        "Hej\r\nBcc: annan@annan.example",
        "Hej\nTo: annan@annan.example\n\nNy kropp",
        "Hej\x00\x0b\u2028Bcc: annan@annan.example",
        "\u202eHej\ud800",
        "=?utf-8?q?Hej=0D=0ABcc:_annan@annan.example?=",
        "å" * 400,
        "",
    ],
)
def test_headers_cannot_be_smuggled_in(smtp_server: SmtpServer, text: str) -> None:
    """Whatever subject and body hold, there is one recipient and no further header."""
    _mailing(smtp_server).send(replace(MESSAGE, subject=text, body=f"{text}\r\n.\r\nMAIL FROM:<x@y.example>\r\n"))
    (raw,) = smtp_server.raw()
    message = email.message_from_bytes(raw)
    assert sorted(message.keys()) == ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert message["To"] == TO
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    "name", ["", "../svar.pdf", "a/b.pdf", "svar\r\nX: y.pdf", ".dold", "hemligt namn.pdf", "å.pdf"]
)
def test_files_have_plain_names(smtp_server: SmtpServer, name: str) -> None:
    """A file whose name is not plain is refused, nothing is sent, and the name is not repeated."""
    with pytest.raises(RefusedError) as refused:
        _mailing(smtp_server).send(replace(MESSAGE, files=((name, "application/pdf", b"x"),)))
    assert refused.value.value == "…"
    assert smtp_server.raw() == []


def test_a_strange_id_is_refused(smtp_server: SmtpServer) -> None:
    """An id that would break the header is refused, and nothing is sent."""
    for wrong in ("", "a b", "a>b", "a\r\nb", "a@b", "x" * 101):
        with pytest.raises(RefusedError):
            _mailing(smtp_server).send(replace(MESSAGE, id=wrong))
    assert smtp_server.raw() == []


def test_a_strange_media_type_is_bytes(smtp_server: SmtpServer) -> None:
    """A media type that would change the message's structure is sent as bytes of no type."""
    strange = ("multipart/mixed", "message/rfc822", "", "text", "text/csv\r\nX: y", "TEXT/html; charset=x")
    _mailing(smtp_server).send(replace(MESSAGE, files=tuple((f"{n}.bin", one, b"x") for n, one in enumerate(strange))))
    _, *files = smtp_server.messages()[0].iter_parts()
    assert [one.get_content_type() for one in files] == ["application/octet-stream"] * len(strange)


def test_the_limit_counts_the_message_as_sent(smtp_server: SmtpServer) -> None:
    """What with base64 is larger than the limit is refused with J134 before anything is sent; below it, it is sent."""
    mailing = _mailing(smtp_server, limit=200_000)
    mailing.send(replace(MESSAGE, files=(("svar.zip", "application/zip", bytes(140_000)),)))
    with pytest.raises(ReceiverRefusedError) as refused:
        mailing.send(replace(MESSAGE, files=(("svar.zip", "application/zip", bytes(150_000)),)))
    assert refused.value.code == "J134"
    assert len(smtp_server.raw()) == 1


@pytest.mark.parametrize("fault", ["mail-451", "rcpt-450", "data-451", "drop-at-mail"])
def test_what_surely_did_not_arrive_is_tried_again(smtp_server: SmtpServer, fault: str) -> None:
    """After two passing failures the third try gets the message through, once."""
    smtp_server.fail(fault, fault)
    _mailing(smtp_server).send(MESSAGE)
    assert len(smtp_server.raw()) == 1


def test_tries_are_bounded(smtp_server: SmtpServer) -> None:
    """A server that never takes it, or is not there, is unreachable after the last try; nothing was sent."""
    smtp_server.fail(*["mail-451"] * 9)
    with pytest.raises(UnreachableError):
        _mailing(smtp_server).send(MESSAGE)
    smtp_server.stop()
    with pytest.raises(UnreachableError):
        _mailing(smtp_server).send(MESSAGE)
    assert smtp_server.raw() == []


@pytest.mark.parametrize("fault", ["drop-unstored", "drop-stored", "slow-2"])
def test_what_may_have_arrived_is_not_sent_again_by_itself(smtp_server: SmtpServer, fault: str) -> None:
    """Without an answer to the whole message it is told which id is uncertain, and no second copy is sent."""
    smtp_server.fail(fault, "-")
    with pytest.raises(InterruptedHandingError) as left:
        _mailing(smtp_server, answer_timeout=0.5).send(MESSAGE)
    assert left.value.uncertain == ("begaran-12-svar-1@alvsjobro.example",)
    assert len(smtp_server.raw()) <= 1


@pytest.mark.parametrize(("fault", "code"), [("mail-550", "J138"), ("rcpt-550", "J138"), ("data-552", "J134")])
def test_a_refusal_for_good_names_nobody(
    smtp_server: SmtpServer, fault: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A permanent refusal has its code and is not repeated; no address stands in it, although the server named it."""
    caplog.set_level(logging.DEBUG)
    smtp_server.fail(fault)
    with pytest.raises(ReceiverRefusedError) as refused:
        _mailing(smtp_server).send(MESSAGE)
    assert refused.value.code == code
    assert smtp_server.raw() == []
    told = f"{refused.value!r} {refused.value.__cause__!r} {caplog.text}"
    assert "karin" not in told
    assert "begäran" not in told


def test_encryption_is_never_left_out(smtp_server: SmtpServer, smtp_tls_server: SmtpServer) -> None:
    """Without STARTTLS (J135), or with a certificate that nobody vouches for (J136), nothing is sent."""
    with pytest.raises(ReceiverRefusedError) as refused:
        _mailing(smtp_server, security="starttls").send(MESSAGE)
    assert refused.value.code == "J135"
    with pytest.raises(ReceiverRefusedError) as refused:
        _mailing(smtp_tls_server, security="starttls", context=ssl.create_default_context()).send(MESSAGE)
    assert refused.value.code == "J136"
    assert smtp_server.raw() == smtp_tls_server.raw() == []
    _mailing(smtp_tls_server, security="starttls", context=smtp_tls_server.context()).send(MESSAGE)
    assert len(smtp_tls_server.raw()) == 1


def test_a_login_that_is_not_taken(tmp_path: Path) -> None:
    """A server that takes no login refuses with J137, and the password is in no message."""
    with running(tmp_path, tls=True) as server:
        settings = MailSettings(host=server.host, port=server.port, sender=SENDER, user="bevara")
        mailing = SmtpMailing(settings, password="hemligt", context=server.context())
        with pytest.raises(ReceiverRefusedError) as refused:
            mailing.send(MESSAGE)
        assert server.raw() == []
    assert refused.value.code == "J137"
    assert "hemligt" not in f"{refused.value!r} {mailing!r} {mailing._server!r}"


def test_settings_that_cannot_be_used_are_refused_when_opened() -> None:
    """A password in clear, one that is not set, and a sender that is no address are refused before anything is sent."""
    fine = MailSettings(host="127.0.0.1", port=25, sender=SENDER)
    assert open_mailing(fine, lambda _: None).place == "mail"
    wrong: list[dict[str, Any]] = [
        {"user": "bevara", "security": "none"},
        {"password_env": "BEVARA_MAIL"},
        {"sender": "Kommunen <a@b.example>"},
    ]
    for one in wrong:
        with pytest.raises(RefusedError):
            open_mailing(replace(fine, **one), lambda _: None)


HTML = '<!DOCTYPE html><html lang="sv"><title>Hej</title><p>Hej, Åsa!</p></html>\n'


@pytest.mark.parametrize("files", [(), MESSAGE.files])
def test_html_goes_beside_the_text(smtp_server: SmtpServer, files: tuple[tuple[str, str, bytes], ...]) -> None:
    """With HTML the body is there twice, text first (RFC 2046, 5.1.4), files after both; a repeat is the same bytes."""
    message = replace(MESSAGE, html=HTML, files=files)
    _mailing(smtp_server).send(message)
    _mailing(smtp_server).send(message)
    first, second = smtp_server.raw()
    assert first == second
    got = smtp_server.messages()[0]
    parts = list(got.iter_parts())
    kind = got.get_content_type()
    if files:
        assert kind == "multipart/mixed"
        assert [one.get_payload(decode=True) for one in parts[1:]] == [data for _, _, data in files]
        kind, parts = parts[0].get_content_type(), list(parts[0].iter_parts())
    assert kind == "multipart/alternative"
    assert [one.get_content_type() for one in parts] == ["text/plain", "text/html"]
    assert [one.get_content().replace("\r\n", "\n") for one in parts] == [MESSAGE.body, HTML]


def test_what_no_person_wrote_says_so(smtp_server: SmtpServer) -> None:
    """A generated message asks for no absence notice (RFC 3834), and has no other header more than a written one."""
    _mailing(smtp_server).send(replace(MESSAGE, html=HTML, generated=True))
    (message,) = smtp_server.messages()
    assert message["Auto-Submitted"] == "auto-generated"
    known = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert sorted(message.keys()) == known


def test_html_cannot_end_its_part(smtp_server: SmtpServer) -> None:
    """Boundaries and controls within the HTML are data: there are two parts, whatever stands in it."""
    hostile = f"<p>--=_{MESSAGE.id}_=h--\r\n\r\nBcc: annan@annan.example\x00\ud800</p>"
    _mailing(smtp_server).send(replace(MESSAGE, html=hostile, files=()))
    (message,) = smtp_server.messages()
    assert len(list(message.iter_parts())) == 2
    assert message["Bcc"] is None
