"""Harvest one account: ask, store, look for what is missing, and say what was not to be had."""

from __future__ import annotations

import errno
import hmac
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flows.harvest.absence import Looked, active_roots, known_identities, orphans, shown, sightings
from flows.harvest.decide import LIGHT, Tier, light_window, parked, passes_after, stay_away, tiers_of, wanted, window
from flows.harvest.gather import Gatherer, Setting, setting_of
from flows.harvest.media import PERMANENT
from flows.harvest.missing import ask_again
from flows.harvest.prefetch import Prefetch
from flows.harvest.tally import Tally
from schemas.account import Account
from schemas.books import CaptureNote, Coverage, Lease, LeaseLostError
from schemas.finding import Finding
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import (
    Capture,
    ConnectionRefusedByPlatformError,
    ListingEnd,
    Mindful,
    Parsed,
    PlatformError,
    Session,
    Window,
)
from schemas.receipt import Receipt
from schemas.record import Kind, Seen

TOKEN_WARNING = timedelta(days=14)
"""A token that ends within this time is reported every night."""

WITHHELD = frozenset({"H103", "H132", "H151", "H153", "H154"})
"""What the platform does not show tonight it will not show tomorrow either (blocked, deactivated or removed authors):
it is reported, and the thread counts as read. What is missing in it is asked for directly before it is called gone."""

CAPPED = frozenset({"H144", "H148"})
"""The platform never shows more than this: coverage says so, nothing counts as gone, and asking for everything again
the next night would bring no more. The pass counts as made."""

TOLD = frozenset({"H144", "H145", "H148", "H246", "H274"})
"""Codes whose numbers the session knows: its own finding says more than the end of the listing could."""

STARVED = frozenset({"H105", "H110", "H111"})
"""The run's budget, or the platform's, was used up."""

_PLATFORMS = "platform."
"""What a session wants remembered begins with this, so that it never meets our own facts."""

MEDIA_LIMIT = 2 * 1024**3
"""Bytes an attachment may have unless the home's settings say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to harvest and how.

    Attributes:
        account: the account. secret_key: key of the native-id hashes.
        full: read everything, not only what is due for a new look.
        light: the hourly pass over the newest posts; ``full`` wins.
        deletion_terms: the platform's terms ask for deletion of what is deleted there (``Account.terms``).
        media_limit: bytes an attachment may have.
    """

    account: Account
    secret_key: bytes
    full: bool = False
    light: bool = False
    deletion_terms: bool = False
    media_limit: int = MEDIA_LIMIT

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Re-observation tiers, as the account file has them."""
        return tiers_of(self.account.harvest)


def harvest(
    ground: Ground, session: Session, order: Order, *, progress: Callable[[int], None] = lambda _: None
) -> Tally:
    """Harvest one account under its lease and write its coverage.

    A refusal or failure of the platform ends in findings and an incomplete coverage row; it never touches what is
    stored and never stops other accounts.

    Raises:
        LeaseTakenError: somebody else is harvesting the account.
    """
    with ground.state.hold_lease(f"account:{order.account.name}") as lease:
        return _Run(ground, session, order, lease, progress).run()


class _Run:
    def __init__(
        self, ground: Ground, session: Session, order: Order, lease: Lease, progress: Callable[[int], None]
    ) -> None:
        self.ground = ground
        self.session = session
        self.order = order
        self.lease = lease
        self.progress = progress
        self.started = ground.clock.now()
        self.tally = Tally(account=order.account.name)
        self.name = order.account.name
        self.passed = False
        self.away: datetime | None = None
        self._missed = False
        self._listed = False
        self._starved = 0
        self._posts_shown = 0
        self._unfiltered = False
        self.remembered: dict[str, str] = {}
        self.run_id = ground.chance.fork(f"run:{lease.name}#{lease.fence}").bytes(10).hex()

    def run(self) -> Tally:
        with self.ground.state.reading() as books:
            memory = books.accounts.memory(self.name)
        if self.order.light and not self.order.full:
            asked = light_window(memory, self.started)
        else:
            asked = window(memory, self.started, full=self.order.full, tiers=self.order.tiers)
        away = None if self.order.full else parked(memory, self.started)
        if away is not None:
            self.tally.incomplete("H142", self.name, until=away.isoformat(timespec="minutes"))
            return self._cover(asked, {})
        remembered = self.remembered
        try:
            remembered["native"] = self._harvest(asked)
        except ConnectionRefusedByPlatformError as error:
            self.tally.complete = False
            self.tally.add(error.finding)
        except PlatformError as error:
            self._failed(error)
        except LeaseLostError:
            raise
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, "?")
            self.tally.incomplete("H190", self.name, reason=reason)
        except Exception as error:  # noqa: BLE001 - one account's error must not stop the others
            self.tally.incomplete("H189", self.name, error=type(error).__name__, place=_place(error))
        remembered |= {name: value for name, value in self.session.remember().items() if name.startswith(_PLATFORMS)}
        if self.away is not None:
            remembered["parked"] = self.away.isoformat()
        if self.passed:
            remembered |= passes_after(asked.horizon_name, self.started, self.order.tiers)
        return self._cover(asked, remembered)

    def _failed(self, error: PlatformError) -> None:
        self.tally.incomplete(error.code, self.name)
        if error.until is not None:
            self.away = max(stay_away(error.until, self.started), self.away or self.started)

    def _harvest(self, asked: Window) -> str:
        if isinstance(self.session, Mindful):
            self.session.recall(asked.memory)
        health = self.session.health()
        for finding in health.findings:
            self.tally.add(finding)
        expires = health.token_expires
        if expires is not None:
            self.remembered["token_expires"] = expires.isoformat()
        if expires is not None and expires - self.started < TOKEN_WARNING:
            self.tally.find("H117", self.name, days=max(0, (expires - self.started).days))
        account = self.order.account
        setting = setting_of(self.ground, account, health.native, self.order.secret_key, self.order.media_limit)
        gatherer = Gatherer(self.ground, self.lease, self.session, setting, self.tally)
        looked = self._fetch(gatherer, setting, asked)
        gatherer.finish()
        sightings(self.ground, self.session, gatherer, setting, looked, self.tally, self._look_ups_failed)
        self.passed = self._listed and not self._missed
        self._doubt_an_empty_listing(asked, looked)
        self._retry_media(gatherer)
        return health.native

    def _look_ups_failed(self, error: PlatformError) -> bool:
        """Note it; whether nothing more is to be asked tonight."""
        self._missed = True
        self._failed(error)
        return error.until is not None or error.code in STARVED

    def _doubt_an_empty_listing(self, asked: Window, looked: Looked) -> None:
        """An empty answer that was called complete, of an account whose posts are there or were last time, is none."""
        if self._listed and not self._posts_shown and "post" in looked.listed:
            # Where look-ups say that posts are gone, and of none that it is there, an account may well be empty.
            doubted = self._unfiltered and asked.horizon_name != LIGHT and not self.tally.posts_gone
            before = int(asked.memory.get("posts_shown", "0")) if doubted else 0
            if self.tally.unlisted or before:
                self.passed = False
                self.tally.incomplete("H145", self.name, count_stated=self.tally.unlisted or before)
                return
        if self._listed and asked.horizon_name != LIGHT:
            self.remembered["posts_shown"] = str(self._posts_shown)

    def _fetch(self, gatherer: Gatherer, setting: Setting, asked: Window) -> Looked:
        listed = threading.Event()
        older = [] if asked.horizon_name == LIGHT else [
            *active_roots(self.ground, gatherer, setting, asked.since),
            *orphans(self.ground, gatherer, setting, asked.since),
        ]  # fmt: skip

        def threads() -> Iterator[str]:
            # The own listing has to be stored before we know which older threads have grown.
            listed.wait()
            # Those that have grown first: where the budget ends, it ends among the oldest.
            yield from dict.fromkeys((*gatherer.roots_to_read, *older))

        listed_kinds: dict[Kind, datetime | None] = {}
        threads_shown: dict[str, tuple[Kind, ...]] = {}
        ended = False
        asked = replace(asked, known=known_identities(self.ground, gatherer))
        events = Prefetch(self.session.fetch(asked, threads()))
        try:
            for event in events:
                if isinstance(event, Capture):
                    self._capture(gatherer, event)
                    continue
                if isinstance(event, Finding):
                    self.tally.add(event)
                    continue
                complete = self._end(event)
                if event.listing == "posts":
                    self._unfiltered = event.unfiltered
                    ended, self._listed = True, complete or event.reason in CAPPED
                    gatherer.flush()
                    listed.set()
                if complete and event.scope:
                    threads_shown[event.scope] = shown(event)
                elif complete:
                    listed_kinds |= dict.fromkeys(shown(event), event.since)
        except PlatformError as error:
            self._missed = True
            self.tally.failed += 1
            self._failed(error)
        finally:
            listed.set()
            events.close()
        if not ended:
            self.tally.incomplete("H185", self.name)
        return Looked(since=asked.since, listed=listed_kinds, threads=threads_shown, now=self.started)

    def _end(self, end: ListingEnd) -> bool:
        if end.complete:
            return True
        if end.listing == "thread" and end.reason in WITHHELD:
            self.tally.find(end.reason, self.name, severity="info", listing=end.listing)
            return True
        self._missed = self._missed or end.reason not in CAPPED
        self.tally.failed += 1
        self._starved += end.listing == "thread" and end.reason in STARVED
        reason = end.reason or "H185"
        if self.tally.told(reason, self.name) and reason in TOLD:
            self.tally.complete = False
        else:
            self.tally.incomplete(reason, self.name, listing=end.listing)
        return False

    def _capture(self, gatherer: Gatherer, capture: Capture) -> None:
        parsed = self.session.parse(capture)
        for finding in parsed.findings:
            self.tally.add(finding)
        self.tally.asked += 1
        self.tally.returned += len(parsed.items)
        self._posts_shown += len(parsed.items) if capture.listing == "posts" else 0
        gatherer.note(self._note(capture, parsed))
        gatherer.take(self._wanted(parsed.items), capture.at)
        self.progress(len(parsed.items))

    def _wanted(self, items: Sequence[Seen]) -> Sequence[Seen]:
        """What the account file asks for; that something was left is said."""
        kept = wanted(items, self.order.account.harvest)
        if len(kept) < len(items):
            self.tally.find("H140", self.name, severity="info", count=len(items) - len(kept))
        return kept

    def _note(self, capture: Capture, parsed: Parsed) -> CaptureNote:
        digest = hmac.new(self.order.secret_key, digestmod="sha256")
        for seen in parsed.items:
            digest.update(seen.payload.encode("utf-8"))
        return CaptureNote(
            run=self.run_id,
            account=self.name,
            endpoint=capture.endpoint,
            subject=self.name,
            parameters=dict(capture.parameters),
            status=capture.status,
            at=capture.at,
            returned=len(parsed.items),
            digest=digest.hexdigest(),
        )

    def _retry_media(self, gatherer: Gatherer) -> None:
        with self.ground.state.reading() as books:
            items = books.media.missing(self.name)
        for item in items:
            self._retry_item(gatherer, item)

    def _retry_item(self, gatherer: Gatherer, item: ItemId) -> None:
        limit = self.order.media_limit
        asked = ask_again(self.ground, gatherer, self.session, item, at=self.started, limit=limit)
        for code in asked.failed:
            self.tally.failed += 1
            self.tally.find(code, item)
        if asked.needless or (asked.failed and set(asked.failed) <= PERMANENT):
            self._settled(item)

    def _settled(self, item: ItemId) -> None:
        with self.ground.state.writing() as books:
            books.leases.check(self.lease)
            books.media.have([item])

    def _tell_of_terms(self) -> None:
        """What is gone on the platform and kept here although its terms ask otherwise: a number, or each by name."""
        gone = self.tally.gone_items
        if not self.order.deletion_terms or not gone:
            return
        if self.order.account.terms == "review":
            for item in gone:
                self.tally.find("H147", item, severity="warning", count_items=1)
        else:
            self.tally.find("H147", self.name, severity="info", count_items=len(gone))

    def _cover(self, asked: Window, remembered: dict[str, str]) -> Tally:
        tally = self.tally
        if self._starved:
            tally.find("H194", self.name, severity="error", count_threads=self._starved)
        self._tell_of_terms()
        if tally.suppressed:
            tally.find("H186", self.name, severity="info", count=tally.suppressed)
        ended = self.ground.clock.now()
        coverage = tally.coverage(self.run_id, asked.horizon_name, self.started, ended)
        remembered = {**remembered, "ran": self.started.isoformat()}
        with self.ground.state.writing() as books:
            books.leases.check(self.lease)
            books.notes.cover(coverage)
            books.accounts.remember(self.name, remembered)
            books.ledger.append(_coverage_receipt(coverage))
        return tally


def _place(error: Exception) -> str:
    """File and line where an unexpected error arose: enough for a maintainer, nothing of what it was about."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _coverage_receipt(coverage: Coverage) -> Receipt:
    return Receipt(
        act="harvest.covered",
        at=coverage.ended,
        actor="bevara",
        subjects=(coverage.account,),
        evidence={
            "run": coverage.run,
            "night": coverage.night,
            "horizon": coverage.horizon,
            "asked": coverage.asked,
            "returned": coverage.returned,
            "new": coverage.new,
            "edited": coverage.edited,
            "hidden": coverage.hidden,
            "gone": coverage.gone,
            "failed": coverage.failed,
            "complete": coverage.complete,
            "findings": len(coverage.findings),
        },
    )
