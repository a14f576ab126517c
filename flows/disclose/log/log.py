"""The log of a request: what was done, when and by whom, in Swedish, from the ledger's receipts about it.

The log is a public record from its first line (TF 2:10), so it is lean: no contact, no names beside the officers', no text of
a record, nothing of what was searched for. The words that officers and who asked used stand in items of ours, which the log
names; ``words`` adds them for who handles the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.disclose.letters import shown
from flows.disclose.log.log_words import ACTS, GROUPED, WORDED, said
from flows.keep.own import read_own
from schemas.calendar import local_time
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.receipt import Link, Scalar
from schemas.request import Request

MOST: Final = 1_000_000
"""Receipts of one request that are read."""
_TEXT: Final = 20_000
"""Characters that are shown of one item's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A receipt about a request.

    Attributes:
        at: when, UTC. until: when the last of those ended that are told together, or ``at``. act: ``request.<what>``.
        person: a registered person. evidence: ids, numbers, codes and days. count: receipts that are told together.
    """

    at: datetime
    until: datetime
    act: str
    person: str
    evidence: Mapping[str, Scalar] = field(default_factory=dict)
    count: int = 1


def entries(links: Iterable[Link], subject: str) -> list[Entry]:
    """The receipts about a request in the ledger's order; what is about something of it alone is left out."""
    found = []
    for link in links:
        body = json.loads(link.body)
        if subject in body["subjects"] and body["act"].startswith("request."):
            at = datetime.fromisoformat(body["at"])
            found.append(Entry(at=at, until=at, act=body["act"], person=body["actor"], evidence=body["evidence"]))
    return found


def together(some: Iterable[Entry]) -> list[Entry]:
    """Receipts of one kind that follow each other, by one person and with one result, are told as one: many records."""
    found: list[Entry] = []
    for one in some:
        if found and _alike(found[-1], one):
            last = found[-1]
            found[-1] = Entry(
                at=last.at,
                until=one.at,
                act=last.act,
                person=last.person,
                evidence={**_shared(last.evidence), **_sums(last.evidence, one.evidence)},
                count=last.count + 1,
            )
        else:
            found.append(one)
    return found


def lines_of(some: Iterable[Entry], words: Mapping[ItemId, str] | None = None) -> Iterator[str]:
    """The entries as lines: time in Sweden, sentence, person. ``words``: what items say, set in below."""
    for one in together(some):
        until = f"–{local_time(one.until):%H.%M}" if _minute(one.until) != _minute(one.at) else ""
        if until and local_time(one.until).date() != local_time(one.at).date():
            until = f"–{local_time(one.until):%Y-%m-%d %H.%M}"
        yield f"{local_time(one.at):%Y-%m-%d %H.%M}{until}  {said(one.act, one.evidence, one.count)} ({shown(one.person)})"
        for item in named(one):
            for line in (words or {}).get(item, "").splitlines():
                yield f"    {line}".rstrip()


def named(one: Entry) -> tuple[ItemId, ...]:
    """The item whose words belong to the entry, where the log may show them; never a contact, never a letter."""
    name = WORDED.get(one.act)
    value = one.evidence.get(name) if name else None
    return (ItemId(value),) if isinstance(value, str) else ()


def read_log(ground: Ground, request: Request) -> list[Entry]:
    """Every receipt about a request, oldest first."""
    with ground.state.reading() as books:
        return entries(books.ledger.about(request.subject, MOST), request.subject)


def log_lines(ground: Ground, request: Request, *, words: bool = False) -> list[str]:
    """The whole log of a request as Swedish lines.

    Args:
        words: with the words of the request's own items: wording, clarifications, what was searched for, what is held,
            grounds. They may name persons; without them the log names none but the officers.
    """
    some = read_log(ground, request)
    return list(lines_of(some, _words(ground, some) if words else None))


def _words(ground: Ground, some: Iterable[Entry]) -> dict[ItemId, str]:
    found: dict[ItemId, str] = {}
    for one in some:
        for item in named(one):
            row = None if item in found else read_own(ground, item)
            if row is not None:
                found[item] = shown((row.text or "")[:_TEXT])
    return found


def unknown_acts(some: Iterable[Entry]) -> frozenset[str]:
    """Acts that have no Swedish sentence; they are shown by their names."""
    return frozenset(one.act for one in some) - ACTS.keys()


def _alike(one: Entry, other: Entry) -> bool:
    keys = ("verdict", "provisions", "list")
    return (
        one.act == other.act
        and one.act in GROUPED
        and one.person == other.person
        and "lines" not in one.evidence
        and "lines" not in other.evidence
        and all(one.evidence.get(key) == other.evidence.get(key) for key in keys)
    )


def _shared(evidence: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {key: value for key, value in evidence.items() if key not in {"item", "version"}}


def _sums(one: Mapping[str, Scalar], other: Mapping[str, Scalar]) -> dict[str, Scalar]:
    masks = (one.get("masks"), other.get("masks"))
    return {"masks": sum(value for value in masks if isinstance(value, int))}


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
