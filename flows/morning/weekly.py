"""Once a week the letters tell also what the register of accounts lacks: it stays so for long and would drown the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from flows.oversee.accounts.checking import check_accounts
from flows.oversee.art30.act import outdated
from flows.oversee.watch.act import Watched
from schemas.ground import Home
from schemas.refusal import RefusedError
from schemas.watch import Sign
from schemas.workdays import is_workday

_CLAUSE: Final = "P15"


def register_due(day: date, told: date | None) -> bool:
    """Whether letters of this day tell of the register: the week's first working day, or a later one. Pure.

    Args:
        told: the day on which letters last told of it, None when they never did.
    """
    return is_workday(day) and (told is None or _monday(told) < _monday(day))


def register_signs(home: Home) -> tuple[Sign, ...]:
    """What the register lacks, one sign for each account (W137), and art. 30 entries that hold no longer (W138).

    No web page is asked for. Raises RefusedError: a setting of oversight is not usable.
    """
    lacking = [
        Sign(
            code="W137",
            subject=account.name,
            clause="",
            account=account.name,
            authority=account.authority,
            parameters=(("account", account.name), ("gaps", len(gaps))),
        )
        for account, gaps in check_accounts(home).accounts
        if gaps
    ]
    return (*lacking, *_outdated(home))


def told_beside(watched: Watched, signs: Sequence[Sign]) -> Watched:
    """What letters tell: what was watched, and these signs, each once. Pure."""
    counts = {(one.account, one.code): 1 for one in signs}
    return replace(watched, signs=(*watched.signs, *signs), counts={**watched.counts, **counts})


def _outdated(home: Home) -> list[Sign]:
    try:
        accounts = outdated(home)
    except RefusedError:
        return []  # settings of disclosure: without them no letter goes either, and that is told of (W254)
    return [
        Sign(code="W138", subject=one.name, clause=_CLAUSE, account=one.name, authority=one.authority)
        for one in accounts
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
