"""What would go out as things stand: a package marked as a draft on every face. Nothing is kept, nothing is receipted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flows.disclose.answer.act import package_of
from flows.disclose.answer.document import DRAFT
from flows.disclose.answer.note import Told
from flows.disclose.answer.package import beside, name_folder, prove
from flows.disclose.answer.ready import choose_lines, leaking_lines, make_ready
from flows.disclose.answer.sending import Sending, refuse_other
from flows.disclose.standing import request_in
from flows.keep.mandates import mandated
from schemas.finding import Finding
from schemas.ground import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """A draft: where it lies, its counts, and what would stop the answer or should be known."""

    path: Path
    told: Told
    findings: tuple[Finding, ...]


def preview(home: Home, number: str | int, out: Path, person: str, *, most: int | None = None) -> Previewed:
    """Build the draft of the next answer; lines that are not assessed are left out and told of.

    Where something that is masked elsewhere stands open it is told of, and shown as it stands: the draft is for the officer.

    Raises:
        RefusedError: no such request, person or place. GuardError: G-MANDATE, G-REQUEST, G-CHANGED: it is not open.
    """
    ground = home.ground
    at = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        request = request_in(books, number)
    refuse_other(request)
    chosen, table = choose_lines(home, request, most=most, lenient=True)
    ready, leaking = make_ready(home, chosen, table, at, notice=DRAFT)
    ready = replace(ready, accepted=leaking_lines(leaking))
    sending = Sending(how="package", out=out)
    with beside(out, apart_from=home.path) as folder:
        # A draft is nobody's proof: its salt hides nothing that anybody else gets.
        told, built, _, _ = package_of(home, ready, sending, folder, bytes(32), person=person, keeping=None)
        prove(home, folder, told)
        path = name_folder(folder, out)
    left: tuple[Finding, ...] = ()
    if chosen.unassessed:
        parameters = (("lines", chosen.unassessed),)
        left = (
            Finding(
                code="Q198", severity="warning", subject=request.subject, count=chosen.unassessed, parameters=parameters
            ),
        )
    return Previewed(path=path, told=told, findings=(*left, *leaking, *ready.findings, *built.findings))
