"""What the public list says of an account: values that anybody may read, and never who administers it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.keep.renditions import platform_name
from schemas.account import Account
from schemas.oversight import OversightSettings
from schemas.text import for_xml, one_line

_MAIL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9ÅÄÖåäö-]{1,63}(?:\.[A-Za-z0-9ÅÄÖåäö-]{1,63})+")
_WEB: Final = re.compile(r"https?://[^\s<>\"']{3,1990}")
_BARE: Final = re.compile(r"[a-z0-9åäö-]{1,63}(?:\.[a-z0-9åäö-]{1,63})+(?:/[^\s<>\"']{0,500})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account as the public list shows it; empty = not stated.

    Attributes:
        account: our own short name. name: on the platform. platform: as people call it. address: of the account.
        unit: responsible. routine: address of the page's rules. contact: how unfitting content is reported, as written.
        since: day of the decision to start. personal: a personal official's account.
    """

    account: str
    name: str
    platform: str
    address: str
    unit: str
    routine: str
    contact: str
    since: date | None
    personal: bool

    def as_json(self) -> dict[str, str | bool | None]:
        """JSON values: the line of ``konton.json``."""
        return {
            "account": self.account,
            "name": self.name,
            "platform": self.platform,
            "address": self.address,
            "unit": self.unit,
            "routine": self.routine,
            "contact": self.contact,
            "since": None if self.since is None else self.since.isoformat(),
            "personal": self.personal,
        }


def listed(accounts: Iterable[Account], settings: OversightSettings, day: date) -> tuple[Listed, ...]:
    """What the list says on a civil day: every account that is not closed, by platform and name."""
    found = (_listed(one, settings) for one in accounts if not one.duties.ended(day))
    return tuple(
        sorted(found, key=lambda one: (one.personal, one.platform.casefold(), one.name.casefold(), one.account))
    )


def link_of(text: str) -> str:
    """What a contact or address leads to when it is one: ``mailto:``, ``https:``; else empty."""
    if _MAIL.fullmatch(text):
        return f"mailto:{text}"
    if _WEB.fullmatch(text):
        return text
    return f"https://{text}" if _BARE.fullmatch(text) else ""


def _listed(account: Account, settings: OversightSettings) -> Listed:
    duties = account.duties
    return Listed(
        account=account.name,
        name=shown(account.handle),
        platform=shown(platform_name(account.platform)),
        address=duties.address,
        unit=shown(account.unit),
        routine=duties.routine,
        contact=shown(duties.contact or settings.report),
        since=duties.decided,
        personal=duties.ownership == "tjansteperson",
    )


def shown(text: str) -> str:
    """Text as a page or sheet may hold it: one line, nothing that turns the direction, nothing that XML forbids."""
    return for_xml(one_line(text))
