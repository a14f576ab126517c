"""A finding: something a person should know, named by a code, without content or personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observation about a run, a file or an item.

    Attributes:
        code: ``H1xx`` harvest, ``E1xx`` evaluation ... (texts in ``schemas.codes``).
        severity: ``info`` is told, ``warning`` wants a look, ``error`` wants a hand.
        subject: an account's name, an opaque item id or a field's name; never a native id, never content.
        count: how many times it was met in the run.
        parameters: names and numbers that fill the text; never content.
    """

    code: str
    severity: Severity
    subject: str
    count: int = 1
    parameters: tuple[tuple[str, str | int], ...] = ()
