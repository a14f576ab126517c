"""What a record is: the kinds, what a connector has seen of one item, and one stored row of it.

``Seen`` is what a platform module's pure ``parse`` makes of an answer: it has the platform's own ids and no
opaque id yet. ``Row`` is what lies in the archive: one version, sighting or observation of one item
(``schemas.tables`` gives its columns, ``schemas.xml.record`` its document).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from schemas.ids import ItemId

Kind = Literal[
    "post",
    "reply",
    "comment",
    "visitor_post",
    "mention",
    "boost",
    "message",
    "story",
    "profile",
    "snapshot",
    "removal_notice",
    "block_decision",
    "duty_record",
    "account_decision",
    "account_list",
    "page_rules",
    "statistics",
    "request_log",
    "answer",
    "decision",
    "letter",
    "proposal",
    "certificate",
    "coverage",
]
"""The documented list of kinds.

Harvested: ``post`` (our own, beginning a thread), ``reply`` (our own, answering something), ``comment`` (somebody
else's, in a thread of ours), ``visitor_post`` (somebody else's, beginning a thread on our page), ``mention``
(somebody else's, elsewhere, naming us), ``boost`` (our own passing-on of somebody else's), ``message`` (private),
``story`` (24 hours), ``profile`` (how our own account presents itself). The others are what Bevara itself makes
(platform ``bevara``).
"""

KINDS: tuple[Kind, ...] = get_args(Kind)

RowKind = Literal["version", "sighting", "observation"]
"""``version``: an observed state of the content. ``sighting``: a change of visibility (seen, hidden, gone,
unknown). ``observation``: counters, or media and parents that were found later."""

ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)

State = Literal["seen", "hidden", "gone", "unknown"]
"""``seen``: in the listing. ``hidden``: there, but hidden from visitors. ``gone``: not in a complete listing, and a
direct look-up answered "not found". ``unknown``: not seen, and we cannot say why."""

STATES: tuple[State, ...] = get_args(State)

Cause = Literal["", "us", "author", "platform", "account", "expired"]
"""Who or what took an item away or hid it, where the platform tells; empty = it does not, and nobody guesses.
``account``: the author's whole account is gone. ``expired``: it was made to last a day (a story)."""

EVIDENCE = frozenset(
    {
        "listing",
        "hidden-by-us",
        "hidden-by-platform",
        "lookup-found",
        "lookup-unclear",
        "listing-complete-lookup-not-found",
        "removed-by-us",
        "removed-by-author",
        "removed-by-platform",
        "account-gone",
        "expired",
        "event-removed",
        "export",
        "by-hand",
    }
)
"""What a sighting rests on. ``listing-complete-lookup-not-found``: gone, and nobody tells who took it away.
``event-removed``: the platform told of the removal while we were listening. ``export`` and ``by-hand``: what a version
itself rests on, where it was not seen by harvesting: the platform's export, or a file that a person brought in."""
EXPORTED = "export"
"""Evidence of a version that comes from an export."""
BY_HAND = "by-hand"
"""Evidence of a version that a person brought in."""

Clock = Literal["stated", "platform", "none"]
"""Which time counts as published: the author's statement, the platform's own time, or none that is usable."""

CLOCKS: tuple[Clock, ...] = get_args(Clock)

MediaRole = Literal["picture", "video", "audio", "caption", "thumbnail", "document"]
MEDIA_ROLES: tuple[MediaRole, ...] = get_args(MediaRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """One attachment of one version.

    Attributes:
        role: what it is to the item.
        origin: where the bytes come from: a blob's id or an address without secrets.
        media_type: as the platform states it, or empty.
        alt: the alt text, or None where the platform gave none.
        language: of a caption file, or empty.
        digest: SHA-256 in hexadecimal once the bytes are stored, else None.
        size: bytes once stored, else None.
    """

    role: MediaRole
    origin: str
    media_type: str = ""
    alt: str | None = None
    language: str = ""
    digest: str | None = None
    size: int | None = None


@dataclass(slots=True, kw_only=True)
class Seen:
    """One item in one answer of a platform, before it has an opaque id.

    Not frozen, for speed only (one is made per item and answer); nothing changes it after ``parse``.

    Attributes:
        native: the platform's own id (Bluesky: AT URI; Mastodon: ``uri``).
        kind: what it is, as far as the answer tells.
        author: handle or name as shown, or None when the platform withholds it.
        author_native: the author's id on the platform, or None.
        parent_native: what it answers directly, or None.
        thread_native: the first item of the thread, or None when it is that itself.
        stated: the author's time; None when missing or unusable.
        platform_time: the platform's own time; None when it gives none.
        edited: the platform's edit time; None when it gives none.
        text: the text as plain text, every character encodable (``schemas.text.visible``).
        language: language codes as stated, comma-separated, or empty.
        links: expanded targets, in order.
        visibility: the platform's word for who may see it; empty = public.
        hidden: hidden from visitors by ourselves or the platform.
        hidden_by: ``us``, ``platform`` or empty where the platform does not say (never guessed).
        media: attachments in order, not fetched yet.
        counts: counters, name to number.
        payload: the item's own JSON value written canonically; no other item's content.
        identity: SHA-256 (hexadecimal) of what makes a version: author-set fields, attachments, visibility.
        secondary: this answer shows the item by the way (own post inside a thread view): it updates counters and
            visibility, and makes a version only if the item is not known at all.
        superseded: an earlier text of the item, which the platform shows beside the latest (its edit history): it makes
            a version only if none like it is on record. It is handed over before the latest.
        removed_by: what shows the item says that it was taken away, and by whom ("" = it does not say by whom);
            None = it is there. Exports alone list what is gone.
    """

    native: str
    kind: Kind
    author: str | None
    author_native: str | None
    parent_native: str | None = None
    thread_native: str | None = None
    stated: datetime | None = None
    platform_time: datetime | None = None
    edited: datetime | None = None
    text: str = ""
    language: str = ""
    links: tuple[str, ...] = ()
    visibility: str = ""
    hidden: bool = False
    hidden_by: str = ""
    media: tuple[MediaRef, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    payload: str
    identity: str
    secondary: bool = False
    superseded: bool = False
    removed_by: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored row: a version, a sighting or an observation of one item. Same fields as ``schemas.tables.HOLDINGS``.

    Which fields are set depends on ``row``: a version has all that the platform gave; a sighting has ``state``,
    ``complete`` and ``evidence``; an observation has ``counts``, or ``media`` or ``parent`` and ``thread`` found
    later. The naming fields (row to thread_native, observed) are set on every row.
    """

    row: RowKind
    item: ItemId
    authority: str
    platform: str
    account: str
    kind: Kind
    own: bool
    native: str
    author: str | None
    author_native: str | None
    parent: ItemId | None
    thread: ItemId
    parent_native: str | None
    thread_native: str | None
    published: datetime | None
    clock: Clock
    stated: datetime | None
    platform_time: datetime | None
    edited: datetime | None
    observed: datetime
    version: int
    state: State
    complete: bool | None
    evidence: str | None
    text: str | None
    language: str | None
    links: tuple[str, ...]
    visibility: str | None
    media: tuple[MediaRef, ...]
    counts: tuple[tuple[str, int], ...]
    identity: str | None
    payload: str | None
    batch: str
