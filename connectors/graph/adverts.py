"""What was spent on advertisements: Meta's Insights of one advertisement account, for Facebook and Instagram alike.

Source: the Marketing API (``/act_<id>/insights``, ``/act_<id>/ads``), from knowledge and not from the documents at hand.
The token needs ``ads_read`` and belongs to a person or system user who has the advertisement account; a page's own
token cannot read it. One advertisement account pays for both platforms, so it is named in one account file only.

* A line is a campaign in a month, as the platform sums it up; campaigns that have been deleted are in the sum, too.
  What is advertised is named where all of a campaign's advertisements show the same post.
* Amounts are without VAT, as texts with decimals, in the currency of the advertisement account.
* Days are those of the advertisement account's own time zone, as in Meta's invoices.
* Which unit pays is not told by Meta: it is read from the campaign's name by those who make the sheet.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.graph.connection import Graph
from connectors.graph.faults import GraphError
from connectors.graph.listing import Listing
from connectors.http import Budget, HttpError
from schemas.account import Account
from schemas.adverts import AdvertLine
from schemas.neighbours import Clock
from schemas.refusal import RefusedError
from schemas.text import visible

SCOPES: tuple[str, ...] = ("ads_read",)
_ACCOUNT = re.compile(r"(?:act_)?([0-9]{1,25})")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_NUMBER = re.compile(r"[0-9]{1,15}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NATIVE = re.compile(r"[0-9]{1,30}(_[0-9]{1,30})?")
_INSIGHTS = ("campaign_id,campaign_name,spend,impressions,clicks,account_currency,date_start,date_stop",)
_ADS = ("id,campaign_id,creative{effective_object_story_id}",)
_LIMIT = 100
_LONGEST_NAME = 400


class MetaAdverts:
    """See the module and ``schemas.neighbours.Adverts``.

    Args:
        account: ``duties.advert_account`` is the advertisement account's number, with or without ``act_``.
        secret: the access token. clock: the home's clock. budget: bounds of the run. sleep: how to wait.

    Raises:
        RefusedError: the number is none.
    """

    def __init__(
        self,
        account: Account,
        secret: str,
        clock: Clock,
        *,
        budget: Budget = Budget(),  # noqa: B008  # frozen
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        named = _ACCOUNT.fullmatch(account.duties.advert_account.strip())
        if named is None:
            field, remedy = "duties.advert_account", "write the number that the advertising tool shows, as act_1234567"
            raise RefusedError(field, account.duties.advert_account, remedy)
        self._path = f"act_{named[1]}"
        self._clock = clock
        self._graph = Graph(account, secret, clock, budget=budget, sleep=sleep)
        self._currency: str | None = None

    def close(self) -> None:
        """Give back connections."""
        self._graph.close()

    def month(self, month: str) -> Iterator[AdvertLine]:
        """What each campaign cost in a month; nothing for a month that has not begun.

        Raises:
            RefusedError: no such month. HttpError: H128 for an answer that cannot be read as money; else as the
                platform answers. Lines that came before are not the whole month then.
        """
        found = _MONTH.fullmatch(month)
        if found is None:
            raise RefusedError("month", month, "write year and month, as 2026-03")
        first = date(int(found[1]), int(found[2]), 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if first > self._clock.now().date() + timedelta(days=1):
            return
        rows = self._rows(first, last)
        adverts = self._advertised() if rows else {}
        for row in rows:
            yield self._line(row, first, last, adverts)

    def _rows(self, first: date, last: date) -> list[Mapping[str, Any]]:
        if self._currency is None:
            told = self._graph.first(self._path, {"fields": "id,currency"}, endpoint="adaccount").body
            self._currency = str(told.get("currency", "")) if isinstance(told, dict) else ""
        span = json.dumps({"since": first.isoformat(), "until": last.isoformat()})
        wanted = {"level": "campaign", "time_range": span}
        return self._all(f"{self._path}/insights", wanted, _INSIGHTS, "insights")

    def _all(self, path: str, wanted: dict[str, str], fields: tuple[str, ...], name: str) -> list[Mapping[str, Any]]:
        """Every row of an edge. Raises HttpError where it cannot be read to its end."""
        listing = Listing(self._graph, path, wanted, endpoint=name, limit=_LIMIT, fields=fields)
        rows: list[Mapping[str, Any]] = []
        for answer in listing.read():
            # A row that is none stays, as one that cannot be read: money is not left out in silence.
            rows.extend(one if isinstance(one, dict) else {} for one in answer.body["data"])
        if listing.error is not None:
            raise listing.error
        if listing.reason:
            raise HttpError(listing.reason, name)
        return rows

    def _advertised(self) -> dict[str, str]:
        """Campaign to the one post that it shows, where the token may read it."""
        try:
            ads = self._all(f"{self._path}/ads", {}, _ADS, "ads")
        except GraphError as error:
            if self._graph.closed is not None or error.retryable:
                raise
            return {}
        stories: dict[str, set[str]] = {}
        for one in ads:
            creative, campaign = one.get("creative"), one.get("campaign_id")
            story = creative.get("effective_object_story_id") if isinstance(creative, dict) else None
            if isinstance(campaign, str):
                known = isinstance(story, str) and _NATIVE.fullmatch(story)
                stories.setdefault(campaign, set()).add(str(story) if known else "")
        return {campaign: next(iter(several)) for campaign, several in stories.items() if len(several) == 1}

    def _line(self, row: Mapping[str, Any], first: date, last: date, adverts: Mapping[str, str]) -> AdvertLine:
        spent, currency = row.get("spend"), row.get("account_currency") or self._currency
        begin, end = _day(row.get("date_start")), _day(row.get("date_stop"))
        campaign = row.get("campaign_id")
        sound = (
            isinstance(spent, str)
            and _AMOUNT.fullmatch(spent) is not None
            and isinstance(currency, str)
            and _CURRENCY.fullmatch(currency) is not None
            and begin is not None
            and end is not None
            and first <= begin <= end <= last
        )
        if not sound or begin is None or end is None:
            raise HttpError("H128", "insights", 200)
        name = row.get("campaign_name")
        native = campaign if isinstance(campaign, str) and _NATIVE.fullmatch(campaign) else ""
        shown = visible(name)[:_LONGEST_NAME].strip() if isinstance(name, str) else ""
        return AdvertLine(
            campaign=shown or native,
            campaign_id=native,
            advert=adverts.get(native, ""),
            first=begin,
            last=end,
            spent=Decimal(str(spent)),
            currency=str(currency),
            shown=_count(row.get("impressions")),
            clicks=_count(row.get("clicks")),
        )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _count(value: object) -> int | None:
    if type(value) is int and value >= 0:
        return value
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None
