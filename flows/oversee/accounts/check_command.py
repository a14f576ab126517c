"""The commands ``account check`` and ``account show``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Any

from flows import exits
from flows.keep.accounts import accounts_named
from flows.oversee.accounts.checking import Checked, check_accounts, papers_of
from flows.oversee.accounts.listed import shown
from schemas.account import Account
from schemas.codes import sentence
from schemas.ground import Home
from schemas.oversight import OversightSettings
from schemas.watch import Sign


def register(account: Any) -> None:
    """Add them to ``account``."""
    one = account.add_parser("check", help="vad som saknas enligt policyn, konto för konto")
    one.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="utan namn: alla konton")
    # Looking keeps routines with a new wording, so that it writes.
    one.add_argument("--live", dest="writes", action="store_true", help="läs även kommunens lista och kontonas rutiner")
    one.set_defaults(run=_check)
    one = account.add_parser("show", help="allt som registret säger om ett konto, och vad som saknas")
    one.add_argument("account", metavar="ACCOUNT")
    one.set_defaults(run=_show)


def sign_json(sign: Sign) -> dict[str, Any]:
    """A sign as the command's JSON has it."""
    values = dict(sign.parameters)
    return {
        "code": sign.code,
        "clause": sign.clause,
        "certainty": sign.certainty,
        "text": sentence(sign.code, "sv", values),
        "parameters": values,
    }


def _check(home: Home, args: argparse.Namespace) -> int:
    found = check_accounts(home, args.accounts, look=args.writes)
    if args.json:
        print(json.dumps(_as_json(found)))
    else:
        print("\n".join(_lines(found, home.oversight())))
    return exits.FINDINGS if found.signs else exits.DONE


def _as_json(found: Checked) -> dict[str, Any]:
    return {
        "as_of": found.as_of.isoformat(),
        "live": found.live,
        "kept": found.kept,
        "pages": [sign_json(one) for one in found.pages],
        "accounts": [
            {"account": account.name, "gaps": [sign_json(one) for one in signs]} for account, signs in found.accounts
        ],
    }


def _lines(found: Checked, settings: OversightSettings) -> Iterator[str]:
    if found.pages:
        yield "Sidan med alla konton"
        yield from _signs(found.pages, settings)
    for account, signs in found.accounts:
        yield f"{account.name} ({account.platform}, {shown(account.handle)}): " + (
            "inget saknas" if not signs else "1 sak att ordna" if len(signs) == 1 else f"{len(signs)} saker att ordna"
        )
        yield from _signs(signs, settings)
    if not found.accounts:
        yield "Det finns inga konton i registret."
    if found.kept:
        yield f"Rutiner med ny lydelse som har sparats i arkivet: {found.kept}."


def _signs(signs: Iterable[Sign], settings: OversightSettings) -> Iterator[str]:
    for one in signs:
        clause = settings.clauses.get(one.clause)
        yield f"  {one.code}  {shown(sentence(one.code, 'sv', dict(one.parameters)))}"
        if clause is not None:
            yield f"        Policyn, {clause.section}: {clause.title} ({clause.id})"


def _show(home: Home, args: argparse.Namespace) -> int:
    (account,) = accounts_named(home.ground.state, [args.account])
    found = check_accounts(home, [account.name])
    with home.ground.state.reading() as books:
        papers = papers_of(books, account.name)
    if args.json:
        values = {
            **{name: getattr(account, name) for name in ("name", "platform", "handle", "authority", "unit")},
            "duties": account.duties.as_json(),
            "administrators": [one.name for one in account.everybody()],
            "papers": {sort: paper.item for sort, paper in papers.items()},
            "gaps": [sign_json(one) for one in found.signs],
        }
        print(json.dumps(values))
    else:
        for line in _register(account):
            print(line)
        for sort, paper in papers.items():
            print(f"  {_SORTS[sort]}: {paper.item}")
        print("\n".join(_lines(found, home.oversight())))
    return exits.FINDINGS if found.signs else exits.DONE


_SORTS = {
    "account-start": "beslut att starta, i arkivet",
    "account-close": "beslut att avsluta, i arkivet",
    "administrators": "beslut om administratörer, i arkivet",
    "routine": "rutinen som den senast lästes, i arkivet",
}


def _register(account: Account) -> Iterator[str]:
    """The register's values in Swedish, a line each; what is not stated is a dash."""
    duties, analysis = account.duties, account.duties.analysis
    personal = duties.ownership == "tjansteperson"
    yield f"{account.name} ({account.platform}, {shown(account.handle)})"
    for word, value in (
        ("adress", duties.address),
        ("ansvarig verksamhet", account.unit),
        ("tjänsteperson", duties.owner if personal else None),
        ("särskilt behov", duties.need if personal else None),
        ("beslut att starta", _decision(duties.decided, duties.decided_by, duties.dnr)),
        ("beslut att avsluta", _decision(duties.closed, duties.closed_by, duties.closed_dnr) or None),
        ("Kommunikationsfunktionen kontaktad", duties.consulted),
        ("varför det blev efter beslutet", duties.late or None),
        ("analys: dag", analysis.on),
        ("analys: syfte", analysis.purpose),
        ("analys: mål", analysis.goal),
        ("analys: målgrupp", analysis.audience),
        ("analys: kanal", analysis.channel),
        ("långsiktiga resurser", duties.resources),
        ("rutin", duties.routine),
        ("anmälan av olämpligt innehåll", duties.contact),
        ("nummer i registerförteckningen", duties.processing.reference),
        ("registerposten sågs över", duties.processing.updated),
        ("får gilla, utöver de gemensamma", ", ".join(duties.approved) or None),
    ):
        if value is not None or word in _ALWAYS:
            yield f"  {word}: {shown(str(value or '–'))}"
    for one in account.everybody():
        days = (("beslutad", one.decided), ("utbildad", one.trained), ("från", one.since), ("till", one.left))
        told = ", ".join(f"{word} {day.isoformat()}" for word, day in days if day is not None)
        chief = ", närmaste chef" if one.manager else ""
        late = f"; sen utbildning: {shown(one.late)}" if one.late else ""
        yield f"  administratör: {shown(one.name)}{chief}{f' ({told})' if told else ''}{late}"


_ALWAYS = ("Kommunikationsfunktionen kontaktad", "analys: dag", "registerposten sågs över")


def _decision(day: object, by: str, dnr: str) -> str:
    return ", ".join(str(part) for part in (day, by, dnr) if part)
