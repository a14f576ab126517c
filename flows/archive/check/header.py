"""Rules about a METS document's root element and header: CSIP1–CSIP16 and CSIP117, SIP1–SIP31."""

from __future__ import annotations

from typing import Any, Final

from flows.archive.check.document import Document
from flows.archive.check.values import CSIP, categories, content_types, plain_dash
from flows.keep.check.report import place
from flows.keep.check.values import METS, is_time
from schemas.xml import mets_eark_form

SIP_PROFILE: Final = mets_eark_form.PROFILE
_SIP_VARIANT = "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-1-0.xml"
"""What one validator in use asks for instead; told as a warning, since the receiver may have demanded it."""
PACKAGE_TYPES: Final = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
_STATUSES = frozenset({"NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "VERSION", "DELETE", "OTHER"})
_PERSONS = frozenset({"ORGANIZATION", "INDIVIDUAL"})


def check_root(document: Document) -> None:
    """CSIP1 to CSIP6; for a package's own document of a SIP also SIP1 and SIP2."""
    root, wrong = document.root, document.wrong
    if not root.get("OBJID", "").strip():
        wrong("CSIP1", root, "OBJID")
    kind = root.get("TYPE", "").strip()
    other = root.get(f"{CSIP}OTHERTYPE", "").strip()
    known = categories(document.schemas)
    if plain_dash(kind) not in known or (kind.upper() == "OTHER" and not other):
        wrong("CSIP2", root, "TYPE")
    if (kind.upper() == "OTHER") != bool(other) or plain_dash(other) in known:
        wrong("CSIP3", root, "csip:OTHERTYPE")
    content = root.get(f"{CSIP}CONTENTINFORMATIONTYPE", "").strip()
    if content not in content_types(document.schemas):
        wrong("CSIP4", root, "csip:CONTENTINFORMATIONTYPE")
    if content == "OTHER" and not root.get(f"{CSIP}OTHERCONTENTINFORMATIONTYPE", "").strip():
        wrong("CSIP5", root, "csip:OTHERCONTENTINFORMATIONTYPE")
    profile = root.get("PROFILE", "").strip()
    if not profile:
        wrong("CSIP6", root, "PROFILE")
    if document.top and document.sip:
        _sip_root(document, profile)


def _sip_root(document: Document, profile: str) -> None:
    """SIP1 and SIP2."""
    if not document.root.get("LABEL", "").strip():
        document.wrong("SIP1", document.root, "LABEL")
    if profile == _SIP_VARIANT:
        document.report.add("SIP2", document.path, place(document.root, "PROFILE"), severity="warning")
    elif profile != SIP_PROFILE:
        document.wrong("SIP2", document.root, "PROFILE")


def check_header(document: Document) -> None:
    """CSIP117 and CSIP7 to CSIP16; for a package's own document of a SIP also SIP3 to SIP31."""
    headers = document.children(document.root, "metsHdr")
    if len(headers) != 1:
        document.wrong("CSIP117", document.root)
        if not headers:
            return
    header, wrong = headers[0], document.wrong
    if not is_time(header.get("CREATEDATE")):
        wrong("CSIP7", header, "CREATEDATE")
    if not is_time(header.get("LASTMODDATE")):
        wrong("CSIP8", header, "LASTMODDATE")
    kind = header.get(f"{CSIP}OAISPACKAGETYPE", "").strip()
    if kind not in PACKAGE_TYPES:
        wrong("CSIP9", header, "csip:OAISPACKAGETYPE")
    agents = document.children(header, "agent")
    _software(document, header, agents)
    if not (document.top and document.sip):
        return
    if header.get("RECORDSTATUS", "").strip() not in _STATUSES:
        wrong("SIP3", header, "RECORDSTATUS")
    if kind != "SIP":
        wrong("SIP4", header, "csip:OAISPACKAGETYPE")
    _other_ids(document, header)
    _archival_creator(document, header, agents)
    _submitter(document, header, agents)
    _contact(document, header, agents)
    _preservation(document, header, agents)


def _software(document: Document, header: Any, agents: list[Any]) -> None:
    """CSIP10 to CSIP16: at least one agent is the software. Where none is, the nearest one shows what it lacks."""
    wanted = (("ROLE", "CREATOR", "CSIP11"), ("TYPE", "OTHER", "CSIP12"), ("OTHERTYPE", "SOFTWARE", "CSIP13"))

    def likeness(agent: Any) -> tuple[int, bool, bool]:
        met = sum(agent.get(name, "").strip() == value for name, value, _ in wanted)
        return met, bool(_notes(agent, "SOFTWARE VERSION")), agent.get("ROLE") == "CREATOR"

    complete = [agent for agent in agents if likeness(agent)[0] == len(wanted)]
    if not complete:
        document.wrong("CSIP10", header)
        nearest = max(agents, key=likeness, default=None)
        if nearest is None or likeness(nearest)[0] < 2:
            return
        for name, value, code in wanted:
            if nearest.get(name, "").strip() != value:
                document.wrong(code, nearest, name)
        return

    def faults(agent: Any) -> list[tuple[str, Any]]:
        found = [] if _name(agent) else [("CSIP14", agent)]
        notes = agent.findall(f"{METS}note")
        if not any((note.text or "").strip() for note in notes):
            found.append(("CSIP15", agent))
        elif not _notes(agent, "SOFTWARE VERSION"):
            found.append(("CSIP16", notes[0]))
        return found

    for code, element in min((faults(agent) for agent in complete), key=len):
        document.wrong(code, element)


def _other_ids(document: Document, header: Any) -> None:
    """SIP5 to SIP8."""
    given = [
        one.get("TYPE", "").strip() for one in document.children(header, "altRecordID") if (one.text or "").strip()
    ]
    for code, kind, once in (
        ("SIP5", "SUBMISSIONAGREEMENT", True),
        ("SIP6", "PREVIOUSSUBMISSIONAGREEMENT", False),
        ("SIP7", "REFERENCECODE", True),
        ("SIP8", "PREVIOUSREFERENCECODE", False),
    ):
        count = given.count(kind)
        if not count or (once and count > 1):
            document.wrong(code, header)


def _archival_creator(document: Document, header: Any, agents: list[Any]) -> None:
    """SIP9 to SIP14."""
    found = [one for one in agents if one.get("ROLE") == "ARCHIVIST"]
    for one in agents:
        if one.get("ROLE") == "OTHER" and one.get("OTHERROLE", "").strip().upper() in {"ARCHIVIST", "ARCHIVALCREATOR"}:
            document.wrong("SIP10", one, "ROLE")
    if len(found) != 1:
        document.wrong("SIP9", header)
    for agent in found:
        if agent.get("TYPE") not in _PERSONS:
            document.wrong("SIP11", agent, "TYPE")
        _described(document, agent, "SIP12", "SIP13", "SIP14")


def _submitter(document: Document, header: Any, agents: list[Any]) -> None:
    """SIP15 to SIP20. A person alone can be the one who submits; beside an organisation it is the contact."""
    creators = [one for one in agents if one.get("ROLE") == "CREATOR"]
    organisations = [one for one in creators if one.get("TYPE") == "ORGANIZATION"]
    persons = [one for one in creators if one.get("TYPE") == "INDIVIDUAL"]
    if len(organisations) > 1 or not (organisations or persons):
        document.wrong("SIP15", header)
    for one in agents:
        named = one.get("OTHERROLE", "").strip().upper() == "SUBMITTER"
        if named and one.get("ROLE") != "CREATOR" and not (organisations or persons):
            document.wrong("SIP16", one, "ROLE")
    for one in creators:
        if one.get("TYPE") not in _PERSONS and one.get("OTHERTYPE", "").strip() != "SOFTWARE":
            document.wrong("SIP17", one, "TYPE")
    for agent in organisations:
        _described(document, agent, "SIP18", "SIP19", "SIP20")
    if not organisations and len(persons) == 1:
        if not _name(persons[0]):
            document.wrong("SIP18", persons[0])
        if not persons[0].findall(f"{METS}note"):
            document.wrong("SIP19", persons[0])


def _contact(document: Document, header: Any, agents: list[Any]) -> None:
    """SIP21 to SIP25."""
    creators = [one for one in agents if one.get("ROLE") == "CREATOR"]
    persons = [one for one in creators if one.get("TYPE") == "INDIVIDUAL"]
    if not persons:
        document.wrong("SIP21", header)
    for one in agents:
        said = (one.get("OTHERROLE", "") + one.get("OTHERTYPE", "")).upper()
        if "CONTACT" in said:
            if one.get("ROLE") != "CREATOR":
                document.wrong("SIP22", one, "ROLE")
            if one.get("TYPE") != "INDIVIDUAL":
                document.wrong("SIP23", one, "TYPE")
    for agent in persons:
        if not _name(agent):
            document.wrong("SIP24", agent)
        if not any((note.text or "").strip() for note in agent.findall(f"{METS}note")):
            document.wrong("SIP25", agent)


def _preservation(document: Document, header: Any, agents: list[Any]) -> None:
    """SIP26 to SIP31."""
    found = [one for one in agents if one.get("ROLE") == "PRESERVATION"]
    for one in agents:
        if one.get("ROLE") == "OTHER" and one.get("OTHERROLE", "").strip().upper() == "PRESERVATION":
            document.wrong("SIP27", one, "ROLE")
    if len(found) != 1:
        document.wrong("SIP26", header)
    for agent in found:
        if agent.get("TYPE") != "ORGANIZATION":
            document.wrong("SIP28", agent, "TYPE")
        _described(document, agent, "SIP29", "SIP30", "SIP31")


def _described(document: Document, agent: Any, name: str, note: str, kind: str) -> None:
    """Name, code, and that the code says that it is one; the codes are of the rules for each."""
    if not _name(agent):
        document.wrong(name, agent)
    notes = [one for one in agent.findall(f"{METS}note") if (one.text or "").strip()]
    if not notes:
        document.wrong(note, agent)
    elif not _notes(agent, "IDENTIFICATIONCODE"):
        document.wrong(kind, notes[0])


def _name(agent: Any) -> str:
    return str(agent.findtext(f"{METS}name") or "").strip()


def _notes(agent: Any, kind: str) -> list[Any]:
    return [
        one
        for one in agent.findall(f"{METS}note")
        if one.get(f"{CSIP}NOTETYPE", "").strip() == kind and (one.text or "").strip()
    ]
