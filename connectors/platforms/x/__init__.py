"""X (Twitter): our own posts with their edits, answers to them, mentions, and direct messages where asked for.

Source: the X API v2 as described by the vendor (OpenAPI 2.159 of February and 2.167 of August 2026). The version has
no announced end. Between the two, X renames ``tweet`` to ``post``: both vocabularies are read, whatever is answered;
requests begin with the spelling named by the option ``fields`` (default ``tweet``) and go over to the next one, once
each, when X refuses a field or shows none of those asked for.

Where it is read: ``https://api.x.com/2``, or ``account.api_base`` with or without ``/2``.

Permissions: a bearer token. The account's own (OAuth 2.0 with ``SCOPES``) also reads direct messages, and counts our
own listings at the lower price if the account owns the app; it lasts two hours, so whatever renews it puts the new one
into the environment before the run (the token that renews it changes each time and is never kept here). The app's own
token does not end; it reads all that is public.

What is harvested: how our account presents itself; our posts, answers and reposts (by id only); answers by others in
conversations of ours; posts that mention us; polls, pictures, films with alt text; long texts and articles whole. Every
edit has a new id on X: an item is known by the first id of its edit history, and each text in it is a version.

Order, so that a bound (``[harvest]``, ``reads_per_day``, ``cost_cap_usd_per_month``) ends among the oldest: our posts,
conversations of the last week, mentions, older conversations, messages.

What cannot be had, and why:

* our posts beyond the newest 3,200 and mentions beyond the newest 800: X shows no more (H144, H148);
* answers older than seven days that do not mention us: the search ends there (H251; H252 after an outage). From what
  an older thread lacks nothing is concluded. Answers known to us that no listing shows are asked for by id;
* whether an answer was hidden by us: X lets it be done and shows nowhere that it was. *Hidden* stays unknown;
* who deleted a post: X says that it is not there, no more. A suspended or protected author's post is *unclear*;
* which texts a post had if it was edited and then deleted between two runs;
* subtitles of films: X takes them and does not give them back; films that X gives as playlists only;
* previews of linked pages: somebody else's text, cut out; who liked or reposted: persons' acts, no records of ours;
* direct messages older than thirty days.

X's terms ask that what is deleted or changed there is deleted or changed wherever it is kept
(``TERMS_ASK_DELETION``); an archive's duty says otherwise. See ``account.terms``.
"""

from __future__ import annotations

from connectors.platforms.x import fields
from connectors.platforms.x.filmed import films
from connectors.platforms.x.moderating import XModerator
from connectors.platforms.x.reading import parse
from connectors.platforms.x.session import XSession
from schemas.account import Account
from schemas.neighbours import Clock, Moderator, Session

__all__ = [
    "IGNORED",
    "MODERATION_RECONNECT",
    "MODERATION_SCOPES",
    "NAME",
    "OPTIONS",
    "RECONNECT",
    "SCOPES",
    "TERMS_ASK_DELETION",
    "VOLATILE",
    "films",
    "moderate",
    "open",
    "parse",
]

NAME = "x"
SCOPES: tuple[str, ...] = ("tweet.read", "users.read", "offline.access", "dm.read")
MODERATION_SCOPES: tuple[str, ...] = (
    "tweet.read",
    "users.read",
    "offline.access",
    "tweet.write",
    "tweet.moderate.write",
)
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED
VOLATILE = fields.VOLATILE
TERMS_ASK_DELETION = True
"""The platform's terms ask that what is deleted or changed there is deleted or changed here too."""

OPTIONS: dict[str, str] = {
    "fields": 'Vilken stavning anropen börjar med: "tweet" (förvald) eller "post"; Bevara byter själv om X nekar.',
    "reads_per_day": "Högsta antal inlägg som får läsas per dygn (UTC); tomt betyder ingen gräns.",
    "cost_cap_usd_per_month": "Högsta kostnad i dollar per kalendermånad, beräknad efter X prislista; tomt betyder ingen "
    "gräns.",
}
RECONNECT = (
    "Logga in på X utvecklarkonsol (developer.x.com) med det konto som äger programmet Bevara.",
    "Kontrollera att programmet finns kvar, att krediten räcker och att behörigheterna tweet.read och users.read är "
    "valda (dm.read om direktmeddelanden ska hämtas).",
    "Skapa en ny åtkomstnyckel: kontots egen, eller programmets (Bearer Token) om bara det offentliga ska hämtas.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (credentials_env); nästa körning använder den.",
)
MODERATION_RECONNECT = (
    "Logga in på X utvecklarkonsol (developer.x.com) med det konto som äger programmet Bevara.",
    "Skapa en egen åtkomstnyckel för kontot (inte programmets) med behörigheterna tweet.read, users.read, tweet.write och tweet.moderate.write.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the name after the @.
        secret: the bearer token.
        clock: the home's clock.

    Raises:
        RefusedError: an option has a value that it cannot have.
    """
    return XSession(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments and errors as ``open``."""
    return XModerator(account, secret, clock)
