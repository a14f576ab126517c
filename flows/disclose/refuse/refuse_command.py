"""The commands ``request refuse|decide|served|appeal|late|forward|reopen|ruling``: a no, and what follows on it.

With ``--json`` each prints one object::

    {"request": number, "standing", "outcome", "decision": item or null, "decided": RFC 3339 or null, "served": day or null,
     "last_day": day or null, "appealed": day or null, "in_time": true, false or null, "forwarded": RFC 3339 or null,
     "ruling", "final": day or null, "item": item or null, "files": [name]}

``item``: the letter or decision that was written, if any. ``files``: what lies in the folder that ``--out`` names. ``last_day``:
the last day on which an appeal comes in time; null until the day of receipt is recorded.

Exit codes: 0 done; 2 a bad value; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows import exits
from flows.disclose.handed import checked_folder, hand_out
from flows.disclose.refuse import letter_command
from flows.disclose.refuse.appeal import appeal, reopen, served
from flows.disclose.refuse.court import COURT_RULINGS, ruling
from flows.disclose.refuse.decide import Decided, decide, turn_away
from flows.disclose.refuse.forward import EXCUSES, forward
from flows.disclose.refuse.letter_command import say_files
from flows.disclose.refuse.refuse import refuse
from flows.disclose.refuse.refuse_lines import request_json, request_lines
from flows.disclose.words import paper_of, text_of
from flows.keep.own import OwnFile
from flows.keep.soon import copied
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.request import Request


def register(request: Any) -> None:
    """Add to ``request``."""
    _refusing(request)
    _appealing(request)
    _after(request)
    letter_command.register(request)


def _refusing(request: Any) -> None:
    one = request.add_parser(
        "refuse", help="svara nej utan skriftligt beslut (6 kap. 3 § OSL), med skäl och bestämmelse"
    )
    _number(one)
    _reason(one, "skälen, som den som har begärt handlingarna får läsa dem")
    _provision(one)
    _out(one)
    _person(one)
    one.set_defaults(run=copied(_refuse), writes=True)

    one = request.add_parser("decide", help="besluta skriftligt att inte lämna ut, med överklagandehänvisning")
    _number(one)
    _reason(one, "skälen för beslutet")
    _provision(one)
    one.add_argument("--presenter", default="", metavar="PERSON", help="föredragande (31 § förvaltningslagen)")
    _out(one)
    _person(one, "den som beslutar, med delegation")
    one.set_defaults(run=copied(_decide), writes=True)


def _appealing(request: Any) -> None:
    one = request.add_parser("served", help="den dag då beslutet togs emot; tiden för att överklaga räknas från den")
    _number(one)
    _day(one, "--on", "dagen då beslutet togs emot", required=True)
    _person(one)
    one.set_defaults(run=copied(_served), writes=True)

    one = request.add_parser("appeal", help="ett överklagande har kommit in")
    _number(one)
    _day(one, "--on", "dagen då det kom in", required=True)
    one.add_argument("--text-file", type=Path, metavar="PATH", help="vad det säger, som textfil (UTF-8)")
    one.add_argument("--file", type=Path, metavar="PATH", help="överklagandet som det kom in")
    _person(one)
    one.set_defaults(run=copied(_appeal), writes=True)

    one = request.add_parser("late", help="avvisa ett överklagande som har kommit in för sent (45 § förvaltningslagen)")
    _number(one)
    _reason(one, "skälen för beslutet")
    _out(one)
    _person(one, "den som beslutar, med delegation")
    one.set_defaults(run=copied(_late), writes=True)

    one = request.add_parser("forward", help="lämna över överklagandet till domstolen (46 § förvaltningslagen)")
    _number(one)
    one.add_argument("--excused", default="", choices=sorted(EXCUSES), help="varför ett sent överklagande inte avvisas")
    _out(one)
    _person(one)
    one.set_defaults(run=copied(_forward), writes=True)


def _after(request: Any) -> None:
    one = request.add_parser(
        "reopen", help="pröva begäran på nytt: svaret eller beslutet ska ändras (37-39 §§ förvaltningslagen)"
    )
    _number(one)
    _reason(one, "varför")
    _person(one)
    one.set_defaults(run=copied(_reopen), writes=True)

    one = request.add_parser("ruling", help="hur överklagandet slutade, och när det fick laga kraft")
    _number(one)
    one.add_argument(
        "ruling",
        choices=COURT_RULINGS,
        help="upheld: avslag; changed: domstolen ändrade; remitted: återförvisat; withdrawn: återtaget",
    )
    _day(one, "--on", "dagen för avgörandet (annars i dag)")
    _day(one, "--final", "dagen då det fick laga kraft")
    one.add_argument("--file", type=Path, metavar="PATH", help="avgörandet som det kom in")
    _person(one)
    one.set_defaults(run=copied(_ruling), writes=True)


def _number(one: Any) -> None:
    one.add_argument("number", metavar="REQUEST", help="begärans nummer")


def _reason(one: Any, text: str) -> None:
    one.add_argument("--reason", required=True, metavar="TEXT", help=text)


def _provision(one: Any) -> None:
    one.add_argument(
        "--provision",
        action="append",
        default=[],
        metavar="CODE",
        help='bestämmelse som hindrar, till exempel "OSL 21:1"',
    )


def _out(one: Any) -> None:
    one.add_argument("--out", type=Path, metavar="FOLDER", help="ny mapp utanför arkivet för det som ska lämnas vidare")


def _day(one: Any, name: str, text: str, *, required: bool = False) -> None:
    one.add_argument(name, type=date.fromisoformat, required=required, metavar="YYYY-MM-DD", help=text)


def _person(one: Any, text: str = "den som gör det") -> None:
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=text)


def _refuse(home: Home, args: argparse.Namespace) -> int:
    folder = _folder(home, args)
    done = refuse(home, args.number, args.reason, args.person, args.provision)
    return _say(home, args, done.request, item=done.written.item, files=done.files, folder=folder)


def _decide(home: Home, args: argparse.Namespace) -> int:
    folder = _folder(home, args)
    done = decide(home, args.number, args.reason, args.person, args.provision, args.presenter)
    return _decided(home, args, done, folder)


def _late(home: Home, args: argparse.Namespace) -> int:
    folder = _folder(home, args)
    return _decided(home, args, turn_away(home, args.number, args.reason, args.person), folder)


def _decided(home: Home, args: argparse.Namespace, done: Decided, folder: Path | None) -> int:
    number = done.request.number
    lines = [
        f"Beslutet ska diarieföras: 'bevara register send {done.item} --as PERSON'.",
        f"Säg till när det är mottaget: 'bevara request served {number} --on DATUM --as PERSON'. Till dess löper ingen tid för att överklaga.",
    ]
    return _say(home, args, done.request, item=done.item, files=done.files, folder=folder, lines=lines)


def _served(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, served(home, args.number, args.on, args.person))


def _appeal(home: Home, args: argparse.Namespace) -> int:
    text = text_of(args.text_file, "--text-file") if args.text_file else ""
    paper = paper_of(args.file, "overklagande-inkommet") if args.file else None
    return _say(home, args, appeal(home, args.number, args.on, args.person, text=text, paper=paper))


def _forward(home: Home, args: argparse.Namespace) -> int:
    folder = _folder(home, args)
    after, written = forward(home, args.number, args.person, excuse=args.excused)
    files = [OwnFile(name="overlamnande.pdf", media_type="application/pdf", data=written.pdf)]
    lines = [
        "Skicka skrivelsen och ärendets handlingar ('bevara request papers') till domstolen. De begärda handlingarna lämnas över för sig."
    ]
    return _say(home, args, after, item=written.item, files=files, folder=folder, lines=lines)


def _reopen(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, reopen(home, args.number, args.reason, args.person))


def _ruling(home: Home, args: argparse.Namespace) -> int:
    paper = paper_of(args.file, "avgorande") if args.file else None
    after = ruling(home, args.number, args.ruling, args.person, on=args.on, final=args.final, paper=paper)
    lines = (
        []
        if after.final
        else ["Ange dagen då det fick laga kraft med --final; till dess ligger gallringsstoppet kvar."]
    )
    return _say(home, args, after, lines=lines)


def _folder(home: Home, args: argparse.Namespace) -> Path | None:
    return checked_folder(home, args.out) if args.out else None


def _say(
    home: Home,
    args: argparse.Namespace,
    request: Request,
    *,
    item: ItemId | None = None,
    files: Sequence[OwnFile] = (),
    folder: Path | None = None,
    lines: Sequence[str] = (),
) -> int:
    del home
    names = hand_out(folder, files) if folder else ()
    if args.json:
        print(json.dumps({**request_json(request), "item": item, "files": list(names)}))
        return exits.DONE
    for line in request_lines(request):
        print(line)
    if item is not None:
        print(f"  handling i arkivet: {item}")
    say_files(names, folder)
    for line in lines:
        print(line)
    return exits.DONE
