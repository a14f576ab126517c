"""The head of an E-ARK METS document: its root element's attributes, who stands behind it, and its archival ids.

CSIP1–16 and 117, SIP1–31 of version 2.1.0. The archive's validators count some agents, therefore more than one of a
role that the profile knows once is refused here and not there.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from schemas.ids import rfc3339, utc
from schemas.package import Agent, AgentRole, Package
from schemas.refusal import RefusedError
from schemas.xml.indented import Indented
from schemas.xml.mets_eark_form import MetsSettings, schema_locations

SOFTWARE: Final = "Bevara"

_PARTS: Final[dict[AgentRole, dict[str, str]]] = {
    "archival-creator": {"ROLE": "ARCHIVIST", "TYPE": "ORGANIZATION"},
    "submitter": {"ROLE": "CREATOR", "TYPE": "ORGANIZATION"},
    "contact": {"ROLE": "CREATOR", "TYPE": "INDIVIDUAL"},
    "preservation": {"ROLE": "PRESERVATION", "TYPE": "ORGANIZATION"},
    "source-system": {"ROLE": "OTHER", "OTHERROLE": "PRODUCER", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"},
    "owner": {"ROLE": "IPOWNER", "TYPE": "ORGANIZATION"},
    "consultant": {"ROLE": "EDITOR", "TYPE": "ORGANIZATION"},
}
"""METS words of an agent's part: SIP10–11, 16–17, 22–23, 27–28; the last three as Riksarkivet's application has them."""

_AT_MOST_ONE: Final[tuple[AgentRole, ...]] = ("archival-creator", "submitter", "preservation")
"""SIP9, SIP15 and SIP26: cardinality at most 1."""


def root_attributes(
    package: Package, settings: MetsSettings, *, name: str, content_type: str, other_content_type: str, up: str
) -> dict[str, str]:
    """Attributes of ``mets`` (CSIP1–6, SIP1–2).

    Args:
        name: OBJID: the package's folder, or the representation's.
        content_type: content information type of what this document describes, or empty.
        up: the way from the document's folder to the package's root.
    """
    attributes = {"xsi:schemaLocation": schema_locations(package, up), "OBJID": name}
    if package.label:
        attributes["LABEL"] = package.label
    attributes["TYPE"] = settings.type
    if settings.other_type:
        attributes["csip:OTHERTYPE"] = settings.other_type
    if content_type:
        attributes["csip:CONTENTINFORMATIONTYPE"] = content_type
    if other_content_type:
        attributes["csip:OTHERCONTENTINFORMATIONTYPE"] = other_content_type
    attributes["PROFILE"] = settings.profile
    return attributes


def write_header(xml: Indented, package: Package) -> None:
    """``metsHdr`` (CSIP117, 7–16; SIP3–31): first the software, then the agents in their order, then the archival ids.

    Raises:
        RefusedError: nobody submits (SIP15), more than one of a role that may be there once, an agent without name, a
            submitter whose only note is not its code (SIP19–20), or a contact that says not how to reach it (SIP25).
    """
    _check(package.agents)
    made = rfc3339(utc(package.made, "package: made"))
    attributes = {
        "CREATEDATE": made,
        "LASTMODDATE": made,
        "RECORDSTATUS": package.status,
        "csip:OAISPACKAGETYPE": "SIP",
    }
    with xml.holding("metsHdr", attributes):
        with xml.holding("agent", {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}):
            xml.leaf("name", SOFTWARE)
            xml.leaf("note", package.software, {"csip:NOTETYPE": "SOFTWARE VERSION"})
        for agent in package.agents:
            _agent(xml, agent)
        for kind, value in (
            ("SUBMISSIONAGREEMENT", package.agreement),
            ("PREVIOUSSUBMISSIONAGREEMENT", package.previous_agreement),
            ("REFERENCECODE", package.reference_code),
            ("PREVIOUSREFERENCECODE", package.previous_reference_code),
        ):
            if value:
                xml.leaf("altRecordID", value, {"TYPE": kind})


def _check(agents: tuple[Agent, ...]) -> None:
    counts = Counter(agent.role for agent in agents)
    if not counts["submitter"]:
        raise RefusedError("agents: submitter", "none", "name who delivers (levererande organisation) in the profile")
    for role in _AT_MOST_ONE:
        if counts[role] > 1:
            raise RefusedError(f"agents: {role}", counts[role], "name one: the specification has room for no more")
    for number, agent in enumerate(agents, 1):
        place = f"agents: {agent.role}, number {number}"
        if not agent.name.strip():
            raise RefusedError(place, "no name", "write the name in the profile")
        if agent.role == "submitter" and not agent.code.strip():
            raise RefusedError(place, "no code", "write the identity code in the profile, for example ORG:212000-0000")
        if agent.role == "submitter" and agent.notes:
            raise RefusedError(
                place, "notes", "write telephone and e-mail at the contact: SIP19 leaves room for the code"
            )
        if agent.role == "contact" and not _contact(agent).strip():
            raise RefusedError(place, "no notes", "write telephone or e-mail in the profile")


def _agent(xml: Indented, agent: Agent) -> None:
    with xml.holding("agent", _PARTS[agent.role]):
        xml.leaf("name", agent.name)
        if agent.role == "contact":
            xml.leaf("note", _contact(agent))
            return
        if agent.code:
            xml.leaf("note", agent.code, {"csip:NOTETYPE": "IDENTIFICATIONCODE"})
        for number, note in enumerate(agent.notes):
            software = agent.role == "source-system" and number == 0
            xml.leaf("note", note, {"csip:NOTETYPE": "SOFTWARE VERSION"} if software else {})


def _contact(agent: Agent) -> str:
    """How to reach a person, in one note: some validators want one note of every CREATOR, no more and no less."""
    return ", ".join((*agent.notes, *((agent.code,) if agent.code else ())))
