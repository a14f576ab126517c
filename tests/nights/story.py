"""What happens in one simulated month: a few events a day and, some nights, a server that misbehaves. Pure.

The same seed and capabilities always give the same story.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

NIGHTS = 30
FIRST = datetime(2026, 9, 20, 0, 15, tzinfo=UTC)
"""The first night's harvest; before it there are a few days of history."""

_LIGHT = 0.15
"""Share of the days that have a light pass as well."""

_AUTHORS = ("700100101", "700100102", "700100103", "700100104")
_WORDS = (
    "Vägen är avstängd",
    "biblioteket öppnar kl 10",
    "<3 & tack!",
    "Hur går det med bron?",
    "fullmäktige sammanträder",
    "“citat” – och streck",
    "🚧 arbete pågår",
    "#vinterväglag",
    "(se kartan)",
    "ÅÄÖ åäö é",
    "rad ett\nrad två",
    "100 % _säkert_",
)
_PICTURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Night:
    """One run: what happened since the one before, when we harvest, and how the server behaves meanwhile.

    Attributes:
        trouble: name of the misbehaviour. light: the pass over the newest posts in the daytime.
    """

    at: datetime
    operations: list[dict[str, Any]]
    trouble: str = ""
    switches: dict[str, int | bool] = field(default_factory=dict)
    light: bool = False


@dataclass(slots=True)
class _Known:
    """What the story must remember of an item so that only possible things happen."""

    id: str
    kind: str
    own: bool
    parent: str | None
    level: int
    created: datetime
    hidden: bool = False


class _Teller:
    def __init__(self, seed: int, capabilities: frozenset[str]) -> None:
        self._chance = random.Random(f"nights/{seed}")
        self._can = capabilities
        self._there: dict[str, _Known] = {}
        self._made = 0

    def nights(self, count: int) -> Iterator[Night]:
        before = FIRST - timedelta(days=12)
        at = FIRST
        for number in range(count):
            events = self._chance.randint(8, 12) if number == 0 else self._chance.randint(2, 5)
            span = int((at - before).total_seconds()) - 120
            moments = sorted(self._chance.sample(range(60, span), events))
            noon = before + (at - before) * self._chance.uniform(0.3, 0.7) if self._chance.random() < _LIGHT else before
            operations: list[dict[str, Any]] = []
            for moment in moments:
                when = before + timedelta(seconds=moment)
                if before < noon <= when:
                    yield Night(noon, operations, *self._trouble(), light=True)
                    operations, noon = [], before
                operations.extend(self._event(when))
            trouble, switches = self._trouble()
            yield Night(at, operations, trouble, switches)
            before = at
            # Never twice at the same time of day, as in life.
            at = FIRST + timedelta(days=number + 1, minutes=self._chance.randint(-40, 40))

    def _trouble(self) -> tuple[str, dict[str, int | bool]]:
        if self._chance.random() < 0.6:
            return "", {}
        kinds = ["throttle", "failing", "cut", "loop", "expired"] + ["empty"] * ("empty" in self._can)
        kind = self._chance.choice(kinds)
        if kind in ("expired", "empty"):
            return kind, {kind: True}
        if kind == "loop":
            return kind, {kind: self._chance.randint(1, 2)}
        long = self._chance.random() < 0.5
        count = 100_000 if long else self._chance.randint(1, 2)
        return f"{kind} {'long' if long else 'short'}", {kind: count, "after": self._chance.randint(0, 9)}

    def _event(self, at: datetime) -> list[dict[str, Any]]:
        possible: list[tuple[int, Callable[[datetime], dict[str, Any] | None]]] = [
            (4, self._post),
            (6, self._comment),
            (3, self._reply),
            (3, self._edit),
            (2, self._hide),
            (2, self._delete),
            (1, self._like),
            (2, self._elsewhere),
        ]
        weights = [weight for weight, _ in possible]
        for _ in range(20):
            ((_, tell),) = self._chance.choices(possible, weights)
            operation = tell(at)
            if operation is not None:
                return [{**operation, "at": at.isoformat()}]
        return []

    def _text(self) -> str:
        words = self._chance.sample(_WORDS, self._chance.randint(1, 3))
        return f"{' '.join(words)} nr {self._chance.randrange(10**6)}"

    def _enter(self, kind: str, at: datetime, *, own: bool, parent: _Known | None = None) -> dict[str, Any]:
        self._made += 1
        name = str(5_000_000_000 + 13 * self._made)
        self._there[name] = _Known(
            name, kind, own, parent.id if parent else None, parent.level + 1 if parent else 0, at
        )
        author = "own" if own else self._chance.choice(_AUTHORS)
        return {"id": name, "author": author, "text": self._text()}

    def _post(self, at: datetime) -> dict[str, Any]:
        values = {"op": "post", **self._enter("post", at, own=True)}
        if "media" in self._can and self._chance.random() < 0.5:
            data = _PICTURE + self._chance.randbytes(40)
            values["media"] = [
                {
                    "role": "picture",
                    "media_type": "image/png",
                    "alt": self._chance.choice(["En bild", None]),
                    "data": base64.b64encode(data).decode(),
                }
            ]
        return values

    def _comment(self, at: datetime) -> dict[str, Any] | None:
        return self._below(at, [one for one in self._there.values() if one.kind in ("post", "visitor_post")])

    def _reply(self, at: datetime) -> dict[str, Any] | None:
        if "nested" not in self._can:
            return None
        deepest = 6 if "deep" in self._can else 1
        return self._below(at, [one for one in self._there.values() if one.kind == "comment" and one.level <= deepest])

    def _below(self, at: datetime, parents: list[_Known]) -> dict[str, Any] | None:
        if not parents:
            return None
        # Mostly what is new is answered.
        parent = parents[-1 - min(int(self._chance.expovariate(0.5)), len(parents) - 1)]
        own = "own_answers" in self._can and self._chance.random() < 0.3
        return {"op": "comment", "parent": parent.id, **self._enter("comment", at, own=own, parent=parent)}

    def _edit(self, at: datetime) -> dict[str, Any] | None:
        kinds = [kind for kind in ("post", "comment") if f"edit_{kind}" in self._can]
        item = self._any(kinds)
        return None if item is None else {"op": "edit", "id": item.id, "text": self._text()}

    def _hide(self, at: datetime) -> dict[str, Any] | None:
        kinds = [kind for kind in ("post", "comment") if f"hide_{kind}" in self._can]
        item = self._any(kinds)
        if item is None or (item.kind == "comment" and item.own):
            return None
        item.hidden = not item.hidden
        return {"op": "hide" if item.hidden else "unhide", "id": item.id}

    def _delete(self, at: datetime) -> dict[str, Any] | None:
        kinds = [kind for kind in ("post", "comment") if f"delete_{kind}" in self._can]
        item = self._any(kinds)
        if item is None:
            return None
        self._forget(item)
        return {"op": "delete", "id": item.id, "by": "us" if item.own else self._chance.choice(["author", "us"])}

    def _forget(self, item: _Known) -> None:
        del self._there[item.id]
        if "orphans" not in self._can:
            for below in [one for one in self._there.values() if one.parent == item.id]:
                self._forget(below)

    def _like(self, at: datetime) -> dict[str, Any] | None:
        item = self._any(["post", "comment"]) if "likes" in self._can else None
        return None if item is None else {"op": "like", "id": item.id, "count": self._chance.randint(1, 4)}

    def _elsewhere(self, at: datetime) -> dict[str, Any] | None:
        kinds = [kind for kind in ("story", "visitor_post", "mention", "message") if kind in self._can]
        if not kinds:
            return None
        kind = self._chance.choice(kinds)
        return {"op": kind, **self._enter(kind, at, own=kind == "story")}

    def _any(self, kinds: list[str]) -> _Known | None:
        found = [one for one in self._there.values() if one.kind in kinds]
        # Both young and old, the young more often.
        return found[-1 - min(int(self._chance.expovariate(0.2)), len(found) - 1)] if found else None


def story(seed: int, capabilities: frozenset[str], nights: int = NIGHTS) -> list[Night]:
    """The month of that seed on a platform that can do so much."""
    return list(_Teller(seed, capabilities).nights(nights))
