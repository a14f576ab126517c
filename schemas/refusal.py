"""The one way a bad value is refused: with the field's name, the value and the remedy."""

from __future__ import annotations

_SHOWN = 80
"""Characters of a bad value that a message repeats; enough to recognise it, too few to flood a log."""


class RefusedError(ValueError):
    """A value that Bevara will not take.

    Attributes:
        field: dotted name of the field, or the place (sheet, row and column; file and line).
        value: the offending value as shown, shortened.
        remedy: what to write instead, as an instruction.
    """

    def __init__(self, field: str, value: object, remedy: str) -> None:
        """Keep the three parts apart and join them into one sentence."""
        shown = value if isinstance(value, str) else repr(value)
        self.field = field
        self.value = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        self.remedy = remedy
        super().__init__(f"{field}: {self.value!r} is not accepted; {remedy}")


class GuardError(RuntimeError):
    """A guard said no (exit code 4): the request is well formed, but must not be done now.

    Attributes:
        code: the rule that refused, for example ``G-KEY``.
        remedy: what a person can do about it.
    """

    def __init__(self, code: str, text: str, remedy: str) -> None:
        """Keep code and remedy apart, so that flows can name the code alone."""
        self.code = code
        self.remedy = remedy
        super().__init__(f"{code}: {text}; {remedy}")


class UnreachableError(RuntimeError):
    """A neighbour could not be reached (exit code 10). The text names the neighbour, never content."""


class PersonNeededError(RuntimeError):
    """The next step is a person's (exit code 5)."""
