"""Count what a run met: numbers and findings of one account."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from schemas.books import Coverage
from schemas.calendar import local_day
from schemas.finding import Finding, Severity


@dataclass(slots=True, kw_only=True)
class Tally:
    """Numbers of one run for one account, as the coverage row and the command's answer show them.

    Attributes:
        asked: requests made. returned: items in the answers, repeats included.
        new, edited, hidden, gone: items. failed: attachments and listings that could not be had.
        unlisted: posts that a complete listing did not show and a look-up found. posts_gone: of ``gone``, posts.
        gone_items: opaque ids of what this run found gone.
        matched: items that were known and shown again. inferred: of them, known by time and text, not by an id.
        media: attachments stored.
        suppressed: items shown again after they were destroyed here; left alone.
    """

    account: str
    asked: int = 0
    returned: int = 0
    new: int = 0
    edited: int = 0
    hidden: int = 0
    gone: int = 0
    failed: int = 0
    matched: int = 0
    inferred: int = 0
    media: int = 0
    suppressed: int = 0
    complete: bool = True
    unlisted: int = 0
    posts_gone: int = 0
    gone_items: list[str] = field(default_factory=list)
    _findings: Counter[tuple[str, Severity, str, tuple[tuple[str, str | int], ...]]] = field(default_factory=Counter)

    def find(
        self, code: str, subject: str, *, severity: Severity = "warning", count: int = 1, **parameters: str | int
    ) -> None:
        """Note a finding; the same code about the same subject is counted, not repeated."""
        self._findings[code, severity, subject, tuple(sorted(parameters.items()))] += count

    def add(self, finding: Finding) -> None:
        """Note a connector's finding."""
        self._findings[finding.code, finding.severity, finding.subject, finding.parameters] += finding.count

    @property
    def different(self) -> int:
        """How many different findings there are."""
        return len(self._findings)

    def copy(self) -> Tally:
        """The numbers as they are now."""
        return replace(self, _findings=Counter(self._findings))

    def restore(self, other: Tally) -> None:
        """Take back what was counted since ``copy``."""
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))

    def incomplete(self, code: str, subject: str, **parameters: str | int) -> None:
        """Note a finding that makes the account's coverage incomplete."""
        self.complete = False
        self._findings[code, "error", subject, tuple(sorted(parameters.items()))] += 1

    def told(self, code: str, subject: str) -> bool:
        """The same was found before, whatever the parameters."""
        return any(known[0] == code and known[2] == subject for known in self._findings)

    def coverage(self, run: str, horizon: str, started: datetime, ended: datetime) -> Coverage:
        """The run's coverage row; its night is the civil day it began."""
        return Coverage(
            run=run,
            account=self.account,
            night=local_day(started).isoformat(),
            horizon=horizon,
            started=started,
            ended=ended,
            asked=self.asked,
            returned=self.returned,
            new=self.new,
            edited=self.edited,
            hidden=self.hidden,
            gone=self.gone,
            failed=self.failed,
            complete=self.complete,
            findings=self.findings,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, ordered by code and subject."""
        return tuple(
            Finding(code=code, severity=severity, subject=subject, count=count, parameters=parameters)
            for (code, severity, subject, parameters), count in sorted(self._findings.items())
        )

    def as_json(self) -> dict[str, Any]:
        """The account's part of ``harvest --json``."""
        return {
            "account": self.account,
            "asked": self.asked,
            "returned": self.returned,
            "new": self.new,
            "edited": self.edited,
            "hidden": self.hidden,
            "gone": self.gone,
            "failed": self.failed,
            "complete": self.complete,
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
