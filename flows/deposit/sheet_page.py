"""The words of the sheet for KB's web form: fields in the form's order, as a page that needs no scripts, and as a document.

KB's form asks for title, publication date and a unique link to the publication; the rest may be left out. Everything
that comes from a film is data: escaped in the page, never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Final

from schemas.calendar import local_time
from schemas.deposit import Film, Part, Resource
from schemas.rendering import Block, FileLine, Rendering, Section
from schemas.text import for_xml, one_line

FOLDER: Final = "filer"
"""Where the film's files lie beside the page."""
TITLE: Final = "Underlag för e-plikt i KB:s webbformulär"

_ACCESS: Final = {"gratis": "Fritt tillgänglig.", "restricted": "Begränsad tillgång."}
_ROLES: Final = {"publication": "publikationen", "supplement": "undertext eller tillägg", "coverpicture": "stillbild"}
_SOURCES: Final = {"original": "ägarens egen fil", "platform": "plattformens fil"}
_STEPS: Final = (
    "Logga in i KB:s webbformulär för e-plikt med kommunens konto.",
    "Fyll i de tre obligatoriska uppgifterna. Övriga uppgifter fylls i om formuläret har ett fält för dem.",
    f"Ladda upp filerna i mappen ”{FOLDER}”, publikationen först.",
)
_STYLE: Final = """
:root { color-scheme: light; }
body { font: 1.05rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input, textarea { width: 100%; box-sizing: border-box; font: inherit; color: inherit; background: #fff;
  border: 1px solid #595959; border-radius: 3px; padding: .4rem .5rem; }
input:focus, textarea:focus, pre:focus { outline: 3px solid #005a9c; outline-offset: 1px; }
.note { margin: .2rem 0 0; color: #404040; }
.last { border-left: .4rem solid #a00000; padding-left: .8rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; border: 1px solid #8c8c8c; padding: .35rem .5rem; overflow-wrap: anywhere; }
@media print { main { padding: 0; max-width: none; } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the form: what it is called, what is pasted there, and a word to whoever does it."""

    label: str
    value: str
    note: str = ""

    @property
    def long(self) -> bool:
        """It takes several lines."""
        return "\n" in self.value or len(self.value) > 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that stands on the sheet.

    Attributes:
        number: the film's. last: the last day to deliver. made: when the sheet was made, UTC.
        mandatory, optional: fields. parts: files that lie beside.
    """

    number: int
    last: date
    made: datetime
    mandatory: tuple[Field, ...]
    optional: tuple[Field, ...]
    parts: tuple[Part, ...]


def sheet_of(film: Film, resource: Resource, *, last: date, made: datetime) -> Sheet:
    """The sheet of a described film."""
    shown = local_time(resource.available)
    mandatory = (
        Field(label="Titel", value=_one_line(resource.title)),
        Field(
            label="Publiceringsdatum",
            value=shown.date().isoformat(),
            note=f"Först tillgänglig klockan {shown:%H.%M}, svensk tid.",
        ),
        Field(label="Unik länk till publikationen", value=resource.locations[0]),
    )
    return Sheet(
        number=film.number,
        last=last,
        made=made,
        mandatory=mandatory,
        optional=tuple(one for one in _optional(resource) if one.value),
        parts=resource.parts,
    )


def _optional(resource: Resource) -> Iterator[Field]:
    yield Field(label="Beskrivning", value=resource.abstract.strip())
    yield Field(label="Utgivare", value=resource.publisher)
    yield Field(label="Utgivarens identitet hos KB", value=resource.publisher_uri)
    yield Field(label="Tillgänglighet", value=resource.access, note=_ACCESS[resource.access])
    yield Field(label="Språk", value=resource.language, note="Kod enligt ISO 639-2.")
    yield Field(label="Genre", value=resource.genre)
    yield Field(label="Licens", value=resource.licence)
    yield Field(label="Fler adresser till samma film", value="\n".join(resource.locations[1:]))
    yield Field(label="Visas hos", value="\n".join(f"{one.name}: {one.address}" for one in resource.hosts))
    yield Field(label="Hör ihop med", value="\n".join(resource.related))
    yield Field(
        label="Lösenord som allmänheten behövde",
        value=resource.password,
        note="Lämnas till KB enligt 11 § lagen (2012:492). Filen i mappen är öppen.",
    )
    yield Field(label="Vår beteckning", value=resource.identifier)
    yield Field(label="Ersätter version", value=resource.replaces)


def page(sheet: Sheet) -> bytes:
    """The sheet as one HTML file in UTF-8: nothing is fetched, nothing runs, every field has its label."""
    body = [
        f"<h1>{_text(TITLE)}</h1>",
        f"<p>Film {sheet.number}. Underlaget gjordes {_day(sheet.made)}.</p>",
        f'<p class="last"><strong>Sista dag att lämna: {sheet.last.isoformat()}.</strong> '
        "Dagen flyttas inte för helger (14 § lagen 2012:492).</p>",
        "<h2>Gör så här</h2>",
        "<ol>",
        *(f"<li>{_text(one)}</li>" for one in _STEPS),
        f"<li>{_text(_done(sheet.number))}</li>",
        "</ol>",
        "<h2>Obligatoriska uppgifter</h2>",
        *_fields(sheet.mandatory, "o"),
        "<h2>Övriga uppgifter</h2>",
        *_fields(sheet.optional, "f"),
        "<h2>Filer att ladda upp</h2>",
        *_files(sheet.parts),
    ]
    lines = [
        "<!DOCTYPE html>",
        '<html lang="sv">',
        "<head>",
        '<meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_text(TITLE)}: film {sheet.number}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        *body,
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join([*lines, ""]).encode("utf-8")


def _fields(fields: Sequence[Field], prefix: str) -> Iterator[str]:
    for number, one in enumerate(fields, 1):
        name = f"{prefix}{number}"
        told = f' aria-describedby="{name}-not"' if one.note else ""
        yield f'<label for="{name}">{_text(one.label)}</label>'
        if one.long:
            rows = min(12, one.value.count("\n") + len(one.value) // 90 + 1)
            # A browser drops the first line break of a text area, so one is given to it.
            yield f'<textarea id="{name}" rows="{rows}" dir="auto" readonly{told}>\n{_text(one.value)}</textarea>'
        else:
            yield f'<input id="{name}" type="text" dir="auto" value="{_text(one.value)}" readonly{told}>'
        if one.note:
            yield f'<p class="note" id="{name}-not">{_text(one.note)}</p>'


def _files(parts: Sequence[Part]) -> Iterator[str]:
    yield "<table>"
    yield f"<caption>Filerna ligger i mappen ”{FOLDER}”.</caption>"
    yield '<thead><tr><th scope="col">Fil</th><th scope="col">Vad den är</th><th scope="col">Storlek (byte)</th>'
    yield '<th scope="col">SHA-256</th></tr></thead>'
    yield "<tbody>"
    for one in parts:
        yield (
            f'<tr><th scope="row">{_text(one.name)}</th><td>{_text(_about(one))}</td>'
            f"<td>{one.size}</td><td>{_text(one.digest)}</td></tr>"
        )
    yield "</tbody>"
    yield "</table>"


def document(sheet: Sheet) -> Rendering:
    """The sheet as a document to be typeset."""
    return Rendering(
        title=TITLE,
        subtitle=f"Film {sheet.number}",
        notice=f"Sista dag att lämna: {sheet.last.isoformat()}",
        made=sheet.made,
        sections=(
            Section(heading="Gör så här", paragraphs=_numbered(*_STEPS, _done(sheet.number))),
            Section(heading="Obligatoriska uppgifter", fields=_pairs(sheet.mandatory)),
            Section(heading="Övriga uppgifter", fields=_pairs(sheet.optional)),
            Section(
                heading="Filer att ladda upp",
                blocks=(
                    Block(
                        head=f"I mappen ”{FOLDER}”",
                        files=tuple(
                            FileLine(name=one.name, size=one.size, sha256=one.digest, about=_about(one))
                            for one in sheet.parts
                        ),
                    ),
                ),
            ),
        ),
    )


def _pairs(fields: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    return tuple((one.label, f"{one.value}\n({one.note})" if one.note else one.value) for one in fields)


def _numbered(*steps: str) -> tuple[str, ...]:
    return tuple(f"{number}. {one}" for number, one in enumerate(steps, 1))


def _done(number: int) -> str:
    return f"När filmen är uppladdad: kör ”bevara deposit sent {number} --as PERSON” och ta bort den här mappen."


def _about(part: Part) -> str:
    words = [_ROLES[part.role], _SOURCES[part.source]]
    if part.format.name:
        words.append(f"{part.format.name} {part.format.puid}".strip())
    if part.language:
        words.append(f"språk {part.language}")
    if part.original_name and part.original_name != part.name:
        words.append(f"hette {one_line(part.original_name)}")  # what turns the direction would turn the row
    return ", ".join(words)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(at: datetime) -> str:
    return local_time(at).date().isoformat()


def _text(text: str) -> str:
    """Text in the page: escaped, line breaks as they are, what cannot be shown written visibly."""
    return escape(for_xml(text.replace("\r\n", "\n").replace("\r", "\n")), quote=True)
