"""What was spent on advertisements: one line of a platform's report. Amounts are decimals, never floating point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertLine:
    """One campaign (or advertised item) in one month, as the report says.

    Attributes:
        campaign: its name, in the municipality's words. campaign_id: the platform's id, or empty.
        advert: native id or address of the sponsored item, or empty.
        first, last: days that the line covers. spent: amount without VAT, in ``currency``. currency: ``SEK``.
        shown, clicks: how often, or None where the report does not say.
        unit: responsible unit as the report names it (a tag in the campaign's name, a column), or empty.
        vat: amount of VAT on ``spent`` in the same currency, or None where the report does not say.
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
    vat: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON values, decimals and days as text; ``line_from`` reads them back."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        vat = None if self.vat is None else plain(self.vat)
        return {**asdict(self), **days, "spent": plain(self.spent), "vat": vat}


def line_from(values: Mapping[str, Any]) -> AdvertLine:
    """What ``AdvertLine.as_json`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    days = {name: date.fromisoformat(values[name]) for name in ("first", "last")}
    vat = None if values["vat"] is None else Decimal(values["vat"])
    return AdvertLine(**{**values, **days, "spent": Decimal(values["spent"]), "vat": vat})


def plain(amount: Decimal) -> str:
    """A decimal as digits, without an exponent and exactly: ``1234.50``."""
    return f"{amount:f}"
