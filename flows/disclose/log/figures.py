"""The year's figures on requests: how many came, how quickly they were answered, what was given, refused and appealed.

A request belongs to the local year in which it came in, whatever happened later; what is counted is how it stands when the
figures are made. Everything is made of the rows and the ledger's receipts: no content is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any, Final

from flows.disclose.log.log import MOST, Entry, entries
from flows.disclose.log.log_words import CHANNELS, KINDS, RULINGS
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.refusal import RefusedError
from schemas.rendering import Rendering, Section
from schemas.request import Outcome, Request
from schemas.workdays import office_time, workdays_between

ANSWERS: Final = frozenset(
    {
        "request.answered",
        "request.refused",
        "request.decided",
        "request.withhold",
        "request.unpublish",
        "request.restrict",
    }
)
"""Acts that answer a request; the first of them stops the clock."""
DECISIONS: Final = frozenset({"request.decided", "request.withhold", "request.unpublish", "request.restrict"})
"""Acts that write a decision which can be appealed."""
OUTCOMES: Final[dict[Outcome, str]] = {
    "given": "lämnades ut i sin helhet",
    "partly": "lämnades ut delvis",
    "refused": "lämnades inte ut",
    "nothing": "inga handlingar hittades",
    "unpublish": "avpublicering beslutades",
    "no-unpublish": "avpublicering avslogs",
    "restrict": "begränsning beslutades",
    "no-restrict": "begränsning avslogs",
}
"""What the latest answer said, in words."""
_YEARS: Final = (1990, 2200)
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one year.

    Attributes:
        year: local. authority: slug, or empty = all. made: when, UTC.
        received, open, answered, withdrawn, closed: requests that came in; of them: to be answered still, answered at
            least once, taken back, closed.
        kinds, channels, outcomes, rulings: of requests, by code.
        same_day, next_workday: answered for the first time on the day they came in; by the end of the next working day
            (same day counted).
        days: median of calendar days to the first answer; workdays: of working days; office: of office hours. None
            where nothing is answered.
        decisions, served, appeals, late: written decisions; requests whose person has got one; appeals that came in;
            those that were turned away as late.
        portions, versions, partly, refused: answers handed out, and versions of records in them.
        asked, paid, waived: requests with a fee, paid, or waived by an officer. amount: kronor asked.
    """

    year: int
    authority: str
    made: datetime
    received: int
    open: int
    answered: int
    withdrawn: int
    closed: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    rulings: Mapping[str, int] = field(default_factory=dict)
    same_day: int = 0
    next_workday: int = 0
    days: float | None = None
    workdays: float | None = None
    office: float | None = None
    decisions: int = 0
    served: int = 0
    appeals: int = 0
    late: int = 0
    portions: int = 0
    versions: int = 0
    partly: int = 0
    refused: int = 0
    asked: int = 0
    paid: int = 0
    waived: int = 0
    amount: Decimal = Decimal(0)

    def as_json(self) -> dict[str, Any]:
        """Its values: ``made`` as an instant, ``amount`` as a text in kronor."""
        names = [name for name in self.__slots__ if name not in {"made", "amount"}]
        values = {name: getattr(self, name) for name in names}
        return {
            **{name: dict(one) if isinstance(one, Mapping) else one for name, one in values.items()},
            "made": self.made.isoformat(),
            "amount": f"{self.amount:.2f}",
        }


def figures(home: Home, year: int, authority: str = "") -> Figures:
    """The figures of a year as they stand now. Raises RefusedError: no such year or authority."""
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise RefusedError("--year", year, "write the year with four digits")
    settings, made = home.disclosure(), home.ground.clock.now()
    with home.ground.state.reading() as books:
        every = books.requests.all()
        known = {one.authority for one in every} | {one.authority for one in books.accounts.all()}
        if authority and authority not in known:
            raise RefusedError("--authority", authority, f"name one of {', '.join(sorted(known)) or 'none'}")
        some = [one for one in every if belongs(one, year, authority)]
        told = {one.number: entries(books.ledger.about(one.subject, MOST), one.subject) for one in some}
    return counted(some, told, year, authority, made, settings.opens, settings.closes)


def belongs(request: Request, year: int, authority: str = "") -> bool:
    """It came in in that local year, to that authority (empty = any)."""
    return local_day(request.received).year == year and authority in {"", request.authority}


def counted(
    requests: Sequence[Request],
    told: Mapping[int, Sequence[Entry]],
    year: int,
    authority: str,
    made: datetime,
    opens: time,
    closes: time,
) -> Figures:
    """Count: pure. ``told``: receipts by number. ``opens``, ``closes``: office hours, local."""
    firsts = [(one, at) for one in requests if (at := first_answer(told.get(one.number, ()))) is not None]
    acts = Counter(entry.act for some in told.values() for entry in some)
    spans = [(local_day(one.received), local_day(at)) for one, at in firsts]
    days = [(last - first).days for first, last in spans]
    workdays = [workdays_between(first, last) for first, last in spans]
    office = [office_time(one.received, at, opens, closes).total_seconds() / _HOUR for one, at in firsts]
    answers = [entry.evidence for some in told.values() for entry in some if entry.act == "request.answered"]
    fees = [amount for some in told.values() if (amount := _fee(some)) is not None]
    return Figures(
        year=year,
        authority=authority,
        made=made,
        received=len(requests),
        open=sum(one.standing == "open" for one in requests),
        answered=len(firsts),
        withdrawn=acts["request.withdraw"],
        closed=sum(one.standing == "closed" for one in requests),
        kinds=_by(one.kind for one in requests),
        channels=_by(one.channel for one in requests),
        outcomes=_by(one.outcome for one in requests),
        rulings=_by(one.ruling for one in requests),
        same_day=sum(not one for one in days),
        next_workday=sum(one <= 1 for one in workdays),
        days=float(median(days)) if days else None,
        workdays=float(median(workdays)) if workdays else None,
        office=round(float(median(office)), 1) if office else None,
        decisions=sum(acts[act] for act in DECISIONS),
        served=sum(one.served is not None for one in requests),
        appeals=acts["request.appealed"],
        late=acts["request.late"],
        portions=len(answers),
        versions=_sum(answers, "records"),
        partly=_sum(answers, "partly"),
        refused=_sum(answers, "refused"),
        asked=len(fees),
        paid=sum(one.fee == "paid" for one in requests),
        waived=sum(one.fee == "waived" for one in requests),
        amount=sum(fees, Decimal(0)),
    )


def first_answer(some: Iterable[Entry]) -> datetime | None:
    """When a request was answered for the first time, UTC; in portions: the first of them."""
    return next((one.at for one in some if one.act in ANSWERS), None)


def rows(found: Figures) -> Iterator[tuple[str, str, str]]:
    """The figures as (group, label, value), in Swedish: what the sheet and the CSV show."""
    yield "Begäranden", "inkomna under året", str(found.received)
    yield "Begäranden", "besvarade", str(found.answered)
    yield "Begäranden", "inte besvarade än", str(found.open)
    yield "Begäranden", "återtagna", str(found.withdrawn)
    yield "Begäranden", "avslutade", str(found.closed)
    for kind, word in KINDS.items():
        yield "Vad de gäller", word, str(found.kinds.get(kind, 0))
    for channel, word in CHANNELS.items():
        yield "Hur de kom in", word, str(found.channels.get(channel, 0))
    yield "Tid till första svar", "samma dag", share(found.same_day, found.answered)
    yield "Tid till första svar", "senast nästa arbetsdag", share(found.next_workday, found.answered)
    yield "Tid till första svar", "median, kalenderdagar", decimal(found.days)
    yield "Tid till första svar", "median, arbetsdagar", decimal(found.workdays)
    yield "Tid till första svar", "median, timmar under kontorstid", decimal(found.office)
    for outcome, word in OUTCOMES.items():
        yield "Senaste svar", word, str(found.outcomes.get(outcome, 0))
    yield "Utlämnat", "svar med handlingar (omgångar)", str(found.portions)
    yield "Utlämnat", "prövade versioner av handlingar i svaren", str(found.versions)
    yield "Utlämnat", "av dem delvis", str(found.partly)
    yield "Utlämnat", "av dem inte alls", str(found.refused)
    yield "Beslut och överklaganden", "skriftliga beslut", str(found.decisions)
    yield "Beslut och överklaganden", "överklaganden", str(found.appeals)
    yield "Beslut och överklaganden", "avvisade som för sena", str(found.late)
    for ruling, word in RULINGS.items():
        if ruling != "late":
            yield "Beslut och överklaganden", word, str(found.rulings.get(ruling, 0))
    yield "Avgifter", "begäranden med avgift", str(found.asked)
    yield "Avgifter", "summa, kronor", f"{found.amount:.2f}".replace(".", ",")
    yield "Avgifter", "betalda i förskott", str(found.paid)
    yield "Avgifter", "efterskänkta", str(found.waived)


def sheet(found: Figures, whose: str) -> Rendering:
    """The sheet of figures, to be typeset. ``whose``: the authority's or municipality's name."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, label, value in rows(found):
        groups.setdefault(group, []).append((label, value))
    return Rendering(
        title=f"Begäranden om handlingar och personuppgifter {found.year}",
        made=found.made,
        subtitle=whose,
        fields=(
            ("Omfattar", f"begäranden som kom in {found.year}, och vad som har hänt med dem sedan dess"),
            ("Framtagen", local_day(found.made).isoformat()),
        ),
        sections=tuple(Section(heading=group, fields=tuple(fields)) for group, fields in groups.items()),
    )


def as_csv(found: Figures) -> bytes:
    """The figures as UTF-8 with a byte order mark, semicolons, one figure a line; nothing in it comes from outside."""
    lines = [
        "ar;grupp;uppgift;varde",
        *(f"{found.year};{group};{label};{value}" for group, label, value in rows(found)),
    ]
    return b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode("utf-8")


def share(part: int, whole: int) -> str:
    """``3 av 4 (75 %)``; without a whole: ``0``."""
    return f"{part} av {whole} ({round(100 * part / whole)} %)" if whole else "0"


def decimal(value: float | None) -> str:
    """A number with a Swedish comma, or a dash."""
    return "–" if value is None else f"{value:g}".replace(".", ",")


def _by(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(one for one in codes if one).items()))


def _sum(answers: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(value for one in answers if isinstance(value := one.get(name), int))


def _fee(some: Iterable[Entry]) -> Decimal | None:
    """The latest amount that was asked, or None: none was, or nothing is to be paid."""
    amounts = [one.evidence.get("amount") for one in some if one.act == "request.fee"]
    try:
        found = Decimal(str(amounts[-1])) if amounts else Decimal(0)
    except InvalidOperation:
        return None
    return found if found > 0 else None
