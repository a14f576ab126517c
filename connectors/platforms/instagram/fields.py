"""Which fields of Instagram are asked for, used, left alone by name, or change without making a version."""

from __future__ import annotations

CHILD_ASKED = ("id", "media_type", "media_url", "thumbnail_url", "permalink", "timestamp", "alt_text")
"""Of a part of a carousel."""
CHILD_CORE = ("id", "media_type", "media_url", "thumbnail_url", "timestamp")

_CORE = (
    "id",
    "caption",
    "media_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "timestamp",
    "username",
)
_USUAL = (
    *_CORE,
    "alt_text",
    "comments_count",
    "ig_id",
    "is_comment_enabled",
    "is_shared_to_feed",
    "like_count",
    "media_product_type",
    "owner",
    "shortcode",
)
_WIDE = (
    *_USUAL,
    "is_ai_generated",
    "reposts_count",
    "saved_count",
    "shares_count",
    "total_comments_count",
    "total_like_count",
    "total_views_count",
    "video_title",
    "view_count",
)


def _with_children(names: tuple[str, ...], children: tuple[str, ...]) -> str:
    return ",".join((*names, f"children{{{','.join(children)}}}"))


MEDIA_ASKED = (
    _with_children(_WIDE, CHILD_ASKED),
    _with_children(_USUAL, CHILD_ASKED),
    _with_children((*_CORE, "comments_count", "like_count"), CHILD_CORE),
    ",".join(_CORE),
)
"""What is asked of a media object: the first, and the next where the platform does not know a field of it."""

MENTION_ASKED = (
    _with_children((*_CORE, "alt_text", "comments_count", "like_count", "media_product_type", "owner"), CHILD_ASKED),
    _with_children((*_CORE, "comments_count", "like_count"), CHILD_CORE),
    ",".join(_CORE),
)
"""Of somebody else's media: fewer fields are given."""

_ANSWER = ("id", "text", "timestamp", "username", "like_count", "hidden", "parent_id", "from", "user", "media")
_ANSWER_USUAL = ("id", "text", "timestamp", "username", "like_count", "hidden", "parent_id", "from")
_ANSWER_CORE = ("id", "text", "timestamp", "username", "hidden")

REPLY_ASKED = tuple(",".join(names) for names in (_ANSWER, _ANSWER_USUAL, _ANSWER_CORE))
"""Of a comment by itself, as ``MEDIA_ASKED``."""
COMMENT_ASKED = (*(f"{names},replies{{{names}}}" for names in REPLY_ASKED), REPLY_ASKED[-1])
"""Of a comment with the answers below it."""

PROFILE_ASKED = (
    "id,ig_id,username,name,biography,website,profile_picture_url,followers_count,follows_count,media_count",
    "id,username,name,biography,website,profile_picture_url,followers_count,media_count",
    "id,username,name,media_count",
    "id,username",
)

MESSAGE_ASKED = (
    "id,created_time,from,to,message,attachments,shares,story,is_unsupported",
    "id,created_time,from,to,message,attachments",
    "id,created_time,from,to,message",
)

COUNTERS = {
    "comments_count": "comments",
    "like_count": "likes",
    "reposts_count": "reposts",
    "saved_count": "saves",
    "shares_count": "shares",
    "total_comments_count": "comments_total",
    "total_like_count": "likes_total",
    "total_views_count": "views_total",
    "view_count": "views",
}
"""Counter of a media object or comment to its name in our counts."""

PROFILE_COUNTERS = {"followers_count": "followers", "follows_count": "following", "media_count": "posts"}

_ATTACHED = ("id", "media_type", "media_url", "thumbnail_url", "alt_text", "permalink", "timestamp")

MEDIA_USED = frozenset(
    {
        *_ATTACHED,
        *(f"children.data.{name}" for name in _ATTACHED),
        "caption",
        "children",
        "children.data",
        "is_ai_generated",
        "is_comment_enabled",
        "media_product_type",
        "owner",
        "owner.id",
        "owner.username",
        "username",
        "video_title",
    }
)

COMMENT_USED = frozenset(
    {
        "from",
        "from.id",
        "from.username",
        "hidden",
        "id",
        "media",
        "media.id",
        "parent_id",
        "text",
        "timestamp",
        "user",
        "user.id",
        "username",
    }
)

IGNORED = frozenset(
    {
        "boost_ads_list.*",
        "boost_eligibility_info.*",
        "children.data.ig_id",
        "children.data.media_product_type",
        "children.data.owner.*",  # the same as of the whole
        "children.data.shortcode",
        "children.data.username",
        "children.paging.*",
        "collaborators.*",
        "comments.*",  # items of their own
        "copyright_check_information.*",
        "from.self_ig_scoped_id",
        "has_poll",
        "has_slider",
        "ig_id",
        "insights.*",
        "is_shared_to_feed",
        "legacy_instagram_media_id",
        "media.media_product_type",
        "paging.*",
        "product_tags.*",
        "replies.*",  # items of their own
        "shortcode",  # also in the permalink
    }
)
"""Known and not interpreted. They stay in the payload, except what is another's (comments, replies) and cursors."""

VOLATILE = frozenset(COUNTERS)
"""Change without making a version. Addresses of files change too: they make none either, and lose their signature."""

MEDIA_KNOWN = MEDIA_USED | IGNORED | VOLATILE
COMMENT_KNOWN = COMMENT_USED | IGNORED | VOLATILE

PROFILE_KNOWN = frozenset(
    {
        *PROFILE_COUNTERS,
        "biography",
        "id",
        "ig_id",
        "name",
        "profile_picture_url",
        "username",
        "website",
    }
)
PROFILE_IGNORED = frozenset(
    {"account_type", "is_published", "has_profile_pic", "user_id", "shopping_product_tag_eligibility"}
)

MESSAGE_USED = frozenset(
    {
        "attachments",
        "attachments.data",
        "attachments.data.file_url",
        "attachments.data.id",
        "attachments.data.image_data",
        "attachments.data.image_data.url",
        "attachments.data.mime_type",
        "attachments.data.name",
        "attachments.data.video_data",
        "attachments.data.video_data.url",
        "created_time",
        "from",
        "from.id",
        "from.username",
        "id",
        "is_unsupported",
        "message",
        "shares",
        "shares.data",
        "shares.data.link",
    }
)
MESSAGE_IGNORED = frozenset(
    {
        "attachments.data.generic_template.*",
        "attachments.data.image_data.*",  # sizes and a preview, seen again in the file itself
        "attachments.data.render_as_sticker",
        "attachments.data.size",
        "attachments.data.video_data.*",
        "attachments.paging.*",
        "from.email",
        "from.name",
        "reactions.*",
        "shares.data.*",
        "shares.paging.*",
        "story.*",  # which story it answers: stays in the payload
        "tags.*",
        "thread_id",
        "to.*",  # who received it: name and id stay
    }
)
