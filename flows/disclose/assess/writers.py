"""Who wrote the listed versions, read from the archive in one pass. For memory alone: names are neither stored nor told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.answer.chosen import Line
from flows.disclose.assess.folded import fold, letters
from flows.disclose.assess.identities import identities
from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.ids import ItemId

_COLUMNS = ("row", "item", "version", "platform", "author", "author_native")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A listed version and its author: platform, id there, name as shown."""

    line: Line
    platform: str
    native: str | None
    author: str | None

    @property
    def person(self) -> tuple[str, str]:
        """What two versions by one person have in common; empty where nobody is named."""
        return (
            (self.platform, self.native) if self.native else ("", letters(self.author or "") or fold(self.author or ""))
        )


def writers_of(ground: Ground, table: pa.Table) -> Iterator[Wrote]:
    """The authors of all versions of a frozen list (columns ``item``, ``version``), month by month."""
    items = pc.unique(table["item"])
    listed = set(zip(table["item"].to_pylist(), table["version"].to_pylist(), strict=True))
    for _, _, part in partitions(ground.state, ground.store, _COLUMNS):
        some = part.filter(pc.and_(pc.equal(part["row"], "version"), pc.is_in(part["item"], value_set=items)))
        for one in some.to_pylist():
            if (one["item"], one["version"]) in listed:
                yield Wrote(
                    line=(ItemId(one["item"]), int(one["version"])),
                    platform=one["platform"],
                    native=one["author_native"],
                    author=one["author"],
                )


def namesakes(writers: Iterable[Wrote], name: str) -> int:
    """How many different persons write under a name."""
    wanted = letters(name)
    found = {one.person for one in writers if wanted in {letters(each) for each in identities(one.author, one.native)}}
    return len(found)
