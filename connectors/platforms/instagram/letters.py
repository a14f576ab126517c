"""Private messages: the conversations of our account, and the messages in each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.graph import STOPPING, GraphError
from connectors.http import Answer, HttpError
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.asking import Asking, node
from connectors.platforms.instagram.values import id_of, listed, moment

_INLINE = tuple(f"id,updated_time,messages{{{names}}}" for names in fields.MESSAGE_ASKED)
_ASKED = ("id,updated_time", "id")


class Letters:
    """Reads the conversations in which something was written since the run's horizon.

    Args:
        owner: id of the linked Page, or ``me``.

    Attributes:
        reason: finding code when not everything could be read; empty otherwise.
        denied: the platform does not give conversations to this token.
    """

    def __init__(self, asking: Asking, owner: str, since: datetime | None) -> None:
        self._asking = asking
        self._owner = owner
        self._since = since
        self.reason = ""
        self.denied = False

    def read(self) -> Iterator[tuple[Answer, str, list[dict[str, Any]]]]:
        """Answer, the conversation's id, and the messages in it.

        Raises:
            HttpError: nothing more can be asked in this run.
        """
        more = {"platform": "instagram"}
        pages = self._asking.pages(node(self._owner, "conversations"), _ASKED, endpoint="conversations", more=more)
        begun = False
        for answer in pages.read():
            begun = True
            for one in listed(answer.body):
                native, updated = id_of(one), moment(one.get("updated_time"))
                if native is not None and (self._since is None or updated is None or updated >= self._since):
                    yield from self._conversation(native)
        self._settle(pages.error, pages.reason)
        self.denied = not begun and bool(pages.reason)

    def _conversation(self, native: str) -> Iterator[tuple[Answer, str, list[dict[str, Any]]]]:
        try:
            answer = self._asking.get(node(native), _INLINE, endpoint="conversation")
        except HttpError as error:
            self._settle(error, error.code)
            return
        inside = answer.body.get("messages") if isinstance(answer.body, dict) else None
        yield answer, native, self._whole(listed(inside))
        begin = self._asking.graph.following(inside.get("paging")) if isinstance(inside, dict) else None
        if begin is None:
            return
        pages = self._asking.pages(node(native, "messages"), fields.MESSAGE_ASKED, endpoint="conversation.messages")
        for page in pages.read(begin):
            yield page, native, self._whole(listed(page.body))
        self._settle(pages.error, pages.reason)

    def _whole(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The messages; asked for one by one where the conversation names only their ids."""
        found = []
        for message in messages:
            native = id_of(message)
            if native is None or not {"message", "from", "attachments"}.isdisjoint(message):
                found.append(message)
                continue
            try:
                body = self._asking.get(node(native), fields.MESSAGE_ASKED, endpoint="message").body
            except GraphError as error:
                # Only the newest messages of a conversation are given.
                self._settle(error, "H148" if error.absent else error.code)
                continue
            if isinstance(body, dict):
                found.append(body)
        return found

    def _settle(self, error: HttpError | None, reason: str) -> None:
        # "Must be called with a Page's token" comes as a refused token; the others of the run are good.
        if error is not None and (error.code in STOPPING - {"H101"} or self._asking.graph.closed is not None):
            raise error
        self.reason = self.reason or reason
