"""Reading one thread to its last visible reply."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.http import Answer, HttpError
from connectors.platforms.bluesky.names import address
from connectors.platforms.bluesky.reading import nodes, stated_number
from connectors.platforms.bluesky.wire import Wire

THREAD = "app.bsky.feed.getPostThread"
_DEPTH = 100
"""Levels asked for at once. The interface allows 1,000, but each level nests JSON by two, and no JSON reader takes
2,000; deeper replies are asked for from where they begin."""
_REQUESTS = 500
"""Requests per thread at most."""


@dataclass(slots=True)
class Thread:
    """One thread being read.

    Attributes:
        root: address of its first post.
        below: the post itself lies below a post of ours, though it is not ours (it was cut off from its thread).
        known: own replies in it that our repository listed; each is read by itself if the tree does not show it.
        complete: every reply that the platform counts was returned.
        reason: finding code when not complete. shown, stated: replies shown and counted where they differ (H132).
        orphans: own replies that the tree did not show.
    """

    wire: Wire
    root: str
    known: Iterable[str] = ()
    below: bool = False
    complete: bool = True
    reason: str = ""
    shown: int = 0
    stated: int = 0
    orphans: int = 0
    _seen: set[str] = field(default_factory=set)

    def read(self) -> Iterator[tuple[Answer, bool]]:
        """The answers, each with whether its post lies below a post of ours in the same thread."""
        start = address(self.root)
        ours = self.below or (start is not None and start.did == self.wire.did)
        queue: deque[tuple[str, bool]] = deque([(self.root, ours)])
        asked = {self.root}
        missing = iter(self.known)
        for _ in range(_REQUESTS):
            if not queue:
                orphan = next((uri for uri in missing if uri not in self._seen), None)
                if orphan is None:
                    return
                self.orphans += 1
                queue.append((orphan, True))
                asked.add(orphan)
            uri, below = queue.popleft()
            try:
                answer = self.wire.call(THREAD, {"uri": uri, "depth": _DEPTH, "parentHeight": 0})
            except HttpError as error:
                self._incomplete(error.code)
                if error.code in ("H101", "H102", "H110", "H111"):
                    return
                continue
            body = answer.body if isinstance(answer.body, dict) else {}
            if answer.status != 200:
                self._incomplete("H151")
                continue
            yield answer, below
            for deeper, under in self._walk(body.get("thread"), below=below):
                if deeper not in asked:
                    asked.add(deeper)
                    queue.append((deeper, under))
        self._incomplete("H113")

    def _walk(self, tree: Any, *, below: bool) -> Iterator[tuple[str, bool]]:
        """Posts that have more replies than the answer shows, to be asked for by themselves."""
        if not isinstance(tree, dict):
            self._incomplete("H128")
            return
        for node, under in nodes(tree, self.wire.did, below=below):
            if node.get("blocked") is True or node.get("notFound") is True:
                self._incomplete("H153" if node.get("blocked") is True else "H154")
                continue
            post = node.get("post")
            place = address(post.get("uri")) if isinstance(post, dict) else None
            if place is None or not isinstance(post, dict):
                self._incomplete("H128")
                continue
            self._seen.add(str(place))
            shown, stated = _replies(node, post)
            if stated <= shown:
                continue
            if node is not tree and (under or place.did == self.wire.did):
                yield str(place), under
            else:
                self.shown += shown
                self.stated += stated
                self._incomplete("H132")

    def _incomplete(self, code: str) -> None:
        self.complete = False
        self.reason = self.reason or code


def _replies(node: Mapping[str, Any], post: Mapping[str, Any]) -> tuple[int, int]:
    """Replies shown directly below a post, and replies the platform counts there."""
    replies = node.get("replies")
    return len(replies) if isinstance(replies, list) else 0, stated_number(post.get("replyCount")) or 0
