"""Rules about the structural map: which files are the publication, and which belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flows.deposit.check.document import MODS, Document
from flows.keep.check.report import local
from flows.keep.check.values import METS

_PARTS: Final = frozenset({"publication", "supplement", "coverpicture"})
_CAPTIONS: Final = frozenset({"text/vtt", "text/srt", "application/x-subrip", "application/ttml+xml"})
_CAPTION_ENDINGS: Final = (".vtt", ".srt", ".ttml", ".dfxp")


def check_map(document: Document, files: Iterable[Any]) -> None:
    """All rules about the map. ``files``: those of ``fileSec``, each of which it points to."""
    maps = document.children(document.root, "structMap")
    if not maps:
        document.wrong("KB-STRUCTMAP", document.root)
        return
    physical = [one for one in maps if one.get("TYPE") == "physical"]
    if not physical:
        document.wrong("KB-STRUCTMAP-TYPE", maps[0], "TYPE")
    found = (physical or maps)[0]
    mains = document.children(found, "div")
    if len(mains) != 1 or mains[0].get("TYPE") != "files":
        document.wrong("KB-DIV-FILES", mains[0] if mains else found, "TYPE" if len(mains) == 1 else "")
    parts = [part for main in mains for part in document.children(main, "div")]
    header = document.root.find(f"{METS}metsHdr")
    # A supplement adds to a publication that KB has; its own file need not be there again.
    adds = parts and header is not None and header.get("RECORDSTATUS") == "SUPPLEMENT"
    if not adds and not any(part.get("TYPE") == "publication" for part in parts):
        document.wrong("KB-DIV-PUBLICATION", mains[0] if mains else found)
    for part in parts:
        _part(document, part)
    pointed: set[Any] = set()
    for pointer in found.iter(f"{METS}fptr"):
        _pointer(document, pointer, pointed)
    for one in files:
        if one not in pointed:
            document.wrong("KB-FILE-ORPHAN", one)


def _pointer(document: Document, pointer: Any, pointed: set[Any]) -> None:
    """What one pointer points to is noted in ``pointed``."""
    target = document.ids.get(pointer.get("FILEID", "").strip())
    if target is None or local(target) != "file":
        document.wrong("KB-FPTR", pointer, "FILEID")
        return
    if target in pointed:
        document.wrong("KB-FPTR-TWICE", pointer, "FILEID")
    pointed.add(target)


def _part(document: Document, part: Any) -> None:
    kind = part.get("TYPE")
    if kind not in _PARTS:
        document.wrong("KB-DIV-TYPE", part, "TYPE")
    pointers = list(part.iter(f"{METS}fptr"))
    if not pointers:
        document.wrong("KB-DIV-EMPTY", part)
    ends = [document.ids.get(one.get("FILEID", "").strip()) for one in pointers]
    captions = [one is not None and _are_captions(document, one) for one in ends]
    if kind == "publication" and any(captions) and not all(captions):
        document.wrong("KB-CAPTIONS-PLACE", pointers[captions.index(True)], "FILEID")
    if kind == "supplement" and any(captions) and not _has_language(document, part):
        document.wrong("KB-CAPTIONS-LANGUAGE", part, "DMDID")


def _are_captions(document: Document, file: Any) -> bool:
    media_type = str(file.get("MIMETYPE", "")).partition(";")[0].strip().lower()
    return media_type in _CAPTIONS or document.names.get(file, "").lower().endswith(_CAPTION_ENDINGS)


def _has_language(document: Document, part: Any) -> bool:
    sections = [document.ids.get(name) for name in part.get("DMDID", "").split()]
    return any(one is not None and next(one.iter(f"{MODS}languageTerm"), None) is not None for one in sections)
