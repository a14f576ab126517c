"""Asking X: how fields are spelled, what a problem means, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.http import Answer, Http, HttpError
from connectors.platforms.x import fields
from connectors.platforms.x.reading import included, posts_in
from connectors.platforms.x.spending import OTHER, Spending
from connectors.platforms.x.values import id_of, rows

OK = (200, 400, 402, 403, 404)
_CODES = {400: "H127", 402: "H254", 403: "H102", 404: "H103"}
_DROPPED = ("start_time", "event_types", "user.fields", "poll.fields")
"""Parameters that only spare work or add names: left out where X does not accept them."""


class Asker:
    """Asks for posts in the spelling that X accepts.

    Args:
        http: the client. spending: what may be read. spellings: in the order in which they are tried.
    """

    def __init__(self, http: Http, spending: Spending, spellings: tuple[fields.Spelling, ...]) -> None:
        self._http = http
        self._spending = spending
        self._spellings = list(spellings)
        self._proven = False
        self._left_out: set[str] = set()
        self._counted: set[str] = set()

    def posts(
        self,
        path: str,
        parameters: Mapping[str, str | int],
        *,
        endpoint: str,
        others: bool = True,
        price: int = OTHER,
    ) -> Answer:
        """Posts, with all that belongs to them.

        Args:
            path: of the endpoint. parameters: without fields and expansions.
            endpoint: allow-listed name.
            others: what others wrote is listed: names and what is answered are asked for as well.
            price: of one post listed.

        Raises:
            HttpError: H127 no spelling is accepted; H254 the credit is used up; H102, H103 and the transport's own.
        """
        while True:
            spelled = self._spellings[0].parameters(others=others)
            wanted = {**parameters, **spelled}
            answer = self._http.get(
                path,
                {name: value for name, value in wanted.items() if name not in self._left_out},
                endpoint=endpoint,
                ok=OK,
            )
            if answer.status == 200:
                self._count(answer, price)
                if self._proven or len(self._spellings) == 1 or not self._lacks(answer):
                    self._proven = self._proven or bool(posts_in(answer.body))
                    return answer
                self._spellings.pop(0)
                continue
            if not self._mended(answer, wanted):
                raise problem(answer, endpoint)

    def _mended(self, answer: Answer, wanted: Mapping[str, str | int]) -> bool:
        """Ask differently: without a parameter that X names, else in the next spelling."""
        if answer.status != 400:
            return False
        named = _named(answer.body)
        spelled = _spelling(named)
        droppable = [one for one in _DROPPED if one in named and one in wanted and one not in self._left_out]
        if droppable and not spelled:
            self._left_out.update(droppable)
            return True
        if self._proven or len(self._spellings) == 1 or (named and not spelled):
            return False
        self._spellings.pop(0)
        return True

    def _lacks(self, answer: Answer) -> bool:
        """X did not understand which fields were asked for, and gave the few that it always gives."""
        shown = posts_in(answer.body)
        return bool(shown) and all("created_at" not in one for one in shown)

    def _count(self, answer: Answer, price: int) -> None:
        """X counts a post once a day, however often it is shown."""
        listed = {one for post in posts_in(answer.body) if (one := id_of(post))} - self._counted
        beside = {one for post in included(answer.body, *fields.INCLUDED) if (one := id_of(post))}
        users = {f"@{one}" for user in included(answer.body, "users") if (one := id_of(user))} - self._counted
        others = beside - listed - self._counted
        self._counted |= listed | others | users
        self._spending.note(posts=len(listed), price=price, others=len(others), users=len(users), at=answer.at)


def problem(answer: Answer, endpoint: str) -> HttpError:
    """What an answer that is no success means."""
    return HttpError(_CODES.get(answer.status, "H127"), endpoint, answer.status)


def _named(body: Any) -> str:
    """Names of parameters in X's problem, and its sentences, in which the names stand as well."""
    if not isinstance(body, Mapping):
        return ""
    found: list[str] = []
    for one in (body, *rows(body.get("errors"))):
        parameters = one.get("parameters")
        found += [str(name) for name in parameters] if isinstance(parameters, Mapping) else []
        found += [one[name] for name in ("parameter", "message") if isinstance(one.get(name), str)]
    if not found and isinstance(body.get("detail"), str):
        found = [body["detail"]]
    return " ".join(one.partition(" is not one of ")[0] for one in found)


def _spelling(named: str) -> bool:
    return any(one in named for one in ("tweet.fields", "post.fields", "expansions", "media.fields"))
