"""LinkedIn: an organisation's page, by either of the two interfaces that LinkedIn has for it.

Source: LinkedIn's versioned REST interface, header ``LinkedIn-Version`` 202609 (option ``api_version``). A version
lives about a year, 202609 until September 2027; no header tells, so 60 days before its end it is reported every night
(H138). A version that has ended answers 426 (H139; H247 before its day).

Two routes, chosen by the option ``route``; without it the first is tried and the second when LinkedIn refuses:

* ``portability``: *Pages Data Portability*, which the EU's Digital Markets Act asks of LinkedIn. Lists of URNs and
  batches that fill them out; names of those who let LinkedIn tell; page messages. May be up to 48 hours late.
* ``community``: *Community Management*, after LinkedIn's review of the use. One request for each thread.

Permissions: ``r_dma_admin_pages_content`` or ``r_organization_social_feed``, by a person who administers the page.
The token lives 60 days, so a person logs in as often; the option ``token_issued`` gives the warning. LinkedIn has an
address that tells when a token ends, but it wants the developer app's own secret, which Bevara is not given.

What is harvested: how the page presents itself, its posts and reshares (a reshare without words by address only), the
comments of others and our own answers below them, pictures, films, documents, captions and alt texts, page messages
(when switched on). Counters become observations. A post is read by people at
``https://www.linkedin.com/feed/update/URN/``.

Known oddities: the cursor stands under a misspelt name (``paginationCursorMetdata``); requests are counted by the day
until midnight UTC and no header tells how many are left (a refusal that says so ends the run until then).

What cannot be had, and why:

* names of commenting members by Community Management, and of those who do not let LinkedIn tell (H146): their id alone;
* earlier texts of edited posts and comments, and deleted ones: LinkedIn keeps none;
* who took a comment away, or whether it is hidden: LinkedIn does not say;
* an archive file of the page: LinkedIn makes them for members only;
* who reacted: persons' acts that are no records of ours.
"""

from __future__ import annotations

from connectors.platforms.linkedin import fields
from connectors.platforms.linkedin.filmed import films
from connectors.platforms.linkedin.moderating import LinkedinModerator
from connectors.platforms.linkedin.reading import parse
from connectors.platforms.linkedin.session import LinkedinSession
from schemas.account import Account
from schemas.neighbours import Clock, Moderator, Session

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

NAME = "linkedin"
SCOPES: tuple[str, ...] = ("r_dma_admin_pages_content", "r_organization_social_feed")
MODERATION_SCOPES: tuple[str, ...] = ("r_organization_social_feed", "w_organization_social_feed")
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED | fields.PROFILE_IGNORED
VOLATILE = fields.VOLATILE
FOLLOWS = True

OPTIONS: dict[str, str] = {
    "route": "Vilket gränssnitt som används: portability (Pages Data Portability) eller community (Community "
    "Management); utan uppgift prövas det första och sedan det andra.",
    "api_version": "Gränssnittets version, år och månad med sex siffror, till exempel 202609.",
    "api_version_ends": "Dagen då gränssnittets version upphör (ÅÅÅÅ-MM-DD), om LinkedIn har meddelat någon annan.",
    "token_issued": "Dagen då åtkomstnyckeln skapades (ÅÅÅÅ-MM-DD); den gäller i 60 dagar och Bevara varnar innan dess.",
    "finder_seconds": "Sekunder mellan två anrop till portabilitetsgränssnittets listor, om LinkedIn begränsar dem.",
}
RECONNECT = (
    "Logga in på LinkedIn som en person som är administratör (superadministratör eller innehållsadministratör) för "
    "organisationens sida.",
    "Öppna linkedin.com/developers, välj organisationens app och fliken Auth, och öppna OAuth-verktyget (OAuth Tools).",
    "Skapa en åtkomstnyckel med behörigheten r_dma_admin_pages_content (Pages Data Portability) eller "
    "r_organization_social_feed (Community Management).",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (credentials_env) och skriv dagens datum som "
    "token_issued under [options].",
    "Gör om detta senast var 60:e dag; Bevara varnar 14 dagar innan nyckeln slutar gälla.",
)
MODERATION_RECONNECT = (
    "Logga in på LinkedIn som en person som är administratör för organisationens sida, och öppna OAuth-verktyget för organisationens app.",
    "Skapa en egen åtkomstnyckel för moderering med behörigheterna r_organization_social_feed och w_organization_social_feed (Community Management).",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (moderation_env).",
    "Gör om detta senast var 60:e dag.",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the organisation's number, its URN, or its name in the page's address.
        secret: the access token.
        clock: the home's clock.

    Raises:
        RefusedError: an option of the account file cannot be used.
    """
    return LinkedinSession(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments and errors as ``open``."""
    return LinkedinModerator(account, secret, clock)
