"""The command ``hold``: gallringsstopp."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.held import DIRECT
from flows.keep.holds import Told, lift_hold, rendered, set_hold
from flows.keep.soon import copied
from schemas.covered import Predicate
from schemas.ground import Home
from schemas.hold import HOLD_SCOPES, Hold
from schemas.ids import item_id

_HELP = {
    "item": ("ITEM", "handlingen och det som ligger under den i tråden"),
    "thread": ("ITEM", "hela tråden"),
    "account": ("NAME", "allt på kontot"),
    "authority": ("NAME", "allt hos arkivbildaren"),
    "author": ("NAME|ID", "allt av avsändaren (namn eller plattforms-id), även i äldre versioner"),
    "period": ("FROM..TO", "allt från tiden, till exempel 2020-01-01..2020-12-31"),
    "search": ("TEXT", "allt vars text innehåller orden, även i äldre versioner"),
    "matter": ("DNR", "allt som är märkt med ärendets diarienummer"),
    "request": ("NUMBER", "en begäran om utlämnande; utan urval gäller den allt"),
}


def register(verbs: Any) -> None:
    """Add ``hold`` to the command line."""
    hold = verbs.add_parser("hold", help="gallringsstopp").add_subparsers(dest="what", required=True)
    one = hold.add_parser("set", help="sätt ett gallringsstopp")
    scope = one.add_mutually_exclusive_group(required=True)
    scope.add_argument("subject", nargs="?", metavar="ITEM", help="samma sak som --item ITEM")
    for name in HOLD_SCOPES:
        shown, told = _HELP[name]
        scope.add_argument(f"--{name}", metavar=shown, help=told)
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    for narrowing in ("accounts", "authorities", "authors", "texts", "kinds", "items"):
        one.add_argument(f"--{narrowing}", action="append", default=[], metavar="NAME", help="avgränsa; får upprepas")
    one.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="avgränsa till tiden från och med")
    one.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD", help="avgränsa till tiden till och med")
    one.add_argument("--title", default="", help="rubrik")
    one.add_argument("--mandate", default="", help="vad stoppet grundas på")
    one.add_argument("--description", default="", help="beskrivning")
    one.set_defaults(run=copied(_set), writes=True)
    one = hold.add_parser("lift", help="häv ett gallringsstopp")
    one.add_argument("number", type=int, metavar="NUMBER")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_lift), writes=True)
    one = hold.add_parser("list", help="visa gallringsstopp, även de som är hävda")
    one.add_argument("--in-force", action="store_true", help="bara de som gäller")
    one.set_defaults(run=_list)


def _set(home: Home, args: argparse.Namespace) -> int:
    named = ((name, getattr(args, name)) for name in HOLD_SCOPES if getattr(args, name) is not None)
    scope, subject = next(named, ("item", args.subject))
    narrowed = Predicate(
        accounts=tuple(args.accounts),
        authorities=tuple(args.authorities),
        authors=tuple(args.authors),
        texts=tuple(args.texts),
        kinds=tuple(args.kinds),
        items=tuple(item_id(one, "--items") for one in args.items),
        first=args.first,
        last=args.last,
    )
    told = Told(title=args.title, mandate=args.mandate, description=args.description)
    return _show(home, set_hold(home.ground, scope, subject, args.person, narrowed=narrowed, told=told), args)


def _lift(home: Home, args: argparse.Namespace) -> int:
    return _show(home, lift_hold(home.ground, args.number, args.person), args)


def _list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        holds = books.holds.in_force() if args.in_force else books.holds.all()
    for hold in holds:
        _show(home, hold, args)
    return exits.DONE


def _show(home: Home, hold: Hold, args: argparse.Namespace) -> int:
    shown = rendered(home.ground, hold)
    if args.json:
        print(json.dumps(shown))
        return exits.DONE
    lifted = f", hävt av {hold.lifted_by} {str(shown['lifted_at'])[:10]}" if hold.lifted_by else ""
    subject = f" {hold.subject}" if hold.subject else ""
    title = f" ”{shown['title']}”" if shown["title"] else ""
    print(
        f"Gallringsstopp {hold.number}: {hold.scope}{subject}{title}, satt av {hold.set_by} {shown['set_at'][:10]}{lifted}"
    )
    if not shown["readable"]:
        # Where the subject says all, the record is only what was said of it.
        stops = "" if hold.scope in DIRECT else " Så länge stoppet gäller stoppar det all gallring."
        print(f"  Beslutet kan inte läsas.{stops}")
    for word, text in (("Grund", shown["mandate"]), ("Beskrivning", shown["description"])):
        if text:
            print(f"  {word}: {text}")
    return exits.DONE
