"""What is decided when the ledger is exported and the archive verified: pure, without store or database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.finding import Finding, Severity
from schemas.receipt import Link, link

SEGMENT_LINKS = 10_000
"""Links in one segment at most: a few megabytes."""

EXPORT_ACT = "ledger.export"
"""Act of the receipt that an export leaves."""

SHOWN = 200
"""Findings of one code that are told one by one; the rest are told as a number (V119)."""

_SEGMENT_KEY = re.compile(r"archive/ledger/(\d{12})-(\d{12})\.jsonl")
_DIGEST = re.compile(r"[0-9a-f]{64}")

_SEVERITY: Mapping[str, Severity] = {
    "V109": "warning",
    "V110": "warning",
    "V111": "warning",
    "V115": "info",
    "V116": "info",
    "V117": "info",
    "V120": "info",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Numbers of the first and the last link of a segment."""

    first: int
    last: int


def span(key: str) -> Span | None:
    """Which links a segment's key names; None when it is no segment's key."""
    match = _SEGMENT_KEY.fullmatch(key)
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
    """Whether there is anything new but the receipts of earlier exports.

    An export leaves a receipt, which is a new link. Were that reason enough for the next export, an archive at rest
    would get a segment every night for ever. The receipt goes into the next segment that has other reasons.
    """
    return any(json.loads(one.body).get("act") != EXPORT_ACT for one in links)


def named_digest(key: str) -> str | None:
    """The digest that an object's key promises for its bytes; None when it promises none.

    Holdings, media and what lies under ``archive/`` with a digest for a name promise it. The key of a proposal is the
    digest of the list it holds, not of the file's bytes.
    """
    area, _, rest = key.partition("/")
    stem = rest.rpartition("/")[2].partition(".")[0]
    return stem if area in {"holdings", "media", "archive"} and _DIGEST.fullmatch(stem) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was looked at and what was found.

    Attributes:
        place: the store's place. deep: whether every byte was read.
        counts: ``files``, ``media``, ``copies`` (as registered), ``objects`` (as listed), ``links``, ``segments``,
            ``read`` (objects whose bytes were read).
        findings: by severity (errors first), code and subject.
    """

    place: str
    deep: bool
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Nothing wants a look or a hand."""
        return all(one.severity == "info" for one in self.findings)


@dataclass(slots=True)
class Notebook:
    """Findings as they are made: at most ``SHOWN`` of a code are kept, the others counted."""

    _kept: dict[str, list[Finding]] = field(default_factory=dict)
    _more: dict[str, int] = field(default_factory=dict)
    _noted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, code: str, subject: str, **parameters: str | int) -> None:
        """Note a finding; the same code on the same subject counts once."""
        kept = self._kept.setdefault(code, [])
        if (code, subject) in self._noted:
            return
        if len(kept) >= SHOWN:
            self._more[code] = self._more.get(code, 0) + 1
            return
        self._noted.add((code, subject))
        kept.append(
            Finding(
                code=code,
                severity=_SEVERITY.get(code, "error"),
                subject=subject,
                parameters=tuple(sorted(parameters.items())),
            )
        )

    def all(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        return tuple(sorted(self._everything(), key=lambda one: (_RANK[one.severity], one.code, one.subject)))

    def _everything(self) -> Iterator[Finding]:
        for kept in self._kept.values():
            yield from kept
        for code, number in self._more.items():
            severity = _SEVERITY.get(code, "error")
            yield Finding(
                code="V119",
                severity=severity,
                subject=code,
                count=number,
                parameters=(("code", code), ("found", number)),
            )


_RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}
