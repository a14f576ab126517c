"""The rules of E-ARK CSIP 2.1.0, as FGS 2.0 takes them over, by the specification's own ids.

Each sentence says what is *not* met. ``LEVELS`` says how strongly the specification asks for it. The ids
stand in the METS profile ``E-ARK-CSIP-v2-1-0.xml``.
"""

from __future__ import annotations

from typing import Final, Literal

Level = Literal["MUST", "SHOULD", "MAY"]

_Rule = tuple[str, Level, str, str]

_ROOT: tuple[_Rule, ...] = (
    (
        "CSIP1",
        "MUST",
        "Paketets id (mets/@OBJID) saknas eller är inte mappens namn.",
        "The package's id (mets/@OBJID) is missing, or not the folder's name.",
    ),
    (
        "CSIP2",
        "MUST",
        "Innehållskategorin (mets/@TYPE) saknas, finns inte i ordlistan eller är Other utan att säga vad.",
        "The content category (mets/@TYPE) is missing, not in the vocabulary, or Other that does not say what.",
    ),
    (
        "CSIP3",
        "SHOULD",
        "mets/@csip:OTHERTYPE ska säga vad innehållet är när mets/@TYPE är Other, med ett eget ord, och annars saknas.",
        "mets/@csip:OTHERTYPE is to say what the content is when mets/@TYPE is Other, in a word of its own, and only then.",
    ),
    (
        "CSIP4",
        "SHOULD",
        "Innehållstypen (mets/@csip:CONTENTINFORMATIONTYPE) saknas eller finns inte i ordlistan.",
        "The content information type is missing or not in the vocabulary.",
    ),
    (
        "CSIP5",
        "MAY",
        "Innehållstypen är OTHER, men mets/@csip:OTHERCONTENTINFORMATIONTYPE säger inte vilken.",
        "The content information type is OTHER, but mets/@csip:OTHERCONTENTINFORMATIONTYPE does not say which.",
    ),
    ("CSIP6", "MUST", "METS-profilen (mets/@PROFILE) saknas.", "The METS profile (mets/@PROFILE) is missing."),
    ("CSIP117", "MUST", "Huvudet (metsHdr) saknas.", "The header (metsHdr) is missing."),
    (
        "CSIP7",
        "MUST",
        "Tiden då paketet skapades (metsHdr/@CREATEDATE) saknas eller är ingen tidpunkt.",
        "The creation time (metsHdr/@CREATEDATE) is missing or no date and time.",
    ),
    (
        "CSIP8",
        "SHOULD",
        "Tiden för senaste ändring (metsHdr/@LASTMODDATE) saknas eller är ingen tidpunkt.",
        "The time of modification (metsHdr/@LASTMODDATE) is missing or no date and time.",
    ),
    (
        "CSIP9",
        "MUST",
        "Paketets slag (metsHdr/@csip:OAISPACKAGETYPE) saknas eller är inte SIP, AIP, DIP, AIU eller AIC.",
        "The OAIS package type is missing or not one of SIP, AIP, DIP, AIU, AIC.",
    ),
    (
        "CSIP10",
        "MUST",
        "Agenten för programvaran som skapade paketet saknas (CREATOR, OTHER, SOFTWARE).",
        "The agent of the software that made the package is missing (CREATOR, OTHER, SOFTWARE).",
    ),
    ("CSIP11", "MUST", "Programvarans agent har inte ROLE=CREATOR.", "The software agent has not ROLE=CREATOR."),
    ("CSIP12", "MUST", "Programvarans agent har inte TYPE=OTHER.", "The software agent has not TYPE=OTHER."),
    (
        "CSIP13",
        "MUST",
        "Programvarans agent har inte OTHERTYPE=SOFTWARE.",
        "The software agent has not OTHERTYPE=SOFTWARE.",
    ),
    ("CSIP14", "MUST", "Programvarans namn (agent/name) saknas.", "The software's name (agent/name) is missing."),
    ("CSIP15", "MUST", "Programvarans version (agent/note) saknas.", "The software's version (agent/note) is missing."),
    (
        "CSIP16",
        "MUST",
        "Programvarans version är inte märkt csip:NOTETYPE=SOFTWARE VERSION.",
        "The software's version does not bear csip:NOTETYPE=SOFTWARE VERSION.",
    ),
)

_SECTIONS: tuple[_Rule, ...] = (
    (
        "CSIP17",
        "SHOULD",
        "Paketet har beskrivande metadata som ingen dmdSec anger.",
        "The package has descriptive metadata that no dmdSec refers to.",
    ),
    ("CSIP18", "MUST", "dmdSec saknar ett eget ID.", "dmdSec has no ID of its own."),
    ("CSIP19", "MUST", "dmdSec/@CREATED saknas eller är ingen tidpunkt.", "dmdSec/@CREATED is missing or no time."),
    (
        "CSIP20",
        "SHOULD",
        "dmdSec/@STATUS saknas eller är inte CURRENT eller SUPERSEDED.",
        "dmdSec/@STATUS is missing or not CURRENT or SUPERSEDED.",
    ),
    ("CSIP21", "SHOULD", "dmdSec pekar inte på en fil (mdRef).", "dmdSec refers to no file (mdRef)."),
    (
        "CSIP31",
        "SHOULD",
        "Det bör finnas exakt en amdSec, om paketet har bevarandemetadata.",
        "There should be exactly one amdSec, if the package has preservation metadata.",
    ),
    (
        "CSIP32",
        "SHOULD",
        "Bevarandemetadata anges inte i någon digiprovMD.",
        "No digiprovMD refers to the preservation metadata.",
    ),
    ("CSIP33", "MUST", "digiprovMD saknar ett eget ID.", "digiprovMD has no ID of its own."),
    (
        "CSIP34",
        "SHOULD",
        "digiprovMD/@STATUS saknas eller är inte CURRENT eller SUPERSEDED.",
        "digiprovMD/@STATUS is missing or not CURRENT or SUPERSEDED.",
    ),
    ("CSIP35", "SHOULD", "digiprovMD pekar inte på en fil (mdRef).", "digiprovMD refers to no file (mdRef)."),
    ("CSIP45", "MAY", "Inga uppgifter om rättigheter (rightsMD).", "There is no rights metadata (rightsMD)."),
    ("CSIP46", "MUST", "rightsMD saknar ett eget ID.", "rightsMD has no ID of its own."),
    (
        "CSIP47",
        "SHOULD",
        "rightsMD/@STATUS saknas eller är inte CURRENT eller SUPERSEDED.",
        "rightsMD/@STATUS is missing or not CURRENT or SUPERSEDED.",
    ),
    ("CSIP48", "SHOULD", "rightsMD pekar inte på en fil (mdRef).", "rightsMD refers to no file (mdRef)."),
)

REFERENCE: Final = ("LOCTYPE", "type", "href", "MDTYPE", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
"""Attributes of a reference to a metadata file, in the order of their ids: CSIP22–30, 36–44 and 49–57."""
FIRST_OF: Final = {"dmdSec": 22, "digiprovMD": 36, "rightsMD": 49}
"""Where those ids begin."""
_SAID = {
    "LOCTYPE": ("@LOCTYPE är inte URL", "@LOCTYPE is not URL"),
    "type": ("@xlink:type är inte simple", "@xlink:type is not simple"),
    "href": (
        "@xlink:href saknas eller pekar inte på en fil i paketet",
        "@xlink:href is missing or no file of the package",
    ),
    "MDTYPE": ("@MDTYPE saknas eller finns inte i METS lista", "@MDTYPE is missing or not in METS' list"),
    "MIMETYPE": ("@MIMETYPE saknas eller är ingen MIME-typ", "@MIMETYPE is missing or no MIME type"),
    "SIZE": ("@SIZE saknas eller är inte filens storlek i byte", "@SIZE is missing or not the file's size in bytes"),
    "CREATED": ("@CREATED saknas eller är ingen tidpunkt", "@CREATED is missing or no date and time"),
    "CHECKSUM": (
        "@CHECKSUM saknas eller är inte filens kontrollsumma",
        "@CHECKSUM is missing or not the file's checksum",
    ),
    "CHECKSUMTYPE": (
        "@CHECKSUMTYPE saknas eller finns inte i METS lista",
        "@CHECKSUMTYPE is missing or not in METS' list",
    ),
}
_REFERENCES: tuple[_Rule, ...] = tuple(
    (f"CSIP{first + at}", "MUST", f"{section}/mdRef/{_SAID[name][0]}.", f"{section}/mdRef/{_SAID[name][1]}.")
    for section, first in FIRST_OF.items()
    for at, name in enumerate(REFERENCE)
)

_FILES: tuple[_Rule, ...] = (
    ("CSIP58", "SHOULD", "Filsektionen (fileSec) saknas.", "The file section (fileSec) is missing."),
    ("CSIP59", "MUST", "fileSec saknar ett eget ID.", "fileSec has no ID of its own."),
    ("CSIP60", "MUST", "Filgruppen Documentation saknas.", "The file group Documentation is missing."),
    ("CSIP113", "MUST", "Filgruppen Schemas saknas.", "The file group Schemas is missing."),
    ("CSIP114", "MUST", "Filgruppen Representations saknas.", "The file group Representations is missing."),
    ("CSIP61", "MAY", "Filgruppen pekar inte på metadata (@ADMID).", "The file group refers to no metadata (@ADMID)."),
    (
        "CSIP62",
        "SHOULD",
        "Representationens filgrupp säger inte sin innehållstyp, eller en som inte finns i ordlistan.",
        "The representation's file group gives no content information type, or one that is not in the vocabulary.",
    ),
    (
        "CSIP63",
        "MAY",
        "Filgruppens innehållstyp är OTHER, men @csip:OTHERCONTENTINFORMATIONTYPE säger inte vilken.",
        "The file group's type is OTHER, but @csip:OTHERCONTENTINFORMATIONTYPE does not say which.",
    ),
    (
        "CSIP64",
        "MUST",
        "Filgruppens @USE saknas, börjar inte med Documentation, Schemas eller Representations, eller är ingen mapp.",
        "The file group's @USE is missing, does not begin with Documentation, Schemas or Representations, or is no folder.",
    ),
    ("CSIP65", "MUST", "Filgruppen saknar ett eget ID.", "The file group has no ID of its own."),
    ("CSIP66", "MUST", "Filgruppen har inga filer.", "The file group has no files."),
    ("CSIP67", "MUST", "Filen saknar ett eget ID.", "The file has no ID of its own."),
    ("CSIP68", "MUST", "Filens @MIMETYPE saknas eller är ingen MIME-typ.", "@MIMETYPE is missing or no MIME type."),
    (
        "CSIP69",
        "MUST",
        "Filens @SIZE saknas eller är inte filens storlek i byte.",
        "@SIZE is missing or not the file's size in bytes.",
    ),
    ("CSIP70", "MUST", "Filens @CREATED saknas eller är ingen tidpunkt.", "@CREATED is missing or no date and time."),
    (
        "CSIP71",
        "MUST",
        "Filens @CHECKSUM saknas eller är inte filens kontrollsumma.",
        "@CHECKSUM is missing or not the file's checksum.",
    ),
    (
        "CSIP72",
        "MUST",
        "Filens @CHECKSUMTYPE saknas eller finns inte i METS lista.",
        "@CHECKSUMTYPE is missing or not in METS' list.",
    ),
    ("CSIP73", "MAY", "Filens ursprungliga namn anges inte (@OWNERID).", "No original name is given (@OWNERID)."),
    ("CSIP74", "MAY", "Filen pekar inte på bevarandemetadata (@ADMID).", "The file refers to no @ADMID."),
    ("CSIP75", "MAY", "Filen pekar inte på beskrivande metadata (@DMDID).", "The file refers to no @DMDID."),
    ("CSIP76", "MUST", "Filen ska ha exakt en plats (FLocat).", "The file must have exactly one FLocat."),
    ("CSIP77", "MUST", "FLocat/@LOCTYPE är inte URL.", "FLocat/@LOCTYPE is not URL."),
    ("CSIP78", "MUST", "FLocat/@xlink:type är inte simple.", "FLocat/@xlink:type is not simple."),
    (
        "CSIP79",
        "MUST",
        "FLocat/@xlink:href saknas eller pekar inte på en fil i paketet.",
        "FLocat/@xlink:href is missing or no file.",
    ),
)

_MAP: tuple[_Rule, ...] = (
    ("CSIP80", "MUST", "Strukturkartan (structMap) saknas.", "The structural map (structMap) is missing."),
    ("CSIP81", "MUST", "Strukturkartans @TYPE är inte PHYSICAL.", "The structural map's @TYPE is not PHYSICAL."),
    (
        "CSIP82",
        "MUST",
        "Exakt en strukturkarta ska ha @LABEL=CSIP.",
        "Exactly one structural map must have @LABEL=CSIP.",
    ),
    ("CSIP83", "MUST", "Strukturkartan saknar ett eget ID.", "The structural map has no ID of its own."),
    ("CSIP84", "MUST", "Strukturkartan ska ha exakt en huvuddel (div).", "The map must have exactly one main div."),
    ("CSIP85", "MUST", "Huvuddelen saknar ett eget ID.", "The main div has no ID of its own."),
    ("CSIP88", "MUST", "Det ska finnas exakt en del Metadata.", "There must be exactly one div Metadata."),
    ("CSIP89", "MUST", "Delen Metadata saknar ett eget ID.", "The div Metadata has no ID of its own."),
    (
        "CSIP90",
        "MUST",
        "Delen som pekar på metadata heter inte Metadata (@LABEL).",
        "The div that refers to metadata has not @LABEL=Metadata.",
    ),
    (
        "CSIP91",
        "SHOULD",
        "Delen Metadata pekar inte på all gällande administrativ metadata (@ADMID).",
        "The div Metadata does not refer to all current administrative metadata (@ADMID).",
    ),
    (
        "CSIP92",
        "SHOULD",
        "Delen Metadata pekar inte på all gällande beskrivande metadata (@DMDID).",
        "The div Metadata does not refer to all current descriptive metadata (@DMDID).",
    ),
    (
        "CSIP93",
        "SHOULD",
        "Det bör finnas exakt en del Documentation.",
        "There should be exactly one div Documentation.",
    ),
    ("CSIP94", "MUST", "Delen Documentation saknar ett eget ID.", "The div Documentation has no ID of its own."),
    (
        "CSIP95",
        "MUST",
        "Delen som pekar på dokumentationen heter inte Documentation (@LABEL).",
        "The div that refers to the documentation has not @LABEL=Documentation.",
    ),
    (
        "CSIP96",
        "MUST",
        "Delen Documentation pekar inte på varje filgrupp med dokumentation (fptr).",
        "The div Documentation does not refer to every file group of documentation (fptr).",
    ),
    (
        "CSIP116",
        "MUST",
        "fptr/@FILEID i delen Documentation är inte ID för en sådan filgrupp.",
        "fptr/@FILEID in the div Documentation is not the ID of such a file group.",
    ),
    ("CSIP97", "SHOULD", "Det bör finnas exakt en del Schemas.", "There should be exactly one div Schemas."),
    ("CSIP98", "MUST", "Delen Schemas saknar ett eget ID.", "The div Schemas has no ID of its own."),
    (
        "CSIP99",
        "MUST",
        "Delen som pekar på scheman heter inte Schemas (@LABEL).",
        "The div that refers to the schemas has not @LABEL=Schemas.",
    ),
    (
        "CSIP100",
        "MUST",
        "Delen Schemas pekar inte på varje filgrupp med scheman (fptr).",
        "The div Schemas does not refer to every file group of schemas (fptr).",
    ),
    (
        "CSIP118",
        "MUST",
        "fptr/@FILEID i delen Schemas är inte ID för en sådan filgrupp.",
        "fptr/@FILEID in the div Schemas is not the ID of such a file group.",
    ),
    (
        "CSIP101",
        "SHOULD",
        "Innehåll utan egen METS-fil bör ha exakt en del Representations.",
        "Content without a METS file of its own should have exactly one div Representations.",
    ),
    ("CSIP102", "MUST", "Delen Representations saknar ett eget ID.", "The div Representations has no ID of its own."),
    (
        "CSIP103",
        "MUST",
        "Delen som pekar på innehållet heter inte Representations (@LABEL).",
        "The div that refers to the content has not @LABEL=Representations.",
    ),
    (
        "CSIP104",
        "MUST",
        "Delen Representations pekar inte på varje filgrupp med innehåll (fptr).",
        "The div Representations does not refer to every file group of content (fptr).",
    ),
    (
        "CSIP119",
        "MUST",
        "fptr/@FILEID i delen Representations är inte ID för en sådan filgrupp.",
        "fptr/@FILEID in the div Representations is not the ID of such a file group.",
    ),
    (
        "CSIP105",
        "SHOULD",
        "Representationen med egen METS-fil har ingen egen del i strukturkartan.",
        "The representation with a METS file of its own has no div in the structural map.",
    ),
    ("CSIP106", "MUST", "Representationens del saknar ett eget ID.", "The representation's div has no ID of its own."),
    (
        "CSIP107",
        "MUST",
        "Delens @LABEL är inte Representations/ följt av representationens mapp, som filgruppens @USE.",
        "The div's @LABEL is not Representations/ and the representation's folder, as the file group's @USE.",
    ),
    (
        "CSIP108",
        "MUST",
        "mptr/@xlink:title är inte ID för representationens filgrupp.",
        "mptr/@xlink:title is not the ID of the representation's file group.",
    ),
    (
        "CSIP109",
        "MUST",
        "Representationens del ska ha exakt en pekare (mptr) till representationens METS-fil.",
        "The representation's div must have exactly one pointer (mptr) to the representation's METS file.",
    ),
    (
        "CSIP110",
        "MUST",
        "mptr/@xlink:href saknas eller är inte den METS-fil som delens @LABEL nämner.",
        "mptr/@xlink:href is missing or not the METS file that the div's @LABEL names.",
    ),
    ("CSIP111", "MUST", "mptr/@xlink:type är inte simple.", "mptr/@xlink:type is not simple."),
    ("CSIP112", "MUST", "mptr/@LOCTYPE är inte URL.", "mptr/@LOCTYPE is not URL."),
)

RULES: Final[tuple[_Rule, ...]] = (*_ROOT, *_SECTIONS, *_REFERENCES, *_FILES, *_MAP)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification asks for it."""
