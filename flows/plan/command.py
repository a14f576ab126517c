"""The commands ``plan`` and ``explain``."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from flows import exits
from flows.arguments import day
from flows.keep.soon import copied
from flows.plan.act import (
    Explained,
    adopt_plan,
    base_of,
    check_in_home,
    compare,
    explain_item,
    plan_file,
    write_decisions,
)
from flows.plan.decide import differences
from flows.plan.gone import find_gone, gone_json, gone_lines
from flows.plan.show import OUTCOME_WORDS, explanation, finding_line, plan_table, rule_json
from flows.plan.spreadsheet import import_plan
from schemas.calendar import local_day
from schemas.codes import plan as plan_codes
from schemas.codes.decide import Lang
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId, item_id
from schemas.plan.check import has_errors
from schemas.plan.model import Plan
from schemas.plan.read import PlanProblemsError, Problem
from schemas.record import Row
from schemas.refusal import RefusedError


def register(verbs: Any) -> None:
    """Add the commands to the command line."""
    plan = verbs.add_parser("plan", help="dokumenthanteringsplanen").add_subparsers(dest="what", required=True)
    one = plan.add_parser("check", help="kontrollera en planfil")
    one.add_argument("file", type=Path, metavar="FILE.toml")
    one.set_defaults(run=_check)
    one = plan.add_parser("show", help="visa planen som tabell (den antagna, eller en fil)")
    one.add_argument("file", type=Path, nargs="?", metavar="FILE.toml")
    one.set_defaults(run=_show)
    one = plan.add_parser("diff", help="jämför två planer, med följden för dagens bestånd")
    one.add_argument("old", type=Path, metavar="OLD.toml")
    one.add_argument("new", type=Path, metavar="NEW.toml")
    one.add_argument("--as-of", type=day, metavar="YYYY-MM-DD")
    one.set_defaults(run=_diff)
    one = plan.add_parser("adopt", help="anta en planutgåva")
    one.add_argument("file", type=Path, metavar="FILE.toml")
    one.add_argument("--as", dest="person", metavar="PERSON", help="får utelämnas i en övningsmapp")
    one.set_defaults(run=copied(_adopt), writes=True)
    one = plan.add_parser("decisions", help="skriv utfallet för varje handling som Parquet")
    one.add_argument("--as-of", type=day, metavar="YYYY-MM-DD")
    one.add_argument("--out", type=Path, required=True, metavar="FILE.parquet")
    one.add_argument("--plan", type=Path, metavar="FILE.toml", help="pröva en plan som inte är antagen")
    one.set_defaults(run=_decisions)
    one = plan.add_parser("import", help="gör en planfil av ett kalkylblad (XLSX eller CSV)")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--mapping", type=Path, required=True, metavar="MAPPING.toml")
    one.add_argument("--out", type=Path, required=True, metavar="FILE.toml")
    one.set_defaults(run=_import)

    one = verbs.add_parser("explain", help="varför en handling behålls eller är i tur")
    one.add_argument("item", metavar="ITEM")
    one.add_argument("--lang", choices=("sv", "en"), default="sv")
    one.add_argument("--as-of", type=day, metavar="YYYY-MM-DD")
    one.add_argument("--plan", type=Path, metavar="FILE.toml", help="pröva en plan som inte är antagen")
    one.set_defaults(run=_explain)


def _today(ground: Ground) -> date:
    return local_day(ground.clock.now())


def _problems(problems: tuple[Problem, ...], *, as_json: bool) -> int:
    """Tell every problem of a file that cannot be read."""
    if as_json:
        told = [{"place": one.place, "value": one.value, "remedy": one.remedy} for one in problems]
        print(json.dumps({"readable": False, "problems": told, "findings": []}))
    else:
        for one in problems:
            print(one)
        print(f"{len(problems)} fel; filen kan inte läsas som plan.")
    return exits.USAGE


def _check(home: Home, args: argparse.Namespace) -> int:
    try:
        plan, _ = plan_file(args.file)
    except PlanProblemsError as error:
        return _problems(error.problems, as_json=args.json)
    found = check_in_home(home.ground, plan)
    if args.json:
        told = [_finding_json(one) for one in found]
        print(json.dumps({"readable": True, "problems": [], "findings": told}))
    else:
        for one in found:
            print(finding_line(one))
        errors = sum(one.severity == "error" for one in found)
        warnings = sum(one.severity == "warning" for one in found)
        rules, warned = _counted(len(plan.rules), "rad", "rader"), _counted(warnings, "varning", "varningar")
        print(f"{args.file.name}: {rules}, {errors} fel, {warned}.")
    return exits.FINDINGS if any(one.severity != "info" for one in found) else exits.DONE


def _finding_json(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "subject": one.subject,
        "sv": plan_codes.sentence(one.code, "sv", one.parameters),
        "en": plan_codes.sentence(one.code, "en", one.parameters),
    }


def _show(home: Home, args: argparse.Namespace) -> int:
    plan: Plan | None
    if args.file is not None:
        plan, _ = plan_file(args.file)
    else:
        plan = base_of(home.ground, _today(home.ground)).plan
    if plan is None:
        raise RefusedError("FILE.toml", "", "no plan is adopted; name a file or adopt one with 'bevara plan adopt'")
    if args.json:
        answer = {
            "id": plan.id,
            "title": plan.title,
            "edition": plan.edition,
            "authorities": list(plan.authorities),
            "example": plan.example,
            "quarantine": str(plan.quarantine) if plan.quarantine else None,
            "suppression": str(plan.suppression) if plan.suppression else None,
            "rules": [rule_json(rule) for rule in plan.rules],
        }
        print(json.dumps(answer))
    else:
        for line in plan_table(plan):
            print(line)
    return exits.DONE


def _diff(home: Home, args: argparse.Namespace) -> int:
    old, _ = plan_file(args.old)
    new, _ = plan_file(args.new)
    found = differences(old, new)
    effect = compare(home.ground, old, new, args.as_of or _today(home.ground))
    changes = {pair: count for pair, count in sorted(effect.counts.items()) if pair[0] != pair[1]}
    if args.json:
        answer = {
            "differences": [{"rule": one.rule, "field": one.field, "old": one.old, "new": one.new} for one in found],
            "changes": [
                {"from": first, "to": second, "count": count, "examples": effect.examples[first, second]}
                for (first, second), count in changes.items()
            ],
            "unchanged": sum(count for (first, second), count in effect.counts.items() if first == second),
            "due": [
                {
                    "rule": rule,
                    "before": effect.before[rule],
                    "after": effect.after[rule],
                    "begins": effect.begins[rule],
                    "ceases": effect.ceases[rule],
                }
                for rule in effect.rules
            ],
        }
        print(json.dumps(answer))
        return exits.DONE
    for one in found:
        print(f"{one.rule}: {one.field}: {one.old or '–'} → {one.new or '–'}")
    print("" if found else "Planerna är lika.")
    for (first, second), count in changes.items():
        examples = ", ".join(effect.examples[first, second])
        print(f"{_records(count)}: {OUTCOME_WORDS[first]} → {OUTCOME_WORDS[second]}; till exempel {examples}")
    for rule in effect.rules:
        if effect.begins[rule] or effect.ceases[rule]:
            print(
                f"Rad {rule}: {_records(effect.begins[rule])} blir genast i tur att gallras, {effect.ceases[rule]} "
                f"är det inte längre (i tur nu {effect.before[rule]}, sedan {effect.after[rule]})."
            )
    if not changes:
        print("Inget utfall ändras i dagens bestånd.")
    if has_errors(check_in_home(home.ground, new)):
        print("OBS: Den nya planen har fel; kör plan check.")
    return exits.DONE


def _records(count: int) -> str:
    return _counted(count, "handling", "handlingar")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _adopt(home: Home, args: argparse.Namespace) -> int:
    adopted = adopt_plan(home, args.file, args.person)
    if args.json:
        print(json.dumps({"edition": adopted.edition, "digest": adopted.digest, "person": adopted.person}))
    else:
        print(f"Utgåvan {adopted.edition} är antagen av {adopted.person}. Kontrollsumma {adopted.digest}.")
    return exits.DONE


def _decisions(home: Home, args: argparse.Namespace) -> int:
    as_of = args.as_of or _today(home.ground)
    base = base_of(home.ground, as_of, args.plan)
    rows = write_decisions(home.ground, base, as_of, args.out)
    if args.json:
        print(json.dumps({"as_of": as_of.isoformat(), "edition": base.edition, "items": rows}))
    else:
        print(f"{rows} utfall för {as_of} (utgåva {base.edition or 'ingen'}) står i {args.out}.")
    return exits.DONE


def _import(_home: Home, args: argparse.Namespace) -> int:
    try:
        data, mapping = args.file.read_bytes(), args.mapping.read_bytes()
    except OSError as error:
        raise RefusedError("FILE", str(error.filename), f"name a readable file ({error.strerror})") from None
    found = import_plan(data, args.file.name, mapping, args.mapping.name)
    if args.json:
        told = [{"place": one.place, "value": one.value, "remedy": one.remedy} for one in found.problems]
        print(json.dumps({"rules": found.rules, "problems": told}))
    else:
        for one in found.problems:
            print(one)
        print(f"Lästa rader: {found.rules}, problem: {len(found.problems)}.")
    if found.rules:
        try:
            with args.out.open("x", encoding="utf-8") as stream:
                stream.write(found.text)
        except OSError as error:
            raise RefusedError("--out", str(args.out), f"name a new file ({error.strerror})") from None
    return exits.FINDINGS if found.problems else exits.DONE


def _explain(home: Home, args: argparse.Namespace) -> int:
    return explain_command(
        home.ground, item_id(args.item, "ITEM"), language=args.lang, as_json=args.json, as_of=args.as_of, plan=args.plan
    )


def explain_command(
    ground: Ground,
    item: ItemId,
    *,
    language: Lang,
    as_json: bool,
    as_of: date | None = None,
    plan: Path | None = None,
) -> int:
    """Print why an item is kept, due or asked about; of a culled one, when and under what it was culled.

    Args:
        as_of: the day it is judged for; None = today by the home's clock.
        plan: a plan file to try instead of the adopted edition.

    Raises:
        RefusedError: no such item.
    """
    gone = find_gone(ground, item)
    if gone is not None:
        lines = [json.dumps(gone_json(gone))] if as_json else gone_lines(gone, language)
        for line in lines:
            print(line)
        return exits.DONE
    day = as_of or _today(ground)
    base = base_of(ground, day, plan)
    found = explain_item(ground, item, base, day)
    if as_json:
        print(json.dumps(explained_json(found)))
    else:
        for line in explanation(found, base.plan, language):
            print(line)
    return exits.DONE


def explained_json(found: Explained) -> dict[str, Any]:
    """The contract of ``explain --json``."""
    decision = found.judgement.decision
    return {
        "item": found.item,
        "kind": found.facts.kind,
        "decision": {
            "outcome": decision.outcome,
            "due": decision.due.isoformat() if decision.due else None,
            "trigger": decision.trigger.isoformat() if decision.trigger else None,
            "rule": decision.rule,
            "edition": decision.edition,
            "reasons": [{"code": code, "sv": sv, "en": en} for code, sv, en in found.judgement.sentences()],
        },
        "tried": [
            {
                "rule": one.rule.id,
                "matches": not one.failed,
                "failed": [{"column": name, "wanted": want, "is": got} for name, want, got in one.failed],
            }
            for one in found.judgement.tried
        ],
        "versions": [_version(row) for row in found.rows if row.row == "version"],
        "sightings": [
            {"observed": row.observed.isoformat(), "state": row.state, "complete": row.complete}
            for row in found.rows
            if row.row == "sighting"
        ],
        "receipts": [{"seq": seq, **body} for seq, body in found.receipts],
    }


def _version(row: Row) -> dict[str, Any]:
    return {
        "version": row.version,
        "observed": row.observed.isoformat(),
        "published": row.published.isoformat() if row.published else None,
        "edited": row.edited.isoformat() if row.edited else None,
        "state": row.state,
        "author": row.author,
        "text": row.text,
        "media": [{"role": one.role, "alt": one.alt, "digest": one.digest, "size": one.size} for one in row.media],
    }
