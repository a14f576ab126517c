"""Which page the access token is for, and whether it is the account file's."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.graph import STOPPING, Graph, GraphError, Listing
from connectors.http import Answer, HttpError
from connectors.platforms.facebook import asking
from connectors.platforms.facebook.notes import id_of, listed


class WrongPageError(Exception):
    """The token belongs to another page than the one of the account file."""


NO_PERSON = 2500
"""Code of "an active access token must be used to query information about the current user": the token is nobody's, or
the server has no ``me``. The page may be asked for by its name all the same."""


@dataclass(frozen=True, slots=True)
class Page:
    """Our page.

    Attributes:
        native: its id. answer: what the platform says of it.
        tasks: what the token's owner may do on it; None = the platform does not say.
    """

    native: str
    answer: Answer
    tasks: tuple[str, ...] | None = None


def identified(graph: Graph, handle: str) -> Page:
    """The page of the account file, with the token that reads it.

    A page's token answers for the page itself. A person's or system user's token answers for that person; then the
    page is looked for among those the person has a task on, and its own token is used from there on: with a person's
    token the platform answers that there are no comments. On servers that have no ``me`` the page is asked for by the
    account file's handle.

    Raises:
        WrongPageError: the token's page is another one.
        HttpError: the platform refuses or cannot be asked.
    """
    wanted = _wanted(handle)
    try:
        me = graph.get_fields("me", asking.IDENTITY, endpoint="me", first=True)
    except GraphError as error:
        nobody = error.fault.code == NO_PERSON and graph.closed is None
        if not nobody and (
            error.code in STOPPING or graph.closed is not None or error.retryable or error.code == "H102"
        ):
            raise
        return _by_handle(graph, wanted, error)
    native = id_of(me.body)
    if native is None:
        raise HttpError("H128", "me", me.status)
    if _is_named(me.body, wanted):
        return Page(native, me)
    return _among_accounts(graph, wanted) or _confirmed(graph, wanted, native, me)


def _wanted(handle: str) -> str:
    """The handle without what people put around it: ``@name``, or the page's address."""
    text = handle.strip().removeprefix("@")
    if "facebook.com/" in text:
        path = urlsplit(text if "://" in text else f"https://{text}").path
        text = path.strip("/").rpartition("/")[2] or text
    return text


def _is_named(body: Mapping[str, Any], wanted: str) -> bool:
    if wanted.isdigit():
        return id_of(body) == wanted
    names = {_plain(str(body.get(name))) for name in ("username", "name") if body.get(name)}
    return wanted == id_of(body) or (bool(_plain(wanted)) and _plain(wanted) in names)


def _plain(name: str) -> str:
    """Letters and digits alone, without accents, in lower case: ``Älvsjöbro kommun`` is ``alvsjobrokommun``."""
    return "".join(one for one in unicodedata.normalize("NFKD", name).casefold() if one.isalnum())


def _among_accounts(graph: Graph, wanted: str) -> Page | None:
    """The page among those the token's owner has a task on; from then on its own token is used."""
    fields = ("id,name,username,access_token,tasks", "id,name,access_token,tasks", "id,name,access_token")
    listing = Listing(graph, "me/accounts", {}, endpoint="me.accounts", limit=100, fields=fields)
    for answer in listing.read():
        for one in listed(answer.body):
            native, token = id_of(one), one.get("access_token")
            if native is None or not isinstance(token, str) or not token or not _is_named(one, wanted):
                continue
            graph.use(token)
            tasks = one.get("tasks", one.get("perms"))
            told = tuple(str(task) for task in tasks) if isinstance(tasks, list) else None
            page = graph.get_fields(quote(native, safe=""), asking.IDENTITY, endpoint="page")
            return Page(native, page, told)
    if listing.error is not None and (listing.error.retryable or graph.closed is not None):
        raise listing.error
    return None


def _confirmed(graph: Graph, wanted: str, native: str, me: Answer) -> Page:
    """The token's own page, if the platform says that the handle is its name."""
    try:
        named = graph.get_fields(quote(wanted, safe=""), ("id",), endpoint="page")
    except HttpError as error:
        if graph.closed is not None or error.retryable:
            raise
        raise WrongPageError from None
    if id_of(named.body) != native:
        raise WrongPageError
    return Page(native, me)


def _by_handle(graph: Graph, wanted: str, refusal: GraphError) -> Page:
    """The page asked for by its handle, on a server that has no ``me``."""
    name = quote(wanted, safe="")
    try:
        page = graph.get_fields(name, asking.IDENTITY, endpoint="page", first=True)
        native = id_of(page.body)
        if native is not None:
            return Page(native, page)
    except GraphError as error:
        if error.code in STOPPING or graph.closed is not None or error.retryable or error.code == "H102":
            raise
    try:
        posts = graph.get(f"{name}/published_posts", {"limit": 1, "fields": "id,from"}, endpoint="published_posts")
    except GraphError:
        raise refusal from None
    first = next(iter(listed(posts.body)), {})
    native = id_of(first.get("from")) or (id_of(first) or "").partition("_")[0] or wanted
    return Page(native, posts)
