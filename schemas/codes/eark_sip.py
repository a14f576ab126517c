"""The rules that E-ARK SIP 2.1.0 adds to CSIP, by their ids in the METS profile ``E-ARK-SIP-v2-1-0.xml``."""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

RULES: Final[tuple[tuple[str, Level, str, str], ...]] = (
    ("SIP1", "MAY", "Paketet har inget namn (mets/@LABEL).", "The package has no name (mets/@LABEL)."),
    (
        "SIP2",
        "MUST",
        "mets/@PROFILE är inte https://earksip.dilcis.eu/profile/E-ARK-SIP.xml.",
        "mets/@PROFILE is not https://earksip.dilcis.eu/profile/E-ARK-SIP.xml.",
    ),
    (
        "SIP3",
        "MAY",
        "Paketets läge (metsHdr/@RECORDSTATUS) anges inte, eller är inget av specifikationens ord.",
        "The package's status (metsHdr/@RECORDSTATUS) is not given, or none of the specification's words.",
    ),
    ("SIP4", "MUST", "metsHdr/@csip:OAISPACKAGETYPE är inte SIP.", "metsHdr/@csip:OAISPACKAGETYPE is not SIP."),
    (
        "SIP5",
        "MAY",
        "Leveransöverenskommelsen anges inte en gång (SUBMISSIONAGREEMENT).",
        "The submission agreement is not given once (SUBMISSIONAGREEMENT).",
    ),
    (
        "SIP6",
        "MAY",
        "Ingen tidigare leveransöverenskommelse anges (PREVIOUSSUBMISSIONAGREEMENT).",
        "No previous submission agreement is given (PREVIOUSSUBMISSIONAGREEMENT).",
    ),
    (
        "SIP7",
        "MAY",
        "Ingen referenskod anges en gång (REFERENCECODE).",
        "No reference code is given once (REFERENCECODE).",
    ),
    (
        "SIP8",
        "MAY",
        "Ingen tidigare referenskod anges (PREVIOUSREFERENCECODE).",
        "No previous reference code is given (PREVIOUSREFERENCECODE).",
    ),
    ("SIP9", "MAY", "Arkivbildarens agent saknas (ARCHIVIST).", "The archival creator's agent is missing (ARCHIVIST)."),
    (
        "SIP10",
        "MUST",
        "Arkivbildarens agent har inte ROLE=ARCHIVIST.",
        "The archival creator's agent has not ROLE=ARCHIVIST.",
    ),
    (
        "SIP11",
        "MUST",
        "Arkivbildaren är varken ORGANIZATION eller INDIVIDUAL.",
        "The archival creator is neither ORGANIZATION nor INDIVIDUAL.",
    ),
    ("SIP12", "MAY", "Arkivbildarens namn saknas.", "The archival creator's name is missing."),
    ("SIP13", "MAY", "Arkivbildarens identitetskod saknas.", "The archival creator's identification code is missing."),
    (
        "SIP14",
        "MUST",
        "Arkivbildarens kod är inte märkt csip:NOTETYPE=IDENTIFICATIONCODE.",
        "The archival creator's note does not bear csip:NOTETYPE=IDENTIFICATIONCODE.",
    ),
    (
        "SIP15",
        "MUST",
        "Den levererande organisationens agent saknas (CREATOR, ORGANIZATION eller INDIVIDUAL).",
        "The submitting agent is missing (CREATOR, ORGANIZATION or INDIVIDUAL).",
    ),
    ("SIP16", "MUST", "Den som levererar har inte ROLE=CREATOR.", "The submitting agent has not ROLE=CREATOR."),
    (
        "SIP17",
        "MUST",
        "Den som levererar är varken ORGANIZATION eller INDIVIDUAL.",
        "The submitting agent is neither ORGANIZATION nor INDIVIDUAL.",
    ),
    ("SIP18", "MAY", "Namnet på den som levererar saknas.", "The submitting agent's name is missing."),
    ("SIP19", "MAY", "Identitetskoden för den som levererar saknas.", "The submitting agent's code is missing."),
    (
        "SIP20",
        "MUST",
        "Koden för den som levererar är inte märkt csip:NOTETYPE=IDENTIFICATIONCODE.",
        "The submitting agent's note does not bear csip:NOTETYPE=IDENTIFICATIONCODE.",
    ),
    ("SIP21", "MAY", "Ingen kontaktperson anges (CREATOR, INDIVIDUAL).", "No contact person (CREATOR, INDIVIDUAL)."),
    ("SIP22", "MUST", "Kontaktpersonen har inte ROLE=CREATOR.", "The contact person has not ROLE=CREATOR."),
    ("SIP23", "MUST", "Kontaktpersonen har inte TYPE=INDIVIDUAL.", "The contact person has not TYPE=INDIVIDUAL."),
    ("SIP24", "MUST", "Kontaktpersonens namn saknas.", "The contact person's name is missing."),
    ("SIP25", "MAY", "Kontaktpersonens adress eller telefon saknas.", "The contact person has no note."),
    ("SIP26", "MAY", "Mottagarens agent saknas (PRESERVATION).", "The preservation agent is missing (PRESERVATION)."),
    ("SIP27", "MUST", "Mottagarens agent har inte ROLE=PRESERVATION.", "The agent has not ROLE=PRESERVATION."),
    ("SIP28", "MUST", "Mottagaren har inte TYPE=ORGANIZATION.", "The preservation agent is no ORGANIZATION."),
    ("SIP29", "MAY", "Mottagarens namn saknas.", "The preservation agent's name is missing."),
    ("SIP30", "MAY", "Mottagarens identitetskod saknas.", "The preservation agent's code is missing."),
    (
        "SIP31",
        "MUST",
        "Mottagarens kod är inte märkt csip:NOTETYPE=IDENTIFICATIONCODE.",
        "The preservation agent's note does not bear csip:NOTETYPE=IDENTIFICATIONCODE.",
    ),
    ("SIP32", "MAY", "Filformatets namn anges inte (sip:FILEFORMATNAME).", "No sip:FILEFORMATNAME."),
    ("SIP33", "MAY", "Filformatets version anges inte (sip:FILEFORMATVERSION).", "No sip:FILEFORMATVERSION."),
    ("SIP34", "MAY", "Formatregistret anges inte (sip:FORMATREGISTRY).", "No sip:FORMATREGISTRY."),
    ("SIP35", "MAY", "Formatets nyckel anges inte (sip:FORMATREGISTRYKEY).", "No sip:FORMATREGISTRYKEY."),
)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification asks for it."""
