"""Letters of a request: filled in from a template, set as PDF/A and as plain text, kept in the request's thread.

What a letter says stands in its item (``letter``) alone; the ledger has its name and the item's id.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from flows.disclose.standing import request_in, told
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, read_own, revision_first, write_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.disclosure import DisclosureSettings, LetterText
from schemas.ground import Ground, Home, Organisation
from schemas.ids import ItemId
from schemas.letter_texts import ALWAYS, HEADING, built_in, filled, own_fields, places, standing
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.rendering import Rendering, Section
from schemas.request import Request

WRITTEN: Final = "request.letter"
"""Act of the receipt about the request."""
RECORDED: Final = "request.record"
"""Act of the receipts about items of a request: letters and decisions."""
LONGEST: Final = 50_000
"""Characters of a field."""
_BY_CALLER: Final = frozenset({"handlaggare"})
"""Fields of every letter that may be handed over; the others are known."""
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT: Final = frozenset("\n\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter as it was written: its item, PDF/A-3b, plain text (UTF-8 lines) and heading."""

    item: ItemId
    pdf: bytes
    text: str
    title: str


def render_letter(
    settings: DisclosureSettings,
    organisation: Organisation,
    request: Request,
    name: str,
    at: datetime,
    fields: Mapping[str, str],
) -> tuple[Rendering, str]:
    """A letter to be typeset, and its plain text.

    Args:
        name: which letter (``schemas.letter_texts``). at: its date. fields: its own fields; one that is not given is
            empty. ``handlaggare`` may be given too; otherwise it is who opened the request.

    Raises:
        RefusedError: no such letter or field, a value too long, or a field is empty that a paragraph needs.
    """
    text = _text_of(settings, name)
    values = _values(settings, organisation, request, name, at, fields)
    title = _filled(text.title, name, values)
    sections = _sections(text, name, values)
    about = (
        ("Begäran", f"nummer {values['nummer']}, mottagen {values['mottagen']}"),
        ("Datum", values["datum"]),
        ("Handläggare", values["handlaggare"]),
    )
    by = _capital(", ".join(dict.fromkeys((values["myndighet"], values["kommun"]))))
    rendering = Rendering(
        title=title,
        made=at,
        subtitle=by,
        fields=about,
        sections=sections,
        keywords=(f"begäran {request.number}",),
    )
    return rendering, _plain_text(title, by, about, sections)


def write_letter(
    home: Home,
    request: Request,
    name: str,
    person: str,
    at: datetime,
    fields: Mapping[str, str],
    *,
    about: ItemId | None = None,
    also: Callable[[Books, ItemId], None] | None = None,
) -> Written:
    """Write a letter into the request's thread, with a receipt about the request.

    Args:
        person: the officer; stands in the letter as who handles the request. at: its date.
        about: item of ours that it lies below; None = the request's first.
        also: does more in the same transaction, last.

    Raises:
        RefusedError: as ``render_letter``, or no such person. GuardError: no mandate (G-MANDATE), the request's first
        item is not there (G-REQUEST), and what ``also`` raises; then nothing is written.
    """
    rendering, text = render_letter(
        home.disclosure(), home.organisation, request, name, at, {"handlaggare": person, **fields}
    )
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    above = root_of(home.ground, request, about)
    pdf = home.typesetter.render(rendering).pdf

    def more(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)
        now = replace(request_in(books, request.number), changed=at)
        told(books, now, WRITTEN, person, {"letter": name, "item": item})
        if also is not None:
            also(books, item)

    item = write_own(
        home.ground,
        kind="letter",
        authority=request.authority,
        text=text,
        payload={"letter": name, "request": request.number},
        at=at,
        act=RECORDED,
        actor=person,
        files=(
            OwnFile(name=f"{name}.pdf", media_type="application/pdf", data=pdf),
            OwnFile(name=f"{name}.txt", media_type="text/plain", data=text.encode("utf-8", "replace")),
        ),
        about=above,
        first=revision_first,
        also=more,
    )
    return Written(item=item, pdf=pdf, text=text, title=rendering.title)


def root_of(ground: Ground, request: Request, about: ItemId | None = None) -> Row:
    """The item that what is written of a request lies below. Raises GuardError (G-REQUEST): it is not there."""
    item = about or request.record
    row = None if item is None else read_own(ground, item)
    if row is None:
        raise GuardError(
            "G-REQUEST",
            f"the wording of request {request.number} is not written yet",
            f"complete it with 'bevara request amend {request.number}'",
        )
    return row


def _text_of(settings: DisclosureSettings, name: str) -> LetterText:
    text = settings.letters.get(name) or built_in().get(name)
    if text is None:
        known = sorted({*settings.letters, *built_in()})
        meant = get_close_matches(name, known) or known
        raise RefusedError("letter", name, f"there are {', '.join(meant)}")
    return text


def _values(
    settings: DisclosureSettings,
    organisation: Organisation,
    request: Request,
    name: str,
    at: datetime,
    fields: Mapping[str, str],
) -> dict[str, str]:
    own = own_fields().get(name, frozenset())
    for field, value in fields.items():
        if field not in own and field not in _BY_CALLER:
            given = f"it is given by itself; the letter's own are {', '.join(sorted(own)) or 'none'}"
            other = f"the letter {name} has the fields {', '.join(sorted(own)) or 'none'}"
            raise RefusedError("field", field, given if field in ALWAYS else other)
        if len(value) > LONGEST:
            raise RefusedError(f"field {field}", "…", f"write at most {LONGEST} characters")
    records = request.kind == "handlingar"
    known = {
        "kommun": organisation.name or "kommunen",
        "myndighet": organisation.authority(request.authority),
        "nummer": str(request.number),
        "mottagen": local_day(request.received).isoformat(),
        "datum": local_day(at).isoformat(),
        "handlaggare": request.person,
        "kontakt": "\n".join(settings.office),
        "domstol": settings.court if records else settings.gdpr_court,
        "handlingar": "ja" if records else "",
        "personuppgifter": "" if records else "ja",
    }
    values = {**dict.fromkeys(own, ""), **known, **fields}
    return {field: shown(value).strip() for field, value in values.items()}


def _capital(text: str) -> str:
    """A paragraph that begins with a field begins with a capital all the same: an authority may be known by a slug alone."""
    return text[:1].upper() + text[1:]


def shown(text: str) -> str:
    """Text of a person as a letter has it: what moves a cursor or turns the direction stands visibly."""
    return "".join(
        f"\u27e6U+{ord(one):04X}\u27e7"
        if one in _TURNING or (one not in _KEPT and unicodedata.category(one) in {"Cc", "Cs"})
        else one
        for one in text.replace("\r\n", "\n")
    )


def _sections(text: LetterText, name: str, values: Mapping[str, str]) -> tuple[Section, ...]:
    """Headings with their paragraphs; which is which is seen in the template, before anything is filled in."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in standing(text, values):
        if paragraph.startswith(HEADING):
            found.append((_filled(paragraph.removeprefix(HEADING), name, values), []))
        else:
            text_of = _filled(paragraph, name, values)
            found[-1][1].append(_capital(text_of) if paragraph.startswith("{myndighet}") else text_of)
    return tuple(
        Section(heading=heading, paragraphs=tuple(paragraphs)) for heading, paragraphs in found if heading or paragraphs
    )


def _filled(paragraph: str, name: str, values: Mapping[str, str]) -> str:
    for field in places(paragraph):
        if not values.get(field):
            if field == "kontakt":
                raise RefusedError(
                    "disclosure.office",
                    "",
                    f'the letter {name} needs it: write [disclosure] office = ["…"] in bevara.toml',
                )
            raise RefusedError(f"letter {name}", field, "the field is empty, and a paragraph needs it")
    return filled(paragraph, values)


def _plain_text(title: str, by: str, about: tuple[tuple[str, str], ...], sections: tuple[Section, ...]) -> str:
    parts = [title, by, "\n".join(f"{label}: {value}" for label, value in about)]
    for section in sections:
        parts.extend(one for one in (section.heading, *section.paragraphs) if one)
    return "\n\n".join(parts) + "\n"
