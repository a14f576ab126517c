"""Swedish words of a package's records: kinds of rows, marks and evidence, as archivists read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from schemas.calendar import local_time
from schemas.hold import Mark, MarkKind
from schemas.ids import rfc3339
from schemas.order import Tombstone
from schemas.plan.model import Plan
from schemas.record import Clock

CLOCKS: Final[dict[Clock, str]] = {
    "stated": "avsändarens egen uppgift",
    "platform": "plattformens uppgift",
    "none": "ingen användbar uppgift",
}
"""Which time counts as published."""

MARKS: Final[dict[MarkKind, str]] = {
    "inaktuell": "inaktuell",
    "ringa": "av ringa betydelse",
    "sekretess": "sekretessmarkerad",
    "i-arende": "hör till ärende",
    "registrerad": "registrerad (diarieförd)",
    "urval": "utvald att bevaras",
    "borttagen-av-oss": "borttagen av oss från plattformen",
    "granskad-bevara": "granskad, ska bevaras",
}
"""What a named person has said about an item."""


def written(moment: datetime) -> str:
    """A moment as it stands in texts: UTC, ``2024-05-03T10:00:00Z``."""
    return rfc3339(moment)


def local(moment: datetime) -> str:
    """Civil day and time in Sweden: ``2024-05-03 kl. 12.00``."""
    return f"{local_time(moment):%Y-%m-%d kl. %H.%M}"


def mark_words(mark: Mark, authority: str) -> str:
    """A mark in words, without the person's name; ``authority``: who made a secrecy mark."""
    parts = [MARKS[mark.kind]]
    if mark.dnr:
        parts.append(f"dnr {mark.dnr}")
    if mark.provision:
        parts.append(mark.provision)
    if mark.kind == "sekretess":
        parts.append(f"av {authority}")
    if mark.on is not None:
        parts.append(f"{'ärendet avslutat' if mark.kind == 'i-arende' else 'från'} {mark.on.isoformat()}")
    return ", ".join([*parts, f"antecknat {written(mark.at)}"])


def mandate_words(plan: Plan | None) -> str:
    """The decision behind the plan in words: body, day, paragraph, diary number; empty without one."""
    if plan is None or plan.mandate is None:
        return ""
    mandate = plan.mandate
    dnr = f", dnr {mandate.dnr}" if mandate.dnr else ""
    return f"{mandate.body} {mandate.date.isoformat()} {mandate.paragraph}{dnr}"


def culled_words(stone: Tombstone) -> str:
    """What is said of a culled record."""
    return f"Gallrad före överlämnandet enligt raden {stone.rule} i planens utgåva {stone.edition}."


def counted(number: int, one: str, several: str) -> str:
    """``1 handling``, ``2 handlingar``."""
    return f"{number} {one if number == 1 else several}"
