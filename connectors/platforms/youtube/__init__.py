"""YouTube: the videos of our own channel, their captions, and the comments below them.

Source: YouTube Data API v3 by its published description, revision 2026-11-04. No end of the version is announced.
Never tried on the live service; every method, parameter and field that is used stands in the description.

Where it is read: ``account.api_base`` (with or without ``/youtube/v3``), or https://www.googleapis.com.

Permissions: an access token that the channel's owner or a manager has granted ``SCOPES``; the nights only read. The second
is the only one that shows comments and captions. ``handle`` in the account file is the channel's id, its address
(``@name``) or its title. Google's access tokens live an hour: the variable holds one, or, for a job that runs by itself,
a grant from which each run gets its own (``connectors.oauth``).

What is harvested: how the channel presents itself, every upload (private and unlisted ones too, with their visibility),
its largest picture and its caption files, all comments with all answers, and those that visitors do not see: held for
review or taken for spam (hidden by the platform), rejected (hidden by us). Counters become observations.

Quota: a project has 10,000 units a day, renewed at midnight in California. A page of any list costs 1, a list of caption
tracks 50, a caption file 200. Units are counted (option ``units`` when channels share a project) and remembered. Listings
come first, then comments from the newest to the oldest, then captions with what is left; the next nights go on where the
quota ended. Captions are asked for only when a video is new or changed.

What cannot be had, and why:

* the video file: no interface gives it. It must come from Google Takeout or from who made it (H264);
* posts on the channel's community tab, and the chat of a live broadcast: no interface once it is over (H265);
* edits between two nights, and the texts that were removed before the first;
* who removed a comment or video: YouTube only does not show it any more. While comments are switched off for a video,
  YouTube shows none of them, and they are recorded as gone;
* old comments that are edited or answered: they do not come up among the newest, and are seen when their thread is read
  again (a week, a quarter, two years; or when the video's own count of comments moves);
* a caption file or picture that is exchanged without the video being changed: nothing tells of it;
* who liked or disliked: persons' acts that are no records of ours.

Terms: YouTube's developer policies ask that what was read is deleted or read again within 30 days, statistics excepted,
and say that they yield to a law that requires storage. The archive keeps, and reports what is gone on the platform and
kept here (H147; ``terms`` in the account file). It is for the customer's lawyer to judge.
"""

from __future__ import annotations

from connectors.platforms.youtube import fields
from connectors.platforms.youtube.filmed import films
from connectors.platforms.youtube.moderating import YouTubeModerator
from connectors.platforms.youtube.reading import parse
from connectors.platforms.youtube.session import YouTubeSession
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

NAME = "youtube"
SCOPES: tuple[str, ...] = (
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/youtube.force-ssl",
)
MODERATION_SCOPES: tuple[str, ...] = ("https://www.googleapis.com/auth/youtube.force-ssl",)
"""Of the second secret (``moderation_env``); see ``moderating``."""
IGNORED = fields.IGNORED
VOLATILE = fields.VOLATILE
TERMS_ASK_DELETION = True
"""The platform's terms ask that what is gone there is deleted here too."""

OPTIONS: dict[str, str] = {
    "units": "Så många kvotenheter per dygn får kontot använda (10000 om inget anges; dela upp dem om flera kanaler "
    "har samma projekt hos Google).",
}
RECONNECT = (
    "Logga in hos Google med ett konto som äger eller förvaltar kanalen.",
    "Öppna Bevaras projekt i Google Cloud och kontrollera att YouTube Data API v3 är påslaget och att "
    "samtyckesskärmen är publicerad (i läget Testing upphör inloggningen efter sju dagar).",
    "Ge projektet behörigheterna youtube.readonly och youtube.force-ssl för rätt kanal.",
    "Lägg in den nya åtkomstnyckeln i den miljövariabel som kontofilen namnger (credentials_env).",
)
MODERATION_RECONNECT = (
    "Logga in hos Google med ett konto som äger eller förvaltar kanalen.",
    "Ge Bevaras projekt i Google Cloud behörigheten youtube.force-ssl för rätt kanal, med en egen inloggning för moderering.",
    "Lägg in nyckeln i den miljövariabel som kontofilen namnger (moderation_env).",
)


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001  # the port's word
    """Open a session; no request is made yet.

    Args:
        account: ``handle`` is the channel's id, ``@name`` or title.
        secret: an access token.
        clock: the home's clock.

    Raises:
        RefusedError: the option ``units`` is no number.
    """
    return YouTubeSession(account, secret, clock)


def moderate(account: Account, secret: str, clock: Clock) -> Moderator:
    """Open a connection that may take away and hide; no request is made yet. Arguments and errors as ``open``."""
    return YouTubeModerator(account, secret, clock)
