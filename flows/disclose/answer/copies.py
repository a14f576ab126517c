"""Masked copies (*maskerade kopior*): what is given of a record in part is kept as a record of its own.

One item of kind ``answer`` below the request, with the document as PDF/A and text and the masked files. It is a version
with masks of the original (``isRedactedVersionOf``), which nothing changes; its own row of the plan says how long it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from flows.disclose.answer.chosen import Chosen, assessed, changed, digest_of
from flows.disclose.answer.document import Face, copy_rendering, plain
from flows.disclose.answer.entry import Entry, Labels, ending
from flows.disclose.answer.files import Kept
from flows.keep.mandates import mandated
from flows.keep.own import PLATFORM, OwnFile, revision_first, write_own
from flows.keep.renditions import rows_of_items
from schemas.books import Books
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.record import Row
from schemas.refusal import GuardError
from schemas.request import Assessment, GivenFile

DOCUMENT: Final = "handling.pdf"
TEXT: Final = "handling.txt"
WRITTEN: Final = "answer.copy"
"""Act of the receipt about the item."""
RELATION: Final = "isRedactedVersionOf"


def standing_copies(ground: Ground, assessments: Iterable[Assessment]) -> Mapping[ItemId, Row]:
    """The copies that were made for exactly these assessments and are there. Each month is read once."""
    named = [one.copy for one in assessments if one.copy is not None]
    rows = rows_of_items(ground, named) if named else {}
    newest = {item: [row for row in some if row.row == "version"][-1:] for item, some in rows.items()}
    return {item: some[0] for item, some in newest.items() if some and some[0].platform == PLATFORM}


def kept_files(row: Row | None) -> Mapping[int, Kept] | None:
    """Masked files of a copy, by place; None when there is no copy."""
    if row is None:
        return None
    found: dict[int, Kept] = {}
    for one in row.media:
        stem, _, _ = one.origin.rpartition(".")
        number = stem.removeprefix("bilaga-")
        if one.digest is not None and stem.startswith("bilaga-") and number.isascii() and number.isdigit():
            found[int(number) - 1] = Kept(digest=one.digest, media_type=one.media_type)
    return found


def write_copy(
    home: Home,
    chosen: Chosen,
    assessment: Assessment,
    entry: Entry,
    face: Face,
    labels: Labels,
    *,
    root: Row,
    person: str,
) -> ItemId:
    """Keep the masked copy of one record that has none; the same transaction names it in the assessment.

    Raises:
        GuardError: the assessment, or the list, is another one by now (G-CHANGED); nothing is written. No mandate.
    """
    number = chosen.request.number
    entry = _by_itself(entry)
    text = plain(entry, labels)
    pdf = home.typesetter.render(copy_rendering(entry, face, labels)).pdf
    line = (assessment.item, assessment.version)

    def refuse_changed(books: Books) -> Assessment:
        request = books.requests.get(number)
        if request is None or request.standing != "open" or request.digest != chosen.request.digest:
            raise changed(number)
        now = assessed(books, number, [line]).get(line)
        if now is None or digest_of(now) != digest_of(assessment):
            raise changed(number)
        return now

    def also(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", face.made)
        now = refuse_changed(books)
        if now.copy is not None and now.copy != assessment.copy:
            raise GuardError(
                "G-CHANGED",
                f"another answer of request {number} has made the copy of {assessment.item} meanwhile",
                "answer again",
            )
        books.requests.assess([replace(now, copy=item)])

    return write_own(
        home.ground,
        kind="answer",
        authority=chosen.request.authority,
        text=entry.given.text,
        payload={
            "redacted": {
                "relation": RELATION,
                "item": assessment.item,
                "version": assessment.version,
                "assessment": digest_of(assessment),
            },
            "request": number,
        },
        at=face.made,
        act=WRITTEN,
        actor=person,
        files=_files(entry, pdf, text),
        about=root,
        first=revision_first,
        also=also,
    )


def _files(entry: Entry, pdf: bytes, text: str) -> Sequence[OwnFile]:
    """The document and what was masked; what is given whole lies in the original."""
    files = [
        OwnFile(name=DOCUMENT, media_type="application/pdf", data=pdf),
        OwnFile(name=TEXT, media_type="text/plain", data=text.encode("utf-8")),
    ]
    for file in entry.given.files:
        out = entry.file(file.number)
        if out is not None and file.state == "masked":
            files.append(OwnFile(name=copy_name(file), media_type=out.given.media_type, data=out.path.read_bytes()))
    return files


def _by_itself(entry: Entry) -> Entry:
    """The record as it stands alone: its files are named as in the copy, those given whole as what lies in the original."""
    files = tuple(
        replace(
            one, name=copy_name(one.given) if one.given.state == "masked" else f"bilaga {one.given.number + 1} (hel)"
        )
        for one in entry.files
    )
    return replace(entry, number=1, files=files)


def copy_name(file: GivenFile) -> str:
    """What a masked file is called in the copy: ``bilaga-1.jpg``."""
    return f"bilaga-{file.number + 1}.{ending(file.media_type)}"
