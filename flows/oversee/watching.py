"""The commands ``oversee coverage`` and ``oversee health``."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows import exits
from flows.keep.accounts import accounts_named
from flows.oversee.chart import chart
from flows.oversee.coverage import nights_of, year_json, year_of, year_table
from flows.oversee.health import as_text, connection
from schemas.account import Account
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.refusal import RefusedError


def register(oversee: Any) -> None:
    """Add them to ``oversee``."""
    one = oversee.add_parser("coverage", help="vad som frågades, kom och saknas, natt för natt")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.add_argument("--year", type=int, help="kalenderår; annars innevarande")
    one.add_argument("--nights", type=int, metavar="N", help="i stället de N senaste nätterna, en rad per natt")
    one.add_argument("--svg", type=Path, metavar="FOLDER", help="skriv även ett diagram per konto i mappen")
    one.set_defaults(run=_coverage)
    one = oversee.add_parser("health", help="hur anslutningarna står, och vad som behöver göras")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.set_defaults(run=_health)


def _coverage(home: Home, args: argparse.Namespace) -> int:
    today = local_day(home.ground.clock.now())
    year = args.year if args.year is not None else today.year
    if not 1 <= year <= 9998:
        raise RefusedError("--year", str(year), "write a calendar year")
    if args.nights is not None and not 1 <= args.nights <= 3660:
        raise RefusedError("--nights", str(args.nights), "write a number from 1 to 3660")
    if args.svg is not None and not args.svg.is_dir():
        raise RefusedError("--svg", str(args.svg), "name a folder that is there; each account's chart goes into it")
    answers = []
    for account in accounts_named(home.ground.state, args.accounts):
        with home.ground.state.reading() as books:
            rows = books.notes.coverage(account.name)
        if args.nights is not None:
            for night in nights_of(account.name, rows, today - timedelta(days=args.nights - 1), today, today):
                print(json.dumps(night.as_json()) if args.json else _night_line(night.as_json()))
            continue
        one = year_of(account.name, rows, year, today)
        if args.svg is not None:
            (args.svg / f"{account.name}-{year}.svg").write_bytes(chart(one))
        answers.append(year_json(one))
        if not args.json:
            print(year_table(one) + "\n")
    if args.json and args.nights is None:
        print(json.dumps({"year": year, "as_of": today.isoformat(), "accounts": answers}))
    return exits.DONE


_STANDING = {"complete": "hel", "partial": "delvis", "none": "ingen", "outside": "–"}


def _night_line(night: dict[str, Any]) -> str:
    lost = ", ".join(f"{one['code']} ({one['count']})" for one in night["missing"]) or "inget känt saknat"
    day = date.fromisoformat(night["night"])
    return (
        f"{night['account']:<24} {day} {_STANDING[night['standing']]:<7} {night['asked']:>6} frågor "
        f"{night['returned']:>7} svar  {lost}"
    )


_WANTING = frozenset({"broken", "attention", "parked"})


def _steps(home: Home, account: Account) -> tuple[str, ...]:
    try:
        return home.facts(account).reconnect
    except RefusedError:
        return ("Rätta platform i kontofilen: den plattform som står där känns inte igen.",)


def _health(home: Home, args: argparse.Namespace) -> int:
    now = home.ground.clock.now()
    found, wanting = [], False
    for account in accounts_named(home.ground.state, args.accounts):
        with home.ground.state.reading() as books:
            rows = books.notes.coverage(account.name)
            memory = books.accounts.memory(account.name)
        found.append(connection(account, rows, memory, _steps(home, account), now))
        # One that was closed by decision is to stop answering.
        wanting |= found[-1].standing in _WANTING and not account.duties.ended(local_day(now))
    if args.json:
        print(json.dumps({"accounts": [one.as_json() for one in found]}))
    else:
        print("\n".join(as_text(one) for one in found))
    return exits.FINDINGS if wanting else exits.DONE
