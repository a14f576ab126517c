"""Pages that an account likes or follows outside of what is approved. The platform is asked, and nothing is changed there."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from flows.keep.guard import code_of
from flows.oversee.watch.signs import Rules
from schemas.account import Account
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.neighbours import ConnectionRefusedByPlatformError, Liking, Mindful, PlatformError
from schemas.refusal import RefusedError
from schemas.watch import Sign

MOST: Final = 10_000
"""Pages that are asked for; more than anybody looks through."""


class UnreadableError(RuntimeError):
    """The platform did not tell. ``code`` is a finding code."""

    def __init__(self, code: str) -> None:
        """Carry the code alone."""
        self.code = code
        super().__init__(code)


def likes(home: Home, rules: Rules, account: Account) -> Iterator[Sign]:
    """W135 with how many, or W136 where the platform would tell and does not; none where it has no such list."""
    if account.duties.ended(local_day(rules.now)):
        return
    try:
        outside = outside_of(home, rules, account)
    except UnreadableError as error:
        yield unread(rules, account, error.code)
        return
    if outside:
        # Which pages stands nowhere; that they are others than those somebody dismissed shows in this number.
        told = "\n".join(sorted(f"{name}\t{address}" for name, address in outside)).encode("utf-8", "surrogatepass")
        version = int.from_bytes(hmac.new(home.native_key(), told, hashlib.sha256).digest()[:4]) >> 1
        yield rules.sign(
            "W135",
            account.name,
            account.name,
            account.authority,
            {"pages": len(outside), "account": account.name},
            version=version,
        )


def unread(rules: Rules, account: Account, reason: str) -> Sign:
    """W136. Dismissed, it comes back when another thing is the reason.

    Args:
        reason: a code.
    """
    version = int.from_bytes(hashlib.sha256(reason.encode()).digest()[:4]) >> 1
    return rules.sign("W136", account.name, account.name, account.authority, {"reason": reason}, version=version)


def outside_of(home: Home, rules: Rules, account: Account) -> list[tuple[str, str]]:
    """Name and address of each liked page outside of the approved list, in the platform's order.

    Raises:
        UnreadableError: the platform would tell and does not.
    """
    try:
        session = home.open_session(account)
    except (ConnectionRefusedByPlatformError, RefusedError) as error:
        raise UnreadableError(_code(error)) from None
    try:
        if not isinstance(session, Liking):
            return []
        if isinstance(session, Mindful):
            with home.ground.state.reading() as books:
                session.recall(books.accounts.memory(account.name))
        session.health()
        approved = approved_pages(rules, account)
        found = []
        for number, (name, address) in enumerate(session.liked()):
            if number >= MOST:
                break
            if not is_approved(name, address, approved):
                found.append((name, address))
    except Exception as error:  # noqa: BLE001 - what one platform answers must not stop the watch over the others
        raise UnreadableError(_code(error)) from None
    else:
        return found
    finally:
        session.close()


def approved_pages(rules: Rules, account: Account) -> frozenset[str]:
    """What names an approved page: the settings', the account's own list, and the municipality's other accounts."""
    listed: Iterable[str] = (*rules.settings.approved, *account.duties.approved)
    ours = (value for one in rules.accounts.values() for value in (one.handle, one.duties.address))
    return frozenset(form for value in (*listed, *ours) for form in (_name(value), _address(value)) if form)


def is_approved(name: str, address: str, approved: Collection[str]) -> bool:
    """Whether the page is named there: by its name, its address, or the handle that its address ends with."""
    return any(form in approved for form in (_name(name), _address(address), _last(address)) if form)


def _name(value: str) -> str:
    return " ".join(value.casefold().split()).removeprefix("@")


def _address(value: str) -> str:
    """An address as people tell them apart: without scheme, ``www``, question and a slash at the end."""
    text = value.strip().casefold()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = parts.hostname or ""
    except ValueError:
        return text
    return f"{host.removeprefix('www.').removeprefix('m.')}{parts.path.rstrip('/')}"


def _last(address: str) -> str:
    """The name at the end of an address: a handle, on most platforms."""
    return _address(address).rpartition("/")[2].removeprefix("@")


def _code(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedByPlatformError):
        return error.finding.code
    return error.code if isinstance(error, PlatformError) else code_of(error)
