"""An edge read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.graph.connection import Graph
from connectors.graph.faults import GraphError
from connectors.http import Answer, HttpError

PAGE_CAP = 5_000
"""Pages of one listing per run; reaching it is reported (H113)."""


class Listing:
    """Reads an edge page by page until ``paging.next`` is absent, however empty a page may be.

    Args:
        graph: the connection. path: the edge. params: parameters without ``limit``.
        endpoint: allow-listed name. limit: items per page; halved where the platform asks for less.
        fields: lists of fields, the richest first (``Graph.get_fields``), where ``params`` names none.
        begin: parameters of the first page's cursor (``Graph.following``), to go on from a list inside an answer.
        cap: pages at most.

    Attributes:
        reason: finding code when the listing could not be read to its end; empty otherwise.
        error: what stopped it, if a request did.
    """

    def __init__(
        self,
        graph: Graph,
        path: str,
        params: Mapping[str, str],
        *,
        endpoint: str,
        limit: int,
        fields: Sequence[str] = (),
        begin: Mapping[str, str] | None = None,
        cap: int = PAGE_CAP,
    ) -> None:
        self._graph = graph
        self._path = path
        self._params = dict(params)
        self._fields = fields
        self._endpoint = endpoint
        self._limit = limit
        self._cursor = dict(begin or {})
        self._cap = cap
        self.reason = ""
        self.error: HttpError | None = None

    def read(self) -> Iterator[Answer]:
        """The pages; their bodies are objects with a list ``data``. Afterwards ``reason`` says whether that was all."""
        used: set[tuple[tuple[str, str], ...]] = set()
        cursor = self._cursor
        for _ in range(self._cap):
            key = tuple(sorted(cursor.items()))
            if key in used:
                self.reason = "H114"
                return
            used.add(key)
            try:
                answer = self._page(cursor)
                body = answer.body
                if not isinstance(body, dict) or not isinstance(body.get("data"), list):
                    self.reason = "H128"
                    return
                yield answer
            except HttpError as error:
                self.reason, self.error = error.code, error
                return
            following = self._graph.following(body.get("paging"))
            if following is None:
                return
            cursor = following
        self.reason = "H113"

    def _page(self, cursor: Mapping[str, str]) -> Answer:
        while True:
            try:
                asked = {**cursor, **self._params, "limit": str(self._limit)}
                if not self._fields:
                    return self._graph.get(self._path, asked, endpoint=self._endpoint)
                return self._graph.get_fields(self._path, self._fields, asked, endpoint=self._endpoint)
            except GraphError as error:
                if not error.fault.too_much or self._limit <= 1:
                    raise
                self._limit //= 2
