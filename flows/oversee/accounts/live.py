"""What the municipality's web pages say of its accounts. Pure: pages as they were seen go in, signs and facts come out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from flows.oversee.accounts.gaps import clause_of
from schemas.account import Account
from schemas.neighbours import WebPage
from schemas.oversight import OversightSettings
from schemas.routine_page import lacking, same_address, titled
from schemas.watch import Sign

LIST: Final = "public-list"
"""Subject of signs about the page where all accounts are listed."""
_READABLE_WITHOUT: Final = frozenset({"", "W192"})
_EDGES: Final = "()[]{}<>.,;:!?\"'»«”“’"
_SPACES: Final = re.compile(r"\s+")


def routine_sign(page: WebPage, settings: OversightSettings, account: Account) -> Sign | None:
    """What is wrong with the page of an account's routine itself: it has moved, or cannot be read; None = nothing."""
    found = _page_sign(page, clause_of(settings, "W177"))
    return found and replace(found, subject=account.name, account=account.name, authority=account.authority)


def list_sign(page: WebPage | None, settings: OversightSettings) -> Sign | None:
    """What is wrong with the page where all accounts are listed; no page = it is not stated which one it is."""
    clause = clause_of(settings, "W179")
    return _no_page(clause) if page is None else _page_sign(page, clause)


def _page_sign(page: WebPage, clause: str) -> Sign | None:
    code = page.code or ("W192" if moved(page) else "")
    if not code:
        return None
    values: dict[str, str | int] = {"address": page.address, "status": page.status}
    if code == "W192":
        values["landed"] = page.landed
    return Sign(
        code=code, subject=LIST, clause=clause, account="", authority="", parameters=tuple(sorted(values.items()))
    )


def _no_page(clause: str) -> Sign:
    return Sign(code="W191", subject=LIST, clause=clause, account="", authority="")


def moved(page: WebPage) -> bool:
    """Whether the page answered from another address than the one that was asked for."""
    return bool(page.landed) and same_address(page.landed) != same_address(page.address)


def readable(page: WebPage) -> bool:
    """Whether anything can be said of what the page says."""
    return page.code in _READABLE_WITHOUT


def stands_on(account: Account, named: Collection[str]) -> bool | None:
    """Whether the account is among the addresses that the list page names; None = it has no address."""
    wanted = same_address(account.duties.address) if account.duties.address else ""
    return wanted in named if wanted else None


def lacks(account: Account, page: WebPage, settings: OversightSettings) -> tuple[str, ...]:
    """What the account's routine page does not say, in Swedish."""
    words = {
        "unit": account.unit.strip(),
        "contact": (account.duties.contact or settings.report).strip(),
        "privacy": settings.privacy.strip(),
    }
    links = [target for target, _ in page.main_links]
    return tuple(titled(one, words) for one in lacking(page.main, links, settings.routine.values(), words))


def addresses(page: WebPage) -> frozenset[str]:
    """What the page names: where its links lead, and addresses that stand as text."""
    written = (one.strip(_EDGES) for one in _SPACES.split(page.text) if "." in one)
    return frozenset(same_address(one) for one in (*(target for target, _ in page.links), *written) if one)
