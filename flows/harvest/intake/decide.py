"""What an export changes of what is known. Pure.

An export shows one moment that is over, often long before the last harvest. So it adds what was missing and takes
nothing back: no state, no counter and no text on record is replaced by it, unless it says itself that the text is the
later one.
"""

from __future__ import annotations

from flows.harvest.decide import Change, Head
from schemas.record import EXPORTED, Seen


def changes_by_export(seen: Seen, head: Head | None, *, parent: str | None) -> tuple[Change, ...]:
    """Which rows an item of an export leads to; none when nothing was missing."""
    found: list[Change] = []
    if head is None or head.version == 0:
        found.append("new")
        if seen.hidden:
            found.append("hidden")
    elif seen.identity not in head.identities and later(seen, head):
        found.append("edited")
    elif parent is not None and head.parent is None:
        found.append("parent")
    if seen.removed_by is not None and (head is None or head.state != "gone"):
        found.append("gone")
    return tuple(found)


def later(seen: Seen, head: Head) -> bool:
    """The export's text is certainly later than the latest on record: its edit time says so.

    What was harvested was the text of that moment; what came from another export may be older than the day it was
    taken in.
    """
    if seen.edited is None:
        return False
    if head.evidence == EXPORTED:
        return head.edited is None or seen.edited > head.edited
    return head.observed is None or seen.edited > head.observed
