"""Gathering a month's numbers from the archive and the books: counts alone leave here. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.judged import decisions, standing
from flows.oversee.coverage import nights_of
from flows.oversee.letters.counting import Numbers, answering
from flows.oversee.watch.films import media_lacks
from flows.oversee.watch.own_items import WITH_MEDIA
from flows.oversee.watch.questions_open import Answer, Asked
from flows.oversee.watch.scan import Part, contents, parts
from flows.oversee.watch.texts import asks
from schemas.account import Account
from schemas.calendar import ZONE, local_day, local_month
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import Month
from schemas.oversight import OversightSettings
from schemas.payload import fields_of
from schemas.record import MediaRef
from schemas.removal import RemovalStanding
from schemas.watch_words import WatchWords

_VISITORS: Final = ("comment", "visitor_post", "mention")
_AWAY: Final = ("gone", "hidden")
_OURS: Final = ("reply", "comment", "post")
_TAKEN: Final[frozenset[RemovalStanding]] = frozenset({"hidden", "removed", "closed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A month's numbers by account (archive creators' items without a registered account under their own name)."""

    numbers: Mapping[str, Numbers]
    findings: tuple[Finding, ...] = ()


def gather(home: Home, month: Month, settings: OversightSettings, words: WatchWords) -> Gathered:
    """Count a month.

    Args:
        month: local month. words: what questions are told by.
    """
    ground = home.ground
    now = ground.clock.now()
    today = local_day(now)
    found: defaultdict[str, Numbers] = defaultdict(Numbers)
    with ground.state.reading() as books:
        accounts = {one.name: one for one in books.accounts.all()}
        removals = books.duties.removals()
        opened = Counter((one.account, one.code) for one in books.duties.notices("open"))
        coverage = {name: books.notes.coverage(name) for name in accounts}
    for name, numbers in _archive(home, month, accounts, settings, words, now):
        found[name] = found[name].plus(numbers)
    for one in removals:
        if one.standing in _TAKEN and one.done is not None and local_month(one.done) == month:
            found[one.account] = found[one.account].plus(Numbers(removals={one.clause: 1}))
    for (name, code), count in opened.items():
        found[name] = found[name].plus(Numbers(open={code: count}))
    first, last = days_of(month)
    for name, rows in coverage.items():
        nights = [one for one in nights_of(name, rows, first, last, today) if one.standing != "outside"]
        counted = Counter(one.standing for one in nights)
        found[name] = found[name].plus(
            Numbers(nights=len(nights), whole=counted["complete"], partly=counted["partial"])
        )
    told = []
    if today <= last:
        told.append(_told("W259", month=month, day=today.isoformat()))
    base = standing(ground, today)
    if base.plan is None:
        told.append(_told("W258"))
    else:
        for table in decisions(ground, base, today):
            for name, numbers in _due(table):
                found[name] = found[name].plus(numbers)
    return Gathered(numbers=dict(found), findings=tuple(told))


def days_of(month: Month) -> tuple[date, date]:
    """The first and the last civil day of a month."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def _archive(
    home: Home,
    month: Month,
    accounts: Mapping[str, Account],
    settings: OversightSettings,
    words: WatchWords,
    now: datetime,
) -> Iterator[tuple[str, Numbers]]:
    first, last = days_of(month)
    since = datetime(first.year, first.month, first.day, tzinfo=ZONE).astimezone(UTC)
    after = local_month(datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=ZONE).astimezone(UTC))
    asked: list[Asked] = []
    answers: list[Answer] = []
    below: dict[str, tuple[str, str]] = {}
    gone: set[str] = set()
    authors: dict[object, int] = {}
    for part in parts(home.ground, since, ()):
        if part.month not in (month, after):
            continue
        for row in part.items.to_pylist():
            if row["parent"] and row["parent"] != row["thread"]:
                below[row["item"]] = (row["parent"], row["thread"])
            if _answers(row):
                answers.append(
                    Answer(item=row["item"], parent=row["parent"], thread=row["thread"], at=row["published"])
                )
        if part.month == month:
            asked.extend(_asked(home, part, words, authors, gone, accounts))
            yield from _own(home, part, accounts)
    yield from answering(asked, answers, below, frozenset(gone), now, settings).items()


def _answers(row: Mapping[str, Any]) -> bool:
    """Whether it is an item of our own below something, that is still shown."""
    below = row["parent"] or row["thread"] != row["item"]
    return bool(row["own"] and below and row["kind"] in _OURS and row["state"] not in _AWAY and row["published"])


def _asked(
    home: Home,
    part: Part,
    words: WatchWords,
    authors: dict[object, int],
    gone: set[str],
    accounts: Mapping[str, Account],
) -> Iterator[Asked]:
    """The visitors' questions of a partition; the texts are read in small tables and kept nowhere."""
    items = part.items
    theirs = items.filter(pc.and_(pc.invert(items["own"]), pc.is_in(items["kind"], value_set=_array(_VISITORS))))
    rows = {row["item"]: row for row in theirs.to_pylist() if row["published"] and row["account"] in accounts}
    for table in contents(home.ground, part, theirs, ("text",)):
        for item, text in zip(table["item"].to_pylist(), table["text"].to_pylist(), strict=True):
            row = rows.get(item)
            if row is None or not text or asks(text, words) not in ("sure", "likely"):
                continue
            if row["state"] in _AWAY:
                gone.add(item)
            yield Asked(
                item=item,
                account=row["account"],
                authority=part.authority,
                version=row["version"],
                at=row["published"],
                parent=row["parent"],
                thread=row["thread"],
                author=authors.setdefault(row["author_native"] or row["author"] or item, len(authors)),
                certainty="likely",
            )


def _own(home: Home, part: Part, accounts: Mapping[str, Account]) -> Iterator[tuple[str, Numbers]]:
    """Own films and pictures of a partition, and what they lack; what was found of them later counts as theirs."""
    items = part.items
    ours = items.filter(pc.and_(items["own"], pc.is_in(items["kind"], value_set=_array(WITH_MEDIA))))
    rows = {row["item"]: row for row in ours.to_pylist() if row["account"] in accounts}
    media: defaultdict[str, list[MediaRef]] = defaultdict(list)
    payloads: dict[str, Mapping[str, object]] = {}
    for table in contents(home.ground, part, ours, ("media", "payload"), observations=True):
        for row in table.to_pylist():
            if row["item"] not in rows or (not row["media"] and row["row"] != "version"):
                continue
            media[row["item"]].extend(MediaRef(**one) for one in row["media"])
            if row["row"] == "version":
                payloads[row["item"]] = fields_of(row["payload"])
    for item, payload in payloads.items():
        platform, some = rows[item]["platform"], _each(media[item])
        lacking = media_lacks(home, platform, payload, some, play=True)
        films = sum(one.role == "video" and one.live != "live" for one in home.films_of(platform)(payload, some))
        pictures = len({one.origin for one in some if one.role == "picture"})
        if films or pictures:
            yield (
                rows[item]["account"],
                Numbers(films=films, films_bare=lacking.films, pictures=pictures, pictures_bare=lacking.pictures),
            )


def _each(media: Sequence[MediaRef]) -> list[MediaRef]:
    """Each attachment once: what was fetched later stands in the place of what could not be fetched."""
    kept: dict[tuple[str, str], MediaRef] = {}
    for one in media:
        kept[one.role, one.origin] = one
    return list(kept.values())


def _due(table: Any) -> Iterator[tuple[str, Numbers]]:
    grouped = (
        table.select(["account", "outcome"])
        .set_column(0, "account", table["account"].cast("string"))
        .set_column(1, "outcome", table["outcome"].cast("string"))
        .append_column("one", table["item"])
        .group_by(["account", "outcome"], use_threads=False)
        .aggregate([("one", "count")])
    )
    for row in grouped.to_pylist():
        if row["outcome"] in ("cull", "ask"):
            yield row["account"], Numbers(**{"due" if row["outcome"] == "cull" else "asks": row["one_count"]})


def _array(values: Sequence[str]) -> Any:
    return pa.array(list(values))


def _told(code: str, **parameters: str) -> Finding:
    return Finding(code=code, severity="info", subject="sheet", parameters=tuple(sorted(parameters.items())))
