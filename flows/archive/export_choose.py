"""What of the archive is exported: which accounts in which months, and how many records the choice leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.own import ACCOUNT
from flows.keep.read import read_live
from schemas.finding import Finding
from schemas.ground import Ground
from schemas.ids import Month
from schemas.refusal import RefusedError

Place = tuple[str, Month]
"""A partition: authority and month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants exported.

    Attributes:
        folder: a new or empty folder.
        accounts: empty = all. What Bevara itself made for their authorities goes along.
        first, last: months of publication, both included; None = from the beginning, to the end.
        pdf: a PDF/A of every thread too.
    """

    folder: Path
    accounts: tuple[str, ...] = ()
    first: Month | None = None
    last: Month | None = None
    pdf: bool = False

    def covers(self, month: Month) -> bool:
        """Whether the month is wanted."""
        return (self.first is None or self.first <= month) and (self.last is None or month <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is exported: partition → its accounts, in order; how many records stay behind; what cannot be read."""

    accounts: Mapping[Place, tuple[str, ...]]
    left_out: int
    findings: tuple[Finding, ...]


def choose(ground: Ground, wish: Wish) -> Choice:
    """Look which accounts have records in which months. Reads ids and accounts alone.

    Raises:
        RefusedError: an account that is neither registered nor in the archive, or months the wrong way round.
    """
    if wish.first is not None and wish.last is not None and wish.first > wish.last:
        raise RefusedError("--to", wish.last, "the last month is not before the first")
    with ground.state.reading() as books:
        places = [(authority, month) for authority, month, _ in books.manifest.partitions()]
        registered = {one.name: one.authority for one in books.accounts.all()}
    found: dict[Place, dict[str, int]] = {}
    findings: list[Finding] = []
    for place in places:
        try:
            found[place] = _counts(read_live(ground.state, ground.store, *place, ("item", "account")))
        except (OSError, pa.ArrowException) as error:
            # Without its rows nobody knows whose they are; a month that is not wanted is not missed.
            if wish.covers(place[1]):
                findings.append(unreadable(place, error))
    return _chosen(wish, found, registered, findings)


def _counts(table: pa.Table) -> dict[str, int]:
    plain = pa.table({"item": table["item"], "account": pc.cast(table["account"], pa.string())})
    grouped = plain.group_by("account").aggregate([("item", "count_distinct")])
    return {row["account"]: row["item_count_distinct"] for row in grouped.to_pylist()}


def _chosen(
    wish: Wish, found: Mapping[Place, Mapping[str, int]], registered: Mapping[str, str], findings: Sequence[Finding]
) -> Choice:
    """Pure: from what is there to what is exported."""
    known = {ACCOUNT, *registered, *(account for counts in found.values() for account in counts)}
    for name in wish.accounts:
        if name not in known:
            raise RefusedError("--account", name, "name accounts that 'bevara account list' shows")
    wanted = frozenset(wish.accounts)
    owners = {registered[one] for one in wanted if one in registered}
    owners |= {place[0] for place, counts in found.items() if not wanted.isdisjoint(set(counts) - {ACCOUNT})}

    def has(place: Place, account: str) -> bool:
        named = not wanted or account in wanted or (account == ACCOUNT and place[0] in owners)
        return named and wish.covers(place[1])

    chosen = {place: tuple(sorted(one for one in counts if has(place, one))) for place, counts in found.items()}
    left = sum(count for place, counts in found.items() for account, count in counts.items() if not has(place, account))
    accounts = {place: some for place, some in chosen.items() if some}
    return Choice(accounts=accounts, left_out=left, findings=tuple(findings))


def unreadable(place: Place, error: Exception) -> Finding:
    """Finding that a partition's rows cannot be read."""
    return Finding(
        code="A344",
        severity="error",
        subject="/".join(place),
        parameters=(("month", place[1]), ("reason", type(error).__name__)),
    )
