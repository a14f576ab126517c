"""Answers by e-mail (SMTP)."""

from __future__ import annotations

from collections.abc import Callable

from schemas.disclosure import MailSettings
from schemas.neighbours import Mailing
from schemas.refusal import RefusedError


def open_mailing(mail: MailSettings, secret: Callable[[str], str | None]) -> Mailing:
    """The mailbox that answers go out from; nothing is asked of it yet."""
    raise RefusedError("disclosure.mail", mail.host, f"not there yet ({secret(mail.password_env) is None})")
