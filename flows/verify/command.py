"""``bevara verify``: run the verification and tell what was found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from flows import exits
from flows.verify.act import verify
from flows.verify.decide import VerifyReport
from schemas.books import State
from schemas.codes import sentence
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.neighbours import Reading

_COUNTS = {
    "files": "Filer med poster",
    "media": "Bilagor",
    "copies": "Framställda filer",
    "objects": "Objekt i lagret",
    "links": "Länkar i liggaren",
    "segments": "Exporterade segment",
    "read": "Lästa objekt",
}
_SEVERITY: dict[Severity, str] = {"error": "FEL", "warning": "VARNING", "info": "UPPLYSNING"}


def register(verbs: Any) -> None:
    """Add ``verify`` to the command line."""
    one = verbs.add_parser("verify", help="jämför register, lager och liggare; inget ändras")
    one.add_argument("--deep", action="store_true", help="läs allt innehåll och jämför kontrollsummor")
    one.set_defaults(run=_verify)


def _verify(home: Home, args: argparse.Namespace) -> int:
    ground = home.ground
    return verify_command(
        ground.state,
        ground.store,
        deep=args.deep,
        as_json=args.json,
        out=sys.stdout,
        mirrors=ground.mirrors,
        second=ground.second,
    )


def verify_command(
    state: State,
    store: Reading,
    *,
    deep: bool,
    as_json: bool,
    out: TextIO,
    mirrors: Sequence[Reading] = (),
    second: Reading | None = None,
) -> int:
    """Verify the archive and write the result in Swedish, or as one JSON object with both languages.

    The JSON object: ``{"place", "deep", "clean", "counts": {…}, "findings": [{"code", "severity", "subject",
    "count", "parameters": {…}, "sv", "en"}]}``.

    Returns:
        0 when nothing wants a look, 3 with warnings or errors.
    """
    report = verify(state, store, deep=deep, mirrors=mirrors, second=second)
    out.write(_as_json(report) if as_json else _as_text(report))
    return exits.DONE if report.clean else exits.FINDINGS


def _as_json(report: VerifyReport) -> str:
    value = {
        "place": report.place,
        "deep": report.deep,
        "clean": report.clean,
        "counts": dict(report.counts),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "subject": one.subject,
                "count": one.count,
                "parameters": dict(one.parameters),
                "sv": sentence(one.code, "sv", dict(one.parameters)),
                "en": sentence(one.code, "en", dict(one.parameters)),
            }
            for one in report.findings
        ],
    }
    return json.dumps(value) + "\n"


def _as_text(report: VerifyReport) -> str:
    how = "allt innehåll har lästs" if report.deep else "förekomst och storlek; innehållet läses med --deep"
    lines = [f"Kontroll av {report.place} ({how})", ""]
    lines += [
        f"  {label:<22}{report.counts[name]:>10}"
        for name, label in _COUNTS.items()
        if name in report.counts and (name != "read" or report.deep)
    ]
    lines.append("")
    lines += [_finding(one) for one in report.findings]
    if report.findings:
        lines.append("")
    wanting = sum(one.count for one in report.findings if one.severity != "info")
    lines.append("Inga fel hittades." if report.clean else f"{wanting} fynd behöver ses över.")
    return "\n".join(lines) + "\n"


def _finding(one: Finding) -> str:
    return f"{_SEVERITY[one.severity]} {one.code} {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}"
