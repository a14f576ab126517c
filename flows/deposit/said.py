"""What was decided of a film and what was told with it: read back from the decision's record in the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from flows.keep.links import told_of
from flows.keep.own import read_own
from schemas.deposit import Film, Told
from schemas.ground import Ground
from schemas.ids import ItemId, utc
from schemas.neighbours import MissingError
from schemas.payload import fields_of

ACT: Final = "deposit.decide"
"""What a decision's record says it is."""
DECIDED: Final = "deposit.decided"
"""Act of the receipt of one film's decision; its evidence names the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A decision's words.

    Attributes:
        reason: why. told: what was told beside it. answer: it is to be delivered.
        known: the record was read; False = nobody has decided, or the record cannot be read any more.
    """

    reason: str
    told: Told
    answer: bool
    known: bool = True


NOTHING: Final = Said(reason="", told=Told(), answer=False, known=False)


def said_of(ground: Ground, film: Film, through: datetime | None = None) -> Said:
    """What was said when the film was decided.

    Args:
        through: as it stood then, for a delivery that is built once more; None = the latest decision.
    """
    record = film.record if through is None else _record_at(ground, film, through)
    if record is None:
        return NOTHING
    try:
        row = read_own(ground, record)
    except MissingError:
        return NOTHING
    values = fields_of(row.payload) if row is not None else {}
    if values.get("act") != ACT:
        return NOTHING
    return Said(reason=_text(values, "reason"), told=_told(values.get("told")), answer=values.get("answer") is True)


def spelled(told: Told) -> dict[str, object]:
    """What is told, as the record keeps it: nothing that is empty."""
    values = {**asdict(told), "related": list(told.related)}
    return {name: value for name, value in values.items() if value}


def _record_at(ground: Ground, film: Film, through: datetime) -> ItemId | None:
    """The record that the film had then. The ledger knows it; a record is never changed, there are only newer ones."""
    if film.decided is None or film.decided <= through:
        return film.record
    with ground.state.reading() as books:
        links = told_of(books, film.id)
    found = [body for _, body in links if body["act"] == DECIDED and _at(body) <= through]
    record = found[-1]["evidence"].get("record") if found else None
    return ItemId(record) if isinstance(record, str) else None


def _at(body: Mapping[str, Any]) -> datetime:
    return utc(datetime.fromisoformat(body["at"]), "at")


def _told(values: object) -> Told:
    if not isinstance(values, Mapping):
        return Told()
    related = values.get("related")
    return Told(
        title=_text(values, "title"),
        page=_text(values, "page"),
        file=_text(values, "file"),
        password=_text(values, "password"),
        language=_text(values, "language"),
        genre=_text(values, "genre"),
        access=_text(values, "access"),
        licence=_text(values, "licence"),
        related=tuple(one for one in related if isinstance(one, str)) if isinstance(related, list) else (),
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return found if isinstance(found, str) else ""
