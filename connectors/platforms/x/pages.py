"""A listing page by page, newest first: where it ends, and whether that was its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from connectors.http import Answer, HttpError
from connectors.platforms.x.asking import Asker
from connectors.platforms.x.reading import posts_in
from connectors.platforms.x.spending import OTHER, Spending
from connectors.platforms.x.values import id_of, moment

PAGE = 100
"""Posts per page, the most X gives."""
PAGE_CAP = 2_000
"""Pages per listing; reaching it is reported."""
_CLOSE = 0.95
"""X counts posts towards a cap that it then leaves out, so a listing is full a little below it."""
_NEVER = datetime.min.replace(tzinfo=UTC)
_FIRST_TIME = "2010-11-06T00:00:00Z"
"""X accepts no earlier ``start_time``."""


class Pages:
    """Reads one listing.

    Args:
        asker: asks. spending: says how much may be asked for.
        path, parameters, endpoint, others, price: as in ``Asker.posts``.
        since: how far back; None = to the end. least: smallest page X accepts.
        cap: how many posts X shows at most; 0 = all.
        tokens: names under which the next page may be asked for; the second when the first has no effect.
        size: posts per page.

    Attributes:
        reason: finding code when the listing could not be read to its end; empty otherwise.
        status: HTTP status of a request that failed.
        shown: posts shown. times: of those; oldest, newest: of them. repeated: posts shown again.
    """

    def __init__(
        self,
        asker: Asker,
        spending: Spending,
        path: str,
        parameters: Mapping[str, str | int],
        *,
        endpoint: str,
        others: bool = True,
        price: int = OTHER,
        since: datetime | None = None,
        least: int = 5,
        cap: int = 0,
        tokens: tuple[str, ...] = ("pagination_token",),
        size: int = PAGE,
    ) -> None:
        self._asker = asker
        self._spending = spending
        self._path = path
        self._parameters = dict(parameters)
        self._endpoint = endpoint
        self._others = others
        self._price = price
        self._since = since
        self._least = least
        self._cap = cap
        self._tokens = list(tokens)
        self._size = size
        self._seen: set[str] = set()
        self._ended = False
        self.reason = ""
        self.status = 0
        self.oldest: datetime | None = None
        self.newest = _NEVER
        self.times: list[datetime] = []
        self.repeated = 0

    @property
    def shown(self) -> int:
        """Posts shown, each once."""
        return len(self._seen)

    @property
    def full(self) -> bool:
        """It ended where X ends it, not where we asked it to."""
        return self._ended and self._cap > 0 and self.shown >= self._cap * _CLOSE

    def read(self, now: datetime) -> Iterator[Answer]:
        """The pages. Afterwards ``reason`` says whether that was all."""
        token, used = "", set[str]()
        if self._since is not None:
            begin = self._since.strftime("%Y-%m-%dT%H:%M:%SZ")
            self._parameters["start_time"] = max(begin, _FIRST_TIME)
        for _ in range(PAGE_CAP):
            try:
                answer = self._ask(token, now)
            except HttpError as error:
                self.reason, self.status = error.code, error.status
                return
            if not _is_listing(answer.body):
                self.reason = "H128"
                return
            new, old = self._take(answer.body)
            yield answer
            following = _next(answer.body)
            if not following:
                self._ended = True
                return
            if old:
                return
            if following in used:
                if new or len(self._tokens) == 1:
                    self.reason = "H114"
                    return
                # The parameter has no effect here: this was the first page again.
                self._tokens.pop(0)
                used.clear()
                self.repeated = 0
            used.add(following)
            token = following
        self.reason = "H113"

    def _ask(self, token: str, now: datetime) -> Answer:
        size = self._spending.room(self._size, self._least, self._price, now, self._endpoint)
        page: dict[str, str | int] = {**self._parameters, "max_results": size}
        if token:
            page[self._tokens[0]] = token
        return self._asker.posts(self._path, page, endpoint=self._endpoint, others=self._others, price=self._price)

    def _take(self, body: object) -> tuple[bool, bool]:
        """Whether the page had something new, and whether all of it is older than what is wanted."""
        new, times = False, []
        for post in posts_in(body):
            number, at = id_of(post), moment(post.get("created_at"))
            times.append(at)
            if number is None:
                continue
            if number in self._seen:
                self.repeated += 1
            else:
                self._seen.add(number)
                new = True
        known = [at for at in times if at is not None]
        self.times += known
        if known:
            self.oldest = min(known) if self.oldest is None else min(self.oldest, *known)
            self.newest = max(self.newest, *known)
        old = self._since is not None and bool(times) and len(known) == len(times) and max(known) < self._since
        return new, old


def _is_listing(body: object) -> bool:
    if not isinstance(body, Mapping):
        return False
    data = body.get("data")
    if data is None:
        return isinstance(body.get("meta"), Mapping) or isinstance(body.get("errors"), list)
    return isinstance(data, list)


def _next(body: object) -> str:
    meta = body.get("meta") if isinstance(body, Mapping) else None
    token = meta.get("next_token") if isinstance(meta, Mapping) else None
    return token if isinstance(token, str) and len(token) < 1_000 else ""
