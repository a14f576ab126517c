"""Asking for objects and pages with as many fields as the platform knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from connectors.graph import Graph, GraphError, Listing
from connectors.http import Answer, HttpError

NOT_A_FIELD = 100
"""Graph's number for a parameter that it does not take."""


def node(native: str, edge: str = "") -> str:
    """The path of an object, or of one of its edges."""
    return f"{quote(native, safe='')}/{edge}" if edge else quote(native, safe="")


def knows_no_field(error: HttpError | None) -> bool:
    """The platform refuses a field that was asked for, not the object or the token."""
    if not isinstance(error, GraphError) or error.fault.absent or error.fault.throttled:
        return False
    return error.fault.no_field or error.fault.code == NOT_A_FIELD


class Asking:
    """Asks with the widest set of fields that the platform accepts, and remembers which that was.

    Args:
        graph: the connection. limit: items per page.

    Attributes:
        narrowed: names of what had to be asked for with fewer fields.
    """

    def __init__(self, graph: Graph, limit: int) -> None:
        self.graph = graph
        self.limit = limit
        self.narrowed: set[str] = set()
        self._from: dict[tuple[str, ...], int] = {}

    def get(self, path: str, sets: tuple[str, ...], *, endpoint: str, first: bool = False) -> Answer:
        """One object, with the first of the sets of fields that is accepted.

        Raises:
            HttpError: the last set was refused too, or something else is wrong.
        """
        ask = self.graph.first if first else self.graph.get
        for number in range(self._from.get(sets, 0), len(sets)):
            try:
                answer = ask(path, {"fields": sets[number]}, endpoint=endpoint)
            except GraphError as error:
                if number + 1 == len(sets) or not knows_no_field(error):
                    raise
                continue
            self._accepted(sets, number, endpoint)
            return answer
        raise HttpError("H127", endpoint)

    def pages(self, path: str, sets: tuple[str, ...], *, endpoint: str, more: Mapping[str, str] | None = None) -> Pages:
        """An edge, page by page."""
        return Pages(self, path, sets, endpoint, dict(more or {}))

    def start(self, sets: tuple[str, ...]) -> int:
        """Which set of fields to begin with."""
        return self._from.get(sets, 0)

    def _accepted(self, sets: tuple[str, ...], number: int, name: str) -> None:
        self._from[sets] = number
        if number:
            self.narrowed.add(name)


class Pages:
    """One edge being read.

    Attributes:
        reason: finding code when it could not be read to its end; empty otherwise.
        error: what stopped it, if a request did.
        linked: at least one page named a next one.
    """

    def __init__(
        self, asking: Asking, path: str, sets: tuple[str, ...], endpoint: str, more: Mapping[str, str]
    ) -> None:
        self._asking = asking
        self._path = path
        self._sets = sets
        self._endpoint = endpoint
        self._more = more
        self.reason = ""
        self.error: HttpError | None = None
        self.linked = False

    def read(self, begin: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The pages; their bodies are objects with a list ``data``. Afterwards ``reason`` says whether that was all."""
        for number in range(self._asking.start(self._sets), len(self._sets)):
            params = {**self._more, "fields": self._sets[number]}
            listing = Listing(
                self._asking.graph,
                self._path,
                params,
                endpoint=self._endpoint,
                limit=self._asking.limit,
                begin=begin,
            )
            begun = False
            for answer in listing.read():
                if not begun:
                    self._asking._accepted(self._sets, number, self._endpoint)  # noqa: SLF001  # one thing in two classes
                begun = True
                paging = answer.body.get("paging")
                self.linked = self.linked or (isinstance(paging, dict) and bool(paging.get("next")))
                yield answer
            self.reason, self.error = listing.reason, listing.error
            if begun or not knows_no_field(self.error) or number + 1 == len(self._sets):
                return
