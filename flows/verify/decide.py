"""What is decided when the ledger is exported and the archive verified: pure, without store or database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.finding import Finding, Severity

SHOWN = 200
"""Findings of one code that are told one by one; the rest are told as a number (V119)."""

_DIGEST = re.compile(r"[0-9a-f]{64}")

_SEVERITY: Mapping[str, Severity] = {
    "V109": "warning",
    "V110": "warning",
    "V111": "warning",
    "V115": "info",
    "V116": "info",
    "V117": "info",
    "V120": "info",
    "V123": "info",
    "V124": "info",
    "V126": "info",
    "V127": "warning",
    "V128": "warning",
}


def named_digest(key: str) -> str | None:
    """The digest that an object's key promises for its bytes; None when it promises none.

    Holdings, media and what lies under ``archive/`` with a digest for a name promise it. The key of a proposal is the
    digest of the list it holds, not of the file's bytes.
    """
    area, _, rest = key.partition("/")
    stem = rest.rpartition("/")[2].partition(".")[0]
    return stem if area in {"holdings", "media", "archive"} and _DIGEST.fullmatch(stem) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was looked at and what was found.

    Attributes:
        place: the store's place. deep: whether every byte was read.
        counts: ``files``, ``media``, ``copies`` (as registered), ``objects`` (as listed), ``links``, ``segments``,
            ``read`` (objects whose bytes were read).
        findings: by severity (errors first), code and subject.
    """

    place: str
    deep: bool
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Nothing wants a look or a hand."""
        return all(one.severity == "info" for one in self.findings)


@dataclass(slots=True)
class Notebook:
    """Findings as they are made: at most ``SHOWN`` of a code are kept, the others counted."""

    _kept: dict[str, list[Finding]] = field(default_factory=dict)
    _more: dict[str, int] = field(default_factory=dict)
    _noted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, code: str, subject: str, **parameters: str | int) -> None:
        """Note a finding; the same code on the same subject counts once."""
        kept = self._kept.setdefault(code, [])
        if (code, subject) in self._noted:
            return
        if len(kept) >= SHOWN:
            self._more[code] = self._more.get(code, 0) + 1
            return
        self._noted.add((code, subject))
        kept.append(
            Finding(
                code=code,
                severity=_SEVERITY.get(code, "error"),
                subject=subject,
                parameters=tuple(sorted(parameters.items())),
            )
        )

    def all(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        return tuple(sorted(self._everything(), key=lambda one: (_RANK[one.severity], one.code, one.subject)))

    def _everything(self) -> Iterator[Finding]:
        for kept in self._kept.values():
            yield from kept
        for code, number in self._more.items():
            severity = _SEVERITY.get(code, "error")
            yield Finding(
                code="V119",
                severity=severity,
                subject=code,
                count=number,
                parameters=(("code", code), ("found", number)),
            )


_RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}
