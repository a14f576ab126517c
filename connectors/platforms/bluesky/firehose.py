"""Events of the AT Protocol as they happen: ``com.atproto.sync.subscribeRepos``.

Each message is a header and a body in DAG-CBOR; a commit's body names what was created, updated or deleted in one
repository and carries the new records in a CAR. What concerns us is handed over in the form in which the nightly
harvest meets the same record, so that ``reading.parse`` makes the same item of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.dagcbor import BrokenEncodingError, as_json, cid, decode_car, decode_many
from connectors.http import HttpError
from connectors.platforms.bluesky.names import address, is_did
from connectors.platforms.bluesky.reading import POST, PROFILE, REPOST, THREADGATE
from connectors.websocket import Socket

SUBSCRIBE = "com.atproto.sync.subscribeRepos"
_OURS = (POST, REPOST, PROFILE, THREADGATE)
_TICK = 0.5
"""Seconds without a message after which it is asked whether to stop."""


class TooFarError(Exception):
    """The server does not know the position we ask for."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one record that may concern us.

    Attributes:
        seq: the stream's position. did, collection, rkey: which record. action: create, update or delete.
        time: when the server told, as written. cid, record: of what was written; None for a deletion.
        problem: finding code when the record did not come along or cannot be read.
    """

    seq: int
    did: str
    collection: str
    rkey: str
    action: str
    time: object
    cid: str = ""
    record: dict[str, Any] | None = None
    problem: str = ""

    @property
    def uri(self) -> str:
        """The record's address."""
        return f"at://{self.did}/{self.collection}/{self.rkey}"


class Firehose:
    """One reading of the stream.

    Attributes:
        seq: position of the last message that was read to its end; None = none yet.
        outdated: the server no longer holds everything since the position we asked for.
        broken: messages that could not be read.
    """

    def __init__(self, host: str, own: str, seq: int | None) -> None:
        self._host = host
        self._own = own
        self._needle = own.encode()
        self.seq = seq
        self.outdated = False
        self.broken = 0

    def read(self, stopped: Callable[[], bool]) -> Iterator[Event]:
        """Events of our repository, answers to us, and deletions of posts, until ``stopped``.

        Raises:
            HttpError: not reached, or the connection ended. TooFarError: our position lies in the future.
        """
        parameters = {} if self.seq is None else {"cursor": str(self.seq)}
        place = f"{self._host.rstrip('/')}/xrpc/{SUBSCRIBE}"
        with Socket(place, endpoint=SUBSCRIBE, parameters=parameters) as socket:
            while not stopped():
                message = socket.receive(_TICK)
                if isinstance(message, bytes):
                    yield from self._message(message)
                elif message is not None:
                    self.broken += 1

    def _message(self, data: bytes) -> Iterator[Event]:
        try:
            header, body = decode_many(data)
        except (BrokenEncodingError, ValueError):
            self.broken += 1
            return
        if not isinstance(header, dict) or not isinstance(body, dict):
            self.broken += 1
            return
        if header.get("op") == -1:
            if body.get("error") == "FutureCursor":
                raise TooFarError
            raise HttpError("H108", SUBSCRIBE, retryable=True)
        if header.get("t") == "#info":
            self.outdated = self.outdated or body.get("name") == "OutdatedCursor"
            return
        seq = body.get("seq")
        if header.get("t") == "#commit" and type(seq) is int:
            yield from self._commit(seq, body)
        if type(seq) is int:
            self.seq = seq

    def _commit(self, seq: int, body: Mapping[str, Any]) -> Iterator[Event]:
        did, ops, blocks = body.get("repo"), body.get("ops"), body.get("blocks")
        if not is_did(did) or not isinstance(ops, list) or not isinstance(blocks, bytes):
            self.broken += 1
            return
        # The whole network's posts go by here: those that do not name us need not be decoded.
        concerns = did == self._own or self._needle in blocks
        records: Mapping[bytes, Any] | None = None
        for op in ops:
            path = op.get("path") if isinstance(op, dict) else None
            collection, _, rkey = path.partition("/") if isinstance(path, str) else ("", "", "")
            if collection not in (_OURS if did == self._own else (POST,)):
                continue
            event = Event(seq, str(did), collection, rkey, str(op.get("action")), body.get("time"))
            if address(event.uri) is None:
                self.broken += 1
            elif event.action == "delete":
                yield event
            elif concerns:
                records = records if records is not None else _decoded(blocks)
                yield from self._written(event, op.get("cid"), records)

    def _written(self, event: Event, link: object, records: Mapping[bytes, Any]) -> Iterator[Event]:
        place = (event.seq, event.did, event.collection, event.rkey, event.action, event.time)
        value = records.get(link) if isinstance(link, bytes) else None
        if not isinstance(link, bytes) or not isinstance(value, dict):
            if event.did == self._own:
                yield Event(*place, problem="H285")
            return
        try:
            yield Event(*place, cid=cid(link), record=as_json(value))
        except BrokenEncodingError:
            yield Event(*place, problem="H281")


def _decoded(blocks: bytes) -> Mapping[bytes, Any]:
    try:
        return decode_car(blocks)[1]
    except BrokenEncodingError:
        return {}
