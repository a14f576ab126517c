"""What a Facebook page may take away, hide and say by itself, and how it is asked for.

Source: the Graph API's reference for comments, posts, ``/{page}/blocked`` and private replies, from knowledge and not
from the documents at hand, where only reading is described. The token needs ``MODERATION_SCOPES``, and its owner the
task MODERATE on the page (MESSAGING for private replies).

* ``remove``: comments and answers, posts of visitors on the page, and the page's own posts.
* ``hide``: comments; a hidden comment is still shown to its writer and the writer's friends. A post is hidden from the
  page's own list only.
* ``notify``: a private reply, once for each comment, within seven days, and **before** it is removed: Facebook finds
  the writer by the comment.
* ``block``: a visitor by the page-scoped id, which not every comment tells (W239).

What visitors see can be asked for with the page's own token alone: ``found`` and ``hidden`` are the page's view.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from connectors.graph import Graph
from connectors.graph.acts import NUMBERED, confirmed, private_reply
from connectors.http import Budget
from connectors.moderating import DECLINED, DONE, NOBODY, UNCLEAR, UNKNOWN_ID, Acting
from connectors.platforms.facebook.identity import WrongPageError, identified
from connectors.platforms.facebook.session import FacebookSession
from schemas.account import Account
from schemas.finding import Finding
from schemas.neighbours import Clock, ConnectionRefusedByPlatformError, Moderated, ModerationAct, Session


class FacebookModerator(Acting):
    """See the module and ``connectors.moderating.Acting``."""

    OWN = frozenset({"remove", "hide"})
    OTHERS = frozenset({"remove", "hide", "notify", "block"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        self._graph = Graph(account, secret, clock, budget=self._budget)
        self._page = ""

    def close(self) -> None:
        """Give back connections."""
        self._graph.close()

    def _connect(self) -> None:
        try:
            self._page = identified(self._graph, self._account.handle).native
        except WrongPageError:
            wrong = Finding(code="H116", severity="error", subject=self._account.name)
            raise ConnectionRefusedByPlatformError(wrong) from None

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:
        if not NUMBERED.fullmatch(native) or native == self._page:
            return UNKNOWN_ID
        path = native
        if act == "remove":
            return confirmed(self._graph.change("DELETE", path, endpoint="remove"))
        if act == "hide":
            return confirmed(self._graph.change("POST", path, form={"is_hidden": "true"}, endpoint="hide"))
        if act == "block":
            return self._block(author)
        return self._notify(native, text)

    def _block(self, author: str | None) -> Moderated:
        if not author:
            return NOBODY
        answer = self._graph.change(
            "POST", f"{quote(self._page, safe='')}/blocked", form={"psid": json.dumps([author])}, endpoint="block"
        )
        told = answer.body.get(author) if isinstance(answer.body, dict) else None
        return {True: DONE, False: DECLINED}.get(told, UNCLEAR) if isinstance(told, bool) else confirmed(answer)

    def _notify(self, native: str, text: str) -> Moderated:
        named = "post_id" if native.startswith(f"{self._page}_") else "comment_id"
        body = {"recipient": {named: native}, "message": {"text": text}}
        return private_reply(self._graph, self._page, body)

    def _session(self) -> Session:
        return FacebookSession(self._account, self._secret, self._clock, budget=self._budget)
