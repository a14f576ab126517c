"""Which lines of the frozen list an answer is about, and that nothing of them has changed since.

Lines are read in batches by month: memory is that of one batch, however long the list is.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from flows.disclose.assess.attachments import seen_as
from flows.keep.renditions import rows_of_items
from schemas.books import Books
from schemas.ground import Ground
from schemas.ids import ItemId, month_of
from schemas.record import Row
from schemas.refusal import GuardError
from schemas.request import Assessment, Request, Verdict

Line = tuple[ItemId, int]
"""An item and one of its versions."""
_NAMED: Final = 5
ANSWERED: Final = "request.answered"
"""Act of the receipt about the request, for each portion."""
RECEIPTS: Final = 1_000_000
"""Receipts about one request that are read: each record that is assessed by itself has one."""
TOGETHER: Final = 2_000
"""Lines that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The lines of one portion.

    Attributes:
        request: its row when they were chosen. portion: number of the answer, from 1.
        lines: columns ``item``, ``version``, in list order. left: lines for later portions; unassessed: lines among them
            that were passed over.
        counts: verdicts of these lines. every: verdicts of the whole list. digest: over what was decided of them.
        masked: whether anything in the request, in whatever portion, is masked. pseudonyms: whether with stand-ins.
    """

    request: Request
    portion: int
    lines: pa.Table
    left: int
    counts: Mapping[Verdict, int]
    every: Mapping[Verdict, int]
    digest: str
    masked: bool
    pseudonyms: bool
    unassessed: int = 0

    @property
    def size(self) -> int:
        """How many lines."""
        return int(self.lines.num_rows)


@dataclass(slots=True)
class _Count:
    chosen: array[int] = field(default_factory=lambda: array("Q"))
    counts: dict[Verdict, int] = field(default_factory=dict)
    every: dict[Verdict, int] = field(default_factory=dict)
    portion: int = 0
    left: int = 0
    unassessed: int = 0
    masked: bool = False
    pseudonyms: bool = False


def choose(
    books: Books, request: Request, table: pa.Table, *, most: int | None, before: int, lenient: bool = False
) -> Chosen:
    """The next lines to be answered: those that no earlier portion held, in list order, at most ``most``.

    Args:
        table: the frozen list. before: answers that have gone out on the request. lenient: lines that are not assessed are passed over and counted in ``left``.

    Raises:
        GuardError: some of them are not assessed (G-ASSESSED).
    """
    count, digest, at = _Count(), hashlib.sha256(), 0
    for some in batches(table):
        known = assessed(books, request.number, some)
        for line in some:
            one = known.get(line)
            if one is not None:
                count.every[one.verdict] = count.every.get(one.verdict, 0) + 1
                count.portion = max(count.portion, one.portion)
                count.masked = count.masked or bool(one.masks)
                count.pseudonyms = count.pseudonyms or any(mask.pseudonym for mask in one.masks)
            if one is None or one.portion == 0:
                if most is not None and len(count.chosen) + count.unassessed >= most:
                    count.left += 1
                elif one is None:
                    count.unassessed += 1
                else:
                    count.chosen.append(at)
                    count.counts[one.verdict] = count.counts.get(one.verdict, 0) + 1
                    digest.update(_spelled(one))
            at += 1
    if count.unassessed and not lenient:
        raise GuardError(
            "G-ASSESSED",
            f"{count.unassessed} lines of request {request.number} are not assessed",
            f"'bevara request assessed {request.number} --left' lists them",
        )
    return Chosen(
        request=request,
        portion=max(count.portion, before) + 1,
        lines=table.take(pa.array(count.chosen, pa.uint64())),
        left=count.left + count.unassessed,
        counts=count.counts,
        every=count.every,
        digest=digest.hexdigest(),
        masked=count.masked,
        pseudonyms=count.pseudonyms,
        unassessed=count.unassessed,
    )


def answers_of(books: Books, request: Request) -> list[dict[str, Any]]:
    """The receipts of the answers that have gone out on a request, in order."""
    bodies = (json.loads(link.body) for link in books.ledger.about(request.subject, RECEIPTS))
    return [body for body in bodies if body["act"] == ANSWERED]


def batches(table: pa.Table) -> Iterator[list[Line]]:
    """The lines in order, those of one month together, at most ``TOGETHER`` at a time."""
    some: list[Line] = []
    for batch in table.select(["item", "version"]).to_batches(max_chunksize=TOGETHER):
        for item, version in zip(batch["item"].to_pylist(), batch["version"].to_pylist(), strict=True):
            full = len(some) >= TOGETHER and some[-1][0] != item
            if some and (full or month_of(some[-1][0]) != month_of(ItemId(item))):
                yield some
                some = []
            some.append((ItemId(item), int(version)))
    if some:
        yield some


def assessed(books: Books, number: int, lines: Sequence[Line]) -> dict[Line, Assessment]:
    """What was decided of these lines, where something was."""
    wanted = set(lines)
    items = list(dict.fromkeys(item for item, _ in lines))
    found = {(one.item, one.version): one for one in books.requests.assessed(number, items)}
    return {line: one for line, one in found.items() if line in wanted}


Batch = Sequence[tuple[Assessment, Sequence[Row]]]
"""Assessments in list order, each with all rows of its item."""


def read_batches(ground: Ground, request: Request, lines: pa.Table) -> Iterator[Batch]:
    """The lines with what was decided of them and with their rows, month by month.

    Raises:
        GuardError: an assessment is gone meanwhile (G-CHANGED), or rows are (G-UNREADABLE); there are attachments that
            nobody has seen (G-ASSESSED).
    """
    for some in batches(lines):
        with ground.state.reading() as books:
            known = assessed(books, request.number, some)
        if len(known) < len(set(some)):
            raise changed(request.number)
        rows = rows_of_items(ground, dict.fromkeys(item for item, _ in some))
        for item, version in some:
            if not any(row.row == "version" and row.version == version for row in rows.get(item, ())):
                raise GuardError(
                    "G-UNREADABLE",
                    f"{item}@{version} of request {request.number} cannot be read",
                    "run 'bevara verify --deep', then find anew",
                )
        refuse_unseen(request, [known[line] for line in some], rows)
        yield [(known[line], rows[line[0]]) for line in some]


def refuse_unseen(request: Request, some: Sequence[Assessment], rows: Mapping[ItemId, Sequence[Row]]) -> None:
    """Refuse what has other attachments than its officer saw: those that came in late, and what they moved.

    What went out already is left alone.

    Raises:
        GuardError: G-ASSESSED.
    """
    late = [
        f"{one.item}@{one.version}"
        for one in some
        if one.verdict != "refuse"
        and not one.portion
        and seen_as(rows.get(one.item, ()), one.version, one.at) != one.seen
    ]
    if late:
        named = ", ".join(late[:_NAMED]) + (" …" if len(late) > _NAMED else "")
        raise GuardError(
            "G-ASSESSED",
            f"attachments came in after {named} of request {request.number} was assessed, with an earlier time",
            f"look at 'bevara request assessed {request.number}', and assess it anew",
        )


def closing(books: Books, chosen: Chosen, change: Callable[[Assessment], Assessment] | None = None) -> None:
    """In the last transaction: nothing has changed since the lines were chosen; then each is changed.

    Raises:
        GuardError: G-CHANGED, the list or an assessment is another one by now.
    """
    now = books.requests.get(chosen.request.number)
    if now is None or (now.listed, now.digest) != (chosen.request.listed, chosen.request.digest):
        raise changed(chosen.request.number)
    digest = hashlib.sha256()
    for some in batches(chosen.lines):
        known = assessed(books, chosen.request.number, some)
        if len(known) < len(set(some)) or any(one.portion for one in known.values()):
            raise changed(chosen.request.number)
        for line in some:
            digest.update(_spelled(known[line]))
        if change is not None:
            books.requests.assess(change(known[line]) for line in some)
    if digest.hexdigest() != chosen.digest:
        raise changed(chosen.request.number)


def changed(number: int) -> GuardError:
    """The refusal when a colleague was at work meanwhile."""
    return GuardError(
        "G-CHANGED",
        f"the list or the assessments of request {number} changed while the answer was built",
        f"look at 'bevara request show {number}', and answer again",
    )


def digest_of(one: Assessment) -> str:
    """SHA-256 of what was decided of one line: verdict, provision and masks; what names a masked copy."""
    return hashlib.sha256(_spelled(one)).hexdigest()


def _spelled(one: Assessment) -> bytes:
    values: list[Any] = [one.item, one.version, one.verdict, one.provision, [mask.as_json() for mask in one.masks]]
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode() + b"\n"
