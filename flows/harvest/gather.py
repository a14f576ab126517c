"""Turn what a platform shows into rows, batch by batch, each batch true on its own.

Every batch is one append: a run that is stopped anywhere has stored whole batches, and the next run finds them by
the table of native ids and goes on. An item whose parent has not been seen yet waits until the fetch is over, so
that the rows are the same whichever way the pages were cut and wherever a run was stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.harvest.decide import Change, Head, changes, gone_evidence, hidden_evidence, kind_of, published
from flows.harvest.heads import Heads, absorb
from flows.harvest.likeness import Alike, Candidates, Likeness
from flows.harvest.media import FILES, PERMANENT, Fetched, Fetching, Room, fetch_all
from flows.harvest.rows import Naming, naming, observation_row, sighting_row, version_row, with_media
from flows.harvest.tally import Tally
from flows.keep.append import Addition, TakenInError, append, refuse_taken
from flows.keep.locked import is_locked
from flows.keep.read import rows_of_item
from schemas.account import Account
from schemas.books import Books, CaptureNote, Lease
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.ids import RANDOM_BYTES, ItemId, Month, month_of, month_of_day, native_hash, new_item_id
from schemas.near import named_by_us
from schemas.neighbours import MediaSource
from schemas.record import EXPORTED, MediaRef, Row, Seen, State
from schemas.tables import to_table

BATCH = 2_000
"""Items per append: large enough that a month's rows lie together, small enough to hold in memory."""

_AGAIN = 5
"""How often a batch is tried again when another account's harvest takes in one of its items first."""

_NEXT = timedelta(microseconds=1)
"""The least by which one observation is later than another."""

WAITING = 50_000
"""Items that may wait for their parents; beyond it they are stored without, and linked when seen again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a run of one account knows before it begins.

    Attributes:
        key: secret of the native-id hashes.
        owners: native id of an own account on this platform → its name.
        imported: names of own accounts that have taken in exports without ids: what is new there may be known.
        media_limit: bytes an attachment may have.
    """

    account: Account
    key: bytes
    owners: dict[str, str]
    media_limit: int
    imported: frozenset[str] = frozenset()


def setting_of(ground: Ground, account: Account, native: str, key: bytes, media_limit: int) -> Setting:
    """What a run knows of its account, whose native id is known by now, and of our others on that platform."""
    owners: dict[str, str] = {}
    imported: set[str] = set()
    with ground.state.reading() as books:
        for other in books.accounts.all():
            if (other.platform, other.authority) == (account.platform, account.authority):
                memory = books.accounts.memory(other.name)
                if "native" in memory:
                    owners[memory["native"]] = other.name
                if "imported" in memory:
                    imported.add(other.name)
    owners[native] = account.name
    return Setting(account=account, key=key, owners=owners, media_limit=media_limit, imported=frozenset(imported))


@dataclass(slots=True)
class _Work:
    """One batch under construction."""

    rows: list[Row]
    natives: list[tuple[bytes, ItemId]]
    notes: list[CaptureNote]
    alike: Alike
    new: int = 0


class Gatherer:
    """Collects what the session shows and appends it to the archive.

    What an export shows is collected in another manner: ``flows.harvest.intake.gather``.
    """

    source = "harvest"
    """What receipts and files say it comes from."""
    batch = BATCH
    """Items per append."""
    waits = True
    """Items wait for their parents."""
    evidence: str | None = None
    """What a version rests on, if not on the platform itself."""

    def __init__(
        self,
        ground: Ground,
        lease: Lease,
        session: MediaSource,
        setting: Setting,
        tally: Tally,
        *,
        candidates: Candidates | None = None,
    ) -> None:
        """Nothing is collected yet. ``candidates``: where an item without id is looked for among what is known."""
        self._ground = ground
        self._lease = lease
        self._session = session
        self._setting = setting
        self._tally = tally
        self._chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
        self.heads = Heads(ground, setting.account.authority)
        self.seen: set[ItemId] = set()
        self.roots_to_read: list[str] = []
        self._pending: list[tuple[Seen, datetime]] = []
        self._waiting: list[tuple[Seen, datetime]] = []
        self._waiting_natives: set[str] = set()
        self._notes: list[CaptureNote] = []
        self._room = Room()
        self._likeness: Likeness | None = None
        if setting.imported or candidates is not None:
            self._likeness = Likeness(
                ground=ground,
                hash_of=self.hash_of,
                account_of=lambda seen: self._owner(seen) or setting.account.name,
                imported=setting.imported,
                candidates=candidates,
                heads=self.heads,
                fetch=self._fetch_early,
                tally=tally,
            )

    def note(self, note: CaptureNote) -> None:
        """Keep a capture note with the next batch."""
        self._notes.append(note)

    def take(self, items: Iterable[Seen], at: datetime) -> None:
        """Take the items of one answer; a full batch is appended at once."""
        self._pending.extend((seen, at) for seen in items)
        if len(self._pending) >= self.batch:
            self.flush()

    def flush(self) -> None:
        """Append what is pending, except items that wait for their parents."""
        pending, self._pending = self._pending, []
        if not self.waits:
            pending = _parents_first(pending)
        for begin in range(0, len(pending), self.batch):
            self._append(pending[begin : begin + self.batch], last=not self.waits)
        if len(self._waiting) > WAITING:
            self._tally.find("H191", self._setting.account.name, severity="info", count=len(self._waiting))
            self._settle()

    def finish(self) -> None:
        """Append everything, parents before children."""
        self.flush()
        self._settle()
        if self._notes:
            self._append([], last=True)

    def _settle(self) -> None:
        waiting, self._waiting = _parents_first(self._waiting), []
        self._waiting_natives.clear()
        for begin in range(0, len(waiting), BATCH):
            self._append(waiting[begin : begin + BATCH], last=True)

    def hash_of(self, native: str) -> bytes:
        """The keyed hash under which a native id is known."""
        account = self._setting.account
        return native_hash(self._setting.key, account.authority, account.platform, native)

    def _append(self, batch: Sequence[tuple[Seen, datetime]], *, last: bool) -> None:
        """Append them, in so many batches as their attachments need."""
        most = len(batch)
        while True:
            taken = self._one_batch(batch[: self._end(batch, most)], last=last)
            batch = batch[taken:]
            if not batch:
                return
            # After a batch that ended early, what follows it is not looked up again and again.
            most = 2 * taken

    def _end(self, batch: Sequence[tuple[Seen, datetime]], most: int) -> int:
        """How many are looked up together: what may be known by its attachments is fetched before anything else."""
        if self._likeness is None:
            return most
        files = 0
        for place, (seen, _) in enumerate(batch):
            if (place >= most or files >= FILES) and (_apart(batch, place) or files >= 2 * FILES):
                return place
            if self._setting.imported or named_by_us(seen.native):
                files += len(seen.media)
        return len(batch)

    def _one_batch(self, batch: Sequence[tuple[Seen, datetime]], *, last: bool) -> int:
        for _ in range(_AGAIN):
            before = len(self._waiting), len(self.roots_to_read), self._notes, self._tally.copy()
            try:
                return self._try(batch, last=last)
            except TakenInError:
                # Look again: what somebody else has taken in is known now.
                del self._waiting[before[0] :], self.roots_to_read[before[1] :]
                self._notes = before[2]
                self._tally.restore(before[3])
        return self._try(batch, last=last)

    def _try(self, batch: Sequence[tuple[Seen, datetime]], *, last: bool) -> int:
        """Append as many of them as there is room for their attachments, one at least; how many."""
        self._room = Room()
        ids, suppressed = self._known(batch)
        alike = self._likeness.look(batch, ids, suppressed) if self._likeness is not None else Alike()
        heads = self.heads.of(set(ids.values()))
        batch_id = self._chance.bytes(10).hex()
        work = _Work([], [(self.hash_of(native), ids[native]) for native in alike.matched], self._notes, alike)
        self._notes = []
        fetching = Fetching(self._session, self._setting.media_limit, room=self._room, early=alike.early)
        try:
            taken = self._rows_of_batch(batch, work, batch_id, fetching, ids, suppressed, heads, last=last)
            self._commit(work, batch_id, fetching.finish())
        finally:
            fetching.close()
        return taken

    def _rows_of_batch(
        self,
        batch: Sequence[tuple[Seen, datetime]],
        work: _Work,
        batch_id: str,
        fetching: Fetching,
        ids: dict[str, ItemId],
        suppressed: set[str],
        heads: dict[ItemId, Head],
        *,
        last: bool,
    ) -> int:
        for place, (seen, at) in enumerate(batch):
            if place and self._is_full(batch, place, fetching):
                return place
            if seen.native in suppressed:
                self._tally.suppressed += 1
                continue
            item = ids.get(seen.native)
            parent = ids.get(seen.parent_native) if seen.parent_native else None
            head = heads.get(item) if item is not None else None
            if (
                (item is None or _by_export(head))
                and not last
                and ((seen.parent_native and parent is None) or seen.native in self._waiting_natives)
            ):
                # One that is waiting already waits again: looks at an item are taken in the order they came.
                self._waiting.append((seen, at))
                self._waiting_natives.add(seen.native)
                continue
            if item is None:
                item = self._enter(seen, at, ids, work)
            if item not in self.seen:
                self.seen.add(item)
                self._tally.matched += head is not None
            name = self._naming(seen, at, item, parent, ids, heads, batch_id)
            self.met(seen, name, head)
            for row in self._rows(seen, at, name, head):
                work.rows.append(row)
                self._want(row, fetching)
                head = heads.setdefault(item, Head())
                absorb(
                    head,
                    row=row.row,
                    item=row.item,
                    account=row.account,
                    own=row.own,
                    kind=row.kind,
                    version=row.version,
                    identity=row.identity,
                    state=row.state,
                    counts=row.counts,
                    parent=row.parent,
                    thread=row.thread,
                    edited=row.edited,
                    observed=row.observed,
                    evidence=row.evidence,
                )
        return len(batch)

    def _is_full(self, batch: Sequence[tuple[Seen, datetime]], place: int, fetching: Fetching) -> bool:
        """The next item needs attachments for which there is no room."""
        room = fetching.room
        if not room.full or all(fetching.is_here(one.origin) for one in batch[place][0].media):
            return False
        return self._likeness is None or room.crammed or _apart(batch, place)

    def _known(self, batch: Sequence[tuple[Seen, datetime]]) -> tuple[dict[str, ItemId], set[str]]:
        natives: dict[str, bytes] = {}
        for seen, _ in batch:
            for native in (seen.native, seen.parent_native, seen.thread_native):
                if native is not None and native not in natives:
                    natives[native] = self.hash_of(native)
        with self._ground.state.reading() as books:
            found = books.natives.find(list(natives.values()))
        ids: dict[str, ItemId] = {}
        suppressed: set[str] = set()
        for native, key in natives.items():
            if key in found:
                item = found[key]
                if item is None:
                    suppressed.add(native)
                else:
                    ids[native] = item
        return ids, suppressed

    def _enter(self, seen: Seen, at: datetime, ids: dict[str, ItemId], work: _Work) -> ItemId:
        own = self._owner(seen) is not None
        time = published(own=own, stated=seen.stated, platform=seen.platform_time, now=at)
        month = month_of_day(local_day(time.at or at))
        item = new_item_id(month, self._chance.bytes(RANDOM_BYTES))
        ids[seen.native] = item
        work.natives.append((self.hash_of(seen.native), item))
        work.new += 1
        if self._likeness is not None:
            self._likeness.enter(seen, item, work.alike, work.natives)
        if time.finding is not None:
            # A profile need not have a date, and a platform ahead of a clock that was set for practice is no wonder.
            quiet = seen.kind == "profile" or time.finding == "H182"
            # What is odd about an export is told as one number.
            subject = item if self.waits else self._setting.account.name
            self._tally.find(time.finding, subject, severity="info" if quiet else "warning")
        return item

    def _owner(self, seen: Seen) -> str | None:
        return self._setting.owners.get(seen.author_native) if seen.author_native else None

    def _naming(
        self,
        seen: Seen,
        at: datetime,
        item: ItemId,
        parent: ItemId | None,
        ids: dict[str, ItemId],
        heads: dict[ItemId, Head],
        batch: str,
    ) -> Naming:
        account = self._setting.account
        owner = self._owner(seen)
        own = owner is not None
        time = published(own=own, stated=seen.stated, platform=seen.platform_time, now=at)
        thread = ids.get(seen.thread_native) if seen.thread_native else None
        top = heads.get(thread) if thread is not None else None
        if top is not None and top.thread:
            # Read by itself because what it answered is gone, it still belongs to the thread it began in.
            thread = ItemId(top.thread)
        if thread is None and parent is not None:
            known = heads.get(parent)
            thread = ItemId(known.thread) if known is not None and known.thread else parent
        before = heads.get(item)
        if before is not None and before.version:
            # It stays the account's that first saw it, unless one of our own wrote it; and what stood above it, once
            # known, stays known when that is destroyed here.
            owner = owner or before.account
            own = own or before.own
            parent = parent or (ItemId(before.parent) if before.parent else None)
            thread = thread or ItemId(before.thread)
        return naming(
            seen,
            kind=kind_of(seen, before, heads.get(parent) if parent is not None else None),
            item=item,
            authority=account.authority,
            platform=account.platform,
            account=owner or account.name,
            own=own,
            parent=parent,
            thread=thread or item,
            time=time,
            batch=batch,
        )

    def changes(self, seen: Seen, head: Head | None, name: Naming) -> Sequence[Change]:
        """Which rows a showing of an item leads to."""
        return changes(seen, head, parent=name.parent, own=name.own)

    def met(self, seen: Seen, name: Naming, head: Head | None) -> None:
        """An item is taken; nothing more comes of it here."""

    def _rows(self, seen: Seen, at: datetime, name: Naming, head: Head | None) -> list[Row]:
        rows: list[Row] = []
        known = dict(head.counts) if head is not None else {}
        found = self.changes(seen, head, name)
        version = head.version if head is not None else 0
        if "new" in found or "edited" in found:
            rows.append(version_row(name, seen, version=version + 1, observed=at, evidence=self.evidence))
            if "new" in found:
                self._tally.new += 1
            elif head is not None and head.evidence == EXPORTED and self.evidence is None:
                # Known from an export alone, and now from the platform itself: whether it was edited is unknown.
                self._tally.find("I132", self._setting.account.name, severity="info")
            else:
                self._tally.edited += 1
            self._tally.hidden += seen.hidden
            version += 1
        for change in ("hidden", "shown"):
            if change in found:
                self._tally.hidden += change == "hidden"
                rows.append(
                    sighting_row(
                        name,
                        state="hidden" if change == "hidden" else "seen",
                        complete=None,
                        evidence=hidden_evidence(seen.hidden_by) if change == "hidden" else "listing",
                        version=version,
                        observed=at,
                    )
                )
        if "gone" in found and seen.removed_by is not None:
            self._tally.gone += 1
            rows.append(
                sighting_row(
                    name,
                    state="gone",
                    complete=None,
                    evidence=gone_evidence(seen.removed_by) if seen.removed_by else EXPORTED,
                    version=version,
                    observed=at,
                )
            )
        if "counts" in found or "parent" in found:
            counts = seen.counts if "counts" in found else ()
            state: State = "hidden" if seen.hidden else "seen"
            rows.append(observation_row(name, state=state, version=version, observed=at, counts=counts))
        if self.waits and seen.kind == "post" and name.own and _grew(seen, known):
            # Its thread is read although the post may be older than tonight's reach.
            self.roots_to_read.append(seen.native)
        return rows

    def _commit(self, work: _Work, batch_id: str, fetched: Fetched) -> None:
        rows = self._in_order([_settled(row, fetched) for row in work.rows])
        lacking = [row.item for row in rows if row.row == "version" and self._lacks(row, fetched)]
        by_partition: defaultdict[tuple[str, Month], list[Row]] = defaultdict(list)
        for row in rows:
            by_partition[row.authority, month_of(row.item)].append(row)
        media = work.alike.among(fetched.bytes, rows)
        self._tally.media += len(media)
        addition = Addition(
            batch=batch_id,
            tables={partition: to_table(rows) for partition, rows in by_partition.items()},
            natives=work.natives,
            media=media,
            references=[(row.item, one.digest) for row in rows for one in row.media if one.digest],
            act=f"{self.source}.batch",
            subject=self._setting.account.name,
            evidence={
                "items_new": work.new,
                "versions": sum(row.row == "version" for row in rows),
                "sightings": sum(row.row == "sighting" for row in rows),
                "observations": sum(row.row == "observation" for row in rows),
            },
        )
        if rows:
            append(
                self._ground.state,
                self._ground.store,
                self._lease,
                addition,
                chance=self._chance,
                at=self._ground.clock.now(),
                also=self._with_notes(work, lacking),
            )
            self.heads.add(addition.tables)
        elif work.notes or work.natives:
            with self._ground.state.writing() as books:
                books.leases.check(self._lease)
                books.notes.capture(work.notes)
                refuse_taken(books, work.natives)
                books.natives.add(work.natives)

    def _with_notes(self, work: _Work, lacking: list[ItemId]) -> Callable[[Books], None]:
        name = self._setting.account.name

        def also(books: Books) -> None:
            if work.notes:
                books.notes.capture(work.notes)
            if work.alike.entered and name not in self._setting.imported:
                books.accounts.remember(name, {"imported": self._ground.clock.now().isoformat()})
            if lacking:
                books.media.want(name, lacking)

        return also

    def _fetch_early(self, wanted: Mapping[str, tuple[MediaRef, str | None]]) -> Fetched:
        """Attachments by which an item may be known; they take room in the batch."""
        return fetch_all(self._session, wanted, known={}, limit=self._setting.media_limit, room=self._room)

    def _want(self, row: Row, fetching: Fetching) -> None:
        if row.row != "version" or not row.media:
            return
        if row.version > 1:
            if self._is_locked(row.item):
                return
            for before in self.rows_of(row.item):
                # A page is fetched anew with every version: it changes under its address, as files do not.
                fetching.know({one.origin: one for one in before.media if one.digest and one.media_type != "text/html"})
        fetching.want(row.media, row.author_native)

    def _is_locked(self, item: ItemId) -> bool:
        """Suspected abuse material: its attachments are never fetched again (``flows.keep.locked``)."""
        with self._ground.state.reading() as books:
            return is_locked(books, item)

    def _lacks(self, row: Row, fetched: Fetched) -> bool:
        wanted = False
        for one in row.media:
            code = fetched.failed.get(one.origin)
            if code is not None:
                self._tally.failed += 1
                # What an export lacks is told as one number.
                self._tally.find(code, self._setting.account.name if code.startswith("I") else row.item)
                wanted = wanted or code not in PERMANENT
        return wanted

    def add_rows(self, rows: Sequence[Row], *, act: str, fetched: Fetched | None = None) -> None:
        """Append rows that do not come from a listing: losses and attachments found later."""
        if not rows:
            return
        rows = self._in_order(rows)
        by_partition: defaultdict[tuple[str, Month], list[Row]] = defaultdict(list)
        for row in rows:
            by_partition[row.authority, month_of(row.item)].append(row)
        complete = [row.item for row in rows if row.media and all(one.digest for one in row.media)]
        addition = Addition(
            batch=rows[0].batch,
            tables={partition: to_table(rows) for partition, rows in by_partition.items()},
            media=fetched.bytes if fetched else {},
            references=[(row.item, one.digest) for row in rows for one in row.media if one.digest],
            act=act,
            subject=self._setting.account.name,
            evidence={"sightings": sum(row.row == "sighting" for row in rows)},
        )

        def also(books: Books) -> None:
            if complete:
                books.media.have(complete)

        append(
            self._ground.state,
            self._ground.store,
            self._lease,
            addition,
            chance=self._chance,
            at=self._ground.clock.now(),
            also=also,
        )
        self.heads.add(addition.tables)

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        """The same rows, none observed before what is known of its item.

        What was written last must also be the last by time, or a clock that was set back would let what is gone be
        found gone again every night.
        """
        known = {row.item for row in rows if row.row != "version" or row.version > 1}
        latest = self.heads.latest(known) if known else {}
        ordered = []
        for row in rows:
            before = latest.get(row.item)
            if before is not None and row.observed < before:
                row = replace(row, observed=before + _NEXT)  # noqa: PLW2901 - the same row at its time
            latest[row.item] = row.observed
            ordered.append(row)
        return ordered

    def rows_of(self, item: ItemId) -> list[Row]:
        """Every row of one item, in order."""
        return list(rows_of_item(self._ground.state, self._ground.store, item))

    def new_batch(self) -> str:
        """An opaque batch id."""
        return self._chance.bytes(10).hex()


def _by_export(head: Head | None) -> bool:
    """What is known of the item comes from an export alone, which had nothing above it."""
    return head is not None and head.evidence == EXPORTED and head.parent is None


def _settled(row: Row, fetched: Fetched) -> Row:
    if row.row != "version" or not row.media:
        return row
    media = fetched.settle(row.media)
    return row if media == row.media else with_media(row, media)


_ANSWERS = ("replies", "comments")
"""Counters that tell how many answers a post has."""


def _grew(seen: Seen, known: Mapping[str, int]) -> bool:
    """The post has more or fewer answers than on record."""
    return any(name in _ANSWERS and known.get(name, 0) != value for name, value in seen.counts)


def _apart(batch: Sequence[tuple[Seen, datetime]], place: int) -> bool:
    """A batch may end before this item: those of one second are told apart by looking at them together."""
    before, moment = (seen.stated or seen.platform_time for seen, _ in batch[place - 1 : place + 1])
    return before is None or moment is None or int(before.timestamp()) != int(moment.timestamp())


def _parents_first(waiting: Sequence[tuple[Seen, datetime]]) -> list[tuple[Seen, datetime]]:
    """The same items, each after its parent where the parent waits too; otherwise in the order they came.

    Items whose parents wait for each other (a platform's error) come last, in the order they came.
    """
    names = {seen.native for seen, _ in waiting}
    above: defaultdict[str, set[str]] = defaultdict(set)
    below: defaultdict[str, list[str]] = defaultdict(list)
    for seen, _ in waiting:
        native, parent = seen.native, seen.parent_native
        if parent in names and parent != native and parent not in above[native]:
            above[native].add(parent)
            below[parent].append(native)
    depth: dict[str, int] = {}
    free = [native for native in names if not above[native]]
    while free:
        depth.update(dict.fromkeys(free, len(depth)))
        following = []
        for native in free:
            for child in below[native]:
                above[child].discard(native)
                if not above[child]:
                    following.append(child)
        free = following
    # A level's number is how many lie above it: greater from level to level.
    return sorted(waiting, key=lambda one: depth.get(one[0].native, len(names)))
