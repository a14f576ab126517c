"""Open a home: the one place that puts the neighbours together."""

from __future__ import annotations

import importlib
import pkgutil
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from connectors import platforms, settings
from connectors.chance import SeededChance, SystemChance
from connectors.clock import FixedClock, SystemClock
from connectors.exports.bundle import Limits
from connectors.exports.opening import open_export
from connectors.meeting import open_places
from connectors.protection import refuse_restored
from connectors.scrubbing import scrub, without_secrets
from connectors.settings import FILE, Settings
from connectors.state import open_database
from connectors.storage.locked import LockedStore
from connectors.storage.readonly import ReadOnlyStore
from schemas.account import Account
from schemas.books import State
from schemas.delivery import Profile, Receiver
from schemas.deposit import FeedSettings, Playing, ReceiptSettings
from schemas.disclosure import DisclosureSettings
from schemas.finding import Finding
from schemas.ground import Facts, Ground, Home
from schemas.ids import key_check, slug
from schemas.neighbours import (
    Chance,
    Clock,
    ConnectionRefusedByPlatformError,
    FilmsOf,
    Formats,
    Keyring,
    Mailing,
    Masker,
    MediaFacts,
    OpenedExport,
    PackageFiles,
    Platform,
    Publishing,
    Receipts,
    Receiving,
    Registry,
    Session,
    Signer,
    WebPage,
)
from schemas.oversight import OversightSettings
from schemas.package import Format
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering, Typeset
from schemas.request import Mask

_KEY_BYTES = 32
Opened = TypeVar("Opened")


def platform_names() -> list[str]:
    """Names of all platform modules."""
    return sorted(one.name for one in pkgutil.iter_modules(platforms.__path__))


def platform(name: str) -> Platform:
    """The platform module of that name. Raises RefusedError with the known names."""
    if name not in platform_names():
        raise RefusedError("platform", name, f"the known platforms are {', '.join(platform_names())}")
    # A module with the port's names is the platform; mypy cannot see that through importlib.
    return cast("Platform", importlib.import_module(f"connectors.platforms.{name}"))


def init_home(path: Path, *, rehearsal: bool, seed: str, key_file: Path | None) -> None:
    """Make a home: folder, settings, key and an empty state database.

    Raises:
        RefusedError: there is a home or another file already, or the name is unusable.
    """
    if (path / FILE).exists():
        raise RefusedError("HOME", str(path), "it is a home already; choose another folder")
    path.mkdir(parents=True, exist_ok=True)
    name = slug(_slugged(path.resolve().name), "HOME")
    key_path = key_file or path.resolve().parent / f"{path.resolve().name}.key"
    if key_path.exists():
        raise RefusedError("--key-file", str(key_path), "the file exists; a key is never written over")
    key = SeededChance(f"key/{seed}").bytes(_KEY_BYTES) if rehearsal and seed else secrets.token_bytes(_KEY_BYTES)
    key_path.parent.mkdir(parents=True, exist_ok=True)
    with key_path.open("x", encoding="ascii") as stream:
        key_path.chmod(0o600)
        stream.write(key.hex() + "\n")
    lines = ["[home]", f'name = "{name}"']
    if rehearsal:
        lines += ["rehearsal = true", f'seed = "{seed or secrets.token_hex(8)}"']
    shown = f"../{key_path.name}" if key_path.parent == path.resolve().parent else str(key_path.resolve())
    lines += [f"key_file = {_toml(shown)}", "", "[state]", 'url = "sqlite:///state/bevara.db"', ""]
    lines += ["[store]", 'kind = "folder"', 'path = "store"', "", "[harvest]", "media_limit_mb = 2048", ""]
    for folder in ("state", "store"):
        (path / folder).mkdir(exist_ok=True)
    (path / FILE).write_text("\n".join(lines), encoding="utf-8")
    found = settings.read_settings(path)
    state = open_database(found.state_url)
    try:
        with state.writing() as books:
            books.set_setting("key_check", key_check(key))
    finally:
        state.close()


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _slugged(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")
    return kept[:63].strip("-") or "hem"


@contextmanager
def open_home(
    path: Path, *, at: datetime | None = None, restore: bool = False, without_second: bool = False
) -> Iterator[Home]:
    """Open a home and close it at the end.

    Args:
        path: the home folder.
        at: the instant to rehearse; refused by a real home.
        restore: it is opened to be restored; nobody else is handed an archive older than its second place.
        without_second: a second place that cannot be reached is passed over.

    Raises:
        RefusedError: no home, bad settings. GuardError: ``at`` in a real home; the restore guard
        (``connectors.protection.refuse_restored``). UnreachableError: the second place cannot be reached.
    """
    found = settings.read_settings(path)
    if at is not None and not found.rehearsal:
        raise GuardError("G-AT", "--at is for rehearsal homes", "make one with 'bevara init HOME --rehearsal'")
    clock: Clock = FixedClock(at) if at is not None else SystemClock()
    chance: Chance = SeededChance(found.seed) if found.rehearsal and found.seed else SystemChance()
    state = open_database(found.state_url)
    try:
        second = None if found.second is None else found.second.open()
        if not restore:
            refuse_restored(state, second, may_be_away=without_second)
        store, mirrors = open_places(state, found.store, found.mirrors)
        yield Home(
            path=path,
            name=found.name,
            rehearsal=found.rehearsal,
            ground=Ground(
                state=state,
                store=LockedStore(store, state),
                clock=clock,
                chance=chance,
                mirrors=mirrors,
                second=second,
            ),
            native_key=_key_reader(found, state),
            open_session=_session_opener(clock),
            facts=_facts,
            open_export=_export_opener(found),
            check_account=_check_account,
            without_secrets=_without_secrets,
            media_limit=found.media_limit,
            keyring=_Keyring(path),
            typesetter=_Typesetter(),
            limits=found.limits,
            organisation=found.organisation,
            formats=_Formats(),
            schemas_dir=found.schemas_dir,
            profile=_profile_reader(found),
            receiver=_receiver_opener(found),
            package_files=_package_files,
            registries=found.registries,
            registry=_registry_opener(found),
            snapshot_days=found.snapshot_days,
            reminder_days=found.reminder_days,
            deposit=found.deposit,
            media_facts=_MediaFacts(),
            films_of=_films_of,
            feed=_feed_opener(found),
            receipts=_receipts_opener,
            disclosure=_disclosure_reader(found),
            masker=_Masker(found),
            mailing=_mailing_opener(found),
            oversight=_oversight_reader(found),
            moderator=_opener(clock, "moderate", lambda account: account.moderation_env),
            page=_page_looker(clock, inside=found.rehearsal),
            adverts=_opener(clock, "adverts", _advertising_secret),
        )
    finally:
        state.close()


def _without_secrets(text: str) -> str:
    return without_secrets(text) if "://" in text else scrub(text)


def read_only(home: Home) -> Home:
    """The same home with places that refuse every write (G-DRY)."""
    ground = home.ground
    return replace(
        home,
        ground=replace(
            ground,
            store=ReadOnlyStore(ground.store),
            mirrors=tuple(ReadOnlyStore(mirror) for mirror in ground.mirrors),
            second=None if ground.second is None else ReadOnlyStore(ground.second),
        ),
    )


class _Typesetter:
    """The typesetter, loaded when the first document is set: ordinary commands need none."""

    def pdf(self, document: bytes) -> bytes:
        """PDF/A of an XML document of ours."""
        from connectors.typesetting import TypstTypesetter  # noqa: PLC0415 - see the class

        return TypstTypesetter().pdf(document)

    def render(self, rendering: Rendering) -> Typeset:
        """PDF/A-3b of a rendering, with what could not be shown as it was."""
        from connectors.typesetting import TypstTypesetter  # noqa: PLC0415 - see the class

        return TypstTypesetter().render(rendering)


class _Formats:
    """The format identifier, loaded when the first file is looked at: ordinary commands need none."""

    @property
    def tool(self) -> str:
        """The tool with its version and its signatures' version."""
        return self._inside().tool

    def identify(self, name: str, source: BinaryIO, size: int) -> Format:
        """The format of a file."""
        return self._inside().identify(name, source, size)

    def _inside(self) -> Formats:
        from connectors.formats import PronomFormats  # noqa: PLC0415 - see the class

        return PronomFormats()


class _MediaFacts:
    """What looks at films, loaded when the first one is looked at: ordinary commands need none."""

    @property
    def tool(self) -> str:
        """The tool with its version."""
        return self._inside().tool

    def look(self, name: str, source: BinaryIO, size: int) -> Playing:
        """What a file is."""
        return self._inside().look(name, source, size)

    def _inside(self) -> MediaFacts:
        from connectors.playing import MediaInfoFacts  # noqa: PLC0415 - see the class

        return MediaInfoFacts()


def _films_of(name: str) -> FilmsOf:
    from connectors.films import films  # noqa: PLC0415 - only who looks for films needs it

    # What Bevara itself makes is no platform's.
    module = platform(name) if name in platform_names() else None
    found: FilmsOf = getattr(module, "films", films)
    return found


def _feed_opener(found: Settings) -> Callable[[FeedSettings], Publishing]:
    def opener(feed: FeedSettings) -> Publishing:
        from connectors.depositories.feed_places import open_feed  # noqa: PLC0415 - only who writes the feed needs it

        return open_feed(feed, found.home, settings.secret)

    return opener


def _receipts_opener(named: ReceiptSettings) -> Receipts:
    from connectors.depositories.receipts import open_receipts  # noqa: PLC0415 - only who reads receipts needs it

    return open_receipts(named, settings.secret)


def _disclosure_reader(found: Settings) -> Callable[[], DisclosureSettings]:
    @cache
    def read() -> DisclosureSettings:
        from connectors.disclosure_settings import read_disclosure  # noqa: PLC0415 - only who discloses needs it

        return read_disclosure(found.disclosure, found.home, FILE)

    return read


def _oversight_reader(found: Settings) -> Callable[[], OversightSettings]:
    @cache
    def read() -> OversightSettings:
        from connectors.oversight_settings import read_oversight  # noqa: PLC0415 - only who oversees needs it

        return read_oversight(found.oversight, found.home, FILE)

    return read


def _page_looker(clock: Clock, *, inside: bool) -> Callable[[str], WebPage]:
    def look(address: str) -> WebPage:
        from connectors.webpage import look_at  # noqa: PLC0415 - only who looks at pages needs it

        return look_at(address, clock, inside=inside)

    return look


def _opener(clock: Clock, kind: str, variable: Callable[[Account], str | None]) -> Callable[[Account], Opened | None]:
    """Opens what a platform's package offers under the name ``kind``; None where it has none or the account no secret.

    Args:
        variable: the environment variable of an account's secret, None for nowhere.
    """

    def opener(account: Account) -> Opened | None:
        opens: Callable[[Account, str, Clock], Opened] | None = getattr(platform(account.platform), kind, None)
        named = variable(account)
        return opens(account, _secret_of(account, named), clock) if opens is not None and named else None

    return opener


def _advertising_secret(account: Account) -> str | None:
    return account.credentials_env if account.duties.advert_account else None


def _secret_of(account: Account, variable: str) -> str:
    """The secret in an environment variable. Raises ConnectionRefusedByPlatformError (H187)."""
    value = settings.secret(variable)
    if value is None:
        raise ConnectionRefusedByPlatformError(
            Finding(code="H187", severity="error", subject=account.name, parameters=(("variable", variable),))
        )
    return value


def _mailing_opener(found: Settings) -> Callable[[], Mailing]:
    disclosure = _disclosure_reader(found)

    def opener() -> Mailing:
        from connectors.mailing import open_mailing  # noqa: PLC0415 - only who sends answers needs it

        mail = disclosure().mail
        if mail is None:
            raise RefusedError(f"{FILE}: disclosure.mail", "", "write [disclosure.mail] with host and sender")
        return open_mailing(mail, settings.secret)

    return opener


class _Masker:
    """What masks pictures and recordings, loaded when the first one is masked: ordinary commands need none."""

    def __init__(self, found: Settings) -> None:
        self._disclosure = _disclosure_reader(found)

    @property
    def tool(self) -> str:
        """The tools with their versions."""
        return self._inside().tool

    def shape(self, data: bytes) -> tuple[int, int]:
        """Width and height of a picture as shown."""
        return self._inside().shape(data)

    def picture(self, data: bytes, masks: Sequence[Mask]) -> tuple[bytes, str]:
        """A new picture with the regions filled."""
        return self._inside().picture(data, masks)

    def recording(self, source: BinaryIO, size: int, masks: Sequence[Mask], out: BinaryIO) -> str:
        """A new recording with those times silent or black."""
        return self._inside().recording(source, size, masks, out)

    def _inside(self) -> Masker:
        from connectors.masking import open_masker  # noqa: PLC0415 - see the class

        return open_masker(self._disclosure().ffmpeg)


def _profile_reader(found: Settings) -> Callable[[str], tuple[Profile, str]]:
    def read(name: str) -> tuple[Profile, str]:
        from connectors.profiles import read_profile  # noqa: PLC0415 - only who packages needs it

        return read_profile(found.profiles, name)

    return read


def _receiver_opener(found: Settings) -> Callable[[Receiver], Receiving]:
    def opener(receiver: Receiver) -> Receiving:
        from connectors.receivers import open_receiver  # noqa: PLC0415 - only who delivers needs it

        return open_receiver(receiver, found.home, settings.secret)

    return opener


def _package_files(source: BinaryIO, name: str) -> AbstractContextManager[PackageFiles]:
    from connectors.packages import open_stream  # noqa: PLC0415 - only who builds packages needs it

    return open_stream(source, name)


def _registry_opener(found: Settings) -> Callable[[str], Registry]:
    def opener(name: str) -> Registry:
        from connectors.registries import open_registry  # noqa: PLC0415 - only who registers needs it

        registry = found.registries.get(name)
        if registry is None:
            known = ", ".join(found.registries) or "none"
            raise RefusedError("registry", name, f"name a [[registry]] of {FILE}; known: {known}")
        return open_registry(registry, settings.secret)

    return opener


class _Keyring:
    """Persons' keys, loaded when the first one is asked for: ordinary commands need none."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def make(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> tuple[str, Path]:
        """Make a key; returns its public half and the file."""
        return self._inside().make(person, key_file, passphrase_file)

    def unlock(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> Signer:
        """Unlock a person's key."""
        return self._inside().unlock(person, key_file, passphrase_file)

    def genuine(self, public: str, data: bytes, signature: bytes) -> bool:
        """Whether the signature over the data was made with the key."""
        return self._inside().genuine(public, data, signature)

    def _inside(self) -> Keyring:
        from connectors.keys import open_keyring  # noqa: PLC0415 - see the class

        return open_keyring(self._home)


def _key_reader(found: Settings, state: State) -> Callable[[], bytes]:
    def read() -> bytes:
        written = settings.key_from_environment()
        if written is None:
            try:
                written = found.key_file.read_text(encoding="ascii")
            except (OSError, UnicodeDecodeError):
                raise GuardError(
                    "G-KEY",
                    "the key of the native-id table is missing",
                    "put the home's key file back, or give the key by BEVARA_KEY",
                ) from None
        try:
            key = bytes.fromhex(written.strip())
        except ValueError:
            key = b""
        with state.reading() as books:
            expected = books.setting("key_check")
        if len(key) != _KEY_BYTES or key_check(key) != expected:
            raise GuardError(
                "G-KEY",
                "the key is not the one this home was made with",
                "with another key every item would be taken in a second time; put the right key back",
            )
        return key

    return read


def _facts(account: Account) -> Facts:
    module = platform(account.platform)
    return Facts(
        reconnect=module.RECONNECT,
        deletion_terms=getattr(module, "TERMS_ASK_DELETION", False),
        light_hours=getattr(module, "LIGHT_HOURS", 0),
        follows=getattr(module, "FOLLOWS", False),
        moderation_reconnect=getattr(module, "MODERATION_RECONNECT", ()),
    )


def _export_opener(found: Settings) -> Callable[[Account, Path], AbstractContextManager[OpenedExport]]:
    limits = Limits(size=found.import_limit, files=found.import_files)

    def opener(account: Account, path: Path) -> AbstractContextManager[OpenedExport]:
        return open_export(account, path, limits)

    return opener


def _check_account(account: Account) -> None:
    known = platform(account.platform).OPTIONS
    for name, _ in account.options:
        if name not in known:
            names = ", ".join(known) or "none"
            raise RefusedError(f"options.{name}", "…", f"the options of {account.platform} are: {names}")


def _session_opener(clock: Clock) -> Callable[[Account], Session]:
    def open_session(account: Account) -> Session:
        value = _secret_of(account, account.credentials_env) if account.credentials_env else None
        return platform(account.platform).open(account, value, clock)

    return open_session
