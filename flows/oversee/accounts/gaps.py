"""What an account lacks by the policy: a sign for each thing, from its register file and what else is known. Pure.

Codes and their sentences: ``schemas.codes.account``; which clause each checks is said by the table of the policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from schemas.account import Account
from schemas.duties import Administrator
from schemas.oversight import OversightSettings
from schemas.watch import Certainty, Sign

ADMINISTRATORS: Final = 2
"""Responsible administrators that an account has at least."""
_PARTS: Final = (
    ("on", "dag"),
    ("purpose", "syfte"),
    ("goal", "mål"),
    ("audience", "målgrupp"),
    ("channel", "val av kanal"),
)
_WITHOUT_LIKES: Final = frozenset({"feed", "sample"})
"""Platforms on which other pages cannot be liked."""
_OWN_SITE: Final = frozenset({"feed", "sample"})
"""Platforms that may lie on the municipality's own site."""
START, CLOSE, PEOPLE = "account-start", "account-close", "administrators"
"""Sorts of papers that stand for decisions on accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What is known of an account beside its register file; None = it was not looked at.

    Attributes:
        papers: sorts of papers that stand for it (``account-start``…).
        unmatched: sorts of its posts and comments, in Swedish, that not exactly one row of the plan matches.
        harvested: last civil day on which the platform answered for the account.
        list_address: page that was looked at for the account. on_list: whether it stands there.
        lacks: what its routine does not say, in Swedish.
    """

    papers: frozenset[str] = frozenset()
    unmatched: tuple[str, ...] = ()
    harvested: date | None = None
    list_address: str = ""
    on_list: bool | None = None
    lacks: tuple[str, ...] | None = None


def clause_of(settings: OversightSettings, code: str) -> str:
    """Id of the policy's clause that a code checks, or empty."""
    return next((one.id for one in settings.clauses.values() if code in one.codes), "")


def gaps(account: Account, facts: AccountFacts, settings: OversightSettings, as_of: date) -> tuple[Sign, ...]:
    """What the account lacks on a civil day, in the order of the codes.

    A closed account is asked for its closing alone.
    """
    found = _closed(account, facts, as_of) if account.duties.ended(as_of) else _open(account, facts, settings, as_of)
    return tuple(
        Sign(
            code=one.code,
            subject=account.name,
            clause=clause_of(settings, one.code),
            account=account.name,
            authority=account.authority,
            certainty=one.certainty,
            parameters=tuple(sorted({"account": account.name, **one.parameters}.items())),
        )
        for one in sorted(found, key=lambda one: one.code)
    )


@dataclass(frozen=True, slots=True)
class _Gap:
    code: str
    parameters: dict[str, str | int]
    certainty: Certainty = "sure"


def _gap(code: str, certainty: Certainty = "sure", **parameters: str | int) -> _Gap:
    return _Gap(code, parameters, certainty)


def _closed(account: Account, facts: AccountFacts, as_of: date) -> Iterator[_Gap]:
    duties = account.duties
    closed = duties.closed or as_of
    if not duties.closed_by or CLOSE not in facts.papers:
        yield _gap("W188")
    if facts.harvested is not None and facts.harvested > closed:
        yield _gap("W185", closed=closed.isoformat(), day=facts.harvested.isoformat())
    if facts.on_list:
        yield _gap("W186", address=facts.list_address)


def _open(account: Account, facts: AccountFacts, settings: OversightSettings, as_of: date) -> Iterator[_Gap]:
    yield from _start(account, facts)
    yield from _people(account, as_of)
    yield from _personal(account, as_of)
    yield from _public(account, facts, settings)
    yield from _processing(account, as_of)
    if facts.unmatched:
        yield _gap("W182", missing=", ".join(facts.unmatched))
    likes = account.platform not in _WITHOUT_LIKES
    if likes and not (settings.approved or account.duties.approved):
        yield _gap("W183")
    if account.duties.blog and not _on_own_site(account, settings):
        yield _gap("W184")


def _start(account: Account, facts: AccountFacts) -> Iterator[_Gap]:
    duties = account.duties
    if duties.decided is None or not duties.decided_by:
        yield _gap("W161")
    if START not in facts.papers:
        yield _gap("W162")
    missing = [word for name, word in _PARTS if not getattr(duties.analysis, name)]
    if missing:
        yield _gap("W163", missing=", ".join(missing))
    if not duties.resources:
        yield _gap("W170")
    late = duties.consulted is not None and duties.decided is not None and duties.consulted > duties.decided
    if duties.consulted is None or (late and not duties.late):
        yield _gap("W171")
    if not account.unit.strip():
        yield _gap("W172")


def _people(account: Account, as_of: date) -> Iterator[_Gap]:
    known = {one.name for one in account.duties.administrators}
    everybody = account.everybody()
    active = [one for one in everybody if one.active_on(as_of)]
    named = [one for one in active if one.name in known]
    if len(active) < ADMINISTRATORS:
        yield _gap("W164", count=len(active))
    yield from _counted("W165", [one for one in named if one.trained is None or one.trained > as_of])
    yield from _counted("W166", [one for one in named if _late(one, account.duties.decided, as_of)])
    yield from _counted("W167", [one for one in named if one.decided is None])
    left = {one.name for one in account.duties.administrators if one.left is not None and one.left < as_of}
    yield from _counted("W168", [name for name in account.administrators if name in left])
    yield from _counted("W169", [one for one in active if one.name not in known])


def _counted(code: str, some: Sequence[object]) -> Iterator[_Gap]:
    if some:
        yield _gap(code, count=len(some))


def _late(one: Administrator, start: date | None, as_of: date) -> bool:
    """Whether the course came after the account's start, or after the person's own first day where that is later.

    What is explained is told no more.
    """
    first = max((day for day in (one.since, start) if day is not None), default=None)
    return not one.late and first is not None and one.trained is not None and first < one.trained <= as_of


def _personal(account: Account, as_of: date) -> Iterator[_Gap]:
    duties = account.duties
    if duties.ownership != "tjansteperson":
        return
    active = [one for one in duties.administrators if one.active_on(as_of)]
    if not duties.owner:
        yield _gap("W173")
    elif not any(one.name.casefold() == duties.owner.casefold() for one in active):
        yield _gap("W176")
    if not duties.need:
        yield _gap("W174")
    if not any(one.manager for one in active):
        yield _gap("W175")


def _public(account: Account, facts: AccountFacts, settings: OversightSettings) -> Iterator[_Gap]:
    duties = account.duties
    if not duties.address:
        yield _gap("W189")
    if not duties.routine:
        yield _gap("W177")
    elif facts.lacks:
        yield _gap("W178", address=duties.routine, missing=", ".join(facts.lacks))
    if facts.on_list is False:
        yield _gap("W179", address=facts.list_address)
    if not (duties.contact or settings.report):
        yield _gap("W187")


def _processing(account: Account, as_of: date) -> Iterator[_Gap]:
    processing = account.duties.processing
    if not processing.reference:
        yield _gap("W180")
    elif processing.updated is None or _year_after(processing.updated) <= as_of:
        yield _gap("W181", day="–" if processing.updated is None else processing.updated.isoformat())


def _year_after(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 3, 1)


def _on_own_site(account: Account, settings: OversightSettings) -> bool:
    if account.platform not in _OWN_SITE:
        return False
    try:
        host = (urlsplit(account.duties.address or account.api_base).hostname or "").casefold()
    except ValueError:
        return False
    site = settings.site.casefold().removeprefix("www.")
    # A recording has no host; whether it was taken from the site is not known, and not claimed.
    return not host or host == site or host.endswith(f".{site}")
