"""What the daily watch tells: signs about items and accounts, and what people said of them.

A sign is never content: a code, a subject's id, a clause, how sure it is, numbers. It proposes and never acts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Certainty = Literal["sure", "likely", "uncertain"]
"""``sure``: counted or measured. ``likely``: words or patterns say so. ``uncertain``: they do, and something speaks
against it (a quotation, irony, another language): for a person to read."""
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)

NoticeStanding = Literal["open", "gone", "dismissed", "done"]
"""``open``: as it was when it was last looked at. ``gone``: it is so no longer, by itself (answered, removed, mended).
``dismissed``: a person says that it is nothing. ``done``: a person has seen to it (removed, explained, referred)."""
NOTICE_STANDINGS: tuple[NoticeStanding, ...] = get_args(NoticeStanding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something that needs a person's eye.

    Attributes:
        code: ``W…``. subject: an item's opaque id, or an account's name. clause: of the policy.
        account: name of the account it belongs to. authority: its archive creator.
        certainty: see above. version: of the item, 0 for none. since: from when it is so (the question's time …), UTC.
        parameters: numbers, days, codes and our own addresses for the sentence: never words or names of visitors.
    """

    code: str
    subject: str
    clause: str
    account: str
    authority: str
    certainty: Certainty = "sure"
    version: int = 0
    since: datetime | None = None
    parameters: tuple[tuple[str, str | int], ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is remembered of a sign: its row in the state database, by subject and code.

    Attributes:
        subject, code, clause, account, authority, certainty, version: as ``Sign``'s.
        first, last: when it was first and last seen so, UTC.
        standing: see above. person: who dismissed or did it, or empty. changed: UTC.
    """

    subject: str
    code: str
    clause: str
    account: str
    authority: str
    certainty: Certainty
    version: int
    first: datetime
    last: datetime
    standing: NoticeStanding
    person: str = ""
    changed: datetime
