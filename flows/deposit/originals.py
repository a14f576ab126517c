"""Films' original files: what their owners lay in the watched folder, or what a person brings for one film.

A file in the folder is matched to a film that waits and has no original yet: by its name (``film-12.mp4``,
``12_sommar.mp4``), else by its length (within half a second). Where several films or several files fit, nothing is
guessed. What is taken in is moved aside to ``inlagda``; nothing is ever deleted. Captions beside a film (the same name,
``.srt`` or ``.vtt``) come with it. A file that is the platform's own, byte for byte, is only moved.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flows.deposit.filed import Owned, file_originals
from flows.deposit.fitting import WAITING, Known, played_as, suits
from flows.deposit.lying import CAPTIONS, ChangedError, Lying, digest_of, look_around, lying_at, opened, refuse_changed
from flows.deposit.standing import known_film
from flows.deposit.told import language_of
from flows.keep.append import TakenInError
from flows.keep.mandates import mandated
from flows.keep.patience import patiently
from schemas.books import LeaseTakenError
from schemas.deposit import Film, FilmRole, Member, Playing
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.refusal import GuardError, RefusedError

ASIDE: Final = "inlagda"
"""Folder in the watched one where files lie that have been taken in."""
LEASE: Final = "deposit-originals"
"""Lease of whoever reads the watched folder."""
_CAPTION_BYTES: Final = 16 << 20
_SPARE: Final = 64 << 20
"""Bytes that are left free on the disk."""
_SUBJECT: Final = "originals"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of it.

    Attributes:
        taken: files that the archive has now and had not before. left: files that lie in the folder still.
        findings: codes and numbers, never a name. files: (name, code) of those that stay, for the person at hand alone;
            an empty code: it may still be written.
    """

    taken: int = 0
    left: int = 0
    findings: tuple[Finding, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


def take_in(home: Home, person: str = "") -> TakenIn:
    """Take in what lies in the watched folder; without one in the settings, nothing. Safe to stop and to repeat.

    Args:
        person: who asks for it; empty = the night.

    Raises:
        RefusedError, GuardError: an unknown person, or one without mandate. LeaseTakenError: another run is at it.
    """
    if person:
        with home.ground.state.reading() as books:
            mandated(books, person, "deposit", home.ground.clock.now())
    if not home.deposit.originals:
        return TakenIn()
    folder = home.path / home.deposit.originals
    with patiently(home.ground.state, LEASE):
        try:
            lying, waiting = look_around(folder)
        except OSError:
            return TakenIn(findings=(_finding("L149", _SUBJECT, 1),))
        return _Taking(home, person or "bevara", folder).run(lying, waiting)


def bring(home: Home, path: Path, film: str, person: str) -> TakenIn:
    """Take in one file as the original, or the captions, of a film; the file stays where it is.

    The limit of attachments does not hold: a person has chosen. A file of the watched folder is moved aside as usual.

    Raises:
        RefusedError: an unknown film or person, or no file of the film's sort. GuardError: no mandate (G-MANDATE), too
        little room on the disk (G-SPACE). LeaseTakenError: the account is being harvested.
    """
    with home.ground.state.reading() as books:
        mandated(books, person, "deposit", home.ground.clock.now())
    found = known_film(home.ground, film)
    folder = home.path / home.deposit.originals if home.deposit.originals else None
    with patiently(home.ground.state, LEASE):
        try:
            one = _plain(path)
            taking = _Taking(home, person, folder or path.parent)
            known = taking.known(found)
            _refuse_wrong(taking, known, one)
            if not known.places:
                raise RefusedError("FILM", film, "nothing of it is in the archive any more")
            taking.store(known, [one])
            if folder is not None and one.path.resolve().parent == folder.resolve():
                _aside(folder, one)
        except ChangedError:
            raise RefusedError("PATH", path.name, "it changes while it is read; wait until it is whole") from None
        except TakenInError:
            raise RefusedError("FILM", film, "the record of it was culled meanwhile") from None
    return taking.result(0)


def _plain(path: Path) -> Lying:
    """The plain file at that path. Raises RefusedError."""
    try:
        one = lying_at(path)
        with opened(one):
            return one
    except OSError:
        raise RefusedError("PATH", path.name, "name one plain file that can be read") from None


def _refuse_wrong(taking: _Taking, known: Known, one: Lying) -> None:
    code = taking.wrong(known.role, one, limit=None)
    remedies = {
        "L142": "bring a file of the film's sort that can be played, is whole and is not protected",
        "L143": "it is empty; bring the whole file",
        "L149": "name one plain file that can be read",
    }
    if code == "L149" and taking.crowded(one.size):
        raise GuardError("G-SPACE", "there is too little room on the disk", "make room, or move the store")
    if code:
        raise RefusedError("PATH", one.name, remedies[code])


@dataclass(kw_only=True)
class _Match:
    """What a file is: of which film, or the code of why it stays.

    Attributes:
        there: ``owned`` or ``stored``: the film has these bytes already, from its owner or from the platform.
        captions: files beside it.
    """

    lying: Lying
    known: Known | None = None
    code: str = ""
    there: str = ""
    captions: list[Lying] = field(default_factory=list)


class _Taking:
    """One run over the folder, or over one file that a person brings."""

    def __init__(self, home: Home, actor: str, folder: Path) -> None:
        self._home = home
        self._actor = actor
        self._folder = folder
        self._codes: Counter[tuple[str, str]] = Counter()
        self._left: list[tuple[str, str]] = []
        self._taken = 0
        self._films = self._all()

    def known(self, film: Film) -> Known:
        """That film."""
        return self._films[film.id]

    def run(self, lying: Sequence[Lying], waiting: int) -> TakenIn:
        """Match everything first, then take in what is certain."""
        films = [one for one in lying if not one.is_caption]
        matches = [self._match(one) for one in films]
        loose = [one for one in lying if one.is_caption]
        for caption in loose:
            mine = next((one for one in matches if caption.captions_of(one.lying)), None)
            if mine is not None:
                mine.captions.append(caption)
            else:
                matches.append(self._caption(caption))
        self._refuse_several(matches)
        for match in matches:
            self._take(match)
        return self.result(waiting)

    def result(self, waiting: int) -> TakenIn:
        """What came of it."""
        findings = [_finding(code, subject, count) for (code, subject), count in sorted(self._codes.items())]
        return TakenIn(
            taken=self._taken, left=len(self._left) + waiting, findings=tuple(findings), files=tuple(self._left)
        )

    def wrong(self, role: FilmRole, one: Lying, *, limit: int | None) -> str:
        """Code of why a file cannot be an original of that sort, or empty."""
        if not one.size:
            return "L143"
        if one.is_caption:
            return "L142" if one.size > _CAPTION_BYTES else ""
        if limit is not None and one.size > limit:
            return "L144"
        if self.crowded(one.size):
            return "L149"
        return "" if suits(role, self._look(one)) else "L142"

    def crowded(self, size: int) -> bool:
        """The disk has too little room; a store elsewhere says so itself."""
        if not self._home.ground.store.place.startswith("folder:"):
            return False
        return shutil.disk_usage(self._home.path).free < size + _SPARE

    def store(self, known: Known, files: Sequence[Lying]) -> None:
        """Put files into the archive at the first place that it has. Raises as ``file_originals``."""
        owned = [self._owned(known.role, one) for one in files]
        self._taken += file_originals(self._home, known.film, known.places[0], owned, self._actor)

    def _all(self) -> dict[str, Known]:
        members: dict[str, list[Member]] = defaultdict(list)
        with self._home.ground.state.reading() as books:
            films = books.films.all()
            for one in books.films.members():
                members[one.film].append(one)
        return {film.id: Known(home=self._home, film=film, members=tuple(members[film.id])) for film in films}

    def _numbered(self, number: int | None) -> Known | None:
        return next((one for one in self._films.values() if one.film.number == number), None)

    def _look(self, one: Lying) -> Playing:
        with opened(one) as file:
            return self._home.media_facts.look(one.name, file, one.size)

    def _match(self, one: Lying) -> _Match:
        try:
            return self._matched(one)
        except OSError:
            return _Match(lying=one, code="L149")

    def _matched(self, one: Lying) -> _Match:
        if not one.size:
            return _Match(lying=one, code="L143")
        playing = self._look(one)
        if not playing.readable or playing.protected or not playing.whole:
            return _Match(lying=one, code="L142")
        if one.named is not None:
            known = self._numbered(one.named)
            if known is None or not known.places:
                return _Match(lying=one, code="L146")
        else:
            known = self._numbered(one.leading)
            if known is not None and not self._agrees(one, known, playing):
                known = None
        fits = [known] if known is not None else self._of_length(playing)
        there = self._there(one, fits)
        if there is not None:
            return there
        if known is None:
            free = [each for each in fits if each.waits] if playing.duration is not None else []
            if len(free) != 1:
                return _Match(lying=one, code="L141" if free else "L140")
            known = free[0]
        return _Match(lying=one, known=known, code=self.wrong(known.role, one, limit=self._home.media_limit))

    def _agrees(self, one: Lying, known: Known, playing: Playing) -> bool:
        """The number that a name begins with is that film's: sort and length say nothing else."""
        long = known.long(playing.duration)
        return suits(known.role, playing) and bool(known.places) and (long or (long is None and not one.loosely))

    def _of_length(self, playing: Playing) -> list[Known]:
        """Films of that length; what has no length (a document) is only compared with the platforms' bytes."""
        some = [one for one in self._films.values() if suits(one.role, playing)]
        if playing.duration is None:
            return [one for one in some if one.film.standing in WAITING]
        return [one for one in some if one.long(playing.duration)]

    def _there(self, one: Lying, fits: Sequence[Known]) -> _Match | None:
        """A film that has these very bytes: as its original (taken in before), or from the platform."""
        # Only a file of the same size is read through: what fits nothing lies there night after night.
        alike = [each for each in fits if one.size in {*each.owned.values(), *each.stored.values()}]
        if not alike:
            return None
        digest = self._digest(one)
        for each in alike:
            if digest in each.owned or digest in each.stored:
                return _Match(lying=one, known=each, there="owned" if digest in each.owned else "stored")
        return None

    def _caption(self, one: Lying) -> _Match:
        """Captions without a film beside them: taken only where their name names one."""
        known = self._numbered(one.named)
        if known is None or not known.places:
            return _Match(lying=one, code="L146" if one.named is not None else "L140")
        return _Match(lying=one, known=known, code=self.wrong(known.role, one, limit=None))

    def _refuse_several(self, matches: Sequence[_Match]) -> None:
        """Several files for one film: nobody can say which, unless all but one only fit by their length."""
        by_film: dict[str, list[_Match]] = defaultdict(list)
        for one in matches:
            if one.known is not None and not one.code and not one.there and not one.lying.is_caption:
                by_film[one.known.film.id].append(one)
        for some in by_film.values():
            named = [one for one in some if one.lying.named is not None]
            for one in some if len(some) > 1 else ():
                if len(named) != 1 or one is not named[0]:
                    one.code = "L145"

    def _take(self, match: _Match) -> None:
        if match.known is None or match.code:
            self._leave(match.code, [match.lying, *match.captions])
            return
        good = [match.lying]
        for one in match.captions:
            code = self.wrong(match.known.role, one, limit=None)
            if code:
                self._leave(code, [one])
            else:
                good.append(one)
        try:
            if wanted := good[1:] if match.there else good:
                self.store(match.known, wanted)
            for one in good:
                _aside(self._folder, one)
        except (LeaseTakenError, TakenInError):
            self._leave("L148", good)
        except OSError:
            self._leave("L149", good)
        else:
            if match.there == "stored":
                self._codes["L147", str(match.known.film.number)] += 1

    def _leave(self, code: str, files: Sequence[Lying]) -> None:
        self._codes[code, _SUBJECT] += len(files)
        self._left.extend((one.name, code) for one in files)

    def _digest(self, one: Lying) -> str:
        with opened(one) as file:
            return digest_of(file)

    def _owned(self, role: FilmRole, one: Lying) -> Owned:
        with opened(one) as file:
            if one.is_caption:
                media_type = CAPTIONS[one.ending]
            else:
                media_type = played_as(self._home.formats.identify(one.name, file, one.size).media_type, role)
            return Owned(
                lying=one,
                digest=digest_of(file),
                role="caption" if one.is_caption else role,
                media_type=media_type,
                language=language_of(one.language) if one.is_caption else "",
            )


def _aside(folder: Path, one: Lying) -> None:
    """Move a file to the folder of those that are taken in; what lies there under its name stays.

    What has taken its place meanwhile was not taken in, and is left. Raises OSError.
    """
    refuse_changed(one)
    target = folder / ASIDE
    target.mkdir(exist_ok=True)
    name, number = one.path.name, 1
    while os.path.lexists(target / name):
        number += 1
        name = f"{one.path.stem}-{number}{one.path.suffix}"
    one.path.rename(target / name)


def _finding(code: str, subject: str, count: int) -> Finding:
    severity: Severity = "info" if code == "L147" else "warning"
    film = () if subject == _SUBJECT else (("number", int(subject)),)
    return Finding(code=code, severity=severity, subject=subject, count=count, parameters=(("files", count), *film))
