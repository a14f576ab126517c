"""From what an officer wants hidden to masks: found in every place of a record, widened, merged. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flows.disclose.assess.folded import (
    NO_LETTER_AFTER,
    fold,
    letters,
    name,
    parts_of,
    readings,
    spans,
    words,
    worth_looking_for,
)
from flows.disclose.assess.identities import identities
from flows.disclose.assess.redact import places_of
from flows.keep.addresses import addresses
from schemas.graphemes import widened
from schemas.record import MediaRef, Row
from schemas.refusal import RefusedError
from schemas.request import Mask

_TOLD_BY: Final = frozenset({"region", "sound", "picture", "file"})
"""Sorts of masks whose content an alt text tells, and captions and thumbnails show."""
_SMALLEST_PART: Final = 3
_TIMED: Final = frozenset({"sound", "picture"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Needles:
    """What is looked for in one run.

    Attributes:
        masked: patterns over folded text whose hits are masked.
        hints: patterns whose other hits are only told: parts of a name, and the name inside other words.
        writers: folded names and ids of authors whose name is masked wherever they write.
    """

    masked: tuple[re.Pattern[str], ...]
    inside: tuple[re.Pattern[str], ...] = ()
    parts: tuple[re.Pattern[str], ...] = ()
    writers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What was found in one version. ``inside``, ``parts``: places that are only told. Counts, never words."""

    masks: tuple[Mask, ...]
    inside: int = 0
    parts: int = 0


def needles_of_words(texts: Iterable[str]) -> Needles:
    """Words as they are, everywhere. Raises RefusedError: nothing that can be looked for."""
    try:
        return Needles(masked=tuple(words(text) for text in texts))
    except ValueError:
        raise RefusedError("--words", "…", "write words with letters, digits or signs in them") from None


def needles_of_name(said: str, writers: Iterable[tuple[str | None, str | None]]) -> Needles:
    """A name, with the handle and the id of everybody who writes under it.

    A name in one part is masked where it is a word of its own; inside other words it is told. First and last names by
    themselves are told too.

    Args:
        writers: (author, author's id) of listed records.

    Raises:
        RefusedError: nothing that can be looked for.
    """
    wanted = letters(said)
    if not wanted:
        raise RefusedError("--name", "…", "write a name with letters in it")
    masked = [name(said)]
    known: set[str] = set()
    for author, native in dict.fromkeys(writers):
        own = identities(author, native)
        if wanted not in {letters(one) for one in own}:
            continue
        known.update(filter(None, (fold(author or ""), native or "")))
        for one in own:
            if one in {author, native}:
                masked += [words(one)] if worth_looking_for(fold(one)) and letters(one) != wanted else []
            elif worth_looking_for(fold(one)):
                masked.append(_handle(one))
    parts = [part for part in parts_of(said) if len(part) >= _SMALLEST_PART]
    return Needles(
        masked=tuple(dict.fromkeys(masked)),
        inside=(words(said),) if len(parts) < 2 else (),
        parts=tuple(name(part) for part in parts) if len(parts) > 1 else (),
        writers=frozenset(known),
    )


def marked(
    row: Row,
    media: Sequence[MediaRef],
    needles: Needles,
    provision: str,
    *,
    pseudonym: bool = False,
    captions: Mapping[int, str] | None = None,
) -> Marked:
    """Everything in one version that the needles find.

    Spans in texts, alt texts and caption files; the whole of an author's name, a link and the address.

    Args:
        media: its attachments. captions: attachment's number → text of those that are caption files.
    """
    masks: list[Mask] = []
    inside = parts = 0
    for where, text in [*places_of(row, media), *_captions(captions)]:
        if where == "author":
            if _writes(row, needles) or _found(text, needles.masked):
                masks.append(Mask(sort="field", where=where, provision=provision, pseudonym=pseudonym))
            continue
        if where.startswith("links:"):
            if _found(text, needles.masked, address=True):
                masks.append(Mask(sort="field", where=where, provision=provision))
            continue
        found = _together(text, needles.masked)
        masks += (
            Mask(sort="span", where=where, provision=provision, start=start, end=end, pseudonym=pseudonym)
            for start, end in found
        )
        inside += _others(text, needles.inside, found)
        parts += _others(text, needles.parts, found)
    if any(_found(one, needles.masked, address=True) for one in addresses(row)[:1]):
        masks.append(Mask(sort="field", where="address", provision=provision))
    return Marked(masks=tuple(masks), inside=inside, parts=parts)


def fitted(mask: Mask, row: Row, media: Sequence[MediaRef]) -> Mask:
    """A mask that an officer placed, as it fits the version: widened to whole characters.

    Raises:
        RefusedError: the version has no such place, or the place does not reach that far.
    """
    kind, _, number = mask.where.partition(":")
    if kind == "media":
        if int(number) >= len(media):
            raise RefusedError("MEDIA", number, f"the record has {len(media)} attachments, counted from 0")
        return mask
    if mask.where == "address":
        return mask
    text = dict(places_of(row, media)).get(mask.where)
    if text is None or (kind == "author" and row.author is None):
        raise RefusedError(f"--{mask.sort}", mask.where, "the record has no such field; numbers count from 0")
    if mask.sort != "span":
        return mask
    if mask.end > len(text):
        raise RefusedError("--span", f"{mask.start}-{mask.end}", f"the field has {len(text)} characters")
    start, end = widened(text, mask.start, mask.end)
    return replace(mask, start=start, end=end)


def protections(
    masks: Iterable[Mask],
    media: Sequence[MediaRef],
    *,
    keep_alt: bool = False,
    keep_captions: bool = False,
    keep_thumbnails: bool = False,
) -> tuple[Mask, ...]:
    """What goes together with masks on attachments: their alt texts, and the item's captions and thumbnails.

    An alt text may tell what was masked in the picture, a caption file what was masked in the sound, a thumbnail show it.
    """
    found: list[Mask] = []
    for one in masks:
        if one.sort not in _TOLD_BY:
            continue
        number = int(one.where.partition(":")[2])
        if not keep_alt and number < len(media) and media[number].alt is not None:
            found.append(Mask(sort="field", where=f"alt:{number}", provision=one.provision))
        for other, file in enumerate(media):
            goes = (file.role == "caption" and not keep_captions) or (file.role == "thumbnail" and not keep_thumbnails)
            if goes and other != number:
                found.append(Mask(sort="file", where=f"media:{other}", provision=one.provision))
                if not keep_alt and file.alt is not None:
                    found.append(Mask(sort="field", where=f"alt:{other}", provision=one.provision))
    return tuple(dict.fromkeys(found))


def merged(masks: Iterable[Mask]) -> tuple[Mask, ...]:
    """Masks in order, each once; spans and times of one sort, place and provision that overlap are one.

    Under different provisions both stay, so that the label names both. Spans that only touch stay apart when they have
    stand-ins: they may be about two persons.
    """
    found: list[Mask] = []
    for one in sorted(dict.fromkeys(masks), key=_order):
        last = found[-1] if found else None
        if last is not None and (one.sort == "span" or one.sort in _TIMED) and _same_place(last, one):
            touch = one.start < last.end or (one.start == last.end and not one.pseudonym)
            if touch:
                found[-1] = replace(last, end=max(last.end, one.end))
                continue
        found.append(one)
    return tuple(found)


def _order(mask: Mask) -> tuple[object, ...]:
    same = (mask.where, mask.sort, mask.provision, mask.pseudonym)
    return (*same, mask.start, mask.end, mask.x, mask.y, mask.width, mask.height)


def _same_place(one: Mask, other: Mask) -> bool:
    return _order(one)[:4] == _order(other)[:4]


def _captions(captions: Mapping[int, str] | None) -> Iterator[tuple[str, str]]:
    return ((f"media:{number}", text) for number, text in sorted((captions or {}).items()))


def _writes(row: Row, needles: Needles) -> bool:
    return bool(needles.writers & {fold(row.author or ""), row.author_native or ""} - {""})


def _found(text: str, patterns: Iterable[re.Pattern[str]], *, address: bool = False) -> bool:
    texts = readings(text, address=address)
    return any(one.search(each) is not None for one in patterns for each in texts)


def _together(text: str, patterns: Iterable[re.Pattern[str]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(span for one in patterns for span in spans(text, one)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _others(text: str, patterns: Iterable[re.Pattern[str]], masked: Sequence[tuple[int, int]]) -> int:
    """How many places the patterns find outside of what is masked already."""
    return sum(
        not any(start < last and first < end for first, last in masked)
        for one in patterns
        for start, end in spans(text, one)
    )


def _handle(text: str) -> re.Pattern[str]:
    """A handle without its server: only where a sign before it says that it is one."""
    return re.compile(f"[@/=:~]{re.escape(fold(text))}{NO_LETTER_AFTER}")
