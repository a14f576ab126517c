"""Direct messages of the last thirty days, as X gives them to the account's own token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.http import Answer, Http, HttpError
from connectors.platforms.x import fields
from connectors.platforms.x.asking import OK, problem
from connectors.platforms.x.spending import OTHER, Spending
from connectors.platforms.x.values import rows

_PAGE_CAP = 200


class Messages:
    """Reads the messages, newest first.

    Attributes:
        reason: finding code when they could not be read to their end; empty otherwise. status: of that answer.
    """

    def __init__(self, http: Http, spending: Spending) -> None:
        """Nothing is read yet."""
        self._http = http
        self._spending = spending
        self._fields = list(fields.MESSAGE_FIELDS)
        self.reason = ""
        self.status = 0

    def read(self) -> Iterator[Answer]:
        """The pages. Afterwards ``reason`` says whether that was all."""
        token, used = "", set[str]()
        for _ in range(_PAGE_CAP):
            try:
                answer = self._ask(token)
            except HttpError as error:
                self.reason, self.status = error.code, error.status
                return
            body = answer.body
            if not isinstance(body, Mapping):
                self.reason = "H128"
                return
            meta = body.get("meta")
            yield answer
            following = meta.get("next_token") if isinstance(meta, Mapping) else None
            if not isinstance(following, str) or not following:
                return
            if following in used:
                self.reason = "H114"
                return
            used.add(following)
            token = following
        self.reason = "H113"

    def _ask(self, token: str) -> Answer:
        while True:
            wanted: dict[str, str | int] = {"max_results": 100, "event_types": "MessageCreate", **self._fields[0]}
            if token:
                wanted["pagination_token"] = token
            answer = self._http.get("2/dm_events", wanted, endpoint="dm_events", ok=OK)
            if answer.status == 200:
                listed = len(rows(answer.body.get("data"))) if isinstance(answer.body, Mapping) else 0
                self._spending.note(posts=listed, price=OTHER, others=0, users=0, at=answer.at)
                return answer
            if answer.status != 400 or len(self._fields) == 1:
                raise problem(answer, "dm_events")
            self._fields.pop(0)
