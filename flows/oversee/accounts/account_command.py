"""The command ``account``: the register, how a register file is read, what lacks, decisions, and the public list."""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path
from typing import Any

from flows import exits
from flows.oversee.accounts import check_command, decide_command
from flows.oversee.accounts.register import add_account
from schemas.account import Account, account_from
from schemas.ground import Home
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``account`` to the command line."""
    account = verbs.add_parser("account", help="kontoregistret").add_subparsers(dest="what", required=True)
    one = account.add_parser("add", help="lägg till eller ändra ett konto ur en TOML-fil")
    one.add_argument("file", type=Path, metavar="FILE.toml")
    one.set_defaults(run=_account_add)
    account.add_parser("list", help="visa registret").set_defaults(run=_account_list)
    check_command.register(account)
    decide_command.register(account)


def read_account(path: Path) -> Account:
    """Read an account's register file; a relative ``path`` in it is relative to the file's folder."""
    try:
        with path.open("rb") as stream:
            values = tomllib.load(stream)
    except OSError as error:
        raise RefusedError("FILE.toml", str(path), f"name a readable file ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(path.name, str(error)[:200], "write valid TOML in UTF-8") from None
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
