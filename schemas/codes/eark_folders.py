"""The rules of E-ARK CSIP 2.1.0 about a package's folders, by the ids in the specification's text (CSIPSTR).

Left out are the ids that nothing can break: CSIPSTR3, 8 and 14 only say what is allowed.
"""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

RULES: Final[tuple[tuple[str, Level, str, str], ...]] = (
    ("CSIPSTR1", "MUST", "Paketet ska ligga i en enda rotmapp.", "The package must lie in one single root folder."),
    ("CSIPSTR2", "SHOULD", "Rotmappen bör heta som paketets id (OBJID).", "The root folder should bear the OBJID."),
    (
        "CSIPSTR4",
        "MUST",
        "Rotmappen ska ha en fil som heter exakt METS.xml.",
        "The root folder must have a file named exactly METS.xml.",
    ),
    ("CSIPSTR5", "SHOULD", "Mappen metadata saknas.", "The folder metadata is missing."),
    (
        "CSIPSTR6",
        "SHOULD",
        "Bevarandemetadata bör ligga i metadata/preservation.",
        "Preservation metadata should lie in metadata/preservation.",
    ),
    (
        "CSIPSTR7",
        "SHOULD",
        "Beskrivande metadata bör ligga i metadata/descriptive.",
        "Descriptive metadata should lie in metadata/descriptive.",
    ),
    ("CSIPSTR9", "SHOULD", "Mappen representations saknas.", "The folder representations is missing."),
    (
        "CSIPSTR10",
        "SHOULD",
        "Mappen representations bör ha en egen mapp för varje representation.",
        "The folder representations should have a folder for each representation.",
    ),
    ("CSIPSTR11", "SHOULD", "Representationen saknar mappen data.", "The representation has no folder data."),
    ("CSIPSTR12", "SHOULD", "Representationen saknar METS.xml.", "The representation has no METS.xml."),
    ("CSIPSTR13", "SHOULD", "Representationen saknar mappen metadata.", "The representation has no folder metadata."),
    ("CSIPSTR15", "SHOULD", "Mappen schemas saknas.", "The folder schemas is missing."),
    ("CSIPSTR16", "SHOULD", "Mappen documentation saknas.", "The folder documentation is missing."),
)
TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES}
"""Code to (Swedish, English)."""
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how strongly the specification asks for it."""
