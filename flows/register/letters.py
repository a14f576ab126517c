"""What goes to which registry of one registration: forms, and the words of the messages. Pure.

Messages say nothing of the record but its opaque name, so that they are the same in every repeat and hold no names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.register.zipped import Files, Form
from schemas.registration import Parcel, Registration, RegistrySettings

SUBJECT: Final = "Ny handling att registrera"
NOTICE: Final = "-notis"
"""Ends the name of a notice: parts of the record's own form may lie in the mailbox already, and a mail system takes what
has their Message-ID for one of them."""

_OPEN: Final = """\
En handling i arkivet över sociala medier ska registreras.

Underlaget följer med. Börja med försättsbladet, forsattsblad.pdf: där står datum, avsändare, mottagare och vad
handlingen rör. Handlingen i sitt sammanhang finns i handling.pdf, och uppgifterna för systemet i handling.xml.

Underlagets namn: {name}

Lämna diarienumret tillbaka till arkivet när handlingen är registrerad.
"""
_LARGE: Final = """\
En handling i arkivet över sociala medier ska registreras.

Underlaget är för stort för e-post. Det ligger i mappen för registret {folder}, under namnet {name}. Börja med
försättsbladet, forsattsblad.pdf.

Lämna diarienumret tillbaka till arkivet när handlingen är registrerad.
"""
_APART: Final = """\
En sekretessmarkerad handling i arkivet över sociala medier ska registreras i dag.

Det här meddelandet innehåller ingenting ur handlingen. Underlaget ligger i mappen för sekretessmarkerade
handlingar i registret {folder}, under namnet {name}.

Lämna diarienumret tillbaka till arkivet när handlingen är registrerad.
"""


def parcels(
    settings: RegistrySettings,
    way: Registration,
    forms: Mapping[Form, Files],
    *,
    arrived: Sequence[str] = (),
    too_large: bool = False,
) -> list[tuple[str, Parcel]]:
    """(registry's name, what it is handed), in the order in which they are handed over.

    A secret record's forms go to a hot folder alone; a mailbox gets a notice without files, last of all, when what it
    tells of lies there.

    Args:
        arrived: Message-IDs that the registry has acknowledged before. too_large: no message of this mailbox takes the
            open form: it goes to the hot folder too, and the notice says so.
    """
    mail = settings.kind == "mail"
    folder = settings.secret_folder if mail else settings.name
    if not way.secret and too_large:
        return [
            (folder, _parcel(way, _OPEN, files=forms["oppen"])),
            (settings.name, _parcel(way, _LARGE, folder=folder, arrived=arrived, ending=NOTICE)),
        ]
    if not way.secret:
        return [(settings.name, _parcel(way, _OPEN, files=forms["oppen"], arrived=arrived))]
    found = [
        (folder, _parcel(way, _APART, files=forms["sekretess"], secret=True, folder=folder)),
        (folder, _parcel(way, _APART, files=forms["oppen"], folder=folder)),
    ]
    if mail:
        found.append((settings.name, _parcel(way, _APART, secret=True, folder=folder, arrived=arrived, ending=NOTICE)))
    return found


def _parcel(
    way: Registration,
    body: str,
    *,
    files: Files = (),
    secret: bool = False,
    folder: str = "",
    arrived: Sequence[str] = (),
    ending: str = "",
) -> Parcel:
    return Parcel(
        name=f"{way.message}{ending}",
        secret=secret,
        subject=SUBJECT,
        body=body.format(name=way.message, folder=folder),
        files=tuple(files),
        attempt=way.tries,
        at=way.decided,
        arrived=tuple(arrived),
    )
