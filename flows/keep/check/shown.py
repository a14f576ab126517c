"""What a check found, as JSON and as Swedish text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from flows.keep.check.report import Checked, CheckFinding

_WORDS: Final = {"error": ("FEL", "fel", "fel"), "warning": ("VARNING", "varning", "varningar")}
_WIDTH = 18
_PLACES = re.compile(r" \([0-9]+ ställen\)$")


def as_json(checked: Checked) -> dict[str, Any]:
    """The answer of ``archive check --json`` and ``deposit check --json``."""
    return {
        "valid": checked.valid,
        "profile": checked.profile,
        "findings": [
            {"code": one.code, "severity": one.severity, "location": one.location, "text": one.text}
            for one in checked.findings
        ],
    }


def as_text(name: str, checked: Checked) -> str:
    """The same in Swedish, for an archivist: errors, warnings, and what may be added."""
    shown = "".join(one if one.isprintable() else "?" for one in name)
    if not checked.profile:
        head = f"{shown}: inget paket – ingen METS-fil finns."
    else:
        head = f"{shown}: {'godkänt' if checked.valid else 'INTE godkänt'} som {checked.profile}"
    lines = [head]
    for severity, (title, singular, plural) in _WORDS.items():
        found = [one for one in checked.findings if one.severity == severity]
        if found:
            lines += ["", f"{title} – {len(found)} {singular if len(found) == 1 else plural}", *_table(found)]
    told = [one for one in checked.findings if one.severity == "info"]
    if told:
        lines += ["", "UPPLYSNINGAR – hindrar inte", *_once(told)]
    return "\n".join(lines)


def _once(told: Iterable[CheckFinding]) -> Iterable[str]:
    """What may be added, once for all METS files; the JSON answer has every place."""
    for code, text in dict.fromkeys((one.code, _PLACES.sub("", one.text)) for one in told):
        yield f"  {code:<{_WIDTH}} {text}"


def _table(found: Iterable[CheckFinding]) -> Iterable[str]:
    for one in found:
        yield f"  {one.code:<{_WIDTH}} {one.text}"
        yield f"  {'':<{_WIDTH}} {one.location}"
