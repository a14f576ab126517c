"""Items as records management sees them: records in an aggregation, before ERMS or FGS Ärendehantering write them down.

An account's posts of one period are an aggregation (or a matter of the diary is); every post and comment is a record
in it. What both formats can say stands here once; the writers only spell it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Direction = Literal["incoming", "outgoing"]
"""``incoming``: a visitor's. ``outgoing``: ours (published = *upprättad* and dispatched)."""

RelationKind = Literal["child-of", "part-of", "reference", "redacted-version-of"]

DateKind = Literal["created", "originated", "captured", "modified", "deleted", "received", "sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or organisation of a record, by the name shown.

    ``role``: ``creator``, ``sender``, ``recipient`` or ``archiver``. ``code``: a platform's id, or empty.
    """

    role: Literal["creator", "sender", "recipient", "archiver"]
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """To another record, by that one's system id (UUID text); ``outside``: it is not in this package."""

    kind: RelationKind
    target: str
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """Secrecy or personal data. ``kind``: ``secrecy`` or ``personal-data``; ``provision``: ``OSL 21:1`` …; ``since``."""

    kind: Literal["secrecy", "personal-data"]
    provision: str
    text: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """What the plan says of a record.

    Attributes:
        disposable: it is to be culled some day. rule, edition: row and edition of the plan. type: the *handlingstyp*.
        mandate: the decision in words. due: earliest civil day of culling, or None.
    """

    disposable: bool
    rule: str = ""
    edition: str = ""
    type: str = ""
    mandate: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendix:
    """A file of a record. ``path``: from the package's root. ``sha256``: hexadecimal."""

    name: str
    path: str
    size: int
    sha256: str
    media_type: str = ""
    puid: str = ""
    format_name: str = ""
    description: str = ""
    original_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """One record (*handling*).

    Attributes:
        system_id: UUID text, made of the item's id. item: the opaque id. number: running number in the aggregation.
        type: what it is in Swedish (``inlägg``, ``kommentar`` …). title: a short, neutral title.
        text: the text of the latest version. direction: incoming or outgoing; of a culled one it is known no longer,
            and no writer says it.
        dates: by kind, UTC; ``created`` is always there (ERMS135).
        parties, relations, restrictions: as far as known. disposal: what the plan says, or None without one.
        extra: further ids: (what, value): permalink, platform's id, diary number.
        values: what has no field of its own: (name, value), shown in words: versions, visibility, counts.
        appendices: files. culled: it was culled before: only ids and dates are left (D32), and ``text`` is empty.
    """

    system_id: str
    item: str
    number: int
    type: str
    title: str
    text: str = ""
    direction: Direction = "incoming"
    dates: tuple[tuple[DateKind, datetime], ...] = ()
    parties: tuple[Party, ...] = ()
    relations: tuple[Relation, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    disposal: Disposal | None = None
    extra: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    appendices: tuple[Appendix, ...] = ()
    culled: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """A matter or collected matter (*ärende, samlingsärende*), or an account's records of one period.

    Attributes:
        system_id: UUID text. object_id: diary number, or ``konto/period``.
        title: Swedish. created, closed: UTC; ``closed`` None = open.
        authority: the archive creator's name. first, last: civil days covered.
        information_class: KLASSA or plan class, or empty.
        records: in order; read once, so that a long period needs no memory.
    """

    system_id: str
    object_id: str
    title: str
    created: datetime
    closed: datetime | None = None
    authority: str = ""
    first: date | None = None
    last: date | None = None
    information_class: str = ""
    records: Iterable[CaseRecord] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseControl:
    """The document itself: id, when made, by which agency (name and code) and system."""

    id: str
    made: datetime
    agency: str
    agency_code: str = ""
    software: str = "Bevara"
    version: str = ""
