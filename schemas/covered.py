"""Which items a description by words, days and names covers: what a hold by author, search, period or request binds.

The description is content (it names people and quotes texts), so it stands in an archive item of kind ``decision``
and nowhere else. It is applied to every version of an item: what once was said or shown counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.calendar import local_days
from schemas.ids import ItemId, item_id
from schemas.refusal import RefusedError

_LONGEST = 1000
"""Characters of one word or text."""
_TIMES = ("published", "stated", "platform_time", "edited")
_NAMES = ("accounts", "authorities", "authors", "texts", "kinds")


class UnreadablePredicateError(ValueError):
    """The values are no predicate. The message names the field, never its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A description of items. Each field that is set narrows; within a field, any of its values will do.

    Attributes:
        accounts, authorities, kinds: names. texts: parts of the text, case ignored.
        authors: names as shown or ids on the platform, whole, case ignored.
        first, last: local civil days, both included; any time of the item counts, and one without a time is covered.
        dnr: diary number of a matter that the items belong to (marks ``i-arende`` and ``registrerad``).
        items: covered whatever the other fields say.
        everything: covers all, whatever else is said. A predicate that says nothing covers everything too.
    """

    accounts: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    dnr: str = ""
    items: tuple[ItemId, ...] = ()
    everything: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything but ``items`` and ``everything`` is said."""
        return any((*(getattr(self, name) for name in _NAMES), self.first, self.last, self.dnr))

    @property
    def all(self) -> bool:
        """Whether it covers every item there is."""
        return self.everything or not (self.narrows or self.items)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of ``HOLDINGS`` that ``covered`` needs."""
        found = ["item"]
        found += ["account"] if self.accounts else []
        found += ["authority"] if self.authorities else []
        found += ["kind"] if self.kinds else []
        found += ["author", "author_native"] if self.authors else []
        found += ["text"] if self.texts else []
        found += list(_TIMES) if self.first or self.last else []
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Its JSON values; ``predicate_from`` reads them back."""
        values: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, date):
                value = value.isoformat()
            values[one.name] = value
        return values


def predicate_from(values: Any) -> Predicate:
    """Read a predicate back. Every field must be there and nothing else.

    Raises:
        UnreadablePredicateError: anything else.
    """
    names = {one.name for one in fields(Predicate)}
    if not isinstance(values, Mapping) or set(values) != names:
        raise UnreadablePredicateError("the fields are not those of a predicate")
    found: dict[str, Any] = {name: _texts(values[name], name) for name in (*_NAMES, "items")}
    try:
        found["items"] = tuple(item_id(one) for one in found["items"])
    except RefusedError:
        raise UnreadablePredicateError("items") from None
    for name in ("first", "last"):
        found[name] = _day(values[name], name)
    if not isinstance(values["dnr"], str) or not isinstance(values["everything"], bool):
        raise UnreadablePredicateError("dnr or everything")
    return Predicate(**found, dnr=values["dnr"], everything=values["everything"])


def predicate_of_period(subject: str) -> Predicate:
    """The period that a hold's subject names: ``2020-01-01/2020-12-31``; either day may be missing, not both.

    Raises:
        UnreadablePredicateError: anything else, or a period that ends before it begins.
    """
    first, sign, last = subject.partition("/")
    found = Predicate(first=_day(first or None, "period"), last=_day(last or None, "period"))
    if not sign or not found.narrows or (found.first and found.last and found.last < found.first):
        raise UnreadablePredicateError("period")
    return found


def covered(table: pa.Table, predicate: Predicate, matter: Collection[ItemId] = ()) -> pa.Array:
    """Which rows belong to items that the predicate covers.

    Args:
        table: rows with at least ``predicate.columns``; all rows of every item in it.
        matter: items that belong to the matter ``predicate.dnr``.

    Returns:
        Booleans without nulls, one per row; the same for all rows of an item.
    """
    length = table.num_rows
    if predicate.all:
        return _filled(length, value=True)
    ids = _plain(table["item"])
    mask = pc.is_in(ids, value_set=pa.array(predicate.items, pa.string()))
    if not predicate.narrows:
        return mask
    rest = _filled(length, value=True)
    for rows in _rows(table, predicate, ids, matter):
        # What holds of one row holds of its item.
        rest = pc.and_(rest, pc.is_in(ids, value_set=pc.unique(ids.filter(pc.fill_null(rows, False)))))
    return pc.or_(mask, rest)


def _rows(table: pa.Table, predicate: Predicate, ids: Any, matter: Collection[ItemId]) -> Iterable[Any]:
    """For each field that is set, the rows it is true of."""
    for column, values in (
        ("account", predicate.accounts),
        ("authority", predicate.authorities),
        ("kind", predicate.kinds),
    ):
        if values:
            yield pc.is_in(_plain(table[column]), value_set=pa.array(values, pa.string()))
    if predicate.authors:
        wanted = _lowered(pa.array(predicate.authors, pa.string()))
        yield pc.or_(
            pc.is_in(_lowered(_plain(table["author"])), value_set=wanted),
            pc.is_in(_lowered(_plain(table["author_native"])), value_set=wanted),
        )
    if predicate.texts:
        texts = pc.utf8_normalize(_plain(table["text"]), form="NFC")
        hits = _filled(table.num_rows, value=False)
        for text in predicate.texts:
            one = pc.match_substring(texts, unicodedata.normalize("NFC", text), ignore_case=True)
            hits = pc.or_(hits, pc.fill_null(one, False))
        yield hits
    if predicate.first or predicate.last:
        yield _in_period(table, predicate, ids)
    if predicate.dnr:
        yield pc.is_in(ids, value_set=pa.array(list(matter), pa.string()))


def _in_period(table: pa.Table, predicate: Predicate, ids: Any) -> Any:
    first = pa.scalar(predicate.first or date.min, pa.date32())
    last = pa.scalar(predicate.last or date.max, pa.date32())
    hits = _filled(table.num_rows, value=False)
    for column in _TIMES:
        days = local_days(_plain(table[column]))
        one = pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last))
        hits = pc.or_(hits, pc.fill_null(one, False))
    dated = ids.filter(pc.is_valid(_plain(table["published"])))
    return pc.or_(hits, pc.invert(pc.is_in(ids, value_set=pc.unique(dated))))


def _lowered(names: Any) -> Any:
    # A handle is shown with or without its sign.
    plain = pc.utf8_lower(pc.utf8_normalize(pc.utf8_trim_whitespace(names), form="NFC"))
    return pc.utf8_ltrim(plain, characters="@")


def _plain(column: Any) -> Any:
    """One array without dictionary."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    return whole.cast(pa.string()) if pa.types.is_dictionary(whole.type) else whole


def _filled(length: int, *, value: bool) -> Any:
    return pa.repeat(pa.scalar(value), length)


def _texts(values: Any, name: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) and 0 < len(one) <= _LONGEST for one in values):
        raise UnreadablePredicateError(name)
    return tuple(values)


def _day(value: Any, name: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise UnreadablePredicateError(name) from None
