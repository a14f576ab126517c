"""Direct messages, where the account file asks for them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.media import embedded, references
from connectors.platforms.x.values import Notes, id_of, scrubbed, unescaped
from schemas.payload import canonical, digest
from schemas.record import Seen
from schemas.text import visible

MESSAGE = "dm:"
"""What stands before a message's id: messages and posts are numbered apart."""


def message(
    event: dict[str, Any], media: Mapping[str, dict[str, Any]], users: Mapping[str, dict[str, Any]], notes: Notes
) -> Iterator[Seen]:
    """One message; that somebody joins or leaves a conversation is not one."""
    if event.get("event_type") not in (None, "MessageCreate"):
        notes.add("H255", "info", kind="dm_event")
        return
    native = id_of(event)
    if native is None:
        notes.add("H122", "warning", field="id")
        return
    notes.unknown(event, fields.MESSAGE_KNOWN, "message")
    sender = id_of(event, "sender_id")
    if sender is None:
        notes.add("H124", "warning")
    text = unescaped(notes.shown(event, "text"))
    keys = notes.ids(notes.table(event, "attachments"), "media_keys")
    user = users.get(sender or "", {})
    shown = {name: user[name] for name in fields.AUTHOR_KEPT if name in user}
    username = shown.get("username")
    yield Seen(
        native=f"{MESSAGE}{native}",
        kind="message",
        author=visible(username) if isinstance(username, str) else None,
        author_native=sender,
        platform_time=notes.time(event, "created_at"),
        text=text,
        media=references(keys, media, notes, wanted=True),
        payload=canonical(scrubbed({**event, "includes": {"media": embedded(keys, media), "users": [shown]}})),
        identity=digest({"text": text, "media": keys}),
    )
