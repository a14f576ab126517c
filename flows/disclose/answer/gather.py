"""What is masked anywhere in a request, who is spoken of as whom, and where it stands open in what is to be given.

The strings are held in memory while an answer is built, and nowhere else.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from flows.disclose.answer.chosen import Batch, Chosen, answers_of, assessed, batches, read_batches
from flows.disclose.answer.file_words import says
from flows.disclose.assess.attachments import attachments, caption_text
from flows.disclose.assess.folded import fold, size
from flows.disclose.assess.leaks import Leak, Sought, leaks, masked_files, masked_strings
from flows.disclose.assess.provisions import Label, labelling, labels_in
from flows.disclose.assess.redact import covered_texts, masked_text, places_of, redact, version_row
from flows.disclose.assess.stand_ins import StandIns, Writer, stand_ins
from flows.keep.own import read_own
from flows.keep.renditions import rows_of_items
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.payload import fields_of
from schemas.record import Row
from schemas.request import Assessment, Given, GivenFile, Mask, Request
from schemas.shelf import medium

IN_FILE: Final = "Q195"
"""Finding code: words that are masked elsewhere stand in the bytes of a file that is given whole."""
_MOST_TEXT: Final = 16 * 1024 * 1024
_SHORT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What an answer needs of the whole request.

    Attributes:
        strings, digests: of words and files that are masked or not given. sought: the strings, ready to be looked for.
        strong: those of five letters and more, which are looked for in any bytes.
        label, stand_in: what stands in the place of what is masked. shown: finds labels.
    """

    strings: frozenset[str]
    digests: frozenset[str]
    sought: Sought
    strong: Sought
    label: Label
    stand_in: StandIns
    shown: re.Pattern[str]

    def given(self, assessment: Assessment, rows: Sequence[Row]) -> Given:
        """What is given of one line."""
        return redact(rows, assessment, self.label, self.stand_in)

    def caption(self, row: Row) -> Callable[[str, Sequence[Mask]], str]:
        """What masks the text of a caption file of that version."""
        return lambda text, masks: masked_text(text, masks, self.label, lambda words: self.stand_in(row, words))


def gather(home: Home, request: Request, table: pa.Table, chosen: Chosen) -> Gathered:
    """Read what the whole request masks. ``table``: the frozen list."""
    provisions = home.disclosure().provisions
    strings: set[str] = set()
    digests: set[str] = set()
    writers = list(_writers(home.ground, table)) if chosen.pseudonyms else []
    spoken: list[tuple[Assessment, str]] = []
    codes: set[str] = set()
    if chosen.masked or chosen.every.get("refuse"):
        for batch in _hiding(home.ground, request, table):
            for one, rows in batch:
                strings |= masked_strings(rows, one) | frozenset(_in_captions(home.ground, one, rows))
                digests |= masked_files(rows, one)
                codes |= {mask.provision for mask in one.masks}
                spoken += [(one, words) for words in _spoken(one, rows)]
    spoken.sort(key=lambda each: (each[0].at, each[0].item, each[0].version))
    return Gathered(
        strings=frozenset(strings),
        digests=frozenset(digests),
        sought=Sought(strings),
        strong=Sought(one for one in strings if size(fold(one)) >= _SHORT),
        label=labelling(provisions),
        stand_in=stand_ins(
            writers,
            [words for _, words in spoken],
            before=_numbered(home.ground, request) if chosen.pseudonyms else {},
            mark=_marking(home.native_key() if chosen.pseudonyms else b""),
        ),
        shown=labels_in(provisions, codes),
    )


def _marking(key: bytes) -> Callable[[str], str]:
    return lambda person: hmac.new(key, b"stand-in\0" + person.encode("utf-8", "replace"), "sha256").hexdigest()[:32]


def _numbered(ground: Ground, request: Request) -> dict[str, int]:
    """The stand-ins that the request's earlier answers showed; the first answer with somebody counts."""
    found: dict[str, int] = {}
    with ground.state.reading() as books:
        bodies = answers_of(books, request)
    for body in bodies:
        item = body["evidence"].get("item")
        row = read_own(ground, ItemId(item)) if isinstance(item, str) else None
        told = fields_of(None if row is None else row.payload).get("answered")
        numbers = told.get("stand_ins") if isinstance(told, dict) else None
        for mark, number in numbers.items() if isinstance(numbers, dict) else ():
            found.setdefault(mark, number)
    return found


def _hiding(ground: Ground, request: Request, table: pa.Table) -> Iterator[Batch]:
    """Lines in which something is hidden."""
    for some in batches(table):
        with ground.state.reading() as books:
            known = assessed(books, request.number, some)
        wanted = [line for line in some if line in known and known[line].verdict != "give"]
        if wanted:
            part = pa.table({"item": [item for item, _ in wanted], "version": [version for _, version in wanted]})
            yield from read_batches(ground, request, part)


def _writers(ground: Ground, table: pa.Table) -> Iterator[Writer]:
    """Who wrote each line of the whole list, assessed or not: later assessments move no number."""
    for some in batches(table):
        rows = rows_of_items(ground, dict.fromkeys(item for item, _ in some))
        for item, version in some:
            for row in rows.get(item, ()):
                if row.row == "version" and row.version == version:
                    yield row.platform, row.author_native, row.author


def _spoken(one: Assessment, rows: Sequence[Row]) -> Iterator[str]:
    if not any(mask.pseudonym for mask in one.masks):
        return
    row = version_row(rows, one.version)
    for where, text in places_of(row, attachments(rows, one.version, at=one.at)):
        if where != "author":
            yield from covered_texts(text, [mask for mask in one.masks if mask.where == where and mask.pseudonym])


def _in_captions(ground: Ground, one: Assessment, rows: Sequence[Row]) -> Iterator[str]:
    for number, file in enumerate(attachments(rows, one.version, at=one.at)):
        masks = [mask for mask in one.masks if mask.where == f"media:{number}" and mask.sort == "span"]
        if masks and file.digest is not None:
            text = caption_text(_bytes(ground, file.digest))
            yield from (text[mask.start : mask.end] for mask in masks)


def open_places(ground: Ground, gathered: Gathered, givens: Iterable[Given]) -> Iterator[Leak]:
    """Places where what is masked somewhere stands open: in words, as the same file, or in the bytes of one."""
    known = list(givens)
    yield from leaks(known, gathered.strings, gathered.digests, gathered.shown)
    if not gathered.strings:
        return
    for given in known:
        for file in given.files:
            if given.verdict != "refuse" and file.state == "whole" and _in_file(ground, gathered, file):
                yield Leak(item=given.item, version=given.version, where=f"media:{file.number}", code=IN_FILE)


def _in_file(ground: Ground, gathered: Gathered, file: GivenFile) -> bool:
    if file.digest is None:
        return False
    try:
        with closing(ground.store.open(medium(file.digest))) as source:
            if _is_text(file):
                return gathered.sought.found_in(caption_text(source.read(_MOST_TEXT)))
            with closing(ground.store.open(medium(file.digest))) as again:
                return says(source, again, gathered.sought, gathered.strong)
    except MissingError:
        return False


def _is_text(file: GivenFile) -> bool:
    return file.role == "caption" or file.media_type.startswith("text/")


def _bytes(ground: Ground, digest: str) -> bytes:
    try:
        return ground.store.get(medium(digest))
    except MissingError:
        return b""
