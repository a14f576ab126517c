"""Handing finished messages to a mail server (SMTP): the one module that knows the protocol.

What the server has acknowledged (250) is not sent again. A line that breaks after the message's last byte and before the
answer leaves it open whether the message arrived: ``InterruptedHandingError.uncertain`` says so, and nothing is tried
again by itself. What surely did not arrive (4xx, a line that breaks earlier) is tried a few times.

Nothing is sent in clear where encryption is asked for, and no address, subject or answer of the server stands in an
exception.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from schemas.neighbours import InterruptedHandingError, ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError

_LEADING_DOT = re.compile(rb"(?m)^\.")
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server as settings name it.

    Attributes:
        place: name for messages of ours, without secrets. host, port: where it listens. security: as in the settings.
        sender: address that messages come from; its domain is our name. user, password: its login, or empty.
        context: TLS; None = the system's certificates, names checked.
        connect_timeout, idle_timeout: seconds. answer_timeout: seconds for the answer to a whole message, which servers
            look through first. pauses: seconds before each further try; their number is that of the tries.
    """

    place: str
    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str = ""
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = None
    connect_timeout: float = 30
    idle_timeout: float = 60
    answer_timeout: float = 300
    pauses: Sequence[float] = (1, 5)
    sleep: Callable[[float], None] = time.sleep

    @property
    def domain(self) -> str:
        """Domain of the sender."""
        return self.sender.rpartition("@")[2]

    def check(self, name: str) -> None:
        """Refuse settings by which a login would go over the line in clear. ``name``: of the settings.

        Raises:
            RefusedError: it would.
        """
        if self.user and self.security == "none":
            raise RefusedError(f"{name}.security", "none", "a password is not sent in clear; use starttls or tls")

    def refused(self, code: str) -> ReceiverRefusedError:
        """The error for a finding code: it names the place and the code alone."""
        return ReceiverRefusedError(code, f"{self.place}: {code}")

    def send(self, messages: Mapping[str, bytes], recipient: str, arrived: Sequence[str] = ()) -> None:
        """Send messages to one recipient, in order.

        Args:
            messages: Message-ID → bytes. arrived: those of them that the server has acknowledged before.

        Raises:
            ReceiverRefusedError: J134 too large, J135 no encryption, J136 certificate, J137 login, J138 refused for
                good; with what arrived. InterruptedHandingError: the line broke, and something arrived or may have.
            UnreachableError: no answer, and nothing has arrived.
        """
        came = list(arrived)
        waiting = [one for one in messages if one not in came]
        tries = iter((*self.pauses, None))
        while waiting:
            try:
                self._send(waiting, messages, recipient, came)
            except _LaterError as error:
                pause = next(tries)
                if pause is None:
                    text = f"{self.place}: the mail server does not take messages now ({error.code}); try again later"
                    if came:
                        raise InterruptedHandingError(text, arrived=came) from None
                    raise UnreachableError(text) from None
                self.sleep(pause)
            except ReceiverRefusedError as error:
                error.arrived = tuple(came)
                raise

    def _send(self, waiting: list[str], messages: Mapping[str, bytes], recipient: str, arrived: list[str]) -> None:
        """Send what waits over one connection; what is acknowledged moves from ``waiting`` to ``arrived`` at once."""
        with self._connected() as server:
            limit = server.esmtp_features.get("size", "")
            if limit.isdigit() and 0 < int(limit) < max(len(messages[one]) for one in waiting):
                raise self.refused("J134")
            for message_id in tuple(waiting):
                self._send_one(server, message_id, messages[message_id], recipient, arrived)
                waiting.remove(message_id)
                arrived.append(message_id)

    def _send_one(
        self, server: smtplib.SMTP, message_id: str, data: bytes, recipient: str, arrived: Sequence[str]
    ) -> None:
        with self._line():
            self._take(server.mail(self.sender))
            self._take(server.rcpt(recipient))
            self._take(server.docmd("DATA"), 354)
            stuffed = memoryview(_LEADING_DOT.sub(b"..", data))
            for at in range(0, len(stuffed), _CHUNK):  # the idle time is for each piece, not for the whole
                server.send(stuffed[at : at + _CHUNK].tobytes())
        # From the last line on nobody but the server knows whether it has the message.
        try:
            if server.sock is not None:
                server.sock.settimeout(self.answer_timeout)
            server.send(b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")
            answer = server.getreply()
            if server.sock is not None:
                server.sock.settimeout(self.idle_timeout)
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
                if self.security == "starttls":
                    if not server.has_extn("starttls"):
                        raise self.refused("J135")
                    self._take(server.starttls(context=self._tls()), 220)
                    self._take(server.ehlo())
                self._log_in(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _open(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self.security == "tls":
            server = smtplib.SMTP_SSL(
                self.host, self.port, self.domain, timeout=self.connect_timeout, context=self._tls()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, self.domain, timeout=self.connect_timeout)
        if server.sock is not None:
            server.sock.settimeout(self.idle_timeout)
        return server

    def _tls(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()

    def _log_in(self, server: smtplib.SMTP) -> None:
        if not self.user:
            return
        try:
            server.login(self.user, self.password or "")
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
            raise self.refused("J137") from None

    @contextmanager
    def _line(self) -> Iterator[None]:
        """For the block, failures are such that the message has surely not arrived."""
        try:
            yield
        except ssl.SSLCertVerificationError:
            raise self.refused("J136") from None
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
            return self.refused("J134")
        if 500 <= code < 600:
            return self.refused("J138")
        return _LaterError(str(code))


class _LaterError(Exception):
    """Not now, and surely nothing arrived by this try. ``code``: the answer's number, or the error's kind."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
