"""The records of an answer as pages: ``Given`` → ``Block`` → ``Rendering``, and the same as plain text.

Made of what is masked already and of nothing else. Pictures that are shown are those that go out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.disclose.answer.data import VERDICTS, counted, file_words, role_word
from flows.disclose.answer.entry import Entry, FileOut, Labels
from flows.keep.blocks import local
from flows.keep.renditions import MADE_OF_DATA, platform_name
from schemas.codes.words import records, value
from schemas.rendering import Block, FileLine, Image, Rendering, Section
from schemas.request import GivenFile

TOGETHER: Final = 100
"""Records that one document holds at most."""
PICTURES: Final = 64 * 1024 * 1024
"""Bytes of pictures that one document shows; what comes after is listed with its name."""
_PICTURE: Final = 24 * 1024 * 1024
_SHOWN: Final = frozenset({"picture", "thumbnail"})
_STATES: Final = {
    "hidden": "Dold för besökare",
    "gone": "Borta från plattformen",
    "unknown": "Sågs inte vid senaste insamlingen; orsaken är inte känd",
}
DRAFT: Final = "UTKAST – inte utlämnat. Visar vad som skulle lämnas ut enligt prövningen just nu."
COPY: Final = "Maskerad kopia. Originalet är oförändrat."


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What stands on the first page of every document of an answer.

    Attributes:
        organisation, authority: names. request: its number. portion: of the answer. made: when, UTC.
        notice: framed on its face, or empty.
    """

    organisation: str
    authority: str
    request: int
    portion: int
    made: datetime
    notice: str = ""


class Room:
    """How many more bytes of pictures one document shows."""

    def __init__(self, room: int = PICTURES) -> None:
        """``room``: bytes."""
        self._left = room

    def take(self, out: FileOut) -> bytes | None:
        """The picture; None when there is no room for it."""
        if out.size > min(self._left, _PICTURE):
            return None
        self._left -= out.size
        return out.path.read_bytes()


def rendering(entries: Sequence[Entry], face: Face, labels: Labels, *, part: int) -> Rendering:
    """One document with these records. ``part``: its number in the portion, from 1."""
    room = Room()
    return Rendering(
        title=f"Handlingar som lämnas ut, del {part}" if part > 1 else "Handlingar som lämnas ut",
        made=face.made,
        notice=face.notice,
        fields=(*_face(face), ("Handlingar här", _span(entries))),
        sections=(
            Section(heading="Om återgivningen", paragraphs=tuple(_about(entries))),
            Section(heading="Handlingarna", blocks=tuple(block(one, labels, room) for one in entries)),
        ),
        keywords=(f"begaran-{face.request}",),
    )


def copy_rendering(entry: Entry, face: Face, labels: Labels) -> Rendering:
    """The masked copy of one record as a document of its own."""
    return Rendering(
        title="Maskerad kopia",
        made=face.made,
        notice=face.notice or COPY,
        fields=tuple(_face(face)[:-1]),
        sections=(
            Section(heading="Om återgivningen", paragraphs=(MADE_OF_DATA, _MASKED)),
            Section(heading="Handlingen", blocks=(block(entry, labels, Room()),)),
        ),
        keywords=(entry.given.item,),
    )


def block(entry: Entry, labels: Labels, room: Room) -> Block:
    """One record on the page."""
    one = entry.given
    if one.verdict == "refuse":
        return Block(head=head(entry), stub=labels.record(one.provisions), notes=(_named(entry),))
    images, files, notes = [], [], []
    for file in one.files:
        out = entry.file(file.number)
        data = room.take(out) if out is not None and file.role in _SHOWN else None
        if out is not None and data is not None:
            images.append(Image(name=out.name, data=data, alt=file.alt or ""))
            continue
        if out is not None:
            files.append(FileLine(name=out.name, size=out.size, sha256=out.sha256, about=_file(file)))
        else:
            word = role_word(file).capitalize()
            notes.append(f"{word} {file.number + 1}: {file_words(entry, file, labels)}")
        if file.alt:
            notes.append(f"Alternativtext till bilaga {file.number + 1}: {file.alt}")
    return Block(
        head=head(entry),
        text=one.text,
        images=tuple(images),
        files=tuple(files),
        notes=(*notes, *_notes(entry, labels), _named(entry)),
    )


def head(entry: Entry) -> str:
    """Number, when, what and who, in one line; who comes last, so that no name moves anything behind it."""
    one = entry.given
    at = "odaterad" if one.published is None else local(one.published)
    parts = [str(entry.number), at, f"{value(one.kind, 'sv')} på {platform_name(one.platform)}"]
    if one.verdict != "refuse":
        parts.append(one.author or "okänd avsändare")
    return " · ".join(parts)


def plain(entry: Entry, labels: Labels) -> str:
    """One record as text, for a reader without a PDF program."""
    made = block(entry, labels, Room(0))
    lines = [made.head, "", *([made.stub] if made.stub else []), *([made.text] if made.text else []), ""]
    lines += [f"Fil: {one.name} ({one.about})" if one.about else f"Fil: {one.name}" for one in made.files]
    return "\n".join([*lines, *made.notes]).rstrip() + "\n"


def _notes(entry: Entry, labels: Labels) -> Iterator[str]:
    one = entry.given
    if one.edited is not None:
        yield f"Ändrad enligt plattformen {local(one.edited)}"
    if one.state in _STATES:
        yield _STATES[one.state]
    if one.counts:
        yield f"Räknat: {', '.join(counted(one))}"
    for link in one.links:
        yield f"Länk: {link}"
    if one.address:
        yield f"Adress: {one.address}"
    if one.provisions:
        yield f"Maskerat enligt {labels.listed(one.provisions)}"


def _named(entry: Entry) -> str:
    one = entry.given
    return (
        f"{VERDICTS[one.verdict].capitalize()}. Handlingens id: {one.item}, lydelse {one.version}; konto: {one.account}"
    )


def _file(file: GivenFile) -> str:
    parts = [role_word(file), file.media_type]
    if file.language:
        parts.append(f"språk {file.language}")
    if file.state == "masked":
        parts.append("maskerad")
    return ", ".join(part for part in parts if part)


def _face(face: Face) -> list[tuple[str, str]]:
    authority = f"{face.organisation}, {face.authority}" if face.organisation else face.authority
    return [
        ("Myndighet", authority),
        ("Begäran", f"nummer {face.request}"),
        ("Gjord", local(face.made)),
        ("Leverans", f"nummer {face.portion}"),
    ]


def _span(entries: Sequence[Entry]) -> str:
    if len(entries) < 2:
        return records(len(entries))
    return f"{records(len(entries))}, nummer {entries[0].number}–{entries[-1].number}"


_MASKED: Final = (
    "Där det står [maskat: …] har uppgifter tagits bort enligt den bestämmelse som anges. Det som är borttaget finns inte i "
    "det här dokumentet. Hur långt märket är säger inget om hur mycket som är borttaget."
)


def _about(entries: Sequence[Entry]) -> Iterator[str]:
    yield MADE_OF_DATA
    yield "Alla tider är svensk tid (Europe/Stockholm)."
    if any(one.given.verdict != "give" for one in entries):
        yield _MASKED
