"""The commands ``request list|show``: requests as an officer sees them.

With ``--json``:

* ``list``: ``{"requests": [row]}``, ``row`` as of ``flows.disclose.shown.row_json``; without ``--all`` those that are not closed.
* ``show``: ``{"request": {…row, "wording", "amendments": […], "contact": {"item", "text", "kept_apart"} | null, "office_hours",
  "covers", "everything", "list": {"item", "digest", "items"} | null, "verdicts": {verdict: count}, "last_day",
  "culled_since_received", "not_closed_because", "next": […], …}, "findings": […]}``. It holds what people wrote: it is for
  officers, and nothing keeps it.

Exit codes: 0 done; 2 no such request; 3 done with findings that want a look.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.disclose.showing import show_lines
from flows.disclose.shown import STANDINGS, row_json, shown
from flows.findings import as_json as findings_json
from schemas.codes import sentence
from schemas.ground import Home


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser("list", help="begäranden som inte är avslutade")
    one.add_argument("--all", action="store_true", help="även de som är avslutade")
    one.set_defaults(run=_list)
    one = request.add_parser(
        "show", help="allt om en begäran: ord, klocka, stopp, lista, beslut, vad som kan göras härnäst"
    )
    one.add_argument("request", metavar="REQUEST", help="begärans nummer, som 'bevara request list' visar")
    one.set_defaults(run=_show)


def _list(home: Home, args: argparse.Namespace) -> int:
    now = home.ground.clock.now()
    with home.ground.state.reading() as books:
        rows = [row_json(one, now) for one in books.requests.all() if args.all or one.standing != "closed"]
    if args.json:
        print(json.dumps({"requests": rows}, ensure_ascii=False))
        return exits.DONE
    for row in rows:
        last = f", sista dag för överklagande {row['last_day']}" if row["last_day"] else ""
        print(
            f"{row['request']:>4}  {row['received'][:10]}  {STANDINGS[row['standing']]:<32} {row['kind']:<12}"
            f" {row['workdays']} arbetsdagar ({row['days']} dagar){last}"
        )
    print(f"{len(rows)} {'begäran' if len(rows) == 1 else 'begäranden'}.")
    return exits.DONE


def _show(home: Home, args: argparse.Namespace) -> int:
    values, findings = shown(home, args.request)
    if args.json:
        # Whatever people wrote stands in it; ASCII alone shows no terminal anything odd.
        print(json.dumps({"request": values, "findings": findings_json(findings)}))
    else:
        for line in show_lines(values):
            print(line)
        for one in findings:
            print(f"{one.code}: {sentence(one.code, 'sv', dict(one.parameters))}")
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE
