"""The command ``oversee art30``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.findings import as_json
from flows.oversee.art30.act import Told, write_entries
from flows.oversee.art30.entry_file import entry_file
from flows.oversee.costs.files import put_file
from schemas.codes import sentence
from schemas.ground import Home
from schemas.refusal import RefusedError

FORMAT = "bevara-art30-1"
"""What ``art30.json`` says that it is; another number when a field is given another meaning."""


def register(oversee: Any) -> None:
    """Add it to ``oversee``."""
    one = oversee.add_parser("art30", help="poster till registerförteckningen (dataskyddsförordningen artikel 30)")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="en mapp som finns")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=_art30, writes=True)


def _art30(home: Home, args: argparse.Namespace) -> int:
    if not args.out.is_dir():
        raise RefusedError("--out", args.out.name, "name a folder that is there")
    told = write_entries(home, args.accounts, args.person)
    files = []
    for one in told:
        files.append(args.out / f"art30-{one.entry.account}.xlsx")
        put_file(files[-1], entry_file(one))
    whole = {
        "format": FORMAT,
        "municipality": home.organisation.name,
        "accounts": [{**one.as_json(), "findings": as_json(one.findings)} for one in told],
    }
    files.append(args.out / "art30.json")
    put_file(files[-1], (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
    if args.json:
        print(json.dumps({"files": [one.name for one in files], "accounts": [_short(one) for one in told]}))
    else:
        for one in told:
            _say(one)
        print(f"Skrivet till {args.out}: {', '.join(one.name for one in files)}")
    return exits.FINDINGS if any(one.findings for one in told) else exits.DONE


def _short(told: Told) -> dict[str, Any]:
    return {
        "account": told.entry.account,
        "item": told.item,
        "new": told.new,
        "changed": told.changed.isoformat(),
        "previous": told.previous,
        "changes": len(told.changes),
        "rows": len(told.entry.periods.rows),
        "lacks": [one.key for one in told.entry.fields if one.lacking],
        "findings": as_json(told.findings),
    }


def _say(told: Told) -> None:
    what = f"ändrad {told.changed}" if told.new else f"oförändrad sedan {told.changed}"
    print(f"{told.entry.account}: {what}, {len(told.entry.periods.rows)} rader i planen")
    for change in told.changes:
        print(f"  ändrat: {change.title}")
    for one in told.findings:
        print(f"  {one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")
