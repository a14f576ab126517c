"""The command ``deposit check``: exit 0 valid, 3 errors, 2 not a package.

``--json``: ``{"valid", "profile", "findings": [{"code", "severity", "location", "text"}]}``, as ``archive check``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.deposit.check.examine import check_deposit
from flows.deposit.check.places import starts_as
from flows.deposit.feed_check import LARGEST, check_feed
from flows.keep.check.report import Checked
from flows.keep.check.shown import as_json, as_text
from schemas.neighbours import PackageFiles
from schemas.refusal import RefusedError


def register(deposit: Any) -> None:
    """Add to ``deposit``."""
    one = deposit.add_parser("check", help="pröva en sip.xml, ett paket, en leverans (FGS-PUBL) eller ett flöde")
    one.add_argument(
        "path", type=Path, metavar="PATH", help="sip.xml, paketets mapp, leveransens .tar, eller flödets XML-fil"
    )
    one.add_argument("--schemas", type=Path, metavar="DIR", help="mapp med de officiella schemana (fgs-publ i den)")
    one.set_defaults(reads_package=_run, reads_lone_file=True)


def _run(package: PackageFiles, schemas: Path | None, args: argparse.Namespace) -> int:
    if args.schemas is not None and not args.schemas.is_dir():
        raise RefusedError("--schemas", str(args.schemas), "name the folder of the official schemas")
    checked = _check(package, schemas)
    print(json.dumps(as_json(checked), ensure_ascii=False) if args.json else as_text(package.name, checked))
    if not checked.profile:
        return exits.USAGE
    return exits.DONE if checked.valid else exits.FINDINGS


def _check(package: PackageFiles, schemas: Path | None) -> Checked:
    """A lone file may be the feed that KB fetches; everything else is FGS-PUBL or nothing."""
    if package.container == "file" and starts_as(package, package.name, "rss"):
        with package.open(package.name) as source:
            return check_feed(source.read(LARGEST + 1))
    return check_deposit(package, schemas)
