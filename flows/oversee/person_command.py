"""The command ``person``: who may do what, since when, and with which key."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.mandates import known_person
from flows.keep.soon import copied
from flows.oversee.persons import (
    Countersigner,
    add_person,
    change_person,
    check_new,
    countersigner,
    give_key,
    made_key,
    public_key,
)
from schemas.books import Books
from schemas.ground import Home
from schemas.person import ROLES, Person, PersonKey, key_line
from schemas.refusal import PersonNeededError, RefusedError

NO_KEY = "Ingen nyckel är gjord. Ge en med 'bevara person key NAMN', vid en terminal eller med --passphrase-file."


def register(verbs: Any) -> None:
    """Add ``person`` to the command line."""
    person = verbs.add_parser("person", help="registrerade personer").add_subparsers(dest="what", required=True)
    one = person.add_parser("add", help="registrera en person")
    one.add_argument("name", metavar="NAME")
    one.add_argument("role", nargs="?", metavar="ROLE", help=", ".join(ROLES))
    one.add_argument("--role", dest="role_option", help="samma sak som namngivet val")
    _key_options(one)
    _person_options(one)
    _by(one, "vem som registrerar")
    one.set_defaults(run=copied(_add), writes=True)
    one = person.add_parser("key", help="ge en person en (ny) nyckel; den tidigare upphör att gälla")
    one.add_argument("name", metavar="NAME")
    _key_options(one)
    _by(one, "en annan arkivansvarig, som skriver under bytet med sin nyckel")
    one.add_argument(
        "--sign-key-file",
        type=Path,
        metavar="FILE",
        help="nyckeln som skriver under: den hittillsvarande, eller --as:s",
    )
    one.add_argument(
        "--sign-passphrase-file", type=Path, metavar="FILE", help="dess lösenfras (utan --as annars --passphrase-file)"
    )
    one.add_argument(
        "--lost", action="store_true", help="den tidigare nyckeln är förlorad och ingen annan kan skriva under"
    )
    one.set_defaults(run=copied(_key), writes=True)
    one = person.add_parser("change", help="ändra roll, giltighet eller delegationsbeslut")
    one.add_argument("name", metavar="NAME")
    one.add_argument("--role", dest="role_option", help=", ".join(ROLES))
    _person_options(one)
    _by(one, "vem som ändrar")
    one.set_defaults(run=copied(_change), writes=True)
    one = person.add_parser("list", help="visa personer")
    one.add_argument("--keys", action="store_true", help="visa nycklarna, även de som upphört")
    one.set_defaults(run=_list)


def _by(parser: Any, told: str) -> None:
    parser.add_argument("--as", dest="person", metavar="PERSON", help=told)


def _key_options(parser: Any) -> None:
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="nyckelfilen (annars användarens nyckelmapp)")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="fil med lösenfrasen på första raden")
    parser.add_argument(
        "--public-key", metavar="HEX|FILE", help="den offentliga delen av en nyckel gjord på annat håll"
    )


def _person_options(parser: Any) -> None:
    parser.add_argument("--valid-from", type=_day, metavar="YYYY-MM-DD", help="första dagen rollen gäller")
    parser.add_argument(
        "--valid-to", type=_day, metavar="YYYY-MM-DD", help="sista dagen rollen gäller ('-': tills vidare)"
    )
    parser.add_argument("--decision-body", metavar="TEXT", help="vem som beslutat om delegationen")
    parser.add_argument("--decision-date", type=_day, metavar="YYYY-MM-DD", help="när")
    parser.add_argument("--decision-paragraph", metavar="'§ 12'", help="beslutets paragraf")


_OPEN = date.min
"""What ``-`` becomes: no such day."""


def _day(text: str) -> date:
    if text == "-":
        return _OPEN
    return day(text)


def _stated(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of a person that the command line names."""
    given = {
        "valid_from": args.valid_from,
        "valid_to": args.valid_to,
        "body": args.decision_body,
        "decided": args.decision_date,
        "paragraph": args.decision_paragraph,
    }
    return {name: None if value == _OPEN else value for name, value in given.items() if value is not None}


def _add(home: Home, args: argparse.Namespace) -> int:
    stated = _stated(args)
    role = args.role_option or args.role or ""
    # A key is made for somebody who can be registered, and only then.
    check_new(home.ground, args.name, role, **stated)
    if args.public_key is not None:
        public = _public(args)
        _answer_added(
            args, add_person(home.ground, args.name, role, key=public, by=args.person, **stated), public, None
        )
        return exits.DONE
    key: str | None = None
    file: Path | None = None
    try:
        with made_key(home, args.name, args.key_file, args.passphrase_file) as made:
            key, file = made
            person = add_person(home.ground, args.name, role, key=key, by=args.person, **stated)
    except PersonNeededError:
        if args.key_file is not None:
            raise
        # Nobody is here to ask for a passphrase: the person can be registered now and get a key later.
        person = add_person(home.ground, args.name, role, by=args.person, **stated)
    _answer_added(args, person, key, file)
    return exits.DONE


def _answer_added(args: argparse.Namespace, person: Person, key: str | None, file: Path | None) -> None:
    if args.json:
        _print_key(person, key, file)
        return
    print(f"{person.name} är registrerad som {person.role}.")
    print(NO_KEY if key is None else _told(key, file))


def _key(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        person = known_person(books, args.name, "NAME")
        replaces = bool(books.persons.keys(person.name))
    public = None if args.public_key is None else _public(args)
    # Who signs is unlocked before the new key's file lies where keys are looked for.
    signs = _signs(home, args) if replaces and not args.lost else None
    by = args.person if signs is None else None
    file: Path | None
    if public is not None:
        key, file = public, None
        give_key(home.ground, person.name, key, countersigned=signs, lost=args.lost, by=by)
    else:
        with made_key(home, person.name, args.key_file, args.passphrase_file) as (key, file):
            give_key(home.ground, person.name, key, countersigned=signs, lost=args.lost, by=by)
    if args.json:
        _print_key(person, key, file)
    else:
        print(f"{person.name} har fått en ny nyckel. {_told(key, file)}")
    return exits.DONE


def _signs(home: Home, args: argparse.Namespace) -> Countersigner:
    """The person with the key until now, or the one who is named by ``--as``."""
    name = args.person or args.name
    secret = args.sign_passphrase_file or (args.passphrase_file if name == args.name else None)
    if secret is None:
        print(f"{name} skriver under bytet med sin nyckel:", file=sys.stderr)
    return countersigner(home, name, args.sign_key_file, secret)


def _public(args: argparse.Namespace) -> str:
    if args.key_file is not None or args.passphrase_file is not None:
        raise RefusedError(
            "--public-key", args.public_key, "leave out --key-file and --passphrase-file: no key is made"
        )
    return public_key(args.public_key)


def _print_key(person: Person, key: str | None, file: Path | None) -> None:
    shown = {"person": person.name, "role": person.role, "key": key, "key_file": None if file is None else str(file)}
    print(json.dumps(shown))


def _told(key: str, file: Path | None) -> str:
    where = f" Den hemliga delen ligger i {file}; förvara filen och lösenfrasen var för sig." if file else ""
    return f"Offentlig nyckel: {key}.{where}"


def _change(home: Home, args: argparse.Namespace) -> int:
    changes = _stated(args) | ({"role": args.role_option} if args.role_option else {})
    if not changes:
        raise RefusedError("person change", args.name, "name what to change, for example --valid-to 2026-12-31")
    person = change_person(home.ground, args.name, changes, by=args.person)
    print(json.dumps(_as_json(person, None)) if args.json else f"{person.name}: {person.role}{_validity(person)}.")
    return exits.DONE


def _list(home: Home, args: argparse.Namespace) -> int:
    with home.ground.state.reading() as books:
        persons = books.persons.all()
        keys = _by_person(books)
    for one in persons:
        given = keys.get(one.name, [])
        if args.keys:
            _list_keys(args, one, given)
            continue
        current = next((key.key for key in given if key.ended is None), None)
        if args.json:
            print(json.dumps(_as_json(one, current)))
        else:
            print(f"{one.name:<32} {one.role}{_validity(one)}{'' if current else ' (ingen nyckel)'}")
    return exits.DONE


def _list_keys(args: argparse.Namespace, person: Person, keys: list[PersonKey]) -> None:
    for key in keys:
        shown = key_line(key, person.role)
        if args.json:
            print(json.dumps(shown))
        else:
            print(f"{person.name:<32} {key.key} {shown['added']}–{shown['ended'] or ''}")


def _by_person(books: Books) -> dict[str, list[PersonKey]]:
    found: dict[str, list[PersonKey]] = {}
    for key in books.persons.keys(None):
        found.setdefault(key.person, []).append(key)
    return found


def _as_json(person: Person, key: str | None) -> dict[str, Any]:
    return {
        "person": person.name,
        "role": person.role,
        "valid_from": person.valid_from.isoformat() if person.valid_from else None,
        "valid_to": person.valid_to.isoformat() if person.valid_to else None,
        "body": person.body,
        "decided": person.decided.isoformat() if person.decided else None,
        "paragraph": person.paragraph,
        "key": key,
    }


def _validity(person: Person) -> str:
    if person.valid_from is None and person.valid_to is None:
        return ""
    return f" ({person.valid_from or ''}–{person.valid_to or ''})"
