"""Publications for KB: one that says everything that can be said, in hard words, and one that says nearly nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from schemas.deposit import FileRole, Host, Part, Resource
from schemas.package import Format
from schemas.xml.fgs_publ import SIP, Head, write_sip
from tests.xml.packages import HARD

MADE: Final = datetime(2026, 11, 22, 10, tzinfo=UTC)
SALT: Final = "5f" * 32
MP4: Final = Format(puid="fmt/199", name="MPEG-4 Media File", version="", media_type="video/mp4, application/mp4")
PDF: Final = Format(puid="fmt/276", name="Acrobat PDF; portable", version="1.7", media_type="application/pdf")
VTT: Final = Format(puid="x-fmt/111", name="WebVTT", version="1", media_type="text/vtt")
JPEG: Final = Format(puid="fmt/43", name="JPEG File Interchange Format", version="1.01", media_type="image/jpeg")
FILES: Final[dict[str, bytes]] = {
    "film.mp4": b"film",
    "film.vtt": b"WEBVTT\n",
    "stillbild.jpg": b"bild",
    "okand.bin": b"?",
}
HEAD: Final = Head(
    archivist="Kommunstyrelsen <i> & co",
    archivist_uri="http://id.kb.se/organisations/SE2120000001",
    creator="Kommunen",
    creator_uri="http://id.kb.se/organisations/SE2120000001-1",
    system="Bevara",
    software="Bevara 1.0",
    specification="http://www.kb.se/namespace/digark/deliveryspecification/deposit/fgs-publ/v1/",
    agreement="http://www.kb.se/namespace/digark/submissionagreement/31-KB999-2013",
)


def part(name: str, role: FileRole = "publication", found: Format | None = None, *, language: str = "") -> Part:
    """One of ``FILES``."""
    data = FILES[name]
    return Part(
        name=name,
        role=role,
        digest=hashlib.sha256(data).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        size=len(data),
        created=MADE,
        format=found if found is not None else Format(),
        language=language,
        original_name=f"Årets {name}",
    )


RICH: Final = Resource(
    id="0c1b9b1e-7f3a-5d0e-9a57-6a2f6de2b4c1",
    film="film",
    number=12,
    identifier="bevara-12-1",
    title=HARD,
    abstract=HARD,
    available=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    locations=("https://film.example/visa/1?a=1&b=å#t=3", "https://www.kommun.example/filmer/å ä".replace(" ", "%20")),
    page="https://www.kommun.example/filmer",
    file="https://www.kommun.example/film.mp4",
    hosts=(Host(name="Film & <b>video</b>", address="https://film.example"),),
    publisher="Kommunen",
    publisher_uri="http://id.kb.se/organisations/SE2120000001",
    access="gratis",
    licence="https://creativecommons.org/licenses/by/4.0/",
    language="swe",
    genre="videorecording",
    type_of_resource="moving image",
    related=("https://www.kommun.example/rapport.pdf",),
    replaces="bevara-12-0",
    password="hemligt <&>",
    status="REPLACEMENT",
    parts=(
        part("film.mp4", found=MP4),
        part("film.vtt", "supplement", VTT, language="swe"),
        part("stillbild.jpg", "coverpicture", JPEG),
    ),
)
BARE: Final = Resource(
    id="1c1b9b1e-7f3a-5d0e-9a57-6a2f6de2b4c2",
    film="film",
    number=1,
    identifier="1",
    title="Ö",
    available=datetime(2015, 1, 1, tzinfo=UTC),
    locations=("ftp://a.example",),
    publisher="K",
    publisher_uri="http://id.kb.se/organisations/SE2120000001",
    access="restricted",
    parts=(part("film.mp4", found=MP4),),
)
PLAIN: Final = replace(RICH, title="Så sorterar du", abstract="En film om avfall.", status="NEW")


def packed(resource: Resource, head: Head = HEAD) -> dict[str, bytes]:
    """A package's files, by name."""
    return {SIP: write_sip(head, resource, MADE, SALT), **{one.name: FILES[one.name] for one in resource.parts}}
