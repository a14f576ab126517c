"""What a restore tells: what the links after the backup had told of and is no longer there. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flows.keep.removal import Removed
from schemas.books import Scrubbed
from schemas.finding import Finding, Severity
from schemas.ids import item_id
from schemas.order import Operation

_TAKEN_IN = ("harvest.", "import.")
_DECIDED = ("hold.", "mark.", "plan.", "person.", "account.")
_RECORDED = ("cull.proposed", "cull.certified", "archive.coverage")
_RECORD = ".record"
_NONE: Mapping[str, int] = MappingProxyType({})
_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What happened after the backup was made and is not in it.

    Attributes:
        batches, rows: of harvests and imports. decisions: holds, marks, plans, persons and accounts.
        records: proposals, certificates and coverage notes.
    """

    batches: int = 0
    rows: int = 0
    decisions: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did.

    Attributes:
        place: the second place. links: links of the ledger that the backup did not have.
        tombstones, suppressed: entered, which the backup did not have.
        items, rows: culled items that the backup still held and that were destroyed, and their rows.
        withdrawn: orders that had destroyed nothing and were withdrawn. open: ones that had, to be finished.
        again: objects that an older store had brought back and that were removed once more.
        removed: files and attachments, place by place. scrubbed: the database's own files, or None.
        findings: what a person should know.
        needed: False when the archive knew everything already; nothing was done.
    """

    place: str
    links: int = 0
    tombstones: int = 0
    suppressed: int = 0
    items: int = 0
    rows: int = 0
    withdrawn: int = 0
    open: int = 0
    again: int = 0
    removed: tuple[Removed, ...] = ()
    scrubbed: Scrubbed | None = None
    findings: tuple[Finding, ...] = field(default=())
    needed: bool = True

    @property
    def clean(self) -> bool:
        """Nothing wants a look or a hand."""
        return all(one.severity == "info" for one in self.findings)


def certified(receipt: Mapping[str, Any]) -> bool:
    """Whether a receipt says that an order was carried out to its certificate."""
    return receipt.get("act") == "cull.certified"


def finished(order: str, receipt: Mapping[str, Any], known: Operation | None) -> Operation:
    """The execution that such a receipt tells of; when it began is known if it began before the backup."""
    at = datetime.fromisoformat(receipt["at"])
    return Operation(
        order=order,
        begun=at if known is None else known.begun,
        until=None if known is None else known.until,
        finished=at,
        culled=int(receipt["evidence"]["culled"]),
        kept=int(receipt["evidence"]["kept"]),
        certificate=item_id(receipt["subjects"][1]),
    )


def lost(bodies: Iterable[str]) -> Lost:
    """What the receipts of the missing links told of."""
    batches = rows = decisions = records = 0
    for body in bodies:
        value = json.loads(body)
        act = str(value.get("act", ""))
        evidence = value.get("evidence", {})
        if act.startswith(_TAKEN_IN) and evidence.get("rows"):
            batches += 1
            rows += int(evidence["rows"])
        elif act in _RECORDED or act.endswith(_RECORD):
            records += 1
        elif act.startswith(_DECIDED):
            decisions += 1
    return Lost(batches=batches, rows=rows, decisions=decisions, records=records)


def findings(
    told: Lost,
    *,
    missing: int = 0,
    withdrawn: int = 0,
    open_orders: int = 0,
    unknown_orders: int = 0,
    ahead: int = 0,
    requests: int = 0,
    taken_away: int = 0,
    again: int = 0,
    strangers: Mapping[str, int] = _NONE,
    away: Sequence[str] = (),
    removed: Sequence[Removed],
) -> tuple[Finding, ...]:
    """The same, and what else was met, as findings with counts alone, the worst first."""
    counts: list[tuple[str, Severity, int]] = [
        ("K202", "warning", told.decisions),
        ("K203", "warning", told.records),
        ("K204", "error", missing),
        ("K205", "info", withdrawn),
        ("K207", "warning", again),
        ("K209", "error", ahead),
        ("K210", "warning", open_orders),
        ("K211", "error", unknown_orders),
        ("K213", "warning", requests),
        ("W246", "warning", taken_away),
    ]
    found = [_finding(code, severity, found=number) for code, severity, number in counts if number]
    if told.batches:
        found.append(_finding("K201", "warning", batches=told.batches, rows=told.rows))
    left: dict[str, int] = {}
    for one in removed:
        for place in one.places:
            left[place.place] = left.get(place.place, 0) + place.left
    found += [_finding("K206", "warning", place=place, left=number) for place, number in left.items() if number]
    found += [_finding("K208", "error", place=place, found=number) for place, number in strangers.items()]
    found += [_finding("K212", "warning", place=place) for place in away]
    return tuple(sorted(found, key=lambda one: (_RANK[one.severity], one.code)))


def _finding(code: str, severity: Severity, **parameters: str | int) -> Finding:
    return Finding(code=code, severity=severity, subject="restore", parameters=tuple(sorted(parameters.items())))
