"""What X accepts and how it refuses: both vocabularies, the headers of its limits, problems in its own JSON."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from tests.servers.world import Reply

_PROBLEMS = "https://api.x.com/2/problems/"

NEW_NAMES = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "tweets": "posts",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_POST_FIELDS = _words(
    "article attachments card_uri community_id context_annotations conversation_id created_at display_text_range "
    "edit_controls entities geo id lang media_metadata paid_partnership possibly_sensitive public_metrics "
    "reply_settings scopes source text withheld"
)
FIELDS = {
    "tweet": _POST_FIELDS | _words("author_id edit_history_tweet_ids in_reply_to_user_id note_tweet referenced_tweets"),
    "post": _POST_FIELDS | {"note_post"},
}
_BOTH = (
    "attachments.media_keys attachments.poll_ids author_id entities.mentions.username geo.place_id in_reply_to_user_id"
)
EXPANSIONS = {
    "tweet": _words(f"{_BOTH} edit_history_tweet_ids referenced_tweets.id referenced_tweets.id.author_id"),
    "post": _words(f"{_BOTH} edit_history_post_ids referenced_posts username"),
}
USER_FIELDS = _words(
    "created_at description entities id location name profile_banner_url profile_image_url protected public_metrics url "
    "username verified verified_type withheld"
)
MEDIA_FIELDS = _words("alt_text duration_ms height media_key preview_image_url public_metrics type url variants width")
POLL_FIELDS = _words("duration_minutes end_datetime id options voting_status")
_MESSAGE_WORDS = "attachments created_at dm_conversation_id entities event_type id text"
MESSAGE_FIELDS = {
    "tweet": _words(f"{_MESSAGE_WORDS} participant_ids referenced_tweets sender_id"),
    "post": _words(_MESSAGE_WORDS),
}
MESSAGE_EXPANSIONS = {
    "tweet": _words("attachments.media_keys participant_ids referenced_tweets.id sender_id"),
    "post": _words("attachments.media_keys participant_ids referenced_posts sender_id"),
}


class RefusedError(Exception):
    """An answer that is a problem."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def limits(remaining: int = 899) -> dict[str, str]:
    """Seconds since 1970: real ones, as is the answer's date."""
    return {
        "x-rate-limit-limit": "900",
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(int(time.time()) + 2),
    }


def refusal(status: int, title: str, kind: str) -> Reply:
    """A problem that concerns the whole request."""
    body = {"title": title, "detail": title, "type": f"{_PROBLEMS}{kind}" if kind else "about:blank", "status": status}
    return _problem(status, body)


def _problem(status: int, body: Mapping[str, Any]) -> Reply:
    reply = Reply.json(body, status)
    return Reply(status, {"Content-Type": "application/problem+json"}, reply.body)


def invalid(name: str, value: str) -> Reply:
    """A parameter has a value that it cannot have."""
    return _bad(name, value, f"The `{name}` query parameter value [{value}] is not valid")


def unknown(name: str, value: str, known: Iterable[str]) -> Reply:
    """A parameter that the endpoint does not have."""
    return _bad(name, value, f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]")


def not_one_of(name: str, value: str, known: Iterable[str]) -> Reply:
    """A field or expansion that there is not."""
    told = ",".join(sorted(known))
    return _bad(name, value, f"The `{name}` query parameter value [{value}] is not one of [{told}]")


def _bad(name: str, value: str, message: str) -> Reply:
    return _problem(
        400,
        {
            "errors": [{"parameters": {name: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{_PROBLEMS}invalid-request",
        },
    )


def missing(kind: str, parameter: str, number: str, *, closed: bool = False) -> dict[str, Any]:
    """One that is not there, or not for us."""
    told = "not-authorized-for-resource" if closed else "resource-not-found"
    return {
        "value": number,
        "detail": f"Could not find {kind} with {parameter}: [{number}].",
        "title": "Authorization Error" if closed else "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": number,
        "type": f"{_PROBLEMS}{told}",
    }
