"""What is handed out of one version of one item: rows and an officer's assessment → ``Given``. Pure and total.

Everything that goes out is made of ``Given``. What is masked is not in it: its place holds a label with the provision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.disclose.assess.attachments import attachments
from flows.disclose.assess.directions import joined
from flows.disclose.assess.folded import fold, readings, worth_looking_for
from flows.disclose.assess.identities import revealing
from flows.disclose.assess.provisions import Label
from flows.keep.addresses import addresses
from schemas.graphemes import boundaries, outwards
from schemas.record import MediaRef, Row
from schemas.request import Assessment, Given, GivenFile, Mask

StandIn = Callable[[Row, str], str]
"""Who is spoken of as whom (``flows.disclose.assess.stand_ins.StandIns``): a row, and the words that are masked or "" for its author."""


def redact(rows: Sequence[Row], assessment: Assessment, label: Label, stand_in: StandIn) -> Given:
    """One version as it is given.

    What was observed after the assessment is not in it: nobody has looked at it
    (``flows.disclose.assess.attachments.found_since`` says whether there is any).

    Args:
        rows: all rows of the item, in any order. label, stand_in: what stands in the place of what is masked.

    Raises:
        ValueError: the rows have no such version. Nothing else, whatever the rows and masks hold.
    """
    row = version_row(rows, assessment.version)
    if assessment.verdict == "refuse":
        return Given(
            item=assessment.item,
            version=assessment.version,
            verdict="refuse",
            kind=row.kind,
            platform=row.platform,
            account=row.account,
            own=False,
            published=row.published,
            edited=None,
            state="",
            provisions=(assessment.provision,) if assessment.provision else (),
        )
    masks = assessment.masks if assessment.verdict == "partly" else ()
    media = attachments(rows, assessment.version, at=assessment.at)
    hidden = Hidden.of(row, media, masks)

    def masked(where: str, text: str) -> str:
        return masked_text(
            text, [one for one in masks if one.where == where], label, lambda words: stand_in(row, words)
        )

    return Given(
        item=assessment.item,
        version=assessment.version,
        verdict=assessment.verdict,
        kind=row.kind,
        platform=row.platform,
        account=row.account,
        own=row.own,
        published=row.published,
        edited=row.edited,
        state=_state(rows, assessment),
        author=_author(row, masks, label, stand_in),
        text=masked("text", row.text or ""),
        address=_address(row, hidden),
        links=tuple(
            label(codes) if (codes := hidden.shown_in(link)) else masked(f"links:{number}", link)
            for number, link in enumerate(row.links)
        ),
        counts=_counts(rows, assessment),
        files=tuple(_file(number, one, masks, masked) for number, one in enumerate(media)),
        provisions=tuple(dict.fromkeys(one.provision for one in masks)),
    )


def version_row(rows: Sequence[Row], version: int) -> Row:
    """The version's own row. Raises ValueError: there is none."""
    for row in rows:
        if row.row == "version" and row.version == version:
            return row
    raise ValueError("the rows have no such version")


def _nobody(_words: str) -> str:
    return ""


def masked_text(text: str, masks: Sequence[Mask], label: Label, stand_in: Callable[[str], str] = _nobody) -> str:
    """A text with labels in the place of what its masks cover; unmasked parts are as they were.

    Spans are widened to whole characters; those that overlap or touch have one label with all provisions. A mask of
    another sort than ``span``, and a span that does not fit the text, cover all of it.

    Args:
        masks: those of this text alone. stand_in: who masked words are spoken of as.
    """
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end, some in _covered(text, masks):
        pieces.append((text[at:start], False))
        spoken = stand_in(text[start:end]) if all(one.pseudonym for one in some) else ""
        pieces.append((label(tuple(dict.fromkeys(one.provision for one in some)), stand_in=spoken), True))
        at = end
    pieces.append((text[at:], False))
    return joined(pieces)


def covered_texts(text: str, masks: Sequence[Mask]) -> Iterator[str]:
    """The parts of a text that its masks cover, as ``masked_text`` takes them out."""
    return (text[start:end] for start, end, _ in _covered(text, masks))


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is masked in one version, as it is compared, with what it is masked under. In memory alone."""

    strings: Mapping[str, tuple[str, ...]]
    address: bool

    @classmethod
    def of(cls, row: Row, media: Sequence[MediaRef], masks: Sequence[Mask]) -> Hidden:
        """All that the masks hide of words: what they cover, and what else the author is known by when that is masked."""
        found: dict[str, tuple[str, ...]] = {}
        for where, text in places_of(row, media):
            some = [one for one in masks if one.where == where]
            if where == "author" and some:
                parts: Iterable[str] = [*covered_texts(text, some), *revealing(row.author, row.author_native)]
            elif where == "author" or not some:
                continue
            else:
                parts = (
                    text[start:end] for start, end, own in _covered(text, some) if any(_is_span(one) for one in own)
                )
            codes = tuple(dict.fromkeys(one.provision for one in some))
            for part in parts:
                plain = fold(part)
                if worth_looking_for(plain):
                    found[plain] = tuple(dict.fromkeys((*found.get(plain, ()), *codes)))
        return cls(found, any(one.where in {"author", "address"} for one in masks))

    def shown_in(self, address: str) -> tuple[str, ...]:
        """The provisions of what an address would show, encoded or not; empty when it shows nothing of it."""
        if not self.strings:
            return ()
        texts = readings(address, address=True)
        codes = (codes for plain, codes in self.strings.items() if _in_address(plain, texts))
        return tuple(dict.fromkeys(code for some in codes for code in some))


def places_of(row: Row, media: Sequence[MediaRef]) -> Iterator[tuple[str, str]]:
    """The texts of a version with the names of their places; ``media``: its attachments."""
    yield "text", row.text or ""
    yield "author", row.author or ""
    for number, link in enumerate(row.links):
        yield f"links:{number}", link
    for number, one in enumerate(media):
        if one.alt is not None:
            yield f"alt:{number}", one.alt


def _in_address(plain: str, texts: Sequence[str]) -> bool:
    # Addresses write names without spaces, or with other signs in their place.
    forms = {plain, *(plain.replace(" ", sign) for sign in ("", "-", "_", ".", "+"))}
    return any(form in text for form in forms for text in texts)


def _covered(text: str, masks: Sequence[Mask]) -> Iterator[tuple[int, int, list[Mask]]]:
    """Spans in order, apart from each other, each with its masks."""
    spans: list[tuple[int, int, list[Mask]]] = []
    places = boundaries(text) if masks else []
    for one in masks:
        if _is_span(one) and 0 <= one.start < one.end <= len(text):
            spans.append((*outwards(places, one.start, one.end), [one]))
        else:
            spans.append((0, len(text), [one]))
    merged: list[tuple[int, int, list[Mask]]] = []
    for start, end, some in sorted(spans, key=lambda span: span[:2]):
        if merged and start <= merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(end, before[1]), before[2])
            before[2].extend(some)
        else:
            merged.append((start, end, some))
    yield from merged


def _is_span(mask: Mask) -> bool:
    return mask.sort == "span"


def _author(row: Row, masks: Sequence[Mask], label: Label, stand_in: StandIn) -> str | None:
    some = [one for one in masks if one.where == "author"]
    if row.author is None or not some:
        return row.author
    if all(one.pseudonym for one in some):
        # Part of a name says who it is as well as the whole does.
        return label(tuple(dict.fromkeys(one.provision for one in some)), stand_in=stand_in(row, ""))
    return masked_text(row.author, some, label, lambda words: stand_in(row, words))


def _address(row: Row, hidden: Hidden) -> str:
    found = next(iter(addresses(row)), "")
    return "" if not found or hidden.address or hidden.shown_in(found) else found


def _state(rows: Sequence[Row], assessment: Assessment) -> str:
    known = [
        row
        for row in rows
        if row.row != "observation" and row.version <= assessment.version and row.observed <= assessment.at
    ] or [version_row(rows, assessment.version)]
    return max(known, key=lambda row: (row.observed, row.version, row.row == "sighting")).state


def _counts(rows: Sequence[Row], assessment: Assessment) -> tuple[tuple[str, int], ...]:
    """The newest counters of the version: its own, or of an observation up to it."""
    known = [row for row in rows if row.counts and row.version <= assessment.version and row.observed <= assessment.at]
    return max(known, key=lambda row: (row.version, row.observed)).counts if known else ()


def _file(number: int, one: MediaRef, masks: Sequence[Mask], masked: Callable[[str, str], str]) -> GivenFile:
    own = tuple(mask for mask in masks if mask.where == f"media:{number}")
    removed = [mask for mask in own if mask.sort in {"file", "field"}]
    if removed:
        state = "removed"
    elif one.digest is None:
        state = "missing"
    else:
        state = "masked" if own else "whole"
    return GivenFile(
        number=number,
        role=one.role,
        media_type=one.media_type,
        language=one.language,
        digest=one.digest,
        size=one.size,
        alt=None if one.alt is None else masked(f"alt:{number}", one.alt),
        state=state,  # type: ignore[arg-type] # one of the four, see above
        masks=own,
        provision=removed[0].provision if removed else "",
    )
