"""The commands ``account decide`` and ``account publish``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.soon import copied
from flows.oversee.accounts.deciding import SORTS, Decision, decide, read_pdf
from flows.oversee.accounts.publishing import publish
from schemas.ground import Home


def register(account: Any) -> None:
    """Add them to ``account``."""
    one = account.add_parser("decide", help="för in ett beslut om ett konto")
    one.add_argument("account", metavar="ACCOUNT")
    one.add_argument("decision", choices=list(SORTS), help="start, close eller administrators")
    one.add_argument("--by", required=True, metavar="NAME", help="den som har beslutat")
    one.add_argument("--role", required=True, metavar="TITLE", help="till exempel 'verksamhetschef'")
    one.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD", help="dagen för beslutet")
    one.add_argument("--dnr", default="", help="diarienummer")
    one.add_argument("--file", type=Path, metavar="PDF", help="det undertecknade beslutet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_decide), writes=True)
    one = account.add_parser("publish", help="skriv den öppna listan över konton: webbsida, JSON och CSV")
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one.add_argument("--as", dest="person", metavar="PERSON")
    one.set_defaults(run=copied(_publish), writes=True)


def _decide(home: Home, args: argparse.Namespace) -> int:
    pdf = read_pdf(args.file) if args.file is not None else b""
    decision = Decision(what=args.decision, by=args.by, role=args.role, on=args.on, dnr=args.dnr, pdf=pdf)
    item, new = decide(home, args.account, decision, args.person)
    if args.json:
        print(json.dumps({"account": args.account, "decision": args.decision, "item": item, "new": new}))
    elif new:
        print(f"Beslutet är infört som handling {item} och väntar på att diarieföras.")
    else:
        print(f"Beslutet fanns redan: handling {item}.")
    return exits.DONE


def _publish(home: Home, args: argparse.Namespace) -> int:
    found = publish(home, args.folder, args.person)
    if args.json:
        print(json.dumps({"accounts": found.accounts, "item": found.item, "new": found.new}))
    else:
        number = "1 konto" if found.accounts == 1 else f"{found.accounts} konton"
        kept = (
            f"Listan är sparad som handling {found.item}." if found.new else "Listan säger samma sak som förra gången."
        )
        print(f"Listan med {number} är skriven som konton.html, konton.json och konton.csv. {kept}")
    return exits.DONE
