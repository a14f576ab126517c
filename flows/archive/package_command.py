"""The commands ``archive package|build|deliver|fetch|receipt|withdraw|status``: packages for an e-archive.

With ``--json`` each prints one object. A package in it is as ``flows.archive.pack.status.described`` says; a finding is
``{"code", "severity", "subject", "count", "sv", "en"}``.

* ``package`` (and ``build``): ``{"package": {…}, "findings": […], "copy": name or null}``; with ``--dry-run``:
  ``{"records", "culled", "threads", "months", "rules": {row: records}}``, and nothing is stored.
* ``deliver``: ``{"deliveries": [{"package", "arrival", "findings"}]}``; arrival ``{"place", "name", "size", "sha256",
  "already"}`` or null.
* ``fetch``: ``{"package", "file"}``. ``receipt``, ``withdraw``: ``{"package"}``.
* ``status``: ``{"packages": [{…, "days", "next"}], "counts": {standing: number}}``.

Exit codes: 0 done; 3 not built or not taken (the findings say why); 4 a guard refused; 10 a receiver did not answer.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import exits
from flows.archive.pack.act import Wish, counted, package, take_up
from flows.archive.pack.build import Built, known
from flows.archive.pack.content import Foreseen
from flows.archive.pack.deliver import Delivered, deliver, fetch, receipt, withdraw
from flows.archive.pack.status import STANDINGS, age, described, line, next_step, packages, replaced
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from flows.keep.spool import sweep
from schemas.codes import sentence
from schemas.delivery import Arrival, StoredPackage
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import month
from schemas.refusal import RefusedError

_PERSON = "den som svarar för leveransen (roll arkivredogörare eller arkivansvarig)"
_PACKAGE = "paketets löpnummer eller id"


def register(archive: Any) -> None:
    """Add to ``archive``."""
    one = archive.add_parser("package", help="gör ett paket för e-arkivet av ett konto och en period")
    one.add_argument("account", metavar="ACCOUNT")
    one.add_argument("--from", dest="first", required=True, metavar="YYYY-MM", help="första publiceringsmånad")
    one.add_argument("--to", dest="last", required=True, metavar="YYYY-MM", help="sista publiceringsmånad")
    one.add_argument("--profile", required=True, metavar="NAME", help="leveransprofil i mappen profiles")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.add_argument("--rule", action="append", default=[], help="bara denna planrad (kan upprepas)")
    one.add_argument("--replaces", default="", metavar="PACKAGE", help="paketet som detta ersätter eller fyller på")
    one.add_argument("--authority", default="", metavar="NAME", help="arkivbildare, för kontot bevara om det är flera")
    one.add_argument("--dry-run", action="store_true", help="räkna bara vad paketet skulle hålla")
    one.add_argument("--out", type=Path, metavar="FOLDER", help="lägg också en kopia i en mapp")
    one.set_defaults(run=copied(_package), writes=True)

    one = archive.add_parser("build", help="bygg ett planerat paket som inte blev byggt")
    one.add_argument("package", metavar="PACKAGE", help=_PACKAGE)
    one.set_defaults(run=copied(_build), writes=True)

    one = archive.add_parser("deliver", help="leverera byggda paket till sina mottagare")
    one.add_argument("package", nargs="*", metavar="PACKAGE", help=f"{_PACKAGE} (annars alla som väntar på leverans)")
    one.set_defaults(run=copied(_deliver), writes=True)

    one = archive.add_parser("fetch", help="hämta ett byggt paket till en mapp")
    one.add_argument("package", metavar="PACKAGE", help=_PACKAGE)
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    one.set_defaults(run=copied(_fetch), writes=True)

    one = archive.add_parser("receipt", help="för in mottagarens kvitto")
    one.add_argument("package", metavar="PACKAGE", help=_PACKAGE)
    one.add_argument("answer", choices=("accepted", "rejected"), help="mottaget eller underkänt")
    one.add_argument("--reference", required=True, metavar="TEXT", help="kvittots nummer hos mottagaren, utan namn")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.set_defaults(run=copied(_receipt), writes=True)

    one = archive.add_parser("withdraw", help="dra tillbaka ett paket som inte har lämnats")
    one.add_argument("package", metavar="PACKAGE", help=_PACKAGE)
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.set_defaults(run=copied(_withdraw), writes=True)

    one = archive.add_parser("status", help="visa var alla paket står och vad som är nästa steg")
    one.set_defaults(run=_status)


def _package(home: Home, args: argparse.Namespace) -> int:
    wish = Wish(
        account=args.account,
        first=month(args.first, "--from"),
        last=month(args.last, "--to"),
        profile=args.profile,
        rules=tuple(args.rule),
        replaces=args.replaces,
        authority=args.authority,
    )
    if args.out is not None and not args.out.is_dir():
        raise RefusedError("--out", str(args.out), "name a folder that exists")
    if args.dry_run:
        return _say_counts(counted(home, wish, args.person), as_json=args.json)
    return _say_built(home, package(home, wish, args.person), args)


def _build(home: Home, args: argparse.Namespace) -> int:
    sweep(home)
    return _say_built(home, take_up(home, known(home.ground, args.package).intent.id), args)


def _say_counts(found: Foreseen, *, as_json: bool) -> int:
    if as_json:
        values = {"records": found.records, "culled": found.culled, "threads": found.threads, "months": found.months}
        print(json.dumps({**values, "rules": dict(found.rules)}))
        return exits.DONE
    print(f"Paketet skulle hålla {_records(found.records)} i {found.threads} trådar från {found.months} månader.")
    if found.culled:
        print(f"Dessutom visas {found.culled} gallrade som uppgift om gallring.")
    for rule, items in found.rules.items():
        print(f"  {rule or '(ingen ensam planrad)'}: {items}")
    return exits.DONE


def _say_built(home: Home, built: Built, args: argparse.Namespace) -> int:
    stored = built.package
    copy: Path | None = None
    if built.done and stored.key and getattr(args, "out", None) is not None:
        stored, copy = fetch(home, stored.intent.id, args.out)
    if args.json:
        answer = {
            "package": described(stored),
            "findings": findings_json(built.findings),
            "copy": None if copy is None else copy.name,
        }
        print(json.dumps(answer))
    else:
        print(line(stored, home.ground.clock.now(), is_replaced=False))
        _say_findings(built.findings)
        if copy is not None:
            print(f"En kopia ligger i mappen: {copy.name}. Den omfattas inte av gallringen här.")
    return exits.FINDINGS if _loud(built.findings) else exits.DONE


def _deliver(home: Home, args: argparse.Namespace) -> int:
    waiting = [one.intent.id for one in packages(home.ground) if one.standing in {"packaged", "delivering"}]
    named = args.package or [one for one in waiting if not _by_hand(home, one)]
    found = [deliver(home, one) for one in dict.fromkeys(named)]
    if args.json:
        print(json.dumps({"deliveries": [_delivery_json(one) for one in found]}))
    else:
        if not found:
            print("Inga byggda paket väntar på leverans.")
        for each in found:
            print(line(each.package, home.ground.clock.now(), is_replaced=False))
            if each.arrival is not None and each.arrival.already:
                print("Paketet låg redan hos mottagaren.")
            _say_findings(each.findings)
    if any(one.unreachable for one in found):
        return exits.UNREACHABLE
    failed = any(one.severity == "error" for each in found for one in each.findings)
    return exits.FINDINGS if failed else exits.DONE


def _by_hand(home: Home, package_id: str) -> bool:
    return home.profile(known(home.ground, package_id).intent.profile)[0].receiver is None


def _delivery_json(one: Delivered) -> dict[str, Any]:
    return {
        "package": described(one.package),
        "arrival": None if one.arrival is None else _arrival_json(one.arrival),
        "findings": findings_json(one.findings),
    }


def _arrival_json(arrival: Arrival) -> dict[str, Any]:
    return {
        "place": arrival.place,
        "name": arrival.name,
        "size": arrival.size,
        "sha256": arrival.sha256,
        "already": arrival.already,
    }


def _fetch(home: Home, args: argparse.Namespace) -> int:
    stored, file = fetch(home, args.package, args.out)
    if args.json:
        print(json.dumps({"package": described(stored), "file": file.name}))
    else:
        print(f"Paketet ligger i mappen: {file.name} (SHA-256 {stored.sha256}).")
        print("Kopian i mappen omfattas inte av gallringen här; ta bort den när den har lämnats.")
        print(line(stored, home.ground.clock.now(), is_replaced=False))
    return exits.DONE


def _receipt(home: Home, args: argparse.Namespace) -> int:
    stored = receipt(home, args.package, args.answer, args.reference, args.person)
    return _say_one(home, stored, args)


def _withdraw(home: Home, args: argparse.Namespace) -> int:
    stored = withdraw(home, args.package, args.person)
    return _say_one(home, stored, args)


def _say_one(home: Home, stored: StoredPackage, args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps({"package": described(stored)}))
    else:
        print(line(stored, home.ground.clock.now(), is_replaced=False))
    return exits.DONE


def _status(home: Home, args: argparse.Namespace) -> int:
    found = packages(home.ground)
    done = replaced(found)
    now = home.ground.clock.now()
    if args.json:
        listed = [
            {
                **described(one),
                "days": age(one, now),
                "next": next_step(one, is_replaced=one.intent.id in done),
            }
            for one in found
        ]
        counts = Counter(one.standing for one in found)
        print(json.dumps({"packages": listed, "counts": {name: counts[name] for name in STANDINGS}}))
        return exits.DONE
    if not found:
        print("Inga paket har gjorts.")
    for one in found:
        print(line(one, now, is_replaced=one.intent.id in done))
    return exits.DONE


def _loud(findings: Sequence[Finding]) -> bool:
    return any(one.severity != "info" for one in findings)


def _say_findings(findings: Sequence[Finding]) -> None:
    for one in findings:
        print(f"{one.code}: {sentence(one.code, 'sv', dict(one.parameters))}")


def _records(count: int) -> str:
    return "1 handling" if count == 1 else f"{count} handlingar"
