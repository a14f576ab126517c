"""What reading costs: posts are counted and priced, and reading stops where the account file says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from connectors.http import HttpError
from schemas.account import Account
from schemas.refusal import RefusedError

OWNED, OTHER, USER = 1_000, 5_000, 10_000
"""Millionths of a dollar: a post of our own listings, another post, an account."""
_DAY, _MONTH = "platform.reads", "platform.cost"
SPENT = "H250"


class Spending:
    """Counts what was read today and what it cost this month, UTC as X counts; read again in a later run counts again.

    Args:
        account: options ``reads_per_day`` and ``cost_cap_usd_per_month``; empty = no bound.

    Raises:
        RefusedError: an option is no number.
    """

    def __init__(self, account: Account) -> None:
        self._most_reads = _whole(account)
        self._most_cost = _dollars(account)
        self._reads: dict[str, int] = {}
        self._cost: dict[str, int] = {}

    @property
    def bounded(self) -> bool:
        """The account file sets a bound."""
        return self._most_reads is not None or self._most_cost is not None

    def begin(self, memory: Mapping[str, str]) -> None:
        """Add what earlier runs have read."""
        for name, counted in ((_DAY, self._reads), (_MONTH, self._cost)):
            when, _, number = memory.get(name, "").partition(" ")
            if when and number.isascii() and number.isdigit():
                counted[when] = counted.get(when, 0) + int(number[:18])

    def room(self, wanted: int, least: int, price: int, at: datetime, endpoint: str) -> int:
        """How many posts may be asked for in one answer: at most ``wanted``.

        Raises:
            HttpError: fewer than ``least`` are left (H250).
        """
        allowed = wanted
        if self._most_reads is not None:
            allowed = min(allowed, self._most_reads - self._reads.get(_day(at), 0))
        if self._most_cost is not None:
            allowed = min(allowed, (self._most_cost - self._cost.get(_month(at), 0)) // price)
        if allowed < least:
            raise HttpError(SPENT, endpoint, retryable=True)
        return allowed

    def note(self, *, posts: int, price: int, others: int, users: int, at: datetime) -> None:
        """Count an answer: posts listed at their price, others beside them, and accounts."""
        day, month = _day(at), _month(at)
        self._reads[day] = self._reads.get(day, 0) + posts + others
        self._cost[month] = self._cost.get(month, 0) + posts * price + others * OTHER + users * USER

    def remember(self) -> dict[str, str]:
        """The latest day and month with their sums."""
        kept = {}
        for name, counted in ((_DAY, self._reads), (_MONTH, self._cost)):
            if counted:
                latest = max(counted)
                kept[name] = f"{latest} {counted[latest]}"
        return kept


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _month(at: datetime) -> str:
    return _day(at)[:7]


def _whole(account: Account) -> int | None:
    stated = account.option("reads_per_day").strip()
    if not stated:
        return None
    if not (stated.isascii() and stated.isdigit() and len(stated) < 12):
        raise RefusedError(
            "options.reads_per_day", stated, 'write a whole number in quotation marks, for example "500"'
        )
    return int(stated)


def _dollars(account: Account) -> int | None:
    stated = account.option("cost_cap_usd_per_month").strip()
    if not stated:
        return None
    try:
        amount = Decimal(stated)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < 10**9):
        raise RefusedError(
            "options.cost_cap_usd_per_month", stated, 'write an amount in dollars in quotation marks, for example "25"'
        )
    return int(amount * 1_000_000)
