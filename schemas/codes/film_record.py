"""Codes of films' original files and of the record that KB is handed: L139–L159, with Swedish and English sentences.

The subject is a film's number, or ``originals``: never a file's name, which is content. The command names the files.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L139": (
        "Film {number}: den publicerades i en handling som är märkt med sekretess, och lämnas inte till KB. Ta bort märkningen "
        "om handlingen inte är sekretessbelagd.",
        "Film {number}: it was published in a record that is marked with secrecy, and is not handed over. Take the mark away "
        "if the record is not secret.",
    ),
    "L140": (
        "{files:fil|filer} i originalmappen passar inte till någon film som väntar: ingen har den längden. Döp filen efter "
        "filmen (film-12.mp4) eller lägg in den med 'bevara deposit original'.",
        "{files:file|files} in the folder of originals fit no film that waits: none has that length. Name the file after "
        "the film (film-12.mp4), or bring it by 'bevara deposit original'.",
    ),
    "L141": (
        "{files:fil|filer} i originalmappen passar till flera filmer. Inget gissas: döp filen efter filmen (film-12.mp4) "
        "eller lägg in den med 'bevara deposit original'.",
        "{files:file|files} in the folder of originals fit several films. Nothing is guessed: name the file after the film "
        "(film-12.mp4), or bring it by 'bevara deposit original'.",
    ),
    "L142": (
        "{files:fil|filer} i originalmappen kan inte användas. Skäl: går inte att spela upp, avbruten (en del fattas), skydd mot "
        "kopiering, eller ett annat slag än filmen (film, ljud, dokument, undertexter).",
        "{files:file|files} in the folder of originals cannot be played, are cut off (a part is missing), are "
        "protected against copying or are not of the sort that the film is (film, sound, document, captions).",
    ),
    "L143": (
        "{files:fil i originalmappen är tom|filer i originalmappen är tomma}.",
        "{files:file in the folder of originals is|files in the folder of originals are} empty.",
    ),
    "L144": (
        "{files:fil|filer} i originalmappen är större än gränsen för bifogade filer. Lägg in originalet med 'bevara deposit "
        "original', där gränsen inte gäller.",
        "{files:file|files} in the folder of originals are beyond the limit of attachments. Bring them by 'bevara deposit "
        "original', where the limit does not hold.",
    ),
    "L145": (
        "{files:fil|filer} i originalmappen passar till samma film, som kan ha ett original i taget. Ta bort dem som inte "
        "ska användas, eller lägg in rätt fil med 'bevara deposit original'.",
        "{files:file|files} in the folder of originals fit the same film, which takes one original at a time. Take away "
        "those that are not to be used, or bring the right one by 'bevara deposit original'.",
    ),
    "L146": (
        "{files:fil i originalmappen är döpt|filer i originalmappen är döpta} efter en film som inte finns. Se filmernas nummer med 'bevara deposit "
        "films --all'.",
        "{files:file|files} in the folder of originals are named after a film that there is not. See the films' numbers "
        "by 'bevara deposit films --all'.",
    ),
    "L147": (
        "Film {number}: filen är plattformens egen, byte för byte: den finns i arkivet redan. Den är flyttad till mappen "
        "inlagda.",
        "Film {number}: the file is the platform's own, byte by byte: the archive has it already. It was moved to the folder inlagda.",
    ),
    "L148": (
        "Originalen kunde inte läggas in nu: kontot hämtas av en annan körning, eller posten har gallrats. Nästa natt "
        "prövas igen.",
        "The originals could not be taken in now: another run harvests the account, or the record was culled. The next "
        "night tries again.",
    ),
    "L149": (
        "{files:fil|filer} i originalmappen kunde inte läsas eller lagras: den ändrades under läsningen, disken är full "
        "eller mappen går inte att nå.",
        "{files:file|files} in the folder of originals could not be read or stored: changed while being read, a full disk, "
        "or the folder cannot be reached.",
    ),
    "L150": (
        "Film {number}: beslutets handling går inte att läsa, så skäl och uppgifter saknas. Besluta om filmen på nytt.",
        "Film {number}: the decision's record cannot be read, so reason and facts are missing. Decide of the film anew.",
    ),
    "L151": (
        "Film {number}: ingen fil finns här. Plattformen lämnar inte ut den, eller så kunde den inte hämtas. Lägg in "
        "originalet i originalmappen eller med 'bevara deposit original'.",
        "Film {number}: there is no file here. The platform hands out none, or it could not be fetched. Bring the original "
        "by the folder of originals or by 'bevara deposit original'.",
    ),
    "L152": (
        "Film {number}: en fil ({source}) är tom.",
        "Film {number}: a file ({source}) is empty.",
    ),
    "L153": (
        "Film {number}: en fil ({source}) går inte att spela upp, är avbruten (en del fattas) eller är inte av det slag "
        "som filmen är.",
        "Film {number}: a file ({source}) cannot be played, is cut off (a part is missing), or is not of the sort that "
        "the film is.",
    ),
    "L154": (
        "Film {number}: en fil ({source}) är krypterad eller kopieringsskyddad. KB ska ha den öppna filen (10 § lagen om "
        "pliktexemplar av elektroniskt material); lägg in ett original utan skydd.",
        "Film {number}: a file ({source}) is encrypted or protected against copying. KB is handed the open file (section "
        "10 of the act); bring an original without protection.",
    ),
    "L155": (
        "Film {number}: undertexterna har fel ({faults}). De lämnas som de är; rätta dem gärna och lägg in nya.",
        "Film {number}: the captions have faults ({faults}). They are delivered as they are; better mend them and bring "
        "new ones.",
    ),
    "L156": (
        "Film {number}: {files:original|original} finns; det som kom in sist används.",
        "Film {number}: there are {files:original|originals}; the one that came last is used.",
    ),
    "L157": (
        "Film {number}: ingen adress är känd där allmänheten kunde se filmen. Ange en med --page när filmen beslutas.",
        "Film {number}: no address is known where the public could see the film. Give one by --page when deciding.",
    ),
    "L158": (
        'Organisationsnumret saknas eller är inte tio siffror. Skriv code = "ORG:212000-1892" under [organisation] i '
        "bevara.toml; KB kräver utgivarens adress.",
        'The organisation number is missing or not ten digits. Write code = "ORG:212000-1892" under [organisation] in '
        "bevara.toml; KB asks for the publisher's address.",
    ),
    "L159": (
        "Film {number}: en fil ({source}) saknas i lagret eller stämmer inte med sin kontrollsumma. Pröva arkivet med "
        "'bevara verify --deep' och återställ filen från en annan kopia.",
        "Film {number}: a file ({source}) is missing in the store or does not agree with its digest. Examine the archive by "
        "'bevara verify --deep' and restore the file from another copy.",
    ),
}
