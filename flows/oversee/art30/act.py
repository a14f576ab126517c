"""Writing the entries: each that says something new becomes an item of ours, with what is changed since the one before.

The item is of kind ``account_list``: the entry is part of the municipality's list of its accounts and what is done there, and
is to be kept as that list is. ``statistics`` (figures, culled) and ``page_rules`` (what visitors are told) are other records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flows.keep.accounts import accounts_named
from flows.keep.judged import standing
from flows.keep.mandates import mandated
from flows.keep.own import read_own, write_own
from flows.oversee.art30.entry import Change, Entry, changes, findings, make_entry
from flows.oversee.art30.periods import plan_periods
from flows.oversee.costs.papers import put_paper
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.payload import read
from schemas.plan.model import Plan
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError
from schemas.removal import Paper

SORT: Final = "art30"
"""Sort of paper: the entry that stands for an account (subject)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as it stands.

    Attributes:
        entry, findings: see there. item: of ours. new: it was written now. changed: local day on which it last changed.
        previous: the item before it, or None. changes: since that one.
    """

    entry: Entry
    item: ItemId
    new: bool
    changed: date
    previous: ItemId | None
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON values of the documented file ``art30.json``, without its findings."""
        return {
            **self.entry.as_json(),
            "item": self.item,
            "changed": self.changed.isoformat(),
            "previous": self.previous,
            "changes": [one.as_json() for one in self.changes],
        }


def plan_today(home: Home, now: datetime) -> Plan | None:
    """The edition of the plan that counts today, or None when none is adopted."""
    return standing(home.ground, local_day(now), holds=False).plan


def entry_of(home: Home, account: Account, plan: Plan | None, now: datetime, office: Sequence[str]) -> Entry:
    """The account's entry as register, settings and plan say today. Writes nothing."""
    today = local_day(now)
    periods = plan_periods(plan, account, today)
    return make_entry(account, home.oversight(), home.organisation, office, periods, today)


def outdated(home: Home) -> list[Account]:
    """Accounts whose entry that was written last says something else than register, settings and plan say today."""
    now = home.ground.clock.now()
    with home.ground.state.reading() as books:
        papers = [(one, books.duties.paper(SORT, one.name)) for one in books.accounts.all()]
    written = [(account, paper.digest) for account, paper in papers if paper is not None]
    if not written:
        return []
    office, plan = home.disclosure().office, plan_today(home, now)
    return [one for one, mark in written if entry_of(home, one, plan, now, office).mark() != mark]


def write_entries(home: Home, names: Sequence[str], person: str) -> list[Told]:
    """The accounts' entries; each that says something else than the one that stands is written.

    Raises:
        RefusedError: no such account or person. GuardError: no mandate (G-MANDATE); the entry before cannot be read (G-ART30).
    """
    now = home.ground.clock.now()
    with home.ground.state.reading() as books:
        mandated(books, person, "account", now)
    office, plan = home.disclosure().office, plan_today(home, now)
    entries = [(one, entry_of(home, one, plan, now, office)) for one in accounts_named(home.ground.state, names)]
    return [_told(home, account, entry, person, now) for account, entry in entries]


def _told(home: Home, account: Account, entry: Entry, person: str, now: datetime) -> Told:
    says = entry.as_json()
    mark = entry.mark()
    with home.ground.state.reading() as books:
        before = books.duties.paper(SORT, account.name)
    # An entry that was culled since is nothing to compare with.
    told = None if before is None else _payload(home, before)
    if before is not None and told is not None and before.digest == mark:
        made = tuple(Change(**one) for one in told["changes"])
        return _as_told(account, entry, before.item, told["previous"], made, local_day(before.at), new=False)
    made = () if before is None or told is None else _changes(before, told, entry)

    def also(books: Books, item: ItemId) -> None:
        put_paper(books, Paper(sort=SORT, subject=account.name, period="", item=item, digest=mark, at=now), before)
        lacks = sum(one.lacking for one in entry.fields)
        evidence: dict[str, Scalar] = {"lacks": lacks, "rows": len(entry.periods.rows), "changes": len(made)}
        if before is not None:
            evidence["replaces"] = before.item
        subjects = (account.name, item)
        books.ledger.append(Receipt(act="art30.entry", at=now, actor=person, subjects=subjects, evidence=evidence))

    previous = None if before is None or told is None else before.item
    item = write_own(
        home.ground,
        kind="account_list",
        authority=account.authority,
        text=f"Registerpost enligt dataskyddsförordningen artikel 30 för kontot {account.name}.",
        payload={"art30": {"entry": says, "previous": previous, "changes": [one.as_json() for one in made]}},
        at=now,
        act="art30.written",
        actor=person,
        evidence={"changes": len(made)},
        also=also,
    )
    return _as_told(account, entry, item, previous, made, local_day(now), new=True)


def _as_told(
    account: Account,
    entry: Entry,
    item: ItemId,
    previous: ItemId | None,
    made: tuple[Change, ...],
    changed: date,
    *,
    new: bool,
) -> Told:
    return Told(
        entry=entry,
        item=item,
        new=new,
        changed=changed,
        previous=previous,
        changes=made,
        findings=findings(entry, account.duties.processing.updated, changed),
    )


def _payload(home: Home, paper: Paper) -> Mapping[str, Any] | None:
    """What the entry's item says; None when it is there no longer."""
    row = read_own(home.ground, paper.item)
    if row is None:
        return None
    try:
        told: Mapping[str, Any] = read((row.payload or "").encode("utf-8", "surrogatepass"))["art30"]
    except (KeyError, TypeError, ValueError):
        raise _unreadable(paper) from None
    return told


def _changes(before: Paper, told: Mapping[str, Any], entry: Entry) -> tuple[Change, ...]:
    try:
        return changes(told["entry"], entry)
    except (KeyError, TypeError, ValueError):
        raise _unreadable(before) from None


def _unreadable(paper: Paper) -> GuardError:
    return GuardError("G-ART30", f"the entry {paper.item} cannot be read", "run 'bevara verify' and mend the archive")
