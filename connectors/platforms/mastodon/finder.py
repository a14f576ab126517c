"""Finding one status by its uri: by the id the uri holds, else by the server's search."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from connectors.http import Answer, Http
from connectors.platforms.mastodon.reading import bare, id_of, uri_of

STOPPING = frozenset({"H101", "H105", "H110", "H111"})
"""Codes after which asking further is in vain tonight."""
_STATUS = re.compile(r"/statuses/([A-Za-z0-9]{1,64})(?:/activity)?")
_GONE = (404, 410)


class Finder:
    """Asks one server for statuses.

    Attributes:
        host: host of our account's address, as it stands in uris of our own server.
        proof: uri of a status that is surely there, by which the search is tried.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._own = ""
        self._searchable: bool | None = None
        self.host = ""
        self.proof: str | None = None

    def know(self, own: str, address: str | None) -> None:
        """Learn our account's id and address."""
        self._own = own
        self.host = _host(address or "")

    def present_id(self, native: str) -> str | None:
        """The status's id on our server at this moment, or None when it is not found.

        Raises:
            HttpError: the server could not be asked.
        """
        status = self._by_id(native)
        if status is not None and status.status == 200 and uri_of(status.body) == native:
            return id_of(status.body)
        return self._search(native)

    def uri_like_ours(self, name: str) -> str | None:
        """The uri that a status of ours with this id would have, made like that of one we know."""
        if self.proof is None and self._own:
            path = f"api/v1/accounts/{quote(self._own, safe='')}/statuses"
            body = self._http.get(path, {"limit": 1}, endpoint="accounts.statuses").body
            self.proof = next(filter(None, map(uri_of, body)), None) if isinstance(body, list) else None
        match = _STATUS.search(self.proof or "")
        if match is None or not self.proof or not name.isalnum():
            return None
        return f"{self.proof[: match.start(1)]}{name}{self.proof[match.end(1) :]}"

    def outcome(self, native: str) -> str:
        """``found``, ``not_found`` or ``unclear``, as ``schemas.neighbours.Lookup`` has it.

        Raises:
            HttpError: the server could not be asked.
        """
        status = self._by_id(native)
        if status is not None:
            if status.status in _GONE:
                return "not_found"
            if uri_of(status.body) == native:
                return "found"
        if self._search(native):
            return "found"
        # Our server need not know whether another server's status still exists.
        return "not_found" if _host(native) == self.host and self._search_works() else "unclear"

    def _by_id(self, native: str) -> Answer | None:
        """The answer about the id in the uri; None where the uri holds none that is our server's."""
        match = _STATUS.fullmatch(_path(native)[_path(native).find("/statuses/") :])
        if match is None or _host(native) != self.host:
            return None
        return self._http.get(f"api/v1/statuses/{match[1]}", endpoint="statuses.get", ok=(200, *_GONE))

    def _search(self, native: str) -> str | None:
        answer = self._http.get(
            "api/v2/search",
            {"q": native, "resolve": "false", "type": "statuses", "limit": 5},
            endpoint="search",
            ok=(200, 401, 403, 404, 422),
        )
        statuses = answer.body.get("statuses") if answer.status == 200 and isinstance(answer.body, dict) else None
        for status in statuses if isinstance(statuses, list) else ():
            if isinstance(status, dict) and uri_of(bare(status)) == native:
                return id_of(bare(status))
        return None

    def _search_works(self) -> bool:
        """The server finds statuses by uri: tried with one of ours that is surely there."""
        if self._searchable is None:
            if self.proof is None:
                path = f"api/v1/accounts/{quote(self._own, safe='')}/statuses"
                body = self._http.get(path, {"limit": 1}, endpoint="accounts.statuses").body
                self.proof = next(filter(None, map(uri_of, body)), None) if isinstance(body, list) else None
            self._searchable = self.proof is not None and self._search(self.proof) is not None
        return self._searchable


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.casefold()
    except ValueError:
        return ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
