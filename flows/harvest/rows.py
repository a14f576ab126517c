"""Rows that a harvest writes, made from what a platform showed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime

from flows.harvest.decide import Published, hidden_evidence
from schemas.ids import ItemId
from schemas.record import Clock, Kind, MediaRef, Row, Seen, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What every row says about the item it belongs to."""

    item: ItemId
    authority: str
    platform: str
    account: str
    kind: Kind
    own: bool
    native: str
    author: str | None = None
    author_native: str | None = None
    parent: ItemId | None = None
    thread: ItemId
    parent_native: str | None = None
    thread_native: str | None = None
    published: datetime | None = None
    clock: Clock = "none"
    stated: datetime | None = None
    platform_time: datetime | None = None
    batch: str


def naming(
    seen: Seen,
    *,
    kind: Kind,
    item: ItemId,
    authority: str,
    platform: str,
    account: str,
    own: bool,
    parent: ItemId | None,
    thread: ItemId,
    time: Published,
    batch: str,
) -> Naming:
    """Naming of an item that a platform showed."""
    return Naming(
        item=item,
        authority=authority,
        platform=platform,
        account=account,
        kind="reply" if own and kind == "comment" else kind,
        own=own,
        native=seen.native,
        author=seen.author,
        author_native=seen.author_native,
        parent=parent,
        thread=thread,
        parent_native=seen.parent_native,
        thread_native=seen.thread_native,
        published=time.at,
        clock=time.clock,
        stated=seen.stated,
        platform_time=seen.platform_time,
        batch=batch,
    )


def naming_again(row: Row, batch: str) -> Naming:
    """Naming of an item as an earlier row has it, for a row of a new batch."""
    same = {field.name: getattr(row, field.name) for field in fields(Naming) if field.name != "batch"}
    return Naming(batch=batch, **same)


def _row(
    name: Naming,
    *,
    row: str,
    observed: datetime,
    version: int,
    state: State,
    edited: datetime | None = None,
    complete: bool | None = None,
    evidence: str | None = None,
    text: str | None = None,
    language: str | None = None,
    links: tuple[str, ...] = (),
    visibility: str | None = None,
    media: tuple[MediaRef, ...] = (),
    counts: tuple[tuple[str, int], ...] = (),
    identity: str | None = None,
    payload: str | None = None,
) -> Row:
    return Row(
        row=row,  # type: ignore[arg-type] # the three callers below pass one of the three kinds
        item=name.item,
        authority=name.authority,
        platform=name.platform,
        account=name.account,
        kind=name.kind,
        own=name.own,
        native=name.native,
        author=name.author,
        author_native=name.author_native,
        parent=name.parent,
        thread=name.thread,
        parent_native=name.parent_native,
        thread_native=name.thread_native,
        published=name.published,
        clock=name.clock,
        stated=name.stated,
        platform_time=name.platform_time,
        edited=edited,
        observed=observed,
        version=version,
        state=state,
        complete=complete,
        evidence=evidence,
        text=text,
        language=language,
        links=links,
        visibility=visibility,
        media=media,
        counts=counts,
        identity=identity,
        payload=payload,
        batch=name.batch,
    )


def version_row(name: Naming, seen: Seen, *, version: int, observed: datetime, evidence: str | None = None) -> Row:
    """A version: everything the platform showed of the item's content. ``evidence``: if not from the platform itself."""
    return _row(
        name,
        row="version",
        observed=observed,
        version=version,
        state="hidden" if seen.hidden else "seen",
        edited=seen.edited,
        evidence=evidence or (hidden_evidence(seen.hidden_by) if seen.hidden and seen.hidden_by else None),
        text=seen.text,
        language=seen.language,
        links=seen.links,
        visibility=seen.visibility,
        media=seen.media,
        counts=seen.counts,
        identity=seen.identity,
        payload=seen.payload,
    )


def sighting_row(
    name: Naming, *, state: State, complete: bool | None, evidence: str, version: int, observed: datetime
) -> Row:
    """A change of visibility, with what it rests on."""
    return _row(
        name, row="sighting", observed=observed, version=version, state=state, complete=complete, evidence=evidence
    )


def observation_row(
    name: Naming,
    *,
    state: State,
    version: int,
    observed: datetime,
    counts: tuple[tuple[str, int], ...] = (),
    media: tuple[MediaRef, ...] = (),
) -> Row:
    """Counters, or attachments and parents that were found later."""
    return _row(name, row="observation", observed=observed, version=version, state=state, counts=counts, media=media)


def with_media(row: Row, media: tuple[MediaRef, ...]) -> Row:
    """The same row with its attachments as stored."""
    return replace(row, media=media)
