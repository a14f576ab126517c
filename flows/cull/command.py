"""The command ``cull``: propose, sign, approve, execute, certify, verify. There is no option that forces anything."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows import exits
from flows.arguments import day
from flows.cull.act import Proposal, known_order, propose
from flows.cull.approval import Approved, approve, withdraw
from flows.cull.execute import Executed, execute
from flows.cull.export import export_certificate, export_proposal, find_certificate
from flows.cull.listing import Scope
from flows.cull.mandate import Hand
from flows.cull.report import culled, order_lines, samples
from flows.cull.verify import verify_certificate
from flows.keep.judged import standing
from flows.keep.soon import copied
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.codes.words import records
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.order import GUARDS, Guard, Order
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``cull`` to the command line."""
    cull = verbs.add_parser("cull", help="gallring").add_subparsers(dest="what", required=True)
    one = cull.add_parser("propose", help="lista vad som är i tur och skriv under listan; gallrar ingenting")
    one.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="dagen som bedömningen gäller (annars i dag)")
    one.add_argument("--account", action="append", default=[], help="bara detta konto (kan upprepas)")
    one.add_argument("--type", action="append", default=[], help="bara denna planrad (kan upprepas)")
    one.add_argument("--authority", action="append", default=[], help="bara denna arkivbildare (kan upprepas)")
    one.add_argument("--draft", metavar="DIGEST", help="skriv under detta utkast, om inget har ändrats")
    _hand(one, required=False)
    one.set_defaults(run=copied(_propose), writes=True)

    one = cull.add_parser("list", help="visa alla förslag och var de står")
    one.set_defaults(run=_list)
    one = cull.add_parser("show", help="visa ett förslag, med prov ur handlingarnas text (sparas inte)")
    one.add_argument("digest", metavar="DIGEST")
    one.add_argument("--out", type=Path, metavar="FOLDER", help="lägg förslagets protokoll (XML och PDF) i en mapp")
    one.set_defaults(run=_show)

    one = cull.add_parser("approve", help="godkänn ett underskrivet förslag, som en annan person")
    one.add_argument("digest", metavar="DIGEST")
    one.add_argument("--accept", action="append", default=[], metavar="GUARD", help=", ".join(GUARDS))
    _hand(one, required=True)
    one.set_defaults(run=copied(_approve), writes=True)

    one = cull.add_parser("withdraw", help="dra tillbaka ett förslag som inte har börjat förstöra något")
    one.add_argument("digest", metavar="DIGEST")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=copied(_withdraw), writes=True)

    one = cull.add_parser("execute", help="gallra enligt ett godkänt förslag, eller slutför en påbörjad gallring")
    one.add_argument("digest", metavar="DIGEST")
    one.set_defaults(run=_execute, writes=True, without_second=True)

    one = cull.add_parser("certificate", help="lägg gallringsprotokollet i en mapp, med nycklar och liggare")
    one.add_argument("certificate", metavar="CERTIFICATE", help="protokollets id eller förslagets kontrollsumma")
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    one.set_defaults(run=_certificate)

    one = cull.add_parser("verify", help="pröva ett gallringsprotokoll mot liggaren och arkivet")
    one.add_argument(
        "certificate", metavar="CERTIFICATE", help="protokollets id, förslagets kontrollsumma eller en fil"
    )
    one.set_defaults(run=_verify)

    one = cull.add_parser("done", help="förteckna vad som har gallrats")
    one.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD")
    one.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD")
    one.add_argument("--order", metavar="DIGEST")
    one.add_argument("--rule", action="append", default=[], help="bara denna planrad (kan upprepas)")
    one.add_argument("--thread", metavar="ITEM")
    one.set_defaults(run=_done)


def _hand(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--as", dest="person", required=required, metavar="PERSON", help="den som skriver under")
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help="personens nyckelfil (annars den vanliga platsen)"
    )
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="fil med lösenfrasen (annars frågas den)")


def _propose(home: Home, args: argparse.Namespace) -> int:
    if args.draft and not args.person:
        raise RefusedError("--draft", args.draft, "a draft is signed by a person; add '--as PERSON'")
    as_of = args.as_of or local_day(home.ground.clock.now())
    scope = Scope(accounts=tuple(args.account), types=tuple(args.type), authorities=tuple(args.authority))
    _known_scope(home, scope, as_of)
    hand = _the_hand(args) if args.person else None
    draft = known_order(home.ground, args.draft).digest if args.draft else None
    found = propose(home, as_of, scope, hand=hand, draft=draft)
    if args.json:
        print(json.dumps(_proposal_json(found)))
    else:
        for line in order_lines(found.order, found.draft):
            print(line)
        if found.signature is None:
            print("Ingenting är gallrat. Listan är ett utkast utan underskrift.")
        else:
            print(f"Underskrivet av {found.signature.person} ({found.signature.role}). Ingenting är gallrat.")
    return exits.DONE


def _the_hand(args: argparse.Namespace) -> Hand:
    return Hand(person=args.person, key_file=args.key_file, passphrase_file=args.passphrase_file)


def _known_scope(home: Home, scope: Scope, as_of: date) -> None:
    """A mistyped account, authority or row would list nothing, and nobody would see it."""
    plan = standing(home.ground, as_of, holds=False).plan if scope.types else None
    for name in scope.types:
        if plan is not None and plan.rule(name) is None:
            raise RefusedError("--type", name, "name a row of the plan in force; 'bevara plan show' lists them")
    with home.ground.state.reading() as books:
        accounts = books.accounts.all()
    for name in scope.accounts:
        if name != "bevara" and all(one.name != name for one in accounts):
            raise RefusedError("--account", name, "name a registered account")
    for name in scope.authorities:
        if all(one.authority != name for one in accounts):
            raise RefusedError("--authority", name, "name an authority that has a registered account")


def _proposal_json(found: Proposal) -> dict[str, Any]:
    signature = found.signature
    return {
        "proposal": found.digest,
        "as_of": found.order.as_of.isoformat(),
        "counts": found.counts.as_json(),
        "edition": found.order.edition,
        "standing": found.order.standing,
        "signed_by": None if signature is None else signature.person,
        "guards": list(found.order.guards),
        "overdue": found.draft.overdue,
        "totals": [
            {"authority": one.authority, "rule": one.rule, "type": one.type, "items": one.items}
            for one in found.draft.totals
        ],
        "exceptions": {one.code: one.items for one in found.draft.exceptions},
        "asked": {one.code: one.items for one in found.draft.asked},
    }


def _list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        found = [
            (order, books.orders.signatures(order.digest), books.orders.operation(order.digest))
            for order in books.orders.all()
        ]
    for order, signatures, operation in found:
        if args.json:
            values = _order_json(order)
            values |= {
                "signatures": [
                    {"act": one.act, "person": one.person, "role": one.role, "at": rfc3339(one.at)}
                    for one in signatures
                ],
                "certificate": None if operation is None else operation.certificate,
            }
            print(json.dumps(values))
        else:
            print(f"{order.digest[:16]}  {order.as_of}  {_STANDING[order.standing]:<14} {order.cull:>8} i tur")
    return exits.DONE


def _order_json(order: Order) -> dict[str, Any]:
    return {
        "order": order.digest,
        "as_of": order.as_of.isoformat(),
        "made": rfc3339(order.made),
        "edition": order.edition,
        "standing": order.standing,
        "counts": {"cull": order.cull, "keep": order.keep, "ask": order.ask},
        "guards": list(order.guards),
    }


_STANDING = {
    "draft": "utkast",
    "signed": "underskrivet",
    "approved": "godkänt",
    "quarantined": "karantän",
    "open": "påbörjat",
    "done": "gallrat",
    "withdrawn": "återtaget",
}


def _show(home: Home, args: argparse.Namespace) -> int:
    order = known_order(home.ground, args.digest)
    if args.out is not None:
        written = export_proposal(home, order, args.out)
        print(json.dumps({"folder": str(args.out), "files": written}) if args.json else ", ".join(written))
        return exits.DONE
    shown = samples(home.ground, order)
    if args.json:
        # Samples are ids here; their text is for the screen alone.
        print(json.dumps({**_order_json(order), "samples": [one.item for one in shown]}))
        return exits.DONE
    print(f"{order.digest}: {_STANDING[order.standing]}")
    for line in order_lines(order, None):
        print(line)
    for one in shown:
        print(f"  {one.item}  {one.kind}  {one.rule}  {one.text}")
    return exits.DONE


def _approve(home: Home, args: argparse.Namespace) -> int:
    found = approve(home, args.digest, _the_hand(args), accept=_guards(args.accept))
    if args.json:
        print(json.dumps(_approved_json(found)))
        return exits.DONE
    signature = found.signature
    until = local_day(signature.expires) if signature.expires else "–"
    print(f"Godkänt av {signature.person} ({signature.role}), gäller till och med {until}.")
    for guard in found.stopped_by:
        print(f"{guard} stoppar gallringen: {_GUARD_TEXT[guard]} Godkänn med --accept {guard} om det är avsikten.")
    return exits.DONE


_GUARD_TEXT: dict[Guard, str] = {
    "G-SHARE": "en större andel av ett konto än vad som är tillåtet skulle gallras.",
    "G-REMAIN": "ingen handling av en handlingstyp skulle finnas kvar.",
}


def _guards(named: Sequence[str]) -> tuple[Guard, ...]:
    found: list[Guard] = []
    for name in named:
        known = {guard.lower(): guard for guard in GUARDS} | {guard[2:].lower(): guard for guard in GUARDS}
        if name.lower() not in known:
            raise RefusedError("--accept", name, f"the guards that can be accepted are {', '.join(GUARDS)}")
        found.append(known[name.lower()])
    return tuple(sorted(set(found)))


def _approved_json(found: Approved) -> dict[str, Any]:
    signature = found.signature
    return {
        "order": found.order.digest,
        "approved_by": signature.person,
        "expires": None if signature.expires is None else rfc3339(signature.expires),
        "accepted": list(signature.accepted),
        "stopped_by": list(found.stopped_by),
    }


def _withdraw(home: Home, args: argparse.Namespace) -> int:
    order = withdraw(home, args.digest, args.person)
    print(json.dumps(_order_json(order)) if args.json else f"Förslaget {order.digest[:16]} är återtaget.")
    return exits.DONE


def _execute(home: Home, args: argparse.Namespace) -> int:
    found = execute(home, args.digest)
    print(json.dumps(executed_json(found)) if args.json else "\n".join(_executed_lines(found)))
    if found.standing == "open":
        return exits.UNREACHABLE
    return exits.FINDINGS if found.kept else exits.DONE


def executed_json(found: Executed) -> dict[str, Any]:
    """The answer of ``cull execute --json``."""
    return {
        "order": found.order,
        "standing": found.standing,
        "culled": found.culled,
        "kept": found.kept,
        "places": [
            {"place": one.place, "removed": one.removed, "verified_absent": one.verified_absent} for one in found.places
        ],
        "certificate": found.certificate,
        "left": dict(found.left),
        "until": None if found.until is None else rfc3339(found.until),
    }


def _executed_lines(found: Executed) -> list[str]:
    if found.standing == "quarantined":
        until = local_day(found.until) if found.until else "–"
        return [f"Ingenting är gallrat än. Karantänen löper till och med {until}; därefter görs alla kontroller om."]
    lines = [f"{records(found.culled)} gallrade, {found.kept} behållna vid den sista kontrollen."]
    lines += [f"{one.place}: {one.verified_absent} av {one.removed} iakttagna borta." for one in found.places]
    if found.standing == "open":
        lines.append(
            "Gallringen är inte slutförd. Kvar: " + ", ".join(f"{what} ({n})" for what, n in found.left.items())
        )
        lines.append(f"Kör om när felet är avhjälpt: bevara cull execute {found.order}")
    elif found.certificate:
        lines.append(f"Gallringsprotokoll: {found.certificate} (väntar på registrering).")
    return lines


def _certificate(home: Home, args: argparse.Namespace) -> int:
    written = export_certificate(home, args.certificate, args.out)
    if args.json:
        print(json.dumps({"folder": str(args.out), "files": written}))
    else:
        print(f"{len(written)} filer i {args.out}: {', '.join(written)}")
    return exits.DONE


def _verify(home: Home, args: argparse.Namespace) -> int:
    findings = verify_certificate(home, find_certificate(home, args.certificate))
    if args.json:
        print(
            json.dumps(
                {
                    "valid": not findings,
                    "findings": [
                        {
                            "code": one.code,
                            "subject": one.subject,
                            "text": sentence(one.code, "sv", dict(one.parameters)),
                        }
                        for one in findings
                    ],
                }
            )
        )
    else:
        for one in findings:
            print(f"{one.code}: {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}")
        if not findings:
            print("Gallringsprotokollet stämmer med underskrifterna, liggaren och arkivet.")
    return exits.FINDINGS if findings else exits.DONE


def _done(home: Home, args: argparse.Namespace) -> int:
    count = 0
    order = known_order(home.ground, args.order).digest if args.order else None
    for one in culled(home.ground, order=order, first=args.first, last=args.last, rules=args.rule, thread=args.thread):
        count += 1
        if args.json:
            print(
                json.dumps(
                    {
                        "item": one.item,
                        "parent": one.parent,
                        "thread": one.thread,
                        "kind": one.kind,
                        "rule": one.rule,
                        "edition": one.edition,
                        "order": one.order,
                        "culled": rfc3339(one.culled),
                        "salt": one.salt.hex(),
                    }
                )
            )
        else:
            print(f"{one.item}  {local_day(one.culled)}  {one.kind:<12} {one.rule:<24} {one.order[:16]}")
    if not args.json:
        print(f"Gallrat: {records(count)}.")
    return exits.DONE
