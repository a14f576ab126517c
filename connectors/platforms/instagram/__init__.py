"""Instagram business accounts: our own media and stories, and the comments below them.

Source: the Graph API, v26.0 (released 29 July 2026, end not announced; ``connectors.graph.ENDS`` has the others'),
in the flavour of Facebook Login, where the account is linked to a Page. The flavour of Instagram Login is read by
``api_base = "https://graph.instagram.com"``; its tokens are recognised on other hosts too.

Permissions: ``SCOPES`` (of Instagram Login: ``instagram_business_basic``, ``instagram_business_manage_comments``);
The nights only read. With ``harvest.messages`` also ``instagram_manage_messages`` and ``pages_manage_metadata``.

What is harvested: how the account presents itself, its posts and reels with all parts of a carousel, alt texts and
thumbnails, comments and all answers, hidden ones too, live stories, and media in which others tagged the account.
Counters become observations. Stories live 24 hours: the light pass reads them as well, so harvest it in daytime.

Known oddities, each met with a finding and without loss: an empty answer where a count says otherwise (H145, a
permission is missing; nothing counts as gone), comments capped at 50 without a next page (H148), the 10,000 newest
media (H144), films without a file because of their sound (H143, the link is kept), fields that a version does not
know (H231), a ``paging.next`` that carries the access token (only its cursor is used).

What cannot be had, and why:

* who hid a comment, and who took a comment or post away: the interface does not tell;
* deleted items, earlier texts of a caption: the interface shows what is there now. Comments cannot be edited;
* stories that lived and went between two runs, and stories older than a day: not shown by the interface;
* whether somebody else's post that tagged us is still there: a direct question about another's post is not answered,
  so such a post stays as it was last seen;
* media in which we are only named in the text: the interface tells of them as they happen, to a server of one's own;
* comments beyond the newest 50 where the server names no next page; media beyond the 10,000 newest;
* who liked, saved or shared: persons' acts that are no records of ours;
* messages beyond the newest of a conversation, and what their writers have taken back.
"""

from __future__ import annotations

from connectors.graph.adverts import SCOPES as ADVERT_SCOPES
from connectors.graph.adverts import MetaAdverts
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.filmed import films
from connectors.platforms.instagram.moderating import InstagramModerator
from connectors.platforms.instagram.reading import parse
from connectors.platforms.instagram.session import InstagramSession
from schemas.account import Account
from schemas.neighbours import Adverts, Clock, Moderator, Session

__all__ = [
    "ADVERT_SCOPES",
    "IGNORED",
    "LIGHT_HOURS",
    "MODERATION_RECONNECT",
    "MODERATION_SCOPES",
    "NAME",
    "OPTIONS",
    "RECONNECT",
    "SCOPES",
    "VOLATILE",
    "adverts",
    "films",
    "moderate",
    "open",
    "parse",
]

NAME = "instagram"
SCOPES: tuple[str, ...] = ("instagram_basic", "instagram_manage_comments", "pages_show_list", "pages_read_engagement")
MODERATION_SCOPES: tuple[str, ...] = (*SCOPES, "instagram_manage_messages")
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED | fields.PROFILE_IGNORED | fields.MESSAGE_IGNORED
VOLATILE = fields.VOLATILE | frozenset(fields.PROFILE_COUNTERS)

LIGHT_HOURS = 6
"""Stories live a day: a night alone would miss one whenever a run is late or fails."""
OPTIONS: dict[str, str] = {
    "api_version": "Gränssnittets version, till exempel v26.0; utan den används den version som Bevara är prövad med.",
    "ig_user": "Instagramkontots nummer, om det inte kan hittas med åtkomstnyckeln.",
}
RECONNECT = (
    "Logga in i Meta Business Suite som administratör för Facebooksidan.",
    "Kontrollera under Inställningar, Länkade konton, att Instagramkontot är ett företagskonto och länkat till sidan.",
    "Skapa en åtkomstnyckel för en systemanvändare eller för sidan med behörigheterna instagram_basic, "
    "instagram_manage_comments, pages_show_list och pages_read_engagement.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (credentials_env).",
)
MODERATION_RECONNECT = (
    "Skapa i Metas företagsportfölj en egen systemanvändare för moderering (inte den som Bevara läser med) och tilldela den Facebooksidan som Instagramkontot är länkat till.",
    "Skapa en åtkomstnyckel med behörigheterna instagram_basic, instagram_manage_comments, instagram_manage_messages, pages_show_list och pages_read_engagement.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the username, with or without @, or the account's number.
        secret: the access token.
        clock: the home's clock.
    """
    return InstagramSession(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments and errors as ``open``."""
    return InstagramModerator(account, secret, clock)


def adverts(account: Account, secret: str, clock: Clock) -> Adverts:
    """Open the reports of ``duties.advert_account``; no request is made yet. Raises RefusedError: it is no number."""
    return MetaAdverts(account, secret, clock)
