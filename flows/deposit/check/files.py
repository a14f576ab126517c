"""Rules about the files that METS lists: what each says of itself, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from flows.deposit.check.document import Document
from flows.keep.check.values import METS, XLINK, is_checksum, is_mime, is_size, is_time

_SUMS: Final = frozenset({"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"})
_LOCTYPES: Final = frozenset({"URL", "URN", "HANDLE", "OTHER"})
_TRANSFORMS: Final = frozenset({"decompression", "decryption"})
_PRONOM = re.compile(r";\s*PRONOM:\s*(x-)?(fmt|sfw|chr)/\d{1,6}\s*$", re.IGNORECASE)
_ORDER = re.compile(r"0*[1-9]\d{0,17}")


def _said(given: str | None) -> bool:
    return bool(given and given.strip())


_FACTS: Final[dict[str, Callable[[str | None], bool]]] = {
    "ID": _said,
    "MIMETYPE": is_mime,
    "SIZE": is_size,
    "CREATED": is_time,
    "USE": _said,
}
"""What every file must say of itself."""


def check_files(document: Document) -> list[Any]:
    """All rules about ``fileSec``. Returns the elements of its files."""
    sections = document.children(document.root, "fileSec")
    files = [one for section in sections for one in section.iter(f"{METS}file")]
    if not files:
        document.wrong("KB-FILES", sections[0] if sections else document.root)
    for one in files:
        _file(document, one)
    return files


def _file(document: Document, one: Any) -> None:
    wrong = document.wrong
    for name, good in _FACTS.items():
        if not good(one.get(name)):
            wrong(f"KB-FILE-{name}", one, name)
    if is_size(one.get("SIZE")) and int(one.get("SIZE")) == 0:
        wrong("KB-FILE-EMPTY", one, "SIZE")
    if _said(one.get("USE")) and _PRONOM.search(one.get("USE")) is None:
        wrong("KB-FILE-PRONOM", one, "USE")
    _checksum(document, one)
    locators = document.children(one, "FLocat")
    if len(locators) != 1:
        wrong("KB-FLOCAT", one)
    for locator in locators:
        _locator(document, one, locator)
    for transform in document.children(one, "transformFile"):
        _transform(document, transform)


def _checksum(document: Document, one: Any) -> None:
    given, kind = one.get("CHECKSUM"), one.get("CHECKSUMTYPE")
    if given is None and kind is None:
        document.wrong("KB-FILE-CHECKSUM", one, "CHECKSUM")
    elif kind not in _SUMS:
        document.wrong("KB-FILE-CHECKSUMTYPE", one, "CHECKSUMTYPE")
    elif not is_checksum(given, kind):
        document.wrong("KB-FILE-CHECKSUM-FORM", one, "CHECKSUM")


def _locator(document: Document, one: Any, locator: Any) -> None:
    if locator.get("LOCTYPE") not in _LOCTYPES:
        document.wrong("KB-LOCTYPE", locator, "LOCTYPE")
    if locator.get(f"{XLINK}type", "simple") != "simple":
        document.wrong("KB-XLINK-TYPE", locator, "xlink:type")
    document.claim(locator, one)


def _transform(document: Document, transform: Any) -> None:
    """Encryption is let be by the schema; but KB is to have the open file (10 §)."""
    kind = transform.get("TRANSFORMTYPE", "")
    ordered = _ORDER.fullmatch(transform.get("TRANSFORMORDER", "").strip())
    if kind not in _TRANSFORMS or transform.get("TRANSFORMALGORITHM") is None or ordered is None:
        document.wrong("KB-TRANSFORM", transform)
    if kind == "decryption":
        document.wrong("KB-ENCRYPTED", transform)
