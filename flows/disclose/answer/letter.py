"""The letter that goes with an answer: everything, a part, or nothing found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.disclose.answer.document import DRAFT
from flows.disclose.answer.note import Told
from flows.disclose.answer.ready import Ready
from flows.disclose.answer.searched import searched
from flows.disclose.find.listing import query_of
from flows.disclose.letters import render_letter
from schemas.ground import Home
from schemas.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Which letter it is, and its own fields."""

    name: str
    fields: dict[str, str]


def reply_of(home: Home, ready: Ready, told: Told) -> Reply:
    """The letter for a portion."""
    chosen = ready.chosen
    if chosen.size == 0:
        return nothing(home, chosen.request)
    portion = str(chosen.portion) if chosen.left or chosen.portion > 1 else ""
    if told.partly or told.refused:
        fields = {
            "antal": str(told.records),
            "maskade": str(told.partly),
            "nekade": str(told.refused),
            "bestammelser": "\n".join(ready.labels.citation(code) for code in told.provisions),
            "del": portion,
        }
        return Reply(name="svar-delvis", fields=fields)
    return Reply(name="svar-helt", fields={"antal": str(told.records), "del": portion})


def nothing(home: Home, request: Request) -> Reply:
    """The letter when the search found nothing: where was looked, and what could not be."""
    sought, missed = searched(query_of(home.ground, request))
    return Reply(name="svar-inget", fields={"sokt": sought, "ej_sokt": missed})


def letter_pdf(home: Home, ready: Ready, reply: Reply, person: str) -> bytes:
    """The letter as PDF/A, byte for byte as ``write_letter`` makes it; in a draft it says so."""
    made, _ = render_letter(
        home.disclosure(),
        home.organisation,
        ready.chosen.request,
        reply.name,
        ready.face.made,
        {"handlaggare": person, **reply.fields},
    )
    if ready.face.notice:
        made = replace(made, notice=DRAFT)
    return home.typesetter.render(made).pdf
