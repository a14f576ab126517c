"""Legal deposit (*e-plikt*, lag 2012:492): films that were published, what is decided of each, and deliveries to KB.

Nothing that is stored of these values is content: titles, reasons and addresses stand in archive items alone, and a
film's ids are keyed, so that they may outlive it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

from schemas.delivery import Receiver
from schemas.ids import ItemId
from schemas.package import UNKNOWN_FORMAT, Format, RecordStatus

FilmRole = Literal["video", "audio", "document"]
"""What sort of publication: a film, a sound recording, or a document such as a PDF."""

Way = Literal["fgs-publ", "feed", "form"]
"""How a film reaches KB. ``fgs-publ``: a package (METS and MODS in a ``.tar``). ``feed``: KB fetches it by our RSS feed.
``form``: a person uploads it in KB's web form."""
WAYS: Final[tuple[Way, ...]] = get_args(Way)

FilmStanding = Literal[
    "candidate",
    "outside",
    "declined",
    "decided",
    "packaged",
    "delivering",
    "delivered",
    "accepted",
    "rejected",
    "seen",
]
"""``candidate``: nobody has decided. ``outside``: the law does not reach it (``Film.ground`` says why); a person may
decide all the same. ``declined``: a named person decided no. ``decided``: yes, nothing is delivered yet. ``packaged``: in
a delivery that is built. ``delivering``: the delivery has begun; it may have arrived. ``delivered``: seen at KB's, in the
feed, or uploaded by a person; not answered. ``accepted``, ``rejected``: KB's receipt. ``seen``: somebody has seen it in
Libris."""
FILM_STANDINGS: Final[tuple[FilmStanding, ...]] = get_args(FilmStanding)

CLOSED: Final[frozenset[FilmStanding]] = frozenset({"outside", "declined", "accepted", "seen"})
"""Standings in which e-plikt no longer keeps a film's items from being culled. All others do."""

CLOCK_STOPPED: Final[frozenset[FilmStanding]] = CLOSED | {"delivered"}
"""Standings in which the three months (14 §) no longer run: it is delivered, or need not be."""

Joined = Literal["first", "bytes", "likeness", "hand"]
"""Why a member belongs to its film. ``first``: it made it. ``bytes``: the same bytes. ``likeness``: on another channel,
of the same length, with the same title, within two weeks. ``hand``: a person joined or split them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSaid:
    """What a platform says of one film of an item (``schemas.neighbours.Platform``: ``films``). Content; never stored.

    Attributes:
        slot: tells the item's films apart: the attachment's origin, or ``film`` where an item is one film.
        role: what sort. title: as the platform has it, or empty.
        duration: milliseconds, or None where it does not say.
        live: ``live`` (being broadcast now), ``was-live`` (a recorded broadcast), ``upload``, or empty: not known.
        captions: it says that captions exist; None = it does not say.
        origin: origin of its attachment among the item's media, or empty: the platform hands out no file.
    """

    slot: str
    role: FilmRole = "video"
    title: str = ""
    duration: int | None = None
    live: Literal["", "live", "was-live", "upload"] = ""
    captions: bool | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What a file is when it is played (``schemas.neighbours.MediaFacts``).

    Attributes:
        readable: the tool found something to play in it; a PDF is readable and has no length.
        duration: milliseconds, or None. width, height: pixels as shown (rotation counted), or None.
        picture, sound: it has a moving picture, a sound track. captions: languages of caption tracks inside it.
        protected: it is encrypted or has copy protection: KB is handed the open file (10 §).
        whole: nothing is missing of what it says that it holds; a film that was cut off may claim its whole length.
    """

    readable: bool
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    picture: bool = False
    sound: bool = False
    captions: tuple[str, ...] = ()
    protected: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One film at one item on one channel: its row in the state database.

    Attributes:
        id: keyed hash of item and slot (``member_id``). item: the archive item. film: the film it belongs to.
        role: what sort. account: the account's name.
        available: first public availability there, UTC. found: when it was first seen, UTC.
        version: the item's version in which it first stood.
        duration: milliseconds, or None. width, height: pixels, or None.
        joined: why it belongs to the film.
    """

    id: str
    item: ItemId
    film: str
    role: FilmRole
    account: str
    available: datetime
    found: datetime
    version: int
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    joined: Joined = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film, wherever it was published: its row in the state database.

    Attributes:
        id: id of the member that made it. number: running number in the home; persons call it so.
        standing: where it stands. ground: code of why it stands ``outside``, else empty.
        authority: whose it is. available: first public availability on any channel, UTC: the clock starts there.
        changed: when the standing last changed, UTC.
        decided: when, UTC, or None. person: who decided. record: archive item with the decision's words, or None.
        way: how it is to be delivered; empty before the decision.
        delivery: id of its latest delivery, or empty. replaces: id of the film that it is a new version of, or empty.
        reference: KB's mark on the receipt, or empty. libris: its id in Libris, or empty.
    """

    id: str
    number: int
    standing: FilmStanding
    ground: str = ""
    authority: str
    available: datetime
    changed: datetime
    decided: datetime | None = None
    person: str = ""
    record: ItemId | None = None
    way: Way | Literal[""] = ""
    delivery: str = ""
    replaces: str = ""
    reference: str = ""
    libris: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person tells beside yes or no; kept in the decision's record, used by every writer. Empty = not told.

    Attributes:
        title: instead of the post's. page: address of the own page that shows the film. file: address of the film's own
            file on the own site. password: what the public needed to see it (11 § 3); the file itself is delivered open.
        language: ISO 639-2/B code. genre: MARC genre term. access: ``gratis`` or ``restricted``. licence: an address.
        related: addresses of other material that it belongs to.
    """

    title: str = ""
    page: str = ""
    file: str = ""
    password: str = ""
    language: str = ""
    genre: str = ""
    access: str = ""
    licence: str = ""
    related: tuple[str, ...] = ()


# --- The record that every writer is handed ----------------------------------------------------------------------

FileRole = Literal["publication", "supplement", "coverpicture"]
"""``publication``: the film. ``supplement``: captions and the like. ``coverpicture``: a still picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a resource.

    Attributes:
        name: plain file name in the package (``schemas.package.plain_name``). role: what it is.
        digest: SHA-256 of its bytes, hexadecimal: its key in the store too. md5: KB's own examples use it.
        size: bytes. created: when the file was first there, UTC. format: as identified.
        source: ``original`` (the owner's own file) or ``platform`` (what the platform hands out).
        language: of captions, or empty. original_name: the name it had, or empty.
    """

    name: str
    role: FileRole
    digest: str
    md5: str
    size: int
    created: datetime
    format: Format = UNKNOWN_FORMAT
    source: Literal["original", "platform"] = "platform"
    language: str = ""
    original_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A service that shows the film: its name and address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A publication as it is described to KB: made once, written three ways.

    Attributes:
        id: UUID, text: the package's OBJID; the same in every rebuild. film: the film's id. number: its number.
        identifier: our own id of this version of the film, for KB (MODS ``identifier type="local"``).
        title, abstract: as content; never empty (title).
        available: first public availability, UTC.
        locations: addresses under which the public finds it, the first is the primary one; at least one.
        page, file: address of the own page and of the own site's file, or empty; the feed needs one of them.
        hosts: services that show it.
        publisher: name. publisher_uri: ``http://id.kb.se/organisations/SE…``.
        access: ``gratis`` or ``restricted``. licence: an address, or empty. language: ISO 639-2/B, or empty.
        genre: MARC genre term, or empty. type_of_resource: MODS ``typeOfResource``, or empty.
        related: addresses of other material. replaces: identifier of the version it replaces, or empty.
        password: what the public needed to see it, or empty.
        status: RECORDSTATUS of its package. parts: its files, the publication first.
    """

    id: str
    film: str
    number: int
    identifier: str
    title: str
    abstract: str = ""
    available: datetime
    locations: tuple[str, ...]
    page: str = ""
    file: str = ""
    hosts: tuple[Host, ...] = ()
    publisher: str
    publisher_uri: str
    access: Literal["gratis", "restricted"] = "gratis"
    licence: str = ""
    language: str = ""
    genre: str = ""
    type_of_resource: str = ""
    related: tuple[str, ...] = ()
    replaces: str = ""
    password: str = ""
    status: RecordStatus = "NEW"
    parts: tuple[Part, ...] = ()


# --- Deliveries ---------------------------------------------------------------------------------------------------

DeliveryStanding = Literal["planned", "packaged", "delivering", "delivered", "accepted", "rejected", "withdrawn"]
"""As of packages for the e-archive (``schemas.delivery.PackageStanding``). ``accepted``: every package of it was;
``rejected``: at least one was, and none is open."""
DELIVERY_STANDINGS: Final[tuple[DeliveryStanding, ...]] = get_args(DeliveryStanding)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryIntent:
    """What a delivery is to hold, written down before anything is built. The same intent gives the same bytes.

    Attributes:
        id: the external delivery id (*leverans-id*): the ``.tar``'s name; never used twice. number: running number.
        films: ids of the films, in order; one package each.
        authority: archive creator whose lease guards what is read.
        status: RECORDSTATUS of its packages; a ``TEST`` proves nothing.
        settings: SHA-256 of the settings that the packages say something of (``settings_digest``).
        software: version of Bevara that planned it; its packages name that one, whichever builds them.
        made: when, UTC, whole seconds: every time in the delivery. through: rows observed later are not in it.
        person: who asked for it.
    """

    id: str
    number: int
    films: tuple[str, ...]
    authority: str
    status: RecordStatus = "NEW"
    settings: str = ""
    software: str = ""
    made: datetime
    through: datetime
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """A delivery's row in the state database; fields as of ``schemas.delivery.StoredPackage``."""

    intent: DeliveryIntent
    standing: DeliveryStanding
    key: str = ""
    name: str = ""
    size: int = 0
    sha256: str = ""
    changed: datetime
    tries: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KbReceipt:
    """What KB says of a delivery or one package of it.

    Attributes:
        delivery: external delivery id. package: OBJID of one package, or empty: the whole delivery.
        answer: ``accepted``, ``rejected`` or ``waiting``. reference: KB's own mark, or empty; never a sentence.
        reason: KB's words on a rejection, or empty: content, kept in an archive item alone.
    """

    delivery: str
    package: str = ""
    answer: Literal["accepted", "rejected", "waiting"] = "waiting"
    reference: str = ""
    reason: str = ""


# --- Settings -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """The feed that KB fetches (``[deposit.feed]``).

    Attributes:
        address: where KB fetches it. title, description: of the channel. window_days: how long an item stays.
        name: file name. place: where it is written, a receiver of kind ``folder`` or ``s3``.
    """

    address: str
    title: str
    description: str
    place: Receiver
    window_days: int = 14
    name: str = "e-plikt.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSettings:
    """How KB's receipts are read (``[deposit.receipts]``). KB's address is not public: every part may be replaced.

    Attributes:
        address: with ``{delivery}`` where the delivery id goes. user, password_env: HTTP Basic, or empty.
            token_env: a bearer token instead.
        delivery: where the answer names the delivery that it is about; an answer that has nothing there is believed.
        answer, reference, reason: where they stand in the JSON answer, keys with dots (``delivery.status``).
        packages: where the list of packages stands, or empty. package, package_answer, package_reference,
            package_reason: keys in each of its entries.
        accepted, rejected, waiting: words that mean each; another word is no answer.
    """

    address: str
    user: str = ""
    password_env: str = ""
    token_env: str = ""
    delivery: str = "delivery"
    answer: str = "status"
    reference: str = "reference"
    reason: str = "message"
    packages: str = "packages"
    package: str = "objid"
    package_answer: str = "status"
    package_reference: str = "reference"
    package_reason: str = "message"
    accepted: tuple[str, ...] = ("accepted", "OK")
    rejected: tuple[str, ...] = ("rejected", "ERROR")
    waiting: tuple[str, ...] = ("waiting", "received")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositSettings:
    """The home's ``[deposit]``.

    Attributes:
        publisher: name of the publisher; empty = the organisation's. suffix: what KB adds to the organisation number in
            the publisher's address, or empty.
        agreement: submission agreement that KB assigns, an address. specification: delivery specification, an address.
        system: name of the delivering system. prefix: what delivery ids begin with.
        companies: archive creators' slugs that are no authorities (municipal companies, foundations): 14 § does not
            reach them.
        access, language: when nobody tells another. way: how films are delivered when nobody tells another.
        test: deliveries are marked TEST; nothing they prove counts.
        originals: folder where the owners of films lay their original files, or empty.
        warn_days: days left at which the night tells.
        receiver: where deliveries go, or None: they are fetched by hand.
        keep: a built delivery stays in the store after the receipt.
        feed: or None. receipts: or None: they are recorded by hand.
    """

    publisher: str = ""
    suffix: str = ""
    agreement: str = ""
    specification: str = "http://www.kb.se/namespace/digark/deliveryspecification/deposit/fgs-publ/v1/"
    system: str = "Bevara"
    prefix: str = "bevara"
    companies: tuple[str, ...] = ()
    access: Literal["gratis", "restricted"] = "gratis"
    language: str = "swe"
    way: Way = "fgs-publ"
    test: bool = False
    originals: str = ""
    warn_days: tuple[int, ...] = (60, 30, 14, 7)
    receiver: Receiver | None = None
    keep: bool = False
    feed: FeedSettings | None = None
    receipts: ReceiptSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The three months of one film (14 §), counted in civil days in Stockholm.

    Attributes:
        first: the day it was first available. last: the last day to deliver, never moved for weekends or holidays.
        left: days from ``as_of`` to ``last``; 0 = today is the last; below 0 = overdue.
        stopped: it no longer runs.
    """

    first: date
    last: date
    left: int
    stopped: bool
