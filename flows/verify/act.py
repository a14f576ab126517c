"""Export the ledger to the store, and verify that store, state and ledger agree. Verification changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.keep.derived import write_derived
from flows.keep.links import links_of
from flows.verify.decide import Notebook, VerifyReport, named_digest
from flows.verify.known import batches, known_keys
from flows.verify.places import unknown, verify_culled, verify_mirrors, verify_operations, verify_second
from schemas.books import Books, Copy, Lease, State
from schemas.neighbours import Clock, MissingError, Reading, Store
from schemas.receipt import GENESIS, Link, Receipt
from schemas.refusal import GuardError, RefusedError
from schemas.segments import (
    EXPORT_ACT,
    SEGMENT_LINKS,
    Span,
    first_break,
    first_difference,
    gaps,
    overlap,
    segment,
    span,
    worth_exporting,
)
from schemas.shelf import ledger_segment, medium

LEASE = "ledger"
"""Lease that an export holds; one export runs at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote: keys of new segments, links in them, number of the last exported link."""

    segments: tuple[str, ...]
    links: int
    through: int


def export_ledger(state: State, store: Store, clock: Clock) -> Exported:
    """Write the links that no segment holds yet, up to the ledger's head at the start, as new segments.

    Every segment is registered as a copy of kind ``ledger`` in one transaction with a receipt, ``ledger.export``.
    That receipt is a new link beyond the head at the start: it goes into the next segment, and when nothing but such
    receipts is new, nothing is written (``schemas.segments.worth_exporting``). Stopped at any line and repeated, the segments
    of all runs together have no gap and no overlap: what a stopped run wrote and did not register is taken away by
    its intent, and the links are written anew.

    Raises:
        LeaseTakenError: another export is running.
        GuardError: the chain in the database is broken (``G-CHAIN``), registered segments overlap or go beyond the
            ledger (``G-SEGMENTS``), or another file lies under a segment's key (``G-SEGMENT``). Nothing is
            overwritten.
    """
    with state.hold_lease(LEASE) as lease:
        _settle(state, store, clock, lease)
        with state.reading() as books:
            head, _ = books.ledger.head()
            spans = _spans(books)
        written: list[Span] = []
        missing = gaps(spans, head)
        for one in missing:
            with state.reading() as books:
                links = links_of(books, one)
            if one == missing[-1] and one.last == head and not worth_exporting(links):
                break
            _write(state, store, clock, lease, links)
            written.append(one)
    return Exported(
        segments=tuple(ledger_segment(one.first, one.last) for one in written),
        links=sum(one.last - one.first + 1 for one in written),
        through=max((one.last for one in (*spans, *written)), default=0),
    )


def _settle(state: State, store: Store, clock: Clock, lease: Lease) -> None:
    """Take away segments that a stopped export wrote and did not register. The lease says that it is not running."""
    with state.writing() as books:
        keys = sorted({intent.key for intent in books.intents.dead() if span(intent.key) is not None})
    for key in keys:
        with state.writing() as books:
            books.leases.check(lease)
            if not books.copies.known([key]):
                store.destroy(key)
                if not store.remains(key).absent:
                    continue  # the intent stays, so the next run tries again
                books.ledger.append(
                    Receipt(
                        act="keep.recovered",
                        at=clock.now(),
                        actor="bevara",
                        subjects=(key,),
                        evidence={"absent": True},
                    )
                )
            books.intents.close([key])


def _spans(books: Books) -> list[Span]:
    found = [span(copy.key) for copy in books.copies.find(kind="ledger")]
    spans = [one for one in found if one is not None]
    head, _ = books.ledger.head()
    if len(spans) != len(found) or overlap(spans) is not None or any(one.last > head for one in spans):
        raise GuardError(
            "G-SEGMENTS",
            "the registered segments of the ledger overlap or go beyond its head",
            "run bevara verify and compare with a backup of the state database",
        )
    return spans


def _write(state: State, store: Store, clock: Clock, lease: Lease, links: Sequence[Link]) -> None:
    key = ledger_segment(links[0].seq, links[-1].seq)
    data = segment(links)
    if store.head(key) is not None and store.get(key) != data:
        raise GuardError(
            "G-SEGMENT",
            f"another file lies under {key}",
            "the state database may be older than the store: restore a newer backup of it",
        )
    now = clock.now()
    write_derived(
        state,
        store,
        lease,
        Copy(key=key, kind="ledger", made=now),
        data,
        Receipt(
            act=EXPORT_ACT,
            at=now,
            actor="bevara",
            subjects=(key,),
            evidence={
                "place": store.place,
                "first": links[0].seq,
                "last": links[-1].seq,
                "last_hash": links[-1].hash.hex(),
                "bytes": len(data),
            },
        ),
    )


@dataclass(slots=True)
class _Listed:
    """What one walk through the store left open, to be looked at once more before it counts."""

    objects: int = 0
    odd: list[str] = field(default_factory=list)
    missing_files: set[str] = field(default_factory=set)
    missing_media: set[str] = field(default_factory=set)
    missing_copies: set[str] = field(default_factory=set)


def verify(
    state: State, store: Reading, *, deep: bool, mirrors: Sequence[Reading] = (), second: Reading | None = None
) -> VerifyReport:
    """Compare what is registered with what lies in the store, and the ledger with its chain and its segments.

    Writers may be at work: what looks wrong in the first walk is looked at once more before it is a finding. Nothing
    is changed, and what nobody knows is never removed.

    Args:
        state: read only. store: read only.
        deep: read every object and compare its SHA-256 with its name; else existence and size.
        mirrors: other places with the same objects. second: the second place, or None when there is none.

    Raises:
        UnreachableError: the store cannot be reached; nothing can be said.
    """
    notes = Notebook()
    counts: dict[str, int] = {}
    with state.reading() as books:
        listed = _walk(books, store, notes, counts)
    _report_odd(state, store, listed.odd, notes)
    _report_missing(state, store, listed, notes)
    _report_pending(state, store, notes)
    _verify_ledger(state, store, notes, counts)
    counts["read"] = _read_everything(state, store, notes) if deep else 0
    verify_culled(state, store, list(unknown(state, listed.odd)), notes)
    verify_operations(state, notes)
    verify_mirrors(state, mirrors, notes)
    verify_second(state, second, notes, deep=deep, place=store.place)
    return VerifyReport(place=store.place, deep=deep, counts=counts, findings=notes.all())


def _walk(books: Books, store: Reading, notes: Notebook, counts: dict[str, int]) -> _Listed:
    """One walk through the whole store in key order, beside what is registered; media are merged as they come."""
    files = {file.key: file.size for file in books.manifest.live()}
    copies = {copy.key for copy in books.copies.find()}
    counts.update(files=len(files), copies=len(copies), media=0)
    listed = _Listed(missing_files=set(files), missing_copies=set(copies))
    media = _media(books, counts)
    awaited = next(media, None)
    for info in store.list(""):
        listed.objects += 1
        while awaited is not None and awaited[0] < info.key:
            listed.missing_media.add(awaited[0])
            awaited = next(media, None)
        if awaited is not None and awaited[0] == info.key:
            if awaited[1] != info.size:
                notes.add("V105", info.key, expected=awaited[1], found=info.size)
            awaited = next(media, None)
        elif info.key in files:
            listed.missing_files.discard(info.key)
            if files[info.key] != info.size:
                notes.add("V102", info.key, expected=files[info.key], found=info.size)
        elif info.key in copies:
            listed.missing_copies.discard(info.key)
        else:
            listed.odd.append(info.key)
    if awaited is not None:
        listed.missing_media.add(awaited[0])
    listed.missing_media.update(key for key, _ in media)
    counts["objects"] = listed.objects
    return listed


def _media(books: Books, counts: dict[str, int]) -> Iterator[tuple[str, int]]:
    for digest, size in books.media.all():
        counts["media"] += 1
        yield medium(digest), size


def _report_odd(state: State, store: Reading, keys: Sequence[str], notes: Notebook) -> None:
    """Objects that no register knew: known by now, gone by now, or a finding.

    The registers are asked first and the store afterwards: what is unknown and then still there was not on its way.
    """
    for some in batches(keys):
        with state.reading() as books:
            known = known_keys(books, some)
        for key in some:
            if key not in known and _exists(store, key, notes):
                notes.add("V109", key)


def _report_missing(state: State, store: Reading, listed: _Listed, notes: Notebook) -> None:
    """Objects that were not met: there by now, not needed by now, or a finding.

    The store is asked first and the registers afterwards: an object is registered after it is there and unregistered
    before it goes, so what is registered after it was seen to be absent is missing.
    """
    files = {key for key in sorted(listed.missing_files) if not _exists(store, key, notes)}
    copies = {key for key in sorted(listed.missing_copies) if not _exists(store, key, notes)}
    media = {key for key in sorted(listed.missing_media) if not _exists(store, key, notes)}
    with state.reading() as books:
        still_files = {file.key for file in books.manifest.live()} if files else set()
        still_copies = {copy.key for copy in books.copies.find()} if copies else set()
        still_media = {key for digest, _ in books.media.all() if (key := medium(digest)) in media} if media else set()
    for code, keys in (("V101", files & still_files), ("V107", copies & still_copies), ("V104", media & still_media)):
        for key in sorted(keys):
            notes.add(code, key)


def _exists(store: Reading, key: str, notes: Notebook) -> bool:
    """Whether the object is there. What cannot be looked at is noted and counts as there."""
    try:
        return store.head(key) is not None
    except (OSError, RefusedError) as error:
        notes.add("V118", key, reason=type(error).__name__)
        return True


def _report_pending(state: State, store: Reading, notes: Notebook) -> None:
    for some in batches(store.unfinished("")):
        with state.reading() as books:
            known = books.intents.known(some)
        for key in some:
            # A writer that has finished since has nothing unfinished any longer.
            if key not in known and store.remains(key).uploads:
                notes.add("V110", key)
    strangers = store.strangers()
    if strangers:
        notes.add("V111", store.place, found=strangers)
    with state.reading() as books:
        retired = len(books.manifest.retired()) + len(books.copies.retired())
        dead = len({intent.key for intent in books.intents.dead()})
    if retired:
        notes.add("V116", store.place, found=retired)
    if dead:
        notes.add("V117", store.place, found=dead)


def _verify_ledger(state: State, store: Reading, notes: Notebook, counts: dict[str, int]) -> None:
    """The chain in the database from its first link, and every exported segment against it."""
    with state.reading() as books:
        head, head_hash = books.ledger.head()
        keys = [copy.key for copy in books.copies.find(kind="ledger")]
    at, previous = 0, GENESIS
    while at < head:
        with state.reading() as books:
            links = books.ledger.after(at, min(SEGMENT_LINKS, head - at))
        broken = first_break(links, at, previous)
        if broken is not None or not links:
            notes.add("V112", "ledger", seq=broken if broken is not None else at + 1)
            break
        at, previous = links[-1].seq, links[-1].hash
    else:
        if previous != head_hash:
            notes.add("V112", "ledger", seq=head)
    counts["links"] = head
    counts["segments"] = len(keys)
    spans: list[Span] = []
    for key in keys:
        found = span(key)
        if found is None:
            notes.add("V121", key)
            continue
        spans.append(found)
        _verify_segment(state, store, key, found, notes)
    _verify_joints(spans, head, notes)


def _verify_segment(state: State, store: Reading, key: str, covered: Span, notes: Notebook) -> None:
    try:
        data = store.get(key)
    except MissingError:
        return  # told as V107
    except (OSError, RefusedError) as error:
        notes.add("V118", key, reason=type(error).__name__)
        return
    with state.reading() as books:
        links = books.ledger.after(covered.first - 1, covered.last - covered.first + 1)
    different = first_difference(data, links)
    if different is None and (not links or (links[0].seq, links[-1].seq) != (covered.first, covered.last)):
        different = covered.first
    if different is not None:
        notes.add("V114", key, seq=different)


def _verify_joints(spans: Sequence[Span], head: int, notes: Notebook) -> None:
    doubled = overlap(spans)
    if doubled is not None:
        notes.add("V113", "ledger", seq=doubled)
    end = max((one.last for one in spans), default=0)
    inner = gaps(spans, min(end, head))
    if inner:
        notes.add("V113", "ledger", seq=inner[0].first)
    if head > end:
        notes.add("V115", "ledger", found=head - end)


def _read_everything(state: State, store: Reading, notes: Notebook) -> int:
    """Read every registered object whose name promises a digest, and compare. Returns how many were read."""
    with state.reading() as books:
        files = [file.key for file in books.manifest.live()]
        copies = [copy.key for copy in books.copies.find()]
        media = [medium(digest) for digest, _ in books.media.all()]
    read = 0
    for code, keys in (("V103", files), ("V108", copies), ("V106", media)):
        for key in keys:
            promised = named_digest(key)
            if promised is None:
                continue
            try:
                found = store.checksum(key)
            except MissingError:
                continue  # told in the first walk, or removed by somebody since
            except (OSError, RefusedError) as error:
                notes.add("V118", key, reason=type(error).__name__)
                continue
            read += 1
            if found != promised:
                notes.add(code, key)
    return read
