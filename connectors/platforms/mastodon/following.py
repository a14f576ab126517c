"""A Mastodon session that listens: our own statuses and the answers to them, as they appear, change and vanish.

The stream ``user`` over a WebSocket (Mastodon, GoToSocial). It has no memory: what happens while nobody listens is
left to the night. It names a deleted status by the server's own id alone, so only those that were met since the
connection was opened, and our own, can be told to be gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.http import HttpError
from connectors.platforms.mastodon.finder import STOPPING
from connectors.platforms.mastodon.reading import bare, id_of, uri_of
from connectors.platforms.mastodon.session import MastodonSession
from connectors.websocket import Socket
from schemas.finding import Finding
from schemas.neighbours import Capture, Vanished
from schemas.payload import UnreadableError, read

STREAM = "streaming.user"
_TICK = 0.5
"""Seconds without a message after which it is asked whether to stop."""
_WORDS = ("mention", "status", "update", "quote")
_MET = 50_000
"""Statuses whose ids are remembered."""


class MastodonFollower(MastodonSession):
    """Implements ``schemas.neighbours.Follower``."""

    def follow(self, stopped: Callable[[], bool], memory: Mapping[str, str]) -> Iterator[Capture | Vanished | Finding]:  # noqa: ARG002  # the stream has no memory
        """Listen until ``stopped()``.

        Raises:
            ConnectionRefusedByPlatformError: as ``health``; H283 without a token.
            HttpError: the connection could not be had or has ended.
        """
        if not self._token:
            raise self._refused("H283")
        self._know()
        self._met: dict[str, str] = {}
        self._threads: dict[str, tuple[str, str] | None] = {}
        headers = {"Authorization": f"Bearer {self._secret}"}
        place = f"{self._streaming_host()}/api/v1/streaming"
        with Socket(place, endpoint=STREAM, parameters={"stream": "user"}, headers=headers) as socket:
            while not stopped():
                message = socket.receive(_TICK)
                if message is not None:
                    yield from self._message(message)

    def _streaming_host(self) -> str:
        """Where the server says that its stream lies, if that is a host of its own domain; else the server itself."""
        base = self._http.base.rstrip("/")
        try:
            answer = self._http.get("api/v2/instance", endpoint="instance", ok=(200, 401, 403, 404, 410, 422))
        except HttpError as error:
            if error.code in STOPPING:
                raise
            return base
        body: Any = answer.body if answer.status == 200 else None
        for name in ("configuration", "urls", "streaming"):
            body = body.get(name) if isinstance(body, dict) else None
        if not isinstance(body, str):
            return base
        try:
            stated, own = urlsplit(body), urlsplit(base)
            same = f".{stated.hostname}".endswith(f".{own.hostname}")
        except ValueError:
            return base
        # The token goes to nobody else, and never in the open where it did not before.
        safe = stated.scheme in ("wss", "https") or own.scheme == "http"
        return f"{stated.scheme}://{stated.netloc}" if same and safe and stated.scheme else base

    def _message(self, message: str | bytes) -> Iterator[Capture | Vanished | Finding]:
        event, payload = _decoded(message)
        if event == "delete":
            yield from self._deleted(str(payload))
        elif event in ("update", "status.update", "notification"):
            status = _status_of(payload) if event == "notification" else payload
            if isinstance(status, dict):
                try:
                    yield from self._status(status)
                except HttpError as error:
                    if error.code in STOPPING:
                        raise
                    yield self._finding("H281", "warning")
            elif event != "notification":
                yield self._finding("H281", "warning")
        elif not event:
            yield self._finding("H281", "warning")

    def _status(self, status: dict[str, Any]) -> Iterator[Capture]:
        """A status of ours as our listing would show it; an answer in a thread of ours as its thread would."""
        if self._is_own(status):
            self._meet(status)
            self._remember_media([status])
            context = self._places.of([status])
            yield self._captured("posts", [status], context)
            return
        above = id_of(bare(status), "in_reply_to_id")
        if above is None or isinstance(status.get("reblog"), dict):
            return
        place = self._thread_of(above)
        if place is not None:
            self._meet(status)
            self._remember_media([status])
            context = {"root_id": above, "root": place[0], "thread": place[1]}
            yield self._captured("thread", {"ancestors": [], "descendants": [status]}, context)

    def _thread_of(self, above: str) -> tuple[str, str] | None:
        """Of the status answered: its uri, and our topmost status at or above it; None when none is ours."""
        if above not in self._threads:
            path = f"api/v1/statuses/{quote(above, safe='')}"
            gone = (200, 404, 410)
            answered = self._http.get(path, endpoint="statuses.get", ok=gone)
            context = self._http.get(f"{path}/context", endpoint="statuses.context", ok=gone)
            ancestors = (
                context.body.get("ancestors") if context.status == 200 and isinstance(context.body, dict) else []
            )
            line = [one for one in ancestors if isinstance(one, dict)] if isinstance(ancestors, list) else []
            if answered.status == 200 and isinstance(answered.body, dict):
                line.append(answered.body)
            own = next((uri for one in line if self._is_own(one) and (uri := uri_of(one))), None)
            uri = uri_of(answered.body) if answered.status == 200 else None
            self._threads[above] = (uri, own) if uri and own else None
            if len(self._threads) > _MET:
                del self._threads[next(iter(self._threads))]
        return self._threads[above]

    def _meet(self, status: Mapping[str, Any]) -> None:
        name, uri = id_of(status), uri_of(status)
        if name and uri:
            self._met[name] = uri
            if self._is_own(status) and not isinstance(status.get("reblog"), dict):
                self._finder.proof = uri
            if len(self._met) > _MET:
                del self._met[next(iter(self._met))]

    def _deleted(self, name: str) -> Iterator[Vanished]:
        """The uri of what has that id: as met, else as our own statuses' uris are made."""
        native = self._met.get(name) or self._finder.uri_like_ours(name)
        if native:
            # Who deleted it (we, its author, the server's moderators) is not told.
            yield Vanished(native=native, at=self._clock.now())

    def _captured(self, listing: str, body: Any, context: Mapping[str, str]) -> Capture:
        return Capture(
            endpoint=STREAM,
            parameters={},
            status=200,
            at=self._clock.now(),
            body=body,
            listing=listing,
            context={"account": self._account.name, "own": self._own, **context},
        )


def _status_of(notification: Any) -> Any:
    """The status that a notification is about, if it is somebody's words and not a sign of approval."""
    told = notification if isinstance(notification, dict) else {}
    return told.get("status") if told.get("type") in _WORDS else None


def _decoded(message: str | bytes) -> tuple[str, Any]:
    """The event's name and its payload, which is JSON within JSON; an empty name when it cannot be read."""
    try:
        told = read(message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message)
        event, payload = (told.get("event"), told.get("payload")) if isinstance(told, dict) else ("", None)
        if not isinstance(event, str):
            return "", None
        if event == "delete":
            return event, payload
        return event, read(payload.encode("utf-8", "surrogatepass")) if isinstance(payload, str) else payload
    except UnreadableError:
        return "", None
