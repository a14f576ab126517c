"""What every moderator has in common: act once, take no answer for more than a word, and look up what visitors see.

A platform's module ``moderating`` has a subclass of ``Acting``. It says what the platform's interface lets an account
do, and does it by ``Http.once``, which never repeats. What fails before anything was sent is ``refused``: it is certain
that nothing was done. What fails afterwards is ``unclear`` unless the platform says what is wrong.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeVar

from connectors.http import Budget, HttpError
from schemas.account import Account
from schemas.neighbours import (
    Clock,
    ConnectionRefusedByPlatformError,
    Lookup,
    Moderated,
    ModerationAct,
    PlatformError,
    Session,
)

BUDGET = Budget(requests=500, attempts=2, first_pause=0.5, max_wait=10.0, total_wait=20.0, quiet=20.0, longest=60.0)
"""Bounds of one connection: a person waits for it."""
DONE = Moderated(outcome="done")
ALREADY = Moderated(outcome="already", code="W231")
UNCLEAR = Moderated(outcome="unclear", code="W232")
BY_HAND = Moderated(outcome="refused", code="W233")
UNREACHED = Moderated(outcome="refused", code="W237")
DECLINED = Moderated(outcome="refused", code="W238")
NOBODY = Moderated(outcome="refused", code="W239")
UNTOLD = Moderated(outcome="refused", code="W240")
FULL = Moderated(outcome="refused", code="W241")
UNKNOWN_ID = Moderated(outcome="refused", code="W242")
_MAYBE = frozenset({"H106", "H107", "H108", "H109", "H112"})
"""After a request with such an end nobody knows whether it was done."""
_REFUSED = {"H101": "W235", "H102": "W234", "H105": "W236", "H116": "W235", "H156": "W235", "H157": "W235"}
_UNREACHED = frozenset({"H106", "H107", "H108", "H109", "H110", "H111", "H112", "H129"})
_GONE = frozenset({"H103", "H104"})

_Found = TypeVar("_Found")


class NotDoneError(Exception):
    """It is certain that nothing was done. ``said`` is what to answer; the message is its code alone."""

    def __init__(self, said: Moderated) -> None:
        """Carry the answer."""
        self.said = said
        super().__init__(said.code)


class Acting(ABC):
    """Implements ``schemas.neighbours.Moderator``.

    Args:
        account: the account. secret: the secret of ``moderation_env``. clock: the home's clock.
        budget: bounds of the connection; None = ``BUDGET``.
    """

    OWN: ClassVar[frozenset[ModerationAct]] = frozenset()
    """What the interface lets the account do with its own items."""
    OTHERS: ClassVar[frozenset[ModerationAct]] = frozenset()
    """What it lets the account do with visitors' items and with visitors."""

    def __init__(self, account: Account, secret: str, clock: Clock, *, budget: Budget | None = None) -> None:
        self._account = account
        self._secret = secret
        self._clock = clock
        self._budget = budget or BUDGET
        self._ready = False

    def may(self, *, own: bool) -> frozenset[ModerationAct]:
        """What the platform's interface lets this account do with its own items, or with those of visitors."""
        return self.OWN if own else self.OTHERS

    def act(self, act: ModerationAct, native: str, *, author: str | None = None, text: str = "") -> Moderated:
        """Do it once; see ``schemas.neighbours.Moderator``. Never raises for what the platform answers."""
        if act not in self.OWN | self.OTHERS:
            return BY_HAND
        try:
            if not self._ready:
                before(self._connect)
                self._ready = True
            return self._act(act, native, author, text)
        except NotDoneError as error:
            return error.said
        except HttpError as error:
            return after(error)

    def look_up(self, native: str) -> Lookup:
        """Ask for the item as visitors see it, by a connection of its own. Never raises for what is answered."""
        session = self._session()
        try:
            return next(iter(session.look_up([native])), Lookup(native=native, outcome="unclear"))
        except (PlatformError, ConnectionRefusedByPlatformError):
            return Lookup(native=native, outcome="unclear")
        finally:
            session.close()

    @abstractmethod
    def close(self) -> None:
        """Give back connections."""

    @abstractmethod
    def _connect(self) -> None:
        """Log in and find out who we are. Raises HttpError, ConnectionRefusedByPlatformError."""

    @abstractmethod
    def _act(self, act: ModerationAct, native: str, author: str | None, text: str) -> Moderated:
        """Do one of ``OWN`` and ``OTHERS``. Raises NotDoneError, HttpError: it may have been done."""

    @abstractmethod
    def _session(self) -> Session:
        """A session that looks up single items."""


def before(ask: Callable[[], _Found]) -> _Found:
    """What is asked before anything is done.

    Raises:
        NotDoneError: it failed, so nothing was done.
    """
    try:
        return ask()
    except ConnectionRefusedByPlatformError as error:
        raise NotDoneError(_certain(error.finding.code)) from None
    except PlatformError as error:
        raise NotDoneError(_certain(error.code)) from None


def after(error: HttpError) -> Moderated:
    """What a failed act means."""
    if not error.unsent and (error.code in _MAYBE or error.status >= 500):
        return UNCLEAR
    return _certain(error.code)


def _certain(code: str) -> Moderated:
    if code in _UNREACHED:
        return UNREACHED
    if code in _GONE:
        return ALREADY
    return Moderated(outcome="refused", code=_REFUSED.get(code, "W238"))
