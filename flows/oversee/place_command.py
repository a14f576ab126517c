"""The command ``place``: the places that ever held copies."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.keep.known_places import known_places, retire_place, unknown_places
from schemas.ground import Home

_SHOWN = {"new": "inte nådd än", "met": "känd", "retired": "avförd"}


def register(verbs: Any) -> None:
    """Add ``place`` to the command line."""
    place = verbs.add_parser("place", help="platser där kopior ligger").add_subparsers(dest="what", required=True)
    place.add_parser("list", help="visa platserna, även de som inte längre är inställda").set_defaults(run=_list)
    one = place.add_parser("retire", help="intyga att en plats inte längre har något av arkivet")
    one.add_argument("name", metavar="NAME", help="namnet så som 'place list' visar det")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=_retire)


def _list(home: Home, args: argparse.Namespace) -> int:
    missing = frozenset(unknown_places(home.ground))
    for one in known_places(home.ground):
        if args.json:
            print(json.dumps({"place": one.place, "standing": one.standing, "missing": one.place in missing}))
        else:
            told = "; saknas i bevara.toml och stoppar all gallring" if one.place in missing else ""
            print(f"{one.place:<40} {_SHOWN[one.standing]}{told}")
    return exits.DONE


def _retire(home: Home, args: argparse.Namespace) -> int:
    one = retire_place(home.ground, args.name, args.person)
    if args.json:
        print(json.dumps({"place": one.place, "standing": one.standing, "missing": False}))
    else:
        print(f"{one.place} är avförd: {args.person} intygar att inget av arkivet finns kvar där.")
    return exits.DONE
