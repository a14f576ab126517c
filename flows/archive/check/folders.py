"""Rules about an E-ARK package's folders: CSIPSTR1 to CSIPSTR16."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.archive.check.document import Document
from flows.keep.check.report import Report, place

REPRESENTATION_METS = re.compile(r"representations/[^/]+/METS\.xml")


def check_folders(report: Report, names: Sequence[str], folders: Sequence[str], root: str | None) -> None:
    """CSIPSTR1, CSIPSTR5 and CSIPSTR9 to CSIPSTR16, by the names alone.

    Args:
        names: every file from the package's root. folders: every folder. root: name of the root folder, or None.
    """
    if root is None:
        report.add("CSIPSTR1", "")
    there = set(folders)
    if "metadata" not in there:
        report.add("CSIPSTR5", "metadata")
    if "representations" not in there:
        report.add("CSIPSTR9", "representations")
    own = _representations(report, set(names), there)
    for code, folder in (("CSIPSTR15", "schemas"), ("CSIPSTR16", "documentation")):
        if folder not in there and not any(f"{one}/{folder}" in there for one in own):
            report.add(code, folder)


def _representations(report: Report, files: set[str], there: set[str]) -> list[str]:
    """CSIPSTR10 to CSIPSTR13. The representations' folders."""
    own = sorted(one for one in there if one.count("/") == 1 and one.startswith("representations/"))
    loose = any(one.startswith("representations/") and one.count("/") == 1 for one in files)
    if "representations" in there and (loose or not own):
        report.add("CSIPSTR10", "representations")
    for one in own:
        if f"{one}/data" not in there:
            report.add("CSIPSTR11", f"{one}/data")
        if f"{one}/METS.xml" not in files:
            report.add("CSIPSTR12", f"{one}/METS.xml")
        if f"{one}/metadata" not in there:
            report.add("CSIPSTR13", f"{one}/metadata")
    return own


def check_places(document: Document, root: str | None) -> None:
    """CSIP1's recommendation, CSIPSTR2, CSIPSTR6 and CSIPSTR7: what METS says of folders."""
    name = document.root.get("OBJID", "").strip()
    folder = root if document.top else document.folder.rstrip("/").rpartition("/")[2]
    if name and folder is not None and name != folder:
        document.report.add("CSIP1", document.path, place(document.root, "OBJID"), severity="warning")
        if document.top:
            document.wrong("CSIPSTR2", document.root, "OBJID")
    for claim in document.claims:
        parent = claim.element.getparent()
        section = parent.tag.rpartition("}")[2] if parent is not None else ""
        inside = claim.path.removeprefix(document.folder)
        if section == "dmdSec" and not inside.startswith("metadata/descriptive/"):
            document.wrong("CSIPSTR7", claim.element)
        if section == "digiprovMD" and not inside.startswith("metadata/preservation/"):
            document.wrong("CSIPSTR6", claim.element)
