"""Import an export: one moment of an account, as the platform handed it over. Safe to stop anywhere and to repeat."""

from __future__ import annotations

import hmac
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flows.harvest.act import MEDIA_LIMIT
from flows.harvest.gather import setting_of
from flows.harvest.intake.gather import ExportGatherer
from flows.harvest.prefetch import Prefetch
from flows.harvest.tally import Tally
from schemas.account import Account
from schemas.books import CaptureNote, Lease, LeaseLostError
from schemas.codes.missing import missing
from schemas.ground import Ground
from schemas.neighbours import OpenedExport, Owner, Parsed
from schemas.receipt import Receipt
from schemas.refusal import RefusedError

HORIZON = "import"
"""Of an import's coverage row: it is no night."""

_DIFFERENT = 1_000
"""Different findings that are told of by themselves: a hostile file can have as many as it has items."""

_LEFT_OUT = missing() - {"I120"}
"""Codes that say that something of the export is not in the archive. What the export does not have was not left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What to take in.

    Attributes:
        account: whose export it is. secret_key: key of the native-id hashes.
        media_limit: bytes an attachment may have.
    """

    account: Account
    secret_key: bytes
    media_limit: int = MEDIA_LIMIT


def take_in(
    ground: Ground, export: OpenedExport, order: ImportOrder, *, progress: Callable[[int], None] = lambda _: None
) -> Tally:
    """Import an export under its account's lease and write a coverage row of its own.

    A file that is cut ends in an error finding; what came before it is stored.

    Raises:
        LeaseTakenError: somebody else is harvesting the account.
        RefusedError: the export is another account's.
    """
    with ground.state.hold_lease(f"account:{order.account.name}") as lease:
        return _Run(ground, export, order, lease, progress).run()


class _Run:
    def __init__(
        self,
        ground: Ground,
        export: OpenedExport,
        order: ImportOrder,
        lease: Lease,
        progress: Callable[[int], None],
    ) -> None:
        self.ground = ground
        self.export = export
        self.order = order
        self.lease = lease
        self.progress = progress
        self.started = ground.clock.now()
        self.name = order.account.name
        self.tally = Tally(account=self.name)
        self.run_id = ground.chance.fork(f"run:{lease.name}#{lease.fence}").bytes(10).hex()

    def run(self) -> Tally:
        own, remembered = self._own(self.export.owner())
        for finding in self.export.findings:
            self.tally.add(finding)
        order = self.order
        setting = setting_of(self.ground, order.account, own, order.secret_key, order.media_limit)
        gatherer = ExportGatherer(self.ground, self.lease, self.export, setting, self.tally, self.started)
        groups = Prefetch(self.export.read(own=own, at=self.started))
        try:
            for group in groups:
                self._take(gatherer, group)
        except LeaseLostError:
            raise
        except RefusedError as error:
            self.tally.incomplete("I103", self.name, place=error.field, remedy=error.remedy)
        except Exception as error:  # noqa: BLE001 - what was read before is stored, and the coverage says that it ended
            self.tally.incomplete("I122", self.name, error=type(error).__name__, place=_place(error))
        finally:
            groups.close()
            self.export.close()
        gatherer.finish()
        if self.tally.inferred:
            self.tally.find("I130", self.name, severity="info", count=self.tally.inferred)
        return self._cover(remembered)

    def _own(self, owner: Owner) -> tuple[str, dict[str, str]]:
        """Our own native id, and what is to be remembered of it; another account's export is refused."""
        account = self.order.account
        with self.ground.state.reading() as books:
            known = books.accounts.memory(self.name).get("native", "")
        if owner.native and known:
            if owner.native != known:
                raise RefusedError("PATH", "…", f"it is another account's export, not that of {self.name}")
        elif (owner.handle and not _same(owner.handle, account.handle)) or _elsewhere(owner, account):
            raise RefusedError("PATH", owner.handle, f"it is another account's export; {self.name} is {account.handle}")
        if not owner.native and not owner.handle:
            self.tally.find("I106", self.name, severity="info")
        remembered = {"native": owner.native} if owner.native and not known else {}
        return known or owner.native or f"@{_bare(account.handle)}", remembered

    def _take(self, gatherer: ExportGatherer, group: Parsed) -> None:
        for finding in group.findings:
            if self.tally.different < _DIFFERENT:
                self.tally.add(finding)
            else:
                self.tally.find("I123", self.name)
        self.tally.returned += len(group.items)
        if group.items:
            gatherer.note(self._note(group))
            gatherer.take(group.items, self.started)
        self.progress(len(group.items))

    def _note(self, group: Parsed) -> CaptureNote:
        digest = hmac.new(self.order.secret_key, digestmod="sha256")
        for seen in group.items:
            digest.update(seen.identity.encode("ascii"))
        return CaptureNote(
            run=self.run_id,
            account=self.name,
            endpoint=f"export:{self.export.format}",
            subject=self.name,
            parameters={},
            status=200,
            at=self.started,
            returned=len(group.items),
            digest=digest.hexdigest(),
        )

    def _cover(self, remembered: dict[str, str]) -> Tally:
        tally = self.tally
        if tally.suppressed:
            tally.find("H186", self.name, severity="info", count=tally.suppressed)
        if any(one.code in _LEFT_OUT and one.severity != "info" for one in tally.findings):
            tally.complete = False
        coverage = tally.coverage(self.run_id, HORIZON, self.started, self.ground.clock.now())
        receipt = Receipt(
            act="import.covered",
            at=coverage.ended,
            actor="bevara",
            subjects=(self.name,),
            evidence={
                "run": coverage.run,
                "format": self.export.format,
                "read": tally.returned,
                "new": tally.new,
                "matched": tally.matched,
                "inferred": tally.inferred,
                "edited": tally.edited,
                "gone": tally.gone,
                "media": tally.media,
                "failed": tally.failed,
                "complete": tally.complete,
                "findings": len(tally.findings),
            },
        )
        with self.ground.state.writing() as books:
            books.leases.check(self.lease)
            books.notes.cover(coverage)
            books.accounts.remember(self.name, remembered)
            books.ledger.append(receipt)
        return tally


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def _same(one: str, other: str) -> bool:
    """The same handle; where only one of them has the server's name (``@name@server``), that is not compared."""
    first, second = _bare(one), _bare(other)
    if "@" in first and "@" in second:
        return first == second
    return first.partition("@")[0] == second.partition("@")[0]


def _elsewhere(owner: Owner, account: Account) -> bool:
    """The export's account has an address, and that lies at another server than the one the account file names."""
    theirs, ours = (urlsplit(one).hostname or "" for one in (owner.native, account.api_base))
    return "." in theirs and "." in ours and not ours.rpartition(".")[2].isdecimal() and theirs != ours


def _place(error: Exception) -> str:
    """File and line where an unexpected error arose: enough for a maintainer, nothing of what it was about."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
