"""Publishing in the requests' test archive: items, versions, observations and their files, as a harvest brings them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flows.keep.append import Addition, append
from flows.keep.renditions import rows_of_items
from schemas.ids import ItemId, Month, month_of, native_hash
from schemas.neighbours import MediaBytes
from schemas.record import Kind, MediaRef, MediaRole, Row
from schemas.tables import to_table
from tests.cull.archive import ACCOUNT, Small
from tests.disclose.setting import ACCOUNTS


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment: its bytes (None: it could not be had), what it is to the item, and what is said of it."""

    data: bytes | None
    role: MediaRole = "picture"
    media_type: str = "image/png"
    alt: str | None = None
    language: str = ""
    origin: str = ""


@dataclass(slots=True)
class Published(Small):
    """The archive with what is published in it."""

    def rows(self, item: ItemId) -> list[Row]:
        """All rows of an item."""
        with self.open() as home:
            return list(rows_of_items(home.ground, [item])[item])

    def newest(self, item: ItemId) -> Row:
        """Its newest version."""
        return max((row for row in self.rows(item) if row.row == "version"), key=lambda row: row.version)

    def publish(
        self,
        text: str,
        *,
        account: str = ACCOUNT,
        kind: Kind = "post",
        author: str | None = None,
        handle: str = "",
        at: datetime | None = None,
        below: ItemId | None = None,
        files: Sequence[File] = (),
        payload: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> ItemId:
        """Publish one item; returns it.

        Args:
            author: name as shown; None = the municipality's own for what is ours. handle: the author's id on the
                platform. below: the item that it answers. payload: what else the platform said. changes: other
                fields of the row.
        """
        platform, authority = ACCOUNTS[account]
        own = kind in {"post", "reply", "story", "profile"}
        shown = author if author is not None else "Arvika kommun" if own else "Besökare"
        row = self.row(
            kind,
            at or self.at - timedelta(days=3),
            platform=platform,
            account=account,
            authority=authority,
            own=own,
            author=shown,
            author_native=handle or ("arvika" if own else f"id-{hashlib.sha256(shown.encode()).hexdigest()[:8]}"),
            text=text,
            identity="0" * 64,
            links=(),
        )
        told = {"id": row.native, "text": text, "author": shown, **(payload or {})}
        row = replace(row, payload=json.dumps(told, ensure_ascii=False))
        if below is not None:
            above = self.newest(below)
            row = replace(
                row,
                parent=above.item,
                thread=above.thread,
                parent_native=above.native,
                thread_native=above.thread_native or above.native,
            )
        return self.store(replace(row, **changes), files)

    def edit(self, item: ItemId, text: str, *, files: Sequence[File] = (), **changes: Any) -> None:
        """A new version of an item, seen now, with these files instead of what it had."""
        row = self.newest(item)
        told = json.dumps({"id": row.native, "text": text, "author": row.author}, ensure_ascii=False)
        values: dict[str, Any] = {
            "version": row.version + 1,
            "edited": self.at,
            "observed": self.at,
            "text": text,
            "payload": told,
            "media": (),
            "identity": f"{row.version + 1:064d}",
            **changes,
        }
        self.store(replace(row, **values), files, new=False)

    def observed(self, item: ItemId, *, counts: Mapping[str, int] | None = None, files: Sequence[File] = ()) -> None:
        """Counters as seen now, and files that were fetched later than the version was seen."""
        row = self.newest(item)
        later = replace(
            row,
            row="observation",
            observed=self.at,
            text=None,
            language=None,
            links=(),
            visibility=None,
            payload=None,
            media=(),
            counts=tuple(sorted((counts or {}).items())),
            identity=None,
        )
        self.store(later, files, new=False)

    def gone(self, item: ItemId) -> None:
        """The platform does not show it any longer."""
        row = self.newest(item)
        bare: dict[str, Any] = {"text": None, "language": None, "links": (), "visibility": None, "media": ()}
        bare |= {"counts": (), "identity": None, "payload": None}
        self.store(
            replace(row, row="sighting", observed=self.at, state="gone", evidence="not-found", **bare), new=False
        )

    def store(self, row: Row, files: Sequence[File] = (), *, new: bool = True) -> ItemId:
        """Append one row with its files, as a harvest does."""
        self.stored_rows([(row, files)], new=new)
        return row.item

    def stored_rows(self, given: Sequence[tuple[Row, Sequence[File]]], *, new: bool = True) -> None:
        """Append many rows with their files in one batch."""
        self.made += 1
        batch = f"d{self.made:019d}"
        media: dict[str, MediaBytes] = {}
        tables: dict[tuple[str, Month], list[Row]] = {}
        references: set[tuple[ItemId, str]] = set()
        for row, files in given:
            refs = [*row.media]
            for number, one in enumerate(files):
                ref = _reference(row, number, one)
                refs.append(ref)
                if ref.digest is not None and one.data is not None:
                    references.add((row.item, ref.digest))
                    media[ref.digest] = MediaBytes(
                        file=io.BytesIO(one.data), digest=ref.digest, size=len(one.data), media_type=one.media_type
                    )
            whole = replace(row, media=tuple(refs), batch=batch)
            tables.setdefault((row.authority, Month(month_of(row.item))), []).append(whole)
        with self.open() as home:
            ground, key = home.ground, home.native_key()
            addition = Addition(
                batch=batch,
                tables={place: to_table(rows) for place, rows in tables.items()},
                natives=[(native_hash(key, one.authority, one.platform, one.native), one.item) for one, _ in given]
                if new
                else (),
                media=media,
                references=sorted(references),
                act="harvest.batch",
                subject=given[0][0].account,
            )
            with ground.state.hold_lease(f"account:{given[0][0].account}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.at)


def _reference(row: Row, number: int, one: File) -> MediaRef:
    return MediaRef(
        role=one.role,
        origin=one.origin or f"https://test/media/{row.item}/{row.version}/{number}",
        media_type=one.media_type,
        alt=one.alt,
        language=one.language,
        digest=None if one.data is None else hashlib.sha256(one.data).hexdigest(),
        size=None if one.data is None else len(one.data),
    )
