"""Where in what was handed over packages lie: a lone METS document, one package, or a delivery of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.keep.check.reading import root_of
from flows.keep.check.values import METS
from schemas.neighbours import PackageFiles
from schemas.refusal import RefusedError
from schemas.xml.fgs_publ import SIP

_HEAD: Final = 8192
_TRIED: Final = 200
"""Files that are opened to see whether one of them is METS under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What lies where.

    Attributes:
        documents: the packages' METS documents, by path; each is about the folder that it lies in.
        stray: files outside of every package. empty: top folders in which there is no package.
    """

    documents: tuple[str, ...]
    stray: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


def find_packages(package: PackageFiles) -> Places:
    """Every package: a folder with a ``sip.xml``, wherever it lies; what lies below it belongs to it.

    Where a top folder has none, a METS document under another name counts, so that its fault can be told.
    """
    names = package.names()
    if package.container == "file":
        return Places(documents=tuple(name for name in names if name == SIP or starts_as(package, name, f"{METS}mets")))
    found = _outermost([name for name in names if name.rpartition("/")[2] == SIP])
    if "" not in {folder_of(one) for one in found}:
        found = _outermost([*found, *_misnamed(package, found)])
    folders = {folder_of(one) for one in found}
    outside = [name for name in names if not _within(name, folders)]
    tops = {one.partition("/")[0] for one in folders}
    if "" in folders:
        return Places(documents=tuple(found))
    empty = sorted({one.partition("/")[0] for one in package.folders()} - tops)
    stray = [name for name in outside if name.partition("/")[0] not in empty]
    return Places(documents=tuple(found), stray=tuple(stray), empty=tuple(empty))


def folder_of(name: str) -> str:
    """The folder that a file lies in, with a slash at its end, or empty."""
    return name[: name.rfind("/") + 1]


def starts_as(package: PackageFiles, name: str, tag: str) -> bool:
    """Whether a file's first element is this one."""
    try:
        with package.open(name) as source:
            found = root_of(source.read(_HEAD))
    except RefusedError:
        return False
    return found is not None and found[0] == tag


def _misnamed(package: PackageFiles, found: list[str]) -> list[str]:
    """METS documents under another name, at the top or in a top folder that has no package; one for each folder."""
    tops = {one.partition("/")[0] for one in found}
    tried = [
        name
        for name in package.names()
        if name.lower().endswith(".xml")
        and name.count("/") <= 1
        and (("/" not in name and not found) or ("/" in name and name.partition("/")[0] not in tops))
    ]
    return [name for name in tried[:_TRIED] if starts_as(package, name, f"{METS}mets")]


def _outermost(names: list[str]) -> list[str]:
    """One document for each folder, and none in a folder below another's."""
    kept: dict[str, str] = {}
    for name in sorted(names, key=lambda one: (one.count("/"), one)):
        folder = folder_of(name)
        if folder not in kept and not _within(folder, set(kept)):
            kept[folder] = name
    return sorted(kept.values())


def _within(name: str, folders: set[str]) -> bool:
    """Whether it lies in one of the folders, or below."""
    if "" in folders:
        return True
    parts = name.split("/")[:-1]
    return any("/".join(parts[:end]) + "/" in folders for end in range(1, len(parts) + 1))
