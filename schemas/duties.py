"""What the municipality's policy asks for of an account: decisions, people, analysis, routine, register of processing.

Everything stands in the account's register file under ``[duties]``. Names of administrators are those of people at work;
nothing of visitors stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from schemas.refusal import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """Somebody who may administer the account.

    Attributes:
        name: the person's name. decided: day on which the head of unit gave the right. trained: day of the communications
            unit's course, or None. since, left: days of the right, both included; None = without end that way.
        handles: the person's private names on the platform, so that an answer from one of them can be told.
        manager: this is the nearest manager of the owner of a personal official's account.
        late: why the course came after the first day, where it did; what has happened cannot be mended, only explained.
    """

    name: str
    decided: date | None = None
    trained: date | None = None
    since: date | None = None
    left: date | None = None
    handles: tuple[str, ...] = ()
    manager: bool = False
    late: str = ""

    def active_on(self, day: date) -> bool:
        """Whether the person administers the account on that civil day."""
        return (self.since is None or self.since <= day) and (self.left is None or day <= self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis before an account was started: each in the municipality's words; empty = not stated.

    Attributes:
        on: the day it was made. purpose, goal, audience, channel: purpose, goal, target group, why this channel.
    """

    on: date | None = None
    purpose: str = ""
    goal: str = ""
    audience: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """What the entry in the register of processing (GDPR 30.1) needs beside register and plan; empty = not stated.

    Attributes:
        reference: the entry's number in the municipality's register. updated: day on which it was last looked over.
        purpose: of the processing; empty = the analysis' purpose. basis: legal ground (GDPR 6.1). subjects: categories of
            persons. data: categories of data. recipients: who gets the data. joint: with whom the municipality is jointly
            responsible, and where the arrangement is (GDPR 26). third_country: which countries outside of the EEA, or
            ``nej``. transfer: what a transfer rests on (GDPR 44-49). security: measures (GDPR 32). officer: the data
            protection officer; empty = the settings'.
    """

    reference: str = ""
    updated: date | None = None
    purpose: str = ""
    basis: str = ""
    subjects: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    joint: str = ""
    third_country: str = ""
    transfer: str = ""
    security: str = ""
    officer: str = ""


Ownership = Literal["verksamhet", "tjansteperson"]
"""``verksamhet``: an account of a unit. ``tjansteperson``: a personal account of an official, the exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What the register says of one account beside how it is harvested.

    Attributes:
        address: the account's public address. routine: address of its written routine, open to followers.
        ownership: see above. owner, need: of a personal account: whose it is and the specific need for it.
        decided, decided_by, dnr: the decision to start: day, who (a head of unit), diary number or empty.
        closed, closed_by, closed_dnr: the decision to close.
        consulted: day on which the communications unit was asked before the start. late: why it was asked after the decision,
            where it was; what has happened cannot be mended, only explained.
        resources: how a lasting presence is provided for. contact: how unfitting content is reported.
        news: general news and disturbances are published here. blog: it is a blog (to be run on the municipality's site).
        analysis, processing: see above. administrators: in order. approved: pages that the account may like or recommend
            beside the settings' (addresses or names).
        advert_account: id of the platform's advertisement account, or empty.
    """

    address: str = ""
    routine: str = ""
    ownership: Ownership = "verksamhet"
    owner: str = ""
    need: str = ""
    decided: date | None = None
    decided_by: str = ""
    dnr: str = ""
    closed: date | None = None
    closed_by: str = ""
    closed_dnr: str = ""
    consulted: date | None = None
    late: str = ""
    resources: str = ""
    contact: str = ""
    news: bool = False
    blog: bool = False
    advert_account: str = ""
    analysis: Analysis = field(default_factory=Analysis)
    processing: Processing = field(default_factory=Processing)
    administrators: tuple[Administrator, ...] = ()
    approved: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be used, naming field, value and remedy."""
        for name in ("address", "routine"):
            _address(name, getattr(self, name))
        names = [one.name for one in self.administrators]
        for name in names:
            if names.count(name) > 1:
                raise RefusedError("duties.administrator.name", name, "write each administrator once")
        if self.closed is not None and self.decided is not None and self.closed < self.decided:
            raise RefusedError("duties.closed", self.closed.isoformat(), "write a day after the day of the start")

    def ended(self, day: date) -> bool:
        """Whether the account was closed by decision on that civil day or before."""
        return self.closed is not None and self.closed <= day

    def as_json(self) -> dict[str, Any]:
        """JSON values; ``duties_from`` reads them back."""
        values: dict[str, Any] = _days(asdict(self))
        return values


def duties_from(values: object) -> Duties:
    """Read ``[duties]`` of an account file, or what ``as_json`` wrote. Raises RefusedError, naming place and remedy."""
    known: dict[str, Any] = _table(values, Duties, "duties")
    people = known.pop("administrators", ())
    if not isinstance(people, Sequence) or isinstance(people, str):
        raise RefusedError("duties.administrators", "…", "write [[duties.administrators]] once per person")
    return Duties(
        analysis=Analysis(**_table(known.pop("analysis", {}), Analysis, "duties.analysis")),
        processing=Processing(**_table(known.pop("processing", {}), Processing, "duties.processing")),
        administrators=tuple(_administrator(one) for one in people),
        **known,
    )


_LONGEST: Final = 4000
_MANY: Final = 100
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']{1,1990}")
_NESTED: Final = ("analysis", "processing", "administrators")


def _administrator(values: object) -> Administrator:
    known = _table(values, Administrator, "duties.administrators")
    if not known.get("name", "").strip():
        raise RefusedError("duties.administrators.name", "", "write the person's name")
    return Administrator(**known)


def _table(values: object, kind: type, place: str) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise RefusedError(place, "…", f"write it as a table: [{place}]")
    types = {one.name: str(one.type) for one in fields(kind)}
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in types:
            raise RefusedError(f"{place}.{name}", "…", f"the known fields are {', '.join(types)}")
        found[name] = value if kind is Duties and name in _NESTED else _value(f"{place}.{name}", types[name], value)
    return found


def _value(place: str, kind: str, value: object) -> object:
    if kind == "date | None":
        if value is None or (isinstance(value, date) and type(value) is date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise RefusedError(place, str(value), "write a day like 2026-01-31") from None
    if kind == "bool":
        if not isinstance(value, bool):
            raise RefusedError(place, str(value), "write true or false")
        return value
    if kind.startswith("tuple"):
        if not isinstance(value, list | tuple) or len(value) > _MANY or not all(isinstance(one, str) for one in value):
            raise RefusedError(place, "…", f"write a list of at most {_MANY} texts")
        return tuple(_text(place, one) for one in value)
    if not isinstance(value, str):
        raise RefusedError(place, str(value), "write it as a text in quotation marks")
    if kind == "Ownership" and value not in get_args(Ownership):
        raise RefusedError(place, value, f"write one of {', '.join(get_args(Ownership))}")
    return _text(place, value)


def _text(place: str, value: str) -> str:
    if len(value) > _LONGEST or any(ord(one) < 0x20 and one not in "\n\t" for one in value):
        raise RefusedError(place, "…", f"write at most {_LONGEST} characters without control characters")
    return value.strip()


def _address(name: str, value: str) -> None:
    if not value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if not _ADDRESS.fullmatch(value) or not parts.hostname or parts.username or parts.password:
        raise RefusedError(f"duties.{name}", value, "write a whole web address that begins with https://")


def _days(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _days(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_days(one) for one in value]
    return value
