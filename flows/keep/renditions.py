"""Threads as documents for people: rows of the archive → a ``Rendering``, and from that a PDF/A.

A rendering says what was written, by whom, when, with pictures, in reading order, with stubs for what was culled, never
taken in, or is not to be shown here. It is made of data; it is no picture of a screen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.addresses import addresses
from flows.keep.blocks import NOT_ARCHIVED, Album, block_of, latest_of, local, stub_of
from flows.keep.covers import SecrecyMark, cover_rendering, secrecy_notice
from flows.keep.read import partitions
from flows.keep.thread import Node, order_of, read_thread
from schemas.codes.words import records, value
from schemas.ground import Ground, Home, Organisation
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import MissingError
from schemas.order import Tombstone
from schemas.record import Row
from schemas.rendering import Block, Rendering, Section, Typeset
from schemas.shelf import medium
from schemas.tables import HOLDINGS, to_rows

Around = Literal["all", "needed"]
"""What is shown around the item that a document is about. ``all``: everything. ``needed``: the item, what it answers up
to the beginning, and our own direct replies to it; what else was written is a stub."""

Pictures = Callable[[str], bytes | None]
"""Gives a picture's bytes by its SHA-256 (hexadecimal); None when it is missing, damaged or too large to be shown."""

MADE_OF_DATA: Final = "Återgivning gjord ur insamlade data – inte en skärmbild."
"""What every rendering says of itself."""
PICTURES_TOGETHER: Final = 64 * 1024 * 1024
"""Bytes of pictures that one document shows; what comes after is listed with its digest."""
_PICTURE: Final = 24 * 1024 * 1024
"""Bytes of one picture that is shown."""
WITHHELD: Final = "[sekretessmarkerad handling visas inte här]"
"""What stands in the place of an item that is marked secret, in a document that is not."""
PLATFORMS: Final = {
    "bevara": "Bevara",
    "bluesky": "Bluesky",
    "facebook": "Facebook",
    "feed": "webbflöde",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "x": "X",
    "youtube": "YouTube",
}
"""Platforms as people call them."""


def thread_rendering(
    *,
    rows: Mapping[ItemId, Sequence[Row]],
    order: Sequence[Node],
    focus: ItemId | None,
    organisation: Organisation,
    pictures: Pictures,
    made: datetime,
    around: Around = "all",
    through: datetime | None = None,
    secrecy: SecrecyMark | None = None,
    withheld: frozenset[ItemId] = frozenset(),
    absent: str = NOT_ARCHIVED,
) -> Rendering:
    """A thread as a document. Pure but for ``pictures``: the same values give the same rendering.

    Args:
        rows: all rows of every live item that may be shown (versions, sightings, observations), in any order.
        order: the thread in reading order with stubs (``flows.keep.thread.read_thread`` or ``order_of``). A live node
            without rows, or whose rows were all observed after ``through``, is left out.
        focus: the record that the document is about; None = the whole thread. Needed for ``around="needed"``.
        organisation: names the authority in the heading. pictures: gives pictures' bytes.
        made: the document's date, UTC: the intent's or the decision's, never the clock's.
        through: rows observed later are not in it; None = all.
        secrecy: framed on its face (OSL 5:5).
        withheld: items that are marked secret and not to be shown in this document: a stub says so.
        absent: what is said of an item that others name and that is in neither ``rows`` nor tombstones.

    Raises:
        ValueError: ``needed`` without a focus, a focus that is not in the order, or no live item with rows at all.
    """
    counted = {
        item: some
        for item, own in rows.items()
        if (some := [row for row in own if through is None or row.observed <= through])
    }
    nodes = [one for one in order if one.standing != "live" or one.item in counted]
    live = [one.item for one in nodes if one.item is not None and one.standing == "live"]
    if not live:
        raise ValueError("nothing of the thread is there to be shown")
    wanted = set(live) if around == "all" else _needed(nodes, counted, focus)
    shown = wanted - withheld
    if focus is not None and focus not in live:
        raise ValueError("the item that the document is about is not in the thread")
    album = Album(pictures, PICTURES_TOGETHER)
    blocks = tuple(_blocks(nodes, counted, shown, withheld & wanted, focus, album, absent))
    first = latest_of(counted[live[0]])
    about = focus or live[0]
    return Rendering(
        title=_title(first, focus, counted),
        notice=secrecy_notice(secrecy),
        made=made,
        fields=tuple(_fields(first, nodes, counted, shown, focus, organisation, absent)),
        sections=(
            Section(heading="Om återgivningen", paragraphs=tuple(_about(through, around, len(live) - len(wanted)))),
            Section(heading="Tråden" if len(nodes) > 1 else "Handlingen", blocks=blocks),
        ),
        keywords=tuple(dict.fromkeys([*([about] if about in shown else []), *(one for one in live if one in shown)])),
    )


def thread_pdf(
    home: Home,
    thread: ItemId,
    focus: ItemId | None,
    *,
    through: datetime | None,
    made: datetime,
    around: Around = "all",
    secrecy: SecrecyMark | None = None,
) -> tuple[Typeset, Rendering]:
    """One thread of the archive as PDF/A-3b; ``thread`` is any item of it. Arguments as ``thread_rendering``'s.

    In a document without ``secrecy`` nothing is shown that is marked secret (mark ``sekretess``), the focus included: a
    stub stands there. In one with it, others that are secret under another provision are stubs. The items whose content it shows: ``shown_items(rendering)``.

    Raises:
        RefusedError: neither the archive nor the tombstones know the item. ValueError: as ``thread_rendering``.
    """
    order = read_thread(home.ground, thread)
    live = [one.item for one in order if one.item is not None and one.standing == "live"]
    rendering = thread_rendering(
        rows=rows_of_items(home.ground, live),
        order=order,
        focus=focus,
        organisation=home.organisation,
        pictures=pictures_of(home.ground),
        made=made,
        around=around,
        through=through,
        secrecy=secrecy,
        withheld=marked_secret(home.ground, live, beside=None if secrecy is None else (focus, secrecy.provision)),
    )
    return home.typesetter.render(rendering), rendering


def renderings_of(
    home: Home,
    threads: Iterable[tuple[ItemId, Sequence[Row]]],
    *,
    made: datetime,
    through: datetime | None = None,
    tombstones: Callable[[ItemId], Sequence[Tombstone]] | None = None,
    absent: str = NOT_ARCHIVED,
) -> Iterator[tuple[ItemId, Rendering]]:
    """Renderings of many threads from rows at hand, one after the other: the archive is not read through again.

    Args:
        threads: (thread id, all rows of its items that are to be shown); ``by_thread`` makes them. Read lazily.
        made, through, absent: as ``thread_rendering``'s.
        tombstones: gives a thread's tombstones (``books.tombstones.below``), so that stubs stand where something was
            culled; None = they are asked of the state database.

    Yields:
        (thread id, rendering); a thread of which nothing was observed by then is passed over.
    """
    pictures = pictures_of(home.ground)
    for thread, rows in threads:
        own: dict[ItemId, list[Row]] = {}
        for row in rows:
            if through is None or row.observed <= through:
                own.setdefault(row.item, []).append(row)
        if not own:
            continue
        tombs = _tombstones(home.ground, thread) if tombstones is None else tombstones(thread)
        yield (
            thread,
            thread_rendering(
                rows=own,
                order=order_of(own, tombs),
                focus=None,
                organisation=home.organisation,
                pictures=pictures,
                made=made,
                through=through,
                absent=absent,
            ),
        )


def by_thread(rows: Iterable[Row]) -> dict[ItemId, list[Row]]:
    """Rows grouped by the thread that each item's newest row names, in the order of the ids."""
    items: dict[ItemId, list[Row]] = {}
    for row in rows:
        items.setdefault(row.item, []).append(row)
    threads: dict[ItemId, list[Row]] = {}
    for own in items.values():
        newest = max(own, key=lambda row: (row.observed, row.version))
        threads.setdefault(newest.thread, []).extend(own)
    return dict(sorted(threads.items()))


def shown_items(rendering: Rendering) -> tuple[ItemId, ...]:
    """Opaque ids of the items whose text or pictures a thread's rendering shows; stubs are not among them."""
    return tuple(ItemId(one) for one in rendering.keywords)


def pictures_of(ground: Ground) -> Pictures:
    """Pictures from the store, each proven against its digest; none that is too large to be shown."""

    def picture(digest: str) -> bytes | None:
        key = medium(digest)
        info = ground.store.head(key)
        if info is None or info.size > _PICTURE:
            return None
        try:
            data = ground.store.get(key)
        except MissingError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    return picture


def marked_secret(
    ground: Ground, items: Sequence[ItemId], *, beside: tuple[ItemId | None, str] | None = None
) -> frozenset[ItemId]:
    """Which of the items have the mark ``sekretess``; ``beside`` an item and its provision, only what is not under that."""
    with ground.state.reading() as books:
        marks = [one for one in books.marks.of(items) if one.kind == "sekretess"]
    item, provision = beside or (None, None)
    return frozenset(one.item for one in marks if one.item != item and one.provision != provision)


def rows_of_items(ground: Ground, items: Iterable[ItemId]) -> dict[ItemId, list[Row]]:
    """All rows of the items, oldest observation first. Each month is read once."""
    by_month: dict[Month, list[ItemId]] = {}
    for item in items:
        by_month.setdefault(month_of(item), []).append(item)
    found: dict[ItemId, list[Row]] = {}
    for month, some in sorted(by_month.items()):
        wanted = pa.array(some, pa.string())
        for _, _, table in partitions(ground.state, ground.store, HOLDINGS.names, month=month):
            for row in to_rows(table.filter(pc.is_in(table["item"], value_set=wanted))):
                found.setdefault(row.item, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.observed, row.version, row.row != "version"))
    return found


def _tombstones(ground: Ground, thread: ItemId) -> Sequence[Tombstone]:
    with ground.state.reading() as books:
        return books.tombstones.below(thread)


def _needed(nodes: Sequence[Node], rows: Mapping[ItemId, Sequence[Row]], focus: ItemId | None) -> set[ItemId]:
    """The focus, what it answers up to the beginning, and our own direct replies to it."""
    place = next((at for at, one in enumerate(nodes) if one.item is not None and one.item == focus), None)
    if place is None:
        raise ValueError("the item that the document is about is not in the thread")
    chosen = [nodes[place]]
    for one in reversed(nodes[:place]):
        if one.depth < chosen[-1].depth:
            chosen.append(one)
    for one in nodes[place + 1 :]:
        if one.depth <= nodes[place].depth:
            break
        direct = one.depth == nodes[place].depth + 1
        if direct and one.item is not None and one.item in rows and latest_of(rows[one.item]).own:
            chosen.append(one)
    return {one.item for one in chosen if one.item is not None and one.item in rows}


def _blocks(
    nodes: Sequence[Node],
    rows: Mapping[ItemId, Sequence[Row]],
    shown: set[ItemId],
    withheld: frozenset[ItemId] | set[ItemId],
    focus: ItemId | None,
    album: Album,
    absent: str,
) -> Iterator[Block]:
    """Every place in order. What is not to be shown and stands beside each other is one stub."""
    passed: list[Node] = []
    for one in nodes:
        if one.standing == "live" and one.item not in shown and one.item not in withheld:
            passed.append(one)
            continue
        if passed:
            yield _passed(passed, rows)
            passed = []
        if one.standing != "live" or one.item is None:
            yield Block(head="", depth=one.depth, stub=stub_of(one, absent))
        elif one.item in withheld:
            yield Block(head="", depth=one.depth, stub=WITHHELD, focus=one.item == focus)
        else:
            yield block_of(rows[one.item], depth=one.depth, focus=one.item == focus, album=album)
    if passed:
        yield _passed(passed, rows)


def _passed(nodes: Sequence[Node], rows: Mapping[ItemId, Sequence[Row]]) -> Block:
    own = sum(latest_of(rows[one.item]).own for one in nodes if one.item is not None)
    count, depth = len(nodes), min(one.depth for one in nodes)
    if not own:
        text = (
            "annan besökares kommentar visas inte här"
            if count == 1
            else f"{count} andra besökares kommentarer visas inte här"
        )
    elif own == count:
        text = "eget svar visas inte här" if count == 1 else f"{count} egna svar visas inte här"
    else:
        text = f"{count} andra handlingar i tråden visas inte här"
    return Block(head="", depth=depth, stub=f"[{text}]")


def _title(first: Row, focus: ItemId | None, rows: Mapping[ItemId, Sequence[Row]]) -> str:
    about = first if focus is None else latest_of(rows[focus])
    day = "" if about.published is None else f" {local(about.published)[:10]}"
    kind = value(about.kind, "sv")
    what = "Tråd" if focus is None else kind[:1].upper() + kind[1:]
    return f"{what} på {platform_name(first.platform)}{day}"


def _fields(
    first: Row,
    nodes: Sequence[Node],
    rows: Mapping[ItemId, Sequence[Row]],
    shown: set[ItemId],
    focus: ItemId | None,
    organisation: Organisation,
    absent: str,
) -> Iterator[tuple[str, str]]:
    authority = organisation.authority(first.authority)
    yield "Myndighet", f"{organisation.name}, {authority}" if organisation.name else authority
    yield "Plattform", platform_name(first.platform)
    yield "Konto", first.account
    if first.item in shown and (where := addresses(first)):
        yield "Trådens adress", where[0]
    if first.published is not None:
        yield "Tråden började", local(first.published)
    if focus is not None:
        about = latest_of(rows[focus])
        yield "Handlingen", f"{value(about.kind, 'sv')}, id {focus}"
        if about.published is not None:
            yield "Handlingens tid", local(about.published)
    yield "I tråden", _counts(nodes, absent)


def _counts(nodes: Sequence[Node], absent: str) -> str:
    culled = sum(one.standing == "culled" for one in nodes)
    missing = sum(one.standing == "missing" for one in nodes)
    text = records(len(nodes) - missing)
    if culled:
        text += f", varav {culled} {'gallrad' if culled == 1 else 'gallrade'}"
    return f"{text}; {missing} {absent}" if missing else text


def _about(through: datetime | None, around: Around, passed: int) -> Iterator[str]:
    yield MADE_OF_DATA
    until = "" if through is None else f" Det som iakttagits till och med {local(through)} är med."
    yield f"Alla tider är svensk tid (Europe/Stockholm).{until}"
    if around == "needed" and passed:
        yield (
            "Av det andra har skrivit visas bara det som behövs för att förstå handlingen: vad den svarar på, och "
            "våra egna svar på den."
        )


def platform_name(slug: str) -> str:
    """The platform as people call it."""
    return PLATFORMS.get(slug, slug)


__all__ = [
    "Around",
    "Pictures",
    "SecrecyMark",
    "by_thread",
    "cover_rendering",
    "marked_secret",
    "pictures_of",
    "platform_name",
    "renderings_of",
    "rows_of_items",
    "shown_items",
    "thread_pdf",
    "thread_rendering",
]
