"""One night in order: recovery, accounts, cullings begun, upkeep, documents, looks, packages, registrations, films, requests, dues.

At the end the ledger is exported and the second place brought to what has been done since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.archive.nightly import run_archive
from flows.archive.pack import act as packing
from flows.archive.snapshot import take_due
from flows.cull.act import Counts
from flows.cull.execute import resume
from flows.cull.forget import forget_suppressed
from flows.cull.overdue import overdue
from flows.deposit import nightly as depositing
from flows.deposit.nightly import DepositNight
from flows.disclose import nightly as disclosing
from flows.disclose.nightly import RequestNight
from flows.harvest.command import harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.keep.guard import code_of
from flows.keep.recover import recover
from flows.keep.rewrite import compact
from flows.keep.second import sync
from flows.register import nightly as registering
from flows.register.nightly import RegisterNight
from flows.verify.act import export_ledger
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home
from schemas.refusal import GuardError, RefusedError, UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night did, in counts.

    Attributes:
        recovered, compacted, documents, ledger_links: what upkeep did. tallies: the accounts.
        due: items by outcome, or None without a plan. overdue: items that should have been culled long ago.
        resumed: cullings that had begun and are finished now. forgotten: suppression entries whose own retention ran out.
        snapshots: accounts whose look was taken. packaged, delivered: packages for the e-archive that had been begun.
        registered: what became of registrations, or None when nothing was looked at. deposited: of legal deposit, alike.
        requests: of requests for records, alike.
        findings: what beside the accounts is to be told.
    """

    recovered: int
    tallies: Sequence[Tally]
    compacted: int
    documents: int
    ledger_links: int
    due: Counts | None
    overdue: int = 0
    resumed: int = 0
    forgotten: int = 0
    snapshots: int = 0
    packaged: int = 0
    delivered: int = 0
    registered: RegisterNight | None = None
    deposited: DepositNight | None = None
    requests: RequestNight | None = None
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
            "overdue": self.overdue,
            "resumed": self.resumed,
            "forgotten": self.forgotten,
            "snapshots": self.snapshots,
            "packaged": self.packaged,
            "delivered": self.delivered,
            "registered": self.registered.as_json() if self.registered else None,
            "deposited": self.deposited.as_json() if self.deposited else None,
            "requests": self.requests.as_json() if self.requests else None,
            "findings": [
                {
                    "code": one.code,
                    "severity": one.severity,
                    "subject": one.subject,
                    "count": one.count,
                    "parameters": dict(one.parameters),
                }
                for one in self.findings
            ],
        }


def begin(home: Home) -> int:
    """Recovery; returns how many objects were taken away or removals finished."""
    ground = home.ground
    recovered = recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
    return recovered.removed + recovered.finished


def finish(home: Home, recovered: int, tallies: Sequence[Tally]) -> Night:
    """Everything after the harvest."""
    ground = home.ground
    findings: list[Finding] = []
    resumed = _resume(home, findings)
    compacted = compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, mirrors=ground.mirrors)
    archived = run_archive(ground)
    looks = take_due(home)
    packed = packing.night(home)
    registered = registering.night(home)
    deposited = depositing.night(home)
    requested = disclosing.night(home)
    forgotten = forget_suppressed(ground)
    duties = overdue(home, local_day(ground.clock.now()))
    links = _export(home)
    _sync(home, findings)
    return Night(
        recovered=recovered,
        tallies=tallies,
        compacted=compacted,
        documents=len(archived.documents),
        findings=(
            *archived.findings,
            *findings,
            *looks.findings,
            *packed.findings,
            *registered.findings,
            *deposited.findings,
            *requested.findings,
            *duties.findings,
        ),
        ledger_links=links,
        due=duties.counts,
        overdue=duties.overdue,
        resumed=resumed,
        forgotten=forgotten,
        snapshots=looks.taken,
        packaged=packed.built,
        delivered=packed.delivered,
        registered=registered,
        deposited=deposited,
        requests=requested,
    )


def _resume(home: Home, findings: list[Finding]) -> int:
    """Finish cullings that have begun and quarantines that are over; returns how many were, and tells of the others."""
    found = resume(home)
    findings.extend(
        Finding(
            code="K108",
            severity="warning",
            subject=one.order,
            parameters=(("reason", ", ".join(sorted(one.left))),),
        )
        for one in found
        if one.left
    )
    return sum(one.standing == "done" for one in found)


def _sync(home: Home, findings: list[Finding]) -> None:
    """Bring the second place to what has been done since."""
    if home.ground.second is None:
        return
    try:
        sync(home.ground)
    except LeaseTakenError:
        return
    except (LeaseLostError, GuardError, RefusedError, UnreachableError, OSError) as error:
        reason = (("reason", code_of(error)),)
        findings.append(Finding(code="K109", severity="warning", subject="second", parameters=reason))


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
    tallies = harvest_accounts(home, accounts_named(home.ground.state, []), full=False, progress=progress)
    return finish(home, recovered, tallies)
