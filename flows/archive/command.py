"""The command ``archive``: ``archive records`` writes the record documents that are due now; the rest in files beside."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.archive import check_command, export_command, package_command, snapshot_command
from flows.archive.act import ArchiveReport, Written
from flows.archive.nightly import run_archive
from flows.findings import as_json as findings_json
from schemas.codes import sentence
from schemas.ground import Home


def register(verbs: Any) -> None:
    """Add ``archive`` to the command line."""
    archive = verbs.add_parser("archive", help="arkivets bevarandeform").add_subparsers(dest="what", required=True)
    one = archive.add_parser("records", help="skriv de handlingsdokument (XML) som är i tur")
    one.set_defaults(run=_records, writes=True)
    for part in (package_command, check_command, snapshot_command, export_command):
        part.register(archive)


def _records(home: Home, args: argparse.Namespace) -> int:
    report = run_archive(home.ground)
    print(json.dumps(as_json(report)) if args.json else as_text(report))
    loud = any(finding.severity != "info" for finding in report.findings)
    return exits.FINDINGS if loud else exits.DONE


def as_json(report: ArchiveReport) -> dict[str, Any]:
    """The answer of ``archive records --json``."""
    return {
        "documents": [
            {
                "key": one.key,
                "authority": one.authority,
                "account": one.account,
                "month": one.month,
                "part": one.part,
                "items": one.count.items,
                "versions": one.count.versions,
                "sightings": one.count.sightings,
                "observations": one.count.observations,
                "bytes": one.size,
                "replaced": one.replaced,
            }
            for one in report.documents
        ],
        "looked": report.looked,
        "removed": report.removed,
        "findings": findings_json(report.findings),
    }


def as_text(report: ArchiveReport) -> str:
    """The same in Swedish."""
    if not report.documents and not report.findings:
        return "Inga handlingsdokument var i tur att skrivas."
    lines = [_line(one) for one in report.documents]
    lines.extend(
        f"{one.code}: {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}" for one in report.findings
    )
    return "\n".join(lines)


def _line(one: Written) -> str:
    what = "huvudfil" if one.part == "main" else f"supplement {one.part.removeprefix('supplement-')}"
    replaced = f" Ersätter {one.replaced} tidigare." if one.replaced else ""
    return (
        f"{one.month} {one.account}: {what} med {one.count.items} handlingar ({one.count.versions} versioner, "
        f"{one.count.sightings} iakttagelser av synlighet, {one.count.observations} observationer).{replaced}"
    )
