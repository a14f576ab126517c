"""The commands ``request log|figures``; those about personal data stand in ``gdpr_command``.

With ``--json`` each prints one object. A finding in it is as ``flows.findings.as_json`` says.

* ``log``: ``{"request", "log": [{"at", "until", "act", "person", "count", "sv", "evidence"}], "out", "findings"}``: receipts on
  single records that follow each other alike are one entry with their ``count``. Words of the request's own items are never
  in it; ``--words`` shows them on the screen and in the PDF.
* ``figures``: ``{"year", "authority", "made", "received", "open", "answered", "withdrawn", "closed", "kinds", "channels",
  "outcomes", "rulings", "same_day", "next_workday", "days", "workdays", "office", "decisions", "served", "appeals", "late",
  "portions", "versions", "partly", "refused", "asked", "paid", "waived", "amount", "out"}`` as of ``flows.disclose.log.figures``.

``out``: the path of the file that was written, or null. Exit codes: 0 done; 2 refused input.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from flows import exits
from flows.disclose.log.figures import as_csv, figures, rows, sheet
from flows.disclose.log.log import log_lines, read_log, together, unknown_acts
from flows.disclose.log.log_words import KINDS, said
from flows.disclose.personal import gdpr_command
from flows.disclose.standing import known_request
from flows.findings import as_json as findings_json
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.refusal import RefusedError
from schemas.rendering import Rendering, Section
from schemas.request import Request

_ENDINGS: Final = (".pdf", ".csv")


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser("log", help="allt som har gjorts med en begäran, när och av vem")
    one.add_argument("number", metavar="REQUEST", help="begärans nummer, som 'bevara request list' visar")
    one.add_argument(
        "--words", action="store_true", help="visa också orden: begäran, sökningar, grunder (kan nämna namn)"
    )
    one.add_argument("--out", type=Path, metavar="FILE.pdf", help="skriv loggen som PDF/A")
    one.set_defaults(run=_log)

    one = request.add_parser("figures", help="årets siffror: begäranden, svarstider, avslag, överklaganden, avgifter")
    one.add_argument("--year", type=int, required=True, metavar="YYYY", help="året då begärandena kom in")
    one.add_argument("--authority", default="", metavar="SLUG", help="bara den arkivbildarens")
    one.add_argument("--out", type=Path, metavar="FILE", help="skriv dem som .pdf (PDF/A) eller .csv")
    one.set_defaults(run=_figures)

    gdpr_command.register(request)


def _log(home: Home, args: argparse.Namespace) -> int:
    _free(args.out, _ENDINGS[:1])
    request = known_request(home.ground, args.number)
    some = read_log(home.ground, request)
    lines = log_lines(home.ground, request, words=args.words)
    strange = unknown_acts(some)
    findings = (
        [
            Finding(
                code="Q217",
                severity="info",
                subject=request.subject,
                count=len(strange),
                parameters=(("count", len(strange)),),
            )
        ]
        if strange
        else []
    )
    if args.out is not None:
        _put(args.out, home.typesetter.render(_document(home, request, lines)).pdf)
    if args.json:
        log = [
            {
                "at": rfc3339(one.at),
                "until": rfc3339(one.until),
                "act": one.act,
                "person": one.person,
                "count": one.count,
                "sv": said(one.act, one.evidence, one.count),
                "evidence": dict(one.evidence),
            }
            for one in together(some)
        ]
        out = None if args.out is None else str(args.out)
        print(json.dumps({"request": request.number, "log": log, "out": out, "findings": findings_json(findings)}))
    else:
        for line in (f"Logg över begäran {request.number} ({KINDS[request.kind]})", *lines):
            print(line)
        for one in findings:
            print(f"{one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")
    return exits.DONE


def _document(home: Home, request: Request, lines: list[str]) -> Rendering:
    organisation = home.organisation
    by = dict.fromkeys((organisation.authority(request.authority), organisation.name))
    return Rendering(
        title=f"Logg över begäran {request.number}",
        made=home.ground.clock.now(),
        subtitle=", ".join(one for one in by if one),
        fields=(("Gäller", KINDS[request.kind]), ("Mottagen", local_day(request.received).isoformat())),
        sections=(Section(heading="Händelser", paragraphs=tuple(lines)),),
        keywords=(f"begäran {request.number}",),
    )


def _figures(home: Home, args: argparse.Namespace) -> int:
    _free(args.out, _ENDINGS)
    found = figures(home, args.year, args.authority)
    organisation = home.organisation
    whose = organisation.authority(args.authority) if args.authority else organisation.name or "Kommunen"
    if args.out is not None:
        pdf = args.out.suffix.lower() == ".pdf"
        _put(args.out, home.typesetter.render(sheet(found, whose)).pdf if pdf else as_csv(found))
    if args.json:
        print(json.dumps({**found.as_json(), "out": None if args.out is None else str(args.out)}))
        return exits.DONE
    print(f"Begäranden som kom in {found.year}, {whose}")
    group = ""
    for heading, label, value in rows(found):
        if heading != group:
            group = heading
            print(heading)
        print(f"  {label:<48} {value}")
    return exits.DONE


def _free(out: Path | None, endings: tuple[str, ...]) -> None:
    if out is None:
        return
    if out.suffix.lower() not in endings:
        raise RefusedError("--out", str(out), f"name a file that ends with {' or '.join(endings)}")
    if out.exists() or not out.parent.is_dir():
        raise RefusedError("--out", str(out), "name a file that does not exist, in a folder that does")


def _put(out: Path, data: bytes) -> None:
    try:
        with out.open("xb") as stream:
            stream.write(data)
    except OSError:
        raise RefusedError("--out", str(out), "name a file that can be written") from None
