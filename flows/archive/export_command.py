"""The command ``archive export``: the archive as a folder that can be read and proven without us.

With ``--json`` one object: ``{"folder", "items", "rows", "documents", "attachments", "threads", "missing", "left_out",
"files", "bytes", "ledger": {"links", "head"}, "sums_sha256", "warning", "findings"}``; a finding is ``{"code",
"severity", "subject", "count", "sv", "en"}``. Exit codes: 0 done; 3 something is missing; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from flows import exits
from flows.archive.export import Exported, export_archive
from flows.archive.export_choose import Wish
from flows.archive.pack.words import counted
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import month

WARNING: Final = (
    "VARNING: Mappen innehåller handlingarnas innehåll, personuppgifter och sekretessmarkerade handlingar. Förvara den "
    "därefter. Det som gallras senare finns kvar i mappen tills någon tar bort den."
)


def register(archive: Any) -> None:
    """Add to ``archive``."""
    one = archive.add_parser("export", help="lägg arkivet i en mapp som kan läsas och kontrolleras utan Bevara")
    one.add_argument("folder", type=Path, metavar="FOLDER", help="en ny eller tom mapp, utanför arkivet")
    one.add_argument(
        "--as",
        dest="person",
        required=True,
        metavar="PERSON",
        help="den som svarar för exporten (roll arkivredogörare eller arkivansvarig)",
    )
    one.add_argument("--account", nargs="+", action="extend", default=[], metavar="NAME", help="bara dessa konton")
    one.add_argument("--from", dest="first", metavar="YYYY-MM", help="första publiceringsmånad")
    one.add_argument("--to", dest="last", metavar="YYYY-MM", help="sista publiceringsmånad")
    one.add_argument("--pdf", action="store_true", help="gör också en PDF/A av varje tråd")
    one.set_defaults(run=copied(_export), writes=True)


def _export(home: Home, args: argparse.Namespace) -> int:
    wish = Wish(
        folder=args.folder,
        accounts=tuple(dict.fromkeys(args.account)),
        first=None if args.first is None else month(args.first, "--from"),
        last=None if args.last is None else month(args.last, "--to"),
        pdf=args.pdf,
    )
    done = export_archive(home, wish, args.person, step=args.progress)
    name = wish.folder.absolute().name
    print(json.dumps(as_json(done, name)) if args.json else as_text(done, name))
    return exits.FINDINGS if any(one.severity != "info" for one in done.findings) else exits.DONE


def as_json(done: Exported, name: str) -> dict[str, Any]:
    """The answer of ``archive export --json``; ``name``: the folder's."""
    return {
        "folder": name,
        "items": done.items,
        "rows": done.rows,
        "documents": done.documents,
        "attachments": done.attachments,
        "threads": done.threads,
        "missing": done.missing,
        "left_out": done.left_out,
        "files": done.files,
        "bytes": done.size,
        "ledger": {"links": done.head[0], "head": done.head[1]},
        "sums_sha256": done.sums,
        "warning": WARNING,
        "findings": findings_json(done.findings),
    }


def as_text(done: Exported, name: str) -> str:
    """The same in Swedish."""
    lines = [
        (
            f"{name}: {counted(done.items, 'handling', 'handlingar')} i {done.documents} handlingsdokument, "
            f"{counted(done.attachments, 'bilaga', 'bilagor')}, {done.threads} PDF-filer och "
            f"{counted(done.head[0], 'länk', 'länkar')} ur liggaren. Börja med LAS-MIG.txt."
        ),
        f"Kontrollsumma för SHA256SUMS: {done.sums}. Den står också i liggarens kvitto archive.exported.",
        WARNING,
    ]
    for one in done.findings:
        place = "" if one.subject == "export" else f"{one.subject}: "
        lines.append(f"{one.code}: {place}{sentence(one.code, 'sv', dict(one.parameters))}")
    return "\n".join(lines)
