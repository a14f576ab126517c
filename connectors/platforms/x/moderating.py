"""What an X account may take away and hide by itself, and how it is asked for.

Source: X API v2 (``DELETE /2/tweets/:id``, ``PUT /2/tweets/:tweet_id/hidden``), from knowledge and not from the
documents at hand, where only reading is described. The token needs ``MODERATION_SCOPES`` and is the account's own:
the app's token stands for nobody.

* ``remove``: our own posts, all versions of them.
* ``hide``: replies in conversations that we began. They move behind a button that everybody can press, and **no field
  of the interface tells afterwards that a reply is hidden**: a person looks, or it stays unsaid.
* ``notify``, ``block``: not asked for; the interface has withdrawn blocking from ordinary access, and messages reach
  only whoever lets us write.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.http import Answer, Budget, Http
from connectors.moderating import BY_HAND, DECLINED, DONE, UNCLEAR, UNKNOWN_ID, Acting
from connectors.platforms.x.session import BASE, XSession
from schemas.account import Account
from schemas.neighbours import Clock, Moderated, ModerationAct, Session

_NUMBER = re.compile(r"[0-9]{1,19}")


class XModerator(Acting):
    """See the module and ``connectors.moderating.Acting``."""

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"hide"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        base = (account.api_base or BASE).rstrip("/").removesuffix("/2")
        self._http = Http(base, name=account.name, clock=clock, budget=self._budget)
        self._http.authorize(secret or None)

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def _connect(self) -> None:
        session = self._session()
        try:
            session.health()
        finally:
            session.close()

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        if not _NUMBER.fullmatch(native):
            return UNKNOWN_ID
        if act == "remove":
            return _said(self._http.once("DELETE", f"2/tweets/{native}", endpoint="tweets.delete"), "deleted")
        if act == "hide":
            path = f"2/tweets/{native}/hidden"
            return _said(self._http.once("PUT", path, json={"hidden": True}, endpoint="tweets.hide"), "hidden")
        return BY_HAND

    def _session(self) -> Session:
        return XSession(self._account, self._secret, self._clock, budget=self._budget)


def _said(answer: Answer, word: str) -> Moderated:
    data: Any = answer.body.get("data") if isinstance(answer.body, dict) else None
    told = data.get(word) if isinstance(data, dict) else None
    if told is True:
        return DONE
    return DECLINED if told is False else UNCLEAR
