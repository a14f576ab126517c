"""The decision on a picture as a letter: the texts about personal data that the municipality has for its requests.

The texts are those of ``[disclosure]`` (``gdpr-radering-ja``, ``gdpr-radering-nej``, ``overklagande``), so that a person gets
the same words however the matter came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.calendar import local_day
from schemas.ground import Home
from schemas.letter_texts import HEADING, built_in, filled, own_fields, places, standing
from schemas.refusal import RefusedError
from schemas.rendering import Rendering, Section
from schemas.text import for_xml

_KEPT: Final = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to hand out: PDF/A-3b and the same in plain text."""

    pdf: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every paper of a request says. ``number``: the request's name (``B3``). ``received``: when it came in, UTC."""

    number: str
    received: datetime
    authority: str
    person: str


def paper(home: Home, name: str, facts: Facts, at: datetime, fields: Mapping[str, str]) -> Paper:
    """Fill in and typeset a paper.

    Args:
        name: of the text (``schemas.letter_texts``). fields: its own fields.

    Raises:
        RefusedError: a setting of disclosure is not usable or is needed (``disclosure.office``), or a field is empty.
    """
    settings = home.disclosure()
    text = settings.letters.get(name) or built_in()[name]
    values = {
        **dict.fromkeys(own_fields()[name], ""),
        "kommun": home.organisation.name or "kommunen",
        "myndighet": home.organisation.authority(facts.authority),
        "nummer": facts.number,
        "mottagen": local_day(facts.received).isoformat(),
        "datum": local_day(at).isoformat(),
        "handlaggare": facts.person,
        "kontakt": "\n".join(settings.office),
        "domstol": settings.gdpr_court,
        "handlingar": "",
        "personuppgifter": "ja",
        **fields,
    }
    values = {field: _shown(value).strip() for field, value in values.items()}
    sections: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in standing(text, values):
        said = _filled(paragraph.removeprefix(HEADING), name, values)
        if paragraph.startswith(HEADING):
            sections.append((said, []))
        else:
            sections[-1][1].append(said[:1].upper() + said[1:])
    title = _filled(text.title, name, values)
    about = (("Begäran", f"{values['nummer']}, mottagen {values['mottagen']}"), ("Datum", values["datum"]))
    by = ", ".join(dict.fromkeys((values["myndighet"], values["kommun"])))
    rendering = Rendering(
        title=title,
        made=at,
        subtitle=by[:1].upper() + by[1:],
        fields=about,
        sections=tuple(
            Section(heading=heading, paragraphs=tuple(some)) for heading, some in sections if heading or some
        ),
        keywords=(f"begäran {facts.number}",),
    )
    parts = [title, rendering.subtitle, "\n".join(f"{label}: {value}" for label, value in about)]
    for heading, some in sections:
        parts.extend(one for one in (heading, *some) if one)
    return Paper(pdf=home.typesetter.render(rendering).pdf, text="\n\n".join(parts) + "\n")


def _filled(paragraph: str, name: str, values: Mapping[str, str]) -> str:
    for field in places(paragraph):
        if not values.get(field):
            remedy = 'write [disclosure] office = ["…"] in bevara.toml' if field == "kontakt" else "the letter needs it"
            raise RefusedError("disclosure.office" if field == "kontakt" else f"{name}: {field}", "", remedy)
    return filled(paragraph, values)


def _shown(text: str) -> str:
    """A person's words with nothing in them that moves a cursor or turns the direction of writing."""
    turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    kept = text.replace("\r\n", _KEPT)
    return for_xml("".join(f"\u27e6U+{ord(one):04X}\u27e7" if one in turning else one for one in kept))
