"""Check what is to be delivered to KB, whoever made it: a ``sip.xml``, a package, or a whole delivery (FGS-PUBL)."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from pathlib import Path
from typing import Final

from flows.deposit.check.document import Document
from flows.deposit.check.files import check_files
from flows.deposit.check.form import check_form
from flows.deposit.check.header import check_header, check_root
from flows.deposit.check.places import Places, find_packages, folder_of
from flows.deposit.check.sections import check_sections
from flows.deposit.check.structmap import check_map
from flows.deposit.check.validate import validate
from flows.keep.check.document import read_mets
from flows.keep.check.fixity import Finder, check_bytes, check_listed
from flows.keep.check.report import Checked, Report
from schemas.codes import bv, fgs_publ
from schemas.neighbours import PackageFiles
from schemas.xml.fgs_publ import SIP

PROFILE: Final = "FGS-PUBL"
LEVELS: Final = {**fgs_publ.LEVELS, **bv.LEVELS}
"""Every code of the check and how strongly it is asked for."""
_TAR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.tar")


def check_deposit(package: PackageFiles, schemas: Path | None) -> Checked:
    """Check it by every rule there is.

    Args:
        package: as it was opened; of container ``file`` when it is a METS document without its files.
        schemas: folder of the official schemas (``fgs-publ`` in it), or None: then those are left out, which is told.
    """
    return _Check(package, schemas).run()


class _Check:
    """One check. What has been found so far is in ``report``."""

    def __init__(self, package: PackageFiles, schemas: Path | None) -> None:
        self.report = Report(LEVELS)
        self._package = package
        self._schemas = schemas
        self._lone = package.container == "file"
        self._finder = Finder(package.names())
        self._lacked: set[str] = set()
        self._ids: dict[str, str] = {}

    def run(self) -> Checked:
        """The outcome."""
        for code, where in self._package.faults:
            self.report.add(code, "", f": {where}")
        places = find_packages(self._package)
        if not places.documents:
            return self.report.all("")
        self._delivery(places)
        for name in places.documents:
            self._one(name)
        if self._schemas is None:
            self.report.add("BV-SCHEMAS", "", message="ange mappen med --schemas")
        elif self._lacked:
            self.report.add("BV-SCHEMAS", "", message=", ".join(sorted(self._lacked)))
        return self.report.all(PROFILE)

    def _delivery(self, places: Places) -> None:
        """The container's own rules, and what lies in it outside of packages."""
        container, name = self._package.container, self._package.name
        if container not in {"folder", "file"}:
            if container != "tar" or not name.endswith(".tar"):
                self.report.add("KB-TAR", name)
            elif _TAR.fullmatch(name) is None:
                self.report.add("KB-TAR-NAME", name)
        for one in places.empty:
            self.report.add("KB-PACKAGE", one)
        for one in places.stray:
            self.report.add("KB-STRAY", one)

    def _one(self, name: str) -> None:
        """One package."""
        if name.rpartition("/")[2] != SIP:
            # Without its package a document may have been given any name, as KB's examples have.
            self.report.add("KB-NAME", name, severity="info" if self._lone else None)
        root = read_mets(self.report, name, self._package.open)
        if root is None:
            return
        document = Document(path=name, root=root, lone=self._lone, report=self.report)
        document.collect_ids()
        check_form(document)
        check_root(document)
        check_header(document)
        check_sections(document)
        files = check_files(document)
        check_map(document, files)
        self._lacked.update(validate(document, self._schemas))
        self._id(document)
        if not self._lone:
            self._compare(document)

    def _id(self, document: Document) -> None:
        """Receipts are given by a package's id, so a delivery cannot hold one twice."""
        given = document.root.get("OBJID", "").strip()
        if given and self._ids.setdefault(given, document.path) != document.path:
            document.wrong("KB-OBJID-TWICE", document.root, "OBJID")

    def _compare(self, document: Document) -> None:
        """What the document lists with what lies in its package: presence, sizes, checksums, nothing beside."""
        folder = folder_of(document.path)
        every = self._package.names()
        names = every[bisect_left(every, folder) : bisect_left(every, f"{folder}{chr(sys.maxunicode)}")]
        listed = check_listed(self.report, document.claims, names, self._finder, frozenset({document.path}), {})
        check_bytes(self.report, self._package, listed, fixity=True)
