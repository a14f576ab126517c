"""Our own posts, answers and reposts, as X lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.http import HttpError
from connectors.platforms.x import fields
from connectors.platforms.x.pages import PAGE, Pages
from connectors.platforms.x.reading import history_of, posts_in
from connectors.platforms.x.run import Run, Step
from connectors.platforms.x.spending import OTHER, OWNED
from connectors.platforms.x.values import either, id_of, moment, rows
from schemas.neighbours import ListingEnd, Window

CAP = 3_200
"""So many of its newest posts X shows of an account."""
STATED = "platform.stated"
"""Memory: how many posts our account said it has, and when."""
_SLACK = timedelta(hours=1)
"""X's clock is not ours, and its counter may lag."""
_FEW = 5


def posts(run: Run, window: Window) -> Iterator[Step]:
    """Our listing down to ``window.since``, and its end."""
    pages = _listing(run, window)
    for number, answer in enumerate(pages.read(window.now), 1):
        run.learn(answer)
        shown = posts_in(answer.body)
        for post in shown:
            run.roots.take(post, run.own, listed=True)
        yield from _answered(run, shown, window)
        yield run.capture(answer, "users.tweets", "posts", {"page": number})
    reason = pages.reason
    if not reason and not pages.shown and run.stated:
        reason = _doubted(run, window)
    if reason == "H145":
        yield run.finding("H145", "error", count_stated=run.stated)
    elif not reason and pages.full and (window.since is not None or not 0 < run.stated <= pages.shown):
        reason = "H144"
        yield from run.full("posts", CAP, pages, ("post", "reply", "boost"))
    elif not reason and (lost := _lost(run, pages, window)) > 0:
        reason = "H144"
        yield run.finding("H257", "warning", count_shown=pages.shown, count_stated=pages.shown + lost)
    elif not reason and window.since is None and run.stated > pages.shown:
        yield run.finding("H257", "info", count_shown=pages.shown, count_stated=run.stated)
    if reason in ("", "H144") and run.stated:
        run.remembered[STATED] = f"{run.stated} {run.stated_at.isoformat()}"
    yield from run.odd(pages)
    run.stop(reason)
    yield ListingEnd(listing="posts", scope="", complete=not reason, since=window.since, reason=reason)


def _listing(run: Run, window: Window, size: int = PAGE) -> Pages:
    return Pages(
        run.asker,
        run.spending,
        f"2/users/{run.own}/tweets",
        {},
        endpoint="users.tweets",
        others=False,
        price=OWNED if run.is_user else OTHER,
        since=window.since if size == PAGE else None,
        cap=CAP,
        size=size,
    )


def _doubted(run: Run, window: Window) -> str:
    """Nothing was shown, and our account has posts. Nothing since then, or nothing to this token? The newest tell."""
    if window.since is None:
        return "H145"
    probe = _listing(run, window, _FEW)
    shown = next(probe.read(window.now), None)
    if probe.reason or shown is None:
        return probe.reason or "H145"
    return "" if probe.shown and probe.newest < window.since else "H145"


def _lost(run: Run, pages: Pages, window: Window) -> int:
    """How many more posts our account has got since the last run than were shown: the listing ended before them."""
    count, _, when = window.memory.get(STATED, "").partition(" ")
    before = moment(when)
    if before is None or not (count.isascii() and count.isdigit()) or not run.stated:
        return 0
    begin = before - _SLACK
    if window.since is not None and window.since > begin:
        return 0
    return run.stated - int(count[:18]) - sum(at >= begin for at in pages.times)


def _answered(run: Run, posts: Sequence[Mapping[str, Any]], window: Window) -> Iterator[Step]:
    """Learn the edit histories of what our new answers answer: X names the text that was answered, not the item."""
    answers: dict[str, str] = {}
    for post in posts:
        for one in rows(either(post, fields.REFERENCES)):
            parent, history = id_of(one), history_of(post)
            if one.get("type") == "replied_to" and parent and history:
                answers[history[0]] = parent
    known = window.known(list(answers)) if answers else {}
    wanted = dict.fromkeys(parent for native, parent in answers.items() if native not in known)
    unknown = [one for one in wanted if one not in run.firsts and one not in run.shown]
    try:
        for _, answer in run.look_up(unknown, others=False):
            run.learn(answer)
    except HttpError as error:
        # They are stored without their place, and find it in the thread while that can be searched.
        run.stop(error.code)
        yield run.finding("H135", "warning", count=len(unknown))
