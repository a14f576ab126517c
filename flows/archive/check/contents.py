"""Files inside a package whose form an official schema fixes: CITS ERMS, FGS Ärendehantering 1.0, PREMIS 3.

They can be far larger than METS, therefore they are read as a stream, one record at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import unquote

from flows.keep.check.official import ARENDE, ERMS, PREMIS, NoSchemaError, schema, schematron
from flows.keep.check.reading import SchemaError, UnreadableError, stream
from flows.keep.check.report import Report, place

_E = f"{{{ERMS}}}"
_UUID = re.compile(r"(urn:uuid:|uuid:?)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_TOLD = 20
"""Faults that a schema's validator finds in one file and that are told."""

Lacking = Callable[[str], None]
"""Called with the file of an official schema that is not here."""


class Contents:
    """Checks content files against what their root element says they are."""

    def __init__(self, report: Report, schemas: Path | None, lacking: Lacking, there: Callable[[str], bool]) -> None:
        """``there``: whether a path from the package's root is a file of it."""
        self._report = report
        self._schemas = schemas
        self._lacking = lacking
        self._there = there
        self.erms: set[str] = set()
        """ERMS files met."""

    def check(self, name: str, root: str, location: str, content_type: str, open_: Callable[[], BinaryIO]) -> None:
        """Check one file.

        Args:
            root: name of its root element. location: its ``xsi:schemaLocation``. content_type: of its representation.
        """
        if root == f"{_E}erms":
            self.erms.add(name)
            self._erms(name, self._edition(content_type, location), open_)
        elif root == f"{{{ARENDE}}}Leveransobjekt":
            self._run(name, "arende", "BV-XSD-ARENDE", open_, (f"{{{ARENDE}}}Bilaga", root), self._bilaga)
        elif root == f"{{{PREMIS}}}premis":
            self._run(name, "premis", "BV-XSD-PREMIS", open_, (f"{{{PREMIS}}}object", root), _nothing)

    def _edition(self, content_type: str, location: str) -> str:
        if "erms_v3" in content_type or ("erms" not in content_type and "ERMS_v3" in location):
            return "erms-3.0"
        return "erms-2.1"

    def _erms(self, name: str, edition: str, open_: Callable[[], BinaryIO]) -> None:
        tried = None
        try:
            tried = schematron(edition, self._schemas)
            for one in tried.left:
                self._report.add("BV-SCHEMATRON-RULE", name, message=one)
        except NoSchemaError as error:
            self._lacking(error.name)

        def look(document: str, element: Any) -> None:
            self._element(document, element)
            for rule, broken in tried.broken(element) if tried else ():
                self._report.at("BV-SCHEMATRON", document, broken, message=rule.text)

        tags = (f"{_E}record", f"{_E}aggregation", f"{_E}erms")
        self._run(name, edition, "BV-XSD-ERMS", open_, tags, look)

    def _run(
        self,
        name: str,
        official: str,
        code: str,
        open_: Callable[[], BinaryIO],
        tags: tuple[str, ...],
        look: Callable[[str, Any], None],
    ) -> None:
        valid = None
        try:
            valid = schema(official, self._schemas)
        except NoSchemaError as error:
            self._lacking(error.name)
        try:
            with open_() as source:
                for element in stream(source, valid, tags):
                    look(name, element)
                    parent = element.getparent()
                    if parent is not None:
                        parent.remove(element)
        except UnreadableError as error:
            self._report.add(error.code, name, f":{error.line}")
        except SchemaError as error:
            for line, message in error.faults[:_TOLD]:
                self._report.add(code, name, f":{line}", message=message)

    def _element(self, name: str, element: Any) -> None:
        """ERMS135, ERMS199, ERMS204, and appendices."""
        kind = element.tag.removeprefix(_E)
        if kind in {"record", "aggregation"}:
            dates = element.iterfind(f"{_E}dates/{_E}date")
            if not any(one.get("dateType") == "created" and (one.text or "").strip() for one in dates):
                self._report.at("ERMS135" if kind == "record" else "ERMS204", name, element)
            if not _UUID.fullmatch(element.get("systemIdentifier", "").strip()):
                self._report.at("ERMS199", name, element, "systemIdentifier")
        for one in element.iter(f"{_E}appendix"):
            self._appendix(name, one, one.get("path", ""))

    def _bilaga(self, name: str, element: Any) -> None:
        if element.get("Lank"):
            self._appendix(name, element, element.get("Lank", ""))

    def _appendix(self, name: str, element: Any, path: str) -> None:
        """An appendix' path is from the package's root; some write it from the file's own folder, or its representation's."""
        written = unquote(path.strip().replace("\\", "/"))
        if not written or re.match(r"[A-Za-z][A-Za-z0-9+.-]+://(?!/)", written):
            return
        plain = re.sub(r"^(file:)?/*(\./)*", "", written)
        folder = name.rpartition("/")[0]
        starts = ["", *(f"{folder[:at]}/" for at in range(len(folder) + 1) if folder[at : at + 1] in ("/", ""))]
        if not any(self._there(start.lstrip("/") + plain) for start in starts):
            self._report.add("BV-APPENDIX", name, f"{place(element)} → {plain}")


def _nothing(_name: str, _element: Any) -> None:
    """PREMIS is asked for its form alone."""


KNOWN: Final = (f"{_E}erms", f"{{{ARENDE}}}Leveransobjekt", f"{{{PREMIS}}}premis")
"""Root elements that are checked."""
