"""One METS document as the rules see it, and what its files are said to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from flows.keep.check.claim import Claim, plain_path
from flows.keep.check.document import MetsDocument
from flows.keep.check.report import local
from flows.keep.check.values import METS, XLINK, is_id

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")

UNIQUE: Final = {
    "dmdSec": "CSIP18",
    "digiprovMD": "CSIP33",
    "rightsMD": "CSIP46",
    "fileSec": "CSIP59",
    "fileGrp": "CSIP65",
    "file": "CSIP67",
    "structMap": "CSIP83",
}
"""Elements whose ``ID`` a rule asks for: missing, no name, or there twice."""


_RULES: Final = {
    "file": ("CSIP79", "CSIP69", "CSIP71"),
    "dmdSec": ("CSIP24", "CSIP27", "CSIP29"),
    "digiprovMD": ("CSIP38", "CSIP41", "CSIP43"),
    "rightsMD": ("CSIP51", "CSIP54", "CSIP56"),
    "mptr": ("CSIP110 CSIP107 CSIP105", "", ""),
}


@dataclass(slots=True, kw_only=True)
class Document(MetsDocument):
    """One METS document of an archive's package.

    Attributes:
        top: it is the package's own. sip: the rules of SIP apply. schemas: the schemas folder.
        folders: the package's folders, in small letters. eark: it is an E-ARK document.
        pointers: METS documents that it points to.
    """

    top: bool
    sip: bool
    schemas: Path | None = None
    folders: frozenset[str] = frozenset()
    eark: bool = True
    pointers: list[Claim] = field(default_factory=list)

    def collect_ids(self) -> None:
        """Note every ID. One that is there twice is told where it comes again."""
        for element in self.root.iter(f"{METS}*"):
            given = element.get("ID")
            if given is None:
                continue
            name = given.strip()
            if name in self.ids or not is_id(name):
                self.wrong(UNIQUE.get(local(element), "BV-ID-TWICE"), element, "ID")
            self.ids.setdefault(name, element)

    def references(self, element: Any, attribute: str) -> list[Any]:
        """Elements that an attribute of IDs refers to; what refers to nothing is told."""
        found = []
        for name in element.get(attribute, "").split():
            target = self.ids.get(name)
            if target is None:
                self.wrong("BV-REFERENCE", element, attribute)
            else:
                found.append(target)
        return found

    def claim(self, locator: Any, holder: Any, *, metadata: str = "") -> Claim | None:
        """Take what an element with ``xlink:href`` says of a file.

        Args:
            locator: has the address. holder: has size and checksum.
        """
        href = locator.get(f"{XLINK}href", "").strip()
        path = self.resolved(href, locator)
        if path is None:
            return None
        found = Claim(
            path=path,
            size=holder.get("SIZE", "").strip(),
            checksum=holder.get("CHECKSUM", "").strip(),
            kind=holder.get("CHECKSUMTYPE", "").strip(),
            document=self.path,
            element=holder,
            metadata=metadata,
            rules=_RULES.get(local(holder if local(holder) != "mdRef" else holder.getparent()), ("", "", ""))
            if self.eark
            else ("", "", ""),
        )
        self.claims.append(found)
        return found

    def resolved(self, href: str, element: Any) -> str | None:
        """A path from the package's root that an address in the document means; None where it is no file here."""
        if not href:
            return None
        if "\\" in href:
            self.wrong("BV-HREF-BACKSLASH", element, "xlink:href")
            href = href.replace("\\", "/")
        lowered = href[:5].lower()
        rooted = False
        if lowered == "file:":
            inside = href[5:]
            rooted = inside.startswith("///")
            href = inside.lstrip("/")
        elif _SCHEME.match(href) or href.startswith("//"):
            self.wrong("BV-HREF-EXTERNAL", element, "xlink:href")
            return None
        elif href.startswith("/"):
            self.wrong("BV-HREF-OUTSIDE", element, "xlink:href")
            return None
        joined = href if rooted else self.folder + href
        path = plain_path(joined)
        if path is None or plain_path(unquote(joined)) is None:
            self.wrong("BV-HREF-OUTSIDE", element, "xlink:href")
            return None
        return path


def within(document: Document, *names: str) -> Iterator[Any]:
    """Elements by the names of their way from the root: ``within(d, "amdSec", "digiprovMD")``."""
    yield from document.root.iterfind("/".join(METS + name for name in names))
