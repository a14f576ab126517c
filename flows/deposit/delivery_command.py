"""The commands ``deposit package|build|deliver|fetch|withdraw|receipt|receipts|status``: films on their way to KB.

With ``--json`` each prints one object. A delivery in it is as ``flows.deposit.pack.status.described`` says, a finding as
``flows.findings.as_json`` says.

* ``package``, ``build``: ``{"delivery": {…}, "findings": […]}``.
* ``deliver``: ``{"deliveries": [{"delivery", "arrival", "findings"}]}``; arrival ``{"place", "name", "size", "sha256",
  "already"}`` or null.
* ``fetch``: ``{"delivery", "file"}``. ``withdraw``, ``receipt``: ``{"delivery", "findings"}``.
* ``receipts``: ``{"asked", "answered", "findings"}``: deliveries asked about, films that got an answer now.
* ``status``: ``{"deliveries": [{…, "days", "next"}], "counts": {standing: number}, "films": {standing: number}}``.

Exit codes: 0 done; 3 not built, not taken or not understood (the findings say why); 4 a guard refused; 10 KB did not
answer.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import exits
from flows.deposit.lines import STANDINGS as FILM_WORDS
from flows.deposit.lines import films_text, finding_lines, loud
from flows.deposit.pack.act import package, take_up
from flows.deposit.pack.build import Built
from flows.deposit.pack.deliver import Delivered, deliver, fetch, withdraw
from flows.deposit.pack.receipts import read_receipts, receipt
from flows.deposit.pack.status import age, deliveries, described, known, line, next_step
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.deposit import DELIVERY_STANDINGS, FILM_STANDINGS, StoredDelivery
from schemas.finding import Finding
from schemas.ground import Home
from schemas.refusal import GuardError, RefusedError

_PERSON = "den som svarar för leveransen (roll kommunikatör, arkivredogörare eller arkivansvarig)"
_STATUSES = ("NEW", "VERSION", "REPLACEMENT", "SUPPLEMENT", "TEST")
_DELIVERY = "leveransens löpnummer eller leverans-id"


def register(deposit: Any) -> None:
    """Add to ``deposit``."""
    one = deposit.add_parser("package", help="gör en leverans (FGS-PUBL) av filmer som är beslutade")
    one.add_argument("films", nargs="+", metavar="FILM", help="filmernas löpnummer")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.add_argument("--status", default="", choices=_STATUSES, help="RECORDSTATUS (annars efter vad filmen är)")
    one.set_defaults(run=copied(_package), writes=True)

    one = deposit.add_parser("build", help="bygg en planerad leverans som inte blev byggd")
    one.add_argument("delivery", metavar="DELIVERY", help=_DELIVERY)
    one.set_defaults(run=copied(_build), writes=True)

    one = deposit.add_parser("deliver", help="för över byggda leveranser till KB")
    one.add_argument("delivery", nargs="*", metavar="DELIVERY", help=f"{_DELIVERY} (annars alla som väntar)")
    one.set_defaults(run=copied(_deliver), writes=True)

    one = deposit.add_parser("fetch", help="hämta en byggd leverans till en mapp")
    one.add_argument("delivery", metavar="DELIVERY", help=_DELIVERY)
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    one.set_defaults(run=copied(_fetch), writes=True)

    one = deposit.add_parser("withdraw", help="dra tillbaka en leverans som inte har lämnats")
    one.add_argument("delivery", metavar="DELIVERY", help=_DELIVERY)
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.set_defaults(run=copied(_withdraw), writes=True)

    one = deposit.add_parser("receipt", help="för in KB:s kvitto")
    one.add_argument("delivery", metavar="DELIVERY", help=_DELIVERY)
    one.add_argument("answer", choices=("accepted", "rejected"), help="mottaget eller underkänt")
    one.add_argument("--reference", required=True, metavar="TEXT", help="kvittots nummer hos KB, utan namn")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.add_argument("--film", default="", metavar="FILM", help="svaret gäller bara denna film i leveransen")
    one.add_argument("--reason", default="", metavar="TEXT", help="KB:s skäl; sparas som en handling i arkivet")
    one.set_defaults(run=copied(_receipt), writes=True)

    one = deposit.add_parser("receipts", help="fråga KB efter kvitton nu")
    one.set_defaults(run=copied(_receipts), writes=True)

    one = deposit.add_parser("status", help="visa var alla leveranser står och vad som är nästa steg")
    one.set_defaults(run=_status)


def _package(home: Home, args: argparse.Namespace) -> int:
    return _say_built(home, package(home, args.films, args.person, args.status), args)


def _build(home: Home, args: argparse.Namespace) -> int:
    return _say_built(home, take_up(home, known(home.ground, args.delivery).intent.id), args)


def _say_built(home: Home, built: Built, args: argparse.Namespace) -> int:
    return _say_one(home, built.delivery, built.findings, args)


def _deliver(home: Home, args: argparse.Namespace) -> int:
    waiting = [one.intent.id for one in deliveries(home.ground) if one.standing in {"packaged", "delivering"}]
    if home.deposit.receiver is None and not args.delivery:
        waiting = []
    named = [known(home.ground, one).intent.id for one in args.delivery] or waiting
    found: list[Delivered] = []
    refused: GuardError | None = None
    for one in dict.fromkeys(named):
        try:
            found.append(deliver(home, one))
        except GuardError as error:
            refused = refused or error  # one that may not leave holds up no other; it is told at the end
    if args.json:
        print(json.dumps({"deliveries": [_delivered_json(one) for one in found]}))
    else:
        if not named:
            built = sum(one.standing in {"packaged", "delivering"} for one in deliveries(home.ground))
            print(
                f"Ingen mottagare är inställd ([deposit.receiver]). Byggda leveranser som väntar: {built}. Hämta dem med 'bevara "
                "deposit fetch'."
                if built
                else "Inga byggda leveranser väntar på att föras över."
            )
        for each in found:
            print(line(each.delivery, home.ground.clock.now()))
            if each.arrival is not None and each.arrival.already:
                print("Leveransen låg redan hos KB.")
            _tell(each.findings)
    if refused is not None:
        raise refused
    if any(one.unreachable for one in found):
        return exits.UNREACHABLE
    return exits.FINDINGS if any(loud(one.findings) for one in found) else exits.DONE


def _delivered_json(one: Delivered) -> dict[str, Any]:
    arrival = one.arrival
    return {
        "delivery": described(one.delivery),
        "arrival": None
        if arrival is None
        else {
            "place": arrival.place,
            "name": arrival.name,
            "size": arrival.size,
            "sha256": arrival.sha256,
            "already": arrival.already,
        },
        "findings": findings_json(one.findings),
    }


def _fetch(home: Home, args: argparse.Namespace) -> int:
    stored, file = fetch(home, known(home.ground, args.delivery).intent.id, args.out)
    if args.json:
        print(json.dumps({"delivery": described(stored), "file": file.name}))
    else:
        print(f"Leveransen ligger i mappen: {file.name} (SHA-256 {stored.sha256}).")
        print("Kopian i mappen omfattas inte av gallringen här; ta bort den när den har lämnats.")
        print(line(stored, home.ground.clock.now()))
    return exits.DONE


def _withdraw(home: Home, args: argparse.Namespace) -> int:
    return _say_one(home, withdraw(home, known(home.ground, args.delivery).intent.id, args.person), (), args)


def _receipt(home: Home, args: argparse.Namespace) -> int:
    stored = known(home.ground, args.delivery)
    done = receipt(home, stored.intent.id, args.film, args.answer, args.reference, args.person, args.reason)
    return _say_one(home, done.delivery, done.findings, args)


def _receipts(home: Home, args: argparse.Namespace) -> int:
    if home.deposit.receipts is None:
        raise RefusedError("deposit.receipts", "", "write [deposit.receipts] in bevara.toml, or use 'deposit receipt'")
    done = read_receipts(home)
    if args.json:
        print(json.dumps({"asked": done.asked, "answered": done.answered, "findings": findings_json(done.findings)}))
    else:
        _tell(done.findings)
        asked = "1 leverans" if done.asked == 1 else f"{done.asked} leveranser"
        print(f"KB är tillfrågat om {asked} och har svarat om {films_text(done.answered)}.")
    if done.unreachable:
        return exits.UNREACHABLE
    return exits.FINDINGS if loud(done.findings) else exits.DONE


def _say_one(home: Home, stored: StoredDelivery, findings: Sequence[Finding], args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps({"delivery": described(stored), "findings": findings_json(findings)}))
    else:
        print(line(stored, home.ground.clock.now()))
        _tell(findings)
    return exits.FINDINGS if loud(findings) else exits.DONE


def _status(home: Home, args: argparse.Namespace) -> int:
    found = deliveries(home.ground)
    now = home.ground.clock.now()
    with home.ground.state.reading() as books:
        known_films = books.films.all()
    films = Counter(one.standing for one in known_films)
    # A rejected film names the delivery it was rejected in until it is in another one.
    rejected = {one.delivery for one in known_films if one.standing == "rejected"}
    if args.json:
        counts = Counter(one.standing for one in found)
        values = {
            "deliveries": [
                {
                    **described(one),
                    "days": age(one, now),
                    "next": next_step(one, settled=one.intent.id not in rejected),
                }
                for one in found
            ],
            "counts": {name: counts[name] for name in DELIVERY_STANDINGS},
            "films": {name: films[name] for name in FILM_STANDINGS},
        }
        print(json.dumps(values))
        return exits.DONE
    if not found:
        print("Inga leveranser har gjorts.")
    for one in found:
        print(line(one, now, settled=one.intent.id not in rejected))
    told = ", ".join(f"{FILM_WORDS[name]} {films[name]}" for name in FILM_STANDINGS if films[name])
    print(f"Filmer: {told}." if told else "Inga filmer är funna.")
    return exits.DONE


def _tell(findings: Sequence[Finding]) -> None:
    for text in finding_lines(findings):
        print(text)
