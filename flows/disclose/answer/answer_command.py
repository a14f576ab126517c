"""The commands ``request answer|preview|fee|paid``.

With ``--json``:

* ``answer``: ``{"request", "standing", "outcome", "portion", "how", "records", "given", "partly", "refused", "left", "files",
  "pages", "removed", "missing", "path", "digest", "letter", "item", "copies", "findings"}``: ``path`` null unless a package was
  made; ``digest`` is the SHA-256 of its ``kontrollsummor.sha256``; ``letter``, ``item``, ``copies``: ids of items.
* ``preview``: ``{"path", "records", "given", "partly", "refused", "left", "files", "pages", "removed", "missing", "findings"}``.
* ``fee``: ``{"request", "fee", "tariff", "units", "unit", "electronic", "amount", "letter"}``, the sum in kronor as a text with two
  decimals; with ``--waive`` ``{"request", "fee"}``. ``paid``: ``{"request", "fee"}``.

Exit codes: 0 done; 2 not accepted; 3 done with findings; 4 a guard refused (G-LEAK: its places stand on standard error as
``{"findings": […]}``, or as lines); 10 the mail server did not answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flows import exits
from flows.disclose.answer.act import How, Sending, answer
from flows.disclose.answer.fee import charge, kronor, paid, tariff_of, unit_word, waive
from flows.disclose.answer.note import Told
from flows.disclose.answer.preview import preview
from flows.disclose.answer.ready import LeaksError
from flows.disclose.answer.units import units_proposed
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.codes.words import records
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.refusal import RefusedError

_NUMBER: Final = "begärans nummer, som 'bevara request list' visar"
_PERSON: Final = "registrerad person som lämnar ut"


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser("answer", help="lämna ut det som är prövat: paket, e-post eller på stället")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    how = one.add_mutually_exclusive_group(required=True)
    how.add_argument("--out", type=Path, metavar="FOLDER", help="mappen som ska göras, utanför arkivet")
    how.add_argument("--mail", action="store_true", help="skicka till den kontakt som begäran har")
    how.add_argument("--on-the-spot", action="store_true", help="handlingarna visas på stället; inget paket görs")
    one.add_argument("--zip", action="store_true", help="en zip-fil i stället för en mapp")
    one.add_argument("--most", type=int, default=None, metavar="M", help="högst så många handlingar; resten senare")
    one.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="ITEM@V",
        help="lämna ut den som den är, fast något i den är maskerat på annat håll (upprepas)",
    )
    one.add_argument(
        "--without", action="append", default=[], choices=("data", "media"), help="utan tabell och data, eller bilagor"
    )
    one.add_argument(
        "--again", action="store_true", help="fast ett avbrutet svar kan ha gått ut utan att det antecknades"
    )
    _person(one)
    one.set_defaults(run=copied(_answer), writes=True)

    one = request.add_parser("preview", help="gör ett utkast av det som skulle lämnas ut")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="mappen som ska göras, utanför arkivet")
    one.add_argument("--most", type=int, default=None, metavar="M", help="högst så många handlingar")
    _person(one)
    one.set_defaults(run=_preview)

    one = request.add_parser("fee", help="räkna ut avgiften enligt taxan och skriv brevet om den, eller efterge den")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument(
        "--units", type=int, default=None, metavar="K", help="antal sidor eller handlingar; annars räknas de"
    )
    one.add_argument("--electronic", action="store_true", help="lämnas elektroniskt")
    one.add_argument("--waive", default=None, metavar="REASON", help="ta inte ut någon avgift; skälet sparas")
    one.add_argument("--ask-first", action="store_true", help="inget lämnas ut förrän avgiften är betald")
    _person(one)
    one.set_defaults(run=copied(_fee), writes=True)

    one = request.add_parser("paid", help="avgiften är betald")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    _person(one)
    one.set_defaults(run=copied(_paid), writes=True)


def _person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)


def _answer(home: Home, args: argparse.Namespace) -> int:
    how: How = "mail" if args.mail else "on-the-spot" if args.on_the_spot else "package"
    if args.zip and how != "package":
        raise RefusedError("--zip", "", "it goes with --out alone")
    sending = Sending(
        how=how,
        out=args.out,
        zipped=args.zip,
        most=args.most,
        accept=frozenset(map(_line, args.accept)),
        data="data" not in args.without,
        media="media" not in args.without,
        again=args.again,
    )
    try:
        done = answer(home, args.request, sending, args.person)
    except LeaksError as error:
        _tell_leaks(error.findings, as_json=args.json)
        raise
    if args.json:
        values = {
            "request": done.request.number,
            "standing": done.request.standing,
            "outcome": done.request.outcome,
            "portion": done.portion,
            "how": done.how,
            **_counts(done.told),
            "path": None if done.path is None else str(done.path),
            "digest": done.digest,
            "letter": done.letter,
            "item": done.item,
            "copies": list(done.copies),
            "findings": findings_json(done.findings),
        }
        print(json.dumps(values, ensure_ascii=False))
        return _code(done.findings)
    _tell(done.findings)
    print(_summary(done.told))
    if done.path is not None:
        print(f"Paketet ligger i {done.path}. Lämna det vidare; det sparas inte i arkivet.")
    if how == "mail":
        print("Svaret är skickat med e-post.")
    more = f"{records(done.told.left)} återstår." if done.told.left else "Begäran är besvarad."
    print(f"Svar {done.portion} på begäran {done.request.number} är antecknat. {more}")
    return _code(done.findings)


def _preview(home: Home, args: argparse.Namespace) -> int:
    done = preview(home, args.request, args.out, args.person, most=args.most)
    if args.json:
        values = {"path": str(done.path), **_counts(done.told), "findings": findings_json(done.findings)}
        print(json.dumps(values, ensure_ascii=False))
    else:
        _tell(done.findings)
        print(_summary(done.told))
        print(f"Utkastet ligger i {done.path}. Det är inte utlämnat; ta bort det när det är granskat.")
    return _code(done.findings)


def _fee(home: Home, args: argparse.Namespace) -> int:
    if args.waive is not None:
        if args.units is not None or args.ask_first or args.electronic:
            raise RefusedError("--waive", "…", "a fee that is waived is neither counted nor asked for")
        request = waive(home, args.request, args.waive, args.person)
        _say(
            args,
            {"request": request.number, "fee": request.fee},
            f"Avgiften för begäran {request.number} är eftergiven.",
        )
        return exits.DONE
    tariff = tariff_of(home)
    units = units_proposed(home, args.request, tariff.unit) if args.units is None else args.units
    done = charge(home, args.request, units, electronic=args.electronic, first=args.ask_first, person=args.person)
    values = {
        "request": done.request.number,
        "fee": done.request.fee,
        "tariff": done.tariff,
        "units": done.units,
        "unit": tariff.unit,
        "electronic": done.electronic,
        "amount": f"{done.amount:.2f}",
        "letter": done.letter,
    }
    text = f"{done.units} {unit_word(tariff, done.units)}: {kronor(done.amount)} ({done.tariff})."
    if done.letter is None:
        text += " Inget att betala."
    elif done.request.fee == "asked":
        text += " Inget lämnas ut förrän avgiften är betald."
    _say(args, values, text)
    return exits.DONE


def _paid(home: Home, args: argparse.Namespace) -> int:
    request = paid(home, args.request, args.person)
    values = {"request": request.number, "fee": request.fee}
    _say(args, values, f"Avgiften för begäran {request.number} är betald.")
    return exits.DONE


def _line(text: str) -> tuple[ItemId, int]:
    item, sign, version = text.partition("@")
    if not sign or not (version.isascii() and version.isdigit()) or len(version) > 9:
        raise RefusedError("--accept", text, "write ITEM@VERSION, as the leak is told")
    return item_id(item), int(version)


def _counts(told: Told) -> dict[str, int]:
    names = ("records", "given", "partly", "refused", "left", "files", "pages", "removed", "missing")
    return {name: getattr(told, name) for name in names}


def _summary(told: Told) -> str:
    return (
        f"{records(told.records)}: {told.given} hela, {told.partly} delvis, {told.refused} lämnas inte ut; "
        f"{told.files} {'bilaga' if told.files == 1 else 'bilagor'}, {told.pages} {'sida' if told.pages == 1 else 'sidor'}."
    )


def _say(args: argparse.Namespace, values: dict[str, Any], text: str) -> None:
    print(json.dumps(values, ensure_ascii=False) if args.json else text)


def _tell(findings: Sequence[Finding]) -> None:
    for line in _lines(findings):
        print(line)


def _tell_leaks(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        sys.stderr.write(json.dumps({"findings": findings_json(findings)}, ensure_ascii=False) + "\n")
        return
    for line in _lines(findings):
        sys.stderr.write(f"{line}\n")


def _lines(findings: Sequence[Finding]) -> list[str]:
    return [f"{one.code} {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}" for one in findings]


def _code(findings: Sequence[Finding]) -> int:
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE
