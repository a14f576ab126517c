"""A recorded account as a timeline, and what a platform would have answered at one instant of it.

Nothing that came later than the instant shows: the answer at ``at`` depends on the events up to ``at`` alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas.ids import rfc3339

PAGE = 100
"""Items on one page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the recorded platform answers: HTTP status and decoded JSON."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` until just before ``end``; without ``end`` for ever."""

    begin: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.begin <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time when the platform answers with an error, from the request numbered ``after`` of each session on."""

    span: Span
    status: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """A state that holds from ``at`` until the next one."""

    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One item's timeline.

    Attributes:
        states: author-set fields, first as created. counts: counters, first all 0.
        thread: the first item of its thread (its own id when it is that itself).
    """

    native: str
    author: Mapping[str, Any] | None
    created: datetime
    parent: str | None
    thread: str
    states: Sequence[Change]
    counts: Sequence[Change]
    boost: Mapping[str, Any] | None
    hidden: Span | None
    deleted: datetime | None
    unavailable: Sequence[Span]
    extra: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Recording:
    """One account's timeline.

    Attributes:
        own: the account's id on the recorded platform. handle: the name it logs in with.
        opened: when the account was opened, UTC.
        tokens: when issued and when expired. profile: states of our own profile, in order of time.
        items: every item by id; parents are older than what answers them.
        withheld: spans in which a media file cannot be had.
    """

    own: str
    handle: str
    opened: datetime
    tokens: Sequence[tuple[datetime, datetime]]
    outages: Sequence[Outage]
    profile: Sequence[Change]
    items: Mapping[str, Told]
    withheld: Mapping[str, Sequence[Span]]
    _newest: list[Told] = field(init=False)
    _below: dict[str, list[Told]] = field(init=False)

    def __post_init__(self) -> None:
        """Order the own listing (newest first) and what stands below each item (oldest first)."""
        oldest = sorted(self.items.values(), key=lambda told: (told.created, told.native))
        self._newest = [told for told in reversed(oldest) if self._ours(told)]
        self._below = {}
        for told in oldest:
            above = told.parent
            while above is not None and above in self.items:
                self._below.setdefault(above, []).append(told)
                above = self.items[above].parent

    def token_expires(self, at: datetime) -> datetime | None:
        """When the newest token issued by then ends; None when there is none."""
        issued = [token for token in self.tokens if token[0] <= at]
        return max(issued)[1] if issued else None

    def answer(self, endpoint: str, at: datetime, *, nth: int, native: str = "", cursor: str = "") -> Answer:
        """Answer one request as the platform would have at that instant.

        Args:
            endpoint: ``account``, ``profile``, ``posts``, ``thread`` or ``item``.
            at: the instant, UTC; nothing later shows.
            nth: how many requests of the session came before (an outage may begin in its midst).
            native: the thread's first item, or the item.
            cursor: where the page before ended.
        """
        refused = self._refuses(at, nth)
        if refused is not None:
            return refused
        if endpoint == "account":
            return Answer(200, {"id": self.own, "handle": self.handle})
        if endpoint == "profile":
            return self._profile_at(at)
        if endpoint == "posts":
            return self._page(self._newest, cursor, at)
        return self._below_or_item(endpoint, at, native, cursor)

    def serves(self, file: str, at: datetime) -> bool:
        """Whether something that shows at that instant has this file, and the file can be had then."""
        if any(span.holds(at) for span in self.withheld.get(file, ())):
            return False
        profile = _state(self.profile, at)
        if profile is not None and (profile.fields.get("picture") or {}).get("file") == file:
            return True
        for told in self.items.values():
            if not self._shown(told, at):
                continue
            state = _state(told.states, at)
            if state is not None and any(one["file"] == file for one in state.fields.get("attachments", ())):
                return True
        return False

    def _refuses(self, at: datetime, nth: int) -> Answer | None:
        for outage in self.outages:
            if outage.span.holds(at) and nth >= outage.after:
                return Answer(outage.status, {"error": "recorded outage"})
        expires = self.token_expires(at)
        return Answer(401, {"error": "token expired"}) if expires is not None and at >= expires else None

    def _below_or_item(self, endpoint: str, at: datetime, native: str, cursor: str) -> Answer:
        told = self.items.get(native)
        if told is None or not self._alive(told, at):
            return Answer(404, {"error": "not found"})
        if endpoint == "item":
            return Answer(200, self._rendered(told, at)) if self._shown(told, at) else Answer(500, {"error": "later"})
        answer = self._page(self._below.get(native, ()), cursor, at)
        if not cursor and self._shown(told, at):
            answer.body["root"] = self._rendered(told, at)
        return answer

    def _ours(self, told: Told) -> bool:
        return told.author is not None and told.author["id"] == self.own

    def _alive(self, told: Told, at: datetime) -> bool:
        """Created and not deleted, and nothing above it deleted: a page takes the comments with the post."""
        current: Told | None = told
        while current is not None:
            if at < current.created or (current.deleted is not None and current.deleted <= at):
                return False
            current = self.items.get(current.parent) if current.parent is not None else None
        return True

    def _shown(self, told: Told, at: datetime) -> bool:
        return self._alive(told, at) and not any(span.holds(at) for span in told.unavailable)

    def _page(self, listing: Sequence[Told], cursor: str, at: datetime) -> Answer:
        begin = 0
        if cursor:
            begin = next((number + 1 for number, told in enumerate(listing) if told.native == cursor), len(listing))
        page: list[Told] = []
        more = False
        for told in listing[begin:]:
            if not self._shown(told, at):
                continue
            if len(page) == PAGE:
                more = True
                break
            page.append(told)
        items = [self._rendered(told, at) for told in page]
        return Answer(200, {"items": items, "cursor": page[-1].native if more else None})

    def _profile_at(self, at: datetime) -> Answer:
        state = _state(self.profile, at)
        if at < self.opened or state is None:
            return Answer(404, {"error": "not found"})
        body = {"id": self.own, "handle": self.handle, "created_at": _iso(self.opened), **state.fields}
        if body.get("picture"):
            body["picture"] = _attachment(body["picture"])
        body["edited_at"] = _iso(state.at) if state is not self.profile[0] else None
        body["counts"] = {"posts": sum(1 for told in self._newest if self._shown(told, at))}
        return Answer(200, body)

    def _rendered(self, told: Told, at: datetime) -> dict[str, Any]:
        state = _state(told.states, at) or told.states[0]
        counts = _state(told.counts, at) or told.counts[0]
        content = state.fields
        comments = sum(1 for one in self._below.get(told.native, ()) if self._shown(one, at))
        body = {
            "id": told.native,
            "author": told.author,
            "created_at": _iso(told.created),
            "edited_at": _iso(state.at) if state is not told.states[0] else None,
            "stated_at": content.get("stated_at") or None,
            "in_reply_to": told.parent,
            "thread": told.thread,
            "text": content.get("text", ""),
            "language": content.get("language", ""),
            "attachments": [_attachment(one) for one in content.get("attachments", ())],
            "links": list(content.get("links", ())),
            "visibility": content.get("visibility", ""),
            "hidden": told.hidden is not None and told.hidden.holds(at),
            "counts": {**counts.fields, "comments": comments},
            "viewer": {"may_edit": self._ours(told)},
        }
        if told.boost is not None:
            body["boost"] = dict(told.boost)
        return {**body, **told.extra}


def _iso(moment: datetime) -> str:
    return rfc3339(moment.astimezone(UTC))


def _state(states: Sequence[Change], at: datetime) -> Change | None:
    number = bisect_right(states, at, key=lambda state: state.at)
    return states[number - 1] if number else None


def _attachment(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"url": one["file"], "type": one["type"], "alt": one.get("alt")}
    return {**shown, "language": one["language"]} if one.get("language") else shown
