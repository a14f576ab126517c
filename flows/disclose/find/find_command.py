"""The commands ``request find|ground``.

With ``--json`` each prints one object; a finding in it is as ``flows.findings.as_json`` says.

* ``find``: ``{"request", "dry", "digest", "items", "versions", "excluded", "searched": {"versions", "months", "fields"},
  "not_searched": [finding], "culled": [{"month", "count"}], "gaps": [{"account", "night", "standing"}], "held", "outside",
  "growing": [finding], "warnings": [finding]}``: numbers, ids, codes and days. ``items`` and ``versions``: of the list;
  ``excluded``: versions that ``--not`` took away; ``searched``: what was read; ``held``: everything found is covered by
  the hold, ``outside`` items are not.
* ``ground``: ``{"request", "item"}``.

Without ``--json`` the first versions found are shown with their words: for officers; nothing keeps that.

Exit codes: 0 done; 2 not accepted; 3 done with findings that want a look; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from flows import exits
from flows.arguments import day
from flows.disclose.find.finding import Found, find, record_ground
from flows.disclose.find.wanted import Wanted
from flows.keep.renditions import rows_of_items
from flows.keep.soon import copied
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.codes.words import value
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.ids import item_id as read_id
from schemas.record import KINDS
from schemas.text import one_line

_PERSON: Final = "registrerad person som handlägger begäran"
_NUMBER: Final = "begärans nummer, som 'bevara request list' visar"
_SHOWN: Final = 20
_WIDTH: Final = 80


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser(
        "find", help="sök igenom hela arkivet för en begäran och frys träffarna som en lista", description=_ABOUT
    )
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    for option, name, text in (
        ("--text", "texts", "del av en text"),
        ("--word", "words", "helt ord"),
        ("--start", "starts", "början av ett ord (böjningar)"),
        ("--regex", "regexes", "reguljärt uttryck (RE2); \\w, \\d och \\s gäller alla språk"),
        ("--not", "without", "uteslut det som har detta; räknas och listas för sig"),
    ):
        one.add_argument(option, dest=name, action="append", default=[], metavar="TEXT", help=f"{text} (upprepas)")
    one.add_argument("--fold", action="store_true", help="bortse från accenter, prickar och ringar: å som a, é som e")
    one.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="publicerat från och med dagen")
    one.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD", help="publicerat till och med dagen")
    one.add_argument("--dated", action="store_true", help="utelämna det som saknar datum när tiden är avgränsad")
    one.add_argument("--account", action="append", default=[], metavar="NAME", help="konto (upprepas)")
    one.add_argument("--kind", action="append", default=[], metavar="KIND", help=", ".join(KINDS))
    one.add_argument("--author", action="append", default=[], metavar="NAME", help="avsändare: hela namnet eller id")
    one.add_argument("--item", action="append", default=[], metavar="ITEM", help="handling som ska med oavsett resten")
    one.add_argument("--threads", action="store_true", help="ta med hela trådarna kring träffarna")
    one.add_argument("--latest", action="store_true", help="bara varje handlings senaste lydelse")
    one.add_argument("--deep", action="store_true", help="sök även i plattformens rådata och i undertexter")
    one.add_argument("--without-own", action="store_true", help="utelämna det som Bevara självt har gjort")
    one.add_argument("--everything", action="store_true", help="allt som finns")
    one.add_argument("--dry", action="store_true", help="visa vad sökningen ger; frys ingenting")
    one.add_argument("--as", dest="person", default="", metavar="PERSON", help=f"{_PERSON}; krävs utan --dry")
    one.set_defaults(run=copied(_find), writes=True)

    one = request.add_parser("ground", help="anteckna grunden för en sökning på känsliga personuppgifter")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--text", required=True, metavar="TEXT", help="grunden; sparas som en handling i arkivet")
    one.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)
    one.set_defaults(run=copied(_ground), writes=True)


_ABOUT: Final = (
    "--text, --word, --start och --regex vidgar: något av dem räcker. Övriga val avgränsar. Versaler och gemener är samma "
    "sak, liksom olika sätt att lagra samma tecken. Sökningen går igenom text, avsändare, länkar och "
    "alternativtexter i varje lydelse."
)


def _find(home: Home, args: argparse.Namespace) -> int:
    wanted = Wanted(
        texts=tuple(args.texts),
        words=tuple(args.words),
        starts=tuple(args.starts),
        regexes=tuple(args.regexes),
        without=tuple(args.without),
        fold=args.fold,
        first=args.first,
        last=args.last,
        dated=args.dated,
        accounts=tuple(args.account),
        kinds=tuple(args.kind),
        authors=tuple(args.author),
        items=tuple(read_id(one, "--item") for one in args.item),
        threads=args.threads,
        latest=args.latest,
        deep=args.deep,
        own=not args.without_own,
        everything=args.everything,
    )
    found = find(home, args.request, wanted, args.person, dry=args.dry)
    if args.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        _say(home, found)
    return exits.FINDINGS if any(one.severity != "info" for one in found.findings) else exits.DONE


def _say(home: Home, found: Found) -> None:
    for title, table in (("Hittat", found.scanned.found), ("Uteslutet", found.scanned.excluded)):
        if table.num_rows:
            print(f"{title}:")
            for line in _lines(home.ground, table):
                print(line)
    for one in _in_order(found.findings):
        print(f"{one.code}: {sentence(one.code, 'sv', {'subject': one.subject, **dict(one.parameters)})}")
    values = found.as_json()
    print(
        f"{_count(values['items'], 'handling', 'handlingar')} i {_count(values['versions'], 'version', 'versioner')}; "
        f"{values['excluded']} uteslutna. {_count(values['searched']['versions'], 'version', 'versioner')} genomsökta, alla som finns."
    )
    if found.dry:
        print("Ingenting är fryst (--dry).")
    else:
        print(f"Listan är fryst. Kontrollsumma: {found.digest}")


def _lines(ground: Ground, table: pa.Table) -> list[str]:
    """The first versions of a list, with their words."""
    pairs = [(ItemId(one["item"]), one["version"]) for one in table.slice(0, _SHOWN).to_pylist()]
    rows = rows_of_items(ground, {item for item, _ in pairs})
    lines = []
    for item, version in pairs:
        row = next((one for one in rows.get(item, ()) if one.row == "version" and one.version == version), None)
        if row is not None:
            at = local_day(row.published).isoformat() if row.published else "odaterad  "
            text = one_line(row.text or "")
            short = text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
            lines.append(f"  {item}  {at}  {row.account}  {value(row.kind, 'sv')}  v{version}  {short}")
    if table.num_rows > len(pairs):
        lines.append(f"  … och {table.num_rows - len(pairs)} till")
    return lines


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    """What wants a hand first."""
    ranks = {"error": 0, "warning": 1, "info": 2}
    return sorted(findings, key=lambda one: ranks[one.severity])


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _ground(home: Home, args: argparse.Namespace) -> int:
    item = record_ground(home, args.request, args.text, args.person)
    if args.json:
        print(json.dumps({"request": int(args.request), "item": item}))
    else:
        print(f"Grunden är antecknad ({item}).")
    return exits.DONE
