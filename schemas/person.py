"""Registered persons, what their role lets them do, and the public keys that their signatures are verified with."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from schemas.ids import rfc3339

Role = Literal["arkivredogörare", "arkivansvarig", "registrator", "kommunikatör", "handläggare"]
ROLES: tuple[Role, ...] = get_args(Role)

Act = Literal[
    "propose",
    "approve",
    "hold",
    "mark",
    "register",
    "diary",
    "package",
    "deposit",
    "disclose",
    "refuse",
    "account",
    "moderate",
]
"""What a mandate is asked for: to propose or approve a culling, to set or lift a hold, to mark records, to answer for
the registers of persons and places, to decide what is registered (*diarieföring*), to deliver to the e-archive, to decide on legal deposit (*e-plikt*), to handle requests for records,
to decide in writing that a record is not given out (by delegation, besides), to keep what the policy asks of accounts, to
take away from a page (to block a visitor: by delegation, besides)."""

MANDATES: dict[Act, frozenset[str]] = {
    "propose": frozenset({"arkivredogörare", "arkivansvarig"}),
    "approve": frozenset({"arkivansvarig"}),
    "hold": frozenset({"arkivredogörare", "arkivansvarig", "registrator", "handläggare"}),
    "mark": frozenset(ROLES),
    "register": frozenset({"arkivansvarig"}),
    "diary": frozenset({"registrator", "arkivansvarig"}),
    "package": frozenset({"arkivredogörare", "arkivansvarig"}),
    "deposit": frozenset({"arkivredogörare", "arkivansvarig", "kommunikatör"}),
    "disclose": frozenset(ROLES),
    "refuse": frozenset(ROLES),
    "account": frozenset({"arkivansvarig", "kommunikatör", "registrator"}),
    "moderate": frozenset(ROLES),
}
"""Roles that may do each act. Two persons are needed for every culling (retention rules, check C14)."""


def same_name(name: str) -> str:
    """What two ways of writing one name have in common: case, spaces and the characters' encoding do not count."""
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def key_statement(person: str, key: str, *, by: str, at: datetime) -> str:
    """The text that is signed when a person's key is replaced: one line of canonical JSON (keys sorted, no spaces).

    Args:
        key: the new public key. by: who signs: the person with the key before it, or somebody who answers for them.
    """
    values = {"act": "person.key", "at": rfc3339(at), "by": by, "key": key, "person": person}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A registered person: name as written in the ledger, role, since when.

    Attributes:
        valid_from, valid_to: civil days on which the role holds, both included; None = without end that way.
        body, decided, paragraph: the delegation decision: who decided, when, which paragraph; empty = not stated.
    """

    name: str
    role: str
    added: datetime
    valid_from: date | None = None
    valid_to: date | None = None
    body: str = ""
    decided: date | None = None
    paragraph: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the role holds on that civil day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def may(self, act: Act, day: date) -> bool:
        """Whether the person has the mandate for an act on that civil day."""
        return self.role in MANDATES[act] and self.valid_on(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKey:
    """A public key (Ed25519, 32 bytes in hexadecimal) of a person, from ``added`` until ``ended`` (None = still)."""

    person: str
    key: str
    added: datetime
    ended: datetime | None = None


def key_line(key: PersonKey, role: str) -> dict[str, str | None]:
    """A key as it is handed out, to be verified with: what ``person list --keys --json`` and a certificate's folder say."""
    ended = None if key.ended is None else rfc3339(key.ended)
    return {"person": key.person, "role": role, "key": key.key, "added": rfc3339(key.added), "ended": ended}
