"""The commands ``search`` and ``thread``."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from flows import exits
from flows.disclose import request_command
from flows.disclose.search import Query, search
from flows.disclose.show import thread_lines
from flows.keep.thread import read_thread
from schemas.calendar import local_day
from schemas.codes.words import value
from schemas.ground import Home
from schemas.ids import item_id
from schemas.record import KINDS
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``search``, ``thread`` and ``request`` to the command line."""
    one = verbs.add_parser("search", help="sök i alla handlingar (fullständig genomläsning)")
    one.add_argument("text", metavar="TEXT", help='del av texten; "" visar allt')
    one.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
    one.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD")
    one.add_argument("--account", action="append", default=[])
    one.add_argument("--kind", action="append", default=[], help=", ".join(KINDS))
    one.add_argument("--versions", action="store_true", help="visa varje version")
    one.set_defaults(run=_search)

    one = verbs.add_parser("thread", help="visa hela tråden som en handling hör till, även det som är gallrat")
    one.add_argument("item", metavar="ITEM")
    one.set_defaults(run=_thread)

    request_command.register(verbs)


def _thread(home: Home, args: argparse.Namespace) -> int:
    nodes = read_thread(home.ground, item_id(args.item, "ITEM"))
    lines = (json.dumps(node.as_json()) for node in nodes) if args.json else thread_lines(nodes)
    for line in lines:
        print(line)
    return exits.DONE


def _search(home: Home, args: argparse.Namespace) -> int:
    for kind in args.kind:
        if kind not in KINDS:
            raise RefusedError("--kind", kind, f"the kinds are {', '.join(KINDS)}")
    query = Query(
        text=args.text,
        first=args.first,
        last=args.last,
        accounts=tuple(args.account),
        kinds=tuple(args.kind),
        versions=args.versions,
    )
    count = 0
    for hit in search(home.ground, query):
        count += 1
        if args.json:
            print(json.dumps(hit.as_json()))
        else:
            day = local_day(hit.published).isoformat() if hit.published else "odaterad  "
            line = " ".join(hit.text.split())
            print(
                f"{hit.item}  {day}  {hit.account:<18} {value(hit.kind, 'sv'):<12} {value(hit.state, 'sv'):<7} v{hit.version}  {line[:90]}"
            )
    if not args.json:
        print(f"{count} {'träff' if count == 1 else 'träffar'}. Alla lagrade handlingar är genomsökta.")
    return exits.DONE
