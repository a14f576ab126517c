"""A registry that is the registrar's mailbox: SMTP.

A parcel is cut into messages of at most the registry's ``limit`` bytes as sent (base64 counted), in the order of its
files: ``del 1 av 3`` … Each has the Message-ID ``<parcel name>.<part>@<sender's domain>``, the same in every try, so that
a mail system that gets one twice can tell. The cut is a matter of sizes alone, so a repeat is cut alike; the limit is
not to be changed while something is on its way. A single file that is too large for any message refuses the parcel
before anything is sent (J134): it goes to the hot folder, and the registrar gets a neutral notice instead.

How messages are handed over, tried again and left open is ``connectors.smtp``'s. No secret form is ever sent by mail
(G-SECRET).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from typing import Final

from connectors.landing import plain
from connectors.messages import compose, lines, one_line, plain_address
from connectors.smtp import MailServer
from schemas.refusal import GuardError
from schemas.registration import Answer, Handed, Parcel, RegistrySettings

_TYPES: Final = {"pdf": "application/pdf", "xml": "application/xml", "zip": "application/zip"}
MOST_PARTS: Final = 50
"""Messages that one parcel may become; more would bury a mailbox (J134)."""

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
            plain_address(address, f"registry {registry.name}.{field}")
        self._registry = registry
        self._server = MailServer(
            place=self.place,
            host=registry.host,
            port=registry.port,
            security=registry.security,
            sender=registry.sender,
            user=registry.user,
            password=password,
            context=context,
            connect_timeout=connect_timeout,
            idle_timeout=idle_timeout,
            answer_timeout=answer_timeout,
            pauses=tuple(pauses),
            sleep=sleep,
        )
        self._server.check(f"registry {registry.name}")

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
        self._server.send(messages, self._registry.recipient, [one for one in parcel.arrived if one in messages])
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
            message_id = f"{parcel.name}.{number}@{self._server.domain}"
            made[message_id] = self._message(parcel, message_id, number, len(parts), files)
            if len(made[message_id]) > self._registry.limit:
                raise self._server.refused("J134")
        return made

    def _parts(self, parcel: Parcel) -> list[list[tuple[str, bytes]]]:
        """The files, put into as few messages as their order allows."""
        # An empty message of a high number is the largest frame that a part can have.
        frame = len(self._message(parcel, f"{parcel.name}.999@{self._server.domain}", 999, 999, [])) + _ENVELOPE
        parts: list[list[tuple[str, bytes]]] = [[]]
        used = frame
        for path, data in parcel.files:
            size = len(self._message(parcel, "x", 1, 1, [(path, data)])) - len(self._message(parcel, "x", 1, 1, []))
            size += _ENVELOPE * 4  # boundaries, and headers that only a message of several parts has
            if frame + size > self._registry.limit:
                raise self._server.refused("J134")
            if used + size > self._registry.limit:
                if len(parts) == MOST_PARTS:
                    raise self._server.refused("J134")
                parts.append([])
                used = frame
            parts[-1].append((path, data))
            used += size
        return parts

    def _message(
        self, parcel: Parcel, message_id: str, number: int, of: int, files: Sequence[tuple[str, bytes]]
    ) -> bytes:
        text = lines(parcel.body)
        if of > 1:
            text += f"\nMeddelande {number} av {of}. De andra har samma ämne.\n"
        return compose(
            message_id=message_id,
            sender=self._registry.sender,
            recipient=self._registry.recipient,
            subject=parcel.subject,
            part=f" (del {number} av {of})" if of > 1 else "",
            body=text,
            files=[(_attached(path), _media_type(path), data) for path, data in files],
            at=parcel.at,
            # A repeat is to be the same message, byte for byte.
            boundary=f"=_{one_line(parcel.name)[:40]}.{number}_=",
            generated=True,
        )


def _media_type(path: str) -> str:
    return _TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


def _attached(path: str) -> str:
    """Name of an attachment; folders become part of the name."""
    return "-".join(plain(part, "parcel.files") for part in path.split("/"))
