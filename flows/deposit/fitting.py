"""Films as files are matched to them: what sort, how long, which bytes they have already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from flows.deposit.places import Place, places_of
from schemas.deposit import Film, FilmRole, FilmStanding, Member, Playing
from schemas.ground import Home

WITHIN: Final = 500
"""Milliseconds that two lengths of one film may differ by."""
WAITING: Final[frozenset[FilmStanding]] = frozenset({"candidate", "outside", "decided", "rejected"})
"""Standings in which a film is matched by length; one that is named takes an original whatever its standing."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """A film with what is needed to match a file to it; its places are read when they are asked for."""

    home: Home
    film: Film
    members: tuple[Member, ...]

    @property
    def role(self) -> FilmRole:
        """What sort of film."""
        return self.members[0].role if self.members else "video"

    def long(self, duration: int | None) -> bool | None:
        """It is as long as that; None = not known."""
        lengths = [one.duration for one in self.members if one.duration is not None]
        if duration is None or not lengths:
            return None
        return any(abs(one - duration) <= WITHIN for one in lengths)

    @cached_property
    def places(self) -> list[Place]:
        """Where it was published."""
        return places_of(self.home, self.members)

    @property
    def owned(self) -> Mapping[str, int]:
        """Digest → bytes of its originals, captions among them."""
        refs = [ref for place in self.places for _, ref in place.originals]
        return {one.digest: one.size or 0 for one in refs if one.digest is not None}

    @property
    def has_original(self) -> bool:
        """Its owner has brought a file."""
        return any(ref.role != "caption" for place in self.places for _, ref in place.originals)

    @property
    def waits(self) -> bool:
        """It takes an original that nobody has named it for."""
        return self.film.standing in WAITING and not self.has_original and bool(self.places)

    @property
    def stored(self) -> Mapping[str, int]:
        """Digest → bytes of the platforms' own files."""
        refs = [place.slot.ref for place in self.places]
        return {one.digest: one.size or 0 for one in refs if one is not None and one.digest is not None}


def suits(role: FilmRole, playing: Playing) -> bool:
    """A file is of the sort that a film is, whole and open."""
    if not playing.readable or playing.protected or not playing.whole:
        return False
    if role == "video":
        return playing.picture
    if role == "audio":
        return playing.sound
    return not playing.picture and not playing.sound


def played_as(media_type: str, role: FilmRole) -> str:
    """The media type that players and KB's examples use, where the registry of formats has a form's bare one."""
    form = media_type.removeprefix("application/")
    if role in {"video", "audio"} and media_type in {"application/mp4", "application/ogg"}:
        return f"{role}/{form}"
    return media_type
