"""The commands ``oversee letter`` and ``oversee sheet``: what units are told each morning and each month.

With ``--json`` each prints one object, without units' addresses.

* ``letter``: ``{"letters": [{"id", "unit", "points", "subject", "text"}], "findings"}``; with ``--send``:
  ``{"sent": [id], "already": [id], "failed": [id], "points", "findings": [{"code", "subject", "count"}]}``.
* ``sheet``: ``{"month", "item", "written", "out", "units": {name: numbers}, "findings"}``; numbers as
  ``flows.oversee.letters.counting.Numbers``.

Exit codes: 0 done; 2 refused input; 3 done with findings: something stands in no letter, or a letter did not go.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import exits
from flows.findings import as_json as findings_json
from flows.oversee.letters.morning import post_of, send_letters
from flows.oversee.letters.render import as_html, as_text
from flows.oversee.letters.sheet import put, write_sheet
from flows.oversee.letters.writing import same_unit
from flows.oversee.watch.act import watch
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.refusal import RefusedError


def register(oversee: Any) -> None:
    """Add them to ``oversee``."""
    one = oversee.add_parser("letter", help="morgonbrevet till varje enhet: vad som behöver en hand i dag")
    one.add_argument("--unit", metavar="UNIT", help="bara den enhetens brev (tomt: det som ingen enhet får)")
    one.add_argument("--send", action="store_true", help="skicka; annars visas breven")
    one.add_argument("--again", action="store_true", help="skicka även det som redan är skickat i dag")
    one.add_argument("--html", type=Path, metavar="FILE", help="skriv brevet som HTML i filen (med --unit)")
    one.add_argument("--light", action="store_true", help="fråga ingen plattform")
    one.set_defaults(run=_letter, writes=True)
    one = oversee.add_parser("sheet", help="månadsbladet: frågor, borttaget, undertexter, täckning, gallring")
    one.add_argument("--month", metavar="YYYY-MM", help="annars den senaste hela månaden")
    one.add_argument("--out", type=Path, metavar="FILE.html", help="skriv bladet i filen också")
    one.set_defaults(run=_sheet, writes=True)


def _letter(home: Home, args: argparse.Namespace) -> int:
    if args.again and not args.send:
        raise RefusedError("--again", "", "use it with --send")
    if args.html is not None and args.send:
        raise RefusedError("--html", str(args.html), "show the letter first, and send it without --html")
    watched = watch(home, light=args.light)
    if args.send:
        sent = send_letters(home, watched, unit=args.unit, again=args.again)
        if args.json:
            print(json.dumps(sent.as_json()))
        else:
            counts = (
                f"{len(sent.sent)} brev skickade, {len(sent.already)} redan skickade, {len(sent.failed)} kom inte i väg"
            )
            print(f"{counts}. Punkter: {sent.points}.")
            _tell(sent.findings)
        return _code(sent.findings)
    post = post_of(home, watched, home.ground.clock.now())
    chosen = [one for one in post.letters if args.unit is None or same_unit(one.unit) == same_unit(args.unit)]
    if args.unit is not None and not chosen:
        units = ", ".join(one.unit or '"" (fallback)' for one in post.letters) or "none"
        raise RefusedError("--unit", args.unit, f"units with a letter today: {units}")
    if args.html is not None:
        if len(chosen) != 1:
            raise RefusedError("--html", str(args.html), "name one unit with --unit; each letter is a file of its own")
        put(args.html, as_html(chosen[0]).encode("utf-8"))
    if args.json:
        values = [
            {"id": one.id, "unit": one.unit, "points": one.count, "subject": one.subject, "text": as_text(one)}
            for one in chosen
        ]
        print(json.dumps({"letters": values, "findings": findings_json(post.findings)}))
    else:
        if not chosen:
            print("Inget brev i dag: ingenting behöver en hand.")
        print("\n\n".join(as_text(one).rstrip("\n") for one in chosen))
        _tell(post.findings)
    return _code(post.findings)


def _sheet(home: Home, args: argparse.Namespace) -> int:
    month = args.month or _last_month(home)
    if args.out is not None and not args.out.parent.is_dir():
        raise RefusedError("--out", str(args.out), "name a file in a folder that is there")
    sheet = write_sheet(home, month)
    if args.out is not None:
        put(args.out, sheet.page)
    if args.json:
        values = {
            "month": month,
            "item": sheet.item,
            "written": sheet.written,
            "out": str(args.out) if args.out else None,
            "units": {name: one.as_json() for name, one in sheet.units.items()},
            "findings": findings_json(sheet.findings),
        }
        print(json.dumps(values))
        return exits.DONE
    now = "skrivet" if sheet.written else "oförändrat"
    print(f"Månadsbladet för {month} är {now} ({sheet.item})." + (f" Se {args.out}." if args.out else ""))
    _tell(sheet.findings)
    return exits.DONE


def _last_month(home: Home) -> str:
    """The month before this one, local time."""
    today = local_day(home.ground.clock.now())
    before = today.year * 12 + today.month - 2
    return f"{before // 12:04d}-{before % 12 + 1:02d}"


def _tell(findings: Sequence[Finding]) -> None:
    for one in findings:
        print(f"  {one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")


def _code(findings: Sequence[Finding]) -> int:
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE
