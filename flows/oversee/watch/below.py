"""What stands below another than the first of its thread, as columns: of it, only what answers need becomes objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.oversee.watch.questions_open import Answer

_NAMES: Final = ("item", "parent", "thread")
_SCHEMA: Final = pa.schema([(name, pa.string()) for name in _NAMES])
"""Whatever a partition says of what may be missing: files of different ages are put together."""


class Below:
    """Items with what they answer and their thread, share by share."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._tables: list[pa.Table] = [_SCHEMA.empty_table()]

    def add(self, shown: pa.Table) -> None:
        """Take in those of these items that answer another than their thread's first one."""
        nested = pc.fill_null(pc.not_equal(shown["parent"], shown["thread"]), False)
        self._tables.append(shown.filter(nested).select(list(_NAMES)).cast(_SCHEMA).combine_chunks())

    def of(self, answers: Sequence[Answer]) -> dict[str, tuple[str, str]]:
        """Item → what it answers and thread: all that ``questions_open.resolve`` needs for these answers.

        That is what stands above an answer, and of each row in which an answer stands one item that nests further, if any.
        """
        table = pa.concat_tables(self._tables).combine_chunks()
        items, parents, threads = (table[name].combine_chunks() for name in _NAMES)
        above = pc.index_in(parents, value_set=items)
        # The row in which the thing stands that an item answers; a row with such an item nests further.
        row = pc.coalesce(parents.take(above), threads)
        rows = pa.array(sorted({one.row for one in answers}), pa.string())
        witness = pc.drop_null(pc.index_in(rows, value_set=row))
        found: dict[str, tuple[str, str]] = {}
        named = {name for one in answers for name in (one.parent, one.thread) if name}
        wanted = pc.drop_null(pa.chunked_array([witness, above.take(witness), _at(items, named)]))
        while len(wanted):
            columns = (one.take(wanted).to_pylist() for one in (items, parents, threads))
            new = {item: (parent, thread) for item, parent, thread in zip(*columns, strict=True) if item not in found}
            found.update(new)
            wanted = _at(items, {parent for parent, _ in new.values()})
        return found


def _at(items: Any, wanted: set[str]) -> Any:
    return pc.drop_null(pc.index_in(pa.array(sorted(wanted), pa.string()), value_set=items))
