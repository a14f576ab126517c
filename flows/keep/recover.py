"""Recovery: what a run that was stopped left behind is taken away or finished, before anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.keep.derived import remove_retired
from flows.keep.removal import Everywhere
from schemas.books import Books, Intent, LeaseTakenError, State
from schemas.neighbours import Store
from schemas.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Objects without an owner that were taken away, and retired ones whose removal was finished."""

    removed: int
    finished: int


def recover(state: State, store: Store, at: datetime, mirrors: Sequence[Store] = ()) -> Recovered:
    """Clear away objects whose intent's lease is dead and finish removals. Repeating it is harmless.

    A mirror may have copied such an object meanwhile, so it goes there too; until it is absent everywhere its intent
    stays. Only objects named by a dead intent are touched: an object that neither an intent nor a register knows is a
    finding of ``verify`` and never removed (design, "Order of writes").
    """
    try:
        with state.hold_lease("recover"):
            return _recover(state, store, at, mirrors)
    except LeaseTakenError:
        return Recovered(removed=0, finished=0)


def _recover(state: State, store: Store, at: datetime, mirrors: Sequence[Store]) -> Recovered:
    # Asked while writing, it takes expired leases from their holders: a holder that was merely slow cannot commit
    # what is about to be taken away.
    with state.writing() as books:
        dead = books.intents.dead()
    removed = 0
    everywhere = Everywhere((store, *mirrors))
    for intent in dead:
        everywhere.probe(intent.key)
        with state.writing() as books:
            if intent not in books.intents.dead():
                continue  # somebody alive has begun to write the same object since
            if not _registered(books, intent):
                if not everywhere.destroy([intent.key]):
                    continue  # the intent stays, so the next run tries again
                removed += 1
                books.ledger.append(
                    Receipt(
                        act="keep.recovered",
                        at=at,
                        actor="bevara",
                        subjects=(_subject(intent),),
                        evidence={"absent": True},
                    )
                )
            books.intents.close([intent.key])
    return Recovered(removed=removed, finished=remove_retired(state, store, at, mirrors).removed)


def _subject(intent: Intent) -> str:
    # A medium's key is the unsalted digest of content; it may not outlive the content in the ledger.
    return "media" if intent.key.startswith("media/") else intent.key


def _registered(books: Books, intent: Intent) -> bool:
    area, _, name = intent.key.partition("/")
    if area == "media":
        digest = name.rpartition("/")[2]
        # The lock keeps a harvest that is about to refer to the same attachment waiting; it will look for the
        # object afterwards and put it again.
        return digest in books.media.lock([digest])
    if area == "holdings":
        return bool(books.manifest.known([intent.key]))
    return bool(books.copies.known([intent.key]))
