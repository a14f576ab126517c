"""What a Bluesky account may take away and hide by itself, and how it is asked for.

Source: lexicons ``com.atproto.repo.*``, ``app.bsky.feed.threadgate`` and ``app.bsky.graph.block``, tried on the
reference servers. An app password may do all of it; it has no scopes. Messages have an interface of their own (chat),
so a visitor is told by other means.

* ``remove``: our own records (``deleteRecord``; the server answers the same when there is none).
* ``hide``: visitors' replies in threads that begin with a post of ours, by the thread's ``threadgate`` record: it is
  read, added to and written back only if nobody has changed it meanwhile (``swapRecord``). 300 replies at most. Who
  asks for hidden replies still sees them; the visitor's record is the visitor's own and stays on the visitor's server.
* ``block``: a public record that everybody can read, with whom it is about. Nothing is written where one stands already.
"""

from __future__ import annotations

import json
from typing import Any

from connectors.http import Answer, Budget, HttpError
from connectors.moderating import ALREADY, BY_HAND, DECLINED, DONE, FULL, NOBODY, UNKNOWN_ID, Acting, before
from connectors.platforms.bluesky.names import Address, address, is_did
from connectors.platforms.bluesky.parts import hidden_replies
from connectors.platforms.bluesky.reading import THREADGATE
from connectors.platforms.bluesky.session import POSTS, RECORD, BlueskySession
from connectors.platforms.bluesky.wire import Wire, error_of
from schemas.account import Account
from schemas.neighbours import Clock, Moderated, ModerationAct, Session

DELETE = "com.atproto.repo.deleteRecord"
PUT = "com.atproto.repo.putRecord"
CREATE = "com.atproto.repo.createRecord"
PROFILE_VIEW = "app.bsky.actor.getProfile"
BLOCK = "app.bsky.graph.block"
MOST_HIDDEN = 300
"""Replies that a threadgate may hide (its lexicon's ``maxLength``)."""
_TRIES = 3
"""How often the threadgate is read again when it was changed between reading and writing."""


class BlueskyModerator(Acting):
    """See the module and ``connectors.moderating.Acting``."""

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"hide", "block"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        self._wire = Wire(account, secret, clock, self._budget)

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    def _connect(self) -> None:
        self._wire.log_in()

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        place = address(native)
        if place is None:
            return UNKNOWN_ID
        if act == "remove":
            return self._remove(place)
        if act == "hide":
            return self._hide(place)
        return self._block(author or place.did)

    def _remove(self, place: Address) -> Moderated:
        if place.did != self._wire.did:
            return BY_HAND
        record = {"repo": place.did, "collection": place.collection, "rkey": place.rkey}
        return _said(self._wire.change(DELETE, record))

    # -- hiding a reply

    def _hide(self, place: Address) -> Moderated:
        root = before(lambda: self._root(place))
        if root is None:
            return ALREADY
        if root.did != self._wire.did:
            return BY_HAND
        for _ in range(_TRIES):
            answer = self._hide_in(root, str(place))
            if isinstance(answer, Moderated):
                return answer
            if error_of(answer) != "InvalidSwap":
                return _said(answer)
        return DECLINED

    def _hide_in(self, root: Address, reply: str) -> Answer | Moderated:
        gate, cid = before(lambda: self._gate(root))
        hidden = gate.get("hiddenReplies")
        listed = hidden if isinstance(hidden, list) else []
        if reply in hidden_replies(gate):
            return ALREADY
        if len(listed) >= MOST_HIDDEN:
            return FULL
        record = {**gate, "hiddenReplies": [*listed, reply]}
        try:
            json.dumps(record, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return DECLINED
        named = {"repo": root.did, "collection": THREADGATE, "rkey": root.rkey}
        # null: only where there is none yet.
        return self._wire.change(PUT, {**named, "record": record, "swapRecord": cid})

    def _gate(self, root: Address) -> tuple[dict[str, Any], str | None]:
        """The thread's gate and its CID; a new one that lets everybody reply, where there is none."""
        answer = self._wire.call(RECORD, {"repo": root.did, "collection": THREADGATE, "rkey": root.rkey})
        if error_of(answer) == "RecordNotFound":
            now = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
            return {"$type": THREADGATE, "post": str(root), "createdAt": now}, None
        body = answer.body if isinstance(answer.body, dict) else {}
        value, cid = body.get("value"), body.get("cid")
        if answer.status != 200 or not isinstance(value, dict) or not isinstance(cid, str):
            raise HttpError("H128", RECORD, answer.status)
        return value, cid

    def _root(self, place: Address) -> Address | None:
        """The first post of the reply's thread; None when neither the AppView nor the writer's server has the reply."""
        record = self._viewed(place) or self._recorded(place)
        if record is None:
            return None
        reply = record.get("reply")
        named = reply.get("root") if isinstance(reply, dict) else None
        return address(named.get("uri")) if isinstance(named, dict) else place

    def _viewed(self, place: Address) -> dict[str, Any] | None:
        answer = self._wire.call(POSTS, {"uris": [str(place)]})
        views = answer.body.get("posts") if answer.status == 200 and isinstance(answer.body, dict) else None
        view = views[0] if isinstance(views, list) and views else None
        record = view.get("record") if isinstance(view, dict) else None
        return record if isinstance(record, dict) else None

    def _recorded(self, place: Address) -> dict[str, Any] | None:
        home = self._wire.home_of(place.did)
        if home is None:
            return None
        named = {"repo": place.did, "collection": place.collection, "rkey": place.rkey}
        answer = self._wire.call_at(home, RECORD, named)
        value = answer.body.get("value") if answer.status == 200 and isinstance(answer.body, dict) else None
        if value is None and error_of(answer) != "RecordNotFound":
            raise HttpError("H128", RECORD, answer.status)
        return value if isinstance(value, dict) else None

    # -- blocking a person

    def _block(self, person: str) -> Moderated:
        if not is_did(person) or person == self._wire.did:
            return NOBODY
        profile = before(lambda: self._wire.call(PROFILE_VIEW, {"actor": person}))
        viewer = profile.body.get("viewer") if profile.status == 200 and isinstance(profile.body, dict) else None
        if isinstance(viewer, dict) and viewer.get("blocking"):
            return ALREADY
        now = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
        record = {"$type": BLOCK, "subject": person, "createdAt": now}
        return _said(self._wire.change(CREATE, {"repo": self._wire.did, "collection": BLOCK, "record": record}))

    def _session(self) -> Session:
        return BlueskySession(self._account, self._secret, self._clock, budget=self._budget)


def _said(answer: Answer) -> Moderated:
    return DONE if answer.status == 200 else DECLINED
