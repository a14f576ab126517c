"""The command ``archive snapshot``: take how an account looks, with an officer's screenshots if there are any."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.archive.snapshot import Snapshot, read_screenshots, take_snapshot
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.ground import Home


def register(archive: Any) -> None:
    """Add to ``archive``."""
    one = archive.add_parser("snapshot", help="ta en ögonblicksbild av hur ett konto ser ut (PDF/A)")
    one.add_argument("account", metavar="ACCOUNT")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.add_argument(
        "--picture",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="en skärmbild (PNG eller JPEG); kan anges flera gånger, i den ordning de ska stå",
    )
    one.set_defaults(run=copied(_snapshot), writes=True)


def _snapshot(home: Home, args: argparse.Namespace) -> int:
    taken = take_snapshot(home, args.account, person=args.person, screenshots=read_screenshots(args.picture))
    print(json.dumps(as_json(taken)) if args.json else as_text(taken))
    return exits.FINDINGS if taken.findings else exits.DONE


def as_json(one: Snapshot) -> dict[str, Any]:
    """The answer of ``archive snapshot --json``.

    ``item`` is the snapshot's own id, ``profile_version`` 0 without a profile, ``bytes`` the PDF/A's size, ``replaced``
    how many characters no font has, ``collection`` the diary number of the year's collected matter, or empty.
    """
    return {
        "item": one.item,
        "account": one.account,
        "authority": one.authority,
        "day": one.day.isoformat(),
        "threads": one.threads,
        "items": one.items,
        "pictures": one.pictures,
        "screenshots": one.screenshots,
        "profile_version": one.version,
        "bytes": one.size,
        "replaced": one.replaced,
        "collection": one.collection,
        "findings": findings_json(one.findings),
    }


def as_text(one: Snapshot) -> str:
    """The same in Swedish."""
    lines = [
        (
            f"{one.item}: ögonblicksbild av {one.account} den {one.day.isoformat()} med {one.threads} trådar, "
            f"{one.items} handlingar och {one.pictures} bilder, varav {one.screenshots} skärmbilder."
        )
    ]
    if one.collection:
        lines.append(f"Registreras i samlingsärendet {one.collection}.")
    lines.extend(f"{each.code}: {sentence(each.code, 'sv', dict(each.parameters))}" for each in one.findings)
    return "\n".join(lines)
