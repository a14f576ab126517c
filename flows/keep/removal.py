"""Take objects away in every place and observe that they are gone: nothing is assumed of any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flows.keep.guard import code_of
from schemas.neighbours import Reading, Store
from schemas.refusal import GuardError, RefusedError, UnreachableError

_THREADS = 8
_WORTH_THREADS = 24
"""From so many keys on the removals run side by side; a request to a bucket is mostly waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """What one place showed.

    Attributes:
        place: its name. absent: keys observed to be absent, in any form.
        left: keys of which something is or may be left. reason: the code of the last failure, or empty.
    """

    place: str
    absent: int
    left: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a removal did.

    Attributes:
        removed: keys absent in every place, and forgotten. left: keys that wait for the next run.
        places: the same place by place, the store first; empty when there was nothing to do.
        busy: another run was removing already; nothing was tried.
    """

    removed: int = 0
    left: int = 0
    places: tuple[InPlace, ...] = ()
    busy: bool = False


class Everywhere:
    """The store and its mirrors, for one run: a place that does not answer is not asked again in it."""

    def __init__(self, places: Sequence[Store]) -> None:
        self._places = tuple(places)
        self._absent = [0] * len(self._places)
        self._left = [0] * len(self._places)
        self._reason = [""] * len(self._places)
        self._down: set[int] = set()
        self._removed = 0
        self._kept = 0

    def probe(self, key: str) -> None:
        """Ask every place once, so that a long silence is met outside a transaction."""
        for number, place in enumerate(self._places):
            if number not in self._down:
                self._answers(number, place, key)

    def destroy(self, keys: Iterable[str]) -> frozenset[str]:
        """Remove the keys in every form; returns those that were then seen to be absent in all places."""
        wanted = list(dict.fromkeys(keys))
        absent = set(wanted)
        for number, place in enumerate(self._places):
            here = self._destroy_in(number, place, wanted)
            self._absent[number] += len(here)
            self._left[number] += len(wanted) - len(here)
            absent &= here
        self._removed += len(absent)
        self._kept += len(wanted) - len(absent)
        return frozenset(absent)

    def skipped(self, number: int) -> None:
        """So many more keys wait for the next run although no place was asked."""
        self._kept += number

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places, the store first."""
        return tuple(place.place for place in self._places)

    def result(self) -> Removed:
        """What was seen so far."""
        return Removed(
            removed=self._removed,
            left=self._kept,
            places=tuple(
                InPlace(
                    place=place.place,
                    absent=self._absent[number],
                    left=self._left[number],
                    reason=self._reason[number],
                )
                for number, place in enumerate(self._places)
            ),
        )

    def _destroy_in(self, number: int, place: Store, keys: Sequence[str]) -> set[str]:
        def one(key: str) -> bool:
            if number in self._down:
                return False
            try:
                place.destroy(key)
                return place.remains(key).absent
            except UnreachableError as error:
                self._reason[number] = code_of(error)
                self._answers(number, place, key)
            except (GuardError, RefusedError, OSError) as error:
                self._reason[number] = code_of(error)
            return False

        if len(keys) < _WORTH_THREADS:
            gone = [one(key) for key in keys]
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                gone = list(pool.map(one, keys))
        return {key for key, absent in zip(keys, gone, strict=True) if absent}

    def _answers(self, number: int, place: Reading, key: str) -> None:
        try:
            place.head(key)
        except UnreachableError as error:
            self._down.add(number)
            self._reason[number] = code_of(error)
        except (OSError, RefusedError):
            return  # it answered; what is wrong is wrong with this one key
