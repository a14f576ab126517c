"""An officer masks parts of listed versions: words and names wherever they stand, or the places that are named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from flows.disclose.answer.chosen import Line, batches
from flows.disclose.assess.assess import Done, left_of, looked_away, refuse_given, refuse_moved
from flows.disclose.assess.attachments import attachments, caption_text, seen_as
from flows.disclose.assess.changing import Change, Changed, change_lines, chosen_lines
from flows.disclose.assess.marking import (
    Needles,
    fitted,
    marked,
    merged,
    needles_of_name,
    needles_of_words,
    protections,
)
from flows.disclose.assess.mask_told import (
    INSIDE,
    LATER,
    NOT_SEARCHED,
    PARTS,
    REFUSED,
    TOGETHER_WITH,
    UNREAD,
    WENT_OUT,
    Wish,
    Work,
    mask_findings,
)
from flows.disclose.assess.provisions import provision_of
from flows.disclose.assess.redact import version_row
from flows.disclose.assess.writers import Wrote, writers_of
from flows.disclose.find.listing import listed
from flows.disclose.standing import known_request
from flows.keep.renditions import rows_of_items
from schemas.ground import Ground, Home
from schemas.neighbours import MissingError, UnmaskableError
from schemas.record import MediaRef, Row
from schemas.refusal import GuardError, RefusedError
from schemas.request import Assessment, Mask
from schemas.shelf import medium

MASKED: Final = "request.masked"
"""Act of the receipts."""
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a picture or a caption file that is read."""
_PICTURES: Final = frozenset({"picture", "thumbnail"})
_RECORDINGS: Final = frozenset({"video", "audio"})


def mask(home: Home, number: int | str, said: Sequence[str], wish: Wish, person: str, *, again: bool = False) -> Done:
    """Mask in listed versions, which are given partly then; masks that stand there already stay.

    Without records named, words and names are masked in the whole list; what is refused stays refused, and what went
    out already is left alone: both are told.

    Args:
        said: ``ITEM`` or ``ITEM@VERSION``; empty = the whole list. again: also what went out already (named ones only).

    Raises:
        RefusedError: unknown request, person, record, provision or place; nothing that can be looked for; a region
        outside of its picture. GuardError: G-MANDATE; G-REQUEST (no list); G-CHANGED (not open, or another list);
        G-ASSESSED (it went out, or is refused whole).
    """
    ground = home.ground
    at = ground.clock.now()
    request = known_request(ground, number)
    code = provision_of(home.disclosure().provisions, wish.provision).code
    table = listed(ground, request)
    if not said and wish.places:
        raise RefusedError("ITEM", "", "name the record; only words and names are masked in the whole list")
    if not (wish.words or wish.name.strip() or wish.places):
        raise RefusedError("MASK", "", "say what to mask: --words, --name, --span, --field, --region, --file …")
    work = Work(home, request, wish, whole=not said)
    writers = list(writers_of(ground, table)) if wish.name.strip() else []
    needles = _needles(wish, writers)
    change = Change(request=request, person=person, at=at, act=MASKED, each=bool(said))
    lines = masks = 0
    for some in batches(table) if not said else [chosen_lines(table, said)]:
        done = _mask_some(work, change, some, needles, code, again=again)
        lines += done.lines
        masks += done.masks
    findings = tuple(mask_findings(work, table, writers))
    return Done(request=request.number, lines=lines, masks=masks, left=left_of(home, request.number), findings=findings)


def _mask_some(
    work: Work, change: Change, lines: Sequence[Line], needles: Sequence[Needles], code: str, *, again: bool
) -> Changed:
    rows = rows_of_items(work.ground, dict.fromkeys(item for item, _ in lines))
    fresh = {line: _of_line(work, rows.get(line[0], ()), line[1], needles, code) for line in lines}
    fresh = {line: masks for line, masks in fresh.items() if masks}

    def decide(line: Line, old: Assessment | None) -> Assessment | None:
        if old is not None and old.verdict == "refuse":
            if work.whole:
                work.found[REFUSED] += 1
                return old
            raise GuardError(
                "G-ASSESSED", f"{line[0]}@{line[1]} is refused whole", "assess it 'give' first, and then mask"
            )
        if old is not None and old.portion and work.whole:
            work.found[WENT_OUT] += 1
            return old
        refuse_given(old, again=again)
        masks = merged((*(old.masks if old is not None else ()), *fresh[line]))
        if old is not None and old.verdict == "partly" and masks == old.masks and not (old.portion and again):
            return old
        looked, seen = change.at, seen_as(rows[line[0]], line[1], change.at)
        if old is not None and work.whole and looked_away(old, rows[line[0]]):
            # A search for words looks at no picture: what came since is still to be looked at.
            looked, seen = old.at, old.seen
            work.found[LATER] += 1
        elif not work.whole:
            refuse_moved(old, rows[line[0]])
        return Assessment(
            request=change.request.number,
            item=line[0],
            version=line[1],
            verdict="partly",
            masks=masks,
            person=change.person,
            at=looked,
            seen=seen,
        )

    return change_lines(work.ground, change, list(fresh), decide) if fresh else Changed()


def _of_line(work: Work, rows: Sequence[Row], version: int, needles: Sequence[Needles], code: str) -> tuple[Mask, ...]:
    """The masks that one version gets."""
    row = version_row(rows, version)
    media = attachments(rows, version)
    wish = work.wish
    placed = [_placed(work, fitted(one, row, media), media, code) for one in wish.places]
    with_them = protections(
        placed,
        media,
        keep_alt=wish.keep_alt,
        keep_captions=wish.keep_captions,
        keep_thumbnails=wish.keep_thumbnails,
    )
    work.found[TOGETHER_WITH] += len(with_them)
    masks = [*placed, *with_them]
    if needles:
        captions = dict(_captions(work, media))
        for number, one in enumerate(needles, 1):
            hits = marked(row, media, one, code, pseudonym=wish.stand_in, captions=captions)
            if hits.masks:
                work.met.add(number)
            masks += hits.masks
            work.found[INSIDE] += hits.inside
            work.found[PARTS] += hits.parts
        work.found[NOT_SEARCHED] += sum(file.role in _PICTURES | _RECORDINGS for file in media)
    if any(one.where == "author" for one in masks):
        wrote = Wrote(line=(row.item, version), platform=row.platform, native=row.author_native, author=row.author)
        work.persons.add(wrote.person)
    return merged(masks)


def _placed(work: Work, one: Mask, media: Sequence[MediaRef], code: str) -> Mask:
    """A mask of the officer's, seen to fit its attachment. Raises RefusedError."""
    if one.provision != code:
        raise ValueError("places are read with their provision")
    if one.sort not in {"region", "sound", "picture", "metadata"}:
        return one
    number = int(one.where.partition(":")[2])
    file = media[number]
    if file.digest is None:
        raise RefusedError(f"--{one.sort}", str(number), "the attachment's bytes are not in the archive; say --file")
    if one.sort in {"sound", "picture"} and file.role not in _RECORDINGS:
        raise RefusedError(f"--{one.sort}", str(number), "it is no film or sound recording; say --region or --file")
    if one.sort == "region":
        if file.role not in _PICTURES:
            raise RefusedError(
                "--region", str(number), "it is no picture; say --picture for times of a film, or --file"
            )
        try:
            width, height = work.home.masker.shape(_bytes(work.ground, file))
        except (UnmaskableError, MissingError):
            raise RefusedError("--region", str(number), "the picture cannot be read; take it away by --file") from None
        if one.x + one.width > width or one.y + one.height > height:
            raise RefusedError("--region", str(number), f"the picture is {width} by {height} pixels as shown")
    return one


def _captions(work: Work, media: Sequence[MediaRef]) -> Iterator[tuple[int, str]]:
    for number, file in enumerate(media):
        if file.role != "caption" and not file.media_type.startswith("text/"):
            continue
        try:
            yield number, caption_text(_bytes(work.ground, file))
        except MissingError:
            work.found[UNREAD] += 1


def _bytes(ground: Ground, file: MediaRef) -> bytes:
    if file.digest is None or (file.size or 0) > _LARGEST:
        raise MissingError("not there, or too large")
    data = ground.store.get(medium(file.digest))
    if hashlib.sha256(data).hexdigest() != file.digest:
        raise MissingError("other bytes than were stored")
    return data


def _needles(wish: Wish, writers: Sequence[Wrote]) -> list[Needles]:
    found = [needles_of_words([one]) for one in wish.words]
    if wish.name.strip():
        found.append(needles_of_name(wish.name, ((one.author, one.native) for one in writers)))
    return found
