"""Which fields of a Mastodon status are used, left alone by name, or change without making a version."""

from __future__ import annotations

COUNTERS = {
    "replies_count": "replies",
    "reblogs_count": "boosts",
    "favourites_count": "favourites",
    "quotes_count": "quotes",
}
"""Counter of a status to its name in our counts."""

PROFILE_COUNTERS = {"followers_count": "followers", "following_count": "following", "statuses_count": "statuses"}
"""Counter of an account to its name in our counts."""

USED = frozenset(
    {
        "content",
        "created_at",
        "edited_at",
        "id",
        "in_reply_to_account_id",
        "in_reply_to_id",
        "language",
        "media_attachments",
        "media_attachments.description",
        "media_attachments.id",
        "media_attachments.remote_url",
        "media_attachments.type",
        "media_attachments.url",
        "poll",
        "poll.options",
        "poll.options.title",
        "poll.votes_count",
        "sensitive",
        "spoiler_text",
        "uri",
        "url",
        "visibility",
    }
)

IGNORED = frozenset(
    {
        "account.*",  # a visitor's profile is not ours to keep; the name shown is
        "application.*",  # which program it was written with
        "card.*",  # the server's preview of a linked page: somebody else's text; its address is kept
        "content_type",
        "emojis.*",  # pictures of the server's own signs
        "interaction_policy.*",
        "local_only",
        "media_attachments.blurhash",
        "media_attachments.meta.*",  # sizes, seen again in the file itself
        "media_attachments.preview_remote_url",
        "media_attachments.preview_url",
        "media_attachments.text_url",
        "mentions.*",  # also in the text
        "poll.emojis.*",
        "poll.expires_at",
        "poll.id",
        "poll.multiple",
        "quote.*",
        "quote_approval.*",
        "reblog.*",  # somebody else's item; its uri is kept
        "tags.*",  # also in the text
        "text",  # the text as typed; some servers show it on our own statuses
    }
)
"""Known and not interpreted. They stay in the payload, except what is another's (account, card, quote, reblog)."""

VOLATILE = frozenset(
    {
        *COUNTERS,
        "bookmarked",
        "favourited",
        "filtered.*",
        "muted",
        "pinned",
        "poll.expired",
        "poll.options.votes_count",
        "poll.own_votes",
        "poll.voted",
        "poll.voters_count",
        "poll.votes_count",
        "reblogged",
    }
)
"""Change without making a version: counters, and how we ourselves see the status."""

KNOWN = USED | IGNORED | VOLATILE

PROFILE_IGNORED = frozenset(
    {
        "attribution_domains",
        "emojis.*",
        "enable_rss",
        "feature_approval.*",
        "moved.*",
        "role.*",
        "roles.*",
        "show_featured",
        "show_media",
        "show_media_replies",
        "source.*",  # the note as typed, and how new statuses begin
        "theme",
    }
)
"""Of our own account: known and not interpreted."""

PROFILE_KNOWN = frozenset(
    {
        *PROFILE_COUNTERS,
        *PROFILE_IGNORED,
        "acct",
        "avatar",
        "avatar_description",
        "avatar_static",
        "bot",
        "created_at",
        "discoverable",
        "display_name",
        "fields",
        "fields.name",
        "fields.value",
        "fields.verified_at",
        "fqn",
        "group",
        "header",
        "header_description",
        "header_static",
        "hide_collections",
        "id",
        "indexable",
        "last_status_at",
        "limited",
        "locked",
        "memorial",
        "noindex",
        "note",
        "suspended",
        "uri",
        "url",
        "username",
    }
)
"""Of our own account."""

AUTHOR_KEPT = ("acct", "display_name", "id", "uri", "url", "username")
"""What is kept of the account in a status: who wrote it, as shown."""
