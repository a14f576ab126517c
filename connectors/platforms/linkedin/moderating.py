"""What a LinkedIn page may take away by itself, and how it is asked for.

Source: LinkedIn's *Community Management* (Posts, Comments), from knowledge and not from the documents at hand, where
only reading is described. The token needs ``MODERATION_SCOPES`` and lives 60 days; *Pages Data Portability* only reads.

* ``remove``: our own posts; comments below them, ours and those of visitors, in the page's name (``actor``). Where
  LinkedIn refuses a visitor's comment, a person takes it away on the page.
* ``hide``, ``notify``, ``block``: not offered by the interface.
"""

from __future__ import annotations

from connectors.http import Budget
from connectors.moderating import DONE, UNCLEAR, UNKNOWN_ID, Acting
from connectors.platforms.linkedin.identity import resolved
from connectors.platforms.linkedin.names import comment_parts, encoded, urn_of
from connectors.platforms.linkedin.session import LinkedinSession
from connectors.platforms.linkedin.wire import Wire
from schemas.account import Account
from schemas.neighbours import Clock, Moderated, ModerationAct, Session

_POSTS = ("urn:li:share:", "urn:li:ugcPost:")


class LinkedinModerator(Acting):
    """See the module and ``connectors.moderating.Acting``.

    Raises:
        RefusedError: an option of the account file cannot be used.
    """

    OWN = frozenset({"remove"})
    OTHERS = frozenset({"remove"})

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        super().__init__(account, secret, clock, budget=budget)
        self._wire = Wire(account, secret, clock, budget=self._budget)
        self._own = ""

    def close(self) -> None:
        """Give back connections."""
        self._wire.close()

    def _connect(self) -> None:
        self._own = resolved(self._wire, self._account).own

    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:  # noqa: ARG002
        comment = comment_parts(native)
        if comment is not None:
            path = f"socialActions/{encoded(comment[0])}/comments/{encoded(comment[1])}"
            query, endpoint = f"actor={encoded(self._own)}", "comments.delete"
        elif urn_of(native) == native and native.startswith(_POSTS):
            path, query, endpoint = f"posts/{encoded(native)}", "", "posts.delete"
        else:
            return UNKNOWN_ID
        answer = self._wire.change("DELETE", path, query, endpoint=endpoint)
        return DONE if answer.status == 204 else UNCLEAR

    def _session(self) -> Session:
        return LinkedinSession(self._account, self._secret, self._clock, budget=self._budget)
