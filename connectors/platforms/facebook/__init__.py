"""Facebook: the posts of our page, what visitors write on it and below it, and how it presents itself.

Source: the Graph API, version 26.0 unless the account file names another (``api_version`` in ``[options]``, or at
the end of ``api_base``). Published 29 July 2026; Meta has set no end date for it yet. Versions live about two years;
60 days before the end it is reported (H138). ``connectors.graph`` has the protocol.

Permissions: an access token of the page, or of a person or system user with a task on the page (the page's own token
is then asked for), with ``SCOPES``; ``pages_messaging`` only where messages are harvested. The nights
only read; see ``moderating`` for the second secret.

What is harvested: the page's own posts with attachments, alternative texts, videos and their captions; posts of
visitors on the page; posts elsewhere that tag it; all comments and answers below the page's and its visitors' posts,
hidden ones too; how the page presents itself; private messages where the account file asks for them. Numbers of
reactions, comments and shares become observations.

How far back: the platform shows some 600 posts a year, ranked, so a listing's end proves nothing. Every pass reads
the listing until there is no next page; what the archive has and the listing did not show is asked for directly, and
is gone only when the platform says that it does not exist. Only the hourly light pass stops at the first page that is
older altogether: it, too, claims nothing that is not asked for directly.

Which posts make versions: those within the night's reach. Older ones in the listing update their counters and
visibility, because alternative texts and captions (one request each) are not asked for; their edits are seen when
the weekly or monthly pass reaches them.

Empty answers: a thread that shows no comments where the platform states some is not believed (H145) and nothing that
night is called gone; it is believed the second time, if other comments could be read in the same run (``empty``).

What cannot be had, and why:

* when something was edited: comments have no edit time, and a post's ``updated_time`` moves with every comment, so
  an edit is found by its text, and dated by when it was seen;
* earlier texts, and what was removed between two nights: the platform keeps none;
* who hid a comment, or took anything away: the platform does not tell, so nobody guesses;
* who reacted, and the names of some commenters (H146): withheld by the platform;
* expired posts, scheduled posts, stories after 24 hours, and posts beyond the yearly cap (H144): the page's export
  has them (``bevara import``);
* previews of linked pages and shared posts of others: somebody else's text; their address is kept;
* who of our staff wrote a post (``admin_creator``): not asked for.
"""

from __future__ import annotations

from connectors.graph.adverts import SCOPES as ADVERT_SCOPES
from connectors.graph.adverts import MetaAdverts
from connectors.platforms.facebook import fields
from connectors.platforms.facebook.filmed import films
from connectors.platforms.facebook.moderating import FacebookModerator
from connectors.platforms.facebook.reading import parse
from connectors.platforms.facebook.session import FacebookSession
from schemas.account import Account
from schemas.neighbours import Adverts, Clock, Moderator, Session

__all__ = [
    "ADVERT_SCOPES",
    "IGNORED",
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

NAME = "facebook"
SCOPES: tuple[str, ...] = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
MODERATION_SCOPES: tuple[str, ...] = (
    *SCOPES,
    "pages_manage_engagement",
    "pages_manage_posts",
    "pages_manage_metadata",
    "pages_messaging",
)
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED | fields.COMMENT_IGNORED | fields.MESSAGE_IGNORED | fields.PROFILE_IGNORED
VOLATILE = fields.VOLATILE | fields.COMMENT_VOLATILE

OPTIONS: dict[str, str] = {
    "api_version": "Vilken version av Graph API som används, till exempel v26.0; annars den som Bevara är prövat mot.",
}
RECONNECT = (
    "Logga in i Metas företagsportfölj (business.facebook.com) som någon med uppgiften MODERATE på sidan.",
    "Öppna Användare, Systemanvändare, och välj systemanvändaren för Bevara; kontrollera att den har sidan tilldelad.",
    "Skapa en ny åtkomstnyckel för programmet Bevara med behörigheterna pages_show_list, pages_read_engagement och "
    "pages_read_user_content, och pages_messaging om direktmeddelanden ska hämtas.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (credentials_env) och kör bevara harvest för kontot.",
)
MODERATION_RECONNECT = (
    "Logga in i Metas företagsportfölj (business.facebook.com) som någon med uppgiften MODERATE på sidan.",
    "Skapa en egen systemanvändare för moderering (inte den som Bevara läser med) och tilldela den sidan med "
    "uppgifterna MODERATE och MESSAGING.",
    "Skapa en åtkomstnyckel med behörigheterna pages_show_list, pages_read_engagement, pages_read_user_content, "
    "pages_manage_engagement, pages_manage_posts, pages_manage_metadata och pages_messaging.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the page's id, user name or name.
        secret: the access token.
        clock: the home's clock.
    """
    return FacebookSession(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments as ``open``."""
    return FacebookModerator(account, secret, clock)


def adverts(account: Account, secret: str, clock: Clock) -> Adverts:
    """Open the reports of ``duties.advert_account``; no request is made yet. Raises RefusedError: it is no number."""
    return MetaAdverts(account, secret, clock)
