"""Wait a little for a lease that somebody else has: for work that is short on both sides."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from schemas.books import Lease, LeaseTakenError, State

_TRIES, _PAUSE = 50, 0.1
"""How often, and at how many seconds' distance, a lease is asked for."""


@contextmanager
def patiently(state: State, name: str) -> Iterator[Lease]:
    """Hold a lease; one that is taken is asked for again for some seconds. Raises LeaseTakenError."""
    with ExitStack() as held:
        for left in reversed(range(_TRIES)):
            try:
                lease = held.enter_context(state.hold_lease(name))
                break
            except LeaseTakenError:
                if not left:
                    raise
                time.sleep(_PAUSE)
        yield lease
