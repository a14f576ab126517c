"""The commands ``oversee block, unblock, blocks``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.soon import copied
from flows.oversee.removal.blocking import block, unblock
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.removal import Block


def register(oversee: Any) -> None:
    """Add them to ``oversee``."""
    one = oversee.add_parser("block", help="blockera den som skrev en handling; ett beslut på delegation")
    one.add_argument("item", metavar="ITEM")
    one.add_argument("--why", required=True, metavar="TEXT", help="skälen; sparas bara i beslutet")
    one.add_argument("--review", required=True, type=day, metavar="YYYY-MM-DD", help="när det prövas igen, inom ett år")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_block), writes=True)
    one = oversee.add_parser("unblock", help="häv en blockering")
    one.add_argument("decision", metavar="DECISION", help="beslutets id; se 'oversee blocks'")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_unblock), writes=True)
    one = oversee.add_parser("blocks", help="alla blockeringar, den som ska prövas först överst")
    one.add_argument("--all", action="store_true", help="också de som är hävda")
    one.set_defaults(run=_blocks)


def _block(home: Home, args: argparse.Namespace) -> int:
    found = block(home, args.item, args.why, args.review, args.person)
    done = found.outcome in ("done", "already")
    codes = [code for code, told in (("W249", not done), ("W260", found.stands)) if told]
    findings = [{"code": one, "severity": "warning", "subject": found.block.item, "parameters": {}} for one in codes]
    if args.json:
        told = {**_values(found.block), "outcome": found.outcome, "existed": found.existed, "findings": findings}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(_line(found.block))
        for code in codes:
            print(f"  {code}  {sentence(code, 'sv')}")
    return exits.FINDINGS if codes else exits.DONE


def _unblock(home: Home, args: argparse.Namespace) -> int:
    found = unblock(home, args.decision, args.person)
    if args.json:
        print(json.dumps(_values(found), ensure_ascii=False))
    else:
        print(f"{_line(found)}\n  Ta bort blockeringen på sidan också.")
    return exits.DONE


def _blocks(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        found = [one for one in books.duties.blocks() if args.all or one.standing == "active"]
    today = local_day(home.ground.clock.now())
    if args.json:
        rows = [{**_values(one), "due": one.standing == "active" and one.review <= today} for one in found]
        print(json.dumps({"blocks": rows}, ensure_ascii=False))
    else:
        print("\n".join(map(_line, found)) or "Inga blockeringar.")
    return exits.DONE


def _line(one: Block) -> str:
    ended = "" if one.standing == "active" else ", hävd"
    return f"{one.item} på {one.account}: beslutad av {one.person}, prövas igen {one.review.isoformat()}{ended}"


def _values(one: Block) -> dict[str, Any]:
    return {
        "decision": one.item,
        "account": one.account,
        "authority": one.authority,
        "person": one.person,
        "at": rfc3339(one.at),
        "review": one.review.isoformat(),
        "standing": one.standing,
        "changed": rfc3339(one.changed),
    }
