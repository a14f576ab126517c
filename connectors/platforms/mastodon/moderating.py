"""What a Mastodon account may take away and say by itself, and how it is asked for.

Source: the Mastodon client API v1 (statuses, accounts), from knowledge and not from the documents at hand, where only
reading is described; tried on snac 2.75, which does not delete. The token needs ``MODERATION_SCOPES``.

* ``remove``: our own statuses. What visitors wrote lies on their own servers and can be taken away by nobody else: it
  is reported to their server by hand.
* ``hide``: nothing of the kind; muting hides from ourselves alone.
* ``notify``: a status with visibility *direct* that names the writer. It is a status of ours, harvested as a message.
  The server makes one status of a message that comes twice within an hour (``Idempotency-Key``).
* ``block``: the writer of a status.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from connectors.http import Answer, Budget, Http
from connectors.moderating import ALREADY, BY_HAND, DONE, NOBODY, UNCLEAR, Acting, before
from connectors.platforms.mastodon.finder import Finder
from connectors.platforms.mastodon.reading import id_of
from connectors.platforms.mastodon.session import MastodonSession, base_of
from schemas.account import Account
from schemas.neighbours import Clock, Moderated, ModerationAct, Session


class MastodonModerator(Acting):
    """See the module and ``connectors.moderating.Acting``.

    Raises:
        RefusedError: the server cannot be told from the account file.
    """

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"notify", "block"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        self._http = Http(base_of(account), name=account.name, clock=clock, budget=self._budget)
        self._http.authorize(secret or None)
        self._finder = Finder(self._http)
        self._own = ""

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def _connect(self) -> None:
        session = self._session()
        try:
            native = session.health().native
        finally:
            session.close()
        me = self._http.get("api/v1/accounts/verify_credentials", endpoint="accounts.verify_credentials")
        self._own = id_of(me.body) or ""
        self._finder.know(self._own, native)

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        found = before(lambda: self._found(native))
        if found is None:
            return ALREADY if act == "remove" else NOBODY
        name, status = found
        writer = status.get("account")
        person = id_of(writer)
        if act == "remove":
            return self._remove(name) if person == self._own else BY_HAND
        acct = writer.get("acct") if isinstance(writer, dict) else None
        if person is None or person == self._own or not isinstance(acct, str):
            return NOBODY
        return self._block(person) if act == "block" else self._notify(name, native, acct, text)

    def _found(self, native: str) -> tuple[str, dict[str, Any]] | None:
        """The status's id on our server at this moment, and what the server says of it."""
        name = self._finder.present_id(native)
        if name is None:
            return None
        answer = self._http.get(f"api/v1/statuses/{quote(name, safe='')}", endpoint="statuses.get", ok=(200, 404, 410))
        return (name, answer.body) if answer.status == 200 and isinstance(answer.body, dict) else None

    def _remove(self, name: str) -> Moderated:
        answer = self._http.once("DELETE", f"api/v1/statuses/{quote(name, safe='')}", endpoint="statuses.delete")
        return _said(answer)

    def _block(self, person: str) -> Moderated:
        answer = self._http.once("POST", f"api/v1/accounts/{quote(person, safe='')}/block", endpoint="accounts.block")
        told = answer.body.get("blocking") if isinstance(answer.body, dict) else None
        return DONE if told is True else UNCLEAR

    def _notify(self, name: str, native: str, acct: str, text: str) -> Moderated:
        # A name with spaces would be read as text, and anybody named in the text would get it as well.
        if not acct or any(one.isspace() for one in acct):
            return NOBODY
        said = {"status": f"@{acct} {text}", "visibility": "direct", "in_reply_to_id": name}
        key = hashlib.sha256(f"{native}\n{text}".encode()).hexdigest()
        headers = {"Idempotency-Key": key}
        answer = self._http.once("POST", "api/v1/statuses", json=said, endpoint="statuses.create", headers=headers)
        return _said(answer)

    def _session(self) -> Session:
        return MastodonSession(self._account, self._secret, self._clock, budget=self._budget)


def _said(answer: Answer) -> Moderated:
    """The server answers with the status that was taken away or written."""
    return DONE if id_of(answer.body) else UNCLEAR
