"""The pure half: from an answer of X to items and findings, in either vocabulary.

A post is known by the first id of its edit history: every edit has a new id, and all of them are one item. What is
another's (a reposted or quoted post, the preview of a linked page, a visitor's profile) is cut out and its id left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.account import profile
from connectors.platforms.x.message import message
from connectors.platforms.x.post import Post
from connectors.platforms.x.values import Notes, either, id_of, plain_id, rows
from schemas.neighbours import Capture, Parsed
from schemas.payload import UnreadableError
from schemas.record import Seen

LISTINGS = ("posts", "thread", "mentions", "lookup")
"""Listings whose ``data`` is posts."""


def parse(capture: Capture) -> Parsed:
    """Read one capture.

    ``capture.listing`` says what the body is: ``profile`` (our account), ``posts`` (a page of our own posts),
    ``mentions``, ``thread`` (posts of one conversation), ``lookup`` (posts asked for by id) or ``messages``.
    ``capture.context`` has ``account`` (its name, for findings), ``own`` (our user id) and ``handle``;
    ``first:<id>`` gives the first id of the edit history in which an id stands, where that was seen elsewhere;
    ``ours:<id>`` says that the conversation with that id is ours.
    """
    notes = Notes(capture.context.get("account", ""), capture.at)
    items = list(_items(capture, notes))
    return Parsed(items=items, findings=notes.findings())


def posts_in(body: object) -> list[dict[str, Any]]:
    """The posts that an answer lists: one or many."""
    data = body.get("data") if isinstance(body, Mapping) else None
    return [data] if isinstance(data, dict) else rows(data)


def included(body: object, *names: str) -> list[dict[str, Any]]:
    """What the answer has beside its list, under the first of the names that is there."""
    includes = body.get("includes") if isinstance(body, Mapping) else None
    return rows(either(includes, names)) if isinstance(includes, Mapping) else []


def history_of(post: Mapping[str, Any]) -> list[str]:
    """The ids of a post's edit history, oldest first; its own id alone when none is stated."""
    own = id_of(post)
    stated = either(post, fields.HISTORY)
    ids = [one for each in stated if (one := plain_id(each))] if isinstance(stated, list) else []
    return ids if own is not None and own in ids else [own] if own is not None else []


def firsts_in(body: object) -> dict[str, str]:
    """Id → first id of its edit history, for every post in the answer that was edited."""
    found: dict[str, str] = {}
    for post in (*posts_in(body), *included(body, *fields.INCLUDED)):
        history = history_of(post)
        if len(history) > 1:
            found.update(dict.fromkeys(history, history[0]))
    return found


def _items(capture: Capture, notes: Notes) -> Iterator[Seen]:
    body, listing = capture.body, capture.listing
    known = listing in ("profile", "messages", *LISTINGS)
    if not isinstance(body, dict) or not known or not _has_data(body, listing):
        notes.add("H128", "error", kind=listing if known else "?")
        return
    if listing == "profile":
        yield from _guarded(body["data"], notes, lambda one: profile(one, notes))
        return
    _problems(body, notes)
    if listing == "messages":
        media = _by_id(body, "media_key", "media")
        users = _by_id(body, "id", "users")
        for one in body.get("data") or ():
            yield from _guarded(one, notes, lambda one: message(one, media, users, notes))
        return
    reader = Post(
        capture,
        notes,
        media=_by_id(body, "media_key", "media"),
        polls=_by_id(body, "id", "polls"),
        users=_by_id(body, "id", "users"),
        posts=_by_id(body, "id", *fields.INCLUDED),
        firsts=firsts_in(body),
    )
    data = body.get("data")
    for one in data if isinstance(data, list) else [data] if data is not None else []:
        yield from _guarded(one, notes, lambda one: reader.read(one, history_of(one)))


def _has_data(body: Mapping[str, Any], listing: str) -> bool:
    """An answer without ``data`` is an empty list where it says so by ``meta`` or ``errors``, as X does."""
    data = body.get("data")
    if listing == "profile":
        return isinstance(data, dict)
    if data is None:
        return isinstance(body.get("meta"), dict) or isinstance(body.get("errors"), list)
    return isinstance(data, list) or (listing == "lookup" and isinstance(data, dict))


def _by_id(body: Mapping[str, Any], key: str, *names: str) -> dict[str, dict[str, Any]]:
    return {name: one for one in included(body, *names) if (name := id_of(one, key))}


def _problems(body: Mapping[str, Any], notes: Notes) -> None:
    """A 200 may hold problems beside its data. That something referred to is gone or closed is no news of ours."""
    for one in rows(body.get("errors")):
        kind = str(one.get("type", "")).rpartition("/")[2]
        if kind not in ("resource-not-found", "not-authorized-for-resource", "resource-unavailable"):
            known = kind in ("field-hydration-failure", "field-unauthorized", "not-authorized-for-field")
            notes.add("H253", "warning", kind=kind if known else "?")


def _guarded(value: object, notes: Notes, read: Callable[[dict[str, Any]], Iterator[Seen]]) -> Iterator[Seen]:
    if not isinstance(value, dict):
        notes.add("H122", "warning", field="data")
        return
    try:
        yield from list(read(value))
    except (RecursionError, UnreadableError):
        notes.add("H122", "warning", field="nesting")
