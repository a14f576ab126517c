"""Which fields of X's answers are used, left alone by name, or change without making a version; in both vocabularies."""

from __future__ import annotations

from dataclasses import dataclass

REFERENCES = ("referenced_posts", "referenced_tweets")
HISTORY = ("edit_history_post_ids", "edit_history_tweet_ids")
NOTE = ("note_post", "note_tweet")
INCLUDED = ("posts", "tweets")
"""One thing, new name first: X renames ``tweet`` to ``post`` and answers in either way."""

COUNTERS = {
    "like_count": "likes",
    "repost_count": "reposts",
    "retweet_count": "reposts",
    "reply_count": "replies",
    "quote_count": "quotes",
    "bookmark_count": "bookmarks",
}
"""Counter in ``public_metrics`` to its name in our counts."""

VIEWS = {"impression_count": "views"}
"""Counted for our own posts alone: it moves every hour."""

PROFILE_COUNTERS = {
    "followers_count": "followers",
    "following_count": "following",
    "post_count": "posts",
    "tweet_count": "posts",
    "listed_count": "listed",
}
"""Counter in an account's ``public_metrics`` to its name in our counts."""

_ENTITIES = frozenset(
    {
        "entities",
        "entities.urls",
        "entities.urls.expanded_url",
        "entities.urls.media_key",
        "entities.urls.url",
    }
)
_ENTITIES_IGNORED = frozenset(
    {
        "entities.annotations.*",  # what X believes the text to be about
        "entities.cashtags.*",  # also in the text
        "entities.hashtags.*",  # also in the text
        "entities.mentions.*",  # also in the text
        "entities.urls.description",  # somebody else's page, as X saw it: cut out
        "entities.urls.display_url",
        "entities.urls.end",
        "entities.urls.images.*",  # somebody else's page: cut out
        "entities.urls.start",
        "entities.urls.status",
        "entities.urls.title",  # somebody else's page: cut out
        "entities.urls.unwound_url",  # where the address led when X tried it
    }
)

PREVIEW = ("description", "images", "title")
"""Of a linked page, not of the post: cut out of the payload."""

USED = frozenset(
    {
        *_ENTITIES,
        *REFERENCES,
        *(f"{name}.{part}" for name in REFERENCES for part in ("id", "type")),
        *HISTORY,
        *NOTE,
        *(f"{name}.text" for name in NOTE),
        *(f"{name}.{path}" for name in NOTE for path in _ENTITIES),
        "article",
        "article.plain_text",
        "article.title",
        "attachments",
        "attachments.media_keys",
        "attachments.poll_ids",
        "author_id",
        "conversation_id",
        "created_at",
        "id",
        "in_reply_to_user_id",
        "lang",
        "public_metrics",
        "reply_settings",
        "text",
        "username",
        "withheld",
        "withheld.copyright",
        "withheld.country_codes",
    }
)

IGNORED = frozenset(
    {
        *_ENTITIES_IGNORED,
        *(f"{name}.{path}" for name in NOTE for path in _ENTITIES_IGNORED),
        "article.*",  # its parts; title and text are used
        "article_title.*",
        "attachments.media_source_tweet.*",
        "attachments.media_source_tweet_id",  # whose picture it was first
        "card_uri",
        "community_id",
        "context_annotations.*",  # what X believes the text to be about
        "display_text_range",
        "geo.*",
        "matched_media_notes.*",
        "media_metadata.*",  # also with the attachment
        "note_request_suggestions.*",
        "paid_partnership",
        "possibly_sensitive",  # X's judgement, not the author's
        "scopes.*",
        "source",  # which program it was written with
        "suggested_source_links",
        "suggested_source_links_with_counts.*",
        "withheld.scope",
    }
)
"""Known and not interpreted. They stay in the payload, except what is of a linked page."""

VOLATILE = frozenset(
    {
        *(f"public_metrics.{name}" for name in (*COUNTERS, *VIEWS)),
        "edit_controls.*",
        "non_public_metrics.*",
        "organic_metrics.*",
        "promoted_metrics.*",
    }
)
"""Change without making a version."""

KNOWN = USED | IGNORED | VOLATILE

MEDIA_KNOWN = frozenset(
    {
        "alt_text",
        "duration_ms",
        "height",
        "media_key",
        "non_public_metrics.*",
        "organic_metrics.*",
        "preview_image_url",
        "promoted_metrics.*",
        "public_metrics.*",
        "type",
        "url",
        "variants",
        "variants.bit_rate",
        "variants.content_type",
        "variants.url",
        "width",
    }
)
POLL_KNOWN = frozenset(
    {
        "duration_minutes",
        "end_datetime",
        "id",
        "options",
        "options.label",
        "options.position",
        "options.votes",
        "voting_status",
    }
)

BOOST_KEPT = (
    "id",
    "author_id",
    "username",
    "created_at",
    "conversation_id",
    *HISTORY,
)
"""What of a repost is the reposter's own. Its text, links and counters are those of what is reposted."""

AUTHOR_KEPT = ("id", "username", "name")
"""What is kept of an author: who wrote it, as shown."""

PROFILE_KNOWN = frozenset(
    {
        "affiliation.*",
        "confirmed_email",
        "connection_status",
        "created_at",
        "description",
        "entities.*",
        "id",
        "is_identity_verified",
        "location",
        "most_recent_post_id",
        "most_recent_tweet_id",
        "name",
        "parody",
        "pinned_post_id",
        "pinned_tweet_id",
        "profile_banner_url",
        "profile_image_url",
        "protected",
        "public_metrics",
        "public_metrics.like_count",
        "public_metrics.media_count",
        *(f"public_metrics.{name}" for name in PROFILE_COUNTERS),
        "receives_your_dm",
        "subscribes_to_you",
        "subscription.*",
        "subscription_type",
        "url",
        "username",
        "verified",
        "verified_followers_count",
        "verified_type",
        "withheld.*",
    }
)
"""Of our own account."""

PROFILE_CUT = ("confirmed_email", "connection_status", "receives_your_dm", "subscribes_to_you", "subscription")
"""Not how the account presents itself: how it is set up, or how it stands to whoever asks."""

MESSAGE_KNOWN = frozenset(
    {
        "attachments",
        "attachments.card_ids",
        "attachments.media_keys",
        "created_at",
        "dm_conversation_id",
        "event_type",
        "id",
        "participant_ids",
        *REFERENCES,
        *(f"{name}.id" for name in REFERENCES),
        "sender_id",
        "text",
        *_ENTITIES,
        *_ENTITIES_IGNORED,
    }
)

_FIELDS = (
    "article,attachments,conversation_id,created_at,edit_controls,entities,geo,lang,possibly_sensitive,"
    "public_metrics,reply_settings,source,withheld"
)
_OLD = "author_id,in_reply_to_user_id,edit_history_tweet_ids,note_tweet,referenced_tweets"
_NEW = "author_id,in_reply_to_user_id,edit_history_post_ids,note_post,referenced_posts"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way of asking for what a post has.

    Attributes:
        name: of the parameter that lists fields. fields: its value.
        history: expansion that shows earlier texts. references: expansion that shows what is answered.
        more: further expansions by which fields are had that cannot be asked for as fields.
    """

    name: str
    fields: str
    history: str
    references: str
    more: str = ""

    def parameters(self, *, others: bool) -> dict[str, str]:
        """Query parameters; ``others``: the listing shows what others wrote, so that names are needed."""
        expansions = ["attachments.media_keys", "attachments.poll_ids", self.history]
        expansions += ["author_id", self.references] if others else []
        expansions += [one for one in self.more.split(",") if one and one not in expansions]
        return {
            self.name: self.fields,
            "expansions": ",".join(expansions),
            "media.fields": "alt_text,duration_ms,height,media_key,preview_image_url,type,url,variants,width",
            "poll.fields": "duration_minutes,end_datetime,id,options,voting_status",
            "user.fields": "id,name,username",
        }


TWEET = Spelling("tweet.fields", f"{_FIELDS},{_OLD}", "edit_history_tweet_ids", "referenced_tweets.id")
POST = Spelling("post.fields", f"{_FIELDS},{_NEW}", "edit_history_post_ids", "referenced_posts")
POST_EXPANDED = Spelling(
    "post.fields",
    f"{_FIELDS},note_post",
    "edit_history_post_ids",
    "referenced_posts",
    "author_id,in_reply_to_user_id,referenced_posts",
)
"""X's description 2.167 knows author, references and edit history as expansions alone, not as fields."""

NAMES = ("tweet.fields", "post.fields")
"""Parameters that list a post's fields."""

INSTEAD = {"referenced_posts": "referenced_posts.id", "referenced_posts.id": "referenced_tweets.id"}
"""An expansion that X refuses → another name that it may have in the new vocabulary."""

SPELLINGS = {"tweet": (TWEET, POST, POST_EXPANDED), "post": (POST, POST_EXPANDED, TWEET)}
"""Option ``fields`` → the spellings in the order in which they are tried."""

PROFILE_FIELDS = (
    "created_at,description,entities,location,profile_banner_url,profile_image_url,protected,public_metrics,url,"
    "verified,verified_type,withheld",
    "created_at,description,profile_image_url,public_metrics,verified_type",
    "",
)
"""What is asked for of our own account; the next when X does not accept one."""

MESSAGE_FIELDS: tuple[dict[str, str], ...] = (
    {
        "dm_event.fields": "attachments,created_at,dm_conversation_id,entities,event_type,id,participant_ids,"
        "referenced_tweets,sender_id,text",
        "expansions": "attachments.media_keys,sender_id",
    },
    {
        "dm_event.fields": "attachments,created_at,dm_conversation_id,entities,event_type,id,text",
        "expansions": "attachments.media_keys,participant_ids,referenced_posts,sender_id",
    },
    {},
)
