"""What every part of a run shares: how an answer becomes a capture, and how findings name the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.http import Answer
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, ListingEnd

Step = Capture | ListingEnd | Finding


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes captures and findings of one account.

    Attributes:
        account: its name. own: the channel's id.
    """

    account: str
    own: str

    def capture(
        self,
        answer: Answer,
        endpoint: str,
        listing: str,
        context: Mapping[str, str] | None = None,
        *,
        body: Any = None,
        page: int = 0,
    ) -> Capture:
        """The answer as ``parse`` takes it.

        Args:
            context: what ``parse`` must know beside the body.
            body: what is taken of it, where that is not all. page: its number.
        """
        return Capture(
            endpoint=endpoint,
            parameters={"page": page} if page else {},
            status=answer.status,
            at=answer.at,
            body=answer.body if body is None else body,
            listing=listing,
            context={"account": self.account, "own": self.own, **(context or {})},
        )

    def finding(self, code: str, severity: Severity, **parameters: int) -> Finding:
        """A finding about the account."""
        return Finding(code=code, severity=severity, subject=self.account, parameters=tuple(parameters.items()))
