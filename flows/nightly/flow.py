"""The nightly run as a Prefect flow: thin; parameters are ids and dates, results are counts.

One task per account, then one for everything that follows. Nothing is cached or persisted, nothing is logged; a run
that ends with findings is Completed (design, sections 6 and 8).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from connectors.home import open_home
from flows.harvest.flow import Row, harvest_account
from flows.keep.accounts import accounts_named
from flows.keep.guard import guarded
from flows.nightly.act import begin, finish
from schemas.books import Coverage


@task(name="begin", persist_result=False, retries=0)
def begin_night(home: str, at: str | None) -> tuple[int, list[str]]:
    """Recovery; then the accounts to harvest."""

    def act() -> tuple[int, list[str]]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            return begin(opened), [account.name for account in accounts_named(opened.ground.state, [])]

    return guarded(act)


@task(name="finish", persist_result=False, retries=0)
def finish_night(home: str, at: str | None, recovered: int) -> dict[str, int | None]:
    """Upkeep, record documents, ledger export and the counts of what is due."""

    def act() -> dict[str, int | None]:
        with open_home(Path(home), at=_instant(at), without_second=True) as opened:
            night = finish(opened, recovered, [])
            due = night.due
            return {
                "recovered": recovered,
                "compacted": night.compacted,
                "documents": night.documents,
                "ledger_links": night.ledger_links,
                "cull": due.cull if due else None,
                "keep": due.keep if due else None,
                "ask": due.ask if due else None,
                "overdue": night.overdue,
                "resumed": night.resumed,
                "snapshots": night.snapshots,
                "packaged": night.packaged,
                "delivered": night.delivered,
                "to_register": None if night.registered is None else night.registered.candidates,
                "to_deposit": None if night.deposited is None else night.deposited.undecided,
            }

    return guarded(act)


@task(name="health", persist_result=False, retries=0)
def health(home: str, at: str | None) -> list[dict[str, str | int | bool]]:
    """Tonight's coverage of every account, in counts and codes."""

    def act() -> list[dict[str, str | int | bool]]:
        with (
            open_home(Path(home), at=_instant(at), without_second=True) as opened,
            opened.ground.state.reading() as books,
        ):
            latest: dict[str, Coverage] = {row.account: row for row in books.notes.coverage() if row.nightly}
            return [
                {
                    "account": row.account,
                    "night": row.night,
                    "complete": row.complete,
                    "returned": row.returned,
                    "failed": row.failed,
                    "findings": ", ".join(sorted({finding.code for finding in row.findings})),
                }
                for row in latest.values()
            ]

    return guarded(act)


@flow(name="nightly", persist_result=False, validate_parameters=True)
def nightly(home: str, at: str | None = None) -> dict[str, int | None]:
    """All accounts, then health, coverage, upkeep, ledger export and the due summary, as artifacts with counts."""
    recovered, accounts = begin_night(home, at)
    rows: list[Row] = [harvest_account(home, account, at) for account in accounts]
    counts = finish_night(home, at, recovered)
    create_table_artifact(key="harvest", table=[dict(row) for row in rows] or [{"account": "-"}])
    create_table_artifact(key="coverage", table=health(home, at) or [{"account": "-"}])
    create_table_artifact(key="due", table=[counts])
    return counts


def _instant(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
