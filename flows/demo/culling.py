"""A culling, played in a copy of the demo home: proposed, approved by another, executed, certified, verified.

The copy and the invented persons' keys are removed afterwards, so that the demo home itself stays as it was played.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.home import open_home
from flows.cull.act import Counts, propose
from flows.cull.approval import approve
from flows.cull.execute import Executed, execute
from flows.cull.export import find_certificate
from flows.cull.listing import Scope
from flows.cull.mandate import Hand
from flows.cull.verify import verify_certificate
from flows.demo.copying import copied
from flows.oversee.persons import give_key, made_key
from schemas.calendar import local_day
from schemas.codes.words import records
from schemas.order import GUARDS

ROWS = ("kommentar", "borttaget-reklam")
"""Rows of the demo plan under which is culled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Culled:
    """What the culling showed.

    Attributes:
        proposer, approver: the invented persons. digest: the order. counts: of the proposal.
        executed: what came of it. findings: of the certificate's verification.
    """

    proposer: str
    approver: str
    digest: str
    counts: Counts
    executed: Executed
    findings: int


def play_culling(home_path: Path, at: datetime, persons: Mapping[str, str]) -> Culled:
    """Cull in a copy of the demo home; ``persons``: name by role."""
    with copied(home_path) as copy:
        phrase = copy.parent / "losenfras"
        phrase.write_text(secrets.token_hex(16), encoding="ascii")
        with open_home(copy, at=at) as home:
            hands = []
            for role in ("arkivredogörare", "arkivansvarig"):
                key_file = copy.parent / f"{role}.pem"
                with made_key(home, persons[role], key_file, phrase) as (public, _):
                    give_key(home.ground, persons[role], public)
                hands.append(Hand(person=persons[role], key_file=key_file, passphrase_file=phrase))
            found = propose(home, local_day(at), Scope(types=ROWS), hand=hands[0])
            approve(home, found.digest, hands[1], accept=GUARDS)
            executed = execute(home, found.digest)
            findings = verify_certificate(home, find_certificate(home, found.digest))
            return Culled(
                proposer=hands[0].person,
                approver=hands[1].person,
                digest=found.digest,
                counts=found.counts,
                executed=executed,
                findings=len(findings),
            )


def told(culled: Culled) -> Iterator[str]:
    """The culling in Swedish."""
    counts, executed = culled.counts, culled.executed
    yield "En gallring, spelad i en kopia av arkivet:"
    yield f"  {culled.proposer} föreslår och skriver under: {records(counts.cull)} i tur (förslag {culled.digest[:12]})."
    yield f"  {culled.approver} godkänner som andra person."
    yield f"  Gallrat: {records(executed.culled)}; behållna vid den sista kontrollen: {executed.kept}."
    for one in executed.places:
        name = "databasen" if one.place == "sqlite" else "lagret"
        yield f"  {name}: {one.verified_absent} av {one.removed} iakttagna borta."
    verdict = "stämmer" if culled.findings == 0 else f"har {culled.findings} fel"
    yield f"  Gallringsprotokollet är skrivet, undertecknat av båda, och {verdict} mot liggaren och arkivet."
