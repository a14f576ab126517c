"""An account of the municipality on a platform, as its register file (TOML) describes it. Never credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from schemas.duties import Administrator, Duties, duties_from
from schemas.ids import slug
from schemas.refusal import RefusedError

_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


TERMS = ("keep", "review")
"""What happens when a platform's terms ask for deletion and the archive's duty asks for keeping. ``keep`` (default):
kept and reported as a number; ``review``: each such item is named for a person to decide. Nothing is ever deleted by
a platform's terms alone (arkivlagen 10 §; see ``infra/runbooks/terms.md``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often and at what cost an account is harvested: the account file's ``[harvest]``.

    Attributes:
        requests: requests per run; 0 = the platform module's own number.
        wait_minutes: minutes of waiting per run because of limits; 0 = the platform module's own number.
        daily_days, weekly_days, monthly_days: items younger than this are looked at again every night, every week,
            every month.
        light_hours: hours between light passes over the newest posts; 0 = none, -1 = the platform module's own number
            (stories live a day, so a night alone may miss them).
        messages: private messages are harvested where the platform gives them.
    """

    requests: int = 0
    wait_minutes: int = 0
    daily_days: int = 7
    weekly_days: int = 92
    monthly_days: int = 731
    light_hours: int = -1
    messages: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that make no cadence."""
        for name in ("requests", "wait_minutes"):
            if not 0 <= getattr(self, name) <= _MOST:
                raise RefusedError(f"harvest.{name}", str(getattr(self, name)), "write a number of 0 or more")
        if not -1 <= self.light_hours <= _MOST_HOURS:
            raise RefusedError("harvest.light_hours", str(self.light_hours), "write hours from 1 to 24, or 0 for none")
        if not 1 <= self.daily_days <= self.weekly_days <= self.monthly_days <= _LONGEST_DAYS:
            shown = f"{self.daily_days}, {self.weekly_days}, {self.monthly_days}"
            raise RefusedError(
                "harvest.daily_days, weekly_days, monthly_days",
                shown,
                "write three numbers of days, each at least as large as the one before, between 1 and 36500",
            )


_MOST = 10_000_000
_MOST_HOURS = 24
_LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account, from one register file.

    Attributes:
        name: Bevara's own short name for it (slug).
        platform: a module under ``connectors/platforms``.
        handle: the name on the platform.
        authority: the archive creator, *arkivbildare* (slug).
        api_base: address of the interface; empty = the platform's public one.
        plc_base: address of the PLC directory (bluesky only).
        credentials_env: environment variable that holds the secret; empty = none needed.
        moderation_env: environment variable that holds a secret which may take away and hide; never the one that the
            harvest reads with. Empty = the account is moderated on the platform's own pages.
        unit: responsible unit, in the municipality's words.
        administrators: names of those who may administer the account; what more is known of them stands in ``duties``.
        path: folder with recorded pages (sample only).
        terms: see ``TERMS``.
        harvest: how often and at what cost.
        options: the platform module's own settings (its ``OPTIONS``), name and value.
        duties: what the policy asks for.
    """

    name: str
    platform: str
    handle: str
    authority: str
    api_base: str = ""
    plc_base: str = ""
    credentials_env: str = ""
    moderation_env: str = ""
    unit: str = ""
    administrators: tuple[str, ...] = field(default=())
    path: str = ""
    terms: str = "keep"
    harvest: Cadence = field(default_factory=Cadence)
    options: tuple[tuple[str, str], ...] = ()
    duties: Duties = field(default_factory=Duties)

    def everybody(self) -> tuple[Administrator, ...]:
        """All administrators: those of ``duties``, and those that are named alone."""
        known = {one.name for one in self.duties.administrators}
        return (
            *self.duties.administrators,
            *(Administrator(name=one) for one in self.administrators if one not in known),
        )

    def option(self, name: str, default: str = "") -> str:
        """The value of one of the platform's own settings."""
        return dict(self.options).get(name, default)

    def __post_init__(self) -> None:
        """Refuse what could not be used, naming field, value and remedy."""
        slug(self.name, "name")
        slug(self.platform, "platform")
        slug(self.authority, "authority")
        if not self.handle.strip() or any(ord(c) < 0x20 for c in self.handle):
            raise RefusedError("handle", self.handle, "write the account's name as the platform shows it")
        for name, address in (("api_base", self.api_base), ("plc_base", self.plc_base)):
            if address:
                _web_address(name, address)
        if self.terms not in TERMS:
            raise RefusedError("terms", self.terms, f"write one of {', '.join(TERMS)}")
        for name, variable in (("credentials_env", self.credentials_env), ("moderation_env", self.moderation_env)):
            if variable and not _ENVIRONMENT.fullmatch(variable):
                raise RefusedError(name, variable, "name an environment variable, never the secret itself")
        if self.moderation_env and self.moderation_env == self.credentials_env:
            raise RefusedError("moderation_env", self.moderation_env, "name another variable than credentials_env")


def _web_address(field_name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RefusedError(field_name, address, "write an address that begins with https:// (or http:// on loopback)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise RefusedError(field_name, address, "leave out user, password, query and fragment")


_OTHER = ("administrators", "harvest", "options", "duties")
_REQUIRED = ("name", "platform", "handle", "authority")
_TEXT = (
    "name",
    "platform",
    "handle",
    "authority",
    "api_base",
    "plc_base",
    "credentials_env",
    "moderation_env",
    "unit",
    "path",
    "terms",
)


def account_from(values: Mapping[str, Any], place: str) -> Account:
    """Read an account from a decoded TOML file.

    Args:
        values: the decoded file.
        place: the file's name, for messages.

    Raises:
        RefusedError: an unknown, missing or badly typed field.
    """
    for name in values:
        if name not in (*_TEXT, *_OTHER):
            known = ", ".join((*_TEXT, *_OTHER))
            # The value is not repeated: it may be a secret under a name of its own.
            raise RefusedError(f"{place}: {name}", "…", f"the known fields are {known}")
    for name in _REQUIRED:
        if name not in values:
            raise RefusedError(f"{place}: {name}", "", "the field is required")
    text: dict[str, str] = {}
    for name in _TEXT:
        value = values.get(name, "keep" if name == "terms" else "")
        if not isinstance(value, str):
            raise RefusedError(f"{place}: {name}", value, "write it as a text in quotation marks")
        text[name] = value
    administrators = values.get("administrators", [])
    if not isinstance(administrators, list) or not all(isinstance(one, str) for one in administrators):
        raise RefusedError(f"{place}: administrators", administrators, "write a list of names")
    try:
        return Account(
            administrators=tuple(administrators),
            harvest=_cadence(values.get("harvest", {})),
            options=_options(values.get("options", {})),
            duties=duties_from(values.get("duties", {})),
            **text,
        )
    except RefusedError as error:
        raise RefusedError(f"{place}: {error.field}", error.value, error.remedy) from None


def _cadence(values: Any) -> Cadence:
    if not isinstance(values, dict):
        raise RefusedError("harvest", values, "write it as a table: [harvest]")
    known = {one.name: type(one.default) for one in fields(Cadence)}
    for name, value in values.items():
        if name not in known:
            raise RefusedError(f"harvest.{name}", value, f"the known fields are {', '.join(known)}")
        if type(value) is not known[name]:
            raise RefusedError(f"harvest.{name}", value, "write true or false" if known[name] is bool else "a number")
    return Cadence(**values)


def _options(values: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(values, dict):
        raise RefusedError("options", values, "write it as a table: [options]")
    for name, value in values.items():
        if not isinstance(value, str) or not _ENVIRONMENT.fullmatch(name):
            # The value is not repeated: it may be a secret under a name of its own.
            raise RefusedError(f"options.{name}", "…", "write it as a text in quotation marks")
    return tuple(sorted(values.items()))
