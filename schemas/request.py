"""A request (*begäran*): for records (TF 2 ch.), or of a person about their own data (GDPR 15, 17, 18).

The state database knows what stands here: numbers, ids, codes, days. What somebody wrote, who asked, why something was
decided is content: it stands in items of ours (``request_log``, ``letter``, ``decision``, ``answer``) that the request
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal, get_args

from schemas.ids import ItemId
from schemas.refusal import RefusedError

RequestKind = Literal["handlingar", "tillgang", "radering", "begransning"]
"""``handlingar``: records, TF 2:15-16. ``tillgang``: a person's own data (GDPR 15). ``radering``: erasure (GDPR 17).
``begransning``: restriction (GDPR 18)."""
REQUEST_KINDS: tuple[RequestKind, ...] = get_args(RequestKind)

Channel = Literal["e-post", "brev", "telefon", "besok", "sociala-medier", "annat"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

RequestStanding = Literal["open", "answered", "refused", "decided", "appealed", "withdrawn", "closed"]
"""``open``: to be answered (again, after a court's ruling). ``answered``: something was given, or nothing was found.
``refused``: an employee's no, without a written decision. ``decided``: a written decision that can be appealed.
``appealed``: the appeal has come in. ``withdrawn``: by who asked. ``closed``: the hold is released."""
REQUEST_STANDINGS: tuple[RequestStanding, ...] = get_args(RequestStanding)

Outcome = Literal["", "given", "partly", "refused", "nothing", "unpublish", "no-unpublish", "restrict", "no-restrict"]
"""What the latest answer said; ``nothing``: nothing was found. The last four are answers about personal data."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Ruling = Literal["", "upheld", "changed", "remitted", "withdrawn", "late"]
"""How an appeal ended: the court agreed with us, gave records out, sent it back to us; it was taken back; or it came too
late and was turned away by us (FL 45 §)."""
RULINGS: tuple[Ruling, ...] = get_args(Ruling)

FeeStanding = Literal["", "asked", "paid", "waived"]
FEE_STANDINGS: tuple[FeeStanding, ...] = get_args(FeeStanding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: its row in the state database.

    Attributes:
        number: running number in the home; its ledger subject is ``request:<number>``.
        kind, standing, authority, channel: see above; the authority is whose archive the records of it belong to.
        received: when it reached us, UTC. opened: when it was entered. changed: when the row last changed.
        person: the officer who opened it.
        hold: number of its hold, or None once the row is closed (the hold is lifted then, and stays in the hold book).
        record: item (``request_log``) with its wording, the first of its thread; None until that is written.
        contact: item (``letter``) with where to answer, kept apart; None = nobody asked for it.
        listed: item (``request_log``) that holds the frozen list; None before the first ``find``.
        digest: SHA-256 of the frozen list (``flows.disclose.find.listing``), or empty. items: how many lines it has.
        outcome: of the latest answer. answered: when, UTC.
        fee: where a fee stands.
        decision: item (``decision``) of the latest written decision. decided: when, UTC.
        served: civil day on which the person got it, as recorded; the appeal time runs from it, and never without it.
        appealed: civil day on which the appeal came in. forwarded: when it went to the court, UTC.
        ruling: how the appeal ended. final: civil day on which that became final.
        closed: when, UTC.
    """

    number: int
    kind: RequestKind
    standing: RequestStanding
    authority: str
    channel: Channel
    received: datetime
    opened: datetime
    changed: datetime
    person: str
    hold: int | None
    record: ItemId | None = None
    contact: ItemId | None = None
    listed: ItemId | None = None
    digest: str = ""
    items: int = 0
    outcome: Outcome = ""
    answered: datetime | None = None
    fee: FeeStanding = ""
    decision: ItemId | None = None
    decided: datetime | None = None
    served: date | None = None
    appealed: date | None = None
    forwarded: datetime | None = None
    ruling: Ruling = ""
    final: date | None = None
    closed: datetime | None = None

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"request:{self.number}"


# --- Assessment of one record -----------------------------------------------------------------------------------

Verdict = Literal["give", "partly", "refuse"]
"""Of one version of one item: given whole, given with masks, not given at all."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

MaskSort = Literal["span", "field", "region", "sound", "picture", "metadata", "file"]
"""``span``: characters of a text. ``field``: a whole field. ``region``: a rectangle of a picture. ``sound``,
``picture``: a time of a recording made silent, or black. ``metadata``: what a file says beside its picture and sound.
``file``: a whole attachment."""
MASK_SORTS: tuple[MaskSort, ...] = get_args(MaskSort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """What is taken out of one version of one item. Numbers and names of places alone: never what stood there.

    Attributes:
        sort: see above.
        where: ``text``, ``author``, ``address`` (the item's own address on the platform), ``links:<n>``, ``alt:<n>``
            (of attachment n), ``media:<n>`` (attachment n itself; caption files are ``media`` too); n counts from 0
            (``flows.disclose.assess.attachments``).
        provision: the provision it rests on, ``OSL 21:1``.
        start, end: code points of the field ``[start, end)`` for ``span``; milliseconds for ``sound`` and ``picture``.
        x, y, width, height: pixels of the picture as shown (its EXIF rotation counted), for ``region``.
        pseudonym: the place is given a stand-in that is the same for one person throughout the request.
    """

    sort: MaskSort
    where: str
    provision: str
    start: int = 0
    end: int = 0
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    pseudonym: bool = False

    def as_json(self) -> dict[str, Any]:
        """Its JSON values."""
        return asdict(self)


def mask_from(values: object) -> Mask:
    """Read a mask back. Raises RefusedError: other fields or types than a mask's."""
    names = {one.name for one in fields(Mask)}
    if not isinstance(values, Mapping) or set(values) != names or values["sort"] not in MASK_SORTS:
        raise RefusedError("mask", "…", "the fields are not those of a mask")
    for name in ("start", "end", "x", "y", "width", "height"):
        if not isinstance(values[name], int) or isinstance(values[name], bool):
            raise RefusedError(f"mask.{name}", "…", "write a whole number")
    if not isinstance(values["where"], str) or not isinstance(values["provision"], str):
        raise RefusedError("mask", "…", "where and provision are texts")
    if not isinstance(values["pseudonym"], bool):
        raise RefusedError("mask.pseudonym", "…", "write true or false")
    return Mask(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What an officer decided of one version of one item in one request.

    Attributes:
        request, item, version: which. verdict: see above.
        provision: what a whole refusal rests on, else empty. masks: what is taken out, for ``partly``.
        person, at: who decided and when, UTC.
        copy: item (``answer``) with the masked copy, once it is made for exactly these masks, else None.
        portion: number of the answer that it went out with, or 0.
        seen: which attachments the version had then, in which order (``flows.disclose.assess.attachments.seen_as``); empty
            for none.
    """

    request: int
    item: ItemId
    version: int
    verdict: Verdict
    provision: str = ""
    masks: tuple[Mask, ...] = ()
    person: str
    at: datetime
    copy: ItemId | None = None
    portion: int = 0
    seen: str = ""


# --- What is handed out of one record ---------------------------------------------------------------------------

FileState = Literal["whole", "masked", "removed", "missing"]
"""``whole``: the attachment's own bytes. ``masked``: new bytes. ``removed``: not given. ``missing``: we do not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """One attachment as it is given.

    Attributes:
        number: its place among the item's attachments, from 0. role, media_type, language: as ``MediaRef``'s.
        digest: SHA-256 of the original's bytes in the archive, or None. size: bytes, or None.
        alt: alt text, masked already; None where there is none.
        state: see above. masks: those of its own. provision: what a removal rests on, else empty.
    """

    number: int
    role: str
    media_type: str
    language: str
    digest: str | None
    size: int | None
    alt: str | None
    state: FileState
    masks: tuple[Mask, ...] = ()
    provision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One version of one item as it is handed out: everything masked is gone already, nothing else may be shown of it.

    Attributes:
        item, version: which; both are opaque. verdict: how it was assessed; of a refused one nothing else is set than
            ``kind``, ``account``, ``platform``, ``published`` and ``provisions``.
        author: name as shown, a stand-in, or the mask's label; None where the platform gives none.
        text, address, links: as written, with labels in the place of what is masked; the address is empty when it
            would show what is masked.
        counts: as ``Row.counts``. files: attachments.
        provisions: what something in it is masked or refused under, in order, each once.
    """

    item: ItemId
    version: int
    verdict: Verdict
    kind: str
    platform: str
    account: str
    own: bool
    published: datetime | None
    edited: datetime | None
    state: str
    author: str | None = None
    text: str = ""
    address: str = ""
    links: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    files: tuple[GivenFile, ...] = ()
    provisions: tuple[str, ...] = ()
