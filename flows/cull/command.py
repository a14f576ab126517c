"""The command ``cull``. In this edition it proposes and destroys nothing."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from flows import exits
from flows.cull.act import propose
from schemas.calendar import local_day
from schemas.ground import Home


def register(verbs: Any) -> None:
    """Add ``cull`` to the command line."""
    cull = verbs.add_parser("cull", help="gallring").add_subparsers(dest="what", required=True)
    one = cull.add_parser("propose", help="lista vad som är i tur; gallrar ingenting")
    one.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="dagen som bedömningen gäller (annars i dag)")
    one.set_defaults(run=_propose, writes=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


def _propose(home: Home, args: argparse.Namespace) -> int:
    as_of = args.as_of or local_day(home.ground.clock.now())
    found = propose(home.ground, as_of)
    if args.json:
        answer = {"proposal": found.digest, "as_of": found.as_of.isoformat(), "counts": found.counts.as_json()}
        print(json.dumps(answer))
        return exits.DONE
    if found.edition is None:
        print("Ingen plan är antagen. Utan plan får ingenting gallras: allt bevaras tills vidare.")
    counts = found.counts
    print(f"Förslag {found.digest}")
    print(f"Bedömt för {found.as_of}, planutgåva {found.edition or '–'}.")
    print(
        f"{counts.cull} handlingar är i tur att gallras, {counts.ask} kräver ställningstagande, {counts.keep} behålls."
    )
    print("Ingenting är gallrat. Listan är ett utkast utan underskrift.")
    return exits.DONE
