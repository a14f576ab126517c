"""The ports: what Bevara asks of a store, a platform, a clock and chance. The state database's is ``schemas.books``.

A verb's ``act.py`` takes these as arguments; ``connectors/`` has the implementations. Every implementation of one
port passes the same suite under ``tests/contracts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, get_args, runtime_checkable

from schemas.account import Account
from schemas.adverts import AdvertLine
from schemas.delivery import Arrival
from schemas.deposit import FilmSaid, KbReceipt, Playing
from schemas.finding import Finding
from schemas.package import Format
from schemas.record import Cause, Kind, MediaRef, Seen
from schemas.refusal import UnreachableError
from schemas.registration import Answer, Handed, Parcel
from schemas.rendering import Rendering, Typeset
from schemas.request import Mask


class Clock(Protocol):
    """The home's time. Rehearsal homes set it; leases never use it."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        ...


class Chance(Protocol):
    """Random bits for ids and salts. Demo and rehearsal homes seed it."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...

    def fork(self, name: str) -> Chance:
        """An independent source for one act; ``name`` holds the lease's name and number, so it never repeats."""
        ...


class Signer(Protocol):
    """A person's unlocked key."""

    @property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        ...


class Keyring(Protocol):
    """Persons' keys: made, unlocked and verified. A private key never lies in a home."""

    def make(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> tuple[str, Path]:
        """Make a key; returns its public half and the file. Raises RefusedError, PersonNeededError."""
        ...

    def unlock(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> Signer:
        """Unlock a person's key. Raises GuardError (G-PASSPHRASE), RefusedError, PersonNeededError."""
        ...

    def genuine(self, public: str, data: bytes, signature: bytes) -> bool:
        """Whether the signature over the data was made with the key. Never raises."""
        ...


class Typesetter(Protocol):
    """Makes PDF/A from our own documents."""

    def pdf(self, document: bytes) -> bytes:
        """PDF/A of an XML document of ours (protocol or certificate). The same document gives the same bytes."""
        ...

    def render(self, rendering: Rendering) -> Typeset:
        """PDF/A-3b of a rendering, with what could not be shown as it was. The same values give the same bytes."""
        ...


class Formats(Protocol):
    """Identifies files' formats (PRONOM)."""

    @property
    def tool(self) -> str:
        """The tool with its version and its signatures' version, for PREMIS."""
        ...

    def identify(self, name: str, source: BinaryIO, size: int) -> Format:
        """The format of a file, from its bytes and its name's ending.

        Args:
            name: a file name whose ending counts. source: seekable, at any position; left at any position.
            size: bytes. Large files are not read through; an empty one has no format.
        """
        ...


class PackageFiles(Protocol):
    """A package that somebody hands over, as it lies: a folder, a tar or a zip. Nothing in it is trusted.

    Names are relative to the one root folder, ``/``-separated. What cannot be read safely (links, devices, absolute or
    dotted names, names twice) is no file here and stands in ``faults``.
    """

    @property
    def name(self) -> str:
        """Name of what was handed over, without its folder."""
        ...

    @property
    def container(self) -> str:
        """``folder``, ``tar`` or ``zip``."""
        ...

    @property
    def root(self) -> str | None:
        """Name of the one root folder inside (the folder itself); None when there are none or several."""
        ...

    @property
    def faults(self) -> Sequence[tuple[str, str]]:
        """What is wrong with the container itself: (code, where); ``where`` is made visible and cut short."""
        ...

    def names(self) -> Sequence[str]:
        """Every file, in code-point order."""
        ...

    def folders(self) -> Sequence[str]:
        """Every folder, empty ones too, in code-point order."""
        ...

    def size(self, name: str) -> int:
        """Bytes of a file. Raises KeyError."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file's bytes, from the beginning. Raises KeyError; reading raises RefusedError where they are damaged."""
        ...


class ReceiverRefusedError(RuntimeError):
    """The receiver answered, and does not take the package: no room, no right, a file of that name with other bytes.

    Attributes:
        code: finding code; the message names the receiver and the code, never content.
        arrived: Message-IDs that a registry acknowledged before it refused another part; for ``Parcel.arrived``.
    """

    def __init__(self, code: str, message: str = "") -> None:
        """Carry the code."""
        self.code = code
        self.arrived: tuple[str, ...] = ()
        super().__init__(message or code)


class InterruptedHandingError(UnreachableError):
    """Handing over broke off, and not everything is as if nothing had been sent.

    Attributes:
        arrived: Message-IDs that the registry has acknowledged; they are handed back in ``Parcel.arrived``.
        uncertain: Message-IDs that were sent whole without an answer: they may have arrived, and a repeat, which
            carries the same ones, is to be reported.
    """

    def __init__(self, text: str, *, arrived: Sequence[str] = (), uncertain: Sequence[str] = ()) -> None:
        """Keep the ids apart from the text, which names the registry alone."""
        self.arrived = tuple(arrived)
        self.uncertain = tuple(uncertain)
        super().__init__(text)


class Receiving(Protocol):
    """Where packages are delivered."""

    @property
    def place(self) -> str:
        """Name of the receiver for receipts, without secrets: ``folder:<name>``, ``s3:<bucket>``, ``sftp:<host>``.

        FTP says ``ftps:<host>`` or ``ftp:<host>``.
        """
        ...

    def deliver(self, name: str, source: Callable[[], BinaryIO], size: int, sha256: str) -> Arrival:
        """Bring one file there under its name, and say what is seen there afterwards.

        It is written beside and moved in one step, so that the receiver never finds half of it; an interrupted one is
        taken up where it ended. A whole one with the same digest (or, where none can be asked for, the same bytes read
        back) that lies there already is left as it is.

        Args:
            source: opens the file's bytes anew, seekable. sha256: hexadecimal.

        Raises:
            ReceiverRefusedError: the receiver does not take it. UnreachableError: it does not answer, or not in time.
        """
        ...


class MediaFacts(Protocol):
    """Says what films, sound recordings and documents are when they are played or opened."""

    @property
    def tool(self) -> str:
        """The tool with its version."""
        ...

    def look(self, name: str, source: BinaryIO, size: int) -> Playing:
        """What a file is; never raises for what is in it.

        Args:
            name: a file name whose ending may count. source: seekable, at any position; left at any position.
            size: bytes. Large files are not read through where their form lets it be.

        Raises:
            UnreachableError: the tool does not start. What reading the source raises is passed on.
        """
        ...


class Publishing(Protocol):
    """Where a file that changes is published under one fixed name, replaced in one step."""

    @property
    def place(self) -> str:
        """Name for receipts, without secrets."""
        ...

    def publish(self, name: str, data: bytes, media_type: str) -> Arrival:
        """Write or replace the file, and say what is seen there afterwards; the same bytes again change nothing.

        Raises:
            ReceiverRefusedError: the place does not take it. UnreachableError: it does not answer.
        """
        ...


class Receipts(Protocol):
    """Where KB's receipts are read."""

    @property
    def place(self) -> str:
        """Name for receipts in the ledger, without secrets: ``http:<host>``."""
        ...

    def ask(self, delivery: str) -> Sequence[KbReceipt]:
        """What is said of a delivery: of the whole, then of its packages; nothing while KB does not know it.

        Raises:
            ReceiverRefusedError: L241 the answer cannot be understood, L242 it is about another delivery, L243 we are not
            let in. UnreachableError: it does not answer.
        """
        ...


class UnmaskableError(RuntimeError):
    """The file cannot be masked, so it is not given. ``code`` is a finding code; the message names nothing of it."""

    def __init__(self, code: str) -> None:
        """Carry the code alone."""
        self.code = code
        super().__init__(code)


class Masker(Protocol):
    """Makes copies of pictures and recordings in which what is masked does not exist: not in a layer, not in metadata."""

    @property
    def tool(self) -> str:
        """The tools with their versions."""
        ...

    def shape(self, data: bytes) -> tuple[int, int]:
        """Width and height in pixels of a picture as shown (EXIF rotation counted). Raises UnmaskableError."""
        ...

    def picture(self, data: bytes, masks: Sequence[Mask]) -> tuple[bytes, str]:
        """A new picture with the regions filled, and nothing of the old file but its pixels.

        Args:
            masks: of sort ``region`` (those outside of the picture are cut to it; one that lies wholly outside is an
                error) or ``metadata`` alone. Every frame of a moving picture is masked.

        Returns:
            Bytes and media type, ``image/png`` or ``image/jpeg``. The same values give the same bytes.

        Raises:
            UnmaskableError: it cannot be read as a picture, is too large, or is of a form that cannot be made anew.
        """
        ...

    def recording(self, source: BinaryIO, size: int, masks: Sequence[Mask], out: BinaryIO) -> str:
        """A new recording with those times silent (``sound``) or black (``picture``), written to ``out``.

        Everything is encoded anew; metadata, chapters, caption tracks, attached pictures and data tracks are left out.

        Returns:
            Its media type.

        Raises:
            UnmaskableError: it cannot be read or made, or a time lies outside of it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An e-mail to somebody who asked. ``id``: stable part of its Message-ID, so that a repeat can be told."""

    id: str
    to: str
    subject: str
    body: str
    files: Sequence[tuple[str, str, bytes]] = ()
    """(name, media type, bytes)."""
    at: datetime | None = None
    """When it was written, UTC; it is dated so, in every try alike. None = the mail server dates it."""
    html: str = ""
    """The body once more as HTML, or empty. It asks for nothing from outside."""
    generated: bool = False
    """No person wrote it: absence notices are not sent back to it (RFC 3834)."""


class Mailing(Protocol):
    """Sends answers by e-mail."""

    @property
    def place(self) -> str:
        """Name for receipts, without secrets and addresses."""
        ...

    def send(self, message: Message) -> None:
        """Send one message. Repeating it is harmless as far as the receiver's system can tell repeats.

        Raises:
            RefusedError: ``to`` is not one plain address (ASCII), or an id or a file's name is not plain.
            ReceiverRefusedError: it is not taken (J134: too large; nothing was sent). UnreachableError: no answer.
            InterruptedHandingError: no answer after it had been sent whole.
        """
        ...


ModerationAct = Literal["remove", "hide", "notify", "block"]
MODERATION_ACTS: tuple[ModerationAct, ...] = get_args(ModerationAct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated:
    """What a platform answered to an act. It is its word alone: what is so is observed afterwards.

    Attributes:
        outcome: ``done``; ``already`` (nothing was there to do); ``refused`` (it does not let us, or cannot);
            ``unclear`` (no answer, or one that says neither: it may have been done).
        code: finding code, for all but ``done``.
    """

    outcome: Literal["done", "already", "refused", "unclear"]
    code: str = ""


class Moderator(Protocol):
    """An account's connection that may take away and hide. Opened by itself, with a secret of its own."""

    def may(self, *, own: bool) -> frozenset[ModerationAct]:
        """What the platform's interface lets this account do with its own items, or with those of visitors."""
        ...

    def act(self, act: ModerationAct, native: str, *, author: str | None = None, text: str = "") -> Moderated:
        """Do it once; repeating it is harmless but for ``notify``, which is never repeated by itself.

        Args:
            native: the item's id. author: its author's id on the platform, for ``block`` and ``notify``.
            text: the message, for ``notify``; it goes before ``remove``, since some find the writer by the item.

        Never raises for what the platform answers. Nothing of item, author or text stands in an exception or log.
        """
        ...

    def look_up(self, native: str) -> Lookup:
        """Ask for the item as visitors see it, after the act. Never raises for what the platform answers."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class Liking(Protocol):
    """A session that can tell which pages the account likes, follows or recommends."""

    def liked(self) -> Iterator[tuple[str, str]]:
        """Name and address of each, as the platform shows them. Raises PlatformError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A public page as it was when it was looked at.

    Attributes:
        address: that was asked for. landed: where it ended after redirects, or empty. status: HTTP status, 0 = none.
        code: finding code when it could not be read, else empty. text: its visible text, spaces made single.
        links: (address made whole, text) of each link, in order. title: of the document.
        main, main_links: the same of what the page is about, without menus, head and foot. data: the page as it came.
    """

    address: str
    landed: str = ""
    status: int = 0
    code: str = ""
    text: str = ""
    links: Sequence[tuple[str, str]] = ()
    title: str = ""
    main: str = ""
    main_links: Sequence[tuple[str, str]] = ()
    data: bytes = b""


class Adverts(Protocol):
    """An advertisement account's reports."""

    def month(self, month: str) -> Iterator[AdvertLine]:
        """What was spent in a month (``2026-03``), a line per campaign and advertised item. Raises PlatformError."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Registry(Protocol):
    """Where registrations are sent: the diary's hot folder, or the registrar's mailbox."""

    @property
    def place(self) -> str:
        """Name for receipts, without secrets and addresses: ``folder:<name>``, ``mail:<name>``."""
        ...

    def hand(self, parcel: Parcel) -> Handed:
        """Hand over one form of a registration. Repeating it gives the same folder, or the same Message-IDs.

        Raises:
            ReceiverRefusedError: it is not taken; J134: too large for a message, nothing was sent.
            UnreachableError: it does not answer; InterruptedHandingError: nor did it after something was sent.
            GuardError: G-SECRET, a secret form has no place of its own there.
        """
        ...

    def answers(self) -> Sequence[Answer]:
        """What the registry wrote back and nobody has settled yet; a registry that cannot write back has none."""
        ...

    def settle(self, answer: Answer) -> None:
        """An answer has been taken in; it is moved aside. Repeating it is harmless."""
        ...


FilmsOf = Callable[[Mapping[str, object], Sequence[MediaRef]], Sequence[FilmSaid]]
"""The films of one item, by its payload and its attachments (version and observation rows together); pure and total."""


class AlreadyThereError(FileExistsError):
    """``put_new`` met an object under that key. Nothing was written."""


class MissingError(FileNotFoundError):
    """No readable object under that key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """One object as listed: key, size in bytes, when it was written (UTC, the store's clock)."""

    key: str
    size: int
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What a place holds under one key, in any form.

    Attributes:
        versions: readable or older versions of the object (a folder store has one or none).
        markers: delete markers.
        uploads: multipart uploads or temporary files that were begun and not finished.
    """

    versions: int
    markers: int
    uploads: int

    @property
    def absent(self) -> bool:
        """Nothing is left in any form."""
        return not (self.versions or self.markers or self.uploads)


class Reading(Protocol):
    """The part of a store that changes nothing."""

    @property
    def place(self) -> str:
        """Name of the place for receipts, without secrets: ``folder:<name>`` or ``s3:<bucket>/<prefix>``."""
        ...

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream that reads ranges on demand. Raises MissingError."""
        ...

    def head(self, key: str) -> ObjectInfo | None:
        """The object's size and time, or None."""
        ...

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every readable object whose key begins with ``prefix``, in key order."""
        ...

    def checksum(self, key: str) -> str:
        """SHA-256 of the object's bytes in hexadecimal, read anew. Raises MissingError."""
        ...

    def remains(self, key: str) -> Remains:
        """What is left under exactly this key: versions, delete markers, unfinished uploads."""
        ...

    def unfinished(self, prefix: str) -> Iterator[str]:
        """Keys under ``prefix`` with an upload or temporary file that was begun and not finished, in key order."""
        ...

    def strangers(self) -> int:
        """How many things lie in the place that cannot be objects: unsafe names, links, devices. Never their names."""
        ...


class Store(Reading, Protocol):
    """A place for immutable objects. Keys are relative paths of safe segments; other keys are refused."""

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Write an object that must not exist yet; durable on return. Raises AlreadyThereError."""
        ...

    def destroy(self, key: str) -> Remains:
        """Remove the object in every form and return what was removed. Repeating it is harmless."""
        ...


def _nothing_known(_: Sequence[str]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a harvest asks for tonight.

    Attributes:
        since: listings are read back to this instant; None = to the very beginning.
        now: the run's instant; later times are implausible.
        horizon_name: which tier this is (``light``, ``daily``, ``weekly``, ``monthly``, ``full``), for the coverage
            note. ``light`` is the hourly pass over the newest posts: what is dear or slow to ask for is left out.
        memory: what the session asked to have remembered after earlier runs (``Session.remember``).
        known: native ids → identity of the newest version on record, for those that are known (empty for what was
            destroyed here), so that what is dear is asked for only where something is new or changed.
    """

    since: datetime | None
    now: datetime
    horizon_name: str = "full"
    memory: Mapping[str, str] = field(default_factory=dict)
    known: Callable[[Sequence[str]], Mapping[str, str]] = field(default=_nothing_known, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer of a platform, as ``parse`` takes it.

    Attributes:
        endpoint: the request's name (allow-listed), for example ``app.bsky.feed.getPostThread``.
        parameters: allow-listed request parameters without content, secrets or native ids.
        status: HTTP status. at: when it came, UTC.
        body: the answer as read, decoded JSON.
        listing: which listing the page belongs to (``posts``, ``thread``, ``profile``, ``lookup`` ...).
        context: what ``parse`` must know beside the body (own native id, thread root's native id ...).
    """

    endpoint: str
    parameters: Mapping[str, str | int]
    status: int
    at: datetime
    body: object
    listing: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEnd:
    """A listing is over: whether everything asked for in it was returned.

    Attributes:
        listing: name as in Capture. ``posts`` is the account's own listing and comes once in every run; ``thread``
            is what lies below one item; other names are the platform's (``stories``, ``mentions`` ...).
        scope: native id of the thread's first item, or empty for what belongs to the account.
        complete: every page down to ``since`` was read, and the platform's listing is one that shows everything.
        since: what it was read back to; None = everything.
        reason: finding code when not complete.
        kinds: kinds of items that this listing shows completely, so that one it did not show is looked up. Empty =
            the usual ones: ``post``, ``reply`` and ``boost`` for ``posts``, ``comment`` for ``thread``, else none.
        unfiltered: the platform was not asked for what is newer than ``since`` alone: its first page shows something
            whatever the night, if there is anything. Such a listing that showed something the night before and
            nothing now is not believed.
    """

    listing: str
    scope: str
    complete: bool
    since: datetime | None = None
    reason: str = ""
    kinds: tuple[Kind, ...] = ()
    unfiltered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """The platform tells, while we listen, that an item was taken away.

    Attributes:
        native: the item's id. at: when we heard it, UTC. cause: who did it, where the platform tells.
    """

    native: str
    at: datetime
    cause: Cause = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What ``parse`` made of one capture: items in the order of the answer, and findings."""

    items: Sequence[Seen]
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Answer of a direct look-up of one item: ``found``, ``not_found`` (the platform says so) or ``unclear``.

    Attributes:
        cause: who took it away or hid it, where the platform tells; empty = it does not.
    """

    native: str
    outcome: str
    hidden: bool = False
    cause: Cause = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """State of an account's connection.

    Attributes:
        native: our own account's id on the platform.
        token_expires: when the token ends, or None when the platform does not say.
        findings: what is wrong, if anything.
    """

    native: str
    token_expires: datetime | None = None
    findings: Sequence[Finding] = ()


class ConnectionRefusedByPlatformError(RuntimeError):
    """The account cannot be harvested tonight (wrong token, wrong account, gone). Others go on.

    Attributes:
        finding: the code with its parameters; its text names the remedy.
    """

    def __init__(self, finding: Finding) -> None:
        """Carry the finding; the message is its code alone."""
        self.finding = finding
        super().__init__(finding.code)


class PlatformError(RuntimeError):
    """A request failed for good tonight. ``code`` is a finding code; the message never holds content or secrets.

    Attributes:
        until: the platform asked us to stay away until then; runs before it ask nothing. None = it did not say.
    """

    def __init__(self, code: str, message: str = "", *, until: datetime | None = None) -> None:
        """Carry the code; ``message`` may add endpoint and status."""
        self.code = code
        self.until = until
        super().__init__(message or code)


class Session(Protocol):
    """One account's connection for one run."""

    def health(self) -> Health:
        """Log in or check the token. Raises ConnectionRefusedByPlatformError."""
        ...

    def fetch(self, window: Window, threads: Iterable[str]) -> Iterator[Capture | ListingEnd | Finding]:
        """Read the profile, the own listing down to ``window.since``, and the threads below it.

        ``threads``: native ids of further thread roots of ours to be read again although older. It is to be
        iterated after the own listing's end, when it may have learnt of more; it may name roots a second time.
        Own items come before the comments below them. Pages are streamed.
        """
        ...

    def parse(self, capture: Capture) -> Parsed:
        """Pure: the same capture always gives the same items and findings."""
        ...

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """Ask for items directly, one answer for each."""
        ...

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """Fetch an attachment to a temporary file, at most ``limit`` bytes. Raises MediaError."""
        ...

    def remember(self) -> Mapping[str, str]:
        """What to hand back in ``Window.memory`` next time: quota used, resumption points. No content, no secrets.

        Asked for after ``fetch`` and ``look_up``, also when they failed.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Follower(Session, Protocol):
    """A session whose platform pushes over a connection that we open, or has notifications that can be pulled."""

    def follow(self, stopped: Callable[[], bool], memory: Mapping[str, str]) -> Iterator[Capture | Vanished | Finding]:
        """Listen until ``stopped()``; everything of ours that appears, changes or vanishes.

        Yields at least every few seconds of its own accord only if there is something; ``stopped`` is asked at least
        once a second. ``memory`` is what ``remember`` gave before (a stream's position).
        """
        ...


@runtime_checkable
class Addressed(Protocol):
    """A session that finds an item by the address it was last shown under, because its id names no place."""

    def addressed(self, addresses: Mapping[str, str]) -> None:
        """Learn native id → the first of its links, before ``look_up`` asks for them."""
        ...


@runtime_checkable
class Mindful(Protocol):
    """A session that has to know what earlier runs remembered before it asks who the account is."""

    def recall(self, memory: Mapping[str, str]) -> None:
        """Learn it (``Window.memory``), before ``health``."""
        ...


class MediaError(RuntimeError):
    """An attachment could not be had. ``code`` is a finding code."""

    def __init__(self, code: str) -> None:
        """Carry the code alone."""
        self.code = code
        super().__init__(code)


@dataclass(slots=True, kw_only=True)
class MediaBytes:
    """Bytes of an attachment: an open temporary file at position 0, its digest (SHA-256, hex), size and type."""

    file: BinaryIO
    digest: str
    size: int
    media_type: str


class Bundle(Protocol):
    """An export as it was handed over: a folder, a zip, a tar (packed or not) or a CAR file.

    Names are relative paths with ``/``; only plain files are named, unsafe entries are not (``findings`` counts them).
    """

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out of the archive file, and why: codes and numbers, never names."""
        ...

    def names(self) -> Sequence[str]:
        """Every file's name, in code-point order."""
        ...

    def size(self, name: str) -> int:
        """Bytes of the file, unpacked. Raises KeyError for a name that is not there."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The file's bytes as a stream, read once from the beginning; several may be open at a time.

        Raises KeyError for a name that is not there. Reading raises RefusedError where the file is cut or damaged.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose export it is, as far as it says: our own account's id as the platform's module knows it, and the handle.

    Both empty = the export does not say; nothing is guessed.
    """

    native: str = ""
    handle: str = ""


class Export(Protocol):
    """One module under ``connectors/exports``: a platform's own export format. See that folder's docstring."""

    NAME: str
    """Name of the format, the module's name."""
    PLATFORMS: tuple[str, ...]
    """Platforms of account files that the format belongs to."""
    IGNORED: frozenset[str]
    """Fields that are known and left out by name (path in the item's JSON)."""
    VOLATILE: frozenset[str]
    """Fields that differ between two exports of the same item without being an edit."""

    def recognise(self, bundle: Bundle) -> bool:
        """By its file names (and at most the beginning of one file), this bundle is of this format."""
        ...

    def owner(self, bundle: Bundle) -> Owner:
        """Whose export it is."""
        ...

    def read(self, bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
        """The items, a small group to a capture, streamed: never a whole file in memory.

        Args:
            own: our own account's native id, for ``Capture.context["own"]``.
            at: the import's instant, for ``Capture.at``.
        """
        ...

    def parse(self, capture: Capture) -> Parsed:
        """Pure and total, as for platforms."""
        ...


class MediaSource(Protocol):
    """Where attachments come from: a session, or an export."""

    def fetch_media(self, reference: MediaRef, author_native: str | None, limit: int) -> MediaBytes:
        """Fetch an attachment to a temporary file, at most ``limit`` bytes. Raises MediaError."""
        ...


class OpenedExport(MediaSource, Protocol):
    """An export that is being imported."""

    @property
    def format(self) -> str:
        """Name of its format."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out of the archive file, and why."""
        ...

    def owner(self) -> Owner:
        """Whose export it is, as far as it says."""
        ...

    def read(self, *, own: str, at: datetime) -> Iterator[Parsed]:
        """Items and findings, group by group, in the export's order.

        Raises RefusedError where a file is cut or damaged; what came before was handed over.
        """
        ...

    def close(self) -> None:
        """Stop reading."""
        ...


class Platform(Protocol):
    """One module under ``connectors/platforms``: constants and the way to open a session.

    Three more constants may stand in a module: ``TERMS_ASK_DELETION = True`` where the platform's terms ask that what
    is deleted there is deleted in copies too, ``LIGHT_HOURS`` (hours between light passes, where something lives a
    day only), and ``FOLLOWS = True`` where its sessions are ``Follower``.

    A function ``films(payload, media)`` (``FilmsOf``) may stand there where the platform tells more of an item's films
    than its attachments do: their titles and lengths, films whose file it does not hand out, live broadcasts.
    """

    NAME: str
    """Name in account files."""
    SCOPES: tuple[str, ...]
    """Permissions asked for."""
    IGNORED: frozenset[str]
    """Fields that are known and left out by name (path in the item's JSON)."""
    VOLATILE: frozenset[str]
    """Fields that change without making a version (counters, our own view)."""
    OPTIONS: Mapping[str, str]
    """Names the platform takes in the account file's ``[options]`` → what each means, in one Swedish sentence."""
    RECONNECT: tuple[str, ...]
    """What a person does, step by step, to give Bevara access (again). Swedish."""

    def open(self, account: Account, secret: str | None, clock: Clock) -> Session:
        """Open a session; no request is made yet."""
        ...
