"""``LAS-MIG.txt`` of an exported archive: for somebody in 2060 who has a text editor and ``sha256sum``."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Final

from flows.archive.fields import CHARACTERS, field_words
from flows.archive.pack.words import counted, written
from schemas.finding import Finding
from schemas.ids import Month
from schemas.receipt import Link

NAME: Final = "LAS-MIG.txt"
_TEXT: Final = Template(Path(__file__).with_name("lasmig_export.txt").read_text("utf-8"))
_WIDTH: Final = 82

_PDF: Final = """\
pdf                 samtalen som PDF/A-3b, en fil per tråd:
                    pdf/ARKIVBILDARE/ÅÅÅÅ-MM/TRÅDENS-ID.pdf; de är återgivningar
                    som Bevara har gjort ur insamlade data, inte skärmbilder, och
                    handlingsdokumenten gäller framför dem. Där det står [finns
                    inte i arkivet] är handlingen inte med här; [gallrad ...]
                    visar var en gallrad handling stod"""
_NO_PDF: Final = "(PDF-filer beställdes inte till den här exporten.)"
_SCRIPTS: Final = """\
kontrollera_liggaren.py
kontrollera_gallringsprotokoll.py
                    program (Python 3.11) som gör kontrollerna i avsnitt 9 och 10"""
_NO_SCRIPTS: Final = "(Kontrollskripten fanns inte i installationen; avsnitt 9 och 10 räcker.)"
_REASONS: Final = {
    "A341": "bilagor som inte fanns i arkivets lager",
    "A342": "bilagor som var skadade i arkivets lager",
    "A343": "bilagor som aldrig kunde hämtas från plattformen",
    "A344": "arkivbildare och månad vars rader inte kunde läsas ur lagret; inget därifrån är med",
    "A345": "arkivbildare, konto och månad vars handlingsdokument inte kunde skrivas",
    "A346": "trådar som inte kunde göras till PDF/A (handlingarna finns i handlingsdokumenten)",
}
"""Why something is missing, for a reader who has no Bevara."""
_LEDGER_SCRIPT: Final = """
Alla länkar på en gång, med Python 3.11 eller senare:

       python3 kontrollera_liggaren.py liggare
"""
_CERTIFICATE_SCRIPT: Final = """
Alltsammans på en gång, med Python 3.11 eller senare och paketet cryptography:

       cat liggare/*.jsonl > /tmp/liggare.jsonl
       python3 kontrollera_gallringsprotokoll.py PROTOKOLLETS-XML-FIL \\
           nycklar.jsonl /tmp/liggare.jsonl
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the text tells of one export.

    Attributes:
        made, person, organisation: when, by whom, for whom (empty = not set).
        accounts: the chosen ones; empty = all. first, last: months, or None. pdf, scripts: whether they are there.
        items, rows, documents, attachments: counts of what is there. left_out: items that the choice leaves out.
        culled: civil year of culling → how many, of the whole archive.
        findings: what is missing. first_link: link number 1; None = the ledger is empty.
        head: number and hash of the last exported link.
    """

    made: datetime
    person: str
    organisation: str
    accounts: Sequence[str]
    first: Month | None
    last: Month | None
    pdf: bool
    scripts: bool
    items: int
    rows: int
    documents: int
    attachments: int
    left_out: int
    culled: Mapping[int, int]
    findings: Sequence[Finding]
    first_link: Link | None
    head: tuple[int, str]


def read_me(told: Told) -> str:
    """The text."""
    link = told.first_link
    body = "" if link is None else link.body
    return _TEXT.substitute(
        made=written(told.made),
        person=_line(told.person),
        organisation=_line(told.organisation) or "ej angiven",
        contents=_contents(told),
        choice=_wrapped(f"Urval: {_choice(told)}"),
        pdf_folder=_PDF if told.pdf else _NO_PDF,
        scripts=_SCRIPTS if told.scripts else _NO_SCRIPTS,
        fields=field_words(),
        characters=CHARACTERS,
        example_prev="" if link is None else link.previous.hex(),
        example_body=body,
        example_hash="" if link is None else link.hash.hex(),
        example_shell=shlex.quote(body),
        head_number=told.head[0],
        head_hash=told.head[1],
        ledger_script=_LEDGER_SCRIPT if told.scripts else "",
        certificate_script=_CERTIFICATE_SCRIPT if told.scripts else "",
        left_out=_left_out(told),
        lost="\n".join(_lost(told.findings)),
        culled=_culled(told.culled),
    )


def _contents(told: Told) -> str:
    parts = (
        counted(told.items, "handling", "handlingar"),
        counted(told.rows, "iakttagelse", "iakttagelser"),
        counted(told.documents, "handlingsdokument", "handlingsdokument"),
        counted(told.attachments, "bilaga", "bilagor"),
    )
    return ", ".join(parts)


def _choice(told: Told) -> str:
    accounts = f"kontona {', '.join(told.accounts)} och det som Bevara upprättat hos deras arkivbildare"
    chosen = accounts if told.accounts else "alla konton"
    if told.first is None and told.last is None:
        return f"{chosen}, alla månader"
    return f"{chosen}, publiceringsmånaderna {told.first or 'den första'} till och med {told.last or 'den sista'}"


def _left_out(told: Told) -> str:
    if not told.left_out:
        return "Urvalet: inga handlingar har valts bort.\n"
    number = counted(told.left_out, "handling", "handlingar")
    return _wrapped(f"Urvalet: {number} hör till andra konton eller månader och är inte med.") + "\n"


def _lost(findings: Sequence[Finding]) -> Iterator[str]:
    missing = [one for one in findings if one.severity != "info"]
    if not missing:
        yield "Inget annat som skulle vara med saknas.\n"
        return
    yield "Det här skulle vara med men saknas (en rad för varje i saknas.csv):\n"
    for one in missing:
        told = str(one.count) if one.subject == "export" else one.subject
        yield _wrapped(f"{one.code}: {_REASONS[one.code]}: {told}", indent="  ")
    yield ""


def _culled(years: Mapping[int, int]) -> str:
    if not years:
        return "Gallrade handlingar: inga handlingar har gallrats ur arkivet före exporten."
    lines = [f"  {year}: {counted(number, 'handling', 'handlingar')}" for year, number in sorted(years.items())]
    number = sum(years.values())
    head = (
        f"Gallrade handlingar: {counted(number, 'handling', 'handlingar')} har gallrats ur hela arkivet före exporten. Innehållet finns inte "
        "kvar. Per gallringsår:"
    )
    return "\n".join([_wrapped(head), *lines, "", "Uppgifterna om dem står i gallrade.csv."])


def _wrapped(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _line(text: str) -> str:
    """A value on one line: no line breaks, no control characters, no turning of direction."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
