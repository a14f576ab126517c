"""Bluesky: our own repository, and the threads below and around our posts.

Source: the AT Protocol's HTTP interface (XRPC): lexicons ``com.atproto.*`` and ``app.bsky.*`` as of November 2026,
tried on the reference servers (PDS 0.5, AppView 0.0.280). The interface has no version number and no announced end.

Where it is read: ``account.api_base`` is the account's own server (PDS; ``https://bsky.social`` when empty, after
which the server named in the account's DID document is asked). Calls of ``app.bsky`` go through it to the AppView.
``account.plc_base`` is the directory of DIDs, by default ``https://plc.directory``; it tells where a visitor's
record or picture lies.

Permissions: the handle and an app password (``createSession``). An app password has no scopes of its own; Bevara
only reads. Without one our own repository is read and nothing else: threads are then reported as incomplete.

What is harvested: our profile record, our posts and replies, our reposts (by address only), replies by others below
our posts and below our replies in other people's threads, with pictures, video, captions and alt texts; which
replies we hide (threadgates). Counters become observations.

What cannot be had, and why:

* earlier versions of an edited record: the server keeps the newest alone, and the AppView marks no edit;
* deleted records: the server forgets them at once;
* a visitor's reply below another visitor's deleted or blocked reply, unless we saw or answered it before: the AppView
  no longer links it to the thread;
* replies by those who block us, and replies that break the thread's rules: the AppView does not show them;
* who read, and messages (chat), which have an interface of their own;
* likes, follows and lists of other people: no part of our account's records.

Following (``bevara follow``): the event stream ``com.atproto.sync.subscribeRepos`` of the option ``firehose``, else of
``api_base``, else of the relay ``bsky.network``, which carries every server's events (several megabytes a second). A
server's own stream carries the events of the accounts that live there alone.

Time: ``createdAt`` is the author's statement, ``indexedAt`` the AppView's time, which an edit leaves unchanged.
"""

from __future__ import annotations

from connectors.platforms.bluesky import fields
from connectors.platforms.bluesky.filmed import films
from connectors.platforms.bluesky.following import BlueskyFollower
from connectors.platforms.bluesky.moderating import BlueskyModerator
from connectors.platforms.bluesky.reading import parse
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

NAME = "bluesky"
SCOPES: tuple[str, ...] = ("app password: com.atproto.appPass",)
MODERATION_SCOPES = SCOPES
"""Of the second secret (``moderation_env``): an app password of its own, so that each can be taken back by itself."""
IGNORED = fields.IGNORED
VOLATILE = frozenset({*fields.COUNTERS, "indexedAt", "author", "labels", "embed", "cid"})
"""Of a post view. A version is made by the record alone; ``embed`` is the AppView's rendering of it."""

OPTIONS: dict[str, str] = {
    "firehose": "Server vars händelseflöde följs (bevara follow), till exempel https://bsky.network för hela nätet.",
}
FOLLOWS = True
RECONNECT = (
    "Logga in på kontot på Bluesky och öppna Inställningar, Sekretess och säkerhet, Applösenord.",
    "Skapa ett nytt applösenord med namnet Bevara och ta bort det gamla.",
    "Lägg in det nya applösenordet i den miljövariabel som kontofilen namnger (credentials_env).",
)
MODERATION_RECONNECT = (
    "Logga in på kontot på Bluesky och öppna Inställningar, Sekretess och säkerhet, Applösenord.",
    "Skapa ett eget applösenord med namnet Bevara moderering.",
    "Lägg in det i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Follower:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the log-in name.
        secret: the app password, or None to read our own repository alone.
        clock: the home's clock.

    Raises:
        RefusedError: ``api_base`` or ``plc_base`` is no usable address.
    """
    return BlueskyFollower(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments and errors as ``open``."""
    return BlueskyModerator(account, secret, clock)
