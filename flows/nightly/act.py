"""One night in order: recovery, every account, upkeep, record documents, ledger, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.archive.nightly import run_archive
from flows.cull.act import Counts, count_due
from flows.harvest.command import chosen, harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.recover import recover
from flows.keep.rewrite import compact
from flows.verify.act import export_ledger
from schemas.books import LeaseTakenError
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night did, in counts."""

    recovered: int
    tallies: Sequence[Tally]
    compacted: int
    documents: int
    ledger_links: int
    due: Counts | None
    findings: tuple[Finding, ...] = ()

    @property
    def loud(self) -> bool:
        """Something beside the accounts wants a look."""
        return any(finding.severity != "info" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The answer of ``nightly --json``."""
        return {
            "recovered": self.recovered,
            "accounts": [tally.as_json() for tally in self.tallies],
            "compacted": self.compacted,
            "documents": self.documents,
            "ledger_links": self.ledger_links,
            "due": self.due.as_json() if self.due else None,
            "findings": [{"code": one.code, "severity": one.severity, "subject": one.subject} for one in self.findings],
        }


def begin(home: Home) -> int:
    """Recovery; returns how many objects were taken away or removals finished."""
    recovered = recover(home.ground.state, home.ground.store, home.ground.clock.now())
    return recovered.removed + recovered.finished


def harvest_one(home: Home, name: str) -> Tally:
    """Harvest one account."""
    return harvest_accounts(home, chosen(home, [name]), full=False)[0]


def finish(home: Home, recovered: int, tallies: Sequence[Tally]) -> Night:
    """Everything after the harvest."""
    ground = home.ground
    compacted = compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock)
    archived = run_archive(ground)
    due = count_due(ground, local_day(ground.clock.now()))
    links = _export(home)
    return Night(
        recovered=recovered,
        tallies=tallies,
        compacted=compacted,
        documents=len(archived.documents),
        findings=tuple(archived.findings),
        ledger_links=links,
        due=due,
    )


def _export(home: Home) -> int:
    """Export the ledger; another run that is exporting already does it for us."""
    ground = home.ground
    try:
        return export_ledger(ground.state, ground.store, ground.clock).links
    except LeaseTakenError:
        return 0


def run_night(home: Home, *, progress: Callable[[str, int], None] = lambda _name, _count: None) -> Night:
    """The whole night without any server."""
    recovered = begin(home)
    tallies = harvest_accounts(home, chosen(home, []), full=False, progress=progress)
    return finish(home, recovered, tallies)
