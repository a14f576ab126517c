"""Which fields of a feed's entry are used, left alone by name, or change without making a version.

Names are those of ``decoding``: the feed library's, which are the same for every dialect of RSS and Atom.
``name.*`` covers a field and whatever is in it.
"""

from __future__ import annotations

_TEXT = ("type", "language", "base", "value")
_TEXTS = ("title", "summary", "content")
_LINK = ("href", "rel", "type", "title", "hreflang")

USED = frozenset(
    {
        *_TEXTS,
        *(f"{name}.{part}" for name in _TEXTS for part in _TEXT),
        *(f"links.{part}" for part in _LINK),
        "authors",
        "authors.email",
        "authors.name",
        "content.src",
        "created",
        "enclosures",
        "id",
        "language",
        "link",
        "links",
        "media_content",
        "media_content.medium",
        "media_content.type",
        "media_content.url",
        "media_thumbnail",
        "media_thumbnail.url",
        "published",
        "tags",
        "tags.label",
        "tags.term",
        "thr_in-reply-to.ref",
        "thr_in-reply-to",
        "updated",
        "wfw_commentrss",
    }
)

IGNORED = frozenset(
    {
        "authors.href",
        "comments",  # where a comment is written
        "contributors.*",
        "expired",
        "href",
        "image.*",  # a programme's picture, the same in every entry
        "itunes_block",
        "itunes_duration",
        "itunes_episode",
        "itunes_episodetype",
        "itunes_explicit",
        "itunes_keywords",
        "itunes_season",
        "itunes_title",
        "license",
        "media_content.bitrate",
        "media_content.duration",
        "media_content.expression",
        "media_content.filesize",
        "media_content.height",
        "media_content.isdefault",
        "media_content.lang",
        "media_content.width",
        "media_credit.*",
        "media_keywords",
        "media_rating.*",
        "media_thumbnail.height",
        "media_thumbnail.width",
        "post-id.*",
        "post-id",
        "publisher.*",
        "rights.*",
        "source.*",  # which feed an entry was taken from
        "subtitle.*",  # of a programme's episode; the summary says the same
        "summary.src",
        "tags.scheme",
        "thr_in-reply-to.href",
        "thr_in-reply-to.source",
        "thr_in-reply-to.type",
        "thread.title",  # of a comment: the title of the post it stands below, which is another item's text
    }
)
"""Known and not interpreted. They stay in the payload, except a comment's title."""

COUNTERS = frozenset({"slash_comments", "thr_total", "links.count"})
"""How many comments a post has, as the three dialects write it."""

VOLATILE = frozenset({*COUNTERS, "links.updated"})
"""Change without making a version."""

KNOWN = USED | IGNORED | VOLATILE

PROFILE_KNOWN = frozenset(
    {
        "authors.*",
        "cloud.*",
        "docs",
        "errorreportsto",
        "fh_archive",
        "fh_complete",
        "generator.*",
        "href",
        "icon",
        "id",
        "image.*",
        "itunes_block",
        "itunes_explicit",
        "itunes_type",
        "language",
        "license",
        "link",
        "links.*",
        "logo",
        "published",
        "publisher.*",
        "rights.*",
        "subtitle",
        *(f"subtitle.{part}" for part in _TEXT),
        "summary.*",
        "sy_updatebase",
        "sy_updatefrequency",
        "sy_updateperiod",
        "tags.*",
        "textinput.*",
        "title",
        *(f"title.{part}" for part in _TEXT),
        "ttl",
        "updated",
    }
)
"""Of what the feed says of itself."""
PROFILE_VOLATILE = ("updated", "published", "generator", "cloud", "links")
"""Left out of the feed's own payload: times and programs, which change without anybody writing anything."""
