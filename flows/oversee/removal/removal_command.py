"""The commands ``oversee remove, removal, removals, removed``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.keep.soon import copied
from flows.oversee.removal import block_command
from flows.oversee.removal.act import again, as_it_stands, noticed, remove, reported, said_done
from flows.oversee.removal.asked import Asked
from flows.oversee.removal.explaining import BYS, Explained, explain
from flows.oversee.removal.rows import records
from flows.oversee.removal.told import Told
from flows.oversee.removal.unlocking import unlock
from flows.oversee.removal.words import line
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.refusal import RefusedError
from schemas.removal import REMOVAL_STANDINGS, Removal

_STEPS = ("show", "again", "done", "noticed", "reported", "unlock")


def register(oversee: Any) -> None:
    """Add them to ``oversee``."""
    one = oversee.add_parser("remove", help="ta bort eller dölj något på en sida; kopian säkras först")
    one.add_argument("item", nargs="?", default="", metavar="ITEM")
    one.add_argument("--account", default="", help="det har aldrig hämtats: kontot")
    one.add_argument("--address", default="", help="det har aldrig hämtats: adressen")
    one.add_argument("--clause", required=True, metavar="R01", help="sidans regel")
    one.add_argument("--why", required=True, metavar="TEXT", help="varför; sparas bara i arkivet")
    one.add_argument("--hide", action="store_true", help="dölj i stället för att ta bort")
    one.add_argument("--screenshot", type=Path, metavar="FILE", help="skärmbild (PNG, JPEG, WebP, PDF)")
    one.add_argument("--emergency", default="", metavar="TEXT", help="beskriv vad som står där, när ingen kopia finns")
    one.add_argument("--locked", action="store_true", help="misstänkt övergreppsmaterial: inget kopieras, allt låses")
    one.add_argument("--police", action="store_true", help="ska polisanmälas")
    one.add_argument("--register", action="store_true", help="ska diarieföras")
    one.add_argument("--secrecy", default="", metavar="PROVISION", help="sekretess, till exempel 'OSL 21:1'")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_remove), writes=True)
    one = oversee.add_parser("removal", help="visa en borttagning, eller gå vidare med den")
    one.add_argument("number", type=int)
    one.add_argument("step", nargs="?", choices=_STEPS, default="show")
    one.add_argument("--hidden", action="store_true", help="done: den är dold, inte borttagen")
    one.add_argument("--why", default="", metavar="TEXT", help="unlock: varför; sparas bara i arkivet")
    how = one.add_mutually_exclusive_group()
    how.add_argument("--pasted", action="store_true", help="noticed: besökaren har fått beskedet")
    how.add_argument("--impossible", action="store_true", help="noticed: besökaren går inte att nå")
    one.add_argument("--as", dest="person", default="", metavar="PERSON")
    one.set_defaults(run=copied(_removal), writes=True)
    one = oversee.add_parser("removals", help="alla borttagningar")
    one.add_argument("--standing", choices=REMOVAL_STANDINGS)
    one.add_argument("--open", action="store_true", help="bara det som väntar på något")
    one.set_defaults(run=_removals)
    one = oversee.add_parser("removed", help="berätta vem som tog bort något, och varför")
    one.add_argument("item", metavar="ITEM")
    one.add_argument("--by", required=True, choices=BYS)
    one.add_argument("--why", required=True, metavar="TEXT")
    one.add_argument("--clause", default="", metavar="R01", help="sidans regel; behövs med --by us")
    one.add_argument("--register", action="store_true", help="ska diarieföras")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_removed), writes=True)
    block_command.register(oversee)


def _remove(home: Home, args: argparse.Namespace) -> int:
    if not args.item and not args.account:
        raise RefusedError("ITEM", "", "name an item, or --account and --address of what was never harvested")
    asked = Asked(
        item=args.item,
        account=args.account,
        address=args.address,
        clause=args.clause,
        why=args.why,
        person=args.person,
        hide=args.hide,
        screenshot=args.screenshot,
        emergency=args.emergency,
        locked=args.locked,
        police=args.police,
        register=args.register,
        secrecy=args.secrecy,
    )
    return _say(remove(home, asked, args.refresh), args)


def _removal(home: Home, args: argparse.Namespace) -> int:
    if args.step == "show":
        return _show(home, args)
    if not args.person:
        raise RefusedError("--as", "", "name the person who does it")
    if args.step == "again":
        told = again(home, args.number, args.person, args.refresh)
    elif args.step == "done":
        told = said_done(home, args.number, args.person, hidden=args.hidden)
    elif args.step == "reported":
        told = reported(home, args.number, args.person)
    elif args.step == "unlock":
        told = unlock(home, args.number, args.why, args.person)
    elif not args.pasted and not args.impossible:
        raise RefusedError("--pasted", "", "say --pasted or --impossible")
    else:
        told = noticed(home, args.number, "pasted" if args.pasted else "impossible", args.person)
    return _say(told, args)


def _show(home: Home, args: argparse.Namespace) -> int:
    told = as_it_stands(home, args.number)
    _print(told, [] if args.json else [str(one.get("why", "")) for one in records(home.ground, told.removal)], args)
    return exits.DONE


def _removals(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        found = books.duties.removals(standing=args.standing)
    if args.open:
        found = [one for one in found if one.unfinished or (one.gone and not one.settled)]
    if args.json:
        print(json.dumps({"removals": [_values(one) for one in found]}, ensure_ascii=False))
    else:
        print("\n".join(map(line, found)) or "Inga borttagningar.")
    return exits.DONE


def _removed(home: Home, args: argparse.Namespace) -> int:
    said = Explained(
        item=args.item, by=args.by, why=args.why, clause=args.clause, person=args.person, register=args.register
    )
    return _say(explain(home, said), args)


def _say(told: Told, args: argparse.Namespace) -> int:
    _print(told, [], args)
    return told.exit_code


def _print(told: Told, reasons: list[str], args: argparse.Namespace) -> None:
    findings = [
        {"code": one.code, "severity": one.severity, "subject": one.subject, "parameters": dict(one.parameters)}
        for one in told.findings
    ]
    if args.json:
        values = {**_values(told.removal), "link": told.link, "notice_text": told.notice, "findings": findings}
        print(json.dumps(values, ensure_ascii=False))
        return
    print(line(told.removal))
    for reason in reasons:
        print(f"  Skäl: {reason}")
    for one in told.findings:
        print(f"  {one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")
    if told.link and told.removal.unfinished:
        print(f"  Finns på: {told.link}")
    if told.notice:
        print(f"\nAtt klistra in:\n\n{told.notice}")


def _values(removal: Removal) -> dict[str, Any]:
    return {
        "number": removal.number,
        "kind": removal.kind,
        "standing": removal.standing,
        "item": removal.item,
        "account": removal.account,
        "authority": removal.authority,
        "clause": removal.clause,
        "person": removal.person,
        "opened": rfc3339(removal.opened),
        "changed": rfc3339(removal.changed),
        "secured": removal.secured,
        "version": removal.version,
        "record": removal.record,
        "wanted": removal.wanted,
        "tries": removal.tries,
        "answer": removal.answer,
        "done": rfc3339(removal.done) if removal.done else None,
        "notice": removal.notice,
        "noticed": removal.noticed,
        "police": removal.police,
        "register": removal.register,
        "secrecy": removal.secrecy,
    }
