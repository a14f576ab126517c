"""What lies in the months that an import touches, read when it touches them and let go afterwards."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from flows.harvest.intake.match import Candidate
from flows.keep.read import read_live
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of, month_of_day
from schemas.near import files_of, named_by_us, normalised, sort_of
from schemas.record import Row
from schemas.tables import HOLDINGS, to_rows

_COLUMNS = ("row", "item", "account", "kind", "own", "native", "author", "published", "text", "media")
_HELD = 6
"""Months held at once: an export runs through time in order."""

_Index = dict[tuple[str, str, int], list[Candidate]]
"""Account, sort and second → what was published then."""


class Months:
    """Candidates of one authority, month by month (port ``flows.harvest.likeness.Candidates``).

    Only what was harvested is a candidate: what an export brought in is known by its own name.
    """

    def __init__(self, ground: Ground, authority: str) -> None:
        """Only the names of the months are read yet."""
        self._ground = ground
        self._authority = authority
        with ground.state.reading() as books:
            self._there = {month for owner, month, _ in books.manifest.partitions() if owner == authority}
        self._held: OrderedDict[Month, _Index] = OrderedDict()

    def of(self, account: str, sort: str, at: datetime) -> Sequence[Candidate]:
        """Items of that account, sort and second."""
        month = month_of_day(local_day(at))
        return self._index(month).get((account, sort, int(at.timestamp())), ()) if month in self._there else ()

    def _index(self, month: Month) -> _Index:
        index = self._held.get(month)
        if index is None:
            index = self._held[month] = self._read(month)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return index

    def _read(self, month: Month) -> _Index:
        table = read_live(self._ground.state, self._ground.store, self._authority, month, _COLUMNS)
        table = table.filter(
            pc.and_(pc.is_valid(table["published"]), pc.not_equal(table["kind"].cast(pa.string()), "profile"))
        )
        found: dict[str, Candidate] = {}
        places: dict[str, tuple[str, str, int]] = {}
        theirs: set[str] = set()
        for batch in table.to_batches(max_chunksize=1024):
            for row in batch.to_pylist():
                sort = sort_of(row["kind"], row["author"])
                if not sort or not (row["own"] or row["kind"] == "message"):
                    continue
                one = found.setdefault(row["item"], Candidate(ItemId(row["item"])))
                places[row["item"]] = (row["account"], sort, int(row["published"].timestamp()))
                if not named_by_us(row["native"]):
                    theirs.add(row["item"])
                if row["row"] == "version":
                    one.kind = row["kind"]
                    one.texts.add(normalised(row["text"] or ""))
                    one.files.add(files_of(medium["role"] for medium in row["media"]))
                one.digests.update(medium["digest"] for medium in row["media"] if medium["digest"])
        index: defaultdict[tuple[str, str, int], list[Candidate]] = defaultdict(list)
        for item in sorted(theirs):
            index[places[item]].append(found[item])
        return dict(index)


def rows_of_items(ground: Ground, authority: str, items: Iterable[ItemId]) -> dict[ItemId, list[Row]]:
    """All rows of those items, oldest observation first; each month they lie in is read once."""
    wanted: defaultdict[Month, list[ItemId]] = defaultdict(list)
    for item in items:
        wanted[month_of(item)].append(item)
    found: defaultdict[ItemId, list[Row]] = defaultdict(list)
    for month, names in sorted(wanted.items()):
        table = read_live(ground.state, ground.store, authority, month, HOLDINGS.names)
        mine = table.filter(pc.is_in(table["item"], value_set=pa.array(names, pa.string())))
        for row in to_rows(mine):
            found[row.item].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.observed, row.version, row.row != "version"))
    return dict(found)
