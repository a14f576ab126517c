"""The command ``morning``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.harvest.command import as_text, exit_code
from flows.morning.act import Morning, run_morning
from flows.oversee.watch.shown import lines
from schemas.codes import sentence
from schemas.ground import Home


def register(verbs: Any) -> None:
    """Add ``morning`` to the command line."""
    one = verbs.add_parser("morning", help="morgonens tillsyn: hämta det nyaste, se efter, skicka morgonbrev")
    one.add_argument("--light", action="store_true", help="lätt körning, som på helger")
    one.add_argument("--no-letter", action="store_true", help="skicka inga brev")
    one.set_defaults(run=_morning, writes=True, without_second=True)


def _morning(home: Home, args: argparse.Namespace) -> int:
    found = run_morning(home, light=args.light, letter=not args.no_letter, progress=args.progress)
    if args.json:
        print(json.dumps(found.as_json()))
    else:
        print(as_lines(home, found))
    if found.open or any(one.severity != "info" for one in found.told):
        return exits.FINDINGS
    return exit_code(found.tallies)


def as_lines(home: Home, found: Morning) -> str:
    """The morning in Swedish."""
    parts = [as_text(tally) for tally in found.tallies]
    parts += lines(found.watched, home.oversight(), (), everything=False)
    if found.looked_again:
        parts.append(f"Borttagningar som kontrollerats på nytt: {found.looked_again}.")
    if found.letters is not None:
        sent, already, failed = (len(one) for one in (found.letters.sent, found.letters.already, found.letters.failed))
        parts.append(f"Morgonbrev: {sent} skickade, {already} redan skickade i dag, {failed} kunde inte skickas.")
    if found.sheet:
        parts.append(f"Månadsbladet för {found.sheet} är skrivet.")
    parts += [f"{one.code}: {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}" for one in found.told]
    return "\n".join(parts)
