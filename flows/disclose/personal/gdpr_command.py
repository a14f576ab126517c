"""The commands ``request access|extend|withhold|unpublish|restrict``: requests of a person about their own data.

With ``--json`` each prints one object. A finding in it is as ``flows.findings.as_json`` says.

* ``access``: ``{"request", "letter", "items", "out", "findings"}``; ``letter``: the item; ``out``: the PDF's path, or null.
* ``extend``: ``{"request", "letter", "until"}``; ``until``: the new last day, YYYY-MM-DD.
* ``withhold``, ``unpublish``, ``restrict``: ``{"request", "standing", "outcome", "decision", "unpublish": [{"item", "account", "published",
  "address", "state"}], "out", "findings"}``. Addresses are for who runs the accounts; they stand in the decision alone.

Exit codes: 0 done; 2 refused input; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import exits
from flows.disclose.personal.access import access
from flows.disclose.personal.gdpr import extend, restrict, unpublish, withhold
from flows.disclose.personal.gdpr_decision import Decided
from flows.disclose.personal.unpublishing import unpublish_lines
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import item_id
from schemas.refusal import RefusedError

_NUMBER = "begärans nummer, som 'bevara request list' visar"
_DELEGATE = "den som beslutar med stöd av delegation"
_OUTCOMES = {
    "unpublish": "avpubliceras",
    "no-unpublish": "avpubliceras inte",
    "restrict": "behandlingen begränsas",
    "no-restrict": "behandlingen begränsas inte",
    "partly": "alla personuppgifter lämnas inte ut",
    "refused": "personuppgifterna lämnas inte ut",
}


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser(
        "access", help="skriv informationsbrevet till den som vill se sina personuppgifter (GDPR 15)"
    )
    one.add_argument("number", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="handläggaren")
    _out(one)
    one.set_defaults(run=copied(_access), writes=True)

    one = request.add_parser("extend", help="förläng tiden för en begäran om personuppgifter (GDPR 12.3)")
    one.add_argument("number", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--reason", required=True, metavar="TEXT", help="varför; står i brevet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="handläggaren")
    one.set_defaults(run=copied(_extend), writes=True)

    one = request.add_parser(
        "withhold", help="besluta att inte lämna ut alla personuppgifter till den som begär dem (GDPR 15)"
    )
    one.add_argument("number", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--reason", required=True, metavar="TEXT", help="skälen; de står i beslutet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_DELEGATE)
    _out(one, "skriv beslutet dit, och hur man överklagar bredvid, i FILE-overklagande.pdf")
    one.set_defaults(run=copied(_withhold), writes=True)

    one = request.add_parser("unpublish", help="besluta om avpublicering när någon har begärt radering (GDPR 17)")
    _deciding(one)
    one.add_argument(
        "--item", action="append", default=[], metavar="ITEM", help="bara den här i listan (upprepas; annars alla)"
    )
    one.set_defaults(run=copied(_unpublish), writes=True)

    one = request.add_parser("restrict", help="besluta om begränsning av behandling (GDPR 18)")
    _deciding(one)
    one.set_defaults(run=copied(_restrict), writes=True)


def _deciding(one: argparse.ArgumentParser) -> None:
    one.add_argument("number", metavar="REQUEST", help=_NUMBER)
    one.add_argument("answer", choices=("yes", "no"), help="yes: begäran bifalls; no: den avslås")
    one.add_argument("--reason", required=True, metavar="TEXT", help="skälen; de står i beslutet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_DELEGATE)
    _out(one, "skriv beslutet dit, och hur man överklagar bredvid, i FILE-overklagande.pdf")


def _out(one: argparse.ArgumentParser, told: str = "skriv brevet dit också") -> None:
    one.add_argument("--out", type=Path, metavar="FILE.pdf", help=told)


def _access(home: Home, args: argparse.Namespace) -> int:
    _free(args.out)
    done = access(home, args.number, args.person)
    out = _put(args.out, done.letter.pdf)
    if args.json:
        values = {
            "request": int(args.number),
            "letter": done.letter.item,
            "items": done.items,
            "out": out,
            "findings": findings_json(done.findings),
        }
        print(json.dumps(values))
        return exits.DONE
    print(
        f"Begäran {args.number}: brevet om personuppgifterna är skrivet ({done.letter.item}). Skicka det med kopiorna."
    )
    _tell(done.findings)
    return exits.DONE


def _extend(home: Home, args: argparse.Namespace) -> int:
    letter, until = extend(home, args.number, args.reason, args.person)
    if args.json:
        print(json.dumps({"request": int(args.number), "letter": letter.item, "until": until.isoformat()}))
    else:
        print(f"Begäran {args.number}: svar senast {until.isoformat()}. Skicka brevet ({letter.item}) i dag.")
    return exits.DONE


def _withhold(home: Home, args: argparse.Namespace) -> int:
    _free_both(args.out)
    return _decided(withhold(home, args.number, args.reason, args.person), args)


def _unpublish(home: Home, args: argparse.Namespace) -> int:
    _free_both(args.out)
    items = [item_id(one, "--item") for one in args.item]
    done = unpublish(home, args.number, args.reason, args.person, answer=args.answer == "yes", items=items)
    return _decided(done, args)


def _restrict(home: Home, args: argparse.Namespace) -> int:
    _free_both(args.out)
    return _decided(restrict(home, args.number, args.reason, args.person, answer=args.answer == "yes"), args)


def _decided(done: Decided, args: argparse.Namespace) -> int:
    out = _put(args.out, done.pdf)
    _put(_annex(args.out), done.annex)
    request = done.request
    if args.json:
        records = [
            {
                "item": one.item,
                "account": one.account,
                "published": one.published.isoformat() if one.published else None,
                "address": one.address,
                "state": one.state,
            }
            for one in done.unpublish
        ]
        values = {
            "request": request.number,
            "standing": request.standing,
            "outcome": request.outcome,
            "decision": done.item,
            "unpublish": records,
            "out": out,
            "findings": findings_json(done.findings),
        }
        print(json.dumps(values))
        return exits.DONE
    print(
        f"Begäran {request.number}: {_OUTCOMES[request.outcome]}. Beslutet är {done.item}; inget är raderat i arkivet."
    )
    for line in unpublish_lines(done.unpublish):
        print(line)
    print(f"När personen har fått beslutet: 'bevara request served {request.number} --on DAG --as PERSON'.")
    _tell(done.findings)
    return exits.DONE


def _tell(findings: Sequence[Finding]) -> None:
    for one in findings:
        print(f"  {one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")


def _free(out: Path | None) -> None:
    """Refuse before anything is decided what could not be written afterwards."""
    if out is not None and (out.exists() or not out.parent.is_dir()):
        raise RefusedError("--out", str(out), "name a file that does not exist, in a folder that does")


def _free_both(out: Path | None) -> None:
    _free(out)
    _free(_annex(out))


def _annex(out: Path | None) -> Path | None:
    """How to appeal, beside the decision that speaks of it: ``FILE-overklagande.pdf``."""
    return None if out is None else out.with_name(f"{out.stem}-overklagande.pdf")


def _put(out: Path | None, data: bytes) -> str | None:
    if out is None:
        return None
    try:
        with out.open("xb") as stream:
            stream.write(data)
    except OSError:
        raise RefusedError(
            "--out", str(out), "the letter is written in the archive; name another file next time"
        ) from None
    return str(out)
