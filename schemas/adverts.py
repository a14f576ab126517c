"""What was spent on advertisements: one line of a platform's report. Amounts are decimals, never floating point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertLine:
    """One campaign (or advertised item) in one month, as the report says.

    Attributes:
        campaign: its name, in the municipality's words. campaign_id: the platform's id, or empty.
        advert: native id or address of the sponsored item, or empty.
        first, last: days that the line covers. spent: amount without VAT, in ``currency``. currency: ``SEK``.
        shown, clicks: how often, or None where the report does not say.
        unit: responsible unit as the report names it (a tag in the campaign's name, a column), or empty.
    """

    campaign: str
    campaign_id: str = ""
    advert: str = ""
    first: date
    last: date
    spent: Decimal
    currency: str = "SEK"
    shown: int | None = None
    clicks: int | None = None
    unit: str = ""
