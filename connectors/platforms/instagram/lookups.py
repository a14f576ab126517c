"""Asking for single objects: whether they are still there, and what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.graph import STOPPING, GraphError
from connectors.http import Answer, HttpError
from connectors.platforms.instagram import fields
from connectors.platforms.instagram.asking import Asking, knows_no_field, node
from connectors.platforms.instagram.reading import PROFILE
from connectors.platforms.instagram.stories import Stories
from schemas.neighbours import Lookup

_OF_MEDIA = frozenset({"caption", "media_product_type", "media_type", "media_url", "permalink"})
_PATIENCE = 3
"""Failed questions in a row after which the server counts as down."""


class LookUps:
    """Direct questions about objects that a complete listing did not show.

    Args:
        stories: what is known of stories. now: the run's instant.
        withheld: something was withheld from us tonight, so that an absence proves nothing.
        proof: path of something that is surely there; empty = nothing is known to be.
    """

    def __init__(self, asking: Asking, stories: Stories, now: datetime, *, withheld: bool, proof: str) -> None:
        self._asking = asking
        self._stories = stories
        self._now = now
        self._withheld = withheld
        self._proof = proof
        self._trusted: bool | None = None
        self._absent = False
        self._failure: HttpError | None = None
        self._failed_in_a_row = 0

    def read(self, natives: Sequence[str]) -> Iterator[Lookup]:
        """One answer for each, as long as the server answers.

        Raises:
            HttpError: nothing can be asked any more tonight, or the server failed on the way; the answers that could
                be had were given before.
        """
        for native in natives:
            if self._failed_in_a_row >= _PATIENCE:
                break
            if native.endswith(PROFILE) or self._is_there(node(native)):
                yield Lookup(native=native, outcome="found")
            elif self._absent and not self._withheld and self._is_trusted():
                expired = self._stories.has_expired(native, self._now)
                self._stories.forget(native)
                yield Lookup(native=native, outcome="not_found", cause="expired" if expired else "")
            else:
                yield Lookup(native=native, outcome="unclear")
        if self._failure is not None:
            raise self._failure

    def _is_there(self, path: str) -> bool:
        """Found; else ``_absent`` says whether the platform knows no such object."""
        self._absent = False
        try:
            self._asking.get(path, ("id",), endpoint="lookup")
        except HttpError as error:
            if error.code in STOPPING or self._asking.graph.closed is not None:
                raise
            self._absent = isinstance(error, GraphError) and error.absent
            self._failure = error if error.retryable else self._failure
            self._failed_in_a_row = self._failed_in_a_row + 1 if error.retryable else 0
            return False
        self._failed_in_a_row = 0
        return True

    def _is_trusted(self) -> bool:
        """What is surely there is still found: else "there is no such object" would be said of anything."""
        if self._trusted is None:
            self._trusted = not self._proof or self._is_there(self._proof)
        return self._trusted


def by_itself(asking: Asking, native: str) -> Answer | None:
    """A media object or comment that tonight's listing did not show; None when there is none.

    Raises:
        HttpError: it could not be asked for.
    """
    for sets, is_one in (
        (fields.MEDIA_ASKED[:1], _is_media),
        (fields.COMMENT_ASKED, is_comment),
        (fields.MEDIA_ASKED, _is_media),
    ):
        try:
            answer = asking.get(node(native), sets, endpoint="media.get")
        except GraphError as error:
            if error.absent:
                return None
            if not knows_no_field(error):
                raise
            continue
        if is_one(answer.body):
            return answer
    return None


def is_comment(body: object) -> bool:
    """The object is a comment."""
    return isinstance(body, dict) and "text" in body and _OF_MEDIA.isdisjoint(body)


def _is_media(body: object) -> bool:
    return isinstance(body, dict) and not _OF_MEDIA.isdisjoint(body)
