"""What is refused in a request: read from its assessments, and spelled for an answer or a decision.

Numbers of the frozen list, opaque ids and provisions alone; never what a record says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flows.keep.own import OwnFile
from schemas.books import Books
from schemas.disclosure import Provision
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Request, Verdict

LISTED: Final = 100
"""Records that a letter names one by one; a decision's list names all of them."""
LIST_NAME: Final = "forteckning.csv"
NOT_HELD: Final = "2 kap. 4 § tryckfrihetsförordningen"
"""What a decision rests on when nothing was found: only what the authority holds is an official document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """One record that is not given whole: its number in the frozen list (from 1), and what it rests on.

    ``places``: how many masks it has.
    """

    number: int
    item: ItemId
    version: int
    verdict: Verdict
    codes: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The assessments of a request in sum.

    Attributes:
        seal: SHA-256 of the frozen list's digest and every assessment; another one means that something has changed.
        assessed, whole, masked: how many records; those refused whole, and those given with masks.
        waiting: records to be given, whole or masked, that have not gone out yet.
        codes: provisions in order, each once. lines: those not given whole, by number; the first ``LISTED`` of them.
    """

    seal: str
    assessed: int
    whole: int
    masked: int
    waiting: int
    codes: tuple[str, ...]
    lines: tuple[RefusedLine, ...]

    @property
    def count(self) -> int:
        """How many records are not given whole."""
        return self.whole + self.masked


def refused_of(books: Books, request: Request) -> Refused:
    """What the assessments of a request say now."""
    return summed(request.digest, books.requests.assessed(request.number))


def summed(digest: str, assessments: Iterable[Assessment]) -> Refused:
    """What assessments say, in the order of the frozen list. ``digest``: of that list."""
    seal = hashlib.sha256(digest.encode())
    assessed = whole = masked = waiting = 0
    codes: dict[str, None] = {}
    lines: list[RefusedLine] = []
    for assessed, one in enumerate(assessments, 1):
        masks = json.dumps([mask.as_json() for mask in one.masks], sort_keys=True) if one.masks else ""
        seal.update(f"\n{one.item} {one.version} {one.verdict} {one.provision} {masks}".encode())
        whole += one.verdict == "refuse"
        masked += one.verdict == "partly"
        waiting += one.verdict != "refuse" and one.portion == 0
        if one.verdict != "give":
            line = _line_of(assessed, one)
            codes.update(dict.fromkeys(line.codes))
            if len(lines) < LISTED:
                lines.append(line)
    return Refused(
        seal=seal.hexdigest(),
        assessed=assessed,
        whole=whole,
        masked=masked,
        waiting=waiting,
        codes=tuple(codes),
        lines=tuple(lines),
    )


def _line_of(number: int, one: Assessment) -> RefusedLine:
    codes = dict.fromkeys([*([one.provision] if one.provision else []), *(mask.provision for mask in one.masks)])
    return RefusedLine(
        number=number,
        item=one.item,
        version=one.version,
        verdict=one.verdict,
        codes=tuple(codes),
        places=len(one.masks),
    )


def check_refusable(request: Request, found: Refused, *, said: bool, nothing: bool = False) -> None:
    """Refuse a no that would come before its time, or say nothing.

    Args:
        said: a provision was named for the request as a whole. nothing: nothing was found, and a decision says so.

    Raises:
        GuardError: some records are not assessed, some are to be given and have not gone out, or nothing is refused
        (G-ASSESSED).
    """
    left = request.items - found.assessed
    number = request.number
    if left > 0 and not (said and not found.assessed):
        raise GuardError(
            "G-ASSESSED",
            f"{left} of {request.items} records of request {number} are not assessed",
            f"list them with 'bevara request assessed {number} --left'",
        )
    if found.waiting:
        raise GuardError(
            "G-ASSESSED",
            f"{found.waiting} records of request {number} are to be given",
            f"hand them out first, with 'bevara request answer {number}'; only what is secret may be refused",
        )
    if not (found.whole or found.masked or said or nothing):
        raise GuardError(
            "G-ASSESSED",
            f"nothing of request {number} is refused",
            "assess its records, or name what the refusal rests on with --provision",
        )


def check_unchanged(before: Refused, now: Refused, number: int) -> None:
    """Refuse when somebody has assessed or listed anew meanwhile. Raises GuardError (G-CHANGED)."""
    if before.seal != now.seal:
        raise GuardError(
            "G-CHANGED",
            f"the list or the assessments of request {number} have changed meanwhile",
            f"look at 'bevara request show {number}', and do it again",
        )


def described(request: Request, found: Refused, provisions: Mapping[str, Provision], *, nothing: bool = False) -> str:
    """What is refused, in Swedish lines: numbers of the list, opaque ids and citations."""
    if nothing and not found.lines:
        return "Begäran som helhet. Handlingar som stämmer med den finns inte hos myndigheten."
    if not found.lines:
        counted = f" Antal handlingar: {request.items}." if request.items else ""
        return f"Alla handlingar som begäran gäller.{counted}"
    lines = [
        f"Antal handlingar som har prövats: {found.assessed}.",
        f"Antal som inte lämnas ut: {found.whole}.",
        f"Antal som lämnas ut med maskade uppgifter: {found.masked}.",
        *(_line(one, provisions) for one in found.lines),
    ]
    if found.count > LISTED:
        lines.append(f"… och {found.count - LISTED} till. Alla står i förteckningen ({LIST_NAME}).")
    return "\n".join(lines)


def cited(codes: Iterable[str], provisions: Mapping[str, Provision]) -> str:
    """Provisions as letters write them, a line each. Raises RefusedError: one is no longer in the table."""
    lines = []
    for code in codes:
        one = provisions.get(code)
        if one is None:
            raise RefusedError(
                "provision", code, "the table of provisions has it no longer; put it back, or assess anew"
            )
        lines.append(f"{one.citation} ({one.title})" if one.title else one.citation)
    return "\n".join(lines)


def as_csv(assessments: Iterable[Assessment], provisions: Mapping[str, Provision]) -> bytes:
    """Every record that is not given whole, as the decision's list: UTF-8 with BOM, ``;`` between."""
    made = bytearray("\ufeffnummer;handling;version;utfall;maskade platser;bestämmelser\r\n".encode())
    for number, assessment in enumerate(assessments, 1):
        if assessment.verdict != "give":
            one = _line_of(number, assessment)
            said = f"{number};{one.item};{one.version};{_VERDICTS[one.verdict]};{one.places};{_cited(one, provisions)}"
            made += f"{said}\r\n".encode()
    return bytes(made)


def list_file(books: Books, request: Request, provisions: Mapping[str, Provision]) -> OwnFile:
    """That list as a file of an item."""
    data = as_csv(books.requests.assessed(request.number), provisions)
    return OwnFile(name=LIST_NAME, media_type="text/csv", data=data)


_VERDICTS: Final[dict[Verdict, str]] = {
    "give": "lämnas ut",
    "partly": "lämnas ut med maskningar",
    "refuse": "lämnas inte ut",
}


def _line(one: RefusedLine, provisions: Mapping[str, Provision]) -> str:
    verdict = _VERDICTS[one.verdict]
    return f"Nr {one.number} ({one.item}, version {one.version}): {verdict}, {_cited(one, provisions)}"


def _cited(one: RefusedLine, provisions: Mapping[str, Provision]) -> str:
    return ", ".join(provisions[code].citation if code in provisions else code for code in one.codes)
