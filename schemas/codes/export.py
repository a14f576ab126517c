"""Codes of an exported archive: A341–A359, with Swedish and English sentences.

The subject of a finding is ``export``, ``authority/month`` or ``authority/account/month``.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A341": (
        (
            "{files:bilaga|bilagor} finns inte i lagret och är inte med i exporten. De står i saknas.csv. Kör bevara verify "
            "och hämta dem från en annan kopia."
        ),
        (
            "{files:attachment|attachments} are not in the store and not in the export. saknas.csv lists them. Run bevara "
            "verify and restore them from another copy."
        ),
    ),
    "A342": (
        (
            "{files:bilaga|bilagor} i lagret är skadade och är inte med i exporten. De står i saknas.csv. Kör bevara verify "
            "och hämta dem från en annan kopia."
        ),
        (
            "{files:attachment|attachments} in the store are damaged and not in the export. saknas.csv lists them. Run "
            "bevara verify and restore them from another copy."
        ),
    ),
    "A343": (
        "{files:bilaga|bilagor} kunde aldrig hämtas från plattformen. De står i saknas.csv.",
        "{files:attachment|attachments} could never be fetched from the platform. saknas.csv lists them.",
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
        "{threads:tråd|trådar} kunde inte göras till PDF/A. Handlingarna finns i handlingsdokumenten; se saknas.csv.",
        "{threads:thread|threads} could not be made into PDF/A. The records are in the record documents; see saknas.csv.",
    ),
    "A347": (
        (
            "I {threads:PDF-fil|PDF-filer} visas tecken eller bilder inte som de var. Det står i filen vilka; "
            "handlingsdokumenten och bilagorna är fullständiga."
        ),
        (
            "In {threads:PDF file|PDF files} characters or pictures are not shown as they were. The file says which; the "
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
