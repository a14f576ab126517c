"""The commands ``oversee picture open|contact|list|decide``: a person in a picture asks that it is taken away.

With ``--json`` each prints one object.

* ``open``: ``{"request": item, "rows": [row]}``; ``list``: ``{"rows": [row]}``; ``contact``: ``{"contact": item}``.
* ``decide``: ``{"decision": item, "unpublish", "rows": [row], "out", "findings"}``. Addresses stand on the screen alone.

A row: ``{"number", "item", "account", "standing", "opened", "decision"}``. Exit codes: 0 done; 2 refused input; 3 done with
findings; 4 a guard refused; 5 a person is needed to take it away.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from flows import exits
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from flows.oversee.pictures.asked import ask, reach_by
from flows.oversee.pictures.decided import carry_out, decide
from flows.oversee.removal.words import line
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.refusal import RefusedError
from schemas.removal import Removal


def register(oversee: Any) -> None:
    """Add it to ``oversee``."""
    acts = oversee.add_parser("picture", help="någon vill att en bild eller film på dem tas bort").add_subparsers(
        dest="act", required=True
    )
    one = acts.add_parser("open", help="ta emot en begäran; inget tas bort förrän någon har beslutat")
    one.add_argument("items", nargs="+", metavar="ITEM", help="handlingen eller handlingarna med bilden")
    one.add_argument("--why", required=True, metavar="TEXT", help="vad personen säger")
    one.add_argument("--contact", default="", metavar="TEXT", help="hur personen nås; sparas för sig")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_open), writes=True)

    one = acts.add_parser("contact", help="anteckna hur personen nås, skilt från vad de säger")
    one.add_argument("number", type=int, metavar="NUMBER", help="som 'bevara oversee picture list' visar")
    one.add_argument("--contact", required=True, metavar="TEXT")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_contact), writes=True)

    one = acts.add_parser("list", help="begäranden som väntar på beslut")
    one.add_argument("--all", action="store_true", help="även de som är beslutade")
    one.set_defaults(run=_list)

    one = acts.add_parser("decide", help="besluta om avpublicering; handlingen finns kvar i arkivet")
    one.add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help="som 'bevara oversee picture list' visar")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--unpublish", action="store_true", help="den tas bort från sidan")
    which.add_argument("--keep", action="store_true", help="den ligger kvar")
    one.add_argument("--reason", required=True, metavar="TEXT", help="skälen; de står i beslutet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="den som beslutar på delegation")
    one.add_argument(
        "--out",
        type=Path,
        metavar="FILE.pdf",
        help="skriv beslutet dit, och hur man överklagar i FILE-overklagande.pdf",
    )
    one.set_defaults(run=copied(_decide), writes=True)


def _open(home: Home, args: argparse.Namespace) -> int:
    opened = ask(home, args.items, args.why, args.person, contact=args.contact)
    if args.json:
        print(json.dumps({"request": opened.item, "rows": [_values(one) for one in opened.rows]}))
        return exits.DONE
    for one in opened.rows:
        print(f"Begäran {one.number} om {one.item} väntar på beslut.")
    numbers = " ".join(str(one.number) for one in opened.rows)
    print(f"Besluta: 'bevara oversee picture decide {numbers} --unpublish|--keep --reason … --as NAMN'.")
    return exits.DONE


def _contact(home: Home, args: argparse.Namespace) -> int:
    item = reach_by(home, args.number, args.contact, args.person)
    print(json.dumps({"contact": item}) if args.json else f"Antecknat ({item}).")
    return exits.DONE


def _list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        rows = [one for one in books.duties.removals() if one.kind == "picture"]
    if not args.all:
        rows = [one for one in rows if one.record is None]
    if args.json:
        print(json.dumps({"rows": [_values(one) for one in rows]}))
        return exits.DONE
    if not rows:
        print("Ingen begäran om en bild eller film." if args.all else "Ingen begäran väntar på beslut.")
    for one in rows:
        if one.record is None:
            print(f"{one.number}. {one.item} på {one.account}: väntar på beslut sedan {rfc3339(one.opened)[:10]}")
        else:
            print(line(one))
    return exits.DONE


def _decide(home: Home, args: argparse.Namespace) -> int:
    files = _files(args.out)
    done = decide(home, args.numbers, args.reason, args.person, unpublish=args.unpublish)
    for file, data in zip(files, (done.decision.pdf, done.annex.pdf), strict=False):
        _put(file, data)
    told = carry_out(home, done.rows, args.person, args.refresh)
    rows = [one.removal for one in told] or list(done.rows)
    findings = [finding for one in told for finding in one.findings]
    if args.json:
        values = {
            "decision": done.item,
            "unpublish": args.unpublish,
            "rows": [_values(one) for one in rows],
            "out": str(args.out) if args.out else None,
            "findings": findings_json(findings),
        }
        print(json.dumps(values))
    else:
        print(f"Beslutet är {done.item}. Ge personen beslutet och hur man överklagar. Inget är raderat i arkivet.")
        for row in rows:
            print(line(row))
        for one in told:
            if one.link and one.removal.unfinished:
                print(f"  finns på: {one.link}")
        for finding in findings:
            print(f"  {finding.code}  {sentence(finding.code, 'sv', dict(finding.parameters))}")
    return max((one.exit_code for one in told), default=exits.DONE)


def _values(one: Removal) -> dict[str, Any]:
    return {
        "number": one.number,
        "item": one.item,
        "account": one.account,
        "standing": one.standing,
        "opened": rfc3339(one.opened),
        "decision": one.record,
    }


def _files(out: Path | None) -> list[Path]:
    """Where the papers go; refuses before anything is decided what could not be written afterwards."""
    if out is None:
        return []
    files = [out, out.with_name(f"{out.stem}-overklagande.pdf")]
    for one in files:
        if one.exists() or not one.parent.is_dir():
            raise RefusedError("--out", str(one), "name a file that does not exist, in a folder that does")
    return files


def _put(file: Path, data: bytes) -> None:
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except OSError:
        raise RefusedError("--out", str(file), "the decision is in the archive; name another file next time") from None
