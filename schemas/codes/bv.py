"""Our own rules in the check of a package: what no specification gives an id, but an archive needs to know.

``{message}`` is what the official schema's validator says, in English, cut short.
"""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

_CONTAINER: tuple[tuple[str, Level, str, str], ...] = (
    (
        "BV-NAME-PATH",
        "MUST",
        "Namnet leder ut ur paketet eller är ingen ren sökväg. Filen lästes inte.",
        "The name leads out of the package or is no plain path. The file was not read.",
    ),
    (
        "BV-NAME-SIGN",
        "MUST",
        "Namnet har styrtecken, dolda tecken eller är inte UTF-8. Filen lästes inte.",
        "The name holds control or hidden characters, or is no UTF-8. The file was not read.",
    ),
    (
        "BV-NAME-TWICE",
        "MUST",
        "Namnet finns flera gånger i paketet. Bara den första filen lästes.",
        "The name is in the package several times. Only the first file was read.",
    ),
    (
        "BV-NAME-CASE",
        "SHOULD",
        "Två namn skiljer sig bara i stora och små bokstäver; på många system skriver den ena över den andra.",
        "Two names differ in case alone; on many systems one overwrites the other.",
    ),
    ("BV-LINK", "MUST", "Länkar hör inte hemma i paket. Den följdes inte.", "A package holds no links. Not followed."),
    (
        "BV-DEVICE",
        "MUST",
        "Varken fil eller mapp (enhet, rör, gles fil). Den lästes inte.",
        "Neither file nor folder (device, pipe, sparse file). It was not read.",
    ),
    ("BV-ENCRYPTED", "MUST", "Filen är krypterad och kan inte läsas.", "The file is encrypted and cannot be read."),
    (
        "BV-CUT",
        "MUST",
        "Paketfilen är avbruten eller skadad. Hämta den på nytt.",
        "The package file is cut off or damaged. Fetch it anew.",
    ),
    (
        "BV-TAIL",
        "SHOULD",
        "Efter paketfilens slut följer fler byte, som inget program visar.",
        "More bytes follow the end of the package file, which no program shows.",
    ),
    (
        "BV-BOMB",
        "MUST",
        "Uppackad är filen orimligt mycket större än packad. Den lästes inte.",
        "Unpacked the file is absurdly larger than packed. It was not read.",
    ),
    ("BV-MANY", "MUST", "Paketet har orimligt många filer.", "The package has absurdly many files."),
    ("BV-UNREADABLE", "MUST", "Mappen får inte läsas.", "The folder may not be read."),
)

_XML: tuple[tuple[str, Level, str, str], ...] = (
    ("BV-XML-FORM", "MUST", "Filen är inte välformad XML.", "The file is not well-formed XML."),
    (
        "BV-XML-DOCTYPE",
        "MUST",
        "Filen har en dokumenttypsdeklaration (DOCTYPE) och läses därför inte.",
        "The file has a document type declaration (DOCTYPE) and is therefore not read.",
    ),
    (
        "BV-XML-ENCODING",
        "MUST",
        "Filens teckenkodning stöds inte. Använd UTF-8.",
        "The file's encoding is not supported. Use UTF-8.",
    ),
    ("BV-XML-SIZE", "MUST", "METS-filen är för stor för att läsas.", "The METS file is too large to be read."),
    ("BV-METS", "MUST", "Filen är ingen METS-fil.", "The file is no METS document."),
    (
        "BV-PROFILE",
        "SHOULD",
        "METS-profilen är okänd här; paketet har prövats som E-ARK CSIP 2.1.0.",
        "The METS profile is not known here; the package was checked as E-ARK CSIP 2.1.0.",
    ),
    (
        "BV-SCHEMAS",
        "MAY",
        "Alla filer har inte prövats mot de officiella schemana, för de finns inte här: {message}.",
        "Not every file was validated against the official schemas, for they are not here: {message}.",
    ),
    ("BV-XSD-METS", "MUST", "METS-filen bryter mot schemat: {message}", "METS breaks its schema: {message}"),
    ("BV-XSD-ERMS", "MUST", "ERMS-filen bryter mot schemat: {message}", "ERMS breaks its schema: {message}"),
    (
        "BV-XSD-ARENDE",
        "MUST",
        "Filen enligt FGS Ärendehantering bryter mot schemat: {message}",
        "The FGS Ärendehantering file breaks its schema: {message}",
    ),
    ("BV-XSD-PREMIS", "MUST", "PREMIS-filen bryter mot schemat: {message}", "PREMIS breaks its schema: {message}"),
    (
        "BV-SCHEMATRON",
        "MUST",
        "ERMS-filen bryter mot schematronregeln: {message}",
        "ERMS breaks the Schematron rule: {message}",
    ),
    (
        "BV-SCHEMATRON-RULE",
        "MAY",
        "En schematronregel kunde inte prövas: {message}",
        "A Schematron rule could not be tried: {message}",
    ),
    (
        "BV-ERMS-MISSING",
        "SHOULD",
        "Innehållstypen är ERMS, men representationen har ingen ERMS-fil.",
        "The content type is ERMS, but the representation has no ERMS file.",
    ),
    (
        "BV-APPENDIX",
        "SHOULD",
        "Bilagans sökväg finns inte i paketet.",
        "The appendix' path is not in the package.",
    ),
)

_FILES: tuple[tuple[str, Level, str, str], ...] = (
    ("BV-FILE-MISSING", "MUST", "Filen anges i METS men saknas.", "The file is listed in METS but missing."),
    ("BV-FILE-UNLISTED", "MUST", "Filen anges inte i någon METS-fil.", "No METS document lists the file."),
    ("BV-FILE-TWICE", "SHOULD", "Filen anges flera gånger i METS-filen.", "METS lists the file several times."),
    ("BV-FILE-DAMAGED", "MUST", "Filens byte är skadade och kan inte läsas.", "The file's bytes are damaged."),
    ("BV-SIZE", "MUST", "Filens storlek är en annan än METS anger.", "The file's size is not the one METS gives."),
    (
        "BV-DIGEST",
        "MUST",
        "Filens kontrollsumma är en annan än METS anger: filen är ändrad eller skadad.",
        "The file's checksum is not the one METS gives: the file was changed or damaged.",
    ),
    (
        "BV-DIGEST-KIND",
        "SHOULD",
        "Kontrollsummans slag kan inte räknas om här; filen är inte prövad.",
        "This type of checksum cannot be computed here; the file is not proven.",
    ),
    (
        "BV-DIGEST-WEAK",
        "MAY",
        "Kontrollsumman är av ett svagt slag (MD5, SHA-1, CRC32 eller Adler-32); använd SHA-256.",
        "The checksum is of a weak type (MD5, SHA-1, CRC32 or Adler-32); use SHA-256.",
    ),
    (
        "BV-HREF-OUTSIDE",
        "MUST",
        "Hänvisningen leder ut ur paketet.",
        "The reference leads out of the package.",
    ),
    (
        "BV-HREF-EXTERNAL",
        "SHOULD",
        "Hänvisningen går till en adress utanför paketet och prövas inte.",
        "The reference is to an address outside of the package and is not checked.",
    ),
    (
        "BV-HREF-BACKSLASH",
        "SHOULD",
        "Hänvisningen har omvända snedstreck; använd /.",
        "The reference has backslashes; use /.",
    ),
    (
        "BV-HREF-NAME",
        "SHOULD",
        "Hänvisningen och filens namn skiljer sig i hur å, ä, ö eller stora bokstäver är skrivna.",
        "The reference and the file's name differ in how accents or capitals are written.",
    ),
    ("BV-ID-TWICE", "MUST", "ID används flera gånger i METS-filen.", "The ID is used several times in METS."),
    (
        "BV-REFERENCE",
        "MUST",
        "ADMID, DMDID eller FILEID pekar på något som inte finns i METS-filen.",
        "ADMID, DMDID or FILEID refers to something that is not in METS.",
    ),
)

RULES: Final[tuple[tuple[str, Level, str, str], ...]] = (*_CONTAINER, *_XML, *_FILES)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how much it weighs: MUST is an error, SHOULD a warning, MAY is told."""
