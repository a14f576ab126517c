"""What an answer is made of, checked before anything is built: the lines, what they hide, and that nothing leaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa

from flows.disclose.answer.chosen import Chosen, Line, answers_of, choose, read_batches
from flows.disclose.answer.document import Face
from flows.disclose.answer.entry import Labels
from flows.disclose.answer.gather import IN_FILE, Gathered, gather, open_places
from flows.disclose.assess.attachments import found_since
from flows.disclose.assess.leaks import Leak, leak_findings
from flows.disclose.find.listing import listed
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Given, Request

MOST_LEAKS: Final = 500
"""Leaks that are told at a time."""
_OTHER: Final = "Q196"


class LeaksError(GuardError):
    """What is masked somewhere stands open in what would be given (G-LEAK).

    Attributes:
        findings: ids and places; at most ``MOST_LEAKS``.
    """

    def __init__(self, number: int, findings: Sequence[Finding]) -> None:
        """Keep the findings apart from the text, which counts them."""
        self.findings = tuple(findings)
        places = sum(one.severity == "error" for one in findings)
        super().__init__(
            "G-LEAK",
            f"in {places} {'place' if places == 1 else 'places'} of request {number} stands open what is masked elsewhere",
            "mask it there too, or take the record as it is with --accept ITEM@VERSION",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer that may be built.

    Attributes:
        chosen: the lines. gathered: what is hidden. face: what documents say of themselves. labels: words for provisions.
        accepted: lines that an officer takes as they are. findings: what came to records after they were assessed.
    """

    chosen: Chosen
    gathered: Gathered
    face: Face
    labels: Labels
    accepted: frozenset[Line] = frozenset()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Seen:
    leaks: list[Leak] = field(default_factory=list)
    late: list[Finding] = field(default_factory=list)


def choose_lines(home: Home, request: Request, *, most: int | None, lenient: bool = False) -> tuple[Chosen, pa.Table]:
    """The portion and the whole list. Raises GuardError: no list (G-REQUEST), not assessed (G-ASSESSED)."""
    if most is not None and most < 1:
        raise RefusedError("--most", str(most), "write how many records at most, from 1")
    table = listed(home.ground, request)
    with home.ground.state.reading() as books:
        chosen = choose(books, request, table, most=most, before=len(answers_of(books, request)), lenient=lenient)
    return chosen, table


def make_ready(
    home: Home,
    chosen: Chosen,
    table: pa.Table,
    at: datetime,
    *,
    accept: frozenset[Line] = frozenset(),
    notice: str = "",
) -> tuple[Ready, tuple[Finding, ...]]:
    """Gather what the request hides, and look for it in all that this portion gives.

    Returns:
        What the answer is built of, and the leaks that nobody has accepted.
    """
    request = chosen.request
    settings = home.disclosure()
    gathered = gather(home, request, table, chosen)
    seen = _Seen()
    for batch in read_batches(home.ground, request, chosen.lines):
        seen.late += _late(batch)
        if gathered.strings or gathered.digests:
            given = [gathered.given(one, rows) for one, rows in batch if (one.item, one.version) not in accept]
            seen.leaks += open_places(home.ground, gathered, given)
    face = Face(
        organisation=home.organisation.name,
        authority=home.organisation.authority(request.authority),
        request=request.number,
        portion=chosen.portion,
        made=at,
        notice=notice,
    )
    ready = Ready(
        chosen=chosen,
        gathered=gathered,
        face=face,
        labels=Labels({code: one.citation for code, one in settings.provisions.items()}),
        accepted=accept,
        findings=tuple(seen.late),
    )
    return ready, tuple(_leaks(seen.leaks))


def leaking_lines(findings: Sequence[Finding]) -> frozenset[Line]:
    """The lines that leaks were told of."""
    return frozenset(
        (ItemId(one.subject), version)
        for one in findings
        if isinstance(version := dict(one.parameters).get("version"), int)
    )


def refuse_open(ready: Ready, given: Given, texts: Sequence[str]) -> None:
    """The last look at what was made: none of it shows what is masked. Raises GuardError (G-LEAK)."""
    if given.verdict == "refuse" or (given.item, given.version) in ready.accepted:
        return
    gathered = ready.gathered
    for text in texts:
        if gathered.sought.found_in(gathered.shown.sub("\n\n", text)):
            leak = Leak(item=given.item, version=given.version, where="document", code="Q161")
            raise LeaksError(ready.chosen.request.number, leak_findings([leak]))


def _leaks(found: Sequence[Leak]) -> Iterator[Finding]:
    yield from leak_findings(found[:MOST_LEAKS])
    if any(one.code == IN_FILE for one in found):
        yield Finding(code="Q197", severity="info", subject="answer")


def _late(batch: Sequence[tuple[Assessment, Sequence[Row]]]) -> Iterator[Finding]:
    for one, rows in batch:
        if found_since(rows, one.version, one.at):
            yield Finding(code=_OTHER, severity="warning", subject=one.item, parameters=(("version", one.version),))
