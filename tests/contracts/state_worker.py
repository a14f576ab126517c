"""Another process that uses the state database: ``python -m tests.contracts.state_worker ACT URL ...``.

``append URL NAME COUNT``: adds links, one per transaction. ``hold URL NAME SECONDS``: holds a lease and has an intent,
says ``held``, waits for a line, then tries to commit a setting and says ``committed`` or ``lost``.
``open URL``: opens and closes.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from connectors.state import open_database
from schemas.books import LeaseLostError
from schemas.receipt import Receipt

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def append(url: str, name: str, count: str) -> None:
    """Add links, one per transaction."""
    state = open_database(url)
    for number in range(int(count)):
        with state.writing() as books:
            books.ledger.append(Receipt(act="test", at=AT, actor=name, evidence={"number": number}))
    state.close()


def hold(url: str, name: str, seconds: str) -> None:
    """Hold a lease until a line comes; then commit under it."""
    state = open_database(url, lease_seconds=float(seconds))
    with state.hold_lease(name) as lease:
        with state.writing() as books:
            books.intents.open(f"holdings/{name}", lease, AT)
        print("held", flush=True)  # noqa: T201 - spoken to the test
        sys.stdin.readline()
        try:
            with state.writing() as books:
                books.set_setting("committed", name)
                books.leases.check(lease)
        except LeaseLostError:
            print("lost", flush=True)  # noqa: T201 - spoken to the test
        else:
            print("committed", flush=True)  # noqa: T201 - spoken to the test
    state.close()


def open_only(url: str) -> None:
    """Open and close."""
    open_database(url).close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["append", url, name, count]:
            append(url, name, count)
        case ["hold", url, name, seconds]:
            hold(url, name, seconds)
        case ["open", url]:
            open_only(url)
        case _:
            sys.exit(__doc__)
