"""The commands ``request open|amend|ask|contact|hold|warn|list|show|withdraw|close``.

With ``--json`` each prints one object; a finding in it is as ``flows.findings.as_json`` says.

* ``open``, ``amend``, ``contact``, ``hold``, ``withdraw``, ``close``: ``{"request": row, "warned", "letters", "findings"}``; ``row`` as of
  ``flows.disclose.shown.row_json`` (numbers, codes, days). ``warned``: ``{"now", "soon", "days", "listed", "leaving", "failed"}``
  (counts; null where nothing was counted). ``letters``: item ids of letters written.
* ``ask``, ``warn``: the same. ``list``, ``show``: ``flows.disclose.shown_command``.

Exit codes: 0 done; 2 not accepted; 3 done with findings that want a look; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flows import exits
from flows.arguments import day
from flows.disclose import shown_command
from flows.disclose.closing import close, withdraw
from flows.disclose.intake.amending import amend, set_contact
from flows.disclose.intake.asking import ask, confirm, confirm_withdrawal, tell_of_deletion
from flows.disclose.intake.holding import WIDEST, cover
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.intake.warn import Warned, warned
from flows.disclose.letters import Written
from flows.disclose.shown import closing_log, culled_finding, culled_since, row_json
from flows.disclose.standing import known_request
from flows.disclose.thread_items import LONGEST
from flows.findings import as_json as findings_json
from flows.keep.guard import code_of
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.covered import Predicate
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import utc
from schemas.record import KINDS
from schemas.refusal import RefusedError
from schemas.request import CHANNELS, REQUEST_KINDS, Request

_PERSON: Final = "registrerad person som handlägger begäran"
_NUMBER: Final = "begärans nummer, som 'bevara request list' visar"
_BYTES: Final = 4 * LONGEST


def register(request: Any) -> None:
    """Add to ``request``."""
    _opening(request)
    _handling(request)
    _ending(request)
    shown_command.register(request)


def _opening(request: Any) -> None:
    one = request.add_parser("open", help="för in en begäran; det den gäller stoppas från gallring genast")
    _text(one, "begärans ord", required=True)
    one.add_argument("--kind", default="handlingar", choices=REQUEST_KINDS, help="vad som begärs")
    one.add_argument("--channel", default="e-post", choices=CHANNELS, help="hur begäran kom in")
    one.add_argument("--received", type=_instant, metavar="INSTANT", help="när den kom in (annars nu)")
    one.add_argument(
        "--account",
        action="append",
        default=[],
        metavar="NAME",
        help="konto den gäller (upprepas); annars stoppas allt",
    )
    one.add_argument("--authority", default="", metavar="SLUG", help="arkivbildare (annars kontots, eller den första)")
    one.add_argument(
        "--contact", default="", metavar="TEXT", help="vart svaret ska, om det har sagts; hålls isär från begäran"
    )
    one.add_argument(
        "--letter", action="store_true", help="skriv bekräftelse, och brev om förestående gallring om det behövs"
    )
    _officer(one)
    one.set_defaults(run=copied(_open), writes=True)

    one = request.add_parser(
        "amend", help="lägg till ett förtydligande; gör klar en begäran som avbröts när den öppnades"
    )
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    _text(one, "förtydligandet, eller begärans ord om de inte är sparade", required=True)
    one.add_argument("--account", action="append", default=[], metavar="NAME", help="konto den gäller, om den avbröts")
    _officer(one)
    one.set_defaults(run=copied(_amend), writes=True)


def _handling(request: Any) -> None:
    one = request.add_parser("ask", help="skriv ett brev som ber om ett förtydligande")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    _text(one, "frågan", required=True)
    _officer(one)
    one.set_defaults(run=copied(_ask), writes=True)

    one = request.add_parser("contact", help="för in vart svaret ska skickas; hålls isär från begäran")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    _text(one, "adress, e-post eller annat", required=True)
    _officer(one)
    one.set_defaults(run=copied(_contact), writes=True)

    one = request.add_parser("hold", help="avgränsa eller vidga begärans gallringsstopp; hela trådar stoppas")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--account", action="append", default=[], metavar="NAME")
    one.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="från och med dagen")
    one.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD", help="till och med dagen")
    one.add_argument("--kind", action="append", default=[], metavar="KIND", help=", ".join(KINDS))
    one.add_argument(
        "--author", action="append", default=[], metavar="NAME", help="avsändare, namn eller plattforms-id"
    )
    one.add_argument(
        "--search", action="append", default=[], metavar="TEXT", help="del av texten (upprepas: något av dem)"
    )
    one.add_argument("--everything", action="store_true", help="stoppa allt")
    _officer(one)
    one.set_defaults(run=copied(_hold), writes=True)

    one = request.add_parser("warn", help="vad som snart skulle ha gallrats eller försvinner från plattformen")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--letter", action="store_true", help="skriv brevet om förestående gallring (kräver --as)")
    one.add_argument("--as", dest="person", default="", metavar="PERSON", help=_PERSON)
    one.set_defaults(run=copied(_warn), writes=True)


def _ending(request: Any) -> None:
    one = request.add_parser("withdraw", help="begäran är återtagen av den som begärde")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("--letter", action="store_true", help="skriv en bekräftelse")
    _officer(one)
    one.set_defaults(run=copied(_withdraw), writes=True)

    one = request.add_parser("close", help="avsluta begäran: gallringsstoppet hävs och loggen skrivs")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    _officer(one)
    one.set_defaults(run=copied(_close), writes=True)


def _text(parser: argparse.ArgumentParser, what: str, *, required: bool) -> None:
    group = parser.add_mutually_exclusive_group(required=required)
    group.add_argument("--text", metavar="TEXT", help=what)
    group.add_argument("--text-file", type=Path, metavar="PATH", help=f"{what}, i en textfil (UTF-8)")


def _officer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)


def _instant(text: str) -> datetime:
    try:
        return utc(datetime.fromisoformat(text), "--received")
    except ValueError as error:
        reason = error.remedy if isinstance(error, RefusedError) else "write it like 2026-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(f"{text!r}: {reason}") from None


def words_of(args: argparse.Namespace) -> str:
    """What ``--text`` or ``--text-file`` says. Raises RefusedError: a file that is not readable text, or is too long."""
    path: Path | None = args.text_file
    if path is None:
        return str(args.text)
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 4)
        if len(data) > _BYTES:
            raise RefusedError("--text-file", path.name, f"write at most {LONGEST} characters")
        return data.decode("utf-8-sig")
    except OSError:
        raise RefusedError("--text-file", path.name, "name a file that can be read") from None
    except UnicodeDecodeError:
        raise RefusedError("--text-file", path.name, "write it as UTF-8") from None


def _open(home: Home, args: argparse.Namespace) -> int:
    opening = Opening(
        wording=words_of(args),
        kind=args.kind,
        channel=args.channel,
        contact=args.contact,
        received=args.received,
        accounts=tuple(args.account),
        authority=args.authority,
    )
    request = open_request(home, opening, args.person)
    letters: list[Written] = []
    findings = _culled_meanwhile(home, request)
    told = warned(home, request)
    if args.letter:
        try:
            letters.append(confirm(home, request, args.person))
            letters += filter(None, [tell_of_deletion(home, request, told, args.person)])
        except Exception as error:  # noqa: BLE001 - the request is entered, and its number must be told whatever fails now
            reason = (("reason", code_of(error)),)
            findings.append(Finding(code="Q109", severity="error", subject=request.subject, parameters=reason))
    text = "Begäran {0} är införd. Det den gäller gallras inte (stopp {1})."
    return _say(home, args, request, told, letters, text, findings)


def _culled_meanwhile(home: Home, request: Request) -> list[Finding]:
    """What went between the day it reached us and now; the request's number is told whatever fails here."""
    try:
        with home.ground.state.reading() as books:
            return list(culled_finding(request, culled_since(books, request)))
    except Exception as error:  # noqa: BLE001 - see above
        reason = (("reason", code_of(error)),)
        return [Finding(code="Q105", severity="error", subject=request.subject, parameters=reason)]


def _amend(home: Home, args: argparse.Namespace) -> int:
    request = amend(home.ground, args.request, words_of(args), args.person, accounts=tuple(args.account))
    return _say(home, args, request, None, (), "Begäran {0} är kompletterad.")


def _ask(home: Home, args: argparse.Namespace) -> int:
    letter = ask(home, args.request, words_of(args), args.person)
    request = known_request(home.ground, args.request)
    return _say(home, args, request, None, (letter,), "Frågan om begäran {0} är skriven.")


def _contact(home: Home, args: argparse.Namespace) -> int:
    request = set_contact(home.ground, args.request, words_of(args), args.person)
    return _say(home, args, request, None, (), "Vart svaret på begäran {0} ska är infört.")


def _hold(home: Home, args: argparse.Namespace) -> int:
    narrowed = Predicate(
        accounts=tuple(args.account),
        kinds=tuple(args.kind),
        authors=tuple(args.author),
        texts=tuple(args.search),
        first=args.first,
        last=args.last,
    )
    if args.everything and narrowed != Predicate():
        raise RefusedError("--everything", "", "leave the other options out: everything is held")
    request = cover(home.ground, args.request, WIDEST if args.everything else narrowed, args.person)
    return _say(home, args, request, None, (), "Gallringsstoppet för begäran {0} är ändrat.")


def _warn(home: Home, args: argparse.Namespace) -> int:
    request = known_request(home.ground, args.request)
    if args.letter and not args.person:
        raise RefusedError("--as", "", "name who writes the letter")
    told = warned(home, request)
    letter = tell_of_deletion(home, request, told, args.person) if args.letter else None
    letters = () if letter is None else (letter,)
    return _say(home, args, request, told, letters, "Begäran {0}: det här skulle ha gallrats eller försvinner.")


def _withdraw(home: Home, args: argparse.Namespace) -> int:
    request = withdraw(home.ground, args.request, args.person)
    letters = (confirm_withdrawal(home, request.number, args.person),) if args.letter else ()
    return _say(
        home, args, request, None, letters, "Begäran {0} är återtagen. Avsluta den med 'bevara request close {0}'."
    )


def _close(home: Home, args: argparse.Namespace) -> int:
    request = known_request(home.ground, args.request)
    request = close(home.ground, request.number, args.person, closing_log(home.ground, request))
    return _say(home, args, request, None, (), "Begäran {0} är avslutad och dess gallringsstopp hävt.")


def _say(
    home: Home,
    args: argparse.Namespace,
    request: Request,
    told: Warned | None,
    letters: Sequence[Written],
    text: str,
    more: Sequence[Finding] = (),
) -> int:
    findings = [*(told.findings(request) if told else ()), *more]
    if args.json:
        values = {
            "request": row_json(request, home.ground.clock.now()),
            "warned": told.as_json() if told else None,
            "letters": [one.item for one in letters],
            "findings": findings_json(findings),
        }
        print(json.dumps(values, ensure_ascii=False))
    else:
        print(text.format(request.number, request.hold))
        for one in findings:
            print(f"{one.code}: {sentence(one.code, 'sv', dict(one.parameters))}")
        if told is not None and not told.anything and not told.failed:
            print("Inget av det är på väg att gallras eller försvinna.")
        for letter in letters:
            print(f"Brev {letter.item}: {letter.title}")
    return exits.FINDINGS if any(one.severity != "info" for one in findings) else exits.DONE
