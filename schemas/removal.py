"""Taking something away from a page, or hiding it: a row of numbers, ids and codes; the words stand in items of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from schemas.ids import ItemId

RemovalKind = Literal["removal", "picture", "seen"]
"""``removal``: somebody of ours takes away what breaks a clause. ``picture``: a person asks that a picture or film of
them is taken away. ``seen``: it was taken away without us, and a person says by whom and why afterwards."""
REMOVAL_KINDS: tuple[RemovalKind, ...] = get_args(RemovalKind)

RemovalStanding = Literal["begun", "secured", "acting", "unclear", "by-hand", "hidden", "removed", "declined", "closed"]
"""``begun``: nothing has been taken away; where no copy could be had it may have been hidden, which takes nothing away.
``secured``: the copy is secured, or an emergency record is signed. ``acting``: the platform is being asked. ``unclear``: it
did not say, or said something that is not so. ``by-hand``: a person has the link and does it. ``hidden``, ``removed``:
observed afterwards, or said by a named person. ``declined``: nothing was done: it is to stay, or was gone before we asked.
``closed``: nothing more is waited for (notice, police, registration)."""
UNFINISHED: frozenset[RemovalStanding] = frozenset({"begun", "secured", "acting", "unclear", "by-hand"})
"""Visitors may still see it although somebody wants it away (W153), or a decision on it waits (W154); it is not culled."""
REMOVAL_STANDINGS: tuple[RemovalStanding, ...] = get_args(RemovalStanding)

Secured = Literal["", "fresh", "archived", "screenshot", "emergency", "locked", "unlocked"]
"""``fresh``: harvested now. ``archived``: the newest version on record. ``screenshot``: a file that a person brought.
``emergency``: nothing could be had; a named person signs a description. ``locked``: suspected child sexual abuse
material, never copied nor sent on. ``unlocked``: it was taken away under such a lock, which was lifted afterwards."""
SECURED: tuple[Secured, ...] = get_args(Secured)

SUBJECT = "removal:"
"""A removal's ledger subject is this and its number."""
LOCKED_COPY = "locked-copy"
"""Sort of the papers that name records with screenshots of what was locked later: they are locked as well."""

Noticed = Literal["", "sent", "to-paste", "pasted", "impossible", "none"]
"""Whether the visitor was told: ``to-paste``: the text is written and waits for a person. ``none``: nobody is to be told
(it was ours, or it is for the police to decide what its author gets to know)."""
NOTICED: tuple[Noticed, ...] = get_args(Noticed)


def untold(noticed: Noticed) -> Noticed:
    """What becomes of a message that has not gone, where nobody is to be told."""
    return "none" if noticed in ("", "to-paste") else noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One removal: its row in the state database; its ledger subject is ``removal:<number>``.

    Attributes:
        number: running number in the home. kind, standing: see above.
        item: what it is about. account, authority: whose page.
        clause: of the policy, or empty for ``seen`` that nobody has explained.
        person: who acts, or empty for ``seen``. opened, changed: UTC.
        secured: how the copy is secured. version: the version that is secured, 0 for none.
        record: item (``duty_record``; a picture's ``decision``) with the words: why, description, screenshot; None until
            it is written.
        wanted: ``remove`` or ``hide``. tries: how often the platform was asked. answer: finding code of its last answer.
        done: when it was observed or said to be gone or hidden, UTC.
        notice: item (``removal_notice``), or None. noticed: see above.
        police, register: a person is still to report it to the police, to register it. secrecy: it has the mark *sekretess*.
    """

    number: int
    kind: RemovalKind
    standing: RemovalStanding
    item: ItemId
    account: str
    authority: str
    clause: str
    person: str
    opened: datetime
    changed: datetime
    secured: Secured = ""
    version: int = 0
    record: ItemId | None = None
    wanted: str = "remove"
    tries: int = 0
    answer: str = ""
    done: datetime | None = None
    notice: ItemId | None = None
    noticed: Noticed = ""
    police: bool = False
    register: bool = False
    secrecy: bool = False

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"{SUBJECT}{self.number}"

    @property
    def gone(self) -> bool:
        """Visitors do not see it any longer."""
        return self.standing in ("removed", "hidden")

    @property
    def unfinished(self) -> bool:
        """See ``UNFINISHED``."""
        return self.standing in UNFINISHED

    @property
    def owes_notice(self) -> bool:
        """The visitor is still to be told (W155)."""
        return self.gone and self.noticed in ("", "to-paste")

    @property
    def settled(self) -> bool:
        """It is gone and nothing more is waited for: notice, police, registration."""
        return self.gone and not (self.owes_notice or self.police or self.register)


BlockStanding = Literal["active", "lifted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A decision to block a visitor from a page. Who is blocked stands in the item alone.

    Attributes:
        item: the decision (``block_decision``). account, authority: whose page. person: who decided. at: when, UTC.
        review: civil day on which it is looked at again. standing, changed: whether it holds, and since when.
    """

    item: ItemId
    account: str
    authority: str
    person: str
    at: datetime
    review: date
    standing: BlockStanding = "active"
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Which of our own documents stands for what: the newest entry in the register, the list as last published and more.

    Attributes:
        sort: ``account-start``, ``account-close``, ``administrators``, ``routine``, ``public-list``, ``art30``,
            ``adverts``, ``month-sheet`` … subject: account's or unit's name, or empty. period: ``2026-03``, or empty.
        item: the document. digest: keyed or plain SHA-256 of what it said, to tell whether it has changed. at: UTC.
    """

    sort: str
    subject: str
    period: str
    item: ItemId
    digest: str
    at: datetime
