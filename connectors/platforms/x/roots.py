"""Conversations: which are ours, which are to be read, and when they began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.reading import history_of
from connectors.platforms.x.values import either, id_of, moment, rows

LOOKED_INTO = timedelta(days=92)
"""Older threads are read again only when they have grown."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A post of ours that begins a conversation.

    Attributes:
        native: id by which it is known. conversation: id by which X knows the conversation. at: when it was written.
        answers: direct answers, as stated. asked: it was not listed: its thread is wanted by name.
    """

    native: str
    conversation: str
    at: datetime
    answers: int
    asked: bool


class Roots:
    """What this run has learnt of conversations.

    Attributes:
        listed: by native id, as listed; the newest first.
        older_answered: listed threads with answers that are too old to be searched.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.listed: dict[str, Root] = {}
        self.older_answered = 0
        self._wanted: dict[str, Root] = {}
        self._ours: set[str] = set()
        self._others: set[str] = set()

    def take(self, post: Mapping[str, Any], own: str, *, listed: bool) -> None:
        """Learn from one post; ``listed``: it stands in our own listing."""
        history, conversation = history_of(post), id_of(post, "conversation_id")
        if not history:
            return
        author = id_of(post, "author_id") or (own if listed else None)
        if author is not None and author != own:
            self._others.update({*history} if _begins(post, conversation, history) else ())
            return
        if author is None or not _begins(post, conversation, history):
            return
        self._ours.update(history)
        metrics = post.get("public_metrics")
        answers = metrics.get("reply_count") if isinstance(metrics, Mapping) else None
        root = Root(
            native=history[0],
            conversation=conversation or history[0],
            at=moment(post.get("created_at")) or _NEVER,
            answers=answers if type(answers) is int else 1,
            asked=not listed,
        )
        (self.listed if listed else self._wanted).setdefault(root.native, root)

    def split(self, since: datetime, *, light: bool) -> tuple[list[Root], list[Root]]:
        """Conversations to search: those begun since then, and older ones that may have new answers; newest first.

        ``light``: those alone that state answers.
        """
        every = {**self._wanted, **self.listed}
        listed = sorted(self.listed.values(), key=lambda one: one.at, reverse=True)
        recent = [one for one in every.values() if one.at >= since and (one.answers or not light)]
        recent.sort(key=lambda one: one.at, reverse=True)
        older = [one for one in listed if one.at < since and one.answers]
        self.older_answered = len(older)
        again = {one.native: one for one in older if one.at >= since - LOOKED_INTO}
        wanted = {native: one for native, one in self._wanted.items() if one.at < since}
        return recent, [] if light else list({**wanted, **again}.values())

    def want(self, natives: Iterable[str]) -> None:
        """Threads that are to be read again although they are older than what is looked into."""
        for native in natives:
            if native in self.listed:
                self._wanted[native] = self.listed[native]

    def ours(self, number: str) -> bool:
        """The conversation is known to be ours."""
        return number in self._ours

    def claim(self, conversations: Iterable[str]) -> None:
        """Conversations whose first post we have on record: ours, unless they are known to be somebody else's."""
        self._ours.update(set(conversations) - self._others)

    def unknown(self, posts: Iterable[Mapping[str, Any]], own: str) -> list[str]:
        """Conversations of which nothing is known yet, except where a post answers us directly."""
        found: dict[str, None] = {}
        for post in posts:
            number, conversation = id_of(post), id_of(post, "conversation_id")
            if conversation is None or conversation == number or id_of(post, "in_reply_to_user_id") == own:
                continue
            if conversation not in self._ours and conversation not in self._others:
                found[conversation] = None
        return list(found)


def _begins(post: Mapping[str, Any], conversation: str | None, history: list[str]) -> bool:
    """The post begins its conversation: it answers nothing and passes nothing on."""
    kinds = {one.get("type") for one in rows(either(post, fields.REFERENCES))}
    if kinds & {"replied_to", "retweeted", "reposted"} or id_of(post, "in_reply_to_user_id") is not None:
        return False
    return conversation is None or conversation in history
