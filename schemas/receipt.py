"""A receipt: what was observed after an act, as one link of the hash-chained ledger.

The chain: ``hash = SHA-256(previous hash (32 bytes) + body (UTF-8))``; the first link's previous hash is 32 zero
bytes. The body is one line of canonical JSON (keys sorted, no spaces). No item content, no native id, no unsalted
digest of content is ever in a body.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.ids import rfc3339

Scalar = str | int | bool | None
GENESIS = bytes(32)
"""Previous hash of the first link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was done and what was seen of it.

    Attributes:
        act: dotted name, for example ``harvest.batch`` or ``plan.adopt``.
        at: when, by the home's clock, UTC.
        actor: a registered person's name, or ``bevara`` for an unattended act.
        subjects: opaque ids, account names or object keys the act was about.
        evidence: numbers, names and keys that were observed; values are scalars.
    """

    act: str
    at: datetime
    actor: str
    subjects: tuple[str, ...] = ()
    evidence: Mapping[str, Scalar] = field(default_factory=dict)

    def body(self) -> str:
        """The receipt as one line of canonical JSON."""
        value = {
            "act": self.act,
            "actor": self.actor,
            "at": rfc3339(self.at),
            "evidence": dict(self.evidence),
            "subjects": list(self.subjects),
        }
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the ledger as stored: sequence number from 1, body, previous hash and own hash."""

    seq: int
    body: str
    previous: bytes
    hash: bytes


def link(previous: bytes, body: str) -> bytes:
    """Hash of the link that follows ``previous`` and says ``body``."""
    return hashlib.sha256(previous + body.encode("utf-8")).digest()
