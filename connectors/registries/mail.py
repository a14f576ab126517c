"""A registry that is the registrar's mailbox: SMTP.

A parcel is cut into messages of at most the registry's ``limit`` bytes as sent (base64 counted), in the order of its
files: ``del 1 av 3`` … Each has the Message-ID ``<parcel name>.<part>@<sender's domain>``, the same in every try, so that
a mail system that gets one twice can tell. The cut is a matter of sizes alone, so a repeat is cut alike; the limit is
not to be changed while something is on its way. A single file that is too large for any message refuses the parcel
before anything is sent (J134): it goes to the hot folder, and the registrar gets a neutral notice instead.

What the server has acknowledged (250) is not sent again. A line that breaks after the message's last byte and before the
answer leaves it open whether the message arrived: ``InterruptedHandingError.uncertain`` says so, and nothing is tried
again by itself. What surely did not arrive (4xx, a line that breaks earlier) is tried a few times.

No secret form is ever sent by mail (G-SECRET), nothing is sent in clear where the settings ask for encryption, and no
address, subject or answer of the server stands in an exception.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from connectors.landing import plain
from schemas.neighbours import InterruptedHandingError, ReceiverRefusedError
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.registration import Answer, Handed, Parcel, RegistrySettings

_LINE = 78
_POLICY: Final = policy.SMTP.clone(max_line_length=_LINE)
_TYPES: Final = {"pdf": ("application", "pdf"), "xml": ("application", "xml"), "zip": ("application", "zip")}
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
MOST_PARTS: Final = 50
"""Messages that one parcel may become; more would bury a mailbox (J134)."""

_SUBJECT = 150
"""Characters of a subject that are kept."""

_LEADING_DOT = re.compile(rb"(?m)^\.")
_CHUNK = 256 * 1024
_ENVELOPE = 64
"""Bytes kept free of the limit for what servers count with a message."""


class MailRegistry:
    """The port ``schemas.neighbours.Registry`` over a mail server."""

    def __init__(
        self,
        registry: RegistrySettings,
        *,
        password: str | None = None,
        context: ssl.SSLContext | None = None,
        connect_timeout: float = 30,
        idle_timeout: float = 60,
        answer_timeout: float = 300,
        pauses: Sequence[float] = (1, 5),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the settings; nothing is sent.

        Args:
            password: with the settings' user. context: TLS; None = the system's certificates, names checked.
            connect_timeout, idle_timeout: seconds. answer_timeout: seconds for the answer to a whole message, which
                servers look through first. pauses: seconds before each further try; their number is that of the tries.

        Raises:
            RefusedError: an address is not plain, or a login would go over the line in clear.
        """
        for field, address in (("sender", registry.sender), ("recipient", registry.recipient)):
            if not _ADDRESS.fullmatch(address):
                raise RefusedError(f"registry {registry.name}.{field}", "…", "write one plain address, name@domain")
        if registry.user and registry.security == "none":
            raise RefusedError(
                f"registry {registry.name}.security", "none", "a password is not sent in clear; use starttls or tls"
            )
        self._registry = registry
        self._password = password
        self._context = context
        self._connect_timeout = connect_timeout
        self._idle = idle_timeout
        self._answer = answer_timeout
        self._pauses = tuple(pauses)
        self._sleep = sleep
        self._domain = registry.sender.rpartition("@")[2]

    @property
    def place(self) -> str:
        """``mail:<the registry's name>``."""
        return f"mail:{self._registry.name}"

    def hand(self, parcel: Parcel) -> Handed:
        """Send the parcel's messages, those of ``parcel.arrived`` excepted; see the port.

        Raises:
            ReceiverRefusedError: J134 too large, J135 no encryption, J136 certificate, J137 login, J138 refused for
                good. InterruptedHandingError: the line broke, and something has arrived or may have.
            UnreachableError: no answer, and nothing has arrived.
            GuardError: G-SECRET, a secret form.
        """
        plain(parcel.name, "parcel.name")
        if parcel.secret and parcel.files:
            raise GuardError(
                "G-SECRET",
                f"{self.place}: a secret form is never sent by mail",
                "hand it to a registry of kind folder with a secret_path; by mail goes a neutral notice alone",
            )
        messages = self._messages(parcel)
        arrived = [one for one in parcel.arrived if one in messages]
        waiting = [one for one in messages if one not in arrived]
        tries = iter((*self._pauses, None))
        while waiting:
            try:
                self._send(waiting, messages, arrived)
            except _LaterError as error:
                pause = next(tries)
                if pause is None:
                    text = f"{self.place}: the mail server does not take messages now ({error.code}); try again later"
                    if arrived:
                        raise InterruptedHandingError(text, arrived=arrived) from None
                    raise UnreachableError(text) from None
                self._sleep(pause)
            except ReceiverRefusedError as error:
                error.arrived = tuple(arrived)
                raise
        sent = tuple(messages)
        return Handed(
            place=self.place,
            parts=len(sent),
            messages=sent,
            already=len(parcel.arrived) > 0 and set(sent) <= set(parcel.arrived),
            size=sum(len(one) for one in messages.values()),
        )

    def answers(self) -> Sequence[Answer]:
        """None: a mailbox does not write back."""
        return ()

    def settle(self, answer: Answer) -> None:
        """Nothing to move."""

    # Making messages

    def _messages(self, parcel: Parcel) -> dict[str, bytes]:
        """Message-ID → the message's bytes, in order."""
        parts = self._parts(parcel)
        made: dict[str, bytes] = {}
        for number, files in enumerate(parts, 1):
            message_id = f"{parcel.name}.{number}@{self._domain}"
            made[message_id] = self._message(parcel, message_id, number, len(parts), files)
            if len(made[message_id]) > self._registry.limit:
                raise self._refused("J134")
        return made

    def _parts(self, parcel: Parcel) -> list[list[tuple[str, bytes]]]:
        """The files, put into as few messages as their order allows."""
        # An empty message of a high number is the largest frame that a part can have.
        frame = len(self._message(parcel, f"{parcel.name}.999@{self._domain}", 999, 999, [])) + _ENVELOPE
        parts: list[list[tuple[str, bytes]]] = [[]]
        used = frame
        for path, data in parcel.files:
            size = len(self._message(parcel, "x", 1, 1, [(path, data)])) - len(self._message(parcel, "x", 1, 1, []))
            size += _ENVELOPE * 4  # boundaries, and headers that only a message of several parts has
            if frame + size > self._registry.limit:
                raise self._refused("J134")
            if used + size > self._registry.limit:
                if len(parts) == MOST_PARTS:
                    raise self._refused("J134")
                parts.append([])
                used = frame
            parts[-1].append((path, data))
            used += size
        return parts

    def _message(
        self, parcel: Parcel, message_id: str, number: int, of: int, files: Sequence[tuple[str, bytes]]
    ) -> bytes:
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(addr_spec=self._registry.sender)
        message["To"] = Address(addr_spec=self._registry.recipient)
        part = f" (del {number} av {of})" if of > 1 else ""
        message["Message-ID"] = f"<{message_id}>"
        if parcel.at is not None:
            message["Date"] = format_datetime(parcel.at.replace(microsecond=0))
        message["Auto-Submitted"] = "auto-generated"
        text = _lines(parcel.body)
        if of > 1:
            text += f"\nMeddelande {number} av {of}. De andra har samma ämne.\n"
        message.set_content(text, subtype="plain", charset="utf-8", cte="base64")
        for path, data in files:
            kind, subtype = _TYPES.get(path.rpartition(".")[2].lower(), ("application", "octet-stream"))
            message.add_attachment(data, maintype=kind, subtype=subtype, filename=_attached(path))
        if files:
            # The library takes a random boundary; a repeat is to be the same message, byte for byte.
            message.set_boundary(f"=_{_one_line(parcel.name)[:40]}.{number}_=")
        return _subject(_one_line(parcel.subject)[:_SUBJECT] + part) + message.as_bytes()

    # Sending

    def _send(self, waiting: list[str], messages: dict[str, bytes], arrived: list[str]) -> None:
        """Send what waits over one connection; what is acknowledged moves from ``waiting`` to ``arrived`` at once."""
        with self._connected() as server:
            limit = server.esmtp_features.get("size", "")
            if limit.isdigit() and 0 < int(limit) < max(len(messages[one]) for one in waiting):
                raise self._refused("J134")
            for message_id in tuple(waiting):
                self._send_one(server, message_id, messages[message_id], arrived)
                waiting.remove(message_id)
                arrived.append(message_id)

    def _send_one(self, server: smtplib.SMTP, message_id: str, data: bytes, arrived: Sequence[str]) -> None:
        with self._line():
            self._take(server.mail(self._registry.sender))
            self._take(server.rcpt(self._registry.recipient))
            self._take(server.docmd("DATA"), 354)
            stuffed = memoryview(_LEADING_DOT.sub(b"..", data))
            for at in range(0, len(stuffed), _CHUNK):  # the idle time is for each piece, not for the whole
                server.send(stuffed[at : at + _CHUNK].tobytes())
        # From the last line on nobody but the server knows whether it has the message.
        try:
            if server.sock is not None:
                server.sock.settimeout(self._answer)
            server.send(b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")
            answer = server.getreply()
            if server.sock is not None:
                server.sock.settimeout(self._idle)
        except (OSError, smtplib.SMTPException):
            raise InterruptedHandingError(
                f"{self.place}: the line broke before the mail server's answer; the message may have arrived",
                arrived=arrived,
                uncertain=(message_id,),
            ) from None
        if not (200 <= answer[0] < 300 or 400 <= answer[0] < 600):
            raise InterruptedHandingError(
                f"{self.place}: the mail server's answer cannot be read; the message may have arrived",
                arrived=arrived,
                uncertain=(message_id,),
            )
        self._take(answer)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted and logged in as the settings say."""
        with self._line():
            server = self._open()
        try:
            with self._line():
                self._take(server.ehlo())
                if self._registry.security == "starttls":
                    if not server.has_extn("starttls"):
                        raise self._refused("J135")
                    self._take(server.starttls(context=self._tls()), 220)
                    self._take(server.ehlo())
                self._log_in(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _open(self) -> smtplib.SMTP:
        host, port, own = self._registry.host, self._registry.port, self._domain
        server: smtplib.SMTP
        if self._registry.security == "tls":
            server = smtplib.SMTP_SSL(host, port, own, timeout=self._connect_timeout, context=self._tls())
        else:
            server = smtplib.SMTP(host, port, own, timeout=self._connect_timeout)
        if server.sock is not None:
            server.sock.settimeout(self._idle)
        return server

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _log_in(self, server: smtplib.SMTP) -> None:
        if not self._registry.user:
            return
        try:
            server.login(self._registry.user, self._password or "")
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
            raise self._refused("J137") from None

    @contextmanager
    def _line(self) -> Iterator[None]:
        """For the block, failures are such that the message has surely not arrived."""
        try:
            yield
        except ssl.SSLCertVerificationError:
            raise self._refused("J136") from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise _LaterError(type(error).__name__) from None

    def _take(self, answer: tuple[int, bytes], wanted: int = 0) -> None:
        """Go on with a good answer; the server's own words, which may hold addresses, end here."""
        code = answer[0]
        if (code == wanted) if wanted else (200 <= code < 300):
            return
        raise self._answered(code)

    def _answered(self, code: int) -> Exception:
        if code == 552:  # RFC 5321: exceeded storage allocation; servers say so of messages that are too large
            return self._refused("J134")
        if 500 <= code < 600:
            return self._refused("J138")
        return _LaterError(str(code))

    def _refused(self, code: str) -> ReceiverRefusedError:
        return ReceiverRefusedError(code, f"{self.place}: {code}")


class _LaterError(Exception):
    """Not now, and surely nothing arrived by this try. ``code``: the answer's number, or the error's kind."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def _subject(text: str) -> bytes:
    """The header line, or lines. ``EmailMessage`` would decode what only looks encoded, line ends and all."""
    if text.isascii() and "=?" not in text and len(text) < _LINE:
        return f"Subject: {text}\r\n".encode("ascii")
    lines = Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {lines}\r\n".encode("ascii")


def _one_line(text: str) -> str:
    """Text for a header: no line ends, no controls, nothing that changes the direction of writing."""
    kept = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return " ".join("".join(one for one in kept if unicodedata.category(one) not in {"Cf", "Cs", "Co"}).split())


def _lines(text: str) -> str:
    """Text for a body: lines end alike, no other controls."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return (
        "\n".join(
            "".join("\ufffd" if unicodedata.category(one) in {"Cc", "Cs"} and one != "\t" else one for one in line)
            for line in lines
        ).rstrip("\n")
        + "\n"
    )


def _attached(path: str) -> str:
    """Name of an attachment; folders become part of the name."""
    return "-".join(plain(part, "parcel.files") for part in path.split("/"))
