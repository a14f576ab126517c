"""What we wrote ourselves: answers without a signature, marketing, films and pictures, news without a link."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.compute as pc

from flows.oversee.watch.films import media_lacks
from flows.oversee.watch.own_items import WITH_MEDIA, links_to, news, title_words
from flows.oversee.watch.scan import Part, contents
from flows.oversee.watch.signs import Rules
from flows.oversee.watch.texts import judge_many
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.record import Kind, MediaRef
from schemas.watch import Sign

KINDS: Final = ("post", "reply", "story")
_SITE: Final = "feed"
"""Platform of the municipality's own site: what it says is the news that posts link to."""
_WHOLE: Final = 20_000
"""Characters of a post in which an address is looked for: more than any platform takes."""
_BEGINNING: Final = 1200
"""Characters of a post that are compared with titles."""


@dataclass(slots=True, kw_only=True)
class Ours:
    """Reads our own items, part by part.

    Attributes:
        play: open films to see whether captions are inside. signs: of single items. unsigned: answers without a signature,
            by item: W103 where they answer a question. looked: how many were judged.
    """

    home: Home
    rules: Rules
    play: bool = True
    signs: list[Sign] = field(default_factory=list)
    unsigned: dict[str, Sign] = field(default_factory=dict)
    looked: int = 0
    _titles: defaultdict[date, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))
    _posts: list[tuple[dict[str, Any], str, tuple[str, ...]]] = field(default_factory=list)

    def read(self, part: Part, items: pa.Table) -> None:
        """Look at these items of the part (rows of ``part.items``)."""
        items = items.filter(pc.is_in(items["kind"], value_set=pa.array(KINDS)))
        if not items.num_rows:
            return
        self.looked += items.num_rows
        rows = {one["item"]: {**one, "authority": part.authority} for one in items.to_pylist()}
        media: defaultdict[str, list[MediaRef]] = defaultdict(list)
        payloads: dict[str, str | None] = {}
        columns = ("text", "links", "media", "payload")
        for table in contents(self.home.ground, part, items, columns, observations=True):
            for one in table.to_pylist():
                row = rows[one["item"]]
                refs = [MediaRef(**ref) for ref in one["media"]]
                media[one["item"]] += refs
                if one["row"] == "version":
                    payloads[one["item"]] = one["payload"] if refs or row["platform"] == "youtube" else None
                    self._text(row, one["text"] or "", tuple(one["links"]))
        for item, row in rows.items():
            if row["kind"] in WITH_MEDIA and row["platform"] != _SITE and (media[item] or payloads.get(item)):
                self._media(row, payloads.get(item), media[item])

    def _text(self, row: Mapping[str, Any], text: str, links: tuple[str, ...]) -> None:
        rules, kind = self.rules, cast("Kind", row["kind"])
        at = row["published"] or row["changed"]
        if row["platform"] == _SITE:
            if kind == "post":
                self._titles[local_day(at)].append(title_words(text))
            return
        for _, hits in judge_many([text], rules.words, rules.settings, own=True, kind=kind):
            for hit in hits:
                sign = rules.of_hit(hit, row, row["authority"])
                if hit.code == "W103":
                    self.unsigned[row["item"]] = sign
                else:
                    self.signs.append(sign)
        account = rules.accounts.get(row["account"])
        tells = kind == "post" and account is not None and account.duties.news
        if tells and not links_to(rules.settings.site, text[:_WHOLE], links):
            self._posts.append((dict(row), text[:_BEGINNING], links))

    def _media(self, row: Mapping[str, Any], payload: str | None, media: list[MediaRef]) -> None:
        lacks = media_lacks(self.home, row["platform"], _values(payload), media, play=self.play)
        if lacks.films:
            self.signs.append(self.rules.of_row("W131", row, row["authority"], {"films": lacks.films}))
        if lacks.pictures:
            self.signs.append(self.rules.of_row("W132", row, row["authority"], {"pictures": lacks.pictures}))

    def news(self) -> Iterator[Sign]:
        """W134; only when every part has been read: the site may be read after the posts."""
        site = self.rules.settings.site
        for row, text, links in self._posts:
            certainty = news(text, links, local_day(row["published"] or row["changed"]), site, self._titles)
            if certainty is not None:
                yield self.rules.of_row("W134", row, row["authority"], {"address": site}, certainty=certainty)


def _values(payload: str | None) -> Mapping[str, object]:
    try:
        values = json.loads(payload or "{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
