"""The commands ``request letter|papers``: one of the letters by hand, and the matter's own papers in a folder.

With ``--json``: ``letter`` prints ``{"request", "letter", "item", "files"}``, ``papers`` ``{"request", "files"}``; ``files``: what lies
in the folder that ``--out`` names.

Exit codes: 0 done; 2 a bad value; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flows import exits
from flows.disclose.handed import checked_folder, hand_out
from flows.disclose.letters import write_letter
from flows.disclose.papers import papers
from flows.disclose.standing import known_request
from flows.keep.own import OwnFile
from flows.keep.soon import copied
from schemas.ground import Home
from schemas.letter_texts import NAMES
from schemas.refusal import GuardError, RefusedError

_BY_ACTS: Final = {
    "avslag": "refuse",
    "beslut": "decide",
    "for-sent": "late",
    "overlamnande": "forward",
    "svar-": "answer",
    "gdpr-": "unpublish|restrict|access|extend",
}
"""How letters begin that say what was decided → the command that decides it and writes them."""


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser("letter", help="skriv ett av breven för hand")
    _number(one)
    one.add_argument("letter", metavar="NAME", help=f"{', '.join(NAMES)} (om personuppgifter: gdpr-…)")
    one.add_argument("--field", action="append", default=[], metavar="NAME=TEXT", help="brevets fält")
    _out(one)
    _person(one)
    one.set_defaults(run=copied(_letter), writes=True)

    one = request.add_parser(
        "papers",
        help="ärendets egna handlingar (begäran, brev, beslut, överklagande) i en mapp, till exempel för domstolen",
    )
    _number(one)
    one.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="ny mapp utanför arkivet")
    _person(one)
    one.set_defaults(run=copied(_papers), writes=True)


def _number(one: Any) -> None:
    one.add_argument("number", metavar="REQUEST", help="begärans nummer")


def _out(one: Any) -> None:
    one.add_argument("--out", type=Path, metavar="FOLDER", help="ny mapp utanför arkivet för det som ska lämnas vidare")


def _person(one: Any) -> None:
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="den som gör det")


def _letter(home: Home, args: argparse.Namespace) -> int:
    folder = checked_folder(home, args.out) if args.out else None
    fields = {}
    for text in args.field:
        name, equals, value = text.partition("=")
        if not equals or name in fields:
            raise RefusedError("--field", name, "write NAME=TEXT, and each field once")
        fields[name] = value
    act = next((act for start, act in _BY_ACTS.items() if args.letter.startswith(start)), "")
    if act:
        raise RefusedError("letter", args.letter, f"it is written by its act, 'bevara request {act}', and not by hand")
    request = known_request(home.ground, args.number)
    if request.standing == "closed":
        raise GuardError("G-REQUEST", f"request {request.number} is closed", "open a new request")
    written = write_letter(home, request, args.letter, args.person, home.ground.clock.now(), fields)
    files = [
        OwnFile(name=f"{args.letter}.pdf", media_type="application/pdf", data=written.pdf),
        OwnFile(name=f"{args.letter}.txt", media_type="text/plain", data=written.text.encode("utf-8", "replace")),
    ]
    names = hand_out(folder, files) if folder else ()
    if args.json:
        print(
            json.dumps({"request": request.number, "letter": args.letter, "item": written.item, "files": list(names)})
        )
    else:
        print(f"Begäran {request.number}: brevet {args.letter} är skrivet ({written.item}).")
        say_files(names, folder)
    return exits.DONE


def _papers(home: Home, args: argparse.Namespace) -> int:
    folder = checked_folder(home, args.out)
    request, files = papers(home, args.number, args.person)
    names = hand_out(folder, files)
    if args.json:
        print(json.dumps({"request": request.number, "files": list(names)}))
    else:
        print(f"Begäran {request.number}: ärendets handlingar.")
        say_files(names, folder)
    return exits.DONE


def say_files(names: Sequence[str], folder: Path | None) -> None:
    """Name what was handed out."""
    if folder is not None:
        print(f"  i mappen {folder.name}: {', '.join(names)}")
