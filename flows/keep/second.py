"""Copy to the second place what a restored backup would have to be brought to: the ledger and what was culled."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO

from flows.keep.guard import code_of
from flows.keep.links import links_of, told_of
from schemas.books import Books, Lease, LeaseTakenError, Suppressed
from schemas.ground import Ground
from schemas.neighbours import AlreadyThereError, Store
from schemas.order import Tombstone
from schemas.receipt import Link, Receipt
from schemas.refusal import GuardError
from schemas.second import (
    LISTED_ACT,
    SWAPPED_ACT,
    Identity,
    Listed,
    list_subject,
    lists,
    read_link,
    relation,
    synced_setting,
    written,
)
from schemas.segments import SYNC_ACT, Span, gaps, second_span, segment, worth_exporting
from schemas.shelf import SECOND_CULLED, SECOND_IDENTITY, SECOND_LEDGER, second_culled, second_segment

LEASE = "second"
"""Lease of whoever copies to the second place; one run does at a time."""

FORGOTTEN_ACT = "cull.suppression-forgotten"
"""Act of the receipt that suppression entries were forgotten; then they go from the second place too."""

_AGAIN = 5
"""How often lists are read anew because something was culled meanwhile, before that is left to the next run."""
_IN_MEMORY = 8 << 20
_LINKS = 10_000
_ALL = 1_000_000
"""Links about one subject, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a copying did.

    Attributes:
        place: the second place, or empty when there is none.
        links: links written. through: number of the last link that lies there. orders: lists of orders written.
    """

    place: str = ""
    links: int = 0
    through: int = 0
    orders: int = 0


def sync(ground: Ground) -> Synced:
    """Write to the second place what is missing there. Repeating it is harmless, and so is a stop anywhere.

    Order of writes: a receipt of every list that is new (its SHA-256, so that the ledger speaks for it), the lists,
    then the links that tell of it all: whoever knows a link has its tombstones too. When nothing is new but receipts
    of such copyings and of exports, nothing is written.

    Raises:
        LeaseTakenError: another run is copying, or culls so fast that no list can be written; the next run goes on.
        LeaseLostError: another run has taken over.
        UnreachableError, OSError: the second place cannot be reached or is full; the next run goes on.
        GuardError: the ledger's chain is broken (``G-CHAIN``), or the second place is another home's (``G-SECOND``).
    """
    second = ground.second
    if second is None:
        return Synced()
    with ground.state.hold_lease(LEASE) as lease:
        return _sync(ground, second, lease)


def sync_soon(ground: Ground) -> str:
    """Bring the second place to what a command has just done, if it can be done now: the code of the failure, or "".

    What the command did is done; the night copies what could not be copied now.
    """
    if ground.second is None:
        return ""
    try:
        sync(ground)
    except Exception as error:  # noqa: BLE001 - whatever it is, the command itself has succeeded
        return code_of(error)
    return ""


def _sync(ground: Ground, second: Store, lease: Lease) -> Synced:
    with ground.state.reading() as books:
        first = books.ledger.after(0, 1)
        check = books.setting("key_check") or ""
        before = int(books.setting(synced_setting(second.place)) or 0)
    if not first:
        return Synced(place=second.place)
    spans = [one for info in second.list(SECOND_LEDGER) if (one := second_span(info.key)) is not None]
    _refuse_other_history(ground, second, spans)
    with ExitStack() as files:
        head, orders = _new_lists(ground, second, lease, before, files)
        missing = _worth(ground, gaps(spans, head))
        if missing or orders:
            _put(second, SECOND_IDENTITY, Identity(check=check, first=first[0].hash.hex()).text())
        for new in orders:
            _put_list(second, new)
    for gap in missing:
        _put(second, second_segment(gap.first, gap.last), segment(_links(ground, gap)))
    _clear_superseded(ground, second, [new.listed for new in orders])
    through = max((one.last for one in (*spans, *missing)), default=0)
    links = sum(one.last - one.first + 1 for one in missing)
    if missing or orders or through > before:
        _tell(ground, second, lease, links, through, len(orders))
    return Synced(place=second.place, links=links, through=through, orders=len(orders))


def _refuse_other_history(ground: Ground, second: Store, spans: Sequence[Span]) -> None:
    """The home may have been opened while the second place was away: never mix two histories there."""
    last = max(spans, key=lambda one: one.last, default=None)
    if last is None:
        return
    try:
        known = read_link(second.get(second_segment(last.first, last.last)).rstrip(b"\n").rpartition(b"\n")[2])
    except ValueError:
        raise GuardError(
            "G-SECOND", f"{second.place} holds a segment that cannot be read", "compare it with its own backup"
        ) from None
    with ground.state.reading() as books:
        head, _ = books.ledger.head()
        same = books.ledger.after(known.seq - 1, 1)
    if relation(head, known, same[0].hash if same else None) != "level":
        raise GuardError(
            "G-RESTORED",
            "the archive is older than what its second place knows",
            "run 'bevara restore' before all else",
        )


def _worth(ground: Ground, missing: Sequence[Span]) -> list[Span]:
    """The gaps without a last one that has nothing to tell."""
    if not missing:
        return []
    kept = list(missing)
    with ground.state.reading() as books:
        last = kept[-1]
        if not worth_exporting(books.ledger.after(last.first - 1, last.last - last.first + 1)):
            kept.pop()
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    """A list that is to be written: what it holds, its bytes in a temporary file, and their SHA-256."""

    listed: Listed
    file: IO[bytes]
    sha256: str


def _new_lists(
    ground: Ground, second: Store, lease: Lease, before: int, files: ExitStack
) -> tuple[int, Sequence[_New]]:
    """Lists that the second place lacks, with their receipts in the ledger, and the last link that they agree with.

    Lists and ledger are read as of one instant. Where something is culled before the receipts are written, all is
    read anew: links that tell of more than the lists hold must not be copied.
    """
    for _ in range(_AGAIN):
        there = lists(info.key for info in second.list(SECOND_CULLED))
        with ground.state.reading() as books:
            head, _ = books.ledger.head()
            some = [_spooled(books, order, files) for order in _wanted(books, there, before)]
        if not some:
            return head, ()
        with suppress(_ChangedError), ground.state.writing() as books:
            books.leases.check(lease)
            last = head
            for one in some:
                last = books.ledger.append(_listed(ground, second, one)).seq
            between = books.ledger.after(head, last - len(some) - head) if last - len(some) > head else ()
            if any(_changes_lists(link.body) for link in between):
                raise _ChangedError
            return last, some
    raise LeaseTakenError("something is being culled; the next run copies it")


class _ChangedError(RuntimeError):
    """Something was culled while the lists were read."""


def _changes_lists(body: str) -> bool:
    act = str(json.loads(body).get("act"))
    return act in (SWAPPED_ACT, FORGOTTEN_ACT) or act.startswith("restore.")


def _wanted(books: Books, there: Mapping[str, Sequence[Listed]], before: int) -> list[str]:
    """Orders of which the second place has no list with all tombstones, or whose suppression was shortened since."""
    forgotten = _forgotten_since(books, before)
    found: list[str] = []
    for order, tombstones in books.tombstones.orders().items():
        last = _last_listed(books, order)
        whole = last is not None and last.tombstones == tombstones and last in there.get(order, ())
        if whole and forgotten and last is not None:
            whole = last.suppressed == sum(1 for _ in books.natives.suppressed(order))
        if not whole:
            found.append(order)
    return found


def _last_listed(books: Books, order: str) -> Listed | None:
    """The order's list that the ledger spoke for last."""
    links = books.ledger.about(list_subject(order), limit=_ALL)
    if not links:
        return None
    said = json.loads(links[-1].body)["evidence"]
    return Listed(order=order, tombstones=said["tombstones"], suppressed=said["suppressed"])


def _forgotten_since(books: Books, seq: int) -> bool:
    """Whether suppression entries were forgotten after that link, because their own retention had run out."""
    while links := books.ledger.after(seq, _LINKS):
        if any(f'"{FORGOTTEN_ACT}"' in one.body and json.loads(one.body)["act"] == FORGOTTEN_ACT for one in links):
            return True
        seq = links[-1].seq
    return False


def _spooled(books: Books, order: str, files: ExitStack) -> _New:
    """The order's list as it is now."""
    file: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - closed by the caller's stack
    digest = hashlib.sha256()

    def write(entries: Iterator[Tombstone] | Iterator[Suppressed]) -> int:
        count = 0
        for entry in entries:
            line = written(entry).encode("utf-8")
            digest.update(line)
            file.write(line)
            count += 1
        return count

    tombstones = write(books.tombstones.all(order))
    listed = Listed(order=order, tombstones=tombstones, suppressed=write(books.natives.suppressed(order)))
    return _New(listed=listed, file=file, sha256=digest.hexdigest())


def _listed(ground: Ground, second: Store, one: _New) -> Receipt:
    return Receipt(
        act=LISTED_ACT,
        at=ground.clock.now(),
        actor="bevara",
        subjects=("second", list_subject(one.listed.order)),
        evidence={
            "place": second.place,
            "order": one.listed.order,
            "tombstones": one.listed.tombstones,
            "suppressed": one.listed.suppressed,
            "sha256": one.sha256,
        },
    )


def _put_list(second: Store, one: _New) -> None:
    """Write a list. One under its name that is another is of a history that was lost, or altered: ours is the truth."""
    key = second_culled(one.listed.order, one.listed.tombstones, one.listed.suppressed)
    for _ in range(2):
        one.file.seek(0)
        try:
            second.put_new(key, one.file)  # type: ignore[arg-type] # a spooled file reads as any binary file does
        except AlreadyThereError:
            if second.checksum(key) == one.sha256:
                return  # a run that was stopped wrote it
            second.destroy(key)
        else:
            return
    raise GuardError(
        "G-SECOND",
        f"{second.place} keeps another list of order {one.listed.order[:12]} than this home would write",
        "compare it with its own backup; give every home a second place of its own in bevara.toml",
    )


def _clear_superseded(ground: Ground, second: Store, new: Sequence[Listed]) -> None:
    """Remove lists that a newer one has replaced; one that a lock keeps stays, and is passed over when reading.

    Done when the links that speak for the newer one lie there. A list that says more than this home knows is none of
    ours, and replaces nothing.
    """
    fresh = {one.order: one for one in new}
    with ground.state.reading() as books:
        counts = books.tombstones.orders()
    for order, some in lists(info.key for info in second.list(SECOND_CULLED)).items():
        count = counts.get(order, 0)
        if all(one.tombstones != count for one in some):
            continue
        valid = fresh.get(order)
        for one in some:
            old = one.tombstones < count or (one.tombstones == count and valid is not None and one != valid)
            if old:
                with suppress(GuardError):
                    second.destroy(second_culled(order, one.tombstones, one.suppressed))


def _links(ground: Ground, wanted: Span) -> Sequence[Link]:
    with ground.state.reading() as books:
        return links_of(books, wanted)


def _put(second: Store, key: str, data: bytes) -> None:
    try:
        second.put_new(key, data)
    except AlreadyThereError:
        if second.get(key) != data:
            raise GuardError(
                "G-SECOND",
                f"{second.place} holds another {key.partition('/')[0]} than this home would write",
                "give every home a second place of its own in bevara.toml",
            ) from None


def _tell(ground: Ground, second: Store, lease: Lease, links: int, through: int, orders: int) -> None:
    with ground.state.writing() as books:
        books.leases.check(lease)
        books.set_setting(synced_setting(second.place), str(through))
        books.ledger.append(
            Receipt(
                act=SYNC_ACT,
                at=ground.clock.now(),
                actor="bevara",
                subjects=("second",),
                evidence={"place": second.place, "links": links, "through": through, "orders": orders},
            )
        )


def restored_since(books: Books, order: str) -> bool:
    """Whether the archive was restored after the order's execution had begun.

    Holds that were set between backup and loss are not known then, so nothing more may be destroyed under it.
    """
    begun = [seq for seq, body in told_of(books, order) if body["act"] == "cull.begun"]
    replayed = [seq for seq, body in told_of(books, "second") if body["act"] == "restore.replayed"]
    return bool(begun and replayed) and replayed[-1] > begun[-1]
