"""Asking X: how fields are spelled, what a problem means, what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from connectors.http import Answer, Http, HttpError
from connectors.platforms.x import fields
from connectors.platforms.x.reading import included, posts_in
from connectors.platforms.x.refused import Problem, Shape
from connectors.platforms.x.spending import OTHER, Spending
from connectors.platforms.x.values import id_of

OK = (200, 400, 402, 403, 404)
_CODES = {400: "H127", 402: "H254", 403: "H102", 404: "H103"}
_SPELLED = (*fields.NAMES, "expansions", "media.fields")
"""Parameters in which the spellings differ, or without which something is not shown."""
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
        self._every = spellings
        self._spellings = list(spellings)
        self._again: list[fields.Spelling] = []
        self._proven = False
        self._left_out: set[str] = set()
        self._shapes: defaultdict[str, Shape] = defaultdict(Shape)
        self._hopeless: set[str] = set()
        self._counted: set[str] = set()

    @property
    def lacking(self) -> list[str]:
        """Fields and expansions that X refused by every name and that were left out."""
        return sorted({one for shape in self._shapes.values() for one in shape.lacking})

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
            spelled = self._shapes[endpoint].kept(self._spellings[0].parameters(others=others))
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
                    self._again.clear()
                    return answer
                self._spellings.pop(0)
                continue
            if not self._mended(answer, wanted, endpoint):
                raise problem(answer, endpoint)

    def _mended(self, answer: Answer, wanted: Mapping[str, str | int], endpoint: str) -> bool:
        """Ask differently: without a parameter that X names, in the next spelling, or for less."""
        if answer.status != 400 or endpoint in self._hopeless:
            return False
        problem, shape = Problem(answer.body), self._shapes[endpoint]
        named = problem.parameters(wanted)
        spelled = named & {*_SPELLED}
        droppable = {one for one in _DROPPED if one in named} - self._left_out
        if droppable and not spelled:
            self._left_out.update(droppable)
            return True
        if named and not spelled:
            return False
        if shape.renamed(problem, wanted) or self._respelled():
            return True
        if shape.mended(problem, wanted, _SPELLED):
            return True
        if self._again:
            # None was accepted whole: each is asked for in part.
            self._spellings = [self._again.pop(0)]
            self._shapes[endpoint] = Shape()
            return True
        self._hopeless.add(endpoint)
        self._shapes[endpoint] = Shape()
        if not self._proven:
            self._spellings = list(self._every)
        return False

    def _respelled(self) -> bool:
        if self._proven or len(self._spellings) == 1:
            return False
        self._again.append(self._spellings.pop(0))
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
