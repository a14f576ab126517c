"""One film as a page of text for an officer, in Swedish (``deposit show``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from flows.deposit.lines import STANDINGS, WAYS, left_text, plain
from flows.deposit.pack.told import words_of
from flows.keep.own import read_own
from schemas.calendar import local_time
from schemas.codes import sentence
from schemas.ground import Ground
from schemas.ids import rfc3339

_WIDTH: Final = 400
_LIVE: Final = {"live": "direktsänds nu", "was-live": "inspelad direktsändning"}
_TOLD: Final = {
    "title": "titel",
    "page": "egen sida",
    "file": "egen fil",
    "password": "lösenord",
    "language": "språk",
    "genre": "genre",
    "access": "tillgång",
    "licence": "licens",
    "related": "hör till",
}


def rejections(ground: Ground, film: str) -> list[dict[str, str]]:
    """What KB wrote on rejecting the film, from the archive, oldest first: ``item``, ``at`` (RFC 3339), ``text``."""
    with ground.state.reading() as books:
        items = words_of(books, film)
    rows = [row for item in items if (row := read_own(ground, item)) is not None]
    return [{"item": row.item, "at": rfc3339(row.observed), "text": row.text or ""} for row in rows]


def show_lines(film: Mapping[str, Any]) -> Iterator[str]:
    """The lines. ``film``: as of ``flows.deposit.shown.film_shown``, with ``rejections``."""
    yield f"Film {film['number']}: {plain(str(film['title'] or ''), _WIDTH) or '(utan titel)'}"
    yield f"  {STANDINGS[film['standing']]}"
    if film["ground"]:
        yield f"  {film['ground']} {sentence(film['ground'], 'sv')}"
    time = "klockan är stoppad" if film["stopped"] else left_text(int(film["days_left"]))
    yield f"  först tillgänglig {_time(film['first_available'])}, sista dag {film['last_day']}: {time}"
    for one in film["channels"]:
        address = plain(str(one["url"] or ""), _WIDTH)
        yield f"  {one['account']} {_time(one['available'])} {one['item']} {one['member']} {address}".rstrip()
    yield from _facts(film)
    proposal = film["proposal"]
    if proposal:
        answer = {"yes": "lämna", "no": "lämna inte", "ask": "bedöm"}[proposal["answer"]]
        yield f"  förslag: {answer}"
        for reason in proposal["reasons"]:
            yield f"    {reason['code']} {reason['text']}"
    yield from _decision(film["decision"])
    if film["delivery"]:
        yield f"  leverans: {film['delivery']}"
    for one in film["rejections"]:
        yield f"  KB {_time(one['at'])}: {plain(one['text'], 4 * _WIDTH)}"


def _time(instant: str | None) -> str:
    """Civil time in Stockholm: the clock counts in it."""
    return f"{local_time(datetime.fromisoformat(instant)):%Y-%m-%d kl. %H.%M}" if instant else ""


def _facts(film: Mapping[str, Any]) -> Iterator[str]:
    captions = film["captions"]
    languages = ", ".join(str(one) for one in captions["languages"])
    said = f"finns{f' ({languages})' if languages else ''}" if captions["present"] else "saknas"
    yield f"  undertexter: {said}"
    yield f"  avslutad: {'ja' if film['finished'] else 'nej, ändras än'}"
    if film["live"] in _LIVE:
        yield f"  {_LIVE[film['live']]}"
    for name, shown in (("replaces", "ersätter film"), ("may_replace", "kan vara en ny version av film")):
        if film[name]:
            yield f"  {shown} {film[name]}"
    files = film["file"]
    yield f"  original: {'finns' if files['original'] else 'saknas'}; plattformens fil: {'finns' if files['platform'] else 'saknas'}"


def _decision(decision: Mapping[str, Any] | None) -> Iterator[str]:
    if not decision:
        return
    answer = decision.get("answer")
    verdict = "lämnas" if answer in {True, "yes"} else "lämnas inte"
    yield f"  beslut: {verdict}, {decision.get('person', '')} {_time(decision.get('decided'))}".rstrip()
    if decision.get("reason"):
        yield f"    skäl: {plain(str(decision['reason']), 4 * _WIDTH)}"
    way = decision.get("way")
    if way:
        yield f"    väg: {WAYS.get(way, way)}"
    for name, shown in _TOLD.items():
        value = (decision.get("told") or {}).get(name)
        if value:
            yield f"    {shown}: {plain(', '.join(value) if isinstance(value, list | tuple) else str(value), _WIDTH)}"
