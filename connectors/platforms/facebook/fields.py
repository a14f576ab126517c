"""Which fields of Facebook's answers are used, left alone by name, or change without making a version.

A name with ``.*`` covers the field and whatever is in it. Lists of edges (``data``) stand as they come.
"""

from __future__ import annotations

REACTIONS = ("LIKE", "LOVE", "WOW", "HAHA", "SORRY", "ANGRY", "CARE")
"""Kinds of reactions; each is counted under its own alias (``reactions_like`` ...)."""

EDGES = frozenset(
    {
        "comments",
        "likes",
        "reactions",
        "sharedposts",
        "to",
        "insights",
        "sponsor_tags",
        "dynamic_posts",
        "live_videos",
        *(f"reactions_{name.lower()}" for name in REACTIONS),
    }
)
"""Lists of others' items and acts that may stand in a post or comment. Only their stated number is kept."""

ATTACHMENT_KEPT = ("media_type", "type", "url", "unshimmed_url", "target")
"""What is kept of an attachment that shows something of somebody else's."""

_MEDIA = frozenset(
    {
        "media",
        "media.image",
        "media.image.height",
        "media.image.src",
        "media.image.width",
        "media.source",
        "media_type",
        "target",
        "target.id",
        "target.url",
        "type",
        "unshimmed_url",
        "url",
        "title",
        "description",
    }
)
_MEDIA_IGNORED = frozenset({"description_tags.*"})


def _within(prefix: str, names: frozenset[str]) -> frozenset[str]:
    return frozenset({prefix, *(f"{prefix}.{name}" for name in names)})


_ATTACHMENTS = (
    _within("attachments.data", _MEDIA | _MEDIA_IGNORED)
    | _within("attachments.data.subattachments.data", _MEDIA | _MEDIA_IGNORED)
    | {"attachments", "attachments.paging.*", "attachments.data.subattachments"}
    | {"attachments.data.subattachments.paging.*"}
)

USED = frozenset(
    {
        "created_time",
        "from",
        "from.id",
        "from.name",
        "full_picture",
        "id",
        "is_expired",
        "is_hidden",
        "is_published",
        "message",
        "parent_id",
        "privacy",
        "privacy.value",
        "shares",
        "shares.count",
        "story",
        "timeline_visibility",
        *_ATTACHMENTS,
    }
)
"""Of a post."""

IGNORED = frozenset(
    {
        "actions.*",  # what a visitor may press
        "admin_creator.*",  # which of our staff pressed the button: not asked for, and cut down to an id
        "allowed_advertising_objectives.*",
        "application.*",  # which program it was written with
        "attachments.data.description_tags.*",
        "attachments.data.subattachments.data.description_tags.*",
        "attachments.data.subattachments.paging.*",
        "attachments.paging.*",
        "backdated_time",  # where the page wants it shown; retention counts from when it was published
        "call_to_action.*",
        "can_reply_privately",
        "child_attachments.*",
        "comments_mirroring_domain",
        "coordinates.*",
        "event.*",
        "expanded_height",
        "expanded_width",
        "feed_targeting.*",
        "from.category",
        "from.username",
        "height",
        "icon",
        "instagram_eligibility",
        "is_app_share",
        "is_eligible_for_dark_post",
        "is_eligible_for_promotion",
        "is_fb_live_videos",
        "is_inline_created",
        "is_instagram_eligible",
        "is_live_clip",
        "is_spherical",
        "link",
        "message_tags.*",  # also in the text
        "multi_share_end_card",
        "multi_share_optimized",
        "name",
        "object_id",
        "permalink_url",
        "picture",
        "place.*",
        "privacy.allow",
        "privacy.deny",
        "privacy.description",
        "privacy.friends",
        "properties.*",
        "scheduled_publish_time",
        "source",
        "status_type",
        "story_tags.*",  # also in the text
        "target.*",
        "targeting.*",
        "type",
        "via.*",
        "video_buying_eligibility.*",
        "was_fb_live_videos",
        "width",
        "with_tags.*",
    }
)
"""Of a post: known and not interpreted. They stay in the payload, except what is another's."""

VOLATILE = frozenset(
    {
        *(f"{edge}.*" for edge in EDGES),
        *(f"{edge}.summary.total_count" for edge in EDGES),
        "is_popular",
        "promotable_id",
        "promotion_status",
        "shares.count",
        "subscribed",
        "updated_time",  # moves when somebody comments
    }
)
"""Of a post: change without making a version."""

KNOWN = USED | IGNORED | VOLATILE

COMMENT_USED = frozenset(
    {
        "attachment",
        *(f"attachment.{name}" for name in _MEDIA),
        "created_time",
        "from",
        "from.id",
        "from.name",
        "id",
        "is_hidden",
        "is_private",
        "message",
        "parent",
        "parent.id",
    }
)
COMMENT_IGNORED = frozenset(
    {
        "admin_creator.*",
        "application.*",
        "attachment.description_tags.*",
        "from.category",
        "from.username",
        "live_broadcast_timestamp",
        "message_tags.*",  # also in the text
        "object.*",  # the post, again
        "parent.*",  # another's comment: its id is kept
        "permalink_url",
        "private_reply_conversation.*",
    }
)
COMMENT_VOLATILE = frozenset(
    {
        *(f"{edge}.*" for edge in EDGES),
        "can_comment",
        "can_hide",
        "can_like",
        "can_remove",
        "can_reply_privately",
        "comment_count",
        "like_count",
        "user_likes",
    }
)
COMMENT_KNOWN = COMMENT_USED | COMMENT_IGNORED | COMMENT_VOLATILE

MESSAGE_IGNORED = frozenset(
    {
        "attachments.data.image_data.*",
        "attachments.data.video_data.*",
        "attachments.paging.*",
        "reactions.*",
        "shares.*",
        "tags.*",
        "to.paging.*",
    }
)
MESSAGE_KNOWN = MESSAGE_IGNORED | frozenset(
    {
        "attachments",
        "attachments.data",
        "attachments.data.file_url",
        "attachments.data.id",
        "attachments.data.mime_type",
        "attachments.data.name",
        "attachments.data.size",
        "created_time",
        "from",
        "from.email",
        "from.id",
        "from.name",
        "from.username",
        "id",
        "message",
        "sticker",
        "thread_id",
        "to",
        "to.data",
        "to.data.email",
        "to.data.id",
        "to.data.name",
        "to.data.username",
    }
)

PROFILE_COUNTERS = {"followers_count": "followers", "fan_count": "fans"}
PROFILE_TEXTS = ("name", "about", "description", "bio", "mission", "general_info", "company_overview", "impressum")
"""Texts of our page, in the order in which they are kept."""
PROFILE_LINES = ("website", "phone", "single_line_address", "emails")
PROFILE_IGNORED = frozenset({"category_list.*", "hours.*", "location.*", "perms.*", "tasks.*"})
PROFILE_KNOWN = PROFILE_IGNORED | frozenset(
    {
        *PROFILE_COUNTERS,
        *PROFILE_TEXTS,
        *PROFILE_LINES,
        "category",
        "cover",
        "cover.cover_id",
        "cover.id",
        "cover.offset_x",
        "cover.offset_y",
        "cover.source",
        "is_published",
        "is_verified",
        "id",
        "link",
        "picture",
        "picture.data",
        "picture.data.cache_key",
        "picture.data.height",
        "picture.data.is_silhouette",
        "picture.data.url",
        "picture.data.width",
        "username",
        "verification_status",
    }
)
"""Of our own page; an access token that stands in it is no field but a secret, and is cut away."""
