"""Write the record documents that are due. Safe to stop at any line and to repeat; repeating adds nothing.

A partition is worked on under its own lease (``partition:<authority>/<month>``), the one that compaction and culling
hold: what is read cannot be replaced or destroyed before the document made of it is registered.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.archive.decide import (
    KEYS,
    WINDOW_DAYS,
    Document,
    Due,
    Looked,
    document,
    due,
    marks_by_month,
    news,
    ordered,
    row_key,
    setting,
)
from flows.keep.derived import remove_retired, write_derived
from flows.keep.documents import DamagedError, compare
from flows.keep.read import read_files
from schemas.books import Copy, Lease, LeaseLostError, LeaseTakenError, LiveFile
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Ground
from schemas.ids import Month, rfc3339
from schemas.neighbours import Chance, MissingError, Reading
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.shelf import record_document
from schemas.tables import HOLDINGS, to_rows, to_table
from schemas.xml.record import KIND, MAIN, Count, Examined, Header, examine, read_records, write_records

_BATCH = 4096
"""Rows that are held as objects or read from Parquet at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What the plan says of items, as far as archiving asks.

    Attributes:
        columns: columns of ``HOLDINGS`` that ``gallra`` wants to see.
        token: changes whenever the same items with the same marks may be judged otherwise.
        edition: name of the plan's edition, or None.
        gallra: (authority, month, table of a whole partition) → ids of the items that are not to be preserved: their
            one matching rule says gallra, and nothing says that they are preserved all the same. Called only for
            partitions that are due.
    """

    columns: Sequence[str]
    token: str
    edition: str | None
    gallra: Callable[[str, Month, pa.Table], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One document that was written and seen again in the store."""

    key: str
    authority: str
    account: str
    month: Month
    part: str
    count: Count
    size: int
    replaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What was written, how many partitions were looked at, how many retired files were seen gone, and findings."""

    documents: tuple[Written, ...] = ()
    looked: int = 0
    removed: int = 0
    findings: tuple[Finding, ...] = ()


def write_documents(ground: Ground, judge: Judge, *, window_days: int = WINDOW_DAYS) -> ArchiveReport:
    """Write every record document that is due at the ground's time.

    What fails in one account or partition becomes a finding; the others go on, and the next run tries again.

    Args:
        judge: what the plan says.
        window_days: days after a month's end until re-observation is over.
    """
    at = ground.clock.now()
    removed = remove_retired(ground.state, ground.store, at, ground.mirrors).removed
    documents: list[Written] = []
    findings: list[Finding] = []
    tasks = due_partitions(ground, judge, at, window_days)
    for task in tasks:
        name = f"{task.authority}/{task.month}"
        try:
            with ground.state.hold_lease(f"partition:{name}") as lease:
                _Partition(ground, judge, task, lease, at, documents, findings).write()
        except (LeaseTakenError, LeaseLostError):
            findings.append(_finding("A104", "info", name, task.month))
        except (OSError, RefusedError, pa.ArrowException) as error:
            # A file of the holdings is missing or damaged, or the disk is full; the message may name paths.
            findings.append(_finding("A101", "error", name, task.month, type(error).__name__))
        if any(one.replaced for one in documents):
            removed += remove_retired(ground.state, ground.store, at, ground.mirrors).removed
    return ArchiveReport(documents=tuple(documents), looked=len(tasks), removed=removed, findings=tuple(findings))


def due_partitions(ground: Ground, judge: Judge, at: datetime, window_days: int = WINDOW_DAYS) -> list[Due]:
    """The partitions to be looked at, oldest month first. Reads the state database alone."""
    with ground.state.reading() as books:
        files: dict[tuple[str, Month], list[LiveFile]] = {}
        for file in books.manifest.live():
            files.setdefault((file.authority, file.month), []).append(file)
        copies: dict[tuple[str, str], list[Copy]] = {}
        for copy in books.copies.find(kind=KIND):
            copies.setdefault((copy.authority, copy.month), []).append(copy)
        marks = marks_by_month(books.marks.all(), local_day(at))
        found = [
            due(
                authority,
                month,
                files=files.get((authority, month), ()),
                copies=copies.get((authority, month), ()),
                looked=Looked.from_text(books.setting(setting(authority, month))),
                now=at,
                plan=judge.token,
                marks=marks.get(month, ""),
                window_days=window_days,
            )
            for authority, month in sorted({*files, *((one, Month(two)) for one, two in copies)})
        ]
    return sorted((one for one in found if one is not None), key=lambda one: (one.month, one.authority))


class _Partition:
    """The work on one partition under its lease."""

    def __init__(
        self,
        ground: Ground,
        judge: Judge,
        task: Due,
        lease: Lease,
        at: datetime,
        documents: list[Written],
        findings: list[Finding],
    ) -> None:
        self.documents = documents
        self.findings = findings
        self._failed = len(findings)
        self._ground = ground
        self._judge = judge
        self._task = task
        self._lease = lease
        self._at = at
        self._chance: Chance = ground.chance.fork(f"{lease.name}#{lease.fence}")

    def write(self) -> None:
        """Write what is due in every account; note the look when nothing failed."""
        task, state = self._task, self._ground.state
        with state.reading() as books:
            files = books.manifest.live(task.authority, task.month)
            copies = books.copies.find(kind=KIND, authority=task.authority, month=task.month)
            platforms = {one.name: one.platform for one in books.accounts.all()}
        columns = list(dict.fromkeys((*KEYS, "platform", *self._judge.columns)))
        table = read_files(self._ground.store, files, columns)
        if table.num_rows != sum(file.rows for file in files):
            raise RefusedError(
                f"holdings of {task.authority}/{task.month}", table.num_rows, "run verify; rows are missing"
            )
        known = self._known(copies)
        mains = {copy.account for copy in copies if copy.part == MAIN}
        unwanted = (
            self._judge.gallra(task.authority, task.month, table) if table.num_rows else pa.array([], pa.string())
        )
        mask = news(table, unwanted, known, task.before, mains)
        accounts = pc.cast(table["account"], pa.string())
        fresh = set(pc.unique(accounts.filter(mask)).to_pylist())
        for account in sorted(fresh | {copy.account for copy in copies}):
            if account not in known and any(copy.account == account for copy in copies):
                continue  # one of its documents cannot be read; a finding says so
            own = [copy for copy in copies if copy.account == account]
            wanted = document(task, own, news=account in fresh)
            if wanted is None:
                continue
            chosen = pc.and_(mask, pc.equal(accounts, account))
            platform = platforms.get(account) or _platform(table, accounts, account)
            self._account(wanted, account, platform, files, chosen)
        if len(self.findings) == self._failed:
            with state.writing() as books:
                books.leases.check(self._lease)
                books.set_setting(setting(task.authority, task.month), task.looked.to_text())

    def _known(self, copies: Sequence[Copy]) -> dict[str, set[str]]:
        """Keys of the rows in each account's documents; an account with a document that cannot be read is left out."""
        known: dict[str, set[str]] = {}
        broken: set[str] = set()
        for copy in copies:
            there = known.setdefault(copy.account, set())
            try:
                with self._ground.store.open(copy.key) as source:
                    there.update(row_key(row) for row in read_records(source))
            except (RefusedError, MissingError) as error:
                broken.add(copy.account)
                reason = error.value if isinstance(error, RefusedError) else "MISSING"
                self.findings.append(_finding("A103", "error", copy.key, self._task.month, reason))
        return {account: keys for account, keys in known.items() if account not in broken}

    def _account(self, wanted: Document, account: str, platform: str, files: Sequence[LiveFile], chosen: Any) -> None:
        store = self._ground.store
        try:
            tables = [_rows_in(store, copy.key) for copy in wanted.replaces]
            table = ordered(pa.concat_tables([*tables, _chosen(store, files, chosen)]).unify_dictionaries())
            self.documents.append(self._document(wanted, account, platform, table))
        except DamagedError as error:
            self.findings.append(_finding("A102", "error", account, self._task.month, error.code))
        except RefusedError as error:
            # The field names the item and what of it; the value may be content.
            self.findings.append(_finding("A101", "error", account, self._task.month, error.field))

    def _document(self, wanted: Document, account: str, platform: str, table: pa.Table) -> Written:
        task, ground = self._task, self._ground
        header = Header(
            authority=task.authority,
            account=account,
            platform=platform,
            month=task.month,
            part=wanted.part,
            made=self._at,
            edition=self._judge.edition,
            salt=self._chance.bytes(32).hex(),
        )
        with tempfile.TemporaryFile() as buffer:
            file = cast("BinaryIO", buffer)
            count = write_records(file, header, to_rows(table))
            file.seek(0)
            digest = hashlib.file_digest(buffer, "sha256").hexdigest()
            file.seek(0)
            key = record_document(task.authority, account, task.month, digest)
            through: datetime | None = pc.max(table["observed"]).as_py()
            seen: list[Examined] = []

            def observed() -> Receipt:
                with ground.store.open(key) as source:
                    found = examine(source)
                compare(found, count, digest)
                seen.append(found)
                return self._receipt(header, key, found, wanted.replaces, through)

            write_derived(
                ground.state,
                ground.store,
                self._lease,
                Copy(
                    key=key,
                    kind=KIND,
                    authority=task.authority,
                    month=task.month,
                    account=account,
                    part=wanted.part,
                    through=through,
                    made=self._at,
                ),
                file,
                observed,
                also=lambda books: books.copies.retire([copy.key for copy in wanted.replaces]),
            )
        return Written(
            key=key,
            authority=task.authority,
            account=account,
            month=task.month,
            part=wanted.part,
            count=count,
            size=seen[0].size,
            replaced=len(wanted.replaces),
        )

    def _receipt(
        self, header: Header, key: str, found: Examined, replaced: Sequence[Copy], through: datetime | None
    ) -> Receipt:
        return Receipt(
            act="archive.document",
            at=self._at,
            actor="bevara",
            subjects=(key, *(copy.key for copy in replaced)),
            evidence={
                "authority": header.authority,
                "account": header.account,
                "month": header.month,
                "part": header.part,
                "edition": header.edition,
                "items": found.count.items,
                "versions": found.count.versions,
                "sightings": found.count.sightings,
                "observations": found.count.observations,
                "bytes": found.size,
                "valid": not found.problems,
                "replaced": len(replaced),
                "through": None if through is None else rfc3339(through),
            },
        )


def _finding(code: str, severity: Any, subject: str, month: Month, reason: str = "") -> Finding:
    parameters: tuple[tuple[str, str | int], ...] = (("month", month),)
    return Finding(
        code=code,
        severity=severity,
        subject=subject,
        parameters=(*parameters, ("reason", reason)) if reason else parameters,
    )


def _platform(table: pa.Table, accounts: Any, account: str) -> str:
    found = pc.unique(pc.cast(table["platform"], pa.string()).filter(pc.equal(accounts, account))).to_pylist()
    names = sorted(name for name in found if name != "bevara")
    return names[0] if names else "bevara"


def _chosen(store: Reading, files: Sequence[LiveFile], mask: Any) -> pa.Table:
    """The rows that the mask over all files' rows, in the files' order, says; all columns, read batch by batch."""
    batches: list[pa.RecordBatch] = []
    at = 0
    for file in files:
        end = at + file.rows
        if pc.any(mask.slice(at, file.rows)).as_py():
            with store.open(file.key) as source:
                for batch in pq.ParquetFile(source).iter_batches(_BATCH, columns=HOLDINGS.names):
                    some = mask.slice(at, batch.num_rows)
                    at += batch.num_rows
                    if pc.any(some).as_py():
                        plain = some.combine_chunks() if isinstance(some, pa.ChunkedArray) else some
                        batches.append(batch.select(HOLDINGS.names).filter(plain).cast(HOLDINGS))
        at = end
    return pa.Table.from_batches(batches, schema=HOLDINGS)


def _rows_in(store: Reading, key: str) -> pa.Table:
    """A document's rows as a table."""
    with store.open(key) as source:
        return pa.concat_tables([to_table(some) for some in _some(read_records(source))] or [HOLDINGS.empty_table()])


def _some(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, _BATCH)):
        yield some
