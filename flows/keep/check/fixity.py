"""Whether what METS lists is what lies in the package: presence, size, checksum, and nothing beside."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Final, Protocol
from urllib.parse import unquote

from flows.keep.check.claim import Claim
from flows.keep.check.report import Report, place
from flows.keep.check.values import is_size
from schemas.refusal import RefusedError

_PIECE = 1 << 20
_HASHES: Final[dict[str, str]] = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
_WEAK = frozenset({"MD5", "SHA-1", "CRC32", "Adler-32"})


class Files(Protocol):
    """The part of a package that is needed here."""

    def size(self, name: str) -> int:
        """Bytes of a file."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file's bytes."""
        ...


class Finder:
    """Finds a package's file by the path that METS gives: as written, decoded, or differently composed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._loose: dict[str, str] | None = None

    def find(self, path: str) -> tuple[str | None, bool]:
        """The file's name, or None; and whether the two are written alike."""
        for written in (path, unquote(path)):
            if written in self._names:
                return written, True
        if self._loose is None:
            self._loose = {_loosely(name): name for name in self._names}
        return self._loose.get(_loosely(unquote(path))), False


def _loosely(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def check_listed(
    report: Report,
    claims: Iterable[Claim],
    names: Iterable[str],
    finder: Finder,
    own: frozenset[str],
    unlisted: Mapping[str, str],
) -> dict[str, list[Claim]]:
    """Every file that is listed is there, and every file that is there is listed.

    Args:
        claims: what the METS documents say. own: files that need not be listed (the package's METS).
        unlisted: folder → the specification's id that a file in it breaks when nobody lists it.

    Returns:
        File → what is said of it.
    """
    found: dict[str, list[Claim]] = {}
    seen: set[tuple[str, str, str]] = set()
    missing: set[tuple[str, str]] = set()
    for claim in claims:
        name, alike = finder.find(claim.path)
        if name is None:
            first = (claim.document, claim.path) not in missing
            missing.add((claim.document, claim.path))
            _about(report, "BV-FILE-MISSING" if first else "", claim, claim.rules[0])
            continue
        if not alike:
            _about(report, "BV-HREF-NAME", claim)
        kind = claim.element.tag
        if (claim.document, name, kind) in seen:
            _about(report, "BV-FILE-TWICE", claim)
        seen.add((claim.document, name, kind))
        found.setdefault(name, []).append(claim)
    _beside(report, (name for name in names if name not in found and name not in own), unlisted)
    return found


def _beside(report: Report, names: Iterable[str], unlisted: Mapping[str, str]) -> None:
    for name in names:
        report.add("BV-FILE-UNLISTED", name)
        for folder, code in unlisted.items():
            if folder in f"/{name}":
                report.add(code, name)


def check_bytes(report: Report, files: Files, listed: Mapping[str, list[Claim]], *, fixity: bool) -> None:
    """Sizes, and with ``fixity`` checksums, each file read once."""
    for name, claims in listed.items():
        size = files.size(name)
        for claim in claims:
            if is_size(claim.size) and int(claim.size) != size:
                _about(report, "BV-SIZE", claim, claim.rules[1])
            if claim.kind in _WEAK:
                _about(report, "BV-DIGEST-WEAK", claim)
            elif claim.checksum and claim.kind and claim.kind not in _HASHES:
                _about(report, "BV-DIGEST-KIND", claim)
        if fixity:
            _compare(report, files, name, [claim for claim in claims if claim.checksum])


def _compare(report: Report, files: Files, name: str, claims: list[Claim]) -> None:
    """Read the file once and compare it with everything that is said of it."""
    try:
        made = _digests(files, name, {claim.kind for claim in claims})
    except RefusedError:
        report.add("BV-FILE-DAMAGED", name)
        return
    for claim in claims:
        if claim.kind in made and not _same(made[claim.kind], claim.checksum):
            _about(report, "BV-DIGEST", claim, claim.rules[2])


def _same(made: str, claimed: str) -> bool:
    return made.lstrip("0").lower() == claimed.lstrip("0").lower() if len(made) == 8 else made == claimed.lower()


def _digests(files: Files, name: str, kinds: set[str]) -> dict[str, str]:
    """Checksum type → hexadecimal; the file is read through in any case. Raises RefusedError: damaged."""
    hashes: dict[str, Any] = {
        kind: hashlib.new(_HASHES[kind], usedforsecurity=False) for kind in kinds if kind in _HASHES
    }
    sums: dict[str, tuple[Callable[[bytes, int], int], int]] = {}
    if "CRC32" in kinds:
        sums["CRC32"] = (zlib.crc32, 0)
    if "Adler-32" in kinds:
        sums["Adler-32"] = (zlib.adler32, 1)
    with files.open(name) as source:
        while piece := source.read(_PIECE):
            for one in hashes.values():
                one.update(piece)
            for kind, (add, value) in sums.items():
                sums[kind] = (add, add(piece, value))
    made = {kind: str(one.hexdigest()) for kind, one in hashes.items()}
    return made | {kind: f"{value:08x}" for kind, (_, value) in sums.items()}


def _about(report: Report, code: str, claim: Claim, rule: str = "") -> None:
    """Tell what is wrong in our words, and by the specification's id where it has one for it."""
    for one in (code, *rule.split()):
        if one:
            report.add(one, claim.document, f"{place(claim.element)} → {claim.path}")
