"""One morning in order: the newest is harvested, removals are looked at again, the watch looks, letters go, the month's sheet.

On weekends and public holidays (the three eves among them) it is a light run: nothing is asked but the newest, and a letter
tells only of what came since the run before and cannot wait for a working day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flows.findings import as_json
from flows.harvest.command import harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from flows.morning.weekly import register_due, register_signs, told_beside
from flows.oversee.letters.morning import LettersSent, send_letters
from flows.oversee.letters.sheet import SORT, write_sheet
from flows.oversee.removal.act import look_again
from flows.oversee.watch.act import MOST, Watched, watch
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import Month, month_of_day
from schemas.oversight import OversightSettings
from schemas.watch import Sign
from schemas.workdays import is_workday

_AT_ONCE: Final = ("W153",)
"""Beside what is against the law: a removal that was begun and is not finished."""
_TOLD: Final = "letters-told"
"""Where it is noted until when everything seen has been told of in letters."""
_REGISTER: Final = "register-told"
"""Where it is noted on which day letters last told what the register lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What a morning did, in counts.

    Attributes:
        tallies: the accounts' light harvest. watched: what needs a hand. letters: what was sent; None: none were to be.
        sheet: the month whose sheet was written, or empty. looked_again: removals that were looked at again.
        findings: what beside accounts and letters is to be told.
    """

    tallies: Sequence[Tally]
    watched: Watched
    letters: LettersSent | None = None
    sheet: str = ""
    looked_again: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def told(self) -> tuple[Finding, ...]:
        """All findings that are not an account's."""
        letters = self.letters.findings if self.letters else ()
        return (*self.watched.findings, *letters, *self.findings)

    @property
    def open(self) -> int:
        """How many things need a hand."""
        return sum(self.watched.counts.values())

    def as_json(self) -> dict[str, Any]:
        """The answer of ``morning --json``."""
        return {
            "light": self.watched.light,
            "accounts": [tally.as_json() for tally in self.tallies],
            "open": self.open,
            "new": sum(self.watched.new.values()),
            "codes": by_code(self.watched),
            "letters": self.letters.as_json() if self.letters else None,
            "sheet": self.sheet or None,
            "looked_again": self.looked_again,
            "findings": as_json(self.told),
        }


def by_code(watched: Watched) -> dict[str, int]:
    """How many signs are open of each code."""
    found: Counter[str] = Counter()
    for (_, code), count in watched.counts.items():
        found[code] += count
    return dict(sorted(found.items()))


def is_light(day: date, *, asked: bool) -> bool:
    """Whether a run on this day is a light one: asked for, or nobody is at work."""
    return asked or not is_workday(day)


def sheet_month(day: date, *, written: bool) -> Month | None:
    """The month whose sheet is to be written on this day: the one before, on its first working day or a later one.

    Args:
        written: it has been written; then none.
    """
    before = month_of_day(day.replace(day=1) - timedelta(days=1))
    return before if is_workday(day) and not written else None


def at_once(watched: Watched, settings: OversightSettings, told: datetime | None) -> Watched:
    """What cannot wait for a working day and was not told of yet: what is likely against the law, removals not finished.

    Args:
        told: when letters last went, all of them; what was seen after it has reached nobody. None: what this run saw first.
    """
    codes = {*_AT_ONCE, *(code for one in settings.clauses.values() if one.unlawful for code in one.codes)}

    def urgent(sign: Sign) -> bool:
        clause = settings.clauses.get(sign.clause)
        unlawful = clause is not None and clause.unlawful and sign.certainty != "uncertain"
        first = watched.first.get((sign.subject, sign.code), watched.at)
        return (unlawful or sign.code in _AT_ONCE) and (first == watched.at if told is None else first > told)

    signs = tuple(one for one in watched.signs if urgent(one))
    groups = Counter((one.account, one.code) for one in signs)
    # Of a flood that was cut only the oldest are shown, and all that is new may be urgent: it is told of as a number.
    for key, count in watched.new.items():
        if key[1] in codes and watched.counts.get(key, 0) > MOST:
            groups[key] = max(groups[key], count)
    return replace(watched, signs=signs, counts=dict(groups), new=dict(groups))


def run_morning(
    home: Home,
    *,
    light: bool = False,
    letter: bool = True,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Morning:
    """The whole morning without any server.

    Raises:
        RefusedError: a setting of oversight is not usable. LeaseTakenError: another watch is at work.
        GuardError: the native-id key is missing or wrong (G-KEY).
    """
    tallies = harvest_accounts(home, accounts_named(home.ground.state, []), full=False, light=True, progress=progress)
    return look(home, tallies, light=light, letter=letter)


def look(home: Home, tallies: Sequence[Tally], *, light: bool, letter: bool) -> Morning:
    """Everything after the harvest."""
    settings = home.oversight()
    today = local_day(home.ground.clock.now())
    light = is_light(today, asked=light)
    again = look_again(home)
    watched = watch(home, light=light)
    letters = tell(home, watched, settings, today, light=light) if letter else None
    month = None if light else _sheet_due(home, today)
    findings = write_sheet(home, month).findings if month else ()
    return Morning(
        tallies=tallies,
        watched=watched,
        letters=letters,
        sheet=month or "",
        looked_again=again.gone + again.back + again.still + again.closed,
        findings=findings,
    )


def tell(home: Home, watched: Watched, settings: OversightSettings, today: date, *, light: bool) -> LettersSent:
    """Send the letters, and note that all that was seen until now has been told of; not when one did not go."""
    with home.ground.state.reading() as books:
        until, register = books.setting(_TOLD), books.setting(_REGISTER)
    weekly = not light and register_due(today, date.fromisoformat(register) if register else None)
    said = watched
    if light:
        said = at_once(watched, settings, datetime.fromisoformat(until) if until else None)
    elif weekly:
        said = told_beside(watched, register_signs(home))
    sent = send_letters(home, said)
    if not (sent.failed or sent.already):
        with home.ground.state.writing() as books:
            books.set_setting(_TOLD, watched.at.isoformat())
            if weekly:
                books.set_setting(_REGISTER, today.isoformat())
    return sent


def _sheet_due(home: Home, today: date) -> Month | None:
    with home.ground.state.reading() as books:
        before = month_of_day(today.replace(day=1) - timedelta(days=1))
        paper = books.duties.paper(SORT, "", before)
        accounts = books.accounts.all()
    # One that was written while the month went on lacks its end.
    written = paper is not None and local_day(paper.at) >= today.replace(day=1)
    return sheet_month(today, written=written) if accounts else None
