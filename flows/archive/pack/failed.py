"""Why a package could not be built, as one finding."""

from __future__ import annotations

from schemas.finding import Finding


class PackFailedError(RuntimeError):
    """A package cannot be built or handed on now; nothing of it was kept.

    Attributes:
        code: finding code (``schemas.codes.package``). parameters: names and numbers for its text, never content.
    """

    def __init__(self, code: str, **parameters: str | int) -> None:
        """Carry the code; the message is the code alone."""
        self.code = code
        self.parameters = tuple(sorted(parameters.items()))
        super().__init__(code)

    def finding(self, subject: str) -> Finding:
        """The same as a finding about that package."""
        return Finding(code=self.code, severity="error", subject=subject, parameters=self.parameters)
