"""The command ``import``."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flows import exits
from flows.harvest.command import exit_code
from flows.harvest.intake.act import ImportOrder, take_in
from flows.harvest.intake.by_hand import KINDS, Handed, bring_in
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import item_id, utc
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add ``import`` to the command line."""
    one = verbs.add_parser("import", help="ta in en plattforms export, eller en fil för hand")
    one.add_argument("account", metavar="ACCOUNT")
    one.add_argument("path", type=Path, metavar="PATH", help="zip, tar.gz, CAR eller mapp; med --by-hand en fil")
    one.add_argument("--by-hand", action="store_true", help="en skärmbild eller annan fil, intygad av en person")
    hand = one.add_argument_group("för hand")
    hand.add_argument("--as", dest="person", metavar="PERSON", help="vem som lämnar in filen")
    hand.add_argument("--when", type=_instant, metavar="INSTANT", help="när det publicerades eller sågs")
    hand.add_argument("--where", default="", metavar="URL", help="var det fanns")
    hand.add_argument("--kind", choices=KINDS, default="snapshot")
    hand.add_argument("--author", default="", metavar="NAME", help="vem som skrev det, som det visades")
    hand.add_argument("--about", default="", metavar="ITEM", help="posten i arkivet som det hör till")
    text = hand.add_mutually_exclusive_group()
    text.add_argument("--text", default="", help="texten på bilden, avskriven")
    text.add_argument("--text-file", type=Path, metavar="FILE", help="samma sak ur en fil (UTF-8)")
    one.set_defaults(run=_import, writes=True)


def _instant(text: str) -> datetime:
    try:
        return utc(datetime.fromisoformat(text), "--when")
    except ValueError as error:
        reason = error.remedy if isinstance(error, RefusedError) else "write it like 2026-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(f"{text!r}: {reason}") from None


def _import(home: Home, args: argparse.Namespace) -> int:
    if args.by_hand:
        return _by_hand(home, args)
    given = [
        name for name in ("person", "when", "where", "author", "about", "text", "text_file") if getattr(args, name)
    ]
    if given:
        option = "as" if given[0] == "person" else given[0].replace("_", "-")
        raise RefusedError(f"--{option}", "…", "it belongs to --by-hand; add that")
    account = accounts_named(home.ground.state, [args.account])[0]
    key = home.native_key()
    order = ImportOrder(account=account, secret_key=key, media_limit=home.media_limit)
    with home.open_export(account, args.path) as export:
        tally = take_in(home.ground, export, order, progress=partial(args.progress, account.name))
        name = export.format
    if args.json:
        print(json.dumps(_as_json(tally, name)))
    else:
        print(_as_text(tally, name))
    return exit_code([tally])


def _by_hand(home: Home, args: argparse.Namespace) -> int:
    if not args.person:
        raise RefusedError("--as", "", "name the person who brings it in")
    account = accounts_named(home.ground.state, [args.account])[0]
    handed = Handed(
        account=account,
        path=args.path,
        person=args.person,
        when=args.when,
        where=home.without_secrets(args.where),
        kind=args.kind,
        author=args.author,
        about=item_id(args.about, "--about") if args.about else None,
        text=_text(args),
    )
    item, tally = bring_in(home.ground, handed, secret_key=home.native_key(), media_limit=home.media_limit)
    if args.json:
        print(json.dumps({**_as_json(tally, "by-hand"), "item": item}))
    else:
        print(_as_text(tally, "för hand"))
        print(f"  {item}")
    return exits.DONE


def _text(args: argparse.Namespace) -> str:
    if args.text_file is None:
        return str(args.text)
    try:
        text: str = args.text_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise RefusedError("--text-file", str(args.text_file), "name a readable file in UTF-8") from None
    return text


def _as_json(tally: Tally, name: str) -> dict[str, Any]:
    told = tally.as_json()
    return {
        "account": tally.account,
        "format": name,
        "read": tally.returned,
        "new": tally.new,
        "matched": tally.matched,
        "inferred": tally.inferred,
        "media": tally.media,
        "edited": tally.edited,
        "gone": tally.gone,
        "suppressed": tally.suppressed,
        "failed": tally.failed,
        "complete": tally.complete,
        "findings": told["findings"],
    }


def _as_text(tally: Tally, name: str) -> str:
    state = "fullständigt" if tally.complete else "OFULLSTÄNDIGT"
    lines = [
        (
            f"{tally.account} ({name}): {state} läst. {tally.returned} lästa; {tally.new} nya, {tally.matched} redan "
            f"kända, {tally.inferred} igenkända på tid och text, {tally.media} bilagor, {tally.failed} misslyckade."
        )
    ]
    for finding in tally.findings:
        shown = sentence(finding.code, "sv", {"subject": finding.subject, **dict(finding.parameters)})
        lines.append(f"  {finding.code} ({finding.count}): {shown}")
    return "\n".join(lines)
