"""Codes of an exported archive: A341–A359, with Swedish and English sentences.

The subject of a finding is ``export``, ``authority/month`` or ``authority/account/month``.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A341": (
        (
            "Bilagor som saknas i lagret, eller är låsta, och därför saknas i exporten: {files}. saknas.csv anger vilka. Kör "
            "bevara verify: det som den säger saknas hämtas från en annan kopia. Det som är låst ska inte hämtas."
        ),
        (
            "Attachments missing in the store, or locked, and so not in the export: {files}. saknas.csv lists them. Run bevara "
            "verify: restore what it says is missing from another copy. What is locked is not to be fetched."
        ),
    ),
    "A342": (
        (
            "Bilagor som är skadade i lagret och därför saknas i exporten: {files}. saknas.csv anger vilka. Kör bevara "
            "verify och hämta dem från en annan kopia."
        ),
        (
            "Attachments damaged in the store and so not in the export: {files}. saknas.csv lists them. Run bevara verify "
            "and restore them from another copy."
        ),
    ),
    "A343": (
        "Bilagor som aldrig kunde hämtas från plattformen: {files}. saknas.csv anger vilka.",
        "Attachments that could never be fetched from the platform: {files}. saknas.csv lists them.",
    ),
    "A344": (
        (
            "Lagrets rader för {month} kan inte läsas ({reason}). Inget från arkivbildaren den månaden är med i exporten. "
            "Kör bevara verify och hämta filerna från en annan kopia."
        ),
        (
            "The stored rows of {month} cannot be read ({reason}). Nothing of the authority from that month is in the "
            "export. Run bevara verify and restore the files from another copy."
        ),
    ),
    "A345": (
        (
            "Handlingsdokumentet för {month} kunde inte skrivas ({reason}). Kontots handlingar från den månaden är inte med "
            "i exporten."
        ),
        (
            "The record document of {month} could not be written ({reason}). The account's records of that month are not in "
            "the export."
        ),
    ),
    "A346": (
        "Trådar som inte kunde göras till PDF/A: {threads}. Handlingarna finns i handlingsdokumenten; se saknas.csv.",
        "Threads that could not be made into PDF/A: {threads}. The records are in the record documents; see saknas.csv.",
    ),
    "A347": (
        (
            "PDF-filer där tecken eller bilder inte visas som de var: {threads}. Det står i filen vilka; "
            "handlingsdokumenten och bilagorna är fullständiga."
        ),
        (
            "PDF files in which characters or pictures are not shown as they were: {threads}. The file says which; the "
            "record documents and attachments are complete."
        ),
    ),
    "A348": (
        "Kontrollskripten finns inte i installationen och är inte med. LAS-MIG.txt beskriver kontrollerna i ord.",
        "The checking scripts are not in the installation and not in the export. LAS-MIG.txt describes the checks in words.",
    ),
    "A349": (
        "{items:handling|handlingar} är inte med på grund av urvalet av konton och månader.",
        "{items:record is|records are} left out by the choice of accounts and months.",
    ),
}
