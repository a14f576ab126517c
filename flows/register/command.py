"""The command ``register``: candidates, send, decline, confirm, collect, status.

With ``--json`` every command prints one object: ``candidates`` ``{"candidates"}``; ``send`` and ``dispatch``
``{"sent", "waiting", "findings"}``; ``decline`` ``{"declined"}``; ``confirm`` ``{"item", "dnr", "confirmed"}``;
``collect`` ``{"answers", "confirmed", "findings"}``; ``status`` ``{"open", "counts", "findings"}``; ``show`` everything
about one record (``standing.Told``), the words of the decision too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.soon import copied
from flows.register.act import Telling, ask_again, decide_to_register, decline
from flows.register.collect import collect, confirm
from flows.register.dispatch import Outcome
from flows.register.facts import find_candidates
from flows.register.guards import shows_secret
from flows.register.nightly import dispatch_all
from flows.register.standing import candidate_lines, counts, line, reminders, tell, waiting
from schemas.codes import sentence
from schemas.codes.words import records
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``register`` to the command line."""
    verb = verbs.add_parser("register", help="diarieföring").add_subparsers(dest="what", required=True)
    one = verb.add_parser("candidates", help="vad en registrator ska ta ställning till, och varför")
    one.add_argument("--urgent", action="store_true", help="bara det som ska registreras i dag (sekretess)")
    one.set_defaults(run=_candidates)

    one = verb.add_parser("send", help="besluta att handlingar ska registreras, och skicka dem till registret")
    one.add_argument("items", nargs="*", metavar="ITEM")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help="registratorn som beslutar")
    one.add_argument("--registry", default="", metavar="NAME", help="registret (annars det enda i bevara.toml)")
    one.add_argument("--subject", default="", metavar="TEXT", help="i korthet vad handlingen rör; sparas i arkivet")
    one.add_argument("--secret", metavar="PROVISION", help="sekretessmarkera, till exempel 'OSL 21:1'")
    one.add_argument("--matter", default="", metavar="DNR", help="ärendet som handlingen hör till")
    one.add_argument("--all", action="store_true", help="alla som ska registreras (inte de som innehållet avgör)")
    one.set_defaults(run=copied(_send), writes=True)

    one = verb.add_parser("dispatch", help="skicka det som är beslutat och inte har kommit fram")
    one.add_argument("items", nargs="*", metavar="ITEM")
    one.add_argument("--again", action="store_true", help="skicka om det som registret har tappat bort")
    one.add_argument("--as", dest="person", default="", metavar="PERSON", help="med --again: registratorn")
    one.set_defaults(run=copied(_dispatch), writes=True)

    one = verb.add_parser("decline", help="besluta att handlingar inte ska registreras")
    one.add_argument("items", nargs="+", metavar="ITEM")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.add_argument("--reason", required=True, metavar="TEXT", help="varför; sparas som en handling i arkivet")
    one.set_defaults(run=copied(_decline), writes=True)

    one = verb.add_parser("confirm", help="ange diarienumret som en handling har fått")
    one.add_argument("item", metavar="ITEM")
    one.add_argument("dnr", metavar="DNR")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="dagen den registrerades (annars i dag)")
    one.set_defaults(run=copied(_confirm), writes=True)

    one = verb.add_parser("collect", help="läs in diarienummer som registren har lämnat tillbaka")
    one.set_defaults(run=copied(_collect), writes=True)

    one = verb.add_parser("status", help="vad som väntar på diarienummer, och hur länge")
    one.set_defaults(run=_status)

    one = verb.add_parser("show", help="allt om en handlings registrering, med beslutets ord")
    one.add_argument("item", metavar="ITEM")
    one.set_defaults(run=_show)


def _candidates(home: Home, args: argparse.Namespace) -> int:
    found = [one for one in find_candidates(home.ground) if one.urgent or not args.urgent]
    if args.json:
        print(json.dumps({"candidates": [one.as_json() for one in found]}))
        return exits.DONE
    for one in found:
        for text in candidate_lines(one):
            print(text)
    judged = sum(one.to_judge for one in found)
    print(
        f"{records(len(found))} att ta ställning till: {sum(one.urgent for one in found)} ska registreras i dag, "
        f"{judged} bedöms efter innehållet. Läs en handling med 'bevara thread ITEM'."
    )
    return exits.DONE


def _send(home: Home, args: argparse.Namespace) -> int:
    if args.secret is not None and not args.secret.strip():
        raise RefusedError("--secret", args.secret, "write the provision, such as 'OSL 21:1', or leave the option out")
    items, hindered = _chosen(home, args)
    sent: Sequence[ItemId] = ()
    if items:
        telling = Telling(subject=args.subject, provision=args.secret or "", matter=args.matter)
        sent = decide_to_register(home, items, args.person, args.registry or _only(home), telling)
    return _outcomes(args, [*hindered, *dispatch_all(home, sent)])


def _chosen(home: Home, args: argparse.Namespace) -> tuple[list[str], list[Outcome]]:
    """What is to be decided, and of ``--all`` what goes no open way because of what it shows (J128)."""
    if args.all and args.items:
        raise RefusedError("--all", args.items[0], "name items, or write --all; one of them")
    if args.all:
        found = [one for one in find_candidates(home.ground) if not one.to_judge]
        showing = [one.item for one in found if not (one.urgent or args.secret) and shows_secret(home.ground, one)]
        return [one.item for one in found if one.item not in showing], [_hindered(item) for item in showing]
    if not args.items:
        raise RefusedError("ITEM", "", "name items; 'bevara register candidates' lists them")
    return list(args.items), []


def _hindered(item: ItemId) -> Outcome:
    return Outcome(item=item, standing=None, findings=(Finding(code="J128", severity="error", subject=item),))


def _only(home: Home) -> str:
    """The one registry of the settings. Raises RefusedError: there is none, or several."""
    names = list(home.registries)
    if len(names) != 1:
        known = ", ".join(names) or "none; write a [[registry]] in bevara.toml"
        raise RefusedError("--registry", "", f"name a registry; known: {known}")
    return names[0]


def _dispatch(home: Home, args: argparse.Namespace) -> int:
    items: Sequence[ItemId] | None = [item_id(one) for one in args.items] or None
    if args.again:
        if items is None:
            raise RefusedError("--again", "", "name the items that the registry has lost")
        items = ask_again(home, items, args.person)
    else:
        collect(home)  # what has its number already is not handed over once more; what it finds the night tells
    return _outcomes(args, dispatch_all(home, items, again=args.again))


def _outcomes(args: argparse.Namespace, done: Sequence[Outcome]) -> int:
    findings = [finding for one in done for finding in one.findings]
    sent = [one.item for one in done if one.standing == "sent"]
    left = [one for one in done if one.standing in {"decided", "sending"}]
    if args.json:
        values = {
            "sent": sent,
            "waiting": [{"item": one.item, "standing": one.standing} for one in left],
            "findings": _as_json(findings),
        }
        print(json.dumps(values))
    else:
        _print(findings)
        text = f"{records(len(sent))} {'skickad' if len(sent) == 1 else 'skickade'} till registret."
        print(f"{text} {records(len(left))} ligger kvar och skickas i natt." if left else text)
    if any(one.unreachable for one in done):
        return exits.UNREACHABLE
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE


def _decline(home: Home, args: argparse.Namespace) -> int:
    done = decline(home, args.items, args.person, args.reason)
    print(json.dumps({"declined": list(done)}) if args.json else f"{records(len(done))} registreras inte.")
    return exits.DONE


def _confirm(home: Home, args: argparse.Namespace) -> int:
    done = confirm(home, args.item, args.dnr, args.person, on=args.on)
    if args.json:
        print(json.dumps({"item": args.item, "dnr": args.dnr, "confirmed": done == "new"}))
    else:
        known = "" if done == "new" else " Det stod där redan."
        print(f"{args.item} är registrerad som {args.dnr}.{known}")
    return exits.DONE


def _collect(home: Home, args: argparse.Namespace) -> int:
    done = collect(home)
    if args.json:
        values = {"answers": done.answers, "confirmed": done.confirmed, "findings": _as_json(done.findings)}
        print(json.dumps(values))
    else:
        _print(done.findings)
        print(f"{records(len(done.confirmed))} har fått diarienummer ({done.answers} svar lästa).")
    return exits.FINDINGS if done.findings else exits.DONE


def _status(home: Home, args: argparse.Namespace) -> int:
    found, late = waiting(home), reminders(home)
    if args.json:
        values = {"open": [one.as_json() for one in found], "counts": counts(home), "findings": _as_json(late)}
        print(json.dumps(values))
    else:
        for one in found:
            print(f"{line(one.way)}  {one.days} d{'  FÖR LÄNGE' if one.late else ''}")
        print(f"{records(len(found))} väntar på diarienummer, {len(late)} för länge.")
    return exits.FINDINGS if late else exits.DONE


def _show(home: Home, args: argparse.Namespace) -> int:
    told = tell(home.ground, args.item)
    if args.json:
        print(json.dumps(told.as_json()))
        return exits.DONE
    print(told.item if told.way is None else line(told.way))
    for mark in told.marks:
        print(f"  {mark.kind}: {mark.dnr or mark.provision}")
    for text in candidate_lines(told.open)[1:] if told.open is not None else ():
        print(text)
    for name, said in (told.words or {}).items():
        if isinstance(said, str) and said:
            print(f"  {name}: {said}")
    for act, at, by in told.acts:
        print(f"  {at}  {act}  {by}")
    return exits.DONE


def _as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "subject": one.subject,
            "parameters": dict(one.parameters),
            "text": sentence(one.code, "sv", dict(one.parameters)),
        }
        for one in findings
    ]


def _print(findings: Sequence[Finding]) -> None:
    for one in findings:
        print(f"{one.code}: {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}")
