"""What the diary (*diariet*) is told by: numbers and provisions in the forms in which they may stand in the ledger.

Free text is content and may not stand there: a number and a provision have a form, a sentence has not.
"""

from __future__ import annotations

import re

from schemas.refusal import RefusedError

_DNR = re.compile(r"(?=.*[0-9])[\w./:-]{1,30}( [\w./:-]{1,30})?")
_PROVISION = re.compile(r"[A-ZÅÄÖ]{2,6} [0-9]{1,2}(:| kap\.? ?)[0-9]{1,3}( ?[a-z])?( ?§)?( [0-9] st\.?)?")


def diary_number(text: str, field: str = "--dnr") -> str:
    """A diary number as it may stand in the ledger. Raises RefusedError."""
    if not _DNR.fullmatch(text):
        raise RefusedError(field, text, "write a diary number such as 'KS 2026/123'; words belong in the diary itself")
    return text


def provision(text: str, field: str = "--provision") -> str:
    """A provision as it may stand in the ledger (OSL 5:5 point 1). Raises RefusedError."""
    if not _PROVISION.fullmatch(text):
        raise RefusedError(field, text, "write the provision alone, for example 'OSL 21:1'")
    return text
