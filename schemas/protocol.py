"""What the protocol of a culling says: the draft that is proposed, and the certificate (*gallringsprotokoll*) after it.

Plain values; ``schemas.xml.protocol`` writes and reads them. Neither holds content or personal data of the records:
opaque ids, types, days, counts. Names of the persons who proposed and approved stand in it; that is its purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from schemas.order import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The decision behind the plan."""

    title: str
    edition: str
    digest: str
    body: str
    decided: date | None
    paragraph: str
    dnr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Why a person who signed may do so, as registered at the signing.

    Attributes:
        person, role: as in the signature.
        valid_from, valid_to: civil days on which the role holds, both included; None = without end that way.
        body, decided, paragraph: the delegation decision: who decided, when, which paragraph; empty = not stated.
    """

    person: str
    role: str
    valid_from: date | None = None
    valid_to: date | None = None
    body: str = ""
    decided: date | None = None
    paragraph: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeTotal:
    """One type of record of one archive creator.

    Attributes:
        authority: archive creator. rule: id of the plan row. type: the *handlingstyp*. klassa: code or empty.
        legal: legal reference or empty. trigger, period: what the period is counted from and how long, in Swedish.
        items: how many. first, last: days of publication (local), None = unknown.
        due_first, due_last: earliest and latest due day.
        samples: a few opaque ids (draft only).
    """

    authority: str
    rule: str
    type: str
    klassa: str = ""
    legal: str = ""
    trigger: str = ""
    period: str = ""
    items: int
    first: date | None
    last: date | None
    due_first: date | None
    due_last: date | None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many items a code was said of; ``text`` is the code's Swedish sentence."""

    code: str
    text: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The draft protocol of a proposal.

    Attributes:
        order: digest of the list. as_of: day of the judgement. made: when.
        authorities, accounts, types: what it is limited to (accounts and types empty = all).
        mandate: None without a plan in force (then nothing is listed).
        cull, keep, ask: counts. totals: per type. reasons: why items are listed. exceptions: why others that are due
            are kept (holds, matters …). asked: what a person must decide.
        overdue: due longer than the home's limit. guards: guards an approval must name.
        signature: the proposer's, or None for an unsigned draft. persons: the proposer's mandate; () without one.
    """

    order: str
    as_of: date
    made: datetime
    authorities: tuple[str, ...]
    accounts: tuple[str, ...]
    types: tuple[str, ...]
    mandate: Mandate | None
    cull: int
    keep: int
    ask: int
    totals: tuple[TypeTotal, ...]
    reasons: tuple[Count, ...]
    exceptions: tuple[Count, ...]
    asked: tuple[Count, ...]
    overdue: int
    guards: tuple[Count, ...] = ()
    signature: Signature | None = None
    persons: tuple[Signatory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """One place after the culling: how many objects were to go, and how many were seen to be absent."""

    place: str
    removed: int
    verified_absent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate of a culling (*gallringsprotokoll*).

    Attributes:
        order, as_of, authorities, mandate: as in the draft. accounts, types: what it was limited to.
        begun, finished: when destruction began and was seen to be complete.
        totals: per type, of what was culled. culled, kept: listed items destroyed, and kept by a check.
        exceptions: why items of the list were kept.
        rows, bytes: volume before minus after: rows of the holdings, and bytes of rows, attachments and documents.
        places: every place with what was seen. method: how, in Swedish.
        proposal, approval: the signatures. names, roles, keys and statements stand in them.
        persons: the mandates of those who signed, in the order of the signatures.
        checks: codes C01–C20 that every item passed right before destruction.
        verified: sentences on what was verified after it, each with its outcome (Swedish, "ja"/"nej").
        restore_protection: a second place holds ledger, tombstones and suppression.
        ledger_seq, ledger_hash: the ledger's head when the certificate was made.
        leaves: SHA-256 of each item's salt (32 bytes) followed by its opaque id, hexadecimal, sorted. root: Merkle root (``schemas.merkle``).
    """

    order: str
    as_of: date
    authorities: tuple[str, ...]
    accounts: tuple[str, ...]
    types: tuple[str, ...]
    mandate: Mandate
    begun: datetime
    finished: datetime
    totals: tuple[TypeTotal, ...]
    culled: int
    kept: int
    exceptions: tuple[Count, ...]
    rows: int
    bytes: int
    places: tuple[PlaceSeen, ...]
    method: str
    proposal: Signature
    approval: Signature
    checks: tuple[str, ...]
    verified: tuple[tuple[str, bool], ...]
    restore_protection: bool
    ledger_seq: int
    ledger_hash: str
    leaves: tuple[str, ...]
    root: str
    persons: tuple[Signatory, ...] = ()
