"""Where our own statuses stand: a status names what it answers by an id, which is a server's own and may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.http import Http, HttpError
from connectors.platforms.mastodon.reading import bare, id_of, uri_of


class Places:
    """Remembers the statuses met in this run: by id their uri and our own topmost status above or at them.

    Attributes:
        failed: answers of ours of which it could not be read what they answer.
    """

    def __init__(self, http: Http, is_own: Callable[[Mapping[str, Any]], bool]) -> None:
        self._http = http
        self._is_own = is_own
        self._known: dict[str, tuple[str, str | None]] = {}
        self._ids: dict[str, str] = {}
        self.failed = 0

    def id_of(self, uri: str) -> str | None:
        """The present id of a status of ours, if it was met."""
        return self._ids.get(uri)

    def of(self, statuses: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Places of one page of our statuses: ``parent:<id>`` and ``thread:<uri>`` as ``reading.parse`` takes them.

        Read from its oldest status on, so that an answer finds what it answers. What is not known is asked for:
        one request for each thread that is not known yet.
        """
        context: dict[str, str] = {}
        for status in reversed(statuses):
            name, uri = id_of(status), uri_of(status)
            if name is None or uri is None or isinstance(status.get("reblog"), dict):
                continue
            self._ids[uri] = name
            above = id_of(status, "in_reply_to_id")
            anchor = None
            if above is not None:
                if above not in self._known:
                    self._ask(name)
                parent, anchor = self._known.get(above, (None, None))
                if parent is None:
                    self.failed += 1
                else:
                    context[f"parent:{above}"] = parent
            if anchor is not None and anchor != uri:
                context[f"thread:{uri}"] = anchor
            self._known[name] = (uri, anchor or uri)
        return context

    def _ask(self, name: str) -> None:
        """Learn everything above a status of ours."""
        try:
            path = f"api/v1/statuses/{quote(name, safe='')}/context"
            body = self._http.get(path, endpoint="statuses.context").body
        except HttpError:
            return
        anchor = None
        for status in _statuses(body, "ancestors"):
            one, uri = id_of(status), uri_of(status)
            if one is None or uri is None:
                continue
            if self._is_own(status):
                anchor = anchor or uri
                self._ids[uri] = one
            self._known.setdefault(one, (uri, anchor))


def _statuses(body: object, part: str) -> Iterator[Mapping[str, Any]]:
    found = body.get(part) if isinstance(body, dict) else None
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield bare(one)
