"""The command ``oversee costs``: what advertisements cost, month by month, for internal debiting."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows import exits
from flows.findings import as_json
from flows.oversee.costs.act import Taken, alone, begun_month, fetch_report, import_report, known_account
from flows.oversee.costs.columns import Mapped, read_mapping
from flows.oversee.costs.debiting import invoice_amount, invoice_file, make, sheet_json
from flows.oversee.costs.files import put_file
from flows.oversee.costs.reconcile import Invoiced
from schemas.adverts import plain
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.refusal import RefusedError

_OUTCOMES = {
    "new": "inläst",
    "replaced": "ersätter den tidigare rapporten",
    "same": "oförändrad; inget är ändrat",
    "kept": "hämtas inte: den rapport som lästs in för hand gäller",
    "failed": "kunde inte hämtas",
    "none": "har inga rapporter som kan hämtas",
}


def register(oversee: Any) -> None:
    """Add it to ``oversee``."""
    costs = oversee.add_parser("costs", help="annonskostnader: läs in, hämta, gör underlag för interndebitering")
    whats = costs.add_subparsers(dest="cost", required=True)
    one = whats.add_parser("import", help="läs in en annonsrapport (CSV)")
    one.add_argument("file", type=Path, metavar="FILE.csv")
    one.add_argument("--account", required=True, metavar="ACCOUNT")
    one.add_argument("--month", required=True, metavar="YYYY-MM")
    one.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="vilka kolumner som är vad, valuta och decimaltecken"
    )
    one.add_argument("--as", dest="person", default="", metavar="PERSON", help="krävs när en annan rapport ersätts")
    one.set_defaults(run=_import, writes=True)
    one = whats.add_parser("fetch", help="hämta annonsrapporter från plattformen")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton med annonskonto")
    one.add_argument("--month", required=True, metavar="YYYY-MM")
    one.set_defaults(run=_fetch, writes=True)
    one = whats.add_parser("sheet", help="underlag för interndebitering (XLSX), avstämt mot fakturan")
    one.add_argument("--month", required=True, metavar="YYYY-MM")
    invoice = one.add_mutually_exclusive_group()
    invoice.add_argument("--invoice", metavar="AMOUNT", help="fakturans summa i kronor utan moms")
    invoice.add_argument("--invoice-file", type=Path, metavar="FILE.csv", help="fakturans rader")
    one.add_argument("--mapping", type=Path, metavar="FILE.toml", help="för fakturans fil")
    one.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
    one.add_argument("--authority", default="", metavar="SLUG", help="arkivbildare som sparar underlaget")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=_sheet, writes=True)


def _mapping(path: Path | None) -> Mapped:
    if path is None:
        return Mapped()
    try:
        return read_mapping(path.read_bytes(), path.name)
    except OSError as error:
        raise RefusedError("--mapping", path.name, f"name a readable file ({error.strerror})") from None


def _code(findings: tuple[Finding, ...]) -> int:
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE


def _import(home: Home, args: argparse.Namespace) -> int:
    taken = import_report(home, args.file, args.account, args.month, _mapping(args.mapping), args.person)
    if args.json:
        print(json.dumps(_as_json(taken), ensure_ascii=False))
    else:
        _say(taken)
    return _code(taken.findings)


def _fetch(home: Home, args: argparse.Namespace) -> int:
    begun_month(home, args.month)
    if args.accounts:
        accounts = [known_account(home, name, "ACCOUNT") for name in dict.fromkeys(args.accounts)]
    else:
        with home.ground.state.reading() as books:
            accounts = [one for one in books.accounts.all() if one.duties.advert_account]
    for account in accounts:
        # Before anything is fetched: what is refused leaves nothing.
        alone(home, account)
    taken = [fetch_report(home, one, args.month) for one in accounts]
    if args.json:
        print(json.dumps({"month": args.month, "accounts": [_as_json(one) for one in taken]}, ensure_ascii=False))
    else:
        for one in taken:
            _say(one)
        if not taken:
            print("Inget konto har ett annonskonto i kontofilen ([duties] advert_account).")
    return _code(tuple(finding for one in taken for finding in one.findings))


def _sum(taken: Taken) -> Decimal:
    return sum((one.spent for one in taken.report.lines), Decimal(0)) if taken.report else Decimal(0)


def _as_json(taken: Taken) -> dict[str, Any]:
    report = taken.report
    return {
        "account": taken.account,
        "month": taken.month,
        "outcome": taken.outcome,
        "item": taken.item,
        "replaces": taken.replaces,
        "lines": None if report is None else len(report.lines),
        "apart": None if report is None else len(report.apart),
        "sum": None if report is None else plain(_sum(taken)),
        "currency": "SEK",
        "dated": None if report is None else report.dated,
        "unknown": [] if report is None else list(report.unknown),
        "findings": as_json(taken.findings),
    }


def _say(taken: Taken) -> None:
    print(f"{taken.account} {taken.month}: {_OUTCOMES[taken.outcome]}.")
    if taken.report is not None:
        print(f"  {len(taken.report.lines)} rader, {_kronor(_sum(taken))} kr utan moms; handling {taken.item}")
        if not taken.report.dated:
            print("  Rapporten har inga dagar; raderna räknas till månaden som angavs.")
        if taken.report.unknown:
            print(f"  Okända kolumner: {', '.join(taken.report.unknown)}")
    _findings(taken.findings)


def _findings(findings: tuple[Finding, ...]) -> None:
    for one in findings:
        print(f"  {one.code}  {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}")


def _kronor(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def _invoiced(args: argparse.Namespace) -> Invoiced | None:
    if args.invoice is not None:
        return invoice_amount(args.invoice)
    return None if args.invoice_file is None else invoice_file(args.invoice_file, args.month, _mapping(args.mapping))


def _sheet(home: Home, args: argparse.Namespace) -> int:
    begun_month(home, args.month)
    made = make(home, args.month, args.person, _invoiced(args), args.authority)
    put_file(args.out, made.data)
    sheet, compared = made.sheet, made.reconciled
    if args.json:
        answer = {"item": made.item, "new": made.new, "out": str(args.out), **sheet_json(sheet, compared)}
        print(json.dumps({**answer, "findings": as_json(sheet.findings)}, ensure_ascii=False))
        return _code(sheet.findings)
    print(f"Underlag för interndebitering {sheet.month} (kronor)")
    for (unit, centre), total in (*sheet.units.items(), (("Summa", ""), sheet.total)):
        amounts = "  ".join(f"{_kronor(one):>14}" for one in (total.net, total.vat, total.gross))
        print(f"  {unit:<32} {centre:<12} {amounts}")
    print("  (netto, moms, brutto)")
    if compared is not None:
        verdict = "stämmer på öret" if compared.equal else f"skillnad {_kronor(compared.difference)} kr"
        print(f"Fakturan: {_kronor(compared.invoice)} kr, {verdict}.")
    _findings(sheet.findings)
    print(f"Skrivet till {args.out}; handling {made.item}.")
    return _code(sheet.findings)
