"""An account of the municipality on a platform, as its register file (TOML) describes it. Never credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from schemas.ids import slug
from schemas.refusal import RefusedError

_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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
        unit: responsible unit, in the municipality's words.
        administrators: names of those who may administer the account.
        path: folder with recorded pages (sample only).
    """

    name: str
    platform: str
    handle: str
    authority: str
    api_base: str = ""
    plc_base: str = ""
    credentials_env: str = ""
    unit: str = ""
    administrators: tuple[str, ...] = field(default=())
    path: str = ""

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
        if self.credentials_env and not _ENVIRONMENT.fullmatch(self.credentials_env):
            raise RefusedError(
                "credentials_env",
                self.credentials_env,
                "name an environment variable, never the secret itself",
            )


def _web_address(field_name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RefusedError(field_name, address, "write an address that begins with https:// (or http:// on loopback)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise RefusedError(field_name, address, "leave out user, password, query and fragment")


_REQUIRED = ("name", "platform", "handle", "authority")
_TEXT = ("name", "platform", "handle", "authority", "api_base", "plc_base", "credentials_env", "unit", "path")


def account_from(values: Mapping[str, Any], place: str) -> Account:
    """Read an account from a decoded TOML file.

    Args:
        values: the decoded file.
        place: the file's name, for messages.

    Raises:
        RefusedError: an unknown, missing or badly typed field.
    """
    for name in values:
        if name not in _TEXT and name != "administrators":
            known = ", ".join((*_TEXT, "administrators"))
            # The value is not repeated: it may be a secret under a name of its own.
            raise RefusedError(f"{place}: {name}", "…", f"the known fields are {known}")
    for name in _REQUIRED:
        if name not in values:
            raise RefusedError(f"{place}: {name}", "", "the field is required")
    text: dict[str, str] = {}
    for name in _TEXT:
        value = values.get(name, "")
        if not isinstance(value, str):
            raise RefusedError(f"{place}: {name}", value, "write it as a text in quotation marks")
        text[name] = value
    administrators = values.get("administrators", [])
    if not isinstance(administrators, list) or not all(isinstance(one, str) for one in administrators):
        raise RefusedError(f"{place}: administrators", administrators, "write a list of names")
    try:
        return Account(administrators=tuple(administrators), **text)
    except RefusedError as error:
        raise RefusedError(f"{place}: {error.field}", error.value, error.remedy) from None
