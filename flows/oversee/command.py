"""The commands ``account``, ``person``, ``mark`` and ``hold``."""

from __future__ import annotations

import argparse
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from flows import exits
from flows.oversee.register import ROLES, add_account, add_person, lift_hold, mark_items, set_hold
from schemas.account import Account, account_from
from schemas.ground import Home
from schemas.hold import MARK_KINDS, Hold
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add the four commands to the command line."""
    account = verbs.add_parser("account", help="kontoregistret").add_subparsers(dest="what", required=True)
    one = account.add_parser("add", help="lägg till eller ändra ett konto ur en TOML-fil")
    one.add_argument("file", type=Path, metavar="FILE.toml")
    one.set_defaults(run=_account_add)
    account.add_parser("list", help="visa registret").set_defaults(run=_account_list)

    person = verbs.add_parser("person", help="registrerade personer").add_subparsers(dest="what", required=True)
    one = person.add_parser("add", help="registrera en person")
    one.add_argument("name", metavar="NAME")
    one.add_argument("role", nargs="?", metavar="ROLE", help=", ".join(ROLES))
    one.add_argument("--role", dest="role_option", help="samma sak som namngivet val")
    one.set_defaults(run=_person_add)
    person.add_parser("list", help="visa personer").set_defaults(run=_person_list)

    mark = verbs.add_parser("mark", help="märk handlingar (inaktuell, i-arende …)")
    mark.add_argument("items", nargs="+", metavar="ITEM… KIND", help=f"KIND: {', '.join(MARK_KINDS)}")
    mark.add_argument("--as", dest="person", required=True, metavar="PERSON")
    mark.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="dagen märkningen gäller från")
    mark.add_argument("--dnr", default="", help="diarienummer")
    mark.add_argument("--provision", default="", help="sekretessbestämmelse, till exempel 'OSL 21:1'")
    mark.add_argument("--remove", action="store_true", help="ta bort märkningen")
    mark.set_defaults(run=_mark)

    hold = verbs.add_parser("hold", help="gallringsstopp").add_subparsers(dest="what", required=True)
    one = hold.add_parser("set", help="sätt ett gallringsstopp")
    scope = one.add_mutually_exclusive_group(required=True)
    scope.add_argument("subject", nargs="?", metavar="ITEM", help="samma sak som --item ITEM")
    for name in ("item", "thread", "account", "authority"):
        scope.add_argument(f"--{name}")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=_hold_set)
    one = hold.add_parser("lift", help="häv ett gallringsstopp")
    one.add_argument("number", type=int, metavar="NUMBER")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON")
    one.set_defaults(run=_hold_lift)
    hold.add_parser("list", help="visa gallringsstopp").set_defaults(run=_hold_list)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


def read_account(path: Path) -> Account:
    """Read an account's register file; a relative ``path`` in it is relative to the file's folder."""
    try:
        with path.open("rb") as stream:
            values = tomllib.load(stream)
    except OSError as error:
        raise RefusedError("FILE.toml", str(path), f"name a readable file ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedError(path.name, str(error), "write valid TOML in UTF-8") from None
    if isinstance(values.get("path"), str) and values["path"]:
        values["path"] = str((path.parent / values["path"]).resolve())
    return account_from(values, path.name)


def _account_add(home: Home, args: argparse.Namespace) -> int:
    account = read_account(args.file)
    home.check_account(account)
    add_account(home.ground, account)
    if args.json:
        print(json.dumps({"account": account.name, "platform": account.platform, "authority": account.authority}))
    else:
        print(f"Kontot {account.name} ({account.platform}, {account.handle}) är registrerat för {account.authority}.")
    return exits.DONE


def _account_list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        accounts = books.accounts.all()
    for one in accounts:
        if args.json:
            values = {
                name: getattr(one, name) for name in ("name", "platform", "handle", "authority", "unit", "api_base")
            }
            print(json.dumps(values))
        else:
            print(f"{one.name:<24} {one.platform:<10} {one.handle:<32} {one.authority}")
    return exits.DONE


def _person_add(home: Home, args: argparse.Namespace) -> int:
    person = add_person(home.ground, args.name, args.role_option or args.role or "")
    print(
        json.dumps({"person": person.name, "role": person.role})
        if args.json
        else f"{person.name} är registrerad som {person.role}."
    )
    return exits.DONE


def _person_list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        persons = books.persons.all()
    for one in persons:
        if args.json:
            print(json.dumps({"person": one.name, "role": one.role}))
        else:
            print(f"{one.name:<32} {one.role}")
    return exits.DONE


def _mark(home: Home, args: argparse.Namespace) -> int:
    if len(args.items) < 2:
        raise RefusedError("KIND", args.items[-1], f"name items and then a kind: {', '.join(MARK_KINDS)}")
    *items, kind = args.items
    done = mark_items(
        home.ground,
        items,
        kind,
        args.person,
        on=args.on,
        dnr=args.dnr,
        provision=args.provision,
        remove=args.remove,
    )
    word = "borttagen från" if args.remove else "satt på"
    print(
        json.dumps({"kind": kind, "marked": done})
        if args.json
        else f"Märkningen {kind} är {word} {done} {'handling' if done == 1 else 'handlingar'}."
    )
    return exits.DONE


def _hold_set(home: Home, args: argparse.Namespace) -> int:
    named = ((name, getattr(args, name)) for name in _SCOPES if getattr(args, name) is not None)
    scope, subject = next(named, ("item", args.subject))
    return _show(set_hold(home.ground, scope, subject, args.person), as_json=args.json)


_SCOPES = ("item", "thread", "account", "authority")


def _hold_lift(home: Home, args: argparse.Namespace) -> int:
    return _show(lift_hold(home.ground, args.number, args.person), as_json=args.json)


def _hold_list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        holds = books.holds.all()
    for hold in holds:
        _show(hold, as_json=args.json)
    return exits.DONE


def _show(hold: Hold, *, as_json: bool) -> int:
    if as_json:
        print(
            json.dumps(
                {
                    "hold": hold.number,
                    "scope": hold.scope,
                    "subject": hold.subject,
                    "set_by": hold.set_by,
                    "lifted_by": hold.lifted_by,
                },
            )
        )
    else:
        lifted = f", hävt av {hold.lifted_by}" if hold.lifted_by else ""
        print(f"Gallringsstopp {hold.number}: {hold.scope} {hold.subject}, satt av {hold.set_by}{lifted}")
    return exits.DONE
