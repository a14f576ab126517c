"""Registration (*diarieföring*, OSL ch. 5): a candidate with its reasons, the registrar's decision, and its way.

Nothing here is content: names and subjects of a registration stand in the package alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from schemas.ids import ItemId

RegistrationStanding = Literal["decided", "sending", "sent", "confirmed", "declined"]
"""``decided``: a registrar has decided that it is to be registered; the package is not sent. ``sending``: it may or may
not have arrived. ``sent``: the registry has it; no diary number yet. ``confirmed``: it has one (mark *registrerad*).
``declined``: a registrar has decided that it is kept ordered instead, or is of minor importance."""
REGISTRATION_STANDINGS: Final[tuple[RegistrationStanding, ...]] = get_args(RegistrationStanding)

WAITING: Final[frozenset[RegistrationStanding]] = frozenset({"decided", "sending", "sent"})
"""Standings in which the item may not be culled: it waits for its diary number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One item's way into the register.

    Attributes:
        item: the item. standing: where it stands. registry: name of the registry in the settings.
        secret: it has a secret form beside the public one. version: the item's newest version when it was decided.
        message: the stable Message-ID (mail) or folder name (folder): the same in every repeat.
        key: object key of the built package, or empty. parts: how many messages it was cut into.
        decided, changed: UTC. person: the registrar. tries: sendings begun.
        repeats: sendings that may have arrived twice, under the same Message-ID, and were reported.
        record: the archive item with the decision's words, or None.
    """

    item: ItemId
    standing: RegistrationStanding
    registry: str
    secret: bool
    version: int
    message: str = ""
    key: str = ""
    parts: int = 0
    decided: datetime
    changed: datetime
    person: str
    tries: int = 0
    repeats: int = 0
    record: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySettings:
    """A registry as the home's settings name it (``[[registry]]``).

    Attributes:
        name: its name (slug). kind: ``folder`` or ``mail``.
        path: hot folder for public forms. secret_path: for secret forms, kept apart; without one, nothing secret is
            sent there.
        host, port, security: SMTP server; ``security`` is ``starttls``, ``tls`` or ``none``.
        user, password_env: login, where the server asks for one. sender, recipient: addresses.
        limit: bytes that one message may have. secret_folder: registry of kind ``folder`` that takes the packages of
            secret items when this one is ``mail``.
    """

    name: str
    kind: Literal["folder", "mail"]
    path: str = ""
    secret_path: str = ""
    host: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = ""
    sender: str = ""
    recipient: str = ""
    limit: int = 20 * 1024 * 1024
    secret_folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is handed to a registry: one form of one item's registration.

    Attributes:
        name: stable, plain name: the folder's name, and the left part of a Message-ID.
        secret: this is the secret form. subject: the message's subject; neutral for a secret item.
        body: plain text of the message, Swedish. files: (path, bytes) in order, the cover first; paths are plain.
        attempt: number of this sending, from 1.
        at: when it was decided, UTC: the message's Date, the same in every repeat; None = the server dates it.
        arrived: Message-IDs that the registry has acknowledged in an earlier try (``InterruptedHandingError.arrived``);
            those messages are not sent again.
    """

    name: str
    secret: bool
    subject: str
    body: str
    files: tuple[tuple[str, bytes], ...]
    attempt: int
    at: datetime | None = None
    arrived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was observed after handing a parcel over.

    Attributes:
        place: the registry's name, without secrets. parts: messages (1 for a folder).
        messages: their Message-IDs, or the folder's name. already: it lay there already, whole.
        size: bytes handed over.
    """

    place: str
    parts: int
    messages: tuple[str, ...]
    already: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a registry wrote back: parcel name, diary number, civil day (ISO) or empty; ``where`` to find it again.

    ``where`` is opaque and tells no name. ``fault``: finding code of an answer that could not be read (its other fields
    are empty); it is reported and left where it is, never settled.
    """

    name: str
    dnr: str
    on: str = ""
    where: str = ""
    fault: str = ""
