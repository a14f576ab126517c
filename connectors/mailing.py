"""Answers by e-mail (SMTP): one message to one plain address.

How messages are handed over, tried again and left open is ``connectors.smtp``'s. The Message-ID is ``<id@sender's domain>``
and the message is the same bytes in every try, so that a mail system that gets one twice can tell. No address, subject or
file name stands in an exception.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Final

from connectors.landing import plain
from connectors.messages import compose, plain_address
from connectors.smtp import MailServer
from schemas.disclosure import MailSettings
from schemas.neighbours import Mailing, Message
from schemas.refusal import RefusedError

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def open_mailing(mail: MailSettings, secret: Callable[[str], str | None]) -> Mailing:
    """The mailbox that answers go out from; nothing is asked of it yet.

    Args:
        secret: value of an environment variable, or None.

    Raises:
        RefusedError: the variable that the settings name is not set, the sender's address is not plain, or a login would
            go over the line in clear.
    """
    password = None
    if mail.password_env:
        password = secret(mail.password_env)
        if password is None:
            raise RefusedError("disclosure.mail.password_env", mail.password_env, "set this environment variable")
    return SmtpMailing(mail, password=password)


class SmtpMailing:
    """The port ``schemas.neighbours.Mailing`` over a mail server."""

    def __init__(
        self,
        mail: MailSettings,
        *,
        password: str | None = None,
        context: ssl.SSLContext | None = None,
        connect_timeout: float = 30,
        answer_timeout: float = 300,
        pauses: Sequence[float] = (1, 5),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the settings; nothing is sent. The arguments are those of ``connectors.smtp.MailServer``.

        Raises:
            RefusedError: the sender's address is not plain, or a login would go over the line in clear.
        """
        self._server = MailServer(
            place=self.place,
            host=mail.host,
            port=mail.port,
            security=mail.security,
            sender=plain_address(mail.sender, "disclosure.mail.sender"),
            user=mail.user,
            password=password,
            context=context,
            connect_timeout=connect_timeout,
            answer_timeout=answer_timeout,
            pauses=tuple(pauses),
            sleep=sleep,
        )
        self._server.check("disclosure.mail")
        self._limit = mail.limit

    @property
    def place(self) -> str:
        """``mail``: there is one."""
        return "mail"

    def send(self, message: Message) -> None:
        """Send one message; see the port.

        Raises:
            RefusedError: the address, the id or a file's name is not plain; nothing was sent.
            ReceiverRefusedError: J134 larger than the settings' limit as sent (base64 counted), or than the server's;
                J135 no encryption, J136 certificate, J137 login, J138 refused for good. Nothing was sent.
            InterruptedHandingError: the line broke before the answer to the whole message; it may have arrived.
            UnreachableError: no answer, and nothing has arrived.
        """
        to = plain_address(message.to, "message.to")
        if not _ID.fullmatch(message.id):
            raise RefusedError("message.id", "…", "use letters, digits, '.', '_' and '-'")
        message_id = f"{message.id}@{self._server.domain}"
        data = compose(
            message_id=message_id,
            sender=self._server.sender,
            recipient=to,
            subject=message.subject,
            body=message.body,
            files=[(_name(name), media_type, data) for name, media_type, data in message.files],
            at=message.at,
            boundary=f"=_{message.id[:60]}_=",
            generated=message.generated,
            html=message.html,
        )
        if len(data) > self._limit:
            raise self._server.refused("J134")
        self._server.send({message_id: data}, to)


def _name(name: str) -> str:
    """A file's name, if it is plain; the error does not repeat it."""
    try:
        return plain(name, "message.files")
    except RefusedError as error:
        raise RefusedError("message.files", "…", error.remedy) from None
