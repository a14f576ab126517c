"""Which Instagram account a token is for: found in the ways the two kinds of log-in offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connectors.graph import STOPPING, Graph, GraphError
from connectors.http import Answer, HttpError
from connectors.platforms.instagram.asking import node
from connectors.platforms.instagram.values import id_of, listed
from schemas.account import Account

_LINKED = "instagram_business_account{id,username}"
_INSTAGRAM = "graph.instagram.com"
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An Instagram account that the token may read.

    Attributes:
        native: its id. name: its username, or empty when not told. page: id of the linked Page, or empty.
        path: how it is asked for.
    """

    native: str
    name: str
    page: str = ""
    path: str


def named(handle: str) -> str:
    """The account's name as the file has it: without @, and without the address in front."""
    handle = handle.strip().removeprefix("@")
    if "/" in handle:
        handle = urlsplit(handle if "://" in handle else f"https://{handle}").path.strip("/").partition("/")[0]
    return handle.casefold()


_NO_PERSON = 2500
"""Code of "an active access token must be used …": the token is nobody's, or the server has no ``me``."""


class Finder:
    """Looks for the account of the file among those of the token.

    Attributes:
        refused: the first refusal on the way; None when every way was open.
    """

    def __init__(self, graph: Graph, account: Account) -> None:
        self._graph = graph
        self._account = account
        self.refused: HttpError | None = None

    def candidates(self) -> Iterator[Candidate]:
        """Accounts of the token, the likeliest first.

        Raises:
            HttpError: the token is refused, or nothing more can be asked now.
        """
        wanted = self._account.option("ig_user").strip()
        if wanted:
            yield from self._by_id(wanted)
            return
        ways = [self._of_page, self._of_pages, self._of_instagram]
        if urlsplit(self._account.api_base).hostname == _INSTAGRAM:
            ways = [self._of_instagram]
        for way in ways:
            yield from way()
        handle = named(self._account.handle)
        if handle.isascii() and handle.isdigit():
            yield from self._by_id(handle)

    def _of_page(self) -> Iterator[Candidate]:
        """A Page's own token: the account linked to it."""
        answer = self._try("me", {"fields": _LINKED}, "me")
        if answer is not None:
            yield from _linked(answer.body)

    def _of_pages(self) -> Iterator[Candidate]:
        """A person's or system user's token: the accounts linked to the Pages."""
        params = {"fields": f"id,{_LINKED}", "limit": "100"}
        cursor: dict[str, str] | None = {}
        for _ in range(_MOST_PAGES):
            if cursor is None:
                return
            answer = self._try("me/accounts", {**cursor, **params}, "me.accounts")
            if answer is None or not isinstance(answer.body, dict):
                return
            for page in listed(answer.body):
                yield from _linked(page)
            cursor = self._graph.following(answer.body.get("paging"))

    def _of_instagram(self) -> Iterator[Candidate]:
        """A token of Instagram's own log-in."""
        answer = self._try("me", {"fields": "user_id,username"}, "me")
        name = _name(answer.body) if answer is not None else ""
        native = (id_of(answer.body, "user_id") or id_of(answer.body)) if answer is not None and name else None
        if native is not None:
            yield Candidate(native=native, name=name, path="me")

    def _by_id(self, native: str) -> Iterator[Candidate]:
        answer = self._try(node(native), {"fields": "id,username"}, "ig_user")
        found = id_of(answer.body) if answer is not None else None
        if answer is not None and found is not None:
            yield Candidate(native=found, name=_name(answer.body), path=node(found))
        elif native == named(self._account.handle):
            # Not every server tells of the account itself; that it lists media by this number is enough.
            answer = self._try(node(native, "media"), {"fields": "id", "limit": "1"}, "media")
            if answer is not None and isinstance(answer.body, dict) and isinstance(answer.body.get("data"), list):
                yield Candidate(native=native, name="", path=node(native))

    def _try(self, path: str, params: dict[str, str], endpoint: str) -> Answer | None:
        """One way; None when it is not open to this kind of token."""
        try:
            return self._graph.first(path, params, endpoint=endpoint)
        except HttpError as error:
            nobody = isinstance(error, GraphError) and error.fault.code == _NO_PERSON
            if (error.code in STOPPING and not nobody) or error.retryable or self._graph.closed is not None:
                raise
            self.refused = self.refused or error
            return None


def _linked(page: Any) -> Iterator[Candidate]:
    linked = page.get("instagram_business_account") if isinstance(page, dict) else None
    native = id_of(linked)
    if native is not None:
        yield Candidate(native=native, name=_name(linked), page=id_of(page) or "", path=node(native))


def _name(value: object) -> str:
    name = value.get("username") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""
