"""What a visitor's text has of words and doubts, weighed: the ground that the rules stand on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flows.oversee.watch.doubts import Doubts
from flows.oversee.watch.reading import Reading
from flows.oversee.watch.terms import Found, places
from schemas.watch import Certainty

Told = tuple[str, Certainty, int]
"""Code, certainty, how many times."""

_RANK: Final[Mapping[Certainty, int]] = {"uncertain": 1, "likely": 2, "sure": 3}


class Evidence:
    """Places of groups in one text that has been read, and how sure each is."""

    def __init__(
        self,
        reading: Reading,
        found: dict[str, list[Found]],
        *,
        own: Collection[str],
        listed: Collection[str],
        short: Collection[str],
        groups: Mapping[str, Sequence[tuple[str, Certainty]]],
        names: Collection[str],
    ) -> None:
        """Take a text that has been read, its groups' places, lists of hosts, and by code the groups that have it."""
        self.reading = reading
        self.found = found
        self.doubts = Doubts(reading, found)
        self.own, self.listed, self.short, self.groups = own, listed, short, groups
        self.names = names
        allowed = found.get("tillatna", ())
        self._allowed = {at for one in allowed for at in range(one.first, one.last + 1)}

    def at(self, *groups: str) -> list[Found]:
        """Places of the groups, in order, but for those within what is allowed."""
        return [one for one in places(self.found, *groups) if one.first not in self._allowed]

    def strongest(self, code: str, some: list[tuple[Found, Certainty]]) -> Told | None:
        """The code with the surest of some places and their number, or None for none."""
        if not some:
            return None
        best = max((certainty for _, certainty in some), key=_RANK.__getitem__)
        return code, best, len({one.first for one, _ in some})

    def weighed(
        self, one: Found, certainty: Certainty = "likely", *, denial: bool = True, news: bool = False
    ) -> Certainty:
        """A certainty with the doubts: denial, and news of what others did, only where they are asked for."""
        doubts = self.doubts
        if certainty == "uncertain" or doubts.foreign or doubts.quoted(one) or doubts.ironic:
            return "uncertain"
        if (denial and doubts.denied(one)) or (news and doubts.news):
            return "uncertain"
        return certainty

    def coded(self, code: str, *, denial: bool = True, news: bool = False) -> list[tuple[Found, Certainty]]:
        """Places of the groups that have the code, each as sure as its group."""
        return [
            (one, self.weighed(one, certainty, denial=denial, news=news))
            for group, certainty in self.groups.get(code, ())
            for one in self.at(group)
        ]

    def close(self, one: Found, group: str, most: int) -> bool:
        """Whether another word of the group stands in the same sentence, at most so many words away."""
        return any(other.first != one.first for other in self.doubts.near(one, group, most))
