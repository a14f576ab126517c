"""Capture notes and coverage: what was asked and what came back, never the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select

from connectors.state.tables import CAPTURE_NOTE, COVERAGE
from connectors.state.transaction import Transaction
from schemas.books import CaptureNote, Coverage
from schemas.finding import Finding

_SAME = ("run", "account", "night", "horizon", "started", "ended")
_COUNTS = ("asked", "returned", "new", "edited", "hidden", "gone", "failed")


def _findings_text(findings: Sequence[Finding]) -> str:
    rows = [[one.code, one.severity, one.subject, one.count, one.parameters] for one in findings]
    return json.dumps(rows, separators=(",", ":"))


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=code,
            severity=severity,
            subject=subject,
            count=count,
            parameters=tuple((name, value) for name, value in parameters),
        )
        for code, severity, subject, count, parameters in json.loads(text)
    )


def _note(row: Any) -> CaptureNote:
    return CaptureNote(
        run=row.run,
        account=row.account,
        endpoint=row.endpoint,
        subject=row.subject,
        parameters=json.loads(row.parameters),
        status=row.status,
        at=row.at,
        returned=row.returned,
        digest=row.digest,
    )


class Notes:
    """Capture notes and coverage (port ``NoteBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def capture(self, notes: Sequence[CaptureNote]) -> None:
        """Keep capture notes."""
        rows = [
            {
                "run": note.run,
                "account": note.account,
                "endpoint": note.endpoint,
                "subject": note.subject,
                "parameters": json.dumps(dict(note.parameters), sort_keys=True, separators=(",", ":")),
                "status": note.status,
                "at": note.at,
                "returned": note.returned,
                "digest": note.digest,
            }
            for note in notes
        ]
        if rows:
            self._transaction.connection.execute(insert(CAPTURE_NOTE), rows)

    def cover(self, coverage: Coverage) -> None:
        """Keep one run's coverage of one account; said again, it is replaced."""
        row: dict[str, Any] = {name: getattr(coverage, name) for name in (*_SAME, *_COUNTS)}
        row["complete"] = coverage.complete
        row["findings"] = _findings_text(coverage.findings)
        self._transaction.put(COVERAGE, [row])

    def coverage(self, account: str | None = None, night: str | None = None) -> Sequence[Coverage]:
        """Coverage rows, oldest first (by start, run, account)."""
        query = select(COVERAGE)
        if account is not None:
            query = query.where(COVERAGE.c.account == account)
        if night is not None:
            query = query.where(COVERAGE.c.night == night)
        rows = self._transaction.connection.execute(
            query.order_by(COVERAGE.c.started, COVERAGE.c.run, COVERAGE.c.account)
        ).mappings()
        return [
            Coverage(
                **{name: row[name] for name in (*_SAME, *_COUNTS)},
                complete=bool(row["complete"]),
                findings=_findings(row["findings"]),
            )
            for row in rows
        ]

    def captures(self, account: str | None = None) -> Iterator[CaptureNote]:
        """Capture notes, oldest first; read them before the transaction ends."""
        query = select(CAPTURE_NOTE)
        if account is not None:
            query = query.where(CAPTURE_NOTE.c.account == account)
        for row in self._transaction.stream(query.order_by(CAPTURE_NOTE.c.at, CAPTURE_NOTE.c.number)):
            yield _note(row)
