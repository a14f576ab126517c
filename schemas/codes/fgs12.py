"""The rules of FGS Paketstruktur 1.2 (RAFGS1V1.2), which has no ids of its own for them: ``FGS-…``.

What the schema CSPackageMETS enforces, and what the profile asks for beyond it: three named agents with their codes,
the package's status, and the form of the submission agreement.
"""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

RULES: Final[tuple[tuple[str, Level, str, str], ...]] = (
    (
        "FGS-METS-NAME",
        "SHOULD",
        "METS-filen bör ligga i rotmappen och heta sip.xml eller mets.xml.",
        "The METS file should lie in the root folder and be named sip.xml or mets.xml.",
    ),
    ("FGS-ROOT", "MUST", "Paketet ska ligga i en enda rotmapp.", "The package must lie in one single root folder."),
    ("FGS-CONTENT", "SHOULD", "Mappen content saknas.", "The folder content is missing."),
    ("FGS-OBJID", "MUST", "Paketets id (mets/@OBJID) saknas.", "The package's id (mets/@OBJID) is missing."),
    (
        "FGS-TYPE",
        "MUST",
        "Paketets innehåll (mets/@TYPE) saknas eller finns inte i FGS lista.",
        "The package's content (mets/@TYPE) is missing or not in the list of FGS.",
    ),
    (
        "FGS-PROFILE",
        "MUST",
        "mets/@PROFILE saknas eller är inte profilen för FGS Paketstruktur.",
        "mets/@PROFILE is missing or not the profile of FGS Paketstruktur.",
    ),
    ("FGS-LABEL", "MAY", "Paketet har inget namn (mets/@LABEL).", "The package has no name (mets/@LABEL)."),
    ("FGS-HEADER", "MUST", "Huvudet (metsHdr) ska finnas en gång.", "The header (metsHdr) must be there once."),
    (
        "FGS-CREATEDATE",
        "MUST",
        "metsHdr/@CREATEDATE saknas eller är ingen tidpunkt.",
        "metsHdr/@CREATEDATE is missing or no date and time.",
    ),
    (
        "FGS-RECORDSTATUS",
        "MUST",
        "metsHdr/@RECORDSTATUS finns inte i FGS lista.",
        "metsHdr/@RECORDSTATUS is not in the list of FGS.",
    ),
    (
        "FGS-OAISSTATUS",
        "MUST",
        "metsHdr/@ext:OAISSTATUS saknas eller är inte SIP, AIP, DIP, AIU eller AIC.",
        "metsHdr/@ext:OAISSTATUS is missing or not one of SIP, AIP, DIP, AIU, AIC.",
    ),
    ("FGS-AGENTS", "MUST", "Minst tre agenter ska anges.", "At least three agents must be given."),
    (
        "FGS-AGENT-WORDS",
        "MUST",
        "Agentens roll eller typ finns inte i FGS listor.",
        "The agent's role or type is not in the lists of FGS.",
    ),
    ("FGS-AGENT-NAME", "MUST", "Agenten saknar namn.", "The agent has no name."),
    (
        "FGS-CREATOR",
        "MUST",
        "Arkivbildaren saknas (ARCHIVIST, ORGANIZATION).",
        "The archive creator is missing (ARCHIVIST, ORGANIZATION).",
    ),
    (
        "FGS-CREATOR-NOTE",
        "MUST",
        "Arkivbildarens identitetskod saknas eller har inte VAT:, DUNS:, ORG:, HSA:, Local: eller URI: först.",
        "The archive creator's code is missing or does not begin with VAT:, DUNS:, ORG:, HSA:, Local: or URI:.",
    ),
    (
        "FGS-SYSTEM",
        "MUST",
        "Källsystemet saknas (ARCHIVIST, OTHER, SOFTWARE).",
        "The source system is missing (ARCHIVIST, OTHER, SOFTWARE).",
    ),
    ("FGS-SYSTEM-NOTE", "MUST", "Källsystemets version saknas.", "The source system's version is missing."),
    (
        "FGS-SUBMITTER",
        "MUST",
        "Den levererande organisationen saknas (CREATOR, ORGANIZATION).",
        "The submitting organisation is missing (CREATOR, ORGANIZATION).",
    ),
    (
        "FGS-SUBMITTER-NOTE",
        "MUST",
        "Den levererande organisationens identitetskod saknas eller saknar prefix (som ORG:).",
        "The submitting organisation's code is missing or has no prefix (such as ORG:).",
    ),
    (
        "FGS-ALTRECORDID",
        "MUST",
        "Minst ett altRecordID med känd @TYPE ska finnas.",
        "There must be at least one altRecordID with a known @TYPE.",
    ),
    (
        "FGS-AGREEMENT",
        "MUST",
        "Leveransöverenskommelsen saknas (altRecordID, SUBMISSIONAGREEMENT).",
        "The submission agreement is missing (altRecordID, SUBMISSIONAGREEMENT).",
    ),
    (
        "FGS-AGREEMENT-FORM",
        "MUST",
        "Leveransöverenskommelsen är varken referens;datum eller en URI.",
        "The submission agreement is neither reference;date nor a URI.",
    ),
    ("FGS-EXTENSION", "MUST", "Värdet finns inte i FGS lista.", "The value is not in the list of FGS."),
    ("FGS-FILES", "MUST", "Inga filer anges (fileSec/fileGrp/file).", "No files are given (fileSec/fileGrp/file)."),
    ("FGS-FILE-ID", "MUST", "Filen saknar ett eget ID.", "The file has no ID of its own."),
    ("FGS-FILE-MIMETYPE", "MUST", "Filens @MIMETYPE saknas eller är ingen MIME-typ.", "@MIMETYPE is missing or wrong."),
    ("FGS-FILE-SIZE", "MUST", "Filens @SIZE saknas eller är inget antal byte.", "@SIZE is missing or no count."),
    ("FGS-FILE-CREATED", "MUST", "Filens @CREATED saknas eller är ingen tidpunkt.", "@CREATED is missing or no time."),
    (
        "FGS-FILE-CHECKSUM",
        "SHOULD",
        "Filens kontrollsumma saknas.",
        "The file has no checksum.",
    ),
    (
        "FGS-FILE-CHECKSUM-FORM",
        "MUST",
        "Filens @CHECKSUM är ingen kontrollsumma av sitt slag (MD5, SHA-1, SHA-256, SHA-384 eller SHA-512).",
        "@CHECKSUM is no checksum of its type (MD5, SHA-1, SHA-256, SHA-384 or SHA-512).",
    ),
    ("FGS-FILE-FLOCAT", "MUST", "Filen ska ha exakt en plats (FLocat).", "The file must have exactly one FLocat."),
    ("FGS-FILE-LOCTYPE", "MUST", "FLocat/@LOCTYPE saknas.", "FLocat/@LOCTYPE is missing."),
    ("FGS-FILE-HREF", "MUST", "FLocat/@xlink:href saknas.", "FLocat/@xlink:href is missing."),
    (
        "FGS-FILE-NAME",
        "SHOULD",
        "Filnamnet har å, ä, ö, mellanslag eller andra tecken som ska bytas ut.",
        "The file name holds å, ä, ö, spaces or other characters that are to be replaced.",
    ),
    (
        "FGS-MDREF",
        "MUST",
        "Hänvisningen till en metadatafil (mdRef) saknar plats eller slag.",
        "The reference to a metadata file (mdRef) has no location or no type.",
    ),
    ("FGS-STRUCTMAP", "MUST", "Strukturkartan (structMap) saknas.", "The structural map (structMap) is missing."),
)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification, or its profile, asks for it."""
