"""The command ``archive check``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.archive.check.examine import check_package
from flows.keep.check.shown import as_json, as_text
from schemas.neighbours import PackageFiles
from schemas.refusal import RefusedError


def register(archive: Any) -> None:
    """Add to ``archive``."""
    one = archive.add_parser("check", help="pröva ett paket mot E-ARK (FGS 2.0) eller FGS Paketstruktur 1.2")
    one.add_argument("path", type=Path, metavar="PATH", help="paketets mapp, .tar, .tar.gz eller .zip")
    one.add_argument("--schemas", type=Path, metavar="DIR", help="mapp med de officiella schemana")
    one.set_defaults(reads_package=_run)


def _run(package: PackageFiles, schemas: Path | None, args: argparse.Namespace) -> int:
    if args.schemas is not None and not args.schemas.is_dir():
        raise RefusedError("--schemas", str(args.schemas), "name the folder of the official schemas")
    checked = check_package(package, schemas)
    print(json.dumps(as_json(checked), ensure_ascii=False) if args.json else as_text(package.name, checked))
    if not checked.profile:
        return exits.USAGE
    return exits.DONE if checked.valid else exits.FINDINGS
