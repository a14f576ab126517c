"""LinkedIn's notifications of the last 60 days: which threads have changed, and which comments were taken away.

They are a help, never a proof: without the permission they are left out, and the nightly listing finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.http import HttpError
from connectors.platforms.linkedin.names import comment_parts, encoded
from connectors.platforms.linkedin.paging import Listing, by_offset, elements_of
from connectors.platforms.linkedin.routes import quiet
from connectors.platforms.linkedin.wire import STOPPING, UNSAID, Wire

ACTIONS = ("COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT", "COMMENT_DELETE")
_COMMENT = re.compile(r"urn:li:comment:\([!-~]{1,300}\)")
_POST = re.compile(r"urn:li:(?:share|ugcPost|groupPost|activity):[A-Za-z0-9_-]{1,100}")
_TIMES = ("lastModifiedAt", "createdAt", "publishedAt", "notifiedAt", "time")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: when (milliseconds since 1970), what was done, and to what; empty = it does not say."""

    at: int
    action: str
    post: str
    comment: str


class Notices:
    """Reads the notifications of our organisation.

    Attributes:
        newest: the newest notification's time that was met, milliseconds since 1970.
    """

    def __init__(self, wire: Wire, own: str, *, late: bool) -> None:
        """``late``: ask the portability interface."""
        self._wire = wire
        actions = f"List({','.join(ACTIONS)})"
        page = own.replace(":organization:", ":organizationalPage:")
        self._path, self._query = (
            ("dmaOrganizationalPageNotifications", f"q=organizationalPage&organizationalPage={encoded(page)}")
            if late
            else (
                "organizationalEntityNotifications",
                f"q=criteria&actions={actions}&organizationalEntity={encoded(own)}",
            )
        )
        self._absent = False
        self.newest = 0

    def since(self, mark: int) -> list[Notice]:
        """Notifications about comments after ``mark``, oldest first; none where LinkedIn gives none.

        Raises:
            HttpError: nothing can be asked any more tonight.
        """
        found: dict[Notice, None] = {}
        listing = Listing(_name)
        pages = by_offset(self._wire, listing, self._path, self._query, endpoint=self._path)
        try:
            for answer in pages if not self._absent else ():
                new = [one for one in map(_notice, elements_of(answer.body) or ()) if one is not None and one.at > mark]
                if not new:
                    break
                found.update(dict.fromkeys(new))
        except HttpError as error:
            quiet(error, STOPPING)
            self._absent = error.status in UNSAID
        self._absent = self._absent or listing.missing
        notices = sorted(found, key=lambda one: one.at)
        if notices:
            self.newest = max(self.newest, notices[-1].at)
        return [one for one in notices if one.action in ACTIONS]


def _name(value: object) -> str | None:
    notice = _notice(value)
    return None if notice is None else str(notice)


def _notice(value: object) -> Notice | None:
    if not isinstance(value, dict):
        return None
    at = next((value[name] for name in _TIMES if type(value.get(name)) is int), 0)
    action = next(
        (value[name] for name in ("action", "type", "notificationType") if isinstance(value.get(name), str)), ""
    )
    comment = _first(value, _COMMENT, ("generatedActivity", "comment", "commentUrn", "entity"))
    post = _first(value, _POST, ("sourcePost", "post", "rootEntity", "entity", "object"))
    if not post and (parts := comment_parts(comment)) is not None:
        post = parts[0]
    if not post and not comment:
        return None
    return Notice(at if 0 < at < 10**14 else 0, action, post, comment)


def _first(value: Mapping[str, Any], form: re.Pattern[str], names: tuple[str, ...]) -> str:
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and form.fullmatch(found):
            return found
    return ""
