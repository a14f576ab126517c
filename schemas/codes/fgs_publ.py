"""The rules of KB's FGS-PUBL (METS and MODS in ``sip.xml``): ``KB-…``, and R101, R102, R107 and R108 as KB numbers them.

What KB's schemas enforce, what its specification marks as mandatory, and what both of KB's examples do. What MODS must
have is checked here, since KB's schema for it exists in XML Schema 1.1 alone. Rules about files themselves, and about
XML that cannot be read, are ours (``schemas.codes.bv``).
"""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

_Rules = tuple[tuple[str, Level, str, str], ...]

_DELIVERY: _Rules = (
    ("KB-NAME", "MUST", "Paketets metadatafil ska heta sip.xml.", "The package's metadata file must be named sip.xml."),
    (
        "KB-TAR",
        "MUST",
        "En leverans ska vara en okomprimerad fil vars namn slutar på .tar.",
        "A delivery must be one uncompressed file whose name ends with .tar.",
    ),
    (
        "KB-TAR-NAME",
        "SHOULD",
        "Leveransfilens namn är leveransens id och bör bara ha A–Z, a–z, 0–9, punkt, bindestreck och understreck.",
        "The delivery's name is its id and should be of A–Z, a–z, 0–9, full stops, hyphens and low lines alone.",
    ),
    (
        "KB-PACKAGE",
        "MUST",
        "Mappen har ingen sip.xml och är därför inget paket.",
        "The folder has no sip.xml and is therefore no package.",
    ),
    (
        "KB-STRAY",
        "MUST",
        "Filen ligger i leveransen men inte i något paket.",
        "The file lies in the delivery but in no package.",
    ),
    (
        "KB-OBJID-TWICE",
        "MUST",
        "Två paket i leveransen har samma id (mets/@OBJID).",
        "Two packages of the delivery have the same id (mets/@OBJID).",
    ),
)

_ROOT: _Rules = (
    ("KB-OBJID", "MUST", "Paketets id (mets/@OBJID) saknas.", "The package's id (mets/@OBJID) is missing."),
    (
        "KB-TYPE",
        "MUST",
        "mets/@TYPE saknas eller är inte SIP, AIP, DIP, AIU eller AIC.",
        "mets/@TYPE is missing or not one of SIP, AIP, DIP, AIU, AIC.",
    ),
    ("KB-TYPE-SIP", "SHOULD", "Ett paket som levereras bör ha mets/@TYPE SIP.", "A delivered package should be a SIP."),
    (
        "KB-PROFILE",
        "MUST",
        "mets/@PROFILE saknas eller är inte profilen för FGS-PUBL.",
        "mets/@PROFILE is missing or not the profile of FGS-PUBL.",
    ),
    ("KB-LABEL", "MAY", "Paketet har inget namn (mets/@LABEL).", "The package has no name (mets/@LABEL)."),
    ("KB-HEADER", "MUST", "Huvudet (metsHdr) ska finnas en gång.", "The header (metsHdr) must be there once."),
    (
        "KB-CREATEDATE",
        "MUST",
        "metsHdr/@CREATEDATE saknas eller är ingen tidpunkt.",
        "metsHdr/@CREATEDATE is missing or no date and time.",
    ),
    (
        "KB-RECORDSTATUS",
        "MUST",
        "metsHdr/@RECORDSTATUS finns inte i KB:s lista (NEW, SUPPLEMENT, REPLACEMENT, VERSION, TEST, OTHER).",
        "metsHdr/@RECORDSTATUS is not in KB's list (NEW, SUPPLEMENT, REPLACEMENT, VERSION, TEST, OTHER).",
    ),
    (
        "KB-TEST",
        "MAY",
        "Paketet är märkt som prov (TEST): KB tar inte emot det som pliktleverans.",
        "The package is marked TEST: KB does not take it as a deposit.",
    ),
)

_AGENTS: _Rules = (
    ("KB-AGENTS", "MUST", "Minst tre agenter ska anges.", "At least three agents must be given."),
    (
        "KB-AGENT-ROLE",
        "MUST",
        "Agentens roll (@ROLE) saknas eller finns inte i listan.",
        "The agent's role (@ROLE) is missing or not in the list.",
    ),
    (
        "KB-AGENT-TYPE",
        "MUST",
        "Agentens typ (@TYPE) saknas eller är inte INDIVIDUAL, ORGANIZATION eller OTHER.",
        "The agent's type (@TYPE) is missing or not one of INDIVIDUAL, ORGANIZATION, OTHER.",
    ),
    (
        "KB-AGENT-OTHERTYPE",
        "MUST",
        "Agentens @OTHERTYPE får bara vara SOFTWARE.",
        "The agent's @OTHERTYPE may only be SOFTWARE.",
    ),
    (
        "KB-AGENT-NAME",
        "MUST",
        "Agenten ska ha exakt ett namn (name), och det får inte vara tomt.",
        "The agent must have exactly one name, and it may not be empty.",
    ),
    (
        "KB-ARCHIVIST",
        "MUST",
        "Arkivbildaren saknas (agent ARCHIVIST, ORGANIZATION).",
        "The archive creator is missing (agent ARCHIVIST, ORGANIZATION).",
    ),
    (
        "KB-CREATOR",
        "MUST",
        "Leverantören saknas (agent CREATOR, ORGANIZATION).",
        "The deliverer is missing (agent CREATOR, ORGANIZATION).",
    ),
    (
        "KB-SOFTWARE",
        "MUST",
        "Det levererande systemet saknas (agent ARCHIVIST, OTHER, SOFTWARE).",
        "The delivering system is missing (agent ARCHIVIST, OTHER, SOFTWARE).",
    ),
    (
        "KB-AGENT-URI",
        "SHOULD",
        "Organisationen bör ha sin adress hos KB som not: URI:http://id.kb.se/organisations/SE och tio siffror.",
        "The organisation should have its address at KB as a note: URI:http://id.kb.se/organisations/SE, ten digits.",
    ),
)

_RECORD_IDS: _Rules = (
    ("KB-ALTRECORDIDS", "MUST", "Minst tre altRecordID ska anges.", "At least three altRecordID must be given."),
    (
        "KB-ALTRECORDID-TYPE",
        "MUST",
        "altRecordID/@TYPE finns inte i KB:s lista.",
        "altRecordID/@TYPE is not in KB's list.",
    ),
    (
        "KB-DELIVERYTYPE",
        "MUST",
        "Leveranstypen (altRecordID DELIVERYTYPE) ska finnas en gång och vara DEPOSIT eller AGREEMENT.",
        "The delivery type (altRecordID DELIVERYTYPE) must be there once and be DEPOSIT or AGREEMENT.",
    ),
    (
        "KB-DELIVERYSPECIFICATION",
        "MUST",
        "Leveransspecifikationen (altRecordID DELIVERYSPECIFICATION) saknas eller är tom.",
        "The delivery specification (altRecordID DELIVERYSPECIFICATION) is missing or empty.",
    ),
    (
        "KB-SUBMISSIONAGREEMENT",
        "MUST",
        "Leveransöverenskommelsen (altRecordID SUBMISSIONAGREEMENT) saknas eller är tom.",
        "The submission agreement (altRecordID SUBMISSIONAGREEMENT) is missing or empty.",
    ),
    (
        "KB-ALTRECORDID-URI",
        "SHOULD",
        "Leveransspecifikation och leveransöverenskommelse bör anges som adresser.",
        "Delivery specification and submission agreement should be given as addresses.",
    ),
)

_SECTIONS: _Rules = (
    ("KB-DMDSEC", "MUST", "Beskrivande metadata (dmdSec) saknas.", "Descriptive metadata (dmdSec) are missing."),
    ("KB-DMDSEC-ID", "MUST", "dmdSec/@ID saknas.", "dmdSec/@ID is missing."),
    (
        "KB-MDWRAP",
        "MUST",
        "dmdSec ska ha metadata i sig (mdWrap med xmlData).",
        "dmdSec must hold metadata (mdWrap with xmlData).",
    ),
    ("KB-MDTYPE", "MUST", "mdWrap/@MDTYPE ska vara MODS.", "mdWrap/@MDTYPE must be MODS."),
    (
        "KB-MODS",
        "MUST",
        "Paketets publikation är inte beskriven i MODS (mods:mods).",
        "The package's publication is not described in MODS (mods:mods).",
    ),
    (
        "KB-MODS-MANY",
        "SHOULD",
        "Ett paket är en publikation; här är flera beskrivna (mods:mods).",
        "A package is one publication; here several are described (mods:mods).",
    ),
    (
        "KB-ELEMENT",
        "MUST",
        "Elementet hör inte hemma här, står i fel ordning eller får bara finnas en gång.",
        "The element does not belong here, stands in the wrong order, or may be there once alone.",
    ),
    ("KB-ATTRIBUTE", "MUST", "Elementet kan inte ha detta attribut.", "The element cannot have this attribute."),
    ("KB-TEXT", "MUST", "Lös text står mellan elementen.", "Loose text stands between the elements."),
    ("KB-ID", "MUST", "ID är inget XML-namn.", "The ID is no XML name."),
)

_MODS: _Rules = (
    (
        "R101",
        "MUST",
        "Publikationens identifierare (mods:identifier) saknas eller är tom.",
        "The publication's identifier (mods:identifier) is missing or empty.",
    ),
    (
        "R102",
        "MUST",
        "Publikationens adress (mods:location/mods:url) saknas, eller är ingen http-, https-, ftp- eller ftps-adress.",
        "The publication's address (mods:location/mods:url) is missing, or not by http, https, ftp or ftps.",
    ),
    (
        "KB-URL-PRIMARY",
        "SHOULD",
        'Publikationen har flera adresser; en av dem bör ha usage="primary".',
        'The publication has several addresses; one of them should have usage="primary".',
    ),
    (
        "KB-URL-WORDS",
        "MUST",
        "mods:url/@usage är varken primary eller primary display.",
        "mods:url/@usage is neither primary nor primary display.",
    ),
    (
        "KB-DATEISSUED",
        "MUST",
        "Tidpunkten då publikationen gjordes tillgänglig (mods:originInfo/mods:dateIssued) ska finnas exakt en gång.",
        "When the publication was made available (mods:originInfo/mods:dateIssued) must be there exactly once.",
    ),
    (
        "KB-DATEISSUED-ENCODING",
        "MUST",
        'mods:dateIssued ska ha encoding="w3cdtf".',
        'mods:dateIssued must have encoding="w3cdtf".',
    ),
    (
        "KB-DATEISSUED-FORM",
        "MUST",
        "mods:dateIssued är ingen tid enligt W3CDTF (år, månad, dag, eller dag med klockslag och tidszon).",
        "mods:dateIssued is no time by W3CDTF (year, month, day, or day with time and zone).",
    ),
    (
        "KB-TITLE",
        "MUST",
        "Publikationens titel (mods:titleInfo/mods:title) saknas eller är tom.",
        "The publication's title (mods:titleInfo/mods:title) is missing or empty.",
    ),
    (
        "R107",
        "MUST",
        "Tillgängligheten (mods:accessCondition utan @type) saknas eller är inte gratis eller restricted.",
        "Accessibility (mods:accessCondition without @type) is missing or neither gratis nor restricted.",
    ),
    (
        "R108",
        "MUST",
        "mods:accessCondition/@type är varken use and reproduction eller restriction on access.",
        "mods:accessCondition/@type is neither use and reproduction nor restriction on access.",
    ),
    (
        "KB-HOST",
        "MAY",
        'Ingen värdpublikation eller tjänst är angiven (mods:relatedItem type="host").',
        'No host publication or service is given (mods:relatedItem type="host").',
    ),
    (
        "KB-RELATED",
        "MUST",
        "mods:relatedItem/@type finns inte i listan.",
        "mods:relatedItem/@type is not in the list.",
    ),
    (
        "KB-RELATED-EMPTY",
        "SHOULD",
        "Den relaterade publikationen har varken identifierare eller titel.",
        "The related publication has neither identifier nor title.",
    ),
    (
        "KB-MEDIATYPE",
        "MUST",
        "mods:internetMediaType är ingen MIME-typ.",
        "mods:internetMediaType is no MIME type.",
    ),
    (
        "KB-TYPEOFRESOURCE",
        "MUST",
        "mods:typeOfResource finns inte i MODS lista.",
        "mods:typeOfResource is not in the list of MODS.",
    ),
    (
        "KB-LANGUAGE",
        "SHOULD",
        'Språket (mods:languageTerm type="code") bör vara tre bokstäver enligt iso639-2b.',
        'The language (mods:languageTerm type="code") should be three letters by iso639-2b.',
    ),
    (
        "KB-LANGUAGE-TERM",
        "MUST",
        "mods:language har inget språk (mods:languageTerm).",
        "mods:language has no language (mods:languageTerm).",
    ),
    (
        "KB-LANGUAGE-AUTHORITY",
        "MUST",
        "mods:languageTerm/@authority finns inte i MODS lista.",
        "mods:languageTerm/@authority is not in the list of MODS.",
    ),
)

_FILES: _Rules = (
    ("KB-FILES", "MUST", "Paketets filer (fileSec/fileGrp/file) saknas.", "The package's files are missing."),
    ("KB-FILE-ID", "MUST", "Filens @ID saknas.", "The file's @ID is missing."),
    (
        "KB-FILE-MIMETYPE",
        "MUST",
        "Filens @MIMETYPE saknas eller är ingen MIME-typ.",
        "The file's @MIMETYPE is missing or no MIME type.",
    ),
    (
        "KB-FILE-SIZE",
        "MUST",
        "Filens @SIZE saknas eller är inget antal byte.",
        "The file's @SIZE is missing or no count of bytes.",
    ),
    ("KB-FILE-EMPTY", "SHOULD", "Filen är tom (0 byte).", "The file is empty (0 bytes)."),
    (
        "KB-FILE-CREATED",
        "MUST",
        "Filens @CREATED saknas eller är ingen tidpunkt.",
        "The file's @CREATED is missing or no date and time.",
    ),
    (
        "KB-FILE-USE",
        "MUST",
        "Filens format och version (@USE) saknas.",
        "The file's format and version (@USE) are missing.",
    ),
    (
        "KB-FILE-PRONOM",
        "SHOULD",
        'Filens format (@USE) bör ha PRONOM-id, som "MPEG-4 Media File;PRONOM:fmt/199".',
        'The file\'s format (@USE) should have its PRONOM id, as in "MPEG-4 Media File;PRONOM:fmt/199".',
    ),
    ("KB-FILE-CHECKSUM", "SHOULD", "Filens kontrollsumma saknas.", "The file has no checksum."),
    (
        "KB-FILE-CHECKSUMTYPE",
        "MUST",
        "@CHECKSUMTYPE saknas eller är inte MD5, SHA-1, SHA-256, SHA-384 eller SHA-512.",
        "@CHECKSUMTYPE is missing or not one of MD5, SHA-1, SHA-256, SHA-384, SHA-512.",
    ),
    (
        "KB-FILE-CHECKSUM-FORM",
        "MUST",
        "@CHECKSUM har inte så många hexadecimala siffror som sitt slag.",
        "@CHECKSUM has not as many hexadecimal digits as its type.",
    ),
    ("KB-FLOCAT", "MUST", "Filen ska ha exakt en plats (FLocat).", "The file must have exactly one FLocat."),
    (
        "KB-LOCTYPE",
        "MUST",
        "FLocat/@LOCTYPE saknas eller är inte URL, URN, HANDLE eller OTHER.",
        "FLocat/@LOCTYPE is missing or not one of URL, URN, HANDLE, OTHER.",
    ),
    ("KB-XLINK-TYPE", "MUST", "FLocat/@xlink:type ska vara simple.", "FLocat/@xlink:type must be simple."),
    ("KB-HREF", "MUST", "FLocat/@xlink:href saknas.", "FLocat/@xlink:href is missing."),
    (
        "KB-HREF-FILE",
        "MUST",
        "FLocat/@xlink:href ska vara file: och filens namn.",
        "FLocat/@xlink:href must be file: and the file's name.",
    ),
    (
        "KB-FILE-NAME",
        "SHOULD",
        "Filnamnet bör bara ha A–Z, a–z, 0–9, punkt, bindestreck och understreck, utan mappar.",
        "The file's name should be of A–Z, a–z, 0–9, full stops, hyphens and low lines alone, without folders.",
    ),
    (
        "KB-TRANSFORM",
        "MUST",
        "transformFile saknar slag (decompression eller decryption), algoritm eller ordning.",
        "transformFile lacks type (decompression or decryption), algorithm or order.",
    ),
    (
        "KB-ENCRYPTED",
        "SHOULD",
        "Filen är krypterad; KB ska ha den utan kopieringsskydd och lösenord.",
        "The file is encrypted; KB is to have it without protection or password.",
    ),
)

_MAP: _Rules = (
    ("KB-STRUCTMAP", "MUST", "Strukturkartan (structMap) saknas.", "The structural map (structMap) is missing."),
    (
        "KB-STRUCTMAP-TYPE",
        "MUST",
        "structMap/@TYPE ska vara physical.",
        "structMap/@TYPE must be physical.",
    ),
    (
        "KB-DIV-FILES",
        "MUST",
        "structMap ska ha exakt en div, med TYPE files.",
        "structMap must have exactly one div, of TYPE files.",
    ),
    (
        "KB-DIV-PUBLICATION",
        "MUST",
        "Publikationen saknas i structMap (div TYPE publication).",
        "The publication is missing from structMap (div TYPE publication).",
    ),
    (
        "KB-DIV-TYPE",
        "SHOULD",
        "div/@TYPE bör vara publication, supplement eller coverpicture.",
        "div/@TYPE should be publication, supplement or coverpicture.",
    ),
    ("KB-DIV-EMPTY", "MUST", "Delen (div) har ingen fil (fptr).", "The division (div) has no file (fptr)."),
    (
        "KB-FPTR",
        "MUST",
        "fptr/@FILEID saknas eller pekar på något annat än en fil i fileSec.",
        "fptr/@FILEID is missing or refers to something else than a file of fileSec.",
    ),
    ("KB-FPTR-TWICE", "SHOULD", "Samma fil pekas ut flera gånger.", "The same file is pointed to several times."),
    ("KB-FILE-ORPHAN", "MUST", "Filen finns inte i structMap.", "The file is not in structMap."),
    (
        "KB-CAPTIONS-PLACE",
        "SHOULD",
        "Undertexter bör stå som supplement, inte som publikation.",
        "Captions should be a supplement, not a publication.",
    ),
    (
        "KB-CAPTIONS-LANGUAGE",
        "MAY",
        "Undertexternas språk är inte angivet (DMDID till en dmdSec med mods:language).",
        "The captions' language is not given (DMDID of a dmdSec with mods:language).",
    ),
    (
        "KB-XSD-MODS",
        "MUST",
        "MODS bryter mot KB:s schema: {message}",
        "MODS breaks KB's schema: {message}",
    ),
    (
        "KB-XSD-ORDER",
        "MAY",
        "MODS följer KB:s schema för XML Schema 1.1 men inte ordningen i det för 1.0.",
        "MODS keeps KB's schema for XML Schema 1.1 but not the order in that for 1.0.",
    ),
)

RULES: Final[_Rules] = (
    *_DELIVERY,
    *_ROOT,
    *_AGENTS,
    *_RECORD_IDS,
    *_SECTIONS,
    *_MODS,
    *_FILES,
    *_MAP,
)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification asks for it: MUST is an error, SHOULD a warning, MAY is told."""
