"""``las-mig.txt``: what the package is, for whoever asked, in plain Swedish."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.disclose.answer.data import COLUMNS
from flows.disclose.answer.document import DRAFT, Face
from flows.disclose.answer.entry import FOLDER, Labels
from flows.keep.blocks import local
from schemas.codes.words import records
from schemas.text import one_line

NAME: Final = "las-mig.txt"
_WIDTH: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the note tells of one answer. All are counts.

    Attributes:
        records, given, partly, refused: of the portion. left: records of the list that later portions hold.
        documents, pages: PDF files with records, and their pages. files: attachments that go out.
        removed, missing: attachments that are not given, and that the archive does not have.
        unmaskable: of those removed, how many could not be masked by any tool. provisions: codes, each once.
        data, media: whether they are in the package.
    """

    records: int = 0
    given: int = 0
    partly: int = 0
    refused: int = 0
    left: int = 0
    documents: int = 0
    pages: int = 0
    files: int = 0
    removed: int = 0
    missing: int = 0
    unmaskable: int = 0
    provisions: tuple[str, ...] = ()
    data: bool = True
    media: bool = True


def note(face: Face, told: Told, labels: Labels, office: Sequence[str], titles: Mapping[str, str]) -> str:
    """The text. ``titles``: code of a provision → what it protects."""
    return "\n".join(_lines(face, told, labels, office, titles)).rstrip() + "\n"


def _lines(face: Face, told: Told, labels: Labels, office: Sequence[str], titles: Mapping[str, str]) -> Iterator[str]:
    if face.notice:
        yield DRAFT
        yield ""
    yield f"SVAR PÅ BEGÄRAN {face.request} OM ALLMÄNNA HANDLINGAR"
    yield ""
    yield one_line(f"{face.organisation}, {face.authority}" if face.organisation else face.authority)
    yield f"Gjort {local(face.made)} (svensk tid). Leverans nummer {face.portion}."
    yield ""
    yield from _counts(told)
    yield ""
    yield "VAD MAPPEN INNEHÅLLER"
    yield ""
    yield from _contents(told)
    if told.data:
        yield ""
        yield from _data()
    if told.provisions:
        yield ""
        yield from _masked(told, labels, titles)
    if told.partly or told.refused or told.removed:
        yield ""
        yield from _rights(office)
    yield ""
    yield "KONTROLLSUMMOR"
    yield ""
    yield _wrapped(
        "kontrollsummor.sha256 har en kontrollsumma (SHA-256) för varje fil. Med den går det att se att ingen fil har "
        "ändrats: sha256sum --check kontrollsummor.sha256. Första raden i filen är ett slumptal som bara gör filens egen "
        "kontrollsumma omöjlig att gissa."
    )


def _counts(told: Told) -> Iterator[str]:
    yield _wrapped(
        f"Här är {records(told.records)}: {told.given} lämnas ut i sin helhet, {told.partly} delvis, och {told.refused} "
        "lämnas inte ut. En handling som har ändrats räknas en gång för varje lydelse."
    )
    if told.left:
        yield _wrapped(f"{records(told.left)} till hör till begäran och lämnas i senare leveranser.")
    if told.missing:
        yield _wrapped(f"{_files(told.missing)} har aldrig kunnat hämtas från plattformen eller finns inte i arkivet.")
    if told.removed:
        yield _wrapped(f"{_files(told.removed)} lämnas inte ut.")
    if told.unmaskable:
        yield _wrapped(
            f"{_files(told.unmaskable)} av dem skulle ha lämnats maskerade, men filen gick inte att maskera och lämnas "
            "därför inte alls."
        )


def _contents(told: Told) -> Iterator[str]:
    yield "svar.pdf                 svarsbrevet"
    if told.documents:
        pages = f"{told.pages} {'sida' if told.pages == 1 else 'sidor'}"
        yield f"handlingar-001.pdf …     handlingarna att läsa (PDF/A), {told.documents} st, {pages}"
    if told.data:
        yield "handlingar.csv           samma handlingar som tabell, för kalkylprogram"
        yield "handlingar.json          samma handlingar som data, för den som vill bearbeta dem"
    if told.files:
        yield f"{FOLDER}/0001-1.jpg …     bilder, filmer och andra bilagor, {told.files} st; först"
        yield "                         handlingens nummer, sedan bilagans"
    if not told.media:
        yield "(Bilagorna är inte med i den här leveransen.)"
    yield "kontrollsummor.sha256    kontrollsummor"


def _data() -> Iterator[str]:
    yield "KOLUMNERNA I handlingar.csv"
    yield ""
    for name, about in COLUMNS:
        yield textwrap.fill(
            f"{name:<18}{about}", _WIDTH, subsequent_indent=" " * 18, break_long_words=False, break_on_hyphens=False
        )
    yield ""
    yield _wrapped(
        "En cell som börjar med =, +, -, @, tabb, radbyte eller apostrof har fått en apostrof (') först, för att "
        "kalkylprogram inte ska räkna på den. I handlingar.json står texten exakt som den är. Fälten där heter: number "
        "(nr), item (id), version, verdict (beslut: give, partly, refuse), kind (slag), platform, account (konto), own "
        "(eget), published, edited, state (läge), author (avsändare), text, address (adress), links (länkar), counts "
        "(siffror), files (bilagor), provisions (bestämmelser)."
    )


def _masked(told: Told, labels: Labels, titles: Mapping[str, str]) -> Iterator[str]:
    yield "VAD SOM ÄR MASKERAT ELLER INTE LÄMNAS UT"
    yield ""
    yield _wrapped(
        "Där något är maskerat står [maskat: …] med bestämmelsen i offentlighets- och sekretesslagen (OSL). Det som är "
        "maskerat finns inte kvar någonstans i de här filerna. I bilder är det svart, i filmer är det svart eller tyst. Hur "
        "långt märket är säger inget om hur mycket som är borttaget. Bestämmelserna är:"
    )
    for code in told.provisions:
        title = titles.get(code, "")
        text = f"{labels.citation(code)} – {title}" if title else labels.citation(code)
        yield _wrapped(f"* {one_line(text)}", indent="  ")


def _rights(office: Sequence[str]) -> Iterator[str]:
    yield "RÄTT TILL ETT SKRIFTLIGT BESLUT"
    yield ""
    yield _wrapped(
        "Du har rätt att få myndighetens prövning av det som inte lämnas ut, i ett skriftligt beslut som går att "
        "överklaga (6 kap. 3 § OSL). Hör i så fall av dig till oss. Ange begärans nummer."
    )
    for line in office:
        yield f"  {one_line(line)}"


def _files(number: int) -> str:
    return f"{number} {'bilaga' if number == 1 else 'bilagor'}"


def _wrapped(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
