"""Where words are looked for in a record: text, author, links and alt texts; deep, its values and captions too.

The language a platform names (``sv``) is no text: a part of a word would hit every record of that language.

What is found in a row that is no version (an alt text that came later, a name that was shown later) counts for the
version it was seen at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.matching import Matcher
from schemas.captions import MOST
from schemas.neighbours import MissingError, Reading
from schemas.payload import UnreadableError, read
from schemas.shelf import medium

COLUMNS: Final = ("row", "item", "version", "text", "author", "links", "media")
"""Columns that ``matched`` needs; deep, ``payload`` as well."""


@dataclass(slots=True)
class Deep:
    """Reads payloads and caption files, and counts what could not be read.

    Attributes:
        store: where caption files lie. payloads: values that are no JSON. captions: files that are missing or no text.
    """

    store: Reading
    payloads: int = 0
    captions: set[str] = field(default_factory=set)
    _texts: dict[str, str | None] = field(default_factory=dict)

    def caption(self, digest: str) -> str | None:
        """A caption file as text, or None."""
        if digest not in self._texts:
            if len(self._texts) > _REMEMBERED:
                self._texts.clear()
            self._texts[digest] = _caption(self.store, digest)
        if self._texts[digest] is None:
            self.captions.add(digest)
        return self._texts[digest]

    def values(self, payload: str) -> list[str]:
        """Every string in a payload, the names of its values apart."""
        try:
            return list(_strings(read(payload.encode("utf-8", "surrogatepass"))))
        except (UnreadableError, RecursionError):
            self.payloads += 1
            return [payload]


_REMEMBERED: Final = 64


def matched(table: pa.Table, matcher: Matcher, deep: Deep | None) -> Any:
    """Which rows are versions that have what is looked for in one of their fields.

    Args:
        table: rows with ``COLUMNS`` (and ``payload``, deep); all rows of every item in it.

    Returns:
        Booleans without nulls, one per row; true for versions alone.
    """
    versions = equal(table["row"], "version")
    # Only versions have these.
    hits = pc.and_(matcher.hits(one_array(table["text"])), versions)
    # Few different ones stand in many rows.
    hits = pc.or_(hits, matcher.hits(one_array(table["author"]).dictionary_encode()))
    hits = _or_at(hits, *_listed(one_array(table["links"])), lambda links: _in_links(links, matcher))
    parents, media = _listed(one_array(table["media"]))
    if len(media):
        hits = _or_at(hits, parents, pc.struct_field(media, "alt").dictionary_encode(), matcher.hits)
    if deep is not None:
        hits = _deep(table, hits, parents, media, matcher, deep)
    elsewhere = pc.and_not(hits, versions)
    hits = pc.and_(hits, versions)
    if pc.any(elsewhere).as_py():
        seen = table.select(["item", "version"]).filter(elsewhere)
        theirs = pc.and_(versions, pc.is_in(one_array(table["item"]), value_set=pc.unique(one_array(seen["item"]))))
        some = table.select(["item", "version"]).filter(theirs)
        there = pc.is_in(named_pairs(some), value_set=named_pairs(seen))
        hits = pc.or_(hits, pc.replace_with_mask(theirs, theirs, there))
    return hits


def equal(column: Any, value: str) -> Any:
    """Which values of a column of few different ones are that one: booleans without nulls."""
    coded = one_array(column)
    if not pa.types.is_dictionary(coded.type):
        return pc.fill_null(pc.equal(coded, value), False)
    place = pc.index(coded.dictionary, value).as_py()
    return pc.fill_null(pc.equal(coded.indices, pa.scalar(place, coded.indices.type)), False)


def named_pairs(table: pa.Table) -> Any:
    """Item and version of every row as one string, ``<item> <version>``."""
    return one_array(pc.binary_join_element_wise(table["item"], table["version"].cast(pa.string()), " "))


def one_array(column: Any) -> Any:
    """A column as one array."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    return whole


def _listed(column: Any) -> tuple[Any, Any]:
    """The rows that a list column's values stand in, and the values."""
    return pc.list_parent_indices(column), pc.list_flatten(column)


def _or_at(hits: Any, parents: Any, values: Any, find: Callable[[Any], Any]) -> Any:
    """The hits, and the rows of which one of the values is a hit."""
    if not len(values):
        return hits
    rows = parents.filter(find(values))
    return _with_rows(hits, rows) if len(rows) else hits


def _with_rows(hits: Any, rows: Any) -> Any:
    numbers = pc.cumulative_sum(pa.repeat(pa.scalar(1, rows.type), len(hits)))
    return pc.or_(hits, pc.is_in(numbers, value_set=pc.add(pc.unique(rows), 1)))


def _in_links(links: Any, matcher: Matcher) -> Any:
    """Links as they are written, and with ``%C3%B6`` read as ``ö``."""
    hits = matcher.hits(links)
    encoded = pc.fill_null(pc.match_substring(links, "%"), False)
    if not pc.any(encoded).as_py():
        return hits
    coded = links.filter(encoded).dictionary_encode()
    plain = pa.array([unquote(one) for one in coded.dictionary.to_pylist()], pa.string())
    return pc.or_(hits, pc.replace_with_mask(encoded, encoded, matcher.hits(plain).take(coded.indices)))


def _deep(table: pa.Table, hits: Any, parents: Any, media: Any, matcher: Matcher, deep: Deep) -> Any:
    payloads = one_array(table["payload"])
    wanted = matcher.candidates(payloads) if matcher.words_alone else pc.is_valid(payloads)
    wanted = pc.and_not(wanted, hits)
    if pc.any(wanted).as_py():
        rows = pc.indices_nonzero(wanted)
        lists = pa.array([deep.values(one) for one in payloads.filter(wanted).to_pylist()], pa.list_(pa.string()))
        inner, values = _listed(lists)
        hits = _or_at(hits, rows.take(inner), values, matcher.hits)
    if not len(media):
        return hits
    captions = pc.and_(
        pc.equal(pc.struct_field(media, "role"), "caption"), pc.is_valid(pc.struct_field(media, "digest"))
    )
    if not pc.any(captions).as_py():
        return hits
    digests = pc.struct_field(media, "digest").filter(captions)
    texts = pa.array([deep.caption(one) for one in digests.to_pylist()], pa.string())
    return _or_at(hits, parents.filter(captions), texts, matcher.hits)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.encode("utf-8", "replace").decode("utf-8")
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _caption(store: Reading, digest: str) -> str | None:
    try:
        data = store.get(medium(digest))
    except (MissingError, OSError):
        return None
    if len(data) > MOST:
        return None
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None
