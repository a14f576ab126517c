"""Which films an item has, where its platform does not tell more than the attachments do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.deposit import FilmRole, FilmSaid
from schemas.record import MediaRef, MediaRole

_ROLES: Final[Mapping[MediaRole, FilmRole]] = {"video": "video", "audio": "audio", "document": "document"}


def films(payload: Mapping[str, object], media: Sequence[MediaRef]) -> Sequence[FilmSaid]:
    """One for every attachment that is a film, a sound recording or a document (``schemas.neighbours.FilmsOf``)."""
    del payload
    found = {
        one.origin: FilmSaid(slot=one.origin, role=_ROLES[one.role], origin=one.origin)
        for one in media
        if one.role in _ROLES
    }
    return tuple(found.values())
