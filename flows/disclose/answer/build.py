"""Build the records of an answer: redact, make the files, keep masked copies, and put each where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.disclose.answer.chosen import read_batches
from flows.disclose.answer.copies import kept_files, standing_copies, write_copy
from flows.disclose.answer.data import open_values
from flows.disclose.answer.document import Room, block
from flows.disclose.answer.entry import FOLDER, Entry
from flows.disclose.answer.files import make_files, without_files
from flows.disclose.answer.package import Package
from flows.disclose.answer.ready import Ready, refuse_open
from flows.disclose.assess.redact import version_row
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.record import Row
from schemas.rendering import Block
from schemas.request import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Below which item masked copies are kept, and on whose behalf."""

    root: Row
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built: how many masked copies there are, and what a person should know."""

    copies: tuple[ItemId, ...]
    findings: tuple[Finding, ...]

    @property
    def unmaskable(self) -> int:
        """Attachments that are not given because nothing could mask them."""
        return sum(one.code == "Q192" for one in self.findings)


def build(
    home: Home, ready: Ready, folder: Path, *, into: Package | None, media: bool, keeping: Keeping | None
) -> Built:
    """Every line of the portion, in list order, batch by batch.

    Args:
        folder: where files are made; its ``bilagor`` is there. into: the package; None = only masked copies are made.
        media: attachments go out. keeping: masked copies are kept; None = a draft, of which nothing is kept.

    Raises:
        GuardError: something changed meanwhile (G-CHANGED), or what was made shows what is masked (G-LEAK).
    """
    copies: list[ItemId] = []
    findings: list[Finding] = []
    number = 0
    for batch in read_batches(home.ground, ready.chosen.request, ready.chosen.lines):
        there = standing_copies(home.ground, [one for one, _ in batch])
        for one, rows in batch:
            number += 1
            copy = None if one.copy is None else there.get(one.copy)
            given = ready.gathered.given(one, rows)
            partly = one.verdict == "partly"
            if into is None and not partly:
                continue
            if given.files and (media or partly):
                caption = ready.gathered.caption(version_row(rows, one.version))
                made = make_files(home, given, number, folder, caption, kept=kept_files(copy))
                findings += made.findings
                entry = made.entry
            else:
                entry = without_files(given, number)
            if ready.gathered.sought:
                refuse_open(ready, given, [*open_values(entry), *_shown(block(entry, ready.labels, Room(0)))])
            if partly and keeping is not None:
                copies.append(_written(home, ready, one, entry, keeping) if copy is None else copy.item)
            if into is None or not media:
                for file in entry.files:
                    file.path.unlink()
                entry = without_files(entry.given, number)
            if into is not None:
                into.add(entry)
    return Built(copies=tuple(copies), findings=tuple(findings))


def files_folder(folder: Path) -> Path:
    """The folder with its place for attachments."""
    (folder / FOLDER).mkdir()
    return folder


def _written(home: Home, ready: Ready, one: Assessment, entry: Entry, keeping: Keeping) -> ItemId:
    return write_copy(
        home, ready.chosen, one, entry, ready.face, ready.labels, root=keeping.root, person=keeping.person
    )


def _shown(made: Block) -> Iterator[str]:
    """What the page shows of what somebody wrote."""
    yield made.text
    yield made.head.rpartition(" · ")[2]
    for note in made.notes:
        if note.startswith(("Länk: ", "Adress: ", "Alternativtext ")):
            yield note.partition(": ")[2]


__all__ = ["Built", "Entry", "Keeping", "build", "files_folder"]
