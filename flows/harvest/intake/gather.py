"""Collect what an export shows: the harvest's own way, with an export's own manners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from flows.harvest.decide import Change, Head
from flows.harvest.gather import Gatherer, Setting
from flows.harvest.intake.decide import changes_by_export
from flows.harvest.intake.months import Months, rows_of_items
from flows.harvest.media import Fetched, Fetching, Room
from flows.harvest.rows import Naming, naming_again, observation_row
from flows.harvest.tally import Tally
from schemas.books import Lease
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import OpenedExport
from schemas.record import EXPORTED, MediaRef, Row, Seen, State

_AT_ONCE = 500
"""Items whose attachments or parents are added in one append."""


class ExportGatherer(Gatherer):
    """Collects what an export shows.

    Nothing waits for its parent, or memory would grow with the export: what came before its parent is linked at the
    end. What is known gets no new version unless the export's is certainly later, and the attachments it lacks.
    """

    source = "import"
    batch = 5_000
    waits = False
    evidence = EXPORTED

    def __init__(
        self, ground: Ground, lease: Lease, export: OpenedExport, setting: Setting, tally: Tally, at: datetime
    ) -> None:
        """``at``: the import's instant."""
        super().__init__(ground, lease, export, setting, tally, candidates=Months(ground, setting.account.authority))
        self._export = export
        self._at = at
        self._answers: dict[ItemId, str] = {}
        self._shown_media: dict[ItemId, tuple[tuple[MediaRef, ...], str | None]] = {}

    def changes(self, seen: Seen, head: Head | None, name: Naming) -> Sequence[Change]:
        """Which rows an item of the export leads to."""
        return changes_by_export(seen, head, parent=name.parent)

    def met(self, seen: Seen, name: Naming, head: Head | None) -> None:
        """Remember what is to be linked, and what may lack attachments."""
        if seen.parent_native:
            self._answers[name.item] = seen.parent_native
        if head is not None and seen.media:
            self._shown_media.setdefault(name.item, (seen.media, seen.author_native))

    def flush(self) -> None:
        """Append what is pending; then the attachments that were lacking, if many are."""
        super().flush()
        if len(self._shown_media) >= _AT_ONCE:
            self._add_media()

    def finish(self) -> None:
        """Append everything; then attachments that were lacking, and parents that came after their children."""
        super().finish()
        self._add_media()
        self._link()

    # -- attachments

    def _add_media(self) -> None:
        """Files of known items that the archive lacks: never shown by the platform, or not to be had at the time."""
        while self._shown_media:
            some = {item: self._shown_media.pop(item) for item in list(islice(self._shown_media, _AT_ONCE))}
            known = rows_of_items(self._ground, self._setting.account.authority, some)
            lacking = {item: files for item, rows in known.items() if (files := lacked(rows, some[item][0]))}
            if not lacking:
                continue
            fetching = Fetching(self._session, self._setting.media_limit, room=Room())
            taken: set[ItemId] = set()
            try:
                for item, files in lacking.items():
                    if taken and fetching.room.full:
                        self._shown_media[item] = some[item]  # with the next
                        continue
                    taken.add(item)
                    fetching.want(files, some[item][1])
                fetched = fetching.finish()
                for code in fetched.failed.values():
                    self._tally.failed += 1
                    self._tally.find(code, self._setting.account.name)
                shown = {item: some[item][0] for item in taken}
                self._media_rows({item: known[item] for item in lacking if item in taken}, shown, fetched)
            finally:
                fetching.close()

    def _media_rows(
        self, known: dict[ItemId, list[Row]], shown: dict[ItemId, tuple[MediaRef, ...]], fetched: Fetched
    ) -> None:
        batch = self.new_batch()
        found: list[Row] = []
        added: set[str | None] = set()
        for item, rows in known.items():
            before = _latest_media(rows)
            had = {one.digest for row in rows for one in row.media if one.digest}
            settled = fetched.settle(shown[item])
            media = filled(before, settled, had)
            if left_open(media, settled, had):
                self._tally.find("I125", self._setting.account.name)
            if media == before:
                continue
            latest = _latest_version(rows)
            name = naming_again(latest, batch)
            found.append(
                observation_row(name, state=_state(rows), version=latest.version, observed=self._at, media=media)
            )
            added |= {one.digest for one in media} - had
        kept = Fetched(bytes={digest: one for digest, one in fetched.bytes.items() if digest in added})
        self._tally.media += len(kept.bytes)
        self.add_rows(found, act="import.media", fetched=kept)

    # -- parents

    def _link(self) -> None:
        """Say what stands above items that came before their parents, or before what stands above those."""
        parents = self._parents()
        places = iter(sorted(parents))
        while some := list(islice(places, _AT_ONCE)):
            tops = {item: _top(item, parents) for item in some}
            heads = self.heads.of({*some, *tops.values()})
            loose = [item for item in some if item in heads and _is_loose(heads[item], parents)]
            known = rows_of_items(self._ground, self._setting.account.authority, loose)
            batch = self.new_batch()
            found: list[Row] = []
            for item in loose:
                latest = _latest_version(known[item])
                top = heads.get(tops[item])
                thread = ItemId(top.thread) if top is not None and top.thread else tops[item]
                name = replace(naming_again(latest, batch), parent=parents[item], thread=thread)
                found.append(
                    observation_row(name, state=_state(known[item]), version=latest.version, observed=self._at)
                )
            self.add_rows(found, act="import.linked")

    def _parents(self) -> dict[ItemId, ItemId]:
        """Item → its parent, for those whose parents are known by now."""
        found: dict[ItemId, ItemId] = {}
        waiting = iter(self._answers.items())
        while some := list(islice(waiting, 2_000)):
            keys = {native: self.hash_of(native) for _, native in some}
            with self._ground.state.reading() as books:
                known = books.natives.find(list(keys.values()))
            for item, native in some:
                parent = known.get(keys[native])
                if parent is not None and parent != item:
                    found[item] = parent
        self._answers.clear()
        return found


def lacked(rows: Sequence[Row], shown: Sequence[MediaRef]) -> tuple[MediaRef, ...]:
    """Files of the export that the archive may lack: of roles of which the item has fewer, or one without its bytes.

    One that came from the same place of an export before is there. The others' bytes have to be looked at.
    """
    before = _latest_media(rows)
    there = {one.origin for row in rows for one in row.media if one.digest}
    held = Counter(one.role for one in before if one.digest)
    wanted = Counter(one.role for one in shown)
    empty = {one.role for one in before if one.digest is None}
    return tuple(
        one for one in shown if one.origin not in there and (one.role in empty or wanted[one.role] > held[one.role])
    )


def filled(
    before: tuple[MediaRef, ...], shown: tuple[MediaRef, ...], had: Collection[str | None] = ()
) -> tuple[MediaRef, ...]:
    """The attachments on record, and beside them what was lacking: in order, by role, never the same bytes twice.

    What is there stays. A file of the export takes the place of an attachment without bytes only where it is certain
    which: what is there was found among the export's files to the byte and as many are left as are lacking, or else
    both have as many of the role, so that the place in the order tells. Of a role of which nothing is lacking, what
    the export shows is added unless the record has as many: then they are the same in another packing. Where it has
    fewer, nobody can say which are the same, and all are added.

    Args:
        shown: by the export; without digest where the bytes were not looked at. had: digests of every attachment that
            the item ever had.
    """
    there = {*had, *(one.digest for one in before), None}
    known = {one.digest for one in shown if one.digest} | {one.origin for one in shown}
    places: dict[int, MediaRef] = {}
    added: list[MediaRef] = []
    for role in dict.fromkeys(one.role for one in shown):
        files = [one for one in shown if one.role == role]
        held = [number for number, one in enumerate(before) if one.role == role]
        empty = [number for number in held if before[number].digest is None]
        left = list({one.digest: one for one in reversed(files) if one.digest not in there}.values())[::-1]
        strange = [
            number
            for number in held
            if number not in empty and not {before[number].digest, before[number].origin} & known
        ]
        if not empty:
            added += left if len(left) > len(strange) else []
        elif not strange and len(left) == len(empty):
            places.update(zip(empty, left, strict=True))
        elif len(files) == len(held):
            places.update(
                (number, one) for number, one in zip(held, files, strict=True) if number in empty and one in left
            )
    return (*(_with_bytes(one, places.get(number)) for number, one in enumerate(before)), *added)


def left_open(settled: Sequence[MediaRef], shown: Sequence[MediaRef], had: Collection[str | None]) -> bool:
    """An attachment still lacks its bytes, and the export has a file of its role that the item never had."""
    there = {*had, *(one.digest for one in settled), None}
    empty = {one.role for one in settled if one.digest is None}
    return any(one.role in empty and one.digest not in there for one in shown)


def _with_bytes(one: MediaRef, file: MediaRef | None) -> MediaRef:
    if file is None:
        return one
    return replace(one, digest=file.digest, size=file.size, media_type=one.media_type or file.media_type)


def _is_loose(head: Head, parents: dict[ItemId, ItemId]) -> bool:
    """No parent is on record, or its thread begins with an item that is an answer itself."""
    return head.parent is None or ItemId(head.thread) in parents


def _latest_media(rows: Sequence[Row]) -> tuple[MediaRef, ...]:
    return next((row.media for row in reversed(rows) if row.media), ())


def _latest_version(rows: Sequence[Row]) -> Row:
    return next((row for row in reversed(rows) if row.row == "version"), rows[-1])


def _state(rows: Sequence[Row]) -> State:
    return next((row.state for row in reversed(rows) if row.row != "observation"), "seen")


def _top(item: ItemId, parents: dict[ItemId, ItemId]) -> ItemId:
    """The highest item above this one; items that stand above each other have none."""
    met = {item}
    while item in parents and parents[item] not in met:
        item = parents[item]
        met.add(item)
    return item
