"""What is known of the archive's fields: by name, so that anything else is noticed."""

from __future__ import annotations

NAME = "x_archive"
PLATFORMS = ("x",)

POST = frozenset(
    (
        "community_id_str",
        "created_at",
        "deleted_at",
        "edit_info",
        "entities",
        "extended_entities",
        "favorite_count",
        "full_text",
        "id",
        "id_str",
        "in_reply_to_status_id",
        "in_reply_to_status_id_str",
        "in_reply_to_user_id",
        "in_reply_to_user_id_str",
        "lang",
        "retweet_count",
        "text",
    )
)
"""Fields of a post that are used."""

_POST_IGNORED = frozenset(
    (
        "card",
        "community_id",
        "contributors",
        "coordinates",
        "display_text_range",
        "favorited",
        "geo",
        "in_reply_to_screen_name",
        "place",
        "possibly_sensitive",
        "possibly_sensitive_editable",
        "retweeted",
        "scopes",
        "self_thread",
        "source",
        "truncated",
        "withheld_copyright",
        "withheld_in_countries",
        "withheld_scope",
    )
)
_ENTITIES = frozenset(("hashtags", "media", "symbols", "urls", "user_mentions"))
_MEDIA = frozenset(
    (
        "additional_media_info",
        "display_url",
        "expanded_url",
        "ext_alt_text",
        "features",
        "id",
        "id_str",
        "indices",
        "media_key",
        "media_url",
        "media_url_https",
        "sizes",
        "source_status_id",
        "source_status_id_str",
        "source_user_id",
        "source_user_id_str",
        "type",
        "url",
        "video_info",
    )
)
_URL = frozenset(("display_url", "expanded_url", "indices", "url"))
_INSIDE_IGNORED = frozenset(
    (
        "entities.hashtags",
        "entities.symbols",
        "entities.urls.display_url",
        "entities.urls.indices",
        "entities.user_mentions",
        "extended_entities.media.additional_media_info",
        "extended_entities.media.display_url",
        "extended_entities.media.expanded_url",
        "extended_entities.media.features",
        "extended_entities.media.id",
        "extended_entities.media.indices",
        "extended_entities.media.media_key",
        "extended_entities.media.media_url",
        "extended_entities.media.sizes",
        "extended_entities.media.source_status_id",
        "extended_entities.media.source_status_id_str",
        "extended_entities.media.source_user_id",
        "extended_entities.media.source_user_id_str",
        "extended_entities.media.url",
        "note_tweet.lifecycle",
        "messages.messageCreate.reactions",
    )
)
IGNORED: frozenset[str] = _POST_IGNORED | _INSIDE_IGNORED
"""Known and not interpreted; they stay in the payload, except what ``parsing`` leaves out for being our own view."""
VOLATILE: frozenset[str] = frozenset(
    (
        "edit_info.editControlInitial",
        "edit_info.initial",
        "favorite_count",
        "retweet_count",
    )
)
"""Counters, and how much longer the post may be edited."""

KNOWN = POST | _POST_IGNORED
KNOWN_ENTITIES = _ENTITIES
KNOWN_MEDIA = _MEDIA
KNOWN_URL = _URL
KNOWN_NOTE = frozenset(("core", "createdAt", "lifecycle", "noteTweetId", "updatedAt"))
KNOWN_CORE = frozenset(("cashtags", "hashtags", "mentions", "styletags", "text", "urls"))
KNOWN_MESSAGE = frozenset(
    (
        "createdAt",
        "editHistory",
        "id",
        "mediaUrls",
        "reactions",
        "recipientId",
        "senderId",
        "text",
        "urls",
    )
)
OUR_VIEW = ("favorited", "retweeted", "possibly_sensitive_editable")
"""How the account itself stands to the post: left out of the payload."""
COUNTERS = (("favorite_count", "likes"), ("retweet_count", "reposts"))
"""Counter in the archive to its name in our counts, as in ``connectors.platforms.x``."""
MESSAGE = "dm:"
"""What stands before a message's id, as in ``connectors.platforms.x``."""
BOOST_KEPT = frozenset(("created_at", "deleted_at", "edit_info", "id", "id_str"))
"""What of a repost is the account's own."""
