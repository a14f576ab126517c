"""Look at one item on its platform now: the thread it lies in is read again, with context and attachments.

The port ``flows.keep.fresh``. Nothing is called gone by it, and no coverage is written: that is the night's work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flows.harvest.gather import Gatherer, setting_of
from flows.harvest.missing import ask_again
from flows.harvest.tally import Tally
from flows.keep.fresh import Fresh
from flows.keep.patience import patiently
from flows.keep.read import rows_of_item
from schemas.account import Account
from schemas.books import Lease, LeaseLostError, LeaseTakenError
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.near import named_by_us
from schemas.neighbours import (
    Addressed,
    Capture,
    ConnectionRefusedByPlatformError,
    ListingEnd,
    Mindful,
    PlatformError,
    Session,
    Window,
)
from schemas.record import Row
from schemas.refusal import RefusedError

_BUSY, _ODD = "H188", "H189"
_ALONE = ("mention", "message", "story", "profile")
"""Kinds that lie in no thread of ours that could be read again by itself."""


def refresh(home: Home, account: Account, item: ItemId) -> Fresh:
    """Read the item's thread again and take in what is shown.

    Never raises for what a platform answers or withholds: whoever asks goes on with what is on record.

    Raises:
        GuardError: the native-id key is missing or wrong (G-KEY).
    """
    key = home.native_key()
    try:
        session = home.open_session(account)
    except ConnectionRefusedByPlatformError as error:
        return Fresh(outcome="failed", code=error.finding.code)
    except RefusedError:
        return Fresh(outcome="failed", code=_ODD)
    try:
        with patiently(home.ground.state, f"account:{account.name}") as lease:
            return _Look(home, session, account, lease, key).at(item)
    except LeaseTakenError:
        return Fresh(outcome="failed", code=_BUSY)
    except ConnectionRefusedByPlatformError as error:
        return Fresh(outcome="failed", code=error.finding.code)
    except PlatformError as error:
        return Fresh(outcome="failed", code=error.code)
    except (LeaseLostError, OSError):
        raise
    except Exception:  # noqa: BLE001 - a platform's odd answer must not keep unlawful content on the page
        return Fresh(outcome="failed", code=_ODD)
    finally:
        session.close()


class _Look:
    def __init__(self, home: Home, session: Session, account: Account, lease: Lease, key: bytes) -> None:
        self._home = home
        self._ground = home.ground
        self._session = session
        self._account = account
        self._lease = lease
        self._key = key
        self._now = self._ground.clock.now()

    def at(self, item: ItemId) -> Fresh:
        """The item, and what lies around it."""
        newest = self._newest(item)
        if newest is None or named_by_us(newest.native):
            return Fresh(outcome="failed", code="H185")
        with self._ground.state.reading() as books:
            memory = books.accounts.memory(self._account.name)
        if isinstance(self._session, Mindful):
            self._session.recall(memory)
        health = self._session.health()
        setting = setting_of(self._ground, self._account, health.native, self._key, self._home.media_limit)
        gatherer = Gatherer(self._ground, self._lease, self._session, setting, Tally(account=self._account.name))
        if newest.kind not in _ALONE:
            self._read(gatherer, self._window(newest, memory), newest.thread_native or newest.native)
        if item in gatherer.seen:
            limit = self._home.media_limit
            ask_again(self._ground, gatherer, self._session, item, at=self._now, limit=limit)
            return Fresh(outcome="fresh")
        if isinstance(self._session, Addressed) and newest.links:
            self._session.addressed({newest.native: newest.links[0]})
        answers = [one for one in self._session.look_up([newest.native]) if one.native == newest.native]
        gone = bool(answers) and answers[0].outcome == "not_found"
        return Fresh(outcome="gone") if gone else Fresh(outcome="failed", code="H185")

    def _newest(self, item: ItemId) -> Row | None:
        rows = rows_of_item(self._ground.state, self._ground.store, item)
        return next((row for row in reversed(rows) if row.row == "version"), None)

    def _window(self, newest: Row, memory: Mapping[str, str]) -> Window:
        since: datetime = self._now
        if newest.kind in ("post", "visitor_post") and newest.published is not None:
            # A thread view shows its own first item by the way; the listing alone shows it whole.
            since = min(newest.published - timedelta(seconds=1), self._now)
        return Window(since=since, now=self._now, horizon_name="daily", memory=memory)

    def _read(self, gatherer: Gatherer, window: Window, root: str) -> None:
        def threads() -> Iterator[str]:
            yield root

        for event in self._session.fetch(window, threads()):
            if isinstance(event, Capture):
                parsed = self._session.parse(event)
                gatherer.take(parsed.items, event.at)
            elif isinstance(event, ListingEnd):
                gatherer.flush()
        gatherer.finish()
