"""Attachments that nothing refers to any longer: removed in every place, and forgotten when they are gone."""

from __future__ import annotations

from collections.abc import Sequence

from flows.keep.removal import Everywhere, Removed
from schemas.books import Books, LeaseTakenError
from schemas.ground import Ground
from schemas.receipt import Receipt
from schemas.shelf import medium

LEASE = "media-removal"
"""Lease of whoever removes attachments; one run does at a time."""

_TOGETHER = 64
"""Attachments whose rows are locked in one transaction."""

_MOST = 1_000_000
"""Attachments that one run tries."""


def remove_free(ground: Ground) -> Removed:
    """Remove the attachments that nothing refers to from the store and every mirror, and observe their absence.

    Their rows' locks are held meanwhile: a harvest that wants one of them takes the same lock first, waits, and then
    finds it missing and puts it again. One that somebody has announced to write is left alone. What cannot be
    removed stays for the next run. Receipts tell the place and numbers, never a digest: it is one of content.
    """
    with ground.state.reading() as books:
        waiting = books.media.free(_MOST)
    if not waiting:
        return Removed()
    try:
        with ground.state.hold_lease(LEASE):
            return _remove(ground, waiting)
    except LeaseTakenError:
        return Removed(left=len(waiting), busy=True)


def _remove(ground: Ground, waiting: Sequence[str]) -> Removed:
    everywhere = Everywhere((ground.store, *ground.mirrors))
    for start in range(0, len(waiting), _TOGETHER):
        some = waiting[start : start + _TOGETHER]
        everywhere.probe(medium(some[0]))
        with ground.state.writing() as books:
            digests = _still_free(books, some)
            everywhere.skipped(len(some) - len(digests))
            gone = everywhere.destroy([medium(digest) for digest in digests])
            absent = [digest for digest in digests if medium(digest) in gone]
            if not absent:
                continue
            books.media.forget(absent)
            for place in everywhere.places:
                books.ledger.append(
                    Receipt(
                        act="keep.removed",
                        at=ground.clock.now(),
                        actor="bevara",
                        subjects=("media",),
                        evidence={"place": place, "observed_absent": len(absent)},
                    )
                )
    return everywhere.result()


def _still_free(books: Books, digests: Sequence[str]) -> list[str]:
    """Those that nothing refers to and nobody has announced, now that their rows are locked."""
    books.media.lock(list(digests))
    referred = books.media.referred(digests)
    announced = books.intents.known([medium(digest) for digest in digests])
    return [digest for digest in digests if digest not in referred and medium(digest) not in announced]
