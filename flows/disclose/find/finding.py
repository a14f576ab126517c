"""Search for a request: the whole archive is read, what was found is frozen as a list, what was not searched is said.

Decide, act and prove apart: ``wanted``, ``matching``, ``doubts`` decide; ``scan``, ``gaps``, ``outside`` read; this act
freezes. Nothing that was searched for stands anywhere but in the list's own item.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.doubts import doubts, sensitive
from flows.disclose.find.fields import one_array
from flows.disclose.find.gaps import Gaps, gaps
from flows.disclose.find.listing import digest_of, freeze, given, listed, without
from flows.disclose.find.outside import outside
from flows.disclose.find.scan import Scanned, count_items, ordered, scan
from flows.disclose.find.wanted import Wanted, check
from flows.disclose.standing import known_request
from flows.disclose.thread_items import below, root_of
from flows.findings import as_json
from flows.keep.mandates import mandated
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request
from schemas.text import visible

GROUND: Final = "request.ground"
"""Act of the receipt: an officer has recorded why a search by sensitive data is lawful here."""
LONGEST: Final = 20_000
"""Characters of a ground."""
FIELDS: Final = ("text", "author", "links", "alt")
"""What is searched in every version; ``DEEP`` too when asked for."""
DEEP: Final = ("payload", "captions")
_SENSITIVE: Final = (
    "record the ground first: 'bevara request ground {number} --text TEXT --as PERSON'; without one, leave such words out or "
    "name the items (dataskyddslagen 3:3)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found.

    Attributes:
        request: as it stands now. dry: nothing was frozen. digest: of the list. scanned, gaps: see there.
        warnings: doubtful in it, or to be seen to. growing: how the list differs from the one before, and may yet grow.
        outside: items that the hold does not cover.
    """

    request: Request
    dry: bool
    digest: str
    scanned: Scanned
    gaps: Gaps
    warnings: tuple[Finding, ...]
    growing: tuple[Finding, ...]
    outside: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they are told."""
        return (*self.warnings, *self.gaps.findings, *self.growing)

    def as_json(self) -> dict[str, Any]:
        """The answer of ``request find --json``: ids, counts, codes, days."""
        return {
            "request": self.request.number,
            "dry": self.dry,
            "digest": self.digest,
            "items": count_items(self.scanned.found),
            "versions": self.scanned.found.num_rows,
            "excluded": self.scanned.excluded.num_rows,
            "searched": _searched(self.scanned),
            "not_searched": as_json(self.gaps.findings),
            "culled": [{"month": month, "count": count} for month, count in self.gaps.culled],
            "gaps": [
                {"account": account, "night": night.isoformat(), "standing": standing}
                for account, night, standing in self.gaps.nights
            ],
            "held": self.outside == 0,
            "outside": self.outside,
            "growing": as_json(self.growing),
            "warnings": as_json(self.warnings),
        }


def find(home: Home, number: int | str, wanted: Wanted, person: str, *, dry: bool = False) -> Found:
    """Search, and freeze the list unless ``dry``.

    Args:
        person: who searches; with ``dry`` it may be empty.

    Raises:
        RefusedError: no such request or person, or the search cannot be meant. GuardError: no mandate (G-MANDATE), the
            request is not open or somebody else searched meanwhile (G-CHANGED), it was never entered to the end
            (G-REQUEST), or it selects persons by sensitive data and no ground is recorded (G-SENSITIVE).
    """
    ground = home.ground
    request = known_request(ground, number)
    at = ground.clock.now()
    with ground.state.reading() as books:
        check(wanted, [one.name for one in books.accounts.all()])
        if person or not dry:
            mandated(books, person, "disclose", at)
    if not dry:
        _still_open(request)
        root_of(request)
    groups = sensitive(wanted, home.disclosure().sensitive) if wanted.seeks else ()
    if groups and not has_ground(ground, request):
        raise GuardError(
            "G-SENSITIVE",
            f"the search may select persons by sensitive data, and request {request.number} has no ground for it",
            _SENSITIVE.format(number=request.number),
        )
    scanned, kept = _with_given(ground, request, scan(ground, wanted, thread=request.record))
    missed = gaps(ground, wanted, scanned)
    found = Found(
        request=request,
        dry=dry,
        digest=digest_of(scanned.found),
        scanned=scanned,
        gaps=missed,
        warnings=doubts(wanted, versions=scanned.found.num_rows, groups=groups, today=local_day(at)),
        growing=(*kept, *_growth(ground, request, scanned.found, missed)),
        outside=outside(ground, request, scanned.found),
    )
    if found.outside:
        told = _told("Q121", "error", found.request, items=found.outside, number=request.number)
        found = replace(found, warnings=(*found.warnings, told))
    return found if dry else _frozen(home, found, wanted, person)


def record_ground(home: Home, number: int | str, text: str, person: str) -> ItemId:
    """Record why a search by sensitive data is lawful for this request; returns the item that says so.

    Raises:
        RefusedError: no such request or person, no text, or too much. GuardError: no mandate (G-MANDATE), or the request
            is not open (G-CHANGED) or was never entered to the end (G-REQUEST).
    """
    if not text.strip() or len(text) > LONGEST:
        raise RefusedError("--text", len(text), f"write the ground in 1 to {LONGEST} characters")
    ground = home.ground
    request = known_request(ground, number)
    with ground.state.reading() as books:
        mandated(books, person, "disclose", ground.clock.now())
    _still_open(request)
    said = f"Grund för sökning på känsliga personuppgifter i begäran {request.number}.\n{visible(text)}"
    payload = {"ground": {"request": request.number, "text": visible(text)}}
    return below(ground, request, "decision", said, payload, person, act=GROUND)


def has_ground(ground: Ground, request: Request) -> bool:
    """Whether an officer has recorded one for the request."""
    with ground.state.reading() as books:
        links = books.ledger.about(request.subject, _RECEIPTS)
    return any(json.loads(one.body)["act"] == GROUND for one in links)


_RECEIPTS: Final = 1_000_000


def _still_open(request: Request) -> None:
    if request.standing != "open":
        number = request.number
        raise GuardError(
            "G-CHANGED", f"request {number} is {request.standing}", f"look at 'bevara request show {number}'"
        )


def _frozen(home: Home, found: Found, wanted: Wanted, person: str) -> Found:
    """Freeze what was found; the words of the search go into the list's item alone."""
    told = {
        name: value for name, value in found.as_json().items() if name not in {"request", "dry", "digest", "growing"}
    }
    lines = [
        f"Sökning för begäran {found.request.number}.",
        f"{found.scanned.found.num_rows} versioner listade, {found.scanned.excluded.num_rows} uteslutna; "
        f"{found.scanned.versions} versioner genomsökta.",
        *(sentence(one.code, "sv", dict(one.parameters)) for one in (*found.warnings, *found.gaps.findings)),
    ]
    done = freeze(
        home,
        found.request,
        found.scanned.found,
        wanted.as_json(),
        told,
        person,
        away=found.scanned.excluded,
        text="\n".join(lines),
    )
    growing = found.growing
    if done.forgotten:
        growing = (*growing, _told("Q136", "warning", done.request, items=done.forgotten))
    return replace(found, request=done.request, growing=growing)


def _with_given(ground: Ground, request: Request, scanned: Scanned) -> tuple[Scanned, tuple[Finding, ...]]:
    """What has gone out stays listed, whatever a later search finds: otherwise nobody would know what was given."""
    missing = without(given(ground, request), scanned.found)
    if not missing.num_rows:
        return scanned, ()
    found = ordered(pa.concat_tables([scanned.found, missing]))
    told = _told("Q147", "info", request, items=missing.num_rows)
    return replace(scanned, found=found, excluded=without(scanned.excluded, missing)), (told,)


def _growth(ground: Ground, request: Request, found: pa.Table, missed: Gaps) -> tuple[Finding, ...]:
    """How the list differs from the one before."""
    growing: list[Finding] = []
    if request.listed is not None:
        try:
            before = listed(ground, request)
        except MissingError:
            growing.append(_told("Q148", "error", request, number=request.number))
            return (*growing, *_active(request, missed))
        fresh, lost = without(found, before).num_rows, without(before, found)
        culled = _culled(ground, lost)
        if culled:
            growing.append(_told("Q135", "warning", request, items=culled))
        if fresh:
            growing.append(_told("Q137", "info", request, items=fresh))
        if lost.num_rows:
            growing.append(_told("Q138", "info", request, items=lost.num_rows))
    return (*growing, *_active(request, missed))


def _active(request: Request, missed: Gaps) -> tuple[Finding, ...]:
    return (_told("Q140", "info", request, accounts=missed.active),) if missed.active else ()


def _culled(ground: Ground, lost: pa.Table) -> int:
    items = [ItemId(one) for one in pc.unique(one_array(lost["item"])).to_pylist()] if lost.num_rows else []
    count = 0
    with ground.state.reading() as books:
        for start in range(0, len(items), _STEP):
            count += len(books.tombstones.known(items[start : start + _STEP]))
    return count


_STEP: Final = 500


def _searched(scanned: Scanned) -> dict[str, Any]:
    return {
        "versions": scanned.versions,
        "months": scanned.months,
        "fields": [*FIELDS, *(DEEP if scanned.deep else ())] if scanned.sought else [],
    }


def _told(code: str, severity: Severity, request: Request, **parameters: str | int) -> Finding:
    return Finding(code=code, severity=severity, subject=request.subject, parameters=tuple(parameters.items()))
