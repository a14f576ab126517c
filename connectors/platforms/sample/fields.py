"""What is known of the recorded platform's answers: by name, so that anything else is noticed."""

from __future__ import annotations

NAME = "sample"
SCOPES: tuple[str, ...] = ()
IGNORED: frozenset[str] = frozenset({"viewer"})
"""Our own view of an item. It says nothing about the item and is left out of the payload."""
VOLATILE: frozenset[str] = frozenset({"counts", "hidden", "edited_at", "author.name"})
"""Counters become observations, hiding a sighting; a new display name or a mere edit mark is no new content."""

OPTIONS: dict[str, str] = {}
"""The recorded platform takes no settings of its own."""
RECONNECT: tuple[str, ...] = ("Rätta inspelningen: förläng giltigheten under tokens i recording.json.",)

PROFILE = "#profile"
"""Ending of the native id of our own profile, which the platform gives none."""
STATUS_CODES = {401: "H101", 403: "H102", 404: "H103", 410: "H104", 429: "H105"}
"""HTTP status to finding code; any other failure is H106."""

AUTHOR_SET = ("text", "language", "attachments", "links", "visibility", "stated_at", "in_reply_to")
"""Fields whose change makes a version."""
PROFILE_SET = ("name", "description", "website", "picture")
KNOWN = frozenset(
    ("id", "author", "created_at", "edited_at", "thread", "hidden", "counts", "viewer", "boost", *AUTHOR_SET)
)
KNOWN_PROFILE = frozenset(("id", "handle", "created_at", "edited_at", "counts", *PROFILE_SET))
KNOWN_INSIDE = {
    "author": frozenset(("id", "name")),
    "boost": frozenset(("id", "author", "text")),
    "attachments": frozenset(("url", "type", "alt", "language")),
    "picture": frozenset(("url", "type", "alt", "language")),
}
