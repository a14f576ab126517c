"""Accounts whose connection needs a hand, and gaps in what was harvested in the last nights. Pure but for the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from flows.oversee.coverage import nights_of
from flows.oversee.health import connection
from flows.oversee.watch.signs import Rules
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.watch import Sign

NIGHTS: Final = 3
"""Nights back that gaps are told of: what the last letter told of before a weekend is not told of for weeks."""
_STANDINGS: Final = {
    "broken": "avbruten",
    "attention": "fungerar, men behöver tillsyn",
    "parked": "väntar på plattformens begäran",
    "never": "har aldrig hämtats i sin helhet",
}


def connections(rules: Rules, books: Books, account: Account) -> Iterator[Sign]:
    """W141 and W142 for one account; none for one that is closed."""
    today = local_day(rules.now)
    if account.duties.ended(today):
        return
    rows = books.notes.coverage(account.name)
    found = connection(account, rows, books.accounts.memory(account.name), (), rules.now)
    if found.standing in _STANDINGS:
        yield rules.sign(
            "W141",
            account.name,
            account.name,
            account.authority,
            {"standing": _STANDINGS[found.standing], "account": account.name},
            since=found.last_run,
        )
    nights = nights_of(account.name, rows, today - timedelta(days=NIGHTS), today - timedelta(days=1), today)
    gaps = [one for one in nights if one.standing in ("none", "partial")]
    if gaps:
        # Dismissed, it comes back when a later night has a gap.
        yield rules.sign(
            "W142",
            account.name,
            account.name,
            account.authority,
            {
                "missed": sum(one.standing == "none" for one in gaps),
                "partial": sum(one.standing == "partial" for one in gaps),
            },
            version=max(one.day for one in gaps).toordinal(),
        )
