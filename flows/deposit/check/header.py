"""Rules about the METS document's root and header: the package, who stands behind it, and by what agreement."""

from __future__ import annotations

import re
from typing import Any, Final

from flows.deposit.check.document import Document, text
from flows.keep.check.values import is_time
from schemas.xml.fgs_publ import PROFILE

_TYPES: Final = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
_STATUSES: Final = frozenset({"SUPPLEMENT", "REPLACEMENT", "NEW", "TEST", "OTHER", "VERSION"})
_ROLES: Final = frozenset(
    {"CREATOR", "EDITOR", "ARCHIVIST", "PRESERVATION", "DISSEMINATOR", "CUSTODIAN", "IPOWNER", "OTHER"}
)
_AGENT_TYPES: Final = frozenset({"INDIVIDUAL", "ORGANIZATION", "OTHER"})
_RECORD_IDS: Final = frozenset(
    {
        *("DELIVERYTYPE", "DELIVERYSPECIFICATION", "SUBMISSIONAGREEMENT", "PREVIOUSSUBMISSIONAGREEMENT"),
        *("DATASUBMISSIONSESSION", "PACKAGENUMBER", "REFERENCECODE", "PREVIOUSREFERENCECODE"),
        *("APPRAISAL", "ACCESSRESTRICT"),
    }
)
_AGENTS: Final = (
    ("KB-ARCHIVIST", ("ARCHIVIST", "ORGANIZATION", None)),
    ("KB-CREATOR", ("CREATOR", "ORGANIZATION", None)),
    ("KB-SOFTWARE", ("ARCHIVIST", "OTHER", "SOFTWARE")),
)
_FEWEST: Final = 3
"""Agents, and other ids of the record, that a header has at least."""
_URI = re.compile(r"URI:\s?https?://(id|mimer)\.kb\.se/organisations/SE[0-9]{10}(-[A-Za-z0-9._-]{1,60})?")
"""``id.kb.se`` is today's; ``mimer.kb.se`` stands in KB's own examples of 2013."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:\S+")


def check_root(document: Document) -> None:
    """The package's id, what sort it is, and its profile."""
    root, wrong = document.root, document.wrong
    if not root.get("OBJID", "").strip():
        wrong("KB-OBJID", root, "OBJID")
    kind = root.get("TYPE", "")
    if kind not in _TYPES:
        wrong("KB-TYPE", root, "TYPE")
    elif kind != "SIP":
        wrong("KB-TYPE-SIP", root, "TYPE")
    if root.get("PROFILE", "").strip() != PROFILE:
        wrong("KB-PROFILE", root, "PROFILE")
    if not root.get("LABEL", "").strip():
        wrong("KB-LABEL", root, "LABEL")


def check_header(document: Document) -> None:
    """When, in which state, by whom, and by what agreement."""
    wrong = document.wrong
    headers = document.children(document.root, "metsHdr")
    if len(headers) != 1:
        wrong("KB-HEADER", headers[1] if headers else document.root)
        if not headers:
            return
    header = headers[0]
    if not is_time(header.get("CREATEDATE")):
        wrong("KB-CREATEDATE", header, "CREATEDATE")
    status = header.get("RECORDSTATUS")
    if status is not None and status not in _STATUSES:
        wrong("KB-RECORDSTATUS", header, "RECORDSTATUS")
    elif status == "TEST":
        wrong("KB-TEST", header, "RECORDSTATUS")
    _agents(document, header)
    _record_ids(document, header)


def _agents(document: Document, header: Any) -> None:
    wrong = document.wrong
    agents = document.children(header, "agent")
    if len(agents) < _FEWEST:
        wrong("KB-AGENTS", header)
    for one in agents:
        _agent(document, one)
    said = {(one.get("ROLE"), one.get("TYPE"), one.get("OTHERTYPE")) for one in agents}
    for code, wanted in _AGENTS:
        if wanted not in said:
            wrong(code, header)


def _agent(document: Document, one: Any) -> None:
    wrong = document.wrong
    if one.get("ROLE") not in _ROLES:
        wrong("KB-AGENT-ROLE", one, "ROLE")
    if one.get("TYPE") not in _AGENT_TYPES:
        wrong("KB-AGENT-TYPE", one, "TYPE")
    if one.get("OTHERTYPE", "SOFTWARE") != "SOFTWARE":
        wrong("KB-AGENT-OTHERTYPE", one, "OTHERTYPE")
    names = document.children(one, "name")
    if len(names) != 1 or not text(names[0]):
        wrong("KB-AGENT-NAME", one)
    if one.get("TYPE") == "ORGANIZATION" and one.get("ROLE") in {"ARCHIVIST", "CREATOR"}:
        notes = [text(note) for note in document.children(one, "note")]
        if not any(_URI.fullmatch(note) for note in notes):
            wrong("KB-AGENT-URI", one)


def _record_ids(document: Document, header: Any) -> None:
    wrong = document.wrong
    given = document.children(header, "altRecordID")
    if len(given) < _FEWEST:
        wrong("KB-ALTRECORDIDS", header)
    by_type: dict[str, list[Any]] = {}
    for one in given:
        kind = one.get("TYPE")
        if kind is not None and kind not in _RECORD_IDS:
            wrong("KB-ALTRECORDID-TYPE", one, "TYPE")
        by_type.setdefault(kind or "", []).append(one)
    kinds = by_type.get("DELIVERYTYPE", [])
    if len(kinds) != 1 or text(kinds[0]) not in {"DEPOSIT", "AGREEMENT"}:
        wrong("KB-DELIVERYTYPE", kinds[0] if kinds else header)
    for kind in ("DELIVERYSPECIFICATION", "SUBMISSIONAGREEMENT"):
        found = by_type.get(kind, [])
        if not any(text(one) for one in found):
            wrong(f"KB-{kind}", found[0] if found else header)
        for one in found:
            if text(one) and _ADDRESS.fullmatch(text(one)) is None:
                wrong("KB-ALTRECORDID-URI", one)
