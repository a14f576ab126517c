"""A Bluesky session that listens: what appears, changes and vanishes in our repository and in our threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.http import HttpError
from connectors.platforms.bluesky.firehose import SUBSCRIBE, Event, Firehose, TooFarError
from connectors.platforms.bluesky.names import address
from connectors.platforms.bluesky.reading import POST, PROFILE, REPOST, THREADGATE
from connectors.platforms.bluesky.session import BlueskySession
from schemas.finding import Finding
from schemas.neighbours import Capture, Vanished
from schemas.record import Cause

POSITION = "platform.firehose"
"""Memory: the stream's position."""
RELAY = "https://bsky.network"
"""Carries the events of every server; asked where the account file names no server of its own."""
_LISTINGS = {POST: "posts", REPOST: "boosts"}


class BlueskyFollower(BlueskySession):
    """Implements ``schemas.neighbours.Follower``."""

    _firehose: Firehose | None = None

    def remember(self) -> Mapping[str, str]:
        """The stream's position after the last event that was handed over."""
        if self._firehose is None or self._firehose.seq is None:
            return {}
        return {POSITION: str(self._firehose.seq)}

    def follow(self, stopped: Callable[[], bool], memory: Mapping[str, str]) -> Iterator[Capture | Vanished | Finding]:
        """Listen until ``stopped()``; from where we ended when ``memory`` says so, else from now on.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``. HttpError: the connection could not be had or has ended.
        """
        self._wire.log_in()
        deque(self._read_threadgates(), maxlen=0)
        stated = memory.get(POSITION, "")
        position = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 19 else None
        self._firehose = Firehose(self._host(), self._wire.did, position)
        try:
            yield from self._events(self._firehose, stopped)
        except TooFarError:
            # Another server, or one begun anew: its numbers are not those we knew.
            yield self._finding("H280", "warning")
            self._firehose = Firehose(self._host(), self._wire.did, None)
            yield from self._events(self._firehose, stopped)

    def _host(self) -> str:
        return self._account.option("firehose") or self._account.api_base or RELAY

    def _events(self, firehose: Firehose, stopped: Callable[[], bool]) -> Iterator[Capture | Vanished | Finding]:
        outdated, broken = False, 0
        for event in firehose.read(stopped):
            if firehose.outdated and not outdated:
                outdated = True
                yield self._finding("H280", "warning")
            if firehose.broken > broken:
                yield self._finding("H281", "warning", count=firehose.broken - broken)
                broken = firehose.broken
            if event.problem:
                yield self._finding(event.problem, "warning")
            elif event.collection == THREADGATE:
                deque(self._read_threadgates(), maxlen=0)
            elif event.action == "delete":
                cause: Cause = "us" if event.did == self._wire.did else "author"
                yield Vanished(native=event.uri, at=self._clock.now(), cause=cause)
            elif event.did == self._wire.did:
                yield self._own_event(event)
            else:
                yield from self._visitors_event(event)

    def _own_event(self, event: Event) -> Capture:
        """A record of ours, as our own listing would show it."""
        entry = {"uri": event.uri, "cid": event.cid, "value": event.record}
        if event.collection == PROFILE:
            return self._event("profile", entry)
        return self._event(_LISTINGS[event.collection], {"records": [entry]}, hidden=self._hidden_own())

    def _visitors_event(self, event: Event) -> Iterator[Capture]:
        """An answer in a thread of ours or to a post of ours, as its thread would show it."""
        record = event.record or {}
        reply = record.get("reply")
        root, parent = (_uri(reply, name) for name in ("root", "parent"))
        own = f"at://{self._wire.did}/"
        if root is None or not any(uri is not None and uri.startswith(own) for uri in (root, parent)):
            return
        view: dict[str, Any] = {
            "uri": event.uri,
            "cid": event.cid,
            "record": record,
            "indexedAt": event.time,
            "author": {"did": event.did, "handle": self._handle_of(event.did)},
        }
        hidden = None if self._gates is None else " ".join(self._gates.get(root, ()))
        yield self._event("thread", {"thread": {"post": view}}, root=root, below="yes", hidden=hidden)

    def _handle_of(self, did: str) -> str:
        """The name beside the comment; empty when nobody tells it."""
        try:
            return self._wire.handle_of(did)
        except HttpError:
            return ""

    def _event(self, listing: str, body: dict[str, Any], **context: str | None) -> Capture:
        known = {"own": self._wire.did, "handle": self._wire.handle}
        return Capture(
            endpoint=SUBSCRIBE,
            parameters={},
            status=200,
            at=self._clock.now(),
            body=body,
            listing=listing,
            context={**known, **{name: value for name, value in context.items() if value is not None}},
        )


def _uri(reply: Any, name: str) -> str | None:
    reference = reply.get(name) if isinstance(reply, dict) else None
    place = address(reference.get("uri")) if isinstance(reference, dict) else None
    return str(place) if place else None
