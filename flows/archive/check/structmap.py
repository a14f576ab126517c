"""Rules about a METS document's structural map: CSIP80–CSIP112, CSIP116, CSIP118 and CSIP119."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flows.archive.check.document import Document
from flows.keep.check.claim import Claim
from flows.keep.check.report import local
from flows.keep.check.values import METS, XLINK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Division:
    """Ids of the rules about one of the divisions: that it is there once, its ID, its label, its pointers, their ends."""

    once: str
    id: str
    label: str
    every: str
    end: str


_DIVISIONS: Final = {
    "Documentation": _Division(once="CSIP93", id="CSIP94", label="CSIP95", every="CSIP96", end="CSIP116"),
    "Schemas": _Division(once="CSIP97", id="CSIP98", label="CSIP99", every="CSIP100", end="CSIP118"),
    "Representations": _Division(once="CSIP101", id="CSIP102", label="CSIP103", every="CSIP104", end="CSIP119"),
}


def check_map(document: Document, representations: frozenset[str]) -> None:
    """All rules about the map.

    Args:
        representations: paths of the representations' METS documents that lie in the package.
    """
    maps = document.children(document.root, "structMap")
    if not maps:
        document.wrong("CSIP80", document.root)
        return
    ours = [one for one in maps if one.get("LABEL", "").strip() == "CSIP"]
    if len(ours) != 1:
        document.wrong("CSIP82", ours[1] if ours else maps[0], "LABEL")
    found = (ours or maps)[0]
    if found.get("TYPE", "").strip() != "PHYSICAL":
        document.wrong("CSIP81", found, "TYPE")
    if not found.get("ID", "").strip():
        document.wrong("CSIP83", found, "ID")
    mains = document.children(found, "div")
    if len(mains) != 1:
        document.wrong("CSIP84", found)
        if not mains:
            return
    if not mains[0].get("ID", "").strip():
        document.wrong("CSIP85", mains[0], "ID")
    _main(document, mains[0], representations)


def _main(document: Document, main: Any, representations: frozenset[str]) -> None:
    parts = document.children(main, "div")
    _metadata(document, main, parts)
    for label in _DIVISIONS:
        _division(document, main, parts, label)
    pointing = [one for one in parts if _is_representation(document, one)]
    for part in parts:
        pointing.extend(one for one in document.children(part, "div") if _is_representation(document, one))
    pointed = set()
    for one in pointing:
        pointed |= _representation(document, one)
    if document.top:
        for path in sorted(representations - pointed):
            document.report.add("CSIP105", document.path, f" → {path}")
            document.report.add("CSIP107", document.path, f" → {path}", severity="warning")


def _metadata(document: Document, main: Any, parts: list[Any]) -> None:
    """CSIP88 to CSIP92."""
    found = [one for one in parts if _label(one) == "Metadata"]
    if len(found) != 1:
        document.wrong("CSIP88", found[1] if found else main)
    for one in parts:
        if (one.get("ADMID") or one.get("DMDID")) and _is_odd(document, one):
            document.wrong("CSIP90", one, "LABEL")
    referred: dict[str, set[Any]] = {"ADMID": set(), "DMDID": set()}
    for one in found:
        if not one.get("ID", "").strip():
            document.wrong("CSIP89", one, "ID")
        for attribute, code in (("ADMID", "CSIP91"), ("DMDID", "CSIP92")):
            targets = document.references(one, attribute)
            if len(targets) < len(one.get(attribute, "").split()):
                document.wrong(code, one, attribute)
            referred[attribute] |= set(targets)
    _all_referred(document, (found or [main])[0], referred)


def _all_referred(document: Document, at: Any, referred: dict[str, set[Any]]) -> None:
    """CSIP91 and CSIP92: every section that is not superseded is referred to, itself or with the section around it."""
    for section in document.children(document.root, "amdSec"):
        for one in section.iterchildren(f"{METS}*"):
            current = one.get("STATUS", "CURRENT") != "SUPERSEDED"
            if current and one not in referred["ADMID"] and section not in referred["ADMID"]:
                document.wrong("CSIP91", at, "ADMID")
    for one in document.children(document.root, "dmdSec"):
        if one.get("STATUS", "CURRENT") != "SUPERSEDED" and one not in referred["DMDID"]:
            document.wrong("CSIP92", at, "DMDID")


def _division(document: Document, main: Any, parts: list[Any], label: str) -> None:
    """One of Documentation, Schemas, Representations."""
    rules = _DIVISIONS[label]
    groups = {one for one in document.root.iter(f"{METS}fileGrp") if _use(one) == label}
    found = [one for one in parts if _label(one) == label]
    mets = label == "Representations" and (not document.top or _points(main))
    if len(found) > 1 or (not found and groups and not mets):
        document.wrong(rules.once, found[1] if found else main)
    for one in parts:
        ends = {document.ids.get(name) for pointer in document.children(one, "fptr") for name in _file_ids(pointer)}
        if ends & groups and _is_odd(document, one):
            document.wrong(rules.label, one, "LABEL")
    reached: set[Any] = set()
    for one in found:
        if not one.get("ID", "").strip():
            document.wrong(rules.id, one, "ID")
        reached |= _reached(document, one, label)
    # A group is reached too when every one of its files is; and content with METS of its own through that.
    missed = [one for one in groups - reached if not _through_files(document, one, reached) and not mets]
    nothing = not any(document.children(one, "fptr") or document.children(one, "div") for one in found)
    if missed or (found and nothing):
        document.wrong(rules.every, (found or [main])[0])


def _reached(document: Document, division: Any, label: str) -> set[Any]:
    """What a division's pointers point to; one that points to something else, or nothing, is told."""
    reached: set[Any] = set()
    for pointer in document.children(division, "fptr"):
        ends = [document.ids.get(name) for name in _file_ids(pointer)]
        if not ends or any(end is None or not _of(end, label) for end in ends):
            document.wrong(_DIVISIONS[label].end, pointer, "FILEID")
        reached |= {end for end in ends if end is not None}
    return reached


def _representation(document: Document, division: Any) -> set[str]:
    """CSIP106 to CSIP112. The METS documents it points to."""
    if not division.get("ID", "").strip():
        document.wrong("CSIP106", division, "ID")
    pointers = document.children(division, "mptr")
    if len(pointers) != 1:
        document.wrong("CSIP109", division)
    label = _label(division)
    found = set()
    for one in pointers:
        claim = _pointer(document, one)
        if claim is not None:
            found.add(claim.path)
        group = document.ids.get(one.get(f"{XLINK}title", "").strip())
        use = None if group is None or local(group) != "fileGrp" else str(group.get("USE", "")).strip()
        if use is None:
            document.wrong("CSIP108", one, "xlink:title")
        named = label if use is None else use
        if not label.startswith("Representations/") or named.lower() != label.lower():
            document.wrong("CSIP107", division, "LABEL")
        elif claim is not None and claim.path.rpartition("/")[0].lower() != label.lower():
            document.wrong("CSIP107", division, "LABEL")
            document.wrong("CSIP110", one, "xlink:href")
    return found


def _pointer(document: Document, one: Any) -> Claim | None:
    """CSIP110 to CSIP112, and what it points to."""
    if one.get("LOCTYPE") != "URL":
        document.wrong("CSIP112", one, "LOCTYPE")
    if one.get(f"{XLINK}type") != "simple":
        document.wrong("CSIP111", one, "xlink:type")
    if not one.get(f"{XLINK}href", "").strip():
        document.wrong("CSIP110", one, "xlink:href")
    claim = document.claim(one, one)
    if claim is not None:
        document.pointers.append(claim)
    return claim


def _is_representation(document: Document, division: Any) -> bool:
    return _label(division).startswith("Representations/") or bool(document.children(division, "mptr"))


def _is_odd(document: Document, division: Any) -> bool:
    """It has none of the names that the rules know."""
    return _label(division) not in {*_DIVISIONS, "Metadata"} and not _is_representation(document, division)


def _points(main: Any) -> bool:
    """Some division points to a representation's own METS document."""
    return next(main.iter(f"{METS}mptr"), None) is not None


def _label(division: Any) -> str:
    return str(division.get("LABEL", "")).strip()


def _use(group: Any) -> str:
    return str(group.get("USE", "")).strip().partition("/")[0]


def _file_ids(pointer: Any) -> list[str]:
    return str(pointer.get("FILEID", "")).split()


def _of(end: Any, label: str) -> bool:
    """The element is a file group of this use, or a file in one."""
    group = end if local(end) == "fileGrp" else end.getparent()
    if local(end) not in {"fileGrp", "file"}:
        return False
    return _use(group) == label or (label == "Representations" and _use(group) not in {"Documentation", "Schemas"})


def _through_files(document: Document, group: Any, reached: set[Any]) -> bool:
    files = document.children(group, "file")
    return bool(files) and all(one in reached for one in files)
