"""Why a delivery could not be built, as one finding."""

from __future__ import annotations

from schemas.finding import Finding


class NotBuiltError(RuntimeError):
    """A delivery cannot be built now; nothing of it was kept.

    Attributes:
        code: finding code (``schemas.codes.deposit_delivery``). parameters: names and numbers for its text, never
            content. more: findings that say more of it. ends: it can never be built as it was planned.
    """

    def __init__(
        self, code: str, *, more: tuple[Finding, ...] = (), ends: bool = False, **parameters: str | int
    ) -> None:
        """Carry the code; the message is the code alone."""
        self.code = code
        self.more = more
        self.ends = ends
        self.parameters = tuple(sorted(parameters.items()))
        super().__init__(code)

    def findings(self, subject: str) -> tuple[Finding, ...]:
        """The same as findings about that delivery."""
        return (*self.more, Finding(code=self.code, severity="error", subject=subject, parameters=self.parameters))
