"""The command ``oversee clauses``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.oversee.watch.clauses import clauses_json, lines, markdown
from schemas.ground import Home


def register(oversee: Any) -> None:
    """Add it to ``oversee``."""
    one = oversee.add_parser("clauses", help="policyns punkter: vad Bevara kontrollerar, gör, och lämnar åt människor")
    one.add_argument("--markdown", action="store_true", help="som en sida för handboken")
    one.set_defaults(run=_clauses)


def _clauses(home: Home, args: argparse.Namespace) -> int:
    clauses = home.oversight().clauses
    if args.json:
        print(json.dumps(clauses_json(clauses)))
    elif args.markdown:
        print(markdown(clauses), end="")
    else:
        for line in lines(clauses):
            print(line)
    return exits.DONE
