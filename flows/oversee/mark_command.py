"""The command ``mark``: items named one by one, from a list or from a search."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.found import Sought, items_with
from flows.keep.soon import copied
from flows.oversee.marks import listed_items, mark_items
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.hold import MARK_KINDS
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``mark`` to the command line."""
    mark = verbs.add_parser("mark", help="märk handlingar (inaktuell, i-arende …)")
    mark.add_argument("items", nargs="+", metavar="ITEM… KIND", help=f"KIND: {', '.join(MARK_KINDS)}")
    mark.add_argument("--as", dest="person", required=True, metavar="PERSON")
    mark.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="dagen märkningen gäller från")
    mark.add_argument("--closed", action="store_true", help="i-arende: ärendet är avslutat (i dag, eller dagen i --on)")
    mark.add_argument("--dnr", default="", help="diarienummer")
    mark.add_argument("--provision", default="", help="sekretessbestämmelse, till exempel 'OSL 21:1'")
    mark.add_argument("--authority", default="", help="myndigheten som gjort sekretessmarkeringen (annars handlingens)")
    mark.add_argument("--comment", default="", metavar="TEXT", help="varför; sparas som en handling i arkivet")
    mark.add_argument("--remove", action="store_true", help="ta bort märkningen")
    mark.add_argument("--from-list", type=Path, metavar="FILE", help="ett id per rad; # inleder en kommentar")
    mark.add_argument("--search", metavar="TEXT", help="alla handlingar vars senaste text innehåller orden")
    mark.add_argument("--account", action="append", default=[], metavar="NAME", help="med --search: bara kontot")
    mark.add_argument("--kind", action="append", default=[], metavar="KIND", help="med --search: bara slaget")
    mark.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="med --search: publicerad tidigast")
    mark.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD", help="med --search: publicerad senast")
    mark.add_argument("--dry-run", action="store_true", help="visa bara hur många och vilka")
    mark.set_defaults(run=copied(_mark), writes=True)


def _mark(home: Home, args: argparse.Namespace) -> int:
    *named, kind = args.items
    items = _chosen(home, args, named)
    if kind not in MARK_KINDS:
        raise RefusedError("KIND", kind, f"the kinds of marks are {', '.join(MARK_KINDS)}")
    if args.dry_run:
        return _shown(args, kind, items)
    on = args.on
    if args.closed:
        if kind != "i-arende":
            raise RefusedError("--closed", kind, "only a mark i-arende is closed")
        on = on or local_day(home.ground.clock.now())
    done = 0
    if items:
        done = mark_items(
            home.ground,
            items,
            kind,
            args.person,
            on=on,
            dnr=args.dnr,
            provision=args.provision,
            authority=args.authority,
            comment=args.comment,
            remove=args.remove,
        )
    word = "borttagen från" if args.remove else "satt på"
    print(
        json.dumps({"kind": kind, "marked": done})
        if args.json
        else f"Märkningen {kind} är {word} {done} {_noun(done)}."
    )
    return exits.DONE


def _chosen(home: Home, args: argparse.Namespace, named: list[str]) -> list[str]:
    """The items that the command line names in one of three ways."""
    filters = args.account or args.kind or args.first or args.last
    if filters and args.search is None:
        raise RefusedError("--search", "", "--account, --kind, --from and --to narrow a search; add --search TEXT")
    ways = [bool(named), args.from_list is not None, args.search is not None]
    if ways.count(True) > 1:
        raise RefusedError("ITEM", named[0] if named else "", "name items, or a list, or a search; one of them")
    if args.from_list is not None:
        return [str(one) for one in listed_items(args.from_list)]
    if args.search is not None:
        return _searched(home, args)
    if not named:
        raise RefusedError("KIND", args.items[-1], f"name items and then a kind: {', '.join(MARK_KINDS)}")
    return named


def _searched(home: Home, args: argparse.Namespace) -> list[str]:
    if not args.search and not (args.account or args.kind or args.first or args.last):
        raise RefusedError("--search", "", "write what to look for; an empty search would mark everything")
    sought = Sought(
        text=args.search,
        accounts=tuple(args.account),
        kinds=tuple(args.kind),
        first=args.first,
        last=args.last,
    )
    return [str(one) for one in items_with(home.ground, sought)]


def _shown(args: argparse.Namespace, kind: str, items: list[str]) -> int:
    chosen = list(dict.fromkeys(items))
    if args.json:
        print(json.dumps({"kind": kind, "would_mark": len(chosen), "items": chosen}))
    else:
        print(f"Märkningen {kind} skulle gälla {len(chosen)} {_noun(len(chosen))}. Ingenting är ändrat.")
        for one in chosen:
            print(one)
    return exits.DONE


def _noun(count: int) -> str:
    return "handling" if count == 1 else "handlingar"
