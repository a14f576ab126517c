"""The sheet for KB's web form: what is pasted there and the files to upload, in a folder of their own; and that it is done.

The folder is made beside and gets its name in one step when every file in it has been read back from its digest, so that
nobody uploads half a film. It lies outside of the archive: whoever has uploaded it takes it away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flows.deposit.clock import deadline
from flows.deposit.describe import describe
from flows.deposit.guards import refuse_in_delivery
from flows.deposit.sheet_page import FOLDER, Sheet, document, page, sheet_of
from flows.deposit.standing import change_film, film_in, known_film
from flows.keep.mandates import mandated
from schemas.calendar import local_day
from schemas.deposit import Film, FilmStanding, Part
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.neighbours import MissingError
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Typeset
from schemas.shelf import medium

PAGE: Final = "underlag.html"
DOCUMENT: Final = "underlag.pdf"
SUMS: Final = "kontrollsummor.sha256"
"""Digests of the files, as ``sha256sum --check`` reads them."""
SENT: Final = "deposit.sent"
"""Act of the receipt that a person has uploaded a film."""
_MADE: Final = "deposit.sheet"
_UNDECIDED: Final[frozenset[FilmStanding]] = frozenset({"candidate", "outside", "declined"})
UPLOADED: Final[frozenset[FilmStanding]] = frozenset({"decided", "rejected"})
"""Standings in which a person may say that a film has been uploaded."""
_CHUNK = 1 << 20
_ROOM = 64 << 20
"""Bytes that the disk keeps free beside the files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheeted:
    """A sheet that was made.

    Attributes:
        film: whose. folder: where it lies. files: what lies in it, relative to it.
        findings: what a person should know of the film's description and of the document.
    """

    film: Film
    folder: Path
    files: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def sheet(home: Home, film: str | Film, out: Path) -> Sheeted:
    """Make the sheet of a film that is decided, whatever its way, with copies of its files.

    Args:
        film: its number or id. out: the folder to be made; it is not there yet, or empty.

    Raises:
        GuardError: nobody has decided yes, it cannot be described, or a file cannot be read (G-SHEET).
        RefusedError: no such film, or ``out`` cannot be used.
    """
    ground = home.ground
    known = known_film(ground, film if isinstance(film, str) else film.id)
    if known.standing in _UNDECIDED:
        raise GuardError(
            "G-SHEET",
            f"film {known.number} is {known.standing}",
            f"decide of it first, with 'bevara deposit decide {known.number} yes'",
        )
    folder = _checked(out)
    made = ground.clock.now()
    described = describe(home, known, made=made, through=made, delivery="", status="NEW")
    wrong = sorted({one.code for one in described.findings if one.severity == "error"})
    if described.resource is None or wrong:
        raise GuardError(
            "G-SHEET",
            f"film {known.number} cannot be described ({', '.join(wrong) or 'no reason'})",
            f"look at 'bevara deposit show {known.number}'",
        )
    last = deadline(known.available, local_day(made), known.standing).last
    values = sheet_of(known, described.resource, last=last, made=made)
    typeset = home.typesetter.render(document(values))
    files = _make(ground, values, typeset, folder)
    _tell(ground, known, values)
    return Sheeted(film=known, folder=folder, files=files, findings=(*described.findings, *_replaced(known, typeset)))


def sent(home: Home, film: str | Film, person: str) -> Film:
    """A person says that a film has been uploaded in KB's form: it is delivered. Repeating it changes nothing.

    Raises:
        GuardError: nobody has decided yes, a delivery holds it, or KB has it already (G-SENT, G-PACKAGED); no mandate.
        RefusedError: no such film or person.
    """
    ground = home.ground
    at = ground.clock.now()
    with ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "deposit", at)
        known = film_in(books, film if isinstance(film, str) else film.id)
        if known.standing == "delivered" and known.way == "form":
            return known
        refuse_in_delivery(books, known)
        if known.standing not in UPLOADED:
            raise GuardError(
                "G-SENT", f"film {known.number} is {known.standing}", f"look at 'bevara deposit show {known.number}'"
            )
        return change_film(
            books,
            known.id,
            UPLOADED,
            # What was delivered before in a package is another delivery.
            lambda now: replace(now, standing="delivered", way="form", changed=at, delivery=""),
            act=SENT,
            actor=person,
        )


def _checked(out: Path) -> Path:
    """The folder to be made, absolute. Raises RefusedError."""
    folder = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed: the name is looked at as it is
    if not folder.name or not folder.parent.is_dir():
        raise RefusedError("--out", out.name, "name a folder to be made in one that is there")
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise RefusedError("--out", out.name, "something lies there already; name a folder that is not there yet")
    return folder


def _make(ground: Ground, values: Sheet, typeset: Typeset, folder: Path) -> tuple[str, ...]:
    """Everything in a folder beside, then named; returns the files."""
    needed = sum(one.size for one in values.parts)
    if shutil.disk_usage(folder.parent).free < needed + _ROOM:
        raise RefusedError("--out", folder.name, f"make room there; the files take {needed} bytes")
    sums = "".join(f"{one.digest}  {FOLDER}/{one.name}\n" for one in values.parts).encode("utf-8")
    small = {PAGE: page(values), DOCUMENT: typeset.pdf, SUMS: sums}
    beside = Path(tempfile.mkdtemp(prefix=".bevara-", dir=folder.parent))
    try:
        (beside / FOLDER).mkdir()
        for name, data in small.items():
            _write(beside / name, data)
        for part in values.parts:
            _copy(ground, part, beside / FOLDER / part.name)
        _settle(beside / FOLDER, beside)
        beside.rename(folder)
        _settle(folder.parent)
    except FileExistsError:
        raise RefusedError(
            "--out", folder.name, "two files of the film have one name, or something came there"
        ) from None
    except OSError as error:
        if isinstance(error, MissingError):
            raise GuardError(
                "G-SHEET", "a file of the film is not in the store", "run 'bevara verify --deep'"
            ) from None
        raise RefusedError("--out", folder.name, f"the folder cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return (*small, *(f"{FOLDER}/{one.name}" for one in values.parts))


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())


def _copy(ground: Ground, part: Part, target: Path) -> None:
    """One file, streamed; its bytes are proven against the digest that the record names."""
    digest = hashlib.sha256()
    with target.open("xb") as sink, closing(ground.store.open(medium(part.digest))) as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    if digest.hexdigest() != part.digest:
        raise GuardError("G-SHEET", "a file of the film does not agree with its digest", "run 'bevara verify --deep'")


def _settle(*folders: Path) -> None:
    """Have the folders' names on the disk, where the file system can."""
    for one in folders:
        descriptor = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError:
            pass  # some network drives cannot; the files themselves are there
        finally:
            os.close(descriptor)


def _tell(ground: Ground, film: Film, values: Sheet) -> None:
    with ground.state.writing() as books:
        books.ledger.append(
            Receipt(
                act=_MADE,
                at=values.made,
                actor="bevara",
                subjects=(film.id,),
                evidence={"film": film.number, "files": len(values.parts), "size": _size(values.parts)},
            )
        )


def _size(parts: Sequence[Part]) -> int:
    return sum(one.size for one in parts)


def _replaced(film: Film, typeset: Typeset) -> tuple[Finding, ...]:
    if not typeset.replaced:
        return ()
    parameters = (("number", film.number), ("count", len(typeset.replaced)))
    return (Finding(code="L218", severity="info", subject=str(film.number), parameters=parameters),)
