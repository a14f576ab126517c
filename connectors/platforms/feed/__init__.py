"""Feeds: the posts of a web site's blog or news pages, with the article pages themselves.

Source: RSS 2.0 and 1.0, Atom 1.0 (RFC 4287), paged and archived feeds (RFC 5005), comments' feeds (``wfw``,
``slash`` and ``thr``, RFC 4685), read with the library feedparser. These forms have no end date.

Where it is read: the path of ``account.api_base``; else the path or address in the option ``feed`` or in ``handle``,
taken on the host of ``api_base``; else the feed that the page there names (``<link rel="alternate">``); else where
the common programs put it; once found, it is asked for there and nowhere else until the account file names another
address. The feed itself never leads to another host. Permissions: none; where the site wants a
bearer token, it is the account's secret.

What is harvested: how the feed presents itself, its entries with title, content (else summary), links, attached files
and the pictures in the text, and the article's page as it was at each version (unless the option ``articles`` is
``no``); the comments where an entry names a feed with them. The feed itself is the author's account; who signed an
entry stands beside it as the shown name.

What cannot be had, and why:

* entries that the feed shows no longer and that are not archived yet: most feeds show the newest ten or so and name
  no older page (H271); those of WordPress are read by their number (``paged``);
* posts that appeared and were pushed out again between two nights; where that may be so, H274 tells;
* changes of entries older than the oldest one shown; their removal is noticed on weekly, monthly and full passes,
  which ask for their pages;
* an edit of an article that changes nothing in the feed: neither text nor edit time;
* earlier versions; who edited, hid or removed an article; counters of readers;
* comments where no feed names them, and a comment's removal where its page is still there.

Time: ``pubDate`` or ``published`` is the author's statement. A time without zone is believed only when the option
``zone`` names one.
"""

from __future__ import annotations

from connectors.platforms.feed import fields
from connectors.platforms.feed.filmed import films
from connectors.platforms.feed.reading import known_zone, parse
from connectors.platforms.feed.session import FeedSession
from schemas.account import Account
from schemas.neighbours import Clock, Session
from schemas.refusal import RefusedError

__all__ = ["IGNORED", "NAME", "OPTIONS", "RECONNECT", "SCOPES", "VOLATILE", "films", "open", "parse"]

NAME = "feed"
SCOPES: tuple[str, ...] = ()
IGNORED = fields.IGNORED
VOLATILE = fields.VOLATILE
OPTIONS: dict[str, str] = {
    "feed": "Flödets adress eller sökväg, när varken api_base eller handle är det.",
    "articles": "no: artiklarnas egna sidor hämtas inte, bara det som står i flödet.",
    "zone": "Tidszon, till exempel Europe/Stockholm, för tider som flödet skriver utan zon.",
}
RECONNECT = (
    "Öppna webbplatsen i en webbläsare och leta upp flödets adress (RSS eller Atom); webbplatsens förvaltare vet den.",
    "Skriv adressen i kontofilens api_base och lägg till kontot på nytt (bevara account add).",
    "Svarar webbplatsen att åtkomst nekas: be förvaltaren släppa in Bevara till flödet och artiklarna.",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``api_base``, ``handle`` or the option ``feed`` say where the feed lies.
        secret: a bearer token of the site, or None.
        clock: the home's clock.

    Raises:
        RefusedError: the account file names no usable address, zone or choice.
    """
    if account.option("articles") not in ("", "no", "yes"):
        raise RefusedError("options.articles", account.option("articles"), "write yes or no")
    zone = account.option("zone")
    if zone and not known_zone(zone):
        raise RefusedError("options.zone", zone, "write a time zone such as Europe/Stockholm")
    return FeedSession(account, secret, clock)
