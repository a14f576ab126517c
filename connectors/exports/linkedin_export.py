"""LinkedIn's own archive of a member ("Get a copy of your data"), as CSV.

Source: the member archive as public importers read it in 2026: ``Shares.csv`` (or ``Shares_<member>.csv``),
``Comments.csv``, ``Reactions.csv``. Times are UTC without zone. For a company PAGE no such archive is known: pages are
read by the data-portability route of the platform's module; this format serves officials' own accounts.

Posts have the id in their link, so they are known by it where it can be read; comments have the id of the post they
stand under and no own one, and are known again by time and text (``schemas.near``).

What the archive lacks: comments by others, counts, attachments' bytes (a link at most), edits. Reactions are persons'
acts without content and are left out by name; connections and messages are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from connectors.exports import sheets
from connectors.exports.naming import matching
from connectors.exports.onward import captures_of
from connectors.exports.reading import Reading, each
from schemas.account import Account
from schemas.finding import Finding
from schemas.near import unnamed
from schemas.neighbours import Bundle, Capture, Owner, Parsed
from schemas.payload import canonical, digest
from schemas.record import Kind, Seen
from schemas.text import visible

NAME = "linkedin_export"
PLATFORMS = ("linkedin",)
IGNORED = frozenset({"", "mediaurl"})
"""Left in the payload alone: stray columns, and the address of a picture that only a signed-in member could open."""
VOLATILE: frozenset[str] = frozenset({"mediaurl"})
_GROUP = 100
_LISTS = (("shares", r"Shares(?:_\d+)?\.csv", ("date", "sharelink", "sharecommentary")),
          ("comments", r"Comments(?:_\d+)?\.csv", ("date", "link", "message")))  # fmt: skip
_KNOWN: dict[str, frozenset[str]] = {
    "shares": frozenset({"date", "sharelink", "sharecommentary", "sharedurl", "mediaurl", "visibility"}) | IGNORED,
    "comments": frozenset({"date", "link", "message"}) | IGNORED,
}
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{1,30}")


def recognise(bundle: Bundle) -> bool:
    """A table of shares or of comments in LinkedIn's naming, and no Takeout."""
    return any(matching(bundle, pattern) for _, pattern, _ in _LISTS) and not matching(bundle, r"Takeout/.*")


def owner(bundle: Bundle) -> Owner:  # noqa: ARG001 - the port's
    """The archive tells no id of its owner that the platform's module knows."""
    return Owner()


def read(bundle: Bundle, account: Account, *, own: str, at: datetime) -> Iterator[Capture | Finding]:
    """Shares, then comments."""

    def captures(listing: str, pattern: str, required: tuple[str, ...]) -> Iterator[Capture | Finding]:
        def rows(name: str, lost: Callable[[str], None]) -> Iterator[dict[str, str]]:
            with bundle.open(name) as stream:
                yield from sheets.rows(stream, required, lost=lost)

        def capture(_: str, group: list[Any]) -> Capture:
            return Capture(
                endpoint=f"export:{NAME}", parameters={}, status=200, at=at, body=group, listing=listing,
                context={"own": own},
            )  # fmt: skip

        yield from captures_of(matching(bundle, pattern), rows, capture, size=_GROUP, subject=account.name)

    for listing, pattern, required in _LISTS:
        yield from captures(listing, pattern, required)


def parse(capture: Capture) -> Parsed:
    """Items and findings of one group of rows; pure."""
    known = _KNOWN.get(capture.listing)
    if known is None:
        return Parsed(items=(), findings=(Reading(capture.listing).malformed(),))
    return each(capture, lambda one, reading: _item(one, capture.listing, known, capture.context, reading))


def _item(row: Any, listing: str, known: frozenset[str], context: Mapping[str, str], reading: Reading) -> Seen | None:
    if not isinstance(row, dict):
        reading.note("H122", "row")
        return None
    reading.unknown(row, known)
    at = _moment(row, reading)
    link = unquote(reading.text(row, "sharelink" if listing == "shares" else "link"))
    urn = _URN.search(link)
    kind: Kind = "post" if listing == "shares" else "reply"
    text = _text(reading.text(row, "sharecommentary" if listing == "shares" else "message"))
    shared = reading.text(row, "sharedurl") if listing == "shares" else ""
    if at is None and not text and urn is None:
        reading.note("H122", "date")
        return None
    visibility = reading.text(row, "visibility").lower() if listing == "shares" else ""
    kept = {name: value for name, value in row.items() if isinstance(value, str)}
    return Seen(
        native=urn[0] if urn and listing == "shares" else unnamed(kind, at, text, [urn[0]] if urn else ()),
        kind=kind,
        author=None,
        author_native=context.get("own"),
        parent_native=urn[0] if urn and listing == "comments" else None,
        thread_native=urn[0] if urn and listing == "comments" else None,
        platform_time=at,
        text=text,
        links=(shared,) if shared else (),
        visibility="" if visibility in ("", "member_network", "public", "anyone") else visibility,
        payload=canonical(kept),
        identity=digest({"text": text, "link": shared}),
    )


def _text(written: str) -> str:
    """The text without the quotation marks that the archive doubles around each line of a longer one."""
    lines = written.split("\n")
    if len(lines) > 1 and lines[0].endswith('"') and lines[1].startswith('"'):
        stripped = [line.strip() for line in lines]
        lines = [line[1:] if number and line.startswith('"') else line for number, line in enumerate(stripped)]
        lines = [line.removesuffix('"') if number < len(lines) - 1 else line for number, line in enumerate(lines)]
    return visible("\n".join(lines)).strip()


def _moment(row: Mapping[str, Any], reading: Reading) -> datetime | None:
    found = row.get("date")
    if not found:
        return None
    written = found.strip().removesuffix(" UTC") if isinstance(found, str) and len(found) <= 40 else ""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%y, %I:%M %p"):
        try:
            moment = datetime.strptime(written, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if 2000 <= moment.year < 2100:
            return moment
    reading.note("H123", "date", problem="unreadable")
    return None
