"""Knowing an item again by account, second of publication and text, or by its attachments, where no id tells.

Two come together here: an export shows without ids what was harvested with them, and a harvest shows with ids what an
export without them brought in. An account that never took in such an export costs nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from flows.harvest.decide import published
from flows.harvest.heads import Heads
from flows.harvest.intake.match import Candidate, Sought, another_form, choose
from flows.harvest.media import Fetched
from flows.harvest.tally import Tally
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.near import PICTURED, files_of, likeness, named_by_us, normalised, pictured, repeated, sort_of
from schemas.neighbours import MediaBytes
from schemas.record import MediaRef, Row, Seen

Wanted = Mapping[str, tuple[MediaRef, str | None]]
"""Origin → an attachment and its author's id."""


class Candidates(Protocol):
    """Where an item without id is looked for among what is known."""

    def of(self, account: str, sort: str, at: datetime) -> Sequence[Candidate]:
        """Items of that account, sort (``schemas.near.sort_of``) and second that were harvested."""
        ...


@dataclass(slots=True)
class Alike:
    """What came of looking for the items of one batch.

    Attributes:
        matched: native ids whose items were known by likeness and are entered now.
        keys: native id → the keyed hashes of its likeness, to be entered with the item.
        entered: native ids whose likeness was entered with them.
        early: attachments fetched in order to know the item.
    """

    matched: list[str] = field(default_factory=list)
    keys: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    entered: list[str] = field(default_factory=list)
    early: Fetched = field(default_factory=Fetched)

    def among(self, media: Mapping[str, MediaBytes], rows: Iterable[Row]) -> Mapping[str, MediaBytes]:
        """Those attachments that a row refers to: what was fetched only to know an item is not stored."""
        if not self.early.bytes:
            return media
        referred = {one.digest for row in rows for one in row.media}
        return {digest: found for digest, found in media.items() if digest in referred}


class Likeness:
    """Looks for items of one run among what is known; each known item is one item of the run at most."""

    def __init__(
        self,
        *,
        ground: Ground,
        hash_of: Callable[[str], bytes],
        account_of: Callable[[Seen], str],
        imported: frozenset[str],
        candidates: Candidates | None,
        heads: Heads,
        fetch: Callable[[Wanted], Fetched],
        tally: Tally,
    ) -> None:
        """Nothing has been looked for yet. ``candidates``: given by an import; a harvest knows by the table alone."""
        self._ground = ground
        self._hash_of = hash_of
        self._account_of = account_of
        self._imported = imported
        self._candidates = candidates
        self._heads = heads
        self._fetch = fetch
        self._tally = tally
        self._claims: dict[ItemId, str] = {}
        # Hashes, not names: of an import of a million items they take some tens of megabytes.
        self._first: dict[int, int] = {}
        self._more: dict[int, dict[str, int]] = {}

    def look(self, batch: Sequence[tuple[Seen, datetime]], ids: dict[str, ItemId], suppressed: set[str]) -> Alike:
        """Find the batch's unknown items by likeness; ``ids`` and ``suppressed`` learn of them."""
        alike = Alike()
        unknown: dict[str, tuple[Seen, datetime]] = {}
        for seen, at in batch:
            item = ids.get(seen.native)
            if item is not None:
                self._claims.setdefault(item, seen.native)
            elif seen.native not in suppressed and seen.kind != "profile" and self._worth(seen):
                unknown.setdefault(seen.native, (seen, at))
        if not unknown:
            return alike
        alike.early = self._early(unknown)
        try:
            self._by_table(unknown, ids, suppressed, alike)
            self._alone_by_table(unknown, ids, suppressed, alike)
            if self._candidates is not None:
                self._by_candidates(self._candidates, unknown, ids, suppressed, alike)
        except BaseException:
            alike.early.close()
            raise
        return alike

    def enter(self, seen: Seen, item: ItemId, alike: Alike, natives: list[tuple[bytes, ItemId]]) -> None:
        """A new item gets its likeness entered, if no id tells what it is."""
        self._claims[item] = seen.native
        keys = alike.keys.pop(seen.native, ())
        if keys and named_by_us(seen.native):
            natives.extend((key, item) for key in keys)
            alike.entered.append(seen.native)

    def _worth(self, seen: Seen) -> bool:
        if not _sort(seen):
            return False
        if self._candidates is not None and named_by_us(seen.native):
            return True
        return bool(self._imported) and self._account_of(seen) in self._imported

    def _at(self, seen: Seen, at: datetime) -> datetime | None:
        return published(own=True, stated=seen.stated, platform=seen.platform_time, now=at).at

    def _early(self, unknown: Mapping[str, tuple[Seen, datetime]]) -> Fetched:
        """Attachments of items without text: nothing else tells them apart."""
        wanted = {
            one.origin: (one, seen.author_native)
            for seen, _ in unknown.values()
            if seen.media and not normalised(seen.text)
            for one in seen.media
        }
        return self._fetch(wanted) if wanted else Fetched()

    def _digests(self, seen: Seen, alike: Alike) -> frozenset[str]:
        lacking = {
            one.origin: (one, seen.author_native) for one in seen.media if one.origin not in alike.early.by_origin
        }
        lacking = {origin: one for origin, one in lacking.items() if origin not in alike.early.failed}
        if lacking:
            alike.early.joined(self._fetch(lacking))
        found = (alike.early.by_origin.get(one.origin) for one in seen.media)
        return frozenset(one.digest for one in found if one is not None and one.digest)

    def _by_table(
        self,
        unknown: Mapping[str, tuple[Seen, datetime]],
        ids: dict[str, ItemId],
        suppressed: set[str],
        alike: Alike,
    ) -> None:
        keys: dict[str, bytes] = {}
        for native, (seen, at) in unknown.items():
            bare = not normalised(seen.text)
            name = likeness(
                self._account_of(seen),
                _sort(seen),
                self._at(seen, at),
                seen.text,
                self._digests(seen, alike) if bare else (),
            )
            if name:
                keys[native] = self._hash_of(name if seen.media else repeated(name, self._number(name, native)))
        with self._ground.state.reading() as books:
            found = books.natives.find(list(set(keys.values())))
        items = [item for item in found.values() if item is not None]
        named = self._heads.natives(items) if items else {}
        used: set[bytes] = set()
        for native, key in keys.items():
            if key in used:
                continue
            if key not in found:
                used.add(key)
                alike.keys[native].append(key)
                continue
            item = found[key]
            if item is None:
                suppressed.add(native)
                self._tally.find("I131", self._account_of(unknown[native][0]))
            elif self._may_be(item, native, named):
                used.add(key)
                self._match(native, item, ids, alike)

    def _number(self, name: str, native: str) -> int:
        """How many others of this run had the same likeness before; the same when a batch is tried again."""
        place = hash(name)
        if self._first.setdefault(place, hash(native)) == hash(native):
            return 0
        more = self._more.setdefault(place, {})
        return more.setdefault(native, len(more) + 1)

    def _alone_by_table(
        self, unknown: Mapping[str, tuple[Seen, datetime]], ids: dict[str, ItemId], suppressed: set[str], alike: Alike
    ) -> None:
        """What has no text and other bytes: the one of its second, kind and number of attachments on both sides."""
        keys: dict[str, tuple[bytes, bytes]] = {}
        for native, (seen, at) in unknown.items():
            moment, files = self._at(seen, at), files_of(one.role for one in seen.media)
            if moment is None or not files or normalised(seen.text) or seen.kind not in PICTURED:
                continue
            account = self._account_of(seen)
            one, several = (
                self._hash_of(pictured(account, moment, seen.kind, files, several=more)) for more in (False, True)
            )
            keys[native] = one, several
        if not keys:
            return
        here = Counter(keys.values())
        with self._ground.state.reading() as books:
            found = books.natives.find([key for pair in here for key in pair])
        named = self._heads.natives([item for item in found.values() if item is not None])
        entered: set[bytes] = set()
        for native, pair in keys.items():
            if native in ids or native in suppressed:
                continue
            one, several = pair
            item = found.get(one)
            alone = several not in found and here[pair] == 1
            all_gone = found.get(several, item) is None and here[pair] <= (2 if several in found else 1)
            if one in found and item is None and all_gone:
                suppressed.add(native)
                self._tally.find("I131", self._account_of(unknown[native][0]))
                continue
            if item is not None and alone and self._may_be(item, native, named):
                self._match(native, item, ids, alike)
                continue
            key = several if one in found or one in entered else one
            if key not in found and key not in entered:
                entered.add(key)
                alike.keys[native].append(key)

    def _by_candidates(
        self,
        candidates: Candidates,
        unknown: Mapping[str, tuple[Seen, datetime]],
        ids: dict[str, ItemId],
        suppressed: set[str],
        alike: Alike,
    ) -> None:
        """What the table does not know, among what was harvested in the same second."""
        wanted: dict[str, tuple[Sought, str, str, datetime]] = {}
        for native, (seen, at) in unknown.items():
            moment = self._at(seen, at)
            if moment is not None and named_by_us(native) and native not in ids and native not in suppressed:
                sought = Sought(seen.kind, normalised(seen.text), files_of(one.role for one in seen.media))
                wanted[native] = sought, self._account_of(seen), _sort(seen), moment
        here = Counter((sought, *where, int(at.timestamp())) for sought, *where, at in wanted.values())
        alone: list[str] = []
        for native, (sought, account, sort, at) in wanted.items():
            place = sought, account, sort, int(at.timestamp())
            left = [one for one in candidates.of(account, sort, at) if self._free(one.item, native)]
            found = choose(
                replace(sought, alike=here[place]),
                partial(self._digests, unknown[native][0], alike),
                left,
            )
            if found.sure:
                self._match(native, found.items[0], ids, alike)
                # Text and nothing else: one of the several that are alike has found its own.
                here[place] -= not sought.files
            elif found.items:
                # Kept as an item of its own: a second copy can be told of, a lost record cannot be had back.
                self._tally.find("I133", account)
            else:
                alone.append(native)
        for native in alone:
            sought, account, sort, at = wanted[native]
            if another_form(sought, [one for one in candidates.of(account, sort, at) if self._free(one.item, native)]):
                self._tally.find("I134", account)

    def _may_be(self, item: ItemId, native: str, named: Mapping[ItemId, set[str]]) -> bool:
        """Nothing else is that item, and of two ids that the platform gave one would be another item's."""
        return self._free(item, native) and (named_by_us(native) or all(map(named_by_us, named.get(item, ()))))

    def _free(self, item: ItemId, native: str) -> bool:
        return self._claims.get(item, native) == native

    def _match(self, native: str, item: ItemId, ids: dict[str, ItemId], alike: Alike) -> None:
        ids[native] = item
        self._claims[item] = native
        alike.matched.append(native)
        self._tally.inferred += 1
        self._tally.matched -= 1


def _sort(seen: Seen) -> str:
    return sort_of(seen.kind, seen.author)
