"""What is masked anywhere in a request, who is spoken of as whom, and where it stands open in what is to be given.

The strings are held in memory while an answer is built, and nowhere else.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, Final

import pyarrow as pa

from flows.disclose.answer.chosen import Batch, Chosen, assessed, batches, read_batches
from flows.disclose.assess.attachments import attachments, caption_text
from flows.disclose.assess.folded import fold, letters
from flows.disclose.assess.leaks import Leak, Sought, leaks, masked_files, masked_strings
from flows.disclose.assess.provisions import Label, labelling, labels_in
from flows.disclose.assess.redact import covered_texts, masked_text, places_of, redact, version_row
from flows.disclose.assess.stand_ins import StandIns, Writer, stand_ins
from flows.keep.renditions import rows_of_items
from schemas.ground import Ground, Home
from schemas.neighbours import MissingError
from schemas.record import Row
from schemas.request import Assessment, Given, GivenFile, Mask, Request
from schemas.shelf import medium

IN_FILE: Final = "Q195"
"""Finding code: words that are masked elsewhere stand in the bytes of a file that is given whole."""
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 4096
_MOST_TEXT: Final = 16 * 1024 * 1024
_RUN: Final = re.compile(rb"[\x20-\x7e\x80-\xf4]{5,}")
_WIDE: Final = re.compile(rb"(?:[\x20-\x7e\x80-\xff][\x00\x01]){5,}|(?:[\x00\x01][\x20-\x7e\x80-\xff]){5,}")
_LONG_RUN: Final = 12
"""Bytes from which on a run is no accident: short strings are looked for in such ones alone."""
_SHORT: Final = 5
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNK: Final = 4 * 1024 * 1024


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
        strong=Sought(one for one in strings if len(letters(fold(one))) >= _SHORT),
        label=labelling(provisions),
        stand_in=stand_ins(writers, [words for _, words in spoken]),
        shown=labels_in(provisions, codes),
    )


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
            return any(_in_bytes(gathered, some) for some in _pieces(source))
    except MissingError:
        return False


def _is_text(file: GivenFile) -> bool:
    return file.role == "caption" or file.media_type.startswith("text/")


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """The bytes in pieces that overlap, and what PNG keeps compressed of words."""
    before = b""
    head = True
    while chunk := source.read(_CHUNK):
        if head and chunk.startswith(_PNG):
            yield from _png_words(chunk)
        head = False
        yield before + chunk
        before = chunk[-_OVERLAP:]


def _png_words(data: bytes) -> Iterator[bytes]:
    """Compressed words in the chunks of a PNG's first megabyte."""
    for match in re.finditer(rb"zTXt|iTXt|iCCP", data):
        for start in (match for match in range(match.end(), min(match.end() + 400, len(data))) if data[match] == 0x78):
            unpacker = zlib.decompressobj()
            try:
                words = unpacker.decompress(data[start:], _MOST_CHUNK)
            except zlib.error:
                continue
            if words:
                yield words
                break


def _in_bytes(gathered: Gathered, data: bytes) -> bool:
    for match in _RUN.finditer(data):
        text = match[0].decode("utf-8", "replace")
        other = match[0].decode("latin-1")
        sought = gathered.sought if len(match[0]) >= _LONG_RUN else gathered.strong
        if sought.found_in(text) or (other != text and sought.found_in(other)):
            return True
    return any(
        gathered.strong.found_in(match[0].decode(encoding, "replace"))
        for match in _WIDE.finditer(data)
        for encoding in ("utf-16-le", "utf-16-be")
    )


def _bytes(ground: Ground, digest: str) -> bytes:
    try:
        return ground.store.get(medium(digest))
    except MissingError:
        return b""
