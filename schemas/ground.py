"""What every act stands on: store, state, clock and chance, handed over together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from schemas.account import Account
from schemas.books import State
from schemas.delivery import Profile, Receiver
from schemas.deposit import DepositSettings, FeedSettings, ReceiptSettings
from schemas.disclosure import DisclosureSettings
from schemas.neighbours import (
    Adverts,
    Chance,
    Clock,
    FilmsOf,
    Formats,
    Keyring,
    Mailing,
    Masker,
    MediaFacts,
    Moderator,
    OpenedExport,
    PackageFiles,
    Publishing,
    Receipts,
    Receiving,
    Registry,
    Session,
    Store,
    Typesetter,
    WebPage,
)
from schemas.oversight import OversightSettings
from schemas.registration import RegistrySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The four ports that nearly every act needs, and the other places where copies lie.

    Attributes:
        state, store, clock, chance: the ports.
        mirrors: other places that hold the same objects under the same keys (a mirrored bucket, a backup disk). Bevara
            writes nothing there but its mark; what is destroyed in the store is destroyed there too.
        second: the second place: ledger, tombstones and suppression are copied there, so that a restored backup can be
            brought to what has been culled since. None = no restore protection.
    """

    state: State
    store: Store
    clock: Clock
    chance: Chance
    mirrors: tuple[Store, ...] = ()
    second: Store | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rest must know of an account's platform.

    Attributes:
        reconnect: what a person does to give access again, step by step, in Swedish.
        deletion_terms: the platform's terms ask that what is deleted there is deleted by those who hold copies.
        light_hours: hours between light passes unless the account file says otherwise; 0 = none.
        follows: the platform can be listened to.
        moderation_reconnect: what a person does to make the second secret (``moderation_env``), step by step, in
            Swedish; empty where the platform offers no such thing.
    """

    reconnect: tuple[str, ...] = ()
    deletion_terms: bool = False
    light_hours: int = 0
    follows: bool = False
    moderation_reconnect: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The home's ``[cull]`` settings.

    Attributes:
        share: largest share of an account's items that may go in one order (0 to 1).
        approval_days: days within which an approved order must be executed.
        overdue_months: months after its due day from which an item counts as overdue (culling is done once a year).
    """

    share: float = 0.5
    approval_days: int = 30
    overdue_months: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The municipality as its documents name it: the home's ``[organisation]``.

    Attributes:
        name: the municipality's name. code: its organisation number with prefix (``ORG:212000-1892``), or empty.
        authorities: archive creator's slug → its name in documents (``kommunstyrelsen`` → ``Arvika kommunstyrelse``).
        collections: archive creator's slug → diary number of the year's collected matter (*samlingsärende*), by year.
    """

    name: str = ""
    code: str = ""
    authorities: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def authority(self, slug: str) -> str:
        """The archive creator's name in documents; its slug where none is set."""
        return self.authorities.get(slug, slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An opened archive: where it lies, what it stands on, and how it meets its platforms.

    Attributes:
        path: the home folder. name: its name.
        rehearsal: nights may be rehearsed with ``--at``; examples may be adopted; never a real archive.
        ground: store, state, clock and chance.
        native_key: gives the key of the native-id hashes; raises GuardError (G-KEY) when it is missing or another
            one than the home was made with.
        open_session: opens an account's connection; no request is made yet.
        facts: what the rest must know of an account's platform.
        open_export: opens what a platform handed over (zip, tar, folder …) as an export of the account; RefusedError.
        check_account: refuses an account whose platform is not known (RefusedError).
        without_secrets: an address or other text that a person gave, without tokens and signatures in it.
        media_limit: bytes an attachment may have.
        keyring: persons' keys. typesetter: PDF/A from our own documents.
        limits: what a culling may do without being told so by an approval.
        organisation: the municipality as its documents name it.
        formats: identifies files' formats. schemas_dir: folder with the official schemas, or None when there is none.
        profile: reads a delivery profile by name; returns it with the SHA-256 of its text. RefusedError.
        receiver: opens a profile's receiver; nothing is asked of it yet. RefusedError.
        package_files: reads a built package (tar or zip; a seekable stream and its name) as somebody who is handed it.
        registries: the registries that the settings name. registry: opens one of them by name. RefusedError.
        snapshot_days: days (MM-DD) of the year on which every account's look is to be taken at the latest.
        reminder_days: days after which a registration without a diary number is reminded of.
        deposit: how films are deposited with KB. media_facts: says what films are when they are played.
        films_of: by a platform's name, what says which films an item has (``schemas.neighbours.FilmsOf``).
        feed: opens the place of the feed. receipts: opens where KB's receipts are read; nothing is asked yet.
        disclosure: what disclosure goes by; read when it is asked for. RefusedError: a setting or table is not usable.
        masker: makes masked copies of pictures and recordings.
        mailing: opens where answers are sent by e-mail. RefusedError: no such setting.
        oversight: what the municipality's own duties go by; read when it is asked for. RefusedError as ``disclosure``.
        moderator: opens what may take away and hide for an account; None = it has no such secret, or its platform no such
            interface. page: looks at a public web page; never raises for what it meets.
        adverts: opens an account's advertisement reports; None = it has none, or its platform no such interface.
    """

    path: Path
    name: str
    rehearsal: bool
    ground: Ground
    native_key: Callable[[], bytes]
    open_session: Callable[[Account], Session]
    facts: Callable[[Account], Facts]
    open_export: Callable[[Account, Path], AbstractContextManager[OpenedExport]]
    check_account: Callable[[Account], None]
    without_secrets: Callable[[str], str]
    media_limit: int
    keyring: Keyring
    typesetter: Typesetter
    limits: Limits
    organisation: Organisation
    formats: Formats
    schemas_dir: Path | None
    profile: Callable[[str], tuple[Profile, str]]
    receiver: Callable[[Receiver], Receiving]
    package_files: Callable[[BinaryIO, str], AbstractContextManager[PackageFiles]]
    registries: Mapping[str, RegistrySettings]
    registry: Callable[[str], Registry]
    snapshot_days: tuple[str, ...]
    reminder_days: int
    deposit: DepositSettings
    media_facts: MediaFacts
    films_of: Callable[[str], FilmsOf]
    feed: Callable[[FeedSettings], Publishing]
    receipts: Callable[[ReceiptSettings], Receipts]
    disclosure: Callable[[], DisclosureSettings]
    masker: Masker
    mailing: Callable[[], Mailing]
    oversight: Callable[[], OversightSettings]
    moderator: Callable[[Account], Moderator | None]
    page: Callable[[str], WebPage]
    adverts: Callable[[Account], Adverts | None]
