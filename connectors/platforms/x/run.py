"""What one run has learnt, what it may still ask, and how it hands over what it read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors.http import Answer
from connectors.platforms.x import fields
from connectors.platforms.x.asking import Asker
from connectors.platforms.x.pages import PAGE, Pages
from connectors.platforms.x.reading import firsts_in, history_of, included, posts_in
from connectors.platforms.x.roots import Roots
from connectors.platforms.x.spending import OTHER, SPENT, Spending
from connectors.platforms.x.values import id_of
from connectors.scrubbing import without_secrets
from schemas.finding import Finding, Severity
from schemas.neighbours import Capture, Clock, ListingEnd
from schemas.record import Kind

Step = Capture | ListingEnd | Finding

STOPPING = frozenset({"H101", "H105", "H110", "H111", "H254", SPENT})
"""Codes after which asking further is in vain tonight."""
ABSENT = (403, 404)
"""What X answers where the subscription has not got an endpoint. That it does not understand a request is no such."""


class Run:
    """One run of one account.

    Attributes:
        asker: asks X. spending: what may be read. clock: the home's.
        own: our user id. is_user: the token is our account's, not the app's. stated: posts that our account says it has.
        roots: conversations. firsts: id → first id of its edit history. shown: ids of posts read.
        stated_at: when it said so. remembered: what the next run is to know.
        signed: addresses without secrets → as they are good tonight.
        down: finding code after which nothing more is asked; empty = go on.
    """

    def __init__(self, account: str, handle: str, asker: Asker, spending: Spending, clock: Clock) -> None:
        """Nothing is learnt yet. ``account``: its name, for findings."""
        self._account = account
        self._handle = handle
        self.asker = asker
        self.spending = spending
        self.clock = clock
        self.own = ""
        self.is_user = False
        self.stated = 0
        self.stated_at = clock.now()
        self.remembered: dict[str, str] = {}
        self.roots = Roots()
        self.firsts: dict[str, str] = {}
        self.shown: set[str] = set()
        self.signed: dict[str, str] = {}
        self.down = ""

    def stop(self, code: str) -> None:
        """Ask nothing more, if the code means that."""
        if code in STOPPING:
            self.down = code

    def look_up(self, natives: Sequence[str], *, others: bool = True) -> Iterator[tuple[Sequence[str], Answer]]:
        """Posts by id, as many at a time as may be read: the ids and the answer.

        Raises:
            HttpError: an answer could not be had; what came before was handed over.
        """
        waiting = list(natives)
        while waiting:
            size = self.spending.room(PAGE, 1, OTHER, self.clock.now(), "tweets.lookup")
            batch, waiting = waiting[:size], waiting[size:]
            yield batch, self.asker.posts("2/tweets", {"ids": ",".join(batch)}, endpoint="tweets.lookup", others=others)

    def learn(self, answer: Answer) -> None:
        """Keep what later answers need: edit histories, and addresses that are only good tonight."""
        self.firsts.update(firsts_in(answer.body))
        self.shown.update(number for post in posts_in(answer.body) for number in history_of(post))
        self.remember_media(answer.body)

    def remember_media(self, body: object) -> None:
        """Keep addresses whose secret parameters the archive does not keep, for the time of this run."""
        stack: list[object] = list(included(body, "media"))
        if isinstance(body, Mapping):
            stack.append(body.get("data"))  # our own account: its picture
        while stack:
            one = stack.pop()
            if isinstance(one, list):
                stack.extend(one)
            elif isinstance(one, dict):
                for name, inner in one.items():
                    if isinstance(inner, str) and "?" in inner and name.endswith("url"):
                        self.signed[without_secrets(inner)] = inner
                    elif name == "variants":
                        stack.append(inner)

    def capture(
        self, answer: Answer, endpoint: str, listing: str, parameters: Mapping[str, str | int] | None = None
    ) -> Capture:
        """The answer as ``parse`` takes it."""
        context = {"account": self._account, "own": self.own, "handle": self._handle}
        if listing not in ("profile", "messages"):
            context |= self._context(answer)
        return Capture(
            endpoint=endpoint,
            parameters=parameters or {},
            status=answer.status,
            at=answer.at,
            body=answer.body,
            listing=listing,
            context=context,
        )

    def _context(self, answer: Answer) -> dict[str, str]:
        """What was learnt elsewhere of the ids that stand in this answer."""
        found: dict[str, str] = {}
        for post in posts_in(answer.body):
            named = [id_of(post, "conversation_id"), *history_of(post)]
            for field in fields.REFERENCES:
                refers = post.get(field)
                named += [id_of(one) for one in refers] if isinstance(refers, list) else []
            for number in named:
                if number is None:
                    continue
                if number in self.firsts:
                    found[f"first:{number}"] = self.firsts[number]
                if self.roots.ours(number):
                    found[f"ours:{number}"] = "1"
        return found

    def finding(self, code: str, severity: Severity, *, count: int = 1, **parameters: str | int) -> Finding:
        """A finding about this account."""
        return Finding(
            code=code, severity=severity, subject=self._account, count=count, parameters=tuple(parameters.items())
        )

    def odd(self, pages: Pages) -> Iterator[Finding]:
        """Posts that a listing repeated."""
        if pages.repeated:
            yield self.finding("H115", "warning", count=pages.repeated)

    def full(self, listing: str, cap: int, pages: Pages, kinds: tuple[Kind, ...]) -> Iterator[Step]:
        """The listing is full: what it shows is all there is back to its oldest post, and no further."""
        yield self.finding("H148", "warning", limit=cap)
        if pages.oldest is not None:
            yield ListingEnd(listing=f"newest_{listing}", scope="", complete=True, since=pages.oldest, kinds=kinds)
