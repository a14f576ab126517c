"""The commands ``oversee watch``, ``oversee dismiss``, ``oversee done`` and ``oversee likes``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from flows import exits
from flows.keep.accounts import accounts_named
from flows.keep.read import rows_of_item
from flows.oversee.watch.act import Watched, watch
from flows.oversee.watch.likes import UnreadableError, outside_of
from flows.oversee.watch.saying import Word, say
from flows.oversee.watch.shown import TOP, grouped, lines, watched_json
from flows.oversee.watch.signs import OF_ITEMS, Rules, words_of
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import RefusedError
from schemas.watch import Notice

_LONGEST = 400


def register(oversee: Any) -> None:
    """Add them to ``oversee``."""
    one = oversee.add_parser("watch", help="dagens tillsyn: frågor, regler, bilder och filmer, anslutningar")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.add_argument("--light", action="store_true", help="fråga ingen plattform (gillade sidor kontrolleras inte)")
    one.add_argument("--all", action="store_true", help=f"visa alla, inte de {TOP} första av varje sort")
    one.add_argument("--texts", action="store_true", help="visa även vad som står i dem; bara på en skärm")
    one.set_defaults(run=_watch, writes=True)
    for name, word, text in (
        ("dismiss", "dismissed", "avfärda: det är inget; kommer tillbaka om handlingen ändras"),
        ("done", "done", "åtgärdat: någon har tagit hand om det"),
    ):
        one = oversee.add_parser(name, help=text)
        one.add_argument("subject", metavar="SUBJECT", help="handlingens id, eller kontots namn")
        one.add_argument("code", metavar="CODE", help="koden, till exempel W111")
        one.add_argument("--as", dest="person", required=True, metavar="PERSON")
        one.add_argument("--why", default="", metavar="TEXT", help="varför; sparas som ett beslut")
        one.set_defaults(run=_say, writes=True, word=word)
    one = oversee.add_parser("likes", help="sidor som konton gillar eller följer utanför den godkända listan")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    one.set_defaults(run=_likes)


def _watch(home: Home, args: argparse.Namespace) -> int:
    accounts_named(home.ground.state, args.accounts)
    if args.texts and (args.json or not sys.stdout.isatty()):
        raise RefusedError("--texts", "", "leave it out: what people wrote is shown on a terminal alone")
    settings = home.oversight()
    watched = watch(home, light=args.light)
    if args.json:
        print(json.dumps(watched_json(watched, settings, args.accounts)))
    else:
        for line in lines(watched, settings, args.accounts, everything=args.all):
            print(line)
        if args.texts:
            for line in _texts(home, watched, args.accounts, everything=args.all):
                print(line)
    some = any(not args.accounts or account in args.accounts for account, _ in watched.counts)
    return exits.FINDINGS if some or watched.findings else exits.DONE


def _texts(home: Home, watched: Watched, accounts: Sequence[str], *, everything: bool) -> Iterator[str]:
    """What the shown items say, shortened, without what could move a terminal's cursor."""
    chosen = dict.fromkeys(
        one.subject
        for by_code in grouped(watched.signs, accounts).values()
        for signs in by_code.values()
        for one in (signs if everything else signs[:TOP])
        if one.code in OF_ITEMS
    )
    for subject in chosen:
        rows = [row for row in rows_of_item(home.ground.state, home.ground.store, ItemId(subject)) if row.text]
        text = "".join(one if one.isprintable() else " " for one in (rows[-1].text or "")) if rows else ""
        yield f"{subject}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}"


def _say(home: Home, args: argparse.Namespace) -> int:
    word: Word = args.word
    notice = say(home, args.subject, args.code, word, args.person, why=args.why)
    if args.json:
        print(json.dumps(_notice_json(notice)))
    else:
        done = "avfärdad" if word == "dismissed" else "antecknad som åtgärdad"
        print(f"{notice.subject} {notice.code}: {done} av {notice.person}.")
    return exits.DONE


def _notice_json(notice: Notice) -> dict[str, Any]:
    return {
        "subject": notice.subject,
        "code": notice.code,
        "account": notice.account,
        "standing": notice.standing,
        "version": notice.version,
        "person": notice.person,
    }


def _likes(home: Home, args: argparse.Namespace) -> int:
    settings = home.oversight()
    asked = accounts_named(home.ground.state, args.accounts)
    accounts = {one.name: one for one in accounts_named(home.ground.state, ())}  # what our other accounts like is fine
    rules = Rules(settings=settings, words=words_of(settings), now=home.ground.clock.now(), accounts=accounts)
    found: dict[str, list[tuple[str, str]]] = {}
    unread: dict[str, str] = {}
    for account in asked:
        try:
            found[account.name] = outside_of(home, rules, account)
        except UnreadableError as error:
            unread[account.name] = error.code
    if args.json:
        pages = [
            {"account": name, "pages": [{"name": title, "address": address} for title, address in those]}
            for name, those in found.items()
        ]
        print(json.dumps({"accounts": pages, "unread": unread}))
    else:
        for name, those in found.items():
            print(f"{name}: {len(those)} utanför den godkända listan")
            for title, address in those:
                print("  " + "".join(one if one.isprintable() else " " for one in f"{title}  {address}"))
        for name, code in unread.items():
            print(f"{name}: {sentence('W136', 'sv', {'reason': code})}")
    return exits.FINDINGS if unread or any(found.values()) else exits.DONE
