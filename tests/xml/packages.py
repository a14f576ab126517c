"""A package for tests of the writers: one of everything, with names and words that are hard to write."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime

from schemas.package import Agent, Entry, Event, Format, Package, Representation, Role

MADE = datetime(2026, 1, 2, 3, 4, 5, 678, UTC)
HARD = 'Årets "bild" <b>&amp;\x00\x0b\ufffe\ud800 ⟦U+0041⟧ 👍🏽 ]]> \'\r\n\t\u202e\u2028'
"""Markup, quotes, forbidden characters, our own brackets, line ends, right-to-left: everything a name can hold."""

JPEG = Format(
    puid="fmt/43",
    name="JPEG File Interchange Format",
    version="1.01",
    media_type="image/jpeg, image/pjpeg",
    basis="byte match at 0, 3",
    warning="extension mismatch",
)


def entry(
    path: str, role: Role, *, original_name: str = "", description: str = "", item: str = "", form: Format | None = None
) -> Entry:
    """A file whose size and digest follow from its path."""
    return Entry(
        path=path,
        size=len(path),
        sha256=hashlib.sha256(path.encode()).hexdigest(),
        created=MADE,
        role=role,
        format=Format() if form is None else form,
        original_name=original_name,
        item=item,
        description=description,
    )


def media(count: int) -> tuple[Entry, ...]:
    """So many pictures."""
    return tuple(
        entry(
            f"media/bild-{number:05}.jpg",
            "original",
            original_name=f"Bild nr {number} från Årjäng.jpg",
            item="202411-k3j5h2ga4l6mnqrs",
            form=JPEG,
        )
        for number in range(count)
    )


ORIGINAL = Representation(
    name="original",
    content_type="OTHER",
    other_content_type="bevara-record-1",
    entries=(
        *media(3),
        entry("media/tom.bin", "original", original_name=HARD, description=HARD),
        entry("records/2024-11.xml", "record", item="202411-k3j5h2ga4l6mnqrs"),
    ),
)
PRESERVATION = Representation(
    name="preservation",
    content_type="citserms_v2_1",
    entries=(entry("ERMS.xml", "case"), entry("pdf/202411-k3j5h2ga4l6mnqrs.pdf", "rendition")),
)
ACCESS = Representation(name="access", content_type="MIXED", entries=(entry("index.html", "rendition"),))

PACKAGE = Package(
    id=uuid.UUID("0c1b9b1e-7f3a-5d0e-9a57-6a2f6de2b4c1"),
    name="arvika-2024-01-2024-12-1",
    label="Arvika kommuns konto på Mastodon 2024",
    made=MADE,
    software="0.1.0",
    status="REPLACEMENT",
    replaces="5a9a4c0e-1111-5d0e-9a57-6a2f6de2b4c1",
    agents=(
        Agent(role="archival-creator", name="Kommunstyrelsen i Arvika", code="ORG:212000-1892"),
        Agent(role="submitter", name="Arvika kommun", code="ORG:212000-1892"),
        Agent(role="contact", name="Åsa Öberg", notes=("Telefon: 0570-816 00", "asa@arvika.example")),
        Agent(role="preservation", name="Arkivet", code="URI:https://arkivet.example/"),
        Agent(role="owner", name="Arvika kommun", code="ORG:212000-1892"),
        Agent(role="consultant", name="Konsult AB"),
        Agent(role="source-system", name="Mastodon", notes=("4.3.2", "öppen källkod")),
    ),
    agreement="KS 2025/12;2025-09-01",
    previous_agreement="KS 2020/1;2020-02-01",
    reference_code="SE/S0001/1/A",
    previous_reference_code="SE/S0001/0/A",
    first=date(2024, 1, 1),
    last=date(2024, 12, 31),
    archive_name="Kommunstyrelsens arkiv",
    restricted=True,
    restriction="Kan innehålla uppgifter som omfattas av sekretess (OSL 21 kap. 1 §).",
    disposable=True,
    disposal="Kommentarer gallras efter två år.",
    information_class="1.2.3",
    representations=(ORIGINAL, PRESERVATION, ACCESS),
    documentation=tuple(entry(f"documentation/text-{number}.txt", "documentation") for number in range(5)),
    schemas=(
        *(entry(f"schemas/schema-{number:02}.xsd", "schema") for number in range(10)),
        entry("schemas/mets.xsd", "schema"),
        entry("schemas/xlink.xsd", "schema"),
    ),
    preservation=(entry("metadata/preservation/premis.xml", "preservation"),),
    package_info=(entry("documentation/additionalPackageInfo.xml", "package-info"),),
    events=(
        Event(kind="capture", at=MADE, detail="1–31 november 2024", agent="Kommunstyrelsen i Arvika"),
        Event(
            kind="format identification",
            at=MADE,
            agent="pygfried 2.2.0",
            paths=("representations/original/data/media/bild-00000.jpg",),
        ),
        Event(kind="packaging", at=MADE, detail=HARD),
    ),
)
