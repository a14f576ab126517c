"""Check a package, whoever made it: E-ARK CSIP and SIP 2.1.0 (FGS 2.0), or FGS Paketstruktur 1.2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from flows.archive.check.contents import KNOWN, Contents
from flows.archive.check.document import Document
from flows.archive.check.folders import REPRESENTATION_METS, check_folders, check_places
from flows.archive.check.header import PACKAGE_TYPES, check_header, check_root
from flows.archive.check.levels import LEVELS
from flows.archive.check.paket12 import check_fgs12, is_fgs12
from flows.archive.check.sections import check_files, check_metadata
from flows.archive.check.structmap import check_map
from flows.archive.check.values import CSIP
from flows.keep.check.document import read_mets
from flows.keep.check.fixity import Finder, check_bytes, check_listed
from flows.keep.check.official import NoSchemaError, schema
from flows.keep.check.reading import UnreadableError, read_tree, root_of
from flows.keep.check.report import Checked, CheckFinding, Report
from flows.keep.check.values import METS
from schemas.neighbours import PackageFiles
from schemas.refusal import RefusedError

__all__ = ["CheckFinding", "Checked", "check_package"]

EARK: Final = "METS.xml"
_FGS = ("sip.xml", "mets.xml", "aip.xml", "dip.xml", "Mets.xml", "METS.XML", "Sip.xml")
_HEAD = 8192
_DOCUMENTS = 1_000
"""METS documents that are followed."""
_UNLISTED: Final = {"/metadata/preservation/": "CSIP32", "/metadata/descriptive/": "CSIP17"}
_NO_CONTENT = ("schemas/", "documentation/")


def check_package(
    package: PackageFiles, schemas: Path | None, *, fixity: bool = True, contents: bool = True
) -> Checked:
    """Check a package by every rule there is.

    Args:
        schemas: folder of the official schemas, or None: then those are left out, which is told.
        fixity: read every file and compare its checksum; without it only presence and sizes are compared.
        contents: look at ERMS, Ärendehantering and PREMIS files too.
    """
    return _Check(package, schemas, fixity=fixity, contents=contents).run()


class _Based:
    """The package's files from the folder where its METS document lies."""

    def __init__(self, package: PackageFiles) -> None:
        self._package = package
        names = package.names()
        self.base = ""
        if package.root is None and not {EARK, *_FGS} & set(names):
            tops = {one.partition("/")[0] for one in names if one.count("/") == 1 and one.endswith(f"/{EARK}")}
            tops = tops or {one.partition("/")[0] for one in names if one.count("/") == 1 and one.endswith(_FGS)}
            self.base = f"{min(tops)}/" if len(tops) == 1 else ""
        self.names = [one.removeprefix(self.base) for one in names if one.startswith(self.base)]
        self.others = [one for one in names if not one.startswith(self.base)]
        self.folders = [one.removeprefix(self.base) for one in package.folders() if one.startswith(self.base)]
        self.root = package.root

    def size(self, name: str) -> int:
        """Bytes of a file."""
        return self._package.size(self.base + name)

    def open(self, name: str) -> BinaryIO:
        """A file's bytes."""
        return self._package.open(self.base + name)


class _Check:
    """One check. What has been found so far is in ``report``."""

    def __init__(self, package: PackageFiles, schemas: Path | None, *, fixity: bool, contents: bool) -> None:
        self.report = Report(LEVELS)
        self._package = package
        self._files = _Based(package)
        self._schemas = schemas
        self._fixity = fixity
        self._contents = contents
        self._finder = Finder(self._files.names)
        self._folders = frozenset(one.lower() for one in self._files.folders)
        self._filled = frozenset(one.rpartition("/")[0] for one in self._files.names)
        self._lacked: set[str] = set()

    def run(self) -> Checked:
        """The outcome."""
        for code, where in self._package.faults:
            self.report.add(code, "", f": {where}")
        top = self._top()
        if top is None:
            nested = [one for one in self._files.names if one.rpartition("/")[2].lower() == EARK.lower()]
            self.report.add("CSIPSTR4", EARK)
            return self.report.all("E-ARK CSIP 2.1.0" if nested else "")
        name, root = top
        if root is None:
            return self.report.all("FGS Paketstruktur 1.2" if name in _FGS else "E-ARK CSIP 2.1.0")
        return self._fgs12(name, root) if is_fgs12(root) else self._eark(name, root)

    def _top(self) -> tuple[str, Any] | None:
        """The package's METS document: its name, and its root element, None when it cannot be read."""
        here = [one for one in self._files.names if "/" not in one and one.lower().endswith(".xml")]
        ranked = [one for one in (EARK, *_FGS) if one in here]
        others = [one for one in here if one not in ranked][:20]
        for name in [*ranked, *(one for one in others if self._starts_with(one, f"{METS}mets"))]:
            return name, read_mets(self.report, name, self._files.open)
        return None

    def _starts_with(self, name: str, tag: str) -> bool:
        found = self._root_of(name)
        return found is not None and found[0] == tag

    def _root_of(self, name: str) -> tuple[str, str] | None:
        try:
            with self._files.open(name) as source:
                return root_of(source.read(_HEAD))
        except RefusedError:
            return None

    def _document(self, name: str, root: Any, form: str, *, top: bool, sip: bool) -> Document:
        document = Document(
            path=name,
            root=root,
            top=top,
            sip=sip,
            report=self.report,
            schemas=self._schemas,
            folders=self._folders,
            eark=form == "eark",
        )
        document.collect_ids()
        try:
            official = schema(form, self._schemas)
        except NoSchemaError as error:
            self._lacked.add(error.name)
        else:
            if not official.validate(root):
                for entry in list(official.error_log)[:50]:
                    self.report.add("BV-XSD-METS", name, f":{entry.line}", message=_without_space(entry.message))
        return document

    def _eark(self, name: str, root: Any) -> Checked:
        if name != EARK:
            self.report.add("CSIPSTR4", name)
        profile = root.get("PROFILE", "")
        header = root.find(f"{METS}metsHdr")
        kind = "" if header is None else header.get(f"{CSIP}OAISPACKAGETYPE", "").strip()
        sip = kind == "SIP" or "earksip" in profile.lower() or "e-ark-sip" in profile.lower()
        if profile.strip() and "eark" not in profile.lower().replace("-", ""):
            self.report.add("BV-PROFILE", name, ":1 mets/@PROFILE")
        check_folders(self.report, self._files.names, self._files.folders, self._files.root)
        there = frozenset(one for one in self._files.names if REPRESENTATION_METS.fullmatch(one))
        top = self._rules(name, root, there, top=True, sip=sip)
        documents = [top]
        waiting = sorted(there | {self._finder.find(one.path)[0] or "" for one in top.pointers})
        done = {name}
        while waiting and len(documents) < _DOCUMENTS:
            path = waiting.pop(0)
            if path in done or not path:
                continue
            done.add(path)
            inner = read_mets(self.report, path, self._files.open)
            if inner is not None:
                documents.append(self._rules(path, inner, frozenset(), top=False, sip=sip))
                waiting.extend(self._finder.find(one.path)[0] or "" for one in documents[-1].pointers)
        self._compare(documents)
        said = f" ({kind})" if kind in PACKAGE_TYPES else ""
        return self.report.all("E-ARK SIP 2.1.0" if sip else f"E-ARK CSIP 2.1.0{said}")

    def _rules(self, name: str, root: Any, representations: frozenset[str], *, top: bool, sip: bool) -> Document:
        document = self._document(name, root, "eark", top=top, sip=sip)
        below = document.folder
        check_root(document)
        check_header(document)
        check_metadata(
            document,
            descriptive=f"{below}metadata/descriptive" in self._filled,
            preservation=f"{below}metadata/preservation" in self._filled,
        )
        check_files(document)
        check_map(document, representations)
        check_places(document, self._files.root)
        return document

    def _fgs12(self, name: str, root: Any) -> Checked:
        if name not in {"sip.xml", "mets.xml"}:
            self.report.add("FGS-METS-NAME", name)
        if self._files.root is None:
            self.report.add("FGS-ROOT", "")
        if "content" not in self._files.folders:
            self.report.add("FGS-CONTENT", "content")
        document = self._document(name, root, "fgs12", top=True, sip=False)
        check_fgs12(document)
        self._compare([document])
        return self.report.all("FGS Paketstruktur 1.2")

    def _compare(self, documents: Sequence[Document]) -> None:
        """What the documents list with what is there, and then what is in it."""
        claims = [claim for document in documents for claim in document.claims]
        own = frozenset({documents[0].path})
        unlisted = _UNLISTED if documents[0].eark else {}
        listed = check_listed(self.report, claims, self._files.names, self._finder, own, unlisted)
        for name in self._files.others:
            self.report.add("BV-FILE-UNLISTED", name)
        check_bytes(self.report, self._files, listed, fixity=self._fixity)
        if self._contents:
            self._look_into(documents)
        if self._schemas is None:
            self.report.add("BV-SCHEMAS", "", message="ange mappen med --schemas")
        elif self._lacked:
            self.report.add("BV-SCHEMAS", "", message=", ".join(sorted(self._lacked)))

    def _look_into(self, documents: Sequence[Document]) -> None:
        types = {one.folder: one.root.get(f"{CSIP}CONTENTINFORMATIONTYPE", "") for one in documents}
        referred = {claim.path for one in documents for claim in one.claims if claim.metadata.startswith("PREMIS")}
        checker = Contents(
            self.report, self._schemas, self._lacked.add, lambda path: self._finder.find(path)[0] is not None
        )
        read = {one.path for one in documents}
        for name in self._files.names:
            if name in read or not name.lower().endswith(".xml") or name.startswith(_NO_CONTENT):
                continue
            found = self._root_of(name)
            folder = "/".join(name.split("/")[:2]) + "/"
            if found is not None and found[0] in KNOWN:
                self._check_content(checker, name, found, types.get(folder, types.get("", "")))
            elif found is None and (name in referred or types.get(folder, "").startswith("citserms")):
                # Nobody can say of a file that cannot be read that it is not the case file.
                self._tell_unreadable(name)
        for folder, kind in types.items():
            if kind.startswith("citserms") and folder and not any(one.startswith(folder) for one in checker.erms):
                self.report.add("BV-ERMS-MISSING", folder)

    def _check_content(self, checker: Contents, name: str, found: tuple[str, str], content_type: str) -> None:
        try:
            checker.check(name, found[0], found[1], content_type, lambda: self._files.open(name))
        except RefusedError:
            self.report.add("BV-FILE-DAMAGED", name)

    def _tell_unreadable(self, name: str) -> None:
        try:
            with self._files.open(name) as source:
                read_tree(source)
        except UnreadableError as error:
            self.report.add(error.code, name, f":{error.line}")
        except RefusedError:
            self.report.add("BV-FILE-DAMAGED", name)


def _without_space(message: str) -> str:
    """A validator's message with the METS namespace left out, which no reader needs."""
    return message.replace(METS, "").replace("{http://www.w3.org/1999/xlink}", "xlink:").replace(CSIP, "csip:")
