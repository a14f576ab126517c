"""Mastodon and servers that speak its API: our own statuses, and the threads below them.

Source: the Mastodon client API v1 as documented in July 2026 (Mastodon 4.x), tried on snac 2.75. The interface has
no announced end; endpoints on their way out carry a ``Deprecation`` header.

Where it is read: ``account.api_base``, or the server named in the handle (``name@server``) when that is empty.

Permissions: an access token with ``SCOPES``; the nights only read. Mastodon's tokens do not expire. Without a token the
public listing is read; servers then show at most 60 answers of a thread, 20 deep, and some show no threads at all.

What is harvested: how our account presents itself, our statuses and answers, our boosts (by address only), and the
answers of others below them in full depth, with attachments and alt texts. Counters become observations.

Known oddities, each met with a finding and without loss: no ``Link`` header and a ``limit`` that is ignored (H130);
ids that change at every edit (statuses are known by ``uri``); a context that shows only direct answers (H131); a
boosted comment shown as its boost in a thread (the comment is taken from inside it).

What cannot be had, and why:

* texts between two nights: a status edited twice in a day is seen in its last form. The server's edit history is not
  taken, since its entries have no ids by which a later run could tell them from new ones;
* deleted statuses: the server forgets them at once;
* whether another server's status is gone: our server answers for its own statuses only, so such a look-up is
  *unclear* unless the status is found;
* answers that our server never received, or that their writers show to others only;
* who liked or boosted a status: persons' acts that are no records of ours;
* previews of linked pages (``card``): somebody else's text, made by the server.

Following (``bevara follow``): the stream ``user`` of ``/api/v1/streaming`` over a WebSocket, with the same token
(``read:statuses``, ``read:notifications`` for answers by people we do not follow).

Private mentions (``visibility`` *direct*) are of kind ``message``.
"""

from __future__ import annotations

from connectors.platforms.mastodon import fields
from connectors.platforms.mastodon.filmed import films
from connectors.platforms.mastodon.following import MastodonFollower
from connectors.platforms.mastodon.moderating import MastodonModerator
from connectors.platforms.mastodon.reading import parse
from schemas.account import Account
from schemas.neighbours import Clock, Follower, Moderator

__all__ = [
    "FOLLOWS",
    "IGNORED",
    "MODERATION_RECONNECT",
    "MODERATION_SCOPES",
    "NAME",
    "OPTIONS",
    "RECONNECT",
    "SCOPES",
    "VOLATILE",
    "films",
    "moderate",
    "open",
    "parse",
]

NAME = "mastodon"
SCOPES: tuple[str, ...] = ("read:accounts", "read:statuses", "read:search", "read:notifications")
MODERATION_SCOPES: tuple[str, ...] = (*SCOPES, "write:statuses", "write:blocks")
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED | fields.PROFILE_IGNORED
VOLATILE = fields.VOLATILE

OPTIONS: dict[str, str] = {}
FOLLOWS = True
RECONNECT = (
    "Logga in på kontot i webbläsaren och öppna Inställningar, Utveckling.",
    "Öppna programmet Bevara, eller skapa det med behörigheterna read:accounts, read:statuses, read:search och "
    "read:notifications.",
    "Skapa en ny åtkomstnyckel och lägg in den i den miljövariabel som kontofilen namnger (credentials_env).",
)
MODERATION_RECONNECT = (
    "Logga in på kontot i webbläsaren och öppna Inställningar, Utveckling.",
    "Skapa ett eget program för moderering (inte det som Bevara läser med) med behörigheterna read:accounts, "
    "read:statuses, read:search, read:notifications, write:statuses och write:blocks.",
    "Skapa en åtkomstnyckel och lägg in den i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Follower:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is ``name`` or ``name@server``.
        secret: the access token, or None to read what is public.
        clock: the home's clock.

    Raises:
        RefusedError: the server cannot be told from the account file.
    """
    return MastodonFollower(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away what is ours; no request is made yet. Arguments and errors as ``open``."""
    return MastodonModerator(account, secret, clock)
