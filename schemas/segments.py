"""Segments of the ledger: which links a file holds, how it is written, and whether it is what it should be. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.receipt import Link, link

SEGMENT_LINKS = 10_000
"""Links in one segment at most: a few megabytes."""

EXPORT_ACT = "ledger.export"
"""Act of the receipt that an export to the store leaves."""

SYNC_ACT = "second.synced"
"""Act of the receipt that a copying to the second place leaves."""

_QUIET = frozenset({EXPORT_ACT, SYNC_ACT})
_SEGMENT_KEY = re.compile(r"archive/ledger/(\d{12})-(\d{12})\.jsonl")
_SECOND_KEY = re.compile(r"ledger/(\d{12})-(\d{12})\.jsonl")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Numbers of the first and the last link of a segment."""

    first: int
    last: int


def span(key: str) -> Span | None:
    """Which links a segment's key names; None when it is no segment's key."""
    return _span(_SEGMENT_KEY.fullmatch(key))


def second_span(key: str) -> Span | None:
    """Which links a key in the second place names; None when it is no segment's key."""
    return _span(_SECOND_KEY.fullmatch(key))


def _span(match: re.Match[str] | None) -> Span | None:
    if match is None:
        return None
    found = Span(int(match[1]), int(match[2]))
    return found if 1 <= found.first <= found.last else None


def overlap(spans: Iterable[Span]) -> int | None:
    """Number of the first link that two segments hold; None when no two meet."""
    end = 0
    for one in sorted(spans):
        if one.first <= end:
            return one.first
        end = one.last
    return None


def gaps(spans: Iterable[Span], head: int) -> list[Span]:
    """Links from 1 to ``head`` that no segment holds, cut into spans of at most ``SEGMENT_LINKS``."""
    missing: list[Span] = []
    at = 1
    for one in [*sorted(spans), Span(head + 1, head + 1)]:
        while at < one.first:
            last = min(one.first - 1, at + SEGMENT_LINKS - 1, head)
            if last < at:
                break
            missing.append(Span(at, last))
            at = last + 1
        at = max(at, one.last + 1)
    return missing


def line(one: Link) -> str:
    """One link as a segment holds it: compact JSON, the body as the exact string, hashes in hexadecimal."""
    value = {"seq": one.seq, "body": one.body, "prev": one.previous.hex(), "hash": one.hash.hex()}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def segment(links: Iterable[Link]) -> bytes:
    """A segment's bytes: one line per link, each ended by a line feed, UTF-8."""
    return "".join(f"{line(one)}\n" for one in links).encode("utf-8")


def first_difference(data: bytes, links: Sequence[Link]) -> int | None:
    """Number of the first link that the segment's bytes do not hold exactly; None when they are equal."""
    if data == segment(links):
        return None
    for one, found in zip(links, data.split(b"\n"), strict=False):
        if found != line(one).encode("utf-8"):
            return one.seq
    return links[-1].seq if links else 0


def first_break(links: Sequence[Link], seq: int, previous: bytes) -> int | None:
    """Number of the first link that does not follow number ``seq`` with hash ``previous``; None when all do."""
    for one in links:
        seq += 1
        if one.seq != seq or one.previous != previous or one.hash != link(previous, one.body):
            return seq
        previous = one.hash
    return None


def worth_exporting(links: Sequence[Link]) -> bool:
    """Whether there is anything new but the receipts of earlier exports and copyings.

    Each of them leaves a receipt, which is a new link. Were that reason enough for the next one, an archive at rest
    would get a segment every night for ever, in the store and in the second place by turns. Such a receipt goes into
    the next segment that has other reasons.
    """
    return any(json.loads(one.body).get("act") not in _QUIET for one in links)
