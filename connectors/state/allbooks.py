"""All books of one transaction."""

from __future__ import annotations

from connectors.state.accounts import Accounts, Settings
from connectors.state.copies import Copies
from connectors.state.duties import DutyRows
from connectors.state.films import Deliveries, Films
from connectors.state.holds import Holds
from connectors.state.intents import Intents
from connectors.state.leases import Leases
from connectors.state.ledger import Ledger
from connectors.state.manifest import Manifest
from connectors.state.marks import Marks
from connectors.state.media import Media
from connectors.state.natives import Natives
from connectors.state.notes import Notes
from connectors.state.orders import Orders
from connectors.state.packages import Packages, Registrations
from connectors.state.persons import Persons
from connectors.state.plans import Plans
from connectors.state.requests import Requests
from connectors.state.revision import current_revision
from connectors.state.tombstones import Outbox, Tombstones
from connectors.state.transaction import Transaction
from schemas.books import (
    AccountBook,
    CopyBook,
    DeliveryBook,
    DutyBook,
    FilmBook,
    HoldBook,
    IntentBook,
    LeaseBook,
    LedgerBook,
    ManifestBook,
    MarkBook,
    MediaBook,
    NativeBook,
    NoteBook,
    OrderBook,
    OutboxBook,
    PackageBook,
    PersonBook,
    PlanBook,
    RegistrationBook,
    RequestBook,
    TombstoneBook,
)


class AllBooks:
    """The books of one open transaction (port ``Books``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._settings = Settings(transaction)
        self.accounts: AccountBook = Accounts(transaction)
        self.persons: PersonBook = Persons(transaction)
        self.intents: IntentBook = Intents(transaction)
        self.leases: LeaseBook = Leases(transaction)
        self.manifest: ManifestBook = Manifest(transaction)
        self.natives: NativeBook = Natives(transaction)
        self.media: MediaBook = Media(transaction)
        self.copies: CopyBook = Copies(transaction)
        self.ledger: LedgerBook = Ledger(transaction)
        self.notes: NoteBook = Notes(transaction)
        self.marks: MarkBook = Marks(transaction)
        self.holds: HoldBook = Holds(transaction)
        self.plans: PlanBook = Plans(transaction)
        self.orders: OrderBook = Orders(transaction)
        self.tombstones: TombstoneBook = Tombstones(transaction)
        self.outbox: OutboxBook = Outbox(transaction)
        self.packages: PackageBook = Packages(transaction)
        self.registrations: RegistrationBook = Registrations(transaction)
        self.films: FilmBook = Films(transaction)
        self.deliveries: DeliveryBook = Deliveries(transaction)
        self.requests: RequestBook = Requests(transaction)
        self.duties: DutyBook = DutyRows(transaction)

    def revision(self, *, lock: bool = False) -> int:
        """Number raised by every hold, mark and plan change; ``lock`` keeps it from changing until commit."""
        return current_revision(self._transaction, lock=lock)

    def setting(self, name: str) -> str | None:
        """A small fact about the home (key check value, when made)."""
        return self._settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        """Set such a fact."""
        self._settings.put(name, value)
