"""The check of accounts: what is known is gathered, pages are looked at when asked for, and what lacks is told.

A routine that was seen with another wording than the one that is kept is kept as a record of ours, so that the rules that
visitors met are in the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from flows.keep.accounts import accounts_named
from flows.keep.judged import standing
from flows.keep.own import OwnFile, write_own
from flows.oversee.accounts import live
from flows.oversee.accounts.gaps import CLOSE, PEOPLE, START, AccountFacts, gaps
from flows.oversee.costs.papers import put_paper
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import WebPage
from schemas.oversight import OversightSettings
from schemas.plan.facts import Cell
from schemas.plan.judge import place
from schemas.plan.model import Plan
from schemas.receipt import Receipt
from schemas.removal import Paper
from schemas.watch import Sign

ROUTINE = "routine"
"""Sort of paper that stands for an account's routine as it was last seen."""
_KINDS = (
    ("inlägg", "post", "own", "none"),
    ("inlägg med bild", "post", "own", "picture"),
    ("inlägg med film", "post", "own", "video"),
    ("svar", "reply", "own", "none"),
    ("kommentarer", "comment", "visitor", "none"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found.

    Attributes:
        as_of: the civil day. live: pages were looked at. accounts: what each lacks, in order of their names.
        pages: what is wrong with the page where all are listed. kept: routines that were kept anew.
    """

    as_of: date
    live: bool
    accounts: tuple[tuple[Account, tuple[Sign, ...]], ...]
    pages: tuple[Sign, ...] = ()
    kept: int = 0

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Everything that was found."""
        return (*self.pages, *(sign for _, signs in self.accounts for sign in signs))


def check_accounts(home: Home, names: Sequence[str] = (), *, look: bool = False) -> Checked:
    """Check these accounts, or all.

    Args:
        look: the list page and each account's routine are looked at, and a routine with a new wording is kept.

    Raises:
        RefusedError: no such account, or settings that are not usable. LeaseTakenError: a routine could not be kept.
        GuardError: somebody else kept a routine of the account meanwhile (G-MEANWHILE).
    """
    settings, as_of = home.oversight(), local_day(home.ground.clock.now())
    accounts = accounts_named(home.ground.state, names)
    plan = standing(home.ground, as_of, holds=False).plan
    facts = {one.name: _facts(home.ground, one, plan, as_of) for one in accounts}
    if not look:
        found = tuple((one, gaps(one, facts[one.name], settings, as_of)) for one in accounts)
        return Checked(as_of=as_of, live=False, accounts=found)
    # Several accounts may have one routine: each page is asked for once.
    page_of = cache(home.page)
    listing = _listing(settings, page_of)
    of_list = live.list_sign(listing, settings)
    named = live.addresses(listing) if listing is not None and live.readable(listing) else None
    told, kept = [], 0
    for one in accounts:
        seen, signs, new = _looked(home, one, facts[one.name], settings, page_of, named)
        told.append((one, (*gaps(one, seen, settings, as_of), *signs)))
        kept += new
    return Checked(as_of=as_of, live=True, accounts=tuple(told), pages=() if of_list is None else (of_list,), kept=kept)


def unmatched(account: Account, plan: Plan | None, as_of: date) -> tuple[str, ...]:
    """Sorts of the account's records that not exactly one row of the plan matches, in Swedish."""
    if plan is None:
        return ("alla handlingar (ingen plan är antagen)",)
    return tuple(word for word, *values in _KINDS if place(plan, _cell(account, *values), as_of, as_of)[0] is None)


def papers_of(books: Books, account: str) -> Mapping[str, Paper]:
    """The documents that stand for the account, by sort."""
    found = ((sort, books.duties.paper(sort, account)) for sort in (START, CLOSE, PEOPLE, ROUTINE))
    return {sort: paper for sort, paper in found if paper is not None}


def _cell(account: Account, kind: str, own: str, media: str) -> Cell:
    # In the order of schemas.plan.model.COLUMNS.
    return Cell(
        columns=(account.authority, account.platform, account.name, kind, own, "seen", media), marks=frozenset()
    )


def _facts(ground: Ground, account: Account, plan: Plan | None, as_of: date) -> AccountFacts:
    closed = account.duties.ended(as_of)
    with ground.state.reading() as books:
        papers = papers_of(books, account.name)
        nights = books.notes.coverage(account.name) if closed else ()
    return AccountFacts(
        papers=frozenset(papers),
        unmatched=() if closed else unmatched(account, plan, as_of),
        harvested=max((date.fromisoformat(one.night) for one in nights if one.returned), default=None),
    )


def _listing(settings: OversightSettings, page_of: Callable[[str], WebPage]) -> WebPage | None:
    return page_of(settings.listed_at) if settings.listed_at else None


def _looked(
    home: Home,
    account: Account,
    facts: AccountFacts,
    settings: OversightSettings,
    page_of: Callable[[str], WebPage],
    named: Collection[str] | None,
) -> tuple[AccountFacts, tuple[Sign, ...], int]:
    """The account's facts with what its pages say, what is wrong with the routine's page, and whether it was kept."""
    on_list = None if named is None else live.stands_on(account, named)
    lacking: tuple[str, ...] | None = None
    signs: tuple[Sign, ...] = ()
    kept = False
    if account.duties.routine and not account.duties.ended(local_day(home.ground.clock.now())):
        page = page_of(account.duties.routine)
        sign = live.routine_sign(page, settings, account)
        signs = () if sign is None else (sign,)
        if live.readable(page):
            lacking = live.lacks(account, page, settings)
            kept = keep_routine(home.ground, account, page)
    now = AccountFacts(
        papers=facts.papers,
        unmatched=facts.unmatched,
        harvested=facts.harvested,
        list_address=settings.listed_at,
        on_list=on_list,
        lacks=lacking,
    )
    return now, signs, int(kept)


def keep_routine(ground: Ground, account: Account, page: WebPage) -> bool:
    """Keep a routine as it was seen when its wording is another than the one that is kept; whether it was."""
    said = page.main or page.text
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    with ground.state.reading() as books:
        before = books.duties.paper(ROUTINE, account.name)
    if before is not None and before.digest == digest:
        return False
    at = ground.clock.now()

    def also(books: Books, item: ItemId) -> None:
        paper = Paper(sort=ROUTINE, subject=account.name, period="", item=item, digest=digest, at=at)
        put_paper(books, paper, before)
        books.ledger.append(
            Receipt(
                act="account.routine",
                at=at,
                actor="bevara",
                subjects=(account.name, item),
                evidence={"sha256": digest, "first": before is None},
            )
        )

    write_own(
        ground,
        kind="page_rules",
        authority=account.authority,
        text=said,
        payload={"account": account.name, "address": page.address, "landed": page.landed, "title": page.title},
        at=at,
        act="account.record",
        files=(OwnFile(name="rutin.html", media_type="text/html", data=page.data),) if page.data else (),
        also=also,
    )
    return True
