"""What a removal tells whoever asked for it: its row, what a person is to know, and what there is to paste."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows import exits
from schemas.finding import Finding, Severity
from schemas.removal import Removal

_NEEDS = ("begun", "by-hand")


@dataclass(slots=True)
class Told:
    """One removal as it stands now.

    Attributes:
        removal: its row. findings: what a person is to know. link: where it stands on the page, or empty.
        notice: the message to the visitor, where it waits to be pasted; never logged. by: who goes on with it now, where
            that is somebody else than who began it.
    """

    removal: Removal
    findings: list[Finding] = field(default_factory=list)
    link: str = ""
    notice: str = ""
    by: str = ""

    @property
    def actor(self) -> str:
        """Who acts now."""
        return self.by or self.removal.person

    def find(self, code: str, severity: Severity = "warning", /, **parameters: str | int) -> None:
        """Note something."""
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                subject=self.removal.subject,
                parameters=tuple(sorted(parameters.items())),
            )
        )

    @property
    def exit_code(self) -> int:
        """5 where a person is needed before anything more is done, 3 with something to look at, else 0."""
        if self.removal.standing in _NEEDS:
            return exits.PERSON
        return exits.FINDINGS if any(one.severity != "info" for one in self.findings) else exits.DONE
