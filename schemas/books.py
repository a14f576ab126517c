"""The port to the state database: everything that is not content, one small book per subject.

``State.writing()`` opens one transaction that commits when the block ends without exception; ``State.reading()``
opens one that changes nothing. A transaction hands out ``Books``. Times are UTC. Nothing here may hold item
content, native ids or free text (design, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.account import Account
from schemas.delivery import Intent as PackageIntent
from schemas.delivery import StoredPackage
from schemas.deposit import DeliveryIntent, Film, FilmStanding, Member, StoredDelivery
from schemas.finding import Finding
from schemas.hold import Hold, HoldScope, Mark, MarkKind
from schemas.ids import ItemId, Month
from schemas.order import Errand, Operation, Order, Signature, Standing, Tombstone
from schemas.person import Person, PersonKey
from schemas.receipt import Link, Receipt
from schemas.registration import Registration, RegistrationStanding
from schemas.removal import Block, Paper, Removal, RemovalStanding
from schemas.request import Assessment, Request, RequestStanding, Verdict
from schemas.watch import Notice, NoticeStanding


class LeaseTakenError(RuntimeError):
    """Somebody alive holds the lease."""


class LeaseLostError(RuntimeError):
    """The lease's fencing number is no longer the current one; nothing of this transaction may be committed."""


class RevisionChangedError(RuntimeError):
    """A hold, mark or plan changed since the rows were judged; judge again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease that is held: its name (``account:<name>``, ``partition:<authority>/<month>`` ...) and its number."""

    name: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFile:
    """One live Parquet file of one partition."""

    key: str
    authority: str
    month: Month
    rows: int
    size: int
    batch: str
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An object that somebody is about to write, and the lease under which."""

    key: str
    lease: str
    fence: int
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A derived file: where it lies and what it was made from.

    Attributes:
        key: object key. kind: ``record-xml``, ``ledger``, ``proposal``, ``decisions`` ...
        authority, month, account: the partition (and account) it covers, or empty.
        part: ``main``, ``supplement-YYYY-MM`` or empty.
        items: opaque ids it names when it is not made from a whole partition.
        through: rows observed up to and including this instant are in it, or None.
        made: when.
    """

    key: str
    kind: str
    authority: str = ""
    month: str = ""
    account: str = ""
    part: str = ""
    items: tuple[ItemId, ...] = ()
    through: datetime | None = None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An entry of ``native`` whose item was destroyed: keyed hash, the order it went under, when."""

    hash: bytes
    order: str
    culled: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureNote:
    """What is kept of one request: never the answer. ``subject`` is an account's name or an opaque id."""

    run: str
    account: str
    endpoint: str
    subject: str
    parameters: Mapping[str, str | int]
    status: int
    at: datetime
    returned: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one run asked of one account and what came back. ``night`` is the local civil date, YYYY-MM-DD."""

    run: str
    account: str
    night: str
    horizon: str
    started: datetime
    ended: datetime
    asked: int
    returned: int
    new: int
    edited: int
    hidden: int
    gone: int
    failed: int
    complete: bool
    findings: tuple[Finding, ...]

    @property
    def nightly(self) -> bool:
        """The run counts as the night's: hourly passes, followers and imports do not."""
        return self.horizon in NIGHTLY


NIGHTLY = ("daily", "weekly", "monthly", "full")
"""Horizons of runs that count as the night's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPlan:
    """A plan edition as adopted: the file's text, its digest, who adopted it and when."""

    edition: str
    text: str
    digest: str
    person: str
    adopted: datetime


class AccountBook(Protocol):
    """The account register and what is remembered between nights."""

    def put(self, account: Account) -> None:
        """Add or replace an account."""
        ...

    def get(self, name: str) -> Account | None:
        """One account."""
        ...

    def all(self) -> Sequence[Account]:
        """All accounts by name."""
        ...

    def memory(self, name: str) -> Mapping[str, str]:
        """What harvest remembers of an account: small strings (own native id, last passes)."""
        ...

    def remember(self, name: str, values: Mapping[str, str]) -> None:
        """Set some of it; the rest stays."""
        ...


class PersonBook(Protocol):
    """Registered persons."""

    def add(self, person: Person) -> None:
        """Register a person. Raises RefusedError when the name is taken."""
        ...

    def get(self, name: str) -> Person | None:
        """One person."""
        ...

    def all(self) -> Sequence[Person]:
        """All persons by name."""
        ...

    def change(self, person: Person) -> None:
        """Change role, validity or delegation of a registered person. Raises RefusedError when there is none."""
        ...

    def add_key(self, key: PersonKey) -> None:
        """Give a person a key; the one before it ends. Raises RefusedError when somebody has that key already."""
        ...

    def keys(self, person: str | None = None) -> Sequence[PersonKey]:
        """Keys of one person or of all, oldest first; those that have ended too."""
        ...


class IntentBook(Protocol):
    """Objects about to be written."""

    def open(self, key: str, lease: Lease, at: datetime) -> None:
        """Write an intent down (before the object). Repeating it is harmless."""
        ...

    def close(self, keys: Iterable[str]) -> None:
        """Forget intents (in the transaction that registers the objects)."""
        ...

    def dead(self) -> Sequence[Intent]:
        """Intents whose lease is no longer held under that number."""
        ...

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that somebody, alive or dead, has said will be written."""
        ...


class ManifestBook(Protocol):
    """Which Parquet files are live."""

    def add(self, file: LiveFile) -> None:
        """A file becomes live."""
        ...

    def live(self, authority: str | None = None, month: Month | None = None) -> Sequence[LiveFile]:
        """Live files, ordered by authority, month, made, key."""
        ...

    def partitions(self) -> Sequence[tuple[str, Month, int]]:
        """Every (authority, month) with its number of live files, in order."""
        ...

    def retire(self, keys: Iterable[str]) -> None:
        """Files are live no longer and wait to be removed from the store."""
        ...

    def retired(self) -> Sequence[str]:
        """Keys that wait to be removed from the store."""
        ...

    def forget(self, keys: Iterable[str]) -> None:
        """Retired files that were observed to be absent."""
        ...

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that are live or retired."""
        ...


class NativeBook(Protocol):
    """The table ``native``: keyed hash of a platform's id → item id, or None once it was destroyed."""

    def find(self, hashes: Sequence[bytes]) -> dict[bytes, ItemId | None]:
        """Entries for those of the hashes that are known; None = suppressed."""
        ...

    def add(self, entries: Sequence[tuple[bytes, ItemId]]) -> None:
        """Enter new ones. A hash that is there already is an error (the transaction fails)."""
        ...

    def suppress(self, items: Sequence[ItemId], order: str, at: datetime) -> int:
        """Clear the item ids (in the swap transaction), note the order; returns how many entries were cleared."""
        ...

    def named(self, items: Sequence[ItemId]) -> frozenset[ItemId]:
        """Those of the items that an entry still names."""
        ...

    def suppressed(self, order: str | None = None) -> Iterator[Suppressed]:
        """Entries of what was destroyed, by hash; of one order or of all."""
        ...

    def enter_suppressed(self, entries: Sequence[Suppressed]) -> int:
        """Suppress these hashes whatever they stood for (after a restore); returns how many were not before."""
        ...

    def forget_suppressed(self, before: datetime) -> int:
        """Remove entries of what was destroyed before that instant (their own retention has run out)."""
        ...

    def count(self) -> int:
        """Number of entries."""
        ...


class MediaBook(Protocol):
    """Media objects and who refers to them."""

    def lock(self, digests: Sequence[str]) -> frozenset[str]:
        """Take the rows' locks (making rows where there are none); returns those that were there before."""
        ...

    def refer(self, references: Sequence[tuple[ItemId, str]], sizes: Mapping[str, int]) -> None:
        """Enter (item, digest) references; repeats are harmless. ``sizes``: bytes per digest."""
        ...

    def unrefer(self, items: Sequence[ItemId]) -> tuple[str, ...]:
        """Remove all references of the items; returns digests that nothing refers to any longer."""
        ...

    def free(self, limit: int = 500) -> Sequence[str]:
        """Digests that nothing refers to: their objects wait to be removed."""
        ...

    def referred(self, digests: Sequence[str]) -> frozenset[str]:
        """Those of the digests that at least one item refers to."""
        ...

    def forget(self, digests: Iterable[str]) -> None:
        """Objects that were observed to be absent and that nothing refers to; referred ones stay."""
        ...

    def referring(self, digests: Sequence[str]) -> Sequence[ItemId]:
        """Items that refer to any of the digests, in order."""
        ...

    def of(self, items: Sequence[ItemId]) -> Sequence[tuple[ItemId, str]]:
        """(item, digest) references of these items."""
        ...

    def size(self, digest: str) -> int | None:
        """Bytes of a stored object, or None when not known."""
        ...

    def all(self) -> Iterator[tuple[str, int]]:
        """Digests that at least one item refers to, with their bytes, in the digests' code-point order."""
        ...

    def missing(self, account: str) -> Sequence[ItemId]:
        """Items of the account with an attachment that could not be fetched yet."""
        ...

    def want(self, account: str, items: Sequence[ItemId]) -> None:
        """Note items with an attachment still to be fetched; repeats are harmless."""
        ...

    def have(self, items: Sequence[ItemId]) -> None:
        """Their attachments are complete, or never will be."""
        ...


class CopyBook(Protocol):
    """The register through which every derived file is written."""

    def add(self, copy: Copy) -> None:
        """Register a derived file."""
        ...

    def find(
        self,
        *,
        kind: str | None = None,
        authority: str | None = None,
        month: str | None = None,
        item: ItemId | None = None,
    ) -> Sequence[Copy]:
        """Derived files by kind, partition or item named, ordered by key."""
        ...

    def naming(self, items: Sequence[ItemId]) -> Sequence[str]:
        """Keys of live derived files that name at least one of the items, in order."""
        ...

    def retire(self, keys: Iterable[str]) -> None:
        """Copies are valid no longer and wait to be removed from the store."""
        ...

    def retired(self) -> Sequence[str]:
        """Keys that wait to be removed."""
        ...

    def forget(self, keys: Iterable[str]) -> None:
        """Retired copies that were observed to be absent."""
        ...

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that are registered, retired ones too."""
        ...


class LedgerBook(Protocol):
    """The hash-chained ledger of receipts."""

    def append(self, receipt: Receipt) -> Link:
        """Add a link (serialised with all other writers)."""
        ...

    def continue_with(self, links: Sequence[Link]) -> None:
        """Add links that this ledger had before it was restored, as they were. Raises GuardError (``G-FORK``)."""
        ...

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the last link; (0, 32 zero bytes) when empty."""
        ...

    def after(self, seq: int, limit: int = 10_000) -> Sequence[Link]:
        """Links with higher numbers, in order."""
        ...

    def about(self, subject: str, limit: int = 1_000) -> Sequence[Link]:
        """Links that name the subject."""
        ...


class NoteBook(Protocol):
    """Capture notes and coverage."""

    def capture(self, notes: Sequence[CaptureNote]) -> None:
        """Keep capture notes."""
        ...

    def cover(self, coverage: Coverage) -> None:
        """Keep one run's coverage of one account."""
        ...

    def coverage(self, account: str | None = None, night: str | None = None) -> Sequence[Coverage]:
        """Coverage rows, oldest first."""
        ...

    def captures(self, account: str | None = None) -> Iterator[CaptureNote]:
        """Capture notes, oldest first."""
        ...


class MarkBook(Protocol):
    """Marks. Every change raises the revision."""

    def add(self, mark: Mark) -> None:
        """Add a mark; the same kind on the same item is replaced."""
        ...

    def remove(self, item: ItemId, kind: MarkKind) -> bool:
        """Take a mark away; False when there was none."""
        ...

    def of(self, items: Sequence[ItemId]) -> Sequence[Mark]:
        """Marks on these items."""
        ...

    def all(self) -> Iterator[Mark]:
        """All marks, by item and kind."""
        ...

    def forget(self, items: Sequence[ItemId]) -> int:
        """Marks of destroyed items go with them (in the swap transaction); the revision stays as it was."""
        ...


class HoldBook(Protocol):
    """Holds. Every change raises the revision."""

    def set(self, scope: HoldScope, subject: str, person: str, at: datetime, *, record: ItemId | None = None) -> Hold:
        """Set a hold."""
        ...

    def lift(self, number: int, person: str, at: datetime) -> Hold:
        """Lift a hold. Raises RefusedError when there is none in force with that number."""
        ...

    def change(self, number: int, record: ItemId | None) -> Hold:
        """Give a hold another record; None = its words are lost, and it binds everything. Raises RefusedError when there is none in force with that number."""
        ...

    def in_force(self) -> Sequence[Hold]:
        """Holds in force, by number."""
        ...

    def all(self) -> Sequence[Hold]:
        """All holds ever set, by number."""
        ...


class PlanBook(Protocol):
    """Adopted plan editions. Adoption raises the revision."""

    def adopt(self, plan: AdoptedPlan) -> None:
        """Enter an edition. Raises RefusedError when the edition's name is taken by another text."""
        ...

    def adopted(self) -> Sequence[AdoptedPlan]:
        """All editions in order of adoption; the last one is the newest."""
        ...


class OrderBook(Protocol):
    """Frozen lists, who signed them, and their execution."""

    def add(self, order: Order) -> bool:
        """Enter an order; False when it is there already (it stays as it was)."""
        ...

    def get(self, digest: str) -> Order | None:
        """One order."""
        ...

    def all(self) -> Sequence[Order]:
        """All orders, oldest first."""
        ...

    def renew(self, order: Order) -> None:
        """The same list was made again: time, revision and guards are the new ones."""
        ...

    def stand(self, digest: str, standing: Standing) -> None:
        """Change where an order stands."""
        ...

    def record(self, digest: str, item: ItemId) -> None:
        """Note the archive item that holds the signed proposal."""
        ...

    def sign(self, signature: Signature) -> None:
        """Enter a signature; an earlier one for the same act is replaced, and a new proposal ends an approval."""
        ...

    def signatures(self, digest: str) -> Sequence[Signature]:
        """The proposal's signature, then the approval's."""
        ...

    def operate(self, operation: Operation) -> None:
        """Enter or change an execution."""
        ...

    def operation(self, digest: str) -> Operation | None:
        """An order's execution."""
        ...

    def note_keys(self, digest: str, keys: Iterable[str]) -> None:
        """Object keys that go with this order; repeats are harmless."""
        ...

    def keys(self, digest: str) -> Sequence[str]:
        """Object keys that go with this order, in order."""
        ...

    def drop_keys(self, digest: str, *, prefix: str = "") -> None:
        """Forget those that begin so: their absence has been observed."""
        ...


class TombstoneBook(Protocol):
    """What remains of culled items."""

    def add(self, tombstones: Sequence[Tombstone]) -> None:
        """Enter tombstones; one that is there already stays as it was."""
        ...

    def of(self, items: Sequence[ItemId]) -> Sequence[Tombstone]:
        """Tombstones of these items, by item."""
        ...

    def known(self, items: Sequence[ItemId]) -> frozenset[ItemId]:
        """Those of the items that were culled."""
        ...

    def below(self, thread: ItemId) -> Sequence[Tombstone]:
        """Tombstones of a thread, by item."""
        ...

    def all(self, order: str | None = None) -> Iterator[Tombstone]:
        """Tombstones by item; of one order or of all."""
        ...

    def items(self, order: str) -> Sequence[ItemId]:
        """Ids of an order's culled items, in order."""
        ...

    def salts(self, order: str) -> Sequence[tuple[ItemId, bytes]]:
        """Ids of an order's culled items with their salts, in order."""
        ...

    def count(self, order: str | None = None) -> int:
        """How many."""
        ...

    def orders(self) -> Mapping[str, int]:
        """Orders that tombstones name, with how many, by order."""
        ...


class OutboxBook(Protocol):
    """What waits to be sent or registered."""

    def put(self, kind: str, subject: str, at: datetime) -> Errand:
        """Enter an errand; one of that kind about that subject which still waits is returned instead."""
        ...

    def waiting(self, kind: str | None = None) -> Sequence[Errand]:
        """Errands that wait, oldest first."""
        ...

    def close(self, number: int, at: datetime) -> None:
        """An errand is done."""
        ...


class PackageBook(Protocol):
    """Packages for an e-archive, and which items are in them. Every change but ``plan`` raises the revision."""

    def number(self) -> int:
        """The running number that the next package gets."""
        ...

    def plan(self, intent: PackageIntent) -> StoredPackage:
        """Store an intent; the package stands as ``planned``. Raises RefusedError when its id or number is taken."""
        ...

    def get(self, package: str) -> StoredPackage | None:
        """One package by its id."""
        ...

    def all(self) -> Sequence[StoredPackage]:
        """All packages by number."""
        ...

    def change(self, package: StoredPackage) -> None:
        """Replace what is said of a package; its intent stays as it was stored. Raises RefusedError: no such one."""
        ...

    def hold(self, package: str, items: Iterable[ItemId]) -> None:
        """Enter which items a package holds; repeats are harmless."""
        ...

    def items(self, package: str) -> Sequence[ItemId]:
        """The items of a package, in order."""
        ...

    def waiting(self) -> frozenset[ItemId]:
        """Items of packages that wait for a receipt (``schemas.delivery.OPEN``)."""
        ...

    def holding(self, item: ItemId) -> Sequence[StoredPackage]:
        """Packages that hold the item, by number."""
        ...


class RegistrationBook(Protocol):
    """Items on their way into the register (*diariet*). Every change raises the revision."""

    def put(self, registration: Registration) -> None:
        """Enter or replace an item's registration."""
        ...

    def get(self, item: ItemId) -> Registration | None:
        """One item's registration."""
        ...

    def named(self, message: str) -> Registration | None:
        """The registration whose parcel has that name."""
        ...

    def all(self, standing: RegistrationStanding | None = None) -> Sequence[Registration]:
        """Registrations, oldest decision first; of one standing or of all."""
        ...

    def waiting(self) -> frozenset[ItemId]:
        """Items that wait for their diary number (``schemas.registration.WAITING``)."""
        ...


class FilmBook(Protocol):
    """Films with their members (legal deposit). Every change raises the revision: an open film keeps its items."""

    def number(self) -> int:
        """The running number that the next film gets; none is given twice."""
        ...

    def put(self, film: Film) -> None:
        """Enter or replace a film. Raises RefusedError when its number is another film's."""
        ...

    def get(self, film: str) -> Film | None:
        """One film by its id."""
        ...

    def numbered(self, number: int) -> Film | None:
        """One film by its number."""
        ...

    def all(self, standing: FilmStanding | None = None) -> Sequence[Film]:
        """Films by number; of one standing or of all."""
        ...

    def forget(self, film: str) -> None:
        """Take away a film that has no members left (joined to another). Raises RefusedError: it has some."""
        ...

    def enter(self, members: Iterable[Member]) -> None:
        """Enter or replace members; their films are there already."""
        ...

    def members(self, film: str | None = None) -> Sequence[Member]:
        """Members by availability and id; of one film or of all."""
        ...

    def known(self, members: Sequence[str]) -> Mapping[str, Member]:
        """Those of the member ids that are entered."""
        ...

    def of_items(self, items: Sequence[ItemId]) -> Sequence[Member]:
        """Members at these items, by item and id."""
        ...

    def waiting(self) -> frozenset[ItemId]:
        """Items of films that are not closed (``schemas.deposit.CLOSED``)."""
        ...


class DeliveryBook(Protocol):
    """Deliveries to KB. Every change but ``plan`` raises the revision."""

    def number(self) -> int:
        """The running number that the next delivery gets."""
        ...

    def plan(self, intent: DeliveryIntent) -> StoredDelivery:
        """Store an intent; the delivery stands as ``planned``. Raises RefusedError when its id or number is taken."""
        ...

    def get(self, delivery: str) -> StoredDelivery | None:
        """One delivery by its id."""
        ...

    def all(self) -> Sequence[StoredDelivery]:
        """All deliveries by number."""
        ...

    def change(self, delivery: StoredDelivery) -> None:
        """Replace what is said of a delivery; its intent stays as it was. Raises RefusedError: no such one."""
        ...


class RequestBook(Protocol):
    """Requests and what was decided of each record. What they keep from being culled is said by their holds."""

    def number(self) -> int:
        """The running number that the next request gets."""
        ...

    def put(self, request: Request) -> None:
        """Enter or replace a request."""
        ...

    def get(self, number: int) -> Request | None:
        """One request."""
        ...

    def all(self, standing: RequestStanding | None = None) -> Sequence[Request]:
        """Requests by number; of one standing or of all."""
        ...

    def assess(self, assessments: Iterable[Assessment]) -> None:
        """Enter or replace assessments, by request, item and version."""
        ...

    def assessed(self, request: int, items: Sequence[ItemId] | None = None) -> Iterator[Assessment]:
        """Assessments of a request by item and version; of these items or of all."""
        ...

    def counts(self, request: int) -> Mapping[Verdict, int]:
        """How many of each verdict; those that there are none of are left out."""
        ...

    def forget(self, request: int, pairs: Iterable[tuple[ItemId, int]]) -> None:
        """Take assessments of these (item, version) pairs away; repeats are harmless."""
        ...


class DutyBook(Protocol):
    """What the municipality's own duties leave: signs, removals, blocks, and which document stands for what."""

    def note(self, notices: Iterable[Notice]) -> None:
        """Enter or replace notices, by subject and code."""
        ...

    def notices(self, standing: NoticeStanding | None = None, account: str | None = None) -> Iterator[Notice]:
        """Notices by subject and code; of one standing, of one account, or all."""
        ...

    def notice(self, subject: str, code: str) -> Notice | None:
        """One notice."""
        ...

    def forget(self, subjects: Iterable[str]) -> None:
        """Take away notices about these subjects (items that were culled); repeats are harmless."""
        ...

    def removal_number(self) -> int:
        """The running number that the next removal gets."""
        ...

    def put_removal(self, removal: Removal) -> None:
        """Enter or replace a removal. Raises the revision."""
        ...

    def removal(self, number: int) -> Removal | None:
        """One removal."""
        ...

    def removals(self, item: ItemId | None = None, standing: RemovalStanding | None = None) -> Sequence[Removal]:
        """Removals by number; of one item, of one standing, or all."""
        ...

    def waiting(self) -> frozenset[ItemId]:
        """Items whose removal is not over, or waits for a decision (``schemas.removal.UNFINISHED``)."""
        ...

    def locked(self) -> tuple[ItemId, ...]:
        """Items that a removal has locked, and records with screenshots or masked copies of them, in order."""
        ...

    def put_block(self, block: Block) -> None:
        """Enter or replace a block, by its decision."""
        ...

    def blocks(self) -> Sequence[Block]:
        """Blocks by review day and decision."""
        ...

    def put_paper(self, paper: Paper) -> None:
        """Enter or replace which document stands for (sort, subject, period)."""
        ...

    def paper(self, sort: str, subject: str = "", period: str = "") -> Paper | None:
        """The document that stands for it."""
        ...

    def papers(self, sort: str) -> Sequence[Paper]:
        """All of a sort, by subject and period."""
        ...


class LeaseBook(Protocol):
    """Leases with fencing numbers, in real time. Used through ``State``, not inside a longer transaction."""

    def check(self, lease: Lease) -> None:
        """Raise LeaseLostError unless the lease is still held under this number (locks the row until commit)."""
        ...


class Books(Protocol):
    """All books of one transaction."""

    accounts: AccountBook
    persons: PersonBook
    intents: IntentBook
    leases: LeaseBook
    manifest: ManifestBook
    natives: NativeBook
    media: MediaBook
    copies: CopyBook
    ledger: LedgerBook
    notes: NoteBook
    marks: MarkBook
    holds: HoldBook
    plans: PlanBook
    orders: OrderBook
    tombstones: TombstoneBook
    outbox: OutboxBook
    packages: PackageBook
    registrations: RegistrationBook
    films: FilmBook
    deliveries: DeliveryBook
    requests: RequestBook
    duties: DutyBook

    def revision(self, *, lock: bool = False) -> int:
        """Number raised by every hold, mark and plan change; ``lock`` keeps it from changing until commit."""
        ...

    def setting(self, name: str) -> str | None:
        """A small fact about the home (key check value, when made)."""
        ...

    def set_setting(self, name: str, value: str) -> None:
        """Set such a fact."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What was observed of the database's own files after scrubbing.

    Attributes:
        place: name of the place for the certificate, without secrets (``sqlite``, ``postgresql``).
        emptied: the write-ahead log was seen empty (SQLite), or the tables rewritten (PostgreSQL).
        remark: what cannot be said from here, as a code of ``schemas.codes.cull``, or empty.
    """

    place: str
    emptied: bool
    remark: str = ""


class State(Protocol):
    """The state database."""

    def writing(self) -> AbstractContextManager[Books]:
        """One transaction; commits when the block ends without exception."""
        ...

    def reading(self) -> AbstractContextManager[Books]:
        """A consistent view; changes nothing."""
        ...

    def hold_lease(self, name: str) -> AbstractContextManager[Lease]:
        """Acquire a lease, renew it in the background, release it at the end. Raises LeaseTakenError."""
        ...

    def scrub(self) -> Scrubbed:
        """Remove what destroyed rows leave in the database's own files, as far as the engine lets us."""
        ...

    def close(self) -> None:
        """Give back connections; SQLite: checkpoint and truncate the write-ahead log."""
        ...
