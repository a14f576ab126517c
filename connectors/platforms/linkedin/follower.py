"""Listening to LinkedIn by pulling its notifications: what lives only an hour is seen before the night."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.http import HttpError
from connectors.platforms.linkedin.notices import Notice, Notices
from connectors.platforms.linkedin.routes import Page, Route, quiet
from connectors.platforms.linkedin.wire import STOPPING
from schemas.neighbours import Clock, Vanished

EVERY = 300
"""Seconds between two pulls: LinkedIn counts requests by the day."""


def follow(
    route: Route,
    notices: Notices,
    mark: int,
    clock: Clock,
    stopped: Callable[[], bool],
    sleep: Callable[[float], None],
) -> Iterator[tuple[Page | Vanished, Notice, int]]:
    """Comments that were written, changed or taken away, each with its notification and its time.

    LinkedIn tells that a comment was taken away, not by whom. It counts as gone when it is not there when asked for.

    Raises:
        HttpError: nothing can be asked any more tonight.
    """
    while not stopped():
        for notice in notices.since(mark):
            mark = max(mark, notice.at)
            if not notice.comment:
                continue
            try:
                if notice.action == "COMMENT_DELETE":
                    outcomes = [one.outcome for one in route.look_up([notice.comment])]
                    if outcomes == ["not_found"]:
                        yield Vanished(native=notice.comment, at=clock.now()), notice, mark
                elif (page := route.one(notice.comment)) is not None:
                    yield page, notice, mark
            except HttpError as error:
                quiet(error, STOPPING)
        for _ in range(EVERY):
            if stopped():
                return
            sleep(1)
