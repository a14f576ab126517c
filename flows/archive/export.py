"""Export the archive so that it can be read and proven without us: ``LAS-MIG.txt`` says how.

Nothing in the store is changed and nothing is registered as a copy: the folder lies outside, and what is culled later
stays in it. The receipt ``archive.exported`` tells of which accounts and how many records, so that a later culling can
be told there. It is written when everything lies in the folder and before the folder gets its name: a whole export is
never without its receipt. A culling during the export refuses it (G-CULLED): no export holds what was gone when it was
done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.archive.export_choose import Choice, Wish, choose
from flows.archive.export_contents import Contents, Step
from flows.archive.export_folder import Building, built
from flows.archive.export_words import NAME as README
from flows.archive.export_words import Told, read_me
from flows.keep.links import links_of
from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.receipt import Link, Receipt
from schemas.refusal import GuardError
from schemas.segments import gaps, segment

ACT: Final = "archive.exported"
"""Act of the receipt."""
LEASE: Final = "archive-export"
"""Lease of an export: one runs at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What lies in the folder.

    Attributes:
        items, rows, documents, attachments, threads: how many. missing: attachments that are not there.
        left_out: records that the choice leaves out. files, size: of the folder, without ``SHA256SUMS``.
        head: number and hash of the last link in it. sums: SHA-256 of ``SHA256SUMS``.
    """

    items: int
    rows: int
    documents: int
    attachments: int
    threads: int
    missing: int
    left_out: int
    files: int
    size: int
    head: tuple[int, str]
    sums: str
    findings: tuple[Finding, ...]


def _silent(_name: str, _count: int) -> None:
    """No progress is shown."""


def export_archive(home: Home, wish: Wish, person: str, *, step: Step = _silent) -> Exported:
    """Export the chosen part of the archive, the whole ledger and what is needed to read both.

    A run that was killed leaves no folder of that name; running again clears away what it left beside.

    Raises:
        RefusedError: the folder is taken, an account is unknown, the person is not registered.
        GuardError: no mandate; the ledger's chain is broken (G-CHAIN); something was culled meanwhile (G-CULLED).
        LeaseTakenError: another export is running.
    """
    ground = home.ground
    made = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "package", made)
        culled = books.tombstones.count()
    with ground.state.hold_lease(LEASE) as lease:
        choice = choose(ground, wish)
        with built(wish.folder, apart_from=home.path) as building:
            contents = Contents(home, wish, choice, building, step, made)
            contents.write(ground.chance.fork(f"{lease.name}#{lease.fence}"))
            first, head = _ledger(ground, building)
            told = _told(home, wish, choice, contents, person, made, first, head)
            building.write(README, read_me(told).encode("utf-8"))
            done = _done(contents, choice, building, head, building.sum_up())
            building.durable()
            with ground.state.writing() as books:
                books.revision(lock=True)
                books.leases.check(lease)
                at = ground.clock.now()
                mandated(books, person, "package", at)
                _refuse_culled(books, culled)
                books.ledger.append(_receipt(done, wish, _names(wish, choice), person, at))
    return done


def _refuse_culled(books: Books, before: int) -> None:
    if books.tombstones.count() != before:
        raise GuardError("G-CULLED", "something was culled while the archive was exported", "run again")


def _ledger(ground: Ground, building: Building) -> tuple[Link | None, tuple[int, str]]:
    """Write the whole ledger, its chain checked; returns its first link, and number and hash of its last."""
    with ground.state.reading() as books:
        number, last = books.ledger.head()
    first: Link | None = None
    for span in gaps([], number):
        with ground.state.reading() as books:
            links = links_of(books, span)
        first = first or links[0]
        building.write(f"liggare/{span.first:012d}-{span.last:012d}.jsonl", segment(links))
    return first, (number, last.hex())


def _told(
    home: Home,
    wish: Wish,
    choice: Choice,
    contents: Contents,
    person: str,
    made: datetime,
    first: Link | None,
    head: tuple[int, str],
) -> Told:
    tally = contents.tally
    return Told(
        made=made,
        person=person,
        organisation=home.organisation.name,
        accounts=wish.accounts,
        first=wish.first,
        last=wish.last,
        pdf=wish.pdf,
        scripts=contents.scripts,
        items=tally.items,
        rows=tally.rows,
        documents=tally.documents,
        attachments=tally.attachments,
        left_out=choice.left_out,
        culled=tally.years,
        findings=tally.findings,
        first_link=first,
        head=head,
    )


def _done(contents: Contents, choice: Choice, building: Building, head: tuple[int, str], sums: str) -> Exported:
    tally = contents.tally
    return Exported(
        items=tally.items,
        rows=tally.rows,
        documents=tally.documents,
        attachments=tally.attachments,
        threads=tally.threads,
        missing=tally.missing,
        left_out=choice.left_out,
        files=building.files,
        size=building.size,
        head=head,
        sums=sums,
        findings=tuple(tally.findings),
    )


def _names(wish: Wish, choice: Choice) -> Sequence[str]:
    return sorted({*wish.accounts, *(one for accounts in choice.accounts.values() for one in accounts)})


def _receipt(done: Exported, wish: Wish, accounts: Sequence[str], person: str, at: datetime) -> Receipt:
    """Counts, months and digests. ``SHA256SUMS`` names salted files, so that its digest tells nothing of content."""
    return Receipt(
        act=ACT,
        at=at,
        actor=person,
        subjects=tuple(accounts),
        evidence={
            "items": done.items,
            "rows": done.rows,
            "documents": done.documents,
            "attachments": done.attachments,
            "missing": done.missing,
            "threads": done.threads,
            "left_out": done.left_out,
            "files": done.files,
            "bytes": done.size,
            "first": wish.first,
            "last": wish.last,
            "through": done.head[0],
            "sums_sha256": done.sums,
        },
    )
