"""What others wrote: conversations of ours, and posts that mention us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from connectors.http import Answer, HttpError
from connectors.platforms.x import fields
from connectors.platforms.x.pages import Pages
from connectors.platforms.x.reading import included, posts_in
from connectors.platforms.x.roots import Root
from connectors.platforms.x.run import ABSENT, Run, Step
from connectors.platforms.x.spending import OTHER, OWNED
from schemas.finding import Finding
from schemas.neighbours import ListingEnd, Window
from schemas.record import Kind

CAP = 800
"""So many of the newest mentions X shows."""
SEARCHABLE = timedelta(days=7)
_PATIENCE = 3
"""Failed conversations in a row after which X counts as down."""
_KINDS: tuple[Kind, ...] = ("mention", "comment")


class Others:
    """Reads what others wrote, for one run."""

    def __init__(self, run: Run, window: Window) -> None:
        """Nothing is read yet."""
        self._run = run
        self._window = window
        self._asked: set[str] = set()
        self._failures = 0
        self._closed = False
        self._refused = False
        self._unsure = ""

    def look_at(self, natives: Sequence[str]) -> Iterator[Step]:
        """Posts that stand in threads to be read again and were not listed: their conversations are learnt."""
        run = self._run
        if run.down:
            return
        try:
            for batch, answer in run.look_up(natives):
                run.learn(answer)
                posts = posts_in(answer.body)
                for post in posts:
                    run.roots.take(post, run.own, listed=False)
                self._owners(answer)
                yield run.capture(answer, "tweets.lookup", "lookup", {"posts": len(batch)})
        except HttpError as error:
            run.stop(error.code)
            yield ListingEnd(listing="lookup", scope="", complete=False, reason=error.code)

    def conversations(self, roots: Sequence[Root], *, recent: bool) -> Iterator[Step]:
        """The last seven days of each conversation.

        ``recent``: they began within them, so that all of it is shown. Of an older one nothing is concluded from
        what is not shown.
        """
        run, listing = self._run, "thread" if recent else "recent_replies"
        for position, root in enumerate(roots):
            if self._closed or self._refused:
                return
            if run.down and not recent:
                yield run.finding("H194", "warning", count_threads=len(roots) - position)
                return
            reason = run.down
            if not reason:
                pages = self._search(root)
                for answer in pages.read(run.clock.now()):
                    run.learn(answer)
                    shown = len(posts_in(answer.body))
                    yield run.capture(answer, "tweets.search.recent", "thread", {"posts": shown})
                yield from self._after(pages)
                reason = pages.reason
            if not self._closed:
                yield ListingEnd(listing=listing, scope=root.native, complete=not reason, reason=reason)

    def _after(self, pages: Pages) -> Iterator[Finding]:
        run = self._run
        if pages.reason and pages.status in ABSENT:
            self._closed = True
            yield run.finding("H256", "warning", what="tweets/search/recent")
            return
        yield from run.odd(pages)
        self._failures = self._failures + 1 if pages.reason else 0
        run.stop(pages.reason)
        if self._failures >= _PATIENCE and not run.down:
            # Refused as not understood: the search alone is given up.
            self._refused = pages.status == 400
            run.down = "" if self._refused else pages.reason
            yield run.finding("H136", "error")

    def _search(self, root: Root) -> Pages:
        return Pages(
            self._run.asker,
            self._run.spending,
            "2/tweets/search/recent",
            {"query": f"conversation_id:{root.conversation}"},
            endpoint="tweets.search.recent",
            least=10,
            tokens=("next_token", "pagination_token"),
        )

    def mentions(self) -> Iterator[Step]:
        """Posts that name us down to ``window.since``, and their end."""
        run, window = self._run, self._window
        pages = Pages(
            run.asker,
            run.spending,
            f"2/users/{run.own}/mentions",
            {},
            endpoint="users.mentions",
            price=OWNED if run.is_user else OTHER,
            since=window.since,
            cap=CAP,
        )
        reason = run.down
        if not reason:
            for number, answer in enumerate(pages.read(window.now), 1):
                run.learn(answer)
                self._owners(answer)
                yield run.capture(answer, "users.mentions", "mentions", {"page": number})
            reason = pages.reason or self._unsure
        if pages.reason and pages.status in ABSENT:
            yield run.finding("H256", "warning", what="users/:id/mentions")
            return
        if not reason and pages.full:
            reason = "H144"
            yield from run.full("mentions", CAP, pages, _KINDS)
        yield from run.odd(pages)
        run.stop(reason)
        # Answers that do not name us are in no listing once they are a week old: what is not shown is asked for.
        yield ListingEnd(
            listing="mentions", scope="", complete=not reason, since=window.since, reason=reason, kinds=_KINDS
        )

    def _owners(self, answer: Answer) -> None:
        """Learn whose the conversations are. One whose first post is gone is ours if we have that on record."""
        run = self._run
        for post in included(answer.body, *fields.INCLUDED):
            run.roots.take(post, run.own, listed=False)
        unknown = run.roots.unknown(posts_in(answer.body), run.own)
        wanted = [one for one in unknown if one not in self._asked]
        try:
            for batch, found in run.look_up(wanted, others=False):
                self._asked.update(batch)
                for post in posts_in(found.body):
                    run.roots.take(post, run.own, listed=False)
                run.roots.claim(self._window.known(batch))
        except HttpError as error:
            run.stop(error.code)
            self._unsure = error.code
