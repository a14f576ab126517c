"""The Pages Data Portability interface: lists of URNs, and batches that fill them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.http import Answer, HttpError
from connectors.platforms.linkedin.names import encoded, urn_list, urn_of
from connectors.platforms.linkedin.objects import author_of, count_of, native_in, pick
from connectors.platforms.linkedin.paging import COUNT, Listing, by_cursor, elements_of
from connectors.platforms.linkedin.routes import Horizon, Page, quiet
from connectors.platforms.linkedin.wire import STOPPING, UNSAID, Wire
from schemas.neighbours import Lookup

FEED = "dmaFeedContentsExternal"
_RESHARES = "dmaInstantReposts"
_BATCH = 50
"""URNs per batch: their encoded forms must fit into an address."""
_GONE = frozenset({404, 410})
_NAMES = ("id", "urn", "commentUrn", "ugcUrn", "shareUrn", "postUrn", "instantRepostUrn")


@dataclass(slots=True)
class Batch:
    """One batch answer: what was given, and LinkedIn's word about the rest."""

    answer: Answer
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)


class Portability:
    """See ``routes.Route``.

    Args:
        wire: the way to LinkedIn.
        own: our organisation's URN.
    """

    title = "Pages Data Portability"
    late = True

    def __init__(self, wire: Wire, own: str) -> None:
        self._wire = wire
        self._own = own
        self._query = f"q=postsByAuthor&author={encoded(own)}"
        self._people: dict[str, Any] = {}
        self._unnamed = False
        self._proofs: dict[str, str] = {}
        self.uncounted = False
        self.withheld = 0

    def probe(self) -> Answer:
        """As the port says."""
        return self._wire.probe(FEED, f"{self._query}&maxPaginationCount={COUNT}", endpoint=FEED, method="FINDER")

    def posts(self, listing: Listing, since: datetime | None, *, light: bool) -> Iterator[Page]:
        """As the port says. Reshares without a word of our own stand in a list of theirs, where there is one."""
        horizon = Horizon(since, changed=False)
        for answer in by_cursor(self._wire, listing, FEED, self._query, endpoint=FEED):
            for page in self._filled(answer, listing):
                if not light:
                    page.beside["social"] = self._social([native for native, _ in page.items])
                yield page
                if horizon.passed(page):
                    return

    def reshares(self, listing: Listing) -> Iterator[Page]:
        """Our reshares without a word of our own. Raises HttpError."""
        query = f"q=repostsByReposter&reposter={encoded(self._own)}"
        for answer in by_cursor(self._wire, listing, FEED, query, endpoint=FEED):
            yield from self._filled(answer, listing)

    def comments(self, listing: Listing, entity: str) -> Iterator[Page]:
        """As the port says."""
        query = f"q=commentsOnEntity&entity={encoded(entity)}"
        for answer in by_cursor(self._wire, listing, FEED, query, endpoint=FEED):
            for page in self._filled(answer, listing):
                page.beside = {
                    "social": self._social([native for native, _ in page.items]),
                    "people": self._named(page.items),
                }
                yield page

    def one(self, native: str) -> Page | None:
        """As the port says."""
        resource = _resource(native)
        batch = self._batch(resource, [native])
        value = batch.results.get(native)
        if value is None:
            return None
        items = [(native, value)]
        return Page(resource, batch.answer, items, {"people": self._named(items)}, page={"results": {native: value}})

    def counted(self, native: str) -> int | None:
        """As the port says."""
        if self.uncounted:
            return None
        return count_of(self._batch("dmaSocialMetadata", [native], ok=UNSAID).results.get(native))

    def look_up(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """As the port says.

        What a batch is silent about counts as not found only when the same answer shows something that is there.
        """
        for resource, group in _grouped(natives).items():
            for begin in range(0, len(group), _BATCH):
                part = group[begin : begin + _BATCH]
                proof = self._proofs.get(resource)
                try:
                    batch = self._batch(resource, [*part, proof] if proof and proof not in part else part, ok=UNSAID)
                except HttpError as error:
                    quiet(error, STOPPING)
                    yield from (Lookup(native=native, outcome="unclear") for native in part)
                    continue
                for native in part:
                    yield Lookup(native=native, outcome=_outcome(batch, native))

    # -- filling out

    def _filled(self, answer: Answer, listing: Listing) -> Iterator[Page]:
        """The things that a page of a list names."""
        wanted = list(dict.fromkeys(filter(None, map(name_of, elements_of(answer.body) or ()))))
        if not wanted:
            yield Page(FEED, answer, [], page={"results": {}})
        for resource, group in _grouped(wanted).items():
            for begin in range(0, len(group), _BATCH):
                part = group[begin : begin + _BATCH]
                # The interface of reshares without words is not everywhere: what it does not give is told.
                batch = self._batch(resource, part, ok=UNSAID if resource == _RESHARES else frozenset())
                lacking = [one for one in part if one not in batch.results and batch.statuses.get(one) not in _GONE]
                if lacking:
                    self.withheld += len(lacking)
                    listing.reason = listing.reason or "H246"
                given = [(one, batch.results[one]) for one in part if one in batch.results]
                if given:
                    self._proofs[resource] = given[0][0]
                yield Page(resource, batch.answer, given, page={"results": dict(given)})

    def _batch(self, resource: str, urns: Sequence[str], ok: frozenset[int] = frozenset()) -> Batch:
        """One batch answer, its names as they were asked for. Raises HttpError."""
        query = f"ids={urn_list(urns)}"
        answer = self._wire.get(resource, query, endpoint=resource, method="BATCH_GET", ok=(200, *ok))
        batch = Batch(answer)
        if answer.status != 200:
            return batch
        results = pick(answer.body, "results")
        for name, value in results.items() if isinstance(results, dict) else ():
            urn = urn_of(name)
            if isinstance(value, dict):
                name_used = urn if urn in urns else native_in(value) or urn
                batch.results[name_used or name] = value
        for part in ("errors", "statuses"):
            told = pick(answer.body, part)
            for name, value in told.items() if isinstance(told, dict) else ():
                status = value.get("status") if isinstance(value, dict) else value
                if type(status) is int:
                    batch.statuses[urn_of(name) or name] = status
        return batch

    # -- by the way

    def _social(self, natives: Sequence[str]) -> dict[str, Any]:
        """Counters by URN."""
        found: dict[str, Any] = {}
        if self.uncounted:
            return found
        for begin in range(0, len(natives), _BATCH):
            try:
                batch = self._batch("dmaSocialMetadata", natives[begin : begin + _BATCH], ok=UNSAID)
            except HttpError as error:
                quiet(error, STOPPING)
                self.uncounted = True
                break
            if batch.answer.status != 200:
                self.uncounted = True
                break
            found.update(batch.results)
        return found

    def _named(self, items: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
        """Names of the people who wrote, as far as they let LinkedIn tell."""
        wanted = dict.fromkeys(urn for _, value in items if (urn := author_of(value)) and ":person:" in urn)
        new = [urn for urn in wanted if urn not in self._people]
        if new and not self._unnamed:
            self._ask_people(new)
        return {urn: self._people[urn] for urn in wanted if self._people.get(urn)}

    def _ask_people(self, urns: Sequence[str]) -> None:
        for begin in range(0, len(urns), _BATCH):
            part = urns[begin : begin + _BATCH]
            keyed = f"List({','.join(f'(id:{encoded(urn.rpartition(chr(58))[2])})' for urn in part)})"
            for ids in (urn_list(part), keyed):
                try:
                    answer = self._wire.get(
                        "dmaPeople", f"ids={ids}", endpoint="dmaPeople", method="BATCH_GET", ok=(200, *UNSAID)
                    )
                except HttpError as error:
                    quiet(error, STOPPING)
                    self._unnamed = True
                    return
                if answer.status == 200:
                    break
                if answer.status != 400:
                    self._unnamed = True
                    return
            else:
                self._unnamed = True
                return
            results = pick(answer.body, "results")
            told = results if isinstance(results, dict) else {}
            for urn in part:
                number = urn.rpartition(":")[2]
                self._people[urn] = next(
                    (told[name] for name in (urn, encoded(urn), number, f"(id:{number})") if name in told), None
                )


def name_of(element: object) -> str | None:
    """The URN that an element of a list names."""
    if not isinstance(element, dict):
        return urn_of(element)
    return next((urn for name in _NAMES if (urn := urn_of(element.get(name))) is not None), None)


def _resource(native: str) -> str:
    if native.startswith("urn:li:comment:"):
        return "dmaComments"
    return _RESHARES if native.startswith("urn:li:instantRepost:") else "dmaPosts"


def _grouped(natives: Sequence[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for native in natives:
        groups.setdefault(_resource(native), []).append(native)
    return groups


def _outcome(batch: Batch, native: str) -> str:
    if native in batch.results:
        return "found"
    status = batch.statuses.get(native)
    if status is not None:
        return "not_found" if status in _GONE else "unclear"
    return "not_found" if batch.results else "unclear"
