"""One post of X as an item: kind, place, text, links, attachments, counters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.media import alts, embedded, references
from connectors.platforms.x.values import Notes, either, id_of, moment, moment_of_id, rows, scrubbed, unescaped
from schemas.neighbours import Capture
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Seen
from schemas.text import visible

_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/\w{1,20}/status/\d{1,20}/(?:photo|video)/\d{1,3}")
"""An address in the text that stands for the post's own attachment."""
_NO_LANGUAGE = ("und", "zxx", "art")
_REFERENCES = {"replied_to": "parent", "quoted": "quoted", "retweeted": "reposted", "reposted": "reposted"}


class Post:
    """Reads the posts of one answer.

    Args:
        capture: the answer; see ``reading.parse`` for its context.
        notes: where what is odd is noted.
        media, polls, users, posts: what the answer has beside its list, by id.
        firsts: id → first id of the edit history it stands in.
    """

    def __init__(
        self,
        capture: Capture,
        notes: Notes,
        *,
        media: Mapping[str, dict[str, Any]],
        polls: Mapping[str, dict[str, Any]],
        users: Mapping[str, dict[str, Any]],
        posts: Mapping[str, dict[str, Any]],
        firsts: Mapping[str, str],
    ) -> None:
        self._listing = capture.listing
        self._context = capture.context
        self._own = capture.context.get("own")
        self._notes = notes
        self._media = media
        self._polls = polls
        self._users = users
        self._posts = posts
        self._firsts = firsts

    def read(self, post: dict[str, Any], history: Sequence[str]) -> Iterator[Seen]:
        """The post, after the earlier texts of it that the answer shows."""
        notes, number = self._notes, id_of(post)
        if number is None or not history:
            notes.add("H122", "warning", field="id")
            return
        stated = either(post, fields.HISTORY)
        if stated is not None and (
            not isinstance(stated, list) or number not in history or len(history) != len(stated)
        ):
            notes.add("H126", "warning", field="edit_history")
        author = id_of(post, "author_id")
        if author is None and self._listing == "posts":
            author = self._own
        if self._listing == "posts" and author != self._own:
            notes.add("H125", "warning")
            return
        refers = self._refers(post)
        if "reposted" in refers and author != self._own:
            # Somebody passes something on; if it is ours, we have it already.
            notes.add("H255", "info", kind="retweet")
            return
        # Asked for by an earlier id, X shows that text, and the latest beside it.
        latest = post if history[-1] == number else self._posts.get(history[-1])
        begun = self._begun(latest or post, history)
        by_the_way = author == self._own and self._listing != "posts"
        for earlier in history[:-1]:
            shown = post if earlier == number else self._posts.get(earlier)
            if shown is not None and (latest is None or not by_the_way):
                yield self._superseded(shown, history[0], author, refers, begun, first=earlier == history[0])
        if latest is not None:
            yield self._seen(latest, history[0], author, refers, begun, edited=len(history) > 1)

    def _superseded(
        self,
        post: dict[str, Any],
        native: str,
        author: str | None,
        refers: Mapping[str, str],
        begun: datetime | None,
        *,
        first: bool,
    ) -> Seen:
        seen = self._seen(post, native, author, self._refers(post) or refers, begun, edited=not first, latest=False)
        return replace(seen, superseded=True, secondary=False, counts=())

    def _seen(
        self,
        post: dict[str, Any],
        native: str,
        author: str | None,
        refers: Mapping[str, str],
        begun: datetime | None,
        *,
        edited: bool,
        latest: bool = True,
    ) -> Seen:
        self._notes.unknown(post, fields.KNOWN, "post")
        own = author is not None and author == self._own
        kind = self._kind(post, refers, own=own)
        boost = kind == "boost"
        poll = [] if boost else self._poll(post)
        text = "" if boost else self._text(post, poll)
        links = (_page(refers["reposted"]),) if boost else self._links(post)
        keys = [] if boost else self._notes.ids(self._notes.table(post, "attachments"), "media_keys")
        media: tuple[MediaRef, ...] = references(keys, self._media, self._notes, wanted=latest)
        withheld = self._withheld(post)
        conversation = self._first(id_of(post, "conversation_id"))
        settings = self._notes.string(post, "reply_settings")
        return Seen(
            native=native,
            kind=kind,
            author=self._author(post, author, own=own),
            author_native=author,
            parent_native=self._first(refers.get("parent")),
            thread_native=None if boost or conversation == native else conversation,
            platform_time=begun,
            edited=moment(post.get("created_at")) if edited else None,
            text=text,
            language=self._language(post),
            links=links,
            visibility=withheld or "",
            hidden=withheld is not None,
            hidden_by="platform" if withheld is not None else "",
            media=media,
            counts=() if boost else self._counts(post, poll, own=own),
            payload=canonical(self._own_part(post, author, keys, boost=boost)),
            identity=digest(
                {
                    "text": text,
                    "links": list(links),
                    "media": alts(keys, self._media),
                    "quoted": refers.get("quoted"),
                    "settings": "" if settings == "everyone" else settings,
                    "visibility": withheld,
                }
            ),
            secondary=own and self._listing != "posts",
        )

    # -- place

    def _refers(self, post: Mapping[str, Any]) -> dict[str, str]:
        """What the post answers, quotes and reposts, by id."""
        found: dict[str, str] = {}
        for field in fields.REFERENCES:
            for one in self._notes.objects(post, field):
                kind, number = _REFERENCES.get(str(one.get("type"))), id_of(one)
                if kind is None or number is None:
                    self._notes.add("H126", "warning", field=field)
                else:
                    found.setdefault(kind, number)
        return found

    def _first(self, number: str | None) -> str | None:
        """The id by which an item is known, whichever of its edits is named."""
        if number is None:
            return None
        return self._firsts.get(number) or self._context.get(f"first:{number}") or number

    def _kind(self, post: Mapping[str, Any], refers: Mapping[str, str], *, own: bool) -> Kind:
        answers = "parent" in refers or id_of(post, "in_reply_to_user_id") is not None
        if own:
            return "boost" if "reposted" in refers else "reply" if answers else "post"
        if self._listing == "thread":
            return "comment"
        to_us = answers and self._own is not None and id_of(post, "in_reply_to_user_id") == self._own
        conversation = id_of(post, "conversation_id")
        ours = f"ours:{conversation}" in self._context or f"ours:{self._first(conversation)}" in self._context
        return "comment" if to_us or ours else "mention"

    def _begun(self, post: Mapping[str, Any], history: Sequence[str]) -> datetime | None:
        """When its first text was written: as X says of that, else as its id tells, else as X says of this one."""
        at = self._notes.time(post, "created_at")
        first = history[0]
        if first == id_of(post):
            return at
        shown = moment(self._posts.get(first, {}).get("created_at"))
        return shown or moment_of_id(first, str(id_of(post)), at) or at

    # -- content

    def _author(self, post: Mapping[str, Any], author: str | None, *, own: bool) -> str | None:
        if author is None:
            self._notes.add("H124", "warning")
        name = post.get("username") or self._users.get(author or "", {}).get("username")
        if not isinstance(name, str):
            name = self._context.get("handle") if own else None
        return visible(name) if name else None

    def _note(self, post: Mapping[str, Any]) -> Mapping[str, Any]:
        """The long text with its links, where the post has one."""
        for field in fields.NOTE:
            found = self._notes.table(post, field)
            if isinstance(found.get("text"), str) and found["text"]:
                return found
        return {}

    def _text(self, post: Mapping[str, Any], poll: Sequence[Mapping[str, Any]]) -> str:
        """The whole text, an article's title and text, and a poll's options."""
        note = self._note(post)
        article = self._notes.table(post, "article")
        options = [self._notes.string(one, "label", "poll.label") for one in poll]
        parts = [
            self._notes.string(note or post, "text"),
            self._notes.string(article, "title", "article.title"),
            self._notes.string(article, "plain_text", "article.plain_text"),
            "\n".join(f"○ {one}" for one in options),
        ]
        return visible("\n\n".join(unescaped(part) for part in parts if part))

    def _links(self, post: Mapping[str, Any]) -> tuple[str, ...]:
        """Where the links lead; those that stand for the post's own attachments are none."""
        found: dict[str, None] = {}
        for source in (self._note(post), post):
            for one in self._notes.objects(self._notes.table(source, "entities"), "urls"):
                target = one.get("expanded_url") or one.get("url")
                if isinstance(target, str) and target:
                    if not one.get("media_key") and not _OWN_MEDIA.fullmatch(target):
                        found[visible(target)] = None
                else:
                    self._notes.add("H126", "info", field="entities.urls")
        return tuple(found)

    def _poll(self, post: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The options of its poll, in their order."""
        keys = self._notes.ids(self._notes.table(post, "attachments"), "poll_ids")
        options = [
            one for key in keys if key in self._polls for one in self._notes.objects(self._polls[key], "options")
        ]
        for key in keys:
            if key in self._polls:
                self._notes.unknown(self._polls[key], fields.POLL_KNOWN, "poll")
            else:
                self._notes.add("H126", "warning", field="attachments.poll_ids")
        return sorted(options, key=_position)

    def _language(self, post: Mapping[str, Any]) -> str:
        language = self._notes.shown(post, "lang")
        return "" if language in _NO_LANGUAGE or language.startswith("q") else language

    def _withheld(self, post: Mapping[str, Any]) -> str | None:
        """Where X withholds the post, as a word for its visibility; None where it does not."""
        if post.get("withheld") is None:
            return None
        told = self._notes.table(post, "withheld")
        codes = told.get("country_codes")
        named = sorted(visible(one) for one in codes if isinstance(one, str)) if isinstance(codes, list) else []
        return "withheld" + (f":{','.join(named)}" if named else "")

    def _counts(
        self, post: Mapping[str, Any], poll: Sequence[Mapping[str, Any]], *, own: bool
    ) -> tuple[tuple[str, int], ...]:
        metrics = self._notes.table(post, "public_metrics")
        found = self._notes.counts(metrics, fields.COUNTERS | (fields.VIEWS if own else {}))
        votes = [one.get("votes") for one in poll]
        if votes and all(type(one) is int and 0 <= one < 2**53 for one in votes):
            found["votes"] = sum(one for one in votes if isinstance(one, int))
        return tuple(found.items())

    def _own_part(
        self, post: Mapping[str, Any], author: str | None, keys: Sequence[str], *, boost: bool
    ) -> dict[str, Any]:
        """What is kept of the post: its own fields, and what the answer has beside it that belongs to it."""
        user = self._users.get(author or "", {})
        users = (
            [{name: user[name] for name in fields.AUTHOR_KEPT if isinstance(user.get(name), str | int)}] if user else []
        )
        if boost:
            kept: dict[str, Any] = {name: post[name] for name in fields.BOOST_KEPT if name in post}
            for field in fields.REFERENCES:
                if isinstance(post.get(field), list):
                    kept[field] = [
                        {name: one[name] for name in ("id", "type") if name in one} for one in rows(post[field])
                    ]
            return _plain({**kept, "includes": {"users": users}})
        polls = self._notes.ids(self._notes.table(post, "attachments"), "poll_ids")
        beside = {
            "media": embedded(keys, self._media),
            "polls": [self._polls[one] for one in polls if one in self._polls],
            "users": users,
        }
        kept = {name: _without_previews(value) for name, value in post.items()}
        return _plain({**kept, "includes": {name: value for name, value in beside.items() if value}})


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = scrubbed(value)
    return cleaned


def _page(number: str) -> str:
    return f"https://x.com/i/web/status/{number}"


def _position(option: Mapping[str, Any]) -> int:
    position = option.get("position")
    return position if type(position) is int else 0


def _without_previews(value: Any) -> Any:
    """Entities without the titles, texts and pictures of the pages that are linked."""
    if not isinstance(value, dict):
        return value
    kept = dict(value)
    if isinstance(kept.get("entities"), dict):
        kept["entities"] = _without_previews(kept["entities"])
    if isinstance(kept.get("urls"), list):
        kept["urls"] = [
            {name: inner for name, inner in one.items() if name not in fields.PREVIEW} if isinstance(one, dict) else one
            for one in kept["urls"]
        ]
    return kept
