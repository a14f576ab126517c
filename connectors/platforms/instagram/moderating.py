"""What an Instagram account may take away, hide and say by itself, and how it is asked for.

Source: the Instagram Graph API's reference for comments and private replies, from knowledge and not from the documents
at hand, where only reading is described. The token needs ``MODERATION_SCOPES``.

* ``remove``: comments and answers below our own media, ours and those of visitors. Media and stories cannot be taken
  away by the interface: a person does it in the app.
* ``hide``: comments of visitors; hidden ones are shown to their writer alone. Our own cannot be hidden.
* ``notify``: a private reply, once for each comment, within seven days, and **before** it is removed.
* ``block``: not offered by the interface.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from connectors.graph import Graph, GraphError, is_field_unknown
from connectors.graph.acts import NUMBERED, confirmed, private_reply
from connectors.http import Budget, HttpError
from connectors.moderating import UNKNOWN_ID, Acting
from connectors.platforms.instagram.asking import node
from connectors.platforms.instagram.session import InstagramSession
from schemas.account import Account
from schemas.neighbours import Clock, Lookup, Moderated, ModerationAct, Session


class InstagramModerator(Acting):
    """See the module and ``connectors.moderating.Acting``."""

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"remove", "hide", "notify"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        self._graph = Graph(account, secret, clock, budget=self._budget)
        self._own = ""

    def look_up(self, native: str) -> Lookup:
        """As everywhere, with whether a comment is hidden, which only comments can be asked."""
        answer = super().look_up(native)
        if answer.outcome != "found" or answer.hidden:
            return answer
        try:
            body = self._graph.get(node(native), {"fields": "id,hidden"}, endpoint="lookup").body
        except GraphError as error:
            return answer if is_field_unknown(error) else Lookup(native=native, outcome="unclear")
        except HttpError:
            return Lookup(native=native, outcome="unclear")
        return replace(answer, hidden=isinstance(body, dict) and body.get("hidden") is True)

    def close(self) -> None:
        """Give back connections."""
        self._graph.close()

    def _connect(self) -> None:
        session = self._session()
        try:
            self._own = session.health().native
        finally:
            session.close()
        # How this server wants to be asked; whose token it is has been seen above.
        with suppress(GraphError):
            self._graph.first("me", {"fields": "id"}, endpoint="me")

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        if not NUMBERED.fullmatch(native) or native == self._own:
            return UNKNOWN_ID
        path = node(native)
        if act == "remove":
            return confirmed(self._graph.change("DELETE", path, endpoint="remove"))
        if act == "hide":
            return confirmed(self._graph.change("POST", path, form={"hide": "true"}, endpoint="hide"))
        body = {"recipient": {"comment_id": native}, "message": {"text": text}}
        return private_reply(self._graph, "me", body)

    def _session(self) -> Session:
        return InstagramSession(self._account, self._secret, self._clock, budget=self._budget)
