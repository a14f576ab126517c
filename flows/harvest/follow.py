"""Follow accounts whose platform tells of events while we listen: what lives an hour only is stored within seconds.

Events are collected for a few seconds and stored as one small harvest under the account's lease. While somebody else
holds it (the night), they wait. The stream's position is remembered with what was stored, so that a stop, a crash or
a broken connection loses nothing that the platform can tell again. The nightly run stays the truth and reconciles.
"""

from __future__ import annotations

import errno
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.harvest.act import MEDIA_LIMIT
from flows.harvest.decide import gone_evidence, parked, stay_away, wanted
from flows.harvest.gather import Gatherer, setting_of
from flows.harvest.rows import naming_again, sighting_row
from flows.harvest.tally import Tally
from schemas.account import Account
from schemas.books import CaptureNote, Coverage, Lease, LeaseLostError, LeaseTakenError
from schemas.finding import Finding
from schemas.ground import Ground
from schemas.ids import native_hash
from schemas.neighbours import (
    Capture,
    ConnectionRefusedByPlatformError,
    Follower,
    Parsed,
    PlatformError,
    Vanished,
)
from schemas.receipt import Receipt
from schemas.record import Row, Seen

HORIZON = "follow"
"""Of a follower's coverage rows: they are no nights."""
EVERY = 3.0
"""Seconds for which events are collected before they are stored."""
_MANY = 1_000
"""Events that are stored at once, however few seconds they took."""
_AGAIN = 2.0
"""Seconds after which a lease that was taken is asked for again."""
_NOTED = 30.0
"""Seconds between two notes of the stream's position while nothing happens."""
_LAST = 10.0
"""Seconds for which it is tried to store the last events before the end."""
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before a broken connection is opened anew, the longer the more often it broke in a row."""
_STEADY = 60.0
"""Seconds after which a connection counts as one that holds."""
_PASSING = frozenset({"H105", "H106", "H108", "H109", "H110", "H111"})
"""Codes of what may be better in a minute."""
_PLATFORMS = "platform."


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOrder:
    """What to follow.

    Attributes:
        account: the account. secret_key: key of the native-id hashes.
        media_limit: bytes an attachment may have. every: seconds for which events are collected.
    """

    account: Account
    secret_key: bytes
    media_limit: int = MEDIA_LIMIT
    every: float = EVERY


def follow(
    ground: Ground, open_session: Callable[[], Follower], order: FollowOrder, stopped: Callable[[], bool]
) -> Tally:
    """Follow one account until ``stopped()``; whatever goes wrong ends in findings.

    Args:
        open_session: opens the account's connection; asked again after every break.
        stopped: asked at least once a second.
    """
    return _Run(ground, open_session, order, stopped).run()


@dataclass(frozen=True, slots=True)
class _Shown:
    """An event that shows something, read."""

    capture: Capture
    parsed: Parsed


@dataclass(slots=True)
class _Waiting:
    """Events that are not stored yet, in the order they came, and since when."""

    events: list[_Shown | Vanished] = field(default_factory=list)
    since: float = 0.0

    def add(self, event: _Shown | Vanished) -> None:
        if not self.events:
            self.since = time.monotonic()
        self.events.append(event)


class _Run:
    def __init__(
        self, ground: Ground, open_session: Callable[[], Follower], order: FollowOrder, stopped: Callable[[], bool]
    ) -> None:
        self.ground = ground
        self.open_session = open_session
        self.order = order
        self.stopped = stopped
        self.name = order.account.name
        self.tally = Tally(account=self.name)
        self.waiting = _Waiting()
        self.not_before = 0.0
        self.noted = time.monotonic()
        self.native = ""
        self.position: dict[str, str] = {}

    def run(self) -> Tally:
        with self.ground.state.reading() as books:
            memory = books.accounts.memory(self.name)
        away = parked(memory, self.ground.clock.now())
        if away is not None:
            self.tally.incomplete("H142", self.name, until=away.isoformat(timespec="minutes"))
            return self.tally
        self.position = {name: value for name, value in memory.items() if name.startswith(_PLATFORMS)}
        breaks = 0
        while not self.stopped():
            begun = time.monotonic()
            if not self._connected():
                break
            if self.stopped():
                break
            breaks = 0 if time.monotonic() - begun > _STEADY else breaks + 1
            self.tally.find("H282", self.name, severity="info", count_breaks=1)
            self._pause(_PAUSES[min(breaks, len(_PAUSES) - 1)])
        return self.tally

    def _connected(self) -> bool:
        """One connection, to its end; whether another may be tried."""
        try:
            session = self.open_session()
            try:
                self.native = session.health().native
                self._listen(session)
            finally:
                # After a break what waits goes on waiting: the next connection stores it.
                if self.native and self.stopped():
                    self._last(session)
                session.close()
        except ConnectionRefusedByPlatformError as error:
            if error.finding.code not in _PASSING:
                self.tally.complete = False
                self.tally.add(error.finding)
                return False
        except PlatformError as error:
            if error.until is not None:
                self._park(error.until)
                return False
        except OSError as error:
            self.tally.incomplete("H190", self.name, reason=errno.errorcode.get(error.errno or 0, "?"))
            return False
        except Exception as error:  # noqa: BLE001 - one account's error must not stop the others
            self.tally.incomplete("H189", self.name, error=type(error).__name__, place="follow")
            return False
        return True

    def _listen(self, session: Follower) -> None:
        def ticked() -> bool:
            # Asked between two messages: whatever was read has been handed over.
            self._tick(session)
            return self.stopped()

        for event in session.follow(ticked, self.position):
            if isinstance(event, Finding):
                self.tally.add(event)
            elif isinstance(event, Vanished):
                self.waiting.add(event)
            else:
                self.waiting.add(_Shown(event, session.parse(event)))

    def _tick(self, session: Follower) -> None:
        now = time.monotonic()
        due = now - self.waiting.since >= self.order.every or len(self.waiting.events) >= _MANY
        if self.waiting.events and due and now >= self.not_before:
            self._store(session)
        elif not self.waiting.events and now - self.noted >= _NOTED:
            self._note_position(session)

    def _last(self, session: Follower) -> None:
        """Before the connection is given up: store what waits, or say that it could not be."""
        begun = time.monotonic()
        while self.waiting.events and time.monotonic() - begun < _LAST:
            if self._store(session):
                break
            time.sleep(min(_AGAIN, 0.5))
        if self.waiting.events:
            self.tally.find("H284", self.name, count_waiting=len(self.waiting.events))
            # The position stays where it was, so that they are told again.
        else:
            self._note_position(session)

    def _store(self, session: Follower) -> bool:
        """Store what waits; whether it is stored. While somebody else has the account, it goes on waiting."""
        self.waiting.events = events = self._ours(self.waiting.events)
        if events:
            tally = Tally(account=self.name)
            try:
                with self.ground.state.hold_lease(f"account:{self.name}") as lease:
                    _Batch(self, session, lease, tally).store(events)
            except (LeaseTakenError, LeaseLostError):
                self.not_before = time.monotonic() + _AGAIN
                return False
            self._sum(tally)
        self.waiting = _Waiting()
        return True

    def _ours(self, events: Sequence[_Shown | Vanished]) -> list[_Shown | Vanished]:
        """Without removals of what is not in the archive: a whole network's go by."""
        new = {seen.native for event in events if isinstance(event, _Shown) for seen in event.parsed.items}
        removed = {self.hash_of(one.native): one.native for one in events if isinstance(one, Vanished)}
        with self.ground.state.reading() as books:
            found = books.natives.find(list(removed)) if removed else {}
        known = new | {removed[key] for key, item in found.items() if item is not None}
        return [one for one in events if isinstance(one, _Shown) or one.native in known]

    def hash_of(self, native: str) -> bytes:
        """The keyed hash under which a native id is known."""
        account = self.order.account
        return native_hash(self.order.secret_key, account.authority, account.platform, native)

    def _note_position(self, session: Follower) -> None:
        self.noted = time.monotonic()
        position = position_of(session)
        if position and position != self.position:
            with self.ground.state.writing() as books:
                books.accounts.remember(self.name, position)
            self.position = position

    def _sum(self, tally: Tally) -> None:
        for name in ("asked", "returned", "new", "edited", "hidden", "gone", "failed", "suppressed"):
            setattr(self.tally, name, getattr(self.tally, name) + getattr(tally, name))
        for finding in tally.findings:
            self.tally.add(finding)

    def _park(self, until: datetime) -> None:
        until = stay_away(until, self.ground.clock.now())
        self.tally.incomplete("H142", self.name, until=until.isoformat(timespec="minutes"))
        with self.ground.state.writing() as books:
            books.accounts.remember(self.name, {"parked": until.isoformat()})

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopped():
            time.sleep(0.1)


class _Batch:
    """Some seconds' events of one account, stored under its lease."""

    def __init__(self, run: _Run, session: Follower, lease: Lease, tally: Tally) -> None:
        self._ground = run.ground
        self._run = run
        self._session = session
        self._lease = lease
        self._tally = tally
        self._started = run.ground.clock.now()
        self._id = run.ground.chance.fork(f"run:{lease.name}#{lease.fence}").bytes(10).hex()

    def store(self, events: Sequence[_Shown | Vanished]) -> None:
        order = self._run.order
        setting = setting_of(self._ground, order.account, self._run.native, order.secret_key, order.media_limit)
        gatherer = Gatherer(self._ground, self._lease, self._session, setting, self._tally)
        removed: list[Vanished] = []
        for event in events:
            if isinstance(event, Vanished):
                removed.append(event)
                continue
            # In the order they came: what was removed and written again is there.
            self._gone(gatherer, removed)
            removed = []
            self._shown(gatherer, event)
        self._gone(gatherer, removed)
        gatherer.finish()
        self._cover()

    def _shown(self, gatherer: Gatherer, event: _Shown) -> None:
        for finding in event.parsed.findings:
            self._tally.add(finding)
        self._tally.asked += 1
        self._tally.returned += len(event.parsed.items)
        gatherer.note(self._note(event))
        items = wanted(event.parsed.items, self._run.order.account.harvest)
        gatherer.take(self._fresh(gatherer, items, event.capture.at), event.capture.at)

    def _fresh(self, gatherer: Gatherer, items: Sequence[Seen], at: datetime) -> Iterator[Seen]:
        """What the event tells anew.

        A stream that is played again, and an event that waited while the night stored a later state, show what is on
        record already: that makes no version. An edit back to an earlier text is the night's to find.
        """
        hashes = {gatherer.hash_of(seen.native): seen for seen in items}
        with self._ground.state.reading() as books:
            found = books.natives.find(list(hashes))
        heads = gatherer.heads.of(item for item in found.values() if item is not None)
        for key, seen in hashes.items():
            item = found.get(key)
            head = heads.get(item) if item is not None else None
            if head is None or not head.version or seen.identity == head.identity:
                yield seen
            elif seen.identity not in head.identities:
                late = head.observed is not None and at < head.observed
                yield replace(seen, superseded=True) if late else seen

    def _note(self, event: _Shown) -> CaptureNote:
        digest = hmac.new(self._run.order.secret_key, digestmod="sha256")
        for seen in event.parsed.items:
            digest.update(seen.payload.encode("utf-8"))
        return CaptureNote(
            run=self._id,
            account=self._run.name,
            endpoint=event.capture.endpoint,
            subject=self._run.name,
            parameters=dict(event.capture.parameters),
            status=event.capture.status,
            at=event.capture.at,
            returned=len(event.parsed.items),
            digest=digest.hexdigest(),
        )

    def _gone(self, gatherer: Gatherer, removed: Sequence[Vanished]) -> None:
        """A sighting for everything of ours that was removed and is not known to be gone."""
        if not removed:
            return
        gatherer.finish()
        hashes = {gatherer.hash_of(one.native): one for one in removed}
        with self._ground.state.reading() as books:
            found = books.natives.find(list(hashes))
        items = {item: hashes[key] for key, item in found.items() if item is not None}
        heads = gatherer.heads.of(items)
        batch = gatherer.new_batch()
        rows: list[Row] = []
        for item, event in items.items():
            head = heads.get(item)
            versions = [row for row in gatherer.rows_of(item) if row.row == "version"]
            if head is None or head.state == "gone" or not versions or versions[-1].account != self._run.name:
                continue
            rows.append(
                sighting_row(
                    naming_again(versions[-1], batch),
                    state="gone",
                    complete=None,
                    evidence=gone_evidence(event.cause) if event.cause else "event-removed",
                    version=head.version,
                    observed=max(event.at, versions[-1].observed),
                )
            )
        self._tally.gone += len(rows)
        gatherer.add_rows(rows, act="harvest.follow")

    def _cover(self) -> None:
        """The batch's coverage, if it stored something, and the stream's position."""
        tally = self._tally
        ended = self._ground.clock.now()
        coverage = tally.coverage(self._id, HORIZON, self._started, ended)
        position = position_of(self._session)
        with self._ground.state.writing() as books:
            books.leases.check(self._lease)
            if tally.new or tally.edited or tally.hidden or tally.gone:
                books.notes.cover(coverage)
                books.ledger.append(_receipt(coverage))
            books.accounts.remember(self._run.name, position)
        self._run.position = position or self._run.position
        self._run.noted = time.monotonic()


def position_of(session: Follower) -> dict[str, str]:
    """What the session wants remembered of where it is."""
    return {name: value for name, value in session.remember().items() if name.startswith(_PLATFORMS)}


def _receipt(coverage: Coverage) -> Receipt:
    return Receipt(
        act="harvest.followed",
        at=coverage.ended,
        actor="bevara",
        subjects=(coverage.account,),
        evidence={
            "run": coverage.run,
            "night": coverage.night,
            "returned": coverage.returned,
            "new": coverage.new,
            "edited": coverage.edited,
            "hidden": coverage.hidden,
            "gone": coverage.gone,
        },
    )
