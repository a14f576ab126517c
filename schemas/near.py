"""Names that Bevara gives where a platform's export gives none, and the likeness by which such an item is known again.

An export without ids shows the same post that a harvest has seen with its id. Both have the same account, the same
second of publication and the same text; where there is no text, the same attachments. That likeness is entered, as a
keyed hash like any native id, in the table of native ids, so that it outlives the item: what an export brought in
without an id, and was destroyed here, is not taken in again. Of what was harvested the table has the platform's id alone;
whoever destroys it has to enter its likeness then (``flows.harvest.likeness.remember_destroyed``).

Only what is the municipality's own, and private messages by one and the same person, are known by likeness; a post is
never like an answer. A visitor's words are like nobody's.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from schemas.record import Kind, MediaRole

EXPORT = "export:"
"""Native ids of items whose export gives them none begin with this."""
HAND = "hand:"
"""Native ids of what a person brought in begin with this."""


def named_by_us(native: str) -> bool:
    """The native id is ours, so that no platform can be asked for it."""
    return native.startswith((EXPORT, HAND))


def normalised(text: str) -> str:
    """The text as it is compared: composed characters, every run of white space one space, none at the ends."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text).split())


def unnamed(
    kind: Kind, at: datetime | None, text: str, files: Iterable[str] = (), *, beside: Iterable[str] = ()
) -> str:
    """The native id of an item without one: the same in every export that shows it unchanged.

    Args:
        at: when it was published, as the export says. files: names of its attachments in the export.
        beside: what else tells it from others of its second (a message's author, conversation and millisecond).
    """
    parts = [kind, _second(at), normalised(text), *sorted(files)]
    more = list(beside)
    if more:
        parts += ["\x1e", *more]
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return EXPORT + hashlib.sha256(joined).hexdigest()[:40]


def again(native: str, number: int) -> str:
    """The name of the ``number``-th item that one export shows under the same name."""
    return f"{native}#{number}"


_SORTS: dict[Kind, str] = {"post": "post", "boost": "post", "story": "story", "reply": "answer", "message": "message"}
"""Kinds that may be known by likeness: our own, and messages."""


def sort_of(kind: Kind, author: str | None) -> str:
    """Among what an item is looked for by likeness; empty for what is somebody else's: that is like nothing.

    A message is like another only if both name the same author, for in conversations everybody writes.
    """
    sort = _SORTS.get(kind, "")
    return f"{sort}\x1e{normalised(author or '').casefold()}" if sort == "message" else sort


def likeness(account: str, sort: str, at: datetime | None, text: str, digests: Iterable[str] = ()) -> str:
    """What stands for an item in the table of native ids beside its id: account, second, and text or attachments.

    Args:
        account: Bevara's name of the account. sort: as ``sort_of`` says.
        digests: of the attachments; used where there is no text.

    Returns:
        Empty when the item has no sort, no time, or neither text nor attachments: then it is like nothing.
    """
    body = normalised(text) or "\x1e".join(sorted(set(digests)))
    if not sort or at is None or not body:
        return ""
    return f"near:{account}\x1f{sort}\x1f{_second(at)}\x1f{body}"


def repeated(name: str, number: int) -> str:
    """The likeness of the ``number``-th item (from 0) of one account, sort and second with the same text."""
    return f"{name}\x1f{number}" if number else name


PICTURED: tuple[Kind, ...] = ("post", "reply", "story")
"""Kinds that may be known by nothing but being the one without text of their second: they are our own."""


def pictured(account: str, at: datetime, kind: Kind, files: int, *, several: bool = False) -> str:
    """What stands for the one item without text of its account, second, kind and number of attachments.

    A platform packs pictures anew, so that their bytes say nothing. ``several``: the mark that there is more than one.
    """
    return f"alone:{account}\x1f{_second(at)}\x1f{kind}\x1f{files}\x1f{'several' if several else ''}"


def files_of(roles: Iterable[MediaRole]) -> int:
    """How many attachments an item has; what a platform makes of them itself (stills, captions) is none."""
    return sum(role not in ("thumbnail", "caption") for role in roles)


def _second(at: datetime | None) -> str:
    return "" if at is None else str(int(at.timestamp()))
