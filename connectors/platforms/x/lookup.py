"""What X answers when posts are asked for by id. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.http import Answer
from connectors.platforms.x.reading import history_of, posts_in
from connectors.platforms.x.values import plain_id, rows
from schemas.neighbours import Lookup

_GONE, _CLOSED = "resource-not-found", "not-authorized-for-resource"


def outcomes(body: object) -> dict[str, Lookup]:
    """Id → what is said of it. Ids of which nothing is said are missing."""
    found: dict[str, Lookup] = {}
    for one in rows(body.get("errors")) if isinstance(body, Mapping) else ():
        kind = _kind(one)
        if kind not in (_GONE, _CLOSED):
            continue
        outcome = "not_found" if kind == _GONE else "unclear"
        for name in ("resource_id", "value"):
            number = plain_id(one.get(name))
            # A problem with something a post refers to is named by the expansion it was met in.
            if number is not None and one.get("parameter", "ids") in ("ids", "id"):
                found.setdefault(number, Lookup(native=number, outcome=outcome))
    for post in posts_in(body):
        hidden = post.get("withheld") is not None
        for number in history_of(post):
            found[number] = Lookup(native=number, outcome="found", hidden=hidden, cause="platform" if hidden else "")
    return found


def single(native: str, answer: Answer) -> Lookup:
    """What is said of one post that was asked for alone. A 404 says nothing of it unless X words it as its own."""
    told = outcomes(answer.body) if answer.status in (200, 404) else {}
    if native in told:
        return told[native]
    gone = answer.status == 404 and isinstance(answer.body, Mapping) and _kind(answer.body) == _GONE
    return Lookup(native=native, outcome="not_found" if gone else "unclear")


def wordless(answer: Answer) -> bool:
    """A 404 without a problem: from X, or from whatever stands before it."""
    body = answer.body
    return answer.status == 404 and not (isinstance(body, Mapping) and {"type", "title", "errors", "detail"} & {*body})


def _kind(error: Mapping[str, object]) -> str:
    kind = str(error.get("type", "")).rstrip("/").rpartition("/")[2]
    if not kind and str(error.get("title", "")) == "Not Found Error":
        return _GONE
    return kind
