"""One ``sip.xml`` as the rules see it, and what its files are said to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from flows.keep.check.claim import Claim, plain_path
from flows.keep.check.document import MetsDocument
from flows.keep.check.values import METS, XLINK, is_id

MODS: Final = "{http://www.loc.gov/mods/v3}"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(slots=True, kw_only=True)
class Document(MetsDocument):
    """One METS document of a package for KB.

    Attributes:
        lone: it was handed over without its files. names: element of a file → its name in the package.
    """

    lone: bool
    names: dict[Any, str] = field(default_factory=dict)

    def collect_ids(self) -> None:
        """Note every ID; one that is no name, or there twice, is told. Then every reference to one."""
        for element in self.root.iter(f"{METS}*"):
            given = element.get("ID")
            if given is None:
                continue
            name = given.strip()
            if not is_id(name):
                self.wrong("KB-ID", element, "ID")
            elif name in self.ids:
                self.wrong("BV-ID-TWICE", element, "ID")
            self.ids.setdefault(name, element)
        for element in self.root.iter(f"{METS}*"):
            for attribute in ("DMDID", "ADMID"):
                if any(name not in self.ids for name in element.get(attribute, "").split()):
                    self.wrong("BV-REFERENCE", element, attribute)

    def claim(self, locator: Any, holder: Any) -> None:
        """Take what a ``file`` says of itself, at the place that its ``FLocat`` gives."""
        name = self._resolved(locator.get(f"{XLINK}href", "").strip(), locator)
        if name is None:
            return
        self.names[holder] = name
        if _PLAIN.fullmatch(unquote(name)) is None:
            self.wrong("KB-FILE-NAME", locator, "xlink:href")
        self.claims.append(
            Claim(
                path=self.folder + name,
                size=holder.get("SIZE", "").strip(),
                checksum=holder.get("CHECKSUM", "").strip(),
                kind=holder.get("CHECKSUMTYPE", "").strip(),
                document=self.path,
                element=holder,
            )
        )

    def _resolved(self, href: str, element: Any) -> str | None:
        """A path in the package that ``file:…`` means; None where it means none, which is told."""
        if not href or href.lower() == "file:":
            self.wrong("KB-HREF", element, "xlink:href")
            return None
        if href[:5].lower() != "file:":
            if self.lone and _SCHEME.match(href):
                # As KB's plugin for OAI-PMH has it: the files are fetched by their addresses.
                self.report.add("BV-HREF-EXTERNAL", self.path, severity="info")
            else:
                self.wrong("KB-HREF-FILE", element, "xlink:href")
            return None
        path = href[5:]
        if "\\" in path:
            self.wrong("BV-HREF-BACKSLASH", element, "xlink:href")
            path = path.replace("\\", "/")
        path = path.removeprefix("///")
        found = plain_path(path)
        if path.startswith("/") or not found or plain_path(unquote(path)) is None or unquote(path).startswith("/"):
            self.wrong("BV-HREF-OUTSIDE", element, "xlink:href")
            return None
        return found


def text(element: Any) -> str:
    """An element's text, its white space as XML Schema collapses it."""
    return " ".join("".join(element.itertext()).split())
