"""The command ``nightly``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.harvest.command import as_text, exit_code
from flows.nightly.act import Night, run_night
from schemas.codes import sentence
from schemas.codes.words import records
from schemas.ground import Home


def register(verbs: Any) -> None:
    """Add ``nightly`` to the command line."""
    one = verbs.add_parser("nightly", help="nattens hela körning: hämta, vårda, arkivera, räkna")
    one.set_defaults(run=_nightly, writes=True, without_second=True)


def _nightly(home: Home, args: argparse.Namespace) -> int:
    night = run_night(home, progress=args.progress)
    if args.json:
        print(json.dumps(night.as_json()))
    else:
        print(as_lines(night))
    return exits.FINDINGS if night.loud else exit_code(night.tallies)


def as_lines(night: Night) -> str:
    """The night in Swedish."""
    lines = [as_text(tally) for tally in night.tallies]
    lines.extend(
        f"{one.code}: {one.subject}: {sentence(one.code, 'sv', dict(one.parameters))}" for one in night.findings
    )
    if night.recovered:
        lines.append(f"Återställning efter avbrott: {night.recovered} objekt.")
    lines.append(
        f"Vård: {night.compacted} månader sammanslagna, {night.documents} arkivdokument skrivna, "
        f"{night.ledger_links} liggarposter exporterade."
    )
    if night.snapshots:
        lines.append(f"Ögonblicksbilder: {night.snapshots} konton.")
    if night.packaged or night.delivered:
        lines.append(f"E-arkiv: {night.packaged} paket byggda, {night.delivered} levererade.")
    if night.registered is not None and (night.registered.candidates or night.registered.waiting):
        lines.append(
            f"Diarieföring: {night.registered.candidates} att ta ställning till, varav {night.registered.urgent} "
            f"brådskande; {night.registered.sent} överlämnade, {night.registered.waiting} väntar på att skickas."
        )
    if night.deposited is not None and night.deposited.told:
        films = night.deposited
        lines.append(
            f"E-plikt: {films.found} nya filmer, {films.originals} original inlagda, {films.built} leveranser byggda, "
            f"{films.delivered} levererade, {films.answered} svar från KB; {films.undecided} att besluta om, "
            f"{films.overdue} försenade."
        )
    if night.requests is not None and night.requests.told:
        asked = night.requests
        lines.append(
            f"Begäranden: {asked.open} öppna, varav {asked.late} har väntat länge; {asked.waiting} väntar på annat, "
            f"{asked.closable} kan avslutas."
        )
    if night.due is None:
        lines.append("Ingen plan är antagen: allt bevaras tills vidare.")
    else:
        if night.overdue:
            lines.append(f"Försenad gallring: {records(night.overdue)} skulle ha gallrats för länge sedan.")
        lines.append(
            f"Gallring: {night.due.cull} förfallna, {night.due.ask} att ta ställning till, {night.due.keep} kvar."
        )
    return "\n".join(lines)
