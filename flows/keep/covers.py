"""The cover (*försättsblad*) of a registration: what the register shall show of a record (OSL 5:2), and its secrecy mark.

A neutral cover leaves out who and what it is about: those stand in the form that is kept apart (OSL 5:2 second
paragraph).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from schemas.calendar import local_day
from schemas.casefile import Direction
from schemas.ground import Organisation
from schemas.ids import ItemId
from schemas.rendering import Rendering, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyMark:
    """A secrecy mark (*sekretessmarkering*, OSL 5:5): provision (``OSL 21:1``), day, authority that made it."""

    provision: str
    day: date
    authority: str


NEUTRAL_SUBJECT: Final = "Sekretessmarkerad handling"
"""What stands in the place of the subject on a neutral cover."""
APART: Final = "Uppgiften hålls avskild (5 kap. 2 § andra stycket OSL)"
"""What stands in the place of a sender or recipient on a neutral cover."""
MARKED: Final = "SEKRETESSMARKERING (5 kap. 5 § OSL)"
"""First line of the mark on a document's face."""
_TO_BE_SET: Final = "Sätts vid registreringen"
_NOTE: Final = (
    "Markeringen är en varning om att uppgifter i handlingen kan omfattas av sekretess. Den är inget beslut: en ny "
    "prövning görs varje gång någon begär ut handlingen."
)


def cover_rendering(
    *,
    organisation: Organisation,
    authority: str,
    received_or_made: datetime | None,
    direction: Direction,
    number_line: str = "",
    sender: str,
    recipient: str,
    subject: str,
    secrecy: SecrecyMark | None,
    matter: str | None,
    item: ItemId,
    made: datetime,
    neutral: bool,
    contents: tuple[tuple[str, str], ...] = (),
    wording: str = "",
    earlier: str = "",
) -> Rendering:
    """The cover as a document.

    Args:
        authority: the archive creator's slug. received_or_made: when it came in (*inkom*) or was drawn up
            (*upprättad*, ``outgoing``); None = no known time. direction: which of the two.
        number_line: diary number, or empty: it is to be set by the register.
        sender, recipient: as shown; empty = none is known. subject: briefly what it is about.
        secrecy: the mark, framed on its face, or None. matter: diary number of the matter it belongs to, or None.
        item: its opaque id. made: the document's date, UTC.
        neutral: leave out sender, recipient, subject and the contents' descriptions: what is kept apart.
        contents: (file name, what it is) of what follows the cover.
        wording: which of several it is (*lydelse*), and since when; empty = there is one. earlier: diary number that an
            earlier one has, or empty.
    """
    day = "Okänt" if received_or_made is None else local_day(received_or_made).isoformat()
    authority_name = organisation.authority(authority)
    fields = [
        ("Myndighet", authority_name if not organisation.name else f"{organisation.name}, {authority_name}"),
        ("Datum då handlingen kom in" if direction == "incoming" else "Datum då handlingen upprättades", day),
        *([("Lydelse", wording)] if wording else []),
        ("Diarienummer", number_line or _TO_BE_SET),
        *([("En tidigare lydelse har diarienumret", earlier)] if earlier else []),
        *([("Hör till ärende", matter)] if matter else []),
        ("Avsändare", APART if neutral else sender or "Okänd"),
        ("Mottagare", APART if neutral else recipient or "Ingen särskild"),
        ("Handlingen rör", NEUTRAL_SUBJECT if neutral else subject or "Ej angivet"),
        ("Handlingens id i Bevara", item),
    ]
    sections = []
    if secrecy is not None:
        sections.append(Section(heading="Om sekretessmarkeringen", paragraphs=(_NOTE,)))
    if contents:
        listed = tuple((name, "" if neutral else about) for name, about in contents)
        sections.append(Section(heading="Filer", fields=listed))
    return Rendering(
        title="Försättsblad",
        subtitle="Handling för registrering (5 kap. 2 § offentlighets- och sekretesslagen (2009:400), OSL)",
        notice=secrecy_notice(secrecy),
        made=made,
        fields=tuple(fields),
        sections=tuple(sections),
        keywords=(item,),
    )


def secrecy_notice(secrecy: SecrecyMark | None) -> str:
    """The words of the mark as they are framed on a document's face (OSL 5:5); empty without one."""
    if secrecy is None:
        return ""
    return (
        f"{MARKED}\nBestämmelse: {secrecy.provision}\nDatum: {secrecy.day.isoformat()}\nMyndighet: {secrecy.authority}"
    )
