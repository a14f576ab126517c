"""The commands ``deposit films|show|decide|join|split|original|originals|feed|sheet|sent|answer|seen``: what is decided of films.

With ``--json`` each prints one object. A film in it is as ``flows.deposit.lines.film_json`` says, a finding as
``flows.findings.as_json`` says.

* ``films``: ``{"films": [row], "counts": {standing: number}, "findings": […]}``, rows as of ``flows.deposit.shown`` by last
  day; without ``--all`` only films that are not closed. ``show``: ``{"film": {…, "rejections": [{"item", "at", "text"}]}}``. Both hold titles and addresses: they
  are for officers, and nothing keeps them.
* ``decide``, ``join``, ``split``, ``sent``, ``answer``, ``seen``: ``{"films": [film]}``.
* ``original``, ``originals``: ``{"taken": number, "left": number, "files": [{"name", "code"}], "findings": […]}``; ``files``:
  those that stay, and why (an empty code: it may still be written).
* ``feed``: ``{"place", "name", "items", "new", "left", "changed", "findings"}``. ``sheet``:
  ``{"film", "folder", "files", "findings"}``.

Exit codes: 0 done; 3 done with findings; 4 a guard refused; 10 a place did not answer.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import exits
from flows.deposit.answer import answer
from flows.deposit.decide import decide, join, seen, split
from flows.deposit.feed import write_feed
from flows.deposit.find import scan
from flows.deposit.lines import STANDINGS, film_json, film_line, films_text, finding_lines, loud, plain, shown_lines
from flows.deposit.originals import TakenIn, bring, take_in
from flows.deposit.sheet import UPLOADED, sent, sheet
from flows.deposit.showing import rejections, show_lines
from flows.deposit.shown import film_shown, films_shown
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.deposit import FILM_STANDINGS, WAYS, Film, Told
from schemas.finding import Finding
from schemas.ground import Home
from schemas.refusal import RefusedError

_PERSON = "den som beslutar (roll kommunikatör, arkivredogörare eller arkivansvarig)"
_FILM = "filmens löpnummer, som 'bevara deposit films' visar"
_ANSWERS = ("yes", "no")
_NAME = 120
"""Characters of a file name."""


def register(deposit: Any) -> None:
    """Add to ``deposit``."""
    _looking(deposit)
    _deciding(deposit)
    _handing(deposit)


def _looking(deposit: Any) -> None:
    one = deposit.add_parser("films", help="egna filmer och publikationer: sista dag, undertexter, förslag, beslut")
    one.add_argument(
        "--all",
        action="store_true",
        help="också de som är färdiga (mottagna, sedda i Libris, eller beslutade att inte lämnas)",
    )
    one.set_defaults(run=copied(_films), writes=True)

    one = deposit.add_parser("show", help="allt om en film: var den visas, klockan, förslag, beslutets ord")
    one.add_argument("film", metavar="FILM", help=_FILM)
    one.set_defaults(run=_show)


def _deciding(deposit: Any) -> None:
    one = deposit.add_parser("decide", help="besluta om filmer ska lämnas till KB (yes) eller inte (no), med skäl")
    one.add_argument("films", nargs="+", metavar="FILM", help=_FILM)
    one.add_argument("answer", choices=_ANSWERS, help="yes: lämnas; no: lämnas inte")
    one.add_argument("--reason", required=True, metavar="TEXT", help="varför; sparas som en handling i arkivet")
    _person(one)
    one.add_argument(
        "--way", default="", choices=WAYS, help="paket, flöde eller webbformulär (annars som i bevara.toml)"
    )
    one.add_argument("--title", default="", help="titel i stället för inläggets; en film i taget")
    one.add_argument("--page", default="", metavar="URL", help="adress till den egna sida som visar filmen")
    one.add_argument("--file", default="", metavar="URL", help="adress till filmens fil på den egna webbplatsen")
    one.add_argument("--password", default="", metavar="TEXT", help="lösenord som allmänheten behövde (11 § 3)")
    one.add_argument("--language", default="", metavar="ISO639-2", help="språk, tre bokstäver: swe, fin, eng …")
    one.add_argument("--genre", default="", metavar="TEXT", help="genre enligt MARC, på engelska")
    one.add_argument("--access", default="", choices=("gratis", "restricted"), help="fri eller begränsad tillgång")
    one.add_argument("--licence", default="", metavar="URL", help="licensens adress")
    one.add_argument(
        "--related", action="append", default=[], metavar="URL", help="annat material den hör till (upprepas)"
    )
    one.add_argument("--replaces", default="", metavar="FILM", help="filmen som denna är en ny version av")
    one.set_defaults(run=copied(_decide), writes=True)

    one = deposit.add_parser("join", help="två nummer är samma film: för den andra till den första")
    one.add_argument("film", metavar="FILM", help=_FILM)
    one.add_argument("other", metavar="OTHER", help="filmen som förs dit")
    _person(one)
    one.set_defaults(run=copied(_join), writes=True)

    one = deposit.add_parser("split", help="en publicering är en annan film: gör den till en egen")
    one.add_argument("member", metavar="MEMBER", help="publiceringens id, som 'bevara deposit show FILM' visar")
    _person(one)
    one.set_defaults(run=copied(_split), writes=True)


def _handing(deposit: Any) -> None:
    one = deposit.add_parser("original", help="lägg in en originalfil för hand")
    one.add_argument("path", type=Path, metavar="PATH")
    one.add_argument("film", metavar="FILM", help=_FILM)
    _person(one)
    one.set_defaults(run=copied(_original), writes=True)

    one = deposit.add_parser("originals", help="läs in originalfiler ur mappen som bevara.toml nämner")
    _person(one)
    one.set_defaults(run=copied(_originals), writes=True)

    one = deposit.add_parser("feed", help="skriv flödet som KB hämtar")
    _person(one)
    one.set_defaults(run=copied(_feed), writes=True)

    one = deposit.add_parser("sheet", help="gör underlaget för KB:s webbformulär: blankett och fil i en mapp")
    one.add_argument("film", metavar="FILM", help=_FILM)
    one.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="mappen som ska göras")
    one.set_defaults(run=copied(_sheet), writes=True)

    one = deposit.add_parser("sent", help="filmen är uppladdad i KB:s webbformulär")
    one.add_argument("film", metavar="FILM", help=_FILM)
    _person(one)
    one.set_defaults(run=copied(_sent), writes=True)

    one = deposit.add_parser("answer", help="för in KB:s svar om en film som lämnats i flödet eller webbformuläret")
    one.add_argument("film", metavar="FILM", help=_FILM)
    one.add_argument("answer", choices=("accepted", "rejected"), help="mottagen eller underkänd")
    one.add_argument("--reference", default="", metavar="TEXT", help="svarets nummer hos KB, utan namn")
    one.add_argument("--reason", default="", metavar="TEXT", help="KB:s skäl; sparas som en handling i arkivet")
    _person(one)
    one.set_defaults(run=copied(_answer), writes=True)

    one = deposit.add_parser("seen", help="filmen är sedd i Libris")
    one.add_argument("film", metavar="FILM", help=_FILM)
    one.add_argument("--libris", required=True, metavar="ID", help="postens id i Libris")
    _person(one)
    one.set_defaults(run=copied(_seen), writes=True)


def _person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)


def _films(home: Home, args: argparse.Namespace) -> int:
    findings: Sequence[Finding] = ()
    try:
        findings = scan(home).findings
    except (LeaseTakenError, LeaseLostError):
        pass  # another run is looking for films right now; what is known is shown
    rows = films_shown(home, every=args.all)
    counts = Counter(one["standing"] for one in rows)
    if args.json:
        values = {
            "films": rows,
            "counts": {name: counts[name] for name in FILM_STANDINGS},
            "findings": findings_json(findings),
        }
        print(json.dumps(values, ensure_ascii=False))
    else:
        for row in rows:
            for text in shown_lines(row):
                print(text)
        _tell(findings)
        late = sum(bool(one["overdue"]) for one in rows)
        open_ones = counts["candidate"] + counts["rejected"]
        print(f"{films_text(len(rows))}: {open_ones} att besluta om, {late} försenade.")
    return exits.FINDINGS if loud(findings) else exits.DONE


def _show(home: Home, args: argparse.Namespace) -> int:
    found = film_shown(home, args.film)
    found["rejections"] = rejections(home.ground, found["id"])
    if args.json:
        print(json.dumps({"film": found}, ensure_ascii=False))
        return exits.DONE
    for text in show_lines(found):
        print(text)
    return exits.DONE


def _decide(home: Home, args: argparse.Namespace) -> int:
    told = Told(
        title=args.title,
        page=args.page,
        file=args.file,
        password=args.password,
        language=args.language,
        genre=args.genre,
        access=args.access,
        licence=args.licence,
        related=tuple(args.related),
    )
    if args.answer == "no" and (args.way or args.replaces or told != Told()):
        raise RefusedError("decide", "no", "leave the other options out; they describe a film that is delivered")
    done = decide(
        home,
        args.films,
        args.answer == "yes",
        args.reason,
        args.person,
        told,
        args.way,
        replaces=args.replaces,
    )
    return _say(home, args, done)


def _join(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, [join(home, args.film, args.other, args.person)])


def _split(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, [split(home, args.member, args.person)])


def _sent(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, [sent(home, args.film, args.person)])


def _answer(home: Home, args: argparse.Namespace) -> int:
    done = answer(home, args.film, args.answer, args.person, reference=args.reference, reason=args.reason)
    return _say(home, args, [done])


def _seen(home: Home, args: argparse.Namespace) -> int:
    return _say(home, args, [seen(home, args.film, args.libris, args.person)])


def _say(home: Home, args: argparse.Namespace, films: Sequence[Film]) -> int:
    now = home.ground.clock.now()
    if args.json:
        print(json.dumps({"films": [film_json(one, now, home.deposit.companies) for one in films]}))
    else:
        for one in films:
            print(film_line(one, now, home.deposit.companies))
    return exits.DONE


def _original(home: Home, args: argparse.Namespace) -> int:
    done = bring(home, args.path, args.film, args.person)
    return _say_taken(args, done)


def _originals(home: Home, args: argparse.Namespace) -> int:
    if not home.deposit.originals:
        raise RefusedError(
            "deposit.originals", "", 'name the folder in bevara.toml: originals = "original" under [deposit]'
        )
    done = take_in(home, person=args.person)
    return _say_taken(args, done)


def _say_taken(args: argparse.Namespace, done: TakenIn) -> int:
    if args.json:
        stays = [{"name": name, "code": code} for name, code in done.files]
        values = {"taken": done.taken, "left": done.left, "files": stays, "findings": findings_json(done.findings)}
        print(json.dumps(values, ensure_ascii=False))
    else:
        _tell(done.findings)
        for name, code in done.files:
            print(f"  {plain(name, _NAME)}: {code or 'skrivs kanske än'}")
        if fresh := done.left - len(done.files):
            print(
                f"{_count(fresh, 'fil', 'filer')} kan fortfarande skrivas (ändrades den senaste minuten). Kör igen om en stund."
            )
        print(f"{done.taken} originalfiler inlagda, {done.left} ligger kvar.")
    return exits.FINDINGS if loud(done.findings) else exits.DONE


def _feed(home: Home, args: argparse.Namespace) -> int:
    done = write_feed(home, person=args.person)
    if args.json:
        values = {
            "place": done.place,
            "name": done.name,
            "items": done.items,
            "new": done.new,
            "left": done.left,
            "changed": done.changed,
            "findings": findings_json(done.findings),
        }
        print(json.dumps(values))
    else:
        _tell(done.findings)
        how = "skrivet" if done.changed else "oförändrat"
        print(
            f"Flödet {done.name} är {how}: {films_text(done.items)}, varav {done.new} {'ny' if done.new == 1 else 'nya'}."
        )
    if done.unreachable:
        return exits.UNREACHABLE
    return exits.FINDINGS if loud(done.findings) else exits.DONE


def _sheet(home: Home, args: argparse.Namespace) -> int:
    done = sheet(home, args.film, args.out)
    if args.json:
        values = {
            "film": done.film.number,
            "folder": done.folder.name,
            "files": list(done.files),
            "findings": findings_json(done.findings),
        }
        print(json.dumps(values, ensure_ascii=False))
    else:
        print(f"Underlaget ligger i mappen {done.folder.name}: {', '.join(done.files)}.")
        _tell(done.findings)
        print("Kopian i mappen omfattas inte av gallringen här; ta bort den när filmen är uppladdad.")
        if done.film.standing in UPLOADED:
            print(f"Säg till när den är uppladdad: 'bevara deposit sent {done.film.number} --as PERSON'.")
        else:
            print(
                f"Film {done.film.number} är redan på väg eller framme ({STANDINGS[done.film.standing]}). Lämna den inte en gång till utan att KB har bett om det."
            )
    return exits.FINDINGS if loud(done.findings) else exits.DONE


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _tell(findings: Sequence[Finding]) -> None:
    for text in finding_lines(findings):
        print(text)
